//! What an acceptance is beside others, and how it ends.
//!
//! All accepted offers of an opportunity count when it is won. So a second one is either meant to stand beside the first, and that is
//! said, or it takes its place: then the first is void with its acceptance.

use super::decision::{By, Change, changed, next_state};
use super::{Offer, OfferError, OfferEvent, OfferState};
use crate::ids::OfferId;
use crate::sales::order::{Order, OrderState};
use clientela_model::Why;

/// What an acceptance means for other accepted offers of the opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is the only one, or takes the place of the one it follows.
    Alone,
    /// It is meant besides those that are accepted.
    Beside,
}

/// Refuses to accept an offer without a word while another of its opportunity stands accepted that it does not follow; gives the accepted
/// offers whose place it takes. `others` are the other offers of the opportunity; of these the refusal names those that are `told`.
///
/// # Errors
/// `offer.other_accepted`.
pub fn check_beside<'o>(
    offer: &Offer,
    others: &'o [Offer],
    meant: Accepted,
    told: impl Fn(&Offer) -> bool,
) -> Result<Vec<&'o Offer>, OfferError> {
    let standing = others.iter().filter(|other| other.id != offer.id && other.state == OfferState::Accepted);
    let followed = followed(offer, others);
    let (replaced, beside): (Vec<&Offer>, Vec<&Offer>) =
        standing.partition(|other| followed.contains(&other.id));
    if meant == Accepted::Alone && !beside.is_empty() {
        let mut why = Why::new("offer.other_accepted").fact("offer", &offer.number);
        for other in beside.into_iter().filter(|other| told(other)) {
            why = why.because(Why::new("offer.accepted").fact("offer", &other.number));
        }
        return Err(OfferError::OtherAccepted { id: offer.id, number: offer.number.clone(), why });
    }
    Ok(replaced)
}

/// The offers an offer follows, one after the other.
fn followed(offer: &Offer, others: &[Offer]) -> Vec<OfferId> {
    let mut found = Vec::new();
    let mut at = offer.follows;
    while let Some(id) = at.filter(|id| !found.contains(id)) {
        found.push(id);
        at = others.iter().find(|other| other.id == id).and_then(|other| other.follows);
    }
    found
}

/// An acceptance no longer holds, for this reason. `orders` are the orders made from the offer; of these a refusal names those that are
/// `told`.
///
/// # Errors
/// In this order: `offer.illegal_passage`, `offer.void_reason` without a reason, `offer.ordered` while an order that is not cancelled
/// has something of it.
pub fn void(
    offer: &Offer,
    orders: &[Order],
    told: &dyn Fn(&Order) -> bool,
    reason: &str,
    by: By,
) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Void)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(OfferError::VoidReason { number: offer.number.clone() });
    }
    let standing: Vec<&Order> = orders.iter().filter(|order| order.state != OrderState::Cancelled).collect();
    if !standing.is_empty() {
        let mut why = Why::new("offer.ordered").fact("offer", &offer.number);
        for order in standing.into_iter().filter(|order| told(order)) {
            why = why.because(Why::new("order").fact("order", &order.number).fact("state", order.state));
        }
        return Err(OfferError::Ordered { id: offer.id, number: offer.number.clone(), why });
    }
    let mut change = changed(offer, OfferEvent::Void, state, by);
    change.offer.void_reason = Some(reason.to_owned());
    Ok(change)
}

/// An accepted offer gives its place to another that follows it and is accepted now.
///
/// # Errors
/// As [`void`].
pub fn supersede(
    offer: &Offer,
    by_offer: &Offer,
    orders: &[Order],
    told: &dyn Fn(&Order) -> bool,
    by: By,
) -> Result<Change, OfferError> {
    let mut change = void(offer, orders, told, &format!("superseded by {}", by_offer.number), by)?;
    change.why = change.why.fact("superseded_by", &by_offer.number);
    Ok(change)
}
