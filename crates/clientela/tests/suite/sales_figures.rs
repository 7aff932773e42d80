//! Figures of running sales that must not be wrong: days and amounts at the ends of what there is, currencies, wins that are shared,
//! what offers bring, the order of lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused_at, run, try_ask, unanswered};
use clientela::Session;
use serde_json::{Value, json};

fn money(amount: &str, currency: &str) -> Value {
    json!({"amount": amount, "currency": currency})
}

fn admin(network: &Network) -> Session {
    network.crm.session("admin", None).unwrap()
}

fn customer(session: &Session, number: &str) {
    run(
        session,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT", "number": number}}),
    );
}

fn open(session: &Session, number: &str, amount: Value, currency: &str) {
    run(
        session,
        json!({"command": "opportunity.open", "customer": "K-1", "title": "T", "method": "with-configurator", "vehicles": 2,
        "currency": currency, "number": number, "amount": amount, "expected_close": "2026-03-20"}),
    );
}

fn win(session: &Session, number: &str) {
    run(session, json!({"command": "opportunity.win", "opportunity": number, "reason": "price"}));
}

fn march(question: &str) -> Value {
    json!({"question": question, "first_day": "2026-03-01", "last_day": "2026-03-31"})
}

fn plan(session: &Session, measure: &str, currency: Value, total: &str) {
    run(
        session,
        json!({"command": "quota_plan.define", "name": "Year", "unit": "HQ", "measure": measure, "currency": currency,
        "first_day": "2026-01-01", "last_day": "2026-12-31", "total": total}),
    );
}

/// Days at the ends of the calendar are refused and never take the process with them.
#[test]
fn days_nobody_can_count_with_are_refused_at_the_door() {
    let network = Network::new();
    let admin = admin(&network);
    plan(&admin, "units", Value::Null, "120");
    for far in ["-262143-01-01", "+262142-12-31", "0000-12-31", "+10000-01-01"] {
        for question in [
            json!({"question": "network.criteria", "month": far}),
            json!({"question": "plan.day", "day": far}),
            json!({"question": "plan.week", "day": far}),
            json!({"question": "calendar.export", "first_day": far, "last_day": far}),
            json!({"question": "quota_plan.outlook", "plan": "Year", "day": far}),
            json!({"question": "quota_plan.attainment", "plan": "Year", "day": far}),
            json!({"question": "calendar.working_days", "first_day": far, "last_day": far}),
        ] {
            assert_eq!(unanswered(&admin, &question), "date.year", "{question}");
        }
        let command =
            json!({"command": "absence.record", "first_day": far, "last_day": far, "kind": "leave"});
        assert_eq!(refused_at(&admin, &command), ("date.year", Some("first_day".to_owned())), "{command}");
    }
    for edge in ["0001-01-01", "9999-12-31"] {
        for question in [
            json!({"question": "network.criteria", "month": edge}),
            json!({"question": "plan.day", "day": edge}),
            json!({"question": "plan.week", "day": edge}),
            json!({"question": "calendar.export", "first_day": edge, "last_day": edge}),
            json!({"question": "quota_plan.outlook", "plan": "Year", "day": edge}),
        ] {
            // An answer or a refusal, never a fault.
            if let Err(error) = try_ask(&admin, &question) {
                assert_ne!(error.kind(), clientela::ErrorKind::Internal, "{question}\n{error:?}");
            }
        }
    }
    let long = json!({"question": "quota_plan.outlook", "plan": "Year", "conversion_days": 100_000_000});
    let error = try_ask(&admin, &long).unwrap_err();
    assert_eq!((error.code(), error.field().as_deref()), ("argument.invalid", Some("conversion_days")));
}

