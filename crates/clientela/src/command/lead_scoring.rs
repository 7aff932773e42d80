//! Commands by which leads are qualified and scored.

use super::customers::seat;
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::lead_scoring::{
    LeadRules, answers_of, learn, of_lead, open_states, policy, questionnaire, score_all, stored_scores,
    versions, within,
};
use chrono::TimeDelta;
use clientela_core::leads::life::check_open;
use clientela_core::leads::scoring::{
    LeadQuestionnaire, LeadQuestionnaireState, LeadScoreCount, LeadScoreModel, LeadScoreModelState,
    MINIMUM_CLOSED, SMOOTHING, enter_answer, newest, qualification, rescored, with_sizes,
};
use clientela_core::leads::{Lead, LeadError};
use clientela_core::organisation::{Scope, Unit, Verb};
use clientela_core::questionnaire::{self, Question, read_answer};
use clientela_model::{EntityId, Field, Predicate, Record, Value, ValueError, Why};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Defines the next version of a questionnaire by which leads are qualified. Needs the right to administer such questionnaires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineLeadQuestionnaire {
    /// Its name, such as `bant`; versions share it.
    pub name: String,
    /// Its questions, in order.
    pub questions: Vec<Question>,
}

/// Names a version of a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadQuestionnaireRef {
    /// Name and version, such as `bant/2`.
    pub questionnaire: Key,
}

/// Takes down answers about a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerLead {
    /// The lead.
    pub lead: Key,
    /// Answers by the code of their question: a word, true or false, a number, a day or a text.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Name of the questionnaire; that of the setting `lead.scoring` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questionnaire: Option<String>,
}

/// Has rules score one lead, or all open ones of a unit and of those below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScoreLeads {
    /// The lead; all when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Key>,
    /// Code of the unit; all leads the actor sees when neither is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
}

/// Learns the next version of a model from all leads of a unit that came to an end. It is not used before it is activated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainLeadScore {
    /// Its name; versions share it.
    pub name: String,
    /// Code of the unit whose leads it learns from, with those below it; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// As how many leads the pooled share of a value counts; 2 when not given, from 0.5 to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothing: Option<Decimal>,
    /// How many leads must have come to an end before anything is foretold; 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<u32>,
}

/// Names a version of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadScoreModelRef {
    /// Name and version, such as `network/3`.
    pub model: Key,
}

pub(super) fn define_questionnaire(
    door: &mut Door<'_, '_>,
    command: &DefineLeadQuestionnaire,
) -> Result<Outcome> {
    check_name(&command.name, |expected| {
        ValueError::new("questionnaire.name", "name", "is not one that versions can share", expected)
    })?;
    questionnaire::check(&command.questions)?;
    let before = versions(&door.view(), &command.name)?.into_iter().map(|version| version.version).max();
    let version = before.unwrap_or(0).saturating_add(1);
    let record = LeadQuestionnaire {
        id: door.new_id(),
        code: format!("{}/{version}", command.name),
        name: command.name.clone(),
        version,
        questions: serde_json::json!(command.questions).to_string(),
        state: LeadQuestionnaireState::Active,
    };
    door.create(&record)?;
    let why = Why::new("lead_questionnaire.defined")
        .fact("name", &record.name)
        .fact("version", version)
        .fact("questions", command.questions.len());
    Ok(Outcome::of(&record, Some(&record.code), why))
}

pub(super) fn retire_questionnaire(
    door: &mut Door<'_, '_>,
    command: &LeadQuestionnaireRef,
) -> Result<Outcome> {
    let stored = door.to_change::<LeadQuestionnaire>(&command.questionnaire)?;
    let record = LeadQuestionnaire { state: LeadQuestionnaireState::Retired, ..stored.record };
    door.update(&record, stored.version)?;
    let why = Why::new("lead_questionnaire.retired").fact("questionnaire", &record.code);
    Ok(Outcome::of(&record, Some(&record.code), why))
}

/// Names are codes with a version behind them.
fn check_name(name: &str, wrong: impl FnOnce(&'static str) -> ValueError) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if (1..=60).contains(&name.len()) && name.chars().all(plain) {
        return Ok(());
    }
    Err(wrong("1 to 60 letters, digits, hyphens, dots and underscores").at("name").into())
}

