//! How fast a pipeline turns into business: number × value × win rate ÷ length of the cycle.

use super::{History, NO_ROW, Period};
use crate::sales::OpportunityState;
use rust_decimal::Decimal;

/// What the velocity of a group is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Velocity {
    /// Open opportunities at the end of the day.
    pub open: u64,
    /// Won in the period.
    pub won: u64,
    /// Lost in the period.
    pub lost: u64,
    /// What was won, in minor units.
    pub won_amount: i128,
    /// Days from entry to win, of all that were won.
    pub cycle_days: u64,
}

impl Velocity {
    /// Minor units a day: open × (won ÷ (won + lost)) × (amount ÷ won) ÷ (cycle days ÷ won), as one fraction that is rounded
    /// once. None before anything was won; a win on the day of entry counts as one day.
    #[must_use]
    pub fn per_day(&self) -> Option<Decimal> {
        if self.won == 0 {
            return None;
        }
        let above = Decimal::try_from_i128_with_scale(self.won_amount, 0)
            .ok()?
            .checked_mul(Decimal::from(self.open))?
            .checked_mul(Decimal::from(self.won))?;
        let below =
            Decimal::from(self.won + self.lost).checked_mul(Decimal::from(self.cycle_days.max(self.won)))?;
        above.checked_div(below)
    }
}

/// The velocity of each group, as known at the end of `day`: `groups[i]` is the group of opportunity `i`, of `count`.
#[must_use]
pub fn velocity(history: &History, groups: &[u32], count: usize, period: Period, day: i32) -> Vec<Velocity> {
    let all = history.passages();
    let mut found = vec![Velocity::default(); count];
    for (range, group) in history.ranges().zip(groups) {
        let (first, row) = (range.start, history.held(range, day));
        let Some(group) = found.get_mut(*group as usize).filter(|_| row != NO_ROW) else { continue };
        let row = row as usize;
        let ended = period.holds(all.close[row]);
        match all.state[row] {
            OpportunityState::Open => group.open += 1,
            OpportunityState::Won if ended => {
                group.won += 1;
                group.won_amount += i128::from(all.amount[row]);
                group.cycle_days += u64::try_from(all.close[row].saturating_sub(all.day[first])).unwrap_or(0);
            }
            OpportunityState::Lost if ended => group.lost += 1,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::samples::history;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn velocity_is_the_formula() {
        // 12 open, one in four won, 90 000 each, 60 days: 12 × 0.25 × 90 000 ÷ 60.
        let one = Velocity { open: 12, won: 2, lost: 6, won_amount: 180_000, cycle_days: 120 };
        assert_eq!(one.per_day(), Some(Decimal::from(4_500)));
        assert_eq!(Velocity { open: 3, lost: 2, ..Velocity::default() }.per_day(), None);
    }

    proptest! {
        #[test]
        fn groups_add_up_to_all(history in history(), day in 0_i32..80, groups in prop::collection::vec(0_u32..3, 25)) {
            let period = Period { first: 5, last: 50 };
            let parts = velocity(&history, &groups, 3, period, day);
            let whole = velocity(&history, &[0; 25], 1, period, day)[0];
            prop_assert_eq!(parts.iter().map(|one| one.open).sum::<u64>(), whole.open);
            prop_assert_eq!(parts.iter().map(|one| one.won_amount).sum::<i128>(), whole.won_amount);
            prop_assert_eq!(parts.iter().map(|one| one.cycle_days).sum::<u64>(), whole.cycle_days);
        }
    }
}
