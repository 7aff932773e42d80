//! The cases of the CEL specification that need no protocol buffers, all of them, through every evaluator.
//!
//! The cases lie outside the repository; without them the test says that it was skipped.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on fails")]

use clientela_rules::{CelEngine, Datum, Outcome, Reveal, RuleEngine};
use std::collections::BTreeMap;
use std::path::Path;

mod specification;
mod textproto;

use specification::{Case, Expected, equal};

/// Why there is no value.
enum Fault {
    /// The expression is refused when it is compiled.
    Refused(String),
    /// It is unknown when it is evaluated.
    Failed,
}

/// A way to run rules, by its name.
type Evaluator<'e> = (&'static str, &'e dyn Fn(&Case) -> Result<Datum, Fault>);

/// The interpreter, asked for the outcome alone and for the reason, which must agree.
fn interpreter(case: &Case) -> Result<Datum, Fault> {
    let compiled = if case.unchecked {
        CelEngine.compile_unchecked(&case.source, &case.environment)
    } else {
        CelEngine.compile(&case.source, &case.environment)
    };
    let rule = compiled.map_err(|errors| Fault::Refused(errors.to_string()))?;
    if let Some(deduced) = &case.deduced
        && rule.result_type() != deduced
    {
        return Err(Fault::Refused(format!("the type is {:?}, not {deduced:?}", rule.result_type())));
    }
    let value = |outcome| match outcome {
        Outcome::True => Ok(Datum::Bool(true)),
        Outcome::False => Ok(Datum::Bool(false)),
        Outcome::Value(value) => Ok(value),
        Outcome::Unknown => Err(Fault::Failed),
    };
    let (decided, explained) = (value(rule.decide(case)), value(rule.evaluate(case, Reveal::ALL).outcome));
    match (&decided, &explained) {
        (Ok(one), Ok(two)) => assert!(equal(one, two), "{}: decided {one:?}, explained {two:?}", case.id),
        (one, two) => assert_eq!(one.is_ok(), two.is_ok(), "{}: decided and explained differ", case.id),
    }
    decided
}

#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

#[test]
fn every_case_that_applies_passes() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/cel"));
    if !folder.is_dir() {
        println!("skipped: no CEL cases beside the repository");
        return;
    }
    let evaluators: [Evaluator<'_>; 1] = [("interpreter", &interpreter)];
    let files = specification::files(folder);
    let (mut wrong, mut by_refusal) = (Vec::new(), Vec::new());
    for (evaluator, evaluate) in evaluators {
        let mut tiers: BTreeMap<u64, Count> = BTreeMap::new();
        println!("{evaluator}");
        for file in &files {
            let mut count = Count { skipped: file.skipped.len(), ..Count::default() };
            for case in &file.cases {
                match judged(case, evaluate(case)) {
                    Ok(refused) => {
                        count.passed += 1;
                        by_refusal.extend(refused.map(|reason| format!("{}: {reason}", case.id)));
                    }
                    Err(found) => {
                        count.failed += 1;
                        wrong.push(format!("{evaluator}: {}: {}\n    {found}", case.id, case.source));
                    }
                }
            }
            let Count { passed, failed, skipped } = count;
            println!(
                "  {:16} tier {}: {passed:4} passed, {failed} failed, {skipped} skipped",
                file.name, file.tier
            );
            let tier = tiers.entry(file.tier).or_default();
            tier.passed += passed;
            tier.failed += failed;
            tier.skipped += skipped;
        }
        for (tier, Count { passed, failed, skipped }) in tiers {
            println!("  all of tier {tier}: {passed} passed, {failed} failed, {skipped} skipped");
        }
    }
    println!("passed because the checker refuses what should fail when evaluated: {}", by_refusal.len());
    by_refusal.iter().for_each(|line| println!("  {line}"));
    println!("skipped:");
    for (id, reason) in files.iter().flat_map(|file| &file.skipped) {
        println!("  {id}: {reason}");
    }
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether the answer is right, with the checker's reason if it is so because the expression was refused; otherwise
/// what was found.
fn judged(case: &Case, answer: Result<Datum, Fault>) -> Result<Option<String>, String> {
    match (&case.expected, answer) {
        (Expected::Nothing, Err(Fault::Refused(reason))) => Err(reason),
        (Expected::Nothing, _) | (Expected::Error, Err(Fault::Failed)) => Ok(None),
        (Expected::Error, Err(Fault::Refused(reason))) => Ok(Some(reason)),
        (Expected::Value(wanted), Ok(found)) if equal(wanted, &found) => Ok(None),
        (wanted, Ok(found)) => Err(format!("wanted {wanted:?}, found {found:?}")),
        (wanted, Err(Fault::Failed)) => Err(format!("wanted {wanted:?}, found unknown")),
        (wanted, Err(Fault::Refused(reason))) => Err(format!("wanted {wanted:?}; {reason}")),
    }
}
