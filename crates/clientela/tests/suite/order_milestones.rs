//! When an order is complete, and what of it may be taken back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::quoting::tool::{Tool, item, of_items, offer as of_dossier};
use crate::words::{refused, refused_at, run};
use clientela::Session;
use clientela::core::sales::order::Order;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A confirmed order of two tractors (197,000 net, 240,340 with tax) and their transport (1,900; 2,318 with tax).
fn ordered(network: &Network) -> (Session, String) {
    let seller = network.seller();
    for command in [
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
        json!({"command": "offer.create", "opportunity": "O-1", "items": [
            {"product": "T480-4X2", "quantity": "2"}, {"product": "TRANSPORT", "quantity": "2"}]}),
    ] {
        run(&seller, command);
    }
    let order = of_offer(&seller, "Q-7001");
    (seller, order)
}

fn of_offer(seller: &Session, offer: &str) -> String {
    for command in ["offer.issue", "offer.accept"] {
        run(seller, json!({"command": command, "offer": offer}));
    }
    let order = run(seller, json!({"command": "order.create", "offer": offer})).key().unwrap().to_owned();
    run(seller, json!({"command": "order.milestone", "order": order, "milestone": "confirmed"}));
    order
}

fn state(seller: &Session, order: &str) -> String {
    seller.find::<Order>(order).unwrap().record.state.to_string()
}

fn reach(order: &str, milestone: &str, more: Value) -> Value {
    let mut reach = json!({"command": "order.milestone", "order": order, "milestone": milestone});
    reach.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    reach
}

fn deliver(order: &str, line: &str, vins: &[&str]) -> Value {
    let vehicles: Vec<Value> = vins.iter().map(|vin| json!({"vin": vin, "make": "Marca"})).collect();
    json!({"command": "order.deliver", "order": order, "line": line, "vehicles": vehicles})
}

const VINS: [&str; 2] = ["VF6BA00A000000001", "VF6BA00A000000002"];

#[test]
fn an_order_is_complete_whatever_comes_last() {
    let network = Network::new();
    let (seller, order) = ordered(&network);
    // Paid before it is delivered, as usual.
    run(&seller, reach(&order, "invoiced", json!({})));
    run(&seller, reach(&order, "paid", json!({})));
    assert_eq!(refused(&seller, reach(&order, "delivered", json!({}))), "order.delivery");
    run(&seller, deliver(&order, "1", &VINS));
    assert_eq!(state(&seller, &order), "open");
    let last = run(&seller, deliver(&order, "2", &[]));
    assert!(last.why.to_string().contains("order.completed"), "{}", last.why);
    assert_eq!(state(&seller, &order), "completed");
    run(
        &seller,
        json!({"command": "order.take_back", "order": order, "line": "1", "vins": [VINS[0]], "reason": "a fault"}),
    );
    assert_eq!(state(&seller, &order), "open");
    run(&seller, deliver(&order, "1", &VINS[..1]));
    assert_eq!(state(&seller, &order), "completed");
}

#[test]
fn amounts_of_invoices_and_payments_are_the_orders() {
    let network = Network::new();
    let (seller, order) = ordered(&network);
    for (milestone, amount) in [
        ("invoiced", json!({"amount": "400000.00", "currency": "CZK"})),
        ("invoiced", euro("-1.00")),
        ("invoiced", euro("0.00")),
        ("built", euro("1.00")),
    ] {
        let refused = refused_at(&seller, reach(&order, milestone, json!({"amount": amount})));
        assert_eq!(refused, ("order.amount", Some("amount".to_owned())), "{milestone} {amount}");
    }
    run(&seller, deliver(&order, "1", &VINS));
    run(&seller, deliver(&order, "2", &[]));
    // The invoice of one line covers that line alone.
    run(&seller, reach(&order, "invoiced", json!({"line": "2"})));
    run(&seller, reach(&order, "paid", json!({"amount": euro("242658.00")})));
    assert_eq!(state(&seller, &order), "open");
    run(&seller, reach(&order, "invoiced", json!({"line": "1"})));
    assert_eq!(state(&seller, &order), "completed");
}

