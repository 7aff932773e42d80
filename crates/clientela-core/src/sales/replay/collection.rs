//! A collection of documents as JSON: what each prints is read, priced again, and compared figure by figure.
//!
//! A case has `currency`, `lines` (`id`, `item`, `quantity`, `price`, `gross_price`, `price_discount`, `price_base_quantity`,
//! `net`, `vat_category`, `vat_rate`, `allowances_charges`), `document_allowances_charges`, `vat_breakdown` (`category`, `rate`,
//! `taxable`, `tax`), `vat_total` and `totals` (`lines`, `net`, `gross`, `prepaid`, `rounding`, `payable`). Numbers are text.

use super::{
    Adjustment, AdjustmentSize, Document, DocumentLine, DocumentTotals, LineAdjustment, StatedTax, to_input,
    totals,
};
use crate::sales::waterfall::{self, Priced, PricingError};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::money::parse_decimal;
use clientela_model::{Money, RoundingPolicy};
use rust_decimal::Decimal;
use serde_json::Value;

/// Why a case cannot be priced.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unpriceable {
    /// Something is not there, or not readable.
    #[error("it lacks {0}")]
    Lacks(&'static str),
    /// The waterfall refuses it.
    #[error(transparent)]
    Refused(#[from] PricingError),
}

/// A figure that did not come out as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which, such as `lines[2].net` or `totals.payable`.
    pub figure: String,
    /// What is printed.
    pub printed: Money,
    /// What was computed; none where no such group of taxes came out.
    pub found: Option<Money>,
}

/// Prices a case on its day and compares every figure it prints; an empty answer says all came out to the cent.
///
/// # Errors
/// [`Unpriceable`] says what it lacks, or why it is refused.
pub fn replay(case: &Value, day: NaiveDate) -> Result<Vec<Difference>, Unpriceable> {
    let document = document(case, day)?;
    let input = to_input(&document)?;
    let priced = waterfall::price(&input)?;
    let found = totals(&document, &input, &priced)?;
    Ok(differences(case, document.currency, &priced, &found))
}

/// A case as a document of that day.
///
/// A case without a currency is priced in EUR: its figures are the same in any with two decimals. A tax total without the
/// breakdown it is computed from is what somebody else computed or expects: it is taken as stated, unless every line is taxed at
/// a standard rate. It counts in what is to be paid where a gross total is printed.
///
/// # Errors
/// [`Unpriceable::Lacks`].
pub fn document(case: &Value, day: NaiveDate) -> Result<Document, Unpriceable> {
    let code = case.get("currency").and_then(Value::as_str).unwrap_or("EUR");
    let currency = Currency::parse(code).map_err(|_| Unpriceable::Lacks("a currency this build knows"))?;
    let taxes = Taxes::of(case);
    let printed = case.get("totals").unwrap_or(&Value::Null);
    Ok(Document {
        currency,
        rounding: RoundingPolicy::Line,
        day,
        lines: list(case, "lines").iter().map(|value| line(value, &taxes)).collect::<Result<_, _>>()?,
        adjustments: list(case, "document_allowances_charges")
            .iter()
            .map(|value| {
                let (tax_category, tax_percent) = taxes.of_line(value);
                Ok(Adjustment { adjustment: adjustment(value)?, tax_category, tax_percent })
            })
            .collect::<Result<_, Unpriceable>>()?,
        prepaid: number(printed, "prepaid"),
        payable_rounding: number(printed, "rounding"),
        stated_tax: taxes
            .stated
            .map(|amount| StatedTax { amount, in_payable: number(printed, "gross").is_some() }),
    })
}

/// The taxes of a case: stated as a total, or those of its lines.
struct Taxes {
    stated: Option<Decimal>,
    common: Option<(String, Decimal)>,
}

impl Taxes {
    fn of(case: &Value) -> Self {
        let mut own: Vec<_> = list(case, "lines").iter().filter_map(own_tax).collect();
        own.dedup();
        let mut taxes = Self { stated: None, common: (own.len() == 1).then(|| own.swap_remove(0)) };
        let total = number(case, "vat_total").filter(|_| list(case, "vat_breakdown").is_empty());
        let mut taxed = list(case, "lines").iter().chain(list(case, "document_allowances_charges"));
        let computable =
            total.is_none_or(|tax| tax.is_zero()) || taxed.all(|value| taxes.of_line(value).0 == "S");
        taxes.stated = total.filter(|_| !computable);
        taxes
    }

    /// The tax of a line; where it names none, that of the document's lines when they all have one and the same, else none at all
    /// (category O, outside the scope). Where the tax is stated, lines are priced without one.
    fn of_line(&self, value: &Value) -> (String, Decimal) {
        let named = if self.stated.is_some() { None } else { own_tax(value).or_else(|| self.common.clone()) };
        named.unwrap_or_else(|| ("O".to_owned(), Decimal::ZERO))
    }
}

fn own_tax(value: &Value) -> Option<(String, Decimal)> {
    Some((words(value, "vat_category")?, number(value, "vat_rate").unwrap_or_default()))
}

