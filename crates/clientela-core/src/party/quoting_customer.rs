//! What a quoting tool knows of a customer: a table from our customers to its own, a row for each workstation.

use crate::ids::{CustomerId, QuotingCustomerId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Record};

/// What became of a customer that was told to a quoting tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum TransferState {
    /// It was sent; the tool has not answered.
    Sent,
    /// The tool made it anew.
    Created,
    /// The tool brought its own up to date.
    Updated,
    /// The tool had it as it is.
    Unchanged,
    /// The tool did not take it; the problem says why. When it was changed there, a person decides.
    Rejected,
}

/// A customer as the quoting tool of one workstation knows it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 271, name = "quoting_customer", access = through(customer), part_of(relationship, customer))]
pub struct QuotingCustomer {
    /// Id.
    #[field(number = 1)]
    pub id: QuotingCustomerId,
    /// The customer.
    #[field(number = 2, merge = fact)]
    pub customer: CustomerId,
    /// Name of the workstation, when the tool's session says it: each installation has keys of its own.
    #[field(number = 3, merge = fact)]
    pub workstation: Option<String>,
    /// The tool's key of the customer, once it has answered.
    #[field(number = 4, merge = central, indexed)]
    pub key: Option<String>,
    /// What became of what was sent last.
    #[field(number = 5, merge = central)]
    pub state: TransferState,
    /// The revision that was sent last.
    #[field(number = 6, merge = central)]
    pub sent_revision: i64,
    /// The revision the tool says it holds.
    #[field(number = 7, merge = central)]
    pub applied_revision: Option<i64>,
    /// The contract's code of what is wrong, such as `CUSTOMER_LOCALLY_CHANGED`.
    #[field(number = 8, merge = central)]
    pub problem: Option<String>,
    /// The tool's sentence about it.
    #[field(number = 9, merge = central, personal)]
    pub problem_text: Option<String>,
    /// Id of the message that told it last: what the tool's answer replies to.
    #[field(number = 10, indexed)]
    pub asked_by: Option<String>,
    /// When it was sent or answered last.
    #[field(number = 11, merge = central)]
    pub noted_at: DateTime<Utc>,
}
