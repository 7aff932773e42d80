//! An offer being made: items are put together and priced as often as needed, and nothing is written before the commit.

use crate::command::{self, Command, CreateOffer, FileLine, ItemLine, Receipt};
use crate::error::{CrmError, Result};
use crate::session::Session;
use chrono::NaiveDate;
use clientela_core::ids::OfferId;
use clientela_core::sales::waterfall::{
    OfferInput, Priced, RevisionHead, RevisionRecords, SettlementInput, price, to_records,
};
use clientela_core::sales::{Offer, OfferItem, OfferRevision, Opportunity, PriceStep};
use clientela_model::identifier::Currency;
use clientela_model::{EntityId, Record, RoundingPolicy, Why};
use uuid::Uuid;

/// Files a draft can have.
const FILES_MAX: usize = 100;

/// An offer being made for an opportunity. It lives in memory alone.
///
/// With the configurator's key of what is offered (its *dossier*) a commit can be repeated: the same key and content
/// changes nothing, other content makes the next version of the same offer, and there is never a second one.
#[derive(Debug, Clone)]
pub struct OfferDraft {
    session: Session,
    currency: Currency,
    content: CreateOffer,
    /// The bytes of the files of the content, in the same order.
    files: Vec<Vec<u8>>,
}

/// What a draft costs, and what that was computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedDraft {
    /// The content with products, prices and tax rates looked up.
    pub input: OfferInput,
    /// Its prices.
    pub priced: Priced,
    /// Its items as they would be kept; their ids are not given yet.
    pub items: Vec<OfferItem>,
    /// The steps of their prices as they would be kept; their ids are not given yet.
    pub steps: Vec<PriceStep>,
}

impl PricedDraft {
    /// Why it costs what it costs.
    #[must_use]
    pub fn why(&self) -> Why {
        self.priced.why(&self.input)
    }
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftOutcome {
    /// A new offer.
    Created,
    /// The next version of the dossier's offer.
    Revised,
    /// Nothing: the dossier's offer says the same.
    Unchanged,
}

/// A committed draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The offer.
    pub offer: OfferId,
    /// Its number.
    pub number: String,
    /// Its current version.
    pub revision: u32,
    /// What happened.
    pub outcome: DraftOutcome,
    /// The receipt of the command.
    pub receipt: Receipt,
}

impl Session {
    /// Begins an offer for an opportunity named by number or id, with the configurator's key of what is offered, if it has
    /// one.
    ///
    /// # Errors
    /// `record.not_found` when the opportunity cannot be seen.
    pub fn draft(&self, opportunity: &str, dossier: Option<&str>) -> Result<OfferDraft> {
        let opportunity = self.find::<Opportunity>(opportunity)?.record;
        Ok(OfferDraft {
            session: self.clone(),
            currency: opportunity.currency,
            content: CreateOffer {
                opportunity: opportunity.id.to_string(),
                items: Vec::new(),
                settlements: Vec::new(),
                rounding: None,
                price_date: None,
                valid_until: None,
                title: None,
                note: None,
                dossier: dossier.map(str::to_owned),
                follows: None,
                files: Vec::new(),
            },
            files: Vec::new(),
        })
    }
}

impl OfferDraft {
    /// The currency of the opportunity, and so of every amount of the draft.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The items, in their order.
    #[must_use]
    pub fn items(&self) -> &[ItemLine] {
        &self.content.items
    }

    /// Adds an item; gives its index.
    pub fn add_item(&mut self, item: ItemLine) -> usize {
        self.content.items.push(item);
        self.content.items.len() - 1
    }

    /// Puts another item in the place of one.
    ///
    /// # Errors
    /// `argument.invalid` when there is none at that index.
    pub fn set_item(&mut self, index: usize, item: ItemLine) -> Result<()> {
        let place = self.content.items.get_mut(index).ok_or_else(no_item)?;
        *place = item;
        Ok(())
    }

    /// Takes an item out; those after it move up.
    ///
    /// # Errors
    /// `argument.invalid` when there is none at that index.
    pub fn remove_item(&mut self, index: usize) -> Result<()> {
        if index >= self.content.items.len() {
            return Err(no_item());
        }
        self.content.items.remove(index);
        Ok(())
    }

    /// Adds what is settled after tax, such as a trade-in.
    pub fn add_settlement(&mut self, settlement: SettlementInput) {
        self.content.settlements.push(settlement);
    }

