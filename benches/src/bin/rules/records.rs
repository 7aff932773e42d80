//! The rules on one record at a time: the library's evaluator and the crate `cel`, on records both have already taken in.

use crate::Asked;
use cel::{Env, Program};
use clientela_benches::Result;
use clientela_benches::market::{Market, outside, record};
use clientela_benches::measure::{Ratio, Series, Spent, timed};
use clientela_rules::{CelEngine, Environment, RuleEngine};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// How often each is done; the median counts.
const ROUNDS: usize = 7;

/// What one rule took, in the library and outside of it, for one record.
struct Single {
    name: String,
    has_children: bool,
    ours: Duration,
    theirs: Duration,
    compiling: [Duration; 2],
}

/// Asks every rule of some records spread over the market, and prints what one question takes.
pub(crate) fn compare(
    market: &Market,
    environment: &Environment,
    asked: &[Asked],
    sample: usize,
) -> Result<()> {
    let customers = market.customers.num_rows();
    let places: Vec<usize> =
        (0..customers).step_by((customers / sample.max(1)).max(1)).take(sample).collect();
    let facts: Result<Vec<_>> =
        places.iter().map(|place| record::bindings(environment, market, *place)).collect();
    let facts = facts?;
    let library = Arc::new(Env::stdlib());
    let contexts: Result<Vec<_>> =
        places.iter().map(|place| outside::context(&library, market, *place)).collect();
    let contexts = contexts?;

    let (mut singles, mut apart) = (Vec::new(), Vec::new());
    for Asked { rule, checked, scope } in asked {
        let program = outside::compile(&rule.cel)?;
        let differing = facts
            .iter()
            .zip(&contexts)
            .filter(|(facts, context)| checked.decide(*facts).holds() != outside::holds(&program, context))
            .count();
        if differing > 0 {
            apart.push(format!("{} ({differing} of {} records)", rule.name, places.len()));
        }
        let ours = median(|| facts.iter().filter(|facts| checked.decide(*facts).holds()).count());
        let theirs = median(|| contexts.iter().filter(|context| outside::holds(&program, context)).count());
        let plain = outside::plain(&rule.cel)?;
        let many = u32::try_from(places.len().max(1))?;
        singles.push(Single {
            name: rule.name.clone(),
            has_children: scope.has_children(market),
            ours: ours.cpu / many,
            theirs: theirs.cpu / many,
            compiling: [
                median(|| CelEngine.compile(&rule.cel, environment).is_ok()).cpu,
                median(|| Program::compile(&plain).is_ok()).cpu,
            ],
        });
    }
    print(&singles, places.len());
    if apart.is_empty() {
        Ok(())
    } else {
        Err(format!("the library and cel disagree on {}", apart.join(", ")).into())
    }
}

fn median<T>(mut work: impl FnMut() -> T) -> Spent {
    black_box(work());
    let mut series = Series::default();
    for _ in 0..ROUNDS {
        series.add(timed(|| black_box(work())).1);
    }
    series.median()
}

fn print(singles: &[Single], records: usize) {
    println!("one record at a time, {records} records, processor time");
    println!("  {:<20} {:>12} {:>12} {:>8}", "rule", "library ns", "cel ns", "ratio");
    for Single { name, ours, theirs, .. } in singles {
        println!(
            "  {name:<20} {:>12} {:>12} {:>8}",
            ours.as_nanos(),
            theirs.as_nanos(),
            Ratio::of(*ours, *theirs)
        );
    }
    for (what, children) in [("scalar, mean", false), ("with children, mean", true)] {
        let of = |time: fn(&Single) -> Duration| {
            mean(singles.iter().filter(|single| single.has_children == children).map(time))
        };
        let (ours, theirs) = (of(|single| single.ours), of(|single| single.theirs));
        println!(
            "  {what:<20} {:>12} {:>12} {:>8}",
            ours.as_nanos(),
            theirs.as_nanos(),
            Ratio::of(ours, theirs)
        );
    }
    let [ours, theirs] = [0, 1].map(|who| mean(singles.iter().map(|single| single.compiling[who])));
    println!(
        "  compiled and checked, a rule: library {} us, cel {} us (which checks nothing), ratio {}",
        ours.as_micros(),
        theirs.as_micros(),
        Ratio::of(ours, theirs)
    );
}

fn mean(times: impl Iterator<Item = Duration>) -> Duration {
    let times: Vec<Duration> = times.collect();
    let many = u32::try_from(times.len().max(1)).unwrap_or(u32::MAX);
    times.iter().sum::<Duration>() / many
}
