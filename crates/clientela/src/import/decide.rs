//! What is to become of each row of a chunk: the same for a plan and for the writing of it.

use super::cells::Reading;
use super::known::{self, Named};
use super::report::RejectedRow;
use super::rows::{Draft, Read};
use crate::error::Result;
use crate::view::View;
use chrono::{DateTime, Utc};
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Position, Unit, UnitKind, Verb};
use clientela_core::party::entry::{self, Seat};
use clientela_core::party::find_duplicate;
use clientela_core::party::{Consent, Contact, Customer, EnteredCustomer, KnownParty, Relationship, Vehicle};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Coded, EntityId, Record, ValueError};
use std::collections::HashMap;
use uuid::Uuid;

/// A row that may be written.
pub(super) enum Ready {
    Customer { entered: Box<EnteredCustomer>, dealer: UnitId, known: Vec<KnownParty> },
    Vehicle(Box<Vehicle>),
    Contact(Box<Contact>),
    Consent(Box<Consent>),
}

/// A row and what is to become of it.
pub(super) struct Decided {
    pub(super) line: u64,
    pub(super) outcome: std::result::Result<Ready, RejectedRow>,
}

/// Who acts when, and where ids come from.
pub(super) struct Moment<'a> {
    pub(super) now: DateTime<Utc>,
    pub(super) new_uuid: &'a dyn Fn() -> Uuid,
}

/// Decides row after row of one file; remembers what stood in it before.
pub(super) struct Decider<'a> {
    reading: Reading<'a>,
    units: HashMap<UnitId, Unit>,
    /// The customer all rows belong to where they name none.
    fixed: Option<Customer>,
    /// Who looks after new customers where the row does not say.
    seat: Seat,
    seats: HashMap<String, std::result::Result<Seat, ValueError>>,
    /// Whether the actor may enter customers with this seat.
    enters: HashMap<(UnitId, PositionId), bool>,
    /// What must stand in a file but once, and where it stood.
    seen: HashMap<(&'static str, String), u64>,
}

type Fault = Box<dyn Coded>;
/// The rows of a chunk by their lines, as far as they could be read.
type Drafts = Vec<(u64, std::result::Result<Draft, RejectedRow>)>;

fn fault(error: impl Coded) -> Fault {
    Box::new(error)
}

