//! Credit rules as they are kept.

use crate::ids::{CreditRuleId, CreditShareId, PositionId};
use crate::sales::MemberRole;
use chrono::NaiveDate;
use clientela_model::{ClosedList, Record};
use rust_decimal::Decimal;

/// Who gets a share of what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CreditHolder {
    /// Those it counts for without a rule, in their parts: the team of a win; whoever made the offer or the visit.
    Credited,
    /// The owner of the opportunity; of an offer or a visit its own owner.
    Owner,
    /// The owner of the customer.
    CustomerOwner,
    /// The members of the opportunity's team in a role, by their parts of the team; alike where none of them has one.
    Member,
    /// One position, whoever holds it.
    Position,
}

/// Where a version of a credit rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CreditRuleState {
    /// It holds on its days.
    Active,
    /// It was taken back and holds on no day.
    Retired,
}

/// One version of a credit rule: which facts count, on which day, for whom and in what split. It never changes: a change is a new
/// version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 295, name = "credit_rule", access = public, key = code)]
pub struct CreditRule {
    /// Id.
    #[field(number = 1)]
    pub id: CreditRuleId,
    /// Name and version, such as fleet_deals/2.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name; versions of one rule share it.
    #[field(number = 3, indexed)]
    pub name: String,
    /// Version, counted from 1.
    #[field(number = 4, merge = fact)]
    pub version: u32,
    /// First day of the facts it holds for; all before when empty.
    #[field(number = 5, merge = fact)]
    pub valid_from: Option<NaiveDate>,
    /// Last day of the facts it holds for; until further notice when empty.
    #[field(number = 6, merge = fact)]
    pub valid_until: Option<NaiveDate>,
    /// Which facts count, in the rule language; all when empty.
    #[field(number = 7, merge = fact)]
    pub condition: Option<String>,
    /// The day they count on, a formula in the rule language; the fact's own day when empty.
    #[field(number = 8, merge = fact)]
    pub day: Option<String>,
    /// Where it stands.
    #[field(number = 9, merge = central)]
    pub state: CreditRuleState,
}

/// A share that a credit rule gives; all of a rule are 100 percent together.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 296, name = "credit_share", access = public, part_of(credit_rule, rule))]
pub struct CreditShare {
    /// Id.
    #[field(number = 1)]
    pub id: CreditShareId,
    /// The version of the rule.
    #[field(number = 2, merge = fact)]
    pub rule: CreditRuleId,
    /// Its place, from 1.
    #[field(number = 3, merge = fact)]
    pub place: u32,
    /// Who gets it.
    #[field(number = 4, merge = fact)]
    pub holder: CreditHolder,
    /// In which role, for members of the team.
    #[field(number = 5, merge = fact)]
    pub role: Option<MemberRole>,
    /// Which position, where one is named.
    #[field(number = 6, merge = fact)]
    pub position: Option<PositionId>,
    /// How much, in percent.
    #[field(number = 7, label = "Share (%)", merge = fact)]
    pub percent: Decimal,
}
