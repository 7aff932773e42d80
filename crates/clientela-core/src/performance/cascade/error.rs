//! What keeps a plan from being shared out.

use super::TARGETS_MAX;
use crate::ids::{PositionId, QuotaPlanId, UnitId};
use crate::performance::limits::LimitSide;
use crate::performance::quota::Measure;
use chrono::NaiveDate;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Coded, EntityId, ErrorKind};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A plan that cannot be shared out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CascadeError {
    /// The plan is closed to changes.
    #[error("the plan is locked; make a new version of it to share it out again")]
    Locked {
        /// The plan.
        plan: QuotaPlanId,
    },
    /// The plan counts money without saying which.
    #[error("the plan counts money without a currency; give it one")]
    CurrencyMissing,
    /// The plan has no total.
    #[error("the plan has no total to share out; give it one")]
    TotalMissing,
    /// The total is below zero, or more than can be counted.
    #[error("the plan's total is outside what can be shared out; give one from 0 to {most}")]
    TotalRange {
        /// The largest total in this measure.
        most: Decimal,
    },
    /// The total is finer than what is counted.
    #[error(
        "the plan's total has more than {digits} decimals; give whole units, or money to its smallest coin"
    )]
    TotalPrecision {
        /// Decimals of what is counted.
        digits: u32,
    },
    /// One measure of a plan of several cannot be shared out.
    #[error("{measure}: {error}")]
    InMeasure {
        /// Its place among those given, from 0.
        place: usize,
        /// The measure.
        measure: Measure,
        /// Why not.
        error: Box<CascadeError>,
    },
    /// The steps of the plan are none.
    #[error(
        "the plan's step is not usable; give an amount above zero with at most {digits} decimals, or none"
    )]
    Step {
        /// Decimals of what is counted.
        digits: u32,
    },
    /// The total is no whole number of the plan's steps.
    #[error("the plan's total is no multiple of its step; give a multiple of {step}")]
    TotalStep {
        /// The step.
        step: Decimal,
    },
    /// The periods do not cover the plan one after the other.
    #[error(
        "period {position} does not follow on; periods cover the plan from its first day to its last without gap"
    )]
    Periods {
        /// Place of the period, from 1; one more than there are when the last ends too early.
        position: usize,
    },
    /// The weights of the periods cannot be shared by.
    #[error("the weights of the periods are not usable; at least one must be above zero and none below")]
    SeasonWeights,
    /// The weights of the children of a node cannot be shared by.
    #[error("the weights below unit {unit} are not usable; at least one must be above zero and none below")]
    NodeWeights {
        /// The unit.
        unit: UnitId,
    },
    /// The root is not the plan's unit.
    #[error("the tree starts at another unit than the plan; start it at the plan's unit")]
    ForeignRoot,
    /// A node stands twice in the tree.
    #[error("unit {unit} stands twice in the tree; each unit and each position stands there once")]
    Twice {
        /// The unit.
        unit: UnitId,
        /// The position, when it is one.
        owner: Option<PositionId>,
    },
    /// The tree is too deep.
    #[error("the tree is deeper than {TREE_DEPTH_MAX} levels; share out fewer at once")]
    TooDeep,
    /// There would be too many targets.
    #[error("the plan would have {targets} targets; at most {TARGETS_MAX} are possible")]
    TooMany {
        /// How many.
        targets: usize,
    },
    /// A limit of a node that is not in the tree.
    #[error(
        "limit {position} is of a unit or position outside the plan; name one at or below the plan's unit"
    )]
    LimitNode {
        /// Place of the limit, from 1.
        position: usize,
    },
    /// A limit of a period that is not in the plan.
    #[error("limit {position} is for a day outside the plan; name a day of one of its periods")]
    LimitPeriod {
        /// Place of the limit, from 1.
        position: usize,
    },
    /// A limit that is none.
    #[error(
        "limit {position} makes no sense; give amounts from 0, percentages from 0 to 100, and no minimum above its maximum"
    )]
    LimitValue {
        /// Place of the limit, from 1.
        position: usize,
    },
    /// Limits that leave no way.
    #[error("{}", refused(*unit, *period, *side, *by, clash))]
    Limits {
        /// The unit at and below which they cannot be met.
        unit: UnitId,
        /// The position, when it is one.
        owner: Option<PositionId>,
        /// First day of the period they cannot be met in; the whole plan when none.
        period: Option<NaiveDate>,
        /// Which of them.
        side: LimitSide,
        /// By how much they miss.
        by: Decimal,
        /// Places of the limits that clash, from 1: leave any of them out and the others can be met. Empty when not known.
        clash: Vec<usize>,
    },
    /// A new version asks for less than what the periods that are kept have.
    #[error("the periods before the change have {kept} together; give the new version a total from there on")]
    BelowKept {
        /// What they have.
        kept: Decimal,
    },
    /// The day of a change is not one of the plan's.
    #[error("a new version starts at a day of the plan, after its first and not after its last")]
    FromDay,
    /// A share of the market is not shared out.
    #[error(
        "a market share is asked of each unit alike, so weights, seasons and limits mean nothing; change single targets instead"
    )]
    NotShared,
}

