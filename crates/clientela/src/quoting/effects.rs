//! What a returned dossier does to its offer: planned first, so that one that cannot be an offer is refused alone; then
//! written.

use super::{exchange_key, mapping};
use crate::command;
use crate::door::Door;
use crate::error::{CrmError, Error, Result};
use chrono::Datelike;
use clientela_core::organisation::NumberedDocument;
use clientela_core::sales::offer::{self as offers, NewOffer, Revision, Version};
use clientela_core::sales::{Affair, Offer, OfferState, Opportunity};
use clientela_exchange::quoting::decide::Effect;
use clientela_exchange::quoting::{
    self, DossierStatus, ExchangeId, OfferReturn, ProblemCode, QuotingProblem, Warning, WholeNumber,
};
use clientela_model::{ErrorKind, Record, Value};
use clientela_store::Stored;

/// What all dossiers of one message are about.
pub(super) struct Returned<'a> {
    pub(super) message: &'a OfferReturn,
    pub(super) opportunity: &'a Opportunity,
    pub(super) affair: &'a Affair,
    /// The offers made from dossiers of the affair.
    pub(super) offers: &'a [Stored<Offer>],
}

/// What is to be written for one dossier.
pub(super) enum Planned {
    /// A new offer, still without its number.
    Create(Box<Version>),
    /// A new version of the offer that has this version in the store.
    Revise(Box<Version>, i64),
    /// The offer as it is to be.
    Change(Box<Offer>, i64),
    /// Nothing.
    Leave,
}

