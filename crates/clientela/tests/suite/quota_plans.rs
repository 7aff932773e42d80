//! Plans between limits, their versions, margin and market share, and challenges on what is done.
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

fn admin(network: &Network) -> Session {
    network.crm.session("admin", None).unwrap()
}

fn define(measure: &str, total: &str, more: &Value) -> Value {
    let mut plan = json!({"command": "quota_plan.define", "name": "Plan", "unit": "HQ", "measure": measure,
        "first_day": "2026-01-01", "last_day": "2026-12-31", "total": total});
    plan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    plan
}

/// The targets of the whole plan, nodes from the top down.
fn targets(session: &Session) -> Vec<i64> {
    let lines = ask(session, &json!({"question": "quota_plan.reconciliation", "plan": "Plan"})).unwrap();
    lines.as_array().unwrap().iter().map(|line| line["target"].as_str().unwrap().parse().unwrap()).collect()
}

/// The line of the unit that has the most to reach.
fn root(lines: &Value) -> Value {
    let units = lines.as_array().unwrap().iter().filter(|line| line["owner"].is_null());
    let target = |line: &&Value| line["target"].as_str().unwrap().parse::<f64>().unwrap();
    units.max_by(|one, two| target(one).total_cmp(&target(two))).unwrap().clone()
}

