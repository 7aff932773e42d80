//! Importing in full: saved mappings, guesses, runs and taking them back, upserts, spreadsheets, and exports that come back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod again;
mod exported;
mod sheets;
mod streams;

use clientela::core::imports::{ImportRun, ImportRunState};
use clientela::core::party::{Customer, CustomerStatus};
use clientela::import::{ImportOptions, ImportReport, ImportSource, ImportTarget};
use clientela::model::Predicate;
use clientela::{Command, Crm, CrmOptions, FixedClock, Founding, Question, SeededRandom, Session};
use serde_json::{Value, json};
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
    let folder = std::env::temp_dir().join(format!("clientela-imports-{name}-{}", std::process::id()));
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

/// Plans and commits; the plan must have foreseen what came of it.
fn import_source(session: &Session, source: ImportSource, options: ImportOptions) -> ImportReport {
    let plan = session.plan_import(source, options).unwrap();
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((plan.read(), plan.acceptable()), (report.read, report.added));
    assert_eq!((plan.changed(), plan.unchanged()), (report.changed, report.unchanged));
    assert_eq!((plan.conflicting(), plan.rejected()), (report.conflicting, report.rejected.as_slice()));
    assert_eq!(report.read, report.added + report.rejected.len() as u64);
    report
}

fn import(session: &Session, text: &str, options: ImportOptions) -> (ImportReport, Option<String>) {
    let plan = session.plan_import(ImportSource::Csv(text.into()), options).unwrap();
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((plan.read(), plan.acceptable()), (report.read, report.added));
    (report, plan.saved_mapping().map(str::to_owned))
}

fn run(session: &Session, command: &Value) -> Result<clientela::command::Receipt, clientela::Error> {
    session.run(&Command::from_json(&command.to_string())?)
}

fn ask(session: &Session, question: &Value) -> Value {
    session.answer(&Question::from_json(&question.to_string()).unwrap()).unwrap()
}

const FILE: &str = "Cod;Ditta;IVA;Km\nA-1;Trasporti Uno S.r.l.;IT00743110157;1\nA-2;Due S.n.c.;;2\n";

fn saved() -> Value {
    json!({"command": "import_mapping.save", "name": "dms", "options": {
        "target": "customer", "defaults": {"kind": "company", "country": "IT"},
        "mapping": {"columns": [
            {"header": "Cod", "target": "number"}, {"header": "Ditta", "target": "name"},
            {"header": "IVA", "target": "vat_number"}, {"header": "Km"}]}}})
}

#[test]
fn a_saved_mapping_is_used_by_its_name_and_by_the_headers() {
    let (session, _folder) = network("saved");
    let bare = || ImportOptions::new(ImportTarget::Customer);
    let before = session.plan_import(ImportSource::Csv(FILE.into()), bare());
    assert_eq!(before.unwrap_err().code(), "mapping.required");
    run(&session, &saved()).unwrap();
    let all = ask(&session, &json!({"question": "import.mappings"}));
    assert_eq!((all[0]["name"].as_str(), all[0]["active"].as_bool()), (Some("dms"), Some(true)));
    let guess = ask(
        &session,
        &json!({"question": "import.guess", "target": "customer",
        "headers": ["km", "Cod", "Ditta", "IVA"], "rows": [["1", "A", "B", "IT00743110157"]]}),
    );
    assert_eq!(guess["saved"], "dms");
    assert_eq!(guess["columns"][3]["target"], "vat_number");
    // By the headers, in another order, and by name with a column nobody foresaw.
    let turned = "IVA;Km;Ditta;Cod\nIT00743110157;1;Trasporti Uno S.r.l.;A-1\n";
    let (report, by) = import(&session, turned, bare());
    assert_eq!((report.added, by.as_deref()), (1, Some("dms")));
    assert_eq!(session.customer("A-1").unwrap().customer.name, "Trasporti Uno S.r.l.");
    let wider = "Nuova;Cod;Ditta;IVA;Km\nx;A-2;Due S.n.c.;;2\n";
    assert_eq!(import(&session, wider, bare().saved("dms")).0.added, 1);
    run(&session, &json!({"command": "import_mapping.retire", "import_mapping": "dms"})).unwrap();
    let named = session.plan_import(ImportSource::Csv(wider.into()), bare().saved("dms")).unwrap_err();
    assert_eq!((named.code(), named.field().as_deref()), ("argument.invalid", Some("saved")));
    let mut wrong = saved();
    wrong["options"]["mapping"]["columns"][3]["target"] = json!("mileage");
    assert_eq!(run(&session, &wrong).unwrap_err().code(), "mapping.no_target");
}

