//! The same customers again: what is new, what changes, what stays, and what somebody else said meanwhile.

use super::{ask, import_source, run};
use crate::network::Network;
use chrono::TimeDelta;
use clientela::Session;
use clientela::import::{ConflictRule, ImportOptions, ImportReport, ImportSource, ImportTarget, Upsert};
use serde_json::json;
use std::ops::ControlFlow;

fn customers(key: &[&str]) -> ImportOptions {
    let options =
        ImportOptions::new(ImportTarget::Customer).default("kind", "company").default("country", "IT");
    options.upsert(Upsert::by(key))
}

fn bring(session: &Session, text: &str, options: ImportOptions) -> ImportReport {
    import_source(session, ImportSource::Csv(text.into()), options)
}

/// New, changed, unchanged, rejected as line, field and code.
fn told(report: &ImportReport) -> (u64, u64, u64, Vec<(u64, String, String)>) {
    let rejected = report.rejected.iter();
    let rejected = rejected.map(|row| (row.line, row.field.clone().unwrap_or_default(), row.code.clone()));
    (report.added - report.changed - report.unchanged, report.changed, report.unchanged, rejected.collect())
}

const FIRST: &str = "number;name;vat_number;email;notes;do_not_contact\n\
    E-1;Rossi S.r.l.;IT00743110157;info@rossi.example;;\n\
    E-2;Bianchi S.p.A.;;;;\n\
    E-3;Verdi S.n.c.;;verdi@example.com;;no\n";

fn change(session: &Session, number: &str, change: serde_json::Value) {
    run(session, &json!({"command": "customer.change", "customer": number, "change": change})).unwrap();
}

#[test]
fn a_file_brought_again_changes_only_what_it_knows_better() {
    let network = Network::new();
    let seller = network.seller();
    assert_eq!(told(&bring(&seller, FIRST, customers(&["number"]))), (3, 0, 0, vec![]));
    assert_eq!(told(&bring(&seller, FIRST, customers(&["number"]).label("2"))), (0, 0, 3, vec![]));
    // Somebody works on two of them; then a file comes in which one of these fields is old, another is newer too.
    change(&seller, "E-1", json!({"email": "bruno@rossi.example"}));
    change(&seller, "E-3", json!({"email": "posta@verdi.example", "do_not_contact": true}));
    let second = "number;name;vat_number;email;notes;do_not_contact\n\
        E-1;Rossi Trasporti S.r.l.;IT00743110157;info@rossi.example;;\n\
        E-2;Bianchi S.p.A.;;;;\n\
        E-3;Verdi S.n.c.;;nuova@verdi.example;;no\n\
        E-4;Neri S.a.s.;;;;\n\
        ;Senza numero S.r.l.;;;;\n\
        E-2;Bianchi bis;;;;\n";
    let options = customers(&["number"]).label("3");
    let plan = seller.plan_import(ImportSource::Csv(second.into()), options.clone()).unwrap();
    assert_eq!((plan.acceptable(), plan.changed(), plan.unchanged(), plan.conflicting()), (3, 1, 1, 1));
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    let expected = [
        (4, "email", "import.conflict"),
        (6, "number", "import.key_missing"),
        (7, "number", "import.repeated"),
    ];
    let expected = expected.map(|(line, field, code)| (line, field.to_owned(), code.to_owned()));
    assert_eq!(told(&report), (1, 1, 1, expected.to_vec()));
    let rossi = seller.customer("E-1").unwrap().customer;
    assert_eq!(
        (rossi.name.as_str(), rossi.email.unwrap().as_str()),
        ("Rossi Trasporti S.r.l.", "bruno@rossi.example")
    );
    // Again the same plan: nothing is written, and the row that repeated another still does.
    let version = seller.crm().info().unwrap().version;
    let again = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((again.added, again.added_before, again.rejected), (3, 3, report.rejected));
    assert_eq!(seller.crm().info().unwrap().version, version);
    // Whoever prefers the store, or the file, says so. Who asked not to be contacted is not forgotten for an old file's sake.
    let mut prefer = customers(&["number"]).label("4");
    prefer.upsert.as_mut().unwrap().conflicts = ConflictRule::Store;
    assert_eq!(told(&bring(&seller, second, prefer.clone())).2, 4);
    let third = second.replace("nuova@verdi", "terza@verdi");
    prefer.upsert.as_mut().unwrap().conflicts = ConflictRule::File;
    assert_eq!(told(&bring(&seller, &third, prefer)).1, 1);
    let verdi = seller.customer("E-3").unwrap().customer;
    assert_eq!((verdi.email.unwrap().as_str(), verdi.do_not_contact), ("terza@verdi.example", true));
}

