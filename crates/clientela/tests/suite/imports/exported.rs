//! Exports: what the reader may see and nothing else, and the import of an export is the identity.

use super::{ask, import_source, run};
use crate::network::Network;
use clientela::Session;
use clientela::core::party::entry::{NewConsent, NewContact, NewCustomer, NewVehicle};
use clientela::export::{ExportOptions, ExportReport};
use clientela::import::{ImportOptions, ImportSource, ImportTarget, Upsert};
use proptest::prelude::*;
use serde_json::json;

const TARGETS: [ImportTarget; 4] =
    [ImportTarget::Customer, ImportTarget::Vehicle, ImportTarget::Contact, ImportTarget::Consent];

fn export(session: &Session, options: &ExportOptions) -> (String, ExportReport) {
    let (bytes, report) = session.export_csv(options, Vec::new()).unwrap();
    (String::from_utf8(bytes).unwrap(), report)
}

/// The rows of an export without their order, which is that of ids.
fn rows(session: &Session, target: ImportTarget) -> Vec<Vec<String>> {
    let (text, _) = export(session, &ExportOptions::new(target));
    let reader = clientela_exchange::csv::CsvReader::open(text.as_bytes(), &Default::default()).unwrap();
    let mut rows: Vec<Vec<String>> = reader.map(|row| row.unwrap().cells).collect();
    rows.sort();
    rows
}

/// Texts people and machines write: separators, quotes, line breaks, formulas, apostrophes, letters of many scripts.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[=+@'\"-][A-Za-z0-9=+()'\",; ]{0,12}",
        "\\PC{1,16}",
        "[A-Za-zà-ÿ]{1,8}[;,\t|\"'][A-Za-z ]{1,8}",
        Just("=HYPERLINK(\"http://example.com\";\"x\")".to_owned()),
        Just("line".to_owned()),
    ]
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(text())
}

fn customer() -> impl Strategy<Value = NewCustomer> {
    let texts =
        (text(), maybe(), maybe(), maybe(), proptest::option::of("[A-Z=+@'\"]{1,4}(\n|\r\n)[a-z,;]{1,6}"));
    let words = (
        proptest::sample::select(vec!["company", "person", "sole_trader", "public_body"]),
        proptest::sample::select(vec!["IT", "DE", "FR", "CH"]),
        proptest::sample::select(vec!["prospect", "customer", "dormant"]),
        proptest::option::of(proptest::sample::select(vec![
            "+39 0523 123456",
            "+49 30 1234567",
            "+41 44 668 18 00",
        ])),
        proptest::bool::ANY,
    );
    (texts, words, 0..20_000_i64).prop_map(|((name, name2, street, source, notes), words, day)| NewCustomer {
        kind: Some(words.0.to_owned()),
        name: Some(name),
        name2,
        street,
        source,
        notes,
        country: Some(words.1.to_owned()),
        status: Some(words.2.to_owned()),
        phone: words.3.map(str::to_owned),
        do_not_contact: words.4,
        since: chrono::NaiveDate::from_ymd_opt(1990, 1, 1).map(|first| first + chrono::TimeDelta::days(day)),
        ..NewCustomer::default()
    })
}

fn vehicle() -> impl Strategy<Value = NewVehicle> {
    let vin = proptest::option::of((10_000..99_999_u32).prop_map(|number| format!("VF624GPA0000{number}")));
    (text(), maybe(), maybe(), vin, proptest::option::of(0..9_999_999_i64), proptest::bool::ANY).prop_map(
        |(make, plate, usage, vin, mileage_km, left)| NewVehicle {
            make: Some(make),
            plate,
            usage,
            vin,
            mileage_km,
            euro_class: mileage_km.map(|km| 1 + (km % 7) as u16),
            disposed: left.then(|| chrono::NaiveDate::from_ymd_opt(2025, 1, 31)).flatten(),
            disposal_reason: left.then(|| "=sold".to_owned()),
            ..NewVehicle::default()
        },
    )
}

fn contact() -> impl Strategy<Value = NewContact> {
    (text(), maybe(), proptest::option::of("[a-z]{1,8}")).prop_map(|(family_name, given_name, email)| {
        NewContact {
            family_name: Some(family_name),
            given_name,
            email: email.map(|name| format!("{name}@example.com")),
            role: Some("buyer".to_owned()),
            ..NewContact::default()
        }
    })
}

