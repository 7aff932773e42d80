//! Questions on the organisation and on rights, of any day: the tree of units, who could see a record, and why.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::organisation_past::{Concerned, Organisation, Remembered, chain, concerns};
use crate::session::{Session, declared};
use crate::view::View;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use clientela_core::entity;
use clientela_core::ids::{HoldingId, PositionId, UnitId, UserId};
use clientela_core::organisation::{
    AccessRule, Explained, Function, Holding, Position, Unit, UnitKind, User, Verb, explain,
};
use clientela_model::identifier::Country;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Entity, Predicate, Record, Value, Why};
use clientela_store::{Order, Reader};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The units on a day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnitTreeOf {
    /// Code of the unit to begin at; the whole tree when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// The day; today when not given. A past day is told as it was recorded at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// A unit with what is in it and below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TreeUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub kind: UnitKind,
    /// Its country.
    pub country: Option<Country>,
    /// First day of its existence.
    pub valid_from: Option<NaiveDate>,
    /// Last day of its existence.
    pub valid_to: Option<NaiveDate>,
    /// The positions in it, by title.
    pub positions: Vec<TreePosition>,
    /// The units right below it, by code.
    pub units: Vec<TreeUnit>,
}

/// A position with who holds it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TreePosition {
    /// The position.
    pub position: PositionId,
    /// Its title.
    pub title: String,
    /// What it does.
    pub function: Function,
    /// Name of its profile.
    pub profile: String,
    /// Title of the position it reports to.
    pub reports_to: Option<String>,
    /// Who holds it on the day, substitutes last.
    pub holders: Vec<Holder>,
}

/// Who holds a position.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holder {
    /// The holding.
    pub holding: HoldingId,
    /// The user.
    pub user: UserId,
    /// His login.
    pub login: String,
    /// Whether as a substitute.
    pub substitute: bool,
    /// Whether the user may sign in.
    pub active: bool,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while it lasts.
    pub valid_to: Option<NaiveDate>,
}

pub(super) fn tree(session: &Session, question: &UnitTreeOf) -> Result<Vec<TreeUnit>> {
    let day = question.day.unwrap_or_else(|| session.today());
    let until = session.start_of(day + Duration::days(1)).min(session.now());
    session.look(|view| {
        let version = view.reader.version_at(until)?;
        let organisation = Organisation::at(view.reader, version, &Concerned::new())?;
        let top: Vec<&Unit> = match &question.unit {
            Some(key) => {
                let named =
                    organisation.units.values().find(|unit| unit.code == *key || unit.id.to_string() == *key);
                vec![named.ok_or_else(|| crate::view::not_found(Unit::ENTITY, key))?]
            }
            None => organisation.units.values().filter(|unit| unit.parent.is_none()).collect(),
        };
        Ok(units(&organisation, top, day, TREE_DEPTH_MAX))
    })
}

fn units(organisation: &Organisation, mut of: Vec<&Unit>, day: NaiveDate, depth: usize) -> Vec<TreeUnit> {
    let exists = |unit: &&Unit| {
        unit.valid_from.is_none_or(|first| first <= day) && unit.valid_to.is_none_or(|last| day <= last)
    };
    of.retain(exists);
    of.sort_by(|one, other| (&one.code, one.id).cmp(&(&other.code, other.id)));
    let told = |unit: &Unit| {
        let below = organisation.units.values().filter(|below| below.parent == Some(unit.id)).collect();
        TreeUnit {
            unit: unit.id,
            code: unit.code.clone(),
            name: unit.name.clone(),
            kind: unit.kind,
            country: unit.country,
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
            positions: positions(organisation, unit.id, day),
            units: if depth == 0 { Vec::new() } else { units(organisation, below, day, depth - 1) },
        }
    };
    of.into_iter().map(told).collect()
}

