//! Prices, approvals, orders, documents: an offer from its rules to the vehicles in the fleet, told in commands and questions as
//! programs of other languages send them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused, run, try_run};
use clientela::Session;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A network with a customer, an opportunity and an offer of three tractors with transport.
fn with_offer() -> (Network, Session, String) {
    let network = Network::new();
    let seller = network.seller();
    run(
        &seller,
        &json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio <S.r.l.>", "country": "IT",
            "vat_number": "IT00743110157", "number": "C-1", "locality": "Piacenza", "language": "it"}}),
    );
    run(
        &seller,
        &json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
    let number = offer(&seller);
    (network, seller, number)
}

fn offer(seller: &Session) -> String {
    let made = run(
        seller,
        &json!({"command": "offer.create", "opportunity": "O-1", "title": "Three tractors", "items": [
            {"product": "T480-4X2", "quantity": "3", "options": ["OPT-SLEEPER-XL", "OPT-RETARDER"]},
            {"product": "TRANSPORT", "quantity": "3"}]}),
    );
    made.key().unwrap().to_owned()
}

fn net(session: &Session, offer: &str) -> String {
    session.offer(offer).unwrap().offer.net.to_string()
}

fn policy(network: &Network, hours: Option<u32>) {
    let mut level = json!({"code": "L1", "above_percent": "2", "approver": "Principal Emilia"});
    if let Some(hours) = hours {
        level = json!({"code": "L1", "above_percent": "2", "approver": "Trucks Milano",
            "escalate_after_hours": hours, "escalate_to": "Principal Emilia"});
    }
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        &json!({"command": "approval_policy.define", "code": "P", "name": "P", "unit": "D-0042", "levels": [level]}),
    );
}

#[test]
fn rules_make_the_price_and_say_why() {
    let (network, seller, first) = with_offer();
    assert_eq!(net(&seller, &first), "322500.00 EUR");
    let manager = network.manager();
    for rule in [
        json!({"code": "SPRING", "kind": "campaign", "percent": "-4", "product_line": "Tractors", "sequence": 10, "authority": "manufacturer"}),
        json!({"code": "ITALY", "kind": "segment", "percent": "-1", "product_line": "Tractors", "condition": "customer.country == 'IT'"}),
        json!({"code": "SPAIN", "kind": "segment", "percent": "-9", "condition": "customer.country == 'ES'"}),
        json!({"code": "MANY", "kind": "fleet", "amount": euro("-500.00"), "least_quantity": "10"}),
        json!({"code": "WEAK", "kind": "contract", "percent": "-1", "product": "T480-4X2", "exclusive_group": "G"}),
        json!({"code": "STRONG", "kind": "contract", "percent": "-2", "product": "T480-4X2", "exclusive_group": "G"}),
    ] {
        let mut rule = rule;
        rule["command"] = "price_rule.define".into();
        rule["name"] = rule["code"].clone();
        rule["valid_from"] = "2026-01-01".into();
        run(&manager, &rule);
    }
    let second = offer(&seller);
    // 106550 less 4, 1 and 2 percent of what is left: 99238.9776, three of them, and the transport.
    let told = ask(
        &seller,
        &json!({"question": "price.explain", "opportunity": "O-1", "product": "T480-4X2", "quantity": "3"}),
    );
    let why = told["why"].to_string();
    for reason in [
        "price.chosen",
        "price_rule.held",
        "price_rule.condition",
        "price_rule.quantity_too_small",
        "price_rule.beaten",
    ] {
        assert!(why.contains(reason), "{reason} is missing: {why}");
    }
    let steps = seller.offer(&second).unwrap().steps;
    let codes: Vec<&str> = steps
        .iter()
        .filter(|step| step.line.as_deref() == Some("1"))
        .map(|step| step.code.as_str())
        .collect();
    assert_eq!(codes[2..5], ["SPRING", "ITALY", "STRONG"]);
    // Another dealer's seller has no part in it, and does not see the offer.
    let rival = network.rival();
    assert_eq!(rival.offer(&second).unwrap_err().code(), "record.not_found");
    let unseen =
        clientela::Question::from_json(&json!({"question": "offer.document", "offer": second}).to_string())
            .unwrap();
    assert_eq!(rival.answer(&unseen).unwrap_err().code(), "record.not_found");

    let difference =
        ask(&seller, &json!({"question": "offer.difference", "offer": second, "from": 1, "to": 1}));
    assert_eq!(difference["difference"]["entries"], json!([]));
    run(&seller, &json!({"command": "offer.discount", "offer": second, "percent": "1", "reason": "loyal"}));
    let difference =
        ask(&seller, &json!({"question": "offer.difference", "offer": second, "language": "it"}));
    assert!(difference["sentences"].to_string().contains("aggiunta"), "{difference}");
    // Every entry that changes an amount says by how much, and so do the totals.
    for (entry, sentence) in difference["difference"]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .zip(difference["sentences"].as_array().unwrap())
    {
        let amount = entry["amount"]["amount"].as_str();
        let said = amount.is_none_or(|amount| sentence.as_str().unwrap().contains(&format!("{amount} EUR")));
        assert!(said, "{entry} {sentence}");
    }
    let last = difference["sentences"].as_array().unwrap().last().unwrap().as_str().unwrap();
    assert!(last.contains("; differenza "), "{last}");
}

