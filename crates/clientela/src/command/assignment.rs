//! Commands that give customers to sellers: a version of a territory model applied, and re-balancing.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::territory::{CustomersAmong, Decided, Evenness, Territory, in_force};
use crate::view::LIST_MAX;
use clientela_core::assignment::{GivenBy, hand_over};
use clientela_core::ids::CustomerId;
use clientela_core::organisation::NumberedDocument;
use clientela_core::party::{Relationship, Seat};
use clientela_model::{ClosedList, EntityId, ErrorKind, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Customers read at once.
const PAGE: usize = 1_000;

/// Gives customers to sellers as a version of a territory model says, all at once: the switch-over to that version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyAssignment {
    /// Code of the version, or name of the model for the one in force.
    pub model: Key,
    /// Which customers; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
}

/// Moves as few customers as possible so that nobody has too much. Only those a version's rules name get any, and within a
/// dealer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RebalanceAssignment {
    /// Code of the version, or name of the model for the one in force.
    pub model: Key,
    /// Which customers may move; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
    /// How evenly.
    #[serde(default)]
    pub evenness: Evenness,
}

/// A customer that is handed over.
struct Handed<'a> {
    /// A place among those of the run.
    place: usize,
    /// A place among the candidates.
    to: u32,
    by: GivenBy<'a>,
}

pub(super) fn apply(door: &mut Door<'_, '_>, command: &ApplyAssignment) -> Result<Outcome> {
    let snapshot = door.columns()?;
    let territory = territory(door, &command.model, &command.among)?;
    let decided = Decided::new(territory, &snapshot);
    let territory = &decided.territory;
    let handed = decided.moved().map(|moved| Handed {
        place: moved.place,
        to: moved.to,
        by: GivenBy::Rule {
            model: &territory.model.code,
            rule: territory.scored.get(moved.rule as usize).map_or("", |rule| rule.name.as_str()),
            score: moved.score,
        },
    });
    let handed: Vec<Handed<'_>> = handed.collect();
    let mut why = Why::new("assignment.applied")
        .fact("model", &territory.model.code)
        .fact("customers", territory.customers.len())
        .fact("moved", handed.len());
    for (reason, count) in decided.assignment.nobody() {
        why = why.because(
            Why::new("assignment.nobody").fact("reason", ClosedList::word(reason)).fact("count", count),
        );
    }
    keep(door, territory, &handed, why)
}

pub(super) fn rebalance(door: &mut Door<'_, '_>, command: &RebalanceAssignment) -> Result<Outcome> {
    let territory = territory(door, &command.model, &command.among)?;
    let (done, _) = territory.rebalanced(&command.evenness)?;
    let by = GivenBy::Rebalancing { model: &territory.model.code };
    let handed = done.moves.iter().map(|moved| Handed { place: moved.record, to: moved.to, by });
    let handed: Vec<Handed<'_>> = handed.collect();
    let why = Why::new("assignment.rebalanced")
        .fact("model", &territory.model.code)
        .fact("moved", handed.len())
        .fact("over_before", done.over_before)
        .fact("over_after", done.over_after);
    keep(door, &territory, &handed, why)
}

/// A version that may be applied today, with what its run needs, as the actor is shown it: whoever does not read a field does
/// not choose by it either.
fn territory(door: &Door<'_, '_>, model: &Key, among: &CustomersAmong) -> Result<Territory> {
    let (snapshot, view) = (door.columns()?, door.shown());
    let model = in_force(&view, model, door.today())?;
    model.check_applies(door.today())?;
    Territory::read(&view, &snapshot, door.rules(), (model, among), door.today())
}

/// Hands customers over. The receipt names the first of them; why each has his owner stands beside it.
fn keep(door: &mut Door<'_, '_>, territory: &Territory, handed: &[Handed<'_>], why: Why) -> Result<Outcome> {
    let mut outcome = Outcome::of(&territory.model, Some(&territory.model.code), why);
    let mut renumbered = 0_u64;
    for (page, done) in handed.chunks(PAGE).zip(0_u64..) {
        let ids = page.iter().map(|one| Value::Id(territory.customers[one.place].id.uuid()));
        let stored = door.all_of::<Relationship>(&Predicate::OneOf("id".into(), ids.collect()))?;
        let of_customer: HashMap<CustomerId, &Handed<'_>> =
            page.iter().map(|one| (territory.customers[one.place].id, one)).collect();
        for stored in stored {
            let Some(one) = of_customer.get(&stored.record.id) else { continue };
            let candidate = &territory.candidates[one.to as usize];
            let Some(unit) = territory.unit(one.to) else { continue };
            let seat = Seat { owner: candidate.position, unit };
            let mut customer = hand_over(&stored.record, seat, one.by);
            if territory.dealer_of(unit) != territory.dealer_of(stored.record.unit) {
                renumbered += u64::from(renumber(door, &mut customer)?);
            }
            door.update(&customer, stored.version)?;
            if outcome.records.len() < LIST_MAX {
                outcome = outcome.and(&customer, customer.number.as_deref());
            }
        }
        door.view().reader.tell("customers", done * PAGE as u64, handed.len() as u64);
    }
    if renumbered > 0 {
        outcome.why = outcome.why.fact("renumbered", renumbered);
    }
    Ok(outcome)
}

/// Each dealer numbers by himself: a customer whose number the new one has given already gets his next.
fn renumber(door: &mut Door<'_, '_>, customer: &mut Relationship) -> Result<bool> {
    let Some(number) = &customer.number else { return Ok(false) };
    match door.unused_at_dealer::<Relationship>("number", number, customer.unit) {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == ErrorKind::Validation => {
            customer.number = Some(door.next_number(customer.unit, NumberedDocument::Customer)?);
            Ok(true)
        }
        Err(error) => Err(error),
    }
}
