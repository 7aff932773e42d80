//! What a rule must read at least: the columns it speaks of, once, in their natural encoding.

use super::Market;
use super::columns::natural_bits;
use crate::Result;
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use clientela_rules::Path;
use std::collections::BTreeSet;

/// A table of the market: none for the customers, otherwise the name of the list.
pub type Table = Option<String>;

/// Columns that are read, each once, whatever reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(BTreeSet<(Table, String)>);

impl Scope {
    /// The columns of these paths, such as `customer.status` and `customer.fleet[].make`.
    #[must_use]
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Self {
        let columns = paths.into_iter().filter_map(|path| path.text.strip_prefix("customer."));
        Self(
            columns
                .map(|path| match path.split_once("[].") {
                    Some((list, field)) => (Some(list.to_owned()), field.to_owned()),
                    None => (None, path.to_owned()),
                })
                .collect(),
        )
    }

    /// These columns and those.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Whether lists are read.
    #[must_use]
    pub fn has_children(&self, market: &Market) -> bool {
        !self.lists(market).is_empty()
    }

    /// How many columns there are, offsets of lists not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lists that are read, be it their length alone.
    fn lists(&self, market: &Market) -> BTreeSet<String> {
        let is_list = |name: &str| market.children().iter().any(|(list, _)| *list == name);
        let named = self.0.iter().filter_map(|(table, column)| match table {
            None => is_list(column).then(|| column.clone()),
            Some(list) => Some(list.clone()),
        });
        named.collect()
    }

    /// Bytes of the columns, with four for each customer of each list's offsets.
    ///
    /// # Errors
    /// When the market has no such column.
    pub fn bytes(&self, market: &Market) -> Result<u64> {
        let lists = self.lists(market);
        let mut sum = 4 * (market.customers.num_rows() * lists.len()) as u64;
        for (table, column) in self.0.iter().filter(|(table, name)| table.is_some() || !lists.contains(name))
        {
            let rows = match table {
                None => Some(&market.customers),
                Some(list) => {
                    market.children().into_iter().find(|(name, _)| name == list).map(|(_, found)| &found.rows)
                }
            };
            sum += column_bytes(rows.ok_or("no such list")?, column)?;
        }
        Ok(sum)
    }
}

fn column_bytes(rows: &RecordBatch, name: &str) -> Result<u64> {
    let schema = rows.schema();
    let field = schema.field_with_name(name)?;
    let column = rows.column_by_name(name).ok_or("no such column")?;
    let text = match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value_data().len(),
        _ => 0,
    };
    Ok((natural_bits(field) * column.len() as u64).div_ceil(8) + text as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::SEED;

    fn scope(texts: &[&str]) -> Scope {
        let path = |text: &&str| Path { text: (*text).to_owned(), personal: false, confidential: false };
        Scope::of(&texts.iter().map(path).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_counted_once_and_lists_with_their_offsets() {
        let market = Market::make(800, SEED).unwrap();
        let vehicles = market.fleet.rows.num_rows() as u64;
        for (paths, expected) in [
            (&["customer.status", "customer.status", "today"][..], 800),
            (&["customer.segment"], 900),
            (&["customer.credit_stop"], 100),
            (&["customer.score", "customer.since"], 6_400 + 100 + 3_200),
            (&["customer.fleet"], 3_200),
            (&["customer.fleet[].make", "customer.fleet"], 3_200 + vehicles),
        ] {
            assert_eq!(scope(paths).bytes(&market).unwrap(), expected, "{paths:?}");
        }
        assert!(scope(&["customer.nothing"]).bytes(&market).is_err());
        assert!(!scope(&["customer.score"]).has_children(&market));
        assert!(scope(&["customer.fleet[].make"]).has_children(&market));
    }
}
