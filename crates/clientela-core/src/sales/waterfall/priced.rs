//! A priced offer: every figure, and why.

use super::steps::{self, KeptStep};
use super::{FurtherTax, OfferInput, Place, PricingError};
use crate::sales::{Authority, Basis, PriceStepKind};
use clientela_model::{ClosedList, Money, Rounding, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A priced offer. Items stand in the order of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// Prices of the items, in their order.
    pub items: Vec<PricedItem>,
    /// Steps of all items; each item knows its own.
    pub(super) steps: Vec<KeptStep>,
    /// Tax per category and rate, in the order they first appear.
    pub tax_groups: Vec<TaxGroup>,
    /// Sum of the taxable amounts.
    pub net: Money,
    /// Sum of the taxes, surcharges included.
    pub tax: Money,
    /// Net and tax.
    pub gross: Money,
    /// Taxes beside those of the categories, in the order they first appear.
    pub further_taxes: Vec<FurtherTaxAmount>,
    /// Taxes the buyer holds back and pays for us.
    pub withheld: Money,
    /// Sum of the settlements.
    pub settled: Money,
    /// Gross less what is withheld and settled.
    pub payable: Money,
    /// What is earned; none when a cost is not known.
    pub margin: Option<Margin>,
}

/// Prices of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedItem {
    /// List price of one with its options.
    pub unit_list: Money,
    /// Price of one after all steps: net, unless the tax is inside.
    pub unit_net: Money,
    /// Net amount of the line, without tax.
    pub line_net: Money,
    /// Amount of the line as its prices say: with tax where they have it inside, else the net amount.
    pub line_told: Money,
    /// Where its steps stand among those of the offer.
    pub(super) steps: Range<usize>,
}

/// One step of the price of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedStep {
    /// What it is.
    pub kind: PriceStepKind,
    /// What it comes from.
    pub source: StepSource,
    /// What the percentage is of.
    pub basis: Option<Basis>,
    /// Percent, when it is a percentage; below nothing takes away.
    pub percent: Option<Decimal>,
    /// What it adds to the price of one; below nothing takes away.
    pub amount: Money,
    /// The price of one after it.
    pub running: Money,
}

/// What a step comes from: names and responsibility are read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepSource {
    /// The list price of the item.
    Item,
    /// Its options.
    Options,
    /// The step of the input at this index.
    Step(u32),
    /// Rounding of the net price of one.
    Rounding,
}

/// Tax of one category and rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxGroup {
    /// Category, as UNCL 5305.
    pub category: String,
    /// Rate in percent.
    pub percent: Decimal,
    /// Taxable amount.
    pub taxable: Money,
    /// Tax.
    pub tax: Money,
}

/// The amount of a further tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherTaxAmount {
    /// The tax.
    pub tax: FurtherTax,
    /// Taxable amount.
    pub taxable: Money,
    /// How much.
    pub amount: Money,
}

/// What is earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margin {
    /// What everything costs us.
    pub cost: Money,
    /// What trade-ins are given above their worth: a hidden discount.
    pub over_allowance: Money,
    /// Net less cost and over-allowance.
    pub amount: Money,
    /// The same in percent of net, to two decimals; none when net is nothing.
    pub percent: Option<Decimal>,
}

impl Margin {
    pub(super) fn new(net: Money, cost: Money, over_allowance: Money) -> Result<Self, PricingError> {
        let overflow = || PricingError::Overflow { place: Place::Offer("margin") };
        let amount = net
            .checked_sub(cost)
            .and_then(|rest| rest.checked_sub(over_allowance))
            .map_err(|_| overflow())?
            .rounded();
        let percent = if net.is_zero() {
            None
        } else {
            let hundredfold = amount.amount().checked_mul(Decimal::ONE_HUNDRED).ok_or_else(overflow)?;
            let percent = hundredfold.checked_div(net.amount()).ok_or_else(overflow)?;
            Some(Rounding::HalfAwayFromZero.apply(percent, 2))
        };
        Ok(Self { cost, over_allowance, amount, percent })
    }
}

impl PricedStep {
    /// Code, authority and label, from the input it was computed from.
    pub(super) fn named<'a>(
        &self,
        input: &'a OfferInput,
        item: usize,
    ) -> (&'a str, Authority, Option<&'a str>) {
        let item = input.items.get(item);
        match self.source {
            StepSource::Item => (
                item.map_or("list", |item| &item.code),
                Authority::None,
                item.and_then(|i| i.label.as_deref()),
            ),
            StepSource::Options => ("options", Authority::None, None),
            StepSource::Rounding => ("rounding", Authority::None, None),
            StepSource::Step(index) => item
                .and_then(|item| item.steps.get(index as usize))
                .map_or(("", Authority::None, None), |step| {
                    (&step.code, step.authority, step.label.as_deref())
                }),
        }
    }
}

impl Priced {
    /// Steps of the item at this index. Made when asked for, from the prices kept.
    pub fn steps_of(&self, item: usize) -> impl DoubleEndedIterator<Item = PricedStep> {
        let kept = self.items.get(item).and_then(|item| self.steps.get(item.steps.clone()));
        steps::told(kept.unwrap_or_default(), self.net.currency())
    }

    /// How many steps the items have together.
    #[must_use]
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// Why the offer costs what it costs: per item its steps, then taxes and settlements. Made when asked for, from the
    /// figures kept; `input` is what was priced.
    #[must_use]
    pub fn why(&self, input: &OfferInput) -> Why {
        let mut why = Why::new("offer.priced")
            .fact("price_date", input.price_date)
            .fact("rounding", input.rounding)
            .fact("net", self.net)
            .fact("tax", self.tax)
            .fact("gross", self.gross)
            .fact("payable", self.payable);
        why.because.reserve(self.items.len() + self.tax_groups.len() + input.settlements.len());
        for (index, (item, priced)) in input.items.iter().zip(&self.items).enumerate() {
            let mut of_item = Why::new("offer.item")
                .fact("line", &item.line)
                .fact("code", &item.code)
                .fact("quantity", item.quantity)
                .fact("unit_net", priced.unit_net)
                .fact("line_net", priced.line_net);
            for step in self.steps_of(index) {
                let (code, authority, _) = step.named(input, index);
                let mut of_step = Why::new(format!("price.{}", step.kind.word()))
                    .fact("code", code)
                    .fact("amount", step.amount);
                if let (Some(percent), Some(basis)) = (step.percent, step.basis) {
                    of_step = of_step.fact("percent", percent).fact("basis", basis);
                }
                if authority != Authority::None {
                    of_step = of_step.fact("authority", authority);
                }
                of_item = of_item.because(of_step.fact("running", step.running));
            }
            why = why.because(of_item);
        }
        for group in &self.tax_groups {
            why = why.because(
                Why::new("price.tax")
                    .fact("category", &group.category)
                    .fact("percent", group.percent)
                    .fact("taxable", group.taxable)
                    .fact("tax", group.tax),
            );
        }
        for further in &self.further_taxes {
            why = why.because(
                Why::new(format!("price.{}", further.tax.kind.word()))
                    .fact("code", &further.tax.code)
                    .fact("percent", further.tax.percent)
                    .fact("taxable", further.taxable)
                    .fact("amount", further.amount),
            );
        }
        for settlement in &input.settlements {
            why = why.because(
                Why::new(format!("settlement.{}", settlement.kind.word()))
                    .fact("code", &settlement.code)
                    .fact("amount", settlement.amount),
            );
        }
        why
    }
}
