//! What one actor sees of a segment: the rights of every other way out, said nowhere again.
//!
//! A right is a [`Predicate`]. Here it is asked, by its own evaluator, once for every different answer that is possible: the
//! rights of owned records go by their owner and unit, of which there are few pairs among many records. Parts follow what
//! they belong to, which lies beside them.

use super::segment::{Segment, ids_of};
use crate::error::Result;
use crate::view::{Sight, View};
use clientela_columns::{Bits, Children, Column, Records, Values};
use clientela_core::entity;
use clientela_core::organisation::Actor;
use clientela_core::party::Customer;
use clientela_core::rules_environment::{CUSTOMER_LISTS, CustomerList};
use clientela_model::{Access, Entity, Facet, Lookup, Predicate, Record, Value};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Actors whose sight of a segment is kept.
const KEPT_MAX: usize = 16;

/// What an actor sees of a segment.
#[derive(Debug)]
pub(super) struct SegmentSight {
    /// The customers he sees, dead rows not left out.
    pub(super) visible: Bits,
    /// All customers, without the fields he does not read and the children he does not see.
    pub(super) records: Arc<Records>,
    /// Whether it went by records beyond the segment and the organisation: then it holds for one state only.
    beyond: bool,
}

/// The sights of a segment that were asked for lately.
#[derive(Debug, Default)]
pub(super) struct KeptSights(Mutex<Vec<Kept>>);

#[derive(Debug)]
struct Kept {
    actor: Actor,
    organisation: i64,
    /// The one state it holds for, if it does not hold for later ones.
    commit: Option<i64>,
    sight: Arc<SegmentSight>,
}

impl KeptSights {
    /// The sight of an actor, made if there is none that still holds.
    pub(super) fn get(
        &self,
        actor: &Actor,
        organisation: i64,
        commit: i64,
        make: impl FnOnce() -> Result<SegmentSight>,
    ) -> Result<Arc<SegmentSight>> {
        let holds = |kept: &Kept| {
            kept.organisation == organisation
                && kept.commit.is_none_or(|at| at == commit)
                && kept.actor == *actor
        };
        if let Some(kept) = self.lock().iter().find(|kept| holds(kept)) {
            return Ok(Arc::clone(&kept.sight));
        }
        let sight = Arc::new(make()?);
        let mut all = self.lock();
        all.retain(|kept| kept.actor != *actor);
        if all.len() >= KEPT_MAX {
            all.remove(0);
        }
        let commit = sight.beyond.then_some(commit);
        all.push(Kept { actor: actor.clone(), organisation, commit, sight: Arc::clone(&sight) });
        Ok(sight)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SegmentSight {
    /// What the actor of a view sees of a segment.
    ///
    /// # Errors
    /// What a lookup failed with: a sight that rests on it would be kept.
    pub(super) fn of(view: &View<'_>, segment: &Segment) -> Result<Self> {
        let judge = Judge { lookup: view.reader, beyond: Cell::new(false) };
        let all = segment.records();
        let right = view.readable(Customer::ENTITY);
        let visible = judge.rows(&right, Customer::ENTITY, all, &mut (0..all.rows()));
        let satisfying = |right: &Predicate| judge.rows(right, Customer::ENTITY, all, &mut visible.iter());
        let mut records = masked(view, Customer::ENTITY, all, &satisfying);
        for list in &CUSTOMER_LISTS {
            let Some(children) = all.child(list.name) else { continue };
            let asked = |right: &Predicate| judge.children(right, list, all, children, &visible);
            let everywhere = || Bits::all(children.records().rows());
            let satisfying = |right: &Predicate| asked(right).unwrap_or_else(everywhere);
            let shown = masked(view, list.entity, children.records(), &satisfying);
            let children =
                Children::new(children.offsets(), shown)?.seen(asked(&view.readable(list.entity)))?;
            records = records.with_children(list.name, children);
        }
        view.reader.take_failure()?;
        Ok(Self { visible, records: Arc::new(records), beyond: judge.beyond.get() })
    }
}

/// The records without the fields the actor does not read, each field in the rows in which he does not, and without
/// children. `satisfying` says which rows satisfy a condition.
fn masked(
    view: &View<'_>,
    declared: &'static Entity,
    all: &Records,
    satisfying: &dyn Fn(&Predicate) -> Bits,
) -> Records {
    let sights = view.sights(declared);
    let mut known: Vec<(Facet, Bits)> = Vec::new();
    for (facet, sight) in sights.iter() {
        if let Sight::Where(condition) = sight {
            known.push((*facet, satisfying(condition)));
        }
    }
    let shown = |name: &str, column: &Arc<Column>| {
        let field = name.split('.').next().unwrap_or(name);
        let Some(facet) = declared.column(field).map(|column| column.facet) else {
            return Arc::new(Column::MISSING);
        };
        match (sights.of(facet), known.iter().find(|(of, _)| *of == facet)) {
            (Sight::Always, _) => Arc::clone(column),
            (Sight::Where(_), Some((_, rows))) => Arc::new(column_in(column, rows)),
            _ => Arc::new(Column::MISSING),
        }
    };
    let start = Records::new(all.rows());
    all.columns().fold(start, |records, (name, column)| records.with(name, shown(name, column)))
}

/// The column with its values in these rows alone.
fn column_in(column: &Column, rows: &Bits) -> Column {
    if matches!(column.values, Values::Missing) {
        return Column::MISSING;
    }
    let valid = column.valid.as_ref().map_or_else(|| rows.clone(), |valid| valid.clone().and(rows));
    Column { values: column.values.clone(), valid: Some(valid) }
}

/// Asks rights of rows.
struct Judge<'v> {
    lookup: &'v dyn Lookup,
    /// Whether a record was looked up that not everybody sees.
    beyond: Cell<bool>,
}

impl Lookup for Judge<'_> {
    fn record(&self, name: &'static str, id: Uuid) -> Option<(&'static Entity, Vec<Value>)> {
        self.note(name);
        self.lookup.record(name, id)
    }

