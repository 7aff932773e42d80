//! A row of a file brought together with the record it names: what the file says, what stands there, and what the import before
//! had brought.
//!
//! | the file says | since the import before | comes of it |
//! | --- | --- | --- |
//! | what stands there | whatever | nothing |
//! | another value | nobody changed the field | the file's value |
//! | what the import before brought | somebody changed the field | nothing: the file is only older |
//! | another value | somebody changed the field | a conflict, decided by the [`ConflictRule`] |
//!
//! A field no import ever brought counts as changed by somebody when it holds something. Fields that are valid only together, such
//! as those of an address, are taken or left together. This is the three-way merge of version control, with the last import as
//! the common ancestor.

use clientela_model::{ClosedList, Column, Record, Value};
use std::collections::BTreeMap;

/// What a row does whose field was changed by somebody and is another in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ClosedList)]
pub enum ConflictRule {
    /// The row is rejected and nothing of it is taken.
    #[default]
    Refuse,
    /// The file's value is taken.
    File,
    /// The store's value stays, the rest of the row is taken.
    Store,
}

/// What the import before had brought into a record, by column. A column that is not there was never brought by one.
pub type Brought = BTreeMap<&'static str, Value>;

/// What a row comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Merged<R> {
    /// Everything stands there already, or the file is only older.
    Unchanged,
    /// The record as it is to be.
    Changed(Box<R>),
    /// Somebody changed these columns, and the file has something else in them.
    Conflicting(Vec<&'static str>),
}

/// Brings what a file says together with the record it names. `columns` are those the row speaks of: all others stay as they are.
/// `brought` is asked only where something differs.
///
/// # Errors
/// What the record says of values that do not fit it, which those of two records do.
pub fn merge<R: Record, E>(
    stored: &R,
    said: &R,
    columns: &[&str],
    rule: ConflictRule,
    brought: impl FnOnce() -> Result<Brought, E>,
    rebuilt: impl FnOnce(Vec<Value>) -> Result<R, E>,
) -> Result<Merged<R>, E> {
    let (stands, said) = (stored.to_values(), said.to_values());
    let differs = |at: &usize| stands.get(*at) != said.get(*at);
    let spoken_of = |column: &Column| columns.contains(&column.name);
    let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, column) in R::ENTITY.columns.iter().enumerate().filter(|(_, column)| spoken_of(column)) {
        if differs(&at) {
            parts.entry(column.group.unwrap_or(column.name)).or_default().push(at);
        }
    }
    if parts.is_empty() {
        return Ok(Merged::Unchanged);
    }
    let brought = brought()?;
    let (mut taken, mut conflicting) = (Vec::new(), Vec::new());
    for part in parts.into_values() {
        match judge(&part, &stands, &said, R::ENTITY.columns, &brought) {
            Judged::Newer => taken.extend(part),
            Judged::Older => {}
            Judged::Conflict => conflicting.extend(part),
        }
    }
    match rule {
        ConflictRule::Refuse if !conflicting.is_empty() => {
            conflicting.sort_unstable();
            let names = conflicting.iter().filter_map(|at| R::ENTITY.columns.get(*at));
            return Ok(Merged::Conflicting(names.map(|column| column.name).collect()));
        }
        ConflictRule::File => taken.append(&mut conflicting),
        ConflictRule::Refuse | ConflictRule::Store => {}
    }
    if taken.is_empty() {
        return Ok(Merged::Unchanged);
    }
    let mut values = stands;
    for at in taken {
        if let (Some(to), Some(from)) = (values.get_mut(at), said.get(at)) {
            to.clone_from(from);
        }
    }
    Ok(Merged::Changed(Box::new(rebuilt(values)?)))
}

enum Judged {
    /// The file knows something newer.
    Newer,
    /// The file holds what the import before brought.
    Older,
    /// Both have changed.
    Conflict,
}

