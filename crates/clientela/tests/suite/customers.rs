//! Customers in full, as programs of other languages do it: commands and questions in JSON, on a stored store, and what another dealer's
//! seller must not see of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused, run, unanswered};
use clientela::{RuleRun, RuleSubject, Session};
use serde_json::{Value, json};

fn customer(session: &Session, number: &str) {
    run(
        session,
        &json!({"command": "customer.create", "customer": {"kind": "company", "name": format!("Esempio {number}"),
            "country": "IT", "number": number}}),
    );
}

fn vehicle(session: &Session, customer: &str, registered: &str, make: &str) -> String {
    let receipt = run(
        session,
        &json!({"command": "vehicle.add", "customer": customer, "vehicle": {"make": make, "category": "N3",
            "euro_class": 6, "first_registration": registered, "acquired": registered, "usage": "long_haul"}}),
    );
    receipt.id_of("vehicle").unwrap().to_string()
}

fn win(session: &Session, customer: &str, number: &str, amount: &str) {
    run(
        session,
        &json!({"command": "opportunity.open", "customer": customer, "title": "T", "method": "with-configurator",
            "currency": "EUR", "number": number, "vehicles": 2, "amount": {"amount": amount, "currency": "EUR"}}),
    );
    run(session, &json!({"command": "opportunity.win", "opportunity": number}));
}

#[test]
fn a_timeline_is_told_page_by_page() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller, "C-1");
    vehicle(&seller, "C-1", "2024-05-01", "Ours");
    run(
        &seller,
        &json!({"command": "activity.plan", "customer": "C-1",
        "activity": {"kind": "visit", "subject": "Annual talk", "planned_at": "2026-04-01T08:00:00Z"}}),
    );
    win(&seller, "C-1", "O-1", "120000.00");
    run(
        &seller,
        &json!({"command": "consent.record", "customer": "C-1", "consent": {"purpose": "marketing",
        "channel": "email", "decision": "granted", "basis": "consent", "at": "2026-03-01T10:00:00Z"}}),
    );
    run(&seller, &json!({"command": "customer.change", "customer": "C-1", "change": {"locality": "Torino"}}));

    let question = json!({"question": "customer.timeline", "customer": "C-1", "to_come": true, "limit": 200});
    let whole = ask(&seller, &question);
    let events: Vec<&str> =
        whole["entries"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(events.first(), Some(&"activity.planned"));
    assert_eq!(events.last(), Some(&"vehicle.acquired"));
    for event in
        ["opportunity.open", "opportunity.win", "consent.granted", "customer.entered", "customer.changed"]
    {
        assert!(events.contains(&event), "{event}: {events:?}");
    }
    let kind =
        |wanted: &str| whole["entries"].as_array().unwrap().iter().any(|entry| entry["kind"] == wanted);
    assert!(kind("purchase") && kind("change") && kind("vehicle"));

    // Page after page the same.
    for limit in [1, 2, 3] {
        let (mut paged, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = ask(
                &seller,
                &json!({"question": "customer.timeline", "customer": "C-1", "to_come": true, "limit": limit,
                    "after": after}),
            );
            paged.extend(page["entries"].as_array().unwrap().clone());
            after = page["next"].clone();
            if after.is_null() {
                break;
            }
        }
        assert_eq!(&Value::Array(paged), &whole["entries"], "{limit}");
    }
    let past =
        ask(&seller, &json!({"question": "customer.timeline", "customer": "C-1", "kinds": ["contact"]}));
    assert_eq!(past["entries"], json!([]), "what is to come is left out");
    let other = json!({"question": "customer.timeline", "customer": "C-1"});
    assert_eq!(unanswered(&rival, &other), "record.not_found");
    let bad = json!({"question": "customer.timeline", "customer": "C-1", "after": "x"});
    assert_eq!(unanswered(&seller, &bad), "cursor.malformed");
}

