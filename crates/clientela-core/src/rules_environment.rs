//! What the rules of the business may speak of, made from the declarations of the records.
//!
//! | variable | what it is | in |
//! | --- | --- | --- |
//! | `customer` | all columns of the customer, with the lists `fleet`, `contacts`, `consents`, `activities`, `opportunities` and `custom` | [`of_customer`], [`of_opportunity`] |
//! | `opportunity` | all columns of the opportunity | [`of_opportunity`] |
//! | `lead` | all columns of the lead, with the list `answers` | [`of_lead`] |
//! | `today` | the day | all |
//!
//! A column added to a record can be asked for in the next rule; nothing is listed here twice. What a session may not
//! read is passed in empty: it is null, which equals nothing and differs from everything, and to compute with it is unknown,
//! which counts as no.

use crate::custom::CustomValue;
use crate::leads::Lead;
use crate::leads::scoring::LeadAnswer;
use crate::marketing::RuleOutcome;
use crate::party::{Activity, Consent, Contact, Customer, Vehicle};
use crate::sales::Opportunity;
use chrono::NaiveDate;
use clientela_model::{Entity, Record};
use clientela_rules::{
    Bindings, Datum, Environment, FactError, Outcome, RecordType, Reveal, Row, Rule, Type, Verdict,
};
use std::sync::{Arc, LazyLock};

/// Records that belong to a customer, as rules call them.
#[derive(Debug, Clone, Copy)]
pub struct CustomerList {
    /// Name in rules: `customer.fleet`.
    pub name: &'static str,
    /// What its entries are.
    pub entity: &'static Entity,
    /// The column of an entry that names what it belongs to.
    pub column: &'static str,
    /// The customer's column with that id.
    pub of: &'static str,
}

/// What belongs to a customer.
pub const CUSTOMER_LISTS: [CustomerList; 6] = {
    const fn of_customer(name: &'static str, entity: &'static Entity) -> CustomerList {
        CustomerList { name, entity, column: "customer", of: "id" }
    }
    [
        CustomerList { name: "fleet", entity: Vehicle::ENTITY, column: "party", of: "party" },
        of_customer("contacts", Contact::ENTITY),
        of_customer("consents", Consent::ENTITY),
        of_customer("activities", Activity::ENTITY),
        of_customer("opportunities", Opportunity::ENTITY),
        of_customer("custom", CustomValue::ENTITY),
    ]
};

/// A customer with what belongs to it, as far as the session may see it.
#[derive(Debug, Clone, Copy)]
pub struct CustomerFacts<'a> {
    /// The customer.
    pub customer: &'a Customer,
    /// The vehicles of its party, those that left the fleet included.
    pub fleet: &'a [Vehicle],
    /// Its contacts.
    pub contacts: &'a [Contact],
    /// Its statements on being contacted.
    pub consents: &'a [Consent],
    /// Its activities.
    pub activities: &'a [Activity],
    /// Its opportunities.
    pub opportunities: &'a [Opportunity],
    /// The values of the fields the installation adds.
    pub custom: &'a [CustomValue],
}

/// The record types and environments, made once.
struct Declared {
    vehicle: Arc<RecordType>,
    contact: Arc<RecordType>,
    consent: Arc<RecordType>,
    activity: Arc<RecordType>,
    opportunity: Arc<RecordType>,
    custom: Arc<RecordType>,
    customer: Arc<RecordType>,
    lead: Arc<RecordType>,
    answer: Arc<RecordType>,
    of_customer: Environment,
    of_opportunity: Environment,
    of_lead: Environment,
}

static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let lists = CUSTOMER_LISTS.map(|list| (list.name, Arc::new(RecordType::from_entity(list.entity))));
    let start = RecordType::from_entity(Customer::ENTITY);
    let customer = lists.iter().fold(start, |customer, (name, ty)| customer.with_list(*name, Arc::clone(ty)));
    let customer = Arc::new(customer);
    let [vehicle, contact, consent, activity, opportunity, custom] = lists.map(|(_, ty)| ty);
    let of_customer = Environment::new()
        .variable("customer", Type::Record(Arc::clone(&customer)))
        .variable("today", Type::Date);
    let of_opportunity = of_customer.clone().variable("opportunity", Type::Record(Arc::clone(&opportunity)));
    let answer = Arc::new(RecordType::from_entity(LeadAnswer::ENTITY));
    let lead = Arc::new(RecordType::from_entity(Lead::ENTITY).with_list("answers", Arc::clone(&answer)));
    let of_lead = Environment::new()
        .variable("lead", Type::Record(Arc::clone(&lead)))
        .variable("today", Type::Date);
    Declared {
        lead,
        answer,
        of_lead,
        vehicle,
        contact,
        consent,
        activity,
        opportunity,
        custom,
        customer,
        of_customer,
        of_opportunity,
    }
});

