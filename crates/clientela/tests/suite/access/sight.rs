//! One entity through every way out: they agree on which rows there are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::world::World;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use clientela::core::organisation::Verb;
use clientela::model::{EntityId, Facet, Predicate, Record, Value};
use clientela::{ErrorKind, Session, Table, TableQuery};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Everything a session was shown, as text.
#[derive(Default)]
pub(crate) struct Shown(pub(crate) String);

impl Shown {
    pub(crate) fn add(&mut self, text: impl std::fmt::Debug) {
        use std::fmt::Write;
        writeln!(self.0, "{text:?}").unwrap();
    }

    /// Every cell of a table.
    pub(crate) fn table(&mut self, table: &Table) {
        for batch in table.batches() {
            for column in batch.columns() {
                // The text of an array leaves out what lies between its first and last ten values.
                for start in (0..column.len()).step_by(10) {
                    let part = column.slice(start, 10.min(column.len() - start));
                    let dictionary = part.as_any_dictionary_opt().is_some();
                    // A closed list names all its words, whatever the rows say; none of them is a secret.
                    if !dictionary {
                        self.add(&part);
                    }
                }
            }
        }
    }
}

/// The ids of a table's rows.
pub(crate) fn ids(table: &Table) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    for batch in table.batches() {
        let column = batch.column_by_name("id").unwrap().as_string_view();
        found.extend(column.iter().map(|id| id.unwrap().parse::<Uuid>().unwrap()));
    }
    found
}

pub(crate) fn of_list<R: Record>(session: &Session, condition: &Predicate) -> BTreeSet<Uuid> {
    session.list::<R>(condition, 1_000, 0).unwrap().iter().map(|stored| stored.record.id().uuid()).collect()
}

