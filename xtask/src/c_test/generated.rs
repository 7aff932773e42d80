//! Test programs made from the header, so that no function can be forgotten.

use super::{Bench, Linked, declarations};
use crate::header::Declaration;
use crate::library::{self, Profile};
use crate::process::{Done, cc, run};
use std::fmt::Write;

/// Answer 0 to NULL by design: NULL is what a slot is before anything failed, and what no store is to be closed.
const ZERO_IS_AN_ANSWER: &[&str] = &["clientela_error_status", "clientela_store_close"];

fn call(function: &Declaration) -> String {
    format!("{}({})", function.name, vec!["0"; function.parameters.len()].join(", "))
}

/// Calls every function with NULL for every pointer and 0 for every number: each that can fail must say so.
pub(super) fn nulls(bench: &Bench) -> Done {
    let mut body = String::new();
    for function in declarations()? {
        let call = call(&function);
        let fallible = function.returns == "clientela_status" && !function.parameters.is_empty();
        if fallible && !ZERO_IS_AN_ANSWER.contains(&function.name.as_str()) {
            writeln!(body, "    CHECK({call} < 0);")?;
        } else {
            writeln!(body, "    (void){call};")?;
        }
    }
    writeln!(body, "    CHECK_NUMBER(clientela_live_handles(), 0);")?;
    let source = program(bench, "nulls.c", &body)?;
    let program = bench.build(&cc(), "c99", &[source], Linked::Shared, "nulls")?;
    bench.execute(&program, false)
}

/// Calls every function of a library in which every body panics: each that can fail must answer CLIENTELA_E_PANIC, and none may
/// end the process.
pub(super) fn panics(bench: &Bench) -> Done {
    let made = library::build(Profile::Dev, &["panic-in-every-call"])?;
    let mut body = String::new();
    for function in declarations()? {
        let call = call(&function);
        match function.returns.as_str() {
            "clientela_status" => writeln!(body, "    CHECK_NUMBER({call}, CLIENTELA_E_PANIC);")?,
            "void" => writeln!(body, "    {call};")?,
            pointer if pointer.ends_with('*') => writeln!(
                body,
                "    {{ const char *text = (const char *){call}; CHECK(text == NULL || *text == '\\0'); }}"
            )?,
            _ => writeln!(body, "    CHECK_NUMBER({call}, 0);")?,
        }
    }
    let source = program(bench, "panics.c", &body)?;
    let program = bench.made("panics").display().to_string();
    let library = made.shared.display().to_string();
    let folder = made.shared.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    // By its build name: the library with the fault must never be taken for the real one.
    let copy = format!("{folder}/libclientela_fault.so");
    std::fs::rename(&library, &copy)?;
    run(&cc(), ["-std=c99", "-g", &Bench::include(), &source, "-o", &program, &copy])?;
    let outcome = std::process::Command::new(&program).env("LD_PRELOAD", &copy).status()?;
    std::fs::remove_file(&copy)?;
    if outcome.success() { Ok(()) } else { Err(format!("a panic got through an export: {outcome}").into()) }
}

fn program(bench: &Bench, name: &str, body: &str) -> crate::process::Maybe<String> {
    let check = Bench::source("check.h");
    let path = bench.made(name);
    std::fs::write(&path, format!("#include \"{check}\"\n\nint main(void)\n{{\n{body}    return 0;\n}}\n"))?;
    Ok(path.display().to_string())
}
