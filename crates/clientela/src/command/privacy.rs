//! Commands on what the law gives a person: consents taken back and confirmed, wordings, legal holds, erasure.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::person::{Held, gather};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::{ContactId, LeadId, PartyId};
use clientela_core::leads::Lead;
use clientela_core::organisation::{MERGED_INTO, Scope, Verb};
use clientela_core::party::{
    Channel, Consent, Contact, Purpose, Relationship, Withdrawal, confirm_consent, withdraw_consents,
};
use clientela_core::privacy::{
    Erasure, ErasureReason, LeadErasure, LegalHold, Subject, Wording, check_holds, check_lead, kept_because,
};
use clientela_core::sales::Attachment;
use clientela_core::{ENTITIES, entity};
use clientela_model::identifier::Language;
use clientela_model::{ColumnType, EntityId, Predicate, Record, Value, ValueError, Why};
use clientela_store::Erased;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Takes consents back. What is not named is meant wholly.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConsent {
    /// The customer.
    pub customer: Key,
    /// The contact who speaks; the customer itself when not given, whose no holds for all its contacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// For what; everything that was granted when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// By which channel; all that were granted when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The one address or number; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_point: Option<String>,
    /// Whether it is an objection: never again.
    #[serde(default)]
    pub objection: bool,
    /// Where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it was said; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// Confirms a grant of a double opt-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmConsent {
    /// Id of the grant.
    pub consent: Key,
    /// What proves the confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// When it was confirmed; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// Defines a version of a wording. Consents name it as `code/version/language`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineWording {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// Language.
    pub language: Language,
    /// The text as it is shown.
    pub text: String,
}

/// Puts a hold on a customer's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetLegalHold {
    /// The customer.
    pub customer: Key,
    /// Why, such as the number of a law suit.
    pub reason: String,
    /// First day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; until it is lifted when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// Lifts a hold: yesterday was its last day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiftLegalHold {
    /// Id of the hold.
    pub hold: Key,
}

/// Erases a party with everything held on it and its contacts, at every dealer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseParty {
    /// The customer through whom it is named.
    pub customer: Key,
    /// Why.
    pub reason: ErasureReason,
}

/// Erases one contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseContact {
    /// Id or number of the contact.
    pub contact: Key,
    /// Why.
    pub reason: ErasureReason,
}

/// Erases a lead that never became a customer, with what was said with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseLead {
    /// Id or number of the lead.
    pub lead: Key,
    /// Why.
    pub reason: ErasureReason,
}

/// Erases again, in an older copy, what was erased since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayErasures {
    /// The erasures, as the question `erasure.list` gives them.
    pub erasures: Vec<ErasureLine>,
}

/// An erasure as it is kept beside the store: ids, and nothing of the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureLine {
    /// Id of the erasure.
    pub erasure: Uuid,
    /// The party; none where a lead was erased.
    #[serde(default)]
    pub party: Option<Uuid>,
    /// The lead.
    #[serde(default)]
    pub lead: Option<Uuid>,
    /// The contact, when one was erased and not the whole party.
    #[serde(default)]
    pub contact: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// Entity and id of the records reached.
    pub records: Vec<(String, Uuid)>,
    /// SHA-256 of the files whose content was taken away, in hexadecimal.
    pub files: Vec<String>,
}

impl ErasureLine {
    /// From the ledger's record.
    pub(crate) fn of(erasure: &Erasure) -> Self {
        Self {
            erasure: erasure.id.uuid(),
            party: Some(erasure.party.uuid()),
            lead: None,
            contact: erasure.contact.map(EntityId::uuid),
            at: erasure.at,
            records: serde_json::from_str(&erasure.records).unwrap_or_default(),
            files: serde_json::from_str(&erasure.files).unwrap_or_default(),
        }
    }

    /// From the ledger's record of a lead.
    pub(crate) fn of_lead(erasure: &LeadErasure) -> Self {
        Self {
            erasure: erasure.id.uuid(),
            party: None,
            lead: Some(erasure.lead.uuid()),
            contact: None,
            at: erasure.at,
            records: serde_json::from_str(&erasure.records).unwrap_or_default(),
            files: serde_json::from_str(&erasure.files).unwrap_or_default(),
        }
    }
}

fn of_customer(door: &Door<'_, '_>, customer: &Relationship) -> Result<Vec<Consent>> {
    let named = Predicate::equals("customer", Value::Id(customer.id.uuid()));
    Ok(door.all_of::<Consent>(&named)?.into_iter().map(|stored| stored.record).collect())
}

