//! Customers given to sellers by scored rules with capacity, relation and turn.
//!
//! It makes customers, sellers and rules, writes them for the peer (`benches/python/assignment_peers.py` reads them) and measures
//! what a run of a territory model is made of: the rules asked of all customers in columns, whom they name, and the giving. Medians
//! of processor time; how many each seller has then is written beside, for the peer must find the same.
//!
//! `cargo run --release -p clientela-benches --bin assignment -- --customers 1000000 --sellers 2000`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt32Array};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::measure::{Series, readable, timed};
use clientela_benches::random::Random;
use clientela_columns::arrow::environment_of;
use clientela_columns::{Answer, Population, Query, Records, Running};
use clientela_core::assignment::{
    Assignment, Candidate, NamingRule, RuleTargets, ScoredRule, Seller, Subject, Terms, WantedSkill, assign,
    named,
};
use clientela_core::ids::{PositionId, UnitId};
use clientela_model::{ClosedList, EntityId};
use clientela_rules::{CelEngine, Datum, Environment, Facts, Rule, RuleEngine};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

const ROUNDS: usize = 5;
/// Sellers sit in so many units, and customers in as many regions.
const UNITS: u64 = 20;
const TRADES: u64 = 10;
const SIZES: [&str; 5] = ["small", "medium", "important", "large", "key"];
const TERMS: Terms = Terms { seed: 7, passing_score: 5, stay: false };

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 1_000_000)?;
    let sellers: usize = arguments.option("sellers", 2_000)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let batch = market(&mut random, customers, sellers)?;
    let (known, candidates) = people(&mut random, customers, sellers);
    let lines = rules();
    let folder = arguments::workshop().join(format!("assignment-{customers}"));
    std::fs::create_dir_all(&folder)?;
    write(&folder, &batch, &lines, &known, &candidates)?;

    let environment = Arc::new(environment_of(&batch.schema()));
    let compiled: Vec<Arc<dyn Rule>> =
        lines.iter().map(|line| Ok(CelEngine.compile(&line.rule(), &environment)?)).collect::<Result<_>>()?;
    let records = Records::from_arrow(&batch.schema(), std::slice::from_ref(&batch), &|_| true)?;
    let population = Population::of_columns(records);
    let owners = owners(&batch)?;

    let mut parts = [Series::default(), Series::default(), Series::default()];
    let mut whole = Series::default();
    let mut done = None;
    for round in 0..=ROUNDS {
        let (answers, asked) = timed(|| ask(&compiled, &population, &environment));
        let answers = answers?;
        let ((scored, subjects), prepared) = timed(|| (score(&lines, &known), subjects(&answers, &owners)));
        let (assignment, given) = timed(|| assign(&subjects, &scored, &candidates, TERMS));
        // The first round warms up.
        if round > 0 {
            let mut sum = asked;
            sum += prepared;
            sum += given;
            whole.add(sum);
            parts[0].add(asked);
            parts[1].add(prepared);
            parts[2].add(given);
        }
        done = Some(assignment);
    }
    let done: Assignment = done.ok_or("a round")?;
    let nobody = done.nobody().into_iter().map(|(reason, count)| (reason.word().to_owned(), json!(count)));
    let answer = json!({
        "loads": done.loads, "nobody": Value::Object(nobody.collect()),
        "seconds": whole.median().cpu.as_secs_f64(), "rules_seconds": parts[0].median().cpu.as_secs_f64(),
    });
    std::fs::write(folder.join("answer.json"), answer.to_string())?;
    let full = candidates.iter().zip(&done.loads).filter(|(one, load)| one.capacity == Some(**load)).count();
    println!("{customers} customers, {sellers} sellers of whom {full} are full, {} rules", lines.len());
    println!("nobody gets {}", answer["nobody"]);
    for (name, series) in ["rules", "naming", "giving"].iter().zip(&parts).chain([(&"whole", &whole)]) {
        println!("{name:10} {:>10} of the processor", readable(series.median().cpu));
    }
    Ok(())
}

