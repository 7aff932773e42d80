//! Which offer of an opportunity its expected amount follows.

use super::{Offer, OfferError};
use crate::sales::Opportunity;
use crate::sales::opportunity::check_not_closed;
use clientela_model::{Money, Why};

/// Makes an offer the one the forecast counts.
///
/// # Errors
/// `offer.ended` for one that is refused, expired, withdrawn or void.
pub fn feed(offer: &Offer) -> Result<(Offer, Why), OfferError> {
    if offer.state.is_ended() {
        return Err(OfferError::Ended { id: offer.id, number: offer.number.clone(), state: offer.state });
    }
    let why = Why::new("offer.feeds_forecast").fact("net", offer.net);
    Ok((Offer { feeds_forecast: Some(true), ..offer.clone() }, why))
}

/// What an opportunity is expected to bring by the offer that feeds it; none when nothing changes, the offer does not feed it or comes to
/// less than nothing, or the opportunity is closed.
#[must_use]
pub fn feeding(offer: &Offer, opportunity: &Opportunity) -> Option<Money> {
    let feeds = offer.feeds_forecast == Some(true) && check_not_closed(opportunity).is_ok();
    (feeds && opportunity.amount != Some(offer.net) && !offer.net.is_negative()).then_some(offer.net)
}
