//! Commands on the financing plans of an offer.

use super::{Key, Outcome, of_offer};
use crate::door::Door;
use crate::error::Result;
use clientela_core::sales::financing::PlanKind;
use clientela_core::sales::kept_financing::{
    FinancingHead, FinancingTerms, OfferFinancing, choose as choice, plan,
};
use clientela_core::sales::{Offer, Opportunity, opportunity::check_not_closed};
use clientela_model::{Money, ValueError, Why};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Keeps a financing plan on an offer. One with the same code takes its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFinancing {
    /// The offer.
    pub offer: Key,
    /// Code, unique on the offer.
    pub code: String,
    /// What stands on the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What kind of plan.
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

/// A plan of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinancingRef {
    /// The offer.
    pub offer: Key,
    /// Code of the plan.
    pub code: String,
}

/// The plans of an offer that are not dropped.
pub(crate) fn plans_of(door: &Door<'_, '_>, offer: &Offer) -> Result<Vec<Stored<OfferFinancing>>> {
    let mut plans = door.all_of::<OfferFinancing>(&of_offer(offer.id))?;
    plans.retain(|stored| stored.record.dropped != Some(true));
    Ok(plans)
}

pub(super) fn keep(door: &mut Door<'_, '_>, command: &PlanFinancing) -> Result<Outcome> {
    let offer = door.to_change::<Offer>(&command.offer)?.record;
    check_not_closed(&door.get::<Opportunity>(offer.opportunity)?.record)?;
    if command.code.trim().is_empty() {
        let error =
            ValueError::new("financing.code", "code of a plan", "is empty", "a code such as LEASING-60");
        return Err(error.at("code").into());
    }
    let known = plans_of(door, &offer)?.into_iter().find(|stored| stored.record.code == command.code);
    let terms = FinancingTerms {
        kind: command.kind,
        yearly_percent: command.yearly_percent,
        months: command.months,
        down: command.down,
        residual: command.residual,
        in_advance: command.in_advance,
    };
    let head = FinancingHead {
        id: known.as_ref().map_or_else(|| door.new_id(), |stored| stored.record.id),
        code: command.code.clone(),
        name: command.name.clone(),
        at: door.now(),
        user: door.actor().user,
    };
    let (mut kept, why) = plan(&offer, &terms, head)?;
    match known {
        Some(stored) => {
            kept.chosen = stored.record.chosen;
            door.update(&kept, stored.version)?;
        }
        None => door.create(&kept)?,
    }
    Ok(Outcome::of(&kept, None, why))
}

pub(super) fn choose(door: &mut Door<'_, '_>, command: &FinancingRef) -> Result<Outcome> {
    let (offer, plans, named) = named(door, command)?;
    let records: Vec<OfferFinancing> = plans.iter().map(|stored| stored.record.clone()).collect();
    for changed in choice(&records, Some(named.id)) {
        let version =
            plans.iter().find(|stored| stored.record.id == changed.id).map_or(0, |stored| stored.version);
        door.update(&changed, version)?;
    }
    let why = Why::new("financing.chosen").fact("code", &named.code).fact("payment", named.payment);
    Ok(Outcome::of(&named, None, why).and(&offer, Some(&offer.number)))
}

pub(super) fn drop_plan(door: &mut Door<'_, '_>, command: &FinancingRef) -> Result<Outcome> {
    let (offer, plans, named) = named(door, command)?;
    let dropped = OfferFinancing { chosen: None, dropped: Some(true), ..named };
    let version =
        plans.iter().find(|stored| stored.record.id == dropped.id).map_or(0, |stored| stored.version);
    door.update(&dropped, version)?;
    let why = Why::new("financing.dropped").fact("code", &dropped.code);
    Ok(Outcome::of(&dropped, None, why).and(&offer, Some(&offer.number)))
}

type Named = (Offer, Vec<Stored<OfferFinancing>>, OfferFinancing);

fn named(door: &Door<'_, '_>, command: &FinancingRef) -> Result<Named> {
    let offer = door.to_change::<Offer>(&command.offer)?.record;
    let plans = plans_of(door, &offer)?;
    let known = plans.iter().find(|stored| stored.record.code == command.code);
    let named = known.map(|stored| stored.record.clone()).ok_or_else(|| {
        let codes: Vec<&str> = plans.iter().map(|stored| stored.record.code.as_str()).collect();
        let expected = if codes.is_empty() { "a plan to be kept first".to_owned() } else { codes.join(", ") };
        ValueError::new("financing.unknown", "plan", "is none of the offer's", expected).at("code")
    })?;
    Ok((offer, plans, named))
}
