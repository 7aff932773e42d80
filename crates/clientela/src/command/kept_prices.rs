//! What prices are made from, kept for the next offer: lists, rules, rates and the products asked for so far with their prices.
//!
//! All of it is everybody's to read, so that one place serves every session. It holds for one state of the store, and for the states after
//! it as long as no record of its kinds is touched; then everything is read again, product by product as it is asked for.

use crate::configurations::ConfigurationCache;
use crate::error::Result;
use crate::rules::RuleCache;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::{
    CatalogueProduct, CatalogueVersion, DiscountSchedule, ExchangeRate, Price, PriceBook, PriceList,
    PriceRule, PriceRules, Product, ScheduleScope, ScheduleTier, TaxRate, version_holding,
};
use clientela_core::sales::waterfall::Tier;
use clientela_model::identifier::Country;
use clientela_model::money::RateTable;
use clientela_model::{Entity, EntityId, Predicate, Record, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Commits that are looked through; after more of them everything is read again.
const LOOKED_THROUGH: u32 = 1_000;

/// A product as it was asked for, with its entries in versions of catalogues.
#[derive(Debug, Clone)]
pub(crate) struct KnownProduct {
    pub(crate) product: Product,
    pub(crate) listed: Vec<CatalogueProduct>,
}

/// What an offer is priced with.
#[derive(Clone, Copy)]
pub(crate) struct Pricing<'a> {
    /// Compiled conditions.
    pub(crate) rules: &'a RuleCache,
    /// Nothing while records are being written: what is kept holds for states that are stored.
    pub(crate) kept: Option<&'a KeptPrices>,
    /// Products of catalogues, to be chosen from.
    pub(crate) configurations: &'a ConfigurationCache,
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

    /// The same, where those of these products that are not known yet are read as well.
    pub(crate) fn further<'k>(
        &self,
        view: &View<'_>,
        prices: Arc<Prices>,
        keys: impl Iterator<Item = &'k str> + Clone,
    ) -> Result<Arc<Prices>> {
        if keys.clone().all(|key| prices.products.contains_key(key)) {
            return Ok(prices);
        }
        match self.kept {
            Some(kept) => kept.with(view, keys),
            None => {
                let mut prices = Arc::unwrap_or_clone(prices);
                prices.learn(view, keys)?;
                Ok(Arc::new(prices))
            }
        }
    }
}

/// What prices are made from, in one state of the store.
#[derive(Debug, Clone)]
pub(crate) struct Prices {
    version: i64,
    /// The kinds of records all this was read from.
    kinds: Vec<&'static str>,
    pub(crate) book: PriceBook,
    pub(crate) rules: PriceRules,
    /// Whether the schedule of a rule counts what was ordered before.
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
            Some(kept) if kept.version == version || still_hold(view, &kept)? => kept,
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

/// Whether nothing these prices were made from was touched since they were read.
fn still_hold(view: &View<'_>, kept: &Prices) -> Result<bool> {
    let touched: Option<Vec<(&'static Entity, Uuid)>> =
        view.reader.touched_since(kept.version, LOOKED_THROUGH)?;
    Ok(touched.is_some_and(|touched| touched.iter().all(|(entity, _)| !kept.kinds.contains(&entity.name))))
}

/// Reads what prices are made from, and notes of which kinds the records are: a change of one of those, and of no other, ends what is kept.
struct Source<'s, 'v> {
    view: &'s View<'v>,
    kinds: &'s mut Vec<&'static str>,
}

impl Source<'_, '_> {
    fn note<R: Record>(&mut self) {
        if !self.kinds.contains(&R::ENTITY.name) {
            self.kinds.push(R::ENTITY.name);
        }
    }

    fn all<R: Record>(&mut self) -> Result<Vec<R>> {
        self.of(&Predicate::Everything)
    }

    fn of<R: Record>(&mut self, condition: &Predicate) -> Result<Vec<R>> {
        self.note::<R>();
        self.view.unseen(condition)
    }

    fn named<R: Record>(&mut self, key: &str) -> Result<R> {
        self.note::<R>();
        Ok(self.view.resolve::<R>(key)?.record)
    }
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
        let mut kinds = Vec::new();
        let mut source = Source { view, kinds: &mut kinds };
        let schedules = schedules(&mut source)?;
        let rules = source.all::<PriceRule>()?;
        let counts_orders = schedules.iter().any(|(schedule, _)| {
            schedule.scope == ScheduleScope::PastOrders
                && rules.iter().any(|rule| rule.schedule == Some(schedule.id))
        });
        Ok(Self {
            version: view.reader.version()?,
            book: PriceBook::new(source.all::<PriceList>()?, Vec::new()),
            rules: PriceRules::new(rules, schedules),
            counts_orders,
            rates: source.all::<TaxRate>()?,
            exchange: ExchangeRate::table(source.all()?),
            catalogues: source.all::<CatalogueVersion>()?,
            products: HashMap::new(),
            kinds,
        })
    }

    /// Reads the products that are not known yet. The prices of a product have their costs: who may not see them is not shown them, but
    /// a price that must not fall below its cost is the same for all.
    fn learn<'k>(&mut self, view: &View<'_>, keys: impl Iterator<Item = &'k str>) -> Result<()> {
        let mut source = Source { view, kinds: &mut self.kinds };
        for key in keys {
            if self.products.contains_key(key) {
                continue;
            }
            let product = source.named::<Product>(key)?;
            let of_product = Predicate::equals("product", Value::Id(product.id.uuid()));
            if !self.book.has(product.id) {
                self.book.put(product.id, source.of::<Price>(&of_product)?);
            }
            let listed = if self.catalogues.is_empty() {
                Vec::new()
            } else {
                source.of::<CatalogueProduct>(&of_product)?
            };
            self.products.insert(key.to_owned(), KnownProduct { product, listed });
        }
        Ok(())
    }

    /// The version of a catalogue that has the product and holds in the market on the day.
    pub(crate) fn version_of(
        &self,
        known: &KnownProduct,
        market: Option<Country>,
        day: NaiveDate,
    ) -> Option<CatalogueVersion> {
        let listed =
            |version: &&CatalogueVersion| known.listed.iter().any(|entry| entry.catalogue == version.id);
        version_holding(self.catalogues.iter().filter(listed).cloned(), market, day)
    }

    /// A product by the key it was asked for.
    pub(crate) fn product(&self, key: &str) -> Option<&KnownProduct> {
        self.products.get(key)
    }
}

fn schedules(source: &mut Source<'_, '_>) -> Result<Vec<(DiscountSchedule, Vec<Tier>)>> {
    let mut tiers: Vec<ScheduleTier> = source.all()?;
    tiers.sort_by(|left, right| left.from_quantity.cmp(&right.from_quantity).then(left.id.cmp(&right.id)));
    let schedules = source.all::<DiscountSchedule>()?.into_iter().map(|schedule| {
        let own = tiers.iter().filter(|tier| tier.schedule == schedule.id);
        let own = own.map(|tier| Tier { from: tier.from_quantity, percent: tier.percent }).collect();
        (schedule, own)
    });
    Ok(schedules.collect())
}
