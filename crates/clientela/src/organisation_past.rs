//! The organisation as it was after a commit: units, positions, users, who held what, profiles and shares.
//!
//! What rights follow from today is read by [`standing`](crate::standing) for one user; here it is read once for all of them,
//! for any state of the past.

use crate::error::Result;
use crate::standing::ORGANISATION;
use chrono::NaiveDate;
use clientela_core::ids::{PositionId, ProfileId, UnitId, UserId};
use clientela_core::organisation::{
    Actor, CustomerShare, Grant, Holding, OpportunityShare, Position, Profile, Share, Shared, Unit, User,
    sharing::given_to,
};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Access, ColumnType, Entity, Lookup, Predicate, Record, Value};
use clientela_store::{Order, Reader};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use uuid::Uuid;

/// The organisation in one state of the store.
pub(crate) struct Organisation {
    pub(crate) units: HashMap<UnitId, Unit>,
    pub(crate) positions: HashMap<PositionId, Position>,
    pub(crate) users: HashMap<UserId, User>,
    pub(crate) holdings: Vec<Holding>,
    pub(crate) profiles: HashMap<ProfileId, Profile>,
    grants: HashMap<ProfileId, Vec<Grant>>,
    shares: Vec<(Vec<Value>, &'static Entity, Shared)>,
}

/// Whose shares are asked for: records a share may be of.
pub(crate) type Concerned = BTreeSet<Uuid>;

impl Organisation {
    /// As it was after a commit, with the shares of these records.
    pub(crate) fn at(reader: &Reader<'_>, version: i64, concerned: &Concerned) -> Result<Self> {
        let mut grants: HashMap<ProfileId, Vec<Grant>> = HashMap::new();
        for grant in records_at::<Grant>(reader, version)? {
            grants.entry(grant.profile).or_default().push(grant);
        }
        let mut shares = Vec::new();
        shares_at::<CustomerShare>(reader, version, concerned, &mut shares)?;
        shares_at::<OpportunityShare>(reader, version, concerned, &mut shares)?;
        let mut holdings = records_at::<Holding>(reader, version)?;
        holdings.sort_by_key(|holding| (holding.substitute, holding.valid_from, holding.id));
        Ok(Self {
            units: by_id(records_at::<Unit>(reader, version)?),
            positions: by_id(records_at::<Position>(reader, version)?),
            users: by_id(records_at::<User>(reader, version)?),
            holdings,
            profiles: by_id(records_at::<Profile>(reader, version)?),
            grants,
            shares,
        })
    }

    /// Those who could act from a position on a day.
    pub(crate) fn holders(&self, day: NaiveDate) -> impl Iterator<Item = (&User, &Position, &Holding)> {
        self.holdings.iter().filter_map(move |holding| {
            let user = self.users.get(&holding.user).filter(|user| user.active)?;
            let position = self.positions.get(&holding.position)?;
            let holds = holding.period().is_ok_and(|period| period.contains(day));
            holds.then_some((user, position, holding))
        })
    }

