//! Sales methods: named sequences of stages, with and without the configurator.

use crate::ids::{AssessmentQuestionId, SalesMethodId, StageActionId, StageId};
use crate::party::ActivityKind;
use clientela_model::{ClosedList, Record};

/// A sales method.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 20, name = "sales_method", access = public, key = code)]
pub struct SalesMethod {
    /// Id.
    #[field(number = 1)]
    pub id: SalesMethodId,
    /// Code, such as "with-configurator".
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// Whether offers come from the configurator.
    #[field(number = 4)]
    pub with_configurator: bool,
    /// Whether new opportunities may use it.
    #[field(number = 5)]
    pub active: bool,
    /// Its version, from 1; each new one replaces the one before.
    #[field(number = 6)]
    pub version: Option<u32>,
    /// The version before it.
    #[field(number = 7)]
    pub replaces: Option<SalesMethodId>,
}

/// What an open opportunity in a stage counts as in a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ForecastCategory {
    /// Not counted.
    Omitted,
    /// Pipeline.
    Pipeline,
    /// Best case.
    BestCase,
    /// Commit.
    Commit,
}

/// A stage of a sales method.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 21, name = "stage", access = public, part_of(sales_method, method))]
pub struct Stage {
    /// Id.
    #[field(number = 1)]
    pub id: StageId,
    /// The method.
    #[field(number = 2)]
    pub method: SalesMethodId,
    /// Place in the sequence, from 1.
    #[field(number = 3)]
    pub sequence: u16,
    /// Code, such as "offer".
    #[field(number = 4)]
    pub code: String,
    /// Name.
    #[field(number = 5)]
    pub name: String,
    /// Probability of winning from here, in percent.
    #[field(number = 6, label = "Probability (%)")]
    pub probability: u16,
    /// Days an opportunity usually stays.
    #[field(number = 7)]
    pub expected_days: Option<u16>,
    /// What it counts as in a forecast.
    #[field(number = 8)]
    pub forecast: ForecastCategory,
    /// Condition to come in, a rule over `opportunity` and `customer`.
    #[field(number = 9)]
    pub entry_rule: Option<String>,
    /// Phase it belongs to, such as "A": several stages, of several methods, may share one.
    #[field(number = 10)]
    pub phase: Option<String>,
    /// Condition to go on from here, a rule over `opportunity` and `customer`. Losing, suspending and going back are free.
    #[field(number = 11)]
    pub exit_rule: Option<String>,
}

/// What is to be done when an opportunity comes to a stage: it becomes a planned activity.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 194, name = "stage_action", access = public, part_of(sales_method, method))]
pub struct StageAction {
    /// Id.
    #[field(number = 1)]
    pub id: StageActionId,
    /// The method.
    #[field(number = 2)]
    pub method: SalesMethodId,
    /// The stage that brings it.
    #[field(number = 3)]
    pub stage: StageId,
    /// What kind of activity.
    #[field(number = 4)]
    pub kind: ActivityKind,
    /// What it is about, in one line.
    #[field(number = 5)]
    pub subject: String,
    /// For how many days after coming to the stage it is planned; where it is closed then, for when it opens next.
    #[field(number = 6)]
    pub after_days: u16,
}

/// A question of the questionnaire by which opportunities of a method are assessed.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 195, name = "assessment_question", access = public, part_of(sales_method, method))]
pub struct AssessmentQuestion {
    /// Id.
    #[field(number = 1)]
    pub id: AssessmentQuestionId,
    /// The method.
    #[field(number = 2)]
    pub method: SalesMethodId,
    /// Place in the questionnaire, from 1.
    #[field(number = 3)]
    pub sequence: u16,
    /// Code, such as "budget".
    #[field(number = 4)]
    pub code: String,
    /// The question.
    #[field(number = 5)]
    pub text: String,
    /// How much it weighs against the others.
    #[field(number = 6)]
    pub weight: u16,
    /// The answers with their points, as a JSON object: `{"yes": 10, "no": 0}`.
    #[field(number = 7)]
    pub answers: String,
}
