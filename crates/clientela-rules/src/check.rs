//! Names and types: whether a rule makes sense, before it is saved.
//!
//! A part that is wrong yields nothing, so that its mistake is reported once; its neighbours are still checked.

use crate::datum::Datum;
use crate::engine::Path;
use crate::environment::Environment;
use crate::error::Problem;
use crate::limits::ERRORS_MAX;
use crate::nearest::nearest;
use crate::program::{Kind, Node, Pair, Presence, Program};
use crate::steps::Steps;
use crate::syntax::{Part, Span, Syntax, SyntaxKind};
use crate::types::Type;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use unify::Unifier;

mod calls;
mod decimals;
mod loops;
mod names;
mod operators;
mod unify;

/// Checks a tree against what rules here may speak of.
pub(crate) fn check(source: &str, tree: &Syntax, environment: &Environment) -> Result<Program, Vec<Problem>> {
    Checker::new(environment, false).program(source, tree)
}

/// Takes a tree as it is: nothing has a type, and what does not exist fails when the rule runs.
pub(crate) fn unchecked(
    source: &str,
    tree: &Syntax,
    environment: &Environment,
) -> Result<Program, Vec<Problem>> {
    Checker::new(environment, true).program(source, tree)
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

/// The entry of a loop, or the value of a binding, while the body is checked.
struct Entry {
    name: String,
    ty: Type,
    path: Option<String>,
    personal: bool,
    confidential: bool,
}

struct Checker<'e> {
    environment: &'e Environment,
    /// Take everything; nothing has a type.
    lenient: bool,
    problems: Vec<Problem>,
    scope: Vec<Entry>,
    /// Loops around what is being checked.
    loops: usize,
    reads: BTreeMap<String, Path>,
    types: Unifier,
    /// Numbers with a point as they were written, by their places.
    literals: BTreeMap<Span, Decimal>,
    /// For computing what is known before any fact.
    steps: Steps,
}

impl<'e> Checker<'e> {
    fn new(environment: &'e Environment, lenient: bool) -> Self {
        Self {
            environment,
            lenient,
            problems: Vec::new(),
            scope: Vec::new(),
            loops: 0,
            reads: BTreeMap::new(),
            types: Unifier::default(),
            literals: BTreeMap::new(),
            steps: Steps::new(),
        }
    }

    fn program(mut self, source: &str, tree: &Syntax) -> Result<Program, Vec<Problem>> {
        let root =
            self.node(tree).and_then(|root| if self.lenient { Some(root) } else { self.fit_result(root) });
        match root {
            Some(mut root) if self.problems.is_empty() => {
                root.retype(&|ty| self.types.settled(ty));
                Ok(Program { source: source.to_owned(), root, reads: paths(self.reads) })
            }
            _ => Err(self.problems),
        }
    }

    fn report<T>(&mut self, problem: Problem) -> Option<T> {
        if self.problems.len() < ERRORS_MAX {
            self.problems.push(problem);
        }
        None
    }

    /// A checked node; what went into its parts went into it. Where its type does not say what it holds, as with
    /// `dyn(customer)`, all fields of the records in it did.
    fn made(&self, span: Span, ty: Type, kind: Kind) -> Node {
        let ty = if self.lenient { Type::Dyn } else { ty };
        let mut node = Node { span, ty, kind, path: None, personal: false, confidential: false };
        let mut marks = (false, false);
        for part in node.parts() {
            let inside = if node.ty.hides() { self.types.known(&part.ty).marks() } else { (false, false) };
            marks.0 |= part.personal || inside.0;
            marks.1 |= part.confidential || inside.1;
        }
        (node.personal, node.confidential) = marks;
        node
    }

