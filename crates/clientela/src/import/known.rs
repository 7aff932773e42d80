//! What the store knows that a chunk of rows asks about, fetched in a few questions instead of some for every row.

use super::rows::{Checked, Whose};
use crate::error::Result;
use crate::view::View;
use clientela_core::entity;
use clientela_core::ids::{ContactId, CustomerId, PartyId, UnitId};
use clientela_core::organisation::{MERGED_INTO, Unit, Verb, permission};
use clientela_core::party::{Contact, Customer, KnownParty, KnownRelationship, Party, Relationship, Vehicle};
use clientela_model::identifier::{Country, VatNumber, Vin};
use clientela_model::{EntityId, Predicate, Record, Value, ValueError};
use clientela_store::{Order, RowView, StoreError, Stored};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// The condition that a column has one of these values; none when there are none.
pub(super) fn one_of(column: &'static str, keys: impl IntoIterator<Item = Value>) -> Option<Predicate> {
    let keys: Vec<Value> = keys.into_iter().collect();
    (!keys.is_empty()).then(|| Predicate::OneOf(column.into(), keys))
}

pub(super) fn text(key: &str) -> Value {
    Value::Text(key.to_owned().into())
}

/// The distinct texts, in the order of their letters so that the same rows always ask the same question.
pub(super) fn distinct<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Which of these customer numbers are used, and by which dealer, whoever may see the customer.
pub(super) fn customer_numbers<'a>(
    view: &View<'_>,
    numbers: impl Iterator<Item = &'a str>,
    dealer_of: impl Fn(UnitId) -> UnitId,
) -> Result<HashSet<(String, UnitId)>> {
    let mut found = HashSet::new();
    let condition = one_of("number", distinct(numbers).into_iter().map(text));
    scan::<Relationship>(view, &["number", "unit"], condition, &mut |row| {
        if let (Some(number), Some(unit)) = (row.text(0)?, read_id(row, 1)?) {
            found.insert((number.to_owned(), dealer_of(unit)));
        }
        Ok(())
    })?;
    Ok(found)
}

/// The parties that have one of these VAT numbers, with all their relationships, whoever may see them.
pub(super) fn parties<'a>(
    view: &View<'_>,
    numbers: impl Iterator<Item = &'a str>,
    dealer_of: impl Fn(UnitId) -> UnitId,
) -> Result<HashMap<String, Vec<KnownParty>>> {
    let numbers = distinct(numbers);
    let mut known: HashMap<String, Vec<KnownParty>> = HashMap::new();
    let Some(condition) = one_of("vat_number", numbers.into_iter().map(text)) else { return Ok(known) };
    let itself = || Predicate::Empty(MERGED_INTO.into());
    let parties: Vec<Stored<Party>> = view.reader.find(&condition.and(itself()), &Order::by_id(), None, 0)?;
    let Some(of_parties) = one_of("party", parties.iter().map(|party| Value::Id(party.record.id.uuid())))
    else {
        return Ok(known);
    };
    let mut relationships: HashMap<PartyId, Vec<KnownRelationship>> = HashMap::new();
    for stored in view.reader.find::<Relationship>(&of_parties.and(itself()), &Order::by_id(), None, 0)? {
        let record = stored.record;
        let visible = view.may(Verb::Read, Relationship::ENTITY, &record.to_values());
        let relationship = KnownRelationship { customer: record.id, dealer: dealer_of(record.unit), visible };
        relationships.entry(record.party).or_default().push(relationship);
    }
    for party in parties {
        let Some(number) = &party.record.vat_number else { continue };
        let relationships = relationships.remove(&party.record.id).unwrap_or_default();
        let entry = known.entry(number.as_str().to_owned()).or_default();
        entry.push(KnownParty { party: party.record.id, relationships });
    }
    Ok(known)
}

/// The customer a part belongs to: what is needed of it, and no more is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Owner {
    pub(super) id: CustomerId,
    pub(super) party: PartyId,
    /// The country, where it was asked for: what is read by its rules needs it.
    pub(super) country: Option<Country>,
    /// The unit of the relationship.
    pub(super) unit: UnitId,
    /// Whether the actor may change the relationship, and so add to it.
    pub(super) changeable: bool,
    number: Option<String>,
    vat_number: Option<String>,
}

