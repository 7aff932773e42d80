//! The waterfall of a whole offer: what each step adds to it, in money, from list price to net and to the margin.

use super::{Margin, OfferInput, Priced};
use crate::sales::PriceStepKind;
use clientela_model::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a step adds to a whole offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeStep {
    /// What it is.
    pub kind: PriceStepKind,
    /// Code, such as that of the campaign; that of the first product for list prices.
    pub code: String,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it adds to all lines together; below nothing takes away. Not rounded.
    pub amount: Money,
}

/// From list price to net and to the margin. The steps and what is left add up to net.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholePrice {
    /// List prices, options, the other steps in the order in which they first take effect, rounding of prices.
    pub steps: Vec<WholeStep>,
    /// What lies between the steps and net: rounding of lines, and the tax that prices have inside.
    pub rest: Money,
    /// Whether some prices have their tax inside.
    pub tax_included: bool,
    /// Net total.
    pub net: Money,
    /// What is earned; none when a cost is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<Margin>,
}

/// Adds up the steps of all items. A step of an item is of one: it counts quantity ÷ base quantity times.
///
/// None when an amount is too large to be added.
#[must_use]
pub fn whole_price(input: &OfferInput, priced: &Priced) -> Option<WholePrice> {
    let mut found: Vec<(usize, WholeStep)> = Vec::new();
    for (index, item) in input.items.iter().enumerate() {
        let times = item.quantity.checked_div(item.base_quantity.unwrap_or(Decimal::ONE))?;
        for step in priced.steps_of(index) {
            let amount = step.amount.checked_mul(times).ok()?;
            let (code, _, label) = step.named(input, index);
            let known = found.iter_mut().map(|(_, known)| known).find(|known| {
                known.kind == step.kind
                    && (place(step.kind) != STEPS || (known.code == code && known.label.as_deref() == label))
            });
            if let Some(known) = known {
                known.amount = known.amount.checked_add(amount).ok()?;
            } else {
                let (kind, label) = (step.kind, label.map(str::to_owned));
                found.push((place(step.kind), WholeStep { kind, code: code.to_owned(), label, amount }));
            }
        }
    }
    // Stable: within a place the order is that in which steps first take effect.
    found.sort_by_key(|(place, _)| *place);
    let steps: Vec<WholeStep> =
        found.into_iter().map(|(_, step)| step).filter(|step| !step.amount.is_zero()).collect();
    let sum = Money::sum(steps.iter().map(|step| step.amount), input.currency).ok()?;
    Some(WholePrice {
        rest: priced.net.checked_sub(sum).ok()?,
        tax_included: input.items.iter().any(|item| item.tax_included),
        net: priced.net,
        margin: priced.margin,
        steps,
    })
}

/// Place of the steps between options and rounding.
const STEPS: usize = 2;

fn place(kind: PriceStepKind) -> usize {
    match kind {
        PriceStepKind::List => 0,
        PriceStepKind::Options => 1,
        PriceStepKind::Rounding => 3,
        _ => STEPS,
    }
}
