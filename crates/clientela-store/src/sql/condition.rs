//! A [`Predicate`] as a `WHERE` clause with the same answer as [`Predicate::holds`].
//!
//! Values are parameters, identifiers come from declarations. A condition on an empty column is unknown in SQL and false
//! in memory; that makes no difference until it is negated, so a negation says "is not true".

use super::cell::{self, Parameter};
use super::decimal;
use super::plan::Plan;
use crate::error::StoreError;
use chrono::Timelike;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Column, ColumnType, Comparison, Entity, Predicate, Value};
use rust_decimal::Decimal;
use std::fmt::Write as _;
use uuid::Uuid;

/// The deepest nesting of conditions.
pub(crate) const DEPTH_MAX: usize = 100;

/// More values than this are sent as one parameter, so that the text is the same whatever their number: a long text takes longer
/// to be read than its values to be looked up.
const SPELLED_OUT_MAX: usize = 100;

/// Digits of a place in a run of values: more than the longest text has.
const PLACE_DIGITS: usize = 10;

/// A `WHERE` clause being written, with its parameters.
#[derive(Debug)]
pub(crate) struct Condition<'p> {
    plan: &'p Plan,
    sql: String,
    parameters: Vec<Parameter>,
    aliases: usize,
}

impl<'p> Condition<'p> {
    /// Continues the text `sql`.
    pub(crate) fn new(plan: &'p Plan, sql: String) -> Self {
        Self { plan, sql, parameters: Vec::new(), aliases: 0 }
    }

    /// The text and its parameters.
    ///
    /// # Errors
    /// `predicate.too_large`.
    pub(crate) fn finish(self) -> Result<(String, Vec<Parameter>), StoreError> {
        if self.parameters.len() > self.plan.dialect.parameters_max() {
            return Err(StoreError::PredicateTooLarge { problem: "it compares with too many values" });
        }
        Ok((self.sql, self.parameters))
    }

    /// Appends text.
    pub(crate) fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Appends a parameter.
    pub(crate) fn bind(&mut self, parameter: Parameter) {
        self.parameters.push(parameter);
        self.plan.dialect.parameter(&mut self.sql, self.parameters.len());
    }

    /// Appends the condition on the row of `entity` named `alias`.
    ///
    /// # Errors
    /// `store.unknown_entity`, `store.unknown_column`, `predicate.too_large`.
    pub(crate) fn predicate(
        &mut self,
        predicate: &Predicate,
        entity: &'static Entity,
        alias: &str,
        depth: usize,
    ) -> Result<(), StoreError> {
        if depth > DEPTH_MAX {
            return Err(StoreError::PredicateTooLarge { problem: "it is nested more than 100 levels deep" });
        }
        match predicate {
            Predicate::Everything => self.text("TRUE"),
            Predicate::Nothing => self.text("FALSE"),
            Predicate::Equals(column, value) => self.equals(find(entity, column)?, value, alias),
            Predicate::OneOf(column, values) => self.one_of(find(entity, column)?, values, alias),
            Predicate::Empty(column) => {
                let name = name(alias, find(entity, column)?, "");
                self.text(&format!("{name} IS NULL"));
            }
            Predicate::Compare(column, comparison, value) => {
                self.compare(find(entity, column)?, *comparison, value, alias);
            }
            Predicate::StartsWith(column, start) => self.starts_with(find(entity, column)?, start, alias),
            Predicate::Below { column, entity: tree, parent, roots } => {
                let column = find(entity, column)?;
                let tree = self.plan.table(tree)?.entity;
                let parent = find(tree, parent)?;
                if matches!(column.ty, ColumnType::Id(_)) {
                    self.below(&name(alias, column, ""), tree, parent, roots);
                } else {
                    self.text("FALSE");
                }
            }
            Predicate::Refers { column, entity: other, satisfying } => {
                let column = find(entity, column)?;
                let other = self.plan.table(other)?.entity;
                if matches!(column.ty, ColumnType::Id(_)) {
                    self.exists(other, id_of(other)?, &name(alias, column, ""), satisfying, depth)?;
                } else {
                    self.text("FALSE");
                }
            }
            Predicate::Referred { entity: other, column, satisfying } => {
                let other = self.plan.table(other)?.entity;
                let own_id = name(alias, id_of(entity)?, "");
                self.exists(other, find(other, column)?, &own_id, satisfying, depth)?;
            }
            Predicate::All(parts) => self.balanced(parts, " AND ", "TRUE", entity, alias, depth)?,
            Predicate::Any(parts) => self.balanced(parts, " OR ", "FALSE", entity, alias, depth)?,
            Predicate::Not(part) => {
                self.text("((");
                self.predicate(part, entity, alias, depth + 1)?;
                self.text(") IS NOT TRUE)");
            }
        }
        Ok(())
    }

