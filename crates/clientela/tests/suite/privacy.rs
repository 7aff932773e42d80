//! What the law gives a person, on a stored store, by commands and questions as other languages send them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use clientela::{Command, Crm, CrmOptions, Question, Session};
use memchr::memmem;
use network::Network;
use serde_json::json;
use std::path::Path;
use uuid::Uuid;
use words::{ask, refused as code, run};

/// What the person left, each long enough not to be found by chance.
const TEXTS: [&str; 19] = [
    "Zanzottera-Qx",
    "Qvintavalla-Zx",
    "Vicolo Zwanzig 17",
    "zq.zanzottera@esempio.example",
    "Zwischenbemerkung-Jx",
    "ZZ999QX",
    "Dreizehn-Kx tractors",
    "told by Zoccarato-Wx",
    "status said by Zw-1x",
    "size said by Zw-2x",
    "class said by Zw-3x",
    "label of Zw-4x",
    "next step of Zw-5x",
    "contract of Zw-6x",
    "leaves since Zw-7x",
    "offer for Zw-8x",
    "note for Zw-9x",
    "rival said Zw-11x",
    "withdrawn since Zw-12x",
];

/// Whole numbers of added fields, each too long to be found by chance.
const NUMBERS: [i64; 2] = [71_203_948_576_113, 62_718_281_828_459];

/// A customer with a contact, a vehicle, a consent, an activity and an opportunity. Gives the contact's id.
fn person(seller: &Session) -> Uuid {
    run(
        seller,
        json!({"command": "customer.create", "reason": TEXTS[7], "customer": {"kind": "sole_trader", "name": TEXTS[0], "country": "IT",
            "number": "C-900", "street": TEXTS[2], "email": TEXTS[3], "notes": null}}),
    );
    run(seller, json!({"command": "customer.change", "customer": "C-900", "change": {"name": TEXTS[1]}}));
    let contact = run(
        seller,
        json!({"command": "contact.add", "customer": "C-900", "contact": {"family_name": TEXTS[0], "email": TEXTS[3]}}),
    );
    run(
        seller,
        json!({"command": "vehicle.add", "customer": "C-900", "vehicle": {"make": "Orsa", "plate": TEXTS[5], "ownership": "owned"}}),
    );
    run(
        seller,
        json!({"command": "consent.record", "customer": "C-900", "consent": {"purpose": "marketing", "channel": "email",
            "decision": "granted", "basis": "consent", "contact_point": TEXTS[3], "proof_kind": "form"}}),
    );
    let activity = run(
        seller,
        json!({"command": "activity.plan", "customer": "C-900", "activity": {"kind": "call", "subject": TEXTS[4]}}),
    );
    run(
        seller,
        json!({"command": "activity.report", "activity": activity.id_of("activity").unwrap(), "report": {"result": TEXTS[4]}}),
    );
    run(
        seller,
        json!({"command": "opportunity.open", "customer": "C-900", "title": TEXTS[6], "method": "with-configurator", "currency": "EUR",
            "number": "O-900"}),
    );
    said(seller);
    contact.id_of("contact").unwrap()
}

/// What people type in beside: reasons, labels, notes.
fn said(seller: &Session) {
    for (what, value, reason) in
        [("status", "prospect", TEXTS[8]), ("size", "large", TEXTS[9]), ("class", "A", TEXTS[10])]
    {
        run(
            seller,
            json!({"command": "customer.override", "customer": "C-900", "what": what, "value": value, "reason": reason}),
        );
    }
    run(
        seller,
        json!({"command": "contact_point.add", "customer": "C-900", "point": {"kind": "phone", "value": "+39 0523 000009", "label": TEXTS[11]}}),
    );
    run(
        seller,
        json!({"command": "opportunity.change", "opportunity": "O-900", "change": {"next_step": TEXTS[12], "next_step_on": "2026-03-09"}}),
    );
    let vehicle = run(
        seller,
        json!({"command": "vehicle.add", "customer": "C-900", "vehicle": {"make": "Orsa", "ownership": "leased"}}),
    );
    let vehicle = vehicle.id_of("vehicle").unwrap();
    run(
        seller,
        json!({"command": "contract.add", "vehicle": vehicle, "contract": {"kind": "lease", "reference": TEXTS[13]}}),
    );
    run(seller, json!({"command": "vehicle.dispose", "vehicle": vehicle, "reason": TEXTS[14]}));
    let offer = run(
        seller,
        json!({"command": "offer.create", "opportunity": "O-900", "title": TEXTS[15], "note": TEXTS[16],
            "items": [{"product": "T480-4X2", "quantity": "1"}]}),
    );
    run(
        seller,
        json!({"command": "offer.revise", "offer": offer.key(), "note": TEXTS[18], "items": [{"product": "T480-4X2", "quantity": "2"}]}),
    );
    run(
        seller,
        json!({"command": "opportunity.competitors.set", "opportunity": "O-900",
            "competitors": [{"name": "Rival", "standing": "behind", "note": TEXTS[17]}]}),
    );
}

