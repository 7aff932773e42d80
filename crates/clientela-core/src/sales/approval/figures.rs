//! The figures approvals look at.

use super::FundedBy;
use crate::sales::waterfall::{
    OfferInput, Place, Priced, PricingError, SettlementInput, SettlementKind, StepInput, StepSource, add,
    multiply, per_base,
};
use crate::sales::{Authority, PriceStepKind};
use clientela_model::Money;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// What somebody took away from a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// In percent of the list value, to four decimals, rounded up: a cent over a limit is over it.
    pub percent: Decimal,
    /// In money.
    pub amount: Money,
}

/// What was taken away from a line, by whose money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFigures {
    /// The line.
    pub line: String,
    /// The dealer's own money.
    pub dealer: Taken,
    /// The manufacturer's money.
    pub manufacturer: Taken,
}

/// The discounts of an offer by whose money they are, and its margin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountFigures {
    /// Each line.
    pub lines: Vec<LineFigures>,
    /// The dealer's own money in all, over-allowances for vehicles taken in included.
    pub dealer: Taken,
    /// The dealer's own money without what is given away for vehicles taken in; empty where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dealer_discounts: Option<Taken>,
    /// The manufacturer's money in all.
    pub manufacturer: Taken,
    /// The margin in percent of net; empty where a cost, or what a vehicle taken in is worth, is not known.
    pub margin_percent: Option<Decimal>,
}

impl DiscountFigures {
    /// What was taken of the whole offer.
    #[must_use]
    pub const fn whole(&self, funded_by: FundedBy) -> Taken {
        match funded_by {
            FundedBy::Dealer => self.dealer,
            FundedBy::Manufacturer => self.manufacturer,
        }
    }

    /// The same for whoever reads no costs: without the margin, and without what would tell the worth of a vehicle taken in.
    #[must_use]
    pub fn without_costs(&self) -> Self {
        let dealer = self.dealer_discounts.unwrap_or(self.dealer);
        Self { dealer, dealer_discounts: None, margin_percent: None, ..self.clone() }
    }

    /// Whether nothing here is worse than there: no discount higher, on any line or in all, and the margin not lower.
    #[must_use]
    pub fn no_worse_than(&self, other: &Self) -> bool {
        let within = |mine: Taken, theirs: Taken| {
            mine.amount.currency() == theirs.amount.currency()
                && mine.percent <= theirs.percent
                && mine.amount.amount() <= theirs.amount.amount()
        };
        let lines = self.lines.iter().all(|line| {
            let none = |taken: Taken| taken.amount.amount() <= Decimal::ZERO;
            match other.lines.iter().find(|known| known.line == line.line) {
                Some(known) => {
                    within(line.dealer, known.dealer) && within(line.manufacturer, known.manufacturer)
                }
                None => none(line.dealer) && none(line.manufacturer),
            }
        });
        let margin = match (self.margin_percent, other.margin_percent) {
            (Some(mine), Some(theirs)) => mine >= theirs,
            (None, None) => true,
            _ => false,
        };
        lines && margin && within(self.dealer, other.dealer) && within(self.manufacturer, other.manufacturer)
    }
}

