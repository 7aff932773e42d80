//! Rows of an upsert: the records they are about, found by their keys, and what changes there.

use super::decide::{Decided, Decider, Fault, Ready, dealer, fault};
use super::known;
use super::options::Upsert;
use super::report::RejectedRow;
use super::rows::{Checked, CheckedRow, Said};
use super::targets::RECORD_ID;
use crate::error::Result;
use crate::view::View;
use clientela_core::ids::{ContactId, PartyId, UnitId};
use clientela_core::imports::{Brought, Merged, merging};
use clientela_core::organisation::Verb;
use clientela_core::party::entry::{self, NewCustomer, Seat};
use clientela_core::party::{
    Contact, EnteredCustomer, KnownParty, Party, Relationship, Vehicle, find_duplicate,
};
use clientela_core::performance::MarketTotal;
use clientela_core::privacy::Erasure;
use clientela_model::identifier::{Country, VatNumber};
use clientela_model::{EntityId, Record, Value, ValueError};
use clientela_store::{Order, Stored};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What becomes of a record that is there.
pub(super) enum Change {
    Customer { party: Option<Box<Stored<Party>>>, relationship: Option<Box<Stored<Relationship>>> },
    Vehicle(Box<Stored<Vehicle>>),
    Contact(Box<Stored<Contact>>),
    Market(Box<Stored<MarketTotal>>),
}

/// What a row of an upsert came to: a decision, or a row about a record that is new.
pub(super) type Outcome = std::result::Result<Option<Ready>, Fault>;

/// A customer that may be meant.
struct Known {
    relationship: Stored<Relationship>,
    party: Stored<Party>,
}

/// The customers that rows may mean, and whose numbers they would take.
#[derive(Default)]
struct Customers {
    all: Vec<Known>,
    by_number: HashMap<String, Vec<usize>>,
    by_vat_number: HashMap<String, Vec<usize>>,
    by_id: HashMap<Uuid, usize>,
    /// Numbers that are used, by dealer, and parties of VAT numbers, whoever may see them.
    taken: HashSet<(String, UnitId)>,
    parties: HashMap<String, Vec<KnownParty>>,
    erased: HashSet<Erased>,
}

/// A party whose data was erased on request, or one of its contacts.
pub(super) type Erased = (PartyId, Option<ContactId>);

/// Who of these parties, or of their contacts, was erased.
pub(super) fn erased(view: &View<'_>, parties: impl Iterator<Item = PartyId>) -> Result<HashSet<Erased>> {
    let erasures = find::<Erasure>(view, "party", parties.map(|party| Value::Id(party.uuid())))?;
    Ok(erasures.into_iter().map(|stored| (stored.record.party, stored.record.contact)).collect())
}

/// A record whose person was erased: no file fills it again.
pub(super) fn was_erased(field: &str) -> Fault {
    let problem = "was erased on request and is not filled again";
    let expected = "a new record, if the person has come back";
    fault(ValueError::new("import.erased", "record", problem, expected).at(field))
}

impl Customers {
    fn fetch(view: &View<'_>, decider: &Decider, said: &[&Said<NewCustomer>]) -> Result<Self> {
        let numbers =
            known::distinct(said.iter().filter_map(|said| said.new.number.as_deref().map(str::trim)));
        let vat_numbers: Vec<VatNumber> =
            said.iter().filter_map(|said| vat_number(&said.new).ok()?).collect();
        let ids = said.iter().filter_map(|said| Uuid::try_parse(said.record_id.as_deref()?).ok());
        let mut found: Vec<Stored<Relationship>> = Vec::new();
        found.extend(find(view, "number", numbers.iter().copied().map(known::text))?);
        found.extend(find(view, "id", ids.map(Value::Id))?);
        let of_dealer = |unit| dealer(&decider.dealers, unit);
        let parties = known::parties(view, vat_numbers.iter().map(VatNumber::as_str), of_dealer)?;
        let of_parties = parties.values().flatten().map(|known| Value::Id(known.party.uuid()));
        found.extend(find(view, "party", of_parties)?);
        found.sort_by_key(|stored| stored.record.id);
        found.dedup_by_key(|stored| stored.record.id);
        let named = found.iter().map(|stored| Value::Id(stored.record.party.uuid()));
        let records: Vec<Stored<Party>> = find(view, "id", named)?;
        let records: HashMap<PartyId, Stored<Party>> =
            records.into_iter().map(|stored| (stored.record.id, stored)).collect();
        let taken = known::customer_numbers(view, numbers.into_iter(), of_dealer)?;
        let erased = erased(view, records.keys().copied())?;
        let mut customers = Self { taken, parties, erased, ..Self::default() };
        for relationship in found {
            if let Some(party) = records.get(&relationship.record.party) {
                customers.keep(Known { relationship, party: party.clone() });
            }
        }
        Ok(customers)
    }

