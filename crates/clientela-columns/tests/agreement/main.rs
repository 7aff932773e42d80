//! One rule, one answer: the interpreter, the evaluator of one record and columns agree on random rules and records.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test says what is wrong by failing"
)]
#![allow(clippy::float_arithmetic, reason = "doubles of the rule language")]

mod lists;
mod world;

use clientela_columns::{Bits, Population, Query, Running};
use clientela_rules::{Bindings, CelEngine, Facts, Outcome, Reveal, Row, Rule, RuleEngine};
use proptest::prelude::*;
use std::num::NonZeroUsize;
use std::sync::Arc;
use world::{Choices, NULLABLE, World, blank, condition, hide, today};

/// A rule that compiles, made of these choices; none if they make no sense together.
fn rule(world: &World, choices: &[u32]) -> Option<Arc<dyn Rule>> {
    let text = condition(&mut Choices::new(choices), 3, &[("customer", "customer")]);
    CelEngine.compile(&text, &world.environment).ok()
}

struct Today(clientela_rules::Datum);

impl Facts for Today {
    fn variable(&self, name: &str) -> Option<clientela_rules::Datum> {
        (name == "today").then(|| self.0.clone())
    }
}

fn known(outcome: &Outcome) -> Option<bool> {
    match outcome {
        Outcome::True => Some(true),
        Outcome::False => Some(false),
        _ => None,
    }
}

fn agree(rule_choices: &[Vec<u32>], data: &[u32], count: usize, hidden: bool) -> Result<(), TestCaseError> {
    let world = World::new();
    let rules: Vec<Arc<dyn Rule>> = rule_choices.iter().filter_map(|choices| rule(&world, choices)).collect();
    agree_on_random(&world, &rules, data, count, hidden)
}

fn agree_on_random(
    world: &World,
    rules: &[Arc<dyn Rule>],
    data: &[u32],
    count: usize,
    hidden: bool,
) -> Result<(), TestCaseError> {
    let (mut rows, mut population) = world.customers(count, &mut Choices::new(data));
    if hidden {
        population = hide(&mut rows, &population, "fleet", |row| row % 3 == 1);
        let blanked = data.first().copied().unwrap_or(0);
        let fields: Vec<&str> = (0..NULLABLE.len())
            .filter(|place| blanked >> place & 1 == 1)
            .map(|place| NULLABLE[place])
            .collect();
        population = blank(&mut rows, &population, &fields);
    }
    agree_on(world, rules, (rows, population))
}

