//! The reason of an outcome: the conditions that decided, with the values they saw.

use crate::datum::Datum;
use crate::engine::{Outcome, Reveal, Verdict};
use crate::evaluate::{Cause, Evaluation, Unknown};
use crate::facts::Facts;
use crate::limits::SHOWN_CHARS_MAX;
use crate::program::{Kind, Node, Program, Quantifier};
use crate::syntax::{Operator, Span};
use crate::types::Type;
use clientela_model::Why;

/// What stands in a reason instead of a value that may not be shown, and instead of the outcome of a condition on confidential
/// figures that may not: an outcome tells the figure as well.
pub const WITHHELD: &str = "(withheld)";

/// Runs a rule and says why.
///
/// The outcome is that of [`Rule::decide`](crate::Rule::decide), found first and by itself: explaining looks at parts again
/// and has steps of its own, and running out of those must not change what was decided. A record whose lists are too long
/// for the rule is not asked.
pub(crate) fn verdict(program: &Program, too_long: bool, facts: &dyn Facts, reveal: Reveal) -> Verdict {
    let root = &program.root;
    let mut decision = Evaluation::new(facts);
    let value =
        if too_long { Err(Unknown { cause: Cause::Steps, at: root.span }) } else { decision.whole(root) };
    let outcome = decision.outcome(value.clone());
    let mut explainer = Explainer { source: &program.source, reveal, run: Evaluation::new(facts) };
    let (reason, decided) = match &outcome {
        Outcome::True => ("rule.true", "true".to_owned()),
        Outcome::False => ("rule.false", "false".to_owned()),
        Outcome::Value(value) => ("rule.value", explainer.shown(root, value)),
        Outcome::Unknown => ("rule.unknown", "unknown".to_owned()),
    };
    let top = Why::new(reason).fact("rule", explainer.text(root.span));
    if too_long || decision.exhausted() {
        let why = explainer.unknown(top, Some(Unknown { cause: Cause::Steps, at: root.span }));
        return Verdict { outcome, why };
    }
    let why = if *root.ty.base() == Type::Bool {
        explainer.condition(root).1
    } else {
        let why = explainer.values(Why::new("rule.condition").fact("outcome", decided), root);
        explainer.unknown(why, value.err())
    };
    // Half an explanation would name the wrong reasons.
    let why = if explainer.run.exhausted() {
        top.because(Why::new("rule.too_long_to_explain"))
    } else {
        top.because(why)
    };
    Verdict { outcome, why }
}

struct Explainer<'r> {
    source: &'r str,
    reveal: Reveal,
    run: Evaluation<'r>,
}

type Held = Result<bool, Unknown>;

