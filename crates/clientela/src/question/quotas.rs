//! Questions on quota plans.

use super::quota_versions::version_of;
use crate::calendar;
use crate::command::{Key, of_plan};
use crate::error::{CrmError, Result};
use crate::measures::{in_measures, targets};
use crate::session::Session;
use crate::view::View;
use chrono::{Datelike, Days, NaiveDate};
use clientela_core::ids::{PositionId, UnitId, UserId};
use clientela_core::organisation::{Holding, Unit, UnitTree, User};
use clientela_core::performance::{
    self, Attainment, Incentive, IncentiveStep, Measure, Outlook, OverallAttainment, Pace,
    PersonalAttainment, PersonalBasis, QuotaPlan, QuotaTarget, TargetAnswer, incentive, outlook, overall,
    said_together,
};
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_model::{Predicate, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What has been reached of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttainmentOf {
    /// Name of the plan.
    pub plan: Key,
    /// In which of its measures; all of them, one after the other, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Against which version; the plan named when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

pub(super) fn attainment(session: &Session, question: &AttainmentOf) -> Result<Vec<Attainment>> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let plan = named(&view, &question.plan, question.version)?;
        let plans = session.measures_of(&view, &plan, question.measure)?;
        session.reached(&view, &plans, day)
    })
}

/// The plan of that name, or the version of it.
fn named(view: &View<'_>, plan: &str, version: Option<u32>) -> Result<QuotaPlan> {
    match version {
        Some(version) => version_of(view, plan, version),
        None => Ok(view.resolve::<QuotaPlan>(plan)?.record),
    }
}

/// The attainment over all measures of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverallAttainmentOf {
    /// Name of the plan.
    pub plan: Key,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Against which version; the plan named when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The most percent that count of one measure; no end when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_percent: Option<Decimal>,
}

pub(super) fn overall_attainment(
    session: &Session,
    question: &OverallAttainmentOf,
) -> Result<Vec<OverallAttainment>> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let plan = named(&view, &question.plan, question.version)?;
        let plans = session.measures_of(&view, &plan, None)?;
        let lines = session.reached(&view, &plans, day)?;
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        let mut found = overall(&plans, &lines, &units, question.most_percent)?;
        for withheld in in_measures(&view, &plan, None)? {
            if plans.iter().all(|plan| plan.measure != withheld.measure) {
                for line in &mut found {
                    line.why = line.why.clone().fact("withheld", withheld.measure);
                }
            }
        }
        Ok(found)
    })
}

/// What each person carries of the quotas of the positions he holds, and what he has reached of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalAttainmentOf {
    /// Name of the plan.
    pub plan: Key,
    /// In which of its measures; all of them when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// By what a position's quota is shared among those who hold it in turn.
    #[serde(default)]
    pub basis: PersonalBasis,
}

/// What one person has reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalLine {
    /// His name; none for the vacant part.
    pub name: Option<String>,
    /// What he carries and has reached.
    #[serde(flatten)]
    pub attainment: PersonalAttainment,
}

pub(super) fn personal_attainment(
    session: &Session,
    question: &PersonalAttainmentOf,
) -> Result<Vec<PersonalLine>> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let plan = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        let targets = targets(&view, &plan, &units)?;
        let holdings: Vec<Holding> = view.records(&Predicate::Everything)?;
        let users: Vec<User> = view.records(&Predicate::Everything)?;
        let names: HashMap<UserId, String> = users.into_iter().map(|user| (user.id, user.name)).collect();
        let calendars = calendar::Calendars::read(&view)?;
        let days = |unit, first, last| calendars.days_between(unit, first, last);
        let mut lines = Vec::new();
        for plan in session.measures_of(&view, &plan, question.measure)? {
            let days_asked = (plan.first_day, plan.last_day.min(day));
            let counted = session.counted_of(&view, &plan, days_asked)?;
            let found = performance::personal_attainment(
                &plan,
                &targets,
                &holdings,
                &counted,
                &days,
                day,
                question.basis,
            )?;
            lines.extend(found.into_iter().map(|attainment| PersonalLine {
                name: attainment.user.and_then(|user| names.get(&user).cloned()),
                attainment,
            }));
        }
        Ok(lines)
    })
}

