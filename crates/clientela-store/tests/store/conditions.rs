//! A condition has the same answer in SQL and in memory.

use crate::support::*;
use chrono::Duration;
use clientela_model::identifier::Currency;
use clientela_model::{Coded, Comparison, EntityId, Money, Predicate, Record, Value};
use clientela_store::{Order, Store, StoreError};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use uuid::Uuid;

// Few values, so that equal ones meet; those that are hard for SQL among them.
const TEXTS: &[&str] =
    &["", "a", "A", "ab", "Ab", "a_", "a%", "aé", "AÉ", "b", "@", "[", "z", "Z", "zz", "\u{10ffff}", "5"];
const DECIMALS: &[(i64, u32)] = &[
    (0, 0),
    (0, 5),
    (15, 1),
    (150, 2),
    (-15, 1),
    (1, 28),
    (-1, 28),
    (i64::MAX, 0),
    (i64::MIN, 0),
    (i64::MAX, 28),
    (i64::MAX - 1, 0),
    (149_999_999_999_999_999, 17),
    (5, 0),
];
const PARTIES: u64 = 24;
const UNITS: u64 = 8;

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(TEXTS).prop_map(str::to_owned)
}

fn decimal() -> impl Strategy<Value = Decimal> {
    prop::sample::select(DECIMALS).prop_map(|(c, s)| Decimal::from_i128_with_scale(c.into(), s))
}

fn money() -> impl Strategy<Value = Money> {
    let currency = prop::sample::select(vec!["EUR", "CHF"]);
    (decimal(), currency).prop_map(|(amount, code)| Money::new(amount, Currency::parse(code).unwrap()))
}

fn unit_id() -> impl Strategy<Value = UnitId> {
    (0..UNITS + 1).prop_map(id)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Person, Kind::Organisation, Kind::PublicBody])
}

fn a_party() -> impl Strategy<Value = Party> {
    let first =
        (text(), prop::option::of(text()), kind(), prop::option::of(money()), prop::option::of(decimal()));
    let second = (
        prop::option::of(-2_i64..3),
        prop::option::of(0_u64..4),
        prop::option::of(0_i64..4),
        any::<bool>(),
        prop::option::of(unit_id()),
        prop::option::of(prop::collection::vec(0_u8..2, 0..2)),
    );
    (first, second).prop_map(
        |((name, email, kind, turnover, rating), (employees, founded, seen, active, unit, logo))| Party {
            id: id(0),
            name,
            email,
            kind,
            turnover,
            rating,
            employees,
            founded: founded.map(|days| day("2024-02-28") + chrono::Days::new(days)),
            seen: seen.map(|micros| at(0) + Duration::microseconds(micros)),
            active,
            unit,
            logo,
        },
    )
}

/// A value for the column, or of another kind.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(|text| Value::Text(text.into())),
        1 => kind().prop_map(|kind| Value::Text(clientela_model::ClosedList::word(kind).into())),
        3 => decimal().prop_map(Value::Decimal),
        3 => money().prop_map(Value::Money),
        2 => (-2_i64..7).prop_map(Value::Integer),
        2 => (0_u64..4).prop_map(|days| Value::Date(day("2024-02-28") + chrono::Days::new(days))),
        1 => prop::sample::select(vec![-5_000, 20_000]).prop_map(|year| Value::Date(chrono::NaiveDate::from_ymd_opt(year, 1, 1).unwrap())),
        3 => (-500_i64..4_500).prop_map(|nanos| Value::Instant(at(0) + Duration::nanoseconds(nanos))),
        2 => (0_i64..4).prop_map(|micros| Value::Instant(at(0) + Duration::microseconds(micros))),
        2 => any::<bool>().prop_map(Value::Bool),
        2 => unit_id().prop_map(|id| Value::Id(id.uuid())),
        1 => (0..PARTIES).prop_map(|n| Value::Id(id::<PartyId>(n).uuid())),
        1 => prop::collection::vec(0_u8..2, 0..2).prop_map(Value::Blob),
        1 => Just(Value::Null),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![Comparison::Less, Comparison::AtMost, Comparison::Greater, Comparison::AtLeast])
}

