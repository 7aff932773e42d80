//! Commands on units, positions, users, profiles.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::ids::UnitId;
use clientela_core::organisation::{
    Function, Grant, Holding, NumberSeries, NumberedDocument, Position, Profile, Scope, Unit, UnitKind, User,
    Verb,
};
use clientela_core::organisation::{check_position, check_same_dealer, check_unit, dealer_of};
use clientela_model::identifier::{Country, TimeZone, VatNumber};
use clientela_model::{Predicate, Value, ValueError, Why};
use serde::{Deserialize, Serialize};

/// Adds a unit to the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateUnit {
    /// The unit above.
    pub parent: Key,
    /// Level.
    pub kind: UnitKind,
    /// Code known to other systems.
    pub code: String,
    /// Name.
    pub name: String,
    /// Country.
    #[serde(default)]
    pub country: Option<Country>,
    /// First day of its existence.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// Last day of its existence.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// Time zone that says which day it is there; that of the unit above when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// Street and number; it stands on its documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// VAT number of the company that sells, with the letters of its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<VatNumber>,
}

/// Changes a unit: only what is named. Another unit above counts from now on; what an earlier day is asked about is answered by
/// what was above it then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeUnit {
    /// The unit.
    pub unit: Key,
    /// The unit above from now on, of the same dealer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Key>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Time zone that says which day it is there, and below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// Last day of its existence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Street and number; it stands on its documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// VAT number of the company that sells, with the letters of its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<VatNumber>,
}

/// Adds a profile with its rights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineProfile {
    /// Name.
    pub name: String,
    /// Its rights.
    pub grants: Vec<GrantLine>,
}

/// One right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantLine {
    /// Name of the entity, or `*` for all.
    pub entity: String,
    /// What may be done.
    pub verb: Verb,
    /// On which records.
    pub scope: Scope,
    /// Whether confidential fields are included.
    #[serde(default)]
    pub confidential: bool,
}

/// Adds a position to a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePosition {
    /// The unit it sits in.
    pub unit: Key,
    /// What it does.
    pub function: Function,
    /// Title, one of its kind.
    pub title: String,
    /// The position it reports to.
    #[serde(default)]
    pub reports_to: Option<Key>,
    /// Name of its profile.
    pub profile: Key,
}

/// Adds a user, with the position he holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Name used to sign in.
    pub login: String,
    /// Full name.
    pub name: String,
    /// The position he holds.
    pub position: Key,
    /// From this day on.
    pub from: NaiveDate,
    /// Whether as a substitute.
    #[serde(default)]
    pub substitute: bool,
}

/// Keeps a user from signing in; what he did stays his.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeactivateUser {
    /// Login of the user.
    pub user: Key,
}

/// Ends what a user holds of a position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndHolding {
    /// Login of the user.
    pub user: Key,
    /// Title of the position; needed when he holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// Last day he holds it; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
}

/// Lets a user stand in for the one who holds a position, with all its rights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubstituteHolding {
    /// Login of the one who stands in.
    pub user: Key,
    /// Title of the position; that of the one who acts when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// Sets prefix and next number of a unit's documents, and of those below it up to the next unit with a series of its own.
/// A series serves one dealer: one of a unit above the dealers serves that unit alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineNumberSeries {
    /// The unit.
    pub unit: Key,
    /// What it numbers.
    pub document: NumberedDocument,
    /// Put before the number.
    pub prefix: String,
    /// The next number to be given.
    pub next: i64,
}

pub(super) fn create_unit(door: &mut Door<'_, '_>, command: &CreateUnit) -> Result<Outcome> {
    let parent = door.resolve::<Unit>(&command.parent)?;
    door.unused::<Unit>("code", &command.code)?;
    let unit = Unit {
        id: door.new_id(),
        parent: Some(parent.record.id),
        kind: command.kind,
        code: command.code.clone(),
        name: command.name.clone(),
        country: command.country,
        valid_from: command.valid_from,
        valid_to: command.valid_to,
        time_zone: command.time_zone,
        street: command.street.clone(),
        postal_code: command.postal_code.clone(),
        locality: command.locality.clone(),
        vat_number: command.vat_number.clone(),
    };
    check_unit(&unit, |id| door.found(id))?;
    door.create(&unit)?;
    let why = Why::new("unit.created").fact("parent", &parent.record.code).fact("kind", unit.kind);
    Ok(Outcome::of(&unit, Some(&unit.code), why))
}

