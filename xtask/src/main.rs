//! The commands of the project: `cargo xtask <command>`.
//!
//! | command | what it does |
//! | --- | --- |
//! | `bench [<name>]` | ratios against named peers; see `benches/README.md` |
//! | `demo` | a drawn network with two years of history, messy imports, the configurator, a day's work and a page to look at |
//! | `header [--check]` | writes `include/clientela.h` from `bindings/c`, or says that it is out of date |
//! | `symbols [--check]` | adds new exports to `abi/symbols.txt`, or compares library, header and list |
//! | `abi [--write]` | compares the shapes of functions and structures with those of the last release, or writes them down |
//! | `c-test` | compiles the headers alone, and builds and runs the C and C++ tests |
//! | `fuzz [--coverage]` | sequences of calls of every function, drawn from seeds; with coverage where clang is installed |
//! | `test` | every test, in every language, and the checks of the house |
//! | `tidy` | the checks of the house: floors, lengths, doc headers, tests that never run |
//! | `python` | makes `target/venv`, builds the Python module into it and runs all its checks |
//! | `python-stubs [--check]` | writes the stub of the Python module, or says that it is out of date |
//! | `dist [--fast]` | lays out `target/dist`: headers, libraries, pkg-config and CMake packages |
//! | `dist --tests` | uses the library that is built for tests as a stranger would, through these packages |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people at a terminal")]

mod abi;
mod bench;
mod c_test;
mod demo;
mod dist;
mod fuzz;
mod header;
mod library;
mod process;
mod python;
mod symbols;
mod test;
mod tidy;

use process::Done;
use std::process::ExitCode;

/// A command: its name, what may follow it, what it does.
type Command = (&'static str, &'static [&'static str], fn(&[String]) -> Done);

const COMMANDS: &[Command] = &[
    ("bench", bench::NAMES, bench::run_command),
    ("demo", &[], demo::run),
    ("header", &["--check"], header::run),
    ("symbols", &["--check"], symbols::run),
    ("abi", &["--write"], abi::run_command),
    ("c-test", &[], c_test::run_command),
    ("python", &[], python::test),
    ("python-stubs", &["--check"], python::stubs),
    ("dist", &["--fast", "--tests"], dist::run_command),
    ("fuzz", &["--coverage"], fuzz::run_command),
    ("test", &[], test::run),
    ("tidy", &[], tidy::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let found = arguments.split_first().and_then(|(name, rest)| {
        let command = COMMANDS.iter().find(|(known, ..)| known == name)?;
        rest.iter().all(|option| command.1.contains(&option.as_str())).then_some((command, rest))
    });
    let Some(((name, _, command), options)) = found else {
        eprintln!("usage: cargo xtask <command>");
        for (name, options, _) in COMMANDS {
            eprintln!("  {name} {}", options.iter().map(|option| format!("[{option}]")).collect::<String>());
        }
        return ExitCode::FAILURE;
    };
    match command(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}
