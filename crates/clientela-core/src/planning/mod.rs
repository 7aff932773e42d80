//! Planning: action plans that make dated activities, how often customers are visited, and a seller's day.
//!
//! [`action_plan`] dates the actions of a plan in working days, [`visits`] says which visits are due, [`day`] puts what is to
//! be done into free time, near each other.

pub mod action_plan;
pub mod day;
mod records;
pub mod visits;

pub use action_plan::{ActionPlanError, check_plan, dated};
pub use day::{DayPlan, FixedTask, OpenDay, Place, PlannedLine, Task, Travel, plan_days};
pub use records::{ActionPlanLine, ActionPlanTemplate, VisitFrequency};
pub use visits::{DueVisit, VisitedCustomer, due_visits, frequency_of, worths};
