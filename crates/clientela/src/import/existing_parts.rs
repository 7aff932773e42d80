//! Rows of an upsert about vehicles and contacts: those of the customer a row names, found by their keys, and what changes there.

use super::decide::{Decided, Decider, Fault, Ready, dealer, fault};
use super::existing::{
    self, Change, Erased, Outcome, columns, conflict, key, merged, not_allowed, overlaid, record_id,
    was_erased,
};
use super::known::{self, Named, Owner};
use super::options::Upsert;
use super::report::RejectedRow;
use super::rows::{Checked, CheckedRow, Said, Whose};
use super::targets::RECORD_ID;
use crate::error::Result;
use crate::view::View;
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::imports::Merged;
use clientela_core::organisation::Verb;
use clientela_core::party::entry::{self, NewContact, NewVehicle};
use clientela_core::party::{Contact, Vehicle};
use clientela_model::identifier::{EmailAddress, Vin};
use clientela_model::{EntityId, Record, Value, ValueError};
use clientela_store::Stored;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The parts that rows may mean, whoever may see them: only those of a customer that may be seen are ever meant.
struct Parts {
    vehicles: HashMap<PartyId, Vec<Stored<Vehicle>>>,
    contacts: HashMap<CustomerId, Vec<Stored<Contact>>>,
    erased: HashSet<Erased>,
}

impl Parts {
    fn fetch(view: &View<'_>, rows: &[CheckedRow], owners: &[Owner]) -> Result<Self> {
        let (mut vehicles, mut contacts) = (Vec::new(), Vec::new());
        let checked = || rows.iter().filter_map(|(_, row)| row.as_ref().ok());
        let of_vehicles = || {
            checked().filter_map(|row| match row {
                Checked::VehicleSaid(said, _) => Some(&**said),
                _ => None,
            })
        };
        let of_contacts = || {
            checked().filter_map(|row| match row {
                Checked::ContactSaid(said, _) => Some(&**said),
                _ => None,
            })
        };
        let vins = of_vehicles().filter_map(vin).map(|vin| known::text(vin.as_str()));
        vehicles.extend(existing::find(view, "vin", vins)?);
        vehicles.extend(existing::find(view, "id", of_vehicles().filter_map(id_said))?);
        if of_vehicles().any(|said| said.new.plate.is_some()) {
            let parties = owners.iter().map(|owner| Value::Id(owner.party.uuid()));
            vehicles.extend(existing::find(view, "party", parties)?);
        }
        let numbers = of_contacts().filter_map(|said| said.new.number.as_deref());
        contacts.extend(existing::find(view, "number", numbers.map(|number| known::text(number.trim())))?);
        let emails = of_contacts().filter_map(email).map(|email| known::text(email.as_str()));
        contacts.extend(existing::find(view, "email", emails)?);
        contacts.extend(existing::find(view, "id", of_contacts().filter_map(id_said))?);
        vehicles.sort_by_key(|stored: &Stored<Vehicle>| stored.record.id);
        vehicles.dedup_by_key(|stored| stored.record.id);
        contacts.sort_by_key(|stored: &Stored<Contact>| stored.record.id);
        contacts.dedup_by_key(|stored| stored.record.id);
        let erased = existing::erased(view, owners.iter().map(|owner| owner.party))?;
        let (mut of_party, mut of_customer) = (HashMap::new(), HashMap::new());
        for stored in vehicles {
            of_party.entry(stored.record.party).or_insert_with(Vec::new).push(stored);
        }
        for stored in contacts {
            of_customer.entry(stored.record.customer).or_insert_with(Vec::new).push(stored);
        }
        Ok(Self { vehicles: of_party, contacts: of_customer, erased })
    }

    fn vehicle(&self, key: &str, said: &Said<NewVehicle>, of: &Owner) -> Option<&Stored<Vehicle>> {
        let id = record_id(said).ok();
        let (vin, plate) = (vin(said), said.new.plate.as_deref().map(str::trim));
        let fleet = self.vehicles.get(&of.party).map(Vec::as_slice).unwrap_or_default();
        let mut meant = fleet.iter().filter(|stored| match key {
            "vin" => vin.is_some() && stored.record.vin == vin,
            "plate" => plate.is_some() && stored.record.plate.as_deref() == plate,
            _ => id.is_some_and(|id| stored.record.id.uuid() == id),
        });
        if key == RECORD_ID {
            return meant.next();
        }
        // A vehicle may have left a fleet and come back: one that left on the very day the row tells, else the one that stands.
        let all: Vec<&Stored<Vehicle>> = meant.collect();
        let left = said.new.disposed;
        let gone = all.iter().find(|stored| left.is_some() && stored.record.disposed == left);
        gone.or_else(|| all.iter().find(|stored| stored.record.disposed.is_none())).copied()
    }

