//! A market of customers with what hangs on them, as Arrow tables, and the rules that are asked of it.
//!
//! | table | about | in rules |
//! | --- | --- | --- |
//! | `customers` | as many as asked for | `customer` |
//! | `fleet` | two for each | `customer.fleet` |
//! | `purchases` | five for each | `customer.purchases` |
//! | `contacts` | three for each | `customer.contacts` |
//!
//! The tables are the same for the same seed and number on every machine. Columns have the types of the library's own tables,
//! closed lists `Dictionary(Int32, Utf8)`, amounts `Decimal128(18, 2)`. A row of a child table carries in `customer` the
//! place of its customer, counted from 0, which is the customer's `id` as well; the rows lie in that order.

mod bytes;
mod children;
mod columns;
mod customers;
mod dice;
pub mod files;
mod lists;
pub mod outside;
pub mod record;
pub mod rules;

pub use bytes::{Scope, Table};

use crate::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, RecordBatch};
use children::{Contacts, Fleet, Purchases};
use customers::Customers;
use dice::Dice;

/// The day the rules are asked on, in days since 1970-01-01: 2026-06-30.
pub const TODAY: i32 = 20_634;
/// The seed of the tables whose counts are kept.
pub const SEED: u64 = 20_260_630;

/// Customers with their vehicles, purchases and contacts.
#[derive(Debug, Clone)]
pub struct Market {
    /// One row per customer.
    pub customers: RecordBatch,
    /// Their vehicles.
    pub fleet: Children,
    /// What they bought.
    pub purchases: Children,
    /// The people there.
    pub contacts: Children,
}

/// Rows that belong to customers.
#[derive(Debug, Clone)]
pub struct Children {
    /// In the order of their customers.
    pub rows: RecordBatch,
    /// Where the rows of each customer begin, and after the last one where they end.
    pub offsets: Vec<i32>,
}

impl Market {
    /// So many customers, with what hangs on them.
    ///
    /// # Errors
    /// When there are more rows than an `i32` counts.
    pub fn make(customers: usize, seed: u64) -> Result<Self> {
        // A stream of its own for each table: one more column here changes nothing there.
        let [dice, vehicles, buying, people] = [1, 2, 3, 4].map(|stream| Dice::new(seed ^ (stream << 56)));
        let mut rows = Customers::default();
        let (mut fleet, mut purchases, mut contacts) =
            (Fleet::default(), Purchases::default(), Contacts::default());
        for customer in 0..i32::try_from(customers)? {
            rows.draw(&dice);
            let first = fleet.make.len();
            fleet.draw(&vehicles, customer);
            let status = rows.status.last().copied().unwrap_or(0);
            purchases.draw(&buying, customer, status, fleet.make.get(first..).unwrap_or_default());
            contacts.draw(&people, customer);
        }
        Ok(Self {
            customers: rows.finish()?,
            fleet: Children::new(fleet.finish()?, customers)?,
            purchases: Children::new(purchases.finish()?, customers)?,
            contacts: Children::new(contacts.finish()?, customers)?,
        })
    }

    /// The child tables by their names in rules.
    #[must_use]
    pub fn children(&self) -> [(&'static str, &Children); 3] {
        [("fleet", &self.fleet), ("purchases", &self.purchases), ("contacts", &self.contacts)]
    }
}

impl Children {
    fn new(rows: RecordBatch, customers: usize) -> Result<Self> {
        let parents = rows.column_by_name("customer").ok_or("a child table without its customer")?;
        let mut offsets = vec![0; customers + 1];
        for parent in parents.as_primitive::<Int32Type>().values() {
            let end = usize::try_from(*parent)? + 1;
            *offsets.get_mut(end).ok_or("a child without its customer")? += 1;
        }
        i32::try_from(parents.len())?;
        let mut sum = 0;
        for offset in &mut offsets {
            sum += *offset;
            *offset = sum;
        }
        Ok(Self { rows, offsets })
    }

    /// The rows of one customer.
    #[must_use]
    pub fn of(&self, customer: usize) -> std::ops::Range<usize> {
        let at = |place: usize| {
            self.offsets.get(place).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0)
        };
        at(customer)..at(customer + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_market_and_another_gives_another() {
        let make = |seed| Market::make(500, seed).unwrap();
        let (one, same, other) = (make(1), make(1), make(2));
        assert_eq!(one.customers, same.customers);
        assert_eq!(one.purchases.rows, same.purchases.rows);
        assert_ne!(one.customers, other.customers);
    }

    #[test]
    fn a_smaller_market_is_the_beginning_of_a_larger_one() {
        let (small, large) = (Market::make(200, 1).unwrap(), Market::make(300, 1).unwrap());
        assert_eq!(small.customers, large.customers.slice(0, 200));
        for ((_, small), (_, large)) in small.children().into_iter().zip(large.children()) {
            assert_eq!(small.rows, large.rows.slice(0, small.rows.num_rows()));
            assert_eq!(small.offsets, large.offsets[..=200]);
        }
    }

    #[test]
    fn children_are_as_many_as_said() {
        let market = Market::make(20_000, SEED).unwrap();
        for ((name, children), mean) in market.children().into_iter().zip([2, 5, 3]) {
            let tenths = children.rows.num_rows() / 2_000;
            assert!(tenths.abs_diff(mean * 10) <= 3, "{name}: {tenths} tenths");
            assert_eq!(children.of(19_999).end, children.rows.num_rows());
        }
    }
}
