//! Bytes of unknown encoding as text.

mod likely;
mod pieces;
mod tables;

pub(crate) use pieces::{Decoder, PIECE};
pub use pieces::{Surveyed, TextSurvey};

use clientela_model::ClosedList;
use likely::Likely;
use std::borrow::Cow;
use tables::{CENTRAL_EUROPEAN, CYRILLIC, Table, WESTERN, by};

/// How the text of a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum TextEncoding {
    /// UTF-8, with or without byte order mark.
    #[word("utf-8")]
    Utf8,
    /// UTF-16, little end first: "Unicode text" of spreadsheets.
    #[word("utf-16le")]
    Utf16LittleEndian,
    /// UTF-16, big end first.
    #[word("utf-16be")]
    Utf16BigEndian,
    /// Windows-1252, which ISO 8859-1 is a part of: what western spreadsheets write as "CSV".
    #[word("windows-1252")]
    Windows1252,
    /// Windows-1250: the same of Polish, Czech, Slovak, Hungarian, Slovene, Croatian and Romanian spreadsheets.
    #[word("windows-1250")]
    Windows1250,
    /// Windows-1251: the same of Russian, Ukrainian, Bulgarian and Serbian spreadsheets.
    #[word("windows-1251")]
    Windows1251,
}

/// How many bytes are looked at for the zero bytes that give UTF-16 away.
const SAMPLE: usize = 4096;

impl TextEncoding {
    /// The encoding by byte order mark, else UTF-16 by its zero bytes, else UTF-8 if it is valid, else the likeliest of those in
    /// which every byte is a character.
    #[must_use]
    pub fn detect(bytes: &[u8]) -> Self {
        match Self::presumed(bytes) {
            Self::Utf8 if !bytes.starts_with(Self::Utf8.mark()) && std::str::from_utf8(bytes).is_err() => {
                let mut likely = Likely::default();
                likely.add(bytes);
                likely.encoding()
            }
            presumed => presumed,
        }
    }

    /// The encoding as far as the first bytes tell: UTF-8 where it may as well be one in which every byte is a character.
    pub(crate) fn presumed(bytes: &[u8]) -> Self {
        let marked = [Self::Utf8, Self::Utf16LittleEndian, Self::Utf16BigEndian];
        if let Some(encoding) = marked.into_iter().find(|encoding| bytes.starts_with(encoding.mark())) {
            return encoding;
        }
        let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
        let (pairs, _) = sample.as_chunks::<2>();
        // In western text every second byte of UTF-16 is zero; no other text has zero bytes at all.
        let many = |zero: usize| zero > 0 && zero * 2 > pairs.len();
        if many(pairs.iter().filter(|[_, high]| *high == 0).count()) {
            Self::Utf16LittleEndian
        } else if many(pairs.iter().filter(|[high, _]| *high == 0).count()) {
            Self::Utf16BigEndian
        } else {
            Self::Utf8
        }
    }

    /// The text without byte order mark; none when the bytes are not in this encoding.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        let bytes = bytes.strip_prefix(self.mark()).unwrap_or(bytes);
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Utf16LittleEndian => wide(bytes, u16::from_le_bytes).map(Cow::Owned),
            Self::Utf16BigEndian => wide(bytes, u16::from_be_bytes).map(Cow::Owned),
            Self::Windows1252 | Self::Windows1250 | Self::Windows1251 => {
                self.table().map(|table| by(table, bytes))
            }
        }
    }

    /// The table of an encoding in which every byte is a character.
    fn table(self) -> Option<&'static Table> {
        match self {
            Self::Windows1252 => Some(&WESTERN),
            Self::Windows1250 => Some(&CENTRAL_EUROPEAN),
            Self::Windows1251 => Some(&CYRILLIC),
            Self::Utf8 | Self::Utf16LittleEndian | Self::Utf16BigEndian => None,
        }
    }

    /// The byte order mark; nothing where there is none.
    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xef\xbb\xbf",
            Self::Utf16LittleEndian => b"\xff\xfe",
            Self::Utf16BigEndian => b"\xfe\xff",
            Self::Windows1252 | Self::Windows1250 | Self::Windows1251 => b"",
        }
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().filter(|_| rest.is_empty())
}

/// Windows-1252, in which every byte is a character.
pub(crate) fn western(bytes: &[u8]) -> Cow<'_, str> {
    by(&WESTERN, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_found_and_read() {
        let wide =
            |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for (bytes, encoding) in [
            ("Müller".as_bytes().to_vec(), TextEncoding::Utf8),
            ("\u{feff}Müller".as_bytes().to_vec(), TextEncoding::Utf8),
            (b"M\xfcller".to_vec(), TextEncoding::Windows1252),
            (wide("Müller", u16::to_le_bytes), TextEncoding::Utf16LittleEndian),
            (wide("\u{feff}Müller", u16::to_le_bytes), TextEncoding::Utf16LittleEndian),
            (wide("Müller", u16::to_be_bytes), TextEncoding::Utf16BigEndian),
            (wide("\u{feff}Müller", u16::to_be_bytes), TextEncoding::Utf16BigEndian),
        ] {
            assert_eq!(TextEncoding::detect(&bytes), encoding, "{bytes:?}");
            assert_eq!(encoding.decode(&bytes).unwrap(), "Müller");
        }
        assert_eq!(TextEncoding::Windows1250.decode(b"\xa3\xf3d\x9f").unwrap(), "Łódź");
        assert_eq!(TextEncoding::Windows1251.decode(b"\xca\xe0\xe7\xe0\xed\xfc").unwrap(), "Казань");
        assert_eq!(TextEncoding::Windows1252.decode(b"\x80 5 \x96 \x9f\xff").unwrap(), "€ 5 – Ÿÿ");
        assert!(TextEncoding::Utf16LittleEndian.decode(b"M\0\xfc").is_none());
        assert!(TextEncoding::Utf16BigEndian.decode(b"\xd8\0\0M").is_none());
        assert!(TextEncoding::Utf8.decode(b"M\xfcller").is_none());
        assert_eq!(TextEncoding::detect(b""), TextEncoding::Utf8);
    }
}
