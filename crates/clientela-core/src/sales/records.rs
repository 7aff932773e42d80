//! What is stored of an opportunity besides itself: passages, affairs of the quoting tool, attached files, credits.

use crate::ids::{
    AffairId, AttachmentId, CreditId, OpportunityId, PassageId, PositionId, StageId, UnitId, UserId,
};
use crate::performance::Measure;
use crate::sales::ForecastCategory;
use crate::sales::opportunity::{OpportunityEvent, OpportunityState};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{Money, Record};
use rust_decimal::Decimal;

/// One passage of an opportunity: who, when, from where to where, and why.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 23, name = "passage", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct Passage {
    /// Id.
    #[field(number = 1)]
    pub id: PassageId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// When.
    #[field(number = 3, merge = fact)]
    pub at: DateTime<Utc>,
    /// Who.
    #[field(number = 4, merge = fact)]
    pub user: UserId,
    /// What happened.
    #[field(number = 5, merge = fact)]
    pub event: OpportunityEvent,
    /// Stage before.
    #[field(number = 6, merge = fact)]
    pub from_stage: Option<StageId>,
    /// Stage after.
    #[field(number = 7, merge = fact)]
    pub to_stage: StageId,
    /// State before.
    #[field(number = 8, merge = fact)]
    pub from_state: Option<OpportunityState>,
    /// State after.
    #[field(number = 9, merge = fact)]
    pub to_state: OpportunityState,
    /// Why, in the user's words.
    #[field(number = 10, merge = fact, personal)]
    pub note: Option<String>,
    /// The day it was in the unit of who did it.
    #[field(number = 11, merge = fact)]
    pub day: Option<NaiveDate>,
    /// The owner from then on.
    #[field(number = 12, merge = fact)]
    pub owner: Option<PositionId>,
    /// The owner's unit from then on.
    #[field(number = 13, merge = fact)]
    pub unit: Option<UnitId>,
    /// Probability from then on, in percent.
    #[field(number = 14, label = "Probability (%)", merge = fact)]
    pub probability: Option<u16>,
    /// What it counted as in a forecast from then on.
    #[field(number = 15, merge = fact)]
    pub forecast: Option<ForecastCategory>,
    /// What it was expected to bring from then on.
    #[field(number = 16, merge = fact)]
    pub amount: Option<Money>,
    /// The day it was expected to be decided from then on.
    #[field(number = 17, merge = fact)]
    pub expected_close: Option<NaiveDate>,
}

/// The quoting tool's deal made from an opportunity.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 24, name = "affair", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct Affair {
    /// Id.
    #[field(number = 1)]
    pub id: AffairId,
    /// The opportunity.
    #[field(number = 2)]
    pub opportunity: OpportunityId,
    /// The tool's key of the affair, once it has answered.
    #[field(number = 3, indexed)]
    pub key: Option<String>,
    /// The tool's revision of the affair.
    #[field(number = 4, merge = central)]
    pub revision: u32,
    /// SHA-256 of the newest file without conflict, in hexadecimal.
    #[field(number = 5, merge = central)]
    pub file_digest: Option<String>,
    /// Day whose prices hold.
    #[field(number = 6)]
    pub price_date: NaiveDate,
    /// Id of the message that asked for it last: what the tool's answer replies to.
    #[field(number = 7, indexed)]
    pub asked_by: Option<String>,
    /// The contract's code of why the tool did not take it, such as `AFFAIR_CUSTOMER_MISMATCH`; empty once it has.
    #[field(number = 8, merge = central)]
    pub problem: Option<String>,
    /// The tool's sentence about it.
    #[field(number = 9, merge = central, personal)]
    pub problem_text: Option<String>,
}

/// One version of a file attached to an opportunity. The content is kept under its digest and never opened.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 25, name = "attachment", access = through(opportunity), part_of(opportunity, opportunity))]
pub struct Attachment {
    /// Id.
    #[field(number = 1)]
    pub id: AttachmentId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// Name of the file, without a path.
    #[field(number = 3, merge = fact, personal)]
    pub file_name: String,
    /// Media type.
    #[field(number = 4, merge = fact)]
    pub media_type: String,
    /// Size in bytes.
    #[field(number = 5, merge = fact)]
    pub size: i64,
    /// SHA-256 of the content, in hexadecimal.
    #[field(number = 6, merge = fact, indexed)]
    pub digest: String,
    /// Program and version that wrote it.
    #[field(number = 7, merge = fact)]
    pub produced_by: Option<String>,
    /// When it came.
    #[field(number = 8, merge = fact)]
    pub received_at: DateTime<Utc>,
    /// Whether it started from a file that was no longer the newest: a person must choose.
    #[field(number = 9, merge = fact)]
    pub conflict: bool,
    /// Whether the content is in this store.
    #[field(number = 10)]
    pub content_here: bool,
}

/// What a won opportunity counts, in which measure and for whom.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 52, name = "credit", access = owned, part_of(opportunity, opportunity))]
pub struct Credit {
    /// Id.
    #[field(number = 1)]
    pub id: CreditId,
    /// The opportunity.
    #[field(number = 2, merge = fact)]
    pub opportunity: OpportunityId,
    /// The position that is credited.
    #[field(number = 3, merge = fact, indexed)]
    pub owner: PositionId,
    /// The unit that is credited.
    #[field(number = 4, merge = fact, indexed)]
    pub unit: UnitId,
    /// In which measure.
    #[field(number = 5, merge = fact)]
    pub measure: Measure,
    /// How much; below nothing when a win is taken back.
    #[field(number = 6, merge = fact)]
    pub amount: Decimal,
    /// The day it counts for.
    #[field(number = 7, merge = fact, indexed)]
    pub day: NaiveDate,
    /// The currency, when money is counted.
    #[field(number = 8, merge = fact)]
    pub currency: Option<Currency>,
}
