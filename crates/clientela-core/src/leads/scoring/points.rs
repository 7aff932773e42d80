//! Points from what a rule set says: the sum of the rows that apply, kept between 0 and 100, with its grade.

use super::policy::ScoringPolicy;
use crate::leads::Lead;
use chrono::{DateTime, Utc};
use clientela_model::Why;
use clientela_rules::Datum;
use clientela_rules::ruleset::Decided;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// The highest score.
pub const POINTS_MOST: u32 = 100;

/// What rules give a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleScore {
    /// The version of the rule set, such as lead_score/3.
    pub rule_set: String,
    /// The sum of the rows that apply; rows may take points away.
    pub points: Decimal,
    /// The same from 0 to 100, to whole points, halves up.
    pub score: u32,
    /// The grade of that score.
    pub grade: Option<String>,
    /// Each row that gave points.
    pub why: Why,
}

/// The sum of what a rule set answers; none when it answers no numbers or cannot tell.
#[must_use]
pub fn of_decided(decided: &Decided) -> Option<Decimal> {
    match decided {
        Decided::NoMatch => Some(Decimal::ZERO),
        Decided::Value(value) => number(value),
        Decided::Values(values) => values
            .iter()
            .try_fold(Decimal::ZERO, |sum, value| number(value).and_then(|number| sum.checked_add(number))),
        Decided::Unknown => None,
    }
}

fn number(value: &Datum) -> Option<Decimal> {
    match value {
        Datum::Int(number) => Some(Decimal::from(*number)),
        Datum::Uint(number) => Some(Decimal::from(*number)),
        Datum::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// The score of a sum of points, with its grade.
#[must_use]
pub fn scored(points: Decimal, policy: &ScoringPolicy) -> (u32, Option<String>) {
    let kept = points.clamp(Decimal::ZERO, Decimal::from(POINTS_MOST));
    let whole = kept.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let score = whole.to_u32().unwrap_or(0);
    (score, policy.grade(score).map(str::to_owned))
}

/// The lead with the score rules give it; none when it has that score by that version already.
#[must_use]
pub fn rescored(
    lead: &Lead,
    score: u32,
    grade: Option<&str>,
    rule_set: &str,
    at: DateTime<Utc>,
) -> Option<Lead> {
    let same = (lead.score, lead.grade.as_deref()) == (Some(score), grade);
    if same && lead.scored_by.as_deref() == Some(rule_set) {
        return None;
    }
    Some(Lead {
        score: Some(score),
        grade: grade.map(str::to_owned),
        scored_by: Some(rule_set.to_owned()),
        scored_at: Some(at),
        ..lead.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_kept_between_nothing_and_a_hundred() {
        let policy = ScoringPolicy::default();
        for (points, score, grade) in
            [("-20", 0, "D"), ("24.5", 25, "C"), ("74.4", 74, "B"), ("100", 100, "A"), ("340", 100, "A")]
        {
            let found = scored(points.parse().unwrap(), &policy);
            assert_eq!(found, (score, Some(grade.to_owned())), "{points}");
        }
    }

    #[test]
    fn only_numbers_are_added_up() {
        let values = [Datum::from(40_i64), Datum::Decimal("-2.5".parse().unwrap())];
        assert_eq!(of_decided(&Decided::Values(values.to_vec())), "37.5".parse().ok());
        assert_eq!(of_decided(&Decided::Value(7_i64.into())), Some(Decimal::from(7)));
        assert_eq!(of_decided(&Decided::NoMatch), Some(Decimal::ZERO));
        assert_eq!(of_decided(&Decided::Unknown), None);
        assert_eq!(of_decided(&Decided::Value("A".into())), None);
    }
}
