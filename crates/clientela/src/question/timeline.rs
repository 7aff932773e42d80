//! The timeline of a customer: one page, asked of each source once.

use crate::command::Key;
use crate::error::Result;
use crate::session::{Session, shown_history};
use crate::view::View;
use chrono::{DateTime, Utc};
use clientela_core::custom::CustomValue;
use clientela_core::fleet::{VehicleContract, VehicleReading, VehicleRole};
use clientela_core::leads::Lead;
use clientela_core::marketing::CampaignMember;
use clientela_core::party::timeline::{
    Cursor, PAGE_MAX, Timeline, TimelineEntry, TimelineKind, midnight, page,
};
use clientela_core::party::{
    Activity, ActivityState, Address, Consent, Contact, ContactPoint, Customer, Party, Relationship, Vehicle,
};
use clientela_core::sales::order::{Order as SalesOrder, OrderMilestone};
use clientela_core::sales::{Offer, OfferRevision, OfferState, Opportunity, OpportunityEvent, Passage};
use clientela_model::{Comparison, Entity, EntityId, Fact, Field, Predicate, Record, Value};
use clientela_store::{Direction, Order};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Display;
use uuid::Uuid;

/// Entries of a page when nothing else is said.
const PAGE: usize = 50;

/// What happened with a customer, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineOf {
    /// The customer.
    pub customer: Key,
    /// Only these kinds; all when none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<TimelineKind>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Entries of a page, at most 200; 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Whether what is to come is told too, such as planned visits; it is left out when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_come: bool,
}

pub(super) fn timeline(session: &Session, question: &TimelineOf) -> Result<Timeline> {
    let after = question.after.as_deref().map(Cursor::read).transpose()?;
    let limit = question.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let until = (!question.to_come).then(|| session.now());
    session.look(|view| {
        let customer = view.resolve::<Customer>(&question.customer)?.record;
        let mut asked = Asked { view: &view, customer, after, until, limit, found: Vec::new() };
        for source in SOURCES {
            if question.kinds.is_empty() || question.kinds.contains(&source.kind) {
                (source.read)(&mut asked, source)?;
            }
        }
        Ok(page(asked.found, after, limit))
    })
}

/// Where entries come from. Its place in [`SOURCES`] is its place among entries of one moment.
struct Source {
    number: u8,
    kind: TimelineKind,
    read: fn(&mut Asked<'_, '_>, &Source) -> Result<()>,
}

macro_rules! sources {
    ($($number:literal $kind:ident $read:expr;)*) => {
        const SOURCES: &[Source] = &[$(Source { number: $number, kind: TimelineKind::$kind, read: $read }),*];
    };
}

