//! Deliveries taken back.

use super::decision::{line_of, with};
use super::progress::{Concluded, concluded};
use super::{Milestone, Order, OrderError, OrderLine, OrderMilestone, OrderState};
use crate::ids::{OrderMilestoneId, VehicleId};
use crate::sales::offer::By;
use clientela_model::identifier::Vin;
use clientela_model::{EntityId, Why};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What of a line is taken back.
#[derive(Debug, Clone, Copy)]
pub enum TakenBack<'a> {
    /// Vehicles, by their identification numbers.
    Vehicles(&'a [Vin]),
    /// So many of something else, the latest delivered first.
    Quantity(Decimal),
    /// Everything that is delivered.
    Everything,
}

/// What a delivery taken back changes.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryWithdrawn {
    /// The order as it is to be: open again.
    pub order: Order,
    /// The line as it is to be.
    pub line: OrderLine,
    /// Deliveries that are withdrawn.
    pub withdrawn: Vec<OrderMilestone>,
    /// What is left of a delivery of which a part was taken back, entered anew.
    pub remaining: Option<OrderMilestone>,
    /// The vehicles that leave the customer's fleet.
    pub vehicles: Vec<VehicleId>,
    /// Why.
    pub why: Why,
}

/// Takes back what was delivered of a line, in `done`: its deliveries stay as withdrawn, its vehicles leave the fleet, and an order that was
/// complete is open again.
///
/// # Errors
/// In this order: `order.line_unknown`, `order.not_open` for a cancelled order, `order.not_delivered` for what is not delivered, `order.same_vehicle`.
pub fn take_back(
    order: &Order,
    (lines, done): (&[OrderLine], &[OrderMilestone]),
    line: &str,
    (what, reason): (TakenBack<'_>, &str),
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<DeliveryWithdrawn, OrderError> {
    let line = line_of(lines, line)?;
    if order.state == OrderState::Cancelled {
        return Err(OrderError::NotOpen { order: order.number.clone(), state: order.state });
    }
    let not_delivered = || OrderError::NotDelivered { line: line.line.clone(), delivered: line.delivered };
    let mut standing: Vec<&OrderMilestone> = done
        .iter()
        .filter(|entry| entry.milestone == Milestone::Delivered && entry.withdrawn_at.is_none())
        .filter(|entry| entry.line.as_ref() == Some(&line.line))
        .collect();
    standing.sort_by_key(|entry| std::cmp::Reverse((entry.day, entry.at, entry.id)));
    let count = |entry: &OrderMilestone| entry.quantity.unwrap_or(Decimal::ONE);
    let (mut taken, mut remaining) = (Vec::new(), None);
    match what {
        TakenBack::Everything => taken = standing,
        TakenBack::Vehicles(vins) => {
            for vin in vins {
                let found = standing.iter().find(|entry| entry.vin.as_ref() == Some(vin));
                let found = *found.ok_or_else(not_delivered)?;
                if taken.iter().any(|other: &&OrderMilestone| other.id == found.id) {
                    return Err(OrderError::SameVehicle);
                }
                taken.push(found);
            }
        }
        TakenBack::Quantity(quantity) => {
            let mut left = quantity;
            for entry in standing.into_iter().filter(|entry| entry.vehicle.is_none()) {
                if left <= Decimal::ZERO {
                    break;
                }
                let stays = count(entry) - left;
                if stays > Decimal::ZERO {
                    let id = OrderMilestoneId::from_uuid(ids());
                    remaining = Some(OrderMilestone { id, quantity: Some(stays), ..entry.clone() });
                }
                left -= count(entry);
                taken.push(entry);
            }
            if quantity <= Decimal::ZERO || left > Decimal::ZERO {
                return Err(not_delivered());
            }
        }
    }
    let sum = taken.iter().map(|entry| count(entry)).sum::<Decimal>()
        - remaining.as_ref().map_or(Decimal::ZERO, count);
    if sum <= Decimal::ZERO || sum > line.delivered {
        return Err(not_delivered());
    }
    let withdraw = |entry: &OrderMilestone| OrderMilestone {
        withdrawn_at: Some(by.at),
        withdrawal_reason: Some(reason.to_owned()),
        ..entry.clone()
    };
    let line = OrderLine { delivered: line.delivered - sum, ..line.clone() };
    let why = Why::new("order.delivery_withdrawn")
        .fact("line", &line.line)
        .fact("quantity", sum)
        .fact("delivered", line.delivered);
    let Concluded { order: after, why } = concluded(order, &with(lines, &line), done, why, by);
    let withdrawn: Vec<OrderMilestone> = taken.iter().map(|entry| withdraw(entry)).collect();
    let vehicles = withdrawn.iter().filter_map(|entry| entry.vehicle).collect();
    Ok(DeliveryWithdrawn { order: after, line, withdrawn, remaining, vehicles, why })
}
