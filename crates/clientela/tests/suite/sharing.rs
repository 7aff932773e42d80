//! Shares and substitutes on a stored store: seen while they hold, gone afterwards, never given on.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use chrono::Duration;
use clientela::core::party::{Contact, Customer};
use clientela::{Predicate, Session};
use network::Network;
use serde_json::json;
use words::{refused as code, run};

fn sees(session: &Session) -> bool {
    let listed = session.list::<Customer>(&Predicate::Everything, 1_000, 0).unwrap();
    let found = session.find::<Customer>("C-700").is_ok();
    let contacts = session.list::<Contact>(&Predicate::Everything, 1_000, 0).unwrap();
    let contact = contacts.iter().any(|stored| stored.record.family_name == "Quarenghi-Sx");
    assert_eq!(
        (found, contact),
        (listed.iter().any(|row| row.record.number.as_deref() == Some("C-700")), found)
    );
    found
}

/// A customer of the first dealer's seller, with a contact.
fn customer(seller: &Session) {
    run(
        seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Quarenghi", "country": "IT", "number": "C-700"}}),
    );
    run(
        seller,
        json!({"command": "contact.add", "customer": "C-700", "contact": {"family_name": "Quarenghi-Sx"}}),
    );
}

#[test]
fn another_dealers_seller_sees_a_shared_customer_until_its_last_day_and_cannot_share_it_on() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller);
    assert!(!sees(&rival));
    let position = rival.actor().position.to_string();
    let share = |right: &str| {
        json!({"command": "share.grant", "customer": "C-700", "position": position, "right": right,
            "from": "2026-03-04", "to": "2026-03-06", "reason": "they sell together"})
    };
    assert_eq!(code(&rival, share("read")), "record.not_found");
    run(&seller, share("read"));
    assert!(sees(&rival));
    let change = json!({"command": "customer.change", "customer": "C-700", "change": {"source": "fair"}});
    assert_eq!(code(&rival, change.clone()), "access.not_allowed");
    assert_eq!(code(&rival, share("read")), "access.not_allowed", "what is shared is not shared on");

    let changing = run(&seller, share("change"));
    run(&rival, change.clone());
    let taken = json!({"command": "customer.change", "customer": "C-700", "owner": position, "change": {}});
    assert_eq!(code(&rival, taken), "access.not_allowed", "what is shared is not taken");
    let id = changing.id_of("customer_share").unwrap();
    assert_eq!(code(&rival, json!({"command": "share.end", "share": id})), "access.not_allowed");
    run(&seller, json!({"command": "share.end", "share": id}));
    let again = json!({"command": "customer.change", "customer": "C-700", "change": {"source": "letter"}});
    assert_eq!(code(&rival, again), "access.not_allowed", "an ended share gives nothing from then on");
    assert!(sees(&rival), "the other share lasts");

    network.clock.advance(Duration::days(2));
    assert!(sees(&rival), "on its last day it holds");
    network.clock.advance(Duration::days(1));
    assert!(!sees(&rival), "the day after it does not");
    assert!(sees(&seller));
}

#[test]
fn a_share_names_one_record_and_one_recipient_and_ends_after_it_begins() {
    let network = Network::new();
    let seller = network.seller();
    customer(&seller);
    let position = network.rival().actor().position.to_string();
    for (given, expected) in [
        (json!({"customer": "C-700"}), "share.recipient"),
        (json!({"customer": "C-700", "position": position, "unit": "HQ"}), "share.recipient"),
        (json!({"position": position}), "share.record"),
        (
            json!({"customer": "C-700", "position": position, "to": "2026-03-03"}),
            "share.ends_before_it_begins",
        ),
    ] {
        let mut command = json!({"command": "share.grant", "right": "read"});
        command.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        assert_eq!(code(&seller, command.clone()), expected, "{command}");
    }
}

#[test]
fn a_substitute_has_the_rights_of_the_position_between_its_days_alone() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller);
    let position = seller.actor().position.to_string();
    let substitute = |from: &str, to: &str| json!({"command": "holding.substitute", "user": "u-neri", "position": position, "from": from, "to": to, "reason": "on leave"});
    assert_eq!(code(&rival, substitute("2026-03-05", "2026-03-06")), "access.not_allowed");
    assert_eq!(code(&seller, substitute("2026-03-05", "2026-03-04")), "substitute.ends_before_it_begins");
    run(&seller, substitute("2026-03-05", "2026-03-06"));
    assert_eq!(code(&seller, substitute("2026-03-06", "2026-03-09")), "substitute.holds_already");
    let sign_in = || network.crm.session("u-neri", Some(&position));
    assert_eq!(sign_in().unwrap_err().code(), "session.no_position", "the day before");
    network.clock.advance(Duration::days(1));
    let standing_in = sign_in().unwrap();
    assert!(sees(&standing_in) && !sees(&network.rival()));
    assert_eq!(
        code(&standing_in, substitute("2026-04-01", "2026-04-02")),
        "access.not_allowed",
        "a substitute names no further one"
    );
    network.clock.advance(Duration::days(2));
    assert_eq!(standing_in.find::<Customer>("C-700").unwrap_err().code(), "session.ended");
    assert_eq!(sign_in().unwrap_err().code(), "session.no_position");
}
