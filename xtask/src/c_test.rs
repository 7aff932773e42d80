//! `cargo xtask c-test`: the headers and the library as C and C++ programs see them.

mod configurator;
mod generated;
mod readme;
mod sqlite;
mod targets;

use crate::abi;
use crate::dist;
use crate::fuzz;
use crate::header;
use crate::library::{self, Library, NATIVE, Profile};
use crate::process::{Done, Maybe, cc, copy, cxx, fresh, is_installed, read, root, run, target};
use crate::symbols;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"];
const C_STANDARDS: &[&str] = &["c99", "c11", "c17"];
const CXX_STANDARDS: &[&str] = &["c++11", "c++17", "c++20"];
const HEADERS: &[&str] = &["clientela.h", "clientela_arrow.h"];
/// Programs in `bindings/c/tests/c`, and whether they run long enough to be left out under valgrind.
const PROGRAMS: &[(&str, bool)] = &[
    ("layout", false),
    ("values", false),
    ("misuse", false),
    ("threads", true),
    ("overlap", true),
    ("nouns", false),
    ("bulk", false),
    ("rule", false),
    ("failures", true),
    ("scenarios", true),
];

/// Where the tests are built, with the library under its final names.
pub(crate) struct Bench {
    work: PathBuf,
    valgrind: bool,
}

/// Which of the two libraries a program is linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linked {
    Shared,
    Static,
}

impl Linked {
    const BOTH: [Self; 2] = [Self::Shared, Self::Static];

    const fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Static => "static",
        }
    }
}

pub(crate) fn run_all() -> Done {
    let start = Instant::now();
    let begin = |step: &str| println!("-- {step} ({} s)", start.elapsed().as_secs());
    begin("the library");
    let made = library::build(Profile::Dev, &[])?;
    symbols::check(&made.shared)?;
    // Before other features are tried: the library lies where these would put theirs.
    begin("the library as it is laid out for others");
    dist::try_layout(&made)?;
    let bench = Bench::new(&made)?;
    begin("headers");
    bench.headers_alone()?;
    targets::layout(&bench)?;
    targets::chosen_version(&bench)?;
    begin("programs");
    bench.programs()?;
    begin("the wrapper for C++");
    bench.wrapper()?;
    begin("a deal, and what the README shows");
    configurator::deal(&bench)?;
    readme::snippets(&bench)?;
    generated::nulls(&bench)?;
    begin("random calls");
    fuzz::short(&bench)?;
    begin("another SQLite beside");
    sqlite::beside(&bench)?;
    begin("a program in Rust beside");
    bench.beside_rust()?;
    native_libraries()?;
    begin("panics");
    generated::panics(&bench)?;
    begin("shapes");
    abi::run_command(&[])?;
    println!(
        "c-test: all passed in {} s{}",
        start.elapsed().as_secs(),
        if bench.valgrind { "" } else { "; valgrind is not installed, so it was left out" }
    );
    Ok(())
}

pub(crate) fn run_command(_: &[String]) -> Done {
    run_all()
}

impl Bench {
    /// A folder with the library under its final names.
    pub(crate) fn new(made: &Library) -> Maybe<Self> {
        let work = fresh(target().join("c-test"))?;
        let (major, minor, _) = header::version()?;
        let soname = if major == "0" {
            format!("libclientela.so.0.{minor}")
        } else {
            format!("libclientela.so.{major}")
        };
        copy(&made.shared, &work.join(&soname))?;
        copy(&made.shared, &work.join("libclientela.so"))?;
        library::prelink(&made.archive, &work.join("libclientela.a"))?;
        Ok(Self { work, valgrind: is_installed("valgrind") })
    }

    /// The path of a file among the tests.
    pub(crate) fn source(name: &str) -> String {
        root().join("bindings/c/tests/c").join(name).display().to_string()
    }

