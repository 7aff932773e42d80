//! The sidecar files.
//!
//! The engine's own locks vanish when a second copy of SQLite in the same process closes the same file. So the right to
//! write is a lock on `…-lock`, held around every write transaction. Its content says whether the store was left in order:
//!
//! | content | meaning |
//! | --- | --- |
//! | nothing | nothing was ever written |
//! | `clean` | the last program that had it open closed it |
//! | `open` | somebody has written since; if nobody has it open, he was stopped |
//!
//! Whoever has the store open holds a shared lock on `…-open`: who gets it exclusively is alone.

use super::place::beside;
use crate::error::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The sidecar files of an open store.
#[derive(Debug)]
pub(crate) struct Sidecar {
    write: File,
    presence: File,
    marked: AtomicBool,
    /// Whether nothing speaks against noting that the store is in order.
    sound: AtomicBool,
    wait: Duration,
}

/// Whether the sidecar of a path remembers a store, looked up without opening it.
pub(crate) fn knows_a_store(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-lock")).is_ok_and(|found| found.len() > 0)
}

/// How the store was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Never written.
    New,
    /// In order, or somebody else has it open.
    Clean,
    /// A program was stopped while it had the store open for writing.
    Unclean,
}

const CLEAN: &str = "clean\n";
const OPEN: &str = "open\n";

impl Sidecar {
    /// Opens the sidecar files, makes this program's presence known and tells how the store was left.
    ///
    /// # Errors
    /// `store.io`, `store.busy`.
    pub(crate) fn open(path: &Path, wait: Duration) -> Result<(Self, Left), StoreError> {
        let file = |suffix| {
            OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(beside(path, suffix))
                .map_err(|error| StoreError::io("opening the store's lock file", &error))
        };
        let sidecar = Self {
            write: file("-lock")?,
            presence: file("-open")?,
            marked: AtomicBool::new(false),
            sound: AtomicBool::new(true),
            wait,
        };
        let mut left = Left::Clean;
        if try_lock(&sidecar.presence)? {
            // Alone: nobody can be writing, so the lock is had at once, or somebody is just arriving.
            let held = sidecar.lock()?;
            left = match held.content()?.as_str() {
                "" => Left::New,
                CLEAN => Left::Clean,
                _ => Left::Unclean,
            };
            sidecar.sound.store(left != Left::Unclean, Ordering::Relaxed);
            drop(held);
            unlock(&sidecar.presence)?;
        }
        retry(wait, || match sidecar.presence.try_lock_shared() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(StoreError::io("locking the store", &error)),
        })?;
        Ok((sidecar, left))
    }

    /// The right to write, waited for as long as was asked.
    ///
    /// # Errors
    /// `store.busy`, `store.io`.
    pub(crate) fn lock(&self) -> Result<Held<'_>, StoreError> {
        retry(self.wait, || try_lock(&self.write))?;
        Ok(Held { sidecar: self })
    }

    /// Notes that everything is in order if this was the last program that had the store open.
    ///
    /// # Errors
    /// `store.io`, `store.busy`.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        unlock(&self.presence)?;
        if try_lock(&self.presence)? {
            // Left as it is when a stop was noticed and no check has found the store in order since.
            let noted = if self.sound.load(Ordering::Relaxed) {
                self.lock().and_then(|held| match held.content()?.as_str() {
                    "" | CLEAN => Ok(()),
                    _ => held.note(CLEAN),
                })
            } else {
                Ok(())
            };
            unlock(&self.presence)?;
            noted?;
        }
        Ok(())
    }
}

/// The right to write, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held<'s> {
    sidecar: &'s Sidecar,
}

impl Held<'_> {
    /// Notes, once, that the store is being written.
    ///
    /// # Errors
    /// `store.io`.
    pub(crate) fn mark(&self) -> Result<(), StoreError> {
        if !self.sidecar.marked.load(Ordering::Relaxed) {
            self.note(OPEN)?;
            self.sidecar.marked.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Notes that a check found everything in order.
    ///
    /// # Errors
    /// `store.io`.
    pub(crate) fn found_in_order(&self) -> Result<(), StoreError> {
        self.note(CLEAN)?;
        self.sidecar.sound.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn content(&self) -> Result<String, StoreError> {
        let mut file = &self.sidecar.write;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.take(64).read_to_end(&mut bytes))
            .map_err(|error| StoreError::io("reading the store's lock file", &error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn note(&self, text: &str) -> Result<(), StoreError> {
        let mut file = &self.sidecar.write;
        let length = u64::try_from(text.len()).unwrap_or(0);
        // Written before it is cut to length: a stop in between leaves a word that is not "clean", never an empty file.
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.set_len(length))
            .and_then(|()| file.sync_data())
            .map_err(|error| StoreError::io("writing the store's lock file", &error))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Closing the file would release it as well; there is nothing to be done about an error here.
        let _ = self.sidecar.write.unlock();
    }
}

fn try_lock(file: &File) -> Result<bool, StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(StoreError::io("locking the store", &error)),
    }
}

fn unlock(file: &File) -> Result<(), StoreError> {
    file.unlock().map_err(|error| StoreError::io("unlocking the store", &error))
}

/// Tries until it succeeds or the time is up; waits a little longer each time, at most 10 ms.
fn retry(wait: Duration, mut attempt: impl FnMut() -> Result<bool, StoreError>) -> Result<(), StoreError> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(100);
    loop {
        if attempt()? {
            return Ok(());
        }
        let spent = start.elapsed();
        if spent >= wait {
            return Err(StoreError::Busy);
        }
        std::thread::sleep(pause.min(wait.saturating_sub(spent)));
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}
