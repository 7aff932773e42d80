//! Questions on customers: completeness, classification, groups, leaving.

use crate::command::Key;
use crate::customer::parts;
use crate::error::{CrmError, Result};
use crate::rule_sets::{decided_word, stored};
use crate::session::{Session, shown_history};
use crate::setting;
use crate::turnover::{self, Measure, Period};
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, Months, NaiveDate, Utc};
use clientela_core::custom::CustomValue;
use clientela_core::fleet::ParkLine;
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::party::classification::{ClassificationPolicy, Trait};
use clientela_core::party::completeness::{Completeness, CompletenessPolicy, completeness};
use clientela_core::party::leaving::{self, LeaveReason, WinBackPolicy, WinBackWorth};
use clientela_core::party::{
    Activity, Address, Consent, Contact, Customer, GroupMembership, Influence, Party, Relationship, Vehicle,
};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Comparison, EntityId, Money, Predicate, Record, Value, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Customers listed when nothing else is said.
const LISTED: usize = 50;

/// How complete a customer's record is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletenessOf {
    /// The customer.
    pub customer: Key,
    /// What is asked for; the setting `customer.completeness` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<CompletenessPolicy>,
}

/// The customers whose records are the least complete.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeastComplete {
    /// How many, at most 1,000; 50 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// What is asked for; the setting `customer.completeness` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<CompletenessPolicy>,
}

/// A customer and how complete the record is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletenessLine {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Figure and what is missing.
    #[serde(flatten)]
    pub completeness: Completeness,
}

/// How a customer is classified, and how that came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassificationOf {
    /// The customer.
    pub customer: Key,
}

/// One trait of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Which.
    pub what: Trait,
    /// What it is.
    pub value: Option<String>,
    /// Whether a person set it against the rules.
    pub fixed: bool,
    /// What that person said, or the rule set and its row.
    pub reason: Option<String>,
    /// The rule set that gives it, and its version, when there is one.
    pub rule_set: Option<String>,
    /// What the rules say today.
    pub by_rules: Option<String>,
    /// Why.
    pub why: Why,
    /// What it was before, the oldest first.
    pub history: Vec<ClassificationChange>,
}

/// One change of a trait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassificationChange {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub from: Option<String>,
    /// What it became.
    pub to: Option<String>,
    /// The command.
    pub command: String,
    /// The reason its user gave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A group of companies: all parties above and below a customer's that hold on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupOf {
    /// A customer of the group.
    pub customer: Key,
    /// On which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// A party of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    /// The party.
    pub party: PartyId,
    /// The party above it; none at the top.
    pub parent: Option<PartyId>,
    /// How far below the top.
    pub depth: usize,
    /// The customers with it that can be seen, with their numbers.
    pub customers: Vec<(CustomerId, Option<String>)>,
    /// Name.
    pub name: String,
    /// Vehicles that stand in its fleet.
    pub vehicles: u64,
}

/// A group with its sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The party at the top, of those that can be seen.
    pub top: PartyId,
    /// All its parties, from the top down.
    pub members: Vec<GroupMember>,
    /// Vehicles of all of them.
    pub vehicles: u64,
    /// Opportunities won with all of them in the twelve months until that day.
    pub purchases: Decimal,
}

/// Why customers left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveReasonsOf {
    /// From which day.
    pub from: NaiveDate,
    /// Until which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// Whether winning a customer back is worth it, and what was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinBackOf {
    /// The customer.
    pub customer: Key,
    /// Years before he left of which the turnover of a year is made; 3 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// The currency; needed when there were sales in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The figures; those of the setting `customer.win_back` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<WinBackPolicy>,
}

/// An attempt to win a customer back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinBackAttempt {
    /// The activity.
    pub activity: Uuid,
    /// What it was about.
    pub subject: String,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What came of it.
    pub result: Option<String>,
    /// What it cost.
    pub cost: Option<Money>,
}

/// What is known of a customer who left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinBackTold {
    /// Day he left.
    pub left_on: Option<NaiveDate>,
    /// Why.
    pub reason: Option<String>,
    /// To whom.
    pub competitor: Option<String>,
    /// Day he was won back since.
    pub won_back_on: Option<NaiveDate>,
    /// What was tried, the oldest first.
    pub attempts: Vec<WinBackAttempt>,
    /// What another attempt is worth; none for one who has not left, or never bought.
    pub worth: Option<WinBackWorth>,
}

