//! Rules asked of a population: who satisfies them, how many each condition leaves, and why for any one.

mod values;

use crate::assemble::Assembly;
use crate::bits::{Bits, words_for};
use crate::error::ColumnsError;
use crate::outcome::Outcome;
use crate::program::Program;
use crate::records::Population;
use crate::rows::RowFacts;
use crate::run::Work;
use clientela_rules::{Environment, Facts, Reveal, Rule, Verdict};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Records asked at once: few enough that what is made of them stays near the processor.
const PORTION: usize = 8_192;

/// Rules put together for a population, ready to be asked.
///
/// What rules share is computed once for all of them.
#[derive(Debug)]
pub struct Query {
    rules: Vec<Arc<dyn Rule>>,
    program: Program,
    records: usize,
}

/// Who satisfies a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The records for which it holds.
    pub holds: Bits,
    /// The records for which it cannot be told. They do not count as holding.
    pub unknown: Bits,
}

/// What is left after each condition of a rule, in the order they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funnel {
    /// The records asked.
    pub asked: usize,
    /// The conditions.
    pub steps: Vec<FunnelStep>,
}

/// One condition of a [`Funnel`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelStep {
    /// The condition as it is written.
    pub condition: String,
    /// The records that satisfy it, whatever the others say.
    pub alone: usize,
    /// The records that were left before it and that it removed.
    pub removed: usize,
    /// Of those, the ones of which it cannot be told.
    pub unknown: usize,
    /// The records left after it.
    pub left: usize,
}

/// How a question is run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Running<'a> {
    /// The threads that work on it, the caller's own included; one if none is given.
    pub workers: Option<NonZeroUsize>,
    /// Set by another thread to break off.
    pub cancel: Option<&'a AtomicBool>,
    /// Only these records are asked; all if none is given. The others count as not asked.
    pub among: Option<&'a Bits>,
}

impl Running<'_> {
    /// All processors of the machine.
    #[must_use]
    pub fn all_cores() -> Self {
        Self { workers: std::thread::available_parallelism().ok(), ..Self::default() }
    }
}

impl Query {
    /// Puts rules together. `constants` gives the variables that are the same for all records, such as `today`.
    ///
    /// # Errors
    /// `columns.missing_field` or `columns.kind` when the columns are not what the rules were checked with.
    pub fn new(
        rules: &[Arc<dyn Rule>],
        population: &Population,
        environment: &Arc<Environment>,
        constants: Arc<dyn Facts + Send + Sync>,
    ) -> Result<Self, ColumnsError> {
        let mut assembly = Assembly::new(population, Arc::clone(environment), constants);
        for rule in rules {
            assembly.rule(&**rule)?;
        }
        Ok(Self { rules: rules.to_vec(), program: assembly.finish(), records: population.records().rows() })
    }

    /// The answers, in the order of the rules; none if it was broken off.
    #[must_use]
    pub fn answers(&self, running: Running<'_>) -> Option<Vec<Answer>> {
        run(&self.program, self.rules.len(), self.records, running)
    }

    /// Why a rule holds for a record or not, with the values seen.
    #[must_use]
    pub fn explain(&self, rule: usize, record: usize, reveal: Reveal) -> Option<Verdict> {
        let places = &self.program.whole.get(rule)?.places;
        Some(self.rules.get(rule)?.evaluate(&RowFacts::new(places, record), reveal))
    }

    /// How many records each condition of a rule removes, in the order they are written.
    ///
    /// # Errors
    /// As [`Query::new`].
    pub fn funnel(
        rule: &Arc<dyn Rule>,
        population: &Population,
        environment: &Arc<Environment>,
        constants: Arc<dyn Facts + Send + Sync>,
        running: Running<'_>,
    ) -> Result<Option<Funnel>, ColumnsError> {
        let mut assembly = Assembly::new(population, Arc::clone(environment), constants);
        assembly.parts(&**rule)?;
        let program = assembly.finish();
        let records = population.records().rows();
        let Some(answers) = run(&program, program.outcomes.len(), records, running) else { return Ok(None) };
        let mut left =
            running.among.map_or_else(|| Bits::all(records), |among| Bits::all(records).and(among));
        let asked = left.count();
        let mut steps = Vec::with_capacity(answers.len());
        for (answer, condition) in answers.into_iter().zip(rule.conjuncts()) {
            let before = left.count();
            let unknown = left.clone().and(&answer.unknown).count();
            left = left.and(&answer.holds);
            let count = left.count();
            steps.push(FunnelStep {
                condition,
                alone: answer.holds.count(),
                removed: before - count,
                unknown,
                left: count,
            });
        }
        Ok(Some(Funnel { asked, steps }))
    }
}

/// The answers of a range of records, as they come out of it.
struct Portion {
    start: usize,
    outcomes: Vec<Outcome>,
}

fn portion(program: &Program, rules: usize, range: Range<usize>) -> Portion {
    let start = range.start;
    let mut work = Work::new(program, range);
    Portion { start, outcomes: (0..rules).map(|rule| work.rule(rule)).collect() }
}

/// What several threads have done, the caller's own among them. Only called for more than one: waiting for others leaves something
/// in the caller's thread.
fn together<T: Send>(workers: usize, work: impl Fn() -> Vec<T> + Send + Copy) -> Vec<T> {
    std::thread::scope(|scope| {
        let others: Vec<_> =
            (1..workers).filter_map(|_| std::thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut done = work();
        for other in others {
            // A thread that failed leaves its portions undone, which its caller sees.
            done.extend(other.join().unwrap_or_default());
        }
        done
    })
}

fn run(program: &Program, rules: usize, records: usize, running: Running<'_>) -> Option<Vec<Answer>> {
    let portions = records.div_ceil(PORTION);
    let next = AtomicUsize::new(0);
    let cancelled = || running.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed));
    let work = || {
        let mut done = Vec::new();
        while !cancelled() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= portions {
                break;
            }
            let start = number * PORTION;
            let end = (start + PORTION).min(records);
            done.push(if running.among.is_none_or(|among| among.any_from(start, end - start)) {
                portion(program, rules, start..end)
            } else {
                Portion { start, outcomes: Vec::new() }
            });
        }
        done
    };
    let workers = running.workers.map_or(1, NonZeroUsize::get).min(portions.max(1));
    let done = if workers > 1 { together(workers, work) } else { work() };
    if done.len() != portions || cancelled() {
        return None;
    }
    let blank = || vec![0_u64; words_for(records)];
    let mut answers: Vec<(Vec<u64>, Vec<u64>)> = (0..rules).map(|_| (blank(), blank())).collect();
    for portion in done {
        let first = portion.start / 64;
        for ((holds, unknown), outcome) in answers.iter_mut().zip(portion.outcomes) {
            place(holds, first, &outcome.truth);
            if let Some(words) = &outcome.unknown {
                place(unknown, first, words);
            }
        }
    }
    let asked = |words| {
        let bits = Bits::from_words(words, records);
        match running.among {
            Some(among) => bits.and(among),
            None => bits,
        }
    };
    let answer = |(holds, unknown)| Answer { holds: asked(holds), unknown: asked(unknown) };
    Some(answers.into_iter().map(answer).collect())
}

fn place(all: &mut [u64], first: usize, words: &[u64]) {
    if let Some(part) = all.get_mut(first..first + words.len()) {
        part.copy_from_slice(words);
    }
}
