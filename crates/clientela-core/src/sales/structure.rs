//! What an opportunity is made of besides itself: who works on it, what it is about, who competes and who decides.

use super::ForecastCategory;
use super::opportunity::OpportunityState;
use crate::ids::{
    AssessmentAnswerId, AssessmentQuestionId, ContactId, DecisionMakerId, ForecastAdjustmentId,
    ForecastLineId, ForecastSnapshotId, OpportunityCompetitorId, OpportunityId, OpportunityMemberId,
    OpportunityProductId, PositionId, ProductId, StageId, UnitId, UserId,
};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, Record};
use rust_decimal::Decimal;

/// What a position does for an opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum MemberRole {
    /// Leads it.
    Lead,
    /// Sells with the lead.
    CoSeller,
    /// Answers technical questions.
    Specialist,
    /// Looks after financing and insurance.
    Financing,
    /// Looks after service and maintenance contracts.
    Service,
    /// Supports from above.
    Sponsor,
}

/// One of the positions that work on an opportunity. Without any the owner does so alone.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 190, name = "opportunity_member", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct OpportunityMember {
    /// Id.
    #[field(number = 1)]
    pub id: OpportunityMemberId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// The position.
    #[field(number = 3, merge = fact, indexed)]
    pub position: PositionId,
    /// The unit that is credited with its part.
    #[field(number = 4, merge = central)]
    pub unit: UnitId,
    /// What it does.
    #[field(number = 5, merge = central)]
    pub role: MemberRole,
    /// Its part of the credit in percent; the parts of all are 100 together. Zero once it has left the team.
    #[field(number = 6, label = "Share (%)", merge = central, group = "share")]
    pub share: Decimal,
    /// Whether it works on it still.
    #[field(number = 7, merge = central, group = "share")]
    pub active: bool,
}

/// A product an opportunity is about.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 191, name = "opportunity_product", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct OpportunityProduct {
    /// Id.
    #[field(number = 1)]
    pub id: OpportunityProductId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// The product.
    #[field(number = 3, merge = fact, indexed)]
    pub product: ProductId,
    /// How many; zero once it is no longer wanted.
    #[field(number = 4)]
    pub quantity: Decimal,
    /// What they are expected to bring together, net.
    #[field(number = 5)]
    pub amount: Option<Money>,
}

/// Where a competitor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Standing {
    /// Ahead of us.
    Ahead,
    /// Level with us.
    Level,
    /// Behind us.
    Behind,
    /// Out of it.
    Out,
}

/// A competitor for an opportunity.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 192, name = "opportunity_competitor", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct OpportunityCompetitor {
    /// Id.
    #[field(number = 1)]
    pub id: OpportunityCompetitorId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// Its name.
    #[field(number = 3, merge = fact, indexed)]
    pub name: String,
    /// Where it stands.
    #[field(number = 4)]
    pub standing: Standing,
    /// What it is known to offer.
    #[field(number = 5, personal)]
    pub note: Option<String>,
}

/// What a contact decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum DecisionRole {
    /// Signs.
    Decider,
    /// Releases the money.
    Budget,
    /// Will work with it.
    User,
    /// Judges whether it is fit.
    Technical,
    /// Advises us from inside.
    Coach,
}

/// What a contact thinks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Attitude {
    /// Wants us.
    Supporter,
    /// Has not made up his mind.
    Neutral,
    /// Wants another.
    Opponent,
}

/// A contact with a say in an opportunity.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 193, name = "decision_maker", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct DecisionMaker {
    /// Id.
    #[field(number = 1)]
    pub id: DecisionMakerId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// The contact.
    #[field(number = 3, merge = fact, indexed)]
    pub contact: ContactId,
    /// What he decides.
    #[field(number = 4)]
    pub role: DecisionRole,
    /// What he thinks of us.
    #[field(number = 5, personal)]
    pub attitude: Option<Attitude>,
    /// Whether he still has a say.
    #[field(number = 6)]
    pub active: bool,
}

/// An answer to a question of the questionnaire. Facts: a newer answer counts instead of an older one.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 196, name = "assessment_answer", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct AssessmentAnswer {
    /// Id.
    #[field(number = 1)]
    pub id: AssessmentAnswerId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// The question.
    #[field(number = 3, merge = fact)]
    pub question: AssessmentQuestionId,
    /// The answer, one of the question's.
    #[field(number = 4, merge = fact)]
    pub answer: String,
    /// Its points when it was given.
    #[field(number = 5, merge = fact)]
    pub points: u16,
    /// When it was given.
    #[field(number = 6, merge = fact)]
    pub at: DateTime<Utc>,
}

