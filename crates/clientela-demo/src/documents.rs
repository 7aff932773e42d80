//! Cards and documents of the outside world: contacts as telephones write them, invoices and orders priced again as offers.

use crate::error::{DemoError, Result};
use clientela::Session;
use clientela::core::sales::replay::{
    Adjustment, AdjustmentSize, Document, DocumentLine, DocumentTotals, LineAdjustment, to_input, totals,
};
use clientela::core::sales::waterfall;
use clientela::import::{ImportOptions, ImportSource, ImportTarget};
use clientela::model::identifier::Currency;
use clientela::model::money::parse_decimal;
use clientela::model::{Money, RoundingPolicy};
use rust_decimal::Decimal;
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
    let text = std::fs::read_to_string(path).map_err(DemoError::io(path))?;
    let json: Value = serde_json::from_str(&text).map_err(|error| {
        DemoError::Missing(format!("{} is no collection of documents: {error}", path.display()))
    })?;
    let mut replayed = Replayed::default();
    for case in list(&json, "cases") {
        match again(case) {
            Ok(true) => replayed.exact += 1,
            Ok(false) => replayed.different.push(words(case, "case").unwrap_or_default()),
            Err(need) => *replayed.needs.entry(need).or_default() += 1,
        }
    }
    Ok(replayed)
}

/// Whether every figure a document prints comes out; what it needs when it cannot be priced.
fn again(case: &Value) -> std::result::Result<bool, String> {
    let document = document(case)?;
    let input = to_input(&document).map_err(|error| error.to_string())?;
    let priced = waterfall::price(&input).map_err(|_| "a rate that fits its tax category".to_owned())?;
    let found = totals(&document, &input, &priced).map_err(|error| error.to_string())?;
    let tax = number(case, "vat_total").map(|amount| Money::new(amount, document.currency).rounded());
    if list(case, "vat_breakdown").is_empty() && case.get("vat_breakdown").is_some() && tax != Some(found.tax)
    {
        return Err("a breakdown of its tax: the total is stated, not computed".to_owned());
    }
    Ok(agrees(case, &found, document.currency))
}

fn agrees(case: &Value, found: &DocumentTotals, currency: Currency) -> bool {
    let stated =
        |value: &Value, key: &str| number(value, key).map(|amount| Money::new(amount, currency).rounded());
    let printed = case.get("totals").unwrap_or(&Value::Null);
    let totals = [
        (stated(printed, "lines"), found.line_sum),
        (stated(printed, "net"), found.net),
        (stated(case, "vat_total"), found.tax),
        (stated(printed, "gross"), found.gross),
        (stated(printed, "payable"), found.payable),
    ];
    let lines = list(case, "lines").iter().zip(&found.lines);
    totals.iter().all(|(stated, found)| stated.is_none_or(|stated| stated == *found))
        && lines.into_iter().all(|(line, found)| stated(line, "net").is_none_or(|stated| stated == *found))
}

fn document(case: &Value) -> std::result::Result<Document, String> {
    let code = words(case, "currency").ok_or("a currency")?;
    let currency = Currency::parse(&code).map_err(|_| "a currency this build knows")?;
    let mut lines = Vec::new();
    for line in list(case, "lines") {
        let (tax_category, tax_percent) = tax(line)?;
        let gross = number(line, "gross_price");
        let mut adjustments = Vec::new();
        for value in list(line, "allowances_charges") {
            adjustments.push(adjustment(value)?);
        }
        lines.push(DocumentLine {
            line: words(line, "id").ok_or("an id on every line")?,
            label: words(line, "item"),
            quantity: number(line, "quantity").ok_or("a quantity on every line")?,
            // A discount counts only from a price before it.
            price: gross.or(number(line, "price")).ok_or("a price on every line")?,
            price_discount: gross.and(number(line, "price_discount")),
            base_quantity: number(line, "price_base_quantity"),
            adjustments,
            tax_category,
            tax_percent,
        });
    }
    let mut adjustments = Vec::new();
    for value in list(case, "document_allowances_charges") {
        let (tax_category, tax_percent) = tax(value)?;
        adjustments.push(Adjustment { adjustment: adjustment(value)?, tax_category, tax_percent });
    }
    let printed = case.get("totals").unwrap_or(&Value::Null);
    Ok(Document {
        currency,
        rounding: RoundingPolicy::Line,
        day: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default(),
        lines,
        adjustments,
        prepaid: number(printed, "prepaid"),
        payable_rounding: number(printed, "rounding"),
        stated_tax: None,
    })
}

fn adjustment(value: &Value) -> std::result::Result<LineAdjustment, String> {
    let size = match (number(value, "percent"), number(value, "base")) {
        (Some(percent), Some(base)) => AdjustmentSize::Percent { percent, base },
        _ => AdjustmentSize::Amount(number(value, "amount").ok_or("an amount on every allowance")?),
    };
    let charge = value.get("charge").and_then(Value::as_bool).ok_or("allowances told from charges")?;
    Ok(LineAdjustment { charge, size, label: words(value, "reason") })
}

fn tax(value: &Value) -> std::result::Result<(String, Decimal), String> {
    let category = words(value, "vat_category").ok_or("a tax category on every line")?;
    Ok((category, number(value, "vat_rate").unwrap_or_default()))
}

/// A number: written as text, now and then with a plus sign.
fn number(value: &Value, key: &str) -> Option<Decimal> {
    match value.get(key)? {
        Value::String(text) => parse_decimal(text.trim_start_matches('+')).ok(),
        Value::Number(plain) => parse_decimal(&plain.to_string()).ok(),
        _ => None,
    }
}

fn words(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
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

    #[test]
    fn a_figure_that_is_not_so_is_seen() {
        let case = serde_json::json!({
            "case": "X", "currency": "EUR",
            "lines": [{"id": "1", "quantity": "2", "price": "10", "vat_category": "S", "vat_rate": "22"}],
            "vat_total": "4.41",
        });
        assert_eq!(again(&case), Ok(false));
        assert_eq!(
            again(&serde_json::json!({"currency": "XYZ"})),
            Err("a currency this build knows".to_owned())
        );
    }
}
