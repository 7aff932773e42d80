//! Opportunities: their states, their stages and the passages between them.
//!
//! | state | advance | go_back | suspend | resume | win | lose | reopen | change | move_over |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | open | open | open | suspended | – | won | lost | – | open | open |
//! | suspended | – | – | – | open | – | lost | – | suspended | suspended |
//! | won | – | – | – | – | – | – | open | – | – |
//! | lost | – | – | – | – | – | – | open | – | – |
//!
//! Each passage keeps what the opportunity was worth, when it was expected and whose it was from then on: the state on any past
//! day is that of the last passage up to it.

use super::method::{ForecastCategory, SalesMethod, Stage};
use super::records::Passage;
use super::waterfall::LARGEST;
use crate::ids::{
    CampaignId, CustomerId, OpportunityId, PassageId, PositionId, SalesMethodId, StageId, UnitId, UserId,
};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Money, Record, Why};
use uuid::Uuid;

/// Where an opportunity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum OpportunityState {
    /// Being worked on.
    Open,
    /// Put aside until later.
    Suspended,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// What can happen to an opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum OpportunityEvent {
    /// It was entered.
    Open,
    /// On to a later stage.
    Advance,
    /// Back to an earlier stage.
    GoBack,
    /// Put aside.
    Suspend,
    /// Taken up again after being put aside.
    Resume,
    /// Won.
    Win,
    /// Lost.
    Lose,
    /// Opened again after being won or lost.
    Reopen,
    /// What is known of it changed: amount, close date, owner.
    Change,
    /// Taken over into another version of its method.
    MoveOver,
}

/// An opportunity to sell.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 22, name = "opportunity", access = owned, key = number)]
pub struct Opportunity {
    /// Id.
    #[field(number = 1)]
    pub id: OpportunityId,
    /// Number, given by the unit's series.
    #[field(number = 2, label = "Opportunity number", indexed, listed)]
    pub number: String,
    /// The customer.
    #[field(number = 3, indexed)]
    pub customer: CustomerId,
    /// The position that works on it.
    #[field(number = 4, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit of that position.
    #[field(number = 5, merge = central, indexed)]
    pub unit: UnitId,
    /// Title.
    #[field(number = 6, personal)]
    pub title: String,
    /// Sales method.
    #[field(number = 7)]
    pub method: SalesMethodId,
    /// Stage of the method.
    #[field(number = 8, merge = central)]
    pub stage: StageId,
    /// Where it stands.
    #[field(number = 9, merge = central, indexed)]
    pub state: OpportunityState,
    /// Probability of winning, in percent: that of the stage, 100 when won, 0 when lost.
    #[field(number = 10, label = "Probability (%)", merge = central)]
    pub probability: u16,
    /// Currency of its amounts and offers.
    #[field(number = 11)]
    pub currency: Currency,
    /// What it is expected to bring, net.
    #[field(number = 12)]
    pub amount: Option<Money>,
    /// Number of vehicles.
    #[field(number = 13)]
    pub vehicles: Option<u32>,
    /// Day it is expected to be decided.
    #[field(number = 14, listed)]
    pub expected_close: Option<NaiveDate>,
    /// Campaign it came from.
    #[field(number = 15)]
    pub campaign: Option<CampaignId>,
    /// Day it was entered.
    #[field(number = 16)]
    pub opened_on: NaiveDate,
    /// Day it was won or lost.
    #[field(number = 17, merge = central, indexed)]
    pub closed_on: Option<NaiveDate>,
    /// Why it was lost.
    #[field(number = 18, merge = central)]
    pub lost_reason: Option<String>,
    /// Who got it instead.
    #[field(number = 19, merge = central)]
    pub competitor: Option<String>,
    /// Day it is to be taken up again, when it is put aside.
    #[field(number = 20, merge = central)]
    pub suspended_until: Option<NaiveDate>,
    /// What is to be done next.
    #[field(number = 21, personal, group = "next_step")]
    pub next_step: Option<String>,
    /// Day that is to be done.
    #[field(number = 22, group = "next_step")]
    pub next_step_on: Option<NaiveDate>,
    /// What the seller counts it as in a forecast, instead of what its stage counts as; until the stage changes.
    #[field(number = 23)]
    pub forecast: Option<ForecastCategory>,
    /// What is expected to remain of the amount after cost.
    #[field(number = 24, confidential)]
    pub margin: Option<Money>,
}

