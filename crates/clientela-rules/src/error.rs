//! What is wrong with a rule, found when it is saved.

use crate::limits::ERRORS_MAX;
use crate::syntax::Span;
use clientela_model::{Coded, ErrorKind, Issue};
use serde::Serialize;
use std::fmt;

/// One finding about a rule, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct RuleError {
    /// Stable dotted word, such as `rule.unknown_field`.
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | `rule.syntax` | the text is not an expression |
    /// | `rule.too_costly` | one decision may take more steps than any rule may |
    /// | `rule.unsupported` | an expression of CEL that rules do not have: building a message |
    /// | `rule.limit` | too long, too deep, too many nodes or loops |
    /// | `rule.unknown_variable`, `rule.unknown_field`, `rule.unknown_function` | no such name |
    /// | `rule.unknown_word` | the closed list has no such word |
    /// | `rule.types` | an operator cannot be used with these types |
    /// | `rule.arguments` | a function cannot be used with these arguments |
    /// | `rule.literal` | a literal such as a date does not exist |
    /// | `rule.pattern` | a regular expression is not one |
    /// | `rule.never_empty` | compares with `null` what always has a value |
    /// | `rule.result` | the result is not of the type that is needed |
    pub code: &'static str,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// One sentence in lower case.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    /// The line, and beneath it a caret under the place.
    pub snippet: String,
}

/// All findings about one rule, in the order of their places; at most [`ERRORS_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleErrors(Vec<RuleError>);

/// A finding before its place is turned into line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl RuleErrors {
    /// Puts findings in order and finds their lines.
    pub(crate) fn new(source: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.span.start);
        problems.truncate(ERRORS_MAX);
        Self(problems.into_iter().map(|problem| locate(source, problem)).collect())
    }

    /// The findings.
    #[must_use]
    pub fn errors(&self) -> &[RuleError] {
        &self.0
    }
}

/// The most characters of a line shown left and right of the place.
const SNIPPET_REACH: usize = 60;

fn locate(source: &str, problem: Problem) -> RuleError {
    let at = source.floor_char_boundary(problem.span.start as usize);
    let before = source.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line_text = source.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    let skipped = column.saturating_sub(SNIPPET_REACH);
    let end = (problem.span.end as usize).min(line_start + line_text.len());
    let width = source.get(at..end).map_or(1, |text| text.chars().count()).clamp(1, SNIPPET_REACH);
    let shown: String = line_text
        .chars()
        .skip(skipped)
        .take(2 * SNIPPET_REACH)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    RuleError {
        code: problem.code,
        line: before.matches('\n').count() + 1,
        column: column + 1,
        message: problem.message,
        hint: problem.hint,
        snippet: format!("{shown}\n{}{}", " ".repeat(column - skipped), "^".repeat(width)),
    }
}

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("the rule cannot be used"),
            [only] => write!(f, "the rule cannot be used: {only}"),
            [first, rest @ ..] => write!(f, "the rule cannot be used: {first}; and {} more", rest.len()),
        }
    }
}

impl std::error::Error for RuleErrors {}

impl Coded for RuleErrors {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Rule
    }
    fn code(&self) -> &'static str {
        "rule.invalid"
    }
    fn hint(&self) -> Option<String> {
        let said = self.0.iter().find_map(|error| error.hint.clone());
        said.or_else(|| Some("correct the rule at the place named".to_owned()))
    }
    fn issues(&self) -> Vec<Issue> {
        let issue = |error: &RuleError| Issue {
            code: error.code.to_owned(),
            field: format!("{}:{}", error.line, error.column),
            message: match &error.hint {
                Some(hint) => format!("{}; {hint}", error.message),
                None => error.message.clone(),
            },
        };
        self.0.iter().map(issue).collect()
    }
}

/// A fact that is not what the environment declares.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// No field or variable of that name.
    #[error("{owner} has no {name}")]
    Unknown {
        /// The record type, or "the environment".
        owner: String,
        /// The name that was given.
        name: String,
    },
    /// A value of another type.
    #[error("{name} is {given}; expected {expected}")]
    Type {
        /// Path of the field or variable.
        name: String,
        /// The kind of value given.
        given: &'static str,
        /// The type declared.
        expected: String,
    },
    /// A word the closed list does not have.
    #[error("{name} is not a word of its list; expected {expected}")]
    Word {
        /// Path of the field or variable.
        name: String,
        /// The words.
        expected: String,
    },
}

impl Coded for FactError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "fact.unknown",
            Self::Type { .. } => "fact.type",
            Self::Word { .. } => "fact.word",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Unknown { name, .. } | Self::Type { name, .. } | Self::Word { name, .. } => {
                Some(name.clone())
            }
        }
    }
}
