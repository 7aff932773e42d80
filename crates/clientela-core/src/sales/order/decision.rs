//! Decisions about an order: what is ordered, what is reached, what is handed over, what is cancelled.

use super::{Milestone, Order, OrderError, OrderEvent, OrderLine, OrderMilestone, OrderState, transition};
use crate::ids::{OrderId, OrderLineId, OrderMilestoneId};
use crate::sales::offer::By;
use crate::sales::waterfall::{ItemInput, OfferInput, Place, Priced, PricingError, price};
use crate::sales::{Offer, OfferRevision, OfferState};
use chrono::NaiveDate;
use clientela_model::identifier::Vin;
use clientela_model::{EntityId, Money, Why};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// What was ordered of an offer before, by orders that are not cancelled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ordered {
    /// Quantity and net amount by line.
    pub lines: BTreeMap<String, (Decimal, Decimal)>,
    /// Whether an order took the settlements.
    pub settled: bool,
}

impl Ordered {
    /// Adds up lines of orders that are not cancelled.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a OrderLine>) -> Self {
        let mut ordered = Self::default();
        for line in lines {
            let entry = ordered.lines.entry(line.line.clone()).or_default();
            entry.0 += line.quantity;
            entry.1 += line.line_net.amount();
            ordered.settled = true;
        }
        ordered
    }

    fn quantity(&self, line: &str) -> Decimal {
        self.lines.get(line).map_or(Decimal::ZERO, |(quantity, _)| *quantity)
    }

    fn net(&self, line: &str) -> Decimal {
        self.lines.get(line).map_or(Decimal::ZERO, |(_, net)| *net)
    }
}

/// What is needed to place an order.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// Id to be.
    pub id: OrderId,
    /// Number given.
    pub number: String,
    /// What of each line; all that is left when empty.
    pub lines: Vec<(String, Decimal)>,
    /// The day the customer wants it by.
    pub wanted_on: Option<NaiveDate>,
    /// The customer's own order number.
    pub customer_reference: Option<String>,
}

/// An order to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The order.
    pub order: Order,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// Why.
    pub why: Why,
}

