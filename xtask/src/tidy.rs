//! Checks that guard the house: floors, lengths, doc headers, ignored tests.

use crate::process::{Done, root};
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
    if findings.is_empty() {
        println!("tidy: floors, lengths, doc headers and tests are in order");
        return Ok(());
    }
    Err(findings.join("\n").into())
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