#[test]
fn an_amount_no_forecast_can_hold_is_refused_where_it_is_given() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller, "K-1");
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    let huge = money("100000000000000000", "EUR");
    let refused = ("opportunity.amount", Some("amount".to_owned()));
    let opening = json!({"command": "opportunity.open", "customer": "K-1", "title": "T", "method": "with-configurator",
        "currency": "EUR", "amount": huge});
    assert_eq!(refused_at(&seller, &opening), refused);
    for change in [json!({"amount": huge}), json!({"amount": money("-1000000000000001", "EUR")})] {
        let change = json!({"command": "opportunity.change", "opportunity": "O-1", "change": change});
        assert_eq!(refused_at(&seller, &change), refused, "{change}");
    }
    let adjusting = json!({"command": "forecast.adjust", "first_day": "2026-03-01", "last_day": "2026-03-31",
        "category": "commit", "currency": "EUR", "amount": huge});
    assert_eq!(refused_at(&seller, &adjusting), refused);
    assert_eq!(
        ask(&seller, march("forecast.rollup"))["currencies"][0]["nodes"][0]["pipeline"]["raw"],
        money("1000.00", "EUR")
    );
}

/// A dealer on a plan in euros sells in francs.
#[test]
fn what_was_won_in_another_currency_counts_at_the_rate_of_its_day_or_is_named() {
    let network = Network::new();
    let (admin, seller) = (admin(&network), network.seller());
    plan(&admin, "revenue", json!("EUR"), "1200000");
    customer(&seller, "K-1");
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    open(&seller, "O-2", money("2000", "CHF"), "CHF");
    win(&seller, "O-1");
    win(&seller, "O-2");
    let own = |question: &str| {
        let lines = ask(&seller, json!({"question": question, "plan": "Year"}));
        let lines = lines.as_array().unwrap().clone();
        lines.into_iter().find(|line| !line["owner"].is_null() || !line["user"].is_null()).unwrap()
    };
    let reasons = |line: &Value| -> Vec<String> {
        let because = line["why"]["because"].as_array().cloned().unwrap_or_default();
        because.iter().map(|why| why["reason"].as_str().unwrap().to_owned()).collect()
    };
    let line = own("quota_plan.attainment");
    assert_eq!(line["reached"], "1000.00", "no rate is known");
    assert!(reasons(&line).contains(&"credit.left_out".to_owned()), "{line:#}");
    assert!(line.to_string().contains("2000.00 CHF"), "{line:#}");
    assert!(own("quota_plan.personal").to_string().contains("left_out"));

    run(
        &admin,
        json!({"command": "exchange_rate.define", "from": "CHF", "to": "EUR", "rate": "1.05", "since": "2026-01-01"}),
    );
    run(
        &admin,
        json!({"command": "exchange_rate.define", "from": "CHF", "to": "EUR", "rate": "9", "since": "2026-04-01"}),
    );
    let line = own("quota_plan.attainment");
    assert_eq!(line["reached"], "3100.00");
    assert!(line.to_string().contains("money.converted") && line.to_string().contains("1.05"), "{line:#}");
    assert!(!reasons(&line).contains(&"credit.left_out".to_owned()));
    assert_eq!(own("quota_plan.personal")["reached"], "3100.00");
}

