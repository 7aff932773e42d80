//! How complete a customer's record is, as a figure, with what is missing and what that costs.
//!
//! figure = 100 × weights of the parts that are there ÷ weights of the parts that are asked of this kind of party, rounded half up to a
//! whole number.

use super::party::PartyKind;
use super::relationship::Customer;
use clientela_model::{Coded, ErrorKind, Record, Value, Why};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// What belongs to a customer and can be asked for besides its columns.
pub const LISTS: [&str; 6] = ["contacts", "fleet", "consents", "activities", "addresses", "decision_maker"];

/// A part of a record and what it weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// A column of the customer, one of [`LISTS`], or `custom.` and the name of an added field.
    pub part: String,
    /// What it weighs, above nothing.
    pub weight: u32,
    /// What cannot be done without it, in stable words such as `campaign.email`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<String>,
    /// Kinds of party it is not asked of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_for: Vec<PartyKind>,
}

/// What a record is to have: the document of the setting `customer.completeness`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletenessPolicy {
    /// The parts.
    pub parts: Vec<Part>,
}

impl Default for CompletenessPolicy {
    /// What selling trucks needs first.
    fn default() -> Self {
        use PartyKind::Person;
        let part = |part: &str, weight, costs: &[&str], not_for: &[PartyKind]| Part {
            part: part.to_owned(),
            weight,
            costs: costs.iter().map(|cost| (*cost).to_owned()).collect(),
            not_for: not_for.to_vec(),
        };
        Self {
            parts: vec![
                part("vat_number", 15, &["duplicate_check", "offer.tax"], &[Person]),
                part("street", 5, &["campaign.letter", "visit_planning"], &[]),
                part("postal_code", 10, &["territory", "campaign.letter"], &[]),
                part("locality", 5, &["campaign.letter"], &[]),
                part("email", 10, &["campaign.email"], &[]),
                part("phone", 10, &["campaign.phone"], &[]),
                part("language", 3, &["campaign.language"], &[]),
                part("nace", 5, &["segmentation.trade"], &[Person]),
                part("size", 5, &["visit_frequency"], &[]),
                part("contacts", 10, &["campaign.person"], &[Person]),
                part("decision_maker", 7, &["opportunity.decision"], &[Person]),
                part("fleet", 10, &["fleet.replacements", "fleet.rhythm"], &[]),
                part("consents", 5, &["campaign.consent"], &[]),
            ],
        }
    }
}

/// A policy that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompletenessError {
    /// There is nothing of that name.
    #[error("part {place} of the completeness figures is nothing a customer has; name a column of the customer, {}, or custom. and an added field", LISTS.join(", "))]
    Unknown {
        /// Which, from 1.
        place: usize,
    },
    /// It weighs nothing, or stands there twice.
    #[error(
        "part {place} of the completeness figures weighs nothing or stands there twice; a weight from 1 to 1000, once, is needed"
    )]
    Weight {
        /// Which, from 1.
        place: usize,
    },
    /// There is none.
    #[error("the completeness figures have no part; at least one is needed")]
    Empty,
}

impl Coded for CompletenessError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "completeness.part",
            Self::Weight { .. } => "completeness.weight",
            Self::Empty => "completeness.empty",
        }
    }
    fn field(&self) -> Option<String> {
        Some("parts".to_owned())
    }
    fn hint(&self) -> Option<String> {
        clientela_model::hint_of(&self.to_string())
    }
}

impl CompletenessPolicy {
    /// Refuses parts that no customer has.
    ///
    /// # Errors
    /// [`CompletenessError`].
    pub fn check(&self) -> Result<(), CompletenessError> {
        if self.parts.is_empty() {
            return Err(CompletenessError::Empty);
        }
        for (at, part) in self.parts.iter().enumerate() {
            let name = part.part.as_str();
            let known = Customer::ENTITY.column(name).is_some()
                || LISTS.contains(&name)
                || name.strip_prefix("custom.").is_some_and(|field| !field.is_empty());
            if !known {
                return Err(CompletenessError::Unknown { place: at + 1 });
            }
            let twice = self.parts.iter().take(at).any(|other| other.part == part.part);
            if twice || part.weight == 0 || part.weight > 1_000 {
                return Err(CompletenessError::Weight { place: at + 1 });
            }
        }
        Ok(())
    }
}

/// A part that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingPart {
    /// Which.
    pub part: String,
    /// What it would add to the figure, to one decimal.
    pub points: Decimal,
    /// What cannot be done without it.
    pub costs: Vec<String>,
}

/// How complete a record is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// From 0 to 100.
    pub figure: u8,
    /// What is missing, the weightiest first.
    pub missing: Vec<MissingPart>,
    /// The sums.
    pub why: Why,
}

/// How complete a customer's record is. `beside` says whether one of [`LISTS`] has entries, or an added field a value, for a part that is
/// no column.
#[must_use]
pub fn completeness(
    customer: &Customer,
    policy: &CompletenessPolicy,
    beside: impl Fn(&str) -> bool,
) -> Completeness {
    let values = customer.to_values();
    let there = |name: &str| match Customer::ENTITY.position(name) {
        Some(at) => values.get(at).is_some_and(|value| !matches!(value, Value::Null)),
        None => beside(name),
    };
    let asked: Vec<&Part> =
        policy.parts.iter().filter(|part| !part.not_for.contains(&customer.kind)).collect();
    let whole: u64 = asked.iter().map(|part| u64::from(part.weight)).sum();
    let (mut has, mut missing) = (0_u64, Vec::new());
    for part in asked {
        if there(&part.part) {
            has += u64::from(part.weight);
        } else {
            missing.push(part);
        }
    }
    missing.sort_by_key(|part| std::cmp::Reverse(part.weight));
    let points = |weight: u64| match whole {
        0 => Decimal::ZERO,
        whole => Decimal::from(weight * 100) / Decimal::from(whole),
    };
    // Nothing asked is nothing missing.
    let figure = if whole == 0 { Decimal::ONE_HUNDRED } else { points(has) };
    let rounded = figure.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    Completeness {
        figure: rounded.to_u8().unwrap_or(100),
        missing: missing
            .into_iter()
            .map(|part| MissingPart {
                part: part.part.clone(),
                points: points(u64::from(part.weight)).round_dp(1),
                costs: part.costs.clone(),
            })
            .collect(),
        why: Why::new("customer.completeness").fact("weight", has).fact("of", whole),
    }
}
