//! What was found wrong with a document, with its places.

use super::yaml::{Node, Scalar, Shape, shown};
use crate::error::{Problem, RuleError, RuleErrors};
use crate::nearest::nearest;
use crate::syntax::Span;
use clientela_model::{Coded, ErrorKind, Issue};
use serde::Serialize;
use std::fmt;

/// All that is wrong with a rule set, in the order of the places in the document; at most
/// [`ERRORS_MAX`](crate::limits::ERRORS_MAX). A mistake inside an expression is shown at its place in the document.
///
/// | code | meaning |
/// | --- | --- |
/// | `rule_set.syntax` | the document is not YAML or JSON, or has anchors, tags or a key twice |
/// | `rule_set.limit` | too long, too deep, too many rows, cells, variables, test cases, or too costly to run |
/// | `rule_set.unknown_key`, `rule_set.missing_key` | a key that is none, or one that is needed |
/// | `rule_set.value` | a value of another kind than the key wants |
/// | `rule_set.name` | a name that is none, is taken, or is not used |
/// | `rule_set.unreachable` | a row that no record can reach, because one above always applies |
/// | `rule_set.output_type` | outputs of different types |
/// | `rule_set.overlap` | rows of a table that must not apply together, with an example |
/// | `rule_set.gap` | values for which no row of a table applies, with an example (told, not refused) |
/// | `rule_set.not_checked` | what of a table could not be checked for gaps and overlaps (told, not refused) |
/// | `rule_set.never` | a condition that no record can satisfy, or that every record does (told, not refused) |
/// | `rule_set.unused` | a variable or column that nothing uses (told, not refused) |
/// | `rule_set.test_failed` | a test case of the document gives something else than it says |
///
/// Besides these, the `rule.*` codes of [`RuleError`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSetErrors(RuleErrors);

impl RuleSetErrors {
    pub(super) fn unread() -> Self {
        Self(RuleErrors::new("", Vec::new()))
    }

    /// The findings.
    #[must_use]
    pub fn errors(&self) -> &[RuleError] {
        self.0.errors()
    }
}

impl fmt::Display for RuleSetErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors() {
            [] => f.write_str("the rule set cannot be used"),
            [only] => write!(f, "the rule set cannot be used: {only}"),
            [first, rest @ ..] => write!(f, "the rule set cannot be used: {first}; and {} more", rest.len()),
        }
    }
}

impl std::error::Error for RuleSetErrors {}

impl Coded for RuleSetErrors {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Rule
    }
    fn code(&self) -> &'static str {
        "rule_set.invalid"
    }
    fn hint(&self) -> Option<String> {
        self.0.hint()
    }
    fn issues(&self) -> Vec<Issue> {
        self.0.issues()
    }
}

/// Collects findings while a document is read.
pub(super) struct Report<'d> {
    pub(super) document: &'d str,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl<'d> Report<'d> {
    pub(super) const fn new(document: &'d str) -> Self {
        Self { document, errors: Vec::new(), warnings: Vec::new() }
    }

    pub(super) fn error<T>(&mut self, problem: Problem) -> Option<T> {
        self.errors.push(problem);
        None
    }

    pub(super) fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }

    pub(super) fn keep<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.errors.push(problem)).ok()
    }

    pub(super) const fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Takes over what is wrong with an expression that stands in the document. `place` finds the byte of the document
    /// for a byte of the expression.
    pub(super) fn rule_errors(&mut self, source: &str, errors: &RuleErrors, place: &dyn Fn(usize) -> usize) {
        for error in errors.errors() {
            let offset = offset_of(source, error.line, error.column);
            let width = error.snippet.bytes().rev().take_while(|byte| *byte == b'^').count();
            let length: usize =
                source.get(offset..).unwrap_or_default().chars().take(width).map(char::len_utf8).sum();
            let start = place(offset);
            let span = Span { start: start as u32, end: place(offset + length).max(start + 1) as u32 };
            let (message, hint) = (error.message.clone(), error.hint.clone());
            self.errors.push(Problem { code: error.code, span, message, hint });
        }
    }

    /// The findings that refuse the document, or those that are only told.
    pub(super) fn finish(self) -> Result<Vec<RuleError>, RuleSetErrors> {
        if self.errors.is_empty() {
            Ok(RuleErrors::new(self.document, self.warnings).errors().to_vec())
        } else {
            Err(RuleSetErrors(RuleErrors::new(self.document, self.errors)))
        }
    }
}

/// The byte of a line and column, both counted from 1, columns in characters.
fn offset_of(source: &str, line: usize, column: usize) -> usize {
    let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = source.get(start..).unwrap_or_default();
    start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
}

/// The keys of a group, of which all must be known.
pub(super) struct Fields<'n> {
    entries: &'n [(Scalar, Node)],
    pub(super) span: Span,
}

impl<'n> Fields<'n> {
    /// The keys of the group; those not in `known` are reported.
    pub(super) fn read(node: &'n Node, known: &[&str], report: &mut Report<'_>) -> Option<Self> {
        let Shape::Map(entries) = &node.shape else {
            let message = format!("{} stands where a group of keys is expected", node.kind());
            return report.error(
                Problem::new("rule_set.value", node.span, message)
                    .hint(format!("keys are {}", known.join(", "))),
            );
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let hint = match nearest(&key.text, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("keys are {}", known.join(", ")),
            };
            let message = format!("there is no key {} here", shown(&key.text));
            report.error::<()>(Problem::new("rule_set.unknown_key", key.span, message).hint(hint));
        }
        Some(Self { entries, span: node.span })
    }

    /// The value of a key, unless it is missing or nothing.
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries
            .iter()
            .find(|(key, _)| key.text == name)
            .map(|(_, node)| node)
            .filter(|node| !node.scalar().is_some_and(Scalar::is_null))
    }

    /// The value of a key that must be given.
    pub(super) fn needed(&self, name: &str, report: &mut Report<'_>) -> Option<&'n Node> {
        self.get(name).or_else(|| {
            let at = Span { start: self.span.start, end: self.span.start + 1 };
            report.error(Problem::new("rule_set.missing_key", at, format!("{name} is missing here")))
        })
    }

    /// A single text.
    pub(super) fn scalar(&self, name: &str, report: &mut Report<'_>) -> Option<&'n Scalar> {
        let node = self.get(name)?;
        single(name, node, report)
    }

    /// A single text that must be given.
    pub(super) fn needed_scalar(&self, name: &str, report: &mut Report<'_>) -> Option<&'n Scalar> {
        let node = self.needed(name, report)?;
        single(name, node, report)
    }

    /// A list; none where it is not given.
    pub(super) fn list(&self, name: &str, report: &mut Report<'_>) -> &'n [Node] {
        let Some(node) = self.get(name) else { return &[] };
        node.list().unwrap_or_else(|| {
            let message = format!("{name} is a list, not {}", node.kind());
            report.error::<()>(
                Problem::new("rule_set.value", node.span, message).hint("begin each entry with -"),
            );
            &[]
        })
    }
}

fn single<'n>(name: &str, node: &'n Node, report: &mut Report<'_>) -> Option<&'n Scalar> {
    node.scalar().or_else(|| {
        report.error(Problem::new(
            "rule_set.value",
            node.span,
            format!("{name} is a single value, not {}", node.kind()),
        ))
    })
}