    fn keep(&mut self, known: Known) {
        let at = self.all.len();
        let relationship = &known.relationship.record;
        self.by_id.insert(relationship.id.uuid(), at);
        if let Some(number) = &relationship.number {
            self.by_number.entry(number.clone()).or_default().push(at);
        }
        if let Some(number) = &known.party.record.vat_number {
            self.by_vat_number.entry(number.as_str().to_owned()).or_default().push(at);
        }
        self.all.push(known);
    }
}

/// The records that have one of these values in a column, whoever may see them.
pub(super) fn find<R: Record>(
    view: &View<'_>,
    column: &'static str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Stored<R>>> {
    let mut values: Vec<Value> = values.into_iter().collect();
    values.dedup();
    match known::one_of(column, values) {
        Some(condition) => Ok(view.reader.find(&condition, &Order::by_id(), None, 0)?),
        None => Ok(Vec::new()),
    }
}

fn vat_number(new: &NewCustomer) -> std::result::Result<Option<VatNumber>, ValueError> {
    let Some(text) = new.vat_number.as_deref() else { return Ok(None) };
    let country = new.country.as_deref().and_then(|text| Country::parse(text).ok());
    VatNumber::parse(text, country).map(Some).map_err(|error| error.at("vat_number"))
}

/// The first key a row fills.
///
/// # Errors
/// `import.key_missing`.
pub(super) fn key<'a, N>(upsert: &'a Upsert, said: &Said<N>) -> std::result::Result<&'a str, ValueError> {
    let found = upsert.key.iter().find(|key| said.given.iter().any(|given| given == key));
    found.map(String::as_str).ok_or_else(|| {
        let expected = format!("a value for {}", upsert.key.join(" or "));
        let field = upsert.key.first().cloned().unwrap_or_default();
        ValueError::new("import.key_missing", "row", "names no record", expected).at(&field)
    })
}

/// The id a row names its record by.
pub(super) fn record_id<N>(said: &Said<N>) -> std::result::Result<Uuid, ValueError> {
    let text = said.record_id.as_deref().unwrap_or_default();
    Uuid::try_parse(text).map_err(|_| {
        ValueError::new("id.malformed", "record id", "is no id", "the id an export wrote").at(RECORD_ID)
    })
}

/// What the imports before brought into a record.
pub(super) fn brought<R: Record>(view: &View<'_>, id: Uuid) -> Result<Brought> {
    let mut brought = Brought::new();
    for entry in view.reader.history(R::ENTITY, id)? {
        if entry.kind != super::receipts::COMMAND {
            continue;
        }
        if entry.created {
            brought.extend(R::ENTITY.columns.iter().map(|column| (column.name, Value::Null)));
        }
        brought.extend(entry.changes.into_iter().map(|change| (change.column.name, change.after)));
    }
    Ok(brought)
}

/// Brings a record and what a row says of it together.
pub(super) fn merged<R: Record>(
    view: &View<'_>,
    upsert: &Upsert,
    (stored, said): (&R, &R),
    columns: &[&str],
) -> Result<Merged<R>> {
    let id = stored.id().uuid();
    let brought = || brought::<R>(view, id);
    let rebuilt = |values| Ok(R::from_values(values)?);
    merging::merge(stored, said, columns, upsert.conflicts, brought, rebuilt)
}

/// The columns a row speaks of, by the names of the fields it fills or empties.
pub(super) fn columns<N>(said: &Said<N>) -> Vec<&'static str> {
    let fields = said.given.iter().chain(&said.cleared).copied();
    fields
        .flat_map(|field| match field {
            "mileage" => vec!["mileage_km"],
            "owner" => vec!["owner", "unit"],
            field => vec![field],
        })
        .collect()
}