#[test]
fn a_fleet_tells_age_share_rhythm_and_what_is_to_be_replaced() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let admin = network.crm.session("admin", None).unwrap();
    customer(&seller, "C-1");
    let first = vehicle(&seller, "C-1", "2020-01-10", "Ours");
    vehicle(&seller, "C-1", "2022-01-10", "Ours");
    vehicle(&seller, "C-1", "2024-01-10", "Other");
    run(
        &seller,
        &json!({"command": "park_line.set", "customer": "C-1", "line": {"make": "Other", "count": 9}}),
    );
    run(
        &seller,
        &json!({"command": "park_line.set", "customer": "C-1", "line": {"make": "Other", "count": 5}}),
    );
    for (day, km) in [("2025-03-04", 300_000), ("2026-03-04", 420_000)] {
        run(&seller, &json!({"command": "vehicle.reading", "vehicle": first, "day": day, "km": km}));
    }
    let falls = json!({"command": "vehicle.reading", "vehicle": first, "km": 1});
    assert_eq!(refused(&seller, &falls), "reading.falls");
    run(
        &seller,
        &json!({"command": "vehicle.role", "vehicle": first, "role": {"part": "driver", "name": "Neri"}}),
    );
    run(
        &seller,
        &json!({"command": "contract.add", "vehicle": first, "contract": {"kind": "maintenance",
        "provider": "Workshop", "valid_until": "2026-12-31", "km_limit": 500_000}}),
    );
    let define = json!({"command": "setting.define", "name": "fleet.our_makes", "document": ["ours"]});
    assert_eq!(refused(&seller, &define), "access.not_allowed");
    run(&admin, &define);
    let thresholds = json!({"uses": {"long_haul": {"months": 84, "km": 500_000}}});
    run(&admin, &json!({"command": "setting.define", "name": "fleet.replacement", "document": thresholds}));
    let malformed =
        json!({"command": "setting.define", "name": "fleet.replacement", "document": {"uzes": {}}});
    assert_eq!(refused(&admin, &malformed), "setting.malformed");
    let unknown = json!({"command": "setting.define", "name": "fleet.colour", "document": {}});
    assert_eq!(refused(&admin, &unknown), "name.unknown");

    let profile = ask(&seller, &json!({"question": "fleet.profile", "customer": "C-1"}));
    assert_eq!((&profile["vehicles"], &profile["ours"]), (&json!(8), &json!(2)));
    assert_eq!(profile["our_share"], json!("25"));
    let rhythm = ask(&seller, &json!({"question": "fleet.rhythm", "customer": "C-1"}));
    assert_eq!((&rhythm["next"], &rhythm["overdue"]), (&json!("2026-01-10"), &json!(true)));
    let told = ask(&seller, &json!({"question": "fleet.replacements", "customer": "C-1"}));
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    // 120,000 km a year: 80,000 more are run by the beginning of November.
    assert_eq!((&told[0]["month"], &told[0]["why"]["reason"]), (&json!("2026-11"), &json!("fleet.mileage")));
    assert_eq!((&told[0]["number"], &told[0]["km_per_year"]), (&json!("C-1"), &json!("120000")));

    assert_eq!(ask(&rival, &json!({"question": "fleet.replacements"})), json!([]));
    assert_eq!(ask(&rival, &json!({"question": "fleet.profile"}))["vehicles"], json!(0));
    let theirs = json!({"command": "vehicle.reading", "vehicle": first, "km": 500_000});
    assert_eq!(refused(&rival, &theirs), "record.not_found");
}

#[test]
fn a_pyramid_says_who_is_in_which_tier_and_who_moved() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    for (number, amount) in [("C-1", "700.00"), ("C-2", "150.00"), ("C-3", "100.00"), ("C-4", "50.00")] {
        customer(&seller, number);
        win(&seller, number, &number.replace('C', "O"), amount);
    }
    customer(&seller, "C-5");
    let told = ask(&seller, &json!({"question": "customer.pyramid", "measure": "turnover"}));
    let tiers: Vec<(&str, &str)> = told["customers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["number"].as_str().unwrap(), line["tier"].as_str().unwrap()))
        .collect();
    assert_eq!(tiers, [("C-1", "A"), ("C-2", "A"), ("C-3", "B"), ("C-4", "C"), ("C-5", "C")]);
    assert_eq!((&told["total"], &told["currency"]), (&json!("1000.00"), &json!("EUR")));
    let own =
        ask(&seller, &json!({"question": "customer.pyramid", "measure": "turnover", "customer": "C-3"}));
    assert_eq!(own["customers"][0]["why"]["reason"], "pyramid.tier");
    assert_eq!(own["customers"].as_array().unwrap().len(), 1);
    let by_rank = json!({"by": "rank", "tiers": [{"name": "gold", "boundary": "1"}, {"name": "rest"}]});
    let told =
        ask(&seller, &json!({"question": "customer.pyramid", "measure": "purchases", "tiers": by_rank}));
    assert_eq!(told["tiers"][0]["customers"], json!(1));
    for measure in ["vehicles_bought", "fleet"] {
        ask(&seller, &json!({"question": "customer.pyramid", "measure": measure}));
    }

    let moved = ask(
        &seller,
        &json!({"question": "customer.pyramid_movement", "measure": "turnover", "from": "2025-03-04"}),
    );
    assert_eq!(moved["moved"], json!(3), "{moved}");
    assert!(moved["matrix"].as_array().unwrap().iter().any(|line| line["from"] == "C" && line["to"] == "A"));
    let theirs = ask(&rival, &json!({"question": "customer.pyramid", "measure": "turnover"}));
    assert_eq!(theirs["customers"], json!([]));
}

