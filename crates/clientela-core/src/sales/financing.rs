//! Financing of what is to be paid: loans, balloons and leasing, exact to the minor unit.
//!
//! The payment of an annuity of *n* payments at a rate *i* per period, for a principal *p* of which *r* is left at the end
//! (balloon, residual value): (p · (1+i)ⁿ − r) · i ÷ ((1+i)ⁿ − 1), divided by 1 + i when it is paid in advance; without interest
//! (p − r) ÷ n. The payment is rounded half away from zero to the minor unit, every interest of the schedule too, and the last
//! payment takes what rounding left: the schedule ends at the residual exactly.
//!
//! A plan is another way to show what is to be paid. It never changes the price.

use super::exact;
use clientela_model::{ClosedList, Coded, ErrorKind, Money, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Most payments a plan may have: fifty years of months.
pub const MOST_PAYMENTS: u16 = 600;

/// What kind of plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PlanKind {
    /// Paid back in equal payments.
    Loan,
    /// A loan with a larger last payment.
    Balloon,
    /// The use of the vehicle against payments; it goes back, or is bought at its residual value.
    Leasing,
}

/// What is financed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinancePlan {
    /// What kind.
    pub kind: PlanKind,
    /// What is financed, after the first payment down.
    pub principal: Money,
    /// Nominal rate a year in percent; a twelfth of it for each month.
    pub yearly_percent: Decimal,
    /// Monthly payments.
    pub months: u16,
    /// What is left at the end: the balloon, or the residual value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<Money>,
    /// Whether payments are due at the beginning of their month.
    #[serde(default)]
    pub in_advance: bool,
}

/// One row of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// Its place, from 1.
    pub number: u16,
    /// What is paid.
    pub payment: Money,
    /// Of that, interest.
    pub interest: Money,
    /// Of that, principal.
    pub principal: Money,
    /// What is left after it.
    pub remaining: Money,
}

/// A computed plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinanceSchedule {
    /// The monthly payment; the last one may differ by what rounding left.
    pub payment: Money,
    /// Every payment.
    pub instalments: Vec<Instalment>,
    /// What is left at the end.
    pub residual: Money,
    /// Sum of the interest.
    pub interest: Money,
    /// Payments and residual together.
    pub total: Money,
    /// How it was computed.
    pub why: Why,
}

/// A plan that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FinanceError {
    /// No payments, or too many.
    #[error("{months} monthly payments are not possible; give 1 to 600")]
    Months {
        /// How many.
        months: u16,
    },
    /// A rate below nothing or above a hundred.
    #[error("a yearly rate of {percent} percent is not possible; give 0 to 100")]
    Rate {
        /// The rate.
        percent: Decimal,
    },
    /// A principal that is nothing, or a residual that is not below it.
    #[error("the residual must be nothing or more and below what is financed, in the same currency")]
    Residual,
    /// Numbers that do not fit, or for which no answer exists.
    #[error("the plan has no answer within the numbers an amount can hold; use smaller numbers")]
    NoAnswer,
}

impl Coded for FinanceError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Months { .. } => "finance.months",
            Self::Rate { .. } => "finance.rate",
            Self::Residual => "finance.residual",
            Self::NoAnswer => "finance.no_answer",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Months { .. } => "months",
            Self::Rate { .. } => "yearly_percent",
            Self::Residual => "residual",
            Self::NoAnswer => "principal",
        };
        Some(field.to_owned())
    }
}

/// The numbers of an annuity, in the signs of the trade: what comes in is above zero, what goes out below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annuity {
    /// Rate per period, as a fraction.
    pub rate: Decimal,
    /// Present value.
    pub present: Decimal,
    /// Future value.
    pub future: Decimal,
    /// Whether payments are due at the beginning of a period.
    pub in_advance: bool,
}

impl Annuity {
    fn due(&self) -> Decimal {
        if self.in_advance { Decimal::ONE + self.rate } else { Decimal::ONE }
    }

