//! Fleets: parts in vehicles, readings, contracts, counts, and what follows from them.
//!
//! | question | answered by |
//! | --- | --- |
//! | how old is the fleet, and how much of it is ours | [`profile`] |
//! | how often does the customer buy, and when next | [`rhythm`] |
//! | which vehicle is to be replaced when, and why | [`replacements`] |
//!
//! [`entry`] checks what is entered. Ages are whole months; shares are exact decimals.

pub mod entry;
mod mileage;
mod months;
mod profile;
mod records;
mod replacement;
mod rhythm;

pub use mileage::{KM_PER_DAY_MAX, Mileage, SPAN_DAYS_MIN, mileage};
pub use months::{Month, age_in_months, months_after};
pub(crate) use profile::percent;
pub use profile::{AGE_BANDS, AgeBand, Counted, FleetProfile, profile, stands};
pub use records::{ParkLine, VehicleContract, VehicleContractKind, VehiclePart, VehicleReading, VehicleRole};
pub use replacement::{Replacement, ReplacementPolicy, Threshold, replacements};
pub use rhythm::{ONE_PURCHASE_DAYS, PURCHASES_MIN, Rhythm, rhythm};
