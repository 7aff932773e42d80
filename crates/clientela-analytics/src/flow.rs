//! Whole flows in a network, between a least and a most on every arc.
//!
//! What flows into a node flows out of it. [`Network::settle`] starts from the flow that is there and changes it along shortest ways
//! until every arc keeps its bounds (Dinic, *Soviet Mathematics Doklady* 11, 1970). Where that cannot be, the arcs that hold
//! everything up are the proof: what must come into some nodes is more than what may leave them (Hoffman, *Combinatorial Analysis*,
//! Proceedings of Symposia in Applied Mathematics 10, 1960).

use std::collections::VecDeque;

/// A directed network.
#[derive(Debug, Default)]
pub struct Network {
    nodes: usize,
    arcs: Vec<Way>,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    from: usize,
    to: usize,
    low: i128,
    high: i128,
    flow: i128,
}

/// Bounds that clash: around some nodes, what must flow in is more than what may flow out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// By how much.
    pub by: i128,
    /// The arcs that must bring something in.
    pub least: Vec<usize>,
    /// The arcs that let out as much as they may.
    pub most: Vec<usize>,
}

impl Network {
    /// A network of so many nodes without arcs.
    #[must_use]
    pub const fn new(nodes: usize) -> Self {
        Self { nodes, arcs: Vec::new() }
    }

    /// Another node.
    pub const fn node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes - 1
    }

    /// An arc with its bounds and what flows to begin with; its number.
    pub fn arc(&mut self, (from, to): (usize, usize), (low, high): (i128, i128), flow: i128) -> usize {
        self.arcs.push(Way { from, to, low, high, flow });
        self.arcs.len() - 1
    }

    /// What flows in an arc.
    #[must_use]
    pub fn flow(&self, arc: usize) -> i128 {
        self.arcs.get(arc).map_or(0, |way| way.flow)
    }

    /// Changes the flow until every arc keeps its bounds.
    ///
    /// # Errors
    /// The arcs that clash.
    pub fn settle(&mut self) -> Result<(), Clash> {
        let mut excess = vec![0_i128; self.nodes];
        for way in &mut self.arcs {
            way.flow = way.flow.min(way.high).max(way.low);
            excess[way.from] -= way.flow;
            excess[way.to] += way.flow;
        }
        // An arc whose least is above its most clashes with itself.
        if let Some(arc) = self.arcs.iter().position(|way| way.low > way.high) {
            let by = self.arcs[arc].low - self.arcs[arc].high;
            return Err(Clash { by, least: vec![arc], most: vec![arc] });
        }
        let around = self.around();
        self.route(&around, &mut excess);
        let left: i128 = excess.iter().filter(|one| **one > 0).sum();
        if left == 0 {
            return Ok(());
        }
        let (levels, _) = self.levels(&around, &excess);
        let inside = |node: usize| levels[node].is_some();
        let numbered = || self.arcs.iter().enumerate();
        Err(Clash {
            by: left,
            least: numbered()
                .filter(|(_, way)| !inside(way.from) && inside(way.to) && way.low != 0)
                .map(|(arc, _)| arc)
                .collect(),
            most: numbered()
                .filter(|(_, way)| inside(way.from) && !inside(way.to))
                .map(|(arc, _)| arc)
                .collect(),
        })
    }

    /// Takes as much as can be out of an arc, sending it other ways; all bounds must be kept already. What is left in it.
    pub fn lessen(&mut self, arc: usize) -> i128 {
        let Some(way) = self.arcs.get(arc).copied() else { return 0 };
        // While it is routed anew the arc takes nothing; what finds no other way goes back into it.
        let wanted = way.flow - way.low;
        let mut excess = vec![0_i128; self.nodes];
        excess[way.from] += wanted;
        excess[way.to] -= wanted;
        let held = Way { low: way.low, high: way.low, flow: way.low, ..way };
        self.arcs[arc] = held;
        let around = self.around();
        self.route(&around, &mut excess);
        let back = excess[way.from].max(0);
        self.arcs[arc] = Way { flow: way.low + back, ..way };
        way.low + back
    }

    /// The arcs at each node, with whether they leave it.
    fn around(&self) -> Around {
        let mut begin = vec![0_usize; self.nodes + 1];
        for way in &self.arcs {
            begin[way.from + 1] += 1;
            begin[way.to + 1] += 1;
        }
        for node in 0..self.nodes {
            begin[node + 1] += begin[node];
        }
        let mut next = begin.clone();
        let mut ends = vec![(0_usize, false); self.arcs.len() * 2];
        for (arc, way) in self.arcs.iter().enumerate() {
            for (node, leaves) in [(way.from, true), (way.to, false)] {
                ends[next[node]] = (arc, leaves);
                next[node] += 1;
            }
        }
        Around { begin, ends }
    }

    /// How much more can go along an arc from one of its ends, and where to.
    fn room(&self, arc: usize, leaves: bool) -> (i128, usize) {
        let way = &self.arcs[arc];
        if leaves { (way.high - way.flow, way.to) } else { (way.flow - way.low, way.from) }
    }

    /// How far each node is from one with something to pass on; none where nothing gets. And whether something gets where it lacks.
    fn levels(&self, around: &Around, excess: &[i128]) -> (Vec<Option<u32>>, bool) {
        let mut levels: Vec<Option<u32>> = vec![None; self.nodes];
        let mut queue = VecDeque::new();
        for (node, more) in excess.iter().enumerate() {
            if *more > 0 {
                levels[node] = Some(0);
                queue.push_back(node);
            }
        }
        let mut found = false;
        while let Some(node) = queue.pop_front() {
            let next = levels[node].map(|level| level + 1);
            for (arc, leaves) in around.at(node) {
                let (room, to) = self.room(*arc, *leaves);
                if room > 0 && levels[to].is_none() {
                    levels[to] = next;
                    found |= excess[to] < 0;
                    queue.push_back(to);
                }
            }
        }
        (levels, found)
    }

    /// Passes on what nodes have too much to those that lack it, as far as there is room.
    fn route(&mut self, around: &Around, excess: &mut [i128]) {
        loop {
            let (levels, found) = self.levels(around, excess);
            if !found {
                return;
            }
            let mut tried: Vec<usize> = around.begin[..self.nodes].to_vec();
            for start in 0..self.nodes {
                while excess[start] > 0 && self.push(around, excess, &levels, &mut tried, start) {}
            }
        }
    }

    /// Sends something along one shortest way from a node; whether there was one.
    fn push(
        &mut self,
        around: &Around,
        excess: &mut [i128],
        levels: &[Option<u32>],
        tried: &mut [usize],
        start: usize,
    ) -> bool {
        let mut path: Vec<(usize, bool)> = Vec::new();
        let mut node = start;
        loop {
            if excess[node] < 0 {
                let least = path.iter().map(|(arc, leaves)| self.room(*arc, *leaves).0).min().unwrap_or(0);
                let amount = least.min(excess[start]).min(-excess[node]);
                for (arc, leaves) in path {
                    self.arcs[arc].flow += if leaves { amount } else { -amount };
                }
                excess[start] -= amount;
                excess[node] += amount;
                return amount > 0;
            }
            let mut onward = None;
            while tried[node] < around.begin[node + 1] {
                let (arc, leaves) = around.ends[tried[node]];
                let (room, to) = self.room(arc, leaves);
                let further = levels[node].map(|level| level + 1);
                if room > 0 && levels[to].is_some() && levels[to] == further {
                    onward = Some((arc, leaves, to));
                    break;
                }
                tried[node] += 1;
            }
            match onward {
                Some((arc, leaves, to)) => {
                    path.push((arc, leaves));
                    node = to;
                }
                None => {
                    // A dead end: back, and the way that led here is not tried again.
                    let Some((arc, leaves)) = path.pop() else { return false };
                    node = if leaves { self.arcs[arc].from } else { self.arcs[arc].to };
                    tried[node] += 1;
                }
            }
        }
    }
}