/// A passage that is not allowed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OpportunityError {
    /// The state does not allow the event.
    #[error(
        "opportunity {number} is {state}: {event} is not possible from there; see its reason for what is"
    )]
    IllegalPassage {
        /// Id.
        id: OpportunityId,
        /// Number.
        number: String,
        /// Where it stands.
        state: OpportunityState,
        /// What was asked.
        event: OpportunityEvent,
        /// Why not.
        why: Why,
    },
    /// It is won or lost.
    #[error("opportunity {number} is {state}; reopen it before its offers change")]
    Closed {
        /// Id.
        id: OpportunityId,
        /// Number.
        number: String,
        /// Where it stands.
        state: OpportunityState,
    },
    /// The stage is of another method.
    #[error(
        "stage {stage} does not belong to the sales method of opportunity {number}; name one of its stages"
    )]
    ForeignStage {
        /// Number of the opportunity.
        number: String,
        /// Code of the stage.
        stage: String,
    },
    /// Advancing goes to a later stage, going back to an earlier one.
    #[error("stage {to} lies {side} stage {from}; {event} is the wrong way")]
    WrongDirection {
        /// Code of the stage it is in.
        from: String,
        /// Code of the stage asked for.
        to: String,
        /// Where that lies.
        side: &'static str,
        /// What was asked.
        event: OpportunityEvent,
    },
    /// The method is not for new opportunities.
    #[error("sales method {method} is no longer used for new opportunities; choose an active one")]
    InactiveMethod {
        /// Code of the method.
        method: String,
    },
    /// A method without stages.
    #[error("sales method {method} has no stages; define them first")]
    NoStages {
        /// Code of the method.
        method: String,
    },
    /// The entry condition of a stage does not hold.
    #[error("stage {stage} cannot be entered: its condition is not met; what it needs is {needed}")]
    EntryRefused {
        /// Code of the stage.
        stage: String,
        /// What would satisfy it.
        needed: String,
        /// What the condition saw.
        why: Why,
    },
    /// The exit condition of a stage does not hold.
    #[error("stage {stage} cannot be left: its condition is not met; what it needs is {needed}")]
    ExitRefused {
        /// Code of the stage.
        stage: String,
        /// What would satisfy it.
        needed: String,
        /// What the condition saw.
        why: Why,
    },
    /// A loss has a reason.
    #[error("a lost opportunity needs a reason; say why it was lost")]
    ReasonMissing,
    /// A next step without its day, or a day without its step.
    #[error("a next step needs the day it is to be done, and that day a step; give both or neither")]
    NextStep,
    /// A day to be taken up again that is over, or where nothing is put aside.
    #[error(
        "the day to take it up again goes with putting it aside and lies ahead; give a later one, or none"
    )]
    Until,
    /// The amount is below nothing, or more than can be forecast.
    #[error(
        "the amount is not one that can be forecast; give zero to {LARGEST}, for a margin also less than nothing"
    )]
    Amount,
    /// The amount is in another currency.
    #[error("the amount is in {found}, the opportunity in {expected}; give it in {expected}")]
    Currency {
        /// Currency found.
        found: Currency,
        /// Currency expected.
        expected: Currency,
    },
}

