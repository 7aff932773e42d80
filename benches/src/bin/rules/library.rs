//! The rules over the columns of a market, by the library.

use crate::Asked;
use clientela_benches::Result;
use clientela_benches::market::{Market, TODAY};
use clientela_benches::measure::{Series, Spent, timed};
use clientela_columns::{Children, Population, Query, Records, Running};
use clientela_rules::{Datum, Environment, Facts, Rule};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// What the library found and what it took.
pub(crate) struct Library {
    /// Customers for whom each rule holds, in the order of the rules.
    pub(crate) counts: Vec<u64>,
    /// All rules in one go, on one thread; the median of the rounds.
    pub(crate) one_core: Spent,
    /// The same on two.
    pub(crate) two_cores: Spent,
    /// Each rule by itself, on one thread, in the order of the rules; medians.
    pub(crate) rules: Vec<Spent>,
}

/// The day the rules are asked on.
struct Today;

impl Facts for Today {
    fn variable(&self, name: &str) -> Option<Datum> {
        let today = clientela_rules::plan::row::date_of(TODAY.into())?;
        (name == "today").then_some(Datum::Date(today))
    }
}

/// Runs the rules over all customers.
///
/// What is measured: from columns in memory and rules that are checked to the marks of the customers for whom each rule holds.
pub(crate) fn library(
    market: &Market,
    environment: &Environment,
    asked: &[Asked],
    rounds: usize,
) -> Result<Option<Library>> {
    let population = population(market)?;
    println!(
        "  the library's columns take {} bytes for each customer",
        population.records().memory() / market.customers.num_rows().max(1)
    );
    let environment = Arc::new(environment.clone());
    let all: Vec<Arc<dyn Rule>> = asked.iter().map(|asked| Arc::clone(&asked.checked)).collect();
    let query = |rules: &[Arc<dyn Rule>]| Query::new(rules, &population, &environment, Arc::new(Today));
    let together = query(&all)?;
    let marks = together.answers(Running::default()).ok_or("broken off")?;
    let mut rules = Vec::with_capacity(all.len());
    for rule in &all {
        rules.push(spent(&query(std::slice::from_ref(rule))?, 1, rounds));
    }
    Ok(Some(Library {
        counts: marks.iter().map(|answer| answer.holds.count() as u64).collect(),
        one_core: spent(&together, 1, rounds),
        two_cores: spent(&together, 2, rounds),
        rules,
    }))
}

fn population(market: &Market) -> Result<Population> {
    let records = |rows: &arrow_array::RecordBatch| {
        Records::from_arrow(&rows.schema(), std::slice::from_ref(rows), &|_| true)
    };
    let mut customers = records(&market.customers)?;
    for (name, children) in market.children() {
        let offsets = children.offsets.iter().map(|offset| u32::try_from(*offset));
        let offsets = offsets.collect::<std::result::Result<Vec<u32>, _>>()?;
        customers = customers.with_children(name, Children::new(offsets, records(&children.rows)?)?);
    }
    Ok(Population::named("customer", customers))
}

fn spent(query: &Query, workers: usize, rounds: usize) -> Spent {
    let running = Running { workers: NonZeroUsize::new(workers), ..Running::default() };
    let mut series = Series::default();
    let _warm = query.answers(running);
    for _ in 0..rounds.max(1) {
        series.add(timed(|| query.answers(running)).1);
    }
    series.median()
}
