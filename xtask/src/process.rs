//! Running other programs, and the files of the repository.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

/// What a command of this program says at its end.
pub(crate) type Done = Result<(), Box<dyn Error>>;
/// A result that ends the command when it is an error.
pub(crate) type Maybe<T> = Result<T, Box<dyn Error>>;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The C compiler: `CC`, or `cc`.
pub(crate) fn cc() -> String {
    env::var("CC").unwrap_or_else(|_| "cc".to_owned())
}

/// The C++ compiler: `CXX`, or `c++`.
pub(crate) fn cxx() -> String {
    env::var("CXX").unwrap_or_else(|_| "c++".to_owned())
}

/// Runs a program in the root of the repository; its output goes to the terminal.
pub(crate) fn run<S: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = S>) -> Done {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    let status = command.status().map_err(|error| format!("{program} cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// Runs a program and gives what it writes to its standard output.
pub(crate) fn output<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Maybe<String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("{program} cannot be started: {error}"))?;
    if !output.status.success() {
        let written = String::from_utf8_lossy(&output.stdout);
        return Err(format!("{command:?} ended with {}\n{written}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A program that runs beside this one; what it writes is kept in a file until it has ended.
pub(crate) struct Beside {
    child: Child,
    says: PathBuf,
}

impl Beside {
    /// Starts a program in the root of the repository.
    pub(crate) fn start(program: &str, arguments: &[&str], says: &Path) -> Maybe<Self> {
        let out = fs::File::create(says).map_err(|error| format!("{}: {error}", says.display()))?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
        Ok(Self { child, says: says.to_path_buf() })
    }

    /// Waits for its end and prints what it wrote.
    pub(crate) fn finish(mut self) -> Done {
        let status = self.child.wait()?;
        println!("{}", read(&self.says)?);
        if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
    }
}

/// Whether a program can be started.
pub(crate) fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A file's text.
pub(crate) fn read(path: &Path) -> Maybe<String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()).into())
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) -> Done {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()).into())
}

/// A folder, emptied.
pub(crate) fn fresh(folder: PathBuf) -> Maybe<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Copies a file into a folder, under the given name.
pub(crate) fn copy(from: &Path, to: &Path) -> Done {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|error| format!("{} cannot be copied: {error}", from.display()).into())
}
