//! How promising leads are: qualified by a questionnaire, scored by rules, and foretold from what became of earlier ones.
//!
//! | file | what |
//! | --- | --- |
//! | `records` | questionnaires, answers, models and their counts as they are stored |
//! | `policy` | what an installation scores by: questionnaire, rule set, grades |
//! | `qualification` | answers, and what they come to |
//! | `points` | points from what a rule set says |
//! | `features` | what is known of a lead, as words |
//! | `prediction` | the chance of a lead, and its factors |

mod features;
mod points;
mod policy;
mod prediction;
mod qualification;
mod records;

pub use features::{FEATURES, QUESTION_FEATURE, company_size, features, outcome};
pub use points::{POINTS_MOST, RuleScore, of_decided, rescored, scored};
pub use policy::{GradeLine, ScoringPolicy};
pub use prediction::{Factor, Learnt, MINIMUM_CLOSED, MINIMUM_EACH, Prediction, SMOOTHING, predict};
pub use qualification::{
    STANDARD_QUESTIONNAIRE, enter_answer, newest, qualification, standard_questions, with_sizes,
};
pub use records::{
    LeadAnswer, LeadQuestionnaire, LeadQuestionnaireState, LeadScoreCount, LeadScoreModel,
    LeadScoreModelState,
};
