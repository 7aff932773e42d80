//! What is needed to enter or change a customer, a contact, a vehicle or a consent: texts in, checked records out.
//!
//! | made from | by | into |
//! | --- | --- | --- |
//! | [`NewCustomer`] | [`enter_customer`] | a party and a relationship |
//! | [`CustomerChange`] | [`change_customer`] | the same two, changed |
//! | [`NewContact`] | [`enter_contact`] | a contact |
//! | [`ContactChange`] | [`change_contact`] | the same, changed |
//! | [`NewVehicle`] | [`enter_vehicle`] | a vehicle |
//! | [`VehicleChange`] | [`change_vehicle`] | the same, changed |
//! | [`NewConsent`] | [`enter_consent`] | a consent |
//! | [`NewAddress`] | [`enter_address`] | a further address |
//! | [`AddressChange`] | [`change_address`] | the same, changed |
//! | [`NewContactPoint`] | [`enter_contact_point`] | a further number or address to reach the party by |
//! | [`NewIdentifier`] | [`enter_identifier`] | a number in a register or another system |
//!
//! Words and identifiers come as texts, as a person types or an import reads them. Days, numbers and moments come as
//! such: how they are written differs from country to country, and whoever took them in knew how.

mod change;
pub(crate) mod changing;
mod consent;
mod contact;
mod customer;
mod parts;
pub(crate) mod reading;
mod vehicle;

pub use change::{ChangedCustomer, CustomerChange, change_customer};
pub use changing::{differing, named};
pub use consent::{NewConsent, enter_consent, usual_form};
pub(crate) use consent::{read_statement, said};
pub use contact::{ContactChange, NewContact, change_contact, enter_contact};
pub use customer::{EnteredCustomer, NewCustomer, enter_customer};
pub use parts::{
    AddressChange, NewAddress, NewContactPoint, NewIdentifier, change_address, enter_address,
    enter_contact_point, enter_identifier, join_group, relate_contacts,
};
pub use vehicle::{
    EURO_CLASS_MAX, MILEAGE_KM_MAX, NewVehicle, VEHICLE_CATEGORIES, VehicleChange, change_vehicle,
    check_new_to_fleet, dispose_vehicle, enter_vehicle,
};
pub(crate) use vehicle::{category as vehicle_category, mileage_km};

use crate::ids::{PositionId, UnitId};

/// The position, with its unit, that looks after what is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The position.
    pub owner: PositionId,
    /// Its unit.
    pub unit: UnitId,
}