/// What the actor may do with relationships, by their unit and owner: the conditions of access look at nothing else of a
/// record that is owned. Asked once for each pair, not in the question for the rows: an index on the owner, who may have very
/// many customers, must not be preferred to the one on their numbers.
#[derive(Default)]
pub(super) struct Rights(HashMap<(Option<Uuid>, Option<Uuid>), (bool, bool)>);

impl Rights {
    /// Whether the relationship may be read, and changed.
    pub(super) fn of_relationship(&mut self, view: &View<'_>, record: &Relationship) -> (bool, bool) {
        self.of(view, Some(record.unit.uuid()), Some(record.owner.uuid()))
    }

    /// Whether a relationship of this unit and owner may be read, and changed.
    fn of(&mut self, view: &View<'_>, unit: Option<Uuid>, owner: Option<Uuid>) -> (bool, bool) {
        *self.0.entry((unit, owner)).or_insert_with(|| {
            let declared = Relationship::ENTITY;
            let id = |known: Option<Uuid>| known.map_or(Value::Null, Value::Id);
            let values: Vec<Value> = declared
                .columns
                .iter()
                .map(|column| match column.name {
                    "unit" => id(unit),
                    "owner" => id(owner),
                    _ => Value::Null,
                })
                .collect();
            let may =
                |verb| permission(view.actor, verb, declared, entity).holds(declared, &values, view.reader);
            (may(Verb::Read), may(Verb::Change))
        })
    }
}

impl Owner {
    /// The customer the options name; that it may be seen has been asked.
    pub(super) fn named(view: &View<'_>, rights: &mut Rights, customer: Customer) -> Self {
        let (unit, owner) = (customer.unit.uuid(), customer.owner.uuid());
        Self {
            id: customer.id,
            party: customer.party,
            country: Some(customer.country),
            unit: customer.unit,
            changeable: rights.of(view, Some(unit), Some(owner)).1,
            number: customer.number,
            vat_number: customer.vat_number.map(|number| number.as_str().to_owned()),
        }
    }

    /// The customers of these relationships that may be seen, with what was asked of their parties.
    fn visible(
        view: &View<'_>,
        rights: &mut Rights,
        relationships: Vec<Related>,
        parties: &HashMap<PartyId, OfParty>,
    ) -> Vec<Self> {
        let seen = relationships.into_iter().filter_map(|related| {
            let (readable, changeable) = rights.of(view, related.unit, related.owner);
            let (country, vat_number) = parties.get(&related.party).cloned().unwrap_or_default();
            let Related { id, party, number, unit, .. } = related;
            let unit = unit.filter(|_| readable).map(UnitId::from_uuid)?;
            Some(Self { id, party, country, unit, changeable, number, vat_number })
        });
        seen.collect()
    }

    /// Customers by their numbers; the countries of their parties only where they are needed, which costs a question more.
    fn by_numbers(
        view: &View<'_>,
        rights: &mut Rights,
        numbers: Vec<&str>,
        with_country: bool,
    ) -> Result<Vec<Self>> {
        let relationships = Related::fetch(view, one_of("number", numbers.into_iter().map(text)))?;
        let parties = if with_country {
            let ids = relationships.iter().map(|related| Value::Id(related.party.uuid()));
            parties_of(view, one_of("id", ids))?
        } else {
            HashMap::new()
        };
        Ok(Self::visible(view, rights, relationships, &parties))
    }

    fn by_vat_numbers(view: &View<'_>, rights: &mut Rights, numbers: Vec<&str>) -> Result<Vec<Self>> {
        let parties = parties_of(view, one_of("vat_number", numbers.into_iter().map(text)))?;
        let ids = parties.keys().map(|party| Value::Id(party.uuid()));
        let relationships = Related::fetch(view, one_of("party", ids))?;
        Ok(Self::visible(view, rights, relationships, &parties))
    }
}

