//! Who leaves and comes back: a user who may no longer sign in or may again, a position that is held no longer.

use super::position::{Holding, User};
use crate::ids::{PositionId, UserId};
use chrono::NaiveDate;
use clientela_model::ValueError;

/// Keeps a user from signing in.
///
/// # Errors
/// `user.self` for the one who acts: nobody locks himself out.
pub fn deactivate(user: &User, acting: UserId) -> Result<User, ValueError> {
    if user.id == acting {
        return Err(ValueError::new(
            "user.self",
            "user",
            "is the one who acts",
            "another user; ask a second administrator",
        )
        .at("user"));
    }
    Ok(User { active: false, ..user.clone() })
}

/// Lets a user sign in again. What he holds is what he held: a holding that was ended is begun anew.
///
/// # Errors
/// `user.active` for one who may already.
pub fn activate(user: &User) -> Result<User, ValueError> {
    if user.active {
        let (problem, expected) = ("may sign in already", "a user who was kept from it");
        return Err(ValueError::new("user.active", "user", problem, expected).at("user"));
    }
    Ok(User { active: true, ..user.clone() })
}

/// Ends a holding that lasts, with its last day. Without a position it is the only one that lasts.
///
/// # Errors
/// `holding.not_held`, `holding.several`, `holding.ends_before_it_begins`.
pub fn end_holding(
    holdings: &[Holding],
    position: Option<PositionId>,
    last_day: NaiveDate,
    today: NaiveDate,
) -> Result<Holding, ValueError> {
    let lasts = |holding: &&Holding| {
        holding.valid_to.is_none_or(|end| end >= today)
            && position.is_none_or(|named| holding.position == named)
    };
    let lasting: Vec<&Holding> = holdings.iter().filter(lasts).collect();
    let holding = match lasting.as_slice() {
        [one] => *one,
        [] => {
            return Err(ValueError::new(
                "holding.not_held",
                "position",
                "is not held by the user",
                "a position he holds today or later",
            )
            .at("position"));
        }
        _ => {
            return Err(ValueError::new(
                "holding.several",
                "position",
                "is not said, and the user holds several",
                "the title of one of them",
            )
            .at("position"));
        }
    };
    if last_day < holding.valid_from {
        return Err(ValueError::new(
            "holding.ends_before_it_begins",
            "last day",
            "is before the first",
            "a day not before the first",
        )
        .at("last_day"));
    }
    Ok(Holding { valid_to: Some(last_day), ..holding.clone() })
}
