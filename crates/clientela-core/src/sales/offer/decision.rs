//! Decisions about an offer: from draft to accepted, and every new version.

use super::{Offer, OfferError, OfferEvent, OfferItem, OfferRevision, OfferState, PriceStep, transition};
use crate::ids::{AffairId, CustomerId, OfferId, OpportunityId, PositionId, UnitId, UserId};
use crate::sales::waterfall::{
    Comparison, OfferInput, Priced, RevisionHead, RevisionRecords, StatedTotals, Verdict, compare, price,
    to_records,
};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Why};
use uuid::Uuid;

/// Who does something, and when: passed in by the one door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The user.
    pub user: UserId,
    /// The moment.
    pub at: DateTime<Utc>,
    /// The day it is at the unit, in its own time zone.
    pub today: NaiveDate,
}

/// What is needed to draft an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOffer {
    /// Id to be.
    pub id: OfferId,
    /// Number given.
    pub number: String,
    /// The opportunity.
    pub opportunity: OpportunityId,
    /// Its customer.
    pub customer: CustomerId,
    /// The position that makes it.
    pub owner: PositionId,
    /// Its unit.
    pub unit: UnitId,
    /// Currency of the opportunity.
    pub currency: Currency,
    /// Last day it is to hold.
    pub valid_until: NaiveDate,
    /// The affair of the quoting tool it comes from.
    pub affair: Option<AffairId>,
    /// The tool's key of the dossier.
    pub dossier: Option<String>,
    /// The tool's revision of the dossier.
    pub dossier_revision: Option<u32>,
    /// Title.
    pub title: Option<String>,
    /// A word on it.
    pub note: Option<String>,
    /// The offer whose place it is to take.
    pub follows: Option<OfferId>,
}

/// What is needed, besides the content, to make a new version.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Last day it is to hold.
    pub valid_until: NaiveDate,
    /// The tool's revision of the dossier.
    pub dossier_revision: Option<u32>,
    /// Title.
    pub title: Option<String>,
    /// What changed and why.
    pub note: Option<String>,
}

/// A new version: the offer as it is to be, what is to be added, and why it costs what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The offer as it is to be.
    pub offer: Offer,
    /// The version to be kept.
    pub revision: OfferRevision,
    /// Its items.
    pub items: Vec<OfferItem>,
    /// Its steps.
    pub steps: Vec<PriceStep>,
    /// How we price it.
    pub priced: Priced,
    /// How that compares with what was stated, if it was.
    pub comparison: Option<Comparison>,
    /// Why.
    pub why: Why,
}

/// A changed offer, what happened to it, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The offer as it is to be.
    pub offer: Offer,
    /// What happened.
    pub event: OfferEvent,
    /// Where it stood.
    pub from: OfferState,
    /// Why.
    pub why: Why,
}

