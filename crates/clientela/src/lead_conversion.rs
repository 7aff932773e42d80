//! What a lead would become: read alike before it is asked for and when it is done.

use crate::error::Result;
use crate::lead_distribution::{one_of, same_as};
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::{CustomerId, UnitId};
use clientela_core::leads::conversion::{MatchedBy, choose_contact, choose_customer};
use clientela_core::leads::{Lead, LeadConsent};
use clientela_core::organisation::{Unit, UnitTree};
use clientela_core::party::{Contact, ContactPoint, Party, Relationship, find_duplicate};
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_model::{EntityId, Field, Predicate, Value, Why};
use clientela_store::Stored;

/// What is there already for a lead, as the actor may know it.
pub(crate) struct Plan {
    /// The customer to join, with its party.
    pub(crate) customer: Option<(Stored<Relationship>, Stored<Party>)>,
    /// Its contact.
    pub(crate) contact: Option<Stored<Contact>>,
    /// Its open opportunities.
    pub(crate) open: Vec<Opportunity>,
    /// What the person said about being contacted.
    pub(crate) consents: Vec<LeadConsent>,
    /// What was found, by what.
    pub(crate) why: Why,
}

/// Looks for what a lead joins.
///
/// # Errors
/// `lead.several_customers`, `customer.duplicate_at_dealer`, `record.not_found`.
pub(crate) fn plan(view: &View<'_>, lead: &Lead, named: Option<&str>, today: NaiveDate) -> Result<Plan> {
    let chosen = choose_customer(lead, &customers(view, lead, named, today)?)?;
    let mut why = Why::new("lead.conversion");
    let of_lead = Predicate::equals("lead", Value::Id(lead.id.uuid()));
    let consents = view.records::<LeadConsent>(&of_lead)?;
    let mut plan = Plan { customer: None, contact: None, open: Vec::new(), consents, why: why.clone() };
    match chosen {
        None => why = why.because(Why::new("lead.new_customer")),
        Some((by, id)) => {
            let customer = view.get::<Relationship>(id)?;
            let party = view.get::<Party>(customer.record.party)?;
            why = why.because(Why::new("lead.known_customer").fact("by", by).fact("customer", id));
            let of_customer = Predicate::equals("customer", Value::Id(id.uuid()));
            let contacts = view.all_of::<Contact>(&of_customer)?;
            let persons: Vec<Contact> = contacts.iter().map(|contact| contact.record.clone()).collect();
            if let Some((by, contact)) = choose_contact(lead, &persons) {
                why = why.because(Why::new("lead.known_contact").fact("by", by).fact("contact", contact.id));
                plan.contact = contacts.iter().find(|stored| stored.record.id == contact.id).cloned();
            }
            let open = Predicate::equals("state", OpportunityState::Open.to_value());
            plan.open = view.records::<Opportunity>(&of_customer.and(open))?;
            for opportunity in &plan.open {
                why = why.because(Why::new("lead.open_opportunity").fact("opportunity", &opportunity.number));
            }
            plan.customer = Some((customer, party));
        }
    }
    if !plan.consents.is_empty() {
        why = why.because(Why::new("lead.consents_carried_over").fact("count", plan.consents.len()));
    }
    plan.why = why;
    Ok(plan)
}

/// The customers of the lead's dealer that the actor sees and that fit. Those of other dealers are their own affair.
fn customers(
    view: &View<'_>,
    lead: &Lead,
    named: Option<&str>,
    today: NaiveDate,
) -> Result<Vec<(MatchedBy, CustomerId)>> {
    if let Some(key) = named {
        return Ok(vec![(MatchedBy::Named, view.resolve::<Relationship>(key)?.record.id)]);
    }
    let tree = UnitTree::new(&view.records::<Unit>(&Predicate::Everything)?);
    let dealer = |unit: UnitId| tree.dealer_of(unit);
    let own = dealer(lead.unit);
    if let Some(number) = &lead.vat_number
        && let Some(duplicate) = find_duplicate(own, &view.parties_with_vat_number(number)?)
        && duplicate.same_dealer
    {
        return match duplicate.customer {
            Some(customer) => Ok(vec![(MatchedBy::VatNumber, customer)]),
            // One the actor may not see: refused as a new customer of that number is.
            None => Ok(duplicate.into_party().map(|_| Vec::new())?),
        };
    }
    let mut found = Vec::new();
    for (by, of_party, of_contact) in [
        (MatchedBy::Email, ["email"].as_slice(), ["email"].as_slice()),
        (MatchedBy::Phone, &["phone"], &["phone", "mobile"]),
    ] {
        let mut known = Predicate::Nothing;
        if let Some(same) = same_as(lead, of_party) {
            let parties = view.all_of::<Party>(&same)?;
            known = one_of("party", parties.iter().map(|stored| stored.record.id.uuid()));
        }
        if let Some(value) = point(lead, by) {
            let points = view.records::<ContactPoint>(&Predicate::equals("value", value))?;
            let standing = points.iter().filter(|point| point.is_kept_on(today));
            known = known.or(one_of("party", standing.map(|point| point.party.uuid())));
        }
        if let Some(same) = same_as(lead, of_contact) {
            let contacts = view.all_of::<Contact>(&same)?;
            known = known.or(one_of("id", contacts.iter().map(|stored| stored.record.customer.uuid())));
        }
        let relationships = view.all_of::<Relationship>(&known)?;
        let here = relationships.iter().filter(|stored| dealer(stored.record.unit) == own);
        found.extend(here.map(|stored| (by, stored.record.id)));
    }
    Ok(found)
}

/// What the lead gave of a kind, as a contact point of a party is written.
fn point(lead: &Lead, by: MatchedBy) -> Option<Value> {
    match by {
        MatchedBy::Email => lead.email.as_ref().map(Field::to_value),
        MatchedBy::Phone => lead.phone.as_ref().map(Field::to_value),
        MatchedBy::Named | MatchedBy::VatNumber | MatchedBy::Name => None,
    }
}
