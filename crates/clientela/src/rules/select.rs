//! A rule asked of all records a session may see.

use super::added::with_added;
use super::list_values::ListValues;
use super::one_by_one::one_by_one;
use super::run::RuleRun;
use super::{CheckedRule, Funnel, FunnelStep, RuleSubject, StoreRule};
use crate::error::Result;
use crate::mirror::{CustomerSeat, SeenPart, Snapshot};
use crate::session::Session;
use crate::view::View;
use clientela_columns::{Answer, Population, Query, Running};
use clientela_core::rules_environment::AsOf;
use clientela_rules::{Facts, Outcome, Path, Rule};
use clientela_store::StoreError;
use std::sync::Arc;
use uuid::Uuid;

/// The records for which a rule holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Their ids, in ascending order.
    pub ids: Vec<Uuid>,
    /// The records that were asked: those the session may see.
    pub asked: usize,
    /// Of those, the ones of which it cannot be told. They do not count as holding.
    pub unknown: usize,
    /// The number of the last commit of the state that was asked.
    pub commit: i64,
}

/// What a rule says of one record, without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    Yes,
    No,
    Unknown,
}

pub(super) fn select(session: &Session, rule: &StoreRule, run: RuleRun) -> Result<Selection> {
    let as_of = session.asked_at();
    let (told, commit) = match rule.about {
        RuleSubject::Customer => session.look_in_columns(|view, snapshot| {
            Ok((told_of_customers(view, snapshot, &rule.checked(), as_of, run)?, snapshot.commit()))
        })?,
        RuleSubject::Opportunity | RuleSubject::Lead => session.look(|view| {
            let commit = view.reader.version()?;
            let mut told = Vec::new();
            one_by_one(&view, rule, as_of, |id, facts| told.push((id, told_of(&*rule.rule, facts))))?;
            Ok((told, commit))
        })?,
    };
    let count = |wanted: Told| told.iter().filter(|(_, told)| *told == wanted).count();
    let (asked, unknown) = (told.len(), count(Told::Unknown));
    let holding = told.iter().filter(|(_, told)| *told == Told::Yes);
    Ok(Selection { ids: holding.map(|(id, _)| *id).collect(), asked, unknown, commit })
}

/// What a rule says of every customer that may be seen, by id.
pub(crate) fn told_of_customers(
    view: &View<'_>,
    snapshot: &Snapshot,
    checked: &CheckedRule,
    as_of: impl Into<AsOf>,
    run: RuleRun,
) -> Result<Vec<(Uuid, Told)>> {
    let mut all = Vec::new();
    let asked = Asked::new(view, std::slice::from_ref(checked), as_of.into())?;
    for part in snapshot.seen_by(view)? {
        let answers = asked.answers(view, &part, run)?;
        let answer = answers.into_iter().next().ok_or(StoreError::Cancelled)?;
        all.extend(part.visible.iter().map(|row| {
            let told = match (answer.holds.get(row), answer.unknown.get(row)) {
                (true, _) => Told::Yes,
                (false, true) => Told::Unknown,
                (false, false) => Told::No,
            };
            (part.id(row), told)
        }));
    }
    all.sort_unstable();
    Ok(all)
}

/// Rules, all checked with the same vocabulary, that are asked of customers in columns.
struct Asked<'c> {
    checked: &'c [CheckedRule],
    reads: Vec<Path>,
    values: ListValues,
    as_of: AsOf,
}

impl<'c> Asked<'c> {
    fn new(view: &View<'_>, checked: &'c [CheckedRule], as_of: AsOf) -> Result<Self> {
        let reads: Vec<Path> = checked.iter().flat_map(|checked| checked.rule.reads()).cloned().collect();
        let values = ListValues::all(view, &reads)?;
        Ok(Self { checked, reads, values, as_of })
    }

    /// What the rules say of the customers of a part that may be seen.
    fn answers(&self, view: &View<'_>, part: &SeenPart, run: RuleRun) -> Result<Vec<Answer>> {
        let Some(CheckedRule { vocabulary, .. }) = self.checked.first() else { return Ok(Vec::new()) };
        let rules: Vec<_> = self.checked.iter().map(|checked| Arc::clone(&checked.rule)).collect();
        let records = with_added(&part.records, vocabulary, &self.reads);
        let records = self.values.beside(records, vocabulary, &self.reads)?;
        let population = Population::named("customer", records);
        let constants = Arc::new(self.as_of);
        let query = Query::new(&rules, &population, vocabulary.of_customer(), constants)?;
        let running = Running { among: Some(&part.visible), ..run.over(view) };
        Ok(query.answers(running).ok_or(StoreError::Cancelled)?)
    }
}

