//! The lists in `docs/` that are made from the code, and the checks that they are in step with it.
//!
//! `CLIENTELA_WRITE_DOCS=1 cargo test -p clientela documents::` writes them anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod codes;

use clientela::core::{ENTITIES, SCHEMA_VERSION};
use clientela::model::{Access, Column, ColumnType, Entity, Facet, Merge};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Where errors are made that reach a caller of the facade.
const CRATES: &[&str] = &[
    "crates/clientela",
    "crates/clientela-columns",
    "crates/clientela-core",
    "crates/clientela-exchange",
    "crates/clientela-model",
    "crates/clientela-rules",
    "crates/clientela-store",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Compares a document with what the code says, or writes it when asked to.
fn in_step(name: &str, text: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("CLIENTELA_WRITE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (made, kept)) in text.lines().zip(kept.lines()).enumerate() {
        assert_eq!(made, kept, "docs/{name}, line {}: write it anew", number + 1);
    }
    assert_eq!(text.len(), kept.len(), "docs/{name} is of another length: write it anew");
}

/// A text inside a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[test]
fn the_list_of_errors_is_in_step() {
    let all = codes::of_crates(&root(), CRATES);
    assert!(all.unreadable.is_empty(), "codes that cannot be listed: {:#?}", all.unreadable);
    let mut text = String::from(
        "# Errors\n\n\
         Every error has a stable code that never changes its meaning, a kind that says what a caller can do about it, and a\n\
         message of one sentence without personal data. In braces stands what a message fills in. A code is the same in Rust\n\
         (`Error::code`), in C (`clientela_error_code`) and in Python (`.code`). Made from the sources; a test keeps it in step.\n\n\
         | code | kind | where | meaning |\n| --- | --- | --- | --- |\n",
    );
    for (code, found) in &all.codes {
        let join = |parts: &std::collections::BTreeSet<String>, with: &str| {
            parts.iter().filter(|part| !part.is_empty()).map(|part| cell(part)).collect::<Vec<_>>().join(with)
        };
        let row = [
            format!("`{code}`"),
            join(&found.kinds, ", "),
            join(&found.places, ", "),
            meaning(code, found, &all.tables),
        ];
        writeln!(text, "| {} |", row.join(" | ")).unwrap();
    }
    in_step("errors.md", &text);
}

/// What a code means: the table of its module where there is one, else what its places say.
fn meaning(code: &str, found: &codes::Code, tables: &std::collections::BTreeMap<String, String>) -> String {
    const OTHERS: &[(&str, &str)] = &[
        ("file.structure", "the database engine finds its file damaged"),
        ("journal.unreadable", "a change in the journal cannot be read"),
    ];
    let other = OTHERS.iter().find(|(other, _)| *other == code).map(|(_, meaning)| (*meaning).to_owned());
    let said: Vec<String> =
        found.meanings.iter().filter(|text| !text.is_empty()).map(|text| cell(text)).collect();
    tables.get(code).map(|text| cell(text)).or(other).unwrap_or_else(|| said.join(" / "))
}

#[test]
fn what_documentation_promises_is_listed() {
    let found = codes::of_crates(&root(), CRATES);
    let missing: Vec<_> = found.promised.iter().filter(|(code, _)| !found.codes.contains_key(code)).collect();
    assert!(missing.is_empty(), "codes under # Errors that nothing makes: {missing:#?}");
}

#[test]
fn a_code_is_of_one_kind_and_says_what_it_means() {
    let all = codes::of_crates(&root(), CRATES);
    for (code, found) in &all.codes {
        let of_errors = found.kinds.iter().filter(|kind| *kind != codes::ROW).count();
        assert!(of_errors <= 1, "{code} is of several kinds: {found:?}");
        assert!(!meaning(code, found, &all.tables).is_empty(), "{code} has no meaning: {found:?}");
        assert!(
            code.chars().all(|letter| letter.is_ascii_lowercase()
                || letter.is_ascii_digit()
                || matches!(letter, '.' | '_')),
            "{code}"
        );
    }
    // One of every way a code is made: were a way no longer read, the list would be short without a word.
    for expected in [
        "access.not_allowed",
        "network.founded",
        "offer.discount_limit",
        "vat_number.check_digit",
        "vin.letter",
        "price.list_currency",
        "postal_code.format",
        "phone.malformed",
        "state.missing",
        "field.missing",
        "rule.invalid",
        "quoting.unknown_customer",
        "journal.chain",
        "record.unreadable",
        "store.newer",
    ] {
        assert!(all.codes.contains_key(expected), "{expected} is not found");
    }
}

fn rights(entity: &Entity) -> String {
    match entity.access {
        Access::Public => "read by everybody with a session, written by administrators".to_owned(),
        Access::Owned => "by owner and unit".to_owned(),
        Access::Through(column) => format!("as the record named by `{column}`"),
        Access::Via { entity, column } => {
            format!("seen by whoever sees a {entity} whose `{column}` names it")
        }
    }
}

fn row(column: &Column) -> String {
    let ty = match column.ty {
        ColumnType::Words(words) => format!("one of {}", words.join(", ")),
        ColumnType::Id(entity) => format!("id of {entity}"),
        other => other.name().to_owned(),
    };
    let merge = match column.merge {
        Merge::LastWriter => "last writer",
        Merge::Fact => "fact",
        Merge::Central => "central",
    };
    let mark = |set: bool, word: &'static str| if set { word } else { "" };
    [
        column.number.to_string(),
        format!("`{}`", column.name),
        cell(column.label),
        cell(&ty),
        mark(column.nullable, "may be empty").to_owned(),
        mark(column.personal, "personal").to_owned(),
        match column.facet {
            Facet::Standard => "",
            Facet::Confidential => "confidential",
            Facet::Whole => "whole",
        }
        .to_owned(),
        merge.to_owned(),
        column.group.unwrap_or_default().to_owned(),
        cell(column.doc),
    ]
    .join(" | ")
}

#[test]
fn the_data_dictionary_is_in_step() {
    let mut text = format!(
        "# Data dictionary\n\n\
         Every entity and every column, as declared, at schema version {SCHEMA_VERSION}. Numbers are permanent: names may change, numbers\n\
         never do. *Personal* columns can tell something about a person: they are masked in logs and erased on request.\n\
         *Confidential* columns are empty for profiles without that right, and in records that right does not reach; columns of\n\
         the *whole* are empty for whoever sees a part only. *Merge* says how changes made apart become one: the\n\
         last writer wins per group, facts are only added, central columns follow the centre's order. Made from the\n\
         declarations; a test keeps it in step.\n"
    );
    for entity in ENTITIES {
        write!(text, "\n## {} (number {})\n\n{}\n\n", entity.name, entity.number, cell(entity.doc)).unwrap();
        writeln!(text, "- Rights: {}", rights(entity)).unwrap();
        if let Some(key) = entity.key {
            writeln!(text, "- Named by people by `{key}`").unwrap();
        }
        if let Some((root, column)) = entity.part_of {
            writeln!(text, "- Part of {root} by `{column}`").unwrap();
        }
        if let Some(view) = entity.view {
            writeln!(text, "- Only read: {} beside {} by `{}`", view.base, view.join, view.on).unwrap();
        }
        text.push_str(
            "\n| number | column | label | type | empty | personal | confidential | merge | group | description |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for column in entity.columns {
            writeln!(text, "| {} |", row(column)).unwrap();
        }
    }
    in_step("data-dictionary.md", &text);
}
