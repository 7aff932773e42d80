//! The one door in: every change of every binding passes here and is checked here.

use crate::crm::Crm;
use crate::error::{CrmError, Result};
use crate::mirror::Snapshot;
use crate::rules::stage::{RuleOutcome, on_opportunity};
use crate::rules::{RuleCache, RuleRun};
use crate::view::View;
use chrono::{DateTime, Utc};
use clientela_core::ids::{PartyId, UnitId};
use clientela_core::organisation::{Actor, NumberSeries, NumberedDocument, Unit, Verb, dealer_of};
use clientela_core::party::{KnownParty, KnownRelationship, Party, Relationship};
use clientela_core::sales::{Offer, Opportunity, OpportunityState};
use clientela_model::identifier::VatNumber;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Field, Predicate, Record, Value, ValueError, Why};
use clientela_store::{Order, Stored, Writer};
use std::borrow::Cow;
use std::sync::Arc;
use uuid::Uuid;

/// Numbers of a series end here.
pub(crate) const NUMBER_MAX: i64 = 1_000_000_000_000;
/// Numbers in use that are passed over in search of a free one, under the write lock.
const PASSED_OVER_MAX: u32 = 10_000;

/// One command's transaction, seen and written by one actor.
pub(crate) struct Door<'a, 'w> {
    writer: &'a mut Writer<'w>,
    crm: &'a Crm,
    actor: &'a Actor,
    now: DateTime<Utc>,
}

impl<'a, 'w> Door<'a, 'w> {
    pub(crate) fn new(
        writer: &'a mut Writer<'w>,
        crm: &'a Crm,
        actor: &'a Actor,
        now: DateTime<Utc>,
    ) -> Self {
        Self { writer, crm, actor, now }
    }

