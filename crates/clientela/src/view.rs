//! What one actor sees of the store: the one way out.
//!
//! Every read of every binding goes through a [`View`]. It puts the actor's permission into each question, so that a
//! record, a list, a total and an export agree, and what may not be seen does not exist.

use crate::error::{CrmError, Result};
use clientela_core::entity;
use clientela_core::ids::PositionId;
use clientela_core::organisation::{Actor, Position, Scope, Unit, Verb, Verdict, can, dealer_of, permission};
use clientela_model::{Access, Column, ColumnType, Entity, EntityId, Facet, Predicate, Record, Value};
use clientela_store::{HistoryEntry, Order, Reader, Stored};
use std::borrow::Cow;
use uuid::Uuid;

/// One actor's sight of one state of the store.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) actor: &'a Actor,
    /// Whether fields the actor does not read are emptied: always on the way out, never inside a command, which would
    /// write the emptiness back.
    pub(crate) masks: bool,
}

/// The most records one list brings: screens page, questions use tables.
pub const LIST_MAX: usize = 1_000;

impl<'a> View<'a> {
    /// The condition records of an entity must satisfy to be read.
    pub(crate) fn readable(&self, declared: &'static Entity) -> Predicate {
        permission(self.actor, Verb::Read, declared, entity)
    }

    /// Whether the actor may do this with the record of these values.
    pub(crate) fn can(&self, verb: Verb, declared: &'static Entity, values: &[Value]) -> Verdict {
        can(self.actor, verb, declared, values, entity, self.reader)
    }

    /// The record of that id, if it may be seen.
    pub(crate) fn get<R: Record>(&self, id: R::Id) -> Result<Stored<R>> {
        self.by_id(id, &id.to_string())
    }

    fn by_id<R: Record>(&self, id: R::Id, key: &str) -> Result<Stored<R>> {
        let found = self.reader.get::<R>(id)?;
        found
            .filter(|stored| self.can(Verb::Read, R::ENTITY, &stored.record.to_values()).allowed)
            .map(|stored| self.masked(stored))
            .transpose()?
            .ok_or_else(|| not_found(R::ENTITY, key))
    }

    /// The record a user names by id or key, if it may be seen.
    pub(crate) fn resolve<R: Record>(&self, key: &str) -> Result<Stored<R>> {
        if let Ok(uuid) = Uuid::try_parse(key) {
            return self.by_id(R::Id::from_uuid(uuid), key);
        }
        let Some(column) = R::ENTITY.key else { return Err(not_found(R::ENTITY, key)) };
        let named = Predicate::equals(column, Value::Text(Cow::Owned(key.to_owned())));
        self.first_of(&named)?.ok_or_else(|| not_found(R::ENTITY, key))
    }

    /// The first visible record that satisfies the condition, by id.
    pub(crate) fn first_of<R: Record>(&self, condition: &Predicate) -> Result<Option<Stored<R>>> {
        Ok(self.page(condition, &Order::by_id(), Some(1), 0)?.into_iter().next())
    }

    /// All visible records that satisfy the condition, by id. For parts of one whole, not for populations.
    pub(crate) fn all_of<R: Record>(&self, condition: &Predicate) -> Result<Vec<Stored<R>>> {
        self.page(condition, &Order::by_id(), None, 0)
    }

    /// A page of visible records.
    pub(crate) fn page<R: Record>(
        &self,
        condition: &Predicate,
        order: &Order,
        limit: Option<usize>,
        offset: usize,
    ) -> Result<Vec<Stored<R>>> {
        let visible = condition.clone().and(self.readable(R::ENTITY));
        let found = self.reader.find::<R>(&visible, order, limit, offset)?;
        found.into_iter().map(|stored| self.masked(stored)).collect()
    }

    /// How many visible records satisfy the condition: a total never counts what a row may not show.
    pub(crate) fn count(&self, declared: &'static Entity, condition: &Predicate) -> Result<u64> {
        Ok(self.reader.count(declared, &condition.clone().and(self.readable(declared)))?)
    }

    /// Whether the column's content may be read by the actor.
    pub(crate) fn reads(&self, declared: &Entity, facet: Facet) -> bool {
        self.actor.reads_facet(facet, declared.view.map_or(declared.name, |view| view.base))
    }

    /// Whether confidential fields of the entity may be read by the actor.
    pub(crate) fn reads_confidential<R: Record>(&self) -> bool {
        self.reads(R::ENTITY, Facet::Confidential)
    }

    /// Whether records of the entity are shared by dealers: parties and what belongs to them.
    pub(crate) fn is_shared(&self, declared: &Entity) -> bool {
        match declared.access {
            Access::Via { entity: from, .. } => from == "relationship",
            Access::Through(column) => match declared.column(column).map(|column| column.ty) {
                Some(ColumnType::Id(above)) => entity(above).is_some_and(|above| self.is_shared(above)),
                _ => false,
            },
            Access::Public | Access::Owned => false,
        }
    }

    /// Takes out of an entry of a shared record what is another dealer's affair: who, in which position, by which command
    /// and why. That and when something changed, and from what to what, belongs to all who share it.
    pub(crate) fn veil(&self, entry: &mut HistoryEntry) -> Result<()> {
        let everything = self.actor.scope(Verb::Read, "relationship") == Some(Scope::Everything);
        let find = |id| self.reader.get::<Unit>(id).ok().flatten().map(|stored| stored.record);
        let theirs = match entry.position {
            Some(position) => {
                let position = self.reader.get::<Position>(PositionId::from_uuid(position))?;
                position.is_some_and(|position| {
                    dealer_of(position.record.unit, find) != dealer_of(self.actor.unit, find)
                })
            }
            None => false,
        };
        if theirs && !everything {
            (entry.actor, entry.position, entry.command) = (Uuid::nil(), None, Uuid::nil());
            entry.kind.clear();
            entry.reason.clear();
        }
        Ok(())
    }

    /// The record without the fields the actor's profile does not read. Such fields may always be empty.
    pub(crate) fn masked<R: Record>(&self, mut stored: Stored<R>) -> Result<Stored<R>> {
        let hidden = |column: &Column| self.masks && !self.reads(R::ENTITY, column.facet);
        if R::ENTITY.columns.iter().any(hidden) {
            let mut values = stored.record.to_values();
            for (_, value) in R::ENTITY.columns.iter().zip(&mut values).filter(|(column, _)| hidden(column)) {
                *value = Value::Null;
            }
            stored.record = R::from_values(values)?;
        }
        Ok(stored)
    }
}

pub(crate) fn not_found(declared: &Entity, key: &str) -> crate::Error {
    // Keys such as customer numbers are repeated to the caller; what might be a name or an address is not.
    let personal = declared.view.is_some() || declared.columns.iter().any(|column| column.personal);
    let like_a_number = key.bytes().any(|letter| letter.is_ascii_digit())
        && !key.contains(|letter: char| letter.is_whitespace() || letter == '@');
    let one_line = !key.contains(char::is_control);
    let shown = !key.is_empty() && one_line && key.chars().count() <= 64 && (like_a_number || !personal);
    let key = if shown { key.to_owned() } else { "of that key".to_owned() };
    CrmError::NotFound { entity: declared.view.map_or(declared.name, |view| view.base), key }.into()
}
