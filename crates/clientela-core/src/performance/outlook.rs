//! What is still to be done for a target: by the working day, and in opportunities at today's conversion.

use super::attainment::Attainment;
use clientela_model::{Rounding, Why};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// What is known of a unit or position besides its attainment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Working days of the plan that are over.
    pub days_over: u32,
    /// Working days of the plan that are left, the day asked not among them.
    pub days_left: u32,
    /// Opportunities won lately.
    pub won: u64,
    /// Opportunities lost lately.
    pub lost: u64,
    /// Opportunities open now.
    pub open: u64,
    /// What those won lately counted in the plan's measure, added up.
    pub counted: Decimal,
}

/// What is still to be done for a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// What has been reached.
    pub attainment: Attainment,
    /// Working days of the plan that are over.
    pub working_days_over: u32,
    /// Working days of the plan that are left.
    pub working_days_left: u32,
    /// Reached by the working day so far; none before the first.
    pub per_day: Option<Decimal>,
    /// To be reached by each working day that is left; none when there is none, nothing when the target is reached.
    pub needed_per_day: Option<Decimal>,
    /// Working days the gap would take at the pace so far; none without a pace.
    pub gap_in_days: Option<u32>,
    /// Won of a hundred decided lately; none when none was decided.
    pub conversion: Option<Decimal>,
    /// What one win counted lately, on average; none without a win.
    pub per_win: Option<Decimal>,
    /// Wins the gap takes.
    pub wins_needed: Option<u64>,
    /// Opportunities the gap takes at this conversion.
    pub opportunities_needed: Option<u64>,
    /// Opportunities open now.
    pub opportunities_open: u64,
    /// How it was computed.
    pub why: Why,
}

/// Decimals of rates and averages.
const DIGITS: u32 = 2;

/// Puts the gap of a target into working days and opportunities.
#[must_use]
pub fn outlook(attainment: Attainment, pace: &Pace) -> Outlook {
    let gap = attainment.gap.max(Decimal::ZERO);
    let tidy = |number: Decimal| Rounding::HalfAwayFromZero.apply(number, DIGITS).normalize();
    let by = |number: Decimal, over: Decimal| if over.is_zero() { None } else { number.checked_div(over) };
    let per_day = by(attainment.reached, pace.days_over.into());
    let needed_per_day = if gap.is_zero() { Some(Decimal::ZERO) } else { by(gap, pace.days_left.into()) };
    let whole = |number: Decimal| number.ceil().to_u64();
    let gap_in_days = per_day
        .filter(|rate| *rate > Decimal::ZERO)
        .and_then(|rate| by(gap, rate))
        .and_then(whole)
        .and_then(|days| u32::try_from(days).ok());
    let decided = pace.won + pace.lost;
    let conversion = by(Decimal::from(pace.won) * Decimal::ONE_HUNDRED, decided.into());
    let per_win = by(pace.counted, pace.won.into()).filter(|counted| *counted > Decimal::ZERO);
    let wins = per_win.and_then(|counted| by(gap, counted));
    let wins_needed = wins.and_then(whole);
    let opportunities_needed = wins
        .zip(conversion.filter(|rate| *rate > Decimal::ZERO))
        .and_then(|(wins, rate)| by(wins.checked_mul(Decimal::ONE_HUNDRED)?, rate))
        .and_then(whole);
    let mut why = Why::new("quota.outlook")
        .fact("gap", gap)
        .fact("working_days_over", pace.days_over)
        .fact("working_days_left", pace.days_left)
        .fact("won", pace.won)
        .fact("lost", pace.lost)
        .fact("open", pace.open);
    if let Some(counted) = per_win {
        why = why.fact("per_win", tidy(counted));
    }
    Outlook {
        attainment,
        working_days_over: pace.days_over,
        working_days_left: pace.days_left,
        per_day: per_day.map(tidy),
        needed_per_day: needed_per_day.map(tidy),
        gap_in_days,
        conversion: conversion.map(tidy),
        per_win: per_win.map(tidy),
        wins_needed,
        opportunities_needed,
        opportunities_open: pace.open,
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UnitId;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn at(target: &str, reached: &str) -> Attainment {
        let (target, reached) = (number(target), number(reached));
        Attainment {
            unit: UnitId::from_uuid(Uuid::from_u128(1)),
            owner: None,
            measure: crate::performance::Measure::Units,
            version: 1,
            target,
            reached,
            percent: None,
            expected_by_now: target,
            gap: target - reached,
            projection: None,
            projection_low: None,
            projection_high: None,
            rank: None,
            why: Why::new("quota.attainment"),
        }
    }

    #[test]
    fn the_gap_in_days_and_opportunities() {
        let pace = |days_left, won, lost, counted: &str| Pace {
            days_over: 40,
            days_left,
            won,
            lost,
            open: 7,
            counted: number(counted),
        };
        // target, reached, days left, won, lost, counted: needed per day, gap in days, wins, opportunities
        for (target, reached, pace, needed, days, wins, opportunities) in [
            ("100", "40", pace(20, 20, 60, "40"), Some("3"), Some(60), Some(30), Some(120)),
            ("100", "100", pace(20, 20, 60, "40"), Some("0"), Some(0), Some(0), Some(0)),
            ("100", "120", pace(0, 20, 60, "40"), Some("0"), Some(0), Some(0), Some(0)),
            ("100", "0", pace(20, 0, 3, "0"), Some("5"), None, None, None),
            ("100", "40", pace(0, 0, 0, "0"), None, Some(60), None, None),
            ("10", "3", pace(9, 2, 1, "3"), Some("0.78"), Some(94), Some(5), Some(7)),
        ] {
            let found = outlook(at(target, reached), &pace);
            assert_eq!(found.needed_per_day, needed.map(number), "{target} {reached}");
            assert_eq!(
                (found.gap_in_days, found.wins_needed, found.opportunities_needed),
                (days, wins, opportunities),
                "{target} {reached}"
            );
        }
    }
}