// Numbers stand in cursors: a new source takes the next one.
sources! {
    0 Contact |asked, source| {
        let done = asked.of_customer().and(Predicate::Not(Box::new(Predicate::Empty("done_at".into()))));
        asked.records(source, "done_at", done, |activity: &Activity| told_activity(activity, activity.done_at))
    };
    1 Contact |asked, source| {
        let planned = asked.of_customer().and(Predicate::Empty("done_at".into()));
        asked.records(source, "planned_at", planned, |activity: &Activity| told_activity(activity, activity.planned_at))
    };
    2 Purchase |asked, source| {
        let won = asked.of_opportunities().and(Predicate::equals("event", OpportunityEvent::Win.to_value()));
        asked.records(source, "at", won, told_passage)
    };
    3 Opportunity |asked, source| {
        let win = Predicate::equals("event", OpportunityEvent::Win.to_value());
        let others = asked.of_opportunities().and(Predicate::Not(Box::new(win)));
        asked.records(source, "at", others, told_passage)
    };
    4 Offer |asked, source| {
        let of_offers = asked.through("offer", Offer::ENTITY);
        asked.records(source, "at", of_offers, |revision: &OfferRevision| Some(Told {
            at: At::Moment(revision.at),
            event: if revision.revision == 1 { "offer.made" } else { "offer.revised" }.to_owned(),
            title: revision.title.clone(),
            facts: vec![fact("offer", revision.offer), fact("revision", revision.revision), fact("net", revision.net)],
        }))
    };
    5 Offer |asked, source| {
        let of_customer = asked.of_customer();
        asked.records(source, "issued_at", of_customer, |offer: &Offer| Some(Told {
            at: At::Moment(offer.issued_at?),
            event: "offer.issued".to_owned(),
            title: Some(offer.number.clone()),
            facts: vec![fact("net", offer.net), fact("valid_until", offer.valid_until)],
        }))
    };
    6 Offer |asked, source| {
        let of_customer = asked.of_customer();
        asked.records(source, "decided_at", of_customer, |offer: &Offer| Some(Told {
            at: At::Moment(offer.decided_at?),
            event: match offer.state {
                // Opened again after it was decided: the day of that decision is kept.
                OfferState::Draft | OfferState::Issued => "offer.decided".to_owned(),
                decided => format!("offer.{decided}"),
            },
            title: Some(offer.number.clone()),
            facts: vec![fact("net", offer.net)],
        }))
    };
    7 Consent |asked, source| {
        let of_customer = asked.of_customer();
        asked.records(source, "at", of_customer, |consent: &Consent| Some(Told {
            at: At::Moment(consent.at),
            event: format!("consent.{}", consent.decision),
            title: None,
            facts: vec![fact("purpose", consent.purpose), fact("channel", consent.channel), fact("basis", consent.basis)],
        }))
    };
    8 Campaign |asked, source| {
        let of_customer = asked.of_customer();
        asked.records(source, "at", of_customer, |member: &CampaignMember| Some(Told {
            at: At::Moment(member.at),
            event: "campaign.selected".to_owned(),
            title: None,
            facts: vec![fact("campaign", member.campaign)],
        }))
    };
    9 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "acquired", of_party, |vehicle: &Vehicle| told_vehicle(vehicle, vehicle.acquired?, "vehicle.acquired"))
    };
    10 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "disposed", of_party, |vehicle: &Vehicle| told_vehicle(vehicle, vehicle.disposed?, "vehicle.disposed"))
    };
    11 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "day", of_party, |reading: &VehicleReading| Some(Told {
            at: At::Day(reading.day),
            event: "vehicle.read".to_owned(),
            title: reading.source.clone(),
            facts: vec![fact("vehicle", reading.vehicle), fact("km", reading.km)],
        }))
    };
    12 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "valid_until", of_party, |contract: &VehicleContract| Some(Told {
            at: At::Day(contract.valid_until?),
            event: "vehicle.contract_ended".to_owned(),
            title: contract.provider.clone(),
            facts: vec![fact("vehicle", contract.vehicle), fact("kind", contract.kind)],
        }))
    };
    13 Change |asked, source| {
        let id = asked.customer.id.uuid();
        asked.changes(source, Relationship::ENTITY, id)
    };
    14 Change |asked, source| {
        let id = asked.customer.party.uuid();
        asked.changes(source, Party::ENTITY, id)
    };
    15 Lead |asked, source| {
        let of_customer = asked.of_customer();
        asked.records(source, "received_at", of_customer, |lead: &Lead| Some(Told {
            at: At::Moment(lead.received_at),
            event: "lead.received".to_owned(),
            title: lead.number.clone(),
            facts: vec![fact("channel", lead.channel), fact("state", lead.state)],
        }))
    };
    16 Order |asked, source| {
        let of_customer = asked.of_customer();
        asked.records(source, "ordered_on", of_customer, |order: &SalesOrder| Some(Told {
            at: At::Day(order.ordered_on),
            event: "order.made".to_owned(),
            title: Some(order.number.clone()),
            facts: vec![fact("net", order.net), fact("state", order.state)],
        }))
    };
    17 Order |asked, source| {
        let standing = asked.through("order", SalesOrder::ENTITY).and(Predicate::Empty("withdrawn_at".into()));
        asked.records(source, "day", standing, |reached: &OrderMilestone| Some(Told {
            at: At::Day(reached.day),
            event: format!("order.{}", reached.milestone),
            title: reached.reference.clone(),
            facts: vec![fact("order", reached.order)],
        }))
    };
    18 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "valid_from", of_party, |contract: &VehicleContract| Some(Told {
            at: At::Day(contract.valid_from?),
            event: "vehicle.contract_began".to_owned(),
            title: contract.provider.clone(),
            facts: vec![fact("vehicle", contract.vehicle), fact("kind", contract.kind)],
        }))
    };
    19 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "valid_from", of_party, |role: &VehicleRole| told_role(role, role.valid_from, "vehicle.role_began"))
    };
    20 Vehicle |asked, source| {
        let of_party = asked.of_party();
        asked.records(source, "valid_until", of_party, |role: &VehicleRole| told_role(role, role.valid_until?, "vehicle.role_ended"))
    };
    21 Change |asked, source| {
        let of_customer = asked.of_customer();
        asked.changes_of::<Contact>(source, &of_customer)
    };
    22 Change |asked, source| {
        let of_party = asked.of_party();
        asked.changes_of::<Address>(source, &of_party)
    };
    23 Change |asked, source| {
        let of_party = asked.of_party();
        asked.changes_of::<ContactPoint>(source, &of_party)
    };
    24 Change |asked, source| {
        let of_customer = asked.of_customer();
        asked.changes_of::<CustomValue>(source, &of_customer)
    };
}

