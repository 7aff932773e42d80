//! Which pairs are compared at all: those that share a key.
//!
//! Several passes, each with a key of its own, find what one misses. A pair belongs to the first pass that finds it: whether an
//! earlier one does is seen from the pair itself, so that no set of seen pairs is kept. A key shared by too many records says
//! nothing; its block is passed over and told.

use super::table::{MISSING, Table, count, mixed};

/// One pass: the columns whose values together are the key. Where one of them is missing there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass(pub Vec<usize>);

/// Which records are compared with which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// All with each other.
    Within,
    /// Those before this row with those from it on.
    Between(u32),
}

impl Task {
    fn asks(self, left: u32, right: u32) -> bool {
        match self {
            Self::Within => true,
            Self::Between(split) => (left < split) != (right < split),
        }
    }

    /// How many pairs there are in all.
    #[must_use]
    pub fn pairs(self, table: &Table) -> u64 {
        let rows = table.rows_in_use() as u64;
        match self {
            Self::Within => rows * rows.saturating_sub(1) / 2,
            Self::Between(split) => {
                let before = (0..split).filter(|row| table.is_used(*row)).count() as u64;
                before * rows.saturating_sub(before)
            }
        }
    }
}

/// A block that was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// The pass.
    pub pass: usize,
    /// A record of the block, to say what its key is.
    pub row: u32,
    /// Records in the block.
    pub records: u32,
}

/// A key of a pass: the last record that has it, as row and one, and how many have it.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    head: u32,
    records: u32,
}

/// The blocks of one pass. Keys are not kept: a block's key is read from its records.
#[derive(Debug, Clone)]
struct Chains {
    columns: Vec<usize>,
    slots: Vec<Slot>,
    used: usize,
    /// For each row the one before it in its block, as row and one; 0 at the end.
    before: Vec<u32>,
}

impl Chains {
    fn new(columns: Vec<usize>, rows: usize) -> Self {
        let slots = (rows * 3 / 2).next_power_of_two().max(16);
        Self { columns, slots: vec![Slot::default(); slots], used: 0, before: Vec::with_capacity(rows) }
    }

    fn hash(&self, table: &Table, row: u32) -> Option<u64> {
        let mut sum = 0_u64;
        for column in &self.columns {
            let code = table.code(*column, row);
            if code == MISSING {
                return None;
            }
            sum = mixed(sum.rotate_left(32) ^ u64::from(code));
        }
        (!self.columns.is_empty()).then_some(sum)
    }

    fn same_key(&self, table: &Table, left: u32, right: u32) -> bool {
        !self.columns.is_empty()
            && self.columns.iter().all(|column| {
                let code = table.code(*column, left);
                code != MISSING && code == table.code(*column, right)
            })
    }

    /// Where the row's key stands, or would.
    fn place(&self, table: &Table, row: u32, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are meant")]
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot.head == 0 || self.same_key(table, slot.head - 1, row) {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    fn add(&mut self, table: &Table, row: u32) {
        self.before.resize(row as usize + 1, 0);
        let Some(hash) = self.hash(table, row) else { return };
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow(table);
        }
        let place = self.place(table, row, hash);
        let slot = &mut self.slots[place];
        self.used += usize::from(slot.head == 0);
        self.before[row as usize] = slot.head;
        *slot = Slot { head: row + 1, records: slot.records + 1 };
    }

    fn grow(&mut self, table: &Table) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![Slot::default(); old.len() * 2];
        for slot in old.into_iter().filter(|slot| slot.head != 0) {
            if let Some(hash) = self.hash(table, slot.head - 1) {
                let place = self.place(table, slot.head - 1, hash);
                self.slots[place] = slot;
            }
        }
    }

    fn block_of(&self, table: &Table, row: u32) -> Option<Slot> {
        let slot = self.slots[self.place(table, row, self.hash(table, row)?)];
        (slot.head != 0).then_some(slot)
    }

    fn rows(&self, slot: Slot) -> impl Iterator<Item = u32> + '_ {
        let mut at = slot.head;
        std::iter::from_fn(move || {
            let row = at.checked_sub(1)?;
            at = self.before.get(row as usize).copied().unwrap_or(0);
            Some(row)
        })
    }
}

/// The blocks of a table, pass by pass. Records are added as they come; those out of use are passed over.
#[derive(Debug, Clone)]
pub struct Blocks {
    passes: Vec<Chains>,
    block_max: u32,
}

impl Blocks {
    /// The blocks of a table. A block of more than `block_max` records is passed over.
    #[must_use]
    pub fn new(table: &Table, passes: &[Pass], block_max: u32) -> Self {
        let rows = table.rows();
        let passes = passes.iter().map(|pass| Chains::new(pass.0.clone(), rows)).collect();
        let mut blocks = Self { passes, block_max: block_max.max(2) };
        for row in 0..count(rows) {
            if table.is_used(row) {
                blocks.add(table, row);
            }
        }
        blocks
    }

    /// Gives up the passes that would compare more than so many pairs, found by earlier passes or not, and tells which: what is
    /// affordable for a thousand records is not for a million.
    pub fn give_up_wide(&mut self, pairs_max: u64) -> Vec<usize> {
        let mut given_up = Vec::new();
        for (at, pass) in self.passes.iter_mut().enumerate() {
            let sizes = pass.slots.iter().map(|slot| u64::from(slot.records));
            let blocks = sizes.filter(|size| *size > 1 && *size <= u64::from(self.block_max));
            if blocks.map(|size| size * (size - 1) / 2).sum::<u64>() > pairs_max {
                *pass = Chains::new(Vec::new(), 0);
                given_up.push(at);
            }
        }
        given_up
    }

