//! Who looks after which record: rules with scores, capacity, absence, turn and existing relation.
//!
//! A **rule** is a condition that was asked of every record, a score, and the candidates it names. The scores of all rules that
//! hold are added for each candidate; the best one with room gets the record. This is how Siebel's Assignment Manager scores:
//! rule score plus, for each skill, weight times level. [`assign`] works over a million records at once, [`explain`] says of
//! one of them why it went where it did, [`rebalance`] moves as few as possible so that nobody has too much.
//!
//! Nothing depends on the order records or candidates are given in, and the same seed gives the same answer.

mod cells;
mod explain;
mod flow;
mod hand_over;
mod model;
mod naming;
mod rebalance;
mod records;
mod run;
mod run_record;
mod scores;
mod sellers;
mod settle;

pub use explain::{explain, stays_after_all};
pub use hand_over::{GivenBy, hand_over};
pub use model::{ModelError, ModelStep, NewRule, NewTerritoryModel, RuleTargets, activate, archive, define};
pub use naming::{NamingRule, Seller, WantedSkill, named};
pub use rebalance::{
    HeldBy, Load, Movable, Move, Rebalanced, Takers, Teams, even_targets, most, movables, rebalance, relieved,
};
pub use records::{ModelState, SellerCapacity, SellerSkill, TerritoryModel, TerritoryRule};
pub use run::{Assignment, Choice, assign, best_named};
pub use run_record::{AssignmentRun, AssignmentRunState, PieceCount};
pub use sellers::{set_capacity, set_leave, set_skill, skill_name};

use crate::ids::PositionId;
use clientela_model::ClosedList;
use uuid::Uuid;

/// The most rules of one run: which of them hold for a record is kept in the bits of one number.
pub const RULES_MAX: usize = 128;

/// A record that is to be given to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Its id: order and draws go by it.
    pub id: Uuid,
    /// Who has it now, as a place in the list of candidates; none for nobody, or for somebody who is not among them.
    pub owner: Option<u32>,
    /// Which rules hold for it, one bit each, the first rule in the lowest.
    pub holds: u128,
}

/// Somebody who may be given records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The position.
    pub position: PositionId,
    /// What it is called in reasons.
    pub title: String,
    /// The most records it can look after; none for no limit.
    pub capacity: Option<u32>,
    /// Records it looks after that are not part of this run. They take room and never move.
    pub outside: u32,
    /// Whether it takes nothing now: on leave, or nobody holds the position.
    pub absent: bool,
}

/// A rule, with whom it names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScoredRule {
    /// Its name, in reasons.
    pub name: String,
    /// What each candidate gets when it holds: places in the list of candidates, each once.
    pub named: Vec<(u32, i64)>,
    /// What the one who has the record already gets when it holds; none when the rule does not look at that.
    pub relation: Option<i64>,
    /// Whether rules after it are not looked at when it holds.
    pub stop: bool,
}

/// What a run goes by besides rules and candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Where equals are drawn from.
    pub seed: u64,
    /// The least sum of scores with which somebody is taken.
    pub passing_score: i64,
    /// Whether what nobody gets stays with its owner and takes room there; else it is nobody's.
    pub stay: bool,
}

/// Why nobody gets a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ClosedList)]
pub enum NobodyReason {
    /// No rule holds for it.
    NoRule,
    /// The rules that hold name nobody.
    NobodyNamed,
    /// All that are named stay below the passing score.
    BelowPassing,
    /// All that are named are absent.
    AllAbsent,
    /// All that are named and present have no room.
    NoRoom,
    /// It may not go to the one who would get it: see [`Assignment::bar`].
    Barred,
}

/// The rules of a record that count: those that hold, up to the first that stops.
pub(crate) fn counting(rules: &[ScoredRule], holds: u128) -> u128 {
    for (place, rule) in rules.iter().enumerate().take(RULES_MAX) {
        if rule.stop && holds >> place & 1 == 1 {
            return holds & (u128::MAX >> (RULES_MAX - 1 - place));
        }
    }
    holds
}

/// The rules whose bits are set.
pub(crate) fn set(rules: &[ScoredRule], bits: u128) -> impl Iterator<Item = (usize, &ScoredRule)> {
    rules.iter().enumerate().take(RULES_MAX).filter(move |(place, _)| bits >> place & 1 == 1)
}

#[cfg(test)]
mod tests;
