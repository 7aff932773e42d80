//! Tables and properties of assignment and rebalancing.

use super::*;
use clientela_model::EntityId;
use proptest::prelude::*;

fn candidate(number: u128, capacity: Option<u32>) -> Candidate {
    let position = PositionId::from_uuid(Uuid::from_u128(number + 1));
    Candidate { position, title: format!("P{number}"), capacity, outside: 0, absent: false }
}

fn subject(number: u128, owner: Option<u32>, holds: u128) -> Subject {
    Subject { id: Uuid::from_u128(number + 1_000), owner, holds }
}

fn rule(name: &str, named: &[(u32, i64)], relation: Option<i64>, stop: bool) -> ScoredRule {
    ScoredRule { name: name.to_owned(), named: named.to_vec(), relation, stop }
}

fn given(choice: Choice) -> Result<u32, NobodyReason> {
    match choice {
        Choice::Given { candidate, .. } => Ok(candidate),
        Choice::Nobody(reason) => Err(reason),
    }
}

#[test]
fn one_record_goes_where_the_table_says() {
    // north names 0 and 1, key names 1 on top, keep leaves it with its owner and stops.
    let rules = [
        rule("keep", &[], Some(100), true),
        rule("north", &[(0, 10), (1, 10)], None, false),
        rule("key", &[(1, 5)], None, false),
        rule("low", &[(2, 1)], None, false),
        rule("away", &[(3, 50)], None, false),
        rule("full", &[(4, 50)], None, false),
        rule("nobody", &[], None, false),
    ];
    let mut people: Vec<Candidate> = (0..4).map(|number| candidate(number, None)).collect();
    people[3].absent = true;
    people.push(Candidate { outside: 2, ..candidate(4, Some(2)) });
    let terms = Terms { seed: 1, passing_score: 3 };
    for (name, owner, holds, expected) in [
        ("scores are added", None, 0b110, Ok(1)),
        ("who has it keeps it among equals", Some(0), 0b010, Ok(0)),
        ("a better one takes it from him", Some(0), 0b110, Ok(1)),
        ("a relation is kept and the rest not looked at", Some(2), 0b111, Ok(2)),
        ("a kept relation that is absent", Some(3), 0b001, Err(NobodyReason::NobodyNamed)),
        ("no rule", Some(0), 0, Err(NobodyReason::NoRule)),
        ("rules that name nobody", None, 0b100_0000, Err(NobodyReason::NobodyNamed)),
        ("below the passing score", None, 0b1000, Err(NobodyReason::BelowPassing)),
        ("absent", None, 0b1_0000, Err(NobodyReason::AllAbsent)),
        ("no room", None, 0b10_0000, Err(NobodyReason::NoRoom)),
        ("the next best when the best has no room", None, 0b10_0100, Ok(1)),
    ] {
        let subjects = [subject(1, owner, holds)];
        let run = assign(&subjects, &rules, &people, terms);
        assert_eq!(given(run.choices[0]), expected, "{name}");
        let told = explain(0, &subjects, &rules, &people, terms).map(|(choice, _)| choice);
        assert_eq!(told, Some(run.choices[0]), "{name}");
    }
}

#[test]
fn equals_take_turns_by_their_capacity() {
    let rules = [rule("all", &[(0, 1), (1, 1), (2, 1)], None, false)];
    let people = [candidate(0, Some(100)), candidate(1, Some(200)), candidate(2, Some(300))];
    let subjects: Vec<Subject> = (0..300).map(|number| subject(number, None, 1)).collect();
    assert_eq!(assign(&subjects, &rules, &people, Terms::default()).loads, [50, 100, 150]);
}

