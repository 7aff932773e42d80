//! The funnel: open opportunities by the stage they stand in.

use super::{Opportunity, OpportunityState, SalesMethod, Stage};
use clientela_model::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// The open opportunities of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelStage {
    /// Code of the sales method.
    pub method: String,
    /// Name of the sales method.
    pub method_name: String,
    /// Code of the stage.
    pub stage: String,
    /// Name of the stage.
    pub stage_name: String,
    /// Place in the method, from 1.
    pub sequence: u16,
    /// Probability of winning from here, in percent.
    pub probability: u16,
    /// How many.
    pub count: u64,
    /// What they are expected to bring: one sum per currency, by its code. Opportunities without an amount only count.
    pub amounts: Vec<Money>,
}

/// Counts and sums the open opportunities of every stage; stages in their order, methods by code. Others are passed over.
///
/// # Errors
/// [`MoneyError::Overflow`] when a sum has too many digits.
pub fn funnel(
    methods: &[SalesMethod],
    stages: &[Stage],
    opportunities: &[Opportunity],
) -> Result<Vec<FunnelStage>, MoneyError> {
    let mut lines = Vec::new();
    for stage in stages {
        let Some(method) = methods.iter().find(|method| method.id == stage.method) else { continue };
        let here = |one: &&Opportunity| one.state == OpportunityState::Open && one.stage == stage.id;
        let mut line = FunnelStage {
            method: method.code.clone(),
            method_name: method.name.clone(),
            stage: stage.code.clone(),
            stage_name: stage.name.clone(),
            sequence: stage.sequence,
            probability: stage.probability,
            count: 0,
            amounts: Vec::new(),
        };
        for one in opportunities.iter().filter(here) {
            line.count += 1;
            if let Some(amount) = one.amount {
                add(&mut line.amounts, amount)?;
            }
        }
        line.amounts.sort_by_key(|sum| sum.currency().code());
        lines.push(line);
    }
    lines.sort_by(|left, right| (&left.method, left.sequence).cmp(&(&right.method, right.sequence)));
    Ok(lines)
}

/// Adds to the sum of the amount's own currency: amounts of two are never added.
fn add(sums: &mut Vec<Money>, amount: Money) -> Result<(), MoneyError> {
    match sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
        Some(sum) => *sum = sum.checked_add(amount)?,
        None => sums.push(amount),
    }
    Ok(())
}
