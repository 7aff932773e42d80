//! Rules over stored records and over tables, and the customers in columns that answer them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use crate::network;
use crate::words;

use arrow_array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use clientela::core::marketing::CampaignMember;
use clientela::core::party::{Customer, Vehicle};
use clientela::rules::{explain_over_table, funnel_over_table, over_table};
use clientela::{MirrorInfo, Predicate, RuleRun, RuleSubject, Selection, Session, StoreRule, Watch};
use network::Network;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;
use words::run;

fn customers(session: &Session, numbers: std::ops::Range<usize>) {
    for number in numbers {
        run(
            session,
            json!({"command": "customer.create", "customer": {"kind": "company", "name": format!("Esempio {number}"),
                "country": "IT", "number": format!("C-{number}"), "since": "2020-05-05"}}),
        );
    }
}

fn select(session: &Session, text: &str) -> Selection {
    session.rule(text, RuleSubject::Customer).unwrap().select(session, RuleRun::default()).unwrap()
}

fn numbers(session: &Session, selection: &Selection) -> Vec<String> {
    let number = |id: &Uuid| session.customer(&id.to_string()).unwrap().customer.number.unwrap();
    let mut all: Vec<String> = selection.ids.iter().map(number).collect();
    all.sort_unstable();
    all
}

fn info(network: &Network) -> MirrorInfo {
    network.crm.mirror_info().unwrap()
}

#[test]
fn a_rule_says_what_it_is() {
    let network = Network::new();
    let seller = network.seller();
    let rule =
        seller.rule("customer.country == 'IT' && customer.fleet.size() > 1", RuleSubject::Customer).unwrap();
    assert_eq!(rule.source(), "customer.country == 'IT' && customer.fleet.size() > 1");
    assert_eq!(rule.conjuncts(), ["customer.country == 'IT'", "customer.fleet.size() > 1"]);
    assert_eq!(rule.result_type(), "yes or no");
    let reads: Vec<&str> = rule.reads().iter().map(|path| path.text.as_str()).collect();
    assert_eq!(reads, ["customer.country", "customer.fleet"]);
    assert_eq!(network.crm.mirror_info(), None, "nothing is read before the first question");
    let error = seller.rule("customer.flet.size() > 1", RuleSubject::Customer).unwrap_err();
    assert_eq!(error.code(), "rule.invalid");
    let error = seller.rule("opportunity.vehicles > 1", RuleSubject::Customer).unwrap_err();
    assert_eq!(error.issues()[0].code, "rule.unknown_variable");
    assert_eq!(rule.holds(&seller, "C-77").unwrap_err().code(), "record.not_found");
}

#[test]
fn a_rule_is_read_back_as_a_sentence_with_what_it_costs() {
    let network = Network::new();
    let seller = network.seller();
    let ask = |rule: &str, language: &str| {
        words::ask(
            &seller,
            &json!({"question": "rule.sentence", "rule": rule, "about": "customer", "language": language}),
        )
    };
    let rule = "customer.country == 'IT' && customer.fleet.exists(v, v.make == 'Orsa')";
    let told = ask(rule, "en");
    assert!(
        told["sentence"].as_str().unwrap().contains("at least one vehicle whose make is \"Orsa\""),
        "{told}"
    );
    assert!(ask(rule, "it")["sentence"].as_str().unwrap().contains("almeno un veicolo"));
    assert_eq!(told["conditions"].as_array().unwrap().len(), 2);
    let steps = told["estimated_steps"].as_u64().unwrap();
    assert!(steps > 50 && steps < told["most_steps"].as_u64().unwrap(), "{told}");
    let refused = |question: Value| words::unanswered(&seller, &question);
    assert_eq!(
        refused(json!({"question": "rule.sentence", "rule": rule, "about": "customer", "language": "xx"})),
        "argument.invalid"
    );
    assert_eq!(refused(json!({"question": "rule.sentence", "rule": "1 +", "about": "lead"})), "rule.invalid");
}

