//! What stands beside an offer's price: what if a list changed, financing plans that are kept, proposals by rule, and the version of the
//! catalogue it was made from.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused, run, try_ask, unanswered};
use clientela::Session;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn customer_and_opportunity(seller: &Session) {
    run(
        seller,
        &json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
    );
    run(
        seller,
        &json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
}

fn offer(seller: &Session, quantity: &str) -> String {
    let made = run(
        seller,
        &json!({"command": "offer.create", "opportunity": "O-1", "items": [
            {"product": "T480-4X2", "quantity": quantity, "options": ["OPT-RETARDER"]},
            {"product": "TRANSPORT", "quantity": "1"}]}),
    );
    made.key().unwrap().to_owned()
}

#[test]
fn offers_are_priced_again_under_a_changed_list() {
    let network = Network::new();
    let seller = network.seller();
    customer_and_opportunity(&seller);
    let (first, second) = (offer(&seller, "2"), offer(&seller, "1"));
    run(
        &seller,
        &json!({"command": "offer.discount", "offer": second, "line": "1", "percent": "10", "reason": "fleet"}),
    );
    let given = json!([{"product": "T480-4X2", "quantity": "1", "unit_list": euro("1000.00")}]);
    run(&seller, &json!({"command": "offer.create", "opportunity": "O-1", "items": given}));

    let told = ask(
        &seller,
        &json!({"question": "offer.what_if", "list": "IT-2026-01", "percent": "3", "by": "product"}),
    );
    // 98500 and 1800 become 101455 and 1854: 3009 more for each; one of the three with ten percent off. Transport: 28.50 each. The
    // price that was given is a discount of the list's and keeps it: 2955 more.
    assert_eq!(told["total"]["lines"], 5);
    assert_eq!(told["total"]["delta"], euro("11738.10"));
    assert_eq!(told["total"]["margin_delta"], euro("11738.10"));
    assert_eq!(told["groups"][0]["key"], "T480-4X2");
    assert_eq!(told["groups"][1]["delta"], euro("57.00"));
    assert_eq!((&told["lines"][0]["offer"], &told["lines"][0]["delta"]), (&json!(first), &euro("6018.00")));
    assert_eq!((&told["looked_at"], &told["taken_by_price"]), (&json!(5), &json!(0)));
    // The same as making the offers anew under that list.
    let admin = network.crm.session("admin", None).unwrap();
    let prices = json!([
        {"product": "T480-4X2", "amount": euro("101455.00"), "cost": euro("82000.00")},
        {"product": "OPT-RETARDER", "amount": euro("1854.00"), "cost": euro("1210.00")},
        {"product": "TRANSPORT", "amount": euro("978.50")}]);
    run(
        &admin,
        &json!({"command": "price_list.define", "code": "IT-2026-02", "name": "n", "currency": "EUR", "market": "IT", "valid_from": "2026-02-01", "prices": prices}),
    );
    let question = json!({"question": "offer.what_if", "list": "IT-2026-01", "becomes": "IT-2026-02"});
    let becomes = ask(&seller, &question);
    assert_eq!(becomes["total"]["delta"], euro("11738.10"));
    assert_eq!(becomes["groups"][0]["key"], "D-0042");
    let before = seller.offer(&first).unwrap().offer.net;
    let after = seller.offer(&offer(&seller, "2")).unwrap().offer.net;
    assert_eq!(after.checked_sub(before).unwrap().to_string(), "6046.50 EUR");
    // Who sees costs sees what the new costs take from the margin: 800 more for each of four.
    let manager = ask(&network.manager(), &question);
    assert_eq!(manager["total"]["margin_delta"], euro("8538.10"));
    assert_eq!(becomes["total"]["margin_delta"], euro("11738.10"));

    let rival = ask(&network.rival(), &question);
    assert_eq!((&rival["looked_at"], &rival["total"]["lines"]), (&json!(0), &json!(0)));
    for (question, code) in [
        (json!({"question": "offer.what_if", "list": "IT-2026-01"}), "argument.invalid"),
        (json!({"question": "offer.what_if", "list": "IT-2026-01", "percent": "-100"}), "what_if.percent"),
        (json!({"question": "offer.what_if", "list": "NONE", "percent": "1"}), "record.not_found"),
    ] {
        assert_eq!(unanswered(&seller, &question), code);
    }
}

#[test]
fn a_list_may_become_one_that_is_made_from_it() {
    let network = Network::new();
    let seller = network.seller();
    customer_and_opportunity(&seller);
    offer(&seller, "2");
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        &json!({"command": "price_list.define", "code": "FLEET", "name": "n", "currency": "EUR", "market": "IT", "valid_from": "2026-02-01",
            "price_group": "FLEET", "prices": [], "formula": {"base_list": "IT-2026-01", "percent": "-10"}}),
    );
    let told = ask(
        &seller,
        &json!({"question": "offer.what_if", "list": "IT-2026-01", "becomes": "FLEET", "by": "product"}),
    );
    // Of 98500 and 1800 a tenth is taken, twice; and of 950 of the transport.
    assert_eq!(told["total"]["lines"], 2);
    assert_eq!(told["groups"][0]["delta"], euro("-20060.00"));
    assert_eq!(told["total"]["delta"], euro("-20155.00"));
    // A list that is made from another may change by percent, too: nobody has an offer by it.
    let none = ask(&seller, &json!({"question": "offer.what_if", "list": "FLEET", "percent": "3"}));
    assert_eq!(none["total"]["lines"], 0);
}