/// What a session sees of an entity, through every way out.
pub(crate) fn check<R: Record>(world: &World, seat: usize, shown: &mut Shown) -> BTreeSet<Uuid> {
    let session = &world.sessions[seat];
    let name = R::ENTITY.name;
    let all: BTreeSet<Uuid> = of_list::<R>(&world.admin, &Predicate::Everything);
    let mut visible = BTreeSet::new();
    for id in &all {
        match session.can(Verb::Read, name, *id) {
            Ok(verdict) => {
                assert!(verdict.allowed, "{name}: can be asked about, so it can be read");
                shown.add(verdict.why);
                visible.insert(*id);
            }
            Err(error) => assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "record.not_found")),
        }
    }
    let listed = session.list::<R>(&Predicate::Everything, 1_000, 0).unwrap();
    assert_eq!(of_list::<R>(session, &Predicate::Everything), visible, "{name}: list");
    assert_eq!(session.count::<R>(&Predicate::Everything).unwrap(), visible.len() as u64, "{name}: count");
    let mut paged = BTreeSet::new();
    for offset in (0..all.len() + 2).step_by(2) {
        paged.extend(
            session
                .list::<R>(&Predicate::Everything, 2, offset)
                .unwrap()
                .iter()
                .map(|row| row.record.id().uuid()),
        );
    }
    assert_eq!(paged, visible, "{name}: pages");
    listed.iter().for_each(|stored| shown.add(stored.record.to_values()));

    let mid = world.midway;
    let table = |filter: Option<&str>, as_of, columns: &[&str]| {
        let query = TableQuery {
            filter: filter.map(str::to_owned),
            as_of,
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            ..TableQuery::new(name)
        };
        session.table(&query).unwrap_or_else(|error| panic!("{name} {filter:?}: {error:?}"))
    };
    let whole = table(None, None, &[]);
    shown.table(&whole);
    assert_eq!(ids(&whole), visible, "{name}: table");
    assert_eq!(ids(&table(None, None, &["id"])), visible, "{name}: table of one column");
    assert_eq!(ids(&table(Some("today > date('2000-01-01')"), None, &[])), visible, "{name}: filtered table");
    assert_eq!(
        ids(&table(Some("today < date('2000-01-01')"), None, &[])).len(),
        0,
        "{name}: filtered to nothing"
    );
    assert_eq!(ids(&table(None, Some(session.now()), &[])), visible, "{name}: table as of now");
    let query = TableQuery { as_of: Some(mid), ..TableQuery::new(name) };
    let then: BTreeSet<Uuid> =
        ids(&world.admin.table(&query).unwrap()).intersection(&visible).copied().collect();
    let past = table(None, Some(mid), &[]);
    shown.table(&past);
    assert_eq!(ids(&past), then, "{name}: table as of then shows what may be seen today and was there");

    for id in &all {
        let typed = R::Id::from_uuid(*id);
        let seen = visible.contains(id);
        let got = session.get::<R>(typed);
        assert_eq!(got.is_ok(), seen, "{name}: get");
        assert_eq!(session.find::<R>(&id.to_string()).is_ok(), seen, "{name}: find");
        assert_eq!(session.as_of::<R>(typed, session.now()).is_ok(), seen, "{name}: as of now");
        assert_eq!(session.as_of::<R>(typed, mid).is_ok(), then.contains(id), "{name}: as of then");
        match session.history(name, *id) {
            Ok(entries) => {
                assert!(seen && !entries.is_empty(), "{name}: history");
                check_masks::<R>(
                    world,
                    seat,
                    *id,
                    entries.iter().flat_map(|entry| &entry.changes).flat_map(|change| {
                        [(change.column.name, &change.before), (change.column.name, &change.after)]
                    }),
                );
                entries.iter().for_each(|entry| shown.add(&entry.changes));
            }
            Err(error) if R::ENTITY.view.is_some() && seen => assert_eq!(error.code(), "store.view"),
            Err(error) => {
                assert!(!seen, "{name}: {error:?}");
                assert_eq!(error.code(), "record.not_found");
            }
        }
        if let Err(error) = got {
            let missing = Uuid::from_u128(77);
            let other = session.get::<R>(R::Id::from_uuid(missing)).unwrap_err();
            assert_eq!(
                (error.kind(), error.code(), error.to_string().replace(&id.to_string(), "…")),
                (other.kind(), other.code(), other.to_string().replace(&missing.to_string(), "…")),
                "{name}: what may not be seen is missing"
            );
        }
    }
    for stored in &listed {
        let values = stored.record.to_values();
        let pairs: Vec<_> = R::ENTITY.columns.iter().map(|column| column.name).zip(values.iter()).collect();
        check_masks::<R>(world, seat, stored.record.id().uuid(), pairs.into_iter());
    }
    for batch in whole.batches().iter().chain(past.batches()) {
        let ids = batch.column_by_name("id").unwrap().as_string_view();
        for column in R::ENTITY.columns.iter().filter(|column| column.facet != Facet::Standard) {
            let array = batch.column_by_name(column.name).unwrap();
            for (row, id) in ids.iter().enumerate() {
                let shown = !array.is_null(row);
                let hidden = hidden::<R>(world, seat, column.facet, id.unwrap().parse().unwrap());
                assert!(!(shown && hidden), "{name}.{}: table", column.name);
            }
        }
    }
    visible
}

/// Whether columns of the facet must not show in a record.
fn hidden<R: Record>(world: &World, seat: usize, facet: Facet, id: Uuid) -> bool {
    if facet != Facet::Confidential {
        return false;
    }
    let of = |records: &[super::world::Owned], entity: &str, id: Uuid| {
        let owner = records.iter().find(|record| record.id == id).unwrap();
        !world.reads_confidential(seat, entity, owner)
    };
    match R::ENTITY.name {
        "relationship" | "customer" => of(&world.customers, "relationship", id),
        "offer_item" => of(&world.offers, "offer_item", world.offer_of_item(id)),
        other => !world.reads_some_confidential(seat, other),
    }
}

fn check_masks<'v, R: Record>(
    world: &World,
    seat: usize,
    id: Uuid,
    values: impl Iterator<Item = (&'static str, &'v Value)>,
) {
    for (name, value) in values {
        let column = R::ENTITY.column(name).unwrap();
        assert!(
            !hidden::<R>(world, seat, column.facet, id) || value.is_null(),
            "{}.{name} is shown",
            R::ENTITY.name
        );
    }
}
