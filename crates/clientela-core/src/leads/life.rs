//! The life of a lead.
//!
//! | state | assign | contact | qualify | convert | disqualify | return |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | new | assigned | – | – | – | disqualified | – |
//! | assigned | assigned | contacted | – | – | disqualified | new |
//! | contacted | contacted | contacted | qualified | converted | disqualified | new |
//! | qualified | qualified | qualified | – | converted | disqualified | new |
//! | converted | – | – | – | – | – | – |
//! | disqualified | – | – | – | – | – | new |
//!
//! Assigning a lead that was answered hands it on; it stays answered. A lead that is returned is answered anew.

use super::lead::{Lead, LeadState};
use crate::ids::{ContactId, CustomerId, LeadId, LeadScoreModelId, OpportunityId, PositionId, UnitId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Why};
use uuid::Uuid;

/// What can happen to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LeadEvent {
    /// Given to a position.
    Assign,
    /// Answered.
    Contact,
    /// Found worth an opportunity.
    Qualify,
    /// Became a customer and an opportunity.
    Convert,
    /// Found not worth going on.
    Disqualify,
    /// Given back, to be given to somebody else.
    Return,
}

/// What is wrong with a lead, or with what is asked of it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LeadError {
    /// The state does not allow the event.
    #[error("the lead is {state}: {event} is not possible from there; see its reason for what is")]
    IllegalPassage {
        /// The lead.
        id: LeadId,
        /// Where it stands.
        state: LeadState,
        /// What was asked.
        event: LeadEvent,
        /// What is possible.
        why: Why,
    },
    /// Nobody is named.
    #[error("a lead names nobody; give a company or a family name")]
    NameMissing,
    /// Nothing to answer to.
    #[error("a lead has nothing to answer to; give an e-mail address or a telephone number")]
    ContactPointMissing,
    /// Who gave a lead back is not given it again at once.
    #[error("the lead was taken from this position or given back by it; give it to another one first")]
    JustReturned {
        /// The lead.
        id: LeadId,
    },
    /// Another dealer works on the same prospect.
    #[error("another dealer works on this prospect already; leave it to him, or say that a rule shares it")]
    HeldByAnotherDealer {
        /// The lead.
        id: LeadId,
    },
    /// Nobody is left to be given it.
    #[error("nobody can be given this lead; name a position, or see why not each of them")]
    Nobody {
        /// The lead.
        id: LeadId,
        /// Why not each of the candidates.
        why: Why,
    },
    /// Several customers fit.
    #[error("several customers fit this lead; name the one that is meant")]
    SeveralCustomers {
        /// The lead.
        id: LeadId,
        /// Which ones, by what.
        why: Why,
    },
    /// An opportunity needs a method and a currency.
    #[error("no opportunity is named to join; give a sales method and a currency to open one")]
    MethodMissing,
    /// The opportunity is another customer's, or not open.
    #[error("the opportunity named is not an open one of this customer; name one that is, or none")]
    ForeignOpportunity {
        /// The lead.
        id: LeadId,
    },
    /// What came to an end is not worked on.
    #[error("the lead is {state}: it takes no changes, answers or points any more; take it up again first")]
    Closed {
        /// The lead.
        id: LeadId,
        /// Where it stands.
        state: LeadState,
    },
    /// It is a customer by now.
    #[error("the lead became a customer; say it of that customer")]
    IsCustomer {
        /// The lead.
        id: LeadId,
    },
    /// Rules answer no number for it.
    #[error("the rules give this lead no number of points; see which row cannot be told")]
    ScoreUnknown {
        /// The lead.
        id: LeadId,
        /// What the rules said.
        why: Why,
    },
    /// A model that was replaced is not taken up again.
    #[error("the model was replaced and has not learnt since; train its next version")]
    ModelRetired {
        /// The model.
        id: LeadScoreModelId,
    },
    /// A lead that is given up has a reason.
    #[error("a disqualified lead needs a reason; say why it is not worth going on")]
    ReasonMissing,
}