#[test]
fn a_pyramid_stands_on_what_is_expected_and_on_added_figures() {
    let network = Network::new();
    let seller = network.seller();
    let admin = network.crm.session("admin", None).unwrap();
    for (number, amount) in [("C-1", "5000.00"), ("C-2", "90000.00")] {
        customer(&seller, number);
        run(
            &seller,
            &json!({"command": "opportunity.open", "customer": number, "title": "T", "method": "with-configurator",
                "currency": "EUR", "number": number, "amount": {"amount": amount, "currency": "EUR"}}),
        );
    }
    for (name, ty, confidential) in
        [("docks", "integer", false), ("note", "text", false), ("rating", "number", true)]
    {
        run(
            &admin,
            &json!({"command": "custom_field.define", "field": {"name": name, "type": ty, "confidential": confidential}}),
        );
    }
    run(&seller, &json!({"command": "customer.set_field", "customer": "C-1", "field": "docks", "value": 6}));
    let top = |question: Value| {
        let told = ask(&seller, &question);
        let first = &told["customers"][0];
        (first["number"].clone(), first["value"].as_str().unwrap().parse::<f64>().unwrap())
    };
    // 90,000 at ten percent.
    let expected = json!({"question": "customer.pyramid", "measure": "expected"});
    assert_eq!(top(expected.clone()), (json!("C-2"), 9_000.0));
    let field = json!({"question": "customer.pyramid", "measure": "added_field", "field": "docks"});
    assert_eq!(top(field), (json!("C-1"), 6.0));
    let products = json!({"question": "customer.pyramid", "measure": "products"});
    assert!(top(products).1.abs() < 0.1, "nothing was bought yet");
    // What is decided is expected no more; on the day before it still was.
    network.clock.set("2026-03-10T08:00:00Z".parse().unwrap());
    run(&seller, &json!({"command": "opportunity.lose", "opportunity": "C-2", "reason": "price"}));
    assert_eq!(top(expected.clone()), (json!("C-1"), 500.0));
    let moved = json!({"question": "customer.pyramid_movement", "measure": "expected", "from": "2026-03-09"});
    assert_eq!(ask(&seller, &moved)["moved"], json!(2));
    for field in [json!(null), json!("note"), json!("rating")] {
        let question = json!({"question": "customer.pyramid", "measure": "added_field", "field": field});
        let question = clientela::Question::from_json(&question.to_string()).unwrap();
        assert_eq!(seller.answer(&question).unwrap_err().field().as_deref(), Some("field"));
    }
    let moved =
        json!({"question": "customer.pyramid_movement", "measure": "added_field", "from": "2026-03-09"});
    let moved = clientela::Question::from_json(&moved.to_string()).unwrap();
    assert_eq!(seller.answer(&moved).unwrap_err().field().as_deref(), Some("measure"));
}

