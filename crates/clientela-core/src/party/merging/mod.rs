//! Two customers that are one: merged, and taken apart again.
//!
//! | what | by |
//! | --- | --- |
//! | which of two contents each field keeps | [`choose`], [`choose_added`] |
//! | which records point at the merged one, from the declarations | [`pointers`] |
//! | which of its parts stay behind, since the survivor has them | [`left_behind`], [`outweighed`] |
//! | how each record was before, if nothing that came after stands against it | [`before_merge`], [`goes_along`] |
//!
//! Nothing is deleted: the merged record stays, with what it said, and names the one it is now
//! ([`MERGED_INTO`](crate::organisation::MERGED_INTO)). The journal of the merge is what an undoing goes by.
//!
//! A customer is a dealer's business with a party. Customers of one dealer become one; of two dealers each keeps his own, and
//! the two parties become one. A withdrawal wins: of two statements the stricter holds, whichever came later, since who gave the
//! other did not know of it.

mod added;
mod fields;
mod relations;
mod undo;

pub use added::{ADDED, AddedLine, choose_added};
pub use fields::{Chosen, FieldLine, Reason, Side, check_choices, choose};
pub use relations::{Pointer, left_behind, outweighed, pointers};
pub use undo::{Restored, before_merge, goes_along};

use crate::ids::{CustomerId, CustomerMergeId, PartyId};
use chrono::{DateTime, Utc};
use clientela_model::{Coded, ErrorKind, Record};
use uuid::Uuid;

/// A merge of two customers, or of their parties alone.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 120, name = "customer_merge", access = through(survivor), part_of(relationship, survivor))]
pub struct CustomerMerge {
    /// Id.
    #[field(number = 1)]
    pub id: CustomerMergeId,
    /// The customer that stayed.
    #[field(number = 2, merge = fact, indexed)]
    pub survivor: CustomerId,
    /// The customer that became it, or that became a customer of its party.
    #[field(number = 3, merge = fact, indexed)]
    pub merged: CustomerId,
    /// The party that stayed.
    #[field(number = 4, merge = fact)]
    pub survivor_party: PartyId,
    /// The party that became it; the same when both customers were of one.
    #[field(number = 5, merge = fact)]
    pub merged_party: PartyId,
    /// When.
    #[field(number = 6, merge = fact)]
    pub at: DateTime<Utc>,
    /// When it was undone.
    #[field(number = 7, merge = central)]
    pub undone_at: Option<DateTime<Utc>>,
}

/// A merge, or an undoing, that may not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Both are the same customer.
    #[error("both are one customer already; name two")]
    Same,
    /// Two dealers' business with one party.
    #[error(
        "both are business with one party, of two dealers who each keep his own; there is nothing to merge"
    )]
    TwoDealers,
    /// A choice of a field there is none of.
    #[error("there is no field {field} to choose; choose among {known}")]
    UnknownField {
        /// As it was named.
        field: String,
        /// The fields.
        known: String,
    },
    /// Choices that would take one thing from two records.
    #[error("{one} and {other} are valid only together; choose the same record for both")]
    Split {
        /// A field.
        one: &'static str,
        /// One of its group, chosen otherwise.
        other: &'static str,
    },
    /// One party stands above the other.
    #[error("one of the two stands above the other in a group of companies; take it out of the group first")]
    Group,
    /// A party was erased.
    #[error("one of the two was erased; what is left of it can be neither merged nor taken apart")]
    Erased,
    /// Nothing to undo.
    #[error("this customer is not merged into another; name one that is, or the merge")]
    NotMerged,
    /// A field was changed after the merge.
    #[error("{entity}.{column} was changed after the merge; keep later changes, or change it back first")]
    ChangedSince {
        /// The entity.
        entity: &'static str,
        /// Its column.
        column: &'static str,
        /// The record.
        id: Uuid,
    },
    /// A record was pointed elsewhere after the merge.
    #[error("the {entity} that is to go back belongs to another customer since; undo what moved it first")]
    MovedSince {
        /// The entity.
        entity: &'static str,
        /// The record.
        id: Uuid,
    },
    /// What came after the merge is not seen by who asks.
    #[error(
        "something came after the merge that you do not see; ask somebody who sees both customers as a whole"
    )]
    UnseenSince,
    /// A record made after the merge belongs to both.
    #[error("a record of {entity} made after the merge belongs to both customers; end or change it first")]
    Mixed {
        /// The entity.
        entity: &'static str,
        /// The record.
        id: Uuid,
    },
}

impl Coded for MergeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Same | Self::UnknownField { .. } | Self::Split { .. } => ErrorKind::Validation,
            _ => ErrorKind::State,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Same => "merge.same",
            Self::TwoDealers => "merge.two_dealers",
            Self::UnknownField { .. } => "merge.field_unknown",
            Self::Split { .. } => "merge.field_split",
            Self::Group => "merge.group",
            Self::Erased => "merge.erased",
            Self::NotMerged => "merge.not_merged",
            Self::ChangedSince { .. } => "merge.changed_since",
            Self::MovedSince { .. } => "merge.moved_since",
            Self::UnseenSince => "merge.unseen_since",
            Self::Mixed { .. } => "merge.mixed",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Same => Some("merged".to_owned()),
            Self::UnknownField { .. } => Some("fields".to_owned()),
            Self::Split { one, .. } => Some(format!("fields.{one}")),
            Self::ChangedSince { column, .. } => Some((*column).to_owned()),
            _ => None,
        }
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::ChangedSince { id, .. } | Self::MovedSince { id, .. } | Self::Mixed { id, .. } => Some(*id),
            _ => None,
        }
    }
}
