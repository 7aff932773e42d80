//! Which affair an answer of the tool is about.

use super::network::Network;
use super::tool::{acknowledge, affair, ask, opportunity};
use clientela::Session;

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

#[test]
fn a_tool_that_lost_its_affair_makes_the_opportunity_a_new_one() {
    let network = Network::new();
    let session = two_opportunities(&network);
    acknowledge(&session, "D-0042", &ask(&session, "O-1"), "AFF-1");
    ask(&session, "O-2");
    acknowledge(&session, "D-0042", &ask(&session, "O-1"), "AFF-7");
    assert_eq!(keys(&session), [some("AFF-7"), None]);
}