/// A condition on a single record of an entity with these columns.
fn atom(columns: &'static [&'static str]) -> BoxedStrategy<Predicate> {
    let column = move || prop::sample::select(columns);
    prop_oneof![
        1 => Just(Predicate::Everything),
        1 => Just(Predicate::Nothing),
        6 => (column(), value()).prop_map(|(column, value)| Predicate::equals(column, value)),
        3 => (column(), prop::collection::vec(value(), 0..6)).prop_map(|(c, values)| Predicate::OneOf(c.into(), values)),
        // So many that they travel as one.
        1 => (column(), prop::collection::vec(value(), 1..5))
            .prop_map(|(c, values)| Predicate::OneOf(c.into(), values.into_iter().cycle().take(420).collect())),
        2 => column().prop_map(|column| Predicate::Empty(column.into())),
        6 => (column(), comparison(), value()).prop_map(|(c, comparison, value)| Predicate::Compare(c.into(), comparison, value)),
        4 => (column(), text()).prop_map(|(column, start)| Predicate::StartsWith(column.into(), start)),
    ]
    .boxed()
}

fn unit_roots() -> impl Strategy<Value = Vec<Uuid>> {
    prop::collection::vec(unit_id().prop_map(EntityId::uuid), 0..3)
}

fn predicate() -> BoxedStrategy<Predicate> {
    const PARTY: &[&str] = &[
        "id",
        "name",
        "email",
        "kind",
        "turnover",
        "rating",
        "employees",
        "founded",
        "seen",
        "active",
        "unit",
        "logo",
    ];
    const UNIT: &[&str] = &["id", "parent", "name"];
    const RELATIONSHIP: &[&str] = &["id", "party", "owner", "unit", "good"];
    let below = |column: &'static str| {
        unit_roots().prop_map(move |roots| Predicate::Below {
            column: column.into(),
            entity: "unit",
            parent: "parent",
            roots,
        })
    };
    let of_unit = prop_oneof![atom(UNIT), below("parent")];
    let refers = (prop::sample::select(vec!["unit", "name"]), of_unit).prop_map(|(column, satisfying)| {
        Predicate::Refers { column: column.into(), entity: "unit", satisfying: Box::new(satisfying) }
    });
    let of_relationship = prop_oneof![3 => atom(RELATIONSHIP), 1 => below("unit")];
    let referred = of_relationship.prop_map(|satisfying| Predicate::Referred {
        entity: "relationship",
        column: "party",
        satisfying: Box::new(satisfying),
    });
    let leaf =
        prop_oneof![6 => atom(PARTY), 1 => below("unit"), 1 => below("name"), 2 => refers, 2 => referred];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::Any),
            inner.prop_map(|part| Predicate::Not(Box::new(part))),
        ]
    })
    .boxed()
}

/// Units that form trees and circles, parties, and relationships between them.
fn filled() -> impl Strategy<Value = Store> {
    let parents = prop::collection::vec(prop::option::of(0..UNITS + 1), usize::try_from(UNITS).unwrap());
    let parties = prop::collection::vec(a_party(), usize::try_from(PARTIES).unwrap());
    let relationships = prop::collection::vec((0..PARTIES, 0..UNITS, any::<bool>()), 0..20);
    (parents, parties, relationships).prop_map(|(parents, parties, relationships)| {
        let store = in_memory();
        write(&store, &command(1, 0), |writer| {
            for (number, parent) in (0..).zip(parents) {
                let name = TEXTS[usize::try_from(number).unwrap() % TEXTS.len()].to_owned();
                writer.create(&Unit { id: id(number), parent: parent.map(id), name })?;
            }
            for (number, party) in (0..).zip(parties) {
                writer.create(&Party { id: id(number), ..party })?;
            }
            for (number, (party, unit, good)) in (0..).zip(relationships) {
                let owner = good.then(|| id(unit));
                writer.create(&Relationship {
                    id: id(number),
                    party: id(party),
                    owner,
                    unit: id(unit),
                    good,
                })?;
            }
            Ok(())
        });
        store
    })
}

fn in_sql(store: &Store, predicate: &Predicate) -> Result<BTreeSet<Uuid>, StoreError> {
    let found = store.read(|reader| reader.find::<Party>(predicate, &Order::by_id(), None, 0))?;
    let count = store.read(|reader| reader.count(Party::ENTITY, predicate))?;
    let exists = store.read(|reader| reader.exists(Party::ENTITY, predicate))?;
    assert_eq!((found.len() as u64, !found.is_empty()), (count, exists));
    Ok(found.iter().map(|party| party.id.uuid()).collect())
}

