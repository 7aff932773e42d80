//! A file cut into cards, its bytes made text line by line.

use super::lines::Lines;
use super::{CardError, MAX_CARD_BYTES};
use crate::text::western;
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// The text of one card.
pub(super) struct Piece {
    /// Line it begins at, from 1.
    pub(super) line: usize,
    /// From `BEGIN:VCARD` to `END:VCARD`.
    pub(super) text: String,
}

/// What the reader of lines knows of the card it is in.
#[derive(Default)]
struct Open {
    piece: Option<Piece>,
    /// Cards inside the card.
    inner: usize,
    too_large: bool,
    /// The last property is quoted-printable and ended with a soft line break, or is base64 and goes on.
    continued: Continued,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Continued {
    #[default]
    No,
    QuotedPrintable,
    Base64,
}

/// Cards of a file as they stand, those that begin at these lines, each with a property more before its end. In UTF-8.
pub(super) fn with_reasons(
    input: impl Read,
    reasons: &BTreeMap<u64, String>,
    output: &mut impl Write,
) -> io::Result<()> {
    let (mut lines, mut read, mut reason) = (Lines::new(input), Vec::new(), None);
    let mut number = 0;
    while lines.next(&mut read)? {
        number += 1;
        let line = decoded(&read);
        let plain = line.trim();
        if reason.is_none() && plain.eq_ignore_ascii_case("BEGIN:VCARD") {
            reason = reasons.get(&number);
        }
        let Some(told) = reason else { continue };
        let ends = plain.eq_ignore_ascii_case("END:VCARD");
        if ends {
            output.write_all(format!("{REASON}:{told}\r\n").as_bytes())?;
            reason = None;
        }
        // Of a card that was rejected before the first reason is not kept.
        if !plain.get(..REASON.len()).is_some_and(|name| name.eq_ignore_ascii_case(REASON)) {
            output.write_all(line.as_bytes())?;
            output.write_all(b"\r\n")?;
        }
    }
    Ok(())
}

/// The property of a rejected card that says why.
const REASON: &str = "X-CLIENTELA-REASON";

/// Cuts a file into cards, a line at a time.
pub(super) struct Splitter<R> {
    lines: Lines<R>,
    line: Vec<u8>,
    number: usize,
    open: Open,
}

impl<R: Read> Splitter<R> {
    pub(super) fn new(input: R) -> Self {
        Self { lines: Lines::new(input), line: Vec::new(), number: 0, open: Open::default() }
    }

    /// Reads to the next card, or to something that is none, which is added to the problems; false at the end.
    pub(super) fn next(
        &mut self,
        pieces: &mut Vec<Piece>,
        problems: &mut Vec<CardError>,
    ) -> io::Result<bool> {
        while pieces.is_empty() && problems.is_empty() {
            if !self.lines.next(&mut self.line)? {
                let Some(piece) = self.open.piece.take() else { return Ok(false) };
                problems.push(CardError::Unterminated { line: piece.line });
                // What is there is read all the same.
                pieces.push(Piece { text: piece.text + "END:VCARD\r\n", ..piece });
                break;
            }
            self.number += 1;
            self.open.take(self.number, &decoded(&self.line), pieces, problems);
        }
        Ok(true)
    }
}

/// UTF-8, else what the line's `CHARSET` says, else Windows-1252: old phones mix them in one file.
fn decoded(line: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(line) {
        return Cow::Borrowed(text);
    }
    let head = line.split(|byte| *byte == b':').next().unwrap_or_default().to_ascii_uppercase();
    let charset = head
        .split(|byte| *byte == b';')
        .find_map(|parameter| parameter.strip_prefix(b"CHARSET="))
        .and_then(charset_decoder);
    charset.map_or_else(|| western(line), |decode| Cow::Owned(decode(line)))
}

impl Open {
    fn take(&mut self, number: usize, line: &str, pieces: &mut Vec<Piece>, problems: &mut Vec<CardError>) {
        let plain = line.trim();
        if plain.eq_ignore_ascii_case("BEGIN:VCARD") {
            if self.piece.is_some() {
                problems.push(CardError::Nested { line: number });
                self.inner += 1;
            } else {
                *self = Self {
                    piece: Some(Piece { line: number, text: "BEGIN:VCARD\r\n".to_owned() }),
                    ..Self::default()
                };
            }
            return;
        }
        let Some(piece) = &mut self.piece else {
            if !plain.is_empty() {
                problems.push(CardError::Outside { line: number });
            }
            return;
        };
        let end = plain.eq_ignore_ascii_case("END:VCARD");
        if self.inner > 0 {
            self.inner -= usize::from(end);
            return;
        }
        if end {
            piece.text.push_str("END:VCARD\r\n");
            let line = piece.line;
            if self.too_large {
                problems.push(CardError::CardTooLarge { line, limit: MAX_CARD_BYTES });
                self.piece = None;
            } else {
                pieces.extend(self.piece.take());
            }
            return;
        }
        self.too_large |= piece.text.len() + line.len() > MAX_CARD_BYTES;
        if self.too_large {
            return;
        }
        let folded = line.starts_with([' ', '\t']);
        let goes_on = match self.continued {
            Continued::No => folded,
            Continued::QuotedPrintable => true,
            Continued::Base64 => folded || !plain.is_empty() && !plain.contains(':'),
        };
        if !goes_on {
            self.continued = Continued::No;
            if plain.is_empty() {
                return;
            }
            let Some((head, _)) = line.split_once(':') else {
                problems.push(CardError::Line { line: number });
                return;
            };
            let head = head.to_ascii_uppercase();
            if head.contains("QUOTED-PRINTABLE") {
                self.continued = Continued::QuotedPrintable;
            } else if head.contains("BASE64") || head.contains("ENCODING=B") {
                self.continued = Continued::Base64;
            }
        }
        if self.continued == Continued::Base64 && goes_on && !folded {
            // Some phones fold base64 without the blank that says so.
            piece.text.push(' ');
        }
        piece.text.push_str(line);
        piece.text.push_str("\r\n");
        if self.continued == Continued::QuotedPrintable && !line.trim_end().ends_with('=') {
            self.continued = Continued::No;
        }
    }
}
