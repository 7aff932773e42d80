//! The words of a language, as a file of keys and texts.

use std::collections::BTreeMap;

/// A file of words that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the words is not of the form key = text")]
pub struct WordsError {
    /// The line, counted from 1.
    pub line: usize,
}

impl clientela_model::Coded for WordsError {
    fn kind(&self) -> clientela_model::ErrorKind {
        clientela_model::ErrorKind::Argument
    }
    fn code(&self) -> &'static str {
        match self {
            Self { .. } => "sentence.words",
        }
    }
}

/// Keys and texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Words(BTreeMap<String, String>);

impl Words {
    /// Adds the lines of a file; a key that is known gets the new text.
    pub(super) fn add(&mut self, file: &str) -> Result<(), WordsError> {
        for (index, line) in file.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, text) = line.split_once('=').ok_or(WordsError { line: index + 1 })?;
            self.set(key.trim(), text.trim());
        }
        Ok(())
    }

    pub(super) fn set(&mut self, key: &str, text: &str) {
        self.0.insert(key.to_owned(), text.to_owned());
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The text of a key, the key itself if there is none.
    pub(super) fn word<'w>(&'w self, key: &'w str) -> &'w str {
        self.get(key).unwrap_or(key)
    }

    /// The text of a key with its places filled in. What is filled in is never looked at again.
    pub(super) fn fill(&self, key: &str, parts: &[(&str, &str)]) -> String {
        let mut rest = self.word(key);
        let mut filled = String::new();
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            filled.push_str(before);
            let Some(close) = from.find('}') else {
                filled.push_str(from);
                return filled;
            };
            let name = from.get(1..close).unwrap_or_default();
            match parts.iter().find(|(known, _)| *known == name) {
                Some((_, text)) => filled.push_str(text),
                None => filled.push_str(from.get(..=close).unwrap_or_default()),
            }
            rest = from.get(close + 1..).unwrap_or_default();
        }
        filled.push_str(rest);
        filled
    }
}