fn win(session: &Session, number: &str, vehicles: u32) {
    run(session, &json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT", "number": number}})).unwrap();
    run(session, &json!({"command": "opportunity.open", "customer": number, "title": "T", "method": "with-configurator",
        "currency": "EUR", "number": number, "vehicles": vehicles, "amount": {"amount": "100000", "currency": "EUR"}}))
    .unwrap();
    run(session, &json!({"command": "opportunity.win", "opportunity": number, "reason": "price"})).unwrap();
}

#[test]
fn a_plan_is_shared_out_between_limits() {
    let network = Network::new();
    let admin = admin(&network);
    let limits = json!({"limits": [
        {"of": "D-0043", "maximum_percent": "25"},
        {"of": "Trucks Parma", "minimum": "60"},
        {"of": "Trucks Piacenza", "period": "2026-08-15", "maximum": "0"}]});
    run(&admin, &define("units", "120", &limits)).unwrap();
    // Headquarters, branch, the dealers; then the sellers.
    let mut found = targets(&admin);
    assert_eq!(found.iter().take(2).copied().collect::<Vec<_>>(), [120, 120]);
    found.sort_unstable();
    assert_eq!(found, [30, 30, 30, 60, 90, 120, 120]);
    let months =
        ask(&admin, &json!({"question": "quota_plan.reconciliation", "plan": "Plan", "by_period": true}))
            .unwrap();
    for line in months.as_array().unwrap() {
        assert!(line["over_assigned"].is_null() || line["over_assigned"] == "0", "{line}");
    }

    let refused = |limits: Value| {
        let mut plan = define("units", "120", &json!({"limits": limits}));
        plan["name"] = json!("Other");
        run(&admin, &plan).unwrap_err()
    };
    let error = refused(json!([{"of": "D-0042", "maximum": "50"}, {"of": "D-0043", "maximum": "40"}]));
    assert_eq!(error.code(), "quota_plan.limits");
    assert!(error.to_string().contains("leave 30 over"), "{error}");
    let error = refused(json!([{"of": "IT", "period": "2026-08-01", "maximum": "50"},
        {"of": "D-0042", "period": "2026-08-31", "minimum": "60"}]));
    assert!(error.to_string().contains("2026-08-01") && error.to_string().contains("10 more"), "{error}");
    assert_eq!(refused(json!([{"of": "nobody", "maximum": "4"}])).kind(), ErrorKind::NotFound);
    let both = refused(json!([{"of": "D-0042", "maximum": "4", "maximum_percent": "4"}]));
    assert_eq!(both.code(), "quota_plan.limit_value");
}

#[test]
fn a_plan_has_versions_and_one_is_in_force() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &define("units", "120", &json!({}))).unwrap();
    run(&admin, &json!({"command": "quota_plan.lock", "plan": "Plan"})).unwrap();
    let revise = |draft: bool, total: &str| {
        json!({"command": "quota_plan.revise", "plan": "Plan", "from_day": "2026-07-01", "total": total,
            "weights": [{"of": "D-0043", "weight": "0"}], "draft": draft})
    };
    assert_eq!(run(&network.seller(), &revise(true, "180")).unwrap_err().kind(), ErrorKind::Rights);
    assert_eq!(run(&admin, &revise(true, "59")).unwrap_err().code(), "quota_plan.below_kept");
    run(&admin, &revise(true, "180")).unwrap();
    let versions = |session: &Session| {
        ask(session, &json!({"question": "quota_plan.versions", "plan": "Plan"})).unwrap()
    };
    let seen = versions(&admin);
    assert_eq!((&seen[0]["state"], &seen[1]["state"]), (&json!("locked"), &json!("draft")));
    assert_eq!(targets(&admin)[0], 120, "a draft changes nothing");

    run(&admin, &json!({"command": "quota_plan.publish", "plan": "Plan (version 2)"})).unwrap();
    assert_eq!(targets(&admin)[0], 180);
    let seen = versions(&admin);
    assert_eq!(seen[0]["name"], "Plan (version 1)");
    assert_eq!((&seen[0]["state"], &seen[1]["state"]), (&json!("closed"), &json!("published")));

    win(&network.seller(), "K-1", 3);
    let attainment = |version: Value| {
        let mut question = json!({"question": "quota_plan.attainment", "plan": "Plan"});
        if !version.is_null() {
            question["version"] = version;
        }
        root(&ask(&admin, &question).unwrap())
    };
    let (now, before) = (attainment(Value::Null), attainment(json!(1)));
    assert_eq!((&now["version"], &now["target"], &now["reached"]), (&json!(2), &json!("180"), &json!("3")));
    assert_eq!(
        (&before["version"], &before["target"], &before["reached"]),
        (&json!(1), &json!("120"), &json!("3"))
    );

    let compare = |by_month: bool| {
        ask(&admin, &json!({"question": "quota_plan.compare", "plan": "Plan", "by_month": by_month})).unwrap()
    };
    let whole = compare(false);
    assert!(whole.as_array().unwrap().iter().any(|line| line["difference"] == "60"));
    for line in compare(true).as_array().unwrap() {
        let closed = line["month"].as_str().unwrap() < "2026-07-01";
        assert!(!closed || line["difference"] == "0", "closed months are kept: {line}");
    }
    // Another one, at once in force, from within a month on.
    let again =
        json!({"command": "quota_plan.revise", "plan": "Plan", "from_day": "2026-10-12", "total": "190"});
    run(&admin, &again).unwrap();
    assert_eq!(targets(&admin)[0], 190);
    let lines =
        ask(&admin, &json!({"question": "quota_plan.reconciliation", "plan": "Plan", "by_period": true}))
            .unwrap();
    assert!(lines.as_array().unwrap().iter().any(|line| line["last_day"] == "2026-10-11"));
    for line in lines.as_array().unwrap() {
        assert!(line["over_assigned"].is_null() || line["over_assigned"] == "0", "{line}");
    }
    let error = run(
        &admin,
        &json!({"command": "quota_plan.revise", "plan": "Plan (version 1)", "from_day": "2026-10-12", "total": "190"}),
    );
    assert_eq!(error.unwrap_err().code(), "quota_plan.illegal_passage");
    let missing = ask(&admin, &json!({"question": "quota_plan.compare", "plan": "Plan", "before": 9}));
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_market_share_is_measured_against_what_was_registered() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &define("market_share", "20", &json!({}))).unwrap();
    let weighed =
        define("market_share", "20", &json!({"name": "X", "weights": [{"of": "D-0042", "weight": "2"}]}));
    assert_eq!(run(&admin, &weighed).unwrap_err().code(), "quota_plan.not_shared");
    win(&network.seller(), "K-1", 3);
    win(&network.rival(), "K-2", 5);
    let record = |unit: &str, registrations: u32| {
        json!({"command": "market.record", "totals": [{"unit": unit, "first_day": "2026-03-01", "last_day": "2026-03-31",
            "registrations": registrations, "source": "registry"}]})
    };
    assert_eq!(run(&network.seller(), &record("D-0042", 1)).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &record("D-0042", 999)).unwrap();
    run(&admin, &record("D-0042", 30)).unwrap();
    run(&admin, &record("D-0043", 10)).unwrap();
    let share = |day: &str| {
        let lines =
            ask(&admin, &json!({"question": "quota_plan.attainment", "plan": "Plan", "day": day})).unwrap();
        let shares =
            lines.as_array().unwrap().iter().map(|line| line["reached"].as_str().unwrap().to_owned());
        shares.collect::<Vec<_>>()
    };
    let mut found = share("2026-04-02");
    found.sort();
    // 3 of 30, 5 of 10; together 8 of 40, at the branch and at headquarters.
    assert_eq!(found, ["10.00", "20.00", "20.00", "50.00"]);
    assert!(share("2026-03-20").iter().all(|share| share == "0"), "the month is not over");
}

