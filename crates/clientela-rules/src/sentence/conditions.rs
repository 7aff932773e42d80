//! Conditions in words: nesting, negation, lists.

use super::words::Words;
use crate::functions::Function;
use crate::program::{Kind, Node, Quantifier};
use crate::syntax::Operator;
use crate::types::Type;

/// How the parts of a condition are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

/// Tells one rule.
pub(super) struct Teller<'r> {
    pub(super) words: &'r Words,
    pub(super) source: &'r str,
    /// The names of the entries of the loops around, the outermost first.
    pub(super) entries: Vec<String>,
}

impl<'r> Teller<'r> {
    pub(super) const fn new(words: &'r Words, source: &'r str) -> Self {
        Self { words, source, entries: Vec::new() }
    }

    pub(super) fn sentence(&mut self, root: &Node) -> String {
        if *root.ty.base() == Type::Bool { self.condition(root, false, 0) } else { self.value(root) }
    }

    /// A condition, or that it does not hold. `depth` counts the groups around it.
    pub(super) fn condition(&mut self, node: &Node, negated: bool, depth: usize) -> String {
        match &node.kind {
            // "Not both" is "one of them not", also where something is unknown.
            Kind::All(parts) => {
                self.joined(parts, negated, if negated { Joint::Or } else { Joint::And }, depth)
            }
            Kind::Any(parts) => {
                self.joined(parts, negated, if negated { Joint::And } else { Joint::Or }, depth)
            }
            Kind::Not(operand) => self.condition(operand, !negated, depth),
            Kind::Present(operand) => {
                let what = self.value(operand);
                self.words.fill(if negated { "missing" } else { "given" }, &[("a", &what)])
            }
            Kind::Compare { operator: Operator::In, left, right } => self.contained(left, right, negated),
            Kind::Compare { operator, left, right } => self.compared(*operator, left, right, negated),
            Kind::Call { function, arguments } => self.called(node, *function, arguments, negated),
            Kind::Matches { text, pattern } => {
                let text = self.value(text);
                let form = self.words.fill("text", &[("a", pattern.as_str())]);
                self.words
                    .fill(if negated { "not_matches" } else { "matches" }, &[("a", &text), ("b", &form)])
            }
            Kind::Loop { quantifier, list, body, .. } => {
                self.quantified(node, *quantifier, list, body, negated)
            }
            Kind::Variable(_) | Kind::Field { .. } | Kind::Entry(_) if *node.ty.base() == Type::Bool => {
                let what = self.value(node);
                let answer = self.words.word(if negated { "no" } else { "yes" });
                self.words.fill("equal", &[("a", &what), ("b", answer)])
            }
            Kind::Constant(_) => {
                let what = self.value(node);
                self.unless(negated, &what)
            }
            _ => {
                let text = self.as_written(node);
                let what = self.words.fill("holds", &[("a", &text)]);
                self.unless(negated, &what)
            }
        }
    }

    fn unless(&self, negated: bool, what: &str) -> String {
        if negated { self.words.fill("not", &[("a", what)]) } else { what.to_owned() }
    }

    fn joined(&mut self, parts: &[Node], negated: bool, joint: Joint, depth: usize) -> String {
        let told: Vec<String> = parts.iter().map(|part| self.condition(part, negated, depth + 1)).collect();
        let word = self.words.word(match joint {
            Joint::And => "and",
            Joint::Or => "or",
        });
        let text = self.enumerated(&told, word);
        // Inside another group the reader must see where this one begins and ends.
        match (depth, joint) {
            (0, _) => text,
            (1, Joint::Or) => self.words.fill("either", &[("a", &text)]),
            (1, Joint::And) => self.words.fill("both", &[("a", &text)]),
            _ => self.words.fill("group", &[("a", &text)]),
        }
    }

