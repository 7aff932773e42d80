//! Commands on opportunities.

use super::{Key, Outcome, of_opportunity};
use crate::claims::check_not_protected;
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::marketing::Campaign;
use clientela_core::organisation::{NumberedDocument, Position, Verb};
use clientela_core::party::Relationship;
use clientela_core::performance::{Measure, Win, accepted_net, becomes_first_win, reversal, shared_credits};
use clientela_core::sales::opportunity::{
    self as decision, By, Move, NewOpportunity, OpportunityError, Outcome as End,
};
use clientela_core::sales::{
    Credit, Offer, OfferItem, OfferState, Opportunity, OpportunityEvent, OpportunityMember, OpportunityState,
    SalesMethod, Stage, missing, team,
};
use clientela_model::identifier::Currency;
use clientela_model::{EntityId, Field, Money, Predicate, RateTable, Record, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};

/// Enters an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenOpportunity {
    /// The customer.
    pub customer: Key,
    /// Title.
    pub title: String,
    /// Code of the sales method.
    pub method: Key,
    /// Currency of its amounts and offers.
    pub currency: Currency,
    /// The position that works on it; the acting one when not given.
    #[serde(default)]
    pub owner: Option<Key>,
    /// What it is expected to bring, net.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Number of vehicles.
    #[serde(default)]
    pub vehicles: Option<u32>,
    /// Day it is expected to be decided.
    #[serde(default)]
    pub expected_close: Option<NaiveDate>,
    /// Code of the campaign it came from.
    #[serde(default)]
    pub campaign: Option<Key>,
    /// A number given by another system; the unit's series gives one otherwise.
    #[serde(default)]
    pub number: Option<String>,
}

/// Takes an opportunity to another stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveOpportunity {
    /// The opportunity.
    pub opportunity: Key,
    /// Code of the stage; the next one, or the one before, when not given.
    #[serde(default)]
    pub to: Option<String>,
    /// Why, in the user's words.
    #[serde(default)]
    pub note: Option<String>,
}

/// Opens a won or lost opportunity again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReopenOpportunity {
    /// The opportunity.
    pub opportunity: Key,
    /// Why; to make acceptances void it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether the acceptances of its offers are void with the win. They stand when not given: the reason of the receipt names them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void_offers: bool,
}

/// Ends or pauses an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndOpportunity {
    /// The opportunity.
    pub opportunity: Key,
    /// Why; a loss needs it.
    #[serde(default)]
    pub reason: Option<String>,
    /// Who got it instead.
    #[serde(default)]
    pub competitor: Option<String>,
    /// Day it is to be taken up again, when it is put aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

pub(super) fn open(door: &mut Door<'_, '_>, command: &OpenOpportunity) -> Result<Outcome> {
    let customer = door.resolve::<Relationship>(&command.customer)?;
    let method = door.resolve::<SalesMethod>(&command.method)?;
    let stages = stages(door, &method.record)?;
    let campaign = command.campaign.as_ref().map(|key| door.resolve::<Campaign>(key)).transpose()?;
    let (owner, unit) = match &command.owner {
        Some(key) => {
            let position = door.resolve::<Position>(key)?.record;
            (position.id, position.unit)
        }
        None => (door.actor().position, door.actor().unit),
    };
    check_not_protected(&door.view(), customer.record.party, unit, door.now())?;
    let number = match &command.number {
        Some(number) => {
            door.unused_at_dealer::<Opportunity>("number", number, unit)?;
            number.clone()
        }
        None => door.next_number(unit, NumberedDocument::Opportunity)?,
    };
    let new = NewOpportunity {
        id: door.new_id(),
        number,
        customer: customer.record.id,
        owner,
        unit,
        title: command.title.clone(),
        currency: command.currency,
        amount: command.amount,
        vehicles: command.vehicles,
        expected_close: command.expected_close,
        campaign: campaign.map(|campaign| campaign.record.id),
    };
    let Move { opportunity, passage, why } = decision::open(new, &method.record, &stages, by(door))?;
    door.create(&opportunity)?;
    door.create(&passage)?;
    let outcome = Outcome::of(&opportunity, Some(&opportunity.number), why);
    super::stage_actions::bring(door, &opportunity, outcome)
}

pub(super) fn advance(door: &mut Door<'_, '_>, command: &MoveOpportunity) -> Result<Outcome> {
    change_stage(door, command, OpportunityEvent::Advance)
}

pub(super) fn go_back(door: &mut Door<'_, '_>, command: &MoveOpportunity) -> Result<Outcome> {
    change_stage(door, command, OpportunityEvent::GoBack)
}

