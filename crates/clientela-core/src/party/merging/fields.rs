//! Which of two contents each field keeps.

use super::{ADDED, MergeError};
use crate::organisation::MERGED_INTO;
use clientela_model::{ClosedList, Column, ColumnType, Entity, Value};
use std::collections::BTreeMap;

/// One of the two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Side {
    /// The one that stays.
    Survivor,
    /// The one that becomes it.
    Merged,
}

/// Why a field keeps what it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Reason {
    /// Somebody chose it.
    Chosen,
    /// Both say the same.
    Same,
    /// What the survivor says, where nothing else is said.
    Survivor,
    /// The survivor says nothing.
    Filled,
    /// The stricter holds: who asked not to be contacted, whose deliveries wait.
    Stricter,
    /// The earlier day.
    Earlier,
}

/// What a field keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldLine {
    /// The field.
    pub column: &'static Column,
    /// What the survivor says.
    pub survivor: Value,
    /// What the merged record says.
    pub merged: Value,
    /// Whose content stays.
    pub taken: Side,
    /// Why.
    pub reason: Reason,
}

/// The survivor as it is to be, and how each field came by its content.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Values of the survivor, in the order of the declaration.
    pub values: Vec<Value>,
    /// Every field in which one of the two says something.
    pub lines: Vec<FieldLine>,
}

/// Columns of which yes is stricter than no.
const STRICTER: [&str; 2] = ["do_not_contact", "credit_hold"];
/// Columns of which the earlier day holds.
const EARLIER: [&str; 1] = ["since"];
/// Columns that say whose a record is and why; they are changed by other commands.
const WHOSE: [&str; 5] = ["party", "unit", "owner", "owner_reason", MERGED_INTO];

/// Whether a field's content can be chosen.
fn is_content(column: &Column) -> bool {
    !WHOSE.contains(&column.name)
}

/// Puts two records of an entity together. A choice holds for all fields that are valid only together; where nothing is
/// chosen the survivor's content stays, and what it lacks is filled. Choices of fields of other entities are passed over.
///
/// # Errors
/// `merge.field_split` when fields that are valid only together are chosen from both.
pub fn choose(
    entity: &'static Entity,
    survivor: &[Value],
    merged: &[Value],
    choices: &BTreeMap<String, Side>,
) -> Result<Chosen, MergeError> {
    let mut values = survivor.to_vec();
    let mut lines = Vec::new();
    // The first column is the id.
    for (at, column) in entity.columns.iter().enumerate().skip(1).filter(|(_, column)| is_content(column)) {
        let (Some(here), Some(there)) = (survivor.get(at), merged.get(at)) else { continue };
        if here.is_null() && there.is_null() {
            continue;
        }
        let (taken, reason) = decide(entity, at, survivor, merged, choices)?;
        if taken == Side::Merged
            && let Some(value) = values.get_mut(at)
        {
            value.clone_from(there);
        }
        lines.push(FieldLine { column, survivor: here.clone(), merged: there.clone(), taken, reason });
    }
    Ok(Chosen { values, lines })
}

fn decide(
    entity: &'static Entity,
    at: usize,
    survivor: &[Value],
    merged: &[Value],
    choices: &BTreeMap<String, Side>,
) -> Result<(Side, Reason), MergeError> {
    let (column, here, there) = (&entity.columns[at], &survivor[at], &merged[at]);
    // A no is not asked twice: neither a choice nor an order of days makes it a yes.
    if STRICTER.contains(&column.name) {
        let stricter = *there == Value::Bool(true) && *here != *there;
        return Ok(if stricter {
            (Side::Merged, Reason::Stricter)
        } else {
            (Side::Survivor, Reason::Survivor)
        });
    }
    if let Some(side) = choice(entity, column, choices)? {
        return Ok((side, Reason::Chosen));
    }
    if here == there {
        return Ok((Side::Survivor, Reason::Same));
    }
    if EARLIER.contains(&column.name)
        && let (Value::Date(one), Value::Date(other)) = (here, there)
    {
        let side = if other < one { Side::Merged } else { Side::Survivor };
        return Ok((side, Reason::Earlier));
    }
    let empty = |values: &[Value]| match column.group {
        None => values[at].is_null(),
        // What may not be empty, as a country, says nothing on whether there is an address.
        Some(group) => entity
            .columns
            .iter()
            .zip(values)
            .all(|(other, value)| other.group != Some(group) || !other.nullable || value.is_null()),
    };
    let fills = empty(survivor) && !empty(merged) && (column.nullable || column.group.is_some());
    Ok(if fills { (Side::Merged, Reason::Filled) } else { (Side::Survivor, Reason::Survivor) })
}

