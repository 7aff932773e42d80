//! What changed in the open pipeline of a period between two days: parts that add up to the difference.
//!
//! | part | what | sign |
//! | --- | --- | --- |
//! | new | entered since | + |
//! | reopened | was won, lost or put aside and is open again | + |
//! | moved_in | its close date, or its category, brought it into the period | + |
//! | transferred_in | came from an owner outside | + |
//! | up | worth more | + |
//! | down | worth less | − |
//! | moved_out | its close date, or its category, took it out of the period | − |
//! | transferred_out | went to an owner outside | − |
//! | set_aside | put aside until later | − |
//! | won | won, at what it was won for | − |
//! | lost | lost, at what it was last worth | − |
//!
//! An opportunity may be in two parts: entered and won since, or won for more than it was worth.

use super::{History, Period, Row};
use crate::sales::{ForecastCategory, OpportunityState};
use clientela_model::ClosedList;

/// A part of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Part {
    /// Entered since.
    New,
    /// Open again.
    Reopened,
    /// Brought into the period.
    MovedIn,
    /// Came from an owner outside.
    TransferredIn,
    /// Worth more.
    Up,
    /// Worth less.
    Down,
    /// Taken out of the period.
    MovedOut,
    /// Went to an owner outside.
    TransferredOut,
    /// Put aside.
    SetAside,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// One opportunity's share in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Index of the opportunity.
    pub opportunity: usize,
    /// The part.
    pub part: Part,
    /// By how much it changed the pipeline, in minor units: below zero when it took away.
    pub amount: i128,
}

/// The sum of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartSum {
    /// How many opportunities.
    pub count: u64,
    /// By how much they changed the pipeline, in minor units.
    pub amount: i128,
}

/// A pipeline on two days and what lies between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// The open pipeline at the end of the first day.
    pub start: i128,
    /// The open pipeline at the end of the second day: start and all parts.
    pub end: i128,
    /// The parts, in the order of [`Part`].
    pub parts: [PartSum; 11],
}

/// What changed in a period's pipeline from the end of one day to the end of another, among owners that are `inside`.
#[must_use]
pub fn change(
    history: &History,
    (from, to): (i32, i32),
    period: Period,
    inside: impl Fn(u32) -> bool,
) -> Change {
    let mut change = Change::default();
    for range in history.ranges() {
        let (before, after) = (history.held(range.clone(), from), history.held(range, to));
        let (before, after) = (history.row(before), history.row(after));
        change.start += before.map_or(0, |row| counted(&row, period, &inside));
        change.end += after.map_or(0, |row| counted(&row, period, &inside));
        if before != after {
            between(before, after, period, &inside, |part, amount| {
                let sum = &mut change.parts[part as usize];
                sum.count += 1;
                sum.amount += amount;
            });
        }
    }
    change
}

/// The opportunities behind a change, in their order; each part of each only where it changed something or was won or lost.
pub fn movements(
    history: &History,
    (from, to): (i32, i32),
    period: Period,
    inside: impl Fn(u32) -> bool,
    mut each: impl FnMut(Movement),
) {
    for (opportunity, range) in history.ranges().enumerate() {
        let (before, after) = (history.held(range.clone(), from), history.held(range, to));
        if before != after {
            let (before, after) = (history.row(before), history.row(after));
            between(before, after, period, &inside, |part, amount| {
                each(Movement { opportunity, part, amount })
            });
        }
    }
}

/// Whether a row is in the open pipeline of the period.
fn counts(row: &Row, period: Period, inside: &impl Fn(u32) -> bool) -> bool {
    row.state == OpportunityState::Open
        && row.category != ForecastCategory::Omitted
        && period.holds(row.close)
        && inside(row.owner)
}

fn counted(row: &Row, period: Period, inside: &impl Fn(u32) -> bool) -> i128 {
    if counts(row, period, inside) { i128::from(row.amount) } else { 0 }
}

fn between(
    before: Option<Row>,
    after: Option<Row>,
    period: Period,
    inside: &impl Fn(u32) -> bool,
    mut each: impl FnMut(Part, i128),
) {
    let Some(after) = after else { return };
    let was = before.is_some_and(|row| counts(&row, period, inside));
    let old = before.map_or(0, |row| counted(&row, period, inside));
    let worth = i128::from(after.amount);
    if counts(&after, period, inside) {
        match before {
            Some(_) if was => step(worth - old, &mut each),
            None => each(Part::New, worth),
            Some(row) => each(entrance(&row, inside), worth),
        }
        return;
    }
    // Ended since, in the period and with an owner inside: what it brings is the other side of what left the pipeline.
    let ended =
        |state| after.state == state && before.is_none_or(|row| row.state != state) && inside(after.owner);
    if ended(OpportunityState::Won) && (was || period.holds(after.close)) {
        match before {
            Some(_) if was => step(worth - old, &mut each),
            None => each(Part::New, worth),
            Some(row) => each(entrance(&row, inside), worth),
        }
        each(Part::Won, -worth);
    } else if was {
        each(exit(&after, inside), -old);
    } else if ended(OpportunityState::Lost) && before.is_none() && period.holds(after.close) {
        each(Part::New, worth);
        each(Part::Lost, -worth);
    }
}