#[test]
fn a_reason_tells_the_others() -> Result<(), &'static str> {
    let rules = [rule("north", &[(0, 10), (1, 5)], None, false)];
    let people = [candidate(0, None), candidate(1, Some(9)), candidate(2, None)];
    let (_, why) = explain(0, &[subject(1, None, 1)], &rules, &people, Terms::default()).ok_or("a record")?;
    assert_eq!(
        why.to_string(),
        "assignment.given (position: P0, rule: north, score: 10)\n  assignment.rule_holds (rule: north, score: 10)\n  \
         assignment.outscored (position: P1, score: 5, load: 0, capacity: 9)\n  assignment.not_named (count: 1)"
    );
    Ok(())
}

type World = (Vec<Candidate>, Vec<ScoredRule>, Vec<Subject>, Terms);

fn world() -> impl Strategy<Value = World> {
    (1_u32..8).prop_flat_map(|people| {
        let capacity = (prop::option::of(0_u32..6), 0_u32..3, prop::bool::weighted(0.2));
        let named = prop::collection::btree_map(0..people, -2_i64..10, 0..4);
        (
            prop::collection::vec(capacity, people as usize),
            prop::collection::vec((named, prop::option::of(0_i64..8), any::<bool>()), 1..6),
            prop::collection::vec((prop::option::of(0..people), 0_u128..64), 0..40),
            any::<u64>(),
        )
            .prop_map(|(capacities, rules, subjects, seed)| {
                let people =
                    capacities.into_iter().zip(0_u128..).map(|((capacity, outside, absent), number)| {
                        let outside = capacity.map_or(outside, |capacity| outside.min(capacity));
                        Candidate { outside, absent, ..candidate(number, capacity) }
                    });
                let rules = rules.into_iter().zip(0..).map(|((named, relation, stop), number)| {
                    let named: Vec<_> = named.into_iter().collect();
                    rule(&format!("r{number}"), &named, relation, stop)
                });
                let rules: Vec<ScoredRule> = rules.collect();
                let bits = (1_u128 << rules.len()) - 1;
                let subjects = subjects.into_iter().zip(0_u128..);
                let subjects = subjects.map(|((owner, holds), number)| subject(number, owner, holds & bits));
                (people.collect(), rules, subjects.collect(), Terms { seed, passing_score: 1 })
            })
    })
}