    /// The path of a file that is made.
    pub(crate) fn made(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// What a compiler needs to find the headers.
    pub(crate) fn include() -> String {
        format!("-I{}", root().join("include").display())
    }

    /// What a linker needs to link one of the libraries.
    pub(crate) fn link(&self, linked: Linked) -> Vec<String> {
        match linked {
            Linked::Shared => vec![
                format!("-L{}", self.work.display()),
                "-lclientela".to_owned(),
                format!("-Wl,-rpath,{}", self.work.display()),
            ],
            Linked::Static => {
                let mut link = vec![self.made("libclientela.a").display().to_string()];
                link.extend(NATIVE.iter().map(|name| format!("-l{name}")));
                link
            }
        }
    }

    /// Compiles and links a program; gives its path.
    pub(crate) fn build(
        &self,
        compiler: &str,
        standard: &str,
        sources: &[String],
        linked: Linked,
        name: &str,
    ) -> Maybe<PathBuf> {
        let program = self.made(name);
        let mut arguments = vec![format!("-std={standard}"), "-g".to_owned(), Self::include()];
        arguments.extend(STRICT.iter().map(|flag| (*flag).to_owned()));
        if linked == Linked::Static {
            arguments.push("-DCLIENTELA_STATIC".to_owned());
        }
        arguments.extend(sources.iter().cloned());
        arguments.extend(["-o".to_owned(), program.display().to_string()]);
        arguments.extend(self.link(linked));
        arguments.push("-pthread".to_owned());
        run(compiler, arguments)?;
        Ok(program)
    }

    /// Runs a program, under valgrind as well where there is one.
    fn execute(&self, program: &Path, long: bool) -> Done {
        let program = program.display().to_string();
        run(&program, [""; 0])?;
        if long { Ok(()) } else { self.watched(&program, &[]) }
    }

    /// Runs a program under valgrind, where there is one.
    fn watched(&self, program: &str, arguments: &[&str]) -> Done {
        if !self.valgrind {
            return Ok(());
        }
        let kinds = "--errors-for-leak-kinds=definite,indirect,possible";
        let known = format!("--suppressions={}", Self::source("valgrind.supp"));
        let options = [
            "--quiet",
            "--error-exitcode=9",
            "--leak-check=full",
            kinds,
            "--num-callers=40",
            &known,
            program,
        ];
        run("valgrind", options.iter().chain(arguments))
    }

    fn headers_alone(&self) -> Done {
        let c = HEADERS
            .iter()
            .flat_map(|header| C_STANDARDS.iter().map(move |standard| (cc(), "c", *standard, *header)));
        let all = HEADERS.iter().chain(&["clientela.hpp"]);
        let cxx = all
            .flat_map(|header| CXX_STANDARDS.iter().map(move |standard| (cxx(), "c++", *standard, *header)));
        for (compiler, language, standard, header) in c.chain(cxx) {
            let file = self.made(&format!("alone.{language}"));
            // Twice, so that a missing guard is seen too.
            std::fs::write(
                &file,
                format!("#include <{header}>\n#include <{header}>\nint main(void) {{ return 0; }}\n"),
            )?;
            let file = file.display().to_string();
            let mut arguments =
                vec!["-x".to_owned(), language.to_owned(), format!("-std={standard}"), Self::include()];
            arguments.extend(STRICT.iter().map(|flag| (*flag).to_owned()));
            arguments.extend(["-fsyntax-only".to_owned(), file]);
            run(&compiler, arguments)?;
        }
        Ok(())
    }

    /// Every program with both libraries. Programs keep files of their own, so two run side by side: they wait for one processor each.
    fn programs(&self) -> Done {
        let jobs = Mutex::new(PROGRAMS.iter());
        let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || -> Result<(), String> {
            while let Some((name, long)) = next() {
                self.program(name, *long).map_err(|error| error.to_string())?;
            }
            Ok(())
        };
        let (here, beside) = thread::scope(|scope| {
            let beside = scope.spawn(work);
            (work(), beside.join())
        });
        here?;
        Ok(beside.map_err(|_| "a test of a program panicked")??)
    }

    fn program(&self, name: &str, long: bool) -> Done {
        let sources = [Self::source(&format!("{name}.c"))];
        // gnu11 for what POSIX has; the header itself was held to plain C99 above.
        let standard = if ["threads", "overlap", "failures"].contains(&name) { "gnu11" } else { "c99" };
        for linked in Linked::BOTH {
            let program =
                self.build(&cc(), standard, &sources, linked, &format!("{name}-{}", linked.name()))?;
            self.execute(&program, long)?;
        }
        Ok(())
    }

    fn wrapper(&self) -> Done {
        let sources = [Self::source("wrapper.cpp"), Self::source("wrapper_second.cpp")];
        for standard in CXX_STANDARDS {
            let program =
                self.build(&cxx(), standard, &sources, Linked::Shared, &format!("wrapper-{standard}"))?;
            self.execute(&program, false)?;
        }
        let program = self.build(&cxx(), "c++11", &sources, Linked::Static, "wrapper-static")?;
        self.execute(&program, false)
    }

    /// Another Rust archive in the same program: the standard library is there twice, and nothing clashes.
    fn beside_rust(&self) -> Done {
        let other = self.made("libother.a").display().to_string();
        run(
            "rustc",
            ["--edition=2024", "--crate-type=staticlib", &Self::source("other_rust.rs"), "-o", &other],
        )?;
        for ours_first in [true, false] {
            let (program, mut archives) =
                (self.made("beside-rust").display().to_string(), vec![other.clone()]);
            archives.insert(usize::from(!ours_first), self.made("libclientela.a").display().to_string());
            let mut arguments =
                vec![Self::include(), Self::source("beside_rust.c"), "-o".to_owned(), program.clone()];
            arguments.extend(archives);
            arguments.extend(NATIVE.iter().map(|name| format!("-l{name}")));
            run(&cc(), arguments)?;
            run(&program, [""; 0])?;
        }
        Ok(())
    }
}

/// Asks the compiler what the static library needs, and compares with what the packages say.
fn native_libraries() -> Done {
    let mut command = Command::new("cargo");
    command.current_dir(root()).args([
        "rustc",
        "--package",
        "clientela-artifact",
        "--lib",
        "--features",
        "whole",
        "--crate-type",
        "staticlib",
    ]);
    let told = command.args(["--", "--print", "native-static-libs"]).output()?;
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let line = told
        .lines()
        .find_map(|line| line.split_once("native-static-libs: "))
        .map(|(_, names)| names.to_owned());
    let line = line.ok_or("the compiler did not say which native libraries are needed")?;
    let mut needed: Vec<&str> = line.split_whitespace().map(|name| name.trim_start_matches("-l")).collect();
    let mut known = NATIVE.to_vec();
    needed.sort_unstable();
    needed.dedup();
    known.sort_unstable();
    if needed == known {
        Ok(())
    } else {
        Err(format!("the static library needs {needed:?}, the packages say {known:?}").into())
    }
}

/// The functions of the header.
fn declarations() -> Maybe<Vec<header::Declaration>> {
    Ok(header::declarations(&read(&header::path())?))
}
