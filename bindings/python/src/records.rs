//! Records of any entity by name: the core's functions are typed, Python asks by word.

use crate::python::value_to_python;
use clientela::core::every_record;
use clientela::model::{Entity, Record, Value};
use clientela::{CrmError, Session};
use pyo3::prelude::*;

/// A record read by name: its declaration, version and values.
pub(crate) struct Read {
    pub(crate) entity: &'static Entity,
    pub(crate) version: i64,
    pub(crate) values: Vec<Value>,
}

/// A record as Python takes it: entity, version, names and values in order.
pub(crate) type RecordParts<'py> = (&'static str, i64, Vec<(&'static str, Bound<'py, PyAny>)>);

fn find<R: Record>(session: &Session, key: &str) -> clientela::Result<Read> {
    let stored = session.find::<R>(key)?;
    Ok(Read { entity: R::ENTITY, version: stored.version, values: stored.record.to_values() })
}

macro_rules! by_name {
    ([] $($record:path,)*) => {
        /// A record by the name of its entity, and its id or the key people use.
        ///
        /// # Errors
        /// `name.unknown`, `record.not_found`.
        pub(crate) fn record(session: &Session, entity: &str, key: &str) -> clientela::Result<Read> {
            $(if entity == <$record as Record>::ENTITY.name {
                return find::<$record>(session, key);
            })*
            Err(CrmError::UnknownName {
                what: "entity",
                name: entity.chars().take(64).collect(),
                hint: [$(<$record as Record>::ENTITY.name),*].join(", "),
            }.into())
        }
    };
}

every_record!(by_name);

impl Read {
    /// A record already read.
    pub(crate) fn of<R: Record>(record: &R, version: i64) -> Self {
        Self { entity: R::ENTITY, version, values: record.to_values() }
    }

    /// Names and values for Python.
    pub(crate) fn parts<'py>(&self, py: Python<'py>) -> PyResult<RecordParts<'py>> {
        let named = self.entity.columns.iter().zip(&self.values);
        let values = named.map(|(column, value)| Ok((column.name, value_to_python(py, value)?)));
        Ok((self.entity.name, self.version, values.collect::<PyResult<_>>()?))
    }
}

/// One column of the data dictionary: entity, name, label, type, words, nullable, personal, confidential, meaning.
pub(crate) type Line =
    (&'static str, &'static str, String, &'static str, Vec<&'static str>, bool, bool, bool, &'static str);

/// The data dictionary: every column of every entity.
pub(crate) fn dictionary() -> Vec<Line> {
    use clientela::model::record::{ColumnType, Facet};
    let entities = clientela::core::ENTITIES.iter();
    let lines = entities.flat_map(|entity| entity.columns.iter().map(move |column| (entity, column)));
    lines
        .map(|(entity, column)| {
            let words = if let ColumnType::Words(words) = column.ty { words.to_vec() } else { Vec::new() };
            let confidential = column.facet == Facet::Confidential;
            let (label, kind) = (column.label.to_owned(), column.ty.name());
            (
                entity.name,
                column.name,
                label,
                kind,
                words,
                column.nullable,
                column.personal,
                confidential,
                column.doc,
            )
        })
        .collect()
}

/// Every entity with its meaning and the column people name its records by.
pub(crate) fn entities() -> Vec<(&'static str, &'static str, Option<&'static str>)> {
    clientela::core::ENTITIES.iter().map(|entity| (entity.name, entity.doc, entity.key)).collect()
}