/// A scale by slabs takes off the whole line; what a trade-in is worth stays with the offer; the seller sees what everything costs.
#[test]
fn what_is_hidden_in_a_price_is_told() {
    let (network, seller, _) = with_offer();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        &json!({"command": "discount_schedule.define", "code": "SLABS", "name": "Slabs", "kind": "slab", "scope": "line",
            "tiers": [{"from": "1", "percent": "0"}, {"from": "3", "percent": "5"}]}),
    );
    run(
        &admin,
        &json!({"command": "price_rule.define", "code": "VOLUME", "name": "Volume", "kind": "volume", "schedule": "SLABS",
            "product": "T480-4X2", "authority": "manufacturer", "valid_from": "2026-01-01"}),
    );
    let price =
        json!({"question": "price.explain", "opportunity": "O-1", "product": "T480-4X2", "quantity": "4"});
    let told = ask(&seller, &price);
    assert_eq!(told["unit_net"], euro("98500.00"));
    assert_eq!(told["off_line"].as_array().unwrap().len(), 1, "{told}");
    let made = run(
        &seller,
        &json!({"command": "offer.create", "opportunity": "O-1", "items": [
            {"product": "T480-4X2", "quantity": "4", "options": ["OPT-RETARDER"]}],
            "settlements": [{"kind": "trade_in", "code": "OLD", "amount": euro("20000.00"), "appraised": euro("15000.00")}]}),
    );
    let offer = made.key().unwrap().to_owned();
    let without = json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": "4"}]});
    let without = run(&seller, &without).key().unwrap().to_owned();
    assert_eq!(
        net(&seller, &without),
        told["net"]["amount"].as_str().unwrap().to_owned() + " EUR",
        "as it was explained"
    );
    let manager = network.manager();
    let figures = ask(
        &manager,
        &json!({"question": "offer.document", "offer": offer, "language": "en", "audience": "seller"}),
    );
    let html = figures["html"].as_str().unwrap();
    // 81,200 and 1,210 for the retarder; four of them and 5,000 given too much for the old vehicle.
    assert!(html.contains("82,410.00"), "{html}");
    assert!(html.contains("329,640.00"), "{html}");
    let whole = ask(&manager, &json!({"question": "offer.waterfall", "offer": offer}));
    let amount = |told: &Value| told["amount"].as_str().unwrap().parse::<Decimal>().unwrap();
    let steps = whole["steps"].as_array().unwrap().iter().map(|step| amount(&step["amount"]));
    assert_eq!(
        steps.sum::<Decimal>() + amount(&whole["rest"]),
        amount(&whole["net"]),
        "they add up: {whole}"
    );
    assert_eq!(whole["margin"]["cost"], euro("329640.00"));
    assert_eq!(whole["margin"]["over_allowance"], euro("5000.00"));
    let unseen = ask(&seller, &json!({"question": "offer.waterfall", "offer": offer}));
    assert!(unseen.get("margin").is_none(), "a seller sees no costs: {unseen}");
    let steps = manager.offer(&offer).unwrap().steps;
    let kept = steps.iter().find_map(|step| step.appraised);
    assert_eq!(kept.map(|worth| worth.to_string()), Some("15000.00 EUR".to_owned()));
}

#[test]
fn a_goal_is_reached_to_the_cent() {
    let (_network, seller, number) = with_offer();
    let reached = ask(
        &seller,
        &json!({"question": "offer.goal", "offer": number, "goal": {"gross": euro("390000.00")}}),
    );
    assert_eq!(reached["gross"], euro("390000.00"));
    let margin = ask(
        &seller,
        &json!({"question": "offer.financing", "offer": number, "kind": "loan", "yearly_percent": "6", "months": 60}),
    );
    assert_eq!(margin["instalments"].as_array().unwrap().len(), 60);
    assert_eq!(margin["instalments"][59]["remaining"], euro("0.00"));
}

