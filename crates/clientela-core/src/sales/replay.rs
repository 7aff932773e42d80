//! Documents of other systems as offers: invoices, credit notes and orders whose totals are known are priced again.
//!
//! A document after EN 16931 is lines with quantity, price and price discount, allowances and charges on lines and on the
//! document, tax categories, what is prepaid and how the payable amount is rounded. Everything has its place in the
//! waterfall: a price discount is a step, an allowance or charge is an item of its own (that of a line has the line as its
//! parent), prepaid and rounding are settlements.

pub mod collection;

use super::waterfall::{
    ItemInput, OfferInput, Place, Priced, PricingError, SettlementInput, SettlementKind, StepChange,
    StepInput,
};
use super::{Authority, PriceStepKind};
use crate::catalogue::ProductKind;
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use rust_decimal::Decimal;

/// A document, in plain values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Currency.
    pub currency: Currency,
    /// Where it rounds.
    pub rounding: RoundingPolicy,
    /// Its day.
    pub day: NaiveDate,
    /// Its lines.
    pub lines: Vec<DocumentLine>,
    /// Allowances and charges on the whole document.
    pub adjustments: Vec<Adjustment>,
    /// What is already paid.
    pub prepaid: Option<Decimal>,
    /// What is added to the payable amount to make it round.
    pub payable_rounding: Option<Decimal>,
    /// A tax total that stands there without what it is computed from.
    pub stated_tax: Option<StatedTax>,
}

/// A tax total somebody else computed, or expects: lines are then priced without tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedTax {
    /// The tax.
    pub amount: Decimal,
    /// Whether gross and payable have it.
    pub in_payable: bool,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLine {
    /// Its name on the document.
    pub line: String,
    /// What it is.
    pub label: Option<String>,
    /// How many.
    pub quantity: Decimal,
    /// Price before the price discount; equal to the net price when there is none.
    pub price: Decimal,
    /// Discount on the price.
    pub price_discount: Option<Decimal>,
    /// The price is for so many.
    pub base_quantity: Option<Decimal>,
    /// Allowances and charges on the line.
    pub adjustments: Vec<LineAdjustment>,
    /// Tax category, as UNCL 5305.
    pub tax_category: String,
    /// Tax rate in percent.
    pub tax_percent: Decimal,
}

/// An allowance or charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAdjustment {
    /// Whether it adds to the price: a charge. An allowance takes away.
    pub charge: bool,
    /// How much.
    pub size: AdjustmentSize,
    /// Why.
    pub label: Option<String>,
}

/// How an allowance or charge is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentSize {
    /// As an amount.
    Amount(Decimal),
    /// As a percentage of a base, rounded on its own.
    Percent {
        /// Percent.
        percent: Decimal,
        /// Of what.
        base: Decimal,
    },
}

/// An allowance or charge on a document, which has a tax category of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// What and how much.
    pub adjustment: LineAdjustment,
    /// Tax category, as UNCL 5305.
    pub tax_category: String,
    /// Tax rate in percent.
    pub tax_percent: Decimal,
}

/// Totals as a document of EN 16931 groups them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentTotals {
    /// Net amount of each line with its allowances and charges, in the order of the lines (BT-131).
    pub lines: Vec<Money>,
    /// Their sum (BT-106).
    pub line_sum: Money,
    /// Net total (BT-109).
    pub net: Money,
    /// Tax total (BT-110).
    pub tax: Money,
    /// Gross total (BT-112).
    pub gross: Money,
    /// What is to be paid (BT-115).
    pub payable: Money,
}

