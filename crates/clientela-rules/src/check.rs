//! Names and types: whether a rule makes sense, before it is saved.
//!
//! A part that is wrong yields nothing, so that its mistake is reported once; its neighbours are still checked.

use crate::datum::Datum;
use crate::engine::Path;
use crate::environment::Environment;
use crate::error::Problem;
use crate::functions::Function;
use crate::limits::ERRORS_MAX;
use crate::nearest::nearest;
use crate::program::{Kind, Node, Program};
use crate::syntax::{Name, Span, Syntax, SyntaxKind};
use crate::types::Type;
use std::collections::BTreeMap;

mod calls;
mod operators;

/// Checks a tree against what rules here may speak of.
pub(crate) fn check(source: &str, tree: &Syntax, environment: &Environment) -> Result<Program, Vec<Problem>> {
    let mut checker =
        Checker { environment, problems: Vec::new(), entries: Vec::new(), reads: BTreeMap::new() };
    let root = checker.node(tree).and_then(|root| checker.fit_result(root));
    match root {
        Some(root) if checker.problems.is_empty() => {
            Ok(Program { source: source.to_owned(), root, reads: paths(checker.reads) })
        }
        _ => Err(checker.problems),
    }
}

/// The fields read; a record or list of which a field is read is left out.
fn paths(reads: BTreeMap<String, Path>) -> Vec<Path> {
    let prefix = |path: &str| {
        reads.keys().any(|other| {
            other.strip_prefix(path).is_some_and(|rest| rest.starts_with('.') || rest.starts_with("[]"))
        })
    };
    reads.values().filter(|path| !prefix(&path.text)).cloned().collect()
}

/// The entry of a loop while its body is checked.
struct Entry {
    name: String,
    ty: Type,
    path: Option<String>,
    personal: bool,
    confidential: bool,
}

struct Checker<'e> {
    environment: &'e Environment,
    problems: Vec<Problem>,
    entries: Vec<Entry>,
    reads: BTreeMap<String, Path>,
}

