//! Questions on funnels: conversion, time in stage, velocity.

use crate::command::Key;
use crate::error::Result;
use crate::pipeline::axis::{self, Axis};
use crate::pipeline::{Pipeline, day_number, money, period};
use crate::session::Session;
use crate::view::View;
use chrono::{Datelike, NaiveDate};
use clientela_analytics::proportion::wilson;
use clientela_analytics::survival::{NORMAL_95, kaplan_meier, restricted_mean, time_until};
use clientela_core::sales::SalesMethod;
use clientela_core::sales::pipeline::{self, Cause, Conversion, Velocity};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, Money, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What becomes of what comes to each stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionOf {
    /// Code of the sales method; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Key>,
    /// First day on which what counts came to the stage.
    pub from: NaiveDate,
    /// Last such day.
    pub to: NaiveDate,
    /// Whether each month is told by itself.
    #[serde(default)]
    pub by_month: bool,
    /// Only what has been watched for so many days, and what happened within them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon_days: Option<u32>,
    /// What it is divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
}

/// What became of what came to a stage in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageConversion {
    /// Value on the axis; `all` without one.
    pub group: String,
    /// Code of the method.
    pub method: String,
    /// Code of the stage.
    pub stage: String,
    /// First day of the period.
    pub period: NaiveDate,
    /// How many came to it.
    pub reached: u64,
    /// How many of them came to a later stage or were won.
    pub onward: u64,
    /// How many of them were won.
    pub won: u64,
    /// How many of them were lost.
    pub lost: u64,
    /// The share that went on, with its limits of 95 percent.
    pub onward_share: Share,
    /// The share that was won.
    pub won_share: Share,
}

/// A share with the limits it is known by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The share, or the difference of two.
    pub value: f64,
    /// Lower limit of 95 percent.
    pub lower: f64,
    /// Upper limit of 95 percent.
    pub upper: f64,
}

impl Share {
    /// The share of hits in all, which are some.
    pub(super) fn of(hits: u64, all: u64) -> Option<Self> {
        wilson(hits, all, NORMAL_95).map(Self::from)
    }
}

impl From<clientela_analytics::proportion::Estimate> for Share {
    fn from(found: clientela_analytics::proportion::Estimate) -> Self {
        Self { value: found.value, lower: found.lower, upper: found.upper }
    }
}

/// How long opportunities stay in each stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DurationsOf {
    /// Code of the sales method; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Key>,
    /// The day until which they are watched; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// What it is divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
}

/// How long opportunities stay in a stage: open days of their first visit, those still there counted for as long as they have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageDuration {
    /// Value on the axis; `all` without one.
    pub group: String,
    /// Code of the method.
    pub method: String,
    /// Code of the stage.
    pub stage: String,
    /// Days expected there.
    pub expected_days: Option<u16>,
    /// How many came to it.
    pub visits: u64,
    /// How many are still there, or were when they were taken over into another method.
    pub still_there: u64,
    /// How many went on to a later stage.
    pub onward: u64,
    /// How many were won from there.
    pub won: u64,
    /// How many were lost from there.
    pub lost: u64,
    /// How many went back.
    pub back: u64,
    /// Days after which half have left, after Kaplan and Meier; none when more than half stay.
    pub median: Option<u32>,
    /// Lower limit of 95 percent of the median.
    pub median_lower: Option<u32>,
    /// Upper limit of 95 percent of the median.
    pub median_upper: Option<u32>,
    /// Mean days within the longest time watched.
    pub mean: f64,
    /// The longest time watched, in days.
    pub longest: u32,
    /// The curve: what share is still there after each day on which one left.
    pub curve: Vec<CurvePoint>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Days.
    pub days: u32,
    /// Share still there, with its limits.
    pub still_there: Share,
}

/// How fast the pipeline turns into business.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VelocityOf {
    /// First day of wins and losses that count.
    pub from: NaiveDate,
    /// Last such day; what is open is that of its end.
    pub to: NaiveDate,
    /// What it is divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
}

