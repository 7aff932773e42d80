//! What leads are scored by, as it is stored: questionnaire, rules, and what was learnt.
//!
//! | file | what |
//! | --- | --- |
//! | `rules` | the rule set of the installation, for one lead |
//! | `columns` | the same for all leads at once |
//! | `models` | what was learnt, for the unit of a lead |
//! | `learning` | counting outcomes, all of them or one more |

mod columns;
mod learning;
mod models;
mod rules;

pub(crate) use columns::{score_all, stored_scores};
pub(crate) use learning::{closed_states, count_outcome, learn, of_models};
pub(crate) use models::{Models, Names};
pub(crate) use rules::LeadRules;

use crate::error::{CrmError, Result};
use crate::setting;
use crate::view::{View, not_found};
use clientela_core::ids::LeadId;
use clientela_core::leads::LeadState;
use clientela_core::leads::scoring::{
    LeadAnswer, LeadQuestionnaire, LeadQuestionnaireState, STANDARD_QUESTIONNAIRE, ScoringPolicy,
    standard_questions,
};
use clientela_core::organisation::Unit;
use clientela_core::questionnaire::Question;
use clientela_model::{EntityId, Field, Predicate, Record, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// A questionnaire as it is asked.
pub(crate) struct Questionnaire {
    /// Name and version; version 0 is the one every installation starts with.
    pub(crate) code: String,
    /// Its questions.
    pub(crate) questions: Vec<Question>,
}

/// What the installation scores leads by.
pub(crate) fn policy(view: &View<'_>) -> Result<ScoringPolicy> {
    setting::of(view, setting::SCORING)
}

/// The version of a questionnaire that is asked: the highest that is active.
pub(crate) fn questionnaire(view: &View<'_>, name: &str) -> Result<Questionnaire> {
    let mut versions = versions(view, name)?;
    versions.retain(|version| version.state == LeadQuestionnaireState::Active);
    let Some(newest) = versions.into_iter().max_by_key(|version| version.version) else {
        if name == STANDARD_QUESTIONNAIRE {
            return Ok(Questionnaire { code: format!("{name}/0"), questions: standard_questions() });
        }
        return Err(not_found(LeadQuestionnaire::ENTITY, name));
    };
    let unread = || CrmError::Internal { what: "a questionnaire that was checked can be read" };
    Ok(Questionnaire { questions: newest.read().ok_or_else(unread)?, code: newest.code })
}

/// All versions of a questionnaire.
pub(crate) fn versions(view: &View<'_>, name: &str) -> Result<Vec<LeadQuestionnaire>> {
    view.records(&Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned()))))
}

/// The answers about a lead.
pub(crate) fn answers_of(view: &View<'_>, lead: LeadId) -> Result<Vec<LeadAnswer>> {
    view.records(&of_lead(lead))
}

/// The condition that a record belongs to a lead.
pub(crate) fn of_lead(lead: LeadId) -> Predicate {
    Predicate::equals("lead", Value::Id(lead.uuid()))
}

/// The condition that a record belongs to a lead that satisfies a condition.
pub(crate) fn of_leads(condition: &Predicate) -> Predicate {
    let satisfying = Box::new(condition.clone());
    Predicate::Refers { column: "lead".into(), entity: "lead", satisfying }
}

/// Answers by what they are about.
pub(crate) fn by_lead(answers: Vec<LeadAnswer>) -> HashMap<LeadId, Vec<LeadAnswer>> {
    let mut found: HashMap<LeadId, Vec<LeadAnswer>> = HashMap::new();
    for answer in answers {
        found.entry(answer.lead).or_default().push(answer);
    }
    found
}

/// The condition that somebody still works on a lead.
pub(crate) fn open_states() -> Predicate {
    let states = [LeadState::New, LeadState::Assigned, LeadState::Contacted, LeadState::Qualified];
    Predicate::OneOf("state".into(), states.iter().map(Field::to_value).collect())
}

/// The condition that a record is of a unit or one below it; none is named for all that may be seen.
pub(crate) fn within(view: &View<'_>, unit: Option<&str>) -> Result<Predicate> {
    Ok(match unit {
        None => Predicate::Everything,
        Some(key) => below(view.resolve::<Unit>(key)?.record.id),
    })
}

/// The condition that a record is of a unit or one below it.
pub(crate) fn below(unit: clientela_core::ids::UnitId) -> Predicate {
    Predicate::Below { column: "unit".into(), entity: "unit", parent: "parent", roots: vec![unit.uuid()] }
}
