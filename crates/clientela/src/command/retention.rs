//! Commands on how long data of persons is kept.

use super::privacy::{erase_one_contact, erase_whole_lead, erase_whole_party};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::retention::{Today, all, rules};
use chrono::NaiveDate;
use clientela_core::ids::{ContactId, LeadId, PartyId};
use clientela_core::leads::Lead;
use clientela_core::privacy::{ErasureReason, NewRetentionRule, RetentionRule, RetentionSubject, retention};
use clientela_model::{EntityId, Why};
use serde::{Deserialize, Serialize};

/// Persons erased by one command when nothing is said.
const BATCH: usize = 100;

/// Ends a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseRetentionRule {
    /// Code of the rule.
    pub rule: Key,
    /// Its last day; yesterday when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
}

/// Erases those whose period is over and whom nothing keeps, those due longest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApplyRetention {
    /// Only those whom this rule decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Key>,
    /// How many persons at most; 100 when not given. All of a batch go, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &NewRetentionRule) -> Result<Outcome> {
    door.unused::<RetentionRule>("code", &command.code)?;
    let rule = retention::define(command, door.new_id(), door.today())?;
    door.create(&rule)?;
    let why = Why::new("retention.rule_defined").fact("code", &rule.code).fact("months", rule.months);
    Ok(Outcome::of(&rule, Some(&rule.code), why))
}

pub(super) fn close(door: &mut Door<'_, '_>, command: &CloseRetentionRule) -> Result<Outcome> {
    let stored = door.to_change::<RetentionRule>(&command.rule)?;
    let last_day = command.last_day.or_else(|| door.today().pred_opt());
    let rule = RetentionRule { valid_to: last_day, ..stored.record };
    door.update(&rule, stored.version)?;
    Ok(Outcome::of(&rule, Some(&rule.code), Why::new("retention.rule_closed").fact("code", &rule.code)))
}

pub(super) fn apply(door: &mut Door<'_, '_>, command: &ApplyRetention) -> Result<Outcome> {
    let named = command.rule.as_ref().map(|key| door.resolve::<RetentionRule>(key)).transpose()?;
    let known = rules(&door.view())?;
    let today = Today { now: door.now(), day: door.today() };
    let going: Vec<_> = all(&door.view(), &known, today)?
        .into_iter()
        .filter(|kept| kept.decision.held_back.is_empty())
        .filter(|kept| named.as_ref().is_none_or(|rule| rule.record.id == kept.decision.rule.id))
        .take(command.limit.unwrap_or(BATCH))
        .map(|kept| (kept.subject, kept.id, kept.decision.why))
        .collect();
    let mut outcome = Outcome {
        records: Vec::new(),
        why: Why::new("retention.applied").fact("day", today.day).fact("persons", going.len()),
    };
    for (subject, id, why) in going {
        let erased = match subject {
            RetentionSubject::Customer => {
                erase_whole_party(door, PartyId::from_uuid(id), ErasureReason::NoLongerNeeded)?
            }
            RetentionSubject::Contact => {
                erase_one_contact(door, ContactId::from_uuid(id), ErasureReason::NoLongerNeeded)?
            }
            RetentionSubject::Lead => {
                let lead = door.get_whole::<Lead>(LeadId::from_uuid(id))?.record;
                erase_whole_lead(door, &lead, ErasureReason::NoLongerNeeded)?
            }
        };
        outcome.records.extend(erased.records);
        outcome.why = outcome.why.because(why.because(erased.why));
    }
    Ok(outcome)
}