fn step(difference: i128, each: &mut impl FnMut(Part, i128)) {
    match difference.signum() {
        1 => each(Part::Up, difference),
        -1 => each(Part::Down, difference),
        _ => {}
    }
}

/// How what was there but not counted came to be counted.
fn entrance(before: &Row, inside: &impl Fn(u32) -> bool) -> Part {
    match before.state {
        _ if !inside(before.owner) => Part::TransferredIn,
        OpportunityState::Open => Part::MovedIn,
        _ => Part::Reopened,
    }
}

/// How what was counted came to be counted no longer.
fn exit(after: &Row, inside: &impl Fn(u32) -> bool) -> Part {
    match after.state {
        _ if !inside(after.owner) => Part::TransferredOut,
        OpportunityState::Lost => Part::Lost,
        OpportunityState::Suspended => Part::SetAside,
        OpportunityState::Won => Part::Won,
        OpportunityState::Open => Part::MovedOut,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::history;
    use super::super::{NO_DAY, Passages};
    use super::*;
    use proptest::prelude::*;

    const PERIOD: Period = Period { first: 100, last: 130 };

    fn row(day: i32, state: OpportunityState, amount: i64, close: i32) -> Row {
        let category = ForecastCategory::Pipeline;
        Row { day, state, stage: 0, owner: 0, category, probability: 50, amount, close }
    }

    /// What happened between day 10 and day 20, and the parts it is in.
    #[test]
    fn each_story_is_told_in_its_parts() {
        use OpportunityState::{Lost, Open, Suspended, Won};
        type Story<'a> = (&'a str, Vec<Row>, &'a [(Part, i128)]);
        let stories: [Story<'_>; 12] = [
            ("nothing", vec![row(1, Open, 50, 110)], &[]),
            ("new", vec![row(15, Open, 50, 110)], &[(Part::New, 50)]),
            ("up", vec![row(1, Open, 50, 110), row(12, Open, 70, 110)], &[(Part::Up, 20)]),
            ("down", vec![row(1, Open, 50, 110), row(12, Open, 30, 110)], &[(Part::Down, -20)]),
            ("moved out", vec![row(1, Open, 50, 110), row(12, Open, 60, 140)], &[(Part::MovedOut, -50)]),
            ("moved in", vec![row(1, Open, 50, NO_DAY), row(12, Open, 60, 110)], &[(Part::MovedIn, 60)]),
            ("put aside", vec![row(1, Open, 50, 110), row(12, Suspended, 50, 110)], &[(Part::SetAside, -50)]),
            (
                "won for more",
                vec![row(1, Open, 50, 110), row(12, Won, 60, 101)],
                &[(Part::Up, 10), (Part::Won, -60)],
            ),
            ("lost", vec![row(1, Open, 50, 110), row(12, Lost, 50, 12)], &[(Part::Lost, -50)]),
            ("reopened", vec![row(1, Lost, 50, 5), row(12, Open, 50, 110)], &[(Part::Reopened, 50)]),
            (
                "entered and won",
                vec![row(12, Open, 40, 110), row(14, Won, 40, 105)],
                &[(Part::New, 40), (Part::Won, -40)],
            ),
            ("after the second day", vec![row(25, Open, 50, 110)], &[]),
        ];
        for (story, rows, expected) in stories {
            let mut passages = Passages::empty();
            passages.add(rows);
            let history = History::new(passages, 1, 1).unwrap();
            let mut found = Vec::new();
            movements(&history, (10, 20), PERIOD, |_| true, |one| found.push((one.part, one.amount)));
            assert_eq!(found, expected, "{story}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_difference(
            history in history(), from in 0_i32..60, later in 0_i32..30, first in 0_i32..40, days in 0_i32..40, owner in 0_u32..5,
        ) {
            let period = Period { first, last: first + days };
            let inside = |one: u32| owner == 4 || one == owner;
            let found = change(&history, (from, from + later), period, inside);
            let parts: i128 = found.parts.iter().map(|part| part.amount).sum();
            prop_assert_eq!(found.start + parts, found.end);
            let mut sums = [PartSum::default(); 11];
            movements(&history, (from, from + later), period, inside, |one| {
                sums[one.part as usize].count += 1;
                sums[one.part as usize].amount += one.amount;
            });
            prop_assert_eq!(sums, found.parts);
            if later == 0 {
                prop_assert!(found.parts.iter().all(|part| part.count == 0));
            }
        }

        /// Two steps in a row say in sum what one long step says.
        #[test]
        fn what_lies_between_can_be_divided(history in history(), from in 0_i32..40, first in 0_i32..20, second in 0_i32..20) {
            let period = Period { first: 10, last: 45 };
            let (middle, to) = (from + first, from + first + second);
            let whole = change(&history, (from, to), period, |_| true);
            let one = change(&history, (from, middle), period, |_| true);
            let other = change(&history, (middle, to), period, |_| true);
            prop_assert_eq!(one.end, other.start);
            prop_assert_eq!(one.end - one.start + other.end - other.start, whole.end - whole.start);
        }
    }
}