impl Returned<'_> {
    /// Decides what an effect writes, and warns of what differs without harm. Writes nothing.
    ///
    /// # Errors
    /// What an offer cannot be; see [`refusal`].
    pub(super) fn plan(
        &self,
        door: &Door<'_, '_>,
        effect: &Effect,
        warnings: &mut Vec<Warning>,
    ) -> Result<Planned> {
        match effect {
            Effect::CreateOffer { dossier, fingerprint, presentable, follows } => {
                let returned = self.dossier(*dossier)?;
                let mapped = self.mapped(door, returned, &path(*dossier), warnings)?;
                let follows = follows.as_ref().map(|key| self.known(key)).transpose()?;
                let new = NewOffer {
                    follows: follows.map(|stored| stored.record.id),
                    ..self.new_offer(door, returned)
                };
                let (stated, by) = (Some(&mapped.stated), command::offer_by(door));
                let version = offers::draft(new, &mapped.input, stated, &mut || door.new_uuid(), by)?;
                let version = of_tool(version, returned, fingerprint, *presentable);
                check(&version)?;
                Ok(Planned::Create(Box::new(version)))
            }
            Effect::ReviseOffer { dossier, offer_id, fingerprint, presentable, .. } => {
                let stored = self.offer(door, offer_id)?;
                let returned = self.dossier(*dossier)?;
                let mapped = self.mapped(door, returned, &path(*dossier), warnings)?;
                let current = command::current_revision(door, &stored.record)?;
                let revision = Revision {
                    valid_until: returned.valid_until.get(),
                    dossier_revision: Some(narrow(returned.dossier_revision)),
                    title: returned.title.as_ref().map(ToString::to_string),
                    note: returned.notes.as_ref().map(ToString::to_string),
                };
                let open = reopened(door, stored)?;
                let (stated, by) = (Some(&mapped.stated), command::offer_by(door));
                let ids = &mut || door.new_uuid();
                let version = offers::revise(&open, &current, &mapped.input, revision, stated, ids, by)?;
                let version = of_tool(version, returned, fingerprint, *presentable);
                check(&version)?;
                Ok(Planned::Revise(Box::new(version), stored.version))
            }
            Effect::Unchanged { offer_id, dossier_revision, reinstated, .. } => {
                let stored = self.offer(door, offer_id)?;
                let offer = if *reinstated { reopened(door, stored)? } else { stored.record.clone() };
                Ok(noted(offer, Some(*dossier_revision), stored))
            }
            Effect::Withdraw { offer_id, dossier_revision, .. } => {
                let stored = self.offer(door, offer_id)?;
                let offer = if stored.record.state == OfferState::Withdrawn {
                    stored.record.clone()
                } else {
                    offers::withdraw(&stored.record, command::offer_by(door))?.offer
                };
                Ok(noted(offer, *dossier_revision, stored))
            }
            Effect::Reject { .. } => Ok(Planned::Leave),
        }
    }

    /// Writes what was planned; gives the key of a new offer.
    ///
    /// # Errors
    /// `access.not_allowed`, and what the store refuses: then nothing of the message may be kept.
    pub(super) fn keep(&self, door: &mut Door<'_, '_>, planned: Planned) -> Result<Option<ExchangeId>> {
        match planned {
            Planned::Create(mut version) => {
                version.offer.number = door.next_number(self.opportunity.unit, NumberedDocument::Offer)?;
                let key = exchange_key(Some(&version.offer.number), version.offer.id)?;
                door.create(&version.offer)?;
                command::keep_offer_parts(door, *version)?;
                return Ok(Some(key));
            }
            Planned::Revise(version, before) => {
                door.update(&version.offer, before)?;
                command::follow_forecast(door, &version.offer)?;
                command::keep_offer_parts(door, *version)?;
            }
            Planned::Change(offer, before) => door.update(&*offer, before)?,
            Planned::Leave => {}
        }
        Ok(None)
    }

    /// The content of a dossier, its items joined to the products of the catalogue.
    fn mapped(
        &self,
        door: &Door<'_, '_>,
        returned: &quoting::Dossier,
        path: &str,
        warnings: &mut Vec<Warning>,
    ) -> Result<mapping::Mapped> {
        let mut mapped = mapping::dossier(self.message, returned, self.affair.price_date, path)?;
        let (view, pricing) = (door.view(), door.pricing());
        let unknown = command::PriceDesk::recognise(&view, pricing, self.opportunity, &mut mapped.input)?;
        let items = returned.items.as_slice();
        let places =
            items.iter().enumerate().filter(|(_, item)| unknown.contains(&item.item_id.as_str().into()));
        warnings.extend(places.map(|(place, _)| {
            let text = "no product of the catalogue has this code; its cost and margin are not known";
            let mut warning = Warning::new("PRODUCT_UNKNOWN".into(), text.into());
            warning.path = Some(format!("{path}/items/{place}").as_str().into());
            warning
        }));
        Ok(mapped)
    }

    fn new_offer(&self, door: &Door<'_, '_>, returned: &quoting::Dossier) -> NewOffer {
        NewOffer {
            id: door.new_id(),
            // Drawn when it is written: what is refused takes no number.
            number: String::new(),
            opportunity: self.opportunity.id,
            customer: self.opportunity.customer,
            owner: self.opportunity.owner,
            unit: self.opportunity.unit,
            currency: self.opportunity.currency,
            valid_until: returned.valid_until.get(),
            affair: Some(self.affair.id),
            dossier: Some(returned.dossier_id.to_string()),
            dossier_revision: Some(narrow(returned.dossier_revision)),
            title: returned.title.as_ref().map(ToString::to_string),
            note: returned.notes.as_ref().map(ToString::to_string),
            follows: None,
        }
    }

    fn dossier(&self, index: usize) -> Result<&quoting::Dossier> {
        let found = self.message.dossiers.get(index);
        Ok(found.ok_or(CrmError::Internal { what: "effects name dossiers of their message" })?)
    }

    /// The offer of a dossier, if it may be changed.
    fn offer(&self, door: &Door<'_, '_>, key: &ExchangeId) -> Result<&Stored<Offer>> {
        let stored = self.known(key)?;
        command::allow_silently(door, &stored.record)?;
        Ok(stored)
    }

    fn known(&self, key: &ExchangeId) -> Result<&Stored<Offer>> {
        let same = |stored: &&Stored<Offer>| {
            stored.record.number == key.as_str() || stored.record.id.to_string() == key.as_str()
        };
        let found = self.offers.iter().find(same);
        Ok(found.ok_or(CrmError::Internal { what: "a known dossier has its offer" })?)
    }
}

