//! Where the file may be, and what stands there.
//!
//! The file itself is never opened with plain input and output: closing it would drop the engine's locks of this whole
//! process. Only its metadata is read.

use crate::error::StoreError;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Nothing,
    /// A file of no bytes.
    Empty,
    /// A file.
    File,
}

/// Looks at the path a store is, or is to be, at.
///
/// # Errors
/// `store.is_directory`, `store.not_found` when its folder is missing, `store.network_file_system`, `store.io`.
pub(crate) fn look(path: &Path, network_allowed: bool) -> Result<Standing, StoreError> {
    let folder = folder(path);
    if !folder.is_dir() {
        return Err(StoreError::NotFound { path: path.to_owned() });
    }
    if !network_allowed && let Some(kind) = network_file_system(&folder) {
        return Err(StoreError::NetworkFileSystem { path: path.to_owned(), kind });
    }
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(StoreError::IsDirectory { path: path.to_owned() }),
        Ok(found) if !found.is_file() => Err(StoreError::NotAStore { path: path.to_owned() }),
        Ok(found) if found.len() == 0 => Ok(Standing::Empty),
        Ok(_) => Ok(Standing::File),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Standing::Nothing),
        Err(error) => Err(StoreError::io("looking at the store's file", &error)),
    }
}

/// The path a link stands for: the sidecar files stand beside the file itself, so that all its names share one lock.
///
/// # Errors
/// `store.io`.
pub(crate) fn behind_links(path: &Path) -> Result<PathBuf, StoreError> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => path
            .canonicalize()
            .map_err(|error| StoreError::io("following a link to the store's file", &error)),
        _ => Ok(path.to_owned()),
    }
}

/// The path with something appended to the file's name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The folder of a file.
pub(crate) fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes a new name in a folder survive a loss of power, where the system has a way to.
pub(crate) fn make_name_durable(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        std::fs::File::open(folder(path))
            .and_then(|folder| folder.sync_all())
            .map_err(|error| StoreError::io("making the copy's name durable", &error))?;
    }
    Ok(())
}

/// Types of file systems whose locks do not hold between machines, or not at all.
const NETWORK: &[&str] = &[
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "gfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "prl_fs",
    "pvfs2",
    "smb3",
    "smbfs",
    "vboxsf",
    "vmhgfs",
];

/// The type of the network file system a folder is on, if it is on one and the system tells.
fn network_file_system(folder: &Path) -> Option<String> {
    let whole = folder.canonicalize().ok()?;
    if cfg!(windows) {
        let text = whole.to_string_lossy();
        let is_share =
            text.starts_with(r"\\?\UNC\") || (text.starts_with(r"\\") && !text.starts_with(r"\\?\"));
        return is_share.then(|| "share".to_owned());
    }
    // Elsewhere than on Linux the table is not there and nothing is refused.
    let table = std::fs::read_to_string("/proc/self/mounts").ok()?;
    let kind = file_system_of(&whole, &table)?;
    let inner = kind.strip_prefix("fuse.").unwrap_or(kind);
    let remote_fuse = kind != inner && ["sshfs", "s3fs", "rclone", "gvfsd-fuse", "smbnetfs"].contains(&inner);
    (remote_fuse || NETWORK.contains(&inner)).then(|| kind.to_owned())
}

/// The type of the file system mounted closest above a path, from a table of mounts as Linux writes it.
fn file_system_of<'t>(path: &Path, table: &'t str) -> Option<&'t str> {
    let mounts = table.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let (point, kind) = (unescape(words.next()?), words.next()?);
        path.starts_with(&point).then(|| (Path::new(&point).components().count(), kind))
    });
    // Of two mounts on one point the later covers the earlier; `max_by_key` gives the last of equals.
    mounts.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// Undoes the octal escapes of a table of mounts.
fn unescape(point: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(point.to_owned(), |text, (escape, letter)| text.replace(escape, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_mount_decides() {
        let table = "/dev/vda / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/vdb /home/anna ext4 rw 0 0\n\
                     //pc/share /mnt/my\\040share cifs rw 0 0\nmore /srv ext4 rw 0 0\nover /srv nfs rw 0 0\n";
        for (path, kind) in [
            ("/var/lib", "ext4"),
            ("/home/otto", "nfs4"),
            ("/home/anna/stores", "ext4"),
            ("/homes", "ext4"),
            ("/mnt/my share/x", "cifs"),
            ("/srv/a", "nfs"),
        ] {
            assert_eq!(file_system_of(Path::new(path), table), Some(kind), "{path}");
        }
    }
}