fn positions(organisation: &Organisation, unit: UnitId, day: NaiveDate) -> Vec<TreePosition> {
    let mut found: Vec<&Position> =
        organisation.positions.values().filter(|position| position.unit == unit).collect();
    found.sort_by(|one, other| (&one.title, one.id).cmp(&(&other.title, other.id)));
    let holds = |holding: &&Holding| holding.period().is_ok_and(|period| period.contains(day));
    let told = |position: &Position| {
        let of_position = organisation.holdings.iter().filter(|holding| holding.position == position.id);
        let holders = of_position.filter(holds).filter_map(|holding| {
            let user = organisation.users.get(&holding.user)?;
            Some(Holder {
                holding: holding.id,
                user: user.id,
                login: user.login.clone(),
                substitute: holding.substitute,
                active: user.active,
                valid_from: holding.valid_from,
                valid_to: holding.valid_to,
            })
        });
        let above = position.reports_to.and_then(|above| organisation.positions.get(&above));
        let profile = organisation.profiles.get(&position.profile);
        TreePosition {
            position: position.id,
            title: position.title.clone(),
            function: position.function,
            profile: profile.map(|profile| profile.name.clone()).unwrap_or_default(),
            reports_to: above.map(|above| above.title.clone()),
            holders: holders.collect(),
        }
    };
    found.into_iter().map(told).collect()
}

/// Who could see a record on a day. For whoever has the right to audit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoCouldSeeOf {
    /// The entity, such as `customer` or `offer`.
    pub entity: String,
    /// Id or key of the record.
    pub record: Key,
    /// The day, where the one who asks is; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Who could see a record on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhoCouldSee {
    /// The entity.
    pub entity: String,
    /// Id of the record.
    pub record: Uuid,
    /// The day.
    pub day: NaiveDate,
    /// Whether the record was there at all.
    pub existed: bool,
    /// The users, by login; one line for each position he could see it from.
    pub users: Vec<Seer>,
    /// Whether every change of that day was looked at; of a day with more than 200 the first ones and its end are.
    pub complete: bool,
}

/// Somebody who could see a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seer {
    /// The user.
    pub user: UserId,
    /// His login.
    pub login: String,
    /// The position.
    pub position: PositionId,
    /// Its title.
    pub title: String,
    /// Name of its profile.
    pub profile: String,
    /// Whether he stood in for the one who holds it.
    pub substitute: bool,
    /// By which rules, the narrowest first.
    pub rules: Vec<AccessRule>,
    /// Each rule with its figures.
    pub why: Why,
    /// The fields he could not read.
    pub hidden: Vec<Hidden>,
    /// From which moment of the day; none from its beginning.
    pub from: Option<DateTime<Utc>>,
    /// Until which moment of the day; none until its end.
    pub until: Option<DateTime<Utc>>,
}

/// A field that was not read.
pub type Hidden = &'static str;

/// Changes of one day that are looked at.
const MOMENTS_MAX: usize = 200;

pub(super) fn who(session: &Session, question: &WhoCouldSeeOf) -> Result<WhoCouldSee> {
    let declared = declared(&question.entity)?;
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let id = audited(&view, declared, &question.record)?;
        let moments = Moments::of_day(session, view.reader, declared, id, day)?;
        let mut seen: BTreeMap<(String, PositionId), Seer> = BTreeMap::new();
        let mut existed = false;
        for state in &moments.states {
            let told = at_state(view.reader, declared, id, day, state, &moments.concerned, &|_| true)?;
            existed |= told.is_some();
            let told = told.unwrap_or_default();
            let gone = |(key, seer): &(&(String, PositionId), &mut Seer)| {
                seer.until.is_none() && !told.iter().any(|one| one.visible() && one.key() == **key)
            };
            for (_, seer) in seen.iter_mut().filter(gone) {
                seer.until = state.since;
            }
            for one in told.into_iter().filter(Sight::visible) {
                let seer = seen.entry(one.key()).or_insert_with(|| one.seer(state.since));
                // Back again: between the two he did not see it, which the first and the last moment do not tell.
                seer.until = None;
                for rule in &one.explained.rules {
                    if !seer.rules.contains(rule) {
                        seer.rules.push(*rule);
                        seer.why = seer.why.clone().because(one.explained.why.clone());
                    }
                }
                seer.hidden.retain(|field| one.explained.hidden.contains(field));
            }
        }
        Ok(WhoCouldSee {
            entity: declared.name.to_owned(),
            record: id,
            day,
            existed,
            users: seen.into_values().collect(),
            complete: moments.complete,
        })
    })
}

