//! Leads scored by rules and by what became of earlier ones, in columns.
//!
//! It makes leads with what is known of each, writes them for the peer (`benches/python/lead_scoring_peers.py` reads them) and
//! measures: twenty rules with points asked of all leads and added up; what was learnt, counted from all leads; the chance of every
//! lead; and a thousand outcomes more in the counts, against counting all anew. Medians of processor time; the sums the peer must
//! find as well are written beside.
//!
//! `cargo run --release -p clientela-benches --bin lead_scoring -- --leads 1000000`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]
#![allow(clippy::float_arithmetic, reason = "estimates of chances are not money")]

use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use clientela_analytics::frequencies::{Frequencies, probability, sums};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::measure::{Series, readable, timed};
use clientela_benches::random::Random;
use clientela_columns::arrow::environment_of;
use clientela_columns::{Population, Query, Records, Running};
use clientela_core::leads::scoring::company_size;
use clientela_rules::{CelEngine, Datum, Environment, Facts, Rule, RuleEngine};
use serde_json::json;
use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

const ROUNDS: usize = 5;
/// Outcomes that are added to what was learnt.
const MORE: usize = 1_000;
/// As many outcomes as the pooled share of a value counts for.
const SMOOTHING: f64 = 2.0;

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let leads: usize = arguments.option("leads", 1_000_000)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;
    let market = Market::new(leads)?;
    let folder = arguments::workshop().join(format!("lead_scoring-{leads}"));
    std::fs::create_dir_all(&folder)?;
    market.write(&folder)?;

    let schema = market.batch.schema();
    let environment = Arc::new(environment_of(&schema));
    let rules = rules();
    let compiled: Vec<Arc<dyn Rule>> =
        rules.iter().map(|(rule, _)| Ok(CelEngine.compile(rule, &environment)?)).collect::<Result<_>>()?;
    let records = Records::from_arrow(&schema, std::slice::from_ref(&market.batch), &|_| true)?;
    let population = Population::of_columns(records);
    let columns = market.features();
    let coded: Vec<(usize, &[u32])> =
        columns.iter().enumerate().map(|(at, one)| (at, one.codes.as_slice())).collect();

    let mut series: [Series; 4] = Default::default();
    let (mut by_rules, mut chances) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (points, ruled) = timed(|| score(&compiled, &rules, &population, &environment, leads));
        let (learnt, counted) = timed(|| Frequencies::of_columns(&market.converted, &coded));
        let (foretold, told) = timed(|| foretell(&learnt, &columns, &coded, leads));
        let (again, added) = timed(|| with_more(&learnt, &market.converted, &coded));
        if again != counted_again(&market.converted, &coded) {
            return Err("outcomes that are added leave what counting anew leaves".into());
        }
        // The first round warms up.
        if round > 0 {
            for (series, taken) in series.iter_mut().zip([ruled, counted, told, added]) {
                series.add(taken);
            }
        }
        (by_rules, chances) = (points?, foretold);
    }
    let total: i64 = by_rules.iter().sum();
    let chance = chances.iter().sum::<f64>() / f64::from(u32::try_from(leads)?);
    let seconds: Vec<f64> = series.iter().map(|one| one.median().cpu.as_secs_f64()).collect();
    let answer = json!({"points": total, "chance": chance, "rules_seconds": seconds[0], "learn_seconds": seconds[1],
        "foretell_seconds": seconds[2], "more_seconds": seconds[3]});
    std::fs::write(folder.join("answer.json"), answer.to_string())?;
    println!("{leads} leads, {} rules, {} features; mean chance {chance:.4}", rules.len(), columns.len());
    for (name, series) in ["rules", "learning", "chances", "1,000 more"].iter().zip(&series) {
        println!("{name:12} {:>10} of the processor", readable(series.median().cpu));
    }
    println!(
        "learning anew takes {:.0} times what 1,000 outcomes more take",
        seconds[1] / seconds[3].max(1e-9)
    );
    Ok(())
}

const CHANNELS: [&str; 9] =
    ["showroom", "call", "web_form", "event", "telemarketing", "referral", "campaign", "system", "portal"];
const HORIZONS: [&str; 5] = ["month", "quarter", "half_year", "year", "later"];
const COUNTRIES: [&str; 6] = ["IT", "DE", "FR", "ES", "PL", "AT"];
const BUDGETS: [&str; 4] = ["approved", "planned", "sought", "none"];
const FLEETS: [(&str, i64); 5] =
    [("none", 0), ("1_to_4", 1), ("5_to_19", 5), ("20_to_99", 20), ("100_or_more", 100)];

/// Leads in columns, and what became of each.
struct Market {
    batch: RecordBatch,
    converted: Vec<bool>,
}

/// One thing known of every lead, as codes of its words.
struct Coded {
    codes: Vec<u32>,
    words: u32,
}

