//! Challenges: contests among dealers, sellers or teams on one measure, with prizes, and a handicap so that small ones can win.

use super::quota::Measure;
use crate::ids::{ChallengeEntryId, ChallengeId, ChallengePrizeId, PositionId, UnitId};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Coded, ErrorKind, Record, Rounding, Why};
use rust_decimal::Decimal;

/// Who is compared with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Among {
    /// Dealers.
    Dealers,
    /// Sellers.
    Sellers,
    /// Teams of sellers, named in the challenge.
    Teams,
}

/// How unequal sizes are made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Handicap {
    /// Results as they are.
    None,
    /// Results by the head: in proportion to the size, as if all were of average size.
    BySize,
}

/// Where a challenge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ChallengeState {
    /// Runs, or has not begun.
    Open,
    /// Over; its results are final.
    Closed,
}

/// A contest. Seen by whoever sees one of its entries.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 200, name = "challenge", access = via(challenge_entry.challenge), key = code)]
pub struct Challenge {
    /// Id.
    #[field(number = 1)]
    pub id: ChallengeId,
    /// Code.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// The position that made it.
    #[field(number = 4, merge = central)]
    pub owner: PositionId,
    /// The unit below which it is held.
    #[field(number = 5, merge = central)]
    pub unit: UnitId,
    /// What is counted.
    #[field(number = 6)]
    pub measure: Measure,
    /// Currency, when money is counted.
    #[field(number = 7)]
    pub currency: Option<Currency>,
    /// First day.
    #[field(number = 8)]
    pub first_day: NaiveDate,
    /// Last day.
    #[field(number = 9)]
    pub last_day: NaiveDate,
    /// Who is compared.
    #[field(number = 10)]
    pub among: Among,
    /// How unequal sizes are made up for.
    #[field(number = 11)]
    pub handicap: Handicap,
    /// Which wins, offers or visits count: a rule on their opportunity; all when empty.
    #[field(number = 12)]
    pub rule: Option<String>,
    /// What must be reached to win anything.
    #[field(number = 13)]
    pub minimum: Option<Decimal>,
    /// Where it stands.
    #[field(number = 14, merge = central)]
    pub state: ChallengeState,
    /// Day the results were computed for.
    #[field(number = 15, merge = central)]
    pub computed_on: Option<NaiveDate>,
    /// The name of the credit rule by which it counts; as it happened when empty.
    #[field(number = 16)]
    pub credit_rule: Option<String>,
    /// How many facts were not added up when the results were computed, because no rate is known for their currency.
    #[field(number = 17, merge = central)]
    pub left_out: Option<u32>,
}

/// A prize.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 202, name = "challenge_prize", access = through(challenge), part_of(challenge, challenge))]
pub struct ChallengePrize {
    /// Id.
    #[field(number = 1)]
    pub id: ChallengePrizeId,
    /// The challenge.
    #[field(number = 2)]
    pub challenge: ChallengeId,
    /// First place it goes to.
    #[field(number = 3)]
    pub from_place: u32,
    /// Last place it goes to.
    #[field(number = 4)]
    pub to_place: u32,
    /// What it is.
    #[field(number = 5)]
    pub prize: String,
}

/// One who takes part: a dealer, a seller, or a seller as member of a team.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 201, name = "challenge_entry", access = owned, part_of(challenge, challenge))]
pub struct ChallengeEntry {
    /// Id.
    #[field(number = 1)]
    pub id: ChallengeEntryId,
    /// The challenge.
    #[field(number = 2)]
    pub challenge: ChallengeId,
    /// The dealer, or the seller's unit.
    #[field(number = 3, merge = central, indexed)]
    pub unit: UnitId,
    /// The seller; empty for a dealer.
    #[field(number = 4, merge = central, indexed)]
    pub owner: Option<PositionId>,
    /// The team it plays for.
    #[field(number = 5)]
    pub team: Option<String>,
    /// Its size: sellers of a dealer, 1 for a seller unless given.
    #[field(number = 6)]
    pub size: Decimal,
    /// What was counted for it.
    #[field(number = 7, merge = central)]
    pub result: Option<Decimal>,
    /// What it is compared by: the result after the handicap; the team's for a member.
    #[field(number = 8, merge = central)]
    pub score: Option<Decimal>,
    /// Its place, from 1; its team's for a member.
    #[field(number = 9, merge = central)]
    pub place: Option<u32>,
    /// What it has won, once the challenge is closed.
    #[field(number = 10, merge = central)]
    pub prize: Option<String>,
}

