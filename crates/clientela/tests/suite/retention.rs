//! Retention rules: what they would erase, what they do not, and that it is gone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use chrono::Duration;
use memchr::memmem;
use network::Network;
use serde_json::{Value, json};
use std::path::Path;
use words::{ask, pages, refused, run};

/// Texts long enough not to be found by chance.
const TEXTS: [&str; 5] = [
    "Zanzottera-Qx",
    "zq.zanzottera@esempio.example",
    "Zwanzig tractors-Kx",
    "told by Zoccarato-Wx",
    "gave up since Zw-10x",
];

fn lead(session: &clientela::Session) -> String {
    let lead = run(
        session,
        json!({"command": "lead.receive", "owner": "Trucks Piacenza", "reason": TEXTS[3],
            "lead": {"channel": "web_form", "family_name": TEXTS[0], "email": TEXTS[1], "wish": TEXTS[2], "country": "IT"},
            "consents": [{"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent", "proof": TEXTS[2],
                "contact_point": TEXTS[1], "expires_at": "2026-04-01T00:00:00Z"}]}),
    );
    lead.key().unwrap().to_owned()
}

fn traces(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for text in TEXTS {
            for form in [text.as_bytes().to_vec(), text.to_lowercase().into_bytes()] {
                if memmem::find(&bytes, &form).is_some() {
                    found.push(format!("{text} in {}", path.display()));
                }
            }
        }
    }
    found
}

#[test]
fn a_lead_that_became_nobody_is_erased_to_the_last_byte() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    let number = lead(&seller);
    assert!(!traces(&network.folder).is_empty());
    let older = network.folder.join("older");
    std::fs::create_dir(&older).unwrap();
    network.crm.backup(older.join("network.clientela")).unwrap();

    run(&seller, json!({"command": "lead.disqualify", "lead": number, "reason": TEXTS[4]}));
    let held = ask(&seller, json!({"question": "person.export", "lead": number}));
    assert!(held["records"]["lead_consent"].is_array() && held.to_string().contains(TEXTS[1]), "{held}");
    let erase = json!({"command": "lead.erase", "lead": number, "reason": "person_asked"});
    assert_eq!(refused(&seller, erase.clone()), "access.not_allowed");
    assert_eq!(refused(&network.rival(), erase.clone()), "record.not_found");
    let erased = run(&admin, erase);
    assert!(erased.why.mentions("erasure.kept_proof"), "{}", erased.why);
    assert_eq!(traces(&network.folder), Vec::<String>::new());
    assert!(network.crm.check().unwrap().is_in_order());

    let erasures = ask(&admin, json!({"question": "erasure.list"}));
    assert!(erasures[0]["party"].is_null() && erasures[0]["lead"].is_string(), "{erasures}");
    let options = clientela::CrmOptions::new(older.join("network.clientela"))
        .clock(std::sync::Arc::clone(&network.clock) as std::sync::Arc<dyn clientela::Clock>);
    let restored = clientela::Crm::open_with(options).unwrap();
    let there = restored.session("admin", None).unwrap();
    run(&there, json!({"command": "erasure.replay", "erasures": erasures}));
    assert_eq!(traces(&older), Vec::<String>::new());
    assert_eq!(ask(&there, json!({"question": "erasure.list"})).as_array().unwrap().len(), 1);
    restored.close().unwrap();
}

#[test]
fn a_converted_lead_is_erased_with_its_customer() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    let number = lead(&seller);
    run(&seller, json!({"command": "lead.contact", "lead": number}));
    run(&seller, json!({"command": "lead.qualify", "lead": number}));
    run(
        &seller,
        json!({"command": "lead.convert", "lead": number, "method": "with-configurator", "currency": "EUR"}),
    );
    let erase = json!({"command": "lead.erase", "lead": number, "reason": "person_asked"});
    assert_eq!(refused(&admin, erase), "erasure.lead_converted");
}

fn define(session: &clientela::Session, code: &str, subject: &str, start: &str, months: u32) {
    run(
        session,
        json!({"command": "retention_rule.define", "code": code, "subject": subject, "start": start, "months": months,
            "legal_reason": "legitimate interest, art. 6.1.f"}),
    );
}

fn numbers(lines: &Value) -> Vec<String> {
    let number = |line: &Value| match line["subject"].as_str() {
        Some("lead" | "contact") => line["number"].as_str().unwrap().to_owned(),
        _ => line["customers"][0][1].as_str().unwrap().to_owned(),
    };
    lines.as_array().unwrap().iter().map(number).collect()
}

