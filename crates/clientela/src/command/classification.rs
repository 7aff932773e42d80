//! Commands that classify customers, and on those who leave.

use super::{Key, Outcome};
use crate::customer::CustomerFacts;
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::rule_sets::{decided_of, stored};
use crate::setting;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::organisation::Verb;
use clientela_core::party::activities::{self, NewActivity, Report};
use clientela_core::party::classification::{self, ClassificationPolicy, Classified, Trait};
use clientela_core::party::{Activity, Relationship, Seat, leaving};
use clientela_model::{ClosedList, EntityId, Money, Predicate, Record, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};

/// Classifies a customer, or all that may be changed, by the rule sets of the setting `customer.classification`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassifyCustomers {
    /// The customer; all that may be changed when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// By what; by all that have a rule set when none is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub what: Vec<Trait>,
}

/// Sets status, size or class of a customer against the rules, until that is lifted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideClassification {
    /// The customer.
    pub customer: Key,
    /// What is set.
    pub what: Trait,
    /// To which word; emptied when not given, which a status cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Leaves status, size or class of a customer to the rules again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiftOverride {
    /// The customer.
    pub customer: Key,
    /// What is lifted.
    pub what: Trait,
}

/// A customer leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoseCustomer {
    /// The customer.
    pub customer: Key,
    /// Why: a code of the installation, such as price.
    pub reason: Option<String>,
    /// To which competitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competitor: Option<String>,
    /// What was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// What was tried to win a customer back, and whether it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinBackCustomer {
    /// The customer.
    pub customer: Key,
    /// What kind of activity: a word of its list, such as visit.
    pub kind: Option<String>,
    /// What it was about, in one line.
    pub subject: Option<String>,
    /// When it was done; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What it cost besides the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Whether the customer is won back.
    #[serde(default)]
    pub won: bool,
}

pub(super) fn classify(door: &mut Door<'_, '_>, command: &ClassifyCustomers) -> Result<Outcome> {
    let policy: ClassificationPolicy = setting::of(&door.view(), setting::CLASSIFICATION)?;
    let asked: Vec<Trait> = if command.what.is_empty() { Trait::ALL.to_vec() } else { command.what.clone() };
    let mut rules = Vec::new();
    for what in asked {
        match policy.of(what) {
            Some(name) => rules.push((what, stored(&door.view(), name, door.today())?)),
            None if command.what.is_empty() => {}
            None => return Err(no_rule_set()),
        }
    }
    if rules.is_empty() {
        return Err(no_rule_set());
    }
    let mut relationships = relationships(door, command.customer.as_deref())?;
    let (mut changed, mut same, mut fixed, mut undecided) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut outcome = Outcome { records: Vec::new(), why: Why::new("customer.classified") };
    let reads: Vec<_> = rules.iter().flat_map(|(_, rule_set)| rule_set.rules.reads().to_vec()).collect();
    let condition = match relationships.as_slice() {
        [one] => Predicate::equals("id", Value::Id(one.record.id.uuid())),
        _ => Predicate::Everything,
    };
    let facts = CustomerFacts::all(&door.view(), &condition, &reads)?;
    for known in &mut relationships {
        let Some(facts) = facts.get(&known.record.id) else { continue };
        let before = known.record.clone();
        let mut why = Why::new("customer.classified_as").fact("customer", known.record.id);
        for (what, rule_set) in &rules {
            let (word, decided) = decided_of(&door.view(), rule_set, facts, door.today())?;
            if word.is_none() {
                undecided += 1;
                continue;
            }
            let row = decided.value("row").map(|row| format!(", row {row}")).unwrap_or_default();
            let reason = format!("{}{row}", rule_set.record.code);
            match classification::classify(&known.record, *what, word.as_deref(), &reason)? {
                Classified::Changed(relationship) => {
                    changed += 1;
                    why = why.because(
                        Why::new("customer.trait_changed")
                            .fact("what", what)
                            .fact("from", known.record.classified(*what).unwrap_or_default())
                            .fact("to", relationship.classified(*what).unwrap_or_default())
                            .because(decided),
                    );
                    known.record = *relationship;
                }
                Classified::Same => same += 1,
                Classified::Fixed => fixed += 1,
            }
        }
        if known.record != before {
            door.update(&known.record, known.version)?;
            outcome = outcome.and(&known.record, known.record.number.as_deref());
            // Of one the whole reason, of many what was done: theirs stands in each.
            if command.customer.is_some() {
                outcome.why = outcome.why.because(why);
            }
        }
    }
    let Outcome { records, why } = outcome;
    let why =
        why.fact("changed", changed).fact("same", same).fact("fixed", fixed).fact("undecided", undecided);
    Ok(Outcome { records, why })
}

