//! What was entered is corrected: contacts, vehicles, addresses, contracts, leads. Only what is named changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use clientela::Session;
use network::Network;
use serde_json::{Value, json};
use words::{ask, refused, refused_at, run};

fn customer(seller: &Session) {
    run(
        seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Autotrasporti", "country": "IT", "number": "C-1"}}),
    );
}

fn add(seller: &Session, command: &str, what: &str, record: &Value) -> String {
    let mut asked = json!({"command": command, "customer": "C-1"});
    asked[what] = record.clone();
    run(seller, asked).id_of(what).unwrap().to_string()
}

/// The names of the fields a change told of.
fn fields(receipt: &clientela::Receipt) -> Vec<&str> {
    let facts = receipt.why.facts.iter().filter(|fact| fact.name == "field");
    facts.map(|fact| fact.value.as_str()).collect()
}

#[test]
fn a_contact_is_corrected_field_by_field() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller);
    let anna = json!({"family_name": "Galo", "given_name": "Anna", "mobile": "347 0000001", "email": "a@esempio.example",
        "role": "buyer", "number": "K-1"});
    let id = add(&seller, "contact.add", "contact", &anna);
    let change = |change: Value| json!({"command": "contact.change", "contact": "K-1", "change": change});

    let told = run(
        &seller,
        change(json!({"family_name": "Gallo", "mobile": "+39 347 0000002", "email": null, "role": "driver"})),
    );
    assert_eq!(fields(&told), ["family_name", "role", "mobile", "email"], "{}", told.why);
    assert!(!told.why.to_string().contains("Gallo"), "{}", told.why);
    let contact = seller.customer("C-1").unwrap().contacts[0].clone();
    assert_eq!((contact.family_name.as_str(), contact.given_name.as_deref()), ("Gallo", Some("Anna")));
    assert_eq!(contact.mobile.unwrap().as_str(), "+393470000002");
    assert!(contact.email.is_none());
    assert_eq!(contact.id.to_string(), id);

    for (wrong, code, field) in [
        (json!({"family_name": null}), "field.missing", "family_name"),
        (json!({"role": "pilot"}), "word.unknown", "role"),
        (json!({"email": "nowhere"}), "email.malformed", "email"),
    ] {
        let refused = refused_at(&seller, change(wrong.clone()));
        assert_eq!(refused.1.as_deref(), Some(field), "{wrong}");
        assert!(refused.0 == code || code == "email.malformed", "{wrong}: {}", refused.0);
    }
    assert_eq!(refused(&seller, change(json!({"left_on": "2026-01-01"}))), "command.unreadable");
    assert_eq!(refused(&rival, change(json!({"given_name": "x"}))), "record.not_found");
    let stale =
        json!({"command": "contact.change", "contact": "K-1", "change": {"given_name": "x"}, "version": 1});
    assert_eq!(refused(&seller, stale), "record.changed_meanwhile");
    add(&seller, "contact.add", "contact", &json!({"family_name": "Neri", "number": "K-2"}));
    assert_eq!(refused_at(&seller, change(json!({"number": "K-2"}))), ("key.taken", Some("number".into())));
    assert!(fields(&run(&seller, change(json!({"given_name": "Anna"})))).is_empty(), "the same again");
}

