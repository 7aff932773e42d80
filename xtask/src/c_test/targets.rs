//! The header on other systems: it compiles, and every size and place is as on this one. Nothing is linked or run.

use super::Bench;
use crate::process::{Done, cc, is_installed, run, write};
use std::process::{Command, Stdio};

/// Systems that a compiler for all of them knows.
const SYSTEMS: &[&str] =
    &["i686-pc-windows-msvc", "x86_64-pc-windows-msvc", "aarch64-linux-gnu", "armv7-linux-gnueabihf"];
/// All the header needs of a C library, for systems whose own is not here.
const STRING: &str =
    "#include <stddef.h>\nvoid *memset(void *, int, size_t);\nsize_t strlen(const char *);\n";

pub(super) fn layout(bench: &Bench) -> Done {
    let bare = bench.made("bare");
    write(&bare.join("string.h"), STRING)?;
    let arguments = |system: &str| {
        let include = format!("-I{}", bare.display());
        let common =
            ["-std=c11", "-ffreestanding", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
        let mut all = vec![system.to_owned(), include, Bench::include(), Bench::source("layout.c")];
        all.extend(common.map(str::to_owned));
        all
    };
    if cfg!(target_arch = "x86_64") {
        run(&cc(), arguments("-m32"))?;
    }
    if !is_installed("clang") {
        println!("clang is not installed: the header was not tried for {}", SYSTEMS.join(", "));
        return Ok(());
    }
    for system in SYSTEMS {
        run("clang", arguments(&format!("--target={system}")))?;
    }
    Ok(())
}

/// The program's choice of a version: the first one will do, one that is yet to come is refused.
pub(super) fn chosen_version(bench: &Bench) -> Done {
    let source = bench.made("chosen.c");
    write(&source, "#include <clientela.h>\nint main(void) { return clientela_abi_version() == 0; }\n")?;
    let source = source.display().to_string();
    let compile = |define: &str| {
        let mut command = Command::new(cc());
        command.args(["-std=c99", "-fsyntax-only", &Bench::include(), define, &source]).stderr(Stdio::null());
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            _ => Err(format!("the header was not accepted with {define}")),
        }
    };
    compile("-DCLIENTELA_TARGET=CLIENTELA_VERSION(0, 1)")?;
    compile("-DCLIENTELA_UNSTABLE")?;
    if compile("-DCLIENTELA_TARGET=CLIENTELA_VERSION(60000, 0)").is_ok() {
        return Err("a version that is yet to come was accepted".into());
    }
    Ok(())
}