impl Market {
    fn new(leads: usize) -> Result<Self> {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut texts: [Vec<Option<String>>; 6] = Default::default();
        let (mut employees, mut fleet, mut qualification) = (Vec::new(), Vec::new(), Vec::new());
        let mut converted = Vec::new();
        for _ in 0..leads {
            let pick = |random: &mut Random, words: &[&str]| {
                let place = usize::try_from(random.below(words.len() as u64)).unwrap_or(0);
                (words[place].to_owned(), place as u64)
            };
            let (channel, by_channel) = pick(&mut random, &CHANNELS);
            let (horizon, by_horizon) = pick(&mut random, &HORIZONS);
            let (country, _) = pick(&mut random, &COUNTRIES);
            let (budget, by_budget) = pick(&mut random, &BUDGETS);
            let source = format!("site {}", random.below(200));
            let unit = format!("D-{:04}", random.below(300));
            // A third of the leads say nothing of a budget, one in four nothing of the company.
            let told = random.below(3) > 0;
            let people = (random.below(4) > 0).then(|| whole(random.below(4) * random.below(200)));
            let vehicles = (random.below(4) > 0).then(|| whole(random.below(1 + random.0 % 150)));
            let score =
                20 + 3 * (8 - by_channel) + 6 * (4 - by_horizon) + if told { 8 * (3 - by_budget) } else { 0 };
            converted.push(random.below(120) < score);
            let known = [
                Some(channel),
                Some(horizon),
                Some(country),
                told.then_some(budget),
                Some(source),
                Some(unit),
            ];
            texts.iter_mut().zip(known).for_each(|(column, value)| column.push(value));
            employees.push(people);
            fleet.push(vehicles);
            qualification.push((random.below(5) > 0).then(|| whole(random.below(101))));
        }
        let names = ["channel", "horizon", "country", "budget", "source", "unit"];
        let texts = names
            .into_iter()
            .zip(texts)
            .map(|(name, values)| (name, Arc::new(StringArray::from(values)) as ArrayRef, true));
        let numbers = [("employees", employees), ("fleet_size", fleet), ("qualification", qualification)];
        let numbers =
            numbers.map(|(name, values)| (name, Arc::new(Int64Array::from(values)) as ArrayRef, true));
        let batch = RecordBatch::try_from_iter_with_nullable(texts.chain(numbers))?;
        Ok(Self { batch, converted })
    }

    /// What is known, each feature with the codes of its words: sizes by their bands.
    fn features(&self) -> Vec<Coded> {
        let mut made = Vec::new();
        for column in self.batch.columns() {
            let mut words: HashMap<String, u32> = HashMap::new();
            let mut code = |word: Option<&str>| {
                let Some(word) = word else { return u32::MAX };
                let next = u32::try_from(words.len()).unwrap_or(u32::MAX);
                *words.entry(word.to_owned()).or_insert(next)
            };
            let any = column.as_any();
            let codes: Vec<u32> = match (any.downcast_ref::<StringArray>(), any.downcast_ref::<Int64Array>())
            {
                (Some(texts), _) => texts.iter().map(&mut code).collect(),
                (None, Some(numbers)) => {
                    let band = |number: i64| match made.len() {
                        6 => company_size(u32::try_from(number).unwrap_or(0)),
                        7 => FLEETS
                            .iter()
                            .rev()
                            .find(|(_, from)| number >= *from)
                            .map_or("none", |(word, _)| word),
                        _ if number >= 50 => "half",
                        _ => "less",
                    };
                    numbers.iter().map(|number| code(number.map(band))).collect()
                }
                _ => Vec::new(),
            };
            made.push(Coded { codes, words: u32::try_from(words.len()).unwrap_or(0) });
        }
        made
    }

