//! Which positions somebody holds, and at which nobody is there.

use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::assignment::SellerCapacity;
use clientela_core::ids::{PositionId, UserId};
use clientela_core::organisation::{Holding, User};
use clientela_core::time::Absence;
use clientela_model::{Field, Predicate};
use std::collections::HashSet;

/// The positions that somebody who may sign in holds on a day, each table read once.
pub(crate) fn held_on(view: &View<'_>, day: NaiveDate) -> Result<HashSet<PositionId>> {
    let users: Vec<User> = view.unseen(&Predicate::Everything)?;
    let active: HashSet<UserId> = users.into_iter().filter(|user| user.active).map(|user| user.id).collect();
    let holdings: Vec<Holding> = view.unseen(&Predicate::Everything)?;
    let held = holdings
        .into_iter()
        .filter(|holding| active.contains(&holding.user))
        .filter(|holding| holding.period().is_ok_and(|period| period.contains(day)));
    Ok(held.map(|holding| holding.position).collect())
}

/// The positions that are on leave on a day, or whose holder is recorded as away, each table read once.
pub(crate) fn away_on(view: &View<'_>, day: NaiveDate) -> Result<HashSet<PositionId>> {
    let recorded: Vec<Absence> = view.unseen(&Predicate::equals("withdrawn", false.to_value()))?;
    let recorded = recorded
        .into_iter()
        .filter(|absence| (absence.first_day..=absence.last_day).contains(&day))
        .map(|absence| absence.owner);
    let capacities: Vec<SellerCapacity> = view.unseen(&Predicate::Everything)?;
    let on_leave =
        capacities.iter().filter(|capacity| capacity.away_on(day)).map(|capacity| capacity.position);
    Ok(recorded.chain(on_leave).collect())
}
