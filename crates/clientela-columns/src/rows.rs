//! One row of columns as a record: for what columns cannot say, and for reasons.

use crate::column::{Column, Values};
use crate::records::{Children, Population, Records};
use chrono::{DateTime, TimeDelta};
use clientela_rules::plan::{Condition, FieldKind, Interpreted, Source, row::Run};
use clientela_rules::{Datum, Environment, Facts, RecordType, Row, Type};
use rust_decimal::Decimal;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use uuid::Uuid;

/// A condition and where its fields lie in columns.
pub(crate) struct RowRule {
    pub(crate) condition: Condition,
    pub(crate) places: Arc<Places>,
}

impl fmt::Debug for RowRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowRule").field("condition", &self.condition).finish_non_exhaustive()
    }
}

/// Where the fields and lists of a plan lie in columns.
pub(crate) struct Places {
    pub(crate) fields: Vec<Arc<Column>>,
    pub(crate) tables: Vec<Option<Arc<Children>>>,
    pub(crate) population: Population,
    pub(crate) environment: Arc<Environment>,
    pub(crate) constants: Arc<dyn Facts + Send + Sync>,
}

impl RowRule {
    /// Whether it holds for a record.
    pub(crate) fn decide(&self, row: usize) -> Option<bool> {
        let source = ColumnSource { places: &self.places, row, exhausted: Cell::new(false) };
        let mut run = Run::new(&source);
        let decision = run.condition(&self.condition, 0);
        // When the steps ran out nothing is certain, whatever the operators made of it.
        decision.filter(|_| !run.exhausted() && !source.exhausted.get())
    }
}

/// A record in columns.
struct ColumnSource<'p> {
    places: &'p Places,
    row: usize,
    exhausted: Cell<bool>,
}

impl ColumnSource<'_> {
    fn column(&self, field: usize) -> &Column {
        self.places.fields.get(field).map_or(&Column::MISSING, |column| column)
    }
}

/// The rows of the children that may be seen.
struct Seen<'p> {
    rows: Range<usize>,
    children: &'p Children,
}

impl Iterator for Seen<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let row = self.rows.next()?;
            if self.children.visible().is_none_or(|visible| visible.get(row)) {
                return Some(row);
            }
        }
    }
}

impl<'p> Source for ColumnSource<'p> {
    type Row = usize;
    type Entries = Seen<'p>;

    fn record(&self) -> usize {
        self.row
    }

    fn entries(&self, row: usize, table: usize) -> Option<Seen<'p>> {
        let children = self.places.tables.get(table)?.as_deref().filter(|children| children.is_given(row))?;
        Some(Seen { rows: children.of(row), children })
    }

    fn present(&self, row: usize, field: usize) -> bool {
        self.column(field).is_valid(row)
    }

    fn flag(&self, row: usize, field: usize) -> Option<bool> {
        self.column(field).flag_at(row)
    }

    fn whole(&self, row: usize, field: usize) -> Option<i64> {
        self.column(field).whole_at(row)
    }

    fn decimal(&self, row: usize, field: usize) -> Option<Decimal> {
        self.column(field).decimal_at(row)
    }

    fn double(&self, row: usize, field: usize) -> Option<f64> {
        let column = self.column(field);
        match &column.values {
            Values::Doubles(numbers) if column.is_valid(row) => numbers.get(row).copied(),
            _ => None,
        }
    }

    fn text(&self, row: usize, field: usize) -> Option<&str> {
        self.column(field).text_at(row)
    }

    fn id(&self, row: usize, field: usize) -> Option<u128> {
        let column = self.column(field);
        match &column.values {
            Values::Ids(ids) if column.is_valid(row) => ids.get(row).copied(),
            _ => None,
        }
    }

    fn interpret(&self, part: &Interpreted) -> Option<bool> {
        part.decide(&RowFacts::new(self.places, self.row), &self.exhausted)
    }
}

impl Column {
    /// The text of a row, of a column of texts or words.
    #[must_use]
    pub fn text_at(&self, row: usize) -> Option<&str> {
        match &self.values {
            Values::Words(codes, words) if self.is_valid(row) => {
                words.get(codes.get(row)?).map(|word| &**word)
            }
            Values::Texts(texts) if self.is_valid(row) => Some(texts.get(row)),
            _ => None,
        }
    }

    /// The number of a row, of a column of decimals or whole numbers.
    #[must_use]
    pub fn decimal_at(&self, row: usize) -> Option<Decimal> {
        if !self.is_valid(row) {
            return None;
        }
        match &self.values {
            Values::Decimals(numbers, scale) => {
                Decimal::try_from_i128_with_scale(i128::from(numbers.get(row)?), *scale).ok()
            }
            Values::WideDecimals(numbers, scale) => {
                Decimal::try_from_i128_with_scale(*numbers.get(row)?, *scale).ok()
            }
            Values::Whole(numbers) => numbers.get(row).map(Decimal::from),
            _ => None,
        }
    }

    /// The whole number of a row; of a column of days the days since 1970-01-01.
    #[must_use]
    pub fn whole_at(&self, row: usize) -> Option<i64> {
        match &self.values {
            Values::Whole(numbers) if self.is_valid(row) => numbers.get(row),
            _ => None,
        }
    }

    /// The yes or no of a row.
    #[must_use]
    pub fn flag_at(&self, row: usize) -> Option<bool> {
        match &self.values {
            Values::Flags(flags) if self.is_valid(row) => Some(flags.get(row)),
            _ => None,
        }
    }
}

