//! `cargo xtask header`: the C header, from the text of `bindings/c`.
//!
//! The generator is a library of exactly one version, so the committed header can be compared byte for byte, and users of
//! the project never need it.

use crate::process::{Done, Maybe, read, root, write};
use std::path::PathBuf;

/// The committed header.
pub(crate) fn path() -> PathBuf {
    root().join("include/clientela.h")
}

pub(crate) fn run(options: &[String]) -> Done {
    let made = generate()?;
    if options.iter().all(|option| option != "--check") {
        return write(&path(), &made);
    }
    let committed = read(&path())?;
    let differs = made.lines().zip(committed.lines()).position(|(made, committed)| made != committed);
    match differs {
        _ if made == committed => Ok(()),
        Some(line) => Err(format!(
            "include/clientela.h is out of date from line {}: run `cargo xtask header`",
            line + 1
        )
        .into()),
        None => Err("include/clientela.h is out of date: run `cargo xtask header`".into()),
    }
}

fn generate() -> Maybe<String> {
    let package = root().join("bindings/c");
    let config = cbindgen::Config::from_file(package.join("cbindgen.toml"))?;
    let bindings = cbindgen::Builder::new().with_crate(&package).with_config(config).generate()?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let (major, minor, patch) = version()?;
    // The generator closes conditions with a comment that strict C compilers do not take.
    let lines = String::from_utf8(text)?.lines().map(old_comment).collect::<String>();
    Ok(lines.replace("@MAJOR@", &major).replace("@MINOR@", &minor).replace("@PATCH@", &patch))
}

fn old_comment(line: &str) -> String {
    match line.split_once("//") {
        Some((code, comment)) if code.starts_with("#endif") || code.starts_with('}') => {
            format!("{} /* {} */\n", code.trim_end(), comment.trim())
        }
        _ => format!("{line}\n"),
    }
}

/// The three numbers of the workspace's version, which this package shares.
pub(crate) fn version() -> Maybe<(String, String, String)> {
    let mut numbers = env!("CARGO_PKG_VERSION").split('.').map(str::to_owned);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(major), Some(minor), Some(patch)) => Ok((major, minor, patch)),
        _ => Err("the version is not three numbers".into()),
    }
}

/// A function as the header declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// What it returns, such as `clientela_status` or `const char *`.
    pub(crate) returns: String,
    pub(crate) name: String,
    pub(crate) parameters: usize,
}

/// The functions of the header.
pub(crate) fn declarations(header: &str) -> Vec<Declaration> {
    let code = without_comments(header);
    let mut found = Vec::new();
    for part in code.split("CLIENTELA_API").skip(1).filter(|part| part.starts_with(char::is_whitespace)) {
        let Some((head, rest)) = part.split_once('(') else { continue };
        let Some((parameters, _)) = rest.split_once(");") else { continue };
        let start = head
            .rfind(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric())
            .map_or(0, |at| at + 1);
        let (returns, name) = head.split_at(start);
        if !name.starts_with("clientela_") {
            continue;
        }
        let count = if parameters.trim() == "void" { 0 } else { parameters.split(',').count() };
        found.push(Declaration {
            returns: returns.trim().to_owned(),
            name: name.to_owned(),
            parameters: count,
        });
    }
    found
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_whatever_their_shape() {
        let header = "#define CLIENTELA_API extern\n/* CLIENTELA_API int clientela_no(void); */\n\
            CLIENTELA_API uint32_t clientela_a(void);\nCLIENTELA_API\nconst char *clientela_b(const int *x,\n  size_t n);\n";
        let header = header.replace("CLIENTELA_API\n", "CLIENTELA_API ");
        let found: Vec<_> =
            declarations(&header).into_iter().map(|f| (f.returns, f.name, f.parameters)).collect();
        let expected = [("uint32_t", "clientela_a", 0), ("const char *", "clientela_b", 2)]
            .map(|(r, n, p)| (r.to_owned(), n.to_owned(), p));
        assert_eq!(found, expected);
    }
}
