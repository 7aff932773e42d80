//! Questions on forecasts: rolled up, as of any day, what changed, what was submitted and how true it came.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::pipeline::figures::{self, By, ClosedAmounts, CurrencyForecast, Figure, Forecast, ForecastNode};
use crate::pipeline::{Pipeline, day_number, money, period};
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::{OpportunityId, UserId};
use clientela_core::organisation::Position;
use clientela_core::sales::pipeline::{Part, change as changed, movements};
use clientela_core::sales::stuck::day_of;
use clientela_core::sales::{
    ForecastCategory, ForecastLine, ForecastSnapshot, OpportunityEvent, OpportunityState, Passage,
};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, DateRange, EntityId, Money, Predicate, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The forecast of a period, now or as it stood on any day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastOf {
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period.
    pub last_day: NaiveDate,
    /// The day whose state is shown, at its end; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// Which tree it is rolled up.
    #[serde(default)]
    pub by: By,
}

/// What changed in a period's open pipeline between two days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastChangeOf {
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period.
    pub last_day: NaiveDate,
    /// From the end of this day.
    pub from: NaiveDate,
    /// To the end of this day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Only what belongs to this position and those below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
}

/// A pipeline on two days and what lies between, in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineChange {
    /// The currency.
    pub currency: Currency,
    /// The open pipeline at the end of the first day.
    pub start: Money,
    /// The parts that have anything in them; start and their amounts are the end.
    pub parts: Vec<ChangePart>,
    /// The open pipeline at the end of the second day.
    pub end: Money,
}

/// A part of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePart {
    /// Which.
    pub part: Part,
    /// By how much it changed the pipeline; below zero when it took away.
    pub amount: Money,
    /// The opportunities behind it, the largest first.
    pub opportunities: Vec<ChangedOpportunity>,
}

/// An opportunity behind a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangedOpportunity {
    /// Id.
    pub id: OpportunityId,
    /// Number.
    pub number: String,
    /// By how much it changed the pipeline.
    pub amount: Money,
    /// What happened to it between the two days, in order.
    pub passages: Vec<ChangePassage>,
}

/// What happened to an opportunity behind a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePassage {
    /// What.
    pub event: OpportunityEvent,
    /// On which day.
    pub day: NaiveDate,
    /// By whom.
    pub user: UserId,
    /// Why, in his words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A forecast as it was submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmittedForecastOf {
    /// Its name.
    pub name: Key,
}

/// A submitted forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmittedForecast {
    /// Its name.
    pub name: String,
    /// Its figures.
    pub forecast: Forecast,
    /// The opportunities it was made of.
    pub lines: Vec<SubmittedLine>,
}

/// An opportunity of a submitted forecast, as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmittedLine {
    /// Number of the opportunity.
    pub number: String,
    /// Where it stood.
    pub state: OpportunityState,
    /// What it counted as.
    pub category: ForecastCategory,
    /// Probability in percent.
    pub probability: u16,
    /// What it was expected to bring.
    pub amount: Option<Money>,
    /// The day it was expected to be decided, or was.
    pub close: Option<NaiveDate>,
}

/// How true submitted forecasts of periods that are over came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastAccuracyOf {
    /// Only of this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
}

/// Which way of forecasting is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastWay {
    /// What was closed and committed, without adjustments.
    CommitRaw,
    /// The same with adjustments.
    Commit,
    /// That and the best case, with adjustments.
    BestCase,
    /// Amounts times probabilities.
    Weighted,
    /// Amounts times the shares won in the past.
    ByHistory,
}

/// How true the forecasts of a position came, one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastAccuracy {
    /// Id of the position.
    pub position: Uuid,
    /// Its title.
    pub name: String,
    /// The way.
    pub way: ForecastWay,
    /// The currency.
    pub currency: Currency,
    /// Forecasts judged.
    pub forecasts: Vec<JudgedForecast>,
    /// The sum of all errors: above zero when too much was promised.
    pub bias: Money,
    /// The sum of all errors without their signs, in percent of what was closed, to one decimal; none where nothing was.
    pub error_percent: Option<Decimal>,
}

/// A submitted forecast beside what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedForecast {
    /// Its name.
    pub name: String,
    /// Days from its day to the last of the period.
    pub horizon_days: i64,
    /// What was forecast.
    pub forecast: Money,
    /// What was closed.
    pub closed: Money,
    /// Forecast less closed.
    pub error: Money,
}

pub(super) fn rollup(session: &Session, question: &ForecastOf) -> Result<Forecast> {
    DateRange::new(question.first_day, Some(question.last_day)).map_err(|error| error.at("last_day"))?;
    let day = question.as_of.unwrap_or_else(|| session.today());
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        figures::rollup(view, &pipeline, day, (question.first_day, question.last_day), question.by)
    })
}

