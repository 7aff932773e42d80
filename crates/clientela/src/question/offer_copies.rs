//! Whether a paper in somebody's hand is a copy of an offer as it was issued.

use crate::error::Result;
use crate::session::Session;
use clientela_core::sales::offer::{number_is_sound, seal_fits};
use clientela_core::sales::{Offer, OfferRevision};
use clientela_model::{Predicate, Value, Why};
use serde::{Deserialize, Serialize};

/// What stands on the paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyOf {
    /// The number it was issued under, with its check digits.
    pub number: String,
    /// The seal beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

/// What is known of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedCopy {
    /// Whether the check digits fit the number: one that was misread does not.
    pub sound: bool,
    /// The offer that was issued under it, when the session sees one.
    pub offer: Option<String>,
    /// The version of that offer the seal belongs to; empty when no seal is given or it fits none.
    pub revision: Option<u32>,
    /// Whether that version is the current one.
    pub current: bool,
    /// Why.
    pub why: Why,
}

pub(super) fn check(session: &Session, question: &CopyOf) -> Result<CheckedCopy> {
    let sound = number_is_sound(&question.number);
    let why = Why::new("offer.copy_checked").fact("sound", sound);
    session.look(|view| {
        let numbered = Predicate::equals("issue_number", Value::Text(question.number.clone().into()));
        let Some(offer) = view.first_of::<Offer>(&numbered)?.map(|stored| stored.record) else {
            return Ok(CheckedCopy { sound, offer: None, revision: None, current: false, why });
        };
        let of_offer = Predicate::equals("offer", Value::Id(clientela_model::EntityId::uuid(offer.id)));
        let versions: Vec<OfferRevision> = view.records(&of_offer)?;
        let fits = |version: &&OfferRevision| {
            let seal = question.seal.as_deref();
            seal.is_some_and(|seal| seal_fits(seal, &question.number, &version.fingerprint, version.payable))
        };
        // Versions of the same content have the same seal: the newest is meant.
        let revision = versions.iter().filter(fits).map(|version| version.revision).max();
        let current = revision == Some(offer.revision);
        let why = match revision {
            Some(revision) => why.fact("revision", revision).fact("current", current),
            None => why.fact("seal_fits", false),
        };
        Ok(CheckedCopy { sound, offer: Some(offer.number), revision, current, why })
    })
}
