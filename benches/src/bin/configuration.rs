//! What follows from a choice on a product of 2,000 options and 5,000 rules.
//!
//! Writes the product as DIMACS and the choices as lists of numbers, for `benches/python/configuration_peers.py` to do the same
//! on the same clauses. Without arguments the files go to `target/benches/configuration`.
#![allow(clippy::print_stdout, reason = "a program that prints what it measured")]

use clientela_analytics::satisfiability::{Literal, Solver};
use clientela_core::catalogue::configuration::{
    Availability, Choices, Compiled, ConfigurableProduct, ConfigurationRule, ConfigurationRuleKind,
    Objective, OptionGroup, ProductOption, Standing,
};
use clientela_model::Money;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const OPTIONS: usize = 2_000;
const RULES: usize = 5_000;
const GROUPS: usize = 200;
const GROUP_SIZE: usize = 8;
const SESSIONS: usize = 40;
const CHOICES: usize = 12;

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }
}

fn code(at: usize) -> String {
    format!("o{at:04}")
}

/// A product with 200 groups of 8, of which one each is chosen, and 400 options besides. Every rule holds in one configuration
/// that was drawn beforehand, so that there is one.
fn product(dice: &mut Dice) -> Result<ConfigurableProduct, Box<dyn Error>> {
    let euro = "EUR".parse()?;
    let kept: Vec<usize> = (0..GROUPS).map(|group| group * GROUP_SIZE + dice.below(GROUP_SIZE)).collect();
    let there = |at: usize, free: &[bool]| {
        if at < GROUPS * GROUP_SIZE { kept[at / GROUP_SIZE] == at } else { free[at - GROUPS * GROUP_SIZE] }
    };
    let free: Vec<bool> = (0..OPTIONS - GROUPS * GROUP_SIZE).map(|_| dice.below(3) == 0).collect();
    let group_of = |at: usize| (at < GROUPS * GROUP_SIZE).then(|| format!("g{}", at / GROUP_SIZE));
    let options = (0..OPTIONS)
        .map(|at| ProductOption {
            code: code(at),
            group: group_of(at),
            price: Some(Money::from_minor(i64::try_from(dice.below(500)).unwrap_or(0) * 1_000, euro)),
            popularity: u8::try_from(dice.below(101)).ok(),
            ..ProductOption::default()
        })
        .collect();
    let groups = (0..GROUPS)
        .map(|at| OptionGroup {
            code: format!("g{at}"),
            minimum: 1,
            maximum: Some(1),
            ..OptionGroup::default()
        })
        .collect();
    let mut rules = Vec::new();
    while rules.len() < RULES {
        // As in the trade, an option needs one of several of another group, or one option besides.
        let (kind, one) = match dice.below(20) {
            0..=11 => (ConfigurationRuleKind::Requires, 1),
            12..=18 => (ConfigurationRuleKind::Excludes, 1),
            _ => (ConfigurationRuleKind::AtMost, 5),
        };
        let mut drawn: Vec<usize> = (0..one).map(|_| dice.below(OPTIONS)).collect();
        match kind {
            ConfigurationRuleKind::Requires if dice.below(4) > 0 => {
                let group = dice.below(GROUPS) * GROUP_SIZE;
                let (start, count) = (dice.below(GROUP_SIZE), 3 + dice.below(4));
                drawn.extend((0..count).map(|at| group + (start + at) % GROUP_SIZE));
            }
            ConfigurationRuleKind::Requires => {
                drawn.push(GROUPS * GROUP_SIZE + dice.below(OPTIONS - GROUPS * GROUP_SIZE));
            }
            ConfigurationRuleKind::Excludes => drawn.push(dice.below(OPTIONS)),
            _ => {}
        }
        let (options, targets) = drawn.split_at_mut(one);
        options.sort_unstable();
        targets.sort_unstable();
        let twice = |list: &[usize]| list.windows(2).any(|pair| pair[0] == pair[1]);
        let holds = |at: &usize| there(*at, &free);
        let count = options.iter().filter(|at| holds(at)).count();
        let any = targets.iter().any(holds);
        let allowed = match kind {
            ConfigurationRuleKind::Requires => count == 0 || any,
            ConfigurationRuleKind::Excludes => count == 0 || !any,
            _ => count <= 1,
        };
        if twice(options) || twice(targets) || options.iter().any(|at| targets.contains(at)) || !allowed {
            continue;
        }
        let named = |list: &[usize]| list.iter().map(|at| code(*at)).collect();
        rules.push(ConfigurationRule {
            code: format!("r{}", rules.len()),
            kind,
            options: named(options),
            targets: named(targets),
            together: false,
            limit: (kind == ConfigurationRuleKind::AtMost).then_some(1),
            condition: None,
            reason: BTreeMap::new(),
        });
    }
    Ok(ConfigurableProduct { groups, options, rules })
}