    /// Adds a file, such as the configurator's own; gives the SHA-256 it is kept under, as 64 hexadecimal digits. A file of
    /// the same name takes the place of the one before.
    ///
    /// # Errors
    /// `quoting.*` for a name with a path in it or a file beyond 64 MiB, `argument.invalid` for too many files.
    pub fn attach(&mut self, name: &str, bytes: Vec<u8>) -> Result<String> {
        let file = FileLine::of(name, &bytes)?;
        let digest = file.digest.clone();
        match self.content.files.iter().position(|known| known.name == name) {
            Some(place) => {
                self.content.files.splice(place..=place, [file]);
                self.files.splice(place..=place, [bytes]);
            }
            None if self.files.len() >= FILES_MAX => {
                return Err(CrmError::Argument {
                    field: "name",
                    problem: "is one file too many".to_owned(),
                    hint: "at most 100 files",
                }
                .into());
            }
            None => {
                self.content.files.push(file);
                self.files.push(bytes);
            }
        }
        Ok(digest)
    }

    /// Sets the title.
    pub fn set_title(&mut self, title: Option<String>) {
        self.content.title = title;
    }

    /// Sets a word on this version.
    pub fn set_note(&mut self, note: Option<String>) {
        self.content.note = note;
    }

    /// Sets where it rounds; as before, or per line, when not given.
    pub fn set_rounding(&mut self, rounding: Option<RoundingPolicy>) {
        self.content.rounding = rounding;
    }

    /// Sets the day whose prices and taxes hold; as before, or today, when not given.
    pub fn set_price_date(&mut self, day: Option<NaiveDate>) {
        self.content.price_date = day;
    }

    /// Sets the last day it holds; as before, or in 30 days, when not given.
    pub fn set_valid_until(&mut self, day: Option<NaiveDate>) {
        self.content.valid_until = day;
    }

    /// Prices the draft as a commit would, and writes nothing.
    ///
    /// # Errors
    /// `record.not_found` for a product, what the search for prices and tax rates finds missing, and what
    /// [`price`](clientela_core::sales::waterfall::price) says of the content.
    pub fn price(&self) -> Result<PricedDraft> {
        let content = &self.content;
        let input = self.session.look(|view| {
            let opportunity = view.resolve::<Opportunity>(&content.opportunity)?.record;
            let known = match &content.dossier {
                Some(dossier) => command::of_dossier(&view, &opportunity, dossier)?,
                None => None,
            };
            let (mut rounding, mut price_date) = (RoundingPolicy::default(), self.session.today());
            if let Some(known) = known {
                rounding = known.record.rounding;
                let current = view.first_of::<OfferRevision>(&command::of_version(&known.record))?;
                price_date = current.map_or(price_date, |current| current.record.price_date);
            }
            command::content_of(
                &view,
                self.session.crm().pricing(),
                &opportunity,
                content,
                content.rounding.unwrap_or(rounding),
                content.price_date.unwrap_or(price_date),
            )
        })?;
        let priced = price(&input)?;
        let head = RevisionHead {
            offer: OfferId::from_uuid(Uuid::nil()),
            revision: 0,
            at: self.session.now(),
            user: self.session.actor().user,
            title: None,
            note: None,
            stated: None,
        };
        let RevisionRecords { items, steps, .. } = to_records(&input, &priced, head, &mut Uuid::nil);
        Ok(PricedDraft { input, priced, items, steps })
    }

    /// Writes the draft in one transaction, under a command's id: the same id again gives the same answer. The draft stays
    /// as it is, whether it succeeds or not.
    ///
    /// # Errors
    /// What [`price`](Self::price) finds, `offer.illegal_passage` when the dossier's offer is closed, `access.not_allowed`;
    /// after `store.outcome_unknown` commit again under the same id.
    pub fn commit(&self, id: Uuid) -> Result<Committed> {
        let receipt =
            self.session.execute_with(id, &Command::OfferCreate(self.content.clone()), &self.files)?;
        let written = receipt.id_of(Offer::ENTITY.name).map(OfferId::from_uuid);
        let offer = written.ok_or(CrmError::Internal { what: "the receipt names the offer" })?;
        let outcome = match &*receipt.why.reason {
            "offer.drafted" => DraftOutcome::Created,
            "offer.revised" => DraftOutcome::Revised,
            _ => DraftOutcome::Unchanged,
        };
        // As the command left it, even when another has changed the offer since.
        let revision = receipt.why.value("revision").and_then(|number| number.parse().ok());
        let revision = revision.ok_or(CrmError::Internal { what: "the receipt names the version" })?;
        Ok(Committed {
            offer,
            number: receipt.key().unwrap_or_default().to_owned(),
            revision,
            outcome,
            receipt,
        })
    }
}

fn no_item() -> crate::Error {
    CrmError::Argument {
        field: "index",
        problem: "names no item of the draft".to_owned(),
        hint: "items are counted from 0",
    }
    .into()
}
