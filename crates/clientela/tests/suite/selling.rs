//! Selling as a whole, over a stored store: methods and their stages, opportunities in full, forecast, funnel. Commands and
//! questions are the JSON that C and Python send.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::core::sales::ForecastAdjustment;
use clientela::{Command, Predicate, Question, Session};
use network::Network;
use serde_json::{Value, json};

fn run(session: &Session, command: &Value) -> clientela::Receipt {
    let read = Command::from_json(&command.to_string()).unwrap();
    session
        .run(&read)
        .unwrap_or_else(|error| panic!("{command}\n{error:?} {:?} {:?}", error.field(), error.why()))
}

fn refused(session: &Session, command: &Value) -> clientela::Error {
    session.run(&Command::from_json(&command.to_string()).unwrap()).unwrap_err()
}

fn ask(session: &Session, question: &Value) -> Value {
    let read = Question::from_json(&question.to_string()).unwrap();
    session.answer(&read).unwrap_or_else(|error| panic!("{question}\n{error:?}"))
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

impl Network {
    /// What follows happens on this day, later than what came before.
    fn on(&self, day: &str) {
        self.clock.set(format!("{day}T09:00:00Z").parse().unwrap());
    }

    /// The administrator.
    fn admin(&self) -> Session {
        self.crm.session("admin", None).unwrap()
    }

    /// A network with a customer of the seller and a method that knows conditions, actions and a questionnaire.
    fn selling() -> Self {
        let network = Self::new();
        run(
            &network.admin(),
            &json!({
            "command": "sales_method.define", "code": "fleet-1", "name": "Fleet", "with_configurator": false,
            "assessment": [
                {"code": "budget", "text": "Is there a budget?", "weight": 3, "answers": {"yes": 10, "no": 0}},
                {"code": "fit", "text": "Does it fit?", "weight": 1, "answers": {"well": 10, "badly": 2}}],
            "stages": [
                {"code": "contact", "name": "Contact", "probability": 10, "expected_days": 10, "phase": "A",
                 "exit_rule": "opportunity.amount != null",
                 "actions": [{"kind": "call", "subject": "Ask for the fleet list", "after_days": 2}]},
                {"code": "offer", "name": "Offer", "probability": 50, "expected_days": 20, "phase": "B", "forecast": "best_case",
                 "entry_rule": "opportunity.vehicles >= 3"},
                {"code": "closing", "name": "Closing", "probability": 80, "phase": "C", "forecast": "commit"}]}),
        );
        run(
            &network.seller(),
            &json!({"command": "customer.create", "customer":
            {"kind": "company", "name": "Autotrasporti Esempio", "country": "IT", "number": "C-1"}}),
        );
        network
    }

    fn open(&self, number: &str, amount: Option<&str>, close: &str) {
        run(
            &self.seller(),
            &json!({"command": "opportunity.open", "customer": "C-1", "title": "Trucks", "method": "fleet-1",
            "currency": "EUR", "number": number, "amount": amount.map(euros), "vehicles": 3, "expected_close": close}),
        );
    }

    fn advance(&self, number: &str, to: &str) {
        run(&self.seller(), &json!({"command": "opportunity.advance", "opportunity": number, "to": to}));
    }
}

#[test]
fn a_refused_passage_says_what_failed_on_which_value_and_what_would_satisfy_it() {
    let network = Network::selling();
    let seller = network.seller();
    let opened = run(
        &seller,
        &json!({"command": "opportunity.open", "customer": "C-1", "title": "Trucks", "method": "fleet-1",
        "currency": "EUR", "number": "O-1", "vehicles": 1}),
    );
    assert!(opened.why.mentions("stage.action_planned"), "{}", opened.why);
    assert!(opened.id_of("activity").is_some());
    let exit = refused(&seller, &json!({"command": "opportunity.advance", "opportunity": "O-1"}));
    assert_eq!(exit.code(), "opportunity.exit_refused");
    assert!(exit.to_string().contains("opportunity.amount given"), "{exit}");
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-1", "change": {"amount": euros("250000.00")}}),
    );
    let entry = refused(&seller, &json!({"command": "opportunity.advance", "opportunity": "O-1"}));
    assert_eq!(entry.code(), "opportunity.entry_refused");
    let why = entry.why().unwrap();
    assert_eq!(why.value("condition"), Some("opportunity.vehicles >= 3"));
    assert_eq!(why.value("opportunity.vehicles"), Some("1"));
    assert_eq!(why.value("needed"), Some("opportunity.vehicles at least 3"));
    run(&seller, &json!({"command": "opportunity.change", "opportunity": "O-1", "change": {"vehicles": 4}}));
    network.advance("O-1", "offer");
}

