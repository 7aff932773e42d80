//! What is found at a path, and said of it.

use crate::support::*;
use clientela_model::Coded;
use clientela_store::{Depth, Schema, Store};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn code(path: &Path, change: impl FnOnce(&mut clientela_store::OpenOptions)) -> &'static str {
    let mut options = options(path, &clock());
    change(&mut options);
    match Store::open(options) {
        Ok(_) => "opened",
        Err(error) => error.code(),
    }
}

fn filled(folder: &Folder) {
    let store = open(&folder.store());
    for number in 1..60 {
        write(&store, &command(number, 0), |writer| writer.create(&party(number, &"x".repeat(500))));
    }
    store.close().unwrap();
}

#[test]
fn each_wrong_path_has_its_own_code() {
    let folder = Folder::new();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE a(b); PRAGMA application_id = 5")
        .unwrap();
    let foreign_unmarked = folder.path().join("unmarked.db");
    Connection::open(&foreign_unmarked).unwrap().execute_batch("CREATE TABLE a(b)").unwrap();
    let missing = folder.path().join("missing");
    let nowhere = folder.path().join("nowhere").join("store");
    let text = file("text", &[b'x'; 5000]);
    let empty = file("empty", b"");
    let cases: [(&Path, bool, &str); 9] = [
        (&missing, false, "store.not_found"),
        (&nowhere, true, "store.not_found"),
        (folder.path(), true, "store.is_directory"),
        (&text, true, "store.not_a_store"),
        (&foreign, true, "store.not_a_store"),
        (&foreign_unmarked, true, "store.not_a_store"),
        (&empty, false, "store.not_a_store"),
        (&empty, true, "opened"),
        (&missing, true, "opened"),
    ];
    for (path, create, expected) in cases {
        assert_eq!(code(path, |options| options.create = create), expected, "{} {create}", path.display());
    }
    let untouched = Connection::open(&foreign).unwrap();
    let mode: String = untouched.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete", "another program's file is left as it is");
    for beside in ["text-lock", "foreign.db-lock", "unmarked.db-lock", "foreign.db-open", "foreign.db-wal"] {
        assert!(!folder.path().join(beside).exists(), "{beside}");
    }
}

#[test]
fn a_file_cut_short_is_damaged() {
    let folder = Folder::new();
    filled(&folder);
    let whole = fs::read(folder.store()).unwrap();
    for (kept, expected) in [
        (whole.len() / 2, "store.damaged"),
        (4096, "store.damaged"),
        (100, "store.damaged"),
        (0, "store.damaged"),
    ] {
        fs::write(folder.store(), &whole[..kept]).unwrap();
        assert_eq!(code(&folder.store(), |_| ()), expected, "{kept} bytes");
    }
    fs::write(folder.store(), &whole).unwrap();
    assert_eq!(code(&folder.store(), |_| ()), "opened");
}

#[test]
fn damage_after_an_unclean_stop_is_found_at_every_open() {
    let folder = Folder::new();
    filled(&folder);
    let mut bytes = fs::read(folder.store()).unwrap();
    // The content of every page but the first: whatever the check looks at is wrong.
    bytes[4096..].fill(0xee);
    fs::write(folder.store(), &bytes).unwrap();
    let lock = folder.path().join("network.clientela-lock");
    fs::write(&lock, "open\n").unwrap();
    for _ in 0..2 {
        assert_eq!(code(&folder.store(), |_| ()), "store.damaged");
        assert_eq!(fs::read_to_string(&lock).unwrap(), "open\n");
    }
}

#[test]
fn bytes_turned_over_are_found_by_a_check() {
    let folder = Folder::new();
    filled(&folder);
    let mut bytes = fs::read(folder.store()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2048].fill(0xee);
    fs::write(folder.store(), &bytes).unwrap();
    match Store::open(options(&folder.store(), &clock())) {
        Ok(store) => assert!(!store.check(Depth::Full).unwrap().is_in_order()),
        Err(error) => assert_eq!(error.code(), "store.damaged"),
    }
}

#[test]
fn a_newer_store_is_only_read() {
    let folder = Folder::new();
    filled(&folder);
    let newer = folder.path().join("newer");
    let mut made = options(&newer, &clock());
    made.schema = Schema::new(3, ENTITIES);
    Store::open(made).unwrap().close().unwrap();
    assert_eq!(code(&newer, |_| ()), "store.newer");
    assert_eq!(code(&newer, |options| options.read_only = true), "opened");
    // The same for a newer format of the store's own tables.
    Connection::open(folder.store()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(code(&folder.store(), |_| ()), "store.newer");
}

#[test]
fn a_store_opened_for_reading_is_never_written() {
    let folder = Folder::new();
    filled(&folder);
    assert_eq!(code(&folder.path().join("other"), |options| options.read_only = true), "store.not_found");
    let mut options = options(&folder.store(), &clock());
    options.read_only = true;
    let store = Store::open(options).unwrap();
    assert!(store.info().unwrap().read_only);
    assert_eq!(store.read(|reader| reader.version()).unwrap(), 59);
    let error = store.write(&command(99, 0), |writer| writer.create(&party(99, "x"))).unwrap_err();
    assert_eq!(error.code(), "store.read_only");
}

#[test]
fn a_closed_store_says_so() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let copy = store.clone();
    write(&store, &command(1, 0), |writer| writer.create(&party(1, "Rossi")));
    store.close().unwrap();
    store.close().unwrap();
    assert!(copy.is_closed());
    let codes = [
        copy.read(|reader| reader.version()).unwrap_err().code(),
        copy.write(&command(2, 0), |writer| writer.create(&party(2, "x"))).unwrap_err().code(),
        copy.info().unwrap_err().code(),
        copy.check(Depth::Quick).unwrap_err().code(),
        copy.backup(&folder.path().join("copy"), |_| std::ops::ControlFlow::Continue(())).unwrap_err().code(),
    ];
    assert_eq!(codes, ["store.closed"; 5]);
    // Closing folds the log into the file: one file, and the two that hold no data, can be moved by hand.
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["network.clientela", "network.clientela-lock", "network.clientela-open"]);
    assert_eq!(open(&folder.store()).read(|reader| reader.version()).unwrap(), 1);
}

#[test]
fn the_settings_that_keep_data_safe_are_in_force() {
    let folder = Folder::new();
    filled(&folder);
    let raw = Connection::open(folder.store()).unwrap();
    let number = |name: &str| raw.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((number("application_id"), number("user_version")), (0x434c_4e54, 4));
    let mode: String = raw.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let lax: i64 = raw
        .query_row("SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(lax, 0, "every table is strict");
    let readable: String = raw
        .query_row("SELECT name || ' ' || turnover || ' ' || turnover_scale || ' ' || turnover_currency || ' ' || founded FROM party WHERE employees = 12 LIMIT 1", [], |row| row.get(0))
        .unwrap();
    assert!(readable.ends_with("x 1250000 2 EUR 1998-05-01"), "an analyst reads the tables as they are");
}
