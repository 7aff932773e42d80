//! `cargo xtask fuzz`: sequences of calls made of bytes, over every function of the header.

mod calls;

use crate::c_test::{Bench, Linked};
use crate::library::{self, Profile};
use crate::process::{Done, cc, is_installed, root, run, target, write};
use std::fs;

/// Sequences of the short run among the ordinary tests, and of the long one.
const SHORT: &str = "200";
const LONG: &str = "20000";
/// How long a fuzzer that follows coverage runs, in seconds.
const SECONDS: u32 = 60;

pub(crate) fn run_command(options: &[String]) -> Done {
    let bench = Bench::new(&library::build(Profile::Dev, &[])?)?;
    if is_installed("clang") && options.iter().any(|option| option == "--coverage") {
        return with_coverage();
    }
    for seed in ["1", "2", "3"] {
        drawn(&bench, seed, LONG)?;
    }
    Ok(())
}

/// The short run: earlier findings, and some sequences drawn from a seed.
pub(crate) fn short(bench: &Bench) -> Done {
    drawn(bench, "7", SHORT)
}

/// Sequences drawn from a seed, memory errors of the host's side made visible.
fn drawn(bench: &Bench, seed: &str, count: &str) -> Done {
    let folder = root().join("bindings/c/fuzz");
    let source = |name: &str| folder.join(name).display().to_string();
    write(&bench.made("calls.h"), &calls::generate()?)?;
    let made = format!("-I{}", bench.made("").display());
    let sources = [source("harness.c"), source("driver.c"), made, "-fsanitize=address,undefined".to_owned()];
    let program = bench.build(&cc(), "gnu11", &sources, Linked::Shared, "fuzz")?.display().to_string();
    let mut found: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder.join("corpus")).into_iter().flatten() {
        found.push(entry?.path().display().to_string());
    }
    found.sort();
    run(&program, &found)?;
    run(&program, ["--seed", seed, count])
}

/// A fuzzer that follows coverage, in the library too, with the ordinary compiler.
fn with_coverage() -> Done {
    const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";
    let work = target().join("fuzz");
    let into = work.display().to_string();
    let build = ["rustc", "--package", "clientela-artifact", "--lib", "--crate-type", "staticlib"];
    let mut command = std::process::Command::new("cargo");
    command.current_dir(root()).env("RUSTFLAGS", FLAGS).args(build);
    command.args(["--target", "x86_64-unknown-linux-gnu", "--target-dir", &into]);
    if !command.status()?.success() {
        return Err("the library with coverage was not built".into());
    }
    write(&work.join("calls.h"), &calls::generate()?)?;
    let program = work.join("fuzz").display().to_string();
    let archive = work.join("x86_64-unknown-linux-gnu/debug/libclientela_c.a").display().to_string();
    let harness = root().join("bindings/c/fuzz/harness.c").display().to_string();
    let include = [Bench::include(), format!("-I{into}")];
    let mut arguments =
        vec!["-std=gnu11".to_owned(), "-g".to_owned(), "-fsanitize=fuzzer,address".to_owned()];
    arguments.extend(include);
    arguments.extend([harness, archive, "-o".to_owned(), program.clone()]);
    arguments.extend(library::NATIVE.iter().map(|name| format!("-l{name}")));
    run("clang", arguments)?;
    let corpus = work.join("corpus");
    fs::create_dir_all(&corpus)?;
    run(
        &program,
        [corpus.display().to_string(), format!("-max_total_time={SECONDS}"), "-max_len=1024".to_owned()],
    )
}
