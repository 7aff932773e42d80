//! Messages from the tool: what is known is gathered, the exchange decides, and its effects are written.

use super::effects::{self, Planned, Returned, narrow};
use super::{exchange_key, files};
use crate::command::of_opportunity;
use crate::door::Door;
use crate::error::Result;
use clientela_core::sales::{Affair, Offer, OfferState, Opportunity, OpportunityState};
use clientela_exchange::quoting::decide::{
    self, Checks, Decision, KnownAffair, KnownDossier, KnownOpportunity, KnownState,
};
use clientela_exchange::quoting::{
    AffairCreateAck, AffairStatus, CurrencyCode, Digest, ExchangeId, FileAction, Message, OfferReturn,
    OfferReturnAck, WholeNumber,
};
use clientela_model::{EntityId, ErrorKind, Predicate, Value};
use clientela_store::{Order, Stored};

/// Notes the tool's key of an affair, from its answer to `affair.create`. An answer that fits no affair changes nothing: the
/// affair is found again by its opportunity when offers come back.
pub(super) fn note_affair(door: &mut Door<'_, '_>, message: &Message, ack: &AffairCreateAck) -> Result<()> {
    let (AffairStatus::Created | AffairStatus::Existing, Some(key)) = (ack.status, &ack.affair_id) else {
        return Ok(());
    };
    let Some(stored) = asked_for(door, message, key)? else { return Ok(()) };
    let mut affair = stored.record.clone();
    if affair.key.as_deref().is_some_and(|known| known != key.as_str()) {
        // The tool made the opportunity a new affair, which begins anew.
        affair.revision = 0;
        affair.file_digest = None;
    }
    affair.key = Some(key.to_string());
    affair.revision = affair.revision.max(ack.affair_revision.map_or(1, narrow));
    // Only the digest: the file itself stays with the tool until it is handed back.
    affair.file_digest =
        affair.file_digest.or_else(|| ack.file.as_ref().map(|file| files::hexadecimal(file.digest)));
    door.update(&affair, stored.version)
}

/// The affair an answer is about: the one whose message it replies to, or whose key it names, or the only one that waits
/// for a key. Between several nothing is guessed.
fn asked_for(door: &Door<'_, '_>, message: &Message, key: &ExchangeId) -> Result<Option<Stored<Affair>>> {
    let text = |column: &'static str, value: String| Predicate::equals(column, Value::Text(value.into()));
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
    let known = known(message, opportunity.as_ref(), affair.as_ref(), &offers)?;
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
    for (place, decided) in decision.dossiers.iter().enumerate() {
        match returned.plan(door, &decided.effect) {
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
    let keyed = Predicate::equals("key", Value::Text(message.affair_id.to_string().into()));
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
            .filter_map(|stored| dossier(message, &stored.record).transpose())
            .collect::<Result<_>>()?,
    })
}

fn dossier(message: &OfferReturn, offer: &Offer) -> Result<Option<KnownDossier>> {
    let (Some(key), Some(fingerprint)) = (&offer.dossier, &offer.dossier_fingerprint) else {
        return Ok(None);
    };
    Ok(Some(KnownDossier {
        dossier_id: ExchangeId::parse(key)?,
        affair_id: message.affair_id.clone(),
        dossier_revision: WholeNumber::new(i64::from(offer.dossier_revision.unwrap_or(1)))?,
        offer_id: exchange_key(Some(&offer.number), offer.id)?,
        offer_revision: WholeNumber::new(i64::from(offer.revision))?,
        fingerprint: Digest::parse(fingerprint)?,
        closed: matches!(offer.state, OfferState::Accepted | OfferState::Refused | OfferState::Voided),
        withdrawn: offer.state == OfferState::Withdrawn,
    }))
}
