//! The command that makes a lead a customer with an opportunity.

use super::{Key, Outcome, customers, opportunities};
use crate::door::Door;
use crate::error::Result;
use crate::lead_conversion::{Plan, plan};
use clientela_core::ids::{ConsentId, ContactId, CustomerId, LeadConsentId};
use clientela_core::leads::conversion::{fill_contact, new_contact, new_customer, title};
use clientela_core::leads::{Lead, LeadError, LeadState, life};
use clientela_core::marketing::Campaign;
use clientela_core::party::entry::{Seat, enter_contact, enter_customer};
use clientela_core::party::{Party, Relationship, join_party};
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_model::identifier::Currency;
use clientela_model::{EntityId, Money, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Makes a lead a customer, contact and opportunity, or joins it to those that are there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvertLead {
    /// The lead.
    pub lead: Key,
    /// The customer it is joined to; looked for when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// The open opportunity it is joined to; a new one is opened when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Key>,
    /// Code of the sales method of a new opportunity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Key>,
    /// Currency of a new opportunity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Title of a new opportunity; what is wanted when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What a new opportunity is expected to bring, net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Number of vehicles of a new opportunity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicles: Option<u32>,
}

pub(super) fn convert(door: &mut Door<'_, '_>, command: &ConvertLead) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(&command.lead)?;
    let lead = &stored.record;
    if lead.state == LeadState::Converted {
        return converted(door, lead);
    }
    life::check(lead, life::LeadEvent::Convert)?;
    let plan = plan(&door.view(), lead, command.customer.as_deref(), door.today())?;
    let mut outcome = Outcome { records: Vec::new(), why: plan.why.clone() };
    let customer = customer(door, lead, &plan, &mut outcome)?;
    let contact = contact(door, lead, &plan, customer, &mut outcome)?;
    let became: HashMap<LeadConsentId, ConsentId> =
        plan.consents.iter().map(|said| (said.id, door.new_id())).collect();
    for said in &plan.consents {
        let became = |of: LeadConsentId| became.get(&of).copied();
        let id = became(said.id).unwrap_or_else(|| door.new_id());
        let consent = said.carried_over(id, customer, contact, said.confirms.and_then(became));
        door.create(&consent)?;
        outcome = outcome.and(&consent, None);
    }
    let opportunity = opportunity(door, lead, command, customer, &mut outcome)?;
    let (next, why) = life::convert(lead, customer, contact, opportunity.id)?;
    door.update(&next, stored.version)?;
    crate::lead_scoring::count_outcome(door, &next, false)?;
    let mut all = Outcome::of(&next, next.number.as_deref(), outcome.why.because(why));
    all.records.append(&mut outcome.records);
    Ok(all)
}

/// What a lead that is converted became: converting it again changes nothing.
fn converted(door: &Door<'_, '_>, lead: &Lead) -> Result<Outcome> {
    let mut outcome = Outcome::of(lead, lead.number.as_deref(), Why::new("lead.converted_already"));
    if let Some(id) = lead.customer {
        let customer = door.get::<Relationship>(id)?.record;
        outcome = outcome.and(&customer, customer.number.as_deref());
    }
    if let Some(id) = lead.opportunity {
        let opportunity = door.get::<Opportunity>(id)?.record;
        outcome = outcome.and(&opportunity, Some(&opportunity.number));
    }
    Ok(outcome)
}

/// The customer that is there with what it lacked, or a new one.
fn customer(door: &mut Door<'_, '_>, lead: &Lead, plan: &Plan, outcome: &mut Outcome) -> Result<CustomerId> {
    let seat = Seat { owner: lead.owner, unit: lead.unit };
    let Some((known, party)) = &plan.customer else {
        let mut made = customers::enter(door, &new_customer(lead), seat)?;
        outcome.records.append(&mut made.records);
        let id = outcome.records.first().map(|record| CustomerId::from_uuid(record.id));
        let internal = crate::error::CrmError::Internal { what: "a customer that is entered is recorded" };
        return Ok(id.ok_or(internal)?);
    };
    // What is known stays: a kind, a name or a number that differ are not the lead's to change.
    let mut new = new_customer(lead);
    if party.record.vat_number.is_some() {
        new.vat_number = None;
    }
    let entered = enter_customer(&new, known.record.id, party.record.id, seat)?;
    let joined = join_party(entered, &party.record);
    fill::<Party>(door, &joined.party, party, &joined.filled, outcome)?;
    outcome.records.push(super::RecordRef {
        entity: "relationship".to_owned(),
        id: known.record.id.uuid(),
        key: known.record.number.clone(),
    });
    Ok(known.record.id)
}

