//! Which positions somebody holds.

use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::{PositionId, UserId};
use clientela_core::organisation::{Holding, User};
use clientela_model::Predicate;
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
