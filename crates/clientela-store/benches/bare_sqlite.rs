//! What the journal costs: the store against bare SQL on the same tables, settings and data, in one run.
//!
//! `cargo bench -p clientela-store --bench bare_sqlite`. Prints ratios of wall and processor time; times alone mean nothing on
//! another machine.
//!
//! - *interactive*: one field of one record per command, against the same four rows written by bare SQL (state, change, commit,
//!   command), one durable transaction each. Wanted: at most 1.5.
//! - *import*: new parties with two addresses each in commands of 1 000 parties, against multi-row inserts of the state rows alone.
//!   Wanted: the store at 0.35 of the bare speed or better.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a measurement, not part of the library"
)]

use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{EntityId, Money, Record, entity_ids};
use clientela_store::{CommandMeta, OpenOptions, Schema, Store, StoreError};
use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, Value as SqlValue};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use uuid::Uuid;

entity_ids! {
    /// A party.
    PartyId = "party";
    /// An address.
    AddressId = "address";
}

/// A party with the columns of a usual customer.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 1, name = "party", access = public)]
struct Party {
    #[field(number = 1)]
    id: PartyId,
    #[field(number = 2, personal, indexed)]
    name: String,
    #[field(number = 3, personal)]
    email: Option<String>,
    #[field(number = 4, personal)]
    phone: Option<String>,
    #[field(number = 5)]
    language: String,
    #[field(number = 6)]
    turnover: Option<Money>,
    #[field(number = 7)]
    employees: Option<i64>,
    #[field(number = 8)]
    founded: Option<NaiveDate>,
    #[field(number = 9)]
    seen: Option<DateTime<Utc>>,
    #[field(number = 10)]
    active: bool,
}

/// One of its addresses.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 2, name = "address", part_of(party, party), access = through(party))]
struct Address {
    #[field(number = 1)]
    id: AddressId,
    #[field(number = 2)]
    party: PartyId,
    #[field(number = 3, personal)]
    street: String,
    #[field(number = 4)]
    postal_code: String,
    #[field(number = 5)]
    town: String,
}

const SCHEMA: Schema = Schema::new(1, &[Party::ENTITY, Address::ENTITY]);
const PARTIES: u64 = 100_000;
const CHUNK: usize = 1_000;
const COMMANDS: u64 = 250;
const TURNS: u64 = 20;

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_700_000_000_000).unwrap()
}

/// Ids as real ones are: in the order of time, otherwise random.
fn new_id<I: EntityId>(number: u64) -> I {
    let noise = (number ^ 0x5bd1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let at = start() + chrono::Duration::milliseconds(i64::try_from(number / 8).unwrap());
    I::from_uuid(clientela_model::id::uuid_v7(
        at,
        std::array::from_fn(|n| noise[n % 8] ^ u8::try_from(n).unwrap()),
    ))
}

fn party(number: u64) -> Party {
    Party {
        id: new_id(number),
        name: format!("Autotrasporti Fratelli {number} S.r.l."),
        email: Some(format!("office{number}@example.com")),
        phone: Some(format!("+3901652{number:05}")),
        language: "it".to_owned(),
        turnover: Some(Money::from_minor(
            i64::try_from(number).unwrap() * 137,
            Currency::parse("EUR").unwrap(),
        )),
        employees: Some(i64::try_from(number % 90).unwrap()),
        founded: NaiveDate::from_ymd_opt(1998, 5, 1),
        seen: Some(start()),
        active: !number.is_multiple_of(7),
    }
}

fn addresses(number: u64) -> [Address; 2] {
    [0, 1].map(|n| Address {
        id: new_id(10_000_000 + 2 * number + n),
        party: new_id(number),
        street: format!("Via della Repubblica {number}"),
        postal_code: format!("{:05}", number % 99_999),
        town: "Torino".to_owned(),
    })
}

fn meta(number: u64) -> CommandMeta<'static> {
    CommandMeta {
        id: new_id::<PartyId>(50_000_000 + number).uuid(),
        kind: "party.change",
        actor: Uuid::from_u64_pair(1, 1),
        position: Some(Uuid::from_u64_pair(1, 2)),
        reason: String::new(),
        fingerprint: [7; 32],
        time: start() + chrono::Duration::milliseconds(i64::try_from(number).unwrap()),
    }
}