impl Checker<'_> {
    fn report<T>(&mut self, problem: Problem) -> Option<T> {
        if self.problems.len() < ERRORS_MAX {
            self.problems.push(problem);
        }
        None
    }

    /// A checked node; what went into its parts went into it.
    fn made(span: Span, ty: Type, kind: Kind) -> Node {
        let mut node = Node { span, ty, kind, path: None, personal: false, confidential: false };
        node.personal = node.parts().iter().any(|part| part.personal);
        node.confidential = node.parts().iter().any(|part| part.confidential);
        node
    }

    fn constant(span: Span, ty: Type, value: Datum) -> Option<Node> {
        Some(Self::made(span, ty, Kind::Constant(value)))
    }

    fn read(&mut self, node: Node) -> Node {
        if let Some(text) = &node.path {
            let (personal, confidential) = (node.personal, node.confidential);
            self.reads.insert(text.clone(), Path { text: text.clone(), personal, confidential });
        }
        node
    }

    fn node(&mut self, tree: &Syntax) -> Option<Node> {
        let span = tree.span;
        match &tree.kind {
            SyntaxKind::Null => Self::constant(span, Type::Null, Datum::Null),
            SyntaxKind::Bool(yes) => Self::constant(span, Type::Bool, Datum::Bool(*yes)),
            SyntaxKind::Int(number) => Self::constant(span, Type::Int, Datum::Int(*number)),
            SyntaxKind::Decimal(number) => Self::constant(span, Type::Decimal, Datum::Decimal(*number)),
            SyntaxKind::Text(text) => Self::constant(span, Type::Text, text.as_str().into()),
            SyntaxKind::Name(name) => self.variable(span, name),
            SyntaxKind::Select { operand, field } => {
                let operand = self.node(operand)?;
                self.field(span, operand, field)
            }
            SyntaxKind::Index { operand, index } => {
                let (operand, index) = (self.node(operand), self.node(index));
                self.index(span, operand?, index?)
            }
            SyntaxKind::Call { target, function, arguments } => {
                self.call(span, target.as_deref(), function, arguments)
            }
            SyntaxKind::List(parts) => self.list(span, parts),
            SyntaxKind::Not(operand) => {
                let operand = self.node(operand)?;
                let operand = self.condition(operand, "!")?;
                Some(Self::made(span, Type::Bool, Kind::Not(Box::new(operand))))
            }
            SyntaxKind::Negate(operand) => {
                let operand = self.node(operand)?;
                self.negate(span, operand)
            }
            SyntaxKind::Binary { operator, left, right } => {
                let (left, right) = (self.node(left), self.node(right));
                self.binary(span, *operator, left?, right?)
            }
            SyntaxKind::All(parts) => {
                Some(Self::made(span, Type::Bool, Kind::All(self.conditions(parts, "&&")?)))
            }
            SyntaxKind::Any(parts) => {
                Some(Self::made(span, Type::Bool, Kind::Any(self.conditions(parts, "||")?)))
            }
            SyntaxKind::Choice { condition, yes, no } => self.choice(span, condition, yes, no),
        }
    }

    fn variable(&mut self, span: Span, name: &str) -> Option<Node> {
        if let Some((level, entry)) = self.entries.iter().enumerate().rfind(|(_, entry)| entry.name == name) {
            let node = Self::made(span, entry.ty.clone(), Kind::Entry(level));
            let (personal, confidential) = (entry.personal, entry.confidential);
            let node = Node { path: entry.path.clone(), personal, confidential, ..node };
            return Some(self.read(node));
        }
        if let Some(ty) = self.environment.get(name) {
            let node = Self::made(span, ty.clone(), Kind::Variable(name.to_owned()));
            let (personal, confidential) = self.environment.marks(name);
            return Some(self.read(Node { path: Some(name.to_owned()), personal, confidential, ..node }));
        }
        let known: Vec<&str> = self
            .environment
            .variables()
            .map(|(name, _)| name)
            .chain(self.entries.iter().map(|entry| entry.name.as_str()))
            .collect();
        let hint = suggestion(name, &known);
        self.report(
            Problem::new("rule.unknown_variable", span, format!("there is no {name} here")).hint(hint),
        )
    }

    fn field(&mut self, span: Span, operand: Node, field: &Name) -> Option<Node> {
        let Type::Record(record) = operand.ty.base() else {
            let of = &operand.ty;
            let problem =
                Problem::new("rule.unknown_field", field.span, format!("{of} has no field {}", field.text));
            return self.report(match of.base() {
                Type::List(_) => {
                    problem.hint("ask about its entries, such as list.exists(entry, entry.field > 1)")
                }
                _ if Function::usage(&field.text).is_some() => problem.hint("a function is called with ()"),
                _ => problem.hint("only records have fields"),
            });
        };
        let Some((slot, declared)) = record.field(&field.text) else {
            let names: Vec<&str> = record.fields().iter().map(|field| field.name.as_ref()).collect();
            let message = format!("{} has no field {}", record.name(), field.text);
            let hint = suggestion(&field.text, &names);
            return self.report(Problem::new("rule.unknown_field", field.span, message).hint(hint));
        };
        let nullable = operand.ty.is_nullable();
        let ty = if nullable { declared.ty.clone().or_null() } else { declared.ty.clone() };
        let (personal, confidential) =
            (operand.personal || declared.personal, operand.confidential || declared.confidential);
        let path = operand.path.as_ref().map(|path| format!("{path}.{}", field.text));
        let kind = Kind::Field { operand: Box::new(operand), slot, name: field.text.clone() };
        Some(self.read(Node { span, ty, kind, path, personal, confidential }))
    }

    fn index(&mut self, span: Span, operand: Node, index: Node) -> Option<Node> {
        let Type::List(element) = operand.ty.base() else {
            let message = format!("{} cannot be indexed", operand.ty);
            return self
                .report(Problem::new("rule.types", span, message).hint("only lists have entries by number"));
        };
        if *index.ty.base() != Type::Int {
            let message = format!("an entry of a list is named by a whole number, not by {}", index.ty);
            return self.report(Problem::new("rule.types", index.span, message).hint("the first entry is 0"));
        }
        let (ty, path) = ((**element).clone(), operand.path.as_ref().map(|path| format!("{path}[]")));
        let node = Self::made(span, ty, Kind::Index { operand: Box::new(operand), index: Box::new(index) });
        Some(Node { path, ..node })
    }

    fn list(&mut self, span: Span, parts: &[Syntax]) -> Option<Node> {
        let parts: Vec<Option<Node>> = parts.iter().map(|part| self.node(part)).collect();
        let parts = parts.into_iter().collect::<Option<Vec<Node>>>()?;
        let mut ty = Type::Null;
        for part in &parts {
            match ty.unify(&part.ty) {
                Some(both) => {
                    ty = if ty == Type::Null && part.ty != Type::Null { part.ty.clone() } else { both }
                }
                None => {
                    let message = format!("a list of {ty} cannot hold {}", part.ty);
                    return self.report(
                        Problem::new("rule.types", part.span, message)
                            .hint("entries of a list are of one type"),
                    );
                }
            }
        }
        if parts.iter().any(|part| part.ty == Type::Null) && ty != Type::Null {
            ty = ty.or_null();
        }
        let parts = parts.into_iter().map(|part| widen(part, &ty)).collect();
        Some(Self::made(span, ty.list(), Kind::List(parts)))
    }

    /// The parts of `&&` and `||`, each a condition.
    fn conditions(&mut self, parts: &[Syntax], sign: &str) -> Option<Vec<Node>> {
        let parts: Vec<Option<Node>> = parts
            .iter()
            .map(|part| {
                let part = self.node(part)?;
                self.condition(part, sign)
            })
            .collect();
        parts.into_iter().collect()
    }

    fn condition(&mut self, node: Node, wanted_by: &str) -> Option<Node> {
        if *node.ty.base() == Type::Bool {
            return Some(node);
        }
        let message = format!("{wanted_by} wants a condition, not {}", node.ty);
        let problem = Problem::new("rule.types", node.span, message);
        self.report(problem.hint("compare it with something, such as with == or >"))
    }

    fn choice(&mut self, span: Span, condition: &Syntax, yes: &Syntax, no: &Syntax) -> Option<Node> {
        let condition = self.node(condition).and_then(|condition| self.condition(condition, "?"));
        let (yes, no) = (self.node(yes), self.node(no));
        let (condition, yes, no) = (condition?, yes?, no?);
        let Some(ty) = yes.ty.unify(&no.ty).filter(|_| !mixes_number_lists(&yes.ty, &no.ty)) else {
            let message = format!("the choice is between {} and {}", yes.ty, no.ty);
            return self
                .report(Problem::new("rule.types", span, message).hint("both sides of : are of one type"));
        };
        let (yes, no) = (widen(yes, &ty), widen(no, &ty));
        let kind = Kind::Choice { condition: Box::new(condition), yes: Box::new(yes), no: Box::new(no) };
        Some(Self::made(span, ty, kind))
    }

    /// The whole rule gives what is asked of it.
    fn fit_result(&mut self, root: Node) -> Option<Node> {
        let Some(wanted) = self.environment.result() else { return Some(root) };
        if root.ty.base() == wanted.base() {
            return Some(root);
        }
        if root.ty.unify(wanted).is_some_and(|both| both.base() == wanted.base())
            && !mixes_number_lists(&root.ty, wanted)
            && root.ty != Type::Null
        {
            return Some(widen(root, wanted));
        }
        let message = format!("the rule gives {}, not {wanted}", root.ty);
        let problem = Problem::new("rule.result", root.span, message);
        self.report(match wanted.base() {
            Type::Bool => problem.hint("compare it with something, such as with == or >"),
            _ => problem,
        })
    }
}

/// The node as one of the type: whole numbers become decimals.
fn widen(node: Node, ty: &Type) -> Node {
    if *node.ty.base() == Type::Int && *ty.base() == Type::Decimal {
        let ty = if node.ty.is_nullable() { Type::Decimal.or_null() } else { Type::Decimal };
        Checker::made(node.span, ty, Kind::Widen(Box::new(node)))
    } else {
        node
    }
}

/// Whether one is a list of whole numbers and the other of decimals: entries of lists are not converted.
fn mixes_number_lists(one: &Type, two: &Type) -> bool {
    match (one.base(), two.base()) {
        (Type::List(one), Type::List(two)) => {
            (one.is_number() && two.is_number() && one.base() != two.base()) || mixes_number_lists(one, two)
        }
        _ => false,
    }
}

/// "did you mean …?", or all names when they are few.
fn suggestion(name: &str, known: &[&str]) -> String {
    const LISTED_MAX: usize = 12;
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None if known.is_empty() => "no names are known here".to_owned(),
        None => {
            let more = if known.len() > LISTED_MAX { ", …" } else { "" };
            let listed: Vec<&str> = known.iter().copied().take(LISTED_MAX).collect();
            format!("known are {}{more}", listed.join(", "))
        }
    }
}
