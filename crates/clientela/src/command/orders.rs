//! Commands on orders.

use super::{Key, Outcome, of_offer, offers};
use crate::door::Door;
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::{PastUnits, Product};
use clientela_core::ids::{CustomerId, OrderId, ProductId};
use clientela_core::party::entry::{self, NewVehicle};
use clientela_core::party::{Relationship, Vehicle};
use clientela_core::sales::order::{
    self, Milestone, NewOrder, Order, OrderLine, OrderMilestone, OrderState, Ordered,
};
use clientela_core::sales::waterfall::price;
use clientela_core::sales::{Offer, OfferRevision};
use clientela_model::identifier::Vin;
use clientela_model::{EntityId, Field, Money, Predicate, Record, Value, ValueError};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Makes an order from an accepted offer, wholly or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateOrder {
    /// The offer.
    pub offer: Key,
    /// What of each line; all that is left when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<OrderedLine>,
    /// The day the customer wants it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_on: Option<NaiveDate>,
    /// The customer's own order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_reference: Option<String>,
}

/// So many of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderedLine {
    /// Place on the offer.
    pub line: String,
    /// How many.
    pub quantity: Decimal,
}

/// Enters a milestone of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReachMilestone {
    /// The order.
    pub order: Key,
    /// Which milestone; deliveries have a command of their own.
    pub milestone: Milestone,
    /// Place of the line; the whole order when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The day it was reached; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Its amount, of an invoice or a payment in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// A reference, such as the number of the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Hands over what was ordered: vehicles with their numbers, which join the customer's fleet, or a quantity of something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverOrder {
    /// The order.
    pub order: Key,
    /// Place of the line.
    pub line: String,
    /// The vehicles, each with its VIN and make at least.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vehicles: Vec<NewVehicle>,
    /// How many, where the line is no vehicle; all that is left when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Takes back what was delivered of a line: the deliveries stay as withdrawn, the vehicles leave the customer's fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeBackDelivery {
    /// The order.
    pub order: Key,
    /// Place of the line.
    pub line: String,
    /// Identification numbers of the vehicles taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vins: Vec<Vin>,
    /// How many, where the line is no vehicle. Everything delivered of the line, when neither is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// The day the vehicles leave the fleet; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// Takes back a milestone that was entered wrongly, such as an invoice or a payment: the entry stays as withdrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawMilestone {
    /// The order.
    pub order: Key,
    /// Which milestone; deliveries have a command of their own.
    pub milestone: Milestone,
    /// Place of the line; that of the whole order when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Id of the entry; needed only when it was entered several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Key>,
    /// Why.
    pub reason: String,
}

/// Cancels an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// The order.
    pub order: Key,
    /// Why.
    pub reason: String,
}

pub(super) fn create(door: &mut Door<'_, '_>, command: &CreateOrder) -> Result<Outcome> {
    let offer = door.to_change::<Offer>(&command.offer)?.record;
    let revision: OfferRevision = offers::current_revision(door, &offer)?;
    let input = offers::content(&door.view(), &offer, &revision)?;
    let priced = price(&input)?;
    let before = ordered(&door.view(), &offer)?;
    let new = NewOrder {
        id: door.new_id(),
        number: door.next_issue_number(offer.unit, 'S')?,
        lines: command.lines.iter().map(|line| (line.line.clone(), line.quantity)).collect(),
        wanted_on: command.wanted_on,
        customer_reference: command.customer_reference.clone(),
    };
    let by = offers::by(door);
    let placed =
        order::place((&offer, &revision), (&input, &priced), &before, new, &mut || door.new_uuid(), by)?;
    door.create(&placed.order)?;
    for line in &placed.lines {
        door.create(line)?;
    }
    Ok(Outcome::of(&placed.order, Some(&placed.order.number), placed.why))
}

/// What other orders have of an offer, whoever sees them.
fn ordered(view: &View<'_>, offer: &Offer) -> Result<Ordered> {
    let whole = view.whole();
    let orders: Vec<Order> = whole.records(&of_offer(offer.id))?;
    let lines: Vec<Vec<OrderLine>> =
        orders.iter().map(|order| lines_of(&whole, order.id)).collect::<Result<_>>()?;
    Ok(Ordered::of(orders.iter().zip(lines.iter().map(Vec::as_slice))))
}

/// The condition that a record belongs to an order.
pub(crate) fn of_order(id: OrderId) -> Predicate {
    Predicate::equals("order", Value::Id(id.uuid()))
}

/// The lines of an order.
pub(crate) fn lines_of(view: &View<'_>, id: OrderId) -> Result<Vec<OrderLine>> {
    Ok(view.all_of::<OrderLine>(&of_order(id))?.into_iter().map(|stored| stored.record).collect())
}