fn open(path: &Path) -> Store {
    Store::open(OpenOptions::new(path, SCHEMA).create(true)).unwrap()
}

fn bare(path: &Path, synchronous: &str) -> Connection {
    open(path).close().unwrap();
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "synchronous", synchronous).unwrap();
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(())).unwrap();
    connection.pragma_update(None, "temp_store", "MEMORY").unwrap();
    connection.pragma_update(None, "cache_size", -16_384).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

/// Processor time of this process; where the system does not tell, none.
fn processor_time() -> Duration {
    // Fields 14 and 15, counted after the name in brackets: user and system time in hundredths of a second.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 =
        after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn timed(work: impl FnOnce()) -> (Duration, Duration) {
    let (wall, processor) = (Instant::now(), processor_time());
    work();
    (wall.elapsed(), processor_time().saturating_sub(processor))
}

fn import_into_store(path: &Path, parties: &[(Party, [Address; 2])]) {
    let store = open(path);
    let bulk = store.bulk().unwrap();
    for (number, chunk) in (0..).zip(parties.chunks(CHUNK)) {
        bulk.store()
            .write(&meta(number), |writer| -> Result<(), StoreError> {
                for (party, addresses) in chunk {
                    writer.create(party)?;
                    addresses.iter().try_for_each(|address| writer.create(address).map(|_| ()))?;
                }
                Ok(())
            })
            .unwrap();
    }
    bulk.finish().unwrap();
    store.close().unwrap();
}

fn import_bare(path: &Path, parties: &[(Party, [Address; 2])]) {
    let connection = bare(path, "NORMAL");
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 8_000, |_| Ok(())).unwrap();
    let many = |row: &str, count: usize| vec![row; count].join(", ");
    const ROWS: usize = 50;
    let insert_party = format!(
        "INSERT INTO party (id, _version, name, email, phone, language, turnover, turnover_scale, turnover_currency, employees, \
         founded, seen, active) VALUES {}",
        many("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
    );
    let insert_address = format!(
        "INSERT INTO address (id, _version, party, street, postal_code, town) VALUES {}",
        many("(?, ?, ?, ?, ?, ?)", 2 * ROWS)
    );
    for chunk in parties.chunks(CHUNK) {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for rows in chunk.chunks(ROWS) {
            let mut statement = connection.prepare_cached(&insert_party).unwrap();
            let mut at = 0;
            let mut bind = |statement: &mut rusqlite::Statement<'_>, value: &dyn rusqlite::ToSql| {
                at += 1;
                statement.raw_bind_parameter(at, value).unwrap();
            };
            for (party, _) in rows {
                let turnover = party.turnover.unwrap();
                let day = party.founded.unwrap().format("%Y-%m-%d").to_string();
                bind(&mut statement, &party.id.uuid().as_bytes().as_slice());
                bind(&mut statement, &1_i64);
                bind(&mut statement, &party.name);
                bind(&mut statement, &party.email);
                bind(&mut statement, &party.phone);
                bind(&mut statement, &party.language);
                bind(&mut statement, &i64::try_from(turnover.amount().mantissa()).unwrap());
                bind(&mut statement, &turnover.amount().scale());
                bind(&mut statement, &turnover.currency().code());
                bind(&mut statement, &party.employees);
                bind(&mut statement, &day);
                bind(&mut statement, &party.seen.map(|at| at.timestamp_micros()));
                bind(&mut statement, &party.active);
            }
            statement.raw_execute().unwrap();
            let mut statement = connection.prepare_cached(&insert_address).unwrap();
            let mut at = 0;
            let mut bind = |statement: &mut rusqlite::Statement<'_>, value: &dyn rusqlite::ToSql| {
                at += 1;
                statement.raw_bind_parameter(at, value).unwrap();
            };
            for address in rows.iter().flat_map(|(_, addresses)| addresses) {
                bind(&mut statement, &address.id.uuid().as_bytes().as_slice());
                bind(&mut statement, &1_i64);
                bind(&mut statement, &address.party.uuid().as_bytes().as_slice());
                bind(&mut statement, &address.street);
                bind(&mut statement, &address.postal_code);
                bind(&mut statement, &address.town);
            }
            statement.raw_execute().unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn change_in_store(store: &Store, round: u64) {
    for number in 0..COMMANDS {
        let id = new_id::<PartyId>(number);
        store
            .write(&meta(1_000_000 * (round + 1) + number), |writer| -> Result<(), StoreError> {
                let mut stored = writer.require::<Party>(id)?;
                stored.record.employees = Some(i64::try_from(1_000 * (round + 1) + number % 1_000).unwrap());
                writer.update(&stored.record, stored.version).map(|_| ())
            })
            .unwrap();
    }
}

fn change_bare(connection: &Connection, round: u64) {
    let blob = |bytes: &[u8]| ToSqlOutput::Owned(SqlValue::Blob(bytes.to_vec()));
    for number in 0..COMMANDS {
        let (id, command) = (new_id::<PartyId>(number).uuid(), meta(1_000_000 * (round + 1) + number));
        let seq = i64::try_from(10_000_000 + round * COMMANDS + number).unwrap();
        let run = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
            connection.prepare_cached(sql).unwrap().execute(parameters).unwrap();
        };
        let (id, command_id, hash) = (blob(id.as_bytes()), blob(command.id.as_bytes()), blob(&[5; 32]));
        let (actor, touched) = (blob(command.actor.as_bytes()), blob(&[3; 20]));
        run("BEGIN IMMEDIATE", &[]);
        run(
            "UPDATE party SET employees = ?, _version = ? WHERE id = ?",
            &[&i64::try_from(number).unwrap(), &seq, &id],
        );
        run(
            "INSERT INTO _change (entity, id, seq, field, base, value, vhash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[&1, &id, &seq, &7, &1, &blob(&[1, 3, 5]), &hash],
        );
        run(
            "INSERT INTO _commit VALUES (?1, ?2, ?1, ?3, 0, 1, ?4, ?5, ?2, ?2, 'party.change', '', 1, ?6, ?7, ?7)",
            &[&seq, &actor, &command_id, &id, &(seq << 15), &touched, &hash],
        );
        run(
            "INSERT INTO _command VALUES (?1, 'party.change', ?2, ?3, ?3, ?4, ?5, ?5, X'')",
            &[&command_id, &hash, &actor, &command.time.timestamp_micros(), &seq],
        );
        run("COMMIT", &[]);
    }
}

fn ratio(name: &str, ours: (Duration, Duration), bare: (Duration, Duration), bare_over_ours: bool) {
    let of = |ours: Duration, bare: Duration| {
        let (ours, bare) = (ours.as_secs_f64(), bare.as_secs_f64());
        if bare_over_ours { bare / ours } else { ours / bare }
    };
    println!(
        "{name}: wall {:.2} (store {:.2?}, bare {:.2?}), processor {:.2} (store {:.2?}, bare {:.2?})",
        of(ours.0, bare.0),
        ours.0,
        bare.0,
        of(ours.1, bare.1),
        ours.1,
        bare.1
    );
}

fn main() {
    let folder: PathBuf = std::env::temp_dir().join(format!("clientela-store-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let parties: Vec<_> = (0..PARTIES).map(|number| (party(number), addresses(number))).collect();
    for round in 0..3 {
        let (ours, bare_path) = (folder.join(format!("ours-{round}")), folder.join(format!("bare-{round}")));
        let store_time = timed(|| import_into_store(&ours, &parties));
        let bare_time = timed(|| import_bare(&bare_path, &parties));
        ratio("import, bare / store", store_time, bare_time, true);
    }
    // Both begin from the same state, one after the other in turns.
    let (ours, bare_path) = (folder.join("ours-0"), folder.join("ours-1"));
    let store = open(&ours);
    let connection = bare(&bare_path, "FULL");
    let (mut store_time, mut bare_time) = <((Duration, Duration), (Duration, Duration))>::default();
    for turn in 0..TURNS {
        let (wall, processor) = timed(|| change_in_store(&store, turn));
        store_time = (store_time.0 + wall, store_time.1 + processor);
        let (wall, processor) = timed(|| change_bare(&connection, turn));
        bare_time = (bare_time.0 + wall, bare_time.1 + processor);
    }
    ratio("interactive, store / bare", store_time, bare_time, false);
    drop((store, connection));
    let _ = std::fs::remove_dir_all(&folder);
}