impl Coded for LeadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::IllegalPassage { .. }
            | Self::Closed { .. }
            | Self::IsCustomer { .. }
            | Self::ScoreUnknown { .. }
            | Self::ModelRetired { .. }
            | Self::JustReturned { .. }
            | Self::HeldByAnotherDealer { .. }
            | Self::Nobody { .. }
            | Self::SeveralCustomers { .. }
            | Self::ForeignOpportunity { .. } => ErrorKind::Rule,
            Self::NameMissing | Self::ContactPointMissing | Self::ReasonMissing | Self::MethodMissing => {
                ErrorKind::Validation
            }
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::IllegalPassage { .. } => "lead.illegal_passage",
            Self::Closed { .. } => "lead.closed",
            Self::IsCustomer { .. } => "lead.is_customer",
            Self::ScoreUnknown { .. } => "lead.score_unknown",
            Self::ModelRetired { .. } => "lead_score.retired",
            Self::NameMissing => "lead.name_missing",
            Self::ContactPointMissing => "lead.contact_point_missing",
            Self::ReasonMissing => "lead.reason_missing",
            Self::JustReturned { .. } => "lead.just_returned",
            Self::HeldByAnotherDealer { .. } => "lead.held_by_another_dealer",
            Self::Nobody { .. } => "lead.nobody",
            Self::SeveralCustomers { .. } => "lead.several_customers",
            Self::MethodMissing => "lead.method_missing",
            Self::ForeignOpportunity { .. } => "lead.foreign_opportunity",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::IllegalPassage { .. } | Self::Closed { .. } => "state",
            Self::ScoreUnknown { .. } | Self::IsCustomer { .. } => "lead",
            Self::ModelRetired { .. } => "model",
            Self::NameMissing => "family_name",
            Self::ContactPointMissing => "email",
            Self::ReasonMissing => "reason",
            Self::JustReturned { .. } | Self::HeldByAnotherDealer { .. } | Self::Nobody { .. } => "owner",
            Self::SeveralCustomers { .. } => "customer",
            Self::MethodMissing => "method",
            Self::ForeignOpportunity { .. } => "opportunity",
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::IllegalPassage { id, .. }
            | Self::Closed { id, .. }
            | Self::ScoreUnknown { id, .. }
            | Self::JustReturned { id }
            | Self::IsCustomer { id }
            | Self::HeldByAnotherDealer { id }
            | Self::Nobody { id, .. }
            | Self::SeveralCustomers { id, .. }
            | Self::ForeignOpportunity { id } => Some(id.uuid()),
            Self::ModelRetired { id } => Some(id.uuid()),
            _ => None,
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::IllegalPassage { why, .. }
            | Self::ScoreUnknown { why, .. }
            | Self::Nobody { why, .. }
            | Self::SeveralCustomers { why, .. } => Some(why),
            _ => None,
        }
    }
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: LeadState, event: LeadEvent) -> Option<LeadState> {
    use LeadEvent as E;
    use LeadState as S;
    match (state, event) {
        (S::New | S::Assigned, E::Assign) => Some(S::Assigned),
        (S::Contacted, E::Assign | E::Contact) | (S::Assigned, E::Contact) => Some(S::Contacted),
        (S::Qualified, E::Assign | E::Contact) | (S::Contacted, E::Qualify) => Some(S::Qualified),
        (S::Contacted | S::Qualified, E::Convert) => Some(S::Converted),
        (S::New | S::Assigned | S::Contacted | S::Qualified, E::Disqualify) => Some(S::Disqualified),
        (S::Assigned | S::Contacted | S::Qualified | S::Disqualified, E::Return) => Some(S::New),
        _ => None,
    }
}

/// Checks a lead that comes in.
///
/// # Errors
/// `lead.name_missing`, `lead.contact_point_missing`.
pub fn receive(lead: &Lead) -> Result<Why, LeadError> {
    let blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    if blank(&lead.company) && blank(&lead.family_name) {
        return Err(LeadError::NameMissing);
    }
    if lead.email.is_none() && lead.phone.is_none() {
        return Err(LeadError::ContactPointMissing);
    }
    Ok(received(lead))
}

/// That a lead came in.
pub(super) fn received(lead: &Lead) -> Why {
    Why::new("lead.received").fact("channel", lead.channel).fact("received_at", lead.received_at)
}

/// To whom a lead is given, and until when it is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// The position.
    pub owner: PositionId,
    /// Its unit.
    pub unit: UnitId,
    /// When it is given.
    pub at: DateTime<Utc>,
    /// Working minutes within which the first answer is due.
    pub limit_minutes: u32,
    /// When those will have passed; none when the unit is never open.
    pub respond_by: Option<DateTime<Utc>>,
}

