//! A store of schema version 1 is brought up when it is opened, and nothing of it is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use chrono::{DateTime, NaiveDate, Utc};
use clientela::core::organisation::{
    Function, Grant, Holding, NumberSeries, NumberedDocument, Position, Profile, Scope, Unit, UnitKind, User,
    Verb,
};
use clientela::core::party::{Ownership, Vehicle};
use clientela::core::performance::{Measure, PlanState, QuotaPlan, QuotaTarget};
use clientela::core::privacy::{Erasure, ErasureReason};
use clientela::core::{ENTITIES, SCHEMA_VERSION};
use clientela::model::{Column, Entity, EntityId, Facet, Record, Value};
use clientela::{Command, Crm, CustomerSearch, Predicate};
use clientela_store::{CommandMeta, OpenOptions, Schema, Store, StoreError, Writer};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What the declarations were at version 1: columns that came since are not there, and what may be empty now was not.
fn first() -> Schema {
    let new = [("unit", "time_zone"), ("vehicle", "disposal_reason")];
    let required = [("quota_plan", "total"), ("number_series", "next")];
    let unindexed = [("party", "email"), ("party", "phone"), ("customer", "email"), ("customer", "phone")];
    let entities: Vec<&'static Entity> = ENTITIES
        .iter()
        .map(|entity| {
            let is = |list: &[(&str, &str)], column: &Column| list.contains(&(entity.name, column.name));
            let columns = entity.columns.iter().filter(|column| !is(&new, column)).map(|column| Column {
                nullable: column.nullable && !is(&required, column),
                facet: if is(&required, column) { Facet::Standard } else { column.facet },
                indexed: column.indexed && !is(&unindexed, column),
                ..*column
            });
            let columns: &'static [Column] = Box::leak(columns.collect());
            &*Box::leak(Box::new(Entity { columns, ..**entity }))
        })
        .collect();
    Schema::new(1, Box::leak(entities.into_boxed_slice()))
}

fn id<I: EntityId>(number: u64) -> I {
    I::from_uuid(Uuid::from_u64_pair(7, number))
}

