//! Writing a decided chunk through the door, in the transaction of one command.

use super::decide::{Decided, Ready};
use super::existing::Change;
use super::report::{RejectedRow, Taken};
use crate::command::keep_customer;
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::UnitId;
use clientela_core::organisation::NumberedDocument;
use clientela_core::party::{Party, Relationship};
use clientela_model::identifier::VatNumber;
use clientela_model::{Entity, ErrorKind, Record, Value};
use std::collections::{HashMap, HashSet};

/// New records that wait to be written together, by kind. None is looked for before that.
#[derive(Default)]
struct New(Vec<(&'static Entity, Vec<Vec<Value>>)>);

impl New {
    fn add(&mut self, entity: &'static Entity, values: Vec<Value>) {
        match self.0.iter_mut().find(|(known, _)| known.number == entity.number) {
            Some((_, rows)) => rows.push(values),
            None => self.0.push((entity, vec![values])),
        }
    }

    fn add_record<R: Record>(&mut self, record: &R) {
        self.add(R::ENTITY, record.to_values());
    }

    fn write(&mut self, door: &mut Door<'_, '_>) -> Result<()> {
        self.0.drain(..).try_for_each(|(entity, rows)| door.create_many(entity, &rows))
    }
}

/// What a chunk is written with.
struct Chunk<'d, 'a, 'w> {
    door: &'d mut Door<'a, 'w>,
    new: New,
    /// Numbers for the customers that bring none.
    numbers: HashMap<UnitId, std::vec::IntoIter<String>>,
    /// VAT numbers of the chunk's own customers.
    entered_now: HashSet<VatNumber>,
}

/// Writes the rows that may be written; gives how many came in, and the others with their reasons.
pub(super) fn chunk(door: &mut Door<'_, '_>, rows: Vec<Decided>) -> Result<(Taken, Vec<RejectedRow>)> {
    let numbers = customer_numbers(door, &rows)?;
    let mut chunk = Chunk { door, new: New::default(), numbers, entered_now: HashSet::new() };
    let (mut taken, mut rejected) = (Taken::default(), Vec::new());
    for Decided { line, outcome } in rows {
        let ready = match outcome {
            Ok(ready) => ready,
            Err(reason) => {
                rejected.push(reason);
                continue;
            }
        };
        let of_row = Taken::of(&ready);
        match chunk.row(ready) {
            Ok(()) => taken += of_row,
            // A refusal is found before anything of the row is written.
            Err(error) if matches!(error.kind(), ErrorKind::Rights | ErrorKind::Exists) => {
                rejected.push(RejectedRow::new(line, error.coded()));
            }
            Err(error) => return Err(error),
        }
    }
    chunk.new.write(chunk.door)?;
    Ok((taken, rejected))
}

impl Chunk<'_, '_, '_> {
    fn row(&mut self, ready: Ready) -> Result<()> {
        match ready {
            Ready::Customer { mut entered, dealer, mut known } => {
                if entered.relationship.number.is_none() {
                    let given = self.numbers.get_mut(&entered.relationship.unit).and_then(Iterator::next);
                    entered.relationship.number = given;
                }
                if let Some(number) = entered.party.vat_number.clone() {
                    // Another dealer's row of this very chunk may have brought the party.
                    if self.entered_now.contains(&number) {
                        self.new.write(self.door)?;
                        known = self.door.parties_with_vat_number(&number)?;
                    }
                    self.entered_now.insert(number);
                }
                if known.is_empty() {
                    let (party, relationship) =
                        (self.door.let_in(&entered.party)?, self.door.let_in(&entered.relationship)?);
                    self.new.add(Party::ENTITY, party);
                    self.new.add(Relationship::ENTITY, relationship);
                    return Ok(());
                }
                self.new.write(self.door)?;
                keep_customer(self.door, *entered, dealer, &known).map(drop)
            }
            // The right to add to the customer was asked for with the customer.
            Ready::Vehicle(vehicle) => {
                self.new.add_record(&*vehicle);
                Ok(())
            }
            Ready::Contact(contact) => {
                self.new.add_record(&*contact);
                Ok(())
            }
            Ready::Consent(consent) => {
                self.new.add_record(&*consent);
                Ok(())
            }
            Ready::Market(total) => {
                self.new.write(self.door)?;
                self.door.create(&*total)
            }
            Ready::Changed(change) => {
                self.new.write(self.door)?;
                self::change(self.door, change)
            }
            Ready::Unchanged => Ok(()),
        }
    }
}

/// Changes a record that is there. What may be refused is looked at before anything of it is written.
fn change(door: &mut Door<'_, '_>, change: Change) -> Result<()> {
    match change {
        Change::Customer { party, relationship } => {
            if let Some(relationship) = &relationship {
                let before = door.get_whole::<Relationship>(relationship.record.id)?.record;
                door.allow_change(&before)?;
                door.allow_change(&relationship.record)?;
                door.allow_handing_on::<Relationship>(&before.to_values(), &relationship.record.to_values())?;
            }
            if let Some(party) = party {
                door.update(&party.record, party.version)?;
            }
            match relationship {
                Some(relationship) => door.update(&relationship.record, relationship.version),
                None => Ok(()),
            }
        }
        // The right to change what is the customer's was asked for with the customer.
        Change::Vehicle(vehicle) => door.update_derived(&vehicle.record, vehicle.version),
        Change::Contact(contact) => door.update_derived(&contact.record, contact.version),
        Change::Market(total) => door.update(&total.record, total.version),
    }
}

/// Numbers for the customers that bring none, all of a unit drawn at once.
fn customer_numbers(
    door: &mut Door<'_, '_>,
    rows: &[Decided],
) -> Result<HashMap<UnitId, std::vec::IntoIter<String>>> {
    let mut wanted: Vec<(UnitId, u32)> = Vec::new();
    for row in rows {
        if let Ok(Ready::Customer { entered, .. }) = &row.outcome
            && entered.relationship.number.is_none()
        {
            match wanted.iter_mut().find(|(unit, _)| *unit == entered.relationship.unit) {
                Some((_, count)) => *count += 1,
                None => wanted.push((entered.relationship.unit, 1)),
            }
        }
    }
    let mut numbers = HashMap::new();
    for (unit, count) in wanted {
        numbers.insert(unit, door.next_numbers(unit, NumberedDocument::Customer, count)?.into_iter());
    }
    Ok(numbers)
}