proptest! {
    #[test]
    fn capacity_is_never_exceeded_and_nobody_absent_gets_anything((people, rules, subjects, terms) in world()) {
        let run = assign(&subjects, &rules, &people, terms);
        let mut loads: Vec<u32> = people.iter().map(|person| person.outside).collect();
        for choice in &run.choices {
            if let Choice::Given { candidate, score, .. } = choice {
                loads[*candidate as usize] += 1;
                prop_assert!(!people[*candidate as usize].absent);
                prop_assert!(*score >= terms.passing_score);
            }
        }
        prop_assert_eq!(&loads, &run.loads);
        for (person, load) in people.iter().zip(&loads) {
            prop_assert!(person.capacity.is_none_or(|capacity| *load <= capacity));
        }
    }

    #[test]
    fn the_order_of_records_does_not_matter((people, rules, subjects, terms) in world(), turn in 0_usize..40) {
        let run = assign(&subjects, &rules, &people, terms);
        prop_assert_eq!(&run, &assign(&subjects, &rules, &people, terms));
        let mut turned = subjects.clone();
        turned.rotate_left(turn % subjects.len().max(1));
        let other = assign(&turned, &rules, &people, terms);
        for (subject, choice) in turned.iter().zip(&other.choices) {
            let before = subjects.iter().position(|known| known.id == subject.id).map(|at| run.choices[at]);
            prop_assert_eq!(before, Some(*choice));
        }
        prop_assert_eq!(run.loads, other.loads);
    }

    #[test]
    fn the_order_of_candidates_does_not_matter((people, rules, subjects, terms) in world()) {
        let last = people.len() as u32 - 1;
        let turned: Vec<Candidate> = people.iter().rev().cloned().collect();
        let mut other_rules = rules.clone();
        for rule in &mut other_rules {
            rule.named.iter_mut().for_each(|(place, _)| *place = last - *place);
        }
        let others: Vec<Subject> = subjects.iter()
            .map(|known| Subject { owner: known.owner.map(|place| last - place), ..*known }).collect();
        let one = assign(&subjects, &rules, &people, terms);
        let two = assign(&others, &other_rules, &turned, terms);
        for (one, two) in one.choices.iter().zip(&two.choices) {
            prop_assert_eq!(given(*one), given(*two).map(|place| last - place));
        }
    }

    #[test]
    fn what_is_explained_is_what_is_done((people, rules, subjects, terms) in world()) {
        let run = assign(&subjects, &rules, &people, terms);
        for at in 0..subjects.len().min(5) {
            let told = explain(at, &subjects, &rules, &people, terms).map(|(choice, _)| choice);
            prop_assert_eq!(told, Some(run.choices[at]));
        }
    }

    #[test]
    fn rebalancing_moves_no_more_than_is_over(
        loads in prop::collection::vec((0_u32..12, 0_u32..8, prop::option::of(0_u32..10), prop::bool::weighted(0.1)), 1..7),
        sets in prop::collection::vec(prop::collection::btree_set(0_u32..7, 0..5), 1..5),
        picks in prop::collection::vec(0_u32..5, 100),
        tolerance in 0_u32..50,
        seed: u64,
    ) {
        let people: Vec<Load> = loads.iter().enumerate().map(|(number, (load, target, capacity, absent))| Load {
            position: Uuid::from_u128(number as u128 + 1), load: *load, target: *target, capacity: *capacity, absent: *absent,
        }).collect();
        let allowed: Vec<Vec<u32>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
        let owners = people.iter().enumerate().flat_map(|(place, load)| std::iter::repeat_n(place as u32, load.load as usize));
        let records: Vec<Movable> = owners.zip(picks.iter().cycle()).enumerate().map(|(number, (owner, pick))| Movable {
            id: Uuid::from_u128(number as u128 + 1), owner, allowed: *pick % allowed.len() as u32,
        }).collect();
        let Ok(done) = rebalance(&records, &allowed, &people, tolerance, seed) else { return Err(TestCaseError::fail("refused")) };
        prop_assert_eq!(Ok(done.clone()), rebalance(&records, &allowed, &people, tolerance, seed));
        prop_assert!(done.moves.len() as u64 <= done.over_before);
        prop_assert_eq!(done.over_before, done.over_after + done.moves.len() as u64);
        let limit = |load: &Load| {
            let limit = load.target * (100 + tolerance) / 100;
            load.capacity.map_or(limit, |capacity| capacity.min(limit))
        };
        let mut after: Vec<u32> = people.iter().map(|load| load.load).collect();
        for made in &done.moves {
            let record = records[made.record];
            prop_assert!(record.owner == made.from && allowed[record.allowed as usize].contains(&made.to));
            prop_assert!(!people[made.to as usize].absent);
            after[made.from as usize] -= 1;
            after[made.to as usize] += 1;
        }
        for (load, after) in people.iter().zip(&after) {
            prop_assert!(*after <= limit(load).max(load.load), "nobody is pushed over");
        }
        let over: u32 = people.iter().zip(&after).map(|(load, after)| after.saturating_sub(limit(load))).sum();
        prop_assert_eq!(u64::from(over), done.over_after);
        // No record is left that could still be moved to relieve somebody.
        let moved: Vec<usize> = done.moves.iter().map(|made| made.record).collect();
        for (place, record) in records.iter().enumerate().filter(|(place, _)| !moved.contains(place)) {
            let owner = record.owner as usize;
            let relieved = after[owner] <= limit(&people[owner]);
            let taker = allowed[record.allowed as usize].iter().any(|taker| {
                people.get(*taker as usize).is_some_and(|load| !load.absent && after[*taker as usize] < limit(load))
            });
            prop_assert!(relieved || !taker, "record {place} could move");
        }
    }
}
