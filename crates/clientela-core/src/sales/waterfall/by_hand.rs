//! What somebody gives by hand beside the prices and rules there are, and whose money that is.
//!
//! Only a rule takes away with nobody responsible. Everything else that lies below the price of the lists is somebody's money, so that
//! approvals can look at it: a discount without an authority is the salesperson's own, and so is one in the manufacturer's name by
//! whoever does not speak for him, and the difference between the price of the lists and a lower price that is given.

use super::{ItemInput, PRICE_DECIMALS, PriceOrigin, StepChange, StepInput, with_tax, without_tax};
use crate::sales::{Authority, Basis, PriceStepKind};
use clientela_model::{Money, MoneyError};
use rust_decimal::Decimal;

/// Code of the step that a price given below that of the lists becomes.
pub const PRICE_GIVEN: &str = "PRICE-GIVEN";

impl StepChange {
    /// Whether it takes something away from the price.
    #[must_use]
    pub fn takes_away(&self) -> bool {
        match self {
            Self::Percent { percent, .. } => *percent < Decimal::ZERO,
            Self::Amount(amount) => amount.amount() < Decimal::ZERO,
        }
    }
}

impl StepInput {
    /// The step as somebody gives it by hand, with whose money it is.
    #[must_use]
    pub fn by_hand(mut self, speaks_for_manufacturer: bool) -> Self {
        let nobodys = match self.authority {
            Authority::None => true,
            Authority::Manufacturer => !speaks_for_manufacturer,
            Authority::Salesperson | Authority::DealerManager => false,
        };
        if nobodys && self.change.takes_away() {
            self.authority = Authority::Salesperson;
        }
        self
    }
}

/// A price as the lists have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedPrice {
    /// For one, without options.
    pub unit_list: Money,
    /// What one costs us, when it is known.
    pub unit_cost: Option<Money>,
    /// Whether the price has the tax inside; what it costs us never has.
    pub tax_included: bool,
    /// The list and the version of the catalogue.
    pub origin: PriceOrigin,
}

impl ListedPrice {
    /// The same price with the tax of an item inside, or without it. A list with the tax inside has the `ordinary` one of the market;
    /// the item may have another rate, or none: it is that of the customer, and changes nothing of the net.
    ///
    /// # Errors
    /// When it is beyond what an amount can be.
    pub fn stated(self, tax_included: bool, ordinary: Decimal, percent: Decimal) -> Result<Self, MoneyError> {
        let unit_list = match (self.tax_included, tax_included) {
            (false, false) => self.unit_list,
            (true, true) if ordinary == percent => self.unit_list,
            (false, true) => with_tax(self.unit_list, percent)?,
            (true, false) => without_tax(self.unit_list, ordinary)?,
            (true, true) => with_tax(without_tax(self.unit_list, ordinary)?, percent)?,
        };
        Ok(Self { unit_list, tax_included, ..self })
    }
}

impl ItemInput {
    /// Puts the price of the lists in the place of a lower one that was given for the item; what lies between the two is its first step,
    /// the salesperson's discount. A price given above that of the lists stays, and so does one in another currency, which is then
    /// refused when the offer is priced. Percentages of the list price were meant of the price that was given: they become amounts.
    pub fn keep_listed(&mut self, listed: &ListedPrice) {
        let given = self.unit_list;
        if given.currency() != listed.unit_list.currency() {
            return;
        }
        self.unit_cost = listed.unit_cost;
        // What is beyond all amounts is refused when the offer is priced.
        let Some(less) = listed.unit_list.amount().checked_sub(given.amount()) else { return };
        // A price whose tax was taken out has more decimals than whoever writes it to the cent.
        if less < Decimal::ZERO || (given == listed.unit_list.rounded() && listed.unit_list != given) {
            return;
        }
        if less > Decimal::ZERO {
            self.fix_percentages();
        }
        self.unit_list = listed.unit_list;
        self.origin = listed.origin;
        if less > Decimal::ZERO {
            let less = Money::new(less, given.currency());
            let step =
                StepInput::amount_off(PriceStepKind::Manual, PRICE_GIVEN, less, Authority::Salesperson);
            self.steps.insert(0, step);
        }
    }

