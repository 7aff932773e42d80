//! What the customers kept in columns take, and giving that back. The columns are of the store: only who administers all customers
//! is told of them.

use crate::error::{CrmError, Result};
use crate::mirror::MirrorInfo;
use crate::session::Session;
use clientela_core::organisation::{Scope, Verb};
use clientela_core::party::Relationship;
use clientela_model::{Record, Why};
use serde::{Deserialize, Serialize};

/// What the customers in columns take, as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorInfoOf {}

/// The same, once they are read or brought up to date: what the next question over many records would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorRefreshed {}

/// The same, after their memory was given back; the next question over many records reads them again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorDropped {}

/// What the customers in columns take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MirrorFigures {
    /// The customers.
    pub customers: usize,
    /// What belongs to them.
    pub children: usize,
    /// The segments they lie in.
    pub segments: usize,
    /// Rows that were read again since, and wait to be thrown away.
    pub dead: usize,
    /// The bytes all of it takes.
    pub bytes: usize,
    /// The same for one customer.
    pub bytes_per_customer: usize,
    /// The number of the last commit they are up to date with.
    pub commit: i64,
    /// Milliseconds that reading all of them took, by the clock of the store; none if it stood still.
    pub built_in_milliseconds: Option<i64>,
    /// Milliseconds that bringing them up to date took the last time.
    pub refreshed_in_milliseconds: Option<i64>,
}

impl From<MirrorInfo> for MirrorFigures {
    fn from(info: MirrorInfo) -> Self {
        Self {
            customers: info.customers,
            children: info.children,
            segments: info.segments,
            dead: info.dead,
            bytes: info.bytes,
            bytes_per_customer: info.bytes_per_customer,
            commit: info.commit,
            built_in_milliseconds: info.built_in.map(|time| time.num_milliseconds()),
            refreshed_in_milliseconds: info.refreshed_in.map(|time| time.num_milliseconds()),
        }
    }
}

pub(super) fn info(session: &Session, _: &MirrorInfoOf) -> Result<Option<MirrorFigures>> {
    permitted(session)?;
    Ok(session.crm.mirror_info().map(MirrorFigures::from))
}

pub(super) fn refreshed(session: &Session, _: &MirrorRefreshed) -> Result<Option<MirrorFigures>> {
    permitted(session)?;
    Ok(Some(session.crm.refresh_mirror()?.into()))
}

pub(super) fn dropped(session: &Session, _: &MirrorDropped) -> Result<Option<MirrorFigures>> {
    permitted(session)?;
    session.crm.drop_mirror();
    Ok(session.crm.mirror_info().map(MirrorFigures::from))
}

fn permitted(session: &Session) -> Result<()> {
    let entity = Relationship::ENTITY.name;
    let scope = session.look(|view| Ok(view.actor.scope(Verb::Administer, entity)))?;
    if scope == Some(Scope::Everything) {
        return Ok(());
    }
    let why = Why::new("access.no_grant").fact("entity", entity);
    Err(CrmError::NotAllowed { verb: Verb::Administer, entity, why }.into())
}
