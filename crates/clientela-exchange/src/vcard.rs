//! Address books and phones: vCard 2.1, 3.0 and 4.0, read as generously as they are written.
//!
//! ```
//! use clientela_exchange::vcard::{self, PhoneKind};
//! let file = vcard::read(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mario Rossi\r\nTEL;TYPE=CELL:+39 347 000 0000\r\nEND:VCARD\r\n")?;
//! assert_eq!(file.cards[0].full_name, "Mario Rossi");
//! assert_eq!(file.cards[0].phones[0].kind, PhoneKind::Mobile);
//! assert!(file.problems.is_empty());
//! # Ok::<(), vcard::CardError>(())
//! ```
//!
//! A line or a card that cannot be read is reported with its line number and passed over; the rest of the file counts.

mod card;
mod extract;
mod lines;
mod split;

pub use card::{
    ContactAddress, ContactCard, ContactKind, ContactValue, PartialDate, Phone, PhoneKind, Place,
};

use calcard::{Entry, Parser};
use clientela_model::{Coded, ErrorKind};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};

/// Largest file that is [read](read) as a whole, in bytes; [`Cards`] reads larger ones.
pub const MAX_FILE_BYTES: usize = 256 * 1024 * 1024;
/// Largest card that is read, in bytes; pictures are inside.
pub const MAX_CARD_BYTES: usize = 8 * 1024 * 1024;

/// The cards of a file and what could not be read of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardFile {
    /// The cards, in order.
    pub cards: Vec<ContactCard>,
    /// What was passed over, in order of lines.
    pub problems: Vec<CardError>,
}

/// Something in a file that cannot be read. Never repeats what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The file is too large to be read at all.
    #[error("file is too large; expected at most {limit} bytes")]
    FileTooLarge {
        /// The limit.
        limit: usize,
    },
    /// A card is too large.
    #[error("card at line {line} is too large; expected at most {limit} bytes")]
    CardTooLarge {
        /// Line it begins at.
        line: usize,
        /// The limit.
        limit: usize,
    },
    /// A card has no end.
    #[error("card at line {line} has no end; expected END:VCARD")]
    Unterminated {
        /// Line it begins at.
        line: usize,
    },
    /// A line is no property.
    #[error("line {line} is not a property; expected a name, a colon and a value")]
    Line {
        /// The line.
        line: usize,
    },
    /// A line stands outside every card.
    #[error("line {line} is outside a card; expected BEGIN:VCARD")]
    Outside {
        /// The line.
        line: usize,
    },
    /// A card inside another.
    #[error("card at line {line} is inside another card; it is not read")]
    Nested {
        /// Line it begins at.
        line: usize,
    },
    /// A card that says nothing.
    #[error("card at line {line} has no name, phone or e-mail address; expected at least one")]
    Empty {
        /// Line it begins at.
        line: usize,
    },
    /// A birthday in no known form.
    #[error("birthday of the card at line {line} is not a date; expected year, month and day")]
    Birthday {
        /// Line the card begins at.
        line: usize,
    },
    /// A card the reader gives up on.
    #[error("card at line {line} cannot be read; expected the form of RFC 6350")]
    Unreadable {
        /// Line it begins at.
        line: usize,
    },
}

/// Writes the cards of a file that begin at these lines, each with its reason in a property `X-CLIENTELA-REASON`: to be put right and
/// read again. In UTF-8; properties with a `CHARSET` of their own are to be read as such no more.
///
/// # Errors
/// When the file cannot be read or the output cannot be written.
pub fn write_rejected_cards(
    input: impl Read,
    reasons: &BTreeMap<u64, String>,
    output: &mut impl Write,
) -> io::Result<()> {
    split::with_reasons(input, reasons, output)
}

impl CardError {
    /// The line, from 1; 0 for the file as a whole.
    #[must_use]
    pub const fn line(&self) -> usize {
        match self {
            Self::FileTooLarge { .. } => 0,
            Self::CardTooLarge { line, .. }
            | Self::Unterminated { line }
            | Self::Line { line }
            | Self::Outside { line }
            | Self::Nested { line }
            | Self::Empty { line }
            | Self::Birthday { line }
            | Self::Unreadable { line } => *line,
        }
    }
}

impl Coded for CardError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::FileTooLarge { .. } | Self::CardTooLarge { .. } => ErrorKind::Limit,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "vcard.file_too_large",
            Self::CardTooLarge { .. } => "vcard.card_too_large",
            Self::Unterminated { .. } => "vcard.unterminated",
            Self::Line { .. } => "vcard.line",
            Self::Outside { .. } => "vcard.outside",
            Self::Nested { .. } => "vcard.nested",
            Self::Empty { .. } => "vcard.empty",
            Self::Birthday { .. } => "vcard.birthday",
            Self::Unreadable { .. } => "vcard.unreadable",
        }
    }
    fn field(&self) -> Option<String> {
        (self.line() > 0).then(|| format!("line[{}]", self.line()))
    }
}

/// The cards of a file one after the other, with what cannot be read of it, both as they come: no more than one card is held at a
/// time, so a file may be far larger than the memory.
pub struct Cards<R> {
    splitter: split::Splitter<R>,
    found: VecDeque<Result<ContactCard, CardError>>,
}

impl<R> std::fmt::Debug for Cards<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cards").finish_non_exhaustive()
    }
}

impl<R: Read> Cards<R> {
    /// Reads cards from a file's beginning.
    pub fn new(input: R) -> Self {
        Self { splitter: split::Splitter::new(input), found: VecDeque::new() }
    }

    fn take(&mut self, piece: &split::Piece) {
        let line = piece.line;
        let Entry::VCard(vcard) = Parser::new(&piece.text).entry() else {
            self.found.push_back(Err(CardError::Unreadable { line }));
            return;
        };
        let (card, birthday_read) = extract::card(&vcard, line);
        if !birthday_read {
            self.found.push_back(Err(CardError::Birthday { line }));
        }
        self.found.push_back(if card.is_empty() { Err(CardError::Empty { line }) } else { Ok(card) });
    }
}

impl<R: Read> Iterator for Cards<R> {
    type Item = io::Result<Result<ContactCard, CardError>>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.found.is_empty() {
            let (mut pieces, mut problems) = (Vec::new(), Vec::new());
            match self.splitter.next(&mut pieces, &mut problems) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            self.found.extend(problems.into_iter().map(Err));
            pieces.iter().for_each(|piece| self.take(piece));
        }
        self.found.pop_front().map(Ok)
    }
}

/// Reads all cards of a file that is in memory.
///
/// # Errors
/// [`CardError::FileTooLarge`] only; everything else is among the file's problems.
pub fn read(bytes: &[u8]) -> Result<CardFile, CardError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(CardError::FileTooLarge { limit: MAX_FILE_BYTES });
    }
    let mut file = CardFile::default();
    for found in Cards::new(bytes) {
        match found {
            Ok(Ok(card)) => file.cards.push(card),
            Ok(Err(problem)) => file.problems.push(problem),
            // UTF-16 that is none: what comes after it cannot be read.
            Err(_) => {
                file.problems.push(CardError::Unreadable { line: 0 });
                break;
            }
        }
    }
    file.problems.sort_by_key(CardError::line);
    Ok(file)
}