impl Coded for OpportunityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::IllegalPassage { .. }
            | Self::Closed { .. }
            | Self::EntryRefused { .. }
            | Self::ExitRefused { .. }
            | Self::WrongDirection { .. } => ErrorKind::Rule,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::IllegalPassage { .. } => "opportunity.illegal_passage",
            Self::Closed { .. } => "opportunity.closed",
            Self::ForeignStage { .. } => "opportunity.foreign_stage",
            Self::WrongDirection { .. } => "opportunity.wrong_direction",
            Self::InactiveMethod { .. } => "opportunity.inactive_method",
            Self::NoStages { .. } => "sales_method.no_stages",
            Self::EntryRefused { .. } => "opportunity.entry_refused",
            Self::ExitRefused { .. } => "opportunity.exit_refused",
            Self::ReasonMissing => "opportunity.reason_missing",
            Self::NextStep => "opportunity.next_step",
            Self::Until => "opportunity.until",
            Self::Amount => "opportunity.amount",
            Self::Currency { .. } => "opportunity.currency",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::IllegalPassage { .. } | Self::Closed { .. } => "state",
            Self::ForeignStage { .. }
            | Self::WrongDirection { .. }
            | Self::EntryRefused { .. }
            | Self::ExitRefused { .. } => "stage",
            Self::InactiveMethod { .. } | Self::NoStages { .. } => "method",
            Self::ReasonMissing => "lost_reason",
            Self::NextStep => "next_step_on",
            Self::Until => "until",
            Self::Amount | Self::Currency { .. } => "amount",
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::IllegalPassage { id, .. } | Self::Closed { id, .. } => Some(id.uuid()),
            _ => None,
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::IllegalPassage { why, .. }
            | Self::EntryRefused { why, .. }
            | Self::ExitRefused { why, .. } => Some(why),
            _ => None,
        }
    }
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: OpportunityState, event: OpportunityEvent) -> Option<OpportunityState> {
    use OpportunityEvent as E;
    use OpportunityState as S;
    match (state, event) {
        (S::Suspended, E::Change | E::MoveOver) | (S::Open, E::Suspend) => Some(S::Suspended),
        (S::Open, E::Advance | E::GoBack | E::Change | E::MoveOver)
        | (S::Suspended, E::Resume)
        | (S::Won | S::Lost, E::Reopen) => Some(S::Open),
        (S::Open, E::Win) => Some(S::Won),
        (S::Open | S::Suspended, E::Lose) => Some(S::Lost),
        _ => None,
    }
}

/// Whether offers of an opportunity may still be made, changed, issued and accepted: while it is neither won nor lost.
///
/// # Errors
/// `opportunity.closed`.
pub fn check_not_closed(opportunity: &Opportunity) -> Result<(), OpportunityError> {
    match opportunity.state {
        OpportunityState::Open | OpportunityState::Suspended => Ok(()),
        state @ (OpportunityState::Won | OpportunityState::Lost) => {
            Err(OpportunityError::Closed { id: opportunity.id, number: opportunity.number.clone(), state })
        }
    }
}

/// Refuses an amount that an opportunity in that currency cannot be expected to bring, net: one of another currency, below nothing, or
/// beyond [`LARGEST`], as much as an offer can come to.
///
/// # Errors
/// `opportunity.currency`, `opportunity.amount`.
pub fn check_amount(amount: Money, currency: Currency) -> Result<(), OpportunityError> {
    check_money(amount, currency)?;
    if amount.is_negative() { Err(OpportunityError::Amount) } else { Ok(()) }
}

/// As [`check_amount`], of what may be below nothing: a margin, an adjustment, what an offer comes to.
///
/// # Errors
/// `opportunity.currency`, `opportunity.amount`.
pub fn check_money(amount: Money, currency: Currency) -> Result<(), OpportunityError> {
    if amount.currency() != currency {
        return Err(OpportunityError::Currency { found: amount.currency(), expected: currency });
    }
    if amount.amount().abs() > LARGEST { Err(OpportunityError::Amount) } else { Ok(()) }
}

/// Who does something, and when: passed in by the one door.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// The user.
    pub user: UserId,
    /// The moment.
    pub at: DateTime<Utc>,
    /// The day it is in the unit of the one who does it.
    pub today: NaiveDate,
    /// Id of the passage to be kept.
    pub passage: PassageId,
}

/// A decided change of an opportunity: the record as it is to be, the passage to be kept, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The opportunity as it is to be.
    pub opportunity: Opportunity,
    /// The passage to be kept.
    pub passage: Passage,
    /// Why.
    pub why: Why,
}

/// What is needed to enter an opportunity.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOpportunity {
    /// Id to be.
    pub id: OpportunityId,
    /// Number given.
    pub number: String,
    /// The customer.
    pub customer: CustomerId,
    /// The position that works on it.
    pub owner: PositionId,
    /// Its unit.
    pub unit: UnitId,
    /// Title.
    pub title: String,
    /// Currency.
    pub currency: Currency,
    /// What it is expected to bring.
    pub amount: Option<Money>,
    /// Number of vehicles.
    pub vehicles: Option<u32>,
    /// Day it is expected to be decided.
    pub expected_close: Option<NaiveDate>,
    /// Campaign it came from.
    pub campaign: Option<CampaignId>,
}

