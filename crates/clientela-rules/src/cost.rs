//! What a rule may cost, before it runs.
//!
//! The estimate counts the nodes a decision visits; what stands in a loop counts once for each entry the list is expected
//! to have. It is an upper bound for lists of these sizes: nothing is left out because `&&` or `||` is decided early.

use crate::engine::checked;
use crate::environment::Environment;
use crate::error::RuleErrors;
use crate::program::{Kind, Node};
use std::collections::BTreeMap;

/// How many entries lists are expected to have, by the name of the list, such as `fleet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSizes {
    by_name: BTreeMap<String, u64>,
    otherwise: u64,
}

impl Default for ListSizes {
    /// Fifty entries in each list.
    fn default() -> Self {
        Self { by_name: BTreeMap::new(), otherwise: 50 }
    }
}

impl ListSizes {
    /// This many entries in each list that is not named.
    #[must_use]
    pub const fn of(otherwise: u64) -> Self {
        Self { by_name: BTreeMap::new(), otherwise }
    }

    /// The same, with this many entries in the list of that name.
    #[must_use]
    pub fn with(mut self, list: impl Into<String>, entries: u64) -> Self {
        self.by_name.insert(list.into(), entries);
        self
    }

    fn of_path(&self, path: Option<&str>) -> u64 {
        let name = path.and_then(|path| path.trim_end_matches("[]").rsplit('.').next());
        name.and_then(|name| self.by_name.get(name)).copied().unwrap_or(self.otherwise)
    }
}

/// The most steps one decision of a rule takes, for lists of these sizes.
///
/// ```
/// use clientela_rules::cost::{ListSizes, estimate};
/// use clientela_rules::{Environment, Type};
/// let environment = Environment::new().variable("scores", Type::Int.list());
/// let rule = "scores.exists(s, s > 3)";
/// let small = estimate(rule, &environment, &ListSizes::of(2))?;
/// let large = estimate(rule, &environment, &ListSizes::of(2).with("scores", 1_000))?;
/// assert!(large > 100 * small);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `rule.invalid`, when it is none.
pub fn estimate(source: &str, environment: &Environment, sizes: &ListSizes) -> Result<u64, RuleErrors> {
    Ok(steps(&checked(source, environment)?.root, sizes))
}

fn steps(node: &Node, sizes: &ListSizes) -> u64 {
    let all = |nodes: &[&Node]| nodes.iter().map(|node| steps(node, sizes)).fold(0_u64, u64::saturating_add);
    let beneath = match &node.kind {
        Kind::Loop { list, body, transform, .. } => {
            let each =
                all(&[&**body]).saturating_add(transform.as_ref().map_or(0, |node| steps(node, sizes)));
            all(&[&**list]).saturating_add(entries(list, sizes).saturating_mul(each.saturating_add(1)))
        }
        Kind::Call { arguments, .. } => {
            let lists = arguments.iter().map(|part| entries(part, sizes)).fold(0, u64::saturating_add);
            all(&node.parts()).saturating_add(lists)
        }
        _ => all(&node.parts()),
    };
    beneath.saturating_add(1)
}

/// How many entries a list is expected to have; none for what is no list.
fn entries(node: &Node, sizes: &ListSizes) -> u64 {
    if !matches!(node.ty.base(), crate::types::Type::List(_)) {
        return 0;
    }
    match &node.kind {
        Kind::List(parts) => parts.len() as u64,
        Kind::Loop { list, .. } => entries(list, sizes),
        _ => sizes.of_path(node.path.as_deref()),
    }
}
