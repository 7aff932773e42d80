//! Questions: everything that can be asked and is more than a record or a table, as data.
//!
//! What [`command`](crate::command) is for changes. One declaration, the same in Rust, where an answer is typed, and in JSON
//! through C and Python. Records are named by their id or by the key people use; an answer holds what the session may see.
//!
//! ```
//! use clientela::Question;
//! let question = Question::from_json(r#"{"question": "quota_plan.attainment", "plan": "2026"}"#)?;
//! assert_eq!(question.word(), "quota_plan.attainment");
//! # Ok::<(), clientela::Error>(())
//! ```

mod access;
mod agenda;
mod assignment;
mod calendars;
mod catalogue;
mod claims;
mod customers;
mod duplicates;
mod exports;
mod fleet;
mod forecasts;
mod funnels;
mod imports;
mod kept_financing;
mod lead_messages;
mod lead_quality;
mod lead_scoring;
mod leads;
mod lists;
mod mirror;
mod network;
mod offer_catalogue;
mod offer_copies;
mod offer_documents;
mod offers;
mod opportunities;
mod plain;
mod privacy;
mod proposals;
mod pyramid;
mod quota_versions;
mod quota_weights;
mod quotas;
mod retention;
mod rules;
mod territory_versions;
mod timeline;
mod what_if;
mod wins_and_losses;

pub use crate::outreach::OutreachOf;
pub use crate::pipeline::axis::Axis;
pub use crate::pipeline::figures::{
    AdjustmentLine, Amounts, By, Counts, CurrencyForecast, Figure, Forecast, ForecastNode, StageHistory,
};
pub use access::{
    Hidden, Holder, Seer, TreePosition, TreeUnit, UnitTreeOf, Visibility, WhoCouldSee, WhoCouldSeeOf,
    WhyVisible, WhyVisibleOf,
};
pub use assignment::{
    AssignmentOf, AssignmentRunLine, AssignmentRuns, CustomerMove, DryRun, DryRunOf, ExplainedAssignment,
    HeldCount, PositionLoad, Rebalancing, RebalancingOf, RuleTold, StayingCount,
};
pub use calendars::{CountedDays, WorkingDays, WorkingMoment, WorkingTimeAfter};
pub use catalogue::{
    CatalogueToExport, ConfigurationAnswer, ProductToCheck, ProductToComplete, ProductToConfigure,
    ProductToExplode,
};
pub use claims::{ClaimLine, ClaimStateOf, ClaimTold, ContestedClaims, ContestedParty};
pub use customers::{
    Classification, ClassificationChange, ClassificationOf, CompletenessLine, CompletenessOf, Group,
    GroupMember, GroupOf, LeastComplete, LeaveReasonsOf, WinBackAttempt, WinBackOf, WinBackTold,
};
pub use duplicates::{
    ClusterMember, ClusterPair, DuplicateCandidate, DuplicateCluster, DuplicateClusters, DuplicateClustersOf,
    DuplicatesOf, MergePreview, MergePreviewOf, PreviewField, PreviewRelation, UnselectiveKey,
};
pub use exports::{CsvPart, ExportCsv};
pub use fleet::{FleetProfileOf, FleetReplacementsOf, FleetRhythmOf, ReplacementLine};
pub use forecasts::{
    ChangePart, ChangePassage, ChangedOpportunity, ForecastAccuracy, ForecastAccuracyOf, ForecastChangeOf,
    ForecastOf, ForecastWay, JudgedForecast, PipelineChange, SubmittedForecast, SubmittedForecastOf,
    SubmittedLine,
};
pub use funnels::{
    ConversionOf, CurvePoint, DurationsOf, GroupVelocity, Share, StageConversion, StageDuration, VelocityOf,
};
pub use imports::{GuessOf, ImportMappings, ImportRunLine, ImportRuns, SavedMapping};
pub use kept_financing::{FinancingPlansOf, KeptFinancing};
pub use lead_messages::{LeadAdf, LeadAdfOf};
pub use lead_quality::{LeadScoreQualityOf, ReliabilityBand, ToldQuality};
pub use lead_scoring::{
    AskedQuestion, LeadQuestionnaireOf, LeadRankingOf, LeadScoreOf, RankedLead, ScoreChange, ToldLeadScore,
    ToldQuestionnaire,
};
pub use leads::{
    ConversionPreview, ConversionPreviewOf, LeadsOf, ListedLead, OverdueLead, OverdueLeadsOf, ResponseTimes,
    ResponseTimesOf,
};
pub use lists::{
    Contacts, Customers, EXPORT_MAX, ExportOf, Leads, ListExport, ListLine, ListOf, ListPage, Listable,
    Opportunities, Reached,
};
pub use mirror::{MirrorDropped, MirrorFigures, MirrorInfoOf, MirrorRefreshed};
pub use network::{CriteriaOf, Standing, Standings, StandingsOf};
pub use offer_catalogue::{OfferCatalogue, OfferCatalogueLine, OfferCatalogueOf};
pub use offer_copies::{CheckedCopy, CopyOf};
pub use offer_documents::{DocumentOf, DocumentText, UblOf, UblText};
pub use offers::{
    ApprovalsOf, ApprovalsOfOffer, DifferenceOf, ExplainedPrice, FinancingOf, GoalOf, OrderDifferenceOf,
    PriceOf, ToldDifference, WaterfallOf,
};
pub use opportunities::{AssessmentOf, FunnelOf, StuckOf, StuckOpportunity};
pub use privacy::{ConsentMatrix, ConsentStateOf, ErasureListOf, PersonExport, PersonExportOf, Withheld};
pub use proposals::{Proposal, ProposalsOf};
pub use pyramid::{
    MovedCustomer, PyramidLine, PyramidMovement, PyramidMovementOf, PyramidOf, PyramidTold, TierMove,
};
pub use quota_versions::{CompareVersions, PlanMeasure, PlanVersion, VersionLine, VersionsOf};
pub use quota_weights::{QuotaWeights, QuotaWeightsOf, WeighBy};
pub use quotas::{
    AttainmentOf, IncentiveLine, IncentivesOf, OutlookOf, OverallAttainmentOf, PersonalAttainmentOf,
    PersonalLine, ReconciliationLine, ReconciliationOf,
};
pub use retention::{RetentionLine, RetentionOf, RetentionRun};
pub use rules::{RuleSentence, RuleSentenceOf, RuleSetVerdict, RuleSetVerdictOf};
pub use territory_versions::{
    ComparedCustomer, ComparedPosition, ComparedVersions, Flow, Holding, VersionsToCompare,
};
pub use timeline::TimelineOf;
pub use what_if::{WhatIfBy, WhatIfLine, WhatIfOf, WhatIfTold, WhatIfTotal};
pub use wins_and_losses::{LossReason, LossReasonsOf, WonLostFactor, WonLostOf};
mod plans;
mod time;
mod visits;

