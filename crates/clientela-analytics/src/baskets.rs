//! What goes with what: association of items that stand in the same baskets.
//!
//! For an item *a* and an item *b* over *n* baskets: support is the share of baskets with both, confidence the share of those
//! with *a* that have *b* as well, lift confidence divided by the share of all baskets with *b* (Agrawal, Imieliński, Swami 1993; Brin,
//! Motwani, Ullman, Tsur 1997). Above 1 the two stand together more often than by chance.
#![allow(clippy::float_arithmetic, reason = "shares are ratios of counts; no money is here")]

use std::collections::HashMap;

/// How often an item goes with another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Association {
    /// The item that is there.
    pub with: u32,
    /// The item that goes with it.
    pub item: u32,
    /// Baskets with both.
    pub together: u32,
    /// Baskets with the first.
    pub baskets_with: u32,
    /// Share of all baskets with both, 0 to 1.
    pub support: f64,
    /// Share of the baskets with the first that have the second, 0 to 1.
    pub confidence: f64,
    /// Confidence over the share of all baskets with the second.
    pub lift: f64,
}

/// The associations of the items given with items beside them, the strongest first: by lift, then by how many baskets show it, then by
/// number. Items of a basket are counted once; pairs seen in fewer than `least` baskets are left out.
#[must_use]
pub fn associations(baskets: &[Vec<u32>], given: &[u32], least: u32) -> Vec<Association> {
    let mut single: HashMap<u32, u32> = HashMap::new();
    let mut pairs: HashMap<(u32, u32), u32> = HashMap::new();
    let mut items: Vec<u32> = Vec::new();
    for basket in baskets {
        items.clone_from(basket);
        items.sort_unstable();
        items.dedup();
        for item in &items {
            *single.entry(*item).or_default() += 1;
        }
        for with in items.iter().filter(|item| given.contains(item)) {
            for item in items.iter().filter(|item| !given.contains(item)) {
                *pairs.entry((*with, *item)).or_default() += 1;
            }
        }
    }
    let count = |item: u32| single.get(&item).copied().unwrap_or_default();
    let all = f64::from(u32::try_from(baskets.len()).unwrap_or(u32::MAX));
    let mut found: Vec<Association> = pairs
        .into_iter()
        .filter(|(_, together)| *together >= least.max(1))
        .map(|((with, item), together)| {
            let (baskets_with, both) = (count(with), f64::from(together));
            let confidence = both / f64::from(baskets_with);
            let lift = confidence / (f64::from(count(item)) / all);
            Association { with, item, together, baskets_with, support: both / all, confidence, lift }
        })
        .collect();
    found.sort_by(|left, right| {
        right
            .lift
            .total_cmp(&left.lift)
            .then(right.together.cmp(&left.together))
            .then((left.with, left.item).cmp(&(right.with, right.item)))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_case_comes_out() {
        // Five baskets: 1 and 2 together three times of four, 2 in four of five.
        let baskets = [vec![1, 2], vec![1, 2, 3], vec![2, 1, 1], vec![1, 3], vec![2]];
        let found = associations(&baskets, &[1], 1);
        let told: Vec<_> = found.iter().map(|a| (a.item, a.together, a.baskets_with)).collect();
        assert_eq!(told, [(3, 2, 4), (2, 3, 4)]);
        let two = found[1];
        assert!((two.support - 0.6).abs() < 1e-12 && (two.confidence - 0.75).abs() < 1e-12);
        assert!((two.lift - 0.75 / 0.8).abs() < 1e-12);
        assert!(associations(&baskets, &[1], 3).iter().all(|a| a.item == 2));
        assert!(associations(&[], &[1], 1).is_empty());
    }
}
