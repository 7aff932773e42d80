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
/// channel, whichever was said later: whoever took the grant did not know of it. They are to be put aside. What the other has taken
/// back since, for all that it was about, outweighs nothing.
#[must_use]
pub fn outweighed<'c>(of: &'c [Consent], other: &[Consent]) -> Vec<&'c Consent> {
    let granted = |said: &Consent| said.decision == ConsentDecision::Granted;
    let stands = |no: &Consent| {
        !other.iter().filter(|yes| granted(yes) && yes.awaits_confirmation != Some(true)).any(|yes| {
            of_the_same(yes, no)
                && (yes.at, yes.id) > (no.at, no.id)
                && (yes.contact_point.is_none() || yes.contact_point == no.contact_point)
        })
    };
    let against = |grant: &Consent| {
        other.iter().filter(|no| !granted(no) && of_the_same(no, grant) && stands(no)).any(|no| {
            no.contact_point.is_none()
                || grant.contact_point.is_none()
                || no.contact_point == grant.contact_point
        })
    };
    of.iter().filter(|said| said.contact.is_none() && granted(said) && against(said)).collect()
}

/// Whether both were said by the customer itself, for one purpose and channel.
fn of_the_same(one: &Consent, other: &Consent) -> bool {
    one.contact.is_none()
        && other.contact.is_none()
        && (one.purpose, one.channel) == (other.purpose, other.channel)
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

    /// Yes or no, of which address, at which minute.
    type Said = (bool, &'static str, i64);

    fn said((yes, point, minute): Said) -> Consent {
        use crate::party::{Channel, LegalBasis, Purpose};
        use clientela_model::EntityId;
        Consent {
            id: EntityId::from_uuid(Uuid::from_u128(u128::from(minute.unsigned_abs()))),
            customer: EntityId::from_uuid(Uuid::from_u128(1)),
            contact: None,
            purpose: Purpose::Marketing,
            channel: Channel::Email,
            decision: if yes { ConsentDecision::Granted } else { ConsentDecision::Withdrawn },
            basis: LegalBasis::Consent,
            wording: None,
            source: None,
            proof: None,
            at: chrono::DateTime::UNIX_EPOCH + chrono::Duration::minutes(minute),
            contact_point: (!point.is_empty()).then(|| point.to_owned()),
            expires_at: None,
            awaits_confirmation: None,
            confirms: None,
            wording_shown: None,
            proof_kind: None,
            proof_digest: None,
        }
    }

    #[test]
    fn a_no_of_the_other_outweighs_a_yes() {
        let (yes, no) = (true, false);
        // The other's statements; the grant's address and minute; whether it is outweighed.
        let cases: [(&[Said], (&'static str, i64), bool); 8] = [
            (&[(no, "", 1)], ("", 2), true),
            (&[(no, "", 1), (yes, "", 2)], ("", 3), false),
            (&[(yes, "", 1), (no, "", 2)], ("", 0), true),
            (&[(no, "x", 1)], ("y", 2), false),
            (&[(no, "x", 1)], ("", 2), true),
            (&[(no, "x", 1), (yes, "", 2)], ("", 3), false),
            // All was taken back and one address given again: the others stay taken back.
            (&[(no, "", 1), (yes, "x", 2)], ("", 3), true),
            (&[(no, "", 1), (yes, "x", 2)], ("y", 3), true),
        ];
        for (other, (point, minute), expected) in cases {
            let other: Vec<Consent> = other.iter().copied().map(said).collect();
            let ours = [said((yes, point, minute))];
            assert_eq!(outweighed(&ours, &other).len(), usize::from(expected), "{point} {minute} {other:?}");
        }
        let unconfirmed = Consent { awaits_confirmation: Some(true), ..said((yes, "", 2)) };
        assert_eq!(outweighed(&[said((yes, "", 3))], &[said((no, "", 1)), unconfirmed]).len(), 1);
    }
}
