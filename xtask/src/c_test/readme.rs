//! What the README shows of C compiles, links and says whom it found.

use super::{Bench, Linked};
use crate::process::{Done, cc, output, read, root};
use std::fs;

/// Runs every C snippet on the store the configurator's deal left, under the name the README gives it.
pub(super) fn snippets(bench: &Bench) -> Done {
    let folder = bench.made("readme");
    fs::create_dir_all(&folder)?;
    fs::copy(bench.made("configurator.clientela"), folder.join("network.clientela"))?;
    let readme = read(&root().join("README.md"))?;
    let found = fences(&readme, "c");
    if found.is_empty() {
        return Err("README.md has no snippet in C".into());
    }
    for (number, snippet) in found.iter().enumerate() {
        let source = folder.join(format!("snippet{number}.c"));
        fs::write(&source, snippet)?;
        let sources = [source.display().to_string()];
        let program = bench.build(&cc(), "c99", &sources, Linked::Shared, &format!("readme-{number}"))?;
        let told = output(
            "sh",
            ["-c", "cd \"$0\" && \"$1\"", &folder.display().to_string(), &program.display().to_string()],
        )?;
        if !told.contains("Autotrasporti Esempio") {
            return Err(format!("README.md, C snippet {number}: it said {told:?}").into());
        }
    }
    Ok(())
}

/// The fenced snippets of one language.
fn fences<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("```{language}\n");
    let parts = text.split(start.as_str()).skip(1);
    parts.filter_map(|part| part.split_once("```").map(|(snippet, _)| snippet)).collect()
}