    fn contact(&self, key: &str, said: &Said<NewContact>, of: &Owner) -> Vec<&Stored<Contact>> {
        let id = record_id(said).ok();
        let (number, email) = (said.new.number.as_deref().map(str::trim), email(said));
        let contacts = self.contacts.get(&of.id).map(Vec::as_slice).unwrap_or_default();
        contacts
            .iter()
            .filter(|stored| match key {
                "number" => number.is_some() && stored.record.number.as_deref() == number,
                "email" => email.is_some() && stored.record.email == email,
                _ => id.is_some_and(|id| stored.record.id.uuid() == id),
            })
            .collect()
    }
}

fn id_said<N>(said: &Said<N>) -> Option<Value> {
    record_id(said).ok().map(Value::Id)
}

fn vin(said: &Said<NewVehicle>) -> Option<Vin> {
    said.new.vin.as_deref().and_then(|text| Vin::parse(text).ok())
}

fn email(said: &Said<NewContact>) -> Option<EmailAddress> {
    said.new.email.as_deref().and_then(|text| EmailAddress::parse(text).ok())
}

fn unknown() -> ValueError {
    let problem = "is not one of this customer";
    ValueError::new("record.not_found", "record", problem, "the id of a record of the customer").at(RECORD_ID)
}

impl Decider {
    /// Decides the rows about vehicles and contacts that are there; gives the others back as rows about new ones.
    pub(super) fn existing_parts(
        &mut self,
        view: &View<'_>,
        upsert: &Upsert,
        named: &Named,
        rows: Vec<CheckedRow>,
    ) -> Result<(Vec<Decided>, Vec<CheckedRow>)> {
        let owners: Vec<Owner> =
            rows.iter().filter_map(|(_, row)| self.owner(named, row.as_ref().ok()?.whose()?).ok()).collect();
        let parts = Parts::fetch(view, &rows, &owners)?;
        let (mut decided, mut new) = (Vec::new(), Vec::new());
        for (line, row) in rows {
            let (outcome, otherwise) = match row {
                Ok(Checked::VehicleSaid(said, whose)) => (
                    self.existing_vehicle(view, (upsert, named, &parts), line, &said, &whose)?,
                    new_vehicle(&said.new, whose, line),
                ),
                Ok(Checked::ContactSaid(said, whose)) => (
                    self.existing_contact(view, (upsert, named, &parts), line, &said, &whose)?,
                    Ok(Checked::Contact(Box::new(said.new), whose)),
                ),
                other => {
                    new.push((line, other));
                    continue;
                }
            };
            match outcome {
                Ok(Some(ready)) => decided.push(Decided { line, outcome: Ok(ready) }),
                Ok(None) => new.push((line, otherwise)),
                Err(error) => {
                    decided.push(Decided { line, outcome: Err(RejectedRow::new(line, &*error)) });
                }
            }
        }
        Ok((decided, new))
    }

    fn owner(&self, named: &Named, whose: &Whose) -> std::result::Result<Owner, Fault> {
        let own = |unit| dealer(&self.dealers, unit) == self.own;
        named.customer(whose, self.fixed.as_ref(), own).cloned().map_err(fault)
    }

    fn existing_vehicle(
        &mut self,
        view: &View<'_>,
        (upsert, named, parts): (&Upsert, &Named, &Parts),
        line: u64,
        said: &Said<NewVehicle>,
        whose: &Whose,
    ) -> Result<Outcome> {
        let (owner, key) = match (self.owner(named, whose), key(upsert, said)) {
            (Ok(owner), Ok(key)) => (owner, key),
            (Err(error), _) => return Ok(Err(error)),
            (_, Err(error)) => return Ok(Err(fault(error))),
        };
        let Some(stored) = parts.vehicle(key, said, &owner) else {
            return Ok(if key == RECORD_ID { Err(fault(unknown())) } else { Ok(None) });
        };
        let vin = vin(said).filter(|_| said.new.disposed.is_none());
        let vin = vin.map(|vin| format!("{} {}", vin.as_str(), owner.party));
        let keys = [("vin", vin), (RECORD_ID, Some(stored.record.id.to_string()))];
        if let Err(error) = self.first_time(line, &keys) {
            return Ok(Err(error));
        }
        if parts.erased.contains(&(owner.party, None)) {
            return Ok(Err(was_erased(key)));
        }
        if !(owner.changeable || view.may(Verb::Change, Vehicle::ENTITY, &stored.record.to_values())) {
            return Ok(Err(not_allowed("customer_number", "may not be changed by your position")));
        }
        let as_said = overlaid!(NewVehicle::of(&stored.record), said, NewVehicle::default(), [
            vin, plate, make, model, category, body, euro_class, first_registration, mileage_km as "mileage", ownership,
            acquired, disposed, usage, disposal_reason,
        ]);
        let entered = match entry::enter_vehicle(&as_said, stored.record.id, stored.record.party) {
            Ok(entered) => entered,
            Err(error) => return Ok(Err(fault(error))),
        };
        let merged = merged(view, upsert, (&stored.record, &entered), &columns(said))?;
        let moved = |after: &Vehicle| {
            let was = &stored.record;
            (&after.vin, after.disposed.is_none()) != (&was.vin, was.disposed.is_none())
        };
        if let Merged::Changed(after) = &merged
            && moved(after)
        {
            let stands = |vin: &Vin| named.fleets.contains(&(vin.as_str().to_owned(), owner.party));
            if let Err(error) = entry::check_new_to_fleet(after, stands) {
                return Ok(Err(fault(error)));
            }
        }
        let ready = match ready(merged, stored.version, Change::Vehicle) {
            Ok(ready) => ready,
            Err(error) => return Ok(Err(error)),
        };
        self.note(line, keys);
        Ok(Ok(Some(ready)))
    }

