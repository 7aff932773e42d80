//! The filter of a table: a rule over the columns of its entity.

use crate::error::Result;
use crate::rules::RuleCache;
use chrono::NaiveDate;
use clientela_model::{Entity, Value};
use clientela_rules::{Bindings, Datum, Environment, Rule, Type};
use std::sync::Arc;

/// A filter over the rows of one entity: its columns are the variables, with `today`.
pub(crate) struct RowRule {
    rule: Arc<dyn Rule>,
    environment: Environment,
    entity: &'static Entity,
    today: NaiveDate,
}

impl RowRule {
    /// Checks a filter.
    pub(crate) fn new(
        rules: &RuleCache,
        entity: &'static Entity,
        rule: &str,
        today: NaiveDate,
    ) -> Result<Self> {
        let environment = of_columns(entity);
        let rule = rules.compiled_on_columns(rule, entity, &environment)?;
        Ok(Self { rule, environment, entity, today })
    }

    /// Whether a row satisfies it. A column that may not be read is unknown, even whether it is empty: what is hidden
    /// cannot be guessed at.
    pub(crate) fn holds(&self, values: &[Value], readable: &[bool]) -> bool {
        let mut facts = Bindings::new(&self.environment);
        let set = |facts: &mut Bindings<'_>, name: &str, value: Datum| facts.set(name, value).is_ok();
        let mut complete = set(&mut facts, "today", Datum::Date(self.today));
        for ((column, value), readable) in self.entity.columns.iter().zip(values).zip(readable) {
            if *readable && self.environment.get(column.name).is_some() {
                complete &= set(&mut facts, column.name, Datum::from_value(value.clone()));
            }
        }
        complete && self.rule.decide(&facts).holds()
    }
}

/// The columns of an entity as variables, with `today`.
fn of_columns(entity: &'static Entity) -> Environment {
    let record = clientela_rules::RecordType::from_entity(entity);
    let start = Environment::new().variable("today", Type::Date);
    record
        .fields()
        .iter()
        .fold(start, |environment, field| environment.variable(field.name.clone(), field.ty.clone()))
}
