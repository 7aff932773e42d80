//! Incentive steps: what a seller or dealer earns from which attainment on.

use super::quota::Measure;
use crate::ids::{IncentiveStepId, QuotaPlanId};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Coded, ErrorKind, Record, Rounding, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a step pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Payout {
    /// A fixed amount.
    Fixed,
    /// An amount for each unit reached: for each vehicle, each win, each euro of revenue.
    PerUnit,
    /// An amount for each unit beyond the step's own attainment.
    PerUnitBeyond,
}

/// One step of a plan's incentives.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 203, name = "incentive_step", access = through(plan), part_of(quota_plan, plan))]
pub struct IncentiveStep {
    /// Id.
    #[field(number = 1)]
    pub id: IncentiveStepId,
    /// The plan.
    #[field(number = 2)]
    pub plan: QuotaPlanId,
    /// From which attainment on, in percent of the target.
    #[field(number = 3)]
    pub from_percent: Decimal,
    /// How it pays.
    #[field(number = 4)]
    pub payout: Payout,
    /// How much, in the plan's currency or that of the step.
    #[field(number = 5)]
    pub amount: Decimal,
    /// Currency of what is paid.
    #[field(number = 6)]
    pub currency: Currency,
    /// Whether it was replaced.
    #[field(number = 7)]
    pub withdrawn: bool,
    /// By which measure of the plan; empty for its only one, or for the attainment over all of them.
    #[field(number = 8)]
    pub measure: Option<Measure>,
}

/// What has been earned, and what is missing to earn more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incentive {
    /// Attainment of the step that was reached, in percent.
    pub step: Option<Decimal>,
    /// What it pays now.
    pub earned: Decimal,
    /// Currency of what is paid.
    pub currency: Currency,
    /// Attainment of the next step.
    pub next_step: Option<Decimal>,
    /// What has still to be reached for it.
    pub missing: Option<Decimal>,
    /// How it was computed.
    pub why: Why,
}

/// Steps that cannot pay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncentiveError {
    /// Two steps begin at the same attainment.
    #[error("two steps begin at {percent} percent; give each its own")]
    SameStep {
        /// The attainment.
        percent: Decimal,
    },
    /// An attainment or amount below zero.
    #[error("a step begins or pays below zero; give numbers from zero on")]
    BelowZero,
    /// Steps in several currencies.
    #[error("the steps pay in several currencies; give one")]
    Currencies,
    /// A number is too large.
    #[error("what the steps pay has more digits than can be computed with (28)")]
    Overflow,
}

impl Coded for IncentiveError {
    fn kind(&self) -> ErrorKind {
        if *self == Self::Overflow { ErrorKind::Range } else { ErrorKind::Validation }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::SameStep { .. } => "incentive.same_step",
            Self::BelowZero => "incentive.below_zero",
            Self::Currencies => "incentive.currencies",
            Self::Overflow => "incentive.overflow",
        }
    }
    fn field(&self) -> Option<String> {
        Some("steps".to_owned())
    }
}

/// Whether the steps of a plan can stand beside each other.
///
/// # Errors
/// `incentive.same_step`, `incentive.below_zero`, `incentive.currencies`.
pub fn check_steps(steps: &[IncentiveStep]) -> Result<(), IncentiveError> {
    let mut sorted: Vec<&IncentiveStep> = steps.iter().collect();
    sorted.sort_by_key(|step| step.from_percent);
    if sorted.iter().any(|step| step.from_percent < Decimal::ZERO || step.amount < Decimal::ZERO) {
        return Err(IncentiveError::BelowZero);
    }
    for pair in sorted.windows(2) {
        if pair[0].from_percent == pair[1].from_percent {
            return Err(IncentiveError::SameStep { percent: pair[0].from_percent });
        }
        if pair[0].currency != pair[1].currency {
            return Err(IncentiveError::Currencies);
        }
    }
    Ok(())
}

