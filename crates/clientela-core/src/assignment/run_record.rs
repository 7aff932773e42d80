//! What is kept of a run that hands over more customers than one transaction should.

use crate::ids::{AssignmentRunId, PositionId, TerritoryModelId, UnitId, UserId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Record};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AssignmentRunState {
    /// Begun and not at its end, whether it is going on or was broken off.
    Running,
    /// All that was planned has been dealt with.
    Finished,
}

/// A run of a territory model that is done in pieces, each a transaction of its own. Its id is that of the command that began it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 251, name = "assignment_run", access = owned)]
pub struct AssignmentRun {
    /// Id, the same as the command's.
    #[field(number = 1)]
    pub id: AssignmentRunId,
    /// The unit of the position that began it.
    #[field(number = 2, merge = fact, indexed)]
    pub unit: UnitId,
    /// The position that began it.
    #[field(number = 3, merge = fact, indexed)]
    pub owner: PositionId,
    /// Who began it.
    #[field(number = 4, merge = fact)]
    pub user: UserId,
    /// The version that is applied.
    #[field(number = 5, merge = fact)]
    pub model: TerritoryModelId,
    /// SHA-256 of what was asked, in hexadecimal digits: the model, the unit and the customers by their ids. Neither the keys nor the
    /// condition of the command are kept: they could name somebody.
    #[field(number = 6, merge = fact)]
    pub request: String,
    /// How often it was planned: again when something it went by changed meanwhile.
    #[field(number = 7, merge = central)]
    pub round: u32,
    /// SHA-256 of the plan of this round, in hexadecimal digits: the same state and seed give the same.
    #[field(number = 8, merge = central)]
    pub plan: String,
    /// The last commit of the state it was planned on.
    #[field(number = 9, merge = central)]
    pub seen: i64,
    /// Moves of this round's plan.
    #[field(number = 10, merge = central)]
    pub planned: i64,
    /// Pieces of this round that are done.
    #[field(number = 11, merge = central)]
    pub pieces: u32,
    /// Customers handed over so far, in all rounds.
    #[field(number = 12, merge = central)]
    pub handed: i64,
    /// Of this round's moves, those left because the customer had changed since.
    #[field(number = 13, merge = central)]
    pub passed_over: i64,
    /// Customers that got another number with another dealer.
    #[field(number = 14, merge = central)]
    pub renumbered: i64,
    /// Where it stands.
    #[field(number = 15, merge = central)]
    pub state: AssignmentRunState,
    /// When it began.
    #[field(number = 16, merge = fact)]
    pub started_at: DateTime<Utc>,
    /// When it was at its end.
    #[field(number = 17, merge = central)]
    pub finished_at: Option<DateTime<Utc>>,
}

/// What a piece came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PieceCount {
    /// Customers handed over.
    pub handed: u64,
    /// Customers left as they were, because they had changed since the plan was made.
    pub passed_over: u64,
    /// Customers that got another number.
    pub renumbered: u64,
}

impl PieceCount {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            handed: self.handed + other.handed,
            passed_over: self.passed_over + other.passed_over,
            renumbered: self.renumbered + other.renumbered,
        }
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl AssignmentRun {
    /// Counts a piece in.
    #[must_use]
    pub fn counting(mut self, piece: PieceCount) -> Self {
        self.pieces += 1;
        self.handed += number(piece.handed);
        self.passed_over += number(piece.passed_over);
        self.renumbered += number(piece.renumbered);
        self
    }

    /// Planned again: a new plan, of which nothing is done.
    #[must_use]
    pub fn planned_again(self, plan: String, seen: i64, planned: u64) -> Self {
        Self {
            round: self.round + 1,
            plan,
            seen,
            planned: number(planned),
            pieces: 0,
            passed_over: 0,
            ..self
        }
    }

    /// All has been dealt with.
    #[must_use]
    pub fn finished(mut self, now: DateTime<Utc>) -> Self {
        if self.state == AssignmentRunState::Running {
            (self.state, self.finished_at) = (AssignmentRunState::Finished, Some(now));
        }
        self
    }
}