/// The amounts of a column of a table, in its smallest units.
fn amounts(table: &clientela::Table, name: &str) -> Vec<i128> {
    use arrow_array::cast::AsArray;
    let batches = table.batches().iter();
    let of_batch = |batch: &arrow_array::RecordBatch| {
        let column = batch.column_by_name(name).unwrap();
        column.as_primitive::<arrow_array::types::Decimal128Type>().values().to_vec()
    };
    batches.flat_map(of_batch).collect()
}

#[test]
fn tables_of_lines_are_priced_again_as_the_question_says() {
    use clientela::{IdForm, ListChange, TableQuery, what_if_over_table};
    let network = Network::new();
    let seller = network.seller();
    customer_and_opportunity(&seller);
    let (_, second) = (offer(&seller, "2"), offer(&seller, "1"));
    run(
        &seller,
        &json!({"command": "offer.discount", "offer": second, "line": "1", "percent": "10", "reason": "fleet"}),
    );
    let question = json!({"question": "offer.what_if", "list": "IT-2026-01", "percent": "3"});
    let told = ask(&seller, &question);
    let minor = |amount: &Value| -> i128 {
        let amount: rust_decimal::Decimal = amount["amount"].as_str().unwrap().parse().unwrap();
        (amount * rust_decimal::Decimal::ONE_HUNDRED).mantissa()
            / 10_i128.pow((amount * rust_decimal::Decimal::ONE_HUNDRED).scale())
    };
    let of_question: clientela::question::WhatIfOf =
        serde_json::from_value(json!({"list": "IT-2026-01", "percent": "3"})).unwrap();
    let table = seller.what_if_table(&of_question).unwrap();
    let sum: i128 = amounts(&table, "difference").iter().sum();
    assert_eq!((table.rows(), sum), (4, minor(&told["total"]["delta"]) * 100));
    assert_eq!(network.rival().what_if_table(&of_question).unwrap().rows(), 0, "rights hold");

    let of = |session: &Session, entity: &str, ids: IdForm| {
        session.table(&TableQuery { ids, filter: Some(current(session)), ..TableQuery::new(entity) }).unwrap()
    };
    let change = || ListChange { percent: Some(3.into()), ..ListChange::default() };
    for ids in [IdForm::Text, IdForm::Binary] {
        let (lines, steps) = (of(&seller, "offer_item", ids), of(&seller, "price_step", ids));
        let table = what_if_over_table(&lines, Some(&steps), &change()).unwrap();
        let sum: i128 = amounts(&table, "difference").iter().sum();
        assert_eq!((table.rows(), sum), (4, minor(&told["total"]["delta"])));
        let before: i128 = amounts(&table, "net_before").iter().sum();
        assert_eq!(before, minor(&told["total"]["net_before"]));
        let other = ListChange { price_list: Some(uuid::Uuid::from_u128(1)), ..change() };
        let table = what_if_over_table(&lines, Some(&steps), &other).unwrap();
        assert_eq!(amounts(&table, "difference"), [0; 4], "of another list");
    }
    let lines = of(&seller, "offer_item", IdForm::Text);
    let prices = network.crm.session("admin", None).unwrap();
    let prices =
        prices.table(&TableQuery { columns: vec!["product".into()], ..TableQuery::new("price") }).unwrap();
    for (change, code) in [
        (ListChange::default(), "what_if.percent"),
        (ListChange { percent: Some((-100).into()), ..ListChange::default() }, "what_if.percent"),
        (ListChange { prices: Some(prices), ..ListChange::default() }, "what_if.columns"),
        (ListChange { currency: Some("CHF".parse().unwrap()), ..change() }, "what_if.currency"),
    ] {
        assert_eq!(what_if_over_table(&lines, None, &change).unwrap_err().code(), code);
    }
}

