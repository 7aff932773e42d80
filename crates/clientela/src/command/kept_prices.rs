//! What prices are made from, kept for the next offer: lists, rules, rates and the products asked for so far with their prices.
//!
//! All of it is everybody's to read, so that one place serves every session. It holds for one state of the store, and for the states after
//! it as long as no record of its kinds is touched; then everything is read again, product by product as it is asked for.

use crate::error::Result;
use crate::rules::RuleCache;
use crate::view::View;
use clientela_core::catalogue::{
    CatalogueProduct, CatalogueVersion, DiscountSchedule, ExchangeRate, Price, PriceBook, PriceList,
    PriceRule, PriceRules, Product, ScheduleScope, ScheduleTier, TaxRate,
};
use clientela_core::ids::CatalogueVersionId;
use clientela_core::sales::waterfall::Tier;
use clientela_model::money::{Rate, RateTable};
use clientela_model::{Entity, EntityId, Predicate, Record, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Commits that are looked through; after more of them everything is read again.
const LOOKED_THROUGH: u32 = 1_000;

/// The kinds of records prices are made from.
const KINDS: [&str; 10] = [
    Product::ENTITY.name,
    PriceList::ENTITY.name,
    Price::ENTITY.name,
    PriceRule::ENTITY.name,
    DiscountSchedule::ENTITY.name,
    ScheduleTier::ENTITY.name,
    ExchangeRate::ENTITY.name,
    TaxRate::ENTITY.name,
    CatalogueVersion::ENTITY.name,
    CatalogueProduct::ENTITY.name,
];

/// A product as it was asked for, with the versions of catalogues that list it.
#[derive(Debug, Clone)]
pub(crate) struct KnownProduct {
    pub(crate) product: Product,
    pub(crate) catalogues: Vec<CatalogueVersionId>,
}

/// What an offer is priced with.
#[derive(Clone, Copy)]
pub(crate) struct Pricing<'a> {
    /// Compiled conditions.
    pub(crate) rules: &'a RuleCache,
    /// Nothing while records are being written: what is kept holds for states that are stored.
    pub(crate) kept: Option<&'a KeptPrices>,
}

impl Pricing<'_> {
    /// The prices in the state that is looked at, with these products.
    pub(crate) fn prices<'k>(
        &self,
        view: &View<'_>,
        keys: impl Iterator<Item = &'k str> + Clone,
    ) -> Result<Arc<Prices>> {
        match self.kept {
            Some(kept) => kept.with(view, keys),
            None => Prices::fresh(view, keys).map(Arc::new),
        }
    }
}

/// What prices are made from, in one state of the store.
#[derive(Debug, Clone)]
pub(crate) struct Prices {
    version: i64,
    pub(crate) book: PriceBook,
    pub(crate) rules: PriceRules,
    /// Whether a schedule counts what was ordered before.
    pub(crate) counts_orders: bool,
    pub(crate) rates: Vec<TaxRate>,
    pub(crate) exchange: RateTable,
    pub(crate) catalogues: Vec<CatalogueVersion>,
    /// By the key they were asked for.
    products: HashMap<String, KnownProduct>,
}

/// The place of a store for them.
#[derive(Debug, Default)]
pub(crate) struct KeptPrices(Mutex<Option<Arc<Prices>>>);

impl KeptPrices {
    /// The prices in the state that is looked at, with these products.
    pub(crate) fn with<'k>(
        &self,
        view: &View<'_>,
        keys: impl Iterator<Item = &'k str> + Clone,
    ) -> Result<Arc<Prices>> {
        let version = view.reader.version()?;
        let kept = match self.take() {
            // Whoever looks at an older state reads for himself.
            Some(kept) if kept.version > version => {
                self.keep(kept);
                return Prices::fresh(view, keys).map(Arc::new);
            }
            Some(kept) if kept.version == version || still_hold(view, kept.version)? => kept,
            _ => Arc::new(Prices::read(view)?),
        };
        let known = kept.version == version && keys.clone().all(|key| kept.products.contains_key(key));
        let prices = if known {
            kept
        } else {
            // Another offer may still be made from them; then these are others.
            let mut prices = Arc::unwrap_or_clone(kept);
            prices.version = version;
            let learned = prices.learn(view, keys);
            let prices = Arc::new(prices);
            // What is known is kept when a product is not.
            learned.inspect_err(|_| self.keep(Arc::clone(&prices)))?;
            prices
        };
        self.keep(Arc::clone(&prices));
        Ok(prices)
    }

    fn take(&self) -> Option<Arc<Prices>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, prices: Arc<Prices>) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if place.as_ref().is_none_or(|kept| kept.version <= prices.version) {
            *place = Some(prices);
        }
    }
}

