//! Importing tables and cards: what comes in, what is refused and why, and that a retry changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use clientela::core::party::{Activity, Contact, Customer, Vehicle};
use clientela::import::{ImportOptions, ImportReport, ImportSource, ImportTarget};
use clientela::model::Predicate;
use clientela::{Command, Crm, CrmOptions, CustomerSearch, FixedClock, Founding, SeededRandom, Session};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn network(name: &str) -> (Session, Folder) {
    let folder = std::env::temp_dir().join(format!("clientela-import-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let now = "2026-06-30T08:00:00Z".parse().unwrap();
    let options = CrmOptions::new(folder.join("network.clientela"))
        .create()
        .clock(Arc::new(FixedClock::new(now)))
        .random(Arc::new(SeededRandom::new(7)));
    let crm = Crm::open_with(options).unwrap();
    crm.found(&Founding {
        unit_code: "HQ".into(),
        unit_name: "Headquarters".into(),
        country: Some("IT".parse().unwrap()),
        login: "admin".into(),
        user_name: "Ada Bianchi".into(),
    })
    .unwrap();
    (crm.session("admin", None).unwrap(), Folder(folder))
}

fn customers() -> ImportOptions {
    ImportOptions::new(ImportTarget::Customer).default("kind", "company").default("country", "IT")
}

/// Plans and commits; the plan must have foreseen what came of it.
fn import(session: &Session, source: ImportSource, options: ImportOptions) -> ImportReport {
    let plan = session.plan_import(source, options).unwrap();
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((plan.read(), plan.acceptable()), (report.read, report.added));
    assert_eq!(plan.rejected(), report.rejected);
    report
}

/// The rejected rows as a sales manager would list them: line, field, code.
fn check(report: &ImportReport, expected: &[(u64, &str, &str)]) {
    let found: Vec<(u64, &str, &str)> = report
        .rejected
        .iter()
        .map(|row| (row.line, row.field.as_deref().unwrap_or_default(), row.code.as_str()))
        .collect();
    assert_eq!(found, expected);
}

const CUSTOMERS: &str = "Codice cliente;Ragione sociale;Partita IVA;Nazione;Cliente dal;Telefono;Bloccato\n\
    A-1;Autotrasporti Esempio S.r.l.;00743110157;Italia;31.12.2019;;x\n\
    A-2;;IT00743110157;;;;\n\
    A-3;Trasporti Sbagliati S.p.A.;00743110158;;;;\n\
    A-4;Autotrasporti Esempio bis;IT 00743110157;;;;\n\
    A-1;Doppione S.n.c.;;;;;\n\
    A-6;Data Storta S.r.l.;;;31/02/2019;;\n\
    A-7;Spedition Muster GmbH;DE136695976;Deutschland;;;\n\
    ;Senza Numero S.a.s.;;;1/5/21;;\n";

#[test]
fn customers_come_in_and_the_others_are_named() {
    let (session, _folder) = network("customers");
    let report = import(&session, ImportSource::Csv(CUSTOMERS.into()), customers());
    assert_eq!((report.read, report.added, report.cancelled), (8, 3, false));
    check(
        &report,
        &[
            (3, "name", "field.missing"),
            (4, "vat_number", "vat_number.check_digit"),
            (5, "vat_number", "import.repeated"),
            (6, "number", "import.repeated"),
            (7, "since", "date.unknown"),
        ],
    );
    let first = session.customer("A-1").unwrap().customer;
    assert_eq!((first.country.code(), first.since.unwrap().to_string().as_str()), ("IT", "2019-12-31"));
    assert_eq!(session.customer("A-7").unwrap().customer.country.code(), "DE");
    // The row without a number was given one by the series.
    assert_eq!(session.customer("C-1").unwrap().customer.name, "Senza Numero S.a.s.");
    assert_eq!(session.count::<Customer>(&Predicate::Everything).unwrap(), 3);
}

#[test]
fn a_plan_writes_nothing_and_a_second_run_brings_nothing_twice() {
    let (session, _folder) = network("twice");
    let plan = session.plan_import(ImportSource::Csv(CUSTOMERS.into()), customers()).unwrap();
    assert_eq!(session.count::<Customer>(&Predicate::Everything).unwrap(), 0);
    assert_eq!(plan.preview()[0].line, 2);
    assert!(plan.preview()[0].values.contains(&("name".into(), "Autotrasporti Esempio S.r.l.".into())));
    let first = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    let version = session.crm().info().unwrap().version;
    // The same plan again, and the same file planned anew, as after a crash.
    for plan in [plan, session.plan_import(ImportSource::Csv(CUSTOMERS.into()), customers()).unwrap()] {
        let again = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!((again.added, again.added_before), (first.added, first.added));
        assert_eq!(again.rejected, first.rejected);
    }
    assert_eq!(session.crm().info().unwrap().version, version);
    // On purpose a second time: everything is there already.
    let mut labelled = customers();
    labelled.label = Some("again".into());
    let report = import(&session, ImportSource::Csv(CUSTOMERS.into()), labelled);
    assert_eq!(report.added, 1, "only the row without any key");
    assert_eq!(report.rejected[0].code, "key.taken");
}

#[test]
fn rejected_rows_are_written_back_and_come_in_when_put_right() {
    let (session, _folder) = network("rejects");
    let plan = session.plan_import(ImportSource::Csv(CUSTOMERS.into()), customers()).unwrap();
    plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    let table = String::from_utf8(plan.write_rejected(Vec::new()).unwrap()).unwrap();
    assert_eq!(table.lines().count(), 6);
    assert!(table.contains("A-3;Trasporti Sbagliati S.p.A.;00743110158"), "{table}");
    assert!(table.contains("(vat_number.check_digit)"), "{table}");
    let corrected = table.replace("00743110158", "IT00488410010").replace("31/02/2019", "28/02/2019");
    let report = import(&session, ImportSource::Csv(corrected.into()), customers());
    assert_eq!(report.added, 2);
}

#[test]
fn vehicles_contacts_and_consents_find_their_customers() {
    let (session, _folder) = network("parts");
    import(&session, ImportSource::Csv(CUSTOMERS.into()), customers());
    let vehicles = "Codice cliente,P.IVA,Telaio,Marca,Classe euro,Prima immatricolazione,Km\n\
        A-1,,VF624GPA000012345,Orsa,Euro VI,01/03/2020,\"412,500\"\n\
        ,IT00743110157,VF624GPA000012346,Orsa,5,2014-05-06,1200000 km\n\
        A-9,,,Orsa,,,\n\
        A-1,,VF624GPA000012345,Orsa,,,\n\
        A-1,,,Orsa,,,120.000\n\
        A-1,,VF624GPA00001234,Orsa,,,\n\
        ,,,Orsa,,,\n";
    let options = ImportOptions::new(ImportTarget::Vehicle);
    let report = import(&session, ImportSource::Csv(vehicles.into()), options);
    check(
        &report,
        &[
            (4, "customer_number", "record.not_found"),
            (5, "vin", "import.repeated"),
            (6, "mileage", "number.ambiguous"),
            (7, "vin", "vin.length"),
            (8, "customer_number", "field.missing"),
        ],
    );
    // Two of one moment stand in the order of their random bits.
    let mut fleet = session.customer("A-1").unwrap().fleet;
    fleet.sort_by_key(|vehicle| vehicle.mileage_km);
    let mut found: Vec<(Option<u16>, Option<i64>)> =
        fleet.iter().map(|v| (v.euro_class, v.mileage_km)).collect();
    found.sort_unstable();
    assert_eq!(found, [(Some(5), Some(1_200_000)), (Some(6), Some(412_500))]);

    let contacts = "Numero contact\tVorname\tNachname\tKundennr\tFunktion\tE-Mail\n\
        K-1\tUte\tBeispiel\tA-7\tGeschäftsführer\tute@beispiel.example\n\
        K-2\tNiemand\t\tA-7\t\t\n\
        K-1\tZweite\tBeispiel\tA-7\t\t\n";
    let report =
        import(&session, ImportSource::Csv(contacts.into()), ImportOptions::new(ImportTarget::Contact));
    check(&report, &[(3, "family_name", "field.missing"), (4, "number", "import.repeated")]);

    let consents = "Codice cliente;Codice contatto;Consenso;Data\n\
        A-7;K-1;Sì;01/02/2026\nA-7;;revocato;02.02.2026 10:30\nA-1;K-1;sì;\nA-1;;forse;\nA-1;;sì;01/07/2026\n";
    let options = ImportOptions::new(ImportTarget::Consent)
        .default("purpose", "marketing")
        .default("channel", "email")
        .default("basis", "consent");
    let report = import(&session, ImportSource::Csv(consents.into()), options);
    check(
        &report,
        &[
            (4, "contact_number", "record.not_found"),
            (5, "decision", "word.unknown"),
            (6, "at", "consent.in_the_future"),
        ],
    );
    assert_eq!(session.count::<Vehicle>(&Predicate::Everything).unwrap(), 2);
    assert_eq!(session.count::<Contact>(&Predicate::Everything).unwrap(), 1);
    assert_eq!(session.count::<Activity>(&Predicate::Everything).unwrap(), 0);
}

#[test]
fn cards_become_contacts_of_a_customer_or_customers() {
    let (session, _folder) = network("cards");
    import(&session, ImportSource::Csv(CUSTOMERS.into()), customers());
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Rossi;Mario;;;\r\nFN:Mario Rossi\r\nORG:Rossi Scavi\r\n\
        EMAIL:mario@rossi.example\r\nADR:;;Via Roma 1;Torino;TO;10121;Italia\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ufficio\r\nEMAIL:kein at zeichen\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:leer\r\nEND:VCARD\r\n";
    let to_customer = ImportOptions::new(ImportTarget::Contact).customer("A-1");
    let report = import(&session, ImportSource::Cards(cards.into()), to_customer);
    assert_eq!((report.read, report.added), (3, 1));
    assert_eq!(report.rejected[0].field.as_deref(), Some("email"));
    assert_eq!(report.rejected[1].code, "vcard.empty");
    let options = ImportOptions::new(ImportTarget::Customer).default("country", "IT");
    assert_eq!(import(&session, ImportSource::Cards(cards.into()), options).added, 1);
    let search = CustomerSearch { name: Some("mario".into()), ..CustomerSearch::default() };
    let found = session.find_customers(&search, 10).unwrap();
    assert_eq!(found[0].record.locality.as_deref(), Some("Torino"));
}

#[test]
fn an_import_stops_when_asked_and_goes_on_when_called_again() {
    let (session, _folder) = network("stops");
    let mut table = String::from("Customer number,Name\n");
    for number in 0..2_400 {
        table.push_str(&format!("N-{number},Customer {number} Ltd\n"));
    }
    let plan = session.plan_import(ImportSource::Csv(table.into()), customers().chunk_rows(2_000)).unwrap();
    let mut seen = Vec::new();
    let stopped = plan
        .commit(&mut |progress| {
            seen.push((progress.rows, progress.total, progress.added));
            ControlFlow::Break(())
        })
        .unwrap();
    assert!(stopped.cancelled);
    assert_eq!(seen, [(2_000, 2_400, 2_000)]);
    let done = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((done.added, done.added_before, done.cancelled), (2_400, 2_000, false));
    assert_eq!(session.count::<Customer>(&Predicate::Everything).unwrap(), 2_400);
}

#[test]
fn mappings_and_options_that_do_not_fit_are_refused_at_once() {
    let (session, _folder) = network("mappings");
    for (table, options, code) in [
        ("Telefono;Note\n1;2\n", customers(), "mapping.required"),
        ("Nome azienda\nX\n", ImportOptions::new(ImportTarget::Customer), "mapping.required"),
        ("Marca\nOrsa\n", ImportOptions::new(ImportTarget::Vehicle), "mapping.required"),
        ("Marca\nOrsa\n", ImportOptions::new(ImportTarget::Vehicle).customer("A-404"), "record.not_found"),
        ("Nome azienda\nX\n", customers().default("colour", "red"), "mapping.no_target"),
        ("Nome azienda\nX\n", customers().owner("Nobody"), "record.not_found"),
        ("Nome azienda\nX\n", customers().chunk_rows(0), "argument.invalid"),
        ("Nome azienda\nX\n", customers().chunk_rows(100_001), "argument.invalid"),
        ("", customers(), "csv.empty"),
    ] {
        let error = session.plan_import(ImportSource::Csv(table.into()), options).unwrap_err();
        assert_eq!(error.code(), code, "{table}");
    }
}

#[test]
fn rows_that_were_rejected_come_in_when_what_they_lacked_is_there() {
    let (session, _folder) = network("again");
    let vehicles = "Customer number;Make;VIN\nA-1;Marca;\nX-1;Marca;\nX-2;Marca;\n";
    import(&session, ImportSource::Csv(CUSTOMERS.into()), customers());
    let plan = || {
        let options = ImportOptions::new(ImportTarget::Vehicle);
        session.plan_import(ImportSource::Csv(vehicles.into()), options).unwrap()
    };
    let commit = |plan: &clientela::import::ImportPlan| {
        let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(report.read, report.added + report.rejected.len() as u64);
        (report.added, report.added_before, report.rejected.len())
    };
    let first = plan();
    assert_eq!(commit(&first), (1, 0, 2));
    assert_eq!(commit(&first), (1, 1, 2), "nothing has changed, and nothing is written twice");
    let enter = |number: &str| {
        let json = format!(
            r#"{{"command": "customer.create", "customer": {{"kind": "company", "name": "Late", "country": "IT", "number": "{number}"}}}}"#
        );
        session.run(&Command::from_json(&json).unwrap()).unwrap();
    };
    enter("X-1");
    assert_eq!(commit(&first), (2, 1, 1));
    let again = plan();
    assert_eq!((again.acceptable(), again.added_before(), again.rejected().len()), (2, 2, 1));
    enter("X-2");
    assert_eq!(plan().acceptable(), 3);
    assert_eq!(commit(&again), (3, 2, 0));
    assert_eq!(commit(&plan()), (3, 3, 0));
    assert_eq!(session.count::<Vehicle>(&Predicate::Everything).unwrap(), 3);
}

/// Offices that write neither Unicode nor western letters: what the file is in is guessed, told, and may be named.
#[test]
fn a_table_of_another_office_is_read_by_its_letters() {
    use clientela_exchange::TextEncoding;
    let (session, _folder) = network("encodings");
    // "Spółka Łódź" and "Казань" as Windows-1250 and Windows-1251 write them.
    let polish = b"name\nSp\xf3\xb3ka \xa3\xf3d\x9f\n".to_vec();
    let russian = b"name\n\xca\xe0\xe7\xe0\xed\xfc\n".to_vec();
    for (bytes, encoding, name) in [
        (polish.clone(), TextEncoding::Windows1250, "Spółka Łódź"),
        (russian, TextEncoding::Windows1251, "Казань"),
    ] {
        let plan = session.plan_import(ImportSource::Csv(bytes.into()), customers()).unwrap();
        assert_eq!(plan.encoding(), Some(encoding));
        plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
        let named = Predicate::equals("name", clientela::model::Value::Text(name.into()));
        assert_eq!(session.count::<Customer>(&named).unwrap(), 1, "{name}");
    }
    let options = ImportOptions { encoding: Some(TextEncoding::Windows1252), ..customers() };
    let plan = session.plan_import(ImportSource::Csv(polish.into()), options).unwrap();
    assert_eq!(plan.encoding(), Some(TextEncoding::Windows1252));
}