/// The figures of a priced offer. What rules take away with nobody responsible is nobody's discount; what people give has somebody who is
/// (see [`StepInput::by_hand`](crate::sales::waterfall::StepInput::by_hand)).
///
/// A vehicle taken in counts with what is given above its worth, and wholly while nobody has said what it is worth; then the margin is not
/// known either. What the customer is let off by rounding counts as well.
///
/// # Errors
/// [`PricingError::Overflow`].
pub fn figures(input: &OfferInput, priced: &Priced) -> Result<DiscountFigures, PricingError> {
    let place = Place::Offer("net");
    let taken = |amount: Decimal, list: Decimal| -> Result<Taken, PricingError> {
        let percent = if list <= Decimal::ZERO {
            if amount > Decimal::ZERO { Decimal::ONE_HUNDRED } else { Decimal::ZERO }
        } else {
            let hundredfold = multiply(amount, Decimal::ONE_HUNDRED, place)?;
            hundredfold.checked_div(list).ok_or(PricingError::Overflow { place })?
        };
        let percent = percent.round_dp_with_strategy(4, RoundingStrategy::AwayFromZero).normalize();
        Ok(Taken { percent, amount: Money::new(amount, input.currency).rounded() })
    };
    let mut lines = Vec::new();
    let (mut list, mut dealer, mut manufacturer) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for (index, item) in input.items.iter().enumerate() {
        let of_line = |unit: Decimal| per_base(multiply(unit, item.quantity, place)?, index, item);
        let sum = |authorities: &[Authority]| -> Decimal {
            let steps = priced.steps_of(index);
            let theirs = steps.filter(|step| match step.source {
                StepSource::Step(at) => {
                    item.steps.get(at as usize).is_some_and(|step| authorities.contains(&step.authority))
                }
                _ => false,
            });
            theirs.map(|step| -step.amount.amount()).sum()
        };
        let line_list =
            of_line(priced.items.get(index).map_or(Decimal::ZERO, |item| item.unit_list.amount()))?;
        let own = of_line(sum(&[Authority::Salesperson, Authority::DealerManager]))?;
        let theirs = of_line(sum(&[Authority::Manufacturer]))?;
        list = add(list, line_list, place)?;
        dealer = add(dealer, own, place)?;
        manufacturer = add(manufacturer, theirs, place)?;
        // A discount on the whole offer is an item without a list price: it counts for the whole alone.
        let discounted = !own.is_zero() || !theirs.is_zero();
        if discounted && !line_list.is_zero() {
            let (dealer, manufacturer) = (taken(own, line_list)?, taken(theirs, line_list)?);
            lines.push(LineFigures { line: item.line.clone().into(), dealer, manufacturer });
        }
    }
    let (mut given_away, mut appraised) = (Decimal::ZERO, true);
    for settlement in &input.settlements {
        given_away = add(given_away, beyond_worth(settlement), place)?;
        appraised &= settlement.kind != SettlementKind::TradeIn || settlement.appraised.is_some();
    }
    // A vehicle taken in before tax is an item, whose cost below nothing is what it is worth.
    for (item, priced) in input.items.iter().zip(&priced.items) {
        if item.steps.iter().any(is_taken_in) {
            let worth = item.unit_cost.map_or(Decimal::ZERO, |cost| -cost.amount());
            let reduction = -priced.line_net.amount();
            given_away = add(given_away, (reduction - worth).max(Decimal::ZERO), place)?;
        }
    }
    let discounts = dealer;
    dealer = add(dealer, given_away, place)?;
    let margin_percent = priced.margin.filter(|_| appraised).and_then(|margin| {
        let hundredfold = margin.amount.amount().checked_mul(Decimal::ONE_HUNDRED)?;
        // Down: a margin that is shown is never above the one there is.
        let percent = hundredfold.checked_div(priced.net.amount())?;
        Some(percent.round_dp_with_strategy(4, RoundingStrategy::ToNegativeInfinity).normalize())
    });
    Ok(DiscountFigures {
        lines,
        dealer: taken(dealer, list)?,
        dealer_discounts: (!given_away.is_zero()).then(|| taken(discounts, list)).transpose()?,
        manufacturer: taken(manufacturer, list)?,
        margin_percent,
    })
}

/// Whether a step is a vehicle taken in before tax.
fn is_taken_in(step: &StepInput) -> bool {
    step.kind == PriceStepKind::TradeIn && step.authority == Authority::None
}

/// What is given away by a settlement: above the worth of a vehicle taken in, all of it while that is not known, and what is let off by
/// rounding. What the customer or somebody else pays in is nothing given away.
fn beyond_worth(settlement: &SettlementInput) -> Decimal {
    let amount = settlement.amount.amount();
    let beyond = match (settlement.kind, settlement.appraised) {
        (_, Some(worth)) => amount - worth.amount(),
        (SettlementKind::TradeIn | SettlementKind::Rounding, None) => amount,
        (SettlementKind::Deposit | SettlementKind::Subsidy | SettlementKind::Prepaid, None) => Decimal::ZERO,
    };
    beyond.max(Decimal::ZERO)
}
