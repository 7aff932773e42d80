//! Commands on activities.

use super::{Key, Outcome};
use crate::command::customers;
use crate::door::Door;
use crate::error::Result;
use chrono::{DateTime, Utc};
use clientela_core::party::activities::{self as decision, ActivityStep, NewActivity, Report};
use clientela_core::party::{Activity, Contact, Relationship};
use clientela_core::sales::Opportunity;
use serde::{Deserialize, Serialize};

/// Plans an activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanActivity {
    /// The customer.
    pub customer: Key,
    /// What is planned.
    pub activity: NewActivity,
    /// The position that does it; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
}

/// Plans an activity for another moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RescheduleActivity {
    /// Id of the activity.
    pub activity: Key,
    /// When it is planned for now.
    pub planned_at: DateTime<Utc>,
}

/// Reports a planned activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportActivity {
    /// Id of the activity.
    pub activity: Key,
    /// What was done.
    pub report: Report,
}

/// Cancels a planned activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelActivity {
    /// Id of the activity.
    pub activity: Key,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

pub(super) fn plan(door: &mut Door<'_, '_>, command: &PlanActivity) -> Result<Outcome> {
    let customer = door.resolve::<Relationship>(&command.customer)?.record;
    // What it is about must be the customer's own, and visible.
    if let Some(opportunity) = command.activity.opportunity {
        let found = door.get::<Opportunity>(opportunity)?;
        belongs::<Opportunity>(found.record.customer == customer.id, &opportunity.to_string())?;
    }
    if let Some(contact) = command.activity.contact {
        let found = door.get::<Contact>(contact)?;
        belongs::<Contact>(found.record.customer == customer.id, &contact.to_string())?;
    }
    let seat = customers::seat(door, command.owner.as_deref())?;
    let ActivityStep { activity, why } = decision::plan(&command.activity, door.new_id(), customer.id, seat)?;
    door.create(&activity)?;
    Ok(Outcome::of(&activity, None, why))
}

pub(super) fn reschedule(door: &mut Door<'_, '_>, command: &RescheduleActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    let ActivityStep { activity, why } = decision::reschedule(&stored.record, command.planned_at)?;
    door.update(&activity, stored.version)?;
    Ok(Outcome::of(&activity, None, why))
}

pub(super) fn report(door: &mut Door<'_, '_>, command: &ReportActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    let ActivityStep { activity, why } = decision::report(&stored.record, &command.report, door.now())?;
    door.update(&activity, stored.version)?;
    Ok(Outcome::of(&activity, None, why))
}

pub(super) fn cancel(door: &mut Door<'_, '_>, command: &CancelActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    let ActivityStep { activity, why } = decision::cancel(&stored.record, command.reason.as_deref())?;
    door.update(&activity, stored.version)?;
    Ok(Outcome::of(&activity, None, why))
}

fn belongs<R: clientela_model::Record>(to_customer: bool, key: &str) -> Result<()> {
    if to_customer { Ok(()) } else { Err(crate::view::not_found(R::ENTITY, key)) }
}