fn change_stage(
    door: &mut Door<'_, '_>,
    command: &MoveOpportunity,
    event: OpportunityEvent,
) -> Result<Outcome> {
    let stored = door.to_change::<Opportunity>(&command.opportunity)?;
    let method = door.get::<SalesMethod>(stored.record.method)?;
    let stages = stages(door, &method.record)?;
    let from = stage_of(&stages, &stored.record)?;
    let to = match &command.to {
        Some(code) => stages.iter().find(|stage| stage.code == *code).ok_or_else(|| {
            OpportunityError::ForeignStage { number: stored.record.number.clone(), stage: code.clone() }
        })?,
        None => neighbour(&stages, from, event).unwrap_or(from),
    };
    let moved = decision::change_stage(&stored.record, from, to, event, command.note.clone(), by(door))?;
    if event != OpportunityEvent::Advance {
        return keep(door, &stored, moved);
    }
    check_exit(door, from, &stored.record)?;
    if let Some(rule) = &to.entry_rule {
        let outcome = door.rule_on_opportunity(rule, &stored.record)?;
        if !outcome.holds {
            let lacking = missing::missing(&outcome.why);
            let (stage, needed) = (to.code.clone(), missing::needed(&lacking));
            let why = missing::refusal("stage.entry_refused", &stage, &lacking, outcome.why);
            return Err(OpportunityError::EntryRefused { stage, needed, why }.into());
        }
    }
    let reached = moved.opportunity.clone();
    let outcome = keep(door, &stored, moved)?;
    super::stage_actions::bring(door, &reached, outcome)
}

/// Refuses to go on from a stage, to a later one or to the win, whose exit condition does not hold.
fn check_exit(door: &Door<'_, '_>, from: &Stage, opportunity: &Opportunity) -> Result<()> {
    let Some(rule) = &from.exit_rule else { return Ok(()) };
    let outcome = door.rule_on_opportunity(rule, opportunity)?;
    if outcome.holds {
        return Ok(());
    }
    let lacking = missing::missing(&outcome.why);
    let (stage, needed) = (from.code.clone(), missing::needed(&lacking));
    let why = missing::refusal("stage.exit_refused", &stage, &lacking, outcome.why);
    Err(OpportunityError::ExitRefused { stage, needed, why }.into())
}

pub(super) fn suspend(door: &mut Door<'_, '_>, command: &EndOpportunity) -> Result<Outcome> {
    change_state(door, command, OpportunityEvent::Suspend)
}

pub(super) fn resume(door: &mut Door<'_, '_>, command: &EndOpportunity) -> Result<Outcome> {
    change_state(door, command, OpportunityEvent::Resume)
}

pub(super) fn lose(door: &mut Door<'_, '_>, command: &EndOpportunity) -> Result<Outcome> {
    let outcome = change_state(door, command, OpportunityEvent::Lose)?;
    let lost = door.resolve::<Opportunity>(&command.opportunity)?.record;
    super::stage_actions::drop_planned(door, &lost, outcome)
}

pub(super) fn win(door: &mut Door<'_, '_>, command: &EndOpportunity) -> Result<Outcome> {
    let mut outcome = change_state(door, command, OpportunityEvent::Win)?;
    let won = door.resolve::<Opportunity>(&command.opportunity)?.record;
    let of_won = of_opportunity(won.id);
    // What counts is what is there, whether this actor sees all of it or not.
    let offers: Vec<Offer> = door.whole::<Offer>(&of_won)?;
    let mut items = Vec::new();
    for offer in &offers {
        let of_offer = Predicate::equals("offer", Value::Id(offer.id.uuid()));
        let current = Predicate::equals("revision", Value::Integer(i64::from(offer.revision)));
        items.extend(door.whole::<OfferItem>(&of_offer.and(current))?);
    }
    let first_win = !door.customer_has_bought(won.customer, won.id)?;
    let day = door.today();
    let splits = team::splits(&won, &door.whole::<OpportunityMember>(&of_won)?);
    let win = Win { opportunity: &won, offers: &offers, items: &items, new_customer: first_win, day };
    let ids = || door.new_id();
    let (credits, why) = shared_credits(win, &splits, won.currency, &RateTable::default(), ids)?;
    for credit in &credits {
        door.create_derived(credit)?;
    }
    outcome.why = outcome.why.because(told(door, why, &offers, &credits));
    Ok(outcome)
}

/// The reason of credits for whoever reads the offers they count and the credits themselves; for others, that there are some.
fn told(door: &Door<'_, '_>, why: Why, offers: &[Offer], credits: &[Credit]) -> Why {
    let view = door.view();
    let mut accepted = offers.iter().filter(|offer| offer.state == OfferState::Accepted);
    let reads_offers = accepted.all(|offer| view.may(Verb::Read, Offer::ENTITY, &offer.to_values()));
    let reads_credits =
        credits.iter().any(|credit| view.may(Verb::Read, Credit::ENTITY, &credit.to_values()));
    if reads_offers && reads_credits { why } else { Why::new(why.reason) }
}