#[test]
fn nothing_is_issued_without_its_approvals() {
    let (network, seller, number) = with_offer();
    policy(&network, None);
    let issue = json!({"command": "offer.issue", "offer": number});
    run(
        &seller,
        &json!({"command": "offer.discount", "offer": number, "percent": "5", "reason": "competitor"}),
    );
    let error = try_run(&seller, &issue).unwrap_err();
    assert_eq!(error.code(), "approval.required");
    assert!(error.why().unwrap().to_string().contains("level: L1"), "{:?}", error.why());
    run(&seller, &json!({"command": "offer.request_approval", "offer": number}));
    assert_eq!(refused(&seller, &issue), "offer.illegal_passage");
    let decide = json!({"command": "approval.decide", "offer": number, "grant": true});
    assert_eq!(refused(&seller, &decide), "approval.own");
    let manager = network.manager();
    run(&manager, &decide);
    // What was granted and taken back never counts.
    run(&seller, &json!({"command": "approval.withdraw", "offer": number}));
    assert_eq!(refused(&seller, &issue), "approval.required");
    run(&seller, &json!({"command": "offer.request_approval", "offer": number}));
    run(&manager, &decide);
    let told = ask(&seller, &json!({"question": "offer.approvals", "offer": number}));
    assert_eq!((&told["may_issue"], &told["levels"]), (&json!(true), &json!(["L1"])));
    assert_eq!(told["figures"]["margin_percent"], Value::Null, "a seller does not see margins");
    // A smaller discount needs nothing new; a larger one does.
    let items = json!([{"product": "T480-4X2", "quantity": "3", "options": ["OPT-SLEEPER-XL", "OPT-RETARDER"]}, {"product": "TRANSPORT", "quantity": "3"}]);
    run(
        &seller,
        &json!({"command": "offer.revise", "offer": number, "items": items, "drop_discounts": true}),
    );
    run(&seller, &json!({"command": "offer.discount", "offer": number, "percent": "4", "reason": "less"}));
    let issued = run(&seller, &issue);
    let first = issued.why.value("issue_number").unwrap().to_owned();
    assert!(
        clientela::core::sales::offer::number_is_sound(&first) && first.contains("-2026-Q000001-"),
        "{first}"
    );
    run(&seller, &json!({"command": "offer.discount", "offer": number, "percent": "4", "reason": "more"}));
    assert_eq!(refused(&seller, &issue), "approval.required");
}

#[test]
fn an_approval_passes_on_when_it_has_waited() {
    let (network, seller, number) = with_offer();
    policy(&network, Some(24));
    run(
        &seller,
        &json!({"command": "offer.discount", "offer": number, "percent": "5", "reason": "competitor"}),
    );
    run(&seller, &json!({"command": "offer.request_approval", "offer": number}));
    let decide = json!({"command": "approval.decide", "offer": number, "grant": false, "note": "too much"});
    assert_eq!(refused(&network.manager(), &decide), "approval.not_approver");
    network.clock.advance(chrono::TimeDelta::hours(25));
    run(&network.manager(), &decide);
    assert_eq!(seller.offer(&number).unwrap().offer.state.to_string(), "draft");
    assert_eq!(refused(&seller, &json!({"command": "offer.issue", "offer": number})), "approval.required");
}

