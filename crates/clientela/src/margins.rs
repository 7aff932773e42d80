//! What won opportunities leave above their costs, as far as the reader may see costs.

use crate::error::{CrmError, Result};
use crate::view::{Sight, View};
use clientela_core::ids::{OfferId, OpportunityId};
use clientela_core::organisation::Verb;
use clientela_core::performance::margin_of;
use clientela_core::sales::{Offer, OfferItem, OfferState, Opportunity};
use clientela_model::{Facet, Field, Money, Predicate, Record, Why};
use std::collections::HashMap;

/// A margin and the net it is part of, by opportunity.
pub(crate) type Margins = HashMap<OpportunityId, (Money, Money)>;

/// Refuses whoever reads no cost at all: nothing would be counted, and it would look like a result.
pub(crate) fn allow(view: &View<'_>) -> Result<()> {
    if *view.sights(OfferItem::ENTITY).of(Facet::Confidential) != Sight::Never {
        return Ok(());
    }
    let why =
        Why::new("access.confidential").fact("entity", OfferItem::ENTITY.name).fact("field", "unit_cost");
    Err(CrmError::NotAllowed { verb: Verb::Read, entity: OfferItem::ENTITY.name, why }.into())
}

/// The margins that are known of these opportunities; offers and items are read once.
pub(crate) fn margins<'o>(
    view: &View<'_>,
    opportunities: impl IntoIterator<Item = &'o Opportunity>,
) -> Result<Margins> {
    let mut offers: HashMap<OpportunityId, Vec<Offer>> = HashMap::new();
    for offer in view.records::<Offer>(&Predicate::equals("state", OfferState::Accepted.to_value()))? {
        offers.entry(offer.opportunity).or_default().push(offer);
    }
    let mut items: HashMap<OfferId, Vec<OfferItem>> = HashMap::new();
    if !offers.is_empty() {
        for item in view.records::<OfferItem>(&Predicate::Everything)? {
            items.entry(item.offer).or_default().push(item);
        }
    }
    let mut found = Margins::new();
    for opportunity in opportunities {
        let own: Vec<&Offer> = offers.get(&opportunity.id).into_iter().flatten().collect();
        let items: Vec<&OfferItem> = own.iter().filter_map(|offer| items.get(&offer.id)).flatten().collect();
        if let Some(margin) = margin_of(opportunity, &own, &items) {
            found.insert(opportunity.id, margin);
        }
    }
    Ok(found)
}
