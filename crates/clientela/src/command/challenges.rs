//! Commands on challenges.

use super::credit_rules::exists;
use super::{Key, Outcome};
use crate::attainment::Counting;
use crate::calendar;
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::rules::stage::check_opportunity_rule;
use chrono::NaiveDate;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Function, Position, Unit, UnitKind, UnitTree, Verb};
use clientela_core::performance::{
    Among, Challenge, ChallengeEntry, ChallengeError, ChallengePrize, ChallengeState, Counted, Crediting,
    Handicap, Measure, attainment::WHY_CREDITS_MAX, check_measure, check_prizes, standings,
};
use clientela_core::sales::{Credit, Opportunity};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, EntityId, Predicate, Record, Value, Why};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Opens a challenge among all dealers or sellers below a unit, or among teams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineChallenge {
    /// Code, one of its kind.
    pub code: String,
    /// Name.
    pub name: String,
    /// The unit below which it is held; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// What is counted.
    pub measure: Measure,
    /// Currency, when money is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// Who is compared.
    pub among: Among,
    /// How unequal sizes are made up for; not at all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handicap: Option<Handicap>,
    /// Which wins, offers or visits count: a rule on their opportunity, such as `opportunity.campaign != null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Name of the credit rule by which it counts; as it happened when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_rule: Option<Key>,
    /// What must be reached to win anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Decimal>,
    /// The prizes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prizes: Vec<PrizeLine>,
    /// The teams, when teams are compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<ChallengeTeamLine>,
    /// Sizes that are not the number of sellers, by code of the dealer or title of the position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<SizeLine>,
}

/// A prize and the places it goes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrizeLine {
    /// First place.
    pub from: u32,
    /// Last place; the first when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
    /// What it is.
    pub prize: String,
}

/// A team and its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeTeamLine {
    /// Its name.
    pub name: String,
    /// Titles of the positions.
    pub positions: Vec<Key>,
}

/// The size of one who takes part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeLine {
    /// Code of the dealer, or title of the position.
    pub of: Key,
    /// Its size.
    pub size: Decimal,
}

/// Names a challenge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRef {
    /// Code of the challenge.
    pub challenge: Key,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineChallenge) -> Result<Outcome> {
    DateRange::new(command.first_day, command.last_day.into()).map_err(|error| error.at("last_day"))?;
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    door.unused::<Challenge>("code", &command.code)?;
    if let Some(rule) = &command.rule {
        check_opportunity_rule(door, rule)?;
    }
    if let Some(name) = &command.credit_rule {
        exists(door, name)?;
    }
    check_measure(command.measure, command.currency)?;
    let challenge = Challenge {
        id: door.new_id(),
        code: command.code.clone(),
        name: command.name.clone(),
        owner: door.actor().position,
        unit,
        measure: command.measure,
        currency: command.currency,
        first_day: command.first_day,
        last_day: command.last_day,
        among: command.among,
        handicap: command.handicap.unwrap_or(Handicap::None),
        rule: command.rule.clone(),
        minimum: command.minimum,
        state: ChallengeState::Open,
        computed_on: None,
        credit_rule: command.credit_rule.clone(),
        left_out: None,
    };
    let prizes: Vec<ChallengePrize> = command
        .prizes
        .iter()
        .map(|line| ChallengePrize {
            id: door.new_id(),
            challenge: challenge.id,
            from_place: line.from,
            to_place: line.to.unwrap_or(line.from),
            prize: line.prize.clone(),
        })
        .collect();
    check_prizes(&prizes)?;
    let entries = entries(door, &challenge, command)?;
    door.create(&challenge)?;
    for prize in &prizes {
        door.create(prize)?;
    }
    for entry in &entries {
        door.create(entry)?;
    }
    let why = Why::new("challenge.opened").fact("entries", entries.len()).fact("prizes", prizes.len());
    Ok(Outcome::of(&challenge, Some(&challenge.code), why))
}