/// A challenge that cannot be held or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// Nobody takes part.
    #[error("nobody takes part; name a unit with dealers or sellers below it, or teams with members")]
    Nobody,
    /// It was closed.
    #[error("challenge {code} is closed; its results are final")]
    Closed {
        /// Its code.
        code: String,
    },
    /// It is not over.
    #[error("challenge {code} runs until {last_day}; close it afterwards")]
    NotOver {
        /// Its code.
        code: String,
        /// Its last day.
        last_day: NaiveDate,
    },
    /// Places of prizes that do not follow each other.
    #[error(
        "a prize goes from place {from} to {to}, or shares a place with another; give each place one prize, from 1 on"
    )]
    Places {
        /// First place.
        from: u32,
        /// Last place.
        to: u32,
    },
    /// A size that nothing can be divided by.
    #[error("a size is not above zero; give sizes such as the number of sellers")]
    Size,
    /// Revenue without a currency.
    #[error("the challenge counts revenue without a currency; give it one")]
    CurrencyMissing,
    /// What is counted is not everybody's to see, or a share that is not added up.
    #[error(
        "a challenge does not count {measure}; choose units, revenue, new_customers, wins, offers or visits"
    )]
    Measure {
        /// What was to be counted.
        measure: Measure,
    },
    /// A number is too large.
    #[error("the results have more digits than can be computed with (28)")]
    Overflow,
}

impl Coded for ChallengeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Closed { .. } | Self::NotOver { .. } => ErrorKind::Rule,
            Self::Overflow => ErrorKind::Range,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Nobody => "challenge.nobody",
            Self::Closed { .. } => "challenge.closed",
            Self::NotOver { .. } => "challenge.not_over",
            Self::Places { .. } => "challenge.places",
            Self::Size => "challenge.size",
            Self::CurrencyMissing => "challenge.currency_missing",
            Self::Measure { .. } => "challenge.measure",
            Self::Overflow => "challenge.overflow",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Nobody => "unit",
            Self::Closed { .. } => "state",
            Self::NotOver { .. } => "last_day",
            Self::Places { .. } => "prizes",
            Self::Size => "size",
            Self::CurrencyMissing => "currency",
            Self::Measure { .. } => "measure",
            Self::Overflow => return None,
        };
        Some(field.to_owned())
    }
}

/// Whether a challenge can count this.
///
/// # Errors
/// `challenge.measure`, `challenge.currency_missing`.
pub const fn check_measure(measure: Measure, currency: Option<Currency>) -> Result<(), ChallengeError> {
    match measure {
        // Its standings would tell everybody what only some may see.
        Measure::Margin | Measure::MarketShare => Err(ChallengeError::Measure { measure }),
        Measure::Revenue if currency.is_none() => Err(ChallengeError::CurrencyMissing),
        Measure::Units
        | Measure::Revenue
        | Measure::NewCustomers
        | Measure::Wins
        | Measure::Offers
        | Measure::Visits => Ok(()),
    }
}

/// Whether each place has one prize at most.
///
/// # Errors
/// `challenge.places`.
pub fn check_prizes(prizes: &[ChallengePrize]) -> Result<(), ChallengeError> {
    let mut sorted: Vec<&ChallengePrize> = prizes.iter().collect();
    sorted.sort_by_key(|prize| prize.from_place);
    let mut last = 0;
    for prize in sorted {
        if prize.from_place <= last || prize.to_place < prize.from_place {
            return Err(ChallengeError::Places { from: prize.from_place, to: prize.to_place });
        }
        last = prize.to_place;
    }
    Ok(())
}

/// Decimals of a score.
const SCORE_DIGITS: u32 = 4;

