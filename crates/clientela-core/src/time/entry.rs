//! Time spent, as the analyses take it.

use super::Span;
use super::records::Appointment;
use crate::ids::{CustomerId, OpportunityId, PositionId};
use crate::party::{Activity, ActivityKind, ActivityState, TimeCategory};
use clientela_model::Money;

/// Time somebody spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeEntry {
    /// Who.
    pub owner: PositionId,
    /// With which customer.
    pub customer: Option<CustomerId>,
    /// About which opportunity.
    pub opportunity: Option<OpportunityId>,
    /// What it is counted as.
    pub category: TimeCategory,
    /// Whether it is a visit.
    pub visit: bool,
    /// Minutes; nothing where nobody said how long it took.
    pub minutes: u32,
}

/// A sale: an opportunity that was won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Who won it.
    pub owner: PositionId,
    /// With which customer.
    pub customer: CustomerId,
    /// Which opportunity.
    pub opportunity: OpportunityId,
    /// What it brings, net.
    pub amount: Option<Money>,
}

/// What a reported activity took: its time, and beside it travel and waiting when that was reported.
pub fn entries_of(activity: &Activity) -> impl Iterator<Item = TimeEntry> {
    let reported = activity.state == ActivityState::Reported;
    let entry = TimeEntry {
        owner: activity.owner,
        customer: Some(activity.customer),
        opportunity: activity.opportunity,
        category: activity.time_category(),
        visit: activity.kind == ActivityKind::Visit,
        minutes: activity.minutes.unwrap_or(0),
    };
    let travel = activity.travel_minutes.map(|minutes| TimeEntry {
        category: TimeCategory::TravelAndWaiting,
        visit: false,
        minutes,
        ..entry
    });
    std::iter::once(entry).chain(travel).filter(move |_| reported)
}

/// What an appointment took one time it took place, when it says as what it counts.
#[must_use]
pub fn entry_of(appointment: &Appointment, taken: Span) -> Option<TimeEntry> {
    let minutes = (taken.until - taken.from).num_minutes();
    Some(TimeEntry {
        owner: appointment.owner,
        customer: None,
        opportunity: None,
        category: appointment.category.filter(|_| !appointment.cancelled)?,
        visit: false,
        minutes: u32::try_from(minutes).ok()?,
    })
}