/// Enters an opportunity in the first stage of a method.
///
/// # Errors
/// `opportunity.inactive_method`, `sales_method.no_stages`, `opportunity.currency`, `opportunity.amount`.
pub fn open(
    new: NewOpportunity,
    method: &SalesMethod,
    stages: &[Stage],
    by: By,
) -> Result<Move, OpportunityError> {
    if !method.active {
        return Err(OpportunityError::InactiveMethod { method: method.code.clone() });
    }
    let first = stages
        .iter()
        .min_by_key(|stage| stage.sequence)
        .ok_or_else(|| OpportunityError::NoStages { method: method.code.clone() })?;
    if let Some(amount) = new.amount {
        check_amount(amount, new.currency)?;
    }
    let opportunity = Opportunity {
        id: new.id,
        number: new.number,
        customer: new.customer,
        owner: new.owner,
        unit: new.unit,
        title: new.title,
        method: method.id,
        stage: first.id,
        state: OpportunityState::Open,
        probability: first.probability,
        currency: new.currency,
        amount: new.amount,
        vehicles: new.vehicles,
        expected_close: new.expected_close,
        campaign: new.campaign,
        opened_on: by.today,
        closed_on: None,
        lost_reason: None,
        competitor: None,
        suspended_until: None,
        next_step: None,
        next_step_on: None,
        forecast: None,
        margin: None,
    };
    let why = Why::new("opportunity.opened").fact("method", &method.code).fact("stage", &first.code);
    let passage = passage(None, &opportunity, first, OpportunityEvent::Open, None, by);
    Ok(Move { opportunity, passage, why })
}

/// Goes on to a later stage, or back to an earlier one. The entry condition of the stage is the caller's to evaluate.
///
/// # Errors
/// `opportunity.illegal_passage`, `opportunity.foreign_stage`, `opportunity.wrong_direction`.
pub fn change_stage(
    opportunity: &Opportunity,
    from: &Stage,
    to: &Stage,
    event: OpportunityEvent,
    note: Option<String>,
    by: By,
) -> Result<Move, OpportunityError> {
    let state = next_state(opportunity, event)?;
    if to.method != opportunity.method {
        return Err(OpportunityError::ForeignStage {
            number: opportunity.number.clone(),
            stage: to.code.clone(),
        });
    }
    let wanted = if event == OpportunityEvent::Advance {
        to.sequence > from.sequence
    } else {
        to.sequence < from.sequence
    };
    if !wanted {
        return Err(OpportunityError::WrongDirection {
            from: from.code.clone(),
            to: to.code.clone(),
            side: match to.sequence.cmp(&from.sequence) {
                std::cmp::Ordering::Less => "before",
                std::cmp::Ordering::Equal => "at",
                std::cmp::Ordering::Greater => "after",
            },
            event,
        });
    }
    let mut changed = opportunity.clone();
    changed.state = state;
    changed.stage = to.id;
    changed.probability = to.probability;
    changed.forecast = None;
    let why = Why::new("opportunity.stage_changed")
        .fact("from", &from.code)
        .fact("to", &to.code)
        .fact("probability", to.probability);
    Ok(moved(opportunity, changed, to, event, note, by, why))
}