/// Places an order from the accepted version of an offer: `input` is its content, `priced` its price, `before` what other orders
/// have of it.
///
/// A discount or charge on the whole offer, or on a line, follows what it belongs to: of it each order gets the share of its own net
/// amount, and the last order what is left, so that all orders of an offer together are the offer, to the cent. Settlements go with the
/// first order.
///
/// # Errors
/// In this order: `order.not_accepted`, `order.line_unknown`, `order.too_many`, `order.nothing_left`, and what [`price`] finds.
pub fn place(
    (offer, revision): (&Offer, &OfferRevision),
    (input, priced): (&OfferInput, &Priced),
    before: &Ordered,
    new: NewOrder,
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<Placed, OrderError> {
    if offer.state != OfferState::Accepted {
        return Err(OrderError::NotAccepted { offer: offer.number.clone(), state: offer.state });
    }
    let taken = wanted(offer, input, before, &new.lines)?;
    let mut content = OfferInput { items: Vec::new(), ..input.clone() };
    if before.settled {
        content.settlements.clear();
    }
    for (index, quantity) in &taken {
        if let (Some(item), Some(one)) = (input.items.get(*index), priced.items.get(*index)) {
            content.items.push(plain(item, *quantity, one.unit_net));
        }
    }
    let shares = shares(input, priced, before, &taken)?;
    for (index, share) in shares {
        if let Some(item) = input.items.get(index) {
            content.items.push(plain(item, Decimal::ONE, share));
        }
    }
    let total = price(&content)?;
    let order = Order {
        id: new.id,
        number: new.number,
        offer: offer.id,
        offer_revision: revision.revision,
        offer_fingerprint: revision.fingerprint.clone(),
        opportunity: offer.opportunity,
        customer: offer.customer,
        owner: offer.owner,
        unit: offer.unit,
        state: OrderState::Open,
        currency: offer.currency,
        ordered_on: by.today,
        wanted_on: new.wanted_on,
        net: total.net,
        tax: total.tax,
        gross: total.gross,
        settled: total.settled,
        payable: total.payable,
        customer_reference: new.customer_reference,
        cancel_reason: None,
        ended_at: None,
    };
    let lines: Vec<OrderLine> = content
        .items
        .iter()
        .zip(&total.items)
        .map(|(item, priced)| OrderLine {
            id: OrderLineId::from_uuid(ids()),
            order: order.id,
            line: item.line.clone().into(),
            parent_line: item.parent_line.clone().map(Into::into),
            kind: item.kind,
            product: item.product,
            code: item.code.clone().into(),
            label: item.label.clone().map(Into::into),
            quantity: item.quantity,
            unit_net: priced.unit_net,
            line_net: priced.line_net,
            tax_category: item.tax_category.clone().into(),
            tax_percent: item.tax_percent,
            delivered: Decimal::ZERO,
        })
        .collect();
    let whole = left(input, before)
        .iter()
        .all(|(index, left)| taken.iter().any(|(taken, quantity)| taken == index && quantity == left));
    let why = Why::new("order.placed")
        .fact("offer", &offer.number)
        .fact("revision", revision.revision)
        .fact("lines", lines.len())
        .fact("whole", whole)
        .fact("net", order.net)
        .fact("payable", order.payable)
        .because(total.why(&content));
    Ok(Placed { order, lines, why })
}

/// What is left of every item that is ordered by itself.
fn left(input: &OfferInput, before: &Ordered) -> Vec<(usize, Decimal)> {
    let items = input.items.iter().enumerate().filter(|(_, item)| !item.is_adjustment());
    items
        .map(|(index, item)| (index, item.quantity - before.quantity(&item.line)))
        .filter(|(_, left)| !left.is_zero())
        .collect()
}

fn wanted(
    offer: &Offer,
    input: &OfferInput,
    before: &Ordered,
    lines: &[(String, Decimal)],
) -> Result<Vec<(usize, Decimal)>, OrderError> {
    let all = left(input, before);
    if lines.is_empty() {
        return if all.is_empty() {
            Err(OrderError::NothingLeft { offer: offer.number.clone() })
        } else {
            Ok(all)
        };
    }
    let mut taken: Vec<(usize, Decimal)> = Vec::with_capacity(lines.len());
    for (line, wanted) in lines {
        let found = input.items.iter().position(|item| item.line == *line && !item.is_adjustment());
        let index = found.ok_or_else(|| OrderError::LineUnknown { line: line.clone() })?;
        let left = all.iter().find(|(at, _)| *at == index).map_or(Decimal::ZERO, |(_, left)| *left);
        let twice = taken.iter().any(|(at, _)| *at == index);
        if *wanted <= Decimal::ZERO || *wanted > left || twice {
            return Err(OrderError::TooMany { line: line.clone(), wanted: *wanted, left });
        }
        taken.push((index, *wanted));
    }
    taken.sort_by_key(|(index, _)| *index);
    Ok(taken)
}

/// The item at its net price, without steps: they are in the price.
fn plain(item: &ItemInput, quantity: Decimal, unit_net: Money) -> ItemInput {
    ItemInput {
        quantity,
        unit_list: unit_net,
        options: Vec::new(),
        steps: Vec::new(),
        unit_cost: None,
        parent_line: None,
        ..item.clone()
    }
}

/// The share of every adjustment that goes with what is taken: as much of it as of the net amount of what it is on, counted
/// from the first order on, less what earlier orders have.
fn shares(
    input: &OfferInput,
    priced: &Priced,
    before: &Ordered,
    taken: &[(usize, Decimal)],
) -> Result<Vec<(usize, Money)>, OrderError> {
    let overflow = || PricingError::Overflow { place: Place::Offer("net") };
    let mut found = Vec::new();
    for (index, item) in input.items.iter().enumerate().filter(|(_, item)| item.is_adjustment()) {
        let Some(adjustment) = priced.items.get(index).map(|priced| priced.line_told) else { continue };
        let (mut whole, mut reached) = (Decimal::ZERO, Decimal::ZERO);
        for (at, other) in input.items.iter().enumerate().filter(|(_, other)| !other.is_adjustment()) {
            let on = item.parent_line.as_ref().is_none_or(|parent| *parent == other.line);
            if !on || other.quantity.is_zero() {
                continue;
            }
            let net = priced.items.get(at).map_or(Decimal::ZERO, |priced| priced.line_net.amount().abs());
            let now =
                taken.iter().find(|(taken, _)| *taken == at).map_or(Decimal::ZERO, |(_, quantity)| *quantity);
            let quantity = before.quantity(&other.line) + now;
            whole += net;
            let part = net.checked_mul(quantity).and_then(|part| part.checked_div(other.quantity));
            reached += part.ok_or_else(overflow)?;
        }
        let due = if whole.is_zero() || reached >= whole {
            adjustment.amount()
        } else {
            let share = adjustment.amount().checked_mul(reached).and_then(|part| part.checked_div(whole));
            Money::new(share.ok_or_else(overflow)?, input.currency).rounded().amount()
        };
        let share = due - before.net(&item.line);
        if !share.is_zero() {
            found.push((index, Money::new(share, input.currency)));
        }
    }
    Ok(found)
}

/// How far an order has come, from the milestones entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The milestones reached for the whole order.
    pub reached: Vec<Milestone>,
    /// Whether everything is delivered.
    pub delivered: bool,
}