#[test]
fn a_margin_counts_for_who_may_see_costs() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &define("margin", "50000", &json!({"currency": "EUR"}))).unwrap();
    let seller = network.seller();
    run(&seller, &json!({"command": "customer.create", "customer": {"kind": "company", "name": "Uno", "country": "IT", "number": "K-1", "size": "key"}})).unwrap();
    run(&seller, &json!({"command": "opportunity.open", "customer": "K-1", "title": "T", "method": "with-configurator",
        "currency": "EUR", "number": "O-1", "vehicles": 1, "amount": {"amount": "100000", "currency": "EUR"}}))
    .unwrap();
    run(&admin, &json!({"command": "opportunity.change", "opportunity": "O-1", "reason": "costs known", "change": {"margin": {"amount": "12500.00", "currency": "EUR"}}})).unwrap();
    run(&seller, &json!({"command": "opportunity.win", "opportunity": "O-1", "reason": "price"})).unwrap();
    let question = json!({"question": "quota_plan.attainment", "plan": "Plan"});
    for session in [&admin, &network.manager()] {
        let lines = ask(session, &question).unwrap();
        assert_eq!(root(&lines)["reached"], "12500.00", "{lines}");
    }
    assert_eq!(ask(&seller, &question).unwrap_err().code(), "access.not_allowed");

    let value = json!({"question": "time.value", "first_day": "2026-01-01", "last_day": "2026-03-31"});
    let key = |session: &Session| ask(session, &value).unwrap()["lines"][0].clone();
    assert_eq!(key(&admin)["margin"], json!({"amount": "12500.00", "currency": "EUR"}));
    assert_eq!(
        (&key(&admin)["margin_percent"], &key(&admin)["margins_known"]),
        (&json!("100.00"), &json!(1))
    );
    assert!(key(&seller)["margin"].is_null(), "{}", key(&seller));
}

#[test]
fn a_challenge_counts_visits_by_the_head() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &json!({"command": "challenge.define", "code": "ROAD", "name": "On the road", "unit": "HQ", "measure": "visits",
        "first_day": "2026-03-01", "last_day": "2026-03-31", "among": "dealers", "handicap": "by_size"}))
    .unwrap();
    let visit = |session: &Session, number: &str, visits: usize| {
        run(session, &json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT", "number": number}})).unwrap();
        for _ in 0..visits {
            let planned = run(
                session,
                &json!({"command": "activity.plan", "customer": number, "activity": {"kind": "visit",
                "subject": "S", "planned_at": "2026-03-03T09:00:00Z"}}),
            )
            .unwrap();
            let id = planned.records[0].id;
            run(session, &json!({"command": "activity.report", "activity": id, "report": {"minutes": 30}}))
                .unwrap();
        }
    };
    visit(&network.seller(), "K-1", 3);
    visit(&network.rival(), "K-2", 2);
    run(&admin, &json!({"command": "challenge.score", "challenge": "ROAD"})).unwrap();
    let entries = ask(&admin, &json!({"question": "challenge.standings", "challenge": "ROAD"})).unwrap();
    let mut seen: Vec<(String, String, u64)> = entries["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            (text("result"), text("score"), entry["place"].as_u64().unwrap())
        })
        .collect();
    seen.sort();
    // Two sellers made three visits, one made two: by the head of 1.5 on average the smaller dealer is first.
    assert_eq!(seen, [("2".into(), "3".into(), 1), ("3".into(), "2.25".into(), 2)]);

    let offers = json!({"command": "challenge.define", "code": "OFFERS", "name": "Offers", "unit": "HQ", "measure": "offers",
        "first_day": "2026-03-01", "last_day": "2026-03-31", "among": "sellers", "rule": "opportunity.vehicles >= 2"});
    run(&admin, &offers).unwrap();
    run(&admin, &json!({"command": "challenge.score", "challenge": "OFFERS"})).unwrap();
    let margin = json!({"command": "challenge.define", "code": "M", "name": "M", "unit": "HQ", "measure": "margin", "currency": "EUR",
        "first_day": "2026-03-01", "last_day": "2026-03-31", "among": "sellers"});
    assert_eq!(run(&admin, &margin).unwrap_err().code(), "challenge.measure");
}
