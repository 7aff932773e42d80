//! Commands: once, whole, or not at all.

use crate::support::*;
use clientela_model::{Coded, EntityId, Predicate, Record};
use clientela_store::{Order, Store, StoreError, Written};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn what_is_written_is_read_back_exactly() {
    let store = in_memory();
    let mut first = party(1, "Rossi");
    let bare = crate::support::Party {
        email: None,
        turnover: None,
        rating: None,
        employees: None,
        founded: None,
        seen: None,
        unit: None,
        logo: None,
        ..party(2, "")
    };
    write(&store, &command(1, 0), |writer| {
        writer.create(&first)?;
        writer.create(&bare)
    });
    store
        .read(|reader| -> Result<(), StoreError> {
            let stored = reader.require::<Party>(first.id)?;
            assert_eq!((&stored.record, stored.version), (&first, 1));
            // Decimals that are equal may be written differently; the store keeps how.
            assert_eq!(stored.rating.unwrap().to_string(), "1.50");
            assert_eq!(reader.require::<Party>(bare.id)?.record, bare);
            assert_eq!(reader.get::<Party>(id(3))?, None);
            Ok(())
        })
        .unwrap();
    first.rating = Some(rust_decimal::Decimal::new(15, 1));
    let version = write(&store, &command(2, 1), |writer| writer.update(&first, 1));
    assert_eq!(version, 3, "another way of writing a number is a change");
    assert_in_order(&store);
}

#[test]
fn a_repeated_command_is_answered_and_does_nothing() {
    let store = in_memory();
    let meta = command(1, 0);
    write(&store, &meta, |writer| {
        writer.create(&party(1, "Rossi"))?;
        writer.answer(b"made".to_vec());
        Ok(())
    });
    let before = store.info().unwrap().version;
    let repeated = store.write(&meta, |_| -> Result<(), StoreError> { panic!("must not run") }).unwrap();
    assert_eq!(repeated, Written::Repeated(b"made".to_vec()));
    assert_eq!(store.info().unwrap().version, before);
    let other = clientela_store::CommandMeta { fingerprint: [9; 32], ..meta.clone() };
    let error = store.write(&other, |_| Ok::<_, StoreError>(())).unwrap_err();
    assert_eq!(error.code(), "command.reused");
    let stored = store.command(meta.id).unwrap().unwrap();
    assert_eq!(
        (
            stored.kind.as_str(),
            stored.actor,
            stored.position,
            stored.time,
            stored.commits,
            stored.answer.as_slice()
        ),
        (meta.kind, meta.actor, meta.position, meta.time, Some((1, 1)), &b"made"[..])
    );
    assert_eq!(store.command(command(2, 0).id).unwrap(), None);
}

#[test]
fn an_error_or_a_panic_in_the_work_stores_nothing() {
    let store = in_memory();
    let failing = |number: u64, end: fn()| {
        store.write(&command(number, 0), |writer| -> Result<(), StoreError> {
            writer.create(&party(number, "Rossi"))?;
            end();
            Err(StoreError::Cancelled)
        })
    };
    assert_eq!(failing(1, || ()).unwrap_err(), StoreError::Cancelled);
    assert!(catch_unwind(AssertUnwindSafe(|| failing(2, || panic!("in the work")))).is_err());
    let count =
        |store: &Store| store.read(|reader| reader.count(Party::ENTITY, &Predicate::Everything)).unwrap();
    assert_eq!((count(&store), store.info().unwrap().version), (0, 0));
    assert_eq!(store.command(command(1, 0).id).unwrap(), None, "a refused command may be given again");
    write(&store, &command(2, 0), |writer| writer.create(&party(1, "Rossi")));
    assert_eq!(count(&store), 1);
    assert_in_order(&store);
}

