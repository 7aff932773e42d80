//! What points at a record that is merged.

use super::CustomerMerge;
use crate::organisation::MERGED_INTO;
use crate::party::{Consent, ConsentDecision};
use crate::privacy::Erasure;
use clientela_model::{ColumnType, Entity, Record, Value};
use uuid::Uuid;

/// A column that names records of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    /// Whose column it is.
    pub entity: &'static Entity,
    /// Its name.
    pub column: &'static str,
    /// Its place in the declaration.
    pub at: usize,
}

/// All columns that name records of that entity and follow when one becomes another: from the declarations, so that an entity
/// declared tomorrow follows tomorrow. What tells of merges and erasures themselves speaks of the records of then and does not.
#[must_use]
pub fn pointers(target: &str, entities: &[&'static Entity]) -> Vec<Pointer> {
    let tells = [CustomerMerge::ENTITY.number, Erasure::ENTITY.number];
    let own =
        entities.iter().copied().filter(|entity| entity.view.is_none() && !tells.contains(&entity.number));
    own.flat_map(|entity| {
        let columns = entity.columns.iter().enumerate().skip(1);
        let named = columns.filter(|(_, column)| {
            column.name != MERGED_INTO && matches!(column.ty, ColumnType::Id(named) if named == target)
        });
        named.map(move |(at, column)| Pointer { entity, column: column.name, at })
    })
    .collect()
}

/// What makes a part of a customer the same as another's: entity and columns; all of its content where none are named. Of
/// other parts, such as two vehicles of which the same is known, there may be two.
const SAME_PART: [(&str, &[&str]); 5] = [
    ("custom_value", &["name"]),
    ("campaign_member", &["campaign"]),
    ("party_identifier", &["system", "key"]),
    ("address", &[]),
    ("contact_point", &[]),
];

/// Which of the merged record's parts stay with it, since the survivor has the same: the same added field, the same campaign,
/// the same number, the same address. Gives their ids.
#[must_use]
pub fn left_behind(pointer: Pointer, survivor: &[Vec<Value>], merged: &[Vec<Value>]) -> Vec<Uuid> {
    let Some((_, columns)) = SAME_PART.iter().find(|(entity, _)| *entity == pointer.entity.name) else {
        return Vec::new();
    };
    let places: Vec<usize> = if columns.is_empty() {
        (1..pointer.entity.columns.len()).filter(|at| *at != pointer.at).collect()
    } else {
        columns.iter().filter_map(|column| pointer.entity.position(column)).collect()
    };
    let content = |values: &[Value]| places.iter().map(|at| values.get(*at).cloned()).collect::<Vec<_>>();
    let known: Vec<Vec<Option<Value>>> = survivor.iter().map(|values| content(values)).collect();
    let stays = merged.iter().filter(|values| known.contains(&content(values)));
    stays.filter_map(|values| id(values)).collect()
}

fn id(values: &[Value]) -> Option<Uuid> {
    match values.first() {
        Some(Value::Id(id)) => Some(*id),
        _ => None,
    }
}

/// Grants of one of two customers that are one which a withdrawal or objection of the other outweighs, for the same purpose and
/// channel, whichever was said later: whoever took the grant did not know of it. They are to be put aside.
#[must_use]
pub fn outweighed<'c>(of: &'c [Consent], other: &[Consent]) -> Vec<&'c Consent> {
    let last_no = |grant: &Consent| {
        let same = other.iter().filter(|said| {
            said.contact.is_none()
                && (said.purpose, said.channel) == (grant.purpose, grant.channel)
                && (said.contact_point.is_none()
                    || grant.contact_point.is_none()
                    || said.contact_point == grant.contact_point)
        });
        let last = same.max_by_key(|said| (said.at, said.id));
        last.is_some_and(|said| said.decision != ConsentDecision::Granted)
    };
    of.iter()
        .filter(|said| said.contact.is_none() && said.decision == ConsentDecision::Granted && last_no(said))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ENTITIES;

    #[test]
    fn every_reference_to_a_customer_or_party_follows() {
        let named = |target| {
            let all = pointers(target, ENTITIES);
            all.iter().map(|one| format!("{}.{}", one.entity.name, one.column)).collect::<Vec<_>>()
        };
        let (customers, parties) = (named("relationship"), named("party"));
        for expected in [
            "contact.customer",
            "consent.customer",
            "activity.customer",
            "opportunity.customer",
            "offer.customer",
        ] {
            assert!(customers.iter().any(|one| one == expected), "{expected} in {customers:?}");
        }
        for expected in
            ["relationship.party", "vehicle.party", "party.parent", "address.party", "vehicle_role.who"]
        {
            assert!(parties.iter().any(|one| one == expected), "{expected} in {parties:?}");
        }
        for (entity, columns) in SAME_PART {
            let entity = ENTITIES.iter().find(|declared| declared.name == entity).unwrap();
            assert!(columns.iter().all(|column| entity.position(column).is_some()), "{}", entity.name);
        }
        let all: Vec<&String> = customers.iter().chain(&parties).collect();
        for not in ["relationship.merged_into", "customer_merge.merged", "erasure.party"] {
            assert!(!all.iter().any(|one| *one == not), "{not}");
        }
    }
}
