//! Entities, stores and commands for the tests.

use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Entity, EntityId, Money, Record, entity_ids};
use clientela_store::{
    CommandMeta, FixedClock, OpenOptions, Schema, SeededRandom, Store, StoreError, Writer, Written,
};
use rust_decimal::Decimal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

entity_ids! {
    /// A unit.
    UnitId = "unit";
    /// A party.
    PartyId = "party";
    /// An address.
    AddressId = "address";
    /// A door of an address.
    DoorId = "door";
    /// A relationship.
    RelationshipId = "relationship";
}

/// What kind of party it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ClosedList)]
pub enum Kind {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
    /// A public body.
    PublicBody,
}

/// A unit of the network.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 1, name = "unit", access = public)]
pub struct Unit {
    /// Id.
    #[field(number = 1)]
    pub id: UnitId,
    /// The unit above.
    #[field(number = 2)]
    pub parent: Option<UnitId>,
    /// Its name.
    #[field(number = 3)]
    pub name: String,
}

/// A person or organisation.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 2, name = "party", access = via(relationship.party))]
pub struct Party {
    /// Id.
    #[field(number = 1)]
    pub id: PartyId,
    /// Its name.
    #[field(number = 2, personal, indexed)]
    pub name: String,
    /// Where it is written to.
    #[field(number = 3, personal)]
    pub email: Option<String>,
    /// What kind it is.
    #[field(number = 4)]
    pub kind: Kind,
    /// Yearly turnover.
    #[field(number = 5)]
    pub turnover: Option<Money>,
    /// Rating.
    #[field(number = 6)]
    pub rating: Option<Decimal>,
    /// How many work there.
    #[field(number = 7, indexed)]
    pub employees: Option<i64>,
    /// First day.
    #[field(number = 8)]
    pub founded: Option<NaiveDate>,
    /// Last seen.
    #[field(number = 9)]
    pub seen: Option<DateTime<Utc>>,
    /// Whether it is active.
    #[field(number = 10)]
    pub active: bool,
    /// The unit that looks after it.
    #[field(number = 11)]
    pub unit: Option<UnitId>,
    /// Its logo.
    #[field(number = 12)]
    pub logo: Option<Vec<u8>>,
}

/// An address of a party.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 3, name = "address", part_of(party, party), access = through(party))]
pub struct Address {
    /// Id.
    #[field(number = 1)]
    pub id: AddressId,
    /// Whose it is.
    #[field(number = 2)]
    pub party: PartyId,
    /// Street and number.
    #[field(number = 3, personal)]
    pub street: String,
    /// Town.
    #[field(number = 4)]
    pub town: String,
}

/// A door of an address: a part of a part.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 4, name = "door", part_of(address, address), access = through(address))]
pub struct Door {
    /// Id.
    #[field(number = 1)]
    pub id: DoorId,
    /// Where it is.
    #[field(number = 2)]
    pub address: AddressId,
    /// How high.
    #[field(number = 3)]
    pub height: Decimal,
}

/// One unit's business with a party.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 5, name = "relationship", access = owned)]
pub struct Relationship {
    /// Id.
    #[field(number = 1)]
    pub id: RelationshipId,
    /// The party.
    #[field(number = 2)]
    pub party: PartyId,
    /// Who owns it.
    #[field(number = 3)]
    pub owner: Option<UnitId>,
    /// The unit.
    #[field(number = 4)]
    pub unit: UnitId,
    /// Whether it is good business.
    #[field(number = 5)]
    pub good: bool,
}

/// Party and relationship in one.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 6, name = "customer", view(relationship, party, party), access = owned)]
pub struct Customer {
    /// Id.
    #[field(number = 1)]
    pub id: RelationshipId,
    /// The party.
    #[field(number = 2)]
    pub party: PartyId,
    /// Its name.
    #[field(number = 3, from = "party", personal)]
    pub name: String,
    /// Yearly turnover.
    #[field(number = 4, from = "party")]
    pub turnover: Option<Money>,
    /// The unit.
    #[field(number = 5)]
    pub unit: UnitId,
    /// Whether it is good business.
    #[field(number = 6)]
    pub good: bool,
}

pub const ENTITIES: &[&Entity] =
    &[Unit::ENTITY, Party::ENTITY, Address::ENTITY, Door::ENTITY, Relationship::ENTITY, Customer::ENTITY];

pub const SCHEMA: Schema = Schema::new(1, ENTITIES);

/// The id with this number.
pub fn id<I: EntityId>(number: u64) -> I {
    I::from_uuid(Uuid::from_u64_pair(I::ENTITY.len() as u64, number))
}

pub fn euro(cents: i64) -> Money {
    Money::from_minor(cents, Currency::parse("EUR").unwrap())
}

pub fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

/// So many milliseconds after the tests began to count.
pub fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_700_000_000_000 + millis).unwrap()
}

pub fn party(number: u64, name: &str) -> Party {
    Party {
        id: id(number),
        name: name.to_owned(),
        email: Some(format!("{name}@example.com")),
        kind: Kind::Organisation,
        turnover: Some(euro(1_250_000)),
        rating: Some(Decimal::new(150, 2)),
        employees: Some(12),
        founded: Some(day("1998-05-01")),
        seen: Some(at(0)),
        active: true,
        unit: None,
        logo: Some(vec![0, 255, 7]),
    }
}

pub fn address(number: u64, of: u64) -> Address {
    Address { id: id(number), party: id(of), street: "Main street 1".to_owned(), town: "Aosta".to_owned() }
}

/// A folder of its own that goes away with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("clientela-store-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn store(&self) -> PathBuf {
        self.0.join("network.clientela")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Options with a clock that stands still and a seeded source.
pub fn options(path: &Path, clock: &Arc<FixedClock>) -> OpenOptions {
    let mut options = OpenOptions::new(path, SCHEMA)
        .create(true)
        .clock(Arc::clone(clock) as Arc<_>)
        .random(Arc::new(SeededRandom::new(7)))
        .busy_wait(Duration::from_secs(20));
    // Wherever the tests run, their folder is good enough for them.
    options.network_file_system = true;
    options
}

pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(at(0)))
}

pub fn open(path: &Path) -> Store {
    Store::open(options(path, &clock())).unwrap()
}

pub fn in_memory() -> Store {
    Store::in_memory(SCHEMA, clock(), Arc::new(SeededRandom::new(7))).unwrap()
}

/// The command with this number, given at this time.
pub fn command(number: u64, millis: i64) -> CommandMeta<'static> {
    CommandMeta {
        id: Uuid::from_u64_pair(0xc0, number),
        kind: "test.write",
        actor: Uuid::from_u64_pair(0xac, 1),
        position: number.is_multiple_of(2).then(|| Uuid::from_u64_pair(0xb0, 1)),
        reason: format!("reason {number}"),
        fingerprint: [u8::try_from(number % 251).unwrap(); 32],
        time: at(millis),
    }
}

/// Carries out a command that has to succeed.
pub fn write<T>(
    store: &Store,
    meta: &CommandMeta<'_>,
    work: impl FnOnce(&mut Writer<'_>) -> Result<T, StoreError>,
) -> T {
    match store.write(meta, work).unwrap() {
        Written::Done(value) => value,
        Written::Repeated(_) => panic!("carried out before"),
    }
}

/// Fails when a full check finds anything.
#[track_caller]
pub fn assert_in_order(store: &Store) {
    let report = store.check(clientela_store::Depth::Full).unwrap();
    assert!(report.is_in_order(), "{report:#?}");
}
