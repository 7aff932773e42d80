//! Loops over lists and maps, and what gives a value a name.

use super::{Checker, Entry};
use crate::error::Problem;
use crate::limits::LOOP_NESTING_MAX;
use crate::program::{Kind, Node, Quantifier};
use crate::syntax::{Name, Span, Syntax, SyntaxKind};
use crate::types::Type;

/// The name a macro gives; a name with a dot before it is none.
fn named(tree: &Syntax) -> Option<&String> {
    if let SyntaxKind::Name { name, rooted: false } = &tree.kind { Some(name) } else { None }
}

impl Checker<'_> {
    /// `list.exists(entry, condition)`, `map.exists(key, value, condition)` and their kin.
    pub(super) fn run(
        &mut self,
        span: Span,
        (quantifier, pair): (Quantifier, bool),
        list: &Syntax,
        function: &Name,
        arguments: &[Syntax],
    ) -> Option<Node> {
        let list = self.node(list);
        let names = if pair { 2 } else { 1 };
        let takes_two = matches!(quantifier, Quantifier::Map | Quantifier::TransformMap);
        let entries: Option<Vec<&String>> = arguments.iter().take(names).map(named).collect();
        let (entries, body, transform) = match (entries, arguments.get(names..)) {
            (Some(entries), Some([body])) => (entries, body, None),
            (Some(entries), Some([body, transform])) if takes_two => (entries, body, Some(transform)),
            _ => {
                let what = if takes_two { "value" } else { "condition" };
                let message = format!("{} takes a name for the entry and a {what}", function.text);
                let hint = format!("write list.{}(entry, …)", function.text);
                return self.report(Problem::new("rule.arguments", function.span, message).hint(hint));
            }
        };
        if self.loops >= LOOP_NESTING_MAX {
            let problem = Problem::new("rule.limit", function.span, "loops are nested too deeply");
            return self.report(problem.hint(format!("at most {LOOP_NESTING_MAX} levels")));
        }
        let list = list?;
        let (first, second) = self.range(&list, pair, function)?;
        let filtered = matches!(list.kind, Kind::Loop { quantifier: Quantifier::Filter, .. });
        let path = list.path.as_ref().map(|path| if filtered { path.clone() } else { format!("{path}[]") });
        let level = self.scope.len();
        // Of number and value, or key and value, the value is what the path leads to.
        let types = [first.clone(), second.clone()];
        for (number, (name, ty)) in entries.into_iter().zip(types).enumerate() {
            let path = path.clone().filter(|_| number + 1 == names);
            self.scope.push(Entry { path, ..entry(name, ty, &list) });
        }
        self.loops += 1;
        let body = self.node(body);
        let body = if takes_two && transform.is_none() {
            body
        } else {
            body.and_then(|body| self.condition(body, &function.text))
        };
        let transform = transform.map(|transform| self.node(transform));
        self.loops -= 1;
        self.scope.truncate(level);
        let (body, transform) = (body?, transform.map_or(Some(None), |transform| transform.map(Some))?);
        let given = || transform.as_ref().unwrap_or(&body).ty.clone();
        let ty = match quantifier {
            Quantifier::Exists | Quantifier::All | Quantifier::ExistsOne => Type::Bool,
            Quantifier::Filter => first.list(),
            Quantifier::Map => given().list(),
            Quantifier::TransformMap => first.map_to(given()),
        };
        let (list, body, transform) = (Box::new(list), Box::new(body), transform.map(Box::new));
        let node = self.made(span, ty, Kind::Loop { quantifier, list, level, pair, body, transform });
        Some(Node { path: path.filter(|_| quantifier == Quantifier::Filter), ..node })
    }

    /// The types of what a loop names.
    fn range(&mut self, list: &Node, pair: bool, function: &Name) -> Option<(Type, Type)> {
        let of = self.types.known(&list.ty);
        match of.base() {
            Type::List(element) if pair => Some((Type::Int, element.as_ref().clone())),
            Type::List(element) => Some((element.as_ref().clone(), Type::Dyn)),
            Type::Map(key, value) => Some((key.as_ref().clone(), value.as_ref().clone())),
            open if open.is_open() => {
                self.types.assignable(&Type::Dyn, open);
                Some((Type::Dyn, Type::Dyn))
            }
            _ => {
                let message = format!("{} asks about the entries of a list, not of {of}", function.text);
                self.report(Problem::new("rule.types", function.span, message).hint("call it on a list"))
            }
        }
    }

    /// `cel.bind(name, value, body)`
    pub(super) fn bind(&mut self, span: Span, function: &Name, arguments: &[Syntax]) -> Option<Node> {
        let [name, value, body] = arguments else {
            return self.unnamed(function, "cel.bind(name, value, rule)");
        };
        let Some(name) = named(name) else { return self.unnamed(function, "cel.bind(name, value, rule)") };
        let value = self.node(value)?;
        let level = self.scope.len();
        self.scope.push(entry(name, value.ty.clone(), &value));
        let body = self.node(body);
        self.scope.truncate(level);
        let body = body?;
        let (ty, path) = (body.ty.clone(), body.path.clone());
        let node = self.made(span, ty, Kind::Let { value: Box::new(value), level, body: Box::new(body) });
        Some(Node { path, ..node })
    }

    /// `optional.optMap(name, value)` and `optional.optFlatMap(name, optional)`.
    pub(super) fn optional_map(
        &mut self,
        span: Span,
        target: &Syntax,
        function: &Name,
        arguments: &[Syntax],
    ) -> Option<Node> {
        let flat = function.text == "optFlatMap";
        let operand = self.node(target);
        let [name, body] = arguments else { return self.unnamed(function, "optional.optMap(name, value)") };
        let Some(name) = named(name) else { return self.unnamed(function, "optional.optMap(name, value)") };
        let operand = operand?;
        let inner = match self.types.known(&operand.ty) {
            Type::Optional(inner) => *inner,
            open if open.is_open() => Type::Dyn,
            other => {
                let message = format!("{} wants an optional, not {other}", function.text);
                return self.report(Problem::new("rule.types", function.span, message));
            }
        };
        let level = self.scope.len();
        self.scope.push(entry(name, inner, &operand));
        let body = self.node(body);
        self.scope.truncate(level);
        let body = body?;
        let given = self.types.known(&body.ty);
        let ty = match given {
            Type::Optional(_) if flat => given,
            open if flat && open.is_open() => Type::Dyn.optional(),
            other if flat => {
                let message = format!("{} wants a body that gives an optional, not {other}", function.text);
                return self.report(Problem::new("rule.types", body.span, message).hint("use optMap"));
            }
            other => other.optional(),
        };
        let kind = Kind::OptionalMap { operand: Box::new(operand), level, body: Box::new(body), flat };
        Some(self.made(span, ty, kind))
    }

    fn unnamed(&mut self, function: &Name, usage: &str) -> Option<Node> {
        let message = format!("{} takes a name and what is said of it", function.text);
        self.report(Problem::new("rule.arguments", function.span, message).hint(format!("write {usage}")))
    }
}

/// An entry that is, or is part of, the value of a node.
fn entry(name: &str, ty: Type, of: &Node) -> Entry {
    Entry {
        name: name.to_owned(),
        ty,
        path: of.path.clone(),
        personal: of.personal,
        confidential: of.confidential,
    }
}
