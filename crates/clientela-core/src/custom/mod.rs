//! Fields an installation adds: defined once, then typed like any other.

mod records;
mod typed;
mod values;

pub use records::{CustomField, CustomType, CustomValue};
pub use typed::CustomParts;
pub use values::{CHOICES_MAX, NAME_MAX, NewCustomField, define_field, set_value};
