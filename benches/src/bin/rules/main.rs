//! Twenty rules over a million customers, and over one.
//!
//! The library runs them over the columns of a market, beside polars and DuckDB on the same tables and beside what reading the
//! columns takes at least; and over single records, beside the crate `cel`. All must find the same customers.
//!
//! `cargo run --release -p clientela-benches --bin rules -- --customers 1000000 --rounds 5`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

mod library;
mod peers;
mod records;
mod report;

use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments, workshop};
use clientela_benches::bandwidth;
use clientela_benches::market::rules::{self, NamedRule};
use clientela_benches::market::{Market, SEED, Scope, files};
use clientela_rules::{CelEngine, Environment, Rule, RuleEngine};
use std::sync::Arc;

/// A rule, as the library checked it, and the columns it reads.
struct Asked {
    rule: NamedRule,
    checked: Arc<dyn Rule>,
    scope: Scope,
}

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 1_000_000)?;
    let rounds: usize = arguments.option("rounds", 5)?;
    let sample: usize = arguments.option("sample", 1_000)?;
    let python = workshop().join("../venv/bin/python");
    let python: String = arguments.option("python", python.display().to_string())?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    let market = Market::make(customers, SEED)?;
    let folder = files::folder(customers);
    files::write(&market, &folder)?;
    report::market(&market);

    let environment = rules::environment(&market)?;
    let asked = check(&environment)?;
    let rates = [bandwidth::reading(1, 20)?, bandwidth::reading(2, 20)?];
    let limit = report::limit(&market, &asked, rates)?;

    let peers = peers::run(&python, &folder, rounds)?;
    let library = library::library(&market, &environment, &asked, rounds)?;
    report::columns(&market, &asked, limit, peers.as_ref(), library.as_ref())?;
    records::compare(&market, &environment, &asked, sample)
}

/// The rules, checked by the library; their columns are what it says that they read.
fn check(environment: &Environment) -> Result<Vec<Asked>> {
    let compile = |rule: NamedRule| {
        let checked =
            CelEngine.compile(&rule.cel, environment).map_err(|errors| format!("{}: {errors}", rule.name))?;
        Ok(Asked { scope: Scope::of(checked.reads()), checked, rule })
    };
    rules::all()?.into_iter().map(compile).collect()
}
