//! Leads as other systems send them.

use super::customers::seat;
use super::leads::{Intake, ReceiveLead, country_of, take_in};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::lead_distribution::Distribute;
use crate::session::Session;
use clientela_core::leads::NewLead;
use clientela_exchange::adf::{self, Identifier, Moment, Prospect};
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber, PostalCode, VatNumber};
use clientela_model::{ErrorKind, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Receives the leads of an ADF message. A prospect that was received already, by its source and id, is the same lead;
/// without an id it is when the same source sent the same wish of the same person within some days. A lead whose owner or distribution
/// makes no sense is kept with who received it, and the reasons say why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiveAdf {
    /// The message, or a mail that holds it.
    pub message: String,
    /// Who is given the leads at once; nobody yet when neither this nor `distribute` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// By what they are distributed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribute: Option<Distribute>,
    /// Working minutes within which they are to be answered; four hours when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

impl Session {
    /// Receives the leads of an ADF message as bytes, in whatever encoding it is.
    ///
    /// # Errors
    /// As the command that receives such a message.
    pub fn receive_adf(
        &self,
        id: Uuid,
        bytes: &[u8],
        distribute: Option<Distribute>,
    ) -> Result<super::Receipt> {
        let message = adf::decode(bytes).into_owned();
        let command = ReceiveAdf { message, owner: None, distribute, minutes: None };
        self.execute(id, &super::Command::LeadReceiveAdf(command))
    }
}

pub(super) fn receive_adf(door: &mut Door<'_, '_>, command: &ReceiveAdf) -> Result<Outcome> {
    let message = adf::read(&command.message)?;
    let mut outcome = Outcome { records: Vec::new(), why: Why::new("lead.message_received") };
    let near = country_of(door, seat(door, None)?);
    for prospect in &message.prospects {
        let (lead, point_in_words) = lead(prospect, near);
        let lead = ReceiveLead {
            lead,
            owner: command.owner.clone(),
            distribute: command.distribute.clone(),
            minutes: command.minutes,
            ..ReceiveLead::default()
        };
        match take_in(door, &lead, Intake { point_in_words, from_machine: true }) {
            Ok(received) => {
                outcome.records.extend(received.records);
                outcome.why = outcome.why.because(received.why);
            }
            // What is wrong with one prospect keeps none of the others.
            Err(error) if error.kind() == ErrorKind::Validation => {
                outcome.why = outcome.why.because(refused(prospect, &error));
            }
            Err(error) => return Err(error),
        }
    }
    for refused in &message.refused {
        outcome.why = outcome.why.because(Why::new(clientela_model::Coded::code(refused)));
    }
    for warning in &message.warnings {
        let why = Why::new(warning.code).fact("line", warning.line);
        // An element the format does not know has a name somebody made up.
        let known = warning.code != "adf.unknown_element";
        outcome.why = outcome.why.because(if known { why.fact("element", &warning.element) } else { why });
    }
    Ok(outcome)
}

/// That a prospect was not taken, by its place in its message's source, and why not; nothing of the person is in it.
fn refused(prospect: &Prospect, error: &crate::Error) -> Why {
    let why = Why::new("lead.prospect_refused").fact("code", error.code());
    let why = error.field().into_iter().fold(why, |why, field| why.fact("field", field));
    prospect.ids.first().into_iter().fold(why, |why, id| why.fact("external", &id.value))
}

/// A prospect as a lead, and whether a way to answer it stands among its words. What cannot be read as a number or address is kept
/// there, so that no prospect is lost for it.
fn lead(prospect: &Prospect, near: Option<Country>) -> (NewLead, bool) {
    let customer = &prospect.customer;
    let address = customer.address.clone().unwrap_or_default();
    let country = address.country.as_deref().and_then(|text| Country::parse(text).ok());
    let mut words: Vec<String> = wishes(prospect);
    let mut readable = |what: &str, text: Option<&String>, reads: &dyn Fn(&str) -> bool| {
        let text = text?;
        if reads(text) {
            return Some(text.clone());
        }
        words.push(format!("{what}: {text}"));
        None
    };
    let near = country.or(near);
    let phone = customer
        .phones
        .iter()
        .map(|phone| &phone.number)
        .find(|number| PhoneNumber::parse(number, near).is_ok());
    let phone = readable("phone", phone.or(customer.phones.first().map(|phone| &phone.number)), &|text| {
        PhoneNumber::parse(text, near).is_ok()
    });
    let email = readable("email", customer.email.as_ref(), &|text| EmailAddress::parse(text).is_ok());
    let reads_code = |text: &str| near.is_none_or(|country| PostalCode::parse(text, country).is_ok());
    let postal_code = readable("postal code", address.postal_code.as_ref(), &reads_code);
    let vat_number =
        customer.ids.iter().map(|id| &id.value).find(|text| VatNumber::parse(text, country).is_ok());
    let point_in_words =
        email.is_none() && phone.is_none() && (customer.email.is_some() || !customer.phones.is_empty());
    let (given_name, family_name) = names(customer);
    let first: Option<&Identifier> = prospect.ids.first();
    let lead = NewLead {
        channel: Some("system".to_owned()),
        source: first.and_then(|id| id.source.clone()).or_else(|| prospect.provider.clone()),
        external: first.map(|id| id.value.clone()),
        company: customer.business.clone(),
        given_name,
        family_name,
        email,
        phone,
        vat_number: vat_number.cloned(),
        street: Some(address.street.join("\n")).filter(|street| !street.is_empty()),
        postal_code,
        locality: address.city,
        region: address.region,
        country: country.map(|country| country.to_string()),
        horizon: horizon(prospect).map(str::to_owned),
        trade_in: Some(part(prospect, true).join("\n")).filter(|offered| !offered.is_empty()),
        received_at: None,
        employees: None,
        fleet_size: None,
        wish: Some(words.join("\n")).filter(|wish| !wish.is_empty()),
    };
    (lead, point_in_words)
}

/// A name in one is a given name and, last, a family name.
fn names(customer: &adf::Customer) -> (Option<String>, Option<String>) {
    let family = customer.family_name.clone();
    if family.is_some() || customer.full_name.is_none() {
        let alone = family.is_none() && customer.business.is_none();
        return if alone {
            (None, customer.given_name.clone())
        } else {
            (customer.given_name.clone(), family)
        };
    }
    let full = customer.full_name.as_deref().unwrap_or_default().trim();
    match full.rsplit_once(char::is_whitespace) {
        Some((given, family)) => (Some(given.trim().to_owned()), Some(family.to_owned())),
        None => (None, Some(full.to_owned())),
    }
}

/// The vehicles in words: those wanted, or those offered.
fn part(prospect: &Prospect, offered: bool) -> Vec<String> {
    let asked = prospect.vehicles.iter();
    asked
        .filter(|vehicle| matches!(vehicle.interest.as_str(), "trade-in" | "sell") == offered)
        .map(|vehicle| {
            let parts = [&vehicle.year, &vehicle.make, &vehicle.model, &vehicle.trim, &vehicle.vin];
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            let interest = if vehicle.interest == "buy" { "" } else { vehicle.interest.as_str() };
            let text = format!("{interest} {}", parts.join(" "));
            let words: Vec<String> =
                std::iter::once(text.trim().to_owned()).chain(details(vehicle)).collect();
            let comments = vehicle.comments.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
            format!("{}{comments}", words.join("; "))
        })
        .collect()
}

/// What else a message says of a vehicle, in words.
fn details(vehicle: &adf::Vehicle) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    words.extend(vehicle.stock.as_ref().map(|stock| format!("stock {stock}")));
    words.extend(vehicle.odometer.map(|odometer| {
        let unit = if odometer.miles { "mi" } else { "km" };
        format!("{} {unit}", odometer.distance)
    }));
    words.extend(vehicle.condition.as_ref().map(|condition| format!("condition {condition}")));
    words.extend(vehicle.price.as_ref().map(|price| {
        let amount = price.amount.to_string();
        let parts = [price.kind.as_deref(), Some(amount.as_str()), price.currency.as_deref()];
        format!("price {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }));
    for (inside, outside) in &vehicle.colours {
        let said =
            |place: &str, colour: &Option<String>| colour.as_ref().map(|colour| format!("{place} {colour}"));
        let colours = [said("inside", inside), said("outside", outside)];
        words.push(format!("colour {}", colours.into_iter().flatten().collect::<Vec<_>>().join(", ")));
    }
    words.extend((!vehicle.options.is_empty()).then(|| format!("with {}", vehicle.options.join(", "))));
    words
}

fn wishes(prospect: &Prospect) -> Vec<String> {
    let mut words = part(prospect, false);
    words.extend(prospect.customer.comments.clone());
    let timeframe = prospect.customer.timeframe.as_ref();
    words.extend(timeframe.and_then(|timeframe| timeframe.description.clone()));
    words
}

/// Within what time, from the day of the enquiry to the last day it names.
fn horizon(prospect: &Prospect) -> Option<&'static str> {
    let latest = prospect.customer.timeframe.as_ref()?.latest?;
    let asked = match prospect.requested? {
        Moment::Exact(at) => at.date_naive(),
        Moment::Local(at) => at.date(),
    };
    Some(match (latest - asked).num_days() {
        ..=31 => "month",
        32..=92 => "quarter",
        93..=183 => "half_year",
        184..=366 => "year",
        _ => "later",
    })
}
