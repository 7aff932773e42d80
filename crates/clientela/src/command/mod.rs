//! Commands: every change anybody can ask for, as data.
//!
//! One enum, the same in Rust, in JSON through C and Python, and in scenario files. Records are named by their id or by
//! the key people use: the number of a customer, opportunity or offer, the code of a unit, product or campaign, the
//! login of a user, the title of a position.
//!
//! ```
//! use clientela::Command;
//! let command: Command = serde_json::from_str(
//!     r#"{"command": "opportunity.advance", "opportunity": "O-3001", "to": "offer", "note": "wants three tractors"}"#,
//! )?;
//! assert_eq!(command.kind(), "opportunity.advance");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod acceptances;
mod action_plans;
mod activities;
mod appointments;
mod approvals;
mod assignment;
mod calendars;
mod campaigns;
mod catalogue;
mod catalogue_versions;
mod challenges;
mod claims;
mod classification;
mod corrections;
mod credit_rules;
mod custom;
mod customers;
mod endings;
mod fleet;
mod forecasts;
mod imports;
mod kept_prices;
mod lead_consents;
mod lead_conversion;
mod lead_messages;
mod lead_scoring;
mod leads;
mod merging;
mod offer_configuration;
mod offer_financing;
mod offer_forecast;
mod offers;
mod opportunities;
mod orders;
mod organisation;
mod parts;
mod price_desk;
mod prices;
mod privacy;
mod proposal_rules;
mod quota_versions;
mod quotas;
mod receipt;
mod reorganising;
mod request;
mod retention;
mod rule_sets;
mod sales_methods;
mod selling;
mod sharing;
mod stage_actions;
mod targets;
mod territory_models;

pub use crate::lead_distribution::Distribute;
pub use crate::territory::{Circle, CustomersAmong, Evenness};
pub use acceptances::{AcceptOffer, VoidOffer};
pub use action_plans::{ActionLine, DefineActionPlan, SetVisitFrequency, StartActionPlan};
pub use activities::{
    CancelActivity, ChangeActivity, NextStep, PlanActivity, ReportActivity, RescheduleActivity,
};
pub use appointments::{CancelAppointment, ImportCalendar, PlanAppointment, RecordAbsence, WithdrawAbsence};
pub use approvals::{
    ApprovalLevelLine, DecideApproval, DefineApprovalPolicy, RequestApproval, WithdrawApproval,
};
pub use assignment::{ApplyAssignment, RebalanceAssignment, ResumeAssignment};
pub use calendars::{DayLine, DefineCalendar};
pub use campaigns::{CampaignRef, DefineCampaign};
pub use catalogue::{
    AssessmentLine, DefinePriceList, DefineProduct, DefineSalesMethod, DefineTaxRate, PriceFormula,
    PriceLine, StageActionLine, StageLine,
};
pub use catalogue_versions::{CatalogueRef, ImportCatalogue};
pub use challenges::{ChallengeRef, ChallengeTeamLine, DefineChallenge, PrizeLine, SizeLine};
pub use claims::{ArbitrateClaim, MakeClaim, ReleaseClaim};
pub use classification::{
    ClassifyCustomers, LiftOverride, LoseCustomer, OverrideClassification, WinBackCustomer,
};
pub use corrections::{ChangeAddress, ChangeContact, ChangeContract, ChangeLead, ChangeVehicle, EndContract};
pub use credit_rules::{CreditPlanBy, CreditRuleRef, CreditShareLine, SaveCreditRule};
pub use custom::{DefineCustomField, RetireCustomField, SetAddedField, SetCustomField};
pub use customers::{AddContact, AddVehicle, ChangeCustomer, CreateCustomer, DisposeVehicle, RecordConsent};
pub use endings::{ChangeProduct, EndOfUse};
pub use fleet::{AddContract, AssignVehicleRole, DefineSetting, EndVehicleRole, ReadVehicle, SetParkLine};
pub use forecasts::{AdjustForecast, SnapshotForecast};
pub use imports::{ImportMappingRef, ImportRunRef, SaveImportMapping};
pub use lead_consents::{ConfirmLeadConsent, RecordLeadConsent};
pub use lead_conversion::ConvertLead;
pub use lead_messages::ReceiveAdf;
pub use lead_scoring::{
    AnswerLead, DefineLeadQuestionnaire, LeadQuestionnaireRef, LeadScoreModelRef, ScoreLeads, TrainLeadScore,
};
pub use leads::{AssignLead, DefineTerritory, DisqualifyLead, LeadRef, ReceiveLead, RerouteOverdue};
pub use merging::{MergeCustomers, UnmergeCustomers};
pub use offer_financing::{FinancingRef, PlanFinancing};
pub use offers::{CreateOffer, DecideOffer, DiscountOffer, ExpireDue, FileLine, ItemLine, ReviseOffer};
pub use opportunities::{EndOpportunity, MoveOpportunity, OpenOpportunity, ReopenOpportunity};
pub use orders::{
    CancelOrder, CreateOrder, DeliverOrder, OrderedLine, ReachMilestone, TakeBackDelivery, WithdrawMilestone,
};
pub use organisation::{
    ChangeUnit, CreatePosition, CreateUnit, CreateUser, DeactivateUser, DefineNumberSeries, DefineProfile,
    EndHolding, GrantLine, SubstituteHolding,
};
pub use parts::{
    AddAddress, AddContactPoint, AddIdentifier, ContactLeaves, EndValidity, JoinGroup, RelateContact,
};
pub use prices::{DefineDiscountSchedule, DefineExchangeRate, DefinePriceRule, RecordTaxExemption, TierLine};
pub use privacy::{
    ConfirmConsent, DefineWording, EraseContact, EraseLead, EraseParty, ErasureLine, LiftLegalHold,
    ReplayErasures, SetLegalHold, WithdrawConsent,
};
pub use proposal_rules::DefineProposalRule;
pub use quota_versions::{MarketLine, RecordMarket, ReviseQuotaPlan, RevisedMeasure};
pub use quotas::{DefineQuotaPlan, LimitLine, MeasureLine, PeriodWeight, QuotaPlanRef, UnitWeight};
pub use receipt::{Receipt, RecordRef};
pub use reorganising::{ActivateUser, BeginHolding, ChangePosition, ChangeProfile};
pub use request::{Asked, Request};
pub use retention::{ApplyRetention, CloseRetentionRule};
pub use rule_sets::{RuleSetRef, SaveRuleSet};
pub use sales_methods::MoveOverSalesMethod;
pub use selling::{
    AssessOpportunity, ChangeOpportunity, CompetitorLine, DecisionMakerLine, SetCompetitors,
    SetDecisionMakers, SetProducts, SetTeam, TeamLine, WantedProduct,
};
pub use sharing::{EndShare, GrantShare};
pub use targets::{AnswerTarget, ChangeTarget, SetIncentives, StepLine};
pub use territory_models::{
    DefineTerritoryModel, SetCapacity, SetLeave, SetSkill, TerritoryModelRef, TerritoryRuleLine,
};

