//! Whom a campaign is for: for every customer the answer, and the whole reason, also for those left out.
//!
//! A customer is on the list when the rule holds, a statement allows the contact and the campaign is not over on that
//! day. A rule that cannot tell is no. All three are always answered, so that "why not" names everything that stands in
//! the way, not the first of it.

use super::campaign::{Campaign, CampaignMember, CampaignState};
use crate::ids::{CampaignMemberId, ConsentId, ContactId, CustomerId};
use crate::party::Permission;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::Why;

/// What the campaign's rule says of a customer, with its reason.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleOutcome {
    /// It holds.
    Holds(Why),
    /// It does not hold.
    Fails(Why),
    /// Something it asks for is not known, or it could not be computed.
    Unknown(Why),
}

/// The answer for one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The consent that is used, exactly when the customer is selected.
    consent: Option<ConsentId>,
    /// Whom, and at which address or number, if it is one.
    contact: Option<ContactId>,
    contact_point: Option<String>,
    /// What decided: `campaign.selected`, or the first of period, rule and permission that spoke against it.
    reason: String,
    /// Why in, or why out.
    pub why: Why,
}

/// Decides whether a customer is on a campaign's list on a day.
#[must_use]
pub fn decide(campaign: &Campaign, rule: RuleOutcome, permission: &Permission, day: NaiveDate) -> Membership {
    let (holds, rule_why) = match rule {
        RuleOutcome::Holds(why) => (true, Why::new("campaign.rule_holds").because(why)),
        RuleOutcome::Fails(why) => (false, Why::new("campaign.rule_fails").because(why)),
        RuleOutcome::Unknown(why) => (false, Why::new("campaign.rule_unknown").because(why)),
    };
    let (running, period_why) = period(campaign, day);
    // A permission without the statement it rests on could not be proved later, so it is none.
    let consent = permission.consent.filter(|_| permission.allowed && holds && running);
    let selected = consent.is_some();
    let reason = if selected {
        "campaign.selected"
    } else if !running {
        &period_why.reason
    } else if !holds {
        &rule_why.reason
    } else {
        &permission.why.reason
    };
    let reason = reason.to_owned();
    let why = Why::new(if selected { "campaign.selected" } else { "campaign.excluded" })
        .fact("campaign", &campaign.code)
        .because(period_why)
        .because(rule_why)
        .because(permission.why.clone());
    let (contact, contact_point) = match selected {
        true => (permission.contact, permission.contact_point.clone()),
        false => (None, None),
    };
    Membership { consent, contact, contact_point, reason, why }
}

impl Membership {
    /// Whether the customer is on the list.
    #[must_use]
    pub const fn selected(&self) -> bool {
        self.consent.is_some()
    }

    /// What decided: `campaign.selected`, or the reason of the first of period, rule and permission that spoke against it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The consent that is used; none for those left out.
    #[must_use]
    pub const fn consent(&self) -> Option<ConsentId> {
        self.consent
    }

    /// The contact who is reached; none for the customer itself.
    #[must_use]
    pub const fn contact(&self) -> Option<ContactId> {
        self.contact
    }

    /// The address or number the consent allows; none for any of the channel.
    #[must_use]
    pub fn contact_point(&self) -> Option<&str> {
        self.contact_point.as_deref()
    }

    /// The record to be kept for a selected customer; none for those left out.
    #[must_use]
    pub fn member(
        &self,
        id: CampaignMemberId,
        campaign: &Campaign,
        customer: CustomerId,
        at: DateTime<Utc>,
    ) -> Option<CampaignMember> {
        let consent = self.consent?;
        // A reason is texts in a tree, which JSON can always hold.
        let why = serde_json::to_string(&self.why).unwrap_or_else(|_| self.why.to_string());
        let (contact, contact_point) = (self.contact, self.contact_point.clone());
        Some(CampaignMember { id, campaign: campaign.id, customer, consent, at, why, contact, contact_point })
    }
}

/// Whether customers may be chosen on that day: while it is drafted for a preview, while it runs for the list.
fn period(campaign: &Campaign, day: NaiveDate) -> (bool, Why) {
    let said = |reason: &'static str| {
        Why::new(reason)
            .fact("day", day)
            .fact("first_day", campaign.first_day)
            .fact("last_day", campaign.last_day)
    };
    if campaign.state == CampaignState::Closed {
        (false, said("campaign.closed"))
    } else if day > campaign.last_day {
        (false, said("campaign.period_over"))
    } else if day < campaign.first_day {
        (true, said("campaign.period_to_come"))
    } else {
        (true, said("campaign.within_period"))
    }
}
