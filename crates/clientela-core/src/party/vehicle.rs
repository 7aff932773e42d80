//! Vehicles of a fleet, ours and others'.

use crate::ids::{PartyId, VehicleId};
use chrono::NaiveDate;
use clientela_model::identifier::Vin;
use clientela_model::{ClosedList, Record};

/// How the party holds a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Ownership {
    /// Owned.
    Owned,
    /// Leased.
    Leased,
    /// Rented.
    Rented,
}

/// A vehicle of a party's fleet.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 13, name = "vehicle", access = through(party), part_of(party, party))]
pub struct Vehicle {
    /// Id.
    #[field(number = 1)]
    pub id: VehicleId,
    /// Whose fleet.
    #[field(number = 2)]
    pub party: PartyId,
    /// Vehicle identification number.
    #[field(number = 3, label = "VIN", personal, indexed)]
    pub vin: Option<Vin>,
    /// Registration plate.
    #[field(number = 4, personal)]
    pub plate: Option<String>,
    /// Make.
    #[field(number = 5)]
    pub make: String,
    /// Model.
    #[field(number = 6)]
    pub model: Option<String>,
    /// Category of the EU type approval: N1–N3 goods, M1–M3 persons, O1–O4 trailers.
    #[field(number = 7)]
    pub category: Option<String>,
    /// Body.
    #[field(number = 8)]
    pub body: Option<String>,
    /// Emission class, 1 to 7 for Euro I to Euro VII.
    #[field(number = 9)]
    pub euro_class: Option<u16>,
    /// Day of first registration.
    #[field(number = 10)]
    pub first_registration: Option<NaiveDate>,
    /// Odometer reading in kilometres.
    #[field(number = 11, label = "Mileage (km)")]
    pub mileage_km: Option<i64>,
    /// How it is held.
    #[field(number = 12)]
    pub ownership: Ownership,
    /// Day it joined the fleet.
    #[field(number = 13)]
    pub acquired: Option<NaiveDate>,
    /// Day it left the fleet.
    #[field(number = 14)]
    pub disposed: Option<NaiveDate>,
    /// Why it left, such as sold or written off.
    #[field(number = 15, personal)]
    pub disposal_reason: Option<String>,
    /// What it is used for, in the words of the replacement thresholds, such as long_haul.
    #[field(number = 16)]
    pub usage: Option<String>,
}