/// The problem a dossier is rejected with when it cannot be an offer; none when the error is not about the dossier.
pub(super) fn refusal(error: &Error, place: usize) -> Option<QuotingProblem> {
    let code = match (error.kind(), error.code()) {
        (_, "offer.illegal_passage") => ProblemCode::OfferClosed,
        (ErrorKind::NotFound, _) => ProblemCode::UnknownAffair,
        (_, "offer.unchanged") => ProblemCode::DossierRevisionStale,
        (_, "offer.currency") => ProblemCode::CurrencyMismatch,
        (_, "quoting.totals_mismatch") => ProblemCode::TotalsMismatch,
        (ErrorKind::Range | ErrorKind::Rule, _) => ProblemCode::TotalsMismatch,
        (ErrorKind::Validation | ErrorKind::Limit, _) => ProblemCode::SchemaInvalid,
        _ => return None,
    };
    let at = match error.field() {
        Some(pointer) if pointer.starts_with('/') => pointer,
        // The one member that is called the same on both sides; other fields are those of our offer.
        Some(member) if member == "valid_until" => format!("{}/{member}", path(place)),
        _ => path(place),
    };
    Some(QuotingProblem::new(code, error.to_string()).at(at))
}

fn path(index: usize) -> String {
    format!("/body/dossiers/{index}")
}

/// A version as the tool made it.
fn of_tool(
    mut version: Version,
    dossier: &quoting::Dossier,
    fingerprint: &quoting::Digest,
    presentable: bool,
) -> Version {
    let complete = dossier.status == DossierStatus::Complete;
    version.offer.dossier_fingerprint = Some(fingerprint.to_string());
    version.offer.dossier_complete = Some(complete);
    // Not presentable for its figures, not for being a draft of the tool.
    version.offer.totals_disputed |= !presentable && complete;
    version
}

/// Checks what the door and the store would refuse, before anything is written. The offer's own texts are the contract's
/// keys and ours.
fn check(version: &Version) -> Result<()> {
    check_record(&version.revision, true)?;
    for item in &version.items {
        check_record(item, true)?;
    }
    for step in &version.steps {
        check_record(step, true)?;
    }
    check_record(&version.offer, false)
}

fn check_record<R: Record>(record: &R, texts: bool) -> Result<()> {
    let values = record.to_values();
    if texts {
        crate::texts::check(R::ENTITY, None, &values)?;
    }
    for value in &values {
        let digits = match value {
            Value::Decimal(number) => number.mantissa(),
            Value::Money(money) => money.amount().mantissa(),
            // A store keeps the years 1 to 9999; the contract knows a year 0.
            Value::Date(day) if day.year() < 1 => {
                let text = "dossier has a day in the year 0; expected year 1 or later";
                return Err(QuotingProblem::new(ProblemCode::SchemaInvalid, text).into());
            }
            _ => continue,
        };
        if i64::try_from(digits).is_err() {
            let text = "dossier has or leads to a number of more than 18 digits; an offer cannot keep it";
            return Err(QuotingProblem::new(ProblemCode::TotalsMismatch, text).into());
        }
    }
    Ok(())
}

fn noted(mut offer: Offer, revision: Option<quoting::Revision>, stored: &Stored<Offer>) -> Planned {
    offer.dossier_revision = offer.dossier_revision.max(revision.map(narrow));
    if offer == stored.record { Planned::Leave } else { Planned::Change(Box::new(offer), stored.version) }
}

/// A withdrawn offer whose dossier is back is taken up again.
fn reopened(door: &Door<'_, '_>, stored: &Stored<Offer>) -> Result<Offer> {
    if stored.record.state == OfferState::Withdrawn {
        return Ok(offers::reopen(&stored.record, command::offer_by(door))?.offer);
    }
    Ok(stored.record.clone())
}

pub(super) fn narrow<const MIN: i64, const MAX: i64>(number: WholeNumber<MIN, MAX>) -> u32 {
    u32::try_from(number.get()).unwrap_or(u32::MAX)
}
