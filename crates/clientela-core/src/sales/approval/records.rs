//! What is stored of approvals.

use crate::ids::{
    ApprovalLevelId, ApprovalPolicyId, ApprovalRequestId, ApprovalStepId, OfferId, PositionId, UnitId, UserId,
};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Money, Record};
use rust_decimal::Decimal;

/// Whose money a discount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum FundedBy {
    /// The dealer's own: salesperson and dealer's manager, and what a trade-in is given above its worth.
    Dealer,
    /// The manufacturer's.
    Manufacturer,
}

/// What a level looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ApprovalScope {
    /// Each line by itself.
    Line,
    /// The whole offer.
    Document,
}

/// Where a request or a step of it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ApprovalState {
    /// Waiting.
    Open,
    /// Given.
    Granted,
    /// Refused.
    Refused,
    /// Taken back.
    Withdrawn,
}

/// What can happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ApprovalEvent {
    /// It is given.
    Grant,
    /// It is refused.
    Refuse,
    /// It is taken back.
    Withdraw,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: ApprovalState, event: ApprovalEvent) -> Option<ApprovalState> {
    use ApprovalState as S;
    match (state, event) {
        (S::Open, ApprovalEvent::Grant) => Some(S::Granted),
        (S::Open, ApprovalEvent::Refuse) => Some(S::Refused),
        (S::Open | S::Granted, ApprovalEvent::Withdraw) => Some(S::Withdrawn),
        _ => None,
    }
}

/// A policy: which approvals the offers of a unit, and of those below it, need. The nearest policy above an offer holds.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 173, name = "approval_policy", access = public, key = code)]
pub struct ApprovalPolicy {
    /// Id.
    #[field(number = 1)]
    pub id: ApprovalPolicyId,
    /// Code.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// The unit.
    #[field(number = 4, indexed)]
    pub unit: UnitId,
    /// Whether it holds.
    #[field(number = 5)]
    pub active: bool,
}

/// A level of a policy: what calls for it, and who decides.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 174, name = "approval_level", access = through(policy), part_of(approval_policy, policy))]
pub struct ApprovalLevel {
    /// Id.
    #[field(number = 1)]
    pub id: ApprovalLevelId,
    /// The policy.
    #[field(number = 2)]
    pub policy: ApprovalPolicyId,
    /// Its place, from 1.
    #[field(number = 3)]
    pub sequence: u16,
    /// Code; unique in the policy.
    #[field(number = 4)]
    pub code: String,
    /// What it looks at.
    #[field(number = 5)]
    pub scope: ApprovalScope,
    /// Whose money.
    #[field(number = 6)]
    pub funded_by: FundedBy,
    /// Called for by a discount above this percent of the list price.
    #[field(number = 7, label = "Discount above (%)")]
    pub above_percent: Option<Decimal>,
    /// Called for by a discount above this amount.
    #[field(number = 8)]
    pub above_amount: Option<Money>,
    /// Called for by a margin below this percent of net, or one that is not known.
    #[field(number = 9, label = "Margin below (%)")]
    pub margin_below_percent: Option<Decimal>,
    /// Called for only where this condition over `opportunity`, `customer` and `today` holds.
    #[field(number = 10)]
    pub condition: Option<String>,
    /// The position that decides.
    #[field(number = 11, indexed)]
    pub approver: PositionId,
    /// The position that decides in its place.
    #[field(number = 12)]
    pub substitute: Option<PositionId>,
    /// After so many hours without a decision it passes on.
    #[field(number = 13)]
    pub escalate_after_hours: Option<u32>,
    /// To this position.
    #[field(number = 14)]
    pub escalate_to: Option<PositionId>,
}

/// A request for the approval of a version of an offer.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 175, name = "approval_request", access = through(offer), part_of(offer, offer))]
pub struct ApprovalRequest {
    /// Id.
    #[field(number = 1)]
    pub id: ApprovalRequestId,
    /// The offer.
    #[field(number = 2, merge = fact)]
    pub offer: OfferId,
    /// Its version.
    #[field(number = 3, merge = fact)]
    pub revision: u32,
    /// Fingerprint of the content it is asked for.
    #[field(number = 4, merge = fact)]
    pub fingerprint: String,
    /// Who asks.
    #[field(number = 5, merge = fact)]
    pub requested_by: UserId,
    /// When.
    #[field(number = 6, merge = fact)]
    pub requested_at: DateTime<Utc>,
    /// Why, in the user's words.
    #[field(number = 7, personal, merge = fact)]
    pub reason: Option<String>,
    /// Where it stands.
    #[field(number = 8, merge = central)]
    pub state: ApprovalState,
    /// When that was decided.
    #[field(number = 9, merge = central)]
    pub decided_at: Option<DateTime<Utc>>,
    /// The figures it is asked for, as JSON: another content is compared with them.
    #[field(number = 10, merge = fact, confidential)]
    pub figures: Option<String>,
}

/// One approval that a request needs.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 176, name = "approval_step", access = through(offer), part_of(offer, offer))]
pub struct ApprovalStep {
    /// Id.
    #[field(number = 1)]
    pub id: ApprovalStepId,
    /// The offer.
    #[field(number = 2, merge = fact)]
    pub offer: OfferId,
    /// The request.
    #[field(number = 3, merge = fact, indexed)]
    pub request: ApprovalRequestId,
    /// The level.
    #[field(number = 4, merge = fact)]
    pub level: ApprovalLevelId,
    /// Code of the level.
    #[field(number = 5, merge = fact)]
    pub code: String,
    /// The position that decides.
    #[field(number = 6, merge = fact, indexed)]
    pub approver: PositionId,
    /// The position that decides in its place.
    #[field(number = 7, merge = fact)]
    pub substitute: Option<PositionId>,
    /// From this moment on another may decide as well.
    #[field(number = 8, merge = fact)]
    pub escalates_at: Option<DateTime<Utc>>,
    /// That position.
    #[field(number = 9, merge = fact)]
    pub escalates_to: Option<PositionId>,
    /// Where it stands.
    #[field(number = 10, merge = central)]
    pub state: ApprovalState,
    /// Who decided.
    #[field(number = 11, merge = central)]
    pub decided_by: Option<UserId>,
    /// In which position.
    #[field(number = 12, merge = central)]
    pub decided_as: Option<PositionId>,
    /// When.
    #[field(number = 13, merge = central)]
    pub decided_at: Option<DateTime<Utc>>,
    /// What was said.
    #[field(number = 14, personal, merge = central)]
    pub note: Option<String>,
}