impl<'a> Decider<'a> {
    /// Looks up what all rows have in common.
    ///
    /// # Errors
    /// `record.not_found` for the customer or the position the options name.
    pub(super) fn new(view: &View<'_>, reading: Reading<'a>) -> Result<Self> {
        let fixed = match &reading.options.customer {
            Some(key) => Some(view.resolve::<Customer>(key)?.record),
            None => None,
        };
        let seat = match &reading.options.owner {
            Some(title) => seat_of(&view.resolve::<Position>(title)?.record),
            None => Seat { owner: view.actor.position, unit: view.actor.unit },
        };
        let (seats, enters, seen) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Self { units: known::units(view)?, reading, fixed, seat, seats, enters, seen })
    }

    /// Decides a chunk in the state that is seen.
    pub(super) fn decide(
        &mut self,
        view: &View<'_>,
        rows: Vec<Read>,
        moment: &Moment<'_>,
    ) -> Result<Vec<Decided>> {
        let reading = &self.reading;
        let drafts: Drafts = rows
            .into_iter()
            .map(|row| match row {
                Ok(row) => {
                    let draft =
                        Draft::read(&row, reading).map_err(|error| RejectedRow::new(row.line, &error));
                    (row.line, draft)
                }
                Err(rejected) => (rejected.line, Err(rejected)),
            })
            .collect();
        if self.reading.options.target == super::ImportTarget::Customer {
            self.customers(view, drafts, moment)
        } else {
            self.parts(view, drafts, moment)
        }
    }

    fn customers(&mut self, view: &View<'_>, drafts: Drafts, moment: &Moment<'_>) -> Result<Vec<Decided>> {
        let mut rows = Vec::with_capacity(drafts.len());
        for (line, draft) in drafts {
            let entered = match draft {
                Ok(Draft::Customer(new, owner)) => {
                    let seat = self.seat(view, owner)?;
                    let ids =
                        (EntityId::from_uuid((moment.new_uuid)()), EntityId::from_uuid((moment.new_uuid)()));
                    let entered = seat
                        .map_err(fault)
                        .and_then(|seat| entry::enter_customer(&new, ids.0, ids.1, seat).map_err(fault));
                    entered.map(Box::new).map_err(|error| RejectedRow::new(line, &*error))
                }
                Ok(_) => continue,
                Err(rejected) => Err(rejected),
            };
            rows.push((line, entered));
        }
        let entered: Vec<&EnteredCustomer> =
            rows.iter().filter_map(|(_, entered)| entered.as_deref().ok()).collect();
        let numbers = entered.iter().filter_map(|one| one.relationship.number.as_deref());
        let taken = known::taken::<Relationship>(view, "number", numbers)?;
        let units = &self.units;
        let known = known::parties(view, &entered, |unit| dealer_of(units, unit))?;
        let mut decided = Vec::with_capacity(rows.len());
        for (line, entered) in rows {
            let outcome = match entered {
                Ok(entered) => {
                    let vat_number = entered.party.vat_number.as_ref().map(known::stored_text);
                    let same = vat_number.as_ref().and_then(|number| known.get(number)).cloned();
                    self.customer(
                        view,
                        line,
                        entered,
                        |number| taken.contains(number),
                        same.unwrap_or_default(),
                    )
                    .map_err(|error| RejectedRow::new(line, &*error))
                }
                Err(rejected) => Err(rejected),
            };
            decided.push(Decided { line, outcome });
        }
        Ok(decided)
    }

    fn customer(
        &mut self,
        view: &View<'_>,
        line: u64,
        entered: Box<EnteredCustomer>,
        taken: impl Fn(&str) -> bool,
        known: Vec<KnownParty>,
    ) -> std::result::Result<Ready, Fault> {
        let (unit, owner) = (entered.relationship.unit, entered.relationship.owner);
        let may = *self.enters.entry((unit, owner)).or_insert_with(|| {
            view.can(Verb::Create, Relationship::ENTITY, &entered.relationship.to_values()).allowed
        });
        if !may {
            let problem = "may not be entered by your position for this owner";
            let error = ValueError::new(
                "import.owner_not_allowed",
                "customer",
                problem,
                "an owner of your own units",
            );
            return Err(fault(error.at("owner")));
        }
        let dealer = dealer_of(&self.units, unit);
        if let Some(number) = &entered.relationship.number
            && taken(number)
        {
            let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
            return Err(fault(error.at("number")));
        }
        let vat_number = entered
            .party
            .vat_number
            .as_ref()
            .map(|number| format!("{number} {dealer}", number = number.as_str()));
        let keys = [("number", entered.relationship.number.clone()), ("vat_number", vat_number)];
        self.first_time(line, &keys)?;
        if let Some(duplicate) = find_duplicate(dealer, &known) {
            duplicate.into_party().map_err(fault)?;
        }
        self.note(line, keys);
        Ok(Ready::Customer { entered, dealer, known })
    }

    fn parts(&mut self, view: &View<'_>, drafts: Drafts, moment: &Moment<'_>) -> Result<Vec<Decided>> {
        let asked: Vec<&Draft> = drafts.iter().filter_map(|(_, draft)| draft.as_ref().ok()).collect();
        let named = Named::fetch(view, &asked)?;
        let mut decided = Vec::with_capacity(drafts.len());
        for (line, draft) in drafts {
            let outcome = draft.and_then(|draft| {
                self.part(&named, line, draft, moment).map_err(|error| RejectedRow::new(line, &*error))
            });
            decided.push(Decided { line, outcome });
        }
        Ok(decided)
    }

    fn part(
        &mut self,
        named: &Named,
        line: u64,
        draft: Draft,
        moment: &Moment<'_>,
    ) -> std::result::Result<Ready, Fault> {
        let whose = draft.whose().cloned().unwrap_or_default();
        let customer = named.customer(&whose, self.fixed.as_ref()).map_err(fault)?.clone();
        let id = (moment.new_uuid)();
        match draft {
            Draft::Vehicle(new, _) => {
                let vehicle =
                    entry::enter_vehicle(&new, EntityId::from_uuid(id), customer.party).map_err(fault)?;
                let vin = vehicle.vin.as_ref().map(|vin| vin.as_str().to_owned());
                if let Some(vin) = &vin
                    && vehicle.disposed.is_none()
                    && named.fleets.contains(&(vin.clone(), customer.party))
                {
                    let problem = "stands in the fleet already";
                    let error = ValueError::new(
                        "vehicle.duplicate",
                        "VIN",
                        problem,
                        "a vehicle that is new to the fleet",
                    );
                    return Err(fault(error.at("vin")));
                }
                let keys = [("vin", vin.map(|vin| format!("{vin} {}", customer.party)))];
                self.first_time(line, &keys)?;
                self.note(line, keys);
                Ok(Ready::Vehicle(Box::new(vehicle)))
            }
            Draft::Contact(new, _) => {
                let country = Some(&customer.country);
                let contact = entry::enter_contact(&new, EntityId::from_uuid(id), customer.id, country)
                    .map_err(fault)?;
                if contact.number.as_ref().is_some_and(|number| named.contact_numbers.contains(number)) {
                    let error =
                        ValueError::new("key.taken", "key", "is used by another record", "one that is free");
                    return Err(fault(error.at("number")));
                }
                let keys = [("number", contact.number.clone())];
                self.first_time(line, &keys)?;
                self.note(line, keys);
                Ok(Ready::Contact(Box::new(contact)))
            }
            Draft::Consent(mut new, number, _) => {
                if let Some(number) = number {
                    let contact =
                        named.contacts.get(&number).filter(|contact| contact.customer == customer.id);
                    let unknown = || {
                        let problem = "is not one of this customer";
                        ValueError::new("record.not_found", "contact", problem, "a contact of the customer")
                            .at("contact_number")
                    };
                    new.contact = Some(contact.ok_or_else(|| fault(unknown()))?.id);
                }
                let consent = entry::enter_consent(&new, EntityId::from_uuid(id), customer.id, moment.now);
                Ok(Ready::Consent(Box::new(consent.map_err(fault)?)))
            }
            Draft::Customer(..) => Err(fault(crate::CrmError::Internal { what: "customers are no parts" })),
        }
    }

    /// The position a row names, with its unit; each is looked up once.
    fn seat(
        &mut self,
        view: &View<'_>,
        owner: Option<String>,
    ) -> Result<std::result::Result<Seat, ValueError>> {
        let Some(title) = owner else { return Ok(Ok(self.seat)) };
        if let Some(known) = self.seats.get(&title) {
            return Ok(known.clone());
        }
        let found = match view.resolve::<Position>(&title) {
            Ok(position) => Ok(seat_of(&position.record)),
            Err(error) if error.kind() == crate::ErrorKind::NotFound => Err(ValueError::new(
                "record.not_found",
                "owner",
                "is not the title of a position",
                "the title of a position that is there",
            )
            .at("owner")),
            Err(error) => return Err(error),
        };
        self.seats.insert(title, found.clone());
        Ok(found)
    }

    /// Refuses a key that stood in the file before.
    fn first_time(
        &self,
        line: u64,
        keys: &[(&'static str, Option<String>)],
    ) -> std::result::Result<(), Fault> {
        for (field, key) in keys {
            let before = key.as_ref().and_then(|key| self.seen.get(&(*field, key.clone())));
            if let Some(before) = before.filter(|before| **before != line) {
                let problem = format!("stands at line {before} already");
                let error = ValueError::new("import.repeated", "value", problem, "every record once");
                return Err(fault(error.at(*field)));
            }
        }
        Ok(())
    }

    fn note<const N: usize>(&mut self, line: u64, keys: [(&'static str, Option<String>); N]) {
        for (field, key) in keys {
            if let Some(key) = key {
                self.seen.insert((field, key), line);
            }
        }
    }
}

const fn seat_of(position: &Position) -> Seat {
    Seat { owner: position.id, unit: position.unit }
}

/// The dealer a unit belongs to, as [`Door::dealer_of`](crate::door::Door::dealer_of) finds it, without asking the store.
fn dealer_of(units: &HashMap<UnitId, Unit>, unit: UnitId) -> UnitId {
    let mut at = unit;
    for _ in 0..TREE_DEPTH_MAX {
        match units.get(&at) {
            Some(Unit { kind: UnitKind::Outlet, parent: Some(above), .. }) => at = *above,
            _ => break,
        }
    }
    at
}
