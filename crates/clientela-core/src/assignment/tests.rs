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
    let terms = Terms { seed: 1, passing_score: 3, ..Terms::default() };
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

#[test]
fn the_best_for_one_record_are_those_with_room() {
    let rules =
        [rule("all", &[(0, 5), (1, 5), (2, 4), (3, 9)], None, false), rule("low", &[(2, 1)], None, false)];
    let mut people: Vec<Candidate> = (0..4).map(|number| candidate(number, Some(2))).collect();
    people[3].absent = true;
    assert_eq!(best_named(0b01, &rules, &people, 1), [0, 1]);
    people[0].outside = 2;
    assert_eq!(best_named(0b01, &rules, &people, 1), [1]);
    assert_eq!(best_named(0b11, &rules, &people, 1), [1, 2]);
    assert_eq!((best_named(0b10, &rules, &people, 2), best_named(0, &rules, &people, 0)), (vec![], vec![]));
}

#[test]
fn units_name_sellers_and_only_a_name_names_others() {
    let unit = crate::ids::UnitId::from_uuid(Uuid::from_u128(9));
    let seller = |number: u128, by_name_only: bool| Seller {
        position: PositionId::from_uuid(Uuid::from_u128(number)),
        units: vec![unit],
        skills: [("tanker".to_owned(), 2)].into(),
        by_name_only,
    };
    let sellers = [seller(1, false), seller(2, true)];
    let wanted = |at_least, weight| WantedSkill { skill: "tanker".to_owned(), at_least, weight };
    for (name, targets, expected) in [
        ("a unit", RuleTargets { units: vec![unit], ..RuleTargets::default() }, vec![(0, 5)]),
        ("a skill", RuleTargets { skills: vec![wanted(None, 3)], ..RuleTargets::default() }, vec![(0, 11)]),
        (
            "a higher skill",
            RuleTargets { skills: vec![wanted(Some(3), 3)], ..RuleTargets::default() },
            vec![],
        ),
        (
            "a position",
            RuleTargets { positions: vec![sellers[1].position], ..RuleTargets::default() },
            vec![(1, 5)],
        ),
    ] {
        assert_eq!(named(NamingRule { score: 5, targets: &targets }, &sellers), expected, "{name}");
    }
}

#[test]
fn records_move_to_those_their_rules_name_in_the_team_of_their_owner() {
    let rules = [
        rule("keep", &[], Some(9), true),
        rule("all", &[(0, 5), (1, 5), (2, 5)], None, false),
        rule("less", &[(1, -3)], None, false),
    ];
    let subjects = [
        subject(1, Some(0), 0b010),
        subject(2, Some(0), 0b110),
        subject(3, Some(2), 0b010),
        subject(4, Some(0), 0b011),
        subject(5, None, 0b010),
    ];
    let teams = Teams { dealers: &[7, 7, 8], circles: &[7, 7, 8] };
    let (movables, sets) = movables(&subjects, &rules, 5, teams, |_| None);
    let allowed: Vec<&[u32]> =
        movables.iter().map(|one| sets[one.allowed as usize].near.as_slice()).collect();
    assert_eq!(allowed, [&[0, 1][..], &[0], &[2], &[], &[]]);
}

#[test]
fn what_is_held_stays_with_its_owner_or_its_dealer() {
    let rules = [rule("all", &[(0, 5), (1, 5), (2, 5), (3, 5)], None, false)];
    let subjects: Vec<Subject> = (0..4).map(|number| subject(number, Some(0), 1)).collect();
    // Positions 0 and 1 are of one dealer, 2 of another of the zone, 3 of another zone.
    let teams = Teams { dealers: &[7, 7, 8, 9], circles: &[1, 1, 1, 2] };
    let held = [None, Some(HeldBy::Claim), Some(HeldBy::SharedParty), Some(HeldBy::OpenOpportunity)];
    let (movables, sets) = movables(&subjects, &rules, 5, teams, |place| held[place]);
    let allowed: Vec<Option<(&[u32], &[u32])>> = movables
        .iter()
        .map(|one| sets.get(one.allowed as usize).map(|set| (set.near.as_slice(), set.far.as_slice())))
        .collect();
    let near = Some((&[0, 1][..], &[][..]));
    assert_eq!(allowed, [Some((&[0, 1][..], &[2][..])), near, near, None]);
    let load = |number: u128, load, target| Load {
        position: Uuid::from_u128(number),
        load,
        target,
        capacity: None,
        absent: false,
    };
    let loads = [load(1, 4, 1), load(2, 0, 1), load(3, 0, 9), load(4, 0, 9)];
    let done = rebalance(&movables, &sets, &loads, 0, 7).expect("in range");
    assert_eq!((done.moves.len(), done.over_before, done.over_after), (2, 3, 1), "{:?}", done.moves);
    assert_eq!(done.moves.iter().filter(|made| made.to == 2).count(), 1, "one to the other dealer");
    let why = relieved(done.moves[0], &subjects[done.moves[0].record], &rules, (&loads, 0)).to_string();
    for part in ["assignment.relieved", "has", "at_most", "assignment.has_room", "assignment.rule_names"] {
        assert!(why.contains(part), "{part}: {why}");
    }
}