pub(super) fn answer(door: &mut Door<'_, '_>, command: &AnswerLead) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(&command.lead)?;
    let lead = &stored.record;
    check_open(lead)?;
    let name = match &command.questionnaire {
        Some(name) => name.clone(),
        None => policy(&door.view())?.questionnaire,
    };
    let asked = questionnaire(&door.view(), &name)?;
    let mut given = answers_of(&door.view(), lead.id)?;
    let mut outcome = Outcome::of(lead, lead.number.as_deref(), Why::new("lead.answered"));
    for (code, value) in &command.answers {
        let question = asked.questions.iter().find(|question| question.code == *code);
        let question = question.ok_or_else(|| unknown_question(&asked.questions))?;
        let read = read_answer(question, value)?;
        let known = newest(code, &given);
        // An answer given at the same moment as another one still comes after it.
        let at = known.map_or(door.now(), |known| door.now().max(known.at + TimeDelta::milliseconds(1)));
        let answer = enter_answer(question, read, &asked.code, door.new_id(), lead.id, at);
        let same = known.is_some_and(|known| {
            (&known.word, known.number, known.date, &known.text, known.points)
                == (&answer.word, answer.number, answer.date, &answer.text, answer.points)
        });
        if !same {
            door.create(&answer)?;
            outcome = outcome.and(&answer, None);
            given.push(answer);
        }
    }
    let total = qualification(&asked.questions, &given);
    let percent = total.percent.and_then(|percent| percent.round().to_u32());
    let mut next = with_sizes(Lead { qualification: percent, ..lead.clone() }, &given);
    let mut why = total.why.fact("questionnaire", &asked.code);
    if let Some(percent) = total.percent {
        why = why.fact("percent", percent);
    }
    why = total.unanswered.iter().fold(why, |why, code| why.fact("unanswered", code));
    if let Some(rules) = LeadRules::of(&door.view(), door.today())?
        && let (Some(score), told) =
            rules.score(&next, (&given, &door.records(&of_lead(next.id))?), LeadRules::kept())?
    {
        next =
            rescored(&next, score.score, score.grade.as_deref(), &score.rule_set, door.now()).unwrap_or(next);
        why = why.because(told);
    }
    if next != *lead {
        door.update(&next, stored.version)?;
    }
    outcome.why = outcome.why.because(why);
    Ok(outcome)
}

fn unknown_question(questions: &[Question]) -> ValueError {
    let codes: Vec<&str> = questions.iter().map(|question| question.code.as_str()).collect();
    let expected = format!("the code of a question: {}", codes.join(", "));
    let problem = "is of no question of the questionnaire";
    ValueError::new("questionnaire.question", "answer", problem, expected).at("answers")
}

pub(super) fn score(door: &mut Door<'_, '_>, command: &ScoreLeads) -> Result<Outcome> {
    let rules = LeadRules::needed(&door.view(), door.today())?;
    match &command.lead {
        Some(key) => score_one(door, key, &rules),
        None => score_many(door, command.unit.as_deref(), &rules),
    }
}

fn score_one(door: &mut Door<'_, '_>, key: &str, rules: &LeadRules) -> Result<Outcome> {
    let stored = door.to_change::<Lead>(key)?;
    let lead = &stored.record;
    check_open(lead)?;
    let answers = answers_of(&door.view(), lead.id)?;
    let (score, why) = rules.score(lead, (&answers, &door.records(&of_lead(lead.id))?), LeadRules::kept())?;
    let score = score.ok_or_else(|| LeadError::ScoreUnknown { id: lead.id, why: why.clone() })?;
    if let Some(next) = rescored(lead, score.score, score.grade.as_deref(), &score.rule_set, door.now()) {
        door.update(&next, stored.version)?;
    }
    Ok(Outcome::of(lead, lead.number.as_deref(), why))
}

/// Scores are computed in columns; only leads whose score, grade or rule set differs are read and written.
fn score_many(door: &mut Door<'_, '_>, unit: Option<&str>, rules: &LeadRules) -> Result<Outcome> {
    let asked = within(&door.view(), unit)?.and(open_states());
    let rows = score_all(&door.view(), rules, &asked)?;
    let code = rules.set.record.code.clone();
    let (mut changed, mut unknown, mut kept_back) = (0_u64, 0_u64, 0_u64);
    let mut by_grade: BTreeMap<String, u64> = BTreeMap::new();
    let current = stored_scores(&door.view(), &asked)?;
    for row in &rows {
        let Some(score) = row.score else {
            unknown += 1;
            continue;
        };
        *by_grade.entry(row.grade.clone().unwrap_or_default()).or_default() += 1;
        let known = current.get(&row.lead);
        if known.is_some_and(|known| known.is(score, row.grade.as_deref(), &code)) {
            continue;
        }
        let stored = door.get::<Lead>(row.lead)?;
        if !door.view().may(Verb::Change, Lead::ENTITY, &stored.record.to_values()) {
            kept_back += 1;
            continue;
        }
        if let Some(next) = rescored(&stored.record, score, row.grade.as_deref(), &code, door.now()) {
            door.update(&next, stored.version)?;
            changed += 1;
        }
    }
    let mut why = Why::new("lead.all_scored")
        .fact("rule_set", &code)
        .fact("leads", rows.len())
        .fact("changed", changed)
        .fact("unknown", unknown)
        .fact("not_allowed", kept_back);
    for (grade, count) in by_grade {
        why = why.because(Why::new("lead.of_grade").fact("grade", grade).fact("leads", count));
    }
    Ok(Outcome { records: Vec::new(), why })
}

