//! `affair.create`: the opportunity becomes an affair of the tool.

use super::object::contract_object;
use super::problem::Problem;
use super::value::{CountryCode, CurrencyCode, ExchangeId, FreeText};
use super::{Attachment, IsoDate, JsonObject, Revision, TradeIn, WholeNumber};
use clientela_model::ClosedList;

contract_object! {
    /// Body of `affair.create`.
    pub struct AffairCreate {
        /// The opportunity.
        required opportunity: Opportunity,
        /// Its customer, sent before.
        required customer_ref: CustomerRef,
        /// The day whose prices hold.
        optional price_date: IsoDate,
        /// The newest file of the affair, when there is one.
        optional file: Attachment,
        /// Members only these two sides know.
        optional ext: JsonObject,
    }
}

contract_object! {
    /// An opportunity as the CRM knows it.
    pub struct Opportunity {
        /// The CRM's key.
        required crm_id: ExchangeId,
        /// Counts the CRM's changes.
        required revision: Revision,
        /// Title.
        required title: FreeText,
        /// Currency of all its offers.
        required currency: CurrencyCode,
        /// The country whose prices and taxes hold.
        optional market: CountryCode,
        /// When it is expected to close.
        optional expected_close: IsoDate,
        /// Chance of winning, percent.
        optional probability_percent: WholeNumber<0, 100>,
        /// Codes of campaigns the customer may use.
        optional campaigns: Vec<FreeText>,
        /// What the customer asked for.
        optional wishes: Vec<Wish>,
        /// Vehicles the customer gives in payment.
        optional trade_ins: Vec<TradeIn>,
    }
}

contract_object! {
    /// Something the customer asked for.
    pub struct Wish {
        /// The model in the customer's words.
        optional model_hint: FreeText,
        /// What it is used for; written `use`.
        optional r#use: FreeText,
        /// How many.
        required quantity: WholeNumber<1, { i64::MAX }>,
    }
}

contract_object! {
    /// Names a customer in the state it was sent.
    pub struct CustomerRef {
        /// The CRM's key.
        required crm_id: ExchangeId,
        /// The revision meant.
        required revision: Revision,
    }
}

contract_object! {
    /// Body of `affair.create.ack`.
    pub struct AffairCreateAck {
        /// What the tool did.
        required status: AffairStatus,
        /// The tool's key of the affair.
        optional affair_id: ExchangeId,
        /// Counts the tool's saves of the affair.
        optional affair_revision: Revision,
        /// The file the tool works on.
        optional file: Attachment,
        /// Why it was rejected.
        optional problem: Problem,
    }
}

/// What the tool did with an opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AffairStatus {
    /// The affair is new.
    Created,
    /// There was one already; the answer names it.
    Existing,
    /// It was not taken.
    Rejected,
}
