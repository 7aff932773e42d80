//! Documents from outside, priced again as offers. Skipped, and said so, where the folder of vectors is not there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what it saw")]

mod support;

use clientela_core::sales::replay::{
    Adjustment, AdjustmentSize, Document, DocumentLine, LineAdjustment, to_input, totals,
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

fn tax(value: &Value) -> Result<(String, Decimal), &'static str> {
    let category = text(value, "vat_category").ok_or("a tax category on every line")?;
    Ok((category, given(value, "vat_rate").unwrap_or_default()))
}

fn adjustment(value: &Value) -> LineAdjustment {
    let size = match (given(value, "percent"), given(value, "base")) {
        (Some(percent), Some(base)) => AdjustmentSize::Percent { percent, base },
        _ => AdjustmentSize::Amount(given(value, "amount").unwrap()),
    };
    let charge = value["charge"].as_bool().unwrap();
    LineAdjustment { charge, size, label: text(value, "reason") }
}

/// The document, or what it lacks.
fn document(case: &Value) -> Result<Document, &'static str> {
    let code = text(case, "currency").ok_or("a currency")?;
    let currency = Currency::parse(&code).map_err(|_| "a currency this build knows")?;
    let mut lines = Vec::new();
    for line in list(case, "lines") {
        let (tax_category, tax_percent) = tax(line)?;
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
        let (tax_category, tax_percent) = tax(value)?;
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
    let found = totals(&input, &priced).unwrap();
    let stated =
        |value: &Value, key: &str| given(value, key).map(|n| Money::new(n, document.currency).rounded());
    for (line, found) in list(case, "lines").iter().zip(&found.lines) {
        assert_eq!(stated(line, "net"), Some(*found), "{name} line {}", line["id"]);
    }
    let printed = &case["totals"];
    assert!(stated(printed, "net").is_none_or(|net| net == found.net), "{name}: net {}", found.net);
    if list(case, "vat_breakdown").is_empty() && stated(case, "vat_total") != Some(found.tax) {
        return Err("a breakdown of its tax: the total is stated, not computed");
    }
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
    // The others leave out what a tax is computed from; no computation can replay them.
    assert!(exact >= 81, "only {exact} of {} were replayed", cases.len());
}

/// The offer the inputs of a small published case describe, in the words of the case tables; none when the case is about
/// something else than a price by steps.
fn small_case(inputs: &Value) -> Option<Vec<String>> {
    let plain = |key: &str| given(inputs, key).map(|number| number.normalize().to_string());
    let item = |price: &str, quantity: &str, tax: &str| format!("item 1 other {quantity} {price} S {tax}");
    if let (Some(list), Some(amount), Some(percent)) =
        (plain("list"), plain("additional_discount_amount"), plain("partner_discount_percent"))
    {
        let basis = text(inputs, "percent_base").unwrap_or_else(|| "running".to_owned());
        let mut steps =
            vec![format!("step manual -{amount}"), format!("step contract -{percent}% of {basis}")];
        if inputs["additional_last"].as_bool() == Some(true) {
            steps.reverse();
        }
        steps.insert(0, item(&list, "1", "0"));
        return Some(steps);
    }
    if let (Some(list), Some(first), Some(second)) =
        (plain("list"), plain("first_discount_percent"), plain("second_discount_percent"))
    {
        let steps = [first, second].map(|percent| format!("step contract -{percent}% of running"));
        return Some([item(&list, "1", "0")].into_iter().chain(steps).collect());
    }
    // A discount below nothing and a margin on the list are surcharges.
    let surcharge =
        given(inputs, "discount_percent").map(|percent| -percent).or(given(inputs, "margin_percent"));
    if let (Some(list), Some(percent)) = (plain("list"), surcharge) {
        return Some(vec![item(&list, "1", "0"), format!("step surcharge {percent}% of list")]);
    }
    if let (Some(list), Some(options)) = (plain("list"), inputs["options"].as_object()) {
        let options = options.values().enumerate().map(|(index, price)| format!("option 1.{index} {price}"));
        return Some([item(&list, "1", "0")].into_iter().chain(options).collect());
    }
    if let (Some(price), Some(quantity), Some(tax)) =
        (plain("price"), plain("quantity"), plain("vat_percent"))
    {
        return Some(vec![item(&price, &quantity, &tax)]);
    }
    if let (Some(quantity), Some(tax)) = (plain("quantity"), plain("vat_percent")) {
        let prices = list(inputs, "unit_prices").iter().enumerate();
        let line = |(index, price)| format!("item {} other {quantity} {price} S {tax}", index + 1);
        return Some(prices.map(line).collect());
    }
    None
}

#[test]
fn small_published_cases_come_out() {
    let Some(vectors) = vectors("published_small_cases.json") else { return };
    let cases = list(&vectors, "cases");
    let (mut checked, mut others) = (Vec::new(), Vec::new());
    for case in cases {
        let name = text(case, "case").unwrap();
        let Some(lines) = small_case(&case["inputs"]) else {
            others.push(format!("{name} ({})", text(case, "topic").unwrap()));
            continue;
        };
        let mut offer = support::empty_offer("EUR", RoundingPolicy::Line);
        assert!(lines.iter().all(|line| support::read_content(&mut offer, line)), "{name}: {lines:?}");
        let priced = price(&offer).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = &case["expect"];
        let one_line = expected.get("one_line").unwrap_or(expected);
        // The word for the result differs from source to source.
        let net = ["net", "unit", "rate", "price"].iter().find_map(|word| given(one_line, word));
        assert_eq!(Some(priced.net.amount()), net, "{name}: {lines:?}");
        for (key, found) in [("vat", priced.tax), ("gross", priced.gross)] {
            assert!(given(expected, key).is_none_or(|number| number == found.amount()), "{name}: {found}");
        }
        let line_totals = list(expected, "line_totals").iter().map(|total| number(&total.to_string()));
        for (total, item) in line_totals.zip(&priced.items) {
            assert_eq!(total, item.line_net.amount(), "{name}");
        }
        checked.push(name);
    }
    println!(
        "{} of {} small cases are offers and come out: {}",
        checked.len(),
        cases.len(),
        checked.join(", ")
    );
    println!("the others: {}", others.join(", "));
    assert!(checked.len() >= 9, "only {checked:?} were checked");
}

#[test]
fn volume_tiers_of_published_cases_come_out() {
    use clientela_core::sales::waterfall::{Tier, range_percent};
    let Some(vectors) = vectors("published_small_cases.json") else { return };
    let mut checked = 0;
    for case in list(&vectors, "cases") {
        let plain = |value: &Value| number(&value.to_string());
        let tiers: Vec<Tier> = list(&case["inputs"], "tiers")
            .iter()
            .map(|tier| Tier { from: plain(&tier[0]), percent: plain(&tier[2]) })
            .collect();
        let percents = list(&case["expect"], "percent");
        let quantities = list(&case["inputs"], "quantities");
        let single =
            case["expect"].get("percent_all_units").map(|percent| (&case["inputs"]["quantity"], percent));
        for (quantity, percent) in quantities.iter().zip(percents).chain(single) {
            assert_eq!(range_percent(&tiers, plain(quantity)).unwrap(), Some(plain(percent)), "{quantity}");
            checked += 1;
        }
    }
    assert_eq!(checked, 7);
}