#[test]
fn versions_overlap_on_days_both_could_be_applied() {
    let day = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap_or_default());
    let model = |(from, until): (&str, &str)| TerritoryModel {
        id: crate::ids::TerritoryModelId::from_uuid(Uuid::from_u128(1)),
        code: "sales/1".to_owned(),
        name: "sales".to_owned(),
        version: 1,
        state: ModelState::Active,
        valid_from: day(from),
        valid_until: day(until),
        seed: 0,
        passing_score: 0,
    };
    for (one, two, expected) in [
        (("", ""), ("", ""), true),
        (("", "2026-06-30"), ("2026-07-01", ""), false),
        (("", "2026-07-01"), ("2026-07-01", ""), true),
        (("2026-01-01", "2026-02-01"), ("2025-01-01", "2025-12-31"), false),
        (("2026-01-01", ""), ("", "2026-03-01"), true),
    ] {
        assert_eq!(model(one).overlaps(&model(two)), expected, "{one:?} {two:?}");
        assert_eq!(model(two).overlaps(&model(one)), expected, "{two:?} {one:?}");
    }
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
                (people.collect(), rules, subjects.collect(), Terms { seed, passing_score: 1, stay: false })
            })
    })
}

/// The same run without anything shared: every candidate is looked at for every record.
fn plainly(subjects: &[Subject], rules: &[ScoredRule], people: &[Candidate], terms: Terms) -> Assignment {
    use std::cmp::Reverse;
    let mut loads: Vec<u32> = people.iter().map(|person| person.outside).collect();
    let mut choices = vec![Choice::Nobody(NobodyReason::NoRule); subjects.len()];
    let may = |place: u32, score: i64| score >= terms.passing_score && !people[place as usize].absent;
    let named = |subject: &Subject| run::sums(rules, people.len(), &Subject { owner: None, ..*subject });
    let own = |subject: &Subject| {
        let sums = run::sums(rules, people.len(), subject);
        let relation = set(rules, counting(rules, subject.holds)).any(|(_, rule)| rule.relation.is_some());
        let owner =
            sums.into_iter().find(|(place, score)| subject.owner == Some(*place) && may(*place, *score));
        owner.filter(|(place, _)| relation || named(subject).iter().any(|(named, _)| named == place))
    };
    let best = |subject: &Subject| {
        named(subject).into_iter().filter(|(place, score)| may(*place, *score)).map(|(_, score)| score).max()
    };
    let mut order: Vec<usize> = (0..subjects.len()).collect();
    order.sort_by_key(|place| {
        let (subject, own) = (&subjects[*place], own(&subjects[*place]).map(|(_, score)| score));
        let kept = own.is_some() && own >= best(subject);
        (Reverse(best(subject).max(own)), !kept, crate::draw::draw(terms.seed, subject.id, 0), subject.id)
    });
    for subject in
        subjects.iter().filter(|subject| terms.stay && own(subject).is_none() && best(subject).is_none())
    {
        subject.owner.into_iter().for_each(|owner| loads[owner as usize] += 1);
    }
    let greatest = people.iter().filter_map(|person| person.capacity).max().unwrap_or(1).max(1);
    for place in order {
        let subject = &subjects[place];
        let room = |place: u32| {
            people[place as usize].capacity.is_none_or(|capacity| loads[place as usize] < capacity)
        };
        let turn = |place: u32| {
            let (person, load) = (&people[place as usize], u64::from(loads[place as usize]));
            let whole = u64::from(person.capacity.unwrap_or(greatest).max(1));
            (load * 1_000_000 / whole, crate::draw::draw(terms.seed, person.position.uuid(), load), place)
        };
        let others = named(subject).into_iter().filter(|(place, score)| may(*place, *score) && room(*place));
        let other = others.min_by_key(|(place, score)| (Reverse(*score), turn(*place)));
        let owner = own(subject).filter(|(place, _)| room(*place));
        let chosen = owner.filter(|owner| other.is_none_or(|other| owner.1 >= other.1)).or(other);
        choices[place] = match chosen {
            Some((candidate, score)) => {
                loads[candidate as usize] += 1;
                let counts = counting(rules, subject.holds);
                let gave = set(rules, counts).filter_map(|(place, rule)| {
                    run::given(rule, candidate, subject.owner == Some(candidate)).map(|score| (score, place))
                });
                let rule =
                    gave.max_by_key(|(score, place)| (*score, Reverse(*place))).map_or(0, |(_, place)| place);
                Choice::Given { candidate, rule: rule as u32, score }
            }
            None => {
                let stays = terms.stay && (own(subject).is_some() || best(subject).is_some());
                subject.owner.into_iter().filter(|_| stays).for_each(|owner| loads[owner as usize] += 1);
                let sums = named(subject);
                Choice::Nobody(match () {
                    () if own(subject).is_some() || best(subject).is_some() => NobodyReason::NoRoom,
                    () if counting(rules, subject.holds) == 0 => NobodyReason::NoRule,
                    () if sums.is_empty() => NobodyReason::NobodyNamed,
                    () if !sums.iter().any(|(_, score)| *score >= terms.passing_score) => {
                        NobodyReason::BelowPassing
                    }
                    () => NobodyReason::AllAbsent,
                })
            }
        };
    }
    let mut done = Assignment { choices, loads };
    if terms.stay {
        done.settle(subjects, people);
    }
    done
}

