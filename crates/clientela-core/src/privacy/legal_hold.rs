//! Legal holds: what may not be erased while a claim or a duty of the law stands (GDPR, article 17 paragraph 3).

use crate::ids::{LegalHoldId, PartyId};
use chrono::NaiveDate;
use clientela_model::Record;

/// A hold on everything held on a party and its contacts.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 132, name = "legal_hold", access = through(party), part_of(party, party))]
pub struct LegalHold {
    /// Id.
    #[field(number = 1)]
    pub id: LegalHoldId,
    /// The party.
    #[field(number = 2, indexed)]
    pub party: PartyId,
    /// Why, such as the number of a law suit.
    #[field(number = 3)]
    pub reason: String,
    /// First day.
    #[field(number = 4)]
    pub valid_from: NaiveDate,
    /// Last day; empty while it lasts.
    #[field(number = 5)]
    pub valid_to: Option<NaiveDate>,
}

impl LegalHold {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}
