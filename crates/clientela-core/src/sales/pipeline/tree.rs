//! Sums up a tree in one pass: parents stand before their children, so the last node is the first to be added to the one above.

use super::PipelineError;

/// What stands above the top of a tree.
pub const NO_PARENT: u32 = u32::MAX;

/// Adds each node's value to all that stand above it. `add` adds the second to the first.
///
/// # Errors
/// [`PipelineError::Tree`] for a node that does not come after its parent.
pub fn roll_up<T: Clone>(
    parents: &[u32],
    own: &[T],
    mut add: impl FnMut(&mut T, &T),
) -> Result<Vec<T>, PipelineError> {
    check(parents, own.len())?;
    let mut sums = own.to_vec();
    for node in (0..sums.len()).rev() {
        if parents[node] != NO_PARENT {
            // The parent comes before the node, so the two are never in one half.
            let (above, below) = sums.split_at_mut(node);
            add(&mut above[parents[node] as usize], &below[0]);
        }
    }
    Ok(sums)
}

/// A figure of one node, what it is made of kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Adjusted {
    /// The sum of all rows at and below the node: no adjustment is in it.
    pub raw: i128,
    /// The node's own rows and what the nodes beneath it forecast, their adjustments included.
    pub rolled: i128,
    /// What counts further up: the adjustment where there is one, else what was rolled up.
    pub forecast: i128,
}

/// Rolls up with adjustments: an adjustment replaces the figure of its node for all above it, and hides nothing.
///
/// # Errors
/// [`PipelineError::Tree`] for a node that does not come after its parent, [`PipelineError::Shape`] for a list of another length.
pub fn roll_up_adjusted(
    parents: &[u32],
    own: &[i128],
    adjustments: &[Option<i128>],
) -> Result<Vec<Adjusted>, PipelineError> {
    check(parents, own.len())?;
    if adjustments.len() != own.len() {
        return Err(PipelineError::Shape { column: "adjustments" });
    }
    let mut all: Vec<Adjusted> =
        own.iter().map(|own| Adjusted { raw: *own, rolled: *own, forecast: 0 }).collect();
    for node in (0..all.len()).rev() {
        all[node].forecast = adjustments[node].unwrap_or(all[node].rolled);
        if parents[node] != NO_PARENT {
            let Adjusted { raw, forecast, .. } = all[node];
            let above = &mut all[parents[node] as usize];
            above.raw += raw;
            above.rolled += forecast;
        }
    }
    Ok(all)
}

fn check(parents: &[u32], nodes: usize) -> Result<(), PipelineError> {
    if parents.len() != nodes {
        return Err(PipelineError::Shape { column: "parents" });
    }
    match parents
        .iter()
        .enumerate()
        .find(|(node, parent)| **parent != NO_PARENT && **parent as usize >= *node)
    {
        Some((node, _)) => Err(PipelineError::Tree { node }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree() -> impl Strategy<Value = (Vec<u32>, Vec<i128>, Vec<Option<i128>>)> {
        let node = (
            any::<prop::sample::Index>(),
            any::<bool>(),
            -1_000_i128..1_000,
            prop::option::weighted(0.2, -1_000_i128..1_000),
        );
        prop::collection::vec(node, 0..40).prop_map(|nodes| {
            let (mut parents, mut own, mut adjustments) = (Vec::new(), Vec::new(), Vec::new());
            for (index, (parent, top, value, adjustment)) in nodes.into_iter().enumerate() {
                parents.push(if index == 0 || top { NO_PARENT } else { parent.index(index) as u32 });
                own.push(value);
                adjustments.push(adjustment);
            }
            (parents, own, adjustments)
        })
    }

    #[test]
    fn a_tree_out_of_order_is_refused() {
        assert_eq!(roll_up(&[1, NO_PARENT], &[1, 2], |a, b| *a += b), Err(PipelineError::Tree { node: 0 }));
        assert_eq!(roll_up(&[0], &[1], |a, b| *a += b), Err(PipelineError::Tree { node: 0 }));
        assert_eq!(roll_up(&[], &[1], |a, b| *a += b), Err(PipelineError::Shape { column: "parents" }));
    }

    proptest! {
        #[test]
        fn the_tops_hold_every_row_once((parents, own, _) in tree()) {
            let sums = roll_up(&parents, &own, |above, below| *above += below).unwrap();
            let tops: i128 = sums.iter().zip(&parents).filter(|(_, parent)| **parent == NO_PARENT).map(|(sum, _)| sum).sum();
            prop_assert_eq!(tops, own.iter().sum::<i128>());
        }

        #[test]
        fn adjustments_leave_the_raw_figure_alone((parents, own, adjustments) in tree()) {
            let sums = roll_up(&parents, &own, |above, below| *above += below).unwrap();
            let found = roll_up_adjusted(&parents, &own, &adjustments).unwrap();
            for (node, one) in found.iter().enumerate() {
                prop_assert_eq!(one.raw, sums[node]);
                let below: i128 = (0..own.len()).filter(|child| parents[*child] == node as u32).map(|child| found[child].forecast).sum();
                prop_assert_eq!(one.rolled, own[node] + below);
                prop_assert_eq!(one.forecast, adjustments[node].unwrap_or(one.rolled));
            }
        }
    }
}
