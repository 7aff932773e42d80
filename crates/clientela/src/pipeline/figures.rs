//! Forecasts rolled up the tree of positions or of units, adjustments kept apart.

use super::{Book, Pipeline, day_number, money, period};
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::PositionId;
use clientela_core::organisation::{Position, Unit, UnitTree};
use clientela_core::sales::pipeline::{
    self, Adjusted, Cell, Column, NO_PARENT, forecast, roll_up, roll_up_adjusted,
};
use clientela_core::sales::{ForecastAdjustment, ForecastCategory};
use clientela_model::identifier::Currency;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Field, Money, Predicate};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Which tree a forecast is rolled up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Positions, by whom they report to: with adjustments.
    #[default]
    Position,
    /// Units, by what they belong to.
    Unit,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The day whose state it shows.
    pub day: NaiveDate,
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period.
    pub last_day: NaiveDate,
    /// One for each currency: amounts of two are never added.
    pub currencies: Vec<CurrencyForecast>,
    /// What share of what came to each stage was won by that day.
    pub stages: Vec<StageHistory>,
}

/// A forecast in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurrencyForecast {
    /// The currency.
    pub currency: Currency,
    /// Positions or units with anything to forecast, superiors before their reports.
    pub nodes: Vec<ForecastNode>,
}

/// What is forecast at and below a position or unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastNode {
    /// Id of the position or unit.
    pub id: Uuid,
    /// Title of the position, name of the unit.
    pub name: String,
    /// Who stands above.
    pub above: Option<Uuid>,
    /// How many opportunities count, by category.
    pub counts: Counts,
    /// Sums of each category alone, without adjustments.
    pub amounts: Amounts,
    /// What is closed and committed.
    pub commit: Figure,
    /// That and the best case.
    pub best_case: Figure,
    /// That and the pipeline.
    pub pipeline: Figure,
    /// What is closed, and open amounts times their probability.
    pub weighted: Money,
    /// What is closed, and open amounts times the share of their stage that was won in the past.
    pub by_history: Money,
}

/// A cumulative figure, what it is made of kept apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The sum over the rows: no adjustment is in it.
    pub raw: Money,
    /// Own rows and what the positions beneath forecast, their adjustments included.
    pub rolled_up: Money,
    /// The adjustment in force, with who made it and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<AdjustmentLine>,
    /// What counts further up.
    pub forecast: Money,
}

/// An adjustment in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdjustmentLine {
    /// The position that made it.
    pub by: PositionId,
    /// The amount.
    pub amount: Money,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Numbers of opportunities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Won in the period.
    pub closed: u64,
    /// Committed.
    pub commit: u64,
    /// Best case.
    pub best_case: u64,
    /// Pipeline.
    pub pipeline: u64,
    /// Not counted.
    pub omitted: u64,
}

/// Sums of amounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amounts {
    /// Won in the period.
    pub closed: Money,
    /// Committed.
    pub commit: Money,
    /// Best case.
    pub best_case: Money,
    /// Pipeline.
    pub pipeline: Money,
    /// Not counted.
    pub omitted: Money,
}

/// What history says of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageHistory {
    /// Code of the method.
    pub method: String,
    /// Code of the stage.
    pub stage: String,
    /// Wins among what came to it.
    pub won: u64,
    /// Losses among what came to it.
    pub lost: u64,
    /// Share that is won, in millionths.
    pub share: u32,
    /// Whether it comes from history; else from the stage's probability.
    pub from_history: bool,
}

/// Positions with superiors before their reports.
pub(super) fn superiors_first(mut positions: Vec<Position>) -> Vec<Position> {
    positions.sort_by(|left, right| (&left.title, left.id).cmp(&(&right.title, right.id)));
    let above: HashMap<PositionId, Option<PositionId>> =
        positions.iter().map(|position| (position.id, position.reports_to)).collect();
    positions.sort_by_cached_key(|position| depth(position.id, |id| above.get(&id).copied().flatten()));
    positions
}

fn depth<I: Copy>(id: I, above: impl Fn(I) -> Option<I>) -> usize {
    let chain = std::iter::successors(Some(id), |id| above(*id));
    chain.take(TREE_DEPTH_MAX + 1).count()
}

/// A tree to roll up: names, parents before children, and each position's node.
pub(crate) struct Tree {
    pub(crate) nodes: Vec<(Uuid, String)>,
    pub(crate) parents: Vec<u32>,
    pub(crate) of_position: Vec<u32>,
}

