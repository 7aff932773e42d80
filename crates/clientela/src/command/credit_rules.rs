//! Commands on credit rules: what counts in plans and challenges, on which day, for whom and in what split.

use super::targets::open;
use super::{Key, Outcome};
use crate::command::of_plan;
use crate::crediting::named;
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::measures::in_measures;
use crate::rules::vocabulary;
use chrono::NaiveDate;
use clientela_core::organisation::Position;
use clientela_core::performance::{
    CreditHolder, CreditRule, CreditRuleState, CreditShare, Measure, QuotaMeasure, QuotaPlan, check_shares,
    retire_credit_rule,
};
use clientela_core::sales::MemberRole;
use clientela_model::{DateRange, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Saves a version of a credit rule; it is checked now. The first of its name is version 1, each further one the next. Needs the
/// right to administer credit rules.
///
/// Condition and day may speak of `opportunity`, its `customer`, the `offer` or the visit (`activity`) that is to count, the
/// `orders` of the opportunity, and `today`, the day it happened on. What cannot be told does not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveCreditRule {
    /// Name; versions share it.
    pub name: String,
    /// First day of the facts it holds for; all before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day of the facts it holds for; until further notice when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Which facts count, such as `opportunity.amount.amount >= 50000.0`; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The day they count on, such as `opportunity.expected_close`; the fact's own day when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// For whom; whom it counts for without a rule when not given. Together 100 percent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<CreditShareLine>,
}

/// A share of what counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditShareLine {
    /// Who gets it.
    pub holder: CreditHolder,
    /// In which role, for members of the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<MemberRole>,
    /// Title of the position, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// How much, in percent.
    pub percent: Decimal,
}

/// Names a version of a credit rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditRuleRef {
    /// Name and version, such as fleet_deals/2.
    pub credit_rule: Key,
}

/// Says by which credit rule a quota plan counts, in one of its measures or in all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditPlanBy {
    /// Name of the plan.
    pub plan: Key,
    /// In which measure; in all of them when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Name of the rule; as it happened when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_rule: Option<Key>,
}

pub(super) fn save(door: &mut Door<'_, '_>, command: &SaveCreditRule) -> Result<Outcome> {
    if let (Some(first), Some(last)) = (command.valid_from, command.valid_until) {
        DateRange::new(first, last.into()).map_err(|error| error.at("valid_until"))?;
    }
    let known = vocabulary(door.view().reader)?;
    if let Some(condition) = &command.condition {
        door.rules().of_credit(&known, condition)?;
    }
    if let Some(day) = &command.day {
        door.rules().of_credit_day(&known, day)?;
    }
    let versions: Vec<CreditRule> = door.whole(&named(&command.name))?;
    let version = versions.iter().map(|one| one.version).max().unwrap_or(0) + 1;
    let rule = CreditRule {
        id: door.new_id(),
        code: format!("{}/{version}", command.name),
        name: command.name.clone(),
        version,
        valid_from: command.valid_from,
        valid_until: command.valid_until,
        condition: command.condition.clone(),
        day: command.day.clone(),
        state: CreditRuleState::Active,
    };
    let mut shares = Vec::with_capacity(command.shares.len());
    for (place, line) in (1..).zip(&command.shares) {
        let position = line.position.as_deref().map(|key| door.resolve::<Position>(key)).transpose()?;
        shares.push(CreditShare {
            id: door.new_id(),
            rule: rule.id,
            place,
            holder: line.holder,
            role: line.role,
            position: position.map(|position| position.record.id),
            percent: line.percent,
        });
    }
    check_shares(&shares)?;
    door.create(&rule)?;
    for share in &shares {
        door.create(share)?;
    }
    let why = Why::new("credit_rule.saved").fact("credit_rule", &rule.code).fact("shares", shares.len());
    Ok(Outcome::of(&rule, Some(&rule.code), why))
}

pub(super) fn retire(door: &mut Door<'_, '_>, command: &CreditRuleRef) -> Result<Outcome> {
    let stored = door.to_change::<CreditRule>(&command.credit_rule)?;
    let (rule, why) = retire_credit_rule(&stored.record)?;
    door.update(&rule, stored.version)?;
    Ok(Outcome::of(&rule, Some(&rule.code), why))
}

pub(super) fn credit_plan(door: &mut Door<'_, '_>, command: &CreditPlanBy) -> Result<Outcome> {
    let stored = door.to_change::<QuotaPlan>(&command.plan)?;
    open(&stored.record)?;
    if let Some(name) = &command.credit_rule {
        exists(door, name)?;
    }
    let chosen = in_measures(&door.view(), &stored.record, command.measure)?;
    let margin = chosen.iter().any(|plan| plan.measure == Measure::Margin);
    if margin && command.credit_rule.is_some() {
        return Err(CrmError::Argument {
            field: "measure",
            problem: "is margin, which follows how revenue was credited".to_owned(),
            hint: "name the other measures one by one",
        }
        .into());
    }
    let is_chosen = |measure: Measure| chosen.iter().any(|plan| plan.measure == measure);
    let plan = QuotaPlan { credit_rule: command.credit_rule.clone(), ..stored.record.clone() };
    if is_chosen(plan.measure) {
        door.update(&plan, stored.version)?;
    }
    for further in door.all_of::<QuotaMeasure>(&of_plan(&plan))? {
        if is_chosen(further.record.measure) {
            let changed = QuotaMeasure { credit_rule: command.credit_rule.clone(), ..further.record };
            door.update(&changed, further.version)?;
        }
    }
    let why = match &command.credit_rule {
        Some(name) => Why::new("quota_plan.credited_by_rule").fact("credit_rule", name),
        None => Why::new("quota_plan.credited_as_it_happened"),
    };
    Ok(Outcome::of(&plan, Some(&plan.name), why))
}

/// Refuses the name of a rule that has no version, or none that was not taken back.
pub(super) fn exists(door: &Door<'_, '_>, name: &str) -> Result<()> {
    let versions: Vec<CreditRule> = door.records(&named(name))?;
    if !versions.iter().any(|version| version.state == CreditRuleState::Active) {
        return Err(CrmError::NotFound { entity: "credit_rule", key: name.to_owned() }.into());
    }
    Ok(())
}
