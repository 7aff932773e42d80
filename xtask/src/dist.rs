//! `cargo xtask dist`: what is shipped, laid out under `target/dist` as a package puts it under `/usr`.

use crate::header;
use crate::library::{self, Library, NATIVE, Profile};
use crate::process::{Done, Maybe, cc, copy, fresh, is_installed, output, read, root, run, target, write};
use crate::symbols;
use std::fs;
use std::path::{Path, PathBuf};

const HEADERS: &[&str] = &["clientela.h", "clientela.hpp", "clientela_arrow.h"];
/// What the libraries may weigh, in bytes: what they do, and a little. `docs/c.md` says of what; who makes them heavier says why
/// there, and who makes them lighter lowers the numbers.
const SHARED_MAX: u64 = 9 << 20;
const STATIC_MAX: u64 = 20 << 20;

pub(crate) fn run_command(options: &[String]) -> Done {
    if options.iter().any(|option| option == "--tests") {
        return try_layout(&library::build(Profile::Dev, &[])?);
    }
    let fast = options.iter().any(|option| option == "--fast");
    let made = library::build(if fast { Profile::Release } else { Profile::Dist }, &[])?;
    symbols::check(&made.shared)?;
    header::run(&["--check".to_owned()])?;
    let tree = fresh(target().join("dist"))?;
    let [shared, archive] = lay_out(&made, &tree)?;
    licences(&tree)?;
    try_it(&tree)?;
    sizes(&[(&shared, SHARED_MAX), (&archive, STATIC_MAX)], fast)?;
    println!("{}", tree.display());
    Ok(())
}

/// Lays a library that was built for tests out as one that is shipped, and uses it as a stranger would.
pub(crate) fn try_layout(made: &Library) -> Done {
    let tree = fresh(target().join("c-test-package"))?;
    lay_out(made, &tree)?;
    try_it(&tree)?;
    Ok(fs::remove_dir_all(&tree)?)
}

/// Libraries, headers and the files by which tools find them; gives the two libraries.
fn lay_out(made: &Library, tree: &Path) -> Maybe<[PathBuf; 2]> {
    let names = Names::new()?;
    let shared = shared_library(&made.shared, tree, &names)?;
    let archive = tree.join("lib/libclientela.a");
    library::prelink(&made.archive, &archive)?;
    for name in HEADERS {
        copy(&root().join("include").join(name), &tree.join("include").join(name))?;
    }
    packages(tree, &names)?;
    Ok([shared, archive])
}

/// Versions in the forms that file names and packages want.
struct Names {
    major: String,
    minor: String,
    version: String,
    abi: String,
}

impl Names {
    fn new() -> Maybe<Self> {
        let (major, minor, patch) = header::version()?;
        let abi = if major == "0" { format!("0.{minor}") } else { major.clone() };
        Ok(Self { version: format!("{major}.{minor}.{patch}"), abi, major, minor })
    }
}

/// The stripped library with its links, and its debug information in a folder of its own.
fn shared_library(built: &Path, tree: &Path, names: &Names) -> Maybe<PathBuf> {
    let file = format!("libclientela.so.{}", names.version);
    let library = tree.join("lib").join(&file);
    let debug = tree.join("debug").join(format!("{file}.debug"));
    copy(built, &library)?;
    fs::create_dir_all(tree.join("debug"))?;
    let (path, debug) = (library.display().to_string(), debug.display().to_string());
    run("objcopy", ["--only-keep-debug", &path, &debug])?;
    run("objcopy", ["--strip-unneeded", &format!("--add-gnu-debuglink={debug}"), &path])?;
    for link in [format!("libclientela.so.{}", names.abi), "libclientela.so".to_owned()] {
        std::os::unix::fs::symlink(&file, tree.join("lib").join(link))?;
    }
    let told = output("readelf", ["-d", &path])?;
    for needed in [format!("[libclientela.so.{}]", names.abi), "NODELETE".to_owned()] {
        if !told.contains(&needed) {
            return Err(format!("the shared library lacks {needed}").into());
        }
    }
    symbols::check(&library)?;
    Ok(library)
}

fn packages(tree: &Path, names: &Names) -> Done {
    let flags = NATIVE.iter().map(|name| format!("-l{name}")).collect::<Vec<_>>().join(" ");
    for (template, to) in [
        ("clientela.pc", "lib/pkgconfig/clientela.pc"),
        ("clientelaConfig.cmake", "lib/cmake/clientela/clientelaConfig.cmake"),
        ("clientelaConfigVersion.cmake", "lib/cmake/clientela/clientelaConfigVersion.cmake"),
    ] {
        let text = read(&root().join("bindings/c-artifact/packaging").join(format!("{template}.in")))?
            .replace("@VERSION@", &names.version)
            .replace("@MAJOR@", &names.major)
            .replace("@MINOR@", &names.minor)
            .replace("@ABI@", &names.abi)
            .replace("@NATIVE_FLAGS@", &flags)
            .replace("@NATIVE_LIST@", &NATIVE.join(";"));
        if text.contains('@') {
            return Err(format!("{template}.in has a placeholder that nothing fills").into());
        }
        write(&tree.join(to), &text)?;
    }
    Ok(())
}

