//! Activities: visits, calls, letters and so on, planned and reported.

use crate::ids::{
    ActionPlanTemplateId, ActivityId, ContactId, CustomerId, OfferId, OpportunityId, PositionId, UnitId,
    VehicleId,
};
use chrono::{DateTime, TimeDelta, Utc};
use clientela_model::{ClosedList, Money, Record};
use rust_decimal::Decimal;

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

/// What working time is spent on: the categories time is analysed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum TimeCategory {
    /// Meetings with colleagues.
    Meetings,
    /// Reports.
    Reports,
    /// Personal.
    Personal,
    /// Travel and waiting.
    TravelAndWaiting,
    /// Solving problems.
    ProblemSolving,
    /// Calls back and other contact from afar.
    CallBacks,
    /// Planning projects.
    ProjectPlanning,
    /// Offers and orders.
    OffersAndOrders,
    /// Face to face with customers.
    FaceToFace,
    /// Planning what to do with customers.
    AccountPlanning,
}

impl TimeCategory {
    /// What an activity of a kind is counted as when nobody said otherwise: who meets the customer is face to face with
    /// him, who writes or calls is called back, and a task is planning for the customer.
    #[must_use]
    pub const fn of_kind(kind: ActivityKind) -> Self {
        match kind {
            ActivityKind::Visit | ActivityKind::TestDrive | ActivityKind::Event => Self::FaceToFace,
            ActivityKind::Call | ActivityKind::TextMessage | ActivityKind::Email | ActivityKind::Letter => {
                Self::CallBacks
            }
            ActivityKind::Task => Self::AccountPlanning,
        }
    }
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
    /// What its time is counted as; [`TimeCategory::of_kind`] when empty.
    #[field(number = 17)]
    pub category: Option<TimeCategory>,
    /// Who else takes part, one name a line.
    #[field(number = 18, personal)]
    pub participants: Option<String>,
    /// Ids of further contacts that take part, separated by spaces.
    #[field(number = 19)]
    pub participant_contacts: Option<String>,
    /// The offer it is about.
    #[field(number = 20)]
    pub offer: Option<OfferId>,
    /// The vehicle it is about.
    #[field(number = 21)]
    pub vehicle: Option<VehicleId>,
    /// Where it takes place.
    #[field(number = 22, personal, group = "place")]
    pub place: Option<String>,
    /// Degrees north of the equator.
    #[field(number = 23, personal, group = "place")]
    pub latitude: Option<Decimal>,
    /// Degrees east of Greenwich.
    #[field(number = 24, personal, group = "place")]
    pub longitude: Option<Decimal>,
    /// Time planned for it, in minutes.
    #[field(number = 25)]
    pub planned_minutes: Option<u32>,
    /// Identifier of the item in a calendar it is known by there.
    #[field(number = 26, label = "Calendar UID", indexed)]
    pub uid: Option<String>,
    /// When to be reminded of it, in minutes before it is planned for.
    #[field(number = 27)]
    pub reminder_minutes: Option<u32>,
    /// Time of travel and waiting besides the time spent, in minutes.
    #[field(number = 28, group = "report")]
    pub travel_minutes: Option<u32>,
    /// The activity whose next step it is.
    #[field(number = 29)]
    pub follows: Option<ActivityId>,
    /// The action plan it was made by.
    #[field(number = 30)]
    pub action_plan: Option<ActionPlanTemplateId>,
}

/// Minutes an activity takes in a calendar when nobody said how many.
pub const DEFAULT_MINUTES: u32 = 60;

impl Activity {
    /// What its time is counted as.
    #[must_use]
    pub fn time_category(&self) -> TimeCategory {
        self.category.unwrap_or(TimeCategory::of_kind(self.kind))
    }

    /// When it is planned to end: after [`DEFAULT_MINUTES`] when its length was not said. None when it has no date, or when
    /// it ends beyond all dates.
    #[must_use]
    pub fn planned_end(&self) -> Option<DateTime<Utc>> {
        let minutes = self.planned_minutes.unwrap_or(DEFAULT_MINUTES);
        self.planned_at?.checked_add_signed(TimeDelta::minutes(minutes.into()))
    }

    /// The time it takes in a calendar, while it is planned: what has a length, and what is done with a customer at a time;
    /// a letter or task without a length is done whenever there is time.
    #[must_use]
    pub fn busy(&self) -> Option<crate::time::Span> {
        let timed = !matches!(
            self.kind,
            ActivityKind::Letter | ActivityKind::Email | ActivityKind::TextMessage | ActivityKind::Task
        );
        let taken = self.state == ActivityState::Planned && (timed || self.planned_minutes.is_some());
        let span = crate::time::Span { from: self.planned_at?, until: self.planned_end()? };
        taken.then_some(span)
    }

    /// Its identifier in calendars: the one it came with, or one made of its id.
    #[must_use]
    pub fn calendar_uid(&self) -> String {
        self.uid.clone().unwrap_or_else(|| format!("{}{UID_SUFFIX}", self.id))
    }

    /// When to be reminded of it, if that was asked for and it is still to be done.
    #[must_use]
    pub fn remind_at(&self) -> Option<DateTime<Utc>> {
        let planned = self.planned_at.filter(|_| self.state == ActivityState::Planned)?;
        planned.checked_sub_signed(TimeDelta::minutes(self.reminder_minutes?.into()))
    }
}

/// What the identifiers end in that are made here for calendars.
pub const UID_SUFFIX: &str = "@clientela";
