//! Models, their rules, and what is known of sellers.

use crate::ids::{PositionId, SellerCapacityId, SellerSkillId, TerritoryModelId, TerritoryRuleId};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Record};

/// Where a version of a territory model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ModelState {
    /// Being planned: it can be tried and compared, and not applied.
    Draft,
    /// In force.
    Active,
    /// No longer in force.
    Archived,
}

/// One version of a territory model. Its rules never change: a change is a new version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 150, name = "territory_model", access = public, key = code)]
pub struct TerritoryModel {
    /// Id.
    #[field(number = 1)]
    pub id: TerritoryModelId,
    /// Name and version, such as sales/3.
    #[field(number = 2, merge = fact, indexed)]
    pub code: String,
    /// Name; versions of one model share it.
    #[field(number = 3, merge = fact, indexed)]
    pub name: String,
    /// Version, counted from 1.
    #[field(number = 4, merge = fact)]
    pub version: u32,
    /// Where it stands.
    #[field(number = 5, merge = central)]
    pub state: ModelState,
    /// First day it may be applied; always when empty.
    #[field(number = 6, merge = fact)]
    pub valid_from: Option<NaiveDate>,
    /// Last day it may be applied; until further notice when empty.
    #[field(number = 7, merge = fact)]
    pub valid_until: Option<NaiveDate>,
    /// Where equals are drawn from: the same number gives the same assignment.
    #[field(number = 8, merge = fact)]
    pub seed: i64,
    /// The least sum of scores with which somebody is taken.
    #[field(number = 9, merge = fact)]
    pub passing_score: i64,
}

/// A rule of a territory model.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 151, name = "territory_rule", access = through(model), part_of(territory_model, model))]
pub struct TerritoryRule {
    /// Id.
    #[field(number = 1)]
    pub id: TerritoryRuleId,
    /// The version it belongs to.
    #[field(number = 2, merge = fact, indexed)]
    pub model: TerritoryModelId,
    /// Place among the rules, counted from 1.
    #[field(number = 3, merge = fact)]
    pub sequence: u16,
    /// Name, such as north.
    #[field(number = 4, merge = fact)]
    pub name: String,
    /// The condition on the customer, as a rule.
    #[field(number = 5, merge = fact)]
    pub rule: String,
    /// What whom it names gets when it holds.
    #[field(number = 6, merge = fact)]
    pub score: i64,
    /// Whom it names: positions, units and skills, in JSON.
    #[field(number = 7, merge = fact)]
    pub targets: String,
    /// What the present owner gets when it holds; empty when the rule does not look at that.
    #[field(number = 8, merge = fact)]
    pub relation_score: Option<i64>,
    /// Whether rules after it are not looked at when it holds.
    #[field(number = 9, merge = fact)]
    pub stop: bool,
}

/// How well a position knows something: a language, a make, a trade.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 152, name = "seller_skill", access = public)]
pub struct SellerSkill {
    /// Id.
    #[field(number = 1)]
    pub id: SellerSkillId,
    /// The position.
    #[field(number = 2, merge = fact, indexed)]
    pub position: PositionId,
    /// The skill, in the installation's words, such as tanker.
    #[field(number = 3, merge = fact)]
    pub skill: String,
    /// How well, from 1 up; 0 no longer.
    #[field(number = 4)]
    pub level: u32,
}

/// How many customers a position can look after, and when it is away.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 153, name = "seller_capacity", access = public)]
pub struct SellerCapacity {
    /// Id.
    #[field(number = 1)]
    pub id: SellerCapacityId,
    /// The position.
    #[field(number = 2, merge = fact, indexed)]
    pub position: PositionId,
    /// The most customers; no limit when empty.
    #[field(number = 3)]
    pub capacity: Option<u32>,
    /// First day of its leave.
    #[field(number = 4, group = "away")]
    pub away_from: Option<NaiveDate>,
    /// Last day of its leave; until further notice when empty.
    #[field(number = 5, group = "away")]
    pub away_until: Option<NaiveDate>,
}

impl SellerCapacity {
    /// Whether the position is on leave on a day.
    #[must_use]
    pub fn away_on(&self, day: NaiveDate) -> bool {
        self.away_from.is_some_and(|from| from <= day) && self.away_until.is_none_or(|until| day <= until)
    }
}
