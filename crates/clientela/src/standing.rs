//! As whom a session acts: read again whenever the organisation has changed.
//!
//! A position that ended, a profile that was changed or a user who left counts from the next call on, whichever session or
//! program changed it.

use crate::error::{CrmError, Result};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::{PositionId, UnitId, UserId};
use clientela_core::organisation::{
    Actor, CustomerShare, Grant, Holding, OpportunityShare, Position, Profile, Share, Shared, SignInError,
    Unit, User, sharing::given_to, sign_in, time_zone_of,
};
use clientela_model::identifier::TimeZone;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Predicate, Record, Value};
use clientela_store::{Order, Reader};
use std::borrow::Cow;
use std::sync::Arc;

/// Commits that are looked through for changes of the organisation; after more of them the rights are read again at once.
const LOOKED_THROUGH: u32 = 256;

/// What rights follow from.
pub(crate) const ORGANISATION: [&str; 8] = [
    Unit::ENTITY.name,
    User::ENTITY.name,
    Holding::ENTITY.name,
    Position::ENTITY.name,
    Profile::ENTITY.name,
    Grant::ENTITY.name,
    CustomerShare::ENTITY.name,
    OpportunityShare::ENTITY.name,
];

/// Who acts, as of one state of the store.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// The user in his position, with its rights.
    pub(crate) actor: Arc<Actor>,
    /// The zone that says which day it is in the position's unit.
    pub(crate) zone: TimeZone,
    /// The state of the store it was read in, and the day.
    version: i64,
    day: NaiveDate,
}

/// Whom to look for.
#[derive(Debug, Clone, Copy)]
enum Who<'w> {
    Login(&'w str, Option<&'w str>),
    Known(UserId, PositionId),
}

impl Standing {
    /// Signs a user in.
    ///
    /// # Errors
    /// `session.unknown_user`, `session.no_position`.
    pub(crate) fn sign_in(
        reader: &Reader<'_>,
        login: &str,
        position: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        Self::read(reader, Who::Login(login, position), now)
    }

    /// The standing in the state that is read; the same one when nothing of it can have changed.
    ///
    /// # Errors
    /// `session.ended` when the user may no longer act from his position.
    pub(crate) fn renewed(&self, reader: &Reader<'_>, now: DateTime<Utc>) -> Result<Option<Self>> {
        let (version, day) = (reader.version()?, self.zone.day_of(now));
        if version == self.version && day == self.day {
            return Ok(None);
        }
        if day == self.day && version > self.version && !organisation_changed(reader, self.version)? {
            return Ok(Some(Self { version, ..self.clone() }));
        }
        let who = Who::Known(self.actor.user, self.actor.position);
        Self::read(reader, who, now).map(Some)
    }

    fn read(reader: &Reader<'_>, who: Who<'_>, now: DateTime<Utc>) -> Result<Self> {
        let user = match who {
            Who::Login(login, _) => {
                let named = Predicate::equals("login", Value::Text(Cow::Owned(login.to_owned())));
                reader.first::<User>(&named, &Order::by_id())?
            }
            Who::Known(user, _) => reader.get::<User>(user)?,
        }
        .map(|stored| stored.record);
        let held = user
            .as_ref()
            .map_or(Predicate::Nothing, |user| Predicate::equals("user", Value::Id(user.id.uuid())));
        let holdings: Vec<Holding> = records(reader, &held)?;
        let mut positions: Vec<Position> = Vec::new();
        for holding in &holdings {
            positions.extend(reader.get::<Position>(holding.position)?.map(|stored| stored.record));
        }
        let find = |id: UnitId| reader.get::<Unit>(id).ok().flatten().map(|stored| stored.record);
        let day = |unit: UnitId| time_zone_of(unit, find).day_of(now);
        let asked = match who {
            Who::Login(_, position) => position.map(str::to_owned),
            Who::Known(_, position) => Some(position.to_string()),
        };
        let signed_in = sign_in(user.as_ref(), &holdings, &positions, asked.as_deref(), day);
        let signed_in = signed_in.map_err(|refused: SignInError| match who {
            Who::Login(..) => crate::Error::from(refused),
            Who::Known(..) => CrmError::SessionEnded.into(),
        })?;
        let of_profile = Predicate::equals("profile", Value::Id(signed_in.position.profile.uuid()));
        let zone = time_zone_of(signed_in.position.unit, find);
        // The position, and those above it.
        let mut line = up(signed_in.position.id, |id| {
            Ok(reader.get::<Position>(id)?.and_then(|stored| stored.record.reports_to))
        })?;
        let shares = shared_with(reader, signed_in.position, &line, zone.day_of(now))?;
        let superiors = line.split_off(1.min(line.len()));
        let actor = Arc::new(signed_in.actor(records(reader, &of_profile)?, shares, superiors));
        Ok(Self { actor, zone, version: reader.version()?, day: zone.day_of(now) })
    }
}

/// What is shared with a position on a day, by id of the record.
fn shared_with(
    reader: &Reader<'_>,
    position: &Position,
    line: &[PositionId],
    day: NaiveDate,
) -> Result<Vec<Shared>> {
    let units = up(position.unit, |id| Ok(reader.get::<Unit>(id)?.and_then(|stored| stored.record.parent)))?;
    let given = given_to(position.id, line, &units, day);
    let mut shared = given_by::<CustomerShare>(reader, &given)?;
    shared.extend(given_by::<OpportunityShare>(reader, &given)?);
    Ok(shared)
}

fn given_by<S: Share>(reader: &Reader<'_>, given: &Predicate) -> Result<Vec<Shared>> {
    Ok(records::<S>(reader, given)?.iter().map(Shared::by).collect())
}

/// The record and those above it.
fn up<Id: Copy>(start: Id, above: impl Fn(Id) -> Result<Option<Id>>) -> Result<Vec<Id>> {
    let mut found = vec![start];
    let mut current = above(start)?;
    while let Some(id) = current.filter(|_| found.len() < TREE_DEPTH_MAX) {
        found.push(id);
        current = above(id)?;
    }
    Ok(found)
}

fn organisation_changed(reader: &Reader<'_>, since: i64) -> Result<bool> {
    let touched = reader.touched_since(since, LOOKED_THROUGH)?;
    Ok(touched.is_none_or(|touched| touched.iter().any(|(entity, _)| ORGANISATION.contains(&entity.name))))
}

fn records<R: Record>(reader: &Reader<'_>, condition: &Predicate) -> Result<Vec<R>> {
    let found = reader.find::<R>(condition, &Order::by_id(), None, 0)?;
    Ok(found.into_iter().map(|stored| stored.record).collect())
}
