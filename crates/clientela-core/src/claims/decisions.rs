//! What is answered to a claim.

use super::records::{Claim, ClaimState};
use crate::ids::{ClaimId, PartyId, UnitId};
use crate::organisation::UnitTree;
use crate::party::Seat;
use chrono::{DateTime, Duration, Utc};
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, ValueError, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a claim protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimPolicy {
    /// Days, 1 to 3,660.
    pub protection_days: u32,
}

impl Default for ClaimPolicy {
    fn default() -> Self {
        Self { protection_days: 90 }
    }
}

impl ClaimPolicy {
    /// Refuses a protection that is none or has no end.
    ///
    /// # Errors
    /// `claim_policy.days`.
    pub fn check(self) -> Result<Self, ValueError> {
        if (1..=3_660).contains(&self.protection_days) {
            return Ok(self);
        }
        let error = ValueError::new("claim_policy.days", "protection", "is out of range", "1 to 3660 days");
        Err(error.at("protection_days"))
    }
}

/// Where a dealer stands with a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ClaimStanding {
    /// Nobody is protected.
    Free,
    /// The dealer is protected.
    Yours,
    /// Another dealer is protected.
    Contested,
}

/// What a claim came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The claim as it is to be kept.
    pub claim: Claim,
    /// Where the dealer stands.
    pub standing: ClaimStanding,
    /// Whether the claim was there before.
    pub known: bool,
    /// Why; nothing of another dealer is in it.
    pub why: Why,
}

/// A step of a claim that is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// There is nothing to be let go or decided.
    #[error("there is no claim that could be {step}; make one first")]
    None {
        /// What was to be done.
        step: &'static str,
    },
    /// Somebody decides who is not asked.
    #[error(
        "your position does not decide between these dealers; ask the manager of the lowest unit above both"
    )]
    NotArbiter,
    /// Another dealer is protected.
    #[error("another dealer is protected with this party; ask the manager of the unit the reason names")]
    Protected {
        /// Whom to ask; nothing of the other dealer is in it.
        why: Why,
    },
    /// Nobody contests it.
    #[error("nobody contests the claim; there is nothing to decide")]
    NotContested {
        /// The claim.
        id: ClaimId,
    },
}

impl Coded for ClaimError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotArbiter => ErrorKind::Rights,
            _ => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotArbiter => "claim.not_arbiter",
            Self::None { .. } => "claim.none",
            Self::NotContested { .. } => "claim.not_contested",
            Self::Protected { .. } => "claim.protected",
        }
    }
    fn field(&self) -> Option<String> {
        Some("claim".to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::NotContested { id } => Some(id.uuid()),
            Self::None { .. } | Self::NotArbiter | Self::Protected { .. } => None,
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::Protected { why } => Some(why),
            _ => None,
        }
    }
}

/// Where a dealer stands with a party whose claims are given, of all dealers.
#[must_use]
pub fn standing(
    dealer: UnitId,
    claims: &[Claim],
    at: DateTime<Utc>,
) -> (ClaimStanding, Option<DateTime<Utc>>) {
    match claims.iter().find(|claim| claim.protects(at)) {
        None => (ClaimStanding::Free, None),
        Some(claim) if claim.unit == dealer => (ClaimStanding::Yours, claim.protected_until),
        Some(_) => (ClaimStanding::Contested, None),
    }
}

/// The dealers who are protected or wait for a decision, each once.
#[must_use]
pub fn contenders(claims: &[Claim], at: DateTime<Utc>) -> Vec<UnitId> {
    let mut dealers: Vec<UnitId> =
        claims.iter().filter(|claim| claim.is_open(at)).map(|claim| claim.unit).collect();
    dealers.sort_unstable();
    dealers.dedup();
    dealers
}

/// Refuses whoever does not decide between the dealers: that is the affair of the lowest unit above all of them, in a position
/// that may change the claims of each. Where no two contend, any unit above the chosen dealer may hear so.
///
/// # Errors
/// `claim.not_arbiter`.
pub fn check_arbiter(
    (unit, may_change_all): (UnitId, bool),
    chosen: UnitId,
    dealers: &[UnitId],
    tree: &UnitTree,
) -> Result<(), ClaimError> {
    let decides = match dealers {
        [] | [_] => unit != chosen && tree.lies_in(chosen, unit),
        _ => tree.lowest_common(dealers.iter().copied()) == Some(unit),
    };
    if may_change_all && decides { Ok(()) } else { Err(ClaimError::NotArbiter) }
}