#[test]
fn a_customer_has_several_of_what_there_are_several_of() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    for number in ["C-1", "C-2", "C-3"] {
        customer(&seller, number);
    }
    let depot = json!({"command": "address.add", "customer": "C-1", "address": {"kind": "depot",
        "street": "Via Roma 1", "postal_code": "10121", "locality": "Torino"}});
    let id = run(&seller, &depot).id_of("address").unwrap();
    run(&seller, &json!({"command": "address.end", "id": id.to_string()}));
    let empty = json!({"command": "address.add", "customer": "C-1", "address": {"kind": "depot"}});
    assert_eq!(refused(&seller, &empty), "field.missing");

    let point = json!({"command": "contact_point.add", "customer": "C-1", "point": {"kind": "phone",
        "value": "011 555 1234", "label": "workshop", "preferred": true}});
    run(&seller, &point);
    assert_eq!(refused(&seller, &point), "contact_point.known");
    let identifier = |customer: &str, system: &str, key: &str, registration: bool| {
        json!({"command": "identifier.add", "customer": customer,
            "identifier": {"system": system, "key": key, "registration": registration}})
    };
    run(&seller, &identifier("C-1", "erp", "4711", false));
    assert_eq!(refused(&seller, &identifier("C-2", "erp", "4711", false)), "key.taken");
    assert_eq!(
        refused(&seller, &identifier("C-1", "FR-SIREN", "404833047", true)),
        "registration.check_digit"
    );
    assert_eq!(refused(&rival, &identifier("C-1", "erp", "1", false)), "record.not_found");
    // Another dealer has numbers of his own; those of a public register are everybody's.
    customer(&rival, "R-1");
    run(&rival, &identifier("R-1", "erp", "4711", false));
    assert_eq!(refused(&rival, &identifier("R-1", "erp", "4711", false)), "key.taken");
    run(&seller, &identifier("C-1", "FR-SIREN", "404833048", true));
    assert_eq!(refused(&rival, &identifier("R-1", "FR-SIREN", "404833048", true)), "key.taken");

    let join = |customer: &str, parent: &str| json!({"command": "customer.join_group", "customer": customer, "parent": parent, "valid_from": "2026-01-01"});
    run(&seller, &join("C-2", "C-1"));
    run(&seller, &join("C-3", "C-2"));
    assert_eq!(refused(&seller, &join("C-1", "C-3")), "group.circle");
    vehicle(&seller, "C-3", "2024-01-01", "Ours");
    win(&seller, "C-2", "O-1", "1.00");
    let group = ask(&seller, &json!({"question": "customer.group", "customer": "C-2"}));
    let depths: Vec<&Value> =
        group["members"].as_array().unwrap().iter().map(|member| &member["depth"]).collect();
    assert_eq!(depths, [&json!(0), &json!(1), &json!(2)]);
    assert_eq!((&group["vehicles"], &group["purchases"]), (&json!(1), &json!("1")));
    let before = ask(&seller, &json!({"question": "customer.group", "customer": "C-2", "day": "2025-12-31"}));
    assert_eq!(before["members"].as_array().unwrap().len(), 1);

    let contact = |name: &str, number: &str| {
        run(
            &seller,
            &json!({"command": "contact.add", "customer": "C-1", "contact": {"family_name": name, "number": number}}),
        );
    };
    contact("Rossi", "K-1");
    contact("Verdi", "K-2");
    run(
        &seller,
        &json!({"command": "contact.relate", "contact": "K-2", "influence": "advises", "reports_to": "K-1"}),
    );
    let circle = json!({"command": "contact.relate", "contact": "K-1", "reports_to": "K-2"});
    assert_eq!(refused(&seller, &circle), "contact.circle");
    let own = seller.customer("C-1").unwrap().contacts;
    assert_eq!(own.iter().filter(|contact| contact.reports_to.is_some()).count(), 1);
}