fn line(value: &Value, taxes: &Taxes) -> Result<DocumentLine, Unpriceable> {
    let (tax_category, tax_percent) = taxes.of_line(value);
    let gross = number(value, "gross_price");
    Ok(DocumentLine {
        line: words(value, "id").ok_or(Unpriceable::Lacks("an id on every line"))?,
        label: words(value, "item"),
        quantity: number(value, "quantity").ok_or(Unpriceable::Lacks("a quantity on every line"))?,
        // A discount counts only from a price before it.
        price: gross.or_else(|| number(value, "price")).ok_or(Unpriceable::Lacks("a price on every line"))?,
        price_discount: gross.and_then(|_| number(value, "price_discount")),
        base_quantity: number(value, "price_base_quantity"),
        adjustments: list(value, "allowances_charges").iter().map(adjustment).collect::<Result<_, _>>()?,
        tax_category,
        tax_percent,
    })
}

fn adjustment(value: &Value) -> Result<LineAdjustment, Unpriceable> {
    let size = match (number(value, "percent"), number(value, "base")) {
        (Some(percent), Some(base)) => AdjustmentSize::Percent { percent, base },
        _ => AdjustmentSize::Amount(
            number(value, "amount").ok_or(Unpriceable::Lacks("an amount on every allowance"))?,
        ),
    };
    let charge = value
        .get("charge")
        .and_then(Value::as_bool)
        .ok_or(Unpriceable::Lacks("allowances told from charges"))?;
    Ok(LineAdjustment { charge, size, label: words(value, "reason") })
}

fn differences(case: &Value, currency: Currency, priced: &Priced, found: &DocumentTotals) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut compare = |figure: String, value: &Value, key: &str, found: Option<Money>| {
        let printed = number(value, key).map(|amount| Money::new(amount, currency).rounded());
        if let Some(printed) = printed.filter(|printed| Some(*printed) != found) {
            all.push(Difference { figure, printed, found });
        }
    };
    for (index, (line, found)) in list(case, "lines").iter().zip(&found.lines).enumerate() {
        compare(format!("lines[{index}].net"), line, "net", Some(*found));
    }
    for (index, group) in list(case, "vat_breakdown").iter().enumerate() {
        let rate = number(group, "rate").unwrap_or_default();
        let category = words(group, "category").unwrap_or_default();
        let ours = priced.tax_groups.iter().find(|ours| ours.category == category && ours.percent == rate);
        for (key, found) in
            [("taxable", ours.map(|group| group.taxable)), ("tax", ours.map(|group| group.tax))]
        {
            compare(format!("vat_breakdown[{index}].{key}"), group, key, found);
        }
    }
    let printed = case.get("totals").unwrap_or(&Value::Null);
    for (key, found) in
        [("lines", found.line_sum), ("net", found.net), ("gross", found.gross), ("payable", found.payable)]
    {
        compare(format!("totals.{key}"), printed, key, Some(found));
    }
    compare("vat_total".to_owned(), case, "vat_total", Some(found.tax));
    all
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
    use serde_json::json;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default()
    }

    #[test]
    fn a_figure_that_is_not_so_is_named() {
        let case = json!({
            "currency": "EUR", "vat_total": "4.41", "vat_breakdown": [{"category": "S", "rate": "22", "tax": "4.40"}],
            "lines": [{"id": "1", "quantity": "2", "price": "10", "net": "21", "vat_category": "S", "vat_rate": "22"}],
        });
        let figures: Vec<_> =
            replay(&case, day()).unwrap_or_default().into_iter().map(|one| one.figure).collect();
        assert_eq!(figures, ["lines[0].net", "vat_total"]);
    }

    #[test]
    fn a_group_of_taxes_that_did_not_come_out_is_a_difference() {
        let case = json!({
            "vat_breakdown": [{"category": "AE", "rate": "0", "taxable": "20"}],
            "lines": [{"id": "1", "quantity": "2", "price": "10", "vat_category": "S", "vat_rate": "22"}],
        });
        let found = replay(&case, day()).unwrap_or_default();
        assert!(found.iter().any(|one| one.figure == "vat_breakdown[0].taxable" && one.found.is_none()));
    }

    #[test]
    fn what_is_lacking_is_said() {
        let unknown = json!({"currency": "XYZ"});
        assert_eq!(replay(&unknown, day()), Err(Unpriceable::Lacks("a currency this build knows")));
        let no_quantity = json!({"lines": [{"id": "1", "price": "10"}]});
        assert_eq!(replay(&no_quantity, day()), Err(Unpriceable::Lacks("a quantity on every line")));
    }

    #[test]
    fn a_tax_total_alone_is_stated() {
        let case = json!({
            "currency": "EUR", "vat_total": "3", "totals": {"net": "20", "gross": "23", "payable": "23"},
            "lines": [{"id": "1", "quantity": "2", "price": "10"}],
        });
        assert_eq!(replay(&case, day()), Ok(vec![]));
    }
}
