//! Mappings saved under a name, and found again by that name or by the headers of a table.

use super::content::Looked;
use super::options::ImportOptions;
use super::source::ImportSource;
use super::{known, opened, targets};
use crate::error::{CrmError, Result};
use crate::view::View;
use clientela_core::imports::ImportMapping;
use clientela_core::organisation::dealer_of;
use clientela_exchange::csv::{MappedColumn, Mapping};
use clientela_model::{ClosedList, Predicate, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What tells tables of one kind from others: their headers, whatever their order and letter case.
pub(crate) fn fingerprint<'a>(headers: impl Iterator<Item = &'a str>) -> String {
    let mut headers: Vec<String> = headers.map(|header| header.trim().to_lowercase()).collect();
    headers.sort_unstable();
    let mut hash = Sha256::new();
    for header in headers {
        hash.update((header.len() as u64).to_le_bytes());
        hash.update(header);
    }
    crate::digest::hex(&hash.finalize())
}

/// What of the options is saved: all but whose rows they are, who looks after them and what the import is called.
///
/// # Errors
/// `mapping.required` without a mapping and for fields no column fills, `mapping.*` for what is no field.
pub(crate) fn document(options: &ImportOptions) -> Result<(String, String)> {
    let Some(mapping) = &options.mapping else {
        return Err(CrmError::Argument {
            field: "options",
            problem: "have no mapping".to_owned(),
            hint: "the mapping of columns to fields, such as one import.guess gives",
        }
        .into());
    };
    let headers: Vec<String> = mapping.columns.iter().map(|column| column.header.clone()).collect();
    mapping.check(&headers, &targets::targets(options))?;
    let kept = ImportOptions {
        customer: None,
        owner: None,
        label: None,
        saved: None,
        chunk_rows: None,
        ..options.clone()
    };
    let document =
        serde_json::to_string(&kept).map_err(|_| CrmError::Internal { what: "import options are JSON" })?;
    Ok((document, fingerprint(headers.iter().map(String::as_str))))
}

/// The options a saved mapping stands for.
pub(crate) fn options_of(saved: &ImportMapping) -> Result<ImportOptions> {
    serde_json::from_str(&saved.document)
        .map_err(|_| CrmError::Internal { what: "saved mappings are options of imports" }.into())
}

/// The saved mapping that fits these headers; none when several do, as a person has to say which.
pub(crate) fn fitting(view: &View<'_>, target: &str, headers: &[String]) -> Result<Option<ImportMapping>> {
    let fingerprint = fingerprint(headers.iter().map(String::as_str));
    let of_headers = Predicate::equals("fingerprint", Value::Text(Cow::Owned(fingerprint)));
    let mut found = view.all_of::<ImportMapping>(&of_headers)?;
    found.retain(|stored| stored.record.active && stored.record.target == target);
    let usable = usable_by(view)?;
    found.retain(|stored| usable(&stored.record));
    // What a dealer says of his own files goes before what is said for all.
    if found.iter().any(|stored| stored.record.unit.is_some()) {
        found.retain(|stored| stored.record.unit.is_some());
    }
    Ok(if found.len() == 1 { found.pop().map(|stored| stored.record) } else { None })
}

/// Which mappings the actor's files are read by: those for all, and those of his own dealer.
pub(crate) fn usable_by(view: &View<'_>) -> Result<impl Fn(&ImportMapping) -> bool> {
    let units = known::units(view)?;
    let dealer = move |unit| dealer_of(unit, |id| units.get(&id).cloned());
    let own = dealer(view.actor.unit);
    Ok(move |mapping: &ImportMapping| mapping.unit.is_none_or(|unit| dealer(unit) == own))
}

/// The options completed by the saved mapping they name, or by the one that fits the headers where they say nothing of
/// columns. What they say themselves goes before. Gives the name of the mapping that was used.
pub(super) fn complete(
    view: &View<'_>,
    (source, looked): (&ImportSource, Looked),
    options: ImportOptions,
) -> Result<(ImportOptions, Option<String>)> {
    let saved = match &options.saved {
        Some(name) => Some(view.resolve::<ImportMapping>(name)?.record),
        None if options.mapping.is_none() => match opened::headers(source, looked, &options)? {
            Some(headers) => fitting(view, options.target.word(), &headers)?,
            None => None,
        },
        None => None,
    };
    let Some(saved) = saved else { return Ok((options, None)) };
    let of_others = !usable_by(view)?(&saved);
    usable(&saved, of_others, &options)?;
    let before = options_of(&saved)?;
    let mut all = ImportOptions {
        mapping: options.mapping.clone(),
        separator: options.separator.or(before.separator),
        encoding: options.encoding.or(before.encoding),
        header: options.header.or(before.header),
        numbers: options.numbers.or(before.numbers),
        dates: if options.dates == super::DateOrder::default() { before.dates } else { options.dates },
        defaults: before.defaults,
        words: before.words,
        ..options.clone()
    };
    all.defaults.extend(options.defaults);
    for (field, words) in options.words {
        all.words.entry(field).or_default().extend(words);
    }
    if all.mapping.is_none()
        && let (Some(headers), Some(mapping)) = (opened::headers(source, looked, &all)?, before.mapping)
    {
        all.mapping = Some(in_order(&mapping, &headers));
    }
    Ok((all, Some(saved.name)))
}

fn usable(saved: &ImportMapping, of_others: bool, options: &ImportOptions) -> Result<()> {
    let problem = if of_others {
        "names a mapping of another dealer"
    } else if !saved.active {
        "names a mapping that was retired"
    } else if saved.target != options.target.word() {
        "names a mapping of other records"
    } else {
        return Ok(());
    };
    let hint = "a saved mapping for what the rows become; import.mappings lists them";
    Err(CrmError::Argument { field: "saved", problem: problem.to_owned(), hint }.into())
}

/// A mapping for a table whose columns stand in another order or which has others beside: those go nowhere.
fn in_order(mapping: &Mapping, headers: &[String]) -> Mapping {
    let same = |left: &str, right: &str| left.trim().to_lowercase() == right.trim().to_lowercase();
    let mut left: Vec<&MappedColumn> = mapping.columns.iter().collect();
    let columns = headers.iter().map(|header| {
        let found = left.iter().position(|column| same(&column.header, header)).map(|at| left.remove(at));
        MappedColumn {
            header: header.clone(),
            target: found.and_then(|column| column.target.clone()),
            confidence: found.and_then(|column| column.confidence),
        }
    });
    Mapping { columns: columns.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_another_order_are_of_the_same_kind() {
        let of = |headers: &[&str]| fingerprint(headers.iter().copied());
        assert_eq!(of(&["Name", "P.IVA"]), of(&["p.iva ", "name"]));
        assert_ne!(of(&["Name", "P.IVA"]), of(&["NameP.", "IVA"]));
    }
}
