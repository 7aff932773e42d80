//! Erasing a person: whether it may be, what is kept, and the ledger of what was erased, by ids alone.

use super::legal_hold::LegalHold;
use crate::ids::{ContactId, ErasureId, PartyId};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::{ClosedList, Coded, Entity, ErrorKind, Record};

/// Why a person is erased (GDPR, article 17 paragraph 1). A closed list: free text would be personal itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ErasureReason {
    /// The person asked for it.
    PersonAsked,
    /// The consent everything rested on was taken back.
    ConsentWithdrawn,
    /// What it was held for is over.
    NoLongerNeeded,
    /// It should never have been held.
    Unlawful,
    /// It was erased before in this network, and came back with an older copy.
    Replayed,
}

/// An erasure: who was erased, when, why, and which records were reached, so that it can be done again in an older copy. It holds
/// ids and nothing of the person.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 131, name = "erasure", access = through(party), part_of(party, party))]
pub struct Erasure {
    /// Id.
    #[field(number = 1)]
    pub id: ErasureId,
    /// The party.
    #[field(number = 2, indexed, merge = fact)]
    pub party: PartyId,
    /// The contact, when one was erased and not the whole party.
    #[field(number = 3, merge = fact)]
    pub contact: Option<ContactId>,
    /// Why.
    #[field(number = 4, merge = fact)]
    pub reason: ErasureReason,
    /// When.
    #[field(number = 5, merge = fact)]
    pub at: DateTime<Utc>,
    /// The records reached, as a JSON list of pairs of entity and id.
    #[field(number = 6, merge = fact)]
    pub records: String,
    /// SHA-256 of the files whose content was taken away, as a JSON list.
    #[field(number = 7, merge = fact)]
    pub files: String,
}

/// An erasure that may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErasureError {
    /// A legal hold is in force.
    #[error("a legal hold keeps this person's data since {since}; lift it first, if it may be lifted")]
    Held {
        /// Its first day.
        since: NaiveDate,
    },
}

impl Coded for ErasureError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::State
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Held { .. } => "erasure.legal_hold",
        }
    }
}

/// Refuses an erasure while a legal hold is in force.
///
/// # Errors
/// `erasure.legal_hold`, with the first day of the earliest.
pub fn check_holds(holds: &[LegalHold], today: NaiveDate) -> Result<(), ErasureError> {
    let in_force = holds.iter().filter(|hold| hold.holds_on(today));
    match in_force.map(|hold| hold.valid_from).min() {
        Some(since) => Err(ErasureError::Held { since }),
        None => Ok(()),
    }
}

/// Why records of an entity stay after an erasure, without the person: the reason's word.
///
/// | reason | what | GDPR |
/// | --- | --- | --- |
/// | `erasure.kept_accounts` | offers, prices, credits, dossiers: amounts and dates | article 17 paragraph 3 letter b |
/// | `erasure.kept_proof` | that and when a consent was given or taken back; the ledger of erasures, legal holds | letter e |
/// | `erasure.kept_figures` | everything else, which no longer tells of anybody | article 4 number 1 |
#[must_use]
pub fn kept_because(entity: &Entity) -> &'static str {
    match entity.name {
        "offer" | "offer_revision" | "offer_item" | "price_step" | "credit" | "affair" => {
            "erasure.kept_accounts"
        }
        "consent" | "campaign_member" | "erasure" | "legal_hold" => "erasure.kept_proof",
        _ => "erasure.kept_figures",
    }
}
