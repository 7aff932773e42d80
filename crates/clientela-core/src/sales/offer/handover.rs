//! Offers go with their opportunity.

use super::Offer;
use crate::ids::{PositionId, UnitId};

/// The offer in the hands of whoever works on its opportunity from now on; none when somebody else than the former owner has it.
#[must_use]
pub fn hand_on(offer: &Offer, from: PositionId, to: (PositionId, UnitId)) -> Option<Offer> {
    let (owner, unit) = to;
    let stays = offer.owner != from || (offer.owner, offer.unit) == to;
    (!stays).then(|| Offer { owner, unit, ..offer.clone() })
}
