//! Cards and documents of the outside world: contacts as telephones write them, invoices and orders priced again as offers.

use crate::error::{DemoError, Result};
use clientela::Session;
use clientela::core::sales::replay::collection;
use clientela::import::{ImportOptions, ImportSource, ImportTarget};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// What came of a folder of cards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cards {
    /// Files read.
    pub files: usize,
    /// Contacts brought in.
    pub added: u64,
    /// Cards that were not taken.
    pub rejected: usize,
}

/// Imports all cards of a folder as contacts of one customer.
///
/// # Errors
/// What the library or the system refuses; cards that cannot be taken are no error.
pub fn cards(session: &Session, folder: &Path, customer: &str, say: &mut dyn FnMut(&str)) -> Result<Cards> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(DemoError::io(folder))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "vcf"))
        .collect();
    files.sort();
    let mut all = Cards::default();
    for path in files {
        // Numbers without a prefix are American where a card does not say otherwise.
        let options = ImportOptions::new(ImportTarget::Contact).customer(customer).default("country", "US");
        let report = session
            .plan_import(ImportSource::cards_file(&path)?, options)?
            .commit(&mut |_| ControlFlow::Continue(()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let reasons: Vec<String> =
            report.rejected.iter().map(|row| format!("line {}: {}", row.line, row.message)).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
        say(&format!("{name}: {} of {} cards{reasons}", report.added, report.read));
        all.files += 1;
        all.added += report.added;
        all.rejected += report.rejected.len();
    }
    Ok(all)
}

/// What came of a collection of documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Documents whose every printed figure came out to the cent.
    pub exact: usize,
    /// Documents with another figure: their names.
    pub different: Vec<String>,
    /// What the others need, and how many do.
    pub needs: BTreeMap<String, usize>,
}

/// Prices every document of a collection again and compares every figure it prints.
///
/// # Errors
/// When the file cannot be read or is no collection of documents.
pub fn replay(path: &Path) -> Result<Replayed> {
    let mut replayed = Replayed::default();
    for case in &cases(path)? {
        let name = || case["case"].as_str().unwrap_or_default().to_owned();
        match collection::replay(case, day()) {
            Ok(differences) if differences.is_empty() => replayed.exact += 1,
            Ok(_) => replayed.different.push(name()),
            Err(reason) => *replayed.needs.entry(reason.to_string()).or_default() += 1,
        }
    }
    Ok(replayed)
}

/// The documents of a collection.
pub(crate) fn cases(path: &Path) -> Result<Vec<Value>> {
    let text = std::fs::read_to_string(path).map_err(DemoError::io(path))?;
    let mut json: Value = serde_json::from_str(&text).map_err(|error| {
        DemoError::Missing(format!("{} is no collection of documents: {error}", path.display()))
    })?;
    match json["cases"].take() {
        Value::Array(cases) => Ok(cases),
        _ => Err(DemoError::Missing(format!("{} has no list of cases", path.display()))),
    }
}

/// The day the documents are priced on: that of the demo network's last year.
pub(crate) fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_documents_come_out_to_the_cent() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/documents.json");
        let replayed = replay(Path::new(path)).unwrap();
        assert_eq!((replayed.exact, replayed.different.as_slice()), (3, [].as_slice()));
        assert!(replayed.needs.is_empty(), "{:?}", replayed.needs);
    }
}