    fn referring(
        &self,
        name: &'static str,
        column: &'static str,
        id: Uuid,
    ) -> Vec<(&'static Entity, Vec<Value>)> {
        self.note(name);
        self.lookup.referring(name, column, id)
    }
}

impl Judge<'_> {
    fn note(&self, name: &str) {
        if entity(name).is_none_or(|entity| entity.access != Access::Public) {
            self.beyond.set(true);
        }
    }

    /// Which of the rows satisfy a condition on records of an entity; the columns may be those of a view of it.
    fn rows(
        &self,
        right: &Predicate,
        declared: &'static Entity,
        records: &Records,
        rows: &mut dyn Iterator<Item = usize>,
    ) -> Bits {
        let mut satisfied = Bits::none(records.rows());
        if *right == Predicate::Nothing {
            return satisfied;
        }
        let mut names = Vec::new();
        columns_of(right, declared, &mut names);
        let columns: Option<Vec<&Arc<Column>>> =
            names.iter().map(|name| records.column(name).filter(|column| is_ids(column))).collect();
        let ids = records.column("id");
        let mut known: HashMap<Vec<Option<u128>>, bool> = HashMap::new();
        let mut key = Vec::with_capacity(names.len());
        for row in rows {
            let holds = match &columns {
                Some(columns) => {
                    key.clear();
                    key.extend(columns.iter().map(|column| id_in(column, row)));
                    match known.get(&key) {
                        Some(holds) => *holds,
                        None => {
                            let holds = right.holds(declared, &values_of(declared, &names, &key), self);
                            known.insert(key.clone(), holds);
                            holds
                        }
                    }
                }
                // It goes by more than ids: the store has the record.
                None => {
                    let found = ids.and_then(|ids| id_in(ids, row));
                    let found = found.and_then(|id| self.record(declared.name, Uuid::from_u128(id)));
                    found.is_some_and(|(declared, values)| right.holds(declared, &values, self))
                }
            };
            if holds {
                satisfied.set(row, true);
            }
        }
        satisfied
    }

    /// Which children of visible customers may be seen; none if all of them. The others are never asked for.
    fn children(
        &self,
        right: &Predicate,
        list: &CustomerList,
        customers: &Records,
        children: &Children,
        visible: &Bits,
    ) -> Option<Bits> {
        let count = children.records().rows();
        match right {
            Predicate::Everything => return None,
            Predicate::Nothing => return Some(Bits::none(count)),
            _ => {}
        }
        let mut asked = visible.iter().flat_map(|row| children.of(row));
        let Some((above, alone)) = self.of_parents(right, list, customers, visible) else {
            let seen = self.rows(right, list.entity, children.records(), &mut asked);
            let all = seen.count() == visible.iter().map(|row| children.of(row).len()).sum::<usize>();
            return (!all).then_some(seen);
        };
        let left: Vec<usize> = visible.clone().without(&above).iter().collect();
        if left.is_empty() {
            return None;
        }
        let mut seen = if alone {
            Bits::none(count)
        } else {
            // These customers do not give the right; another one of the same party may.
            let mut asked = left.iter().flat_map(|row| children.of(*row));
            self.rows(right, list.entity, children.records(), &mut asked)
        };
        for child in above.iter().flat_map(|row| children.of(row)) {
            seen.set(child, true);
        }
        Some(seen)
    }

    /// The visible customers whose children may be seen because they belong to them, and whether only they give the right;
    /// none if the right does not go by that.
    fn of_parents(
        &self,
        right: &Predicate,
        list: &CustomerList,
        customers: &Records,
        visible: &Bits,
    ) -> Option<(Bits, bool)> {
        let base = Customer::ENTITY.view.and_then(|view| entity(view.base))?;
        let Predicate::Refers { column, entity: above, satisfying } = right else { return None };
        if column != list.column {
            return None;
        }
        let (satisfying, alone) = match &**satisfying {
            Predicate::Referred { entity: pointing, column, satisfying }
                if *pointing == base.name && *column == list.of =>
            {
                (&**satisfying, false)
            }
            satisfying if *above == base.name && list.of == "id" => (satisfying, true),
            _ => return None,
        };
        Some((self.rows(satisfying, base, customers, &mut visible.iter()), alone))
    }
}

