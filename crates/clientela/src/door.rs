//! The one door in: every change of every binding passes here and is checked here.

use crate::campaign_list::CampaignList;
use crate::command::Pricing;
use crate::crm::Crm;
use crate::error::{CrmError, Result};
use crate::mirror::Snapshot;
use crate::pipeline::Pipeline;
use crate::pipeline::kept::KeptPipeline;
use crate::rules::RuleCache;
use crate::rules::stage::{RuleOutcome, on_opportunity};
use crate::territory::Handing;
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::entity;
use clientela_core::ids::{PartyId, UnitId};
use clientela_core::leads::Lead;
use clientela_core::organisation::{
    Actor, KeySpace, NumberSeries, NumberedDocument, Unit, Verb, dealer_of, default_prefix,
};
use clientela_core::party::{KnownParty, Party, Relationship, Vehicle};
use clientela_core::rules_environment::AsOf;
use clientela_core::sales::offer::{IssueCounter, issue_number};
use clientela_core::sales::{Offer, Opportunity, OpportunityState};
use clientela_model::identifier::{VatNumber, Vin};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Entity, EntityId, Field, Predicate, Record, Value, ValueError, Why};
use clientela_store::{Erased, Order, Stored, Writer};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// Numbers of a series end here.
pub(crate) const NUMBER_MAX: i64 = 1_000_000_000_000;
/// Numbers in use that are passed over in search of a free one, under the write lock.
const PASSED_OVER_MAX: u32 = 10_000;

/// What was decided before the lock was taken.
#[derive(Debug, Default)]
pub(crate) struct DecidedBefore {
    /// A campaign's list.
    pub(crate) campaign_list: Option<CampaignList>,
    /// Customers to be handed over.
    pub(crate) handing: Option<Handing>,
}

/// One command's transaction, seen and written by one actor.
pub(crate) struct Door<'a, 'w> {
    writer: &'a mut Writer<'w>,
    crm: &'a Crm,
    actor: &'a Actor,
    now: DateTime<Utc>,
    today: NaiveDate,
    decided: DecidedBefore,
    /// Where the session keeps its pipeline.
    kept_pipeline: Arc<KeptPipeline>,
    /// Digests of the files whose bytes came with the command.
    brought: HashSet<[u8; 32]>,
}

impl<'a, 'w> Door<'a, 'w> {
    pub(crate) fn new(
        writer: &'a mut Writer<'w>,
        actor: &'a Actor,
        now: DateTime<Utc>,
        today: NaiveDate,
        crm: &'a Crm,
    ) -> Self {
        let (decided, kept_pipeline) = (DecidedBefore::default(), Arc::default());
        Self { writer, crm, actor, now, today, decided, kept_pipeline, brought: HashSet::new() }
    }

    /// Brings what was decided before the lock was taken, and what the session keeps.
    pub(crate) fn bring(&mut self, decided: DecidedBefore, kept_pipeline: &Arc<KeptPipeline>) {
        self.decided = decided;
        self.kept_pipeline = Arc::clone(kept_pipeline);
    }

    /// The opportunities that are shown over time, in the state before this command: asked before anything is written.
    pub(crate) fn pipeline(&self) -> Result<Arc<Pipeline>> {
        if !self.writer.is_untouched() {
            return Err(CrmError::Internal { what: "the pipeline is asked before a command writes" }.into());
        }
        self.kept_pipeline.at(&self.shown())
    }

    /// A campaign's list that was decided before the lock was taken.
    pub(crate) fn take_campaign_list(&mut self) -> Option<CampaignList> {
        self.decided.campaign_list.take()
    }

    /// Customers to be handed over, decided before the lock was taken.
    pub(crate) fn take_handing(&mut self) -> Option<Handing> {
        self.decided.handing.take()
    }

