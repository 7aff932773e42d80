//! The chain shows tampering.

use crate::support::*;
use clientela_store::{Depth, Store};
use rusqlite::Connection;

fn filled(folder: &Folder) {
    let store = open(&folder.store());
    write(&store, &command(1, 0), |writer| {
        writer.create(&party(1, "Rossi"))?;
        writer.create(&address(1, 1))?;
        writer.create(&party(2, "Verdi"))
    });
    write(&store, &command(2, 1), |writer| {
        writer.update(&Party { employees: None, name: "Bruni".to_owned(), ..party(1, "Rossi") }, 1)
    });
    write(&store, &command(3, 2), |writer| writer.update(&Party { active: false, ..party(2, "Verdi") }, 2));
    write(&store, &command(4, 3), |writer| {
        writer.put_file(b"an offer")?;
        writer.answer(b"taken".to_vec());
        writer.create(&party(3, "Bianchi"))
    });
    // A command that changes nothing is answered, and the answer is sealed too.
    write(&store, &command(5, 4), |writer| {
        writer.answer(b"nothing to do".to_vec());
        Ok::<_, clientela_store::StoreError>(())
    });
    assert_in_order(&store);
    store.close().unwrap();
}

fn findings(store: &Store) -> Vec<&'static str> {
    store.check(Depth::Full).unwrap().findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn every_change_behind_its_back_is_found() {
    let cases = [
        ("journal.value", "UPDATE _change SET value = X'0105' WHERE field = 7"),
        (
            "journal.value",
            "UPDATE _change SET personal = CAST(substr(personal, 1, length(personal) - 1) || X'21' AS BLOB) WHERE field = 2",
        ),
        ("journal.value", "UPDATE _change SET salt = zeroblob(16) WHERE entity = 3"),
        ("journal.value", "UPDATE _change SET personal = NULL, salt = NULL WHERE field = 2"),
        ("journal.commit", "UPDATE _change SET vhash = zeroblob(32) WHERE field = 10"),
        ("journal.commit", "UPDATE _change SET base = 2 WHERE field = 7"),
        ("journal.commit", "DELETE FROM _change WHERE field = 7"),
        (
            "journal.extra_changes",
            "INSERT INTO _change SELECT entity, id, seq + 1, 8, base, value, NULL, NULL, NULL, vhash, NULL FROM _change WHERE field = 10",
        ),
        ("journal.commit", "UPDATE _commit SET actor = zeroblob(16) WHERE seq = 2"),
        ("journal.commit", "UPDATE _commit SET reason = 'another' WHERE seq = 3"),
        ("journal.commit", "UPDATE _commit SET hash = zeroblob(32) WHERE seq = 4"),
        ("journal.chain", "DELETE FROM _commit WHERE seq = 1"),
        ("journal.chain", "UPDATE _commit SET hlc = 1 WHERE seq = 4"),
        ("journal.extra_changes", "DELETE FROM _commit WHERE seq = 4"),
        ("journal.answer", "UPDATE _command SET answer = X'00' WHERE answer = CAST('taken' AS BLOB)"),
        ("journal.answer", "UPDATE _command SET answer = X'00' WHERE answer = CAST('nothing to do' AS BLOB)"),
        (
            "journal.answer",
            "UPDATE _command SET fingerprint = zeroblob(32) WHERE answer = CAST('taken' AS BLOB)",
        ),
        ("journal.command", "DELETE FROM _command WHERE answer = CAST('taken' AS BLOB)"),
        ("journal.commit", "UPDATE _commit SET bound = zeroblob(64) WHERE seq = 5"),
        ("journal.commit", "UPDATE _commit SET bound = NULL WHERE seq = 5"),
        ("file.content", "UPDATE _file SET content = CAST('another offer' AS BLOB)"),
        ("file.missing", "DELETE FROM _file"),
        ("state.differs", "UPDATE party SET employees = 99"),
        ("state.differs", "UPDATE party SET _version = 1"),
        ("state.missing", "DELETE FROM address"),
        (
            "state.extra",
            "INSERT INTO address SELECT X'000102030405060708090a0b0c0d0e0f', _version, party, street, town FROM address",
        ),
    ];
    for (code, sql) in cases {
        let folder = Folder::new();
        filled(&folder);
        assert!(Connection::open(folder.store()).unwrap().execute(sql, []).unwrap() > 0, "{sql}");
        let found = findings(&open(&folder.store()));
        assert!(found.contains(&code), "{sql}: {found:?}");
    }
}