/// What rules on a customer may speak of: `customer` and `today`.
#[must_use]
pub fn of_customer() -> &'static Environment {
    &DECLARED.of_customer
}

/// What rules on an opportunity may speak of: `opportunity`, its `customer` and `today`.
#[must_use]
pub fn of_opportunity() -> &'static Environment {
    &DECLARED.of_opportunity
}

/// What rules on a lead may speak of: `lead` and `today`.
#[must_use]
pub fn of_lead() -> &'static Environment {
    &DECLARED.of_lead
}

/// What rule sets may speak of, by the names their documents use.
#[must_use]
pub fn environments() -> [(&'static str, &'static Environment); 3] {
    [("customer", of_customer()), ("opportunity", of_opportunity()), ("lead", of_lead())]
}

/// The values of [`of_lead`] for one lead, with the answers about it.
///
/// # Errors
/// As [`customer_facts`].
pub fn lead_facts(
    lead: &Lead,
    answers: &[LeadAnswer],
    today: NaiveDate,
) -> Result<Bindings<'static>, FactError> {
    let row = row(&DECLARED.lead, lead)?.with("answers", rows(&DECLARED.answer, answers)?)?;
    Bindings::new(of_lead()).with("today", today)?.with("lead", row)
}

/// The values of [`of_customer`] for one customer.
///
/// # Errors
/// `fact.type` when a record does not fit its declaration, which no record of this crate does.
pub fn customer_facts(facts: &CustomerFacts<'_>, today: NaiveDate) -> Result<Bindings<'static>, FactError> {
    Bindings::new(of_customer()).with("customer", customer_row(facts)?)?.with("today", today)
}

/// The values of [`of_opportunity`] for one opportunity; without its customer for a rule that does not speak of it, or when it may not
/// be seen: then nothing is known of it.
///
/// # Errors
/// As [`customer_facts`].
pub fn opportunity_facts(
    opportunity: &Opportunity,
    customer: Option<&CustomerFacts<'_>>,
    today: NaiveDate,
) -> Result<Bindings<'static>, FactError> {
    let mut bindings = Bindings::new(of_opportunity())
        .with("today", today)?
        .with("opportunity", row(&DECLARED.opportunity, opportunity)?)?;
    if let Some(facts) = customer {
        bindings.set("customer", customer_row(facts)?)?;
    }
    Ok(bindings)
}

/// What a rule of [`of_customer`] says of one customer, with its reason. What cannot be computed is unknown.
#[must_use]
pub fn ask(rule: &dyn Rule, facts: &CustomerFacts<'_>, today: NaiveDate, reveal: Reveal) -> RuleOutcome {
    match customer_facts(facts, today) {
        Ok(bindings) => rule.evaluate(&bindings, reveal).into(),
        Err(error) => RuleOutcome::Unknown(
            clientela_model::Why::new("rule.unknown").fact("code", clientela_model::Coded::code(&error)),
        ),
    }
}

impl From<Verdict> for RuleOutcome {
    fn from(verdict: Verdict) -> Self {
        match verdict.outcome {
            Outcome::True => Self::Holds(verdict.why),
            Outcome::False => Self::Fails(verdict.why),
            // A formula is no condition: it cannot say yes.
            Outcome::Value(_) | Outcome::Unknown => Self::Unknown(verdict.why),
        }
    }
}

fn customer_row(facts: &CustomerFacts<'_>) -> Result<Row, FactError> {
    row(&DECLARED.customer, facts.customer)?
        .with("fleet", rows(&DECLARED.vehicle, facts.fleet)?)?
        .with("contacts", rows(&DECLARED.contact, facts.contacts)?)?
        .with("consents", rows(&DECLARED.consent, facts.consents)?)?
        .with("activities", rows(&DECLARED.activity, facts.activities)?)?
        .with("opportunities", rows(&DECLARED.opportunity, facts.opportunities)?)?
        .with("custom", rows(&DECLARED.custom, facts.custom)?)
}

fn row<R: Record>(ty: &Arc<RecordType>, record: &R) -> Result<Row, FactError> {
    Row::from_values(ty, R::ENTITY, record.to_values())
}

fn rows<R: Record>(ty: &Arc<RecordType>, records: &[R]) -> Result<Datum, FactError> {
    let rows = records.iter().map(|record| row(ty, record)).collect::<Result<Vec<_>, _>>()?;
    Ok(Datum::rows(rows))
}
