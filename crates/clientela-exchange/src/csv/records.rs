//! Records of a table, cut out of text that comes piece by piece. However long a record is, no more of it is held than is allowed.

use crate::text::{Decoder, PIECE};
use std::io::{self, Read};

/// Text as it comes: decoded, a piece at a time.
pub(super) struct Text<R> {
    input: R,
    decoder: Decoder,
    /// Bytes of the input, used again for every piece.
    piece: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Text<R> {
    pub(super) fn new(input: R, decoder: Decoder) -> Self {
        Self { input, decoder, piece: vec![0; PIECE], text: Vec::with_capacity(PIECE), at: 0, ended: false }
    }

    /// What has been decoded and not taken yet.
    pub(super) fn left(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes so many bytes of what is left.
    pub(super) fn take(&mut self, bytes: usize) {
        self.at = self.text.len().min(self.at + bytes);
    }

    pub(super) const fn is_ended(&self) -> bool {
        self.ended
    }

    /// Reads another piece behind what is left.
    pub(super) fn more(&mut self) -> io::Result<()> {
        self.text.drain(..self.at);
        self.at = 0;
        let read = loop {
            match self.input.read(&mut self.piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        let piece = self.piece.get(..read).unwrap_or_default();
        self.ended = read == 0;
        let decoded = match read {
            0 => self.decoder.finish(&mut self.text),
            _ => self.decoder.push(piece, &mut self.text),
        };
        decoded.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// What was found of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Line it begins at, from 1.
    pub(super) line: u64,
    /// Bytes of its cells.
    pub(super) bytes: usize,
    /// How many cells it has.
    pub(super) cells: usize,
}

/// Reads record after record.
pub(super) struct Records<R> {
    text: Text<R>,
    reader: csv_core::Reader,
    /// The cells of the record read last, one behind the other, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    kept: usize,
    /// Room for what is too much.
    spare: [u8; 1024],
    spare_ends: [usize; 64],
    bytes_max: usize,
    cells_max: usize,
}

impl<R: Read> Records<R> {
    /// Of text whose next line is this one.
    pub(super) fn new(text: Text<R>, separator: u8, line: u64, bytes_max: usize, cells_max: usize) -> Self {
        let mut reader = csv_core::ReaderBuilder::new().delimiter(separator).build();
        reader.set_line(line);
        Self {
            text,
            reader,
            cells: vec![0; 1024],
            ends: vec![0; 64],
            kept: 0,
            spare: [0; 1024],
            spare_ends: [0; 64],
            bytes_max,
            cells_max,
        }
    }

    /// Reads the next record; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Found>> {
        self.kept = 0;
        self.skip_blank_lines()?;
        let line = self.reader.line();
        let (mut bytes, mut cells) = (0, 0);
        loop {
            let input = self.text.left();
            let last = self.text.is_ended() && input.is_empty();
            if input.is_empty() && !last {
                self.text.more()?;
                continue;
            }
            let output = match self.cells.get_mut(bytes..) {
                Some(room) if !room.is_empty() => room,
                _ => &mut self.spare[..],
            };
            let ends = match self.ends.get_mut(cells..) {
                Some(room) if !room.is_empty() => room,
                _ => &mut self.spare_ends[..],
            };
            let (result, read, written, ended) = self.reader.read_record(input, output, ends);
            self.text.take(read);
            (bytes, cells) = (bytes + written, cells + ended);
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                // One more than is allowed is enough to know.
                csv_core::ReadRecordResult::OutputFull => {
                    grow(&mut self.cells, self.bytes_max.saturating_add(1), bytes);
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    grow(&mut self.ends, self.cells_max.saturating_add(1), cells);
                }
                csv_core::ReadRecordResult::Record => {
                    self.kept = cells.min(self.ends.len());
                    return Ok(Some(Found { line, bytes, cells }));
                }
                csv_core::ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// The line that is read next.
    pub(super) fn line(&self) -> u64 {
        self.reader.line()
    }

    /// The cells of the record read last, blanks around them removed; of one that is too large the first.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().take(self.kept).map(move |end| {
            let cell = self.cells.get(start..*end).unwrap_or_default();
            start = *end;
            // Decoded text is cut at signs of one byte only, so that a cell is text again.
            std::str::from_utf8(cell).unwrap_or_default().trim()
        })
    }

    /// Passes over line ends before a record, which begins behind them.
    fn skip_blank_lines(&mut self) -> io::Result<()> {
        loop {
            let left = self.text.left();
            let blank = left.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let (mut signs, mut lines) = (0, 0);
            for byte in blank {
                signs += 1;
                lines += u64::from(*byte == b'\n');
            }
            let all = signs == left.len();
            self.text.take(signs);
            self.reader.set_line(self.reader.line() + lines);
            if !all || self.text.is_ended() {
                return Ok(());
            }
            self.text.more()?;
        }
    }
}

/// Doubles the room for a record, up to a limit.
fn grow<T: Clone + Default>(room: &mut Vec<T>, limit: usize, used: usize) {
    if used >= room.len() && room.len() < limit {
        let larger = room.len().saturating_mul(2).min(limit);
        room.resize(larger, T::default());
    }
}