    fn constant(&self, span: Span, ty: Type, value: Datum) -> Node {
        self.made(span, ty, Kind::Constant(value))
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
            SyntaxKind::Null => Some(self.constant(span, Type::Null, Datum::Null)),
            SyntaxKind::Bool(yes) => Some(self.constant(span, Type::Bool, Datum::Bool(*yes))),
            SyntaxKind::Int(number) => Some(self.constant(span, Type::Int, Datum::Int(*number))),
            SyntaxKind::Uint(number) => Some(self.constant(span, Type::Uint, Datum::Uint(*number))),
            SyntaxKind::Double(literal) => {
                self.literals.extend(literal.exact.map(|exact| (span, exact)));
                Some(self.constant(span, Type::Double, Datum::Double(literal.double)))
            }
            SyntaxKind::Text(text) => Some(self.constant(span, Type::Text, text.as_str().into())),
            SyntaxKind::Bytes(bytes) => Some(self.constant(span, Type::Bytes, bytes.as_slice().into())),
            SyntaxKind::Name { name, rooted } => self.name(span, name, *rooted),
            SyntaxKind::Select { operand, field, optional } => self.select(tree, operand, field, *optional),
            SyntaxKind::Index { operand, index, optional } => {
                let (operand, index) = (self.node(operand), self.node(index));
                self.index(span, operand?, index?, *optional)
            }
            SyntaxKind::Call { target, function, arguments } => {
                self.call(span, target.as_deref(), function, arguments)
            }
            SyntaxKind::List(parts) => self.list(span, parts),
            SyntaxKind::Map(entries) => self.map(span, entries),
            SyntaxKind::Not(operand) => {
                let operand = self.node(operand)?;
                let operand = self.condition(operand, "!")?;
                Some(self.made(span, Type::Bool, Kind::Not(Box::new(operand))))
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
                let parts = self.conditions(parts, "&&")?;
                Some(self.made(span, Type::Bool, Kind::All(parts)))
            }
            SyntaxKind::Any(parts) => {
                let parts = self.conditions(parts, "||")?;
                Some(self.made(span, Type::Bool, Kind::Any(parts)))
            }
            SyntaxKind::Choice { condition, yes, no } => self.choice(span, condition, yes, no),
        }
    }

    /// Parts that are always there, or optionals; what is inside of those is what counts.
    fn parts(&mut self, parts: &[&Part]) -> Option<Vec<Node>> {
        let nodes: Vec<Option<Node>> = parts
            .iter()
            .map(|part| {
                let node = self.node(&part.value)?;
                let ty = self.types.known(&node.ty);
                if !part.optional || ty.is_open() || matches!(ty, Type::Optional(_)) {
                    return Some(node);
                }
                let problem = Problem::new("rule.types", node.span, format!("? wants an optional, not {ty}"));
                self.report(problem.hint("leave the ? out"))
            })
            .collect();
        let nodes = nodes.into_iter().collect::<Option<Vec<Node>>>()?;
        let some_exact = nodes.iter().any(|node| decimals::is_exact(&node.ty));
        Some(if some_exact { nodes.into_iter().map(|node| self.exact(node)).collect() } else { nodes })
    }

    /// The type that holds all; `dyn` if there is no other.
    fn joined(&mut self, nodes: &[Node], optional: impl Iterator<Item = bool>) -> Type {
        let mut joined: Option<Type> = None;
        for (node, optional) in nodes.iter().zip(optional) {
            let ty = match self.types.known(&node.ty) {
                Type::Optional(inner) if optional => *inner,
                _ if optional => Type::Dyn,
                ty => ty,
            };
            joined = Some(match joined {
                None => ty,
                Some(before) => self.types.join(&before, &ty).unwrap_or(Type::Dyn),
            });
        }
        joined.unwrap_or_else(|| self.types.fresh())
    }

    fn list(&mut self, span: Span, parts: &[Part]) -> Option<Node> {
        let nodes = self.parts(&parts.iter().collect::<Vec<_>>())?;
        let ty = self.joined(&nodes, parts.iter().map(|part| part.optional)).list();
        let kind = if parts.iter().any(|part| part.optional) {
            Kind::SparseList(nodes.into_iter().zip(parts.iter().map(presence)).collect())
        } else {
            Kind::List(nodes)
        };
        Some(self.made(span, ty, kind))
    }

    fn map(&mut self, span: Span, entries: &[(Syntax, Part)]) -> Option<Node> {
        let keys: Vec<Option<Node>> = entries.iter().map(|(key, _)| self.node(key)).collect();
        let values = self.parts(&entries.iter().map(|(_, value)| value).collect::<Vec<_>>());
        let (keys, values) = (keys.into_iter().collect::<Option<Vec<Node>>>()?, values?);
        for key in &keys {
            let ty = self.types.known(&key.ty);
            let fine =
                ty.is_open() || ty.is_text() || matches!(ty.base(), Type::Bool | Type::Int | Type::Uint);
            if !fine {
                let problem =
                    Problem::new("rule.types", key.span, format!("{ty} cannot be the key of a map"));
                return self.report(problem.hint("keys are texts, whole numbers, true and false"));
            }
        }
        let key_type = self.joined(&keys, std::iter::repeat(false));
        let value_type = self.joined(&values, entries.iter().map(|(_, value)| value.optional));
        let pairs = keys
            .into_iter()
            .zip(values)
            .zip(entries)
            .map(|((key, value), (_, part))| Pair { key, value, presence: presence(part) })
            .collect();
        Some(self.made(span, key_type.map_to(value_type), Kind::Map(pairs)))
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
        if self.types.assignable(&node.ty, &Type::Bool) {
            return Some(node);
        }
        let message = format!("{wanted_by} wants a condition, not {}", self.types.known(&node.ty));
        let problem = Problem::new("rule.types", node.span, message);
        self.report(problem.hint("compare it with something, such as with == or >"))
    }

    fn choice(&mut self, span: Span, condition: &Syntax, yes: &Syntax, no: &Syntax) -> Option<Node> {
        let condition = self.node(condition).and_then(|condition| self.condition(condition, "?"));
        let (yes, no) = (self.node(yes), self.node(no));
        let (condition, yes, no) = (condition?, yes?, no?);
        let (yes, no) = self.aligned(yes, no);
        let Some(ty) = self.types.join(&yes.ty, &no.ty) else {
            let message = format!("the choice is between {} and {}", yes.ty, no.ty);
            return self
                .report(Problem::new("rule.types", span, message).hint("both sides of : are of one type"));
        };
        let kind = Kind::Choice { condition: Box::new(condition), yes: Box::new(yes), no: Box::new(no) };
        Some(self.made(span, ty, kind))
    }

    /// The whole rule gives what is asked of it.
    fn fit_result(&mut self, root: Node) -> Option<Node> {
        let Some(wanted) = self.environment.result() else { return Some(root) };
        let root = if decimals::is_exact(wanted) { self.exact(root) } else { root };
        if *wanted.base() == Type::Bool && self.types.known(&root.ty).is_open() {
            // A condition of one part, so that anything but yes and no is unknown.
            return Some(self.made(root.span, Type::Bool, Kind::All(vec![root])));
        }
        if root.ty != Type::Null && self.types.assignable(root.ty.base(), wanted.base()) {
            return Some(root);
        }
        let message = format!("the rule gives {}, not {wanted}", self.types.known(&root.ty));
        let problem = Problem::new("rule.result", root.span, message);
        self.report(match (wanted.base(), root.ty.base()) {
            (Type::Bool, _) => problem.hint("compare it with something, such as with == or >"),
            (Type::Decimal, Type::Double) => problem.hint("make a decimal of it with decimal(…)"),
            _ => problem,
        })
    }
}

fn presence(part: &Part) -> Presence {
    if part.optional { Presence::IfSome } else { Presence::Always }
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