#[test]
fn a_record_changed_meanwhile_is_not_overwritten() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| writer.create(&party(1, "Rossi")));
    let changed = Party { employees: Some(13), ..party(1, "Rossi") };
    assert_eq!(write(&store, &command(2, 1), |writer| writer.update(&changed, 1)), 2);
    let error = store.write(&command(3, 2), |writer| writer.update(&party(1, "Bianchi"), 1)).unwrap_err();
    assert_eq!((error.code(), error.entity()), ("record.changed_meanwhile", Some(changed.id.uuid())));
    assert_eq!(
        write(&store, &command(4, 3), |writer| writer.update(&changed, 2)),
        2,
        "nothing differs, nothing happens"
    );
    assert_eq!(store.info().unwrap().version, 3, "a commit without changes seals its answer");
    let codes: [(&str, Result<_, StoreError>); 3] = [
        ("record.exists", store.write(&command(5, 4), |writer| writer.create(&changed))),
        ("record.not_found", store.write(&command(6, 4), |writer| writer.update(&party(9, "Verdi"), 1))),
        ("record.not_found", store.read(|reader| reader.require::<Party>(id(9)).map(|_| Written::Done(0)))),
    ];
    for (code, result) in codes {
        assert_eq!(result.unwrap_err().code(), code);
    }
}

#[test]
fn a_command_may_touch_a_record_again_and_still_go_on_after_a_refusal() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| writer.create(&party(1, "Rossi")));
    write(&store, &command(2, 1), |writer| {
        // A creation changed at once is one creation; two changes of one record are one change.
        let version = writer.create(&party(2, "Verdi"))?;
        let version = writer.update(&Party { employees: None, email: None, ..party(2, "Verdi") }, version)?;
        assert_eq!(writer.update(&Party { employees: None, ..party(2, "Verdi") }, version)?, version);
        let version = writer.update(&Party { employees: Some(1), ..party(1, "Rossi") }, 1)?;
        writer.update(&Party { employees: Some(2), active: false, ..party(1, "Rossi") }, version)?;
        assert_eq!(writer.create(&party(1, "Rossi")).unwrap_err().code(), "record.exists");
        assert_eq!(writer.upsert(&Party { employees: Some(3), ..party(1, "Rossi") })?, version);
        writer.upsert(&party(3, "Neri"))
    });
    assert_in_order(&store);
    let history = store.read(|reader| reader.history(Party::ENTITY, id::<PartyId>(1).uuid())).unwrap();
    let changes: Vec<_> = history[1].changes.iter().map(|change| change.column.name).collect();
    assert_eq!((history.len(), changes), (2, vec!["employees", "active"]));
    assert_eq!(store.info().unwrap().version, 4);
}

#[test]
fn a_commit_belongs_to_one_aggregate() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| {
        writer.create(&party(1, "Rossi"))?;
        writer.create(&address(1, 1))?;
        writer.create(&Door { id: id(1), address: id(1), height: rust_decimal::Decimal::new(45, 1) })?;
        writer.create(&party(2, "Verdi"))?;
        writer.create(&address(2, 2))
    });
    let commits = store.read(|reader| reader.commits(0, 10)).unwrap();
    let seen: Vec<_> =
        commits.iter().map(|commit| (commit.root, commit.part, commit.touched.len())).collect();
    assert_eq!(seen, [(id::<PartyId>(1).uuid(), 0, 3), (id::<PartyId>(2).uuid(), 1, 2)]);
    assert!(commits.iter().all(|commit| commit.root_entity == Party::ENTITY.number));
    // A part that moves counts for its new whole, and may come back in the same command.
    write(&store, &command(2, 1), |writer| {
        let moved = writer.update(&Address { party: id(2), ..address(1, 1) }, 1)?;
        writer.update(&Address { town: "Ivrea".to_owned(), ..address(2, 2) }, 2)?;
        writer.update(&Party { employees: None, ..party(1, "Rossi") }, 1)?;
        let back = writer.update(&Address { party: id(1), ..address(1, 1) }, moved)?;
        assert!(back > moved);
        let there = writer.update(&Address { party: id(2), ..address(1, 1) }, back)?;
        assert!(there > back, "changes of a record come in the order of their commits");
        Ok(())
    });
    assert_in_order(&store);
    let orphan = Door { id: id(2), address: id(99), height: rust_decimal::Decimal::ONE };
    let error = store.write(&command(3, 2), |writer| writer.create(&orphan)).unwrap_err();
    assert_eq!(error.code(), "record.not_found");
}

