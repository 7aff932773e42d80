//! Commands on sales methods: their definition, and taking opportunities over into a new version.

use super::catalogue::{DefineSalesMethod, StageLine, bad};
use super::opportunities::{by, stages};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::{AssessmentQuestionId, SalesMethodId, StageId};
use clientela_core::sales::assessment::{POINTS_MAX, answers};
use clientela_core::sales::changing::move_over as decide;
use clientela_core::sales::opportunity::Move;
use clientela_core::sales::{
    AssessmentAnswer, AssessmentQuestion, ForecastCategory, Opportunity, OpportunityState, SalesMethod,
    Stage, StageAction,
};
use clientela_model::{EntityId, Field, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Takes the open and suspended opportunities of one version of a method over into another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveOverSalesMethod {
    /// Code of the method they are in.
    pub from: Key,
    /// Code of the method they go to.
    pub to: Key,
    /// For each stage an opportunity stands in, the stage it goes to: codes.
    pub map: BTreeMap<String, String>,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineSalesMethod) -> Result<Outcome> {
    door.unused::<SalesMethod>("code", &command.code)?;
    check(door, command)?;
    let mut version = 1;
    let mut replaces = None;
    if let Some(key) = &command.replaces {
        let mut before = door.to_change::<SalesMethod>(key)?;
        version = before.record.version.unwrap_or(1).saturating_add(1);
        replaces = Some(before.record.id);
        before.record.active = false;
        door.update(&before.record, before.version)?;
    }
    let method = SalesMethod {
        id: door.new_id(),
        code: command.code.clone(),
        name: command.name.clone(),
        with_configurator: command.with_configurator,
        active: true,
        version: Some(version),
        replaces,
    };
    door.create(&method)?;
    for (index, line) in command.stages.iter().enumerate() {
        create_stage(door, method.id, index, line)?;
    }
    for (index, line) in command.assessment.iter().enumerate() {
        door.create(&AssessmentQuestion {
            id: door.new_id(),
            method: method.id,
            sequence: place(index),
            code: line.code.clone(),
            text: line.text.clone(),
            weight: line.weight,
            answers: serde_json::json!(line.answers).to_string(),
        })?;
    }
    let mut why = Why::new("sales_method.defined").fact("stages", command.stages.len());
    if replaces.is_some() {
        why = why.fact("version", version);
    }
    Ok(Outcome::of(&method, Some(&method.code), why))
}

fn place(index: usize) -> u16 {
    u16::try_from(index + 1).unwrap_or(u16::MAX)
}

fn create_stage(
    door: &mut Door<'_, '_>,
    method: SalesMethodId,
    index: usize,
    line: &StageLine,
) -> Result<()> {
    let stage = Stage {
        id: door.new_id(),
        method,
        sequence: place(index),
        code: line.code.clone(),
        name: line.name.clone(),
        probability: line.probability,
        expected_days: line.expected_days,
        forecast: line.forecast.unwrap_or(ForecastCategory::Pipeline),
        entry_rule: line.entry_rule.clone(),
        phase: line.phase.clone(),
        exit_rule: line.exit_rule.clone(),
    };
    door.create(&stage)?;
    for action in &line.actions {
        door.create(&StageAction {
            id: door.new_id(),
            method,
            stage: stage.id,
            kind: action.kind,
            subject: action.subject.clone(),
            after_days: action.after_days,
        })?;
    }
    Ok(())
}

fn check(door: &Door<'_, '_>, command: &DefineSalesMethod) -> Result<()> {
    if command.stages.is_empty() {
        let field = "stages".to_owned();
        return Err(bad(
            "sales_method.no_stages",
            "sales method",
            "has no stages",
            "at least one stage",
            field,
        ));
    }
    for (index, line) in command.stages.iter().enumerate() {
        if line.probability > 100 {
            let field = format!("stages[{index}].probability");
            return Err(bad("stage.probability", "probability", "is above 100", "0 to 100 percent", field));
        }
        if command.stages[..index].iter().any(|other| other.code == line.code) {
            let field = format!("stages[{index}].code");
            return Err(bad("stage.code", "code of the stage", "is used twice", "a code of its own", field));
        }
        for rule in [&line.entry_rule, &line.exit_rule].into_iter().flatten() {
            crate::rules::stage::check_opportunity_rule(door, rule)?;
        }
        if let Some(at) = line.actions.iter().position(|action| action.subject.trim().is_empty()) {
            let field = format!("stages[{index}].actions[{at}].subject");
            return Err(bad(
                "stage.action",
                "subject of the action",
                "is empty",
                "what is to be done",
                field,
            ));
        }
    }
    for (index, line) in command.assessment.iter().enumerate() {
        if command.assessment[..index].iter().any(|other| other.code == line.code) {
            let field = format!("assessment[{index}].code");
            return Err(bad(
                "assessment.code",
                "code of the question",
                "is used twice",
                "a code of its own",
                field,
            ));
        }
        if line.answers.len() < 2 || line.answers.values().any(|points| *points > POINTS_MAX) {
            let field = format!("assessment[{index}].answers");
            let (problem, right) =
                ("are too few or give too many points", "two or more, each with 0 to 1000 points");
            return Err(bad("assessment.answers", "answers of the question", problem, right, field));
        }
    }
    Ok(())
}

pub(super) fn move_over(door: &mut Door<'_, '_>, command: &MoveOverSalesMethod) -> Result<Outcome> {
    let from = door.to_change::<SalesMethod>(&command.from)?.record;
    let to = door.to_change::<SalesMethod>(&command.to)?.record;
    let (old, new) = (stages(door, &from)?, stages(door, &to)?);
    let mut map: BTreeMap<StageId, &Stage> = BTreeMap::new();
    for (left, right) in &command.map {
        let source = old.iter().find(|stage| stage.code == *left);
        let target = new.iter().find(|stage| stage.code == *right);
        let (Some(source), Some(target)) = (source, target) else {
            let right = "codes of stages: those of the method left, then those of the method entered";
            return Err(bad(
                "sales_method.map",
                "map of stages",
                "names a stage that is not there",
                right,
                "map".to_owned(),
            ));
        };
        map.insert(source.id, target);
    }
    let of_method = Predicate::equals("method", Value::Id(from.id.uuid()));
    let alive = Predicate::equals("state", OpportunityState::Open.to_value())
        .or(Predicate::equals("state", OpportunityState::Suspended.to_value()));
    let found = door.whole_stored::<Opportunity>(&of_method.and(alive))?;
    if let Some(stage) = found.iter().find(|stored| !map.contains_key(&stored.record.stage)) {
        let code = old.iter().find(|one| one.id == stage.record.stage).map_or("", |one| one.code.as_str());
        let problem = format!("says nothing of the stage {code}, in which opportunities stand");
        return Err(bad(
            "sales_method.map_incomplete",
            "map of stages",
            &problem,
            "a target for each such stage",
            "map".to_owned(),
        ));
    }
    let asked = questions_in_common(door, &from, &to)?;
    for stored in &found {
        let Some(target) = map.get(&stored.record.stage) else { continue };
        let Move { opportunity, passage, .. } = decide(&stored.record, to.id, target, by(door))?;
        door.update_derived(&opportunity, stored.version)?;
        door.create_derived(&passage)?;
        take_answers_over(door, &opportunity, &asked)?;
    }
    let why = Why::new("sales_method.moved_over").fact("from", &from.code).fact("opportunities", found.len());
    Ok(Outcome::of(&to, Some(&to.code), why))
}

/// The questions of the method left, each with the one of the method entered that has its code.
fn questions_in_common(
    door: &Door<'_, '_>,
    from: &SalesMethod,
    to: &SalesMethod,
) -> Result<HashMap<AssessmentQuestionId, AssessmentQuestion>> {
    let of = |method: &SalesMethod| {
        door.whole::<AssessmentQuestion>(&Predicate::equals("method", Value::Id(method.id.uuid())))
    };
    let entered = of(to)?;
    let same = |old: &AssessmentQuestion| entered.iter().find(|new| new.code == old.code).cloned();
    Ok(of(from)?.iter().filter_map(|old| Some((old.id, same(old)?))).collect())
}

/// Gives the newest answers again to the questions of the method entered, where they may be given there, at the moment they were given
/// and for the points they have there.
fn take_answers_over(
    door: &mut Door<'_, '_>,
    opportunity: &Opportunity,
    asked: &HashMap<AssessmentQuestionId, AssessmentQuestion>,
) -> Result<()> {
    if asked.is_empty() {
        return Ok(());
    }
    let mut newest: BTreeMap<AssessmentQuestionId, AssessmentAnswer> = BTreeMap::new();
    for answer in door.whole::<AssessmentAnswer>(&super::of_opportunity(opportunity.id))? {
        let known = newest.entry(answer.question).or_insert_with(|| answer.clone());
        if (known.at, known.id) < (answer.at, answer.id) {
            *known = answer;
        }
    }
    for answer in newest.into_values() {
        let Some(question) = asked.get(&answer.question) else { continue };
        let points = answers(question).and_then(|answers| answers.get(&answer.answer).copied());
        if let Some(points) = points {
            let again = AssessmentAnswer { id: door.new_id(), question: question.id, points, ..answer };
            door.create_derived(&again)?;
        }
    }
    Ok(())
}
