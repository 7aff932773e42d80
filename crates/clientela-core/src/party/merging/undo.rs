//! How records were before a merge, and whether they can be so again.

use super::MergeError;
use super::relations::Pointer;
use clientela_model::{ColumnType, Entity, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A record as it is to be again.
#[derive(Debug, Clone, PartialEq)]
pub struct Restored {
    /// Its values.
    pub values: Vec<Value>,
    /// Columns that were changed after the merge and keep that.
    pub kept: Vec<&'static str>,
}

/// The record as it was before the merge in every field the merge changed; none when there is nothing to do. What the merge
/// left alone stays as it is now. Fields that are valid only together go back together or not at all.
///
/// # Errors
/// `merge.moved_since` for a reference that was changed after the merge, `merge.changed_since` for another field, unless later
/// changes are to be kept.
pub fn before_merge(
    entity: &'static Entity,
    before: &[Value],
    after: &[Value],
    now: &[Value],
    keep_later: bool,
) -> Result<Option<Restored>, MergeError> {
    let mut restored = Restored { values: now.to_vec(), kept: Vec::new() };
    let id = match now.first() {
        Some(Value::Id(id)) => *id,
        _ => Uuid::nil(),
    };
    let later = |at: usize| now.get(at) != after.get(at) && now.get(at) != before.get(at);
    for (at, column) in entity.columns.iter().enumerate() {
        let (Some(was), Some(became), Some(is)) = (before.get(at), after.get(at), now.get(at)) else {
            continue;
        };
        if was == became || is == was {
            continue;
        }
        let Some(stands) = together(entity, at).find(|other| later(*other)) else {
            restored.values[at].clone_from(was);
            continue;
        };
        if column.group.is_none() && matches!(column.ty, ColumnType::Id(_)) {
            return Err(MergeError::MovedSince { entity: entity.name, id });
        }
        if !keep_later {
            let column = entity.columns[stands].name;
            return Err(MergeError::ChangedSince { entity: entity.name, column, id });
        }
        restored.kept.push(column.name);
    }
    let nothing = restored.kept.is_empty() && restored.values == now;
    Ok((!nothing).then_some(restored))
}

/// The places of the columns that are valid only together with this one, itself first.
fn together(entity: &'static Entity, at: usize) -> impl Iterator<Item = usize> {
    let group = entity.columns.get(at).and_then(|column| column.group);
    let mates = entity.columns.iter().enumerate();
    let mates = mates.filter(move |(other, column)| *other != at && group.is_some() && column.group == group);
    std::iter::once(at).chain(mates.map(|(other, _)| other))
}

/// Whether a record made after the merge goes back with what it refers to: yes when it refers to records that go and to none
/// that stay.
///
/// `going` are the ids that go, by entity; `parts` the entities whose records are somebody's, so that a reference to one that
/// does not go is a reference to one that stays.
///
/// # Errors
/// `merge.mixed` when it refers to both.
pub fn goes_along<S: std::hash::BuildHasher>(
    pointer: Pointer,
    values: &[Value],
    going: &HashMap<&'static str, HashSet<Uuid>, S>,
    parts: &HashSet<&'static str>,
) -> Result<bool, MergeError> {
    let (mut goes, mut stays) = (false, false);
    for (at, column) in pointer.entity.columns.iter().enumerate().skip(1).filter(|(at, _)| *at != pointer.at)
    {
        let (ColumnType::Id(target), Some(Value::Id(id))) = (column.ty, values.get(at)) else { continue };
        match going.get(target) {
            Some(ids) if ids.contains(id) => goes = true,
            _ => stays |= parts.contains(target),
        }
    }
    match (goes, stays) {
        (true, true) => {
            let id = match values.first() {
                Some(Value::Id(id)) => *id,
                _ => Uuid::nil(),
            };
            Err(MergeError::Mixed { entity: pointer.entity.name, id })
        }
        (goes, _) => Ok(goes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::Contact;
    use clientela_model::Record;
    use proptest::prelude::*;

    fn contact(customer: u128, texts: [&str; 3]) -> Vec<Value> {
        let mut values = vec![Value::Null; Contact::ENTITY.columns.len()];
        values[0] = Value::Id(Uuid::from_u128(9));
        values[1] = Value::Id(Uuid::from_u128(customer));
        for (value, text) in values[2..5].iter_mut().zip(texts) {
            if !text.is_empty() {
                *value = Value::Text(text.to_owned().into());
            }
        }
        values
    }

    #[test]
    fn what_came_after_stands_against_it_or_is_kept() {
        let (before, after) = (contact(1, ["", "Anna", "Rossi"]), contact(2, ["7", "Anna", "Verdi"]));
        let undone = |now: &[Value], keep| before_merge(Contact::ENTITY, &before, &after, now, keep);
        assert_eq!(undone(&after, false).unwrap().map(|found| found.values), Some(before.clone()));
        assert_eq!(undone(&before, false), Ok(None));
        // What the merge left alone may have changed.
        let reached = |mut values: Vec<Value>| {
            values[Contact::ENTITY.position("email").unwrap()] = Value::Text("anna@example.com".into());
            values
        };
        let found = undone(&reached(after.clone()), false).unwrap();
        assert_eq!(found.map(|found| found.values), Some(reached(before.clone())));
        let later = contact(2, ["7", "Anna", "Bianchi"]);
        let refused =
            MergeError::ChangedSince { entity: "contact", column: "family_name", id: Uuid::from_u128(9) };
        assert_eq!(undone(&later, false), Err(refused));
        let kept = undone(&later, true).unwrap().unwrap();
        assert_eq!((kept.values, kept.kept), (contact(1, ["", "Anna", "Bianchi"]), vec!["family_name"]));
        let moved = MergeError::MovedSince { entity: "contact", id: Uuid::from_u128(9) };
        assert_eq!(undone(&contact(3, ["7", "Anna", "Verdi"]), true), Err(moved));
    }

    #[test]
    fn an_address_goes_back_whole_or_not_at_all() {
        use crate::party::Party;
        let at = |name: &str| Party::ENTITY.position(name).unwrap();
        let party = |street: &str, locality: &str| {
            let mut values = vec![Value::Null; Party::ENTITY.columns.len()];
            values[0] = Value::Id(Uuid::from_u128(9));
            for (name, text) in [("street", street), ("locality", locality)] {
                if !text.is_empty() {
                    values[at(name)] = Value::Text(text.to_owned().into());
                }
            }
            values
        };
        let (before, after) = (party("", ""), party("Via Roma 1", "Parma"));
        let undone = |now: &[Value], keep| before_merge(Party::ENTITY, &before, &after, now, keep);
        // The town came by the merge and stays with the street that was corrected since.
        let later = party("Via Roma 2", "Parma");
        let refused = MergeError::ChangedSince { entity: "party", column: "street", id: Uuid::from_u128(9) };
        assert_eq!(undone(&later, false), Err(refused));
        let kept = undone(&later, true).unwrap().unwrap();
        assert_eq!((kept.values, kept.kept), (later, vec!["street", "locality"]));
        // So does what the merge left alone stand against it, when it is of the same address.
        let (before, after) = (party("", "Lodi"), party("Via Roma 1", "Lodi"));
        let later = party("Via Roma 1", "Parma");
        let refused = before_merge(Party::ENTITY, &before, &after, &later, false);
        assert_eq!(
            refused.map_err(|error| clientela_model::Coded::field(&error)),
            Err(Some("locality".into()))
        );
    }

    proptest! {
        #[test]
        fn undoing_at_once_gives_every_field_back(
            before in (1_u128..4, "[ab]?", "[ab]?", "[ab]?"),
            after in (1_u128..4, "[ab]?", "[ab]?", "[ab]?"),
        ) {
            let values = |(customer, one, two, three): &(u128, String, String, String)| contact(*customer, [one, two, three]);
            let (before, after) = (values(&before), values(&after));
            let undone = before_merge(Contact::ENTITY, &before, &after, &after, false).unwrap();
            prop_assert_eq!(undone.map_or(after, |found| found.values), before);
        }
    }
}