#[test]
fn added_fields_are_typed_and_read_by_rules() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    customer(&seller, "C-1");
    customer(&seller, "C-2");
    let define = |name: &str, ty: &str, choices: &[&str]| json!({"command": "custom_field.define", "field": {"name": name, "type": ty, "choices": choices}});
    run(&admin, &define("loading_docks", "number", &[]));
    run(&admin, &define("cargo", "choice", &["bulk", "cooled"]));
    assert_eq!(refused(&admin, &define("name", "text", &[])), "custom_field.name_taken");
    assert_eq!(refused(&admin, &define("cargo", "text", &[])), "custom_field.changed");
    assert_eq!(refused(&seller, &define("other", "text", &[])), "access.not_allowed");
    let set = |field: &str, value: Value| json!({"command": "customer.set_field", "customer": "C-1", "field": field, "value": value});
    run(&seller, &set("loading_docks", json!("3.5")));
    run(&seller, &set("loading_docks", json!(4)));
    run(&seller, &set("cargo", json!("cooled")));
    assert_eq!(refused(&seller, &set("cargo", json!("gold"))), "custom_value.choice");
    assert_eq!(refused(&seller, &set("loading_docks", json!("many"))), "custom_value.type");
    assert_eq!(refused(&seller, &set("loading_docks", json!(true))), "custom_value.type");
    assert_eq!(refused(&seller, &set("gates", json!(1))), "name.unknown");
    let snapshot = seller.customer("C-1").unwrap();
    assert_eq!(snapshot.custom.len(), 2);
    let rule = "customer.custom.exists(f, f.name == 'loading_docks' && f.number >= decimal('4'))";
    let rule = seller.rule(rule, RuleSubject::Customer).unwrap();
    let found = rule.select(&seller, RuleRun::default()).unwrap();
    assert_eq!(found.ids.len(), 1);
    run(&admin, &json!({"command": "custom_field.retire", "field": "cargo"}));
    assert_eq!(refused(&seller, &set("cargo", json!("bulk"))), "custom_field.retired");
}

#[test]
fn completeness_names_what_is_missing_and_what_it_costs() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller, "C-1");
    customer(&seller, "C-2");
    vehicle(&seller, "C-2", "2024-01-01", "Ours");
    let told = ask(&seller, &json!({"question": "customer.completeness", "customer": "C-1"}));
    assert_eq!(
        told["missing"][0],
        json!({"part": "vat_number", "points": "15", "costs": ["duplicate_check", "offer.tax"]})
    );
    let policy = json!({"parts": [{"part": "fleet", "weight": 3}, {"part": "postal_code", "weight": 1, "costs": ["territory"]}]});
    let told =
        ask(&seller, &json!({"question": "customer.completeness", "customer": "C-2", "policy": policy}));
    assert_eq!((&told["figure"], &told["missing"][0]["points"]), (&json!(75), &json!("25")));
    let list = ask(&seller, &json!({"question": "customer.least_complete", "policy": policy}));
    let figures: Vec<(&Value, &Value)> =
        list.as_array().unwrap().iter().map(|line| (&line["number"], &line["figure"])).collect();
    assert_eq!(figures, [(&json!("C-1"), &json!(0)), (&json!("C-2"), &json!(75))]);
    let wrong = json!({"parts": [{"part": "colour", "weight": 1}]});
    let asked = json!({"question": "customer.completeness", "customer": "C-2", "policy": wrong});
    assert_eq!(unanswered(&seller, &asked), "completeness.part");
    assert_eq!(ask(&rival, &json!({"question": "customer.least_complete"})), json!([]));
}

const STATUS: &str = "name: status_of_customer
version: 1
environment: customer
rule:
  match:
    - condition: customer.fleet.size() > 0
      value: customer
      reason: has a fleet
  otherwise: {value: suspect}
";

#[test]
fn rules_classify_and_a_person_may_object() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    customer(&seller, "C-1");
    customer(&seller, "C-2");
    vehicle(&seller, "C-2", "2024-01-01", "Ours");
    assert_eq!(refused(&seller, &json!({"command": "customer.classify"})), "classification.no_rule_set");
    run(&admin, &json!({"command": "rule_set.save", "document": STATUS}));
    let rules = json!({"status": "status_of_customer"});
    run(&admin, &json!({"command": "setting.define", "name": "customer.classification", "document": rules}));
    run(
        &seller,
        &json!({"command": "customer.override", "customer": "C-1", "what": "status", "value": "prospect",
        "reason": "talks are on"}),
    );
    let told = run(&seller, &json!({"command": "customer.classify"}));
    assert_eq!((told.why.value("changed"), told.why.value("fixed")), (Some("1"), Some("1")));
    let status = |key: &str| seller.customer(key).unwrap().customer.status.to_string();
    assert_eq!((status("C-1").as_str(), status("C-2").as_str()), ("prospect", "customer"));
    let told = ask(&seller, &json!({"question": "customer.classification", "customer": "C-1"}));
    assert_eq!((&told[0]["fixed"], &told[0]["by_rules"]), (&json!(true), &json!("suspect")));
    run(&seller, &json!({"command": "customer.lift_override", "customer": "C-1", "what": "status"}));
    let again = json!({"command": "customer.lift_override", "customer": "C-1", "what": "status"});
    assert_eq!(refused(&seller, &again), "customer.not_fixed");
    run(&seller, &json!({"command": "customer.classify", "customer": "C-1"}));
    assert_eq!(status("C-1"), "suspect");
    let told = ask(&seller, &json!({"question": "customer.classification", "customer": "C-1"}));
    assert_eq!(told[0]["history"].as_array().unwrap().last().unwrap()["command"], "customer.classify");
    assert_eq!(told[0]["reason"].as_str().unwrap().split(',').next(), Some("status_of_customer/1"));
}

