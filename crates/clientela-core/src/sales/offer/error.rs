//! What is refused about an offer.

use super::{OfferEvent, OfferState};
use crate::ids::OfferId;
use crate::sales::waterfall::PricingError;
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{Coded, EntityId, ErrorKind, Why};
use uuid::Uuid;

/// A decision about an offer that is not possible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OfferError {
    /// The state does not allow the event.
    #[error("offer {number} is {state}: {event} is not possible from there; see its reason for what is")]
    IllegalPassage {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// Where it stands.
        state: OfferState,
        /// What was asked.
        event: OfferEvent,
        /// What is possible.
        why: Why,
    },
    /// Nothing is offered.
    #[error("offer {number} has no items; add one before issuing it")]
    Empty {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
    },
    /// The quoting tool still works on it.
    #[error("the dossier of offer {number} is a draft; complete it in the quoting tool before issuing it")]
    Incomplete {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// Which offer, and what decided.
        why: Why,
    },
    /// The totals of the program that made it and ours differ too much.
    #[error(
        "the totals of offer {number} are disputed; have the quoting tool send it again before issuing it"
    )]
    TotalsDisputed {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// Which offer, and what decided.
        why: Why,
    },
    /// Its last day is past.
    #[error("offer {number} was valid until {valid_until}; make a new version at current prices")]
    Expired {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// Its last day.
        valid_until: NaiveDate,
        /// The days compared.
        why: Why,
    },
    /// Its last day is not past.
    #[error("offer {number} is valid until {valid_until}; it expires the day after")]
    StillValid {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// Its last day.
        valid_until: NaiveDate,
        /// The days compared.
        why: Why,
    },
    /// It would end before its prices begin.
    #[error("an offer at prices of {price_date} cannot end on {valid_until}; choose a later last day")]
    Validity {
        /// Day of its prices.
        price_date: NaiveDate,
        /// Last day given.
        valid_until: NaiveDate,
    },
    /// Its currency is not the one it must have.
    #[error("the offer is in {found}; {expected} is expected")]
    Currency {
        /// Currency found.
        found: Currency,
        /// Currency of the opportunity, or of the version before.
        expected: Currency,
    },
    /// The new version says what the current one says.
    #[error("version {revision} of offer {number} has the same content; there is nothing to revise")]
    Unchanged {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// The current version.
        revision: u32,
    },
    /// The version it was made from is no longer the current one.
    #[error("offer {number} is at version {current}, not {based_on}; read it again")]
    StaleRevision {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// The current version.
        current: u32,
        /// The version given.
        based_on: u32,
    },
    /// Another offer of the opportunity stands accepted.
    #[error(
        "another offer of the opportunity is accepted, and {number} does not follow it; make that one void, or say that both stand"
    )]
    OtherAccepted {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// The others.
        why: Why,
    },
    /// Something of it is on order.
    #[error("something of offer {number} is on order; cancel its orders before making it void")]
    Ordered {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// The orders.
        why: Why,
    },
    /// An acceptance made void without a reason.
    #[error("the acceptance of offer {number} is made void without a reason; say why")]
    VoidReason {
        /// Number.
        number: String,
    },
    /// Nothing more comes of it.
    #[error("offer {number} is {state} and cannot feed the forecast; open it again or choose another")]
    Ended {
        /// Id.
        id: OfferId,
        /// Number.
        number: String,
        /// Where it stands.
        state: OfferState,
    },
    /// Its content cannot be priced.
    #[error(transparent)]
    Pricing(#[from] PricingError),
}

impl Coded for OfferError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::IllegalPassage { .. }
            | Self::Empty { .. }
            | Self::Incomplete { .. }
            | Self::TotalsDisputed { .. }
            | Self::Expired { .. }
            | Self::StillValid { .. }
            | Self::OtherAccepted { .. }
            | Self::Ordered { .. }
            | Self::Ended { .. } => ErrorKind::Rule,
            Self::VoidReason { .. } | Self::Validity { .. } | Self::Currency { .. } => ErrorKind::Validation,
            Self::Unchanged { .. } => ErrorKind::Exists,
            Self::StaleRevision { .. } => ErrorKind::Conflict,
            Self::Pricing(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::IllegalPassage { .. } => "offer.illegal_passage",
            Self::Empty { .. } => "offer.empty",
            Self::Incomplete { .. } => "offer.incomplete",
            Self::TotalsDisputed { .. } => "offer.totals_disputed",
            Self::Expired { .. } => "offer.expired",
            Self::StillValid { .. } => "offer.still_valid",
            Self::Validity { .. } => "offer.validity",
            Self::Currency { .. } => "offer.currency",
            Self::Unchanged { .. } => "offer.unchanged",
            Self::StaleRevision { .. } => "offer.stale_revision",
            Self::OtherAccepted { .. } => "offer.other_accepted",
            Self::Ordered { .. } => "offer.ordered",
            Self::VoidReason { .. } => "offer.void_reason",
            Self::Ended { .. } => "offer.ended",
            Self::Pricing(error) => error.code(),
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::IllegalPassage { .. } | Self::Ordered { .. } | Self::Ended { .. } => "state",
            Self::OtherAccepted { .. } => "offer",
            Self::VoidReason { .. } => "reason",
            Self::Empty { .. } => "items",
            Self::Incomplete { .. } => "dossier_complete",
            Self::TotalsDisputed { .. } => "totals_disputed",
            Self::Expired { .. } | Self::StillValid { .. } | Self::Validity { .. } => "valid_until",
            Self::Currency { .. } => "currency",
            Self::Unchanged { .. } | Self::StaleRevision { .. } => "revision",
            Self::Pricing(error) => return error.field(),
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::IllegalPassage { id, .. }
            | Self::Empty { id, .. }
            | Self::Incomplete { id, .. }
            | Self::TotalsDisputed { id, .. }
            | Self::Expired { id, .. }
            | Self::StillValid { id, .. }
            | Self::Unchanged { id, .. }
            | Self::StaleRevision { id, .. }
            | Self::OtherAccepted { id, .. }
            | Self::Ordered { id, .. }
            | Self::Ended { id, .. } => Some(id.uuid()),
            Self::VoidReason { .. } | Self::Validity { .. } | Self::Currency { .. } | Self::Pricing(_) => {
                None
            }
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::IllegalPassage { why, .. }
            | Self::Incomplete { why, .. }
            | Self::TotalsDisputed { why, .. }
            | Self::Expired { why, .. }
            | Self::StillValid { why, .. }
            | Self::OtherAccepted { why, .. }
            | Self::Ordered { why, .. } => Some(why),
            Self::Pricing(error) => error.why(),
            _ => None,
        }
    }
}
