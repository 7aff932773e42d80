//! What is to become of each row of a chunk: the same for a plan and for the writing of it.

use super::existing::Change;
use super::ids::Ids;
use super::known::{self, Named, Owner, Rights};
use super::options::{ImportOptions, ImportTarget, Upsert};
use super::report::RejectedRow;
use super::rows::{Checked, CheckedRow};
use super::seen::Seen;
use crate::error::Result;
use crate::view::View;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Position, Verb, dealer_of};
use clientela_core::party::entry::{self, Seat};
use clientela_core::party::find_duplicate;
use clientela_core::party::{Consent, Contact, Customer, EnteredCustomer, KnownParty, Relationship, Vehicle};
use clientela_core::performance::MarketTotal;
use clientela_model::identifier::{VatNumber, Vin};
use clientela_model::{Coded, EntityId, Record, ValueError};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A row that may be written.
pub(super) enum Ready {
    Customer {
        entered: Box<EnteredCustomer>,
        dealer: UnitId,
        known: Vec<KnownParty>,
    },
    Vehicle(Box<Vehicle>),
    Contact(Box<Contact>),
    Consent(Box<Consent>),
    Market(Box<MarketTotal>),
    /// A record that is there changes.
    Changed(Change),
    /// The record is there just so.
    Unchanged,
}

/// A row and what is to become of it.
pub(super) struct Decided {
    pub(super) line: u64,
    pub(super) outcome: std::result::Result<Ready, RejectedRow>,
}

/// Decides row after row of one file; remembers what stood in it before.
pub(super) struct Decider {
    target: ImportTarget,
    upsert: Option<Upsert>,
    /// The dealer of every unit.
    pub(super) dealers: HashMap<UnitId, UnitId>,
    /// The actor's own dealer.
    pub(super) own: UnitId,
    /// What the actor may do with the customers parts belong to.
    pub(super) rights: Rights,
    /// The customer all rows belong to where they name none.
    pub(super) fixed: Option<Owner>,
    /// Who looks after new customers where the row does not say.
    seat: Seat,
    seats: HashMap<String, std::result::Result<Seat, ValueError>>,
    /// Whether the actor may enter customers with this seat.
    enters: HashMap<(UnitId, PositionId), bool>,
    /// What must stand in a file but once, and where it stood.
    seen: Seen,
}

pub(super) type Fault = Box<dyn Coded>;

pub(super) fn fault(error: impl Coded) -> Fault {
    Box::new(error)
}

impl Decider {
    /// Looks up what all rows have in common.
    ///
    /// # Errors
    /// `record.not_found` for the customer or the position the options name.
    pub(super) fn new(view: &View<'_>, options: &ImportOptions) -> Result<Self> {
        let mut rights = Rights::default();
        let fixed = match &options.customer {
            Some(key) => Some(Owner::named(view, &mut rights, view.resolve::<Customer>(key)?.record)),
            None => None,
        };
        let seat = match &options.owner {
            Some(title) => seat_of(&view.resolve::<Position>(title)?.record),
            None => Seat { owner: view.actor.position, unit: view.actor.unit },
        };
        let (seats, enters, seen) = (HashMap::new(), HashMap::new(), Seen::default());
        let units = known::units(view)?;
        let dealers: HashMap<UnitId, UnitId> =
            units.keys().map(|unit| (*unit, dealer_of(*unit, |id| units.get(&id).cloned()))).collect();
        Ok(Self {
            target: options.target,
            upsert: options.upsert.clone(),
            own: dealer(&dealers, view.actor.unit),
            dealers,
            rights,
            fixed,
            seat,
            seats,
            enters,
            seen,
        })
    }

