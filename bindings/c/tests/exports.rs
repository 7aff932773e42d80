//! Holds every export to the house's shape, by reading the source: one call of a guard, plain types, a complete text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use quote::ToTokens;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Expr, FnArg, Item, ItemFn, Pat, ReturnType, Stmt, Visibility};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
const SYMBOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../abi/symbols.txt");
/// Types that have one layout in every language; never `bool`, an enum, a reference or a structure by value.
const PLAIN: [&str; 11] =
    ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "usize", "clientela_date", "clientela_time"];
/// What only a pointer may point to.
const POINTED: [&str; 3] = ["c_char", "c_void", "FFI_ArrowArrayStream"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// All functions of the crate that are `extern "C"`, with the file they stand in.
fn exports() -> Vec<(PathBuf, ItemFn)> {
    let mut files = Vec::new();
    sources(Path::new(SOURCE), &mut files);
    let mut exports = Vec::new();
    for file in files {
        let parsed = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
        for item in parsed.items {
            match item {
                Item::Fn(function) if function.sig.abi.is_some() => exports.push((file.clone(), function)),
                _ => {}
            }
        }
    }
    exports
}

fn tokens(node: &impl ToTokens) -> String {
    node.to_token_stream().to_string()
}

fn doc(function: &ItemFn) -> String {
    let lines = function.attrs.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(line) if line.path.is_ident("doc") => match &line.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_allowed(written: &str) -> bool {
    let pointee = written
        .strip_prefix("* const ")
        .or_else(|| written.strip_prefix("* mut * mut "))
        .or_else(|| written.strip_prefix("* mut "));
    match pointee {
        Some(pointee) => {
            PLAIN.contains(&pointee) || POINTED.contains(&pointee) || pointee.starts_with("clientela_")
        }
        None => PLAIN.contains(&written),
    }
}

/// What is wrong with an export, nothing when it is as it should be.
fn problems(function: &ItemFn) -> Vec<String> {
    let mut problems = Vec::new();
    let name = function.sig.ident.to_string();
    if !name.starts_with("clientela_") {
        problems.push("its name does not begin with clientela_".to_owned());
    }
    if !matches!(function.vis, Visibility::Public(_)) {
        problems.push("it is not public, so the header does not have it".to_owned());
    }
    if !function.attrs.iter().any(|attribute| tokens(&attribute.meta) == "unsafe (no_mangle)") {
        problems.push("it is not #[unsafe(no_mangle)]".to_owned());
    }
    let guarded = match function.block.stmts.as_slice() {
        [Stmt::Expr(Expr::Call(call), _)] => matches!(tokens(&call.func).as_str(), "guard" | "guard_val"),
        _ => false,
    };
    if !guarded {
        problems.push("its body is not exactly one call of guard or guard_val".to_owned());
    }
    let doc = doc(function);
    for input in &function.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let (Pat::Ident(parameter), written) = (&*input.pat, tokens(&input.ty)) else { continue };
        if !is_allowed(&written) {
            problems.push(format!("{} has the type {written}", parameter.ident));
        }
        if !doc.contains(&format!(" @param {} [", parameter.ident)) {
            problems.push(format!("its text does not explain {}", parameter.ident));
        }
    }
    let fallible = match &function.sig.output {
        ReturnType::Default => false,
        ReturnType::Type(_, written) => {
            let written = tokens(written);
            if !doc.contains(" @return ") {
                problems.push("its text does not say what it returns".to_owned());
            }
            if written != "clientela_status" && !is_allowed(&written) {
                problems.push(format!("it returns {written}"));
            }
            written == "clientela_status"
        }
    };
    let last = function.sig.inputs.last().map(tokens).unwrap_or_default();
    // Accessors of the slot itself cannot tell their failure in a slot.
    if fallible && !name.starts_with("clientela_error_") && last != "err : * mut * mut clientela_error" {
        problems.push("it can fail, but its last parameter is not the error slot".to_owned());
    }
    for (tag, once) in [(" Threads: ", 1), (" @since ", 1)] {
        if doc.matches(tag).count() != once {
            problems.push(format!("its text has not one line of{tag}"));
        }
    }
    problems
}

#[test]
fn every_export_has_the_shape_of_the_house() {
    let exports = exports();
    assert!(
        exports.len() >= 30,
        "only {} exports found: is this test reading the right folder?",
        exports.len()
    );
    for (file, function) in exports {
        let problems = problems(&function);
        assert!(problems.is_empty(), "{} in {}: {problems:#?}", function.sig.ident, file.display());
    }
}

#[test]
fn every_export_is_in_the_list_of_symbols() {
    let listed: BTreeSet<String> = fs::read_to_string(SYMBOLS)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|name| !name.starts_with('#'))
        .collect();
    let written = exports().iter().map(|(_, function)| function.sig.ident.to_string()).collect();
    assert_eq!(listed, written, "run `cargo xtask symbols`");
}

#[test]
fn a_wrong_export_is_noticed() {
    for (source, problem) in [
        ("pub extern \"C\" fn other() { guard_val((), || ()) }", "does not begin"),
        ("pub extern \"C\" fn clientela_a() { let x = 1; guard_val((), || ()) }", "exactly one call"),
        ("pub extern \"C\" fn clientela_a() { unguard(()) }", "exactly one call"),
        ("pub extern \"C\" fn clientela_a(on: bool) { guard_val((), || ()) }", "has the type bool"),
        ("pub extern \"C\" fn clientela_a(a: clientela_money) { guard_val((), || ()) }", "clientela_money"),
        ("pub extern \"C\" fn clientela_a(a: &u8) { guard_val((), || ()) }", "has the type & u8"),
        ("pub extern \"C\" fn clientela_a() -> clientela_status { guard(err, || Ok(())) }", "error slot"),
        ("extern \"C\" fn clientela_a() { guard_val((), || ()) }", "not public"),
    ] {
        let function = syn::parse_str(source).unwrap();
        let found = problems(&function);
        assert!(found.iter().any(|found| found.contains(problem)), "{source}: {found:?}");
    }
}