/// Everything that is not a change of stage: suspend, resume, win, lose, reopen.
///
/// `stage` is the stage the opportunity is in. A loss needs a reason.
///
/// # Errors
/// `opportunity.illegal_passage`, `opportunity.reason_missing`, `opportunity.until`; `opportunity.currency` and `opportunity.amount` of
/// what a win brings.
pub fn change_state(
    opportunity: &Opportunity,
    stage: &Stage,
    event: OpportunityEvent,
    outcome: Outcome,
    by: By,
) -> Result<Move, OpportunityError> {
    let state = next_state(opportunity, event)?;
    if event == OpportunityEvent::Lose
        && outcome.reason.as_deref().is_none_or(|reason| reason.trim().is_empty())
    {
        return Err(OpportunityError::ReasonMissing);
    }
    if outcome.until.is_some_and(|day| day <= by.today || event != OpportunityEvent::Suspend) {
        return Err(OpportunityError::Until);
    }
    let mut changed = opportunity.clone();
    let today = by.today;
    let (probability, closed_on) = match state {
        OpportunityState::Won => (100, Some(today)),
        OpportunityState::Lost => (0, Some(today)),
        OpportunityState::Open | OpportunityState::Suspended => (stage.probability, None),
    };
    changed.state = state;
    changed.probability = probability;
    changed.closed_on = closed_on;
    if let Some(amount) = outcome.amount.filter(|_| state == OpportunityState::Won) {
        check_money(amount, changed.currency)?;
        changed.amount = Some(amount);
    }
    changed.suspended_until = outcome.until.filter(|_| state == OpportunityState::Suspended);
    let lost = state == OpportunityState::Lost;
    changed.lost_reason = outcome.reason.clone().filter(|_| lost);
    changed.competitor = outcome.competitor.filter(|_| lost);
    let why = Why::new("opportunity.state_changed").fact("from", opportunity.state).fact("to", state);
    Ok(moved(opportunity, changed, stage, event, outcome.reason, by, why))
}

/// Why an opportunity ends or pauses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In the user's words; needed for a loss.
    pub reason: Option<String>,
    /// Who got it instead.
    pub competitor: Option<String>,
    /// Day it is to be taken up again, when it is put aside.
    pub until: Option<NaiveDate>,
    /// What a win brings, where more is known of it than what was expected: from then on that is its amount.
    pub amount: Option<Money>,
}

pub(super) fn next_state(
    opportunity: &Opportunity,
    event: OpportunityEvent,
) -> Result<OpportunityState, OpportunityError> {
    transition(opportunity.state, event).ok_or_else(|| {
        let possible: Vec<&str> = OpportunityEvent::ALL
            .iter()
            .filter(|event| transition(opportunity.state, **event).is_some())
            .map(|event| event.word())
            .collect();
        OpportunityError::IllegalPassage {
            id: opportunity.id,
            number: opportunity.number.clone(),
            state: opportunity.state,
            event,
            why: Why::new("opportunity.illegal_passage")
                .fact("state", opportunity.state)
                .fact("event", event)
                .fact("possible", possible.join(", ")),
        }
    })
}

/// The passage from one state of an opportunity to the next, with what it is worth from then on.
fn passage(
    before: Option<&Opportunity>,
    after: &Opportunity,
    stage: &Stage,
    event: OpportunityEvent,
    note: Option<String>,
    by: By,
) -> Passage {
    Passage {
        id: by.passage,
        opportunity: after.id,
        at: by.at,
        user: by.user,
        event,
        from_stage: before.map(|before| before.stage),
        to_stage: after.stage,
        from_state: before.map(|before| before.state),
        to_state: after.state,
        note,
        day: Some(by.today),
        owner: Some(after.owner),
        unit: Some(after.unit),
        probability: Some(after.probability),
        forecast: Some(after.forecast.unwrap_or(stage.forecast)),
        amount: after.amount,
        expected_close: after.expected_close,
    }
}

/// A decided change: the opportunity as it is to be with the passage that says so. `stage` is the stage it will be in.
pub(super) fn moved(
    before: &Opportunity,
    after: Opportunity,
    stage: &Stage,
    event: OpportunityEvent,
    note: Option<String>,
    by: By,
    why: Why,
) -> Move {
    let passage = passage(Some(before), &after, stage, event, note, by);
    Move { opportunity: after, passage, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above_is_the_machine() {
        let source = include_str!("opportunity.rs");
        let rows: Vec<Vec<&str>> = source
            .lines()
            .filter_map(|line| line.strip_prefix("//! |"))
            .map(|line| line.trim_end_matches('|').split('|').map(str::trim).collect())
            .collect();
        let (head, body) = (&rows[0], &rows[2..]);
        assert_eq!(body.len(), OpportunityState::ALL.len());
        for row in body {
            let state = OpportunityState::parse(row[0]).unwrap();
            for (name, cell) in head.iter().zip(row).skip(1) {
                let event = OpportunityEvent::parse(name).unwrap();
                let expected = (*cell != "–").then(|| OpportunityState::parse(cell).unwrap());
                assert_eq!(transition(state, event), expected, "{state} {event}");
            }
        }
    }
}
