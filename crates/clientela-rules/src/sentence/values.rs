//! Values in words: fields by their labels, dates relative to today, arithmetic.

use super::conditions::Teller;
use crate::datum::{Datum, Period};
use crate::functions::Function;
use crate::program::{Kind, Node, Quantifier};
use crate::syntax::Operator;
use crate::types::Type;

impl Teller<'_> {
    pub(super) fn value(&mut self, node: &Node) -> String {
        match &node.kind {
            Kind::Constant(value) => self.constant(value),
            Kind::Widen(operand) => self.value(operand),
            Kind::Variable(name) => self.variable(name),
            Kind::Entry(level) => self.entry(*level),
            Kind::Field { .. } => self.field(node),
            Kind::Calculate { operator, left, right } => self.calculated(node, *operator, left, right),
            Kind::Call { function, arguments } => self.function(node, *function, arguments),
            Kind::Loop { quantifier: Quantifier::Filter, list, body, .. } => {
                let (one, many) = self.entry_names(list);
                let body = self.body(&one, body);
                self.words.fill("filtered", &[("many", &many), ("body", &body)])
            }
            Kind::Loop { quantifier: Quantifier::Map, list, body, transform, .. } => {
                self.mapped(list, body, transform.as_deref())
            }
            Kind::List(parts) => {
                let told: Vec<String> = parts.iter().map(|part| self.value(part)).collect();
                self.enumerated(&told, self.words.word("and"))
            }
            Kind::Choice { condition, yes, no } => {
                let condition = self.condition(condition, false, 1);
                let (yes, no) = (self.value(yes), self.value(no));
                self.words.fill("choice", &[("a", &condition), ("b", &yes), ("c", &no)])
            }
            _ if *node.ty.base() == Type::Bool => self.condition(node, false, 1),
            _ => self.as_written(node),
        }
    }

    pub(super) fn constant(&self, value: &Datum) -> String {
        match value {
            Datum::Bool(yes) => self.words.word(if *yes { "yes" } else { "no" }).to_owned(),
            Datum::Decimal(number) => number.to_string().replace('.', self.words.word("decimal_mark")),
            Datum::Text(text) => self.words.fill("text", &[("a", text)]),
            Datum::Date(day) => {
                use std::fmt::Write;
                let mut text = String::new();
                // A format an installation got wrong falls back to the one everybody reads.
                match write!(text, "{}", day.format(self.words.word("date_format"))) {
                    Ok(()) => text,
                    Err(_) => value.to_string(),
                }
            }
            Datum::Period(period) => self.period(*period),
            Datum::List(parts) => {
                let told: Vec<String> = parts.iter().map(|part| self.constant(part)).collect();
                self.enumerated(&told, self.words.word("and"))
            }
            other => other.to_string(),
        }
    }

    fn period(&self, period: Period) -> String {
        let counted = |count: i32, unit: &str| {
            let key = format!("{unit} {}", if count == 1 { "one" } else { "many" });
            self.words.fill(&key, &[("a", &count.to_string())])
        };
        let (months, days) = (period.months, period.days);
        let mut parts = Vec::new();
        if months != 0 && months % 12 == 0 {
            parts.push(counted(months / 12, "year"));
        } else if months != 0 {
            parts.push(counted(months, "month"));
        }
        if days != 0 || months == 0 {
            parts.push(counted(days, "day"));
        }
        self.enumerated(&parts, self.words.word("and"))
    }

    fn variable(&self, name: &str) -> String {
        let key = format!("label {name}");
        match self
            .words
            .get(&key)
            .or_else(|| self.words.get(name).filter(|_| matches!(name, "today" | "now")))
        {
            Some(label) => label.to_owned(),
            None => self.words.fill("variable", &[("a", &spoken(name))]),
        }
    }

    /// The entry itself, of the loop it stands in or of one further out.
    fn entry(&self, level: usize) -> String {
        match self.entries.get(level) {
            Some(name) if level + 1 < self.entries.len() => self.words.fill("owner", &[("a", name)]),
            _ => self.words.word("that").to_owned(),
        }
    }

    fn field(&mut self, node: &Node) -> String {
        let Kind::Field { operand, name, .. } = &node.kind else { return self.as_written(node) };
        let owner = match operand.ty.base() {
            Type::Record(record) => record.name(),
            _ => "",
        };
        let label = self.label(owner, name);
        match &operand.kind {
            Kind::Variable(variable) => self.of_owner(variable, &label),
            Kind::Entry(level) if level + 1 == self.entries.len() => {
                self.words.fill("whose", &[("label", &label)])
            }
            Kind::Entry(level) => {
                let owner = self.entries.get(*level).cloned().unwrap_or_default();
                self.words.fill("entry_of_outer", &[("owner", &owner), ("label", &label)])
            }
            Kind::Field { operand: outer, name: middle, .. } => {
                let record = match outer.ty.base() {
                    Type::Record(record) => record.name(),
                    _ => "",
                };
                let outer_label = self.label(record, middle);
                let nested = self.words.fill("nested", &[("outer", &outer_label), ("inner", &label)]);
                match &outer.kind {
                    Kind::Variable(variable) => self.of_owner(variable, &nested),
                    Kind::Entry(_) => self.words.fill("whose", &[("label", &nested)]),
                    _ => self.as_written(node),
                }
            }
            _ => self.as_written(node),
        }
    }

    fn of_owner(&self, variable: &str, label: &str) -> String {
        let owner = self.one(variable);
        let key = format!("of_owner {variable}");
        let of_owner = match self.words.get(&key) {
            Some(text) => text.to_owned(),
            None => self.words.fill("of_owner", &[("a", &owner)]),
        };
        self.words.fill("field_of", &[("owner", &owner), ("of_owner", &of_owner), ("label", label)])
    }

    fn label(&self, record: &str, field: &str) -> String {
        self.words.get(&format!("label {record}.{field}")).map_or_else(|| spoken(field), str::to_owned)
    }

    fn one(&self, record: &str) -> String {
        self.words.get(&format!("one {record}")).map_or_else(|| spoken(record), str::to_owned)
    }

    /// What one and what many entries of a list are called.
    pub(super) fn entry_names(&self, list: &Node) -> (String, String) {
        let list = underlying(list);
        let name = match list.ty.base() {
            Type::List(element) => match element.base() {
                Type::Record(record) => record.name().to_owned(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        if name.is_empty() {
            let field = if let Kind::Field { name, .. } = &list.kind { name.as_str() } else { "" };
            return (spoken(field), spoken(field));
        }
        let many =
            self.words.get(&format!("many {name}")).map_or_else(|| plural(&spoken(&name)), str::to_owned);
        (self.one(&name), many)
    }

    /// Whose list it is.
    pub(super) fn owner_of(&self, list: &Node) -> String {
        let name = match &underlying(list).kind {
            Kind::Field { operand, .. } => match &operand.kind {
                Kind::Variable(name) => name.clone(),
                Kind::Entry(level) => match self.entries.get(*level) {
                    Some(_) if level + 1 == self.entries.len() => return self.words.word("that").to_owned(),
                    Some(name) => name.clone(),
                    None => String::new(),
                },
                _ => String::new(),
            },
            Kind::Variable(name) => name.clone(),
            _ => String::new(),
        };
        match self.words.get(&format!("owner {name}")) {
            Some(text) => text.to_owned(),
            None if name.is_empty() => self.as_written(list),
            None => self.words.fill("owner", &[("a", &self.one(&name))]),
        }
    }

    fn calculated(&mut self, node: &Node, operator: Operator, left: &Node, right: &Node) -> String {
        let today = matches!(&left.kind, Kind::Variable(name) if name == "today");
        let key = match (operator, left.ty.base(), right.ty.base()) {
            (Operator::Subtract, Type::Date, Type::Period) => {
                if today {
                    "ago"
                } else {
                    "earlier"
                }
            }
            (Operator::Add, Type::Date, Type::Period) => {
                if today {
                    "ahead"
                } else {
                    "later"
                }
            }
            (Operator::Subtract, Type::Date, Type::Date) => "days_between",
            (_, one, two) if !(number(one) && number(two)) => return self.as_written(node),
            // What is calculated of what is calculated is clearer as a formula.
            _ if is_formula(left) || is_formula(right) => return self.as_written(node),
            (Operator::Add, ..) => "plus",
            (Operator::Subtract, ..) => "minus",
            (Operator::Multiply, ..) => "times",
            (Operator::Divide, ..) => "divided",
            _ => return self.as_written(node),
        };
        let (one, two) = (self.value(left), self.value(right));
        // Of a date and a period the period is told first: "3 years ago", "3 years before …".
        let period = *right.ty.base() == Type::Period;
        let (a, b) = if period { (&two, &one) } else { (&one, &two) };
        self.words.fill(key, &[("a", a), ("b", b)])
    }

    fn function(&mut self, node: &Node, function: Function, arguments: &[Node]) -> String {
        let list = arguments.first().is_some_and(|first| matches!(first.ty.base(), Type::List(_)));
        let key = match function {
            Function::Size if list => "number_of",
            Function::Size => "length_of",
            Function::Sum => "sum_of",
            Function::Min => "least_of",
            Function::Max => "greatest_of",
            Function::Lower => "lower",
            Function::Upper => "upper",
            Function::Round => "rounded",
            Function::Absolute => "absolute",
            Function::Year => "year_of",
            Function::Month => "month_of",
            Function::Day => "day_of",
            _ if *node.ty.base() == Type::Bool => return self.condition(node, false, 1),
            _ => return self.as_written(node),
        };
        let told: Vec<String> = arguments
            .iter()
            .map(|part| match (&part.kind, function) {
                // A list that is counted is called by its entries.
                (Kind::Field { .. } | Kind::Variable(_), Function::Size) if list => self.entry_names(part).1,
                _ => self.value(part),
            })
            .collect();
        let of = |index: usize| told.get(index).map(String::as_str).unwrap_or_default();
        self.words.fill(key, &[("a", of(0)), ("b", of(1))])
    }

    fn mapped(&mut self, list: &Node, body: &Node, transform: Option<&Node>) -> String {
        let (one, many) = self.entry_names(list);
        let over = match (&list.kind, transform) {
            (Kind::Loop { quantifier: Quantifier::Filter, .. }, None) => self.value(list),
            (_, Some(_)) => {
                let body = self.body(&one, body);
                self.words.fill("filtered", &[("many", &many), ("body", &body)])
            }
            _ => many,
        };
        let value = transform.unwrap_or(body);
        let label = match &value.kind {
            Kind::Field { operand, name, .. } if matches!(operand.kind, Kind::Entry(_)) => {
                match operand.ty.base() {
                    Type::Record(record) => self.label(record.name(), name),
                    _ => spoken(name),
                }
            }
            _ => self.as_written(value),
        };
        self.words.fill("mapped", &[("a", &label), ("b", &over)])
    }
}

fn number(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Decimal)
}

fn is_formula(node: &Node) -> bool {
    matches!(node.kind, Kind::Calculate { .. })
}

/// The list beneath filters.
fn underlying(list: &Node) -> &Node {
    match &list.kind {
        Kind::Loop { quantifier: Quantifier::Filter, list, .. } => underlying(list),
        _ => list,
    }
}

/// A name as it is spoken: `first_registration` as "first registration".
fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

/// The plural of an English name, where the words do not give it.
fn plural(name: &str) -> String {
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{name}s"),
    }
}
