//! What is wrong with a text that should be a command or a question, told without the values in it: they may be personal.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use std::fmt::Write;

/// What is wrong and where.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => without_values(&error.to_string()),
        Category::Eof => format!("its JSON ends too early, at {place}"),
        Category::Syntax | Category::Io => format!("it is not JSON at {place}"),
    }
}

/// What is written as one object that names itself: a command, a question.
pub(crate) trait Worded: DeserializeOwned {
    /// The member that names it.
    const TAG: &'static str;
    /// The names there are.
    const WORDS: &'static [&'static str];
}

/// The field at which the reading stops, for a text that is JSON and names something there is.
pub(crate) fn field<T: Worded>(text: &str) -> Option<String> {
    let whole: Value = serde_json::from_str(text).ok()?;
    let word = whole.get(T::TAG)?.as_str()?;
    if !T::WORDS.contains(&word) {
        return None;
    }
    let reader = Reader { tag: T::TAG, refusal: refusal::<T> };
    let path = reader.stops_at(whole)?;
    // Declared names only: a member that is not declared may be called anything.
    let declared = |letter: char| is_word(letter) || matches!(letter, '.' | '[' | ']');
    (path.len() <= 80 && path.chars().all(declared)).then_some(path)
}

fn refusal<T: Worded>(whole: &Value) -> Option<String> {
    serde_json::from_value::<T>(whole.clone()).err().map(|error| error.to_string())
}

/// Finds where a reading stops. The reader says what is wrong and not where, and one that also says where would be made a second
/// time for every command there is; so the same reader is asked again about parts.
struct Reader {
    tag: &'static str,
    refusal: fn(&Value) -> Option<String>,
}

impl Reader {
    fn stops_at(&self, whole: Value) -> Option<String> {
        let refused = (self.refusal)(&whole)?;
        let missing = refused.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        let place = match missing {
            Some((name, _)) => self.lacking(&whole, &whole, &Place::default(), name, &refused)?,
            None => self.first_refused(whole, &refused)?,
        };
        (!place.path.is_empty()).then_some(place.path)
    }

    /// The end of the shortest beginning that is refused in the same way.
    fn first_refused(&self, mut whole: Value, refused: &str) -> Option<Place> {
        let mut place = Place::default();
        loop {
            let value = whole.pointer(&place.pointer)?.clone();
            let children = self.children(&place, &value);
            let shortest = (0..=children.len()).find_map(|count| {
                let mut part = whole.clone();
                *part.pointer_mut(&place.pointer)? = self.beginning(&place, &value, count);
                ((self.refusal)(&part).as_deref() == Some(refused)).then_some((count, part))
            });
            match shortest {
                Some((count, part)) if count > 0 => {
                    whole = part;
                    place = children.into_iter().nth(count - 1)?;
                }
                _ => return Some(place),
            }
        }
    }

    /// The object that lacks a member: once it has one of that name, the complaint is another, and not that it is unknown there.
    fn lacking(&self, whole: &Value, value: &Value, at: &Place, name: &str, refused: &str) -> Option<Place> {
        if let Value::Object(members) = value
            && !members.contains_key(name)
        {
            let mut filled = whole.clone();
            filled.pointer_mut(&at.pointer)?.as_object_mut()?.insert(name.to_owned(), Value::Null);
            let then = (self.refusal)(&filled).unwrap_or_default();
            if then != refused && !then.starts_with("unknown field") {
                return Some(at.clone());
            }
        }
        self.children(at, value)
            .into_iter()
            .find_map(|child| self.lacking(whole, whole.pointer(&child.pointer)?, &child, name, refused))
    }

    /// The children of the value at a place, in the order they are read; what names the whole is none.
    fn children(&self, at: &Place, value: &Value) -> Vec<Place> {
        match value {
            Value::Object(members) => {
                members.keys().filter(|name| !self.is_tag(at, name)).map(|name| at.member(name)).collect()
            }
            Value::Array(entries) => (0..entries.len()).map(|index| at.entry(index)).collect(),
            _ => Vec::new(),
        }
    }

    /// The value with so many of its children.
    fn beginning(&self, at: &Place, value: &Value, count: usize) -> Value {
        match value {
            Value::Object(members) => {
                let (tag, others): (Vec<_>, Vec<_>) =
                    members.iter().partition(|(name, _)| self.is_tag(at, name));
                let kept = tag.into_iter().chain(others.into_iter().take(count));
                Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            Value::Array(entries) => Value::Array(entries.iter().take(count).cloned().collect()),
            other => other.clone(),
        }
    }

    fn is_tag(&self, at: &Place, name: &str) -> bool {
        at.pointer.is_empty() && name == self.tag
    }
}

/// A place in the text, as people and as JSON pointers write it.
#[derive(Clone, Default)]
struct Place {
    path: String,
    pointer: String,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Self { path: format!("{}{dot}{name}", self.path), pointer: format!("{}/{escaped}", self.pointer) }
    }

