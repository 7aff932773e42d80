//! Credit rules: which facts count in plans and challenges, on which day, for whom and in what split.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, Question, Session};
use network::Network;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn run(session: &Session, command: &Value) -> clientela::Result<clientela::Receipt> {
    session.run(&Command::from_json(&command.to_string())?)
}

fn ask(session: &Session, question: &Value) -> Value {
    let question = Question::from_json(&question.to_string()).unwrap();
    session.answer(&question).unwrap_or_else(|error| panic!("{error:?}"))
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is no number")).parse().unwrap()
}

/// A plan of units and revenue of a dealer, and two wins of its seller in Piacenza: 6 vehicles for 300,000.01 and 2 for 50,000.
fn sold() -> (Network, Session) {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        &json!({"command": "quota_plan.define", "name": "Emilia 2026", "unit": "D-0042", "first_day": "2026-01-01",
        "last_day": "2026-12-31", "currency": "EUR", "measures": [
            {"measure": "units", "total": "90"}, {"measure": "revenue", "total": "9000000"},
            {"measure": "visits", "total": "10"}]}),
    )
    .unwrap();
    win(&network.seller(), "K-1", 6, ("300000.01", "EUR"), Some("2026-05-20"));
    win(&network.seller(), "K-2", 2, ("50000", "EUR"), None);
    (network, admin)
}

fn win(
    session: &Session,
    key: &str,
    vehicles: u32,
    (amount, currency): (&str, &str),
    expected: Option<&str>,
) {
    run(session, &json!({"command": "customer.create", "customer": {"kind": "company", "name": key, "country": "IT", "number": key}})).unwrap();
    run(
        session,
        &json!({"command": "opportunity.open", "customer": key, "title": "T", "method": "with-configurator",
        "currency": currency, "number": key, "vehicles": vehicles, "expected_close": expected,
        "amount": {"amount": amount, "currency": currency}}),
    )
    .unwrap();
    run(session, &json!({"command": "opportunity.win", "opportunity": key, "reason": "price"})).unwrap();
}

/// What was reached in a measure, node by node, the smallest first, and the reason of the dealer's line.
fn reached(session: &Session, measure: &str, day: Option<&str>) -> (Vec<Decimal>, String) {
    let question =
        json!({"question": "quota_plan.attainment", "plan": "Emilia 2026", "measure": measure, "day": day});
    let lines = ask(session, &question);
    let lines = lines.as_array().unwrap();
    let mut found: Vec<Decimal> = lines.iter().map(|line| number(&line["reached"])).collect();
    found.sort();
    let dealer = lines.iter().find(|line| line["owner"].is_null()).or(lines.first());
    (found, dealer.map(|line| line["why"].to_string()).unwrap_or_default())
}

