//! Messages from the tool: what is known is gathered, the exchange decides, and its effects are written.

use super::effects::{self, Planned, Returned, narrow};
use super::{exchange_key, files};
use crate::command::of_opportunity;
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::AffairId;
use clientela_core::organisation::Verb;
use clientela_core::party::{QuotingCustomer, TransferState};
use clientela_core::sales::{Affair, Offer, OfferState, Opportunity, OpportunityState};
use clientela_exchange::quoting::decide::{
    self, Checks, Decision, KnownAffair, KnownDossier, KnownOpportunity, KnownState,
};
use clientela_exchange::quoting::{
    AffairCreateAck, AffairStatus, CurrencyCode, CustomerStatus, CustomerTransferAck, Digest, ExchangeId,
    FileAction, Message, OfferReturn, OfferReturnAck, Problem, WholeNumber,
};
use clientela_model::{ClosedList, EntityId, ErrorKind, Predicate, Record, Value};
use clientela_store::{Order, Stored};
use uuid::Uuid;

/// Notes the tool's key of an affair, from its answer to `affair.create`. An answer that fits no affair changes nothing: the
/// affair is found again by its opportunity when offers come back.
pub(super) fn note_affair(door: &mut Door<'_, '_>, message: &Message, ack: &AffairCreateAck) -> Result<()> {
    let (AffairStatus::Created | AffairStatus::Existing, Some(key)) = (ack.status, &ack.affair_id) else {
        return note_refusal(door, message, ack.problem.as_ref());
    };
    let Some(stored) = asked_for(door, message, key)? else { return Ok(()) };
    let stored = match &stored.record.key {
        Some(known) if known != key.as_str() => of_another_tool(door, stored, key)?,
        _ => stored,
    };
    let mut affair = stored.record.clone();
    affair.key = Some(key.to_string());
    (affair.problem, affair.problem_text) = (None, None);
    affair.revision = affair.revision.max(ack.affair_revision.map_or(1, narrow));
    // Only the digest: the file itself stays with the tool until it is handed back.
    affair.file_digest =
        affair.file_digest.or_else(|| ack.file.as_ref().map(|file| files::hexadecimal(file.digest)));
    door.update(&affair, stored.version)
}

/// Notes why the tool did not take an opportunity, for people to read.
fn note_refusal(door: &mut Door<'_, '_>, message: &Message, problem: Option<&Problem>) -> Result<()> {
    let (Some(asked), Some(problem)) = (message.in_reply_to, problem) else { return Ok(()) };
    let Some(stored) = door.first_of::<Affair>(&text("asked_by", asked.to_string()))? else { return Ok(()) };
    let mut affair = stored.record.clone();
    affair.problem = Some(problem.code.word().to_owned());
    affair.problem_text = Some(problem.text.to_string());
    if affair == stored.record { Ok(()) } else { door.update(&affair, stored.version) }
}

/// Notes what the tool did with a customer: its key of it, what it holds, and why it did not take it. An answer to a
/// message that nobody noted changes nothing.
pub(super) fn note_customer(
    door: &mut Door<'_, '_>,
    message: &Message,
    ack: &CustomerTransferAck,
) -> Result<()> {
    let Some(asked) = message.in_reply_to else { return Ok(()) };
    let found = door.first_of::<QuotingCustomer>(&text("asked_by", asked.to_string()))?;
    let Some(stored) = found else { return Ok(()) };
    let mut known = stored.record.clone();
    known.state = match ack.status {
        CustomerStatus::Created => TransferState::Created,
        CustomerStatus::Updated => TransferState::Updated,
        CustomerStatus::Unchanged => TransferState::Unchanged,
        CustomerStatus::Rejected => TransferState::Rejected,
    };
    known.key = ack.tool_customer_id.as_ref().map(ToString::to_string).or(known.key);
    known.applied_revision = ack.applied_revision.map(|revision| revision.get()).or(known.applied_revision);
    known.problem = ack.problem.as_ref().map(|problem| problem.code.word().to_owned());
    known.problem_text = ack.problem.as_ref().map(|problem| problem.text.to_string());
    known.noted_at = door.now();
    door.update(&known, stored.version)
}

fn text(column: &'static str, value: String) -> Predicate {
    Predicate::equals(column, Value::Text(value.into()))
}

