//! An upgrade may mark further fields as personal: those who were erased before lose them too, when the store is opened after it.

use crate::crm::Crm;
use crate::digest::id_of;
use crate::error::Result;
use clientela_core::entity;
use clientela_core::privacy::{Erasure, LeadErasure};
use clientela_model::Predicate;
use clientela_store::{CommandMeta, Order, Reader, StoreError};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

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
        kind: "erasure.upgrade",
        actor: Uuid::nil(),
        position: None,
        reason: String::new(),
        fingerprint: [0; 32],
        time: crm.clock.now(),
    };
    store.write(&meta, |writer| -> Result<()> {
        for (name, id) in &records {
            let Some(declared) = entity(name).filter(|declared| declared.view.is_none()) else { continue };
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

/// The records the ledger says were reached.
fn erased(reader: &Reader<'_>) -> Result<BTreeSet<(String, Uuid)>> {
    let everything = &Predicate::Everything;
    let parties = reader.find::<Erasure>(everything, &Order::by_id(), None, 0)?;
    let leads = reader.find::<LeadErasure>(everything, &Order::by_id(), None, 0)?;
    let lists = parties.iter().map(|stored| &stored.record.records);
    let lists = lists.chain(leads.iter().map(|stored| &stored.record.records));
    let named = |list: &String| serde_json::from_str::<Vec<(String, Uuid)>>(list).unwrap_or_default();
    Ok(lists.flat_map(named).collect())
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