/// The document as an offer.
///
/// # Errors
/// [`PricingError::Overflow`] when an allowance cannot be computed; everything else is found when the offer is priced.
pub fn to_input(document: &Document) -> Result<OfferInput, PricingError> {
    let currency = document.currency;
    let mut items = Vec::with_capacity(document.lines.len() + document.adjustments.len());
    for (index, line) in document.lines.iter().enumerate() {
        let tax = (line.tax_category.as_str(), line.tax_percent);
        let list = Money::new(line.price, currency);
        let mut item = ItemInput::new(&line.line, ProductKind::Other, "line", line.quantity, list, tax);
        item.label = line.label.as_ref().map(Into::into);
        item.base_quantity = line.base_quantity;
        if let Some(discount) = line.price_discount.filter(|discount| !discount.is_zero()) {
            let discount = Money::new(discount, currency);
            item.steps.push(StepInput::amount_off(
                PriceStepKind::Contract,
                "price_discount",
                discount,
                Authority::None,
            ));
        }
        items.push(item);
        for (position, adjustment) in line.adjustments.iter().enumerate() {
            let name = format!("{}/{}", line.line, position + 1);
            let place = Place::Item(index, "adjustments");
            let parent = Some(line.line.clone());
            items.push(adjustment_item(name, parent, adjustment, currency, tax, place)?);
        }
    }
    for (position, Adjustment { adjustment, tax_category, tax_percent }) in
        document.adjustments.iter().enumerate()
    {
        let tax = (tax_category.as_str(), *tax_percent);
        let name = format!("/{}", position + 1);
        items.push(adjustment_item(name, None, adjustment, currency, tax, Place::Offer("adjustments"))?);
    }
    let prepaid = document.prepaid.map(|amount| (SettlementKind::Prepaid, amount));
    let rounding = document.payable_rounding.map(|amount| (SettlementKind::Rounding, -amount));
    let settlements = prepaid
        .into_iter()
        .chain(rounding)
        .map(|(kind, amount)| SettlementInput::new(kind, "", Money::new(amount, currency)))
        .collect();
    Ok(OfferInput { currency, rounding: document.rounding, price_date: document.day, items, settlements })
}

/// The totals of a priced document, as [`to_input`] made it.
///
/// # Errors
/// [`PricingError::Overflow`].
pub fn totals(
    document: &Document,
    input: &OfferInput,
    priced: &Priced,
) -> Result<DocumentTotals, PricingError> {
    let overflow = |_| PricingError::Overflow { place: Place::Offer("net") };
    let mut lines: Vec<Money> = Vec::with_capacity(input.items.len());
    for (item, price) in input.items.iter().zip(&priced.items) {
        if item.code == "line" {
            lines.push(price.line_net);
        } else if item.parent_line.is_some()
            && let Some(line) = lines.last_mut()
        {
            // Allowances and charges of a line follow it.
            *line = line.checked_add(price.line_net).map_err(overflow)?;
        }
    }
    let line_sum = Money::sum(lines.iter().copied(), input.currency).map_err(overflow)?.rounded();
    let stated = document.stated_tax;
    let tax = stated.map_or(priced.tax, |stated| Money::new(stated.amount, input.currency).rounded());
    let added = stated.filter(|stated| stated.in_payable).map_or(Decimal::ZERO, |stated| stated.amount);
    let with_tax = |total: Money| {
        total.checked_add(Money::new(added, input.currency)).map(Money::rounded).map_err(overflow)
    };
    Ok(DocumentTotals {
        lines: lines.into_iter().map(Money::rounded).collect(),
        line_sum,
        net: priced.net,
        tax,
        gross: with_tax(priced.gross)?,
        payable: with_tax(priced.payable)?,
    })
}

fn adjustment_item(
    line: String,
    parent: Option<String>,
    adjustment: &LineAdjustment,
    currency: Currency,
    tax: (&str, Decimal),
    place: Place,
) -> Result<ItemInput, PricingError> {
    let amount = match adjustment.size {
        AdjustmentSize::Amount(amount) => Money::new(amount, currency),
        AdjustmentSize::Percent { percent, base } => {
            Money::new(base, currency).percent(percent).map_err(|_| PricingError::Overflow { place })?
        }
    }
    .rounded();
    let (kind, step_kind, code, sign) = if adjustment.charge {
        (ProductKind::Fee, PriceStepKind::Surcharge, "charge", Decimal::ONE)
    } else {
        (ProductKind::Other, PriceStepKind::Contract, "allowance", Decimal::NEGATIVE_ONE)
    };
    let step = StepInput {
        kind: step_kind,
        code: code.into(),
        change: StepChange::Amount(Money::new(sign * amount.amount(), currency)),
        authority: Authority::None,
        label: adjustment.label.as_ref().map(Into::into),
    };
    Ok(ItemInput::adjustment(line, parent.map(Into::into), kind, step, currency, tax))
}
