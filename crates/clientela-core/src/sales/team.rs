//! Who works on an opportunity and how its credit is shared: the parts are 100 percent together, always.

use super::{MemberRole, Opportunity, OpportunityMember};
use crate::ids::{OpportunityId, OpportunityMemberId, PositionId, UnitId};
use crate::performance::{CreditError, Split, check_splits};
use clientela_model::{Coded, ErrorKind};
use rust_decimal::Decimal;

/// A position in a team.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// The position.
    pub position: PositionId,
    /// The unit that is credited with its part.
    pub unit: UnitId,
    /// What it does.
    pub role: MemberRole,
    /// Its part of the credit in percent; zero for who helps without being credited.
    pub share: Decimal,
}

/// A team that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TeamError {
    /// A position is in it twice.
    #[error("a position is in the team twice; name each once, with all of its share")]
    Twice,
    /// The parts do not add up.
    #[error(transparent)]
    Shares(#[from] CreditError),
}

impl Coded for TeamError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Twice => ErrorKind::Validation,
            Self::Shares(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Twice => "opportunity.member_twice",
            Self::Shares(error) => error.code(),
        }
    }
    fn field(&self) -> Option<String> {
        Some("team".to_owned())
    }
}

/// What becomes of a stored team: rows to change and rows to add.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TeamChange {
    /// Rows that are there and change. Who leaves keeps his row, without a share.
    pub changed: Vec<OpportunityMember>,
    /// Rows that are new.
    pub added: Vec<OpportunityMember>,
}

/// Puts a team in the place of the one stored. An empty one leaves the opportunity to its owner alone.
///
/// # Errors
/// `opportunity.member_twice`, `credit.splits` when the shares are not 100 percent together or one is below zero.
pub fn set(
    opportunity: OpportunityId,
    stored: &[OpportunityMember],
    seats: &[Seat],
    mut next_id: impl FnMut() -> OpportunityMemberId,
) -> Result<TeamChange, TeamError> {
    let twice = |at: usize| seats[..at].iter().any(|one| one.position == seats[at].position);
    if (0..seats.len()).any(twice) {
        return Err(TeamError::Twice);
    }
    if !seats.is_empty() {
        let credited = seats.iter().filter(|seat| !seat.share.is_zero());
        let splits: Vec<Split> = credited
            .map(|seat| Split { owner: seat.position, unit: seat.unit, percent: seat.share })
            .collect();
        check_splits(&splits)?;
    }
    let mut change = TeamChange::default();
    for member in stored {
        let mut after = member.clone();
        match seats.iter().find(|seat| seat.position == member.position) {
            Some(seat) => {
                (after.unit, after.role, after.share, after.active) =
                    (seat.unit, seat.role, seat.share, true);
            }
            None => (after.share, after.active) = (Decimal::ZERO, false),
        }
        if after != *member {
            change.changed.push(after);
        }
    }
    for seat in seats.iter().filter(|seat| stored.iter().all(|member| member.position != seat.position)) {
        change.added.push(OpportunityMember {
            id: next_id(),
            opportunity,
            position: seat.position,
            unit: seat.unit,
            role: seat.role,
            share: seat.share,
            active: true,
        });
    }
    Ok(change)
}

/// How the credit of an opportunity is shared: by its team, or all of it for the owner where there is none.
#[must_use]
pub fn splits(opportunity: &Opportunity, members: &[OpportunityMember]) -> Vec<Split> {
    let mut credited: Vec<&OpportunityMember> =
        members.iter().filter(|member| member.active && !member.share.is_zero()).collect();
    credited.sort_by_key(|member| member.id);
    if credited.is_empty() {
        let (owner, unit) = (opportunity.owner, opportunity.unit);
        return vec![Split { owner, unit, percent: Decimal::ONE_HUNDRED }];
    }
    credited
        .into_iter()
        .map(|member| Split { owner: member.position, unit: member.unit, percent: member.share })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    fn seat(position: u128, share: i64) -> Seat {
        Seat {
            position: id(position),
            unit: id(1),
            role: MemberRole::CoSeller,
            share: Decimal::new(share, 1),
        }
    }

    fn ids() -> impl FnMut() -> OpportunityMemberId {
        let mut next = 100;
        move || {
            next += 1;
            id(next)
        }
    }

    #[test]
    fn shares_that_do_not_add_up_are_refused() {
        type Case<'a> = (&'a [(u128, i64)], Option<&'a str>);
        let table: [Case<'_>; 6] = [
            (&[(1, 600), (2, 400)], None),
            (&[(1, 1000), (2, 0)], None),
            (&[(1, 600), (2, 399)], Some("credit.splits")),
            (&[(1, 1100), (2, -100)], Some("credit.splits")),
            (&[(1, 500), (1, 500)], Some("opportunity.member_twice")),
            (&[], None),
        ];
        for (seats, expected) in table {
            let seats: Vec<Seat> = seats.iter().map(|(position, share)| seat(*position, *share)).collect();
            let found = set(id(9), &[], &seats, ids()).map_err(|error| error.code());
            assert_eq!(found.err(), expected, "{seats:?}");
        }
    }

    proptest! {
        /// However teams follow each other, what is stored adds up to 100 percent or names nobody.
        #[test]
        fn a_stored_team_always_adds_up(teams in prop::collection::vec(prop::collection::vec((1_u128..5, 0_i64..1001), 0..4), 1..6)) {
            let mut stored: Vec<OpportunityMember> = Vec::new();
            let mut next = ids();
            for team in teams {
                let mut seats: Vec<Seat> = team.iter().map(|(position, share)| seat(*position, *share)).collect();
                // Most draws do not add up: the last one takes the rest, which may be below zero.
                let sum: Decimal = seats.iter().skip(1).map(|seat| seat.share).sum();
                if let Some(first) = seats.first_mut() {
                    first.share = Decimal::ONE_HUNDRED - sum;
                }
                let Ok(change) = set(id(9), &stored, &seats, &mut next) else { continue };
                for changed in change.changed {
                    let place = stored.iter().position(|member| member.id == changed.id).unwrap();
                    stored[place] = changed;
                }
                stored.extend(change.added);
                let sum: Decimal = stored.iter().map(|member| member.share).sum();
                prop_assert!(sum == Decimal::ONE_HUNDRED || stored.iter().all(|member| !member.active));
            }
        }
    }
}