#[test]
fn leaving_has_a_reason_and_winning_back_a_worth() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller, "C-1");
    win(&seller, "C-1", "O-1", "300000.00");
    let lose =
        json!({"command": "customer.lose", "customer": "C-1", "reason": "price", "competitor": "Other"});
    run(&seller, &lose);
    assert_eq!(refused(&seller, &lose), "customer.left_already");
    let told = ask(&seller, &json!({"question": "customer.leave_reasons", "from": "2026-01-01"}));
    assert_eq!((&told[0]["reason"], &told[0]["competitors"]), (&json!("price"), &json!([["Other", 1]])));
    let attempt = |won: bool| {
        json!({"command": "customer.win_back", "customer": "C-1", "kind": "visit", "subject": "Offer of a loan",
            "cost": {"amount": "120.00", "currency": "EUR"}, "won": won})
    };
    run(&seller, &attempt(false));
    let policy = json!({"percent_by_reason": {"price": "25"}, "margin_percent": "8", "years": "2",
        "cost": {"amount": "500.00", "currency": "EUR"}});
    let told = ask(&seller, &json!({"question": "customer.win_back", "customer": "C-1", "policy": policy}));
    // 100,000 a year for two years at 8 percent, one in four, less 500.
    assert_eq!(told["worth"]["worth"], json!({"amount": "3500.00", "currency": "EUR"}));
    assert_eq!((&told["worth"]["worth_it"], told["attempts"].as_array().unwrap().len()), (&json!(true), 1));
    run(&seller, &attempt(true));
    assert_eq!(refused(&seller, &attempt(true)), "customer.not_left");
    let told = ask(&seller, &json!({"question": "customer.leave_reasons", "from": "2026-01-01"}));
    assert_eq!((&told[0]["customers"], &told[0]["won_back"]), (&json!(1), &json!(1)));
}

/// A company moves from one group to another: each day is answered by what holds then, whenever it was entered.
#[test]
fn a_group_is_that_of_the_day() {
    let network = Network::new();
    let seller = network.seller();
    for number in ["A", "B", "C-2"] {
        customer(&seller, number);
    }
    let join = |parent: Option<&str>, from: &str| {
        run(
            &seller,
            &json!({"command": "customer.join_group", "customer": "C-2", "parent": parent, "valid_from": from}),
        )
    };
    let members = |day: &str| {
        let group = ask(&seller, &json!({"question": "customer.group", "customer": "C-2", "day": day}));
        let of = |member: &Value| member["customers"][0][1].as_str().unwrap().to_owned();
        group["members"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    join(Some("A"), "2024-01-01");
    assert!(join(Some("B"), "2026-01-01").id_of("group_membership").is_some());
    // The next one is known already, and ends nothing before its day.
    join(None, "2026-06-01");
    for (day, expected) in [
        ("2023-06-30", &["C-2"][..]),
        ("2025-06-30", &["A", "C-2"]),
        ("2025-12-31", &["A", "C-2"]),
        ("2026-01-01", &["B", "C-2"]),
        ("2026-03-04", &["B", "C-2"]),
        ("2026-05-31", &["B", "C-2"]),
        ("2026-06-01", &["C-2"]),
    ] {
        assert_eq!(members(day), expected, "{day}");
    }
    // Joined again by mistake for another day: the same membership, put right.
    join(Some("A"), "2026-07-01");
    assert!(join(Some("A"), "2026-08-01").id_of("group_membership").is_none());
    assert_eq!(
        (members("2026-07-15"), members("2026-08-01")),
        (vec!["C-2".to_owned()], vec!["A".to_owned(), "C-2".to_owned()])
    );
    // Out of it for a while, and back: two memberships.
    run(
        &seller,
        &json!({"command": "customer.join_group", "customer": "C-2", "parent": "A", "valid_from": "2026-08-01",
            "valid_until": "2026-09-30"}),
    );
    assert!(join(Some("A"), "2027-01-01").id_of("group_membership").is_some());
    for (day, expected) in
        [("2026-08-15", &["A", "C-2"][..]), ("2026-11-01", &["C-2"]), ("2027-01-01", &["A", "C-2"])]
    {
        assert_eq!(members(day), expected, "{day}");
    }
}

/// Two companies may change places over time, and be in no circle on any day.
#[test]
fn a_group_has_no_circle_on_any_day() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller, "A");
    customer(&seller, "B");
    let join = |customer: &str, parent: &str, from: &str, until: Option<&str>| {
        json!({"command": "customer.join_group", "customer": customer, "parent": parent, "valid_from": from,
            "valid_until": until})
    };
    run(&seller, &join("B", "A", "2027-01-01", None));
    assert_eq!(refused(&seller, &join("A", "B", "2026-01-01", None)), "group.circle");
    run(&seller, &join("A", "B", "2026-01-01", Some("2026-12-31")));
    let top = |day: &str| {
        let group = ask(&seller, &json!({"question": "customer.group", "customer": "A", "day": day}));
        group["members"][0]["customers"][0][1].clone()
    };
    assert_eq!((top("2026-06-01"), top("2027-06-01")), (json!("B"), json!("A")));
}

