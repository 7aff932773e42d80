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

mod offer_documents;
mod offers;
mod opportunities;
mod proposals;
mod quotas;

pub use offer_documents::{DocumentOf, DocumentText, UblOf, UblText};
pub use offers::{
    ApprovalsOf, ApprovalsOfOffer, DifferenceOf, ExplainedPrice, FinancingOf, GoalOf, OrderDifferenceOf,
    PriceOf, ToldDifference,
};
pub use opportunities::FunnelOf;
pub use proposals::{Proposal, ProposalsOf};
pub use quotas::AttainmentOf;

use crate::error::{CrmError, Result};
use crate::reading::{self, Worded};
use crate::session::Session;
use clientela_core::performance::Attainment;
use clientela_core::sales::FunnelStage;
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
    /// `record.not_found` for what is named and cannot be seen, and what the question's own page says.
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
    /// Open opportunities by the stage they stand in.
    "opportunity.funnel" => OpportunityFunnel(FunnelOf) -> Vec<FunnelStage>, opportunities::funnel;
    /// Which price a product has for an opportunity, and why not another.
    "price.explain" => PriceExplain(PriceOf) -> ExplainedPrice, offers::explain;
    /// What differs between two versions of an offer, in words and in money.
    "offer.difference" => OfferDifference(DifferenceOf) -> ToldDifference, offers::difference;
    /// What discount on an offer reaches a total, a margin or a monthly payment.
    "offer.goal" => OfferGoal(GoalOf) -> clientela_core::sales::goal::GoalReached, offers::goal;
    /// What an offer costs a month under a plan.
    "offer.financing" => OfferFinancing(FinancingOf) -> clientela_core::sales::financing::FinanceSchedule, offers::financing;
    /// Which approvals an offer needs, and which it has.
    "offer.approvals" => OfferApprovals(ApprovalsOf) -> ApprovalsOfOffer, offers::approvals;
    /// An offer as a document of HTML, ready for print.
    "offer.document" => OfferDocument(DocumentOf) -> DocumentText, offer_documents::document;
    /// An offer as a UBL quotation, or an order as a UBL order.
    "offer.ubl" => OfferUbl(UblOf) -> UblText, offer_documents::ubl;
    /// What might go with an offer, each with its reason.
    "offer.proposals" => OfferProposals(ProposalsOf) -> Vec<Proposal>, proposals::proposals;
    /// What was ordered otherwise than offered, in words and in money.
    "order.difference" => OrderDifference(OrderDifferenceOf) -> ToldDifference, offers::order_difference;
    /// What has been reached of a quota plan, by unit and position.
    "quota_plan.attainment" => QuotaPlanAttainment(AttainmentOf) -> Vec<Attainment>, quotas::attainment;
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

fn written(answer: &impl Serialize) -> Result<serde_json::Value> {
    Ok(serde_json::to_value(answer).map_err(|_| CrmError::Internal { what: "answers are JSON" })?)
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
