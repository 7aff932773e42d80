//! Fields added to the records of a customer's lists: `customer.contacts.exists(c, c.custom.invited)`. Their values are read with
//! the question, where a rule speaks of any, each table once.

use super::added::with_values;
use crate::error::Result;
use crate::mirror::ids_of;
use crate::view::View;
use clientela_columns::{Children, Records};
use clientela_core::custom::{AddedValue, ContactCustomValue, OpportunityCustomValue, VehicleCustomValue};
use clientela_core::party::{Contact, Customer, Vehicle};
use clientela_core::rules_environment::{self, ADDED, Vocabulary};
use clientela_core::sales::Opportunity;
use clientela_model::{EntityId, Predicate, Record, Value};
use clientela_rules::Path;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The values of the fields added to records of customers' lists, as far as they may be seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListValues {
    fleet: Vec<VehicleCustomValue>,
    contacts: Vec<ContactCustomValue>,
    opportunities: Vec<OpportunityCustomValue>,
}

/// The same, by the record they are of.
pub(crate) struct GroupedValues {
    fleet: HashMap<Uuid, Vec<VehicleCustomValue>>,
    contacts: HashMap<Uuid, Vec<ContactCustomValue>>,
    opportunities: HashMap<Uuid, Vec<OpportunityCustomValue>>,
}

/// The path of a list's entries.
fn entries(list: &str) -> String {
    format!("customer.{list}[]")
}

/// Whether a rule reads added fields of a list's records, or those records as a whole.
fn is_read(reads: &[Path], list: &str) -> bool {
    let entries = entries(list);
    reads.iter().any(|path| {
        let behind = path.text.strip_prefix(&entries).and_then(|rest| rest.strip_prefix('.'));
        path.text == "customer" || path.text == entries || behind.is_some_and(|rest| rest.starts_with(ADDED))
    })
}

fn values<V: AddedValue>(view: &View<'_>, reads: &[Path], list: &str, of: &Predicate) -> Result<Vec<V>> {
    if !is_read(reads, list) {
        return Ok(Vec::new());
    }
    let satisfying = Box::new(of.clone());
    view.records(&match of {
        Predicate::Everything => Predicate::Everything,
        _ => Predicate::Refers { column: V::OF.into(), entity: V::OF, satisfying },
    })
}

impl ListValues {
    /// Those of the records that satisfy a condition: contacts and opportunities one, vehicles another.
    pub(crate) fn read(
        view: &View<'_>,
        reads: &[Path],
        of_customer: &Predicate,
        of_party: &Predicate,
    ) -> Result<Self> {
        Ok(Self {
            fleet: values(view, reads, "fleet", of_party)?,
            contacts: values(view, reads, "contacts", of_customer)?,
            opportunities: values(view, reads, "opportunities", of_customer)?,
        })
    }

    /// Those of all records.
    pub(crate) fn all(view: &View<'_>, reads: &[Path]) -> Result<Self> {
        Self::read(view, reads, &Predicate::Everything, &Predicate::Everything)
    }

    /// Those of one customer's records.
    pub(crate) fn of_customer(view: &View<'_>, reads: &[Path], customer: &Customer) -> Result<Self> {
        let of = |column, id| Predicate::equals(column, Value::Id(id));
        Self::read(view, reads, &of("customer", customer.id.uuid()), &of("party", customer.party.uuid()))
    }

    /// As the core takes them.
    pub(crate) fn as_core(&self) -> rules_environment::ListValues<'_> {
        rules_environment::ListValues {
            fleet: &self.fleet,
            contacts: &self.contacts,
            opportunities: &self.opportunities,
        }
    }

    /// By the record they are of.
    pub(crate) fn grouped(self) -> GroupedValues {
        fn by<V: AddedValue>(values: Vec<V>) -> HashMap<Uuid, Vec<V>> {
            let mut groups: HashMap<Uuid, Vec<V>> = HashMap::new();
            values.into_iter().for_each(|value| groups.entry(value.of()).or_default().push(value));
            groups
        }
        GroupedValues {
            fleet: by(self.fleet),
            contacts: by(self.contacts),
            opportunities: by(self.opportunities),
        }
    }

    /// The customers with the fields that are read as columns of their lists.
    pub(crate) fn beside(
        &self,
        records: Arc<Records>,
        vocabulary: &Vocabulary,
        reads: &[Path],
    ) -> Result<Arc<Records>> {
        let records = with(records, (vocabulary, reads), "fleet", &self.fleet)?;
        let records = with(records, (vocabulary, reads), "contacts", &self.contacts)?;
        with(records, (vocabulary, reads), "opportunities", &self.opportunities)
    }
}

impl GroupedValues {
    /// Those of the records of one customer.
    pub(crate) fn of(
        &self,
        fleet: &[Vehicle],
        contacts: &[Contact],
        opportunities: &[Opportunity],
    ) -> ListValues {
        fn those<R: Record, V: AddedValue>(values: &HashMap<Uuid, Vec<V>>, records: &[R]) -> Vec<V> {
            let of = records.iter().filter_map(|record| values.get(&record.id().uuid()));
            of.flatten().cloned().collect()
        }
        ListValues {
            fleet: those(&self.fleet, fleet),
            contacts: those(&self.contacts, contacts),
            opportunities: those(&self.opportunities, opportunities),
        }
    }
}

/// The customers with columns for the added fields of one list.
fn with<V: AddedValue>(
    records: Arc<Records>,
    (vocabulary, reads): (&Vocabulary, &[Path]),
    list: &'static str,
    values: &[V],
) -> Result<Arc<Records>> {
    let wanted = vocabulary.added_to(V::OF).next().is_some() && is_read(reads, list);
    let Some(children) = records.child(list).filter(|_| wanted) else { return Ok(records) };
    let ids = children.records().column("id").map_or(&[][..], |column| ids_of(column));
    let shown = with_values(children.records().clone(), ids, vocabulary, (&entries(list), reads), values);
    let shown = Children::new(children.offsets(), shown)?.seen(children.visible().cloned())?;
    Ok(Arc::new((*records).clone().with_children(list, shown)))
}