#[test]
fn a_run_is_kept_goes_on_and_is_taken_back() {
    let (session, _folder) = network("revert");
    run(&session, &saved()).unwrap();
    let rows =
        (0..2400).fold("Cod;Ditta;IVA;Km\n".to_owned(), |rows, at| format!("{rows}N-{at};Ditta {at};;\n"));
    let plan = session
        .plan_import(
            ImportSource::Csv(rows.clone().into()),
            ImportOptions::new(ImportTarget::Customer).chunk_rows(2_000),
        )
        .unwrap();
    let stopped = plan.commit(&mut |_| ControlFlow::Break(())).unwrap();
    assert!(stopped.cancelled);
    let runs = ask(&session, &json!({"question": "import.runs"}));
    assert_eq!(
        (&runs[0]["state"], &runs[0]["read"], &runs[0]["rows"]),
        (&json!("running"), &json!(2000), &json!(2400))
    );
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.added, report.added_before), (2400, 2000));
    let runs = ask(&session, &json!({"question": "import.runs", "state": "finished"}));
    assert_eq!((&runs[0]["accepted"], &runs[0]["mapping"]), (&json!(2400), &json!("dms")));
    // One was worked on since, another was sold to: they stay as they are, with what belongs to them, and are named.
    run(
        &session,
        &json!({"command": "customer.change", "customer": "N-7", "change": {"name": "Altro nome"}}),
    )
    .unwrap();
    run(&session, &json!({"command": "activity.plan", "customer": "N-8", "activity": {"kind": "visit", "subject": "Visita",
        "planned_at": "2026-07-01T08:00:00Z"}}))
        .unwrap();
    let id = plan.id().to_string();
    let revert = json!({"command": "import_run.revert", "import_run": id});
    // A chunk at a time, the last first; in between nothing goes on with the import.
    let first = run(&session, &revert).unwrap();
    let facts: Vec<_> =
        first.why.facts.iter().map(|fact| (fact.name.as_ref(), fact.value.as_str())).collect();
    assert_eq!(facts, [("taken_back", "800"), ("kept", "0"), ("chunks_left", "1")]);
    let runs = ask(&session, &json!({"question": "import.runs", "state": "reverting"}));
    assert_eq!((&runs[0]["chunks_left"], &runs[0]["kept"]), (&json!(1), &json!(0)));
    assert_eq!(plan.commit(&mut |_| ControlFlow::Continue(())).unwrap_err().code(), "import.reverted");
    let receipt = run(&session, &revert).unwrap();
    let entity = |why: &clientela::Why| {
        let fact = why.facts.iter().find(|fact| fact.name == "entity");
        fact.map(|fact| fact.value.to_string()).unwrap_or_default()
    };
    let because = receipt.why.because.iter();
    let mut kept: Vec<(String, String)> = because.map(|why| (why.reason.to_string(), entity(why))).collect();
    kept.sort_unstable();
    let expected = [
        ("import.changed_since", "party"),
        ("import.changed_since", "relationship"),
        ("import.used_since", "party"),
        ("import.used_since", "relationship"),
    ];
    assert_eq!(kept, expected.map(|(why, entity)| (why.to_owned(), entity.to_owned())));
    assert_eq!(receipt.records.len(), 5);
    let lost = Predicate::equals("status", clientela::model::Value::Text("lost".into()));
    assert_eq!(session.count::<Customer>(&lost).unwrap(), 2398);
    // They came in by mistake: they did not leave.
    let left = ask(&session, &json!({"question": "customer.leave_reasons", "from": "2026-01-01"}));
    assert_eq!(left, json!([]));
    let run_record = session.list::<ImportRun>(&Predicate::Everything, 1, 0).unwrap();
    assert_eq!(run_record[0].record.state, ImportRunState::Reverted);
    // Not twice; the same file comes in again under another label, as its keys are free.
    let again = run(&session, &json!({"command": "import_run.revert", "import_run": id})).unwrap_err();
    assert_eq!(again.code(), "import.reverted");
    let bare = ImportOptions::new(ImportTarget::Customer).chunk_rows(2_000);
    let same = session.plan_import(ImportSource::Csv(rows.clone().into()), bare.clone()).unwrap_err();
    assert_eq!((same.code(), same.field().as_deref()), ("import.reverted", Some("label")));
    let second = session.plan_import(ImportSource::Csv(rows.into()), bare.label("second")).unwrap();
    assert_eq!(
        (second.acceptable(), second.rejected().len()),
        (2398, 2),
        "the two that stay have their numbers"
    );
    assert_eq!(second.commit(&mut |_| ControlFlow::Continue(())).unwrap().added, 2398);
    assert_eq!(session.customer("N-3").unwrap().customer.status, CustomerStatus::Prospect);
}