    pub(crate) fn actor(&self) -> &'a Actor {
        self.actor
    }

    /// The moment of the command; the same for all it writes.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn new_id<I: EntityId>(&self) -> I {
        I::from_uuid(self.new_uuid())
    }

    pub(crate) fn new_uuid(&self) -> Uuid {
        self.crm.new_uuid(self.now)
    }

    /// Compiled rules.
    pub(crate) fn rules(&self) -> &'a RuleCache {
        &self.crm.rules
    }

    /// The customers in columns, in the state before this command. What the command has written is not in them, so they are
    /// asked before anything is written.
    pub(crate) fn columns(&self) -> Result<Arc<Snapshot>> {
        let before = self.writer.is_untouched().then(|| self.writer.version()).transpose()?;
        let snapshot = self.crm.snapshot(&mut RuleRun::default().watch())?;
        if before != Some(snapshot.commit()) {
            return Err(CrmError::Internal { what: "columns are asked before a command writes" }.into());
        }
        Ok(snapshot)
    }

    /// What the actor sees, in the state of this transaction.
    pub(crate) fn view(&self) -> View<'_> {
        View { reader: self.writer, actor: self.actor, masks: false }
    }

    /// What the actor is shown, in the state of this transaction: without the fields he does not read.
    pub(crate) fn shown(&self) -> View<'_> {
        View { masks: true, ..self.view() }
    }

    pub(crate) fn get<R: Record>(&self, id: R::Id) -> Result<Stored<R>> {
        self.view().get(id)
    }

    pub(crate) fn resolve<R: Record>(&self, key: &str) -> Result<Stored<R>> {
        self.view().resolve(key)
    }

    /// The record a user names, if he may see it and may change it: rights are looked at before any rule.
    pub(crate) fn to_change<R: Record>(&self, key: &str) -> Result<Stored<R>> {
        let stored = self.resolve::<R>(key)?;
        self.allow::<R>(Verb::Change, &stored.record.to_values())?;
        Ok(stored)
    }

    pub(crate) fn first_of<R: Record>(&self, condition: &Predicate) -> Result<Option<Stored<R>>> {
        self.view().first_of(condition)
    }

    pub(crate) fn all_of<R: Record>(&self, condition: &Predicate) -> Result<Vec<Stored<R>>> {
        self.view().all_of(condition)
    }

    /// Refuses a key that a record has already, whoever may see that record: keys are one of their kind.
    pub(crate) fn unused<R: Record>(&self, column: &'static str, key: &str) -> Result<()> {
        if key.trim().is_empty() || key.chars().count() > 120 {
            let error = ValueError::new("key.length", "key", "is empty or too long", "1 to 120 characters");
            return Err(error.at(column).into());
        }
        let named = Predicate::equals(column, Value::Text(Cow::Owned(key.to_owned())));
        if self.writer.exists(R::ENTITY, &named)? {
            let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
            return Err(error.at(column).into());
        }
        Ok(())
    }

    /// Enters a new record if the actor may.
    pub(crate) fn create<R: Record>(&mut self, record: &R) -> Result<()> {
        let values = record.to_values();
        self.allow::<R>(Verb::Create, &values)?;
        crate::texts::check(R::ENTITY, None, &values)?;
        self.writer.create(record)?;
        Ok(())
    }

    /// Changes a record if the actor may change it as it was and as it is to be.
    pub(crate) fn update<R: Record>(&mut self, record: &R, version: i64) -> Result<()> {
        let before = self.writer.get::<R>(record.id())?.map(|before| before.record.to_values());
        if let Some(before) = &before {
            self.allow::<R>(Verb::Change, before)?;
        }
        let values = record.to_values();
        self.allow::<R>(Verb::Change, &values)?;
        crate::texts::check(R::ENTITY, before.as_deref(), &values)?;
        self.writer.update(record, version)?;
        Ok(())
    }

    /// Enters a record that follows from another the actor was allowed to write, such as the credits of a win.
    pub(crate) fn create_derived<R: Record>(&mut self, record: &R) -> Result<()> {
        self.writer.create(record)?;
        Ok(())
    }

    /// Changes a record as a consequence of a change the actor was allowed to make.
    pub(crate) fn update_derived<R: Record>(&mut self, record: &R, version: i64) -> Result<()> {
        self.writer.update(record, version)?;
        Ok(())
    }

    /// Keeps a file's content under its digest.
    pub(crate) fn put_file(&mut self, content: &[u8]) -> Result<[u8; 32]> {
        Ok(self.writer.put_file(content)?)
    }

    /// Refuses a change of confidential fields to whoever does not read them.
    pub(crate) fn allow_confidential<R: Record>(&self) -> Result<()> {
        if self.view().reads_confidential::<R>() {
            return Ok(());
        }
        let why = Why::new("access.confidential").fact("entity", R::ENTITY.name);
        Err(CrmError::NotAllowed { verb: Verb::Change, entity: R::ENTITY.name, why }.into())
    }

    fn allow<R: Record>(&self, verb: Verb, values: &[Value]) -> Result<()> {
        let verdict = self.view().can(verb, R::ENTITY, values);
        if verdict.allowed {
            return Ok(());
        }
        Err(CrmError::NotAllowed { verb, entity: R::ENTITY.name, why: verdict.why }.into())
    }

    /// The next number of a unit's documents that no record has yet; the series of a unit above serves where there is
    /// none, and a new one is made at the top, so that two units without a series do not give the same number.
    pub(crate) fn next_number(&mut self, unit: UnitId, document: NumberedDocument) -> Result<String> {
        let mut numbers = self.next_numbers(unit, document, 1)?;
        numbers
            .pop()
            .ok_or_else(|| CrmError::Internal { what: "a series gives as many numbers as asked" }.into())
    }

    /// So many next numbers of a unit's documents, with one change of their series.
    pub(crate) fn next_numbers(
        &mut self,
        unit: UnitId,
        document: NumberedDocument,
        count: u32,
    ) -> Result<Vec<String>> {
        let mut at = unit;
        for _ in 0..TREE_DEPTH_MAX {
            if let Some(mut stored) = crate::command::series(self, at, document)? {
                let numbers = self.free_numbers(&mut stored.record, count)?;
                self.writer.update(&stored.record, stored.version)?;
                return Ok(numbers);
            }
            match self.writer.get::<Unit>(at)?.and_then(|unit| unit.record.parent) {
                Some(above) => at = above,
                None => break,
            }
        }
        let prefix = default_prefix(document).to_owned();
        let mut series: NumberSeries =
            NumberSeries { id: self.new_id(), unit: at, document, prefix, next: 1 };
        let numbers = self.free_numbers(&mut series, count)?;
        self.writer.create(&series)?;
        Ok(numbers)
    }

    /// Takes numbers from a series, those left out that others have, given by hand or by another series.
    fn free_numbers(&self, series: &mut NumberSeries, count: u32) -> Result<Vec<String>> {
        let entity = match series.document {
            NumberedDocument::Customer => Relationship::ENTITY,
            NumberedDocument::Opportunity => Opportunity::ENTITY,
            NumberedDocument::Offer => Offer::ENTITY,
        };
        let mut numbers = Vec::new();
        let mut passed_over = 0;
        while numbers.len() < count as usize {
            if series.next >= NUMBER_MAX || passed_over >= PASSED_OVER_MAX {
                return Err(CrmError::Setup {
                    code: "number_series.exhausted",
                    problem: "the series has no free number near its next one".to_owned(),
                    hint: "set its next number beyond those in use",
                }
                .into());
            }
            let number = format!("{}{}", series.prefix, series.next);
            series.next += 1;
            let taken = Predicate::equals("number", Value::Text(Cow::Owned(number.clone())));
            if self.writer.exists(entity, &taken)? {
                passed_over += 1;
            } else {
                numbers.push(number);
            }
        }
        Ok(numbers)
    }

    /// The parties with this VAT number and all their relationships, whoever may see them: what a duplicate is judged by.
    pub(crate) fn parties_with_vat_number(&self, number: &VatNumber) -> Result<Vec<KnownParty>> {
        let same = Predicate::equals("vat_number", number.to_value());
        let parties = self.writer.find::<Party>(&same, &Order::by_id(), None, 0)?;
        let mut known = Vec::with_capacity(parties.len());
        for party in parties {
            let of_party = Predicate::equals("party", Value::Id(party.record.id.uuid()));
            let mut relationships = Vec::new();
            for found in self.writer.find::<Relationship>(&of_party, &Order::by_id(), None, 0)? {
                relationships.push(KnownRelationship {
                    customer: found.record.id,
                    dealer: self.dealer_of(found.record.unit)?,
                    visible: self
                        .view()
                        .can(Verb::Read, Relationship::ENTITY, &found.record.to_values())
                        .allowed,
                });
            }
            known.push(KnownParty { party: party.record.id, relationships });
        }
        Ok(known)
    }

    /// All records that satisfy the condition, whoever may see them: for what follows from a change, never for an answer.
    pub(crate) fn whole<R: Record>(&self, condition: &Predicate) -> Result<Vec<R>> {
        let found = self.writer.find::<R>(condition, &Order::by_id(), None, 0)?;
        Ok(found.into_iter().map(|stored| stored.record).collect())
    }

    /// A party the actor is about to have business with.
    pub(crate) fn party_unseen(&self, id: PartyId) -> Result<Stored<Party>> {
        Ok(self.writer.require::<Party>(id)?)
    }

    /// A record whoever may see it, for checks of the tree; one that cannot be read counts as missing.
    pub(crate) fn found<R: Record>(&self, id: R::Id) -> Option<R> {
        self.writer.get::<R>(id).ok().flatten().map(|stored| stored.record)
    }

    /// The dealer a unit belongs to.
    pub(crate) fn dealer_of(&self, unit: UnitId) -> Result<UnitId> {
        Ok(dealer_of(unit, |id| self.found(id)))
    }

    /// Whether the customer had won business before this opportunity.
    pub(crate) fn customer_has_bought(
        &self,
        customer: clientela_core::ids::CustomerId,
        besides: clientela_core::ids::OpportunityId,
    ) -> Result<bool> {
        let won = Predicate::equals("customer", Value::Id(customer.uuid()))
            .and(Predicate::equals("state", OpportunityState::Won.to_value()))
            .and(Predicate::Not(Box::new(Predicate::equals("id", Value::Id(besides.uuid())))));
        Ok(self.writer.exists(Opportunity::ENTITY, &won)?)
    }
}

fn default_prefix(document: NumberedDocument) -> &'static str {
    match document {
        NumberedDocument::Customer => "C-",
        NumberedDocument::Opportunity => "O-",
        NumberedDocument::Offer => "Q-",
    }
}

impl Door<'_, '_> {
    /// Runs the entry condition of a stage.
    pub(crate) fn rule_on_opportunity(&self, rule: &str, opportunity: &Opportunity) -> Result<RuleOutcome> {
        on_opportunity(self.rules(), &self.view(), rule, opportunity, self.now.date_naive())
    }
}