#[derive(Debug)]
struct Around {
    begin: Vec<usize>,
    ends: Vec<(usize, bool)>,
}

impl Around {
    fn at(&self, node: usize) -> &[(usize, bool)] {
        &self.ends[self.begin[node]..self.begin[node + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Arcs among four nodes: from, to, least, more than that at most, flow to begin with.
    type Arcs = Vec<(usize, usize, i128, i128, i128)>;

    fn arcs() -> impl Strategy<Value = Arcs> {
        prop::collection::vec((0_usize..4, 0_usize..4, -1_i128..3, 0_i128..3, 0_i128..4), 0..7)
    }

    fn network(arcs: &Arcs) -> Network {
        let mut network = Network::new(4);
        for (from, to, low, more, flow) in arcs {
            network.arc((*from, *to), (*low, low + more), *flow);
        }
        network
    }

    /// All flows that keep all bounds, by trying.
    fn flows(arcs: &Arcs) -> Vec<Vec<i128>> {
        let mut all = vec![Vec::new()];
        for (_, _, low, more, _) in arcs {
            all = all
                .into_iter()
                .flat_map(|flow: Vec<i128>| (*low..=low + more).map(move |one| [&flow[..], &[one]].concat()))
                .collect();
        }
        let balanced = |flow: &Vec<i128>| {
            let mut excess = [0_i128; 4];
            for ((from, to, ..), one) in arcs.iter().zip(flow) {
                excess[*from] -= one;
                excess[*to] += one;
            }
            excess == [0; 4]
        };
        all.retain(balanced);
        all
    }

    proptest! {
        #[test]
        fn a_flow_is_found_whenever_there_is_one(arcs in arcs()) {
            let possible = flows(&arcs);
            let mut network = network(&arcs);
            match network.settle() {
                Ok(()) => {
                    let found: Vec<i128> = (0..arcs.len()).map(|arc| network.flow(arc)).collect();
                    prop_assert!(possible.contains(&found), "{found:?}");
                    for arc in 0..arcs.len() {
                        let least = possible.iter().map(|flow| flow[arc]).min();
                        prop_assert_eq!(Some(network.lessen(arc)), least);
                        let found: Vec<i128> = (0..arcs.len()).map(|arc| network.flow(arc)).collect();
                        prop_assert!(possible.contains(&found), "{found:?}");
                    }
                }
                Err(clash) => {
                    prop_assert!(possible.is_empty());
                    // The proof holds by itself: what must come in less what may go out.
                    let must: i128 = clash.least.iter().map(|arc| arcs[*arc].2).sum();
                    let may: i128 = clash.most.iter().map(|arc| arcs[*arc].2 + arcs[*arc].3).sum();
                    prop_assert_eq!(must - may, clash.by);
                    prop_assert!(clash.by > 0);
                }
            }
        }
    }
}