/// Judges columns that belong together and differ, all of them.
fn judge(part: &[usize], stands: &[Value], said: &[Value], columns: &[Column], brought: &Brought) -> Judged {
    let before = |at: &usize| columns.get(*at).and_then(|column| brought.get(column.name));
    let untouched = |at: &usize| match before(at) {
        Some(value) => stands.get(*at) == Some(value),
        None => stands.get(*at).is_none_or(Value::is_null),
    };
    let older = |at: &usize| before(at).is_some_and(|value| said.get(*at) == Some(value));
    if part.iter().all(untouched) {
        Judged::Newer
    } else if part.iter().all(older) {
        Judged::Older
    } else {
        Judged::Conflict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ContactId, CustomerId};
    use crate::party::Contact;
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn contact(number: Option<&str>, given: Option<&str>, family: &str) -> Contact {
        Contact {
            id: ContactId::from_uuid(Uuid::nil()),
            customer: CustomerId::from_uuid(Uuid::nil()),
            number: number.map(str::to_owned),
            given_name: given.map(str::to_owned),
            family_name: family.to_owned(),
            role: None,
            influence: None,
            language: None,
            mobile: None,
            phone: None,
            email: None,
            reports_to: None,
            relation: None,
            left_on: None,
        }
    }

    fn merged(
        stored: &Contact,
        said: &Contact,
        columns: &[&str],
        rule: ConflictRule,
        brought: Option<&Contact>,
    ) -> Merged<Contact> {
        let brought = || {
            let values = brought.map(Record::to_values).unwrap_or_default();
            let columns = Contact::ENTITY.columns.iter().map(|column| column.name);
            Ok::<_, String>(columns.zip(values).collect())
        };
        merge(stored, said, columns, rule, brought, |values| {
            Contact::from_values(values).map_err(|error| error.to_string())
        })
        .unwrap()
    }

    #[test]
    fn what_the_file_says_what_stands_and_what_was_brought() {
        use ConflictRule::{File, Refuse, Store};
        /// Stands, said, brought before, by family name; then the rule and what comes of it.
        type Case<'a> = (&'a str, &'a str, Option<&'a str>, ConflictRule, Result<Option<&'a str>, ()>);
        let cases: [Case<'_>; 9] = [
            ("Rossi", "Rossi", None, Refuse, Ok(None)),
            ("Rossi", "Bianchi", Some("Rossi"), Refuse, Ok(Some("Bianchi"))),
            ("Verdi", "Rossi", Some("Rossi"), Refuse, Ok(None)),
            ("Verdi", "Rossi", Some("Rossi"), File, Ok(None)),
            ("Verdi", "Bianchi", Some("Rossi"), Refuse, Err(())),
            ("Verdi", "Bianchi", Some("Rossi"), File, Ok(Some("Bianchi"))),
            ("Verdi", "Bianchi", Some("Rossi"), Store, Ok(None)),
            ("Verdi", "Bianchi", None, Refuse, Err(())),
            ("Verdi", "Bianchi", None, File, Ok(Some("Bianchi"))),
        ];
        for (stands, said, brought, rule, expected) in cases {
            let of = |name: &str| contact(None, None, name);
            let brought = brought.map(of);
            let found = merged(&of(stands), &of(said), &["family_name"], rule, brought.as_ref());
            let expected = match expected {
                Ok(None) => Merged::Unchanged,
                Ok(Some(name)) => Merged::Changed(Box::new(of(name))),
                Err(()) => Merged::Conflicting(vec!["family_name"]),
            };
            assert_eq!(found, expected, "{stands} {said} {rule:?}");
        }
    }

    #[test]
    fn what_belongs_together_is_taken_or_left_together() {
        let brought = contact(None, Some("Ada"), "Rossi");
        // Somebody married; the file has another given name and the old family name.
        let stands = contact(None, Some("Ada"), "Bianchi");
        let said = contact(None, Some("Adele"), "Rossi");
        let columns = ["given_name", "family_name"];
        let refused = merged(&stands, &said, &columns, ConflictRule::Refuse, Some(&brought));
        assert_eq!(refused, Merged::Conflicting(vec!["given_name", "family_name"]));
        assert_eq!(merged(&stands, &said, &columns, ConflictRule::Store, Some(&brought)), Merged::Unchanged);
    }

    proptest! {
        /// Taken twice, a file changes nothing the second time; and columns it does not speak of never change.
        #[test]
        fn merging_again_changes_nothing(
            names in proptest::array::uniform3("[ABC]"),
            numbers in proptest::array::uniform3(proptest::option::of("[12]")),
            speaks in proptest::bool::ANY,
            rule in proptest::sample::select(ConflictRule::ALL),
        ) {
            let of = |at: usize| contact(numbers[at].as_deref(), None, &names[at]);
            let (stands, said, brought) = (of(0), of(1), of(2));
            let columns: &[&str] = if speaks { &["number", "family_name"] } else { &["family_name"] };
            let first = merged(&stands, &said, columns, rule, Some(&brought));
            if let Merged::Changed(record) = first {
                if !speaks {
                    prop_assert_eq!(&record.number, &stands.number);
                }
                let again = merged(&record, &said, columns, rule, Some(&record));
                prop_assert!(!matches!(again, Merged::Conflicting(_)));
            }
        }
    }
}
