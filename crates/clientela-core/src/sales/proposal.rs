//! Proposals: what else a customer might take, from what others took with the same, each with its reason.

#![allow(clippy::float_arithmetic, reason = "shares of offers, shown rounded; no money is here")]

use clientela_analytics::baskets::{Association, associations};
use clientela_model::Why;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A product that might go with what is offered: because others took it, because a rule says so, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// Its code.
    pub product: String,
    /// The product it goes with; none when a rule proposes it with anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// How often others took it.
    #[serde(flatten)]
    pub taken: Option<TakenTogether>,
    /// The rule that proposes it.
    #[serde(flatten)]
    pub by_rule: Option<ByRule>,
    /// Why it is proposed.
    pub why: Why,
}

/// How often two products were taken together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenTogether {
    /// Offers that have both.
    pub together: u32,
    /// Offers that have the product it goes with.
    pub offers_with: u32,
    /// Share of all offers with both, in percent to one decimal.
    pub support_percent: String,
    /// Share of those with the one that have the other, in percent to one decimal.
    pub confidence_percent: String,
    /// How much more often than by chance, to two decimals.
    pub lift: String,
}

/// A rule that proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByRule {
    /// Its code.
    pub rule: String,
    /// Its reason, for people.
    pub reason: String,
}

/// The products that went with those of an offer more often than by chance, at most `most`, the strongest first: each once, with its
/// strongest association. `baskets` are the product codes of offers that were accepted; pairs in fewer than `least` of them do not count.
#[must_use]
pub fn propose(
    offered: &BTreeSet<String>,
    baskets: &[BTreeSet<String>],
    least: u32,
    most: usize,
) -> Vec<Proposed> {
    let mut names: Vec<&str> = Vec::new();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut known: BTreeSet<&str> = baskets.iter().flatten().map(String::as_str).collect();
    known.extend(offered.iter().map(String::as_str));
    for code in known {
        numbers.insert(code, u32::try_from(names.len()).unwrap_or(u32::MAX));
        names.push(code);
    }
    let numbered = |codes: &BTreeSet<String>| -> Vec<u32> {
        codes.iter().filter_map(|code| numbers.get(code.as_str()).copied()).collect()
    };
    let all: Vec<Vec<u32>> = baskets.iter().map(numbered).collect();
    let mut told: Vec<Proposed> = Vec::new();
    for found in associations(&all, &numbered(offered), least) {
        let name = |item: u32| names.get(item as usize).copied().unwrap_or_default().to_owned();
        let product = name(found.item);
        if found.lift <= 1.0 || told.len() >= most || told.iter().any(|other| other.product == product) {
            continue;
        }
        told.push(proposed(product, name(found.with), &found, all.len()));
    }
    told
}

fn proposed(product: String, with: String, found: &Association, offers: usize) -> Proposed {
    let (support_percent, confidence_percent) =
        (format!("{:.1}", found.support * 100.0), format!("{:.1}", found.confidence * 100.0));
    let lift = format!("{:.2}", found.lift);
    let why = Why::new("proposal.taken_together")
        .fact("with", &with)
        .fact("together", found.together)
        .fact("offers_with", found.baskets_with)
        .fact("offers", offers)
        .fact("support_percent", &support_percent)
        .fact("confidence_percent", &confidence_percent)
        .fact("lift", &lift);
    let taken = TakenTogether {
        together: found.together,
        offers_with: found.baskets_with,
        support_percent,
        confidence_percent,
        lift,
    };
    Proposed { product, with: Some(with), taken: Some(taken), by_rule: None, why }
}
