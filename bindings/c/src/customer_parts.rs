//! What belongs to a customer: contacts and fleet.

use crate::date::{NO_DATE, clientela_date, to_c};
use crate::id::clientela_id;
use crate::record::{address, optional};
use crate::rt::{CText, Fail, c_struct};
use clientela::core::party::{Contact, Vehicle};
use clientela::model::identifier::{EmailAddress, PhoneNumber};
use clientela::model::{ClosedList, EntityId};
use std::ffi::c_char;
use uuid::Uuid;

/// A person at a customer. Texts are owned by the customer's handle; NULL when empty.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_contact {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Day the contact left the customer, or CLIENTELA_NO_DATE. Who has left is not written to.
    pub left_on: clientela_date,
    /// Id.
    pub id: clientela_id,
    /// Contact number known to other systems.
    pub number: *const c_char,
    /// Given name.
    pub given_name: *const c_char,
    /// Family name.
    pub family_name: *const c_char,
    /// "decision_maker", "buyer", "fleet_manager", "driver", "administration" or "other".
    pub role: *const c_char,
    /// Language as two letters.
    pub language: *const c_char,
    /// Mobile number, international.
    pub mobile: *const c_char,
    /// Telephone number, international.
    pub phone: *const c_char,
    /// E-mail address.
    pub email: *const c_char,
    /// Part in a purchase: "decides", "pays", "uses", "advises" or "blocks".
    pub influence: *const c_char,
}
c_struct!(clientela_contact {
    struct_size,
    left_on,
    id,
    number,
    given_name,
    family_name,
    role,
    language,
    mobile,
    phone,
    email,
    influence
});

/// A vehicle of a customer's fleet. Texts are owned by the customer's handle; NULL when empty.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_vehicle {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Emission class, 1 to 7 for Euro I to Euro VII; 0 when not known.
    pub euro_class: u32,
    /// Id.
    pub id: clientela_id,
    /// Day of first registration, or CLIENTELA_NO_DATE.
    pub first_registration: clientela_date,
    /// Day it joined the fleet, or CLIENTELA_NO_DATE.
    pub acquired: clientela_date,
    /// Day it left the fleet, or CLIENTELA_NO_DATE.
    pub disposed: clientela_date,
    /// Odometer reading in kilometres; -1 when not known.
    pub mileage_km: i32,
    /// Vehicle identification number.
    pub vin: *const c_char,
    /// Registration plate.
    pub plate: *const c_char,
    /// Make.
    pub make: *const c_char,
    /// Model.
    pub model: *const c_char,
    /// Category of the EU type approval, such as "N3".
    pub category: *const c_char,
    /// Body.
    pub body: *const c_char,
    /// "owned", "leased" or "rented".
    pub ownership: *const c_char,
}
c_struct!(clientela_vehicle {
    struct_size,
    euro_class,
    id,
    first_registration,
    acquired,
    disposed,
    mileage_km,
    vin,
    plate,
    make,
    model,
    category,
    body,
    ownership
});

/// Texts of a contact in the order of the structure.
#[derive(Debug)]
pub(crate) struct ContactTexts {
    id: Uuid,
    left_on: Option<chrono::NaiveDate>,
    texts: [Option<CText>; 9],
}

/// A vehicle, its texts in the order of the structure.
#[derive(Debug)]
pub(crate) struct VehicleTexts {
    vehicle: Vehicle,
    texts: [Option<CText>; 7],
}

impl ContactTexts {
    /// With its texts made.
    pub(crate) fn new(contact: &Contact) -> Self {
        let phone = |number: &Option<PhoneNumber>| optional(number.as_ref().map(PhoneNumber::e164));
        Self {
            id: contact.id.uuid(),
            left_on: contact.left_on,
            texts: [
                optional(contact.number.as_deref()),
                optional(contact.given_name.as_deref()),
                optional(Some(&contact.family_name)),
                optional(contact.role.map(ClosedList::word)),
                optional(contact.language.as_ref().map(|language| language.code())),
                phone(&contact.mobile),
                phone(&contact.phone),
                optional(contact.email.as_ref().map(EmailAddress::as_str)),
                optional(contact.influence.map(ClosedList::word)),
            ],
        }
    }

    /// As C reads it.
    pub(crate) fn told(&self) -> Result<clientela_contact, Fail> {
        let [number, given_name, family_name, role, language, mobile, phone, email, influence] =
            self.texts.each_ref().map(|text| address(text.as_ref()));
        let id = self.id.into();
        Ok(clientela_contact {
            struct_size: 0,
            left_on: day(self.left_on, "left_on")?,
            id,
            number,
            given_name,
            family_name,
            role,
            language,
            mobile,
            phone,
            email,
            influence,
        })
    }
}

impl VehicleTexts {
    /// With its texts made.
    pub(crate) fn new(vehicle: Vehicle) -> Self {
        let texts = [
            optional(vehicle.vin.as_ref().map(|vin| vin.as_str())),
            optional(vehicle.plate.as_deref()),
            optional(Some(&vehicle.make)),
            optional(vehicle.model.as_deref()),
            optional(vehicle.category.as_deref()),
            optional(vehicle.body.as_deref()),
            optional(Some(vehicle.ownership.word())),
        ];
        Self { vehicle, texts }
    }

    /// As C reads it.
    pub(crate) fn told(&self) -> Result<clientela_vehicle, Fail> {
        let [vin, plate, make, model, category, body, ownership] =
            self.texts.each_ref().map(|text| address(text.as_ref()));
        let vehicle = &self.vehicle;
        Ok(clientela_vehicle {
            struct_size: 0,
            euro_class: vehicle.euro_class.map_or(0, u32::from),
            id: vehicle.id.uuid().into(),
            first_registration: day(vehicle.first_registration, "first_registration")?,
            acquired: day(vehicle.acquired, "acquired")?,
            disposed: day(vehicle.disposed, "disposed")?,
            mileage_km: vehicle.mileage_km.and_then(|km| i32::try_from(km).ok()).unwrap_or(-1),
            vin,
            plate,
            make,
            model,
            category,
            body,
            ownership,
        })
    }
}

fn day(day: Option<chrono::NaiveDate>, name: &'static str) -> Result<clientela_date, Fail> {
    day.map_or(Ok(NO_DATE), |day| to_c(day, name))
}
