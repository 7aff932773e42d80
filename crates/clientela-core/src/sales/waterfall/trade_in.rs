//! A vehicle taken in payment as a reduction of the price, for markets whose law sees it so.

use super::{ItemInput, OfferInput, Place, PricingError, SettlementKind, StepInput};
use crate::catalogue::ProductKind;
use crate::sales::{Authority, PriceStepKind};
use clientela_model::Money;
use clientela_model::identifier::Country;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the markets of an installation see a vehicle taken in payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeInPolicy {
    /// Markets whose law sees it as a reduction of the price before tax. Everywhere else it is a purchase of its own, settled after tax.
    #[serde(default)]
    pub price_reduction_in: Vec<Country>,
}

impl TradeInPolicy {
    /// Makes every vehicle taken in a reduction of the price, where the market sees it so: under the tax of the first vehicle offered,
    /// or of the first line where none is. An offer of nothing stays as it is.
    ///
    /// # Errors
    /// As [`trade_in_as_reduction`].
    pub fn apply(&self, market: Option<Country>, input: &mut OfferInput) -> Result<(), PricingError> {
        if !market.is_some_and(|market| self.price_reduction_in.contains(&market)) {
            return Ok(());
        }
        let vehicle = input.items.iter().find(|item| item.kind == ProductKind::Vehicle);
        let Some(line) = vehicle.or(input.items.first()).map(|item| item.line.clone()) else { return Ok(()) };
        while let Some(index) =
            input.settlements.iter().position(|settlement| settlement.kind == SettlementKind::TradeIn)
        {
            trade_in_as_reduction(input, index, &line)?;
        }
        Ok(())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::waterfall::SettlementInput;
    use clientela_model::RoundingPolicy;
    use clientela_model::identifier::Currency;

    #[test]
    fn only_markets_that_say_so_see_a_reduction() {
        let euro = |amount: i64| Money::new(amount.into(), Currency::parse("EUR").unwrap());
        let market = |code: &str| Country::parse(code).unwrap();
        let tax = ("S", Decimal::from(22));
        let item = |line: &str, kind| ItemInput::new(line, kind, "P", Decimal::ONE, euro(100), tax);
        let mut old = SettlementInput::new(SettlementKind::TradeIn, "OLD", euro(30));
        old.appraised = Some(euro(25));
        let deposit = SettlementInput::new(SettlementKind::Deposit, "D", euro(5));
        let content = |items: Vec<ItemInput>| OfferInput {
            currency: Currency::parse("EUR").unwrap(),
            rounding: RoundingPolicy::Line,
            price_date: chrono::NaiveDate::default(),
            items,
            settlements: vec![old.clone(), deposit.clone(), old.clone()],
        };
        let policy = TradeInPolicy { price_reduction_in: vec![market("ES")] };
        let mut vehicle = item("2", ProductKind::Vehicle);
        vehicle.tax_percent = Decimal::TEN;
        let items = vec![item("1", ProductKind::Transport), vehicle];
        // The market, and how many items and settlements there are then.
        for (of, lines, settled) in [(Some("ES"), 4, 1), (Some("IT"), 2, 3), (None, 2, 3)] {
            let mut input = content(items.clone());
            policy.apply(of.map(market), &mut input).unwrap();
            assert_eq!((input.items.len(), input.settlements.len()), (lines, settled), "{of:?}");
            for reduction in input.items.iter().skip(2) {
                assert_eq!(reduction.tax_percent, Decimal::TEN, "under the tax of the vehicle");
            }
        }
        let mut nothing = content(Vec::new());
        policy.apply(Some(market("ES")), &mut nothing).unwrap();
        assert_eq!(nothing.settlements.len(), 3);
    }
}