pub(crate) use activities::of_owner;
pub(crate) use approvals::ApprovalDesk;
pub(crate) use customers::{keep_customer, seat};
pub(crate) use kept_prices::{KeptPrices, Pricing};
pub(crate) use leads::country_of;
pub(crate) use offer_forecast::follow_forecast;
pub(crate) use offers::{
    allow_silently, by as offer_by, content as offer_content, content_of, current_revision,
    keep_parts as keep_offer_parts, of_dossier, of_version,
};
pub(crate) use orders::{lines_of as order_lines, ordered_before};
pub(crate) use organisation::series;
pub(crate) use price_desk::{PriceDesk, units_above};
pub(crate) use quotas::of_plan;
pub(crate) use receipt::Outcome;

use crate::error::{CrmError, Result};
use crate::reading::{self, Worded};
use clientela_core::catalogue::{CatalogueVersion, DiscountSchedule, PriceList, PriceRule, TaxExemption};
use clientela_core::ids::{OfferId, OpportunityId};
use clientela_core::privacy::NewRetentionRule;
use clientela_core::sales::OfferState;
use clientela_core::sales::proposal_rule::ProposalRule;
use clientela_model::{EntityId, Field, Predicate, Value};
use serde::{Deserialize, Serialize};

/// A record named by its id or by the key people use.
pub type Key = String;

