//! What a rule may cost, before it runs.
//!
//! The estimate counts the nodes a decision visits; what stands in a loop counts once for each entry the list is expected
//! to have. It is an upper bound for lists of these sizes: nothing is left out because `&&` or `||` is decided early. With the
//! sizes that the lists of a record really have, the same count decides whether the rule is asked of that record
//! ([`STEPS_MAX`]).

use crate::engine::{Rule, checked};
use crate::environment::Environment;
use crate::error::{Problem, RuleErrors};
use crate::limits::STEPS_MAX;
use crate::plan::Plan;
use crate::syntax::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

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

    /// How many entries a list of a plan has in a whole record.
    fn of_table(&self, plan: &Plan, table: usize) -> u64 {
        let Some(list) = plan.tables.get(table) else { return 1 };
        let Some(parent) = list.parent else { return 1 };
        let name = list.path.rsplit('.').next().unwrap_or(&list.path);
        let own = self.by_name.get(name).copied().unwrap_or(self.otherwise);
        own.saturating_mul(self.of_table(plan, parent))
    }

    fn steps(&self, plan: &Plan) -> u64 {
        plan.bound.at(&|table| self.of_table(plan, table), self.otherwise)
    }
}

/// The steps of a rule that was checked.
#[must_use]
pub fn of(rule: &dyn Rule, sizes: &ListSizes) -> u64 {
    sizes.steps(rule.plan())
}

/// The rule, if it takes no more steps with lists of these sizes than any rule may.
///
/// # Errors
/// `rule.invalid` with the finding `rule.too_costly`, which says how many steps it takes and how many are allowed.
pub fn affordable(rule: Arc<dyn Rule>, sizes: &ListSizes) -> Result<Arc<dyn Rule>, RuleErrors> {
    let steps = of(&*rule, sizes);
    if steps <= STEPS_MAX {
        return Ok(rule);
    }
    let source = rule.source();
    let message = format!(
        "one decision may take {steps} steps with {} entries in each list; at most {STEPS_MAX} are allowed",
        sizes.otherwise
    );
    let whole = Span { start: 0, end: u32::try_from(source.len()).unwrap_or(u32::MAX) };
    let problem = Problem::new("rule.too_costly", whole, message);
    Err(RuleErrors::new(source, vec![problem.hint("avoid loops within loops within loops")]))
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
    Ok(sizes.steps(&Plan::of(&checked(source, environment)?)))
}
