//! Which position a user acts from.
//!
//! A refusal does not tell whether a login exists: a wrong name and a user who may no longer sign in get the same
//! answer, and so do a position that does not exist and one that another holds.

use super::access::Actor;
use super::position::{Holding, Position, User};
use super::profile::Grant;
use super::sharing::Shared;
use crate::ids::{PositionId, UnitId};
use chrono::NaiveDate;
use clientela_model::{Coded, ErrorKind, Why};

/// A user and the position he acts from.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedIn<'a> {
    /// The user.
    pub user: &'a User,
    /// The position.
    pub position: &'a Position,
    /// The holding that gives the right to it; it tells whether as a substitute.
    pub holding: &'a Holding,
    /// Why this position.
    pub why: Why,
}

impl SignedIn<'_> {
    /// Whom every call is made as, with the rights of the position's profile; rights of other profiles are passed over.
    /// `superiors` are the positions above it.
    #[must_use]
    pub fn actor(
        &self,
        grants: impl IntoIterator<Item = Grant>,
        shares: Vec<Shared>,
        superiors: Vec<PositionId>,
    ) -> Actor {
        let profile = self.position.profile;
        Actor {
            user: self.user.id,
            position: self.position.id,
            unit: self.position.unit,
            grants: grants.into_iter().filter(|grant| grant.profile == profile).collect(),
            shares,
            superiors,
        }
    }
}

/// A user who cannot sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No such user, or one who may not sign in.
    #[error("this user cannot sign in; check the name with the administrator")]
    UnknownUser,
    /// No position to act from.
    #[error("the user has no such position on this day; name one that he holds")]
    NoPosition,
}

impl Coded for SignInError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Rights
    }
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownUser => "session.unknown_user",
            Self::NoPosition => "session.no_position",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::UnknownUser => "login",
            Self::NoPosition => "position",
        };
        Some(field.to_owned())
    }
}

/// Chooses the position a user acts from.
///
/// `user` is what was found by the login, `holdings` are the user's, `positions` at least those they name. `asked` is
/// the id or the title of a position; `day` is the day it is in a unit. Without it, it is the position the user holds for himself, the earliest begun if
/// there are several, or the only one he holds as a substitute; a substitute for several must say for whom he acts.
///
/// # Errors
/// `session.unknown_user`, `session.no_position`.
pub fn sign_in<'a>(
    user: Option<&'a User>,
    holdings: &'a [Holding],
    positions: &'a [Position],
    asked: Option<&str>,
    day: impl Fn(UnitId) -> NaiveDate,
) -> Result<SignedIn<'a>, SignInError> {
    let user = user.filter(|user| user.active).ok_or(SignInError::UnknownUser)?;
    let mut valid: Vec<(&Holding, &Position)> = holdings
        .iter()
        .filter(|holding| holding.user == user.id)
        .filter_map(|holding| {
            positions
                .iter()
                .find(|position| position.id == holding.position)
                .filter(|position| holds_on(holding, day(position.unit)))
                .map(|position| (holding, position))
        })
        .collect();
    valid.sort_by_key(|(holding, _)| (holding.substitute, holding.valid_from, holding.id));
    let chosen = match asked {
        Some(asked) => {
            let id = asked.parse::<PositionId>().ok();
            let is_asked = |position: &Position| Some(position.id) == id || position.title == asked;
            valid.iter().find(|(_, position)| is_asked(position))
        }
        None => match valid.as_slice() {
            [only] => Some(only),
            [first, ..] if !first.0.substitute => Some(first),
            _ => None,
        },
    };
    let &(holding, position) = chosen.ok_or(SignInError::NoPosition)?;
    let why = Why::new(match (asked, holding.substitute) {
        (Some(_), _) => "session.position_asked",
        (None, false) => "session.own_position",
        (None, true) => "session.only_substitution",
    })
    .fact("position", position.id)
    .fact("title", &position.title);
    Ok(SignedIn { user, position, holding, why })
}

/// Whether the holding is in force; one whose period makes no sense never is.
fn holds_on(holding: &Holding, day: NaiveDate) -> bool {
    holding.period().is_ok_and(|period| period.contains(day))
}