    /// Joins parts as a balanced tree: engines bound the depth of an expression, and a chain of n is n deep.
    fn balanced(
        &mut self,
        parts: &[Predicate],
        joint: &str,
        none: &str,
        entity: &'static Entity,
        alias: &str,
        depth: usize,
    ) -> Result<(), StoreError> {
        match parts {
            [] => self.text(none),
            [one] => self.predicate(one, entity, alias, depth + 1)?,
            _ => {
                let (left, right) = parts.split_at(parts.len() / 2);
                self.text("(");
                self.balanced(left, joint, none, entity, alias, depth)?;
                self.text(joint);
                self.balanced(right, joint, none, entity, alias, depth)?;
                self.text(")");
            }
        }
        Ok(())
    }

    fn exists(
        &mut self,
        other: &'static Entity,
        named: &'static Column,
        equal_to: &str,
        satisfying: &Predicate,
        depth: usize,
    ) -> Result<(), StoreError> {
        self.aliases += 1;
        let alias = format!("t{}", self.aliases);
        let named = name(&alias, named, "");
        self.text(&format!(
            "EXISTS (SELECT 1 FROM \"{}\" AS {alias} WHERE {named} = {equal_to} AND ",
            other.name
        ));
        self.predicate(satisfying, other, &alias, depth + 1)?;
        self.text(")");
        Ok(())
    }

    fn below(&mut self, id: &str, tree: &'static Entity, parent: &'static Column, roots: &[Uuid]) {
        if roots.is_empty() {
            return self.text("FALSE");
        }
        self.text(&format!("{id} IN ("));
        self.walk(tree, parent, roots);
        self.text(")");
    }

    /// Appends a `SELECT` of one column `id` with the roots and all that lies below them, some of it more than once.
    pub(super) fn walk(&mut self, tree: &'static Entity, parent: &'static Column, roots: &[Uuid]) {
        self.aliases += 1;
        let tree_id = tree.columns.first().map_or("id", |column| column.name);
        let (walk, alias) = (format!("w{}", self.aliases), format!("t{}", self.aliases));
        self.text(&format!("WITH RECURSIVE {walk}(id, depth) AS (SELECT roots.id, 0 FROM ("));
        self.ids(roots.iter().copied());
        self.text(&format!(
            ") AS roots UNION SELECT {alias}.\"{tree_id}\", {walk}.depth + 1 FROM {walk} JOIN \"{}\" AS {alias} \
             ON {alias}.\"{}\" = {walk}.id WHERE {walk}.depth < {}) SELECT id FROM {walk}",
            tree.name,
            parent.name,
            TREE_DEPTH_MAX - 1
        ));
    }

    /// Appends a `SELECT` of one column `id` with these ids. Many travel as one run of bytes that is cut up again.
    pub(super) fn ids(&mut self, ids: impl ExactSizeIterator<Item = Uuid>) {
        let count = ids.len();
        if count <= SPELLED_OUT_MAX {
            for (position, id) in ids.enumerate() {
                self.text(if position == 0 { "SELECT " } else { " UNION ALL SELECT " });
                self.bind(Parameter::Blob(id.as_bytes().to_vec()));
                self.text(" AS id");
            }
            return;
        }
        let mut run = Vec::with_capacity(count * 16);
        ids.for_each(|id| run.extend_from_slice(id.as_bytes()));
        let (list, places) = self.places(self.parameters.len() + 1);
        // No list that fits into memory is longer.
        self.parameters.push(Parameter::Integer(i64::try_from(count).unwrap_or(i64::MAX)));
        self.text(&places);
        self.text(" SELECT substr(");
        self.bind(Parameter::Blob(run));
        self.text(&format!(", n * 16 + 1, 16) AS id FROM {list}"));
    }

