//! What is stored of an order.

use crate::catalogue::ProductKind;
use crate::ids::{
    CustomerId, OfferId, OpportunityId, OrderId, OrderLineId, OrderMilestoneId, PositionId, ProductId,
    UnitId, UserId, VehicleId,
};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::{Currency, Vin};
use clientela_model::{ClosedList, Money, Record};
use rust_decimal::Decimal;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum OrderState {
    /// Being fulfilled.
    Open,
    /// Delivered, invoiced and paid.
    Completed,
    /// Cancelled.
    Cancelled,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum OrderEvent {
    /// Everything is delivered, invoiced and paid.
    Complete,
    /// It is cancelled.
    Cancel,
    /// A milestone is taken back.
    Reopen,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: OrderState, event: OrderEvent) -> Option<OrderState> {
    match (state, event) {
        (OrderState::Open, OrderEvent::Complete) => Some(OrderState::Completed),
        (OrderState::Open, OrderEvent::Cancel) => Some(OrderState::Cancelled),
        (OrderState::Completed, OrderEvent::Reopen) => Some(OrderState::Open),
        _ => None,
    }
}

/// How far an order, or a line of it, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Milestone {
    /// Confirmed to the customer.
    Confirmed,
    /// Built by the plant.
    Built,
    /// On its way to us.
    Shipped,
    /// Registered.
    Registered,
    /// Handed over; a vehicle joins the customer's fleet.
    Delivered,
    /// Invoiced.
    Invoiced,
    /// Paid.
    Paid,
}

/// An order made from an accepted offer.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 170, name = "sales_order", access = owned, key = number)]
pub struct Order {
    /// Id.
    #[field(number = 1)]
    pub id: OrderId,
    /// Number, without gaps in its dealer and year.
    #[field(number = 2, label = "Order number", indexed)]
    pub number: String,
    /// The offer it was made from.
    #[field(number = 3, merge = fact, indexed)]
    pub offer: OfferId,
    /// The version of the offer that was accepted.
    #[field(number = 4, merge = fact)]
    pub offer_revision: u32,
    /// Fingerprint of that version's content.
    #[field(number = 5, merge = fact)]
    pub offer_fingerprint: String,
    /// The opportunity.
    #[field(number = 6, indexed)]
    pub opportunity: OpportunityId,
    /// The customer.
    #[field(number = 7, indexed)]
    pub customer: CustomerId,
    /// The position that looks after it.
    #[field(number = 8, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit it belongs to.
    #[field(number = 9, merge = central, indexed)]
    pub unit: UnitId,
    /// Where it stands.
    #[field(number = 10, merge = central)]
    pub state: OrderState,
    /// Currency.
    #[field(number = 11, merge = fact)]
    pub currency: Currency,
    /// The day it was ordered.
    #[field(number = 12, merge = fact, indexed)]
    pub ordered_on: NaiveDate,
    /// The day the customer wants it by.
    #[field(number = 13)]
    pub wanted_on: Option<NaiveDate>,
    /// Net total.
    #[field(number = 14, merge = fact)]
    pub net: Money,
    /// Tax total.
    #[field(number = 15, merge = fact)]
    pub tax: Money,
    /// Gross total.
    #[field(number = 16, merge = fact)]
    pub gross: Money,
    /// What is settled otherwise, such as a trade-in: all of it with the first order of an offer.
    #[field(number = 17, merge = fact)]
    pub settled: Money,
    /// What is to be paid.
    #[field(number = 18, merge = fact)]
    pub payable: Money,
    /// The customer's own order number.
    #[field(number = 19)]
    pub customer_reference: Option<String>,
    /// Why it was cancelled.
    #[field(number = 20, personal, merge = central)]
    pub cancel_reason: Option<String>,
    /// When it was completed or cancelled.
    #[field(number = 21, merge = central)]
    pub ended_at: Option<DateTime<Utc>>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 171, name = "order_line", access = through(order), part_of(sales_order, order))]
