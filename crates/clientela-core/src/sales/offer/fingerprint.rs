//! The fingerprint of what an offer says commercially.

use crate::sales::waterfall::{OfferInput, StepChange};
use clientela_model::{ClosedList, Money};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// SHA-256 of the commercial content, as `sha256:` and 64 hexadecimal digits.
///
/// It changes when, and only when, something commercial does: currency, rounding, price date; of every item the line, kind,
/// code, quantities, list price, options, steps with their authority, tax, term and mileage; the settlements. It does not know the
/// words for people, our ids, our costs and appraisals, how many zeros a number ends with, nor the order items are read
/// in: they are taken by line.
///
/// Hashed is a text in which every field is its length in bytes, a colon and the field, lists are preceded by their
/// number of entries, numbers stand without zeros at the end, and a field not given is `-`.
///
/// ```
/// # use clientela_core::sales::{offer::fingerprint, waterfall::OfferInput};
/// # use clientela_model::{RoundingPolicy, identifier::Currency};
/// # let currency = Currency::parse("EUR")?;
/// # let price_date = chrono::NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
/// let empty = OfferInput { currency, rounding: RoundingPolicy::Line, price_date, items: vec![], settlements: vec![] };
/// assert!(fingerprint(&empty).starts_with("sha256:"));
/// assert_ne!(fingerprint(&empty), fingerprint(&OfferInput { rounding: RoundingPolicy::Document, ..empty.clone() }));
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[must_use]
pub fn fingerprint(input: &OfferInput) -> String {
    let mut text = Canonical(String::with_capacity(256 + 256 * input.items.len()));
    text.field("clientela-offer/1");
    text.field(input.currency.code());
    text.field(input.rounding.word());
    text.shown(input.price_date);
    text.shown(input.items.len());
    for item in by_line(&input.items, |item| &item.line) {
        text.field(&item.line);
        text.optional(item.parent_line.as_deref());
        text.field(item.kind.word());
        text.field(&item.code);
        text.number(item.quantity);
        match item.base_quantity.filter(|base| *base != Decimal::ONE) {
            Some(base) => text.number(base),
            None => text.optional(None),
        }
        text.money(item.unit_list);
        text.shown(item.options.len());
        for option in by_line(&item.options, |option| &option.line) {
            text.field(&option.line);
            text.field(option.kind.word());
            text.field(&option.code);
            text.number(option.quantity);
            text.money(option.unit_list);
        }
        text.shown(item.steps.len());
        for step in &item.steps {
            text.field(step.kind.word());
            text.field(&step.code);
            match step.change {
                StepChange::Percent { percent, basis } => {
                    text.field(basis.word());
                    text.number(percent);
                }
                StepChange::Amount(amount) => {
                    text.optional(None);
                    text.money(amount);
                }
            }
            text.field(step.authority.word());
        }
        text.field(&item.tax_category);
        text.number(item.tax_percent);
        match item.term_months {
            Some(months) => text.shown(months),
            None => text.optional(None),
        }
        // Said only where it holds: contents that know no such taxes keep the fingerprints they have.
        if item.tax_included {
            text.field("tax_included");
        }
        if let Some(mileage) = item.mileage {
            text.field("mileage");
            text.shown(mileage);
        }
        for tax in &item.further_taxes {
            text.field(tax.kind.word());
            text.field(&tax.code);
            text.number(tax.percent);
        }
    }
    text.shown(input.settlements.len());
    for settlement in &input.settlements {
        text.field(settlement.kind.word());
        text.field(&settlement.code);
        text.money(settlement.amount);
    }
    let mut fingerprint = String::with_capacity(7 + 64);
    fingerprint.push_str("sha256:");
    for byte in Sha256::digest(text.0.as_bytes()) {
        // Writing into a string does not fail.
        let _ = write!(fingerprint, "{byte:02x}");
    }
    fingerprint
}

fn by_line<T>(entries: &[T], line: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = entries.iter().collect();
    sorted.sort_by(|left, right| line(left).cmp(line(right)));
    sorted
}

/// Fields with their lengths, so that no two contents have one text.
struct Canonical(String);

impl Canonical {
    fn field(&mut self, field: &str) {
        let _ = write!(self.0, "{}:{field}", field.len());
    }

    fn shown(&mut self, value: impl std::fmt::Display) {
        self.field(&value.to_string());
    }

    fn number(&mut self, number: Decimal) {
        self.shown(number.normalize());
    }

    fn money(&mut self, money: Money) {
        self.number(money.amount());
        self.field(money.currency().code());
    }

    fn optional(&mut self, field: Option<&str>) {
        match field {
            Some(field) => self.field(field),
            None => self.0.push('-'),
        }
    }
}
