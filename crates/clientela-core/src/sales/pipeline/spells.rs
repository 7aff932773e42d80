//! How long opportunities stay, in a form survival estimates take: those still there are counted for as long as they have been.
//!
//! Only days on which an opportunity is open count: put aside, its clock stands still.

use super::History;
use crate::sales::OpportunityState;
use std::collections::HashSet;

/// How a spell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It has not: the opportunity is still there, was put aside, or was taken over into another method and no longer watched here.
    Unfinished,
    /// It went on to a later stage.
    Onward,
    /// It was won.
    Won,
    /// It was lost.
    Lost,
    /// It went back to an earlier stage.
    Back,
}

/// Spells in columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spells {
    /// Index of the opportunity.
    pub opportunity: Vec<u32>,
    /// Index of the stage.
    pub stage: Vec<u32>,
    /// Open days.
    pub days: Vec<u32>,
    /// How it ended, as the number of its [`Cause`]: 0 has not.
    pub cause: Vec<u8>,
}

impl Spells {
    fn add(&mut self, opportunity: usize, stage: u32, days: u32, cause: Cause) {
        self.opportunity.push(u32::try_from(opportunity).unwrap_or(u32::MAX));
        self.stage.push(stage);
        self.days.push(days);
        self.cause.push(cause as u8);
    }

    /// The same, with what is known of a stage told of all that are the same one in another version of its method: `same` gives for each
    /// stage all of these, itself among them. Of an opportunity that came to several of them the first counts.
    #[must_use]
    pub fn across_versions(&self, same: &[Vec<u32>]) -> Self {
        let mut told = Self::default();
        let mut seen: HashSet<(u32, u32)> = HashSet::new();
        let rows = self.opportunity.iter().zip(&self.stage).zip(self.days.iter().zip(&self.cause));
        for ((opportunity, stage), (days, cause)) in rows {
            for other in same.get(*stage as usize).into_iter().flatten() {
                if seen.insert((*opportunity, *other)) {
                    told.opportunity.push(*opportunity);
                    told.stage.push(*other);
                    told.days.push(*days);
                    told.cause.push(*cause);
                }
            }
        }
        told
    }

    /// Days and causes of each stage, `stages` of them: what [`clientela_analytics::survival`] takes.
    #[must_use]
    pub fn by_stage(&self, stages: usize) -> Vec<(Vec<u32>, Vec<u8>)> {
        let mut all = vec![(Vec::new(), Vec::new()); stages];
        for ((stage, days), cause) in self.stage.iter().zip(&self.days).zip(&self.cause) {
            if let Some((times, causes)) = all.get_mut(*stage as usize) {
                times.push(*days);
                causes.push(*cause);
            }
        }
        all
    }
}

/// The first visit of each opportunity to each stage, as known at the end of a day: coming back to a stage does not count again.
/// `methods` gives for each stage the index of its method.
#[must_use]
pub fn stage_spells(history: &History, methods: &[u32], day: i32) -> Spells {
    let all = history.passages();
    let mut spells = Spells::default();
    let mut seen: Vec<u32> = Vec::new();
    for (opportunity, range) in history.ranges().enumerate() {
        seen.clear();
        let mut current: Option<(u32, u32)> = None;
        let mut since = (0, OpportunityState::Suspended);
        for row in range.take_while(|row| all.day[*row] <= day) {
            let (stage, state, at) = (all.stage[row], all.state[row], all.day[row]);
            let passed = open_days(since, at);
            since = (at, state);
            let ended = state == OpportunityState::Won || state == OpportunityState::Lost;
            if let Some((running, days)) = &mut current {
                *days += passed;
                if let Some(cause) = ending(*running, stage, state, methods) {
                    spells.add(opportunity, *running, *days, cause);
                    current = None;
                }
            }
            if current.is_none() && !ended && !seen.contains(&stage) {
                seen.push(stage);
                current = Some((stage, 0));
            }
        }
        if let Some((running, days)) = current {
            spells.add(opportunity, running, days + open_days(since, day), Cause::Unfinished);
        }
    }
    spells
}

