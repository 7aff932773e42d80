//! What can be wrong with a message: the contract's codes, and the error of this side.

use super::object::contract_object;
use super::value::{FreeText, MessageId};
use super::{JsonObject, message::Body};
use clientela_model::{ClosedList, Coded, ErrorKind};

/// The contract's list of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ProblemCode {
    /// Another version of the contract.
    #[word("CONTRACT_VERSION_UNSUPPORTED")]
    ContractVersionUnsupported,
    /// Not a message of the contract; the first failing path is named.
    #[word("SCHEMA_INVALID")]
    SchemaInvalid,
    /// The customer was not sent before.
    #[word("UNKNOWN_CUSTOMER")]
    UnknownCustomer,
    /// Older than the customer that is stored.
    #[word("CUSTOMER_REVISION_STALE")]
    CustomerRevisionStale,
    /// The tool's copy of the customer was changed there; a person decides.
    #[word("CUSTOMER_LOCALLY_CHANGED")]
    CustomerLocallyChanged,
    /// The opportunity is not known here.
    #[word("UNKNOWN_OPPORTUNITY")]
    UnknownOpportunity,
    /// The opportunity is won, lost or abandoned.
    #[word("OPPORTUNITY_CLOSED")]
    OpportunityClosed,
    /// The affair belongs to another customer.
    #[word("AFFAIR_CUSTOMER_MISMATCH")]
    AffairCustomerMismatch,
    /// The affair is not known here, or not under this opportunity.
    #[word("UNKNOWN_AFFAIR")]
    UnknownAffair,
    /// Not newer than the dossier that is stored.
    #[word("DOSSIER_REVISION_STALE")]
    DossierRevisionStale,
    /// The dossier is filed under another affair.
    #[word("DOSSIER_MOVED")]
    DossierMoved,
    /// The customer has accepted or refused the offer.
    #[word("OFFER_CLOSED")]
    OfferClosed,
    /// The figures do not add up.
    #[word("TOTALS_MISMATCH")]
    TotalsMismatch,
    /// Another currency than the affair's.
    #[word("CURRENCY_MISMATCH")]
    CurrencyMismatch,
    /// The file is not the one its digest or size names.
    #[word("FILE_DIGEST_MISMATCH")]
    FileDigestMismatch,
    /// The file is larger than the contract allows.
    #[word("FILE_TOO_LARGE")]
    FileTooLarge,
    /// The session started from another file than the newest.
    #[word("FILE_DIVERGED")]
    FileDiverged,
    /// The user or the dealer may not do this.
    #[word("NOT_AUTHORISED")]
    NotAuthorised,
    /// Busy; the same message may be sent again.
    #[word("BUSY")]
    Busy,
    /// A fault of the receiver; the same message may be sent again.
    #[word("INTERNAL")]
    Internal,
}

/// Whether sending again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Retry {
    /// Never, unless something is reopened.
    Never,
    /// After the cause is put right.
    AfterFix,
    /// Later, the same message.
    Later,
}

impl ProblemCode {
    /// The class of retry the contract gives to the code.
    #[must_use]
    pub const fn retry(self) -> Retry {
        match self {
            Self::ContractVersionUnsupported
            | Self::OpportunityClosed
            | Self::OfferClosed
            | Self::NotAuthorised => Retry::Never,
            Self::Busy | Self::Internal => Retry::Later,
            _ => Retry::AfterFix,
        }
    }

