//! What becomes of the opportunities that come to a stage: by cohorts of the day they came, never from today's stock, in which
//! slow ones stand too often.
//!
//! An opportunity comes to a stage once, on the first day it reaches it or a later one of the same method; coming back does
//! not count. After a change of method only the stage it was put in counts as reached. With a horizon only cohorts that have been
//! watched for so many days count, and only what happened within them.

use super::{History, NO_DAY};
use crate::sales::OpportunityState;

/// What became of those that came to a stage in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Conversion {
    /// How many came to it.
    pub reached: u64,
    /// How many of them came to a later stage or were won.
    pub onward: u64,
    /// How many of them were won.
    pub won: u64,
    /// How many of them were lost.
    pub lost: u64,
}

/// What became of those that came to each stage, as known at the end of `day`: periods one after the other, stages within them.
///
/// `periods` are first days in order, the last one ends them; `methods` gives for each stage the index of its method.
#[must_use]
pub fn conversion(
    history: &History,
    methods: &[u32],
    periods: &[i32],
    day: i32,
    horizon: Option<u32>,
) -> Vec<Conversion> {
    let stages = history.stages().min(methods.len());
    let mut found = vec![Conversion::default(); periods.len().saturating_sub(1) * stages];
    let mut journey = Journey::new(stages);
    for range in history.ranges() {
        journey.walk(history, methods, range, day);
        for place in 0..journey.reached.len() {
            let (stage, reached) = journey.reached[place];
            let until =
                horizon.map_or(day, |days| reached.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)));
            let period = periods.partition_point(|first| *first <= reached);
            if until > day || period == 0 || period == periods.len() {
                continue;
            }
            let cell = &mut found[(period - 1) * stages + stage as usize];
            let next = journey.first_beyond(place, methods);
            let ended = |state| journey.ended.is_some_and(|(end, on)| end == state && on <= until);
            cell.reached += 1;
            cell.won += u64::from(ended(OpportunityState::Won));
            cell.lost += u64::from(ended(OpportunityState::Lost));
            cell.onward += u64::from(next <= until || ended(OpportunityState::Won));
        }
    }
    found
}

/// One opportunity's way, kept to be used again for the next.
struct Journey {
    /// Stages in the order they were reached, with the day.
    reached: Vec<(u32, i32)>,
    known: Vec<bool>,
    /// Won or lost, and when.
    ended: Option<(OpportunityState, i32)>,
}

impl Journey {
    fn new(stages: usize) -> Self {
        Self { reached: Vec::new(), known: vec![false; stages], ended: None }
    }

    fn walk(&mut self, history: &History, methods: &[u32], range: std::ops::Range<usize>, day: i32) {
        for (stage, _) in self.reached.drain(..) {
            self.known[stage as usize] = false;
        }
        self.ended = None;
        let all = history.passages();
        let mut furthest: Option<u32> = None;
        for row in range.take_while(|row| all.day[*row] <= day) {
            let (stage, at) = (all.stage[row], all.day[row]);
            let method = |stage: u32| methods.get(stage as usize);
            let first = match furthest {
                Some(before) if method(before) == method(stage) => before + 1,
                Some(_) => stage,
                // What is entered further on has passed over what lies before.
                None => {
                    (0..=stage).rev().take_while(|one| method(*one) == method(stage)).last().unwrap_or(stage)
                }
            };
            for passed in first..=stage {
                if let Some(known) = self.known.get_mut(passed as usize).filter(|known| !**known) {
                    *known = true;
                    self.reached.push((passed, at));
                }
            }
            furthest = match furthest {
                Some(before) if method(before) == method(stage) => Some(before.max(stage)),
                _ => Some(stage),
            };
            self.ended = match (all.state[row], self.ended) {
                (OpportunityState::Won | OpportunityState::Lost, Some((state, on)))
                    if state == all.state[row] =>
                {
                    Some((state, on))
                }
                (state @ (OpportunityState::Won | OpportunityState::Lost), _) => Some((state, at)),
                _ => None,
            };
        }
    }

    /// The day a later stage was reached than the one in that place.
    fn first_beyond(&self, place: usize, methods: &[u32]) -> i32 {
        let (stage, _) = self.reached[place];
        let later = |(one, _): &&(u32, i32)| {
            *one > stage && methods.get(*one as usize) == methods.get(stage as usize)
        };
        self.reached.iter().filter(later).map(|(_, day)| *day).min().unwrap_or(NO_DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{METHODS, history};
    use super::super::{Passages, Row};
    use super::*;
    use crate::sales::ForecastCategory;
    use OpportunityState::{Lost, Open, Won};
    use proptest::prelude::*;

    fn told(stories: &[&[(i32, OpportunityState, u32)]]) -> History {
        let mut passages = Passages::empty();
        let category = ForecastCategory::Pipeline;
        for rows in stories {
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
        }
        History::new(passages, 1, 6).unwrap()
    }

    #[test]
    fn a_small_funnel_is_as_counted_by_hand() {
        let history = told(&[
            &[(0, Open, 0), (3, Open, 1), (9, Open, 2), (12, Won, 2)],
            &[(1, Open, 0), (4, Open, 2), (5, Open, 0), (6, Open, 1), (7, Lost, 1)],
            &[(2, Open, 0)],
            &[(40, Open, 0), (41, Lost, 0)],
        ]);
        let found = conversion(&history, &METHODS, &[0, 30, 60], 50, None);
        let row = |reached, onward, won, lost| Conversion { reached, onward, won, lost };
        assert_eq!(found[..3], [row(3, 2, 1, 1), row(2, 2, 1, 1), row(2, 1, 1, 1)]);
        assert_eq!(found[6], row(1, 0, 0, 1));
        // Within five days of coming: the second period is watched too, the wins came later.
        let soon = conversion(&history, &METHODS, &[0, 30, 60], 50, Some(5));
        assert_eq!(soon[..3], [row(3, 2, 0, 0), row(2, 1, 0, 1), row(2, 1, 1, 1)]);
        // On the day 42 nobody has watched the second period for five days.
        assert_eq!(conversion(&history, &METHODS, &[0, 30, 60], 42, Some(5))[6], row(0, 0, 0, 0));
    }

    proptest! {
        #[test]
        fn parts_are_not_more_than_the_whole(history in history(), day in 0_i32..80, horizon in prop::option::of(0_u32..40)) {
            let periods = [0, 10, 20, 90];
            let found = conversion(&history, &METHODS, &periods, day, horizon);
            for one in &found {
                prop_assert!(one.onward <= one.reached && one.won + one.lost <= one.reached && one.won <= one.onward);
            }
            // The first stage is reached by whoever entered in its method, however the periods are cut.
            let whole = conversion(&history, &METHODS, &[0, 90], day, horizon);
            for stage in 0..6 {
                let sum: u64 = (0..3).map(|period| found[period * 6 + stage].reached).sum();
                prop_assert_eq!(sum, whole[stage].reached);
            }
        }
    }
}