    /// The name of a new list of the places from nothing up to a parameter, in its column `n`, and the text that makes it.
    fn places(&mut self, parameter: usize) -> (String, String) {
        self.aliases += 1;
        let list = format!("l{}", self.aliases);
        let mut sql = format!(
            "WITH RECURSIVE {list}(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM {list} WHERE n + 1 < "
        );
        self.plan.dialect.parameter(&mut sql, parameter);
        sql.push(')');
        (list, sql)
    }

    fn equals(&mut self, column: &'static Column, value: &Value, alias: &str) {
        let own = name(alias, column, "");
        match (column.ty, value) {
            (ColumnType::Decimal, Value::Decimal(number)) => self.equals_number(column, *number, alias),
            (ColumnType::Money, Value::Money(amount)) => {
                self.text(&format!("({} = ", name(alias, column, "_currency")));
                self.bind(Parameter::Text(amount.currency().code().to_owned()));
                self.text(" AND ");
                self.equals_number(column, amount.amount(), alias);
                self.text(")");
            }
            // Text is indexed whatever its case; the first half finds the rows, the second decides.
            (ColumnType::Text, Value::Text(text)) if column.indexed && !text.contains('\0') => {
                self.text(&format!("({own} = "));
                self.bind(Parameter::Text(text.clone().into_owned()));
                let again = self.parameters.len();
                self.text(self.plan.dialect.any_case());
                self.text(&format!(" AND {own} = "));
                self.plan.dialect.parameter(&mut self.sql, again);
                self.text(")");
            }
            _ => match plain(column.ty, value) {
                Some(parameter) => {
                    self.text(&format!("{own} = "));
                    self.bind(parameter);
                }
                None => self.text("FALSE"),
            },
        }
    }

    fn equals_number(&mut self, column: &'static Column, number: Decimal, alias: &str) {
        let (own, scale) = (name(alias, column, ""), name(alias, column, "_scale"));
        if number.is_zero() {
            return self.text(&format!("{own} = 0"));
        }
        let spellings = decimal::spellings(number);
        if spellings.is_empty() {
            return self.text("FALSE");
        }
        self.text("(");
        for (position, (coefficient, digits)) in spellings.into_iter().enumerate() {
            self.text(if position == 0 { "(" } else { " OR (" });
            self.text(&format!("{own} = "));
            self.bind(Parameter::Integer(coefficient));
            self.text(&format!(" AND {scale} = {digits})"));
        }
        self.text(")");
    }

    fn one_of(&mut self, column: &'static Column, values: &[Value], alias: &str) {
        let own = name(alias, column, "");
        if matches!(column.ty, ColumnType::Id(_)) {
            let ids: Vec<Uuid> =
                values.iter().filter_map(|v| if let Value::Id(id) = v { Some(*id) } else { None }).collect();
            if ids.is_empty() {
                return self.text("FALSE");
            }
            self.text(&format!("{own} IN ("));
            self.ids(ids.into_iter());
            return self.text(")");
        }
        if matches!(column.ty, ColumnType::Decimal | ColumnType::Money) {
            return self.any_equal(column, values, alias);
        }
        let parameters: Vec<Parameter> = values.iter().filter_map(|value| plain(column.ty, value)).collect();
        if parameters.is_empty() {
            return self.text("FALSE");
        }
        let indexed_text = column.ty == ColumnType::Text && column.indexed;
        let among = self.among(parameters);
        self.text(if indexed_text { "(" } else { "" });
        self.text(&own);
        self.text(if indexed_text { self.plan.dialect.any_case() } else { "" });
        self.text(&among);
        if indexed_text {
            self.text(&format!(" AND {own}{among})"));
        }
    }

