//! Questions on what a seller is to do: a day, a week.

use super::visits::due_of;
use crate::agenda::{self, agendas, bounds};
use crate::command::{Key, of_owner};
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::view::View;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use clientela_core::ids::{ActivityId, CustomerId, OpportunityId};
use clientela_core::organisation::Position;
use clientela_core::party::{Activity, ActivityKind, ActivityState, Customer, DEFAULT_MINUTES};
use clientela_core::planning::to_sell::STEP_MINUTES;
use clientela_core::planning::{
    DayPlan, DueVisit, FixedTask, OpenDay, Place, Task, ToSell, Travel, plan_days, to_sell, worths,
};
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_core::time::{Span, slots};
use clientela_model::{ClosedList, EntityId, Field, Money, Predicate, Value, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A seller's day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanOfDay {
    /// Title of the position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Where the day starts and ends; unknown when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Place>,
    /// Average speed on the way, in kilometres an hour; 60 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<u32>,
    /// Minutes a visit takes; 60 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_minutes: Option<u32>,
}

/// A seller's week, from Monday to Sunday: asked as a day is, for the week the day lies in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanOfWeek(pub PlanOfDay);

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// The customer.
    pub customer: CustomerId,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The activity; none for what is due and not yet planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityId>,
    /// The opportunity it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<OpportunityId>,
    /// What kind.
    pub kind: ActivityKind,
    /// What it is about; empty for a visit that is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it starts; none for what found no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The way there in metres, as roads go; 0 where a point is not known.
    pub metres: u64,
    /// Why it is to be done, and why there.
    pub why: Why,
}

/// The plan of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedDay {
    /// The day.
    pub day: NaiveDate,
    /// What is to be done, in order of time.
    pub lines: Vec<PlanLine>,
    /// The whole way in metres.
    pub metres: u64,
}

/// The plan of some days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedDays {
    /// The days.
    pub days: Vec<PlannedDay>,
    /// What is due and found no time, the most important first.
    pub left: Vec<PlanLine>,
    /// What was counted.
    pub why: Why,
}

/// How long roads are, in percent of the great circle.
const DETOUR_PERCENT: u32 = 130;
/// Most things that are put into free time.
const TASKS_MAX: usize = 200;

pub(super) fn day(session: &Session, question: &PlanOfDay) -> Result<PlannedDays> {
    let day = question.day.unwrap_or_else(|| session.today());
    plan(session, question, day, day)
}

pub(super) fn week(session: &Session, question: &PlanOfWeek) -> Result<PlannedDays> {
    let day = question.0.day.unwrap_or_else(|| session.today());
    let monday = day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(day);
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(monday);
    plan(session, &question.0, monday, sunday)
}

/// What was read for a plan.
struct Read {
    position: Position,
    customers: Vec<Customer>,
    activities: Vec<Activity>,
    open: Vec<Opportunity>,
}

/// Something to be put into the plan, and the line it becomes.
struct Wanted {
    line: PlanLine,
    minutes: u32,
    place: Option<Place>,
}

fn plan(session: &Session, asked: &PlanOfDay, first: NaiveDate, last: NaiveDate) -> Result<PlannedDays> {
    let (speed_kmh, visit_minutes) =
        (asked.speed_kmh.unwrap_or(60), asked.visit_minutes.unwrap_or(DEFAULT_MINUTES));
    if !(1..=200).contains(&speed_kmh) || !(1..=720).contains(&visit_minutes) {
        return Err(CrmError::Argument {
            field: if (1..=200).contains(&speed_kmh) { "visit_minutes" } else { "speed_kmh" },
            problem: "cannot be planned with".to_owned(),
            hint: "give 1 to 200 kilometres an hour and 1 to 720 minutes",
        }
        .into());
    }
    let now = session.now();
    session.look(|view| {
        let read = read(&view, asked.position.as_ref())?;
        let mut found = agendas(&view, std::slice::from_ref(&read.position), first, last)?;
        let agenda = found.pop().ok_or(CrmError::Internal { what: "one calendar for one position" })?;
        let span = bounds(&agenda.time, first, last);
        let places = places_of(&read.activities);
        let past = Span { from: DateTime::UNIX_EPOCH.min(now), until: now };
        let free = slots::free(&slots::free(&agenda.open, &agenda.busy), &[past]);
        let (fixed, overdue) = planned(&read, span, &places);
        let due = due_of(session, &view, &read.customers, &read.activities, last)?;
        let visits = due_lines(&read, due, &overdue, &fixed, visit_minutes, &places);
        let to_sell = selling_lines(&read, last);
        let wanted: Vec<Wanted> = overdue.into_iter().chain(to_sell).chain(visits).take(TASKS_MAX).collect();
        let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
        let open: Vec<OpenDay> = days
            .iter()
            .map(|day| {
                let of_day = bounds(&agenda.time, *day, *day);
                let fixed = fixed
                    .iter()
                    .filter(|one| of_day.from <= one.1.span.from && one.1.span.from < of_day.until);
                OpenDay { free: slots::common(&free, &[of_day]), fixed: fixed.map(|one| one.1).collect() }
            })
            .collect();
        let tasks: Vec<Task> =
            wanted.iter().map(|one| Task { minutes: one.minutes, place: one.place }).collect();
        let travel = Travel { start: asked.start, speed_kmh, detour_percent: DETOUR_PERCENT };
        let (plans, left) = plan_days(&open, &tasks, travel);
        let why = Why::new("plan.made")
            .fact("position", &read.position.title)
            .fact("due", wanted.len())
            .fact("left", left.len())
            .fact("speed_kmh", speed_kmh)
            .fact("detour_percent", DETOUR_PERCENT)
            .because(agenda.why);
        let lines = |day: &NaiveDate, plan: DayPlan| {
            let of_day = bounds(&agenda.time, *day, *day);
            let own: Vec<_> = fixed
                .iter()
                .filter(|one| of_day.from <= one.1.span.from && one.1.span.from < of_day.until)
                .collect();
            let metres = plan.metres;
            let lines = plan
                .lines
                .into_iter()
                .filter_map(|planned| {
                    let mut line = match planned.task {
                        Some(task) => wanted.get(task)?.line.clone(),
                        None => own.get(planned.fixed?)?.0.clone(),
                    };
                    (line.from, line.until) = (Some(planned.span.from), Some(planned.span.until));
                    line.metres = planned.metres;
                    Some(line)
                })
                .collect();
            PlannedDay { day: *day, lines, metres }
        };
        Ok(PlannedDays {
            days: days.iter().zip(plans).map(|(day, plan)| lines(day, plan)).collect(),
            left: left.into_iter().filter_map(|task| wanted.get(task)).map(|one| one.line.clone()).collect(),
            why,
        })
    })
}