#[test]
fn values_the_store_cannot_hold_are_refused_by_name() {
    let store = in_memory();
    let wide = rust_decimal::Decimal::from_i128_with_scale(i128::from(i64::MAX) + 1, 2);
    let cases = [
        ("value.too_large", "rating", Party { rating: Some(wide), ..party(1, "x") }),
        (
            "value.too_large",
            "founded",
            Party { founded: chrono::NaiveDate::from_ymd_opt(10_000, 1, 1), ..party(1, "x") },
        ),
        ("text.nul", "name", party(1, "a\0b")),
    ];
    for (number, (code, field, record)) in (1..).zip(cases) {
        let error = store.write(&command(number, 0), |writer| writer.create(&record)).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), (code, Some(field)));
        assert!(!error.to_string().contains("a\0b"));
    }
    let view =
        Customer { id: id(1), party: id(1), name: String::new(), turnover: None, unit: id(1), good: true };
    assert_eq!(store.write(&command(9, 0), |writer| writer.create(&view)).unwrap_err().code(), "store.view");
}

#[test]
fn files_are_kept_once_by_their_digest() {
    let store = in_memory();
    let content = vec![7_u8; 100_000];
    let digest = write(&store, &command(1, 0), |writer| writer.put_file(&content));
    assert_eq!(write(&store, &command(2, 0), |writer| writer.put_file(&content)), digest);
    assert_eq!(store.read(|reader| reader.file(&digest)).unwrap(), Some(content));
    assert_eq!(store.read(|reader| reader.file(&[0; 32])).unwrap(), None);
}

#[test]
fn rows_come_in_exact_order_in_pages() {
    let store = in_memory();
    let amounts =
        ["10", "9.5", "-0.25", "-0.3", "0", "1000000000000000", "0.000000000000000000001", "9.50001"];
    write(&store, &command(1, 0), |writer| {
        for (number, amount) in (0..).zip(amounts) {
            let rating = Some(rust_decimal::Decimal::from_str_exact(amount).unwrap());
            writer.create(&Party { rating, ..party(number, &format!("P{number}")) })?;
        }
        writer.create(&Party { rating: None, ..party(100, "none") })
    });
    let order = Order::by("rating");
    let found =
        store.read(|reader| reader.find::<Party>(&Predicate::Everything, &order, Some(100), 0)).unwrap();
    let seen: Vec<String> =
        found.iter().map(|p| p.rating.map_or("-".to_owned(), |r| r.to_string())).collect();
    let expected =
        ["-", "-0.3", "-0.25", "0", "0.000000000000000000001", "9.5", "9.50001", "10", "1000000000000000"];
    assert_eq!(seen, expected);
    let order = Order::by_descending("rating");
    let page = store.read(|reader| reader.find::<Party>(&Predicate::Everything, &order, Some(2), 1)).unwrap();
    assert_eq!(page.iter().map(|p| p.rating.unwrap().to_string()).collect::<Vec<_>>(), ["10", "9.50001"]);
}

#[test]
fn rows_are_read_in_place() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| {
        writer.create(&party(1, "Rossi"))?;
        writer.create(&Party { turnover: None, employees: None, ..party(2, "Verdi") })
    });
    let columns = ["turnover", "name", "employees", "founded", "active", "seen", "kind", "id"];
    let mut seen = Vec::new();
    let visited = store
        .read(|reader| {
            reader.scan(Party::ENTITY, &columns, &Predicate::Everything, Some(&Order::by_id()), &mut |row| {
                seen.push((
                    row.money(0)
                        .unwrap()
                        .map(|(coefficient, scale, currency)| (coefficient, scale, currency.to_owned())),
                    row.text(1).unwrap().unwrap().to_owned(),
                    row.integer(2).unwrap(),
                    row.date(3).unwrap(),
                    row.boolean(4).unwrap(),
                    row.integer(5).unwrap(),
                    row.text(6).unwrap().unwrap().to_owned(),
                    row.blob(7).unwrap().unwrap().len(),
                    row.version().unwrap(),
                ));
                std::ops::ControlFlow::Continue(())
            })
        })
        .unwrap();
    assert_eq!(visited, 2);
    let common =
        (Some(day("1998-05-01")), Some(true), Some(at(0).timestamp_micros()), "organisation".to_owned(), 16);
    let (founded, active, micros, kind, bytes) = common;
    assert_eq!(
        seen,
        [
            (
                Some((1_250_000, 2, "EUR".to_owned())),
                "Rossi".to_owned(),
                Some(12),
                founded,
                active,
                micros,
                kind.clone(),
                bytes,
                1
            ),
            (None, "Verdi".to_owned(), None, founded, active, micros, kind, bytes, 2),
        ]
    );
    let error = store
        .read(|reader| {
            reader.scan(Party::ENTITY, &["colour"], &Predicate::Everything, None, &mut |_| {
                std::ops::ControlFlow::Continue(())
            })
        })
        .unwrap_err();
    assert_eq!(error.code(), "store.unknown_column");
}

