//! What is sold where and when.

use super::compile::Compiled;
use chrono::NaiveDate;
use clientela_analytics::satisfiability::Literal;
use clientela_model::identifier::Country;
use clientela_rules::{Bindings, Datum, Environment, Map, Outcome, Type};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| {
    Environment::new()
        .variable("market", Type::Text.or_null())
        .variable("date", Type::Date)
        .variable("attributes", Type::Text.map_to(Type::Text))
});

/// What the condition of an available_if rule may speak of: `market`, the two letters of a country or null; `date`, the day;
/// `attributes`, a map of texts the caller gives, such as the plant.
#[must_use]
pub fn availability_environment() -> &'static Environment {
    &ENVIRONMENT
}

/// Where and when something is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketFacts {
    /// The market, when it is known.
    pub market: Option<Country>,
    /// The day.
    pub date: NaiveDate,
    /// What else conditions may ask for.
    pub attributes: BTreeMap<String, String>,
}

impl MarketFacts {
    /// The day, with nothing else known.
    #[must_use]
    pub fn on(date: NaiveDate) -> Self {
        Self { market: None, date, attributes: BTreeMap::new() }
    }
}

/// Which options are not sold, and by which rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Availability(pub(super) Vec<(Literal, u32)>);

impl Compiled {
    /// Which options are not sold there and then. A condition that cannot be told counts as no.
    #[must_use]
    pub fn availability(&self, facts: &MarketFacts) -> Availability {
        let bindings = bindings(facts);
        let mut ruled_out = Vec::new();
        for (option, source) in &self.validities {
            let line = &self.product.options[*option as usize];
            let market =
                facts.market.is_none_or(|market| line.markets.is_empty() || line.markets.contains(&market));
            let begun = line.valid_from.is_none_or(|from| from <= facts.date);
            let lasts = line.valid_to.is_none_or(|to| facts.date <= to);
            if !(market && begun && lasts) {
                ruled_out.push((Literal::no(*option), *source));
            }
        }
        for (source, options, rule) in &self.conditions {
            let holds = bindings.as_ref().is_some_and(|facts| rule.decide(facts) == Outcome::True);
            if !holds {
                ruled_out.extend(options.iter().map(|option| (Literal::no(*option), *source)));
            }
        }
        Availability(ruled_out)
    }
}

fn bindings(facts: &MarketFacts) -> Option<Bindings<'static>> {
    let market = facts.market.map_or(Datum::Null, |market| Datum::from(market.to_string()));
    let entries = facts
        .attributes
        .iter()
        .map(|(name, value)| (Datum::from(name.as_str()), Datum::from(value.as_str())));
    let attributes = Datum::Map(Arc::new(Map::of(entries)?));
    Bindings::new(&ENVIRONMENT)
        .with("market", market)
        .and_then(|bindings| bindings.with("date", facts.date))
        .and_then(|bindings| bindings.with("attributes", attributes))
        .ok()
}
