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
    /// A price rule.
    PriceRuleId = "price_rule";
    /// A quantity schedule.
    DiscountScheduleId = "discount_schedule";
    /// A tier of a quantity schedule.
    ScheduleTierId = "schedule_tier";
    /// A dated exchange rate.
    ExchangeRateId = "exchange_rate";
    /// The next number of a unit's year.
    IssueCounterId = "issue_counter";
    /// A customer's category of tax.
    TaxExemptionId = "tax_exemption";
    /// An order.
    OrderId = "sales_order";
    /// A line of an order.
    OrderLineId = "order_line";
    /// A milestone of an order.
    OrderMilestoneId = "order_milestone";
    /// An approval policy.
    ApprovalPolicyId = "approval_policy";
    /// A level of an approval policy.
    ApprovalLevelId = "approval_level";
    /// A request for approval of an offer's version.
    ApprovalRequestId = "approval_request";
    /// One approval that a request needs.
    ApprovalStepId = "approval_step";
    /// A financing of an offer.
    OfferFinancingId = "offer_financing";
    /// A rule that proposes a product.
    ProposalRuleId = "proposal_rule";
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
}