/// What the highest step that was reached pays: one step at a time, so a higher one replaces a lower one.
///
/// # Errors
/// `incentive.overflow`.
pub fn incentive(
    steps: &[IncentiveStep],
    target: Decimal,
    reached: Decimal,
) -> Result<Option<Incentive>, IncentiveError> {
    let mut sorted: Vec<&IncentiveStep> = steps.iter().filter(|step| !step.withdrawn).collect();
    sorted.sort_by_key(|step| step.from_percent);
    let Some(currency) = sorted.first().map(|step| step.currency) else { return Ok(None) };
    let at = |step: &IncentiveStep| {
        let part = target.checked_mul(step.from_percent).ok_or(IncentiveError::Overflow)?;
        Ok::<Decimal, IncentiveError>(part / Decimal::ONE_HUNDRED)
    };
    let mut paid: Option<&IncentiveStep> = None;
    let mut next: Option<(&IncentiveStep, Decimal)> = None;
    for step in sorted {
        let from = at(step)?;
        if reached >= from && target > Decimal::ZERO {
            paid = Some(step);
        } else if next.is_none() {
            next = Some((step, from));
        }
    }
    let earned = match paid {
        None => Decimal::ZERO,
        Some(step) => {
            let counted = match step.payout {
                Payout::Fixed => Decimal::ONE,
                Payout::PerUnit => reached,
                Payout::PerUnitBeyond => reached - at(step)?,
            };
            step.amount.checked_mul(counted).ok_or(IncentiveError::Overflow)?
        }
    };
    let earned = Rounding::HalfAwayFromZero.apply(earned, currency.minor_units());
    let missing = next.map(|(_, from)| (from - reached).max(Decimal::ZERO).normalize());
    let mut why = Why::new("incentive.earned").fact("target", target).fact("reached", reached);
    if let Some(step) = paid {
        why = why
            .fact("from_percent", step.from_percent)
            .fact("payout", step.payout)
            .fact("amount", format!("{} {currency}", step.amount));
    }
    Ok(Some(Incentive {
        step: paid.map(|step| step.from_percent),
        earned,
        currency,
        next_step: next.map(|(step, _)| step.from_percent),
        missing,
        why,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn step(from: &str, payout: Payout, amount: &str) -> IncentiveStep {
        IncentiveStep {
            id: IncentiveStepId::from_uuid(Uuid::from_u128(1)),
            plan: QuotaPlanId::from_uuid(Uuid::from_u128(2)),
            from_percent: number(from),
            payout,
            amount: number(amount),
            currency: "EUR".parse().unwrap(),
            withdrawn: false,
            measure: None,
        }
    }

    #[test]
    fn the_highest_step_reached_pays() {
        let steps = [
            step("80", Payout::Fixed, "500"),
            step("100", Payout::PerUnit, "150"),
            step("110", Payout::PerUnitBeyond, "400.005"),
        ];
        // target, reached, earned, step, missing to the next
        for (target, reached, earned, at, missing) in [
            ("10", "7", "0", None, Some("1")),
            ("10", "8", "500", Some("80"), Some("2")),
            ("10", "10", "1500", Some("100"), Some("1")),
            ("10", "13", "800.01", Some("110"), None),
            ("0", "3", "0", None, Some("0")),
        ] {
            let found = incentive(&steps, number(target), number(reached)).unwrap().unwrap();
            assert_eq!(found.earned, number(earned), "{reached} of {target}");
            assert_eq!(found.step, at.map(number), "{reached} of {target}");
            assert_eq!(found.missing, missing.map(number), "{reached} of {target}");
        }
        assert_eq!(incentive(&[], Decimal::TEN, Decimal::TEN), Ok(None));
    }

    #[test]
    fn steps_that_cannot_stand_beside_each_other_are_refused() {
        let same = [step("80", Payout::Fixed, "500"), step("80.0", Payout::Fixed, "1")];
        assert_eq!(check_steps(&same).unwrap_err().code(), "incentive.same_step");
        assert_eq!(
            check_steps(&[step("-1", Payout::Fixed, "5")]).unwrap_err().code(),
            "incentive.below_zero"
        );
        let mut other = step("90", Payout::Fixed, "5");
        other.currency = "CHF".parse().unwrap();
        assert_eq!(
            check_steps(&[step("80", Payout::Fixed, "5"), other]).unwrap_err().code(),
            "incentive.currencies"
        );
    }
}