#[test]
fn an_empty_cell_empties_only_what_is_named() {
    let network = Network::new();
    let seller = network.seller();
    bring(&seller, FIRST, customers(&["number"]));
    let bare = "number;email;phone\nE-1;;\nE-3;;\n";
    assert_eq!(
        told(&bring(&seller, bare, customers(&["number"]))),
        (0, 0, 2, vec![]),
        "rows of two columns do"
    );
    let mut clearing = customers(&["number"]).label("clear");
    clearing.upsert.as_mut().unwrap().clear = vec!["email".into()];
    assert_eq!(told(&bring(&seller, bare, clearing.clone())), (0, 2, 0, vec![]));
    assert_eq!(seller.customer("E-1").unwrap().customer.email, None);
    for wrong in ["name", "number", "colour", "do_not_contact"] {
        clearing.upsert.as_mut().unwrap().clear = vec![wrong.into()];
        let error = seller.plan_import(ImportSource::Csv(bare.into()), clearing.clone()).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), ("argument.invalid", Some("upsert")), "{wrong}");
    }
    // A row about a new customer must say what a customer cannot be without.
    let new = "number;email\nE-9;neu@example.com\n";
    let report = bring(&seller, new, customers(&["number"]));
    assert_eq!(told(&report), (0, 0, 0, vec![(2, "name".into(), "field.missing".into())]));
}

#[test]
fn what_others_own_is_neither_changed_nor_told() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    bring(&seller, FIRST, customers(&["number"]));
    // Another dealer has numbers of his own, and does not see these.
    assert_eq!(told(&bring(&rival, FIRST, customers(&["number"]))).0, 3);
    let mine = seller.customer("E-2").unwrap().customer;
    let id = mine.id.to_string();
    let by_id = format!("record_id,name\n{id},Taken over\n");
    let report = bring(&rival, &by_id, customers(&["record_id"]));
    assert_eq!(told(&report).3, [(2, "record_id".to_owned(), "record.not_found".to_owned())]);
    assert!(!report.rejected[0].message.contains("Bianchi"));
    assert_eq!(seller.customer("E-2").unwrap().customer.name, mine.name);
    // By the VAT number each finds his own.
    let by_vat = "vat_number;price_group\nIT00743110157;B\n";
    assert_eq!(told(&bring(&rival, by_vat, customers(&["vat_number"]))), (0, 1, 0, vec![]));
    assert_eq!(seller.customer("E-1").unwrap().customer.price_group, None);
}

#[test]
fn who_was_erased_is_not_filled_again() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    bring(&admin, FIRST, customers(&["number"]));
    run(&admin, &json!({"command": "party.erase", "customer": "E-3", "reason": "person_asked"})).unwrap();
    let report = bring(&admin, FIRST, customers(&["number"]).label("again"));
    assert_eq!(told(&report), (0, 0, 2, vec![(4, "number".into(), "import.erased".into())]));
}

