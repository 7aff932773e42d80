//! Limits of several levels and periods that lock into each other.
//!
//! What a node has in a period counts twice: in the period, for those above it, and in its own whole plan, for the whole of those
//! above. Both are trees, so every amount is a flow from the whole over the periods down to a node, and up from the node to the whole
//! again, and limits are bounds on its arcs. Whether they can be met, and by which whole steps, is therefore told exactly
//! ([`clientela_analytics::flow`]); where they cannot, a cut of the network names those that clash.
//!
//! Only limited nodes and those above them are looked at: beside them, the unlimited ones below a node stand together as its rest,
//! and are shared out by weights afterwards. The flow starts from the amounts nearest to the weights
//! ([`clientela_analytics::balance`]), so that rounding is all it has to change.

use super::bounded::{Interval, OPEN};
use super::cascade::CascadeError;
use super::grain::Grain;
use super::limits::LimitSide;
use super::quota_tree::Tree;
use chrono::NaiveDate;
use clientela_analytics::balance::{Sums, balance, scaled, whole_rows};
use clientela_analytics::flow::{Clash, Network};
use std::collections::HashMap;

/// A limit by amounts, where it stands in the tree and the season.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located {
    pub(super) place: usize,
    pub(super) period: Option<usize>,
    pub(super) amounts: Interval,
}

/// Limits to be met together.
pub(super) struct Interlocking<'a> {
    pub(super) tree: &'a Tree,
    pub(super) total: i64,
    pub(super) season: &'a [u64],
    /// First days of the periods.
    pub(super) days: &'a [NaiveDate],
    pub(super) limits: &'a [Located],
    pub(super) grain: Grain,
}

/// What limited nodes have in every period, and what is left there for the others below a node together.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) limited: HashMap<usize, Vec<i64>>,
    pub(super) rest: HashMap<usize, Vec<i64>>,
}

/// A node, or the rest below one.
struct Row {
    /// The node, or the one it is the rest of.
    place: usize,
    rest: bool,
    above: usize,
    /// The rows of leaves at and below it, from and to.
    leaves: (usize, usize),
    inner: bool,
    /// What it would have by weights alone.
    ideal: Vec<f64>,
}

/// The most a node may have besides what limits say, and a period of the whole.
#[derive(Default)]
struct Caps {
    nodes: HashMap<usize, i128>,
    periods: HashMap<usize, i128>,
}

/// A network with what its arcs mean.
struct Built {
    network: Network,
    rows: Vec<Row>,
    /// Row and period of each arc; no period for the whole plan.
    arcs: Vec<(usize, Option<usize>)>,
}

impl Built {
    fn arc(&self, row: usize, period: Option<usize>) -> Option<usize> {
        self.arcs.iter().position(|arc| *arc == (row, period))
    }
}

