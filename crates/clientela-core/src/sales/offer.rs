//! Offers: what is stored of them, the states they pass through, and the decisions about them.
//!
//! The records are here; what may happen to an offer is in [`machine`], the decisions are [`draft`], [`revise`], [`issue`],
//! [`accept`], [`refuse`], [`withdraw`], [`expire`], [`void`] and [`reopen`]; what it costs is computed by
//! [`waterfall`](super::waterfall).

mod acceptance;
mod decision;
mod difference;
mod error;
mod fingerprint;
mod forecast;
mod handover;
mod issue_number;
pub mod machine;

pub use acceptance::{Accepted, check_beside, supersede, void};
pub use decision::{
    By, Change, NewOffer, Revision, Version, accept, draft, expire, in_approval, issue, refuse, reopen,
    revise, withdraw,
};
pub use difference::{Difference, DifferenceKind, OfferDifference, difference};
pub use error::OfferError;
pub use fingerprint::fingerprint;
pub use forecast::{feed, feeding};
pub use handover::hand_on;
pub use issue_number::{IssueCounter, issue_number, number_is_sound, seal, seal_fits};
pub use machine::{OfferEvent, transition};

use crate::catalogue::ProductKind;
use crate::ids::{
    AffairId, CatalogueVersionId, CustomerId, OfferId, OfferItemId, OfferRevisionId, OpportunityId,
    PositionId, PriceListId, PriceStepId, ProductId, UnitId, UserId,
};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, Record, RoundingPolicy};
use rust_decimal::Decimal;

/// Where an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum OfferState {
    /// Being written.
    Draft,
    /// Handed to the customer.
    Issued,
    /// Accepted by the customer.
    Accepted,
    /// Refused by the customer.
    Refused,
    /// Its validity has ended.
    Expired,
    /// Taken back by us.
    Withdrawn,
    /// Waiting for approval; it cannot be issued.
    InApproval,
    /// Approved and not yet issued.
    Approved,
    /// Accepted once, and no longer: the customer withdrew from it, or another offer took its place.
    Voided,
}

impl OfferState {
    /// Whether nothing more comes of it as it stands.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Refused | Self::Expired | Self::Withdrawn | Self::Voided)
    }
}

impl Offer {
    /// Whether it stands as an offer made to the customer: handed over, and with totals nobody disputes. All else is a draft on paper.
    #[must_use]
    pub fn is_presentable(&self) -> bool {
        let handed_over =
            !matches!(self.state, OfferState::Draft | OfferState::InApproval | OfferState::Approved);
        handed_over && !self.totals_disputed
    }
}

/// Who is responsible for a price step. The words are those of the quoting tool's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Authority {
    /// The seller.
    Salesperson,
    /// The dealer's manager.
    DealerManager,
    /// The manufacturer.
    Manufacturer,
    /// Nobody: a rule.
    None,
}

/// What a price step is. The order of the steps is data, not this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PriceStepKind {
    /// List price of the product.
    List,
    /// Price of its options.
    Options,
    /// Campaign price.
    Campaign,
    /// Volume of identical vehicles.
    Volume,
    /// A contract.
    Contract,
    /// A fleet's price.
    Fleet,
    /// The dealer's margin.
    DealerMargin,
    /// A discount by hand.
    Manual,
    /// Something added.
    Surcharge,
    /// Rounding to the minor unit.
    Rounding,
    /// A tax.
    Tax,
    /// What is settled after tax, such as a trade-in: not a discount.
    Settlement,
    /// A vehicle taken in as a reduction of the price, where a market's law sees it so.
    TradeIn,
    /// A price of a customer segment.
    Segment,
}

impl PriceStepKind {
    /// Whether it is given, by a rule or a person; the others are computed.
    #[must_use]
    pub const fn is_given(self) -> bool {
        !matches!(self, Self::List | Self::Options | Self::Rounding | Self::Tax | Self::Settlement)
    }
}

/// What a percentage is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Basis {
    /// The list price with options.
    List,
    /// What is left after the steps before.
    Running,
}

