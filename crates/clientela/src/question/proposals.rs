//! What might go with an offer.

use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use clientela_core::sales::proposal::{Proposed, propose};
use clientela_core::sales::{Offer, OfferItem, OfferState};
use clientela_model::{Field, Predicate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A proposal with its reason.
pub type Proposal = Proposed;

/// What might go with an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalsOf {
    /// The offer.
    pub offer: Key,
    /// Accepted offers that must show a pair; 3 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// At most so many proposals; 5 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
}

pub(super) fn proposals(session: &Session, question: &ProposalsOf) -> Result<Vec<Proposal>> {
    session.look(|view| {
        let asked = view.resolve::<Offer>(&question.offer)?.record;
        let accepted = Predicate::equals("state", OfferState::Accepted.to_value());
        // Only what the session may see teaches it: another dealer's deals stay his own.
        let mut current: HashMap<_, (u32, BTreeSet<String>)> = HashMap::new();
        for stored in view.all_of::<Offer>(&accepted)? {
            current.insert(stored.record.id, (stored.record.revision, BTreeSet::new()));
        }
        let mut offered = BTreeSet::new();
        let of_accepted =
            Predicate::Refers { column: "offer".into(), entity: "offer", satisfying: Box::new(accepted) };
        let mut items = view.all_of::<OfferItem>(&of_accepted)?;
        items.extend(view.all_of::<OfferItem>(&crate::command::of_version(&asked))?);
        for stored in items {
            let item = stored.record;
            if item.product.is_none() {
                continue;
            }
            if item.offer == asked.id && item.revision == asked.revision {
                offered.insert(item.code.clone());
            }
            if let Some((revision, basket)) = current.get_mut(&item.offer)
                && item.revision == *revision
                && item.offer != asked.id
            {
                basket.insert(item.code);
            }
        }
        let baskets: Vec<BTreeSet<String>> = current.into_values().map(|(_, basket)| basket).collect();
        let most = question.most.unwrap_or(5) as usize;
        Ok(propose(&offered, &baskets, question.least.unwrap_or(3), most))
    })
}
