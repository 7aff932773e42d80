//! What the rules of the business may speak of, made from the declarations of the records.
//!
//! | variable | what it is | in |
//! | --- | --- | --- |
//! | `customer` | all columns of the customer, with the lists `fleet`, `contacts`, `consents`, `activities`, `opportunities` and `custom` | [`of_customer`], [`of_opportunity`] |
//! | `opportunity` | all columns of the opportunity | [`of_opportunity`] |
//! | `lead` | all columns of the lead, with the list `answers` | [`of_lead`] |
//! | `offer`, `activity`, `orders` | the offer or visit that is to count, and the orders of its opportunity | [`Vocabulary::of_credit`] |
//! | `today` | the day | all |
//! | `now` | the moment, where whoever asks gives one; else unknown | all |
//!
//! A field an installation adds is asked for by its name, `customer.custom.credit_line`, in its own type; the entries of the list
//! `customer.custom` are there as well. So are those of the opportunity and the lead a rule is about, `lead.custom.axles`. Those of
//! vehicles, contacts and opportunities in a customer's lists are asked for by their names alone:
//! `customer.contacts.exists(c, c.custom.invited)`. Which fields there are is a [`Vocabulary`]; the functions of this module know none.
//!
//! A column added to a record can be asked for in the next rule; nothing is listed here twice. What a session may not
//! read is passed in empty: it is null, which equals nothing and differs from everything, and to compute with it is unknown,
//! which counts as no.

use crate::custom::{
    AddedValue, ContactCustomValue, CustomField, CustomType, CustomValue, LeadCustomValue,
    OpportunityCustomValue, VehicleCustomValue,
};
use crate::leads::Lead;
use crate::leads::scoring::LeadAnswer;
use crate::marketing::RuleOutcome;
use crate::party::{Activity, Consent, Contact, Customer, Vehicle};
use crate::sales::order::Order;
use crate::sales::{Offer, Opportunity};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use clientela_model::{Entity, EntityId, Record};
use clientela_rules::sentence::Sentences;
use clientela_rules::{
    Bindings, Datum, Environment, FactError, Facts, FieldType, Outcome, RecordType, Reveal, Row, Rule, Type,
    Verdict,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// When a rule is asked. A rule has no clock: what it knows of time is what is given here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The day, `today`.
    pub today: NaiveDate,
    /// The moment, `now`, to the microsecond; without one all that asks for it is unknown.
    pub now: Option<DateTime<Utc>>,
}

impl From<NaiveDate> for AsOf {
    fn from(today: NaiveDate) -> Self {
        Self { today, now: None }
    }
}

impl AsOf {
    /// That moment, which is on that day where the rule is asked.
    #[must_use]
    pub const fn moment(today: NaiveDate, now: DateTime<Utc>) -> Self {
        Self { today, now: Some(now) }
    }

    fn bind(self, environment: &Environment) -> Result<Bindings<'_>, FactError> {
        let mut bindings = Bindings::new(environment);
        for name in ["today", "now"] {
            if let Some(value) = self.variable(name) {
                bindings.set(name, value)?;
            }
        }
        Ok(bindings)
    }
}

impl Facts for AsOf {
    fn variable(&self, name: &str) -> Option<Datum> {
        match name {
            "today" => Some(self.today.into()),
            // Instants are kept to the microsecond, in rows and in columns.
            "now" => self.now.map(|now| Datum::Timestamp(now.trunc_subsecs(6))),
            _ => None,
        }
    }
}

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
    /// Where the values of fields added to an entry are, and their column that names it; none where no fields can be added.
    pub added: Option<(&'static Entity, &'static str)>,
}

