//! How good foretold probabilities were, once it is known what came true.
//!
//! - Whether what came true was told to be likelier than what did not: the area under the curve of J. A. Hanley,
//!   B. J. McNeil, *The meaning and use of the area under a receiver operating characteristic curve*, Radiology 143 (1982)
//!   29-36, by ranks, ties counted half.
//! - How far from the truth: the score of G. W. Brier, Monthly Weather Review 78 (1950) 1-3, for two outcomes, and the mean
//!   negative logarithm.
//! - Whether "30 percent" comes true in 30 of 100: shares by band of what was told, with Wilson's limits.
#![allow(clippy::float_arithmetic, reason = "estimates of probabilities are not money")]

use crate::proportion::{Estimate, wilson};
use crate::survival::NORMAL_95;

/// Bands of the reliability table.
pub const BANDS: usize = 10;

/// How good it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// How many were foretold, and how many of them came true.
    pub counts: (u64, u64),
    /// Area under the curve: .5 for a coin, 1 for a prophet; none when all had one outcome.
    pub auc: Option<f64>,
    /// Brier score: the mean square of the error; 0 is perfect.
    pub brier: f64,
    /// Mean negative logarithm of the probability given to what came about.
    pub log_loss: f64,
    /// Mean of what was foretold.
    pub mean: f64,
    /// The bands that have anything in them.
    pub bands: Vec<Band>,
}

/// What came of what was told to be about as likely.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Lower and upper end of the band.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// How many were foretold so.
    pub count: u64,
    /// Mean of what was foretold.
    pub mean: f64,
    /// The share that came true, with its limits of 95 percent.
    pub share: Estimate,
}

/// How good probabilities were: `told[i]` was what was foretold of what came true or not in `came_true[i]`. What is beyond the
/// shorter slice is passed over; none of nothing.
#[must_use]
pub fn quality(told: &[f64], came_true: &[bool]) -> Option<Quality> {
    let pairs: Vec<(f64, bool)> = told.iter().copied().zip(came_true.iter().copied()).collect();
    let count = pairs.len() as u64;
    if count == 0 {
        return None;
    }
    let hits = pairs.iter().filter(|(_, hit)| *hit).count() as u64;
    let mut sums = (0.0, 0.0, 0.0);
    for (told, hit) in &pairs {
        let error = told - f64::from(u8::from(*hit));
        let given = if *hit { *told } else { 1.0 - told };
        sums.0 += error * error;
        sums.1 -= given.max(f64::MIN_POSITIVE).ln();
        sums.2 += told;
    }
    let all = real(count);
    Some(Quality {
        counts: (count, hits),
        auc: area(&pairs),
        brier: sums.0 / all,
        log_loss: sums.1 / all,
        mean: sums.2 / all,
        bands: bands(&pairs),
    })
}

/// By ranks: the chance that one that came true was told to be likelier than one that did not.
fn area(pairs: &[(f64, bool)]) -> Option<f64> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut below, mut won) = (0.0, 0.0);
    let (mut misses, mut hits) = (0.0, 0.0);
    for same in sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let here = real(same.iter().filter(|(_, hit)| *hit).count() as u64);
        let others = real(same.len() as u64) - here;
        won += here * (below + others / 2.0);
        below += others;
        misses += others;
        hits += here;
    }
    (misses > 0.0 && hits > 0.0).then(|| won / (misses * hits))
}

fn bands(pairs: &[(f64, bool)]) -> Vec<Band> {
    let width = 1.0 / real(BANDS as u64);
    let mut sums = [(0_u64, 0_u64, 0.0); BANDS];
    for (told, hit) in pairs {
        if let Some(band) = sums.get_mut(place(*told)) {
            *band = (band.0 + 1, band.1 + u64::from(*hit), band.2 + told);
        }
    }
    let band = |(at, (count, hits, sum)): (usize, (u64, u64, f64))| {
        let from = real(at as u64) * width;
        let share = wilson(hits, count, NORMAL_95)?;
        Some(Band { from, to: from + width, count, mean: sum / real(count), share })
    };
    sums.into_iter().enumerate().filter_map(band).collect()
}

/// The band of a probability.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bands")]
fn place(told: f64) -> usize {
    ((told.clamp(0.0, 1.0) * real(BANDS as u64)) as usize).min(BANDS - 1)
}

#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_of_figures() {
        assert_eq!(quality(&[], &[]), None);
        // Eight pairs, one the wrong way round and one tied: (9 - 1.5) / 9.
        let found =
            quality(&[0.9, 0.6, 0.3, 0.4, 0.3, 0.1], &[true, true, true, false, false, false]).unwrap();
        assert!((found.auc.unwrap() - 7.5 / 9.0).abs() < 1e-12, "{found:?}");
        let brier = (0.01 + 0.16 + 0.49 + 0.16 + 0.09 + 0.01) / 6.0;
        assert!((found.brier - brier).abs() < 1e-12);
        assert_eq!(found.counts, (6, 3));
        assert_eq!(quality(&[0.2, 0.4], &[true, true]).unwrap().auc, None);
        let sure = quality(&[1.0, 0.0], &[true, false]).unwrap();
        assert_eq!((sure.auc, sure.brier, sure.log_loss), (Some(1.0), 0.0, 0.0));
        assert_eq!(sure.bands.iter().map(|band| band.count).collect::<Vec<_>>(), [1, 1]);
    }

    proptest! {
        #[test]
        fn the_area_is_the_share_of_pairs_in_order(
            pairs in proptest::collection::vec((0_u8..20, any::<bool>()), 1..60),
        ) {
            let told: Vec<f64> = pairs.iter().map(|(told, _)| f64::from(*told) / 20.0).collect();
            let hits: Vec<bool> = pairs.iter().map(|(_, hit)| *hit).collect();
            let (mut won, mut all) = (0.0, 0.0);
            for (one, hit) in &pairs {
                for (other, miss) in pairs.iter().filter(|_| *hit) {
                    if !miss {
                        all += 1.0;
                        won += match one.cmp(other) {
                            std::cmp::Ordering::Greater => 1.0,
                            std::cmp::Ordering::Equal => 0.5,
                            std::cmp::Ordering::Less => 0.0,
                        };
                    }
                }
            }
            let found = quality(&told, &hits).unwrap();
            prop_assert_eq!(found.auc.is_some(), all > 0.0);
            if let Some(auc) = found.auc {
                prop_assert!((auc - won / all).abs() < 1e-9);
            }
            prop_assert_eq!(found.bands.iter().map(|band| band.count).sum::<u64>(), pairs.len() as u64);
        }
    }
}
