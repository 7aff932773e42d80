//! What names mean: entries of loops, variables of the environment, types, fields.

use super::{Checker, suggestion};
use crate::datum::Datum;
use crate::error::Problem;
use crate::evaluate::Cause;
use crate::functions::Function;
use crate::program::{Kind, Node};
use crate::syntax::{Name, Span, Syntax, SyntaxKind};
use crate::types::{RecordType, Type};

/// The names joined by dots of a tree, and whether a dot stands before them.
pub(super) fn qualified(tree: &Syntax) -> Option<(String, bool)> {
    match &tree.kind {
        SyntaxKind::Name { name, rooted } => Some((name.clone(), *rooted)),
        SyntaxKind::Select { operand, field, optional: false } => {
            let (before, rooted) = qualified(operand)?;
            Some((format!("{before}.{}", field.text), rooted))
        }
        _ => None,
    }
}

impl Checker<'_> {
    /// Whether a name, or the first of several, is that of a loop's entry.
    pub(super) fn is_local(&self, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        self.scope.iter().any(|entry| entry.name == first)
    }

    /// What a name may stand for in full, within the container first (CEL specification, section "Name Resolution").
    pub(super) fn candidates(&self, name: &str, rooted: bool) -> Vec<String> {
        let mut container = if rooted { "" } else { self.environment.container_name() };
        let mut candidates = Vec::new();
        while !container.is_empty() {
            candidates.push(format!("{container}.{name}"));
            container = container.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        candidates.push(name.to_owned());
        candidates
    }

    /// The variable of the environment, or the type, of that name.
    fn global(&mut self, span: Span, name: &str, rooted: bool) -> Option<Node> {
        for candidate in self.candidates(name, rooted) {
            if let Some(ty) = self.environment.get(&candidate) {
                let (mut personal, mut confidential) = self.environment.marks(&candidate);
                if self.lenient {
                    let inside = ty.marks();
                    personal |= inside.0;
                    confidential |= inside.1;
                }
                let node = self.made(span, ty.clone(), Kind::Variable(candidate.clone()));
                return Some(self.read(Node { path: Some(candidate), personal, confidential, ..node }));
            }
            if let Some(ty) = Type::named(&candidate) {
                let value = Datum::Type(candidate.as_str().into());
                return Some(self.constant(span, Type::Type(Box::new(ty)), value));
            }
        }
        None
    }

    pub(super) fn name(&mut self, span: Span, name: &str, rooted: bool) -> Option<Node> {
        let local = self.scope.iter().enumerate().rfind(|(_, entry)| !rooted && entry.name == name);
        if let Some((level, entry)) = local {
            let (ty, path) = (entry.ty.clone(), entry.path.clone());
            let (personal, confidential) = (entry.personal, entry.confidential);
            let node = self.made(span, ty, Kind::Entry(level));
            return Some(self.read(Node { path, personal, confidential, ..node }));
        }
        if let Some(node) = self.global(span, name, rooted) {
            return Some(node);
        }
        if self.lenient {
            return Some(self.made(span, Type::Dyn, Kind::Fail(Cause::Undeclared)));
        }
        let known: Vec<&str> = self
            .environment
            .variables()
            .map(|(name, _)| name)
            .chain(self.scope.iter().map(|entry| entry.name.as_str()))
            .collect();
        let hint = suggestion(name, &known);
        self.report(
            Problem::new("rule.unknown_variable", span, format!("there is no {name} here")).hint(hint),
        )
    }

    /// `operand.field`, which may also be one name with dots.
    pub(super) fn select(
        &mut self,
        tree: &Syntax,
        operand: &Syntax,
        field: &Name,
        optional: bool,
    ) -> Option<Node> {
        if let Some((name, rooted)) = qualified(tree)
            && (rooted || !self.is_local(&name))
            && let Some(node) = self.global(tree.span, &name, rooted)
        {
            return Some(node);
        }
        if let SyntaxKind::Select { operand: record, field: group, optional: false } = &operand.kind
            && !optional
            && self.has_group(record, &group.text)
        {
            let record = self.node(record)?;
            return self.named_field(tree.span, record, &group.text, field);
        }
        let operand = self.node(operand)?;
        self.field(tree.span, operand, field, optional)
    }

    /// Whether what a tree names has fields behind a name that is no field itself: `contact.custom.shoe_size`.
    fn has_group(&self, tree: &Syntax, name: &str) -> bool {
        let of = self.named_type(tree);
        let Some(Type::Record(record)) = of.as_ref().map(Type::base) else { return false };
        record.field(name).is_none() && has_behind(record, name)
    }

    /// The type of names, fields and entries, before they are checked; none of anything else.
    fn named_type(&self, tree: &Syntax) -> Option<Type> {
        match &tree.kind {
            SyntaxKind::Name { name, rooted } => {
                let local = self.scope.iter().rfind(|entry| !rooted && entry.name == *name);
                let global = || {
                    self.candidates(name, *rooted).into_iter().find_map(|name| self.environment.get(&name))
                };
                let ty = local.map(|entry| &entry.ty).or_else(global)?;
                Some(self.types.known(ty))
            }
            SyntaxKind::Select { operand, field, .. } => match self.named_type(operand)?.base() {
                Type::Record(record) => Some(record.field(&field.text)?.1.ty.clone()),
                _ => None,
            },
            SyntaxKind::Index { operand, .. } => match self.named_type(operand)?.base() {
                Type::List(element) => Some(self.types.known(element)),
                _ => None,
            },
            _ => None,
        }
    }

    fn field(&mut self, span: Span, operand: Node, field: &Name, optional: bool) -> Option<Node> {
        let of = self.types.known(&operand.ty);
        let name = field.text.clone();
        let (inner, within) = match of.base() {
            Type::Optional(inner) => (inner.base().clone(), true),
            other => (other.clone(), false),
        };
        let wrapped = |ty: Type| if within || optional { ty.optional() } else { ty };
        match &inner {
            Type::Record(record) => {
                let Some((slot, declared)) = record.field(&name) else {
                    let names: Vec<&str> = record.fields().iter().map(|field| field.name.as_ref()).collect();
                    let message = format!("{} has no field {name}", record.name());
                    let hint = suggestion(&name, &names);
                    return self.report(Problem::new("rule.unknown_field", field.span, message).hint(hint));
                };
                let ty = match (within || optional, of.is_nullable()) {
                    (true, _) => declared.ty.base().clone().optional(),
                    (false, true) => declared.ty.clone().or_null(),
                    (false, false) => declared.ty.clone(),
                };
                let marks = (declared.personal, declared.confidential);
                let kind = if within || optional {
                    Kind::Select { operand: Box::new(operand), name, optional }
                } else {
                    Kind::Field { operand: Box::new(operand), slot, name }
                };
                Some(self.part(span, ty, kind, &field.text, marks))
            }
            Type::Map(key, value) if self.types.assignable(key, &Type::Text) => {
                let ty = wrapped(self.types.known(value));
                let kind = Kind::Select { operand: Box::new(operand), name, optional };
                Some(self.part(span, ty, kind, &field.text, (false, false)))
            }
            open if open.is_open() => {
                let kind = Kind::Select { operand: Box::new(operand), name, optional };
                Some(self.part(span, wrapped(Type::Dyn), kind, &field.text, (false, false)))
            }
            Type::List(_) if has_named(&operand) => self.named_entry(span, operand, field),
            other => {
                let message = format!("{of} has no field {name}");
                let problem = Problem::new("rule.unknown_field", field.span, message);
                self.report(match other {
                    Type::List(_) => {
                        problem.hint("ask about its entries, such as list.exists(entry, entry.field > 1)")
                    }
                    Type::Map(..) => problem.hint("write map[key]"),
                    _ if Function::usage(&name).is_some() => problem.hint("a function is called with ()"),
                    _ => problem.hint("only records have fields"),
                })
            }
        }
    }

    /// A field that stands behind the name of a list of the same record: `customer.custom.credit_line` is the field
    /// `custom.credit_line` of the customer, and `customer.custom` the list of all of them.
    fn named_entry(&mut self, span: Span, list: Node, field: &Name) -> Option<Node> {
        let Kind::Field { operand, name: list, .. } = list.kind else { return None };
        self.named_field(span, *operand, &list, field)
    }

    /// The field of a record whose name has two parts.
    fn named_field(&mut self, span: Span, operand: Node, list: &str, field: &Name) -> Option<Node> {
        let of = self.types.known(&operand.ty);
        let Type::Record(record) = of.base() else { return None };
        let name = format!("{list}.{}", field.text);
        let Some((slot, declared)) = record.field(&name) else {
            if record.is_open_behind(list) {
                let kind = Kind::Select { operand: Box::new(operand), name: name.clone(), optional: false };
                return Some(self.part(span, Type::Dyn, kind, &name, (true, true)));
            }
            let start = format!("{list}.");
            let names: Vec<&str> =
                record.fields().iter().filter_map(|field| field.name.strip_prefix(start.as_str())).collect();
            let message = format!("{}.{list} has no field {}", record.name(), field.text);
            let hint = suggestion(&field.text, &names);
            return self.report(Problem::new("rule.unknown_field", field.span, message).hint(hint));
        };
        let ty = if of.is_nullable() { declared.ty.clone().or_null() } else { declared.ty.clone() };
        let marks = (declared.personal, declared.confidential);
        let kind = Kind::Field { operand: Box::new(operand), slot, name: name.clone() };
        Some(self.part(span, ty, kind, &name, marks))
    }

    /// What is part of a record or map, with its path and marks.
    fn part(&mut self, span: Span, ty: Type, kind: Kind, name: &str, marks: (bool, bool)) -> Node {
        let node = self.made(span, ty, kind);
        let path = match &node.kind {
            Kind::Field { operand, .. } | Kind::Select { operand, .. } => operand.path.as_ref(),
            _ => None,
        };
        let path = path.map(|path| format!("{path}.{name}"));
        let (personal, confidential) = (node.personal || marks.0, node.confidential || marks.1);
        self.read(Node { path, personal, confidential, ..node })
    }

    /// `has(x.y)`
    pub(super) fn has(&mut self, span: Span, arguments: &[Syntax]) -> Option<Node> {
        let usage = "write has(record.field)";
        let [asked @ Syntax { kind: SyntaxKind::Select { optional: false, .. }, .. }] = arguments else {
            let problem = Problem::new("rule.arguments", span, "has asks about one field");
            return self.report(problem.hint(usage));
        };
        let asked = self.node(asked)?;
        let kind = match asked.kind {
            Kind::Select { operand, name, .. } => Kind::Has { operand, name },
            _ => Kind::Present(Box::new(asked)),
        };
        Some(self.made(span, Type::Bool, kind))
    }

    pub(super) fn index(&mut self, span: Span, operand: Node, index: Node, optional: bool) -> Option<Node> {
        let of = self.types.known(&operand.ty);
        let (inner, within) = match of.base() {
            Type::Optional(inner) => (inner.base().clone(), true),
            other => (other.clone(), false),
        };
        let wrapped = |ty: Type| if within || optional { ty.optional() } else { ty };
        let ty = match &inner {
            Type::List(element) => {
                if !self.types.assignable(&index.ty, &Type::Int) {
                    let message =
                        format!("an entry of a list is named by a whole number, not by {}", index.ty);
                    let problem = Problem::new("rule.types", index.span, message);
                    return self.report(problem.hint("the first entry is 0"));
                }
                wrapped(self.types.known(element))
            }
            Type::Map(key, value) => {
                if !self.types.assignable(&index.ty, key) {
                    let message = format!("{of} has no key that is {}", index.ty);
                    return self.report(Problem::new("rule.types", index.span, message));
                }
                wrapped(self.types.known(value))
            }
            open if open.is_open() => wrapped(Type::Dyn),
            _ => {
                let problem = Problem::new("rule.types", span, format!("{of} cannot be indexed"));
                return self.report(problem.hint("only lists have entries by number"));
            }
        };
        let path = operand.path.as_ref().map(|path| format!("{path}[]"));
        let (operand, index) = (Box::new(operand), Box::new(index));
        let kind =
            if optional { Kind::OptionalIndex { operand, index } } else { Kind::Index { operand, index } };
        let node = self.made(span, ty, kind);
        Some(Node { path, ..node })
    }
}

/// Whether a list has fields behind its name, in the record it belongs to.
fn has_named(list: &Node) -> bool {
    let Kind::Field { operand, name, .. } = &list.kind else { return false };
    let Type::Record(record) = operand.ty.base() else { return false };
    has_behind(record, name)
}

fn has_behind(record: &RecordType, name: &str) -> bool {
    let behind = |field: &str| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    record.is_open_behind(name) || record.fields().iter().any(|field| behind(&field.name))
}
