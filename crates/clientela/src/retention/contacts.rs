//! Single contacts of a customer that stays: who left, who fell silent, who said no.

use super::{Kept, OfParty, Reading, Today, day_at, entered, refusals, scan, standing, word};
use crate::error::Result;
use crate::view::View;
use clientela_core::ids::{ContactId, CustomerId};
use clientela_core::organisation::Verb;
use clientela_core::party::{Activity, ActivityState, Consent, Contact, Relationship};
use clientela_core::privacy::{Erasure, HoldBack, LegalHold, RetentionRule, RetentionSubject, retention};
use clientela_core::sales::{DecisionMaker, Opportunity, OpportunityState};
use clientela_model::{EntityId, Predicate, Record, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is known of one contact while it is read.
struct OfContact {
    known: OfParty,
    customer: Uuid,
    number: Option<String>,
}

/// What contacts are known by while their tables are read.
struct Contacts {
    contacts: HashMap<Uuid, OfContact>,
    party_of: HashMap<Uuid, Uuid>,
}

impl Contacts {
    fn begin(view: &View<'_>) -> Result<Self> {
        let mut erased: HashSet<Uuid> = HashSet::new();
        scan(view, Erasure::ENTITY, &["contact"], |row| {
            erased.extend(row.id(0)?);
            Ok(())
        })?;
        // Customers that were erased as a whole are not read: their contacts went with them.
        let party_of = Reading::begin(view)?.party_of;
        let mut contacts = HashMap::new();
        scan(view, Contact::ENTITY, &["id", "customer", "number", "left_on"], |row| {
            let (Some(id), Some(customer)) = (row.id(0)?, row.id(1)?) else { return Ok(()) };
            if erased.contains(&id) || !party_of.contains_key(&customer) {
                return Ok(());
            }
            let mut known = OfParty::default();
            let left = row.date(3)?;
            known.happened(entered(id).max(left));
            known.facts.contact_left = left;
            contacts.insert(id, OfContact { known, customer, number: row.text(2)?.map(str::to_owned) });
            Ok(())
        })?;
        Ok(Self { contacts, party_of })
    }

    fn of(&mut self, contact: Option<Uuid>) -> Option<&mut OfParty> {
        self.contacts.get_mut(&contact?).map(|contact| &mut contact.known)
    }

    /// What they take part in.
    fn business(&mut self, view: &View<'_>) -> Result<()> {
        scan(view, Activity::ENTITY, &["contact", "state", "done_at"], |row| {
            let (contact, state, done) = (row.id(0)?, word::<ActivityState>(row, 1)?, day_at(row, 2)?);
            if let Some(known) = self.of(contact) {
                known.happened(done);
                known.held(HoldBack::PlannedActivity, state == Some(ActivityState::Planned));
            }
            Ok(())
        })?;
        let mut parts: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        scan(view, DecisionMaker::ENTITY, &["opportunity", "contact", "active"], |row| {
            let named = (row.id(0)?, row.id(1)?, row.boolean(2)?);
            if let (Some(opportunity), Some(contact), Some(true)) = named {
                parts.entry(opportunity).or_default().push(contact);
            }
            Ok(())
        })?;
        scan(view, Opportunity::ENTITY, &["id", "state", "opened_on", "closed_on"], |row| {
            let (id, state) = (row.id(0)?, word::<OpportunityState>(row, 1)?);
            let day = row.date(2)?.max(row.date(3)?);
            let open = matches!(state, Some(OpportunityState::Open | OpportunityState::Suspended));
            for contact in id.and_then(|id| parts.get(&id)).into_iter().flatten() {
                if let Some(known) = self.of(Some(*contact)) {
                    known.happened(day);
                    known.held(HoldBack::OpenOpportunity, open);
                }
            }
            Ok(())
        })
    }

    /// What they said themselves, and legal holds on their customer.
    fn duties(&mut self, view: &View<'_>, today: Today) -> Result<()> {
        let mut said: HashMap<ContactId, Vec<Consent>> = HashMap::new();
        for consent in
            view.unseen::<Consent>(&Predicate::Not(Box::new(Predicate::Empty("contact".into()))))?
        {
            if let Some(contact) = consent.contact {
                said.entry(contact).or_default().push(consent);
            }
        }
        for (contact, consents) in said {
            let Some(known) = self.of(Some(contact.uuid())) else { continue };
            known.happened(consents.iter().map(|said| said.at.date_naive()).max());
            let granted = standing(&consents, today.now);
            known.held(HoldBack::ConsentInForce, !granted.is_empty());
            known.facts.refusals.extend(refusals(&consents, &granted));
        }
        let mut held: HashSet<Uuid> = HashSet::new();
        scan(view, LegalHold::ENTITY, &["party", "valid_from", "valid_to"], |row| {
            let (party, from, until) = (row.id(0)?, row.date(1)?, row.date(2)?);
            if from.is_none_or(|from| from <= today.day) && until.is_none_or(|until| today.day <= until) {
                held.extend(party);
            }
            Ok(())
        })?;
        let Self { contacts, party_of } = self;
        for contact in contacts.values_mut() {
            let party = party_of.get(&contact.customer);
            contact.known.held(HoldBack::LegalHold, party.is_some_and(|party| held.contains(party)));
        }
        Ok(())
    }
}

/// The contacts whose period is over, of customers the actor administers.
pub(super) fn contacts<'r>(
    view: &View<'_>,
    rules: &'r [RetentionRule],
    today: Today,
) -> Result<Vec<Kept<'r>>> {
    let mut reading = Contacts::begin(view)?;
    reading.business(view)?;
    reading.duties(view, today)?;
    let speaking = retention::of_subject(rules, RetentionSubject::Contact);
    let over = reading.contacts.into_iter().filter_map(|(id, contact)| {
        let decision = retention::decide(&speaking, &contact.known.facts, today.day)?;
        Some((id, contact, decision))
    });
    let over: Vec<_> = over.collect();
    let named: HashSet<Uuid> = over.iter().map(|(_, contact, _)| contact.customer).collect();
    let mut customers: HashMap<Uuid, Option<String>> = HashMap::new();
    let named: Vec<Value> = named.into_iter().map(Value::Id).collect();
    for page in named.chunks(1_000) {
        for customer in view.unseen::<Relationship>(&Predicate::OneOf("id".into(), page.to_vec()))? {
            if view.may(Verb::Administer, Relationship::ENTITY, &customer.to_values()) {
                customers.insert(customer.id.uuid(), customer.number);
            }
        }
    }
    let kept = over.into_iter().filter_map(|(id, contact, decision)| {
        let number = customers.get(&contact.customer)?.clone();
        Some(Kept {
            subject: RetentionSubject::Contact,
            id,
            customers: vec![(CustomerId::from_uuid(contact.customer), number)],
            number: contact.number,
            decision,
        })
    });
    Ok(kept.collect())
}
