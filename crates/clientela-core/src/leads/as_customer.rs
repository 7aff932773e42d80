//! A lead as the customer it may become: what rules on customers are asked of.

use super::Lead;
use crate::ids::{CustomerId, PartyId};
use crate::party::{Customer, CustomerStatus, PartyKind};
use clientela_model::EntityId;
use clientela_model::identifier::Country;

/// The prospect a lead speaks of, with what was said of it. What is not known is empty; it is in no store.
#[must_use]
pub fn as_customer(lead: &Lead, country: Country) -> Customer {
    let person =
        [&lead.given_name, &lead.family_name].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    Customer {
        id: CustomerId::from_uuid(lead.id.uuid()),
        party: PartyId::from_uuid(lead.id.uuid()),
        unit: lead.unit,
        owner: lead.owner,
        number: None,
        kind: if lead.company.is_some() { PartyKind::Company } else { PartyKind::Person },
        name: lead.company.clone().unwrap_or(person),
        vat_number: lead.vat_number.clone(),
        street: lead.street.clone(),
        postal_code: lead.postal_code.clone(),
        locality: lead.locality.clone(),
        region: lead.region.clone(),
        country: lead.country.unwrap_or(country),
        email: lead.email.clone(),
        phone: lead.phone.clone(),
        language: None,
        nace: None,
        status: CustomerStatus::Prospect,
        size: None,
        since: None,
        source: lead.source.clone(),
        price_group: None,
        credit_hold: None,
        do_not_contact: false,
        class: None,
        left_on: None,
        left_reason: None,
        won_back_on: None,
        merged_into: None,
    }
}
