//! Substitutes: who stands in for the one who holds a position, with all its rights, between two days.

use super::holding::holds_within;
use super::position::{Holding, User};
use crate::ids::{HoldingId, PositionId};
use chrono::NaiveDate;
use clientela_model::ValueError;

/// A substitute's hold on a position. `held` are the holdings of that user.
///
/// # Errors
/// In this order: `substitute.ends_before_it_begins`, `substitute.inactive`, `substitute.holds_already`.
pub fn substitute(
    id: HoldingId,
    user: &User,
    position: PositionId,
    first_day: NaiveDate,
    last_day: NaiveDate,
    held: &[Holding],
) -> Result<Holding, ValueError> {
    let refused = |code, what, problem, expected, field: &str| {
        Err(ValueError::new(code, what, problem, expected).at(field))
    };
    if last_day < first_day {
        let (problem, right) = ("is before the first", "a day not before the first");
        return refused("substitute.ends_before_it_begins", "last day", problem, right, "to");
    }
    if !user.active {
        let (problem, right) = ("may not sign in", "a user who may sign in");
        return refused("substitute.inactive", "user", problem, right, "user");
    }
    if holds_within(held, user, position, first_day, Some(last_day)) {
        let (problem, right) = ("holds the position on some of these days", "days on which he does not");
        return refused("substitute.holds_already", "user", problem, right, "user");
    }
    Ok(Holding {
        id,
        user: user.id,
        position,
        substitute: true,
        valid_from: first_day,
        valid_to: Some(last_day),
    })
}
