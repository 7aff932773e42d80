//! No way leads round an approval, and who asks changes neither what is decided nor what he may know.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused, run, try_run};
use clientela::Session;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A network with an opportunity O-1, and a policy of this level at its dealer.
fn with_policy(level: &Value) -> (Network, Session) {
    let network = Network::new();
    let seller = network.seller();
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
    );
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
    let admin = network.crm.session("admin", None).unwrap();
    let mut level = level.clone();
    level["code"] = "L1".into();
    level["approver"] = "Principal Emilia".into();
    run(
        &admin,
        json!({"command": "approval_policy.define", "code": "P", "name": "P", "unit": "D-0042", "levels": [level]}),
    );
    (network, seller)
}

fn offered(session: &Session, item: &Value, settlements: &Value) -> String {
    let mut item = item.clone();
    for (field, value) in [("product", "T480-4X2"), ("quantity", "1")] {
        item[field] = value.into();
    }
    let made =
        json!({"command": "offer.create", "opportunity": "O-1", "items": [item], "settlements": settlements});
    run(session, made).key().unwrap().to_owned()
}

fn step(kind: &str, percent: &str, authority: &str) -> Value {
    let change = json!({"percent": {"percent": percent, "basis": "running"}});
    json!({"steps": [{"kind": kind, "code": "X", "change": change, "authority": authority, "label": null}]})
}

/// What is typed, who types it, and whether it is issued without asking anybody. The tractor is in the list at 98,500.
#[test]
fn everything_off_the_list_that_is_no_rules_is_somebodys_money() {
    let (network, seller) = with_policy(&json!({"above_percent": "2"}));
    let manager = network.manager();
    let trade_in = |appraised: Option<&str>| {
        let worth = appraised.map(euro);
        json!([{"kind": "trade_in", "code": "OLD", "label": null, "amount": euro("14000.00"), "appraised": worth}])
    };
    let plain = json!({});
    for (what, session, item, settlements, issued) in [
        ("the price of the list", &seller, plain.clone(), json!([]), true),
        ("the same price given", &seller, json!({"unit_list": euro("98500.00")}), json!([]), true),
        ("a little below", &seller, json!({"unit_list": euro("97000.00")}), json!([]), true),
        ("a price far below", &seller, json!({"unit_list": euro("60000.00")}), json!([]), false),
        ("a price above", &seller, json!({"unit_list": euro("99000.00")}), json!([]), true),
        ("in nobody's name", &seller, step("manual", "-40", "none"), json!([]), false),
        ("called a campaign", &seller, step("campaign", "-40", "none"), json!([]), false),
        ("in the maker's name", &seller, step("campaign", "-40", "manufacturer"), json!([]), false),
        ("by whom makes rules", &manager, step("campaign", "-40", "manufacturer"), json!([]), true),
        ("a surcharge", &seller, step("surcharge", "4", "none"), json!([]), true),
        ("a vehicle nobody looked at", &seller, plain.clone(), trade_in(None), false),
        ("a vehicle at its worth", &seller, plain.clone(), trade_in(Some("13500.00")), true),
        ("a vehicle above its worth", &seller, plain.clone(), trade_in(Some("9000.00")), false),
        (
            "let off by rounding",
            &seller,
            plain,
            json!([{"kind": "rounding", "code": "R", "label": null, "amount": euro("5000.00")}]),
            false,
        ),
    ] {
        let number = offered(session, &item, &settlements);
        let outcome = try_run(session, &json!({"command": "offer.issue", "offer": number}));
        let code = outcome.as_ref().err().map(clientela::Error::code);
        assert_eq!(code, (!issued).then_some("approval.required"), "{what}");
    }
    // Nor does he make himself a rule.
    let rule = json!({"command": "price_rule.define", "code": "MINE", "name": "Mine", "kind": "campaign", "percent": "-40",
        "valid_from": "2026-01-01"});
    assert_eq!(refused(&seller, rule), "access.not_allowed");
    // What was given stays to be seen beside the price of the list.
    let number = offered(&seller, &json!({"unit_list": euro("60000.00")}), &json!([]));
    let seen = seller.offer(&number).unwrap();
    assert_eq!(seen.offer.net.to_string(), "60000.00 EUR");
    assert_eq!(seen.items[0].unit_list.to_string(), "98500.00 EUR");
    assert!(seen.steps.iter().any(|step| step.code == "PRICE-GIVEN"));
}

#[test]
fn a_dossier_of_the_tool_needs_the_same_approvals() {
    use crate::quoting::tool::{Tool, dossier, offer, run};
    for (authority, code) in [
        (None, Some("approval.required")),
        (Some("salesperson"), Some("approval.required")),
        (Some("manufacturer"), None),
    ] {
        let (network, seller) = with_policy(&json!({"above_percent": "2"}));
        let mut tool = Tool::open(network.seller(), "D-0042", "O-2");
        let mut content = dossier("D-1", 1, "90.00");
        content["items"][0]["unit_list"] = "100.00".into();
        let mut adjustment = json!({"kind": "manual", "code": "X", "order": 1, "percent": "10", "basis": "running", "amount": "10.00"});
        if let Some(authority) = authority {
            adjustment["authority"] = authority.into();
        }
        content["items"][0]["adjustments"] = json!([adjustment]);
        let answer = tool.leave(json!([content]));
        let number = offer(&seller, "D-1").unwrap_or_else(|| panic!("{answer}")).number;
        let outcome = try_run(&seller, &json!({"command": "offer.issue", "offer": number}));
        assert_eq!(outcome.as_ref().err().map(clientela::Error::code), code, "{authority:?}: {answer}");
        run(&seller, json!({"command": "offer.withdraw", "offer": number}));
    }
}