impl Interlocking<'_> {
    /// What every limited node has in every period, or which limits clash.
    pub(super) fn settle(&self) -> Result<Settled, CascadeError> {
        let all = vec![true; self.limits.len()];
        let built = match self.solved(&all) {
            Ok(built) => built,
            Err(candidates) => return Err(self.refusal(candidates)),
        };
        let mut settled = Settled::default();
        for (arc, (row, period)) in built.arcs.iter().enumerate() {
            let (Some(_), Some(row)) = (period, built.rows.get(*row)) else { continue };
            let of = if row.rest { &mut settled.rest } else { &mut settled.limited };
            let amount = i64::try_from(built.network.flow(arc)).unwrap_or(OPEN);
            of.entry(row.place).or_default().push(amount);
        }
        Ok(settled)
    }

    /// The network of the whole with a flow that meets the limits that are active, or those of them around which it is stuck.
    fn solved(&self, active: &[bool]) -> Result<Built, Stuck> {
        let marked = self.marked(active);
        let mut caps = Caps::default();
        // Who has no weight has what he must have and nothing more, and so has a period: that is looked for first.
        for place in (1..self.tree.nodes.len()).rev() {
            if marked[place] && self.tree.is_weightless(place) {
                let mut alone = self.built(place, active, &marked, &caps, None);
                alone.network.settle().map_err(|clash| self.stuck(&alone, active, &clash))?;
                if let Some(arc) = alone.arc(0, None) {
                    let least = alone.network.lessen(arc);
                    caps.nodes.insert(place, least);
                }
            }
        }
        for period in (0..self.season.len()).filter(|period| self.season[*period] == 0) {
            let mut free = self.built(0, active, &marked, &caps, None);
            free.network.settle().map_err(|clash| self.stuck(&free, active, &clash))?;
            if let Some(arc) = free.arc(0, Some(period)) {
                let least = free.network.lessen(arc);
                caps.periods.insert(period, least);
            }
        }
        let mut built = self.built(0, active, &marked, &caps, Some(self.total));
        built.network.settle().map_err(|clash| self.stuck(&built, active, &clash))?;
        Ok(built)
    }

    /// Which nodes are limited, or have one below them that is.
    fn marked(&self, active: &[bool]) -> Vec<bool> {
        let mut marked = vec![false; self.tree.nodes.len()];
        for (limit, _) in self.limits.iter().zip(active).filter(|(_, active)| **active) {
            marked[limit.place] = true;
        }
        for place in (0..self.tree.nodes.len()).rev() {
            marked[place] |= self.tree.children(place).iter().any(|child| marked[*child]);
        }
        marked[0] = true;
        marked
    }

    /// The network at and below a node; of so much in all, or of any amount.
    fn built(&self, top: usize, active: &[bool], marked: &[bool], caps: &Caps, total: Option<i64>) -> Built {
        let periods = self.season.len();
        let bounds = self.bounds(active);
        let rows = self.rows(top, marked, total);
        let limit = |row: &Row, period: Option<usize>| -> (i128, i128) {
            if row.rest {
                return (0, OPEN.into());
            }
            let interval = bounds.get(&(row.place, period)).copied().unwrap_or(Interval::FREE);
            let high = i128::from(interval.high);
            let high = match period {
                None if row.place != top => caps.nodes.get(&row.place).map_or(high, |cap| high.min(*cap)),
                Some(period) if row.place == 0 => {
                    caps.periods.get(&period).map_or(high, |cap| high.min(*cap))
                }
                _ => high,
            };
            (interval.low.into(), high)
        };
        let cells = nearest(&rows, periods, total, &limit);
        let mut network = Network::new(1);
        let mut in_period: Vec<usize> = Vec::with_capacity(rows.len());
        let mut in_whole: Vec<usize> = Vec::with_capacity(rows.len());
        let mut arcs = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let first = network.node();
            in_whole.push(first);
            in_period.push(first + 1);
            if row.inner {
                (0..periods).for_each(|_| {
                    network.node();
                });
            }
            let held = |period: usize| -> i128 {
                (row.leaves.0..row.leaves.1).map(|leaf| i128::from(cells[leaf * periods + period])).sum()
            };
            for period in 0..periods {
                let from = if place == 0 { 0 } else { in_period[row.above] + period };
                let to = if row.inner { in_period[place] + period } else { first };
                network.arc((from, to), limit(row, Some(period)), held(period));
                arcs.push((place, Some(period)));
            }
            let to = if place == 0 { 0 } else { in_whole[row.above] };
            let whole = match total {
                Some(total) if place == 0 => {
                    let (low, high) = limit(row, None);
                    // A limit of the whole plan that its total does not meet clashes by itself.
                    (low.max(total.into()), high.min(total.into()))
                }
                _ => limit(row, None),
            };
            network.arc((first, to), whole, (0..periods).map(held).sum());
            arcs.push((place, None));
        }
        Built { network, rows, arcs }
    }

    fn bounds(&self, active: &[bool]) -> HashMap<(usize, Option<usize>), Interval> {
        let mut bounds = HashMap::new();
        for (limit, _) in self.limits.iter().zip(active).filter(|(_, active)| **active) {
            let slot = bounds.entry((limit.place, limit.period)).or_insert(Interval::FREE);
            *slot = slot.and(limit.amounts);
        }
        bounds
    }

    /// The rows at and below a node, each before those below it, with what they would have by weights.
    fn rows(&self, top: usize, marked: &[bool], total: Option<i64>) -> Vec<Row> {
        let all: u64 = self.season.iter().sum();
        let whole =
            clientela_analytics::balance::proportional(&[total.unwrap_or(0)], &signed(self.season, all));
        let mut rows: Vec<Row> = Vec::new();
        let mut open = vec![(top, false, 0_usize, whole)];
        while let Some((place, rest, above, ideal)) = open.pop() {
            let number = rows.len();
            let children = self.tree.children(place);
            let inner = !rest && children.iter().any(|child| marked[*child]);
            if inner {
                let weights = self.tree.weights(place);
                let sum: u64 = weights.iter().sum();
                let mut left = 0;
                for (child, weight) in children.iter().zip(weights) {
                    if marked[*child] {
                        open.push((*child, false, number, scaled(&ideal, *weight, sum)));
                    } else {
                        left += weight;
                    }
                }
                if left > 0 {
                    open.push((place, true, number, scaled(&ideal, left, sum)));
                }
            }
            rows.push(Row { place, rest, above, leaves: (0, 0), inner, ideal });
        }
        // The leaves at and below a row follow each other.
        let mut leaves = 0;
        for row in &mut rows {
            row.leaves = (leaves, leaves);
            leaves += usize::from(!row.inner);
        }
        for place in (0..rows.len()).rev() {
            if !rows[place].inner {
                rows[place].leaves.1 = rows[place].leaves.0 + 1;
            }
            let (above, end) = (rows[place].above, rows[place].leaves.1);
            if place > 0 {
                rows[above].leaves.1 = rows[above].leaves.1.max(end);
            }
        }
        rows
    }

    /// Which limits a clash is made of.
    fn stuck(&self, built: &Built, active: &[bool], clash: &Clash) -> Stuck {
        let mut limits = Vec::new();
        let mut of = |arcs: &[usize], side: LimitSide| {
            let mut whole = false;
            for arc in arcs {
                let Some((row, period)) = built.arcs.get(*arc).copied() else { continue };
                let Some(row) = built.rows.get(row).filter(|row| !row.rest) else { continue };
                whole |= row.place == 0 && period.is_none();
                let here = |limit: &Located| limit.place == row.place && limit.period == period;
                let says = |limit: &Located| match side {
                    LimitSide::Minimum => limit.amounts.low,
                    LimitSide::Maximum => -limit.amounts.high,
                };
                let numbered = self.limits.iter().enumerate().filter(|(number, _)| active[*number]);
                let strictest =
                    numbered.filter(|(_, limit)| here(limit)).max_by_key(|(_, limit)| says(limit));
                limits.extend(strictest.map(|(number, _)| number));
            }
            whole
        };
        let asked = of(&clash.least, LimitSide::Minimum);
        let left = of(&clash.most, LimitSide::Maximum);
        limits.sort_unstable();
        limits.dedup();
        // The least amounts of limits ask for something unless only the total does.
        let least = clash.least.iter().any(|arc| built.arcs.get(*arc) != Some(&(0, None)));
        let side = if least { LimitSide::Minimum } else { LimitSide::Maximum };
        Stuck { limits, by: clash.by, side, whole: asked || left }
    }

    /// The refusal that names the limits that clash, as few as can be.
    fn refusal(&self, stuck: Stuck) -> CascadeError {
        let mask = |limits: &[usize]| {
            let mut active = vec![false; self.limits.len()];
            limits.iter().for_each(|limit| active[*limit] = true);
            active
        };
        let clashes = |limits: &[usize]| self.solved(&mask(limits)).is_err();
        let mut candidates = stuck.limits.clone();
        if !clashes(&candidates) {
            // What those without a weight must have came from limits the cut does not show.
            candidates = (0..self.limits.len()).collect();
        }
        let clash = fewest(irreducible(candidates, clashes), self.limits.len(), clashes);
        let stuck = self.solved(&mask(&clash)).err().unwrap_or(stuck);
        let mut places: Vec<usize> = clash.iter().map(|limit| self.limits[*limit].place).collect();
        if stuck.whole {
            places.push(0);
        }
        let mut periods: Vec<Option<usize>> = clash.iter().map(|limit| self.limits[*limit].period).collect();
        periods.dedup();
        let period = match periods.as_slice() {
            [Some(period)] => self.days.get(*period).copied(),
            _ => None,
        };
        let node = &self.tree.nodes[self.meeting(&places)];
        CascadeError::Limits {
            unit: node.unit,
            owner: node.owner,
            period,
            side: stuck.side,
            by: self.grain.amount(i64::try_from(stuck.by).unwrap_or(OPEN)),
            clash: clash.into_iter().map(|limit| limit + 1).collect(),
        }
    }

    /// The lowest node that has all these at or below it.
    fn meeting(&self, places: &[usize]) -> usize {
        let mut above = vec![0_usize; self.tree.nodes.len()];
        for place in 0..self.tree.nodes.len() {
            self.tree.children(place).iter().for_each(|child| above[*child] = place);
        }
        let depth = |place: usize| self.tree.nodes[place].depth;
        let meet = |mut one: usize, mut two: usize| {
            while one != two {
                if depth(one) >= depth(two) { one = above[one] } else { two = above[two] }
            }
            one
        };
        places.iter().copied().reduce(meet).unwrap_or(0)
    }
}