pub(super) fn change(session: &Session, question: &ForecastChangeOf) -> Result<Vec<PipelineChange>> {
    DateRange::new(question.first_day, Some(question.last_day)).map_err(|error| error.at("last_day"))?;
    let to = question.to.unwrap_or_else(|| session.today());
    DateRange::new(question.from, Some(to)).map_err(|error| error.at("to"))?;
    let days = (day_number(question.from), day_number(to));
    let period = period(question.first_day, question.last_day);
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        let inside = match &question.position {
            Some(key) => figures::at_and_below(&pipeline, view.resolve::<Position>(key)?.record.id),
            None => vec![true; pipeline.positions.len()],
        };
        let inside = |owner: u32| inside.get(owner as usize).copied().unwrap_or(false);
        let mut answer = Vec::with_capacity(pipeline.books.len());
        for book in &pipeline.books {
            let sums = changed(&book.history, days, period, inside);
            let mut behind = Vec::new();
            movements(&book.history, days, period, inside, |one| behind.push(one));
            let mut parts = Vec::new();
            for part in Part::ALL {
                let mut opportunities = Vec::new();
                for one in behind.iter().filter(|one| one.part == *part) {
                    let opportunity = pipeline.opportunity(book, one.opportunity);
                    opportunities.push(ChangedOpportunity {
                        id: opportunity.id,
                        number: opportunity.number.clone(),
                        amount: money(one.amount, 0, book.currency)?,
                        passages: passages(&pipeline, Pipeline::place(book, one.opportunity), days),
                    });
                }
                opportunities.sort_by_key(|one| std::cmp::Reverse(one.amount.amount().abs()));
                if !opportunities.is_empty() {
                    let amount = money(sums.parts[*part as usize].amount, 0, book.currency)?;
                    parts.push(ChangePart { part: *part, amount, opportunities });
                }
            }
            answer.push(PipelineChange {
                currency: book.currency,
                start: money(sums.start, 0, book.currency)?,
                parts,
                end: money(sums.end, 0, book.currency)?,
            });
        }
        Ok(answer)
    })
}

/// The passages of an opportunity after the end of a day, up to the end of another.
fn passages(pipeline: &Pipeline, place: usize, (from, to): (i32, i32)) -> Vec<ChangePassage> {
    let between = |passage: &&Passage| (from + 1..=to).contains(&day_number(day_of(passage)));
    let told = |passage: &Passage| ChangePassage {
        event: passage.event,
        day: day_of(passage),
        user: passage.user,
        note: passage.note.clone(),
    };
    pipeline.passages[place].iter().filter(between).map(told).collect()
}

pub(super) fn submitted(session: &Session, question: &SubmittedForecastOf) -> Result<SubmittedForecast> {
    session.look(|view| {
        let view = &view;
        let snapshot = view.resolve::<ForecastSnapshot>(&question.name)?.record;
        let of_snapshot = Predicate::equals("snapshot", Value::Id(snapshot.id.uuid()));
        let mut lines: Vec<ForecastLine> = view.records(&of_snapshot)?;
        lines.sort_by(|left, right| left.number.cmp(&right.number));
        let line = |line: ForecastLine| SubmittedLine {
            number: line.number,
            state: line.state,
            category: line.category,
            probability: line.probability,
            amount: line.amount,
            close: line.close,
        };
        let forecast = read(&snapshot)?;
        Ok(SubmittedForecast { name: snapshot.name, forecast, lines: lines.into_iter().map(line).collect() })
    })
}

fn read(snapshot: &ForecastSnapshot) -> Result<Forecast> {
    Ok(serde_json::from_str(&snapshot.figures)
        .map_err(|_| CrmError::Internal { what: "a submitted forecast is as it was written" })?)
}

pub(super) fn accuracy(session: &Session, question: &ForecastAccuracyOf) -> Result<Vec<ForecastAccuracy>> {
    let today = session.today();
    session.look(|view| {
        let view = &view;
        let only = question.position.as_ref().map(|key| view.resolve::<Position>(key)).transpose()?;
        let only = only.map(|position| position.record.id.uuid());
        let mut snapshots: Vec<ForecastSnapshot> = view.records(&Predicate::Everything)?;
        snapshots.retain(|snapshot| snapshot.last_day < today);
        snapshots.sort_by_key(|snapshot| (snapshot.day, snapshot.id));
        judge(view, &*session.pipeline(view)?, &snapshots, only, today)
    })
}

