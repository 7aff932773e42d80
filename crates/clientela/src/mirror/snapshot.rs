//! The segments of one state of the store.

use super::segment::{CustomerSeat, Segment, Which};
use crate::error::Result;
use crate::view::View;
use clientela_columns::{Bits, Records};
use clientela_core::rules_environment::CUSTOMER_LISTS;
use clientela_store::Reader;
use std::sync::Arc;
use uuid::Uuid;

/// All customers in one state of the store.
#[derive(Debug)]
pub(crate) struct Snapshot {
    commit: i64,
    /// The last commit of those that changed what rights go by: units and positions.
    organisation: i64,
    parts: Vec<Part>,
}

/// A segment, and its rows that a later segment has.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) segment: Arc<Segment>,
    pub(super) dead: Bits,
}

/// What an actor sees of a part.
pub(crate) struct SeenPart {
    segment: Arc<Segment>,
    /// The customers he sees.
    pub(crate) visible: Bits,
    /// All customers, without the fields he does not read and the children he does not see.
    pub(crate) records: Arc<Records>,
}

impl SeenPart {
    /// The customer of a row.
    pub(crate) fn id(&self, row: usize) -> Uuid {
        self.segment.id(row)
    }

    /// Whose the visible customers are, with their rows.
    pub(crate) fn seats(&self) -> impl Iterator<Item = (usize, CustomerSeat)> + '_ {
        let seats = self.segment.seats();
        self.visible.iter().filter_map(move |row| Some((row, seats.get(row)?)))
    }
}

impl Part {
    pub(super) fn new(segment: Segment) -> Self {
        let dead = Bits::none(segment.rows());
        Self { segment: Arc::new(segment), dead }
    }

    /// The customers that no later segment has.
    pub(super) fn live(&self) -> usize {
        self.segment.rows() - self.dead.count()
    }

    /// Their ids.
    pub(super) fn live_ids(&self) -> impl Iterator<Item = Uuid> + '_ {
        (0..self.segment.rows()).filter(|row| !self.dead.get(*row)).map(|row| self.segment.id(row))
    }
}

impl Snapshot {
    /// Reads all customers.
    pub(super) fn read(reader: &Reader<'_>, commit: i64) -> Result<Self> {
        let whole = Segment::read(reader, Which::All)?;
        Ok(Self { commit, organisation: commit, parts: vec![Part::new(whole)] })
    }

    pub(super) fn of_parts(commit: i64, organisation: i64, parts: Vec<Part>) -> Self {
        Self { commit, organisation, parts }
    }

    /// The number of the last commit of this state.
    pub(crate) const fn commit(&self) -> i64 {
        self.commit
    }

    pub(super) const fn organisation(&self) -> i64 {
        self.organisation
    }

    /// The base and the smaller segments after it.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What an actor sees, part by part; no customer is in two of them.
    pub(crate) fn seen_by(&self, view: &View<'_>) -> Result<Vec<SeenPart>> {
        let seen = |part: &Part| {
            let sight = part.segment.sight(view, self.organisation, self.commit)?;
            Ok(SeenPart {
                segment: Arc::clone(&part.segment),
                visible: sight.visible.clone().without(&part.dead),
                records: Arc::clone(&sight.records),
            })
        };
        debug_assert!(view.masks, "what is shown is masked");
        self.parts.iter().map(seen).collect()
    }

    /// Whose all customers are, whoever may see them: for loads and for what one dealer has already, never for an answer.
    pub(crate) fn seats(&self) -> impl Iterator<Item = CustomerSeat> + '_ {
        self.parts.iter().flat_map(|part| {
            let seats = part.segment.seats();
            let live = (0..part.segment.rows()).filter(|row| !part.dead.get(*row));
            live.filter_map(move |row| seats.get(row))
        })
    }

    pub(super) fn customers(&self) -> usize {
        self.parts.iter().map(Part::live).sum()
    }

    pub(super) fn dead(&self) -> usize {
        self.parts.iter().map(|part| part.dead.count()).sum()
    }

    pub(super) fn children(&self) -> usize {
        let lists = |part: &Part| -> usize {
            let lists = CUSTOMER_LISTS.iter().filter_map(|list| part.segment.records().child(list.name));
            lists.map(|children| children.records().rows()).sum()
        };
        self.parts.iter().map(lists).sum()
    }

    pub(super) fn segments(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn memory(&self) -> usize {
        self.parts.iter().map(|part| part.segment.memory() + part.dead.memory()).sum()
    }
}