/// Many candidates, of whom rules name whole stretches with one score and some with scores of their own.
fn crowd() -> impl Strategy<Value = World> {
    let rule_of = (
        0_u32..60,
        1_u32..40,
        0_u32..6,
        0_i64..4,
        prop::option::weighted(0.2, -2_i64..6),
        prop::bool::weighted(0.1),
    );
    let person = (prop::option::weighted(0.8, 0_u32..12), 0_u32..3, prop::bool::weighted(0.1));
    let subjects = prop::collection::vec((prop::option::of(0_u32..60), any::<u128>(), any::<u128>()), 0..300);
    (
        prop::collection::vec(person, 60),
        prop::collection::vec(rule_of, 1..14),
        subjects,
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(people, rules, subjects, seed, stay)| {
            let people = people.into_iter().zip(0_u128..).map(|((capacity, outside, absent), number)| {
                let outside = capacity.map_or(outside, |capacity| outside.min(capacity));
                Candidate { outside, absent, ..candidate(number, capacity) }
            });
            let rules =
                rules.into_iter().zip(0..).map(|((from, count, kind, score, relation, stop), number)| {
                    let several = |place: u32| if kind == 0 { i64::from(place * 7 % 3) } else { 0 };
                    let named: Vec<_> = (from..(from + count).min(60))
                        .filter(|place| kind != 1 || place % 3 == 0)
                        .map(|place| (place, score + several(place)))
                        .collect();
                    rule(&format!("r{number}"), &named, relation, stop)
                });
            let rules: Vec<ScoredRule> = rules.collect();
            let bits = (1_u128 << rules.len()) - 1;
            let subjects = subjects
                .into_iter()
                .zip(0_u128..)
                .map(|((owner, one, two), number)| subject(number, owner, one & two & bits))
                .collect();
            (people.collect(), rules, subjects, Terms { seed, passing_score: 1, stay })
        })
}

