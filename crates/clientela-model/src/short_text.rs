//! Texts that are mostly short: codes, places of lines, names.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// Bytes that are kept in place: two words, which are copied as such.
const IN_PLACE: usize = 16;

/// A text that is mostly short and often copied: up to 16 bytes are kept in place, a longer one is shared by its copies. It is never
/// changed.
///
/// ```
/// use clientela_model::ShortText;
/// let line = ShortText::from("1.12");
/// assert_eq!(line, "1.12");
/// assert_eq!(line.split_once('.'), Some(("1", "12")));
/// ```
#[derive(Clone)]
pub struct ShortText(Kept);

#[derive(Clone)]
enum Kept {
    InPlace { length: u8, bytes: Bytes },
    Shared(Arc<str>),
}

/// Aligned, because an offer copies hundreds of texts: bytes that begin beside the length are copied in pieces, and the processor waits
/// for those when it reads across them.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(align(8))]
struct Bytes([u8; IN_PLACE]);

impl ShortText {
    /// The bytes of the text.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kept::InPlace { length, bytes } => bytes.0.get(..usize::from(*length)).unwrap_or_default(),
            Kept::Shared(text) => text.as_bytes(),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // Whole texts are kept only, so it can always be read.
            Kept::InPlace { .. } => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Kept::Shared(text) => text,
        }
    }

    /// A number before and after a point, such as the line of an option: 1.12.
    #[must_use]
    pub fn of_part(whole: usize, part: usize) -> Self {
        let mut written = InPlace { length: 0, bytes: [0; IN_PLACE] };
        written.number(whole);
        written.push(b'.');
        written.number(part);
        match u8::try_from(written.length) {
            Ok(length) if written.length <= IN_PLACE => {
                Self(Kept::InPlace { length, bytes: Bytes(written.bytes) })
            }
            _ => Self::from(format!("{whole}.{part}")),
        }
    }
}

/// Digits being written.
struct InPlace {
    length: usize,
    bytes: [u8; IN_PLACE],
}

impl InPlace {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
        }
        self.length += 1;
    }

    fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.push(b'0' + u8::try_from(number % 10).unwrap_or_default());
    }
}

impl From<&str> for ShortText {
    fn from(text: &str) -> Self {
        let mut bytes = [0; IN_PLACE];
        match (u8::try_from(text.len()), bytes.get_mut(..text.len())) {
            (Ok(length), Some(place)) => {
                place.copy_from_slice(text.as_bytes());
                Self(Kept::InPlace { length, bytes: Bytes(bytes) })
            }
            _ => Self(Kept::Shared(text.into())),
        }
    }
}

impl From<String> for ShortText {
    fn from(text: String) -> Self {
        if text.len() <= IN_PLACE { Self::from(text.as_str()) } else { Self(Kept::Shared(text.into())) }
    }
}

impl From<&String> for ShortText {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Self> for ShortText {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<ShortText> for String {
    fn from(text: ShortText) -> Self {
        text.as_str().to_owned()
    }
}

impl From<&ShortText> for String {
    fn from(text: &ShortText) -> Self {
        text.as_str().to_owned()
    }
}

impl Default for ShortText {
    fn default() -> Self {
        Self(Kept::InPlace { length: 0, bytes: Bytes([0; IN_PLACE]) })
    }
}

impl Deref for ShortText {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for ShortText {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for ShortText {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for ShortText {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kept::InPlace { length, bytes }, Kept::InPlace { length: other, bytes: beside }) => {
                length == other && bytes == beside
            }
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for ShortText {}

impl PartialEq<str> for ShortText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ShortText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for ShortText {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<ShortText> for String {
    fn eq(&self, other: &ShortText) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<ShortText> for &str {
    fn eq(&self, other: &ShortText) -> bool {
        *self == other.as_str()
    }
}

impl PartialOrd for ShortText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ShortText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for ShortText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for ShortText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_no_larger_than_a_string() {
        assert_eq!(size_of::<ShortText>(), size_of::<String>());
        assert_eq!(size_of::<Option<ShortText>>(), size_of::<String>());
    }

    proptest! {
        #[test]
        fn it_is_the_text(text in ".{0,40}", other in ".{0,40}") {
            let (short, beside) = (ShortText::from(text.as_str()), ShortText::from(other.clone()));
            prop_assert_eq!(&short, &text);
            prop_assert_eq!(String::from(short.clone()), text.clone());
            prop_assert_eq!(short.cmp(&beside), text.cmp(&other));
            prop_assert_eq!(short == beside, text == other);
        }

        #[test]
        fn parts_are_written_as_numbers(whole in any::<usize>(), part in any::<usize>()) {
            prop_assert_eq!(ShortText::of_part(whole, part), format!("{whole}.{part}"));
            prop_assert_eq!(ShortText::of_part(whole % 100, part % 100), format!("{}.{}", whole % 100, part % 100));
        }
    }
}
