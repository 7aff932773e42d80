//! Positions, users and who holds which position when.

use crate::ids::{HoldingId, PositionId, ProfileId, UnitId, UserId};
use chrono::NaiveDate;
use clientela_model::{ClosedList, DateRange, Record, ValueError};

/// What a position does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Function {
    /// Marketing.
    Marketing,
    /// Manager of a sales area.
    ZoneManager,
    /// Head of a dealer.
    DealerPrincipal,
    /// Head of a team of sellers.
    SalesManager,
    /// Seller.
    Seller,
    /// Sales assistant.
    SalesAssistant,
    /// Workshop.
    Workshop,
    /// Call centre.
    CallCentre,
    /// Keeps the installation.
    Administrator,
    /// Reads and analyses.
    Analyst,
}

/// A seat in a unit.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 3, name = "position", access = public, key = title)]
pub struct Position {
    /// Id.
    #[field(number = 1)]
    pub id: PositionId,
    /// The unit it sits in.
    #[field(number = 2, merge = central, indexed)]
    pub unit: UnitId,
    /// What it does.
    #[field(number = 3)]
    pub function: Function,
    /// Title, such as "Sales north".
    #[field(number = 4, indexed)]
    pub title: String,
    /// The position it reports to: the tree of teams.
    #[field(number = 5, merge = central, indexed)]
    pub reports_to: Option<PositionId>,
    /// What it may do.
    #[field(number = 6, merge = central)]
    pub profile: ProfileId,
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 4, name = "user", access = public, key = login)]
pub struct User {
    /// Id.
    #[field(number = 1)]
    pub id: UserId,
    /// Name used to sign in, as known to the quoting tool.
    #[field(number = 2, indexed)]
    pub login: String,
    /// Full name.
    #[field(number = 3, personal)]
    pub name: String,
    /// Whether the user may sign in.
    #[field(number = 4)]
    pub active: bool,
}

/// A person's hold on a position for a period.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 5, name = "holding", access = public, part_of(user, user))]
pub struct Holding {
    /// Id.
    #[field(number = 1)]
    pub id: HoldingId,
    /// Who.
    #[field(number = 2)]
    pub user: UserId,
    /// Which position.
    #[field(number = 3, indexed)]
    pub position: PositionId,
    /// Whether as a substitute for the one who holds it.
    #[field(number = 4)]
    pub substitute: bool,
    /// First day.
    #[field(number = 5, group = "period")]
    pub valid_from: NaiveDate,
    /// Last day, empty while it lasts.
    #[field(number = 6, group = "period")]
    pub valid_to: Option<NaiveDate>,
}

impl Holding {
    /// The days it lasts.
    ///
    /// # Errors
    /// `date_range.reversed`.
    pub fn period(&self) -> Result<DateRange, ValueError> {
        DateRange::new(self.valid_from, self.valid_to).map_err(|error| error.at("valid_to"))
    }
}
