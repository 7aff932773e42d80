//! Documents from outside, priced again as offers. Skipped, and said so, where the folder of vectors is not there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what it saw")]

mod support;

use clientela_core::sales::replay::{
    Adjustment, AdjustmentSize, Document, DocumentLine, LineAdjustment, StatedTax, to_input, totals,
};
use clientela_core::sales::waterfall::price;
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use support::number;

fn vectors(name: &str) -> Option<Value> {
    let path = format!("{}/../../../shared/vectors/pricing/{name}", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("skipped: {name} is not there");
            None
        }
    }
}

/// A number of a document: written as text, now and then with a plus sign.
fn given(value: &Value, key: &str) -> Option<Decimal> {
    match value.get(key)? {
        Value::String(text) => Some(number(text.trim_start_matches('+'))),
        Value::Number(plain) => Some(number(&plain.to_string())),
        _ => None,
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The tax of a line; where it names none, that of the document's lines when they all have one and the same, else none at all
/// (category O, outside the scope).
fn tax(case: &Value, value: &Value) -> (String, Decimal) {
    let own =
        |value: &Value| Some((text(value, "vat_category")?, given(value, "vat_rate").unwrap_or_default()));
    let mut others: Vec<_> = list(case, "lines").iter().filter_map(own).collect();
    others.dedup();
    let common = (others.len() == 1).then(|| others[0].clone());
    own(value).or(common).unwrap_or_else(|| ("O".to_owned(), Decimal::ZERO))
}

fn adjustment(value: &Value) -> LineAdjustment {
    let size = match (given(value, "percent"), given(value, "base")) {
        (Some(percent), Some(base)) => AdjustmentSize::Percent { percent, base },
        _ => AdjustmentSize::Amount(given(value, "amount").unwrap()),
    };
    let charge = value["charge"].as_bool().unwrap();
    LineAdjustment { charge, size, label: text(value, "reason") }
}

/// Where the tax is stated, lines are priced without one.
fn untaxed(stated: Option<Decimal>, tax: (String, Decimal)) -> (String, Decimal) {
    if stated.is_some() { ("O".to_owned(), Decimal::ZERO) } else { tax }
}

/// The document, or what it lacks.
fn document(case: &Value) -> Result<Document, &'static str> {
    // One sample names no currency: its figures are the same in any with two decimals.
    let code = text(case, "currency").unwrap_or_else(|| "EUR".to_owned());
    let currency = Currency::parse(&code).map_err(|_| "a currency this build knows")?;
    // A tax total without a breakdown is what somebody else computed or expects: it is taken as stated. It counts in what is to be
    // paid where a gross total is printed.
    let stated_tax = given(case, "vat_total").filter(|_| list(case, "vat_breakdown").is_empty());
    let computable = stated_tax.is_none_or(|tax| tax.is_zero())
        || list(case, "lines")
            .iter()
            .chain(list(case, "document_allowances_charges"))
            .all(|value| tax(case, value).0 == "S");
    let stated_tax = stated_tax.filter(|_| !computable);
    let mut lines = Vec::new();
    for line in list(case, "lines") {
        let (tax_category, tax_percent) = untaxed(stated_tax, tax(case, line));
        let price = given(line, "price").unwrap();
        let gross = given(line, "gross_price");
        lines.push(DocumentLine {
            line: text(line, "id").unwrap(),
            label: text(line, "item"),
            quantity: given(line, "quantity").unwrap(),
            // A discount counts only from a price before it.
            price: gross.unwrap_or(price),
            price_discount: gross.and(given(line, "price_discount")),
            base_quantity: given(line, "price_base_quantity"),
            adjustments: list(line, "allowances_charges").iter().map(adjustment).collect(),
            tax_category,
            tax_percent,
        });
    }
    let mut adjustments = Vec::new();
    for value in list(case, "document_allowances_charges") {
        let (tax_category, tax_percent) = untaxed(stated_tax, tax(case, value));
        adjustments.push(Adjustment { adjustment: adjustment(value), tax_category, tax_percent });
    }
    Ok(Document {
        currency,
        rounding: RoundingPolicy::Line,
        day: support::day("2026-01-01"),
        lines,
        adjustments,
        prepaid: given(&case["totals"], "prepaid"),
        payable_rounding: given(&case["totals"], "rounding"),
        stated_tax: stated_tax
            .map(|amount| StatedTax { amount, in_payable: given(&case["totals"], "gross").is_some() }),
    })
}

/// Prices the document and compares every figure it prints.
fn replay(case: &Value) -> Result<(), &'static str> {
    let document = document(case)?;
    let name = text(case, "case").unwrap();
    let input = to_input(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
    let priced = price(&input).map_err(|error| {
        println!("{name}: {error}");
        "a rate that fits its tax category"
    })?;
    let found = totals(&document, &input, &priced).unwrap();
    let stated =
        |value: &Value, key: &str| given(value, key).map(|n| Money::new(n, document.currency).rounded());
    for (line, found) in list(case, "lines").iter().zip(&found.lines) {
        assert_eq!(stated(line, "net"), Some(*found), "{name} line {}", line["id"]);
    }
    let printed = &case["totals"];
    assert!(stated(printed, "net").is_none_or(|net| net == found.net), "{name}: net {}", found.net);
    for (figure, found) in [
        (stated(printed, "lines"), found.line_sum),
        (stated(case, "vat_total"), found.tax),
        (stated(printed, "gross"), found.gross),
        (stated(printed, "payable"), found.payable),
    ] {
        assert!(figure.is_none_or(|figure| figure == found), "{name}: {figure:?} printed, {found}");
    }
    for group in list(case, "vat_breakdown") {
        let rate = given(group, "rate").unwrap_or_default();
        let ours = priced.tax_groups.iter().find(|g| group["category"] == g.category && g.percent == rate);
        let ours = ours.unwrap_or_else(|| panic!("{name}: no group {group}"));
        assert_eq!(stated(group, "taxable"), Some(ours.taxable), "{name} {group}");
        assert_eq!(stated(group, "tax"), Some(ours.tax), "{name} {group}");
    }
    Ok(())
}

#[test]
fn documents_of_en_16931_come_out_to_the_cent() {
    let Some(vectors) = vectors("en16931_exact.json") else { return };
    let cases = list(&vectors, "cases");
    let mut exact = 0;
    let mut lacking: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for case in cases {
        match replay(case) {
            Ok(()) => exact += 1,
            Err(what) => lacking.entry(what).or_default().push(text(case, "case").unwrap()),
        }
    }
    println!("{exact} of {} documents replayed to the cent", cases.len());
    for (what, names) in &lacking {
        println!("{} need {what}: {}", names.len(), names.join(", "));
    }
    assert_eq!(exact, cases.len());
}
