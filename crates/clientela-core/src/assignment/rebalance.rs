//! Moving as few records as possible so that nobody has too much.

use super::flow::Network;
use crate::draw::draw;
use clientela_model::ValueError;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What somebody has, and should have at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// The position: order goes by it.
    pub position: Uuid,
    /// Records in all, those that cannot move included.
    pub load: u32,
    /// What it should have.
    pub target: u32,
    /// What it can have at most, whatever the tolerance; none for no limit.
    pub capacity: Option<u32>,
    /// Whether it takes nothing now.
    pub absent: bool,
}

/// A record that may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movable {
    /// Its id.
    pub id: Uuid,
    /// Who has it: a place in the list of loads.
    pub owner: u32,
    /// Who may have it: a place in the list of allowed sets.
    pub allowed: u32,
}

/// One move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The record: a place in the list.
    pub record: usize,
    /// From whom.
    pub from: u32,
    /// To whom.
    pub to: u32,
}

/// What a rebalancing comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebalanced {
    /// The moves, by record id.
    pub moves: Vec<Move>,
    /// How much somebody has too much before, in all.
    pub over_before: u64,
    /// How much stays, because nobody allowed has room.
    pub over_after: u64,
}

/// Moves records from those who have more than their target and tolerance to those below, each record once and only to
/// somebody allowed. Every move takes one off an overload, so there are never more moves than overload; a greatest flow from
/// the overloaded to those with room finds all that can be taken off.
///
/// # Errors
/// `tolerance.range` above 1,000 percent.
pub fn rebalance(
    records: &[Movable],
    allowed: &[Vec<u32>],
    loads: &[Load],
    tolerance_percent: u32,
    seed: u64,
) -> Result<Rebalanced, ValueError> {
    if tolerance_percent > 1_000 {
        let error = ValueError::new("tolerance.range", "tolerance", "is out of range", "0 to 1000 percent");
        return Err(error.at("tolerance_percent"));
    }
    let limit = |load: &Load| {
        let widened = u64::from(load.target) * u64::from(100 + tolerance_percent) / 100;
        load.capacity.map_or(widened, |capacity| widened.min(u64::from(capacity)))
    };
    let over = |load: &Load| u64::from(load.load).saturating_sub(limit(load));
    let room = |load: &Load| if load.absent { 0 } else { limit(load).saturating_sub(u64::from(load.load)) };
    let over_before = loads.iter().map(over).sum();

    // Records of one owner that the same may have are interchangeable.
    let mut groups: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        let known = (record.allowed as usize) < allowed.len();
        if known && loads.get(record.owner as usize).is_some_and(|load| over(load) > 0) {
            groups.entry((record.owner, record.allowed)).or_default().push(place);
        }
    }
    // Nodes: source, sink, one for each owner, one for each allowed set, one for each who takes.
    let (sets, people) = (allowed.len(), loads.len());
    let (owner_at, set_at, taker_at) = (2, 2 + people, 2 + people + sets);
    let mut network = Network::new(2 + people + sets + people);
    let mut order: Vec<usize> = (0..people).collect();
    order.sort_by_key(|place| (draw(seed, loads[*place].position, 0), loads[*place].position));
    for place in &order {
        network.edge(0, owner_at + place, over(&loads[*place]));
        network.edge(taker_at + place, 1, room(&loads[*place]));
    }
    let mut leaving = Vec::new();
    for ((owner, set), members) in &groups {
        let edge = network.edge(owner_at + *owner as usize, set_at + *set as usize, members.len() as u64);
        leaving.push((edge, (*owner, *set)));
    }
    let mut arriving: HashMap<usize, Vec<(usize, u32)>> = HashMap::new();
    for (set, people) in allowed.iter().enumerate() {
        let mut takers: Vec<u32> = people
            .iter()
            .copied()
            .filter(|taker| loads.get(*taker as usize).is_some_and(|load| room(load) > 0))
            .collect();
        // The one with most room first.
        takers.sort_by_key(|taker| {
            let load = &loads[*taker as usize];
            (std::cmp::Reverse(room(load)), draw(seed, load.position, 0), load.position)
        });
        takers.dedup();
        let edges = takers
            .into_iter()
            .map(|taker| (network.edge(set_at + set, taker_at + taker as usize, u64::MAX), taker));
        arriving.insert(set, edges.collect());
    }
    network.run(0, 1);

    let mut moves = Vec::new();
    let mut taken: HashMap<usize, Vec<u32>> = HashMap::new();
    for (set, edges) in &arriving {
        let takers = edges.iter().flat_map(|(edge, taker)| {
            std::iter::repeat_n(*taker, usize::try_from(network.flow(*edge)).unwrap_or(0))
        });
        taken.insert(*set, takers.collect());
    }
    for (edge, (owner, set)) in leaving {
        let mut members = groups.remove(&(owner, set)).unwrap_or_default();
        members.sort_by_key(|place| (draw(seed, records[*place].id, 0), records[*place].id));
        let leaving = usize::try_from(network.flow(edge)).unwrap_or(0);
        let takers = taken.entry(set as usize).or_default();
        for record in members.into_iter().take(leaving) {
            if let Some(to) = takers.pop() {
                moves.push(Move { record, from: owner, to });
            }
        }
    }
    moves.sort_by_key(|made| records[made.record].id);
    let over_after = over_before - moves.len() as u64;
    Ok(Rebalanced { moves, over_before, over_after })
}
