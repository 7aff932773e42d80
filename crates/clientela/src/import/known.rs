//! What the store knows that a chunk of rows asks about, fetched in a few questions instead of some for every row.

use super::rows::{Checked, Whose};
use crate::error::{CrmError, Result};
use crate::view::View;
use clientela_core::entity;
use clientela_core::ids::{ContactId, CustomerId, PartyId, UnitId};
use clientela_core::organisation::{Unit, Verb, permission};
use clientela_core::party::{
    Consent, Contact, Customer, EnteredCustomer, KnownParty, KnownRelationship, Party, Relationship, Vehicle,
};
use clientela_model::identifier::{Country, VatNumber, Vin};
use clientela_model::{EntityId, Predicate, Record, Value, ValueError};
use clientela_store::{Order, RowView, StoreError, Stored};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// The condition that a column has one of these values; none when there are none.
fn one_of(column: &'static str, keys: impl IntoIterator<Item = Value>) -> Option<Predicate> {
    let keys: Vec<Value> = keys.into_iter().collect();
    (!keys.is_empty()).then(|| Predicate::OneOf(column.into(), keys))
}

fn text(key: &str) -> Value {
    Value::Text(key.to_owned().into())
}

/// The distinct texts, in the order of their letters so that the same rows always ask the same question.
fn distinct<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Which of these keys some record has, whoever may see it.
pub(super) fn taken<'a, R: Record>(
    view: &View<'_>,
    column: &'static str,
    keys: impl Iterator<Item = &'a str>,
) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    let Some(condition) = one_of(column, distinct(keys).into_iter().map(text)) else { return Ok(found) };
    let mut failed = None;
    view.reader.scan(R::ENTITY, &[column], &condition, None, &mut |row| {
        match row.text(0) {
            Ok(key) => found.extend(key.map(str::to_owned)),
            Err(error) => failed = Some(error),
        }
        if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    failed.map_or(Ok(found), |error| Err(error.into()))
}

/// The parties that have one of the VAT numbers of these customers, with all their relationships, whoever may see them.
pub(super) fn parties(
    view: &View<'_>,
    entered: &[&EnteredCustomer],
    dealer_of: impl Fn(UnitId) -> UnitId,
) -> Result<HashMap<String, Vec<KnownParty>>> {
    let numbers =
        distinct(entered.iter().filter_map(|one| one.party.vat_number.as_ref()).map(VatNumber::as_str));
    let mut known: HashMap<String, Vec<KnownParty>> = HashMap::new();
    let Some(condition) = one_of("vat_number", numbers.into_iter().map(text)) else { return Ok(known) };
    let parties: Vec<Stored<Party>> = view.reader.find(&condition, &Order::by_id(), None, 0)?;
    let Some(of_parties) = one_of("party", parties.iter().map(|party| Value::Id(party.record.id.uuid())))
    else {
        return Ok(known);
    };
    let mut relationships: HashMap<PartyId, Vec<KnownRelationship>> = HashMap::new();
    for stored in view.reader.find::<Relationship>(&of_parties, &Order::by_id(), None, 0)? {
        let record = stored.record;
        let visible = view.can(Verb::Read, Relationship::ENTITY, &record.to_values()).allowed;
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
    pub(super) country: Country,
    number: Option<String>,
    vat_number: Option<String>,
}

impl From<Customer> for Owner {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id,
            party: customer.party,
            country: customer.country,
            number: customer.number,
            vat_number: customer.vat_number.map(|number| number.as_str().to_owned()),
        }
    }
}

impl Owner {
    const COLUMNS: [&str; 5] = ["id", "party", "country", "number", "vat_number"];

    /// The customers that satisfy a condition and may be seen.
    fn find(view: &View<'_>, condition: Option<Predicate>) -> Result<Vec<Self>> {
        let mut owners = Vec::new();
        scan::<Customer>(view, &Self::COLUMNS, condition, &mut |row| {
            let country = row.text(2)?.map(Country::parse).transpose();
            let (Some(id), Some(party), Ok(Some(country))) = (read_id(row, 0)?, read_id(row, 1)?, country)
            else {
                return Ok(());
            };
            owners.push(Self {
                id,
                party,
                country,
                number: row.text(3)?.map(str::to_owned),
                vat_number: row.text(4)?.map(str::to_owned),
            });
            Ok(())
        })?;
        Ok(owners)
    }
}