pub use agenda::{CalendarOf, DueReminders, ExportedCalendar, FreeSlots, FreeSlotsOf, Reminder, RemindersOf};
pub use plans::{PlanLine, PlanOfDay, PlanOfWeek, PlannedDay, PlannedDays};
pub use time::{TimePerSale, TimeSharesOf, TimeValueOf};
pub use visits::{DueVisitLine, VisitsDue};

use crate::error::{CrmError, Result};
use crate::reading::{self, Worded};
use crate::session::Session;
use clientela_core::catalogue::configuration::{Check, Completion};
use clientela_core::catalogue::{CatalogueDocument, Explosion};
use clientela_core::fleet::{FleetProfile, Rhythm};
use clientela_core::party::leaving::LeaveReason;
use clientela_core::party::timeline::Timeline;
use clientela_core::performance::{Attainment, DealerCriteria, Outlook, OverallAttainment};
use clientela_core::sales::FunnelStage;
use clientela_core::sales::assessment::Assessment;
use clientela_core::time::{PerSale, TimeAgainstValue, TimeShares};
use serde::{Deserialize, Serialize};

/// A question whose answer has a type.
pub trait Ask: Serialize {
    /// Its word, such as `quota_plan.attainment`.
    const WORD: &'static str;

    /// What is answered.
    type Answer: Serialize;

