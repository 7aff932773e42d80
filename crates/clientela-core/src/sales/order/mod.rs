//! Orders: what was ordered of an accepted offer, wholly or in part, and how far each thing has come.
//!
//! | state | complete | cancel | reopen |
//! | --- | --- | --- | --- |
//! | open | completed | cancelled | – |
//! | completed | – | – | open |
//! | cancelled | – | – | – |
//!
//! An order is complete when everything on it is delivered, invoiced and paid, whichever comes last; a delivery, an invoice or a payment
//! taken back opens it again. What is
//! cancelled may be ordered again from its offer.

mod decision;
mod error;
mod placing;
mod progress;
mod records;
mod take_back;

pub use decision::{Delivered, cancel, deliver, line_of, vehicles_left};
pub use error::OrderError;
pub use placing::{NewOrder, Ordered, Placed, ordered_item, place};
pub use progress::{MilestoneWithdrawn, Progress, Reached, progress, reach, withdraw_milestone};
pub use records::{Milestone, Order, OrderEvent, OrderLine, OrderMilestone, OrderState, transition};
pub use take_back::{DeliveryWithdrawn, TakenBack, take_back};