fn in_memory_too(store: &Store, predicate: &Predicate) -> BTreeSet<Uuid> {
    store
        .read(|reader| -> Result<_, StoreError> {
            let all = reader.select(Party::ENTITY, &[], &Predicate::Everything, &Order::by_id(), None, 0)?;
            let holds = |values: &&Vec<Value>| predicate.holds(Party::ENTITY, values, reader);
            let ids = all.iter().map(|(values, _)| values).filter(holds).map(|values| match values[0] {
                Value::Id(id) => id,
                _ => panic!("the first column is the id"),
            });
            Ok(ids.collect())
        })
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn sql_and_memory_agree(store in filled(), predicates in prop::collection::vec(predicate(), 40)) {
        for predicate in &predicates {
            prop_assert_eq!(in_sql(&store, predicate).unwrap(), in_memory_too(&store, predicate), "{:?}", predicate);
        }
    }
}

#[test]
fn large_conditions_are_answered_or_refused_by_name() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| {
        (0..50).try_for_each(|n| writer.create(&Party { unit: Some(id(n)), ..party(n, "x") }).map(|_| ()))
    });
    let ids =
        |range: std::ops::Range<u64>| range.map(|n| Value::Id(id::<PartyId>(n).uuid())).collect::<Vec<_>>();
    let all = Predicate::OneOf("id".into(), ids(40..100_000));
    assert_eq!(in_sql(&store, &all).unwrap().len(), 10);
    let numbers = Predicate::OneOf("employees".into(), (0..100_000).map(Value::Integer).collect());
    assert_eq!(in_sql(&store, &numbers).unwrap().len(), 50);
    let names = (0..100_000).map(|n| Value::Text(format!("{n}").into())).chain([Value::Text("x".into())]);
    assert_eq!(in_sql(&store, &Predicate::OneOf("name".into(), names.collect())).unwrap().len(), 50);
    let roots = (30..20_000).map(|n| id::<UnitId>(n).uuid()).collect();
    let below = Predicate::Below { column: "unit".into(), entity: "unit", parent: "parent", roots };
    assert_eq!(in_sql(&store, &below).unwrap().len(), 20);
    let wide = |count: usize| Predicate::Any(vec![Predicate::equals("employees", Value::Integer(12)); count]);
    assert_eq!(in_sql(&store, &wide(5_000)).unwrap().len(), 50);
    assert_eq!(in_sql(&store, &wide(40_000)).unwrap_err().code(), "predicate.too_large");
    let deep = |count| (0..count).fold(Predicate::Everything, |inner, _| Predicate::Not(Box::new(inner)));
    assert_eq!(in_sql(&store, &deep(90)).unwrap().len(), 50);
    assert_eq!(in_sql(&store, &deep(500)).unwrap_err().code(), "predicate.too_large");
}

#[test]
fn many_empty_texts_find_what_is_empty() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| {
        writer.create(&party(1, "x"))?;
        writer.create(&party(2, "")).map(|_| ())
    });
    for count in [1, 100, 101, 500] {
        let empty = Predicate::OneOf("name".into(), vec![Value::Text("".into()); count]);
        assert_eq!(in_sql(&store, &empty).unwrap().len(), 1, "{count}");
    }
}

#[test]
fn a_tree_is_followed_as_deep_in_sql_as_in_memory() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| {
        (0..80).try_for_each(|n| {
            let parent = (n > 0).then(|| id(n - 1));
            writer.create(&Unit { id: id(n), parent, name: String::new() })?;
            writer.create(&Party { unit: Some(id(n)), ..party(n, "x") }).map(|_| ())
        })
    });
    let roots = vec![id::<UnitId>(0).uuid()];
    let below = Predicate::Below { column: "unit".into(), entity: "unit", parent: "parent", roots };
    let found = in_sql(&store, &below).unwrap();
    assert_eq!(found.len(), clientela_model::predicate::TREE_DEPTH_MAX);
    assert_eq!(found, in_memory_too(&store, &below));
}

#[test]
fn names_that_are_not_declared_are_refused() {
    let store = in_memory();
    let cases = [
        ("store.unknown_column", Predicate::equals("colour\" OR 1=1 --", Value::Bool(true))),
        (
            "store.unknown_entity",
            Predicate::Refers {
                column: "unit".into(),
                entity: "sqlite_schema",
                satisfying: Box::new(Predicate::Everything),
            },
        ),
        (
            "store.unknown_column",
            Predicate::Referred {
                entity: "unit",
                column: "rowid",
                satisfying: Box::new(Predicate::Everything),
            },
        ),
    ];
    for (code, predicate) in cases {
        assert_eq!(in_sql(&store, &predicate).unwrap_err().code(), code);
    }
}