#[test]
fn a_vehicle_is_corrected_and_comes_back() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller);
    let vin = "VF624GPA000012345";
    let id = add(&seller, "vehicle.add", "vehicle", &json!({"make": "Orza", "vin": vin, "plate": "AB123CD"}));
    let change = |vehicle: &str, change: Value| json!({"command": "vehicle.change", "vehicle": vehicle, "change": change});
    let told = run(&seller, change(&id, json!({"make": "Orsa", "plate": null, "category": "n3"})));
    assert_eq!(fields(&told), ["plate", "make", "category"]);
    let vehicle = seller.customer("C-1").unwrap().fleet[0].clone();
    assert_eq!(
        (vehicle.make.as_str(), vehicle.plate, vehicle.category.as_deref()),
        ("Orsa", None, Some("N3"))
    );
    assert_eq!(vehicle.vin.unwrap().as_str(), vin);

    assert_eq!(refused(&seller, change(&id, json!({"mileage_km": 7}))), "command.unreadable");
    assert_eq!(
        refused_at(&seller, change(&id, json!({"make": null}))),
        ("field.missing", Some("make".into()))
    );
    assert_eq!(
        refused_at(&seller, change(&id, json!({"disposed": "2027-01-01"}))),
        ("vehicle.disposed_in_the_future", Some("disposed".into()))
    );
    run(&seller, json!({"command": "vehicle.dispose", "vehicle": id, "reason": "sold"}));
    let other = add(&seller, "vehicle.add", "vehicle", &json!({"make": "Orsa", "vin": vin}));
    assert_eq!(refused(&seller, change(&id, json!({"disposed": null}))), "vehicle.duplicate");
    run(&seller, change(&other, json!({"vin": null})));
    run(&seller, change(&id, json!({"disposed": null})));
    let vehicles = seller.customer("C-1").unwrap().fleet;
    let back = vehicles.iter().find(|vehicle| vehicle.id.to_string() == id).unwrap();
    assert_eq!((back.disposed, back.disposal_reason.clone()), (None, None));
    assert_eq!(refused(&seller, change(&other, json!({"vin": vin}))), "vehicle.duplicate");
}

#[test]
fn an_address_is_corrected() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller);
    let id = add(
        &seller,
        "address.add",
        "address",
        &json!({"kind": "depot", "street": "Via Emilia 1", "postal_code": "29122"}),
    );
    let change = |change: Value| json!({"command": "address.change", "address": id, "change": change});
    let told = run(&seller, change(json!({"street": "Via Emilia 11", "locality": "Piacenza"})));
    assert_eq!(fields(&told), ["street", "locality"]);
    assert_eq!(refused_at(&seller, change(json!({"postal_code": "1"}))).1.as_deref(), Some("postal_code"));
    let nothing = json!({"street": null, "postal_code": null, "locality": null});
    assert_eq!(refused(&seller, change(nothing)), "field.missing");
}

#[test]
fn a_lease_that_ends_early_replaces_nothing_later() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller);
    let vehicle = add(&seller, "vehicle.add", "vehicle", &json!({"make": "Orsa", "ownership": "leased"}));
    let contract = run(
        &seller,
        json!({"command": "contract.add", "vehicle": vehicle,
            "contract": {"kind": "lease", "provider": "Lessor", "valid_from": "2024-01-01", "valid_until": "2027-06-30"}}),
    );
    let contract = contract.id_of("vehicle_contract").unwrap();
    let due = || {
        let lines = ask(&seller, json!({"question": "fleet.replacements", "customer": "C-1"}));
        lines.to_string()
    };
    assert!(due().contains("2027-06-30"), "{}", due());
    let end = |day: &str| json!({"command": "contract.end", "contract": contract, "day": day});
    assert_eq!(refused_at(&seller, end("2023-12-31")), ("date_range.reversed", Some("day".into())));
    assert_eq!(refused_at(&seller, end("2028-01-01")), ("contract.ended_already", Some("day".into())));
    let changed = run(
        &seller,
        json!({"command": "contract.change", "contract": contract, "change": {"provider": "Other", "km_limit": 400_000}}),
    );
    assert_eq!(fields(&changed), ["provider", "km_limit"]);
    run(&seller, end("2026-02-28"));
    assert!(!due().contains("2027-06-30"), "{}", due());
}

#[test]
fn an_open_lead_is_corrected() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let received = run(
        &seller,
        json!({"command": "lead.receive", "owner": "Trucks Piacenza", "lead": {"channel": "call", "company": "Esempio",
            "email": "a@esempio.example", "country": "IT", "wish": "Two tractors"}}),
    );
    let lead = received.key().unwrap().to_owned();
    let change = |change: Value| json!({"command": "lead.change", "lead": lead, "change": change, "product": "T480-4X2"});
    let told =
        run(&seller, change(json!({"phone": "0523 123456", "wish": "Three tractors", "horizon": "quarter"})));
    assert_eq!(fields(&told), ["phone", "product", "wish", "horizon"], "{}", told.why);
    let listed = ask(&seller, json!({"question": "lead.list"}));
    assert_eq!((&listed[0]["wish"], &listed[0]["horizon"]), (&json!("Three tractors"), &json!("quarter")));
    assert_eq!(
        refused_at(&seller, change(json!({"email": null, "phone": null}))),
        ("lead.contact_point_missing", Some("email".into()))
    );
    assert_eq!(refused(&rival, change(json!({"company": "x"}))), "record.not_found");
    run(&seller, json!({"command": "lead.disqualify", "lead": lead, "reason": "no money"}));
    assert_eq!(refused(&seller, change(json!({"company": "x"}))), "lead.closed");
}