/// A position, a way, a currency.
type Judged = (Uuid, ForecastWay, &'static str);

fn judge(
    view: &View<'_>,
    pipeline: &Pipeline,
    snapshots: &[ForecastSnapshot],
    only: Option<Uuid>,
    today: NaiveDate,
) -> Result<Vec<ForecastAccuracy>> {
    let mut closed: HashMap<(NaiveDate, NaiveDate), Vec<ClosedAmounts>> = HashMap::new();
    let mut found: BTreeMap<Judged, ForecastAccuracy> = BTreeMap::new();
    for snapshot in snapshots {
        let days = (snapshot.first_day, snapshot.last_day);
        let closed = match closed.entry(days) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(figures::closed(view, pipeline, today, days)?),
        };
        let inside = figures::at_and_below(pipeline, snapshot.owner);
        let own = pipeline.positions.iter().zip(inside).filter(|(_, inside)| *inside);
        let own: BTreeMap<Uuid, &str> = own.map(|(one, _)| (one.id.uuid(), one.title.as_str())).collect();
        for told in beside(read(snapshot)?.currencies, closed, &own)? {
            if only.is_some_and(|id| id != told.id) {
                continue;
            }
            let (currency, closed) = (told.closed.currency(), told.closed);
            for (way, forecast) in told.ways {
                let error = forecast.checked_sub(closed)?;
                let line = found.entry((told.id, way, currency.code())).or_insert_with(|| ForecastAccuracy {
                    position: told.id,
                    name: told.name.clone(),
                    way,
                    currency,
                    forecasts: Vec::new(),
                    bias: Money::zero(currency),
                    error_percent: None,
                });
                line.bias = line.bias.checked_add(error)?;
                let horizon_days = (snapshot.last_day - snapshot.day).num_days();
                let name = snapshot.name.clone();
                line.forecasts.push(JudgedForecast { name, horizon_days, forecast, closed, error });
            }
        }
    }
    let mut answer: Vec<ForecastAccuracy> = found.into_values().collect();
    for line in &mut answer {
        let errors: Decimal = line.forecasts.iter().map(|one| one.error.amount().abs()).sum();
        let closed: Decimal = line.forecasts.iter().map(|one| one.closed.amount()).sum();
        line.error_percent = (errors.checked_mul(Decimal::ONE_HUNDRED).filter(|_| closed > Decimal::ZERO))
            .and_then(|errors| errors.checked_div(closed))
            .map(|percent| clientela_model::Rounding::HalfAwayFromZero.apply(percent, 1));
    }
    answer.sort_by(|left, right| (&left.name, left.way).cmp(&(&right.name, right.way)));
    Ok(answer)
}

/// What was told of a position beside what it came to.
struct Beside {
    id: Uuid,
    name: String,
    closed: Money,
    ways: [(ForecastWay, Money); 5],
}

/// What a snapshot says of each position, and nothing of those of its own that it does not name and that closed something: that they
/// were not expected to is a forecast as well.
fn beside(
    told: Vec<CurrencyForecast>,
    closed: &[ClosedAmounts],
    own: &BTreeMap<Uuid, &str>,
) -> Result<Vec<Beside>> {
    let mut all = Vec::new();
    let mut named: HashSet<(Uuid, &'static str)> = HashSet::new();
    for block in &told {
        let actual = closed.iter().find(|(code, _)| *code == block.currency);
        for node in &block.nodes {
            let units = actual.and_then(|(_, nodes)| nodes.get(&node.id)).copied().unwrap_or(0);
            named.insert((node.id, block.currency.code()));
            let closed = money(units, 0, block.currency)?;
            all.push(Beside { id: node.id, name: node.name.clone(), closed, ways: ways(node) });
        }
    }
    for (currency, nodes) in closed {
        for (id, name) in own {
            let units = nodes.get(id).copied().filter(|units| *units != 0);
            if let Some(units) = units.filter(|_| !named.contains(&(*id, currency.code()))) {
                let ways = WAYS.map(|way| (way, Money::zero(*currency)));
                let closed = money(units, 0, *currency)?;
                all.push(Beside { id: *id, name: (*name).to_owned(), closed, ways });
            }
        }
    }
    Ok(all)
}

const WAYS: [ForecastWay; 5] = [
    ForecastWay::CommitRaw,
    ForecastWay::Commit,
    ForecastWay::BestCase,
    ForecastWay::Weighted,
    ForecastWay::ByHistory,
];

fn ways(node: &ForecastNode) -> [(ForecastWay, Money); 5] {
    let with = |figure: &Figure| figure.forecast;
    [
        (ForecastWay::CommitRaw, node.commit.raw),
        (ForecastWay::Commit, with(&node.commit)),
        (ForecastWay::BestCase, with(&node.best_case)),
        (ForecastWay::Weighted, node.weighted),
        (ForecastWay::ByHistory, node.by_history),
    ]
}
