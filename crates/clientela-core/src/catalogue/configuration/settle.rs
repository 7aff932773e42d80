//! Which options every configuration with the choices has, which none has, and which some have.

use super::compile::{Compiled, SEARCH};
use clientela_analytics::satisfiability::{Budget, Clash, Literal, SettleBudget, Settled};

/// Contradictions spent on whether one option is open.
const PROBE: Budget = Budget(500);
/// Options searched for one by one after a choice; the rest stays open, and the answer says that it is not settled.
const PROBES_MAX: usize = 4_000;

impl Compiled {
    /// Settles every option under the assumptions.
    ///
    /// # Errors
    /// The assumptions and rules that clash.
    pub(super) fn settle(&mut self, assumptions: &[Literal]) -> Result<Settled, Clash> {
        let budget = SettleBudget { first: SEARCH, each: PROBE, searches: PROBES_MAX };
        self.settler.settle(&mut self.solver, assumptions, self.product.options.len(), budget)
    }
}
