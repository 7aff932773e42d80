//! Quotas in a store: answers and changes, what is still to be done, incentives, challenges, the network's criteria.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, Question, Session};
use network::Network;
use serde_json::{Value, json};

fn run(session: &Session, command: &Value) -> clientela::Result<clientela::Receipt> {
    session.run(&Command::from_json(&command.to_string())?)
}

fn ask(session: &Session, question: &Value) -> clientela::Result<Value> {
    session.answer(&Question::from_json(&question.to_string())?)
}

/// Two wins of the first seller, one lost, one of the rival; offers and visits none.
fn sold(network: &Network) {
    let sell = |session: &Session, number: &str, customer: &str, vehicles: u32, won: bool| {
        run(session, &json!({"command": "customer.create", "customer": {"kind": "company", "name": customer, "country": "IT", "number": customer}})).unwrap();
        run(session, &json!({"command": "opportunity.open", "customer": customer, "title": "T", "method": "with-configurator",
            "currency": "EUR", "number": number, "vehicles": vehicles, "amount": {"amount": "100000", "currency": "EUR"}}))
        .unwrap();
        if won {
            run(session, &json!({"command": "opportunity.win", "opportunity": number, "reason": "price"}))
                .unwrap();
        } else {
            run(session, &json!({"command": "opportunity.lose", "opportunity": number, "reason": "price"}))
                .unwrap();
        }
    };
    let (seller, rival) = (network.seller(), network.rival());
    sell(&seller, "O-1", "Uno", 3, true);
    sell(&seller, "O-2", "Due", 1, true);
    sell(&seller, "O-3", "Tre", 5, false);
    sell(&rival, "O-9", "Nove", 2, true);
}

fn plan(network: &Network, total: &str) -> Session {
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        &json!({"command": "quota_plan.define", "name": "Units 2026", "unit": "HQ", "measure": "units",
        "first_day": "2026-01-01", "last_day": "2026-12-31", "total": total}),
    )
    .unwrap();
    admin
}

#[test]
fn what_is_still_to_be_done_is_told_in_days_and_opportunities() {
    let network = Network::new();
    plan(&network, "120");
    sold(&network);
    let seller = network.seller();
    let lines = ask(&seller, &json!({"question": "quota_plan.outlook", "plan": "Units 2026"})).unwrap();
    let own = lines.as_array().unwrap().iter().find(|line| !line["attainment"]["owner"].is_null()).unwrap();
    assert_eq!(own["attainment"]["reached"], "4");
    assert_eq!((&own["conversion"], &own["per_win"]), (&json!("66.67"), &json!("2")));
    let gap: f64 = own["attainment"]["gap"].as_str().unwrap().parse().unwrap();
    // Half a win a unit, two wins of three.
    assert_eq!(own["wins_needed"].as_f64().unwrap(), (gap / 2.0).ceil());
    assert_eq!(own["opportunities_needed"].as_f64().unwrap(), (gap / 2.0 * 1.5).ceil());
    // 4 March is the 45th working day of 261.
    assert_eq!((own["working_days_over"].as_u64(), own["working_days_left"].as_u64()), (Some(45), Some(216)));
    let (low, high) = (&own["attainment"]["projection_low"], &own["attainment"]["projection_high"]);
    let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let middle = number(&own["attainment"]["projection"]);
    assert!(number(low) < middle && middle < number(high), "{own}");

    let units =
        ask(&network.manager(), &json!({"question": "quota_plan.outlook", "plan": "Units 2026"})).unwrap();
    let dealer = units.as_array().unwrap().iter().find(|line| line["attainment"]["owner"].is_null()).unwrap();
    assert_eq!(dealer["attainment"]["reached"], "4", "the rival's win is not counted");
}

#[test]
fn a_target_is_answered_changed_and_reconciled() {
    let network = Network::new();
    let admin = plan(&network, "120");
    let seller = network.seller();
    let lines = |session: &Session| {
        ask(session, &json!({"question": "quota_plan.reconciliation", "plan": "Units 2026"})).unwrap()
    };
    for line in lines(&admin).as_array().unwrap() {
        assert!(line["over_assigned"].is_null() || line["over_assigned"] == "0", "{line}");
        assert_eq!(line["difference"], "0");
    }
    let answer = json!({"command": "quota_target.answer", "plan": "Units 2026", "answer": "rejected", "proposed": "13", "note": "half the area"});
    run(&seller, &answer).unwrap();
    let own =
        |lines: &Value| lines.as_array().unwrap().iter().find(|line| line["answer"] == "rejected").cloned();
    let seen = own(&lines(&admin)).unwrap();
    assert_eq!((&seen["bottom_up"], &seen["note"]), (&json!("13"), &json!("half the area")));
    let root = lines(&admin).as_array().unwrap()[0].clone();
    let number = |value: &Value| value.as_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(
        number(&root["difference"]),
        13 - number(&seen["target"]),
        "what is proposed below is added up to the top"
    );
    assert!(own(&lines(&network.rival())).is_none(), "another dealer's answers are not seen");

    // The seller may answer, and may not change what he is asked; his manager gives him more than the dealer has.
    let change = json!({"command": "quota_target.change", "plan": "Units 2026", "of": "Trucks Piacenza", "amount": "40", "from_day": "2026-07-01", "note": "new area"});
    assert_eq!(run(&seller, &change).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &change).unwrap();
    assert!(
        own(&lines(&admin)).is_none(),
        "what was said to another target holds no longer for the periods changed"
    );
    let over: Vec<i64> = lines(&admin)
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| !line["over_assigned"].is_null())
        .map(|line| number(&line["over_assigned"]))
        .collect();
    assert!(over.iter().any(|over| *over > 0), "over-assignment is shown: {over:?}");
    let unknown = run(
        &admin,
        &json!({"command": "quota_target.change", "plan": "Units 2026", "of": "nobody", "amount": "1"}),
    );
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
    run(&admin, &json!({"command": "quota_plan.lock", "plan": "Units 2026"})).unwrap();
    assert_eq!(run(&admin, &change).unwrap_err().code(), "quota_plan.locked");
}

