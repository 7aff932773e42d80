//! Writing a decided chunk through the door, in the transaction of one command.

use super::decide::{Decided, Ready};
use super::existing::Change;
use super::report::{RejectedRow, Taken};
use crate::command::keep_customer;
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::UnitId;
use clientela_core::organisation::NumberedDocument;
use clientela_core::party::Relationship;
use clientela_model::identifier::VatNumber;
use clientela_model::{ErrorKind, Record};
use std::collections::{HashMap, HashSet};

/// Writes the rows that may be written; gives how many came in, and the others with their reasons.
pub(super) fn chunk(door: &mut Door<'_, '_>, rows: Vec<Decided>) -> Result<(Taken, Vec<RejectedRow>)> {
    let mut numbers = customer_numbers(door, &rows)?;
    let mut entered_now: HashSet<VatNumber> = HashSet::new();
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
        let written = match ready {
            Ready::Customer { mut entered, dealer, mut known } => {
                if entered.relationship.number.is_none() {
                    let given = numbers.get_mut(&entered.relationship.unit).and_then(Iterator::next);
                    entered.relationship.number = given;
                }
                if let Some(number) = entered.party.vat_number.clone() {
                    // Another dealer's row of this very chunk may have brought the party.
                    if entered_now.contains(&number) {
                        known = door.parties_with_vat_number(&number)?;
                    }
                    entered_now.insert(number);
                }
                keep_customer(door, *entered, dealer, &known).map(drop)
            }
            // The right to add to the customer was asked for with the customer.
            Ready::Vehicle(vehicle) => door.create_derived(&*vehicle),
            Ready::Contact(contact) => door.create_derived(&*contact),
            Ready::Consent(consent) => door.create_derived(&*consent),
            Ready::Market(total) => door.create(&*total),
            Ready::Changed(change) => self::change(door, change),
            Ready::Unchanged => Ok(()),
        };
        match written {
            Ok(()) => taken += of_row,
            // A refusal is found before anything of the row is written.
            Err(error) if matches!(error.kind(), ErrorKind::Rights | ErrorKind::Exists) => {
                rejected.push(RejectedRow::new(line, error.coded()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((taken, rejected))
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
