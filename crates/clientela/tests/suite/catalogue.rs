//! A catalogue from its document to a configured vehicle, as commands and questions in JSON send it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, Question, Session};
use network::Network;
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "catalogue": "trucks", "version": 1, "name": {"en": "Trucks", "it": "Autocarri"},
        "valid_from": "2026-01-01", "markets": ["IT", "DE"],
        "lines": [{"code": "heavy", "name": {"en": "Heavy"}}, {"code": "tractors", "name": {"en": "Tractors"}, "parent": "heavy"}],
        "attributes": [
            {"code": "power", "name": {"en": "Power"}, "kind": "number", "unit": "kW"},
            {"code": "cab", "kind": "word", "words": ["day", "sleeper"]},
        ],
        "products": [
            {"code": "T", "name": {"en": "T series"}, "kind": "vehicle", "line": "tractors", "attributes": {"cab": "sleeper"}},
            {"code": "T480", "name": {"en": "T 480"}, "kind": "vehicle", "line": "tractors", "model": "T",
             "attributes": {"power": "353"},
             "materials": [{"product": "axle", "quantity": "2"}, {"product": "tank-kit", "quantity": "1", "options": ["tank-large"]}],
             "configuration": {
                "groups": [
                    {"code": "gearbox", "minimum": 1, "maximum": 1, "default": "automatic"},
                    {"code": "tank", "minimum": 1, "maximum": 1}],
                "options": [
                    {"code": "manual", "group": "gearbox", "price": {"amount": "0", "currency": "EUR"}, "popularity": 10},
                    {"code": "automatic", "group": "gearbox", "price": {"amount": "2400", "currency": "EUR"}, "popularity": 90},
                    {"code": "tank-small", "group": "tank", "popularity": 70},
                    {"code": "tank-large", "group": "tank", "price": {"amount": "800.50", "currency": "EUR"}},
                    {"code": "retarder", "price": {"amount": "3100", "currency": "EUR"}},
                    {"code": "comfort", "price": {"amount": "2900", "currency": "EUR"}, "includes": ["automatic"]},
                    {"code": "winter", "price": {"amount": "500", "currency": "EUR"}}],
                "rules": [
                    {"code": "R1", "kind": "requires", "options": ["retarder"], "targets": ["automatic"],
                     "reason": {"en": "the retarder is driven by the automatic gearbox"}},
                    {"code": "R2", "kind": "excludes", "options": ["retarder"], "targets": ["tank-large"]},
                    {"code": "R3", "kind": "available_if", "options": ["winter"],
                     "condition": "market == 'DE' && date < date('2026-12-31')"}]}},
            {"code": "axle", "kind": "other", "materials": [{"product": "wheel", "quantity": "4"}]},
            {"code": "wheel", "kind": "other"},
            {"code": "tank-kit", "kind": "accessory"},
            {"code": "care-36", "kind": "service_contract", "term_months": 36, "mileage": 120000}],
    })
}

fn run(session: &Session, command: &Value) -> clientela::Result<clientela::Receipt> {
    session.run(&Command::from_json(&command.to_string()).unwrap())
}

fn ask(session: &Session, question: Value) -> clientela::Result<Value> {
    session.answer(&Question::from_json(&question.to_string()).unwrap())
}

fn states(answer: &Value) -> String {
    let options = answer["options"].as_array().unwrap().iter();
    let told = options.map(|option| {
        format!("{}={}", option["option"].as_str().unwrap(), option["state"].as_str().unwrap())
    });
    told.collect::<Vec<_>>().join(" ")
}

fn published() -> Network {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let receipt = run(&admin, &json!({"command": "catalogue.import", "document": document()})).unwrap();
    assert_eq!(receipt.key(), Some("trucks/1"));
    run(&admin, &json!({"command": "catalogue.publish", "catalogue": "trucks/1"})).unwrap();
    network
}

#[test]
fn what_is_exported_is_what_was_imported() {
    let network = published();
    let admin = network.crm.session("admin", None).unwrap();
    let exported =
        ask(&network.seller(), json!({"question": "catalogue.export", "catalogue": "trucks/1"})).unwrap();
    let read = |value: &Value| {
        serde_json::from_value::<clientela::core::catalogue::CatalogueDocument>(value.clone()).unwrap()
    };
    assert_eq!(read(&exported), read(&document()));

    let again = run(&admin, &json!({"command": "catalogue.import", "document": exported})).unwrap_err();
    assert_eq!(again.code(), "key.taken");
    let mut next = exported.clone();
    next["version"] = json!(2);
    run(&admin, &json!({"command": "catalogue.import", "document": next})).unwrap();
    let second = ask(&admin, json!({"question": "catalogue.export", "catalogue": "trucks/2"})).unwrap();
    assert_eq!(second, next);
    let twice = run(&admin, &json!({"command": "catalogue.publish", "catalogue": "trucks/1"})).unwrap_err();
    assert_eq!((twice.kind(), twice.code()), (ErrorKind::Rule, "catalogue.published"));
    // A draft holds for nobody who does not name it.
    let told = ask(&admin, json!({"question": "product.configure", "product": "T480"})).unwrap();
    assert_eq!(told["catalogue"], "trucks/1");
}

