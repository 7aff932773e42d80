//! Proposals by rule: what else is to be proposed with what, whatever others took, each with the reason it was given.

use super::proposal::{ByRule, Proposed};
use crate::catalogue::pricing::check_on_sale;
use crate::catalogue::{Product, ProductKind};
use crate::ids::{PositionId, ProductId, ProposalRuleId, UnitId};
use chrono::NaiveDate;
use clientela_model::{Record, Why};
use std::collections::HashMap;

/// A rule that proposes a product.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 242, name = "proposal_rule", access = owned, key = code)]
pub struct ProposalRule {
    /// Id.
    #[field(number = 1)]
    pub id: ProposalRuleId,
    /// Code.
    #[field(number = 2, indexed)]
    pub code: String,
    /// The position that keeps it.
    #[field(number = 3, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit whose offers, and those of the units below, it is for.
    #[field(number = 4, merge = central, indexed)]
    pub unit: UnitId,
    /// Its place among the rules; smaller ones come first.
    #[field(number = 5)]
    pub sequence: u32,
    /// The product that is proposed.
    #[field(number = 6)]
    pub product: ProductId,
    /// Why, for people.
    #[field(number = 7)]
    pub reason: String,
    /// Only with this product on the offer.
    #[field(number = 8)]
    pub with_product: Option<ProductId>,
    /// Only with a product of this line on the offer.
    #[field(number = 9)]
    pub with_line: Option<String>,
    /// Only with a product of this kind on the offer.
    #[field(number = 10)]
    pub with_kind: Option<ProductKind>,
    /// Not with a product of this kind on the offer already, such as another contract.
    #[field(number = 11)]
    pub unless_kind: Option<ProductKind>,
    /// A condition over `opportunity`, `customer` and `today`, in the rule language.
    #[field(number = 12)]
    pub condition: Option<String>,
    /// First day.
    #[field(number = 13, group = "validity")]
    pub valid_from: NaiveDate,
    /// Last day, empty while it lasts.
    #[field(number = 14, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}

/// What rules propose with the products of an offer on a day, in the order of sequence, then code; each product once, and none that
/// is offered already or off sale. `products` holds those that rules may propose; `condition` says whether that of a rule holds, and why.
pub fn propose_by_rules(
    rules: &[ProposalRule],
    offered: &[&Product],
    products: &HashMap<ProductId, Product>,
    day: NaiveDate,
    mut condition: impl FnMut(&ProposalRule) -> (bool, Option<Why>),
) -> Vec<Proposed> {
    let mut rules: Vec<&ProposalRule> = rules.iter().filter(|rule| is_for(rule, offered, day)).collect();
    rules.sort_by(|left, right| left.sequence.cmp(&right.sequence).then_with(|| left.code.cmp(&right.code)));
    let mut told: Vec<Proposed> = Vec::new();
    for rule in rules {
        let Some(product) = products.get(&rule.product) else { continue };
        if check_on_sale(product, day).is_err() || told.iter().any(|other| other.product == product.code) {
            continue;
        }
        let (holds, reason) = if rule.condition.is_some() { condition(rule) } else { (true, None) };
        if !holds {
            continue;
        }
        let with = rule.with_product.and_then(|id| offered.iter().find(|product| product.id == id));
        let why = Why::new("proposal.rule").fact("rule", &rule.code).fact("reason", &rule.reason);
        let why = match (with, &rule.with_line, rule.with_kind) {
            (Some(product), _, _) => why.fact("with", &product.code),
            (None, Some(line), _) => why.fact("with_line", line),
            (None, None, Some(kind)) => why.fact("with_kind", kind),
            (None, None, None) => why,
        };
        told.push(Proposed {
            product: product.code.clone(),
            with: with.map(|product| product.code.clone()),
            taken: None,
            by_rule: Some(ByRule { rule: rule.code.clone(), reason: rule.reason.clone() }),
            why: reason.into_iter().fold(why, Why::because),
        });
    }
    told
}

fn is_for(rule: &ProposalRule, offered: &[&Product], day: NaiveDate) -> bool {
    let any = |with: &dyn Fn(&Product) -> bool| offered.iter().any(|product| with(product));
    rule.valid_from <= day
        && rule.valid_to.is_none_or(|last| day <= last)
        && !any(&|product| product.id == rule.product)
        && rule.with_product.is_none_or(|id| any(&|product| product.id == id))
        && rule.with_line.as_ref().is_none_or(|line| any(&|product| product.line.as_ref() == Some(line)))
        && rule.with_kind.is_none_or(|kind| any(&|product| product.kind == kind))
        && rule.unless_kind.is_none_or(|kind| !any(&|product| product.kind == kind))
}

/// Proposals of rules first, then those of history, at most so many; a product that both propose stands once, with both reasons.
#[must_use]
pub fn beside(by_rules: Vec<Proposed>, by_history: Vec<Proposed>, most: usize) -> Vec<Proposed> {
    let mut told = by_rules;
    for proposal in by_history {
        match told.iter_mut().find(|other| other.product == proposal.product) {
            Some(same) => {
                same.with = same.with.take().or(proposal.with);
                same.taken = proposal.taken;
                same.why = std::mem::replace(&mut same.why, Why::new("proposal.rule")).because(proposal.why);
            }
            None => told.push(proposal),
        }
    }
    told.truncate(most);
    told
}