fn consent() -> impl Strategy<Value = NewConsent> {
    let words = (
        proptest::sample::select(vec!["marketing", "survey", "profiling"]),
        proptest::sample::select(vec!["letter", "email", "phone"]),
        proptest::sample::select(vec!["granted", "withdrawn", "objected"]),
    );
    (words, maybe(), maybe(), 0..50_000_000_000_000_i64, proptest::bool::ANY).prop_map(
        |((purpose, channel, decision), source, proof, micros, more)| NewConsent {
            purpose: Some(purpose.to_owned()),
            channel: Some(channel.to_owned()),
            decision: Some(decision.to_owned()),
            basis: Some("consent".to_owned()),
            source,
            proof,
            at: chrono::DateTime::from_timestamp_micros(1_700_000_000_000_000 + micros),
            contact_point: (more && channel == "email").then(|| "somebody@example.com".to_owned()),
            expires_at: more.then(|| chrono::DateTime::from_timestamp(1_900_000_000, 0)).flatten(),
            awaits_confirmation: more.then_some(true),
            proof_kind: more.then(|| "message".to_owned()),
            ..NewConsent::default()
        },
    )
}

type Drawn = (NewCustomer, Vec<NewVehicle>, Vec<NewContact>, Vec<NewConsent>);

/// Enters what can be entered.
fn enter(session: &Session, drawn: &[Drawn]) {
    for (at, (customer, vehicles, contacts, consents)) in drawn.iter().enumerate() {
        let number = format!("=N,{at}");
        let customer = NewCustomer { number: Some(number.clone()), ..customer.clone() };
        if run(session, &json!({"command": "customer.create", "customer": customer})).is_err() {
            continue;
        }
        for vehicle in vehicles {
            let _ = run(session, &json!({"command": "vehicle.add", "customer": number, "vehicle": vehicle}));
        }
        let mut known = None;
        for (place, contact) in contacts.iter().enumerate() {
            let contact = NewContact { number: Some(format!("K-{at}-{place}")), ..contact.clone() };
            let added =
                run(session, &json!({"command": "contact.add", "customer": number, "contact": contact}));
            known = added.ok().and_then(|receipt| receipt.records.first().map(|made| made.id)).or(known);
        }
        for (place, consent) in consents.iter().enumerate() {
            let mut consent = serde_json::to_value(consent).unwrap();
            if let Some(contact) = known.filter(|_| place % 2 == 1) {
                consent["contact"] = json!(contact);
            }
            let _ =
                run(session, &json!({"command": "consent.record", "customer": number, "consent": consent}));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// What is exported and imported elsewhere is exported there as it was here; imported here, it changes nothing.
    #[test]
    fn the_import_of_an_export_is_the_identity(
        drawn in proptest::collection::vec(
            (customer(), proptest::collection::vec(vehicle(), 0..3), proptest::collection::vec(contact(), 0..3),
                proptest::collection::vec(consent(), 0..4)), 1..6),
    ) {
        let (here, there) = (Network::new(), Network::new());
        enter(&here.manager(), &drawn);
        for target in TARGETS {
            let (text, report) = export(&here.manager(), &ExportOptions::new(target));
            let come = import_source(&there.manager(), ImportSource::Csv(text.into()), ImportOptions::new(target));
            prop_assert!(come.rejected.is_empty(), "{:?}", come.rejected);
            prop_assert_eq!(come.added, report.rows);
            prop_assert_eq!(rows(&here.manager(), target), rows(&there.manager(), target));
            let options = ExportOptions { record_ids: true, ..ExportOptions::new(target) };
            let (text, _) = export(&here.manager(), &options);
            let again = ImportOptions::new(target).upsert(Upsert::by(&["record_id"]));
            let same = import_source(&here.manager(), ImportSource::Csv(text.into()), again);
            prop_assert!(same.rejected.is_empty(), "{:?}", same.rejected);
            prop_assert_eq!((same.unchanged, same.changed), (report.rows, 0));
        }
    }
}

#[test]
fn nothing_in_an_export_is_computed_and_parts_make_one_table() {
    let network = Network::new();
    let seller = network.seller();
    for number in 0..5 {
        let customer = json!({"kind": "company", "name": format!("=1+{number}"), "country": "IT", "number": format!("N-{number}"),
            "phone": "+39 0523 123456"});
        run(&seller, &json!({"command": "customer.create", "customer": customer})).unwrap();
    }
    let (whole, report) = export(&seller, &ExportOptions::new(ImportTarget::Customer));
    assert_eq!((report.rows, report.withheld, report.next), (5, 0, None));
    assert!(whole.contains(",'=1+3,") || whole.contains("\r\n'=1+3,"), "{whole}");
    let (mut parts, mut after) = (String::new(), json!(null));
    for _ in 0..4 {
        let question =
            json!({"question": "export.csv", "options": {"target": "customer"}, "limit": 2, "after": after});
        let part = ask(&seller, &question);
        parts.push_str(part["csv"].as_str().unwrap());
        after = part["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(parts, whole);
}

#[test]
fn an_export_holds_what_its_reader_sees_and_for_outreach_who_agreed() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    for (number, no) in [("A-1", false), ("A-2", false), ("A-3", true)] {
        let customer = json!({"kind": "company", "name": format!("Ditta {number}"), "country": "IT", "number": number,
            "do_not_contact": no});
        run(&seller, &json!({"command": "customer.create", "customer": customer})).unwrap();
        let vehicle = json!({"command": "vehicle.add", "customer": number, "vehicle": {"make": "Orsa"}});
        run(&seller, &vehicle).unwrap();
        if number != "A-2" {
            let consent = json!({"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent"});
            run(&seller, &json!({"command": "consent.record", "customer": number, "consent": consent}))
                .unwrap();
        }
    }
    for target in TARGETS {
        assert_eq!(export(&rival, &ExportOptions::new(target)).1.rows, 0);
    }
    let outreach = json!({"purpose": "marketing", "channel": "email"});
    let of =
        |target: &str| json!({"question": "export.csv", "options": {"target": target, "outreach": outreach}});
    for target in ["customer", "vehicle"] {
        let told = ask(&seller, &of(target));
        assert_eq!((&told["rows"], &told["withheld"]), (&json!(1), &json!(2)), "{target}");
        assert!(told["csv"].as_str().unwrap().contains("A-1"));
    }
    let one = json!({"question": "export.csv", "options": {"target": "vehicle", "customer": "A-2"}});
    assert_eq!(ask(&seller, &one)["rows"], 1);
    let consents = of("consent").to_string();
    let error = seller.answer(&clientela::Question::from_json(&consents).unwrap()).unwrap_err();
    assert_eq!((error.code(), error.field().as_deref()), ("argument.invalid", Some("outreach")));
}

#[test]
fn a_statement_is_found_again_and_never_changed() {
    let network = Network::new();
    let seller = network.seller();
    let customer = json!({"kind": "company", "name": "Ditta", "country": "IT", "number": "A-1"});
    run(&seller, &json!({"command": "customer.create", "customer": customer})).unwrap();
    let options = |key: &str| {
        let options = ImportOptions::new(ImportTarget::Consent).default("basis", "consent");
        options.default("purpose", "marketing").upsert(Upsert::by(&[key]))
    };
    let bring = |text: &str, key: &str| {
        let report = import_source(&seller, ImportSource::Csv(text.into()), options(key).label(text));
        let codes = report.rejected.iter().map(|row| row.code.clone()).collect::<Vec<_>>();
        (report.added, report.unchanged, codes)
    };
    let table = "customer_number,channel,decision,at\nA-1,email,granted,2026-01-01T10:00:00.000001Z\n";
    assert_eq!(bring(table, "at"), (1, 0, vec![]));
    let again = format!("{table}A-1,phone,granted,2026-01-01T10:00:00Z\nA-1,email,granted,\n");
    assert_eq!(bring(&again, "at"), (2, 1, vec!["import.key_missing".to_owned()]));
    let other = table.replace("granted", "withdrawn");
    assert_eq!(bring(&other, "at"), (0, 0, vec!["consent.fixed".to_owned()]));
    // Without a key a statement told again is a statement again.
    let plain =
        ImportOptions::new(ImportTarget::Consent).default("basis", "consent").default("purpose", "marketing");
    assert_eq!(import_source(&seller, ImportSource::Csv(table.into()), plain).added, 1);
}

/// What a contact without a number said is named by the contact's id, so that it never becomes the customer's word.
#[test]
fn a_contact_without_a_number_keeps_its_word() {
    let network = Network::new();
    let seller = network.seller();
    let customer = json!({"kind": "company", "name": "Ditta", "country": "IT", "number": "A-1"});
    run(&seller, &json!({"command": "customer.create", "customer": customer})).unwrap();
    let contact = json!({"command": "contact.add", "customer": "A-1", "contact": {"family_name": "Rossi"}});
    let contact = run(&seller, &contact).unwrap().records[0].id;
    let consent = json!({"purpose": "marketing", "channel": "email", "decision": "objected", "basis": "legitimate_interest",
        "contact": contact});
    run(&seller, &json!({"command": "consent.record", "customer": "A-1", "consent": consent})).unwrap();
    let (text, report) = export(&seller, &ExportOptions::new(ImportTarget::Consent));
    assert!(report.rows == 1 && text.contains(&contact.to_string()), "{text}");
    let there = Network::new();
    run(&there.seller(), &json!({"command": "customer.create", "customer": customer})).unwrap();
    let options = ImportOptions::new(ImportTarget::Consent);
    let come = import_source(&there.seller(), ImportSource::Csv(text.into()), options);
    assert_eq!(come.rejected[0].code, "record.not_found");
}
