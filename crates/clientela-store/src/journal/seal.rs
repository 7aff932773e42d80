//! The hashes of the journal.
//!
//! - A change: `vhash = SHA-256(value ‖ phash)`, where `phash = SHA-256(salt ‖ personal)`, or 32 zeros when nothing in it is
//!   personal. When personal data is erased, its value and salt go and `phash` stays: the chain still holds, and without the
//!   salt the hash tells nothing.
//! - A commit: `SHA-256(prev ‖ header ‖ for each record touched: entity, id, count, and for each change: field, base, vhash)`.
//! - What a command's last commit binds besides: `SHA-256(fingerprint ‖ answer)` and the digests of the files it stored, so
//!   that neither can be changed or taken away unseen. A command that changed nothing has a commit without changes for it.
//!
//! - A change whose value was taken out after its field became personal keeps its `vhash`, which has no salt: whoever guesses the
//!   value can try it. What is left of it is `SHA-256("clientela redaction 1" ‖ entity ‖ id ‖ seq ‖ field ‖ vhash ‖ phash ‖ value)`, and the
//!   last commit of the command that took it out binds that too.
//!
//! Numbers are big-endian. Texts are preceded by their length.

use super::pending::Pending;
use crate::error::StoreError;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// What a commit's hash covers besides its changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    pub(crate) origin: Uuid,
    pub(crate) origin_seq: i64,
    pub(crate) command: Uuid,
    pub(crate) part: i64,
    pub(crate) root_entity: u16,
    pub(crate) root: Uuid,
    pub(crate) hlc: i64,
    pub(crate) actor: Uuid,
    pub(crate) position: Option<Uuid>,
    pub(crate) kind: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) schema: u32,
    /// What the reason goes into the chain by, when it is kept apart.
    pub(crate) reason_hash: Option<Hash>,
    /// What is bound besides the changes; none in commits of stores before format 2 and in all but a command's last.
    pub(crate) bound: Option<&'a [u8]>,
}

/// A change as its commit's hash sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) field: u16,
    pub(crate) base: i64,
    pub(crate) vhash: Hash,
}

/// The hash of the personal part of a change.
pub(crate) fn personal_hash(salt: &[u8], personal: &[u8]) -> Hash {
    Sha256::new().chain_update(salt).chain_update(personal).finalize().into()
}

/// The hash of the personal part of a row as it is stored: of what is there, or the one an erasure left.
///
/// # Errors
/// `store.damaged` for a hash of another length.
pub(crate) fn personal_hash_of(
    personal: Option<&[u8]>,
    salt: Option<&[u8]>,
    left: Option<&[u8]>,
) -> Result<Option<Hash>, StoreError> {
    let malformed = |_| StoreError::damaged("a journal row has a malformed seal");
    Ok(match (personal, salt, left) {
        (Some(personal), Some(salt), None) => Some(personal_hash(salt, personal)),
        // Erased: only the hash is left.
        (None, None, Some(hash)) => Some(hash.try_into().map_err(malformed)?),
        _ => None,
    })
}

/// The hash of a change.
pub(crate) fn value_hash(value: &[u8], personal_hash: Option<Hash>) -> Hash {
    Sha256::new().chain_update(value).chain_update(personal_hash.unwrap_or([0; 32])).finalize().into()
}

/// Where a row of the journal stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) entity: u16,
    pub(crate) id: Uuid,
    pub(crate) seq: i64,
    pub(crate) field: i64,
}

/// The hash of what is left of a row a value was taken out of.
pub(crate) fn redaction_hash(place: Place, vhash: &[u8], personal_hash: Option<Hash>, left: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(b"clientela redaction 1")
        .chain_update(place.entity.to_be_bytes())
        .chain_update(place.id.as_bytes())
        .chain_update(place.seq.to_be_bytes())
        .chain_update(place.field.to_be_bytes())
        .chain_update(vhash)
        .chain_update(personal_hash.unwrap_or([0; HASH_BYTES]))
        .chain_update(left)
        .finalize()
        .into()
}

