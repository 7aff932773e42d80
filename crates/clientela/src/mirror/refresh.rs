//! From one state of the customers to a later one, at the cost of what has changed.

use super::segment::{Segment, Which};
use super::snapshot::{Part, Snapshot};
use crate::error::Result;
use clientela_core::organisation::NumberSeries;
use clientela_core::party::Customer;
use clientela_core::rules_environment::{CUSTOMER_LISTS, CustomerList};
use clientela_model::{Access, Entity, Predicate, Record, Value};
use clientela_store::{Reader, RowView};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// Ids in one question.
const CHUNK: usize = 4_096;
/// As many changes as this are always read one by one, however few customers there are.
const CHANGES_FEW: usize = 64;

/// What the journal says has changed since a commit.
#[derive(Debug, Default)]
struct Changes {
    by_entity: HashMap<u16, HashSet<Uuid>>,
    /// Whether units, positions or another table that everybody sees has changed.
    organisation: bool,
    /// The same, the next numbers of documents aside.
    rules: bool,
}

/// What has changed since a commit, for whoever decided on that state.
#[derive(Debug)]
pub(crate) struct ChangedSince {
    /// The customers that have changed, or something that belongs to them or did before.
    pub(crate) customers: BTreeSet<Uuid>,
    /// Of these, those that have changed themselves.
    pub(crate) relationships: Vec<Uuid>,
    /// Whether something changed that everybody sees: units, positions, versions of models.
    pub(crate) everybody: bool,
}

/// What has changed since a commit.
///
/// # Errors
/// What the store says.
pub(crate) fn changed_since(commit: i64, reader: &Reader<'_>) -> Result<ChangedSince> {
    let changes = Changes::since(commit, u32::MAX as usize - 1, reader)?.unwrap_or_default();
    let base = Customer::ENTITY.view.map(|view| view.base);
    Ok(ChangedSince {
        customers: changes.customers(commit, reader)?,
        relationships: base.map(|base| changes.of(base, reader)).unwrap_or_default(),
        everybody: changes.rules,
    })
}

/// The later state, and whether all of it was read again.
pub(super) fn refreshed(before: &Snapshot, reader: &Reader<'_>, commit: i64) -> Result<(Snapshot, bool)> {
    let again = || Ok((Snapshot::read(reader, commit)?, true));
    let most = before.customers() / 4 + CHANGES_FEW;
    let Some(changes) = Changes::since(before.commit(), most * 2, reader)? else { return again() };
    let organisation = if changes.organisation { commit } else { before.organisation() };
    let mut touched = changes.customers(before.commit(), reader)?;
    if touched.is_empty() {
        return Ok((Snapshot::of_parts(commit, organisation, before.parts().to_vec()), false));
    }
    let Some((base, small)) = before.parts().split_first() else { return again() };
    let mut kept: Vec<Part> = small.to_vec();
    // Segments not much larger than the new one are read again with it: each is at least twice the next, so there are
    // few of them, and a customer is read again few times.
    while let Some(last) = kept.last().filter(|last| last.live() <= 2 * touched.len()) {
        touched.extend(last.live_ids());
        kept.pop();
    }
    kept.insert(0, base.clone());
    for part in &mut kept {
        for row in touched.iter().filter_map(|id| part.segment.row_of(*id)) {
            part.dead.set(row, true);
        }
    }
    // A base that is dead for a good part is slower to ask and larger than it need be.
    let dead = kept.first().map_or(0, |base| base.dead.count());
    if dead > most || touched.len() > most {
        return again();
    }
    kept.push(Part::new(Segment::read(reader, Which::These(&touched))?));
    Ok((Snapshot::of_parts(commit, organisation, kept), false))
}

impl Changes {
    /// The changes after a commit; none if there are more than so many commits.
    fn since(commit: i64, most: usize, reader: &Reader<'_>) -> Result<Option<Self>> {
        let mut changes = Self::default();
        let Some(touched) = reader.touched_since(commit, u32::try_from(most).unwrap_or(u32::MAX))? else {
            return Ok(None);
        };
        for (entity, id) in touched {
            changes.organisation |= entity.access == Access::Public;
            changes.rules |= entity.access == Access::Public && entity.name != NumberSeries::ENTITY.name;
            changes.by_entity.entry(entity.number).or_default().insert(id);
        }
        Ok(Some(changes))
    }

    fn of(&self, entity: &str, reader: &Reader<'_>) -> Vec<Uuid> {
        let number = reader.entity(entity).map(|entity| entity.number);
        let ids = number.and_then(|number| self.by_entity.get(&number));
        ids.into_iter().flatten().copied().collect()
    }

    /// The customers that have changed, or something that belongs to them or did before.
    fn customers(&self, before: i64, reader: &Reader<'_>) -> Result<BTreeSet<Uuid>> {
        let mut touched = BTreeSet::new();
        let mut joined: HashMap<&'static str, HashSet<Uuid>> = HashMap::new();
        if let Some(view) = Customer::ENTITY.view {
            touched.extend(self.of(view.base, reader));
            joined.entry(view.on).or_default().extend(self.of(view.join, reader));
        }
        for list in &CUSTOMER_LISTS {
            let mut ids = self.of(list.entity.name, reader);
            if let Some((values, column)) = list.added {
                ids.extend(ids_where(reader, values, column, "id", &self.of(values.name, reader))?);
            }
            let named = named_by(list, &ids, before, reader)?;
            if list.of == "id" {
                touched.extend(named);
            } else {
                joined.entry(list.of).or_default().extend(named);
            }
        }
        for (column, ids) in joined {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            touched.extend(ids_where(reader, Customer::ENTITY, "id", column, &ids)?);
        }
        Ok(touched)
    }
}

/// What children name as theirs, now and before.
fn named_by(
    list: &CustomerList,
    children: &[Uuid],
    before: i64,
    reader: &Reader<'_>,
) -> Result<HashSet<Uuid>> {
    let mut named: HashSet<Uuid> =
        ids_where(reader, list.entity, list.column, "id", children)?.into_iter().collect();
    let at = list.entity.position(list.column);
    for child in children {
        let then = reader.values_at(list.entity, *child, before)?;
        if let Some(Value::Id(id)) = then.as_ref().and_then(|(values, _)| values.get(at?)) {
            named.insert(*id);
        }
    }
    Ok(named)
}

/// The ids in one column of the rows that have one of these ids in another.
fn ids_where(
    reader: &Reader<'_>,
    entity: &'static Entity,
    wanted: &str,
    column: &'static str,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let among = Predicate::OneOf(column.into(), chunk.iter().copied().map(Value::Id).collect());
        let mut failure = None;
        let mut take = |row: &RowView<'_>| match row.id(0) {
            Ok(id) => {
                found.extend(id);
                ControlFlow::Continue(())
            }
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        };
        reader.scan(entity, &[wanted], &among, None, &mut take)?;
        if let Some(error) = failure {
            return Err(error.into());
        }
    }
    Ok(found)
}
