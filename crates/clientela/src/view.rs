//! What one actor sees of the store: the one way out.
//!
//! Every read of every binding goes through a [`View`]. It puts the actor's permission into each question, so that a
//! record, a list, a total and an export agree, and what may not be seen does not exist.

use crate::error::{CrmError, Result};
use crate::rules::RuleCache;
use clientela_core::entity;
use clientela_core::ids::{CustomerId, PositionId, UnitId};
use clientela_core::organisation::{
    Actor, MERGED_INTO, Position, Scope, Unit, Verb, Verdict, can, dealer_of, facet_permission, may,
    permission, reach,
};
use clientela_core::party::{KnownParty, KnownRelationship, Party, Relationship};
use clientela_model::identifier::VatNumber;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Access, ColumnType, Entity, EntityId, Facet, Predicate, Record, Value};
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
    /// Whether every record is read, whoever may see it: only for what is decided, see [`whole`](View::whole).
    pub(crate) whole: bool,
    /// Rules and rule sets that were read lately.
    pub(crate) rules: &'a RuleCache,
}

/// The most records one list brings: screens page, questions use tables.
pub const LIST_MAX: usize = 1_000;

/// In which of the records an actor may see he reads the columns of a facet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sight {
    /// In all.
    Always,
    /// In none.
    Never,
    /// In those that satisfy the condition.
    Where(Predicate),
}

/// The sights of an entity's facets that are not everybody's; asked for once for many records.
#[derive(Debug, Clone)]
pub(crate) struct Sights(Vec<(Facet, Sight)>);

impl Sights {
    /// In which records columns of the facet are read.
    pub(crate) fn of(&self, facet: Facet) -> &Sight {
        self.0.iter().find(|(of, _)| *of == facet).map_or(&Sight::Always, |(_, sight)| sight)
    }

    /// The facets with their sights.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Facet, Sight)> {
        self.0.iter()
    }
}

/// Records of one key that are looked at to find the one that is meant.
const SAME_KEY_MAX: usize = 100;

impl<'a> View<'a> {
    /// The condition records of an entity must satisfy to be read.
    pub(crate) fn readable(&self, declared: &'static Entity) -> Predicate {
        if self.whole {
            let merges = declared.column(MERGED_INTO).is_some();
            return if merges { Predicate::Empty(Cow::Borrowed(MERGED_INTO)) } else { Predicate::Everything };
        }
        permission(self.actor, Verb::Read, declared, entity)
    }

    /// Whether the actor may do this with the record of these values.
    pub(crate) fn can(&self, verb: Verb, declared: &'static Entity, values: &[Value]) -> Verdict {
        can(self.actor, verb, declared, values, entity, self.reader)
    }

    /// Whether the actor may do this with the record of these values, where nobody asks why.
    pub(crate) fn may(&self, verb: Verb, declared: &'static Entity, values: &[Value]) -> bool {
        (self.whole && verb == Verb::Read) || may(self.actor, verb, declared, values, entity, self.reader)
    }

    /// The record of that id, if it may be seen.
    pub(crate) fn get<R: Record>(&self, id: R::Id) -> Result<Stored<R>> {
        self.by_id(id, &id.to_string())
    }

    fn by_id<R: Record>(&self, id: R::Id, key: &str) -> Result<Stored<R>> {
        let found = self.reader.get::<R>(id)?.map(|stored| self.itself(stored)).transpose()?;
        found
            .filter(|stored| self.may(Verb::Read, R::ENTITY, &stored.record.to_values()))
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
        let mut found = self.of_key::<R>(&named)?;
        if found.len() > 1 {
            // Each dealer numbers by himself; who sees several means his own.
            let own = self.dealer_of(self.actor.unit);
            found.retain(|stored| self.unit_of(&stored.record).map(|unit| self.dealer_of(unit)) == Some(own));
            if found.len() != 1 {
                let entity = R::ENTITY.view.map_or(R::ENTITY.name, |view| view.base);
                return Err(CrmError::Ambiguous { entity, key: key.to_owned() }.into());
            }
        }
        let stored = found.pop().ok_or_else(|| not_found(R::ENTITY, key))?;
        self.masked(stored)
    }

    /// What a customer is now, whoever may see it: itself, or the one it was merged into.
    pub(crate) fn now(&self, id: CustomerId) -> Result<Option<Relationship>> {
        let found = self.reader.get::<Relationship>(id)?.map(|stored| self.itself(stored)).transpose()?;
        Ok(found.map(|stored| stored.record))
    }

    /// The record, or the one it was merged into: whoever names a record that became another means that one.
    fn itself<R: Record>(&self, stored: Stored<R>) -> Result<Stored<R>> {
        let Some(place) = R::ENTITY.position(MERGED_INTO) else { return Ok(stored) };
        let mut at = stored;
        for _ in 0..TREE_DEPTH_MAX {
            let Some(Value::Id(next)) = at.record.to_values().get(place).cloned() else { break };
            let Some(found) = self.reader.get::<R>(R::Id::from_uuid(next))? else { break };
            at = found;
        }
        Ok(at)
    }

