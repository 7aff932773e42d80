//! Erasing: no byte stays, and the chain still verifies.

use crate::support::*;
use clientela_model::{Column, Entity, EntityId, Record};
use clientela_store::{Schema, Store, StoreError, Writer, is_erased, is_erased_answer};
use memchr::memmem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// What one person left everywhere; long enough not to be found by chance.
const NAME: &str = "Zanzottera-Qx";
const LATER: &str = "Qvintavalla-Zx";
const STREET: &str = "Vicolo Zwanzig 17";
const REASON: &str = "told by Zoccarato-Jx on the telephone";
const ANSWER: &[u8] = b"{\"for\":\"Zoccarato-Kx\"}";
const FILE: &[u8] = b"scan of a form signed by Zoccarato-Wx";

/// Every way a text could lie in a file.
fn encodings(text: &[u8]) -> Vec<Vec<u8>> {
    use std::fmt::Write;
    let plain = text.to_vec();
    let text = String::from_utf8_lossy(text).into_owned();
    let (lower, upper) = (text.to_lowercase().into_bytes(), text.to_uppercase().into_bytes());
    let wide = |swap: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let mut hex = String::new();
    plain.iter().for_each(|byte| write!(hex, "{byte:02x}").unwrap());
    let reversed: Vec<u8> = plain.iter().rev().copied().collect();
    let upper_hex = hex.to_uppercase().into_bytes();
    vec![plain, lower, upper, wide(false), wide(true), hex.into_bytes(), upper_hex, reversed]
}

fn found_in(path: &Path, text: &[u8]) -> bool {
    let Ok(bytes) = std::fs::read(path) else { return false };
    encodings(text).iter().any(|form| memmem::find(&bytes, form).is_some())
}

/// All files of a folder in which a text is found, a part of it included.
fn traces(folder: &Path, texts: &[&[u8]]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        for text in texts {
            // A cut piece is as bad as the whole.
            let piece = &text[..text.len().min(10)];
            if path.is_file() && (found_in(&path, text) || found_in(&path, piece)) {
                found.push((path.clone(), String::from_utf8_lossy(text).into_owned()));
            }
        }
    }
    found
}

const ALL: [&[u8]; 6] =
    [NAME.as_bytes(), LATER.as_bytes(), STREET.as_bytes(), REASON.as_bytes(), ANSWER, FILE];

/// A person among many others, so that its rows share pages with theirs and pages are split and joined.
fn lived(store: &Store, others: u64) -> [u8; 32] {
    write(store, &command(1, 0), |writer| fill(writer, 1_000, others / 2));
    let mut meta = command(2, 1);
    meta.reason = REASON.to_owned();
    let digest = write(store, &meta, |writer| {
        writer.create(&party(1, NAME))?;
        writer.create(&Address { street: STREET.to_owned(), ..address(1, 1) })?;
        writer.answer(ANSWER.to_vec());
        writer.put_file(FILE)
    });
    write(store, &command(3, 2), |writer| {
        writer.update(&Party { seen: None, ..party(1, LATER) }, version(writer))
    });
    write(store, &command(4, 3), |writer| fill(writer, 5_000, others / 2));
    write(store, &command(5, 4), |writer| {
        let now = writer.require::<Party>(id(1))?;
        writer.update(&Party { email: None, ..now.record }, now.version)
    });
    digest
}

fn version(writer: &Writer<'_>) -> i64 {
    writer.require::<Party>(id(1)).unwrap().version
}

fn fill(writer: &mut Writer<'_>, from: u64, count: u64) -> Result<(), StoreError> {
    for number in from..from + count {
        writer.create(&party(
            number,
            &format!("Other {number} {}", "y".repeat(usize::try_from(number % 90).unwrap())),
        ))?;
        writer.create(&address(number, number))?;
    }
    Ok(())
}

