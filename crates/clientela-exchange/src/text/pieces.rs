//! Text that comes piece by piece: decoded, and found out about, without ever being held as a whole.

use super::likely::Likely;
use super::{SAMPLE, TextEncoding};
use std::io::{self, Read};

/// Decodes bytes piece by piece; a character may be cut by the border of two pieces.
#[derive(Debug, Clone)]
pub(crate) struct Decoder {
    encoding: TextEncoding,
    /// What a byte order mark might be, until it is known.
    begun: bool,
    /// Bytes of a character that is not yet whole.
    rest: Vec<u8>,
}

/// Bytes that are not in the encoding they were said to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Decoder {
    pub(crate) const fn new(encoding: TextEncoding) -> Self {
        Self { encoding, begun: false, rest: Vec::new() }
    }

    /// Appends the text of a piece; what is cut off waits for the next one.
    pub(crate) fn push(&mut self, piece: &[u8], text: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.begun && self.rest.is_empty() {
            return self.decode(piece, text);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(piece);
        let mark = self.encoding.mark();
        if !self.begun {
            if bytes.len() < mark.len() && mark.starts_with(&bytes) {
                self.rest = bytes;
                return Ok(());
            }
            self.begun = true;
            let without = bytes.strip_prefix(mark).unwrap_or(&bytes).to_vec();
            bytes = without;
        }
        self.decode(&bytes, text)
    }

    /// Says that no piece follows.
    pub(crate) fn finish(&mut self, text: &mut Vec<u8>) -> Result<(), Malformed> {
        self.begun = true;
        let rest = std::mem::take(&mut self.rest);
        self.decode(&rest, text)?;
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    fn decode(&mut self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Malformed> {
        match self.encoding {
            TextEncoding::Utf8 => {
                let whole = match std::str::from_utf8(bytes) {
                    Ok(_) => bytes.len(),
                    Err(error) if error.error_len().is_none() => error.valid_up_to(),
                    Err(_) => return Err(Malformed),
                };
                let (valid, rest) = bytes.split_at_checked(whole).unwrap_or((bytes, &[]));
                text.extend_from_slice(valid);
                self.rest = rest.to_vec();
            }
            TextEncoding::Windows1252 | TextEncoding::Windows1250 | TextEncoding::Windows1251 => {
                text.extend_from_slice(self.encoding.decode(bytes).ok_or(Malformed)?.as_bytes());
            }
            TextEncoding::Utf16LittleEndian => self.wide(bytes, u16::from_le_bytes, text)?,
            TextEncoding::Utf16BigEndian => self.wide(bytes, u16::from_be_bytes, text)?,
        }
        Ok(())
    }

    fn wide(&mut self, bytes: &[u8], unit: fn([u8; 2]) -> u16, text: &mut Vec<u8>) -> Result<(), Malformed> {
        let (pairs, odd) = bytes.as_chunks::<2>();
        // The first half of a character of two units waits for the second.
        let cut = pairs.last().is_some_and(|last| (0xd800..0xdc00).contains(&unit(*last)));
        let (pairs, last) = pairs.split_at_checked(pairs.len() - usize::from(cut)).unwrap_or((pairs, &[]));
        for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            let letter = letter.map_err(|_| Malformed)?;
            text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.rest = last.iter().flatten().chain(odd).copied().collect();
        Ok(())
    }
}

/// What can be found out about a text only by reading all of it: how it is encoded, and how large it is.
#[derive(Debug, Clone)]
pub struct TextSurvey {
    given: Option<TextEncoding>,
    /// The first bytes, until there are enough of them to tell.
    first: Vec<u8>,
    decoder: Option<Decoder>,
    malformed: bool,
    bytes: u64,
    text: Vec<u8>,
    likely: Likely,
}

impl TextSurvey {
    /// Of a text in this encoding, or one that is to be found out.
    #[must_use]
    pub fn new(given: Option<TextEncoding>) -> Self {
        let (first, text, likely) = (Vec::new(), Vec::new(), Likely::default());
        Self { given, first, decoder: None, malformed: false, bytes: 0, text, likely }
    }

    /// Looks at the next piece.
    pub fn add(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.likely.add(piece);
        if self.decoder.is_none() {
            self.first.extend_from_slice(piece);
            if self.first.len() >= SAMPLE {
                self.begin();
            }
        } else {
            self.check(piece);
        }
    }

    /// Says that no piece follows; gives how the text is encoded.
    #[must_use]
    pub fn finish(mut self) -> Surveyed {
        if self.decoder.is_none() {
            self.begin();
        }
        if let Some(decoder) = &mut self.decoder {
            self.malformed |= decoder.finish(&mut self.text).is_err();
        }
        let presumed = self.decoder.map_or(TextEncoding::Utf8, |decoder| decoder.encoding);
        // What is neither marked nor valid UTF-8 is in one of the encodings in which every byte is a character.
        let by_bytes = self.given.is_none()
            && presumed == TextEncoding::Utf8
            && !self.first.starts_with(presumed.mark());
        let (encoding, valid) = match (self.malformed, by_bytes) {
            (true, true) => (self.likely.encoding(), true),
            (malformed, _) => (presumed, !malformed),
        };
        Surveyed { encoding, valid, bytes: self.bytes }
    }

    fn begin(&mut self) {
        let encoding = self.given.unwrap_or_else(|| TextEncoding::presumed(&self.first));
        self.decoder = Some(Decoder::new(encoding));
        let first = std::mem::take(&mut self.first);
        self.check(&first);
        self.first = first;
    }

    fn check(&mut self, piece: &[u8]) {
        self.text.clear();
        if let Some(decoder) = self.decoder.as_mut().filter(|_| !self.malformed) {
            self.malformed = decoder.push(piece, &mut self.text).is_err();
        }
    }
}

/// What was found out about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surveyed {
    /// How it is encoded.
    pub encoding: TextEncoding,
    /// Whether all of it is: a text may be said to be in an encoding it is not in.
    pub valid: bool,
    /// Bytes of it.
    pub bytes: u64,
}

impl Surveyed {
    /// Reads a text to its end.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(input: &mut dyn Read, given: Option<TextEncoding>) -> io::Result<Self> {
        let (mut survey, mut piece) = (TextSurvey::new(given), vec![0; PIECE]);
        loop {
            match input.read(&mut piece) {
                Ok(0) => return Ok(survey.finish()),
                Ok(read) => survey.add(piece.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Bytes that are read at once.
pub(crate) const PIECE: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_are_read_as_the_whole_is(
            bytes in prop_oneof![
                any::<String>().prop_map(String::into_bytes),
                any::<String>().prop_map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
                any::<String>().prop_map(|text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect()),
                prop::collection::vec(any::<u8>(), 0..40),
            ],
            cuts in prop::collection::vec(1_usize..5, 1..8),
        ) {
            let mut survey = TextSurvey::new(None);
            let mut pieces = Vec::new();
            let mut left = bytes.as_slice();
            for size in cuts.iter().cycle() {
                let (piece, rest) = left.split_at_checked(*size).unwrap_or((left, &[]));
                survey.add(piece);
                pieces.push(piece);
                left = rest;
                if left.is_empty() {
                    break;
                }
            }
            let found = survey.finish();
            let whole = TextEncoding::detect(&bytes);
            prop_assert_eq!(found.encoding, whole);
            let (mut decoder, mut text) = (Decoder::new(whole), Vec::new());
            let mut read = pieces.into_iter().try_for_each(|piece| decoder.push(piece, &mut text));
            read = read.and_then(|()| decoder.finish(&mut text));
            let expected = whole.decode(&bytes).map(|text| text.as_bytes().to_vec());
            prop_assert_eq!(found.valid, expected.is_some());
            prop_assert_eq!(read.ok().map(|()| text), expected);
        }
    }
}
