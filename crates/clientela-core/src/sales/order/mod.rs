//! Orders: what was ordered of an accepted offer, wholly or in part, and how far each thing has come.
//!
//! | state | complete | cancel | reopen |
//! | --- | --- | --- | --- |
//! | open | completed | cancelled | – |
//! | completed | – | – | open |
//! | cancelled | – | – | – |
//!
//! An order is complete when everything on it is delivered, invoiced and paid; a delivery taken back opens it again. What is
//! cancelled may be ordered again from its offer.

mod decision;
mod error;
mod records;
mod take_back;

pub use decision::{
    Delivered, NewOrder, Ordered, Placed, Progress, Reached, cancel, deliver, place, progress, reach,
    vehicles_left,
};
pub use error::OrderError;
pub use records::{Milestone, Order, OrderEvent, OrderLine, OrderMilestone, OrderState, transition};
pub use take_back::{DeliveryWithdrawn, TakenBack, take_back};
