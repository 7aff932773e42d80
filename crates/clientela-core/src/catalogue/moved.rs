//! What changed of a product from one version of a catalogue to another: what an offer was made from may have moved on.

use super::ProductEntry;
use super::configuration::ProductOption;
use clientela_model::{ClosedList, Money};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CatalogueChangeKind {
    /// The product is no longer there.
    ProductGone,
    /// Its name, kind, line, unit, term, days or markets.
    Product,
    /// The value of an attribute.
    Attribute,
    /// An option that is new.
    OptionNew,
    /// An option that is no longer there.
    OptionGone,
    /// The price of an option.
    OptionPrice,
    /// What else an option is: its group, what it includes, days, markets.
    Option,
    /// How many of a group are chosen, or its default.
    Group,
    /// A rule that is new.
    RuleNew,
    /// A rule that is no longer there.
    RuleGone,
    /// What a rule demands.
    Rule,
    /// A part, or how many of it.
    Material,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueChange {
    /// What changed.
    pub kind: CatalogueChangeKind,
    /// Code of the attribute, option, group, rule or part; that of the product otherwise.
    pub subject: String,
    /// As it was, where it is one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// As it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl CatalogueChange {
    fn new(kind: CatalogueChangeKind, subject: &str) -> Self {
        Self { kind, subject: subject.to_owned(), before: None, after: None }
    }

    fn between(mut self, before: Option<String>, after: Option<String>) -> Self {
        (self.before, self.after) = (before, after);
        self
    }
}

/// What changed of a product, in the order of the kinds, then of the codes; `None` when the later version has it no more.
#[must_use]
pub fn changes(before: &ProductEntry, after: Option<&ProductEntry>) -> Vec<CatalogueChange> {
    use CatalogueChangeKind as Kind;
    let Some(after) = after else { return vec![CatalogueChange::new(Kind::ProductGone, &before.code)] };
    let mut told = Vec::new();
    if head(before) != head(after) {
        told.push(CatalogueChange::new(Kind::Product, &before.code));
    }
    for code in codes(before.attributes.keys(), after.attributes.keys()) {
        let value = |entry: &ProductEntry| entry.attributes.get(code).cloned();
        if value(before) != value(after) {
            told.push(CatalogueChange::new(Kind::Attribute, code).between(value(before), value(after)));
        }
    }
    options(before, after, &mut told);
    let by_code = |entry: &ProductEntry| -> BTreeMap<String, String> {
        let groups = entry.configuration.groups.iter();
        groups.map(|group| (group.code.clone(), demands(group))).collect()
    };
    compare(&by_code(before), &by_code(after), [Kind::Group; 3], &mut told);
    let by_code = |entry: &ProductEntry| -> BTreeMap<String, String> {
        let rules = entry.configuration.rules.iter();
        rules.map(|rule| (rule.code.clone(), demands(rule))).collect()
    };
    compare(&by_code(before), &by_code(after), [Kind::RuleNew, Kind::RuleGone, Kind::Rule], &mut told);
    let by_code = |entry: &ProductEntry| -> BTreeMap<String, String> {
        let parts = entry.materials.iter();
        parts
            .map(|part| (part.product.clone(), format!("{} {:?}", part.quantity.normalize(), part.options)))
            .collect()
    };
    compare(&by_code(before), &by_code(after), [Kind::Material; 3], &mut told);
    told
}

/// What a product is besides what is compared entry by entry.
fn head(entry: &ProductEntry) -> String {
    let days = (entry.valid_from, entry.valid_to, &entry.markets);
    format!(
        "{:?}",
        (
            &entry.name,
            entry.kind,
            &entry.line,
            &entry.model,
            &entry.unit,
            entry.term_months,
            entry.mileage,
            days
        )
    )
}

/// What a rule or group demands, without the words for people.
fn demands<T: Serialize>(of: &T) -> String {
    let mut value = serde_json::to_value(of).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("name");
        fields.remove("reason");
    }
    value.to_string()
}

fn codes<'a>(
    before: impl Iterator<Item = &'a String>,
    after: impl Iterator<Item = &'a String>,
) -> BTreeSet<&'a String> {
    before.chain(after).collect()
}

fn options(before: &ProductEntry, after: &ProductEntry, told: &mut Vec<CatalogueChange>) {
    use CatalogueChangeKind as Kind;
    let by_code = |entry: &'_ ProductEntry| -> BTreeMap<String, ProductOption> {
        let options = entry.configuration.options.iter();
        options.map(|option| (option.code.clone(), option.clone())).collect()
    };
    let (before, after) = (by_code(before), by_code(after));
    for code in codes(before.keys(), after.keys()) {
        let price = |option: &ProductOption| option.price.map(|price: Money| price.to_string());
        match (before.get(code), after.get(code)) {
            (None, Some(option)) => {
                told.push(CatalogueChange::new(Kind::OptionNew, code).between(None, price(option)));
            }
            (Some(option), None) => {
                told.push(CatalogueChange::new(Kind::OptionGone, code).between(price(option), None));
            }
            (Some(old), Some(new)) => {
                if old.price != new.price {
                    told.push(CatalogueChange::new(Kind::OptionPrice, code).between(price(old), price(new)));
                }
                let rest = |option: &ProductOption| ProductOption {
                    price: None,
                    popularity: None,
                    name: BTreeMap::new(),
                    ..option.clone()
                };
                if rest(old) != rest(new) {
                    told.push(CatalogueChange::new(Kind::Option, code));
                }
            }
            (None, None) => {}
        }
    }
}

/// What is new, gone and changed, each with its kind.
fn compare(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    [new, gone, changed]: [CatalogueChangeKind; 3],
    told: &mut Vec<CatalogueChange>,
) {
    for code in codes(before.keys(), after.keys()) {
        let kind = match (before.get(code), after.get(code)) {
            (None, Some(_)) => new,
            (Some(_), None) => gone,
            (old, other) if old != other => changed,
            _ => continue,
        };
        told.push(CatalogueChange::new(kind, code));
    }
}
