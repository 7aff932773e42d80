//! `cargo xtask demo`: a network with two years of history, messy imports, the configurator as a program of its own, a seller's
//! day, data frames, and one page to look at.

use crate::header;
use crate::library::{self, Profile};
use crate::process::{Done, Maybe, cc, copy, fresh, is_installed, root, run as run_program, target};
use crate::python;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Login of the seller who uses the configurator.
const SELLER: &str = "vendite1.d-to";

pub(crate) fn run(_: &[String]) -> Done {
    let start = Instant::now();
    let say = |line: &str| println!("{:5} s  {line}", start.elapsed().as_secs());
    say("building what is to be shown, as a release");
    run_program("cargo", ["build", "--quiet", "--release", "--package", "clientela-demo"])?;
    let program = target().join("release").join("clientela-demo");
    let folder = fresh(target().join("demo"))?;
    let configurator = configurator(&folder)?;
    let python = python::for_examples();
    let (program, place) = (program.display().to_string(), folder.display().to_string());
    say("built; now the network, its history and its imports");
    run_program(&program, ["network", &place])?;
    say("the configurator, a program in C with the library inside");
    match configurator {
        Some(program) => {
            run_program(&program, [folder.join("network.clientela").display().to_string().as_str(), SELLER])?;
        }
        None => say(&format!("left out: it needs examples/configurator and a C compiler ({})", cc())),
    }
    say("a day's work");
    run_program(&program, ["day", &place])?;
    say("an analyst's data frames, in Python");
    match python {
        Ok(python) => {
            let store = folder.join("network.clientela").display().to_string();
            python(&[&root().join("examples/dataframes.py").display().to_string(), &store])?;
        }
        Err(reason) => say(&format!("left out: {reason}")),
    }
    say("done; funnel, quotas, campaign and journal on one page to open in a browser:");
    println!("         {}", folder.join("report.html").display());
    Ok(())
}

/// Builds `examples/configurator` as a stranger would; none where there is no C compiler.
fn configurator(folder: &Path) -> Maybe<Option<String>> {
    let sources = c_sources(&root().join("examples/configurator"));
    if sources.is_empty() || !is_installed(&cc()) {
        return Ok(None);
    }
    build_configurator(folder, &sources).map(Some)
}

fn build_configurator(folder: &Path, sources: &[PathBuf]) -> Maybe<String> {
    let made = library::build(Profile::Release, &[])?;
    let place = folder.join("configurator");
    let (major, minor, _) = header::version()?;
    // As the library calls itself: while the major version is 0, a minor version may break.
    let soname =
        if major == "0" { format!("libclientela.so.0.{minor}") } else { format!("libclientela.so.{major}") };
    copy(&made.shared, &place.join(soname))?;
    copy(&made.shared, &place.join("libclientela.so"))?;
    let program = place.join("configurator").display().to_string();
    let mut arguments =
        vec!["-std=c99".to_owned(), "-O2".to_owned(), format!("-I{}", root().join("include").display())];
    arguments.extend(sources.iter().map(|source| source.display().to_string()));
    arguments.extend([
        "-o".to_owned(),
        program.clone(),
        format!("-L{}", place.display()),
        "-lclientela".to_owned(),
        format!("-Wl,-rpath,{}", place.display()),
    ]);
    run_program(&cc(), arguments)?;
    Ok(program)
}

fn c_sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut sources: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    sources.sort();
    sources
}
