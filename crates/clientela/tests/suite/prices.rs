//! Prices and what they are made from: who is told of them, what is counted, what ends, and what a catalogue says of an offer.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused, refused_at, run};
use clientela::Session;
use clientela::core::sales::OfferItem;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A customer with an opportunity, both with that number.
fn opened(seller: &Session, number: &str) {
    run(
        seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": format!("C-{number}")}}),
    );
    run(
        seller,
        json!({"command": "opportunity.open", "customer": format!("C-{number}"), "title": "T", "method": "with-configurator", "currency": "EUR", "number": format!("O-{number}")}),
    );
}

fn explained(session: &Session, opportunity: &str, product: &str, quantity: &str) -> Value {
    ask(
        session,
        json!({"question": "price.explain", "opportunity": opportunity, "product": product, "quantity": quantity}),
    )
}

fn net(session: &Session, opportunity: &str, quantity: &str) -> String {
    explained(session, opportunity, "T480-4X2", quantity)["net"]["amount"].as_str().unwrap().to_owned()
}

fn offer(seller: &Session, items: &Value) -> String {
    let made = run(seller, json!({"command": "offer.create", "opportunity": "O-1", "items": items}));
    made.key().unwrap().to_owned()
}

fn items(seller: &Session, offer: &str) -> Vec<OfferItem> {
    seller.offer(offer).unwrap().items
}

