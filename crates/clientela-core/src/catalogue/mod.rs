//! Catalogue: products, versions of catalogues with options, rules and bills of material, price lists, tax rates, and which of
//! them hold. [`configuration`] says which options go together.

pub mod configuration;
mod document;
pub mod ending;
mod exemption;
mod explosion;
mod formula;
pub mod moved;
pub mod price_book;
mod price_list;
pub mod price_rule;
pub mod pricing;
mod product;
pub mod schedule;

pub use exemption::{TaxExemption, exemption_on};
mod version;

pub use document::{
    AttributeEntry, AttributeKind, CatalogueDocument, CatalogueError, LineEntry, MaterialEntry, ProductEntry,
};
pub use explosion::{Explosion, PartLine, explode};
pub use price_book::{OfferPrices, PlainPrice, PriceBook};
pub use price_list::{Price, PriceList, TaxRate};
pub use price_rule::{PriceRule, PriceRules};
pub use product::{Product, ProductKind};
pub use schedule::{DiscountSchedule, ExchangeRate, PastUnits, ScheduleKind, ScheduleScope, ScheduleTier};
pub use version::{
    Attribute, AttributeValue, CatalogueProduct, CatalogueState, CatalogueText, CatalogueVersion,
    ConfigurationRuleRow, MaterialLine, ProductLine, ProductOptionRow, check_listed, draft, name_of,
    product_of, publish, version_holding,
};