/// What is still to be done for a plan: by the working day, and in opportunities at the conversion of late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlookOf {
    /// Name of the plan.
    pub plan: Key,
    /// In which of its measures; all of them when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Seen from which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Over how many days before it conversion is taken, at most ten years of them; a year when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion_days: Option<u32>,
}

/// Days conversion is taken over when nothing is said.
const YEAR_DAYS: u32 = 365;
/// Most days conversion is taken over: ten years.
const CONVERSION_DAYS_MAX: u32 = 3_660;

pub(super) fn outlooks(session: &Session, question: &OutlookOf) -> Result<Vec<Outlook>> {
    let conversion_days = question.conversion_days.unwrap_or(YEAR_DAYS);
    if conversion_days > CONVERSION_DAYS_MAX {
        return Err(CrmError::Argument {
            field: "conversion_days",
            problem: "is more than ten years".to_owned(),
            hint: "take conversion over at most 3660 days",
        }
        .into());
    }
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let plan = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let plans = session.measures_of(&view, &plan, question.measure)?;
        let lines = session.reached(&view, &plans, day)?;
        let (time, _) = calendar::of_unit(&view, plan.unit)?;
        let over = time.days_between(plan.first_day, plan.last_day.min(day));
        let after = day.succ_opt().unwrap_or(day).max(plan.first_day);
        let left = if day >= plan.last_day { 0 } else { time.days_between(after, plan.last_day) };
        let since = day.checked_sub_days(Days::new(conversion_days.into())).unwrap_or(day);
        let tree = UnitTree::new(&view.records::<Unit>(&Predicate::Everything)?);
        let mut decided: HashMap<Node, Pace> = HashMap::new();
        for one in view.records::<Opportunity>(&Predicate::Everything)? {
            let lately = one.closed_on.is_some_and(|closed| closed > since && closed <= day);
            for node in nodes(&tree, one.unit, one.owner) {
                let pace = decided.entry(node).or_default();
                match one.state {
                    OpportunityState::Won => pace.won += u64::from(lately),
                    OpportunityState::Lost => pace.lost += u64::from(lately),
                    OpportunityState::Open | OpportunityState::Suspended => pace.open += 1,
                }
            }
        }
        let mut answer = Vec::with_capacity(lines.len());
        for plan in &plans {
            let mut counted: HashMap<Node, Decimal> = HashMap::new();
            let lately = session.counted_of(&view, plan, (since, day))?;
            for one in lately.iter().filter(|one| one.is_in(plan.currency)) {
                for node in nodes(&tree, one.unit, one.owner) {
                    *counted.entry(node).or_default() += one.amount;
                }
            }
            answer.extend(lines.iter().filter(|line| line.measure == plan.measure).map(|line| {
                let node = (line.owner.is_none().then_some(line.unit), line.owner);
                let pace = decided.get(&node).copied().unwrap_or_default();
                let counted = counted.get(&node).copied().unwrap_or_default();
                outlook(line.clone(), &Pace { days_over: over, days_left: left, counted, ..pace })
            }));
        }
        Ok(answer)
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
    /// Only what is paid by this measure; everything when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// The most percent that count of one measure in the attainment over all; no end when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_percent: Option<Decimal>,
}

/// What a unit or position has earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncentiveLine {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// By which measure; none for the attainment over all of them.
    pub measure: Option<Measure>,
    /// What it has earned, and what is missing to earn more; none where that hangs on a measure that the asking may not be told of: the
    /// others alone would give another answer than his superior has.
    pub incentive: Option<Incentive>,
}

