//! The offer an opportunity's amount follows.

use super::offers::DecideOffer;
use super::{Outcome, of_opportunity};
use crate::door::Door;
use crate::error::Result;
use clientela_core::organisation::Verb;
use clientela_core::sales::offer as decision;
use clientela_core::sales::opportunity::check_not_closed;
use clientela_core::sales::{Offer, Opportunity};
use clientela_model::Record;

/// Makes an offer the one that feeds the forecast, in the place of another of its opportunity; the opportunity's amount is its net.
pub(super) fn feed_forecast(door: &mut Door<'_, '_>, command: &DecideOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    let opportunity = door.get::<Opportunity>(stored.record.opportunity)?.record;
    door.allow_change(&opportunity)?;
    check_not_closed(&opportunity)?;
    let (offer, mut why) = decision::feed(&stored.record)?;
    for other in door.whole_stored::<Offer>(&of_opportunity(opportunity.id))? {
        if other.record.id != stored.record.id && other.record.feeds_forecast == Some(true) {
            let mut beside = other.record.clone();
            beside.feeds_forecast = None;
            door.update_derived(&beside, other.version)?;
            if door.view().may(Verb::Read, Offer::ENTITY, &beside.to_values()) {
                why = why.fact("in_place_of", &beside.number);
            }
        }
    }
    if offer != stored.record {
        door.update(&offer, stored.version)?;
    }
    follow_forecast(door, &offer)?;
    Ok(Outcome::of(&offer, Some(&offer.number), why))
}

/// The amount of an opportunity follows the offer that feeds its forecast, whichever way its new version came.
pub(crate) fn follow_forecast(door: &mut Door<'_, '_>, offer: &Offer) -> Result<()> {
    if offer.feeds_forecast != Some(true) {
        return Ok(());
    }
    let stored = door.get_whole::<Opportunity>(offer.opportunity)?;
    match decision::feeding(offer, &stored.record) {
        Some(amount) => super::selling::amount_follows(door, &stored, amount),
        None => Ok(()),
    }
}
