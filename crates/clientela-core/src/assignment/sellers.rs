//! What is entered of sellers: skills, capacity, leave.

use super::records::{SellerCapacity, SellerSkill};
use crate::ids::{PositionId, SellerCapacityId, SellerSkillId};
use chrono::NaiveDate;
use clientela_model::ValueError;

/// The most characters of a skill's name.
const SKILL_MAX: usize = 60;

/// A skill as it is written everywhere: without blanks around it.
///
/// # Errors
/// `seller_skill.skill` for none, a long one, or one of several lines.
pub fn skill_name(text: &str) -> Result<String, ValueError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > SKILL_MAX || name.contains(char::is_control) {
        let expected = format!("one line of 1 to {SKILL_MAX} characters");
        let error = ValueError::new("seller_skill.skill", "skill", "is no name of a skill", expected);
        return Err(error.at("skill"));
    }
    Ok(name.to_owned())
}

/// Sets how well a position knows something; `known` are its skills.
///
/// # Errors
/// `seller_skill.skill`, `seller_skill.level` above 100.
pub fn set_skill(
    known: &[SellerSkill],
    new_id: SellerSkillId,
    position: PositionId,
    (skill, level): (&str, u32),
) -> Result<SellerSkill, ValueError> {
    let skill = skill_name(skill)?;
    if level > 100 {
        let error = ValueError::new("seller_skill.level", "level", "is out of range", "0 to 100");
        return Err(error.at("level"));
    }
    let id = known.iter().find(|one| one.skill == skill).map_or(new_id, |one| one.id);
    Ok(SellerSkill { id, position, skill, level })
}

/// Nothing is known of a position's capacity and leave.
fn unlimited(id: SellerCapacityId, position: PositionId) -> SellerCapacity {
    SellerCapacity { id, position, capacity: None, away_from: None, away_until: None }
}

/// Sets how many customers a position can look after; none for no limit.
#[must_use]
pub fn set_capacity(
    known: Option<&SellerCapacity>,
    new_id: SellerCapacityId,
    position: PositionId,
    capacity: Option<u32>,
) -> SellerCapacity {
    let known = known.cloned().unwrap_or_else(|| unlimited(new_id, position));
    SellerCapacity { capacity, ..known }
}

/// Sets the leave of a position, from a first to a last day; without a first day it is not on leave.
///
/// # Errors
/// `seller_capacity.leave` when it ends before it begins, or has an end and no beginning.
pub fn set_leave(
    known: Option<&SellerCapacity>,
    new_id: SellerCapacityId,
    position: PositionId,
    (from, until): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<SellerCapacity, ValueError> {
    let backwards = match (from, until) {
        (Some(from), Some(until)) => until < from,
        (None, Some(_)) => true,
        _ => false,
    };
    if backwards {
        let expected = "a first day, and a last day not before it";
        let error = ValueError::new("seller_capacity.leave", "leave", "ends before it begins", expected);
        return Err(error.at("until"));
    }
    let known = known.cloned().unwrap_or_else(|| unlimited(new_id, position));
    Ok(SellerCapacity { away_from: from, away_until: until, ..known })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    #[test]
    fn what_is_set_again_replaces_what_was_known() -> Result<(), ValueError> {
        let position = PositionId::from_uuid(Uuid::from_u128(1));
        let (first, other) =
            (SellerSkillId::from_uuid(Uuid::from_u128(2)), SellerSkillId::from_uuid(Uuid::from_u128(3)));
        let tanker = set_skill(&[], first, position, (" tanker ", 2))?;
        let known = [tanker];
        assert_eq!(set_skill(&known, other, position, ("tanker", 3))?.id, first);
        assert_eq!(set_skill(&known, other, position, ("Polish", 1))?.id, other);
        assert_eq!(
            set_skill(&known, other, position, (" ", 1)).map_err(|error| error.code),
            Err("seller_skill.skill")
        );
        assert_eq!(
            set_skill(&known, other, position, ("x", 101)).map_err(|error| error.code),
            Err("seller_skill.level")
        );

        let id = SellerCapacityId::from_uuid(Uuid::from_u128(4));
        let limited = set_capacity(None, id, position, Some(40));
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day);
        let away = set_leave(Some(&limited), id, position, (day(4), day(9)))?;
        assert_eq!((away.capacity, away.away_from), (Some(40), day(4)), "leave leaves the capacity");
        assert!(day(9).is_some_and(|day| away.away_on(day)) && day(10).is_some_and(|day| !away.away_on(day)));
        assert!(set_leave(Some(&away), id, position, (None, None))?.away_from.is_none());
        for period in [(day(9), day(4)), (None, day(4))] {
            assert!(set_leave(None, id, position, period).is_err(), "{period:?}");
        }
        Ok(())
    }
}
