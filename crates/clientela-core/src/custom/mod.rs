//! Fields an installation adds: defined once, then typed like any other.

mod records;
mod typed;
mod values;

pub use records::{
    ADDED_TO, AddedValue, ContactCustomValue, CustomField, CustomType, CustomValue, LeadCustomValue,
    OpportunityCustomValue, VehicleCustomValue,
};
pub use typed::CustomParts;
pub use values::{CHOICES_MAX, NAME_MAX, NewCustomField, define_field, set_value};
