//! Decision tables: columns with an input, rows of cells, and how the rows that apply become one answer.
//!
//! A column is a variable of its name, so that a cell may speak of other columns too. Each cell becomes one condition of
//! CEL; the row applies when all of them hold.

mod cell;
mod check;
pub(super) mod grid;
mod rows;

use self::cell::{Item, read};
use self::grid::{Cell, Test};
use self::rows::{Line, lines};
use super::compile::{Compiler, constant, line};
use super::limits::{CELLS_MAX, COLUMNS_MAX};
use super::model::{Aggregate, Block, Consequence, Policy, Row, Then};
use super::report::Fields;
use super::value::{day, number};
use super::yaml::{Node, shown};
use crate::datum::Datum;
use crate::engine::Rule;
use crate::environment::Environment;
use crate::error::Problem;
use crate::syntax::Span;
use crate::types::Type;
use std::ops::Range;
use std::sync::Arc;

/// A column: its name, the type of its values.
pub(super) struct Column {
    name: String,
    ty: Type,
}

/// The hit policies, as they are written.
const POLICIES: [(&str, Policy); 7] = [
    ("unique", Policy::Unique),
    ("first", Policy::First),
    ("collect", Policy::Collect(Aggregate::List)),
    ("collect sum", Policy::Collect(Aggregate::Sum)),
    ("collect min", Policy::Collect(Aggregate::Min)),
    ("collect max", Policy::Collect(Aggregate::Max)),
    ("collect count", Policy::Collect(Aggregate::Count)),
];

/// Checks a table. `otherwise` says whether something holds where no row applies.
pub(super) fn compile(
    compiler: &mut Compiler<'_, '_>,
    node: &Node,
    environment: &Environment,
    around: Policy,
    number: &str,
    otherwise: bool,
) -> Option<Block> {
    let known = ["hit", "columns", "rows", "csv", "description"];
    let fields = Fields::read(node, &known, &mut compiler.report)?;
    let policy = policy(compiler, &fields, around, number)?;
    let mut inside = environment.clone();
    let mut columns = Vec::new();
    let mut whole = true;
    for node in fields.list("columns", &mut compiler.report) {
        match column(compiler, node, &inside) {
            Some((column, grown)) => {
                columns.push(column);
                inside = grown;
            }
            None => whole = false,
        }
    }
    let written = lines(compiler, &fields, &columns)?;
    if columns.is_empty() || columns.len() > COLUMNS_MAX || columns.len() * written.len() > CELLS_MAX {
        let message = format!("a table has 1 to {COLUMNS_MAX} columns and at most {CELLS_MAX} cells");
        return compiler.report.error(Problem::new("rule_set.limit", node.span, message));
    }
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for (index, line) in written.iter().enumerate() {
        let number = format!("{number}{}{}", if number.is_empty() { "" } else { "." }, index + 1);
        match row(compiler, line, &columns, &inside, &number).filter(|_| whole) {
            Some((row, seen)) => {
                rows.push(row);
                cells.push(seen);
            }
            None => whole = false,
        }
    }
    // What cannot be read cannot be checked for gaps either.
    if !whole {
        return None;
    }
    let places: Vec<Span> = written.iter().map(|line| line.span).collect();
    check::check(compiler, &columns, &cells, policy, otherwise, &places, node.span);
    let exhaustive = rows.iter().any(|row| row.conditions.is_empty());
    Some(Block { rows, otherwise: None, policy, exhaustive })
}

fn policy(
    compiler: &mut Compiler<'_, '_>,
    fields: &Fields<'_>,
    around: Policy,
    number: &str,
) -> Option<Policy> {
    let Some(scalar) = fields.needed_scalar("hit", &mut compiler.report) else {
        return Some(Policy::First);
    };
    let Some((_, policy)) = POLICIES.iter().find(|(word, _)| *word == scalar.text) else {
        let words: Vec<&str> = POLICIES.iter().map(|(word, _)| *word).collect();
        let problem = Problem::new(
            "rule_set.value",
            scalar.span,
            format!("there is no hit policy {}", shown(&scalar.text)),
        );
        return compiler.report.error(problem.hint(format!("known are {}", words.join(", "))));
    };
    let collects = matches!(policy, Policy::Collect(_));
    if collects && (!number.is_empty() || around == Policy::Every) {
        let problem =
            Problem::new("rule_set.value", scalar.span, "only a table that is the whole rule can collect");
        return compiler.report.error(problem.hint("use first or unique, or a rule set of its own"));
    }
    Some(*policy)
}

