//! Sharing out between limits: by weights, and in a table whose rows and columns must both add up.

use clientela_analytics::balance::{Sums, balance, proportional, whole_rows};
use std::collections::VecDeque;

/// What no amount reaches: no limit above.
pub(super) const OPEN: i64 = i64::MAX / 8;

/// From a least to a most amount, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    /// The least.
    pub(super) low: i64,
    /// The most.
    pub(super) high: i64,
}

impl Interval {
    /// No limits.
    pub(super) const FREE: Self = Self { low: 0, high: OPEN };

    /// What lies in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// What two of them together can be.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low).min(OPEN),
            high: self.high.saturating_add(other.high).min(OPEN),
        }
    }

    pub(super) const fn clamp(self, amount: i64) -> i64 {
        if amount < self.low {
            self.low
        } else if amount > self.high {
            self.high
        } else {
            amount
        }
    }
}

/// How many steps a total is short of what the least amounts ask (below zero) or beyond what the most leave room for.
pub(super) fn beyond(total: i64, all: Interval) -> i64 {
    if total < all.low {
        total - all.low
    } else if total > all.high {
        total - all.high
    } else {
        0
    }
}

/// Largest remainder in whole steps: weights of zero get nothing. The weights' sum is above zero.
pub(super) fn by_weights(total: i64, weights: &[u64], shares: &mut Vec<i64>) {
    let sum: u64 = weights.iter().sum();
    shares.clear();
    let mut left = total;
    let mut rests: Vec<(u64, usize)> = Vec::new();
    for (place, weight) in weights.iter().enumerate() {
        let product = i128::from(total) * i128::from(*weight);
        let (whole, rest) = divide(product, sum);
        shares.push(whole);
        left -= whole;
        if rest > 0 {
            rests.push((rest, place));
        }
    }
    // Parts of a step make whole steps together, and fewer than there are parts.
    let extra = usize::try_from(left).unwrap_or_default();
    let order = |one: &(u64, usize), two: &(u64, usize)| two.0.cmp(&one.0).then(one.1.cmp(&two.1));
    if extra < rests.len() {
        rests.select_nth_unstable_by(extra, order);
    }
    for (_, place) in rests.iter().take(extra) {
        shares[*place] += 1;
    }
}

/// The whole part and the rest; both fit, as the product is at most a total below 2^63 times the sum it is divided by.
fn divide(product: i128, sum: u64) -> (i64, u64) {
    if let (Ok(small), Ok(sum)) = (i64::try_from(product), i64::try_from(sum)) {
        return (small / sum, (small % sum).unsigned_abs());
    }
    let whole = product / i128::from(sum);
    let rest = product - whole * i128::from(sum);
    (i64::try_from(whole).unwrap_or(i64::MAX), u64::try_from(rest).unwrap_or(u64::MAX))
}

/// By weights between limits: everybody has the same multiple of his weight unless a limit holds him, to the step.
///
/// The total must lie between the sums of the limits, and who has no weight must have equal limits. In each round those who hit
/// a limit are set to it, on the side where more is missing (Bitran and Hax, "Disaggregation and resource allocation using convex
/// knapsack problems with bounded variables", Management Science 27, 1981).
pub(super) fn between(total: i64, weights: &[u64], limits: &[Interval], shares: &mut Vec<i64>) {
    let mut fixed: Vec<Option<i64>> =
        limits.iter().map(|one| (one.low == one.high).then_some(one.low)).collect();
    loop {
        let rest = total - fixed.iter().flatten().sum::<i64>();
        let open = |place: &usize| fixed[*place].is_none();
        let places: Vec<usize> = (0..weights.len()).filter(open).collect();
        let sum: u64 = places.iter().map(|place| weights[*place]).sum();
        if places.is_empty() || sum == 0 {
            break;
        }
        // In steps times the sum of weights, so that nothing is rounded.
        let scaled = |steps: i64| i128::from(steps) * i128::from(sum);
        let (mut below, mut above) = (0_i128, 0_i128);
        for place in &places {
            let share = i128::from(rest) * i128::from(weights[*place]);
            below += (scaled(limits[*place].low) - share).max(0);
            above += (share - scaled(limits[*place].high)).max(0);
        }
        if below == 0 && above == 0 {
            let chosen: Vec<u64> = places.iter().map(|place| weights[*place]).collect();
            by_weights(rest, &chosen, shares);
            for (place, share) in places.iter().zip(shares.iter()) {
                fixed[*place] = Some(*share);
            }
            break;
        }
        for place in &places {
            let share = i128::from(rest) * i128::from(weights[*place]);
            if below >= above && share < scaled(limits[*place].low) {
                fixed[*place] = Some(limits[*place].low);
            } else if above >= below && share > scaled(limits[*place].high) {
                fixed[*place] = Some(limits[*place].high);
            }
        }
    }
    shares.clear();
    shares.extend(fixed.iter().zip(limits).map(|(share, limit)| share.unwrap_or(limit.low)));
}

/// What could not be placed in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stuck {
    /// So much of a column finds no row that may still take it.
    Column(usize, i64),
    /// So much more than its sum the cells of a row ask for.
    Row(usize, i64),
}

/// How often the sums of a table are gone through.
const ROUNDS: usize = 100;

