//! Questions on how promising leads are.

use crate::command::Key;
use crate::error::Result;
use crate::lead_scoring::{
    LeadRules, Models, Names, Questionnaire, answers_of, by_lead, of_lead, of_leads, open_states, policy,
    within,
};
use crate::session::{Session, shown_history};
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, Utc};
use clientela_core::ids::{LeadId, PositionId, UnitId};
use clientela_core::leads::scoring::{
    LeadAnswer, Prediction, RuleScore, features, newest, outcome, predict, qualification,
};
use clientela_core::leads::{Lead, LeadState};
use clientela_core::organisation::Position;
use clientela_core::questionnaire::{Assessment, Question};
use clientela_model::{EntityId, Predicate, Record, Value, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// A questionnaire, and what the answers about a lead come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeadQuestionnaireOf {
    /// The lead; only the questions when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Key>,
    /// Name of the questionnaire; that of the setting `lead.scoring` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub questionnaire: Option<String>,
}

/// A questionnaire with its answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldQuestionnaire {
    /// Name and version; version 0 is the one every installation starts with.
    pub questionnaire: String,
    /// The questions in order.
    pub questions: Vec<AskedQuestion>,
    /// What the answers come to; none without a lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Assessment>,
}

/// A question with the answer that counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedQuestion {
    /// The question with the points of its answers.
    pub question: Question,
    /// The answer that counts; none when it was not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Its points of the day it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u16>,
    /// When it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

fn asked(view: &View<'_>, name: Option<&str>) -> Result<Questionnaire> {
    let usual = policy(view)?.questionnaire;
    crate::lead_scoring::questionnaire(view, name.unwrap_or(&usual))
}

pub(super) fn questionnaire(session: &Session, question: &LeadQuestionnaireOf) -> Result<ToldQuestionnaire> {
    session.look(|view| {
        let asked = asked(&view, question.questionnaire.as_deref())?;
        let lead = question.lead.as_ref().map(|key| view.resolve::<Lead>(key)).transpose()?;
        let given = match &lead {
            Some(lead) => answers_of(&view, lead.record.id)?,
            None => Vec::new(),
        };
        let total = lead.is_some().then(|| qualification(&asked.questions, &given));
        let questions = asked.questions.into_iter().map(|question| {
            let answer = newest(&question.code, &given);
            AskedQuestion {
                answer: answer.and_then(written),
                points: answer.map(|answer| answer.points),
                at: answer.map(|answer| answer.at),
                question,
            }
        });
        Ok(ToldQuestionnaire { questions: questions.collect(), questionnaire: asked.code, total })
    })
}

/// An answer as it was given: a number rather than its band.
fn written(answer: &LeadAnswer) -> Option<String> {
    let number = answer.number.map(|number| number.to_string());
    let date = answer.date.map(|date| date.to_string());
    number.or(date).or_else(|| answer.text.clone()).or_else(|| answer.word.clone())
}

/// How promising a lead is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadScoreOf {
    /// The lead.
    pub lead: Key,
    /// Whether the reason also says of every row of the rules why it gave nothing.
    #[serde(default)]
    pub passed_over: bool,
}

/// How promising a lead is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldLeadScore {
    /// The lead.
    pub lead: LeadId,
    /// Its number.
    pub number: Option<String>,
    /// Where it stands.
    pub state: LeadState,
    /// Name and version of the questionnaire.
    pub questionnaire: String,
    /// What the answers come to, and what is missing.
    pub qualification: Assessment,
    /// What rules give it as it stands now; none when the installation has no rules for leads, or they cannot tell.
    pub rules: Option<RuleScore>,
    /// Why rules give it nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_why: Option<Why>,
    /// The scores it was given, the newest first.
    pub history: Vec<ScoreChange>,
    /// Its chance, factor by factor; none when nothing can be foretold, and for what came to an end.
    pub prediction: Option<Prediction>,
    /// Name and version of the model that foretells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Why nothing can be foretold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_predicted: Option<Why>,
}

/// A score a lead was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreChange {
    /// When.
    pub at: DateTime<Utc>,
    /// The score, from 0 to 100.
    pub score: Option<u32>,
    /// Its grade.
    pub grade: Option<String>,
    /// The version of the rule set that gave it.
    pub rule_set: Option<String>,
}

pub(super) fn score(session: &Session, question: &LeadScoreOf) -> Result<ToldLeadScore> {
    let today = session.today();
    session.look(|view| {
        let lead = view.resolve::<Lead>(&question.lead)?.record;
        let answers = answers_of(&view, lead.id)?;
        let questionnaire = asked(&view, None)?;
        let (rules, rules_why) = match LeadRules::of(&view, today)? {
            None => (None, Some(Why::new("lead_score.no_rules"))),
            Some(rules) => match rules.score(
                &lead,
                (&answers, &view.records(&of_lead(lead.id))?),
                LeadRules::shown(question.passed_over),
            )? {
                (Some(score), _) => (Some(score), None),
                (None, why) => (None, Some(why)),
            },
        };
        let (prediction, model, not_predicted) = foretold(&view, &lead, &answers)?;
        Ok(ToldLeadScore {
            qualification: qualification(&questionnaire.questions, &answers),
            questionnaire: questionnaire.code,
            rules,
            rules_why,
            history: history(&view, lead.id)?,
            prediction,
            model,
            not_predicted,
            lead: lead.id,
            number: lead.number,
            state: lead.state,
        })
    })
}

