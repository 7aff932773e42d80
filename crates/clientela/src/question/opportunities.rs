//! Questions on opportunities.

use crate::command::{Key, of_opportunity};
use crate::error::{CrmError, Result};
use crate::session::Session;
use clientela_core::ids::{OpportunityId, PositionId};
use clientela_core::organisation::Position;
use clientela_core::sales::assessment::{Assessment, assess};
use clientela_core::sales::stuck::{StuckLimits, progress, reasons};
use clientela_core::sales::{
    AssessmentAnswer, AssessmentQuestion, FunnelStage, Opportunity, OpportunityState, SalesMethod,
};
use clientela_model::{EntityId, Money, Predicate, Value, Why};
use serde::{Deserialize, Serialize};

/// Open opportunities by stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelOf {
    /// Code of the sales method; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Key>,
}

pub(super) fn funnel(session: &Session, question: &FunnelOf) -> Result<Vec<FunnelStage>> {
    session.funnel(question.method.as_deref())
}

/// Opportunities that do not move.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StuckOf {
    /// Code of the sales method; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Key>,
    /// Only those of this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// When one counts as stuck.
    #[serde(default)]
    pub limits: StuckLimits,
}

/// An opportunity that does not move, with the reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StuckOpportunity {
    /// Id.
    pub id: OpportunityId,
    /// Number.
    pub number: String,
    /// The position that works on it.
    pub owner: PositionId,
    /// Code of its stage.
    pub stage: String,
    /// Open days in it.
    pub days_in_stage: u32,
    /// What it is expected to bring.
    pub amount: Option<Money>,
    /// Whether its close date slips.
    pub slipping: bool,
    /// One reason for each thing that is wrong.
    pub reasons: Vec<Why>,
}

/// How an opportunity is assessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentOf {
    /// The opportunity.
    pub opportunity: Key,
}

pub(super) fn stuck(session: &Session, question: &StuckOf) -> Result<Vec<StuckOpportunity>> {
    let today = session.today();
    session.look(|view| {
        let view = &view;
        let resolved = |key: &Option<Key>| -> Result<Option<PositionId>> {
            key.as_ref().map(|key| Ok(view.resolve::<Position>(key)?.record.id)).transpose()
        };
        let owner = resolved(&question.owner)?;
        let method = question.method.as_ref().map(|key| view.resolve::<SalesMethod>(key)).transpose()?;
        let method = method.map(|found| found.record.id);
        let pipeline = session.pipeline(view)?;
        let asked = |one: &Opportunity| {
            matches!(one.state, OpportunityState::Open | OpportunityState::Suspended)
                && owner.is_none_or(|owner| one.owner == owner)
                && method.is_none_or(|method| one.method == method)
        };
        let mut found = Vec::new();
        let all = pipeline.opportunities.iter().zip(&pipeline.passages);
        for (one, passages) in all.filter(|(one, _)| asked(one)) {
            let Some(stage) = pipeline.stages.iter().find(|stage| stage.id == one.stage) else { continue };
            let progress = progress(passages, today);
            let reasons = reasons(one, stage, progress, question.limits, today);
            if reasons.is_empty() {
                continue;
            }
            found.push(StuckOpportunity {
                id: one.id,
                number: one.number.clone(),
                owner: one.owner,
                stage: stage.code.clone(),
                days_in_stage: progress.days_in_stage,
                amount: one.amount,
                slipping: reasons.iter().any(|why| why.reason.starts_with("slipping.")),
                reasons,
            });
        }
        Ok(found)
    })
}

pub(super) fn assessment(session: &Session, question: &AssessmentOf) -> Result<Assessment> {
    session.look(|view| {
        let view = &view;
        let opportunity = view.resolve::<Opportunity>(&question.opportunity)?.record;
        let of_method = Predicate::equals("method", Value::Id(opportunity.method.uuid()));
        let mut questions: Vec<AssessmentQuestion> = view.records(&of_method)?;
        questions.sort_by_key(|question| question.sequence);
        if questions.is_empty() {
            return Err(CrmError::Setup {
                code: "assessment.none",
                problem: "the sales method of the opportunity has no questionnaire".to_owned(),
                hint: "give its next version one",
            }
            .into());
        }
        let given: Vec<AssessmentAnswer> = view.records(&of_opportunity(opportunity.id))?;
        Ok(assess(&questions, &given))
    })
}
