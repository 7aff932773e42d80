//! Bytes of the tool's file: kept whenever they come, handed out only where they came.

use super::network::Network;
use super::tool::{Tool, acknowledge, all, ask, digest, message, opportunity, receive};
use clientela::core::sales::Attachment;
use clientela::{QuotingSession, Session};
use serde_json::{Value, json};

const BYTES: &[u8] = b"the tool's own file";

fn digits() -> String {
    digest(BYTES).trim_start_matches("sha256:").to_owned()
}

/// The file that goes to the tool with the opportunity.
fn sent_file(session: &Session, opportunity: &str) -> Value {
    let sent = session.quoting_affair(opportunity, &QuotingSession::default()).unwrap();
    serde_json::from_slice::<Value>(&sent).unwrap()["body"]["file"].clone()
}

#[test]
fn bytes_that_come_after_their_record_are_kept() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-1");
    let record = tool.handed_over(json!([]), BYTES);
    assert_eq!(receive(&tool.session, &record, None)["body"]["file_action"], "stored");
    assert_eq!(tool.session.file(&digits()).unwrap_err().code(), "record.not_found");
    assert_eq!(sent_file(&tool.session, "O-1")["content_base64"], Value::Null);
    for _ in 0..2 {
        let again = tool.handed_over(json!([]), BYTES);
        assert_eq!(receive(&tool.session, &again, Some(BYTES))["body"]["file_action"], "already_stored");
        assert_eq!(tool.session.file(&digits()).unwrap(), BYTES);
        let kept = all::<Attachment>(&tool.session);
        assert_eq!(kept.iter().map(|file| file.content_here).collect::<Vec<_>>(), [true]);
    }
    assert!(sent_file(&tool.session, "O-1")["content_base64"].is_string());
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn bytes_of_the_file_the_tool_began_with_are_kept() {
    let network = Network::new();
    let session = network.seller();
    opportunity(&session, "O-1");
    let asked = ask(&session, "O-1");
    let file = json!({"filename": "a.rvi", "media_type": "application/octet-stream", "size": BYTES.len(),
        "digest": digest(BYTES)});
    let body = json!({"status": "created", "affair_id": "AFF-O-1", "affair_revision": 1, "file": file});
    let mut ack = message(&session, "D-0042", "affair.create.ack", body);
    ack["in_reply_to"] = json!(asked);
    receive(&session, &ack, None);
    assert!(all::<Attachment>(&session).is_empty());
    let mut tool = Tool {
        session,
        dealer: "D-0042",
        opportunity: "O-1".to_owned(),
        affair: "AFF-O-1".to_owned(),
        base: Some(digest(BYTES)),
        revision: 1,
    };
    let saved = tool.handed_over(json!([]), BYTES);
    assert_eq!(receive(&tool.session, &saved, Some(BYTES))["body"]["file_action"], "already_stored");
    assert_eq!(tool.session.file(&digits()).unwrap(), BYTES);
}

#[test]
fn whoever_names_a_digest_does_not_get_the_bytes_of_others() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-1");
    let saved = tool.handed_over(json!([]), BYTES);
    receive(&tool.session, &saved, Some(BYTES));
    let mut rival = Tool::open(network.rival(), "D-0043", "O-2");
    let claimed = rival.handed_over(json!([]), BYTES);
    assert_eq!(receive(&rival.session, &claimed, None)["body"]["file_action"], "stored");
    assert_eq!(rival.session.file(&digits()).unwrap_err().code(), "record.not_found");
    assert_eq!(sent_file(&rival.session, "O-2")["content_base64"], Value::Null);
    assert_eq!(tool.session.file(&digits()).unwrap(), BYTES);
    // With the bytes themselves he has nothing to learn.
    let had = rival.handed_over(json!([]), BYTES);
    receive(&rival.session, &had, Some(BYTES));
    assert_eq!(rival.session.file(&digits()).unwrap(), BYTES);
}

#[test]
fn a_file_whose_record_no_store_keeps_is_refused_in_the_answer() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-1");
    let mut saved = tool.handed_over(json!([]), BYTES);
    saved["body"]["file"]["media_type"] = json!("x".repeat(100_000));
    let answer = receive(&tool.session, &saved, None);
    assert_eq!((&answer["message"], &answer["body"]["code"]), (&json!("problem"), &json!("SCHEMA_INVALID")));
    assert!(all::<Attachment>(&tool.session).is_empty());
    acknowledge(&tool.session, "D-0042", &ask(&tool.session, "O-1"), "AFF-O-1");
}
