//! Records to be compared: columns whose values are kept once each.

use super::text::Bag;

/// One value of a record, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell<'t> {
    /// Not known: no evidence, neither for nor against. An empty text counts as this.
    #[default]
    Missing,
    /// A text, as it is to be compared: normalised by whoever knows what it is.
    Text(&'t str),
    /// A number, such as the days of a date.
    Number(i64),
}

/// The code of what is missing.
pub(super) const MISSING: u32 = 0;

/// A column: for each row the code of its value, for each code the value and how often it occurs.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) codes: Vec<u32>,
    /// By code; the first is what is missing.
    values: Vec<Entry>,
    units: Vec<u16>,
    /// Open addressing by hash; codes, [`MISSING`] where there is none.
    slots: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    len: u32,
    bag: Bag,
    number: i64,
    hash: u64,
    count: u32,
}

impl Default for Column {
    fn default() -> Self {
        let nothing = Entry { start: 0, len: 0, bag: Bag::of(&[]), number: 0, hash: 0, count: 0 };
        Self { codes: Vec::new(), values: vec![nothing], units: Vec::new(), slots: vec![MISSING; 16] }
    }
}

/// Spreads the bits of a number (the finaliser of `SplitMix64`).
pub(super) const fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl Column {
    /// The code of a value: known, or new.
    fn intern(&mut self, cell: Cell<'_>, scratch: &mut Vec<u16>) -> u32 {
        let (number, hash) = match cell {
            Cell::Missing | Cell::Text("") => return MISSING,
            Cell::Text(text) => {
                scratch.clear();
                scratch.extend(text.encode_utf16());
                let sum = scratch.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, unit| {
                    (sum ^ u64::from(*unit)).wrapping_mul(0x0000_0100_0000_01b3)
                });
                (0, mixed(sum))
            }
            Cell::Number(number) => {
                scratch.clear();
                (number, mixed(number.cast_unsigned()))
            }
        };
        let mask = self.slots.len() - 1;
        let mut slot = slot_of(hash, mask);
        loop {
            let code = self.slots[slot];
            if code == MISSING {
                break;
            }
            let entry = self.values[code as usize];
            if entry.hash == hash && entry.number == number && self.units(code) == &scratch[..] {
                return code;
            }
            slot = (slot + 1) & mask;
        }
        let code = count(self.values.len());
        let (start, len) = (count(self.units.len()), count(scratch.len()));
        self.units.extend_from_slice(scratch);
        self.values.push(Entry { start, len, bag: Bag::of(scratch), number, hash, count: 0 });
        self.slots[slot] = code;
        if self.values.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        code
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![MISSING; mask + 1];
        for (code, entry) in (0_u32..).zip(&self.values).skip(1) {
            let mut slot = slot_of(entry.hash, mask);
            while slots[slot] != MISSING {
                slot = (slot + 1) & mask;
            }
            slots[slot] = code;
        }
        self.slots = slots;
    }

    pub(super) fn units(&self, code: u32) -> &[u16] {
        let entry = self.values[code as usize];
        &self.units[entry.start as usize..(entry.start + entry.len) as usize]
    }

    pub(super) fn bag(&self, code: u32) -> Bag {
        self.values[code as usize].bag
    }

    pub(super) fn number(&self, code: u32) -> i64 {
        self.values[code as usize].number
    }

    /// Forgets the values from this code on, the last that became known.
    fn forget_from(&mut self, code: usize) {
        let mask = self.slots.len() - 1;
        while self.values.len() > code.max(1) {
            let last = count(self.values.len() - 1);
            let Some(entry) = self.values.pop() else { return };
            let mut slot = slot_of(entry.hash, mask);
            while self.slots[slot] != last {
                slot = (slot + 1) & mask;
            }
            // It came last, so that none stands behind it for want of this place.
            self.slots[slot] = MISSING;
            self.units.truncate(entry.start as usize);
        }
    }

    /// How many records in use have the value.
    pub(super) fn count(&self, code: u32) -> u32 {
        self.values[code as usize].count
    }

    /// How often each value occurs.
    pub(super) fn counts(&self) -> impl Iterator<Item = u32> + '_ {
        self.values.iter().skip(1).map(|entry| entry.count)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are meant")]
const fn slot_of(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

/// As a row number or code; a table ends long before.
pub(super) fn count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// Records to be compared, in columns. Rows are only added; one that is no longer in use is [dropped](Self::drop_row) and
/// never compared again.
#[derive(Debug, Clone)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    in_use: Vec<bool>,
    rows_in_use: usize,
    /// Values known in each column before the probe came.
    before_probe: Vec<usize>,
    scratch: Vec<u16>,
}

