//! Questions on what was decided: why it was lost, and what differs between what was won and what was lost.

use super::funnels::Share;
use crate::error::Result;
use crate::pipeline::Pipeline;
use crate::pipeline::axis::{Axis, labels, product_lines, size};
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_analytics::proportion::difference;
use clientela_analytics::survival::NORMAL_95;
use clientela_core::ids::{CustomerId, OpportunityId};
use clientela_core::party::{Activity, ActivityState};
use clientela_core::sales::stuck::progress;
use clientela_core::sales::{
    DecisionMaker, DecisionRole, Offer, Opportunity, OpportunityCompetitor, OpportunityMember,
    OpportunityState,
};
use clientela_model::{DateRange, Money, Predicate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What was decided in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossReasonsOf {
    /// First day of the losses.
    pub from: NaiveDate,
    /// Last day of the losses.
    pub to: NaiveDate,
    /// What they are divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
}

/// Losses of one reason, in one stage, to one competitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LossReason {
    /// Value on the axis; `all` without one.
    pub group: String,
    /// The reason, as it was given; letter case and spaces around are one.
    pub reason: String,
    /// Code of the last stage before the loss.
    pub stage: String,
    /// Who got it instead.
    pub competitor: Option<String>,
    /// How many.
    pub count: u64,
    /// What they were expected to bring: one sum for each currency.
    pub amounts: Vec<Money>,
}

/// What differs between won and lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WonLostOf {
    /// First day of wins and losses.
    pub from: NaiveDate,
    /// Last day of wins and losses.
    pub to: NaiveDate,
    /// What they are divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
}

/// How often something is so among the won and among the lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WonLostFactor {
    /// Value on the axis; `all` without one.
    pub group: String,
    /// What, such as `offer` or `method: with-configurator`.
    pub factor: String,
    /// How many of the won have it.
    pub won_with: u64,
    /// How many were won.
    pub won: u64,
    /// How many of the lost have it.
    pub lost_with: u64,
    /// How many were lost.
    pub lost: u64,
    /// Share among the won less share among the lost, with its limits of 95 percent.
    pub difference: Share,
    /// Whether the limits leave out zero. One in twenty factors does by chance alone.
    pub differs: bool,
    /// Share won of those that have it.
    pub win_rate_with: Option<Share>,
    /// Share won of those that do not have it.
    pub win_rate_without: Option<Share>,
}

pub(super) fn loss_reasons(session: &Session, question: &LossReasonsOf) -> Result<Vec<LossReason>> {
    DateRange::new(question.from, Some(question.to)).map_err(|error| error.at("to"))?;
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        let codes: HashMap<_, &str> = pipeline.stages.iter().map(|one| (one.id, one.code.as_str())).collect();
        let labels = labels(view, &pipeline, question.axis)?;
        let mut found: BTreeMap<(&str, String, String, Option<String>), LossReason> = BTreeMap::new();
        for (one, group) in decided(&pipeline, question.from, question.to, &labels) {
            let Some(said) = one.lost_reason.as_deref().filter(|_| one.state == OpportunityState::Lost)
            else {
                continue;
            };
            let stage = codes.get(&one.stage).map_or_else(String::new, |code| (*code).to_owned());
            let key = (group, said.trim().to_lowercase(), stage.clone(), one.competitor.clone());
            let line = found.entry(key).or_insert_with(|| LossReason {
                group: group.to_owned(),
                reason: said.trim().to_owned(),
                stage,
                competitor: one.competitor.clone(),
                count: 0,
                amounts: Vec::new(),
            });
            line.count += 1;
            if let Some(amount) = one.amount {
                match line.amounts.iter_mut().find(|sum| sum.currency() == amount.currency()) {
                    Some(sum) => *sum = sum.checked_add(amount)?,
                    None => line.amounts.push(amount),
                }
            }
        }
        let mut answer: Vec<LossReason> = found.into_values().collect();
        answer.sort_by(|left, right| (&left.group, right.count).cmp(&(&right.group, left.count)));
        Ok(answer)
    })
}

/// What was won or lost in the days, each with its value on the axis.
fn decided<'p>(
    pipeline: &'p Pipeline,
    from: NaiveDate,
    to: NaiveDate,
    labels: &'p [String],
) -> impl Iterator<Item = (&'p Opportunity, &'p str)> {
    let all = pipeline.opportunities.iter().zip(labels.iter().map(String::as_str));
    all.filter(move |(one, _)| one.closed_on.is_some_and(|day| from <= day && day <= to))
}