/// Whether a user could see a record on a day, and why. For whoever has the right to audit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyVisibleOf {
    /// Login or id of the user.
    pub user: Key,
    /// The entity.
    pub entity: String,
    /// Id or key of the record.
    pub record: Key,
    /// The day, as it stood at its end; today as it stands when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Whether a user could see a record, position by position.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyVisible {
    /// The user.
    pub user: UserId,
    /// The day.
    pub day: NaiveDate,
    /// Whether he could see it from any of his positions.
    pub visible: bool,
    /// Why not, where no position has anything to say: the record was not there, the user was not, he held nothing.
    pub why: Why,
    /// From each position he held, for himself or as a substitute.
    pub positions: Vec<Visibility>,
}

/// What one position gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Visibility {
    /// The position.
    pub position: PositionId,
    /// Its title.
    pub title: String,
    /// Whether as a substitute.
    pub substitute: bool,
    /// Whether the record was seen from it.
    pub visible: bool,
    /// By which rules.
    pub rules: Vec<AccessRule>,
    /// Each rule that held, or each that did not.
    pub why: Why,
    /// The fields that were not read.
    pub hidden: Vec<Hidden>,
}

pub(super) fn why(session: &Session, question: &WhyVisibleOf) -> Result<WhyVisible> {
    let declared = declared(&question.entity)?;
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let id = audited(&view, declared, &question.record)?;
        let user = view.resolve::<User>(&question.user)?.record;
        let moments = Moments::of_day(session, view.reader, declared, id, day)?;
        let none = |reason| Why::new(reason).fact("day", day);
        let mut answer = WhyVisible {
            user: user.id,
            day,
            visible: false,
            why: none("access.no_record"),
            positions: Vec::new(),
        };
        let Some(state) = moments.states.last() else { return Ok(answer) };
        let of_user = |of: UserId| of == user.id;
        let Some(told) = at_state(view.reader, declared, id, day, state, &moments.concerned, &of_user)?
        else {
            return Ok(answer);
        };
        answer.why = none("access.no_position");
        for one in told {
            answer.visible |= one.visible();
            answer.why = if answer.visible { none("access.visible") } else { none("access.not_visible") };
            answer.positions.push(Visibility {
                position: one.position.id,
                title: one.position.title,
                substitute: one.substitute,
                visible: one.explained.visible,
                rules: one.explained.rules,
                why: one.explained.why,
                hidden: one.explained.hidden,
            });
        }
        Ok(answer)
    })
}

/// The record that is meant, if the actor may audit it; he need not see it.
fn audited(view: &View<'_>, declared: &'static Entity, key: &str) -> Result<Uuid> {
    let named = match (Uuid::try_parse(key), declared.key) {
        (Ok(id), _) => Predicate::equals("id", Value::Id(id)),
        (Err(_), Some(column)) => Predicate::equals(column, Value::Text(Cow::Owned(key.to_owned()))),
        (Err(_), None) => return Err(crate::view::not_found(declared, key)),
    };
    let rows = view.reader.select(declared, &[], &named, &Order::by_id(), Some(100), 0)?;
    let rows: Vec<Vec<Value>> = rows.into_iter().map(|(values, _)| values).collect();
    let mut allowed = rows.iter().filter(|values| view.may(Verb::Audit, declared, values));
    if let Some(first) = allowed.next() {
        if allowed.next().is_some() {
            return Err(CrmError::Ambiguous { entity: declared.name, key: key.to_owned() }.into());
        }
        return match first.first() {
            Some(Value::Id(id)) => Ok(*id),
            _ => Err(crate::view::not_found(declared, key)),
        };
    }
    match rows.iter().find(|values| view.may(Verb::Read, declared, values)) {
        Some(values) => {
            let why = view.can(Verb::Audit, declared, values).why;
            Err(CrmError::NotAllowed { verb: Verb::Audit, entity: declared.name, why }.into())
        }
        None => Err(crate::view::not_found(declared, key)),
    }
}

