//! Products: vehicles, options, bodies, services and whatever else can stand on an offer.

use crate::ids::ProductId;
use chrono::NaiveDate;
use clientela_model::{ClosedList, Record};

/// What kind of product or offer item. The words are those of the quoting tool's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ProductKind {
    /// A vehicle.
    Vehicle,
    /// An option of a vehicle.
    Option,
    /// A body.
    Body,
    /// An accessory.
    Accessory,
    /// A service contract with a term.
    ServiceContract,
    /// A warranty extension.
    WarrantyExtension,
    /// Transport.
    Transport,
    /// Registration.
    Registration,
    /// A fee.
    Fee,
    /// Something else.
    Other,
}

/// A product of the catalogue.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 30, name = "product", access = public, key = code)]
pub struct Product {
    /// Id.
    #[field(number = 1)]
    pub id: ProductId,
    /// Code, the same in the quoting tool.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// What kind.
    #[field(number = 4)]
    pub kind: ProductKind,
    /// Product line, such as "Tractors".
    #[field(number = 5)]
    pub line: Option<String>,
    /// Category of tax, as UNCL 5305: S standard, Z zero, E exempt, AE reverse charge, K intra-community, G export, O outside.
    #[field(number = 6)]
    pub tax_category: String,
    /// First day on sale.
    #[field(number = 7, group = "validity")]
    pub valid_from: Option<NaiveDate>,
    /// Last day on sale.
    #[field(number = 8, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}
