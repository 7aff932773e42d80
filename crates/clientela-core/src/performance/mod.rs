//! Performance: quota plans shared out over the tree, and what has been reached.
//!
//! [`cascade`](mod@cascade) shares a plan out, [`credit`] says what a win counts and for whom, [`credit_rule`] what of it a plan or a challenge takes, [`attainment`](mod@attainment)
//! compares the two; [`plan_states`] says what becomes of a plan. [`outlook`](mod@outlook) says what is still to be
//! done, [`incentive`](mod@incentive) pays by steps,
//! [`challenge`] holds contests, [`criteria`](mod@criteria) measures the dealers of a network.

pub mod attainment;
mod bounded;
pub mod cascade;
pub mod challenge;
pub mod credit;
pub mod credit_rule;
pub mod criteria;
mod grain;
pub mod incentive;
mod interlocking;
pub mod limits;
pub mod margin;
pub mod market;
mod matrix;
mod order;
pub mod outlook;
pub mod overall;
pub mod personal;
pub mod plan_states;
mod quota;
mod quota_tree;
pub mod revision;
mod spread;
mod weights;

pub use attainment::{Attainment, AttainmentError, Counted, attainment, in_currency};
pub use cascade::{Cascade, CascadeError, Season, cascade, digits as plan_digits, months, months_between};
pub use challenge::{
    Among, Challenge, ChallengeEntry, ChallengeError, ChallengePrize, ChallengeState, Handicap,
    check_measure, check_prizes, standings,
};
pub use credit::{
    CreditError, Split, Win, accepted_net, becomes_first_win, check_splits, credits_for_win, reversal,
    shared_credits,
};
pub use credit_rule::{
    CreditHolder, CreditPeople, CreditRule, CreditRuleError, CreditRuleState, CreditShare, Crediting,
    check_shares, holding_credit_rule, retire_credit_rule, share_out,
};
pub use criteria::{CriteriaTargets, Criterion, DealerCriteria, DealerMonth, criteria};
pub use grain::Grain;
pub use incentive::{Incentive, IncentiveError, IncentiveStep, Payout, check_steps, incentive};
pub use limits::{LimitAmount, LimitSide, QuotaLimit};
pub use margin::{margin_counted, margin_of};
pub use market::{MarketTotal, market_share};
pub use order::{order_targets, said_together};
pub use outlook::{Outlook, Pace, outlook};
pub use overall::{OverallAttainment, OverallPart, overall};
pub use personal::{Held, PersonalAttainment, PersonalBasis, PersonalPart, personal_attainment, turns};
pub use plan_states::{PlanError, PlanEvent, pass, supersede, version_name};
pub use quota::{Measure, PlanState, QuotaMeasure, QuotaPlan, QuotaTarget, TargetAnswer};
pub use quota_tree::QuotaNode;
pub use revision::{Revision, revise, weigh_by};
pub use weights::{NodeWeight, Speaks, season_of, weigh};
