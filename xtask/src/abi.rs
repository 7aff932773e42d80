//! `cargo xtask abi`: the shapes of functions and structures, compared with those of the last release.
//!
//! The list of names (`abi/symbols.txt`) says that nothing went away; this says that nothing changed underneath.

use crate::header;
use crate::library::{self, Profile};
use crate::process::{Done, is_installed, root, run};
use std::process::Command;

/// What the comparing program answers, in bits: something differs, and what differs is not only more.
const DIFFERS: i32 = 4;
const BREAKS: i32 = 8;

/// `abi` compares, `abi --write` writes down what is released.
pub(crate) fn run_command(options: &[String]) -> Done {
    if !is_installed("abidw") || !is_installed("abidiff") {
        println!("abidw and abidiff (libabigail) are not installed: shapes were not compared");
        return Ok(());
    }
    let (major, ..) = header::version()?;
    let kept = root().join(format!("abi/clientela-{major}.abi"));
    let library = library::build(Profile::Dev, &[])?.shared.display().to_string();
    let headers = root().join("include").display().to_string();
    if options.iter().any(|option| option == "--write") {
        return run(
            "abidw",
            ["--headers-dir", &headers, "--out-file", &kept.display().to_string(), &library],
        );
    }
    if !kept.exists() {
        println!("{} is not there: nothing was released yet, so nothing was compared", kept.display());
        return Ok(());
    }
    let mut command = Command::new("abidiff");
    command.args(["--headers-dir2", &headers, "--suppr"]).arg(root().join("abi/grows-at-the-end.ini"));
    let outcome = command.arg(&kept).arg(&library).status()?.code().unwrap_or(BREAKS);
    match outcome {
        0 => Ok(()),
        more if more < BREAKS && more & DIFFERS != 0 => {
            println!("there is more than in the last release, and nothing that was there changed");
            Ok(())
        }
        _ => Err("a function or structure of the last release has changed".into()),
    }
}
