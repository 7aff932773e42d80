//! Forecast, funnel and change over opportunities with their passages, in columns.
//!
//! It makes a made-up network, writes its columns for the peers (`benches/python/pipeline_peers.py` reads them) and measures:
//! the forecast of a quarter rolled up the whole tree as it stood on a past day, the funnel by stage and month, and the change
//! between two days. Medians of processor time; the answers are written beside, for the peers must find the same.
//!
//! `cargo run --release -p clientela-benches --bin pipeline -- --opportunities 1000000 --sellers 20000`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, UInt8Array, UInt32Array};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::measure::{measured, readable};
use clientela_benches::random::Random;
use clientela_core::sales::pipeline::{
    Cell, Conversion, History, NO_PARENT, Passages, Period, Row, change, conversion, forecast, roll_up,
};
use clientela_core::sales::{ForecastCategory, OpportunityState};
use serde_json::json;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Two methods of five stages.
const METHODS: [u32; 10] = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
const PROBABILITIES: [u8; 5] = [10, 25, 50, 65, 80];
/// Days of four years.
const DAYS: u64 = 1_460;
/// The day forecasts are asked as of, and the day changes are asked to.
const DAY: i32 = 1_200;
const LATER: i32 = 1_230;
/// The quarter that is forecast.
const QUARTER: Period = Period { first: 1_190, last: 1_281 };
const ROUNDS: usize = 7;

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let opportunities: usize = arguments.option("opportunities", 1_000_000)?;
    let sellers: usize = arguments.option("sellers", 20_000)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;
    let parents = tree(sellers);
    let passages = market(opportunities, sellers, parents.len() - sellers);
    let history = History::new(passages, parents.len(), METHODS.len())?;
    let folder = arguments::workshop().join(format!("pipeline-{opportunities}"));
    std::fs::create_dir_all(&folder)?;
    write(&folder, &history, &parents)?;

    let months: Vec<i32> = (0..=48).map(|month| month * 30).collect();
    let shares = [100_000; 10];
    let (top, first) = measured(ROUNDS, || {
        let cells = forecast(&history, DAY, QUARTER, &shares);
        Ok(roll_up(&parents, &cells, Cell::add)?[0])
    })?;
    let (funnel, second) = measured(ROUNDS, || Ok(conversion(&history, &METHODS, &months, DAY, None)))?;
    let (moved, third) = measured(ROUNDS, || Ok(change(&history, (DAY, LATER), QUARTER, |_| true)))?;
    let sum = |of: fn(&Conversion) -> u64| funnel.iter().map(of).sum::<u64>();
    let answer = json!({
        "forecast": {"amounts": top.amount.map(|sum| sum.to_string()), "weighted": top.weighted.to_string()},
        "funnel": {"reached": sum(|one| one.reached), "onward": sum(|one| one.onward), "won": sum(|one| one.won),
            "lost": sum(|one| one.lost)},
        "change": {"start": moved.start.to_string(), "end": moved.end.to_string(),
            "parts": moved.parts.map(|part| part.amount.to_string())},
        "seconds": {"forecast": first.median().cpu.as_secs_f64(), "funnel": second.median().cpu.as_secs_f64(),
            "change": third.median().cpu.as_secs_f64()},
    });
    std::fs::write(folder.join("answer.json"), answer.to_string())?;
    println!("{opportunities} opportunities, {} passages, {sellers} sellers", history.passages().day.len());
    for (name, series) in [("forecast", first), ("funnel", second), ("change", third)] {
        println!("{name:10} {:>10} of the processor", readable(series.median().cpu));
    }
    Ok(())
}

/// Headquarters, zones of a hundred dealers, dealers of ten sellers, sellers: parents first.
fn tree(sellers: usize) -> Vec<u32> {
    let (dealers, number) = (sellers.div_ceil(10), |count: usize| u32::try_from(count).unwrap_or(u32::MAX));
    let zones = dealers.div_ceil(100);
    let mut parents = vec![NO_PARENT];
    parents.extend((0..zones).map(|_| 0));
    parents.extend((0..dealers).map(|dealer| number(1 + dealer / 100)));
    parents.extend((0..sellers).map(|seller| number(1 + zones + seller / 10)));
    parents
}