/// Everybody who takes part.
fn entries(
    door: &Door<'_, '_>,
    challenge: &Challenge,
    command: &DefineChallenge,
) -> Result<Vec<ChallengeEntry>> {
    let units: Vec<Unit> = door.records(&Predicate::Everything)?;
    let positions: Vec<Position> = door.records(&Predicate::Everything)?;
    let tree = UnitTree::new(&units);
    let takes_part = |unit: UnitId| tree.lies_in(unit, challenge.unit);
    let seller = |position: &&Position| position.function == Function::Seller && takes_part(position.unit);
    let sizes: HashMap<&str, Decimal> =
        command.sizes.iter().map(|line| (line.of.as_str(), line.size)).collect();
    let entry = |unit, owner, team, size| ChallengeEntry {
        id: door.new_id(),
        challenge: challenge.id,
        unit,
        owner,
        team,
        size,
        result: None,
        score: None,
        place: None,
        prize: None,
    };
    let mut entries = Vec::new();
    match challenge.among {
        Among::Dealers => {
            let mut sellers: HashMap<UnitId, u32> = HashMap::new();
            for position in positions.iter().filter(seller) {
                for unit in tree.path(position.unit) {
                    *sellers.entry(unit).or_default() += 1;
                }
            }
            for dealer in units.iter().filter(|unit| unit.kind == UnitKind::Dealer && takes_part(unit.id)) {
                let counted = Decimal::from(sellers.get(&dealer.id).copied().unwrap_or(1));
                let size = sizes.get(dealer.code.as_str()).copied().unwrap_or(counted);
                entries.push(entry(dealer.id, None, None, size));
            }
        }
        Among::Sellers => {
            for position in positions.iter().filter(seller) {
                let size = sizes.get(position.title.as_str()).copied().unwrap_or(Decimal::ONE);
                entries.push(entry(position.unit, Some(position.id), None, size));
            }
        }
        Among::Teams => {
            for team in &command.teams {
                for key in &team.positions {
                    let position = door.resolve::<Position>(key)?.record;
                    let size = sizes.get(position.title.as_str()).copied().unwrap_or(Decimal::ONE);
                    entries.push(entry(position.unit, Some(position.id), Some(team.name.clone()), size));
                }
            }
        }
    }
    if entries.is_empty() {
        return Err(ChallengeError::Nobody.into());
    }
    let mut seen = HashSet::new();
    if entries.iter().any(|entry| entry.owner.is_some_and(|owner| !seen.insert(owner))) {
        return Err(refused("teams", "name a position twice", "name each position in one team, once"));
    }
    let codes = units.iter().filter(|_| challenge.among == Among::Dealers).map(|unit| (unit.id, &unit.code));
    let codes: HashMap<UnitId, &String> = codes.collect();
    let titles: HashMap<PositionId, &String> =
        positions.iter().map(|position| (position.id, &position.title)).collect();
    let taking_part: HashSet<&str> = entries
        .iter()
        .filter_map(|entry| match entry.owner {
            Some(owner) => titles.get(&owner),
            None => codes.get(&entry.unit),
        })
        .map(|name| name.as_str())
        .collect();
    if sizes.keys().any(|of| !taking_part.contains(of)) {
        return Err(refused(
            "sizes",
            "name one that does not take part",
            "name dealers by their code, sellers by their title",
        ));
    }
    Ok(entries)
}

fn refused(field: &'static str, problem: &str, hint: &'static str) -> crate::Error {
    CrmError::Argument { field, problem: problem.to_owned(), hint }.into()
}

/// Computes where everybody stands today. Each sees his own place, and the results of those he may see.
pub(super) fn score(door: &mut Door<'_, '_>, command: &ChallengeRef) -> Result<Outcome> {
    compute(door, command, false)
}

/// Computes the final places and gives the prizes.
pub(super) fn close(door: &mut Door<'_, '_>, command: &ChallengeRef) -> Result<Outcome> {
    compute(door, command, true)
}

