//! Questionnaires, answers, models and counts as they are stored.

use crate::ids::{
    LeadAnswerId, LeadId, LeadQuestionnaireId, LeadScoreCountId, LeadScoreModelId, PositionId, UnitId,
};
use crate::questionnaire::Question;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::{ClosedList, Record};
use rust_decimal::Decimal;

/// Where a version of a questionnaire stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LeadQuestionnaireState {
    /// It is asked, if no later one is.
    Active,
    /// It was taken back.
    Retired,
}

/// A version of a questionnaire by which leads are qualified. Its questions never change: a change is a new version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 115, name = "lead_questionnaire", access = public, key = code)]
pub struct LeadQuestionnaire {
    /// Id.
    #[field(number = 1)]
    pub id: LeadQuestionnaireId,
    /// Name and version, such as bant/2.
    #[field(number = 2, merge = fact, indexed)]
    pub code: String,
    /// Name; versions of one questionnaire share it.
    #[field(number = 3, merge = fact, indexed)]
    pub name: String,
    /// Version, counted from 1.
    #[field(number = 4, merge = fact)]
    pub version: u32,
    /// The questions with their points, in JSON.
    #[field(number = 5, merge = fact)]
    pub questions: String,
    /// Where it stands.
    #[field(number = 6, merge = central)]
    pub state: LeadQuestionnaireState,
}

impl LeadQuestionnaire {
    /// The questions, or none for a text that is not such a document.
    #[must_use]
    pub fn read(&self) -> Option<Vec<Question>> {
        serde_json::from_str(&self.questions).ok()
    }
}

/// An answer to a question about a lead. Facts: a newer answer counts instead of an older one.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 113, name = "lead_answer", access = through(lead), part_of(lead, lead))]
pub struct LeadAnswer {
    /// Id.
    #[field(number = 1)]
    pub id: LeadAnswerId,
    /// The lead.
    #[field(number = 2, merge = fact, indexed)]
    pub lead: LeadId,
    /// Name and version of the questionnaire.
    #[field(number = 3, merge = fact)]
    pub questionnaire: String,
    /// Code of the question.
    #[field(number = 4, merge = fact)]
    pub question: String,
    /// Word of the answer: of a choice, yes or no, or the band of a number such as ">= 10".
    #[field(number = 5, merge = fact)]
    pub word: Option<String>,
    /// The number.
    #[field(number = 6, merge = fact)]
    pub number: Option<Decimal>,
    /// The day.
    #[field(number = 7, merge = fact)]
    pub date: Option<NaiveDate>,
    /// The text.
    #[field(number = 8, merge = fact, personal)]
    pub text: Option<String>,
    /// Its points when it was given.
    #[field(number = 9, merge = fact)]
    pub points: u16,
    /// When it was given.
    #[field(number = 10, merge = fact)]
    pub at: DateTime<Utc>,
}

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LeadScoreModelState {
    /// It has learnt and goes on learning, and is not used.
    Trained,
    /// It is what leads of its unit are foretold by.
    Active,
    /// It was replaced and learns no more.
    Retired,
}

/// What was learnt from the leads of a unit, and of those below it, that came to an end.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 112, name = "lead_score_model", access = owned, key = code)]
pub struct LeadScoreModel {
    /// Id.
    #[field(number = 1)]
    pub id: LeadScoreModelId,
    /// Name and version, such as network/3.
    #[field(number = 2, merge = fact, indexed)]
    pub code: String,
    /// Name; versions of one model share it.
    #[field(number = 3, merge = fact, indexed)]
    pub name: String,
    /// Version, counted from 1.
    #[field(number = 4, merge = fact)]
    pub version: u32,
    /// The position that had it learn.
    #[field(number = 5, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit whose leads it learns from; those of the units below count too.
    #[field(number = 6, merge = central, indexed)]
    pub unit: UnitId,
    /// Where it stands.
    #[field(number = 7, merge = central, indexed)]
    pub state: LeadScoreModelState,
    /// As how many leads the pooled share of a value counts: the m of the m-estimate.
    #[field(number = 8, merge = fact)]
    pub smoothing: Decimal,
    /// How many leads must have come to an end before it foretells anything.
    #[field(number = 9, merge = fact)]
    pub minimum: u32,
    /// How many of its leads were converted.
    #[field(number = 10, merge = central)]
    pub converted: u32,
    /// How many of its leads were disqualified.
    #[field(number = 11, merge = central)]
    pub disqualified: u32,
    /// When it was counted from the beginning.
    #[field(number = 12, merge = fact)]
    pub trained_at: DateTime<Utc>,
}

/// How many of the leads of which one thing was known were converted and disqualified.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 116, name = "lead_score_count", access = through(model), part_of(lead_score_model, model))]
pub struct LeadScoreCount {
    /// Id.
    #[field(number = 1)]
    pub id: LeadScoreCountId,
    /// The model.
    #[field(number = 2, merge = fact, indexed)]
    pub model: LeadScoreModelId,
    /// What was known, such as channel or question:budget.
    #[field(number = 3, merge = fact)]
    pub feature: String,
    /// What it was.
    #[field(number = 4, merge = fact, indexed)]
    pub value: String,
    /// How many of them were converted.
    #[field(number = 5, merge = central)]
    pub converted: u32,
    /// How many of them were disqualified.
    #[field(number = 6, merge = central)]
    pub disqualified: u32,
}
