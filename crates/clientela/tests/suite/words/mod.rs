//! Commands and questions as other languages send them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses what it needs")]

use clientela::{Question, Receipt, Request, Session};
use serde_json::Value;
use std::borrow::Borrow;

pub(crate) fn try_run(session: &Session, value: &Value) -> clientela::Result<Receipt> {
    session.run(&Request::from_json(&value.to_string())?)
}

pub(crate) fn run(session: &Session, value: impl Borrow<Value>) -> Receipt {
    let value = value.borrow();
    try_run(session, value).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

pub(crate) fn try_ask(session: &Session, value: &Value) -> clientela::Result<Value> {
    session.answer(&Question::from_json(&value.to_string())?)
}

pub(crate) fn ask(session: &Session, value: impl Borrow<Value>) -> Value {
    let value = value.borrow();
    try_ask(session, value).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

/// The code a command is refused with.
pub(crate) fn refused(session: &Session, value: impl Borrow<Value>) -> &'static str {
    try_run(session, value.borrow()).unwrap_err().code()
}

/// The code a command is refused with, and the field it names.
pub(crate) fn refused_at(session: &Session, value: impl Borrow<Value>) -> (&'static str, Option<String>) {
    let error = try_run(session, value.borrow()).unwrap_err();
    (error.code(), error.field())
}

/// The code a question is refused with.
pub(crate) fn unanswered(session: &Session, value: impl Borrow<Value>) -> &'static str {
    try_ask(session, value.borrow()).unwrap_err().code()
}

/// All lines of a list, page by page.
pub(crate) fn pages(session: &Session, question: &Value, size: usize) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut after = Value::Null;
    loop {
        let mut asked = question.clone();
        asked["size"] = size.into();
        asked["after"] = after;
        let page = ask(session, asked);
        let found = page["lines"].as_array().unwrap().clone();
        assert!(found.len() <= size, "{page}");
        lines.extend(found);
        after = page["next"].clone();
        if after.is_null() {
            return lines;
        }
    }
}