pub(super) fn won_lost(session: &Session, question: &WonLostOf) -> Result<Vec<WonLostFactor>> {
    DateRange::new(question.from, Some(question.to)).map_err(|error| error.at("to"))?;
    session.look(|view| {
        let view = &view;
        let pipeline = session.pipeline(view)?;
        let surroundings = Surroundings::read(view, &pipeline)?;
        let labels = labels(view, &pipeline, question.axis)?;
        let mut groups: BTreeMap<&str, Counts> = BTreeMap::new();
        for (place, (one, group)) in pipeline.opportunities.iter().zip(&labels).enumerate() {
            if !one.closed_on.is_some_and(|day| question.from <= day && day <= question.to) {
                continue;
            }
            let counts = groups.entry(group).or_default();
            let is_won = one.state == OpportunityState::Won;
            *if is_won { &mut counts.won } else { &mut counts.lost } += 1;
            for factor in surroundings.factors(&pipeline, place) {
                let count = counts.with.entry(factor).or_default();
                *if is_won { &mut count.0 } else { &mut count.1 } += 1;
            }
        }
        let mut answer = Vec::new();
        for (group, Counts { won, lost, with }) in groups {
            let found =
                with.into_iter().filter_map(|(factor, with)| compared(group, factor, with, (won, lost)));
            let mut found: Vec<WonLostFactor> = found.collect();
            found.sort_by(|left, right| right.difference.value.abs().total_cmp(&left.difference.value.abs()));
            answer.extend(found);
        }
        Ok(answer)
    })
}

/// What was counted in a group.
#[derive(Default)]
struct Counts {
    won: u64,
    lost: u64,
    /// By factor, how many of the won and of the lost have it.
    with: BTreeMap<String, (u64, u64)>,
}

fn compared(group: &str, factor: String, with: (u64, u64), all: (u64, u64)) -> Option<WonLostFactor> {
    let found: Share = difference((with.0, all.0), (with.1, all.1), NORMAL_95)?.into();
    Some(WonLostFactor {
        group: group.to_owned(),
        factor,
        won_with: with.0,
        won: all.0,
        lost_with: with.1,
        lost: all.1,
        difference: found,
        differs: found.lower > 0.0 || found.upper < 0.0,
        win_rate_with: Share::of(with.0, with.0 + with.1),
        win_rate_without: Share::of(all.0 - with.0, all.0 + all.1 - with.0 - with.1),
    })
}

/// What lies around opportunities: each table read once.
struct Surroundings {
    offers: HashSet<OpportunityId>,
    activities: HashMap<OpportunityId, u32>,
    competitors: HashSet<OpportunityId>,
    deciders: HashSet<OpportunityId>,
    team: HashMap<OpportunityId, u32>,
    lines: HashMap<OpportunityId, String>,
    /// The first day on which each customer bought.
    bought: HashMap<CustomerId, NaiveDate>,
}

impl Surroundings {
    fn read(view: &View<'_>, pipeline: &Pipeline) -> Result<Self> {
        let everything = Predicate::Everything;
        let mut found = Self {
            offers: view.records::<Offer>(&everything)?.iter().map(|one| one.opportunity).collect(),
            activities: HashMap::new(),
            competitors: view
                .records::<OpportunityCompetitor>(&everything)?
                .iter()
                .map(|one| one.opportunity)
                .collect(),
            deciders: HashSet::new(),
            team: HashMap::new(),
            lines: product_lines(view)?,
            bought: HashMap::new(),
        };
        for activity in view.records::<Activity>(&everything)? {
            if let Some(opportunity) =
                activity.opportunity.filter(|_| activity.state == ActivityState::Reported)
            {
                *found.activities.entry(opportunity).or_default() += 1;
            }
        }
        for maker in view.records::<DecisionMaker>(&everything)? {
            if maker.active && maker.role == DecisionRole::Decider {
                found.deciders.insert(maker.opportunity);
            }
        }
        for member in view.records::<OpportunityMember>(&everything)? {
            *found.team.entry(member.opportunity).or_default() += u32::from(member.active);
        }
        for one in pipeline.opportunities.iter().filter(|one| one.state == OpportunityState::Won) {
            if let Some(day) = one.closed_on {
                let first = found.bought.entry(one.customer).or_insert(day);
                *first = day.min(*first);
            }
        }
        Ok(found)
    }

    /// What is so of an opportunity.
    fn factors(&self, pipeline: &Pipeline, place: usize) -> BTreeSet<String> {
        let one = &pipeline.opportunities[place];
        let mut found = BTreeSet::new();
        if let Some(method) = pipeline.methods.iter().find(|method| method.id == one.method) {
            found.insert(format!("method: {}", method.code));
        }
        if let Some(line) = self.lines.get(&one.id) {
            found.insert(format!("product line: {line}"));
        }
        if let Some(vehicles) = one.vehicles {
            found.insert(format!("vehicles: {}", size(vehicles)));
        }
        let moves = progress(&pipeline.passages[place], one.closed_on.unwrap_or(one.opened_on));
        let activities = self.activities.get(&one.id).copied().unwrap_or(0);
        for (name, holds) in [
            ("offer", self.offers.contains(&one.id)),
            ("campaign", one.campaign.is_some()),
            (
                "customer bought before",
                self.bought.get(&one.customer).is_some_and(|day| *day < one.opened_on),
            ),
            ("competitor known", self.competitors.contains(&one.id)),
            ("decider known", self.deciders.contains(&one.id)),
            ("team of two or more", self.team.get(&one.id).is_some_and(|count| *count > 1)),
            ("three or more activities", activities >= 3),
            ("close date pushed", moves.pushes > 0),
        ] {
            if holds {
                found.insert(name.to_owned());
            }
        }
        found
    }
}