fn column(
    compiler: &mut Compiler<'_, '_>,
    node: &Node,
    inside: &Environment,
) -> Option<(Column, Environment)> {
    let fields = Fields::read(node, &["name", "input", "label"], &mut compiler.report)?;
    let name = fields.needed_scalar("name", &mut compiler.report);
    let input = fields.needed_scalar("input", &mut compiler.report);
    let (name, input) = (name?, input?);
    let ty = compiler.define(name, input, inside).and_then(|grown| {
        let ty = grown.get(&name.text).cloned()?;
        Some((ty, grown))
    });
    ty.filter(|(ty, _)| *ty != Type::Null).map(|(ty, grown)| (Column { name: name.text.clone(), ty }, grown))
}

fn row(
    compiler: &mut Compiler<'_, '_>,
    written: &Line,
    columns: &[Column],
    environment: &Environment,
    number: &str,
) -> Option<(Row, Vec<Cell>)> {
    compiler.counted(written.span)?;
    let document = compiler.report.document;
    let mut conditions = Vec::new();
    let mut cells = Vec::new();
    let mut whole = true;
    for (column, text) in columns.iter().zip(&written.cells) {
        match condition(compiler, column, &text.text, environment, &|at| text.place(document, at)) {
            Some((rule, cell)) => {
                conditions.extend(rule);
                cells.push(cell);
            }
            None => whole = false,
        }
    }
    let output = compiler.output(&written.output.text, environment, written.output.span, &|at| {
        written.output.place(document, at)
    });
    let reason = match &written.reason {
        None => Some(None),
        Some(text) => compiler.sentence(&text.text, environment, &|at| text.place(document, at)).map(Some),
    };
    let then = Then::Output(Consequence { output: output?, reason: reason? });
    let line = line(document, written.span);
    whole.then_some((Row { number: number.to_owned(), line, conditions, then }, cells))
}

/// The condition of a cell, and what is known of it before any record.
fn condition(
    compiler: &mut Compiler<'_, '_>,
    column: &Column,
    text: &str,
    environment: &Environment,
    place: &dyn Fn(usize) -> usize,
) -> Option<(Option<Arc<dyn Rule>>, Cell)> {
    let cell = match read(text) {
        Ok(cell) => cell,
        Err((at, message)) => {
            let start = place(at) as u32;
            let problem = Problem::new("rule.syntax", Span { start, end: start + 1 }, message);
            return compiler.report.error(problem.hint("such as >= 50, \"A\", [10..20) or -"));
        }
    };
    if cell.items.is_empty() {
        return Some((None, Cell::default()));
    }
    let mut source = Pieces::default();
    let mut tests = Vec::new();
    for item in &cell.items {
        source.generated(if tests.is_empty() { "(" } else { " || (" });
        tests.push(item_condition(compiler, &mut source, column, text, item, environment, place)?);
        source.generated(")");
    }
    let before = match (cell.negated, column.ty.is_nullable()) {
        (false, _) => String::new(),
        (true, false) => "!(".to_owned(),
        (true, true) => format!("{} != null && !(", column.name),
    };
    let whole = format!("{before}{}{}", source.text, if cell.negated { ")" } else { "" });
    let shift = before.len();
    let yes_or_no = environment.clone().returning(Type::Bool);
    let rule =
        compiler.expression_at(&whole, &yes_or_no, &|at| place(source.origin(at.saturating_sub(shift))))?;
    Some((Some(rule), Cell { negated: cell.negated, tests }))
}

