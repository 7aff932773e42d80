//! Performance: quota plans shared out over the tree, and what has been reached.
//!
//! [`cascade`](mod@cascade) shares a plan out, [`credit`] says what a win counts and for whom, [`attainment`](mod@attainment)
//! compares the two; [`plan_states`] says what becomes of a plan.

pub mod attainment;
pub mod cascade;
pub mod credit;
mod matrix;
pub mod plan_states;
mod quota;

pub use attainment::{Attainment, AttainmentError, attainment};
pub use cascade::{Cascade, CascadeError, QuotaNode, Season, cascade, months};
pub use credit::{CreditError, Split, Win, check_splits, credits_for_win, reversal, shared_credits};
pub use plan_states::{PlanError, PlanEvent, pass};
pub use quota::{Measure, PlanState, QuotaPlan, QuotaTarget};
