//! Offers as drafts: priced without a trace, committed once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::command::ItemLine;
use clientela::core::sales::Offer;
use clientela::{Command, DraftOutcome, ErrorKind, OfferDraft, Predicate, Session};
use network::Network;

fn with_opportunity(network: &Network) -> Session {
    let seller = network.seller();
    for command in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "Fleet", "method": "with-configurator",
            "currency": "EUR", "number": "O-1"}"#,
    ] {
        seller.run(&Command::from_json(command).unwrap()).unwrap();
    }
    seller
}

fn item(product: &str, quantity: u32) -> ItemLine {
    serde_json::from_value(serde_json::json!({"product": product, "quantity": quantity.to_string()})).unwrap()
}

fn commit(session: &Session, draft: &OfferDraft) -> (DraftOutcome, u32, String) {
    let committed = draft.commit(session.new_command_id()).unwrap();
    (committed.outcome, committed.revision, committed.number)
}

fn offers(session: &Session) -> u64 {
    session.count::<Offer>(&Predicate::Everything).unwrap()
}

#[test]
fn one_dossier_is_one_offer_however_often_it_is_committed() {
    let network = Network::new();
    let seller = with_opportunity(&network);
    let mut draft = seller.draft("O-1", Some("D-1")).unwrap();
    draft.add_item(item("T480-4X2", 3));
    let priced = draft.price().unwrap();
    assert_eq!(priced.priced.net.to_string(), "295500.00 EUR");
    assert_eq!((priced.items.len(), offers(&seller)), (1, 0), "pricing writes nothing");

    assert_eq!(commit(&seller, &draft), (DraftOutcome::Created, 1, "Q-7001".to_owned()));
    assert_eq!(commit(&seller, &draft), (DraftOutcome::Unchanged, 1, "Q-7001".to_owned()));
    draft.add_item(item("TRANSPORT", 3));
    assert_eq!(draft.price().unwrap().priced.net.to_string(), "298350.00 EUR");
    assert_eq!(commit(&seller, &draft), (DraftOutcome::Revised, 2, "Q-7001".to_owned()));
    assert_eq!(seller.offer("Q-7001").unwrap().offer.net.to_string(), "298350.00 EUR");

    // Another program begins anew with the same key: still the same offer.
    let mut again = seller.draft("O-1", Some("D-1")).unwrap();
    again.add_item(item("T480-4X2", 3));
    again.add_item(item("TRANSPORT", 3));
    assert_eq!(commit(&seller, &again), (DraftOutcome::Unchanged, 2, "Q-7001".to_owned()));
    let mut other = seller.draft("O-1", Some("D-2")).unwrap();
    other.add_item(item("TRANSPORT", 1));
    assert_eq!(commit(&seller, &other).0, DraftOutcome::Created);
    assert_eq!(offers(&seller), 2);
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn the_same_command_id_gives_the_same_answer() {
    let network = Network::new();
    let seller = with_opportunity(&network);
    let mut draft = seller.draft("O-1", None).unwrap();
    draft.add_item(item("TRANSPORT", 1));
    let id = seller.new_command_id();
    assert_eq!(draft.commit(id).unwrap(), draft.commit(id).unwrap());
    assert_eq!(offers(&seller), 1);
    draft.remove_item(0).unwrap();
    assert_eq!(draft.commit(id).unwrap_err().code(), "command.reused");
}

#[test]
fn what_is_wrong_with_a_draft_is_told_and_leaves_it_usable() {
    let network = Network::new();
    let seller = with_opportunity(&network);
    assert_eq!(seller.draft("O-9", None).unwrap_err().code(), "record.not_found");
    let mut draft = seller.draft("O-1", Some("D-1")).unwrap();
    assert_eq!(draft.remove_item(0).unwrap_err().kind(), ErrorKind::Argument);
    draft.add_item(item("NO-SUCH", 1));
    assert_eq!(draft.price().unwrap_err().code(), "record.not_found");
    assert_eq!(draft.commit(seller.new_command_id()).unwrap_err().code(), "record.not_found");
    draft.set_item(0, item("TRANSPORT", 2)).unwrap();
    assert_eq!(commit(&seller, &draft).0, DraftOutcome::Created);

    seller.run(&Command::from_json(r#"{"command": "offer.issue", "offer": "Q-7001"}"#).unwrap()).unwrap();
    seller.run(&Command::from_json(r#"{"command": "offer.accept", "offer": "Q-7001"}"#).unwrap()).unwrap();
    assert_eq!(commit(&seller, &draft).0, DraftOutcome::Unchanged, "the same content asks for nothing");
    draft.set_item(0, item("TRANSPORT", 3)).unwrap();
    assert_eq!(draft.commit(seller.new_command_id()).unwrap_err().code(), "offer.illegal_passage");
    let empty = seller.draft("O-1", Some(" ")).unwrap();
    assert_eq!(empty.commit(seller.new_command_id()).unwrap_err().code(), "dossier.length");
}