fn read(view: &View<'_>, position: Option<&Key>) -> Result<Read> {
    let position = agenda::position(view, position)?;
    let of_position = of_owner(position.id);
    let to_do = of_position.clone().and(Predicate::equals("state", ActivityState::Planned.to_value()));
    // Whoever visited a customer, it was visited, and is where it was.
    let seen = Predicate::Any(vec![
        to_do,
        Predicate::equals("kind", ActivityKind::Visit.to_value()),
        Predicate::Not(Box::new(Predicate::Empty("latitude".into()))),
    ]);
    let activities: Vec<Activity> = view.records(&seen)?;
    let mut customers: Vec<Customer> = view.records(&of_position)?;
    let known: HashSet<CustomerId> = customers.iter().map(|one| one.id).collect();
    let others: HashSet<CustomerId> = activities
        .iter()
        .filter(|one| one.owner == position.id && one.state == ActivityState::Planned)
        .map(|one| one.customer)
        .filter(|customer| !known.contains(customer))
        .collect();
    if !others.is_empty() {
        let of_ids = Predicate::OneOf("id".into(), others.iter().map(|id| Value::Id(id.uuid())).collect());
        customers.extend(view.records::<Customer>(&of_ids)?);
    }
    let open = Predicate::equals("state", OpportunityState::Open.to_value());
    Ok(Read { position, customers, activities, open: view.records(&open)? })
}

/// Where each customer was met last.
fn places_of(activities: &[Activity]) -> HashMap<CustomerId, Place> {
    let mut last: HashMap<CustomerId, (Option<DateTime<Utc>>, ActivityId, Place)> = HashMap::new();
    for activity in activities {
        let Some((latitude, longitude)) = activity.latitude.zip(activity.longitude) else { continue };
        let found = (activity.done_at.or(activity.planned_at), activity.id, Place { latitude, longitude });
        let known = last.entry(activity.customer).or_insert(found);
        if (found.0, found.1) > (known.0, known.1) {
            *known = found;
        }
    }
    last.into_iter().map(|(customer, (.., place))| (customer, place)).collect()
}

/// What has its time within the days, in order of time, and what should have been done before, the oldest first.
fn planned(
    read: &Read,
    span: Span,
    places: &HashMap<CustomerId, Place>,
) -> (Vec<(PlanLine, FixedTask)>, Vec<Wanted>) {
    let numbers: HashMap<CustomerId, Option<&String>> =
        read.customers.iter().map(|customer| (customer.id, customer.number.as_ref())).collect();
    let (mut fixed, mut overdue) = (Vec::new(), Vec::new());
    let to_do = read
        .activities
        .iter()
        .filter(|one| one.owner == read.position.id && one.state == ActivityState::Planned);
    for activity in to_do {
        let Some(at) = activity.planned_at.filter(|at| *at < span.until) else { continue };
        let own = activity.latitude.zip(activity.longitude);
        let place = own
            .map(|(latitude, longitude)| Place { latitude, longitude })
            .or_else(|| places.get(&activity.customer).copied());
        let reason = if at < span.from { "plan.overdue_activity" } else { "plan.has_its_time" };
        let line = PlanLine {
            customer: activity.customer,
            number: numbers.get(&activity.customer).copied().flatten().cloned(),
            activity: Some(activity.id),
            opportunity: activity.opportunity,
            kind: activity.kind,
            subject: Some(activity.subject.clone()),
            from: None,
            until: None,
            metres: 0,
            why: Why::new(reason).fact("planned_at", at.to_rfc3339()),
        };
        // Only what one goes to has a place.
        let goes =
            matches!(activity.kind, ActivityKind::Visit | ActivityKind::TestDrive | ActivityKind::Event);
        let place = place.filter(|_| goes || own.is_some());
        if at < span.from {
            let minutes = activity.planned_minutes.unwrap_or(DEFAULT_MINUTES);
            overdue.push((at, Wanted { line, minutes, place }));
        } else {
            let span = activity.busy().unwrap_or(Span { from: at, until: at });
            fixed.push((line, FixedTask { span, place }));
        }
    }
    fixed.sort_by_key(|(line, task)| (task.span, line.activity));
    overdue.sort_by_key(|(at, wanted)| (*at, wanted.line.activity));
    (fixed, overdue.into_iter().map(|(_, wanted)| wanted).collect())
}