#[test]
fn vehicles_and_contacts_are_found_among_their_customers() {
    let network = Network::new();
    let seller = network.seller();
    bring(&seller, FIRST, customers(&["number"]));
    let vehicles = ImportOptions::new(ImportTarget::Vehicle).upsert(Upsert::by(&["vin", "plate"]));
    let first =
        "customer_number,vin,plate,make,mileage\nE-1,VF624GPA000012345,AA001,Orsa,1000\nE-1,,AA002,Orsa,\n";
    assert_eq!(told(&bring(&seller, first, vehicles.clone())), (2, 0, 0, vec![]));
    let second = "customer_number,vin,plate,make,mileage,disposed\n\
        E-1,VF624GPA000012345,AA009,,2000,\nE-1,,AA002,Orsa,,2026-01-31\nE-2,VF624GPA000012345,,Orsa,,\nE-1,,,Orsa,,\n";
    let report = bring(&seller, second, vehicles.clone());
    assert_eq!(told(&report), (1, 2, 0, vec![(5, "vin".into(), "import.key_missing".into())]));
    let fleet = seller.customer("E-1").unwrap().fleet;
    let orsa = fleet.iter().find(|vehicle| vehicle.vin.is_some()).unwrap();
    assert_eq!(
        (orsa.plate.as_deref(), orsa.mileage_km, orsa.make.as_str()),
        (Some("AA009"), Some(2000), "Orsa")
    );
    // What left the fleet on that day is the same vehicle again, not another that left.
    assert_eq!(told(&bring(&seller, second, vehicles.label("2"))).2, 3);
    let contacts = ImportOptions::new(ImportTarget::Contact).upsert(Upsert::by(&["number", "email"]));
    let first = "customer_number,number,family_name,email\nE-1,K-1,Rossi,a@rossi.example\nE-1,,Verdi,v@rossi.example\n";
    assert_eq!(told(&bring(&seller, first, contacts.clone())).0, 2);
    let second = "customer_number,number,family_name,email,role\n\
        E-1,K-1,Rossi,b@rossi.example,buyer\nE-1,,Verdi,v@rossi.example,\nE-2,K-1,Altro,,\n";
    let report = bring(&seller, second, contacts);
    assert_eq!(told(&report), (0, 1, 1, vec![(4, "number".into(), "key.taken".into())]));
}

#[test]
fn what_an_upsert_changed_becomes_what_it_was() {
    let network = Network::new();
    let seller = network.seller();
    bring(&seller, FIRST, customers(&["number"]));
    let second = "number;name;email\nE-1;Altro nome;altro@rossi.example\nE-2;Altri;due@example.com\n";
    let options = customers(&["number"]).label("wrong");
    let plan = seller.plan_import(ImportSource::Csv(second.into()), options).unwrap();
    plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    change(&seller, "E-2", json!({"phone": "+39 0523 123456"}));
    let revert = json!({"command": "import_run.revert", "import_run": plan.id().to_string()});
    assert!(run(&network.rival(), &revert).is_err());
    let receipt = run(&seller, &revert).unwrap();
    assert_eq!(receipt.why.because.len(), 1);
    let name = |number: &str| seller.customer(number).unwrap().customer.name;
    assert_eq!((name("E-1").as_str(), name("E-2").as_str()), ("Rossi S.r.l.", "Altri"));
    assert_eq!(seller.customer("E-1").unwrap().customer.email.unwrap().as_str(), "info@rossi.example");
}

#[test]
fn an_import_tells_how_fast_it_goes() {
    let network = Network::new();
    let seller = network.seller();
    let rows = (0..6000).fold("number;name\n".to_owned(), |rows, at| format!("{rows}P-{at};Ditta {at}\n"));
    let options =
        ImportOptions::new(ImportTarget::Customer).default("kind", "company").default("country", "IT");
    let plan = seller.plan_import(ImportSource::Csv(rows.into()), options.chunk_rows(2_000)).unwrap();
    let mut paces = Vec::new();
    plan.commit(&mut |progress| {
        network.clock.advance(TimeDelta::seconds(1));
        paces.push((progress.pace.per_second, progress.pace.left));
        ControlFlow::Continue(())
    })
    .unwrap();
    let last = (Some(3000), Some(TimeDelta::zero()));
    assert_eq!(paces, [(None, None), (Some(4000), Some(TimeDelta::milliseconds(500))), last]);
}

#[test]
fn rejected_rows_come_back_whole_and_go_in_again() {
    let network = Network::new();
    let seller = network.seller();
    let mapping = json!({"columns": [{"header": "column 1", "target": "number"}, {"header": "column 2", "target": "name"}]});
    let mut options =
        ImportOptions::new(ImportTarget::Customer).default("kind", "company").default("country", "IT");
    options.mapping = Some(serde_json::from_value(mapping).unwrap());
    options.header = Some(false);
    let table = "R-1;Rossi\nR-2;Bianchi; Neri; Verdi\nR-3;\n";
    let plan = seller.plan_import(ImportSource::Csv(table.into()), options.clone()).unwrap();
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.added, report.rejected.len()), (1, 2));
    let rejected = String::from_utf8(plan.write_rejected(Vec::new()).unwrap()).unwrap();
    let lines: Vec<&str> = rejected.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "column 1;column 2;line;reason");
    assert!(lines[1].starts_with("R-2;\"Bianchi;Neri;Verdi\";2;"), "{}", lines[1]);
    // Half put right; what is rejected a second time has one reason, the new one.
    let report = bring_again(&seller, &rejected, options.clone());
    assert_eq!((report.0, report.1.as_str()), (1, "column 1;column 2;line;reason"));
    let mended = rejected.replace("R-3;;", "R-3;Gallo;");
    assert_eq!(bring_again(&seller, &mended, options).0, 1);
    assert_eq!(seller.customer("R-2").unwrap().customer.name, "Bianchi;Neri;Verdi");
}