#[test]
fn a_vehicle_may_have_several_drivers_and_one_owner() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller);
    let vehicle = add(&seller, "vehicle.add", "vehicle", &json!({"make": "Orsa"}));
    let role = |part: &str, name: &str, beside: bool| {
        json!({"command": "vehicle.role", "vehicle": vehicle, "role": {"part": part, "name": name, "valid_from": "2026-01-01",
            "beside": beside}})
    };
    let early = run(&seller, role("driver", "Early", false)).id_of("vehicle_role").unwrap();
    assert_eq!(run(&seller, role("driver", "Late", true)).records.len(), 1, "nobody's part ends");
    run(&seller, role("owner", "Lessor", false));
    assert_eq!(
        refused_at(&seller, role("owner", "Another", true)),
        ("vehicle_role.one_at_a_time", Some("beside".into()))
    );
    let end = |day: &str| json!({"command": "vehicle.end_role", "role": early, "day": day});
    assert_eq!(refused_at(&seller, end("2025-12-31")), ("date_range.reversed", Some("day".into())));
    run(&seller, end("2026-03-03"));
    assert_eq!(refused_at(&seller, end("2026-03-04")), ("vehicle_role.ended_already", Some("day".into())));
}

/// What ended or left is not there any more: for the figure of a record, for the quoting tool, for a consent.
#[test]
fn who_left_counts_no_longer() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller);
    let anna = json!({"family_name": "Gallo", "number": "K-1", "influence": "decides"});
    let contact = add(&seller, "contact.add", "contact", &anna);
    let address = add(&seller, "address.add", "address", &json!({"kind": "depot", "locality": "Piacenza"}));
    run(
        &seller,
        json!({"command": "park_line.set", "customer": "C-1", "line": {"make": "Rivale", "count": 4}}),
    );
    run(
        &seller,
        json!({"command": "consent.record", "customer": "C-1", "consent": {"purpose": "marketing", "channel": "email",
            "decision": "granted", "basis": "consent", "contact": contact, "at": "2026-03-01T00:00:00Z"}}),
    );
    let parts =
        ["contacts", "decision_maker", "addresses", "fleet"].map(|part| json!({"part": part, "weight": 1}));
    let policy = json!({"parts": parts});
    let missing = || {
        let told =
            ask(&seller, json!({"question": "customer.completeness", "customer": "C-1", "policy": policy}));
        let parts = told["missing"].as_array().unwrap().clone();
        parts.iter().map(|part| part["part"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let allowed = || {
        let state = ask(&seller, json!({"question": "consent.state", "customer": "C-1", "contact": contact}));
        let states = state["states"].as_array().unwrap().clone();
        let email = states.iter().find(|line| line["purpose"] == "marketing" && line["channel"] == "email");
        let email = email.unwrap();
        (email["allowed"].as_bool().unwrap(), email["why"]["reason"].as_str().unwrap().to_owned())
    };
    let sent = || {
        let tool = clientela::QuotingSession::default();
        String::from_utf8(seller.quoting_customer("C-1", &tool).unwrap()).unwrap().contains("Gallo")
    };
    assert_eq!((missing(), sent()), (Vec::new(), true));
    assert_eq!(allowed(), (true, "consent.granted".to_owned()));
    run(&seller, json!({"command": "contact.leave", "contact": "K-1", "on": "2026-03-04"}));
    run(&seller, json!({"command": "address.end", "id": address, "day": "2026-03-03"}));
    assert_eq!(missing(), ["contacts", "decision_maker", "addresses"]);
    assert!(!sent(), "a person who left is not sent");
    assert_eq!(allowed(), (false, "consent.contact_left".to_owned()));
}
