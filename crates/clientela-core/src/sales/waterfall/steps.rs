//! The steps of prices: kept as the exact price after each, told as amounts.
//!
//! An offer is priced far more often than its steps are read: while it is typed, for a goal, to see whether anything changes. So what is kept
//! of a step is the exact price after it; the amounts are made when a step is read.

use super::exact::{Exact, power, shown};
use super::priced::{PricedStep, StepSource};
use crate::sales::{Basis, PriceStepKind};
use clientela_model::Money;
use clientela_model::identifier::Currency;
use rust_decimal::Decimal;

/// A step as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeptStep {
    /// The price of one after it.
    pub(super) running: Exact,
    pub(super) percent: Option<Decimal>,
    pub(super) source: StepSource,
    pub(super) kind: PriceStepKind,
    pub(super) basis: Option<Basis>,
    /// Decimals its price is recorded with; never fewer than those of the step before.
    pub(super) decimals: u8,
}

impl KeptStep {
    /// A step of the waterfall's own, without a percentage.
    pub(super) const fn plain(kind: PriceStepKind, source: StepSource, running: Exact, decimals: u8) -> Self {
        Self { running, percent: None, source, kind, basis: None, decimals }
    }

    /// The price after it, cut to its decimals, as a whole number of the last of them.
    pub(super) fn recorded(&self) -> i128 {
        self.running.units(self.decimals.into())
    }

    /// The step in amounts; the amount is the difference of the recorded prices, so that the amounts add up to the price.
    fn told(&self, before: Option<&Self>, currency: Currency) -> PricedStep {
        let finer = |before: &Self| power((self.decimals - before.decimals).into()).cast_signed();
        let before = before.map_or(0, |before| before.recorded() * finer(before));
        let recorded = self.recorded();
        let money = |units| Money::new(shown(units, self.decimals.into(), currency.minor_units()), currency);
        PricedStep {
            kind: self.kind,
            source: self.source,
            basis: self.basis,
            percent: self.percent,
            amount: money(recorded - before),
            running: money(recorded),
        }
    }
}

/// The steps of one item in amounts.
pub(super) fn told(steps: &[KeptStep], currency: Currency) -> impl DoubleEndedIterator<Item = PricedStep> {
    steps.iter().enumerate().map(move |(at, step)| {
        let before = at.checked_sub(1).and_then(|before| steps.get(before));
        step.told(before, currency)
    })
}
