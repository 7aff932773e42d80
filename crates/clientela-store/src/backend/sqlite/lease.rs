//! Transactions on leased connections.

use super::engine::{Engine, Session};
use super::failure::{breaks_the_connection, explain, native};
use super::lock::Held;
use crate::backend::{CommitError, Interrupt, Row, Statement, Transaction, Visit};
use crate::error::StoreError;
use crate::sql::cell::Cell;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use std::cell::Cell as Flag;
use std::sync::Arc;

/// A connection inside a transaction; what becomes of it afterwards differs between readers and the writer.
pub(crate) struct Lease<'e> {
    engine: &'e Engine,
    session: Option<Session>,
    broken: Flag<bool>,
    role: Role<'e>,
}

/// What a lease is for.
pub(crate) enum Role<'e> {
    /// Reading: the connection goes back to the pool.
    Reader,
    /// Writing: the connection goes back to the gate, and the locks are released.
    Writer {
        /// The sidecar lock; none for a store in memory.
        held: Option<Held<'e>>,
    },
}

impl<'e> Lease<'e> {
    /// A lease whose connection is still to come. Dropping it gives everything back.
    pub(crate) fn new(engine: &'e Engine, role: Role<'e>) -> Self {
        Self { engine, session: None, broken: Flag::new(false), role }
    }

    /// Takes over a connection and begins.
    ///
    /// # Errors
    /// `store.busy` and what the system says.
    pub(crate) fn begin(mut self, session: Session, statement: &str) -> Result<Self, StoreError> {
        self.session = Some(session);
        Transaction::execute(&self, statement, &[])?;
        Ok(self)
    }

    /// Takes over a connection without beginning anything.
    pub(crate) fn idle(mut self, session: Session) -> Self {
        self.session = Some(session);
        self
    }

    /// The connection.
    ///
    /// # Errors
    /// `store.closed` when it was given up after an error.
    pub(crate) fn connection(&self) -> Result<&rusqlite::Connection, StoreError> {
        self.session.as_ref().map(|session| &session.connection).ok_or(StoreError::Closed)
    }

    /// The connection, for tests that make it fail.
    #[cfg(test)]
    pub(crate) fn connection_mut(&mut self) -> Option<&mut rusqlite::Connection> {
        self.session.as_mut().map(|session| &mut session.connection)
    }

    /// The sidecar lock, when this lease holds it.
    pub(crate) fn held(&self) -> Option<&Held<'e>> {
        match &self.role {
            Role::Writer { held } => held.as_ref(),
            Role::Reader => None,
        }
    }

    /// Puts the sidecar lock under the lease's care.
    pub(crate) fn hold(&mut self, lock: Held<'e>) {
        if let Role::Writer { held } = &mut self.role {
            *held = Some(lock);
        }
    }

    /// The connection itself, no longer returned when the lease ends.
    pub(crate) fn take_session(&mut self) -> Option<Session> {
        self.session.take()
    }

    fn prepared(&self, sql: &str) -> Result<Prepared<'_, 'e>, StoreError> {
        let statement = self.connection()?.prepare_cached(sql).map_err(|error| self.explain(&error))?;
        Ok(Prepared { lease: self, statement })
    }

    fn explain(&self, error: &rusqlite::Error) -> StoreError {
        if breaks_the_connection(error) {
            self.broken.set(true);
        }
        explain(error)
    }
}

impl Transaction for Lease<'_> {
    fn execute(&self, sql: &str, parameters: &[Cell<'_>]) -> Result<usize, StoreError> {
        self.prepared(sql)?.execute(parameters)
    }

    fn statement(&self, sql: &str) -> Result<Box<dyn Statement + '_>, StoreError> {
        Ok(Box::new(self.prepared(sql)?))
    }

    fn query(&self, sql: &str, parameters: &[Cell<'_>], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut statement = self.connection()?.prepare_cached(sql).map_err(|error| self.explain(&error))?;
        for (index, cell) in parameters.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, cell).map_err(|error| self.explain(&error))?;
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|error| self.explain(&error))? {
            if visit(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn interrupt(&self) -> Option<Arc<dyn Interrupt>> {
        let session = self.session.as_ref()?;
        Some(Arc::clone(&session.interrupt) as Arc<dyn Interrupt>)
    }

    fn is_open(&self) -> bool {
        self.session.as_ref().is_some_and(|session| !session.connection.is_autocommit())
    }

    fn commit(self: Box<Self>) -> Result<(), CommitError> {
        let connection = self.connection().map_err(CommitError::Refused)?;
        let done = connection.prepare_cached("COMMIT").and_then(|mut statement| statement.raw_execute());
        match done {
            Ok(_) => Ok(()),
            // Refused before anything was written; the transaction is still open and rolled back on drop.
            Err(error) if explain(&error) == StoreError::Busy => Err(CommitError::Refused(StoreError::Busy)),
            // The log could not be written to its end, where the mark of a commit stands: this one is not there.
            Err(error) if explain(&error) == StoreError::DiskFull => {
                self.broken.set(true);
                Err(CommitError::Refused(StoreError::DiskFull))
            }
            Err(error) => {
                // After a failed write or flush nothing the connection remembers can be trusted.
                self.broken.set(true);
                Err(CommitError::Unknown(native(&error)))
            }
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let session = self.session.take().and_then(|session| {
            let ended = session.connection.is_autocommit()
                || session
                    .connection
                    .prepare_cached("ROLLBACK")
                    .and_then(|mut statement| statement.raw_execute())
                    .is_ok();
            // Not kept: closing the connection rolls back whatever is left.
            (ended && !self.broken.get()).then_some(session)
        });
        match &mut self.role {
            Role::Reader => self.engine.return_reader(session),
            Role::Writer { held } => {
                // The lock first: the next writer in this process must find it free.
                drop(held.take());
                self.engine.return_writer(session);
            }
        }
    }
}

impl Interrupt for rusqlite::InterruptHandle {
    fn interrupt(&self) {
        Self::interrupt(self);
    }
}

/// A statement of a lease. Until it is dropped the engine keeps the room its parameters took.
struct Prepared<'l, 'e> {
    lease: &'l Lease<'e>,
    statement: rusqlite::CachedStatement<'l>,
}

impl Statement for Prepared<'_, '_> {
    fn execute(&mut self, parameters: &[Cell<'_>]) -> Result<usize, StoreError> {
        let statement = &mut self.statement;
        let bound = (1..).zip(parameters).try_for_each(|(at, cell)| statement.raw_bind_parameter(at, cell));
        bound.and_then(|()| statement.raw_execute()).map_err(|error| self.lease.explain(&error))
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Day(letters) => ValueRef::Text(letters),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn cell(&self, at: usize) -> Result<Cell<'_>, StoreError> {
        match self.get_ref(at).map_err(|error| explain(&error))? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(number) => Ok(Cell::Integer(number)),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes)
                .map(Cell::Text)
                .map_err(|_| StoreError::damaged("a stored text is not UTF-8")),
            ValueRef::Blob(bytes) => Ok(Cell::Blob(bytes)),
            ValueRef::Real(_) => Err(StoreError::damaged("a stored number is a fraction")),
        }
    }
}
