//! Entering a lead.

use super::lead::Lead;
use super::life;
use crate::findings::{Check, Findings, given};
use crate::ids::{CampaignId, LeadId, ProductId};
use crate::party::entry::{Seat, reading};
use chrono::{DateTime, Utc};
use clientela_model::identifier::{Country, VatNumber};
use clientela_model::{ValueError, Why};
use serde::{Deserialize, Serialize};

/// A lead as a person, a form or another system gives it. Needed are `channel`, a company or family name, and an e-mail address or
/// telephone number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewLead {
    /// How it came in: a word of [`LeadChannel`](super::LeadChannel).
    pub channel: Option<String>,
    /// Which site, event or list it came from; it stays when the lead is erased, so a person does not belong here.
    pub source: Option<String>,
    /// What it is called in the system it came from; the same again from the same source is the same lead.
    pub external: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number; without a prefix it is one of the country.
    pub phone: Option<String>,
    /// VAT number; without the country's letters it is one of the country.
    pub vat_number: Option<String>,
    /// Street and house number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Country, as two letters; that of the unit when not given.
    pub country: Option<String>,
    /// What is wanted, in the person's words.
    pub wish: Option<String>,
    /// Within what time the purchase is meant: a word of [`LeadHorizon`](super::LeadHorizon).
    pub horizon: Option<String>,
    /// The vehicle offered in part exchange, in the person's words.
    pub trade_in: Option<String>,
    /// When it came in; now when not given.
    pub received_at: Option<DateTime<Utc>>,
    /// How many people work in the company.
    pub employees: Option<u32>,
    /// How many vehicles the company has.
    pub fleet_size: Option<u32>,
}

/// What the caller knows of a lead besides what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadPlace {
    /// Its id.
    pub id: LeadId,
    /// Its number.
    pub number: Option<String>,
    /// Who receives it.
    pub seat: Seat,
    /// The unit's country.
    pub country: Option<Country>,
    /// The campaign it answers.
    pub campaign: Option<CampaignId>,
    /// The product asked for.
    pub product: Option<ProductId>,
    /// Whether a way to answer was given that reads neither as an address nor as a number, and stands among the words.
    pub point_in_words: bool,
}

/// Checks a lead that comes in.
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `lead.in_the_future`, the codes of the identifiers, and
/// `lead.name_missing`, `lead.contact_point_missing`.
pub fn enter_lead(new: &NewLead, place: LeadPlace, now: DateTime<Utc>) -> Result<(Lead, Why), Findings> {
    let mut check = Check::new("lead");
    let channel = check.needed_word("channel", new.channel.as_deref());
    let named = reading::country(&mut check, new.country.as_deref());
    let country = named.or(place.country);
    let received_at = new.received_at.unwrap_or(now);
    let point_in_words = place.point_in_words;
    let lead = Lead {
        number: place.number,
        source: check.line("source", new.source.as_deref()),
        campaign: place.campaign,
        company: check.line("company", new.company.as_deref()),
        given_name: check.line("given_name", new.given_name.as_deref()),
        family_name: check.line("family_name", new.family_name.as_deref()),
        email: reading::email(&mut check, new.email.as_deref()),
        phone: reading::phone(&mut check, "phone", new.phone.as_deref(), country),
        product: place.product,
        wish: check.paragraph("wish", new.wish.as_deref()),
        horizon: check.word("horizon", new.horizon.as_deref()),
        trade_in: check.paragraph("trade_in", new.trade_in.as_deref()),
        vat_number: given(new.vat_number.as_deref())
            .and_then(|text| check.keep("vat_number", VatNumber::parse(text, country))),
        street: check.paragraph("street", new.street.as_deref()),
        postal_code: match country {
            Some(country) => reading::postal_code(&mut check, new.postal_code.as_deref(), country),
            None => check.line("postal_code", new.postal_code.as_deref()),
        },
        locality: check.line("locality", new.locality.as_deref()),
        region: check.line("region", new.region.as_deref()),
        country,
        external: check.line("external", new.external.as_deref()),
        employees: new.employees,
        fleet_size: new.fleet_size,
        ..Lead::blank(place.id, place.seat, channel.unwrap_or(super::LeadChannel::System), received_at)
    };
    if lead.received_at > now {
        let error =
            ValueError::new("lead.in_the_future", "moment", "is in the future", "a moment not after now");
        check.refuse("received_at", error);
    }
    // What was given and could not be read is said already; what was not given at all is said here.
    let answerable = given(new.email.as_deref()).or(given(new.phone.as_deref())).is_some();
    let why = match life::receive(&lead) {
        Ok(why) => Some(why),
        Err(life::LeadError::ContactPointMissing) if point_in_words => Some(life::received(&lead)),
        Err(life::LeadError::ContactPointMissing) if answerable => None,
        Err(error) => {
            let refused = |code, expected| ValueError::new(code, "lead", "is not complete", expected);
            let (field, error) = match error {
                life::LeadError::NameMissing => {
                    ("family_name", refused("lead.name_missing", "a company or a family name"))
                }
                _ => {
                    let expected = "an e-mail address or a telephone number";
                    ("email", refused("lead.contact_point_missing", expected))
                }
            };
            check.refuse(field, error);
            None
        }
    };
    check.finish(channel.zip(why).map(|(_, why)| (lead, why)))
}
