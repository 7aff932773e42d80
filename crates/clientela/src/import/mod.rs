//! Bringing in what other systems and spreadsheets hold: customers, vehicles, contacts, consents.
//!
//! | step | what happens |
//! | --- | --- |
//! | [`Session::plan_import`] | reads and checks every row as the command of the same name would; writes nothing |
//! | [`ImportPlan`] | says how many rows would come in, shows the first, names every rejected one with field and reason |
//! | [`ImportPlan::commit`] | writes [`CHUNK_ROWS`] rows at a time; stops when asked, goes on when called again |
//! | [`ImportPlan::commit_into`] | the same, and writes the rejected rows as they come: a table with their reasons, to be put right and read again |
//! | [`ImportPlan::write_rejected`] | writes them at any other time |
//!
//! A source is read a piece at a time, and no more of it is held than a chunk: it may be larger than the memory. What grows with it are
//! the keys that must stand in it but once, some 20 bytes each.
//!
//! Rows about records that are there are rejected, or change them by an [`Upsert`]. What an import brought is kept as a run, which
//! can be taken back.
//!
//! A plan has an id made of the file's content, the options and who acts, and each chunk a command id made of that. After a
//! crash the same file planned and committed again goes on where it stopped: chunks that were written are not written twice.
//! To bring the same file in a second time on purpose, give it another [`label`](ImportOptions::label).
//!
//! ```no_run
//! use clientela::import::{ImportOptions, ImportSource, ImportTarget};
//! use std::ops::ControlFlow;
//! # fn lesson(session: &clientela::Session) -> clientela::Result<()> {
//! let options = ImportOptions::new(ImportTarget::Customer).default("kind", "company").default("country", "IT");
//! let plan = session.plan_import(ImportSource::csv_file("clienti.csv")?, options)?;
//! for row in plan.rejected() {
//!     eprintln!("line {}: {} ({})", row.line, row.message, row.code);
//! }
//! let report = plan.commit(&mut |_| ControlFlow::Continue(()))?;
//! assert_eq!(report.read, report.added + report.rejected_rows);
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "arrow")]
mod batches;
mod bulk;
mod cards;
mod cells;
mod chunks;
mod commit;
mod content;
mod decide;
mod dependents;
mod existing;
mod existing_consents;
mod existing_parts;
mod guess;
mod ids;
mod known;
mod local;
mod markets;
mod opened;
mod options;
mod plan;
mod receipts;
mod report;
mod revert;
mod rows;
mod runs;
pub(crate) mod saved;
mod seen;
#[cfg(feature = "spreadsheets")]
mod sheet;
mod source;
mod spool;
mod targets;
mod trial;
mod words;
mod write;

#[cfg(feature = "arrow")]
pub use batches::Batches;
pub use bulk::Bulk;
pub use clientela_core::imports::{ConflictRule, Progress};
pub use content::Content;
pub use guess::{Guess, GuessedColumn};
pub use local::{DateOrder, NumberForm};
pub use options::{ImportOptions, ImportTarget, Upsert};
pub use plan::ImportPlan;
pub use report::{ImportProgress, ImportReport, PreviewRow, REJECTED_TOLD, RejectedRow};
pub use revert::RevertReport;
pub use source::ImportSource;

pub(crate) use guess::guess;
pub(crate) use revert::revert;
pub(crate) use targets::{RECORD_ID, names as field_names};

use crate::error::Result;
use crate::session::Session;

/// Rows written in one transaction when nobody says otherwise: pages that all rows touch are written once for many of them.
pub const CHUNK_ROWS: usize = 10_000;
/// The most that may be asked for.
const CHUNK_ROWS_MAX: u32 = 100_000;
/// Rows a plan shows.
pub const PREVIEW_ROWS: usize = 10;

impl Session {
    /// Reads a file or data frame and says what would come of it. Nothing is written.
    ///
    /// # Errors
    /// `csv.*` for a file that is no table at all, `import.file` for one that cannot be read, `import.column_type` for a column
    /// of a data frame whose values have no text, `mapping.*` for a mapping that does
    /// not fit, `record.not_found` for a customer or position that is named and not there. What is wrong with single rows is
    /// in the plan.
    pub fn plan_import(&self, source: ImportSource, options: ImportOptions) -> Result<ImportPlan> {
        ImportPlan::new(self, source, options)
    }
}
