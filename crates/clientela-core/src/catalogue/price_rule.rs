//! Prices as rules: campaigns, segments, contracts, volumes and surcharges, each with who it is for and why it holds or does not.
//!
//! A rule of a unit holds for the offers of that unit and those below it. Of the rules that hold for a line, those of one exclusive group
//! do not add up: the one best for the customer holds, then the one of the smaller sequence, then of the smaller code. The others are
//! steps of the waterfall in the order of their sequence, then of their code: the order is data and total.
//!
//! [`PriceRules`] are rules read once: in their order and by what they are for. A [`RuleBook`] holds those of one offer.

mod book;
mod places;
mod rules;

pub use book::{LineFacts, NotHeld, OfferFacts, RuleBook, RuledLine};
pub use rules::PriceRules;

use super::ProductKind;
use crate::ids::{CustomerId, DiscountScheduleId, PositionId, PriceRuleId, ProductId, UnitId};
use crate::sales::{Authority, Basis, PriceStepKind};
use chrono::NaiveDate;
use clientela_model::identifier::Country;
use clientela_model::{Money, Record};
use rust_decimal::Decimal;

/// A price rule.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 177, name = "price_rule", access = owned, key = code)]
pub struct PriceRule {
    /// Id.
    #[field(number = 1)]
    pub id: PriceRuleId,
    /// Code; it stands at the step.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name; it stands on the offer.
    #[field(number = 3)]
    pub name: String,
    /// The position that keeps it.
    #[field(number = 4, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit whose offers, and those of the units below, it is for.
    #[field(number = 5, merge = central, indexed)]
    pub unit: UnitId,
    /// What kind of step it makes.
    #[field(number = 6)]
    pub kind: PriceStepKind,
    /// Its place among the rules; smaller ones take effect first.
    #[field(number = 7)]
    pub sequence: u32,
    /// The customer it is for, by contract; empty for all.
    #[field(number = 8, indexed)]
    pub customer: Option<CustomerId>,
    /// The price group it is for.
    #[field(number = 9)]
    pub price_group: Option<String>,
    /// The market it is for.
    #[field(number = 10)]
    pub market: Option<Country>,
    /// The product it is for.
    #[field(number = 11)]
    pub product: Option<ProductId>,
    /// The product line it is for.
    #[field(number = 12)]
    pub product_line: Option<String>,
    /// The kind of product it is for.
    #[field(number = 13)]
    pub product_kind: Option<ProductKind>,
    /// From this quantity of the line on.
    #[field(number = 14)]
    pub least_quantity: Option<Decimal>,
    /// A condition over `opportunity`, `customer` and `today`, in the rule language.
    #[field(number = 15)]
    pub condition: Option<String>,
    /// Percent added; below nothing takes away.
    #[field(number = 16, group = "change", label = "Percent (%)")]
    pub percent: Option<Decimal>,
    /// Amount added to the price of one; below nothing takes away.
    #[field(number = 17, group = "change")]
    pub amount: Option<Money>,
    /// The price of one with its options, whatever the list says.
    #[field(number = 18, group = "change")]
    pub fixed_price: Option<Money>,
    /// A quantity schedule.
    #[field(number = 19, group = "change")]
    pub schedule: Option<DiscountScheduleId>,
    /// What the percent is of; of what is left, when empty.
    #[field(number = 20)]
    pub basis: Option<Basis>,
    /// Whose money it is.
    #[field(number = 21)]
    pub authority: Authority,
    /// Rules of one group do not add up.
    #[field(number = 22)]
    pub exclusive_group: Option<String>,
    /// First day.
    #[field(number = 23, group = "validity")]
    pub valid_from: NaiveDate,
    /// Last day, empty while it lasts.
    #[field(number = 24, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}
