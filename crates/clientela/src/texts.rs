//! What every text must pass, whoever wrote the command that brings it.
//!
//! Decisions check the texts they know by their own rules. This is the door's floor beneath them: no text is endless, none
//! has characters that are none, and what things are called by is one line and not blank.

use clientela_core::findings::{LINE_MAX, PARAGRAPH_MAX};
use clientela_model::{ColumnType, Entity, Value, ValueError};

/// Columns things are called by: one line, and needed.
const NAMES: &[&str] = &[
    "category",
    "code",
    "family_name",
    "login",
    "make",
    "name",
    "number",
    "subject",
    "tax_category",
    "title",
];

/// Checks the texts of a record that differ from those before.
///
/// # Errors
/// `field.missing`, `text.too_long`, `text.control_character`, at the first column concerned.
pub(crate) fn check(entity: &Entity, before: Option<&[Value]>, after: &[Value]) -> Result<(), ValueError> {
    for (place, (column, value)) in entity.columns.iter().zip(after).enumerate() {
        let changed = before.and_then(|before| before.get(place)) != Some(value);
        if let (ColumnType::Text, true, Value::Text(text)) = (column.ty, changed, value) {
            let needed = !column.nullable && is_name(entity, column.name);
            let most = most_of(entity, column.name, needed);
            check_text(text, needed, most).map_err(|error| error.at(column.name))?;
        }
    }
    Ok(())
}

/// What stands in the lines of an offer is decided by its pricing, which leaves some of it blank.
fn is_name(entity: &Entity, column: &str) -> bool {
    let in_offer = entity.part_of.is_some_and(|(root, _)| root == "offer");
    !in_offer && NAMES.contains(&column)
}

/// Documents a person keeps in a column, with the most bytes of their own checks.
const DOCUMENTS: &[(&str, &str, usize)] = &[
    ("rule_set", "document", clientela_rules::ruleset::limits::DOCUMENT_BYTES_MAX),
    // Ids of all positions a rule names.
    ("territory_rule", "targets", 1 << 20),
    // A table may have a thousand columns, each with a header of its own.
    ("import_mapping", "document", 1 << 18),
];

fn most_of(entity: &Entity, column: &str, is_name: bool) -> usize {
    let document = DOCUMENTS.iter().find(|(of, name, _)| *of == entity.name && *name == column);
    match document {
        Some((.., most)) => *most,
        None if is_name => LINE_MAX,
        None => PARAGRAPH_MAX,
    }
}

fn check_text(text: &str, is_name: bool, most: usize) -> Result<(), ValueError> {
    if text.len() > most * 4 || text.chars().count() > most {
        let expected = format!("at most {most} characters");
        return Err(ValueError::new("text.too_long", "text", "is too long", expected));
    }
    if is_name && text.trim().is_empty() {
        return Err(ValueError::new("field.missing", "field", "is missing", "a value"));
    }
    let breaks = |letter: char| !is_name && matches!(letter, '\n' | '\r' | '\t');
    if text.chars().any(|letter| letter.is_control() && !breaks(letter)) {
        let expected = if is_name { "one line of letters" } else { "letters and line breaks" };
        return Err(ValueError::new("text.control_character", "text", "has a control character", expected));
    }
    Ok(())
}
