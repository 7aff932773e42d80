//! Decisions about what is on an order: what is handed over, what is cancelled.

use super::progress::{Concluded, concluded};
use super::{Milestone, Order, OrderError, OrderEvent, OrderLine, OrderMilestone, OrderState, transition};
use crate::ids::OrderMilestoneId;
use crate::sales::offer::By;
use chrono::NaiveDate;
use clientela_model::identifier::Vin;
use clientela_model::{EntityId, Why};
use rust_decimal::Decimal;
use std::collections::HashSet;
use uuid::Uuid;

/// How many of a line are to be delivered yet.
#[must_use]
pub fn vehicles_left(line: &OrderLine) -> Decimal {
    (line.quantity - line.delivered).max(Decimal::ZERO)
}

/// What a delivery changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The order as it is to be: complete, when nothing else was left.
    pub order: Order,
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
/// In this order: `order.line_unknown`, `order.not_open`, `order.future`, `order.too_early` before the confirmation,
/// `order.same_vehicle`, `order.vehicles`.
pub fn deliver(
    order: &Order,
    (lines, done): (&[OrderLine], &[OrderMilestone]),
    line: &str,
    (vehicles, quantity): (&[(Vin, crate::ids::VehicleId)], Decimal),
    day: NaiveDate,
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<Delivered, OrderError> {
    let line = line_of(lines, line)?;
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
    let Concluded { order, why } = concluded(order, &with(lines, &line), done, why, by);
    Ok(Delivered { order, line, milestones, why })
}

/// The line of this place on the order.
///
/// # Errors
/// `order.line_unknown`.
pub fn line_of<'l>(lines: &'l [OrderLine], place: &str) -> Result<&'l OrderLine, OrderError> {
    let found = lines.iter().find(|line| line.line == place);
    found.ok_or_else(|| OrderError::LineUnknown { line: place.to_owned() })
}

/// The lines with one of them as it is to be.
pub(super) fn with(lines: &[OrderLine], changed: &OrderLine) -> Vec<OrderLine> {
    let after = |line: &OrderLine| if line.id == changed.id { changed.clone() } else { line.clone() };
    lines.iter().map(after).collect()
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

pub(super) fn check_open(order: &Order) -> Result<(), OrderError> {
    if order.state == OrderState::Open {
        return Ok(());
    }
    Err(OrderError::NotOpen { order: order.number.clone(), state: order.state })
}
