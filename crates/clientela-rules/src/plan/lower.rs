//! From the checked tree to a plan.

use super::row::days_of;
use super::{
    Arithmetic, Bits, Comparison, Condition, DatePart, Exact, Expression, FieldKind, Floating, Fold, Folded,
    Id, Interpreted, List, Pattern, Place, Plan, PlanField, PlanTable, Step, Text, TextTest, Whole,
    WholeKind, Zone,
};
use crate::datum::Datum;
use crate::functions::Function;
use crate::program::{Kind, Node, Program, Quantifier};
use crate::syntax::Operator;
use crate::types::Type;
use std::sync::Arc;

impl Plan {
    /// The plan of a checked rule.
    pub(crate) fn of(program: &Program) -> Self {
        let source: Arc<str> = program.source.as_str().into();
        let mut lowering = Lowering {
            source,
            tables: Vec::new(),
            fields: Vec::new(),
            variables: Vec::new(),
            loops: Vec::new(),
        };
        lowering.tables.push(PlanTable {
            path: String::new(),
            parent: None,
            variable: None,
            steps: Vec::new(),
        });
        let root = lowering.expression(&program.root);
        let lowered = lowering.tables.len();
        let bound = lowering.bound(&program.root);
        let Lowering { tables, fields, variables, .. } = lowering;
        Self { tables, lowered, fields, variables, root, bound }
    }
}

pub(super) struct Lowering {
    source: Arc<str>,
    pub(super) tables: Vec<PlanTable>,
    fields: Vec<PlanField>,
    variables: Vec<String>,
    /// The table of each loop around, the outermost first.
    pub(super) loops: Vec<usize>,
}

/// A list with what is kept of it and what is made of each entry.
struct Entries<'n> {
    list: List,
    filters: Vec<&'n Node>,
    value: Option<&'n Node>,
}

/// Where a chain of fields begins.
struct Chain {
    level: u8,
    table: usize,
    variable: Option<usize>,
    steps: Vec<Step>,
    start: String,
}

impl Chain {
    fn path(&self) -> String {
        self.steps.iter().fold(self.start.clone(), |path, step| format!("{path}.{}", step.name))
    }
}

fn whole_kind(ty: &Type) -> Option<WholeKind> {
    Some(match ty.base() {
        Type::Int => WholeKind::Int,
        Type::Date => WholeKind::Date,
        Type::Timestamp => WholeKind::Timestamp,
        Type::Duration => WholeKind::Duration,
        _ => return None,
    })
}

fn field_kind(ty: &Type) -> Option<FieldKind> {
    Some(match ty.base() {
        Type::Bool => FieldKind::Bool,
        Type::Decimal => FieldKind::Decimal,
        Type::Text | Type::Words(_) => FieldKind::Text,
        Type::Id(_) => FieldKind::Id,
        Type::Double => FieldKind::Double,
        other => FieldKind::Whole(whole_kind(other)?),
    })
}

const fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Equal => Comparison::Equal,
        Operator::NotEqual => Comparison::NotEqual,
        Operator::Less => Comparison::Less,
        Operator::AtMost => Comparison::AtMost,
        Operator::Greater => Comparison::Greater,
        Operator::AtLeast => Comparison::AtLeast,
        _ => return None,
    })
}

const fn arithmetic(operator: Operator) -> Option<Arithmetic> {
    Some(match operator {
        Operator::Add => Arithmetic::Add,
        Operator::Subtract => Arithmetic::Subtract,
        Operator::Multiply => Arithmetic::Multiply,
        Operator::Divide => Arithmetic::Divide,
        Operator::Modulo => Arithmetic::Modulo,
        _ => return None,
    })
}

/// A 64-bit number of a constant, if it has one exactly.
pub(super) fn whole_of(value: &Datum) -> Option<i64> {
    match value {
        Datum::Int(number) => Some(*number),
        Datum::Date(day) => Some(days_of(*day)),
        Datum::Timestamp(at) if at.timestamp_subsec_nanos() % 1_000 == 0 => Some(at.timestamp_micros()),
        Datum::Duration(by) if by.subsec_nanos() % 1_000 == 0 => by.num_microseconds(),
        _ => None,
    }
}