pub(super) fn complete(session: &Session, question: &CompletenessOf) -> Result<CompletenessLine> {
    let today = session.today();
    session.look(|view| {
        let customer = view.resolve::<Customer>(&question.customer)?.record;
        let policy = policy(&view, question.policy.as_ref())?;
        let of_customer = Predicate::equals("customer", Value::Id(customer.id.uuid()));
        let of_party = Predicate::equals("party", Value::Id(customer.party.uuid()));
        let beside = Beside::read(&view, &policy, &of_customer, &of_party, today)?;
        Ok(beside.line(customer, &policy))
    })
}

pub(super) fn least_complete(session: &Session, question: &LeastComplete) -> Result<Vec<CompletenessLine>> {
    let (limit, today) = (question.limit.unwrap_or(LISTED).min(LIST_MAX), session.today());
    session.look(|view| {
        let policy = policy(&view, question.policy.as_ref())?;
        let all = Predicate::Everything;
        let beside = Beside::read(&view, &policy, &all, &all, today)?;
        let customers = view.all_of::<Customer>(&all)?;
        let mut lines: Vec<CompletenessLine> =
            customers.into_iter().map(|stored| beside.line(stored.record, &policy)).collect();
        lines.sort_by_key(|line| (line.completeness.figure, line.customer));
        lines.truncate(limit);
        Ok(lines)
    })
}

fn policy(view: &View<'_>, given: Option<&CompletenessPolicy>) -> Result<CompletenessPolicy> {
    let policy = match given {
        Some(policy) => policy.clone(),
        None => setting::of(view, setting::COMPLETENESS)?,
    };
    policy.check()?;
    Ok(policy)
}

/// Who has entries in the lists a policy asks for, and values of added fields. Each list is read once.
#[derive(Default)]
struct Beside {
    lists: HashMap<&'static str, HashSet<Uuid>>,
    custom: HashSet<(String, Uuid)>,
}

impl Beside {
    fn read(
        view: &View<'_>,
        policy: &CompletenessPolicy,
        of_customer: &Predicate,
        of_party: &Predicate,
        today: NaiveDate,
    ) -> Result<Self> {
        let on = |column: &'static str, comparison| {
            let compared = Predicate::Compare(column.into(), comparison, Value::Date(today));
            Predicate::Empty(column.into()).or(compared)
        };
        // A person who left and an address that ended are no longer there.
        let there = of_customer.clone().and(on("left_on", Comparison::Greater));
        let asked = |name: &str| policy.parts.iter().any(|part| part.part == name);
        let mut lists = HashMap::new();
        if asked("contacts") {
            lists.insert("contacts", ids::<Contact>(view, &there, "customer")?);
        }
        if asked("decision_maker") {
            use clientela_model::Field;
            let decides = Predicate::equals("influence", Influence::Decides.to_value())
                .or(Predicate::equals("role", clientela_core::party::ContactRole::DecisionMaker.to_value()));
            let decides = there.and(decides);
            lists.insert("decision_maker", ids::<Contact>(view, &decides, "customer")?);
        }
        if asked("consents") {
            lists.insert("consents", ids::<Consent>(view, of_customer, "customer")?);
        }
        if asked("activities") {
            lists.insert("activities", ids::<Activity>(view, of_customer, "customer")?);
        }
        if asked("fleet") {
            let standing = of_party.clone().and(Predicate::Empty("disposed".into()));
            let mut fleet = ids::<Vehicle>(view, &standing, "party")?;
            let counted = Predicate::Compare("count".into(), Comparison::Greater, Value::Integer(0));
            fleet.extend(ids::<ParkLine>(view, &of_party.clone().and(counted), "party")?);
            lists.insert("fleet", fleet);
        }
        if asked("addresses") {
            let holding = of_party.clone().and(on("valid_until", Comparison::AtLeast));
            lists.insert("addresses", ids::<Address>(view, &holding, "party")?);
        }
        let mut custom = HashSet::new();
        if policy.parts.iter().any(|part| part.part.starts_with("custom.")) {
            for stored in view.all_of::<CustomValue>(of_customer)? {
                let value = stored.record;
                if value.written().is_some() {
                    custom.insert((value.name, value.customer.uuid()));
                }
            }
        }
        Ok(Self { lists, custom })
    }

    fn line(&self, customer: Customer, policy: &CompletenessPolicy) -> CompletenessLine {
        let (id, party) = (customer.id.uuid(), customer.party.uuid());
        let told = completeness(&customer, policy, |name| match name.strip_prefix("custom.") {
            Some(field) => self.custom.contains(&(field.to_owned(), id)),
            None => self.lists.get(name).is_some_and(|found| found.contains(&id) || found.contains(&party)),
        });
        CompletenessLine { customer: customer.id, number: customer.number, completeness: told }
    }
}

