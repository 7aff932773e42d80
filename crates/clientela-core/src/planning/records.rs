//! What is stored of action plans and of how often customers are visited.

use crate::ids::{ActionPlanLineId, ActionPlanTemplateId, UnitId, VisitFrequencyId};
use crate::party::{ActivityKind, CustomerSize, CustomerStatus, TimeCategory};
use clientela_model::Record;

/// A plan of actions, such as a mailing, a call after it and a visit. Known to all; kept by who administers.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 214, name = "action_plan_template", access = public, key = code)]
pub struct ActionPlanTemplate {
    /// Id.
    #[field(number = 1)]
    pub id: ActionPlanTemplateId,
    /// Code.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// Whether it is no longer started.
    #[field(number = 4)]
    pub withdrawn: bool,
}

/// One action of a plan.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 215, name = "action_plan_line", access = public, part_of(action_plan_template, template))]
pub struct ActionPlanLine {
    /// Id.
    #[field(number = 1)]
    pub id: ActionPlanLineId,
    /// The plan.
    #[field(number = 2)]
    pub template: ActionPlanTemplateId,
    /// Its place in the plan, from 1.
    #[field(number = 3)]
    pub place: u32,
    /// What kind of activity it makes.
    #[field(number = 4)]
    pub kind: ActivityKind,
    /// What the activity is about, in one line.
    #[field(number = 5)]
    pub subject: String,
    /// Working days after the start it is planned for; 0 is the first day itself.
    #[field(number = 6, label = "Lead time (working days)")]
    pub lead_days: u32,
    /// Time planned for it, in minutes.
    #[field(number = 7)]
    pub minutes: Option<u32>,
    /// What its time is counted as; by its kind when empty.
    #[field(number = 8)]
    pub category: Option<TimeCategory>,
    /// Whether it was taken back.
    #[field(number = 9)]
    pub withdrawn: bool,
}

/// How often customers of a size and status are visited by a unit and those below it. Known to all; kept by who administers.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 216, name = "visit_frequency", access = public)]
pub struct VisitFrequency {
    /// Id.
    #[field(number = 1)]
    pub id: VisitFrequencyId,
    /// The unit; it holds for those below it that have none of their own for such customers.
    #[field(number = 2, indexed)]
    pub unit: UnitId,
    /// Size of customers; all when empty.
    #[field(number = 3)]
    pub size: Option<CustomerSize>,
    /// Status of customers; all when empty.
    #[field(number = 4)]
    pub status: Option<CustomerStatus>,
    /// Visits in a year; 0 for none.
    #[field(number = 5)]
    pub visits_a_year: u32,
}