#[test]
fn a_new_version_takes_open_opportunities_over_by_a_stated_map() {
    let network = Network::selling();
    let (admin, seller) = (network.admin(), network.seller());
    network.open("O-1", Some("100.00"), "2026-05-01");
    network.open("O-2", Some("100.00"), "2026-05-01");
    network.advance("O-2", "offer");
    run(
        &admin,
        &json!({"command": "sales_method.define", "code": "fleet-2", "name": "Fleet", "with_configurator": false,
        "replaces": "fleet-1", "stages": [
            {"code": "first", "name": "First", "probability": 20}, {"code": "last", "name": "Last", "probability": 70}]}),
    );
    let inactive = refused(
        &seller,
        &json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "fleet-1",
        "currency": "EUR"}),
    );
    assert_eq!(inactive.code(), "opportunity.inactive_method");
    let half = json!({"command": "sales_method.move_over", "from": "fleet-1", "to": "fleet-2", "map": {"contact": "first"}});
    let error = refused(&admin, &half);
    assert_eq!(error.code(), "sales_method.map_incomplete");
    assert!(error.to_string().contains("offer"), "{error}");
    let whole = json!({"command": "sales_method.move_over", "from": "fleet-1", "to": "fleet-2",
        "map": {"contact": "first", "offer": "last"}});
    assert_eq!(refused(&seller, &whole).code(), "access.not_allowed");
    run(&admin, &whole);
    network.on("2026-03-05");
    let error =
        refused(&seller, &json!({"command": "opportunity.advance", "opportunity": "O-1", "to": "offer"}));
    assert_eq!(error.code(), "opportunity.foreign_stage");
    network.advance("O-1", "last");
}

#[test]
fn a_team_shares_the_credit_and_always_adds_up() {
    let network = Network::selling();
    let (seller, manager) = (network.seller(), network.manager());
    network.open("O-1", Some("100000.01"), "2026-05-01");
    let team = |first: &str, second: &str| {
        json!({"command": "opportunity.team.set", "opportunity": "O-1", "team": [
        {"position": "Trucks Piacenza", "role": "lead", "share": first},
        {"position": "Trucks Parma", "role": "co_seller", "share": second}]})
    };
    assert_eq!(refused(&seller, &team("60", "39.9")).code(), "credit.splits");
    run(&seller, &team("70", "30"));
    run(&seller, &team("60", "40"));
    assert_eq!(refused(&network.rival(), &team("60", "40")).code(), "record.not_found");
    run(
        &seller,
        &json!({"command": "opportunity.products.set", "opportunity": "O-1", "update_amount": true, "products": [
        {"product": "T480-4X2", "quantity": "3", "amount": euros("90000.01")},
        {"product": "TRANSPORT", "quantity": "3", "amount": euros("3000.00")}]}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.competitors.set", "opportunity": "O-1", "competitors": [
        {"name": "Northtruck", "standing": "level", "note": "older series"}]}),
    );
    let contact = run(
        &seller,
        &json!({"command": "contact.add", "customer": "C-1", "contact": {"family_name": "Bruni"}}),
    );
    let contact = contact.records[0].id;
    run(
        &seller,
        &json!({"command": "opportunity.decision_makers.set", "opportunity": "O-1", "decision_makers": [
        {"contact": contact, "role": "decider", "attitude": "supporter"}]}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.assess", "opportunity": "O-1", "answers": {"budget": "yes"}}),
    );
    let found = ask(&seller, &json!({"question": "opportunity.assessment", "opportunity": "O-1"}));
    assert_eq!((&found["score"], &found["percent"]), (&json!(30), &json!("75")));
    assert_eq!(found["unanswered"], json!(["fit"]));
    let won = run(&seller, &json!({"command": "opportunity.win", "opportunity": "O-1"}));
    assert!(won.why.mentions("credit.split"));
    let credits: Vec<clientela::core::sales::Credit> =
        ["revenue", "wins"].iter().flat_map(|measure| credits(&manager, measure)).collect();
    let of = |position: usize| credits[position].amount.to_string();
    let mut revenue = [of(0), of(1)];
    revenue.sort();
    assert_eq!(revenue, ["37200.00", "55800.01"], "60 and 40 percent of 93 000.01");
    assert_eq!(credits.len(), 4);
}

