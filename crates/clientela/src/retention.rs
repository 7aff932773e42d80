//! Who has been kept long enough: what retention rules ask for, read from each table once, and what they say of everybody.

mod contacts;

use crate::error::Result;
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::entity;
use clientela_core::ids::{CustomerId, LeadId};
use clientela_core::leads::{Lead, LeadState};
use clientela_core::organisation::{MERGED_INTO, Verb, permission};
use clientela_core::party::{
    Activity, ActivityState, Consent, ConsentDecision, CustomerStatus, Purpose, Relationship, consent_states,
};
use clientela_core::privacy::{
    Erasure, HoldBack, LeadErasure, LegalHold, RetentionDecision, RetentionFacts, RetentionRule,
    RetentionSubject, retention,
};
use clientela_core::sales::order::{Order, OrderState};
use clientela_core::sales::{Offer, OfferState, Opportunity, OpportunityState};
use clientela_model::{ClosedList, Entity, EntityId, Predicate, Record, Value};
use clientela_store::{Order as ByColumn, RowView};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// What the rules say of one person.
pub(crate) struct Kept<'r> {
    pub(crate) subject: RetentionSubject,
    /// The party, the contact or the lead.
    pub(crate) id: Uuid,
    /// The customers of the party that the actor sees, the one of a contact, or nothing.
    pub(crate) customers: Vec<(CustomerId, Option<String>)>,
    /// Number of a contact or a lead.
    pub(crate) number: Option<String>,
    pub(crate) decision: RetentionDecision<'r>,
}

/// What is known of one party while it is read.
#[derive(Default)]
struct OfParty {
    facts: RetentionFacts,
}

impl OfParty {
    fn happened(&mut self, day: Option<NaiveDate>) {
        self.facts.last_activity = self.facts.last_activity.max(day);
    }

    fn held(&mut self, reason: HoldBack, held: bool) {
        if held && !self.facts.held_back.contains(&reason) {
            self.facts.held_back.push(reason);
        }
    }
}

/// When it is, and the day that is where the one who asks is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Today {
    pub(crate) now: DateTime<Utc>,
    pub(crate) day: NaiveDate,
}

/// Everybody whose period is over, as far as the actor administers him: contacts, customers by party, then leads, each by the day
/// they are due.
pub(crate) fn all<'r>(view: &View<'_>, rules: &'r [RetentionRule], today: Today) -> Result<Vec<Kept<'r>>> {
    let mut kept = Vec::new();
    let of = |subject| rules.iter().any(|rule| rule.subject == subject && rule.holds_on(today.day));
    if of(RetentionSubject::Customer) {
        kept.extend(customers(view, rules, today)?);
    }
    if of(RetentionSubject::Contact) {
        kept.extend(contacts::contacts(view, rules, today)?);
    }
    if of(RetentionSubject::Lead) {
        kept.extend(leads(view, rules, today)?);
    }
    kept.sort_by_key(|kept| (kept.subject.word(), kept.decision.due, kept.id));
    Ok(kept)
}

/// The rules an installation has.
pub(crate) fn rules(view: &View<'_>) -> Result<Vec<RetentionRule>> {
    view.records::<RetentionRule>(&Predicate::Everything)
}