/// An offer to a customer; its content is in its versions.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 40, name = "offer", access = owned, key = number)]
pub struct Offer {
    /// Id.
    #[field(number = 1)]
    pub id: OfferId,
    /// Number, given by the unit's series.
    #[field(number = 2, label = "Offer number", indexed)]
    pub number: String,
    /// The opportunity.
    #[field(number = 3, indexed)]
    pub opportunity: OpportunityId,
    /// The customer.
    #[field(number = 4, indexed)]
    pub customer: CustomerId,
    /// The position that makes it.
    #[field(number = 5, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit that makes it.
    #[field(number = 6, merge = central, indexed)]
    pub unit: UnitId,
    /// Where it stands.
    #[field(number = 7, merge = central)]
    pub state: OfferState,
    /// The current version, from 1.
    #[field(number = 8, merge = central)]
    pub revision: u32,
    /// Currency.
    #[field(number = 9)]
    pub currency: Currency,
    /// Where it rounds.
    #[field(number = 10)]
    pub rounding: RoundingPolicy,
    /// Last day it holds.
    #[field(number = 11)]
    pub valid_until: NaiveDate,
    /// Net total of the current version.
    #[field(number = 12, merge = central, group = "totals")]
    pub net: Money,
    /// Tax total of the current version.
    #[field(number = 13, merge = central, group = "totals")]
    pub tax: Money,
    /// Gross total of the current version.
    #[field(number = 14, merge = central, group = "totals")]
    pub gross: Money,
    /// What is to be paid: gross less what is settled, such as a trade-in.
    #[field(number = 15, merge = central, group = "totals")]
    pub payable: Money,
    /// The affair of the quoting tool it came from.
    #[field(number = 16, indexed)]
    pub affair: Option<AffairId>,
    /// The tool's key of the dossier it came from.
    #[field(number = 17, indexed)]
    pub dossier: Option<String>,
    /// The tool's revision of that dossier.
    #[field(number = 18, merge = central)]
    pub dossier_revision: Option<u32>,
    /// When it was issued.
    #[field(number = 19, merge = central)]
    pub issued_at: Option<DateTime<Utc>>,
    /// When the customer or we ended it.
    #[field(number = 20, merge = central)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Whether the tool's totals and ours differ by more than the tolerance, so that it must not be presented.
    #[field(number = 21)]
    pub totals_disputed: bool,
    /// Fingerprint of that dossier as it was accepted last, `sha256:` and hexadecimal.
    #[field(number = 22, merge = central)]
    pub dossier_fingerprint: Option<String>,
    /// The number it was issued under: without gaps in its dealer and year, with check characters. Given at the first issue.
    #[field(number = 24, merge = central, indexed)]
    pub issue_number: Option<String>,
    /// Whether it is the offer of its opportunity that the forecast counts.
    #[field(number = 25, merge = central)]
    pub feeds_forecast: Option<bool>,
    /// Whether the tool calls that dossier complete; while it does not, the offer is not issued. Empty when no tool made it.
    #[field(number = 23, merge = central)]
    pub dossier_complete: Option<bool>,
    /// The offer whose place it takes once it is accepted.
    #[field(number = 26, merge = fact)]
    pub follows: Option<OfferId>,
    /// Why its acceptance was made void.
    #[field(number = 27, merge = central)]
    pub void_reason: Option<String>,
}

/// One version of an offer. Never changed: a new version is a new fact.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 41, name = "offer_revision", access = through(offer), part_of(offer, offer))]
pub struct OfferRevision {
    /// Id.
    #[field(number = 1)]
    pub id: OfferRevisionId,
    /// The offer.
    #[field(number = 2, merge = fact)]
    pub offer: OfferId,
    /// Its number, from 1.
    #[field(number = 3, merge = fact)]
    pub revision: u32,
    /// When it was made.
    #[field(number = 4, merge = fact)]
    pub at: DateTime<Utc>,
    /// By whom.
    #[field(number = 5, merge = fact)]
    pub user: UserId,
    /// SHA-256 of its commercial content, `sha256:` and hexadecimal.
    #[field(number = 6, merge = fact)]
    pub fingerprint: String,
    /// Title.
    #[field(number = 7, personal, merge = fact)]
    pub title: Option<String>,
    /// Day whose prices hold.
    #[field(number = 8, merge = fact)]
    pub price_date: NaiveDate,
    /// Net total.
    #[field(number = 9, merge = fact)]
    pub net: Money,
    /// Tax total.
    #[field(number = 10, merge = fact)]
    pub tax: Money,
    /// Gross total.
    #[field(number = 11, merge = fact)]
    pub gross: Money,
    /// What is settled otherwise, such as a trade-in or a deposit.
    #[field(number = 12, merge = fact)]
    pub settled: Money,
    /// What is to be paid.
    #[field(number = 13, merge = fact)]
    pub payable: Money,
    /// What changed and why, in the user's words.
    #[field(number = 14, personal, merge = fact)]
    pub note: Option<String>,
}