/// The two records that are the customer.
const CUSTOMER: [&str; 2] = [Relationship::ENTITY.name, Party::ENTITY.name];

/// When something happened.
enum At {
    Moment(DateTime<Utc>),
    Day(chrono::NaiveDate),
}

/// What is told of a record.
struct Told {
    at: At,
    event: String,
    title: Option<String>,
    facts: Vec<Fact>,
}

fn fact(name: &'static str, value: impl Display) -> Fact {
    Fact { name: Cow::Borrowed(name), value: value.to_string() }
}

fn told_activity(activity: &Activity, at: Option<DateTime<Utc>>) -> Option<Told> {
    let mut facts = vec![fact("kind", activity.kind)];
    facts.extend(activity.result.as_ref().map(|result| fact("result", result)));
    facts.extend(activity.next_step.as_ref().map(|next| fact("next_step", next)));
    facts.extend(activity.contact.map(|contact| fact("contact", contact)));
    let event = match activity.state {
        ActivityState::Planned => "activity.planned",
        ActivityState::Reported => "activity.reported",
        ActivityState::Cancelled => "activity.cancelled",
    };
    Some(Told { at: At::Moment(at?), event: event.to_owned(), title: Some(activity.subject.clone()), facts })
}

fn told_passage(passage: &Passage) -> Option<Told> {
    let mut facts = vec![fact("opportunity", passage.opportunity), fact("state", passage.to_state)];
    facts.extend(passage.note.as_ref().map(|note| fact("note", note)));
    let event = format!("opportunity.{}", passage.event);
    Some(Told { at: At::Moment(passage.at), event, title: None, facts })
}

fn told_vehicle(vehicle: &Vehicle, day: chrono::NaiveDate, event: &str) -> Option<Told> {
    let title = [Some(vehicle.make.as_str()), vehicle.model.as_deref()];
    let title = title.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut facts = Vec::new();
    facts.extend(vehicle.disposal_reason.as_ref().map(|reason| fact("reason", reason)));
    Some(Told { at: At::Day(day), event: event.to_owned(), title: Some(title), facts })
}

fn told_role(role: &VehicleRole, day: chrono::NaiveDate, event: &str) -> Option<Told> {
    let mut facts = vec![fact("vehicle", role.vehicle), fact("part", role.part)];
    facts.extend(role.contact.map(|contact| fact("contact", contact)));
    Some(Told { at: At::Day(day), event: event.to_owned(), title: role.name.clone(), facts })
}

/// One page that is being read.
struct Asked<'a, 'v> {
    view: &'a View<'v>,
    customer: Customer,
    after: Option<Cursor>,
    until: Option<DateTime<Utc>>,
    limit: usize,
    found: Vec<TimelineEntry>,
}

impl Asked<'_, '_> {
    fn of_customer(&self) -> Predicate {
        Predicate::equals("customer", Value::Id(self.customer.id.uuid()))
    }

    fn of_party(&self) -> Predicate {
        Predicate::equals("party", Value::Id(self.customer.party.uuid()))
    }

    fn of_opportunities(&self) -> Predicate {
        self.through("opportunity", Opportunity::ENTITY)
    }

    /// Of a record of the customer that the column names.
    fn through(&self, column: &'static str, entity: &'static Entity) -> Predicate {
        let satisfying = Box::new(self.of_customer());
        Predicate::Refers { column: Cow::Borrowed(column), entity: entity.name, satisfying }
    }