macro_rules! commands {
    ($($(#[$doc:meta])* $word:literal => $variant:ident($payload:ty), $run:path;)*) => {
        /// A change somebody asks for.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command")]
        pub enum Command {$(
            $(#[$doc])*
            #[serde(rename = $word)]
            $variant($payload),
        )*}

        impl Command {
            /// The word of every command.
            pub const KINDS: &'static [&'static str] = &[$($word),*];

            /// The word of this command, such as `offer.issue`.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $word),* }
            }
        }

        pub(crate) fn run(door: &mut crate::door::Door<'_, '_>, command: &Command) -> Result<Outcome> {
            match command { $(Command::$variant(payload) => $run(door, payload)),* }
        }
    };
}

commands! {
    /// Adds a unit to the tree.
    "unit.create" => UnitCreate(CreateUnit), organisation::create_unit;
    /// Changes a unit.
    "unit.change" => UnitChange(ChangeUnit), organisation::change_unit;
    /// Adds a profile with its rights.
    "profile.define" => ProfileDefine(DefineProfile), organisation::define_profile;
    /// Changes a profile's name, or all its rights.
    "profile.change" => ProfileChange(ChangeProfile), reorganising::change_profile;
    /// Adds a position to a unit.
    "position.create" => PositionCreate(CreatePosition), organisation::create_position;
    /// Changes a position.
    "position.change" => PositionChange(ChangePosition), reorganising::change_position;
    /// Adds a user, with the position he holds.
    "user.create" => UserCreate(CreateUser), organisation::create_user;
    /// Keeps a user from signing in.
    "user.deactivate" => UserDeactivate(DeactivateUser), organisation::deactivate_user;
    /// Lets a user sign in again.
    "user.activate" => UserActivate(ActivateUser), reorganising::activate_user;
    /// Gives a user a position, beside those he holds.
    "holding.begin" => HoldingBegin(BeginHolding), reorganising::begin_holding;
    /// Ends what a user holds of a position.
    "holding.end" => HoldingEnd(EndHolding), organisation::end_holding;
    /// Lets a user stand in for the one who holds a position, between two days.
    "holding.substitute" => HoldingSubstitute(SubstituteHolding), organisation::substitute_holding;
    /// Shares a customer or an opportunity with a position or a unit, for a time.
    "share.grant" => ShareGrant(GrantShare), sharing::grant;
    /// Ends a share.
    "share.end" => ShareEnd(EndShare), sharing::end;
    /// Sets prefix and next number of a unit's documents.
    "number_series.define" => NumberSeriesDefine(DefineNumberSeries), organisation::define_number_series;
    /// Sets the opening hours of a unit.
    "calendar.define" => CalendarDefine(DefineCalendar), calendars::define;
    /// Enters a customer.
    "customer.create" => CustomerCreate(CreateCustomer), customers::create;
    /// Changes a customer.
    "customer.change" => CustomerChange(ChangeCustomer), customers::change;
    /// Adds a contact to a customer.
    "contact.add" => ContactAdd(AddContact), customers::add_contact;
    /// Changes a contact.
    "contact.change" => ContactChange(ChangeContact), corrections::change_contact;
    /// Adds a vehicle to a customer's fleet.
    "vehicle.add" => VehicleAdd(AddVehicle), customers::add_vehicle;
    /// Changes a vehicle.
    "vehicle.change" => VehicleChange(ChangeVehicle), corrections::change_vehicle;
    /// Takes a vehicle out of its fleet.
    "vehicle.dispose" => VehicleDispose(DisposeVehicle), customers::dispose_vehicle;
    /// Gives somebody a part in a vehicle for a time.
    "vehicle.role" => VehicleRole(AssignVehicleRole), fleet::assign;
    /// Ends a part somebody has in a vehicle.
    "vehicle.end_role" => VehicleEndRole(EndVehicleRole), fleet::end_role;
    /// Takes down what an odometer showed.
    "vehicle.reading" => VehicleReading(ReadVehicle), fleet::read;
    /// Adds a contract on a vehicle.
    "contract.add" => ContractAdd(AddContract), fleet::add_contract;
    /// Changes a contract on a vehicle.
    "contract.change" => ContractChange(ChangeContract), corrections::change_vehicle_contract;
    /// Ends a contract on a vehicle before its time.
    "contract.end" => ContractEnd(EndContract), corrections::end_contract;
    /// Sets how many vehicles of a make a fleet has, where only the number is known.
    "park_line.set" => ParkLineSet(SetParkLine), fleet::set_park_line;
    /// Sets figures the installation decides by.
    "setting.define" => SettingDefine(DefineSetting), fleet::define_setting;
    /// Adds a further address to a customer.
    "address.add" => AddressAdd(AddAddress), parts::add_address;
    /// Changes a further address.
    "address.change" => AddressChange(ChangeAddress), corrections::change_address;
    /// Ends the validity of an address.
    "address.end" => AddressEnd(EndValidity), parts::end_address;
    /// Adds a telephone number, e-mail or web address to a customer.
    "contact_point.add" => ContactPointAdd(AddContactPoint), parts::add_point;
    /// Ends the validity of a contact point.
    "contact_point.end" => ContactPointEnd(EndValidity), parts::end_point;
    /// Adds a customer's number in a register or another system.
    "identifier.add" => IdentifierAdd(AddIdentifier), parts::add_identifier;
    /// Puts a customer under another in a group of companies, or takes it out.
    "customer.join_group" => CustomerJoinGroup(JoinGroup), parts::join;
    /// Says what part a contact has in the purchase, and how it stands to another.
    "contact.relate" => ContactRelate(RelateContact), parts::relate;
    /// Says that a person left the customer, or is there after all.
    "contact.leave" => ContactLeave(ContactLeaves), parts::leave;
    /// Adds a field to customers, or changes its label and words.
    "custom_field.define" => CustomFieldDefine(DefineCustomField), custom::define;
    /// Takes no more values for an added field.
    "custom_field.retire" => CustomFieldRetire(RetireCustomField), custom::retire;
    /// Sets the value of an added field at a customer.
    "custom_field.set" => CustomFieldSet(SetAddedField), custom::set_added;
    /// Sets the value of an added field at a customer.
    "customer.set_field" => CustomerSetField(SetCustomField), custom::set;
    /// Classifies a customer, or all that may be changed, by rule sets.
    "customer.classify" => CustomerClassify(ClassifyCustomers), classification::classify;
    /// Sets status, size or class against the rules, with a reason.
    "customer.override" => CustomerOverride(OverrideClassification), classification::fix;
    /// Leaves status, size or class to the rules again.
    "customer.lift_override" => CustomerLiftOverride(LiftOverride), classification::lift;
    /// A customer leaves, with the reason.
    "customer.lose" => CustomerLose(LoseCustomer), classification::lose;
    /// Records an attempt to win a customer back, and whether it did.
    "customer.win_back" => CustomerWinBack(WinBackCustomer), classification::win_back;
    /// Makes two customers one.
    "customer.merge" => CustomerMerge(MergeCustomers), merging::merge;
    /// Takes two merged customers apart again.
    "customer.unmerge" => CustomerUnmerge(UnmergeCustomers), merging::unmerge;
    /// Records what a customer or contact said about being contacted.
    "consent.record" => ConsentRecord(RecordConsent), customers::record_consent;
    /// Takes consents back.
    "consent.withdraw" => ConsentWithdraw(WithdrawConsent), privacy::withdraw;
    /// Confirms a grant of a double opt-in.
    "consent.confirm" => ConsentConfirm(ConfirmConsent), privacy::confirm;
    /// Defines a version of a consent's wording.
    "wording.define" => WordingDefine(DefineWording), privacy::define_wording;
    /// Puts a legal hold on a customer's data.
    "legal_hold.set" => LegalHoldSet(SetLegalHold), privacy::set_hold;
    /// Lifts a legal hold.
    "legal_hold.lift" => LegalHoldLift(LiftLegalHold), privacy::lift_hold;
    /// Erases a party with everything held on it and its contacts.
    "party.erase" => PartyErase(EraseParty), privacy::erase_party;
    /// Erases one contact.
    "contact.erase" => ContactErase(EraseContact), privacy::erase_contact;
    /// Erases a lead that never became a customer.
    "lead.erase" => LeadErase(EraseLead), privacy::erase_lead;
    /// Says how long data of persons is kept.
    "retention_rule.define" => RetentionRuleDefine(NewRetentionRule), retention::define;
    /// Ends a rule on how long data of persons is kept.
    "retention_rule.close" => RetentionRuleClose(CloseRetentionRule), retention::close;
    /// Erases those whose period is over and whom nothing keeps.
    "retention.apply" => RetentionApply(ApplyRetention), retention::apply;
    /// Erases again, in an older copy, what was erased since.
    "erasure.replay" => ErasureReplay(ReplayErasures), privacy::replay;
    /// Plans an activity.
    "activity.plan" => ActivityPlan(PlanActivity), activities::plan;
    /// Puts an activity right that is planned or reported.
    "activity.change" => ActivityChange(ChangeActivity), activities::change;
    /// Plans an activity for another moment.
    "activity.reschedule" => ActivityReschedule(RescheduleActivity), activities::reschedule;
    /// Reports a planned activity.
    "activity.report" => ActivityReport(ReportActivity), activities::report;
    /// Cancels a planned activity.
    "activity.cancel" => ActivityCancel(CancelActivity), activities::cancel;
    /// Reads a calendar of another program.
    "activity.import" => ActivityImport(ImportCalendar), appointments::import;
    /// Enters an appointment that is not with a customer.
    "appointment.plan" => AppointmentPlan(PlanAppointment), appointments::plan;
    /// Cancels an appointment.
    "appointment.cancel" => AppointmentCancel(CancelAppointment), appointments::cancel;
    /// Records days a position is away.
    "absence.record" => AbsenceRecord(RecordAbsence), appointments::record_absence;
    /// Takes an absence back.
    "absence.withdraw" => AbsenceWithdraw(WithdrawAbsence), appointments::withdraw_absence;
    /// Defines a plan of actions.
    "action_plan.define" => ActionPlanDefine(DefineActionPlan), action_plans::define;
    /// Starts a plan of actions on a customer or an opportunity.
    "action_plan.start" => ActionPlanStart(StartActionPlan), action_plans::start;
    /// Sets how often customers of a size and status are visited.
    "visit_frequency.set" => VisitFrequencySet(SetVisitFrequency), action_plans::set_frequency;
    /// Adds a product to the catalogue.
    "product.define" => ProductDefine(DefineProduct), catalogue::define_product;
    /// Imports a version of a catalogue as a draft; it is checked now.
    "catalogue.import" => CatalogueImport(ImportCatalogue), catalogue_versions::import;
    /// Publishes a version of a catalogue: it holds on its days.
    "catalogue.publish" => CataloguePublish(CatalogueRef), catalogue_versions::publish;
    /// Adds a price list with its prices.
    "price_list.define" => PriceListDefine(DefinePriceList), catalogue::define_price_list;
    /// Adds a tax rate.
    "tax_rate.define" => TaxRateDefine(DefineTaxRate), catalogue::define_tax_rate;
    /// Adds a sales method with its stages.
    "sales_method.define" => SalesMethodDefine(DefineSalesMethod), sales_methods::define;
    /// Takes the open opportunities of one version of a method over into another.
    "sales_method.move_over" => SalesMethodMoveOver(MoveOverSalesMethod), sales_methods::move_over;
    /// Enters an opportunity.
    "opportunity.open" => OpportunityOpen(OpenOpportunity), opportunities::open;
    /// Takes an opportunity on to a later stage.
    "opportunity.advance" => OpportunityAdvance(MoveOpportunity), opportunities::advance;
    /// Takes an opportunity back to an earlier stage.
    "opportunity.go_back" => OpportunityGoBack(MoveOpportunity), opportunities::go_back;
    /// Puts an opportunity aside.
    "opportunity.suspend" => OpportunitySuspend(EndOpportunity), opportunities::suspend;
    /// Takes an opportunity up again.
    "opportunity.resume" => OpportunityResume(EndOpportunity), opportunities::resume;
    /// Wins an opportunity; it counts in quotas from now on.
    "opportunity.win" => OpportunityWin(EndOpportunity), opportunities::win;
    /// Loses an opportunity, with its reason.
    "opportunity.lose" => OpportunityLose(EndOpportunity), opportunities::lose;
    /// Opens a won or lost opportunity again; what it counted is taken back.
    "opportunity.reopen" => OpportunityReopen(ReopenOpportunity), opportunities::reopen;
    /// Changes what is known of an opportunity: amount, close date, next step, owner.
    "opportunity.change" => OpportunityChange(ChangeOpportunity), selling::change;
    /// Says who works on an opportunity and how its credit is shared.
    "opportunity.team.set" => OpportunityTeamSet(SetTeam), selling::set_team;
    /// Says what products an opportunity is about.
    "opportunity.products.set" => OpportunityProductsSet(SetProducts), selling::set_products;
    /// Says who competes for an opportunity.
    "opportunity.competitors.set" => OpportunityCompetitorsSet(SetCompetitors), selling::set_competitors;
    /// Says which contacts have a say in an opportunity.
    "opportunity.decision_makers.set" => OpportunityDecisionMakersSet(SetDecisionMakers), selling::set_decision_makers;
    /// Answers questions of the questionnaire an opportunity is assessed by.
    "opportunity.assess" => OpportunityAssess(AssessOpportunity), selling::assess;
    /// Sets a figure beside what a position's forecast was rolled up to.
    "forecast.adjust" => ForecastAdjust(AdjustForecast), forecasts::adjust;
    /// Keeps a forecast as it is now, with the opportunities it is made of.
    "forecast.snapshot" => ForecastSnapshot(SnapshotForecast), forecasts::snapshot;
    /// Makes an offer.
    "offer.create" => OfferCreate(CreateOffer), offers::create;
    /// Makes a new version of an offer with other items.
    "offer.revise" => OfferRevise(ReviseOffer), offers::revise;
    /// Makes a new version of an offer with a discount by hand.
    "offer.discount" => OfferDiscount(DiscountOffer), offers::discount;
    /// Hands an offer to the customer.
    "offer.issue" => OfferIssue(DecideOffer), offers::issue;
    /// The customer accepts an offer.
    "offer.accept" => OfferAccept(AcceptOffer), acceptances::accept;
    /// Makes the acceptance of an offer void, with a reason.
    "offer.void" => OfferVoid(VoidOffer), acceptances::void;
    /// The customer refuses an offer.
    "offer.refuse" => OfferRefuse(DecideOffer), offers::refuse;
    /// We take an offer back.
    "offer.withdraw" => OfferWithdraw(DecideOffer), offers::withdraw;
    /// An offer's validity has ended.
    "offer.expire" => OfferExpire(DecideOffer), offers::expire;
    /// Opens a refused, withdrawn or voided offer again.
    "offer.reopen" => OfferReopen(DecideOffer), offers::reopen;
    /// Makes an offer the one of its opportunity that the forecast counts.
    "offer.feed_forecast" => OfferFeedForecast(DecideOffer), offer_forecast::feed_forecast;
    /// Keeps a financing plan on an offer.
    "offer.plan_financing" => OfferPlanFinancing(PlanFinancing), offer_financing::keep;
    /// Makes a kept plan the customer's choice.
    "offer.choose_financing" => OfferChooseFinancing(FinancingRef), offer_financing::choose;
    /// Drops a kept plan.
    "offer.drop_financing" => OfferDropFinancing(FinancingRef), offer_financing::drop_plan;
    /// Expires every issued offer whose last day is past.
    "offers.expire_due" => OffersExpireDue(ExpireDue), offers::expire_due;
    /// Asks for the approvals an offer needs.
    "offer.request_approval" => OfferRequestApproval(RequestApproval), approvals::request;
    /// Grants or refuses an approval.
    "approval.decide" => ApprovalDecide(DecideApproval), approvals::decide;
    /// Takes a request for approval, or what it was granted, back.
    "approval.withdraw" => ApprovalWithdraw(WithdrawApproval), approvals::withdraw;
    /// Sets the approvals that offers of a unit need.
    "approval_policy.define" => ApprovalPolicyDefine(DefineApprovalPolicy), approvals::define_policy;
    /// Makes an order from an accepted offer, wholly or in part.
    "order.create" => OrderCreate(CreateOrder), orders::create;
    /// Enters a milestone of an order.
    "order.milestone" => OrderMilestone(ReachMilestone), orders::milestone;
    /// Hands over what was ordered; vehicles join the customer's fleet.
    "order.deliver" => OrderDeliver(DeliverOrder), orders::deliver;
    /// Takes back what was delivered of a line.
    "order.take_back" => OrderTakeBack(TakeBackDelivery), orders::take_back;
    /// Takes back a milestone that was entered wrongly.
    "order.withdraw_milestone" => OrderWithdrawMilestone(WithdrawMilestone), orders::withdraw_milestone;
    /// Cancels an order.
    "order.cancel" => OrderCancel(CancelOrder), orders::cancel;
    /// Changes a product.
    "product.change" => ProductChange(ChangeProduct), endings::change_product;
    /// Takes a version of a catalogue back from a day on.
    "catalogue.retire" => CatalogueRetire(EndOfUse), endings::end::<CatalogueVersion>;
    /// Ends a price list.
    "price_list.end" => PriceListEnd(EndOfUse), endings::end::<PriceList>;
    /// Ends a price rule.
    "price_rule.end" => PriceRuleEnd(EndOfUse), endings::end::<PriceRule>;
    /// Ends a rule that proposes a product.
    "proposal_rule.end" => ProposalRuleEnd(EndOfUse), endings::end::<ProposalRule>;
    /// Ends a quantity schedule: rules that go by it take nothing any more.
    "discount_schedule.end" => DiscountScheduleEnd(EndOfUse), endings::end::<DiscountSchedule>;
    /// Ends a customer's exemption from the standard tax.
    "tax_exemption.end" => TaxExemptionEnd(EndOfUse), endings::end::<TaxExemption>;
    /// Adds a price rule: a campaign, segment, contract or volume price.
    "price_rule.define" => PriceRuleDefine(DefinePriceRule), prices::define_rule;
    /// Adds a rule that proposes a product.
    "proposal_rule.define" => ProposalRuleDefine(DefineProposalRule), proposal_rules::define;
    /// Adds a quantity schedule.
    "discount_schedule.define" => DiscountScheduleDefine(DefineDiscountSchedule), prices::define_schedule;
    /// Adds a dated exchange rate.
    "exchange_rate.define" => ExchangeRateDefine(DefineExchangeRate), prices::define_exchange_rate;
    /// Records a customer's exemption from the standard tax.
    "tax_exemption.record" => TaxExemptionRecord(RecordTaxExemption), prices::record_exemption;
    /// Makes a quota plan and shares it out over the tree.
    "quota_plan.define" => QuotaPlanDefine(DefineQuotaPlan), quotas::define;
    /// Puts a drafted quota plan in force.
    "quota_plan.publish" => QuotaPlanPublish(QuotaPlanRef), quota_versions::publish;
    /// Makes a new version of a quota plan from a day on.
    "quota_plan.revise" => QuotaPlanRevise(ReviseQuotaPlan), quota_versions::revise_plan;
    /// Enters what the market was in areas and periods.
    "market.record" => MarketRecord(RecordMarket), quota_versions::record_market;
    /// Closes a quota plan that is in force to changes.
    "quota_plan.lock" => QuotaPlanLock(QuotaPlanRef), quotas::lock;
    /// Ends a quota plan.
    "quota_plan.close" => QuotaPlanClose(QuotaPlanRef), quotas::close;
    /// Sets the incentive steps of a quota plan.
    "quota_plan.set_incentives" => QuotaPlanSetIncentives(SetIncentives), targets::set_incentives;
    /// Says by which credit rule a quota plan counts.
    "quota_plan.credit_by" => QuotaPlanCreditBy(CreditPlanBy), credit_rules::credit_plan;
    /// Saves a version of a credit rule; it is checked now.
    "credit_rule.save" => CreditRuleSave(SaveCreditRule), credit_rules::save;
    /// Takes a version of a credit rule back.
    "credit_rule.retire" => CreditRuleRetire(CreditRuleRef), credit_rules::retire;
    /// The holder of a target accepts it, or proposes another.
    "quota_target.answer" => QuotaTargetAnswer(AnswerTarget), targets::answer;
    /// Changes one target, from a period on.
    "quota_target.change" => QuotaTargetChange(ChangeTarget), targets::change;
    /// Opens a challenge.
    "challenge.define" => ChallengeDefine(DefineChallenge), challenges::define;
    /// Computes where everybody stands.
    "challenge.score" => ChallengeScore(ChallengeRef), challenges::score;
    /// Ends a challenge and gives its prizes.
    "challenge.close" => ChallengeClose(ChallengeRef), challenges::close;
    /// Defines a campaign; its rule is checked now.
    "campaign.define" => CampaignDefine(DefineCampaign), campaigns::define;
    /// Fixes a campaign's list and starts it.
    "campaign.activate" => CampaignActivate(CampaignRef), campaigns::activate;
    /// Ends a campaign.
    "campaign.close" => CampaignClose(CampaignRef), campaigns::close;
    /// Receives a lead, and gives it to somebody at once when asked.
    "lead.receive" => LeadReceive(ReceiveLead), leads::receive;
    /// Changes a lead that is still open.
    "lead.change" => LeadChange(ChangeLead), corrections::change_lead;
    /// Receives the leads of an ADF message.
    "lead.receive_adf" => LeadReceiveAdf(ReceiveAdf), lead_messages::receive_adf;
    /// Gives a lead to somebody, by name or by distribution.
    "lead.assign" => LeadAssign(AssignLead), leads::assign;
    /// Records that a lead was answered.
    "lead.contact" => LeadContact(LeadRef), leads::contact;
    /// Finds a lead worth an opportunity.
    "lead.qualify" => LeadQualify(LeadRef), leads::qualify;
    /// Gives up a lead, with its reason.
    "lead.disqualify" => LeadDisqualify(DisqualifyLead), leads::disqualify;
    /// Takes a lead from its owner and gives it to somebody else.
    "lead.reroute" => LeadReroute(AssignLead), leads::reroute;
    /// Moves on all leads whose limit has passed.
    "lead.reroute_overdue" => LeadRerouteOverdue(RerouteOverdue), leads::reroute_overdue;
    /// Says whose the leads of an area are.
    "lead_territory.define" => LeadTerritoryDefine(DefineTerritory), leads::define_territory;
    /// Makes a version of a territory model, a draft.
    "territory_model.define" => TerritoryModelDefine(DefineTerritoryModel), territory_models::define;
    /// Puts a version of a territory model in force, instead of the one before.
    "territory_model.activate" => TerritoryModelActivate(TerritoryModelRef), territory_models::activate;
    /// Takes a version of a territory model out of force.
    "territory_model.archive" => TerritoryModelArchive(TerritoryModelRef), territory_models::archive;
    /// Says how well a position knows something.
    "position.skill.set" => PositionSkillSet(SetSkill), territory_models::set_skill;
    /// Says how many customers a position can look after.
    "position.capacity.set" => PositionCapacitySet(SetCapacity), territory_models::set_capacity;
    /// Says when a position is on leave, so that others look after its customers.
    "position.leave.set" => PositionLeaveSet(SetLeave), territory_models::set_leave;
    /// Gives customers to sellers as a version of a territory model says.
    "assignment.apply" => AssignmentApply(ApplyAssignment), assignment::apply;
    /// Moves as few customers as possible so that nobody has too much.
    "assignment.rebalance" => AssignmentRebalance(RebalanceAssignment), assignment::rebalance;
    /// Goes on with a run of a territory model that was broken off.
    "assignment.resume" => AssignmentResume(ResumeAssignment), assignment::resume;
    /// Claims a party for one's dealer.
    "claim.make" => ClaimMake(MakeClaim), claims::make;
    /// Lets go of what one's dealer claims of a party.
    "claim.release" => ClaimRelease(ReleaseClaim), claims::release;
    /// Decides between dealers who claim one party.
    "claim.arbitrate" => ClaimArbitrate(ArbitrateClaim), claims::arbitrate;
    /// Records what a lead said about being contacted.
    "lead.record_consent" => LeadRecordConsent(RecordLeadConsent), lead_consents::record;
    /// Confirms a grant of a lead's double opt-in.
    "lead.confirm_consent" => LeadConfirmConsent(ConfirmLeadConsent), lead_consents::confirm;
    /// Makes a lead a customer with an opportunity, or joins it to those that are there.
    "lead.convert" => LeadConvert(ConvertLead), lead_conversion::convert;
    /// Defines the next version of a questionnaire by which leads are qualified.
    "lead_questionnaire.define" => LeadQuestionnaireDefine(DefineLeadQuestionnaire), lead_scoring::define_questionnaire;
    /// Takes a version of such a questionnaire back.
    "lead_questionnaire.retire" => LeadQuestionnaireRetire(LeadQuestionnaireRef), lead_scoring::retire_questionnaire;
    /// Takes down answers about a lead.
    "lead.answer" => LeadAnswer(AnswerLead), lead_scoring::answer;
    /// Has rules score one lead, or all open ones.
    "lead.score" => LeadScore(ScoreLeads), lead_scoring::score;
    /// Learns from what became of leads.
    "lead_score.train" => LeadScoreTrain(TrainLeadScore), lead_scoring::train;
    /// Has leads of a unit foretold by a model.
    "lead_score.activate" => LeadScoreActivate(LeadScoreModelRef), lead_scoring::activate;
    /// Saves a version of a rule set; it is checked and its test cases run now.
    "rule_set.save" => RuleSetSave(SaveRuleSet), rule_sets::save;
    /// Takes a version of a rule set back.
    "rule_set.retire" => RuleSetRetire(RuleSetRef), rule_sets::retire;
    /// Saves a mapping of a table's columns under a name.
    "import_mapping.save" => ImportMappingSave(SaveImportMapping), imports::save;
    /// Uses a saved mapping no longer.
    "import_mapping.retire" => ImportMappingRetire(ImportMappingRef), imports::retire;
    /// Takes back what an import brought in, as far as nobody changed it since.
    "import_run.revert" => ImportRunRevert(ImportRunRef), imports::revert;
}

impl Worded for Command {
    const TAG: &'static str = "command";
    const WORDS: &'static [&'static str] = Self::KINDS;
}