/// The same as clauses of numbers from 1, at most one of many as pairs.
fn clauses(product: &ConfigurableProduct) -> Vec<Vec<i64>> {
    let number = |code: &String| code[1..].parse::<i64>().unwrap_or(0) + 1;
    let mut clauses = Vec::new();
    let pairs = |members: &[i64], clauses: &mut Vec<Vec<i64>>| {
        for (at, one) in members.iter().enumerate() {
            clauses.extend(members[at + 1..].iter().map(|other| vec![-one, -other]));
        }
    };
    for group in &product.groups {
        let members = product.options.iter().filter(|option| option.group.as_ref() == Some(&group.code));
        let members: Vec<i64> = members.map(|option| number(&option.code)).collect();
        pairs(&members, &mut clauses);
        clauses.push(members);
    }
    for rule in &product.rules {
        let options: Vec<i64> = rule.options.iter().map(number).collect();
        let targets: Vec<i64> = rule.targets.iter().map(number).collect();
        match rule.kind {
            ConfigurationRuleKind::Requires => {
                clauses.push(std::iter::once(-options[0]).chain(targets).collect());
            }
            ConfigurationRuleKind::Excludes => clauses.push(vec![-options[0], -targets[0]]),
            _ => pairs(&options, &mut clauses),
        }
    }
    clauses
}

fn told(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default().as_micros();
    println!(
        "{name:<44} median {:>8} us, 95 % {:>8} us, max {:>8} us, {} times",
        at(times.len() / 2),
        at(times.len() * 95 / 100),
        at(times.len().saturating_sub(1)),
        times.len()
    );
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    times.push(start.elapsed());
    done
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/benches/configuration".to_owned());
    std::fs::create_dir_all(&folder)?;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let product = product(&mut dice)?;
    let clauses = clauses(&product);
    let mut text = format!("p cnf {OPTIONS} {}\n", clauses.len());
    for clause in &clauses {
        clause.iter().try_for_each(|literal| write!(text, "{literal} "))?;
        text.push_str("0\n");
    }
    std::fs::write(Path::new(&folder).join("product.cnf"), text)?;

    let mut setup = Vec::new();
    let mut compiled =
        timed(&mut setup, || Compiled::new(product.clone())).map_err(|found| format!("{found:?}"))?;
    println!("{OPTIONS} options, {RULES} rules, {} clauses", clauses.len());
    told("read into clauses", &mut setup);

    let everywhere = Availability::default();
    let (mut choosing, mut clashing, mut sessions, mut unsettled) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..SESSIONS {
        let mut choices = Choices::default();
        let mut state = compiled.configure(&everywhere, &choices)?;
        for _ in 0..CHOICES {
            let open: Vec<&str> = state
                .options
                .iter()
                .filter(|option| option.state == Standing::Open)
                .map(|option| option.option.as_str())
                .collect();
            if open.is_empty() {
                break;
            }
            choices.chosen.push(open[dice.below(open.len())].to_owned());
            state = timed(&mut choosing, || compiled.configure(&everywhere, &choices))?;
            unsettled += usize::from(!state.settled);
        }
        let ruled_out = state.options.iter().filter(|option| option.state == Standing::RuledOut);
        let ruled_out: Vec<String> = ruled_out.map(|option| option.option.clone()).collect();
        sessions.push(choices.chosen.clone());
        if !ruled_out.is_empty() {
            choices.chosen.push(ruled_out[dice.below(ruled_out.len())].clone());
            timed(&mut clashing, || compiled.configure(&everywhere, &choices))?;
        }
    }
    told("a choice: every option settled", &mut choosing);
    println!("{unsettled} choices left something unsettled");
    told("a choice that clashes: rules and repairs", &mut clashing);
    let lines: Vec<String> = sessions
        .iter()
        .map(|chosen| {
            let numbers = chosen.iter().map(|code| code[1..].parse::<usize>().unwrap_or(0) + 1);
            numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    std::fs::write(Path::new(&folder).join("choices.txt"), lines.join("\n"))?;

    let mut solver = Solver::new();
    (0..OPTIONS).for_each(|_| {
        solver.add_variable();
    });
    let literal = |number: &i64| {
        let variable = u32::try_from(number.unsigned_abs() - 1).unwrap_or(0);
        if *number > 0 { Literal::yes(variable) } else { Literal::no(variable) }
    };
    for (at, clause) in clauses.iter().enumerate() {
        let literals: Vec<Literal> = clause.iter().map(literal).collect();
        solver.add_clause(&literals, u32::try_from(at)?);
    }
    let mut propagating = Vec::new();
    for chosen in &sessions {
        let asked: Vec<Literal> =
            chosen.iter().map(|code| Literal::yes(code[1..].parse().unwrap_or(0))).collect();
        for count in 1..=asked.len() {
            let _ = timed(&mut propagating, || solver.assume(&asked[..count]));
        }
    }
    told("a choice: propagation alone", &mut propagating);

    for (objective, name) in
        [(Objective::Cheapest, "cheapest completion"), (Objective::MostPopular, "most popular completion")]
    {
        let mut times = Vec::new();
        let mut proven = 0;
        for chosen in sessions.iter().take(5) {
            let choices = Choices { chosen: chosen[..chosen.len().min(3)].to_vec(), ..Choices::default() };
            let made = timed(&mut times, || compiled.complete(&everywhere, &choices, objective))?;
            proven += usize::from(made.proven);
        }
        told(name, &mut times);
        println!("{proven} of {} proven", times.len());
    }
    Ok(())
}