fn credits(session: &Session, measure: &str) -> Vec<clientela::core::sales::Credit> {
    use clientela::core::performance::Measure;
    use clientela::model::ClosedList;
    let measure = Measure::parse(measure).unwrap();
    let all =
        session.list::<clientela::core::sales::Credit>(&clientela::Predicate::Everything, 100, 0).unwrap();
    all.into_iter().map(|stored| stored.record).filter(|credit| credit.measure == measure).collect()
}

/// A month of a small pipeline, told from several days.
fn a_month(network: &Network) {
    a_month_with(network, |_| ());
}

/// The same; `evening` is called at the end of each day on which something happened.
fn a_month_with(network: &Network, mut evening: impl FnMut(&'static str)) {
    let seller = network.seller();
    network.on("2026-03-02");
    network.open("O-1", Some("100.00"), "2026-03-25");
    network.open("O-2", Some("200.00"), "2026-03-20");
    network.open("O-3", Some("300.00"), "2026-03-28");
    network.open("O-4", Some("400.00"), "2026-04-15");
    evening("2026-03-02");
    network.on("2026-03-03");
    network.advance("O-1", "offer");
    network.advance("O-2", "offer");
    network.advance("O-3", "offer");
    evening("2026-03-03");
    network.on("2026-03-10");
    network.advance("O-1", "closing");
    network.open("O-5", Some("50.00"), "2026-03-30");
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-2", "change": {"amount": euros("260.00")}}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-3", "reason": "budget next month",
        "change": {"expected_close": "2026-04-28"}}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-4", "change": {"expected_close": "2026-03-31"}}),
    );
    evening("2026-03-10");
    network.on("2026-03-12");
    run(&seller, &json!({"command": "opportunity.win", "opportunity": "O-1"}));
    run(
        &seller,
        &json!({"command": "opportunity.lose", "opportunity": "O-2", "reason": "Price", "competitor": "Northtruck"}),
    );
    evening("2026-03-12");
}

const MARCH: (&str, &str) = ("2026-03-01", "2026-03-31");

fn rollup(session: &Session, as_of: Option<&str>) -> Value {
    let mut question = json!({"question": "forecast.rollup", "first_day": MARCH.0, "last_day": MARCH.1});
    if let Some(day) = as_of {
        question["as_of"] = json!(day);
    }
    ask(session, &question)
}

fn node<'a>(forecast: &'a Value, name: &str) -> &'a Value {
    let nodes = forecast["currencies"][0]["nodes"].as_array().unwrap();
    nodes.iter().find(|node| node["name"] == name).unwrap_or_else(|| panic!("{name} in {forecast:#}"))
}