fn market(opportunities: usize, sellers: usize, above: usize) -> Passages {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut passages = Passages::empty();
    let mut rows = Vec::new();
    for _ in 0..opportunities {
        rows.clear();
        let small = |number: u64| i32::try_from(number).unwrap_or(0);
        let (mut day, method) = (small(random.below(DAYS)), random.below(2) * 5);
        let owner = u32::try_from(above as u64 + random.below(sellers as u64)).unwrap_or(0);
        let mut amount = i64::try_from(2_000_000 + random.below(30_000_000)).unwrap_or(0);
        let mut close = day + 30 + small(random.below(150));
        let mut at = 0_u64;
        loop {
            let category = match at {
                0 | 1 => ForecastCategory::Pipeline,
                2 => ForecastCategory::BestCase,
                _ => ForecastCategory::Commit,
            };
            let probability = PROBABILITIES[usize::try_from(at).unwrap_or(0)];
            let stage = u32::try_from(method + at).unwrap_or(0);
            let open = Row {
                day,
                state: OpportunityState::Open,
                stage,
                owner,
                category,
                probability,
                amount,
                close,
            };
            rows.push(open);
            day += 1 + small(random.below(40));
            match random.below(100) {
                0..20 => {
                    rows.push(Row { day, state: OpportunityState::Lost, probability: 0, close: day, ..open });
                    break;
                }
                20..30 if at >= 2 => {
                    rows.push(Row {
                        day,
                        state: OpportunityState::Won,
                        probability: 100,
                        close: day,
                        ..open
                    });
                    break;
                }
                30..45 => break,
                45..60 => {
                    amount += i64::try_from(random.below(2_000_000)).unwrap_or(0) - 800_000;
                    close += small(random.below(60));
                }
                _ if at < 4 => at += 1,
                _ => close += 15,
            }
        }
        passages.add(rows.iter().copied());
    }
    passages
}

fn write(folder: &Path, history: &History, parents: &[u32]) -> Result<()> {
    let all = history.passages();
    let opportunity = history
        .ranges()
        .zip(0_u32..)
        .flat_map(|(range, opportunity)| std::iter::repeat_n(opportunity, range.len()));
    let state = |state: &OpportunityState| match state {
        OpportunityState::Open => 0_u8,
        OpportunityState::Suspended => 1,
        OpportunityState::Won => 2,
        OpportunityState::Lost => 3,
    };
    let category = |category: &ForecastCategory| match category {
        ForecastCategory::Omitted => 0_u8,
        ForecastCategory::Pipeline => 1,
        ForecastCategory::BestCase => 2,
        ForecastCategory::Commit => 3,
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("opportunity", Arc::new(UInt32Array::from_iter_values(opportunity))),
        ("day", Arc::new(Int32Array::from_iter_values(all.day.iter().copied()))),
        ("state", Arc::new(UInt8Array::from_iter_values(all.state.iter().map(state)))),
        ("stage", Arc::new(UInt32Array::from_iter_values(all.stage.iter().copied()))),
        ("owner", Arc::new(UInt32Array::from_iter_values(all.owner.iter().copied()))),
        ("category", Arc::new(UInt8Array::from_iter_values(all.category.iter().map(category)))),
        ("probability", Arc::new(UInt8Array::from_iter_values(all.probability.iter().copied()))),
        ("amount", Arc::new(Int64Array::from_iter_values(all.amount.iter().copied()))),
        ("close", Arc::new(Int32Array::from_iter_values(all.close.iter().copied()))),
    ];
    file(&folder.join("passages.arrow"), columns)?;
    let above: ArrayRef = Arc::new(UInt32Array::from_iter_values(parents.iter().copied()));
    file(&folder.join("tree.arrow"), vec![("parent", above)])
}

fn file(path: &Path, columns: Vec<(&str, ArrayRef)>) -> Result<()> {
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut writer = arrow_ipc::writer::FileWriter::try_new(File::create(path)?, &batch.schema())?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(())
}