/// Limits around which a flow is stuck.
struct Stuck {
    limits: Vec<usize>,
    by: i128,
    side: LimitSide,
    /// Whether the total of the whole is one of what clashes.
    whole: bool,
}

/// Most that are tried one by one.
const TRIED: usize = 200;

/// Leaves out whatever is not needed for the rest to clash: of what is left every one is.
pub(super) fn irreducible(mut clash: Vec<usize>, clashes: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    if clash.len() > TRIED {
        return clash;
    }
    let mut place = 0;
    while place < clash.len() {
        let mut without = clash.clone();
        without.remove(place);
        if clashes(&without) { clash = without } else { place += 1 }
    }
    clash
}

/// Most sets of limits that are tried for one that is smaller.
const SETS: usize = 500;

/// A smallest set that clashes, where there are few enough to try them all, size by size; else the one that is known, of which
/// every limit is needed, although fewer others may clash as well.
pub(super) fn fewest(known: Vec<usize>, all: usize, clashes: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut tried = 0;
    for size in 1..known.len() {
        let mut set: Vec<usize> = (0..size).collect();
        loop {
            if tried == SETS {
                return known;
            }
            tried += 1;
            if clashes(&set) {
                return set;
            }
            // The next set of that size, in order.
            let Some(turn) = (0..size).rev().find(|at| set[*at] < all - size + at) else { break };
            let next = set[turn] + 1;
            set[turn..].iter_mut().zip(next..).for_each(|(place, next)| *place = next);
        }
    }
    known
}

