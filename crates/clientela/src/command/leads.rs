//! Commands on leads.

use super::customers::seat;
use super::{Key, Outcome};
use crate::calendar;
use crate::door::Door;
use crate::error::Result;
use crate::lead_distribution::{Distribute, among, check_not_held, same_as};
use crate::lead_scoring::count_outcome;
use chrono::TimeDelta;
use clientela_core::catalogue::Product;
use clientela_core::leads::life::{self, is_overdue};
use clientela_core::leads::{
    Assignment, DEFAULT_LIMIT_MINUTES, Lead, LeadError, LeadPlace, LeadState, LeadTerritory, NewLead,
    SENT_AGAIN_DAYS, enter_lead, enter_lead_consent, is_sent_again,
};
use clientela_core::marketing::Campaign;
use clientela_core::organisation::{NumberedDocument, Position, Unit};
use clientela_core::party::entry::{NewConsent, Seat};
use clientela_model::identifier::Country;
use clientela_model::{EntityId, ErrorKind, Field, Predicate, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Receives a lead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiveLead {
    /// What is known of it.
    pub lead: NewLead,
    /// A number given by another system; the unit's series gives one otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Code of the campaign it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Key>,
    /// Code of the product asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Key>,
    /// What the person said about being contacted. A contact is not named: there is none yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<NewConsent>,
    /// Who is given it at once; nobody yet when neither this nor `distribute` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// By what it is distributed at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribute: Option<Distribute>,
    /// Working minutes within which it is to be answered; four hours when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// Gives a lead to somebody: to the one named, or by distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignLead {
    /// The lead.
    pub lead: Key,
    /// The position that is given it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// By what it is distributed when nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribute: Option<Distribute>,
    /// Working minutes within which it is to be answered; four hours when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// Says what happened to a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadRef {
    /// The lead.
    pub lead: Key,
}

/// Gives up a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisqualifyLead {
    /// The lead.
    pub lead: Key,
    /// Why it is not worth going on.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Moves on all leads of a unit, and of those below it, whose limit has passed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RerouteOverdue {
    /// By what they are distributed anew, and which unit's.
    pub distribute: Distribute,
    /// Working minutes within which they are to be answered; four hours when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// Says whose the leads of an area are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineTerritory {
    /// Code of the unit.
    pub unit: Key,
    /// Title of the position; all of the unit when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// Country.
    pub country: Country,
    /// How the postal codes of the area begin; the whole country when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_start: Option<String>,
}

pub(super) fn receive(door: &mut Door<'_, '_>, command: &ReceiveLead) -> Result<Outcome> {
    take_in(door, command, Intake::default())
}

/// How a lead comes in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Intake {
    /// Whether it names a way to be answered which stands among its words.
    pub(super) point_in_words: bool,
    /// Whether a machine sent it, which nobody watches: it may send the same again, and a lead must not be lost for what is wrong
    /// with whom it is to be given to.
    pub(super) from_machine: bool,
}

/// Takes a lead in.
pub(super) fn take_in(
    door: &mut Door<'_, '_>,
    command: &ReceiveLead,
    Intake { point_in_words, from_machine }: Intake,
) -> Result<Outcome> {
    let actor = seat(door, None)?;
    if let Some(known) = known(door, &command.lead, actor)? {
        return Ok(known);
    }
    let campaign = command.campaign.as_ref().map(|key| door.resolve::<Campaign>(key)).transpose()?;
    let product = command.product.as_ref().map(|key| door.resolve::<Product>(key)).transpose()?;
    let place = LeadPlace {
        id: door.new_id(),
        number: command.number.clone(),
        seat: actor,
        country: country_of(door, actor),
        campaign: campaign.map(|campaign| campaign.record.id),
        product: product.map(|product| product.record.id),
        point_in_words,
    };
    let (mut lead, why) = enter_lead(&command.lead, place, door.now())?;
    let for_whom = command.owner.as_deref().and_then(|owner| seat(door, Some(owner)).ok());
    if from_machine && let Some(known) = sent_again(door, &lead, actor, for_whom)? {
        return Ok(known);
    }
    match &lead.number {
        Some(number) => door.unused_at_dealer::<Lead>("number", number, actor.unit)?,
        None => lead.number = Some(door.next_number(actor.unit, NumberedDocument::Lead)?),
    }
    door.create(&lead)?;
    let mut outcome = Outcome::of(&lead, lead.number.as_deref(), why);
    for said in &command.consents {
        let consent = enter_lead_consent(said, door.new_id(), lead.id, door.now())?;
        door.create(&consent)?;
        outcome = outcome.and(&consent, None);
    }
    if command.owner.is_some() || command.distribute.is_some() {
        let stored = Stored { version: door.version_of::<Lead>(lead.id)?, record: lead };
        let why = give(door, stored, command.owner.as_deref(), command.distribute.as_ref(), command.minutes);
        outcome.why = outcome.why.because(given_or_kept(why, from_machine)?);
    }
    Ok(outcome)
}

