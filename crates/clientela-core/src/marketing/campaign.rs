//! Campaigns and the customers they chose.

use crate::ids::{CampaignId, CampaignMemberId, ConsentId, ContactId, CustomerId, PositionId, UnitId};
use crate::party::{Channel, Purpose};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::{ClosedList, Money, Record};

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CampaignState {
    /// Being made.
    Draft,
    /// Running: its list is fixed.
    Active,
    /// Over.
    Closed,
}

/// A campaign: whom it is for is a rule.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 60, name = "campaign", access = owned, key = code)]
pub struct Campaign {
    /// Id.
    #[field(number = 1)]
    pub id: CampaignId,
    /// Code, such as CAMP-2026-Q1.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// The position that runs it.
    #[field(number = 4, merge = central)]
    pub owner: PositionId,
    /// The unit that runs it.
    #[field(number = 5, merge = central)]
    pub unit: UnitId,
    /// What it is to achieve.
    #[field(number = 6)]
    pub objective: Option<String>,
    /// What the consent must be for.
    #[field(number = 7)]
    pub purpose: Purpose,
    /// How customers are reached.
    #[field(number = 8)]
    pub channel: Channel,
    /// First day.
    #[field(number = 9, group = "period")]
    pub first_day: NaiveDate,
    /// Last day.
    #[field(number = 10, group = "period")]
    pub last_day: NaiveDate,
    /// What may be spent.
    #[field(number = 11)]
    pub budget: Option<Money>,
    /// Whom it is for: a rule over `customer` and `today`.
    #[field(number = 12)]
    pub rule: String,
    /// Where it stands.
    #[field(number = 13, merge = central)]
    pub state: CampaignState,
}

/// A customer on a campaign's fixed list.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 61, name = "campaign_member", access = through(customer), part_of(campaign, campaign))]
pub struct CampaignMember {
    /// Id.
    #[field(number = 1)]
    pub id: CampaignMemberId,
    /// The campaign.
    #[field(number = 2, merge = fact)]
    pub campaign: CampaignId,
    /// The customer.
    #[field(number = 3, merge = fact, indexed)]
    pub customer: CustomerId,
    /// The consent that was used.
    #[field(number = 4, merge = fact)]
    pub consent: ConsentId,
    /// When it was put on the list.
    #[field(number = 5, merge = fact)]
    pub at: DateTime<Utc>,
    /// Why, as JSON.
    #[field(number = 6, merge = fact, personal)]
    pub why: String,
    /// The contact who is reached; empty for the customer itself.
    #[field(number = 7, merge = fact)]
    pub contact: Option<ContactId>,
    /// The address or number the consent allows; empty for any of the channel.
    #[field(number = 8, merge = fact, personal)]
    pub contact_point: Option<String>,
}
