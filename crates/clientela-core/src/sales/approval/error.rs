//! What is refused about approvals.

use super::ApprovalState;
use clientela_model::{Coded, ErrorKind, Why};

/// A decision about an approval that is not possible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApprovalError {
    /// The offer needs approvals it does not have.
    #[error("offer {offer} needs approval before it is issued; its reason names the levels, ask for them")]
    Required {
        /// Number of the offer.
        offer: String,
        /// The levels, and what calls for each.
        why: Why,
    },
    /// Nothing calls for an approval.
    #[error("offer {offer} needs no approval that it does not have; it can be issued")]
    NotNeeded {
        /// Number of the offer.
        offer: String,
    },
    /// Somebody's own request, version or offer.
    #[error("nobody approves what he asked for, wrote or offers himself; another must decide")]
    Own,
    /// A position that is not to decide.
    #[error("the approval is another position's to decide; its reason names them and from when")]
    NotApprover {
        /// Who may decide.
        why: Why,
    },
    /// Something decided already.
    #[error("the approval is {state} and cannot be decided again; ask for a new one")]
    Decided {
        /// Where it stands.
        state: ApprovalState,
    },
    /// A content that has changed since.
    #[error("the offer has changed since approval was asked for; ask for it again")]
    Stale,
    /// A request that waits.
    #[error("approval of offer {offer} is asked for already; wait for it, or take the request back")]
    Waiting {
        /// Number of the offer.
        offer: String,
    },
}

impl Coded for ApprovalError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Own | Self::NotApprover { .. } => ErrorKind::Rights,
            Self::Waiting { .. } => ErrorKind::Exists,
            Self::Stale => ErrorKind::Conflict,
            _ => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Required { .. } => "approval.required",
            Self::NotNeeded { .. } => "approval.not_needed",
            Self::Own => "approval.own",
            Self::NotApprover { .. } => "approval.not_approver",
            Self::Decided { .. } => "approval.decided",
            Self::Stale => "approval.stale",
            Self::Waiting { .. } => "approval.waiting",
        }
    }
    fn field(&self) -> Option<String> {
        Some(if matches!(self, Self::Decided { .. }) { "state" } else { "offer" }.to_owned())
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::Required { why, .. } | Self::NotApprover { why } => Some(why),
            _ => None,
        }
    }
}
