//! The days of commands and questions: only those that can be counted with, looked at once for all of them.

use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::ValueError;
use serde_json::Value;

/// Refuses a command or question, as data, that names a day or moment outside the years 1 to 9999: a store keeps no other, and
/// far from them no calendar can be counted on.
///
/// # Errors
/// `date.year` with the field.
pub(crate) fn check(asked: &Value) -> Result<(), ValueError> {
    match asked {
        Value::String(text) if is_far(text) => Err(ValueError::new(
            "date.year",
            "day",
            "lies outside the years that can be counted with",
            "a year from 1 to 9999",
        )),
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                check(entry).map_err(|error| error.at(format!("[{index}]")))?;
            }
            Ok(())
        }
        Value::Object(members) => {
            for (name, value) in members {
                // The name of an entry is its path; that of a list stands before the place in it.
                check(value).map_err(|error| match error.field.as_deref() {
                    Some(inner) if inner.starts_with('[') => {
                        let field = format!("{name}{inner}");
                        ValueError { field: Some(field), ..error }
                    }
                    _ => error.at(name.clone()),
                })?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whether a text is a day or moment of another year: years beyond four digits are written with their sign.
fn is_far(text: &str) -> bool {
    let far = text.starts_with(['+', '-']) || text.starts_with("0000-");
    far && (text.parse::<NaiveDate>().is_ok() || text.parse::<DateTime<Utc>>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn days_far_away_are_refused_where_they_stand() {
        for (asked, field) in [
            (json!({"day": NaiveDate::MIN}), Some("day")),
            (json!({"day": NaiveDate::MAX}), Some("day")),
            (json!({"change": {"expected_close": "+12026-01-01"}}), Some("change.expected_close")),
            (json!({"items": [{"on": "2026-01-01"}, {"on": "0000-12-31"}]}), Some("items[1].on")),
            (json!({"at": DateTime::<Utc>::MAX_UTC}), Some("at")),
            (json!({"at": DateTime::<Utc>::MIN_UTC}), Some("at")),
            (
                json!({"first_day": "0001-01-01", "last_day": "9999-12-31", "at": "9999-12-31T23:59:59Z"}),
                None,
            ),
            (json!({"phone": "+39 0521 1", "note": "-", "amount": "-5.00"}), None),
        ] {
            let found = check(&asked).err();
            assert_eq!(found.as_ref().and_then(|error| error.field.as_deref()), field, "{asked}");
        }
    }
}