/// What two parties that become one party change of their claims: the first to protect goes on protecting, those of other dealers
/// are contested from now on, and somebody is to decide.
#[must_use]
pub fn brought_together(claims: &[Claim], at: DateTime<Utc>) -> Vec<Claim> {
    let protecting = || claims.iter().filter(|claim| claim.protects(at));
    let Some(first) = protecting().min_by_key(|claim| (claim.at, claim.id)) else { return Vec::new() };
    let others = protecting().filter(|claim| claim.unit != first.unit);
    others
        .map(|claim| Claim { state: ClaimState::Contested, protected_until: None, ..claim.clone() })
        .collect()
}

fn until(policy: ClaimPolicy, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    at.checked_add_signed(Duration::days(i64::from(policy.protection_days)))
}

/// Claims a party for a dealer. One that is protected already is told so, and its time does not begin anew; a contested claim
/// is granted when the party has become free since.
#[must_use]
pub fn claim(
    (id, party): (ClaimId, PartyId),
    seat: Seat,
    claims: &[Claim],
    policy: ClaimPolicy,
    at: DateTime<Utc>,
) -> Decided {
    let (standing, _) = standing(seat.unit, claims, at);
    let own = claims.iter().filter(|claim| claim.unit == seat.unit);
    let kept = own
        .clone()
        .find(|claim| claim.protects(at))
        .or_else(|| own.clone().find(|claim| claim.state == ClaimState::Contested));
    let known = kept.is_some();
    let new = Claim {
        id,
        party,
        unit: seat.unit,
        owner: seat.owner,
        at,
        protected_until: None,
        state: ClaimState::Contested,
    };
    let mut claim = kept.cloned().unwrap_or(new);
    let reason = match standing {
        ClaimStanding::Free => {
            (claim.state, claim.protected_until) = (ClaimState::Granted, until(policy, at));
            "claim.granted"
        }
        ClaimStanding::Yours => "claim.yours",
        ClaimStanding::Contested => "claim.contested",
    };
    let mut why = Why::new(reason);
    if let Some(until) = claim.protected_until.filter(|_| standing != ClaimStanding::Contested) {
        why = why.fact("protected_until", until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    }
    Decided { claim, standing, known, why }
}

/// Lets go of a dealer's claims on a party: the protected one and what it contests.
///
/// # Errors
/// `claim.none`.
pub fn release(dealer: UnitId, claims: &[Claim], at: DateTime<Utc>) -> Result<Vec<Claim>, ClaimError> {
    let own = claims.iter().filter(|claim| claim.unit == dealer && claim.is_open(at));
    let released: Vec<Claim> =
        own.map(|claim| Claim { state: ClaimState::Released, ..claim.clone() }).collect();
    if released.is_empty() { Err(ClaimError::None { step: "released" }) } else { Ok(released) }
}

/// What a decision changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The claims as they are to be.
    pub changed: Vec<Claim>,
    /// Why.
    pub why: Why,
}