/// What was chosen of a field or one of its group.
fn choice(
    entity: &'static Entity,
    column: &'static Column,
    choices: &BTreeMap<String, Side>,
) -> Result<Option<Side>, MergeError> {
    let of_group = entity
        .columns
        .iter()
        .filter(|other| other.name == column.name || (column.group.is_some() && other.group == column.group));
    let mut chosen: Option<(&'static str, Side)> = None;
    for other in of_group {
        let Some(side) = choices.get(other.name) else { continue };
        match chosen {
            Some((one, before)) if before != *side => {
                return Err(MergeError::Split { one, other: other.name });
            }
            _ => chosen = Some((other.name, *side)),
        }
    }
    Ok(chosen.map(|(_, side)| side))
}

/// Refuses choices of fields that none of the entities has; added fields are looked at by [`choose_added`](super::choose_added).
///
/// # Errors
/// `merge.field_unknown`, with the fields there are.
pub fn check_choices(
    entities: &[&'static Entity],
    choices: &BTreeMap<String, Side>,
) -> Result<(), MergeError> {
    let content = || {
        entities.iter().flat_map(|entity| entity.columns.iter().skip(1)).filter(|column| is_content(column))
    };
    let mut declared = choices.keys().filter(|field| !field.starts_with(ADDED));
    match declared.find(|field| !content().any(|column| column.name == field.as_str())) {
        None => Ok(()),
        Some(field) => Err(MergeError::UnknownField {
            field: field.chars().take(64).collect(),
            known: content().map(|column| column.name).collect::<Vec<_>>().join(", "),
        }),
    }
}

impl FieldLine {
    /// Whether what stays is not what the survivor said.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.taken == Side::Merged && self.survivor != self.merged
    }

    /// Whether it is a reference and not something a person reads.
    #[must_use]
    pub const fn is_reference(&self) -> bool {
        matches!(self.column.ty, ColumnType::Id(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::entry::{NewCustomer, Seat, enter_customer};
    use crate::party::{Party, Relationship};
    use clientela_model::{EntityId, Record};
    use uuid::Uuid;

    fn party(number: u128, new: &NewCustomer) -> (Party, Relationship) {
        let id = |number| Uuid::from_u128(number);
        let seat = Seat { owner: EntityId::from_uuid(id(1)), unit: EntityId::from_uuid(id(2)) };
        let entered =
            enter_customer(new, EntityId::from_uuid(id(number)), EntityId::from_uuid(id(number + 1)), seat);
        let entered = entered.unwrap();
        (entered.party, entered.relationship)
    }

    fn new(name: &str) -> NewCustomer {
        NewCustomer {
            kind: Some("company".into()),
            name: Some(name.into()),
            country: Some("IT".into()),
            ..Default::default()
        }
    }

    fn chosen(one: &Party, other: &Party, choices: &[(&str, Side)]) -> Result<Party, MergeError> {
        let choices = choices.iter().map(|(field, side)| ((*field).to_owned(), *side)).collect();
        let chosen = choose(Party::ENTITY, &one.to_values(), &other.to_values(), &choices)?;
        Ok(Party::from_values(chosen.values).unwrap())
    }

    #[test]
    fn what_is_lacking_is_filled_and_what_is_chosen_is_taken() {
        let (one, _) = party(10, &NewCustomer { phone: Some("+39 011 4432111".into()), ..new("Rossi srl") });
        let address = NewCustomer {
            street: Some("Via Roma 1".into()),
            locality: Some("Lugano".into()),
            postal_code: Some("6900".into()),
            country: Some("CH".into()),
            phone: Some("+39 011 4432222".into()),
            ..new("Rossi S.r.l.")
        };
        let (other, _) = party(20, &address);
        let plain = chosen(&one, &other, &[]).unwrap();
        // The address is taken whole, with its country.
        assert_eq!(
            (&plain.name, &plain.locality, plain.country),
            (&one.name, &other.locality, other.country)
        );
        assert_eq!((plain.id, plain.phone.clone()), (one.id, one.phone.clone()));
        let taken = chosen(&one, &other, &[("phone", Side::Merged), ("name", Side::Merged)]).unwrap();
        assert_eq!((taken.phone, taken.name), (other.phone.clone(), other.name.clone()));
        let own = chosen(&one, &other, &[("street", Side::Survivor)]).unwrap();
        assert_eq!((own.street, own.country), (None, one.country));
        let split = chosen(&one, &other, &[("street", Side::Survivor), ("locality", Side::Merged)]);
        assert_eq!(split, Err(MergeError::Split { one: "street", other: "locality" }));
    }

    #[test]
    fn the_stricter_and_the_earlier_hold_whatever_is_chosen() {
        let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 3, day);
        let (_, one) = party(10, &NewCustomer { since: day(9), ..new("A") });
        let (_, other) = party(20, &NewCustomer { since: day(2), do_not_contact: true, ..new("B") });
        let choices = BTreeMap::from([("do_not_contact".to_owned(), Side::Survivor)]);
        let chosen = choose(Relationship::ENTITY, &one.to_values(), &other.to_values(), &choices).unwrap();
        let kept = Relationship::from_values(chosen.values).unwrap();
        assert!(kept.do_not_contact);
        assert_eq!((kept.since, kept.owner, kept.id), (day(2), one.owner, one.id));
        // Why somebody owns the one says nothing on who owns the other.
        let given = Relationship { owner_reason: Some("territory model".into()), ..other.clone() };
        let chosen =
            choose(Relationship::ENTITY, &one.to_values(), &given.to_values(), &BTreeMap::new()).unwrap();
        assert_eq!(Relationship::from_values(chosen.values).unwrap().owner_reason, None);
        let known = check_choices(&[Party::ENTITY], &BTreeMap::from([("owner".to_owned(), Side::Merged)]));
        assert_eq!(known.map_err(|error| clientela_model::Coded::code(&error)), Err("merge.field_unknown"));
    }
}