/// What belongs to a customer.
pub const CUSTOMER_LISTS: [CustomerList; 6] = {
    const fn of_customer(name: &'static str, entity: &'static Entity) -> CustomerList {
        CustomerList { name, entity, column: "customer", of: "id", added: None }
    }
    const fn with(list: CustomerList, values: &'static Entity, column: &'static str) -> CustomerList {
        CustomerList { added: Some((values, column)), ..list }
    }
    let fleet = CustomerList { column: "party", of: "party", ..of_customer("fleet", Vehicle::ENTITY) };
    let opportunities = of_customer("opportunities", Opportunity::ENTITY);
    [
        with(fleet, VehicleCustomValue::ENTITY, VehicleCustomValue::OF),
        with(of_customer("contacts", Contact::ENTITY), ContactCustomValue::ENTITY, ContactCustomValue::OF),
        of_customer("consents", Consent::ENTITY),
        of_customer("activities", Activity::ENTITY),
        with(opportunities, OpportunityCustomValue::ENTITY, OpportunityCustomValue::OF),
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
    /// Those of the fields it adds to the records of the lists.
    pub added: ListValues<'a>,
}

/// The values of added fields at the records of a customer's lists.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListValues<'a> {
    /// At its vehicles.
    pub fleet: &'a [VehicleCustomValue],
    /// At its contacts.
    pub contacts: &'a [ContactCustomValue],
    /// At its opportunities.
    pub opportunities: &'a [OpportunityCustomValue],
}

/// What counts, or is to count: of an opportunity that was won, an offer or a visit what belongs to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct CreditFacts<'a> {
    /// The opportunity with its added fields.
    pub opportunity: Option<(&'a Opportunity, &'a [OpportunityCustomValue])>,
    /// Its customer, or that of the visit; none for a rule that does not speak of it.
    pub customer: Option<CustomerFacts<'a>>,
    /// The offer.
    pub offer: Option<&'a Offer>,
    /// The visit.
    pub activity: Option<&'a Activity>,
    /// The orders of the opportunity.
    pub orders: &'a [Order],
}

/// The list of a customer's added fields; with a point and a field's name behind it the field itself.
pub const ADDED: &str = "custom";

/// The name of an added field within the customer: in record types and in columns.
#[must_use]
pub fn added_name(field: &CustomField) -> String {
    format!("{ADDED}.{}", field.name)
}

/// What rules may speak of in one installation: the declared records with the fields it adds. Rules and the facts they are asked of
/// are made with the same one.
#[derive(Debug, Clone)]
pub struct Vocabulary(Arc<Declared>);

/// The record types and environments.
#[derive(Debug, Clone)]
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
    of_customer: Arc<Environment>,
    of_opportunity: Arc<Environment>,
    of_lead: Arc<Environment>,
    of_credit: Arc<Environment>,
    offer: Arc<RecordType>,
    order: Arc<RecordType>,
    /// The opportunity a rule is about, with the list of its added fields besides.
    of_rule: Arc<RecordType>,
    opportunity_values: Arc<RecordType>,
    lead_values: Arc<RecordType>,
    added: Vec<CustomField>,
}