/// Added fields of a person: what they hold is his.
fn added(admin: &Session, seller: &Session, contact: Uuid) {
    for (entity, name, ty) in [
        ("customer", "account", "integer"),
        ("contact", "badge", "integer"),
        ("customer", "smokes", "boolean"),
    ] {
        run(
            admin,
            json!({"command": "custom_field.define", "field": {"entity": entity, "name": name, "type": ty, "personal": true}}),
        );
    }
    for (entity, record, field, value) in [
        ("customer", "C-900".to_owned(), "account", json!(NUMBERS[0])),
        ("contact", contact.to_string(), "badge", json!(NUMBERS[1])),
        ("customer", "C-900".to_owned(), "smokes", json!(true)),
    ] {
        run(
            seller,
            json!({"command": "custom_field.set", "entity": entity, "record": record, "field": field, "value": value}),
        );
    }
}

/// A number as the state and the journal write it.
fn written(number: i64) -> [Vec<u8>; 2] {
    let state = number.to_be_bytes()[2..].to_vec();
    let (mut rest, mut journal) = (number.unsigned_abs() << 1, Vec::new());
    while rest >= 0x80 {
        journal.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    journal.push(u8::try_from(rest).unwrap());
    [state, journal]
}

/// What he said before he was a customer is held on him too.
fn lead(seller: &Session) {
    let lead = run(
        seller,
        json!({"command": "lead.receive", "owner": "Trucks Piacenza",
            "lead": {"channel": "web_form", "family_name": TEXTS[0], "email": TEXTS[3], "wish": TEXTS[6], "country": "IT"},
            "consents": [{"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent", "proof": TEXTS[1],
                "contact_point": TEXTS[3]}]}),
    );
    let lead = lead.key().unwrap();
    run(seller, json!({"command": "lead.contact", "lead": lead}));
    run(seller, json!({"command": "lead.qualify", "lead": lead}));
    run(
        seller,
        json!({"command": "lead.convert", "lead": lead, "customer": "C-900", "method": "with-configurator", "currency": "EUR"}),
    );
}

fn traces(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for number in NUMBERS {
            let forms = written(number);
            found.extend(
                forms
                    .iter()
                    .filter(|form| memmem::find(&bytes, form).is_some())
                    .map(|form| format!("{number} as {} bytes in {}", form.len(), path.display())),
            );
        }
        for text in TEXTS {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for form in [
                text.as_bytes().to_vec(),
                text.to_uppercase().into_bytes(),
                text.to_lowercase().into_bytes(),
                wide,
            ] {
                if memmem::find(&bytes, &form).is_some() {
                    found.push(format!("{text} in {}", path.display()));
                }
            }
        }
    }
    found
}

#[test]
fn an_erased_party_leaves_no_byte_here_and_none_in_an_older_copy_once_replayed() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    let contact = person(&seller);
    added(&admin, &seller, contact);
    lead(&seller);
    let there = traces(&network.folder);
    for trace in TEXTS.map(str::to_owned).into_iter().chain(NUMBERS.map(|number| number.to_string())) {
        assert!(there.iter().any(|found| found.starts_with(&trace)), "{trace} is not found at all");
    }
    let older = network.folder.join("older");
    std::fs::create_dir(&older).unwrap();
    network.crm.backup(older.join("network.clientela")).unwrap();
    assert!(!traces(&network.folder).is_empty() && !traces(&older).is_empty());

    let erase = json!({"command": "party.erase", "customer": "C-900", "reason": "person_asked"});
    assert_eq!(code(&seller, erase.clone()), "access.not_allowed");
    assert_eq!(code(&network.rival(), erase.clone()), "record.not_found");
    let hold = run(&admin, json!({"command": "legal_hold.set", "customer": "C-900", "reason": "RG 17/2026"}));
    assert_eq!(code(&admin, erase.clone()), "erasure.legal_hold");
    run(&admin, json!({"command": "legal_hold.lift", "hold": hold.id_of("legal_hold").unwrap()}));
    let erased = run(&admin, erase);
    assert!(
        erased.why.mentions("erasure.kept_proof") && erased.why.mentions("erasure.kept_figures"),
        "{}",
        erased.why
    );

    assert_eq!(traces(&network.folder), Vec::<String>::new());
    let report = network.crm.check().unwrap();
    assert!(report.is_in_order(), "{report:#?}");
    let copy = network.folder.join("copy.clientela");
    network.crm.backup(&copy).unwrap();
    assert_eq!(traces(&network.folder), Vec::<String>::new());

    let erasures = ask(&admin, json!({"question": "erasure.list"}));
    let ledger = erasures.to_string();
    assert!(TEXTS.iter().all(|text| !ledger.contains(text)));
    let restored = Crm::open_with(
        CrmOptions::new(older.join("network.clientela"))
            .clock(std::sync::Arc::clone(&network.clock) as std::sync::Arc<dyn clientela::Clock>),
    )
    .unwrap();
    let there = restored.session("admin", None).unwrap();
    run(&there, json!({"command": "erasure.replay", "erasures": erasures}));
    assert_eq!(traces(&older), Vec::<String>::new());
    assert!(restored.check().unwrap().is_in_order());
    let again = ask(&there, json!({"question": "erasure.list"}));
    assert_eq!(again.as_array().unwrap().len(), 1, "the ledger came with it");
    restored.close().unwrap();
}

