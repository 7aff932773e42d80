//! Counting what became of leads: all of them when a model is trained, one when it comes to an end or is taken up again.

use super::{below, by_lead, of_lead, of_leads};
use crate::door::Door;
use crate::error::{CrmError, Result};
use clientela_analytics::frequencies::Frequencies;
use clientela_core::ids::{LeadScoreModelId, UnitId};
use clientela_core::leads::scoring::{
    LeadAnswer, LeadScoreCount, LeadScoreModel, LeadScoreModelState, features, outcome,
};
use clientela_core::leads::{Lead, LeadState};
use clientela_core::organisation::{Unit, Verb};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Field, Predicate, Record, Value, Why};
use std::borrow::Cow;

/// The condition that a lead came to an end.
pub(crate) fn closed_states() -> Predicate {
    let states = [LeadState::Converted, LeadState::Disqualified];
    Predicate::OneOf("state".into(), states.iter().map(Field::to_value).collect())
}

/// The condition that a count belongs to one of these models.
pub(crate) fn of_models(models: impl Iterator<Item = LeadScoreModelId>) -> Predicate {
    Predicate::OneOf("model".into(), models.map(|id| Value::Id(id.uuid())).collect())
}

/// Counts all leads of a unit, and of those below it, that came to an end.
///
/// # Errors
/// `access.not_allowed` when the actor does not see them all: a model tells of every lead it has learnt from.
pub(crate) fn learn(door: &Door<'_, '_>, unit: UnitId) -> Result<Frequencies<String, String>> {
    let closed = below(unit).and(closed_states());
    let seen = door.view().count(Lead::ENTITY, &closed)?;
    let all = door.count_whole(Lead::ENTITY, &closed)?;
    if seen != all {
        let why = Why::new("lead_score.not_all_seen").fact("seen", seen);
        return Err(CrmError::NotAllowed { verb: Verb::Read, entity: Lead::ENTITY.name, why }.into());
    }
    let answers = by_lead(door.whole::<LeadAnswer>(&of_leads(&closed))?);
    let mut counts = Frequencies::default();
    for lead in door.whole::<Lead>(&closed)? {
        let given = answers.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
        if let Some(converted) = outcome(lead.state) {
            counts.add(features(&lead, given), converted);
        }
    }
    Ok(counts)
}

/// Counts one outcome more, or one less when a lead is taken up again, in every model that learns from its unit. What is left
/// is what counting all anew would leave.
pub(crate) fn count_outcome(door: &mut Door<'_, '_>, lead: &Lead, taken_back: bool) -> Result<()> {
    let Some(converted) = outcome(lead.state) else { return Ok(()) };
    let learning = [LeadScoreModelState::Trained, LeadScoreModelState::Active];
    let learning = Predicate::OneOf("state".into(), learning.iter().map(Field::to_value).collect());
    let models = door.whole_stored::<LeadScoreModel>(&learning)?;
    if models.is_empty() {
        return Ok(());
    }
    let up = |unit: &UnitId| door.found::<Unit>(*unit).and_then(|unit| unit.parent);
    let path: Vec<UnitId> = std::iter::successors(Some(lead.unit), up).take(TREE_DEPTH_MAX).collect();
    let known = features(lead, &door.whole::<LeadAnswer>(&of_lead(lead.id))?);
    for mut stored in models {
        if !path.contains(&stored.record.unit) {
            continue;
        }
        count_features(door, stored.record.id, &known, converted, taken_back)?;
        let model = &mut stored.record;
        let total = if converted { &mut model.converted } else { &mut model.disqualified };
        step(total, taken_back);
        door.update_derived(&stored.record, stored.version)?;
    }
    Ok(())
}

fn count_features(
    door: &mut Door<'_, '_>,
    model: LeadScoreModelId,
    known: &[(String, String)],
    converted: bool,
    taken_back: bool,
) -> Result<()> {
    let values = known.iter().map(|(_, value)| Value::Text(Cow::Owned(value.clone()))).collect();
    let of_model = Predicate::equals("model", Value::Id(model.uuid()));
    let counts =
        door.whole_stored::<LeadScoreCount>(&of_model.and(Predicate::OneOf("value".into(), values)))?;
    for (feature, value) in known {
        let found =
            counts.iter().find(|count| count.record.feature == *feature && count.record.value == *value);
        let mut count = found.map_or_else(
            || LeadScoreCount {
                id: door.new_id(),
                model,
                feature: feature.clone(),
                value: value.clone(),
                converted: 0,
                disqualified: 0,
            },
            |stored| stored.record.clone(),
        );
        step(if converted { &mut count.converted } else { &mut count.disqualified }, taken_back);
        match found {
            Some(stored) => door.update_derived(&count, stored.version)?,
            None => door.create_derived(&count)?,
        }
    }
    Ok(())
}

fn step(count: &mut u32, taken_back: bool) {
    *count = if taken_back { count.saturating_sub(1) } else { count.saturating_add(1) };
}