#[test]
fn whoever_reads_no_costs_is_told_no_margin() {
    let (network, seller) = with_policy(&json!({"margin_below_percent": "20"}));
    let number = offered(&seller, &json!({}), &json!([]));
    let issue = json!({"command": "offer.issue", "offer": number});
    let request = json!({"command": "offer.request_approval", "offer": number});
    let approvals = json!({"question": "offer.approvals", "offer": number});
    let refused = try_run(&seller, &issue).unwrap_err();
    let told = [
        serde_json::to_string(refused.why().unwrap()).unwrap(),
        ask(&seller, &approvals).to_string(),
        serde_json::to_string(&run(&seller, &request)).unwrap(),
    ];
    for text in &told {
        assert!(text.contains("L1") && text.contains("\"20\""), "{text}");
        assert!(!text.contains("17.56") && !text.contains("\"margin_percent\",\"value\""), "{text}");
    }
    // 98,500 less 81,200 of costs.
    let manager = ask(&network.manager(), &approvals).to_string();
    assert!(manager.contains("17.56"), "{manager}");
}

#[test]
fn the_worth_of_a_vehicle_taken_in_is_not_told_by_a_sum() {
    let (network, seller) = with_policy(&json!({"above_percent": "2"}));
    let settlements = json!([{"kind": "trade_in", "code": "OLD", "label": null, "amount": euro("14000.00"), "appraised": euro("9000.00")}]);
    let number = offered(&seller, &json!({}), &settlements);
    let approvals = json!({"question": "offer.approvals", "offer": number});
    let told = ask(&seller, &approvals);
    assert_eq!(told["figures"]["dealer"]["amount"], euro("0.00"), "{told}");
    assert!(!told.to_string().contains("5000"), "{told}");
    let manager = ask(&network.manager(), &approvals);
    assert_eq!(manager["figures"]["dealer"]["amount"], euro("5000.00"), "{manager}");
    let refused = try_run(&seller, &json!({"command": "offer.issue", "offer": number})).unwrap_err();
    assert!(!refused.why().unwrap().to_string().contains("5000"), "{:?}", refused.why());
}

/// A condition on a field the seller does not read is decided as it is, whoever asks.
#[test]
fn a_question_and_its_command_decide_alike() {
    let (network, seller) =
        with_policy(&json!({"above_percent": "2", "condition": "customer.credit_hold == true"}));
    let number = offered(&seller, &step("manual", "-5", "salesperson"), &json!([]));
    let approvals = json!({"question": "offer.approvals", "offer": number});
    let issue = json!({"command": "offer.issue", "offer": number});
    assert_eq!(ask(&seller, &approvals)["may_issue"], json!(true));
    run(
        &network.manager(),
        json!({"command": "customer.change", "customer": "C-1", "change": {"credit_hold": true}}),
    );
    assert_eq!(ask(&seller, &approvals)["may_issue"], json!(false));
    assert_eq!(refused(&seller, &issue), "approval.required");
    assert_eq!(ask(&network.manager(), &approvals)["levels"], json!(["L1"]));
}

#[test]
fn nobody_approves_what_he_wrote_or_offers_from_another_seat() {
    let (network, seller) = with_policy(&json!({"above_percent": "2"}));
    let manager = network.manager();
    let number = offered(&seller, &json!({}), &json!([]));
    run(
        &manager,
        json!({"command": "offer.discount", "offer": number, "percent": "30", "reason": "a friend"}),
    );
    run(&seller, json!({"command": "offer.request_approval", "offer": number}));
    let grant = json!({"command": "approval.decide", "offer": number, "grant": true});
    assert_eq!(refused(&manager, &grant), "approval.own");
    // The manager stands in for the seller, and a colleague asks for what is offered there.
    run(&seller, json!({"command": "approval.withdraw", "offer": number}));
    run(&seller, json!({"command": "offer.discount", "offer": number, "percent": "1", "reason": "more"}));
    let admin = network.crm.session("admin", None).unwrap();
    run(&admin, json!({"command": "offer.request_approval", "offer": number}));
    let stand_in = json!({"command": "holding.substitute", "user": "u-verdi", "position": "Trucks Piacenza",
        "from": "2026-03-01", "to": "2026-03-31"});
    run(&admin, stand_in);
    assert_eq!(refused(&manager, &grant), "approval.own");
    // When that is over, what he has not written is his to decide.
    network.clock.advance(chrono::TimeDelta::days(40));
    run(&manager, grant);
}

/// Whoever has an opportunity shared with him, and not its customer, is told a price that the customer decides, and not by what.
#[test]
fn what_a_customer_decides_is_decided_for_whoever_does_not_see_him() {
    let (network, seller) = with_policy(&json!({"above_percent": "2"}));
    run(
        &network.manager(),
        json!({"command": "price_rule.define", "code": "ITALY", "name": "Italy", "kind": "segment", "percent": "-1",
            "condition": "customer.country == 'IT'", "valid_from": "2026-01-01"}),
    );
    let rival = network.rival();
    let price = json!({"question": "price.explain", "opportunity": "O-1", "product": "T480-4X2"});
    run(
        &seller,
        json!({"command": "share.grant", "opportunity": "O-1", "position": rival.actor().position.to_string(), "right": "read",
            "from": "2026-03-04", "to": "2026-03-06", "reason": "they sell together"}),
    );
    let (own, shared) = (ask(&seller, &price), ask(&rival, &price));
    assert_eq!((&own["net"], &shared["net"]), (&euro("97515.00"), &euro("97515.00")));
    assert!(shared["why"].to_string().contains("customer.country == 'IT'"), "{shared}");
    let values = |told: &Value| told["why"].to_string().matches("\"IT\"").count();
    assert!(values(&shared) < values(&own), "{shared}");
}