#[test]
fn orders_in_parts_are_the_offer_and_vehicles_join_the_fleet() {
    let (network, seller, number) = with_offer();
    run(
        &seller,
        &json!({"command": "offer.discount", "offer": number, "amount": euro("1000.01"), "reason": "round"}),
    );
    assert_eq!(refused(&seller, &json!({"command": "order.create", "offer": number})), "order.not_accepted");
    run(&seller, &json!({"command": "offer.issue", "offer": number}));
    run(&seller, &json!({"command": "offer.accept", "offer": number}));
    let lines = json!([{"line": "1", "quantity": "1"}]);
    let first = run(&seller, &json!({"command": "order.create", "offer": number, "lines": lines}));
    let many = json!({"command": "order.create", "offer": number, "lines": [{"line": "1", "quantity": "3"}]});
    assert_eq!(refused(&seller, &many), "order.too_many");
    let second = run(&seller, &json!({"command": "order.create", "offer": number}));
    assert_eq!(refused(&seller, &json!({"command": "order.create", "offer": number})), "order.nothing_left");
    // A refused order takes no number: the next one follows.
    let (first, second) = (first.key().unwrap().to_owned(), second.key().unwrap().to_owned());
    assert!(first.contains("-S000001-") && second.contains("-S000002-"), "{first} {second}");
    let orders: Vec<clientela::core::sales::order::Order> =
        [&first, &second].map(|key| seller.find(key).unwrap().record).into();
    let sum = orders[0].net.checked_add(orders[1].net).unwrap();
    assert_eq!(sum.to_string(), net(&seller, &number));

    let difference = ask(&seller, &json!({"question": "order.difference", "order": first}));
    assert!(!difference["sentences"].as_array().unwrap().is_empty());
    let vehicles = json!([{"vin": "VF6BA00A000000001", "make": "Marca"}]);
    let deliver = json!({"command": "order.deliver", "order": first, "line": "1", "vehicles": vehicles});
    assert_eq!(refused(&seller, &deliver), "order.too_early");
    run(&seller, &json!({"command": "order.milestone", "order": first, "milestone": "confirmed"}));
    let delivered = run(&seller, &deliver);
    assert!(delivered.id_of("vehicle").is_some());
    assert_eq!(seller.customer("C-1").unwrap().fleet.len(), 1);
    assert_eq!(refused(&seller, &deliver), "vehicle.duplicate");
    assert_eq!(
        refused(&seller, &json!({"command": "order.cancel", "order": first, "reason": "no"})),
        "order.delivered"
    );
    assert_eq!(
        refused(&seller, &json!({"command": "order.milestone", "order": first, "milestone": "paid"})),
        "order.too_early"
    );
    for milestone in ["invoiced", "paid"] {
        run(&seller, &json!({"command": "order.milestone", "order": first, "milestone": milestone}));
    }
    let done: clientela::core::sales::order::Order = seller.find(&first).unwrap().record;
    assert_eq!(done.state.to_string(), "completed");
    let back = json!({"command": "order.take_back", "order": first, "line": "1", "vins": ["VF6BA00A000000001"], "reason": "a fault"});
    let strange = json!({"command": "order.take_back", "order": first, "line": "1", "vins": ["VF6BA00A000000002"], "reason": "a fault"});
    assert_eq!(refused(&seller, &strange), "order.not_delivered");
    assert_eq!(refused(&network.rival(), &back), "record.not_found");
    let withdrawn = run(&seller, &back);
    let vehicle = withdrawn.id_of("vehicle").unwrap();
    let vehicle: clientela::core::party::Vehicle =
        seller.get(clientela_model::EntityId::from_uuid(vehicle)).unwrap().record;
    assert_eq!(vehicle.disposal_reason.as_deref(), Some("a fault"));
    let open: clientela::core::sales::order::Order = seller.find(&first).unwrap().record;
    assert_eq!((open.state.to_string().as_str(), open.ended_at), ("open", None));
    assert_eq!(refused(&seller, &back), "order.not_delivered", "once");
    // The same vehicle may be delivered again, and taken back whole; then the order may be cancelled.
    run(&seller, &deliver);
    run(&seller, &json!({"command": "order.take_back", "order": first, "line": "1", "reason": "again"}));
    run(&seller, &json!({"command": "order.cancel", "order": second, "reason": "changed his mind"}));
    run(&seller, &json!({"command": "order.create", "offer": number}));
    assert_eq!(
        refused(&network.rival(), &json!({"command": "order.cancel", "order": first, "reason": "x"})),
        "record.not_found"
    );
}

