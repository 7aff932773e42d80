//! The chance that a lead is converted, from what became of earlier ones, and what each known thing adds to it.

#![allow(clippy::float_arithmetic, reason = "estimates of chances are not money")]

use super::records::{LeadScoreCount, LeadScoreModel};
use clientela_analytics::frequencies::{Frequencies, LogOdds, probability};
use clientela_model::Why;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde::{Deserialize, Serialize};

/// As how many leads the pooled share of a value counts when nobody says otherwise: the m of the m-estimate (Cestnik 1990).
pub const SMOOTHING: u32 = 2;
/// How many leads must have come to an end before anything is foretold, when nobody says otherwise.
pub const MINIMUM_CLOSED: u32 = 50;
/// How many of each outcome there must be besides.
pub const MINIMUM_EACH: u32 = 10;

/// What a model has learnt, ready to be asked of many leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    counts: Frequencies<String, String>,
    told: LogOdds<String, String>,
    minimum: u32,
}

/// The chance of a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Chance in percent, to one decimal.
    pub percent: Decimal,
    /// The same in whole points, from 1 to 99: the base and the points of all factors together.
    pub score: u32,
    /// The points of a lead of which nothing is known: the share that was converted.
    pub base: u32,
    /// Natural logarithm of the odds of such a lead, to four decimals.
    pub base_log_odds: Decimal,
    /// What each known thing adds, the strongest first.
    pub factors: Vec<Factor>,
    /// What is known of the lead but was never seen before; it adds nothing.
    pub unseen: Vec<String>,
    /// How it adds up.
    pub why: Why,
}

/// What one known thing adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// What is known, such as channel.
    pub feature: String,
    /// What it is.
    pub value: String,
    /// What it adds to the natural logarithm of the odds, to four decimals.
    pub log_odds: Decimal,
    /// How many points of the score change when it is added to the stronger ones before it.
    pub points: i32,
    /// How many earlier leads of this value were converted; none for whoever may not read the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converted: Option<u64>,
    /// How many were disqualified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disqualified: Option<u64>,
}

impl Learnt {
    /// What a model as it is stored has learnt.
    #[must_use]
    pub fn of_model(model: &LeadScoreModel, counts: &[LeadScoreCount]) -> Self {
        let cells = counts.iter().map(|count| {
            let pair = [u64::from(count.converted), u64::from(count.disqualified)];
            (count.feature.clone(), count.value.clone(), pair)
        });
        let totals = [u64::from(model.converted), u64::from(model.disqualified)];
        Self::new(Frequencies::of_cells(totals, cells), model.smoothing, model.minimum)
    }

    /// What these counts say.
    #[must_use]
    pub fn new(counts: Frequencies<String, String>, smoothing: Decimal, minimum: u32) -> Self {
        let told = counts.log_odds(smoothing.to_f64().unwrap_or_else(|| f64::from(SMOOTHING)));
        Self { counts, told, minimum }
    }

    /// The counts.
    #[must_use]
    pub const fn counts(&self) -> &Frequencies<String, String> {
        &self.counts
    }

    /// What the counts say in log-odds.
    #[must_use]
    pub const fn log_odds(&self) -> &LogOdds<String, String> {
        &self.told
    }

    /// Why the history is too short to foretell anything; none when it is long enough.
    #[must_use]
    pub fn not_enough(&self) -> Option<Why> {
        let [converted, disqualified] = self.counts.totals();
        let each = u64::from(MINIMUM_EACH);
        let enough =
            converted + disqualified >= u64::from(self.minimum) && converted >= each && disqualified >= each;
        (!enough).then(|| {
            Why::new("lead_score.not_enough")
                .fact("converted", converted)
                .fact("disqualified", disqualified)
                .fact("needed", self.minimum)
                .fact("needed_of_each", MINIMUM_EACH)
        })
    }

    /// The chance of a lead of which this is known, from 0 to 1; without its factors.
    #[must_use]
    pub fn chance(&self, features: &[(String, String)]) -> f64 {
        let known = features.iter().filter_map(|(feature, value)| self.told.of(feature, value));
        probability(self.told.prior() + known.sum::<f64>())
    }
}

/// The chance of a lead of which this is known, factor by factor; `counts` says whether the numbers behind a factor are told.
/// Factors stand in the order of their strength; the points of each are what it changes when it is added to those before
/// it, so that the base and all points make the score. `named` gives the key people use for a value that is an id.
#[must_use]
pub fn predict(
    learnt: &Learnt,
    features: &[(String, String)],
    counts: bool,
    named: &dyn Fn(&str, &str) -> Option<String>,
) -> Prediction {
    let mut known: Vec<(&(String, String), f64)> = Vec::new();
    let mut unseen = Vec::new();
    for one in features {
        match learnt.told.of(&one.0, &one.1) {
            Some(log_odds) => known.push((one, log_odds)),
            None => unseen.push(one.0.clone()),
        }
    }
    known.sort_by(|(one, left), (other, right)| {
        right.abs().total_cmp(&left.abs()).then_with(|| one.cmp(other))
    });
    let base = points(learnt.told.prior());
    let (mut sum, mut score) = (learnt.told.prior(), base);
    let mut factors = Vec::with_capacity(known.len());
    let mut why = Why::new("lead_score.predicted").fact("base", base);
    for ((feature, value), log_odds) in known {
        sum += log_odds;
        let next = points(sum);
        let change = i32::try_from(next).unwrap_or(0) - i32::try_from(score).unwrap_or(0);
        score = next;
        let [converted, disqualified] = learnt.counts.counts(feature, value);
        let told = decimal(log_odds, 4);
        let value = named(feature, value).unwrap_or_else(|| value.clone());
        let mut part = Why::new("lead_score.factor")
            .fact("feature", feature)
            .fact("value", &value)
            .fact("log_odds", told)
            .fact("points", change);
        if counts {
            part = part.fact("converted", converted).fact("disqualified", disqualified);
        }
        why = why.because(part);
        factors.push(Factor {
            feature: feature.clone(),
            value,
            log_odds: told,
            points: change,
            converted: counts.then_some(converted),
            disqualified: counts.then_some(disqualified),
        });
    }
    let percent = decimal(100.0 * probability(sum), 1);
    let why = why.fact("score", score).fact("percent", percent);
    let base_log_odds = decimal(learnt.told.prior(), 4);
    Prediction { percent, score, base, base_log_odds, factors, unseen, why }
}