/// What an offer brings is what the forecast shows, before and after the win.
#[test]
fn a_forecast_follows_the_offer_and_a_win_is_worth_what_was_accepted() {
    let network = Network::new();
    let (seller, manager) = (network.seller(), network.manager());
    customer(&seller, "K-1");
    open(&seller, "O-1", Value::Null, "EUR");
    let offer = run(
        &seller,
        json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": "2"}]}),
    );
    let offer = offer.key().unwrap().to_owned();
    let net = serde_json::to_value(seller.offer(&offer).unwrap().offer.net).unwrap();
    let node = |session: &Session, part: &str| {
        ask(session, march("forecast.rollup"))["currencies"][0]["nodes"][0][part].clone()
    };
    assert_eq!(node(&manager, "pipeline")["raw"], money("0.00", "EUR"));
    run(&seller, json!({"command": "offer.feed_forecast", "offer": offer}));
    assert_eq!(node(&manager, "pipeline")["raw"], net, "the forecast shows what the list shows");
    let change = ask(
        &manager,
        json!({"question": "forecast.change", "first_day": "2026-03-01", "last_day": "2026-03-31", "from": "2026-03-01", "to": "2026-03-04"}),
    );
    assert_eq!(change[0]["end"], net, "{change:#}");
    let passages = change[0]["parts"][0]["opportunities"][0]["passages"].as_array().unwrap();
    let events: Vec<&str> = passages.iter().map(|passage| passage["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["open", "change"], "{change:#}");

    // Without that the win says it.
    open(&seller, "O-2", Value::Null, "EUR");
    let other = run(
        &seller,
        json!({"command": "offer.create", "opportunity": "O-2", "items": [{"product": "T480-4X2", "quantity": "2"}]}),
    );
    for deed in ["offer.issue", "offer.accept"] {
        run(&seller, json!({"command": deed, "offer": other.key().unwrap()}));
    }
    win(&seller, "O-2");
    assert_eq!(node(&manager, "amounts")["closed"], net);
    let velocity =
        ask(&manager, json!({"question": "funnel.velocity", "from": "2026-03-01", "to": "2026-03-31"}));
    assert_eq!(velocity[0]["won_amount"], net);
    let won = seller.find::<clientela::core::sales::Opportunity>("O-2").unwrap().record;
    assert_eq!(serde_json::to_value(won.amount).unwrap(), net);
}

#[test]
fn a_shared_win_is_one_sale_and_a_customer_entered_is_new() {
    let network = Network::new();
    let (admin, seller) = (admin(&network), network.seller());
    customer(&seller, "K-1");
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    open(&seller, "O-2", money("1000", "EUR"), "EUR");
    run(
        &seller,
        json!({"command": "opportunity.team.set", "opportunity": "O-1", "team": [
            {"position": "Trucks Piacenza", "role": "lead", "share": "60"}, {"position": "Trucks Parma", "role": "co_seller", "share": "40"}]}),
    );
    win(&seller, "O-1");
    win(&seller, "O-2");
    let criteria = ask(&admin, json!({"question": "network.criteria"}));
    assert_eq!(criteria[0]["sales"]["count"], 2, "{criteria:#}");
    assert_eq!(criteria[0]["new_customers"]["count"], 1, "entered this month, and nobody said since when");
    run(&seller, json!({"command": "opportunity.reopen", "opportunity": "O-1"}));
    let criteria = ask(&admin, json!({"question": "network.criteria"}));
    assert_eq!(criteria[0]["sales"]["count"], 1);
    let before = ask(&admin, json!({"question": "network.criteria", "month": "2026-02-01"}));
    assert_eq!(before[0]["new_customers"]["count"], 0);
}

/// Ids made at once come in any order; lines do not.
#[test]
fn lines_of_a_plan_stand_from_the_top_down() {
    let network = Network::new();
    let admin = admin(&network);
    plan(&admin, "units", Value::Null, "120");
    let units: Vec<clientela::core::organisation::Unit> = admin
        .list(&clientela::Predicate::Everything, 1_000, 0)
        .unwrap()
        .into_iter()
        .map(|stored| stored.record)
        .collect();
    let places = clientela::core::organisation::top_down(&units);
    for question in ["quota_plan.attainment", "quota_plan.reconciliation", "quota_plan.outlook"] {
        let lines = ask(&admin, json!({"question": question, "plan": "Year"}));
        let place = |line: &Value| {
            let line = if line["attainment"].is_null() { line } else { &line["attainment"] };
            let unit: clientela::core::ids::UnitId = serde_json::from_value(line["unit"].clone()).unwrap();
            (places[&unit], !line["owner"].is_null())
        };
        let told: Vec<(usize, bool)> = lines.as_array().unwrap().iter().map(place).collect();
        assert!(told.len() > 3 && told.is_sorted(), "{question}: {told:?}");
    }
}

/// The second win becomes the first one when that is opened again.
#[test]
fn a_new_customer_counts_once_whichever_win_is_the_first() {
    let network = Network::new();
    let (admin, seller) = (admin(&network), network.seller());
    plan(&admin, "new_customers", Value::Null, "12");
    customer(&seller, "K-1");
    for number in ["O-1", "O-2"] {
        open(&seller, number, money("1000", "EUR"), "EUR");
        win(&seller, number);
    }
    let reached = || {
        let lines = ask(&seller, json!({"question": "quota_plan.attainment", "plan": "Year"}));
        lines[0]["reached"].clone()
    };
    assert_eq!(reached(), "1");
    for (deed, number) in [("reopen", "O-1"), ("win", "O-1"), ("reopen", "O-2")] {
        run(
            &seller,
            json!({"command": format!("opportunity.{deed}"), "opportunity": number, "reason": "told"}),
        );
        assert_eq!(reached(), "1", "{deed} {number}");
    }
    run(&seller, json!({"command": "opportunity.reopen", "opportunity": "O-1"}));
    assert_eq!(reached(), "0");
}

/// Who may not see margins is not told what hangs on them, instead of something else than his manager.
#[test]
fn what_hangs_on_margins_is_told_to_who_may_see_costs() {
    let network = Network::new();
    let (admin, seller, manager) = (admin(&network), network.seller(), network.manager());
    run(
        &admin,
        json!({"command": "quota_plan.define", "name": "Year", "unit": "HQ", "first_day": "2026-01-01",
        "last_day": "2026-12-31", "measures": [{"measure": "units", "total": "12"},
            {"measure": "margin", "currency": "EUR", "total": "120000"}]}),
    );
    run(
        &admin,
        json!({"command": "quota_plan.set_incentives", "plan": "Year", "steps": [
            {"from_percent": "1", "payout": "fixed", "amount": "500", "currency": "EUR"}]}),
    );
    customer(&seller, "K-1");
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    win(&seller, "O-1");
    let over_all = |session: &Session, more: Value| {
        let mut question = json!({"question": "quota_plan.incentives", "plan": "Year"});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let lines = ask(session, question);
        let lines: Vec<Value> =
            lines.as_array().unwrap().iter().filter(|line| line["measure"].is_null()).cloned().collect();
        assert!(!lines.is_empty());
        lines
    };
    assert!(over_all(&seller, json!({})).iter().all(|line| line["incentive"].is_null()));
    assert!(
        over_all(&manager, json!({}))
            .iter()
            .any(|line| line["incentive"]["earned"] == "500.00" || line["incentive"]["earned"] == "500")
    );
    let capped = over_all(&manager, json!({"most_percent": "0"}));
    assert!(capped.iter().all(|line| line["incentive"]["earned"] == "0"), "{capped:?}");
    let overall = ask(&seller, json!({"question": "quota_plan.overall", "plan": "Year"}));
    let facts = overall[0]["why"]["facts"].as_array().unwrap().clone();
    assert!(facts.iter().any(|fact| fact["name"] == "withheld" && fact["value"] == "margin"), "{overall:#}");
}

/// In New York it is still the fourth when it is the fifth in Greenwich.
#[test]
fn an_adjustment_counts_on_the_day_it_is_made() {
    let network = Network::new();
    let (admin, seller) = (admin(&network), network.seller());
    run(&admin, json!({"command": "unit.change", "unit": "HQ", "time_zone": "America/New_York"}));
    network.clock.set("2026-03-05T01:00:00Z".parse().unwrap());
    customer(&seller, "K-1");
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    run(
        &seller,
        json!({"command": "forecast.adjust", "first_day": "2026-03-01", "last_day": "2026-03-31", "category": "commit",
        "currency": "EUR", "amount": money("700.00", "EUR")}),
    );
    let commit = ask(&seller, march("forecast.rollup"))["currencies"][0]["nodes"][0]["commit"].clone();
    assert_eq!(commit["forecast"], money("700.00", "EUR"), "{commit:#}");
}

/// That nothing was expected where much was won is a forecast that was wrong.
#[test]
fn what_nobody_forecast_is_judged_as_well() {
    let network = Network::new();
    let (seller, manager) = (network.seller(), network.manager());
    customer(&seller, "K-1");
    run(
        &manager,
        json!({"command": "forecast.snapshot", "name": "Empty", "first_day": "2026-03-01", "last_day": "2026-03-31"}),
    );
    open(&seller, "O-1", money("500000", "EUR"), "EUR");
    win(&seller, "O-1");
    network.clock.set("2026-04-02T09:00:00Z".parse().unwrap());
    let judged = ask(&manager, json!({"question": "forecast.accuracy", "position": "Trucks Piacenza"}));
    let commit = judged.as_array().unwrap().iter().find(|line| line["way"] == "commit").unwrap().clone();
    assert_eq!(commit["bias"], money("-500000.00", "EUR"), "{commit:#}");
    assert_eq!(commit["error_percent"], "100");
}

#[test]
fn losses_and_funnels_are_divided_by_what_is_known_of_customers() {
    let network = Network::new();
    let seller = network.seller();
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Uno", "country": "CH", "number": "K-1",
        "size": "key", "nace": "49.41"}}),
    );
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    run(
        &seller,
        json!({"command": "opportunity.competitors.set", "opportunity": "O-1", "competitors": [
            {"name": "Behindtruck", "standing": "behind"}, {"name": "Aheadtruck", "standing": "ahead"}]}),
    );
    let velocity = |axis: &str| {
        let question =
            json!({"question": "funnel.velocity", "from": "2026-03-01", "to": "2026-03-31", "axis": axis});
        ask(&seller, question)[0]["group"].clone()
    };
    for (axis, group) in [
        ("country", "CH"),
        ("customer_size", "key"),
        ("trade", "49"),
        ("competitor", "Aheadtruck"),
        ("size", "2-5"),
    ] {
        assert_eq!(velocity(axis), group, "{axis}");
    }
    run(
        &seller,
        json!({"command": "opportunity.lose", "opportunity": "O-1", "reason": "price", "competitor": "Northtruck"}),
    );
    let days = |question: &str| json!({"question": question, "from": "2026-03-01", "to": "2026-03-31", "axis": "competitor"});
    for question in ["funnel.loss_reasons", "funnel.won_lost"] {
        let lines = ask(&seller, days(question));
        assert!(lines.as_array().unwrap().iter().all(|line| line["group"] == "Northtruck"), "{lines:#}");
    }
    assert_eq!(ask(&seller, days("funnel.loss_reasons"))[0]["count"], 1);
}

