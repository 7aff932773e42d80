//! Questions on the network: its four criteria, and its challenges.

use super::quotas::month;
use crate::attainment::plain;
use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use chrono::NaiveDate;
use clientela_core::ids::{ActivityId, CustomerId, PositionId, UnitId};
use clientela_core::organisation::{Position, Unit, UnitKind, Verb, dealer_of};
use clientela_core::party::{Activity, ActivityKind, ActivityState, Relationship};
use clientela_core::performance::{
    Challenge, ChallengeEntry, ChallengePrize, CriteriaTargets, DealerCriteria, DealerMonth, Measure,
    criteria,
};
use clientela_model::{EntityId, Predicate, Record, Value};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The network's four criteria, by dealer, for a month.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriteriaOf {
    /// A day of the month; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<NaiveDate>,
    /// What a dealer is measured against; the best where nothing is given.
    #[serde(default)]
    pub targets: CriteriaTargets,
}

/// Connections are counted for whoever may see the activities of a position; the others as everywhere.
pub(super) fn network_criteria(session: &Session, question: &CriteriaOf) -> Result<Vec<DealerCriteria>> {
    let (first, last) = month(question.month.unwrap_or_else(|| session.today()));
    session.look(|view| {
        let units: Vec<Unit> = plain(view.all_of(&Predicate::Everything)?);
        let positions: Vec<Position> = plain(view.all_of(&Predicate::Everything)?);
        let by_id: HashMap<UnitId, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
        let dealer = |unit: UnitId| dealer_of(unit, |id| by_id.get(&id).map(|unit| (*unit).clone()));
        let mut months: HashMap<UnitId, DealerMonth> = HashMap::new();
        for unit in units.iter().filter(|unit| unit.kind == UnitKind::Dealer) {
            months.insert(
                unit.id,
                DealerMonth { unit: unit.id, connections: 0, offers: 0, new_customers: 0, sales: 0 },
            );
        }
        let mut worked: HashSet<(Uuid, Uuid, NaiveDate)> = HashSet::new();
        let (from, until) = (first - chrono::Days::new(1), last + chrono::Days::new(2));
        for work in view.reader.commands_between(
            from.and_time(chrono::NaiveTime::MIN).and_utc(),
            until.and_time(chrono::NaiveTime::MIN).and_utc(),
        )? {
            let day = session.day_of(work.time);
            if let Some(position) = work.position.filter(|_| (first..=last).contains(&day)) {
                worked.insert((position, work.actor, day));
            }
        }
        let unit_of: HashMap<Uuid, (PositionId, UnitId)> =
            positions.iter().map(|position| (position.id.uuid(), (position.id, position.unit))).collect();
        for (position, _, _) in worked {
            let Some((position, unit)) = unit_of.get(&position).copied() else { continue };
            if let Some(month) = months.get_mut(&dealer(unit)).filter(|_| sees(&view, position, unit)) {
                month.connections += 1;
            }
        }
        for offer in session.counted(&view, Measure::Offers, first, last)? {
            if let Some(month) = months.get_mut(&dealer(offer.unit)) {
                month.offers += 1;
            }
        }
        for won in session.counted(&view, Measure::Wins, first, last)? {
            // What is taken back in the month is taken off, as far as there is something to take off.
            if let Some(month) = months.get_mut(&dealer(won.unit)) {
                month.sales = if won.amount.is_sign_negative() {
                    month.sales.saturating_sub(1)
                } else {
                    month.sales + 1
                };
            }
        }
        let customers: Vec<Relationship> = plain(view.all_of(&Predicate::Everything)?);
        for customer in customers
            .iter()
            .filter(|customer| customer.since.is_some_and(|day| (first..=last).contains(&day)))
        {
            if let Some(month) = months.get_mut(&dealer(customer.unit)) {
                month.new_customers += 1;
            }
        }
        let mut months: Vec<DealerMonth> = months.into_values().collect();
        months.sort_by_key(|month| by_id.get(&month.unit).map(|unit| unit.code.clone()));
        Ok(criteria(&months, &question.targets))
    })
}

/// Whether the actor sees what a position does.
fn sees(view: &crate::view::View<'_>, owner: PositionId, unit: UnitId) -> bool {
    let any = Activity {
        id: ActivityId::from_uuid(Uuid::nil()),
        customer: CustomerId::from_uuid(Uuid::nil()),
        opportunity: None,
        contact: None,
        owner,
        unit,
        kind: ActivityKind::Task,
        state: ActivityState::Planned,
        subject: String::new(),
        planned_at: None,
        done_at: None,
        minutes: None,
        result: None,
        next_step: None,
    };
    view.may(Verb::Read, Activity::ENTITY, &any.to_values())
}

/// Where everybody stands in a challenge, as it was last computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingsOf {
    /// Code of the challenge.
    pub challenge: Key,
}

/// A challenge as somebody may see it: each sees the entries that are his to see, with their places among all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standings {
    /// Code of the challenge.
    pub challenge: String,
    /// Its name.
    pub name: String,
    /// The day of the results; none before they were computed.
    pub computed_on: Option<NaiveDate>,
    /// Whether it is over.
    pub closed: bool,
    /// Prizes with the places they go to.
    pub prizes: Vec<(u32, u32, String)>,
    /// The entries, by place.
    pub entries: Vec<Standing>,
}

/// One who takes part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The dealer, or the seller's unit.
    pub unit: UnitId,
    /// The seller.
    pub owner: Option<PositionId>,
    /// The team.
    pub team: Option<String>,
    /// What was counted.
    pub result: Option<rust_decimal::Decimal>,
    /// After the handicap.
    pub score: Option<rust_decimal::Decimal>,
    /// The place, from 1.
    pub place: Option<u32>,
    /// What was won.
    pub prize: Option<String>,
}

pub(super) fn standings(session: &Session, question: &StandingsOf) -> Result<Standings> {
    session.look(|view| {
        let challenge = view.resolve::<Challenge>(&question.challenge)?.record;
        let of_challenge = Predicate::equals("challenge", Value::Id(challenge.id.uuid()));
        let mut prizes: Vec<ChallengePrize> = plain(view.all_of(&of_challenge)?);
        prizes.sort_by_key(|prize| prize.from_place);
        let mut entries: Vec<ChallengeEntry> = plain(view.all_of(&of_challenge)?);
        entries.sort_by_key(|entry| (entry.place.unwrap_or(u32::MAX), entry.id));
        Ok(Standings {
            challenge: challenge.code,
            name: challenge.name,
            computed_on: challenge.computed_on,
            closed: challenge.state == clientela_core::performance::ChallengeState::Closed,
            prizes: prizes.into_iter().map(|prize| (prize.from_place, prize.to_place, prize.prize)).collect(),
            entries: entries
                .into_iter()
                .map(|entry| Standing {
                    unit: entry.unit,
                    owner: entry.owner,
                    team: entry.team,
                    result: entry.result,
                    score: entry.score,
                    place: entry.place,
                    prize: entry.prize,
                })
                .collect(),
        })
    })
}
