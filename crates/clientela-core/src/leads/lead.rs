//! The lead as it is stored.

use crate::ids::{CampaignId, ContactId, CustomerId, LeadId, OpportunityId, PositionId, ProductId, UnitId};
use crate::party::Seat;
use chrono::{DateTime, Utc};
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber, VatNumber};
use clientela_model::{ClosedList, Record};

/// How a lead came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LeadChannel {
    /// A visit to the showroom.
    Showroom,
    /// A call.
    Call,
    /// A form on a web site.
    WebForm,
    /// A questionnaire filled in at an event.
    Event,
    /// Telemarketing.
    Telemarketing,
    /// A referral.
    Referral,
    /// A reply to a campaign.
    Campaign,
    /// Another system.
    System,
    /// A portal that sells used and new vehicles.
    Portal,
}

/// Within what time the purchase is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LeadHorizon {
    /// Within a month.
    Month,
    /// Within three months.
    Quarter,
    /// Within half a year.
    HalfYear,
    /// Within a year.
    Year,
    /// Later than a year.
    Later,
}

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LeadState {
    /// Received; nobody works on it.
    New,
    /// Given to a position.
    Assigned,
    /// Answered for the first time.
    Contacted,
    /// Found worth an opportunity.
    Qualified,
    /// Became a customer and an opportunity.
    Converted,
    /// Not worth going on.
    Disqualified,
}

/// Somebody who showed interest.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 110, name = "lead", access = owned, key = number)]
pub struct Lead {
    /// Id.
    #[field(number = 1)]
    pub id: LeadId,
    /// Number or reference of the lead, often that of the system it came from.
    #[field(number = 2, label = "Lead number", indexed)]
    pub number: Option<String>,
    /// The position that works on it; of a new lead the one that received it.
    #[field(number = 3, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit of that position.
    #[field(number = 4, merge = central, indexed)]
    pub unit: UnitId,
    /// How it came in.
    #[field(number = 5)]
    pub channel: LeadChannel,
    /// Which site, event or list it came from. It is counted, and stays when the lead is erased: a person does not belong here.
    #[field(number = 6, indexed)]
    pub source: Option<String>,
    /// The campaign it answers.
    #[field(number = 7)]
    pub campaign: Option<CampaignId>,
    /// Where it stands.
    #[field(number = 8, merge = central, indexed)]
    pub state: LeadState,
    /// Company, as it was said.
    #[field(number = 9, personal)]
    pub company: Option<String>,
    /// Given name, as it was said.
    #[field(number = 10, personal, group = "name")]
    pub given_name: Option<String>,
    /// Family name, as it was said.
    #[field(number = 11, personal, group = "name")]
    pub family_name: Option<String>,
    /// E-mail address.
    #[field(number = 12, label = "E-mail", personal, indexed)]
    pub email: Option<EmailAddress>,
    /// Telephone number.
    #[field(number = 13, personal, indexed)]
    pub phone: Option<PhoneNumber>,
    /// The product asked for, when it is one of the catalogue.
    #[field(number = 14)]
    pub product: Option<ProductId>,
    /// What is wanted, in the person's words.
    #[field(number = 15, personal)]
    pub wish: Option<String>,
    /// Within what time the purchase is meant.
    #[field(number = 16)]
    pub horizon: Option<LeadHorizon>,
    /// The vehicle offered in part exchange, in the person's words.
    #[field(number = 17, personal)]
    pub trade_in: Option<String>,
    /// When it came in.
    #[field(number = 18, merge = fact, indexed, listed)]
    pub received_at: DateTime<Utc>,
    /// By when the first answer is due.
    #[field(number = 19, merge = central, indexed)]
    pub respond_by: Option<DateTime<Utc>>,
    /// When it was answered first.
    #[field(number = 20, merge = central)]
    pub responded_at: Option<DateTime<Utc>>,
    /// Why it was not worth going on.
    #[field(number = 21, personal, merge = central)]
    pub disqualified_reason: Option<String>,
    /// The customer it became, or was joined to.
    #[field(number = 22, merge = central, indexed)]
    pub customer: Option<CustomerId>,
    /// The contact it became, or was joined to.
    #[field(number = 23, merge = central)]
    pub contact: Option<ContactId>,
    /// The opportunity it became, or was joined to.
    #[field(number = 24, merge = central)]
    pub opportunity: Option<OpportunityId>,
    /// VAT number, checked.
    #[field(number = 25, label = "VAT number", personal, indexed)]
    pub vat_number: Option<VatNumber>,
    /// Street and house number.
    #[field(number = 26, personal, group = "address")]
    pub street: Option<String>,
    /// Postal code.
    #[field(number = 27, personal, group = "address")]
    pub postal_code: Option<String>,
    /// Town.
    #[field(number = 28, group = "address")]
    pub locality: Option<String>,
    /// Province or region.
    #[field(number = 29, group = "address")]
    pub region: Option<String>,
    /// Country.
    #[field(number = 30, group = "address")]
    pub country: Option<Country>,
    /// What it is called in the system it came from; with the source it names one lead of a dealer.
    #[field(number = 31, indexed)]
    pub external: Option<String>,
    /// When it was given to its owner: whose turn it is follows from it.
    #[field(number = 32, merge = central)]
    pub assigned_at: Option<DateTime<Utc>>,
    /// Working minutes within which the first answer is due.
    #[field(number = 33, merge = central)]
    pub limit_minutes: Option<u32>,
    /// The position that gave it back, or lost it to the time limit, last: it is not given the lead again at once.
    #[field(number = 34, merge = central)]
    pub returned_by: Option<PositionId>,
    /// How many times it moved on.
    #[field(number = 35, merge = central)]
    pub moves: Option<u32>,
    /// What the answers about it come to, in percent of the best.
    #[field(number = 36, merge = central)]
    pub qualification: Option<u32>,
    /// Points that rules gave it, from 0 to 100, when it was scored last.
    #[field(number = 37, merge = central, indexed)]
    pub score: Option<u32>,
    /// The grade of that score.
    #[field(number = 38, merge = central)]
    pub grade: Option<String>,
    /// The version of the rule set that gave it.
    #[field(number = 39, merge = central)]
    pub scored_by: Option<String>,
    /// When score, grade or rule set changed last.
    #[field(number = 40, merge = central)]
    pub scored_at: Option<DateTime<Utc>>,
    /// How many people work in the company, as it was said.
    #[field(number = 41)]
    pub employees: Option<u32>,
    /// How many vehicles the company has, as it was said.
    #[field(number = 42)]
    pub fleet_size: Option<u32>,
}

impl Lead {
    /// A new lead of which nothing is known yet.
    #[must_use]
    pub const fn blank(id: LeadId, seat: Seat, channel: LeadChannel, received_at: DateTime<Utc>) -> Self {
        Self {
            id,
            number: None,
            owner: seat.owner,
            unit: seat.unit,
            channel,
            source: None,
            campaign: None,
            state: LeadState::New,
            company: None,
            given_name: None,
            family_name: None,
            email: None,
            phone: None,
            product: None,
            wish: None,
            horizon: None,
            trade_in: None,
            received_at,
            respond_by: None,
            responded_at: None,
            disqualified_reason: None,
            customer: None,
            contact: None,
            opportunity: None,
            vat_number: None,
            street: None,
            postal_code: None,
            locality: None,
            region: None,
            country: None,
            external: None,
            assigned_at: None,
            limit_minutes: None,
            returned_by: None,
            moves: None,
            qualification: None,
            score: None,
            grade: None,
            scored_by: None,
            scored_at: None,
            employees: None,
            fleet_size: None,
        }
    }
}
