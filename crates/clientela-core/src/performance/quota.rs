//! Quota plans and their targets.

use crate::ids::{PositionId, QuotaMeasureId, QuotaPlanId, QuotaTargetId, UnitId};
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

/// A quota plan: one period, one unit and everything below it, in one measure or several. Seen by whoever sees one of its targets.
///
/// It carries its first measure itself; the others are [`QuotaMeasure`]s. Whatever is worked out is worked out of the plan
/// [in one measure](QuotaPlan::in_measures).
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
    /// What is counted; the first of its measures when it has several.
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
    /// Targets are multiples of it, such as 1,000 euros; empty for the smallest unit of what is counted.
    #[field(number = 14, merge = central)]
    pub step: Option<Decimal>,
    /// How much the first measure weighs beside the others in the attainment over all; empty for 1.
    #[field(number = 15, merge = central)]
    pub measure_weight: Option<Decimal>,
    /// The name of the credit rule by which the first measure counts; as it happened when empty.
    #[field(number = 16, merge = central)]
    pub credit_rule: Option<String>,
}

/// A further measure of a quota plan that has several.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 204, name = "quota_measure", access = through(plan), part_of(quota_plan, plan))]
pub struct QuotaMeasure {
    /// Id.
    #[field(number = 1)]
    pub id: QuotaMeasureId,
    /// The plan.
    #[field(number = 2)]
    pub plan: QuotaPlanId,
    /// The position that made the plan.
    #[field(number = 3, merge = central)]
    pub owner: PositionId,
    /// The unit the plan starts from.
    #[field(number = 4, merge = central)]
    pub unit: UnitId,
    /// What is counted.
    #[field(number = 5)]
    pub measure: Measure,
    /// Currency, when money is counted.
    #[field(number = 6)]
    pub currency: Option<Currency>,
    /// What the whole is to reach; empty for whoever sees a part of the plan only.
    #[field(number = 7, merge = central, whole)]
    pub total: Option<Decimal>,
    /// Targets are multiples of it; empty for the smallest unit of what is counted.
    #[field(number = 8, merge = central)]
    pub step: Option<Decimal>,
    /// How much it weighs beside the other measures in the attainment over all; empty for 1.
    #[field(number = 9, merge = central)]
    pub weight: Option<Decimal>,
    /// Its place among the measures of the plan, from 2.
    #[field(number = 10)]
    pub place: u32,
    /// The name of the credit rule by which it counts; as it happened when empty.
    #[field(number = 11, merge = central)]
    pub credit_rule: Option<String>,
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

    /// How much its measure weighs in the attainment over all.
    #[must_use]
    pub fn measure_weight(&self) -> Decimal {
        self.measure_weight.unwrap_or(Decimal::ONE)
    }

    /// The plan in each of its measures, in their order: the same plan, with the measure, currency, total, step and weight of the
    /// one. `further` may hold those of other plans.
    #[must_use]
    pub fn in_measures(&self, further: &[QuotaMeasure]) -> Vec<Self> {
        let mut further: Vec<&QuotaMeasure> = further.iter().filter(|one| one.plan == self.id).collect();
        further.sort_by_key(|one| one.place);
        let one = |one: &QuotaMeasure| Self {
            measure: one.measure,
            currency: one.currency,
            total: one.total,
            step: one.step,
            measure_weight: one.weight,
            credit_rule: one.credit_rule.clone(),
            ..self.clone()
        };
        std::iter::once(self.clone()).chain(further.into_iter().map(one)).collect()
    }

    /// The plan in a further measure as it is kept: the opposite of [`in_measures`](Self::in_measures).
    #[must_use]
    pub fn further(&self, id: QuotaMeasureId, place: u32) -> QuotaMeasure {
        QuotaMeasure {
            id,
            plan: self.id,
            owner: self.owner,
            unit: self.unit,
            measure: self.measure,
            currency: self.currency,
            total: self.total,
            step: self.step,
            weight: self.measure_weight,
            place,
            credit_rule: self.credit_rule.clone(),
        }
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
    /// In which of the plan's measures; empty in a plan that has but one.
    #[field(number = 11, merge = central)]
    pub measure: Option<Measure>,
}

impl QuotaTarget {
    /// Whether it is one of the plan, in the measure the plan is looked at in.
    #[must_use]
    pub fn belongs_to(&self, plan: &QuotaPlan) -> bool {
        self.plan == plan.id && self.measure.is_none_or(|measure| measure == plan.measure)
    }
}