fn numbers(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn credit_by(session: &Session, measure: Option<&str>, rule: Option<&str>) -> clientela::Result<()> {
    let command = json!({"command": "quota_plan.credit_by", "plan": "Emilia 2026", "measure": measure, "credit_rule": rule});
    run(session, &command).map(|_| ())
}

#[test]
fn a_rule_says_what_counts_and_each_figure_by_which() {
    let (_network, admin) = sold();
    let (as_it_happened, why) = reached(&admin, "units", None);
    assert_eq!(as_it_happened, numbers(&["0", "8", "8"]));
    assert!(!why.contains("credit.by_rule"), "{why}");
    // A rule that says nothing changes no figure.
    run(&admin, &json!({"command": "credit_rule.save", "name": "fleet"})).unwrap();
    credit_by(&admin, None, Some("fleet")).unwrap();
    assert_eq!(reached(&admin, "units", None).0, as_it_happened);
    run(
        &admin,
        &json!({"command": "credit_rule.save", "name": "fleet", "condition": "opportunity.vehicles >= 3"}),
    )
    .unwrap();
    let (counted, why) = reached(&admin, "units", None);
    assert_eq!(counted, numbers(&["0", "6", "6"]));
    for told in ["credit.by_rule", "fleet/2", "credit.not_counted", "opportunity.vehicles >= 3"] {
        assert!(why.contains(told), "{told} is not in {why}");
    }
    // Every figure on the same plan is of the same credits.
    let overall = ask(&admin, &json!({"question": "quota_plan.overall", "plan": "Emilia 2026"}));
    let parts = overall.as_array().unwrap().iter().map(|line| line["parts"].to_string()).collect::<String>();
    assert!(parts.contains("\"6.67\""), "{parts}");
    let outlook =
        ask(&admin, &json!({"question": "quota_plan.outlook", "plan": "Emilia 2026", "measure": "units"}));
    let dealer =
        outlook.as_array().unwrap().iter().find(|line| line["attainment"]["owner"].is_null()).unwrap();
    assert_eq!((&dealer["attainment"]["reached"], &dealer["per_win"]), (&json!("6"), &json!("3")));
    // The version before holds again when the newest is taken back, and nothing is left of rules once the plan names none.
    run(&admin, &json!({"command": "credit_rule.retire", "credit_rule": "fleet/2"})).unwrap();
    assert_eq!(reached(&admin, "units", None).0, as_it_happened);
    let again = run(&admin, &json!({"command": "credit_rule.retire", "credit_rule": "fleet/2"})).unwrap_err();
    assert_eq!(again.code(), "credit_rule.retired");
    credit_by(&admin, None, None).unwrap();
    assert!(!reached(&admin, "units", None).1.contains("credit.by_rule"));
}

#[test]
fn a_rule_splits_what_counts_to_the_last_cent() {
    let (network, admin) = sold();
    run(
        &admin,
        &json!({"command": "credit_rule.save", "name": "split", "shares": [
            {"holder": "owner", "percent": "66.67"}, {"holder": "position", "position": "Trucks Parma", "percent": "33.33"}]}),
    )
    .unwrap();
    credit_by(&admin, Some("revenue"), Some("split")).unwrap();
    let (shared, _) = reached(&admin, "revenue", None);
    assert_eq!(shared.last(), numbers(&["350000.01"]).first());
    assert_eq!(shared[0] + shared[1], shared[2], "no cent is lost: {shared:?}");
    // 33.33 of a hundred of 300,000.01 and of 50,000.
    assert_eq!(shared[0], numbers(&["116655.00"])[0]);
    assert_eq!(
        reached(&admin, "units", None).0,
        numbers(&["0", "8", "8"]),
        "the other measures count as before"
    );
    // The seller is told what is his of it, as it is in his manager's answer.
    let (own, _) = reached(&network.seller(), "revenue", None);
    assert!(shared.contains(&own[0]), "{own:?} of {shared:?}");
    // What is taken back is taken from those who had it.
    run(
        &network.seller(),
        &json!({"command": "opportunity.reopen", "opportunity": "K-1", "reason": "price"}),
    )
    .unwrap();
    assert_eq!(reached(&admin, "revenue", None).0, numbers(&["16665", "33335", "50000"]));
    // A role nobody has in the team falls back to those it counts for.
    run(
        &admin,
        &json!({"command": "credit_rule.save", "name": "split", "shares": [
            {"holder": "member", "role": "specialist", "percent": "40"}, {"holder": "customer_owner", "percent": "60"}]}),
    )
    .unwrap();
    assert_eq!(reached(&admin, "revenue", None).0, numbers(&["0", "50000", "50000"]));
}

#[test]
fn a_rule_says_on_which_day_and_holds_for_a_time() {
    let (_network, admin) = sold();
    let by_day =
        json!({"command": "credit_rule.save", "name": "by_day", "day": "opportunity.expected_close"});
    run(&admin, &by_day).unwrap();
    credit_by(&admin, None, Some("by_day")).unwrap();
    let (now, why) = reached(&admin, "units", None);
    assert_eq!(now, numbers(&["0", "0", "0"]));
    assert!(why.contains("credit.no_day"), "what has no day does not count, and says so: {why}");
    assert_eq!(reached(&admin, "units", Some("2026-05-19")).0, numbers(&["0", "0", "0"]));
    assert_eq!(reached(&admin, "units", Some("2026-05-20")).0, numbers(&["0", "6", "6"]));
    // From tomorrow on the next version holds; what happened before goes on by the first.
    let later = json!({"command": "credit_rule.save", "name": "by_day", "valid_from": "2026-03-05", "condition": "false"});
    run(&admin, &later).unwrap();
    assert_eq!(reached(&admin, "units", Some("2026-05-20")).0, numbers(&["0", "6", "6"]));
    let earlier = json!({"command": "credit_rule.save", "name": "by_day", "valid_until": "2026-03-04", "condition": "false"});
    run(&admin, &earlier).unwrap();
    assert_eq!(reached(&admin, "units", Some("2026-05-20")).0, numbers(&["0", "0", "0"]));
}

#[test]
fn what_cannot_be_is_refused_when_it_is_saved() {
    let (network, admin) = sold();
    let save = |with: Value| {
        let mut command = json!({"command": "credit_rule.save", "name": "wrong"});
        command.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        run(&admin, &command).unwrap_err().code()
    };
    for (with, code) in [
        (json!({"condition": "opportunity.vehicle >= 3"}), "rule.invalid"),
        (json!({"condition": "opportunity.vehicles"}), "rule.invalid"),
        (json!({"day": "opportunity.vehicles"}), "rule.invalid"),
        (json!({"shares": [{"holder": "owner", "percent": "99.99"}]}), "credit.splits"),
        (
            json!({"shares": [{"holder": "owner", "percent": "110"}, {"holder": "credited", "percent": "-10"}]}),
            "credit.splits",
        ),
        (json!({"shares": [{"holder": "member", "percent": "100"}]}), "credit_rule.holder"),
        (json!({"shares": [{"holder": "owner", "role": "lead", "percent": "100"}]}), "credit_rule.holder"),
        (
            json!({"shares": [{"holder": "position", "position": "nobody", "percent": "100"}]}),
            "record.not_found",
        ),
    ] {
        assert_eq!(save(with.clone()), code, "{with}");
    }
    assert_eq!(credit_by(&admin, None, Some("wrong")).unwrap_err().kind(), ErrorKind::NotFound);
    let save = json!({"command": "credit_rule.save", "name": "mine"});
    assert_eq!(run(&network.seller(), &save).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &save).unwrap();
    assert_eq!(credit_by(&network.seller(), None, Some("mine")).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &json!({"command": "quota_plan.lock", "plan": "Emilia 2026"})).unwrap();
    assert_eq!(credit_by(&admin, None, Some("mine")).unwrap_err().code(), "quota_plan.locked");
}

#[test]
fn a_challenge_counts_by_a_rule_and_tells_what_has_no_rate() {
    let (network, admin) = sold();
    win(&network.seller(), "K-3", 4, ("70000", "USD"), None);
    run(
        &admin,
        &json!({"command": "credit_rule.save", "name": "fleet", "condition": "opportunity.vehicles >= 3"}),
    )
    .unwrap();
    let challenge = json!({"command": "challenge.define", "code": "SPRING", "name": "Spring", "unit": "HQ", "measure": "revenue",
        "currency": "EUR", "first_day": "2026-03-01", "last_day": "2026-03-31", "among": "sellers", "credit_rule": "fleet"});
    run(&admin, &challenge).unwrap();
    let receipt = run(&admin, &json!({"command": "challenge.score", "challenge": "SPRING"})).unwrap();
    let standings =
        ask(&network.seller(), &json!({"question": "challenge.standings", "challenge": "SPRING"}));
    assert_eq!(standings["entries"][0]["result"], "300000.01", "{standings}");
    assert_eq!(standings["left_out"], 1, "{standings}");
    let why = receipt.why.to_string();
    for told in ["challenge.no_rate", "credit.left_out", "USD", "refused_by_credit_rule"] {
        assert!(why.contains(told) || receipt.why.mentions(told), "{told} is not in {why}");
    }
    let mut unknown = challenge;
    unknown["credit_rule"] = json!("nobody's");
    unknown["code"] = json!("SUMMER");
    assert_eq!(run(&admin, &unknown).unwrap_err().kind(), ErrorKind::NotFound);
}
