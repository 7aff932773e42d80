//! The financing plans kept on an offer.

use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use clientela_core::sales::Offer;
use clientela_core::sales::financing::PlanKind;
use clientela_core::sales::kept_financing::{FinancingStanding, OfferFinancing, standing};
use clientela_model::{Coded, Money, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The financing plans kept on an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinancingPlansOf {
    /// The offer.
    pub offer: Key,
}

/// A kept plan, as it was made and as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptFinancing {
    /// Code, unique on the offer.
    pub code: String,
    /// What stands on the offer.
    pub name: Option<String>,
    /// What kind.
    pub kind: PlanKind,
    /// Nominal rate a year in percent.
    pub yearly_percent: Decimal,
    /// Monthly payments.
    pub months: u16,
    /// What is paid down.
    pub down: Option<Money>,
    /// What is left at the end.
    pub residual: Option<Money>,
    /// Whether payments are due at the beginning of their month.
    pub in_advance: bool,
    /// The version of the offer it was made on.
    pub revision: u32,
    /// What was financed.
    pub financed: Money,
    /// The monthly payment.
    pub payment: Money,
    /// Sum of the interest.
    pub interest: Money,
    /// Payments and residual together.
    pub total: Money,
    /// Whether the customer chose it.
    pub chosen: bool,
    /// What its terms come to on the offer as it stands; none when they are no longer possible.
    pub now: Option<FinancingStanding>,
    /// Why they are not.
    pub why: Why,
}

pub(super) fn plans(session: &Session, question: &FinancingPlansOf) -> Result<Vec<KeptFinancing>> {
    session.look(|view| {
        let offer = view.resolve::<Offer>(&question.offer)?.record;
        let mut plans: Vec<OfferFinancing> = view.records(&crate::command::of_offer(offer.id))?;
        plans.retain(|plan| plan.dropped != Some(true));
        plans.sort_by(|left, right| left.code.cmp(&right.code));
        Ok(plans.into_iter().map(|plan| told(plan, &offer)).collect())
    })
}

fn told(plan: OfferFinancing, offer: &Offer) -> KeptFinancing {
    let (now, why) = match standing(&plan, offer) {
        Ok(now) => {
            let why = now.why.clone();
            (Some(now), why)
        }
        Err(error) => (None, Why::new(error.code()).fact("payable", offer.payable)),
    };
    KeptFinancing {
        code: plan.code,
        name: plan.name,
        kind: plan.kind,
        yearly_percent: plan.yearly_percent,
        months: plan.months,
        down: plan.down,
        residual: plan.residual,
        in_advance: plan.in_advance.unwrap_or_default(),
        revision: plan.revision,
        financed: plan.financed,
        payment: plan.payment,
        interest: plan.interest,
        total: plan.total,
        chosen: plan.chosen.unwrap_or_default(),
        now,
        why,
    }
}