pub struct OrderLine {
    /// Id.
    #[field(number = 1)]
    pub id: OrderLineId,
    /// The order.
    #[field(number = 2, merge = fact)]
    pub order: OrderId,
    /// Place on the offer.
    #[field(number = 3, merge = fact)]
    pub line: String,
    /// Place of the line it belongs to.
    #[field(number = 4, merge = fact)]
    pub parent_line: Option<String>,
    /// What kind.
    #[field(number = 5, merge = fact)]
    pub kind: ProductKind,
    /// The product of our catalogue, when known.
    #[field(number = 6, merge = fact)]
    pub product: Option<ProductId>,
    /// Product code.
    #[field(number = 7, merge = fact)]
    pub code: String,
    /// What stands on the offer.
    #[field(number = 8, merge = fact)]
    pub label: Option<String>,
    /// How many are ordered.
    #[field(number = 9, merge = fact)]
    pub quantity: Decimal,
    /// Price of one.
    #[field(number = 10, merge = fact)]
    pub unit_net: Money,
    /// Net amount.
    #[field(number = 11, merge = fact)]
    pub line_net: Money,
    /// Tax category, as UNCL 5305.
    #[field(number = 12, merge = fact)]
    pub tax_category: String,
    /// Tax rate in percent.
    #[field(number = 13, merge = fact, label = "Tax rate (%)")]
    pub tax_percent: Decimal,
    /// How many are handed over.
    #[field(number = 14, merge = central)]
    pub delivered: Decimal,
    /// Whether it is a discount or charge on others, of which nothing is handed over; empty on orders from before this was kept.
    #[field(number = 15, merge = fact)]
    pub adjusts: Option<bool>,
}

impl OrderLine {
    /// Whether it is a discount or charge on others.
    #[must_use]
    pub fn is_adjustment(&self) -> bool {
        self.adjusts.unwrap_or(self.product.is_none() && self.kind == ProductKind::Other)
    }

    /// What the line costs with its tax; none when that is beyond what an amount can be.
    #[must_use]
    pub fn gross(&self) -> Option<Money> {
        let tax = self.line_net.percent(self.tax_percent).ok()?;
        self.line_net.checked_add(tax).ok().map(|gross| gross.rounded())
    }
}

/// A milestone reached, or taken back.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 172, name = "order_milestone", access = through(order), part_of(sales_order, order))]
pub struct OrderMilestone {
    /// Id.
    #[field(number = 1)]
    pub id: OrderMilestoneId,
    /// The order.
    #[field(number = 2, merge = fact)]
    pub order: OrderId,
    /// Place of the line; empty for the whole order.
    #[field(number = 3, merge = fact)]
    pub line: Option<String>,
    /// Which milestone.
    #[field(number = 4, merge = fact, indexed)]
    pub milestone: Milestone,
    /// The day it was reached.
    #[field(number = 5, merge = fact, indexed)]
    pub day: NaiveDate,
    /// When it was entered.
    #[field(number = 6, merge = fact)]
    pub at: DateTime<Utc>,
    /// By whom.
    #[field(number = 7, merge = fact)]
    pub user: UserId,
    /// How many it is about.
    #[field(number = 8, merge = fact)]
    pub quantity: Option<Decimal>,
    /// Its amount, of an invoice or a payment.
    #[field(number = 9, merge = fact)]
    pub amount: Option<Money>,
    /// The vehicle handed over.
    #[field(number = 10, merge = fact)]
    pub vehicle: Option<VehicleId>,
    /// Its vehicle identification number.
    #[field(number = 11, label = "VIN", merge = fact, personal)]
    pub vin: Option<Vin>,
    /// A reference, such as the number of the invoice.
    #[field(number = 12, merge = fact)]
    pub reference: Option<String>,
    /// When it was taken back; empty while it stands.
    #[field(number = 13)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why it was taken back.
    #[field(number = 14, personal)]
    pub withdrawal_reason: Option<String>,
}