impl Explainer<'_> {
    /// Runs a condition and says why. A part that did not decide is left out.
    fn condition(&mut self, node: &Node) -> (Held, Why) {
        match &node.kind {
            Kind::All(parts) => self.joined("rule.all", node, parts, false),
            Kind::Any(parts) => self.joined("rule.any", node, parts, true),
            Kind::Not(operand) if !matches!(operand.kind, Kind::Present(_)) => {
                let (held, why) = self.condition(operand);
                let held = held.map(|yes| !yes);
                (held, self.outcome(Why::new("rule.not"), node, held).because(why))
            }
            Kind::Choice { condition, yes, no } => {
                let (chosen, because) = self.condition(condition);
                let why = Why::new("rule.choice");
                match chosen {
                    Ok(first) => {
                        let (held, branch) = self.condition(if first { yes } else { no });
                        let why = self.outcome(why, node, held).because(because);
                        // Which of the two was looked at tells how the choice went.
                        (held, if self.hides(condition) { why } else { why.because(branch) })
                    }
                    Err(unknown) => (Err(unknown), self.outcome(why, node, Err(unknown)).because(because)),
                }
            }
            Kind::Loop { quantifier, list, level, pair, body, .. } if quantifier.is_condition() => {
                self.entries(node, *quantifier, list, (*level, *pair), body)
            }
            Kind::Let { value, level, body } => {
                let value = self.run.value(value);
                self.run.enter(*level, value);
                let explained = self.condition(body);
                self.run.leave(*level);
                explained
            }
            _ => {
                let held = self.run.condition(node);
                let why = Why::new("rule.condition").fact("condition", self.text(node.span));
                let why = self.values(self.outcome(why, node, held), node);
                (held, self.unknown(why, held.err().filter(|_| !self.hides(node))))
            }
        }
    }

    /// Whether confidential figures that may not be shown went into a condition.
    const fn hides(&self, node: &Node) -> bool {
        node.confidential && !self.reveal.confidential
    }

    fn outcome(&self, why: Why, node: &Node, held: Held) -> Why {
        let told = || held.map_or("unknown".to_owned(), |yes| yes.to_string());
        why.fact("outcome", if self.hides(node) { WITHHELD.to_owned() } else { told() })
    }

    fn joined(&mut self, reason: &'static str, node: &Node, parts: &[Node], decisive: bool) -> (Held, Why) {
        let hidden: Vec<bool> = parts.iter().map(|part| self.hides(part)).collect();
        let parts: Vec<(Held, Why)> = parts.iter().map(|part| self.condition(part)).collect();
        let decided = parts.iter().any(|(held, _)| *held == Ok(decisive));
        let unknown = parts.iter().find_map(|(held, _)| held.err());
        let held = match unknown {
            _ if decided => Ok(decisive),
            Some(unknown) => Err(unknown),
            None => Ok(!decisive),
        };
        let why = self.outcome(Why::new(reason), node, held);
        // A part that may not tell its outcome is there whether it decided or not.
        let told = parts.into_iter().zip(hidden).filter(|((part, _), hidden)| match held {
            _ if *hidden => true,
            Ok(yes) => *part == Ok(yes),
            Err(_) => part.is_err(),
        });
        (held, told.fold(why, |why, ((_, part), _)| why.because(part)))
    }

    /// `exists`, `all`, `exists_one`: the entry that decided.
    fn entries(
        &mut self,
        node: &Node,
        quantifier: Quantifier,
        list: &Node,
        (level, pair): (usize, bool),
        body: &Node,
    ) -> (Held, Why) {
        let reason = match quantifier {
            Quantifier::Exists => "rule.some",
            Quantifier::All => "rule.each",
            _ => "rule.one",
        };
        let held = self.run.condition(node);
        let why = self.outcome(Why::new(reason).fact("condition", self.text(node.span)), node, held);
        if self.hides(node) {
            return (held, why);
        }
        let entries = match self.run.range(list) {
            Ok(entries) => entries,
            Err(unknown) => return (held, self.unknown(why, Some(unknown))),
        };
        let mut why = why.fact("entries", entries.len());
        let deciding = match (quantifier, held) {
            (Quantifier::All, Ok(true)) => None,
            (Quantifier::All, Ok(false)) => Some(Ok(false)),
            (_, Ok(true)) => Some(Ok(true)),
            // Nothing fits: the first entry stands for the rest.
            (_, Ok(false)) => Some(Ok(false)),
            (_, Err(unknown)) => Some(Err(unknown)),
        };
        let Some(wanted) = deciding else { return (held, why) };
        for (number, (first, second)) in entries.pairs().enumerate() {
            self.run.turn(&entries, (level, pair), first.clone(), second);
            let one = self.run.condition(body);
            if wanted.ok() == one.ok() {
                self.run.turn(&entries, (level, pair), first, second);
                let (_, entry_why) = self.condition(body);
                self.run.leave(level);
                why = why.because(Why::new("rule.entry").fact("entry", number + 1).because(entry_why));
                break;
            }
        }
        (held, self.unknown(why, held.err()))
    }

    /// Adds the values a condition saw: its sides, and the fields beneath them.
    fn values(&mut self, mut why: Why, node: &Node) -> Why {
        let mut seen: Vec<&Node> = Vec::new();
        if let Kind::Compare { operator, left, right } = &node.kind {
            let literal_list = *operator == Operator::In && matches!(right.kind, Kind::List(_));
            let shown = [Some(left), Some(right).filter(|_| !literal_list)].into_iter().flatten();
            seen.extend(shown.map(AsRef::as_ref).filter(|side| side.constant().is_none()));
        }
        fields(node, &mut seen);
        let mut names: Vec<String> = Vec::new();
        for part in seen {
            let name = self.text(part.span);
            if names.contains(&name) {
                continue;
            }
            if let Ok(value) = self.run.value(part) {
                let shown = self.shown(part, &value);
                why = why.fact(name.clone(), shown);
            }
            names.push(name);
        }
        why
    }

    fn unknown(&self, why: Why, unknown: Option<Unknown>) -> Why {
        match unknown {
            Some(Unknown { cause, at }) => why.fact("unknown", format!("{} {cause}", self.text(at))),
            None => why,
        }
    }

    fn shown(&self, node: &Node, value: &Datum) -> String {
        let hidden = node.personal && !self.reveal.personal;
        match value {
            // Whether there is a confidential figure is as confidential as the figure.
            _ if self.hides(node) => WITHHELD.to_owned(),
            Datum::Null => value.to_string(),
            _ if hidden => WITHHELD.to_owned(),
            _ => shortened(&value.to_string()),
        }
    }

    /// The rule's text at that place, on one line.
    fn text(&self, span: Span) -> String {
        shortened(&span.of(self.source).split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// The outermost fields and variables beneath a node, outside of loops.
fn fields<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Variable(_) | Kind::Field { .. } | Kind::Entry(_) => found.push(node),
        Kind::Select { operand, .. } if operand.path.is_some() => found.push(node),
        // What is said of an entry has a value only in its turn.
        Kind::Loop { list: outside, .. }
        | Kind::Let { value: outside, .. }
        | Kind::OptionalMap { operand: outside, .. } => fields(outside, found),
        _ => node.parts().into_iter().for_each(|part| fields(part, found)),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}
