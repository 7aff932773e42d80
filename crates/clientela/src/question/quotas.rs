//! Questions on quota plans.

use super::quota_versions::version_of;
use crate::calendar;
use crate::command::{Key, of_plan};
use crate::error::Result;
use crate::session::Session;
use chrono::{Datelike, Days, NaiveDate};
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Unit, UnitTree};
use clientela_core::performance::{
    Attainment, Incentive, IncentiveStep, Outlook, Pace, QuotaPlan, QuotaTarget, TargetAnswer, incentive,
    outlook,
};
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_model::{EntityId, Predicate, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What has been reached of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttainmentOf {
    /// Name of the plan.
    pub plan: Key,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Against which version; the plan named when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

pub(super) fn attainment(session: &Session, question: &AttainmentOf) -> Result<Vec<Attainment>> {
    let Some(version) = question.version else {
        return session.attainment(&question.plan, question.day);
    };
    let plan = session.look(|view| version_of(&view, &question.plan, version))?;
    session.attainment(&plan.id.uuid().to_string(), question.day)
}

/// What is still to be done for a plan: by the working day, and in opportunities at the conversion of late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlookOf {
    /// Name of the plan.
    pub plan: Key,
    /// Seen from which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Over how many days before it conversion is taken; a year when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion_days: Option<u32>,
}

/// Days conversion is taken over when nothing is said.
const YEAR_DAYS: u32 = 365;

pub(super) fn outlooks(session: &Session, question: &OutlookOf) -> Result<Vec<Outlook>> {
    let day = question.day.unwrap_or_else(|| session.today());
    let lines = session.attainment(&question.plan, Some(day))?;
    session.look(|view| {
        let plan = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let (time, _) = calendar::of_unit(&view, plan.unit)?;
        let over = time.days_between(plan.first_day, plan.last_day.min(day));
        let after = day.succ_opt().unwrap_or(day).max(plan.first_day);
        let left = if day >= plan.last_day { 0 } else { time.days_between(after, plan.last_day) };
        let since = day - Days::new(question.conversion_days.unwrap_or(YEAR_DAYS).into());
        let counted = session.counted(&view, plan.measure, since, day)?;
        let tree = UnitTree::new(&view.records::<Unit>(&Predicate::Everything)?);
        let mut paces: HashMap<Node, Pace> = HashMap::new();
        for one in view.records::<Opportunity>(&Predicate::Everything)? {
            let lately = one.closed_on.is_some_and(|closed| closed > since && closed <= day);
            for node in nodes(&tree, one.unit, one.owner) {
                let pace = paces.entry(node).or_default();
                match one.state {
                    OpportunityState::Won => pace.won += u64::from(lately),
                    OpportunityState::Lost => pace.lost += u64::from(lately),
                    OpportunityState::Open | OpportunityState::Suspended => pace.open += 1,
                }
            }
        }
        for one in counted {
            for node in nodes(&tree, one.unit, one.owner) {
                paces.entry(node).or_default().counted += one.amount;
            }
        }
        let told = |line: Attainment| {
            let pace = paces.get(&(line.owner.is_none().then_some(line.unit), line.owner));
            let pace = Pace { days_over: over, days_left: left, ..pace.copied().unwrap_or_default() };
            outlook(line, &pace)
        };
        Ok(lines.into_iter().map(told).collect())
    })
}

/// A unit, or a position wherever it sits.
type Node = (Option<UnitId>, Option<PositionId>);

/// The nodes for which what a position of a unit does counts.
fn nodes(tree: &UnitTree, unit: UnitId, owner: PositionId) -> impl Iterator<Item = Node> + '_ {
    tree.path(unit).map(|unit| (Some(unit), None)).chain([(None, Some(owner))])
}

/// What the steps of a plan pay by a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncentivesOf {
    /// Name of the plan.
    pub plan: Key,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// What a unit or position has earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncentiveLine {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// What it has earned, and what is missing to earn more.
    pub incentive: Incentive,
}

pub(super) fn incentives(session: &Session, question: &IncentivesOf) -> Result<Vec<IncentiveLine>> {
    let lines = session.attainment(&question.plan, question.day)?;
    session.look(|view| {
        let plan = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let steps: Vec<IncentiveStep> = view.records(&of_plan(&plan))?;
        let mut earned = Vec::new();
        for line in lines {
            if let Some(incentive) = incentive(&steps, line.target, line.reached)? {
                earned.push(IncentiveLine { unit: line.unit, owner: line.owner, incentive });
            }
        }
        Ok(earned)
    })
}

/// How a plan from the top compares with what is said from below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationOf {
    /// Name of the plan.
    pub plan: Key,
    /// Period by period, or the whole plan when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_period: bool,
}