#[test]
fn a_part_of_a_quantity_is_taken_back() {
    use clientela::core::sales::order::{Milestone, OrderLine, OrderMilestone};
    let (_network, seller, number) = with_offer();
    for command in ["offer.issue", "offer.accept"] {
        run(&seller, json!({"command": command, "offer": number}));
    }
    let made = run(&seller, json!({"command": "order.create", "offer": number}));
    let order = made.key().unwrap();
    run(&seller, json!({"command": "order.milestone", "order": order, "milestone": "confirmed"}));
    let deliver = |quantity: &str| json!({"command": "order.deliver", "order": order, "line": "2", "quantity": quantity});
    let back = |quantity: &str| json!({"command": "order.take_back", "order": order, "line": "2", "quantity": quantity, "reason": "too many"});
    // What the line says is delivered is what its deliveries that stand add up to.
    let delivered = || {
        let everything = clientela::Predicate::Everything;
        let lines = seller.list::<OrderLine>(&everything, 100, 0).unwrap();
        let line = lines.into_iter().map(|line| line.record).find(|line| line.line == "2").unwrap();
        let entries = seller.list::<OrderMilestone>(&everything, 100, 0).unwrap();
        let entries = entries.into_iter().map(|entry| entry.record);
        let standing = entries.filter(|entry| {
            entry.milestone == Milestone::Delivered
                && entry.line.as_deref() == Some("2")
                && entry.withdrawn_at.is_none()
        });
        let sum: Decimal = standing.map(|entry| entry.quantity.unwrap_or(Decimal::ONE)).sum();
        assert_eq!(line.delivered, sum);
        line.delivered.normalize().to_string()
    };
    run(&seller, deliver("2"));
    run(&seller, deliver("1"));
    // The newest delivery first: all of it, and half of one of the delivery before.
    run(&seller, back("1.5"));
    assert_eq!(delivered(), "1.5");
    for quantity in ["1.6", "0", "-1"] {
        assert_eq!(refused(&seller, back(quantity)), "order.not_delivered", "{quantity}");
    }
    run(&seller, back("1.5"));
    assert_eq!(delivered(), "0");
    run(&seller, deliver("3"));
    assert_eq!(delivered(), "3");
}

#[test]
fn what_is_due_expires_and_one_offer_feeds_the_forecast() {
    let (network, seller, number) = with_offer();
    let other = offer(&seller);
    for key in [&number, &other] {
        run(&seller, &json!({"command": "offer.feed_forecast", "offer": key}));
    }
    let feeding = |key: &str| seller.offer(key).unwrap().offer.feeds_forecast;
    assert_eq!((feeding(&number), feeding(&other)), (None, Some(true)));
    run(&seller, &json!({"command": "offer.issue", "offer": number}));
    run(&seller, &json!({"command": "offer.issue", "offer": other}));
    network.clock.advance(chrono::TimeDelta::days(31));
    let expired = run(&seller, &json!({"command": "offers.expire_due"}));
    assert_eq!(expired.records.len(), 2);
    assert!(run(&seller, &json!({"command": "offers.expire_due"})).records.is_empty());
}

#[test]
fn documents_speak_five_languages_and_ubl() {
    let (network, seller, number) = with_offer();
    run(&seller, &json!({"command": "offer.issue", "offer": number}));
    for (language, word) in
        [("it", "Offerta"), ("fr", "Offre"), ("en", "Offer"), ("de", "Angebot"), ("ru", "предложение")]
    {
        let told =
            ask(&seller, &json!({"question": "offer.document", "offer": number, "language": language}));
        let html = told["html"].as_str().unwrap();
        assert!(html.contains(word) && html.contains("Esempio &lt;S.r.l.&gt;"), "{language}");
        assert!(!html.contains("<svg"), "pictures are for the seller");
    }
    let own = ask(&seller, &json!({"question": "offer.document", "offer": number, "audience": "seller"}));
    assert_eq!(own["language"], "it", "the customer's own");
    assert!(own["html"].as_str().unwrap().contains("<svg"));
    let costs = ask(
        &network.manager(),
        &json!({"question": "offer.document", "offer": number, "audience": "seller", "language": "en"}),
    );
    assert!(
        costs["html"].as_str().unwrap().contains("Margin")
            && !own["html"].as_str().unwrap().contains("Margine")
    );
    run(&seller, &json!({"command": "offer.accept", "offer": number}));
    let order = run(
        &seller,
        &json!({"command": "order.create", "offer": number, "lines": [{"line": "1", "quantity": "2"}]}),
    );
    let quotation = ask(&seller, &json!({"question": "offer.ubl", "offer": number}));
    let ordered = ask(&seller, &json!({"question": "offer.ubl", "order": order.key().unwrap()}));
    for (name, text) in [("Quotation", &quotation), ("Order", &ordered)] {
        let xml = text["xml"].as_str().unwrap();
        assert!(
            xml.contains(&format!("<{name} xmlns=")) && xml.contains("cbc:PayableAmount currencyID=\"EUR\""),
            "{xml}"
        );
        if let Ok(folder) = std::env::var("CLIENTELA_WRITE_UBL") {
            std::fs::write(format!("{folder}/{name}.xml"), xml).unwrap();
        }
    }
    assert_eq!(ask(&seller, &json!({"question": "offer.proposals", "offer": number})), json!([]));
}
