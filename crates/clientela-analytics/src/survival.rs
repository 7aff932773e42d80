//! How long until something happens, when for some it has not happened yet.
//!
//! Whoever has not come to an end counts for as long as he has been watched: leaving him out, or taking today for his end,
//! makes every duration too short. Times are whole units (days), so that everything is counted in one pass without sorting.
//!
//! - E. L. Kaplan, P. Meier, *Nonparametric estimation from incomplete observations*, JASA 53 (1958) 457-481.
//! - The variance is Greenwood's; the limits are those of log(-log S), which stay between 0 and 1 (J. D. Kalbfleisch,
//!   R. L. Prentice, *The Statistical Analysis of Failure Time Data*, 1980).
//! - Ends of several kinds: O. Aalen, S. Johansen, Scand. J. Statist. 5 (1978) 141-150. One kind alone, the others taken as
//!   unfinished, would overstate it.
#![allow(clippy::float_arithmetic, reason = "estimates of probabilities are not money")]

/// How a spell ended.
pub const UNFINISHED: u8 = 0;

/// The quantile of the normal distribution for limits of 95 percent.
pub const NORMAL_95: f64 = 1.959_963_984_540_054;

/// One step of a survival curve: a time at which something ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The time.
    pub time: u32,
    /// How many were still there just before it.
    pub at_risk: u64,
    /// How many ended at it.
    pub ended: u64,
    /// Estimated share that lasts longer than the time.
    pub survival: f64,
    /// Standard error of that share, after Greenwood.
    pub standard_error: f64,
    /// Lower limit of the share.
    pub lower: f64,
    /// Upper limit of the share.
    pub upper: f64,
}

/// The survival curve of spells: `times[i]` is how long spell `i` has been watched, `causes[i]` is [`UNFINISHED`] or how it
/// ended. `quantile` is that of the normal distribution for the limits, such as [`NORMAL_95`]. Spells beyond the shorter
/// slice are passed over. What ends and what is last seen at the same time: the end comes first.
#[must_use]
pub fn kaplan_meier(times: &[u32], causes: &[u8], quantile: f64) -> Vec<Step> {
    let counted = Counted::of(times, causes);
    let (mut at_risk, mut survival, mut sum) = (counted.total, 1.0_f64, 0.0_f64);
    let mut steps = Vec::new();
    for (time, ended, censored) in counted.rows() {
        if ended > 0 {
            let (risk, deaths) = (real(at_risk), real(ended));
            survival *= (risk - deaths) / risk;
            if at_risk > ended {
                sum += deaths / (risk * (risk - deaths));
            }
            let (lower, upper) = log_log_limits(survival, sum, quantile);
            let standard_error = survival * sum.sqrt();
            steps.push(Step { time, at_risk, ended, survival, standard_error, lower, upper });
        }
        at_risk -= ended + censored;
    }
    steps
}

/// The first time at which no more than `share` are left, with the times at which the limits say so: none while more are left.
/// With `share` 0.5 it is the median after Brookmeyer and Crowley (1982).
#[must_use]
pub fn time_until(steps: &[Step], share: f64) -> (Option<u32>, Option<u32>, Option<u32>) {
    // What is exactly half in fractions may lie a hair above it in binary.
    let limit = share + 1e-12;
    let first = |left: fn(&Step) -> f64| steps.iter().find(|step| left(step) <= limit).map(|step| step.time);
    (first(|step| step.survival), first(|step| step.lower), first(|step| step.upper))
}

/// The mean time within the first `horizon` units: the area under the curve.
#[must_use]
pub fn restricted_mean(steps: &[Step], horizon: u32) -> f64 {
    let (mut area, mut before, mut left) = (0.0, 0_u32, 1.0);
    for step in steps.iter().take_while(|step| step.time < horizon) {
        area += left * f64::from(step.time - before);
        (before, left) = (step.time, step.survival);
    }
    area + left * f64::from(horizon - before)
}

