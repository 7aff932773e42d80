//! What is stored of a fleet besides its vehicles: parts over time, readings, contracts, park lines.

use crate::ids::{
    ContactId, ParkLineId, PartyId, VehicleContractId, VehicleId, VehicleReadingId, VehicleRoleId,
};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Record};

/// A party's part in a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum VehiclePart {
    /// Owns it.
    Owner,
    /// Stands in its registration (Directive 1999/37/EC, C.1).
    Holder,
    /// Runs it.
    Operator,
    /// Drives it.
    Driver,
    /// Leases it out.
    Lessor,
}

impl VehiclePart {
    /// Whether several may have it at a time.
    #[must_use]
    pub const fn may_be_shared(self) -> bool {
        matches!(self, Self::Operator | Self::Driver)
    }
}

/// Who had which part in a vehicle, from which day to which.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 140, name = "vehicle_role", access = through(party), part_of(party, party))]
pub struct VehicleRole {
    /// Id.
    #[field(number = 1)]
    pub id: VehicleRoleId,
    /// In whose fleet the vehicle stands.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The vehicle.
    #[field(number = 3, merge = fact, indexed)]
    pub vehicle: VehicleId,
    /// Which part.
    #[field(number = 4, merge = fact)]
    pub part: VehiclePart,
    /// The party that has it, when the network knows it.
    #[field(number = 5, merge = fact)]
    pub who: Option<PartyId>,
    /// The contact that has it, such as the driver.
    #[field(number = 6, merge = fact)]
    pub contact: Option<ContactId>,
    /// Name of whoever has it, when neither is known.
    #[field(number = 7, personal, merge = fact)]
    pub name: Option<String>,
    /// First day.
    #[field(number = 8, merge = fact)]
    pub valid_from: NaiveDate,
    /// Last day; until further notice when empty.
    #[field(number = 9)]
    pub valid_until: Option<NaiveDate>,
}

/// What an odometer showed on a day. Facts that are only added.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 141, name = "vehicle_reading", access = through(party), part_of(party, party))]
pub struct VehicleReading {
    /// Id.
    #[field(number = 1)]
    pub id: VehicleReadingId,
    /// In whose fleet the vehicle stands.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The vehicle.
    #[field(number = 3, merge = fact, indexed)]
    pub vehicle: VehicleId,
    /// The day.
    #[field(number = 4, merge = fact)]
    pub day: NaiveDate,
    /// Kilometres.
    #[field(number = 5, label = "Mileage (km)", merge = fact)]
    pub km: i64,
    /// Where it was read: a workshop, a visit, telematics.
    #[field(number = 6, merge = fact)]
    pub source: Option<String>,
}

/// What a contract on a vehicle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum VehicleContractKind {
    /// Maintenance and repair.
    Maintenance,
    /// Leasing.
    Lease,
    /// Rental.
    Rental,
    /// Warranty, of the maker or extended.
    Warranty,
    /// Insurance.
    Insurance,
}

/// A contract on a vehicle, with us or with another.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 142, name = "vehicle_contract", access = through(party), part_of(party, party))]
pub struct VehicleContract {
    /// Id.
    #[field(number = 1)]
    pub id: VehicleContractId,
    /// In whose fleet the vehicle stands.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The vehicle.
    #[field(number = 3, merge = central, indexed)]
    pub vehicle: VehicleId,
    /// What it is for.
    #[field(number = 4)]
    pub kind: VehicleContractKind,
    /// With whom.
    #[field(number = 5)]
    pub provider: Option<String>,
    /// Its number there.
    #[field(number = 6, personal)]
    pub reference: Option<String>,
    /// First day.
    #[field(number = 7, group = "term")]
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    #[field(number = 8, group = "term")]
    pub valid_until: Option<NaiveDate>,
    /// Odometer reading at which it ends, in kilometres.
    #[field(number = 9, label = "Limit (km)", group = "term")]
    pub km_limit: Option<i64>,
}

/// Vehicles of a fleet of which only the number is known: mostly competitors'. They stand beside the vehicles that are
/// recorded one by one, and do not count them again.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 143, name = "park_line", access = through(party), part_of(party, party))]
pub struct ParkLine {
    /// Id.
    #[field(number = 1)]
    pub id: ParkLineId,
    /// Whose fleet.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// Make.
    #[field(number = 3, merge = fact)]
    pub make: String,
    /// Category of the EU type approval; all when empty.
    #[field(number = 4, merge = fact)]
    pub category: Option<String>,
    /// How many.
    #[field(number = 5, group = "count")]
    pub count: u32,
    /// The day that was known.
    #[field(number = 6, group = "count")]
    pub day: NaiveDate,
}
