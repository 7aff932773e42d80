//! What a seller's time goes into, against the best seller and his team.

use super::{TimeEntry, percents};
use crate::ids::PositionId;
use crate::party::TimeCategory;
use clientela_model::{ClosedList, MoneyError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The time of one seller, or of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharesOf {
    /// The seller; empty for the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionId>,
    /// Minutes in all.
    pub minutes: u64,
    /// Of them face to face with customers, in percent.
    pub face_to_face_percent: Decimal,
    /// What was reached in the measure the best is found by.
    pub result: Decimal,
}

/// One category of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShareLine {
    /// The category.
    pub category: TimeCategory,
    /// The seller's minutes.
    pub minutes: u64,
    /// Their part of all his minutes.
    pub percent: Decimal,
    /// The same part of the best seller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_percent: Option<Decimal>,
    /// The same part of the team's.
    pub team_percent: Decimal,
    /// How many points of percent the seller is above the best one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_above_best: Option<Decimal>,
    /// How many points of percent he is above the team.
    pub points_above_team: Decimal,
}

/// A seller's time, against the best and the team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeShares {
    /// The seller.
    pub seller: SharesOf,
    /// The best seller of the team: who reached most; none when nobody reached anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<SharesOf>,
    /// All of the team together, the seller included.
    pub team: SharesOf,
    /// The categories, always all.
    pub lines: Vec<ShareLine>,
    /// What was counted.
    pub why: Why,
}

/// Shares a seller's time out by category and compares it.
///
/// `team` holds all sellers that are compared; `results` what each reached. The best is who reached most, of equals the one
/// with more time face to face, then the first of the team. The team's shares are those of all its minutes put together.
///
/// # Errors
/// More minutes than can be computed with.
pub fn shares(
    entries: &[TimeEntry],
    seller: PositionId,
    team: &[PositionId],
    results: &BTreeMap<PositionId, Decimal>,
) -> Result<TimeShares, MoneyError> {
    let mut of: BTreeMap<PositionId, [u64; 10]> = BTreeMap::new();
    for entry in entries {
        if let Some(minutes) = of.entry(entry.owner).or_default().get_mut(place(entry.category)) {
            *minutes += u64::from(entry.minutes);
        }
    }
    let minutes_of = |position: &PositionId| of.get(position).copied().unwrap_or_default();
    let result_of = |position: &PositionId| results.get(position).copied().unwrap_or_default();
    let face = |position: &PositionId| minutes_of(position)[place(TimeCategory::FaceToFace)];
    let best = team
        .iter()
        .enumerate()
        .filter(|(_, position)| result_of(position) > Decimal::ZERO)
        .max_by_key(|(index, position)| (result_of(position), face(position), Reverse(*index)))
        .map(|(_, position)| *position);
    let mut together = [0; 10];
    for position in team {
        for (sum, minutes) in together.iter_mut().zip(minutes_of(position)) {
            *sum += minutes;
        }
    }
    let own = minutes_of(&seller);
    let own_percent = split(&own)?;
    let best_percent = best.map(|best| split(&minutes_of(&best))).transpose()?;
    let team_percent = split(&together)?;
    let at = |shares: &[Decimal], index: usize| shares.get(index).copied().unwrap_or_default();
    let lines = TimeCategory::ALL
        .iter()
        .enumerate()
        .map(|(index, category)| {
            let percent = at(&own_percent, index);
            let best = best_percent.as_deref().map(|shares| at(shares, index));
            ShareLine {
                category: *category,
                minutes: own[index],
                percent,
                best_percent: best,
                team_percent: at(&team_percent, index),
                points_above_best: best.map(|best| percent - best),
                points_above_team: percent - at(&team_percent, index),
            }
        })
        .collect();
    let sum = |position, minutes: [u64; 10], percent: &[Decimal], result| SharesOf {
        position,
        minutes: minutes.iter().sum(),
        face_to_face_percent: at(percent, place(TimeCategory::FaceToFace)),
        result,
    };
    let team_result = team.iter().map(result_of).sum();
    Ok(TimeShares {
        seller: sum(Some(seller), own, &own_percent, result_of(&seller)),
        best: best.map(|best| {
            sum(Some(best), minutes_of(&best), best_percent.as_deref().unwrap_or_default(), result_of(&best))
        }),
        team: sum(None, together, &team_percent, team_result),
        lines,
        why: Why::new("time.shares").fact("sellers", team.len()).fact("entries", entries.len()),
    })
}

const fn place(category: TimeCategory) -> usize {
    category as usize
}

fn split(minutes: &[u64; 10]) -> Result<Vec<Decimal>, MoneyError> {
    percents(&minutes.map(Decimal::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn position(number: u128) -> PositionId {
        PositionId::from_uuid(Uuid::from_u128(number))
    }
    fn entry(owner: u128, category: TimeCategory, minutes: u32) -> TimeEntry {
        TimeEntry {
            owner: position(owner),
            customer: None,
            opportunity: None,
            category,
            visit: false,
            minutes,
        }
    }

    #[test]
    fn a_seller_is_compared_with_the_best_and_with_all() {
        let team: Vec<PositionId> = (1..=3).map(position).collect();
        let entries = [
            entry(1, TimeCategory::Reports, 300),
            entry(1, TimeCategory::FaceToFace, 100),
            entry(2, TimeCategory::FaceToFace, 400),
            entry(2, TimeCategory::OffersAndOrders, 100),
            entry(3, TimeCategory::FaceToFace, 100),
        ];
        let results = [(position(2), Decimal::from(7)), (position(3), Decimal::from(7))].into();
        let found = shares(&entries, position(1), &team, &results).unwrap();
        assert_eq!(
            found.best.as_ref().unwrap().position,
            Some(position(2)),
            "of equals, who meets customers more"
        );
        assert_eq!(found.seller.face_to_face_percent, Decimal::from(25));
        assert_eq!(found.best.as_ref().unwrap().face_to_face_percent, Decimal::from(80));
        assert_eq!(found.team.face_to_face_percent, Decimal::from(60));
        let reports = found.lines.iter().find(|line| line.category == TimeCategory::Reports).unwrap();
        assert_eq!(
            (reports.points_above_best, reports.points_above_team),
            (Some(Decimal::from(75)), Decimal::from(45))
        );
        assert_eq!(found.lines.len(), 10);
        let nobody = shares(&[], position(1), &team, &BTreeMap::new()).unwrap();
        assert_eq!((nobody.best, nobody.team.minutes), (None, 0));
    }

    proptest! {
        /// The parts are 100 percent together whenever there is time at all, and no minute is lost.
        #[test]
        fn shares_are_whole(given in prop::collection::vec((1_u128..4, 0_usize..10, 0_u32..2_000), 0..40)) {
            let entries: Vec<TimeEntry> = given
                .iter()
                .map(|(owner, category, minutes)| entry(*owner, TimeCategory::ALL[*category], *minutes))
                .collect();
            let team: Vec<PositionId> = (1..=3).map(position).collect();
            let found = shares(&entries, position(1), &team, &BTreeMap::new()).unwrap();
            let whole = |minutes: u64| if minutes == 0 { Decimal::ZERO } else { Decimal::ONE_HUNDRED };
            prop_assert_eq!(found.lines.iter().map(|line| line.percent).sum::<Decimal>(), whole(found.seller.minutes));
            prop_assert_eq!(found.lines.iter().map(|line| line.team_percent).sum::<Decimal>(), whole(found.team.minutes));
            prop_assert_eq!(found.team.minutes, entries.iter().map(|entry| u64::from(entry.minutes)).sum::<u64>());
        }
    }
}
