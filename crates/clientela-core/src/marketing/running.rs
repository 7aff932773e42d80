//! Defining, activating and closing campaigns.
//!
//! | state | activate | close |
//! | --- | --- | --- |
//! | draft | active | closed |
//! | active | – | closed |
//! | closed | – | – |
//!
//! Activating fixes the list: from then on the rule, the purpose and the channel do not change. A draft that is given
//! up is closed, too.

use super::campaign::{Campaign, CampaignState};
use crate::findings::{Check, Findings};
use crate::ids::CampaignId;
use crate::party::{Channel, Purpose, Seat};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Issue, Money, ValueError, Why, hint_of};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most characters of a campaign's code.
pub const CODE_MAX: usize = 40;

/// What can happen to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CampaignEvent {
    /// Its list is fixed and it runs.
    Activate,
    /// It is over, or given up.
    Close,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: CampaignState, event: CampaignEvent) -> Option<CampaignState> {
    match (state, event) {
        (CampaignState::Draft, CampaignEvent::Activate) => Some(CampaignState::Active),
        (CampaignState::Draft | CampaignState::Active, CampaignEvent::Close) => Some(CampaignState::Closed),
        (CampaignState::Active | CampaignState::Closed, CampaignEvent::Activate)
        | (CampaignState::Closed, CampaignEvent::Close) => None,
    }
}

/// A campaign as a person gives it. Needed are `code`, `name`, `purpose`, `channel`, both days and `rule`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCampaign {
    /// Code, such as CAMP-2026-Q1: letters, digits, hyphens, underscores and dots, at most [`CODE_MAX`].
    pub code: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// What it is to achieve.
    pub objective: Option<String>,
    /// What the consent must be for: a word of [`Purpose`].
    pub purpose: Option<String>,
    /// How customers are reached: a word of [`Channel`].
    pub channel: Option<String>,
    /// First day.
    pub first_day: Option<NaiveDate>,
    /// Last day.
    pub last_day: Option<NaiveDate>,
    /// What may be spent; not below zero.
    pub budget: Option<Money>,
    /// Whom it is for: a rule over `customer` and `today`. That it compiles is the rule engine's to say.
    pub rule: Option<String>,
}

/// A step that is not allowed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CampaignError {
    /// The state does not allow the event.
    #[error("campaign {code} is {state}: {event} is not possible from there; see its reason for what is")]
    IllegalPassage {
        /// Id.
        id: CampaignId,
        /// Code.
        code: String,
        /// Where it stands.
        state: CampaignState,
        /// What was asked.
        event: CampaignEvent,
        /// Why not.
        why: Why,
    },
    /// It can no longer run.
    #[error("campaign {code} ended on {last_day}; give it a later last day before it is activated")]
    PeriodOver {
        /// Id.
        id: CampaignId,
        /// Code.
        code: String,
        /// Its last day.
        last_day: NaiveDate,
    },
    /// What was given is not acceptable.
    #[error(transparent)]
    Invalid(#[from] Findings),
}

impl Coded for CampaignError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::IllegalPassage { .. } | Self::PeriodOver { .. } => ErrorKind::Rule,
            Self::Invalid(found) => found.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::IllegalPassage { .. } => "campaign.illegal_passage",
            Self::PeriodOver { .. } => "campaign.period_over",
            Self::Invalid(found) => found.code(),
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::IllegalPassage { .. } => Some("state".to_owned()),
            Self::PeriodOver { .. } => Some("last_day".to_owned()),
            Self::Invalid(found) => found.field(),
        }
    }
    fn hint(&self) -> Option<String> {
        match self {
            Self::Invalid(found) => found.hint(),
            _ => hint_of(&self.to_string()),
        }
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::IllegalPassage { id, .. } | Self::PeriodOver { id, .. } => Some(id.uuid()),
            Self::Invalid(_) => None,
        }
    }
    fn issues(&self) -> Vec<Issue> {
        match self {
            Self::Invalid(found) => found.issues(),
            _ => Vec::new(),
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::IllegalPassage { why, .. } => Some(why),
            _ => None,
        }
    }
}

/// A decided step of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignStep {
    /// The campaign as it is to be.
    pub campaign: Campaign,
    /// Why.
    pub why: Why,
}