fn page(session: &Session, offer: &str, language: &str) -> String {
    let told = ask(session, json!({"question": "offer.document", "offer": offer, "language": language}));
    told["html"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_agreed_with_one_customer_is_told_to_no_other() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let admin = network.crm.session("admin", None).unwrap();
    opened(&seller, "1");
    opened(&rival, "2");
    for (code, percent, customer) in [("FRAMEWORK", "-17", Some("C-1")), ("SPRING", "-4", None)] {
        run(
            &admin,
            json!({"command": "price_rule.define", "code": code, "name": code, "kind": "contract", "unit": "HQ", "percent": percent,
                "customer": customer, "valid_from": "2026-01-01"}),
        );
    }
    let told = explained(&rival, "O-2", "T480-4X2", "1")["why"].to_string();
    assert!(told.contains("SPRING"), "{told}");
    assert!(!told.contains("FRAMEWORK") && !told.contains("-17"), "{told}");
    let told = explained(&seller, "O-1", "T480-4X2", "1");
    assert!(told["why"].to_string().contains("FRAMEWORK"), "it holds for his customer: {told}");
    // Who reads every rule is told of every rule.
    let told = explained(&admin, "O-2", "T480-4X2", "1")["why"].to_string();
    assert!(told.contains("price_rule.other_customer"), "{told}");
}

#[test]
fn orders_count_for_as_long_as_a_schedule_looks_back() {
    let network = Network::new();
    let seller = network.seller();
    let admin = network.crm.session("admin", None).unwrap();
    opened(&seller, "1");
    let first = offer(&seller, &json!([{"product": "T480-4X2", "quantity": "3"}]));
    for word in ["offer.issue", "offer.accept"] {
        run(&seller, json!({"command": word, "offer": first}));
    }
    run(&seller, json!({"command": "order.create", "offer": first}));
    let schedule = json!({"command": "discount_schedule.define", "code": "LOYAL", "name": "Loyal", "kind": "slab", "scope": "past_orders",
        "past_months": 2, "tiers": [{"from": "1", "percent": "0"}, {"from": "5", "percent": "10"}]});
    for (field, value) in [("past_months", json!(0)), ("scope", json!("group"))] {
        let mut wrong = schedule.clone();
        wrong[field] = value;
        assert_eq!(refused(&admin, wrong), "discount_schedule.past_months", "{field}");
    }
    run(&admin, &schedule);
    run(
        &admin,
        json!({"command": "price_rule.define", "code": "LOYAL", "name": "Loyal", "kind": "volume", "schedule": "LOYAL",
            "valid_from": "2026-01-01"}),
    );
    // Three were ordered: the second of two is the fifth.
    assert_eq!(net(&seller, "O-1", "2"), "187150.00");
    network.clock.advance(chrono::TimeDelta::days(70));
    assert_eq!(net(&seller, "O-1", "2"), "197000.00");
}

#[test]
fn what_prices_are_made_from_ends() {
    let network = Network::new();
    let seller = network.seller();
    let admin = network.crm.session("admin", None).unwrap();
    opened(&seller, "1");
    run(
        &admin,
        json!({"command": "discount_schedule.define", "code": "V", "name": "V", "kind": "range", "scope": "line",
            "tiers": [{"from": "1", "percent": "1"}]}),
    );
    for rule in [
        json!({"code": "WRONG", "percent": "-40"}),
        json!({"code": "VOLUME", "kind": "volume", "schedule": "V"}),
    ] {
        let mut rule = rule;
        rule["command"] = "price_rule.define".into();
        rule["name"] = "R".into();
        rule["valid_from"] = "2026-01-01".into();
        rule["kind"] = "campaign".into();
        run(&admin, &rule);
    }
    run(
        &admin,
        json!({"command": "price_list.define", "code": "CHEAP", "name": "C", "currency": "EUR", "market": "IT", "valid_from": "2026-03-01",
            "prices": [{"product": "T480-4X2", "amount": euro("1000.00")}]}),
    );
    run(
        &admin,
        json!({"command": "proposal_rule.define", "code": "CAB", "product": "OPT-SLEEPER-XL", "valid_from": "2026-01-01", "unit": "HQ",
            "reason": "sleeps better"}),
    );
    let exemption = run(
        &seller,
        json!({"command": "tax_exemption.record", "customer": "C-1", "category": "E", "reason": "art. 8", "valid_from": "2026-01-01"}),
    );
    let exemption = exemption.records[0].id.to_string();
    let made = offer(&seller, &json!([{"product": "T480-4X2", "quantity": "1"}]));
    assert_eq!(seller.offer(&made).unwrap().offer.payable.to_string(), "594.00 EUR");
    let proposals = json!({"question": "offer.proposals", "offer": made});
    assert_eq!(ask(&seller, &proposals).as_array().unwrap().len(), 1);

    let ends = |word: &str, record: &str, last_day: Value| {
        let mut command = json!({"command": word, "record": record, "reason": "entered wrongly"});
        if !last_day.is_null() {
            command["last_day"] = last_day;
        }
        command
    };
    assert_eq!(refused(&seller, ends("price_rule.end", "WRONG", Value::Null)), "record.not_found");
    assert_eq!(refused(&seller, ends("price_list.end", "CHEAP", Value::Null)), "access.not_allowed");
    let past = ends("price_rule.end", "WRONG", json!("2026-02-01"));
    assert_eq!(refused_at(&admin, past), ("ending.past", Some("last_day".to_owned())));
    // One after the other: what is left.
    for (word, record, payable) in [
        ("price_rule.end", "WRONG", "990.00 EUR"),
        ("discount_schedule.end", "V", "1000.00 EUR"),
        ("price_list.end", "CHEAP", "98500.00 EUR"),
    ] {
        let receipt = run(&admin, ends(word, record, Value::Null));
        assert!(receipt.why.to_string().contains("entered wrongly"), "{}", receipt.why);
        let now = offer(&seller, &json!([{"product": "T480-4X2", "quantity": "1"}]));
        assert_eq!(seller.offer(&now).unwrap().offer.payable.to_string(), payable, "{word}");
    }
    run(&seller, ends("tax_exemption.end", &exemption, Value::Null));
    run(&admin, ends("proposal_rule.end", "CAB", json!("2026-03-04")));
    let now = offer(&seller, &json!([{"product": "T480-4X2", "quantity": "1"}]));
    assert_eq!(seller.offer(&now).unwrap().offer.payable.to_string(), "120170.00 EUR");
    assert_eq!(ask(&seller, &proposals).as_array().unwrap().len(), 1, "today it holds");
    network.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(ask(&seller, &proposals), json!([]));
    // What was made by it stays as it was.
    assert_eq!(seller.offer(&made).unwrap().offer.payable.to_string(), "594.00 EUR");

    run(
        &admin,
        json!({"command": "product.change", "product": "T480-4X2", "name": "Tractor", "tax_category": "Z", "valid_to": "2026-03-31"}),
    );
    assert_eq!(
        refused(&admin, json!({"command": "product.change", "product": "T480-4X2", "name": " "})),
        "product.empty"
    );
    assert_eq!(
        refused(&seller, json!({"command": "product.change", "product": "T480-4X2", "name": "X"})),
        "access.not_allowed"
    );
    network.clock.advance(chrono::TimeDelta::days(30));
    let late = json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": "1"}]});
    assert_eq!(refused(&seller, late), "product.not_on_sale");
}

/// A catalogue of a truck with gearboxes, a retarder and a package, and of a service.
fn catalogue(version: u32, from: &str) -> Value {
    json!({"catalogue": "trucks", "version": version, "valid_from": from,
        "products": [
            {"code": "T500", "name": {"en": "T 500"}, "kind": "vehicle", "configuration": {
                "options": [
                    {"code": "manual", "price": euro("0.00")},
                    {"code": "automatic", "name": {"en": "Automatic gearbox"}, "price": euro("2400.00")},
                    {"code": "retarder", "item": "OPT-RETARDER"},
                    {"code": "lamp", "price": euro("150.00")},
                    {"code": "comfort", "price": euro("2900.00"), "includes": ["automatic"]}],
                "rules": [{"code": "R1", "kind": "excludes", "options": ["retarder"], "targets": ["manual"]}]}},
            {"code": "CARE", "name": {"en": "Care"}, "kind": "service_contract", "tax_category": "Z", "term_months": 36, "mileage": 120_000},
            {"code": "WINTER", "kind": "accessory", "markets": ["DE"]}]})
}

/// With the catalogue published and a list that has prices of its products.
fn configured() -> (Network, Session, Session) {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    opened(&seller, "1");
    run(&admin, json!({"command": "catalogue.import", "document": catalogue(1, "2026-01-01")}));
    run(&admin, json!({"command": "catalogue.publish", "catalogue": "trucks/1"}));
    let prices =
        ["T500", "CARE", "WINTER"].map(|product| json!({"product": product, "amount": euro("1000.00")}));
    run(
        &admin,
        json!({"command": "price_list.define", "code": "T500", "name": "T500", "currency": "EUR", "valid_from": "2026-01-01", "prices": prices}),
    );
    (network, seller, admin)
}

#[test]
fn options_of_the_catalogue_are_offered_at_its_prices() {
    let (_network, seller, _) = configured();
    // What is chosen, how many of what, and what one comes to.
    for (options, quantities, expected) in [
        (json!(["manual"]), json!({}), "1000.00 EUR"),
        (json!(["automatic"]), json!({}), "3400.00 EUR"),
        (json!(["comfort"]), json!({}), "3900.00 EUR"),
        // What comes with a package costs nothing.
        (json!(["comfort", "automatic"]), json!({}), "3900.00 EUR"),
        (json!(["retarder"]), json!({}), "2800.00 EUR"),
        (json!(["OPT-RETARDER"]), json!({}), "2800.00 EUR"),
        (json!(["lamp"]), json!({"lamp": "4"}), "1600.00 EUR"),
        // One that the catalogue does not know of the truck, a product.
        (json!(["OPT-SLEEPER-XL"]), json!({"OPT-SLEEPER-XL": "2"}), "13500.00 EUR"),
    ] {
        let made = offer(
            &seller,
            &json!([{"product": "T500", "quantity": "1", "options": options, "option_quantities": quantities}]),
        );
        assert_eq!(seller.offer(&made).unwrap().offer.net.to_string(), expected, "{options}");
    }
    let made = offer(&seller, &json!([{"product": "T500", "quantity": "2", "options": ["automatic"]}]));
    let kept = items(&seller, &made);
    assert_eq!((kept[1].code.as_str(), kept[1].label.as_deref()), ("automatic", Some("Automatic gearbox")));
    for (options, quantities, code) in [
        (json!(["lamp"]), json!({"comfort": "2"}), "offer.option_quantity"),
        (json!(["lamp"]), json!({"lamp": "0"}), "offer.option_quantity"),
        (json!(["comfort", "automatic"]), json!({"automatic": "2"}), "offer.option_quantity"),
        (json!(["sunroof"]), json!({}), "record.not_found"),
    ] {
        let items = json!([{"product": "T500", "quantity": "1", "options": options, "option_quantities": quantities}]);
        let command = json!({"command": "offer.create", "opportunity": "O-1", "items": items});
        assert_eq!(refused(&seller, command), code, "{options}");
    }
}

#[test]
fn what_cannot_be_built_is_not_issued() {
    let (_network, seller, _) = configured();
    let clash =
        offer(&seller, &json!([{"product": "T500", "quantity": "1", "options": ["retarder", "manual"]}]));
    let told = ask(&seller, json!({"question": "offer.catalogue", "offer": clash}));
    assert_eq!((&told["moved_on"], &told["lines"][0]["broken"][0]["code"]), (&json!(false), &json!("R1")));
    let issue = |offer: &str| json!({"command": "offer.issue", "offer": offer});
    assert_eq!(refused_at(&seller, issue(&clash)), ("offer.clash", Some("options".to_owned())));
    let mended = json!({"command": "offer.revise", "offer": clash,
        "items": [{"product": "T500", "quantity": "1", "options": ["retarder", "automatic"]}]});
    run(&seller, mended);
    run(&seller, issue(&clash));
}

#[test]
fn services_bring_their_term_and_mileage() {
    let (_network, seller, _) = configured();
    let made = offer(
        &seller,
        &json!([{"product": "CARE", "quantity": "1", "tax_percent": "0"},
            {"product": "CARE", "quantity": "1", "tax_percent": "0", "term_months": 48, "mileage": 90_000}]),
    );
    let terms: Vec<_> = items(&seller, &made).iter().map(|item| (item.term_months, item.mileage)).collect();
    assert_eq!(terms, [(Some(36), Some(120_000)), (Some(48), Some(90_000))]);
    assert!(page(&seller, &made, "en").contains("(36 months, 120,000 km a year)"));
    // A new version of the offer keeps them.
    run(&seller, json!({"command": "offer.discount", "offer": made, "percent": "1", "reason": "loyal"}));
    assert_eq!(items(&seller, &made)[1].mileage, Some(90_000));
}

#[test]
fn a_version_says_what_is_sold_where_and_when() {
    let (network, seller, admin) = configured();
    let create = |product: &str| json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": product, "quantity": "1", "tax_percent": "0"}]});
    assert_eq!(refused(&seller, create("WINTER")), "product.not_on_sale", "not in Italy");
    run(&seller, create("CARE"));
    let mut next = catalogue(2, "2026-03-10");
    next["lines"] = json!([{"code": "care", "name": {"en": "Contracts"}}]);
    next["products"][1]["name"] = json!({"en": "Full care"});
    next["products"][1]["line"] = json!("care");
    next["products"][1]["valid_to"] = json!("2026-03-31");
    next["products"][2]["markets"] = json!(["IT"]);
    // The truck is no longer in it.
    next["products"].as_array_mut().unwrap().remove(0);
    run(&admin, json!({"command": "catalogue.import", "document": next}));
    let product = || seller.find::<clientela::core::catalogue::Product>("CARE").unwrap().record;
    assert_eq!(
        (product().name.as_str(), product().tax_category.as_str()),
        ("Care", "Z"),
        "a draft changes nothing"
    );
    run(&admin, json!({"command": "catalogue.publish", "catalogue": "trucks/2"}));
    assert_eq!((product().name.as_str(), product().line.as_deref()), ("Full care", Some("Contracts")));
    run(&seller, create("T500"));
    network.clock.advance(chrono::TimeDelta::days(7));
    run(&seller, create("WINTER"));
    run(&seller, create("CARE"));
    assert_eq!(refused(&seller, create("T500")), "product.not_on_sale");
    network.clock.advance(chrono::TimeDelta::days(30));
    assert_eq!(refused(&seller, create("CARE")), "product.not_on_sale", "past its last day");
    // Taken back, the version before holds again.
    run(&admin, json!({"command": "catalogue.retire", "record": "trucks/2", "reason": "wrong days"}));
    run(&seller, create("CARE"));
    run(&seller, create("T500"));
}

#[test]
fn a_trade_in_lowers_the_price_where_the_law_says_so() {
    let network = Network::new();
    let seller = network.seller();
    let admin = network.crm.session("admin", None).unwrap();
    opened(&seller, "1");
    let create = json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "TRANSPORT", "quantity": "1"},
            {"product": "T480-4X2", "quantity": "1"}],
        "settlements": [{"kind": "trade_in", "code": "OLD", "label": "Old truck", "amount": euro("10000.00")},
            {"kind": "deposit", "code": "D", "amount": euro("500.00")}]});
    let made = || {
        let made = run(&seller, &create);
        let number = made.key().unwrap().to_owned();
        let offer = seller.offer(&number).unwrap().offer;
        (number, offer.net.to_string(), offer.payable.to_string())
    };
    // 99450 and 22 percent, less 10500.
    let (_, net, payable) = made();
    assert_eq!((net.as_str(), payable.as_str()), ("99450.00 EUR", "110829.00 EUR"));
    let policy = |markets: Value| json!({"command": "setting.define", "name": "offer.trade_in", "document": {"price_reduction_in": markets}});
    run(&admin, policy(json!(["ES"])));
    assert_eq!(made().2, "110829.00 EUR", "not Italy");
    run(&admin, policy(json!(["ES", "IT"])));
    // 89450 and 22 percent, less 500: the tax follows.
    let (number, net, payable) = made();
    assert_eq!((net.as_str(), payable.as_str()), ("89450.00 EUR", "108629.00 EUR"));
    assert!(page(&seller, &number, "en").contains("Trade-in: Old truck"));
    // Revised, the market sees the same vehicle the same way.
    let again = |items: &Value| json!({"command": "offer.revise", "offer": number, "items": items, "settlements": create["settlements"]});
    assert_eq!(refused(&seller, again(&create["items"])), "offer.unchanged");
    run(&seller, again(&json!([{"product": "T480-4X2", "quantity": "1"}])));
    assert_eq!(seller.offer(&number).unwrap().offer.net.to_string(), "88500.00 EUR");
}

