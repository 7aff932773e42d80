//! Commands on action plans and on how often customers are visited.

use super::{Key, Outcome};
use crate::calendar;
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::ids::{CustomerId, OpportunityId};
use clientela_core::organisation::Unit;
use clientela_core::party::activities as decision;
use clientela_core::party::{ActivityKind, CustomerSize, CustomerStatus, Relationship, Seat, TimeCategory};
use clientela_core::planning::{ActionPlanLine, ActionPlanTemplate, VisitFrequency, check_plan, dated};
use clientela_core::sales::Opportunity;
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};

/// Defines a plan of actions. One of the same code is replaced; what was started stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineActionPlan {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The actions, in order; without any the plan is taken back.
    pub lines: Vec<ActionLine>,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionLine {
    /// What kind of activity it makes.
    pub kind: ActivityKind,
    /// What the activity is about, in one line.
    pub subject: String,
    /// Working days after the start; 0 is the first day itself.
    #[serde(default)]
    pub lead_days: u32,
    /// Time planned for it, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// What its time is counted as; by its kind when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TimeCategory>,
}

/// Starts a plan of actions on a customer or an opportunity: who works on the opportunity, or else the customer's owner, is given dated
/// activities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartActionPlan {
    /// Code of the plan.
    pub plan: Key,
    /// Number of the customer; that of the opportunity when only this is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Number of the opportunity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Key>,
    /// First day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
}

/// Sets how often customers of a size and status are visited; what was set for the same ones is replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetVisitFrequency {
    /// Code of the unit; the acting one when not given. It holds for those below it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// Size of customers; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<CustomerSize>,
    /// Status of customers; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CustomerStatus>,
    /// Visits in a year, at most 365; 0 for none.
    pub visits_a_year: u32,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineActionPlan) -> Result<Outcome> {
    let named = Predicate::equals("code", Value::Text(command.code.clone().into()));
    let old = door.first_of::<ActionPlanTemplate>(&named)?;
    let template = ActionPlanTemplate {
        id: old.as_ref().map_or_else(|| door.new_id(), |old| old.record.id),
        code: command.code.clone(),
        name: command.name.clone(),
        withdrawn: command.lines.is_empty() && old.is_some(),
    };
    let lines: Vec<ActionPlanLine> = command
        .lines
        .iter()
        .zip(1..)
        .map(|(line, place)| ActionPlanLine {
            id: door.new_id(),
            template: template.id,
            place,
            kind: line.kind,
            subject: line.subject.clone(),
            lead_days: line.lead_days,
            minutes: line.minutes,
            category: line.category,
            withdrawn: false,
        })
        .collect();
    if !template.withdrawn {
        check_plan(&lines)?;
    }
    match &old {
        Some(old) => door.update(&template, old.version)?,
        None => {
            door.unused::<ActionPlanTemplate>("code", &template.code)?;
            door.create(&template)?;
        }
    }
    for mut before in door.all_of::<ActionPlanLine>(&of_template(&template))? {
        if !before.record.withdrawn {
            before.record.withdrawn = true;
            door.update(&before.record, before.version)?;
        }
    }
    for line in &lines {
        door.create(line)?;
    }
    let why = Why::new("action_plan.defined").fact("actions", lines.len());
    Ok(Outcome::of(&template, Some(&template.code), why))
}

pub(super) fn start(door: &mut Door<'_, '_>, command: &StartActionPlan) -> Result<Outcome> {
    let template = door.resolve::<ActionPlanTemplate>(&command.plan)?.record;
    let subject = subject(door, command)?;
    let lines: Vec<ActionPlanLine> = door.records::<ActionPlanLine>(&of_template(&template))?;
    let start = command.start.unwrap_or_else(|| door.today());
    let (time, of) = calendar::of_unit(&door.view(), subject.seat.unit)?;
    let activities = dated(&template, &lines, start, &time)?;
    let why = Why::new("action_plan.started")
        .fact("plan", &template.code)
        .fact("start", start)
        .fact("activities", activities.len())
        .because(of);
    let mut outcome = Outcome { records: Vec::new(), why };
    for mut new in activities {
        new.opportunity = subject.opportunity;
        let mut activity = decision::plan(&new, door.new_id(), subject.customer, subject.seat)?.activity;
        activity.action_plan = Some(template.id);
        if subject.opportunity.is_some() {
            // Who may change the opportunity may plan what is to be done for it, whosever the customer is.
            door.create_derived(&activity)?;
        } else {
            door.create(&activity)?;
        }
        outcome = outcome.and(&activity, None);
    }
    Ok(outcome)
}

/// What a plan is started on, and who is given its activities.
struct Subject {
    customer: CustomerId,
    opportunity: Option<OpportunityId>,
    seat: Seat,
}

fn subject(door: &Door<'_, '_>, command: &StartActionPlan) -> Result<Subject> {
    let named = match &command.customer {
        Some(key) => Some(door.resolve::<Relationship>(key)?.record),
        None => None,
    };
    let Some(key) = &command.opportunity else {
        let customer = named.ok_or_else(|| CrmError::Argument {
            field: "customer",
            problem: "is missing".to_owned(),
            hint: "name a customer or an opportunity",
        })?;
        let seat = Seat { owner: customer.owner, unit: customer.unit };
        return Ok(Subject { customer: customer.id, opportunity: None, seat });
    };
    let opportunity = door.to_change::<Opportunity>(key)?.record;
    if named.is_some_and(|customer| customer.id != opportunity.customer) {
        return Err(CrmError::Argument {
            field: "opportunity",
            problem: "is another customer's".to_owned(),
            hint: "name one of the customer's own, or the opportunity alone",
        }
        .into());
    }
    let seat = Seat { owner: opportunity.owner, unit: opportunity.unit };
    Ok(Subject { customer: opportunity.customer, opportunity: Some(opportunity.id), seat })
}

pub(super) fn set_frequency(door: &mut Door<'_, '_>, command: &SetVisitFrequency) -> Result<Outcome> {
    if command.visits_a_year > 365 {
        return Err(CrmError::Argument {
            field: "visits_a_year",
            problem: "are more than one a day".to_owned(),
            hint: "give 0 to 365",
        }
        .into());
    }
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record,
        None => door.get::<Unit>(door.actor().unit)?.record,
    };
    let of_unit = Predicate::equals("unit", Value::Id(unit.id.uuid()));
    let (size, status) = (command.size, command.status);
    let old = door
        .all_of::<VisitFrequency>(&of_unit)?
        .into_iter()
        .find(|old| (old.record.size, old.record.status) == (size, status));
    let id = old.as_ref().map_or_else(|| door.new_id(), |old| old.record.id);
    let record = VisitFrequency { id, unit: unit.id, size, status, visits_a_year: command.visits_a_year };
    match old {
        Some(old) => door.update(&record, old.version)?,
        None => door.create(&record)?,
    }
    let why =
        Why::new("visit_frequency.set").fact("unit", &unit.code).fact("visits_a_year", record.visits_a_year);
    Ok(Outcome::of(&record, None, why))
}

fn of_template(template: &ActionPlanTemplate) -> Predicate {
    Predicate::equals("template", Value::Id(template.id.uuid()))
}
