//! Reading of the outside vectors, which lie beside the repository and are not part of it.

use serde_json::Value;

/// The vectors of a file, or nothing, said aloud, where they are not there.
pub(crate) fn vectors(file: &str) -> Option<Value> {
    let path = format!("{}/../../../shared/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).expect("the vectors are JSON")),
        Err(_) => {
            eprintln!("skipped: no outside vectors {file}");
            None
        }
    }
}

/// The rows of a list in it.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().expect("a list of vectors").as_slice()
}

/// A text in a row.
pub(crate) fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().expect("a text in the vector")
}