fn scan(
    view: &View<'_>,
    declared: &'static Entity,
    columns: &[&str],
    take: impl FnMut(&RowView<'_>) -> Result<()>,
) -> Result<()> {
    scan_where(view, declared, columns, &Predicate::Everything, take)
}

fn scan_where(
    view: &View<'_>,
    declared: &'static Entity,
    columns: &[&str],
    condition: &Predicate,
    mut take: impl FnMut(&RowView<'_>) -> Result<()>,
) -> Result<()> {
    let mut failed = None;
    view.reader.scan(declared, columns, condition, None, &mut |row| match take(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// The moment in a column, as a day of UTC.
fn day_at(row: &RowView<'_>, at: usize) -> Result<Option<NaiveDate>> {
    let moment = row.integer(at)?.and_then(DateTime::from_timestamp_micros);
    Ok(moment.map(|moment| moment.date_naive()))
}

/// The day a record was entered, where its id tells.
fn entered(id: Uuid) -> Option<NaiveDate> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos).map(|moment| moment.date_naive())
}

/// What parties are known by while their tables are read: the business of the customers the actor administers. What others have
/// with the same party is not read, so that nothing of it can be told.
struct Reading {
    parties: HashMap<Uuid, OfParty>,
    party_of: HashMap<Uuid, Uuid>,
}

impl Reading {
    fn of_customer(&mut self, customer: Option<Uuid>) -> Option<&mut OfParty> {
        let party = self.party_of.get(&customer?)?;
        self.parties.get_mut(party)
    }

    fn begin(view: &View<'_>) -> Result<Self> {
        let mut reading = Self { parties: HashMap::new(), party_of: HashMap::new() };
        let mut erased: HashSet<Uuid> = HashSet::new();
        scan(view, Erasure::ENTITY, &["party", "contact"], |row| {
            if row.is_null(1)? {
                erased.extend(row.id(0)?);
            }
            Ok(())
        })?;
        let columns = ["id", "party", "status", "since"];
        let administered = permission(view.actor, Verb::Administer, Relationship::ENTITY, entity);
        scan_where(view, Relationship::ENTITY, &columns, &administered, |row| {
            let (Some(id), Some(party)) = (row.id(0)?, row.id(1)?) else { return Ok(()) };
            if erased.contains(&party) {
                return Ok(());
            }
            let known = reading.parties.entry(party).or_default();
            known.facts.statuses.extend(word::<CustomerStatus>(row, 2)?);
            known.happened(row.date(3)?.max(entered(id)));
            reading.party_of.insert(id, party);
            Ok(())
        })?;
        Ok(reading)
    }

    /// Activities, opportunities, offers and orders.
    fn business(&mut self, view: &View<'_>) -> Result<()> {
        scan(view, Activity::ENTITY, &["customer", "state", "done_at"], |row| {
            let (customer, state, done) = (row.id(0)?, word::<ActivityState>(row, 1)?, day_at(row, 2)?);
            if let Some(known) = self.of_customer(customer) {
                known.happened(done);
                known.held(HoldBack::PlannedActivity, state == Some(ActivityState::Planned));
            }
            Ok(())
        })?;
        scan(view, Opportunity::ENTITY, &["customer", "state", "opened_on", "closed_on"], |row| {
            let (customer, state) = (row.id(0)?, word::<OpportunityState>(row, 1)?);
            let day = row.date(2)?.max(row.date(3)?);
            if let Some(known) = self.of_customer(customer) {
                known.happened(day);
                let open = matches!(state, Some(OpportunityState::Open | OpportunityState::Suspended));
                known.held(HoldBack::OpenOpportunity, open);
            }
            Ok(())
        })?;
        scan(view, Offer::ENTITY, &["customer", "state", "issued_at", "decided_at"], |row| {
            let (customer, state) = (row.id(0)?, word::<OfferState>(row, 1)?);
            let day = day_at(row, 2)?.max(day_at(row, 3)?);
            let decided = state.is_some_and(|state| state == OfferState::Accepted || state.is_ended());
            if let Some(known) = self.of_customer(customer) {
                known.happened(day);
                known.held(HoldBack::OpenOffer, !decided);
            }
            Ok(())
        })?;
        self.orders(view)
    }

    fn orders(&mut self, view: &View<'_>) -> Result<()> {
        let mut last: HashMap<Uuid, NaiveDate> = HashMap::new();
        let milestone = clientela_core::sales::order::OrderMilestone::ENTITY;
        scan(view, milestone, &["order", "day"], |row| {
            if let (Some(order), Some(day)) = (row.id(0)?, row.date(1)?) {
                last.entry(order).and_modify(|known| *known = day.max(*known)).or_insert(day);
            }
            Ok(())
        })?;
        scan(view, Order::ENTITY, &["id", "customer", "state", "ordered_on"], |row| {
            let (id, customer, state) = (row.id(0)?, row.id(1)?, word::<OrderState>(row, 2)?);
            let end = row.date(3)?.max(id.and_then(|id| last.get(&id).copied()));
            if let Some(known) = self.of_customer(customer) {
                known.happened(end);
                known.held(HoldBack::OpenOrder, state == Some(OrderState::Open));
                if state == Some(OrderState::Completed) {
                    known.facts.contract_end = known.facts.contract_end.max(end);
                }
            }
            Ok(())
        })
    }

    /// Contracts on vehicles, legal holds and leads of customers.
    fn duties(&mut self, view: &View<'_>, today: NaiveDate) -> Result<()> {
        let contract = clientela_core::fleet::VehicleContract::ENTITY;
        scan(view, contract, &["party", "valid_from", "valid_until"], |row| {
            let (party, until) = (row.id(0)?, row.date(2)?);
            let Some(known) = party.and_then(|party| self.parties.get_mut(&party)) else { return Ok(()) };
            known.held(HoldBack::ContractInForce, until.is_none_or(|until| today <= until));
            known.facts.contract_end = known.facts.contract_end.max(until);
            Ok(())
        })?;
        scan(view, LegalHold::ENTITY, &["party", "valid_from", "valid_to"], |row| {
            let (party, from, until) = (row.id(0)?, row.date(1)?, row.date(2)?);
            let holds = from.is_none_or(|from| from <= today) && until.is_none_or(|until| today <= until);
            if let Some(known) = party.and_then(|party| self.parties.get_mut(&party)) {
                known.held(HoldBack::LegalHold, holds);
            }
            Ok(())
        })?;
        scan(view, Lead::ENTITY, &["customer", "state", "received_at"], |row| {
            let (customer, state, received) = (row.id(0)?, word::<LeadState>(row, 1)?, day_at(row, 2)?);
            if let Some(known) = self.of_customer(customer) {
                known.happened(received);
                let open = !matches!(state, Some(LeadState::Converted | LeadState::Disqualified));
                known.held(HoldBack::OpenLead, open);
            }
            Ok(())
        })
    }

    /// What was said about being contacted.
    fn consents(&mut self, view: &View<'_>, now: DateTime<Utc>) -> Result<()> {
        let mut said: HashMap<Uuid, Vec<Consent>> = HashMap::new();
        for consent in view.unseen::<Consent>(&Predicate::Everything)? {
            said.entry(consent.customer.uuid()).or_default().push(consent);
        }
        for (customer, consents) in said {
            let Some(known) = self.of_customer(Some(customer)) else { continue };
            known.happened(consents.iter().map(|said| said.at.date_naive()).max());
            let granted = standing(&consents, now);
            known.held(HoldBack::ConsentInForce, !granted.is_empty());
            known.facts.refusals.extend(refusals(&consents, &granted));
        }
        Ok(())
    }
}

fn word<W: ClosedList>(row: &RowView<'_>, at: usize) -> Result<Option<W>> {
    Ok(row.text(at)?.and_then(|word| W::parse(word).ok()))
}

/// The purposes somebody may be contacted for at a moment, by any channel.
fn standing(consents: &[Consent], now: DateTime<Utc>) -> Vec<Purpose> {
    let mut voices: Vec<_> = consents.iter().map(|said| said.contact).collect();
    voices.sort_unstable();
    voices.dedup();
    let states = voices.into_iter().flat_map(|voice| consent_states(consents, false, voice, None, now));
    states.filter(|state| state.allowed).map(|state| state.purpose).collect()
}

/// For each purpose the day of the last no, where nothing is granted.
fn refusals<'c>(
    consents: &'c [Consent],
    granted: &'c [Purpose],
) -> impl Iterator<Item = (Purpose, NaiveDate)> + use<'c> {
    let refused = consents
        .iter()
        .filter(|said| said.decision != ConsentDecision::Granted && !granted.contains(&said.purpose));
    refused.map(|said| (said.purpose, said.at.date_naive()))
}

fn customers<'r>(view: &View<'_>, rules: &'r [RetentionRule], today: Today) -> Result<Vec<Kept<'r>>> {
    let mut reading = Reading::begin(view)?;
    reading.business(view)?;
    reading.duties(view, today.day)?;
    reading.consents(view, today.now)?;
    let speaking = retention::of_subject(rules, RetentionSubject::Customer);
    let mut kept = Vec::new();
    for (party, known) in reading.parties {
        let Some(decision) = retention::decide(&speaking, &known.facts, today.day) else { continue };
        let of_party = Predicate::equals("party", Value::Id(party));
        // One that was merged is answered for with what it is now.
        let itself = Predicate::Empty(MERGED_INTO.into());
        let all = view.unseen::<Relationship>(&of_party.and(itself))?;
        let administers =
            |customer: &Relationship| view.may(Verb::Administer, Relationship::ENTITY, &customer.to_values());
        // A party that others do business with is theirs to end too: whoever administers all of it is asked, and nobody else is
        // told of it, for that alone would tell that there are others.
        if !all.iter().all(administers) {
            continue;
        }
        let sees =
            |customer: &&Relationship| view.may(Verb::Read, Relationship::ENTITY, &customer.to_values());
        let customers = all.iter().filter(sees).map(|customer| (customer.id, customer.number.clone()));
        let customers = customers.collect();
        let subject = RetentionSubject::Customer;
        kept.push(Kept { subject, id: party, customers, number: None, decision });
    }
    Ok(kept)
}

fn leads<'r>(view: &View<'_>, rules: &'r [RetentionRule], today: Today) -> Result<Vec<Kept<'r>>> {
    let speaking = retention::of_subject(rules, RetentionSubject::Lead);
    let mut erased: HashSet<Uuid> = HashSet::new();
    scan(view, LeadErasure::ENTITY, &["lead"], |row| {
        erased.extend(row.id(0)?);
        Ok(())
    })?;
    let mut said: HashMap<LeadId, Vec<Consent>> = HashMap::new();
    for statement in view.unseen::<clientela_core::leads::LeadConsent>(&Predicate::Everything)? {
        said.entry(statement.lead).or_default().push(statement.as_of_customer());
    }
    let alone = Predicate::Empty("customer".into());
    let mut kept = Vec::new();
    for stored in view.reader.find::<Lead>(&alone, &ByColumn::by_id(), None, 0)? {
        let (lead, version) = (stored.record, stored.version);
        if erased.contains(&lead.id.uuid()) || !view.may(Verb::Administer, Lead::ENTITY, &lead.to_values()) {
            continue;
        }
        let consents = said.remove(&lead.id).unwrap_or_default();
        let closed = lead.state == LeadState::Disqualified;
        let granted = standing(&consents, today.now);
        let said_on = consents.iter().map(|said| said.at.date_naive()).max();
        let moments = [Some(lead.received_at), lead.assigned_at, lead.responded_at];
        let mut facts = RetentionFacts {
            last_activity: moments.into_iter().flatten().max().map(|at| at.date_naive()).max(said_on),
            refusals: refusals(&consents, &granted).collect(),
            ..RetentionFacts::default()
        };
        if !closed {
            facts.held_back.push(HoldBack::OpenLead);
        }
        if !granted.is_empty() {
            facts.held_back.push(HoldBack::ConsentInForce);
        }
        // Being closed is the last thing that happens to a lead: its last change. Asked only where the rest does not keep it.
        if closed && facts.last_activity.is_some_and(|day| day < today.day) {
            let commit = view.reader.commit(version)?;
            facts.lead_closed = commit.map(|commit| commit.time.date_naive());
            facts.last_activity = facts.last_activity.max(facts.lead_closed);
        }
        if let Some(decision) = retention::decide(&speaking, &facts, today.day) {
            kept.push(Kept {
                subject: RetentionSubject::Lead,
                id: lead.id.uuid(),
                customers: Vec::new(),
                number: lead.number,
                decision,
            });
        }
    }
    Ok(kept)
}