#[test]
fn a_forecast_is_as_it_was_on_any_day() {
    let network = Network::selling();
    a_month(&network);
    let manager = network.manager();
    let now = rollup(&manager, None);
    let seller = node(&now, "Trucks Piacenza");
    assert_eq!(seller["amounts"]["closed"], euros("100.00"));
    assert_eq!(seller["amounts"]["pipeline"], euros("450.00"), "O-4 and O-5");
    assert_eq!(seller["pipeline"]["raw"], euros("550.00"));
    assert_eq!(seller["weighted"], euros("145.00"), "100 + 10 % of 450");
    assert_eq!(node(&now, "Principal Emilia")["pipeline"]["raw"], euros("550.00"));
    let then = rollup(&manager, Some("2026-03-09"));
    let seller = node(&then, "Trucks Piacenza");
    assert_eq!(
        seller["counts"],
        json!({"closed": 0, "commit": 0, "best_case": 3, "pipeline": 0, "omitted": 0})
    );
    assert_eq!(seller["best_case"]["raw"], euros("600.00"));
    assert!(rollup(&manager, Some("2026-03-01"))["currencies"][0]["nodes"].as_array().unwrap().is_empty());
    // The other dealer sees nothing of it.
    assert_eq!(rollup(&network.rival(), None)["currencies"], json!([]));
    // By units it is the same money.
    let by_unit = ask(
        &manager,
        &json!({"question": "forecast.rollup", "first_day": MARCH.0, "last_day": MARCH.1, "by": "unit"}),
    );
    assert_eq!(node(&by_unit, "Concessionaria Emilia")["pipeline"]["raw"], euros("550.00"));
    assert_eq!(node(&by_unit, "Italia")["pipeline"]["raw"], euros("550.00"));
}

/// What was shown on a day is what is found when that day is asked for later.
#[test]
fn a_day_looked_back_at_is_the_day_that_was() {
    let network = Network::selling();
    let manager = network.manager();
    let mut shown = Vec::new();
    a_month_with(&network, |day| shown.push((day, rollup(&manager, None))));
    network.on("2026-04-20");
    run(
        &network.seller(),
        &json!({"command": "opportunity.reopen", "opportunity": "O-2", "reason": "asked again"}),
    );
    for (day, then) in shown {
        assert_eq!(rollup(&manager, Some(day)), then, "{day}");
    }
}

#[test]
fn what_changed_adds_up_and_names_the_opportunities() {
    let network = Network::selling();
    a_month(&network);
    let answer = ask(
        &network.seller(),
        &json!({"question": "forecast.change", "first_day": MARCH.0, "last_day": MARCH.1,
        "from": "2026-03-09", "to": "2026-03-12"}),
    );
    let change = &answer[0];
    assert_eq!((&change["start"], &change["end"]), (&euros("600.00"), &euros("450.00")));
    let parts: Vec<(String, String, String)> = change["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            let numbers =
                part["opportunities"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap());
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&part["part"]), text(&part["amount"]["amount"]), numbers.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let part =
        |part: &str, amount: &str, numbers: &str| (part.to_owned(), amount.to_owned(), numbers.to_owned());
    assert_eq!(
        parts,
        [
            part("new", "50.00", "O-5"),
            part("moved_in", "400.00", "O-4"),
            part("moved_out", "-300.00", "O-3"),
            part("won", "-100.00", "O-1"),
            part("lost", "-200.00", "O-2"),
        ]
    );
}

