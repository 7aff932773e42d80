//! The sidecar files.
//!
//! The engine's own locks vanish when a second copy of SQLite in the same process closes the same file. So the right to
//! write is a lock on `…-lock`, held around every write transaction. Its content says whether the store was left in order:
//!
//! | content | meaning |
//! | --- | --- |
//! | nothing | nothing was ever written |
//! | `clean` | the last program that had it open closed it |
//! | `open` and marks | those of the marks have written since; a mark whose program is gone is that of one that was stopped |
//!
//! Every program takes its own mark away when it closes the store, so a stop is noticed by the next one that is alone, also
//! when others went on meanwhile and closed in order.
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
    /// What this opening is told by.
    mark: String,
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
/// Bytes of marks that are read: thousands of programs that were stopped.
const CONTENT_MAX: u64 = 1 << 20;

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
            mark: new_mark(),
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

    /// Takes this program's mark away: everything is in order when no other is left.
    ///
    /// # Errors
    /// `store.io`, `store.busy`.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        // Left as it is when a stop was noticed and no check has found the store in order since.
        if self.marked.load(Ordering::Relaxed) && self.sound.load(Ordering::Relaxed) {
            self.lock()?.unmark()?;
        }
        unlock(&self.presence)
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
            let before = self.content()?;
            let others = match before.as_str() {
                "" | CLEAN => "",
                // Left by a version that did not tell the marks apart.
                OPEN => "?\n",
                marked => marked.strip_prefix(OPEN).unwrap_or("?\n"),
            };
            self.note(&format!("{OPEN}{others}{}\n", self.sidecar.mark))?;
            self.sidecar.marked.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn unmark(&self) -> Result<(), StoreError> {
        let before = self.content()?;
        let Some(marks) = before.strip_prefix(OPEN) else { return Ok(()) };
        let others = marks.lines().filter(|mark| *mark != self.sidecar.mark);
        let others: String = others.flat_map(|mark| [mark, "\n"]).collect();
        if others.is_empty() { self.note(CLEAN) } else { self.note(&format!("{OPEN}{others}")) }
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
            .and_then(|_| file.take(CONTENT_MAX).read_to_end(&mut bytes))
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

/// A mark no other opening of the store has.
fn new_mark() -> String {
    use crate::environment::Random;
    let mut bytes = [0; 16];
    crate::environment::SystemRandom.fill(&mut bytes);
    uuid::Uuid::from_bytes(bytes).simple().to_string()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_noticed_when_others_went_on_and_closed_in_order() {
        let folder = std::env::temp_dir().join(format!("clientela-lock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("store");
        let open = || Sidecar::open(&path, Duration::from_secs(1)).unwrap();
        let write = |sidecar: &Sidecar| sidecar.lock().unwrap().mark().unwrap();
        let (first, left) = open();
        assert_eq!(left, Left::New);
        write(&first);
        let (second, _) = open();
        write(&second);
        // Gone without closing: the files are closed, as when a program is stopped.
        drop(first);
        second.close().unwrap();
        drop(second);
        let (third, left) = open();
        assert_eq!(left, Left::Unclean, "the first was stopped");
        third.lock().unwrap().found_in_order().unwrap();
        write(&third);
        third.close().unwrap();
        drop(third);
        let (fourth, left) = open();
        assert_eq!(left, Left::Clean);
        // Two that close in order leave nothing behind, whoever is the last.
        let (fifth, _) = open();
        write(&fourth);
        write(&fifth);
        fourth.close().unwrap();
        fifth.close().unwrap();
        drop((fourth, fifth));
        assert_eq!(open().1, Left::Clean);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