impl Lowering {
    fn expression(&mut self, node: &Node) -> Expression {
        let lowered = match node.ty.base() {
            Type::Bool => Some(Expression::Condition(self.certain(node))),
            Type::Decimal => self.exact(node).map(Expression::Decimal),
            Type::Double => self.floating(node).map(Expression::Double),
            other => whole_kind(other).and_then(|kind| Some(Expression::Whole(self.whole(node)?, kind))),
        };
        lowered.unwrap_or_else(|| Expression::Interpreted(self.interpreted(node)))
    }

    /// The condition, as far as a plan can say it; the rest is left to the interpreter, part by part.
    fn certain(&mut self, node: &Node) -> Condition {
        match &node.kind {
            Kind::All(parts) => Condition::All(parts.iter().map(|part| self.certain(part)).collect()),
            Kind::Any(parts) => Condition::Any(parts.iter().map(|part| self.certain(part)).collect()),
            Kind::Not(part) => Condition::Not(Box::new(self.certain(part))),
            _ => match self.condition(node) {
                Some(condition) => condition,
                None => Condition::Interpreted(self.interpreted(node)),
            },
        }
    }

    fn interpreted(&mut self, node: &Node) -> Interpreted {
        let mut variables = Vec::new();
        collect_variables(node, &mut variables);
        Interpreted { node: Arc::new(node.clone()), source: Arc::clone(&self.source), variables }
    }

    fn variable(&mut self, name: &str) -> usize {
        match self.variables.iter().position(|known| known == name) {
            Some(number) => number,
            None => {
                self.variables.push(name.to_owned());
                self.variables.len() - 1
            }
        }
    }

    /// Follows fields down to a variable or the entry of a loop.
    fn chain(&mut self, node: &Node) -> Option<Chain> {
        match &node.kind {
            Kind::Variable(name) => {
                let variable = Some(self.variable(name));
                Some(Chain { level: 0, table: 0, variable, steps: Vec::new(), start: name.clone() })
            }
            Kind::Entry(level) => {
                let table = *self.loops.get(*level)?;
                let start = format!("{}[]", self.tables.get(table)?.path);
                let level = u8::try_from(level + 1).ok()?;
                Some(Chain { level, table, variable: None, steps: Vec::new(), start })
            }
            Kind::Field { operand, slot, name } => {
                let Type::Record(record) = operand.ty.base() else { return None };
                let mut chain = self.chain(operand)?;
                chain.steps.push(Step { record: Arc::clone(record), slot: *slot, name: name.clone() });
                Some(chain)
            }
            _ => None,
        }
    }

    /// The place of a field.
    fn place(&mut self, node: &Node) -> Option<Place> {
        let kind = field_kind(&node.ty)?;
        let chain = self.chain(node)?;
        let (level, path) = (chain.level, chain.path());
        let field = PlanField {
            table: chain.table,
            path,
            variable: chain.variable,
            steps: chain.steps,
            kind,
            nullable: node.ty.is_nullable(),
        };
        let number = match self.fields.iter().position(|known| *known == field) {
            Some(number) => number,
            None => {
                self.fields.push(field);
                self.fields.len() - 1
            }
        };
        Some(Place { level, field: u16::try_from(number).ok()? })
    }

    /// A list of children as it is declared.
    pub(super) fn list(&mut self, node: &Node) -> Option<List> {
        let Type::List(_) = node.ty.base() else { return None };
        let chain = self.chain(node)?;
        let table = PlanTable {
            path: chain.path(),
            parent: Some(chain.table),
            variable: chain.variable,
            steps: chain.steps,
        };
        let number = match self.tables.iter().position(|known| *known == table) {
            Some(number) => number,
            None => {
                self.tables.push(table);
                self.tables.len() - 1
            }
        };
        Some(List {
            level: chain.level,
            table: u16::try_from(number).ok()?,
            depth: u8::try_from(self.loops.len() + 1).ok()?,
        })
    }

