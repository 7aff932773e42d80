//! Quota plans and their targets.

use crate::ids::{PositionId, QuotaPlanId, QuotaTargetId, UnitId};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Record};
use rust_decimal::Decimal;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Measure {
    /// Vehicles sold.
    Units,
    /// Net value sold.
    Revenue,
    /// New customers won.
    NewCustomers,
    /// Opportunities won.
    Wins,
    /// Offers handed to customers, each once, on the day of its first issue that holds.
    Offers,
    /// Visits reported.
    Visits,
    /// What sold offers bring above their costs.
    Margin,
    /// Units sold in percent of all that were registered in the area.
    MarketShare,
}

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PlanState {
    /// Being made.
    Draft,
    /// In force.
    Published,
    /// In force and closed to changes.
    Locked,
    /// Over; kept for comparison.
    Closed,
}

/// A quota plan: one measure, one period, one unit and everything below it. Seen by whoever sees one of its targets.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 50, name = "quota_plan", access = via(quota_target.plan), key = name)]
pub struct QuotaPlan {
    /// Id.
    #[field(number = 1)]
    pub id: QuotaPlanId,
    /// Name, such as "Trucks 2026".
    #[field(number = 2, indexed)]
    pub name: String,
    /// The position that made it.
    #[field(number = 3, merge = central)]
    pub owner: PositionId,
    /// The unit it starts from.
    #[field(number = 4, merge = central)]
    pub unit: UnitId,
    /// What is counted.
    #[field(number = 5)]
    pub measure: Measure,
    /// Currency, when money is counted.
    #[field(number = 6)]
    pub currency: Option<Currency>,
    /// First day.
    #[field(number = 7, group = "period")]
    pub first_day: NaiveDate,
    /// Last day.
    #[field(number = 8, group = "period")]
    pub last_day: NaiveDate,
    /// What the whole is to reach; empty for whoever sees a part of the plan only.
    #[field(number = 9, merge = central, whole)]
    pub total: Option<Decimal>,
    /// Where it stands.
    #[field(number = 10, merge = central)]
    pub state: PlanState,
    /// Its version, from 1; empty on the first.
    #[field(number = 11, merge = central)]
    pub version: Option<u32>,
    /// The first version of the plan; empty on the first itself.
    #[field(number = 12, merge = central)]
    pub series: Option<QuotaPlanId>,
    /// The day from which it differs from the version before; empty on the first.
    #[field(number = 13, merge = central)]
    pub from_day: Option<NaiveDate>,
}

impl QuotaPlan {
    /// Its version, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version.unwrap_or(1)
    }

    /// The first version of the plan.
    #[must_use]
    pub fn series(&self) -> QuotaPlanId {
        self.series.unwrap_or(self.id)
    }

    /// Whether targets are worked by it.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        matches!(self.state, PlanState::Published | PlanState::Locked)
    }
}

/// What the holder of a target says to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum TargetAnswer {
    /// It is accepted.
    Accepted,
    /// It is not; what would be is proposed, or only why not is said.
    Rejected,
}

/// One unit's or position's target in a plan for one period.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 51, name = "quota_target", access = owned, part_of(quota_plan, plan))]
pub struct QuotaTarget {
    /// Id.
    #[field(number = 1)]
    pub id: QuotaTargetId,
    /// The plan.
    #[field(number = 2)]
    pub plan: QuotaPlanId,
    /// The unit.
    #[field(number = 3, merge = central, indexed)]
    pub unit: UnitId,
    /// The position; empty when it is the unit's own.
    #[field(number = 4, merge = central, indexed)]
    pub owner: Option<PositionId>,
    /// First day of its period.
    #[field(number = 5)]
    pub first_day: NaiveDate,
    /// Last day of its period.
    #[field(number = 6)]
    pub last_day: NaiveDate,
    /// What is to be reached.
    #[field(number = 7, merge = central)]
    pub amount: Decimal,
    /// What the holder says to it.
    #[field(number = 8, merge = central)]
    pub answer: Option<TargetAnswer>,
    /// What the holder would take on instead.
    #[field(number = 9, merge = central)]
    pub proposed: Option<Decimal>,
    /// Why, in the words of the holder, or of whoever changed the target.
    #[field(number = 10, merge = central)]
    pub note: Option<String>,
}