fn erase(store: &Store, number: u64, digest: &[u8; 32]) -> clientela_store::Erased {
    let erased = write(store, &command(number, 9), |writer| {
        let mut erased = writer.erase(Party::ENTITY, id::<PartyId>(1).uuid())?;
        erased = erased.and(writer.erase(Address::ENTITY, id::<AddressId>(1).uuid())?);
        erased = erased.and(writer.erase_traces(Party::ENTITY, id::<PartyId>(1).uuid())?);
        Ok::<_, StoreError>(erased.and(writer.erase_file(digest)?))
    });
    store.purge().unwrap();
    erased
}

#[test]
fn nothing_of_the_erased_is_left_in_the_files_and_the_chain_verifies() {
    for others in [0, 60, 1_200] {
        let folder = Folder::new();
        let store = open(&folder.store());
        let digest = lived(&store, others);
        assert!(!traces(folder.path(), &ALL).is_empty(), "it is found before");
        let anchor = store.anchor().unwrap();

        let erased = erase(&store, 6, &digest);
        assert_eq!((erased.fields, erased.files), (2, 1), "the e-mail had been taken out before");
        assert!(erased.changes >= 4 && erased.reasons >= 3 && erased.answers >= 3, "{erased:?}");
        assert_eq!(erased.reasons_kept, 0);

        assert_eq!(traces(folder.path(), &ALL), [], "with {others} others");
        assert_in_order(&store);
        assert!(store.check_since(&anchor).unwrap().is_in_order(), "the anchor of before still holds");
        let copy = folder.path().join("copy.clientela");
        store.backup(&copy, |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(traces(folder.path(), &ALL), []);

        store
            .read(|reader| {
                let party = reader.require::<Party>(id(1))?.record;
                assert_eq!(
                    (party.name.as_str(), party.email, party.employees),
                    ("", None, Some(12)),
                    "the rest stays"
                );
                assert!(is_erased(Party::ENTITY, &reader.require::<Party>(id(1))?.record.to_values()));
                assert!(reader.file(&digest)?.is_none());
                let history = reader.history(Party::ENTITY, id::<PartyId>(1).uuid())?;
                assert_eq!(history.len(), 4, "that and when it changed stays: {history:?}");
                assert!(!format!("{history:?}").contains(NAME));
                assert!(is_erased_answer(&reader.command(command(2, 1).id)?.unwrap().answer));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        store.close().unwrap();
        assert_eq!(traces(folder.path(), &ALL), []);
        let again = open(&folder.store());
        assert_in_order(&again);
    }
}

#[test]
fn an_older_copy_is_erased_by_the_same_ids() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let digest = lived(&store, 20);
    let other = Folder::new();
    store.backup(&other.store(), |_| ControlFlow::Continue(())).unwrap();
    erase(&store, 6, &digest);
    assert!(!traces(other.path(), &ALL).is_empty());
    let restored = open(&other.store());
    erase(&restored, 7, &digest);
    assert_eq!(traces(other.path(), &ALL), []);
    assert_in_order(&restored);
}

#[test]
fn erasing_again_changes_nothing_and_a_file_can_come_back() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let digest = lived(&store, 4);
    erase(&store, 6, &digest);
    let again = erase(&store, 7, &digest);
    assert_eq!(
        (again.fields, again.changes, again.files),
        (0, 2, 0),
        "the changes that emptied them were left: {again:?}"
    );
    write(&store, &command(8, 10), |writer| writer.put_file(FILE));
    assert_eq!(store.read(|reader| reader.file(&digest)).unwrap().as_deref(), Some(FILE));
    assert_in_order(&store);
}

#[test]
fn tampering_with_what_is_left_shows() {
    for (code, statement) in [
        ("journal.value", "UPDATE _change SET personal_hash = zeroblob(32) WHERE personal_hash IS NOT NULL"),
        ("journal.commit", "UPDATE _commit SET reason_hash = zeroblob(32) WHERE reason_hash IS NOT NULL"),
        (
            "journal.commit",
            "UPDATE _commit SET reason = 'invented', reason_hash = NULL WHERE reason_hash IS NOT NULL",
        ),
        ("journal.commit", "UPDATE _commit SET reason = 'invented' WHERE reason_salt IS NOT NULL"),
    ] {
        let folder = Folder::new();
        let store = open(&folder.store());
        let digest = lived(&store, 2);
        erase(&store, 6, &digest);
        store.close().unwrap();
        rusqlite::Connection::open(folder.store()).unwrap().execute(statement, []).unwrap();
        let report = open(&folder.store()).check(clientela_store::Depth::Full).unwrap();
        assert!(report.findings.iter().any(|finding| finding.code == code), "{statement}: {report:#?}");
    }
}

#[test]
fn while_somebody_reads_an_older_state_purging_waits_and_can_be_called_again() {
    let folder = Folder::new();
    let mut options = options(&folder.store(), &clock());
    options.busy_wait = std::time::Duration::from_millis(50);
    let store = Store::open(options).unwrap();
    lived(&store, 2);
    let refused = store
        .read(|reader| {
            reader.version()?;
            write(&store, &command(6, 9), |writer| writer.erase(Party::ENTITY, id::<PartyId>(1).uuid()));
            Ok::<_, StoreError>(store.purge())
        })
        .unwrap();
    assert_eq!(refused, Err(StoreError::Busy));
    store.purge().unwrap();
    assert_eq!(traces(folder.path(), &[NAME.as_bytes(), LATER.as_bytes()]), []);
}

/// The declarations before anything was personal.
fn before_anything_was_personal() -> Schema {
    let open = |entity: &&'static Entity| -> &'static Entity {
        let columns: Vec<Column> =
            entity.columns.iter().map(|column| Column { personal: false, ..*column }).collect();
        Box::leak(Box::new(Entity { columns: Box::leak(columns.into_boxed_slice()), ..**entity }))
    };
    let entities: Vec<&'static Entity> = ENTITIES.iter().map(open).collect();
    Schema::new(1, Box::leak(entities.into_boxed_slice()))
}

/// The person among a few others, as a library writes it to which none of the fields is personal.
fn lived_in_the_open(store: &Store) -> [u8; 32] {
    let entities = store.schema().entities;
    let open = |name: &str| *entities.iter().find(|entity| entity.name == name).unwrap();
    let (parties, addresses) = (open("party"), open("address"));
    assert!(parties.columns.iter().chain(addresses.columns).all(|column| !column.personal));
    write(store, &command(1, 0), |writer| fill(writer, 1_000, 10));
    let mut meta = command(2, 1);
    meta.reason = REASON.to_owned();
    let digest = write(store, &meta, |writer| {
        writer.create_values(parties, &party(1, NAME).to_values())?;
        let address = Address { street: STREET.to_owned(), ..address(1, 1) };
        writer.create_values(addresses, &address.to_values())?;
        writer.answer(ANSWER.to_vec());
        writer.put_file(FILE)
    });
    write(store, &command(3, 2), |writer| {
        let changed = Party { seen: None, ..party(1, LATER) };
        writer.update_values(parties, &changed.to_values(), Some(version(writer)))
    });
    digest
}

/// A store in which a person lived before the fields were personal, opened by a library to which they are.
fn upgraded(folder: &Folder) -> (Store, [u8; 32]) {
    let mut old = options(&folder.store(), &clock());
    old.schema = before_anything_was_personal();
    let store = Store::open(old).unwrap();
    let digest = lived_in_the_open(&store);
    store.close().unwrap();
    let mut new = options(&folder.store(), &clock());
    new.schema = Schema::new(2, ENTITIES);
    let store = Store::open(new).unwrap();
    assert!(store.upgraded_at().unwrap().is_some());
    (store, digest)
}

fn traces_in_store(folder: &Folder) -> Vec<(PathBuf, String)> {
    let mut found = traces(folder.path(), &ALL);
    // The copy made before the upgrade is another store, which is erased by the same ids.
    found.retain(|(path, _)| !path.to_string_lossy().contains("-before-upgrade-"));
    found
}

#[test]
fn what_was_written_before_it_was_personal_goes_too_and_the_chain_verifies() {
    let folder = Folder::new();
    let (store, digest) = upgraded(&folder);
    let anchor = store.anchor().unwrap();
    let of_then = |store: &Store| {
        store.read(|reader| reader.history(Party::ENTITY, id::<PartyId>(1).uuid())).unwrap().len()
    };
    let entries = of_then(&store);
    let erased = erase(&store, 6, &digest);
    assert!(erased.changes >= 4, "{erased:?}");
    assert_eq!(traces_in_store(&folder), []);
    assert_in_order(&store);
    assert!(store.check_since(&anchor).unwrap().is_in_order(), "the anchor of before still holds");
    assert_eq!(of_then(&store), entries + 1, "that and when it changed stays");
    let other = store.read(|reader| reader.require::<Party>(id(1_001))).unwrap();
    assert!(other.record.name.starts_with("Other"), "nobody else lost anything");

    let again = erase(&store, 7, &digest);
    assert_eq!(again.fields, 0);
    assert_in_order(&store);
    store.close().unwrap();
    assert_eq!(traces_in_store(&folder), []);
    let mut new = options(&folder.store(), &clock());
    new.schema = Schema::new(2, ENTITIES);
    assert_in_order(&Store::open(new).unwrap());
}

#[test]
fn taking_out_more_than_an_erasure_did_shows() {
    for statement in [
        // Another content in what is left, its hash left alone.
        "UPDATE _change SET value = X'0100' WHERE redaction IS NOT NULL",
        // A value taken out that no erasure took out, under a hash somebody made up.
        "UPDATE _change SET value = X'', redaction = zeroblob(32) WHERE field <> 0 AND LENGTH(value) > 0",
        // What is left of one row put in the place of another.
        "UPDATE _change SET (value, redaction) = (SELECT value, redaction FROM _change WHERE redaction IS NOT NULL AND field <> 0 LIMIT 1) \
         WHERE field <> 0 AND redaction IS NULL AND LENGTH(value) > 0",
        "UPDATE _change SET redaction = NULL WHERE redaction IS NOT NULL",
        // Rows that were emptied by nobody who says so.
        "UPDATE _commit SET bound = substr(bound, 1, 32) WHERE LENGTH(bound) > 64",
    ] {
        let folder = Folder::new();
        let (store, digest) = upgraded(&folder);
        write(&store, &command(8, 5), |writer| {
            let now = writer.require::<Party>(id(1_000))?;
            writer.update(&Party { employees: Some(99), ..now.record }, now.version)
        });
        erase(&store, 9, &digest);
        store.close().unwrap();
        let raw = rusqlite::Connection::open(folder.store()).unwrap();
        assert!(raw.execute(statement, []).unwrap() > 0, "{statement}");
        drop(raw);
        let mut new = options(&folder.store(), &clock());
        new.schema = Schema::new(2, ENTITIES);
        let report = Store::open(new).unwrap().check(clientela_store::Depth::Full).unwrap();
        assert!(
            report.findings.iter().any(|finding| finding.code == "journal.value"),
            "{statement}: {report:#?}"
        );
    }
}

#[test]
fn an_erasure_seals_every_row_it_took_a_value_out_of() {
    let folder = Folder::new();
    let (store, digest) = upgraded(&folder);
    erase(&store, 6, &digest);
    store.close().unwrap();
    let raw = rusqlite::Connection::open(folder.store()).unwrap();
    let sealed =
        "SELECT bound FROM _commit WHERE bound IS NOT NULL AND LENGTH(bound) > 64 ORDER BY seq DESC LIMIT 1";
    let bound: Vec<u8> = raw.query_row(sealed, [], |row| row.get(0)).unwrap();
    let left: Vec<Vec<u8>> = {
        let mut rows = raw.prepare("SELECT redaction FROM _change WHERE redaction IS NOT NULL").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(!left.is_empty());
    for hash in &left {
        assert!(
            bound.chunks(32).any(|known| known == hash.as_slice()),
            "the erasure seals every row it emptied"
        );
    }
}
