//! What a version of a territory model would do, before it does: dry run, re-balancing, and why one customer goes where.

use crate::command::{CustomersAmong, Evenness, Key};
use crate::customer::CustomerFacts;
use crate::error::Result;
use crate::rules::reveal;
use crate::session::Session;
use crate::territory::{Decided, Held, Territory, compiled, in_force};
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::assignment::{
    self, AssignmentRun, AssignmentRunState, Choice, HeldBy, Load, NobodyReason, ScoredRule, TerritoryModel,
    stays_after_all,
};
use clientela_core::ids::{AssignmentRunId, CustomerId, PositionId, TerritoryModelId};
use clientela_core::party::{Customer, Relationship};
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Lines listed when nothing else is said.
const LISTED: usize = 100;

/// What a version of a territory model would do now, of customers the session may change; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryRunOf {
    /// Code of the version, or name of the model for the one in force. Drafts can be tried.
    pub model: Key,
    /// Which customers; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
    /// Moves listed, at most 1,000; 100 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Only moves of customers after this one, for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CustomerId>,
}

/// What a version would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// Code of the version.
    pub model: String,
    /// Customers looked at.
    pub customers: u64,
    /// Customers that would go to somebody else.
    pub moving: u64,
    /// Customers that nobody gets and that stay with their owners, by reason.
    pub staying: Vec<StayingCount>,
    /// What each position has, would have, and can have at most.
    pub positions: Vec<PositionLoad>,
    /// Moves, by id of the customer.
    pub moves: Vec<CustomerMove>,
}

/// How many customers stay for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayingCount {
    /// Why nobody gets them.
    pub reason: NobodyReason,
    /// How many.
    pub customers: u64,
}

/// What a position has and would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionLoad {
    /// The position.
    pub position: PositionId,
    /// Its title.
    pub title: String,
    /// Customers now, those outside the run included.
    pub before: u32,
    /// Customers then.
    pub after: u32,
    /// The most it can look after; none for no limit.
    pub capacity: Option<u32>,
    /// What it should have, when customers are re-balanced.
    pub target: Option<u32>,
    /// Whether it takes nothing now: on leave, or nobody holds it.
    pub absent: bool,
}

/// A customer that would go to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerMove {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Title of the position that has it.
    pub from: String,
    /// Title of the position that would get it.
    pub to: String,
    /// The rule that gave most; none when it is re-balanced.
    pub rule: Option<String>,
    /// The sum of scores; none when it is re-balanced.
    pub score: Option<i64>,
    /// Why it is re-balanced: what its owner has and should have, and the room of who would get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// What re-balancing under a version would move; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RebalancingOf {
    /// Code of the version, or name of the model for the one in force. Drafts can be tried.
    pub model: Key,
    /// Which customers may move; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
    /// How evenly.
    #[serde(default)]
    pub evenness: Evenness,
    /// Moves listed, at most 1,000; 100 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Only moves of customers after this one, for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CustomerId>,
}

/// What re-balancing would move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebalancing {
    /// Code of the version.
    pub model: String,
    /// Customers looked at.
    pub customers: u64,
    /// Customers that would go to somebody else.
    pub moving: u64,
    /// How much positions have too much now, in all.
    pub over_before: u64,
    /// How much of it would stay, because nobody who may have it has room.
    pub over_after: u64,
    /// Customers of those who have too much that stay, by what keeps them.
    pub held: Vec<HeldCount>,
    /// What each position has, would and should have.
    pub positions: Vec<PositionLoad>,
    /// Moves, by id of the customer.
    pub moves: Vec<CustomerMove>,
}

/// How many customers something keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCount {
    /// What keeps them.
    pub by: HeldBy,
    /// How many.
    pub customers: u64,
}

/// The runs that may be seen, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRuns {
    /// Only those that stand so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AssignmentRunState>,
}

/// A run that hands over more customers than one transaction should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentRunLine {
    /// Its id, to go on with it.
    pub id: AssignmentRunId,
    /// Code of the version.
    pub model: String,
    /// Where it stands.
    pub state: AssignmentRunState,
    /// How often it was planned.
    pub round: u32,
    /// SHA-256 of its plan.
    pub plan: String,
    /// Moves of that plan.
    pub planned: i64,
    /// Customers handed over so far, in all rounds.
    pub handed: i64,
    /// Of the plan's moves, those left because the customer had changed since.
    pub passed_over: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was at its end.
    pub finished_at: Option<DateTime<Utc>>,
}

pub(super) fn runs(session: &Session, question: &AssignmentRuns) -> Result<Vec<AssignmentRunLine>> {
    session.look(|view| {
        let mut all: Vec<AssignmentRun> = view.records(&Predicate::Everything)?;
        all.retain(|run| question.state.is_none_or(|state| run.state == state));
        all.sort_by_key(|run| (std::cmp::Reverse(run.started_at), run.id));
        let codes: HashMap<TerritoryModelId, String> = view
            .records::<TerritoryModel>(&Predicate::Everything)?
            .into_iter()
            .map(|one| (one.id, one.code))
            .collect();
        let line = |run: AssignmentRun| AssignmentRunLine {
            id: run.id,
            model: codes.get(&run.model).cloned().unwrap_or_default(),
            state: run.state,
            round: run.round,
            plan: run.plan,
            planned: run.planned,
            handed: run.handed,
            passed_over: run.passed_over,
            started_at: run.started_at,
            finished_at: run.finished_at,
        };
        Ok(all.into_iter().map(line).collect())
    })
}

