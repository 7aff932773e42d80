//! Building the shared and the static library.

use crate::process::{Done, Maybe, output, run, target};
use crate::symbols;
use std::env::var_os;
use std::path::{Path, PathBuf};

/// What the static library needs of the system, in link order. A test asks the compiler whether it is still so.
pub(crate) const NATIVE: &[&str] = &["gcc_s", "util", "rt", "pthread", "m", "dl", "c"];

const FOLD: &str = "-Clink-arg=-Wl,--icf=safe";

/// Whether the linker of the compiler folds functions: LLVM's does, and it is the one the compiler brings for this system.
fn folds() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))
        && var_os("RUSTFLAGS").is_none()
}

/// How it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For tests.
    Dev,
    /// Like a release, without optimisation across crates.
    Release,
    /// As shipped.
    Dist,
}

/// What cargo has made.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) shared: PathBuf,
    pub(crate) archive: PathBuf,
}

/// Builds `bindings/c-artifact`.
pub(crate) fn build(profile: Profile, features: &[&str]) -> Maybe<Library> {
    let (name, folder) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("release", "release"),
        Profile::Dist => ("dist", "dist"),
    };
    // The tests are of the whole library, which then is made of what the tests of Rust have built already.
    let whole: &[&str] = if profile == Profile::Dev { &["whole"] } else { &[] };
    let features = [features, whole].concat().join(",");
    // The folder cargo would use for the profile is where the package is laid out; its own work goes elsewhere.
    let builds = if profile == Profile::Dist { target().join("for-dist") } else { target() };
    let into = builds.display().to_string();
    let package = ["--package", "clientela-artifact", "--lib", "--profile", name, "--features", &features];
    // Functions that are the same are linked once; those whose address somebody takes stay apart.
    let linked: &[&str] = if profile == Profile::Dist && folds() { &["--", FOLD] } else { &[] };
    run("cargo", ["rustc", "--quiet", "--target-dir", &into].iter().chain(&package).chain(linked))?;
    let folder = builds.join(folder);
    Ok(Library { shared: folder.join("libclientela_c.so"), archive: folder.join("libclientela_c.a") })
}

/// Makes one relocatable object of the archive in which only the listed names are left for others to see.
///
/// An ordinary archive would give the host our SQLite, or us the host's, depending on the order of the link line; and two
/// archives made by Rust would clash. Groups must be resolved here, or a second Rust archive fails on the personality routine.
pub(crate) fn prelink(archive: &Path, to: &Path) -> Done {
    let listed = symbols::listed()?;
    let work = to.with_extension("work");
    std::fs::create_dir_all(&work)?;
    let (whole, object, names) = (work.join("whole.o"), work.join("clientela.o"), work.join("names"));
    std::fs::write(&names, listed.iter().map(|name| format!("{name}\n")).collect::<String>())?;
    let mut link: Vec<String> = ["-r", "--gc-sections", "--force-group-allocation"].map(str::to_owned).into();
    for name in &listed {
        link.extend(["-u".to_owned(), name.clone()]);
    }
    link.extend([archive.display().to_string(), "-o".to_owned(), whole.display().to_string()]);
    run("ld", link)?;
    let keep = format!("--keep-global-symbols={}", names.display());
    let (from, made) = (whole.display().to_string(), object.display().to_string());
    // Not only --strip-debug: weak names whose users were left out above would stay behind as ordinary undefined ones, and
    // then the weak use of the same name in another archive fails to link (pidfd_getpid of std, before glibc 2.39).
    run("objcopy", ["--strip-unneeded", "-R", ".llvmbc", "-R", ".llvmcmd", &keep, &from, &made])?;
    if to.exists() {
        std::fs::remove_file(to)?;
    }
    run("ar", ["rcs".to_owned(), to.display().to_string(), made])?;
    std::fs::remove_dir_all(&work)?;
    check_archive(to)
}

/// Fails when the archive shows any name but those listed.
fn check_archive(archive: &Path) -> Done {
    let table = output("nm", ["-g", "--defined-only", "-f", "posix", &archive.display().to_string()])?;
    let names =
        table.lines().filter(|line| !line.ends_with(':')).filter_map(|line| line.split_whitespace().next());
    let shown = names.map(str::to_owned).collect();
    let listed = symbols::listed()?;
    if listed == shown {
        return Ok(());
    }
    let differences: Vec<&String> = listed.symmetric_difference(&shown).collect();
    Err(format!("the archive and abi/symbols.txt differ: {differences:?}").into())
}
