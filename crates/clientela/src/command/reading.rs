//! What is wrong with a text that should be a command, told without the values in it: they may be personal.

use serde_json::error::Category;

/// What is wrong and where.
pub(super) fn problem(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => without_values(&error.to_string()),
        Category::Eof => format!("its JSON ends too early, at {place}"),
        Category::Syntax | Category::Io => format!("it is not JSON at {place}"),
    }
}

/// The field at which the reading stops, for a text that is JSON and names a command.
pub(super) fn field(text: &str) -> Option<String> {
    let serde_json::Value::Object(mut members) = serde_json::from_str(text).ok()? else { return None };
    let kind = members.remove("command")?;
    let path = super::stops_at(kind.as_str()?, serde_json::Value::Object(members))?;
    // Declared names only: a member that is not declared may be called anything.
    let declared = |letter: char| is_word(letter) || matches!(letter, '.' | '[' | ']');
    (path.len() <= 80 && path.chars().all(declared)).then_some(path)
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
    let end = found.find(['"', '`']).unwrap_or(found.len());
    let kind = found.get(..end).unwrap_or_default().trim_end();
    format!("{kind}{expected}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
