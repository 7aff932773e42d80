//! What share of what comes to a stage is won, from what happened so far.
//!
//! Wins and losses end a journey, open ones have not ended: the shares are those of Aalen and Johansen, and of what is decided by
//! the last day seen the won part is taken. Where too little was decided the stage's own probability stands in.
#![allow(
    clippy::float_arithmetic,
    reason = "estimates of shares are not money; they become whole millionths"
)]

use super::{Cause, Spells};
use clientela_analytics::survival::cumulative_incidence;

/// Wins and losses a stage needs before its history counts instead of its probability.
pub const DECIDED_LEAST: u64 = 20;

/// The share of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageShare {
    /// Wins among what came to it.
    pub won: u64,
    /// Losses among what came to it.
    pub lost: u64,
    /// Share that is won, in millionths.
    pub millionths: u32,
    /// Whether it comes from history; else from the stage's probability.
    pub from_history: bool,
}

/// The share of each stage. `spells` are those of [`win_spells`](super::win_spells), `percents` the probabilities of the stages.
#[must_use]
pub fn stage_shares(spells: &[Spells], percents: &[u16], least: u64) -> Vec<StageShare> {
    let mut all = vec![(Vec::new(), Vec::new()); percents.len()];
    for part in spells {
        for (stage, (days, causes)) in part.by_stage(percents.len()).into_iter().enumerate() {
            all[stage].0.extend(days);
            all[stage].1.extend(causes.into_iter().map(kind));
        }
    }
    all.iter()
        .zip(percents)
        .map(|((days, causes), percent)| {
            let count = |wanted: u8| causes.iter().filter(|cause| **cause == wanted).count() as u64;
            let (won, lost) = (count(1), count(2));
            let shares = cumulative_incidence(days, causes, 2);
            let decided = shares[0] + shares[1];
            let from_history = won + lost >= least.max(1) && decided > 0.0;
            let millionths =
                if from_history { whole(shares[0] / decided) } else { u32::from(*percent) * 10_000 };
            StageShare { won, lost, millionths, from_history }
        })
        .collect()
}

fn kind(cause: u8) -> u8 {
    match cause {
        cause if cause == Cause::Won as u8 => 1,
        cause if cause == Cause::Lost as u8 => 2,
        _ => 0,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share lies between nothing and one"
)]
fn whole(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1_000_000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spells(causes: &[(u32, Cause)]) -> Spells {
        Spells {
            opportunity: (0..causes.len() as u32).collect(),
            stage: vec![0; causes.len()],
            days: causes.iter().map(|(days, _)| *days).collect(),
            cause: causes.iter().map(|(_, cause)| *cause as u8).collect(),
        }
    }

    #[test]
    fn open_ones_do_not_count_as_lost_and_few_do_not_count_at_all() {
        let some =
            [(5, Cause::Won), (6, Cause::Lost), (7, Cause::Lost), (8, Cause::Won), (9, Cause::Unfinished)];
        let few = stage_shares(&[spells(&some)], &[30], DECIDED_LEAST);
        assert_eq!(few, [StageShare { won: 2, lost: 2, millionths: 300_000, from_history: false }]);
        let enough = stage_shares(&[spells(&some)], &[30], 4);
        assert_eq!(enough, [StageShare { won: 2, lost: 2, millionths: 500_000, from_history: true }]);
    }
}
