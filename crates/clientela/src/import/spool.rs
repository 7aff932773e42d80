//! What can be read but once, kept so that it can be read again: a little in memory, much in a file nobody else finds.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

/// Bytes kept in memory; beyond, all go to a file.
const MEMORY_MAX: usize = 16 << 20;

/// Bytes that were kept.
#[derive(Clone)]
pub(super) struct Spool(Arc<Held>);

enum Held {
    Memory(Vec<u8>),
    File(File, u64),
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").field("bytes", &self.0.len()).finish()
    }
}

impl Held {
    const fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, bytes) => *bytes,
        }
    }

    fn read_at(&self, at: u64, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => {
                let from = bytes.get(usize::try_from(at).unwrap_or(usize::MAX)..).unwrap_or_default();
                (&*from).read(to)
            }
            Self::File(file, _) => platform::read_at(file, to, at),
        }
    }
}

impl Spool {
    /// Keeps all that a reader gives.
    pub(super) fn of(reader: &mut dyn Read) -> io::Result<Self> {
        let mut spooling = Spooling::default();
        io::copy(reader, &mut spooling)?;
        spooling.finish()
    }

    /// Reads it from its beginning.
    pub(super) fn open(&self) -> SpoolReader {
        SpoolReader { spool: self.clone(), at: 0 }
    }
}

/// Reads a spool; as many may as like, each from its own place.
pub(super) struct SpoolReader {
    spool: Spool,
    at: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.spool.0.read_at(self.at, to)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// A spool being filled.
#[derive(Default)]
pub(super) struct Spooling {
    memory: Vec<u8>,
    file: Option<(File, u64)>,
}

impl Spooling {
    pub(super) fn finish(mut self) -> io::Result<Spool> {
        self.flush()?;
        Ok(Spool(Arc::new(match self.file {
            Some((file, bytes)) => Held::File(file, bytes),
            None => Held::Memory(self.memory),
        })))
    }
}

impl Write for Spooling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.memory.extend_from_slice(bytes);
        let limit = if self.file.is_some() { PIECE } else { MEMORY_MAX };
        if self.memory.len() > limit {
            if self.file.is_none() {
                self.file = Some((platform::nameless()?, 0));
            }
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some((file, bytes)) = &mut self.file {
            file.write_all(&self.memory)?;
            *bytes += self.memory.len() as u64;
            self.memory = Vec::with_capacity(PIECE);
        }
        Ok(())
    }
}

/// Bytes that are written at once.
const PIECE: usize = 256 << 10;

/// A file that is gone when it is closed, also after a crash: it may hold personal data.
mod platform {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Names that are tried.
    const TRIES: u32 = 1_000;

    pub(super) fn nameless() -> io::Result<File> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        for _ in 0..TRIES {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("clientela-{}-{number}", std::process::id());
            match create(std::env::temp_dir().join(name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made,
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    #[cfg(unix)]
    fn create(path: PathBuf) -> io::Result<File> {
        use std::os::unix::fs::OpenOptionsExt;
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    }

    #[cfg(windows)]
    fn create(path: PathBuf) -> io::Result<File> {
        use std::os::windows::fs::OpenOptionsExt;
        /// `FILE_FLAG_DELETE_ON_CLOSE`.
        const DELETE_ON_CLOSE: u32 = 0x0400_0000;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).share_mode(0).custom_flags(DELETE_ON_CLOSE);
        options.open(path)
    }

    #[cfg(not(any(unix, windows)))]
    fn create(_: PathBuf) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[cfg(unix)]
    pub(super) fn read_at(file: &File, to: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(file, to, at)
    }

    #[cfg(windows)]
    pub(super) fn read_at(file: &File, to: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(file, to, at)
    }

    #[cfg(not(any(unix, windows)))]
    pub(super) fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_and_much_are_read_again_by_several() {
        for size in [0, 10, MEMORY_MAX, MEMORY_MAX + PIECE + 1] {
            let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let spool = Spool::of(&mut bytes.as_slice()).unwrap();
            assert_eq!(matches!(*spool.0, Held::File(..)), size > MEMORY_MAX);
            let (mut one, mut other) = (spool.open(), spool.open());
            let mut read = Vec::new();
            other.read_exact(&mut vec![0; size.min(10)]).unwrap();
            one.read_to_end(&mut read).unwrap();
            assert!(read == bytes, "{size}");
        }
    }
}
