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
    let lines = gated(&lines);
    Ok(lines.replace("@MAJOR@", &major).replace("@MINOR@", &minor).replace("@PATCH@", &patch))
}

/// The version that brought the first functions: those every program sees.
const FIRST: (u32, u32) = (0, 1);

/// Functions newer than the first version behind the program's choice of a version, those on trial behind a switch.
fn gated(header: &str) -> String {
    let mut text = String::new();
    let mut rest = header;
    while let Some((before, after)) = rest.split_once("/**\n") {
        text.push_str(before);
        // The comment, and what follows it up to the next one.
        let end = after.find("\n\n").map_or(after.len(), |end| end + 1);
        let (block, tail) = after.split_at(end);
        let gate = gate_of(block);
        if let Some(gate) = &gate {
            text.push_str(gate);
            text.push('\n');
        }
        text.push_str("/**\n");
        text.push_str(block);
        if gate.is_some() {
            text.push_str("#endif\n");
        }
        rest = tail;
    }
    text + rest
}

/// The condition under which a function is declared; none for what everybody sees.
fn gate_of(block: &str) -> Option<String> {
    let (comment, declared) = block.split_once("*/")?;
    if !declared.contains("CLIENTELA_API") {
        return None;
    }
    if declared.contains("clientela_x_") {
        return Some("#if defined(CLIENTELA_UNSTABLE)".to_owned());
    }
    let (_, since) = comment.rsplit_once("@since ")?;
    let (major, minor) = since.split_whitespace().next()?.split_once('.')?;
    let (major, minor) = (major.parse().ok()?, minor.parse().ok()?);
    let newer = (major, minor) > FIRST;
    newer.then(|| format!("#if CLIENTELA_TARGET >= CLIENTELA_VERSION({major}, {minor})"))
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

/// A parameter of a function or a field of a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    /// Its type, such as `const char *`.
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// A function as the header declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// What it returns, such as `clientela_status` or `const char *`.
    pub(crate) returns: String,
    pub(crate) name: String,
    pub(crate) parameters: Vec<Typed>,
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
        let parameters: Vec<Typed> = match parameters.trim() {
            "void" => Vec::new(),
            parameters => parameters.split(',').map(typed).collect(),
        };
        found.push(Declaration { returns: returns.trim().to_owned(), name: name.to_owned(), parameters });
    }
    found
}

/// The structures of the header with their fields, and what is only named as one: the handles, without any.
pub(crate) fn structures(header: &str) -> Vec<(String, Vec<Typed>)> {
    let code = without_comments(header);
    let mut found = Vec::new();
    for part in code.split("typedef struct ").skip(1) {
        let name: String =
            part.chars().take_while(|letter| *letter == '_' || letter.is_alphanumeric()).collect();
        let rest = part.get(name.len()..).unwrap_or_default().trim_start();
        let fields = rest.strip_prefix('{').and_then(|body| body.split_once('}')).map(|(body, _)| {
            // Functions of the host are fields too, but none that a caller must fill.
            let plain = body.split(';').filter(|field| !field.contains('(') && !field.trim().is_empty());
            plain.map(typed).collect()
        });
        found.push((name, fields.unwrap_or_default()));
    }
    found
}

fn typed(text: &str) -> Typed {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = text.rfind([' ', '*']).map_or(0, |at| at + 1);
    let (kind, name) = text.split_at(start);
    Typed { kind: kind.trim().to_owned(), name: name.to_owned() }
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
            declarations(&header).into_iter().map(|f| (f.returns, f.name, f.parameters.len())).collect();
        let expected = [("uint32_t", "clientela_a", 0), ("const char *", "clientela_b", 2)]
            .map(|(r, n, p)| (r.to_owned(), n.to_owned(), p));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_newer_or_on_trial_is_declared_on_request() {
        let block = |name: &str, since: &str| {
            format!("/**\n * It.\n * @since {since}\n */\nCLIENTELA_API\nvoid {name}(int x,\n  int y);\n\n")
        };
        let header = block("clientela_a", "0.1")
            + "/**\n * A structure. @since 9.9\n */\ntypedef struct s { int x; } s;\n\n"
            + &block("clientela_b", "1.2")
            + &block("clientela_x_c", "0.1");
        let made = gated(&header);
        let gates: Vec<&str> = made.lines().filter(|line| line.starts_with('#')).collect();
        let newer = "#if CLIENTELA_TARGET >= CLIENTELA_VERSION(1, 2)";
        assert_eq!(gates, [newer, "#endif", "#if defined(CLIENTELA_UNSTABLE)", "#endif"]);
        let without: String =
            made.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        assert_eq!(without, header, "nothing else is changed");
        assert_eq!(gated(&block("clientela_a", "0.1")), block("clientela_a", "0.1"));
    }

    #[test]
    fn structures_have_fields_and_handles_have_none() {
        let header = "typedef struct clientela_a clientela_a;\n/* typedef struct no { int x; } no; */\n\
            typedef struct clientela_b {\n  uint32_t struct_size;\n  const struct clientela_str *texts;\n  \
            int32_t (*now)(void *user);\n} clientela_b;\n";
        let found = structures(header);
        assert_eq!(
            found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["clientela_a", "clientela_b"]
        );
        assert!(found[0].1.is_empty());
        let fields: Vec<_> =
            found[1].1.iter().map(|field| (field.kind.as_str(), field.name.as_str())).collect();
        assert_eq!(fields, [("uint32_t", "struct_size"), ("const struct clientela_str *", "texts")]);
    }
}