/// Keeps a record of which blanks were filled, and says which.
fn fill<R: clientela_model::Record>(
    door: &mut Door<'_, '_>,
    filled: &R,
    known: &Stored<R>,
    columns: &[&'static str],
    outcome: &mut Outcome,
) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    // A party is the network's: that its blanks are filled follows from business with it.
    door.update_derived(filled, known.version)?;
    let why = Why::new("lead.filled").fact("entity", R::ENTITY.name);
    let why = columns.iter().fold(why, |why, column| why.fact("column", column));
    outcome.why = outcome.why.clone().because(why);
    Ok(())
}

fn contact(
    door: &mut Door<'_, '_>,
    lead: &Lead,
    plan: &Plan,
    customer: CustomerId,
    outcome: &mut Outcome,
) -> Result<Option<ContactId>> {
    if let Some(known) = &plan.contact {
        let (filled, columns) = fill_contact(&known.record, lead);
        if !columns.is_empty() {
            door.allow_change(&known.record)?;
        }
        fill(door, &filled, known, &columns, outcome)?;
        outcome.records.push(super::RecordRef {
            entity: "contact".to_owned(),
            id: known.record.id.uuid(),
            key: known.record.number.clone(),
        });
        return Ok(Some(known.record.id));
    }
    let Some(new) = new_contact(lead) else { return Ok(None) };
    let contact = enter_contact(&new, door.new_id(), customer, lead.country.as_ref())?;
    door.create(&contact)?;
    outcome.records.push(super::RecordRef { entity: "contact".to_owned(), id: contact.id.uuid(), key: None });
    Ok(Some(contact.id))
}

/// The opportunity named, if it is an open one of the customer, or a new one.
fn opportunity(
    door: &mut Door<'_, '_>,
    lead: &Lead,
    command: &ConvertLead,
    customer: CustomerId,
    outcome: &mut Outcome,
) -> Result<Opportunity> {
    if let Some(key) = &command.opportunity {
        let found = door.resolve::<Opportunity>(key)?.record;
        if found.customer != customer || found.state != OpportunityState::Open {
            return Err(LeadError::ForeignOpportunity { id: lead.id }.into());
        }
        let why = Why::new("lead.opportunity_joined").fact("opportunity", &found.number);
        outcome.why = outcome.why.clone().because(why);
        outcome.records.push(super::RecordRef {
            entity: "opportunity".to_owned(),
            id: found.id.uuid(),
            key: Some(found.number.clone()),
        });
        return Ok(found);
    }
    let (Some(method), Some(currency)) = (&command.method, command.currency) else {
        return Err(LeadError::MethodMissing.into());
    };
    let campaign = lead.campaign.map(|id| door.get::<Campaign>(id)).transpose()?;
    let open = opportunities::OpenOpportunity {
        customer: customer.to_string(),
        title: command.title.clone().unwrap_or_else(|| title(lead)),
        method: method.clone(),
        currency,
        owner: Some(lead.owner.to_string()),
        amount: command.amount,
        vehicles: command.vehicles,
        expected_close: None,
        campaign: campaign.map(|campaign| campaign.record.code),
        number: None,
    };
    let mut opened = opportunities::open(door, &open)?;
    outcome.why = outcome.why.clone().because(opened.why);
    let id = opened.records.first().map(|record| record.id.to_string());
    outcome.records.append(&mut opened.records);
    Ok(door.resolve::<Opportunity>(&id.unwrap_or_default())?.record)
}
