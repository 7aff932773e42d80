//! Against trying everything, on small random problems.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;

const VARIABLES: u32 = 8;

#[derive(Debug, Clone)]
enum Demand {
    Clause(Vec<Literal>),
    Bound(Vec<(Literal, u64)>, u64),
}

fn literal() -> impl Strategy<Value = Literal> {
    (0..VARIABLES, any::<bool>()).prop_map(|(at, yes)| if yes { Literal::yes(at) } else { Literal::no(at) })
}

fn demand() -> impl Strategy<Value = Demand> {
    let clause = prop::collection::vec(literal(), 1..4).prop_map(Demand::Clause);
    let bound = (prop::collection::btree_map(0..VARIABLES, (any::<bool>(), 1_u64..4), 2..6), 0_u64..7)
        .prop_map(|(terms, limit)| {
            let terms = terms
                .into_iter()
                .map(|(at, (yes, weight))| (if yes { Literal::yes(at) } else { Literal::no(at) }, weight));
            Demand::Bound(terms.collect(), limit)
        });
    prop_oneof![3 => clause, 1 => bound]
}

fn solver(demands: &[Demand]) -> Solver {
    let mut solver = Solver::new();
    (0..VARIABLES).for_each(|_| {
        solver.add_variable();
    });
    for (source, demand) in demands.iter().enumerate() {
        match demand {
            Demand::Clause(literals) => solver.add_clause(literals, source as u32),
            Demand::Bound(terms, limit) => solver.add_bound(terms, *limit, source as u32),
        }
    }
    solver
}

fn satisfies(model: &[bool], demand: &Demand) -> bool {
    let holds = |literal: &Literal| model[literal.variable() as usize] == literal.is_yes();
    match demand {
        Demand::Clause(literals) => literals.iter().any(holds),
        Demand::Bound(terms, limit) => {
            terms.iter().filter(|(literal, _)| holds(literal)).map(|(_, weight)| weight).sum::<u64>()
                <= *limit
        }
    }
}