    /// The visible records of a key. A key finds a record or two: whether those may be seen is asked of them in memory; only
    /// where it finds many is the engine asked for those that may be seen.
    fn of_key<R: Record>(&self, named: &Predicate) -> Result<Vec<Stored<R>>> {
        const FEW: usize = 8;
        let mut found = self.reader.find::<R>(named, &Order::by_id(), Some(FEW), 0)?;
        if found.len() == FEW {
            let mut visible = self.readable(R::ENTITY);
            if R::ENTITY.column(MERGED_INTO).is_some() {
                // One that was merged is looked at by what it is now.
                visible = visible.or(Predicate::Not(Box::new(Predicate::Empty(Cow::Borrowed(MERGED_INTO)))));
            }
            found =
                self.reader.find::<R>(&named.clone().and(visible), &Order::by_id(), Some(SAME_KEY_MAX), 0)?;
        }
        let mut found = found.into_iter().map(|stored| self.itself(stored)).collect::<Result<Vec<_>>>()?;
        // Several that became one are one.
        found.sort_by_key(|stored| stored.record.id().uuid());
        found.dedup_by_key(|stored| stored.record.id().uuid());
        found.retain(|stored| self.may(Verb::Read, R::ENTITY, &stored.record.to_values()));
        Ok(found)
    }

    fn unit_of<R: Record>(&self, record: &R) -> Option<UnitId> {
        let place = R::ENTITY.position("unit")?;
        match record.to_values().get(place) {
            Some(Value::Id(unit)) => Some(UnitId::from_uuid(*unit)),
            _ => None,
        }
    }

    pub(crate) fn dealer_of(&self, unit: UnitId) -> UnitId {
        dealer_of(unit, |id| self.reader.get::<Unit>(id).ok().flatten().map(|stored| stored.record))
    }

    /// The parties with this VAT number and all their relationships, whoever may see them: what a duplicate is judged by.
    pub(crate) fn parties_with_vat_number(&self, number: &VatNumber) -> Result<Vec<KnownParty>> {
        // What was merged stands for another, which has the number or has given it up.
        let itself = || Predicate::Empty(Cow::Borrowed(MERGED_INTO));
        let same = Predicate::equals("vat_number", clientela_model::Field::to_value(number)).and(itself());
        let parties = self.reader.find::<Party>(&same, &Order::by_id(), None, 0)?;
        let mut known = Vec::with_capacity(parties.len());
        for party in parties {
            let of_party = Predicate::equals("party", Value::Id(party.record.id.uuid())).and(itself());
            let mut relationships = Vec::new();
            for found in self.reader.find::<Relationship>(&of_party, &Order::by_id(), None, 0)? {
                relationships.push(KnownRelationship {
                    customer: found.record.id,
                    dealer: self.dealer_of(found.record.unit),
                    visible: self.may(Verb::Read, Relationship::ENTITY, &found.record.to_values()),
                });
            }
            known.push(KnownParty { party: party.record.id, relationships });
        }
        Ok(known)
    }

    /// The first visible record that satisfies the condition, by id.
    pub(crate) fn first_of<R: Record>(&self, condition: &Predicate) -> Result<Option<Stored<R>>> {
        Ok(self.page(condition, &Order::by_id(), Some(1), 0)?.into_iter().next())
    }

    /// All visible records that satisfy the condition, by id. For parts of one whole, not for populations.
    pub(crate) fn all_of<R: Record>(&self, condition: &Predicate) -> Result<Vec<Stored<R>>> {
        self.page(condition, &Order::by_id(), None, 0)
    }

    /// The same records, to be read only: without their versions.
    pub(crate) fn records<R: Record>(&self, condition: &Predicate) -> Result<Vec<R>> {
        Ok(self.all_of(condition)?.into_iter().map(|stored| stored.record).collect())
    }

    /// All records that satisfy the condition, whoever may see them: for what is decided or told without telling of them, such as
    /// prices, approvals, and that somebody is not free; never an answer.
    pub(crate) fn unseen<R: Record>(&self, condition: &Predicate) -> Result<Vec<R>> {
        let found = self.reader.find::<R>(condition, &Order::by_id(), None, 0)?;
        Ok(found.into_iter().map(|stored| stored.record).collect())
    }

    /// Whether the actor may do this with what belongs to a position of a unit, whatever it is besides.
    pub(crate) fn can_of_owner(
        &self,
        verb: Verb,
        declared: &'static Entity,
        owner: PositionId,
        unit: UnitId,
    ) -> Verdict {
        let value = |column: &str| match column {
            "owner" => Value::Id(owner.uuid()),
            "unit" => Value::Id(unit.uuid()),
            _ => Value::Null,
        };
        let any: Vec<Value> = declared.columns.iter().map(|column| value(column.name)).collect();
        self.can(verb, declared, &any)
    }

