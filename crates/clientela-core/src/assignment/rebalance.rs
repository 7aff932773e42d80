//! Moving as few records as possible so that nobody has too much.

use super::flow::Network;
use super::run::sums;
use super::{ScoredRule, Subject, counting, set};
use crate::draw::draw;
use clientela_model::{ClosedList, ValueError, Why};
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
    /// Who may have it: a place in the list of takers; beyond that list when it stays where it is.
    pub allowed: u32,
}

/// Who may have a record: places in the list of loads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Takers {
    /// Those of the dealer that has it.
    pub near: Vec<u32>,
    /// Those of other dealers, who are asked once all that can be done within dealers is done.
    pub far: Vec<u32>,
}

/// What keeps a record from going anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ClosedList)]
pub enum HeldBy {
    /// Somebody works on an opportunity: it stays with its owner.
    OpenOpportunity,
    /// A claim protects its dealer: it stays with that dealer.
    Claim,
    /// Another dealer has business with the same party: it stays with its dealer.
    SharedParty,
}

/// Who belongs together: for each candidate the number of his dealer, and of the wider circle records may move in.
#[derive(Debug, Clone, Copy)]
pub struct Teams<'t> {
    /// Dealers.
    pub dealers: &'t [u32],
    /// The wider circles; the same as the dealers when nothing leaves its dealer.
    pub circles: &'t [u32],
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

/// The records as rebalancing takes them, in their order, and who may have them: whom the rules that hold name with the passing
/// score, of the owner's dealer and, unless the record is [held](HeldBy), of his circle. `held` says of each record what keeps it.
#[must_use]
pub fn movables(
    subjects: &[Subject],
    rules: &[ScoredRule],
    passing_score: i64,
    teams: Teams<'_>,
    held: impl Fn(usize) -> Option<HeldBy>,
) -> (Vec<Movable>, Vec<Takers>) {
    let mut sets: Vec<Takers> = Vec::new();
    let mut places: HashMap<(u128, Option<u32>, bool), u32> = HashMap::new();
    let of = |numbers: &[u32], candidate: u32| numbers.get(candidate as usize).copied();
    let mut movable = |(place, subject): (usize, &Subject)| {
        let owner = subject.owner.unwrap_or(u32::MAX);
        let held = held(place);
        if held == Some(HeldBy::OpenOpportunity) {
            return Movable { id: subject.id, owner, allowed: u32::MAX };
        }
        let (dealer, circle) = (of(teams.dealers, owner), of(teams.circles, owner));
        let allowed = *places.entry((subject.holds, dealer, held.is_some())).or_insert_with(|| {
            let mut takers = Takers::default();
            let named = sums(rules, usize::MAX, &Subject { owner: None, ..*subject });
            for (taker, _) in named.into_iter().filter(|(_, sum)| *sum >= passing_score) {
                if of(teams.dealers, taker) == dealer {
                    takers.near.push(taker);
                } else if held.is_none() && of(teams.circles, taker) == circle {
                    takers.far.push(taker);
                }
            }
            sets.push(takers);
            u32::try_from(sets.len() - 1).unwrap_or(u32::MAX)
        });
        Movable { id: subject.id, owner, allowed }
    };
    let movables = subjects.iter().enumerate().map(&mut movable).collect();
    (movables, sets)
}

/// The most somebody keeps: his target and the tolerance, and never more than his capacity.
#[must_use]
pub fn most(load: &Load, tolerance_percent: u32) -> u64 {
    let widened = u64::from(load.target) * u64::from(tolerance_percent.saturating_add(100)) / 100;
    load.capacity.map_or(widened, |capacity| widened.min(u64::from(capacity)))
}

/// Why a record moves: how much its owner had and may have, how much room the other has, and by which rules he may have it.
#[must_use]
pub fn relieved(
    moved: Move,
    subject: &Subject,
    rules: &[ScoredRule],
    (loads, tolerance_percent): (&[Load], u32),
) -> Why {
    let told = |reason: &'static str, place: u32| {
        let why = Why::new(reason);
        match loads.get(place as usize) {
            Some(load) => why.fact("has", load.load).fact("at_most", most(load, tolerance_percent)),
            None => why,
        }
    };
    let mut why = told("assignment.relieved", moved.from).because(told("assignment.has_room", moved.to));
    for (_, rule) in set(rules, counting(rules, subject.holds)) {
        if let Some((_, score)) = rule.named.iter().find(|(place, _)| *place == moved.to) {
            why =
                why.because(Why::new("assignment.rule_names").fact("rule", &rule.name).fact("score", *score));
        }
    }
    why
}

/// What each should have when all that are present share what they have in proportion to their capacities, rounded up; no
/// limit counts as the greatest capacity. Who is absent should have what he has.
#[must_use]
pub fn even_targets(loads: &[Load]) -> Vec<u32> {
    let greatest = loads.iter().filter_map(|load| load.capacity).max().unwrap_or(1).max(1);
    let weight = |load: &Load| u64::from(load.capacity.unwrap_or(greatest));
    let present = || loads.iter().filter(|load| !load.absent);
    let (all, whole) =
        (present().map(|load| u64::from(load.load)).sum::<u64>(), present().map(weight).sum::<u64>());
    let share = |load: &Load| (all * weight(load)).div_ceil(whole.max(1));
    let target =
        |load: &Load| if load.absent { load.load } else { u32::try_from(share(load)).unwrap_or(u32::MAX) };
    loads.iter().map(target).collect()
}

/// Moves records from those who have more than their target and tolerance to those below, each record once and only to
/// somebody allowed. Every move takes one off an overload, so there are never more moves than overload; a greatest flow from
/// the overloaded to those with room finds all that can be taken off. It is found within dealers first and widened then, so that
/// a record goes to another dealer only where that takes off more.
///
/// # Errors
/// `tolerance.range` above 1,000 percent.
pub fn rebalance(
    records: &[Movable],
    allowed: &[Takers],
    loads: &[Load],
    tolerance_percent: u32,
    seed: u64,
) -> Result<Rebalanced, ValueError> {
    if tolerance_percent > 1_000 {
        let error = ValueError::new("tolerance.range", "tolerance", "is out of range", "0 to 1000 percent");
        return Err(error.at("tolerance_percent"));
    }
    let limit = |load: &Load| most(load, tolerance_percent);
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
    for circle in [|takers: &Takers| takers.near.clone(), |takers: &Takers| takers.far.clone()] {
        for (set, takers) in allowed.iter().enumerate() {
            let mut takers = circle(takers);
            takers.retain(|taker| loads.get(*taker as usize).is_some_and(|load| room(load) > 0));
            // The one with most room first.
            takers.sort_by_key(|taker| {
                let load = &loads[*taker as usize];
                (std::cmp::Reverse(room(load)), draw(seed, load.position, 0), load.position)
            });
            takers.dedup();
            let edges = takers
                .into_iter()
                .map(|taker| (network.edge(set_at + set, taker_at + taker as usize, u64::MAX), taker));
            arriving.entry(set).or_default().extend(edges);
        }
        network.run(0, 1);
    }

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