    /// A list with the filters and the value that stand on it.
    fn entries<'n>(&mut self, node: &'n Node) -> Option<Entries<'n>> {
        match &node.kind {
            Kind::Loop { quantifier, list, level, body, transform, pair: false }
                if *level == self.loops.len() =>
            {
                let mut entries = self.entries(list)?;
                // What stands on a value that was made is about the value, no longer about the entry.
                if entries.value.is_some() {
                    return None;
                }
                match (quantifier, transform) {
                    (Quantifier::Filter, _) => entries.filters.push(body),
                    (Quantifier::Map, None) => entries.value = Some(body),
                    (Quantifier::Map, Some(transform)) => {
                        entries.filters.push(body);
                        entries.value = Some(transform);
                    }
                    _ => return None,
                }
                Some(entries)
            }
            _ => Some(Entries { list: self.list(node)?, filters: Vec::new(), value: None }),
        }
    }

    /// Lowers something inside a loop over that list.
    fn inside<T>(&mut self, list: List, work: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.loops.push(list.table.into());
        let done = work(self);
        self.loops.pop();
        done
    }

    fn filter(&mut self, entries: &Entries<'_>) -> Option<Option<Condition>> {
        self.inside(entries.list, |inner| {
            let filters = entries.filters.iter().map(|filter| inner.condition(filter));
            let mut filters = filters.collect::<Option<Vec<_>>>()?;
            Some(match filters.len() {
                0 => None,
                1 => filters.pop(),
                // A filter that is unknown makes the whole unknown: a later one that says no must not hide it.
                _ => Some(strictly(filters)),
            })
        })
    }

    fn condition(&mut self, node: &Node) -> Option<Condition> {
        Some(match &node.kind {
            Kind::Constant(Datum::Bool(yes)) => Condition::Constant(Some(*yes)),
            Kind::Constant(Datum::Null) => Condition::Constant(None),
            Kind::Variable(_) | Kind::Entry(_) | Kind::Field { .. } => Condition::Field(self.place(node)?),
            Kind::Present(operand) => Condition::Present(self.place(operand)?),
            Kind::Not(part) => Condition::Not(Box::new(self.condition(part)?)),
            Kind::All(parts) => {
                Condition::All(parts.iter().map(|part| self.condition(part)).collect::<Option<_>>()?)
            }
            Kind::Any(parts) => {
                Condition::Any(parts.iter().map(|part| self.condition(part)).collect::<Option<_>>()?)
            }
            Kind::Choice { condition, yes, no } => Condition::Choice(Box::new([
                self.condition(condition)?,
                self.condition(yes)?,
                self.condition(no)?,
            ])),
            Kind::Compare { operator: Operator::In, left, right } => self.contained(left, right)?,
            Kind::Compare { operator, left, right } => self.compared(comparison(*operator)?, left, right)?,
            Kind::Matches { text, pattern } => {
                Condition::TextLike(self.text(text)?, TextTest::Matches(Pattern::new(pattern.clone())))
            }
            Kind::Call { function, arguments } => self.like(*function, arguments)?,
            Kind::Loop { quantifier, list, level, body, pair: false, .. } => {
                let quantifier = match quantifier {
                    Quantifier::Exists => super::Quantifier::Some,
                    Quantifier::All => super::Quantifier::Every,
                    Quantifier::ExistsOne => super::Quantifier::One,
                    _ => return None,
                };
                if *level != self.loops.len() {
                    return None;
                }
                self.quantified(quantifier, list, body)?
            }
            _ => return None,
        })
    }

    fn quantified(&mut self, quantifier: super::Quantifier, list: &Node, body: &Node) -> Option<Condition> {
        let entries = self.entries(list)?;
        if entries.value.is_some() {
            return None;
        }
        let filter = self.filter(&entries)?;
        let body = self.inside(entries.list, |inner| inner.condition(body))?;
        let Some(filter) = filter else {
            return Some(Condition::Loop(quantifier, entries.list, Box::new(body)));
        };
        // The list is filtered first: where a filter is unknown so is the list, whatever its entries would say.
        let known = Condition::Any(vec![filter.clone(), Condition::Not(Box::new(filter.clone()))]);
        let known = Condition::Loop(super::Quantifier::Every, entries.list, Box::new(known));
        let body = match quantifier {
            super::Quantifier::Every => {
                Condition::Choice(Box::new([filter, body, Condition::Constant(Some(true))]))
            }
            _ => Condition::Choice(Box::new([filter, body, Condition::Constant(Some(false))])),
        };
        let asked = Condition::Loop(quantifier, entries.list, Box::new(body));
        Some(Condition::Choice(Box::new([known, asked, Condition::Constant(None)])))
    }

    fn compared(&mut self, comparison: Comparison, left: &Node, right: &Node) -> Option<Condition> {
        let (one, two) = (left.ty.base(), right.ty.base());
        Some(match (one, two) {
            (Type::Bool, Type::Bool) => {
                let same = Condition::Same(Box::new([self.condition(left)?, self.condition(right)?]));
                match comparison.equality()? {
                    true => same,
                    false => Condition::Not(Box::new(same)),
                }
            }
            (Type::Decimal, _) | (_, Type::Decimal) => {
                Condition::Decimal(comparison, self.exact(left)?, self.exact(right)?)
            }
            (Type::Double, Type::Double) => {
                Condition::Double(comparison, self.floating(left)?, self.floating(right)?)
            }
            (Type::Text | Type::Words(_), Type::Text | Type::Words(_)) => {
                Condition::Text(comparison, self.text(left)?, self.text(right)?)
            }
            (Type::Id(_), Type::Id(_)) => {
                Condition::Id(comparison.equality()?, self.id(left)?, self.id(right)?)
            }
            (one, two) if whole_kind(one).is_some() && whole_kind(one) == whole_kind(two) => {
                Condition::Whole(comparison, self.whole(left)?, self.whole(right)?)
            }
            _ => return None,
        })
    }

    fn contained(&mut self, left: &Node, right: &Node) -> Option<Condition> {
        let constants = match &right.kind {
            Kind::List(parts) => {
                parts.iter().map(|part| part.constant().cloned()).collect::<Option<Vec<Datum>>>()?
            }
            Kind::Constant(Datum::List(parts)) => parts.to_vec(),
            _ => return None,
        };
        let Type::List(element) = right.ty.base() else { return None };
        Some(match (left.ty.base(), element.base()) {
            (Type::Decimal, _) | (_, Type::Decimal) => {
                let these = constants.iter().map(|value| match value {
                    Datum::Decimal(number) => Some(*number),
                    Datum::Int(number) => Some((*number).into()),
                    _ => None,
                });
                let these = these.collect::<Option<Vec<_>>>()?;
                Condition::DecimalIn(self.exact(left)?, these.into())
            }
            (Type::Text | Type::Words(_), Type::Text | Type::Words(_)) => {
                let these = constants.iter().map(|value| match value {
                    Datum::Text(text) => Some(Arc::clone(text)),
                    _ => None,
                });
                let mut these = these.collect::<Option<Vec<_>>>()?;
                these.sort_unstable();
                Condition::TextIn(self.text(left)?, these.into())
            }
            (Type::Id(_), Type::Id(_)) => {
                let these = constants.iter().map(|value| match value {
                    Datum::Id(id) => Some(id.as_u128()),
                    _ => None,
                });
                let mut these = these.collect::<Option<Vec<_>>>()?;
                these.sort_unstable();
                Condition::IdIn(self.id(left)?, these.into())
            }
            (one, two) if whole_kind(one).is_some() && whole_kind(one) == whole_kind(two) => {
                let mut these = constants.iter().map(whole_of).collect::<Option<Vec<_>>>()?;
                these.sort_unstable();
                Condition::WholeIn(self.whole(left)?, these.into())
            }
            _ => return None,
        })
    }

    fn like(&mut self, function: Function, arguments: &[Node]) -> Option<Condition> {
        let [text, part] = arguments else { return None };
        let Some(Datum::Text(part)) = part.constant() else { return None };
        let part = Arc::clone(part);
        let test = match function {
            Function::Contains => TextTest::Contains(part),
            Function::StartsWith => TextTest::StartsWith(part),
            Function::EndsWith => TextTest::EndsWith(part),
            _ => return None,
        };
        Some(Condition::TextLike(self.text(text)?, test))
    }

    fn text(&mut self, node: &Node) -> Option<Text> {
        match node.constant() {
            Some(Datum::Text(text)) => Some(Text::Constant(Arc::clone(text))),
            Some(_) => None,
            None => Some(Text::Field(self.place(node)?)),
        }
    }

    fn id(&mut self, node: &Node) -> Option<Id> {
        match node.constant() {
            Some(Datum::Id(id)) => Some(Id::Constant(id.as_u128())),
            Some(_) => None,
            None => Some(Id::Field(self.place(node)?)),
        }
    }

    fn whole(&mut self, node: &Node) -> Option<Whole> {
        Some(match &node.kind {
            Kind::Constant(value) => Whole::Constant(Some(whole_of(value)?)),
            Kind::Variable(_) | Kind::Entry(_) | Kind::Field { .. } => Whole::Field(self.place(node)?),
            Kind::Negate(part) => Whole::Negate(Box::new(self.whole(part)?)),
            Kind::Calculate { operator, left, right } => self.calculated(node, *operator, left, right)?,
            Kind::Choice { condition, yes, no } => {
                let parts = Box::new([self.whole(yes)?, self.whole(no)?]);
                Whole::Choice(Box::new(self.condition(condition)?), parts)
            }
            Kind::Call { function, arguments } => self.whole_call(*function, arguments)?,
            _ => return None,
        })
    }

    fn calculated(&mut self, node: &Node, operator: Operator, left: &Node, right: &Node) -> Option<Whole> {
        let kind = whole_kind(&node.ty)?;
        let period = |node: &Node| match node.constant() {
            Some(Datum::Period(period)) => Some(*period),
            _ => None,
        };
        match (left.ty.base(), right.ty.base()) {
            (Type::Date, Type::Period) => {
                let by =
                    if operator == Operator::Subtract { period(right)?.reversed()? } else { period(right)? };
                Some(Whole::Shift(Box::new(self.whole(left)?), by.months, by.days))
            }
            (Type::Period, Type::Date) => {
                let by = period(left)?;
                Some(Whole::Shift(Box::new(self.whole(right)?), by.months, by.days))
            }
            _ => {
                let parts = Box::new([self.whole(left)?, self.whole(right)?]);
                Some(Whole::Calculate(kind, arithmetic(operator)?, parts))
            }
        }
    }

    fn whole_call(&mut self, function: Function, arguments: &[Node]) -> Option<Whole> {
        if let (Function::Date, [instant, zone]) = (function, arguments) {
            let Some(Datum::Text(zone)) = zone.constant() else { return None };
            return Some(Whole::DayIn(Box::new(self.whole(instant)?), Zone::new(zone)?));
        }
        let [one] = arguments else { return None };
        Some(match function {
            Function::Size if one.ty.is_text() => Whole::Length(self.text(one)?),
            Function::Size => {
                let entries = self.entries(one)?;
                // A value that cannot be made makes the list unknown, and its length.
                if entries.value.is_some() {
                    return None;
                }
                Whole::Count(entries.list, self.filter(&entries)?.map(Box::new))
            }
            Function::Sum | Function::Min | Function::Max => {
                let (list, filter, value) = self.valued(one, |inner, value| inner.whole(value))?;
                Whole::Fold(Box::new(Folded { fold: fold(function)?, list, filter, value }))
            }
            Function::Date if *one.ty.base() == Type::Timestamp => Whole::DayOf(Box::new(self.whole(one)?)),
            Function::Timestamp if *one.ty.base() == Type::Date => Whole::StartOf(Box::new(self.whole(one)?)),
            Function::Year => Whole::Part(DatePart::Year, Box::new(self.date(one)?)),
            Function::Month => Whole::Part(DatePart::Month, Box::new(self.date(one)?)),
            Function::Day => Whole::Part(DatePart::Day, Box::new(self.date(one)?)),
            _ => return None,
        })
    }

    fn date(&mut self, node: &Node) -> Option<Whole> {
        if *node.ty.base() == Type::Date { self.whole(node) } else { None }
    }

    /// A list whose entries are values or are made into values.
    fn valued<V>(
        &mut self,
        node: &Node,
        lower: impl FnOnce(&mut Self, &Node) -> Option<V>,
    ) -> Option<(List, Option<Condition>, V)> {
        let entries = self.entries(node)?;
        let filter = self.filter(&entries)?;
        let Type::List(element) = node.ty.base() else { return None };
        let itself = Node { kind: Kind::Entry(self.loops.len()), ..entry_of(node, element) };
        let value = entries.value.unwrap_or(&itself);
        let value = self.inside(entries.list, |inner| lower(inner, value))?;
        Some((entries.list, filter, value))
    }

    fn exact(&mut self, node: &Node) -> Option<Exact> {
        if *node.ty.base() == Type::Int {
            return Some(match node.constant() {
                Some(Datum::Int(number)) => Exact::Constant(Some((*number).into())),
                _ => Exact::Whole(Box::new(self.whole(node)?)),
            });
        }
        Some(match &node.kind {
            Kind::Constant(Datum::Decimal(number)) => Exact::Constant(Some(*number)),
            Kind::Constant(Datum::Int(number)) => Exact::Constant(Some((*number).into())),
            Kind::Variable(_) | Kind::Entry(_) | Kind::Field { .. } => Exact::Field(self.place(node)?),
            Kind::Widen(part) => self.exact(part)?,
            Kind::Negate(part) => Exact::Negate(Box::new(self.exact(part)?)),
            Kind::Calculate { operator: Operator::Divide | Operator::Modulo, .. } => return None,
            Kind::Calculate { operator, left, right } => {
                let parts = Box::new([self.exact(left)?, self.exact(right)?]);
                Exact::Calculate(arithmetic(*operator)?, parts)
            }
            Kind::Choice { condition, yes, no } => {
                let parts = Box::new([self.exact(yes)?, self.exact(no)?]);
                Exact::Choice(Box::new(self.condition(condition)?), parts)
            }
            Kind::Call { function: Function::Decimal, arguments } => match &**arguments {
                [one] if *one.ty.base() == Type::Int => self.exact(one)?,
                _ => return None,
            },
            Kind::Call { function, arguments } => {
                let [one] = &**arguments else { return None };
                let fold = fold(*function)?;
                let (list, filter, value) = self.valued(one, |inner, value| inner.exact(value))?;
                Exact::Fold(Box::new(Folded { fold, list, filter, value }))
            }
            _ => return None,
        })
    }

    fn floating(&mut self, node: &Node) -> Option<Floating> {
        Some(match &node.kind {
            Kind::Constant(Datum::Double(number)) => Floating::Constant(Some(Bits(*number))),
            Kind::Variable(_) | Kind::Entry(_) | Kind::Field { .. } => Floating::Field(self.place(node)?),
            Kind::Negate(part) => Floating::Negate(Box::new(self.floating(part)?)),
            Kind::Calculate { operator: Operator::Modulo, .. } => return None,
            Kind::Calculate { operator, left, right } => {
                let parts = Box::new([self.floating(left)?, self.floating(right)?]);
                Floating::Calculate(arithmetic(*operator)?, parts)
            }
            Kind::Choice { condition, yes, no } => {
                let parts = Box::new([self.floating(yes)?, self.floating(no)?]);
                Floating::Choice(Box::new(self.condition(condition)?), parts)
            }
            Kind::Call { function, arguments } => {
                let [one] = &**arguments else { return None };
                let fold = fold(*function)?;
                let (list, filter, value) = self.valued(one, |inner, value| inner.floating(value))?;
                Floating::Fold(Box::new(Folded { fold, list, filter, value }))
            }
            _ => return None,
        })
    }
}

const fn fold(function: Function) -> Option<Fold> {
    Some(match function {
        Function::Sum => Fold::Sum,
        Function::Min => Fold::Min,
        Function::Max => Fold::Max,
        _ => return None,
    })
}

/// All of them, unknown as soon as one is.
fn strictly(parts: Vec<Condition>) -> Condition {
    let last = Condition::Constant(Some(true));
    parts
        .into_iter()
        .rev()
        .fold(last, |rest, part| Condition::Choice(Box::new([part, rest, Condition::Constant(Some(false))])))
}

/// The entry of a list as a node.
fn entry_of(list: &Node, element: &Type) -> Node {
    Node {
        span: list.span,
        ty: element.clone(),
        kind: Kind::Entry(0),
        path: None,
        personal: list.personal,
        confidential: list.confidential,
    }
}

fn collect_variables(node: &Node, found: &mut Vec<String>) {
    if let Kind::Variable(name) = &node.kind
        && !found.contains(name)
    {
        found.push(name.clone());
    }
    for part in node.parts() {
        collect_variables(part, found);
    }
}