/// The affair of a second tool for the same opportunity, or of one that lost its data. The one before keeps its key and its
/// dossiers: what comes back from here must neither be taken for theirs nor withdraw them.
fn of_another_tool(
    door: &mut Door<'_, '_>,
    before: Stored<Affair>,
    key: &ExchangeId,
) -> Result<Stored<Affair>> {
    let keyed = text("key", key.to_string());
    if let Some(known) = door.first_of::<Affair>(&of_opportunity(before.record.opportunity).and(keyed))? {
        return Ok(known);
    }
    let affair = Affair {
        id: door.new_id(),
        key: Some(key.to_string()),
        revision: 0,
        file_digest: None,
        ..before.record.clone()
    };
    // What asked is answered by the new one.
    door.update(&Affair { asked_by: None, ..before.record }, before.version)?;
    door.create(&affair)?;
    door.get::<Affair>(affair.id)
}

/// The affair an answer is about: the one whose message it replies to, or whose key it names, or the only one that waits
/// for a key. Between several nothing is guessed.
fn asked_for(door: &Door<'_, '_>, message: &Message, key: &ExchangeId) -> Result<Option<Stored<Affair>>> {
    let ways = [
        message.in_reply_to.map(|id| text("asked_by", id.to_string())),
        Some(text("key", key.to_string())),
        Some(Predicate::Empty("key".into())),
    ];
    for condition in ways.into_iter().flatten() {
        let mut found = door.view().page::<Affair>(&condition, &Order::by_id(), Some(2), 0)?;
        match found.len() {
            0 => {}
            1 => return Ok(found.pop()),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Takes back what the tool hands over when it is left, and answers.
pub(super) fn offer_return(
    door: &mut Door<'_, '_>,
    message: &OfferReturn,
    file: Option<&[u8]>,
) -> Result<OfferReturnAck> {
    let opportunity = visible(door.resolve::<Opportunity>(message.opportunity_crm_id.as_str()))?;
    let affair = match &opportunity {
        Some(opportunity) => affair_of(door, opportunity, message)?,
        None => None,
    };
    let offers = match &affair {
        // Whoever sees them: a dossier has one offer. What may not be changed is refused dossier by dossier.
        Some(affair) => {
            door.whole_stored::<Offer>(&Predicate::equals("affair", Value::Id(affair.record.id.uuid())))?
        }
        None => Vec::new(),
    };
    let mut known = known(message, opportunity.as_ref(), affair.as_ref(), &offers)?;
    if let Some(affair) = &affair {
        known.dossiers.extend(elsewhere(door, message, affair.record.id)?);
    }
    let checks = Checks::of(message, file);
    let mut decision = decide::offer_return(&known, message, &checks)?;
    let mut created = Vec::new();
    if let (Some(opportunity), Some(affair)) = (opportunity, affair) {
        let returned =
            Returned { message, opportunity: &opportunity.record, affair: &affair.record, offers: &offers };
        for planned in plan(door, &returned, &mut decision)? {
            created.extend(returned.keep(door, planned)?);
        }
        keep_affair(door, message, &affair, &decision, file)?;
    }
    let mut created = created.into_iter();
    // Every new offer was written just now, in the order of the dossiers: there is a key for each.
    Ok(decision.acknowledge(|decided| created.next().unwrap_or_else(|| decided.dossier_id.clone())))
}

/// Plans all effects before the first is written; a dossier that cannot be an offer is refused in the decision.
fn plan(door: &Door<'_, '_>, returned: &Returned<'_>, decision: &mut Decision) -> Result<Vec<Planned>> {
    let mut all = Vec::with_capacity(decision.dossiers.len());
    let mut refused = Vec::new();
    for (place, decided) in decision.dossiers.iter_mut().enumerate() {
        match returned.plan(door, &decided.effect, &mut decided.warnings) {
            Ok(planned) => all.push(planned),
            Err(error) => refused.push((place, effects::refusal(&error, place).ok_or(error)?)),
        }
    }
    for (place, problem) in refused {
        decision.refuse(place, problem);
    }
    Ok(all)
}

/// Keeps the file, and what the affair knows of file and revision.
fn keep_affair(
    door: &mut Door<'_, '_>,
    message: &OfferReturn,
    affair: &Stored<Affair>,
    decision: &Decision,
    file: Option<&[u8]>,
) -> Result<()> {
    let mut changed = affair.record.clone();
    if let Some(action) = decision.file_action.filter(|action| *action != FileAction::Refused) {
        files::keep(door, changed.opportunity, &message.file, action, &message.file.verify(file)?)?;
        if action == FileAction::Stored {
            changed.file_digest = Some(files::hexadecimal(message.file.digest));
        }
    }
    if let Some(revision) = decision.affair_revision {
        changed.revision = changed.revision.max(narrow(revision));
    }
    if changed == affair.record { Ok(()) } else { door.update(&changed, affair.version) }
}

/// A record that may be missing: what may not be seen is missing too.
fn visible<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn affair_of(
    door: &Door<'_, '_>,
    opportunity: &Stored<Opportunity>,
    message: &OfferReturn,
) -> Result<Option<Stored<Affair>>> {
    let of_it = of_opportunity(opportunity.record.id);
    let keyed = text("key", message.affair_id.to_string());
    if let Some(found) = door.first_of::<Affair>(&of_it.clone().and(keyed))? {
        return Ok(Some(found));
    }
    // The answer to affair.create may have been lost: the affair that waits for its key is this one.
    let waiting = door.first_of::<Affair>(&of_it.and(Predicate::Empty("key".into())))?;
    Ok(waiting.map(|mut stored| {
        stored.record.key = Some(message.affair_id.to_string());
        stored
    }))
}

fn known(
    message: &OfferReturn,
    opportunity: Option<&Stored<Opportunity>>,
    affair: Option<&Stored<Affair>>,
    offers: &[Stored<Offer>],
) -> Result<KnownState> {
    let opportunity_record = opportunity.map(|stored| &stored.record);
    Ok(KnownState {
        opportunity: opportunity_record.map(|opportunity| KnownOpportunity {
            crm_id: message.opportunity_crm_id.clone(),
            closed: matches!(opportunity.state, OpportunityState::Won | OpportunityState::Lost),
        }),
        affair: match (affair, opportunity_record) {
            (Some(affair), Some(opportunity)) => Some(KnownAffair {
                affair_id: message.affair_id.clone(),
                opportunity_crm_id: message.opportunity_crm_id.clone(),
                revision: WholeNumber::new(i64::from(affair.record.revision.max(1)))?,
                currency: CurrencyCode::parse(opportunity.currency.code())?,
                current_file: affair.record.file_digest.as_deref().map(files::digest).transpose()?,
            }),
            _ => None,
        },
        dossiers: offers
            .iter()
            .filter_map(|stored| dossier(&message.affair_id, &stored.record).transpose())
            .collect::<Result<_>>()?,
    })
}

/// Dossiers of the message that lie under another affair. Tools number them within an affair, or give them an id that is
/// theirs wherever they lie: only of a UUID it is known that it is the latter.
fn elsewhere(door: &Door<'_, '_>, message: &OfferReturn, here: AffairId) -> Result<Vec<KnownDossier>> {
    let ids = message.dossiers.iter().map(|dossier| dossier.dossier_id.as_str());
    let ids: Vec<Value> =
        ids.filter(|id| Uuid::try_parse(id).is_ok()).map(|id| Value::Text(id.to_owned().into())).collect();
    let mut found = Vec::new();
    if ids.is_empty() {
        return Ok(found);
    }
    for offer in door.whole::<Offer>(&Predicate::OneOf("dossier".into(), ids))? {
        let Some(affair) = offer.affair.filter(|affair| *affair != here) else { continue };
        let Some(key) = door.get_whole::<Affair>(affair)?.record.key else { continue };
        let Some(mut known) = dossier(&ExchangeId::parse(&key)?, &offer)? else { continue };
        if !door.view().may(Verb::Read, Offer::ENTITY, &offer.to_values()) {
            // That it lies elsewhere is told, not as what.
            known.offer_id = known.dossier_id.clone();
        }
        found.push(known);
    }
    Ok(found)
}

fn dossier(affair: &ExchangeId, offer: &Offer) -> Result<Option<KnownDossier>> {
    let (Some(key), Some(fingerprint)) = (&offer.dossier, &offer.dossier_fingerprint) else {
        return Ok(None);
    };
    Ok(Some(KnownDossier {
        dossier_id: ExchangeId::parse(key)?,
        affair_id: affair.clone(),
        dossier_revision: WholeNumber::new(i64::from(offer.dossier_revision.unwrap_or(1)))?,
        offer_id: exchange_key(Some(&offer.number), offer.id)?,
        offer_revision: WholeNumber::new(i64::from(offer.revision))?,
        fingerprint: Digest::parse(fingerprint)?,
        closed: matches!(offer.state, OfferState::Accepted | OfferState::Refused | OfferState::Voided),
        withdrawn: offer.state == OfferState::Withdrawn,
    }))
}