/// Why one customer goes where a version says, and why not to others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentOf {
    /// The customer.
    pub customer: Key,
    /// Code of the version, or name of the model for the one in force. Drafts can be tried.
    pub model: Key,
    /// Of which run; over all customers that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
}

/// Where one customer goes and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainedAssignment {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Code of the version.
    pub model: String,
    /// Title of the position that has it.
    pub owner: String,
    /// Title of the position that would have it; the same when it stays.
    pub to: String,
    /// The rule that gave most; none when nobody gets it.
    pub rule: Option<String>,
    /// The sum of scores; none when nobody gets it.
    pub score: Option<i64>,
    /// By what it came to the owner it has: version, rule and score; none when he was named by hand.
    pub kept: Option<String>,
    /// Every rule of the version, whether it holds, and the values that decided.
    pub rules: Vec<RuleTold>,
    /// The rules that count, what each gave, and why not the others.
    pub why: Why,
}

/// A rule of a version, asked of one customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleTold {
    /// Its name.
    pub rule: String,
    /// Whether it holds.
    pub holds: bool,
    /// The values that decided.
    pub why: Why,
}

pub(super) fn dry_run(session: &Session, question: &DryRunOf) -> Result<DryRun> {
    session.look_in_columns(|view, snapshot| {
        let today = session.today();
        let model = in_force(view, &question.model, today)?;
        let cache = &session.crm.rules;
        let territory = Territory::read(view, snapshot, cache, (model, &question.among), today)?;
        let decided = Decided::new(territory, snapshot);
        let territory = &decided.territory;
        let rule = |place: u32| territory.scored.get(place as usize).map(|rule| rule.name.clone());
        let moves = decided.moved().map(|moved| Move {
            place: moved.place,
            to: moved.to,
            rule: rule(moved.rule),
            score: Some(moved.score),
            why: None,
        });
        let moves: Vec<Move> = moves.collect();
        let staying = decided.assignment.nobody().into_iter();
        Ok(DryRun {
            model: territory.model.code.clone(),
            customers: territory.customers.len() as u64,
            moving: moves.len() as u64,
            staying: staying.map(|(reason, customers)| StayingCount { reason, customers }).collect(),
            positions: position_loads(territory, &territory.loads(), &decided.assignment.loads, None),
            moves: page(view, territory, &moves, (question.limit, question.after))?,
        })
    })
}

pub(super) fn rebalancing(session: &Session, question: &RebalancingOf) -> Result<Rebalancing> {
    session.look_in_columns(|view, snapshot| {
        let today = session.today();
        let model = in_force(view, &question.model, today)?;
        let cache = &session.crm.rules;
        let territory = Territory::read(view, snapshot, cache, (model, &question.among), today)?;
        let within = question.evenness.within.unwrap_or_default();
        let held = Held::read(view, snapshot, within, session.now())?;
        let balanced = territory.rebalanced(&question.evenness, &held)?;
        let (done, loads) = (&balanced.done, &balanced.loads);
        let before: Vec<u32> = loads.iter().map(|load| load.load).collect();
        let mut after = before.clone();
        let mut moves = Vec::new();
        for moved in &done.moves {
            after[moved.from as usize] -= 1;
            after[moved.to as usize] += 1;
            moves.push(Move {
                place: moved.record,
                to: moved.to,
                rule: None,
                score: None,
                why: balanced.why(&territory, *moved),
            });
        }
        Ok(Rebalancing {
            model: territory.model.code.clone(),
            customers: territory.customers.len() as u64,
            moving: moves.len() as u64,
            over_before: done.over_before,
            over_after: done.over_after,
            held: balanced
                .held
                .iter()
                .map(|(by, customers)| HeldCount { by: *by, customers: *customers })
                .collect(),
            positions: position_loads(&territory, &before, &after, Some(loads)),
            moves: page(view, &territory, &moves, (question.limit, question.after))?,
        })
    })
}

/// A move by places, with what is told of it.
struct Move {
    place: usize,
    to: u32,
    rule: Option<String>,
    score: Option<i64>,
    why: Option<Why>,
}

/// Positions that have or would have customers, or are named by a rule, by title.
fn position_loads(
    territory: &Territory,
    before: &[u32],
    after: &[u32],
    targets: Option<&[Load]>,
) -> Vec<PositionLoad> {
    let named = |rule: &ScoredRule| rule.named.iter().map(|(place, _)| *place as usize).collect::<Vec<_>>();
    let named: std::collections::HashSet<usize> = territory.scored.iter().flat_map(named).collect();
    let mut lines = Vec::new();
    for (place, candidate) in territory.candidates.iter().enumerate() {
        let (before, after) = (before[place], after[place]);
        if before > 0 || after > 0 || named.contains(&place) {
            lines.push(PositionLoad {
                position: candidate.position,
                title: candidate.title.clone(),
                before,
                after,
                capacity: candidate.capacity,
                target: targets.and_then(|targets| targets.get(place)).map(|load| load.target),
                absent: candidate.absent,
            });
        }
    }
    lines.sort_by(|one, two| (&one.title, one.position).cmp(&(&two.title, two.position)));
    lines
}

