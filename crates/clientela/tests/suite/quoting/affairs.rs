//! Which affair an answer of the tool is about.

use super::network::Network;
use super::tool::{
    Tool, acknowledge, affair, all, ask, dossier, message, opportunity, receive, results, run,
};
use clientela::core::party::{QuotingCustomer, TransferState};
use clientela::core::sales::{Affair, Offer, OfferState, Opportunity};
use clientela::{QuotingSession, Session};
use serde_json::{Value, json};

const UNKNOWN: &str = "844b69c4-d54c-4264-8c2d-adb6bb70f53b";

fn two_opportunities(network: &Network) -> Session {
    let session = network.seller();
    opportunity(&session, "O-1");
    opportunity(&session, "O-2");
    session
}

fn keys(session: &Session) -> [Option<String>; 2] {
    ["O-1", "O-2"].map(|number| affair(session, number).key)
}

fn some(key: &str) -> Option<String> {
    Some(key.to_owned())
}

#[test]
fn an_answer_is_about_the_affair_its_message_asked_for() {
    let network = Network::new();
    let session = two_opportunities(&network);
    let (first, second) = (ask(&session, "O-1"), ask(&session, "O-2"));
    assert_eq!(affair(&session, "O-1").asked_by.as_deref(), Some(first.as_str()));
    acknowledge(&session, "D-0042", &first, "AFF-1");
    assert_eq!(keys(&session), [some("AFF-1"), None]);
    acknowledge(&session, "D-0042", &second, "AFF-2");
    assert_eq!(keys(&session), [some("AFF-1"), some("AFF-2")]);
    let asked = session.receipt(first.parse().unwrap()).unwrap();
    assert_eq!((asked.command.as_str(), asked.records.len()), ("quoting.affair_create", 0));
    assert!(asked.why.mentions("quoting.answered"));
}

#[test]
fn answers_may_come_in_any_order_and_after_asking_again() {
    let network = Network::new();
    let session = two_opportunities(&network);
    let lost = ask(&session, "O-1");
    let (first, second) = (ask(&session, "O-1"), ask(&session, "O-2"));
    assert_ne!(lost, first);
    acknowledge(&session, "D-0042", &second, "AFF-2");
    acknowledge(&session, "D-0042", &first, "AFF-1");
    assert_eq!(keys(&session), [some("AFF-1"), some("AFF-2")]);
    // Late, and about a key that is known.
    acknowledge(&session, "D-0042", &lost, "AFF-1");
    assert_eq!(keys(&session), [some("AFF-1"), some("AFF-2")]);
}

#[test]
fn nothing_is_guessed_between_two_affairs_that_wait() {
    let network = Network::new();
    let session = two_opportunities(&network);
    ask(&session, "O-1");
    let second = ask(&session, "O-2");
    acknowledge(&session, "D-0042", UNKNOWN, "AFF-9");
    assert_eq!(keys(&session), [None, None]);
    acknowledge(&session, "D-0042", &second, "AFF-2");
    // Only one waits now.
    acknowledge(&session, "D-0042", UNKNOWN, "AFF-1");
    assert_eq!(keys(&session), [some("AFF-1"), some("AFF-2")]);
    // None waits: an answer that fits nothing changes nothing.
    acknowledge(&session, "D-0042", UNKNOWN, "AFF-9");
    assert_eq!(keys(&session), [some("AFF-1"), some("AFF-2")]);
}

/// The keys of all affairs of an opportunity.
fn keys_of(session: &Session, number: &str) -> Vec<String> {
    let id = session.find::<Opportunity>(number).unwrap().record.id;
    let affairs = all::<Affair>(session).into_iter().filter(|affair| affair.opportunity == id);
    let mut keys: Vec<String> = affairs.filter_map(|affair| affair.key).collect();
    keys.sort();
    keys
}

#[test]
fn a_second_tool_or_one_that_lost_its_data_makes_the_opportunity_a_second_affair() {
    let network = Network::new();
    let session = two_opportunities(&network);
    acknowledge(&session, "D-0042", &ask(&session, "O-1"), "AFF-1");
    ask(&session, "O-2");
    let again = ask(&session, "O-1");
    acknowledge(&session, "D-0042", &again, "AFF-7");
    assert_eq!(keys_of(&session, "O-1"), ["AFF-1", "AFF-7"]);
    assert_eq!(affair(&session, "O-2").key, None);
    // The same answer in a message of its own, and the first tool's, change nothing.
    acknowledge(&session, "D-0042", &again, "AFF-7");
    acknowledge(&session, "D-0042", &ask(&session, "O-1"), "AFF-1");
    assert_eq!(keys_of(&session, "O-1"), ["AFF-1", "AFF-7"]);
}

#[test]
fn dossiers_of_two_tools_are_kept_apart() {
    let network = Network::new();
    let mut first = Tool::open(network.seller(), "D-0042", "O-1");
    first.leave(json!([dossier("1", 1, "60000"), dossier("2", 1, "70000")]));
    acknowledge(&first.session, "D-0042", &ask(&first.session, "O-1"), "AFF-7");
    let mut second = Tool {
        session: network.seller(),
        affair: "AFF-7".into(),
        base: None,
        revision: 1,
        dealer: first.dealer,
        opportunity: first.opportunity.clone(),
    };
    // Its only dossier is numbered as the first tool's first; the list is complete, of its own affair.
    let answer = second.leave(json!([dossier("1", 5, "80000")]));
    assert_eq!(results(&answer), ["1 created 1 -"]);
    let states: Vec<_> = all::<Offer>(&first.session).into_iter().map(|offer| offer.state).collect();
    assert_eq!(states, [OfferState::Draft; 3]);
    // What the first had still to hand over is taken as what it is.
    let answer = first.leave(json!([dossier("1", 2, "61000"), dossier("2", 1, "70000")]));
    assert_eq!(results(&answer), ["1 revised 2 -", "2 unchanged 1 -"]);
}