fn is_ids(column: &Column) -> bool {
    matches!(column.values, Values::Ids(_))
}

fn id_in(column: &Column, row: usize) -> Option<u128> {
    ids_of(column).get(row).copied().filter(|_| column.is_valid(row))
}

/// A record of which only these columns are known.
fn values_of(declared: &Entity, names: &[&str], key: &[Option<u128>]) -> Vec<Value> {
    let value = |name: &str| {
        let at = names.iter().position(|known| *known == name);
        let id = at.and_then(|at| key.get(at)).copied().flatten();
        id.map_or(Value::Null, |id| Value::Id(Uuid::from_u128(id)))
    };
    declared.columns.iter().map(|column| value(column.name)).collect()
}

/// The columns of a record that a condition on it reads.
fn columns_of<'p>(right: &'p Predicate, declared: &'static Entity, names: &mut Vec<&'p str>) {
    let mut add = |name: &'p str| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    match right {
        Predicate::Everything | Predicate::Nothing => {}
        Predicate::Equals(column, _)
        | Predicate::OneOf(column, _)
        | Predicate::Empty(column)
        | Predicate::Compare(column, ..)
        | Predicate::StartsWith(column, _)
        | Predicate::Below { column, .. }
        | Predicate::Refers { column, .. } => add(column),
        Predicate::Referred { .. } => add(declared.columns.first().map_or("id", |column| column.name)),
        Predicate::All(parts) | Predicate::Any(parts) => {
            parts.iter().for_each(|part| columns_of(part, declared, names));
        }
        Predicate::Not(part) => columns_of(part, declared, names),
    }
}