/// Drafts an offer: version 1.
///
/// `stated` are the totals of the program that made it, if one did: they are kept as stated, compared with ours, and
/// disputed when they differ by more than the tolerance. `ids` gives a fresh id with every call.
///
/// # Errors
/// In this order: `offer.currency`, `offer.validity`, what [`price`] finds.
pub fn draft(
    new: NewOffer,
    input: &OfferInput,
    stated: Option<&StatedTotals>,
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<Version, OfferError> {
    check_content(input, new.currency, new.valid_until)?;
    let priced = price(input)?;
    let offer = Offer {
        id: new.id,
        number: new.number,
        opportunity: new.opportunity,
        customer: new.customer,
        owner: new.owner,
        unit: new.unit,
        state: OfferState::Draft,
        revision: 1,
        currency: input.currency,
        rounding: input.rounding,
        valid_until: new.valid_until,
        net: priced.net,
        tax: priced.tax,
        gross: priced.gross,
        payable: priced.payable,
        affair: new.affair,
        dossier: new.dossier,
        dossier_revision: new.dossier_revision,
        dossier_fingerprint: None,
        issued_at: None,
        decided_at: None,
        totals_disputed: false,
        issue_number: None,
        feeds_forecast: None,
        dossier_complete: None,
        follows: new.follows,
        void_reason: None,
    };
    let why = Why::new("offer.drafted");
    Ok(version(offer, input, priced, stated, (new.title, new.note), ids, by, why))
}

/// Makes a new version: it takes the place of the current one, the offer is a draft again, and what was issued no longer
/// binds. `current` is the version it was made from; `stated` as for [`draft`].
///
/// # Errors
/// In this order: `offer.illegal_passage`, `offer.stale_revision`, `offer.currency`, `offer.validity`, what [`price`] finds,
/// `offer.unchanged` when neither the content, the last day nor the stated totals differ, and no new revision of the
/// dossier is given: what else a dossier says, such as whether it is complete, is the quoting tool's to judge.
pub fn revise(
    offer: &Offer,
    current: &OfferRevision,
    input: &OfferInput,
    revision: Revision,
    stated: Option<&StatedTotals>,
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<Version, OfferError> {
    let state = next_state(offer, OfferEvent::Revise)?;
    if current.offer != offer.id || current.revision != offer.revision {
        return Err(OfferError::StaleRevision {
            id: offer.id,
            number: offer.number.clone(),
            current: offer.revision,
            based_on: current.revision,
        });
    }
    check_content(input, offer.currency, revision.valid_until)?;
    let priced = price(input)?;
    let mut changed = offer.clone();
    changed.state = state;
    changed.revision = offer.revision.saturating_add(1);
    changed.rounding = input.rounding;
    changed.valid_until = revision.valid_until;
    changed.dossier_revision = revision.dossier_revision.or(offer.dossier_revision);
    changed.issued_at = None;
    changed.decided_at = None;
    changed.totals_disputed = false;
    let mut why = Why::new("offer.revised").fact("supersedes", offer.revision);
    if offer.issued_at.is_some() {
        why = why.because(Why::new("offer.issue_void").fact("state", offer.state));
    }
    let texts = (revision.title, revision.note);
    let version = version(changed, input, priced, stated, texts, ids, by, why);
    let same_totals = (version.offer.net, version.offer.tax, version.offer.gross, version.offer.payable)
        == (offer.net, offer.tax, offer.gross, offer.payable);
    let same_dossier = revision.dossier_revision.is_none_or(|given| Some(given) == offer.dossier_revision);
    if version.revision.fingerprint == current.fingerprint
        && version.offer.valid_until == offer.valid_until
        && same_totals
        && same_dossier
    {
        return Err(OfferError::Unchanged {
            id: offer.id,
            number: offer.number.clone(),
            revision: offer.revision,
        });
    }
    Ok(version)
}

/// Hands the offer to the customer. `items` is the number of items of its current version.
///
/// # Errors
/// In this order: `offer.illegal_passage`, `offer.empty`, `offer.incomplete`, `offer.totals_disputed`, `offer.expired`.
pub fn issue(offer: &Offer, items: usize, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Issue)?;
    if items == 0 {
        return Err(OfferError::Empty { id: offer.id, number: offer.number.clone() });
    }
    if offer.dossier_complete == Some(false) {
        let why = Why::new("offer.incomplete").fact("offer", &offer.number).fact("revision", offer.revision);
        return Err(OfferError::Incomplete { id: offer.id, number: offer.number.clone(), why });
    }
    if offer.totals_disputed {
        let why =
            Why::new("offer.totals_disputed").fact("offer", &offer.number).fact("revision", offer.revision);
        return Err(OfferError::TotalsDisputed { id: offer.id, number: offer.number.clone(), why });
    }
    check_valid(offer, by)?;
    let mut change = changed(offer, OfferEvent::Issue, state, by);
    change.offer.issued_at = Some(by.at);
    change.offer.decided_at = None;
    Ok(change)
}

/// The customer accepts. Not after the last day: that needs a new version at current prices.
///
/// # Errors
/// In this order: `offer.illegal_passage`, `offer.expired`.
pub fn accept(offer: &Offer, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Accept)?;
    check_valid(offer, by)?;
    Ok(changed(offer, OfferEvent::Accept, state, by))
}

/// The customer refuses.
///
/// # Errors
/// `offer.illegal_passage`.
pub fn refuse(offer: &Offer, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Refuse)?;
    Ok(changed(offer, OfferEvent::Refuse, state, by))
}

/// We take it back, or the quoting tool no longer has its dossier.
///
/// # Errors
/// `offer.illegal_passage`.
pub fn withdraw(offer: &Offer, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Withdraw)?;
    Ok(changed(offer, OfferEvent::Withdraw, state, by))
}

/// Its last day is past.
///
/// # Errors
/// In this order: `offer.illegal_passage`, `offer.still_valid`.
pub fn expire(offer: &Offer, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Expire)?;
    if by.today <= offer.valid_until {
        return Err(OfferError::StillValid {
            id: offer.id,
            number: offer.number.clone(),
            valid_until: offer.valid_until,
            why: days("offer.still_valid", offer, by),
        });
    }
    Ok(changed(offer, OfferEvent::Expire, state, by))
}