/// One row of columns as the facts of a rule, for the interpreter and for reasons.
pub(crate) struct RowFacts<'p> {
    places: &'p Places,
    row: usize,
    /// The variables that were asked for: a loop asks for the same again and again.
    made: RefCell<Vec<(String, Datum)>>,
}

impl<'p> RowFacts<'p> {
    pub(crate) const fn new(places: &'p Places, row: usize) -> Self {
        Self { places, row, made: RefCell::new(Vec::new()) }
    }

    fn make(&self, name: &str) -> Option<Datum> {
        let Places { population, environment, constants, .. } = self.places;
        let ty = environment.get(name)?;
        match population.variable() {
            Some(variable) if variable == name => match ty.base() {
                Type::Record(record) => Some(record_at(record, population.records(), self.row, "").into()),
                _ => None,
            },
            None if holds(population.records(), name) => {
                Some(value_at(ty, population.records(), self.row, name))
            }
            _ => constants.variable(name),
        }
    }
}

impl Facts for RowFacts<'_> {
    fn variable(&self, name: &str) -> Option<Datum> {
        let known = |made: &[(String, Datum)]| {
            made.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        if let Some(value) = known(&self.made.borrow()) {
            return Some(value);
        }
        let value = self.make(name)?;
        self.made.borrow_mut().push((name.to_owned(), value.clone()));
        Some(value)
    }
}

/// Whether records have a column, a nested record or children of that name.
fn holds(records: &Records, name: &str) -> bool {
    let nested = |column: &str| column.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    records.column(name).is_some()
        || records.child(name).is_some()
        || records.columns().any(|(column, _)| nested(column))
}

/// A row as a record; `prefix` is the way to a record within it.
fn record_at(ty: &Arc<RecordType>, records: &Records, row: usize, prefix: &str) -> Row {
    let mut made = Row::new(ty);
    for field in ty.fields() {
        let name =
            if prefix.is_empty() { field.name.to_string() } else { format!("{prefix}.{}", field.name) };
        let value = value_at(&field.ty, records, row, &name);
        if value != Datum::Null {
            // What does not fit its declared type stays missing.
            let _unfit = made.set(&field.name, value);
        }
    }
    made
}

fn value_at(ty: &Type, records: &Records, row: usize, name: &str) -> Datum {
    match ty.base() {
        Type::List(element) => {
            records.child(name).filter(|children| children.is_given(row)).map_or(Datum::Null, |children| {
                let rows = Seen { rows: children.of(row), children };
                let entry = |row| match element.base() {
                    Type::Record(record) => Datum::from(record_at(record, children.records(), row, "")),
                    plain => value_at(plain, children.records(), row, ""),
                };
                Datum::List(rows.map(entry).collect())
            })
        }
        Type::Record(record) => {
            let nested = record_at(record, records, row, name);
            let empty = record.fields().iter().all(|field| *nested.get(&field.name) == Datum::Null);
            if empty { Datum::Null } else { nested.into() }
        }
        plain => records.column(name).map_or(Datum::Null, |column| datum_at(plain, column, row)),
    }
}

/// The value of a column as one of that type.
pub(crate) fn datum_at(ty: &Type, column: &Column, row: usize) -> Datum {
    if !column.is_valid(row) {
        return Datum::Null;
    }
    let value = match (&column.values, ty.base()) {
        (Values::Flags(flags), _) => Some(Datum::Bool(flags.get(row))),
        (Values::Whole(numbers), Type::Date) => {
            numbers.get(row).and_then(clientela_rules::plan::row::date_of).map(Datum::Date)
        }
        (Values::Whole(numbers), Type::Timestamp) => {
            numbers.get(row).and_then(DateTime::from_timestamp_micros).map(Datum::Timestamp)
        }
        (Values::Whole(numbers), Type::Duration) => {
            numbers.get(row).map(|number| Datum::Duration(TimeDelta::microseconds(number)))
        }
        (Values::Whole(numbers), Type::Decimal) => {
            numbers.get(row).map(|number| Datum::Decimal(number.into()))
        }
        (Values::Whole(numbers), _) => numbers.get(row).map(Datum::Int),
        (Values::Decimals(..) | Values::WideDecimals(..), _) => column.decimal_at(row).map(Datum::Decimal),
        (Values::Words(..) | Values::Texts(_), _) => column.text_at(row).map(Datum::from),
        (Values::Ids(ids), _) => ids.get(row).map(|id| Datum::Id(Uuid::from_u128(*id))),
        (Values::Doubles(numbers), _) => numbers.get(row).copied().map(Datum::Double),
        (Values::Missing, _) => None,
    };
    value.unwrap_or(Datum::Null)
}

/// Whether the kind of a field fits what a column holds.
pub(crate) const fn fits(kind: FieldKind, column: &Column) -> bool {
    matches!(
        (kind, &column.values),
        (_, Values::Missing)
            | (FieldKind::Bool, Values::Flags(_))
            | (FieldKind::Whole(_), Values::Whole(_))
            | (FieldKind::Decimal, Values::Decimals(..) | Values::WideDecimals(..) | Values::Whole(_))
            | (FieldKind::Double, Values::Doubles(_))
            | (FieldKind::Text, Values::Words(..) | Values::Texts(_))
            | (FieldKind::Id, Values::Ids(_))
    )
}