#[test]
fn an_adjustment_counts_further_up_and_is_not_shown_below() {
    let network = Network::selling();
    a_month(&network);
    let (seller, manager) = (network.seller(), network.manager());
    let adjust = |position: &str, amount: Option<&str>| {
        json!({"command": "forecast.adjust", "position": position,
        "first_day": MARCH.0, "last_day": MARCH.1, "category": "pipeline", "currency": "EUR", "amount": amount.map(euros)})
    };
    assert_eq!(refused(&seller, &adjust("Trucks Parma", Some("1.00"))).code(), "access.not_allowed");
    run(&seller, &adjust("Trucks Piacenza", Some("600.00")));
    run(&manager, &adjust("Trucks Piacenza", Some("520.00")));
    let seen = rollup(&manager, None);
    let (below, above) =
        (&node(&seen, "Trucks Piacenza")["pipeline"], &node(&seen, "Principal Emilia")["pipeline"]);
    assert_eq!((&below["raw"], &below["forecast"]), (&euros("550.00"), &euros("520.00")));
    assert_eq!(
        (&above["raw"], &above["rolled_up"], &above["forecast"]),
        (&euros("550.00"), &euros("520.00"), &euros("520.00"))
    );
    let own = rollup(&seller, None);
    assert_eq!(node(&own, "Trucks Piacenza")["pipeline"]["forecast"], euros("600.00"));
    // Nor in a table, whoever sees the whole unit.
    let admin = network.crm.session("admin", None).unwrap();
    let grants = json!([{"entity": "*", "verb": "read", "scope": "my_unit"}, {"entity": "*", "verb": "create", "scope": "mine"},
        {"entity": "*", "verb": "change", "scope": "mine"}]);
    run(&admin, &json!({"command": "profile.change", "profile": "seller", "grants": grants}));
    let all = |session: &Session| -> Vec<ForecastAdjustment> {
        session.list(&Predicate::Everything, 10, 0).unwrap().into_iter().map(|stored| stored.record).collect()
    };
    assert_eq!((all(&seller).len(), all(&manager).len()), (1, 2));
    assert_eq!(all(&seller)[0].owner, all(&seller)[0].position, "his own");
    network.on("2026-03-13");
    run(&manager, &adjust("Trucks Piacenza", None));
    assert_eq!(node(&rollup(&manager, None), "Principal Emilia")["pipeline"]["forecast"], euros("600.00"));
}

#[test]
fn a_snapshot_never_changes_and_is_judged_when_its_period_is_over() {
    let network = Network::selling();
    a_month(&network);
    let (seller, manager) = (network.seller(), network.manager());
    let take = json!({"command": "forecast.snapshot", "name": "March, week 2", "first_day": MARCH.0, "last_day": MARCH.1});
    run(&manager, &take);
    assert_eq!(refused(&manager, &take).code(), "key.taken");
    let question = json!({"question": "forecast.submitted", "name": "March, week 2"});
    let submitted = ask(&manager, &question);
    assert_eq!(submitted["lines"].as_array().unwrap().len(), 3);
    network.on("2026-03-20");
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-5", "change": {"amount": euros("70.00")}}),
    );
    run(&seller, &json!({"command": "opportunity.win", "opportunity": "O-5"}));
    assert_eq!(ask(&manager, &question), submitted);
    let unseen = Question::from_json(&question.to_string()).unwrap();
    assert_eq!(network.rival().answer(&unseen).unwrap_err().code(), "record.not_found");
    assert_eq!(ask(&manager, &json!({"question": "forecast.accuracy"})), json!([]), "the period is not over");
    network.on("2026-04-02");
    let judged = ask(&manager, &json!({"question": "forecast.accuracy", "position": "Trucks Piacenza"}));
    let way = |way: &str| judged.as_array().unwrap().iter().find(|one| one["way"] == way).unwrap().clone();
    assert_eq!((&way("commit")["bias"], &way("commit")["error_percent"]), (&euros("-70.00"), &json!("41.2")));
    assert_eq!(way("weighted")["forecasts"][0]["forecast"], euros("145.00"));
    assert_eq!(way("weighted")["forecasts"][0]["horizon_days"], json!(19));
}

#[test]
fn stuck_ones_say_why() {
    let network = Network::selling();
    a_month(&network);
    let seller = network.seller();
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-4", "change":
        {"next_step": "call the workshop", "next_step_on": "2026-03-14", "expected_close": "2026-06-01"}}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.suspend", "opportunity": "O-5", "reason": "holidays", "until": "2026-03-16"}),
    );
    let reasons = |number: &str| -> Vec<String> {
        let all = ask(&seller, &json!({"question": "opportunity.stuck"}));
        let found = all.as_array().unwrap().iter().find(|one| one["number"] == number).cloned();
        let text = |why: &Value| why["reason"].as_str().unwrap().to_owned();
        found.map_or_else(Vec::new, |one| one["reasons"].as_array().unwrap().iter().map(text).collect())
    };
    assert!(reasons("O-4").is_empty() && reasons("O-5").is_empty());
    network.on("2026-03-19");
    assert_eq!(reasons("O-4"), ["stuck.too_long_in_stage", "stuck.next_step_overdue"]);
    assert_eq!(reasons("O-5"), ["stuck.resume_due"]);
    assert_eq!(ask(&network.rival(), &json!({"question": "opportunity.stuck"})), json!([]));
}

