//! The peer: SQLite through rusqlite, on the settings of a store, with nothing between.

use crate::Result;
use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, OpenFlags, params_from_iter};
use std::path::Path;

/// Rows of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The table.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Their values, row after row.
    pub values: Vec<Value>,
}

impl Rows {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The statement that inserts so many of them.
    #[must_use]
    pub fn insert(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let names = self.columns.join("\", \"");
        format!("INSERT INTO \"{}\" (\"{names}\") VALUES {}", self.table, vec![row; rows].join(", "))
    }
}

/// What a connection is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every commit reaches the disk, as single commands do.
    EachCommit,
    /// Commits reach the disk together, as in a stretch of bulk work.
    Together,
}

/// A connection with the settings of a store's writer.
///
/// # Errors
/// What SQLite says.
pub fn open(path: &Path, durability: Durability) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    let (synchronous, pages, cache) = match durability {
        Durability::EachCommit => ("FULL", 1_000, 16_384),
        Durability::Together => ("NORMAL", 32_000, 131_072),
    };
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()))?;
    Ok(connection)
}

/// A connection that only reads a store while nothing writes it.
///
/// # Errors
/// What SQLite says.
pub fn open_to_read(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    Ok(connection)
}

/// The statements that made a table and its indexes.
///
/// # Errors
/// What SQLite says.
pub fn definitions(from: &Connection, table: &str) -> Result<Vec<String>> {
    let sql = "SELECT sql FROM sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY type = 'index'";
    let mut statement = from.prepare(sql)?;
    let found = statement.query_map([table], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The rows a condition names, in an order.
///
/// # Errors
/// What SQLite says.
pub fn rows(from: &Connection, table: &str, rest: &str, parameters: &[Value]) -> Result<Rows> {
    let mut statement = from.prepare_cached(&format!("SELECT * FROM \"{table}\" {rest}"))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(parameters))?;
    let mut values = Vec::new();
    while let Some(row) = found.next()? {
        for at in 0..columns.len() {
            values.push(row.get::<_, Value>(at)?);
        }
    }
    Ok(Rows { table: table.to_owned(), columns, values })
}

/// Runs a statement of its parameters, without making anything on the way.
///
/// # Errors
/// What SQLite says.
pub fn run(statement: &mut CachedStatement<'_>, values: &[Value]) -> Result<()> {
    for (at, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, value)?;
    }
    statement.raw_execute()?;
    Ok(())
}