/// Which of some rules hold for every customer that may be seen, the first in the lowest bit, by id; at most 128 rules.
pub(crate) fn holding_for_customers(
    view: &View<'_>,
    snapshot: &Snapshot,
    rules: &[CheckedRule],
    as_of: impl Into<AsOf>,
    run: RuleRun,
) -> Result<Vec<(CustomerSeat, u128)>> {
    let mut all = Vec::new();
    let asked = Asked::new(view, rules, as_of.into())?;
    for part in snapshot.seen_by(view)? {
        let answers = asked.answers(view, &part, run)?;
        all.extend(part.seats().map(|(row, seat)| {
            let bit = |(place, answer): (u32, &Answer)| u128::from(answer.holds.get(row)) << place;
            (seat, (0_u32..128).zip(&answers).map(bit).fold(0, |bits, bit| bits | bit))
        }));
    }
    all.sort_unstable_by_key(|(seat, _)| seat.id);
    Ok(all)
}

pub(super) fn funnel(session: &Session, rule: &StoreRule, run: RuleRun) -> Result<Funnel> {
    let as_of = session.asked_at();
    match rule.about {
        RuleSubject::Customer => session.look_in_columns(|view, snapshot| {
            let mut whole: Option<Funnel> = None;
            let values = ListValues::all(view, rule.reads())?;
            for part in snapshot.seen_by(view)? {
                let records = with_added(&part.records, &rule.vocabulary, rule.reads());
                let records = values.beside(records, &rule.vocabulary, rule.reads())?;
                let population = Population::named("customer", records);
                let constants = Arc::new(as_of);
                let running = Running { among: Some(&part.visible), ..run.over(view) };
                let environment = rule.vocabulary.of_customer();
                let found = Query::funnel(&rule.rule, &population, environment, constants, running)?;
                let found = found.ok_or(StoreError::Cancelled)?;
                whole = Some(whole.map_or_else(|| found.clone(), |whole| joined(whole, &found)));
            }
            Ok(whole.unwrap_or_else(|| nobody(&*rule.rule)))
        }),
        RuleSubject::Opportunity | RuleSubject::Lead => {
            session.look(|view| funnel_one_by_one(session, &view, rule, as_of))
        }
    }
}

/// The funnel when there is nobody to be asked.
fn nobody(rule: &dyn Rule) -> Funnel {
    let step = |condition| FunnelStep { condition, alone: 0, removed: 0, unknown: 0, left: 0 };
    Funnel { asked: 0, steps: rule.conjuncts().into_iter().map(step).collect() }
}

/// The funnel of the records of two.
fn joined(mut whole: Funnel, part: &Funnel) -> Funnel {
    whole.asked += part.asked;
    for (step, more) in whole.steps.iter_mut().zip(&part.steps) {
        step.alone += more.alone;
        step.removed += more.removed;
        step.unknown += more.unknown;
        step.left += more.left;
    }
    whole
}

fn funnel_one_by_one(session: &Session, view: &View<'_>, rule: &StoreRule, as_of: AsOf) -> Result<Funnel> {
    let mut funnel = nobody(&*rule.rule);
    let conditions = rule.rule.conjuncts().into_iter();
    let conditions: Vec<CheckedRule> = conditions
        .map(|text| session.crm.rules.compiled_with(&rule.vocabulary, &text, rule.about))
        .collect::<std::result::Result<_, _>>()?;
    one_by_one(view, rule, as_of, |_, facts| {
        funnel.asked += 1;
        let mut left = true;
        for (condition, step) in conditions.iter().zip(&mut funnel.steps) {
            let told = told_of(&*condition.rule, facts);
            step.alone += usize::from(told == Told::Yes);
            step.removed += usize::from(left && told != Told::Yes);
            step.unknown += usize::from(left && told == Told::Unknown);
            left &= told == Told::Yes;
            step.left += usize::from(left);
        }
    })?;
    Ok(funnel)
}

fn told_of(rule: &dyn Rule, facts: &dyn Facts) -> Told {
    match rule.decide(facts) {
        Outcome::True => Told::Yes,
        Outcome::False => Told::No,
        Outcome::Unknown | Outcome::Value(_) => Told::Unknown,
    }
}
