//! Questions on what the law gives a person: the state of consents, the ledger of erasures, everything held on it.

use super::plain::{json_of, line};
use crate::command::{ErasureLine, Key};
use crate::error::{CrmError, Result};
use crate::person::gather;
use crate::session::Session;
use crate::view::Sight;
use chrono::{DateTime, Utc};
use clientela_core::ids::{ContactId, CustomerId};
use clientela_core::leads::Lead;
use clientela_core::organisation::{Scope, Verb};
use clientela_core::party::{Consent, ConsentState, Contact, Relationship, consent_states};
use clientela_core::privacy::{Erasure, LeadErasure, Subject};
use clientela_model::{EntityId, Predicate, Record, Value};
use clientela_store::Order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a person's consents come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentStateOf {
    /// The customer.
    pub customer: Key,
    /// A contact of it; the customer itself when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// At which moment; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// The state of every purpose and channel at a moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsentMatrix {
    /// The customer.
    pub customer: CustomerId,
    /// The contact, if one was asked for.
    pub contact: Option<ContactId>,
    /// The moment.
    pub at: DateTime<Utc>,
    /// Whether "do not contact" was set then.
    pub do_not_contact: bool,
    /// Purpose by purpose, channel by channel.
    pub states: Vec<ConsentState>,
}

/// All erasures, to be kept beside the copies of the store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureListOf {}

/// Everything held on a person: name a customer, one contact, or a lead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonExportOf {
    /// The customer whose party is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// The contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Key>,
    /// A lead that never became a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Key>,
}

/// Everything held on a person, twice: as records, and as tables of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonExport {
    /// `party`, `contact` or `lead`.
    pub subject: Subject,
    /// Its id.
    pub id: Uuid,
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The records by entity, each with its fields by name.
    pub records: BTreeMap<String, Vec<serde_json::Map<String, serde_json::Value>>>,
    /// The same as CSV (RFC 4180), by file name.
    pub files: BTreeMap<String, String>,
    /// What is not in it, and why.
    pub withheld: Vec<Withheld>,
}

/// Something that is not given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The entity.
    pub entity: String,
    /// The field; none for whole records.
    pub field: Option<String>,
    /// In how many of the records given it is left out; none where even the number is not for the one who asks.
    pub records: Option<u64>,
    /// `access.confidential`: the session does not read the field. `access.other_dealers`: each dealer answers for its own.
    pub reason: String,
}

pub(super) fn consent_state(session: &Session, question: &ConsentStateOf) -> Result<ConsentMatrix> {
    let at = question.at.unwrap_or_else(|| session.now());
    session.look(|view| {
        let customer = view.resolve::<Relationship>(&question.customer)?.record;
        let mut left = None;
        if let Some(contact) = question.contact {
            let person = view.get::<Contact>(contact)?.record;
            if person.customer != customer.id {
                return Err(crate::view::not_found(Contact::ENTITY, &contact.to_string()));
            }
            left = person.left_on.filter(|_| person.has_left(at.date_naive()));
        }
        let then = view.reader.as_of::<Relationship>(customer.id, at)?;
        let do_not_contact = then.map_or(customer.do_not_contact, |then| then.record.do_not_contact);
        let named = Predicate::equals("customer", Value::Id(customer.id.uuid()));
        let consents: Vec<Consent> =
            view.all_of::<Consent>(&named)?.into_iter().map(|stored| stored.record).collect();
        let states = consent_states(&consents, do_not_contact, question.contact, left, at);
        Ok(ConsentMatrix { customer: customer.id, contact: question.contact, at, do_not_contact, states })
    })
}

pub(super) fn erasures(session: &Session, _: &ErasureListOf) -> Result<Vec<ErasureLine>> {
    session.look(|view| {
        let found = view.page::<Erasure>(&Predicate::Everything, &Order::by_id(), None, 0)?;
        let leads = view.page::<LeadErasure>(&Predicate::Everything, &Order::by_id(), None, 0)?;
        let of_leads = leads.iter().map(|stored| ErasureLine::of_lead(&stored.record));
        Ok(found.iter().map(|stored| ErasureLine::of(&stored.record)).chain(of_leads).collect())
    })
}

pub(super) fn export(session: &Session, question: &PersonExportOf) -> Result<PersonExport> {
    let at = session.now();
    session.look(|view| {
        let (subject, id) = match (&question.customer, &question.contact, &question.lead) {
            (Some(customer), None, None) => {
                (Subject::Party, view.resolve::<Relationship>(customer)?.record.party.uuid())
            }
            (None, Some(contact), None) => {
                (Subject::Contact, view.resolve::<Contact>(contact)?.record.id.uuid())
            }
            (None, None, Some(lead)) => (Subject::Lead, view.resolve::<Lead>(lead)?.record.id.uuid()),
            _ => {
                let problem = "contact or lead is to be named, one of the three".to_owned();
                return Err(CrmError::Argument { field: "customer", problem, hint: "name one person" }.into());
            }
        };
        let held = gather(subject, id, &mut |entity, condition| {
            let visible = condition.clone().and(view.readable(entity));
            let rows = view.reader.select(entity, &[], &visible, &Order::by_id(), None, 0)?;
            Ok(rows.into_iter().map(|(values, _)| values).collect())
        })?;
        let mut records: BTreeMap<String, Vec<serde_json::Map<String, serde_json::Value>>> = BTreeMap::new();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let mut hidden: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for held in held {
            let sights = view.sights(held.entity);
            let mut record = serde_json::Map::new();
            let mut cells = Vec::new();
            for (column, value) in held.entity.columns.iter().zip(&held.values) {
                let sight: &Sight = sights.of(column.facet);
                if !view.sees(sight, held.entity, &held.values) {
                    *hidden.entry((held.entity.name, column.name)).or_default() += 1;
                    cells.push(String::new());
                    continue;
                }
                cells.push(value.to_plain_text());
                record.insert(column.name.to_owned(), json_of(value));
            }
            let table = files
                .entry(format!("{}.csv", held.entity.name))
                .or_insert_with(|| line(held.entity.columns.iter().map(|column| column.name)));
            table.push_str(&line(cells.iter().map(String::as_str)));
            records.entry(held.entity.name.to_owned()).or_default().push(record);
        }
        let mut withheld: Vec<Withheld> = hidden
            .into_iter()
            .map(|((entity, field), records)| Withheld {
                entity: entity.to_owned(),
                field: Some(field.to_owned()),
                records: Some(records),
                reason: "access.confidential".to_owned(),
            })
            .collect();
        if view.actor.scope(Verb::Read, "relationship") != Some(Scope::Everything) {
            // Said whether there are others or not: else the answer would tell.
            withheld.push(Withheld {
                entity: "relationship".to_owned(),
                field: None,
                records: None,
                reason: "access.other_dealers".to_owned(),
            });
        }
        Ok(PersonExport { subject, id, at, records, files, withheld })
    })
}