/// Decides between dealers who claim one party: the chosen claim is granted from now on, the others are refused.
///
/// # Errors
/// `claim.none` when the chosen dealer does not claim it, `claim.not_contested` when nobody else does.
pub fn arbitrate(
    chosen: UnitId,
    claims: &[Claim],
    policy: ClaimPolicy,
    at: DateTime<Utc>,
) -> Result<Settled, ClaimError> {
    let open: Vec<&Claim> = claims.iter().filter(|claim| claim.is_open(at)).collect();
    let winner =
        open.iter().find(|claim| claim.unit == chosen).ok_or(ClaimError::None { step: "decided" })?;
    if open.iter().all(|claim| claim.unit == chosen) {
        return Err(ClaimError::NotContested { id: winner.id });
    }
    let protected_until = until(policy, at);
    let changed = open
        .iter()
        .map(|claim| match claim.unit == chosen {
            true => Claim { state: ClaimState::Granted, protected_until, ..(*claim).clone() },
            false => Claim { state: ClaimState::Refused, ..(*claim).clone() },
        })
        .collect();
    Ok(Settled { changed, why: Why::new("claim.decided").fact("claims", open.len()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PositionId;

    const DEALERS: [u128; 2] = [1, 2];

    fn dealer(number: u128) -> UnitId {
        UnitId::from_uuid(Uuid::from_u128(number))
    }

    fn seat(number: u128) -> Seat {
        Seat { owner: PositionId::from_uuid(Uuid::from_u128(number + 10)), unit: dealer(number) }
    }

    fn make(by: u128, claims: &mut Vec<Claim>, at: DateTime<Utc>) -> Decided {
        let id = ClaimId::from_uuid(Uuid::from_u128(claims.len() as u128 + 100));
        let party = PartyId::from_uuid(Uuid::from_u128(7));
        let decided = claim((id, party), seat(by), claims, ClaimPolicy::default(), at);
        put(claims, std::slice::from_ref(&decided.claim));
        decided
    }

    fn put(claims: &mut Vec<Claim>, changed: &[Claim]) {
        for claim in changed {
            claims.retain(|known| known.id != claim.id);
            claims.push(claim.clone());
        }
    }

    #[test]
    fn two_dealers_one_prospect() {
        let day = |days: i64| DateTime::<Utc>::UNIX_EPOCH + Duration::days(days);
        let mut claims = Vec::new();
        let [one, two] = DEALERS;
        assert_eq!(make(one, &mut claims, day(0)).standing, ClaimStanding::Free);
        let again = make(one, &mut claims, day(10));
        assert_eq!((again.standing, again.known), (ClaimStanding::Yours, true));
        assert_eq!(again.claim.protected_until, Some(day(90)), "time does not begin anew");
        let contested = make(two, &mut claims, day(20));
        assert_eq!(contested.standing, ClaimStanding::Contested);
        assert!(
            contested.why.facts.is_empty() && contested.claim.protected_until.is_none(),
            "nothing of the rival"
        );
        assert_eq!(standing(dealer(two), &claims, day(20)), (ClaimStanding::Contested, None));

        assert_eq!(contenders(&claims, day(30)), [dealer(one), dealer(two)]);
        let settled = arbitrate(dealer(two), &claims, ClaimPolicy::default(), day(30)).unwrap();
        put(&mut claims, &settled.changed);
        assert_eq!(standing(dealer(two), &claims, day(30)), (ClaimStanding::Yours, Some(day(120))));
        assert_eq!(standing(dealer(one), &claims, day(30)).0, ClaimStanding::Contested);
        assert_eq!(
            arbitrate(dealer(two), &claims, ClaimPolicy::default(), day(31)).map_err(|error| error.code()),
            Err("claim.not_contested")
        );
        assert_eq!(release(dealer(one), &claims, day(31)).map_err(|error| error.code()), Err("claim.none"));
        let released = release(dealer(two), &claims, day(31)).unwrap();
        put(&mut claims, &released);
        assert_eq!(make(one, &mut claims, day(31)).standing, ClaimStanding::Free);
        assert_eq!(standing(dealer(one), &claims, day(121)).0, ClaimStanding::Free, "protection ends");
    }

    #[test]
    fn of_two_parties_that_become_one_the_first_claim_protects() {
        let day = |days: i64| DateTime::<Utc>::UNIX_EPOCH + Duration::days(days);
        let claim = |by: u128, from: i64| make(by, &mut Vec::new(), day(from)).claim;
        let of = |by: u128, from: i64, id: u128| Claim {
            id: ClaimId::from_uuid(Uuid::from_u128(id)),
            ..claim(by, from)
        };
        let claims = [of(2, 5, 1), of(1, 0, 2), of(1, 3, 3)];
        let changed = brought_together(&claims, day(10));
        assert_eq!(
            changed.iter().map(|claim| (claim.id, claim.state)).collect::<Vec<_>>(),
            [(claims[0].id, ClaimState::Contested)]
        );
        // What has ended protects nobody.
        assert_eq!(
            brought_together(&claims, day(91)),
            [Claim { state: ClaimState::Contested, protected_until: None, ..claims[0].clone() }]
        );
        assert_eq!(brought_together(&claims, day(94)), []);
    }

    #[test]
    fn a_contested_claim_is_granted_when_the_first_has_ended() {
        let day = |days: i64| DateTime::<Utc>::UNIX_EPOCH + Duration::days(days);
        let mut claims = Vec::new();
        make(1, &mut claims, day(0));
        let before = make(2, &mut claims, day(1)).claim.id;
        let after = make(2, &mut claims, day(90));
        assert_eq!((after.claim.id, after.standing), (before, ClaimStanding::Free));
        assert_eq!(after.claim.protected_until, Some(day(180)));
    }
}