static STANDARD: LazyLock<Vocabulary> = LazyLock::new(|| {
    let lists = CUSTOMER_LISTS.map(|list| (list.name, Arc::new(RecordType::from_entity(list.entity))));
    let start = RecordType::from_entity(Customer::ENTITY);
    let customer = lists.iter().fold(start, |customer, (name, ty)| customer.with_list(*name, Arc::clone(ty)));
    let customer = Arc::new(customer);
    let [vehicle, contact, consent, activity, opportunity, custom] = lists.map(|(_, ty)| ty);
    let values = Arc::new(RecordType::from_entity(OpportunityCustomValue::ENTITY));
    let of_rule = Arc::new((*opportunity).clone().with_list(ADDED, Arc::clone(&values)));
    let opportunity_values = values;
    let (of_customer, of_opportunity) = environments_of(&customer, &of_rule);
    let answer = Arc::new(RecordType::from_entity(LeadAnswer::ENTITY));
    let lead_values = Arc::new(RecordType::from_entity(LeadCustomValue::ENTITY));
    let lead = RecordType::from_entity(Lead::ENTITY).with_list("answers", Arc::clone(&answer));
    let lead = Arc::new(lead.with_list(ADDED, Arc::clone(&lead_values)));
    let of_lead = environment_of_lead(&lead);
    let (offer, order) =
        (Arc::new(RecordType::from_entity(Offer::ENTITY)), Arc::new(RecordType::from_entity(Order::ENTITY)));
    let of_credit = environment_of_credit([&customer, &of_rule], [&offer, &activity, &order]);
    Vocabulary(Arc::new(Declared {
        vehicle,
        contact,
        consent,
        activity,
        opportunity,
        custom,
        customer,
        lead,
        answer,
        of_customer,
        of_opportunity,
        of_lead: Arc::new(of_lead),
        of_credit: Arc::new(of_credit),
        offer,
        order,
        of_rule,
        opportunity_values,
        lead_values,
        added: Vec::new(),
    }))
});

/// What all rules know of time.
fn timed() -> Environment {
    Environment::new().variable("today", Type::Date).variable("now", Type::Timestamp)
}

fn environment_of_lead(lead: &Arc<RecordType>) -> Environment {
    timed().variable("lead", Type::Record(Arc::clone(lead)))
}

/// A fact is asked about as of its own day: there is no moment.
fn environment_of_credit(
    [customer, opportunity]: [&Arc<RecordType>; 2],
    [offer, activity, order]: [&Arc<RecordType>; 3],
) -> Environment {
    Environment::new()
        .variable("today", Type::Date)
        .variable("customer", Type::Record(Arc::clone(customer)))
        .variable("opportunity", Type::Record(Arc::clone(opportunity)))
        .variable("offer", Type::Record(Arc::clone(offer)))
        .variable("activity", Type::Record(Arc::clone(activity)))
        .variable("orders", Type::List(Box::new(Type::Record(Arc::clone(order)))))
}

fn environments_of(
    customer: &Arc<RecordType>,
    opportunity: &Arc<RecordType>,
) -> (Arc<Environment>, Arc<Environment>) {
    let of_customer = timed().variable("customer", Type::Record(Arc::clone(customer)));
    let of_opportunity = of_customer.clone().variable("opportunity", Type::Record(Arc::clone(opportunity)));
    (Arc::new(of_customer), Arc::new(of_opportunity))
}

/// The type of an added field's value, which may be empty.
#[must_use]
pub fn added_value_type(field: &CustomField) -> Type {
    let ty = match field.ty {
        CustomType::Text => Type::Text,
        CustomType::Number => Type::Decimal,
        CustomType::Integer => Type::Int,
        CustomType::Date => Type::Date,
        CustomType::Boolean => Type::Bool,
        CustomType::Choice => Type::Words(field.words().map(|word| Cow::Owned(word.to_owned())).collect()),
        CustomType::Money => Type::Record(RecordType::money()),
    };
    ty.or_null()
}

/// An added field as rules know it.
fn added_type(field: &CustomField) -> FieldType {
    let mut made = FieldType::new(added_name(field), added_value_type(field)).doc(field.label.clone());
    if field.personal {
        made = made.personal();
    }
    if field.confidential { made.confidential() } else { made }
}