#[test]
fn a_challenge_names_each_who_takes_part_once() {
    let network = Network::new();
    let admin = admin(&network);
    let challenge = |teams: Value, sizes: Value| {
        let command = json!({"command": "challenge.define", "code": "X", "name": "X", "unit": "HQ", "measure": "wins",
            "first_day": "2026-03-01", "last_day": "2026-03-31", "among": "teams", "teams": teams, "sizes": sizes,
            "prizes": [{"from": 1, "prize": "a dinner"}]});
        crate::words::try_run(&admin, &command)
            .err()
            .map(|error| (error.code(), error.field().unwrap_or_default()))
    };
    let twice = json!([{"name": "A", "positions": ["Trucks Piacenza", "Trucks Piacenza"]}]);
    let once = json!([{"name": "A", "positions": ["Trucks Piacenza"]}, {"name": "B", "positions": ["Trucks Parma"]}]);
    assert_eq!(challenge(twice, json!([])), Some(("argument.invalid", "teams".to_owned())));
    let unknown = json!([{"of": "Nobody", "size": "2"}]);
    assert_eq!(challenge(once.clone(), unknown), Some(("argument.invalid", "sizes".to_owned())));
    assert_eq!(challenge(once, json!([{"of": "Trucks Parma", "size": "2"}])), None);
}

