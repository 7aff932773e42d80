//! The customer as one: what a screen shows and a rule reads.

use crate::command::Key;
use crate::error::Result;
use crate::rules::{ListValues, reads_list};
use crate::session::Session;
use crate::view::{LIST_MAX, View};
use clientela_core::custom::CustomValue;
use clientela_core::ids::CustomerId;
use clientela_core::party::{Activity, Consent, Contact, Customer, Vehicle};
use clientela_core::rules_environment;
use clientela_core::sales::Opportunity;
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber, VatNumber};
use clientela_model::{EntityId, Predicate, Record, Value};
use clientela_rules::Path;
use clientela_store::{Order, Stored};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use uuid::Uuid;

/// A customer with its contacts and fleet, as it was at one moment. Fields the session may not read are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerSnapshot {
    /// The customer.
    pub customer: Customer,
    /// Version of what was read: give it back with a change, to notice that somebody changed it meanwhile.
    pub version: i64,
    /// The persons.
    pub contacts: Vec<Contact>,
    /// The vehicles, those that left the fleet included.
    pub fleet: Vec<Vehicle>,
    /// The values of the fields the installation adds.
    pub custom: Vec<CustomValue>,
}

/// What customers are looked for by. What is given must all hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerSearch {
    /// Start of the name, letter case aside.
    pub name: Option<String>,
    /// VAT number, written in any usual way; with the country's letters.
    pub vat_number: Option<String>,
    /// Customer number.
    pub number: Option<Key>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number, international.
    pub phone: Option<String>,
    /// Country, as two letters.
    pub country: Option<String>,
    /// Start of the postal code.
    pub postal_code: Option<String>,
    /// Only customers after this one, for the next page.
    pub after: Option<CustomerId>,
}

impl CustomerSearch {
    fn condition(&self) -> Result<Predicate> {
        let mut all = Predicate::Everything;
        let mut equals = |column: &'static str, value: Value| {
            all = std::mem::replace(&mut all, Predicate::Nothing).and(Predicate::equals(column, value));
        };
        if let Some(text) = &self.vat_number {
            let number = VatNumber::parse(text, None).map_err(|error| error.at("vat_number"))?;
            equals("vat_number", clientela_model::Field::to_value(&number));
        }
        if let Some(number) = &self.number {
            equals("number", Value::Text(Cow::Owned(number.clone())));
        }
        if let Some(text) = &self.email {
            let email = EmailAddress::parse(text).map_err(|error| error.at("email"))?;
            equals("email", clientela_model::Field::to_value(&email));
        }
        if let Some(text) = &self.phone {
            let phone = PhoneNumber::parse(text, None).map_err(|error| error.at("phone"))?;
            equals("phone", clientela_model::Field::to_value(&phone));
        }
        if let Some(text) = &self.country {
            let country = Country::parse(text).map_err(|error| error.at("country"))?;
            equals("country", clientela_model::Field::to_value(&country));
        }
        for (column, start) in [("name", &self.name), ("postal_code", &self.postal_code)] {
            if let Some(start) = start {
                all = all.and(Predicate::StartsWith(Cow::Borrowed(column), start.clone()));
            }
        }
        if let Some(after) = self.after {
            let id = Value::Id(after.uuid());
            all = all.and(Predicate::Compare(Cow::Borrowed("id"), clientela_model::Comparison::Greater, id));
        }
        Ok(all)
    }
}

impl Session {
    /// A customer by its id or number, with contacts and fleet.
    ///
    /// # Errors
    /// `record.not_found` when there is none that may be seen.
    pub fn customer(&self, key: &str) -> Result<CustomerSnapshot> {
        self.look(|view| {
            let stored = view.resolve::<Customer>(key)?;
            snapshot(&view, stored)
        })
    }

    /// Customers that may be seen and fit the search, by id, at most [`LIST_MAX`] at once.
    ///
    /// # Errors
    /// The code of the identifier that cannot be read, such as `vat_number.check_digit`.
    pub fn find_customers(&self, search: &CustomerSearch, limit: usize) -> Result<Vec<Stored<Customer>>> {
        let condition = search.condition()?;
        self.look(|view| view.page(&condition, &Order::by_id(), Some(limit.min(LIST_MAX)), 0))
    }
}

fn snapshot(view: &View<'_>, stored: Stored<Customer>) -> Result<CustomerSnapshot> {
    let customer = stored.record;
    Ok(CustomerSnapshot {
        contacts: parts(view, "customer", customer.id.uuid())?,
        fleet: parts(view, "party", customer.party.uuid())?,
        custom: parts(view, "customer", customer.id.uuid())?,
        customer,
        version: stored.version,
    })
}

/// All visible records that name this one in the column.
pub(crate) fn parts<R: Record>(view: &View<'_>, column: &'static str, id: Uuid) -> Result<Vec<R>> {
    let found = view.all_of::<R>(&Predicate::equals(column, Value::Id(id)))?;
    Ok(found.into_iter().map(|stored| stored.record).collect())
}

/// What a rule on an opportunity reads of its customer, as far as the view reaches.
#[derive(Debug, Clone)]
pub(crate) struct CustomerFacts {
    pub(crate) customer: Customer,
    pub(crate) fleet: Vec<Vehicle>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) consents: Vec<Consent>,
    pub(crate) activities: Vec<Activity>,
    pub(crate) opportunities: Vec<Opportunity>,
    pub(crate) custom: Vec<CustomValue>,
    pub(crate) added: ListValues,
}

