//! Changing a lead: what was taken down wrong or is known better by now.

use super::entry::{LeadPlace, NewLead, enter_lead};
use super::lead::Lead;
use crate::findings::Findings;
use crate::party::entry::Seat;
use crate::party::entry::changing::change_of;
use chrono::{DateTime, Utc};
use clientela_model::ClosedList;

impl NewLead {
    /// A lead as it would be given: entered again, what was said is the same.
    #[must_use]
    pub fn of(lead: &Lead) -> Self {
        Self {
            channel: Some(lead.channel.word().to_owned()),
            source: lead.source.clone(),
            external: lead.external.clone(),
            company: lead.company.clone(),
            given_name: lead.given_name.clone(),
            family_name: lead.family_name.clone(),
            email: lead.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: lead.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            vat_number: lead.vat_number.as_ref().map(|number| number.as_str().to_owned()),
            street: lead.street.clone(),
            postal_code: lead.postal_code.clone(),
            locality: lead.locality.clone(),
            region: lead.region.clone(),
            country: lead.country.map(|country| country.code().to_owned()),
            wish: lead.wish.clone(),
            horizon: lead.horizon.map(|horizon| horizon.word().to_owned()),
            trade_in: lead.trade_in.clone(),
            received_at: Some(lead.received_at),
            employees: lead.employees,
            fleet_size: lead.fleet_size,
        }
    }
}

change_of! {
    /// What is to change of a lead, read as in [`NewLead`]. What it is called in the system it came from stays: by that the same
    /// message is known again.
    LeadChange of NewLead {
        /// How it came in.
        channel: String,
        /// Company.
        company: String,
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
        /// E-mail address.
        email: String,
        /// Telephone number.
        phone: String,
        /// VAT number.
        vat_number: String,
        /// Street and house number.
        street: String,
        /// Postal code.
        postal_code: String,
        /// Town.
        locality: String,
        /// Province or region.
        region: String,
        /// Country, as two letters.
        country: String,
        /// What is wanted, in the person's words.
        wish: String,
        /// Within what time the purchase is meant.
        horizon: String,
        /// The vehicle offered in part exchange, in the person's words.
        trade_in: String,
        /// How many people work in the company.
        employees: u32,
        /// How many vehicles the company has.
        fleet_size: u32,
    }
}

/// Applies a change to a lead. Where it stands, whose it is and what it scored stay.
///
/// # Errors
/// [`Findings`], as [`enter_lead`].
pub fn change_lead(lead: &Lead, change: &LeadChange, now: DateTime<Utc>) -> Result<Lead, Findings> {
    let place = LeadPlace {
        id: lead.id,
        number: lead.number.clone(),
        seat: Seat { owner: lead.owner, unit: lead.unit },
        country: None,
        campaign: lead.campaign,
        product: lead.product,
        // One that was taken without is not refused for that when something else of it changes.
        point_in_words: lead.email.is_none() && lead.phone.is_none(),
    };
    let (entered, _) = enter_lead(&change.over(NewLead::of(lead)), place, now)?;
    Ok(Lead {
        channel: entered.channel,
        company: entered.company,
        given_name: entered.given_name,
        family_name: entered.family_name,
        email: entered.email,
        phone: entered.phone,
        vat_number: entered.vat_number,
        street: entered.street,
        postal_code: entered.postal_code,
        locality: entered.locality,
        region: entered.region,
        country: entered.country,
        wish: entered.wish,
        horizon: entered.horizon,
        trade_in: entered.trade_in,
        employees: entered.employees,
        fleet_size: entered.fleet_size,
        ..lead.clone()
    })
}
