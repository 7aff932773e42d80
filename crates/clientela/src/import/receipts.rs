//! The receipts of the commands an import is made of: what a chunk came to, found again after a crash.

use super::report::{RejectedRow, Taken};
use crate::command::Receipt;
use crate::digest::id_of;
use crate::error::{CrmError, Result};
use clientela_model::Why;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The word of the commands an import is made of.
pub(super) const COMMAND: &str = "import.chunk";

/// The command id of a chunk, or of a later try with the rows it rejected.
pub(super) fn chunk_command(plan: Uuid, index: u64, tries: u32) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(plan.as_bytes());
    hash.update(index.to_le_bytes());
    if tries > 0 {
        hash.update(tries.to_le_bytes());
    }
    id_of(&hash.finalize())
}

/// A chunk's answer is a receipt, so that it can be asked for like any other.
pub(super) fn answer(
    command: &'static str,
    id: Uuid,
    rows: u64,
    taken: Taken,
    rejected: &[RejectedRow],
) -> Result<Vec<u8>> {
    let mut start = Why::new(command).fact("rows", rows).fact("added", taken.all());
    for (name, count) in [("changed", taken.changed), ("unchanged", taken.unchanged)] {
        if count > 0 {
            start = start.fact(name, count);
        }
    }
    let why = rejected.iter().fold(start, |why, row| why.because(row.why()));
    let receipt = Receipt { id, command: command.to_owned(), records: Vec::new(), why };
    serde_json::to_vec(&receipt).map_err(|_| CrmError::Internal { what: "receipts are JSON" }.into())
}

pub(super) fn answered(answer: &[u8]) -> Result<(Taken, Vec<RejectedRow>)> {
    let broken = || CrmError::Internal { what: "stored receipts of imports are JSON" };
    let receipt: Receipt = serde_json::from_slice(answer).map_err(|_| broken())?;
    let fact = |name: &str| -> Option<u64> {
        let found = receipt.why.facts.iter().find(|fact| fact.name == name);
        found.and_then(|fact| fact.value.parse().ok())
    };
    let added = fact("added").ok_or_else(broken)?;
    let (changed, unchanged) = (fact("changed").unwrap_or(0), fact("unchanged").unwrap_or(0));
    let created = added.checked_sub(changed + unchanged).ok_or_else(broken)?;
    let rejected: Option<Vec<RejectedRow>> = receipt.why.because.iter().map(RejectedRow::from_why).collect();
    Ok((Taken { created, changed, unchanged }, rejected.ok_or_else(broken)?))
}