impl Vocabulary {
    /// That of an installation that adds no fields.
    #[must_use]
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// That of an installation whose added fields are not known: any name is taken for one, of a type that is only known when the
    /// rule runs. For checking a rule before there is a store to ask it of.
    #[must_use]
    pub fn open() -> &'static Self {
        static OPEN: LazyLock<Vocabulary> = LazyLock::new(|| {
            Vocabulary::standard().extended(Vec::new(), |_, record| record.open_behind(ADDED))
        });
        &OPEN
    }

    /// That of an installation that adds these fields; retired ones too, for the rules that speak of them.
    #[must_use]
    pub fn with_added(mut fields: Vec<CustomField>) -> Self {
        if fields.is_empty() {
            return Self::standard().clone();
        }
        fields.sort_by_key(|field| field.id);
        let added = fields.clone();
        Self::standard().extended(fields, |entity, record| {
            let of_entity = added.iter().filter(|field| field.entity == entity);
            of_entity.fold(record, |made, field| made.with(added_type(field)))
        })
    }

    /// The same, with more in the records that take added fields.
    fn extended(&self, added: Vec<CustomField>, more: impl Fn(&str, RecordType) -> RecordType) -> Self {
        let start = &*self.0;
        let with = |entity: &str, record: &Arc<RecordType>| Arc::new(more(entity, (**record).clone()));
        let vehicle = with("vehicle", &start.vehicle);
        let (contact, opportunity) =
            (with("contact", &start.contact), with("opportunity", &start.opportunity));
        let lists = [("fleet", &vehicle), ("contacts", &contact), ("opportunities", &opportunity)];
        let customer = (*with("customer", &start.customer)).clone();
        let with_list = |customer: RecordType, (name, ty): (&'static str, &Arc<RecordType>)| {
            customer.with_list(name, Arc::clone(ty))
        };
        let customer = Arc::new(lists.into_iter().fold(customer, with_list));
        let lead = with("lead", &start.lead);
        let of_rule = with("opportunity", &start.of_rule);
        let (of_customer, of_opportunity) = environments_of(&customer, &of_rule);
        let of_lead = Arc::new(environment_of_lead(&lead));
        let of_credit =
            environment_of_credit([&customer, &of_rule], [&start.offer, &start.activity, &start.order]);
        let of_credit = Arc::new(of_credit);
        Self(Arc::new(Declared {
            vehicle,
            contact,
            opportunity,
            customer,
            lead,
            of_rule,
            of_customer,
            of_opportunity,
            of_lead,
            of_credit,
            added,
            ..start.clone()
        }))
    }

    /// The words of a language, with the labels of the added fields.
    #[must_use]
    pub fn labelled(&self, words: Sentences) -> Sentences {
        let fields = self.0.added.iter();
        fields.fold(words, |words, field| {
            words.with_label(&format!("{}.{}", field.entity, added_name(field)), &field.label)
        })
    }

    /// Whether the added fields are not known.
    #[must_use]
    pub fn is_open(&self) -> bool {
        Arc::ptr_eq(&self.0, &Self::open().0)
    }

    /// The fields added to an entity.
    pub fn added_to<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = &'a CustomField> {
        self.0.added.iter().filter(move |field| field.entity == entity)
    }

    /// Whether two are the same: made of the same fields.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let known = !self.is_open() && !other.is_open();
        Arc::ptr_eq(&self.0, &other.0) || (known && self.0.added == other.0.added)
    }

    /// What rules on a customer may speak of: `customer`, `today` and `now`.
    #[must_use]
    pub fn of_customer(&self) -> &Arc<Environment> {
        &self.0.of_customer
    }

    /// What rules on an opportunity may speak of: `opportunity`, its `customer`, `today` and `now`.
    #[must_use]
    pub fn of_opportunity(&self) -> &Arc<Environment> {
        &self.0.of_opportunity
    }

    /// What rules on a lead may speak of: `lead`, `today` and `now`.
    #[must_use]
    pub fn of_lead(&self) -> &Arc<Environment> {
        &self.0.of_lead
    }

    /// What credit rules may speak of: `opportunity` and its `customer`, the `offer` or the visit (`activity`) that is to count, the
    /// `orders` of the opportunity, and `today`, which is the day it happened on. Records are as they are now: owners and states that
    /// change since change what counts.
    #[must_use]
    pub fn of_credit(&self) -> &Arc<Environment> {
        &self.0.of_credit
    }

    /// What rule sets may speak of, by the names their documents use.
    #[must_use]
    pub fn environments(&self) -> [(&'static str, &Environment); 3] {
        [("customer", self.of_customer()), ("opportunity", self.of_opportunity()), ("lead", self.of_lead())]
    }

    /// The values of [`of_customer`](Self::of_customer) for one customer.
    ///
    /// # Errors
    /// `fact.type` when a record does not fit its declaration, which no record of this crate does.
    pub fn customer_facts(
        &self,
        facts: &CustomerFacts<'_>,
        as_of: impl Into<AsOf>,
    ) -> Result<Bindings<'_>, FactError> {
        as_of.into().bind(self.of_customer())?.with("customer", self.customer_row(facts)?)
    }

    /// The values of [`of_opportunity`](Self::of_opportunity) for one opportunity with its added fields; without its customer for a rule that does not
    /// speak of it, or when it may not be seen: then nothing is known of it.
    ///
    /// # Errors
    /// As [`customer_facts`](Self::customer_facts).
    pub fn opportunity_facts(
        &self,
        opportunity: &Opportunity,
        added: &[OpportunityCustomValue],
        customer: Option<&CustomerFacts<'_>>,
        as_of: impl Into<AsOf>,
    ) -> Result<Bindings<'_>, FactError> {
        let own = self.opportunity_row(opportunity, added)?;
        let mut bindings = as_of.into().bind(self.of_opportunity())?.with("opportunity", own)?;
        if let Some(facts) = customer {
            bindings.set("customer", self.customer_row(facts)?)?;
        }
        Ok(bindings)
    }

    /// The values of [`of_credit`](Self::of_credit) for one fact of a day; of what it has not, such as a visit an offer, nothing is
    /// known.
    ///
    /// # Errors
    /// As [`customer_facts`](Self::customer_facts).
    pub fn credit_facts(&self, facts: &CreditFacts<'_>, day: NaiveDate) -> Result<Bindings<'_>, FactError> {
        let declared = &*self.0;
        let mut bindings = Bindings::new(self.of_credit()).with("today", day)?;
        bindings.set("orders", rows(&declared.order, facts.orders)?)?;
        if let Some((opportunity, added)) = facts.opportunity {
            bindings.set("opportunity", self.opportunity_row(opportunity, added)?)?;
        }
        if let Some(customer) = &facts.customer {
            bindings.set("customer", self.customer_row(customer)?)?;
        }
        if let Some(offer) = facts.offer {
            bindings.set("offer", row(&declared.offer, offer)?)?;
        }
        if let Some(activity) = facts.activity {
            bindings.set("activity", row(&declared.activity, activity)?)?;
        }
        Ok(bindings)
    }

    fn opportunity_row(
        &self,
        opportunity: &Opportunity,
        added: &[OpportunityCustomValue],
    ) -> Result<Row, FactError> {
        let mut own =
            row(&self.0.of_rule, opportunity)?.with(ADDED, rows(&self.0.opportunity_values, added)?)?;
        self.set_added("opportunity", &mut own, added)?;
        Ok(own)
    }

    /// The values of [`of_lead`](Self::of_lead) for one lead, with the answers about it and its added fields.
    ///
    /// # Errors
    /// As [`customer_facts`](Self::customer_facts).
    pub fn lead_facts(
        &self,
        lead: &Lead,
        answers: &[LeadAnswer],
        added: &[LeadCustomValue],
        as_of: impl Into<AsOf>,
    ) -> Result<Bindings<'_>, FactError> {
        let mut row = row(&self.0.lead, lead)?
            .with("answers", rows(&self.0.answer, answers)?)?
            .with(ADDED, rows(&self.0.lead_values, added)?)?;
        self.set_added("lead", &mut row, added)?;
        as_of.into().bind(self.of_lead())?.with("lead", row)
    }

    /// What a rule on customers says of one customer, with its reason. What cannot be computed is unknown.
    #[must_use]
    pub fn ask(
        &self,
        rule: &dyn Rule,
        facts: &CustomerFacts<'_>,
        as_of: impl Into<AsOf>,
        reveal: Reveal,
    ) -> RuleOutcome {
        match self.customer_facts(facts, as_of) {
            Ok(bindings) => rule.evaluate(&bindings, reveal).into(),
            Err(error) => RuleOutcome::Unknown(
                clientela_model::Why::new("rule.unknown").fact("code", clientela_model::Coded::code(&error)),
            ),
        }
    }

    fn customer_row(&self, facts: &CustomerFacts<'_>) -> Result<Row, FactError> {
        let declared = &*self.0;
        let mut made = row(&declared.customer, facts.customer)?
            .with("fleet", self.added_rows(&declared.vehicle, facts.fleet, facts.added.fleet)?)?
            .with("contacts", self.added_rows(&declared.contact, facts.contacts, facts.added.contacts)?)?
            .with("consents", rows(&declared.consent, facts.consents)?)?
            .with("activities", rows(&declared.activity, facts.activities)?)?
            .with(
                "opportunities",
                self.added_rows(&declared.opportunity, facts.opportunities, facts.added.opportunities)?,
            )?
            .with(ADDED, rows(&declared.custom, facts.custom)?)?;
        self.set_added("customer", &mut made, facts.custom)?;
        Ok(made)
    }

    /// The records of a list, with their added fields.
    fn added_rows<R: Record, V: AddedValue>(
        &self,
        ty: &Arc<RecordType>,
        records: &[R],
        values: &[V],
    ) -> Result<Datum, FactError> {
        if values.is_empty() {
            return rows(ty, records);
        }
        let mut of: HashMap<Uuid, Vec<&V>> = HashMap::new();
        values.iter().for_each(|value| of.entry(value.of()).or_default().push(value));
        let with_added = |record: &R| {
            let mut made = row(ty, record)?;
            let own = of.get(&record.id().uuid()).into_iter().flatten().copied();
            self.set_added(V::OF, &mut made, own)?;
            Ok(made)
        };
        Ok(Datum::rows(records.iter().map(with_added).collect::<Result<Vec<_>, FactError>>()?))
    }

    /// Sets the added fields of a record by their names.
    fn set_added<'v, V: AddedValue>(
        &self,
        entity: &str,
        row: &mut Row,
        values: impl IntoIterator<Item = &'v V>,
    ) -> Result<(), FactError> {
        for value in values {
            if let Some(field) = self.added_to(entity).find(|field| field.name == value.name()) {
                row.set(&added_name(field), Datum::from_value(field.typed(&value.parts())))?;
            }
        }
        Ok(())
    }
}

/// What rules on a customer may speak of where no fields are added.
#[must_use]
pub fn of_customer() -> &'static Environment {
    Vocabulary::standard().of_customer()
}

/// What rules on an opportunity may speak of where no fields are added.
#[must_use]
pub fn of_opportunity() -> &'static Environment {
    Vocabulary::standard().of_opportunity()
}

/// What rules on a lead may speak of.
#[must_use]
pub fn of_lead() -> &'static Environment {
    Vocabulary::standard().of_lead()
}

/// What rule sets may speak of where no fields are added, by the names their documents use.
#[must_use]
pub fn environments() -> [(&'static str, &'static Environment); 3] {
    Vocabulary::standard().environments()
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

fn row<R: Record>(ty: &Arc<RecordType>, record: &R) -> Result<Row, FactError> {
    Row::from_values(ty, R::ENTITY, record.to_values())
}

fn rows<R: Record>(ty: &Arc<RecordType>, records: &[R]) -> Result<Datum, FactError> {
    let rows = records.iter().map(|record| row(ty, record)).collect::<Result<Vec<_>, _>>()?;
    Ok(Datum::rows(rows))
}
