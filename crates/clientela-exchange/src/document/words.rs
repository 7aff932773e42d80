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

/// A difference, in words to be put into a sentence.
#[derive(Debug, Clone, Copy, Default)]
pub struct ToldPart<'a> {
    /// Its kind, such as `changed`.
    pub kind: &'a str,
    /// Place of the line; none for the whole.
    pub line: Option<&'a str>,
    /// What stands on the line.
    pub subject: &'a str,
    /// Which field; fields have their words, too.
    pub field: Option<&'a str>,
    /// What it was.
    pub before: Option<&'a str>,
    /// What it is.
    pub after: Option<&'a str>,
    /// What that changes of the amount of the line or of the total, with its sign.
    pub amount: Option<&'a str>,
}

/// A difference in a sentence, with its money at the end.
#[must_use]
pub fn difference_sentence(language: DocumentLanguage, told: ToldPart<'_>) -> String {
    let form = language.find(&format!("difference.{}", told.kind)).unwrap_or("{subject}: {before} - {after}");
    let mut out = String::with_capacity(form.len() + 64);
    fill(&mut out, form, language, told);
    if told.amount.is_some() {
        fill(&mut out, language.say("difference.by"), language, told);
    }
    out
}

/// What is put in is not read again: a label with braces stays as it is.
fn fill(out: &mut String, form: &str, language: DocumentLanguage, told: ToldPart<'_>) {
    let nothing = language.say("none");
    let mut rest = form;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else { break };
        out.push_str(match &rest[start + 1..start + end] {
            "line" => told.line.unwrap_or_default(),
            "subject" => told.subject,
            "field" => told.field.map_or("", |field| language.find(field).unwrap_or(field)),
            "before" => told.before.unwrap_or(nothing),
            "after" => told.after.unwrap_or(nothing),
            "amount" => told.amount.unwrap_or(nothing),
            other => other,
        });
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
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
        let told = ToldPart {
            kind: "changed",
            line: Some("1"),
            subject: "{after}",
            field: Some("quantity"),
            before: Some("2"),
            after: Some("3"),
            amount: None,
        };
        let said = difference_sentence(DocumentLanguage::Italian, told);
        assert_eq!(said, "Posizione 1, {after}: Quantità da 2 a 3");
        let told = ToldPart { amount: Some("+100.00 EUR"), ..told };
        let said = difference_sentence(DocumentLanguage::English, told);
        assert_eq!(said, "Line 1, {after}: Quantity from 2 to 3; difference +100.00 EUR");
    }
}
