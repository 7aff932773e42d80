//! Messages from the tool: what is known is gathered, the exchange decides, and its effects are written.

use super::{exchange_key, mapping};
use crate::command::{self, of_opportunity};
use crate::door::Door;
use crate::error::{CrmError, Result};
use clientela_core::organisation::NumberedDocument;
use clientela_core::sales::offer::{self as offers, NewOffer, Revision};
use clientela_core::sales::{Affair, Attachment, Offer, OfferState, Opportunity, OpportunityState};
use clientela_exchange::quoting::decide::{
    self, Checks, Effect, KnownAffair, KnownDossier, KnownOpportunity, KnownState,
};
use clientela_exchange::quoting::{
    self, AffairCreateAck, AffairStatus, CurrencyCode, Digest, DossierAction, DossierResult, ExchangeId,
    FileAction, FileContent, Message, OfferReturn, OfferReturnAck, Problem, WholeNumber,
};
use clientela_model::{EntityId, ErrorKind, Predicate, Value};
use clientela_store::Stored;

/// Notes the tool's key of an affair, from its answer to `affair.create`.
///
/// The answer names the message, not the opportunity: an affair without a key is the one just asked for.
pub(super) fn note_affair(door: &mut Door<'_, '_>, _message: &Message, ack: &AffairCreateAck) -> Result<()> {
    let (AffairStatus::Created | AffairStatus::Existing, Some(key)) = (ack.status, &ack.affair_id) else {
        return Ok(());
    };
    let keyed = Predicate::equals("key", Value::Text(key.to_string().into()));
    let waiting = Predicate::Empty("key".into());
    let found = match door.first_of::<Affair>(&keyed)? {
        Some(known) => Some(known),
        None => door.all_of::<Affair>(&waiting)?.pop(),
    };
    let Some(stored) = found else { return Ok(()) };
    let mut affair = stored.record.clone();
    affair.key = Some(key.to_string());
    let revision = ack.affair_revision.map_or(1, |revision| narrow(revision.get()));
    affair.revision = affair.revision.max(revision);
    // Only the digest: the file itself stays with the tool until it is handed back.
    affair.file_digest =
        affair.file_digest.or_else(|| ack.file.as_ref().map(|file| hexadecimal(file.digest)));
    door.update(&affair, stored.version)
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
        Some(affair) => {
            door.all_of::<Offer>(&Predicate::equals("affair", Value::Id(affair.record.id.uuid())))?
        }
        None => Vec::new(),
    };
    let known = known(message, opportunity.as_ref(), affair.as_ref(), &offers)?;
    let checks = Checks::of(message, file);
    let decision = decide::offer_return(&known, message, &checks)?;
    let (Some(opportunity), Some(affair)) = (opportunity, affair) else {
        return Ok(answer(&decision, Vec::new()));
    };
    let mut written = Vec::with_capacity(decision.dossiers.len());
    for decided in &decision.dossiers {
        written.push(take_effect(
            door,
            message,
            &opportunity.record,
            &affair.record,
            &offers,
            &decided.effect,
        )?);
    }
    let mut changed = affair.record.clone();
    if let Some(action @ (FileAction::Stored | FileAction::KeptAsConflict)) = decision.file_action {
        let content = message.file.verify(file)?;
        keep_file(
            door,
            opportunity.record.id,
            &message.file,
            action == FileAction::KeptAsConflict,
            Some(content),
        )?;
        if action == FileAction::Stored {
            changed.file_digest = Some(hexadecimal(message.file.digest));
        }
    }
    if let Some(revision) = decision.affair_revision {
        changed.revision = changed.revision.max(narrow(revision.get()));
    }
    if changed != affair.record {
        door.update(&changed, affair.version)?;
    }
    Ok(answer(&decision, written))
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
                current_file: affair.record.file_digest.as_deref().map(digest).transpose()?,
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
        closed: matches!(offer.state, OfferState::Accepted | OfferState::Refused),
        withdrawn: offer.state == OfferState::Withdrawn,
    }))
}

