//! An older store is brought to the present declarations.

use crate::support::{Folder, at, clock, command, id, options, write};
use clientela_model::{Coded, Entity, Predicate, Record, Value, entity_ids};
use clientela_store::{Depth, Schema, Store, StoreError};
use rusqlite::Connection;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

entity_ids! {
    /// A truck.
    TruckId = "truck";
}

mod first {
    use super::*;

    /// A truck.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 1, name = "lorry", access = public)]
    pub(super) struct Truck {
        #[field(number = 1)]
        pub(super) id: TruckId,
        #[field(number = 2, indexed)]
        pub(super) plate: String,
        #[field(number = 3)]
        pub(super) axles: i64,
        #[field(number = 4, indexed)]
        pub(super) colour: Option<String>,
    }
}

mod second {
    use super::*;

    /// A truck: renamed, with a renamed column that may be empty now, one less and three more.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 1, name = "truck", access = public, key = registration)]
    pub(super) struct Truck {
        #[field(number = 1)]
        pub(super) id: TruckId,
        #[field(number = 6)]
        pub(super) load: Decimal,
        #[field(number = 2)]
        pub(super) registration: Option<String>,
        #[field(number = 3)]
        pub(super) axles: i64,
        #[field(number = 5)]
        pub(super) electric: bool,
        #[field(number = 7, indexed)]
        pub(super) sold: Option<chrono::NaiveDate>,
    }

    /// A view over trucks.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 2, name = "plate", view(truck, truck, id), access = public)]
    pub(super) struct Plate {
        #[field(number = 1)]
        pub(super) id: TruckId,
        #[field(number = 2)]
        pub(super) registration: Option<String>,
    }
}

/// Only an addition: the table is altered, not made anew.
mod third {
    use super::*;

    /// A truck.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 1, name = "lorry", access = public)]
    pub(super) struct Truck {
        #[field(number = 1)]
        pub(super) id: TruckId,
        #[field(number = 2, indexed)]
        pub(super) plate: String,
        #[field(number = 3)]
        pub(super) axles: i64,
        #[field(number = 4, indexed)]
        pub(super) colour: Option<String>,
        #[field(number = 5)]
        pub(super) electric: bool,
    }
}