/// A unit or position in a period, as seen from above and from below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReconciliationLine {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period.
    pub last_day: NaiveDate,
    /// The target, from the top.
    pub target: Decimal,
    /// What those directly below have together; none for whoever has nobody below.
    pub below: Option<Decimal>,
    /// How much more those below have than is asked here: over-assignment, or below zero what nobody has.
    pub over_assigned: Option<Decimal>,
    /// What comes from below: what was proposed or else accepted or asked of each, added up from the leaves.
    pub bottom_up: Decimal,
    /// Bottom-up less the target.
    pub difference: Decimal,
    /// What the holder said.
    pub answer: Option<TargetAnswer>,
    /// Why, in his words.
    pub note: Option<String>,
    /// How it adds up.
    pub why: Why,
}

pub(super) fn reconciliation(
    session: &Session,
    question: &ReconciliationOf,
) -> Result<Vec<ReconciliationLine>> {
    session.look(|view| {
        let plan = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let targets: Vec<QuotaTarget> = view.records(&of_plan(&plan))?;
        let tree = UnitTree::new(&view.records::<Unit>(&Predicate::Everything)?);
        let periods: Vec<(NaiveDate, NaiveDate)> = if question.by_period {
            let mut periods: Vec<_> =
                targets.iter().map(|target| (target.first_day, target.last_day)).collect();
            periods.sort_unstable();
            periods.dedup();
            periods
        } else {
            vec![(plan.first_day, plan.last_day)]
        };
        let mut lines = Vec::new();
        for (first, last) in periods {
            let within = |target: &&QuotaTarget| target.first_day >= first && target.last_day <= last;
            lines.extend(reconciled(targets.iter().filter(within), &tree, first, last));
        }
        Ok(lines)
    })
}

/// One period of a plan, node by node from the top down.
fn reconciled<'t>(
    targets: impl Iterator<Item = &'t QuotaTarget>,
    tree: &UnitTree,
    first_day: NaiveDate,
    last_day: NaiveDate,
) -> Vec<ReconciliationLine> {
    type Node = (UnitId, Option<PositionId>);
    struct Sum<'t> {
        node: Node,
        target: Decimal,
        own: Decimal,
        said: &'t QuotaTarget,
    }
    let mut nodes: Vec<Sum<'t>> = Vec::new();
    let mut places: HashMap<Node, usize> = HashMap::new();
    for target in targets {
        let node = (target.unit, target.owner);
        let place = *places.entry(node).or_insert_with(|| {
            nodes.push(Sum { node, target: Decimal::ZERO, own: Decimal::ZERO, said: target });
            nodes.len() - 1
        });
        if let Some(sum) = nodes.get_mut(place) {
            sum.target += target.amount;
            sum.own += target.proposed.unwrap_or(target.amount);
        }
    }
    nodes.sort_by_key(|sum| (tree.depth(sum.node.0), sum.node.1.is_some(), sum.node));
    places = nodes.iter().enumerate().map(|(place, sum)| (sum.node, place)).collect();
    // The node above: a position's unit, a unit's nearest unit above that is in the plan.
    let above = |(unit, owner): Node| {
        let from = usize::from(owner.is_none());
        tree.path(unit).skip(from).find_map(|unit| places.get(&(unit, None)).copied())
    };
    let mut below: Vec<Option<Decimal>> = vec![None; nodes.len()];
    let mut from_below: Vec<Option<Decimal>> = vec![None; nodes.len()];
    // Nodes stand from the top down, so from the last to the first each is complete before it is added to the one above.
    for (at, sum) in nodes.iter().enumerate().rev() {
        let own = from_below.get(at).copied().flatten().unwrap_or(sum.own);
        if let Some(place) = above(sum.node).filter(|place| *place < at) {
            if let Some(slot) = below.get_mut(place) {
                *slot = Some(slot.unwrap_or_default() + sum.target);
            }
            if let Some(slot) = from_below.get_mut(place) {
                *slot = Some(slot.unwrap_or_default() + own);
            }
        }
    }
    nodes
        .iter()
        .zip(below.into_iter().zip(from_below))
        .map(|(sum, (below, from_below))| {
            let bottom_up = from_below.unwrap_or(sum.own);
            let mut why =
                Why::new("quota.reconciliation").fact("target", sum.target).fact("bottom_up", bottom_up);
            if let Some(below) = below {
                why = why.fact("below", below);
            }
            ReconciliationLine {
                unit: sum.node.0,
                owner: sum.node.1,
                first_day,
                last_day,
                target: sum.target,
                below,
                over_assigned: below.map(|below| below - sum.target),
                bottom_up,
                difference: bottom_up - sum.target,
                answer: sum.said.answer,
                note: sum.said.note.clone(),
                why,
            }
        })
        .collect()
}

/// First and last day of a month.
pub(super) fn month(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(chrono::Months::new(1));
    (first, next.and_then(|next| next.pred_opt()).unwrap_or(day))
}