/// What happens beside the customer's own two records stands in its timeline too.
#[test]
fn the_timeline_tells_of_leads_parts_and_contracts() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller, "C-1");
    run(
        &seller,
        &json!({"command": "contact.add", "customer": "C-1", "contact": {"family_name": "Gallo", "number": "K-1"}}),
    );
    run(&seller, &json!({"command": "contact.change", "contact": "K-1", "change": {"role": "buyer"}}));
    run(
        &seller,
        &json!({"command": "address.add", "customer": "C-1", "address": {"kind": "depot", "locality": "Parma"}}),
    );
    run(
        &seller,
        &json!({"command": "contact_point.add", "customer": "C-1", "point": {"kind": "phone", "value": "011 555 1234"}}),
    );
    let vehicle =
        run(&seller, &json!({"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": "Orsa"}}));
    let vehicle = vehicle.id_of("vehicle").unwrap();
    run(
        &seller,
        &json!({"command": "contract.add", "vehicle": vehicle, "contract": {"kind": "lease", "valid_from": "2026-01-01"}}),
    );
    run(
        &seller,
        &json!({"command": "vehicle.role", "vehicle": vehicle, "role": {"part": "driver", "name": "Neri", "valid_from": "2026-02-01"}}),
    );
    let lead = run(
        &seller,
        &json!({"command": "lead.receive", "owner": "Trucks Piacenza", "lead": {"channel": "call", "company": "Esempio", "email": "a@esempio.example"}}),
    );
    let lead = lead.key().unwrap().to_owned();
    for command in ["lead.contact", "lead.qualify"] {
        run(&seller, &json!({"command": command, "lead": lead}));
    }
    run(
        &seller,
        &json!({"command": "lead.convert", "lead": lead, "customer": "C-1", "method": "with-configurator", "currency": "EUR"}),
    );
    let page = |limit: usize, after: &Value| {
        let mut asked = json!({"question": "customer.timeline", "customer": "C-1", "limit": limit});
        if !after.is_null() {
            asked["after"] = after.clone();
        }
        ask(&seller, &asked)
    };
    let whole = page(200, &Value::Null);
    let events: Vec<&str> =
        whole["entries"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    for event in [
        "lead.received",
        "vehicle.contract_began",
        "vehicle.role_began",
        "contact.entered",
        "contact.changed",
        "address.entered",
        "contact_point.entered",
        "customer.entered",
    ] {
        assert!(events.contains(&event), "{event} in {events:?}");
    }
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let read = page(2, &after);
        paged.extend(read["entries"].as_array().unwrap().clone());
        after = read["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(json!(paged), whole["entries"]);
}