    fn existing_contact(
        &mut self,
        view: &View<'_>,
        (upsert, named, parts): (&Upsert, &Named, &Parts),
        line: u64,
        said: &Said<NewContact>,
        whose: &Whose,
    ) -> Result<Outcome> {
        let (owner, key) = match (self.owner(named, whose), key(upsert, said)) {
            (Ok(owner), Ok(key)) => (owner, key),
            (Err(error), _) => return Ok(Err(error)),
            (_, Err(error)) => return Ok(Err(fault(error))),
        };
        let stored = match parts.contact(key, said, &owner).as_slice() {
            [one] => *one,
            [] if key == RECORD_ID => return Ok(Err(fault(unknown()))),
            [] => return Ok(Ok(None)),
            _ => {
                let problem = "is that of several contacts of this customer";
                let expected = "a key that only one has";
                let error = ValueError::new("import.contact_ambiguous", "key", problem, expected);
                return Ok(Err(fault(error.at(key))));
            }
        };
        let at = dealer(&self.dealers, owner.unit);
        let number = said.new.number.as_deref().map(|number| format!("{} {at}", number.trim()));
        let keys = [("number", number), (RECORD_ID, Some(stored.record.id.to_string()))];
        if let Err(error) = self.first_time(line, &keys) {
            return Ok(Err(error));
        }
        let erased = [None, Some(stored.record.id)].map(|contact| (owner.party, contact));
        if erased.iter().any(|erased| parts.erased.contains(erased)) {
            return Ok(Err(was_erased(key)));
        }
        if !owner.changeable {
            return Ok(Err(not_allowed("customer_number", "may not be changed by your position")));
        }
        let as_said = overlaid!(
            NewContact::of(&stored.record),
            said,
            NewContact::default(),
            [number, given_name, family_name, role, influence, language, mobile, phone, email,]
        );
        let country = owner.country.as_ref();
        let entered = match entry::enter_contact(&as_said, stored.record.id, stored.record.customer, country)
        {
            Ok(entered) => entered,
            Err(error) => return Ok(Err(fault(error))),
        };
        if entered.number != stored.record.number
            && let Some(number) = &entered.number
            && self.number_used(named, number, at)
        {
            let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
            return Ok(Err(fault(error.at("number"))));
        }
        let merged = merged(view, upsert, (&stored.record, &entered), &columns(said))?;
        let ready = match ready(merged, stored.version, Change::Contact) {
            Ok(ready) => ready,
            Err(error) => return Ok(Err(error)),
        };
        self.note(line, keys);
        Ok(Ok(Some(ready)))
    }
}

fn ready<R>(
    merged: Merged<R>,
    version: i64,
    change: impl FnOnce(Box<Stored<R>>) -> Change,
) -> std::result::Result<Ready, Fault> {
    match merged {
        Merged::Unchanged => Ok(Ready::Unchanged),
        Merged::Changed(record) => Ok(Ready::Changed(change(Box::new(Stored { record: *record, version })))),
        Merged::Conflicting(columns) => Err(conflict(&columns)),
    }
}

/// A row about a vehicle that is new, checked as one.
fn new_vehicle(new: &NewVehicle, whose: Whose, line: u64) -> std::result::Result<Checked, RejectedRow> {
    let nil = (EntityId::from_uuid(Uuid::nil()), EntityId::from_uuid(Uuid::nil()));
    let entered = entry::enter_vehicle(new, nil.0, nil.1).map_err(|error| RejectedRow::new(line, &error))?;
    Ok(Checked::Vehicle(Box::new(entered), whose))
}
