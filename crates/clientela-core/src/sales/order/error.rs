//! What is refused about an order.

use super::{Milestone, OrderState};
use crate::sales::OfferState;
use clientela_model::identifier::Currency;
use clientela_model::{Coded, ErrorKind, Why};
use rust_decimal::Decimal;

/// A decision about an order that is not possible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OrderError {
    /// The offer is not accepted.
    #[error("offer {offer} is {state}; an order is made from an accepted offer")]
    NotAccepted {
        /// Number of the offer.
        offer: String,
        /// Where it stands.
        state: OfferState,
    },
    /// A line the offer does not have.
    #[error("the offer has no line {line} that can be ordered; name one of its items")]
    LineUnknown {
        /// The line.
        line: String,
    },
    /// More than there is left.
    #[error("of line {line} {left} can still be ordered, not {wanted}; order at most what is left")]
    TooMany {
        /// The line.
        line: String,
        /// How many are wanted.
        wanted: Decimal,
        /// How many are left.
        left: Decimal,
    },
    /// Nothing is left to order.
    #[error("nothing of offer {offer} is left to be ordered; all of it is on orders")]
    NothingLeft {
        /// Number of the offer.
        offer: String,
    },
    /// The order's state does not allow it.
    #[error("order {order} is {state}; that is possible only while it is open")]
    NotOpen {
        /// Number of the order.
        order: String,
        /// Where it stands.
        state: OrderState,
    },
    /// A milestone before the one it needs.
    #[error("{milestone} comes after {needed}; enter that first")]
    TooEarly {
        /// The milestone.
        milestone: Milestone,
        /// The one it needs.
        needed: Milestone,
    },
    /// A milestone that is there.
    #[error("{milestone} is entered already; nothing is to be done")]
    Reached {
        /// The milestone.
        milestone: Milestone,
    },
    /// A delivery as a milestone.
    #[error(
        "what is handed over is said line by line, with its vehicles; deliver it, or take the delivery back"
    )]
    Delivery,
    /// An amount that is none of an invoice or a payment of the order.
    #[error(
        "an amount is that of an invoice or a payment, above zero and in {currency}; take a wrong entry back instead"
    )]
    Amount {
        /// Currency of the order.
        currency: Currency,
    },
    /// A milestone that another one needs.
    #[error("{by} stands and comes after {milestone}; take that back first")]
    Needed {
        /// The milestone.
        milestone: Milestone,
        /// The one that needs it.
        by: Milestone,
    },
    /// A day that has not come.
    #[error("a milestone cannot be reached on a day that has not come; give today or an earlier day")]
    Future,
    /// Vehicles that do not fit what is to be delivered.
    #[error("of line {line} {left} can still be delivered; give a vehicle for each delivered and no more")]
    Vehicles {
        /// The line.
        line: String,
        /// How many are left.
        left: Decimal,
    },
    /// A number given twice.
    #[error("two of the vehicles have the same identification number; each has its own")]
    SameVehicle,
    /// More to be taken back than is delivered, or something else.
    #[error("of line {line} {delivered} is delivered; take back what was delivered of it, and no more")]
    NotDelivered {
        /// The line.
        line: String,
        /// How many are delivered.
        delivered: Decimal,
    },
    /// Something is delivered.
    #[error("order {order} is partly delivered and cannot be cancelled; take the delivery back first")]
    Delivered {
        /// Number of the order.
        order: String,
        /// What is delivered.
        why: Why,
    },
    /// Its prices cannot be computed.
    #[error(transparent)]
    Pricing(#[from] crate::sales::waterfall::PricingError),
}

impl Coded for OrderError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::LineUnknown { .. }
            | Self::TooMany { .. }
            | Self::Vehicles { .. }
            | Self::NotDelivered { .. }
            | Self::Amount { .. }
            | Self::SameVehicle => ErrorKind::Validation,
            Self::Reached { .. } => ErrorKind::Exists,
            Self::Pricing(error) => error.kind(),
            _ => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotAccepted { .. } => "order.not_accepted",
            Self::LineUnknown { .. } => "order.line_unknown",
            Self::TooMany { .. } => "order.too_many",
            Self::NothingLeft { .. } => "order.nothing_left",
            Self::NotOpen { .. } => "order.not_open",
            Self::TooEarly { .. } => "order.too_early",
            Self::Reached { .. } => "order.reached",
            Self::Delivery => "order.delivery",
            Self::Amount { .. } => "order.amount",
            Self::Needed { .. } => "order.needed",
            Self::Future => "order.future",
            Self::Vehicles { .. } => "order.vehicles",
            Self::SameVehicle => "order.same_vehicle",
            Self::NotDelivered { .. } => "order.not_delivered",
            Self::Delivered { .. } => "order.delivered",
            Self::Pricing(error) => error.code(),
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::NotAccepted { .. } | Self::NothingLeft { .. } => "offer",
            Self::LineUnknown { .. } | Self::TooMany { .. } => "lines",
            Self::NotOpen { .. } | Self::Delivered { .. } => "order",
            Self::TooEarly { .. } | Self::Reached { .. } | Self::Delivery | Self::Needed { .. } => {
                "milestone"
            }
            Self::Amount { .. } => "amount",
            Self::Future => "day",
            Self::Vehicles { .. } | Self::SameVehicle => "vehicles",
            Self::NotDelivered { .. } => "line",
            Self::Pricing(error) => return error.field(),
        };
        Some(field.to_owned())
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::Delivered { why, .. } => Some(why),
            Self::Pricing(error) => error.why(),
            _ => None,
        }
    }
}