pub(super) fn withdraw(door: &mut Door<'_, '_>, command: &WithdrawConsent) -> Result<Outcome> {
    let customer = door.resolve::<Relationship>(&command.customer)?.record;
    let consents = of_customer(door, &customer)?;
    let at = command.at.unwrap_or_else(|| door.now());
    if at > door.now() {
        let error =
            ValueError::new("consent.in_the_future", "moment", "is in the future", "a moment not after now");
        return Err(error.at("at").into());
    }
    if let Some(contact) = command.contact
        && door.get::<Contact>(contact)?.record.customer != customer.id
    {
        return Err(crate::view::not_found(Contact::ENTITY, &contact.to_string()));
    }
    let withdrawal = Withdrawal {
        contact: command.contact,
        purpose: command.purpose,
        channel: command.channel,
        contact_point: command.contact_point.clone(),
        objection: command.objection,
        source: command.source.clone(),
    };
    let statements = withdraw_consents(&consents, customer.id, &withdrawal, at, || door.new_id())?;
    let mut outcome = Outcome {
        records: Vec::new(),
        why: Why::new("consent.withdrawn").fact("statements", statements.len()),
    };
    for statement in &statements {
        door.create(statement)?;
        outcome = outcome.and(statement, None);
    }
    Ok(outcome)
}

pub(super) fn confirm(door: &mut Door<'_, '_>, command: &ConfirmConsent) -> Result<Outcome> {
    let grant = door.resolve::<Consent>(&command.consent)?.record;
    let customer = door.get::<Relationship>(grant.customer)?.record;
    let consents = of_customer(door, &customer)?;
    let at = command.at.unwrap_or_else(|| door.now()).min(door.now());
    let confirmed = confirm_consent(&consents, &grant, command.proof.clone(), at, door.new_id())?;
    door.create(&confirmed)?;
    let why = Why::new("consent.confirmed").fact("purpose", grant.purpose).fact("channel", grant.channel);
    Ok(Outcome::of(&confirmed, None, why))
}

pub(super) fn define_wording(door: &mut Door<'_, '_>, command: &DefineWording) -> Result<Outcome> {
    let reference = format!("{}/{}/{}", command.code, command.version, command.language);
    door.unused::<Wording>("reference", &reference)?;
    if command.text.trim().is_empty() {
        let error = ValueError::new("field.missing", "field", "is missing", "a value");
        return Err(error.at("text").into());
    }
    let wording = Wording {
        id: door.new_id(),
        reference,
        code: command.code.clone(),
        version: command.version.clone(),
        language: command.language,
        text: command.text.clone(),
        defined_at: door.now(),
    };
    door.create(&wording)?;
    Ok(Outcome::of(&wording, Some(&wording.reference), Why::new("wording.defined")))
}

pub(super) fn set_hold(door: &mut Door<'_, '_>, command: &SetLegalHold) -> Result<Outcome> {
    let customer = door.resolve::<Relationship>(&command.customer)?.record;
    may_erase(door, &customer)?;
    let hold = LegalHold {
        id: door.new_id(),
        party: customer.party,
        reason: command.reason.clone(),
        valid_from: command.from.unwrap_or_else(|| door.today()),
        valid_to: command.to,
    };
    door.create(&hold)?;
    Ok(Outcome::of(&hold, None, Why::new("legal_hold.set").fact("from", hold.valid_from)))
}

pub(super) fn lift_hold(door: &mut Door<'_, '_>, command: &LiftLegalHold) -> Result<Outcome> {
    let mut stored = door.to_change::<LegalHold>(&command.hold)?;
    for customer in relationships(door, stored.record.party)? {
        may_erase(door, &customer)?;
    }
    stored.record.valid_to = door.today().pred_opt();
    door.update(&stored.record, stored.version)?;
    Ok(Outcome::of(&stored.record, None, Why::new("legal_hold.lifted")))
}

fn relationships(door: &Door<'_, '_>, party: PartyId) -> Result<Vec<Relationship>> {
    // One that was merged is answered for with what it is now.
    let itself = Predicate::Empty(MERGED_INTO.into());
    door.whole::<Relationship>(&Predicate::equals("party", Value::Id(party.uuid())).and(itself))
}

/// Erasing and holding need the right to administer the customer, or the lead.
fn may_erase<R: Record>(door: &Door<'_, '_>, record: &R) -> Result<()> {
    let verdict = door.view().can(Verb::Administer, R::ENTITY, &record.to_values());
    if verdict.allowed {
        return Ok(());
    }
    let why = Why::new("erasure.not_administered").because(verdict.why);
    Err(CrmError::NotAllowed { verb: Verb::Administer, entity: R::ENTITY.name, why }.into())
}

pub(super) fn erase_party(door: &mut Door<'_, '_>, command: &EraseParty) -> Result<Outcome> {
    let party = door.resolve::<Relationship>(&command.customer)?.record.party;
    erase_whole_party(door, party, command.reason)
}

