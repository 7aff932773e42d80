//! Customers with all that belongs to them, read together and never changed.

use super::columns::Filling;
use super::sight::{KeptSights, SegmentSight};
use crate::error::Result;
use crate::view::View;
use clientela_columns::{Children, Column, Records, Values};
use clientela_core::ids::{CustomerId, PartyId, PositionId, UnitId};
use clientela_core::party::Customer;
use clientela_core::rules_environment::{CUSTOMER_LISTS, CustomerList};
use clientela_model::{Entity, EntityId, Predicate, Record, Value};
use clientela_store::{Order, Reader, RowView, StoreError};
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use uuid::Uuid;

/// Rows between two words to whoever follows the call.
const STRIDE: u64 = 4_096;

/// Customers in the order of their ids, with their lists.
#[derive(Debug)]
pub(super) struct Segment {
    records: Records,
    ids: Arc<Column>,
    sights: KeptSights,
}

/// Whose a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CustomerSeat {
    pub(crate) id: CustomerId,
    pub(crate) party: PartyId,
    pub(crate) unit: UnitId,
    pub(crate) owner: PositionId,
}

/// Which customers a segment is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which<'a> {
    All,
    These(&'a BTreeSet<Uuid>),
}

impl Segment {
    /// Reads customers, one pass over each table.
    pub(super) fn read(reader: &Reader<'_>, which: Which<'_>) -> Result<Self> {
        let total = if reader.is_heard() { expected(reader, which)? } else { 0 };
        let mut count = Count { done: 0, total };
        let condition = match which {
            Which::All => Predicate::Everything,
            Which::These(ids) => one_of("id", ids.iter().copied()),
        };
        let mut customers = Filling::new(Customer::ENTITY);
        visit(reader, Customer::ENTITY, &condition, &mut count, &mut |row| customers.push(row))?;
        let mut records = customers.finish(None);
        for list in &CUSTOMER_LISTS {
            let children = read_list(reader, list, &records, which, &mut count)?;
            records = records.with_children(list.name, children);
        }
        count.tell(reader);
        let ids = records.column("id").cloned().unwrap_or_else(|| Arc::new(Column::MISSING));
        Ok(Self { records, ids, sights: KeptSights::default() })
    }

    /// How many customers there are, dead ones included.
    pub(super) fn rows(&self) -> usize {
        self.records.rows()
    }

    pub(super) const fn records(&self) -> &Records {
        &self.records
    }

    pub(super) fn memory(&self) -> usize {
        self.records.memory()
    }

    /// The customer of a row.
    pub(super) fn id(&self, row: usize) -> Uuid {
        Uuid::from_u128(ids_of(&self.ids).get(row).copied().unwrap_or(0))
    }

    /// Whose the customers are.
    pub(super) fn seats(&self) -> Seats<'_> {
        let column = |name: &str| self.records.column(name).map_or(&[][..], |column| ids_of(column));
        Seats {
            ids: ids_of(&self.ids),
            parties: column("party"),
            units: column("unit"),
            owners: column("owner"),
        }
    }

    /// The row of a customer.
    pub(super) fn row_of(&self, id: Uuid) -> Option<usize> {
        ids_of(&self.ids).binary_search(&id.as_u128()).ok()
    }

    /// What an actor sees of it.
    pub(super) fn sight(&self, view: &View<'_>, organisation: i64, commit: i64) -> Result<Arc<SegmentSight>> {
        self.sights.get(view.actor, organisation, commit, || SegmentSight::of(view, self))
    }
}

/// Whose the customers of a segment are, in columns.
#[derive(Clone, Copy)]
pub(super) struct Seats<'s> {
    ids: &'s [u128],
    parties: &'s [u128],
    units: &'s [u128],
    owners: &'s [u128],
}

impl Seats<'_> {
    /// Whose the customer of a row is.
    pub(super) fn get(self, row: usize) -> Option<CustomerSeat> {
        let id = |column: &[u128]| column.get(row).copied().map(Uuid::from_u128);
        Some(CustomerSeat {
            id: CustomerId::from_uuid(id(self.ids)?),
            party: PartyId::from_uuid(id(self.parties)?),
            unit: UnitId::from_uuid(id(self.units)?),
            owner: PositionId::from_uuid(id(self.owners)?),
        })
    }
}

/// The ids a column holds.
pub(crate) fn ids_of(column: &Column) -> &[u128] {
    match &column.values {
        Values::Ids(ids) => ids,
        _ => &[],
    }
}

fn one_of(column: &'static str, ids: impl Iterator<Item = Uuid>) -> Predicate {
    Predicate::OneOf(column.into(), ids.map(Value::Id).collect())
}

/// How many records were read, of about how many.
struct Count {
    done: u64,
    total: u64,
}

impl Count {
    fn step(&mut self, reader: &Reader<'_>) {
        self.done += 1;
        if self.done.is_multiple_of(STRIDE) {
            self.tell(reader);
        }
    }

    fn tell(&self, reader: &Reader<'_>) {
        reader.tell("customers", self.done, self.total);
    }
}