pub(super) fn incentives(session: &Session, question: &IncentivesOf) -> Result<Vec<IncentiveLine>> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let plan = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let all = in_measures(&view, &plan, None)?;
        let plans = session.measures_of(&view, &plan, question.measure)?;
        let lines = session.reached(&view, &plans, day)?;
        let steps: Vec<IncentiveStep> = view.records(&of_plan(&plan))?;
        let by = |measure: Option<Measure>| -> Vec<IncentiveStep> {
            steps.iter().filter(|step| step.measure == measure).cloned().collect()
        };
        let (mut earned, mut untold) = (Vec::new(), Vec::new());
        let mut put =
            |line: (UnitId, Option<PositionId>), measure, steps: &[_], target, reached| -> Result<()> {
                if let Some(incentive) = incentive(steps, target, reached)? {
                    earned.push(IncentiveLine {
                        unit: line.0,
                        owner: line.1,
                        measure,
                        incentive: Some(incentive),
                    });
                }
                Ok(())
            };
        for plan in &plans {
            let mut steps = by(Some(plan.measure));
            if all.len() == 1 {
                steps.extend(by(None));
            }
            for line in lines.iter().filter(|line| line.measure == plan.measure) {
                put((line.unit, line.owner), Some(plan.measure), &steps, line.target, line.reached)?;
            }
        }
        if all.len() > 1 && question.measure.is_none() {
            let units: Vec<Unit> = view.records(&Predicate::Everything)?;
            let steps = by(None);
            let withheld = plans.len() < all.len();
            for line in overall(&plans, &lines, &units, question.most_percent)? {
                let (unit, owner) = (line.unit, line.owner);
                if !withheld {
                    let percent = line.percent.unwrap_or_default();
                    put((unit, owner), None, &steps, Decimal::ONE_HUNDRED, percent)?;
                } else if steps.iter().any(|step| !step.withdrawn) {
                    untold.push(IncentiveLine { unit, owner, measure: None, incentive: None });
                }
            }
        }
        earned.extend(untold);
        Ok(earned)
    })
}

/// How a plan from the top compares with what is said from below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationOf {
    /// Name of the plan.
    pub plan: Key,
    /// In which of its measures; all of them when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
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
    /// In which measure of the plan.
    pub measure: Measure,
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
    /// What the holder said: of several periods nothing while one is not answered, rejected when he rejected one, else accepted.
    pub answer: Option<TargetAnswer>,
    /// Why, in his words; of several periods the first that was rejected, else the first with a note.
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
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        let targets = targets(&view, &plan, &units)?;
        let tree = UnitTree::new(&units);
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
        for plan in in_measures(&view, &plan, question.measure)? {
            for (first, last) in &periods {
                let within = |target: &&QuotaTarget| {
                    target.belongs_to(&plan) && target.first_day >= *first && target.last_day <= *last
                };
                lines.extend(reconciled(&plan, targets.iter().filter(within), &tree, (*first, *last)));
            }
        }
        Ok(lines)
    })
}

/// One period of a plan, node by node, in the order of the targets: from the top down.
fn reconciled<'t>(
    plan: &QuotaPlan,
    targets: impl Iterator<Item = &'t QuotaTarget>,
    tree: &UnitTree,
    (first_day, last_day): (NaiveDate, NaiveDate),
) -> Vec<ReconciliationLine> {
    type Node = (UnitId, Option<PositionId>);
    struct Sum<'t> {
        node: Node,
        target: Decimal,
        own: Decimal,
        targets: Vec<&'t QuotaTarget>,
    }
    let mut nodes: Vec<Sum<'t>> = Vec::new();
    let mut places: HashMap<Node, usize> = HashMap::new();
    for target in targets {
        let node = (target.unit, target.owner);
        let place = *places.entry(node).or_insert_with(|| {
            nodes.push(Sum { node, target: Decimal::ZERO, own: Decimal::ZERO, targets: Vec::new() });
            nodes.len() - 1
        });
        if let Some(sum) = nodes.get_mut(place) {
            sum.target += target.amount;
            sum.own += target.proposed.unwrap_or(target.amount);
            sum.targets.push(target);
        }
    }
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
            let (answer, note) = said_together(&sum.targets);
            let mut why =
                Why::new("quota.reconciliation").fact("target", sum.target).fact("bottom_up", bottom_up);
            if let Some(below) = below {
                why = why.fact("below", below);
            }
            ReconciliationLine {
                unit: sum.node.0,
                owner: sum.node.1,
                measure: plan.measure,
                first_day,
                last_day,
                target: sum.target,
                below,
                over_assigned: below.map(|below| below - sum.target),
                bottom_up,
                difference: bottom_up - sum.target,
                answer,
                note: note.map(str::to_owned),
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
