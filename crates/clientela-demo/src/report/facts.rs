//! The figures of the page, asked of the library as one session sees them.

use super::journal;
use crate::day::examples;
use crate::error::Result;
use crate::history::{CAMPAIGN, quota_plan};
use chrono::{DateTime, NaiveDate, Utc};
use clientela::core::organisation::{Unit, UnitKind};
use clientela::core::party::{Contact, Customer, Vehicle};
use clientela::core::sales::{Offer, OfferState, Opportunity, OpportunityState, SalesMethod, Stage};
use clientela::model::{EntityId, Field, Value};
use clientela::{LIST_MAX, Money, Predicate, Record, Session, Why};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Everything on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The day.
    pub day: NaiveDate,
    /// Who looks.
    pub reader: String,
    /// Counts: what, how many.
    pub counts: Vec<(&'static str, u64)>,
    /// Open opportunities by stage, in the order of the stages.
    pub funnel: Vec<StageFigure>,
    /// Name of the quota plan.
    pub plan: String,
    /// Quotas of the dealers, best first.
    pub dealers: Vec<DealerFigure>,
    /// The campaign.
    pub campaign: CampaignFigure,
    /// The latest of the journal, newest first.
    pub journal: Vec<JournalLine>,
}

/// Open opportunities in one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageFigure {
    /// Name of the sales method.
    pub method: String,
    /// Name of the stage.
    pub stage: String,
    /// Probability of winning, in percent.
    pub probability: u16,
    /// How many.
    pub count: u64,
    /// What they are expected to bring; none when there are none.
    pub amount: Option<Money>,
}

/// How a dealer stands against what it should have reached by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// All of it or more.
    Green,
    /// At least 85 percent of it.
    Amber,
    /// Less.
    Red,
}

/// A dealer's quota.
#[derive(Debug, Clone, PartialEq)]
pub struct DealerFigure {
    /// Name.
    pub name: String,
    /// What is to be reached.
    pub target: Decimal,
    /// What has been reached.
    pub reached: Decimal,
    /// Reached in percent of the target.
    pub percent: Option<Decimal>,
    /// What should have been reached by now.
    pub expected: Decimal,
    /// What will be reached at this pace.
    pub projection: Option<Decimal>,
    /// Place among the dealers beside it.
    pub rank: Option<u32>,
    /// How it stands.
    pub light: Light,
}

/// Whom a campaign reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignFigure {
    /// Name.
    pub name: String,
    /// Its rule.
    pub rule: String,
    /// Customers looked at.
    pub looked_at: usize,
    /// Customers reached.
    pub size: usize,
    /// How many for which reason, most first.
    pub reasons: Vec<(String, usize)>,
    /// One who is in and one who is out, with why.
    pub examples: Vec<(&'static str, Why)>,
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// The command.
    pub command: String,
    /// The record, by the key people use.
    pub record: String,
    /// What changed.
    pub changes: String,
}

/// Asks for all figures as this session sees them.
///
/// # Errors
/// What the library refuses.
pub fn gather(session: &Session) -> Result<Facts> {
    let open = Predicate::equals("state", OpportunityState::Open.to_value());
    let issued = Predicate::equals("state", OfferState::Issued.to_value());
    let counts = vec![
        ("customers", session.count::<Customer>(&Predicate::Everything)?),
        ("vehicles in fleets", session.count::<Vehicle>(&Predicate::Everything)?),
        ("contacts", session.count::<Contact>(&Predicate::Everything)?),
        ("open opportunities", session.count::<Opportunity>(&open)?),
        ("offers with customers", session.count::<Offer>(&issued)?),
    ];
    let plan = quota_plan(session.today());
    Ok(Facts {
        day: session.today(),
        reader: session.login().to_owned(),
        counts,
        funnel: funnel(session)?,
        dealers: dealers(session, &plan)?,
        plan,
        campaign: campaign(session)?,
        journal: journal::latest(session)?,
    })
}

/// All records that satisfy a condition, page by page.
pub(super) fn all<R: Record>(session: &Session, condition: &Predicate) -> Result<Vec<R>> {
    let mut all = Vec::new();
    loop {
        let page = session.list::<R>(condition, LIST_MAX, all.len())?;
        let last = page.len() < LIST_MAX;
        all.extend(page.into_iter().map(|stored| stored.record));
        if last {
            return Ok(all);
        }
    }
}

fn funnel(session: &Session) -> Result<Vec<StageFigure>> {
    let mut figures = Vec::new();
    let mut methods: Vec<SalesMethod> = all(session, &Predicate::Everything)?;
    methods.sort_by(|left, right| left.code.cmp(&right.code));
    for method in methods {
        let mut stages: Vec<Stage> = all(session, &Predicate::equals("method", Value::Id(method.id.uuid())))?;
        stages.sort_by_key(|stage| stage.sequence);
        for stage in stages {
            let here = Predicate::equals("stage", Value::Id(stage.id.uuid()))
                .and(Predicate::equals("state", OpportunityState::Open.to_value()));
            let opportunities: Vec<Opportunity> = all(session, &here)?;
            let mut amount: Option<Money> = None;
            for one in opportunities.iter().filter_map(|opportunity| opportunity.amount) {
                let sum = amount.map_or(Ok(one), |sum| sum.checked_add(one));
                amount = Some(sum.map_err(clientela::Error::from)?);
            }
            figures.push(StageFigure {
                method: method.name.clone(),
                stage: stage.name,
                probability: stage.probability,
                count: opportunities.len() as u64,
                amount,
            });
        }
    }
    Ok(figures)
}

fn dealers(session: &Session, plan: &str) -> Result<Vec<DealerFigure>> {
    let units: Vec<Unit> = all(session, &Predicate::equals("kind", UnitKind::Dealer.to_value()))?;
    let names: BTreeMap<_, _> = units.into_iter().map(|unit| (unit.id, unit.name)).collect();
    let mut figures: Vec<DealerFigure> = session
        .attainment(plan, None)?
        .into_iter()
        .filter(|line| line.owner.is_none())
        .filter_map(|line| {
            Some(DealerFigure {
                name: names.get(&line.unit)?.clone(),
                light: light(line.reached, line.expected_by_now),
                target: line.target,
                reached: line.reached,
                percent: line.percent,
                expected: line.expected_by_now,
                projection: line.projection,
                rank: line.rank,
            })
        })
        .collect();
    figures.sort_by(|left, right| right.percent.cmp(&left.percent).then_with(|| left.name.cmp(&right.name)));
    Ok(figures)
}

fn light(reached: Decimal, expected: Decimal) -> Light {
    if reached >= expected {
        Light::Green
    } else if reached * Decimal::ONE_HUNDRED >= expected * Decimal::from(85) {
        Light::Amber
    } else {
        Light::Red
    }
}

fn campaign(session: &Session) -> Result<CampaignFigure> {
    let target = session.target(CAMPAIGN)?;
    let mut reasons: Vec<(String, usize)> =
        target.reasons().into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
    reasons.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    Ok(CampaignFigure {
        name: target.campaign().name.clone(),
        rule: target.campaign().rule.clone(),
        looked_at: target.lines().len(),
        size: target.size(),
        reasons,
        examples: examples(&target)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lights_follow_what_is_expected_by_now() {
        for (reached, expected, wanted) in
            [(10, 10, Light::Green), (0, 0, Light::Green), (85, 100, Light::Amber), (84, 100, Light::Red)]
        {
            assert_eq!(light(reached.into(), expected.into()), wanted, "{reached} of {expected}");
        }
    }
}
