//! Leads as other systems read them.

use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use clientela_core::catalogue::Product;
use clientela_core::leads::Lead;
use clientela_core::organisation::Unit;
use clientela_exchange::adf::{self, Address, Customer, Identifier, Moment, Phone, Prospect, Vehicle};
use serde::{Deserialize, Serialize};

/// A lead as a message of the Auto-lead Data Format 1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadAdfOf {
    /// The lead.
    pub lead: Key,
}

/// A message that says a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadAdf {
    /// The message, XML in UTF-8.
    pub message: String,
}

pub(super) fn adf(session: &Session, question: &LeadAdfOf) -> Result<LeadAdf> {
    session.look(|view| {
        let lead = view.resolve::<Lead>(&question.lead)?.record;
        Ok(LeadAdf { message: adf::write(&[prospect(&view, &lead)?]) })
    })
}

/// A lead as a prospect, with its source's key where it has one. Received again it is the same lead where it has source and key; where
/// it has not, it goes by its dealer and number, which are no source here.
fn prospect(view: &View<'_>, lead: &Lead) -> Result<Prospect> {
    let unit = view.reader.get::<Unit>(lead.unit)?.map(|stored| stored.record);
    let from = lead.external.clone().map(|value| Identifier { source: lead.source.clone(), value });
    let code = |unit: &Unit| Identifier { source: None, value: unit.code.clone() };
    // What nobody calls anything elsewhere is called as its dealer does.
    let own = || {
        lead.number
            .clone()
            .map(|value| Identifier { source: unit.as_ref().map(|unit| unit.code.clone()), value })
    };
    Ok(Prospect {
        resent: false,
        ids: from.or_else(own).into_iter().collect(),
        requested: Some(Moment::Exact(lead.received_at.fixed_offset())),
        vehicles: vehicles(view, lead)?,
        customer: customer(lead),
        vendor: unit.as_ref().map(|unit| unit.name.clone()),
        vendor_ids: unit.iter().map(code).collect(),
        provider: None,
        service: None,
    })
}

/// What is wanted and what is offered, in the person's words.
fn vehicles(view: &View<'_>, lead: &Lead) -> Result<Vec<Vehicle>> {
    let product = match lead.product {
        Some(id) => view.reader.get::<Product>(id)?.map(|stored| stored.record.name),
        None => None,
    };
    let mut vehicles = Vec::new();
    if product.is_some() || lead.wish.is_some() {
        let interest = "buy".to_owned();
        vehicles.push(Vehicle {
            interest,
            model: product,
            comments: lead.wish.clone(),
            ..Vehicle::default()
        });
    }
    vehicles.extend(lead.trade_in.clone().map(|offered| Vehicle {
        interest: "trade-in".to_owned(),
        used: true,
        comments: Some(offered),
        ..Vehicle::default()
    }));
    Ok(vehicles)
}

fn customer(lead: &Lead) -> Customer {
    let address = Address {
        street: lead.street.iter().flat_map(|street| street.lines()).map(str::to_owned).collect(),
        city: lead.locality.clone(),
        region: lead.region.clone(),
        postal_code: lead.postal_code.clone(),
        country: lead.country.map(|country| country.code().to_owned()),
    };
    let vat = |number: &clientela_model::identifier::VatNumber| Identifier {
        source: Some("vat".to_owned()),
        value: number.as_str().to_owned(),
    };
    Customer {
        business: lead.company.clone(),
        full_name: None,
        given_name: lead.given_name.clone(),
        family_name: lead.family_name.clone(),
        email: lead.email.as_ref().map(|email| email.as_str().to_owned()),
        phones: lead
            .phone
            .iter()
            .map(|phone| Phone { number: phone.as_str().to_owned(), ..Phone::default() })
            .collect(),
        address: (address != Address::default()).then_some(address),
        ids: lead.vat_number.iter().map(vat).collect(),
        timeframe: None,
        comments: None,
    }
}
