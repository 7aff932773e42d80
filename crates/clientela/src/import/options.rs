//! What is to be imported, and what its file does not say by itself.

use super::local::{DateOrder, NumberForm};
use super::{CHUNK_ROWS, CHUNK_ROWS_MAX};
use crate::command::Key;
use clientela_core::imports::ConflictRule;
use clientela_exchange::TextEncoding;
use clientela_exchange::csv::{CsvOptions, Mapping, Separator};
use clientela_model::ClosedList;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the rows of a file become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ImportTarget {
    /// Customers.
    Customer,
    /// Vehicles of customers' fleets.
    Vehicle,
    /// Contacts of customers.
    Contact,
    /// Consents of customers or contacts.
    Consent,
    /// What the market of areas was in periods.
    MarketTotal,
}

/// How a row finds the record it is about, and what it changes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upsert {
    /// The fields that name a record, the first a row fills counts: of customers `number`, `vat_number`; of vehicles, among those of
    /// their customer, `vin`, `plate`; of contacts, among those of their customer, `number`, `email`; of consents, among those of one person about one thing, `at`; of all `record_id`.
    pub key: Vec<String>,
    /// Fields that a row empties where its cell is empty. All others an empty cell leaves alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clear: Vec<String>,
    /// What becomes of a row that has another value where somebody changed a field since the import before.
    #[serde(default)]
    pub conflicts: ConflictRule,
}

impl Upsert {
    /// By these keys; an empty cell empties nothing, a conflict rejects the row.
    #[must_use]
    pub fn by(key: &[&str]) -> Self {
        let key = key.iter().map(|field| (*field).to_owned()).collect();
        Self { key, clear: Vec::new(), conflicts: ConflictRule::default() }
    }
}

/// What is to be imported and how. What is not said is found out or left empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportOptions {
    /// What the rows become.
    pub target: ImportTarget,
    /// Which column goes where; guessed from the headers when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// What stands between two cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<Separator>,
    /// Encoding of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<TextEncoding>,
    /// Whether the first row is one of headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// How numbers are written; with a decimal comma in tables separated by semicolons, else with a point, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberForm>,
    /// Which of day and month comes first; the day when not given. Days as 2026-12-31 are always read.
    #[serde(default)]
    pub dates: DateOrder,
    /// What a field is where the file leaves it empty: `kind` → `company`, `country` → `IT`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, String>,
    /// What the file's own words mean, by field: `status` → `cliente attivo` → `customer`. Letter case does not matter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// The customer every row belongs to, for vehicles, contacts and consents without a column that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// The position that looks after new customers; the acting one when not given. A column `owner` goes before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// Name of a saved mapping; where neither it nor a mapping is given, the one saved for these headers is used, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<Key>,
    /// Rows about records that are there already change them; without it they are rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upsert: Option<Upsert>,
    /// Tells two imports of the same file apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Rows written in one transaction, 1 to 100,000; [`CHUNK_ROWS`](super::CHUNK_ROWS) when not given. The more, the faster; the fewer, the
    /// shorter others wait for their turn to write, and the sooner an import is told how far it is and stops when asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chunk_rows: Option<u32>,
}

impl ImportOptions {
    /// Everything found out.
    #[must_use]
    pub fn new(target: ImportTarget) -> Self {
        Self {
            target,
            mapping: None,
            separator: None,
            encoding: None,
            header: None,
            numbers: None,
            dates: DateOrder::default(),
            defaults: BTreeMap::new(),
            words: BTreeMap::new(),
            customer: None,
            owner: None,
            saved: None,
            upsert: None,
            label: None,
            chunk_rows: None,
        }
    }

    /// What a field is where the file leaves it empty.
    #[must_use]
    pub fn default(mut self, field: &str, value: &str) -> Self {
        self.defaults.insert(field.to_owned(), value.to_owned());
        self
    }

    /// What a word of the file means in a field.
    #[must_use]
    pub fn word(mut self, field: &str, word: &str, meaning: &str) -> Self {
        let words = self.words.entry(field.to_owned()).or_default();
        words.insert(word.to_lowercase(), meaning.to_owned());
        self
    }

    /// The customer every row belongs to.
    #[must_use]
    pub fn customer(mut self, key: impl Into<Key>) -> Self {
        self.customer = Some(key.into());
        self
    }

    /// The position that looks after new customers.
    #[must_use]
    pub fn owner(mut self, title: impl Into<Key>) -> Self {
        self.owner = Some(title.into());
        self
    }

    /// The mapping to use.
    #[must_use]
    pub fn mapping(mut self, mapping: Mapping) -> Self {
        self.mapping = Some(mapping);
        self
    }

    /// The saved mapping to use.
    #[must_use]
    pub fn saved(mut self, name: impl Into<Key>) -> Self {
        self.saved = Some(name.into());
        self
    }

    /// Rows about records that are there already change them.
    #[must_use]
    pub fn upsert(mut self, upsert: Upsert) -> Self {
        self.upsert = Some(upsert);
        self
    }

    /// Tells this import of a file from others of the same.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// So many rows are written in one transaction.
    #[must_use]
    pub fn chunk_rows(mut self, rows: u32) -> Self {
        self.chunk_rows = Some(rows);
        self
    }

    /// Rows of a transaction, as far as it is one that may be asked for.
    pub(super) fn rows_of_chunk(&self) -> Option<usize> {
        match self.chunk_rows {
            None => Some(CHUNK_ROWS),
            Some(rows @ 1..=CHUNK_ROWS_MAX) => usize::try_from(rows).ok(),
            Some(_) => None,
        }
    }

    pub(super) fn csv(&self) -> CsvOptions {
        CsvOptions {
            separator: self.separator,
            encoding: self.encoding,
            header: self.header,
            ..CsvOptions::default()
        }
    }
}