/// Whether the commands of a word have a reason of their own, which is part of what they decide.
fn has_own_reason(kind: &str) -> bool {
    let said = serde_json::from_value::<Command>(serde_json::json!({ "command": kind, "reason": null }));
    // A field that is not known is refused before anything is missing.
    said.err().is_none_or(|error| !error.to_string().starts_with("unknown field"))
}

impl Command {
    /// Reads a command from JSON.
    ///
    /// # Errors
    /// `command.unreadable` with the place and the problem, never with a value.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| unreadable(text, &error))
    }

    /// Whether it takes bytes away, which the file and its log are to forget as well.
    pub(crate) const fn erases(&self) -> bool {
        matches!(
            self,
            Self::PartyErase(_)
                | Self::ContactErase(_)
                | Self::LeadErase(_)
                | Self::RetentionApply(_)
                | Self::ErasureReplay(_)
        )
    }

    /// The command with the reason the user gives for it.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Request {
        Request { command: self, reason: Some(reason.into()) }
    }
}

fn unreadable(text: &str, error: &serde_json::Error) -> crate::Error {
    CrmError::Command { field: reading::field::<Command>(text), problem: reading::problem(error) }.into()
}

/// The condition that a record belongs to an opportunity.
pub(crate) fn of_opportunity(id: OpportunityId) -> Predicate {
    Predicate::equals("opportunity", Value::Id(id.uuid()))
}

/// The condition that a record belongs to an offer.
pub(crate) fn of_offer(id: OfferId) -> Predicate {
    Predicate::equals("offer", Value::Id(id.uuid()))
}

/// The condition that an offer is in one of the states; in those that are not decided when none is given.
pub(crate) fn of_offer_state(states: &[OfferState]) -> Predicate {
    let open = [OfferState::Draft, OfferState::InApproval, OfferState::Approved, OfferState::Issued];
    let states = if states.is_empty() { &open } else { states };
    Predicate::OneOf("state".into(), states.iter().map(Field::to_value).collect())
}