/// Customers in columns; nine in ten have an owner.
fn market(random: &mut Random, customers: usize, sellers: usize) -> Result<RecordBatch> {
    let (mut region, mut trade, mut fleet, mut revenue) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut size, mut owner) = (Vec::new(), Vec::new());
    let whole = |number: u64| i64::try_from(number).unwrap_or(0);
    for _ in 0..customers {
        region.push(whole(random.below(UNITS * 5)));
        trade.push(whole(random.below(TRADES)));
        fleet.push(whole(random.below(1 + random.0 % 80)));
        revenue.push(whole(random.below(2_000_000)));
        size.push(SIZES[usize::try_from(random.below(5) * random.below(5) / 4).unwrap_or(0)]);
        let seller = random.below(sellers as u64);
        owner.push((random.below(10) > 0).then(|| u32::try_from(seller).unwrap_or(0)));
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("region", Arc::new(Int64Array::from(region))),
        ("trade", Arc::new(Int64Array::from(trade))),
        ("fleet", Arc::new(Int64Array::from(fleet))),
        ("revenue", Arc::new(Int64Array::from(revenue))),
        ("size", Arc::new(StringArray::from(size))),
    ];
    // The owner alone may be missing.
    let owner: (&str, ArrayRef) = ("owner", Arc::new(UInt32Array::from(owner)));
    Ok(RecordBatch::try_from_iter(columns.into_iter().chain([owner]))?)
}

/// Sellers with skills, and what they can look after: together a little less than there is.
fn people(random: &mut Random, customers: usize, sellers: usize) -> (Vec<Seller>, Vec<Candidate>) {
    let mean = (customers / sellers.max(1)) as u64;
    let (mut known, mut candidates) = (Vec::new(), Vec::new());
    for seller in 0..sellers as u64 {
        let position = PositionId::from_uuid(position(seller));
        let mut skills = std::collections::HashMap::new();
        for trade in 0..TRADES {
            let level = u32::try_from(random.below(8)).unwrap_or(0);
            if level > 4 {
                skills.insert(format!("trade {trade}"), level - 4);
            }
        }
        if random.below(10) == 0 {
            skills.insert("key".to_owned(), 1);
        }
        known.push(Seller { position, units: vec![unit(seller % UNITS)], skills, by_name_only: false });
        let capacity = u32::try_from(mean * 9 / 10 + random.below(mean / 5 + 1)).ok();
        let absent = random.below(50) == 0;
        candidates.push(Candidate { position, title: format!("P{seller}"), capacity, outside: 0, absent });
    }
    (known, candidates)
}

fn position(number: u64) -> Uuid {
    Uuid::from_u64_pair(1, number)
}

fn unit(number: u64) -> UnitId {
    UnitId::from_uuid(Uuid::from_u64_pair(2, number))
}

/// A rule whose condition is a list of comparisons that must all hold: column, operator, value.
struct Line {
    name: String,
    tests: Vec<(&'static str, &'static str, Value)>,
    score: i64,
    targets: RuleTargets,
    relation: Option<i64>,
    stop: bool,
}

impl Line {
    fn new(name: String, score: i64, tests: Vec<(&'static str, &'static str, Value)>) -> Self {
        Self { name, tests, score, targets: RuleTargets::default(), relation: None, stop: false }
    }

    /// The condition in the rule language.
    fn rule(&self) -> String {
        let tests = self.tests.iter().map(|(column, operator, value)| format!("{column} {operator} {value}"));
        tests.collect::<Vec<_>>().join(" && ")
    }
}

