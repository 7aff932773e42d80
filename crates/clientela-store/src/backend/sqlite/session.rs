//! A connection with its settings.

use super::failure::explain;
use crate::error::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use std::time::Duration;

/// "CLNT": what marks a SQLite file as one of ours.
pub(crate) const APPLICATION_ID: i32 = 0x434c_4e54;

/// The oldest engine without known defects in its write-ahead log.
const ENGINE_MIN: i32 = 3_051_003;

/// How many prepared statements a connection keeps. Conditions make many texts; records few.
const STATEMENTS_KEPT: usize = 256;

/// Where the database is.
#[derive(Debug, Clone)]
pub(crate) enum Where {
    /// In a file.
    File(PathBuf),
    /// In memory, under a name that all connections of one store share.
    Memory(String),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Making the file if it is not there.
    Create,
    /// Writing.
    Write,
    /// Reading beside a writer.
    Read,
    /// Reading a store that this program never writes.
    ReadOnly,
}

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// No page at all.
    Nothing,
    /// A store, its own tables in this format.
    Store {
        /// The format.
        format: u32,
    },
    /// Another program's database.
    Foreign,
}

/// Refuses an engine with known defects.
///
/// # Errors
/// `store.engine_too_old`.
pub(crate) fn check_engine() -> Result<(), StoreError> {
    if rusqlite::version_number() < ENGINE_MIN {
        return Err(StoreError::EngineTooOld { found: rusqlite::version().to_owned() });
    }
    Ok(())
}

/// Memory for pages of a connection, in KiB.
pub(crate) const CACHE_KIB: i64 = 16 << 10;
/// The same of a writer that works in bulk.
pub(crate) const BULK_CACHE_KIB: i64 = 128 << 10;

/// Opens a connection and gives it the settings that touch no file.
///
/// # Errors
/// `store.not_found`, `store.io`, `store.not_a_store`, `store.damaged`.
pub(crate) fn connect(place: &Where, purpose: Purpose, wait: Duration) -> Result<Connection, StoreError> {
    let access = match purpose {
        Purpose::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Purpose::Write | Purpose::Read => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Purpose::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    // Each connection is used by one thread at a time, so the engine's own mutexes are not needed.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match place {
        Where::File(path) => Connection::open_with_flags(path, flags),
        Where::Memory(name) => Connection::open_with_flags(
            format!("file:/{name}?vfs=memdb"),
            flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE,
        ),
    };
    let connection = opened.map_err(|error| explain_at(&error, place))?;
    let set = || -> rusqlite::Result<()> {
        connection.busy_timeout(wait)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        // Plans follow from the statement alone. Otherwise some statements are planned anew for every set of values.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // References across aggregates may point to what is not here; the domain checks the others.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
        // A checkpoint writes the main file, so it is made under the sidecar lock, by `close` and by commits only.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Ok(())
    };
    set().map_err(|error| explain_at(&error, place))?;
    Ok(connection)
}

/// Looks at what a file holds, without changing it.
///
/// # Errors
/// `store.not_a_store`, `store.damaged`, `store.io`, `store.busy`.
pub(crate) fn content(connection: &Connection, place: &Where) -> Result<Content, StoreError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let look = || -> rusqlite::Result<Content> {
        let (id, pages) = (number("application_id")?, number("page_count")?);
        let ours = id == i64::from(APPLICATION_ID);
        let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(match (ours, tables) {
            // Marked but without tables: a creation that was stopped half-way, to be done again.
            (true, 0) => Content::Nothing,
            (true, _) => {
                Content::Store { format: u32::try_from(number("user_version")?).unwrap_or(u32::MAX) }
            }
            (false, 0) if id == 0 && pages == 0 => Content::Nothing,
            (false, _) => Content::Foreign,
        })
    };
    look().map_err(|error| explain_at(&error, place))
}

/// What an error means of a file that has not been looked into yet.
fn explain_at(error: &rusqlite::Error, place: &Where) -> StoreError {
    match (error.sqlite_error_code(), place) {
        (Some(rusqlite::ErrorCode::NotADatabase), Where::File(path)) => {
            StoreError::NotAStore { path: path.to_owned() }
        }
        _ => explain(error),
    }
}

/// Switches to a write-ahead log, in the order in which no loss of power can undo it, and makes commits durable.
///
/// # Errors
/// `store.io`, `store.busy`.
pub(crate) fn settle_writer(connection: &Connection, place: &Where) -> Result<(), StoreError> {
    let set = || -> rusqlite::Result<()> {
        connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if id == 0 {
            connection.pragma_update(None, "synchronous", "EXTRA")?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        }
        if matches!(place, Where::Memory(_)) {
            return connection.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()));
        }
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        if mode != "wal" {
            connection.pragma_update(None, "synchronous", "EXTRA")?;
            let _: String =
                connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        }
        connection.pragma_update(None, "synchronous", "FULL")
    };
    set().map_err(|error| explain(&error))
}

/// Keeps a reader from writing.
///
/// # Errors
/// `store.io`.
pub(crate) fn settle_reader(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "query_only", true).map_err(|error| explain(&error))
}