pub(super) fn change_unit(door: &mut Door<'_, '_>, command: &ChangeUnit) -> Result<Outcome> {
    let stored = door.to_change::<Unit>(&command.unit)?;
    let mut unit = stored.record.clone();
    unit.name = command.name.clone().unwrap_or(unit.name);
    unit.country = command.country.or(unit.country);
    unit.time_zone = command.time_zone.or(unit.time_zone);
    unit.valid_to = command.valid_to.or(unit.valid_to);
    let mut why = Why::new("unit.changed");
    if let Some(key) = &command.parent {
        let above = door.resolve::<Unit>(key)?.record;
        unit.parent = Some(above.id);
        why = why.fact("parent", &above.code);
    }
    for (kept, told) in [
        (&mut unit.street, &command.street),
        (&mut unit.postal_code, &command.postal_code),
        (&mut unit.locality, &command.locality),
    ] {
        *kept = told.clone().or(kept.take());
    }
    unit.vat_number = command.vat_number.clone().or(unit.vat_number);
    check_unit(&unit, |id| door.found(id))?;
    let moved = |id| if id == unit.id { Some(unit.clone()) } else { door.found(id) };
    check_same_dealer("parent", door.dealer_of(unit.id)?, dealer_of(unit.id, moved))?;
    door.update(&unit, stored.version)?;
    Ok(Outcome::of(&unit, Some(&unit.code), why))
}

pub(super) fn define_profile(door: &mut Door<'_, '_>, command: &DefineProfile) -> Result<Outcome> {
    door.unused::<Profile>("name", &command.name)?;
    let profile = Profile { id: door.new_id(), name: command.name.clone() };
    door.create(&profile)?;
    for grant in grants(door, &profile, &command.grants)? {
        door.create(&grant)?;
    }
    Ok(Outcome::of(
        &profile,
        Some(&profile.name),
        Why::new("profile.defined").fact("grants", command.grants.len()),
    ))
}

/// Rights of a profile as they are said.
pub(super) fn grants(door: &Door<'_, '_>, profile: &Profile, lines: &[GrantLine]) -> Result<Vec<Grant>> {
    let mut grants = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        if line.entity != "*" && clientela_core::entity(&line.entity).is_none() {
            let problem = ValueError::new(
                "grant.unknown_entity",
                "entity of the grant",
                "is not declared",
                "* or a declared name",
            );
            return Err(problem.at(format!("grants[{index}].entity")).into());
        }
        grants.push(Grant {
            id: door.new_id(),
            profile: profile.id,
            entity: line.entity.clone(),
            verb: line.verb,
            scope: line.scope,
            confidential: line.confidential,
            withdrawn: None,
        });
    }
    Ok(grants)
}

pub(super) fn create_position(door: &mut Door<'_, '_>, command: &CreatePosition) -> Result<Outcome> {
    door.unused::<Position>("title", &command.title)?;
    let unit = door.resolve::<Unit>(&command.unit)?;
    let profile = door.resolve::<Profile>(&command.profile)?;
    let above = command.reports_to.as_ref().map(|key| door.resolve::<Position>(key)).transpose()?;
    let position = Position {
        id: door.new_id(),
        unit: unit.record.id,
        function: command.function,
        title: command.title.clone(),
        reports_to: above.map(|above| above.record.id),
        profile: profile.record.id,
    };
    check_position(&position, |id| door.found::<Unit>(id).is_some(), |id| door.found(id))?;
    door.create(&position)?;
    let why =
        Why::new("position.created").fact("unit", &unit.record.code).fact("profile", &profile.record.name);
    Ok(Outcome::of(&position, Some(&position.title), why))
}

pub(super) fn create_user(door: &mut Door<'_, '_>, command: &CreateUser) -> Result<Outcome> {
    door.unused::<User>("login", &command.login)?;
    let position = door.resolve::<Position>(&command.position)?;
    let user =
        User { id: door.new_id(), login: command.login.clone(), name: command.name.clone(), active: true };
    door.create(&user)?;
    let holding = Holding {
        id: door.new_id(),
        user: user.id,
        position: position.record.id,
        substitute: command.substitute,
        valid_from: command.from,
        valid_to: None,
    };
    door.create(&holding)?;
    let why = Why::new("user.created").fact("position", &position.record.title).fact("from", command.from);
    Ok(Outcome::of(&user, Some(&user.login), why))
}

pub(super) fn deactivate_user(door: &mut Door<'_, '_>, command: &DeactivateUser) -> Result<Outcome> {
    let stored = door.to_change::<User>(&command.user)?;
    let user = clientela_core::organisation::deactivate(&stored.record, door.actor().user)?;
    door.update(&user, stored.version)?;
    Ok(Outcome::of(&user, Some(&user.login), Why::new("user.deactivated")))
}

