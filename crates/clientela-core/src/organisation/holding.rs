//! Who takes a seat: a user's hold on a position in his own right.

use super::position::{Holding, User};
use crate::ids::{HoldingId, PositionId};
use chrono::NaiveDate;
use clientela_model::ValueError;

/// A user's hold on a position from a day on; he may hold several. `held` are the holdings of that user.
///
/// # Errors
/// In this order: `holding.ends_before_it_begins`, `holding.inactive`, `holding.holds_already`.
pub fn begin_holding(
    id: HoldingId,
    user: &User,
    position: PositionId,
    (first_day, last_day): (NaiveDate, Option<NaiveDate>),
    held: &[Holding],
) -> Result<Holding, ValueError> {
    let refused = |code, what, problem, expected, field: &str| {
        Err(ValueError::new(code, what, problem, expected).at(field))
    };
    if last_day.is_some_and(|last| last < first_day) {
        let (problem, right) = ("is before the first", "a day not before the first");
        return refused("holding.ends_before_it_begins", "last day", problem, right, "to");
    }
    if !user.active {
        let (problem, right) = ("may not sign in", "a user who may sign in; see user.activate");
        return refused("holding.inactive", "user", problem, right, "user");
    }
    if holds_within(held, user, position, first_day, last_day) {
        let (problem, right) = ("holds the position on some of these days", "days on which he does not");
        return refused("holding.holds_already", "user", problem, right, "user");
    }
    Ok(Holding { id, user: user.id, position, substitute: false, valid_from: first_day, valid_to: last_day })
}

/// Whether a user holds a position on any day from the first to the last; without a last day, on any from then on.
pub(super) fn holds_within(
    held: &[Holding],
    user: &User,
    position: PositionId,
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
) -> bool {
    held.iter().any(|holding| {
        holding.position == position
            && holding.user == user.id
            && last_day.is_none_or(|last| holding.valid_from <= last)
            && holding.valid_to.is_none_or(|last| last >= first_day)
    })
}
