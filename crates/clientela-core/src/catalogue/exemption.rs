//! Exemptions: the tax category a customer has instead of the usual one.

use crate::ids::{CustomerId, TaxExemptionId};
use chrono::NaiveDate;
use clientela_model::Record;

/// A customer's tax category instead of the standard one, such as export, intra-community supply or an exemption by decree.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 181, name = "tax_exemption", access = through(customer), part_of(relationship, customer))]
pub struct TaxExemption {
    /// Id.
    #[field(number = 1)]
    pub id: TaxExemptionId,
    /// The customer.
    #[field(number = 2, indexed)]
    pub customer: CustomerId,
    /// The category it has instead, as UNCL 5305: E exempt, AE reverse charge, K intra-community, G export, O outside, Z zero.
    #[field(number = 3)]
    pub category: String,
    /// The reason that must stand on the document, such as the article of the law.
    #[field(number = 4)]
    pub reason: String,
    /// First day.
    #[field(number = 5, group = "validity")]
    pub valid_from: NaiveDate,
    /// Last day, empty while it lasts.
    #[field(number = 6, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}

/// The exemption of a day, of those of one customer, for goods of the standard category: the newest that holds.
#[must_use]
pub fn exemption_on(exemptions: &[TaxExemption], day: NaiveDate) -> Option<&TaxExemption> {
    exemptions
        .iter()
        .filter(|exemption| exemption.valid_from <= day && exemption.valid_to.is_none_or(|last| day <= last))
        .max_by_key(|exemption| (exemption.valid_from, exemption.id))
}
