//! An offer as one: its current version with items and steps.

use crate::command::of_version;
use crate::error::{CrmError, Result};
use crate::session::Session;
use clientela_core::sales::{Offer, OfferItem, OfferRevision, PriceStep};

/// An offer with its current version, as it was at one moment. Costs are empty unless the session may read them.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferSnapshot {
    /// The offer.
    pub offer: Offer,
    /// Version of the record that was read.
    pub version: i64,
    /// The current version of its content.
    pub revision: OfferRevision,
    /// Its items, in their order.
    pub items: Vec<OfferItem>,
    /// The steps of their prices: those of each item in their order, then, without a line, those of the whole offer.
    pub steps: Vec<PriceStep>,
}

impl Session {
    /// An offer by its number or id, with its current version.
    ///
    /// # Errors
    /// `record.not_found` when there is none that may be seen.
    pub fn offer(&self, key: &str) -> Result<OfferSnapshot> {
        self.look(|view| {
            let stored = view.resolve::<Offer>(key)?;
            let current = of_version(&stored.record);
            let revision = view.first_of::<OfferRevision>(&current)?;
            let revision =
                revision.ok_or(CrmError::Internal { what: "an offer has its current version" })?.record;
            let mut items: Vec<OfferItem> = view.records(&current)?;
            let mut steps: Vec<PriceStep> = view.records(&current)?;
            items.sort_by(|left, right| natural(&left.line).cmp(&natural(&right.line)));
            steps.sort_by(|left, right| place(left).cmp(&place(right)));
            Ok(OfferSnapshot { offer: stored.record, version: stored.version, revision, items, steps })
        })
    }
}

/// Line by line; what belongs to no line comes last.
fn place(step: &PriceStep) -> (bool, Vec<(u64, &str)>, u16) {
    let line = step.line.as_deref();
    (line.is_none(), line.map(natural).unwrap_or_default(), step.sequence)
}

/// 10 comes after 9, and 1.10 after 1.9.
fn natural(line: &str) -> Vec<(u64, &str)> {
    line.split('.').map(|part| (part.parse().unwrap_or(u64::MAX), part)).collect()
}