#[test]
fn only_an_administrator_imports_and_findings_are_told_with_their_places() {
    let network = Network::new();
    let refused =
        run(&network.seller(), &json!({"command": "catalogue.import", "document": document()})).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Rights, "access.not_allowed"));
    let admin = network.crm.session("admin", None).unwrap();
    for (place, value, code, field) in [
        (
            "/products/1/configuration/rules/0/targets",
            json!(["automatik"]),
            "catalogue.unknown_code",
            "products[1].configuration.rules[0].targets[0]",
        ),
        (
            "/products/1/attributes/power",
            json!("much"),
            "catalogue.attribute_value",
            "products[1].attributes.power",
        ),
        (
            "/products/3/materials",
            json!([{"product": "axle", "quantity": "1"}]),
            "catalogue.cycle",
            "products[1].materials",
        ),
        ("/products/1/model", json!("T480"), "catalogue.unknown_code", "products[1].model"),
        ("/lines/0/parent", json!("tractors"), "catalogue.cycle", "lines[0].parent"),
        (
            "/products/1/configuration/rules/1/targets",
            json!(["automatic"]),
            "catalogue.dead_option",
            "products[1].configuration.options[4]",
        ),
    ] {
        let mut wrong = document();
        match wrong.pointer_mut(place) {
            Some(found) => *found = value,
            None => {
                let (above, name) = place.rsplit_once('/').unwrap();
                wrong.pointer_mut(above).unwrap()[name] = value;
            }
        }
        let refused = run(&admin, &json!({"command": "catalogue.import", "document": wrong})).unwrap_err();
        assert_eq!(refused.code(), "catalogue.invalid", "{place}");
        let issue = &refused.issues()[0];
        assert_eq!((issue.code.as_str(), issue.field.as_str()), (code, field), "{place}: {}", issue.message);
    }
}

#[test]
fn a_vehicle_is_configured_mended_completed_and_taken_apart() {
    let network = published();
    let seller = network.seller();
    let configure = |choices: Value, market: &str| {
        let explain = json!(["manual"]);
        ask(&seller, json!({"question": "product.configure", "product": "T480", "choices": choices, "market": market, "explain": explain})).unwrap()
    };
    let told = configure(json!({"chosen": ["retarder"]}), "IT");
    assert_eq!(
        states(&told),
        "manual=ruled_out automatic=forced tank-small=forced tank-large=ruled_out retarder=chosen comfort=open winter=ruled_out"
    );
    assert_eq!(told["options"][1]["by"], "R1");
    assert_eq!(told["options"][6]["by"], "R3");
    assert_eq!((&told["complete"], &told["price"]["amount"]), (&json!(true), &json!("5500")));
    let reason = told["reasons"]["manual"].to_string();
    assert!(reason.contains("R1") && reason.contains("gearbox") && !reason.contains("R2"), "{reason}");
    assert!(states(&configure(json!({}), "DE")).contains("winter=open"));

    let told = configure(json!({"chosen": ["tank-large", "retarder", "manual"]}), "IT");
    let conflict = &told["conflict"];
    assert_eq!(conflict["repairs"][0]["drop"], json!(["retarder"]), "{conflict}");
    assert_eq!(conflict["repairs"].as_array().unwrap().len(), 1);

    let complete = |choices: Value, objective: &str| {
        let of = json!({"product": "T480", "choices": choices, "market": "IT"});
        ask(&seller, json!({"question": "product.complete", "of": of, "objective": objective})).unwrap()
    };
    assert_eq!(complete(json!({}), "cheapest")["options"], json!(["manual", "tank-small"]));
    assert_eq!(complete(json!({}), "standard")["options"], json!(["automatic", "tank-small"]));
    assert_eq!(complete(json!({}), "most_popular")["options"], json!(["automatic", "tank-small"]));
    let made = complete(json!({"chosen": ["comfort"]}), "cheapest");
    assert_eq!((&made["included"], &made["price"]["amount"]), (&json!(["automatic"]), &json!("2900")));

    let check = |chosen: Value| {
        let of = json!({"product": "T480", "choices": {"chosen": chosen}, "market": "IT"});
        ask(&seller, json!({"question": "product.check", "of": of})).unwrap()
    };
    assert_eq!(check(json!(["comfort", "tank-small"]))["valid"], true);
    assert_eq!(check(json!(["winter", "manual", "tank-small"]))["broken"][0]["code"], "R3");

    let apart = |options: Value| {
        ask(
            &seller,
            json!({"question": "product.explode", "product": "T480", "quantity": "3", "options": options}),
        )
        .unwrap()
    };
    assert_eq!(apart(json!([]))["totals"], json!({"axle": "6", "wheel": "24"}));
    assert_eq!(apart(json!(["tank-large"]))["totals"]["tank-kit"], "3");

    let unknown = ask(
        &seller,
        json!({"question": "product.configure", "product": "T480", "choices": {"chosen": ["sunroof"]}}),
    )
    .unwrap_err();
    assert_eq!((unknown.code(), unknown.field().as_deref()), ("catalogue.unknown_code", Some("chosen[0]")));
    let elsewhere = ask(&seller, json!({"question": "product.configure", "product": "T480", "market": "FR"}))
        .unwrap_err();
    assert_eq!(elsewhere.code(), "record.not_found");
}
