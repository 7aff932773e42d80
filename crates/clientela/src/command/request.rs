//! A command with the reason the user gives for it: the one place where every command has one.

use super::{Command, has_own_reason, unreadable};
use crate::error::{CrmError, Result};
use clientela_core::findings::PARAGRAPH_MAX;
use clientela_model::ValueError;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A command and why it is given, in the user's words. In JSON the reason stands beside the command's own fields:
///
/// ```
/// use clientela::command::Request;
/// let request = Request::from_json(
///     r#"{"command": "customer.change", "customer": "C-1", "change": {"source": "fair"}, "reason": "told at the fair"}"#,
/// )?;
/// assert_eq!((request.command.kind(), request.reason.as_deref()), ("customer.change", Some("told at the fair")));
/// # Ok::<(), clientela::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is asked.
    pub command: Command,
    /// Why; kept in the journal with every change.
    pub reason: Option<String>,
}

impl Request {
    /// Reads a command with its reason from JSON. The reason of a command that has one of its own, such as a lost
    /// opportunity's, stays with the command.
    ///
    /// # Errors
    /// `command.unreadable` with the place and the problem, never with a value.
    pub fn from_json(text: &str) -> Result<Self> {
        let mut value: Value = serde_json::from_str(text).map_err(|error| unreadable(text, &error))?;
        let kind = value.get("command").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut reason = None;
        if let Some(fields) = value.as_object_mut()
            && fields.contains_key("reason")
            && Command::KINDS.contains(&kind.as_str())
            && !has_own_reason(&kind)
        {
            reason = match fields.remove("reason") {
                None | Some(Value::Null) => None,
                Some(Value::String(reason)) => Some(reason),
                Some(_) => {
                    let problem = "a reason is a text".to_owned();
                    return Err(CrmError::Command { field: Some("reason".to_owned()), problem }.into());
                }
            };
            let rest = value.to_string();
            let command = serde_json::from_str(&rest).map_err(|error| unreadable(&rest, &error))?;
            return Ok(Self { command, reason });
        }
        Ok(Self { command: Command::from_json(text)?, reason })
    }
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self { command, reason: None }
    }
}

/// A command, or one with its reason, as it is handed in.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub(crate) command: &'a Command,
    pub(crate) reason: Option<&'a str>,
}

impl<'a> From<&'a Command> for Asked<'a> {
    fn from(command: &'a Command) -> Self {
        Self { command, reason: None }
    }
}

impl<'a> From<&'a Request> for Asked<'a> {
    fn from(request: &'a Request) -> Self {
        Self { command: &request.command, reason: request.reason.as_deref() }
    }
}

impl Asked<'_> {
    /// What tells two commands of one id apart, and why the user gives it: the reason beside the command, else the
    /// command's own reason or note.
    ///
    /// # Errors
    /// `date.year`; `text.too_long`, `text.control_character` for the reason.
    pub(crate) fn fingerprint_and_reason(self) -> Result<([u8; 32], String)> {
        let internal = |_| CrmError::Internal { what: "commands are JSON" };
        let text = serde_json::to_value(self.command).map_err(internal)?;
        crate::days::check(&text)?;
        let mut bytes = serde_json::to_vec(&text).map_err(internal)?;
        let own = || ["reason", "note"].into_iter().find_map(|name| text.get(name).and_then(Value::as_str));
        let reason = self.reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason {
            check(reason)?;
            // Commands without one keep the fingerprint they have always had.
            bytes.push(0);
            bytes.extend_from_slice(reason.as_bytes());
        }
        let reason = reason.or_else(own).unwrap_or_default().to_owned();
        Ok((Sha256::digest(&bytes).into(), reason))
    }
}

fn check(reason: &str) -> Result<(), ValueError> {
    if reason.chars().count() > PARAGRAPH_MAX {
        let expected = format!("at most {PARAGRAPH_MAX} characters");
        return Err(ValueError::new("text.too_long", "text", "is too long", expected).at("reason"));
    }
    if reason.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(ValueError::new(
            "text.control_character",
            "text",
            "has a control character",
            "letters and line breaks",
        )
        .at("reason"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_takes_a_reason_and_those_with_their_own_keep_it() {
        let own: Vec<&str> = Command::KINDS.iter().copied().filter(|kind| has_own_reason(kind)).collect();
        for kind in ["vehicle.dispose", "activity.cancel", "opportunity.lose", "offer.discount"] {
            assert!(own.contains(&kind), "{kind} has a reason of its own");
        }
        for kind in ["customer.change", "offer.issue", "opportunity.advance", "unit.create"] {
            assert!(!own.contains(&kind), "{kind} takes the reason beside it");
        }
        let read = |text: &str| Request::from_json(text).unwrap();
        let reason = |text: &str| Asked::from(&read(text)).fingerprint_and_reason().unwrap().1;
        assert_eq!(
            reason(r#"{"command": "offer.issue", "offer": "Q-1", "reason": "he asked for it"}"#),
            "he asked for it"
        );
        assert_eq!(
            reason(r#"{"command": "opportunity.lose", "opportunity": "O-1", "reason": "price"}"#),
            "price"
        );
        let both = r#"{"command": "opportunity.advance", "opportunity": "O-1", "note": "n", "reason": "r"}"#;
        assert_eq!(reason(both), "r");
        assert_eq!(reason(r#"{"command": "offer.issue", "offer": "Q-1"}"#), "");
        for text in [
            r#"{"command": "offer.issue", "offer": "Q-1", "reason": 7}"#,
            r#"{"command": "offer.issue", "ofer": "Q-1", "reason": "r"}"#,
            r#"{"command": "offer.frame", "reason": "r"}"#,
            "[]",
        ] {
            assert_eq!(Request::from_json(text).unwrap_err().code(), "command.unreadable", "{text}");
        }
        let long = read(r#"{"command": "offer.issue", "offer": "Q-1"}"#)
            .command
            .because("x".repeat(PARAGRAPH_MAX + 1));
        assert_eq!(Asked::from(&long).fingerprint_and_reason().unwrap_err().code(), "text.too_long");
    }
}
