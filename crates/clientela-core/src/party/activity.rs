//! Activities: visits, calls, letters and so on, planned and reported.

use crate::ids::{ActivityId, ContactId, CustomerId, OpportunityId, PositionId, UnitId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Money, Record};

/// What kind of activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ActivityKind {
    /// A visit.
    Visit,
    /// A call.
    Call,
    /// A letter.
    Letter,
    /// An e-mail.
    Email,
    /// A text message.
    TextMessage,
    /// An event.
    Event,
    /// A test drive.
    TestDrive,
    /// A task.
    Task,
}

/// Where an activity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ActivityState {
    /// To be done.
    Planned,
    /// Done, with its result.
    Reported,
    /// Will not be done.
    Cancelled,
}

/// One activity. It belongs to its customer and follows the rights to it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 15, name = "activity", access = through(customer))]
pub struct Activity {
    /// Id.
    #[field(number = 1)]
    pub id: ActivityId,
    /// The customer.
    #[field(number = 2, indexed)]
    pub customer: CustomerId,
    /// The opportunity it is about.
    #[field(number = 3, indexed)]
    pub opportunity: Option<OpportunityId>,
    /// The contact it is with.
    #[field(number = 4)]
    pub contact: Option<ContactId>,
    /// The position that does it.
    #[field(number = 5, indexed)]
    pub owner: PositionId,
    /// The unit of that position.
    #[field(number = 6)]
    pub unit: UnitId,
    /// What kind.
    #[field(number = 7)]
    pub kind: ActivityKind,
    /// Where it stands.
    #[field(number = 8, merge = central)]
    pub state: ActivityState,
    /// What it is about, in one line.
    #[field(number = 9, personal)]
    pub subject: String,
    /// When it is planned for.
    #[field(number = 10, indexed)]
    pub planned_at: Option<DateTime<Utc>>,
    /// When it was done.
    #[field(number = 11, group = "report")]
    pub done_at: Option<DateTime<Utc>>,
    /// Time spent, in minutes.
    #[field(number = 12, group = "report")]
    pub minutes: Option<u32>,
    /// What came of it.
    #[field(number = 13, personal, group = "report")]
    pub result: Option<String>,
    /// What is next.
    #[field(number = 14, personal, group = "report")]
    pub next_step: Option<String>,
    /// Whether it was done to win a customer back.
    #[field(number = 15)]
    pub win_back: Option<bool>,
    /// What it cost besides the time.
    #[field(number = 16)]
    pub cost: Option<Money>,
}
