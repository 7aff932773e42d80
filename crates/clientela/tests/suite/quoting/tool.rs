//! The tool's part: messages as it would write them.

use clientela::core::sales::{Affair, Offer};
use clientela::model::{EntityId, Record};
use clientela::{Command, Predicate, QuotingSession, Session};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// SHA-256 of bytes as messages write it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    clientela_exchange::quoting::Digest::of(bytes).to_string()
}

pub(crate) fn run(session: &Session, command: Value) {
    session.run(&Command::from_json(&command.to_string()).unwrap()).unwrap();
}

/// A customer with an open opportunity of this number.
pub(crate) fn opportunity(session: &Session, number: &str) {
    let customer = format!("C-{number}");
    run(
        session,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": customer}}),
    );
    run(
        session,
        json!({"command": "opportunity.open", "customer": customer, "title": "Fleet", "method": "with-configurator",
            "currency": "EUR", "number": number}),
    );
}

/// A message of the tool's user, with an id no other has.
pub(crate) fn message(session: &Session, dealer: &str, kind: &str, body: Value) -> Value {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    json!({
        "contract": "quoting-exchange/1", "message": kind,
        "message_id": format!("7001a000-0000-4000-8000-{count:012}"),
        "sent_at": "2026-03-04T10:00:00+01:00", "sender": {"system": "quoting", "version": "4.2"},
        "dealer_code": dealer, "user": session.login(), "body": body,
    })
}

pub(crate) fn receive(session: &Session, message: &Value, file: Option<&[u8]>) -> Value {
    let answer = session.quoting_receive(message.to_string().as_bytes(), file).unwrap();
    if answer.is_empty() { Value::Null } else { serde_json::from_slice(&answer).unwrap() }
}

/// Asks for an affair; gives the id of the message.
pub(crate) fn ask(session: &Session, opportunity: &str) -> String {
    let sent = session.quoting_affair(opportunity, &QuotingSession::default()).unwrap();
    let sent: Value = serde_json::from_slice(&sent).unwrap();
    sent["message_id"].as_str().unwrap().to_owned()
}

/// The tool's answer to `affair.create`.
pub(crate) fn acknowledge(session: &Session, dealer: &str, asked: &str, key: &str) {
    let body = json!({"status": "created", "affair_id": key, "affair_revision": 1});
    let mut ack = message(session, dealer, "affair.create.ack", body);
    ack["in_reply_to"] = json!(asked);
    assert_eq!(receive(session, &ack, None), Value::Null);
}

pub(crate) fn all<R: Record>(session: &Session) -> Vec<R> {
    let found = session.list::<R>(&Predicate::Everything, 100, 0).unwrap();
    found.into_iter().map(|stored| stored.record).collect()
}

/// The affair of an opportunity.
pub(crate) fn affair(session: &Session, opportunity: &str) -> Affair {
    let id = session.find::<clientela::core::sales::Opportunity>(opportunity).unwrap().record.id;
    all::<Affair>(session).into_iter().find(|affair| affair.opportunity.uuid() == id.uuid()).unwrap()
}

/// The offer of a dossier.
pub(crate) fn offer(session: &Session, dossier: &str) -> Option<Offer> {
    all::<Offer>(session).into_iter().find(|offer| offer.dossier.as_deref() == Some(dossier))
}

/// An item without tax that costs what it is listed at.
pub(crate) fn item(id: &str, quantity: &str, price: &str, line: &str) -> Value {
    json!({"item_id": id, "kind": "vehicle", "product_code": "M", "quantity": quantity, "unit_list": price,
        "unit_net": price, "line_net": line, "vat": {"category": "E", "rate": "0"}})
}

/// An item whose price is inside another's.
pub(crate) fn inside(id: &str, parent: &str, quantity: &str, price: &str) -> Value {
    json!({"item_id": id, "parent_item_id": parent, "included_in_parent_price": true, "kind": "option",
        "product_code": "X", "quantity": quantity, "unit_list": price, "unit_net": "0", "line_net": "0",
        "vat": {"category": "E", "rate": "0"}})
}

/// A complete dossier of these items, whose lines add up to the total.
pub(crate) fn of_items(id: &str, revision: u32, items: Value, total: &str) -> Value {
    json!({"dossier_id": id, "dossier_revision": revision, "status": "complete",
        "vehicle": {"model_code": "M", "quantity": 1}, "items": items,
        "totals": {"net": total, "vat": "0", "gross": total, "payable": total}, "valid_until": "2026-05-01"})
}

/// A complete dossier of one item.
pub(crate) fn dossier(id: &str, revision: u32, price: &str) -> Value {
    of_items(id, revision, json!([item("1", "1", price, price)]), price)
}

/// The tool at one dealer's, with one affair.
pub(crate) struct Tool {
    pub(crate) session: Session,
    pub(crate) dealer: &'static str,
    pub(crate) opportunity: String,
    pub(crate) affair: String,
    /// The file the next session starts from, and how often the affair was saved.
    pub(crate) base: Option<String>,
    pub(crate) revision: u32,
}

impl Tool {
    /// Opens an opportunity and makes its affair.
    pub(crate) fn open(session: Session, dealer: &'static str, opportunity: &str) -> Self {
        self::opportunity(&session, opportunity);
        let affair = format!("AFF-{opportunity}");
        acknowledge(&session, dealer, &ask(&session, opportunity), &affair);
        Self { session, dealer, opportunity: opportunity.to_owned(), affair, base: None, revision: 1 }
    }

    /// What the tool hands over when it is left with these dossiers and this file.
    pub(crate) fn handed_over(&mut self, dossiers: Value, file: &[u8]) -> Value {
        self.revision += 1;
        let mut body = json!({
            "exit": "saved", "affair_id": self.affair, "affair_revision": self.revision,
            "opportunity_crm_id": self.opportunity, "currency": "EUR", "rounding": "line",
            "dossiers_complete": true, "dossiers": dossiers,
            "file": {"filename": "a.rvi", "media_type": "application/octet-stream", "size": file.len(),
                "digest": digest(file)},
        });
        if let Some(base) = &self.base {
            body["base_file_digest"] = json!(base);
        }
        self.base = Some(digest(file));
        message(&self.session, self.dealer, "offer.return", body)
    }

    /// Leaves the tool; gives the body of the answer.
    pub(crate) fn leave(&mut self, dossiers: Value) -> Value {
        let file = format!("file {}", self.revision);
        let message = self.handed_over(dossiers, file.as_bytes());
        receive(&self.session, &message, None)["body"].clone()
    }
}

/// What an answer says of each dossier: `dossier action revision problem`.
pub(crate) fn results(body: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let of_one = |result: &Value| {
        let revision =
            result["offer_revision"].as_u64().map_or("-".to_owned(), |revision| revision.to_string());
        let (id, action) = (word(&result["dossier_id"]), word(&result["action"]));
        format!("{id} {action} {revision} {}", word(&result["problem"]["code"]))
    };
    body["results"].as_array().unwrap_or_else(|| panic!("{body}")).iter().map(of_one).collect()
}
