//! What an offer's prices are made from, read once: lists, rules, schedules, rates, exemptions.

use super::offers::ItemLine;
use crate::error::{CrmError, Result};
use crate::rules::RuleCache;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::price_rule::{LineFacts, OfferFacts, RuleBook, RuledLine};
use clientela_core::catalogue::pricing::{
    ChosenPrice, PriceRequest, check_on_sale, choose_price, choose_tax_rate,
};
use clientela_core::catalogue::{
    CatalogueProduct, CatalogueVersion, DiscountSchedule, ExchangeRate, Price, PriceList, PriceRule, Product,
    ProductKind, ScheduleScope, ScheduleTier, TaxExemption, TaxRate, exemption_on, version_holding,
};
use clientela_core::ids::{CatalogueVersionId, PriceListId, UnitId};
use clientela_core::organisation::Unit;
use clientela_core::party::Relationship;
use clientela_core::sales::Opportunity;
use clientela_core::sales::waterfall::{ItemInput, OptionInput, PriceOrigin, StepInput, Tier};
use clientela_model::identifier::{Country, Currency};
use clientela_model::money::{Rate, RateTable};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Money, Predicate, Value, Why};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// What prices and tax rates are looked up in, read once for an offer.
pub(crate) struct PriceDesk {
    opportunity: Opportunity,
    market: Option<Country>,
    price_group: Option<String>,
    day: NaiveDate,
    lists: Vec<PriceList>,
    rates: Vec<TaxRate>,
    exchange: RateTable,
    exemption: Option<TaxExemption>,
    price_rules: Vec<PriceRule>,
    schedules: Vec<(DiscountSchedule, Vec<Tier>)>,
    ordered_before: HashMap<String, Decimal>,
    catalogues: Vec<CatalogueVersion>,
}

impl PriceDesk {
    pub(crate) fn open(view: &View<'_>, opportunity: &Opportunity, day: NaiveDate) -> Result<Self> {
        let unit = view.get::<Unit>(opportunity.unit)?.record;
        let above = units_above(view, &unit)?;
        let customer = Predicate::equals("id", Value::Id(opportunity.customer.uuid()));
        let customer = view.unseen::<Relationship>(&customer)?.into_iter().next();
        let mut price_rules: Vec<PriceRule> = view.unseen(&Predicate::Everything)?;
        price_rules.retain(|rule| above.contains(&rule.unit));
        let schedules = schedules(view)?;
        let counts_orders = schedules.iter().any(|(schedule, _)| schedule.scope == ScheduleScope::PastOrders);
        let ordered_before =
            if counts_orders { super::ordered_before(view, opportunity.customer)? } else { HashMap::new() };
        let exchange = view.unseen::<ExchangeRate>(&Predicate::Everything)?.into_iter();
        let exchange =
            exchange.map(|rate| Rate { from: rate.from, to: rate.to, since: rate.since, rate: rate.rate });
        let of_customer = Predicate::equals("customer", Value::Id(opportunity.customer.uuid()));
        let exemptions = view.unseen::<TaxExemption>(&of_customer)?;
        Ok(Self {
            opportunity: opportunity.clone(),
            market: unit.country,
            price_group: customer.and_then(|customer| customer.price_group),
            day,
            lists: view.unseen(&Predicate::Everything)?,
            rates: view.unseen(&Predicate::Everything)?,
            exchange: RateTable::new(exchange.collect()),
            exemption: exemption_on(&exemptions, day).cloned(),
            price_rules,
            schedules,
            ordered_before,
            catalogues: view.unseen(&Predicate::Everything)?,
        })
    }

    /// The items of these lines: list prices with options, then the steps of the rules, then those given with the line.
    pub(crate) fn items(
        &self,
        view: &View<'_>,
        rules: &RuleCache,
        lines: &[ItemLine],
    ) -> Result<Vec<ItemInput>> {
        let mut products = Vec::with_capacity(lines.len());
        let mut items = Vec::with_capacity(lines.len());
        for (index, line) in lines.iter().enumerate() {
            let (product, item) = self.item(view, index + 1, line)?;
            products.push(product);
            items.push(item);
        }
        let facts = line_facts(&products, &items)?;
        let book = self.book(view, rules)?;
        let mut adjustments = Vec::new();
        for (index, item) in items.iter_mut().enumerate() {
            adjustments.extend(self.ruled(item, book.line(&facts, index)?));
        }
        items.extend(adjustments);
        Ok(items)
    }