    /// Percentages of the list price as the amounts they are now.
    fn fix_percentages(&mut self) {
        let options = self.options.iter().map(|option| option.unit_list.checked_mul(option.quantity));
        let Ok(options) = options.collect::<Result<Vec<_>, _>>() else { return };
        let all = options.into_iter().chain([self.unit_list]);
        let Ok(list) = Money::sum(all, self.unit_list.currency()) else { return };
        for step in &mut self.steps {
            if let StepChange::Percent { percent, basis: Basis::List } = step.change
                && let Ok(amount) = list.percent(percent)
            {
                step.change = StepChange::Amount(amount.rounded_to(PRICE_DECIMALS));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::catalogue::ProductKind;
    use crate::sales::Basis;
    use clientela_model::identifier::Currency;

    /// What is typed, whether the one who types speaks for the manufacturer, and whose money it is.
    #[test]
    fn whose_money_a_step_by_hand_is() {
        for (authority, percent, speaks, expected) in [
            (Authority::None, -40, false, Authority::Salesperson),
            (Authority::None, -40, true, Authority::Salesperson),
            (Authority::None, 3, false, Authority::None),
            (Authority::Manufacturer, -4, false, Authority::Salesperson),
            (Authority::Manufacturer, -4, true, Authority::Manufacturer),
            (Authority::DealerManager, -4, false, Authority::DealerManager),
            (Authority::Salesperson, -4, true, Authority::Salesperson),
        ] {
            let change = StepChange::Percent { percent: percent.into(), basis: Basis::Running };
            let (kind, code) = (PriceStepKind::Manual, "X".into());
            let step = StepInput { kind, code, change, authority, label: None };
            assert_eq!(step.by_hand(speaks).authority, expected, "{authority} {percent} {speaks}");
        }
    }

    #[test]
    fn a_price_below_the_lists_is_a_discount() {
        let euro = Currency::parse("EUR").unwrap();
        let money = |units| Money::from_minor(units, euro);
        let listed = ListedPrice {
            unit_list: money(100_000),
            unit_cost: Some(money(80_000)),
            tax_included: false,
            origin: PriceOrigin::default(),
        };
        for (given, list, step) in
            [(60_000, 100_000, Some(-40_000)), (100_000, 100_000, None), (120_000, 120_000, None)]
        {
            let mut item =
                ItemInput::new("1", ProductKind::Vehicle, "T", 1.into(), money(given), ("S", 22.into()));
            item.keep_listed(&listed);
            assert_eq!((item.unit_list, item.unit_cost), (money(list), Some(money(80_000))), "{given}");
            let found = item.steps.first().map(|step| (step.authority, step.change));
            let expected = step.map(|less| (Authority::Salesperson, StepChange::Amount(money(less))));
            assert_eq!(found, expected, "{given}");
        }
    }

    #[test]
    fn a_percentage_of_the_list_price_is_of_the_price_that_was_given() {
        let euro = Currency::parse("EUR").unwrap();
        let money = |units| Money::from_minor(units, euro);
        let listed = ListedPrice {
            unit_list: money(100_000),
            unit_cost: None,
            tax_included: false,
            origin: PriceOrigin::default(),
        };
        for (given, amount) in [(60_000, Some(-6_000)), (100_000, None), (120_000, None)] {
            let mut item =
                ItemInput::new("1", ProductKind::Vehicle, "T", 1.into(), money(given), ("S", 22.into()));
            let kind = PriceStepKind::Contract;
            item.steps.push(StepInput::percent_off(kind, "R", 10.into(), Basis::List, Authority::None));
            item.keep_listed(&listed);
            let ten_percent = StepChange::Percent { percent: (-10).into(), basis: Basis::List };
            let expected = amount.map_or(ten_percent, |amount| StepChange::Amount(money(amount)));
            assert_eq!(item.steps.last().map(|step| step.change), Some(expected), "{given}");
        }
    }

    #[test]
    fn a_price_is_stated_with_the_tax_or_without_it() {
        let euro = Currency::parse("EUR").unwrap();
        let money = |units| Money::from_minor(units, euro);
        for (listed, inside, wanted, percent, expected) in [
            (100_000, false, true, 22, 122_000),
            (122_000, true, false, 22, 100_000),
            (122_000, true, true, 22, 122_000),
            (100_000, false, false, 22, 100_000),
            // Exempt, or at another rate: the net is that of the list.
            (122_000, true, true, 0, 100_000),
            (122_000, true, false, 0, 100_000),
            (122_000, true, true, 50, 150_000),
            (100_000, false, true, 50, 150_000),
        ] {
            let (unit_list, origin) = (money(listed), PriceOrigin::default());
            let price = ListedPrice { unit_list, unit_cost: None, tax_included: inside, origin };
            let stated = price.stated(wanted, 22.into(), percent.into()).unwrap();
            assert_eq!((stated.unit_list.amount(), stated.tax_included), (money(expected).amount(), wanted));
        }
    }
}