#[test]
fn documents_say_who_sells_what_is_paid_a_month_and_whether_they_bind() {
    let network = Network::new();
    let seller = network.seller();
    let admin = network.crm.session("admin", None).unwrap();
    opened(&seller, "1");
    run(
        &admin,
        json!({"command": "unit.change", "unit": "D-0042", "street": "Via Emilia 12", "postal_code": "29121", "locality": "Piacenza",
            "vat_number": "IT00743110157"}),
    );
    run(
        &seller,
        json!({"command": "tax_exemption.record", "customer": "C-1", "category": "E", "reason": "art. 8 DPR 633/72",
            "valid_from": "2026-01-01"}),
    );
    let exempt = offer(&seller, &json!([{"product": "T480-4X2", "quantity": "1"}]));
    let taxed = offer(&seller, &json!([{"product": "T480-4X2", "quantity": "1", "tax_percent": "22"}]));
    run(
        &seller,
        json!({"command": "offer.plan_financing", "offer": taxed, "code": "LOAN", "kind": "loan", "yearly_percent": "6", "months": 60}),
    );
    assert!(!page(&seller, &taxed, "en").contains("Monthly payment"), "it is not chosen");
    run(&seller, json!({"command": "offer.choose_financing", "offer": taxed, "code": "LOAN"}));
    let told = ask(&seller, json!({"question": "offer.financing_plans", "offer": taxed}));
    let drafts = [("en", "Draft"), ("it", "Bozza"), ("fr", "Projet"), ("de", "Entwurf"), ("ru", "Черновик")];
    for (language, word) in drafts {
        let html = page(&seller, &taxed, language);
        assert!(html.contains(word) && !html.contains("class=\"sign\""), "{language}: {html}");
    }
    run(&seller, json!({"command": "offer.issue", "offer": taxed}));
    let html = page(&seller, &taxed, "en");
    assert!(!html.contains("Draft") && html.contains("class=\"sign\""), "{html}");
    assert!(
        html.contains("Via Emilia 12") && html.contains("29121 Piacenza") && html.contains("IT00743110157"),
        "{html}"
    );
    assert!(html.contains("Monthly payment (60 months)"), "{html}");
    let monthly = told[0]["payment"]["amount"].as_str().unwrap();
    assert!(html.replace(',', "").contains(monthly), "{monthly}: {html}");
    // The reason stands where the lines have it, as it was when the version was made.
    assert!(!html.contains("art. 8"), "{html}");
    let exemptions = seller
        .list::<clientela::core::catalogue::TaxExemption>(&clientela::Predicate::Everything, 9, 0)
        .unwrap();
    let id = exemptions[0].record.id.to_string();
    run(&seller, json!({"command": "tax_exemption.end", "record": id, "reason": "expired"}));
    run(
        &seller,
        json!({"command": "tax_exemption.record", "customer": "C-1", "category": "E", "reason": "another", "valid_from": "2026-02-01"}),
    );
    let html = page(&seller, &exempt, "en");
    assert!(html.contains("art. 8 DPR 633/72") && !html.contains("another"), "{html}");
}