#[test]
fn a_dossier_with_an_id_of_its_own_does_not_move_to_another_affair() {
    const ID: &str = "0192b7a0-6f3c-7c1e-9a8b-2f4d5e6a7b8c";
    let network = Network::new();
    let mut here = Tool::open(network.seller(), "D-0042", "O-1");
    let mut there = Tool::open(network.seller(), "D-0042", "O-2");
    here.leave(json!([dossier(ID, 1, "60000")]));
    let answer = there.leave(json!([dossier(ID, 2, "60000")]));
    assert!(results(&answer)[0].ends_with("rejected - DOSSIER_MOVED"), "{answer}");
    assert_eq!(all::<Offer>(&there.session).len(), 1);
}

#[test]
fn a_customer_is_told_anew_when_what_is_told_has_changed() {
    let network = Network::new();
    let session = two_opportunities(&network);
    let told = || -> Value {
        let sent = session.quoting_customer("C-O-1", &QuotingSession::default()).unwrap();
        serde_json::from_slice::<Value>(&sent).unwrap()["body"]["customer"].clone()
    };
    let before = told();
    run(&session, json!({"command": "vehicle.add", "customer": "C-O-1", "vehicle": {"make": "Volvo"}}));
    let after = told();
    assert_eq!((&before["fleet_size"], &after["fleet_size"]), (&json!(0), &json!(1)));
    assert!(before["revision"].as_i64() < after["revision"].as_i64(), "{before} {after}");
}

/// The check digits of a country whose rule is not known are nobody's knowledge.
#[test]
fn a_tax_number_is_told_as_far_as_it_was_checked() {
    let network = Network::new();
    let session = network.seller();
    for (number, vat, checked) in
        [("C-1", "IT00743110157", "valid"), ("C-2", "NO 123 456 785 MVA", "unknown")]
    {
        let customer = json!({"kind": "company", "name": number, "country": &vat[..2], "number": number, "vat_number": vat});
        run(&session, json!({"command": "customer.create", "customer": customer}));
        let sent = session.quoting_customer(number, &QuotingSession::default()).unwrap();
        let sent: Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(sent["body"]["customer"]["tax_ids"][0]["checked"], checked, "{vat}");
    }
}

#[test]
fn what_the_tool_did_with_a_customer_is_noted_for_each_workstation() {
    let network = Network::new();
    let session = two_opportunities(&network);
    let told = |workstation: &str| -> Value {
        let tool = QuotingSession { session_id: None, workstation: Some(workstation.into()) };
        serde_json::from_slice(&session.quoting_customer("C-O-1", &tool).unwrap()).unwrap()
    };
    let answered = |sent: &Value, body: Value| {
        let mut ack = message(&session, "D-0042", "customer.transfer.ack", body);
        ack["in_reply_to"] = sent["message_id"].clone();
        assert_eq!(receive(&session, &ack, None), Value::Null);
    };
    let (first, second) = (told("WS-1"), told("WS-2"));
    let sent = first["body"]["customer"]["revision"].as_i64().unwrap();
    let of = |state, workstation: &str| {
        let row = all::<QuotingCustomer>(&session)
            .into_iter()
            .find(|row| row.workstation.as_deref() == Some(workstation))
            .unwrap();
        assert_eq!((row.state, row.sent_revision), (state, sent));
        (row.key, row.applied_revision, row.problem)
    };
    assert_eq!(of(TransferState::Sent, "WS-1"), (None, None, None));
    answered(&second, json!({"status": "created", "tool_customer_id": "K-55", "applied_revision": sent}));
    answered(
        &first,
        json!({"status": "rejected", "tool_customer_id": "K-1", "problem": {
            "code": "CUSTOMER_LOCALLY_CHANGED", "retry": "after_fix", "text": "the street was changed here"}}),
    );
    assert_eq!(of(TransferState::Created, "WS-2"), (some("K-55"), Some(sent), None));
    assert_eq!(of(TransferState::Rejected, "WS-1"), (some("K-1"), None, some("CUSTOMER_LOCALLY_CHANGED")));
    // Told again, the tool of that workstation is not another one; nor is an answer to nothing an answer.
    told("WS-1");
    answered(&json!({"message_id": UNKNOWN}), json!({"status": "created", "tool_customer_id": "K-9"}));
    assert_eq!(of(TransferState::Sent, "WS-1"), (some("K-1"), None, None));
    assert_eq!(all::<QuotingCustomer>(&session).len(), 2);
}

#[test]
fn why_an_opportunity_was_not_taken_is_noted() {
    let network = Network::new();
    let session = two_opportunities(&network);
    let asked = ask(&session, "O-1");
    let problem =
        json!({"code": "AFFAIR_CUSTOMER_MISMATCH", "retry": "after_fix", "text": "it is another customer's"});
    let mut ack =
        message(&session, "D-0042", "affair.create.ack", json!({"status": "rejected", "problem": problem}));
    ack["in_reply_to"] = json!(asked);
    assert_eq!(receive(&session, &ack, None), Value::Null);
    assert_eq!(affair(&session, "O-1").problem, some("AFFAIR_CUSTOMER_MISMATCH"));
    acknowledge(&session, "D-0042", &ask(&session, "O-1"), "AFF-1");
    assert_eq!(affair(&session, "O-1").problem, None);
}