/// Gives a lead to a position. What was answered already has no new limit.
///
/// # Errors
/// `lead.illegal_passage`, `lead.just_returned`.
pub fn assign(lead: &Lead, to: Assignment) -> Result<(Lead, Why), LeadError> {
    let (mut next, why) = pass(lead, LeadEvent::Assign)?;
    if lead.returned_by == Some(to.owner) {
        return Err(LeadError::JustReturned { id: lead.id });
    }
    next.owner = to.owner;
    next.unit = to.unit;
    next.assigned_at = Some(to.at);
    next.returned_by = None;
    let mut why = why.fact("owner", to.owner);
    if next.responded_at.is_none() {
        next.limit_minutes = Some(to.limit_minutes);
        next.respond_by = to.respond_by;
        why = why.fact("limit_minutes", to.limit_minutes);
        if let Some(limit) = to.respond_by {
            why = why.fact("respond_by", limit);
        }
    }
    Ok((next, why))
}

/// Records an answer; the first one stops the clock.
///
/// # Errors
/// `lead.illegal_passage`.
pub fn contact(lead: &Lead, at: DateTime<Utc>) -> Result<(Lead, Why), LeadError> {
    let (mut next, mut why) = pass(lead, LeadEvent::Contact)?;
    if next.responded_at.is_none() {
        next.responded_at = Some(at);
        why = why.fact("responded_at", at);
        if let Some(limit) = lead.respond_by {
            why = why.fact("respond_by", limit).fact("in_time", at <= limit);
        }
    }
    Ok((next, why))
}

/// Whether something may happen to a lead, before the work for it is done.
///
/// # Errors
/// `lead.illegal_passage`.
pub fn check(lead: &Lead, event: LeadEvent) -> Result<(), LeadError> {
    pass(lead, event).map(|_| ())
}

/// Whether a lead still takes answers and points.
///
/// # Errors
/// `lead.closed`.
pub fn check_open(lead: &Lead) -> Result<(), LeadError> {
    if super::ranking::is_open(lead.state) {
        return Ok(());
    }
    Err(LeadError::Closed { id: lead.id, state: lead.state })
}

/// Records what a lead became, or was joined to.
///
/// # Errors
/// `lead.illegal_passage`.
pub fn convert(
    lead: &Lead,
    customer: CustomerId,
    contact: Option<ContactId>,
    opportunity: OpportunityId,
) -> Result<(Lead, Why), LeadError> {
    let (next, why) = pass(lead, LeadEvent::Convert)?;
    let opportunity = Some(opportunity);
    Ok((Lead { customer: Some(customer), contact, opportunity, ..next }, why))
}

/// Finds a lead worth an opportunity.
///
/// # Errors
/// `lead.illegal_passage`.
pub fn qualify(lead: &Lead) -> Result<(Lead, Why), LeadError> {
    pass(lead, LeadEvent::Qualify)
}

/// Finds a lead not worth going on.
///
/// # Errors
/// `lead.illegal_passage`, `lead.reason_missing`.
pub fn disqualify(lead: &Lead, reason: &str) -> Result<(Lead, Why), LeadError> {
    let (mut next, why) = pass(lead, LeadEvent::Disqualify)?;
    if reason.trim().is_empty() {
        return Err(LeadError::ReasonMissing);
    }
    next.disqualified_reason = Some(reason.trim().to_owned());
    Ok((next, why))
}

/// Gives a lead back: its clock starts anew when it is given to somebody else.
///
/// # Errors
/// `lead.illegal_passage`.
pub fn give_back(lead: &Lead) -> Result<(Lead, Why), LeadError> {
    let (mut next, why) = pass(lead, LeadEvent::Return)?;
    next.respond_by = None;
    next.responded_at = None;
    next.disqualified_reason = None;
    next.limit_minutes = None;
    if lead.state != LeadState::Disqualified {
        next.returned_by = Some(lead.owner);
        next.moves = Some(lead.moves.unwrap_or(0).saturating_add(1));
    }
    Ok((next, why))
}

/// Whether the first answer is due and has not come.
#[must_use]
pub fn is_overdue(lead: &Lead, now: DateTime<Utc>) -> bool {
    lead.state == LeadState::Assigned
        && lead.responded_at.is_none()
        && lead.respond_by.is_some_and(|limit| limit < now)
}

/// How far a lead that is overdue has to be carried up: once for each time its limit has passed anew, and for each time it
/// moved on already; 3 at most. Late is counted in the same working minutes as the limit.
#[must_use]
pub fn escalation(lead: &Lead, late_minutes: u64) -> u32 {
    const HIGHEST: u64 = 3;
    let limit = u64::from(lead.limit_minutes.unwrap_or(DEFAULT_LIMIT_MINUTES).max(1));
    let level = 1 + late_minutes / limit + u64::from(lead.moves.unwrap_or(0));
    u32::try_from(level.min(HIGHEST)).unwrap_or(1)
}

/// Working minutes within which a lead is answered when nobody says otherwise: four hours.
pub const DEFAULT_LIMIT_MINUTES: u32 = 240;