    /// Whether the actor may do this with what belongs to a unit, whichever position of it has it: who may only do it with his own may not.
    pub(crate) fn can_of_unit(&self, verb: Verb, declared: &'static Entity, unit: UnitId) -> Verdict {
        self.can_of_owner(verb, declared, PositionId::from_uuid(Uuid::nil()), unit)
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
        if !self.masks {
            return Ok(found);
        }
        let sights = self.sights(R::ENTITY);
        found.into_iter().map(|stored| self.masked_by(&sights, stored)).collect()
    }

    /// The same view without fields taken out: for what is decided, never for an answer.
    pub(crate) fn unmasked(&self) -> View<'a> {
        View { masks: false, ..*self }
    }

    /// The same state of the store, every record with all its fields, whoever may see it: the facts of a decision are the same whoever asks
    /// for it. Never for an answer: what is told of the decision is the asker's own view.
    pub(crate) fn whole(&self) -> View<'a> {
        View { masks: false, whole: true, ..*self }
    }

    /// The condition records of an entity must satisfy to be changed.
    pub(crate) fn changeable(&self, declared: &'static Entity) -> Predicate {
        permission(self.actor, Verb::Change, declared, entity)
    }

    /// How many visible records satisfy the condition: a total never counts what a row may not show.
    pub(crate) fn count(&self, declared: &'static Entity, condition: &Predicate) -> Result<u64> {
        Ok(self.reader.count(declared, &condition.clone().and(self.readable(declared)))?)
    }

    /// In which of the visible records the actor reads the columns of each facet.
    pub(crate) fn sights(&self, declared: &'static Entity) -> Sights {
        let mut sights: Vec<(Facet, Sight)> = Vec::new();
        for facet in declared.columns.iter().map(|column| column.facet) {
            if facet == Facet::Standard || sights.iter().any(|(of, _)| *of == facet) {
                continue;
            }
            let sight = match facet_permission(self.actor, facet, declared, entity) {
                Predicate::Everything => Sight::Always,
                Predicate::Nothing => Sight::Never,
                // What holds for every record that may be seen need not be asked of each.
                condition if condition == reach(self.actor, Verb::Read, declared, entity) => Sight::Always,
                condition => Sight::Where(condition),
            };
            sights.push((facet, sight));
        }
        Sights(sights)
    }

    /// Whether columns of a sight are read in the record of these values.
    pub(crate) fn sees(&self, sight: &Sight, declared: &Entity, values: &[Value]) -> bool {
        match sight {
            Sight::Always => true,
            Sight::Never => false,
            Sight::Where(condition) => condition.holds(declared, values, self.reader),
        }
    }

    /// Whether the confidential columns of a visible record may be read by the actor.
    pub(crate) fn reads_confidential<R: Record>(&self, record: &R) -> bool {
        let sights = self.sights(R::ENTITY);
        self.sees(sights.of(Facet::Confidential), R::ENTITY, &record.to_values())
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
        let theirs = match entry.position {
            Some(position) => {
                let position = self.reader.get::<Position>(PositionId::from_uuid(position))?;
                position.is_some_and(|position| {
                    self.dealer_of(position.record.unit) != self.dealer_of(self.actor.unit)
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

    /// The record without the fields the actor does not read. Such fields may always be empty.
    pub(crate) fn masked<R: Record>(&self, stored: Stored<R>) -> Result<Stored<R>> {
        if !self.masks {
            return Ok(stored);
        }
        self.masked_by(&self.sights(R::ENTITY), stored)
    }

    fn masked_by<R: Record>(&self, sights: &Sights, stored: Stored<R>) -> Result<Stored<R>> {
        if sights.iter().all(|(_, sight)| *sight == Sight::Always) {
            return Ok(stored);
        }
        let values = stored.record.to_values();
        self.emptied(sights, &values, stored)
    }

    /// The record without the fields the actor does not read in a record of these values: as of an earlier day, rights are
    /// those of today's record.
    pub(crate) fn emptied<R: Record>(
        &self,
        sights: &Sights,
        judged: &[Value],
        mut stored: Stored<R>,
    ) -> Result<Stored<R>> {
        let hidden: Vec<Facet> = sights
            .iter()
            .filter(|(_, sight)| self.masks && !self.sees(sight, R::ENTITY, judged))
            .map(|(facet, _)| *facet)
            .collect();
        if !hidden.is_empty() {
            let mut values = stored.record.to_values();
            let columns = R::ENTITY.columns.iter().zip(&mut values);
            for (_, value) in columns.filter(|(column, _)| hidden.contains(&column.facet)) {
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