/// Why a lead was given to somebody; or, where the distribution leaves nobody, why not each of them: the lead stays with who
/// received it, for it is lost if it is refused. One that a machine sent stays too when whom it is to go to is wrong.
fn given_or_kept(given: Result<Why>, from_machine: bool) -> Result<Why> {
    given.or_else(|error| match error.why() {
        Some(why) if error.code() == "lead.nobody" => Ok(Why::new("lead.not_given").because(why.clone())),
        _ if from_machine && is_of_whom(&error) => Ok(Why::new("lead.not_given").fact("code", error.code())),
        _ => Err(error),
    })
}

/// Whether an error speaks of whom something is given to, and not of the store.
fn is_of_whom(error: &crate::Error) -> bool {
    use ErrorKind::{NotFound, Rights, Rule, Validation};
    matches!(error.kind(), NotFound | Rights | Rule | Validation)
}

/// The unit's country, or that of the nearest unit above that has one.
pub(crate) fn country_of(door: &Door<'_, '_>, seat: Seat) -> Option<Country> {
    let up = |unit: &Unit| unit.parent.and_then(|above| door.found::<Unit>(above));
    std::iter::successors(door.found::<Unit>(seat.unit), up)
        .take(clientela_model::predicate::TREE_DEPTH_MAX)
        .find_map(|unit| unit.country)
}

/// The lead that source and reference name already: at the same dealer, or among those the actor sees.
fn known(door: &Door<'_, '_>, new: &NewLead, actor: Seat) -> Result<Option<Outcome>> {
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (Some(source), Some(external)) = (given(&new.source), given(&new.external)) else { return Ok(None) };
    let same = Predicate::equals("external", Value::Text(Cow::Owned(external)))
        .and(Predicate::equals("source", Value::Text(Cow::Owned(source))));
    let why = Why::new("lead.known_already").fact("by", "source").fact("by", "external");
    if let Some(seen) = door.first_of::<Lead>(&same)? {
        return Ok(Some(Outcome::of(&seen.record, seen.record.number.as_deref(), why)));
    }
    let dealer = door.dealer_of(actor.unit)?;
    for lead in door.whole::<Lead>(&same)? {
        if door.dealer_of(lead.unit)? == dealer {
            return Ok(Some(Outcome { records: Vec::new(), why }));
        }
    }
    Ok(None)
}

/// The lead that a message without a reference says once more: at the same dealer, or among those the actor sees. A message for somebody
/// is another than one for another dealer.
fn sent_again(
    door: &Door<'_, '_>,
    lead: &Lead,
    actor: Seat,
    for_whom: Option<Seat>,
) -> Result<Option<Outcome>> {
    let Some(same) = same_as(lead, &["email", "phone"]) else { return Ok(None) };
    let Some(source) = lead.source.clone().filter(|_| lead.external.is_none()) else { return Ok(None) };
    let same = same.and(Predicate::equals("source", Value::Text(Cow::Owned(source))));
    let why = Why::new("lead.known_already")
        .because(Why::new("lead.sent_again").fact("within_days", SENT_AGAIN_DAYS));
    let dealer = door.dealer_of(for_whom.unwrap_or(actor).unit)?;
    for Stored { record: seen, .. } in door.all_of::<Lead>(&same)? {
        if is_sent_again(lead, &seen) && (for_whom.is_none() || door.dealer_of(seen.unit)? == dealer) {
            return Ok(Some(Outcome::of(&seen, seen.number.as_deref(), why)));
        }
    }
    for other in door.whole::<Lead>(&same)? {
        if is_sent_again(lead, &other) && door.dealer_of(other.unit)? == dealer {
            return Ok(Some(Outcome { records: Vec::new(), why }));
        }
    }
    Ok(None)
}

pub(super) fn assign(door: &mut Door<'_, '_>, command: &AssignLead) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(&command.lead)?;
    let (lead, key) = (stored.record.clone(), stored.record.number.clone());
    let why = give(door, stored, command.owner.as_deref(), command.distribute.as_ref(), command.minutes)?;
    Ok(Outcome::of(&lead, key.as_deref(), why))
}

/// Gives a lead the actor may change to the one named or, when nobody is, to whom the distribution decides.
fn give(
    door: &mut Door<'_, '_>,
    stored: Stored<Lead>,
    owner: Option<&str>,
    distribution: Option<&Distribute>,
    minutes: Option<u32>,
) -> Result<Why> {
    let lead = &stored.record;
    let by = distribution.cloned().unwrap_or_default();
    let (seat, reason) = if owner.is_some() {
        let seat = seat(door, owner)?;
        if !by.shared {
            check_not_held(door, lead, seat.unit)?;
        }
        (seat, Why::new("lead.by_hand"))
    } else {
        let decided = among(door, lead, &by)?;
        let position = decided.chosen.map(|chosen| chosen.position);
        let nobody = || LeadError::Nobody { id: lead.id, why: decided.why.clone() };
        let position = door.get::<Position>(position.ok_or_else(nobody)?)?.record;
        (Seat { owner: position.id, unit: position.unit }, decided.why)
    };
    let limit_minutes = minutes.unwrap_or(DEFAULT_LIMIT_MINUTES);
    let (time, _) = calendar::of_unit(&door.view(), seat.unit)?;
    let respond_by = time.add(door.now(), TimeDelta::minutes(limit_minutes.into()));
    let to = Assignment { owner: seat.owner, unit: seat.unit, at: door.now(), limit_minutes, respond_by };
    let (next, why) = life::assign(lead, to)?;
    // Within the actor's dealer the distribution is the house's rule: who may change the lead may have it applied.
    let by_rule = owner.is_none() && door.dealer_of(seat.unit)? == door.dealer_of(door.actor().unit)?;
    if by_rule {
        door.update_derived(&next, stored.version)?;
    } else {
        door.update(&next, stored.version)?;
    }
    Ok(why.because(reason))
}

