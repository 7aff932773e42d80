//! The contract `quoting-exchange/1` between a CRM and a tool that configures and prices vehicles.
//!
//! The same bytes are a C call's buffer, a file in a folder or the body of an HTTP request. Customer and opportunity belong
//! to the CRM, configuration, prices and totals to the tool; stage, validity, approval and outcome to the CRM again.
//!
//! | step | use |
//! | --- | --- |
//! | read any message | [`Message::parse`] |
//! | write one | [`Message::new`], [`Message::reply`], [`Message::to_bytes`] |
//! | check what a returned offer says | [`totals::recompute`], [`Attachment::verify`] |
//! | decide what a returned offer does | [`decide::offer_return`] |
//! | play the tool's part in a test or a tool | [`decide::customer_transfer`], [`decide::affair_create`] |
//!
//! A message with an id that was answered before gets the stored answer again, byte for byte; whoever keeps the answers
//! keeps them for [`JOURNAL_DAYS`] days at least.

mod affair;
mod attachment;
pub mod canonical;
mod customer;
pub mod decide;
mod dossier;
mod item;
mod message;
mod moment;
mod number;
mod object;
mod offer;
mod parse;
mod problem;
pub mod totals;
mod value;

pub use affair::{AffairCreate, AffairCreateAck, AffairStatus, CustomerRef, Opportunity, Wish};
pub use attachment::{Attachment, FileContent, Transport};
pub use customer::{
    Address, AddressLines, AddressType, Channel, ChannelType, Contact, ContactRole, Customer, CustomerKind,
    CustomerStatus, CustomerTransfer, CustomerTransferAck, TaxId, TaxIdCheck, TaxIdScheme,
};
pub use dossier::{
    Dossier, DossierStatus, Energy, Financing, FinancingKind, Totals, TradeIn, VatGroup, VatTreatment,
    Vehicle, VehicleCategory,
};
pub use item::{
    Adjustment, AdjustmentBasis, AdjustmentKind, Approval, Authority, Item, ItemKind, ItemVat, VatCategory,
};
pub use message::{Body, Header, Message, MessageKind, Sender, System};
pub use moment::{IsoDate, ZonedInstant};
pub use number::{ExactDecimal, WholeNumber};
pub use object::{JsonObject, NonEmpty};
pub use offer::{DossierAction, DossierResult, Exit, FileAction, OfferReturn, OfferReturnAck, ReturnStatus};
pub use problem::{Problem, ProblemCode, QuotingProblem, Retry, Warning};
pub use value::{
    BoundedText, CountryCode, CurrencyCode, Digest, ExchangeId, FileName, FreeText, IndustryCode, MessageId,
    Vin,
};

/// The contract's name and version, as every message says it.
pub const CONTRACT: &str = "quoting-exchange/1";
/// Largest message that is read, in bytes: a file of [`MAX_FILE_BYTES`] in base64 and the offers around it.
pub const MAX_MESSAGE_BYTES: usize = 96 * 1024 * 1024;
/// Deepest nesting of objects and lists that is read. The contract itself needs 8; the rest is room for `ext`.
pub const MAX_DEPTH: usize = 32;
/// Largest attached file, in bytes.
pub const MAX_FILE_BYTES: i64 = 64 * 1024 * 1024;
/// How long an answer must at least be kept, in days, so that a message sent again gets it again.
pub const JOURNAL_DAYS: u32 = 90;

/// A revision of a customer, an affair, a dossier or an offer: 1 and up.
pub type Revision = WholeNumber<1, { i64::MAX }>;
