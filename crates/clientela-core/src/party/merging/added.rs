//! Which of two values each added field keeps.

use super::{MergeError, Reason, Side};
use crate::custom::CustomValue;
use clientela_model::{Field, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What stands before the name of an added field among choices, as in rules.
pub const ADDED: &str = "custom.";

/// What an added field keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedLine<'v> {
    /// The field.
    pub name: &'v str,
    /// The survivor's value, which may be empty.
    pub survivor: Option<&'v CustomValue>,
    /// The other's.
    pub merged: Option<&'v CustomValue>,
    /// Whose stays.
    pub taken: Side,
    /// Why.
    pub reason: Reason,
}

/// What is said in the one column of a value that is not empty.
fn said(value: Option<&CustomValue>) -> Option<Value> {
    let value = value?;
    let columns = [
        value.text.to_value(),
        value.number.to_value(),
        value.date.to_value(),
        value.flag.to_value(),
        value.amount.to_value(),
        value.confidential.to_value(),
    ];
    columns.into_iter().find(|value| !value.is_null())
}

impl AddedLine<'_> {
    /// What the survivor and the merged one say, as text.
    #[must_use]
    pub fn texts(&self) -> [Option<String>; 2] {
        [self.survivor, self.merged].map(|value| said(value).map(|value| value.to_plain_text()))
    }

    /// Whether it is read only by those who read confidential fields.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        [self.survivor, self.merged].into_iter().flatten().any(|value| value.confidential.is_some())
    }
}

/// Puts the values of two customers' added fields together, as [`choose`](super::choose) does with declared ones. A choice is
/// named `custom.` and the field.
///
/// # Errors
/// `merge.field_unknown` when a field is chosen that neither has.
pub fn choose_added<'v>(
    survivor: &'v [CustomValue],
    merged: &'v [CustomValue],
    choices: &BTreeMap<String, Side>,
) -> Result<Vec<AddedLine<'v>>, MergeError> {
    let of = |values: &'v [CustomValue], name: &str| values.iter().find(|value| value.name == name);
    let names: BTreeSet<&'v str> = survivor.iter().chain(merged).map(|value| value.name.as_str()).collect();
    let unknown =
        choices.keys().find(|key| key.strip_prefix(ADDED).is_some_and(|name| !names.contains(name)));
    if let Some(field) = unknown {
        let known = names.iter().map(|name| format!("{ADDED}{name}")).collect::<Vec<_>>().join(", ");
        return Err(MergeError::UnknownField { field: field.chars().take(64).collect(), known });
    }
    let lines = names.into_iter().filter_map(|name| {
        let (here, there) = (of(survivor, name), of(merged, name));
        let (taken, reason) = match (said(here), said(there), choices.get(&format!("{ADDED}{name}"))) {
            (None, None, _) => return None,
            (_, _, Some(side)) => (*side, Reason::Chosen),
            (one, other, None) if one == other => (Side::Survivor, Reason::Same),
            (None, Some(_), None) => (Side::Merged, Reason::Filled),
            (Some(_), _, None) => (Side::Survivor, Reason::Survivor),
        };
        Some(AddedLine { name, survivor: here, merged: there, taken, reason })
    });
    Ok(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::{Coded, EntityId};
    use uuid::Uuid;

    fn value(name: &str, text: &str) -> CustomValue {
        CustomValue {
            id: EntityId::from_uuid(Uuid::from_u128(1)),
            customer: EntityId::from_uuid(Uuid::from_u128(2)),
            name: name.to_owned(),
            text: (!text.is_empty()).then(|| text.to_owned()),
            number: None,
            date: None,
            flag: None,
            amount: None,
            confidential: None,
        }
    }

    #[test]
    fn added_fields_are_chosen_like_others() {
        let ours = [value("dock", "north"), value("gate", ""), value("hours", "8-12"), value("none", "")];
        let theirs =
            [value("dock", "south"), value("gate", "3"), value("hours", "8-12"), value("yard", "big")];
        let taken = |choices: &[(&str, Side)]| {
            let choices = choices.iter().map(|(field, side)| ((*field).to_owned(), *side)).collect();
            let lines = choose_added(&ours, &theirs, &choices);
            lines.map(|lines| {
                lines.iter().map(|line| (line.name, line.taken, line.reason)).collect::<Vec<_>>()
            })
        };
        let rest = [
            ("gate", Side::Merged, Reason::Filled),
            ("hours", Side::Survivor, Reason::Same),
            ("yard", Side::Merged, Reason::Filled),
        ];
        let with = |dock| [vec![dock], rest.to_vec()].concat();
        assert_eq!(taken(&[]).unwrap(), with(("dock", Side::Survivor, Reason::Survivor)));
        let chosen = taken(&[("custom.dock", Side::Merged), ("name", Side::Merged)]).unwrap();
        assert_eq!(chosen, with(("dock", Side::Merged, Reason::Chosen)));
        let unknown = taken(&[("custom.roof", Side::Merged)]).map_err(|error| error.code());
        assert_eq!(unknown, Err("merge.field_unknown"));
    }
}