/// The tree of positions, or of units with the positions in them.
pub(crate) fn tree_of(view: &View<'_>, pipeline: &Pipeline, by: By) -> Result<Tree> {
    let numbers = |ids: Vec<Uuid>| ids.into_iter().zip(0_u32..).collect::<HashMap<Uuid, u32>>();
    match by {
        By::Position => {
            let all = &pipeline.positions;
            let places = numbers(all.iter().map(|position| position.id.uuid()).collect());
            Ok(Tree {
                nodes: all.iter().map(|position| (position.id.uuid(), position.title.clone())).collect(),
                parents: parents(all.iter().map(|one| one.reports_to.map(EntityId::uuid)), &places),
                of_position: (0..u32::try_from(all.len()).unwrap_or(u32::MAX)).collect(),
            })
        }
        By::Unit => {
            let mut units: Vec<Unit> = view.records(&Predicate::Everything)?;
            units.sort_by(|left, right| (&left.code, left.id).cmp(&(&right.code, right.id)));
            let tree = UnitTree::new(&units);
            units.sort_by_cached_key(|unit| tree.depth(unit.id));
            let places = numbers(units.iter().map(|unit| unit.id.uuid()).collect());
            let of_position = pipeline
                .positions
                .iter()
                .map(|position| places.get(&position.unit.uuid()).copied().unwrap_or(0))
                .collect();
            Ok(Tree {
                nodes: units.iter().map(|unit| (unit.id.uuid(), unit.name.clone())).collect(),
                parents: parents(units.iter().map(|unit| unit.parent.map(EntityId::uuid)), &places),
                of_position,
            })
        }
    }
}

/// The places of those above; who does not come before a node cannot stand above it.
fn parents(above: impl Iterator<Item = Option<Uuid>>, places: &HashMap<Uuid, u32>) -> Vec<u32> {
    above
        .zip(0_u32..)
        .map(|(above, node)| {
            above.and_then(|id| places.get(&id).copied()).filter(|place| *place < node).unwrap_or(NO_PARENT)
        })
        .collect()
}

/// The forecast of a period as it stood on a day.
pub(crate) fn rollup(
    view: &View<'_>,
    pipeline: &Pipeline,
    day: NaiveDate,
    (first, last): (NaiveDate, NaiveDate),
    by: By,
) -> Result<Forecast> {
    let tree = tree_of(view, pipeline, by)?;
    let shares = pipeline.shares(day_number(day));
    let millionths: Vec<u32> = shares.iter().map(|share| share.millionths).collect();
    let adjustments = match by {
        By::Position => in_force(&adjustments(view, day, (first, last))?),
        By::Unit => InForce::new(),
    };
    let mut currencies = Vec::with_capacity(pipeline.books.len());
    for book in &pipeline.books {
        let mut own = vec![Cell::default(); tree.nodes.len()];
        let cells = forecast(&book.history, day_number(day), period(first, last), &millionths);
        for (cell, node) in cells.iter().zip(&tree.of_position) {
            own[*node as usize].add(cell);
        }
        currencies.push(in_currency(book, &tree, &own, &adjustments)?);
    }
    let stages = pipeline
        .stages
        .iter()
        .zip(&shares)
        .zip(&pipeline.stage_methods)
        .map(|((stage, share), method)| StageHistory {
            method: pipeline.methods[*method as usize].code.clone(),
            stage: stage.code.clone(),
            won: share.won,
            lost: share.lost,
            share: share.millionths,
            from_history: share.from_history,
        })
        .collect();
    Ok(Forecast { day, first_day: first, last_day: last, currencies, stages })
}

const FIGURES: [(Column, ForecastCategory); 3] = [
    (Column::Commit, ForecastCategory::Commit),
    (Column::BestCase, ForecastCategory::BestCase),
    (Column::Pipeline, ForecastCategory::Pipeline),
];

fn in_currency(book: &Book, tree: &Tree, own: &[Cell], adjustments: &InForce) -> Result<CurrencyForecast> {
    let currency = book.currency;
    let sums = roll_up(&tree.parents, own, Cell::add)?;
    let mut adjusted: Vec<Vec<(Adjusted, Option<AdjustmentLine>)>> = Vec::new();
    for (column, category) in FIGURES {
        let values: Vec<i128> = own.iter().map(|cell| cell.cumulative(column)).collect();
        let adjusted_at = |id: Uuid| adjustments.get(&(PositionId::from_uuid(id), category, currency));
        let in_force: Vec<Option<AdjustmentLine>> =
            tree.nodes.iter().map(|(id, _)| adjusted_at(*id).cloned()).collect();
        let units = |line: &AdjustmentLine| i128::from(super::minor_units(line.amount));
        let replaced: Vec<Option<i128>> = in_force.iter().map(|line| line.as_ref().map(units)).collect();
        let figures = roll_up_adjusted(&tree.parents, &values, &replaced)?;
        adjusted.push(figures.into_iter().zip(in_force).collect());
    }
    let mut nodes = Vec::new();
    for (node, cell) in sums.iter().enumerate() {
        let quiet = adjusted.iter().all(|column| column[node].1.is_none() && column[node].0.forecast == 0);
        if quiet && cell.count == [0; 5] {
            continue;
        }
        let (id, name) = tree.nodes[node].clone();
        let figure = |column: usize| figure(&adjusted[column][node], currency);
        nodes.push(ForecastNode {
            id,
            name,
            above: tree.nodes.get(tree.parents[node] as usize).map(|(id, _)| *id),
            counts: counts(cell),
            amounts: amounts(cell, currency)?,
            commit: figure(0)?,
            best_case: figure(1)?,
            pipeline: figure(2)?,
            weighted: money(cell.weighted, 2, currency)?,
            by_history: money(cell.by_history, 6, currency)?,
        });
    }
    Ok(CurrencyForecast { currency, nodes })
}