/// The progress of an order.
#[must_use]
pub fn progress(lines: &[OrderLine], milestones: &[OrderMilestone]) -> Progress {
    let mut reached: Vec<Milestone> =
        milestones.iter().filter(|entry| entry.line.is_none()).map(|entry| entry.milestone).collect();
    let handed_over = |line: &&OrderLine| line.quantity > Decimal::ZERO && line.product.is_some();
    let delivered = lines.iter().filter(handed_over).all(|line| line.delivered >= line.quantity);
    if delivered && !reached.contains(&Milestone::Delivered) {
        reached.push(Milestone::Delivered);
    }
    Progress { reached, delivered }
}

/// A milestone to be kept, and the order when it ends by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// The milestone.
    pub milestone: OrderMilestone,
    /// The order as it is to be.
    pub order: Order,
    /// Why.
    pub why: Why,
}

/// Enters a milestone of the order or one of its lines; what it is about is in `new`, whose order, moment and user are set here.
///
/// Everything comes after the confirmation, a payment after an invoice. Building, shipping and registering are not needed: a
/// vehicle from stock has them behind it. What is handed over is entered by [`deliver`].
///
/// # Errors
/// In this order: `order.not_open`, `order.future`, `order.line_unknown`, `order.too_early`, `order.reached`.
pub fn reach(
    order: &Order,
    (lines, done): (&[OrderLine], &[OrderMilestone]),
    new: OrderMilestone,
    by: By,
) -> Result<Reached, OrderError> {
    check_open(order)?;
    if new.day > by.today {
        return Err(OrderError::Future);
    }
    if let Some(line) = &new.line
        && !lines.iter().any(|known| known.line == *line)
    {
        return Err(OrderError::LineUnknown { line: line.clone() });
    }
    let has = |wanted: Milestone| {
        done.iter().any(|entry| entry.milestone == wanted && (entry.line.is_none() || entry.line == new.line))
    };
    let needed = match new.milestone {
        Milestone::Confirmed => None,
        Milestone::Paid => Some(Milestone::Invoiced),
        _ => Some(Milestone::Confirmed),
    };
    let early = |needed: &Milestone| !has(*needed) && !done.iter().any(|entry| entry.milestone == *needed);
    if let Some(needed) = needed.filter(early) {
        return Err(OrderError::TooEarly { milestone: new.milestone, needed });
    }
    // Vehicles are delivered, and parts of an amount invoiced and paid, one after the other.
    let repeats = matches!(new.milestone, Milestone::Delivered) || new.amount.is_some();
    if !repeats && has(new.milestone) {
        return Err(OrderError::Reached { milestone: new.milestone });
    }
    let milestone = OrderMilestone { order: order.id, at: by.at, user: by.user, ..new };
    let mut after = order.clone();
    let mut why =
        Why::new("order.milestone").fact("milestone", milestone.milestone).fact("day", milestone.day);
    if let Some(line) = &milestone.line {
        why = why.fact("line", line);
    }
    let progress = progress(lines, done);
    let sum = |kind: Milestone| -> Decimal {
        let all = done.iter().chain(std::iter::once(&milestone)).filter(|entry| entry.milestone == kind);
        all.map(|entry| entry.amount.map_or(order.payable.amount(), Money::amount)).sum()
    };
    let settled = |kind: Milestone| sum(kind) >= order.payable.amount();
    let any =
        |kind: Milestone| milestone.milestone == kind || done.iter().any(|entry| entry.milestone == kind);
    let ended = progress.delivered
        && any(Milestone::Invoiced)
        && any(Milestone::Paid)
        && settled(Milestone::Invoiced)
        && settled(Milestone::Paid);
    if ended && let Some(state) = transition(order.state, OrderEvent::Complete) {
        after.state = state;
        after.ended_at = Some(by.at);
        why = why.because(Why::new("order.completed"));
    }
    Ok(Reached { milestone, order: after, why })
}