    /// The payment per period over so many periods.
    #[must_use]
    pub fn payment(&self, periods: u32) -> Option<Decimal> {
        if self.rate.is_zero() {
            return Some(-self.present.checked_add(self.future)?.checked_div(Decimal::from(periods))?);
        }
        let growth = exact::power(Decimal::ONE + self.rate, periods)?;
        let owed = self.present.checked_mul(growth)?.checked_add(self.future)?;
        let factor = (growth - Decimal::ONE).checked_mul(self.due())?;
        Some(-owed.checked_mul(self.rate)?.checked_div(factor)?)
    }

    /// The value at the end of so many periods with this payment; [`Annuity::future`] is not looked at.
    #[must_use]
    pub fn future_value(&self, periods: u32, payment: Decimal) -> Option<Decimal> {
        let growth = exact::power(Decimal::ONE + self.rate, periods)?;
        let paid = self.paid(growth, periods, payment)?;
        Some(-self.present.checked_mul(growth)?.checked_add(paid)?)
    }

    /// The value now of so many payments; [`Annuity::present`] is not looked at.
    #[must_use]
    pub fn present_value(&self, periods: u32, payment: Decimal) -> Option<Decimal> {
        let growth = exact::power(Decimal::ONE + self.rate, periods)?;
        let paid = self.paid(growth, periods, payment)?;
        Some(-self.future.checked_add(paid)?.checked_div(growth)?)
    }

    /// How many periods a payment takes, with a fraction.
    #[must_use]
    pub fn periods(&self, payment: Decimal) -> Option<Decimal> {
        if self.rate.is_zero() {
            return Some(-self.present.checked_add(self.future)?.checked_div(payment)?);
        }
        let spread = payment.checked_mul(self.due())?.checked_div(self.rate)?;
        let ratio = spread.checked_sub(self.future)?.checked_div(spread.checked_add(self.present)?)?;
        exact::ln(ratio)?.checked_div(exact::ln(Decimal::ONE + self.rate)?)
    }

    /// The interest in the payment of a period, from 1: that of what is owed before it.
    #[must_use]
    pub fn interest(&self, period: u32, periods: u32) -> Option<Decimal> {
        if self.in_advance && period == 1 {
            return Some(Decimal::ZERO);
        }
        let payment = self.payment(periods)?;
        let before = self.future_value(period.checked_sub(1)?, payment)?;
        let interest = before.checked_mul(self.rate)?;
        if self.in_advance { interest.checked_div(Decimal::ONE + self.rate) } else { Some(interest) }
    }

    /// The rate per period at which these payments turn present into future, to ten decimals; [`Annuity::rate`] is not looked
    /// at. Halves the range from 0 to 1 in which the balance changes sign.
    #[must_use]
    pub fn rate_of(&self, periods: u32, payment: Decimal) -> Option<Decimal> {
        let balance = |rate: Decimal| {
            Self { rate, ..*self }.future_value(periods, payment).map(|value| value - self.future)
        };
        let (mut low, mut high) = (Decimal::ZERO, Decimal::ONE);
        let rising = balance(high)? > Decimal::ZERO;
        if (balance(low)? > Decimal::ZERO) == rising {
            return None;
        }
        while high - low > Decimal::new(1, 11) {
            let middle = (low + high).checked_div(Decimal::TWO)?;
            if (balance(middle)? > Decimal::ZERO) == rising { high = middle } else { low = middle }
        }
        Some(high.round_dp(10))
    }

    fn paid(&self, growth: Decimal, periods: u32, payment: Decimal) -> Option<Decimal> {
        if self.rate.is_zero() {
            return payment.checked_mul(Decimal::from(periods));
        }
        payment.checked_mul(self.due())?.checked_mul(growth - Decimal::ONE)?.checked_div(self.rate)
    }
}