/// Erases a party, at every dealer.
pub(super) fn erase_whole_party(
    door: &mut Door<'_, '_>,
    party: PartyId,
    reason: ErasureReason,
) -> Result<Outcome> {
    // A party is shared: who erases it must answer for all who do business with it.
    for customer in relationships(door, party)? {
        may_erase(door, &customer)?;
    }
    erase(door, party, None, reason)
}

pub(super) fn erase_contact(door: &mut Door<'_, '_>, command: &EraseContact) -> Result<Outcome> {
    let contact = door.resolve::<Contact>(&command.contact)?.record;
    erase_one_contact(door, contact.id, command.reason)
}

/// Erases one person at a customer that stays.
pub(super) fn erase_one_contact(
    door: &mut Door<'_, '_>,
    contact: ContactId,
    reason: ErasureReason,
) -> Result<Outcome> {
    let contact = door.get::<Contact>(contact)?.record;
    let customer = door.get::<Relationship>(contact.customer)?.record;
    may_erase(door, &customer)?;
    erase(door, customer.party, Some(contact.id), reason)
}

pub(super) fn erase_lead(door: &mut Door<'_, '_>, command: &EraseLead) -> Result<Outcome> {
    let lead = door.resolve::<Lead>(&command.lead)?.record;
    erase_whole_lead(door, &lead, command.reason)
}

/// Erases a lead that never became a customer.
pub(super) fn erase_whole_lead(
    door: &mut Door<'_, '_>,
    lead: &Lead,
    reason: ErasureReason,
) -> Result<Outcome> {
    may_erase(door, lead)?;
    check_lead(lead)?;
    let reached = take_away_all(door, Subject::Lead, lead.id.uuid())?;
    let erasure = LeadErasure {
        id: door.new_id(),
        lead: lead.id,
        reason,
        at: door.now(),
        records: serde_json::to_string(&reached.records).unwrap_or_default(),
        files: serde_json::to_string(&reached.files).unwrap_or_default(),
    };
    door.create_derived(&erasure)?;
    Ok(Outcome::of(&erasure, None, reached.why))
}

fn erase(
    door: &mut Door<'_, '_>,
    party: PartyId,
    contact: Option<ContactId>,
    reason: ErasureReason,
) -> Result<Outcome> {
    let holds = door.whole::<LegalHold>(&Predicate::equals("party", Value::Id(party.uuid())))?;
    check_holds(&holds, door.today())?;
    let (subject, id) = match contact {
        Some(contact) => (Subject::Contact, contact.uuid()),
        None => (Subject::Party, party.uuid()),
    };
    let reached = take_away_all(door, subject, id)?;
    let erasure = Erasure {
        id: door.new_id(),
        party,
        contact,
        reason,
        at: door.now(),
        records: serde_json::to_string(&reached.records).unwrap_or_default(),
        files: serde_json::to_string(&reached.files).unwrap_or_default(),
    };
    door.create_derived(&erasure)?;
    Ok(Outcome::of(&erasure, None, reached.why))
}

/// What an erasure reached.
struct ReachedAll {
    records: Vec<(String, Uuid)>,
    files: Vec<String>,
    why: Why,
}

/// Takes everything away that reaches a person.
fn take_away_all(door: &mut Door<'_, '_>, subject: Subject, id: Uuid) -> Result<ReachedAll> {
    let held = gather(subject, id, &mut |entity, condition| door.select_whole(entity, condition))?;
    let files = files_of(door, &held)?;
    let records: Vec<(String, Uuid)> =
        held.iter().map(|held| (held.entity.name.to_owned(), held.id)).collect();
    let erased = take_away(door, &records, &files)?;
    for held in held.iter().filter(|held| held.entity.name == Attachment::ENTITY.name) {
        mark_gone(door, held.id, &files)?;
    }
    Ok(ReachedAll { records, files, why: told(&held, &erased) })
}

/// Takes the personal values, traces and files away.
fn take_away(door: &mut Door<'_, '_>, records: &[(String, Uuid)], files: &[String]) -> Result<Erased> {
    let mut erased = Erased::default();
    for (name, id) in records {
        let Some(declared) = entity(name).filter(|declared| declared.view.is_none()) else { continue };
        erased = erased.and(door.erase(declared, *id)?);
    }
    for digest in files.iter().filter_map(|digest| crate::digest::of_hex(digest)) {
        erased = erased.and(door.erase_file(&digest)?);
    }
    Ok(erased)
}

fn mark_gone(door: &mut Door<'_, '_>, id: Uuid, files: &[String]) -> Result<()> {
    let stored = door.get_whole::<Attachment>(EntityId::from_uuid(id))?;
    if stored.record.content_here && files.contains(&stored.record.digest) {
        let gone = Attachment { content_here: false, ..stored.record };
        door.update_derived(&gone, stored.version)?;
    }
    Ok(())
}

