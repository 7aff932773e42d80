//! Commands on what the customer accepts, and on what he no longer does.

use super::offer_forecast::follow_forecast;
use super::offers::{by, keep};
use super::{Key, Outcome, of_offer, of_opportunity};
use crate::door::Door;
use crate::error::Result;
use clientela_core::organisation::Verb;
use clientela_core::sales::offer::{self as decision, Accepted};
use clientela_core::sales::opportunity::check_not_closed;
use clientela_core::sales::order::Order;
use clientela_core::sales::{Offer, Opportunity};
use clientela_model::Record;
use clientela_store::Stored;
use serde::{Deserialize, Serialize};

/// The customer accepts an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptOffer {
    /// The offer.
    pub offer: Key,
    /// Whether it stands beside other accepted offers of the opportunity, so that all of them count when it is won. Without that word
    /// an offer is accepted alone, or in the place of the one it follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
}

/// Makes the acceptance of an offer void.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidOffer {
    /// The offer.
    pub offer: Key,
    /// Why.
    pub reason: String,
}

pub(super) fn accept(door: &mut Door<'_, '_>, command: &AcceptOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    check_not_closed(&door.get::<Opportunity>(stored.record.opportunity)?.record)?;
    let mut change = decision::accept(&stored.record, by(door))?;
    let offers = door.whole_stored::<Offer>(&of_opportunity(stored.record.opportunity))?;
    let others: Vec<Offer> = offers.iter().map(|stored| stored.record.clone()).collect();
    let meant = if command.beside { Accepted::Beside } else { Accepted::Alone };
    let view = door.view();
    let seen = |offer: &Offer| view.may(Verb::Read, Offer::ENTITY, &offer.to_values());
    for replaced in decision::check_beside(&stored.record, &others, meant, seen)? {
        let orders = door.whole::<Order>(&of_offer(replaced.id))?;
        let voided =
            decision::supersede(replaced, &change.offer, &orders, &|order| sees(door, order), by(door))?;
        // What is expected is what the customer takes now.
        if replaced.feeds_forecast == Some(true) {
            change.offer.feeds_forecast = Some(true);
        }
        if let Some(known) = offers.iter().find(|known| known.record.id == replaced.id) {
            door.update_derived(&voided.offer, known.version)?;
        }
        change.why = change.why.because(voided.why);
    }
    let accepted = change.offer.clone();
    let outcome = keep(door, &stored, change)?;
    follow_forecast(door, &accepted)?;
    Ok(outcome)
}

fn sees(door: &Door<'_, '_>, order: &Order) -> bool {
    door.view().may(Verb::Read, Order::ENTITY, &order.to_values())
}

pub(super) fn void(door: &mut Door<'_, '_>, command: &VoidOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    check_not_closed(&door.get::<Opportunity>(stored.record.opportunity)?.record)?;
    void_stored(door, &stored, &command.reason)
}

/// Makes an acceptance void, whoever sees the orders made from it.
pub(super) fn void_stored(door: &mut Door<'_, '_>, stored: &Stored<Offer>, reason: &str) -> Result<Outcome> {
    let orders = door.whole::<Order>(&of_offer(stored.record.id))?;
    let voided = decision::void(&stored.record, &orders, &|order| sees(door, order), reason, by(door))?;
    keep(door, stored, voided)
}