/// The milestones of an order that stand.
fn milestones_of(view: &View<'_>, id: OrderId) -> Result<Vec<OrderMilestone>> {
    let standing = of_order(id).and(Predicate::Empty("withdrawn_at".into()));
    Ok(view.all_of::<OrderMilestone>(&standing)?.into_iter().map(|stored| stored.record).collect())
}

pub(super) fn milestone(door: &mut Door<'_, '_>, command: &ReachMilestone) -> Result<Outcome> {
    let stored = door.to_change::<Order>(&command.order)?;
    let (lines, done) =
        (lines_of(&door.view(), stored.record.id)?, milestones_of(&door.view(), stored.record.id)?);
    let by = offers::by(door);
    let new = OrderMilestone {
        id: door.new_id(),
        order: stored.record.id,
        line: command.line.clone(),
        milestone: command.milestone,
        day: command.day.unwrap_or(by.today),
        at: by.at,
        user: by.user,
        quantity: None,
        amount: command.amount,
        vehicle: None,
        vin: None,
        reference: command.reference.clone(),
        withdrawn_at: None,
        withdrawal_reason: None,
    };
    let reached = order::reach(&stored.record, (&lines, &done), new, by)?;
    door.create(&reached.milestone)?;
    keep_order(door, &stored, &reached.order)?;
    Ok(Outcome::of(&reached.order, Some(&reached.order.number), reached.why).and(&reached.milestone, None))
}

/// Keeps an order that something of it has changed.
fn keep_order(door: &mut Door<'_, '_>, stored: &Stored<Order>, after: &Order) -> Result<()> {
    if *after == stored.record { Ok(()) } else { door.update(after, stored.version) }
}

pub(super) fn withdraw_milestone(door: &mut Door<'_, '_>, command: &WithdrawMilestone) -> Result<Outcome> {
    let stored = door.to_change::<Order>(&command.order)?;
    let lines = lines_of(&door.view(), stored.record.id)?;
    let done = milestones_of(&door.view(), stored.record.id)?;
    let meant = done.iter().filter(|entry| {
        let named = command.entry.as_ref().is_none_or(|key| entry.id.to_string() == *key);
        // Of an entry that is named the line need not be said.
        let on_line = entry.line == command.line || (command.entry.is_some() && command.line.is_none());
        named && on_line && entry.milestone == command.milestone
    });
    let meant: Vec<&OrderMilestone> = meant.collect();
    let entry = match meant.as_slice() {
        [] => return Err(crate::view::not_found(OrderMilestone::ENTITY, "of that kind")),
        [one] => *one,
        _ => {
            let expected = "the id of the entry that is taken back";
            let error = ValueError::new("order.entry", "milestone", "was entered several times", expected);
            return Err(error.at("entry").into());
        }
    };
    let parts = (lines.as_slice(), done.as_slice());
    let by = offers::by(door);
    let back = order::withdraw_milestone(&stored.record, parts, entry, &command.reason, by)?;
    door.update(&back.milestone, door.version_of::<OrderMilestone>(entry.id)?)?;
    keep_order(door, &stored, &back.order)?;
    Ok(Outcome::of(&back.order, Some(&back.order.number), back.why).and(&back.milestone, None))
}

pub(super) fn deliver(door: &mut Door<'_, '_>, command: &DeliverOrder) -> Result<Outcome> {
    let stored = door.to_change::<Order>(&command.order)?;
    let lines = lines_of(&door.view(), stored.record.id)?;
    let line = order::line_of(&lines, &command.line)?.clone();
    let done = milestones_of(&door.view(), stored.record.id)?;
    let by = offers::by(door);
    let day = command.day.unwrap_or(by.today);
    let party = door.get::<Relationship>(stored.record.customer)?.record.party;
    let mut vehicles: Vec<Vehicle> = Vec::with_capacity(command.vehicles.len());
    for given in &command.vehicles {
        let mut vehicle = entry::enter_vehicle(given, door.new_id(), party)?;
        vehicle.acquired = vehicle.acquired.or(Some(day));
        vehicle.model = vehicle.model.or_else(|| line.label.clone());
        let stands = match &vehicle.vin {
            Some(vin) => door.stands_in_fleet(party, vin)?,
            None => false,
        };
        entry::check_new_to_fleet(&vehicle, |_| stands)?;
        vehicles.push(vehicle);
    }
    let numbered: Vec<_> =
        vehicles.iter().filter_map(|vehicle| Some((vehicle.vin.clone()?, vehicle.id))).collect();
    if numbered.len() != vehicles.len() {
        let left = order::vehicles_left(&line);
        return Err(order::OrderError::Vehicles { line: command.line.clone(), left }.into());
    }
    let quantity = command.quantity.unwrap_or_else(|| order::vehicles_left(&line));
    let ids = &mut || door.new_uuid();
    let parts = (lines.as_slice(), done.as_slice());
    let delivered =
        order::deliver(&stored.record, parts, &command.line, (&numbered, quantity), day, ids, by)?;
    door.update(&delivered.line, door.version_of::<OrderLine>(line.id)?)?;
    keep_order(door, &stored, &delivered.order)?;
    let mut outcome = Outcome::of(&delivered.order, Some(&delivered.order.number), delivered.why);
    for milestone in &delivered.milestones {
        door.create(milestone)?;
    }
    for vehicle in &vehicles {
        door.create(vehicle)?;
        outcome = outcome.and(vehicle, None);
    }
    Ok(outcome)
}