/// What is read of a relationship. It and its party are asked for by their own columns, which have indexes; the view that
/// joins them has none.
struct Related {
    id: CustomerId,
    party: PartyId,
    unit: Option<Uuid>,
    owner: Option<Uuid>,
    number: Option<String>,
}

impl Related {
    fn fetch(view: &View<'_>, condition: Option<Predicate>) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        let mut merged: Vec<(CustomerId, Option<String>)> = Vec::new();
        let columns = ["id", "party", "unit", "owner", "number", MERGED_INTO];
        scan::<Relationship>(view, &columns, condition, &mut |row| {
            if let (Some(id), Some(party)) = (read_id(row, 0)?, read_id(row, 1)?) {
                let (unit, owner) = (read_uuid(row, 2)?, read_uuid(row, 3)?);
                let number = row.text(4)?.map(str::to_owned);
                match read_id::<CustomerId>(row, 5)? {
                    Some(_) => merged.push((id, number)),
                    None => found.push(Self { id, party, unit, owner, number }),
                }
            }
            Ok(())
        })?;
        // Few are: whoever names one means what it is now, by the number he knows.
        for (id, number) in merged {
            let Some(now) = view.now(id)? else { continue };
            let Relationship { id, party, unit, owner, .. } = now;
            found.push(Self { id, party, unit: Some(unit.uuid()), owner: Some(owner.uuid()), number });
        }
        Ok(found)
    }
}

/// Country and VAT number of a party.
type OfParty = (Option<Country>, Option<String>);

/// Country and VAT number of parties.
fn parties_of(view: &View<'_>, condition: Option<Predicate>) -> Result<HashMap<PartyId, OfParty>> {
    let mut parties = HashMap::new();
    scan::<Party>(view, &["id", "country", "vat_number"], condition, &mut |row| {
        if let Some(id) = read_id::<PartyId>(row, 0)? {
            let country = row.text(1)?.and_then(|code| Country::parse(code).ok());
            parties.insert(id, (country, row.text(2)?.map(str::to_owned)));
        }
        Ok(())
    })?;
    Ok(parties)
}

