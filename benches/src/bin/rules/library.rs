//! The rules over the columns of a market, by the library.

use crate::Asked;
use clientela_benches::Result;
use clientela_benches::market::Market;
use clientela_benches::measure::Spent;
use clientela_rules::Environment;

/// What the library found and what it took.
pub(crate) struct Library {
    /// Customers for whom each rule holds, in the order of the rules.
    pub(crate) counts: Vec<u64>,
    /// All rules in one go, on one thread; the median of the rounds.
    pub(crate) one_core: Spent,
    /// The same on two.
    pub(crate) two_cores: Spent,
    /// Each rule by itself, on one thread, in the order of the rules; medians.
    pub(crate) rules: Vec<Spent>,
}

/// Runs the rules over all customers; none while rules do not run over columns.
///
/// What is measured: from tables in memory and rules that are checked to the marks of the customers for whom each rule holds.
/// Compile for columns outside of it, once; run once to warm up, then `rounds` times with
/// [`timed`](clientela_benches::measure::timed) into a [`Series`](clientela_benches::measure::Series).
pub(crate) fn library(
    _market: &Market,
    _environment: &Environment,
    _asked: &[Asked],
    _rounds: usize,
) -> Result<Option<Library>> {
    Ok(None)
}
