//! What keeps customers where they are when others are re-balanced.

use super::rebalanced::Circle;
use crate::error::Result;
use crate::mirror::{CustomerSeat, Snapshot};
use crate::view::View;
use chrono::{DateTime, Utc};
use clientela_core::assignment::HeldBy;
use clientela_core::claims::{Claim, ClaimState};
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_model::{EntityId, Field, Predicate, Record};
use std::collections::HashSet;
use std::ops::ControlFlow;

/// The customers that are worked on, and the parties that stay with a dealer.
#[derive(Default)]
pub(crate) struct Held {
    worked_on: HashSet<CustomerId>,
    claimed: HashSet<PartyId>,
    shared: HashSet<PartyId>,
}

impl Held {
    /// Reads what keeps customers; each table is read once. Whoever may see it: it decides, and only counts are told.
    pub(crate) fn read(
        view: &View<'_>,
        snapshot: &Snapshot,
        within: Circle,
        at: DateTime<Utc>,
    ) -> Result<Self> {
        let open = [OpportunityState::Open, OpportunityState::Suspended];
        let open = Predicate::OneOf("state".into(), open.iter().map(Field::to_value).collect());
        let (mut worked_on, mut failure) = (HashSet::new(), None);
        view.reader.scan(Opportunity::ENTITY, &["customer"], &open, None, &mut |row| match row.id(0) {
            Ok(id) => {
                worked_on.extend(id.map(CustomerId::from_uuid));
                ControlFlow::Continue(())
            }
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        })?;
        if let Some(error) = failure {
            return Err(error.into());
        }
        if within == Circle::Dealer {
            // Nothing leaves its dealer: what stays with a dealer is not held.
            return Ok(Self { worked_on, ..Self::default() });
        }
        let granted = Predicate::equals("state", ClaimState::Granted.to_value());
        let claims: Vec<Claim> = view.unseen(&granted)?;
        let claimed = claims.iter().filter(|claim| claim.protects(at)).map(|claim| claim.party).collect();
        let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
        for seat in snapshot.seats() {
            if !seen.insert(seat.party) {
                shared.insert(seat.party);
            }
        }
        Ok(Self { worked_on, claimed, shared })
    }

    /// What keeps a customer, if anything does.
    pub(crate) fn of(&self, seat: &CustomerSeat) -> Option<HeldBy> {
        if self.worked_on.contains(&seat.id) {
            Some(HeldBy::OpenOpportunity)
        } else if self.claimed.contains(&seat.party) {
            Some(HeldBy::Claim)
        } else if self.shared.contains(&seat.party) {
            Some(HeldBy::SharedParty)
        } else {
            None
        }
    }
}
