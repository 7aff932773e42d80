//! What an offer's prices are made from: what is kept for all offers, and the offer's own market, group, units and exemption.

mod options;
mod recognised;

use super::kept_prices::{KnownProduct, Prices, Pricing};
use super::offers::ItemLine;
use crate::error::{CrmError, Result};
use crate::rules::RuleCache;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::price_rule::{LineFacts, OfferFacts, RuleBook, RuledLine};
use clientela_core::catalogue::pricing::{CatalogueError, PriceTerms, choose_tax_rate};
use clientela_core::catalogue::{
    OfferPrices, PastUnits, PlainPrice, PriceRule, Product, ProductKind, TaxExemption, check_listed,
    exemption_on,
};
use clientela_core::ids::{CatalogueVersionId, ProductId, UnitId};
use clientela_core::organisation::{Unit, Verb};
use clientela_core::party::Relationship;
use clientela_core::sales::Opportunity;
use clientela_core::sales::waterfall::{
    ItemInput, ListedPrice, OptionInput, PriceOrigin, StepChange, StepInput, with_tax, without_tax,
};
use clientela_model::identifier::{Country, Currency};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Money, MoneyError, Predicate, Record, ShortText, Value, Why};
use options::{LineOption, Place};
use rust_decimal::Decimal;
use std::sync::Arc;

/// What prices and tax rates are looked up in: what is everybody's, kept for all offers, and what is the offer's own.
pub(crate) struct PriceDesk {
    prices: Arc<Prices>,
    opportunity: Opportunity,
    market: Option<Country>,
    price_group: Option<String>,
    day: NaiveDate,
    /// The unit of the offer and those above it.
    units: Vec<UnitId>,
    exemption: Option<TaxExemption>,
    ordered_before: Vec<PastUnits>,
    /// By line: its options.
    options: Vec<Vec<LineOption>>,
    /// Whether the actor may give the manufacturer's money away: whoever may enter price rules here could do so by one.
    speaks_for_manufacturer: bool,
}

impl PriceDesk {
    /// For an offer of these lines.
    pub(crate) fn open(
        view: &View<'_>,
        pricing: Pricing<'_>,
        opportunity: &Opportunity,
        lines: &[ItemLine],
        day: NaiveDate,
    ) -> Result<Self> {
        let keys = lines.iter().map(|line| line.product.as_str());
        let mut desk = Self::open_for(view, pricing, opportunity, keys, day)?;
        let place = Place { market: desk.market, day };
        for line in lines.iter().enumerate() {
            desk.options.push(options::of_line(view, pricing, &desk.prices, line, place)?);
        }
        let options = desk.options.iter().flatten().filter_map(|option| option.product.as_deref());
        let keys = lines.iter().map(|line| line.product.as_str()).chain(options);
        desk.prices = pricing.further(view, Arc::clone(&desk.prices), keys)?;
        Ok(desk)
    }

