//! Questions on the network: its four criteria, and its challenges.

use super::quotas::month;
use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use chrono::{Days, NaiveDate};
use clientela_core::ids::{OpportunityId, PositionId, UnitId};
use clientela_core::organisation::{Position, Unit, UnitKind, UnitTree, Verb};
use clientela_core::party::{Activity, Relationship};
use clientela_core::performance::{
    Challenge, ChallengeEntry, ChallengePrize, CriteriaTargets, DealerCriteria, DealerMonth, Measure,
    criteria,
};
use clientela_model::id::made_at;
use clientela_model::{EntityId, Predicate, Record, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
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
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        let positions: Vec<Position> = view.records(&Predicate::Everything)?;
        let tree = UnitTree::new(&units);
        let dealer = |unit: UnitId| tree.dealer_of(unit);
        let mut months: HashMap<UnitId, DealerMonth> = HashMap::new();
        for unit in units.iter().filter(|unit| unit.kind == UnitKind::Dealer) {
            months.insert(
                unit.id,
                DealerMonth { unit: unit.id, connections: 0, offers: 0, new_customers: 0, sales: 0 },
            );
        }
        for (owner, unit) in connections(session, &view, &positions, first, last)? {
            if let Some(month) = months.get_mut(&dealer(unit)).filter(|_| sees(&view, owner, unit)) {
                month.connections += 1;
            }
        }
        for offer in session.counted(&view, Measure::Offers, first, last)? {
            if let Some(month) = months.get_mut(&dealer(offer.unit)) {
                month.offers += 1;
            }
        }
        // A win counts once for a dealer, however many share it there.
        let mut wins: HashMap<(UnitId, Option<OpportunityId>), Decimal> = HashMap::new();
        for won in session.counted(&view, Measure::Wins, first, last)? {
            *wins.entry((dealer(won.unit), won.opportunity)).or_default() += won.amount;
        }
        let mut taken_back: HashMap<UnitId, u64> = HashMap::new();
        for ((dealer, _), amount) in wins {
            match (amount.cmp(&Decimal::ZERO), months.get_mut(&dealer)) {
                (Ordering::Greater, Some(month)) => month.sales += 1,
                (Ordering::Less, _) => *taken_back.entry(dealer).or_default() += 1,
                _ => {}
            }
        }
        // What is taken back in the month is taken off, as far as there is something to take off.
        for (dealer, count) in taken_back {
            if let Some(month) = months.get_mut(&dealer) {
                month.sales = month.sales.saturating_sub(count);
            }
        }
        let customers: Vec<Relationship> = view.records(&Predicate::Empty("merged_into".into()))?;
        let entered = |customer: &Relationship| {
            customer.since.or_else(|| made_at(customer.id.uuid()).map(|moment| session.day_of(moment)))
        };
        for customer in
            customers.iter().filter(|one| entered(one).is_some_and(|day| (first..=last).contains(&day)))
        {
            if let Some(month) = months.get_mut(&dealer(customer.unit)) {
                month.new_customers += 1;
            }
        }
        let mut months: Vec<DealerMonth> = months.into_values().collect();
        let codes: HashMap<UnitId, &str> = units.iter().map(|unit| (unit.id, unit.code.as_str())).collect();
        months.sort_by_key(|month| codes.get(&month.unit).copied());
        Ok(criteria(&months, &question.targets))
    })
}

/// Each day a user worked in a position: that position and its unit.
fn connections(
    session: &Session,
    view: &View<'_>,
    positions: &[Position],
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<(PositionId, UnitId)>> {
    // A day more on either side: the days of the unit are not those of universal time.
    let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let from = midnight(first.checked_sub_days(Days::new(1)).unwrap_or(first));
    let until = midnight(last.checked_add_days(Days::new(2)).unwrap_or(last));
    let mut worked: HashSet<(Uuid, Uuid, NaiveDate)> = HashSet::new();
    for work in view.reader.commands_between(from, until)? {
        let day = session.day_of(work.time);
        if let Some(position) = work.position.filter(|_| (first..=last).contains(&day)) {
            worked.insert((position, work.actor, day));
        }
    }
    let known: HashMap<Uuid, (PositionId, UnitId)> =
        positions.iter().map(|position| (position.id.uuid(), (position.id, position.unit))).collect();
    Ok(worked.iter().filter_map(|(position, ..)| known.get(position).copied()).collect())
}

/// Whether the actor sees what a position does.
fn sees(view: &View<'_>, owner: PositionId, unit: UnitId) -> bool {
    view.can_of_owner(Verb::Read, Activity::ENTITY, owner, unit).allowed
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
    /// How many facts were not added up because no rate is known for their currency.
    pub left_out: u32,
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
    pub result: Option<Decimal>,
    /// After the handicap.
    pub score: Option<Decimal>,
    /// The place, from 1.
    pub place: Option<u32>,
    /// What was won.
    pub prize: Option<String>,
}

pub(super) fn standings(session: &Session, question: &StandingsOf) -> Result<Standings> {
    session.look(|view| {
        let challenge = view.resolve::<Challenge>(&question.challenge)?.record;
        let of_challenge = Predicate::equals("challenge", Value::Id(challenge.id.uuid()));
        let mut prizes: Vec<ChallengePrize> = view.records(&of_challenge)?;
        prizes.sort_by_key(|prize| prize.from_place);
        let mut entries: Vec<ChallengeEntry> = view.records(&of_challenge)?;
        entries.sort_by_key(|entry| (entry.place.unwrap_or(u32::MAX), entry.id));
        Ok(Standings {
            challenge: challenge.code,
            name: challenge.name,
            computed_on: challenge.computed_on,
            left_out: challenge.left_out.unwrap_or_default(),
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