fn now() -> DateTime<Utc> {
    "2026-03-04T09:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Writes a record as it was.
fn add<R: Record>(writer: &mut Writer<'_>, schema: Schema, record: &R) {
    let old = schema.entity(R::ENTITY.name).unwrap();
    let values = record.to_values();
    let kept: Vec<Value> =
        old.columns.iter().map(|column| values[R::ENTITY.position(column.name).unwrap()].clone()).collect();
    writer.create_values(old, &kept).unwrap();
}

fn fill(writer: &mut Writer<'_>, schema: Schema) {
    let unit = Unit {
        id: id(1),
        parent: None,
        kind: UnitKind::Headquarters,
        code: "HQ".into(),
        name: "Headquarters".into(),
        country: None,
        valid_from: None,
        valid_to: None,
        time_zone: None,
        street: None,
        postal_code: None,
        locality: None,
        vat_number: None,
    };
    add(writer, schema, &unit);
    add(writer, schema, &Profile { id: id(2), name: "administrator".into() });
    for (number, verb) in [(3, Verb::Read), (4, Verb::Create), (5, Verb::Change), (6, Verb::Administer)] {
        let scope = Scope::Everything;
        let grant = Grant {
            id: id(number),
            profile: id(2),
            entity: "*".into(),
            verb,
            scope,
            confidential: true,
            withdrawn: None,
        };
        add(writer, schema, &grant);
    }
    let position = Position {
        id: id(7),
        unit: id(1),
        function: Function::Administrator,
        title: "Administrator".into(),
        reports_to: None,
        profile: id(2),
    };
    add(writer, schema, &position);
    add(writer, schema, &User { id: id(8), login: "admin".into(), name: "Ada".into(), active: true });
    let holding = Holding {
        id: id(9),
        user: id(8),
        position: id(7),
        substitute: false,
        valid_from: day("2026-01-01"),
        valid_to: None,
    };
    add(writer, schema, &holding);
    let document = NumberedDocument::Customer;
    add(
        writer,
        schema,
        &NumberSeries { id: id(10), unit: id(1), document, prefix: "K-".into(), next: Some(41) },
    );
    let plan = QuotaPlan {
        id: id(11),
        name: "Trucks 2026".into(),
        owner: id(7),
        unit: id(1),
        measure: Measure::Units,
        currency: None,
        first_day: day("2026-01-01"),
        last_day: day("2026-12-31"),
        total: Some(Decimal::from(120)),
        state: PlanState::Published,
        version: None,
        series: None,
        from_day: None,
        step: None,
        measure_weight: None,
        credit_rule: None,
    };
    add(writer, schema, &plan);
    let target = QuotaTarget {
        id: id(12),
        plan: id(11),
        unit: id(1),
        owner: None,
        first_day: plan.first_day,
        last_day: plan.last_day,
        amount: Decimal::from(120),
        answer: None,
        proposed: None,
        note: None,
        measure: None,
    };
    add(writer, schema, &target);
    let new: clientela::core::party::NewCustomer = serde_json::from_str(
        r#"{"kind": "company", "name": "Esempio", "country": "IT", "number": "K-40", "email": "info@esempio.example"}"#,
    )
    .unwrap();
    let seat = clientela::core::party::Seat { owner: id(7), unit: id(1) };
    let entered = clientela::core::party::enter_customer(&new, id(13), id(14), seat).unwrap();
    add(writer, schema, &entered.party);
    add(writer, schema, &entered.relationship);
    let vehicle = Vehicle {
        id: id(15),
        party: entered.party.id,
        vin: None,
        plate: None,
        make: "Marca".into(),
        model: None,
        category: None,
        body: None,
        euro_class: None,
        first_registration: None,
        mileage_km: None,
        ownership: Ownership::Owned,
        acquired: None,
        disposed: None,
        disposal_reason: None,
        usage: None,
    };
    add(writer, schema, &vehicle);
}

/// The declarations of the first version, in which nothing was personal yet.
fn first_without_personal() -> Schema {
    let open = |entity: &&'static Entity| -> &'static Entity {
        let columns: Vec<Column> =
            entity.columns.iter().map(|column| Column { personal: false, ..*column }).collect();
        Box::leak(Box::new(Entity { columns: Box::leak(columns.into_boxed_slice()), ..**entity }))
    };
    let entities: Vec<&'static Entity> = first().entities.iter().map(open).collect();
    Schema::new(1, Box::leak(entities.into_boxed_slice()))
}

/// A store of these declarations with their records, and what else is written with them.
fn filled(path: &std::path::Path, schema: Schema, more: impl Fn(&mut Writer<'_>)) {
    let store = Store::open(OpenOptions::new(path, schema).create(true)).unwrap();
    let meta = CommandMeta {
        id: id::<clientela::core::ids::UnitId>(99).uuid(),
        kind: "test.fill",
        actor: id::<clientela::core::ids::UserId>(8).uuid(),
        position: None,
        reason: String::new(),
        fingerprint: [0; 32],
        time: now(),
    };
    store
        .write(&meta, |writer| {
            fill(writer, schema);
            more(writer);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    store.close().unwrap();
}

/// Who was erased before a field was personal loses it when the store is first opened by a library to which it is.
#[test]
fn those_erased_before_an_upgrade_lose_what_is_personal_since() {
    let folder = std::env::temp_dir().join(format!("clientela-migration-erased-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("network.clientela");
    let schema = first_without_personal();
    filled(&path, schema, |writer| {
        let (party, ghost) =
            (id::<clientela::core::ids::PartyId>(14), id::<clientela::core::ids::PartyId>(77));
        let erasure = Erasure {
            id: id(98),
            party,
            contact: None,
            reason: ErasureReason::PersonAsked,
            at: now(),
            records: format!(r#"[["party", "{}"], ["party", "{}"]]"#, party.uuid(), ghost.uuid()),
            files: "[]".to_owned(),
        };
        add(writer, schema, &erasure);
    });
    let holds = |text: &str| {
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let mut own = files.filter(|path| !path.to_string_lossy().contains("-before-upgrade-"));
        own.any(|path| memchr::memmem::find(&std::fs::read(path).unwrap(), text.as_bytes()).is_some())
    };
    assert!(holds("info@esempio.example"));

    let crm = Crm::open(&path).unwrap();
    assert!(crm.check().unwrap().is_in_order(), "{:?}", crm.check().unwrap());
    assert!(!holds("info@esempio.example"));
    let version = crm.info().unwrap().version;
    crm.close().unwrap();
    assert!(!holds("info@esempio.example"));
    let crm = Crm::open(&path).unwrap();
    assert_eq!(crm.info().unwrap().version, version, "once is enough");
    crm.close().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_store_of_the_first_version_is_brought_up_and_nothing_is_lost() {
    let folder = std::env::temp_dir().join(format!("clientela-migration-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("network.clientela");
    let schema = first();
    filled(&path, schema, |_| {});

    let crm = Crm::open(&path).unwrap();
    assert_eq!(crm.info().unwrap().schema_version, SCHEMA_VERSION);
    assert!(crm.check().unwrap().is_in_order(), "{:?}", crm.check().unwrap());
    let admin = crm.session("admin", None).unwrap();
    assert_eq!(admin.find::<QuotaPlan>("Trucks 2026").unwrap().total, Some(Decimal::from(120)));
    let series = admin.list::<NumberSeries>(&Predicate::Everything, 10, 0).unwrap();
    assert_eq!(series[0].next, Some(41));
    let search = CustomerSearch { email: Some("info@esempio.example".into()), ..CustomerSearch::default() };
    assert_eq!(admin.find_customers(&search, 10).unwrap().len(), 1);
    let run = |json: &str| admin.run(&Command::from_json(json).unwrap()).unwrap();
    let given = run(
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Neu", "country": "DE"}}"#,
    );
    assert_eq!(given.key(), Some("K-41"));
    let vehicle = id::<clientela::core::ids::VehicleId>(15);
    run(&format!(r#"{{"command": "vehicle.dispose", "vehicle": "{vehicle}", "reason": "sold"}}"#));
    let vehicle = admin.get::<Vehicle>(vehicle).unwrap();
    assert!(vehicle.disposed.is_some() && vehicle.disposal_reason.as_deref() == Some("sold"));
    run(r#"{"command": "unit.change", "unit": "HQ", "time_zone": "Europe/Rome"}"#);
    assert!(crm.check().unwrap().is_in_order());
    crm.close().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}
