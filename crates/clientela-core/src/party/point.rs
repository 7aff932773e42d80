//! Further ways to reach a party.

use super::consent::Channel;
use crate::ids::{ContactPointId, PartyId};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Record};

/// By what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PointKind {
    /// Telephone.
    Phone,
    /// Mobile telephone.
    Mobile,
    /// E-mail.
    Email,
    /// Web address.
    Web,
    /// Fax.
    Fax,
}

/// A telephone number, e-mail or web address of a party, with the days it holds.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 146, name = "contact_point", access = through(party), part_of(party, party))]
pub struct ContactPoint {
    /// Id.
    #[field(number = 1)]
    pub id: ContactPointId,
    /// Whose.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// By what.
    #[field(number = 3, merge = fact)]
    pub kind: PointKind,
    /// Number or address, written the one way its kind is written.
    #[field(number = 4, personal, merge = fact, indexed)]
    pub value: String,
    /// What it is called, such as workshop.
    #[field(number = 5, personal)]
    pub label: Option<String>,
    /// Whether it is the one to be used of its kind.
    #[field(number = 6)]
    pub preferred: bool,
    /// First day it holds.
    #[field(number = 7, group = "validity")]
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds; until further notice when empty.
    #[field(number = 8, group = "validity")]
    pub valid_until: Option<NaiveDate>,
}

impl ContactPoint {
    /// Whether it still tells whose number or address it is on a day: its last day, if it has one, is not over. One that begins later
    /// tells already.
    #[must_use]
    pub fn is_kept_on(&self, day: NaiveDate) -> bool {
        self.valid_until.is_none_or(|last| day <= last)
    }
}

impl PointKind {
    /// Whether a channel reaches somebody at a point of this kind.
    #[must_use]
    pub const fn serves(self, channel: Channel) -> bool {
        matches!(
            (self, channel),
            (Self::Phone | Self::Mobile, Channel::Phone)
                | (Self::Mobile, Channel::TextMessage)
                | (Self::Email, Channel::Email)
        )
    }
}