fn pass(lead: &Lead, event: LeadEvent) -> Result<(Lead, Why), LeadError> {
    let Some(state) = transition(lead.state, event) else {
        let mut why = Why::new("lead.possible").fact("state", lead.state);
        for possible in LeadEvent::ALL.iter().filter(|event| transition(lead.state, **event).is_some()) {
            why = why.fact("event", possible);
        }
        return Err(LeadError::IllegalPassage { id: lead.id, state: lead.state, event, why });
    };
    let why = Why::new("lead.passage").fact("event", event).fact("from", lead.state).fact("to", state);
    Ok((Lead { state, ..lead.clone() }, why))
}

#[cfg(test)]
mod tests {
    use super::super::lead::LeadChannel;
    use super::*;
    use crate::party::Seat;

    fn lead(state: LeadState) -> Lead {
        let seat = Seat {
            owner: PositionId::from_uuid(Uuid::from_u128(2)),
            unit: UnitId::from_uuid(Uuid::from_u128(3)),
        };
        let id = LeadId::from_uuid(Uuid::from_u128(1));
        Lead {
            state,
            company: Some("Esempio".to_owned()),
            email: "info@example.com".parse().ok(),
            ..Lead::blank(id, seat, LeadChannel::WebForm, DateTime::UNIX_EPOCH)
        }
    }

    fn to(lead: &Lead, respond_by: DateTime<Utc>) -> Assignment {
        let (owner, unit) = (lead.owner, lead.unit);
        Assignment { owner, unit, at: DateTime::UNIX_EPOCH, limit_minutes: 240, respond_by: Some(respond_by) }
    }

    #[test]
    fn the_table_above_is_the_machine() {
        let rows: Vec<Vec<&str>> = include_str!("life.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! |"))
            .map(|line| line.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect())
            .collect();
        let events = &rows[0][1..];
        assert_eq!((events.len(), rows.len() - 2), (LeadEvent::ALL.len(), LeadState::ALL.len()));
        for row in &rows[2..] {
            for (event, expected) in events.iter().zip(&row[1..]) {
                let state = LeadState::ALL.iter().find(|state| state.to_string() == row[0]).unwrap();
                let event = LeadEvent::ALL.iter().find(|known| known.to_string() == *event).unwrap();
                let next = transition(*state, *event).map_or("–".to_owned(), |next| next.to_string());
                assert_eq!(next, *expected, "{state} {event}");
            }
        }
    }

    #[test]
    fn the_first_answer_stops_the_clock_and_a_return_starts_it_anew() {
        let hour = |hours| DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hours);
        let new = lead(LeadState::New);
        let (given, _) = assign(&new, to(&new, hour(4))).unwrap();
        assert!(!is_overdue(&given, hour(4)) && is_overdue(&given, hour(5)));
        let (answered, why) = contact(&given, hour(5)).unwrap();
        assert_eq!(why.value("in_time"), Some("false"));
        assert!(!is_overdue(&answered, hour(9)));
        let (again, _) = contact(&answered, hour(7)).unwrap();
        assert_eq!(again.responded_at, Some(hour(5)));
        let (back, _) = give_back(&again).unwrap();
        assert_eq!((back.state, back.respond_by, back.responded_at), (LeadState::New, None, None));
        assert_eq!(assign(&back, to(&back, hour(9))).unwrap_err().code(), "lead.just_returned");
        let other = PositionId::from_uuid(Uuid::from_u128(9));
        let (moved, _) = assign(&back, Assignment { owner: other, ..to(&back, hour(9)) }).unwrap();
        assert_eq!((moved.owner, moved.returned_by, moved.moves), (other, None, Some(1)));
        assert_eq!([0, 239, 240, 900].map(|late| escalation(&given, late)), [1, 1, 2, 3]);
        assert_eq!(escalation(&moved, 0), 2);
    }

    #[test]
    fn a_lead_names_somebody_who_can_be_answered_and_a_loss_its_reason() {
        let fine = lead(LeadState::New);
        assert!(receive(&fine).is_ok());
        let nobody = Lead { company: Some(" ".to_owned()), ..fine.clone() };
        assert_eq!(receive(&nobody), Err(LeadError::NameMissing));
        let mute = Lead { email: None, ..fine.clone() };
        assert_eq!(receive(&mute), Err(LeadError::ContactPointMissing));
        assert_eq!(disqualify(&fine, " "), Err(LeadError::ReasonMissing));
        assert_eq!(qualify(&fine).unwrap_err().code(), "lead.illegal_passage");
    }
}