/// What was erased and what is kept, entity by entity, with its reason.
fn told(held: &[Held], erased: &Erased) -> Why {
    let mut counts: BTreeMap<&str, (usize, &'static str)> = BTreeMap::new();
    for held in held {
        counts.entry(held.entity.name).or_insert((0, kept_because(held.entity))).0 += 1;
    }
    let why = Why::new("erasure.done")
        .fact("fields", erased.fields)
        .fact("journal_values", erased.changes)
        .fact("reasons", erased.reasons)
        .fact("reasons_kept", erased.reasons_kept)
        .fact("answers", erased.answers)
        .fact("files", erased.files);
    counts.into_iter().fold(why, |why, (entity, (records, kept))| {
        why.because(Why::new(kept).fact("entity", entity).fact("records", records))
    })
}

/// Digests of the files these records name and no other does.
fn files_of(door: &Door<'_, '_>, held: &[Held]) -> Result<Vec<String>> {
    let is_digest = |name: &str| name.ends_with("digest");
    let mut digests: Vec<String> = Vec::new();
    for held in held {
        for (column, value) in held.entity.columns.iter().zip(&held.values) {
            if let Value::Text(text) = value
                && is_digest(column.name)
                && crate::digest::of_hex(text).is_some()
                && !digests.contains(&text.clone().into_owned())
            {
                digests.push(text.clone().into_owned());
            }
        }
    }
    let mut own = Vec::new();
    for digest in digests {
        let mut shared = false;
        for entity in ENTITIES.iter().copied().filter(|entity| entity.view.is_none()) {
            let ids: Vec<Value> = held
                .iter()
                .filter(|held| held.entity.name == entity.name)
                .map(|held| Value::Id(held.id))
                .collect();
            for column in
                entity.columns.iter().filter(|column| is_digest(column.name) && column.ty == ColumnType::Text)
            {
                let named = Predicate::equals(column.name, Value::Text(Cow::Owned(digest.clone())));
                let others = Predicate::Not(Box::new(Predicate::OneOf("id".into(), ids.clone())));
                shared |= door.exists_whole(entity, &named.and(others))?;
            }
        }
        if !shared {
            own.push(digest);
        }
    }
    Ok(own)
}

pub(super) fn replay(door: &mut Door<'_, '_>, command: &ReplayErasures) -> Result<Outcome> {
    let entity_name = Relationship::ENTITY.name;
    if door.actor().scope(Verb::Administer, entity_name) != Some(Scope::Everything) {
        let why = Why::new("erasure.not_administered");
        return Err(CrmError::NotAllowed { verb: Verb::Administer, entity: entity_name, why }.into());
    }
    let mut outcome = Outcome { records: Vec::new(), why: Why::new("erasure.replayed") };
    let mut all = Erased::default();
    for line in &command.erasures {
        let here = |(name, id): &&(String, Uuid)| {
            entity(name).is_some_and(|declared| {
                let named = Predicate::equals("id", Value::Id(*id));
                declared.view.is_none() && door.exists_whole(declared, &named).unwrap_or(false)
            })
        };
        let records: Vec<(String, Uuid)> = line.records.iter().filter(here).cloned().collect();
        all = all.and(take_away(door, &records, &line.files)?);
        if let Some(lead) = line.lead.map(LeadId::from_uuid)
            && door.found::<LeadErasure>(EntityId::from_uuid(line.erasure)).is_none()
            && door.found::<Lead>(lead).is_some()
        {
            let erasure = LeadErasure {
                id: EntityId::from_uuid(line.erasure),
                lead,
                reason: ErasureReason::Replayed,
                at: line.at,
                records: serde_json::to_string(&line.records).unwrap_or_default(),
                files: serde_json::to_string(&line.files).unwrap_or_default(),
            };
            door.create_derived(&erasure)?;
            outcome = outcome.and(&erasure, None);
        }
        let Some(party) = line.party.map(PartyId::from_uuid) else { continue };
        if door.found::<Erasure>(EntityId::from_uuid(line.erasure)).is_none()
            && door.found::<clientela_core::party::Party>(party).is_some()
        {
            let erasure = Erasure {
                id: EntityId::from_uuid(line.erasure),
                party,
                contact: line.contact.map(EntityId::from_uuid),
                reason: ErasureReason::Replayed,
                at: line.at,
                records: serde_json::to_string(&line.records).unwrap_or_default(),
                files: serde_json::to_string(&line.files).unwrap_or_default(),
            };
            door.create_derived(&erasure)?;
            outcome = outcome.and(&erasure, None);
        }
    }
    outcome.why = outcome
        .why
        .fact("erasures", command.erasures.len())
        .fact("fields", all.fields)
        .fact("journal_values", all.changes);
    Ok(outcome)
}
