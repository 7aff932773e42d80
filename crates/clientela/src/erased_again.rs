//! An upgrade may mark further fields as personal: those who were erased before lose them too, when the store is opened after it.

use crate::crm::Crm;
use crate::digest::id_of;
use crate::error::Result;
use chrono::{DateTime, Utc};
use clientela_core::entity;
use clientela_core::privacy::{Erasure, LeadErasure};
use clientela_model::{Entity, Predicate};
use clientela_store::{CommandMeta, Order, Reader, StoreError};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The kind of its commit.
const KIND: &str = "erasure.upgrade";

/// Erases what the ledger names again, once after each upgrade; nothing where nobody was erased. Nobody asks for it: the law does,
/// so that the commit is the library's, as that of the founding is.
///
/// # Errors
/// What the store says.
pub(crate) fn erase_again(crm: &Crm) -> Result<()> {
    let store = &crm.store;
    let Some(upgraded) = store.upgraded_at()? else { return Ok(()) };
    let id = of_upgrade(store.origin(), upgraded.timestamp_micros());
    if store.command(id)?.is_some() {
        return Ok(());
    }
    let records = store.read(erased)?;
    if records.is_empty() {
        return Ok(());
    }
    let meta = CommandMeta {
        id,
        kind: KIND,
        actor: Uuid::nil(),
        position: None,
        reason: String::new(),
        fingerprint: [0; 32],
        time: crm.clock.now(),
    };
    store.write(&meta, |writer| -> Result<()> {
        for (declared, id) in &records {
            match writer.erase(declared, *id) {
                // A ledger that came with another copy may know records this one never had.
                Ok(_) | Err(StoreError::Missing { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    })?;
    match store.purge() {
        // Somebody reads an older state: the bytes go with the next erasure, and opening does not wait for him.
        Ok(()) | Err(StoreError::Busy) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The records the ledger says were reached and nobody has changed since: what was entered later was not erased.
fn erased(reader: &Reader<'_>) -> Result<Vec<(&'static Entity, Uuid)>> {
    let everything = &Predicate::Everything;
    let parties = reader.find::<Erasure>(everything, &Order::by_id(), None, 0)?;
    let leads = reader.find::<LeadErasure>(everything, &Order::by_id(), None, 0)?;
    let lists = parties.iter().map(|stored| (&stored.record.records, stored.record.at));
    let lists = lists.chain(leads.iter().map(|stored| (&stored.record.records, stored.record.at)));
    let mut last: BTreeMap<(String, Uuid), DateTime<Utc>> = BTreeMap::new();
    for (list, at) in lists {
        for named in serde_json::from_str::<Vec<(String, Uuid)>>(list).unwrap_or_default() {
            let known = last.entry(named).or_insert(at);
            *known = at.max(*known);
        }
    }
    let mut records = Vec::new();
    for ((name, id), at) in last {
        let Some(declared) = entity(&name).filter(|declared| declared.view.is_none()) else { continue };
        let history = reader.history(declared, id)?;
        let changed = history.iter().rfind(|entry| entry.kind != KIND);
        if changed.is_some_and(|entry| entry.time <= at) {
            records.push((declared, id));
        }
    }
    Ok(records)
}

/// The command of an upgrade: the same id however often the store is opened after it.
fn of_upgrade(origin: Uuid, micros: i64) -> Uuid {
    let digest = Sha256::new()
        .chain_update(b"clientela erasure.upgrade")
        .chain_update(origin.as_bytes())
        .chain_update(micros.to_be_bytes())
        .finalize();
    id_of(&digest)
}
