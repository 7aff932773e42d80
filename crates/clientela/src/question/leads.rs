//! Questions on leads.

use super::duplicates::{DuplicateCandidate, DuplicatesOf, duplicates};
use crate::calendar;
use crate::command::Key;
use crate::error::Result;
use crate::lead_conversion::plan;
use crate::session::Session;
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, Utc};
use clientela_core::calendar::WorkingTime;
use clientela_core::ids::{ContactId, CustomerId, LeadId, PositionId, UnitId};
use clientela_core::leads::conversion::facts;
use clientela_core::leads::life::{escalation, is_overdue};
use clientela_core::leads::ranking::intent;
use clientela_core::leads::{Lead, LeadHorizon, LeadState};
use clientela_core::organisation::{Position, Unit};
use clientela_model::{EntityId, Field, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Leads whose answer is due and has not come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OverdueLeadsOf {
    /// Code of the unit, with those below it; all that may be seen when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// At which moment; now when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// A lead whose answer is late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverdueLead {
    /// The lead.
    pub lead: LeadId,
    /// Its number.
    pub number: Option<String>,
    /// Who was to answer.
    pub owner: PositionId,
    /// The unit of that position.
    pub unit: UnitId,
    /// By when the answer was due.
    pub respond_by: DateTime<Utc>,
    /// Working minutes since.
    pub minutes_late: u64,
    /// How far it has to be carried up, from 1 to 3.
    pub escalation: u32,
    /// How it adds up.
    pub why: Why,
}

/// The working times of units, each read once.
#[derive(Default)]
struct Times(HashMap<UnitId, WorkingTime>);

impl Times {
    fn minutes(
        &mut self,
        view: &View<'_>,
        unit: UnitId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<u64> {
        let time = match self.0.entry(unit) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(calendar::of_unit(view, unit)?.0),
        };
        Ok(u64::try_from(time.between(from, until).num_minutes()).unwrap_or(0))
    }
}

fn within(view: &View<'_>, unit: Option<&Key>) -> Result<Predicate> {
    Ok(match unit {
        None => Predicate::Everything,
        Some(key) => Predicate::Below {
            column: "unit".into(),
            entity: "unit",
            parent: "parent",
            roots: vec![view.resolve::<Unit>(key)?.record.id.uuid()],
        },
    })
}

pub(super) fn overdue(session: &Session, question: &OverdueLeadsOf) -> Result<Vec<OverdueLead>> {
    let now = question.at.unwrap_or_else(|| session.now());
    session.look(|view| {
        let given = Predicate::equals("state", LeadState::Assigned.to_value());
        let mut times = Times::default();
        let mut lines = Vec::new();
        for stored in view.all_of::<Lead>(&within(&view, question.unit.as_ref())?.and(given))? {
            let lead = stored.record;
            let Some(respond_by) = lead.respond_by.filter(|_| is_overdue(&lead, now)) else { continue };
            let minutes_late = times.minutes(&view, lead.unit, respond_by, now)?;
            let escalation = escalation(&lead, minutes_late);
            let mut why = Why::new("lead.overdue")
                .fact("respond_by", respond_by)
                .fact("at", now)
                .fact("minutes_late", minutes_late);
            if let Some(limit) = lead.limit_minutes {
                why = why.fact("limit_minutes", limit);
            }
            why = why.fact("moves", lead.moves.unwrap_or(0)).fact("escalation", escalation);
            let (lead, number, owner, unit) = (lead.id, lead.number, lead.owner, lead.unit);
            lines.push(OverdueLead { lead, number, owner, unit, respond_by, minutes_late, escalation, why });
        }
        lines.sort_by_key(|line| (std::cmp::Reverse(line.escalation), line.respond_by, line.lead));
        Ok(lines)
    })
}

/// Who intends to buy: open leads, those to work on first before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeadsOf {
    /// Title of the position that works on them; all that may be seen when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// Only those meant to buy within this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<LeadHorizon>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A lead in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedLead {
    /// The lead.
    pub lead: LeadId,
    /// Its number.
    pub number: Option<String>,
    /// Who works on it.
    pub owner: PositionId,
    /// Where it stands.
    pub state: LeadState,
    /// Company or person.
    pub name: String,
    /// What is wanted.
    pub wish: Option<String>,
    /// Within what time the purchase is meant.
    pub horizon: Option<LeadHorizon>,
    /// By when it is to be answered, while it is not.
    pub respond_by: Option<DateTime<Utc>>,
    /// How much speaks for a purchase, from 0 to 100.
    pub points: u32,
    /// What speaks for it.
    pub why: Why,
}

