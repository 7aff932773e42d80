//! Commands that end or correct what prices are made from.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::catalogue::Product;
use clientela_core::catalogue::ending::{self, Ends};
use clientela_model::{DateRange, Record, Value, ValueError, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};

/// Ends a price list, price rule, proposal rule, quantity schedule, exemption or version of a catalogue. Offers that were made by it
/// stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndOfUse {
    /// Code of what ends; its id where it has no code.
    pub record: Key,
    /// Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    /// Why it ends.
    pub reason: String,
}

/// Changes a product: only what is named. Offers that have it stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeProduct {
    /// Code of the product.
    pub product: Key,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Product line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Category of tax, as UNCL 5305.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// First day on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
}

pub(super) fn end<R: Record + Ends>(door: &mut Door<'_, '_>, command: &EndOfUse) -> Result<Outcome> {
    let Stored { record, version } = door.to_change::<R>(&command.record)?;
    let (ended, why) = ending::end(record, command.last_day, &command.reason, door.today())?;
    door.update(&ended, version)?;
    let key = key_of(&ended);
    let why = why.fact("entity", R::ENTITY.name);
    Ok(Outcome::of(&ended, key.as_deref(), why))
}

/// The key people use for a record, if it has one.
fn key_of<R: Record>(record: &R) -> Option<String> {
    let place = R::ENTITY.position(R::ENTITY.key?)?;
    match record.to_values().get(place) {
        Some(Value::Text(key)) => Some(key.clone().into_owned()),
        _ => None,
    }
}

pub(super) fn change_product(door: &mut Door<'_, '_>, command: &ChangeProduct) -> Result<Outcome> {
    let Stored { record, version } = door.to_change::<Product>(&command.product)?;
    for (field, text) in
        [("name", &command.name), ("line", &command.line), ("tax_category", &command.tax_category)]
    {
        if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
            let error = ValueError::new(
                "product.empty",
                "field of a product",
                "is empty",
                "a text, or nothing said of it",
            );
            return Err(error.at(field).into());
        }
    }
    let product = Product {
        name: command.name.clone().unwrap_or(record.name),
        line: command.line.clone().or(record.line),
        tax_category: command.tax_category.clone().unwrap_or(record.tax_category),
        valid_from: command.valid_from.or(record.valid_from),
        valid_to: command.valid_to.or(record.valid_to),
        ..record
    };
    if let Some(first) = product.valid_from {
        DateRange::new(first, product.valid_to).map_err(|error| error.at("valid_to"))?;
    }
    door.update(&product, version)?;
    Ok(Outcome::of(&product, Some(&product.code), Why::new("product.changed")))
}
