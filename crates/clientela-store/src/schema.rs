//! The declarations a store is made from.

use crate::error::StoreError;
use crate::sql::list_table::List;
use clientela_model::{ColumnType, Entity, Summary};
use std::collections::HashSet;

/// All entities of an installation, with the version that says when they changed.
///
/// The version goes up by at least one whenever a declaration changes; a store remembers the declarations it was
/// made with and refuses others under the same version.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The entities, views included, in any order.
    pub entities: &'static [&'static Entity],
    /// Version of the declarations, from 1.
    pub version: u32,
    /// The figures by which lists can be sorted besides columns.
    pub summaries: &'static [Summary],
}

impl Schema {
    /// These entities in this version.
    #[must_use]
    pub const fn new(version: u32, entities: &'static [&'static Entity]) -> Self {
        Self { entities, version, summaries: &[] }
    }

    /// With figures by which lists can be sorted besides columns.
    #[must_use]
    pub const fn with_summaries(self, summaries: &'static [Summary]) -> Self {
        Self { summaries, ..self }
    }

    /// The figure of that name of an entity's records.
    #[must_use]
    pub fn summary(&self, listed: &str, name: &str) -> Option<&'static Summary> {
        self.summaries.iter().find(|summary| summary.listed == listed && summary.column.name == name)
    }

    /// The entity of that name.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&'static Entity> {
        self.entities.iter().copied().find(|entity| entity.name == name)
    }

    /// Checks that the declarations can be stored and do not contradict each other.
    ///
    /// # Errors
    /// `store.schema`: a name or number given twice, a name that is not a plain word, an entity without an id,
    /// a part, view or access rule that names what is not there.
    pub fn check(&self) -> Result<(), StoreError> {
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        for entity in self.entities {
            ensure(is_word(entity.name), || format!("{} is not a plain word", entity.name))?;
            ensure(names.insert(entity.name), || format!("two entities are named {}", entity.name))?;
            ensure(entity.number > 0 && numbers.insert(entity.number), || {
                format!("the number of {} is zero or used twice", entity.name)
            })?;
            check_columns(entity)?;
            self.check_references(entity)?;
            for column in entity.columns.iter().filter(|column| column.listed) {
                ensure(List::of(entity, column, self).is_some(), || {
                    format!("{}.{} is listed, and has no order or no owner", entity.name, column.name)
                })?;
            }
        }
        for summary in self.summaries {
            let Summary { listed, from, column, .. } = summary;
            let taken = self.entity(listed).is_some_and(|entity| entity.column(column.name).is_some());
            ensure(!taken && List::of_summary(summary, self).is_some(), || {
                format!("{listed} has no figure {} made of {from}", column.name)
            })?;
        }
        Ok(())
    }

    fn check_references(&self, entity: &'static Entity) -> Result<(), StoreError> {
        let names_a_column = |entity: &str, column: &str| {
            self.entity(entity).and_then(|entity| entity.column(column)).is_some()
        };
        if let Some((root, column)) = entity.part_of {
            let named = entity.column(column).map(|column| column.ty);
            ensure(self.entity(root).is_some() && matches!(named, Some(ColumnType::Id(_))), || {
                format!("{} is part of {root} by {column}, which is not there or not an id", entity.name)
            })?;
            let mut above = self.entity(root);
            for _ in 0..=PART_DEPTH_MAX {
                above = above.and_then(|entity| entity.part_of).and_then(|(name, _)| self.entity(name));
            }
            ensure(above.is_none(), || {
                format!("{} is a part more than {PART_DEPTH_MAX} levels deep", entity.name)
            })?;
        }
        if let Some(view) = entity.view {
            ensure(names_a_column(view.base, view.on) && self.entity(view.join).is_some(), || {
                format!(
                    "view {} reads {} and {}, one of which is not there",
                    entity.name, view.base, view.join
                )
            })?;
            for source in [view.base, view.join] {
                ensure(self.entity(source).is_some_and(|source| source.view.is_none()), || {
                    format!("view {} reads another view", entity.name)
                })?;
            }
            for column in entity.columns {
                let source = column.from.unwrap_or(view.base);
                let found = self.entity(source).and_then(|source| source.column(column.name));
                ensure(
                    found.is_some_and(|found| found.ty == column.ty)
                        && (source == view.base || source == view.join),
                    || format!("column {} of view {} is not in {source}", column.name, entity.name),
                )?;
            }
        }
        Ok(())
    }
}

/// The most levels between a part and its aggregate's root.
pub(crate) const PART_DEPTH_MAX: usize = 8;

fn check_columns(entity: &'static Entity) -> Result<(), StoreError> {
    let first = entity.columns.first().map(|column| column.ty);
    ensure(matches!(first, Some(ColumnType::Id(_))), || {
        format!("the first column of {} is not its id", entity.name)
    })?;
    let mut names = HashSet::new();
    let mut numbers = HashSet::new();
    for column in entity.columns {
        ensure(is_word(column.name), || format!("{}.{} is not a plain word", entity.name, column.name))?;
        ensure(column.number > 0 && numbers.insert(column.number), || {
            format!("the number of {}.{} is zero or used twice", entity.name, column.name)
        })?;
        for suffix in crate::sql::table::suffixes(column.ty) {
            ensure(names.insert(format!("{}{suffix}", column.name)), || {
                format!("{} has two columns stored as {}{suffix}", entity.name, column.name)
            })?;
        }
    }
    Ok(())
}

/// Names become identifiers of SQL: small letters, digits and `_`, a letter first. What begins with `_` is the store's own.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.len() <= 48
}

fn ensure(sound: bool, problem: impl FnOnce() -> String) -> Result<(), StoreError> {
    if sound { Ok(()) } else { Err(StoreError::Schema { problem: problem() }) }
}