/// What would cost more than any rule may is refused when it is read, with the estimate and the limit.
#[test]
fn a_rule_that_costs_too_much_is_refused() {
    let network = Network::new();
    let seller = network.seller();
    let body = (0..30).map(|n| format!("a.kind == 'call' && b.subject != 'S{n}' && c.euro_class > {n}"));
    let body = body.collect::<Vec<_>>().join(" || ");
    let text = format!(
        "customer.activities.exists(a, customer.activities.exists(b, customer.fleet.exists(c, {body})))"
    );
    let refused = seller.rule(&text, RuleSubject::Customer).unwrap_err();
    assert_eq!((refused.code(), refused.issues()[0].code.as_str()), ("rule.invalid", "rule.too_costly"));
    assert!(refused.issues()[0].message.contains("5000000"), "{:?}", refused.issues());
    assert_eq!(seller.check_rule(&text, RuleSubject::Customer)[0].code, "rule.too_costly");
    assert_eq!(StoreRule::new(&text, RuleSubject::Customer).unwrap_err().issues()[0].code, "rule.too_costly");
}

#[test]
fn what_the_columns_take_is_told_to_who_administers() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    customers(&seller, 0..5);
    let ask = |word: &str| words::ask(&admin, &json!({"question": word}));
    assert_eq!(ask("mirror.info"), Value::Null);
    let told = ask("mirror.refresh");
    assert_eq!(told["customers"], json!(5));
    assert!(told["bytes_per_customer"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(ask("mirror.info"), told);
    assert_eq!(ask("mirror.drop"), Value::Null);
    assert_eq!(words::unanswered(&seller, &json!({"question": "mirror.info"})), "access.not_allowed");
}

#[test]
fn what_is_unknown_counts_as_no_and_says_why() {
    let network = Network::new();
    let seller = network.seller();
    customers(&seller, 0..3);
    run(&seller, json!({"command": "customer.change", "customer": "C-1", "change": {"locality": "Parma"}}));
    let rule = seller.rule("size(customer.locality) > 3", RuleSubject::Customer).unwrap();
    let selection = rule.select(&seller, RuleRun::default()).unwrap();
    assert_eq!((selection.asked, selection.unknown), (3, 2));
    assert_eq!(numbers(&seller, &selection), ["C-1"]);
    let verdict = rule.holds(&seller, "C-0").unwrap();
    assert!(!verdict.holds());
    assert_eq!(verdict.why.reason, "rule.unknown");
    assert_eq!(rule.explain(&seller, "C-1").unwrap().reason, "rule.true");
    let funnel = rule.funnel(&seller, RuleRun::default()).unwrap();
    assert_eq!((funnel.asked, funnel.steps[0].unknown, funnel.steps[0].left), (3, 2, 1));
}

#[test]
fn a_change_is_seen_by_the_next_question_and_costs_what_it_touches() {
    let network = Network::new();
    let seller = network.seller();
    customers(&seller, 0..60);
    let rule = "customer.fleet.exists(v, v.make == 'Orsa')";
    let read = |text: &str| {
        let watch = Arc::new(Watch::new(true));
        let selection = select(&seller.watched(Arc::clone(&watch)), text);
        (selection, watch.told().0)
    };
    let (selection, done) = read(rule);
    assert_eq!((selection.ids.len(), selection.asked, done), (0, 60, 60));
    assert_eq!(read(rule).1, 0, "nothing is read again");
    for number in 0..20 {
        run(
            &seller,
            json!({"command": "vehicle.add", "customer": format!("C-{number}"), "vehicle": {"make": "Orsa"}}),
        );
        let (selection, done) = read(rule);
        assert_eq!((selection.ids.len(), selection.asked), (number + 1, 60));
        assert!(done <= 60, "{done}");
        let info = info(&network);
        assert_eq!((info.customers, info.children), (60, number + 1));
        assert!(info.segments <= 6, "{info:?}");
        assert_eq!(info.commit, selection.commit);
    }
    let before = info(&network);
    let admin = network.crm.session("admin", None).unwrap();
    run(&admin, json!({"command": "product.define", "code": "N", "name": "New", "kind": "option"}));
    assert_eq!(read(rule).1, 0, "what is in no column is not read");
    assert_eq!(info(&network).segments, before.segments);
    network.crm.drop_mirror();
    assert_eq!(network.crm.mirror_info(), None);
    assert_eq!(read(rule).0.ids.len(), 20);
    let fresh = info(&network);
    assert_eq!((fresh.segments, fresh.dead, fresh.children), (1, 0, 20));
    assert_eq!(fresh.bytes_per_customer, fresh.bytes / 60);
}

#[test]
fn vehicles_belong_to_each_dealers_customer_of_the_party() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    for (session, number) in [(&seller, "A-1"), (&rival, "B-1")] {
        run(
            session,
            json!({"command": "customer.create", "customer": {"kind": "company", "name": "Comune", "country": "IT",
                "vat_number": "IT00743110157", "number": number}}),
        );
    }
    let rule = "customer.fleet.size() == 1";
    assert_eq!(select(&seller, rule).ids.len(), 0);
    run(&rival, json!({"command": "vehicle.add", "customer": "B-1", "vehicle": {"make": "Orsa"}}));
    assert_eq!(numbers(&seller, &select(&seller, rule)), ["A-1"]);
    assert_eq!(numbers(&rival, &select(&rival, rule)), ["B-1"]);
    assert_eq!(seller.count::<Vehicle>(&Predicate::Everything).unwrap(), 1);
    let contact = json!({"command": "contact.add", "customer": "B-1", "contact": {"family_name": "Neri"}});
    run(&rival, contact);
    assert_eq!(select(&seller, "customer.contacts.size() > 0").ids.len(), 0, "the other dealer's contact");
    assert_eq!(select(&rival, "customer.contacts.size() > 0").ids.len(), 1);
}

