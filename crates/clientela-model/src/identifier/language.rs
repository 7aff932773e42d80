//! Languages.

use super::language_table::TABLE;
use crate::error::ValueError;
use std::fmt;

/// A language of ISO 639-1, for letters and messages.
///
/// ```
/// use clientela_model::identifier::Language;
/// assert_eq!(Language::parse("it-IT")?.code(), "it");
/// assert_eq!(Language::parse("de")?.name(), "German");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u8);

impl Language {
    /// Reads two letters, or a language tag of BCP 47 or an environment such as `it_IT.UTF-8`; the language
    /// alone is kept.
    ///
    /// # Errors
    /// `language.unknown`.
    pub fn parse(tag: &str) -> Result<Self, ValueError> {
        let primary = tag.trim().split(['-', '_', '.']).next().unwrap_or_default().to_ascii_lowercase();
        TABLE
            .binary_search_by(|(code, _)| (*code).cmp(primary.as_str()))
            .ok()
            .and_then(|index| u8::try_from(index).ok())
            .map(Self)
            .ok_or_else(|| {
                ValueError::new(
                    "language.unknown",
                    "language",
                    "is not a code of ISO 639-1",
                    "two letters such as it, or a tag such as it-IT",
                )
            })
    }

    /// The two letters, small.
    #[must_use]
    pub fn code(self) -> &'static str {
        // The index was found in the same table.
        TABLE[usize::from(self.0)].0
    }

    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE[usize::from(self.0)].1
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

super::written_as_text!(field Language, |language| language.code(), Language::parse);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_keep_their_language() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (tag, code) in
            [("it", "it"), ("IT", "it"), ("fr-CA", "fr"), ("de_AT.UTF-8", "de"), ("zh-Hant-TW", "zh")]
        {
            assert_eq!(Language::parse(tag).unwrap().code(), code);
        }
        for tag in ["", "-", "xx", "italian", "C"] {
            assert_eq!(Language::parse(tag).unwrap_err().code, "language.unknown", "{tag}");
        }
    }
}