/// The estimated share that has ended in each way by the last time seen, after Aalen and Johansen: entry `k` is for cause
/// `k + 1`. What is missing to 1 has not ended. `kinds` is how many causes there are; others are counted with the last.
#[must_use]
pub fn cumulative_incidence(times: &[u32], causes: &[u8], kinds: usize) -> Vec<f64> {
    let mut shares = vec![0.0; kinds];
    if kinds == 0 {
        return shares;
    }
    let count = times.len().min(causes.len());
    let longest = times.iter().take(count).copied().max().unwrap_or(0) as usize;
    // Per time: the unfinished, then one number for each cause.
    let width = kinds + 1;
    let mut table = vec![0_u64; (longest + 1) * width];
    for (time, cause) in times.iter().zip(causes) {
        table[*time as usize * width + usize::from(*cause).min(kinds)] += 1;
    }
    let (mut at_risk, mut survival) = (count as u64, 1.0);
    for row in table.chunks_exact(width) {
        let all: u64 = row.iter().sum();
        if all == 0 {
            continue;
        }
        let risk = real(at_risk);
        for (share, ended) in shares.iter_mut().zip(&row[1..]) {
            *share += survival * real(*ended) / risk;
        }
        survival *= (risk - real(all - row[0])) / risk;
        at_risk -= all;
    }
    shares
}

/// Spells by their time: how many ended, how many were last seen.
struct Counted {
    total: u64,
    counts: Vec<(u64, u64)>,
}

impl Counted {
    fn of(times: &[u32], causes: &[u8]) -> Self {
        let count = times.len().min(causes.len());
        let longest = times.iter().take(count).copied().max().unwrap_or(0) as usize;
        let mut counts = vec![(0, 0); if count == 0 { 0 } else { longest + 1 }];
        for (time, cause) in times.iter().zip(causes) {
            let (ended, censored) = &mut counts[*time as usize];
            *if *cause == UNFINISHED { censored } else { ended } += 1;
        }
        Self { total: count as u64, counts }
    }

    fn rows(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        self.counts.iter().zip(0_u32..).map(|((ended, censored), time)| (time, *ended, *censored))
    }
}

fn log_log_limits(survival: f64, sum: f64, quantile: f64) -> (f64, f64) {
    if survival <= 0.0 || survival >= 1.0 {
        return (survival, survival);
    }
    let log = survival.ln();
    let spread = quantile * sum.sqrt() / log;
    // The logarithm is below zero, so the power with the smaller exponent is the upper limit.
    let (one, other) = (survival.powf(spread.exp()), survival.powf((-spread).exp()));
    (one.min(other), one.max(other))
}