impl Table {
    /// A table of so many columns, without rows.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            columns: vec![Column::default(); columns],
            in_use: Vec::new(),
            rows_in_use: 0,
            before_probe: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Adds a record and gives its row; cells that are not given are missing, those beyond the columns are passed over.
    pub fn push(&mut self, cells: &[Cell<'_>]) -> u32 {
        let row = self.add(cells);
        for column in &mut self.columns {
            let code = column.codes[row as usize];
            column.values[code as usize].count += 1;
        }
        self.in_use[row as usize] = true;
        self.rows_in_use += 1;
        row
    }

    /// Adds a record that is only compared with others: it counts in no frequency and in no total. To be taken away again by
    /// [`take_probe`](Self::take_probe) before another is added.
    pub fn push_probe(&mut self, cells: &[Cell<'_>]) -> u32 {
        self.before_probe = self.columns.iter().map(|column| column.values.len()).collect();
        self.add(cells)
    }

    fn add(&mut self, cells: &[Cell<'_>]) -> u32 {
        let row = count(self.in_use.len());
        let mut scratch = std::mem::take(&mut self.scratch);
        for (at, column) in self.columns.iter_mut().enumerate() {
            let code = column.intern(cells.get(at).copied().unwrap_or_default(), &mut scratch);
            column.codes.push(code);
        }
        self.scratch = scratch;
        self.in_use.push(false);
        row
    }

    /// Takes the probe away, with the values no other record has: whatever is asked, the table stays as large as it was.
    pub fn take_probe(&mut self) {
        let before = std::mem::take(&mut self.before_probe);
        if before.is_empty() || self.in_use.pop().is_none() {
            return;
        }
        for (column, known) in self.columns.iter_mut().zip(before) {
            column.codes.pop();
            column.forget_from(known);
        }
    }

    /// Takes a record out of use.
    pub fn drop_row(&mut self, row: u32) {
        let Some(used) = self.in_use.get_mut(row as usize).filter(|used| **used) else { return };
        *used = false;
        self.rows_in_use -= 1;
        for column in &mut self.columns {
            let code = column.codes[row as usize];
            let known = &mut column.values[code as usize].count;
            *known = known.saturating_sub(1);
        }
    }

    /// Rows, those no longer in use included.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.in_use.len()
    }

    /// Rows in use.
    #[must_use]
    pub const fn rows_in_use(&self) -> usize {
        self.rows_in_use
    }

    /// Whether a row is in use.
    #[must_use]
    pub fn is_used(&self, row: u32) -> bool {
        self.in_use.get(row as usize).copied().unwrap_or(false)
    }

    /// The share of the records with a value in that column that have this row's value; none when it is missing.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "a share is not money")]
    pub fn frequency(&self, column: usize, row: u32) -> Option<f64> {
        let column = self.columns.get(column)?;
        let code = *column.codes.get(row as usize)?;
        let known = self.rows_in_use.saturating_sub(column.count(MISSING) as usize).max(1);
        (code != MISSING).then(|| f64::from(column.count(code).max(1)) / f64::from(count(known)))
    }

    /// The same as if so many records more had been seen, in which such a value was as frequent as any by chance: of few records
    /// a value that three of three have is not yet a common one.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "a share is not money")]
    pub fn frequency_beside(&self, column: usize, row: u32, share: f64, records: f64) -> Option<f64> {
        let seen = self.frequency(column, row)?;
        let missing = self.columns.get(column).map_or(0, |column| column.count(MISSING));
        let known = f64::from(count(self.rows_in_use).saturating_sub(missing).max(1));
        Some((seen * known + share * records) / (known + records))
    }

    /// Whether both have a value in that column, and not the same.
    #[must_use]
    pub fn differs(&self, column: usize, left: u32, right: u32) -> bool {
        let (one, other) = (self.code(column, left), self.code(column, right));
        one != MISSING && other != MISSING && one != other
    }

    pub(super) fn code(&self, column: usize, row: u32) -> u32 {
        self.columns.get(column).and_then(|column| column.codes.get(row as usize)).copied().unwrap_or(MISSING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_once_and_counted_while_in_use() {
        let mut table = Table::new(2);
        for number in 0..100 {
            let name = format!("name {}", number % 10);
            table.push(&[Cell::Text(&name), Cell::Number(number)]);
        }
        assert_eq!(table.frequency(0, 3), Some(0.1));
        assert_eq!(table.frequency(1, 3), Some(0.01));
        table.drop_row(13);
        table.drop_row(13);
        assert_eq!((table.rows(), table.rows_in_use()), (100, 99));
        assert_eq!(table.frequency(0, 3), Some(9.0 / 99.0));
        let probe = table.push_probe(&[Cell::Text("name 3"), Cell::Text("")]);
        assert_eq!(table.code(0, probe), table.code(0, 3));
        assert_eq!(table.frequency(1, probe), None);
        table.take_probe();
        table.take_probe();
        assert_eq!((table.rows(), table.rows_in_use()), (100, 99));
        assert_eq!(table.frequency(0, 3), Some(9.0 / 99.0));
    }

    #[test]
    fn what_is_asked_leaves_nothing_behind() {
        let mut table = Table::new(2);
        for number in 0..50 {
            table.push(&[Cell::Text(&format!("name {number}")), Cell::Number(number)]);
        }
        let size = |table: &Table| {
            let columns = table.columns.iter();
            columns.map(|column| (column.values.len(), column.units.len())).collect::<Vec<_>>()
        };
        let before = size(&table);
        for number in 0..5_000 {
            let name = format!("name {number}");
            let probe = table.push_probe(&[Cell::Text(&name), Cell::Number(number)]);
            assert_eq!(table.code(0, probe) == table.code(0, 7), number == 7);
            table.take_probe();
        }
        assert_eq!(size(&table), before);
        // What was forgotten can be learnt, and what was known is known.
        let (one, other) = (table.push(&[Cell::Text("name 4999")]), table.push(&[Cell::Text("name 49")]));
        assert_eq!(table.frequency(0, one), Some(1.0 / 52.0));
        assert_eq!((table.code(0, other), table.frequency(0, 49)), (table.code(0, 49), Some(2.0 / 52.0)));
    }
}
