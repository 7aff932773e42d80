//! The lines of a file that is read a piece at a time.

use super::MAX_CARD_BYTES;
use crate::text::{Decoder, PIECE, TextEncoding};
use std::io::{self, Read};

/// Lines by CR LF, LF or CR alone, without byte order mark, UTF-16 as UTF-8. Of a line longer than any card its beginning is given.
pub(super) struct Lines<R> {
    input: R,
    /// What makes UTF-16 text.
    wide: Option<Decoder>,
    /// What was read and not yet given, from a place on.
    read: Vec<u8>,
    at: usize,
    /// What ends a line.
    end: u8,
    begun: bool,
    /// Nothing more comes.
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, wide: None, read: Vec::new(), at: 0, end: b'\n', begun: false, ended: false }
    }

    /// The next line; false when there is none. An empty one follows the last end of line, as it does in a text that is cut there.
    ///
    /// # Errors
    /// When it cannot be read, or is UTF-16 that is none.
    pub(super) fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        self.begin()?;
        line.clear();
        let mut any = false;
        loop {
            let rest = self.read.get(self.at..).unwrap_or_default();
            let found = rest.iter().position(|byte| *byte == self.end);
            let piece = rest.get(..found.unwrap_or(rest.len())).unwrap_or_default();
            let room = (MAX_CARD_BYTES + 1).saturating_sub(line.len());
            line.extend_from_slice(piece.get(..room).unwrap_or(piece));
            any |= !piece.is_empty();
            self.at += piece.len() + usize::from(found.is_some());
            if found.is_some() {
                break;
            }
            if !self.fill()? {
                if !any {
                    return Ok(false);
                }
                break;
            }
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(true)
    }

    /// Finds out by the first piece how the text is encoded and what ends its lines.
    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let mut first = Vec::new();
        (&mut self.input).take(PIECE as u64).read_to_end(&mut first)?;
        let encoding = TextEncoding::presumed(&first);
        if matches!(encoding, TextEncoding::Utf16LittleEndian | TextEncoding::Utf16BigEndian) {
            self.wide = Some(Decoder::new(encoding));
            self.add(&first)?;
        } else {
            let plain = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
            self.read.extend_from_slice(plain);
        }
        if !self.read.contains(&b'\n') && self.read.contains(&b'\r') {
            self.end = b'\r';
        }
        Ok(())
    }

    /// Reads a piece more; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.read.clear();
        self.at = 0;
        let mut piece = vec![0; PIECE];
        while self.read.is_empty() {
            match self.input.read(&mut piece) {
                Ok(0) => {
                    self.ended = true;
                    let Some(wide) = &mut self.wide else { return Ok(false) };
                    wide.finish(&mut self.read).map_err(|_| malformed())?;
                    return Ok(!self.read.is_empty());
                }
                Ok(count) => self.add(piece.get(..count).unwrap_or_default())?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        match &mut self.wide {
            Some(wide) => wide.push(piece, &mut self.read).map_err(|_| malformed()),
            None => {
                self.read.extend_from_slice(piece);
                Ok(())
            }
        }
    }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the text is not in UTF-16")
}