/// The moment is known where the session asks, and unknown where only a day is given.
#[test]
fn now_is_the_moment_of_the_question() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    customers(&seller, 0..3);
    let clock = network.clock_now().to_rfc3339();
    for (text, expected) in [
        (format!("now == timestamp('{clock}')"), 3),
        (format!("now - hours(1) > timestamp('{clock}')"), 0),
        ("date(now, 'Europe/Rome') == today".to_owned(), 3),
    ] {
        let rule = seller.rule(&text, RuleSubject::Customer).unwrap();
        let selection = rule.select(&seller, RuleRun::default()).unwrap();
        assert_eq!((selection.ids.len(), selection.unknown), (expected, 0), "{text}");
        assert_eq!(rule.holds(&seller, "C-1").unwrap().holds(), expected == 3, "{text}");
        assert_eq!(rule.funnel(&seller, RuleRun::default()).unwrap().steps[0].left, expected, "{text}");
    }
    let document = format!(
        "name: late\nversion: 1\nenvironment: customer\nrule:\n  match:\n    - condition: now >= timestamp('{clock}')\n      value: 1\n"
    );
    run(&admin, json!({"command": "rule_set.save", "document": document}));
    let said = |on: Value| {
        let question = json!({"question": "rule_set.verdict", "rule_set": "late", "about": "customer", "key": "C-1", "on": on});
        words::ask(&seller, question)["outcome"].clone()
    };
    assert_eq!(said(Value::Null), json!("value"));
    let by_day = said(json!(seller.today()));
    assert_ne!(by_day, json!("value"), "a day is no moment");
}

/// Answers and added values are read only for rules that speak of them: that changes no answer.
#[test]
fn a_rule_on_leads_answers_the_same_whatever_it_reads() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    run(
        &admin,
        json!({"command": "custom_field.define", "field": {"entity": "lead", "name": "axles", "type": "integer"}}),
    );
    let lead = run(
        &seller,
        json!({"command": "lead.receive", "owner": "Trucks Piacenza", "lead": {"channel": "web_form", "company": "Esempio", "email": "m@esempio.example"}}),
    );
    let lead = lead.key().unwrap().to_owned();
    run(
        &seller,
        json!({"command": "custom_field.set", "entity": "lead", "record": lead, "field": "axles", "value": 4}),
    );
    for (text, expected) in [
        ("lead.company == 'Esempio'", 1),
        ("lead.custom.axles > 3", 1),
        ("lead.custom.exists(c, c.name == 'axles')", 1),
        ("lead.custom.size() == 1", 1),
        ("lead.answers.size() == 0", 1),
        ("lead.answers.exists(a, true)", 0),
    ] {
        let rule = seller.rule(text, RuleSubject::Lead).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(rule.select(&seller, RuleRun::default()).unwrap().ids.len(), expected, "{text}");
    }
}

