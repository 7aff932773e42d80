//! Erasing: no byte stays, and the chain still verifies.

use crate::support::*;
use clientela_model::{EntityId, Record};
use clientela_store::{Store, StoreError, Writer, is_erased, is_erased_answer};
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