    /// The leads for the peer, what became of them, and the rules.
    fn write(&self, folder: &std::path::Path) -> Result<()> {
        let outcomes: ArrayRef = Arc::new(BooleanArray::from(self.converted.clone()));
        let schema = self.batch.schema();
        let fields = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .zip(self.batch.columns().iter().cloned());
        let whole = RecordBatch::try_from_iter_with_nullable(
            fields.map(|(name, column)| (name, column, true)).chain([(
                "converted".to_owned(),
                outcomes,
                false,
            )]),
        )?;
        let mut writer = arrow_ipc::writer::FileWriter::try_new(
            File::create(folder.join("leads.arrow"))?,
            &whole.schema(),
        )?;
        writer.write(&whole)?;
        writer.finish()?;
        let tests: Vec<_> =
            lines().into_iter().map(|(tests, points)| json!({"tests": tests, "points": points})).collect();
        std::fs::write(
            folder.join("rules.json"),
            json!({"rules": tests, "smoothing": SMOOTHING}).to_string(),
        )?;
        Ok(())
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(0)
}

type Test = (&'static str, &'static str, serde_json::Value);

/// Twenty rules: comparisons that must all hold, and the points they give.
fn lines() -> Vec<(Vec<Test>, i64)> {
    let mut lines: Vec<(Vec<Test>, i64)> = Vec::new();
    for (horizon, points) in HORIZONS.iter().zip([40, 30, 15, 5, 0]) {
        lines.push((vec![("horizon", "==", json!(horizon))], points));
    }
    for (budget, points) in BUDGETS.iter().zip([30, 20, 5, -20]) {
        lines.push((vec![("budget", "==", json!(budget))], points));
    }
    for (channel, points) in [("referral", 15), ("showroom", 12), ("telemarketing", -8)] {
        lines.push((vec![("channel", "==", json!(channel))], points));
    }
    for (people, points) in [(50, 5), (250, 10)] {
        lines.push((vec![("employees", ">=", json!(people))], points));
    }
    for (vehicles, points) in [(5, 5), (20, 10)] {
        lines.push((vec![("fleet_size", ">=", json!(vehicles)), ("channel", "!=", json!("system"))], points));
    }
    lines.push((vec![("qualification", ">=", json!(50))], 15));
    lines.push((vec![("country", "==", json!("IT")), ("horizon", "==", json!("month"))], 5));
    lines.push((vec![("source", "==", json!("site 7")), ("employees", "<", json!(10))], -30));
    lines.push((vec![("fleet_size", ">=", json!(100)), ("budget", "==", json!("approved"))], 20));
    lines
}

fn rules() -> Vec<(String, i64)> {
    let written = |(tests, points): (Vec<Test>, i64)| {
        let tests = tests.iter().map(|(column, operator, value)| format!("{column} {operator} {value}"));
        (tests.collect::<Vec<_>>().join(" && "), points)
    };
    lines().into_iter().map(written).collect()
}

/// The variables that are the same for all: none.
struct Nothing;

impl Facts for Nothing {
    fn variable(&self, _: &str) -> Option<Datum> {
        None
    }
}

/// The points of every lead, from 0 to 100.
fn score(
    compiled: &[Arc<dyn Rule>],
    rules: &[(String, i64)],
    population: &Population,
    environment: &Arc<Environment>,
    leads: usize,
) -> Result<Vec<i64>> {
    let query = Query::new(compiled, population, environment, Arc::new(Nothing))?;
    let answers = query.answers(Running::default()).ok_or("it was broken off")?;
    let mut points = vec![0_i64; leads];
    for (answer, (_, given)) in answers.iter().zip(rules) {
        answer.holds.iter().for_each(|row| points[row] += given);
    }
    points.iter_mut().for_each(|points| *points = (*points).clamp(0, 100));
    Ok(points)
}

fn foretell(
    learnt: &Frequencies<usize, u32>,
    columns: &[Coded],
    coded: &[(usize, &[u32])],
    leads: usize,
) -> Vec<f64> {
    let told = learnt.log_odds(SMOOTHING);
    let weights: Vec<Vec<f64>> =
        columns.iter().enumerate().map(|(at, one)| told.weights(&at, one.words)).collect();
    let parts: Vec<(&[u32], &[f64])> =
        coded.iter().zip(&weights).map(|((_, codes), weights)| (*codes, weights.as_slice())).collect();
    let mut chances = sums(leads, told.prior(), &parts);
    chances.iter_mut().for_each(|chance| *chance = probability(*chance));
    chances
}

/// The first leads once more, one outcome after the other, as they come in.
fn with_more(
    learnt: &Frequencies<usize, u32>,
    converted: &[bool],
    coded: &[(usize, &[u32])],
) -> Frequencies<usize, u32> {
    let mut learnt = learnt.clone();
    for (row, came_true) in converted.iter().enumerate().take(MORE) {
        let known = coded.iter().map(|(feature, codes)| (*feature, codes[row]));
        learnt.add(known.filter(|(_, code)| *code != u32::MAX), *came_true);
    }
    learnt
}

fn counted_again(converted: &[bool], coded: &[(usize, &[u32])]) -> Frequencies<usize, u32> {
    let again = |codes: &[u32]| codes.iter().chain(codes.iter().take(MORE)).copied().collect::<Vec<u32>>();
    let outcomes: Vec<bool> = converted.iter().chain(converted.iter().take(MORE)).copied().collect();
    let columns: Vec<(usize, Vec<u32>)> = coded.iter().map(|(at, codes)| (*at, again(codes))).collect();
    let columns: Vec<(usize, &[u32])> = columns.iter().map(|(at, codes)| (*at, codes.as_slice())).collect();
    Frequencies::of_columns(&outcomes, &columns)
}