#[test]
fn a_question_can_be_broken_off_and_asked_again() {
    let network = Network::new();
    let seller = network.seller();
    customers(&seller, 0..5);
    let rule = seller.rule("customer.country == 'IT'", RuleSubject::Customer).unwrap();
    let watch = Arc::new(Watch::new(true));
    let watched = seller.watched(Arc::clone(&watch));
    watch.stop();
    assert_eq!(rule.select(&watched, RuleRun::default()).unwrap_err().code(), "store.cancelled");
    assert_eq!(rule.funnel(&watched, RuleRun::default()).unwrap_err().code(), "store.cancelled");
    assert_eq!(watched.crm().refresh_mirror().unwrap_err().code(), "store.cancelled");
    assert_eq!(network.crm.mirror_info(), None);
    assert_eq!(rule.select(&seller, RuleRun::default()).unwrap().ids.len(), 5, "others go on");
    assert_eq!(rule.select(&watched, RuleRun::default()).unwrap_err().code(), "store.cancelled");
    assert_eq!(network.crm.refresh_mirror().unwrap().customers, 5);
    network.crm.close().unwrap();
    assert_eq!(rule.select(&seller, RuleRun::default()).unwrap_err().code(), "store.closed");
}

#[test]
fn questions_and_changes_at_once_each_see_one_state() {
    let network = Network::new();
    let seller = network.seller();
    customers(&seller, 0..4);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            customers(&network.seller(), 4..24);
            done.store(true, Ordering::SeqCst);
        });
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = (0, 0);
                while !done.load(Ordering::SeqCst) {
                    let selection = select(&seller, "customer.number != null");
                    assert_eq!(
                        selection.ids.len(),
                        selection.asked,
                        "a customer is there whole or not at all"
                    );
                    assert!(
                        (selection.commit, selection.asked) >= last,
                        "a later question sees a later state"
                    );
                    last = (selection.commit, selection.asked);
                }
            });
        }
    });
    assert_eq!(select(&seller, "customer.number != null").ids.len(), 24);
}

#[test]
fn a_campaign_targets_whom_each_explanation_names() {
    let network = Network::new();
    let (seller, manager) = (network.seller(), network.manager());
    customers(&seller, 0..8);
    for number in 0..8 {
        if number % 2 == 0 {
            run(
                &seller,
                json!({"command": "vehicle.add", "customer": format!("C-{number}"), "vehicle": {"make": "Orsa"}}),
            );
        }
        if number % 3 != 0 {
            let decision = if number == 2 { "withdrawn" } else { "granted" };
            run(
                &seller,
                json!({"command": "consent.record", "customer": format!("C-{number}"), "consent": {"purpose": "marketing",
                    "channel": "email", "decision": decision, "basis": "consent"}}),
            );
        }
    }
    run(
        &manager,
        json!({"command": "campaign.define", "campaign": {"code": "ORSA", "name": "Orsa", "purpose": "marketing",
            "channel": "email", "first_day": "2026-01-01", "last_day": "2026-12-31",
            "rule": "customer.fleet.exists(v, v.make == 'Orsa') && size(customer.number) > 2"}}),
    );
    let plan = manager.target("ORSA").unwrap();
    assert_eq!(plan.lines().len(), 8);
    assert_eq!(plan.size(), 1, "{:?}", plan.reasons());
    for line in plan.lines() {
        let why = plan.explain(&line.customer.to_string()).unwrap();
        assert_eq!(why.reason == "campaign.selected", line.consent.is_some());
        assert!(
            why.to_string().contains(line.reason.trim_start_matches("campaign.")),
            "{why} {}",
            line.reason
        );
    }
    let reasons: Vec<_> = plan.reasons().into_iter().collect();
    let expected = [
        ("campaign.rule_fails", 4),
        ("campaign.selected", 1),
        ("consent.missing", 2),
        ("consent.withdrawn", 1),
    ];
    assert_eq!(reasons, expected);
    run(&manager, json!({"command": "campaign.activate", "campaign": "ORSA"}));
    let members = manager.list::<CampaignMember>(&Predicate::Everything, 10, 0).unwrap();
    assert_eq!(members.len(), 1);
    let member = &members[0].record;
    assert!(
        plan.lines()
            .iter()
            .any(|line| line.customer == member.customer && line.consent == Some(member.consent))
    );
    assert!(member.why.contains("customer.fleet.exists"), "the whole reason is kept: {}", member.why);
}