/// Approval is asked for, given, or sent back: the offer waits, is approved, or is a draft again.
///
/// # Errors
/// `offer.illegal_passage`.
pub fn in_approval(offer: &Offer, event: OfferEvent, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, event)?;
    let mut change = changed(offer, event, state, by);
    change.offer.decided_at = offer.decided_at;
    Ok(change)
}

/// A refused, withdrawn or voided offer is a draft again.
///
/// # Errors
/// `offer.illegal_passage`.
pub fn reopen(offer: &Offer, by: By) -> Result<Change, OfferError> {
    let state = next_state(offer, OfferEvent::Reopen)?;
    let mut change = changed(offer, OfferEvent::Reopen, state, by);
    change.offer.issued_at = None;
    change.offer.decided_at = None;
    change.offer.void_reason = None;
    Ok(change)
}

fn check_content(input: &OfferInput, expected: Currency, valid_until: NaiveDate) -> Result<(), OfferError> {
    if input.currency != expected {
        return Err(OfferError::Currency { found: input.currency, expected });
    }
    if valid_until < input.price_date {
        return Err(OfferError::Validity { price_date: input.price_date, valid_until });
    }
    Ok(())
}

fn check_valid(offer: &Offer, by: By) -> Result<(), OfferError> {
    if by.today <= offer.valid_until {
        return Ok(());
    }
    Err(OfferError::Expired {
        id: offer.id,
        number: offer.number.clone(),
        valid_until: offer.valid_until,
        why: days("offer.expired", offer, by),
    })
}

fn days(reason: &'static str, offer: &Offer, by: By) -> Why {
    Why::new(reason).fact("valid_until", offer.valid_until).fact("today", by.today)
}

pub(super) fn next_state(offer: &Offer, event: OfferEvent) -> Result<OfferState, OfferError> {
    transition(offer.state, event).ok_or_else(|| {
        let possible: Vec<&str> = OfferEvent::ALL
            .iter()
            .filter(|event| transition(offer.state, **event).is_some())
            .map(|event| event.word())
            .collect();
        OfferError::IllegalPassage {
            id: offer.id,
            number: offer.number.clone(),
            state: offer.state,
            event,
            why: Why::new("offer.illegal_passage")
                .fact("state", offer.state)
                .fact("event", event)
                .fact("possible", possible.join(", ")),
        }
    })
}

pub(super) fn changed(offer: &Offer, event: OfferEvent, state: OfferState, by: By) -> Change {
    let mut after = offer.clone();
    after.state = state;
    // Issuing and reopening set both moments themselves; everything else ends the offer.
    after.decided_at = Some(by.at);
    let why = Why::new("offer.state_changed")
        .fact("event", event)
        .fact("from", offer.state)
        .fact("to", state)
        .fact("revision", offer.revision);
    // What has ended is expected no longer.
    let stops = state.is_ended() && after.feeds_forecast.take() == Some(true);
    let why = if stops { why.because(Why::new("offer.feeds_no_longer").fact("net", offer.net)) } else { why };
    Change { offer: after, event, from: offer.state, why }
}

/// Puts totals, records and reasons of a version together.
#[allow(clippy::too_many_arguments, reason = "private; the parts of one version")]
fn version(
    mut offer: Offer,
    input: &OfferInput,
    priced: Priced,
    stated: Option<&StatedTotals>,
    (title, note): (Option<String>, Option<String>),
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
    why: Why,
) -> Version {
    let comparison = stated.map(|stated| compare(input, &priced, stated));
    offer.totals_disputed =
        comparison.as_ref().is_some_and(|comparison| comparison.verdict == Verdict::Disputed);
    let head = RevisionHead {
        offer: offer.id,
        revision: offer.revision,
        at: by.at,
        user: by.user,
        title,
        note,
        stated,
    };
    let RevisionRecords { revision, items, steps } = to_records(input, &priced, head, ids);
    offer.net = revision.net;
    offer.tax = revision.tax;
    offer.gross = revision.gross;
    offer.payable = revision.payable;
    let mut why = why
        .fact("revision", offer.revision)
        .fact("valid_until", offer.valid_until)
        .because(priced.why(input));
    if let Some(comparison) = &comparison {
        why = why.because(comparison.why());
    }
    Version { offer, revision, items, steps, priced, comparison, why }
}
