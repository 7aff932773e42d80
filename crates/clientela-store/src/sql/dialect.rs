//! What differs between database engines.
//!
//! The statements are written in the subset engines share (`INSERT … ON CONFLICT`, `WITH RECURSIVE`, `IS NOT TRUE`,
//! `NULLS FIRST`); everything else is asked here. A second engine is a second variant.

use clientela_model::ColumnType;
use std::fmt::Write as _;

/// Records of a large table, for expectations.
const RECORDS: u32 = 1_000_000;

/// A database engine's way of saying things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite 3.51.3 or later.
    Sqlite,
}

impl Dialect {
    /// Appends the n-th parameter, from 1.
    pub(crate) fn parameter(self, sql: &mut String, number: usize) {
        match self {
            Self::Sqlite => {
                // Writing to a string cannot fail.
                let _ = write!(sql, "?{number}");
            }
        }
    }

    /// The types of the physical columns of a column of this type, in the order of `table::suffixes`.
    pub(crate) const fn types(self, ty: ColumnType) -> &'static [&'static str] {
        match self {
            Self::Sqlite => match ty {
                ColumnType::Bool | ColumnType::Integer | ColumnType::Instant => &["INTEGER"],
                ColumnType::Decimal => &["INTEGER", "INTEGER"],
                ColumnType::Money => &["INTEGER", "INTEGER", "TEXT"],
                ColumnType::Date | ColumnType::Text | ColumnType::Words(_) => &["TEXT"],
                ColumnType::Id(_) | ColumnType::Blob => &["BLOB"],
            },
        }
    }

    /// What ends a `CREATE TABLE` of rows that are found by their primary key.
    pub(crate) const fn clustered(self) -> &'static str {
        match self {
            Self::Sqlite => " STRICT, WITHOUT ROWID",
        }
    }

    /// What ends a `CREATE TABLE` of rows with large values.
    pub(crate) const fn heap(self) -> &'static str {
        match self {
            Self::Sqlite => " STRICT",
        }
    }

    /// The type of whole numbers of 64 bits.
    pub(crate) const fn integer(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
        }
    }

    /// The type of bytes.
    pub(crate) const fn bytes(self) -> &'static str {
        match self {
            Self::Sqlite => "BLOB",
        }
    }

    /// What makes a comparison of text blind to the case of ASCII letters.
    pub(crate) const fn any_case(self) -> &'static str {
        match self {
            Self::Sqlite => " COLLATE NOCASE",
        }
    }

    /// The function giving the greater of its arguments.
    pub(crate) const fn greatest(self) -> &'static str {
        match self {
            Self::Sqlite => "MAX",
        }
    }

    /// `LIMIT` that stands for none, where an offset needs one.
    pub(crate) const fn unlimited(self) -> &'static str {
        match self {
            Self::Sqlite => "-1",
        }
    }

    /// The most parameters of one statement.
    pub(crate) const fn parameters_max(self) -> usize {
        match self {
            Self::Sqlite => 32_000,
        }
    }

    /// One row for each table of that name.
    pub(crate) const fn table_named(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1",
        }
    }

    /// All indexes that statements of ours made: their names, and the statements.
    pub(crate) const fn indexes(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
        }
    }

    /// The names of all tables.
    pub(crate) const fn table_names(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        }
    }

    /// Tells the planner how many records of so many it finds in some indexes: table, index, records of one key.
    ///
    /// Told once and never measured, so that the same question has the same plan in every store.
    pub(crate) fn expectations(self, indexes: &[(&str, String, u32)]) -> Vec<String> {
        match self {
            Self::Sqlite => {
                let told = indexes.iter().map(|(table, index, records)| {
                    format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{RECORDS} {records}')")
                });
                // The first makes the engine's table, the last makes it read what is in there now.
                let load = "ANALYZE sqlite_schema".to_owned();
                let begin = [load.clone(), "DELETE FROM sqlite_stat1".to_owned()];
                begin.into_iter().chain(told).chain([load]).collect()
            }
        }
    }

    /// Notes the format of the store's own tables where a program finds it before it reads any.
    pub(crate) fn note_format(self, format: u32) -> String {
        match self {
            Self::Sqlite => format!("PRAGMA user_version = {format}"),
        }
    }
}
