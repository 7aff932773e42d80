//! The records that are no customers, each as the facts of a rule: opportunities with their customers, and leads.

use super::added::{is_read, values_read};
use super::{RuleSubject, StoreRule};
use crate::customer::CustomerFacts;
use crate::error::Result;
use crate::lead_scoring::{by_lead, of_leads};
use crate::view::View;
use clientela_core::custom::{AddedValue, LeadCustomValue, OpportunityCustomValue};
use clientela_core::ids::CustomerId;
use clientela_core::leads::Lead;
use clientela_core::leads::scoring::LeadAnswer;
use clientela_core::rules_environment::{ADDED, AsOf};
use clientela_core::sales::Opportunity;
use clientela_model::{Comparison, EntityId, Predicate, Record, Value};
use clientela_rules::{Bindings, Facts};
use clientela_store::{Order, Stored};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// Records read at once.
const PAGE: usize = 1_000;

/// Visits the records a rule is about that may be seen, by id, each with what the rule reads of it.
pub(super) fn one_by_one(
    view: &View<'_>,
    rule: &StoreRule,
    as_of: AsOf,
    mut each: impl FnMut(Uuid, &dyn Facts),
) -> Result<()> {
    match rule.about {
        RuleSubject::Lead => in_pages::<Lead>(view, "leads", |page, of_page| {
            leads(view, rule, as_of, (page, of_page), &mut each)
        }),
        _ => in_pages::<Opportunity>(view, "opportunities", |page, of_page| {
            opportunities(view, rule, as_of, (page, of_page), &mut each)
        }),
    }
}

/// Visits the records of an entity by id, some at a time, with the condition that only those satisfy.
fn in_pages<R: Record>(
    view: &View<'_>,
    what: &'static str,
    mut visit: impl FnMut(&[Stored<R>], &Predicate) -> Result<()>,
) -> Result<()> {
    let total = if view.reader.is_heard() { view.count(R::ENTITY, &Predicate::Everything)? } else { 0 };
    let (mut after, mut done): (Option<Uuid>, u64) = (None, 0);
    loop {
        let next = after.map_or(Predicate::Everything, |id| {
            Predicate::Compare("id".into(), Comparison::Greater, Value::Id(id))
        });
        let page = view.page::<R>(&next, &Order::by_id(), Some(PAGE), 0)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.record.id().uuid());
        let ids = page.iter().map(|stored| Value::Id(stored.record.id().uuid())).collect();
        visit(&page, &Predicate::OneOf("id".into(), ids))?;
        done += page.len() as u64;
        view.reader.tell(what, done, total);
    }
}

type Page<'p, R> = (&'p [Stored<R>], &'p Predicate);

fn opportunities(
    view: &View<'_>,
    rule: &StoreRule,
    as_of: AsOf,
    (page, of_page): Page<'_, Opportunity>,
    each: &mut impl FnMut(Uuid, &dyn Facts),
) -> Result<()> {
    let (reads, known) = (rule.reads(), &rule.vocabulary);
    let added = by_record(values_read::<OpportunityCustomValue>(view, known, reads, of_page)?);
    let mut customers: HashMap<CustomerId, Option<CustomerFacts>> = HashMap::new();
    for Stored { record, .. } in page {
        let customer = match customers.entry(record.customer) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(CustomerFacts::if_seen(view, record.customer, reads)?),
        };
        let core = customer.as_ref().map(CustomerFacts::as_core);
        let facts: Bindings<'_> =
            known.opportunity_facts(record, given(&added, record.id.uuid()), core.as_ref(), as_of)?;
        each(record.id.uuid(), &facts);
    }
    Ok(())
}

fn leads(
    view: &View<'_>,
    rule: &StoreRule,
    as_of: AsOf,
    (page, of_page): Page<'_, Lead>,
    each: &mut impl FnMut(Uuid, &dyn Facts),
) -> Result<()> {
    let (reads, known) = (rule.reads(), &rule.vocabulary);
    let answers = if is_read(reads, "lead", "answers") {
        by_lead(view.records::<LeadAnswer>(&of_leads(of_page))?)
    } else {
        HashMap::new()
    };
    let added = if is_read(reads, "lead", ADDED) {
        by_record(view.records::<LeadCustomValue>(&of_leads(of_page))?)
    } else {
        HashMap::new()
    };
    for Stored { record, .. } in page {
        let given_answers = answers.get(&record.id).map(Vec::as_slice).unwrap_or_default();
        let id = record.id.uuid();
        each(id, &known.lead_facts(record, given_answers, given(&added, id), as_of)?);
    }
    Ok(())
}

fn by_record<V: AddedValue>(values: Vec<V>) -> HashMap<Uuid, Vec<V>> {
    let mut by: HashMap<Uuid, Vec<V>> = HashMap::new();
    values.into_iter().for_each(|value| by.entry(value.of()).or_default().push(value));
    by
}

/// What there is of one record.
fn given<V>(by: &HashMap<Uuid, Vec<V>>, record: Uuid) -> &[V] {
    by.get(&record).map(Vec::as_slice).unwrap_or_default()
}
