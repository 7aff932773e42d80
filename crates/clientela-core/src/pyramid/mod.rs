//! The customer pyramid: who brings how much, in tiers.
//!
//! Everything takes one figure for each customer, in any order, and answers by the places of the figures, so that a million customers
//! are a sort of a column. Figures are exact decimals.
//!
//! | tiers by | a customer is in the first tier |
//! | --- | --- |
//! | cumulative share | while the share of those *before* him is under the boundary: who crosses it is in (ABC analysis) |
//! | rank | of whose boundary he is not beyond |
//! | value | whose boundary he reaches |
//!
//! What brings nothing, or less, is in the last tier whatever the boundaries: it adds nothing to a share. Who brings the same stands in
//! the order given, so figures come in the order of the customers' ids.

mod curve;
mod movement;
mod tiers;

pub use curve::{CurvePoint, curve};
pub use movement::{Move, movement};
pub use tiers::{Pyramid, TIERS_MAX, TierBasis, TierError, TierLine, TierPolicy, TierSummary, pyramid};