/// The schedule of a plan.
///
/// # Errors
/// In this order: `finance.months`, `finance.rate`, `finance.residual`, `finance.no_answer`.
pub fn schedule(plan: &FinancePlan) -> Result<FinanceSchedule, FinanceError> {
    let currency = plan.principal.currency();
    let (rate, residual) = checked(plan)?;
    let unrounded =
        annuity(plan, rate, residual).payment(u32::from(plan.months)).ok_or(FinanceError::NoAnswer)?;
    let payment = Money::new(-unrounded, currency).rounded();
    let mut remaining = plan.principal.rounded();
    let mut interest_sum = Money::zero(currency);
    let mut total = residual;
    let mut instalments = Vec::with_capacity(usize::from(plan.months));
    let sum = |left: Money, right: Money| left.checked_add(right).map_err(|_| FinanceError::NoAnswer);
    let less = |left: Money, right: Money| left.checked_sub(right).map_err(|_| FinanceError::NoAnswer);
    for number in 1..=plan.months {
        // In advance the first payment bears no interest: nothing has been owed for any time yet.
        let free = plan.in_advance && number == 1;
        let interest = if free { Money::zero(currency) } else { times(remaining, rate)? };
        let last = number == plan.months;
        let (paid, principal) = if last {
            // In advance the residual falls due one period after the last payment and bears interest until then.
            let due = if plan.in_advance { discounted(residual, rate)? } else { residual };
            let principal = less(remaining, due)?;
            (sum(principal, interest)?, principal)
        } else {
            (payment, less(payment, interest)?)
        };
        remaining = if last { residual } else { less(remaining, principal)? };
        interest_sum = sum(interest_sum, interest)?;
        total = sum(total, paid)?;
        instalments.push(Instalment { number, payment: paid, interest, principal, remaining });
    }
    if plan.in_advance {
        interest_sum = less(less(total, plan.principal)?, Money::zero(currency))?;
    }
    let why = Why::new("finance.annuity")
        .fact("kind", plan.kind)
        .fact("principal", plan.principal)
        .fact("residual", residual)
        .fact("monthly_rate_percent", (rate * Decimal::ONE_HUNDRED).normalize())
        .fact("months", plan.months)
        .fact("in_advance", plan.in_advance)
        .fact("payment_unrounded", (-unrounded).round_dp(8))
        .fact("payment", payment);
    Ok(FinanceSchedule { payment, instalments, residual, interest: interest_sum, total, why })
}

/// The monthly payment of a plan alone.
///
/// # Errors
/// As [`schedule`].
pub fn payment(plan: &FinancePlan) -> Result<Money, FinanceError> {
    let (rate, residual) = checked(plan)?;
    let payment =
        annuity(plan, rate, residual).payment(u32::from(plan.months)).ok_or(FinanceError::NoAnswer)?;
    Ok(Money::new(-payment, plan.principal.currency()).rounded())
}

fn annuity(plan: &FinancePlan, rate: Decimal, residual: Money) -> Annuity {
    Annuity {
        rate,
        present: plan.principal.amount(),
        future: -residual.amount(),
        in_advance: plan.in_advance,
    }
}

fn checked(plan: &FinancePlan) -> Result<(Decimal, Money), FinanceError> {
    if plan.months == 0 || plan.months > MOST_PAYMENTS {
        return Err(FinanceError::Months { months: plan.months });
    }
    if plan.yearly_percent < Decimal::ZERO || plan.yearly_percent > Decimal::ONE_HUNDRED {
        return Err(FinanceError::Rate { percent: plan.yearly_percent });
    }
    let residual = plan.residual.unwrap_or_else(|| Money::zero(plan.principal.currency()));
    let fits = residual.currency() == plan.principal.currency()
        && !residual.is_negative()
        && residual.amount() < plan.principal.amount();
    if !fits {
        return Err(FinanceError::Residual);
    }
    let rate = plan.yearly_percent.checked_div(Decimal::from(1_200)).ok_or(FinanceError::NoAnswer)?;
    Ok((rate, residual.rounded()))
}

fn times(amount: Money, rate: Decimal) -> Result<Money, FinanceError> {
    amount.checked_mul(rate).map(Money::rounded).map_err(|_| FinanceError::NoAnswer)
}

fn discounted(amount: Money, rate: Decimal) -> Result<Money, FinanceError> {
    let value = amount.amount().checked_div(Decimal::ONE + rate).ok_or(FinanceError::NoAnswer)?;
    Ok(Money::new(value, amount.currency()).rounded())
}