/// An item of an offer's version: n identical things.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 42, name = "offer_item", access = through(offer), part_of(offer, offer))]
pub struct OfferItem {
    /// Id.
    #[field(number = 1)]
    pub id: OfferItemId,
    /// The offer.
    #[field(number = 2, merge = fact)]
    pub offer: OfferId,
    /// The version it belongs to.
    #[field(number = 3, merge = fact)]
    pub revision: u32,
    /// Place on the offer, such as 1 or 1.2.
    #[field(number = 4, merge = fact)]
    pub line: String,
    /// Place of the item it is part of, when it is an option of one.
    #[field(number = 5, merge = fact)]
    pub parent_line: Option<String>,
    /// What kind.
    #[field(number = 6, merge = fact)]
    pub kind: ProductKind,
    /// The product of our catalogue, when known.
    #[field(number = 7, merge = fact)]
    pub product: Option<ProductId>,
    /// Product code.
    #[field(number = 8, merge = fact)]
    pub code: String,
    /// What stands on the offer.
    #[field(number = 9, merge = fact)]
    pub label: Option<String>,
    /// How many.
    #[field(number = 10, merge = fact)]
    pub quantity: Decimal,
    /// List price of one, without options.
    #[field(number = 11, merge = fact)]
    pub unit_list: Money,
    /// Net price of one after all steps, options included.
    #[field(number = 12, merge = fact)]
    pub unit_net: Money,
    /// Net amount of the line.
    #[field(number = 13, merge = fact)]
    pub line_net: Money,
    /// Whether its price is inside that of the item it is part of.
    #[field(number = 14, merge = fact)]
    pub included: bool,
    /// Tax category, as UNCL 5305.
    #[field(number = 15, merge = fact)]
    pub tax_category: String,
    /// Tax rate in percent.
    #[field(number = 16, merge = fact, label = "Tax rate (%)")]
    pub tax_percent: Decimal,
    /// Term in months, for contracts.
    #[field(number = 17, merge = fact)]
    pub term_months: Option<u16>,
    /// What one costs us.
    #[field(number = 18, merge = fact, confidential)]
    pub unit_cost: Option<Money>,
    /// The prices are for so many: 12 for a price by the dozen; empty for one.
    #[field(number = 19, merge = fact)]
    pub base_quantity: Option<Decimal>,
    /// Whether its prices have the tax inside; empty for no.
    #[field(number = 20, merge = fact)]
    pub tax_included: Option<bool>,
    /// Taxes beside that of the category: kind, code and percent, with colons between and commas between taxes.
    #[field(number = 21, merge = fact)]
    pub further_taxes: Option<String>,
    /// The price list its list price is from; empty when the price was given.
    #[field(number = 22, merge = fact)]
    pub price_list: Option<PriceListId>,
    /// The version of the catalogue it was made from, when one had the product.
    #[field(number = 23, merge = fact)]
    pub catalogue: Option<CatalogueVersionId>,
    /// Kilometres a year, for contracts that cover so many.
    #[field(number = 24, merge = fact)]
    pub mileage: Option<u32>,
    /// Why no tax is due, as it must stand on the document.
    #[field(number = 25, merge = fact)]
    pub exemption_reason: Option<String>,
}

/// One step of a price: what, of what, how much, by whom and why.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 43, name = "price_step", access = through(offer), part_of(offer, offer))]
pub struct PriceStep {
    /// Id.
    #[field(number = 1)]
    pub id: PriceStepId,
    /// The offer.
    #[field(number = 2, merge = fact)]
    pub offer: OfferId,
    /// The version it belongs to.
    #[field(number = 3, merge = fact)]
    pub revision: u32,
    /// Place of the item it belongs to; empty for the whole offer.
    #[field(number = 4, merge = fact)]
    pub line: Option<String>,
    /// Place in the sequence of steps, from 1.
    #[field(number = 5, merge = fact)]
    pub sequence: u16,
    /// What it is.
    #[field(number = 6, merge = fact)]
    pub kind: PriceStepKind,
    /// Code, such as that of the campaign.
    #[field(number = 7, merge = fact)]
    pub code: String,
    /// What the percentage is of.
    #[field(number = 8, merge = fact)]
    pub basis: Option<Basis>,
    /// Percent, when it is a percentage.
    #[field(number = 9, merge = fact, label = "Percent (%)")]
    pub percent: Option<Decimal>,
    /// Amount, per unit for items: above nothing adds to the price, below takes away.
    #[field(number = 10, merge = fact)]
    pub amount: Money,
    /// The price after this step.
    #[field(number = 11, merge = fact)]
    pub running: Money,
    /// Who is responsible.
    #[field(number = 12, merge = fact)]
    pub authority: Authority,
    /// Why, for people.
    #[field(number = 13, merge = fact)]
    pub label: Option<String>,
    /// For a vehicle taken in: what it is worth to us. What is given above that is a hidden discount.
    #[field(number = 14, merge = fact, confidential)]
    pub appraised: Option<Money>,
}
