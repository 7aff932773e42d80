//! What prices are made from is kept for the next offer: every change of it is in the next price all the same.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::words::{ask, run};
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

#[test]
fn every_change_is_in_the_next_price() {
    let network = Network::new();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
    );
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
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