/// Our licences, and what each part inside comes under.
fn licences(tree: &Path) -> Done {
    let folder = tree.join("share/doc/clientela");
    let mut found = 0;
    for entry in fs::read_dir(root())? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("LICENSE") {
            copy(&path, &folder.join(name))?;
            found += 1;
        }
    }
    if found == 0 {
        println!("no LICENSE file lies in the root of the repository: none is in the package");
    }
    let listed = output(
        "cargo",
        [
            "tree",
            "--package",
            "clientela-artifact",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}: {l}",
        ],
    )?;
    // A path of this machine is in the line of each package of the workspace; those are ours.
    let mut parts: Vec<&str> =
        listed.lines().filter(|line| !line.contains('/') || line.contains(": ")).collect();
    parts.retain(|line| !line.starts_with("clientela"));
    let mut parts: Vec<String> = parts.into_iter().map(|line| line.replace(" (*)", "")).collect();
    parts.sort_unstable();
    parts.dedup();
    write(&folder.join("third-party.txt"), &(parts.join("\n") + "\n"))
}

/// Uses the packages as a stranger would: from another place, with the tools he has.
fn try_it(tree: &Path) -> Done {
    let elsewhere = fresh(target().join("dist-elsewhere"))?;
    let moved = elsewhere.join("prefix");
    run("cp", ["-a", &tree.display().to_string(), &moved.display().to_string()])?;
    let source = root().join("bindings/c/tests/c/values.c").display().to_string();
    if is_installed("pkg-config") {
        with_pkg_config(&moved, &elsewhere, &source)?;
    } else {
        println!("pkg-config is not installed: its file was not tried");
    }
    match CMake::find() {
        Some(cmake) => {
            with_cmake(&cmake, &moved, &elsewhere, &source)?;
            the_example(&cmake, &moved, &elsewhere)?;
        }
        None => println!("cmake is not installed: its package was not tried"),
    }
    fs::remove_dir_all(&elsewhere)?;
    Ok(())
}

fn with_pkg_config(prefix: &Path, work: &Path, source: &str) -> Done {
    let file = prefix.join("lib/pkgconfig/clientela.pc").display().to_string();
    let library = prefix.join("lib").display().to_string();
    for linked in ["shared", "static"] {
        let program = work.join(linked).display().to_string();
        let mut asked = vec!["--cflags", "--libs", &file];
        if linked == "static" {
            asked.insert(0, "--static");
        }
        let mut flags: Vec<String> =
            output("pkg-config", asked)?.split_whitespace().map(str::to_owned).collect();
        if linked == "static" {
            for flag in &mut flags {
                if flag == "-lclientela" {
                    "-l:libclientela.a".clone_into(flag);
                }
            }
        }
        let mut arguments = vec![source.to_owned(), "-o".to_owned(), program.clone()];
        arguments.extend(flags);
        arguments.push(format!("-Wl,-rpath,{library}"));
        run(&cc(), arguments)?;
        run(&program, [""; 0])?;
    }
    Ok(())
}

/// CMake with what it builds with: those of the test environment, or of the system.
struct CMake {
    program: String,
    options: Vec<String>,
}

impl CMake {
    fn find() -> Option<Self> {
        let own = |name: &str| target().join("venv/bin").join(name).display().to_string();
        if is_installed(&own("cmake")) {
            let options =
                ["-G".to_owned(), "Ninja".to_owned(), format!("-DCMAKE_MAKE_PROGRAM={}", own("ninja"))];
            return Some(Self { program: own("cmake"), options: options.to_vec() });
        }
        is_installed("cmake").then(|| Self { program: "cmake".to_owned(), options: Vec::new() })
    }

    fn build(&self, from: &Path, into: &Path, prefix: &Path) -> Done {
        let (from, into) = (from.display().to_string(), into.display().to_string());
        let prefix = format!("-DCMAKE_PREFIX_PATH={}", prefix.display());
        let place = ["-S".to_owned(), from, "-B".to_owned(), into.clone(), prefix];
        run(&self.program, place.iter().chain(&self.options))?;
        run(&self.program, ["--build", &into])
    }
}

fn with_cmake(cmake: &CMake, prefix: &Path, work: &Path, source: &str) -> Done {
    let project = format!(
        "cmake_minimum_required(VERSION 3.13)\nproject(stranger C)\n\
         find_package(clientela {} CONFIG REQUIRED)\n\
         foreach(linked shared static)\n  add_executable(with_${{linked}} \"{source}\")\n\
         \x20 target_link_libraries(with_${{linked}} PRIVATE clientela::${{linked}})\nendforeach()\n",
        Names::new()?.abi
    );
    write(&work.join("stranger/CMakeLists.txt"), &project)?;
    let build = work.join("built");
    cmake.build(&work.join("stranger"), &build, prefix)?;
    for linked in ["shared", "static"] {
        run(&build.join(format!("with_{linked}")).display().to_string(), [""; 0])?;
    }
    Ok(())
}

/// The example as its own build file makes it, playing a whole deal.
fn the_example(cmake: &CMake, prefix: &Path, work: &Path) -> Done {
    let build = work.join("configurator");
    cmake.build(&root().join("examples/configurator"), &build, prefix)?;
    let program = build.join("configurator").display().to_string();
    let store = work.join("configurator.clientela").display().to_string();
    run(
        &program,
        ["--setup", &store, "tests/scenarios/network.json", "examples/configurator/catalogue.json"],
    )?;
    run(&program, [&store, "u-rossi"])
}

fn sizes(files: &[(&Path, u64)], fast: bool) -> Done {
    let mut heavy = Vec::new();
    for (file, most) in files {
        let size = fs::metadata(file)?.len();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        println!("{name}: {} KiB of at most {} KiB", size >> 10, most >> 10);
        if size > *most {
            heavy.push(name);
        }
    }
    // A build for speed of building says nothing about the weight of the one that is shipped.
    if heavy.is_empty() || fast { Ok(()) } else { Err(format!("too heavy: {}", heavy.join(", ")).into()) }
}
