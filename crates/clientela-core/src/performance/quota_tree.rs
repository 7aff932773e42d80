//! The tree a plan is shared out over: as it is given, and flat, as it is worked on.

use super::cascade::{CascadeError, TARGETS_MAX};
use super::limits::LimitSide;
use crate::ids::{PositionId, UnitId};
use chrono::NaiveDate;
use clientela_model::predicate::TREE_DEPTH_MAX;
use rust_decimal::Decimal;
use std::collections::HashSet;

/// A unit or position of the tree a plan is shared out over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaNode {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// Its weight beside its siblings: history, potential, or equal. Zero gets nothing. The root's does not matter.
    pub weight: Decimal,
    /// What it is shared among; empty where sharing ends.
    pub children: Vec<QuotaNode>,
}

/// One node of the flat tree.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) unit: UnitId,
    pub(super) owner: Option<PositionId>,
    pub(super) weight: Decimal,
    /// How many are above it.
    pub(super) depth: u8,
}

/// A tree with each node before its children.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// Where the children of each node begin in `below`, and where the last one's end.
    begin: Vec<usize>,
    below: Vec<usize>,
    /// Of those in `below`.
    weights: Vec<u64>,
}

impl Tree {
    /// The tree of a plan with so many periods.
    pub(super) fn new(root: &QuotaNode, periods: usize) -> Result<Self, CascadeError> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut parents: Vec<usize> = Vec::new();
        let mut seen = HashSet::new();
        // A list of its own instead of recursion: the depth is what is being checked.
        let mut open = vec![(root, 0_usize, 0_u8)];
        while let Some((node, parent, depth)) = open.pop() {
            if usize::from(depth) >= TREE_DEPTH_MAX {
                return Err(CascadeError::TooDeep);
            }
            if !seen.insert((node.unit, node.owner)) {
                return Err(CascadeError::Twice { unit: node.unit, owner: node.owner });
            }
            let targets = seen.len().saturating_mul(periods);
            if targets > TARGETS_MAX {
                return Err(CascadeError::TooMany { targets });
            }
            let place = nodes.len();
            nodes.push(Node { unit: node.unit, owner: node.owner, weight: node.weight, depth });
            parents.push(parent);
            open.extend(node.children.iter().rev().map(|child| (child, place, depth + 1)));
        }
        Self::linked(nodes, &parents)
    }

    fn linked(nodes: Vec<Node>, parents: &[usize]) -> Result<Self, CascadeError> {
        let mut begin = vec![0_usize; nodes.len() + 1];
        for parent in parents.iter().skip(1) {
            begin[parent + 1] += 1;
        }
        for place in 0..nodes.len() {
            begin[place + 1] += begin[place];
        }
        let mut next = begin.clone();
        let mut below = vec![0_usize; nodes.len().saturating_sub(1)];
        for (place, parent) in parents.iter().enumerate().skip(1) {
            below[next[*parent]] = place;
            next[*parent] += 1;
        }
        let mut tree = Self { nodes, begin, below, weights: Vec::new() };
        for place in 0..tree.nodes.len() {
            let children = tree.children(place);
            if children.is_empty() {
                continue;
            }
            let weights = whole_weights(children.iter().map(|child| &tree.nodes[*child].weight));
            let unit = tree.nodes[place].unit;
            let weights = weights.ok_or(CascadeError::NodeWeights { unit })?;
            // Children of one node stand together in `below`, in the order of the nodes: so do their weights.
            tree.weights.extend(weights);
        }
        Ok(tree)
    }

    /// The places of a node's children.
    pub(super) fn children(&self, place: usize) -> &[usize] {
        &self.below[self.begin[place]..self.begin[place + 1]]
    }

    /// Their weights in whole numbers.
    pub(super) fn weights(&self, place: usize) -> &[u64] {
        &self.weights[self.begin[place]..self.begin[place + 1]]
    }

    /// Whether a node has no weight beside its siblings.
    pub(super) fn is_weightless(&self, place: usize) -> bool {
        place > 0 && self.nodes[place].weight.is_zero()
    }

    /// Limits of a node that cannot be met.
    pub(super) fn refusal(
        &self,
        place: usize,
        period: Option<NaiveDate>,
        side: LimitSide,
        by: Decimal,
    ) -> CascadeError {
        let node = &self.nodes[place];
        CascadeError::Limits { unit: node.unit, owner: node.owner, period, side, by, clash: Vec::new() }
    }
}

/// The largest sum of weights, so that its product with a total fits into 128 bits with room to spare.
const SUM_MAX: i128 = 1_000_000_000_000_000_000;

/// Weights as whole numbers in the same proportion, exact up to 18 digits of their sum; none when one is below zero or all are
/// zero.
pub(super) fn whole_weights<'w>(weights: impl Iterator<Item = &'w Decimal> + Clone) -> Option<Vec<u64>> {
    if weights.clone().any(|weight| weight.is_sign_negative() && !weight.is_zero()) {
        return None;
    }
    let scale = weights.clone().map(Decimal::scale).max().unwrap_or(0);
    let whole = |weight: &Decimal| {
        let factor = 10_i128.checked_pow(scale - weight.scale())?;
        weight.mantissa().checked_mul(factor)
    };
    let exact: Option<Vec<i128>> = weights.clone().map(whole).collect();
    let sum = exact.iter().flatten().try_fold(0_i128, |sum, one| sum.checked_add(*one));
    match (exact, sum) {
        (Some(exact), Some(sum)) if sum <= SUM_MAX => {
            (sum > 0).then(|| exact.iter().map(|one| u64::try_from(*one).unwrap_or_default()).collect())
        }
        _ => scaled_weights(weights),
    }
}

/// Weights too fine or too large for that: in parts of the largest, of which there are few enough to add up.
fn scaled_weights<'w>(weights: impl Iterator<Item = &'w Decimal> + Clone) -> Option<Vec<u64>> {
    let largest = weights.clone().max().copied()?;
    let count = i128::try_from(weights.clone().count()).ok()?.max(1);
    let parts = Decimal::from_i128_with_scale(SUM_MAX / count, 0);
    let part = |weight: &Decimal| {
        let share = weight.checked_div(largest)?.checked_mul(parts)?.trunc();
        u64::try_from(share.mantissa()).ok()
    };
    weights.map(part).collect()
}