fn compute(door: &mut Door<'_, '_>, command: &ChallengeRef, last: bool) -> Result<Outcome> {
    let stored = door.to_change::<Challenge>(&command.challenge)?;
    let mut challenge = stored.record.clone();
    let code = challenge.code.clone();
    if challenge.state == ChallengeState::Closed {
        return Err(ChallengeError::Closed { code }.into());
    }
    if last && door.today() <= challenge.last_day {
        return Err(ChallengeError::NotOver { code, last_day: challenge.last_day }.into());
    }
    let of_challenge = Predicate::equals("challenge", Value::Id(challenge.id.uuid()));
    let prizes: Vec<ChallengePrize> = door.records(&of_challenge)?;
    // A contest is among all who take part, whoever computes it.
    let stored_entries: Vec<Stored<ChallengeEntry>> = door.whole_stored(&of_challenge)?;
    let (counted, mut left_out) = counted(door, &challenge)?;
    let by_rule = left_out.iter().filter(|one| matches!(one.credited, Crediting::Refused(_))).count();
    left_out.retain(|one| !matches!(one.credited, Crediting::Refused(_)));
    let tree = UnitTree::new(&door.whole::<Unit>(&Predicate::Everything)?);
    let mut of_seller: HashMap<PositionId, Decimal> = HashMap::new();
    let mut of_unit: HashMap<UnitId, Decimal> = HashMap::new();
    for credit in &counted {
        *of_seller.entry(credit.owner).or_default() += credit.amount;
        for unit in tree.path(credit.unit) {
            *of_unit.entry(unit).or_default() += credit.amount;
        }
    }
    let results: Vec<(ChallengeEntry, Decimal)> = stored_entries
        .iter()
        .map(|stored| {
            let entry = stored.record.clone();
            let counted = match entry.owner {
                Some(seller) => of_seller.get(&seller),
                None => of_unit.get(&entry.unit),
            };
            let result = counted.copied().unwrap_or_default();
            (entry, result)
        })
        .collect();
    let (placed, mut why) = standings(&challenge, &results, &prizes, last)?;
    challenge.computed_on = Some(door.today());
    challenge.left_out = u32::try_from(left_out.len()).ok();
    if by_rule > 0 {
        why = why.fact("refused_by_credit_rule", by_rule);
    }
    if !left_out.is_empty() {
        why = without_rate(door, &left_out)
            .into_iter()
            .fold(why.fact("left_out", left_out.len()), Why::because);
    }
    if last {
        challenge.state = ChallengeState::Closed;
    }
    door.update(&challenge, stored.version)?;
    for (entry, before) in placed.iter().zip(&stored_entries) {
        door.update_derived(entry, before.version)?;
    }
    if let Some(best) = placed.iter().filter(|entry| entry.place == Some(1)).find_map(|entry| entry.score) {
        why = why.fact("best", best);
    }
    Ok(Outcome::of(&challenge, Some(&challenge.code), why))
}

/// What counts from the first day of the challenge to today, after its rules; and what does not, each with why.
fn counted(door: &Door<'_, '_>, challenge: &Challenge) -> Result<(Vec<Counted>, Vec<Counted>)> {
    let days = (challenge.first_day, challenge.last_day.min(door.today()));
    let (view, zone) = (door.view().whole(), calendar::zone_of(&door.view(), challenge.unit)?);
    let by_rule = challenge.credit_rule.as_deref();
    let counting = Counting { view: &view, zone };
    let mut counted = counting.counted_in(challenge.measure, challenge.currency, days, by_rule)?;
    if let Some(rule) = &challenge.rule {
        let mut asked: HashMap<_, bool> = HashMap::new();
        for opportunity in counted.iter().filter_map(|one| one.opportunity) {
            if let Entry::Vacant(vacant) = asked.entry(opportunity) {
                vacant.insert(match door.found::<Opportunity>(opportunity) {
                    Some(opportunity) => door.rule_on_opportunity(rule, &opportunity)?.holds,
                    None => false,
                });
            }
        }
        // What belongs to no opportunity cannot satisfy a rule on it.
        let holds =
            |one: &Counted| one.opportunity.and_then(|id| asked.get(&id)).copied().unwrap_or_default();
        counted.retain(holds);
    }
    Ok(counted.into_iter().partition(|one| one.is_in(challenge.currency)))
}

/// What was not added up because no rate is known for it: how much in each currency, and by name what the asking sees.
fn without_rate(door: &Door<'_, '_>, left_out: &[Counted]) -> Vec<Why> {
    let shown = door.shown();
    let sees = |one: &&Counted| shown.can_of_owner(Verb::Read, Credit::ENTITY, one.owner, one.unit).allowed;
    let mut by_currency: BTreeMap<String, usize> = BTreeMap::new();
    for currency in left_out.iter().filter_map(|one| one.currency) {
        *by_currency.entry(currency.to_string()).or_default() += 1;
    }
    let counts = by_currency.into_iter().map(|(currency, facts)| {
        Why::new("challenge.no_rate").fact("currency", currency).fact("facts", facts)
    });
    counts.chain(left_out.iter().filter(sees).take(WHY_CREDITS_MAX).map(Counted::left_out)).collect()
}