macro_rules! impossible {
    ($module:ident, $($field:tt)*) => {
        mod $module {
            use super::*;
            /// A truck that cannot come of the first.
            #[derive(Debug, Clone, PartialEq, Record)]
            #[record(number = 1, name = "lorry", access = public)]
            pub(super) struct Truck {
                #[field(number = 1)]
                id: TruckId,
                $($field)*
            }
        }
    };
}
impossible!(retyped, #[field(number = 2)] plate: i64,);
impossible!(required, #[field(number = 4)] colour: String,);
impossible!(without_default, #[field(number = 9)] built: chrono::NaiveDate,);

fn open(path: &Path, version: u32, entities: &'static [&'static Entity]) -> Result<Store, StoreError> {
    let mut options = options(path, &clock());
    options.schema = Schema::new(version, entities);
    Store::open(options)
}

const FIRST: &[&Entity] = &[first::Truck::ENTITY];
const SECOND: &[&Entity] = &[second::Truck::ENTITY, second::Plate::ENTITY];
const THIRD: &[&Entity] = &[third::Truck::ENTITY];

fn truck(number: u64) -> first::Truck {
    first::Truck { id: id(number), plate: format!("AO {number}"), axles: 3, colour: Some("red".to_owned()) }
}

fn made_with_first(folder: &Folder) {
    let store = open(&folder.store(), 1, FIRST).unwrap();
    write(&store, &command(1, 0), |writer| {
        (1..=5).try_for_each(|number| writer.create(&truck(number)).map(|_| ()))
    });
    store.close().unwrap();
}

/// Tables, views and indexes with their columns, whatever the order they were made in.
fn shape(path: &Path) -> BTreeSet<String> {
    let raw = Connection::open(path).unwrap();
    let sql = "SELECT s.type || ' ' || s.name || ' ' || COALESCE(x.name || ' ' || x.type || ' ' || x.\"notnull\" || ' ' || \
               COALESCE(x.dflt_value, '-') || ' ' || x.pk, CASE s.type WHEN 'table' THEN '' ELSE s.sql END) \
               FROM sqlite_schema s LEFT JOIN pragma_table_xinfo(s.name) x ON s.type IN ('table', 'view') \
               WHERE s.name NOT LIKE 'sqlite_%'";
    let mut statement = raw.prepare(sql).unwrap();
    statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn an_upgraded_store_has_the_shape_of_a_new_one_and_keeps_its_records() {
    for (entities, name) in [(SECOND, "made anew"), (THIRD, "altered")] {
        let folder = Folder::new();
        made_with_first(&folder);
        let upgraded = open(&folder.store(), 2, entities).unwrap();
        assert_eq!(upgraded.info().unwrap().schema_version, 2, "{name}");
        let report = upgraded.check(Depth::Full).unwrap();
        assert!(report.is_in_order(), "{name}: {report:?}");
        assert_eq!(report.records, 5);
        upgraded.close().unwrap();
        let fresh = folder.path().join("fresh");
        open(&fresh, 2, entities).unwrap().close().unwrap();
        assert_eq!(shape(&folder.store()), shape(&fresh), "{name}");
        // A copy of what was before stands beside it.
        let copies = copies(&folder);
        let [copy] = copies.as_slice() else { panic!("{copies:?}") };
        let old = open(copy, 1, FIRST).unwrap();
        assert_eq!(old.read(|reader| reader.require::<first::Truck>(id(3))).unwrap().record, truck(3));
    }
}

/// The copies that upgrades from the first version left.
fn copies(folder: &Folder) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut copies: Vec<PathBuf> = paths
        .filter(|path| {
            let rest = name(path);
            // A state of eight digits ends the name; the files beside a copy have longer ones.
            rest.strip_prefix("network.clientela-before-upgrade-from-1-")
                .is_some_and(|state| state.len() == 8)
        })
        .collect();
    copies.sort();
    copies
}

/// Who went back to the older version, from a copy, and worked on with it, has another state to lose.
#[test]
fn each_state_that_is_upgraded_has_a_copy_of_its_own() {
    let folder = Folder::new();
    made_with_first(&folder);
    let before = std::fs::read(folder.store()).unwrap();
    open(&folder.store(), 2, SECOND).unwrap().close().unwrap();
    std::fs::write(folder.store(), before).unwrap();
    let old = open(&folder.store(), 1, FIRST).unwrap();
    write(&old, &command(90, 9), |writer| writer.create(&truck(90)));
    old.close().unwrap();
    open(&folder.store(), 2, SECOND).unwrap().close().unwrap();
    let copies = copies(&folder);
    assert_eq!(copies.len(), 2, "{copies:?}");
    let there = |copy: &PathBuf| {
        let store = open(copy, 1, FIRST).unwrap();
        store.read(|reader| reader.get::<first::Truck>(id(90))).unwrap().is_some()
    };
    assert_eq!(copies.iter().filter(|copy| there(copy)).count(), 1);
}

/// How the engine would go about a question.
fn plan(raw: &Connection, sql: &str) -> String {
    let mut statement = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

/// Nearly all records have nothing in such a column: an index over these would be gone through as a whole.
#[test]
fn an_index_leaves_out_what_is_empty() {
    let folder = Folder::new();
    made_with_first(&folder);
    let raw = Connection::open(folder.store()).unwrap();
    let plates: Vec<String> = (0..1_000).map(|number| format!("'AO {number}'")).collect();
    let many = format!("SELECT id FROM lorry WHERE plate COLLATE NOCASE IN ({})", plates.join(", "));
    let without = plan(&raw, &format!("{many} AND colour IS NULL"));
    assert!(without.contains("lorry__by_plate") && !without.contains("lorry__by_colour"), "{without}");
    for given in ["colour COLLATE NOCASE = 'red'", "colour COLLATE NOCASE IN ('red', 'blue')"] {
        let found = plan(&raw, &format!("SELECT id FROM lorry WHERE {given}"));
        assert!(found.contains("lorry__by_colour"), "{given}: {found}");
    }
    // One of an older library is made anew.
    raw.execute_batch(
        "DROP INDEX lorry__by_colour; CREATE INDEX lorry__by_colour ON lorry (colour COLLATE NOCASE)",
    )
    .unwrap();
    drop(raw);
    open(&folder.store(), 2, FIRST).unwrap().close().unwrap();
    let fresh = folder.path().join("fresh");
    open(&fresh, 2, FIRST).unwrap().close().unwrap();
    assert_eq!(shape(&folder.store()), shape(&fresh));
}

#[test]
fn records_are_read_and_written_in_their_new_shape() {
    let folder = Folder::new();
    made_with_first(&folder);
    let store = open(&folder.store(), 2, SECOND).unwrap();
    let expected = second::Truck {
        id: id(2),
        load: Decimal::ZERO,
        registration: Some("AO 2".to_owned()),
        axles: 3,
        electric: false,
        sold: None,
    };
    let found = store.read(|reader| reader.require::<second::Truck>(id(2))).unwrap();
    assert_eq!(found.record, expected);
    write(&store, &command(2, 1), |writer| {
        writer.update(
            &second::Truck { registration: None, load: Decimal::new(185, 1), ..expected.clone() },
            found.version,
        )
    });
    let plate = store.read(|reader| reader.require::<second::Plate>(id(2))).unwrap();
    assert_eq!(plate.registration, None);
    let electric = Predicate::equals("electric", Value::Bool(false));
    assert_eq!(store.read(|reader| reader.count(second::Truck::ENTITY, &electric)).unwrap(), 5);
    let then = store.read(|reader| reader.as_of::<second::Truck>(id(2), at(0))).unwrap().unwrap();
    assert_eq!(then.record, expected);
    // The column that is gone from the state is still in the journal, and comes back with its declaration.
    store.close().unwrap();
    let back = open(&folder.store(), 3, FIRST);
    assert_eq!(back.unwrap_err().code(), "store.migration", "an empty plate cannot become required again");
    let again = open(&folder.store(), 3, BACK).unwrap();
    let colours = again.read(|reader| reader.require::<back::Truck>(id(4))).unwrap();
    assert_eq!(colours.colour.as_deref(), Some("red"));
    let report = again.check(Depth::Full).unwrap();
    assert!(report.is_in_order(), "{report:?}");
}

mod back {
    use super::*;

    /// A truck with its colour again.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 1, name = "truck", access = public)]
    pub(super) struct Truck {
        #[field(number = 1)]
        pub(super) id: TruckId,
        #[field(number = 2)]
        pub(super) registration: Option<String>,
        #[field(number = 4)]
        pub(super) colour: Option<String>,
    }
}
const BACK: &[&Entity] = &[back::Truck::ENTITY];

#[test]
fn what_cannot_be_upgraded_is_refused_and_left_as_it_was() {
    let folder = Folder::new();
    made_with_first(&folder);
    let cases: [(&str, &'static [&'static Entity], u32); 4] = [
        ("store.migration", const { &[retyped::Truck::ENTITY] }, 2),
        ("store.migration", const { &[required::Truck::ENTITY] }, 2),
        ("store.migration", const { &[without_default::Truck::ENTITY] }, 2),
        ("store.migration", THIRD, 1),
    ];
    for (code, entities, version) in cases {
        assert_eq!(open(&folder.store(), version, entities).unwrap_err().code(), code);
    }
    let mut older = options(&folder.store(), &clock());
    older.schema = Schema::new(2, THIRD);
    older.read_only = true;
    assert_eq!(Store::open(older).unwrap_err().code(), "store.older");
    let store = open(&folder.store(), 1, FIRST).unwrap();
    assert_eq!(store.read(|reader| reader.require::<first::Truck>(id(5))).unwrap().record, truck(5));
    assert_eq!(store.info().unwrap().schema_version, 1);
}

#[test]
fn declarations_that_contradict_each_other_are_refused() {
    let cases: [&'static [&'static Entity]; 3] = [
        const { &[first::Truck::ENTITY, third::Truck::ENTITY] },
        const { &[second::Plate::ENTITY] },
        const {
            &[&Entity {
                number: 9,
                name: "Order",
                doc: "",
                columns: first::Truck::ENTITY.columns,
                part_of: None,
                access: clientela_model::Access::Public,
                view: None,
                key: None,
            }]
        },
    ];
    for entities in cases {
        assert_eq!(Schema::new(1, entities).check().unwrap_err().code(), "store.schema");
    }
    Schema::new(1, SECOND).check().unwrap();
}