/// The customers that are to be classified: those the actor may change.
fn relationships(door: &Door<'_, '_>, key: Option<&str>) -> Result<Vec<Stored<Relationship>>> {
    match key {
        Some(key) => Ok(vec![door.to_change::<Relationship>(key)?]),
        None => {
            let mut all = door.all_of::<Relationship>(&Predicate::Everything)?;
            let view = door.view();
            all.retain(|known| view.may(Verb::Change, Relationship::ENTITY, &known.record.to_values()));
            Ok(all)
        }
    }
}

fn no_rule_set() -> crate::Error {
    CrmError::Setup {
        code: "classification.no_rule_set",
        problem: "no rule set classifies customers by that".to_owned(),
        hint: "name one in the setting customer.classification",
    }
    .into()
}

pub(super) fn fix(door: &mut Door<'_, '_>, command: &OverrideClassification) -> Result<Outcome> {
    let known = door.to_change::<Relationship>(&command.customer)?;
    let (value, reason) = (command.value.as_deref(), command.reason.as_deref());
    let (changed, why) = classification::fix(&known.record, command.what, value, reason)?;
    keep(door, &changed, &known, why)
}

pub(super) fn lift(door: &mut Door<'_, '_>, command: &LiftOverride) -> Result<Outcome> {
    let known = door.to_change::<Relationship>(&command.customer)?;
    let (changed, why) = classification::lift(&known.record, command.what)?;
    keep(door, &changed, &known, why)
}

pub(super) fn lose(door: &mut Door<'_, '_>, command: &LoseCustomer) -> Result<Outcome> {
    let known = door.to_change::<Relationship>(&command.customer)?;
    let said = (command.reason.as_deref(), command.competitor.as_deref(), command.note.as_deref());
    let day = command.day.unwrap_or_else(|| door.today());
    let (changed, why) = leaving::lose(&known.record, said, day, door.today())?;
    keep(door, &changed, &known, why)
}

pub(super) fn win_back(door: &mut Door<'_, '_>, command: &WinBackCustomer) -> Result<Outcome> {
    let known = door.to_change::<Relationship>(&command.customer)?;
    leaving::check_left(&known.record)?;
    let new = NewActivity {
        kind: command.kind.clone(),
        subject: command.subject.clone(),
        ..NewActivity::default()
    };
    let seat = Seat { owner: door.actor().position, unit: door.actor().unit };
    let planned = activities::plan(&new, door.new_id(), known.record.id, seat)?.activity;
    let report = Report { done_at: command.done_at, result: command.result.clone(), ..Report::default() };
    let reported = activities::report(&planned, &report, door.now())?.activity;
    let activity = Activity { win_back: Some(true), cost: command.cost, ..reported };
    door.create(&activity)?;
    if !command.won {
        let why = Why::new("customer.win_back_tried").fact("kind", activity.kind);
        return Ok(Outcome::of(&activity, None, why).and(&known.record, known.record.number.as_deref()));
    }
    let (changed, why) = leaving::win_back(&known.record, door.today())?;
    Ok(keep(door, &changed, &known, why)?.and(&activity, None))
}

fn keep(
    door: &mut Door<'_, '_>,
    changed: &Relationship,
    known: &Stored<Relationship>,
    why: Why,
) -> Result<Outcome> {
    door.update(changed, known.version)?;
    Ok(Outcome::of(changed, changed.number.as_deref(), why))
}