#[test]
fn a_view_reads_two_tables_as_one() {
    let store = in_memory();
    write(&store, &command(1, 0), |writer| {
        writer.create(&party(1, "Rossi"))?;
        writer.create(&Relationship { id: id(7), party: id(1), owner: None, unit: id(3), good: true })
    });
    write(&store, &command(2, 1), |writer| {
        writer.update(&Party { name: "Rossi Fratelli".to_owned(), ..party(1, "Rossi") }, 1)
    });
    let starts = Predicate::StartsWith("name".into(), "rossi f".to_owned());
    let found = store.read(|reader| reader.find::<Customer>(&starts, &Order::by_id(), None, 0)).unwrap();
    let expected = Customer {
        id: id(7),
        party: id(1),
        name: "Rossi Fratelli".to_owned(),
        turnover: Some(euro(1_250_000)),
        unit: id(3),
        good: true,
    };
    assert_eq!((found.len(), &found[0].record, found[0].version), (1, &expected, 3));
    assert_eq!(store.read(|reader| reader.get::<Customer>(id(7))).unwrap().unwrap().record, expected);
    let then = store.read(|reader| reader.as_of::<Customer>(id(7), at(0))).unwrap().unwrap();
    assert_eq!((then.name.as_str(), then.version), ("Rossi", 2));
}

/// Many at a time or one by one: the rows, the journal, the lists and what a check finds are the same.
#[test]
fn many_new_records_are_as_if_written_one_by_one() {
    let parties: Vec<Party> = (1..=100).map(|number| party(number, &format!("Ditta {number}"))).collect();
    let addresses: Vec<Address> = (1..=70).map(|number| address(number, 1 + number % 50)).collect();
    let values = |many: bool| {
        let store = in_memory();
        write(&store, &command(1, 0), |writer| {
            if many {
                let rows: Vec<_> = parties.iter().map(Record::to_values).collect();
                writer.create_many(Party::ENTITY, &rows)?;
                let rows: Vec<_> = addresses.iter().map(Record::to_values).collect();
                return writer.create_many(Address::ENTITY, &rows);
            }
            parties.iter().try_for_each(|party| writer.create(party).map(drop))?;
            addresses.iter().try_for_each(|address| writer.create(address).map(drop))
        });
        assert_in_order(&store);
        store
            .read(|reader| -> Result<_, StoreError> {
                let parties = reader.find::<Party>(&Predicate::Everything, &Order::by_id(), None, 0)?;
                let addresses = reader.find::<Address>(&Predicate::Everything, &Order::by_id(), None, 0)?;
                let commits = reader.commits(0, 1_000)?.into_iter().map(|commit| commit.touched);
                Ok((parties, addresses, commits.collect::<Vec<_>>()))
            })
            .unwrap()
    };
    assert_eq!(values(true), values(false));
    // A record that is there already lets none of them in.
    let store = in_memory();
    write(&store, &command(1, 0), |writer| writer.create(&parties[40]));
    let rows: Vec<_> = parties.iter().map(Record::to_values).collect();
    let outcome = store.write(&command(2, 1), |writer| {
        let _ = writer.create_many(Party::ENTITY, &rows);
        Ok::<_, StoreError>(())
    });
    assert_eq!(outcome.unwrap_err().code(), "record.exists");
    let count = store.read(|reader| reader.count(Party::ENTITY, &Predicate::Everything)).unwrap();
    assert_eq!(count, 1);
    assert_in_order(&store);
}
