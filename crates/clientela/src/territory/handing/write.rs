//! One piece of a plan, inside a transaction.

use super::plan::{By, Plan};
use super::watching::Watching;
use crate::command::RecordRef;
use crate::door::Door;
use crate::error::Result;
use clientela_core::assignment::{GivenBy, PieceCount, hand_over};
use clientela_core::ids::{CustomerId, UnitId};
use clientela_core::organisation::NumberedDocument;
use clientela_core::party::{Relationship, Seat};
use clientela_model::{EntityId, ErrorKind, Predicate, Record, Value};
use clientela_store::Stored;
use std::collections::HashMap;
use std::ops::Range;

/// What a piece came to.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) count: PieceCount,
    pub(crate) handed: Vec<RecordRef>,
    pub(crate) passed_over: Vec<RecordRef>,
}

/// Hands over some of a plan's customers. Those that have changed since stay with their owners.
pub(crate) fn write(
    door: &mut Door<'_, '_>,
    plan: &Plan,
    piece: Range<usize>,
    watching: &mut Watching,
) -> Result<Done> {
    watching.look(door.past(), plan, piece.start)?;
    let moves = plan.moves.get(piece).unwrap_or_default();
    let ids = moves.iter().map(|one| Value::Id(one.customer.uuid()));
    let stored = door.all_of::<Relationship>(&Predicate::OneOf("id".into(), ids.collect()))?;
    let mut stored: HashMap<CustomerId, Stored<Relationship>> =
        stored.into_iter().map(|stored| (stored.record.id, stored)).collect();
    let (mut done, mut dealers) = (Done::default(), HashMap::new());
    for one in moves {
        let found = stored.remove(&one.customer);
        let as_planned = |found: &Stored<Relationship>| {
            found.version <= plan.seen && !watching.changed.contains(&one.customer)
        };
        let taker = plan.takers.get(one.to as usize).filter(|_| !watching.is_full(plan, one.to));
        let (Some(before), Some(taker)) = (found.filter(as_planned), taker) else {
            watching.stays(one.from, one.to);
            done.passed_over.push(reference(one.customer, None));
            done.count.passed_over += 1;
            continue;
        };
        let by = match one.by {
            By::Rule(rule, score) => GivenBy::Rule {
                model: &plan.code,
                rule: plan.rules.get(rule as usize).map_or("", String::as_str),
                score,
            },
            By::Over(had, at_most) => GivenBy::Rebalancing { model: &plan.code, relieved: (had, at_most) },
        };
        let seat = Seat { owner: taker.position, unit: taker.unit };
        let mut customer = hand_over(&before.record, seat, by);
        let mut dealer = |unit: UnitId| match dealers.get(&unit) {
            Some(dealer) => Ok::<UnitId, crate::Error>(*dealer),
            None => {
                let dealer = door.dealer_of(unit)?;
                dealers.insert(unit, dealer);
                Ok(dealer)
            }
        };
        if dealer(taker.unit)? != dealer(before.record.unit)? {
            done.count.renumbered += u64::from(renumber(door, &mut customer)?);
        }
        door.update(&customer, before.version)?;
        done.count.handed += 1;
        done.handed.push(reference(customer.id, customer.number));
    }
    Ok(done)
}

fn reference(customer: CustomerId, key: Option<String>) -> RecordRef {
    RecordRef { entity: Relationship::ENTITY.name.to_owned(), id: customer.uuid(), key }
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