    /// `IN` with these values, which may stand in the text more than once. Many travel as one run of bytes that is cut up again.
    fn among(&mut self, parameters: Vec<Parameter>) -> String {
        let dialect = self.plan.dialect;
        let first = self.parameters.len();
        let mark = |sql: &mut String, number: usize| dialect.parameter(sql, first + number);
        let mut sql = String::from(" IN (");
        let Some(run) = Run::of(&parameters) else {
            for number in 1..=parameters.len() {
                sql.push_str(if number == 1 { "" } else { ", " });
                mark(&mut sql, number);
            }
            self.parameters.extend(parameters);
            sql.push(')');
            return sql;
        };
        let (list, places) = self.places(first + 1);
        sql.push_str(&places);
        sql.push_str(" SELECT CAST(substr(");
        mark(&mut sql, 2);
        for part in 0..2 {
            sql.push_str(", CAST(substr(");
            mark(&mut sql, 3);
            let (whole, digits) = (2 * PLACE_DIGITS, PLACE_DIGITS);
            sql.push_str(&format!(", n * {whole} + {}, {digits}) AS INTEGER)", 1 + part * digits));
        }
        sql.push_str(&format!(") AS {}) FROM {list})", run.ty));
        self.parameters.push(Parameter::Integer(run.count));
        self.parameters.push(Parameter::Blob(run.bytes));
        // As bytes: a place in a text is counted letter by letter.
        self.parameters.push(Parameter::Blob(run.places.into_bytes()));
        sql
    }

    /// The values one by one, as a balanced tree.
    fn any_equal(&mut self, column: &'static Column, values: &[Value], alias: &str) {
        match values {
            [] => self.text("FALSE"),
            [one] => self.equals(column, one, alias),
            _ => {
                let (left, right) = values.split_at(values.len() / 2);
                self.text("(");
                self.any_equal(column, left, alias);
                self.text(" OR ");
                self.any_equal(column, right, alias);
                self.text(")");
            }
        }
    }

    fn compare(&mut self, column: &'static Column, comparison: Comparison, value: &Value, alias: &str) {
        let own = name(alias, column, "");
        let mut comparison = comparison;
        let parameter = match (column.ty, value) {
            (ColumnType::Decimal, Value::Decimal(number)) => {
                let scale = name(alias, column, "_scale");
                let Self { plan, sql, parameters, .. } = self;
                return decimal::compare(sql, (&own, &scale), comparison, *number, |sql, parameter| {
                    parameters.push(parameter);
                    plan.dialect.parameter(sql, parameters.len());
                });
            }
            (ColumnType::Instant, Value::Instant(at)) => {
                // Stored instants end at the microsecond: none lies between this one and the nanoseconds after it.
                if at.nanosecond() % 1000 != 0 {
                    comparison = match comparison {
                        Comparison::Less | Comparison::AtMost => Comparison::AtMost,
                        Comparison::Greater | Comparison::AtLeast => Comparison::Greater,
                    };
                }
                Some(Parameter::Integer(at.timestamp_micros()))
            }
            (ColumnType::Date, Value::Date(day)) if cell::iso_day(*day).is_none() => {
                // Outside the years that are stored: before or after every stored day.
                let after_all = *day > chrono::NaiveDate::default();
                let holds = after_all == matches!(comparison, Comparison::Less | Comparison::AtMost);
                return self.text(&if holds { format!("{own} IS NOT NULL") } else { "FALSE".to_owned() });
            }
            (
                ColumnType::Integer
                | ColumnType::Date
                | ColumnType::Text
                | ColumnType::Words(_)
                | ColumnType::Id(_),
                value,
            ) => plain(column.ty, value),
            _ => None,
        };
        match parameter {
            Some(parameter) => {
                self.text(&format!("{own} {} ", decimal::operator(comparison)));
                self.bind(parameter);
            }
            None => self.text("FALSE"),
        }
    }

    fn starts_with(&mut self, column: &'static Column, start: &str, alias: &str) {
        let own = name(alias, column, "");
        let any_case = self.plan.dialect.any_case();
        if !matches!(column.ty, ColumnType::Text | ColumnType::Words(_)) || start.contains('\0') {
            return self.text("FALSE");
        }
        self.text("(");
        if column.ty == ColumnType::Text && column.indexed && !start.is_empty() {
            // A range of the index that holds every text with this start, and few others.
            self.text(&format!("{own}{any_case} >= "));
            self.bind(Parameter::Text(start.to_owned()));
            if let Some(end) = end_of_range(start) {
                self.text(&format!(" AND {own}{any_case} < "));
                self.bind(Parameter::Text(end));
            }
            self.text(" AND ");
        }
        self.text(&format!("substr({own}, 1, {}) = ", start.chars().count()));
        self.bind(Parameter::Text(start.to_owned()));
        self.text(any_case);
        self.text(")");
    }
}