/// Checks a campaign and makes its draft.
///
/// # Errors
/// [`Findings`], in the order of the fields: `field.missing`, `text.*`, `word.unknown`, `campaign.code`,
/// `campaign.period`, `campaign.budget`.
pub fn define(new: &NewCampaign, id: CampaignId, seat: Seat) -> Result<CampaignStep, Findings> {
    let mut check = Check::new("campaign");
    let code = check
        .needed_line("code", new.code.as_deref())
        .and_then(|code| check.keep("code", campaign_code(code)));
    let name = check.needed_line("name", new.name.as_deref());
    let objective = check.paragraph("objective", new.objective.as_deref());
    let purpose = check.needed_word::<Purpose>("purpose", new.purpose.as_deref());
    let channel = check.needed_word::<Channel>("channel", new.channel.as_deref());
    let first_day = check.needed("first_day", new.first_day.is_some(), new.first_day);
    let last_day = check.needed("last_day", new.last_day.is_some(), new.last_day);
    if first_day.zip(last_day).is_some_and(|(first, last)| last < first) {
        check.refuse(
            "last_day",
            ValueError::new(
                "campaign.period",
                "last day",
                "is before the first",
                "a day not before the first",
            ),
        );
    }
    if new.budget.is_some_and(|budget| budget.amount().is_sign_negative() && !budget.amount().is_zero()) {
        check.refuse(
            "budget",
            ValueError::new("campaign.budget", "budget", "is below zero", "an amount from zero up"),
        );
    }
    let rule = check.paragraph("rule", new.rule.as_deref());
    let rule = check.needed("rule", crate::findings::given(new.rule.as_deref()).is_some(), rule);
    let texts = code.zip(name).zip(rule);
    let aim = purpose.zip(channel).zip(first_day.zip(last_day));
    check.finish(texts.zip(aim).map(|(((code, name), rule), ((purpose, channel), (first_day, last_day)))| {
        let why = Why::new("campaign.defined").fact("code", &code);
        let campaign = Campaign {
            id,
            code,
            name,
            owner: seat.owner,
            unit: seat.unit,
            objective,
            purpose,
            channel,
            first_day,
            last_day,
            budget: new.budget,
            rule,
            state: CampaignState::Draft,
        };
        CampaignStep { campaign, why }
    }))
}

/// Starts a campaign. It may start before its first day, so that its list is ready; not after its last.
///
/// # Errors
/// `campaign.illegal_passage`, `campaign.period_over`.
pub fn activate(campaign: &Campaign, today: NaiveDate) -> Result<CampaignStep, CampaignError> {
    let step = step(campaign, CampaignEvent::Activate)?;
    if campaign.last_day < today {
        return Err(CampaignError::PeriodOver {
            id: campaign.id,
            code: campaign.code.clone(),
            last_day: campaign.last_day,
        });
    }
    Ok(step)
}

/// Ends a campaign, or gives up its draft.
///
/// # Errors
/// `campaign.illegal_passage`.
pub fn close(campaign: &Campaign) -> Result<CampaignStep, CampaignError> {
    step(campaign, CampaignEvent::Close)
}

fn step(campaign: &Campaign, event: CampaignEvent) -> Result<CampaignStep, CampaignError> {
    let Some(state) = transition(campaign.state, event) else {
        let possible: Vec<&str> = CampaignEvent::ALL
            .iter()
            .filter(|event| transition(campaign.state, **event).is_some())
            .map(|event| event.word())
            .collect();
        return Err(CampaignError::IllegalPassage {
            id: campaign.id,
            code: campaign.code.clone(),
            state: campaign.state,
            event,
            why: Why::new("campaign.illegal_passage")
                .fact("state", campaign.state)
                .fact("event", event)
                .fact("possible", possible.join(", ")),
        });
    };
    let why = Why::new("campaign.state_changed").fact("from", campaign.state).fact("to", state);
    Ok(CampaignStep { campaign: Campaign { state, ..campaign.clone() }, why })
}

fn campaign_code(code: String) -> Result<String, ValueError> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if code.len() <= CODE_MAX && code.chars().all(plain) {
        return Ok(code);
    }
    Err(ValueError::new(
        "campaign.code",
        "campaign code",
        "has other signs or is too long",
        format!("at most {CODE_MAX} letters, digits, hyphens, underscores and dots"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above_is_the_machine() {
        crate::table_test::check(
            include_str!("running.rs"),
            CampaignState::ALL,
            CampaignEvent::ALL,
            transition,
        );
    }
}
