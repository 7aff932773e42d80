//! Performance: quota plans shared out over the tree, and what has been reached.

mod quota;

pub use quota::{Measure, PlanState, QuotaPlan, QuotaTarget};
