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

mod calendars;
mod leads;
mod network;
mod opportunities;
mod quotas;

pub use calendars::{CountedDays, WorkingDays, WorkingMoment, WorkingTimeAfter};
pub use leads::{
    ConversionPreview, ConversionPreviewOf, LeadsOf, ListedLead, OverdueLead, OverdueLeadsOf, ResponseTimes,
    ResponseTimesOf,
};
pub use network::{CriteriaOf, Standing, Standings, StandingsOf};
pub use opportunities::FunnelOf;
pub use quotas::{
    AttainmentOf, IncentiveLine, IncentivesOf, OutlookOf, ReconciliationLine, ReconciliationOf,
};

use crate::error::{CrmError, Result};
use crate::reading::{self, Worded};
use crate::session::Session;
use clientela_core::performance::{Attainment, DealerCriteria, Outlook};
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
    /// When so much open time of a unit will have passed.
    "calendar.time_after" => CalendarTimeAfter(WorkingTimeAfter) -> WorkingMoment, calendars::after;
    /// The working days of a period, and its holidays.
    "calendar.working_days" => CalendarWorkingDays(WorkingDays) -> CountedDays, calendars::days;
    /// Leads whose answer is due and has not come.
    "lead.overdue" => LeadOverdue(OverdueLeadsOf) -> Vec<OverdueLead>, leads::overdue;
    /// Who intends to buy: open leads, those to work on first before.
    "lead.list" => LeadList(LeadsOf) -> Vec<ListedLead>, leads::list;
    /// What a lead would become, and by what that is found.
    "lead.conversion_preview" => LeadConversionPreview(ConversionPreviewOf) -> ConversionPreview, leads::conversion_preview;
    /// How fast leads are answered.
    "lead.response_times" => LeadResponseTimes(ResponseTimesOf) -> Vec<ResponseTimes>, leads::response_times;
    /// Open opportunities by the stage they stand in.
    "opportunity.funnel" => OpportunityFunnel(FunnelOf) -> Vec<FunnelStage>, opportunities::funnel;
    /// What has been reached of a quota plan, by unit and position.
    "quota_plan.attainment" => QuotaPlanAttainment(AttainmentOf) -> Vec<Attainment>, quotas::attainment;
    /// What is still to be done for a quota plan: by the working day, and in opportunities.
    "quota_plan.outlook" => QuotaPlanOutlook(OutlookOf) -> Vec<Outlook>, quotas::outlooks;
    /// What the incentive steps of a quota plan pay.
    "quota_plan.incentives" => QuotaPlanIncentives(IncentivesOf) -> Vec<IncentiveLine>, quotas::incentives;
    /// How a quota plan from the top compares with what is said from below.
    "quota_plan.reconciliation" => QuotaPlanReconciliation(ReconciliationOf) -> Vec<ReconciliationLine>, quotas::reconciliation;
    /// Where everybody stands in a challenge.
    "challenge.standings" => ChallengeStandings(StandingsOf) -> Standings, network::standings;
    /// The network's four criteria, by dealer, for a month.
    "network.criteria" => NetworkCriteria(CriteriaOf) -> Vec<DealerCriteria>, network::network_criteria;
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
