//! The example as a stranger builds it, as C and as C++, playing a whole deal on a new store.

use super::{Bench, Linked};
use crate::process::{Done, cc, cxx, root, run};
use std::fs;

const PARTS: &[&str] = &["deal", "main", "quote", "replay", "setup", "sha256", "text", "tool"];

pub(super) fn deal(bench: &Bench) -> Done {
    let sources: Vec<String> = PARTS
        .iter()
        .map(|part| root().join(format!("examples/configurator/{part}.c")).display().to_string())
        .collect();
    let mut as_cxx = vec!["-x".to_owned(), "c++".to_owned()];
    as_cxx.extend(sources.iter().cloned());
    // What follows the sources on the command line is a library again.
    as_cxx.extend(["-x".to_owned(), "none".to_owned()]);
    for (compiler, standard, sources, linked) in [
        (cc(), "c99", &sources, Linked::Shared),
        (cc(), "c99", &sources, Linked::Static),
        (cxx(), "c++17", &as_cxx, Linked::Shared),
    ] {
        let program =
            bench.build(&compiler, standard, sources, linked, "configurator")?.display().to_string();
        let store = bench.made("configurator.clientela").display().to_string();
        for part in ["", "-wal", "-shm", "-lock", "-open"] {
            let _ = fs::remove_file(format!("{store}{part}"));
        }
        let catalogue = "examples/configurator/catalogue.json";
        run(&program, ["--setup", &store, "tests/scenarios/network.json", catalogue])?;
        run(&program, [&store, "u-rossi"])?;
        bench.watched(&program, &[&store, "u-neri"])?;
        bench.watched(&program, &[&store, "u-rossi", "--quote", "u-verdi"])?;
    }
    Ok(())
}