fn models<'d>(demands: impl IntoIterator<Item = &'d Demand> + Clone, assumed: &[Literal]) -> Vec<Vec<bool>> {
    (0..1_u32 << VARIABLES)
        .map(|bits| (0..VARIABLES).map(|at| bits >> at & 1 == 1).collect::<Vec<bool>>())
        .filter(|model| assumed.iter().all(|literal| model[literal.variable() as usize] == literal.is_yes()))
        .filter(|model| demands.clone().into_iter().all(|demand| satisfies(model, demand)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_those_of_trying_everything(
        demands in prop::collection::vec(demand(), 1..25),
        questions in prop::collection::vec(prop::collection::vec(literal(), 0..4), 1..6),
    ) {
        let mut solver = solver(&demands);
        for assumed in &questions {
            let all = models(&demands, assumed);
            match solver.solve(assumed, Budget::UNLIMITED) {
                Answer::Satisfied(model) => prop_assert!(all.contains(&model)),
                Answer::Refuted(clash) => {
                    prop_assert!(all.is_empty());
                    prop_assert!(clash.assumptions.iter().all(|literal| assumed.contains(literal)));
                    let named: Vec<&Demand> = clash.sources.iter().map(|source| &demands[*source as usize]).collect();
                    prop_assert!(models(named, &clash.assumptions).is_empty(), "the clash is none: {clash:?}");
                }
                Answer::Unknown => prop_assert!(false, "without a budget"),
            }
            match solver.assume(assumed) {
                Ok(()) => for at in 0..VARIABLES {
                    for literal in [Literal::yes(at), Literal::no(at)] {
                        if !solver.holds(literal) { continue }
                        prop_assert!(all.iter().all(|model| model[at as usize] == literal.is_yes()));
                        if let Some(reason) = solver.reason(literal) {
                            let named: Vec<&Demand> = reason.sources.iter().map(|source| &demands[*source as usize]).collect();
                            let mut from = reason.from.clone();
                            from.push(!literal);
                            prop_assert!(models(named, &from).is_empty(), "{literal:?} does not follow from {reason:?}");
                        }
                    }
                },
                Err(clash) => {
                    prop_assert!(all.is_empty());
                    let named: Vec<&Demand> = clash.sources.iter().map(|source| &demands[*source as usize]).collect();
                    prop_assert!(models(named, &clash.assumptions).is_empty());
                }
            }
        }
    }

    #[test]
    fn a_walk_visits_models_only_and_keeps_what_is_fixed(
        demands in prop::collection::vec(demand(), 1..25),
        steps in prop::collection::vec((literal(), prop::collection::vec(any::<bool>(), VARIABLES as usize)), 1..20),
        foreign in prop::collection::vec(any::<bool>(), VARIABLES as usize),
    ) {
        let mut solver = solver(&demands);
        let all = models(&demands, &[]);
        let mut walk = Walk::new(&solver);
        prop_assert!(!walk.step_to(Literal::yes(0), &[]), "it stands nowhere yet");
        prop_assert_eq!(walk.stand_on(&foreign), all.contains(&foreign));
        if let Answer::Satisfied(model) = solver.solve(&[], Budget::UNLIMITED) {
            prop_assert!(walk.stand_on(&model));
        }
        for (wanted, fixed) in steps {
            let before = walk.model().to_vec();
            let reached = walk.step_to(wanted, &fixed);
            if before.is_empty() {
                prop_assert!(!reached && all.is_empty());
                continue;
            }
            let after = walk.model();
            prop_assert!(all.contains(&after.to_vec()));
            if !reached {
                prop_assert_eq!(&before[..], after);
                continue;
            }
            prop_assert_eq!(after[wanted.variable() as usize], wanted.is_yes());
            for at in 0..VARIABLES {
                let place = at as usize;
                prop_assert_eq!(walk.changes().contains(&at), before[place] != after[place]);
                prop_assert!(before[place] == after[place] || !fixed[place] || at == wanted.variable());
            }
        }
    }

    #[test]
    fn the_cheapest_model_is_the_cheapest_of_all(
        demands in prop::collection::vec(demand(), 1..20),
        costs in prop::collection::btree_map(0..VARIABLES, (any::<bool>(), 0_u64..50), 1..9),
        assumed in prop::collection::vec(literal(), 0..2),
    ) {
        let costs: Vec<(Literal, u64)> = costs.into_iter().map(|(at, (yes, cost))| {
            (if yes { Literal::yes(at) } else { Literal::no(at) }, cost)
        }).collect();
        let cost = |model: &Vec<bool>| costs.iter()
            .filter(|(literal, _)| model[literal.variable() as usize] == literal.is_yes())
            .map(|(_, cost)| cost).sum::<u64>();
        let least = models(&demands, &assumed).iter().map(cost).min();
        let found = solver(&demands).minimise(&assumed, &costs, Budget::UNLIMITED);
        prop_assert_eq!(found.as_ref().map(|found| (found.cost, found.proven)), least.map(|least| (least, true)));
        if let Some(found) = found {
            prop_assert_eq!(cost(&found.model), found.cost);
            prop_assert!(models(&demands, &assumed).contains(&found.model));
        }
    }
}

#[test]
fn what_cannot_hold_by_itself_names_its_sources() {
    let mut solver = Solver::new();
    let one = Literal::yes(solver.add_variable());
    let other = Literal::yes(solver.add_variable());
    solver.add_clause(&[one], 4);
    solver.add_clause(&[!one, other], 5);
    solver.add_bound(&[(one, 1), (other, 1)], 1, 9);
    solver.add_clause(&[other, one], 7);
    let Answer::Refuted(clash) = solver.solve(&[], Budget::UNLIMITED) else { panic!("it cannot hold") };
    assert_eq!(clash, Clash { assumptions: vec![], sources: vec![4, 5, 9] });
}

/// Pigeons in holes: hard for clauses, at once clear for bounds that are learned from, and a test of restarts and forgetting.
#[test]
fn seven_pigeons_do_not_fit_six_holes() {
    let (pigeons, holes) = (7, 6);
    let mut solver = Solver::new();
    let place: Vec<Vec<Literal>> =
        (0..pigeons).map(|_| (0..holes).map(|_| Literal::yes(solver.add_variable())).collect()).collect();
    for row in &place {
        solver.add_clause(row, 0);
    }
    for hole in 0..holes {
        let terms: Vec<(Literal, u64)> = place.iter().map(|row| (row[hole], 1)).collect();
        solver.add_bound(&terms, 1, 1);
    }
    assert!(matches!(solver.solve(&[], Budget::UNLIMITED), Answer::Refuted(_)));
    assert!(matches!(solver.solve(&[], Budget(0)), Answer::Refuted(_)), "once known, it stays known");
}
