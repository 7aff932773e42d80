//! Commands on what a lead says about being contacted, before it is a customer.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::{DateTime, Utc};
use clientela_core::leads::{Lead, LeadConsent, LeadError, confirm_lead_consent, enter_lead_consent};
use clientela_core::party::entry::NewConsent;
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};

/// Records what somebody who is a lead said about being contacted: a yes, a no, or that an earlier yes is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordLeadConsent {
    /// The lead.
    pub lead: Key,
    /// What was said. A contact is not named: there is none yet.
    pub consent: NewConsent,
}

/// Confirms a grant of a lead's double opt-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmLeadConsent {
    /// Id of the grant.
    pub consent: Key,
    /// What proves the confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// When it was confirmed; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

pub(super) fn record(door: &mut Door<'_, '_>, command: &RecordLeadConsent) -> Result<Outcome> {
    let lead = door.to_change::<Lead>(&command.lead)?.record;
    check_no_customer(&lead)?;
    let consent = enter_lead_consent(&command.consent, door.new_id(), lead.id, door.now())?;
    keep(door, &consent, "lead_consent.recorded")
}

pub(super) fn confirm(door: &mut Door<'_, '_>, command: &ConfirmLeadConsent) -> Result<Outcome> {
    let grant = door.resolve::<LeadConsent>(&command.consent)?.record;
    check_no_customer(&door.get::<Lead>(grant.lead)?.record)?;
    let of_lead = Predicate::equals("lead", Value::Id(grant.lead.uuid()));
    let known: Vec<LeadConsent> = door.records(&of_lead)?;
    let at = command.at.unwrap_or_else(|| door.now()).min(door.now());
    let confirmed = confirm_lead_consent(&known, &grant, command.proof.clone(), at, door.new_id())?;
    keep(door, &confirmed, "lead_consent.confirmed")
}

/// What is said of a customer is recorded there: what the lead said went along when it became one.
fn check_no_customer(lead: &Lead) -> Result<()> {
    if lead.customer.is_some() { Err(LeadError::IsCustomer { id: lead.id }.into()) } else { Ok(()) }
}

fn keep(door: &mut Door<'_, '_>, consent: &LeadConsent, reason: &'static str) -> Result<Outcome> {
    door.create(consent)?;
    let why = Why::new(reason)
        .fact("purpose", consent.purpose)
        .fact("channel", consent.channel)
        .fact("decision", consent.decision);
    Ok(Outcome::of(consent, None, why))
}