/// How fast a group's pipeline turns into business: number × value × win rate ÷ cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupVelocity {
    /// Value on the axis; `all` without one.
    pub group: String,
    /// The currency.
    pub currency: Currency,
    /// Open opportunities at the end of the last day.
    pub open: u64,
    /// Won in the period.
    pub won: u64,
    /// Lost in the period.
    pub lost: u64,
    /// What was won.
    pub won_amount: Money,
    /// Share won of what was decided; none when nothing was.
    pub win_rate: Option<Share>,
    /// Mean days from entry to win, to one decimal.
    pub cycle_days: Option<Decimal>,
    /// What it brings a day; none before anything was won.
    pub per_day: Option<Money>,
}

/// What the opportunities are divided by.
fn labels_of(view: &View<'_>, pipeline: &Pipeline, by: Option<Axis>) -> Result<Vec<Option<String>>> {
    Ok(axis::labels(view, pipeline, by)?.into_iter().map(Some).collect())
}

/// Whether a stage is told of: one of the method that is asked for. Those who left the method meanwhile count in the stages they came
/// to while they were in it.
fn stages_asked(view: &View<'_>, pipeline: &Pipeline, method: Option<&str>) -> Result<Vec<bool>> {
    let method = method.map(|key| view.resolve::<SalesMethod>(key)).transpose()?.map(|found| found.record.id);
    Ok(pipeline.stages.iter().map(|stage| method.is_none_or(|method| stage.method == method)).collect())
}

/// How long opportunities stayed in a stage and how that ended.
type DaysAndCauses = (Vec<u32>, Vec<u8>);

/// First days of the periods, then the day after the last.
fn periods(from: NaiveDate, to: NaiveDate, by_month: bool) -> Vec<NaiveDate> {
    let mut days = vec![from];
    let next_month = |day: &NaiveDate| day.with_day(1)?.checked_add_months(chrono::Months::new(1));
    let mut next = next_month(&from).filter(|_| by_month);
    while let Some(day) = next.filter(|day| *day <= to) {
        days.push(day);
        next = next_month(&day);
    }
    days.extend(to.succ_opt());
    days
}

pub(super) fn conversion(session: &Session, question: &ConversionOf) -> Result<Vec<StageConversion>> {
    DateRange::new(question.from, Some(question.to)).map_err(|error| error.at("to"))?;
    let today = session.today();
    let days = periods(question.from, question.to, question.by_month);
    let numbers: Vec<i32> = days.iter().map(|day| day_number(*day)).collect();
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        let asked = stages_asked(view, &pipeline, question.method.as_deref())?;
        let labels = labels_of(view, &pipeline, question.axis)?;
        let mut sums: BTreeMap<String, Vec<Conversion>> = BTreeMap::new();
        for book in &pipeline.books {
            for (label, history) in axis::divided(book, &labels)? {
                let horizon = question.horizon_days;
                let found = pipeline::conversion(
                    &history,
                    &pipeline.stage_methods,
                    &numbers,
                    day_number(today),
                    horizon,
                );
                let sum = sums.entry(label).or_insert_with(|| vec![Conversion::default(); found.len()]);
                sum.iter_mut().zip(found).for_each(|(sum, one)| {
                    sum.reached += one.reached;
                    sum.onward += one.onward;
                    sum.won += one.won;
                    sum.lost += one.lost;
                });
            }
        }
        let mut answer = Vec::new();
        for (group, cells) in &sums {
            for (place, cell) in cells.iter().enumerate() {
                let (period, stage) = (place / pipeline.stages.len(), place % pipeline.stages.len());
                if !asked[stage] {
                    continue;
                }
                let onward = Share::of(cell.onward, cell.reached);
                let won = Share::of(cell.won, cell.reached);
                let (Some(onward_share), Some(won_share)) = (onward, won) else { continue };
                answer.push(StageConversion {
                    group: group.clone(),
                    method: method_of(&pipeline, stage),
                    stage: pipeline.stages[stage].code.clone(),
                    period: days[period],
                    reached: cell.reached,
                    onward: cell.onward,
                    won: cell.won,
                    lost: cell.lost,
                    onward_share,
                    won_share,
                });
            }
        }
        Ok(answer)
    })
}

fn method_of(pipeline: &Pipeline, stage: usize) -> String {
    pipeline.methods[pipeline.stage_methods[stage] as usize].code.clone()
}

