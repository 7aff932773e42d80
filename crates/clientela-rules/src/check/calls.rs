//! Functions, `has`, `matches`, and the loops over lists.

use super::{Checker, Entry};
use crate::datum::Datum;
use crate::error::Problem;
use crate::functions::Function;
use crate::limits::{LOOP_NESTING_MAX, PATTERN_BYTES_MAX};
use crate::nearest::nearest;
use crate::program::{Kind, Node, Quantifier};
use crate::syntax::{Name, Span, Syntax, SyntaxKind};
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        span: Span,
        target: Option<&Syntax>,
        function: &Name,
        arguments: &[Syntax],
    ) -> Option<Node> {
        let name = function.text.as_str();
        match (target, Quantifier::named(name)) {
            (Some(list), Some(quantifier)) => return self.run(span, quantifier, list, function, arguments),
            (None, None) if name == "has" => return self.has(span, arguments),
            _ => {}
        }
        let nodes: Vec<Option<Node>> =
            target.into_iter().chain(arguments).map(|part| self.node(part)).collect();
        if name == "matches" {
            return self.matches(span, nodes.into_iter().collect::<Option<Vec<Node>>>()?);
        }
        let Some((known, usage)) = Function::named(name, target.is_some()) else {
            let problem =
                Problem::new("rule.unknown_function", function.span, format!("there is no function {name}"));
            return self.report(match (Function::usage(name), name) {
                (Some(usage), _) => problem.hint(format!("write {usage}")),
                (_, "double") => problem.hint("use decimal, which is exact"),
                (_, "uint" | "bytes" | "dyn" | "type") => problem.hint("rules have no such type"),
                _ => match nearest(name, Function::names()) {
                    Some(near) => problem.hint(format!("did you mean {near}?")),
                    None => problem,
                },
            });
        };
        let nodes = nodes.into_iter().collect::<Option<Vec<Node>>>()?;
        let types: Vec<&Type> = nodes.iter().map(|node| node.ty.base()).collect();
        let Some(ty) = known.result(&types) else {
            let given: Vec<String> = nodes.iter().map(|node| node.ty.to_string()).collect();
            let given = if given.is_empty() { "nothing".to_owned() } else { given.join(" and ") };
            let problem =
                Problem::new("rule.arguments", function.span, format!("{name} does not take {given}"));
            return self.report(problem.hint(format!("write {usage}")));
        };
        let constants: Option<Vec<Datum>> = nodes.iter().map(|node| node.constant().cloned()).collect();
        match constants.map(|values| known.apply(&values)) {
            Some(Ok(value)) => Self::constant(span, ty, value),
            Some(Err(cause)) => {
                let place = nodes.first().map_or(span, |node| node.span);
                self.report(
                    Problem::new("rule.literal", place, format!("the value {cause}"))
                        .hint(format!("write {usage}")),
                )
            }
            None => Some(Self::made(span, ty, Kind::Call { function: known, arguments: nodes })),
        }
    }

    fn has(&mut self, span: Span, arguments: &[Syntax]) -> Option<Node> {
        match arguments {
            [field @ Syntax { kind: SyntaxKind::Select { .. }, .. }] => {
                let operand = Box::new(self.node(field)?);
                Some(Self::made(span, Type::Bool, Kind::Present(operand)))
            }
            _ => self.report(
                Problem::new("rule.arguments", span, "has asks about one field")
                    .hint("write has(record.field)"),
            ),
        }
    }

    fn matches(&mut self, span: Span, nodes: Vec<Node>) -> Option<Node> {
        let usage = "write text.matches('pattern') with the pattern as text in the rule";
        let Ok([text, pattern]) = <[Node; 2]>::try_from(nodes) else {
            return self
                .report(Problem::new("rule.arguments", span, "matches takes one pattern").hint(usage));
        };
        let (true, Some(Datum::Text(source))) = (text.ty.is_text(), pattern.constant()) else {
            let message = format!("matches does not take {} and {}", text.ty, pattern.ty);
            return self.report(Problem::new("rule.arguments", span, message).hint(usage));
        };
        match regex::RegexBuilder::new(source).size_limit(PATTERN_BYTES_MAX).build() {
            Ok(compiled) => {
                Some(Self::made(span, Type::Bool, Kind::Matches { text: Box::new(text), pattern: compiled }))
            }
            Err(regex::Error::CompiledTooBig(_)) => self.report(
                Problem::new("rule.pattern", pattern.span, "the pattern is too large").hint("shorten it"),
            ),
            Err(_) => self.report(
                Problem::new("rule.pattern", pattern.span, "the pattern is not a regular expression")
                    .hint("the syntax is RE2's; look-around and back-references do not exist"),
            ),
        }
    }

    /// `list.exists(entry, condition)` and its kin.
    fn run(
        &mut self,
        span: Span,
        quantifier: Quantifier,
        list: &Syntax,
        function: &Name,
        arguments: &[Syntax],
    ) -> Option<Node> {
        let list = self.node(list);
        let (entry, body, transform) = match arguments {
            [Syntax { kind: SyntaxKind::Name(entry), .. }, body] => (entry, body, None),
            [Syntax { kind: SyntaxKind::Name(entry), .. }, body, transform]
                if quantifier == Quantifier::Map =>
            {
                (entry, body, Some(transform))
            }
            _ => {
                let what = if quantifier == Quantifier::Map { "value" } else { "condition" };
                let message = format!("{} takes a name for the entry and a {what}", function.text);
                let hint = format!("write list.{}(entry, …)", function.text);
                return self.report(Problem::new("rule.arguments", function.span, message).hint(hint));
            }
        };
        if self.entries.len() >= LOOP_NESTING_MAX {
            let problem = Problem::new("rule.limit", function.span, "loops are nested too deeply");
            return self.report(problem.hint(format!("at most {LOOP_NESTING_MAX} levels")));
        }
        let list = list?;
        let Type::List(element) = list.ty.base() else {
            let message = format!("{} asks about the entries of a list, not of {}", function.text, list.ty);
            return self.report(Problem::new("rule.types", function.span, message).hint("call it on a list"));
        };
        let filtered = matches!(list.kind, Kind::Loop { quantifier: Quantifier::Filter, .. });
        let path = list.path.as_ref().map(|path| if filtered { path.clone() } else { format!("{path}[]") });
        let (personal, confidential) = (list.personal, list.confidential);
        let element = (**element).clone();
        let level = self.entries.len();
        self.entries.push(Entry {
            name: entry.clone(),
            ty: element.clone(),
            path: path.clone(),
            personal,
            confidential,
        });
        let body = self.node(body);
        let body = if quantifier == Quantifier::Map && transform.is_none() {
            body
        } else {
            body.and_then(|body| self.condition(body, &function.text))
        };
        let transform = transform.map(|transform| self.node(transform));
        self.entries.truncate(level);
        let (body, transform) = (body?, transform.map_or(Some(None), |transform| transform.map(Some))?);
        let ty = match quantifier {
            Quantifier::Exists | Quantifier::All | Quantifier::ExistsOne => Type::Bool,
            Quantifier::Filter => element.list(),
            Quantifier::Map => transform.as_ref().unwrap_or(&body).ty.clone().list(),
        };
        let (list, body, transform) = (Box::new(list), Box::new(body), transform.map(Box::new));
        let node = Self::made(span, ty, Kind::Loop { quantifier, list, level, body, transform });
        Some(Node { path: path.filter(|_| quantifier == Quantifier::Filter), ..node })
    }
}