/// Rows that came in, and the headers of those that did not.
fn bring_again(session: &Session, text: &str, options: ImportOptions) -> (u64, String) {
    let plan = session.plan_import(ImportSource::Csv(text.into()), options).unwrap();
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    let rejected = String::from_utf8(plan.write_rejected(Vec::new()).unwrap()).unwrap();
    (report.added, rejected.trim_start_matches('\u{feff}').lines().next().unwrap().to_owned())
}

#[test]
fn rejected_cards_come_back_as_cards() {
    let network = Network::new();
    let seller = network.seller();
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mario Rossi\r\nEMAIL:kein at zeichen\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Bianchi\r\nEND:VCARD\r\n";
    let options = ImportOptions::new(ImportTarget::Customer).default("country", "IT");
    let plan = seller.plan_import(ImportSource::Cards(cards.into()), options.clone()).unwrap();
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.added, report.rejected.len()), (1, 1));
    let back = String::from_utf8(plan.write_rejected_cards(Vec::new()).unwrap()).unwrap();
    assert!(back.contains("FN:Mario Rossi\r\n") && back.contains("X-CLIENTELA-REASON:email: "), "{back}");
    assert!(!back.contains("Bianchi"));
    let mended = back.replace("kein at zeichen", "mario@rossi.example");
    assert_eq!(import_source(&seller, ImportSource::Cards(mended.into()), options).added, 1);
}

/// Who looks after a dealer's imports says how its files are read, for that dealer; who administers says it for all.
#[test]
fn a_manager_saves_mappings_of_his_dealer() {
    let network = Network::new();
    let save = |name: &str| {
        let columns = json!([{"header": "Cod", "target": "number"}, {"header": "Ditta", "target": "name"}]);
        let options = json!({"target": "customer", "mapping": {"columns": columns},
            "defaults": {"kind": "company", "country": "IT"}});
        json!({"command": "import_mapping.save", "name": name, "options": options})
    };
    let names = |session: &Session| {
        let told = ask(session, &json!({"question": "import.mappings"}));
        told.as_array()
            .unwrap()
            .iter()
            .map(|line| line["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    run(&network.manager(), &save("ours")).unwrap();
    run(&network.manager(), &save("ours")).unwrap();
    assert_eq!(run(&network.seller(), &save("mine")).unwrap_err().code(), "access.not_allowed");
    assert_eq!(run(&network.seller(), &save("ours")).unwrap_err().code(), "access.not_allowed");
    assert_eq!((names(&network.seller()), names(&network.rival())), (vec!["ours".to_owned()], vec![]));
    // By the headers, and by name: of the own dealer.
    let table = "Ditta;Cod\nRossi;Z-1\n";
    let plan = |session: &Session, options: ImportOptions| {
        session.plan_import(ImportSource::Csv(table.into()), options)
    };
    let bare = ImportOptions::new(ImportTarget::Customer);
    assert_eq!(plan(&network.seller(), bare.clone()).unwrap().saved_mapping(), Some("ours"));
    assert_eq!(plan(&network.rival(), bare.clone()).unwrap_err().code(), "mapping.required");
    assert_eq!(plan(&network.rival(), bare.saved("ours")).unwrap_err().field().as_deref(), Some("saved"));
    let retire = json!({"command": "import_mapping.retire", "import_mapping": "ours"});
    assert!(run(&network.rival(), &retire).is_err());
    run(&network.manager(), &retire).unwrap();
    assert!(names(&network.manager()).is_empty());
}
