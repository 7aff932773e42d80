//! The words of documents: one file for each language, every file with the same keys.

use clientela_model::ClosedList;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A language documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum DocumentLanguage {
    /// English.
    English,
    /// Italian.
    Italian,
    /// French.
    French,
    /// German.
    German,
    /// Russian.
    Russian,
}

type Words = HashMap<String, String>;

static WORDS: LazyLock<[Words; 5]> = LazyLock::new(|| {
    [
        include_str!("words/en.json"),
        include_str!("words/it.json"),
        include_str!("words/fr.json"),
        include_str!("words/de.json"),
        include_str!("words/ru.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap_or_default())
});

impl DocumentLanguage {
    /// The language of a tag such as `it`, `it-IT` or its word; none when documents are not written in it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" | "english" => Some(Self::English),
            "it" | "italian" => Some(Self::Italian),
            "fr" | "french" => Some(Self::French),
            "de" | "german" => Some(Self::German),
            "ru" | "russian" => Some(Self::Russian),
            _ => None,
        }
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Italian => "it",
            Self::French => "fr",
            Self::German => "de",
            Self::Russian => "ru",
        }
    }

    /// The words for a key; the key itself where a language has none.
    pub(super) fn say(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    pub(super) fn find(self, key: &str) -> Option<&'static str> {
        WORDS[self as usize].get(key).map(String::as_str)
    }
}

/// A difference in a sentence: `kind` such as `changed`, with what it is about. Fields have their words, too.
#[must_use]
pub fn difference_sentence(
    language: DocumentLanguage,
    kind: &str,
    (line, subject): (Option<&str>, &str),
    field: Option<&str>,
    (before, after): (Option<&str>, Option<&str>),
) -> String {
    let form = language.find(&format!("difference.{kind}")).unwrap_or("{subject}: {before} - {after}");
    let nothing = language.say("none");
    let field = field.map_or("", |field| language.find(field).unwrap_or(field));
    // What is put in is not read again: a label with braces stays as it is.
    let mut out = String::with_capacity(form.len() + 32);
    let mut rest = form;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else { break };
        out.push_str(match &rest[start + 1..start + end] {
            "line" => line.unwrap_or_default(),
            "subject" => subject,
            "field" => field,
            "before" => before.unwrap_or(nothing),
            "after" => after.unwrap_or(nothing),
            other => other,
        });
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        let keys = |words: &Words| {
            let mut keys: Vec<&str> = words.keys().map(String::as_str).collect();
            keys.sort_unstable();
            keys.join(" ")
        };
        assert!(WORDS[0].len() > 40);
        for (language, words) in DocumentLanguage::ALL.iter().zip(WORDS.iter()) {
            assert_eq!(keys(words), keys(&WORDS[0]), "{language:?}");
            assert!(words.values().all(|word| !word.trim().is_empty()));
            assert_eq!(DocumentLanguage::of_tag(language.tag()), Some(*language));
            assert_eq!(DocumentLanguage::of_tag(language.word()), Some(*language));
        }
    }

    #[test]
    fn what_is_put_in_is_not_read_again() {
        let said = difference_sentence(
            DocumentLanguage::Italian,
            "changed",
            (Some("1"), "{after}"),
            Some("quantity"),
            (Some("2"), Some("3")),
        );
        assert_eq!(said, "Posizione 1, {after}: Quantità da 2 a 3");
    }
}