    fn entry(&self, index: usize) -> Self {
        let mut place = self.clone();
        // Writing into a text cannot fail.
        let _ = write!(place.path, "[{index}]");
        let _ = write!(place.pointer, "/{index}");
        place
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
}

/// The reader's message without what was found: `invalid type: string "…", expected u32` says all but the string.
fn without_values(message: &str) -> String {
    let (found, expected) = match message.rfind(", expected ") {
        Some(at) => message.split_at(at),
        None => (message, ""),
    };
    if let Some(name) = found.strip_prefix("unknown field `").and_then(|rest| rest.strip_suffix('`')) {
        // A misspelt field is named: it is the program's word, if it is a word.
        let shown = !name.is_empty() && name.len() <= 40 && name.chars().all(is_word);
        return if shown { message.to_owned() } else { format!("unknown field{expected}") };
    }
    if found.starts_with("missing field") || found.starts_with("duplicate field") {
        return message.to_owned();
    }
    if let Some(given) = found.strip_prefix("unknown variant `").and_then(|rest| rest.split('`').next())
        && expected.matches('`').count() > 2 * NEAR_MAX
    {
        return format!("unknown variant{}", near(given, expected));
    }
    let end = found.find(['"', '`']).unwrap_or(found.len());
    let kind = found.get(..end).unwrap_or_default().trim_end();
    format!("{kind}{expected}")
}

/// Most words that are named when one is not known.
const NEAR_MAX: usize = 20;

/// Of many words those that begin as the one that was given; the manual has them all.
fn near(given: &str, expected: &str) -> String {
    let root = given.split('.').next().unwrap_or_default();
    let words = expected.split('`').skip(1).step_by(2);
    let like: Vec<String> = words
        .filter(|word| !root.is_empty() && word.split('.').next() == Some(root))
        .take(NEAR_MAX)
        .map(|word| format!("`{word}`"))
        .collect();
    if like.is_empty() {
        ", expected a word of the manual".to_owned()
    } else {
        format!(", expected one such as {}", like.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    #[test]
    fn the_field_is_found_at_which_the_reading_stops() {
        let customer =
            |inside: &str| format!(r#"{{"command": "customer.create", "customer": {{{inside}}}}}"#);
        let offer =
            |items: &str| format!(r#"{{"command": "offer.create", "opportunity": "O-1", "items": {items}}}"#);
        for (text, expected) in [
            (customer(r#""name": 7"#), Some("customer.name")),
            (customer(r#""name": "x", "nome": "y""#), Some("customer.nome")),
            (offer("3"), Some("items")),
            (offer(r#"[{"product": "A", "quantity": "1"}, {"quantity": "1"}]"#), Some("items[1]")),
            (
                offer(r#"[{"product": "A", "quantity": "1"}, {"product": 7, "quantity": "1"}]"#),
                Some("items[1].product"),
            ),
            (offer(r#"[{"product": "A", "quantity": "one"}]"#), Some("items[0].quantity")),
            (
                r#"{"command": "sales_method.define", "code": "M", "name": "M", "stages": [{"name": "x"}]}"#
                    .to_owned(),
                Some("stages[0]"),
            ),
            (r#"{"command": "offer.create", "items": []}"#.to_owned(), None),
            (r#"{"command": "offer.creat", "items": []}"#.to_owned(), None),
            (r#"{"command": "offer.issue", "offer": "Q-1", "a/b": 1}"#.to_owned(), None),
            ("{".to_owned(), None),
        ] {
            assert!(Command::from_json(&text).is_err(), "{text}");
            assert_eq!(field::<Command>(&text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn values_are_left_out_and_names_are_kept() {
        for (message, told) in [
            (
                "invalid type: string \"Rossi\", expected u32 at line 1",
                "invalid type: string, expected u32 at line 1",
            ),
            ("invalid type: string \"a, expected b\", expected u32", "invalid type: string, expected u32"),
            ("invalid value: integer `347`, expected a day", "invalid value: integer, expected a day"),
            ("unknown variant `Rossi`, expected `a` or `b`", "unknown variant, expected `a` or `b`"),
            ("unknown field `nome`, expected `name`", "unknown field `nome`, expected `name`"),
            ("unknown field `Rossi`, expected `name`", "unknown field, expected `name`"),
            ("missing field `name` at line 1", "missing field `name` at line 1"),
            ("something about \"Rossi\"", "something about"),
        ] {
            assert_eq!(without_values(message), told);
        }
    }
}