/// A page of moves, with the customers' numbers.
fn page(
    view: &View<'_>,
    territory: &Territory,
    moves: &[Move],
    (limit, after): (Option<usize>, Option<CustomerId>),
) -> Result<Vec<CustomerMove>> {
    let id = |moved: &Move| territory.customers[moved.place].id;
    let listed = moves.iter().filter(|moved| after.is_none_or(|after| id(moved) > after));
    let listed: Vec<&Move> = listed.take(limit.unwrap_or(LISTED).min(LIST_MAX)).collect();
    let numbers = numbers(view, listed.iter().map(|moved| id(moved)))?;
    let line = |moved: &Move| CustomerMove {
        customer: id(moved),
        number: numbers.get(&id(moved)).cloned().flatten(),
        from: title(territory, territory.customers[moved.place].owner),
        to: territory.candidates.get(moved.to as usize).map(|to| to.title.clone()).unwrap_or_default(),
        rule: moved.rule.clone(),
        score: moved.score,
        why: moved.why.clone(),
    };
    Ok(listed.into_iter().map(line).collect())
}

/// The numbers of customers.
pub(super) fn numbers(
    view: &View<'_>,
    customers: impl Iterator<Item = CustomerId>,
) -> Result<HashMap<CustomerId, Option<String>>> {
    let ids = customers.map(|customer| Value::Id(customer.uuid())).collect();
    let found: Vec<Customer> = view.records(&Predicate::OneOf("id".into(), ids))?;
    Ok(found.into_iter().map(|customer| (customer.id, customer.number)).collect())
}

/// What a position is called.
pub(super) fn title(territory: &Territory, position: PositionId) -> String {
    territory.titles().get(&position).cloned().unwrap_or_default()
}

pub(super) fn explain(session: &Session, question: &AssignmentOf) -> Result<ExplainedAssignment> {
    session.look_in_columns(|view, snapshot| {
        let today = session.today();
        let customer = view.resolve::<Customer>(&question.customer)?.record;
        let model = in_force(view, &question.model, today)?;
        let cache = &session.crm.rules;
        let territory = Territory::read(view, snapshot, cache, (model, &question.among), today)?;
        let decided = Decided::new(territory, snapshot);
        let territory = &decided.territory;
        let kept = view.get::<Relationship>(customer.id)?.record.owner_reason;
        let place = territory.place(customer.id);
        let told = place.and_then(|place| told(&decided, place));
        // It is seen and not changed, or not among those that are asked for.
        let why = told.unwrap_or_else(|| Why::new("assignment.not_in_run"));
        let choice = place.map(|place| decided.assignment.choices[place]);
        let (rule, score) = match choice {
            Some(Choice::Given { rule, score, .. }) => (territory.scored.get(rule as usize), Some(score)),
            _ => (None, None),
        };
        let to = place.map_or(customer.owner, |place| decided.owner(place));
        Ok(ExplainedAssignment {
            customer: customer.id,
            number: customer.number.clone(),
            model: territory.model.code.clone(),
            owner: title(territory, customer.owner),
            to: title(territory, to),
            rule: rule.map(|rule| rule.name.clone()),
            score,
            kept,
            rules: asked(session, view, territory, customer, today)?,
            why,
        })
    })
}

/// Why a customer of the run goes where it goes.
fn told(decided: &Decided, place: usize) -> Option<Why> {
    let Territory { subjects, scored, candidates, .. } = &decided.territory;
    let (given, why) = assignment::explain(place, subjects, scored, candidates, decided.territory.terms())?;
    Some(match decided.assignment.choices.get(place)? {
        Choice::Nobody(reason) if given != Choice::Nobody(*reason) => stays_after_all(*reason, why),
        _ => why,
    })
}

/// The rules of a version asked of one customer, with the values seen.
fn asked(
    session: &Session,
    view: &View<'_>,
    territory: &Territory,
    customer: Customer,
    today: NaiveDate,
) -> Result<Vec<RuleTold>> {
    let rules = compiled(view, &territory.rules, &session.crm.rules)?;
    let reads: Vec<_> = rules.iter().flat_map(|checked| checked.rule.reads().to_vec()).collect();
    let facts = CustomerFacts::of(view, customer, &reads)?;
    let core = facts.as_core();
    let reveal = reveal(view, &facts.customer);
    let told = territory.rules.iter().zip(&rules).map(|(line, checked)| {
        let bindings = checked.vocabulary.customer_facts(&core, today)?;
        let verdict = checked.rule.evaluate(&bindings, reveal);
        Ok(RuleTold { rule: line.name.clone(), holds: verdict.holds(), why: verdict.why })
    });
    told.collect()
}