proptest! {
    #[test]
    fn what_is_shared_changes_nothing((people, rules, subjects, terms) in prop_oneof![world(), crowd()]) {
        prop_assert_eq!(assign(&subjects, &rules, &people, terms), plainly(&subjects, &rules, &people, terms));
    }

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
    fn what_stays_takes_room((people, rules, subjects, terms) in world(), barred in prop::collection::btree_set(0_usize..40, 0..6)) {
        let terms = Terms { stay: true, ..terms };
        let mut run = assign(&subjects, &rules, &people, terms);
        for round in 0..2 {
            let (mut before, mut after, mut gained) = (vec![0; people.len()], vec![0; people.len()], vec![0; people.len()]);
            for (place, person) in people.iter().enumerate() {
                (before[place], after[place]) = (person.outside, person.outside);
            }
            for (subject, choice) in subjects.iter().zip(&run.choices) {
                let owner = subject.owner.map(|owner| owner as usize);
                owner.into_iter().for_each(|owner| before[owner] += 1);
                match choice {
                    Choice::Given { candidate, .. } => {
                        after[*candidate as usize] += 1;
                        gained[*candidate as usize] += u32::from(subject.owner != Some(*candidate));
                    }
                    Choice::Nobody(_) => owner.into_iter().for_each(|owner| after[owner] += 1),
                }
            }
            prop_assert_eq!(&after, &run.loads);
            for (place, person) in people.iter().enumerate() {
                let fits = person.capacity.is_none_or(|capacity| after[place] <= capacity);
                prop_assert!(fits || gained[place] == 0, "above his capacity he is given nothing");
                prop_assert!(fits || after[place] <= before[place], "and has no more than before");
            }
            for at in 0..subjects.len().min(5) {
                let told = explain(at, &subjects, &rules, &people, terms).map(|(choice, _)| choice);
                let left = matches!(run.choices[at], Choice::Nobody(NobodyReason::NoRoom | NobodyReason::Barred));
                prop_assert!(told == Some(run.choices[at]) || left);
            }
            if round == 0 {
                let barred: Vec<usize> = barred.iter().copied().filter(|place| *place < subjects.len()).collect();
                run.bar(&barred, &subjects, &people);
                for place in barred {
                    prop_assert!(given(run.choices[place]).is_err());
                }
            }
        }
    }

    #[test]
    fn even_targets_hold_all(loads in prop::collection::vec((0_u32..50, prop::option::of(1_u32..40), any::<bool>()), 1..9)) {
        let people: Vec<Load> = loads.iter().zip(1_u128..).map(|((load, capacity, absent), number)| Load {
            position: Uuid::from_u128(number), load: *load, target: 0, capacity: *capacity, absent: *absent,
        }).collect();
        let targets = even_targets(&people);
        let (mut all, mut room) = (0, 0);
        for (person, target) in people.iter().zip(&targets).filter(|(person, _)| !person.absent) {
            all += person.load;
            room += target;
        }
        prop_assert!(all <= room && room < all + people.len() as u32);
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
        // Those with even places are of the dealer, the others of other dealers.
        let allowed: Vec<Vec<u32>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
        let takers: Vec<Takers> = allowed.iter().map(|set| {
            let (near, far) = set.iter().copied().partition(|place| place % 2 == 0);
            Takers { near, far }
        }).collect();
        let owners = people.iter().enumerate().flat_map(|(place, load)| std::iter::repeat_n(place as u32, load.load as usize));
        let records: Vec<Movable> = owners.zip(picks.iter().cycle()).enumerate().map(|(number, (owner, pick))| Movable {
            id: Uuid::from_u128(number as u128 + 1), owner, allowed: *pick % allowed.len() as u32,
        }).collect();
        let Ok(done) = rebalance(&records, &takers, &people, tolerance, seed) else { return Err(TestCaseError::fail("refused")) };
        prop_assert_eq!(Ok(done.clone()), rebalance(&records, &takers, &people, tolerance, seed));
        // Asked all at once, the same is taken off, and no fewer records go to other dealers.
        let together: Vec<Takers> = allowed.iter().map(|set| Takers { near: set.clone(), far: Vec::new() }).collect();
        let at_once = rebalance(&records, &together, &people, tolerance, seed);
        prop_assert_eq!(at_once.map(|done| done.over_after), Ok(done.over_after));
        let near: Vec<Takers> = takers.iter().map(|set| Takers { near: set.near.clone(), far: Vec::new() }).collect();
        if rebalance(&records, &near, &people, tolerance, seed).is_ok_and(|near| near.over_after == done.over_after) {
            prop_assert!(done.moves.iter().all(|made| made.to % 2 == 0), "nobody leaves the dealer without need");
        }
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
