//! Checks that guard the house: floors, lengths, weights, doc headers, ignored tests.

use crate::process::{Done, Maybe, output, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each crate may use of the others: an arrow goes down only.
const FLOORS: &[(&str, &[&str])] = &[
    ("crates/clientela-model-derive", &[]),
    ("crates/clientela-model", &["clientela-model-derive"]),
    ("crates/clientela-rules", &["clientela-model"]),
    ("crates/clientela-analytics", &[]),
    ("crates/clientela-columns", &["clientela-model", "clientela-rules"]),
    ("crates/clientela-core", &["clientela-analytics", "clientela-model", "clientela-rules"]),
    ("crates/clientela-store", &["clientela-model"]),
    ("crates/clientela-exchange", &["clientela-core", "clientela-model"]),
    (
        "crates/clientela",
        &[
            "clientela-analytics",
            "clientela-columns",
            "clientela-core",
            "clientela-exchange",
            "clientela-model",
            "clientela-rules",
            "clientela-store",
        ],
    ),
    ("crates/clientela-demo", &["clientela", "clientela-core", "clientela-exchange", "clientela-model"]),
    ("bindings/c", &["clientela", "clientela-model"]),
    ("bindings/c-artifact", &["clientela-capi"]),
    ("bindings/python", &["clientela", "clientela-capi", "clientela-demo", "clientela-model"]),
];

/// What the floors below the store must never bring in.
const PURE: &[&str] = &[
    "crates/clientela-model",
    "crates/clientela-analytics",
    "crates/clientela-rules",
    "crates/clientela-core",
];
const IMPURE: &[&str] = &["rusqlite", "arrow-array", "arrow-schema", "tokio", "getrandom", "postgres"];

/// Bytes after which a file of the repository is asked what it does there: nothing that is fetched or built belongs to it.
const BYTES_MAX: u64 = 512 << 10;

/// Lines after which a file is asked for its second concept.
const LINES_MAX: usize = 700;

pub(crate) fn run(_: &[String]) -> Done {
    let mut findings = Vec::new();
    for (folder, allowed) in FLOORS {
        floors(folder, allowed, &mut findings);
    }
    for folder in ["crates", "bindings", "xtask", "examples", "benches"] {
        walk(&root().join(folder), &mut |path| sources(path, &mut findings));
    }
    weights(&mut findings);
    built_once(&mut findings)?;
    if findings.is_empty() {
        println!("tidy: floors, lengths, doc headers and tests are in order");
        return Ok(());
    }
    Err(findings.join("\n").into())
}

/// No file of the repository is heavy. Sources without a repository around them were looked at when they were in one.
fn weights(findings: &mut Vec<String>) {
    let Ok(names) = output("git", ["ls-files", "-z"]) else { return };
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let bytes = fs::metadata(root().join(name)).map_or(0, |file| file.len());
        if bytes > BYTES_MAX {
            findings.push(format!(
                "{name}: {bytes} bytes; a repository is no place for what is fetched or built"
            ));
        }
    }
}

/// The C library and the Python module are built of the very parts the tests are: where a part has other features for one of them,
/// it is built again, with all that rests on it.
fn built_once(findings: &mut Vec<String>) -> Done {
    let tests =
        parts(&["--workspace", "--exclude", "clientela-python", "--edges", "normal,dev,no-proc-macro"])?;
    for library in
        [&["--package", "clientela-artifact", "--features", "whole"][..], &["--package", "clientela-python"]]
    {
        let own = parts(&[library, &["--edges", "normal,no-proc-macro"]].concat())?;
        for (part, features) in own.iter().filter(|(part, _)| !part.starts_with("clientela-")) {
            if tests.get(part).is_some_and(|other| other != features) {
                let library = library[1];
                findings.push(format!(
                    "{library}: {part} has the features [{features}] here, others in the tests"
                ));
            }
        }
    }
    Ok(())
}

/// The packages of a selection, each with its features.
fn parts(selection: &[&str]) -> Maybe<BTreeMap<String, String>> {
    let printed = ["tree", "--locked", "--prefix", "none", "--no-dedupe", "--format", "{p}|{f}"];
    let told = output("cargo", [&printed[..], selection].concat())?;
    let lines = told.lines().filter_map(|line| line.split_once('|'));
    Ok(lines.map(|(part, features)| (part.to_owned(), features.to_owned())).collect())
}

fn floors(folder: &str, allowed: &[&str], findings: &mut Vec<String>) {
    let manifest = root().join(folder).join("Cargo.toml");
    let Ok(text) = fs::read_to_string(&manifest) else { return };
    let mut section = "";
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if section != "[dependencies]" || name.is_empty() {
            continue;
        }
        if name.starts_with("clientela") && !allowed.contains(&name) {
            findings.push(format!("{folder}: {name} lies on a floor above it, see ARCHITECTURE.md"));
        }
        if PURE.contains(&folder) && IMPURE.contains(&name) {
            findings.push(format!("{folder}: {name} brings in what this floor must not know"));
        }
    }
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            walk(&path, visit);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            visit(&path);
        }
    }
}

fn sources(path: &Path, findings: &mut Vec<String>) {
    let Ok(text) = fs::read_to_string(path) else { return };
    let shown = path.strip_prefix(root()).unwrap_or(path).display();
    let lines = text.lines().count();
    if lines > LINES_MAX {
        findings.push(format!("{shown}: {lines} lines; look for the second concept past {LINES_MAX}"));
    }
    if !text.starts_with("//!") && !text.starts_with("// @generated") {
        findings.push(format!("{shown}: begins without saying what it is for (//!)"));
    }
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("#[ignore") {
            findings.push(format!("{shown}:{}: a test that never runs", number + 1));
        }
        if line.ends_with(' ') || line.contains('\t') {
            findings.push(format!("{shown}:{}: blank at the end, or a tab", number + 1));
        }
    }
}