type Foretold = (Option<Prediction>, Option<String>, Option<Why>);

fn foretold(view: &View<'_>, lead: &Lead, answers: &[LeadAnswer]) -> Result<Foretold> {
    if outcome(lead.state).is_some() {
        let why = Why::new("lead_score.known").fact("state", lead.state);
        return Ok((None, None, Some(why)));
    }
    let models = Models::read(view)?;
    match models.of(lead.unit) {
        Err(why) => {
            let why = why.unwrap_or_else(|| Why::new("lead_score.no_model"));
            Ok((None, None, Some(why)))
        }
        Ok(used) => {
            let names = Names::read(view)?;
            let known = features(lead, answers);
            let found =
                predict(&used.learnt, &known, used.readable, &|feature, value| names.of(feature, value));
            Ok((Some(found), Some(used.model.code.clone()), None))
        }
    }
}

/// The scores a lead was given, from its history.
fn history(view: &View<'_>, lead: LeadId) -> Result<Vec<ScoreChange>> {
    let mut line = ScoreChange { at: DateTime::UNIX_EPOCH, score: None, grade: None, rule_set: None };
    let mut entries = shown_history(view, Lead::ENTITY, lead.uuid())?;
    entries.sort_by_key(|entry| entry.seq);
    let mut lines = Vec::new();
    for entry in entries {
        let mut scored = false;
        for change in &entry.changes {
            let text = match &change.after {
                Value::Text(text) => Some(text.to_string()),
                _ => None,
            };
            match (change.column.name, &change.after) {
                ("score", Value::Integer(score)) => line.score = u32::try_from(*score).ok(),
                ("grade", _) => line.grade = text,
                ("scored_by", _) => line.rule_set = text,
                _ => continue,
            }
            scored = true;
        }
        if scored {
            lines.push(ScoreChange { at: entry.time, ..line.clone() });
        }
    }
    lines.reverse();
    Ok(lines)
}

/// Open leads, the most promising first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeadRankingOf {
    /// Title of the position that works on them; all that may be seen when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// Code of the unit, with those below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A lead in the ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedLead {
    /// The lead.
    pub lead: LeadId,
    /// Its number.
    pub number: Option<String>,
    /// Who works on it.
    pub owner: PositionId,
    /// The unit of that position.
    pub unit: UnitId,
    /// Where it stands.
    pub state: LeadState,
    /// Chance in percent; none when nothing can be foretold.
    pub percent: Option<Decimal>,
    /// What adds most to the chance and takes most from it, three at most, such as `source: portal`.
    pub reasons: Vec<String>,
    /// Points that rules gave it last.
    pub score: Option<u32>,
    /// The grade of that score.
    pub grade: Option<String>,
    /// What the answers about it came to, in percent.
    pub qualification: Option<u32>,
}

/// Reasons told of a lead in the ranking.
const REASONS_TOLD: usize = 3;

pub(super) fn ranking(session: &Session, question: &LeadRankingOf) -> Result<Vec<RankedLead>> {
    session.look(|view| {
        let mut wanted = within(&view, question.unit.as_deref())?.and(open_states());
        if let Some(key) = &question.owner {
            let owner = view.resolve::<Position>(key)?.record.id;
            wanted = wanted.and(Predicate::equals("owner", Value::Id(owner.uuid())));
        }
        let models = Models::read(&view)?;
        let answers = by_lead(view.records::<LeadAnswer>(&of_leads(&wanted))?);
        let known =
            |lead: &Lead| features(lead, answers.get(&lead.id).map(Vec::as_slice).unwrap_or_default());
        let mut ranked: Vec<(Option<f64>, Lead)> = view
            .records::<Lead>(&wanted)?
            .into_iter()
            .map(|lead| {
                let used = models.of(lead.unit).ok();
                (used.map(|used| used.learnt.chance(&known(&lead))), lead)
            })
            .collect();
        ranked.sort_by(|(one, left), (other, right)| {
            let chance = |chance: &Option<f64>| chance.unwrap_or(-1.0);
            chance(other)
                .total_cmp(&chance(one))
                .then_with(|| (Reverse(left.score), left.id).cmp(&(Reverse(right.score), right.id)))
        });
        ranked.truncate(question.limit.unwrap_or(LIST_MAX).min(LIST_MAX));
        let names = Names::read(&view)?;
        let line = |(_, lead): (Option<f64>, Lead)| {
            let found = models.of(lead.unit).ok().map(|used| {
                predict(&used.learnt, &known(&lead), false, &|feature, value| names.of(feature, value))
            });
            let reasons = found.iter().flat_map(|found| found.factors.iter().take(REASONS_TOLD));
            RankedLead {
                reasons: reasons.map(|factor| format!("{}: {}", factor.feature, factor.value)).collect(),
                percent: found.as_ref().map(|found| found.percent),
                lead: lead.id,
                number: lead.number,
                owner: lead.owner,
                unit: lead.unit,
                state: lead.state,
                score: lead.score,
                grade: lead.grade,
                qualification: lead.qualification,
            }
        };
        Ok(ranked.into_iter().map(line).collect())
    })
}
