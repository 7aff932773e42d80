//! The filter of a table: a rule over the columns of its entity, and the fields the installation adds to it.

use super::added::{Added, PREFIX, fields_of};
use crate::error::Result;
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::custom::CustomField;
use clientela_core::rules_environment::{Vocabulary, added_value_type};
use clientela_model::{Entity, Value};
use clientela_rules::{Bindings, Datum, Environment, Rule, Type};
use std::sync::Arc;

/// A filter over the rows of one entity: its columns are the variables, its added fields as `custom_<name>`, with `today`.
pub(crate) struct RowRule {
    /// The values of the added fields it reads.
    added: Added,
    rule: Arc<dyn Rule>,
    environment: Environment,
    entity: &'static Entity,
    today: NaiveDate,
}

impl RowRule {
    /// Checks a filter, and reads what it needs of the added fields.
    pub(crate) fn new(
        view: &View<'_>,
        entity: &'static Entity,
        rule: &str,
        today: NaiveDate,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Self> {
        let mut fields = fields_of(view, entity)?;
        let own = Vocabulary::with_added(fields.clone());
        let environment = fields.iter().fold(of_columns(entity), |environment, field| {
            environment.variable(format!("{PREFIX}{}", field.name), added_value_type(field))
        });
        let rule = view.rules.compiled_on_columns(rule, entity, &environment, &own)?;
        let reads = |field: &CustomField| {
            let name = format!("{PREFIX}{}", field.name);
            rule.reads().iter().any(|path| path.text.split('.').next() == Some(name.as_str()))
        };
        fields.retain(reads);
        let added = Added::read(view, entity, fields, as_of)?;
        Ok(Self { added, rule, environment, entity, today })
    }

    /// Whether a row satisfies it. A column that may not be read is empty, as it is in the table, in conditions and in rules:
    /// what a row says of it is the same for all, so nothing of it can be guessed.
    pub(crate) fn holds(&self, values: &[Value], readable: &[bool]) -> bool {
        let mut facts = Bindings::new(&self.environment);
        let set = |facts: &mut Bindings<'_>, name: &str, value: Datum| facts.set(name, value).is_ok();
        let mut complete = set(&mut facts, "today", Datum::Date(self.today));
        for ((column, value), readable) in self.entity.columns.iter().zip(values).zip(readable) {
            if self.environment.get(column.name).is_some() {
                let seen = if *readable { Datum::from_value(value.clone()) } else { Datum::Null };
                complete &= set(&mut facts, column.name, seen);
            }
        }
        // The values were read as the reader sees them: what he does not read is empty.
        if let Some(Value::Id(id)) = values.first() {
            for (name, value) in self.added.of(*id) {
                complete &= set(&mut facts, &name, Datum::from_value(value.clone()));
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
