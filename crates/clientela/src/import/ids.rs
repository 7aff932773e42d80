//! Ids for the rows of a chunk.

use crate::crm::Crm;
use chrono::{DateTime, Utc};
use std::cell::RefCell;
use uuid::Uuid;

/// Ids drawn together and given out in ascending order: rows that are neighbours in a file are so in every table and index that goes by
/// ids, where writing them is then mostly appending.
pub(super) struct Ids<'c> {
    crm: &'c Crm,
    now: DateTime<Utc>,
    drawn: RefCell<std::vec::IntoIter<Uuid>>,
}

/// Records a row may become.
const RECORDS_OF_ROW: usize = 2;

impl<'c> Ids<'c> {
    /// Ids of this instant for so many rows.
    pub(super) fn draw(crm: &'c Crm, now: DateTime<Utc>, rows: usize) -> Self {
        let drawn = crm.new_uuids(now, rows * RECORDS_OF_ROW);
        Self { crm, now, drawn: RefCell::new(drawn.into_iter()) }
    }

    /// The next one.
    pub(super) fn next(&self) -> Uuid {
        self.drawn.borrow_mut().next().unwrap_or_else(|| self.crm.new_uuid(self.now))
    }
}