#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Weeks of remission with 6-mercaptopurine: E. J. Freireich and others, Blood 21 (1963) 699-716.
    const REMISSION: [(u32, bool); 21] = [
        (6, true),
        (6, true),
        (6, true),
        (6, false),
        (7, true),
        (9, false),
        (10, true),
        (10, false),
        (11, false),
        (13, true),
        (16, true),
        (17, false),
        (19, false),
        (20, false),
        (22, true),
        (23, true),
        (25, false),
        (32, false),
        (32, false),
        (34, false),
        (35, false),
    ];

    fn remission() -> Vec<Step> {
        let (times, causes): (Vec<u32>, Vec<u8>) =
            REMISSION.iter().map(|(time, ended)| (*time, u8::from(*ended))).unzip();
        kaplan_meier(&times, &causes, NORMAL_95)
    }

    #[test]
    fn it_gives_the_published_curve() {
        // Time, at risk, survival, standard error, limits of log(-log): as printed in the text books and by R's survfit.
        let published = [
            (6, 21, 0.857, 0.0764, 0.620, 0.952),
            (7, 17, 0.807, 0.0869, 0.563, 0.923),
            (10, 15, 0.753, 0.0963, 0.503, 0.889),
            (13, 12, 0.690, 0.1068, 0.432, 0.849),
            (16, 11, 0.627, 0.1141, 0.368, 0.805),
            (22, 7, 0.538, 0.1282, 0.268, 0.747),
            (23, 6, 0.448, 0.1346, 0.188, 0.680),
        ];
        let steps = remission();
        assert_eq!(steps.len(), published.len());
        for (step, (time, at_risk, survival, error, lower, upper)) in steps.iter().zip(published) {
            assert_eq!((step.time, step.at_risk), (time, at_risk));
            for (found, printed, digits) in [
                (step.survival, survival, 0.0005),
                (step.standard_error, error, 0.00005),
                (step.lower, lower, 0.0005),
                (step.upper, upper, 0.0005),
            ] {
                assert!((found - printed).abs() <= digits, "{time}: {found} is not {printed}");
            }
        }
        assert_eq!(time_until(&steps, 0.5), (Some(23), Some(13), None));
    }

    #[test]
    fn the_mean_of_those_that_ended_is_too_short() {
        let ended: Vec<u32> = REMISSION.iter().filter(|(_, ended)| *ended).map(|(time, _)| *time).collect();
        let naive = f64::from(ended.iter().sum::<u32>()) / ended.len() as f64;
        assert!(naive < restricted_mean(&remission(), 35), "{naive}");
    }

    #[test]
    fn no_spells_give_no_curve() {
        assert!(kaplan_meier(&[], &[], NORMAL_95).is_empty());
        assert_eq!(cumulative_incidence(&[], &[], 2), vec![0.0, 0.0]);
        assert!(cumulative_incidence(&[1], &[1], 0).is_empty());
        assert_eq!(time_until(&[], 0.5), (None, None, None));
    }

    /// The definition, without counting by time: the product over the times at which something ended.
    fn by_definition(spells: &[(u32, u8)]) -> Vec<(u32, f64)> {
        let mut times: Vec<u32> =
            spells.iter().filter(|spell| spell.1 != UNFINISHED).map(|spell| spell.0).collect();
        times.sort_unstable();
        times.dedup();
        let mut survival = 1.0;
        times
            .into_iter()
            .map(|time| {
                let at_risk = spells.iter().filter(|spell| spell.0 >= time).count() as f64;
                let ended =
                    spells.iter().filter(|spell| spell.0 == time && spell.1 != UNFINISHED).count() as f64;
                survival *= 1.0 - ended / at_risk;
                (time, survival)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn it_is_the_product_of_the_definition(spells in prop::collection::vec((0_u32..40, 0_u8..3), 0..80)) {
            let (times, causes): (Vec<u32>, Vec<u8>) = spells.iter().copied().unzip();
            let steps = kaplan_meier(&times, &causes, NORMAL_95);
            let expected = by_definition(&spells);
            prop_assert_eq!(steps.len(), expected.len());
            for (step, (time, survival)) in steps.iter().zip(expected) {
                prop_assert_eq!(step.time, time);
                prop_assert!((step.survival - survival).abs() < 1e-9);
                prop_assert!(step.lower <= step.survival + 1e-12 && step.survival <= step.upper + 1e-12);
            }
        }

        #[test]
        fn the_kinds_of_end_add_up_to_all_ends(spells in prop::collection::vec((0_u32..40, 0_u8..3), 1..80)) {
            let (times, causes): (Vec<u32>, Vec<u8>) = spells.iter().copied().unzip();
            let left = kaplan_meier(&times, &causes, NORMAL_95).last().map_or(1.0, |step| step.survival);
            let shares = cumulative_incidence(&times, &causes, 2);
            prop_assert!((shares.iter().sum::<f64>() + left - 1.0).abs() < 1e-9);
        }

        #[test]
        fn when_all_have_ended_shares_are_plain_counts(spells in prop::collection::vec((0_u32..40, 1_u8..3), 1..80)) {
            let (times, causes): (Vec<u32>, Vec<u8>) = spells.iter().copied().unzip();
            let shares = cumulative_incidence(&times, &causes, 2);
            let first = causes.iter().filter(|cause| **cause == 1).count() as f64 / causes.len() as f64;
            prop_assert!((shares[0] - first).abs() < 1e-9);
        }
    }
}