impl CustomerFacts {
    /// Reads the customer and those of its lists the rule speaks of.
    pub(crate) fn read(view: &View<'_>, id: CustomerId, reads: &[Path]) -> Result<Self> {
        Self::of(view, view.get::<Customer>(id)?.record, reads)
    }

    /// What is read of a customer.
    pub(crate) fn of(view: &View<'_>, customer: Customer, reads: &[Path]) -> Result<Self> {
        fn list<R: Record>(view: &View<'_>, wanted: bool, column: &'static str, id: Uuid) -> Result<Vec<R>> {
            if wanted { parts(view, column, id) } else { Ok(Vec::new()) }
        }
        let wanted = |list: &str| reads_list(reads, list);
        let (id, party) = (customer.id.uuid(), customer.party.uuid());
        Ok(Self {
            fleet: list(view, wanted("fleet"), "party", party)?,
            contacts: list(view, wanted("contacts"), "customer", id)?,
            consents: list(view, wanted("consents"), "customer", id)?,
            activities: list(view, wanted("activities"), "customer", id)?,
            opportunities: list(view, wanted("opportunities"), "customer", id)?,
            custom: list(view, wanted("custom"), "customer", id)?,
            added: ListValues::of_customer(view, reads, &customer)?,
            customer,
        })
    }

    /// Whether whoever has this view sees the customer and every entry of the lists that were read.
    pub(crate) fn is_seen(&self, view: &View<'_>, reads: &[Path]) -> Result<bool> {
        let Some(seen) = Self::if_seen(&view.unmasked(), self.customer.id, reads)? else { return Ok(false) };
        let entries = |facts: &Self| {
            let (fleet, contacts, consents) = (&facts.fleet, &facts.contacts, &facts.consents);
            let persons = [fleet.len(), contacts.len(), consents.len()];
            (persons, [facts.activities.len(), facts.opportunities.len(), facts.custom.len()])
        };
        Ok(entries(&seen) == entries(self))
    }

    /// What is read of a customer, if it may be seen.
    pub(crate) fn if_seen(view: &View<'_>, id: CustomerId, reads: &[Path]) -> Result<Option<Self>> {
        let found = view.first_of::<Customer>(&Predicate::equals("id", Value::Id(id.uuid())))?;
        found.map(|stored| Self::of(view, stored.record, reads)).transpose()
    }

    /// What is read of all customers of a condition; each list once.
    pub(crate) fn all(
        view: &View<'_>,
        condition: &Predicate,
        reads: &[Path],
    ) -> Result<HashMap<CustomerId, Self>> {
        fn group<R: Record, K: Eq + std::hash::Hash>(
            view: &View<'_>,
            wanted: bool,
            condition: &Predicate,
            key: impl Fn(&R) -> K,
        ) -> Result<HashMap<K, Vec<R>>> {
            let mut groups: HashMap<K, Vec<R>> = HashMap::new();
            for stored in if wanted { view.all_of::<R>(condition)? } else { Vec::new() } {
                groups.entry(key(&stored.record)).or_default().push(stored.record);
            }
            Ok(groups)
        }
        let wanted = |list: &str| reads_list(reads, list);
        let customers = view.all_of::<Customer>(condition)?;
        let (of_customer, of_party) = match customers.as_slice() {
            [one] => (
                Predicate::equals("customer", Value::Id(one.record.id.uuid())),
                Predicate::equals("party", Value::Id(one.record.party.uuid())),
            ),
            _ => (Predicate::Everything, Predicate::Everything),
        };
        // A party's vehicles are those of each of its customers.
        let fleet = group(view, wanted("fleet"), &of_party, |vehicle: &Vehicle| vehicle.party)?;
        let mut contacts =
            group(view, wanted("contacts"), &of_customer, |contact: &Contact| contact.customer)?;
        let mut consents =
            group(view, wanted("consents"), &of_customer, |consent: &Consent| consent.customer)?;
        let mut activities = group(view, wanted("activities"), &of_customer, |one: &Activity| one.customer)?;
        let mut opportunities =
            group(view, wanted("opportunities"), &of_customer, |one: &Opportunity| one.customer)?;
        let mut custom = group(view, wanted("custom"), &of_customer, |value: &CustomValue| value.customer)?;
        let added = ListValues::read(view, reads, &of_customer, &of_party)?.grouped();
        let facts = customers.into_iter().map(|stored| {
            let customer = stored.record;
            let id = customer.id;
            let mut own = Self {
                fleet: fleet.get(&customer.party).cloned().unwrap_or_default(),
                contacts: contacts.remove(&id).unwrap_or_default(),
                consents: consents.remove(&id).unwrap_or_default(),
                activities: activities.remove(&id).unwrap_or_default(),
                opportunities: opportunities.remove(&id).unwrap_or_default(),
                custom: custom.remove(&id).unwrap_or_default(),
                added: ListValues::default(),
                customer,
            };
            own.added = added.of(&own.fleet, &own.contacts, &own.opportunities);
            (id, own)
        });
        Ok(facts.collect())
    }

    /// Borrowed, as the core takes it.
    pub(crate) fn as_core(&self) -> rules_environment::CustomerFacts<'_> {
        rules_environment::CustomerFacts {
            customer: &self.customer,
            fleet: &self.fleet,
            contacts: &self.contacts,
            consents: &self.consents,
            activities: &self.activities,
            opportunities: &self.opportunities,
            custom: &self.custom,
            added: self.added.as_core(),
        }
    }
}
