//! `offer.return`: what the tool hands back when it is left, and the CRM's answer.

use super::dossier::Dossier;
use super::object::contract_object;
use super::problem::{Problem, Warning};
use super::value::{CurrencyCode, Digest, ExchangeId};
use super::{Attachment, Revision};
use clientela_model::{ClosedList, RoundingPolicy, identifier::Currency};

contract_object! {
    /// Body of `offer.return`.
    pub struct OfferReturn {
        /// How the tool was left.
        required exit: Exit,
        /// The tool's key of the affair.
        required affair_id: ExchangeId,
        /// Counts the tool's saves of the affair.
        required affair_revision: Revision,
        /// The CRM's key of the opportunity.
        required opportunity_crm_id: ExchangeId,
        /// Currency of all amounts.
        required currency: CurrencyCode,
        /// Where the tool rounds.
        required rounding: RoundingPolicy,
        /// The file the tool saved.
        required file: Attachment,
        /// The file the session started from.
        optional base_file_digest: Digest,
        /// Whether `dossiers` is all there is: a known one that is missing was removed.
        required dossiers_complete: bool,
        /// The dossiers.
        required dossiers: Vec<Dossier>,
        /// Whether a change to an offer the customer already answered becomes a new offer.
        optional allow_new_offer_when_closed: bool,
    }
}

impl OfferReturn {
    /// Decimals of the currency's minor unit; 2 for a currency this library does not know.
    #[must_use]
    pub fn minor_units(&self) -> u32 {
        Currency::parse(self.currency.as_str()).map_or(2, Currency::minor_units)
    }
}

/// How the tool was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Exit {
    /// Saved.
    Saved,
    /// Left without saving: nothing changes.
    Discarded,
    /// Recovered after a crash; as saved.
    Recovered,
}

contract_object! {
    /// Body of `offer.return.ack`.
    pub struct OfferReturnAck {
        /// What became of the whole.
        required status: ReturnStatus,
        /// What became of the file.
        optional file_action: FileAction,
        /// What became of each dossier.
        required results: Vec<DossierResult>,
        /// What is wrong with the message or its file.
        optional problem: Problem,
    }
}

/// What became of a returned message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ReturnStatus {
    /// All of it was taken as it is.
    Accepted,
    /// Some of it needs the sender's or a person's attention.
    PartlyAccepted,
    /// No dossier took effect; the file may have been kept all the same.
    Rejected,
}

/// What became of a returned file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum FileAction {
    /// It is the newest version now.
    Stored,
    /// It was the newest version already.
    AlreadyStored,
    /// It is kept beside the newest version; a person chooses.
    KeptAsConflict,
    /// It was not taken.
    Refused,
}

contract_object! {
    /// What became of one dossier.
    pub struct DossierResult {
        /// The dossier.
        required dossier_id: ExchangeId,
        /// What was done.
        required action: DossierAction,
        /// The offer it is.
        optional offer_id: ExchangeId,
        /// The offer's revision.
        optional offer_revision: Revision,
        /// Fingerprint of the content as the CRM holds it.
        optional fingerprint: Digest,
        /// What differs without harm.
        optional warnings: Vec<Warning>,
        /// What is wrong.
        optional problem: Problem,
    }
}

/// What was done with a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum DossierAction {
    /// A new offer.
    Created,
    /// A new revision of its offer.
    Revised,
    /// Its offer says the same already.
    Unchanged,
    /// Its offer is withdrawn.
    Withdrawn,
    /// It took no effect.
    Rejected,
}