/// From the first day in each stage to the win or loss, as known at the end of a day: what share of what comes to a stage is won.
/// A loss or a win that was opened again has not ended it.
#[must_use]
pub fn win_spells(history: &History, day: i32) -> Spells {
    let all = history.passages();
    let mut spells = Spells::default();
    let mut seen: Vec<(u32, u32)> = Vec::new();
    for (opportunity, range) in history.ranges().enumerate() {
        seen.clear();
        let (mut days, mut since) = (0, (0, OpportunityState::Suspended));
        for row in range.take_while(|row| all.day[*row] <= day) {
            days += open_days(since, all.day[row]);
            since = (all.day[row], all.state[row]);
            let stage = all.stage[row];
            if !seen.iter().any(|(one, _)| *one == stage) {
                seen.push((stage, days));
            }
        }
        let cause = match since.1 {
            OpportunityState::Won => Cause::Won,
            OpportunityState::Lost => Cause::Lost,
            OpportunityState::Open | OpportunityState::Suspended => Cause::Unfinished,
        };
        days += open_days(since, day);
        for (stage, from) in &seen {
            spells.add(opportunity, *stage, days - from, cause);
        }
    }
    spells
}

/// Days from a passage to a later day, if it was open in between.
fn open_days((since, state): (i32, OpportunityState), until: i32) -> u32 {
    match state {
        OpportunityState::Open => u32::try_from(until.saturating_sub(since)).unwrap_or(0),
        _ => 0,
    }
}

fn ending(running: u32, stage: u32, state: OpportunityState, methods: &[u32]) -> Option<Cause> {
    match state {
        OpportunityState::Won => Some(Cause::Won),
        OpportunityState::Lost => Some(Cause::Lost),
        _ if stage == running => None,
        // It did not leave by itself: how long it would have stayed is not known.
        _ if methods.get(stage as usize) != methods.get(running as usize) => Some(Cause::Unfinished),
        _ if stage > running => Some(Cause::Onward),
        _ => Some(Cause::Back),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{METHODS, history};
    use super::super::{NO_DAY, Passages, Row};
    use super::*;
    use crate::sales::ForecastCategory;
    use proptest::prelude::*;

    fn told(rows: &[(i32, OpportunityState, u32)]) -> History {
        let mut passages = Passages::empty();
        let category = ForecastCategory::Pipeline;
        passages.add(rows.iter().map(|(day, state, stage)| Row {
            day: *day,
            state: *state,
            stage: *stage,
            owner: 0,
            category,
            probability: 0,
            amount: 0,
            close: NO_DAY,
        }));
        History::new(passages, 1, 6).unwrap()
    }

    #[test]
    fn each_first_visit_is_one_spell() {
        use OpportunityState::{Lost, Open, Suspended};
        let history = told(&[
            (0, Open, 0),
            (5, Open, 1),
            (7, Suspended, 1),
            (17, Open, 1),
            (20, Open, 0),
            (22, Open, 1),
            (30, Lost, 1),
        ]);
        let spells = stage_spells(&history, &METHODS, 100);
        assert_eq!(spells.stage, [0, 1]);
        assert_eq!(spells.days, [5, 5], "days put aside do not count");
        assert_eq!(spells.cause, [Cause::Onward as u8, Cause::Back as u8]);
        let wins = win_spells(&history, 100);
        assert_eq!(
            (wins.stage, wins.days, wins.cause),
            (vec![0, 1], vec![20, 15], vec![Cause::Lost as u8; 2])
        );
        // As known on the tenth day it was put aside in the second stage.
        let then = stage_spells(&history, &METHODS, 10);
        assert_eq!((then.days, then.cause), (vec![5, 2], vec![Cause::Onward as u8, Cause::Unfinished as u8]));
    }

    #[test]
    fn versions_of_a_stage_share_what_is_known_of_it() {
        let spells = Spells {
            opportunity: vec![0, 0, 1],
            stage: vec![0, 2, 2],
            days: vec![9, 4, 7],
            cause: vec![Cause::Won as u8, Cause::Won as u8, Cause::Lost as u8],
        };
        let told = spells.across_versions(&[vec![0, 2], vec![1], vec![0, 2]]);
        assert_eq!(
            (told.opportunity, told.stage, told.days),
            (vec![0, 0, 1, 1], vec![0, 2, 0, 2], vec![9, 9, 7, 7])
        );
        assert_eq!(spells.across_versions(&[vec![0], vec![1], vec![2]]), spells);
    }

    proptest! {
        #[test]
        fn nobody_is_counted_twice_or_for_longer_than_he_was_there(history in history(), day in 0_i32..80) {
            for spells in [stage_spells(&history, &METHODS, day), win_spells(&history, day)] {
                let mut pairs: Vec<_> = spells.opportunity.iter().zip(&spells.stage).collect();
                let count = pairs.len();
                pairs.sort_unstable();
                pairs.dedup();
                prop_assert_eq!(pairs.len(), count);
                for (opportunity, days) in spells.opportunity.iter().zip(&spells.days) {
                    let opened = history.passages().day[history.passages().offsets[*opportunity as usize] as usize];
                    prop_assert!(*days as i32 <= day - opened);
                }
            }
        }
    }
}
