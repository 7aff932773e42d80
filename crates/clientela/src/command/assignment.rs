//! Commands that give customers to sellers: a version of a territory model applied, and re-balancing. They are planned before their
//! transaction (`territory::handing`).

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::territory::{CustomersAmong, Evenness};
use clientela_core::ids::AssignmentRunId;
use serde::{Deserialize, Serialize};

/// Gives customers to sellers as a version of a territory model says: the switch-over to that version. It is decided before anything
/// is locked, and written 500 customers at a time; who has changed meanwhile is decided again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyAssignment {
    /// Code of the version, or name of the model for the one in force.
    pub model: Key,
    /// Which customers; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
}

/// Moves as few customers as possible so that nobody has too much. Only those a version's rules name get any, within a dealer or
/// a wider circle. Customers with open opportunities stay; between dealers, so do those a claim protects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RebalanceAssignment {
    /// Code of the version, or name of the model for the one in force.
    pub model: Key,
    /// Which customers may move; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
    /// How evenly.
    #[serde(default)]
    pub evenness: Evenness,
}

/// Goes on with a run that was broken off, from where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResumeAssignment {
    /// The run: the id of the command that began it.
    pub run: AssignmentRunId,
}

pub(super) fn apply(door: &mut Door<'_, '_>, _: &ApplyAssignment) -> Result<Outcome> {
    finish(door, "assignment.applied")
}

pub(super) fn rebalance(door: &mut Door<'_, '_>, _: &RebalanceAssignment) -> Result<Outcome> {
    finish(door, "assignment.rebalanced")
}

pub(super) fn resume(door: &mut Door<'_, '_>, _: &ResumeAssignment) -> Result<Outcome> {
    finish(door, "assignment.resumed")
}

/// What is left of a plan: all of it when there is little, and the end of a run.
fn finish(door: &mut Door<'_, '_>, reason: &'static str) -> Result<Outcome> {
    let handing = door.take_handing();
    handing.ok_or(CrmError::Internal { what: "customers are handed over by a plan" })?.finish(door, reason)
}