/// Visits the visible rows that satisfy a condition, in place.
fn scan<R: Record>(
    view: &View<'_>,
    columns: &[&str],
    condition: Option<Predicate>,
    each: &mut dyn FnMut(&RowView<'_>) -> std::result::Result<(), StoreError>,
) -> Result<()> {
    let Some(condition) = condition else { return Ok(()) };
    let visible = condition.and(view.readable(R::ENTITY));
    let mut failed = None;
    view.reader.scan(R::ENTITY, columns, &visible, None, &mut |row| match each(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn read_id<I: EntityId>(row: &RowView<'_>, column: usize) -> std::result::Result<Option<I>, StoreError> {
    Ok(row.blob(column)?.and_then(|bytes| Uuid::from_slice(bytes).ok()).map(I::from_uuid))
}

/// To which wholes the actor may add parts.
#[derive(Default)]
enum Writable {
    All,
    #[default]
    Nothing,
    /// These.
    Only(HashSet<Uuid>),
}

impl Writable {
    /// Asks the condition the door would ask for each part, once for all wholes of a chunk.
    fn fetch<R: Record>(view: &View<'_>, wholes: impl Iterator<Item = Uuid>) -> Result<Self> {
        match permission(view.actor, Verb::Create, R::ENTITY, entity) {
            Predicate::Everything => Ok(Self::All),
            Predicate::Refers { entity: whole, satisfying, .. } => {
                let declared =
                    entity(whole).ok_or(CrmError::Internal { what: "parts belong to declared wholes" })?;
                let mut found = HashSet::new();
                if let Some(condition) = one_of("id", wholes.map(Value::Id)) {
                    view.reader.scan(declared, &["id"], &condition.and(*satisfying), None, &mut |row| {
                        found.extend(
                            row.blob(0).ok().flatten().and_then(|bytes| Uuid::from_slice(bytes).ok()),
                        );
                        ControlFlow::Continue(())
                    })?;
                }
                Ok(Self::Only(found))
            }
            _ => Ok(Self::Nothing),
        }
    }

    fn holds(&self, whole: Uuid) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Only(wholes) => wholes.contains(&whole),
        }
    }
}

/// The customers that parts name, as far as they may be seen, and what else their rows ask about.
#[derive(Default)]
pub(super) struct Named {
    by_number: HashMap<String, Owner>,
    by_vat_number: HashMap<String, Vec<Owner>>,
    writable: Writable,
    /// Whether parts belong to the party, as vehicles do, or to the relationship.
    of_party: bool,
    /// Contacts by their numbers, with their customers.
    pub(super) contacts: HashMap<String, (ContactId, CustomerId)>,
    /// Fleets in which a vehicle stands that has not left them.
    pub(super) fleets: HashSet<(String, PartyId)>,
    /// Numbers of contacts that are used.
    pub(super) contact_numbers: HashSet<String>,
}

impl Named {
    /// Fetches what a chunk of parts of one kind asks about.
    pub(super) fn fetch(view: &View<'_>, rows: &[&Checked], fixed: Option<&Owner>) -> Result<Self> {
        let mut named = Self::default();
        named.fetch_customers(view, rows)?;
        let owners: Vec<&Owner> =
            named.by_number.values().chain(named.by_vat_number.values().flatten()).chain(fixed).collect();
        let parties = owners.iter().map(|owner| owner.party.uuid());
        let relationships = owners.iter().map(|owner| owner.id.uuid());
        match rows.first() {
            Some(Checked::Vehicle(..)) => {
                (named.writable, named.of_party) = (Writable::fetch::<Vehicle>(view, parties)?, true);
                named.fetch_fleets(view, rows)?;
            }
            Some(Checked::Contact(..)) => {
                named.writable = Writable::fetch::<Contact>(view, relationships)?;
                let numbers = rows.iter().filter_map(|row| match row {
                    Checked::Contact(contact, _) => contact.number.as_deref().map(str::trim),
                    _ => None,
                });
                named.contact_numbers = taken::<Contact>(view, "number", numbers)?;
            }
            Some(Checked::Consent(..)) => {
                named.writable = Writable::fetch::<Consent>(view, relationships)?;
                named.fetch_contacts(view, rows)?;
            }
            Some(Checked::Customer(..)) | None => {}
        }
        Ok(named)
    }

    fn fetch_customers(&mut self, view: &View<'_>, rows: &[&Checked]) -> Result<()> {
        let whose = || rows.iter().filter_map(|row| row.whose());
        let numbers = distinct(whose().filter_map(|whose| whose.number.as_deref()));
        for owner in Owner::find(view, one_of("number", numbers.into_iter().map(text)))? {
            if let Some(number) = owner.number.clone() {
                self.by_number.insert(number, owner);
            }
        }
        let by_vat: Vec<VatNumber> = whose()
            .filter(|whose| whose.number.is_none())
            .filter_map(|whose| vat_number(whose).ok()?)
            .collect();
        let by_vat = distinct(by_vat.iter().map(VatNumber::as_str));
        for owner in Owner::find(view, one_of("vat_number", by_vat.into_iter().map(text)))? {
            if let Some(number) = owner.vat_number.clone() {
                self.by_vat_number.entry(number).or_default().push(owner);
            }
        }
        Ok(())
    }

    fn fetch_contacts(&mut self, view: &View<'_>, rows: &[&Checked]) -> Result<()> {
        let numbers = rows.iter().filter_map(|row| match row {
            Checked::Consent(_, number, _) => number.as_deref(),
            _ => None,
        });
        let condition = one_of("number", distinct(numbers).into_iter().map(text));
        scan::<Contact>(view, &["id", "customer", "number"], condition, &mut |row| {
            if let (Some(id), Some(customer), Some(number)) =
                (read_id(row, 0)?, read_id(row, 1)?, row.text(2)?)
            {
                self.contacts.insert(number.to_owned(), (id, customer));
            }
            Ok(())
        })
    }

    fn fetch_fleets(&mut self, view: &View<'_>, rows: &[&Checked]) -> Result<()> {
        let vins = rows.iter().filter_map(|row| match row {
            Checked::Vehicle(vehicle, _) => vehicle.vin.as_ref().map(Vin::as_str),
            _ => None,
        });
        let vins = one_of("vin", distinct(vins).into_iter().map(text));
        let standing = vins.map(|vins| vins.and(Predicate::Empty("disposed".into())));
        scan::<Vehicle>(view, &["vin", "party"], standing, &mut |row| {
            if let (Some(vin), Some(party)) = (row.text(0)?, read_id(row, 1)?) {
                self.fleets.insert((vin.to_owned(), party));
            }
            Ok(())
        })
    }

    /// Whether the actor may add the parts to this customer.
    pub(super) fn writable(&self, owner: &Owner) -> bool {
        self.writable.holds(if self.of_party { owner.party.uuid() } else { owner.id.uuid() })
    }

    /// The customer a row names.
    ///
    /// # Errors
    /// `field.missing`, `record.not_found`, `import.customer_ambiguous`, and the codes of VAT numbers.
    pub(super) fn customer<'a>(
        &'a self,
        whose: &Whose,
        fixed: Option<&'a Owner>,
    ) -> std::result::Result<&'a Owner, ValueError> {
        let unknown = |field: &'static str| {
            ValueError::new(
                "record.not_found",
                "customer",
                "is not known, or may not be seen",
                "a customer you can see",
            )
            .at(field)
        };
        if let Some(number) = &whose.number {
            return self.by_number.get(number).ok_or_else(|| unknown("customer_number"));
        }
        if let Some(number) = vat_number(whose).map_err(|error| error.at("vat_number"))? {
            return match self.by_vat_number.get(number.as_str()).map(Vec::as_slice) {
                Some([one]) => Ok(one),
                None | Some([]) => Err(unknown("vat_number")),
                Some(_) => Err(ValueError::new(
                    "import.customer_ambiguous",
                    "VAT number",
                    "is that of several customers",
                    "the customer number beside it",
                )
                .at("vat_number")),
            };
        }
        fixed.ok_or_else(|| {
            ValueError::new("field.missing", "field", "is missing", "a customer number or a VAT number")
                .at("customer_number")
        })
    }
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
