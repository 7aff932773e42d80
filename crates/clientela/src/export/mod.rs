//! Customers, vehicles, contacts and consents written out as tables of text, which any spreadsheet opens and an import takes back.
//!
//! Who exports sees in the table what he sees elsewhere: no record he may not see, no field he does not read. Columns have the names of
//! the fields of an import, so that what is written is taken back without a mapping, and each record comes back as it was: a property
//! test says so. Not in the table is what an import does not take either: groups of companies, why a customer left, whom a contact
//! reports to, which statement a consent confirms and the defined wording it showed, added fields.
//!
//! An export to contact people by is another thing than one to look at: with [`outreach`](ExportOptions::outreach) only those are
//! written who may be contacted so: customers and the owners of vehicles themselves, and contacts, each at an address that is on file.

mod cells;
mod write;

use crate::command::Key;
use crate::error::Result;
use crate::import::ImportTarget;
use crate::outreach::OutreachOf;
use crate::session::Session;
use clientela_exchange::csv::Separator;
use serde::{Deserialize, Serialize};
use std::io;
use uuid::Uuid;

/// What is to be written out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportOptions {
    /// Customers, vehicles, contacts or consents.
    pub target: ImportTarget,
    /// Only those of this customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// What stands between two cells; a comma when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<Separator>,
    /// Whether the records' ids are written too, in a column `record_id`: by it an upsert finds each record again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub record_ids: bool,
    /// Only those who may be contacted so; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outreach: Option<OutreachOf>,
}

impl ExportOptions {
    /// All that may be seen.
    #[must_use]
    pub const fn new(target: ImportTarget) -> Self {
        Self { target, customer: None, separator: None, record_ids: false, outreach: None }
    }
}

/// What came of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportReport {
    /// Rows written.
    pub rows: u64,
    /// Records that may be seen and were left out, because those they are about may not be contacted so.
    pub withheld: u64,
    /// The last record looked at, where there are more: the next part begins after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Uuid>,
}

/// Where a part of an export begins and how long it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// The record it begins after; with headers where there is none.
    pub(crate) after: Option<Uuid>,
    /// The most records.
    pub(crate) limit: Option<usize>,
}

impl Session {
    /// Writes out what may be seen as a table of text, in one state of the store, in bounded memory.
    ///
    /// # Errors
    /// `argument.invalid` for consents to contact people by, `record.not_found` for a customer that is named and not there, `export.output` when the
    /// output cannot be written.
    pub fn export_csv<W: io::Write>(&self, options: &ExportOptions, output: W) -> Result<(W, ExportReport)> {
        self.export_part(options, Part { after: None, limit: None }, output)
    }

    pub(crate) fn export_part<W: io::Write>(
        &self,
        options: &ExportOptions,
        part: Part,
        output: W,
    ) -> Result<(W, ExportReport)> {
        self.look(|view| write::part(&view, self, options, part, output))
    }
}