#[test]
fn the_funnel_counts_what_is_still_open() {
    let network = Network::selling();
    a_month(&network);
    let seller = network.seller();
    let conversion = ask(
        &seller,
        &json!({"question": "funnel.conversion", "method": "fleet-1", "from": MARCH.0, "to": MARCH.1}),
    );
    let stage = |stage: &str| {
        conversion.as_array().unwrap().iter().find(|one| one["stage"] == stage).unwrap().clone()
    };
    let row = |one: &Value| ["reached", "onward", "won", "lost"].map(|name| one[name].as_u64().unwrap());
    assert_eq!(row(&stage("contact")), [5, 3, 1, 1]);
    assert_eq!(row(&stage("offer")), [3, 1, 1, 1]);
    assert_eq!(row(&stage("closing")), [1, 1, 1, 0]);
    let durations = ask(&seller, &json!({"question": "funnel.durations", "day": "2026-03-12"}));
    let offer = durations.as_array().unwrap().iter().find(|one| one["stage"] == "offer").unwrap();
    assert_eq!(
        (&offer["visits"], &offer["still_there"], &offer["median"]),
        (&json!(3), &json!(1), &json!(9))
    );
    let velocity = ask(
        &seller,
        &json!({"question": "funnel.velocity", "from": MARCH.0, "to": MARCH.1, "axis": "seller"}),
    );
    assert_eq!(velocity[0]["group"], "Trucks Piacenza");
    assert_eq!((&velocity[0]["open"], &velocity[0]["cycle_days"]), (&json!(3), &json!("10")));
    assert_eq!(velocity[0]["per_day"], euros("15.00"), "3 × ½ × 100 ÷ 10");
    for axis in ["unit", "method", "source", "product_line", "size"] {
        let found = ask(
            &seller,
            &json!({"question": "funnel.velocity", "from": MARCH.0, "to": MARCH.1, "axis": axis}),
        );
        assert_eq!(found.as_array().unwrap().len(), 1, "{axis}");
    }
    let reasons = ask(&seller, &json!({"question": "funnel.loss_reasons", "from": MARCH.0, "to": MARCH.1}));
    assert_eq!(
        reasons,
        json!([{"group": "all", "reason": "Price", "stage": "offer", "competitor": "Northtruck", "count": 1,
        "amounts": [euros("260.00")]}])
    );
    let factors = ask(&seller, &json!({"question": "funnel.won_lost", "from": MARCH.0, "to": MARCH.1}));
    let method = factors.as_array().unwrap().iter().find(|one| one["factor"] == "method: fleet-1").unwrap();
    assert_eq!(
        (&method["won_with"], &method["lost_with"], &method["differs"]),
        (&json!(1), &json!(1), &json!(false))
    );
}

#[test]
fn every_example_of_the_page_is_read() {
    let page = include_str!("../../../../docs/selling.md");
    let examples: Vec<&str> =
        page.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert!(examples.len() > 15);
    for example in examples {
        let read =
            Command::from_json(example).map(|_| ()).or_else(|_| Question::from_json(example).map(|_| ()));
        read.unwrap_or_else(|error| panic!("{example}\n{error}"));
    }
}