impl CascadeError {
    /// The same error, of one of several measures.
    #[must_use]
    pub fn of_measure(self, place: usize, measure: Measure) -> Self {
        Self::InMeasure { place, measure, error: Box::new(self) }
    }

    pub(super) fn with_clash(self, clash: Vec<usize>) -> Self {
        match self {
            Self::Limits { unit, owner, period, side, by, .. } => {
                Self::Limits { unit, owner, period, side, by, clash }
            }
            other => other,
        }
    }
}

impl Coded for CascadeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InMeasure { error, .. } => error.kind(),
            Self::Locked { .. } => ErrorKind::Rule,
            Self::Limits { .. } => ErrorKind::Rule,
            Self::TooDeep | Self::TooMany { .. } => ErrorKind::Limit,
            Self::TotalRange { .. } | Self::BelowKept { .. } | Self::FromDay => ErrorKind::Range,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::InMeasure { error, .. } => error.code(),
            Self::Locked { .. } => "quota_plan.locked",
            Self::CurrencyMissing => "quota_plan.currency_missing",
            Self::TotalMissing => "quota_plan.total_missing",
            Self::TotalRange { .. } => "quota_plan.total_range",
            Self::TotalPrecision { .. } => "quota_plan.total_precision",
            Self::Step { .. } => "quota_plan.step",
            Self::TotalStep { .. } => "quota_plan.total_step",
            Self::Periods { .. } => "quota_plan.periods",
            Self::SeasonWeights => "quota_plan.season_weights",
            Self::NodeWeights { .. } => "quota_plan.node_weights",
            Self::ForeignRoot => "quota_plan.foreign_root",
            Self::Twice { .. } => "quota_plan.node_twice",
            Self::TooDeep => "quota_plan.too_deep",
            Self::TooMany { .. } => "quota_plan.too_many_targets",
            Self::LimitNode { .. } => "quota_plan.limit_node",
            Self::LimitPeriod { .. } => "quota_plan.limit_period",
            Self::LimitValue { .. } => "quota_plan.limit_value",
            Self::Limits { .. } => "quota_plan.limits",
            Self::BelowKept { .. } => "quota_plan.below_kept",
            Self::FromDay => "quota_plan.from_day",
            Self::NotShared => "quota_plan.not_shared",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Locked { .. } => "state",
            Self::CurrencyMissing => "currency",
            Self::TotalMissing
            | Self::TotalRange { .. }
            | Self::TotalPrecision { .. }
            | Self::TotalStep { .. }
            | Self::BelowKept { .. } => "total",
            Self::Step { .. } => "step",
            Self::InMeasure { place, error, .. } => {
                return error.field().map(|field| format!("measures[{place}].{field}"));
            }
            Self::FromDay => "from_day",
            Self::Periods { position } => return Some(format!("periods[{}]", position.saturating_sub(1))),
            Self::SeasonWeights => "periods.weight",
            Self::NodeWeights { .. } => "tree.weight",
            Self::LimitNode { position } => {
                return Some(format!("limits[{}].of", position.saturating_sub(1)));
            }
            Self::LimitPeriod { position } => {
                return Some(format!("limits[{}].period", position.saturating_sub(1)));
            }
            Self::LimitValue { position } => return Some(format!("limits[{}]", position.saturating_sub(1))),
            Self::Limits { .. } | Self::NotShared => "limits",
            Self::ForeignRoot | Self::Twice { .. } | Self::TooDeep | Self::TooMany { .. } => "tree",
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Locked { plan } => Some(plan.uuid()),
            Self::InMeasure { error, .. } => error.entity(),
            Self::Limits { owner: Some(owner), .. } | Self::Twice { owner: Some(owner), .. } => {
                Some(owner.uuid())
            }
            Self::NodeWeights { unit } | Self::Twice { unit, .. } | Self::Limits { unit, .. } => {
                Some(unit.uuid())
            }
            _ => None,
        }
    }
}

fn refused(unit: UnitId, period: Option<NaiveDate>, side: LimitSide, by: Decimal, clash: &[usize]) -> String {
    let listed: Vec<String> = clash.iter().map(usize::to_string).collect();
    let which = match listed.as_slice() {
        [] => String::new(),
        [one] => format!("limit {one} cannot be met: "),
        [first @ .., last] => format!("limits {} and {last} cannot be met together: ", first.join(", ")),
    };
    let when =
        period.map_or_else(|| "in the whole plan".to_owned(), |day| format!("in the period from {day}"));
    match side {
        LimitSide::Minimum => {
            format!(
                "{which}the least amounts at and below unit {unit} {when} ask for {by} more than there is; lower them"
            )
        }
        LimitSide::Maximum => {
            format!("{which}the most amounts at and below unit {unit} {when} leave {by} over; raise them")
        }
    }
}
