//! Commands on rules that propose.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::catalogue::{Product, ProductKind};
use clientela_core::organisation::Unit;
use clientela_core::sales::proposal_rule::ProposalRule;
use clientela_model::{DateRange, ValueError, Why};
use serde::{Deserialize, Serialize};

/// Adds a rule that proposes a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineProposalRule {
    /// Code.
    pub code: String,
    /// The unit whose offers, and those of the units below, it is for; the acting one when not given.
    #[serde(default)]
    pub unit: Option<Key>,
    /// Its place among the rules; smaller ones come first. 100 when not given.
    #[serde(default)]
    pub sequence: Option<u32>,
    /// Code of the product that is proposed.
    pub product: Key,
    /// Why, for people.
    pub reason: String,
    /// Only with this product on the offer.
    #[serde(default)]
    pub with_product: Option<Key>,
    /// Only with a product of this line on the offer.
    #[serde(default)]
    pub with_line: Option<String>,
    /// Only with a product of this kind on the offer.
    #[serde(default)]
    pub with_kind: Option<ProductKind>,
    /// Not with a product of this kind on the offer already.
    #[serde(default)]
    pub unless_kind: Option<ProductKind>,
    /// A condition over `opportunity`, `customer` and `today`, in the rule language.
    #[serde(default)]
    pub condition: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineProposalRule) -> Result<Outcome> {
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    door.unused_at_dealer::<ProposalRule>("code", &command.code, unit)?;
    DateRange::new(command.valid_from, command.valid_to).map_err(|error| error.at("valid_to"))?;
    if command.reason.trim().is_empty() {
        let expected = "what the customer gains by it, in a sentence";
        let error = ValueError::new("proposal_rule.reason", "reason of a proposal", "is empty", expected);
        return Err(error.at("reason").into());
    }
    if let Some(condition) = &command.condition {
        crate::rules::stage::check_opportunity_rule(door, condition)?;
    }
    let product = door.resolve::<Product>(&command.product)?.record;
    let with = command.with_product.as_deref().map(|key| door.resolve::<Product>(key)).transpose()?;
    let rule = ProposalRule {
        id: door.new_id(),
        code: command.code.clone(),
        owner: door.actor().position,
        unit,
        sequence: command.sequence.unwrap_or(100),
        product: product.id,
        reason: command.reason.clone(),
        with_product: with.map(|product| product.record.id),
        with_line: command.with_line.clone(),
        with_kind: command.with_kind,
        unless_kind: command.unless_kind,
        condition: command.condition.clone(),
        valid_from: command.valid_from,
        valid_to: command.valid_to,
    };
    door.create(&rule)?;
    let why =
        Why::new("proposal_rule.defined").fact("product", &product.code).fact("sequence", rule.sequence);
    Ok(Outcome::of(&rule, Some(&rule.code), why))
}