#[test]
fn a_rule_over_a_table_that_is_in_no_store() {
    let schema = Schema::new(vec![
        Field::new("make", DataType::Utf8, true),
        Field::new("price", DataType::Decimal128(12, 2), true),
        Field::new("built", DataType::Date32, false),
        Field::new("blob", DataType::Binary, true),
    ]);
    let batch = |makes: Vec<Option<&str>>, prices: Vec<Option<i128>>, days: Vec<i32>| {
        let rows = makes.len();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(makes)),
            Arc::new(Decimal128Array::from(prices).with_precision_and_scale(12, 2).unwrap()),
            Arc::new(Date32Array::from(days)),
            arrow_array::new_null_array(&DataType::Binary, rows),
        ];
        RecordBatch::try_new(Arc::new(schema.clone()), columns).unwrap()
    };
    let batches = [
        batch(vec![Some("Orsa"), None], vec![Some(1_000_050), Some(99)], vec![19_000, 20_000]),
        batch(
            vec![Some("Orsa"), Some("Volvo"), Some("Orsa")],
            vec![None, Some(7), Some(1_000_049)],
            vec![0, 1, 20_000],
        ),
    ];
    let today = "2026-03-04".parse().unwrap();
    let ask = |text: &str| over_table(&schema, &batches, text, today, RuleRun::default());
    let answer = ask("make == 'Orsa' && price >= 10000.50").unwrap();
    assert_eq!(answer.mask, BooleanArray::from(vec![true, false, false, false, false]));
    assert_eq!(answer.unknown, 1);
    let answer = ask("built > today - years(3)").unwrap();
    assert_eq!(answer.mask, BooleanArray::from(vec![false, true, false, false, true]));
    assert_eq!(ask("blob == 'x'").unwrap_err().code(), "rule.invalid");
    let text = "make == 'Orsa' && price >= 10000.50";
    let funnel = funnel_over_table(&schema, &batches, text, today, RuleRun::default(), None).unwrap();
    let steps: Vec<(usize, usize, usize)> =
        funnel.steps.iter().map(|step| (step.removed, step.unknown, step.left)).collect();
    assert_eq!((funnel.asked, steps), (5, vec![(2, 0, 3), (2, 1, 1)]));
    let why = |row: usize| explain_over_table(&schema, &batches, text, today, row);
    assert_eq!(why(0).unwrap().reason, "rule.true");
    assert_eq!(why(1).unwrap().reason, "rule.false");
    assert_eq!(why(4).unwrap().value("price"), Some("10000.49"));
    assert_eq!(why(5).unwrap_err().code(), "argument.invalid");
    assert_eq!(ask("make = 'x'").unwrap_err().code(), "rule.invalid");
}

/// One change to one of six customers.
#[derive(Debug, Clone)]
struct Step {
    what: usize,
    customer: usize,
    ask: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..7_usize, 0..6_usize, any::<bool>());
    prop::collection::vec(step.prop_map(|(what, customer, ask)| Step { what, customer, ask }), 1..24)
}

fn change(step: &Step, number: usize) -> Value {
    let key = format!("C-{}", step.customer);
    match step.what {
        0 => {
            json!({"command": "vehicle.add", "customer": key, "vehicle": {"make": "Orsa", "euro_class": number % 7 + 1}})
        }
        1 => {
            json!({"command": "contact.add", "customer": key, "contact": {"family_name": format!("N{number}")}})
        }
        2 => {
            json!({"command": "consent.record", "customer": key, "consent": {"purpose": "marketing", "channel": "email",
            "decision": "granted", "basis": "consent"}})
        }
        3 => {
            json!({"command": "activity.plan", "customer": key, "activity": {"kind": "call", "subject": format!("S{number}")}})
        }
        4 => {
            json!({"command": "opportunity.open", "customer": key, "title": "T", "method": "with-configurator",
            "currency": "EUR", "vehicles": number % 3})
        }
        5 => {
            json!({"command": "customer.change", "customer": key, "change": {"locality": format!("Town {}", number % 3)}})
        }
        _ => {
            json!({"command": "customer.create", "customer": {"kind": "company", "name": "Nuovo", "country": "IT",
            "number": format!("N-{number}")}})
        }
    }
}