#[test]
fn what_is_kept_for_the_next_question_is_never_old() {
    let network = Network::new();
    let (seller, manager) = (network.seller(), network.manager());
    let ask = |session: &Session| {
        let question =
            json!({"question": "forecast.rollup", "first_day": "2026-01-01", "last_day": "2026-12-31"});
        let fresh = network.crm.session("u-verdi", None).unwrap();
        let answer =
            |session: &Session| session.answer(&Question::from_json(&question.to_string()).unwrap()).unwrap();
        assert_eq!(answer(&manager), answer(&fresh), "what is kept differs from what is read");
        answer(session)
    };
    let run = |session: &Session, command: Value| {
        session.run(&Command::from_json(&command.to_string()).unwrap()).unwrap()
    };
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Uno", "country": "IT", "number": "K-1"}}),
    );
    let empty = ask(&manager);
    for number in ["O-91", "O-90"] {
        run(
            &seller,
            json!({"command": "opportunity.open", "customer": "K-1", "title": "T", "method": "with-configurator", "currency": "EUR",
            "number": number, "vehicles": 1, "amount": {"amount": "1000", "currency": "EUR"}, "expected_close": "2026-06-30"}),
        );
        assert_ne!(ask(&manager), empty);
    }
    let before = ask(&manager);
    run(
        &seller,
        json!({"command": "opportunity.change", "opportunity": "O-90", "reason": "more",
        "change": {"amount": {"amount": "2500.00", "currency": "EUR"}}}),
    );
    assert_ne!(ask(&manager), before);
    let before = ask(&manager);
    run(&seller, json!({"command": "opportunity.win", "opportunity": "O-91", "reason": "price"}));
    assert_ne!(ask(&manager), before);
    // Nothing of the pipeline: it is kept.
    let before = ask(&manager);
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Due", "country": "IT", "number": "K-2"}}),
    );
    assert_eq!(ask(&manager), before);
    // A new position, and all is read again.
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        json!({"command": "position.create", "unit": "D-0042", "function": "seller", "title": "Trucks Modena", "profile": "seller"}),
    );
    assert_eq!(ask(&manager), before);
}

/// What a stage brings is put where somebody works, and goes with an opportunity that is lost.
#[test]
fn what_a_stage_brings_falls_on_open_days_and_ends_with_a_loss() {
    use clientela::core::party::{Activity, ActivityState};
    let network = Network::selling();
    let seller = network.seller();
    // A Friday evening: two days later is a Sunday.
    network.clock.set("2026-03-06T17:40:00Z".parse().unwrap());
    network.open("O-1", Some("100.00"), "2026-05-01");
    let brought = || -> Activity {
        let all = seller.list::<Activity>(&clientela::Predicate::Everything, 10, 0).unwrap();
        assert_eq!(all.len(), 1);
        all[0].record.clone()
    };
    assert_eq!(brought().planned_at.unwrap().to_rfc3339(), "2026-03-09T09:00:00+00:00");
    run(&seller, &json!({"command": "opportunity.lose", "opportunity": "O-1", "reason": "price"}));
    assert_eq!((brought().state, brought().result.as_deref()), (ActivityState::Cancelled, Some("price")));
}