    /// `a, b and c`.
    pub(super) fn enumerated(&self, parts: &[String], joint: &str) -> String {
        match parts {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                let mark = format!("{} ", self.words.word("list_mark"));
                format!("{} {joint} {last}", first.join(&mark))
            }
        }
    }

    fn compared(&mut self, operator: Operator, left: &Node, right: &Node, negated: bool) -> String {
        let dates = matches!(left.ty.base(), Type::Date | Type::Timestamp);
        let operator = if negated { opposite(operator) } else { operator };
        let key = match (operator, dates) {
            (Operator::Equal, _) => "equal",
            (Operator::NotEqual, _) => "not_equal",
            (Operator::Less, true) => "before",
            (Operator::AtMost, true) => "not_after",
            (Operator::Greater, true) => "after",
            (Operator::AtLeast, true) => "not_before",
            (Operator::Less, false) => "less",
            (Operator::AtMost, false) => "at_most",
            (Operator::Greater, false) => "greater",
            _ => "at_least",
        };
        let (one, two) = (self.value(left), self.value(right));
        self.words.fill(key, &[("a", &one), ("b", &two)])
    }

    fn contained(&mut self, left: &Node, right: &Node, negated: bool) -> String {
        let one = self.value(left);
        let parts: Option<Vec<String>> = match &right.kind {
            Kind::List(parts) => Some(parts.iter().map(|part| self.value(part)).collect()),
            Kind::Constant(crate::datum::Datum::List(parts)) => {
                Some(parts.iter().map(|part| self.constant(part)).collect())
            }
            _ => None,
        };
        match parts {
            Some(parts) => {
                let (key, joint) =
                    if negated { ("none_of", "none_of_joint") } else { ("one_of", "one_of_joint") };
                let key = match (parts.len(), negated) {
                    (1, true) => "not_equal",
                    _ => key,
                };
                let listed = self.enumerated(&parts, self.words.word(joint));
                self.words.fill(key, &[("a", &one), ("b", &listed)])
            }
            None => {
                let list = self.value(right);
                self.words.fill(if negated { "not_in_list" } else { "in_list" }, &[("a", &one), ("b", &list)])
            }
        }
    }

    fn called(&mut self, node: &Node, function: Function, arguments: &[Node], negated: bool) -> String {
        let key = match (function, negated) {
            (Function::Contains, false) => "contains",
            (Function::Contains, true) => "not_contains",
            (Function::StartsWith, false) => "starts_with",
            (Function::StartsWith, true) => "not_starts_with",
            (Function::EndsWith, false) => "ends_with",
            (Function::EndsWith, true) => "not_ends_with",
            _ => "",
        };
        match arguments {
            [one, two] if !key.is_empty() => {
                let (one, two) = (self.value(one), self.value(two));
                self.words.fill(key, &[("a", &one), ("b", &two)])
            }
            _ => {
                let text = self.as_written(node);
                let what = self.words.fill("holds", &[("a", &text)]);
                self.unless(negated, &what)
            }
        }
    }

    fn quantified(
        &mut self,
        node: &Node,
        quantifier: Quantifier,
        list: &Node,
        body: &Node,
        negated: bool,
    ) -> String {
        let key = match (quantifier, negated) {
            (Quantifier::Exists, false) => "exists",
            (Quantifier::Exists, true) => "not_exists",
            (Quantifier::All, false) => "all",
            (Quantifier::All, true) => "not_all",
            (Quantifier::ExistsOne, false) => "exists_one",
            (Quantifier::ExistsOne, true) => "not_exists_one",
            _ => {
                let text = self.as_written(node);
                return self.unless(negated, &text);
            }
        };
        let owner = self.owner_of(list);
        let (one, many) = self.entry_names(list);
        let body = self.body(&one, body);
        self.words.fill(key, &[("owner", &owner), ("one", &one), ("many", &many), ("body", &body)])
    }

    /// What is asked of an entry, inside its loop.
    pub(super) fn body(&mut self, entry: &str, body: &Node) -> String {
        self.entries.push(entry.to_owned());
        let told = self.condition(body, false, 0);
        self.entries.pop();
        told
    }

    /// The text of the rule at that place, on one line.
    pub(super) fn as_written(&self, node: &Node) -> String {
        let text = node.span.of(self.source).split_whitespace().collect::<Vec<_>>().join(" ");
        self.words.fill("source", &[("a", &text)])
    }
}

/// The operator that holds where this one does not. Where a side is missing neither does.
const fn opposite(operator: Operator) -> Operator {
    match operator {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::AtLeast,
        Operator::AtMost => Operator::Greater,
        Operator::Greater => Operator::AtMost,
        Operator::AtLeast => Operator::Less,
        other => other,
    }
}