pub(super) fn reopen(door: &mut Door<'_, '_>, command: &ReopenOpportunity) -> Result<Outcome> {
    let end = EndOpportunity {
        opportunity: command.opportunity.clone(),
        reason: command.reason.clone(),
        competitor: None,
        until: None,
    };
    let mut outcome = change_state(door, &end, OpportunityEvent::Reopen)?;
    let reopened = door.resolve::<Opportunity>(&command.opportunity)?.record;
    let credits: Vec<Credit> = door.whole::<Credit>(&of_opportunity(reopened.id))?;
    let day = door.today();
    let (taken_back, why) = reversal(&credits, day, || door.new_id())?;
    for credit in &taken_back {
        door.create_derived(credit)?;
    }
    outcome.why = outcome.why.because(why);
    let accepted = Predicate::equals("state", OfferState::Accepted.to_value());
    for stored in door.whole_stored::<Offer>(&of_opportunity(reopened.id).and(accepted))? {
        if command.void_offers {
            let reason = command.reason.as_deref().unwrap_or_default();
            let voided = super::acceptances::void_stored(door, &stored, reason)?;
            outcome.why = outcome.why.because(voided.why);
        } else if door.view().may(Verb::Read, Offer::ENTITY, &stored.record.to_values()) {
            let stands = Why::new("offer.stands").fact("offer", &stored.record.number);
            outcome.why = outcome.why.because(stands.fact("state", stored.record.state));
        }
    }
    if taken_back.iter().all(|credit| credit.measure != Measure::NewCustomers) {
        return Ok(outcome);
    }
    let Some(next) = next_first_win(door, &reopened)? else { return Ok(outcome) };
    let splits = team::splits(&next, &door.whole::<OpportunityMember>(&of_opportunity(next.id))?);
    let (credits, why) = becomes_first_win(&next, &splits, day, || door.new_id())?;
    for credit in &credits {
        door.create_derived(credit)?;
    }
    outcome.why = outcome.why.because(why);
    Ok(outcome)
}

/// The earliest other win with a customer, now that one is none any more.
fn next_first_win(door: &Door<'_, '_>, reopened: &Opportunity) -> Result<Option<Opportunity>> {
    let won = Predicate::equals("customer", Value::Id(reopened.customer.uuid()))
        .and(Predicate::equals("state", OpportunityState::Won.to_value()));
    let mut won: Vec<Opportunity> = door.whole(&won)?;
    won.retain(|one| one.id != reopened.id);
    Ok(won.into_iter().min_by_key(|one| (one.closed_on, one.id)))
}

fn change_state(
    door: &mut Door<'_, '_>,
    command: &EndOpportunity,
    event: OpportunityEvent,
) -> Result<Outcome> {
    let stored = door.to_change::<Opportunity>(&command.opportunity)?;
    let method = door.get::<SalesMethod>(stored.record.method)?;
    let stages = stages(door, &method.record)?;
    let stage = stage_of(&stages, &stored.record)?;
    let mut amount = None;
    if event == OpportunityEvent::Win {
        check_exit(door, stage, &stored.record)?;
        // What counts is what is there, whether this actor sees all of it or not.
        let offers: Vec<Offer> = door.whole(&of_opportunity(stored.record.id))?;
        amount = accepted_net(&offers, stored.record.currency)?;
    }
    let (reason, competitor) = (command.reason.clone(), command.competitor.clone());
    let end = End { reason, competitor, until: command.until, amount };
    let moved = decision::change_state(&stored.record, stage, event, end, by(door))?;
    keep(door, &stored, moved)
}

pub(super) fn keep(door: &mut Door<'_, '_>, stored: &Stored<Opportunity>, moved: Move) -> Result<Outcome> {
    door.update(&moved.opportunity, stored.version)?;
    door.create(&moved.passage)?;
    Ok(Outcome::of(&moved.opportunity, Some(&moved.opportunity.number), moved.why))
}

pub(super) fn by(door: &Door<'_, '_>) -> By {
    By { user: door.actor().user, at: door.now(), today: door.today(), passage: door.new_id() }
}

pub(super) fn stages(door: &Door<'_, '_>, method: &SalesMethod) -> Result<Vec<Stage>> {
    let of_method = Predicate::equals("method", Value::Id(method.id.uuid()));
    let mut stages: Vec<Stage> =
        door.all_of::<Stage>(&of_method)?.into_iter().map(|stored| stored.record).collect();
    stages.sort_by_key(|stage| stage.sequence);
    Ok(stages)
}

pub(super) fn stage_of<'a>(stages: &'a [Stage], opportunity: &Opportunity) -> Result<&'a Stage> {
    stages
        .iter()
        .find(|stage| stage.id == opportunity.stage)
        .ok_or_else(|| OpportunityError::NoStages { method: opportunity.number.clone() }.into())
}

fn neighbour<'a>(stages: &'a [Stage], from: &Stage, event: OpportunityEvent) -> Option<&'a Stage> {
    if event == OpportunityEvent::Advance {
        stages.iter().find(|stage| stage.sequence > from.sequence)
    } else {
        stages.iter().rev().find(|stage| stage.sequence < from.sequence)
    }
}