#[test]
fn a_wrong_invoice_is_taken_back() {
    let network = Network::new();
    let (seller, order) = ordered(&network);
    run(&seller, deliver(&order, "1", &VINS));
    run(&seller, deliver(&order, "2", &[]));
    let back = |milestone: &str, entry: Option<String>| json!({"command": "order.withdraw_milestone", "order": order, "milestone": milestone, "entry": entry, "reason": "typed wrongly"});
    assert_eq!(refused(&seller, back("invoiced", None)), "record.not_found");
    let wrong = run(&seller, reach(&order, "invoiced", json!({"amount": euro("242657.00")})));
    let second = run(&seller, reach(&order, "invoiced", json!({"amount": euro("1.00")})));
    run(&seller, reach(&order, "paid", json!({})));
    assert_eq!(state(&seller, &order), "completed");
    assert_eq!(refused_at(&seller, back("invoiced", None)), ("order.entry", Some("entry".to_owned())));
    let entry = |receipt: &clientela::Receipt| receipt.id_of("order_milestone").map(|id| id.to_string());
    run(&seller, back("invoiced", entry(&wrong)));
    assert_eq!(state(&seller, &order), "open");
    assert_eq!(
        refused(&seller, back("invoiced", entry(&second))),
        "order.needed",
        "the payment comes after it"
    );
    let mut delivery = back("delivered", None);
    delivery["line"] = "2".into();
    assert_eq!(refused(&seller, delivery), "order.delivery", "it has a command of its own");
    run(&seller, back("paid", None));
    run(&seller, back("invoiced", entry(&second)));
    assert_eq!(refused(&seller, reach(&order, "paid", json!({}))), "order.too_early");
    run(&seller, reach(&order, "invoiced", json!({})));
    run(&seller, reach(&order, "paid", json!({})));
    assert_eq!(state(&seller, &order), "completed");
    assert_eq!(refused(&network.rival(), back("paid", None)), "record.not_found");
}

/// What the tool offers has no product of ours, and is delivered all the same.
#[test]
fn an_order_of_the_tool_is_not_complete_before_it_is_delivered() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-3001");
    let seller = network.seller();
    tool.leave(json!([of_items("D-1", 1, json!([item("1", "2", "100.00", "200.00")]), "200.00")]));
    let order = of_offer(&seller, &of_dossier(&seller, "D-1").unwrap().number);
    for milestone in ["invoiced", "paid"] {
        run(&seller, reach(&order, milestone, json!({})));
    }
    assert_eq!(state(&seller, &order), "open");
    run(&seller, deliver(&order, "1", &VINS));
    assert_eq!(state(&seller, &order), "completed");
}

/// The trade-in goes with the first order that stands.
#[test]
fn a_trade_in_is_not_lost_with_a_cancelled_order() {
    let network = Network::new();
    let seller = network.seller();
    for command in [
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
        json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": "4"}],
            "settlements": [{"kind": "trade_in", "code": "OLD", "label": null, "amount": euro("14000.00"), "appraised": euro("14000.00")}]}),
    ] {
        run(&seller, command);
    }
    for command in ["offer.issue", "offer.accept"] {
        run(&seller, json!({"command": command, "offer": "Q-7001"}));
    }
    let order = |quantity: &str| {
        let made = json!({"command": "order.create", "offer": "Q-7001", "lines": [{"line": "1", "quantity": quantity}]});
        run(&seller, made).key().unwrap().to_owned()
    };
    let settled = |key: &str| seller.find::<Order>(key).unwrap().record.settled.to_string();
    let (first, second) = (order("1"), order("2"));
    assert_eq!((settled(&first).as_str(), settled(&second).as_str()), ("14000.00 EUR", "0.00 EUR"));
    run(&seller, json!({"command": "order.cancel", "order": first, "reason": "later"}));
    assert_eq!(settled(&order("1")), "14000.00 EUR");
    assert_eq!(settled(&order("1")), "0.00 EUR");
}
