//! Time: appointments and absences, free slots, and what working time goes into.
//!
//! [`slots`] finds free time, [`shares`] compares sellers by the categories of [`TimeCategory`](crate::party::TimeCategory),
//! [`per_sale`](mod@per_sale) says how many visits and hours a sale takes, [`value`] sets time against value by size of
//! customer. All take what was read as slices.

mod entry;
mod per_sale;
mod records;
mod shares;
pub mod slots;
mod value;

pub use entry::{Sale, TimeEntry, entries_of, entry_of};
pub use per_sale::{PerSale, per_sale};
pub use records::{Absence, AbsenceKind, Appointment, TimeError, check_absence, check_appointment};
pub use shares::{ShareLine, SharesOf, TimeShares, shares};
pub use slots::Span;
pub use value::{CustomerValue, SizeLine, TimeAgainstValue, against_value};

use clientela_model::{MoneyError, allocate_units};
use rust_decimal::Decimal;

/// Parts of 100 percent with two decimals; all nothing where there is nothing to share.
fn percents(weights: &[Decimal]) -> Result<Vec<Decimal>, MoneyError> {
    if weights.iter().all(Decimal::is_zero) {
        return Ok(vec![Decimal::ZERO; weights.len()]);
    }
    allocate_units(Decimal::ONE_HUNDRED, weights, 2)
}

/// So many for each of a count, with two decimals; none where there is nothing.
fn per(many: u64, count: u64) -> Option<Decimal> {
    Decimal::from(many).checked_div(Decimal::from(count)).map(|each| each.round_dp(2))
}

/// Minutes as hours with two decimals.
fn hours(minutes: u64) -> Decimal {
    (Decimal::from(minutes) / Decimal::from(60)).round_dp(2)
}
