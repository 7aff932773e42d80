//! The positions that may be given customers.

use crate::error::Result;
use crate::holders::held_on;
use crate::mirror::Snapshot;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::assignment::{Candidate, Seller, SellerCapacity, SellerSkill};
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Function, Position, Unit, UnitTree};
use clientela_model::Predicate;
use std::collections::{HashMap, HashSet};

/// Positions by id, with what is known of them.
pub(crate) struct Sellers {
    pub(super) tree: UnitTree,
    /// What rules name by.
    pub(crate) known: Vec<Seller>,
    /// Their units.
    pub(super) units: Vec<UnitId>,
    /// What all positions are called.
    pub(super) titles: HashMap<PositionId, String>,
    capacities: HashMap<PositionId, SellerCapacity>,
    held: HashSet<PositionId>,
    today: NaiveDate,
    places: HashMap<PositionId, u32>,
}

impl Sellers {
    /// All positions; none that is no seller's is named but by its own name.
    pub(crate) fn read(view: &View<'_>, today: NaiveDate) -> Result<Self> {
        let tree = UnitTree::new(&view.unseen::<Unit>(&Predicate::Everything)?);
        let positions: Vec<Position> = view.unseen(&Predicate::Everything)?;
        let mut skills: HashMap<PositionId, HashMap<String, u32>> = HashMap::new();
        for skill in view.unseen::<SellerSkill>(&Predicate::Everything)? {
            skills.entry(skill.position).or_default().insert(skill.skill, skill.level);
        }
        let capacities: Vec<SellerCapacity> = view.unseen(&Predicate::Everything)?;
        let known = positions.iter().map(|position| Seller {
            position: position.id,
            units: tree.path(position.unit).collect(),
            skills: skills.remove(&position.id).unwrap_or_default(),
            by_name_only: position.function != Function::Seller,
        });
        let known: Vec<Seller> = known.collect();
        Ok(Self {
            known,
            units: positions.iter().map(|position| position.unit).collect(),
            titles: positions.into_iter().map(|position| (position.id, position.title)).collect(),
            capacities: capacities.into_iter().map(|capacity| (capacity.position, capacity)).collect(),
            held: held_on(view, today)?,
            tree,
            today,
            places: HashMap::new(),
        })
    }

    /// Whether a position is on leave.
    fn away(&self, position: PositionId) -> bool {
        self.capacities.get(&position).is_some_and(|capacity| capacity.away_on(self.today))
    }

    /// Leaves out positions that are not to be given customers.
    pub(super) fn keep(&mut self, mut keeps: impl FnMut(&UnitTree, PositionId, UnitId) -> bool) {
        let kept: Vec<bool> = self
            .known
            .iter()
            .zip(&self.units)
            .map(|(seller, unit)| keeps(&self.tree, seller.position, *unit))
            .collect();
        let (mut of_seller, mut of_unit) = (kept.iter(), kept.iter());
        self.known.retain(|_| of_seller.next().copied().unwrap_or(false));
        self.units.retain(|_| of_unit.next().copied().unwrap_or(false));
        self.places = self.known.iter().map(|seller| seller.position).zip(0..).collect();
    }

    /// The place of a position among the candidates.
    pub(super) fn place(&self, position: PositionId) -> Option<u32> {
        self.places.get(&position).copied()
    }

    /// The candidates, with all they have as what is outside.
    pub(super) fn candidates(&self, snapshot: &Snapshot) -> Vec<Candidate> {
        let mut loads = vec![0_u32; self.known.len()];
        for seat in snapshot.seats() {
            let place = self.place(seat.owner).and_then(|place| loads.get_mut(place as usize));
            place.into_iter().for_each(|load| *load += 1);
        }
        let candidate = |(seller, outside): (&Seller, u32)| {
            let capacity = self.capacities.get(&seller.position);
            let away = self.away(seller.position);
            Candidate {
                position: seller.position,
                title: self.titles.get(&seller.position).cloned().unwrap_or_default(),
                capacity: capacity.and_then(|capacity| capacity.capacity),
                outside,
                absent: away || !self.held.contains(&seller.position),
            }
        };
        self.known.iter().zip(loads).map(candidate).collect()
    }
}
