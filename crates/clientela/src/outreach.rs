//! Who may be reached for a purpose, by a channel, at a moment, and where: asked by campaigns, lists and exports alike.

use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::ContactId;
use clientela_core::party::{
    Channel, Consent, Contact, ContactPoint, Customer, Known, Permission, PointKind, Purpose, Reach,
    may_reach, may_reach_person,
};
use clientela_model::{ClosedList, EntityId, Field, Predicate, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What somebody is to be contacted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutreachOf {
    /// For what.
    pub purpose: Purpose,
    /// By which channel.
    pub channel: Channel,
    /// At which moment; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

impl OutreachOf {
    pub(crate) fn asked_by(self, session: &Session) -> Outreach {
        let at = self.at.unwrap_or_else(|| session.now());
        Outreach { purpose: self.purpose, channel: self.channel, at, day: session.day_of(at) }
    }
}

/// What somebody is to be reached for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outreach {
    pub(crate) purpose: Purpose,
    pub(crate) channel: Channel,
    pub(crate) at: DateTime<Utc>,
    /// The day that is where the one who asks is.
    pub(crate) day: NaiveDate,
}

/// What is known of one customer: its statements, where it and its contacts can be reached by the channel, and who has left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statements {
    pub(crate) consents: Vec<Consent>,
    points: Vec<Reach>,
    left: BTreeMap<ContactId, NaiveDate>,
}

impl Statements {
    fn known(&self, do_not_contact: bool) -> Known<'_> {
        Known { consents: &self.consents, do_not_contact, points: &self.points, left: &self.left }
    }
}

impl Outreach {
    /// Whether the customer may be reached, by whom and where.
    pub(crate) fn permission(&self, customer: Option<&Customer>, statements: &Statements) -> Permission {
        let silent = customer.is_some_and(|customer| customer.do_not_contact);
        may_reach(statements.known(silent), self.purpose, self.channel, self.at)
    }

    /// Whether one contact, or the customer itself, may be reached, and where.
    pub(crate) fn permission_of(
        &self,
        customer: &Customer,
        contact: Option<ContactId>,
        statements: &Statements,
    ) -> Permission {
        let known = statements.known(customer.do_not_contact);
        may_reach_person(known, contact, self.purpose, self.channel, self.at)
    }

    /// The statements of these customers, with a question for each table. A no counts whoever may see it, and so does it that
    /// somebody has left.
    pub(crate) fn statements(
        &self,
        view: &View<'_>,
        customers: &[&Customer],
    ) -> Result<HashMap<Uuid, Statements>> {
        let mut found: HashMap<Uuid, Statements> = HashMap::new();
        if customers.is_empty() {
            return Ok(found);
        }
        let ids: Vec<Value> = customers.iter().map(|customer| Value::Id(customer.id.uuid())).collect();
        let of_customers = Predicate::OneOf("customer".into(), ids);
        for consent in view.unseen::<Consent>(&of_customers)? {
            found.entry(consent.customer.uuid()).or_default().consents.push(consent);
        }
        let gone = Predicate::Not(Box::new(Predicate::Empty("left_on".into())));
        let gone = view.unseen::<Contact>(&of_customers.clone().and(gone))?;
        for contact in gone.into_iter().filter(|contact| contact.has_left(self.day)) {
            let left = &mut found.entry(contact.customer.uuid()).or_default().left;
            left.extend(contact.left_on.map(|day| (contact.id, day)));
        }
        for customer in customers {
            let own = self.own(customer);
            found.entry(customer.id.uuid()).or_default().points.extend(own.map(|point| reach(None, point)));
        }
        if !PointKind::ALL.iter().any(|kind| kind.serves(self.channel)) {
            return Ok(found);
        }
        let parties: Vec<Value> = customers.iter().map(|customer| Value::Id(customer.party.uuid())).collect();
        let mut of_party: HashMap<Uuid, Vec<ContactPoint>> = HashMap::new();
        for stored in view.all_of::<ContactPoint>(&Predicate::OneOf("party".into(), parties))? {
            of_party.entry(stored.record.party.uuid()).or_default().push(stored.record);
        }
        for customer in customers {
            let points = of_party.get(&customer.party.uuid()).into_iter().flatten();
            let serving = points.filter(|point| self.serves(point));
            found
                .entry(customer.id.uuid())
                .or_default()
                .points
                .extend(serving.map(|point| reach(None, point.value.clone())));
        }
        for stored in view.all_of::<Contact>(&of_customers)? {
            let contact = stored.record;
            let points = self.of_contact(&contact);
            let statements = found.entry(contact.customer.uuid()).or_default();
            statements.points.extend(points.map(|point| reach(Some(contact.id), point)));
        }
        Ok(found)
    }

    /// The customer's own address or number for the channel.
    fn own(&self, customer: &Customer) -> impl Iterator<Item = String> + use<> {
        let point = match self.channel {
            Channel::Email => customer.email.as_ref().map(text),
            Channel::Phone | Channel::TextMessage => customer.phone.as_ref().map(text),
            Channel::Letter | Channel::Visit => None,
        };
        point.into_iter()
    }

    fn of_contact(&self, contact: &Contact) -> impl Iterator<Item = String> + use<> {
        let mobile = contact.mobile.as_ref().map(text);
        let points = match self.channel {
            Channel::Email => [contact.email.as_ref().map(text), None],
            Channel::Phone => [mobile, contact.phone.as_ref().map(text)],
            Channel::TextMessage => [mobile, None],
            Channel::Letter | Channel::Visit => [None, None],
        };
        points.into_iter().flatten()
    }

    /// Whether a further point of a party can be used for the channel on the day.
    fn serves(&self, point: &ContactPoint) -> bool {
        point.kind.serves(self.channel)
            && point.valid_from.is_none_or(|first| first <= self.day)
            && point.valid_until.is_none_or(|last| self.day <= last)
    }
}

fn reach(contact: Option<ContactId>, contact_point: String) -> Reach {
    Reach { contact, contact_point }
}

/// An address or number as it is stored, which is how statements name it.
fn text(point: &impl Field) -> String {
    point.to_value().to_plain_text()
}