    /// Decides a chunk in the state that is seen.
    pub(super) fn decide(
        &mut self,
        view: &View<'_>,
        rows: Vec<CheckedRow>,
        ids: &Ids<'_>,
    ) -> Result<Vec<Decided>> {
        let Some(upsert) = self.upsert.clone() else { return self.new_records(view, rows, ids) };
        let (mut decided, new) = if self.target == ImportTarget::Customer {
            self.existing_customers(view, &upsert, rows)?
        } else {
            let asked: Vec<&Checked> = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).collect();
            let named = Named::fetch(view, &mut self.rights, &asked)?;
            if self.target == ImportTarget::Consent {
                self.existing_consents(view, &upsert, &named, rows)?
            } else {
                self.existing_parts(view, &upsert, &named, rows)?
            }
        };
        decided.extend(self.new_records(view, new, ids)?);
        decided.sort_by_key(|row| row.line);
        Ok(decided)
    }

    fn new_records(&mut self, view: &View<'_>, rows: Vec<CheckedRow>, ids: &Ids<'_>) -> Result<Vec<Decided>> {
        match self.target {
            ImportTarget::Customer => self.customers(view, rows, ids),
            ImportTarget::MarketTotal => self.markets(view, rows, ids),
            _ => self.parts(view, rows, ids),
        }
    }

    fn customers(
        &mut self,
        view: &View<'_>,
        checked: Vec<CheckedRow>,
        ids: &Ids<'_>,
    ) -> Result<Vec<Decided>> {
        let mut rows = Vec::with_capacity(checked.len());
        for (line, row) in checked {
            let entered = match row {
                Ok(Checked::Customer(mut entered, owner)) => match self.seat(view, owner)? {
                    Ok(seat) => {
                        entered.party.id = EntityId::from_uuid(ids.next());
                        let relationship = &mut entered.relationship;
                        relationship.id = EntityId::from_uuid(ids.next());
                        relationship.party = entered.party.id;
                        (relationship.owner, relationship.unit) = (seat.owner, seat.unit);
                        Ok(entered)
                    }
                    Err(error) => Err(RejectedRow::new(line, &error)),
                },
                Ok(_) => continue,
                Err(rejected) => Err(rejected),
            };
            rows.push((line, entered));
        }
        let entered: Vec<&EnteredCustomer> =
            rows.iter().filter_map(|(_, entered)| entered.as_deref().ok()).collect();
        let numbers = entered.iter().filter_map(|one| one.relationship.number.as_deref());
        let dealers = &self.dealers;
        let taken = known::customer_numbers(view, numbers, |unit| dealer(dealers, unit))?;
        let vat_numbers =
            entered.iter().filter_map(|one| one.party.vat_number.as_ref()).map(VatNumber::as_str);
        let known = known::parties(view, vat_numbers, |unit| dealer(dealers, unit))?;
        let mut decided = Vec::with_capacity(rows.len());
        for (line, entered) in rows {
            let outcome = entered.and_then(|entered| {
                let vat_number = entered.party.vat_number.as_ref().map(VatNumber::as_str);
                let same = vat_number.and_then(|number| known.get(number)).cloned().unwrap_or_default();
                self.customer(view, line, entered, &taken, same)
                    .map_err(|error| RejectedRow::new(line, &*error))
            });
            decided.push(Decided { line, outcome });
        }
        Ok(decided)
    }

    fn customer(
        &mut self,
        view: &View<'_>,
        line: u64,
        entered: Box<EnteredCustomer>,
        taken: &HashSet<(String, UnitId)>,
        known: Vec<KnownParty>,
    ) -> std::result::Result<Ready, Fault> {
        let (unit, owner) = (entered.relationship.unit, entered.relationship.owner);
        let may = *self.enters.entry((unit, owner)).or_insert_with(|| {
            view.may(Verb::Create, Relationship::ENTITY, &entered.relationship.to_values())
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
        let dealer = dealer(&self.dealers, unit);
        let at_dealer = |number: &String| format!("{number} {dealer}");
        if let Some(number) = &entered.relationship.number
            && taken.contains(&(number.clone(), dealer))
        {
            let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
            return Err(fault(error.at("number")));
        }
        let vat_number = entered
            .party
            .vat_number
            .as_ref()
            .map(|number| format!("{number} {dealer}", number = number.as_str()));
        let number = entered.relationship.number.as_ref().map(at_dealer);
        let keys = [("number", number), ("vat_number", vat_number)];
        self.first_time(line, &keys)?;
        if let Some(duplicate) = find_duplicate(dealer, &known) {
            duplicate.into_party().map_err(fault)?;
        }
        self.note(line, keys);
        Ok(Ready::Customer { entered, dealer, known })
    }

    fn parts(&mut self, view: &View<'_>, rows: Vec<CheckedRow>, ids: &Ids<'_>) -> Result<Vec<Decided>> {
        let asked: Vec<&Checked> = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).collect();
        let named = Named::fetch(view, &mut self.rights, &asked)?;
        let mut decided = Vec::with_capacity(rows.len());
        for (line, row) in rows {
            let outcome = row.and_then(|row| {
                self.part(view, &named, line, row, ids.next())
                    .map_err(|error| RejectedRow::new(line, &*error))
            });
            decided.push(Decided { line, outcome });
        }
        Ok(decided)
    }

    fn part(
        &mut self,
        view: &View<'_>,
        named: &Named,
        line: u64,
        row: Checked,
        id: Uuid,
    ) -> std::result::Result<Ready, Fault> {
        let Some(whose) = row.whose() else {
            return Err(fault(crate::CrmError::Internal { what: "customers are no parts" }));
        };
        let customer = named
            .customer(whose, self.fixed.as_ref(), |unit| dealer(&self.dealers, unit) == self.own)
            .map_err(fault)?
            .clone();
        let of_dealer = dealer(&self.dealers, customer.unit);
        if !customer.changeable && !reached_otherwise(view, &row, &customer) {
            let problem = "may not be added to by your position";
            let error =
                ValueError::new("access.not_allowed", "customer", problem, "a customer you may change");
            return Err(fault(error.at("customer_number")));
        }
        match row {
            Checked::Vehicle(mut vehicle, _) => {
                (vehicle.id, vehicle.party) = (EntityId::from_uuid(id), customer.party);
                let stands = |vin: &Vin| named.fleets.contains(&(vin.as_str().to_owned(), customer.party));
                entry::check_new_to_fleet(&vehicle, stands).map_err(fault)?;
                // One that has left may stand there more than once: it came back and left again.
                let vin = vehicle.vin.as_ref().filter(|_| vehicle.disposed.is_none());
                let vin = vin.map(|vin| vin.as_str().to_owned());
                let keys = [("vin", vin.map(|vin| format!("{vin} {}", customer.party)))];
                self.first_time(line, &keys)?;
                self.note(line, keys);
                Ok(Ready::Vehicle(vehicle))
            }
            Checked::Contact(new, _) => {
                let id = EntityId::from_uuid(id);
                let contact =
                    entry::enter_contact(&new, id, customer.id, customer.country.as_ref()).map_err(fault)?;
                if contact.number.as_ref().is_some_and(|number| self.number_used(named, number, of_dealer)) {
                    let problem = "is used by another record";
                    let error = ValueError::new("key.taken", "key", problem, "one that is free");
                    return Err(fault(error.at("number")));
                }
                let keys =
                    [("number", contact.number.as_ref().map(|number| format!("{number} {of_dealer}")))];
                self.first_time(line, &keys)?;
                self.note(line, keys);
                Ok(Ready::Contact(Box::new(contact)))
            }
            Checked::Consent(mut consent, spoken, _) => {
                consent.contact = named.contact(spoken.contact.as_deref(), customer.id).map_err(fault)?;
                (consent.id, consent.customer) = (EntityId::from_uuid(id), customer.id);
                Ok(Ready::Consent(consent))
            }
            Checked::Customer(..)
            | Checked::Market(_)
            | Checked::CustomerSaid(..)
            | Checked::VehicleSaid(..)
            | Checked::ContactSaid(..) => {
                Err(fault(crate::CrmError::Internal { what: "what is left of an upsert are new parts" }))
            }
        }
    }

    /// Whether a contact of the dealer has this number, whoever may see it.
    pub(super) fn number_used(&self, named: &Named, number: &str, of_dealer: UnitId) -> bool {
        let mut same = named.contact_numbers.iter().filter(|(used, _)| used == number);
        same.any(|(_, unit)| dealer(&self.dealers, *unit) == of_dealer)
    }

    /// The position a row names, with its unit; each is looked up once.
    pub(super) fn seat(
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
            // Other dealers have positions of the same title: the row is at fault, not the whole file.
            Err(error) if matches!(error.code(), "record.not_found" | "record.ambiguous") => {
                Err(ValueError::new(
                    "record.not_found",
                    "owner",
                    "is not the title of one position",
                    "the title of a position that only one has, or its id",
                )
                .at("owner"))
            }
            Err(error) => return Err(error),
        };
        self.seats.insert(title, found.clone());
        Ok(found)
    }

    /// Refuses a key that stood in the file before.
    pub(super) fn first_time(
        &self,
        line: u64,
        keys: &[(&'static str, Option<String>)],
    ) -> std::result::Result<(), Fault> {
        for (field, key) in keys {
            let before = key.as_ref().and_then(|key| self.seen.line(field, key));
            if let Some(before) = before.filter(|before| *before != line) {
                let problem = format!("stands at line {before} already");
                let error = ValueError::new("import.repeated", "value", problem, "every record once");
                return Err(fault(error.at(*field)));
            }
        }
        Ok(())
    }

    pub(super) fn note<const N: usize>(&mut self, line: u64, keys: [(&'static str, Option<String>); N]) {
        for (field, key) in keys {
            if let Some(key) = key {
                self.seen.note(field, &key, line);
            }
        }
    }
}

/// Whether the actor may add the row by another way than the relationship it names: a fleet is the party's, who may have
/// others. Asked of the door's own condition, and rarely.
fn reached_otherwise(view: &View<'_>, row: &Checked, customer: &Owner) -> bool {
    let Checked::Vehicle(vehicle, _) = row else { return false };
    let mut vehicle = vehicle.clone();
    vehicle.party = customer.party;
    view.may(Verb::Create, Vehicle::ENTITY, &vehicle.to_values())
}

const fn seat_of(position: &Position) -> Seat {
    Seat { owner: position.id, unit: position.unit }
}

/// The dealer of a unit; the unit itself when it is not known.
pub(super) fn dealer(dealers: &HashMap<UnitId, UnitId>, unit: UnitId) -> UnitId {
    dealers.get(&unit).copied().unwrap_or(unit)
}