    /// Adds a record that was added to the table.
    pub fn add(&mut self, table: &Table, row: u32) {
        self.passes.iter_mut().for_each(|pass| pass.add(table, row));
    }

    /// Visits every record a record is to be compared with, each once. Gives the passes whose block was too large.
    pub fn candidates(&self, table: &Table, row: u32, mut take: impl FnMut(u32)) -> Vec<TooLarge> {
        let mut too_large = Vec::new();
        for (at, pass) in self.passes.iter().enumerate() {
            let Some(slot) = pass.block_of(table, row) else { continue };
            if slot.records > self.block_max {
                too_large.push(TooLarge { pass: at, row: slot.head - 1, records: slot.records });
                continue;
            }
            for other in pass.rows(slot) {
                if other != row && table.is_used(other) && !self.found_before(table, at, row, other) {
                    take(other);
                }
            }
        }
        too_large
    }

    /// Visits every pair to be compared, each once, the lower row first. Gives the blocks that were too large.
    pub fn pairs(&self, table: &Table, task: Task, mut take: impl FnMut(u32, u32)) -> Vec<TooLarge> {
        let mut too_large = Vec::new();
        let mut rows = Vec::new();
        for (at, pass) in self.passes.iter().enumerate() {
            for slot in pass.slots.iter().filter(|slot| slot.records > 1) {
                if slot.records > self.block_max {
                    too_large.push(TooLarge { pass: at, row: slot.head - 1, records: slot.records });
                    continue;
                }
                rows.clear();
                rows.extend(pass.rows(*slot).filter(|row| table.is_used(*row)));
                rows.reverse();
                for (place, left) in rows.iter().enumerate() {
                    for right in &rows[place + 1..] {
                        if task.asks(*left, *right) && !self.found_before(table, at, *left, *right) {
                            take(*left, *right);
                        }
                    }
                }
            }
        }
        too_large
    }

    fn found_before(&self, table: &Table, at: usize, left: u32, right: u32) -> bool {
        self.passes[..at].iter().any(|pass| {
            pass.same_key(table, left, right)
                && pass.block_of(table, left).is_some_and(|slot| slot.records <= self.block_max)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Cell;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn every_pair_that_shares_a_key_is_found_once(
            records in proptest::collection::vec((0_i64..6, 0_i64..6, any::<bool>(), 0_u8..10), 0..60),
            block_max in 2_u32..12,
            split in 0_u32..60,
            between in any::<bool>(),
        ) {
            let mut table = Table::new(2);
            let passes = [Pass(vec![0]), Pass(vec![1]), Pass(vec![0, 1])];
            let half = records.len() / 2;
            let cell = |(first, second, missing, _): &(i64, i64, bool, u8)| {
                [Cell::Number(*first), if *missing { Cell::Missing } else { Cell::Number(*second) }]
            };
            for record in &records[..half] {
                table.push(&cell(record));
            }
            let mut blocks = Blocks::new(&table, &passes, block_max);
            for record in &records[half..] {
                let row = table.push(&cell(record));
                blocks.add(&table, row);
            }
            for (row, record) in (0_u32..).zip(&records) {
                if record.3 == 0 {
                    table.drop_row(row);
                }
            }
            let key = |row: usize, pass: &Pass| {
                let cells = cell(&records[row]);
                let key: Vec<Cell<'_>> = pass.0.iter().map(|column| cells[*column]).collect();
                (!key.contains(&Cell::Missing)).then_some(key)
            };
            let task = if between { Task::Between(split) } else { Task::Within };
            let mut expected = BTreeSet::new();
            for pass in &passes {
                for left in 0..records.len() {
                    for right in left + 1..records.len() {
                        let (Some(one), Some(other)) = (key(left, pass), key(right, pass)) else { continue };
                        let size = (0..records.len()).filter(|row| key(*row, pass).as_ref() == Some(&one)).count();
                        let (left, right) = (count(left), count(right));
                        if one == other
                            && count(size) <= block_max
                            && task.asks(left, right)
                            && table.is_used(left)
                            && table.is_used(right)
                        {
                            expected.insert((left, right));
                        }
                    }
                }
            }
            let mut found = Vec::new();
            blocks.pairs(&table, task, |left, right| found.push((left, right)));
            let unique: BTreeSet<_> = found.iter().copied().collect();
            prop_assert_eq!(unique.len(), found.len());
            prop_assert_eq!(&unique, &expected);
            if !between {
                let mut by_record = BTreeSet::new();
                for row in (0..count(records.len())).filter(|row| table.is_used(*row)) {
                    let mut seen = BTreeSet::new();
                    blocks.candidates(&table, row, |other| {
                        assert!(seen.insert(other), "a candidate comes once");
                        by_record.insert((row.min(other), row.max(other)));
                    });
                }
                prop_assert_eq!(&by_record, &expected);
            }
        }
    }

    #[test]
    fn what_is_too_wide_is_given_up() {
        let mut table = Table::new(2);
        for row in 0..100 {
            table.push(&[Cell::Number(row % 2), Cell::Number(row / 2)]);
        }
        let mut blocks = Blocks::new(&table, &[Pass(vec![0]), Pass(vec![1])], 1_000);
        assert_eq!(blocks.give_up_wide(100), [0]);
        let mut found = 0;
        assert_eq!(blocks.pairs(&table, Task::Within, |_, _| found += 1), []);
        assert_eq!(found, 50);
        let row = table.push(&[Cell::Number(0), Cell::Number(7)]);
        blocks.add(&table, row);
        let mut candidates = 0;
        blocks.candidates(&table, row, |_| candidates += 1);
        assert_eq!(candidates, 2);
    }
}