/// What the position's open opportunities ask for and nothing is planned for yet.
fn selling_lines(read: &Read, last: NaiveDate) -> Vec<Wanted> {
    let to_do = read.activities.iter().filter(|one| one.state == ActivityState::Planned);
    let planned: HashSet<OpportunityId> = to_do.filter_map(|one| one.opportunity).collect();
    let own: Vec<&Opportunity> = read.open.iter().filter(|one| one.owner == read.position.id).collect();
    let numbers: HashMap<CustomerId, Option<&String>> =
        read.customers.iter().map(|customer| (customer.id, customer.number.as_ref())).collect();
    let wanted = |task: ToSell| Wanted {
        line: PlanLine {
            customer: task.customer,
            number: numbers.get(&task.customer).copied().flatten().cloned(),
            activity: None,
            opportunity: Some(task.opportunity),
            kind: task.kind,
            subject: Some(task.subject),
            from: None,
            until: None,
            metres: 0,
            why: task.why,
        },
        minutes: STEP_MINUTES,
        place: None,
    };
    to_sell(&own, &planned, last).into_iter().map(wanted).collect()
}

/// Visits that are due and not yet in the plan, the worthiest first.
fn due_lines(
    read: &Read,
    due: Vec<DueVisit>,
    overdue: &[Wanted],
    fixed: &[(PlanLine, FixedTask)],
    minutes: u32,
    places: &HashMap<CustomerId, Place>,
) -> Vec<Wanted> {
    let lines = overdue.iter().map(|one| &one.line).chain(fixed.iter().map(|one| &one.0));
    let visited: HashSet<CustomerId> =
        lines.filter(|line| line.kind == ActivityKind::Visit).map(|line| line.customer).collect();
    let customers: HashMap<CustomerId, &Customer> = read
        .customers
        .iter()
        .filter(|customer| customer.owner == read.position.id)
        .map(|customer| (customer.id, customer))
        .collect();
    let mut expected: HashMap<CustomerId, Vec<Money>> = HashMap::new();
    for opportunity in &read.open {
        let weight = Decimal::new(opportunity.probability.into(), 2);
        let amount = opportunity.amount.and_then(|amount| amount.checked_mul(weight).ok());
        expected.entry(opportunity.customer).or_default().extend(amount);
    }
    let mut due: Vec<(DueVisit, &Customer)> = due
        .into_iter()
        .filter(|visit| !visited.contains(&visit.customer))
        .filter_map(|visit| customers.get(&visit.customer).map(|customer| (visit, *customer)))
        .collect();
    let amounts = |customer: &Customer| expected.get(&customer.id).map_or(&[][..], Vec::as_slice);
    let given: Vec<_> = due.iter().map(|(_, customer)| (customer.size, amounts(customer))).collect();
    let worth: HashMap<CustomerId, Decimal> =
        due.iter().map(|(_, customer)| customer.id).zip(worths(&given)).collect();
    let worth_of = |customer: &CustomerId| worth.get(customer).copied().unwrap_or_default();
    due.sort_by_key(|(visit, customer)| {
        (std::cmp::Reverse(worth_of(&customer.id)), std::cmp::Reverse(visit.overdue_days), customer.id)
    });
    due.into_iter()
        .map(|(visit, customer)| {
            let size = customer.size.map_or("not classified", ClosedList::word);
            let mut why = Why::new("plan.visit_due").fact("worth", worth_of(&customer.id)).fact("size", size);
            for amount in amounts(customer) {
                why = why.fact("expected", amount);
            }
            let line = PlanLine {
                customer: customer.id,
                number: customer.number.clone(),
                activity: None,
                opportunity: None,
                kind: ActivityKind::Visit,
                subject: None,
                from: None,
                until: None,
                metres: 0,
                why: why.because(visit.why),
            };
            Wanted { line, minutes, place: places.get(&customer.id).copied() }
        })
        .collect()
}