/// Cells near to proportion within their limits, whole, with sums of rows and columns that are nearly right.
fn nearest(rows: &[i64], columns: &[i64], limits: &[Interval]) -> Vec<i64> {
    let width = columns.len();
    let mut cells = proportional(rows, columns);
    let mut sums = Sums::default();
    for (place, limit) in limits.iter().enumerate().filter(|(_, limit)| **limit != Interval::FREE) {
        sums.bound([place], limit.low as f64, limit.high as f64);
    }
    for (row, sum) in rows.iter().enumerate() {
        sums.bound(row * width..(row + 1) * width, *sum as f64, *sum as f64);
    }
    for (column, sum) in columns.iter().enumerate() {
        sums.bound((column..rows.len() * width).step_by(width), *sum as f64, *sum as f64);
    }
    balance(&mut cells, &sums, ROUNDS);
    whole_rows(&cells, width)
}

/// A table with these sums of columns whose cells and sums of rows lie within limits, as near to `rows` and to proportion as
/// can be: it starts from the nearest cells, and shortest augmenting paths make the sums exact (Edmonds and Karp 1972). Sums of
/// rows are moved only when they cannot stay.
pub(super) fn table(
    rows: &[i64],
    row_limits: &[Interval],
    columns: &[i64],
    limits: &[Interval],
) -> Result<Vec<i64>, Stuck> {
    let mut cells = nearest(rows, columns, limits);
    cells.iter_mut().zip(limits).for_each(|(cell, limit)| *cell = limit.clamp(*cell));
    let mut flow = Flow { columns, row_limits, limits, cells, rows: rows.to_vec() };
    flow.repair(false);
    flow.repair(true);
    let excess = |node: usize| (flow.excess(node) > 0).then(|| flow.excess(node));
    for (column, node) in (0..columns.len()).map(|column| (column, rows.len() + column)) {
        if let Some(left) = excess(node) {
            return Err(Stuck::Column(column, left));
        }
    }
    for row in 0..rows.len() {
        if let Some(left) = excess(row) {
            return Err(Stuck::Row(row, left));
        }
    }
    Ok(flow.cells)
}

/// Nodes are rows, then columns, then one hub through which sums of rows are exchanged.
struct Flow<'a> {
    columns: &'a [i64],
    row_limits: &'a [Interval],
    limits: &'a [Interval],
    cells: Vec<i64>,
    rows: Vec<i64>,
}

impl Flow<'_> {
    /// What a node has to pass on; below zero when it lacks something. A row has what its cells hold beyond its sum, a column what
    /// is to be placed beyond what its cells hold.
    fn excess(&self, node: usize) -> i64 {
        let width = self.columns.len();
        if let Some(sum) = self.rows.get(node) {
            return self.cells[node * width..(node + 1) * width].iter().sum::<i64>() - sum;
        }
        let column = node - self.rows.len();
        self.columns
            .get(column)
            .map_or(0, |sum| sum - self.cells.iter().skip(column).step_by(width).sum::<i64>())
    }

    /// How much can go from one node to another.
    fn room(&self, from: usize, to: usize) -> i64 {
        let (rows, width) = (self.rows.len(), self.columns.len());
        let hub = rows + width;
        if from == hub {
            return if to < rows { self.rows[to] - self.row_limits[to].low } else { 0 };
        }
        if to == hub {
            return if from < rows { self.row_limits[from].high - self.rows[from] } else { 0 };
        }
        match (from < rows, to < rows) {
            (true, false) => {
                let cell = from * width + to - rows;
                self.cells[cell] - self.limits[cell].low
            }
            (false, true) => {
                let cell = to * width + from - rows;
                self.limits[cell].high - self.cells[cell]
            }
            _ => 0,
        }
    }

    fn send(&mut self, from: usize, to: usize, amount: i64) {
        let (rows, width) = (self.rows.len(), self.columns.len());
        let hub = rows + width;
        if from == hub {
            self.rows[to] -= amount;
        } else if to == hub {
            self.rows[from] += amount;
        } else if from < rows {
            self.cells[from * width + to - rows] -= amount;
        } else {
            self.cells[to * width + from - rows] += amount;
        }
    }

    fn repair(&mut self, with_hub: bool) {
        let nodes = self.rows.len() + self.columns.len() + usize::from(with_hub);
        let mut excess: Vec<i64> = (0..nodes).map(|node| self.excess(node)).collect();
        for start in 0..nodes {
            while excess[start] > 0 {
                let Some(path) = self.path(start, nodes, &excess) else { break };
                let end = path.first().copied().unwrap_or(start);
                let steps = || path.iter().skip(1).zip(&path);
                let room = steps().map(|(from, to)| self.room(*from, *to)).min().unwrap_or(0);
                let amount = room.min(excess[start]).min(-excess[end]);
                if amount <= 0 {
                    break;
                }
                for (from, to) in steps() {
                    self.send(*from, *to, amount);
                }
                excess[start] -= amount;
                excess[end] += amount;
            }
        }
    }

    /// The nodes of a shortest way from one with something to pass on to one that lacks something, the last first.
    fn path(&self, start: usize, nodes: usize, excess: &[i64]) -> Option<Vec<usize>> {
        let mut from: Vec<Option<usize>> = vec![None; nodes];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            let rows = self.rows.len();
            for next in if node < rows { rows..nodes } else { 0..rows } {
                if next == start || from[next].is_some() || self.room(node, next) <= 0 {
                    continue;
                }
                from[next] = Some(node);
                if excess[next] < 0 {
                    return Some(std::iter::successors(Some(next), |at| from[*at]).collect());
                }
                queue.push_back(next);
            }
        }
        None
    }
}