    /// The first records of a source after the cursor, one more than the page holds.
    fn records<R: Record>(
        &mut self,
        source: &Source,
        column: &'static str,
        condition: Predicate,
        tell: impl Fn(&R) -> Option<Told>,
    ) -> Result<()> {
        let day =
            R::ENTITY.column(column).is_some_and(|column| column.ty == clientela_model::ColumnType::Date);
        let there = Predicate::Not(Box::new(Predicate::Empty(column.into())));
        let mut condition = condition.and(there).and(self.older(source.number, column, day));
        if let Some(until) = self.until {
            let until = if day { Value::Date(until.date_naive()) } else { Value::Instant(until) };
            condition = condition.and(Predicate::Compare(column.into(), Comparison::AtMost, until));
        }
        let order = Order::by_descending(column).then("id", Direction::Ascending);
        for stored in self.view.page::<R>(&condition, &order, Some(self.limit + 1), 0)? {
            let Some(told) = tell(&stored.record) else { continue };
            let id = stored.record.id().uuid();
            self.found.push(entry(source, R::ENTITY, id, id, told));
        }
        Ok(())
    }

    /// What comes after the cursor in a source.
    fn older(&self, number: u8, column: &'static str, day: bool) -> Predicate {
        let Some(cursor) = self.after else { return Predicate::Everything };
        let at = cursor.at.date_naive();
        let value = if day { Value::Date(at) } else { Value::Instant(cursor.at) };
        let compare = |comparison| Predicate::Compare(column.into(), comparison, value.clone());
        // A day stands at its midnight: the cursor's own day is before the cursor, unless it is that midnight.
        let exact = !day || midnight(at) == cursor.at;
        if !exact || number > cursor.source {
            return compare(Comparison::AtMost);
        }
        if number < cursor.source {
            return compare(Comparison::Less);
        }
        let tie = Predicate::Compare("id".into(), Comparison::Greater, Value::Id(cursor.tie));
        compare(Comparison::Less).or(Predicate::equals(column, value.clone()).and(tie))
    }

    /// What changed of each of the customer's records of a kind that can be seen.
    fn changes_of<R: Record>(&mut self, source: &Source, condition: &Predicate) -> Result<()> {
        for record in self.view.records::<R>(condition)? {
            self.changes(source, R::ENTITY, record.id().uuid())?;
        }
        Ok(())
    }

    /// What changed of a record, from the journal. What made it is told without its fields.
    fn changes(&mut self, source: &Source, entity: &'static Entity, id: Uuid) -> Result<()> {
        for commit in shown_history(self.view, entity, id)? {
            let mut facts = Vec::new();
            for change in commit.changes.iter().filter(|_| !commit.created) {
                let text = |value: &Value| value.to_plain_text();
                facts.push(fact(change.column.name, text(&change.after)));
                if !change.before.is_null() {
                    let name = Cow::Owned(format!("{}.before", change.column.name));
                    facts.push(Fact { name, value: text(&change.before) });
                }
            }
            facts.extend((!commit.kind.is_empty()).then(|| fact("command", &commit.kind)));
            facts.extend((!commit.reason.is_empty()).then(|| fact("reason", &commit.reason)));
            let what = if CUSTOMER.contains(&entity.name) { "customer" } else { entity.name };
            let event = if commit.created { "entered" } else { "changed" };
            let told =
                Told { at: At::Moment(commit.time), event: format!("{what}.{event}"), title: None, facts };
            // Later commits of one moment come first, and several records of one commit by their ids.
            let tie = Uuid::from_u64_pair(u64::MAX - commit.seq.unsigned_abs(), id.as_u64_pair().1);
            self.found.push(entry(source, entity, id, tie, told));
        }
        Ok(())
    }
}

fn entry(source: &Source, entity: &Entity, id: Uuid, tie: Uuid, told: Told) -> TimelineEntry {
    let (at, day_only) = match told.at {
        At::Moment(at) => (at, false),
        At::Day(day) => (midnight(day), true),
    };
    TimelineEntry {
        at,
        day_only,
        kind: source.kind,
        event: told.event,
        entity: entity.name.to_owned(),
        id,
        title: told.title,
        facts: told.facts,
        source: source.number,
        tie,
    }
}