/// The rule for parts of current versions.
fn current(session: &Session) -> String {
    let offers =
        session.list::<clientela::core::sales::Offer>(&clientela::Predicate::Everything, 100, 0).unwrap();
    let versions = offers.iter().map(|offer| {
        format!("(offer == id('{}') && revision == {})", offer.record.id, offer.record.revision)
    });
    versions.collect::<Vec<_>>().join(" || ")
}

#[test]
fn plans_are_kept_on_the_offer_and_tell_when_the_price_moved_on() {
    let network = Network::new();
    let seller = network.seller();
    customer_and_opportunity(&seller);
    let number = offer(&seller, "1");
    let plan = |code: &str, kind: &str, residual: Option<&str>| {
        json!({"command": "offer.plan_financing", "offer": number, "code": code, "kind": kind, "yearly_percent": "6", "months": 60,
            "down": euro("20000.00"), "residual": residual.map(euro)})
    };
    run(&seller, &plan("LOAN", "loan", None));
    run(&seller, &plan("LEASE", "leasing", Some("30000.00")));
    let plans = json!({"question": "offer.financing_plans", "offer": number});
    let told = ask(&seller, &plans);
    assert_eq!((&told[0]["code"], &told[1]["code"]), (&json!("LEASE"), &json!("LOAN")));
    let asked = ask(
        &seller,
        &json!({"question": "offer.financing", "offer": number, "kind": "loan", "yearly_percent": "6", "months": 60, "down": euro("20000.00")}),
    );
    assert_eq!(told[1]["payment"], asked["payment"], "kept as it is asked");
    assert_eq!((&told[1]["now"]["current"], &told[1]["chosen"]), (&json!(true), &json!(false)));

    for code in ["LOAN", "LEASE"] {
        run(&seller, &json!({"command": "offer.choose_financing", "offer": number, "code": code}));
    }
    run(&seller, &json!({"command": "offer.discount", "offer": number, "percent": "5", "reason": "loyal"}));
    let told = ask(&seller, &plans);
    assert_eq!((&told[0]["chosen"], &told[1]["chosen"]), (&json!(true), &json!(false)), "one is chosen");
    assert_eq!(told[0]["now"]["current"], false);
    assert!(told[0]["why"].to_string().contains("financing.moved_on"));
    // Computed anew it is current, and still the choice.
    run(&seller, &plan("LEASE", "leasing", Some("30000.00")));
    let told = ask(&seller, &plans);
    assert_eq!(
        (&told[0]["now"]["current"], &told[0]["chosen"], &told[0]["revision"]),
        (&json!(true), &json!(true), &json!(2))
    );
    run(&seller, &json!({"command": "offer.drop_financing", "offer": number, "code": "LOAN"}));
    assert_eq!(ask(&seller, &plans).as_array().unwrap().len(), 1);

    let choose = json!({"command": "offer.choose_financing", "offer": number, "code": "LOAN"});
    assert_eq!(refused(&seller, &choose), "financing.unknown");
    assert_eq!(refused(&network.rival(), &choose), "record.not_found");
    assert_eq!(unanswered(&network.rival(), &plans), "record.not_found");
    let mut all = plan("ALL", "loan", None);
    all["down"] = euro("9999999.00");
    assert_eq!(refused(&seller, &all), "finance.residual");
}