#[test]
fn rules_erase_whom_nothing_keeps_and_a_dry_run_says_so_before() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    let create = |number: &str, name: &str| {
        run(
            &seller,
            json!({"command": "customer.create", "customer": {"kind": "sole_trader", "name": name, "country": "IT", "number": number}}),
        )
    };
    create("C-1", TEXTS[0]);
    create("C-2", "Open");
    create("C-3", "Held");
    create("C-4", "Contract");
    create("C-5", "Late");
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-2", "title": "x", "method": "with-configurator", "currency": "EUR"}),
    );
    run(&admin, json!({"command": "legal_hold.set", "customer": "C-3", "reason": "RG 17/2026"}));
    let vehicle = run(
        &seller,
        json!({"command": "vehicle.add", "customer": "C-4", "vehicle": {"make": "Orsa", "ownership": "owned"}}),
    );
    run(
        &seller,
        json!({"command": "contract.add", "vehicle": vehicle.id_of("vehicle").unwrap(),
            "contract": {"kind": "maintenance", "valid_from": "2026-01-01", "valid_until": "2027-12-31"}}),
    );
    let (old, open) = (lead(&seller), lead(&seller));
    run(&seller, json!({"command": "lead.disqualify", "lead": old, "reason": "no money"}));
    assert_eq!(
        refused(
            &seller,
            json!({"command": "retention_rule.define", "code": "X", "subject": "lead", "start": "lead_closed", "months": 6, "legal_reason": "x"})
        ),
        "access.not_allowed"
    );
    define(&admin, "PROSPECTS", "customer", "last_activity", 24);
    define(&admin, "CONTRACTS", "customer", "contract_end", 120);
    define(&admin, "LEADS", "lead", "lead_closed", 6);
    define(&admin, "SILENT-LEADS", "lead", "last_activity", 12);
    let dry = |session: &clientela::Session| ask(session, json!({"question": "retention.dry_run"}));
    assert_eq!((&dry(&admin)["going"], &dry(&admin)["kept"]), (&json!(0), &json!(0)));

    network.clock.advance(Duration::days(300));
    assert_eq!(dry(&admin)["going"], 0, "a lead goes when both rules that speak of it are over");
    network.clock.advance(Duration::days(300));
    let activity = run(
        &seller,
        json!({"command": "activity.plan", "customer": "C-5", "activity": {"kind": "call", "subject": "x"}}),
    );
    run(
        &seller,
        json!({"command": "activity.report", "activity": activity.id_of("activity").unwrap(), "report": {"result": "x"}}),
    );
    network.clock.advance(Duration::days(200));
    let run_before = dry(&admin);
    assert_eq!(numbers(&run_before["goes"]), ["C-1".to_owned(), old.clone()], "{run_before}");
    assert_eq!(run_before["goes"][0]["due"], "2028-03-04");
    let mut held: Vec<(String, String)> = numbers(&run_before["held_back"])
        .into_iter()
        .zip(run_before["held_back"].as_array().unwrap().iter().map(|line| line["held_back"].to_string()))
        .collect();
    // Of the same day they come by their ids.
    held.sort_unstable();
    let expected = [
        ("C-2", r#"["open_opportunity"]"#),
        ("C-3", r#"["legal_hold"]"#),
        ("C-4", r#"["longer_rule"]"#),
        (open.as_str(), r#"["open_lead"]"#),
    ];
    assert_eq!(held, expected.map(|(number, held)| (number.to_owned(), held.to_owned())));
    assert_eq!(dry(&seller)["going"], 0, "who administers nothing is told nothing");
    assert_eq!(dry(&seller)["kept"], 0);
    assert_eq!(ask(&admin, json!({"question": "retention.dry_run", "day": "2026-04-01"}))["going"], 0);

    let applied = run(&admin, json!({"command": "retention.apply"}));
    assert_eq!(applied.records.len(), 2, "{applied:?}");
    assert!(applied.why.mentions("retention.over"));
    let after = dry(&admin);
    assert_eq!((&after["going"], &after["kept"]), (&json!(0), &json!(4)));
    assert!(pages(&admin, &json!({"question": "customer.list", "starts": {"name": "Zanz"}}), 9).is_empty());
    assert!(network.crm.check().unwrap().is_in_order());
    run(&admin, json!({"command": "retention_rule.close", "rule": "PROSPECTS"}));
    assert_eq!(dry(&admin)["kept"], 1, "without it nobody speaks of the others");
}

#[test]
fn a_contact_goes_when_his_reason_ends_and_the_company_stays() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio S.r.l.", "country": "IT", "number": "C-1"}}),
    );
    let add = |number: &str, name: &str, email: &str| {
        let contact = json!({"family_name": name, "number": number, "email": email});
        let added = run(&seller, json!({"command": "contact.add", "customer": "C-1", "contact": contact}));
        added.id_of("contact").unwrap()
    };
    add("K-1", TEXTS[0], TEXTS[1]);
    add("K-2", "Stays", "stays@esempio.example");
    add("K-3", "Open", "open@esempio.example");
    let called = add("K-4", "Called", "called@esempio.example");
    let opened = run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "x", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
    assert!(opened.id_of("opportunity").is_some());
    run(
        &seller,
        json!({"command": "opportunity.decision_makers.set", "opportunity": "O-1", "decision_makers": [{"contact": "K-3", "role": "decider"}]}),
    );
    for contact in ["K-1", "K-3", "K-4"] {
        run(&seller, json!({"command": "contact.leave", "contact": contact}));
    }
    define(&admin, "LEFT", "contact", "contact_left", 12);
    define(&admin, "SILENT", "contact", "last_activity", 24);
    let wrong = json!({"command": "retention_rule.define", "code": "X", "subject": "customer", "start": "contact_left", "months": 6, "legal_reason": "x"});
    assert_eq!(refused(&admin, wrong), "retention.start");
    let dry = |session: &clientela::Session| ask(session, json!({"question": "retention.dry_run"}));
    network.clock.advance(Duration::days(400));
    // The last thing that happened keeps him a year longer than the other rule.
    assert_eq!((&dry(&admin)["going"], &dry(&admin)["kept"]), (&json!(0), &json!(3)), "{}", dry(&admin));
    let called = run(
        &seller,
        json!({"command": "activity.plan", "customer": "C-1", "activity": {"kind": "call", "subject": "x", "contact": called}}),
    );
    run(
        &seller,
        json!({"command": "activity.report", "activity": called.id_of("activity").unwrap(), "report": {"result": "x"}}),
    );
    run(&seller, json!({"command": "contact.leave", "contact": "K-2", "back": true}));
    network.clock.advance(Duration::days(400));
    let told = dry(&admin);
    let mut going = numbers(&told["goes"]);
    going.sort_unstable();
    assert_eq!(going, ["K-1", "K-2"], "{told}");
    let mut held: Vec<(String, String)> = numbers(&told["held_back"])
        .into_iter()
        .zip(told["held_back"].as_array().unwrap().iter().map(|line| line["held_back"].to_string()))
        .collect();
    held.sort_unstable();
    let expected = [("K-3", r#"["open_opportunity"]"#), ("K-4", r#"["longer_rule"]"#)];
    assert_eq!(held, expected.map(|(number, held)| (number.to_owned(), held.to_owned())), "{told}");
    assert_eq!(told["goes"][0]["customers"][0][1], json!("C-1"), "{told}");
    assert_eq!(dry(&seller)["going"], 0, "who administers nothing is told nothing");
    assert_eq!(dry(&network.rival())["going"], 0);

    let applied = run(&admin, json!({"command": "retention.apply", "rule": "SILENT"}));
    assert_eq!(applied.records.len(), 2, "{applied:?}");
    assert_eq!(traces(&network.folder), Vec::<String>::new());
    assert_eq!(pages(&seller, &json!({"question": "customer.list"}), 9).len(), 1, "the company stays");
    assert_eq!((&dry(&admin)["going"], &dry(&admin)["kept"]), (&json!(0), &json!(2)));
    assert!(network.crm.check().unwrap().is_in_order());
}

/// Two dealers do business with one party: whoever administers one dealer's is told nothing of the other's.
#[test]
fn a_dry_run_tells_nothing_of_another_dealers_business() {
    let network = Network::new();
    let (seller, rival, admin) =
        (network.seller(), network.rival(), network.crm.session("admin", None).unwrap());
    let create = |session: &clientela::Session, number: &str, vat: Option<&str>| {
        run(
            session,
            json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT", "number": number,
                "vat_number": vat}}),
        )
    };
    let vat = Some("IT00743110157");
    create(&rival, "R-1", vat);
    create(&rival, "R-2", None);
    create(&seller, "C-1", vat);
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "x", "method": "with-configurator", "currency": "EUR"}),
    );
    for command in [
        json!({"command": "profile.define", "name": "dealer_admin", "grants": [
            {"entity": "*", "verb": "read", "scope": "my_units"}, {"entity": "*", "verb": "administer", "scope": "my_units"}]}),
        json!({"command": "position.create", "unit": "D-0043", "function": "administrator", "title": "Admin Milano", "profile": "dealer_admin"}),
        json!({"command": "user.create", "login": "u-conti", "name": "C", "position": "Admin Milano", "from": "2025-01-01"}),
    ] {
        run(&admin, command);
    }
    define(&admin, "PROSPECTS", "customer", "last_activity", 24);
    network.clock.advance(Duration::days(800));
    let conti = network.crm.session("u-conti", None).unwrap();
    let told = ask(&conti, json!({"question": "retention.dry_run"}));
    assert_eq!(numbers(&told["goes"]), ["R-2"], "{told}");
    assert_eq!(told["held_back"], json!([]), "{told}");
    assert!(!told.to_string().contains("opportunity"), "{told}");
    let whole = ask(&admin, json!({"question": "retention.dry_run"}));
    assert_eq!((&whole["going"], &whole["kept"]), (&json!(1), &json!(1)), "{whole}");
    assert_eq!(whole["held_back"][0]["held_back"], json!(["open_opportunity"]));
    let applied = run(&conti, json!({"command": "retention.apply"}));
    assert_eq!(applied.records.len(), 1, "{applied:?}");
}
