//! Stores to measure on: a small network, and as many customers as wanted.

use crate::Result;
use crate::sample::Sample;
use clientela::{Command, Crm, Founding, Session};
use clientela_core::ids::{ContactId, CustomerId, PartyId, VehicleId};
use clientela_core::party::entry::{
    EnteredCustomer, NewCustomer, Seat, enter_contact, enter_customer, enter_vehicle,
};
use clientela_core::{ENTITIES, SCHEMA_VERSION, SUMMARIES};
use clientela_model::{EntityId, id::uuid_v7};
use clientela_store::{
    Clock, CommandMeta, OpenOptions, Random, Schema, Store, SystemClock, SystemRandom, Writer,
};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The seller who owns everything the programs make.
pub const SELLER: &str = "u-rossi";
/// The administrator.
pub const ADMINISTRATOR: &str = "admin";
/// Customers written in one transaction.
pub const CHUNK_CUSTOMERS: usize = 500;

const SETTING_UP: &str = include_str!("../../tests/scenarios/network.json");

/// What each customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many customers.
    pub customers: usize,
    /// Vehicles of each.
    pub vehicles: usize,
    /// Contacts of each.
    pub contacts: usize,
}

/// The path of a store in a folder of its own, without one from before.
///
/// # Errors
/// What the file system says.
pub fn fresh(name: &str) -> Result<PathBuf> {
    let folder = crate::arguments::workshop().join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join("network.clientela"))
}

/// A new store with headquarters, two dealers, their people, a catalogue and a sales method.
///
/// # Errors
/// What the library says.
pub fn found(path: &Path) -> Result<Crm> {
    let crm = Crm::create(path)?;
    crm.found(&Founding {
        unit_code: "HQ".into(),
        unit_name: "Headquarters".into(),
        country: Some("IT".parse()?),
        login: ADMINISTRATOR.into(),
        user_name: "Ada Bianchi".into(),
    })?;
    let administrator = crm.session(ADMINISTRATOR, None)?;
    for command in serde_json::from_str::<Vec<Command>>(SETTING_UP)? {
        administrator.run(&command)?;
    }
    Ok(crm)
}

/// The position customers of a session are entered for.
#[must_use]
pub fn seat(session: &Session) -> Seat {
    Seat { owner: session.actor().position, unit: session.actor().unit }
}

/// A new store of that extent, closed.
///
/// # Errors
/// What the library says.
pub fn make(path: &Path, extent: Extent) -> Result<()> {
    let crm = found(path)?;
    let seat = seat(&crm.session(SELLER, None)?);
    fill(crm, path, extent, &[seat])
}

/// Fills a store with so many customers, one owner after the other, and closes it.
///
/// # Errors
/// What the library says.
pub fn fill(crm: Crm, path: &Path, extent: Extent, seats: &[Seat]) -> Result<()> {
    let actor = crm.session(SELLER, None)?.actor().user.uuid();
    crm.close()?;
    let store = open_store(path)?;
    let bulk = store.bulk()?;
    let mut sample = Sample::new(1);
    let mut left = extent.customers;
    let mut owners = seats.iter().cycle();
    while left > 0 {
        let now = left.min(CHUNK_CUSTOMERS);
        write(bulk.store(), actor, |writer| {
            (0..now).try_for_each(|_| {
                let seat = owners.next().ok_or("customers have an owner")?;
                enter(writer, &mut sample, extent, *seat)
            })
        })?;
        left -= now;
    }
    bulk.finish()?;
    store.close()?;
    Ok(())
}

/// A new store with these customers and nothing else, closed.
///
/// # Errors
/// What the library says.
pub fn make_of(path: &Path, customers: u32, mut new: impl FnMut(u32) -> NewCustomer) -> Result<()> {
    let crm = found(path)?;
    let seller = crm.session(SELLER, None)?;
    let (seat, actor) = (seat(&seller), seller.actor().user.uuid());
    crm.close()?;
    let store = open_store(path)?;
    let bulk = store.bulk()?;
    let numbers: Vec<u32> = (0..customers).collect();
    for chunk in numbers.chunks(CHUNK_CUSTOMERS) {
        write(bulk.store(), actor, |writer| {
            chunk.iter().try_for_each(|number| enter_one(writer, &new(*number), seat).map(|_| ()))
        })?;
    }
    bulk.finish()?;
    store.close()?;
    Ok(())
}

/// The store beneath, for programs that measure the floor and not the house.
///
/// # Errors
/// What the store says.
pub fn open_store(path: &Path) -> Result<Store> {
    Ok(Store::open(OpenOptions::new(path, Schema::new(SCHEMA_VERSION, ENTITIES).with_summaries(SUMMARIES)))?)
}

/// One command of the store.
///
/// # Errors
/// What the work or the store says.
pub fn write(store: &Store, actor: Uuid, work: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<()> {
    let now = SystemClock.now();
    let meta = CommandMeta {
        id: new_uuid(),
        kind: "import.rows",
        actor,
        position: None,
        reason: String::new(),
        fingerprint: [0; 32],
        time: now,
    };
    store.write(&meta, work)?;
    Ok(())
}

/// One customer with its vehicles and contacts, read and checked as an import reads and checks them.
///
/// # Errors
/// What the domain or the store says.
pub fn enter(writer: &mut Writer<'_>, sample: &mut Sample, extent: Extent, seat: Seat) -> Result<()> {
    let entered = enter_one(writer, &sample.customer(), seat)?;
    let (customer, party) = (entered.relationship.id, entered.party.id);
    for _ in 0..extent.vehicles {
        writer.create(&enter_vehicle(&sample.vehicle(), VehicleId::from_uuid(new_uuid()), party)?)?;
    }
    for _ in 0..extent.contacts {
        let id = ContactId::from_uuid(new_uuid());
        writer.create(&enter_contact(&sample.contact(), id, customer, Some(&entered.party.country))?)?;
    }
    Ok(())
}

fn enter_one(writer: &mut Writer<'_>, new: &NewCustomer, seat: Seat) -> Result<EnteredCustomer> {
    let (customer, party) = (CustomerId::from_uuid(new_uuid()), PartyId::from_uuid(new_uuid()));
    let entered = enter_customer(new, customer, party, seat)?;
    writer.create(&entered.party)?;
    writer.create(&entered.relationship)?;
    Ok(entered)
}

fn new_uuid() -> Uuid {
    let mut random = [0; 10];
    SystemRandom.fill(&mut random);
    uuid_v7(SystemClock.now(), random)
}