#[test]
fn with_the_tax_inside_or_without_a_price_is_the_same() {
    let network = Network::new();
    let seller = network.seller();
    let admin = network.crm.session("admin", None).unwrap();
    opened(&seller, "1");
    let rule = |code: &str, change: Value| {
        let mut rule = json!({"command": "price_rule.define", "code": code, "name": code, "kind": "contract", "unit": "HQ",
            "valid_from": "2026-01-01"});
        rule.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        run(&admin, rule);
    };
    let sums = |line: Value| {
        let mut item = json!({"product": "T480-4X2", "quantity": "1"});
        item.as_object_mut().unwrap().extend(line.as_object().unwrap().clone());
        let offer = seller.offer(&offer(&seller, &json!([item]))).unwrap();
        (offer.offer.net, offer.offer.gross, offer.items[0].tax_included)
    };
    let same = |what: &str| {
        let (plain, inside) = (sums(json!({})), sums(json!({"tax_included": true})));
        assert_eq!((plain.0, plain.1), (inside.0, inside.1), "{what}");
        assert_eq!((plain.2, inside.2), (None, Some(true)), "{what}");
        plain.0
    };
    let list = same("the list alone");
    rule("LESS", json!({"percent": "-10"}));
    let less = same("a percentage");
    assert!(less.amount() < list.amount());
    rule("OFF", json!({"amount": {"amount": "-1000", "currency": "EUR"}}));
    assert_eq!(less.amount() - same("an amount").amount(), 1_000.into());
    // A list for consumers: its prices are what they pay.
    run(
        &admin,
        json!({"command": "price_list.define", "code": "CONSUMER", "name": "Consumer", "currency": "EUR", "market": "IT",
            "valid_from": "2026-01-01", "price_group": "consumer", "tax_included": true,
            "prices": [{"product": "T480-4X2", "amount": euro("122000.00")}]}),
    );
    run(
        &admin,
        json!({"command": "customer.change", "customer": "C-1", "change": {"price_group": "consumer"}}),
    );
    let (inside, taken_out) = (sums(json!({})), sums(json!({"tax_included": false})));
    assert_eq!((inside.0, inside.2), (taken_out.0, Some(true)));
    assert_eq!(inside.0.amount(), 89_000.into());
    // Another rate is the customer's affair and no discount.
    for rate in ["0", "50"] {
        for tax_included in [true, false] {
            let net = sums(json!({"tax_percent": rate, "tax_included": tax_included})).0;
            assert_eq!(net, inside.0, "{rate} {tax_included}");
        }
    }
}

#[test]
fn a_list_made_from_another_has_the_tax_where_the_other_has_it() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let list = |code: &str, tax_included: bool, base: Option<&str>| {
        json!({"command": "price_list.define", "code": code, "name": code, "currency": "EUR", "valid_from": "2026-01-01",
            "tax_included": tax_included, "prices": [], "formula": base.map(|base| json!({"base_list": base}))})
    };
    run(&admin, list("GROSS", true, None));
    run(&admin, list("GROSS-2", true, Some("GROSS")));
    let mixed = refused_at(&admin, list("NET", false, Some("GROSS")));
    assert_eq!(mixed, ("price_list.tax_included", Some("tax_included".to_owned())));
}
