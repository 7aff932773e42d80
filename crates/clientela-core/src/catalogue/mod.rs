//! Catalogue: products, price lists, tax rates.

mod price_list;
mod product;

pub use price_list::{Price, PriceList, TaxRate};
pub use product::{Product, ProductKind};