    /// With which rights a user acted from a position on a day.
    pub(crate) fn actor(&self, user: UserId, position: &Position, day: NaiveDate) -> Actor {
        let superiors =
            up(position.id, |id| self.positions.get(&id).and_then(|position| position.reports_to));
        let units = up(position.unit, |id| self.units.get(&id).and_then(|unit| unit.parent));
        let given = given_to(position.id, &superiors, &units, day);
        let holding = self.shares.iter().filter(|(values, entity, _)| given.holds(entity, values, &Nowhere));
        Actor {
            user,
            position: position.id,
            unit: position.unit,
            grants: self.grants.get(&position.profile).cloned().unwrap_or_default(),
            shares: holding.map(|(_, _, shared)| *shared).collect(),
            superiors: superiors.iter().skip(1).copied().collect(),
        }
    }
}

/// The record and those above it.
fn up<Id: Copy>(start: Id, above: impl Fn(Id) -> Option<Id>) -> Vec<Id> {
    std::iter::successors(Some(start), |id| above(*id)).take(TREE_DEPTH_MAX).collect()
}

fn by_id<R: Record>(records: Vec<R>) -> HashMap<R::Id, R>
where
    R::Id: std::hash::Hash,
{
    records.into_iter().map(|record| (record.id(), record)).collect()
}

/// All records of a kind as they were after a commit.
fn records_at<R: Record>(reader: &Reader<'_>, version: i64) -> Result<Vec<R>> {
    if version >= reader.version()? {
        let found = reader.find::<R>(&Predicate::Everything, &Order::by_id(), None, 0)?;
        return Ok(found.into_iter().map(|stored| stored.record).collect());
    }
    let mut found = Vec::new();
    let mut failed = None;
    reader.scan_at(R::ENTITY, version, &Predicate::Everything, &mut |_, values, _| {
        match R::from_values(values.to_vec()) {
            Ok(record) => found.push(record),
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(found),
    }
}

fn shares_at<S: Share>(
    reader: &Reader<'_>,
    version: i64,
    concerned: &Concerned,
    shares: &mut Vec<(Vec<Value>, &'static Entity, Shared)>,
) -> Result<()> {
    let all = records_at::<S>(reader, version)?;
    let of_these = all.iter().filter(|share| concerned.contains(&share.shared()));
    shares.extend(of_these.map(|share| (share.to_values(), S::ENTITY, Shared::by(share))));
    Ok(())
}

/// A share's condition looks at nothing but the share.
struct Nowhere;

impl Lookup for Nowhere {
    fn record(&self, _: &'static str, _: Uuid) -> Option<(&'static Entity, Vec<Value>)> {
        None
    }
    fn referring(&self, _: &'static str, _: &'static str, _: Uuid) -> Vec<(&'static Entity, Vec<Value>)> {
        Vec::new()
    }
}

/// What was found of a record: its declaration and values, if it was there.
type Found = Option<(&'static Entity, Vec<Value>)>;

/// Records as they were, each read once: the rights of thousands of users ask for the same few.
pub(crate) struct Remembered<'l> {
    lookup: &'l dyn Lookup,
    known: RefCell<HashMap<(&'static str, Uuid), Found>>,
}

impl<'l> Remembered<'l> {
    pub(crate) fn new(lookup: &'l dyn Lookup) -> Self {
        Self { lookup, known: RefCell::default() }
    }
}

impl Lookup for Remembered<'_> {
    fn record(&self, entity: &'static str, id: Uuid) -> Found {
        if let Some(known) = self.known.borrow().get(&(entity, id)) {
            return known.clone();
        }
        let found = self.lookup.record(entity, id);
        self.known.borrow_mut().insert((entity, id), found.clone());
        found
    }
    fn referring(
        &self,
        entity: &'static str,
        column: &'static str,
        id: Uuid,
    ) -> Vec<(&'static Entity, Vec<Value>)> {
        self.lookup.referring(entity, column, id)
    }
}

/// A record and those its rights come from: what a share may be of, and what changes who sees it.
pub(crate) fn chain(entity: &'static Entity, values: &[Value], lookup: &dyn Lookup) -> Concerned {
    let mut concerned = Concerned::new();
    collect(entity, values, lookup, &mut concerned, TREE_DEPTH_MAX);
    concerned
}

fn collect(
    entity: &'static Entity,
    values: &[Value],
    lookup: &dyn Lookup,
    concerned: &mut Concerned,
    depth: usize,
) {
    let id_in = |column: &str| match entity.position(column).and_then(|at| values.get(at)) {
        Some(Value::Id(id)) => Some(*id),
        _ => None,
    };
    let Some(id) = id_in("id").filter(|id| concerned.insert(*id) && depth > 0) else { return };
    match entity.access {
        Access::Through(column) => {
            let Some(ColumnType::Id(above)) = entity.column(column).map(|column| column.ty) else { return };
            if let Some((above, values)) = id_in(column).and_then(|id| lookup.record(above, id)) {
                collect(above, &values, lookup, concerned, depth - 1);
            }
        }
        Access::Via { entity: from, column } => {
            for (pointing, values) in lookup.referring(from, column, id) {
                collect(pointing, &values, lookup, concerned, depth - 1);
            }
        }
        Access::Owned => {
            // An offer is shared with its opportunity, a view is of two records.
            concerned.extend(id_in("opportunity"));
            concerned.extend(id_in("party").filter(|_| entity.view.is_some()));
        }
        Access::Public => {}
    }
}

/// Whether what was touched may change who sees a record.
pub(crate) fn concerns(touched: &[(&'static str, Uuid)], concerned: &Concerned) -> bool {
    touched.iter().any(|(entity, id)| ORGANISATION.contains(entity) || concerned.contains(id))
}