/// A day holds what brings business, not only whom to visit.
#[test]
fn a_day_holds_next_steps_and_decisions_that_are_near() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller, "K-1");
    open(&seller, "O-1", money("1000", "EUR"), "EUR");
    open(&seller, "O-2", money("9000", "EUR"), "EUR");
    open(&seller, "O-3", money("5000", "EUR"), "EUR");
    run(
        &seller,
        json!({"command": "opportunity.change", "opportunity": "O-1", "change": {"next_step": "Send papers", "next_step_on": "2026-03-05"}}),
    );
    let day = ask(&seller, json!({"question": "plan.day", "day": "2026-03-10"}));
    let lines = day["days"][0]["lines"].as_array().unwrap().clone();
    let mut told: Vec<(&str, &str, &str)> = lines
        .iter()
        .map(|line| {
            let reason = line["why"]["reason"].as_str().unwrap();
            let facts = line["why"]["facts"].as_array().unwrap();
            let number = facts.iter().find(|fact| fact["name"] == "opportunity").unwrap();
            (number["value"].as_str().unwrap(), line["kind"].as_str().unwrap(), reason)
        })
        .collect();
    told.sort_unstable();
    let near = |number| (number, "call", "plan.decision_near");
    assert_eq!(told, [("O-1", "task", "plan.next_step_due"), near("O-2"), near("O-3")], "{day:#}");
}

