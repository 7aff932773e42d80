//! How far an order has come: milestones entered and taken back, and when it is complete.
//!
//! An order is complete when everything on it is delivered, and its invoices and its payments cover what is to be paid. In which order
//! that comes about does not matter, so that whatever changes one of them asks here.

use super::decision::{check_open, line_of};
use super::{Milestone, Order, OrderError, OrderEvent, OrderLine, OrderMilestone, OrderState, transition};
use crate::sales::offer::By;
use clientela_model::{Money, Why};
use rust_decimal::Decimal;

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
        standing(milestones).filter(|entry| entry.line.is_none()).map(|entry| entry.milestone).collect();
    let handed_over = |line: &&OrderLine| line.quantity > Decimal::ZERO && !line.is_adjustment();
    let delivered = lines.iter().filter(handed_over).all(|line| line.delivered >= line.quantity);
    if delivered && !reached.contains(&Milestone::Delivered) {
        reached.push(Milestone::Delivered);
    }
    Progress { reached, delivered }
}

/// The entries that were not taken back.
fn standing(milestones: &[OrderMilestone]) -> impl Iterator<Item = &OrderMilestone> {
    milestones.iter().filter(|entry| entry.withdrawn_at.is_none())
}

/// Whether the entries of a kind, invoices or payments, cover what is to be paid: one of the whole order without an amount does, so do
/// entries of every line, and so do amounts that reach it. An entry of a line without an amount counts as what the line costs with its tax.
fn covered(order: &Order, lines: &[OrderLine], milestones: &[OrderMilestone], kind: Milestone) -> bool {
    let entries: Vec<&OrderMilestone> =
        standing(milestones).filter(|entry| entry.milestone == kind).collect();
    if entries.iter().any(|entry| entry.line.is_none() && entry.amount.is_none()) {
        return true;
    }
    let whole = |line: &OrderLine| {
        entries.iter().any(|entry| entry.amount.is_none() && entry.line.as_ref() == Some(&line.line))
    };
    if !lines.is_empty() && lines.iter().all(whole) {
        return true;
    }
    let cost = |place: Option<&str>| {
        let line = lines.iter().find(|line| Some(line.line.as_str()) == place);
        line.and_then(OrderLine::gross).map_or(Decimal::ZERO, Money::amount)
    };
    let sum: Decimal = entries
        .iter()
        .map(|entry| entry.amount.map_or_else(|| cost(entry.line.as_deref()), Money::amount))
        .sum();
    !entries.is_empty() && sum >= order.payable.amount()
}

/// An order as it is to be after something of it changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Concluded {
    pub(super) order: Order,
    pub(super) why: Why,
}