/// About how many records are to be read.
fn expected(reader: &Reader<'_>, which: Which<'_>) -> Result<u64> {
    match which {
        Which::All => {
            let lists = CUSTOMER_LISTS.iter().map(|list| list.entity);
            let base = Customer::ENTITY.view.and_then(|view| reader.entity(view.base));
            let all = base.into_iter().chain(lists);
            all.map(|entity| Ok(reader.count(entity, &Predicate::Everything)?)).sum()
        }
        // Each with a few vehicles, contacts and activities.
        Which::These(ids) => Ok(ids.len() as u64 * 6),
    }
}

/// Visits the rows that satisfy a condition, by id.
fn visit(
    reader: &Reader<'_>,
    entity: &'static Entity,
    condition: &Predicate,
    count: &mut Count,
    take: &mut dyn FnMut(&RowView<'_>) -> std::result::Result<(), StoreError>,
) -> Result<()> {
    let mut failure = None;
    reader.scan(entity, &[], condition, Some(&Order::by_id()), &mut |row| {
        count.step(reader);
        match take(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failure.map_or(Ok(()), |error| Err(error.into()))
}

/// The rows of parents by the id their children name. Two customers may be of one party.
struct Parents {
    first: HashMap<u128, u32>,
    /// The next row of the same id.
    next: Vec<Option<u32>>,
}

impl Parents {
    fn new(ids: &[u128]) -> Self {
        let (mut first, mut next) = (HashMap::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
        for (id, row) in ids.iter().zip(0_u32..) {
            next.push(first.insert(*id, row));
        }
        Self { first, next }
    }

    fn of(&self, id: u128) -> impl Iterator<Item = u32> + '_ {
        let next = |row: &u32| self.next.get(*row as usize).copied().flatten();
        std::iter::successors(self.first.get(&id).copied(), next)
    }
}

fn read_list(
    reader: &Reader<'_>,
    list: &CustomerList,
    customers: &Records,
    which: Which<'_>,
    count: &mut Count,
) -> Result<Children> {
    let keys = customers.column(list.of).map_or(&[][..], |column| ids_of(column));
    let condition = match which {
        Which::All => Predicate::Everything,
        Which::These(_) => one_of(list.column, keys.iter().copied().map(Uuid::from_u128)),
    };
    read_children(reader, list.entity, list.column, keys, &condition, count)
}

/// Records of one entity that satisfy a condition, in the order of their ids, with the records of others that name them in a
/// column and satisfy a condition of their own: what rules over them are asked of.
pub(crate) fn read_with_children(
    reader: &Reader<'_>,
    (entity, condition): (&'static Entity, &Predicate),
    children: &[(&'static str, &'static Entity, &'static str, Predicate)],
) -> Result<Records> {
    let mut count = Count { done: 0, total: 0 };
    let mut filling = Filling::new(entity);
    visit(reader, entity, condition, &mut count, &mut |row| filling.push(row))?;
    let mut records = filling.finish(None);
    let keys: Vec<u128> = records.column("id").map(|column| ids_of(column).to_vec()).unwrap_or_default();
    for (name, child, column, of_child) in children {
        let children = read_children(reader, child, column, &keys, of_child, &mut count)?;
        records = records.with_children(*name, children);
    }
    Ok(records)
}

/// The records that name parents in a column, in the order of their parents.
fn read_children(
    reader: &Reader<'_>,
    entity: &'static Entity,
    column: &'static str,
    keys: &[u128],
    condition: &Predicate,
    count: &mut Count,
) -> Result<Children> {
    let parents = Parents::new(keys);
    let at = entity.position(column).unwrap_or(0);
    let mut filling = Filling::new(entity);
    let mut named: Vec<u128> = Vec::new();
    let mut counts = vec![0_u32; keys.len() + 1];
    visit(reader, entity, condition, count, &mut |row| {
        let parent = row.id(at)?.map_or(0, |id| id.as_u128());
        if !parents.first.contains_key(&parent) {
            return Ok(());
        }
        for row in parents.of(parent) {
            if let Some(count) = counts.get_mut(row as usize + 1) {
                *count += 1;
            }
        }
        named.push(parent);
        filling.push(row)
    })?;
    // Where the children of each customer begin; then each child goes to the next free place of its customers, so that
    // they stay in the order of their ids.
    let mut end = 0;
    for count in &mut counts {
        end += *count;
        *count = end;
    }
    let mut places = counts.clone();
    let mut order = vec![0_u32; end as usize];
    for (id, child) in named.iter().zip(0_u32..) {
        for row in parents.of(*id) {
            let Some(place) = places.get_mut(row as usize) else { continue };
            if let Some(slot) = order.get_mut(*place as usize) {
                *slot = child;
            }
            *place += 1;
        }
    }
    drop((parents, places, named));
    // In their order already, as when there is one child each: nothing is moved.
    let moved = order.len() != filling.rows() || order.iter().zip(0..).any(|(row, place)| *row != place);
    let records = filling.finish(moved.then_some(&order[..]));
    Ok(Children::new(counts, records)?)
}
