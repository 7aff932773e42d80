//! A vehicle taken in payment as a reduction of the price, for markets whose law sees it so.

use super::{ItemInput, OfferInput, Place, PricingError, SettlementKind, StepInput};
use crate::catalogue::ProductKind;
use crate::sales::{Authority, PriceStepKind};
use clientela_model::Money;
use rust_decimal::Decimal;

/// Makes the settlement at `index`, a vehicle taken in, a reduction of the price before tax: an item of its own under the tax of the
/// line named. By default a trade-in is a purchase of its own, settled after tax.
///
/// What the vehicle is worth becomes the item's cost, taken back: giving more than that lowers the margin by exactly as much.
///
/// # Errors
/// `offer.line_unknown` when there is no such line or no trade-in at `index`.
pub fn trade_in_as_reduction(input: &mut OfferInput, index: usize, line: &str) -> Result<(), PricingError> {
    let place = Place::Settlement(index, "kind");
    let item = input.items.iter().find(|item| item.line == line);
    let item = item.ok_or(PricingError::LineUnknown { place: Place::Request("line") })?;
    let found = input.settlements.get(index).filter(|found| found.kind == SettlementKind::TradeIn);
    let settlement = found.ok_or(PricingError::LineUnknown { place })?;
    let mut step =
        StepInput::amount_off(PriceStepKind::TradeIn, &settlement.code, settlement.amount, Authority::None);
    step.label = settlement.label.as_ref().map(Into::into);
    let tax = (item.tax_category.as_str(), item.tax_percent);
    let mut reduction = ItemInput::adjustment(
        super::discount::free_line(input),
        None,
        ProductKind::Other,
        step,
        input.currency,
        tax,
    );
    // While nobody has said what the vehicle is worth, nobody knows the margin.
    let worth = settlement.appraised;
    reduction.unit_cost = worth.map(|worth| Money::new(Decimal::ZERO - worth.amount(), worth.currency()));
    input.items.push(reduction);
    input.settlements.remove(index);
    Ok(())
}
