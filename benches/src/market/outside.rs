//! The same rules and records for the crate `cel`, an interpreter of the language from outside.
//!
//! It knows neither decimals nor dates. Amounts are whole cents and dates whole days for it, and what a rule says about `today`
//! is worked out before it is compiled: less for it to do, never more.

use super::record::{Cell, cell};
use super::{Market, TODAY, record};
use crate::Result;
use arrow_array::RecordBatch;
use cel::extractors::This;
use cel::{Context, Env, Program, Value};
use chrono::{Days, Months, NaiveDate};
use regex::{Captures, Regex};
use std::collections::HashMap;
use std::sync::Arc;

/// The rule with cents for amounts and day numbers for dates.
///
/// # Errors
/// When it names a day that is none.
pub fn plain(rule: &str) -> Result<String> {
    let amounts = Regex::new(r"\b(\d+)\.(\d\d)\b")?.replace_all(rule, "$1$2");
    let shifted = Regex::new(r"today ([-+]) (days|months|years)\((\d+)\)")?;
    let today = record::day(TODAY)?;
    let relative = replaced(&shifted, &amounts, |found| {
        let many: u32 = found[3].parse()?;
        let months = Months::new(if &found[2] == "years" { 12 * many } else { many });
        let day = match (&found[1], &found[2]) {
            ("-", "days") => today.checked_sub_days(Days::new(u64::from(many))),
            ("-", _) => today.checked_sub_months(months),
            (_, "days") => today.checked_add_days(Days::new(u64::from(many))),
            _ => today.checked_add_months(months),
        };
        Ok(day.ok_or("a day outside the calendar")?)
    })?;
    replaced(&Regex::new(r"date\('([-\d]+)'\)")?, &relative, |found| Ok(found[1].parse()?))
}

fn replaced(pattern: &Regex, text: &str, day: impl Fn(&Captures<'_>) -> Result<NaiveDate>) -> Result<String> {
    let (mut made, mut end) = (String::new(), 0);
    for found in pattern.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        made.push_str(&text[end..whole.start()]);
        made.push_str(&day(&found)?.to_epoch_days().to_string());
        end = whole.end();
    }
    made.push_str(&text[end..]);
    Ok(made)
}

/// The rule, ready to be asked.
///
/// # Errors
/// What the interpreter says against it.
pub fn compile(rule: &str) -> Result<Program> {
    Program::compile(&plain(rule)?).map_err(|problem| problem.to_string().into())
}

/// The variables of the rules for one customer, and the sum of a list, which the language does not have.
///
/// # Errors
/// When a sum is declared already.
pub fn context(
    environment: &Arc<Env>,
    market: &Market,
    customer: usize,
) -> Result<Context<'static, 'static>> {
    let mut fields = fields(&market.customers, customer)?;
    for (name, children) in market.children() {
        let rows: Result<Vec<Value>> = children
            .of(customer)
            .map(|place| Ok(Value::from(self::fields(&children.rows, place)?)))
            .collect();
        fields.insert(name.to_owned(), Value::from(rows?));
    }
    let mut context = Context::with_env(Arc::clone(environment));
    context.add_variable_from_value("customer", fields);
    context.add_variable_from_value("today", i64::from(TODAY));
    context
        .add_function("sum", |This(list): This<Arc<Vec<Value>>>| -> i64 {
            list.iter().map(|value| if let Value::Int(number) = value { *number } else { 0 }).sum()
        })
        .map_err(|problem| problem.to_string())?;
    Ok(context)
}

fn fields(rows: &RecordBatch, place: usize) -> Result<HashMap<String, Value>> {
    let columns = rows.schema();
    let named = columns.fields().iter().zip(rows.columns()).map(|(field, column)| {
        let value = match cell(column, place)? {
            Cell::Missing => Value::Null,
            Cell::Bool(yes) => Value::Bool(yes),
            Cell::Int(number) => Value::Int(number),
            Cell::Cents(cents) => Value::Int(i64::try_from(cents)?),
            Cell::Day(days) => Value::Int(i64::from(days)),
            Cell::Text(text) => Value::from(text),
        };
        Ok((field.name().clone(), value))
    });
    named.collect()
}

/// Whether the rule holds; what cannot be told does not.
#[must_use]
pub fn holds(rule: &Program, context: &Context<'_, '_>) -> bool {
    matches!(rule.execute(context), Ok(Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_become_cents_and_dates_become_days() {
        for (rule, expected) in [
            ("a > 50000.00", "a > 5000000"),
            ("a < today - years(2) && b >= today", "a < 19904 && b >= today"),
            ("a <= today + months(3)", "a <= 20726"),
            ("a == date('1970-01-02')", "a == 1"),
            ("a.matches('S[.]r')", "a.matches('S[.]r')"),
        ] {
            assert_eq!(plain(rule).unwrap(), expected);
        }
        assert!(plain("a == date('1970-02-30')").is_err());
    }
}
