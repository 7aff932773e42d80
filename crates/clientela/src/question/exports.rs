//! Questions that are answered with a file.

use crate::error::{CrmError, Result};
use crate::export::{ExportOptions, ExportReport, Part};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Customers, vehicles or contacts as a table of text, a part at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportCsv {
    /// What is written, and for what.
    pub options: ExportOptions,
    /// The record the part begins after, as the part before said; the first part, with headers, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Uuid>,
    /// The most records of a part, up to 10,000; as many when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A part of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CsvPart {
    /// The table; parts put one after the other are one table.
    pub csv: String,
    /// How much it is, and where the next part begins.
    #[serde(flatten)]
    pub report: ExportReport,
}

/// The most records of a part.
const PART_MAX: usize = 10_000;

pub(super) fn csv(session: &Session, question: &ExportCsv) -> Result<CsvPart> {
    let limit = question.limit.unwrap_or(PART_MAX);
    if limit == 0 || limit > PART_MAX {
        let problem = "is too small or too large".to_owned();
        return Err(CrmError::Argument { field: "limit", problem, hint: "give 1 to 10000" }.into());
    }
    let part = Part { after: question.after, limit: Some(limit) };
    let (bytes, report) = session.export_part(&question.options, part, Vec::new())?;
    let csv = String::from_utf8(bytes).map_err(|_| CrmError::Internal { what: "tables are UTF-8" })?;
    Ok(CsvPart { csv, report })
}