#[test]
fn rules_propose_beside_what_others_took() {
    let network = Network::new();
    let (seller, manager) = (network.seller(), network.manager());
    customer_and_opportunity(&seller);
    let number = offer(&seller, "1");
    let rule = |code: &str, product: &str, more: Value| {
        let mut rule = json!({"command": "proposal_rule.define", "code": code, "product": product, "valid_from": "2026-01-01",
            "reason": "sleeps better"});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    run(
        &manager,
        &rule(
            "SLEEPER",
            "OPT-SLEEPER-XL",
            json!({"with_line": "Tractors", "condition": "customer.country == 'IT'"}),
        ),
    );
    run(
        &manager,
        &rule("SPAIN", "OPT-SLEEPER-XL", json!({"sequence": 1, "condition": "customer.country == 'ES'"})),
    );
    run(&manager, &rule("THERE", "TRANSPORT", json!({})));
    run(&manager, &rule("UNLESS", "OPT-SLEEPER-XL", json!({"sequence": 2, "unless_kind": "vehicle"})));
    let proposals = json!({"question": "offer.proposals", "offer": number});
    let told = ask(&seller, &proposals);
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    assert_eq!((&told[0]["product"], &told[0]["rule"]), (&json!("OPT-SLEEPER-XL"), &json!("SLEEPER")));
    assert_eq!(told[0]["reason"], "sleeps better");
    assert!(told[0].get("lift").is_none() && told[0]["why"].to_string().contains("proposal.rule"));

    // Three others took the cab with the tractor, two took neither: history and rule say the same, and it stands once.
    for items in [
        json!([{"product": "T480-4X2", "quantity": "1"}, {"product": "OPT-SLEEPER-XL", "quantity": "1"}]),
        json!([{"product": "T480-4X2", "quantity": "1"}, {"product": "OPT-SLEEPER-XL", "quantity": "1"}]),
        json!([{"product": "T480-4X2", "quantity": "1"}, {"product": "OPT-SLEEPER-XL", "quantity": "1"}]),
        json!([{"product": "TRANSPORT", "quantity": "1"}]),
        json!([{"product": "TRANSPORT", "quantity": "1"}]),
    ] {
        let made = run(&seller, &json!({"command": "offer.create", "opportunity": "O-1", "items": items}));
        let offer = made.key().unwrap().to_owned();
        run(&seller, &json!({"command": "offer.issue", "offer": offer}));
        run(&seller, &json!({"command": "offer.accept", "offer": offer, "beside": true}));
    }
    let told = ask(&seller, &proposals);
    let both = &told[0];
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    assert_eq!(
        (&both["rule"], &both["with"], &both["together"]),
        (&json!("SLEEPER"), &json!("T480-4X2"), &json!(3))
    );
    // Another dealer's rules are not his.
    assert_eq!(unanswered(&network.rival(), &proposals), "record.not_found");
    assert_eq!(refused(&manager, &rule("X", "NONE", json!({}))), "record.not_found");
    assert_eq!(refused(&manager, &rule("X", "TRANSPORT", json!({"reason": " "}))), "proposal_rule.reason");
    assert_eq!(refused(&manager, &rule("SLEEPER", "TRANSPORT", json!({}))), "key.taken");
}

fn catalogue(version: u32) -> Value {
    let price = if version == 1 { "1800.00" } else { "1900.00" };
    let mut options = vec![
        json!({"code": "retarder", "item": "OPT-RETARDER", "price": euro(price)}),
        json!({"code": "sleeper", "item": "OPT-SLEEPER-XL", "price": euro("6250.00")}),
    ];
    let mut rules = vec![];
    if version > 1 {
        rules
            .push(json!({"code": "R9", "kind": "excludes", "options": ["retarder"], "targets": ["sleeper"]}));
        options.push(json!({"code": "alcolock"}));
    }
    json!({"catalogue": "trucks", "version": version, "valid_from": if version == 1 { "2026-01-01" } else { "2026-03-10" },
        "products": [{"code": "T480-4X2", "name": {"en": "Tractor T 480 4x2"}, "kind": "vehicle", "line": "Tractors",
            "configuration": {"options": options, "rules": rules}}],
        "lines": [{"code": "Tractors"}]})
}

#[test]
fn an_offer_keeps_the_version_of_the_catalogue_it_was_made_from() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    customer_and_opportunity(&seller);
    let before = offer(&seller, "1");
    run(&admin, &json!({"command": "catalogue.import", "document": catalogue(1)}));
    run(&admin, &json!({"command": "catalogue.publish", "catalogue": "trucks/1"}));
    let items =
        json!([{"product": "T480-4X2", "quantity": "1", "options": ["OPT-RETARDER", "OPT-SLEEPER-XL"]}]);
    let made = run(&seller, &json!({"command": "offer.create", "opportunity": "O-1", "items": items}));
    let number = made.key().unwrap().to_owned();
    let asked = json!({"question": "offer.catalogue", "offer": number});
    let told = ask(&seller, &asked);
    assert_eq!((&told["moved_on"], &told["lines"][0]["made_from"]), (&json!(false), &json!("trucks/1")));
    assert_eq!(ask(&seller, &json!({"question": "offer.catalogue", "offer": before}))["lines"], json!([]));

    run(&admin, &json!({"command": "catalogue.import", "document": catalogue(2)}));
    run(&admin, &json!({"command": "catalogue.publish", "catalogue": "trucks/2"}));
    assert_eq!(ask(&seller, &asked)["moved_on"], false, "not before its first day");
    network.clock.advance(chrono::TimeDelta::days(10));
    // A discount makes a new version of the offer, not of what it was made from.
    run(&seller, &json!({"command": "offer.discount", "offer": number, "percent": "1", "reason": "loyal"}));
    let told = ask(&seller, &asked);
    let line = &told["lines"][0];
    assert_eq!(
        (&told["moved_on"], &line["made_from"], &line["now"]),
        (&json!(true), &json!("trucks/1"), &json!("trucks/2"))
    );
    let changes: Vec<(&str, &str)> = line["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["kind"].as_str().unwrap(), change["subject"].as_str().unwrap()))
        .collect();
    assert_eq!(changes, [("option_new", "alcolock"), ("option_price", "retarder"), ("rule_new", "R9")]);
    assert_eq!(line["broken"][0]["code"], "R9", "what was chosen no longer goes together");
    assert_eq!(unanswered(&network.rival(), &asked), "record.not_found");
}

#[test]
fn margins_and_monthly_rates_are_goals() {
    let network = Network::new();
    let (seller, manager) = (network.seller(), network.manager());
    customer_and_opportunity(&seller);
    let items = json!([{"product": "T480-4X2", "quantity": "2"}]);
    let made = run(&seller, json!({"command": "offer.create", "opportunity": "O-1", "items": items}));
    let number = made.key().unwrap();
    let goal = |goal: Value| json!({"question": "offer.goal", "offer": number, "goal": goal});
    let monthly = |payment: &str| {
        let plan = json!({"kind": "loan", "yearly_percent": "6", "months": 60});
        json!({"monthly_payment": {"payment": euro(payment), "plan": plan, "down": euro("20000.00")}})
    };
    // Of 197000.00 net, 162400.00 are costs: what is given, the discount that reaches it, and what is reached.
    for (wanted, discount, reached) in [
        (json!({"margin_percent": "10"}), "16555.55", "10"),
        (json!({"margin_percent": "17.5"}), "151.51", "17.5"),
        (json!({"margin_amount": euro("30000.00")}), "4600.00", "30000.00 EUR"),
    ] {
        let told = ask(&manager, goal(wanted));
        assert_eq!((&told["discount"], &told["reached"]), (&euro(discount), &json!(reached)), "{told}");
    }
    let told = ask(&seller, goal(monthly("4000.00")));
    assert_eq!(told["reached"], "4000.00 EUR");
    // What lies beyond any discount is told with the nearest there is: a margin without one, a rate with all of it.
    for (wanted, nearest, discount) in [
        (json!({"margin_percent": "20"}), "17.5635", "0.00 EUR"),
        (json!({"margin_amount": euro("34600.01")}), "34600.00 EUR", "0.00 EUR"),
        (monthly("-1.00"), "0.00 EUR", "197000.00 EUR"),
    ] {
        let error = try_ask(&manager, &goal(wanted)).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), ("goal.out_of_reach", Some("goal")));
        let told = format!("is {nearest}, with a discount of {discount}");
        assert!(error.to_string().contains(&told), "{error}");
    }
    assert_eq!(
        unanswered(&seller, goal(json!({"margin_percent": "10"}))),
        "goal.no_costs",
        "nor does he see them"
    );

    // The rate is that of the plan for the offer with the discount.
    let discount =
        json!({"command": "offer.discount", "offer": number, "amount": told["discount"], "reason": "rate"});
    run(&seller, discount);
    let plan = json!({"question": "offer.financing", "offer": number, "kind": "loan", "yearly_percent": "6", "months": 60,
        "down": euro("20000.00")});
    assert_eq!(ask(&seller, plan)["payment"], euro("4000.00"));
}