/// A row that says something else than somebody in the store.
pub(super) fn conflict(columns: &[&'static str]) -> Fault {
    let problem =
        format!("has another value than somebody gave since the import before: {}", columns.join(", "));
    let expected = "the value that stands there, or a rule that prefers the file or the store";
    let error = ValueError::new("import.conflict", "row", problem, expected);
    fault(error.at(columns.first().copied().unwrap_or("row")))
}

/// What may not be done with a record that is there.
pub(super) fn not_allowed(field: &str, problem: &str) -> Fault {
    fault(ValueError::new("access.not_allowed", "record", problem, "a record you may change").at(field))
}

/// Puts the fields a row speaks of over those a record has: the row's where it fills them, nothing where it empties them.
macro_rules! overlaid {
    ($base:expr, $said:expr, $empty:expr, [$($field:ident $(as $name:literal)?),* $(,)?]) => {{
        let (mut base, empty) = ($base, $empty);
        $(
            let name = overlaid!(@name $field $($name)?);
            if $said.given.contains(&name) {
                base.$field = $said.new.$field.clone();
            } else if $said.cleared.contains(&name) {
                base.$field = empty.$field.clone();
            }
        )*
        base
    }};
    (@name $field:ident $name:literal) => { $name };
    (@name $field:ident) => { stringify!($field) };
}
pub(super) use overlaid;

impl Decider {
    /// Decides the rows about customers that are there; gives the others back as rows about new ones.
    pub(super) fn existing_customers(
        &mut self,
        view: &View<'_>,
        upsert: &Upsert,
        rows: Vec<CheckedRow>,
    ) -> Result<(Vec<Decided>, Vec<CheckedRow>)> {
        let said: Vec<&Said<NewCustomer>> = rows
            .iter()
            .filter_map(|(_, row)| match row {
                Ok(Checked::CustomerSaid(said, _)) => Some(&**said),
                _ => None,
            })
            .collect();
        let known = Customers::fetch(view, self, &said)?;
        let (mut decided, mut new) = (Vec::new(), Vec::new());
        for (line, row) in rows {
            let (said, owner) = match row {
                Ok(Checked::CustomerSaid(said, owner)) => (said, owner),
                other => {
                    new.push((line, other));
                    continue;
                }
            };
            match self.existing_customer(view, (upsert, &known), line, &said, owner.clone())? {
                Ok(Some(ready)) => decided.push(Decided { line, outcome: Ok(ready) }),
                Ok(None) => new.push((line, entered(&said.new, owner, line))),
                Err(error) => {
                    decided.push(Decided { line, outcome: Err(RejectedRow::new(line, &*error)) });
                }
            }
        }
        Ok((decided, new))
    }

    fn existing_customer(
        &mut self,
        view: &View<'_>,
        (upsert, known): (&Upsert, &Customers),
        line: u64,
        said: &Said<NewCustomer>,
        owner: Option<String>,
    ) -> Result<Outcome> {
        let (key, owned) = match key(upsert, said) {
            Ok(key) => (key, owner.is_some()),
            Err(error) => return Ok(Err(fault(error))),
        };
        let seat = match self.seat(view, owner)? {
            Ok(seat) => seat,
            Err(error) => return Ok(Err(fault(error))),
        };
        let found = match self.meant(view, known, key, said, seat) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(fault(error))),
        };
        let record = found.relationship.record.id.to_string();
        let [number, vat_number] = self.customer_keys(&said.new, found.relationship.record.unit);
        let keys = [number, vat_number, (RECORD_ID, Some(record))];
        if let Err(error) = self.first_time(line, &keys) {
            return Ok(Err(error));
        }
        if known.erased.contains(&(found.party.record.id, None)) {
            return Ok(Err(was_erased(key)));
        }
        if let Err(error) = self.may_change(view, found, said) {
            return Ok(Err(error));
        }
        let outcome = self.changed_customer(view, upsert, known, found, said, owned.then_some(seat))?;
        if outcome.is_ok() {
            self.note(line, keys);
        }
        Ok(outcome.map(Some))
    }

    /// The customer a row means by its key; none when it is new, or not to be seen.
    fn meant<'a>(
        &mut self,
        view: &View<'_>,
        known: &'a Customers,
        key: &str,
        said: &Said<NewCustomer>,
        seat: Seat,
    ) -> std::result::Result<Option<&'a Known>, ValueError> {
        let at: Vec<usize> = match key {
            "number" => {
                let number = said.new.number.as_deref().unwrap_or_default().trim();
                known.by_number.get(number).cloned().unwrap_or_default()
            }
            "vat_number" => match vat_number(&said.new)? {
                Some(number) => known.by_vat_number.get(number.as_str()).cloned().unwrap_or_default(),
                None => Vec::new(),
            },
            _ => known.by_id.get(&record_id(said)?).copied().into_iter().collect(),
        };
        let own = dealer(&self.dealers, seat.unit);
        let mut found: Vec<&Known> = at.iter().filter_map(|at| known.all.get(*at)).collect();
        found.retain(|known| {
            let unit = known.relationship.record.unit;
            let at_dealer = key == RECORD_ID || dealer(&self.dealers, unit) == own;
            at_dealer && self.rights.of_relationship(view, &known.relationship.record).0
        });
        match found.as_slice() {
            [one] => Ok(Some(one)),
            [] if key == RECORD_ID => {
                let problem = "is not known, or may not be seen";
                let error =
                    ValueError::new("record.not_found", "customer", problem, "a customer you can see");
                Err(error.at(RECORD_ID))
            }
            [] => Ok(None),
            _ => {
                let error = ValueError::new(
                    "import.customer_ambiguous",
                    "key",
                    "is that of several customers",
                    "a key that only one has",
                );
                Err(error.at(key))
            }
        }
    }

    fn may_change(
        &mut self,
        view: &View<'_>,
        found: &Known,
        said: &Said<NewCustomer>,
    ) -> std::result::Result<(), Fault> {
        let relationship = &found.relationship.record;
        if !self.rights.of_relationship(view, relationship).1 {
            return Err(not_allowed("number", "may not be changed by your position"));
        }
        let confidential = |field: &&&str| matches!(**field, "credit_hold" | "notes");
        // Refused whatever the field holds: else the answer would tell.
        match said.given.iter().chain(&said.cleared).find(confidential) {
            Some(field) if !view.reads_confidential(relationship) => {
                Err(not_allowed(field, "has fields you may not read"))
            }
            _ => Ok(()),
        }
    }

    fn changed_customer(
        &self,
        view: &View<'_>,
        upsert: &Upsert,
        known: &Customers,
        found: &Known,
        said: &Said<NewCustomer>,
        seat: Option<Seat>,
    ) -> Result<std::result::Result<Ready, Fault>> {
        let (party, relationship) = (&found.party, &found.relationship);
        let as_it_is = NewCustomer::of(&party.record, &relationship.record);
        let as_said = overlaid!(
            as_it_is,
            said,
            NewCustomer::default(),
            [
                kind,
                name,
                name2,
                vat_number,
                street,
                postal_code,
                locality,
                region,
                country,
                email,
                phone,
                language,
                nace,
                number,
                status,
                size,
                since,
                source,
                price_group,
                credit_hold,
                do_not_contact,
                notes,
            ]
        );
        let at = Seat { owner: relationship.record.owner, unit: relationship.record.unit };
        let ids = (relationship.record.id, party.record.id);
        let entered = match entry::enter_customer(&as_said, ids.0, ids.1, seat.unwrap_or(at)) {
            Ok(entered) => entered,
            Err(error) => return Ok(Err(fault(error))),
        };
        let columns = columns(said);
        let to_party = merged(view, upsert, (&party.record, &entered.party), &columns)?;
        let to_relationship = merged(view, upsert, (&relationship.record, &entered.relationship), &columns)?;
        let mut conflicting = conflicts(&to_party);
        conflicting.extend(conflicts(&to_relationship));
        if !conflicting.is_empty() {
            return Ok(Err(conflict(&conflicting)));
        }
        let changed_party = changed(to_party, party.version);
        let mut changed_relationship = changed(to_relationship, relationship.version);
        if let Some(changed) = &mut changed_relationship
            && changed.record.owner != relationship.record.owner
        {
            // What a model said of the owner before says nothing of this one.
            changed.record.owner_reason = None;
        }
        if changed_party.is_none() && changed_relationship.is_none() {
            return Ok(Ok(Ready::Unchanged));
        }
        let after = EnteredCustomer {
            party: changed_party
                .as_ref()
                .map_or_else(|| party.record.clone(), |changed| changed.record.clone()),
            relationship: changed_relationship
                .as_ref()
                .map_or_else(|| relationship.record.clone(), |changed| changed.record.clone()),
            why: entered.why,
        };
        if let Err(error) = self.fits(view, known, found, &after) {
            return Ok(Err(error));
        }
        Ok(Ok(Ready::Changed(Change::Customer { party: changed_party, relationship: changed_relationship })))
    }

    /// What is asked of a new customer is asked of a changed one: the right to it, a number of its own, and no second
    /// relationship of one dealer with one VAT number.
    fn fits(
        &self,
        view: &View<'_>,
        known: &Customers,
        found: &Known,
        after: &EnteredCustomer,
    ) -> std::result::Result<(), Fault> {
        let (before, party) = (&found.relationship.record, &found.party.record);
        let values = |record: &Relationship| record.to_values();
        let may = view.may(Verb::Change, Relationship::ENTITY, &values(&after.relationship))
            && (after.party == *party || view.may(Verb::Change, Party::ENTITY, &party.to_values()));
        if !may {
            return Err(not_allowed("owner", "may not be changed so by your position"));
        }
        let at = dealer(&self.dealers, after.relationship.unit);
        let moved = at != dealer(&self.dealers, before.unit);
        if let Some(number) = &after.relationship.number
            && (moved || after.relationship.number != before.number)
            && known.taken.contains(&(number.clone(), at))
        {
            let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
            return Err(fault(error.at("number")));
        }
        if let Some(number) = &after.party.vat_number
            && (moved || after.party.vat_number != party.vat_number)
        {
            let mut parties = known.parties.get(number.as_str()).cloned().unwrap_or_default();
            for party in &mut parties {
                party.relationships.retain(|other| other.customer != before.id);
            }
            if let Some(duplicate) = find_duplicate(at, &parties).filter(|duplicate| duplicate.same_dealer) {
                duplicate.into_party().map_err(fault)?;
            }
        }
        Ok(())
    }

    /// What must stand in a file but once, of a customer.
    fn customer_keys(&self, new: &NewCustomer, unit: UnitId) -> [(&'static str, Option<String>); 2] {
        let dealer = dealer(&self.dealers, unit);
        let number = new.number.as_deref().map(|number| format!("{} {dealer}", number.trim()));
        let vat_number = vat_number(new).ok().flatten();
        [("number", number), ("vat_number", vat_number.map(|number| format!("{} {dealer}", number.as_str())))]
    }
}

fn conflicts<R>(merged: &Merged<R>) -> Vec<&'static str> {
    match merged {
        Merged::Conflicting(columns) => columns.clone(),
        Merged::Changed(_) | Merged::Unchanged => Vec::new(),
    }
}

/// The record as it is to be, with the version it was read at.
fn changed<R>(merged: Merged<R>, version: i64) -> Option<Box<Stored<R>>> {
    match merged {
        Merged::Changed(record) => Some(Box::new(Stored { record: *record, version })),
        Merged::Unchanged | Merged::Conflicting(_) => None,
    }
}

/// A row about a customer that is new, checked as one.
fn entered(new: &NewCustomer, owner: Option<String>, line: u64) -> std::result::Result<Checked, RejectedRow> {
    let seat = Seat { owner: EntityId::from_uuid(Uuid::nil()), unit: EntityId::from_uuid(Uuid::nil()) };
    let nil = (EntityId::from_uuid(Uuid::nil()), EntityId::from_uuid(Uuid::nil()));
    let entered = entry::enter_customer(new, nil.0, nil.1, seat);
    let entered = entered.map_err(|error| RejectedRow::new(line, &error))?;
    Ok(Checked::Customer(Box::new(entered), owner))
}
