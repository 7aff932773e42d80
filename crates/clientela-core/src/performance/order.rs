//! The order in which the targets of a plan are told.

use super::quota::{QuotaTarget, TargetAnswer};
use crate::ids::PositionId;
use crate::organisation::{Position, Unit, top_down};
use std::collections::HashMap;

/// Puts targets in order from the top down: a unit before its positions, by their titles, and these before the units below it; periods
/// in order of time. Ids say nothing: those made at once come in any order.
pub fn order_targets(targets: &mut [QuotaTarget], units: &[Unit], positions: &[Position]) {
    let places = top_down(units);
    let titles: HashMap<PositionId, &str> =
        positions.iter().map(|position| (position.id, position.title.as_str())).collect();
    targets.sort_by_cached_key(|target| {
        let place = places.get(&target.unit).copied().unwrap_or(usize::MAX);
        let title = target.owner.map(|owner| titles.get(&owner).map(|title| (*title).to_owned()));
        (place, title, target.owner, target.first_day, target.last_day, target.id)
    });
}

/// What the holder says to the targets of several periods together: nothing while one of them is not answered, rejected when one is,
/// accepted when all are. With the first note, of those that are rejected before others.
#[must_use]
pub fn said_together<'t>(targets: &[&'t QuotaTarget]) -> (Option<TargetAnswer>, Option<&'t str>) {
    let rejected = |target: &&&QuotaTarget| target.answer == Some(TargetAnswer::Rejected);
    let notes = targets.iter().filter(rejected).chain(targets.iter());
    let note = notes.filter_map(|target| target.note.as_deref()).next();
    let answers: Option<Vec<TargetAnswer>> = targets.iter().map(|target| target.answer).collect();
    let answer = answers.and_then(|answers| {
        let rejected = answers.iter().find(|answer| **answer == TargetAnswer::Rejected);
        rejected.or(answers.first()).copied()
    });
    (answer, note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{QuotaPlanId, QuotaTargetId, UnitId};
    use clientela_model::EntityId;
    use rust_decimal::Decimal;
    use uuid::Uuid;

    fn month(number: u32, answer: Option<TargetAnswer>, note: Option<&str>) -> QuotaTarget {
        let day = |day| chrono::NaiveDate::from_ymd_opt(2026, number, day).unwrap();
        QuotaTarget {
            id: QuotaTargetId::from_uuid(Uuid::from_u128(u128::from(100 - number))),
            plan: QuotaPlanId::from_uuid(Uuid::from_u128(1)),
            unit: UnitId::from_uuid(Uuid::from_u128(2)),
            owner: None,
            first_day: day(1),
            last_day: day(28),
            amount: Decimal::ONE,
            answer,
            proposed: None,
            note: note.map(str::to_owned),
            measure: None,
        }
    }

    #[test]
    fn what_was_said_to_every_month_is_told_of_the_whole() {
        use TargetAnswer::{Accepted, Rejected};
        let none = month(1, None, None);
        let yes = month(2, Some(Accepted), Some("fine"));
        let no = month(3, Some(Rejected), Some("too much"));
        for (targets, expected) in [
            (vec![], (None, None)),
            (vec![&none, &yes], (None, Some("fine"))),
            (vec![&yes, &yes], (Some(Accepted), Some("fine"))),
            (vec![&yes, &no], (Some(Rejected), Some("too much"))),
            (vec![&none, &no], (None, Some("too much"))),
            (vec![&no, &yes], (Some(Rejected), Some("too much"))),
        ] {
            assert_eq!(said_together(&targets), expected);
        }
        let mut targets = vec![month(3, None, None), month(1, None, None), month(2, None, None)];
        order_targets(&mut targets, &[], &[]);
        let months: Vec<_> =
            targets.iter().map(|target| chrono::Datelike::month(&target.first_day)).collect();
        assert_eq!(months, [1, 2, 3]);
    }
}
