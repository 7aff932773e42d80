//! What the receiver knows, gathered before a decision.

use crate::quoting::{CurrencyCode, Digest, ExchangeId, Revision};

/// What the CRM knows about the things an `offer.return` names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownState {
    /// The opportunity named, when it is known to this dealer.
    pub opportunity: Option<KnownOpportunity>,
    /// The affair named, when it is known.
    pub affair: Option<KnownAffair>,
    /// All dossiers of the affair. For a tool that numbers dossiers across affairs, also those with an id the message
    /// names and another affair; for one that numbers them within an affair, not those.
    pub dossiers: Vec<KnownDossier>,
}

/// An opportunity of the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOpportunity {
    /// Its key.
    pub crm_id: ExchangeId,
    /// Whether it is won, lost or abandoned.
    pub closed: bool,
}

/// An affair of the tool, as the CRM filed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAffair {
    /// The tool's key.
    pub affair_id: ExchangeId,
    /// The opportunity it is filed under.
    pub opportunity_crm_id: ExchangeId,
    /// The highest revision received.
    pub revision: Revision,
    /// Currency of its offers.
    pub currency: CurrencyCode,
    /// The newest file that is not a conflict: what the next session starts from.
    pub current_file: Option<Digest>,
}

/// A dossier that became an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDossier {
    /// The tool's key.
    pub dossier_id: ExchangeId,
    /// The affair it is filed under.
    pub affair_id: ExchangeId,
    /// The revision of the dossier that was accepted last.
    pub dossier_revision: Revision,
    /// The offer.
    pub offer_id: ExchangeId,
    /// The offer's revision.
    pub offer_revision: Revision,
    /// Fingerprint of the content.
    pub fingerprint: Digest,
    /// Whether the customer has accepted or refused the offer.
    pub closed: bool,
    /// Whether the offer is withdrawn.
    pub withdrawn: bool,
}

/// A customer in the tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The tool's key.
    pub tool_customer_id: ExchangeId,
    /// The CRM's key.
    pub crm_id: ExchangeId,
    /// The CRM's revision that was applied last.
    pub revision: Revision,
    /// Whether somebody changed it in the tool since.
    pub locally_changed: bool,
}
