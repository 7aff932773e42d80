//! Fields an installation adds as columns of the tables of customers, contacts, vehicles, opportunities and leads: `custom_<name>`, each
//! in its own type.

use super::column::{ColumnBuilder, Shape, fields};
use super::{Facets, IdForm, ids_of};
use crate::error::{CrmError, Result};
use crate::view::View;
use arrow_array::ArrayRef;
use arrow_schema::Field;
use chrono::{DateTime, Utc};
use clientela_core::custom::{
    ADDED_TO, AddedValue, ContactCustomValue, CustomField, CustomType, CustomValue, LeadCustomValue,
    OpportunityCustomValue, VehicleCustomValue,
};
use clientela_model::{Column, Entity, Predicate, Record, Value};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// What the name of such a column begins with.
pub(super) const PREFIX: &str = "custom_";

/// The added fields a table shows or is filtered by, with the values of all records the reader sees.
pub(super) struct Added {
    fields: Vec<CustomField>,
    /// For each field the values by record.
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
    if !may_have {
        return Ok((Vec::new(), names.to_vec()));
    }
    let mut known = fields_of(view, entity)?;
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

/// The fields added to an entity, by name.
pub(super) fn fields_of(view: &View<'_>, entity: &'static Entity) -> Result<Vec<CustomField>> {
    if !ADDED_TO.contains(&entity.name) {
        return Ok(Vec::new());
    }
    let of_entity = Predicate::equals("entity", Value::Text(entity.name.into()));
    let mut known = view.records::<CustomField>(&of_entity)?;
    known.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(known)
}

impl Added {
    /// Whether the table shows none.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Reads the values of these fields, as they are or as they were: rights are those of today.
    pub(super) fn read(
        view: &View<'_>,
        entity: &'static Entity,
        fields: Vec<CustomField>,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Self> {
        let mut added = Self { values: vec![HashMap::new(); fields.len()], fields };
        if added.fields.is_empty() {
            return Ok(added);
        }
        match entity.name {
            "contact" => added.read_values::<ContactCustomValue>(view, as_of)?,
            "vehicle" => added.read_values::<VehicleCustomValue>(view, as_of)?,
            "opportunity" => added.read_values::<OpportunityCustomValue>(view, as_of)?,
            "lead" => added.read_values::<LeadCustomValue>(view, as_of)?,
            _ => added.read_values::<CustomValue>(view, as_of)?,
        }
        Ok(added)
    }

    fn read_values<V: AddedValue>(&mut self, view: &View<'_>, as_of: Option<DateTime<Utc>>) -> Result<()> {
        if let Some(at) = as_of {
            return self.read_of_then::<V>(view, at);
        }
        let names = self.fields.iter().map(|field| Value::Text(field.name.clone().into())).collect();
        for value in view.records::<V>(&Predicate::OneOf("name".into(), names))? {
            self.keep(&value);
        }
        Ok(())
    }

    fn read_of_then<V: AddedValue>(&mut self, view: &View<'_>, at: DateTime<Utc>) -> Result<()> {
        let entity = V::ENTITY;
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
            match V::from_values(shown.collect()) {
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

    fn keep<V: AddedValue>(&mut self, value: &V) {
        let place = self.fields.iter().position(|field| field.name == value.name());
        let found = place.and_then(|at| Some((self.fields.get(at)?, self.values.get_mut(at)?)));
        if let Some((field, values)) = found {
            values.insert(value.of(), field.typed(&value.parts()));
        }
    }

    /// The fields with their values at one record, under the names of their columns.
    pub(super) fn of(&self, record: Uuid) -> impl Iterator<Item = (String, &Value)> {
        let fields = self.fields.iter().zip(&self.values);
        fields.map(move |(field, values)| {
            (format!("{PREFIX}{}", field.name), values.get(&record).unwrap_or(&Value::Null))
        })
    }

    /// The columns for batches of records: their Arrow fields, and the arrays of each batch.
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