/// Weights as numbers with a sign: seldom more than fit, and then in the same proportion.
fn signed(weights: &[u64], all: u64) -> Vec<i64> {
    let over = if i64::try_from(all).is_ok() { 1 } else { 4 };
    weights.iter().map(|weight| i64::try_from(weight / over).unwrap_or(i64::MAX)).collect()
}

/// How often all sums are gone through, and how many cells in all.
const ROUNDS: usize = 400;
const VISITS: usize = 40_000_000;

/// The least and the most of a row in a period, or in all of them.
type LimitOf<'a> = dyn Fn(&Row, Option<usize>) -> (i128, i128) + 'a;

/// Whole amounts of the leaves near to the weights within limits, period by period; nothing where only what must be is looked for.
fn nearest(rows: &[Row], periods: usize, total: Option<i64>, limit: &LimitOf<'_>) -> Vec<i64> {
    let leaves = rows.iter().filter(|row| !row.inner).count();
    if total.is_none() {
        return vec![0; leaves * periods];
    }
    let mut cells: Vec<f64> =
        rows.iter().filter(|row| !row.inner).flat_map(|row| row.ideal.clone()).collect();
    // What has no weight takes only what must be.
    cells.iter_mut().for_each(|cell| *cell = cell.max(NEXT_TO_NOTHING));
    let mut sums = Sums::default();
    let open = i128::from(OPEN);
    for (place, row) in rows.iter().enumerate() {
        let of_period = |period: usize| (row.leaves.0..row.leaves.1).map(move |leaf| leaf * periods + period);
        for period in 0..periods {
            let (low, high) = limit(row, Some(period));
            if low > 0 || high < open {
                sums.bound(of_period(period), low as f64, high as f64);
            }
        }
        let (low, high) = match total {
            Some(total) if place == 0 => (total.into(), total.into()),
            _ => limit(row, None),
        };
        if low > 0 || high < open {
            sums.bound(row.leaves.0 * periods..row.leaves.1 * periods, low as f64, high as f64);
        }
    }
    balance(&mut cells, &sums, ROUNDS.min(VISITS / sums.size().max(1)));
    whole_rows(&cells, periods)
}

/// The part of a step that stands for nothing where a proportion is taken.
const NEXT_TO_NOTHING: f64 = 1e-6;
