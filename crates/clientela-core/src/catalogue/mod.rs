//! Catalogue: products, price lists, tax rates, and which of them hold.

mod exemption;
mod formula;
mod price_list;
pub mod price_rule;
pub mod pricing;
mod product;
pub mod schedule;

pub use exemption::{TaxExemption, exemption_on};
pub use price_list::{Price, PriceList, TaxRate};
pub use price_rule::PriceRule;
pub use product::{Product, ProductKind};
pub use schedule::{DiscountSchedule, ExchangeRate, ScheduleKind, ScheduleScope, ScheduleTier};
