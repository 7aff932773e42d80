//! One version of a rule set.

use crate::ids::RuleSetId;
use chrono::NaiveDate;
use clientela_model::{ClosedList, Record};

/// Where a version of a rule set stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum RuleSetState {
    /// It holds on its days.
    Active,
    /// It was taken back and holds on no day.
    Retired,
}

/// One version of a rule set. Its text never changes: a change is a new version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 90, name = "rule_set", access = public, key = code)]
pub struct RuleSet {
    /// Id.
    #[field(number = 1)]
    pub id: RuleSetId,
    /// Name and version, such as visit_interval/3.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name; versions of one rule set share it.
    #[field(number = 3, indexed)]
    pub name: String,
    /// Version, counted from 1.
    #[field(number = 4, merge = fact)]
    pub version: u32,
    /// First day it holds; always when empty.
    #[field(number = 5, merge = fact)]
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds; until further notice when empty.
    #[field(number = 6, merge = fact)]
    pub valid_until: Option<NaiveDate>,
    /// What it speaks of: customer, opportunity or lead.
    #[field(number = 7, merge = fact)]
    pub environment: String,
    /// The document, in YAML or JSON.
    #[field(number = 8, merge = fact)]
    pub document: String,
    /// SHA-256 of the document, in hexadecimal digits: two stores with the same one decide the same.
    #[field(number = 9, merge = fact)]
    pub digest: String,
    /// Where it stands.
    #[field(number = 10, merge = central)]
    pub state: RuleSetState,
}
