//! Amounts, numbers and days as the languages write them.

use super::words::DocumentLanguage;
use chrono::{Datelike, NaiveDate};
use clientela_model::Money;
use rust_decimal::Decimal;

/// An amount with separators of the language and its currency behind; spaces do not break.
pub(super) fn amount(money: Money, language: DocumentLanguage) -> String {
    let rounded = money.rounded();
    format!("{}\u{a0}{}", number(rounded.amount(), language), rounded.currency().code())
}

/// A number with separators of the language.
pub(super) fn number(number: Decimal, language: DocumentLanguage) -> String {
    let (thousands, point) = match language {
        DocumentLanguage::English => (",", "."),
        DocumentLanguage::Italian | DocumentLanguage::German => (".", ","),
        DocumentLanguage::French => ("\u{202f}", ","),
        DocumentLanguage::Russian => ("\u{a0}", ","),
    };
    let text = number.abs().to_string();
    let (whole, decimals) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push_str(thousands);
        }
        grouped.push(digit);
    }
    let sign = if number.is_sign_negative() && !number.is_zero() { "\u{2212}" } else { "" };
    match decimals {
        Some(decimals) => format!("{sign}{grouped}{point}{decimals}"),
        None => format!("{sign}{grouped}"),
    }
}

/// A day in the order of the language.
pub(super) fn day(day: NaiveDate, language: DocumentLanguage) -> String {
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    match language {
        DocumentLanguage::German | DocumentLanguage::Russian => format!("{of_month:02}.{month:02}.{year}"),
        DocumentLanguage::Italian | DocumentLanguage::French => format!("{of_month:02}/{month:02}/{year}"),
        DocumentLanguage::English => day.format("%-d %B %Y").to_string(),
    }
}
