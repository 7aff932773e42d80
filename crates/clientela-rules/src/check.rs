//! Names and types: whether a rule makes sense, before it is saved.
//!
//! A part that is wrong yields nothing, so that its mistake is reported once; its neighbours are still checked.

use crate::datum::Datum;
use crate::engine::Path;
use crate::environment::Environment;
use crate::error::Problem;
use crate::functions::Function;
use crate::limits::{ERRORS_MAX, LOOP_NESTING_MAX, PATTERN_BYTES_MAX};
use crate::nearest::nearest;
use crate::program::{Kind, Node, Program, Quantifier};
use crate::syntax::{Name, Span, Syntax, SyntaxKind};
use crate::types::Type;
use std::collections::BTreeMap;

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
            return Some(self.read(Node { path: Some(name.to_owned()), ..node }));
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

    fn call(
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