/// Completes an order of which everything is done, and opens one again of which something is left. `milestones` are all that stand.
pub(super) fn concluded(
    order: &Order,
    lines: &[OrderLine],
    milestones: &[OrderMilestone],
    why: Why,
    by: By,
) -> Concluded {
    let complete = progress(lines, milestones).delivered
        && covered(order, lines, milestones, Milestone::Invoiced)
        && covered(order, lines, milestones, Milestone::Paid);
    let (event, reason) = if complete {
        (OrderEvent::Complete, "order.completed")
    } else {
        (OrderEvent::Reopen, "order.reopened")
    };
    let Some(state) = transition(order.state, event) else {
        return Concluded { order: order.clone(), why };
    };
    let ended_at = complete.then_some(by.at);
    Concluded { order: Order { state, ended_at, ..order.clone() }, why: why.because(Why::new(reason)) }
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
/// vehicle from stock has them behind it. What is handed over is entered by [`deliver`](super::deliver).
///
/// # Errors
/// In this order: `order.not_open`, `order.delivery` for a delivery, `order.future`, `order.line_unknown`, `order.amount` for an amount
/// that is none of an invoice or a payment, not above zero or in another currency, `order.too_early`, `order.reached`.
pub fn reach(
    order: &Order,
    (lines, done): (&[OrderLine], &[OrderMilestone]),
    new: OrderMilestone,
    by: By,
) -> Result<Reached, OrderError> {
    check_open(order)?;
    if new.milestone == Milestone::Delivered {
        return Err(OrderError::Delivery);
    }
    if new.day > by.today {
        return Err(OrderError::Future);
    }
    if let Some(line) = &new.line {
        line_of(lines, line)?;
    }
    check_amount(order, &new)?;
    let done: Vec<OrderMilestone> = standing(done).cloned().collect();
    let has = |wanted: Milestone| {
        done.iter().any(|entry| entry.milestone == wanted && (entry.line.is_none() || entry.line == new.line))
    };
    let early = |needed: &Milestone| !done.iter().any(|entry| entry.milestone == *needed);
    if let Some(needed) = needed(new.milestone).filter(early) {
        return Err(OrderError::TooEarly { milestone: new.milestone, needed });
    }
    // Parts of an amount are invoiced and paid one after the other.
    if new.amount.is_none() && has(new.milestone) {
        return Err(OrderError::Reached { milestone: new.milestone });
    }
    let milestone = OrderMilestone { order: order.id, at: by.at, user: by.user, ..new };
    let mut why =
        Why::new("order.milestone").fact("milestone", milestone.milestone).fact("day", milestone.day);
    if let Some(line) = &milestone.line {
        why = why.fact("line", line);
    }
    let all: Vec<OrderMilestone> = done.into_iter().chain([milestone.clone()]).collect();
    let Concluded { order, why } = concluded(order, lines, &all, why, by);
    Ok(Reached { milestone, order, why })
}

/// The milestone that comes before.
const fn needed(milestone: Milestone) -> Option<Milestone> {
    match milestone {
        Milestone::Confirmed => None,
        Milestone::Paid => Some(Milestone::Invoiced),
        _ => Some(Milestone::Confirmed),
    }
}

fn check_amount(order: &Order, new: &OrderMilestone) -> Result<(), OrderError> {
    let Some(amount) = new.amount else { return Ok(()) };
    let counts = matches!(new.milestone, Milestone::Invoiced | Milestone::Paid);
    if counts && amount.currency() == order.currency && amount.amount() > Decimal::ZERO {
        return Ok(());
    }
    Err(OrderError::Amount { currency: order.currency })
}

/// A milestone taken back, and the order as it is then.
#[derive(Debug, Clone, PartialEq)]
pub struct MilestoneWithdrawn {
    /// The entry, which stays as withdrawn.
    pub milestone: OrderMilestone,
    /// The order as it is to be: open again, when it was complete by it.
    pub order: Order,
    /// Why.
    pub why: Why,
}

/// Takes back a milestone that was entered wrongly, such as an invoice or a payment; `done` are all that stand. What is handed over is
/// taken back by [`take_back`](super::take_back).
///
/// # Errors
/// In this order: `order.not_open` for a cancelled order, `order.delivery` for a delivery, `order.needed` while another milestone that stands
/// comes after it.
pub fn withdraw_milestone(
    order: &Order,
    (lines, done): (&[OrderLine], &[OrderMilestone]),
    entry: &OrderMilestone,
    reason: &str,
    by: By,
) -> Result<MilestoneWithdrawn, OrderError> {
    if order.state == OrderState::Cancelled {
        return Err(OrderError::NotOpen { order: order.number.clone(), state: order.state });
    }
    if entry.milestone == Milestone::Delivered {
        return Err(OrderError::Delivery);
    }
    let left: Vec<OrderMilestone> = standing(done).filter(|other| other.id != entry.id).cloned().collect();
    let after = |other: &&OrderMilestone| needed(other.milestone) == Some(entry.milestone);
    let last = !left.iter().any(|other| other.milestone == entry.milestone);
    if let Some(after) = left.iter().find(after).filter(|_| last) {
        return Err(OrderError::Needed { milestone: entry.milestone, by: after.milestone });
    }
    let milestone = OrderMilestone {
        withdrawn_at: Some(by.at),
        withdrawal_reason: Some(reason.to_owned()),
        ..entry.clone()
    };
    let why = Why::new("order.milestone_withdrawn").fact("milestone", entry.milestone).fact("day", entry.day);
    let Concluded { order, why } = concluded(order, lines, &left, why, by);
    Ok(MilestoneWithdrawn { milestone, order, why })
}