/// Visits the rows that satisfy a condition, in place, whoever may see them.
fn scan<R: Record>(
    view: &View<'_>,
    columns: &[&str],
    condition: Option<Predicate>,
    each: &mut dyn FnMut(&RowView<'_>) -> std::result::Result<(), StoreError>,
) -> Result<()> {
    let Some(condition) = condition else { return Ok(()) };
    let mut failed = None;
    view.reader.scan(R::ENTITY, columns, &condition, None, &mut |row| match each(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn read_uuid(row: &RowView<'_>, column: usize) -> std::result::Result<Option<Uuid>, StoreError> {
    Ok(row.blob(column)?.and_then(|bytes| Uuid::from_slice(bytes).ok()))
}

fn read_id<I: EntityId>(row: &RowView<'_>, column: usize) -> std::result::Result<Option<I>, StoreError> {
    Ok(read_uuid(row, column)?.map(I::from_uuid))
}

/// The customers that parts name, as far as they may be seen, and what else their rows ask about. The latter is only ever
/// compared with a customer that may be seen.
#[derive(Default)]
pub(super) struct Named {
    by_number: HashMap<String, Vec<Owner>>,
    by_vat_number: HashMap<String, Vec<Owner>>,
    /// Contacts by their numbers, or ids, and customers.
    contacts: HashMap<(String, CustomerId), ContactId>,
    /// Fleets in which a vehicle stands that has not left them.
    pub(super) fleets: HashSet<(String, PartyId)>,
    /// Numbers of contacts that are used, by units.
    pub(super) contact_numbers: Vec<(String, UnitId)>,
}

impl Named {
    /// Fetches what a chunk of parts of one kind asks about.
    pub(super) fn fetch(view: &View<'_>, rights: &mut Rights, rows: &[&Checked]) -> Result<Self> {
        let mut named = Self::default();
        named.fetch_customers(view, rights, rows)?;
        match rows.first() {
            Some(Checked::Vehicle(..) | Checked::VehicleSaid(..)) => named.fetch_fleets(view, rows)?,
            Some(Checked::Contact(..) | Checked::ContactSaid(..)) => {
                let numbers = rows.iter().filter_map(|row| match row {
                    Checked::Contact(contact, _) => contact.number.as_deref().map(str::trim),
                    Checked::ContactSaid(said, _) => said.new.number.as_deref().map(str::trim),
                    _ => None,
                });
                named.contact_numbers = contact_numbers(view, numbers)?;
            }
            Some(Checked::Consent(..)) => named.fetch_contacts(view, rows)?,
            Some(Checked::Customer(..) | Checked::CustomerSaid(..) | Checked::Market(_)) | None => {}
        }
        Ok(named)
    }

    fn fetch_customers(&mut self, view: &View<'_>, rights: &mut Rights, rows: &[&Checked]) -> Result<()> {
        let whose = || rows.iter().filter_map(|row| row.whose());
        let numbers = distinct(whose().filter_map(|whose| whose.number.as_deref()));
        let with_country = matches!(rows.first(), Some(Checked::Contact(..) | Checked::ContactSaid(..)));
        for owner in Owner::by_numbers(view, rights, numbers, with_country)? {
            if let Some(number) = owner.number.clone() {
                self.by_number.entry(number).or_default().push(owner);
            }
        }
        let by_vat: Vec<VatNumber> = whose()
            .filter(|whose| whose.number.is_none())
            .filter_map(|whose| vat_number(whose).ok()?)
            .collect();
        let by_vat = distinct(by_vat.iter().map(VatNumber::as_str));
        for owner in Owner::by_vat_numbers(view, rights, by_vat)? {
            if let Some(number) = owner.vat_number.clone() {
                self.by_vat_number.entry(number).or_default().push(owner);
            }
        }
        Ok(())
    }

    fn fetch_contacts(&mut self, view: &View<'_>, rows: &[&Checked]) -> Result<()> {
        let named = rows.iter().filter_map(|row| match row {
            Checked::Consent(_, spoken, _) => spoken.contact.as_deref(),
            _ => None,
        });
        let named = distinct(named);
        // A contact without a number is named by its id, as an export does.
        let ids: Vec<Value> =
            named.iter().filter_map(|name| Uuid::try_parse(name).ok()).map(Value::Id).collect();
        for condition in [one_of("number", named.into_iter().map(text)), one_of("id", ids)] {
            scan::<Contact>(view, &["id", "customer", "number"], condition, &mut |row| {
                if let (Some(id), Some(customer)) = (read_id::<ContactId>(row, 0)?, read_id(row, 1)?) {
                    if let Some(number) = row.text(2)? {
                        self.contacts.insert((number.to_owned(), customer), id);
                    }
                    self.contacts.insert((id.to_string(), customer), id);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The contact of a customer that a row names by its number or id; none where it names none.
    ///
    /// # Errors
    /// `record.not_found`.
    pub(super) fn contact(
        &self,
        name: Option<&str>,
        customer: CustomerId,
    ) -> std::result::Result<Option<ContactId>, ValueError> {
        let Some(name) = name else { return Ok(None) };
        let found = self.contacts.get(&(name.to_owned(), customer)).copied();
        found.map(Some).ok_or_else(|| {
            let (problem, expected) = ("is not one of this customer", "a contact of the customer");
            ValueError::new("record.not_found", "contact", problem, expected).at("contact_number")
        })
    }

    fn fetch_fleets(&mut self, view: &View<'_>, rows: &[&Checked]) -> Result<()> {
        let vins = rows.iter().filter_map(|row| match row {
            Checked::Vehicle(vehicle, _) => vehicle.vin.as_ref().map(|vin| vin.as_str().to_owned()),
            Checked::VehicleSaid(said, _) => {
                let vin = said.new.vin.as_deref().and_then(|text| Vin::parse(text).ok());
                vin.map(|vin| vin.as_str().to_owned())
            }
            _ => None,
        });
        let vins: Vec<String> = vins.collect();
        let vins = one_of("vin", distinct(vins.iter().map(String::as_str)).into_iter().map(text));
        let standing = vins.map(|vins| vins.and(Predicate::Empty("disposed".into())));
        scan::<Vehicle>(view, &["vin", "party"], standing, &mut |row| {
            if let (Some(vin), Some(party)) = (row.text(0)?, read_id(row, 1)?) {
                self.fleets.insert((vin.to_owned(), party));
            }
            Ok(())
        })
    }

    /// The customer a row names; of several that may be seen the one of the actor's own dealer.
    ///
    /// # Errors
    /// `field.missing`, `record.not_found`, `import.customer_ambiguous`, and the codes of VAT numbers.
    pub(super) fn customer<'a>(
        &'a self,
        whose: &Whose,
        fixed: Option<&'a Owner>,
        is_own: impl Fn(UnitId) -> bool,
    ) -> std::result::Result<&'a Owner, ValueError> {
        let only =
            |found: Option<&'a Vec<Owner>>, field: &'static str, what: &'static str, beside: &'static str| {
                let found = found.map(Vec::as_slice).unwrap_or_default();
                let own: Vec<&Owner> = found.iter().filter(|owner| is_own(owner.unit)).collect();
                match (found, own.as_slice()) {
                    ([one], _) => Ok(one),
                    (_, [one]) => Ok(*one),
                    ([], _) => {
                        let (problem, expected) =
                            ("is not known, or may not be seen", "a customer you can see");
                        Err(ValueError::new("record.not_found", "customer", problem, expected).at(field))
                    }
                    _ => Err(ValueError::new(
                        "import.customer_ambiguous",
                        what,
                        "is that of several customers",
                        beside,
                    )
                    .at(field)),
                }
            };
        if let Some(number) = &whose.number {
            let beside = "a file of one dealer, brought in by one of its positions";
            return only(self.by_number.get(number), "customer_number", "customer number", beside);
        }
        if let Some(number) = vat_number(whose).map_err(|error| error.at("vat_number"))? {
            let beside = "the customer number beside it";
            return only(self.by_vat_number.get(number.as_str()), "vat_number", "VAT number", beside);
        }
        fixed.ok_or_else(|| {
            ValueError::new("field.missing", "field", "is missing", "a customer number or a VAT number")
                .at("customer_number")
        })
    }
}

/// Which of these contact numbers are used, and in which units, whoever may see the contact.
fn contact_numbers<'a>(
    view: &View<'_>,
    numbers: impl Iterator<Item = &'a str>,
) -> Result<Vec<(String, UnitId)>> {
    let mut used: Vec<(String, CustomerId)> = Vec::new();
    let condition = one_of("number", distinct(numbers).into_iter().map(text));
    scan::<Contact>(view, &["number", "customer"], condition, &mut |row| {
        if let (Some(number), Some(customer)) = (row.text(0)?, read_id(row, 1)?) {
            used.push((number.to_owned(), customer));
        }
        Ok(())
    })?;
    let mut units: HashMap<CustomerId, UnitId> = HashMap::new();
    let of_them = one_of("id", used.iter().map(|(_, customer)| Value::Id(customer.uuid())));
    scan::<Relationship>(view, &["id", "unit"], of_them, &mut |row| {
        if let (Some(id), Some(unit)) = (read_id(row, 0)?, read_id(row, 1)?) {
            units.insert(id, unit);
        }
        Ok(())
    })?;
    Ok(used.into_iter().filter_map(|(number, customer)| Some((number, *units.get(&customer)?))).collect())
}

fn vat_number(whose: &Whose) -> std::result::Result<Option<VatNumber>, ValueError> {
    let Some(text) = &whose.vat_number else { return Ok(None) };
    let country = whose.country.as_deref().map(Country::parse).transpose()?;
    VatNumber::parse(text, country).map(Some)
}

/// All units by id: few, and asked about for every customer.
pub(super) fn units(view: &View<'_>) -> Result<HashMap<UnitId, Unit>> {
    let all = view.reader.find::<Unit>(&Predicate::Everything, &Order::by_id(), None, 0)?;
    Ok(all.into_iter().map(|stored| (stored.record.id, stored.record)).collect())
}