/// How many of a line are to be delivered yet.
#[must_use]
pub fn vehicles_left(line: &OrderLine) -> Decimal {
    (line.quantity - line.delivered).max(Decimal::ZERO)
}

/// What a delivery changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The line as it is to be.
    pub line: OrderLine,
    /// A milestone for each vehicle, or one for the quantity.
    pub milestones: Vec<OrderMilestone>,
    /// Why.
    pub why: Why,
}

/// Hands over vehicles of a line, each with its identification number, or a quantity of something else.
///
/// # Errors
/// In this order: `order.not_open`, `order.future`, `order.too_early` before the confirmation, `order.same_vehicle`,
/// `order.vehicles`.
pub fn deliver(
    order: &Order,
    line: &OrderLine,
    done: &[OrderMilestone],
    (vehicles, quantity): (&[(Vin, crate::ids::VehicleId)], Decimal),
    day: NaiveDate,
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<Delivered, OrderError> {
    check_open(order)?;
    if day > by.today {
        return Err(OrderError::Future);
    }
    if !done.iter().any(|entry| entry.milestone == Milestone::Confirmed) {
        return Err(OrderError::TooEarly { milestone: Milestone::Delivered, needed: Milestone::Confirmed });
    }
    let different: HashSet<&Vin> = vehicles.iter().map(|(vin, _)| vin).collect();
    if different.len() != vehicles.len() {
        return Err(OrderError::SameVehicle);
    }
    let count = if vehicles.is_empty() { quantity } else { Decimal::from(vehicles.len()) };
    let left = vehicles_left(line);
    let needs_vins = line.kind == crate::catalogue::ProductKind::Vehicle;
    if count <= Decimal::ZERO || count > left || needs_vins == vehicles.is_empty() {
        return Err(OrderError::Vehicles { line: line.line.clone(), left });
    }
    let mut entry = |quantity: Decimal, vehicle: Option<&(Vin, crate::ids::VehicleId)>| OrderMilestone {
        id: OrderMilestoneId::from_uuid(ids()),
        order: order.id,
        line: Some(line.line.clone()),
        milestone: Milestone::Delivered,
        day,
        at: by.at,
        user: by.user,
        quantity: Some(quantity),
        amount: None,
        vehicle: vehicle.map(|(_, id)| *id),
        vin: vehicle.map(|(vin, _)| vin.clone()),
        reference: None,
        withdrawn_at: None,
        withdrawal_reason: None,
    };
    let milestones = if vehicles.is_empty() {
        vec![entry(count, None)]
    } else {
        vehicles.iter().map(|vehicle| entry(Decimal::ONE, Some(vehicle))).collect()
    };
    let line = OrderLine { delivered: line.delivered + count, ..line.clone() };
    let why = Why::new("order.delivered")
        .fact("line", &line.line)
        .fact("quantity", count)
        .fact("left", vehicles_left(&line));
    Ok(Delivered { line, milestones, why })
}

/// Cancels an order; what it had of the offer may be ordered again.
///
/// # Errors
/// `order.not_open`; `order.delivered` once something is handed over.
pub fn cancel(order: &Order, lines: &[OrderLine], reason: &str, by: By) -> Result<(Order, Why), OrderError> {
    check_open(order)?;
    let delivered = lines.iter().filter(|line| line.delivered > Decimal::ZERO);
    let mut why = Why::new("order.delivered");
    for line in delivered {
        why = why.because(Why::new("order.line").fact("line", &line.line).fact("delivered", line.delivered));
    }
    if !why.because.is_empty() {
        return Err(OrderError::Delivered { order: order.number.clone(), why });
    }
    let mut after = order.clone();
    after.state = transition(order.state, OrderEvent::Cancel).unwrap_or(order.state);
    after.cancel_reason = Some(reason.to_owned());
    after.ended_at = Some(by.at);
    Ok((after, Why::new("order.cancelled").fact("net", order.net)))
}

fn check_open(order: &Order) -> Result<(), OrderError> {
    if order.state == OrderState::Open {
        return Ok(());
    }
    Err(OrderError::NotOpen { order: order.number.clone(), state: order.state })
}