pub(super) fn contact(door: &mut Door<'_, '_>, command: &LeadRef) -> Result<Outcome> {
    let now = door.now();
    change(door, &command.lead, |lead| life::contact(lead, now))
}

pub(super) fn qualify(door: &mut Door<'_, '_>, command: &LeadRef) -> Result<Outcome> {
    change(door, &command.lead, life::qualify)
}

pub(super) fn disqualify(door: &mut Door<'_, '_>, command: &DisqualifyLead) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(&command.lead)?;
    let (next, why) = life::disqualify(&stored.record, command.reason.as_deref().unwrap_or_default())?;
    door.update(&next, stored.version)?;
    count_outcome(door, &next, false)?;
    Ok(Outcome::of(&next, next.number.as_deref(), why))
}

fn change(
    door: &mut Door<'_, '_>,
    key: &str,
    decide: impl FnOnce(&Lead) -> std::result::Result<(Lead, Why), LeadError>,
) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(key)?;
    let (next, why) = decide(&stored.record)?;
    door.update(&next, stored.version)?;
    Ok(Outcome::of(&next, next.number.as_deref(), why))
}

pub(super) fn reroute(door: &mut Door<'_, '_>, command: &AssignLead) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(&command.lead)?;
    let (owner, by) = (command.owner.as_deref(), command.distribute.as_ref());
    let why = move_on(door, &stored, owner, by, command.minutes)?;
    Ok(Outcome::of(&stored.record, stored.record.number.as_deref(), why))
}

/// Takes a lead from its owner and gives it to somebody else, or leaves it where it is.
fn move_on(
    door: &mut Door<'_, '_>,
    stored: &Stored<Lead>,
    owner: Option<&str>,
    by: Option<&Distribute>,
    minutes: Option<u32>,
) -> Result<Why> {
    let (back, returned) = life::give_back(&stored.record)?;
    count_outcome(door, &stored.record, true)?;
    let why = give(door, Stored { record: back, version: stored.version }, owner, by, minutes)?;
    Ok(why.because(returned))
}

pub(super) fn reroute_overdue(door: &mut Door<'_, '_>, command: &RerouteOverdue) -> Result<Outcome> {
    let unit = match &command.distribute.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    let below = Predicate::Below {
        column: "unit".into(),
        entity: "unit",
        parent: "parent",
        roots: vec![unit.uuid()],
    };
    let given = below.and(Predicate::equals("state", LeadState::Assigned.to_value()));
    let now = door.now();
    let mut overdue = door.all_of::<Lead>(&given)?;
    overdue.retain(|stored| is_overdue(&stored.record, now));
    overdue.sort_by_key(|stored| (stored.record.respond_by, stored.record.id));
    let mut outcome = Outcome { records: Vec::new(), why: Why::new("lead.overdue_moved_on") };
    for stored in overdue {
        let moved = door
            .to_change::<Lead>(&stored.record.id.to_string())
            .and_then(|stored| move_on(door, &stored, None, Some(&command.distribute), command.minutes));
        let why = match moved {
            Ok(why) => {
                outcome = outcome.and(&stored.record, stored.record.number.as_deref());
                why
            }
            // One that has nowhere to go does not keep the others; it stays overdue and is told.
            Err(error) if matches!(error.code(), "lead.nobody" | "access.not_allowed") => {
                let stays = Why::new("lead.stays").fact("lead", stored.record.id);
                error.why().cloned().into_iter().fold(stays, Why::because)
            }
            Err(error) => return Err(error),
        };
        outcome.why = outcome.why.because(why);
    }
    Ok(outcome)
}

pub(super) fn define_territory(door: &mut Door<'_, '_>, command: &DefineTerritory) -> Result<Outcome> {
    let unit = door.resolve::<Unit>(&command.unit)?.record.id;
    let position = command.position.as_ref().map(|key| door.resolve::<Position>(key)).transpose()?;
    let territory = LeadTerritory {
        id: door.new_id(),
        unit,
        position: position.map(|position| position.record.id),
        country: command.country,
        postal_start: command.postal_start.clone().filter(|start| !start.trim().is_empty()),
    };
    door.create(&territory)?;
    Ok(Outcome::of(&territory, None, Why::new("lead_territory.defined").fact("unit", &command.unit)))
}