    /// Puts the steps of the rules before those of the item; gives what the rules take off the whole line.
    fn ruled(&self, item: &mut ItemInput, ruled: RuledLine) -> Vec<ItemInput> {
        item.steps.splice(0..0, ruled.steps);
        let tax = (item.tax_category.as_str(), item.tax_percent);
        let adjustment = |(position, (step, _)): (usize, (StepInput, Money))| {
            let line = format!("{}/{}", item.line, position + 1);
            let (parent, currency) = (Some(item.line.clone()), self.opportunity.currency);
            ItemInput::adjustment(line, parent, ProductKind::Other, step, currency, tax)
        };
        ruled.off_line.into_iter().enumerate().map(adjustment).collect()
    }

    /// Which price a product has and why, and which rules hold for it: the item, then what is taken off the whole line.
    pub(crate) fn explain(
        &self,
        view: &View<'_>,
        rules: &RuleCache,
        line: &ItemLine,
    ) -> Result<(Vec<ItemInput>, Why)> {
        let (product, mut item) = self.item(view, 1, line)?;
        let mut why = Why::new("price.explained").fact("product", &product.code).fact("day", self.day);
        if line.unit_list.is_none() {
            let prices = prices_of(view, &product)?;
            why = why.because(self.chosen(&product, line.quantity, &prices)?.why);
        }
        let facts =
            [LineFacts { product: &product, quantity: line.quantity, unit_list: with_options(&item)? }];
        let book = self.book(view, rules)?;
        let ruled = book.line(&facts, 0)?;
        why = why.because(book.why(&ruled));
        let adjustments = self.ruled(&mut item, ruled);
        Ok((std::iter::once(item).chain(adjustments).collect(), why))
    }