#[test]
fn personal_data_can_be_erased_and_the_chain_still_holds() {
    let folder = Folder::new();
    filled(&folder);
    let raw = Connection::open(folder.store()).unwrap();
    let mut statement = raw.prepare("SELECT rowid_key, salt, personal FROM (SELECT entity || '-' || hex(id) || '-' || seq || '-' || field AS rowid_key, salt, personal FROM _change WHERE personal IS NOT NULL AND entity = 2)").unwrap();
    let rows: Vec<(String, Vec<u8>, Vec<u8>)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows.len(), 4, "three creations and a change of name");
    for (key, salt, personal) in rows {
        use sha2::Digest;
        let hash: [u8; 32] = sha2::Sha256::new().chain_update(salt).chain_update(personal).finalize().into();
        let erase = "UPDATE _change SET personal = NULL, salt = NULL, personal_hash = ?1 \
                     WHERE entity || '-' || hex(id) || '-' || seq || '-' || field = ?2";
        assert_eq!(raw.execute(erase, rusqlite::params![hash, key]).unwrap(), 1);
    }
    drop(statement);
    raw.execute("UPDATE party SET name = '', email = NULL", []).unwrap();
    drop(raw);
    let store = open(&folder.store());
    assert_eq!(findings(&store), Vec::<&str>::new());
    let then = store.read(|reader| reader.as_of::<Party>(id(1), at(0))).unwrap().unwrap();
    assert_eq!((then.name.as_str(), then.email.as_deref(), then.employees), ("", None, Some(12)));
}

#[test]
fn an_anchor_kept_elsewhere_shows_a_cut_end_and_a_past_made_anew() {
    let folder = Folder::new();
    filled(&folder);
    let store = open(&folder.store());
    let anchor = store.anchor().unwrap();
    let add = |number: u64| {
        write(&store, &command(number, 10), |writer| writer.create(&party(number, "later")));
    };
    add(20);
    add(21);
    let text = anchor.to_string();
    let found = |store: &Store, anchor: &clientela_store::Anchor| -> Vec<&'static str> {
        store.check_since(anchor).unwrap().findings.iter().map(|finding| finding.code).collect()
    };
    assert_eq!(text.parse::<clientela_store::Anchor>().unwrap(), anchor);
    assert_eq!(found(&store, &anchor), Vec::<&str>::new());
    assert_eq!(store.check_since(&anchor).unwrap().commits, 2, "only what came after is computed again");
    let later = store.anchor().unwrap();
    store.close().unwrap();

    let of_another = clientela_store::Anchor { origin: uuid::Uuid::from_u128(1), ..anchor };
    assert_eq!(found(&open(&folder.store()), &of_another), ["journal.anchor"], "of another store");

    // The end is cut off cleanly: the chain alone does not show it.
    let raw = Connection::open(folder.store()).unwrap();
    let number = later.seq;
    for sql in [
        format!("DELETE FROM _change WHERE seq = {number}"),
        format!("DELETE FROM _commit WHERE seq = {number}"),
        format!("DELETE FROM _command WHERE last_seq = {number}"),
        format!("DELETE FROM party WHERE _version = {number}"),
    ] {
        assert!(raw.execute(&sql, []).unwrap() > 0, "{sql}");
    }
    drop(raw);
    let store = open(&folder.store());
    assert_in_order(&store);
    assert_eq!(found(&store, &anchor), Vec::<&str>::new());
    assert_eq!(found(&store, &later), ["journal.truncated"]);
    write(&store, &command(22, 11), |writer| writer.create(&party(22, "instead")));
    assert_in_order(&store);
    assert_eq!(found(&store, &later), ["journal.anchor"]);
}