/// A state of the store, and since when it held; none from the beginning of the day.
struct State {
    version: i64,
    since: Option<DateTime<Utc>>,
}

/// The states of a day between which somebody may have come to see a record, or no longer.
struct Moments {
    states: Vec<State>,
    concerned: Concerned,
    complete: bool,
}

impl Moments {
    fn of_day(
        session: &Session,
        reader: &Reader<'_>,
        declared: &'static Entity,
        id: Uuid,
        day: NaiveDate,
    ) -> Result<Self> {
        let (begin, end) =
            (session.start_of(day), session.start_of(day + Duration::days(1)).min(session.now()));
        // The last moment before the day: what is of its first moment is of the day.
        let first = reader.version_at(begin - Duration::milliseconds(1))?;
        let last = reader.version_at(end)?;
        let mut states = vec![State { version: first, since: None }];
        let mut concerned = Concerned::new();
        for version in [first, last] {
            if let Some((values, _)) = reader.values_at(declared, id, version)? {
                concerned.extend(chain(declared, &values, &reader.past(version)));
            }
        }
        concerned.insert(id);
        let (mut after, mut complete) = (first, true);
        while after < last {
            let commits = reader.commits(after, 1_000)?;
            let Some(newest) = commits.last().map(|commit| commit.seq) else { break };
            for commit in commits.iter().filter(|commit| commit.seq <= last) {
                let touched = commit.touched.iter().filter_map(|(number, id)| {
                    reader.entity_numbered(*number).map(|entity| (entity.name, *id))
                });
                let touched: Vec<(&'static str, Uuid)> = touched.collect();
                if concerns(&touched, &concerned) {
                    complete &= states.len() < MOMENTS_MAX;
                    if complete {
                        states.push(State { version: commit.seq, since: Some(commit.time) });
                    }
                }
            }
            after = newest;
        }
        if !complete {
            states.push(State { version: last, since: Some(end) });
        }
        Ok(Self { states, concerned, complete })
    }
}

/// What somebody saw of a record from a position, in one state.
struct Sight {
    user: User,
    position: Position,
    profile: String,
    substitute: bool,
    explained: Explained,
}

impl Sight {
    fn visible(&self) -> bool {
        self.explained.visible
    }

    fn key(&self) -> (String, PositionId) {
        (self.user.login.clone(), self.position.id)
    }

    fn seer(&self, from: Option<DateTime<Utc>>) -> Seer {
        Seer {
            user: self.user.id,
            login: self.user.login.clone(),
            position: self.position.id,
            title: self.position.title.clone(),
            profile: self.profile.clone(),
            substitute: self.substitute,
            rules: self.explained.rules.clone(),
            why: self.explained.why.clone(),
            hidden: self.explained.hidden.clone(),
            from,
            until: None,
        }
    }
}

/// What these users saw of a record in one state, from each position they held; none when there was no such record.
fn at_state(
    reader: &Reader<'_>,
    declared: &'static Entity,
    id: Uuid,
    day: NaiveDate,
    state: &State,
    concerned: &Concerned,
    wanted: &dyn Fn(UserId) -> bool,
) -> Result<Option<Vec<Sight>>> {
    let Some((values, _)) = reader.values_at(declared, id, state.version)? else { return Ok(None) };
    let past = reader.past(state.version);
    let lookup = Remembered::new(&past);
    let organisation = Organisation::at(reader, state.version, concerned)?;
    let mut seen = Vec::new();
    for (user, position, holding) in organisation.holders(day).filter(|(user, ..)| wanted(user.id)) {
        let actor = organisation.actor(user.id, position, day);
        let explained = explain(&actor, declared, &values, entity, &lookup);
        let profile = organisation.profiles.get(&position.profile);
        seen.push(Sight {
            user: user.clone(),
            position: position.clone(),
            profile: profile.map(|profile| profile.name.clone()).unwrap_or_default(),
            substitute: holding.substitute,
            explained,
        });
    }
    reader.take_failure()?;
    Ok(Some(seen))
}

impl Session {
    /// The first moment of a day where the session's position is.
    fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN).and_utc();
        midnight - Duration::seconds(i64::from(self.offset_at(midnight)))
    }
}
