//! What can be chosen of a product, as data.

use chrono::NaiveDate;
use clientela_model::identifier::Country;
use clientela_model::{ClosedList, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be chosen of a product: the same data in a document, in a question and for the solver.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigurableProduct {
    /// Groups of options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<OptionGroup>,
    /// Options and packages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ProductOption>,
    /// Rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<ConfigurationRule>,
}

impl ConfigurableProduct {
    /// The option of that code, or the one that is priced and delivered as the product of that code.
    #[must_use]
    pub fn sold_as(&self, code: &str) -> Option<&ProductOption> {
        let of_code = self.options.iter().find(|option| option.code == code);
        of_code.or_else(|| self.options.iter().find(|option| option.item.as_deref() == Some(code)))
    }
}

/// Options of which so many are chosen: a fuel, a colour, any number of extras.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionGroup {
    /// Code.
    pub code: String,
    /// Name by language, such as `{"en": "Engine"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub name: BTreeMap<String, String>,
    /// At least so many; 0 when not given.
    #[serde(default)]
    pub minimum: u32,
    /// At most so many; any number when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<u32>,
    /// The option a standard vehicle has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a value of the customer's own may be given instead, and which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<CustomValue>,
}

/// A value of the customer's own, such as a length or a paint.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomValue {
    /// Whether it is a number.
    #[serde(default)]
    pub number: bool,
    /// Least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Decimal>,
    /// Greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Decimal>,
}

/// Something that can be chosen. One that includes others is a package: they come with it and cost nothing then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductOption {
    /// Code, unique in the product.
    pub code: String,
    /// Name by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub name: BTreeMap<String, String>,
    /// The group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Price of one, above or below nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// How many of a hundred vehicles are sold with it; 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub popularity: Option<u8>,
    /// Codes of the options that come with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<String>,
    /// Code of the product it is priced and delivered as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Markets it is sold in; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Country>,
    /// First day it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
}

/// What a rule demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ConfigurationRuleKind {
    /// Each of the options needs at least one of the targets.
    Requires,
    /// None of the options goes with any of the targets; without targets, no two of the options go together.
    Excludes,
    /// Exactly one of the options is chosen.
    OneOf,
    /// At most `limit` of the options are chosen.
    AtMost,
    /// At least `limit` of the options are chosen.
    AtLeast,
    /// The options come with each of the targets, at no price.
    IncludedBy,
    /// The options are sold only where the condition holds.
    AvailableIf,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationRule {
    /// Code, unique in the product.
    pub code: String,
    /// What it demands.
    pub kind: ConfigurationRuleKind,
    /// The options it is about.
    pub options: Vec<String>,
    /// The other side of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Of requires and excludes: it applies only when all its options are chosen together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub together: bool,
    /// Of at_most and at_least: the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Of available_if: a rule over `market`, `date` and `attributes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Why it is so, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reason: BTreeMap<String, String>,
}
