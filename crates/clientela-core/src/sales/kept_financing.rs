//! Financing plans kept on an offer: alternatives side by side, one of them the customer's choice.
//!
//! A plan keeps its terms and what they came to when it was made. The price may move on afterwards: [`standing`] computes the same
//! terms on what is to be paid now and says whether the kept figures still hold. A plan never changes the price.

use super::Offer;
use super::financing::{FinanceError, FinancePlan, FinanceSchedule, PlanKind, schedule};
use crate::ids::{OfferFinancingId, OfferId, UserId};
use chrono::{DateTime, Utc};
use clientela_model::{Money, Record, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A financing or leasing plan of an offer.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 241, name = "offer_financing", access = through(offer), part_of(offer, offer))]
pub struct OfferFinancing {
    /// Id.
    #[field(number = 1)]
    pub id: OfferFinancingId,
    /// The offer.
    #[field(number = 2, merge = fact)]
    pub offer: OfferId,
    /// Code, unique on the offer.
    #[field(number = 3, merge = fact)]
    pub code: String,
    /// What stands on the offer.
    #[field(number = 4)]
    pub name: Option<String>,
    /// What kind.
    #[field(number = 5, group = "terms")]
    pub kind: PlanKind,
    /// Nominal rate a year in percent.
    #[field(number = 6, group = "terms", label = "Yearly rate (%)")]
    pub yearly_percent: Decimal,
    /// Monthly payments.
    #[field(number = 7, group = "terms")]
    pub months: u16,
    /// What is paid down.
    #[field(number = 8, group = "terms")]
    pub down: Option<Money>,
    /// What is left at the end.
    #[field(number = 9, group = "terms")]
    pub residual: Option<Money>,
    /// Whether payments are due at the beginning of their month; empty for no.
    #[field(number = 10, group = "terms")]
    pub in_advance: Option<bool>,
    /// The version of the offer it was computed on.
    #[field(number = 11, group = "figures")]
    pub revision: u32,
    /// What is financed.
    #[field(number = 12, group = "figures")]
    pub financed: Money,
    /// The monthly payment.
    #[field(number = 13, group = "figures")]
    pub payment: Money,
    /// Sum of the interest.
    #[field(number = 14, group = "figures")]
    pub interest: Money,
    /// Payments and residual together.
    #[field(number = 15, group = "figures")]
    pub total: Money,
    /// When it was computed.
    #[field(number = 16, group = "figures")]
    pub at: DateTime<Utc>,
    /// By whom.
    #[field(number = 17, group = "figures")]
    pub user: UserId,
    /// Whether the customer chose it.
    #[field(number = 18, merge = central)]
    pub chosen: Option<bool>,
    /// Whether it was dropped.
    #[field(number = 19)]
    pub dropped: Option<bool>,
}

/// The terms of a plan, whatever the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinancingTerms {
    /// What kind.
    pub kind: PlanKind,
    /// Nominal rate a year in percent.
    pub yearly_percent: Decimal,
    /// Monthly payments.
    pub months: u16,
    /// What is paid down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Money>,
    /// What is left at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<Money>,
    /// Whether payments are due at the beginning of their month.
    #[serde(default)]
    pub in_advance: bool,
}

impl FinancingTerms {
    /// The schedule of these terms on what an offer is to be paid with; what is paid down is taken off first.
    ///
    /// # Errors
    /// [`FinanceError`]; `finance.residual` also for what is paid down in another currency, below nothing, or all of it.
    pub fn on(&self, payable: Money) -> Result<(Money, FinanceSchedule), FinanceError> {
        let down = self.down.unwrap_or_else(|| Money::zero(payable.currency()));
        let principal = payable.checked_sub(down).map_err(|_| FinanceError::Residual)?;
        if down.is_negative() || principal.is_negative() || principal.is_zero() {
            return Err(FinanceError::Residual);
        }
        let plan = FinancePlan {
            kind: self.kind,
            principal,
            yearly_percent: self.yearly_percent,
            months: self.months,
            residual: self.residual,
            in_advance: self.in_advance,
        };
        Ok((principal, schedule(&plan)?))
    }
}

/// Who computes a plan, when, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinancingHead {
    /// Id to be.
    pub id: OfferFinancingId,
    /// Code, unique on the offer.
    pub code: String,
    /// What stands on the offer.
    pub name: Option<String>,
    /// The moment.
    pub at: DateTime<Utc>,
    /// The user.
    pub user: UserId,
}

/// Computes a plan on an offer as it stands, to be kept.
///
/// # Errors
/// As [`FinancingTerms::on`].
pub fn plan(
    offer: &Offer,
    terms: &FinancingTerms,
    head: FinancingHead,
) -> Result<(OfferFinancing, Why), FinanceError> {
    let (financed, computed) = terms.on(offer.payable)?;
    let kept = OfferFinancing {
        id: head.id,
        offer: offer.id,
        code: head.code,
        name: head.name,
        kind: terms.kind,
        yearly_percent: terms.yearly_percent,
        months: terms.months,
        down: terms.down,
        residual: terms.residual,
        in_advance: terms.in_advance.then_some(true),
        revision: offer.revision,
        financed,
        payment: computed.payment,
        interest: computed.interest,
        total: computed.total,
        at: head.at,
        user: head.user,
        chosen: None,
        dropped: None,
    };
    let why = Why::new("financing.kept").fact("code", &kept.code).fact("financed", financed);
    Ok((kept, why.fact("payment", computed.payment).because(computed.why)))
}

/// A kept plan and what its terms come to now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FinancingStanding {
    /// Whether the kept figures are those of the offer as it stands.
    pub current: bool,
    /// What would be financed now.
    pub financed: Money,
    /// The monthly payment now.
    pub payment: Money,
    /// Why.
    pub why: Why,
}

/// What the terms of a kept plan come to on the offer as it stands.
///
/// # Errors
/// As [`FinancingTerms::on`], when they are no longer possible.
pub fn standing(kept: &OfferFinancing, offer: &Offer) -> Result<FinancingStanding, FinanceError> {
    let terms = FinancingTerms {
        kind: kept.kind,
        yearly_percent: kept.yearly_percent,
        months: kept.months,
        down: kept.down,
        residual: kept.residual,
        in_advance: kept.in_advance.unwrap_or_default(),
    };
    let (financed, now) = terms.on(offer.payable)?;
    let current = (financed, now.payment, now.total) == (kept.financed, kept.payment, kept.total);
    let word = if current { "financing.current" } else { "financing.moved_on" };
    let why = Why::new(word)
        .fact("made_on_revision", kept.revision)
        .fact("revision", offer.revision)
        .fact("payment_kept", kept.payment)
        .fact("payment", now.payment);
    Ok(FinancingStanding { current, financed, payment: now.payment, why })
}

/// The plans as they are when one of them, or none, is the customer's choice: those that change.
#[must_use]
pub fn choose(plans: &[OfferFinancing], chosen: Option<OfferFinancingId>) -> Vec<OfferFinancing> {
    let as_it_is_to_be = |plan: &OfferFinancing| {
        let choice = (Some(plan.id) == chosen).then_some(true);
        (plan.chosen != choice).then(|| OfferFinancing { chosen: choice, ..plan.clone() })
    };
    plans.iter().filter_map(as_it_is_to_be).collect()
}