fn item_condition(
    compiler: &mut Compiler<'_, '_>,
    source: &mut Pieces,
    column: &Column,
    text: &str,
    item: &Item,
    environment: &Environment,
    place: &dyn Fn(usize) -> usize,
) -> Option<Test> {
    let name = column.name.as_str();
    let of = |range: &Range<usize>| operand(text, range, &column.ty);
    let value = |compiler: &Compiler<'_, '_>, range: &Range<usize>| known(compiler, &of(range), environment);
    match item {
        Item::Compare { sign, operand } => {
            // What is missing differs from nothing: a cell that means it says null.
            let given = if *sign == "!=" && column.ty.is_nullable() {
                format!("{name} != null && ")
            } else {
                String::new()
            };
            source.generated(&format!("{given}{name} {sign} ("));
            source.copied(&of(operand), operand.start);
            source.generated(")");
            let Some(end) = value(compiler, operand) else { return Some(Test::Opaque) };
            Some(match *sign {
                "==" if end == Datum::Null => Test::Missing,
                "==" => Test::Equal(end),
                "!=" if end == Datum::Null => Test::Opaque,
                "!=" => Test::Differs(end),
                ">=" | ">" => Test::Range { from: Some((end, *sign == ">=")), to: None },
                _ => Test::Range { from: None, to: Some((end, *sign == "<=")) },
            })
        }
        Item::Interval { from, from_included, to, to_included } => {
            source.generated(&format!("{name} {} (", if *from_included { ">=" } else { ">" }));
            source.copied(&of(from), from.start);
            source.generated(&format!(") && {name} {} (", if *to_included { "<=" } else { "<" }));
            source.copied(&of(to), to.start);
            source.generated(")");
            Some(match (value(compiler, from), value(compiler, to)) {
                (Some(one), Some(two)) => {
                    Test::Range { from: Some((one, *from_included)), to: Some((two, *to_included)) }
                }
                _ => Test::Opaque,
            })
        }
        Item::Expression(range) => {
            let text = of(range);
            let anything = environment.clone().returning_anything();
            // Alone first: its type says whether it is a value to equal or a condition of its own.
            let rule = compiler.expression_at(&text, &anything, &|at| place(range.start + at))?;
            let value = number(&text).map(|(value, _)| value).or_else(|| constant(&*rule));
            if text == "null" {
                source.generated(&format!("{name} == null"));
                return Some(Test::Missing);
            }
            let is_condition = *rule.result_type().base() == Type::Bool
                && (*column.ty.base() != Type::Bool || value.is_none());
            if is_condition {
                source.copied(&text, range.start);
                return Some(Test::Opaque);
            }
            source.generated(&format!("{name} == ("));
            source.copied(&text, range.start);
            source.generated(")");
            Some(value.map_or(Test::Opaque, Test::Equal))
        }
    }
}

/// The text of a value; a bare day in a column of dates becomes a date.
fn operand(text: &str, range: &Range<usize>, ty: &Type) -> String {
    let text = text.get(range.clone()).unwrap_or_default();
    if *ty.base() == Type::Date && day(text).is_some() { format!("date('{text}')") } else { text.to_owned() }
}

/// The value of an end, if it depends on no record.
fn known(compiler: &Compiler<'_, '_>, text: &str, environment: &Environment) -> Option<Datum> {
    if text == "null" {
        return Some(Datum::Null);
    }
    number(text).map(|(value, _)| value).or_else(|| {
        let rule = compiler.engine.compile(text, &environment.clone().returning_anything()).ok()?;
        constant(&*rule)
    })
}

/// A condition that is put together, and where its parts came from.
#[derive(Default)]
struct Pieces {
    text: String,
    /// Start in the text, start in the cell, and length of what was copied.
    copied: Vec<(usize, usize, usize)>,
}

impl Pieces {
    fn generated(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn copied(&mut self, text: &str, from: usize) {
        self.copied.push((self.text.len(), from, text.len()));
        self.text.push_str(text);
    }

    /// The byte of the cell for a byte of the text; that of the nearest copied part where it was generated.
    fn origin(&self, at: usize) -> usize {
        let inside = self.copied.iter().rev().find(|(start, ..)| *start <= at);
        match inside.or(self.copied.first()) {
            Some((start, from, length)) => from + at.saturating_sub(*start).min(*length),
            None => 0,
        }
    }
}
