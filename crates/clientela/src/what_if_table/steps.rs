//! Steps of prices, row by row.

use super::columns::{Meaning, decimal, needed, number, optional, units};
use crate::error::Result;
use clientela_columns::{Column, Records};
use clientela_core::sales::waterfall::{StepChange, StepInput};
use clientela_core::sales::what_if::ColumnStep;
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money};

/// The columns of a table of steps.
pub(super) struct StepColumns<'a> {
    kind: Meaning<'a, PriceStepKind>,
    basis: Meaning<'a, Basis>,
    percent: Option<&'a Column>,
    amount: Option<&'a Column>,
}

impl<'a> StepColumns<'a> {
    pub(super) fn new(records: &'a Records) -> Result<Self> {
        let kind = |word: &str| PriceStepKind::parse(word).ok();
        Ok(Self {
            kind: Meaning::new(Some(needed(records, "kind")?), kind),
            basis: Meaning::new(optional(records, "basis"), |word| Basis::parse(word).ok()),
            percent: optional(records, "percent"),
            amount: optional(records, "amount"),
        })
    }

    /// The kind of a step that is given; none of one that is computed.
    pub(super) fn given(&self, row: usize) -> Option<PriceStepKind> {
        self.kind.of(row).filter(|kind| kind.is_given())
    }

    /// The step in whole numbers, if it fits them.
    pub(super) fn column_step(&self, row: usize, currency: Currency) -> Option<ColumnStep> {
        let Some((basis, (digits, mut decimals))) = self.basis.of(row).zip(number(self.percent, row)) else {
            return units(self.amount, row, currency.minor_units()).map(ColumnStep::Amount);
        };
        let mut numerator = i64::try_from(digits).ok()?;
        while decimals > 0 && numerator % 10 == 0 {
            (numerator, decimals) = (numerator / 10, decimals - 1);
        }
        let nothing_left = 100_i64.checked_mul(10_i64.checked_pow(decimals)?)?;
        let digits = u8::try_from(decimals + 2).ok()?;
        (numerator >= -nothing_left).then_some(match basis {
            Basis::Running => ColumnStep::Running { numerator, digits },
            Basis::List => ColumnStep::List { numerator, digits },
        })
    }

    /// The step as the waterfall takes it.
    pub(super) fn step(&self, row: usize, currency: Currency) -> Option<StepInput> {
        let change = match (decimal(self.percent, row), self.basis.of(row)) {
            (Some(percent), Some(basis)) => StepChange::Percent { percent, basis },
            _ => StepChange::Amount(Money::new(decimal(self.amount, row)?, currency)),
        };
        let (code, authority) = ("".into(), Authority::None);
        Some(StepInput { kind: self.given(row)?, code, change, authority, label: None })
    }
}