fn agree_on(
    world: &World,
    rules: &[Arc<dyn Rule>],
    (rows, population): (Vec<Row>, Population),
) -> Result<(), TestCaseError> {
    let count = rows.len();
    let constants = Arc::new(Today(today().into()));
    let query = Query::new(rules, &population, &world.environment, constants.clone()).unwrap();
    let answers = query.answers(Running::default()).unwrap();
    let two = Running { workers: NonZeroUsize::new(2), ..Running::default() };
    prop_assert_eq!(&query.answers(two).unwrap(), &answers);
    // Asked of every third record, in blocks so that whole portions are left out.
    let among = Bits::collect((0..count).map(|row| row / 2_048 % 2 == 0 && row % 3 == 0));
    let some = Running { among: Some(&among), ..Running::default() };
    for (all, few) in answers.iter().zip(query.answers(some).unwrap()) {
        prop_assert_eq!(all.holds.clone().and(&among), few.holds);
        prop_assert_eq!(all.unknown.clone().and(&among), few.unknown);
    }
    for (number, (rule, answer)) in rules.iter().zip(&answers).enumerate() {
        for (place, row) in rows.iter().enumerate() {
            let facts: Bindings<'_> = world.facts(row);
            let interpreted = known(&rule.evaluate(&facts, Reveal::ALL).outcome);
            let decided = known(&rule.decide(&facts));
            let in_columns = match (answer.holds.get(place), answer.unknown.get(place)) {
                (true, false) => Some(true),
                (false, false) => Some(false),
                (false, true) => None,
                (true, true) => return Err(TestCaseError::fail("both yes and unknown")),
            };
            prop_assert_eq!(decided, interpreted, "one record: {} on {:?}", rule.source(), row);
            prop_assert_eq!(in_columns, interpreted, "columns: {} on {:?}", rule.source(), row);
            if place < 3 {
                let explained = query.explain(number, place, Reveal::ALL).unwrap();
                prop_assert_eq!(known(&explained.outcome), interpreted, "explained: {}", rule.source());
            }
        }
        let asked =
            Query::funnel(rule, &population, &world.environment, constants.clone(), two).unwrap().unwrap();
        let left = asked.steps.last().map_or(0, |step| step.left);
        prop_assert_eq!(left, answer.holds.count(), "funnel of {}", rule.source());
        let few =
            Query::funnel(rule, &population, &world.environment, constants.clone(), some).unwrap().unwrap();
        prop_assert_eq!(few.asked, among.count());
        let left = few.steps.last().map_or(0, |step| step.left);
        prop_assert_eq!(left, answer.holds.clone().and(&among).count(), "funnel of {}", rule.source());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn rules_say_the_same_of_one_record_and_of_many(
        rules in prop::collection::vec(prop::collection::vec(any::<u32>(), 24), 1..6),
        data in prop::collection::vec(any::<u32>(), 97),
        count in 0_usize..70,
        hidden in any::<bool>(),
    ) {
        agree(&rules, &data, count, hidden)?;
    }
}

#[test]
fn portions_join_without_a_seam() {
    let choices: Vec<Vec<u32>> = (0..12_u32)
        .map(|rule| (0..24_u32).map(|place| (rule * 7_919 + place * 104_729) % 1_000).collect())
        .collect();
    let data: Vec<u32> = (0..9_973_u32).map(|place| place.wrapping_mul(2_654_435_761) >> 7).collect();
    agree(&choices, &data, 9_000, false).unwrap();
    agree(&choices, &data, 8_192, true).unwrap();
}

#[test]
fn rules_that_went_wrong_once_do_not_again() {
    let world = World::new();
    let texts = [
        // The inner loop does not speak of the outer one's entry, and columns do not compare two texts of different rows.
        "customer.fleet.exists(a, customer.fleet.exists(b, b.make == customer.preferred))",
        "customer.fleet.exists(a, a.euro == 3 && customer.purchases.filter(b, b.make == customer.preferred).size() > 1)",
        "customer.fleet.all(a, customer.purchases.filter(b, b.make == customer.preferred).map(b, b.units).sum() > 2)",
        // A missing flag is a value when compared; a filter by it is unknown.
        "customer.fleet.filter(a, a.leased).exists(a, customer.size > 3 || a.euro == 2)",
        "customer.fleet.filter(a, a.leased).all(a, customer.size > 3 || a.euro == 2)",
        // Small counts, large ones and none.
        "customer.fleet.filter(a, a.euro > 2).size() >= 2",
        "customer.fleet.filter(a, a.euro > 2).size() != 1",
        "2 > customer.purchases.size()",
        "customer.purchases.size() <= 0",
        "customer.purchases.size() >= 0",
        "customer.purchases.size() > 8",
        // Dear conditions after cheap ones, within loops and around them.
        "customer.status == 'lost' && customer.purchases.exists(p, p.units > 2 && customer.fleet.exists(v, v.make == p.make))",
        "customer.size < 5 && customer.purchases.filter(p, p.units > 2).map(p, p.amount).sum() > 100.00",
        "customer.fleet.exists_one(a, a.leased == true) || customer.town.contains('Tor')",
    ];
    let rules: Vec<Arc<dyn Rule>> =
        texts.iter().map(|text| CelEngine.compile(text, &world.environment).unwrap()).collect();
    let data: Vec<u32> = (0..9_973_u32).map(|place| place.wrapping_mul(2_654_435_761) >> 7).collect();
    agree_on_random(&world, &rules, &data, 700, false).unwrap();
    agree_on_random(&world, &rules, &data, 700, true).unwrap();
}

#[test]
fn most_random_rules_make_sense() {
    let world = World::new();
    let made = (0..500_u32)
        .filter(|seed| {
            let choices: Vec<u32> =
                (0..24_u32).map(|place| (seed + 1).wrapping_mul(2_654_435_761 + place * 97) >> 9).collect();
            rule(&world, &choices).is_some()
        })
        .count();
    assert!(made > 300, "{made} of 500");
}
