//! Commands on what the customer accepts, and on what he no longer does.

use super::offers::{by, keep};
use super::{Key, Outcome, of_offer, of_opportunity};
use crate::door::Door;
use crate::error::Result;
use clientela_core::sales::offer::{self as decision, Accepted};
use clientela_core::sales::opportunity::check_not_closed;
use clientela_core::sales::order::Order;
use clientela_core::sales::{Offer, Opportunity};
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
    for replaced in decision::check_beside(&stored.record, &others, meant)? {
        let orders = door.whole::<Order>(&of_offer(replaced.id))?;
        let voided = decision::supersede(replaced, &change.offer, &orders, by(door))?;
        if let Some(known) = offers.iter().find(|known| known.record.id == replaced.id) {
            door.update_derived(&voided.offer, known.version)?;
        }
        change.why = change.why.because(voided.why);
    }
    keep(door, &stored, change)
}

pub(super) fn void(door: &mut Door<'_, '_>, command: &VoidOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    check_not_closed(&door.get::<Opportunity>(stored.record.opportunity)?.record)?;
    void_stored(door, &stored, &command.reason)
}

/// Makes an acceptance void, whoever sees the orders made from it.
pub(super) fn void_stored(door: &mut Door<'_, '_>, stored: &Stored<Offer>, reason: &str) -> Result<Outcome> {
    let orders = door.whole::<Order>(&of_offer(stored.record.id))?;
    keep(door, stored, decision::void(&stored.record, &orders, reason, by(door))?)
}
