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
    /// A merge of two customers.
    CustomerMergeId = "customer_merge";
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
    /// A private appointment.
    AppointmentId = "appointment";
    /// Days somebody is away.
    AbsenceId = "absence";
    /// A plan of actions for customers.
    ActionPlanTemplateId = "action_plan_template";
    /// One action of such a plan.
    ActionPlanLineId = "action_plan_line";
    /// How often customers are to be visited.
    VisitFrequencyId = "visit_frequency";
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
    /// A customer as a quoting tool knows it.
    QuotingCustomerId = "quoting_customer";
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
    /// A financing plan of an offer.
    OfferFinancingId = "offer_financing";
    /// A rule that proposes a product.
    ProposalRuleId = "proposal_rule";
    /// A quantity schedule.
    DiscountScheduleId = "discount_schedule";
    /// A tier of a quantity schedule.
    ScheduleTierId = "schedule_tier";
    /// A dated exchange rate.
    ExchangeRateId = "exchange_rate";
    /// A rule on how long data of persons is kept.
    RetentionRuleId = "retention_rule";
    /// The erasure of a lead.
    LeadErasureId = "lead_erasure";
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
    /// A further measure of a quota plan.
    QuotaMeasureId = "quota_measure";
    /// A version of a credit rule.
    CreditRuleId = "credit_rule";
    /// A share of a credit rule.
    CreditShareId = "credit_share";
    /// One unit's or position's target in a plan.
    QuotaTargetId = "quota_target";
    /// What the market of an area was in a period.
    MarketTotalId = "market_total";
    /// What a won opportunity counts, for whom.
    CreditId = "credit";
    /// A campaign.
    CampaignId = "campaign";
    /// A customer chosen by a campaign.
    CampaignMemberId = "campaign_member";
    /// A wording of a consent: one version in one language.
    WordingId = "wording";
    /// An erasure of a person.
    ErasureId = "erasure";
    /// A legal hold on a person's data.
    LegalHoldId = "legal_hold";
    /// A customer shared with a position or a unit.
    CustomerShareId = "customer_share";
    /// An opportunity shared with a position or a unit.
    OpportunityShareId = "opportunity_share";
    /// One version of a rule set.
    RuleSetId = "rule_set";
    /// One of the positions that work on an opportunity.
    OpportunityMemberId = "opportunity_member";
    /// A product an opportunity is about.
    OpportunityProductId = "opportunity_product";
    /// A competitor for an opportunity.
    OpportunityCompetitorId = "opportunity_competitor";
    /// A contact with a say in an opportunity.
    DecisionMakerId = "decision_maker";
    /// What is to be done when an opportunity comes to a stage.
    StageActionId = "stage_action";
    /// A question of a method's questionnaire.
    AssessmentQuestionId = "assessment_question";
    /// An answer given for an opportunity.
    AssessmentAnswerId = "assessment_answer";
    /// A manager's figure beside what was rolled up.
    ForecastAdjustmentId = "forecast_adjustment";
    /// A forecast as it was submitted.
    ForecastSnapshotId = "forecast_snapshot";
    /// One opportunity of a submitted forecast.
    ForecastLineId = "forecast_line";
    /// A party's part in a vehicle for a time.
    VehicleRoleId = "vehicle_role";
    /// An odometer reading.
    VehicleReadingId = "vehicle_reading";
    /// A contract on a vehicle or a fleet.
    VehicleContractId = "vehicle_contract";
    /// Vehicles of a fleet of which only the number is known.
    ParkLineId = "park_line";
    /// A document of figures an installation decides by.
    SettingId = "setting";
    /// An address of a party.
    AddressId = "address";
    /// A telephone, e-mail, web or fax address of a party.
    ContactPointId = "contact_point";
    /// A party's number in a register or another system.
    PartyIdentifierId = "party_identifier";
    /// A time for which a party belonged to another.
    GroupMembershipId = "group_membership";
    /// A field an installation adds.
    CustomFieldId = "custom_field";
    /// The value of an added field.
    CustomValueId = "custom_value";
    /// The value of an added field at a contact.
    ContactCustomValueId = "contact_custom_value";
    /// The value of an added field at a vehicle.
    VehicleCustomValueId = "vehicle_custom_value";
    /// The value of an added field at an opportunity.
    OpportunityCustomValueId = "opportunity_custom_value";
    /// The value of an added field at a lead.
    LeadCustomValueId = "lead_custom_value";
    /// A version of a catalogue.
    CatalogueVersionId = "catalogue_version";
    /// The document of a version of a catalogue.
    CatalogueDocumentId = "catalogue_document";
    /// A product line in a version of a catalogue.
    ProductLineId = "product_line";
    /// An attribute in a version of a catalogue.
    AttributeId = "attribute";
    /// A product in a version of a catalogue.
    CatalogueProductId = "catalogue_product";
    /// The value of an attribute of a product.
    AttributeValueId = "attribute_value";
    /// An option of a product.
    ProductOptionId = "product_option";
    /// A rule of a product's configuration.
    ConfigurationRuleId = "configuration_rule";
    /// A line of a bill of material.
    MaterialLineId = "material_line";
    /// A saved mapping of an import.
    ImportMappingId = "import_mapping";
    /// An import.
    ImportRunId = "import_run";
    /// Somebody who showed interest.
    LeadId = "lead";
    /// What a person said with a lead about being contacted.
    LeadConsentId = "lead_consent";
    /// Where leads of an area go.
    LeadTerritoryId = "lead_territory";
    /// An answer to a question about a lead.
    LeadAnswerId = "lead_answer";
    /// A version of a questionnaire about leads.
    LeadQuestionnaireId = "lead_questionnaire";
    /// What was learnt from leads that came to an end.
    LeadScoreModelId = "lead_score_model";
    /// One count of such a model.
    LeadScoreCountId = "lead_score_count";
    /// A version of a territory model.
    TerritoryModelId = "territory_model";
    /// A rule of a territory model.
    TerritoryRuleId = "territory_rule";
    /// How well a position knows something.
    SellerSkillId = "seller_skill";
    /// How many customers a position can look after.
    SellerCapacityId = "seller_capacity";
    /// A run of a territory model in pieces.
    AssignmentRunId = "assignment_run";
    /// A dealer's claim on a party.
    ClaimId = "claim";
}