/// Writes one effect; gives the offer's key and revision for the answer.
fn take_effect(
    door: &mut Door<'_, '_>,
    message: &OfferReturn,
    opportunity: &Opportunity,
    affair: &Affair,
    offers: &[Stored<Offer>],
    effect: &Effect,
) -> Result<Option<(ExchangeId, u32)>> {
    let of_key = |key: &ExchangeId| {
        let same = |stored: &&Stored<Offer>| {
            stored.record.number == key.as_str() || stored.record.id.to_string() == key.as_str()
        };
        offers.iter().find(same).ok_or(CrmError::Internal { what: "a known dossier has its offer" })
    };
    match effect {
        Effect::CreateOffer { dossier, fingerprint, presentable, .. } => {
            let number = door.next_number(opportunity.unit, NumberedDocument::Offer)?;
            let returned = returned(message, *dossier)?;
            let mapped = mapping::dossier(message, returned, affair.price_date)?;
            let new = NewOffer {
                id: door.new_id(),
                number,
                opportunity: opportunity.id,
                customer: opportunity.customer,
                owner: opportunity.owner,
                unit: opportunity.unit,
                currency: opportunity.currency,
                valid_until: returned.valid_until.get(),
                affair: Some(affair.id),
                dossier: Some(returned.dossier_id.to_string()),
                dossier_revision: Some(narrow(returned.dossier_revision.get())),
                title: returned.title.as_ref().map(ToString::to_string),
                note: returned.notes.as_ref().map(ToString::to_string),
            };
            let by = command::offer_by(door);
            let mut version =
                offers::draft(new, &mapped.input, Some(&mapped.stated), &mut || door.new_uuid(), by)?;
            version.offer.dossier_fingerprint = Some(fingerprint.to_string());
            version.offer.totals_disputed |= disputed(returned, *presentable);
            let key = exchange_key(Some(&version.offer.number), version.offer.id)?;
            door.create(&version.offer)?;
            command::keep_offer_parts(door, version)?;
            Ok(Some((key, 1)))
        }
        Effect::ReviseOffer { dossier, offer_id, fingerprint, presentable, .. } => {
            let stored = of_key(offer_id)?;
            let returned = returned(message, *dossier)?;
            let mapped = mapping::dossier(message, returned, affair.price_date)?;
            let current = command::current_revision(door, &stored.record)?;
            let revision = Revision {
                valid_until: returned.valid_until.get(),
                dossier_revision: Some(narrow(returned.dossier_revision.get())),
                title: returned.title.as_ref().map(ToString::to_string),
                note: returned.notes.as_ref().map(ToString::to_string),
            };
            let open = reopened(door, stored)?;
            let (stated, by) = (Some(&mapped.stated), command::offer_by(door));
            let ids = &mut || door.new_uuid();
            let mut version = offers::revise(&open, &current, &mapped.input, revision, stated, ids, by)?;
            version.offer.dossier_fingerprint = Some(fingerprint.to_string());
            version.offer.totals_disputed |= disputed(returned, *presentable);
            let number = version.offer.revision;
            door.update(&version.offer, stored.version)?;
            command::keep_offer_parts(door, version)?;
            Ok(Some((offer_id.clone(), number)))
        }
        Effect::Unchanged { offer_id, dossier_revision, .. } => {
            let stored = of_key(offer_id)?;
            let mut offer = reopened(door, stored)?;
            offer.dossier_revision =
                Some(offer.dossier_revision.unwrap_or(1).max(narrow(dossier_revision.get())));
            if offer != stored.record {
                door.update(&offer, stored.version)?;
            }
            Ok(Some((offer_id.clone(), offer.revision)))
        }
        Effect::Withdraw { offer_id, .. } => {
            let stored = of_key(offer_id)?;
            if stored.record.state != OfferState::Withdrawn {
                let change = offers::withdraw(&stored.record, command::offer_by(door))?;
                door.update(&change.offer, stored.version)?;
            }
            Ok(Some((offer_id.clone(), stored.record.revision)))
        }
        Effect::Reject { offer_id, .. } => Ok(offer_id.as_ref().map(|key| {
            let revision = of_key(key).map_or(1, |stored| stored.record.revision);
            (key.clone(), revision)
        })),
    }
}

