//! What the store knows that a chunk of rows asks about, fetched in a few questions instead of some for every row.

use super::rows::{Draft, Whose};
use crate::error::Result;
use crate::view::View;
use clientela_core::ids::{PartyId, UnitId};
use clientela_core::organisation::{Unit, Verb};
use clientela_core::party::{Contact, Customer, EnteredCustomer, KnownParty, KnownRelationship, Party};
use clientela_core::party::{Relationship, Vehicle};
use clientela_model::identifier::{Country, VatNumber, Vin};
use clientela_model::{EntityId, Field, Predicate, Record, Value, ValueError};
use clientela_store::{Order, Stored};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// The columns texts are looked up in.
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

fn found<R: Record>(view: &View<'_>, condition: Option<Predicate>) -> Result<Vec<R>> {
    let Some(condition) = condition else { return Ok(Vec::new()) };
    let page = view.page::<R>(&condition, &Order::by_id(), None, 0)?;
    Ok(page.into_iter().map(|stored| stored.record).collect())
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

/// The customers that parts name, as far as they may be seen, and what else their rows ask about.
#[derive(Default)]
pub(super) struct Named {
    by_number: HashMap<String, Customer>,
    by_vat_number: HashMap<String, Vec<Customer>>,
    /// Contacts by their numbers.
    pub(super) contacts: HashMap<String, Contact>,
    /// Fleets in which a vehicle stands that has not left them.
    pub(super) fleets: HashSet<(String, PartyId)>,
    /// Numbers of contacts that are used.
    pub(super) contact_numbers: HashSet<String>,
}

impl Named {
    /// Fetches what a chunk of parts asks about.
    pub(super) fn fetch(view: &View<'_>, drafts: &[&Draft]) -> Result<Self> {
        let mut named = Self::default();
        let whose = || drafts.iter().filter_map(|draft| draft.whose());
        let numbers = distinct(whose().filter_map(|whose| whose.number.as_deref()));
        for customer in found::<Customer>(view, one_of("number", numbers.into_iter().map(text)))? {
            if let Some(number) = customer.number.clone() {
                named.by_number.insert(number, customer);
            }
        }
        let by_vat: Vec<VatNumber> = whose()
            .filter(|whose| whose.number.is_none())
            .filter_map(|whose| vat_number(whose).ok()?)
            .collect();
        let by_vat = distinct(by_vat.iter().map(VatNumber::as_str));
        for customer in found::<Customer>(view, one_of("vat_number", by_vat.into_iter().map(text)))? {
            if let Some(number) = &customer.vat_number {
                let same = named.by_vat_number.entry(number.as_str().to_owned()).or_default();
                same.push(customer);
            }
        }
        let contact_numbers = drafts.iter().filter_map(|draft| match draft {
            Draft::Consent(_, number, _) => number.as_deref(),
            _ => None,
        });
        for contact in
            found::<Contact>(view, one_of("number", distinct(contact_numbers).into_iter().map(text)))?
        {
            if let Some(number) = contact.number.clone() {
                named.contacts.insert(number, contact);
            }
        }
        named.contact_numbers = taken::<Contact>(
            view,
            "number",
            drafts.iter().filter_map(|draft| match draft {
                Draft::Contact(contact, _) => contact.number.as_deref(),
                _ => None,
            }),
        )?;
        let vins: Vec<Vin> = drafts
            .iter()
            .filter_map(|draft| match draft {
                Draft::Vehicle(vehicle, _) => Vin::parse(vehicle.vin.as_deref()?).ok(),
                _ => None,
            })
            .collect();
        let vins = one_of("vin", distinct(vins.iter().map(Vin::as_str)).into_iter().map(text));
        let standing = vins.map(|vins| vins.and(Predicate::Empty("disposed".into())));
        for vehicle in found::<Vehicle>(view, standing)? {
            if let Some(vin) = &vehicle.vin {
                named.fleets.insert((vin.as_str().to_owned(), vehicle.party));
            }
        }
        Ok(named)
    }

    /// The customer a row names.
    ///
    /// # Errors
    /// `field.missing`, `record.not_found`, `import.customer_ambiguous`, and the codes of VAT numbers.
    pub(super) fn customer<'a>(
        &'a self,
        whose: &Whose,
        fixed: Option<&'a Customer>,
    ) -> std::result::Result<&'a Customer, ValueError> {
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

/// The value of a number as it is stored, for callers that compare.
pub(super) fn stored_text(value: &impl Field) -> String {
    value.to_value().to_plain_text()
}