/// Whole points of log-odds; never 0 or 100, as nothing is certain.
fn points(log_odds: f64) -> u32 {
    (100.0 * probability(log_odds)).round().clamp(1.0, 99.0).to_u32().unwrap_or(50)
}

/// A measure as it is shown.
fn decimal(number: f64, digits: u32) -> Decimal {
    Decimal::from_f64(number).unwrap_or_default().round_dp(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(features: &[(&str, &str)]) -> Vec<(String, String)> {
        features.iter().map(|(feature, value)| ((*feature).to_owned(), (*value).to_owned())).collect()
    }

    /// Features, whether it was converted, how often.
    type Earlier<'a> = (&'a [(&'a str, &'a str)], bool, u32);

    fn learnt(history: &[Earlier<'_>], minimum: u32) -> Learnt {
        let mut counts = Frequencies::default();
        for (features, converted, times) in history {
            for _ in 0..*times {
                counts.add(of(features), *converted);
            }
        }
        Learnt::new(counts, Decimal::from(SMOOTHING), minimum)
    }

    #[test]
    fn a_short_history_foretells_nothing() {
        let few = learnt(&[(&[], true, 9), (&[], false, 91)], 50);
        let why = few.not_enough().unwrap();
        assert_eq!((why.value("converted"), why.value("needed_of_each")), (Some("9"), Some("10")));
        assert!(learnt(&[(&[], true, 10), (&[], false, 39)], 50).not_enough().is_some());
        assert!(learnt(&[(&[], true, 10), (&[], false, 40)], 50).not_enough().is_none());
    }

    #[test]
    fn every_factor_is_told_in_log_odds_and_in_points() {
        let portal: &[(&str, &str)] = &[("source", "portal"), ("channel", "web_form")];
        let friend: &[(&str, &str)] = &[("source", "friend"), ("channel", "referral")];
        let model =
            learnt(&[(portal, true, 10), (portal, false, 40), (friend, true, 30), (friend, false, 20)], 50);
        let found = predict(
            &model,
            &of(&[("source", "friend"), ("channel", "web_form"), ("unit", "new")]),
            true,
            &|_, _| None,
        );
        // Prior 41/61. friend: pooled 1/2; (30 + 1) / 42 against (20 + 1) / 62.
        let friend = found.factors.iter().find(|factor| factor.feature == "source").unwrap();
        let expected = ((31.0_f64 / 42.0) / (21.0 / 62.0)).ln();
        assert_eq!(friend.log_odds, decimal(expected, 4));
        assert_eq!((friend.converted, friend.disqualified), (Some(30), Some(20)));
        assert_eq!(found.base_log_odds, decimal((41.0_f64 / 61.0).ln(), 4));
        assert_eq!(found.unseen, ["unit"]);
        let known = (41.0_f64 / 61.0).ln() + expected + ((11.0_f64 / 42.0) / (41.0 / 62.0)).ln();
        assert_eq!(found.percent, decimal(100.0 * probability(known), 1));
        let hidden = predict(&model, &of(&[("source", "friend")]), false, &|_, _| Some("named".into()));
        assert_eq!(hidden.factors[0].value, "named");
        assert_eq!((hidden.factors[0].converted, hidden.why.because[0].value("converted")), (None, None));
    }

    proptest! {
        /// The base and the points of the factors make the score, and more of what speaks for it never makes it less.
        #[test]
        fn points_add_up(
            history in proptest::collection::vec((0_u8..3, 0_u8..3, any::<bool>()), 1..80),
            (one, other) in (0_u8..4, 0_u8..4),
        ) {
            let words = |one: u8, other: u8| vec![
                ("channel".to_owned(), one.to_string()), ("source".to_owned(), other.to_string()),
            ];
            let mut counts = Frequencies::default();
            for (one, other, converted) in &history {
                counts.add(words(*one, *other), *converted);
            }
            let model = Learnt::new(counts, Decimal::from(SMOOTHING), 0);
            let found = predict(&model, &words(one, other), true, &|_, _| None);
            let sum: i32 = found.factors.iter().map(|factor| factor.points).sum();
            prop_assert_eq!(i64::from(found.base) + i64::from(sum), i64::from(found.score));
            prop_assert_eq!(found.factors.len() + found.unseen.len(), 2);
            for factor in &found.factors {
                prop_assert!(factor.points == 0 || (factor.points > 0) == (factor.log_odds > Decimal::ZERO));
            }
            let chance = model.chance(&words(one, other));
            prop_assert!((found.percent.to_f64().unwrap() - 100.0 * chance).abs() < 0.051);
        }
    }
}