/// Bytes of a hash.
pub(crate) const HASH_BYTES: usize = 32;

/// Stands between the digests of files and the hashes of redacted rows; no content has it.
const THEN_REDACTIONS: Hash = [0; HASH_BYTES];

/// What a command's last commit binds: the hash of its answer, then the digests of its files, then what is left of the rows it
/// took values out of.
pub(crate) fn bound(fingerprint: &[u8], answer: &[u8], files: &[Hash], redactions: &[Hash]) -> Vec<u8> {
    let mut bound = answer_hash(fingerprint, answer).to_vec();
    files.iter().for_each(|digest| bound.extend_from_slice(digest));
    if !redactions.is_empty() {
        bound.extend_from_slice(&THEN_REDACTIONS);
        redactions.iter().for_each(|hash| bound.extend_from_slice(hash));
    }
    bound
}

/// What follows the hash of the answer in what a commit binds: digests of files, and hashes of redacted rows.
pub(crate) fn files_and_redactions(bound: &[u8]) -> (Vec<&[u8]>, Vec<&[u8]>) {
    let mut hashes = bound.chunks(HASH_BYTES);
    let files = hashes.by_ref().take_while(|hash| *hash != THEN_REDACTIONS).collect();
    (files, hashes.collect())
}

/// The hash of a command's answer.
pub(crate) fn answer_hash(fingerprint: &[u8], answer: &[u8]) -> Hash {
    Sha256::new().chain_update(fingerprint).chain_update(answer).finalize().into()
}

/// The hash a reason goes into the chain by: of what is stored, or the one that is left of an erased reason. None for commits
/// that have their reason in the chain as it is: those without one, and those of stores before format 3.
pub(crate) fn reason_hash(reason: &str, salt: Option<&[u8]>, left: Option<&[u8]>) -> Option<Hash> {
    match (salt, left) {
        (Some(salt), _) => Some(personal_hash(salt, reason.as_bytes())),
        // One that is malformed matches nothing.
        (None, Some(left)) => Some(left.try_into().unwrap_or([0; HASH_BYTES])),
        (None, None) => None,
    }
}

/// The hash of a commit.
pub(crate) fn commit_hash(prev: &[u8], header: &Header<'_>, changes: &Pending) -> Hash {
    let mut hash = Sha256::new();
    match (header.reason_hash, header.bound) {
        (None, None) => hash.update(b"clientela commit 1"),
        (Some(reason), bound) => {
            let bound = bound.unwrap_or_default();
            hash.update(b"clientela commit 3");
            hash.update(reason);
            hash.update([u8::from(header.bound.is_some())]);
            hash.update((bound.len() as u64).to_be_bytes());
            hash.update(bound);
        }
        (None, Some(bound)) => {
            hash.update(b"clientela commit 2");
            hash.update((bound.len() as u64).to_be_bytes());
            hash.update(bound);
        }
    }
    hash.update(prev);
    hash.update(header.origin.as_bytes());
    hash.update(header.origin_seq.to_be_bytes());
    hash.update(header.command.as_bytes());
    hash.update(header.part.to_be_bytes());
    hash.update(header.root_entity.to_be_bytes());
    hash.update(header.root.as_bytes());
    hash.update(header.hlc.to_be_bytes());
    hash.update(header.actor.as_bytes());
    hash.update([u8::from(header.position.is_some())]);
    hash.update(header.position.unwrap_or_default().as_bytes());
    let reason = if header.reason_hash.is_some() { "" } else { header.reason };
    for text in [header.kind, reason] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.update(header.schema.to_be_bytes());
    for (entity, id, sealed) in changes.records() {
        hash.update(entity.to_be_bytes());
        hash.update(id.as_bytes());
        hash.update((sealed.len() as u64).to_be_bytes());
        for change in sealed {
            hash.update(change.field.to_be_bytes());
            hash.update(change.base.to_be_bytes());
            hash.update(change.vhash);
        }
    }
    hash.finalize().into()
}