/// A withdrawn offer whose dossier is back is taken up again.
fn reopened(door: &Door<'_, '_>, stored: &Stored<Offer>) -> Result<Offer> {
    if stored.record.state == OfferState::Withdrawn {
        return Ok(offers::reopen(&stored.record, command::offer_by(door))?.offer);
    }
    Ok(stored.record.clone())
}

/// Not presentable for its figures, not for being a draft of the tool.
fn disputed(dossier: &quoting::Dossier, presentable: bool) -> bool {
    !presentable && dossier.status == quoting::DossierStatus::Complete
}

fn returned(message: &OfferReturn, index: usize) -> Result<&quoting::Dossier> {
    Ok(message
        .dossiers
        .get(index)
        .ok_or(CrmError::Internal { what: "effects name dossiers of their message" })?)
}

fn answer(decision: &decide::Decision, written: Vec<Option<(ExchangeId, u32)>>) -> OfferReturnAck {
    let mut written = written.into_iter();
    let results = decision.dossiers.iter().map(|decided| {
        let (action, fingerprint) = match &decided.effect {
            Effect::CreateOffer { fingerprint, .. } => (DossierAction::Created, Some(*fingerprint)),
            Effect::ReviseOffer { fingerprint, .. } => (DossierAction::Revised, Some(*fingerprint)),
            Effect::Unchanged { fingerprint, .. } => (DossierAction::Unchanged, Some(*fingerprint)),
            Effect::Withdraw { .. } => (DossierAction::Withdrawn, None),
            Effect::Reject { .. } => (DossierAction::Rejected, None),
        };
        let mut result = DossierResult::new(decided.dossier_id.clone(), action);
        if let Some((key, revision)) = written.next().flatten() {
            result.offer_id = Some(key);
            let taken = action != DossierAction::Rejected;
            result.offer_revision = WholeNumber::new(i64::from(revision)).ok().filter(|_| taken);
        }
        result.fingerprint = fingerprint;
        result.warnings = (!decided.warnings.is_empty()).then(|| decided.warnings.clone());
        result.problem = decided.problem.as_ref().map(Problem::from);
        result
    });
    let mut ack = OfferReturnAck::new(decision.status, results.collect());
    ack.file_action = decision.file_action;
    ack.problem = decision.problem.as_ref().map(Problem::from);
    ack
}

/// Notes a version of the file; its bytes are kept under their digest when they came.
fn keep_file(
    door: &mut Door<'_, '_>,
    opportunity: clientela_core::ids::OpportunityId,
    file: &quoting::Attachment,
    conflict: bool,
    content: Option<FileContent<'_>>,
) -> Result<()> {
    let content_here = match content {
        Some(FileContent::Checked(bytes)) => {
            door.put_file(&bytes)?;
            true
        }
        Some(FileContent::RecordOnly) | None => false,
    };
    let attachment = Attachment {
        id: door.new_id(),
        opportunity,
        file_name: file.filename.as_str().to_owned(),
        media_type: file.media_type.to_string(),
        size: file.size.get(),
        digest: hexadecimal(file.digest),
        produced_by: file.produced_by.as_ref().map(ToString::to_string),
        received_at: door.now(),
        conflict,
        content_here,
    };
    door.create(&attachment)
}

fn hexadecimal(digest: Digest) -> String {
    digest.to_string().trim_start_matches("sha256:").to_owned()
}

fn digest(hexadecimal: &str) -> Result<Digest> {
    Ok(Digest::parse(&format!("sha256:{hexadecimal}"))?)
}

fn narrow(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
