//! Claims as they are kept.

use crate::ids::{ClaimId, PartyId, PositionId, UnitId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Record};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ClaimState {
    /// It protects its dealer until it ends.
    Granted,
    /// Another dealer was protected when it was made; somebody is to decide.
    Contested,
    /// It was decided for another.
    Refused,
    /// The dealer let go.
    Released,
}

/// A dealer's claim on a party.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 154, name = "claim", access = owned)]
pub struct Claim {
    /// Id.
    #[field(number = 1)]
    pub id: ClaimId,
    /// The party.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The dealer that claims.
    #[field(number = 3, merge = central, indexed)]
    pub unit: UnitId,
    /// The position that claims.
    #[field(number = 4, merge = central, indexed)]
    pub owner: PositionId,
    /// When.
    #[field(number = 5, merge = central)]
    pub at: DateTime<Utc>,
    /// Until when it protects; empty for one that never did.
    #[field(number = 6, merge = central, group = "standing")]
    pub protected_until: Option<DateTime<Utc>>,
    /// Where it stands.
    #[field(number = 7, merge = central, group = "standing")]
    pub state: ClaimState,
}

impl Claim {
    /// Whether it protects at a moment.
    #[must_use]
    pub fn protects(&self, at: DateTime<Utc>) -> bool {
        self.state == ClaimState::Granted && self.protected_until.is_some_and(|until| at < until)
    }
}