/// Places everybody: entries with their results in, entries with score, place and, when `last`, prize out, in the order given.
///
/// Those with equal scores share the better place, and each gets its prize. Who has not reached the minimum, or nothing, is
/// placed and wins nothing.
///
/// # Errors
/// `challenge.size`, `challenge.overflow`.
pub fn standings(
    challenge: &Challenge,
    entries: &[(ChallengeEntry, Decimal)],
    prizes: &[ChallengePrize],
    last: bool,
) -> Result<(Vec<ChallengeEntry>, Why), ChallengeError> {
    // Who is compared: each entry by itself, or each team as one.
    let mut sides: Vec<(Option<&str>, Decimal, Decimal)> = Vec::new();
    let mut side_of = Vec::with_capacity(entries.len());
    for (entry, result) in entries {
        if entry.size <= Decimal::ZERO {
            return Err(ChallengeError::Size);
        }
        let team = entry.team.as_deref().filter(|_| challenge.among == Among::Teams);
        let known = team.and_then(|team| sides.iter().position(|side| side.0 == Some(team)));
        let at = known.unwrap_or(sides.len());
        if known.is_none() {
            sides.push((team, Decimal::ZERO, Decimal::ZERO));
        }
        if let Some((_, results, sizes)) = sides.get_mut(at) {
            *results = results.checked_add(*result).ok_or(ChallengeError::Overflow)?;
            *sizes = sizes.checked_add(entry.size).ok_or(ChallengeError::Overflow)?;
        }
        side_of.push(at);
    }
    let all: Decimal = sides.iter().map(|side| side.2).sum();
    let average = all / Decimal::from(sides.len().max(1));
    let mut scores = Vec::with_capacity(sides.len());
    for (_, result, size) in &sides {
        let score = match challenge.handicap {
            Handicap::None => *result,
            Handicap::BySize => result.checked_mul(average).ok_or(ChallengeError::Overflow)? / size,
        };
        scores.push(Rounding::HalfAwayFromZero.apply(score, SCORE_DIGITS).normalize());
    }
    let place = |score: Decimal| 1 + scores.iter().filter(|other| **other > score).count();
    let mut placed = Vec::with_capacity(entries.len());
    for ((entry, result), at) in entries.iter().zip(&side_of) {
        let Some((score, (_, side, _))) = scores.get(*at).zip(sides.get(*at)) else { continue };
        let place = u32::try_from(place(*score)).ok();
        let enough = *side > Decimal::ZERO && challenge.minimum.is_none_or(|minimum| *side >= minimum);
        let prize = place.filter(|_| last && enough).and_then(|place| {
            prizes.iter().find(|prize| (prize.from_place..=prize.to_place).contains(&place))
        });
        placed.push(ChallengeEntry {
            result: Some(result.normalize()),
            score: Some(*score),
            place,
            prize: prize.map(|prize| prize.prize.clone()),
            ..entry.clone()
        });
    }
    let mut why = Why::new("challenge.placed")
        .fact("challenge", &challenge.code)
        .fact("measure", challenge.measure)
        .fact("compared", sides.len())
        .fact("handicap", challenge.handicap);
    if challenge.handicap == Handicap::BySize {
        why = why.fact("average_size", Rounding::HalfAwayFromZero.apply(average, SCORE_DIGITS).normalize());
    }
    Ok((placed, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn challenge(among: Among, handicap: Handicap) -> Challenge {
        Challenge {
            id: ChallengeId::from_uuid(Uuid::from_u128(1)),
            code: "SPRING".into(),
            name: "Spring".into(),
            owner: PositionId::from_uuid(Uuid::from_u128(2)),
            unit: UnitId::from_uuid(Uuid::from_u128(3)),
            measure: Measure::NewCustomers,
            currency: None,
            first_day: "2026-03-01".parse().unwrap(),
            last_day: "2026-05-31".parse().unwrap(),
            among,
            handicap,
            rule: None,
            minimum: Some(number("2")),
            state: ChallengeState::Open,
            computed_on: None,
            credit_rule: None,
            left_out: None,
        }
    }

    fn entry(id: u128, team: Option<&str>, size: &str, result: &str) -> (ChallengeEntry, Decimal) {
        let entry = ChallengeEntry {
            id: ChallengeEntryId::from_uuid(Uuid::from_u128(id)),
            challenge: ChallengeId::from_uuid(Uuid::from_u128(1)),
            unit: UnitId::from_uuid(Uuid::from_u128(3)),
            owner: None,
            team: team.map(str::to_owned),
            size: number(size),
            result: None,
            score: None,
            place: None,
            prize: None,
        };
        (entry, number(result))
    }

    fn prizes() -> Vec<ChallengePrize> {
        let prize = |from_place, to_place, prize: &str| ChallengePrize {
            id: ChallengePrizeId::from_uuid(Uuid::from_u128(9)),
            challenge: ChallengeId::from_uuid(Uuid::from_u128(1)),
            from_place,
            to_place,
            prize: prize.into(),
        };
        vec![prize(1, 1, "a week-end in Rome"), prize(2, 3, "a dinner")]
    }

    #[test]
    fn places_with_and_without_a_handicap() {
        let dealers = [
            entry(1, None, "10", "20"),
            entry(2, None, "2", "6"),
            entry(3, None, "4", "8"),
            entry(4, None, "1", "1"),
        ];
        for (handicap, expected) in [
            (Handicap::None, [("20", 1), ("6", 3), ("8", 2), ("1", 4)]),
            // The average size is 4.25.
            (Handicap::BySize, [("8.5", 2), ("12.75", 1), ("8.5", 2), ("4.25", 4)]),
        ] {
            let (placed, why) =
                standings(&challenge(Among::Dealers, handicap), &dealers, &prizes(), true).unwrap();
            for (entry, (score, place)) in placed.iter().zip(expected) {
                assert_eq!((entry.score, entry.place), (Some(number(score)), Some(place)), "{handicap:?}");
            }
            assert_eq!(placed[3].prize, None, "below the minimum: {why}");
            assert!(placed.iter().take(3).all(|entry| entry.prize.is_some()));
        }
        let (running, _) =
            standings(&challenge(Among::Dealers, Handicap::None), &dealers, &prizes(), false).unwrap();
        assert!(running.iter().all(|entry| entry.prize.is_none()), "nothing is won before the end");
    }

    #[test]
    fn teams_are_placed_as_one() {
        let sellers = [
            entry(1, Some("north"), "1", "3"),
            entry(2, Some("south"), "1", "4"),
            entry(3, Some("north"), "1", "2"),
            entry(4, None, "1", "4"),
        ];
        let (placed, _) =
            standings(&challenge(Among::Teams, Handicap::None), &sellers, &prizes(), true).unwrap();
        let seen: Vec<_> =
            placed.iter().map(|entry| (entry.place, entry.result.unwrap().to_string())).collect();
        assert_eq!(
            seen,
            [(Some(1), "3".into()), (Some(2), "4".into()), (Some(1), "2".into()), (Some(2), "4".into())]
        );
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let euro = "EUR".parse().ok();
        for (measure, currency, code) in [
            (Measure::Wins, None, None),
            (Measure::Revenue, euro, None),
            (Measure::Revenue, None, Some("challenge.currency_missing")),
            (Measure::Visits, None, None),
            (Measure::Offers, euro, None),
            (Measure::Margin, euro, Some("challenge.measure")),
            (Measure::MarketShare, None, Some("challenge.measure")),
        ] {
            assert_eq!(check_measure(measure, currency).err().map(|error| error.code()), code, "{measure}");
        }
    }

    #[test]
    fn each_place_has_one_prize() {
        let mut shared = prizes();
        shared[1].from_place = 1;
        assert_eq!(check_prizes(&shared).unwrap_err().code(), "challenge.places");
        assert_eq!(check_prizes(&prizes()), Ok(()));
        let empty = [entry(1, None, "0", "20")];
        let error = standings(&challenge(Among::Dealers, Handicap::BySize), &empty, &[], false).unwrap_err();
        assert_eq!(error.code(), "challenge.size");
    }
}
