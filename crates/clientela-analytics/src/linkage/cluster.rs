//! From pairs to things: which records are one.

use super::model::Match;
use std::collections::HashMap;

/// Sets that are only ever put together (union by size, paths halved).
#[derive(Debug, Clone)]
struct Sets {
    above: Vec<u32>,
    sizes: Vec<u32>,
}

impl Sets {
    fn new(rows: u32) -> Self {
        Self { above: (0..rows).collect(), sizes: vec![1; rows as usize] }
    }

    fn of(&mut self, mut row: u32) -> u32 {
        while self.above[row as usize] != row {
            let next = self.above[self.above[row as usize] as usize];
            self.above[row as usize] = next;
            row = next;
        }
        row
    }

    fn join(&mut self, left: u32, right: u32) -> u32 {
        let (left, right) = (self.of(left), self.of(right));
        if left == right {
            return left;
        }
        let (large, small) = if self.sizes[left as usize] >= self.sizes[right as usize] {
            (left, right)
        } else {
            (right, left)
        };
        self.above[small as usize] = large;
        self.sizes[large as usize] += self.sizes[small as usize];
        large
    }
}

/// Records that hang together by matches, however indirectly; each cluster by row, the clusters by their first row. Records
/// without a match are in none.
#[must_use]
pub fn connected(rows: u32, matches: &[Match]) -> Vec<Vec<u32>> {
    let mut sets = Sets::new(rows);
    for found in matches {
        sets.join(found.left, found.right);
    }
    let rows = matches.iter().flat_map(|found| [found.left, found.right]).collect();
    gathered(rows, |row| sets.of(row))
}

fn gathered(mut rows: Vec<u32>, mut key: impl FnMut(u32) -> u32) -> Vec<Vec<u32>> {
    rows.sort_unstable();
    rows.dedup();
    let mut places: HashMap<u32, usize> = HashMap::new();
    let mut clusters: Vec<Vec<u32>> = Vec::new();
    for row in rows {
        let place = *places.entry(key(row)).or_insert_with(|| {
            clusters.push(Vec::new());
            clusters.len() - 1
        });
        clusters[place].push(row);
    }
    clusters.retain(|cluster| cluster.len() > 1);
    clusters
}

/// As [`connected`], against chains: two clusters become one only while all their records together speak for it.
///
/// The strongest match comes first. Two clusters are put together when the mean weight over all pairs between them is at least
/// `least`; `weight` gives a pair's, `f64::NEG_INFINITY` for two that must never be one. A chain of likely pairs
/// whose ends have nothing in common falls apart that way (average linkage). No cluster grows beyond `size_max`.
#[must_use]
#[allow(clippy::float_arithmetic, reason = "weights of evidence are not money")]
pub fn coherent(
    rows: u32,
    matches: &[Match],
    least: f64,
    size_max: usize,
    mut weight: impl FnMut(u32, u32) -> f64,
) -> Vec<Vec<u32>> {
    let mut order: Vec<&Match> = matches.iter().collect();
    order.sort_unstable_by(|one, other| {
        other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
    });
    let mut sets = Sets::new(rows);
    let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
    for found in order {
        let (left, right) = (sets.of(found.left), sets.of(found.right));
        if left == right {
            continue;
        }
        let one = members.remove(&left).unwrap_or_else(|| vec![left]);
        let mut other = members.remove(&right).unwrap_or_else(|| vec![right]);
        let pairs = one.len() * other.len();
        let together = one.len() + other.len() <= size_max.max(2) && {
            let between = one.iter().flat_map(|row| other.iter().map(move |with| (*row, *with)));
            let sum: f64 = between.map(|(row, with)| weight(row, with)).sum();
            sum >= least * f64::from(u32::try_from(pairs).unwrap_or(u32::MAX))
        };
        if together {
            other.extend(one);
            let root = sets.join(left, right);
            members.insert(root, other);
        } else {
            members.insert(left, one);
            members.insert(right, other);
        }
    }
    let rows = members.values().filter(|rows| rows.len() > 1).flatten().copied().collect();
    gathered(rows, |row| sets.of(row))
}

/// Of matches between two lists in which nobody occurs twice, those that hold when each record has at most one: the strongest
/// first.
#[must_use]
pub fn one_to_one(matches: &[Match]) -> Vec<Match> {
    let mut order = matches.to_vec();
    order.sort_unstable_by(|one, other| {
        other.weight.total_cmp(&one.weight).then((one.left, one.right).cmp(&(other.left, other.right)))
    });
    let mut taken = std::collections::HashSet::new();
    order.retain(|found| {
        let free = !taken.contains(&found.left) && !taken.contains(&found.right);
        if free {
            taken.insert(found.left);
            taken.insert(found.right);
        }
        free
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(left: u32, right: u32, weight: f64) -> Match {
        Match { left, right, weight }
    }

    #[test]
    fn chains_hold_together_or_fall_apart() {
        let matches = [pair(0, 1, 9.0), pair(1, 2, 5.0), pair(2, 3, 8.0), pair(5, 6, 1.0)];
        assert_eq!(connected(8, &matches), [vec![0, 1, 2, 3], vec![5, 6]]);
        let known = |left: u32, right: u32| {
            let found =
                matches.iter().find(|found| (found.left, found.right) == (left.min(right), left.max(right)));
            found.map_or(-10.0, |found| found.weight)
        };
        assert_eq!(coherent(8, &matches, 0.0, 100, known), [vec![0, 1], vec![2, 3], vec![5, 6]]);
        assert_eq!(coherent(8, &matches, 0.0, 100, |_, _| 1.0), [vec![0, 1, 2, 3], vec![5, 6]]);
        assert_eq!(coherent(8, &matches, 0.0, 3, |_, _| 1.0), [vec![0, 1], vec![2, 3], vec![5, 6]]);
        let never = |left: u32, right: u32| if left.max(right) == 6 { f64::NEG_INFINITY } else { 1.0 };
        assert_eq!(coherent(8, &matches, 0.0, 100, never), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn nobody_is_matched_twice() {
        let matches = [pair(0, 5, 3.0), pair(0, 6, 9.0), pair(1, 6, 8.0), pair(1, 5, 2.0)];
        assert_eq!(one_to_one(&matches), [pair(0, 6, 9.0), pair(1, 5, 2.0)]);
    }
}
