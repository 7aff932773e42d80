//! What becomes of a record that an import created when the import is taken back.
//!
//! Records are never deleted: who reads the history must find what stood there. What came in by mistake is put out of use, and
//! its keys are freed so that the corrected file can come in.

use super::Moment;
use crate::party::{Consent, ConsentDecision, Contact, CustomerStatus, Party, Relationship, Vehicle};
use crate::performance::MarketTotal;

/// The reason that stands where a record has a place for one.
pub const REVERTED: &str = "import_reverted";

/// A record that an import can create.
pub trait TakenBack {
    /// The record out of use.
    #[must_use]
    fn taken_back(self, at: Moment) -> Self;
}

impl TakenBack for Relationship {
    /// A customer that was lost today because its import was reverted, without number, not to be contacted.
    fn taken_back(self, at: Moment) -> Self {
        Self {
            number: None,
            status: CustomerStatus::Lost,
            status_fixed: Some(true),
            status_reason: Some(REVERTED.to_owned()),
            do_not_contact: true,
            left_on: Some(at.today),
            left_reason: Some(REVERTED.to_owned()),
            ..self
        }
    }
}

impl TakenBack for Party {
    /// Without the number it would be found by, and without ways to reach it.
    fn taken_back(self, _: Moment) -> Self {
        Self { vat_number: None, email: None, phone: None, ..self }
    }
}

impl TakenBack for Contact {
    /// Without the number it would be found by, and without ways to reach it.
    fn taken_back(self, _: Moment) -> Self {
        Self { number: None, email: None, phone: None, mobile: None, ..self }
    }
}

impl TakenBack for Vehicle {
    /// Out of the fleet.
    fn taken_back(self, at: Moment) -> Self {
        Self {
            disposed: self.disposed.or(Some(at.today)),
            disposal_reason: self.disposal_reason.or(Some(REVERTED.to_owned())),
            ..self
        }
    }
}

impl TakenBack for MarketTotal {
    /// The market is not known.
    fn taken_back(self, _: Moment) -> Self {
        Self { withdrawn: Some(true), ..self }
    }
}

impl TakenBack for Consent {
    /// What was granted holds no longer. A refusal stays: forgetting it would do the person harm.
    fn taken_back(self, at: Moment) -> Self {
        match self.decision {
            ConsentDecision::Granted => Self { expires_at: Some(at.now), ..self },
            _ => self,
        }
    }
}
