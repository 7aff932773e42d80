//! Leads of portals and manufacturers: the Auto-lead Data Format, ADF 1.0, read as generously as it is written.
//!
//! ```
//! use clientela_exchange::adf;
//! let message = adf::read(
//!     "<adf><prospect><id source='portal'>P1</id><customer><contact><name>Anna Bianchi</name>\
//!      <email>anna@example.com</email></contact></customer></prospect></adf>",
//! )?;
//! assert_eq!(message.prospects[0].customer.full_name.as_deref(), Some("Anna Bianchi"));
//! assert_eq!(message.prospects[0].ids[0].value, "P1");
//! # Ok::<(), adf::AdfError>(())
//! ```
//!
//! The `<adf>` element is cut out of whatever surrounds it, a mail or a wrong prolog. Unknown elements, missing vehicles and odd
//! dates are read or passed over with a warning. A document type is refused before anything is expanded, what is not well formed
//! with its line and column, and a prospect that cannot be answered is refused by itself.

mod extract;
mod prospect;
mod tree;
mod write;

pub use prospect::{
    Address, Customer, Identifier, Moment, Odometer, Phone, Price, Prospect, Timeframe, Vehicle,
};
pub use write::write;

use crate::text::{TextEncoding, western};
use clientela_model::{Coded, ErrorKind};
use std::borrow::Cow;

/// Largest message that is read, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// How deep elements may stand in one another; ADF itself needs eight.
pub const MAX_DEPTH: usize = 24;
/// How many elements a message may have.
pub const MAX_ELEMENTS: usize = 50_000;

/// The prospects of a message and what was odd in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AdfMessage {
    /// Those that can be answered, in order.
    pub prospects: Vec<Prospect>,
    /// Those that were refused.
    pub refused: Vec<AdfError>,
    /// What was read otherwise than it was written, or passed over.
    pub warnings: Vec<AdfWarning>,
}

/// Something that was read otherwise than it was written, or passed over. Never repeats what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdfWarning {
    /// Line of the message, from 1.
    pub line: usize,
    /// Stable word, such as `adf.unknown_element`.
    pub code: &'static str,
    /// Name of the element.
    pub element: String,
}

/// A message, or a prospect in it, that is not read. Never repeats what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdfError {
    /// The message is too large to be read at all.
    #[error("message is too large; expected at most {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// There is no ADF in it.
    #[error("message holds no lead; expected an adf element")]
    NoAdf,
    /// It declares a document type or entities.
    #[error("message declares a document type at line {line}; expected none, and only the entities of XML")]
    DocumentType {
        /// Where.
        line: usize,
    },
    /// It is not well formed.
    #[error("message is not well formed at line {line}, column {column}: {problem}; expected XML 1.0")]
    NotWellFormed {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Elements stand too deep, or there are too many.
    #[error("message has too many elements, or too deep; expected at most {elements} and {depth} deep")]
    TooManyElements {
        /// The most elements.
        elements: usize,
        /// The most depth.
        depth: usize,
    },
    /// A prospect has nothing to answer to.
    #[error(
        "prospect at line {line} has nothing to answer to; expected an e-mail address or a telephone number"
    )]
    NoContactPoint {
        /// Line it begins at.
        line: usize,
    },
    /// A prospect names nobody.
    #[error("prospect at line {line} names nobody; expected a name of its customer")]
    NoName {
        /// Line it begins at.
        line: usize,
    },
}

impl Coded for AdfError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "adf.too_large",
            Self::NoAdf => "adf.missing",
            Self::DocumentType { .. } => "adf.document_type",
            Self::NotWellFormed { .. } => "adf.not_well_formed",
            Self::TooManyElements { .. } => "adf.too_many_elements",
            Self::NoContactPoint { .. } => "adf.no_contact_point",
            Self::NoName { .. } => "adf.no_name",
        }
    }
}

/// The bytes of a message as text: by byte order mark, by the encoding its XML declaration names, else UTF-8 if it is valid, else
/// Windows-1252, of which ISO 8859-1 is a part.
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    TextEncoding::detect(bytes).decode(bytes).unwrap_or_else(|| western(bytes))
}

/// Reads a message.
///
/// # Errors
/// `adf.too_large`, `adf.missing`, `adf.document_type`, `adf.not_well_formed`, `adf.too_many_elements`; that of the first prospect
/// when each of them is refused.
pub fn read(text: &str) -> Result<AdfMessage, AdfError> {
    if text.len() > MAX_MESSAGE_BYTES {
        return Err(AdfError::TooLarge { limit: MAX_MESSAGE_BYTES });
    }
    let upper = text.to_ascii_uppercase();
    if let Some(at) = upper.find("<!DOCTYPE").or_else(|| upper.find("<!ENTITY")) {
        return Err(AdfError::DocumentType { line: tree::place(text, at).0 });
    }
    let (from, until) = cut(&upper).ok_or(AdfError::NoAdf)?;
    let root = tree::parse(text, from, until)?;
    let mut message = AdfMessage::default();
    extract::message(&root, &mut message);
    match message.refused.first() {
        Some(first) if message.prospects.is_empty() => Err(first.clone()),
        _ => Ok(message),
    }
}

/// Where the first `<adf>` element begins and the last one ends.
fn cut(upper: &str) -> Option<(usize, usize)> {
    let begins = |at: &usize| {
        upper.as_bytes().get(at + 4).is_some_and(|next| *next == b'>' || next.is_ascii_whitespace())
    };
    let from = upper.match_indices("<ADF").map(|(at, _)| at).find(begins)?;
    let until = upper.rfind("</ADF>").map_or(upper.len(), |at| at + 6);
    (from < until).then_some((from, until))
}
