//! Everything a check found wrong with what was entered, at once.
//!
//! A form or an import wants all findings, a program wants one code: [`Findings`] is both. Checks run in the order of
//! the fields as declared, so that the first finding is the same everywhere.

use clientela_model::{ClosedList, Coded, ErrorKind, Issue, ValueError};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Most characters of a text of one line, such as a name.
pub const LINE_MAX: usize = 200;
/// Most characters of a longer text, such as a note.
pub const PARAGRAPH_MAX: usize = 20_000;

/// What was found wrong; never empty. Its code and field are those of the first finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    entity: &'static str,
    first: ValueError,
    rest: Vec<ValueError>,
}

impl Findings {
    /// All findings, in the order of the checks.
    pub fn iter(&self) -> impl Iterator<Item = &ValueError> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// What was being entered, such as `customer`.
    #[must_use]
    pub const fn entity_name(&self) -> &'static str {
        self.entity
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not accepted", self.entity)?;
        match &self.first.field {
            Some(field) => write!(f, ", {field}: {}", self.first)?,
            None => write!(f, ": {}", self.first)?,
        }
        match self.rest.len() {
            0 => Ok(()),
            1 => f.write_str(" (and one more finding)"),
            more => write!(f, " (and {more} more findings)"),
        }
    }
}

impl std::error::Error for Findings {}

impl Coded for Findings {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        self.first.code
    }
    fn field(&self) -> Option<String> {
        self.first.field.clone()
    }
    fn hint(&self) -> Option<String> {
        self.first.hint()
    }
    fn issues(&self) -> Vec<Issue> {
        self.iter()
            .map(|found| Issue {
                code: found.code.to_owned(),
                field: found.field.clone().unwrap_or_default(),
                message: found.to_string(),
            })
            .collect()
    }
}

/// Collects findings while a record is being made.
#[derive(Debug)]
pub(crate) struct Check {
    entity: &'static str,
    found: Vec<ValueError>,
}

impl Check {
    pub(crate) const fn new(entity: &'static str) -> Self {
        Self { entity, found: Vec::new() }
    }

    /// Notes that the field is not acceptable.
    pub(crate) fn refuse(&mut self, field: &'static str, error: ValueError) {
        self.found.push(error.at(field));
    }

    /// The value, or nothing and a finding.
    pub(crate) fn keep<T>(&mut self, field: &'static str, read: Result<T, ValueError>) -> Option<T> {
        read.map_err(|error| self.refuse(field, error)).ok()
    }

    /// The value of a field that must be given. Nothing is said twice: `value` is missing only if `given` is.
    pub(crate) fn needed<T>(&mut self, field: &'static str, given: bool, value: Option<T>) -> Option<T> {
        if !given {
            self.refuse(field, missing());
        }
        value
    }

    /// A text of one line, in NFC, without blanks at its ends; blank is not given.
    pub(crate) fn line(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        self.text(field, text, LINE_MAX, false)
    }

    /// A longer text that may have line breaks; else as [`line`](Self::line).
    pub(crate) fn paragraph(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        self.text(field, text, PARAGRAPH_MAX, true)
    }

    /// A text of one line that must be given.
    pub(crate) fn needed_line(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        let line = self.line(field, text);
        self.needed(field, given(text).is_some(), line)
    }

    /// A word of a closed list.
    pub(crate) fn word<W: ClosedList>(&mut self, field: &'static str, text: Option<&str>) -> Option<W> {
        given(text).and_then(|word| self.keep(field, W::parse(word)))
    }

    /// A word of a closed list that must be given.
    pub(crate) fn needed_word<W: ClosedList>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
    ) -> Option<W> {
        let word = self.word(field, text);
        self.needed(field, given(text).is_some(), word)
    }

    /// The record if nothing was found.
    pub(crate) fn finish<T>(self, record: Option<T>) -> Result<T, Findings> {
        let entity = self.entity;
        let mut found = self.found.into_iter();
        match (found.next(), record) {
            (None, Some(record)) => Ok(record),
            (Some(first), _) => Err(Findings { entity, first, rest: found.collect() }),
            // A record is left unmade only after a finding.
            (None, None) => Err(Findings { entity, first: missing(), rest: Vec::new() }),
        }
    }

    fn text(&mut self, field: &'static str, text: Option<&str>, most: usize, breaks: bool) -> Option<String> {
        let text = given(text)?;
        // Measured before it is normalised, so that a huge text costs nothing.
        if text.len() > most * 4 || text.chars().count() > most {
            self.refuse(
                field,
                ValueError::new("text.too_long", "text", "is too long", format!("at most {most} characters")),
            );
            return None;
        }
        // ASCII is in NFC as it stands.
        let normal: String = if text.is_ascii() {
            text.split('\r').collect()
        } else {
            text.nfc().filter(|letter| *letter != '\r').collect()
        };
        let control =
            normal.chars().any(|letter| letter.is_control() && !(breaks && matches!(letter, '\n' | '\t')));
        if control {
            let expected = if breaks { "letters and line breaks" } else { "one line of letters" };
            self.refuse(
                field,
                ValueError::new("text.control_character", "text", "has a control character", expected),
            );
            return None;
        }
        Some(normal)
    }
}

/// The text without blanks at its ends, nothing if that leaves nothing.
pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A field that must be given is not.
pub(crate) fn missing() -> ValueError {
    ValueError::new("field.missing", "field", "is missing", "a value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_normalised_and_bounded() {
        let long = "a".repeat(LINE_MAX + 1);
        for (text, expected) in [
            ("  Rossi  ", Ok(Some("Rossi"))),
            ("   ", Ok(None)),
            ("Mu\u{308}ller", Ok(Some("M\u{fc}ller"))),
            ("one\ntwo", Err("text.control_character")),
            ("nul\0", Err("text.control_character")),
            (long.as_str(), Err("text.too_long")),
        ] {
            let mut check = Check::new("customer");
            let line = check.line("name", Some(text));
            let result = check.finish(Some(line)).map_err(|found| found.code());
            assert_eq!(result, expected.map(|line| line.map(str::to_owned)), "{text:?}");
        }
        let mut check = Check::new("customer");
        assert_eq!(check.paragraph("notes", Some("one\r\ntwo")).as_deref(), Some("one\ntwo"));
        assert!(check.finish(Some(())).is_ok());
    }

    #[test]
    fn the_first_finding_speaks_for_all_and_all_are_listed() {
        let mut check = Check::new("customer");
        check.needed_line("name", None);
        check.refuse("vehicles", missing().at("vin"));
        let found = check.finish(None::<()>).unwrap_err();
        assert_eq!((found.code(), found.field().as_deref()), ("field.missing", Some("name")));
        let fields: Vec<String> = found.issues().into_iter().map(|issue| issue.field).collect();
        assert_eq!(fields, ["name", "vehicles.vin"]);
        assert_eq!(
            found.to_string(),
            "customer is not accepted, name: field is missing; expected a value (and one more finding)"
        );
    }
}
