//! Catalogue: products, price lists, tax rates, and which of them hold.

pub mod configuration;
mod price_list;
pub mod pricing;
mod product;

pub use price_list::{Price, PriceList, TaxRate};
pub use product::{Product, ProductKind};