    pub(crate) fn actor(&self) -> &'a Actor {
        self.actor
    }

    /// The moment of the command; the same for all it writes.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The day it is in the actor's unit.
    pub(crate) fn today(&self) -> NaiveDate {
        self.today
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

    /// What offers are priced with. What the command has written is not in what is kept, so that nothing kept is used after it.
    pub(crate) fn pricing(&self) -> Pricing<'a> {
        let pricing = self.crm.pricing();
        Pricing { kept: pricing.kept.filter(|_| self.writer.is_untouched()), ..pricing }
    }

    /// The customers in columns, in the state before this command. What the command has written is not in them, so they are
    /// asked before anything is written.
    pub(crate) fn columns(&self) -> Result<Arc<Snapshot>> {
        let before = self.writer.is_untouched().then(|| self.writer.version()).transpose()?;
        let snapshot = self.crm.snapshot()?;
        if before != Some(snapshot.commit()) {
            return Err(CrmError::Internal { what: "columns are asked before a command writes" }.into());
        }
        Ok(snapshot)
    }

    /// What the actor sees, in the state of this transaction.
    pub(crate) fn view(&self) -> View<'_> {
        View { reader: self.writer, actor: self.actor, masks: false, whole: false, rules: &self.crm.rules }
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

    /// The record a user names, if he may see it and may let others see it: who may change it by his own rights, or
    /// administers such records. What is only shared with him is not his to share.
    pub(crate) fn to_share<R: Record>(&self, key: &str) -> Result<Stored<R>> {
        let stored = self.resolve::<R>(key)?;
        let own = self.actor.by_grants();
        let own = View { actor: &own, ..self.view() };
        let values = stored.record.to_values();
        if own.may(Verb::Change, R::ENTITY, &values) || own.may(Verb::Administer, R::ENTITY, &values) {
            return Ok(stored);
        }
        let why = Why::new("access.not_own").because(own.can(Verb::Change, R::ENTITY, &values).why);
        Err(CrmError::NotAllowed { verb: Verb::Change, entity: R::ENTITY.name, why }.into())
    }

    /// Refuses to hand a record on to another owner to whoever only has it shared with him.
    pub(crate) fn allow_handing_on<R: Record>(&self, before: &[Value], after: &[Value]) -> Result<()> {
        let moved =
            |name: &str| R::ENTITY.position(name).is_some_and(|place| before.get(place) != after.get(place));
        if self.actor.shares.is_empty() || !(moved("owner") || moved("unit")) {
            return Ok(());
        }
        let own = self.actor.by_grants();
        let own = View { actor: &own, ..self.view() };
        if own.may(Verb::Change, R::ENTITY, before) {
            return Ok(());
        }
        let why = Why::new("access.not_own").because(own.can(Verb::Change, R::ENTITY, before).why);
        Err(CrmError::NotAllowed { verb: Verb::Change, entity: R::ENTITY.name, why }.into())
    }

    pub(crate) fn first_of<R: Record>(&self, condition: &Predicate) -> Result<Option<Stored<R>>> {
        self.view().first_of(condition)
    }

    pub(crate) fn all_of<R: Record>(&self, condition: &Predicate) -> Result<Vec<Stored<R>>> {
        self.view().all_of(condition)
    }

    /// The same records, to be read only: without their versions.
    pub(crate) fn records<R: Record>(&self, condition: &Predicate) -> Result<Vec<R>> {
        self.view().records(condition)
    }

    /// Refuses a key that a record of the whole network has already: for what everybody sees.
    pub(crate) fn unused<R: Record>(&self, column: &'static str, key: &str) -> Result<()> {
        self.unused_where::<R>(column, key, Predicate::Everything)
    }

    /// Refuses a key that a record of the unit's dealer has already, whoever may see that record. Other dealers' keys are
    /// their own affair: they refuse nothing.
    pub(crate) fn unused_at_dealer<R: Record>(
        &self,
        column: &'static str,
        key: &str,
        unit: UnitId,
    ) -> Result<()> {
        self.unused_where::<R>(column, key, self.key_space(unit).condition(R::ENTITY, entity))
    }

    /// Whether a record of the unit's dealer satisfies the condition, whoever may see that record.
    pub(crate) fn exists_at_dealer(
        &self,
        declared: &'static Entity,
        condition: Predicate,
        unit: UnitId,
    ) -> Result<bool> {
        let among = self.key_space(unit).condition(declared, entity);
        Ok(self.writer.exists(declared, &condition.and(among))?)
    }

    fn unused_where<R: Record>(&self, column: &'static str, key: &str, among: Predicate) -> Result<()> {
        if key.trim().is_empty() || key.chars().count() > 120 {
            let error = ValueError::new("key.length", "key", "is empty or too long", "1 to 120 characters");
            return Err(error.at(column).into());
        }
        let named = Predicate::equals(column, Value::Text(Cow::Owned(key.to_owned())));
        if self.writer.exists(R::ENTITY, &named.and(among))? {
            let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
            return Err(error.at(column).into());
        }
        Ok(())
    }

    fn key_space(&self, unit: UnitId) -> KeySpace {
        KeySpace::of(unit, |id| self.found(id))
    }

    /// Enters a new record if the actor may.
    pub(crate) fn create<R: Record>(&mut self, record: &R) -> Result<()> {
        let values = self.let_in(record)?;
        self.writer.create_values(R::ENTITY, &values)?;
        Ok(())
    }

    /// Changes a record if the actor may change it as it was and as it is to be.
    pub(crate) fn update<R: Record>(&mut self, record: &R, version: i64) -> Result<()> {
        let before = self.writer.values(R::ENTITY, record.id().uuid())?.map(|(before, _)| before);
        if let Some(before) = &before {
            self.allow::<R>(Verb::Change, before)?;
        }
        let values = record.to_values();
        self.allow::<R>(Verb::Change, &values)?;
        if let Some(before) = &before {
            self.allow_handing_on::<R>(before, &values)?;
        }
        crate::texts::check(R::ENTITY, before.as_deref(), &values)?;
        self.writer.update_values(R::ENTITY, &values, Some(version))?;
        Ok(())
    }

    /// The values of a new record, if the actor may enter it: for [`create_many`](Self::create_many).
    pub(crate) fn let_in<R: Record>(&self, record: &R) -> Result<Vec<Value>> {
        let values = record.to_values();
        self.allow::<R>(Verb::Create, &values)?;
        crate::texts::check(R::ENTITY, None, &values)?;
        Ok(values)
    }

    /// Enters new records of one kind that the actor may enter, with few statements. They are written at once or not at all.
    pub(crate) fn create_many(&mut self, declared: &'static Entity, rows: &[Vec<Value>]) -> Result<()> {
        Ok(self.writer.create_many(declared, rows)?)
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

    /// Changes a record given as values, whatever its version, as a consequence of a change the actor was allowed to make.
    pub(crate) fn update_values_derived(
        &mut self,
        declared: &'static Entity,
        values: &[Value],
    ) -> Result<()> {
        self.writer.update_values(declared, values, None)?;
        Ok(())
    }

    /// The state of this transaction, for what the journal tells: never for an answer.
    pub(crate) fn past(&self) -> &clientela_store::Reader<'_> {
        self.writer
    }

    /// Keeps a file's content under its digest.
    pub(crate) fn put_file(&mut self, content: &[u8]) -> Result<[u8; 32]> {
        let digest = self.writer.put_file(content)?;
        self.brought.insert(digest);
        Ok(digest)
    }

    /// Whether a file's bytes came with this command. That they are in the store is not enough: they may have come with an
    /// opportunity the actor does not see.
    pub(crate) fn brought(&self, digest: &[u8; 32]) -> bool {
        self.brought.contains(digest)
    }

    /// Refuses what is done for a whole unit to whoever may do it with his own records only.
    pub(crate) fn allow_in_unit<R: Record>(&self, verb: Verb, unit: UnitId) -> Result<()> {
        let verdict = self.view().can_of_unit(verb, R::ENTITY, unit);
        if verdict.allowed {
            return Ok(());
        }
        Err(CrmError::NotAllowed { verb, entity: R::ENTITY.name, why: verdict.why }.into())
    }

    /// Refuses a change of confidential fields to whoever does not read them.
    pub(crate) fn allow_confidential<R: Record>(&self, record: &R) -> Result<()> {
        if self.view().reads_confidential(record) {
            return Ok(());
        }
        let why = Why::new("access.confidential").fact("entity", R::ENTITY.name);
        Err(CrmError::NotAllowed { verb: Verb::Change, entity: R::ENTITY.name, why }.into())
    }

    fn allow<R: Record>(&self, verb: Verb, values: &[Value]) -> Result<()> {
        if self.view().may(verb, R::ENTITY, values) {
            return Ok(());
        }
        let why = self.view().can(verb, R::ENTITY, values).why;
        Err(CrmError::NotAllowed { verb, entity: R::ENTITY.name, why }.into())
    }

    /// The next number of a unit's documents that no record of its dealer has yet. The series of a unit above, up to the
    /// dealer, serves where there is none; else the dealer gets one. Series are never shared by dealers.
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
        let space = self.key_space(unit);
        let mut at = unit;
        for _ in 0..TREE_DEPTH_MAX {
            if let Some(mut stored) = crate::command::series(self, at, document)? {
                let numbers = self.free_numbers(&mut stored.record, space, count)?;
                self.writer.update(&stored.record, stored.version)?;
                return Ok(numbers);
            }
            match self.found::<Unit>(at).and_then(|unit| unit.parent) {
                Some(above) if at != space.root => at = above,
                _ => break,
            }
        }
        let root = self.writer.require::<Unit>(space.root)?.record;
        let prefix = default_prefix(document, &root);
        let (id, next) = (self.new_id(), Some(1));
        let mut series = NumberSeries { id, unit: root.id, document, prefix, next };
        let numbers = self.free_numbers(&mut series, space, count)?;
        self.writer.create(&series)?;
        Ok(numbers)
    }

    /// The next number of issued offers (`Q`) or orders (`S`) of a unit's dealer in this year: without gaps, as it is counted in the
    /// transaction that uses it.
    pub(crate) fn next_issue_number(&mut self, unit: UnitId, letter: char) -> Result<String> {
        let root = self.writer.require::<Unit>(self.key_space(unit).root)?.record;
        let year = chrono::Datelike::year(&self.today);
        let of_unit = Predicate::equals("unit", Value::Id(root.id.uuid()))
            .and(Predicate::equals("year", year.to_value()))
            .and(Predicate::equals("letter", Value::Text(Cow::Owned(letter.to_string()))));
        let counter = self.writer.find::<IssueCounter>(&of_unit, &Order::by_id(), Some(1), 0)?.pop();
        let count = match counter {
            Some(mut stored) => {
                let count = stored.record.next.unwrap_or(1);
                stored.record.next = Some(count + 1);
                self.writer.update(&stored.record, stored.version)?;
                count
            }
            None => {
                let letter = letter.to_string();
                let id = self.new_id();
                self.writer.create(&IssueCounter { id, unit: root.id, year, letter, next: Some(2) })?;
                1
            }
        };
        Ok(issue_number(&root.code, year, letter, count))
    }

    /// Takes numbers from a series, those left out that others of the dealer have, given by hand or by another series.
    fn free_numbers(&self, series: &mut NumberSeries, space: KeySpace, count: u32) -> Result<Vec<String>> {
        let declared = match series.document {
            NumberedDocument::Customer => Relationship::ENTITY,
            NumberedDocument::Opportunity => Opportunity::ENTITY,
            NumberedDocument::Offer => Offer::ENTITY,
            NumberedDocument::Lead => Lead::ENTITY,
        };
        let among = space.condition(declared, entity);
        let mut numbers = Vec::new();
        let (mut next, mut passed_over) = (series.next.unwrap_or(1), 0);
        while numbers.len() < count as usize {
            if next >= NUMBER_MAX || passed_over >= PASSED_OVER_MAX {
                return Err(CrmError::Setup {
                    code: "number_series.exhausted",
                    problem: "the series has no free number near its next one".to_owned(),
                    hint: "set its next number beyond those in use",
                }
                .into());
            }
            let number = format!("{}{next}", series.prefix);
            next += 1;
            let taken = Predicate::equals("number", Value::Text(Cow::Owned(number.clone())));
            if self.writer.exists(declared, &taken.and(among.clone()))? {
                passed_over += 1;
            } else {
                numbers.push(number);
            }
        }
        series.next = Some(next);
        Ok(numbers)
    }

    /// The parties with this VAT number, whoever may see them.
    pub(crate) fn parties_with_vat_number(&self, number: &VatNumber) -> Result<Vec<KnownParty>> {
        self.view().parties_with_vat_number(number)
    }

    /// Whether the actor may change a record as it is, for changes that follow from another.
    pub(crate) fn allow_change<R: Record>(&self, record: &R) -> Result<()> {
        self.allow::<R>(Verb::Change, &record.to_values())
    }

    /// Whether a vehicle of that VIN stands in a fleet and has not left it.
    pub(crate) fn stands_in_fleet(&self, party: PartyId, vin: &Vin) -> Result<bool> {
        let standing = Predicate::equals("vin", vin.to_value())
            .and(Predicate::equals("party", Value::Id(party.uuid())))
            .and(Predicate::Empty("disposed".into()));
        Ok(self.writer.exists(Vehicle::ENTITY, &standing)?)
    }

    /// All records that satisfy the condition, whoever may see them: for what follows from a change, never for an answer.
    pub(crate) fn whole<R: Record>(&self, condition: &Predicate) -> Result<Vec<R>> {
        Ok(self.whole_stored(condition)?.into_iter().map(|stored| stored.record).collect())
    }

    /// As [`whole`](Self::whole), with their versions, to change them as a consequence.
    pub(crate) fn whole_stored<R: Record>(&self, condition: &Predicate) -> Result<Vec<Stored<R>>> {
        Ok(self.writer.find::<R>(condition, &Order::by_id(), None, 0)?)
    }

    /// The values of all records that satisfy the condition, whoever may see them: for what is to be erased.
    pub(crate) fn select_whole(
        &self,
        entity: &'static Entity,
        condition: &Predicate,
    ) -> Result<Vec<Vec<Value>>> {
        let rows = self.writer.select(entity, &[], condition, &Order::by_id(), None, 0)?;
        Ok(rows.into_iter().map(|(values, _)| values).collect())
    }

    /// A record whoever may see it.
    pub(crate) fn get_whole<R: Record>(&self, id: R::Id) -> Result<Stored<R>> {
        Ok(self.writer.require::<R>(id)?)
    }

    /// How many records satisfy the condition, whoever may see them: for bounds, never for an answer.
    pub(crate) fn count_whole(&self, entity: &'static Entity, condition: &Predicate) -> Result<u64> {
        Ok(self.writer.count(entity, condition)?)
    }

    /// Whether any record satisfies the condition, whoever may see it.
    pub(crate) fn exists_whole(&self, entity: &'static Entity, condition: &Predicate) -> Result<bool> {
        Ok(self.writer.exists(entity, condition)?)
    }

    /// Takes what is personal of a record away, from the state, the journal, the reasons and the answers. The right to it was
    /// looked at before, of the person as a whole.
    pub(crate) fn erase(&mut self, entity: &'static Entity, id: Uuid) -> Result<Erased> {
        let erased = self.writer.erase(entity, id)?;
        Ok(erased.and(self.writer.erase_traces(entity, id)?))
    }

    /// Takes the content of a file away.
    pub(crate) fn erase_file(&mut self, digest: &[u8; 32]) -> Result<Erased> {
        Ok(self.writer.erase_file(digest)?)
    }

    /// A party the actor is about to have business with.
    pub(crate) fn party_unseen(&self, id: PartyId) -> Result<Stored<Party>> {
        Ok(self.writer.require::<Party>(id)?)
    }

    /// A record whoever may see it, for checks of the tree; one that cannot be read counts as missing.
    pub(crate) fn found<R: Record>(&self, id: R::Id) -> Option<R> {
        self.writer.get::<R>(id).ok().flatten().map(|stored| stored.record)
    }

    /// The version of a record, whoever may see it.
    pub(crate) fn version_of<R: Record>(&self, id: R::Id) -> Result<i64> {
        Ok(self.writer.require::<R>(id)?.version)
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

impl Door<'_, '_> {
    /// Runs the entry condition of a stage.
    pub(crate) fn rule_on_opportunity(&self, rule: &str, opportunity: &Opportunity) -> Result<RuleOutcome> {
        on_opportunity(self.rules(), &self.view(), rule, opportunity, AsOf::moment(self.today, self.now))
    }
}
