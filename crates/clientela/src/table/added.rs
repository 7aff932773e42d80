//! Fields an installation adds as columns of the table of customers: `custom_<name>`, each in its own type.

use super::column::{ColumnBuilder, Shape, fields};
use super::{Facets, IdForm, ids_of};
use crate::error::{CrmError, Result};
use crate::view::View;
use arrow_array::ArrayRef;
use arrow_schema::Field;
use chrono::{DateTime, Utc};
use clientela_core::custom::{CustomField, CustomType, CustomValue};
use clientela_core::party::Customer;
use clientela_model::{Column, Entity, EntityId, Predicate, Record, Value};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// What the name of such a column begins with.
pub(super) const PREFIX: &str = "custom_";

/// The added fields a table shows, with the values of all customers the reader sees.
pub(super) struct Added {
    fields: Vec<CustomField>,
    /// For each field the values by customer.
    values: Vec<HashMap<Uuid, Value>>,
}

/// Those of a list of names that are added fields, and the others. Without names all added fields are shown that
/// are in use, by name.
pub(super) fn chosen(
    view: &View<'_>,
    entity: &'static Entity,
    names: &[String],
) -> Result<(Vec<CustomField>, Vec<String>)> {
    let may_have = names.is_empty() || names.iter().any(|name| name.starts_with(PREFIX));
    if entity.name != Customer::ENTITY.name || !may_have {
        return Ok((Vec::new(), names.to_vec()));
    }
    let mut known = view.records::<CustomField>(&Predicate::Everything)?;
    known.sort_by(|one, other| one.name.cmp(&other.name));
    if names.is_empty() {
        known.retain(|field| !field.retired);
        return Ok((known, Vec::new()));
    }
    let (mut fields, mut others) = (Vec::new(), Vec::new());
    for name in names {
        let field = name.strip_prefix(PREFIX).and_then(|name| known.iter().find(|field| field.name == name));
        match field {
            Some(field) => fields.push(field.clone()),
            None => others.push(name.clone()),
        }
    }
    Ok((fields, others))
}

impl Added {
    /// Whether the table shows none.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Reads the values of these fields, as they are or as they were: rights are those of today.
    pub(super) fn read(
        view: &View<'_>,
        fields: Vec<CustomField>,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Self> {
        let mut added = Self { values: vec![HashMap::new(); fields.len()], fields };
        if added.fields.is_empty() {
            return Ok(added);
        }
        match as_of {
            None => {
                let names = added.fields.iter().map(|field| Value::Text(field.name.clone().into())).collect();
                for value in view.records::<CustomValue>(&Predicate::OneOf("name".into(), names))? {
                    added.keep(&value);
                }
            }
            Some(at) => added.read_of_then(view, at)?,
        }
        Ok(added)
    }

    fn read_of_then(&mut self, view: &View<'_>, at: DateTime<Utc>) -> Result<()> {
        let entity = CustomValue::ENTITY;
        let readable = view.readable(entity);
        let seen: HashSet<Uuid> = ids_of(view, entity, &readable)?;
        let facets = Facets::new(view, entity, &readable)?;
        let mut failure = None;
        view.reader.scan_as_of(entity, at, &Predicate::Everything, &mut |id, values, _| {
            if !seen.contains(&id) {
                return ControlFlow::Continue(());
            }
            let shown = entity.columns.iter().zip(values).map(|(column, value)| {
                if facets.show(column.facet, Some(id)) { value.clone() } else { Value::Null }
            });
            match CustomValue::from_values(shown.collect()) {
                Ok(value) => {
                    self.keep(&value);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failure.map_or(Ok(()), |error| Err(error.into()))
    }

    fn keep(&mut self, value: &CustomValue) {
        let place = self.fields.iter().position(|field| field.name == value.name);
        let found = place.and_then(|at| Some((self.fields.get(at)?, self.values.get_mut(at)?)));
        if let Some((field, values)) = found {
            values.insert(value.customer.uuid(), field.typed(&value.parts()));
        }
    }

    /// The columns for batches of customers: their Arrow fields, and the arrays of each batch.
    pub(super) fn columns(
        &self,
        batches: &[Vec<Uuid>],
        ids: IdForm,
    ) -> Result<(Vec<Field>, Vec<Vec<ArrayRef>>)> {
        let mut arrow = Vec::new();
        let mut arrays: Vec<Vec<ArrayRef>> = vec![Vec::new(); batches.len()];
        for (field, values) in self.fields.iter().zip(&self.values) {
            let column = like(field.ty)?;
            let mut built = Vec::with_capacity(batches.len());
            for batch in batches {
                let mut builder = ColumnBuilder::new(&column, ids);
                for customer in batch {
                    builder.push(values.get(customer).unwrap_or(&Value::Null))?;
                }
                built.push(builder);
            }
            let shape = built.iter().fold(Shape::default(), Shape::widen);
            arrow.extend(fields(&column, &shape).into_iter().map(|made| named(made, &column, field)));
            for (batch, builder) in arrays.iter_mut().zip(built) {
                batch.extend(builder.finish(&shape)?);
            }
        }
        Ok((arrow, arrays))
    }
}

/// A column of the type of an added field. Words are of the installation, so they are texts.
fn like(ty: CustomType) -> Result<Column> {
    let name = match ty {
        CustomType::Text | CustomType::Choice => "text",
        CustomType::Number => "number",
        CustomType::Date => "date",
        CustomType::Boolean => "flag",
        CustomType::Money => "amount",
        CustomType::Integer => return integer(),
    };
    let column = CustomValue::ENTITY.column(name).copied();
    Ok(column.ok_or(CrmError::Internal { what: "values of added fields have a column for each type" })?)
}

fn integer() -> Result<Column> {
    let column = CustomValue::ENTITY.column("number").copied();
    let column =
        column.ok_or(CrmError::Internal { what: "values of added fields have a column of numbers" })?;
    Ok(Column { ty: clientela_model::ColumnType::Integer, ..column })
}

/// The Arrow field under the name of the added field, with its own label and marks.
fn named(made: Field, column: &Column, field: &CustomField) -> Field {
    let rest = made.name().strip_prefix(column.name).unwrap_or_default().to_owned();
    let mut metadata = made.metadata().clone();
    metadata.insert("clientela.label".to_owned(), field.label.clone());
    metadata.insert("clientela.description".to_owned(), "A field this installation adds.".to_owned());
    metadata.remove("clientela.personal");
    if field.personal {
        metadata.insert("clientela.personal".to_owned(), "true".to_owned());
    }
    made.with_name(format!("{PREFIX}{}{rest}", field.name)).with_metadata(metadata)
}
