//! What a win leaves above its costs, and whom it counts for.
//!
//! The margin of a win is the net of its accepted offers less what their items cost; without an accepted offer it is the margin
//! expected of the opportunity. It counts for those its revenue is credited to, in the same parts and on the same days, and is
//! taken back with it. It is worked out when it is asked for, of what the asking may see, because credits are seen by more than
//! may see costs.

use super::attainment::Counted;
use super::credit_rule::Crediting;
use super::quota::Measure;
use crate::ids::OpportunityId;
use crate::sales::{Credit, Offer, OfferItem, OfferState, Opportunity};
use chrono::NaiveDate;
use clientela_model::{EntityId, Money, MoneyError, allocate_units};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};

/// The margin of a win, and the net it is part of; none when a cost is not known or currencies differ.
///
/// `items` may hold those of other offers and versions.
#[must_use]
pub fn margin_of(
    opportunity: &Opportunity,
    offers: &[&Offer],
    items: &[&OfferItem],
) -> Option<(Money, Money)> {
    let accepted: Vec<&&Offer> = offers.iter().filter(|offer| offer.state == OfferState::Accepted).collect();
    let Some(first) = accepted.first() else {
        return opportunity.margin.zip(opportunity.amount);
    };
    let mut net = Money::zero(first.currency);
    let mut costs = Money::zero(first.currency);
    for offer in &accepted {
        net = net.checked_add(offer.net).ok()?;
        for item in items.iter().filter(|item| item.offer == offer.id && item.revision == offer.revision) {
            match item.unit_cost {
                Some(cost) => costs = costs.checked_add(cost_of(item, cost)?).ok()?,
                // What is given with something else and has no cost of its own is in the other's.
                None if item.line_net.amount().is_zero() => {}
                None => return None,
            }
        }
    }
    Some((net.checked_add(Money::new(-costs.amount(), costs.currency())).ok()?.rounded(), net))
}

fn cost_of(item: &OfferItem, cost: Money) -> Option<Money> {
    let base = item.base_quantity.filter(|base| !base.is_zero()).unwrap_or(Decimal::ONE);
    let amount = cost.amount().checked_mul(item.quantity)?.checked_div(base)?;
    Some(Money::new(amount, cost.currency()))
}

/// Margins as their revenue was credited: `credits` are those of revenue, `margins` what each win leaves and its net.
///
/// A win without a margin is left out. Where revenue was credited in another currency than the margin is known in, the margin is
/// the same part of the revenue.
///
/// # Errors
/// `money.overflow`.
pub fn margin_counted(
    credits: &[Credit],
    margins: &HashMap<OpportunityId, (Money, Money)>,
) -> Result<Vec<Counted>, MoneyError> {
    // A win and its taking back are credited in one go each: one day and one sign of one opportunity.
    let mut groups: BTreeMap<(OpportunityId, NaiveDate, bool), Vec<&Credit>> = BTreeMap::new();
    for credit in credits.iter().filter(|credit| credit.measure == Measure::Revenue) {
        let back = credit.amount < Decimal::ZERO;
        groups.entry((credit.opportunity, credit.day, back)).or_default().push(credit);
    }
    let mut counted = Vec::new();
    for ((opportunity, day, back), credits) in groups {
        let Some((margin, net)) = margins.get(&opportunity) else { continue };
        let weights: Vec<Decimal> = credits.iter().map(|credit| credit.amount.abs()).collect();
        let (Some(first), false) = (credits.first(), weights.iter().all(Decimal::is_zero)) else { continue };
        let currency = first.currency.unwrap_or(margin.currency());
        let whole = if currency == margin.currency() {
            *margin
        } else {
            let revenue: Decimal = weights.iter().sum();
            let part = revenue.checked_mul(margin.amount()).and_then(|part| part.checked_div(net.amount()));
            Money::new(part.ok_or(MoneyError::Overflow)?, currency).rounded()
        };
        let shares = allocate_units(whole.amount(), &weights, currency.minor_units())?;
        for (credit, share) in credits.iter().zip(shares) {
            counted.push(Counted {
                measure: Measure::Margin,
                owner: credit.owner,
                unit: credit.unit,
                amount: if back { -share } else { share },
                currency: Some(currency),
                day,
                of: ("opportunity", opportunity.uuid()),
                opportunity: Some(opportunity),
                conversion: None,
                credited: Crediting::AsItHappened,
            });
        }
    }
    Ok(counted)
}