pub(super) fn durations(session: &Session, question: &DurationsOf) -> Result<Vec<StageDuration>> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        let asked = stages_asked(view, &pipeline, question.method.as_deref())?;
        let labels = labels_of(view, &pipeline, question.axis)?;
        let stages = pipeline.stages.len();
        let mut spells: BTreeMap<String, Vec<DaysAndCauses>> = BTreeMap::new();
        for book in &pipeline.books {
            for (label, history) in axis::divided(book, &labels)? {
                let found = pipeline::stage_spells(&history, &pipeline.stage_methods, day_number(day));
                let of_label = spells.entry(label).or_insert_with(|| vec![(Vec::new(), Vec::new()); stages]);
                for (all, (days, causes)) in of_label.iter_mut().zip(found.by_stage(stages)) {
                    all.0.extend(days);
                    all.1.extend(causes);
                }
            }
        }
        let mut answer = Vec::new();
        for (group, of_stage) in &spells {
            for (stage, (days, causes)) in of_stage.iter().enumerate() {
                if asked[stage] && !days.is_empty() {
                    answer.push(duration(&pipeline, group, stage, days, causes));
                }
            }
        }
        Ok(answer)
    })
}

fn duration(pipeline: &Pipeline, group: &str, stage: usize, days: &[u32], causes: &[u8]) -> StageDuration {
    let steps = kaplan_meier(days, causes, NORMAL_95);
    let (median, median_lower, median_upper) = time_until(&steps, 0.5);
    let longest = days.iter().copied().max().unwrap_or(0);
    let count = |cause: Cause| causes.iter().filter(|one| **one == cause as u8).count() as u64;
    StageDuration {
        group: group.to_owned(),
        method: method_of(pipeline, stage),
        stage: pipeline.stages[stage].code.clone(),
        expected_days: pipeline.stages[stage].expected_days,
        visits: days.len() as u64,
        still_there: count(Cause::Unfinished),
        onward: count(Cause::Onward),
        won: count(Cause::Won),
        lost: count(Cause::Lost),
        back: count(Cause::Back),
        median,
        median_lower,
        median_upper,
        mean: restricted_mean(&steps, longest),
        longest,
        curve: steps
            .iter()
            .map(|step| CurvePoint {
                days: step.time,
                still_there: Share { value: step.survival, lower: step.lower, upper: step.upper },
            })
            .collect(),
    }
}

pub(super) fn velocity(session: &Session, question: &VelocityOf) -> Result<Vec<GroupVelocity>> {
    DateRange::new(question.from, Some(question.to)).map_err(|error| error.at("to"))?;
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        let labels = axis::labels(view, &pipeline, question.axis)?;
        let names: BTreeMap<&str, u32> = labels
            .iter()
            .map(String::as_str)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .zip(0_u32..)
            .collect();
        let mut answer = Vec::new();
        for book in &pipeline.books {
            let groups: Vec<u32> = (0..book.history.len())
                .map(|index| names[labels[Pipeline::place(book, index)].as_str()])
                .collect();
            let period = period(question.from, question.to);
            let found =
                pipeline::velocity(&book.history, &groups, names.len(), period, day_number(question.to));
            for (group, cell) in names.keys().zip(found) {
                if cell != Velocity::default() {
                    answer.push(group_velocity(group, book.currency, &cell)?);
                }
            }
        }
        Ok(answer)
    })
}

fn group_velocity(group: &str, currency: Currency, cell: &Velocity) -> Result<GroupVelocity> {
    let cycle_days = (cell.won > 0).then(|| {
        Rounding::HalfAwayFromZero.apply(Decimal::from(cell.cycle_days) / Decimal::from(cell.won), 1)
    });
    // Minor units become an amount by the place of their point.
    let point = Decimal::new(1, currency.minor_units());
    let per_day = cell.per_day().and_then(|units| units.checked_mul(point));
    Ok(GroupVelocity {
        group: group.to_owned(),
        currency,
        open: cell.open,
        won: cell.won,
        lost: cell.lost,
        won_amount: money(cell.won_amount, 0, currency)?,
        win_rate: Share::of(cell.won, cell.won + cell.lost),
        cycle_days,
        per_day: per_day.map(|amount| Money::new(amount, currency).rounded()),
    })
}
