//! The typed ids of every record.

use clientela_model::entity_ids;

entity_ids! {
    /// A unit of the organisation: headquarters, branch, zone, dealer, outlet.
    UnitId = "unit";
    /// A seat in a unit. Records belong to positions, so that a leaver changes one row.
    PositionId = "position";
    /// A person who signs in.
    UserId = "user";
    /// A person's hold on a position for a period.
    HoldingId = "holding";
    /// What a position may do.
    ProfileId = "profile";
    /// One right of a profile.
    GrantId = "grant_of_profile";
    /// A series of document numbers of a unit.
    NumberSeriesId = "number_series";
    /// A person or organisation as the network knows it.
    PartyId = "party";
    /// One dealer's business with a party: the customer.
    CustomerId = "relationship";
    /// A person at a customer.
    ContactId = "contact";
    /// A vehicle of a party's fleet.
    VehicleId = "vehicle";
    /// A grant, withdrawal or objection.
    ConsentId = "consent";
    /// A visit, call, letter and so on.
    ActivityId = "activity";
    /// The opening hours of a unit.
    WorkingCalendarId = "working_calendar";
    /// A day that differs from the opening hours.
    CalendarDayId = "calendar_day";
    /// A product of the catalogue.
    ProductId = "product";
    /// A price list.
    PriceListId = "price_list";
    /// One price of a list.
    PriceId = "price";
    /// A tax rate.
    TaxRateId = "tax_rate";
    /// A sales method: a named sequence of stages.
    SalesMethodId = "sales_method";
    /// A stage of a sales method.
    StageId = "stage";
    /// An opportunity.
    OpportunityId = "opportunity";
    /// A passage of an opportunity from one stage or state to the next.
    PassageId = "passage";
    /// The quoting tool's deal made from an opportunity.
    AffairId = "affair";
    /// A version of a file attached to an opportunity.
    AttachmentId = "attachment";
    /// An offer.
    OfferId = "offer";
    /// One version of an offer.
    OfferRevisionId = "offer_revision";
    /// An item of an offer's version.
    OfferItemId = "offer_item";
    /// A step of a price.
    PriceStepId = "price_step";
    /// A contest.
    ChallengeId = "challenge";
    /// One who takes part in a contest.
    ChallengeEntryId = "challenge_entry";
    /// A prize of a contest.
    ChallengePrizeId = "challenge_prize";
    /// A step of a plan's incentives.
    IncentiveStepId = "incentive_step";
    /// A quota plan.
    QuotaPlanId = "quota_plan";
    /// One unit's or position's target in a plan.
    QuotaTargetId = "quota_target";
    /// What a won opportunity counts, for whom.
    CreditId = "credit";
    /// A campaign.
    CampaignId = "campaign";
    /// A customer chosen by a campaign.
    CampaignMemberId = "campaign_member";
    /// One version of a rule set.
    RuleSetId = "rule_set";
    /// Somebody who showed interest.
    LeadId = "lead";
    /// What a person said with a lead about being contacted.
    LeadConsentId = "lead_consent";
    /// Where leads of an area go.
    LeadTerritoryId = "lead_territory";
}
