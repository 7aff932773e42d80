//! Commands that change who sits where and what he may: seats taken, positions moved, profiles changed, users who come back.

use super::organisation::{GrantLine, grants};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::organisation::{
    self, Function, Grant, Holding, Position, Profile, Unit, User, change_grants, check_own_profile,
    check_position, check_same_dealer,
};
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};

/// Gives a user a position, beside those he holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginHolding {
    /// Login of the user.
    pub user: Key,
    /// Title of the position.
    pub position: Key,
    /// First day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; until it is ended when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// Changes a position: only what is named. It counts from now on; what an earlier day is asked about is answered by what was then.
/// Records of the position stay in the unit they were entered in until they are handed over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePosition {
    /// Title of the position.
    pub position: Key,
    /// The unit it sits in, of the same dealer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// New title, one of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The position it reports to; to none when null.
    #[serde(
        default,
        deserialize_with = "clientela_core::party::entry::named",
        skip_serializing_if = "Option::is_none"
    )]
    pub reports_to: Option<Option<Key>>,
    /// Name of its profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Key>,
}

/// Changes a profile: its name, or all its rights. It counts for every position of that profile from now on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeProfile {
    /// Name of the profile.
    pub profile: Key,
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rights it has from now on, and no others; they stay when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantLine>>,
}

/// Lets a user sign in again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivateUser {
    /// Login of the user.
    pub user: Key,
}

pub(super) fn begin_holding(door: &mut Door<'_, '_>, command: &BeginHolding) -> Result<Outcome> {
    let user = door.to_change::<User>(&command.user)?.record;
    let position = door.resolve::<Position>(&command.position)?.record;
    let held = door.whole::<Holding>(&Predicate::equals("user", Value::Id(user.id.uuid())))?;
    let from = command.from.unwrap_or_else(|| door.today());
    let days = (from, command.to);
    let holding = organisation::begin_holding(door.new_id(), &user, position.id, days, &held)?;
    door.create(&holding)?;
    let why = Why::new("holding.begun").fact("position", &position.title).fact("from", from);
    Ok(Outcome::of(&holding, None, why).and(&user, Some(&user.login)))
}

pub(super) fn change_position(door: &mut Door<'_, '_>, command: &ChangePosition) -> Result<Outcome> {
    let stored = door.to_change::<Position>(&command.position)?;
    let mut position = stored.record.clone();
    let mut why = Why::new("position.changed");
    if let Some(title) = command.title.as_ref().filter(|title| **title != position.title) {
        door.unused::<Position>("title", title)?;
        position.title.clone_from(title);
        why = why.fact("title", title);
    }
    if let Some(key) = &command.unit {
        let unit = door.resolve::<Unit>(key)?.record;
        check_same_dealer("unit", door.dealer_of(position.unit)?, door.dealer_of(unit.id)?)?;
        position.unit = unit.id;
        why = why.fact("unit", &unit.code);
    }
    if let Some(named) = &command.reports_to {
        let above = named.as_ref().map(|key| door.resolve::<Position>(key)).transpose()?;
        position.reports_to = above.as_ref().map(|above| above.record.id);
        why = above.iter().fold(why, |why, above| why.fact("reports_to", &above.record.title));
    }
    if let Some(key) = &command.profile {
        let profile = door.resolve::<Profile>(key)?.record;
        position.profile = profile.id;
        why = why.fact("profile", &profile.name);
    }
    position.function = command.function.unwrap_or(position.function);
    if position.profile != stored.record.profile && position.id == door.actor().position {
        let rights =
            door.whole::<Grant>(&Predicate::equals("profile", Value::Id(position.profile.uuid())))?;
        check_own_profile(&rights).map_err(|error| error.at("profile"))?;
    }
    check_position(&position, |id| door.found::<Unit>(id).is_some(), |id| door.found(id))?;
    if position != stored.record {
        door.update(&position, stored.version)?;
    }
    Ok(Outcome::of(&position, Some(&position.title), why))
}

pub(super) fn change_profile(door: &mut Door<'_, '_>, command: &ChangeProfile) -> Result<Outcome> {
    let stored = door.to_change::<Profile>(&command.profile)?;
    let mut profile = stored.record.clone();
    if let Some(name) = command.name.as_ref().filter(|name| **name != profile.name) {
        door.unused::<Profile>("name", name)?;
        profile.name.clone_from(name);
        door.update(&profile, stored.version)?;
    }
    let mut why = Why::new("profile.changed");
    if let Some(lines) = &command.grants {
        let known = door.all_of::<Grant>(&Predicate::equals("profile", Value::Id(profile.id.uuid())))?;
        let rights: Vec<Grant> = known.iter().map(|stored| stored.record.clone()).collect();
        let own = door.found::<Position>(door.actor().position).map(|position| position.profile);
        let wanted = grants(door, &profile, lines)?;
        let (changed, new) = change_grants(&rights, &wanted, own == Some(profile.id))?;
        why = why.fact("grants", lines.len()).fact("new", new.len()).fact("changed", changed.len());
        for grant in &changed {
            let version = known.iter().find(|stored| stored.record.id == grant.id);
            let version = version.map(|stored| stored.version);
            door.update(grant, version.ok_or(CrmError::Internal { what: "a right that changes was read" })?)?;
        }
        for grant in &new {
            door.create(grant)?;
        }
    }
    Ok(Outcome::of(&profile, Some(&profile.name), why))
}

pub(super) fn activate_user(door: &mut Door<'_, '_>, command: &ActivateUser) -> Result<Outcome> {
    let stored = door.to_change::<User>(&command.user)?;
    let user = organisation::activate(&stored.record)?;
    door.update(&user, stored.version)?;
    Ok(Outcome::of(&user, Some(&user.login), Why::new("user.activated")))
}
