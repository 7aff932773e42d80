//! Tables of text: exports of other systems and what people keep in spreadsheets.
//!
//! ```
//! use clientela_exchange::csv::{CsvOptions, CsvReader, Mapping, Target};
//! let bytes = "Ragione sociale;Partita IVA;Città\nEsempio S.r.l.;IT00743110157;Piacenza\n".as_bytes();
//! let mut reader = CsvReader::open(bytes, &CsvOptions::default())?;
//! let targets = [Target::new("name").required(), Target::new("vat_number"), Target::new("city")];
//! let mapping = Mapping::guess(&reader.headers(), &targets);
//! mapping.check(&reader.headers(), &targets)?;
//! let row = reader.next().ok_or("a row")??;
//! let cells: Vec<_> = mapping.apply(&row).collect();
//! assert_eq!(cells, [("name", "Esempio S.r.l."), ("vat_number", "IT00743110157"), ("city", "Piacenza")]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing is guessed about the cells themselves: they are text until a record's own checked door takes them.

mod detect;
mod error;
mod guard;
mod mapping;
mod reader;
mod records;
mod rejects;
mod synonyms;
mod writer;

pub use detect::Separator;
pub use error::CsvError;
pub use guard::{guarded, unguarded};
pub use mapping::{Confidence, MappedColumn, Mapping, MappingError, MappingFault, Target};
pub use reader::{CsvLimits, CsvOptions, CsvReader, Row};
pub use rejects::RejectWriter;
pub use writer::TableWriter;
