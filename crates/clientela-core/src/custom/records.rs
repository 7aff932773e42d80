//! Definitions and values.

use super::typed::CustomParts;
use crate::ids::{
    ContactCustomValueId, ContactId, CustomFieldId, CustomValueId, CustomerId, LeadCustomValueId, LeadId,
    OpportunityCustomValueId, OpportunityId, VehicleCustomValueId, VehicleId,
};
use chrono::NaiveDate;
use clientela_model::{ClosedList, EntityId, Money, Record};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The type of an added field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CustomType {
    /// A line of text.
    Text,
    /// A decimal number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
    /// A word of the field's own list.
    Choice,
    /// An amount with its currency.
    Money,
    /// A whole number.
    Integer,
}

/// A field an installation adds to its customers, contacts, vehicles, opportunities or leads. Its name and type never change; what is no longer wanted is retired.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 148, name = "custom_field", access = public, key = name)]
pub struct CustomField {
    /// Id.
    #[field(number = 1)]
    pub id: CustomFieldId,
    /// Of which entity: customer, contact, vehicle, opportunity or lead.
    #[field(number = 2, merge = fact)]
    pub entity: String,
    /// Name in tables and rules: small letters, digits and underscores.
    #[field(number = 3, merge = fact, indexed)]
    pub name: String,
    /// Its type.
    #[field(number = 4, label = "Type", merge = fact)]
    pub ty: CustomType,
    /// Name for people.
    #[field(number = 5)]
    pub label: String,
    /// Whether it can tell something about a person.
    #[field(number = 6, merge = fact)]
    pub personal: bool,
    /// Whether only those who may read confidential fields read it.
    #[field(number = 7, merge = fact)]
    pub confidential: bool,
    /// The words of a choice, separated by line breaks.
    #[field(number = 8)]
    pub choices: Option<String>,
    /// Whether values are no longer taken.
    #[field(number = 9)]
    pub retired: bool,
}

impl CustomField {
    /// The words of a choice, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.choices.as_deref().unwrap_or_default().lines()
    }
}

/// The value of one added field at one customer, in the column of its type. Values of confidential fields are kept in
/// `confidential`, as they are written, so that the right to the facet holds for them.
/// Every value goes with the person it is of: what a field of the installation's own tells is known to nobody but those who fill it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 149, name = "custom_value", access = through(customer), part_of(relationship, customer))]
pub struct CustomValue {
    /// Id.
    #[field(number = 1)]
    pub id: CustomValueId,
    /// The customer.
    #[field(number = 2, merge = central, indexed)]
    pub customer: CustomerId,
    /// Name of the field.
    #[field(number = 3, merge = fact, indexed)]
    pub name: String,
    /// Text, or the word of a choice.
    #[field(number = 4, personal)]
    pub text: Option<String>,
    /// Number.
    #[field(number = 5, personal)]
    pub number: Option<Decimal>,
    /// Day.
    #[field(number = 6, personal)]
    pub date: Option<NaiveDate>,
    /// Yes or no.
    #[field(number = 7, personal)]
    pub flag: Option<bool>,
    /// Amount.
    #[field(number = 8, personal)]
    pub amount: Option<Money>,
    /// Value of a confidential field, as it is written.
    #[field(number = 9, personal, confidential)]
    pub confidential: Option<String>,
}

/// The values of added fields at records of another kind: as [`CustomValue`], with another record they are of.
macro_rules! values_of {
    ($($(#[$doc:meta])* $record:ident: $number:tt, $name:tt, $of:ident: $id:ident => $target:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Record)]
        #[record(number = $number, name = $name, access = through($of))]
        pub struct $record {
            /// Id.
            #[field(number = 1)]
            pub id: $id,
            /// The record it is of.
            #[field(number = 2, merge = central, indexed)]
            pub $of: $target,
            /// Name of the field.
            #[field(number = 3, merge = fact, indexed)]
            pub name: String,
            /// Text, or the word of a choice.
            #[field(number = 4, personal)]
            pub text: Option<String>,
            /// Number.
            #[field(number = 5, personal)]
            pub number: Option<Decimal>,
            /// Day.
            #[field(number = 6, personal)]
            pub date: Option<NaiveDate>,
            /// Yes or no.
            #[field(number = 7, personal)]
            pub flag: Option<bool>,
            /// Amount.
            #[field(number = 8, personal)]
            pub amount: Option<Money>,
            /// Value of a confidential field, as it is written.
            #[field(number = 9, personal, confidential)]
            pub confidential: Option<String>,
        }

        impl AddedValue for $record {
            const OF: &'static str = stringify!($of);
            fn of(&self) -> Uuid {
                self.$of.uuid()
            }
            fn name(&self) -> &str {
                &self.name
            }
            fn parts(&self) -> CustomParts<'_> {
                CustomParts {
                    text: self.text.as_deref(),
                    number: self.number,
                    date: self.date,
                    flag: self.flag,
                    amount: self.amount,
                    confidential: self.confidential.as_deref(),
                }
            }
            fn made(id: Uuid, of: Uuid, set: CustomValue) -> Self {
                let CustomValue { name, text, number, date, flag, amount, confidential, .. } = set;
                let (id, $of) = (EntityId::from_uuid(id), EntityId::from_uuid(of));
                Self { id, $of, name, text, number, date, flag, amount, confidential }
            }
        }
    )*};
}

values_of! {
    /// The value of an added field at a contact.
    ContactCustomValue: 252, "contact_custom_value", contact: ContactCustomValueId => ContactId;
    /// The value of an added field at a vehicle.
    VehicleCustomValue: 253, "vehicle_custom_value", vehicle: VehicleCustomValueId => VehicleId;
    /// The value of an added field at an opportunity.
    OpportunityCustomValue: 254, "opportunity_custom_value", opportunity: OpportunityCustomValueId => OpportunityId;
    /// The value of an added field at a lead.
    LeadCustomValue: 255, "lead_custom_value", lead: LeadCustomValueId => LeadId;
}

/// The value of one added field at one record.
pub trait AddedValue: Record {
    /// The entity of the record, and the column that names it.
    const OF: &'static str;
    /// The record it is of.
    fn of(&self) -> Uuid;
    /// Name of the field.
    fn name(&self) -> &str;
    /// The parts it may lie in.
    fn parts(&self) -> CustomParts<'_>;
    /// A value of another record with what is set in this one.
    fn made(id: Uuid, of: Uuid, set: CustomValue) -> Self;
}

impl AddedValue for CustomValue {
    const OF: &'static str = "customer";
    fn of(&self) -> Uuid {
        self.customer.uuid()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn parts(&self) -> CustomParts<'_> {
        Self::parts(self)
    }
    fn made(id: Uuid, of: Uuid, set: CustomValue) -> Self {
        Self { id: EntityId::from_uuid(id), customer: EntityId::from_uuid(of), ..set }
    }
}

/// The entities fields can be added to.
pub const ADDED_TO: [&str; 5] = ["customer", "contact", "vehicle", "opportunity", "lead"];