/// A manager's, or a seller's own, figure beside what was rolled up. Facts: a newer one counts instead of an older one.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 197, name = "forecast_adjustment", access = owned)]
pub struct ForecastAdjustment {
    /// Id.
    #[field(number = 1)]
    pub id: ForecastAdjustmentId,
    /// The position that adjusts.
    #[field(number = 2, merge = fact, indexed)]
    pub owner: PositionId,
    /// Its unit.
    #[field(number = 3, merge = fact)]
    pub unit: UnitId,
    /// The position whose figure it is about.
    #[field(number = 4, merge = fact, indexed)]
    pub position: PositionId,
    /// First day of the period.
    #[field(number = 5, merge = fact, indexed)]
    pub first_day: NaiveDate,
    /// Last day of the period.
    #[field(number = 6, merge = fact)]
    pub last_day: NaiveDate,
    /// Which figure: commit with what is closed, best case with what is committed, pipeline with all.
    #[field(number = 7, merge = fact)]
    pub category: ForecastCategory,
    /// The currency.
    #[field(number = 8, merge = fact)]
    pub currency: Currency,
    /// What is expected instead; none takes an earlier adjustment back.
    #[field(number = 9, merge = fact)]
    pub amount: Option<Money>,
    /// Why.
    #[field(number = 10, merge = fact)]
    pub note: Option<String>,
    /// When.
    #[field(number = 11, merge = fact)]
    pub at: DateTime<Utc>,
    /// Who.
    #[field(number = 12, merge = fact)]
    pub user: UserId,
    /// The day it was in the unit of who did it.
    #[field(number = 13, merge = fact)]
    pub day: Option<NaiveDate>,
}

impl ForecastAdjustment {
    /// The day it was made: that of its unit, or that of its moment where it was not kept.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day.unwrap_or_else(|| self.at.date_naive())
    }
}

/// A forecast as it was submitted: nothing that happens later changes it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 198, name = "forecast_snapshot", access = owned, key = name)]
pub struct ForecastSnapshot {
    /// Id.
    #[field(number = 1)]
    pub id: ForecastSnapshotId,
    /// Name, such as "2026-03 week 2".
    #[field(number = 2, merge = fact, indexed)]
    pub name: String,
    /// The position that submitted it.
    #[field(number = 3, merge = fact, indexed)]
    pub owner: PositionId,
    /// Its unit.
    #[field(number = 4, merge = fact)]
    pub unit: UnitId,
    /// The day it was taken.
    #[field(number = 5, merge = fact)]
    pub day: NaiveDate,
    /// First day of the period it is about.
    #[field(number = 6, merge = fact)]
    pub first_day: NaiveDate,
    /// Last day of the period it is about.
    #[field(number = 7, merge = fact)]
    pub last_day: NaiveDate,
    /// The figures of every position, adjustments apart, as JSON.
    #[field(number = 8, merge = fact)]
    pub figures: String,
    /// When.
    #[field(number = 9, merge = fact)]
    pub at: DateTime<Utc>,
    /// Who.
    #[field(number = 10, merge = fact)]
    pub user: UserId,
}

/// One opportunity of a submitted forecast, as it was.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 199, name = "forecast_line", access = through(snapshot), part_of(forecast_snapshot, snapshot))]
pub struct ForecastLine {
    /// Id.
    #[field(number = 1)]
    pub id: ForecastLineId,
    /// The forecast.
    #[field(number = 2, merge = fact)]
    pub snapshot: ForecastSnapshotId,
    /// The opportunity.
    #[field(number = 3, merge = fact)]
    pub opportunity: OpportunityId,
    /// Its number.
    #[field(number = 4, merge = fact)]
    pub number: String,
    /// Its owner.
    #[field(number = 5, merge = fact)]
    pub position: PositionId,
    /// Its stage.
    #[field(number = 6, merge = fact)]
    pub stage: StageId,
    /// Where it stood.
    #[field(number = 7, merge = fact)]
    pub state: OpportunityState,
    /// What it counted as.
    #[field(number = 8, merge = fact)]
    pub category: ForecastCategory,
    /// Probability in percent.
    #[field(number = 9, label = "Probability (%)", merge = fact)]
    pub probability: u16,
    /// What it was expected to bring.
    #[field(number = 10, merge = fact)]
    pub amount: Option<Money>,
    /// The day it was expected to be decided, or was.
    #[field(number = 11, merge = fact)]
    pub close: Option<NaiveDate>,
}