pub(super) fn train(door: &mut Door<'_, '_>, command: &TrainLeadScore) -> Result<Outcome> {
    check_name(&command.name, |expected| {
        ValueError::new("lead_score.name", "name", "is not one that versions can share", expected)
    })?;
    let smoothing = command.smoothing.unwrap_or(Decimal::from(SMOOTHING));
    if smoothing < Decimal::new(5, 1) || smoothing > Decimal::ONE_THOUSAND {
        let expected = "a number of leads from 0.5 to 1000";
        let error = ValueError::new("lead_score.smoothing", "smoothing", "is out of bounds", expected);
        return Err(error.at("smoothing").into());
    }
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    // What all of a unit is judged by is not learnt by one who works on his own leads alone.
    let entity = LeadScoreModel::ENTITY.name;
    if door.actor().scope(Verb::Create, entity).is_none_or(|scope| scope < Scope::MyTeam) {
        let why = Why::new("lead_score.needs_a_team").fact("entity", entity);
        return Err(CrmError::NotAllowed { verb: Verb::Create, entity, why }.into());
    }
    let counts = learn(door, unit)?;
    let [converted, disqualified] = counts.totals().map(small);
    let version = next_version(door, &command.name, unit)?;
    let model = LeadScoreModel {
        id: door.new_id(),
        code: format!("{}/{version}", command.name),
        name: command.name.clone(),
        version,
        owner: seat(door, None)?.owner,
        unit,
        state: LeadScoreModelState::Trained,
        smoothing,
        minimum: command.minimum.unwrap_or(MINIMUM_CLOSED),
        converted,
        disqualified,
        trained_at: door.now(),
    };
    door.create(&model)?;
    for (feature, value, pair) in counts.cells() {
        let [converted, disqualified] = pair.map(small);
        let (feature, value) = (feature.clone(), value.clone());
        let count =
            LeadScoreCount { id: door.new_id(), model: model.id, feature, value, converted, disqualified };
        door.create_derived(&count)?;
    }
    let mut why = Why::new("lead_score.trained")
        .fact("model", &model.code)
        .fact("converted", converted)
        .fact("disqualified", disqualified)
        .fact("values", counts.cells().count());
    let learnt = clientela_core::leads::scoring::Learnt::new(counts, smoothing, model.minimum);
    why = learnt.not_enough().into_iter().fold(why, Why::because);
    Ok(Outcome::of(&model, Some(&model.code), why))
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The version after the last of a name at the unit's dealer, whoever may see that.
fn next_version(door: &Door<'_, '_>, name: &str, unit: clientela_core::ids::UnitId) -> Result<u32> {
    let named = Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned())));
    let dealer = door.dealer_of(unit)?;
    let mut last = 0;
    for model in door.whole::<LeadScoreModel>(&named)? {
        if door.dealer_of(model.unit)? == dealer {
            last = last.max(model.version);
        }
    }
    Ok(last.saturating_add(1))
}

pub(super) fn activate(door: &mut Door<'_, '_>, command: &LeadScoreModelRef) -> Result<Outcome> {
    let stored = door.to_change::<LeadScoreModel>(&command.model)?;
    let model = stored.record.clone();
    let mut why = Why::new("lead_score.activated").fact("model", &model.code);
    if model.state == LeadScoreModelState::Retired {
        return Err(LeadError::ModelRetired { id: model.id }.into());
    }
    let same = Predicate::equals("unit", Value::Id(model.unit.uuid()))
        .and(Predicate::equals("state", LeadScoreModelState::Active.to_value()));
    for before in door.whole_stored::<LeadScoreModel>(&same)? {
        if before.record.id != model.id {
            let retired = LeadScoreModel { state: LeadScoreModelState::Retired, ..before.record };
            door.update(&retired, before.version)?;
            why = why.because(Why::new("lead_score.replaced").fact("model", &retired.code));
        }
    }
    let next = LeadScoreModel { state: LeadScoreModelState::Active, ..model };
    if next != stored.record {
        door.update(&next, stored.version)?;
    }
    Ok(Outcome::of(&next, Some(&next.code), why))
}