pub(super) fn end_holding(door: &mut Door<'_, '_>, command: &EndHolding) -> Result<Outcome> {
    use clientela_model::EntityId;
    let user = door.to_change::<User>(&command.user)?.record;
    let position = command.position.as_ref().map(|key| door.resolve::<Position>(key)).transpose()?;
    let of_user = Predicate::equals("user", Value::Id(user.id.uuid()));
    let held = door.all_of::<Holding>(&of_user)?;
    let holdings: Vec<Holding> = held.iter().map(|stored| stored.record.clone()).collect();
    let last_day = command.last_day.unwrap_or_else(|| door.today());
    let named = position.as_ref().map(|position| position.record.id);
    let ended = clientela_core::organisation::end_holding(&holdings, named, last_day, door.today())?;
    let version = held.iter().find(|stored| stored.record.id == ended.id).map_or(0, |stored| stored.version);
    door.update(&ended, version)?;
    let why = Why::new("holding.ended").fact("position", ended.position).fact("last_day", last_day);
    Ok(Outcome::of(&ended, None, why).and(&user, Some(&user.login)))
}

pub(super) fn substitute_holding(door: &mut Door<'_, '_>, command: &SubstituteHolding) -> Result<Outcome> {
    use clientela_model::EntityId;
    let user = door.resolve::<User>(&command.user)?.record;
    let own = door.actor().position.to_string();
    let position = door.resolve::<Position>(command.position.as_ref().unwrap_or(&own))?.record;
    let held = door.whole::<Holding>(&Predicate::equals("user", Value::Id(user.id.uuid())))?;
    let holding = clientela_core::organisation::substitute(
        door.new_id(),
        &user,
        position.id,
        command.from,
        command.to,
        &held,
    )?;
    if holds_itself(door, &position)? {
        door.create_derived(&holding)?;
    } else {
        door.create(&holding)?;
    }
    let why = Why::new("holding.substituted").fact("position", &position.title);
    let why = why.fact("from", command.from).fact("to", command.to);
    Ok(Outcome::of(&holding, None, why).and(&user, Some(&user.login)))
}

/// Whether the one who acts holds the position today and not as a substitute: he names his own, and nobody a substitute's.
fn holds_itself(door: &Door<'_, '_>, position: &Position) -> Result<bool> {
    use clientela_model::EntityId;
    if door.actor().position != position.id {
        return Ok(false);
    }
    let of_user = Predicate::equals("user", Value::Id(door.actor().user.uuid()));
    let (held, today) = (door.whole::<Holding>(&of_user)?, door.today());
    Ok(held.iter().any(|holding| {
        holding.position == position.id
            && !holding.substitute
            && holding.period().is_ok_and(|period| period.contains(today))
    }))
}

pub(super) fn define_number_series(door: &mut Door<'_, '_>, command: &DefineNumberSeries) -> Result<Outcome> {
    let unit = door.resolve::<Unit>(&command.unit)?;
    if !(1..crate::door::NUMBER_MAX).contains(&command.next) {
        let expected = "a number from 1, below a million million";
        let problem = ValueError::new("number_series.bounds", "next number", "is out of bounds", expected);
        return Err(problem.at("next").into());
    }
    let why = Why::new("number_series.defined").fact("unit", &unit.record.code).fact("next", command.next);
    if let Some(mut stored) = series(door, unit.record.id, command.document)? {
        if stored.record.next.is_some_and(|next| command.next < next) {
            let problem = ValueError::new(
                "number_series.backwards",
                "next number",
                "was given already",
                "a higher number",
            );
            return Err(problem.at("next").into());
        }
        stored.record.prefix = command.prefix.clone();
        stored.record.next = Some(command.next);
        door.update(&stored.record, stored.version)?;
        return Ok(Outcome::of(&stored.record, None, why));
    }
    let record = NumberSeries {
        id: door.new_id(),
        unit: unit.record.id,
        document: command.document,
        prefix: command.prefix.clone(),
        next: Some(command.next),
    };
    door.create(&record)?;
    Ok(Outcome::of(&record, None, why))
}

/// The series of a unit for a kind of document.
pub(crate) fn series(
    door: &Door<'_, '_>,
    unit: UnitId,
    document: NumberedDocument,
) -> Result<Option<clientela_store::Stored<NumberSeries>>> {
    use clientela_model::{EntityId, Field};
    let of_unit = Predicate::equals("unit", Value::Id(unit.uuid()));
    door.first_of(&of_unit.and(Predicate::equals("document", document.to_value())))
}