pub(super) fn take_back(door: &mut Door<'_, '_>, command: &TakeBackDelivery) -> Result<Outcome> {
    let stored = door.to_change::<Order>(&command.order)?;
    let lines = lines_of(&door.view(), stored.record.id)?;
    let done = door.view().all_of::<OrderMilestone>(&of_order(stored.record.id))?;
    let entries: Vec<OrderMilestone> = done.iter().map(|entry| entry.record.clone()).collect();
    let by = offers::by(door);
    let what = match command.quantity {
        _ if !command.vins.is_empty() => order::TakenBack::Vehicles(&command.vins),
        Some(quantity) => order::TakenBack::Quantity(quantity),
        None => order::TakenBack::Everything,
    };
    let ids = &mut || door.new_uuid();
    let (parts, how) = ((lines.as_slice(), entries.as_slice()), (what, command.reason.as_str()));
    let back = order::take_back(&stored.record, parts, &command.line, how, ids, by)?;
    door.update(&back.line, door.version_of::<OrderLine>(back.line.id)?)?;
    keep_order(door, &stored, &back.order)?;
    let mut outcome = Outcome::of(&back.order, Some(&back.order.number), back.why);
    for entry in &back.withdrawn {
        if let Some(known) = done.iter().find(|known| known.record.id == entry.id) {
            door.update(entry, known.version)?;
        }
    }
    if let Some(remaining) = &back.remaining {
        door.create(remaining)?;
    }
    let day = command.day.unwrap_or(by.today);
    for id in back.vehicles {
        let vehicle = door.get::<Vehicle>(id)?;
        // Who disposed of it meanwhile has said more of it already.
        if vehicle.record.disposed.is_none() {
            let left = entry::dispose_vehicle(&vehicle.record, day, Some(&command.reason), by.today)?;
            door.update(&left, vehicle.version)?;
            outcome = outcome.and(&left, None);
        }
    }
    Ok(outcome)
}

pub(super) fn cancel(door: &mut Door<'_, '_>, command: &CancelOrder) -> Result<Outcome> {
    let stored = door.to_change::<Order>(&command.order)?;
    let lines = lines_of(&door.view(), stored.record.id)?;
    let (cancelled, why) = order::cancel(&stored.record, &lines, &command.reason, offers::by(door))?;
    door.update(&cancelled, stored.version)?;
    Ok(Outcome::of(&cancelled, Some(&cancelled.number), why))
}

/// What a customer has on orders that are not cancelled, whoever sees them.
pub(crate) fn ordered_before(view: &View<'_>, customer: CustomerId) -> Result<Vec<PastUnits>> {
    let of_customer = Predicate::equals("customer", Value::Id(customer.uuid()))
        .and(Predicate::Not(Box::new(Predicate::equals("state", OrderState::Cancelled.to_value()))));
    let days: HashMap<OrderId, NaiveDate> =
        view.unseen::<Order>(&of_customer)?.into_iter().map(|order| (order.id, order.ordered_on)).collect();
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let of_orders = Predicate::Refers {
        column: "order".into(),
        entity: "sales_order",
        satisfying: Box::new(of_customer),
    };
    let lines = view.unseen::<OrderLine>(&of_orders)?;
    let ordered: BTreeSet<ProductId> = lines.iter().filter_map(|line| line.product).collect();
    let ids = ordered.into_iter().map(|id| Value::Id(id.uuid())).collect();
    let products = view.unseen::<Product>(&Predicate::OneOf("id".into(), ids))?;
    let groups: HashMap<ProductId, Option<String>> =
        products.into_iter().map(|product| (product.id, product.line)).collect();
    let units = lines.into_iter().filter_map(|line| {
        let product = line.product?;
        let day = *days.get(&line.order)?;
        Some(PastUnits {
            product,
            line: groups.get(&product).cloned().flatten(),
            day,
            quantity: line.quantity,
        })
    });
    Ok(units.collect())
}