/// What the column of the visible records that satisfy a condition names.
fn ids<R: Record>(view: &View<'_>, condition: &Predicate, column: &'static str) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    let mut failed = None;
    let visible = condition.clone().and(view.readable(R::ENTITY));
    view.reader.scan(R::ENTITY, &[column], &visible, None, &mut |row| match row.id(0) {
        Ok(id) => {
            found.extend(id);
            std::ops::ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Some(error);
            std::ops::ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(found), |error| Err(error.into()))
}

pub(super) fn classification(session: &Session, question: &ClassificationOf) -> Result<Vec<Classification>> {
    let today = session.today();
    session.look(|view| {
        let relationship = view.resolve::<Relationship>(&question.customer)?.record;
        let policy: ClassificationPolicy = setting::of(&view, setting::CLASSIFICATION)?;
        let history = shown_history(&view, Relationship::ENTITY, relationship.id.uuid())?;
        let mut told = Vec::new();
        for what in Trait::ALL.iter().copied() {
            let said = match policy.of(what) {
                Some(name) => {
                    let rules = stored(&view, name, today)?;
                    Some((rules.record.code.clone(), decided_word(&view, &rules, relationship.id, today)?))
                }
                None => None,
            };
            let (rule_set, by_rules, why) = match said {
                Some((code, (word, why))) => (Some(code), word, why),
                None => (None, None, Why::new("classification.no_rule_set").fact("what", what)),
            };
            told.push(Classification {
                what,
                value: relationship.classified(what).map(str::to_owned),
                fixed: relationship.is_fixed(what),
                reason: relationship.reason(what).map(str::to_owned),
                rule_set,
                by_rules,
                why,
                history: changes(&history, what),
            });
        }
        Ok(told)
    })
}

fn changes(history: &[clientela_store::HistoryEntry], what: Trait) -> Vec<ClassificationChange> {
    let text = |value: &Value| (!value.is_null()).then(|| value.to_plain_text());
    let of_entry = |entry: &clientela_store::HistoryEntry| {
        let change = entry.changes.iter().find(|change| change.column.name == what.word())?;
        Some(ClassificationChange {
            at: entry.time,
            from: text(&change.before),
            to: text(&change.after),
            command: entry.kind.clone(),
            reason: entry.reason.clone(),
        })
    };
    history.iter().filter_map(of_entry).collect()
}

pub(super) fn group(session: &Session, question: &GroupOf) -> Result<Group> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let own = view.resolve::<Customer>(&question.customer)?.record.party;
        // Who stands in a group at all: few of all parties.
        let grouped = Predicate::Not(Box::new(Predicate::Empty("parent".into())));
        let parents = Predicate::Referred {
            entity: "party",
            column: "parent",
            satisfying: Box::new(Predicate::Everything),
        };
        let named = Predicate::equals("id", Value::Id(own.uuid()));
        let former: Vec<GroupMembership> = view.records(&Predicate::Everything)?;
        let once = former.iter().flat_map(|one| [one.party, one.parent]).map(|id| Value::Id(id.uuid()));
        let once = Predicate::OneOf("id".into(), once.collect());
        let found = view.all_of::<Party>(&grouped.or(parents).or(once).or(named))?;
        let parties: HashMap<PartyId, Party> =
            found.into_iter().map(|stored| (stored.record.id, stored.record)).collect();
        // What cannot be seen ends the group for who looks.
        let above = |id: PartyId| {
            let parent = parties.get(&id)?.parent_on(day, &former);
            parent.filter(|parent| parties.contains_key(parent))
        };
        let mut top = own;
        for _ in 0..clientela_model::predicate::TREE_DEPTH_MAX {
            match above(top) {
                Some(parent) => top = parent,
                None => break,
            }
        }
        let mut below: HashMap<PartyId, Vec<PartyId>> = HashMap::new();
        for id in parties.keys() {
            if let Some(parent) = above(*id) {
                below.entry(parent).or_default().push(*id);
            }
        }
        let order = walk(top, &mut below);
        told_group(&view, top, &order, &parties, day)
    })
}

/// The parties from the top down, each before those below it, with their depths.
fn walk(top: PartyId, below: &mut HashMap<PartyId, Vec<PartyId>>) -> Vec<(PartyId, Option<PartyId>, usize)> {
    let (mut order, mut open) = (Vec::new(), vec![(top, None, 0)]);
    while let Some((id, parent, depth)) = open.pop() {
        order.push((id, parent, depth));
        // Taken out, so that nothing is met twice.
        let mut under = below.remove(&id).unwrap_or_default();
        under.sort_unstable_by(|left, right| right.cmp(left));
        open.extend(under.into_iter().map(|child| (child, Some(id), depth + 1)));
    }
    order
}

