//! What discount reaches a goal: a total, a margin, a monthly rate. Answered exactly, to the minor unit.
//!
//! The discount is one on the whole offer, shared out over the tax groups as [`add_discount`] does. The answer is the smallest
//! discount that reaches the goal, and every discount below it has been looked at or cannot reach it: what a discount of *d*
//! units leads to lies at most a few units beside a line that falls by at least one unit for each, so the search halves its
//! range and then looks at every single unit near the place it found.

use super::financing::{self, FinanceError, FinancePlan, PlanKind};
use super::waterfall::{
    Discount, ManualDiscount, OfferInput, Priced, PricingError, Target, add_discount, price,
};
use crate::sales::Authority;
use clientela_model::{Coded, ErrorKind, Money, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// A net total of at most this.
    Net(Money),
    /// A gross total of at most this.
    Gross(Money),
    /// At most this to be paid.
    Payable(Money),
    /// A margin of at least so many percent: the largest discount that leaves it.
    MarginPercent(Decimal),
    /// A margin of at least this much: the largest discount that leaves it.
    MarginAmount(Money),
    /// A monthly payment of at most this under a plan, whose principal is what is to be paid.
    MonthlyPayment {
        /// The payment.
        payment: Money,
        /// The plan: what is financed is what is to be paid, less what is paid down.
        plan: GoalPlan,
        /// What is paid down.
        down: Money,
    },
}

/// How what is to be paid is financed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalPlan {
    /// What kind.
    pub kind: PlanKind,
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

impl GoalPlan {
    /// The plan for so much.
    #[must_use]
    pub const fn financing(&self, principal: Money) -> FinancePlan {
        let Self { kind, yearly_percent, months, residual, in_advance } = *self;
        FinancePlan { kind, principal, yearly_percent, months, residual, in_advance }
    }
}

/// The discount that reaches a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalReached {
    /// What is taken off the whole offer, net.
    pub discount: Money,
    /// That in percent of the net total before, to four decimals.
    pub percent: Decimal,
    /// What the goal speaks of, with that discount.
    pub reached: String,
    /// Net total with it.
    pub net: Money,
    /// Gross total with it.
    pub gross: Money,
    /// To be paid with it.
    pub payable: Money,
    /// How it was found.
    pub why: Why,
}

/// A goal no discount reaches.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GoalError {
    /// It is out of reach.
    #[error(
        "no discount reaches the goal; the nearest that can be reached is {nearest}, with a discount of {discount}"
    )]
    OutOfReach {
        /// What the goal speaks of, as near as a discount brings it.
        nearest: String,
        /// That discount.
        discount: Money,
        /// What there is without a discount and with all of it.
        why: Why,
    },
    /// A margin of an offer whose costs are not all known.
    #[error("the margin is not known: an item has no cost; enter its cost or ask for a total")]
    NoCosts,
    /// The offer cannot be priced.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// The plan cannot be computed.
    #[error(transparent)]
    Finance(#[from] FinanceError),
}

impl Coded for GoalError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::OutOfReach { .. } | Self::NoCosts => ErrorKind::Rule,
            Self::Pricing(error) => error.kind(),
            Self::Finance(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfReach { .. } => "goal.out_of_reach",
            Self::NoCosts => "goal.no_costs",
            Self::Pricing(error) => error.code(),
            Self::Finance(error) => error.code(),
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::OutOfReach { .. } | Self::NoCosts => Some("goal".to_owned()),
            Self::Pricing(error) => error.field(),
            Self::Finance(error) => error.field(),
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::OutOfReach { why, .. } => Some(why),
            Self::Pricing(error) => error.why(),
            _ => None,
        }
    }
}

/// Finds the discount on the whole offer that reaches the goal.
///
/// For totals and payments it is the smallest that brings them down to the goal, for margins the largest that keeps them up.
///
/// # Errors
/// What [`price`] finds, `goal.no_costs`, `goal.out_of_reach`, and what the plan's computation finds.
pub fn reach(input: &OfferInput, goal: &Goal) -> Result<GoalReached, GoalError> {
    let before = price(input)?;
    if matches!(goal, Goal::MarginPercent(_) | Goal::MarginAmount(_)) && before.margin.is_none() {
        return Err(GoalError::NoCosts);
    }
    let search = Search { input, goal, before: &before };
    let most = search.units(before.net);
    let keeps = matches!(goal, Goal::MarginPercent(_) | Goal::MarginAmount(_));
    let found = if keeps { search.largest_kept(most)? } else { search.smallest_reached(most)? };
    let Some(units) = found else {
        // A margin is greatest without a discount, a total least with all of it.
        let discount = search.money(if keeps { 0 } else { most });
        let nearest = search.figure(&search.priced(search.units(discount))?)?;
        let why = Why::new("goal.out_of_reach")
            .fact("without_discount", search.figure(&before)?)
            .fact("discount_at_most", before.net)
            .fact("nearest", &nearest);
        return Err(GoalError::OutOfReach { nearest, discount, why });
    };
    let priced = search.priced(units)?;
    let discount = search.money(units);
    let hundredfold = discount.amount().checked_mul(Decimal::ONE_HUNDRED);
    let percent = hundredfold.and_then(|hundredfold| hundredfold.checked_div(before.net.amount()));
    let percent = percent.unwrap_or_default().round_dp(4).normalize();
    let reached = search.figure(&priced)?;
    let why = Why::new("goal.reached")
        .fact("discount", discount)
        .fact("percent_of_net", percent)
        .fact("before", search.figure(&before)?)
        .fact("reached", &reached)
        .fact("rule", if keeps { "largest that keeps the margin" } else { "smallest that reaches the goal" });
    let (net, gross, payable) = (priced.net, priced.gross, priced.payable);
    Ok(GoalReached { discount, percent, reached, net, gross, payable, why })
}