pub(super) fn list(session: &Session, question: &LeadsOf) -> Result<Vec<ListedLead>> {
    let now = session.now();
    session.look(|view| {
        let states = [LeadState::New, LeadState::Assigned, LeadState::Contacted, LeadState::Qualified];
        let mut asked = Predicate::OneOf("state".into(), states.iter().map(Field::to_value).collect());
        if let Some(key) = &question.owner {
            let owner = view.resolve::<Position>(key)?.record.id;
            asked = asked.and(Predicate::equals("owner", Value::Id(owner.uuid())));
        }
        if let Some(horizon) = question.horizon {
            asked = asked.and(Predicate::equals("horizon", horizon.to_value()));
        }
        let mut lines: Vec<ListedLead> = view
            .all_of::<Lead>(&asked)?
            .into_iter()
            .map(|stored| {
                let lead = stored.record;
                let (points, why) = intent(&lead, now);
                let person = [lead.given_name.as_deref(), lead.family_name.as_deref()];
                let person: Vec<&str> = person.into_iter().flatten().collect();
                ListedLead {
                    lead: lead.id,
                    number: lead.number,
                    owner: lead.owner,
                    state: lead.state,
                    name: lead.company.unwrap_or_else(|| person.join(" ")),
                    wish: lead.wish,
                    horizon: lead.horizon,
                    respond_by: lead.respond_by.filter(|_| lead.responded_at.is_none()),
                    points,
                    why,
                }
            })
            .collect();
        lines.sort_by_key(|line| (std::cmp::Reverse(line.points), line.respond_by, line.lead));
        lines.truncate(question.limit.unwrap_or(LIST_MAX).min(LIST_MAX));
        Ok(lines)
    })
}

/// What a lead would become; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionPreviewOf {
    /// The lead.
    pub lead: Key,
    /// The customer it would be joined to; looked for when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
}

/// What a lead would become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversionPreview {
    /// The customer it would be joined to; none for a new one.
    pub customer: Option<CustomerId>,
    /// The contact it would be joined to; none for a new one.
    pub contact: Option<ContactId>,
    /// Numbers of the open opportunities it could be joined to.
    pub opportunities: Vec<String>,
    /// Customers that may be the one it would become, where none is joined: name one to join it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<DuplicateCandidate>,
    /// By what they were found.
    pub why: Why,
}

pub(super) fn conversion_preview(
    session: &Session,
    question: &ConversionPreviewOf,
) -> Result<ConversionPreview> {
    let (mut preview, facts) = session.look(|view| {
        let lead = view.resolve::<Lead>(&question.lead)?.record;
        let plan = plan(&view, &lead, question.customer.as_deref(), session.today())?;
        let preview = ConversionPreview {
            customer: plan.customer.map(|(customer, _)| customer.record.id),
            contact: plan.contact.map(|contact| contact.record.id),
            opportunities: plan.open.into_iter().map(|opportunity| opportunity.number).collect(),
            like: Vec::new(),
            why: plan.why,
        };
        Ok((preview, facts(&lead)))
    })?;
    if preview.customer.is_none() {
        let draft = DuplicatesOf { draft: Some(facts), ..DuplicatesOf::default() };
        preview.like = duplicates(session, &draft)?;
    }
    Ok(preview)
}

/// How fast leads are answered, position by position.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResponseTimesOf {
    /// Code of the unit, with those below it; all that may be seen when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// Of leads received from this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Of leads received before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// How fast a position answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseTimes {
    /// The position.
    pub owner: PositionId,
    /// Leads it was given.
    pub given: u64,
    /// Leads it answered.
    pub answered: u64,
    /// Of these, how many in time.
    pub in_time: u64,
    /// Median of the working minutes from the assignment to the answer, of those answered; the lower one of two.
    pub median_minutes: Option<u64>,
    /// Longest of them.
    pub longest_minutes: Option<u64>,
}

pub(super) fn response_times(session: &Session, question: &ResponseTimesOf) -> Result<Vec<ResponseTimes>> {
    session.look(|view| {
        let mut times = Times::default();
        let mut by_owner: BTreeMap<PositionId, (ResponseTimes, Vec<u64>)> = BTreeMap::new();
        for stored in view.all_of::<Lead>(&within(&view, question.unit.as_ref())?)? {
            let lead = stored.record;
            let early = question.from.is_some_and(|from| lead.received_at < from);
            let late = question.until.is_some_and(|until| lead.received_at >= until);
            let Some(assigned) = lead.assigned_at.filter(|_| !early && !late) else { continue };
            let none = ResponseTimes {
                owner: lead.owner,
                given: 0,
                answered: 0,
                in_time: 0,
                median_minutes: None,
                longest_minutes: None,
            };
            let (line, minutes) = by_owner.entry(lead.owner).or_insert_with(|| (none, Vec::new()));
            line.given += 1;
            if let Some(at) = lead.responded_at {
                line.answered += 1;
                line.in_time += u64::from(lead.respond_by.is_none_or(|limit| at <= limit));
                minutes.push(times.minutes(&view, lead.unit, assigned, at)?);
            }
        }
        Ok(by_owner
            .into_values()
            .map(|(mut line, mut minutes)| {
                minutes.sort_unstable();
                line.median_minutes = minutes.get(minutes.len().saturating_sub(1) / 2).copied();
                line.longest_minutes = minutes.last().copied();
                line
            })
            .collect())
    })
}
