//! The attainment over all measures of a plan: of every unit and position, one figure.
//!
//! | figure | how |
//! | --- | --- |
//! | percent | the percentages of the measures, each times its weight, over the sum of these weights; to two decimals |
//! | counted | a measure's percentage, or the most that counts of one where the asking says so |
//! | rank | place by percent among those beside it in the tree, units and positions apart; equals share a place |
//!
//! A measure without a percentage (its target is zero, or its market is not known) is in neither sum: the weights of the others
//! are taken to be all.

use super::attainment::{Attainment, AttainmentError, Node, PERCENT_DIGITS, places_by_percent};
use super::quota::{Measure, QuotaPlan};
use crate::ids::{PositionId, UnitId};
use crate::organisation::{Unit, UnitTree};
use clientela_model::{Rounding, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a unit or position has reached over all measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverallAttainment {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// Against which version of the plan.
    pub version: u32,
    /// Over all measures, in percent; none when no measure has a percentage.
    pub percent: Option<Decimal>,
    /// Place among those beside it, from 1; none without a percentage.
    pub rank: Option<u32>,
    /// What it is made of, measures in their order.
    pub parts: Vec<OverallPart>,
    /// How it was computed.
    pub why: Why,
}

/// One measure in the attainment over all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverallPart {
    /// The measure.
    pub measure: Measure,
    /// How much it weighs.
    pub weight: Decimal,
    /// What is to be reached.
    pub target: Decimal,
    /// What has been reached.
    pub reached: Decimal,
    /// Reached in percent of the target; none when that cannot be told.
    pub percent: Option<Decimal>,
    /// What counts of it over all.
    pub counted: Option<Decimal>,
}

/// Puts the attainments of a plan in its measures together, in the order in which nodes first come.
///
/// `plans` is the plan in each of its measures ([`QuotaPlan::in_measures`]), `lines` what was reached in them, `most` the most
/// percent that count of one measure, so that one cannot make up for all others.
///
/// # Errors
/// `quota_plan.overflow`.
pub fn overall(
    plans: &[QuotaPlan],
    lines: &[Attainment],
    units: &[Unit],
    most: Option<Decimal>,
) -> Result<Vec<OverallAttainment>, AttainmentError> {
    let mut order: Vec<Node> = Vec::new();
    let mut places: HashMap<Node, usize> = HashMap::new();
    let mut found: HashMap<(Node, Measure), &Attainment> = HashMap::new();
    for line in lines {
        let node = (line.unit, line.owner);
        places.entry(node).or_insert_with(|| {
            order.push(node);
            order.len() - 1
        });
        found.insert((node, line.measure), line);
    }
    let mut answers = Vec::with_capacity(order.len());
    for node in order {
        let part = |plan: &QuotaPlan| {
            let line = found.get(&(node, plan.measure))?;
            let counted = line.percent.map(|percent| most.map_or(percent, |most| percent.min(most)));
            let (target, reached, percent) = (line.target, line.reached, line.percent);
            let weight = plan.measure_weight();
            Some(OverallPart { measure: plan.measure, weight, target, reached, percent, counted })
        };
        let parts: Vec<OverallPart> = plans.iter().filter_map(part).collect();
        answers.push(answer(node, plans.first().map_or(1, QuotaPlan::version), parts)?);
    }
    let percents: Vec<(Node, Option<Decimal>)> =
        answers.iter().map(|one| ((one.unit, one.owner), one.percent)).collect();
    let ranks = places_by_percent(&percents, &places, &UnitTree::new(units));
    for (answer, rank) in answers.iter_mut().zip(ranks) {
        answer.rank = rank;
    }
    Ok(answers)
}

fn answer(node: Node, version: u32, parts: Vec<OverallPart>) -> Result<OverallAttainment, AttainmentError> {
    let mut why = Why::new("quota.overall");
    let (mut sum, mut weights) = (Decimal::ZERO, Decimal::ZERO);
    for part in &parts {
        let mut of_part =
            Why::new("quota.overall_part").fact("measure", part.measure).fact("weight", part.weight);
        if let Some(counted) = part.counted {
            let weighed = counted.checked_mul(part.weight).ok_or(AttainmentError::Overflow)?;
            sum = sum.checked_add(weighed).ok_or(AttainmentError::Overflow)?;
            weights = weights.checked_add(part.weight).ok_or(AttainmentError::Overflow)?;
            of_part = of_part.fact("counted", counted);
        }
        why = why.because(of_part);
    }
    let percent = if weights.is_zero() { None } else { sum.checked_div(weights) };
    let percent = percent.map(|percent| Rounding::HalfAwayFromZero.apply(percent, PERCENT_DIGITS));
    if let Some(percent) = percent {
        why = why.fact("percent", percent);
    }
    let (unit, owner) = node;
    Ok(OverallAttainment { unit, owner, version, percent, rank: None, parts, why })
}