struct Search<'a> {
    input: &'a OfferInput,
    goal: &'a Goal,
    before: &'a Priced,
}

impl Search<'_> {
    /// Units near the place halving found that are looked at one by one: the shares of a discount and their taxes are each rounded once
    /// per tax group, so no figure lies further from its line than that.
    fn window(&self) -> i64 {
        8 + 4 * i64::try_from(self.before.tax_groups.len()).unwrap_or(i64::MAX / 8)
    }

    fn units(&self, amount: Money) -> i64 {
        let mut amount = amount.rounded().amount();
        amount.rescale(self.input.currency.minor_units());
        i64::try_from(amount.mantissa()).unwrap_or(0).max(0)
    }

    fn money(&self, units: i64) -> Money {
        Money::from_minor(units, self.input.currency)
    }

    fn priced(&self, units: i64) -> Result<Priced, GoalError> {
        if units == 0 {
            return Ok(self.before.clone());
        }
        let mut input = self.input.clone();
        let discount = ManualDiscount {
            discount: Discount::Amount(self.money(units)),
            target: Target::Offer,
            code: "GOAL",
            authority: Authority::Salesperson,
            label: None,
            limit_percent: None,
        };
        add_discount(&mut input, &discount)?;
        Ok(price(&input)?)
    }

    fn reached(&self, units: i64) -> Result<bool, GoalError> {
        self.holds(&self.priced(units)?)
    }

    fn holds(&self, priced: &Priced) -> Result<bool, GoalError> {
        Ok(match self.goal {
            Goal::Net(most) => priced.net.amount() <= most.amount(),
            Goal::Gross(most) => priced.gross.amount() <= most.amount(),
            Goal::Payable(most) => priced.payable.amount() <= most.amount(),
            Goal::MarginPercent(least) => margin_percent(priced).is_some_and(|percent| percent >= *least),
            Goal::MarginAmount(least) => {
                priced.margin.is_some_and(|margin| margin.amount.amount() >= least.amount())
            }
            Goal::MonthlyPayment { payment, plan, down } => {
                self.monthly(priced, plan, *down)?.amount() <= payment.amount()
            }
        })
    }

    fn figure(&self, priced: &Priced) -> Result<String, GoalError> {
        Ok(match self.goal {
            Goal::Net(_) => priced.net.to_string(),
            Goal::Gross(_) => priced.gross.to_string(),
            Goal::Payable(_) => priced.payable.to_string(),
            Goal::MarginPercent(_) => {
                margin_percent(priced).unwrap_or_default().round_dp(4).normalize().to_string()
            }
            Goal::MarginAmount(_) => {
                priced.margin.map_or_else(String::new, |margin| margin.amount.to_string())
            }
            Goal::MonthlyPayment { plan, down, .. } => self.monthly(priced, plan, *down)?.to_string(),
        })
    }

    /// What is to be paid each month; nothing once the residual covers what is financed.
    fn monthly(&self, priced: &Priced, plan: &GoalPlan, down: Money) -> Result<Money, GoalError> {
        let principal = priced.payable.checked_sub(down).map_err(|_| FinanceError::NoAnswer)?;
        let residual = plan.residual.map_or(Decimal::ZERO, Money::amount);
        if principal.amount() <= residual {
            return Ok(Money::zero(self.input.currency));
        }
        Ok(financing::payment(&plan.financing(principal))?)
    }

    fn smallest_reached(&self, most: i64) -> Result<Option<i64>, GoalError> {
        if !self.reached(most)? {
            return Ok(None);
        }
        let (mut low, mut high) = (0, most);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.reached(middle)? { high = middle } else { low = middle + 1 }
        }
        for units in (low - self.window()).max(0)..low {
            if self.reached(units)? {
                return Ok(Some(units));
            }
        }
        Ok(Some(low))
    }

    fn largest_kept(&self, most: i64) -> Result<Option<i64>, GoalError> {
        if !self.reached(0)? {
            return Ok(None);
        }
        let (mut low, mut high) = (0, most);
        while low < high {
            let middle = low + (high - low + 1) / 2;
            if self.reached(middle)? { low = middle } else { high = middle - 1 }
        }
        for units in (low + 1..=(low + self.window()).min(most)).rev() {
            if self.reached(units)? {
                return Ok(Some(units));
            }
        }
        Ok(Some(low))
    }
}

/// The margin in percent of net, unrounded: what is compared is never the rounded figure.
fn margin_percent(priced: &Priced) -> Option<Decimal> {
    let margin = priced.margin?;
    margin.amount.amount().checked_mul(Decimal::ONE_HUNDRED)?.checked_div(priced.net.amount())
}
