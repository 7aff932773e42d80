//! Planning: action plans that make dated activities, how often customers are visited, and a seller's day.
//!
//! [`action_plan`] dates the actions of a plan in working days, [`visits`] says which visits are due, [`to_sell`](mod@to_sell) what open opportunities ask for, [`day`] puts what is to
//! be done into free time, near each other.

pub mod action_plan;
pub mod day;
mod records;
pub mod to_sell;
pub mod visits;

pub use action_plan::{ActionPlanError, check_plan, dated};
pub use day::{DayPlan, FixedTask, OpenDay, Place, PlannedLine, Task, Travel, plan_days};
pub use records::{ActionPlanLine, ActionPlanTemplate, VisitFrequency};
pub use to_sell::{ToSell, to_sell};
pub use visits::{DueVisit, VisitedCustomer, due_visits, frequency_of, worths};