#[test]
fn an_erased_contact_leaves_its_customer_alone() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    let contact = person(&seller);
    run(&admin, json!({"command": "contact.erase", "contact": contact, "reason": "no_longer_needed"}));
    let customer = seller.customer("C-900").unwrap();
    assert_eq!(customer.customer.name, TEXTS[1]);
    let contact = &customer.contacts[0];
    assert_eq!((contact.family_name.as_str(), contact.email.is_none()), ("", true));
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn everything_held_on_a_person_is_given_out_with_what_is_withheld() {
    let network = Network::new();
    let seller = network.seller();
    person(&seller);
    let held = ask(&seller, json!({"question": "person.export", "customer": "C-900"}));
    let (records, files) = (held["records"].to_string(), held["files"].to_string());
    for text in &TEXTS[1..7] {
        assert!(records.contains(text) && files.contains(text), "{text}");
    }
    for entity in
        ["party", "relationship", "contact", "vehicle", "consent", "activity", "opportunity", "passage"]
    {
        assert!(held["records"][entity].is_array(), "{entity}");
        assert!(held["files"][format!("{entity}.csv")].as_str().unwrap().starts_with("id,"), "{entity}");
    }
    let withheld = held["withheld"].to_string();
    assert!(
        withheld.contains("access.confidential") && withheld.contains("access.other_dealers"),
        "{withheld}"
    );
    let admin = network.crm.session("admin", None).unwrap();
    let whole = ask(&admin, json!({"question": "person.export", "customer": "C-900"}));
    assert_eq!(whole["withheld"], json!([]));
    let rival = network.rival();
    let question = Question::from_json(r#"{"question": "person.export", "customer": "C-900"}"#).unwrap();
    assert_eq!(rival.answer(&question).unwrap_err().code(), "record.not_found");
}

#[test]
fn consents_are_given_confirmed_withdrawn_and_told_for_any_date() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    person(&seller);
    run(
        &admin,
        json!({"command": "wording.define", "code": "news", "version": "2", "language": "it", "text": "Sì, scrivetemi."}),
    );
    let grant = run(
        &seller,
        json!({"command": "consent.record", "customer": "C-900", "consent": {"purpose": "survey", "channel": "phone",
            "decision": "granted", "basis": "consent", "wording": "news/2/it", "awaits_confirmation": true, "at": "2026-03-01T08:00:00Z"}}),
    );
    let allowed = |at: &str, purpose: &str, channel: &str| {
        let found = ask(&seller, json!({"question": "consent.state", "customer": "C-900", "at": at}));
        let states = found["states"].as_array().unwrap().clone();
        let state = states.iter().find(|state| {
            state["purpose"] == purpose && state["channel"] == channel && state["contact_point"].is_null()
        });
        let state = state.unwrap().clone();
        (state["allowed"].as_bool().unwrap(), state["why"]["reason"].as_str().unwrap().to_owned())
    };
    let said = |allowed: bool, reason: &str| (allowed, reason.to_owned());
    assert_eq!(allowed("2026-03-03T00:00:00Z", "survey", "phone"), said(false, "consent.unconfirmed"));
    let confirm = json!({"command": "consent.confirm", "consent": grant.id_of("consent").unwrap(), "at": "2026-03-02T08:00:00Z"});
    run(&seller, confirm.clone());
    assert_eq!(code(&seller, confirm), "consent.confirmed");
    assert_eq!(allowed("2026-03-03T00:00:00Z", "survey", "phone"), said(true, "consent.granted"));
    assert_eq!(allowed("2026-03-01T12:00:00Z", "survey", "phone"), said(false, "consent.unconfirmed"));
    run(&seller, json!({"command": "consent.withdraw", "customer": "C-900", "source": "call"}));
    for (purpose, channel) in [("survey", "phone"), ("marketing", "email")] {
        assert_eq!(allowed("2026-03-05T00:00:00Z", purpose, channel), said(false, "consent.withdrawn"));
    }
    assert_eq!(allowed("2026-03-03T00:00:00Z", "survey", "phone"), said(true, "consent.granted"));
    let withdraw = json!({"command": "consent.withdraw", "customer": "C-900"});
    assert_eq!(code(&network.rival(), withdraw), "record.not_found");
    let wrong = json!({"command": "consent.record", "customer": "C-900", "consent": {"purpose": "marketing", "channel": "email",
        "decision": "granted", "basis": "contract"}});
    assert_eq!(code(&seller, wrong), "consent.basis");
    let _: Command =
        serde_json::from_value(json!({"command": "consent.withdraw", "customer": "C-900"})).unwrap();
}