fn figure((figure, line): &(Adjusted, Option<AdjustmentLine>), currency: Currency) -> Result<Figure> {
    Ok(Figure {
        raw: money(figure.raw, 0, currency)?,
        rolled_up: money(figure.rolled, 0, currency)?,
        adjustment: line.clone(),
        forecast: money(figure.forecast, 0, currency)?,
    })
}

fn counts(cell: &Cell) -> Counts {
    let [closed, commit, best_case, pipeline, omitted] = cell.count;
    Counts { closed, commit, best_case, pipeline, omitted }
}

fn amounts(cell: &Cell, currency: Currency) -> Result<Amounts> {
    let of = |column: Column| money(cell.amount[column as usize], 0, currency);
    Ok(Amounts {
        closed: of(Column::Closed)?,
        commit: of(Column::Commit)?,
        best_case: of(Column::BestCase)?,
        pipeline: of(Column::Pipeline)?,
        omitted: of(Column::Omitted)?,
    })
}

/// Adjustments by whose figure they are about, which figure and in which currency.
type InForce = HashMap<(PositionId, ForecastCategory, Currency), AdjustmentLine>;

/// The adjustments in force: that of the superior before the node's own, the newest of each. One that was taken back is in force no
/// longer.
fn in_force(all: &[ForecastAdjustment]) -> InForce {
    let mut newest: HashMap<(PositionId, ForecastCategory, Currency, bool), &ForecastAdjustment> =
        HashMap::new();
    for one in all {
        let key = (one.position, one.category, one.currency, one.owner == one.position);
        let known = newest.entry(key).or_insert(one);
        if (known.at, known.id) < (one.at, one.id) {
            *known = one;
        }
    }
    let mut found = InForce::new();
    for ((position, category, currency, own), one) in newest {
        let Some(amount) = one.amount else { continue };
        let line = || AdjustmentLine { by: one.owner, amount, note: one.note.clone() };
        let key = (position, category, currency);
        if own {
            found.entry(key).or_insert_with(line);
        } else {
            found.insert(key, line());
        }
    }
    found
}

/// The adjustments of a period made up to a day that the actor is shown.
fn adjustments(
    view: &View<'_>,
    day: NaiveDate,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<ForecastAdjustment>> {
    let of_period =
        Predicate::equals("first_day", first.to_value()).and(Predicate::equals("last_day", last.to_value()));
    let mut found: Vec<ForecastAdjustment> = view.records(&of_period)?;
    found.retain(|one| one.day() <= day);
    Ok(found)
}

/// All positions at and below one.
pub(crate) fn at_and_below(pipeline: &Pipeline, top: PositionId) -> Vec<bool> {
    let mut inside = vec![false; pipeline.positions.len()];
    let places: HashMap<PositionId, usize> =
        pipeline.positions.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
    for (place, position) in pipeline.positions.iter().enumerate() {
        let above = position.reports_to.and_then(|id| places.get(&id)).is_some_and(|above| inside[*above]);
        inside[place] = position.id == top || above;
    }
    inside
}

/// What was closed in a currency, by position, in minor units.
pub(crate) type ClosedAmounts = (Currency, HashMap<Uuid, i128>);

/// What a forecast of a period came to: the closed column of each node as known on a day.
pub(crate) fn closed(
    view: &View<'_>,
    pipeline: &Pipeline,
    day: NaiveDate,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<ClosedAmounts>> {
    let tree = tree_of(view, pipeline, By::Position)?;
    let mut found = Vec::new();
    for book in &pipeline.books {
        let cells = pipeline::forecast(&book.history, day_number(day), period(days.0, days.1), &[]);
        let sums = roll_up(&tree.parents, &cells, Cell::add)?;
        let amounts = sums.iter().map(|cell| cell.amount[Column::Closed as usize]);
        found.push((book.currency, tree.nodes.iter().map(|(id, _)| *id).zip(amounts).collect()));
    }
    Ok(found)
}
