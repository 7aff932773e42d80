//! As of a date, and what happened.

use crate::support::*;
use clientela_model::{EntityId, Predicate, Record, Value};
use clientela_store::StoreError;
use std::ops::ControlFlow;

#[test]
fn a_record_is_read_as_it_was() {
    let store = in_memory();
    write(&store, &command(1, 1_000), |writer| writer.create(&party(1, "Rossi")));
    write(&store, &command(2, 2_000), |writer| {
        writer.update(&Party { employees: Some(20), ..party(1, "Rossi") }, 1)
    });
    write(&store, &command(3, 3_000), |writer| {
        writer.update(&Party { employees: None, email: None, ..party(1, "Rossi") }, 2)
    });
    let cases = [
        (999, None),
        (1_000, Some((Some(12), true, 1))),
        (1_999, Some((Some(12), true, 1))),
        (2_000, Some((Some(20), true, 2))),
        (3_000, Some((None, false, 3))),
        (9_999, Some((None, false, 3))),
    ];
    for (millis, expected) in cases {
        let found = store.read(|reader| reader.as_of::<Party>(id(1), at(millis))).unwrap();
        let seen = found.map(|party| (party.employees, party.email.is_some(), party.version));
        assert_eq!(seen, expected, "{millis}");
    }
    assert_eq!(store.read(|reader| reader.version_at(at(2_500))).unwrap(), 2);
}

#[test]
fn a_clock_that_steps_back_does_not_reorder_what_happened() {
    let store = in_memory();
    write(&store, &command(1, 5_000), |writer| writer.create(&party(1, "Rossi")));
    write(&store, &command(2, 1_000), |writer| {
        writer.update(&Party { employees: None, ..party(1, "Rossi") }, 1)
    });
    let history = store.read(|reader| reader.history(Party::ENTITY, id::<PartyId>(1).uuid())).unwrap();
    assert_eq!(history.iter().map(|entry| entry.time).collect::<Vec<_>>(), [at(5_000), at(5_000)]);
    let found = store.read(|reader| reader.as_of::<Party>(id(1), at(1_000))).unwrap();
    assert_eq!(found, None, "it was not there before it was made");
    assert_in_order(&store);
}

#[test]
fn history_tells_who_when_why_and_from_what_to_what() {
    let store = in_memory();
    let (first, second) = (command(1, 1_000), command(2, 2_000));
    write(&store, &first, |writer| writer.create(&Party { rating: None, ..party(1, "Rossi") }));
    write(&store, &second, |writer| {
        writer.update(
            &Party { rating: None, name: "Verdi".to_owned(), turnover: Some(euro(5)), ..party(1, "Rossi") },
            1,
        )
    });
    let history = store.read(|reader| reader.history(Party::ENTITY, id::<PartyId>(1).uuid())).unwrap();
    assert_eq!(history.len(), 2);
    for (entry, meta) in history.iter().zip([&first, &second]) {
        let seen = (
            entry.time,
            entry.actor,
            entry.position,
            entry.command,
            entry.kind.as_str(),
            entry.reason.as_str(),
        );
        assert_eq!(seen, (meta.time, meta.actor, meta.position, meta.id, meta.kind, meta.reason.as_str()));
    }
    assert!(history[0].created && !history[1].created);
    let given: Vec<_> = history[0].changes.iter().map(|change| change.column.name).collect();
    assert_eq!(
        given,
        ["id", "name", "email", "kind", "turnover", "employees", "founded", "seen", "active", "logo"]
    );
    let changes: Vec<_> =
        history[1].changes.iter().map(|c| (c.column.name, c.before.clone(), c.after.clone())).collect();
    assert_eq!(
        changes,
        [
            ("name", Value::Text("Rossi".into()), Value::Text("Verdi".into())),
            ("turnover", Value::Money(euro(1_250_000)), Value::Money(euro(5))),
        ]
    );
    let error = store.read(|reader| reader.history(Customer::ENTITY, id::<PartyId>(1).uuid())).unwrap_err();
    assert_eq!(error, StoreError::View { entity: "customer" });
}

#[test]
fn a_condition_is_asked_of_the_past_with_everything_it_refers_to() {
    let store = in_memory();
    write(&store, &command(1, 1_000), |writer| {
        writer.create(&Unit { id: id(1), parent: None, name: "North".to_owned() })?;
        writer.create(&Unit { id: id(2), parent: Some(id(1)), name: "Dealer".to_owned() })?;
        writer.create(&Party { unit: Some(id(2)), ..party(1, "Rossi") })?;
        writer.create(&party(2, "Verdi"))?;
        writer.create(&Relationship { id: id(1), party: id(2), owner: None, unit: id(1), good: true })
    });
    write(&store, &command(2, 2_000), |writer| {
        writer.update(&Unit { id: id(2), parent: None, name: "Dealer".to_owned() }, 2)?;
        writer.update(&Relationship { id: id(1), party: id(1), owner: None, unit: id(1), good: true }, 5)
    });
    let below = Predicate::Below {
        column: "unit".into(),
        entity: "unit",
        parent: "parent",
        roots: vec![id::<UnitId>(1).uuid()],
    };
    let referred = Predicate::Referred {
        entity: "relationship",
        column: "party",
        satisfying: Box::new(Predicate::equals("good", Value::Bool(true))),
    };
    let names = |predicate: &Predicate, millis: i64| {
        let mut names = Vec::new();
        let visit = &mut |_, values: &[Value], _| {
            names.push(values[1].to_plain_text());
            ControlFlow::Continue(())
        };
        store.read(|reader| reader.scan_as_of(Party::ENTITY, at(millis), predicate, visit)).unwrap();
        names
    };
    assert_eq!((names(&below, 1_000), names(&below, 2_000)), (vec!["Rossi".to_owned()], vec![]));
    assert_eq!(
        (names(&referred, 1_500), names(&referred, 2_500)),
        (vec!["Verdi".to_owned()], vec!["Rossi".to_owned()])
    );
    assert!(names(&Predicate::Everything, 0).is_empty());
}