fn told_group(
    view: &View<'_>,
    top: PartyId,
    order: &[(PartyId, Option<PartyId>, usize)],
    parties: &HashMap<PartyId, Party>,
    day: NaiveDate,
) -> Result<Group> {
    let all: Vec<Value> = order.iter().map(|(id, ..)| Value::Id(id.uuid())).collect();
    let of_group = Predicate::OneOf("party".into(), all);
    let mut customers: HashMap<PartyId, Vec<(CustomerId, Option<String>)>> = HashMap::new();
    for stored in view.all_of::<Customer>(&of_group)? {
        let customer = stored.record;
        customers.entry(customer.party).or_default().push((customer.id, customer.number));
    }
    let mut vehicles: HashMap<PartyId, u64> = HashMap::new();
    for stored in view.all_of::<Vehicle>(&of_group)? {
        if clientela_core::fleet::stands(&stored.record, day) {
            *vehicles.entry(stored.record.party).or_default() += 1;
        }
    }
    let from =
        day.checked_sub_months(Months::new(12)).and_then(|day| day.succ_opt()).unwrap_or(NaiveDate::MIN);
    let figures = turnover::figures(view, Measure::Purchases, &[Period { from, until: day }], None)?;
    let ids: HashSet<CustomerId> = customers.values().flatten().map(|(id, _)| *id).collect();
    let purchases = figures.sum_of(|id| ids.contains(&id));
    let member = |(party, parent, depth): &(PartyId, Option<PartyId>, usize)| GroupMember {
        party: *party,
        parent: *parent,
        depth: *depth,
        customers: customers.get(party).cloned().unwrap_or_default(),
        name: parties.get(party).map(|party| party.name.clone()).unwrap_or_default(),
        vehicles: vehicles.get(party).copied().unwrap_or_default(),
    };
    let members: Vec<GroupMember> = order.iter().map(member).collect();
    Ok(Group { top, vehicles: members.iter().map(|member| member.vehicles).sum(), members, purchases })
}

pub(super) fn leave_reasons(session: &Session, question: &LeaveReasonsOf) -> Result<Vec<LeaveReason>> {
    let until = question.until.unwrap_or_else(|| session.today());
    session.look(|view| {
        let left = Predicate::Not(Box::new(Predicate::Empty("left_on".into())));
        let found = view.all_of::<Relationship>(&left)?;
        let relationships: Vec<Relationship> = found.into_iter().map(|stored| stored.record).collect();
        Ok(leaving::leave_reasons(&relationships, question.from, until))
    })
}

pub(super) fn win_back(session: &Session, question: &WinBackOf) -> Result<WinBackTold> {
    let years = question.years.unwrap_or(3);
    if years == 0 || years > 20 {
        let problem = "are too few or too many".to_owned();
        return Err(CrmError::Argument { field: "years", problem, hint: "give 1 to 20" }.into());
    }
    session.look(|view| {
        let relationship = view.resolve::<Relationship>(&question.customer)?.record;
        let policy = match &question.policy {
            Some(policy) => policy.clone(),
            None => setting::of(&view, setting::WIN_BACK)?,
        };
        let mut activities: Vec<Activity> = parts(&view, "customer", relationship.id.uuid())?;
        activities.retain(|activity| activity.win_back == Some(true));
        activities.sort_by_key(|activity| (activity.done_at, activity.id));
        let worth = match relationship.left_on.filter(|_| relationship.has_left()) {
            Some(left) => {
                let from = left.checked_sub_months(Months::new(12 * years)).unwrap_or(NaiveDate::MIN);
                let period = Period { from, until: left };
                let figures = turnover::figures_of(
                    &view,
                    Measure::Turnover,
                    &[period],
                    question.currency,
                    relationship.id,
                )?;
                let sum = figures.sum_of(|id| id == relationship.id);
                figures
                    .currency
                    .map(|currency| {
                        let year = Money::new(sum / Decimal::from(years), currency);
                        leaving::win_back_worth(relationship.left_reason.as_deref(), year, &policy)
                    })
                    .transpose()?
            }
            None => None,
        };
        let attempt = |activity: Activity| WinBackAttempt {
            activity: activity.id.uuid(),
            subject: activity.subject,
            at: activity.done_at.or(activity.planned_at),
            result: activity.result,
            cost: activity.cost,
        };
        Ok(WinBackTold {
            left_on: relationship.left_on,
            reason: relationship.left_reason,
            competitor: relationship.left_to,
            won_back_on: relationship.won_back_on,
            attempts: activities.into_iter().map(attempt).collect(),
            worth,
        })
    })
}
