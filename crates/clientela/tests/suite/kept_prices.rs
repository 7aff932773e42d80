//! What prices are made from is kept for the next offer: every change of it is in the next price all the same.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, refused, run};
use clientela::Session;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// What three trucks cost, asked for and offered: by list, after the rules, and with taxes.
fn prices(seller: &Session) -> [String; 3] {
    let price = ask(
        seller,
        json!({"question": "price.explain", "opportunity": "O-1", "product": "T480-4X2", "quantity": "3"}),
    );
    let items = json!([{"product": "T480-4X2", "quantity": "3"}]);
    let made = run(seller, json!({"command": "offer.create", "opportunity": "O-1", "items": items}));
    let offer = seller.offer(made.key().unwrap()).unwrap().offer;
    assert_eq!(price["net"]["amount"].as_str().unwrap().to_owned() + " EUR", offer.net.to_string());
    [price["unit_list"].to_string(), offer.net.to_string(), offer.payable.to_string()]
}

/// A customer with an opportunity that offers are made for.
fn opened(seller: &Session) {
    run(
        seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
    );
    run(
        seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
}

#[test]
fn every_change_is_in_the_next_price() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    opened(&seller);
    let mut before = prices(&seller);
    assert_eq!(prices(&seller), before);
    // What is changed, and from which of the three prices on it is seen.
    let changes = [
        (
            json!({"command": "price_rule.define", "code": "SPRING", "name": "Spring", "kind": "campaign", "percent": "-4", "valid_from": "2026-01-01"}),
            1,
        ),
        (
            json!({"command": "price_list.define", "code": "IT-2026-02", "name": "February", "currency": "EUR", "market": "IT", "valid_from": "2026-02-01",
            "prices": [{"product": "T480-4X2", "amount": euro("90000.00"), "cost": euro("80000.00")}]}),
            0,
        ),
        (
            json!({"command": "tax_rate.define", "country": "IT", "category": "S", "percent": "23", "valid_from": "2026-03-01"}),
            2,
        ),
        (
            json!({"command": "discount_schedule.define", "code": "SLABS", "name": "Slabs", "kind": "range", "scope": "line",
            "tiers": [{"from": "1", "percent": "0"}, {"from": "3", "percent": "5"}]}),
            3,
        ),
        (
            json!({"command": "price_rule.define", "code": "VOLUME", "name": "Volume", "kind": "volume", "schedule": "SLABS",
            "product": "T480-4X2", "valid_from": "2026-01-01"}),
            1,
        ),
    ];
    for (change, seen_from) in changes {
        run(&admin, change.clone());
        let after = prices(&seller);
        for at in 0..after.len() {
            assert_eq!(after[at] != before[at], at >= seen_from, "price {at} after {change}");
        }
        before = after;
    }
}

#[test]
fn a_new_rate_and_a_new_catalogue_are_in_the_next_offer() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    opened(&seller);
    let item = |product: &str| json!([{"product": product, "quantity": "1"}]);
    let create =
        |product: &str| json!({"command": "offer.create", "opportunity": "O-1", "items": item(product)});
    // The crane has a price in francs only.
    for command in [
        json!({"command": "product.define", "code": "CRANE", "name": "Crane", "kind": "accessory", "tax_category": "S"}),
        json!({"command": "price_list.define", "code": "CH-2026-01", "name": "Switzerland", "currency": "CHF", "valid_from": "2026-01-01",
            "prices": [{"product": "CRANE", "amount": {"amount": "1000.00", "currency": "CHF"}}]}),
    ] {
        run(&admin, command);
    }
    assert_eq!(refused(&seller, create("CRANE")), "price.currency");
    for (since, rate, net) in [("2026-01-01", "1.05", "1050.00 EUR"), ("2026-02-01", "1.10", "1100.00 EUR")] {
        run(
            &admin,
            json!({"command": "exchange_rate.define", "from": "CHF", "to": "EUR", "rate": rate, "since": since}),
        );
        let made = run(&seller, create("CRANE"));
        assert_eq!(seller.offer(made.key().unwrap()).unwrap().offer.net.to_string(), net);
    }
    // An offer is made from a version of the catalogue from the moment it is published.
    let made_from = || {
        let made = run(&seller, create("T480-4X2"));
        let told = ask(&seller, json!({"question": "offer.catalogue", "offer": made.key().unwrap()}));
        told["lines"][0]["made_from"].as_str().map(str::to_owned)
    };
    assert_eq!(made_from(), None);
    for version in [1, 2] {
        let document = json!({"catalogue": "trucks", "version": version, "valid_from": format!("2026-0{version}-01"),
            "products": [{"code": "T480-4X2", "name": {"en": "Tractor T 480 4x2"}, "kind": "vehicle", "line": "Tractors"}],
            "lines": [{"code": "Tractors"}]});
        let code = format!("trucks/{version}");
        run(&admin, json!({"command": "catalogue.import", "document": document}));
        run(&admin, json!({"command": "catalogue.publish", "catalogue": code}));
        assert_eq!(made_from().as_deref(), Some(code.as_str()));
    }
}
