//! Canonical JSON and the fingerprint of a dossier's content.

use super::dossier::Dossier;
use super::problem::{ProblemCode, QuotingProblem};
use super::value::Digest;
use serde::Serialize;
use serde_json::Value;

/// Members of a dossier that are not its content: they may change without a new revision of the offer.
pub const NOT_CONTENT: [&str; 4] = ["dossier_revision", "title", "notes", "ext"];

/// Canonical JSON: members sorted, no blanks, UTF-8 (RFC 8785, which for documents without fractional numbers is just that).
///
/// # Errors
/// `INTERNAL` when the value has no JSON form.
pub fn canonical_json(value: &impl Serialize) -> Result<String, QuotingProblem> {
    let value = serde_json::to_value(value).map_err(|_| unwritable())?;
    let mut text = String::new();
    write(&value, &mut text)?;
    Ok(text)
}

/// `sha256:` of the canonical JSON of a dossier without revision, title, notes and extensions.
///
/// Two dossiers with the same fingerprint are the same offer.
///
/// # Errors
/// `INTERNAL` when the dossier has no JSON form, which none that was parsed should show.
pub fn fingerprint(dossier: &Dossier) -> Result<Digest, QuotingProblem> {
    let mut value = serde_json::to_value(dossier).map_err(|_| unwritable())?;
    if let Value::Object(members) = &mut value {
        members.retain(|name, _| !NOT_CONTENT.contains(&name.as_str()));
    }
    let mut text = String::new();
    write(&value, &mut text)?;
    Ok(Digest::of(text.as_bytes()))
}

fn unwritable() -> QuotingProblem {
    QuotingProblem::new(ProblemCode::Internal, "value cannot be written as JSON")
}

fn write(value: &Value, text: &mut String) -> Result<(), QuotingProblem> {
    match value {
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(element, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            // RFC 8785 sorts by UTF-16 units; the map's own order is none to rely on.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            text.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&serde_json::to_string(name).map_err(|_| unwritable())?);
                text.push(':');
                write(member, text)?;
            }
            text.push('}');
        }
        scalar => text.push_str(&serde_json::to_string(scalar).map_err(|_| unwritable())?),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_sorted_and_blanks_are_gone() {
        let value: Value = serde_json::from_str(
            "{ \"b\": [1, {\"z\": null, \"a\": \"\\u00e9\\n\"}], \"a\": true, \"\\ud83d\\ude00\": 1, \"\\uff5e\": 2 }",
        )
        .unwrap();
        assert_eq!(
            canonical_json(&value).unwrap(),
            "{\"a\":true,\"b\":[1,{\"a\":\"é\\n\",\"z\":null}],\"\u{1f600}\":1,\"\u{ff5e}\":2}"
        );
    }
}