/// A new version of a method is the same work: answers come along, and nobody has gone back or come later because of it.
#[test]
fn what_is_taken_over_keeps_its_answers_and_its_time() {
    let network = Network::selling();
    let (admin, seller) = (network.admin(), network.seller());
    network.on("2026-03-02");
    for number in ["O-1", "O-2", "O-3"] {
        network.open(number, Some("100.00"), "2026-05-01");
    }
    run(
        &seller,
        &json!({"command": "opportunity.assess", "opportunity": "O-3", "answers": {"budget": "yes", "fit": "badly"}}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.change", "opportunity": "O-3", "change": {"forecast": "commit"}}),
    );
    network.on("2026-03-10");
    run(&seller, &json!({"command": "opportunity.win", "opportunity": "O-1"}));
    run(&seller, &json!({"command": "opportunity.lose", "opportunity": "O-2", "reason": "price"}));
    run(
        &admin,
        &json!({"command": "sales_method.define", "code": "fleet-2", "name": "Fleet", "with_configurator": false, "replaces": "fleet-1",
        "assessment": [
            {"code": "fit", "text": "Does it fit?", "weight": 1, "answers": {"well": 10, "so so": 5}},
            {"code": "budget", "text": "Is there a budget?", "weight": 3, "answers": {"yes": 8, "no": 0}}],
        "stages": [{"code": "first", "name": "First", "probability": 20, "expected_days": 4}]}),
    );
    run(
        &admin,
        &json!({"command": "sales_method.move_over", "from": "fleet-1", "to": "fleet-2", "map": {"contact": "first"}}),
    );
    network.on("2026-03-12");
    let assessed = ask(&seller, &json!({"question": "opportunity.assessment", "opportunity": "O-3"}));
    assert_eq!(
        assessed["percent"], "70.6",
        "24 of 34: yes counts as it does there, badly is no answer there: {assessed}"
    );
    let stuck = ask(&seller, &json!({"question": "opportunity.stuck"}));
    assert!(stuck.to_string().contains("stuck.too_long_in_stage"), "ten days, not two: {stuck}");
    let moved = seller.find::<clientela::core::sales::Opportunity>("O-3").unwrap().record;
    assert_eq!(moved.forecast, None, "it held until the stage changed");

    let of = json!({"question": "funnel.conversion", "method": "fleet-1", "from": "2026-03-01", "to": "2026-03-31"});
    let found = ask(&seller, &of);
    let contact = found.as_array().unwrap().iter().find(|line| line["stage"] == "contact").unwrap();
    assert_eq!(
        (&contact["reached"], &contact["won"], &contact["lost"]),
        (&json!(3), &json!(1), &json!(1)),
        "{found:#}"
    );
    assert!(found.as_array().unwrap().iter().all(|line| line["method"] == "fleet-1"));
    let stays = ask(&seller, &json!({"question": "funnel.durations", "method": "fleet-1"}));
    let contact = stays.as_array().unwrap().iter().find(|line| line["stage"] == "contact").unwrap();
    assert_eq!(
        (&contact["visits"], &contact["back"], &contact["still_there"]),
        (&json!(3), &json!(0), &json!(1))
    );
}

/// What was learnt of a stage is not forgotten with a new version of its method.
#[test]
fn history_is_shared_by_versions_of_a_stage() {
    let network = Network::selling();
    let (admin, seller) = (network.admin(), network.seller());
    for number in 0..20 {
        let key = format!("O-{number}");
        network.open(&key, Some("100.00"), "2026-05-01");
        let deed = if number < 15 { "opportunity.win" } else { "opportunity.lose" };
        run(&seller, &json!({"command": deed, "opportunity": key, "reason": "price"}));
    }
    network.open("O-99", Some("100.00"), "2026-03-20");
    run(
        &admin,
        &json!({"command": "sales_method.define", "code": "fleet-2", "name": "Fleet", "with_configurator": false, "replaces": "fleet-1",
        "stages": [{"code": "contact", "name": "Contact", "probability": 5}, {"code": "end", "name": "End", "probability": 90}]}),
    );
    run(
        &admin,
        &json!({"command": "sales_method.move_over", "from": "fleet-1", "to": "fleet-2", "map": {"contact": "contact"}}),
    );
    let forecast = rollup(&seller, None);
    let stage = |method: &str, stage: &str| {
        let stages = forecast["stages"].as_array().unwrap();
        stages.iter().find(|one| one["method"] == method && one["stage"] == stage).unwrap().clone()
    };
    for method in ["fleet-1", "fleet-2"] {
        let contact = stage(method, "contact");
        assert_eq!(
            (&contact["won"], &contact["lost"], &contact["share"]),
            (&json!(15), &json!(5), &json!(750_000)),
            "{contact}"
        );
    }
    assert_eq!(stage("fleet-2", "end")["from_history"], false);
    let node = node(&forecast, "Trucks Piacenza");
    assert_eq!(
        node["by_history"],
        euros("1575.00"),
        "15 won of 100 and three quarters of the open one: {node:#}"
    );
}
