//! Lists in pages, the tree of units, and who could see what on which day, on a stored store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use chrono::Duration;
use clientela::Session;
use network::Network;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use words::{ask, pages, refused, run, unanswered};

fn customer(session: &Session, number: &str, name: &str) {
    run(
        session,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": name, "country": "IT", "number": number}}),
    );
}

fn names(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["name"].as_str().unwrap()).collect()
}

/// Two sellers of one dealer with customers, one of another.
fn customers(network: &Network) {
    let gallo = network.crm.session("u-gallo", None).unwrap();
    for (number, name) in ["Delta", "alfa", "Gamma"].into_iter().enumerate() {
        customer(&network.seller(), &format!("C-1{number}"), name);
    }
    for (number, name) in ["Beta", "echo", "Albatros"].into_iter().enumerate() {
        customer(&gallo, &format!("C-2{number}"), name);
    }
    customer(&network.rival(), "C-30", "Aaron");
}

#[test]
fn a_team_is_listed_in_pages_that_nothing_entered_meanwhile_moves() {
    let network = Network::new();
    customers(&network);
    let (seller, manager, rival) = (network.seller(), network.manager(), network.rival());
    let team = json!({"question": "customer.list", "view": "team"});
    let all = ["Albatros", "alfa", "Beta", "Delta", "echo", "Gamma"];
    for size in [1, 2, 3, 6, 50] {
        assert_eq!(names(&pages(&manager, &team, size)), all, "{size}");
    }
    assert_eq!(names(&pages(&seller, &team, 2)), ["alfa", "Delta", "Gamma"]);
    assert_eq!(names(&pages(&rival, &team, 2)), ["Aaron"]);
    let mut down = team.clone();
    down["descending"] = true.into();
    assert_eq!(names(&pages(&manager, &down, 4)), ["Gamma", "echo", "Delta", "Beta", "alfa", "Albatros"]);

    let first = ask(&manager, json!({"question": "customer.list", "view": "team", "size": 2, "total": true}));
    assert_eq!(
        (names(first["lines"].as_array().unwrap()), &first["total"]),
        (vec!["Albatros", "alfa"], &json!(6))
    );
    // Before the place, behind it, and away from it.
    customer(&seller, "C-40", "Aachen");
    customer(&seller, "C-41", "Bello");
    run(&seller, json!({"command": "customer.change", "customer": "C-10", "change": {"name": "Aida"}}));
    let second = ask(
        &manager,
        json!({"question": "customer.list", "view": "team", "size": 9, "after": first["next"]}),
    );
    assert_eq!(names(second["lines"].as_array().unwrap()), ["Bello", "Beta", "echo", "Gamma"]);
    assert_eq!((&second["next"], &second["total"]), (&Value::Null, &Value::Null));

    // Another owner, and it is on his list and no longer on that of the one before.
    run(
        &manager,
        json!({"command": "customer.change", "customer": "C-40", "owner": "Trucks Parma", "change": {}}),
    );
    let mine = json!({"question": "customer.list", "view": "mine"});
    assert_eq!(names(&pages(&seller, &mine, 9)), ["Aida", "alfa", "Bello", "Gamma"]);
    let from = json!({"question": "customer.list", "view": "mine", "position": "Trucks Parma"});
    assert_eq!(names(&pages(&manager, &from, 9)), ["Aachen", "Albatros", "Beta", "echo"]);
    assert_eq!(names(&pages(&seller, &from, 9)), Vec::<&str>::new(), "a view shows no more than the rights");
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn lists_are_filtered_and_say_what_they_cannot_do() {
    let network = Network::new();
    customers(&network);
    let manager = network.manager();
    run(
        &manager,
        json!({"command": "customer.override", "customer": "C-20", "what": "status", "value": "dormant", "reason": "quiet"}),
    );
    let listed = |extra: Value| {
        let mut question = json!({"question": "customer.list", "view": "dealer"});
        question.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        pages(&manager, &question, 2)
            .iter()
            .map(|line| line["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(json!({"filter": {"status": ["dormant", "lost"]}})), ["Beta"]);
    assert_eq!(listed(json!({"starts": {"name": "AL"}})), ["Albatros", "alfa"]);
    assert_eq!(listed(json!({"starts": {"name": "al"}, "descending": true})), ["alfa", "Albatros"]);
    assert_eq!(
        listed(json!({"filter": {"owner": "Trucks Parma"}, "sort": "number"})),
        ["Beta", "echo", "Albatros"]
    );
    assert_eq!(listed(json!({"filter": {"class": null}, "unit": "D-0043"})), Vec::<String>::new());
    assert_eq!(listed(json!({"view": "zone", "unit": "D-0042"})).len(), 6);
    for (wrong, code) in [
        (json!({"sort": "nothing"}), "argument.invalid"),
        (json!({"sort": "credit_hold"}), "argument.invalid"),
        (json!({"after": "Aida"}), "argument.invalid"),
        (json!({"after": "n0190000000007000800000000000000112"}), "argument.invalid"),
        (json!({"filter": {"status": "rich"}}), "argument.invalid"),
        (json!({"filter": {"owner": "Trucks Nowhere"}}), "record.not_found"),
        (json!({"unit": "D-9"}), "record.not_found"),
        (json!({"where": {}}), "question.unreadable"),
    ] {
        let mut question = json!({"question": "customer.list"});
        question.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(unanswered(&manager, question.clone()), code, "{question}");
    }
}

#[test]
fn the_tree_is_told_as_it_was_on_any_day() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        json!({"command": "holding.substitute", "user": "u-neri", "position": "Trucks Parma", "from": "2026-03-05", "to": "2026-03-06", "reason": "leave"}),
    );
    network.clock.advance(Duration::days(3));
    run(
        &admin,
        json!({"command": "unit.create", "parent": "D-0042", "kind": "outlet", "code": "P-1", "name": "Piacenza", "country": "IT"}),
    );
    run(
        &admin,
        json!({"command": "holding.end", "user": "u-gallo", "position": "Trucks Parma", "last_day": "2026-03-07", "reason": "left"}),
    );
    let holders = |day: &str| {
        let tree = ask(&network.rival(), json!({"question": "unit.tree", "unit": "D-0042", "day": day}));
        let unit = &tree[0];
        let position =
            unit["positions"].as_array().unwrap().iter().find(|one| one["title"] == "Trucks Parma").unwrap();
        assert_eq!(
            (&position["profile"], &position["reports_to"]),
            (&json!("seller"), &json!("Principal Emilia"))
        );
        let holders: Vec<String> = position["holders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|holder| {
                format!(
                    "{}{}",
                    holder["login"].as_str().unwrap(),
                    if holder["substitute"] == true { "*" } else { "" }
                )
            })
            .collect();
        (holders, unit["units"].as_array().unwrap().len())
    };
    let held = |logins: &[&str]| logins.iter().map(|login| (*login).to_owned()).collect::<Vec<_>>();
    assert_eq!(holders("2026-03-04"), (held(&["u-gallo"]), 0));
    assert_eq!(holders("2026-03-06"), (held(&["u-gallo", "u-neri*"]), 0));
    assert_eq!(holders("2026-03-07"), (held(&["u-gallo"]), 1));
    assert_eq!(holders("2026-03-08"), (Vec::new(), 1));
    let whole = ask(&admin, json!({"question": "unit.tree"}));
    assert_eq!(whole[0]["units"][0]["units"].as_array().unwrap().len(), 2);
}

#[test]
fn who_could_see_a_customer_on_a_day_is_told_by_rule_and_only_to_auditors() {
    let network = Network::new();
    let (seller, rival, admin) =
        (network.seller(), network.rival(), network.crm.session("admin", None).unwrap());
    customer(&seller, "C-700", "Quarenghi");
    for command in [
        json!({"command": "profile.define", "name": "auditor", "grants": [{"entity": "*", "verb": "audit", "scope": "everything"}]}),
        json!({"command": "position.create", "unit": "HQ", "function": "analyst", "title": "Data protection", "profile": "auditor"}),
        json!({"command": "user.create", "login": "u-conti", "name": "Carla Conti", "position": "Data protection", "from": "2025-01-01"}),
    ] {
        run(&admin, command);
    }
    network.clock.advance(Duration::days(1));
    let share = run(
        &seller,
        json!({"command": "share.grant", "customer": "C-700", "position": "Trucks Milano", "right": "read", "reason": "together"}),
    );
    run(
        &admin,
        json!({"command": "holding.substitute", "user": "u-gallo", "position": "Trucks Piacenza", "from": "2026-03-05", "to": "2026-03-05", "reason": "leave"}),
    );
    network.clock.advance(Duration::hours(1));
    run(&seller, json!({"command": "share.end", "share": share.id_of("customer_share").unwrap()}));
    network.clock.advance(Duration::days(1));
    run(
        &network.manager(),
        json!({"command": "customer.change", "customer": "C-700", "owner": "Trucks Parma", "change": {}}),
    );

    let auditor = network.crm.session("u-conti", None).unwrap();
    let seen = |day: &str| {
        let question =
            json!({"question": "access.who_could_see", "entity": "customer", "record": "C-700", "day": day});
        let answer = ask(&auditor, question);
        assert_eq!(answer["complete"], true);
        let line = |user: &Value| {
            let whole = (user["from"].is_null(), user["until"].is_null());
            let rules: Vec<&str> =
                user["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).collect();
            let mark = if user["substitute"] == true { "*" } else { "" };
            format!("{}{mark} {} {whole:?}", user["login"].as_str().unwrap(), rules.join("+"))
        };
        answer["users"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(seen("2026-03-03"), Vec::<String>::new(), "it was not there");
    assert_eq!(
        seen("2026-03-04"),
        ["admin everything (false, true)", "u-rossi owner (false, true)", "u-verdi unit (false, true)"]
    );
    assert_eq!(
        seen("2026-03-05"),
        [
            "admin everything (true, true)",
            "u-gallo* owner (false, true)",
            "u-neri share (false, false)",
            "u-rossi owner (true, true)",
            "u-verdi unit (true, true)"
        ]
    );
    assert_eq!(
        seen("2026-03-06"),
        [
            "admin everything (true, true)",
            "u-gallo owner (false, true)",
            "u-rossi owner (true, false)",
            "u-verdi unit (true, true)"
        ]
    );
    let why = |user: &str, day: &str| {
        let question = json!({"question": "access.why_visible", "user": user, "entity": "customer", "record": "C-700", "day": day});
        ask(&auditor, question)
    };
    let no = why("u-neri", "2026-03-06");
    assert_eq!((&no["visible"], &no["positions"][0]["rules"]), (&json!(false), &json!([])));
    assert!(no.to_string().contains("access.outside_scope"), "{no}");
    let yes = why("u-gallo", "2026-03-05");
    assert_eq!(yes["visible"], true);
    assert_eq!(yes["positions"].as_array().unwrap().len(), 2, "her own, and the one she stood in for");
    assert_eq!(yes["positions"][1]["hidden"], json!(["credit_hold"]));

    let question = json!({"question": "access.who_could_see", "entity": "customer", "record": "C-700"});
    assert_eq!(unanswered(&seller, question.clone()), "record.not_found", "no longer his");
    assert_eq!(unanswered(&network.manager(), question.clone()), "access.not_allowed");
    assert_eq!(unanswered(&rival, question), "record.not_found");
    assert_eq!(auditor.customer("C-700").unwrap_err().code(), "record.not_found", "auditing is not seeing");
    assert_eq!(
        refused(
            &auditor,
            json!({"command": "customer.change", "customer": "C-700", "change": {"source": "x"}})
        ),
        "record.not_found"
    );
}

/// Numbers of a list in pages of two, each with what it is sorted by.
fn by_figure(session: &Session, question: &Value, figure: &str) -> Vec<(String, Value)> {
    let told = |line: &Value| (line["number"].as_str().unwrap().to_owned(), line[figure].clone());
    pages(session, question, 2).iter().map(told).collect()
}

/// What lists say, for every view and way round, is what sorting everything says.
fn lists_are_sorted(network: &Network, contacts: &BTreeMap<&str, &str>, values: &BTreeMap<&str, i64>) {
    let manager = network.manager();
    let all = pages(&manager, &json!({"question": "customer.list", "view": "team"}), 50);
    for descending in [false, true] {
        let mut wanted: Vec<(Option<&str>, &str, String)> = all
            .iter()
            .map(|line| {
                let number = line["number"].as_str().unwrap();
                (contacts.get(number).copied(), line["id"].as_str().unwrap(), number.to_owned())
            })
            .collect();
        wanted.sort();
        let mut by_value: Vec<(i64, &str, String)> = wanted
            .iter()
            .filter_map(|(_, id, number)| Some((*values.get(number.as_str())?, *id, number.clone())))
            .collect();
        by_value.sort();
        if descending {
            wanted.reverse();
            by_value.reverse();
        }
        for view in ["team", "all"] {
            let question = json!({"question": "customer.list", "view": view, "sort": "last_contact", "descending": descending});
            let told = by_figure(&manager, &question, "last_contact");
            let wanted: Vec<(String, Value)> =
                wanted.iter().map(|(at, _, number)| (number.clone(), json!(at))).collect();
            assert_eq!(told, wanted, "{view} {descending}");
            let question = json!({"question": "customer.list", "view": view, "sort": "value", "currency": "EUR", "descending": descending});
            let told = by_figure(&manager, &question, "value");
            let wanted: Vec<(String, Value)> = by_value
                .iter()
                .map(|(value, _, number)| {
                    (number.clone(), json!({"amount": format!("{value}.00"), "currency": "EUR"}))
                })
                .collect();
            assert_eq!(told, wanted, "{view} {descending}");
        }
    }
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn customers_come_in_the_order_of_their_last_contact_and_of_what_was_won() {
    let network = Network::new();
    customers(&network);
    let (seller, manager) = (network.seller(), network.manager());
    let (mut contacts, mut values) = (BTreeMap::new(), BTreeMap::new());
    lists_are_sorted(&network, &contacts, &values);
    let reported = |number: &str| {
        let planned = run(
            &seller,
            json!({"command": "activity.plan", "customer": number,
                "activity": {"kind": "call", "subject": "Call", "planned_at": "2026-03-04T09:15:00Z"}}),
        );
        let id = planned.id_of("activity").unwrap();
        run(
            &seller,
            json!({"command": "activity.report", "activity": id, "report": {"minutes": 5, "result": "Well"}}),
        );
    };
    reported("C-11");
    contacts.insert("C-11", "2026-03-04T09:00:00Z");
    lists_are_sorted(&network, &contacts, &values);
    network.clock.advance(Duration::hours(1));
    reported("C-10");
    reported("C-12");
    contacts.extend([("C-10", "2026-03-04T10:00:00Z"), ("C-12", "2026-03-04T10:00:00Z")]);
    network.clock.advance(Duration::hours(1));
    reported("C-11");
    contacts.insert("C-11", "2026-03-04T11:00:00Z");
    lists_are_sorted(&network, &contacts, &values);

    let won = |number: &str, customer: &str, amount: &str, currency: &str| {
        run(
            &seller,
            json!({"command": "opportunity.open", "customer": customer, "title": "T", "method": "with-configurator",
                "currency": currency, "number": number, "amount": {"amount": amount, "currency": currency}}),
        );
        run(&seller, json!({"command": "opportunity.win", "opportunity": number}));
    };
    won("O-1", "C-10", "1000", "EUR");
    won("O-2", "C-12", "700", "EUR");
    won("O-3", "C-12", "800", "EUR");
    won("O-4", "C-11", "9000", "CHF");
    values.extend([("C-10", 1000), ("C-12", 1500)]);
    lists_are_sorted(&network, &contacts, &values);
    run(&seller, json!({"command": "opportunity.reopen", "opportunity": "O-3"}));
    values.insert("C-12", 700);
    lists_are_sorted(&network, &contacts, &values);
    // In other hands: on the lists of the one who has it now.
    run(
        &manager,
        json!({"command": "customer.change", "customer": "C-10", "owner": "Trucks Parma", "change": {}}),
    );
    lists_are_sorted(&network, &contacts, &values);
    let mine = json!({"question": "customer.list", "view": "mine", "sort": "value", "currency": "EUR"});
    assert_eq!(by_figure(&seller, &mine, "value").len(), 1);
    // One that two had: contacts and what was won are of the one that is left.
    run(&manager, json!({"command": "customer.merge", "survivor": "C-12", "merged": "C-11"}));
    let merged = pages(
        &manager,
        &json!({"question": "customer.list", "view": "team", "sort": "last_contact", "descending": true}),
        2,
    );
    assert_eq!(
        (&merged[0]["number"], &merged[0]["last_contact"]),
        (&json!("C-12"), &json!("2026-03-04T11:00:00Z"))
    );
    let francs = json!({"question": "customer.list", "view": "team", "sort": "value", "currency": "CHF"});
    assert_eq!(
        by_figure(&manager, &francs, "value"),
        [("C-12".to_owned(), json!({"amount": "9000.00", "currency": "CHF"}))]
    );
    assert!(network.crm.check().unwrap().is_in_order());

    for (wrong, field) in [
        (json!({"sort": "value"}), "currency"),
        (json!({"sort": "value", "currency": "X"}), "currency"),
        (json!({"sort": "name", "currency": "EUR"}), "currency"),
        (json!({"sort": "last_contacts"}), "sort"),
    ] {
        let mut question = json!({"question": "customer.list"});
        question.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let error = words::try_ask(&manager, &question).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), ("argument.invalid", Some(field)), "{wrong}");
    }
}