    /// For an offer of the products of these keys.
    fn open_for<'k>(
        view: &View<'_>,
        pricing: Pricing<'_>,
        opportunity: &Opportunity,
        keys: impl Iterator<Item = &'k str> + Clone,
        day: NaiveDate,
    ) -> Result<Self> {
        let prices = pricing.prices(view, keys)?;
        let unit = view.get::<Unit>(opportunity.unit)?.record;
        let units = units_above(view, &unit)?;
        let customer = Predicate::equals("id", Value::Id(opportunity.customer.uuid()));
        let customer = view.unseen::<Relationship>(&customer)?.into_iter().next();
        let ordered_before = if prices.counts_orders {
            super::ordered_before(view, opportunity.customer)?
        } else {
            Vec::new()
        };
        let of_customer = Predicate::equals("customer", Value::Id(opportunity.customer.uuid()));
        let exemptions = view.unseen::<TaxExemption>(&of_customer)?;
        Ok(Self {
            prices,
            opportunity: opportunity.clone(),
            market: unit.country,
            price_group: customer.and_then(|customer| customer.price_group),
            day,
            units,
            exemption: exemption_on(&exemptions, day).cloned(),
            ordered_before,
            options: Vec::new(),
            speaks_for_manufacturer: view
                .can_of_unit(Verb::Create, PriceRule::ENTITY, opportunity.unit)
                .allowed,
        })
    }

    /// The items of these lines: list prices with options, then the steps of the rules, then those given with the line. Rules begin with a
    /// price that is given; where the lists have a higher one, that is told and the difference is the first step.
    pub(crate) fn items(
        &self,
        view: &View<'_>,
        rules: &RuleCache,
        lines: &[ItemLine],
    ) -> Result<Vec<ItemInput>> {
        let (offer, wanted) = (self.of_offer(), self.wanted(lines)?);
        let mut prices = offer.prices(&wanted);
        let (mut items, mut listed) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
        for (index, line) in lines.iter().enumerate() {
            let (item, found) = self.item(&mut prices, index + 1, line)?;
            items.push(item);
            listed.push(found);
        }
        let facts = self.line_facts(lines, &items)?;
        let book = self.book(view, rules)?;
        let mut adjustments = Vec::new();
        for (index, item) in items.iter_mut().enumerate() {
            adjustments.extend(self.ruled(item, book.line(&facts, index)?)?);
        }
        for (item, listed) in items.iter_mut().zip(&listed) {
            listed.iter().for_each(|listed| item.keep_listed(listed));
        }
        items.extend(adjustments);
        Ok(items)
    }

    /// Puts the steps of the rules before those of the item; gives what the rules take off the whole line, which has no tax inside.
    fn ruled(&self, item: &mut ItemInput, mut ruled: RuledLine) -> Result<Vec<ItemInput>> {
        if item.tax_included {
            for step in &mut ruled.steps {
                if let StepChange::Amount(amount) = &mut step.change {
                    *amount = with_tax(*amount, item.tax_percent)?;
                }
            }
        }
        item.steps.splice(0..0, ruled.steps);
        let tax = (item.tax_category.as_str(), item.tax_percent);
        let adjustment = |(position, (step, _)): (usize, (StepInput, Money))| {
            let line = format!("{}/{}", item.line, position + 1);
            let (parent, currency) = (Some(item.line.clone()), self.opportunity.currency);
            ItemInput::adjustment(line, parent, ProductKind::Other, step, currency, tax)
        };
        Ok(ruled.off_line.into_iter().enumerate().map(adjustment).collect())
    }

    /// Which price a product has and why, and which rules hold for it: the item, then what is taken off the whole line.
    pub(crate) fn explain(
        &self,
        view: &View<'_>,
        rules: &RuleCache,
        line: &ItemLine,
    ) -> Result<(Vec<ItemInput>, Why)> {
        let (offer, wanted) = (self.of_offer(), self.wanted(std::slice::from_ref(line))?);
        let (mut item, _) = self.item(&mut offer.prices(&wanted), 1, line)?;
        let product = &self.known(&line.product)?.product;
        let mut why = Why::new("price.explained").fact("product", &product.code).fact("day", self.day);
        why = why.because(offer.explain(product.id, line.quantity)?.why);
        let facts = self.line_facts(std::slice::from_ref(line), std::slice::from_ref(&item))?;
        let book = self.book(view, rules)?;
        let ruled = book.line(&facts, 0)?;
        let may_read = |rule: &PriceRule| view.may(Verb::Read, PriceRule::ENTITY, &rule.to_values());
        why = why.because(book.why(&ruled, may_read));
        let adjustments = self.ruled(&mut item, ruled)?;
        Ok((std::iter::once(item).chain(adjustments).collect(), why))
    }

    /// The price lists that count for the offer.
    fn of_offer(&self) -> OfferPrices<'_, '_> {
        self.prices.book.for_offer(PriceTerms {
            currency: self.opportunity.currency,
            market: self.market.as_ref(),
            day: self.day,
            price_group: self.price_group.as_deref(),
            rates: Some(&self.prices.exchange),
        })
    }

    fn book(&self, view: &View<'_>, rules: &RuleCache) -> Result<RuleBook<'_>> {
        let facts = OfferFacts {
            customer: self.opportunity.customer,
            price_group: self.price_group.as_deref(),
            market: self.market.as_ref(),
            day: self.day,
            units: Some(&self.units),
        };
        let mut failed = None;
        let book = RuleBook::open(&self.prices.rules, &self.ordered_before, &facts, |rule| {
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

    /// The options of the line at `index`.
    fn options_of(&self, index: usize) -> &[LineOption] {
        self.options.get(index).map_or(&[], Vec::as_slice)
    }

    fn known(&self, key: &str) -> Result<&KnownProduct> {
        let known = self.prices.product(key);
        known.ok_or_else(|| CrmError::Internal { what: "a desk knows the products of its lines" }.into())
    }

    /// What prices the lines want of the lists, in the order in which [`item`](Self::item) takes them: of the product, also where its price
    /// is given, then of each option.
    fn wanted(&self, lines: &[ItemLine]) -> Result<Vec<(ProductId, Decimal)>> {
        let mut wanted = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            wanted.push((self.known(&line.product)?.product.id, line.quantity));
            for option in self.options_of(index).iter().filter(|option| !option.included) {
                if let Some(product) = &option.product {
                    wanted.push((self.known(product)?.product.id, option.quantity));
                }
            }
        }
        Ok(wanted)
    }

    /// The item of a line, and, where its price is given, what the lists say.
    fn item<'p>(
        &self,
        prices: &mut impl Iterator<Item = Result<PlainPrice<'p>, CatalogueError>>,
        place: usize,
        line: &ItemLine,
    ) -> Result<(ItemInput, Option<ListedPrice>)> {
        let known = self.known(&line.product)?;
        let product = &known.product;
        self.check_on_sale(known)?;
        let origin = PriceOrigin { price_list: None, catalogue: self.catalogue(known) };
        let listed = next_price(prices, origin)?;
        let (category, percent, exempt) = self.tax(product, line.tax_percent)?;
        let tax = (category, percent);
        let ordinary = if line.tax_percent.is_none() && exempt.is_none() {
            percent
        } else {
            self.ordinary(product).unwrap_or(percent)
        };
        let stated = |listed: ListedPrice, inside| listed.stated(inside, ordinary, percent);
        let of_list = listed.as_ref().is_ok_and(|listed| listed.tax_included && line.unit_list.is_none());
        let tax_included = line.tax_included.unwrap_or(of_list);
        let (unit_list, unit_cost, priced_by, listed) = match line.unit_list {
            // A product may be in no list: then there is nothing to compare the price with that is given.
            Some(given) => {
                let listed = listed.ok().map(|listed| stated(listed, tax_included)).transpose()?;
                (given, None, origin, listed)
            }
            None => {
                let ListedPrice { unit_list, unit_cost, origin, .. } = stated(listed?, tax_included)?;
                (unit_list, unit_cost, origin, None)
            }
        };
        let mut item =
            ItemInput::new(place.to_string(), product.kind, &product.code, line.quantity, unit_list, tax);
        item.product = Some(product.id);
        item.exemption_reason = exempt.map(|exemption| exemption.reason.as_str().into());
        item.label = Some(line.label.as_ref().unwrap_or(&product.name).into());
        (item.unit_cost, item.origin) = (unit_cost, priced_by);
        let entry =
            origin.catalogue.and_then(|version| known.listed.iter().find(|entry| entry.catalogue == version));
        item.term_months = line.term_months.or(entry.and_then(|entry| entry.term_months));
        item.mileage = line.mileage.or(entry.and_then(|entry| entry.mileage));
        let by_hand = line.steps.iter().cloned().map(|step| step.by_hand(self.speaks_for_manufacturer));
        item.steps = by_hand.collect();
        item.tax_included = tax_included;
        item.further_taxes.clone_from(&line.further_taxes);
        let options = self.options_of(place - 1);
        item.options.reserve(options.len());
        for (index, option) in options.iter().enumerate() {
            let line = ShortText::of_part(place, index + 1);
            item.options
                .push(self.option(prices, line, option, origin, &|listed| stated(listed, tax_included))?);
        }
        Ok((item, listed))
    }

    /// An option with its price, stated as that of its item: of the lists, else of the catalogue; nothing where a package brings it.
    fn option<'p>(
        &self,
        prices: &mut impl Iterator<Item = Result<PlainPrice<'p>, CatalogueError>>,
        line: ShortText,
        option: &LineOption,
        of_item: PriceOrigin,
        stated: &impl Fn(ListedPrice) -> Result<ListedPrice, MoneyError>,
    ) -> Result<OptionInput> {
        let known = option.product.as_deref().map(|key| self.known(key)).transpose()?;
        if let Some(known) = known {
            self.check_on_sale(known)?;
        }
        let nothing = Money::zero(self.opportunity.currency);
        let free = ListedPrice { unit_list: nothing, unit_cost: None, tax_included: false, origin: of_item };
        let found = match known {
            _ if option.included => ListedPrice { unit_cost: Some(nothing), ..free },
            Some(_) => match next_price(prices, of_item)? {
                Err(error) => self.of_catalogue(option, of_item).transpose()?.ok_or(error)?,
                Ok(found) => found,
            },
            None => self.of_catalogue(option, of_item).transpose()?.unwrap_or(free),
        };
        let found = stated(found)?;
        let product = known.map(|known| &known.product);
        let code = product.map_or(&option.code, |product| &product.code);
        let mut input = OptionInput::new(line, code, found.unit_list);
        input.kind = product.map_or(ProductKind::Option, |product| match product.kind {
            ProductKind::Vehicle => ProductKind::Option,
            kind => kind,
        });
        input.product = product.map(|product| product.id);
        input.label = Some(product.map_or(&option.label, |product| &product.name).into());
        input.quantity = option.quantity;
        input.unit_cost = found.unit_cost;
        // An option belongs to the version its product was made from.
        input.origin = found.origin;
        Ok(input)
    }

    /// The price the catalogue gives an option, in the currency of the offer.
    fn of_catalogue(&self, option: &LineOption, of_item: PriceOrigin) -> Option<Result<ListedPrice>> {
        let (price, currency) = (option.price?, self.opportunity.currency);
        let converted = if price.currency() == currency {
            Ok(price)
        } else {
            self.prices.exchange.convert(price, currency, self.day).map(|conversion| conversion.amount)
        };
        Some(match converted {
            Ok(unit_list) => {
                Ok(ListedPrice { unit_list, unit_cost: None, tax_included: false, origin: of_item })
            }
            Err(error) => Err(error.into()),
        })
    }

    /// What rules are asked about: their amounts and fixed prices have no tax inside.
    fn line_facts(&self, lines: &[ItemLine], items: &[ItemInput]) -> Result<Vec<LineFacts<'_>>> {
        let facts = lines.iter().zip(items).map(|(line, item)| {
            let product = &self.known(&line.product)?.product;
            let mut unit_list = with_options(item)?;
            if item.tax_included {
                unit_list = without_tax(unit_list, item.tax_percent)?;
            }
            Ok(LineFacts { product, quantity: item.quantity, unit_list })
        });
        facts.collect()
    }

    /// Category and rate: as given, by the customer's exemption, which is told then, or by country, category and day.
    fn tax<'a>(
        &'a self,
        product: &'a Product,
        given: Option<Decimal>,
    ) -> Result<(&'a str, Decimal, Option<&'a TaxExemption>)> {
        let exempt = self.exemption.as_ref().filter(|_| product.tax_category == "S" && given.is_none());
        if let Some(exemption) = exempt {
            return Ok((&exemption.category, Decimal::ZERO, Some(exemption)));
        }
        let category = product.tax_category.as_str();
        match (given, &self.market) {
            (Some(percent), _) => Ok((category, percent, None)),
            (None, Some(market)) => {
                let rate = choose_tax_rate(market, category, self.day, &self.prices.rates)?.rate;
                Ok((category, rate.percent, None))
            }
            (None, None) => Err(CrmError::Setup {
                code: "unit.no_country",
                problem: "the unit has no country, so its tax rate is not known".to_owned(),
                hint: "give the unit a country, or the item a tax_percent",
            }
            .into()),
        }
    }

    /// The rate of the market, whoever buys; none where it has none.
    fn ordinary(&self, product: &Product) -> Option<Decimal> {
        let market = self.market.as_ref()?;
        let found = choose_tax_rate(market, &product.tax_category, self.day, &self.prices.rates).ok()?;
        Some(found.rate.percent)
    }

    fn check_on_sale(&self, known: &KnownProduct) -> Result<()> {
        let KnownProduct { product, listed } = known;
        Ok(check_listed(product, &self.prices.catalogues, listed, self.market, self.day)?)
    }

    /// The version of a catalogue that has the product and holds on the day.
    fn catalogue(&self, known: &KnownProduct) -> Option<CatalogueVersionId> {
        self.prices.version_of(known, self.market, self.day).map(|version| version.id)
    }
}

/// The next of the prices found in the lists.
fn next_price<'p>(
    prices: &mut impl Iterator<Item = Result<PlainPrice<'p>, CatalogueError>>,
    origin: PriceOrigin,
) -> Result<Result<ListedPrice, CatalogueError>> {
    let next = prices.next().ok_or(CrmError::Internal { what: "a desk looks up the prices of its lines" })?;
    Ok(next.map(|found| ListedPrice {
        unit_list: found.amount,
        unit_cost: found.cost,
        tax_included: found.list.tax_included.unwrap_or_default(),
        origin: PriceOrigin { price_list: Some(found.list.id), ..origin },
    }))
}

fn with_options(item: &ItemInput) -> Result<Money> {
    let currency: Currency = item.unit_list.currency();
    let options = item.options.iter().map(|option| option.unit_list.checked_mul(option.quantity));
    let options = options.collect::<Result<Vec<_>, _>>()?;
    Ok(Money::sum(options.into_iter().chain([item.unit_list]), currency)?)
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
