//! Several taxes on one amount, one upon the other: how markets outside the value added tax of the Union charge.
//!
//! Each tax is a percentage of the amount, and, where the law says so, of the taxes before it. A tax may also be inside the
//! amount that results (a *division* tax, such as those of Brazil): it is that percentage of amount and taxes together.

use clientela_model::{Money, MoneyError, RoundingPolicy};
use rust_decimal::Decimal;

/// One tax of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackedTax {
    /// Percent.
    pub percent: Decimal,
    /// Whether later taxes are charged on it as well.
    pub enters_later_base: bool,
    /// Whether it is charged on the taxes before it that enter later bases.
    pub on_earlier: bool,
    /// Whether the percentage is of amount and taxes together.
    pub division: bool,
}

impl StackedTax {
    /// A percentage of the amount and of the taxes before it that enter later bases.
    #[must_use]
    pub const fn percent(percent: Decimal) -> Self {
        Self { percent, enters_later_base: false, on_earlier: true, division: false }
    }

    /// A percentage of amount and taxes together.
    #[must_use]
    pub const fn division(percent: Decimal) -> Self {
        Self { percent, enters_later_base: false, on_earlier: false, division: true }
    }
}

/// Amount, taxes and total of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackedTotal {
    /// Sum of the amounts, without tax.
    pub base: Money,
    /// Each tax.
    pub taxes: Vec<Money>,
    /// Sum of the taxes.
    pub tax: Money,
    /// Base and tax.
    pub total: Money,
}

/// Charges the taxes on every line and adds up: each tax rounded line by line under [`RoundingPolicy::Line`], once for
/// all lines under [`RoundingPolicy::Document`].
///
/// # Errors
/// [`MoneyError`] for amounts of several currencies or numbers too large.
pub fn stacked(
    lines: &[Money],
    taxes: &[StackedTax],
    rounding: RoundingPolicy,
) -> Result<StackedTotal, MoneyError> {
    let Some(currency) = lines.first().map(|line| line.currency()) else { return Err(MoneyError::Overflow) };
    let base = Money::sum(lines.iter().copied(), currency)?.rounded();
    let charged = match rounding {
        RoundingPolicy::Document => charge(Money::sum(lines.iter().copied(), currency)?, taxes, false)?,
        RoundingPolicy::Line => {
            let mut sums = vec![Money::zero(currency); taxes.len()];
            for line in lines {
                for (sum, tax) in sums.iter_mut().zip(charge(*line, taxes, true)?) {
                    *sum = sum.checked_add(tax)?;
                }
            }
            sums
        }
    };
    total(base, charged.into_iter().map(Money::rounded).collect())
}

/// A percentage off a whole total: the total and every tax are each that share of what they were, rounded, and the base is what
/// is left between them. So the new total is the rounded percentage of the old one, to the minor unit.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn discounted(before: &StackedTotal, percent: Decimal) -> Result<StackedTotal, MoneyError> {
    let left = Decimal::ONE_HUNDRED - percent;
    let taxes = before
        .taxes
        .iter()
        .map(|tax| Ok(tax.percent(left)?.rounded()))
        .collect::<Result<Vec<_>, MoneyError>>()?;
    let tax = Money::sum(taxes.iter().copied(), before.total.currency())?;
    let total = before.total.percent(left)?.rounded();
    Ok(StackedTotal { base: total.checked_sub(tax)?, taxes, tax, total })
}

fn total(base: Money, taxes: Vec<Money>) -> Result<StackedTotal, MoneyError> {
    let tax = Money::sum(taxes.iter().copied(), base.currency())?;
    Ok(StackedTotal { base, total: base.checked_add(tax)?, taxes, tax })
}

fn charge(amount: Money, taxes: &[StackedTax], round: bool) -> Result<Vec<Money>, MoneyError> {
    let inside: Decimal = taxes.iter().filter(|tax| tax.division).map(|tax| tax.percent).sum();
    let left = Decimal::ONE_HUNDRED - inside;
    let hundredfold = amount.checked_mul(Decimal::ONE_HUNDRED)?.amount();
    let whole = hundredfold.checked_div(left).filter(|_| left > Decimal::ZERO).ok_or(MoneyError::Overflow)?;
    let mut carried = Money::zero(amount.currency());
    let mut charged = Vec::with_capacity(taxes.len());
    for tax in taxes {
        let base = if tax.division {
            Money::new(whole, amount.currency())
        } else if tax.on_earlier {
            amount.checked_add(carried)?
        } else {
            amount
        };
        let exact = base.percent(tax.percent)?;
        let each = if round { exact.rounded() } else { exact };
        if tax.enters_later_base {
            carried = carried.checked_add(each)?;
        }
        charged.push(each);
    }
    Ok(charged)
}