/// A text greater than every text with this start, letter case of ASCII aside; none when there is no such text.
pub(super) fn end_of_range(start: &str) -> Option<String> {
    let lower = start.to_ascii_lowercase();
    let mut letters = lower.chars();
    let last = letters.next_back()?;
    let mut next = u32::from(last) + 1;
    if (0xd800..0xe000).contains(&next) {
        next = 0xe000;
    }
    // A capital would be taken for its small letter, which is only further up: a wider range, never a narrower one.
    let mut end = letters.as_str().to_owned();
    end.push(char::from_u32(next)?);
    Some(end)
}

/// The parameter for a column of one cell; none when the value is of another kind, so that nothing equals it.
fn plain(ty: ColumnType, value: &Value) -> Option<Parameter> {
    match (ty, value) {
        (ColumnType::Bool, Value::Bool(yes)) => Some(Parameter::Integer(i64::from(*yes))),
        (ColumnType::Integer, Value::Integer(number)) => Some(Parameter::Integer(*number)),
        (ColumnType::Date, Value::Date(day)) => {
            cell::iso_day(*day).map(|text| Parameter::Text(String::from_utf8_lossy(&text).into_owned()))
        }
        (ColumnType::Instant, Value::Instant(at)) if at.nanosecond() % 1000 == 0 => {
            Some(Parameter::Integer(at.timestamp_micros()))
        }
        (ColumnType::Text | ColumnType::Words(_), Value::Text(text)) => {
            Some(Parameter::Text(text.clone().into_owned()))
        }
        (ColumnType::Id(_), Value::Id(id)) => Some(Parameter::Blob(id.as_bytes().to_vec())),
        (ColumnType::Blob, Value::Blob(bytes)) => Some(Parameter::Blob(bytes.clone())),
        _ => None,
    }
}

/// Many values of one kind, one after the other.
struct Run {
    bytes: Vec<u8>,
    /// Where each begins, from one, and how many bytes it has: [`PLACE_DIGITS`] digits each.
    places: String,
    count: i64,
    /// What they are read as.
    ty: &'static str,
}

impl Run {
    /// None when there are few, or they are bytes.
    fn of(values: &[Parameter]) -> Option<Self> {
        if values.len() <= SPELLED_OUT_MAX {
            return None;
        }
        let ty = if matches!(values.first()?, Parameter::Text(_)) { "TEXT" } else { "INTEGER" };
        // Of no bytes at all a piece is nothing, and not an empty text.
        let (mut bytes, mut places) = (vec![0], String::with_capacity(values.len() * 2 * PLACE_DIGITS));
        for value in values {
            let start = bytes.len();
            match value {
                Parameter::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Parameter::Integer(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
                Parameter::Blob(_) => return None,
            }
            // Writing to a string cannot fail.
            let _ =
                write!(places, "{:0width$}{:0width$}", start + 1, bytes.len() - start, width = PLACE_DIGITS);
        }
        Some(Self { bytes, places, count: i64::try_from(values.len()).ok()?, ty })
    }
}

/// `alias."column"` with a suffix of the physical column.
pub(crate) fn name(alias: &str, column: &Column, suffix: &str) -> String {
    format!("{alias}.\"{}{suffix}\"", column.name)
}

/// The column of that name.
///
/// # Errors
/// `store.unknown_column`.
pub(crate) fn find(entity: &'static Entity, column: &str) -> Result<&'static Column, StoreError> {
    entity
        .column(column)
        .ok_or_else(|| StoreError::UnknownColumn { entity: entity.name, column: column.to_owned() })
}

fn id_of(entity: &'static Entity) -> Result<&'static Column, StoreError> {
    find(entity, entity.columns.first().map_or("id", |column| column.name))
}
