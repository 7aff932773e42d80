//! `cargo xtask symbols`: `abi/symbols.txt` is the list of what the library exports, each name with the ABI version it came
//! with. Library, header and list must say the same, and nothing may leave the list.

use crate::header::{self, declarations};
use crate::library;
use crate::process::{Done, Maybe, output, read, root, write};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PREFIX: &str = "clientela_";

fn path() -> PathBuf {
    root().join("abi/symbols.txt")
}

pub(crate) fn run(options: &[String]) -> Done {
    let library = library::build(library::Profile::Dev, &[])?.shared;
    if options.iter().all(|option| option != "--check") {
        add_new(&exported(&library)?)?;
    }
    check(&library)
}

/// The names of the list.
pub(crate) fn listed() -> Maybe<BTreeSet<String>> {
    Ok(parse(&read(&path())?)?.into_keys().collect())
}

/// Compares the shared library, the header and the list.
pub(crate) fn check(library: &Path) -> Done {
    let listed = listed()?;
    let exported = exported(library)?;
    let declared = declarations(&read(&header::path())?).into_iter().map(|function| function.name).collect();
    let mut differences = Vec::new();
    for (one, other, says) in [
        (&exported, &listed, "is exported but not listed"),
        (&listed, &exported, "is listed but not exported"),
        (&listed, &declared, "is listed but not in the header"),
        (&declared, &listed, "is in the header but not listed"),
    ] {
        differences.extend(one.difference(other).map(|name| format!("{name} {says}")));
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n").into()) }
}

/// All names the shared library defines for others, whatever their prefix.
pub(crate) fn exported(library: &Path) -> Maybe<BTreeSet<String>> {
    let table = output(
        "nm",
        [Path::new("-D"), Path::new("--defined-only"), Path::new("-f"), Path::new("posix"), library],
    )?;
    Ok(table.lines().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect())
}

fn parse(list: &str) -> Maybe<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for line in list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (name, version) = line.split_once(' ').ok_or_else(|| format!("{line}: a version is missing"))?;
        if names.insert(name.to_owned(), version.to_owned()).is_some() {
            return Err(format!("{name} is listed twice").into());
        }
    }
    Ok(names)
}

fn add_new(exported: &BTreeSet<String>) -> Done {
    if let Some(stray) = exported.iter().find(|name| !name.starts_with(PREFIX)) {
        return Err(format!("{stray} is exported; only names that begin with {PREFIX} may be").into());
    }
    let mut names = if path().exists() { parse(&read(&path())?)? } else { BTreeMap::new() };
    let (major, minor, _) = header::version()?;
    for name in exported {
        names.entry(name.clone()).or_insert_with(|| format!("{major}.{minor}"));
    }
    let head = "# What the library exports, each name with the ABI version that brought it.\n\
        # `cargo xtask symbols` adds names; none is ever removed while the ABI's major version stays.\n";
    let lines: String = names.iter().map(|(name, version)| format!("{name} {version}\n")).collect();
    write(&path(), &format!("{head}{lines}"))
}