    fn book(&self, view: &View<'_>, rules: &RuleCache) -> Result<RuleBook<'_>> {
        let facts = OfferFacts {
            customer: self.opportunity.customer,
            price_group: self.price_group.as_deref(),
            market: self.market.as_ref(),
            day: self.day,
        };
        let mut failed = None;
        let book = RuleBook::open(&self.price_rules, &self.schedules, &self.ordered_before, &facts, |rule| {
            let Some(condition) = &rule.condition else { return (true, None) };
            match crate::rules::stage::on_opportunity(rules, view, condition, &self.opportunity, self.day) {
                Ok(outcome) => (outcome.holds, Some(outcome.why)),
                Err(error) => {
                    failed = Some(error);
                    (false, None)
                }
            }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(book),
        }
    }

    fn item(&self, view: &View<'_>, place: usize, line: &ItemLine) -> Result<(Product, ItemInput)> {
        let product = view.resolve::<Product>(&line.product)?.record;
        check_on_sale(&product, self.day)?;
        let PriceFound { unit_list, unit_cost, price_list } =
            self.price(view, &product, line.quantity, line.unit_list)?;
        let (category, percent) = self.tax(&product, line.tax_percent)?;
        let tax = (category, percent);
        let mut item =
            ItemInput::new(place.to_string(), product.kind, &product.code, line.quantity, unit_list, tax);
        item.product = Some(product.id);
        item.label = line.label.clone().or_else(|| Some(product.name.clone()));
        item.unit_cost = unit_cost;
        item.origin = PriceOrigin { price_list, catalogue: self.catalogue(view, &product)? };
        item.term_months = line.term_months;
        item.steps.clone_from(&line.steps);
        item.tax_included = line.tax_included.unwrap_or_default();
        item.further_taxes.clone_from(&line.further_taxes);
        for (index, code) in line.options.iter().enumerate() {
            let option = view.resolve::<Product>(code)?.record;
            check_on_sale(&option, self.day)?;
            let found = self.price(view, &option, Decimal::ONE, None)?;
            let line = format!("{place}.{}", index + 1);
            let mut input = OptionInput::new(line, &option.code, found.unit_list);
            input.kind = if option.kind == ProductKind::Vehicle { ProductKind::Option } else { option.kind };
            input.product = Some(option.id);
            input.label = Some(option.name.clone());
            input.unit_cost = found.unit_cost;
            // An option belongs to the version its product was made from.
            input.origin = PriceOrigin { price_list: found.price_list, ..item.origin };
            item.options.push(input);
        }
        Ok((product, item))
    }

    /// Category and rate: as given, by the customer's exemption, or by country, category and day.
    fn tax<'a>(&'a self, product: &'a Product, given: Option<Decimal>) -> Result<(&'a str, Decimal)> {
        let exempt = self.exemption.as_ref().filter(|_| product.tax_category == "S" && given.is_none());
        if let Some(exemption) = exempt {
            return Ok((&exemption.category, Decimal::ZERO));
        }
        let category = product.tax_category.as_str();
        match (given, &self.market) {
            (Some(percent), _) => Ok((category, percent)),
            (None, Some(market)) => {
                Ok((category, choose_tax_rate(market, category, self.day, &self.rates)?.rate.percent))
            }
            (None, None) => Err(CrmError::Setup {
                code: "unit.no_country",
                problem: "the unit has no country, so its tax rate is not known".to_owned(),
                hint: "give the unit a country, or the item a tax_percent",
            }
            .into()),
        }
    }

    /// The version of a catalogue that has the product and holds on the day.
    fn catalogue(&self, view: &View<'_>, product: &Product) -> Result<Option<CatalogueVersionId>> {
        if self.catalogues.is_empty() {
            return Ok(None);
        }
        let of_product = Predicate::equals("product", Value::Id(product.id.uuid()));
        let listed = view.unseen::<CatalogueProduct>(&of_product)?;
        let has = |version: &&CatalogueVersion| listed.iter().any(|entry| entry.catalogue == version.id);
        let versions = self.catalogues.iter().filter(has).cloned();
        Ok(version_holding(versions, self.market, self.day).map(|version| version.id))
    }

    /// List price and cost of one: as given, or by the lists.
    fn price(
        &self,
        view: &View<'_>,
        product: &Product,
        quantity: Decimal,
        given: Option<Money>,
    ) -> Result<PriceFound> {
        if let Some(unit_list) = given {
            return Ok(PriceFound { unit_list, unit_cost: None, price_list: None });
        }
        let prices = prices_of(view, product)?;
        let chosen = self.chosen(product, quantity, &prices)?;
        let (unit_list, unit_cost) = (chosen.amount, chosen.cost);
        Ok(PriceFound { unit_list, unit_cost, price_list: Some(chosen.list.id) })
    }

    fn chosen<'a>(
        &'a self,
        product: &Product,
        quantity: Decimal,
        prices: &'a [Price],
    ) -> Result<ChosenPrice<'a>> {
        let wanted = PriceRequest {
            product: product.id,
            currency: self.opportunity.currency,
            market: self.market.as_ref(),
            day: self.day,
            quantity,
            price_group: self.price_group.as_deref(),
            rates: Some(&self.exchange),
        };
        Ok(choose_price(&wanted, &self.lists, prices)?)
    }
}

/// A list price, what one costs us, and the list.
struct PriceFound {
    unit_list: Money,
    unit_cost: Option<Money>,
    price_list: Option<PriceListId>,
}

fn prices_of(view: &View<'_>, product: &Product) -> Result<Vec<Price>> {
    let of_product = Predicate::equals("product", Value::Id(product.id.uuid()));
    Ok(view.all_of(&of_product)?.into_iter().map(|stored| stored.record).collect())
}

fn with_options(item: &ItemInput) -> Result<Money> {
    let currency: Currency = item.unit_list.currency();
    let options = item.options.iter().map(|option| option.unit_list.checked_mul(option.quantity));
    let options = options.collect::<Result<Vec<_>, _>>()?;
    Ok(Money::sum(options.into_iter().chain([item.unit_list]), currency)?)
}

fn line_facts<'a>(products: &'a [Product], items: &[ItemInput]) -> Result<Vec<LineFacts<'a>>> {
    let facts = products.iter().zip(items).map(|(product, item)| {
        Ok(LineFacts { product, quantity: item.quantity, unit_list: with_options(item)? })
    });
    facts.collect()
}

/// A unit and those above it.
pub(crate) fn units_above(view: &View<'_>, unit: &Unit) -> Result<Vec<UnitId>> {
    let (mut found, mut at) = (vec![unit.id], unit.parent);
    for _ in 0..TREE_DEPTH_MAX {
        let Some(above) = at else { break };
        found.push(above);
        at = view.get::<Unit>(above)?.record.parent;
    }
    Ok(found)
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