/// Whether nothing prices are made from was touched since a version.
fn still_hold(view: &View<'_>, version: i64) -> Result<bool> {
    let touched: Option<Vec<(&'static Entity, Uuid)>> = view.reader.touched_since(version, LOOKED_THROUGH)?;
    Ok(touched.is_some_and(|touched| touched.iter().all(|(entity, _)| !KINDS.contains(&entity.name))))
}

impl Prices {
    /// Read for one offer and kept by nobody: for a state that is being written.
    pub(crate) fn fresh<'k>(view: &View<'_>, keys: impl Iterator<Item = &'k str>) -> Result<Self> {
        let mut prices = Self::read(view)?;
        prices.learn(view, keys)?;
        Ok(prices)
    }

    /// All but products and their prices.
    fn read(view: &View<'_>) -> Result<Self> {
        let schedules = schedules(view)?;
        let counts_orders = schedules.iter().any(|(schedule, _)| schedule.scope == ScheduleScope::PastOrders);
        let exchange = view.unseen::<ExchangeRate>(&Predicate::Everything)?.into_iter();
        let exchange =
            exchange.map(|rate| Rate { from: rate.from, to: rate.to, since: rate.since, rate: rate.rate });
        Ok(Self {
            version: view.reader.version()?,
            book: PriceBook::new(view.unseen::<PriceList>(&Predicate::Everything)?, Vec::new()),
            rules: PriceRules::new(view.unseen::<PriceRule>(&Predicate::Everything)?, schedules),
            counts_orders,
            rates: view.unseen(&Predicate::Everything)?,
            exchange: RateTable::new(exchange.collect()),
            catalogues: view.unseen(&Predicate::Everything)?,
            products: HashMap::new(),
        })
    }

    /// Reads the products that are not known yet. The prices of a product have their costs: who may not see them is not shown them, but
    /// a price that must not fall below its cost is the same for all.
    fn learn<'k>(&mut self, view: &View<'_>, keys: impl Iterator<Item = &'k str>) -> Result<()> {
        for key in keys {
            if self.products.contains_key(key) {
                continue;
            }
            let product = view.resolve::<Product>(key)?.record;
            let of_product = Predicate::equals("product", Value::Id(product.id.uuid()));
            if !self.book.has(product.id) {
                self.book.put(product.id, view.unseen::<Price>(&of_product)?);
            }
            let listed = if self.catalogues.is_empty() {
                Vec::new()
            } else {
                view.unseen::<CatalogueProduct>(&of_product)?
            };
            let catalogues = listed.into_iter().map(|entry| entry.catalogue).collect();
            self.products.insert(key.to_owned(), KnownProduct { product, catalogues });
        }
        Ok(())
    }

    /// A product by the key it was asked for.
    pub(crate) fn product(&self, key: &str) -> Option<&KnownProduct> {
        self.products.get(key)
    }
}

fn schedules(view: &View<'_>) -> Result<Vec<(DiscountSchedule, Vec<Tier>)>> {
    let mut tiers: Vec<ScheduleTier> = view.unseen(&Predicate::Everything)?;
    tiers.sort_by(|left, right| left.from_quantity.cmp(&right.from_quantity).then(left.id.cmp(&right.id)));
    let schedules = view.unseen::<DiscountSchedule>(&Predicate::Everything)?.into_iter().map(|schedule| {
        let own = tiers.iter().filter(|tier| tier.schedule == schedule.id);
        let own = own.map(|tier| Tier { from: tier.from_quantity, percent: tier.percent }).collect();
        (schedule, own)
    });
    Ok(schedules.collect())
}