/// Fifty rules: what is kept, regions, trades, sizes and mixtures of them.
fn rules() -> Vec<Line> {
    let skill = |skill: &str, at_least, weight| WantedSkill { skill: skill.to_owned(), at_least, weight };
    let mut lines = Vec::new();
    let mut keep = Line::new("keep".into(), 0, vec![("revenue", ">=", json!(1_900_000))]);
    (keep.relation, keep.stop) = (Some(100), true);
    lines.push(keep);
    let mut prefer = Line::new("prefer".into(), 0, vec![("revenue", ">=", json!(1_000_000))]);
    prefer.relation = Some(3);
    lines.push(prefer);
    for region in 0..UNITS {
        let tests = vec![("region", ">=", json!(region * 5)), ("region", "<", json!(region * 5 + 5))];
        let mut line = Line::new(format!("region {region}"), 10, tests);
        line.targets.units = vec![unit(region)];
        lines.push(line);
    }
    for trade in 0..TRADES {
        let tests = vec![("trade", "==", json!(trade)), ("fleet", ">=", json!(10))];
        let mut line = Line::new(format!("trade {trade}"), 1, tests);
        line.targets.units = (0..UNITS).filter(|unit| unit % 2 == trade % 2).map(unit).collect();
        line.targets.skills = vec![skill(&format!("trade {trade}"), Some(1), 2)];
        lines.push(line);
    }
    for (place, size) in (0..).zip(SIZES) {
        let mut line = Line::new(format!("size {size}"), place, vec![("size", "==", json!(size))]);
        line.targets.units =
            (place..place + 4).map(|number| unit(number.unsigned_abs() * 4 % UNITS)).collect();
        lines.push(line);
    }
    let mut key =
        Line::new("key accounts".into(), 20, vec![("size", "==", json!("key")), ("fleet", ">", json!(30))]);
    key.targets.skills = vec![skill("key", Some(1), 5)];
    lines.push(key);
    for mixed in 0..12_u64 {
        let tests = vec![
            ("region", "<", json!(mixed * 8 + 5)),
            ("fleet", ">=", json!(mixed * 5)),
            ("size", "!=", json!(SIZES[usize::try_from(mixed % 5).unwrap_or(0)])),
        ];
        let mut line = Line::new(format!("mixed {mixed}"), i64::try_from(mixed % 4).unwrap_or(0) - 1, tests);
        line.targets.units = vec![unit(mixed), unit((mixed + 7) % UNITS)];
        lines.push(line);
    }
    lines
}

/// The variables that are the same for all: none.
struct Nothing;

impl Facts for Nothing {
    fn variable(&self, _: &str) -> Option<Datum> {
        None
    }
}

fn ask(
    rules: &[Arc<dyn Rule>],
    population: &Population,
    environment: &Arc<Environment>,
) -> Result<Vec<Answer>> {
    let query = Query::new(rules, population, environment, Arc::new(Nothing))?;
    Ok(query.answers(Running::default()).ok_or("it was broken off")?)
}

fn score(lines: &[Line], known: &[Seller]) -> Vec<ScoredRule> {
    let scored = lines.iter().map(|line| ScoredRule {
        name: line.name.clone(),
        named: named(NamingRule { score: line.score, targets: &line.targets }, known),
        relation: line.relation,
        stop: line.stop,
    });
    scored.collect()
}

fn owners(batch: &RecordBatch) -> Result<Vec<Option<u32>>> {
    let column =
        batch.column_by_name("owner").and_then(|column| column.as_any().downcast_ref::<UInt32Array>());
    Ok(column.ok_or("owners are numbers")?.iter().collect())
}

fn subjects(answers: &[Answer], owners: &[Option<u32>]) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = owners
        .iter()
        .zip(1_u128..)
        .map(|(owner, number)| Subject { id: Uuid::from_u128(number), owner: *owner, holds: 0 })
        .collect();
    for (answer, place) in answers.iter().zip(0_u32..) {
        for row in answer.holds.iter() {
            subjects[row].holds |= 1 << place;
        }
    }
    subjects
}

/// Customers, sellers, and the rules with whom they name: naming is not the peer's work.
fn write(
    folder: &Path,
    batch: &RecordBatch,
    lines: &[Line],
    known: &[Seller],
    candidates: &[Candidate],
) -> Result<()> {
    file(&folder.join("customers.arrow"), batch)?;
    let scored = score(lines, known);
    let rules = lines.iter().zip(&scored).map(|(line, scored)| {
        json!({"name": line.name, "tests": line.tests, "named": scored.named, "relation": line.relation, "stop": line.stop})
    });
    let sellers = candidates.iter().map(|one| json!({"capacity": one.capacity, "absent": one.absent}));
    let whole = json!({
        "rules": rules.collect::<Vec<_>>(), "sellers": sellers.collect::<Vec<_>>(), "seed": TERMS.seed,
        "passing_score": TERMS.passing_score,
    });
    std::fs::write(folder.join("model.json"), whole.to_string())?;
    Ok(())
}

fn file(path: &Path, batch: &RecordBatch) -> Result<()> {
    let mut writer = arrow_ipc::writer::FileWriter::try_new(File::create(path)?, &batch.schema())?;
    writer.write(batch)?;
    writer.finish()?;
    Ok(())
}