#[test]
fn incentives_pay_by_steps() {
    let network = Network::new();
    let admin = plan(&network, "12");
    sold(&network);
    let steps = json!({"command": "quota_plan.set_incentives", "plan": "Units 2026", "steps": [
        {"from_percent": "50", "payout": "fixed", "amount": "300", "currency": "EUR"},
        {"from_percent": "100", "payout": "per_unit", "amount": "200", "currency": "EUR"}]});
    assert_eq!(run(&network.seller(), &steps).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &steps).unwrap();
    run(&admin, &steps).unwrap();
    let lines =
        ask(&network.seller(), &json!({"question": "quota_plan.incentives", "plan": "Units 2026"})).unwrap();
    let own = lines.as_array().unwrap().iter().find(|line| !line["owner"].is_null()).unwrap();
    assert_eq!(own["incentive"]["earned"], "800", "{own}");
    let twice = json!({"command": "quota_plan.set_incentives", "plan": "Units 2026", "steps": [
        {"from_percent": "50", "payout": "fixed", "amount": "300", "currency": "EUR"},
        {"from_percent": "50", "payout": "fixed", "amount": "200", "currency": "EUR"}]});
    assert_eq!(run(&admin, &twice).unwrap_err().code(), "incentive.same_step");
}

#[test]
fn a_challenge_is_held_computed_and_closed() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    sold(&network);
    let challenge = json!({"command": "challenge.define", "code": "SPRING", "name": "New customers of spring", "unit": "HQ",
        "measure": "new_customers", "first_day": "2026-03-01", "last_day": "2026-03-31", "among": "sellers", "rule": "opportunity.vehicles >= 2",
        "prizes": [{"from": 1, "prize": "a week-end"}, {"from": 2, "to": 3, "prize": "a dinner"}]});
    assert_eq!(run(&network.seller(), &challenge).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &challenge).unwrap();
    run(&admin, &json!({"command": "challenge.score", "challenge": "SPRING"})).unwrap();
    let standings = |session: &Session| {
        ask(session, &json!({"question": "challenge.standings", "challenge": "SPRING"})).unwrap()
    };
    let own = standings(&network.seller());
    assert_eq!(own["entries"].as_array().unwrap().len(), 1, "others' results are not seen: {own}");
    // Of the two customers he won one counts; the rival has one too.
    assert_eq!((&own["entries"][0]["result"], &own["entries"][0]["place"]), (&json!("1"), &json!(1)));
    assert_eq!(
        standings(&admin)["entries"].as_array().unwrap().iter().filter(|entry| entry["place"] == 1).count(),
        2
    );
    let early = run(&admin, &json!({"command": "challenge.close", "challenge": "SPRING"})).unwrap_err();
    assert_eq!(early.code(), "challenge.not_over");
    network.clock.set("2026-04-01T08:00:00Z".parse().unwrap());
    run(&admin, &json!({"command": "challenge.close", "challenge": "SPRING"})).unwrap();
    assert_eq!(standings(&network.seller())["entries"][0]["prize"], "a week-end");
    let again = run(&admin, &json!({"command": "challenge.score", "challenge": "SPRING"})).unwrap_err();
    assert_eq!(again.code(), "challenge.closed");

    let wrong = json!({"command": "challenge.define", "code": "X", "name": "X", "measure": "units", "first_day": "2026-03-01",
        "last_day": "2026-03-31", "among": "dealers", "rule": "opportunity.vehicle >= 2"});
    assert!(
        run(&admin, &wrong).unwrap_err().to_string().contains("vehicle"),
        "the rule is checked when it is saved"
    );
}

#[test]
fn the_four_criteria_of_the_network() {
    let network = Network::new();
    sold(&network);
    let admin = network.crm.session("admin", None).unwrap();
    let criteria = |session: &Session| ask(session, &json!({"question": "network.criteria"})).unwrap();
    let all = criteria(&admin);
    let best = &all[0];
    assert_eq!((&best["sales"]["count"], &best["sales"]["score"]), (&json!(2), &json!("100")));
    assert!(best["connections"]["count"].as_u64() >= Some(1), "{best}");
    let own = criteria(&network.seller());
    let others: u64 = own
        .as_array()
        .unwrap()
        .iter()
        .skip(1)
        .map(|dealer| {
            dealer["sales"]["count"].as_u64().unwrap() + dealer["connections"]["count"].as_u64().unwrap()
        })
        .sum();
    assert_eq!(others, 0, "a total shows nothing of other dealers: {own}");
}

/// The examples of the page can be read.
#[test]
fn what_the_page_shows_can_be_read() {
    let page = include_str!("../../../../docs/quotas.md");
    let mut seen = 0;
    for block in page.split("```json\n").skip(1) {
        let text = block.split("```").next().unwrap();
        for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            let value = value.unwrap();
            if value.get("command").is_some() {
                Command::from_json(&value.to_string()).unwrap();
            } else {
                Question::from_json(&value.to_string()).unwrap();
            }
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}