const RULES: [&str; 8] = [
    "customer.fleet.exists(v, v.euro_class > 3)",
    "customer.contacts.size() == 1",
    "customer.consents.exists(c, c.decision == 'granted')",
    "customer.activities.size() > customer.contacts.size()",
    "customer.opportunities.map(o, o.vehicles).sum() >= 2",
    "customer.locality == 'Town 1'",
    "customer.name == 'Nuovo'",
    "customer.contacts.exists(c, c.family_name.endsWith('3')) || customer.fleet.size() > 2",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn columns_brought_up_to_date_are_columns_read_anew(steps in steps()) {
        let network = Network::new();
        let seller = network.seller();
        customers(&seller, 0..6);
        let asked = || -> Vec<Selection> { RULES.iter().map(|rule| select(&seller, rule)).collect() };
        for (number, step) in steps.iter().enumerate() {
            run(&seller, change(step, number));
            if step.ask {
                asked();
            }
        }
        let updated = asked();
        network.crm.drop_mirror();
        prop_assert_eq!(&updated, &asked());
        for (rule, selection) in RULES.iter().zip(&updated) {
            let rule = seller.rule(rule, RuleSubject::Customer).unwrap();
            let all = seller.list::<Customer>(&Predicate::Everything, 1_000, 0).unwrap();
            let ids = all.iter().map(|stored| uuid_of(&stored.record));
            let holding: Vec<Uuid> = ids.filter(|id| rule.holds(&seller, &id.to_string()).unwrap().holds()).collect();
            prop_assert_eq!(&selection.ids, &holding, "{}", rule.source());
        }
    }
}

fn uuid_of(customer: &Customer) -> Uuid {
    clientela::model::EntityId::uuid(customer.id)
}

/// The table of customers is one table, whether it is read from the store or from the columns.
#[test]
fn a_table_from_the_columns_is_the_table_from_the_store() {
    let network = Network::new();
    let (seller, manager, rival) = (network.seller(), network.manager(), network.rival());
    let admin = network.crm.session("admin", None).unwrap();
    customers(&seller, 0..7);
    customers(&rival, 10..13);
    run(
        &manager,
        json!({"command": "customer.override", "customer": "C-1", "what": "class", "value": "A", "reason": "x"}),
    );
    run(&admin, json!({"command": "custom_field.define", "field": {"name": "docks", "type": "integer"}}));
    run(&seller, json!({"command": "customer.set_field", "customer": "C-2", "field": "docks", "value": 4}));
    let sessions = [&seller, &manager, &rival, &admin];
    let tables = || {
        let lines = |session: &&Session| {
            let query = clientela::TableQuery::new("customer");
            let table = session.table(&query).unwrap();
            let mut lines = Vec::new();
            for batch in table.batches() {
                for row in 0..batch.num_rows() {
                    lines.push(
                        batch
                            .columns()
                            .iter()
                            .map(|column| format!("{:?}", column.slice(row, 1)))
                            .collect::<String>(),
                    );
                }
            }
            lines.sort_unstable();
            (table.schema().clone(), lines)
        };
        sessions.iter().map(lines).collect::<Vec<_>>()
    };
    assert!(network.crm.mirror_info().is_none());
    let stored = tables();
    let rule = seller.rule("customer.name != ''", RuleSubject::Customer).unwrap();
    assert_eq!(rule.select(&seller, RuleRun::default()).unwrap().ids.len(), 7);
    assert!(network.crm.mirror_info().is_some());
    assert_eq!(tables(), stored);
    // Changed since, in another segment, and a page of it.
    run(&seller, json!({"command": "customer.change", "customer": "C-3", "change": {"locality": "Lodi"}}));
    let few = clientela::TableQuery {
        limit: Some(3),
        columns: vec!["number".into()],
        ..clientela::TableQuery::new("customer")
    };
    assert_eq!(manager.table(&few).unwrap().rows(), 3);
    let lodi = |session: &Session| {
        let query = clientela::TableQuery {
            columns: vec!["locality".into()],
            ..clientela::TableQuery::new("customer")
        };
        format!("{:?}", session.table(&query).unwrap().batches()).matches("Lodi").count()
    };
    assert_eq!((lodi(&seller), lodi(&rival)), (1, 0));
}