    /// Answers it, as far as the session may see.
    ///
    /// # Errors
    /// `record.not_found` for what is named and cannot be seen, `date.year` for a day outside the years 1 to 9999, and what the
    /// question's own page says.
    fn answer(&self, session: &Session) -> Result<Self::Answer>;
}

macro_rules! questions {
    ($($(#[$doc:meta])* $word:literal => $variant:ident($payload:ty) -> $answer:ty, $run:path;)*) => {
        /// Something somebody asks.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "question")]
        pub enum Question {$(
            $(#[$doc])*
            #[serde(rename = $word)]
            $variant($payload),
        )*}

        $(impl Ask for $payload {
            const WORD: &'static str = $word;
            type Answer = $answer;

            fn answer(&self, session: &Session) -> Result<Self::Answer> {
                crate::days::check(&written(self)?)?;
                $run(session, self)
            }
        })*

        impl Question {
            /// The word of every question.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of this question.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$variant(_) => $word),* }
            }

            fn answer(&self, session: &Session) -> Result<serde_json::Value> {
                match self { $(Self::$variant(payload) => written(&payload.answer(session)?)),* }
            }
        }
    };
}

questions! {
    /// Customers of a view, in pages.
    "customer.list" => CustomerList(ListOf<Customers>) -> ListPage, lists::list;
    /// Customers of a view as a table of text; whom may be contacted for a purpose, if that is asked.
    "customer.export" => CustomerExport(ExportOf<Customers>) -> ListExport, lists::export;
    /// Contacts of the customers of a view as a table of text; whom may be contacted, if that is asked.
    "contact.export" => ContactExport(ExportOf<Contacts>) -> ListExport, lists::export;
    /// Contacts of the customers of a view, in pages.
    "contact.list" => ContactList(ListOf<Contacts>) -> ListPage, lists::list;
    /// Opportunities of a view, in pages.
    "opportunity.list" => OpportunityList(ListOf<Opportunities>) -> ListPage, lists::list;
    /// Leads of a view, in pages.
    "lead.page" => LeadPage(ListOf<Leads>) -> ListPage, lists::list;
    /// The units on a day, with their positions and who held them.
    "unit.tree" => UnitTreeAsked(UnitTreeOf) -> Vec<TreeUnit>, access::tree;
    /// Who could see a record on a day, by which rule and without which fields.
    "access.who_could_see" => AccessWhoCouldSee(WhoCouldSeeOf) -> WhoCouldSee, access::who;
    /// Whether somebody could see a record on a day, by which rule, or which did not hold.
    "access.why_visible" => AccessWhyVisible(WhyVisibleOf) -> WhyVisible, access::why;
    /// What happened with a customer, newest first, in pages.
    "customer.timeline" => CustomerTimeline(TimelineOf) -> Timeline, timeline::timeline;
    /// How complete a customer's record is, what is missing and what that costs.
    "customer.completeness" => CustomerCompleteness(CompletenessOf) -> CompletenessLine, customers::complete;
    /// The customers whose records are the least complete.
    "customer.least_complete" => CustomerLeastComplete(LeastComplete) -> Vec<CompletenessLine>, customers::least_complete;
    /// Status, size and class of a customer, with reason and history.
    "customer.classification" => CustomerClassification(ClassificationOf) -> Vec<Classification>, customers::classification;
    /// The group of companies a customer belongs to, with its sums.
    "customer.group" => CustomerGroup(GroupOf) -> Group, customers::group;
    /// Customers by what they bring, in tiers.
    "customer.pyramid" => CustomerPyramid(PyramidOf) -> PyramidTold, pyramid::pyramid;
    /// Who went from which tier to which between two days.
    "customer.pyramid_movement" => CustomerPyramidMovement(PyramidMovementOf) -> PyramidMovement, pyramid::movement;
    /// Why customers left.
    "customer.leave_reasons" => CustomerLeaveReasons(LeaveReasonsOf) -> Vec<LeaveReason>, customers::leave_reasons;
    /// Whether winning a customer back is worth it, and what was tried.
    "customer.win_back" => CustomerWinBack(WinBackOf) -> WinBackTold, customers::win_back;
    /// Who may be a customer that is entered or there, how likely, and what each field says.
    "customer.duplicates" => CustomerDuplicates(DuplicatesOf) -> Vec<DuplicateCandidate>, duplicates::duplicates;
    /// All customers that may be one, in clusters, with weights learnt from the customers themselves.
    "customer.duplicate_clusters" => CustomerDuplicateClusters(DuplicateClustersOf) -> DuplicateClusters, duplicates::clusters;
    /// What a merge of two customers would keep and move.
    "customer.merge_preview" => CustomerMergePreview(MergePreviewOf) -> MergePreview, duplicates::merge_preview;
    /// Age, makes, categories and emission classes of a fleet.
    "fleet.profile" => FleetProfile(FleetProfileOf) -> FleetProfile, fleet::profile;
    /// How often a customer buys vehicles, and when the next purchase is likely.
    "fleet.rhythm" => FleetRhythm(FleetRhythmOf) -> Rhythm, fleet::rhythm;
    /// Which vehicles are to be replaced in which month, and why.
    "fleet.replacements" => FleetReplacements(FleetReplacementsOf) -> Vec<ReplacementLine>, fleet::replacements;
    /// Whom may be contacted for what, by which channel, at a moment.
    "consent.state" => ConsentState(ConsentStateOf) -> ConsentMatrix, privacy::consent_state;
    /// All erasures by ids, to be kept beside the copies of the store.
    "erasure.list" => ErasureList(ErasureListOf) -> Vec<crate::command::ErasureLine>, privacy::erasures;
    /// Whose data has been kept long enough, by which rule, and whom something keeps.
    "retention.dry_run" => RetentionDryRun(RetentionOf) -> RetentionRun, retention::dry_run;
    /// Everything held on a person, and what is withheld and why.
    "person.export" => PersonExport(PersonExportOf) -> PersonExport, privacy::export;
    /// What somebody is to be reminded of until a moment.
    "activity.reminders" => ActivityReminders(RemindersOf) -> DueReminders, agenda::reminders;
    /// A position's activities, appointments and absences as a calendar for other programs.
    "calendar.export" => CalendarExport(CalendarOf) -> ExportedCalendar, agenda::export;
    /// When positions have time, each or all at once.
    "calendar.free_slots" => CalendarFreeSlots(FreeSlotsOf) -> FreeSlots, agenda::free_slots;
    /// When so much open time of a unit will have passed.
    "calendar.time_after" => CalendarTimeAfter(WorkingTimeAfter) -> WorkingMoment, calendars::after;
    /// The working days of a period, and its holidays.
    "calendar.working_days" => CalendarWorkingDays(WorkingDays) -> CountedDays, calendars::days;
    /// A version of a catalogue as the document it was imported from.
    "catalogue.export" => CatalogueExport(CatalogueToExport) -> CatalogueDocument, catalogue::export;
    /// What follows from choices of a product's options.
    "product.configure" => ProductConfigure(ProductToConfigure) -> ConfigurationAnswer, catalogue::configure;
    /// The rest of a configuration: the cheapest, the most usual, the standard.
    "product.complete" => ProductComplete(ProductToComplete) -> Completion, catalogue::complete;
    /// Whether the options chosen are a configuration as they stand.
    "product.check" => ProductCheck(ProductToCheck) -> Check, catalogue::check;
    /// What a product is made of, all the way down, with quantities.
    "product.explode" => ProductExplode(ProductToExplode) -> Explosion, catalogue::take_apart;
    /// Leads whose answer is due and has not come.
    "lead.overdue" => LeadOverdue(OverdueLeadsOf) -> Vec<OverdueLead>, leads::overdue;
    /// What a version of a territory model would do now.
    "assignment.dry_run" => AssignmentDryRun(DryRunOf) -> DryRun, assignment::dry_run;
    /// What two versions of a territory model would make of the same customers.
    "assignment.compare" => AssignmentCompare(VersionsToCompare) -> ComparedVersions, territory_versions::compare;
    /// Why one customer goes where a version says, and why not to others.
    "assignment.explain" => AssignmentExplain(AssignmentOf) -> ExplainedAssignment, assignment::explain;
    /// Runs of territory models that hand over many customers, and how far they are.
    "assignment.runs" => AssignmentRunsDone(AssignmentRuns) -> Vec<AssignmentRunLine>, assignment::runs;
    /// What re-balancing under a version would move, and why.
    "assignment.rebalancing" => AssignmentRebalancing(RebalancingOf) -> Rebalancing, assignment::rebalancing;
    /// Where one's dealer stands with a party.
    "claim.state" => ClaimStateAsked(ClaimStateOf) -> ClaimTold, claims::state;
    /// The parties that wait for a decision of one's own between dealers.
    "claim.contested" => ClaimsContestedAsked(ContestedClaims) -> Vec<ContestedParty>, claims::contested;
    /// Who intends to buy: open leads, those to work on first before.
    "lead.list" => LeadList(LeadsOf) -> Vec<ListedLead>, leads::list;
    /// A lead as a message other systems read.
    "lead.adf" => LeadAdfAsked(LeadAdfOf) -> LeadAdf, lead_messages::adf;
    /// What a lead would become, and by what that is found.
    "lead.conversion_preview" => LeadConversionPreview(ConversionPreviewOf) -> ConversionPreview, leads::conversion_preview;
    /// How fast leads are answered.
    "lead.response_times" => LeadResponseTimes(ResponseTimesOf) -> Vec<ResponseTimes>, leads::response_times;
    /// The questionnaire leads are qualified by, and what the answers about one come to.
    "lead.questionnaire" => LeadQuestionnaireAsked(LeadQuestionnaireOf) -> ToldQuestionnaire, lead_scoring::questionnaire;
    /// How promising a lead is: by its answers, by rules, and by what became of earlier ones.
    "lead.score" => LeadScore(LeadScoreOf) -> ToldLeadScore, lead_scoring::score;
    /// Open leads, the most promising first.
    "lead.ranking" => LeadRanking(LeadRankingOf) -> Vec<RankedLead>, lead_scoring::ranking;
    /// How good a model's foretelling is, on leads it has not learnt from.
    "lead_score.quality" => LeadScoreQuality(LeadScoreQualityOf) -> ToldQuality, lead_quality::quality;
    /// Open opportunities by the stage they stand in.
    "opportunity.funnel" => OpportunityFunnel(FunnelOf) -> Vec<FunnelStage>, opportunities::funnel;
    /// Which price a product has for an opportunity, and why not another.
    "price.explain" => PriceExplain(PriceOf) -> ExplainedPrice, offers::explain;
    /// What differs between two versions of an offer, in words and in money.
    "offer.difference" => OfferDifference(DifferenceOf) -> ToldDifference, offers::difference;
    /// What lies between list price and net of an offer, and between net and margin.
    "offer.waterfall" => OfferWaterfall(WaterfallOf) -> clientela_core::sales::waterfall::WholePrice, offers::waterfall;
    /// What discount on an offer reaches a total, a margin or a monthly payment.
    "offer.goal" => OfferGoal(GoalOf) -> clientela_core::sales::goal::GoalReached, offers::goal;
    /// What an offer costs a month under a plan.
    "offer.financing" => OfferFinancing(FinancingOf) -> clientela_core::sales::financing::FinanceSchedule, offers::financing;
    /// Which approvals an offer needs, and which it has.
    "offer.approvals" => OfferApprovals(ApprovalsOf) -> ApprovalsOfOffer, offers::approvals;
    /// Whether a paper is a copy of an offer as it was issued.
    "offer.check_copy" => OfferCheckCopy(CopyOf) -> CheckedCopy, offer_copies::check;
    /// An offer as a document of HTML, ready for print.
    "offer.document" => OfferDocument(DocumentOf) -> DocumentText, offer_documents::document;
    /// An offer as a UBL quotation, or an order as a UBL order.
    "offer.ubl" => OfferUbl(UblOf) -> UblText, offer_documents::ubl;
    /// What might go with an offer, each with its reason.
    "offer.proposals" => OfferProposals(ProposalsOf) -> Vec<Proposal>, proposals::proposals;
    /// The financing plans kept on an offer, and what they come to now.
    "offer.financing_plans" => OfferFinancingPlans(FinancingPlansOf) -> Vec<KeptFinancing>, kept_financing::plans;
    /// Which version of the catalogue an offer was made from, and what has changed since.
    "offer.catalogue" => OfferCatalogueAsked(OfferCatalogueOf) -> OfferCatalogue, offer_catalogue::catalogue;
    /// What would become of stored offers if a price list changed.
    "offer.what_if" => OfferWhatIf(WhatIfOf) -> WhatIfTold, what_if::what_if;
    /// What was ordered otherwise than offered, in words and in money.
    "order.difference" => OrderDifference(OrderDifferenceOf) -> ToldDifference, offers::order_difference;
    /// Opportunities that do not move or whose close date slips, with the reasons.
    "opportunity.stuck" => OpportunityStuck(StuckOf) -> Vec<StuckOpportunity>, opportunities::stuck;
    /// How an opportunity is assessed by its method's questionnaire.
    "opportunity.assessment" => OpportunityAssessment(AssessmentOf) -> Assessment, opportunities::assessment;
    /// The forecast of a period rolled up the tree, now or as of any day.
    "forecast.rollup" => ForecastRollup(ForecastOf) -> Forecast, forecasts::rollup;
    /// What changed in a period's open pipeline between two days.
    "forecast.change" => ForecastChange(ForecastChangeOf) -> Vec<PipelineChange>, forecasts::change;
    /// A forecast as it was submitted.
    "forecast.submitted" => ForecastSubmitted(SubmittedForecastOf) -> SubmittedForecast, forecasts::submitted;
    /// How true submitted forecasts came.
    "forecast.accuracy" => ForecastAccuracyAsked(ForecastAccuracyOf) -> Vec<ForecastAccuracy>, forecasts::accuracy;
    /// What becomes of what comes to each stage.
    "funnel.conversion" => FunnelConversion(ConversionOf) -> Vec<StageConversion>, funnels::conversion;
    /// How long opportunities stay in each stage.
    "funnel.durations" => FunnelDurations(DurationsOf) -> Vec<StageDuration>, funnels::durations;
    /// How fast the pipeline turns into business.
    "funnel.velocity" => FunnelVelocity(VelocityOf) -> Vec<GroupVelocity>, funnels::velocity;
    /// Why opportunities were lost.
    "funnel.loss_reasons" => FunnelLossReasons(LossReasonsOf) -> Vec<LossReason>, wins_and_losses::loss_reasons;
    /// What differs between what was won and what was lost.
    "funnel.won_lost" => FunnelWonLost(WonLostOf) -> Vec<WonLostFactor>, wins_and_losses::won_lost;
    /// Customers, vehicles or contacts as a table of text that an import takes back.
    "export.csv" => ExportCsvPart(ExportCsv) -> CsvPart, exports::csv;
    /// The saved mappings of imports.
    "import.mappings" => ImportMappingsSaved(ImportMappings) -> Vec<SavedMapping>, imports::mappings;
    /// What the columns of a table probably are, and why.
    "import.guess" => ImportGuess(GuessOf) -> crate::import::Guess, imports::guessed;
    /// What was imported, by whom and how far it has come.
    "import.runs" => ImportRunsDone(ImportRuns) -> Vec<ImportRunLine>, imports::runs;
    /// What a seller is to do on a day.
    "plan.day" => PlanDay(PlanOfDay) -> PlannedDays, plans::day;
    /// What a seller is to do in a week.
    "plan.week" => PlanWeek(PlanOfWeek) -> PlannedDays, plans::week;
    /// Visits and hours it takes to sell.
    "time.per_sale" => TimePerSale(TimePerSale) -> Vec<PerSale>, time::per_sale;
    /// What a seller's time goes into, against the best seller and his team.
    "time.shares" => TimeShares(TimeSharesOf) -> TimeShares, time::shares;
    /// Time against value, by size of customer.
    "time.value" => TimeValue(TimeValueOf) -> TimeAgainstValue, time::value;
    /// Visits that are due, the most overdue first.
    "visit.due" => VisitDue(VisitsDue) -> Vec<DueVisitLine>, visits::due;
    /// What has been reached of a quota plan, by unit and position.
    "quota_plan.attainment" => QuotaPlanAttainment(AttainmentOf) -> Vec<Attainment>, quotas::attainment;
    /// What has been reached over all measures of a quota plan, by unit and position.
    "quota_plan.overall" => QuotaPlanOverall(OverallAttainmentOf) -> Vec<OverallAttainment>, quotas::overall_attainment;
    /// What each person carries of the quotas of the positions he holds, and what he has reached of it.
    "quota_plan.personal" => QuotaPlanPersonal(PersonalAttainmentOf) -> Vec<PersonalLine>, quotas::personal_attainment;
    /// What is still to be done for a quota plan: by the working day, and in opportunities.
    "quota_plan.outlook" => QuotaPlanOutlook(OutlookOf) -> Vec<Outlook>, quotas::outlooks;
    /// What the incentive steps of a quota plan pay.
    "quota_plan.incentives" => QuotaPlanIncentives(IncentivesOf) -> Vec<IncentiveLine>, quotas::incentives;
    /// How a quota plan from the top compares with what is said from below.
    "quota_plan.reconciliation" => QuotaPlanReconciliation(ReconciliationOf) -> Vec<ReconciliationLine>, quotas::reconciliation;
    /// Weights and season for a quota plan, by history or potential.
    "quota_plan.weights" => QuotaPlanWeights(QuotaWeightsOf) -> QuotaWeights, quota_weights::weights;
    /// The versions of a quota plan.
    "quota_plan.versions" => QuotaPlanVersions(VersionsOf) -> Vec<PlanVersion>, quota_versions::versions;
    /// What two versions of a quota plan ask of each unit and position.
    "quota_plan.compare" => QuotaPlanCompare(CompareVersions) -> Vec<VersionLine>, quota_versions::compare;
    /// Where everybody stands in a challenge.
    "challenge.standings" => ChallengeStandings(StandingsOf) -> Standings, network::standings;
    /// The network's four criteria, by dealer, for a month.
    "network.criteria" => NetworkCriteria(CriteriaOf) -> Vec<DealerCriteria>, network::network_criteria;
    /// A rule read back as a sentence, with what it may cost.
    "rule.sentence" => RuleSentenceAsked(RuleSentenceOf) -> RuleSentence, rules::sentence;
    /// What the version of a rule set that holds on a day says of a record, with what was passed over if that is wanted.
    "rule_set.verdict" => RuleSetVerdictAsked(RuleSetVerdictOf) -> RuleSetVerdict, rules::verdict;
    /// What the customers kept in columns take; none before the first question over many records.
    "mirror.info" => MirrorInfoAsked(MirrorInfoOf) -> Option<MirrorFigures>, mirror::info;
    /// The same, once they are read or brought up to date.
    "mirror.refresh" => MirrorRefresh(MirrorRefreshed) -> Option<MirrorFigures>, mirror::refreshed;
    /// The same, after their memory was given back.
    "mirror.drop" => MirrorDrop(MirrorDropped) -> Option<MirrorFigures>, mirror::dropped;
}

impl Worded for Question {
    const TAG: &'static str = "question";
    const WORDS: &'static [&'static str] = Self::WORDS;
}

impl Question {
    /// Reads a question from JSON.
    ///
    /// # Errors
    /// `question.unreadable` with the place and the problem, never with a value.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            CrmError::Question { field: reading::field::<Self>(text), problem: reading::problem(&error) }
                .into()
        })
    }
}

/// A question or an answer as data.
fn written(answer: &impl Serialize) -> Result<serde_json::Value> {
    Ok(serde_json::to_value(answer)
        .map_err(|_| CrmError::Internal { what: "questions and answers are JSON" })?)
}

impl Session {
    /// Asks a question; the answer has the type that belongs to it.
    ///
    /// # Errors
    /// As [`Ask::answer`].
    pub fn ask<Q: Ask>(&self, question: &Q) -> Result<Q::Answer> {
        question.answer(self)
    }

    /// Asks any question; the answer is the data a program of another language is given.
    ///
    /// # Errors
    /// As [`Ask::answer`].
    pub fn answer(&self, question: &Question) -> Result<serde_json::Value> {
        question.answer(self)
    }
}
