//! What retention rules would erase, and whom something keeps.

use crate::error::Result;
use crate::retention::{Kept, Today, all, rules};
use crate::session::Session;
use crate::view::LIST_MAX;
use chrono::NaiveDate;
use clientela_core::ids::CustomerId;
use clientela_core::privacy::{HoldBack, RetentionSubject};
use clientela_model::Why;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What retention rules would erase now; nothing is written. A party several dealers do business with is told of to whoever
/// administers all of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionOf {
    /// Code of the rule that decides; all when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// As if it were this day; today when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// How many lines of each at most, up to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What would go and what is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetentionRun {
    /// The day.
    pub day: NaiveDate,
    /// How many would go.
    pub going: usize,
    /// How many whose period is over are kept.
    pub kept: usize,
    /// Those who would go, those due longest first.
    pub goes: Vec<RetentionLine>,
    /// Those who are kept.
    pub held_back: Vec<RetentionLine>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetentionLine {
    /// A customer, a contact or a lead.
    pub subject: RetentionSubject,
    /// Id of the party, of the contact or of the lead.
    pub id: Uuid,
    /// The customers of the party that the session sees, or the one of the contact, with their numbers.
    pub customers: Vec<(CustomerId, Option<String>)>,
    /// Number of the contact or of the lead.
    pub number: Option<String>,
    /// Code of the rule that decides: the one that runs out last.
    pub rule: String,
    /// The duty or interest it rests on.
    pub legal_reason: String,
    /// The day its period began.
    pub since: NaiveDate,
    /// The first day on which it is over.
    pub due: NaiveDate,
    /// Why the person is kept all the same.
    pub held_back: Vec<HoldBack>,
    /// Every rule that speaks of the person, and what keeps him.
    pub why: Why,
}

pub(super) fn dry_run(session: &Session, question: &RetentionOf) -> Result<RetentionRun> {
    let day = question.day.unwrap_or_else(|| session.today());
    let limit = question.limit.unwrap_or(LIST_MAX).min(LIST_MAX);
    session.look(|view| {
        let known = rules(&view)?;
        let decided =
            |kept: &Kept<'_>| question.rule.as_ref().is_none_or(|code| kept.decision.rule.code == *code);
        let (goes, held): (Vec<_>, Vec<_>) = all(&view, &known, Today { now: session.now(), day })?
            .into_iter()
            .filter(decided)
            .partition(|kept| kept.decision.held_back.is_empty());
        let (going, kept) = (goes.len(), held.len());
        let lines = |of: Vec<Kept<'_>>| of.into_iter().take(limit).map(line).collect();
        Ok(RetentionRun { day, going, kept, goes: lines(goes), held_back: lines(held) })
    })
}

fn line(kept: Kept<'_>) -> RetentionLine {
    let Kept { subject, id, customers, number, decision } = kept;
    RetentionLine {
        subject,
        id,
        customers,
        number,
        rule: decision.rule.code.clone(),
        legal_reason: decision.rule.legal_reason.clone(),
        since: decision.since,
        due: decision.due,
        held_back: decision.held_back,
        why: decision.why,
    }
}
