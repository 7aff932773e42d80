//! Definitions and values.

use crate::ids::{CustomFieldId, CustomValueId, CustomerId};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Money, Record};
use rust_decimal::Decimal;

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

/// A field an installation adds to its customers. Its name and type never change; what is no longer wanted is retired.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 148, name = "custom_field", access = public, key = name)]
pub struct CustomField {
    /// Id.
    #[field(number = 1)]
    pub id: CustomFieldId,
    /// Of which entity: customer.
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
    #[field(number = 5)]
    pub number: Option<Decimal>,
    /// Day.
    #[field(number = 6, personal)]
    pub date: Option<NaiveDate>,
    /// Yes or no.
    #[field(number = 7)]
    pub flag: Option<bool>,
    /// Amount.
    #[field(number = 8)]
    pub amount: Option<Money>,
    /// Value of a confidential field, as it is written.
    #[field(number = 9, personal, confidential)]
    pub confidential: Option<String>,
}
