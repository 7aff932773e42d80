//! Bytes of unknown encoding as text.

use clientela_model::ClosedList;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

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
}

/// How many bytes are looked at for the zero bytes that give UTF-16 away.
const SAMPLE: usize = 4096;

impl TextEncoding {
    /// The encoding by byte order mark, else UTF-16 by its zero bytes, else UTF-8 if it is valid, else Windows-1252.
    #[must_use]
    pub fn detect(bytes: &[u8]) -> Self {
        if let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return if encoding == UTF_16LE {
                Self::Utf16LittleEndian
            } else if encoding == UTF_16BE {
                Self::Utf16BigEndian
            } else {
                Self::Utf8
            };
        }
        let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
        let (pairs, _) = sample.as_chunks::<2>();
        // In western text every second byte of UTF-16 is zero; no other text has zero bytes at all.
        let many = |zero: usize| zero > 0 && zero * 2 > pairs.len();
        if many(pairs.iter().filter(|[_, high]| *high == 0).count()) {
            Self::Utf16LittleEndian
        } else if many(pairs.iter().filter(|[high, _]| *high == 0).count()) {
            Self::Utf16BigEndian
        } else if std::str::from_utf8(bytes).is_ok() {
            Self::Utf8
        } else {
            Self::Windows1252
        }
    }

    /// The text without byte order mark; none when the bytes are not in this encoding.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        let encoding = match self {
            Self::Utf8 => UTF_8,
            Self::Utf16LittleEndian => UTF_16LE,
            Self::Utf16BigEndian => UTF_16BE,
            Self::Windows1252 => WINDOWS_1252,
        };
        let (text, failed) = encoding.decode_with_bom_removal(bytes);
        (!failed).then_some(text)
    }
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
        assert!(TextEncoding::Utf8.decode(b"M\xfcller").is_none());
        assert_eq!(TextEncoding::detect(b""), TextEncoding::Utf8);
    }
}