/// What was sold last year is what next year is shared out by.
#[test]
fn a_plan_is_weighed_by_history_or_by_potential() {
    let network = Network::new();
    let (admin, seller) = (admin(&network), network.seller());
    customer(&seller, "K-1");
    for (number, day) in
        [("O-1", "2026-03-04"), ("O-2", "2026-04-07"), ("O-3", "2026-04-08"), ("O-4", "2026-04-09")]
    {
        network.clock.set(format!("{day}T09:00:00Z").parse().unwrap());
        open(&seller, number, money("1000", "EUR"), "EUR");
        win(&seller, number);
    }
    let question = |by: &str| json!({"question": "quota_plan.weights", "unit": "HQ", "measure": "wins", "first_day": "2027-01-01", "last_day": "2027-12-31", "by": by});
    let history = ask(&admin, question("history"));
    let weight = |answer: &Value, of: &str| {
        let weights = answer["weights"].as_array().unwrap();
        weights.iter().find(|one| one["of"] == of).map(|one| one["weight"].clone())
    };
    assert_eq!(weight(&history, "Trucks Piacenza"), Some(json!("100")), "{history:#}");
    assert_eq!(weight(&history, "Trucks Parma"), Some(json!("0")));
    let season: Vec<Value> =
        history["season"].as_array().unwrap().iter().map(|month| month["weight"].clone()).collect();
    assert_eq!(season.len(), 12);
    let percent = |month: usize| season[month].as_str().unwrap().parse::<f64>().unwrap();
    assert_eq!([percent(2), percent(3), percent(4)], [25.0, 75.0, 0.0]);
    run(
        &admin,
        json!({"command": "quota_plan.define", "name": "Next", "unit": "HQ", "measure": "wins", "first_day": "2027-01-01",
        "last_day": "2027-12-31", "total": "8", "weights": history["weights"], "season": history["season"]}),
    );
    let own = ask(&seller, json!({"question": "quota_plan.attainment", "plan": "Next"}));
    assert_eq!(own[0]["target"], "8");

    let potential = ask(&admin, question("potential"));
    assert_eq!(
        (&potential["weights"], &potential["season"]),
        (&json!([]), &json!([])),
        "no fleet is known yet"
    );
    run(&seller, json!({"command": "vehicle.add", "customer": "K-1", "vehicle": {"make": "Marca"}}));
    assert_eq!(weight(&ask(&admin, question("potential")), "Trucks Piacenza"), Some(json!("100")));
}