    /// The stable dotted word of the code in this library.
    #[must_use]
    pub const fn dotted(self) -> &'static str {
        match self {
            Self::ContractVersionUnsupported => "quoting.contract_version_unsupported",
            Self::SchemaInvalid => "quoting.schema_invalid",
            Self::UnknownCustomer => "quoting.unknown_customer",
            Self::CustomerRevisionStale => "quoting.customer_revision_stale",
            Self::CustomerLocallyChanged => "quoting.customer_locally_changed",
            Self::UnknownOpportunity => "quoting.unknown_opportunity",
            Self::OpportunityClosed => "quoting.opportunity_closed",
            Self::AffairCustomerMismatch => "quoting.affair_customer_mismatch",
            Self::UnknownAffair => "quoting.unknown_affair",
            Self::DossierRevisionStale => "quoting.dossier_revision_stale",
            Self::DossierMoved => "quoting.dossier_moved",
            Self::OfferClosed => "quoting.offer_closed",
            Self::TotalsMismatch => "quoting.totals_mismatch",
            Self::CurrencyMismatch => "quoting.currency_mismatch",
            Self::FileDigestMismatch => "quoting.file_digest_mismatch",
            Self::FileTooLarge => "quoting.file_too_large",
            Self::FileDiverged => "quoting.file_diverged",
            Self::NotAuthorised => "quoting.not_authorised",
            Self::Busy => "quoting.busy",
            Self::Internal => "quoting.internal",
        }
    }

    const fn kind(self) -> ErrorKind {
        match self {
            Self::ContractVersionUnsupported => ErrorKind::Version,
            Self::UnknownCustomer | Self::UnknownOpportunity | Self::UnknownAffair => ErrorKind::NotFound,
            Self::CustomerRevisionStale
            | Self::CustomerLocallyChanged
            | Self::AffairCustomerMismatch
            | Self::DossierRevisionStale
            | Self::DossierMoved
            | Self::FileDiverged => ErrorKind::Conflict,
            Self::OpportunityClosed | Self::OfferClosed => ErrorKind::State,
            Self::FileTooLarge => ErrorKind::Limit,
            Self::NotAuthorised => ErrorKind::Rights,
            Self::Busy => ErrorKind::Busy,
            Self::Internal => ErrorKind::Internal,
            Self::SchemaInvalid
            | Self::TotalsMismatch
            | Self::CurrencyMismatch
            | Self::FileDigestMismatch => ErrorKind::Validation,
        }
    }
}

contract_object! {
    /// A problem as a message carries it: as the body of `problem`, or inside an answer.
    pub struct Problem {
        /// Which.
        required code: ProblemCode,
        /// Whether sending again can help.
        required retry: Retry,
        /// JSON pointer to the member concerned.
        optional path: FreeText,
        /// One sentence.
        required text: FreeText,
        /// What the receiver holds, for a sender that is out of date.
        optional current: JsonObject,
    }
}

contract_object! {
    /// Something worth knowing that stopped nothing.
    pub struct Warning {
        /// A stable word.
        required code: FreeText,
        /// JSON pointer to the member concerned.
        optional path: FreeText,
        /// One sentence.
        required text: FreeText,
    }
}

/// A message, or a part of one, that cannot be accepted.
///
/// The text names members and numbers of the contract, never what the message says of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct QuotingProblem {
    /// Which of the contract's problems.
    pub code: ProblemCode,
    /// JSON pointer to the first failing member, empty for the message as a whole; none when no member is at fault.
    pub path: Option<String>,
    /// One sentence in lower case.
    pub text: String,
    /// What the receiver holds.
    pub current: Option<JsonObject>,
    /// The message concerned, as far as its id could be read: what the answer replies to.
    pub in_reply_to: Option<MessageId>,
}

impl QuotingProblem {
    /// A problem with no particular member.
    pub fn new(code: ProblemCode, text: impl Into<String>) -> Self {
        Self { code, path: None, text: text.into(), current: None, in_reply_to: None }
    }

    /// The same problem, said of a member.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same problem with what the receiver holds.
    #[must_use]
    pub fn with_current(mut self, current: JsonObject) -> Self {
        self.current = Some(current);
        self
    }

    /// Whether sending again can help.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        self.code.retry()
    }
}

impl From<&QuotingProblem> for Problem {
    fn from(problem: &QuotingProblem) -> Self {
        Self {
            code: problem.code,
            retry: problem.retry(),
            path: problem.path.as_deref().map(FreeText::from),
            text: FreeText::from(problem.text.as_str()),
            current: problem.current.clone(),
        }
    }
}

impl From<&QuotingProblem> for Body {
    fn from(problem: &QuotingProblem) -> Self {
        Self::Problem(problem.into())
    }
}

impl Coded for QuotingProblem {
    fn kind(&self) -> ErrorKind {
        self.code.kind()
    }
    fn code(&self) -> &'static str {
        self.code.dotted()
    }
    fn field(&self) -> Option<String> {
        self.path.clone()
    }
    fn hint(&self) -> Option<String> {
        let right = match self.kind() {
            ErrorKind::NotFound => "send it first, or name one that was sent",
            ErrorKind::Conflict => "read what the other side holds now and send again on top of it",
            ErrorKind::State => "open a new one; this one is closed",
            ErrorKind::Version => "speak quoting-exchange/1",
            ErrorKind::Rights => "sign in as somebody who may, or ask an administrator",
            ErrorKind::Limit => "send less, within the bounds of the contract",
            _ => "send a message as the contract describes it",
        };
        Some(right.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dotted_words_are_the_contract_words_in_lower_case() {
        for code in ProblemCode::ALL {
            assert_eq!(code.dotted(), format!("quoting.{}", code.word().to_lowercase()));
        }
    }
}
