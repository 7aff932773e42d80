//! Placing an order: what of an offer is ordered, and what it comes to.
//!
//! Orders of one offer together are the offer, to the cent of its net, however its prices round and whatever was cancelled in between. So
//! no order is priced for itself: each line of it, and the order, is what is due once it is placed, counted from the first order on, less
//! what the other orders have.

use super::{Order, OrderError, OrderLine, OrderState};
use crate::ids::{OrderId, OrderLineId};
use crate::sales::offer::By;
use crate::sales::waterfall::{ItemInput, OfferInput, Place, Priced, PricingError, price};
use crate::sales::{Offer, OfferRevision, OfferState};
use chrono::NaiveDate;
use clientela_model::{EntityId, Money, Rounding, RoundingPolicy, Why};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Digits beyond the minor unit a line has under [`RoundingPolicy::Document`].
const DOCUMENT_DIGITS: u32 = 2;

/// What was ordered of an offer before, by orders that are not cancelled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ordered {
    /// Quantity and net amount by line.
    lines: BTreeMap<String, (Decimal, Decimal)>,
    /// Their net amounts.
    net: Decimal,
    /// Whether one of them has the settlements.
    settled: bool,
}

impl Ordered {
    /// Adds up orders with their lines; what is cancelled does not count.
    pub fn of<'a>(orders: impl IntoIterator<Item = (&'a Order, &'a [OrderLine])>) -> Self {
        let mut ordered = Self::default();
        for (order, lines) in orders {
            if order.state == OrderState::Cancelled {
                continue;
            }
            ordered.net += order.net.amount();
            ordered.settled |= !order.settled.is_zero();
            for line in lines {
                let entry = ordered.lines.entry(line.line.clone()).or_default();
                entry.0 += line.quantity;
                entry.1 += line.line_net.amount();
            }
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
/// amount, and the last order what is left. Settlements go with the first order, and with the next when that is cancelled.
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
    let shares = shares(input, priced, before, &taken)?;
    let amounts = amounts((input, priced), before, &taken, &shares)?;
    for ((index, quantity), amount) in taken.iter().zip(amounts) {
        if let (Some(item), Some(one)) = (input.items.get(*index), priced.items.get(*index)) {
            content.items.push(bare(ordered_item(
                (item, input.rounding),
                *quantity,
                one.unit_net,
                Some(amount),
            )));
        }
    }
    for (index, share) in &shares {
        if let Some(item) = input.items.get(*index) {
            content.items.push(bare(ordered_item((item, input.rounding), Decimal::ONE, *share, None)));
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
    let places = taken.iter().map(|(index, _)| *index).chain(shares.iter().map(|(index, _)| *index));
    let lines: Vec<OrderLine> = places
        .zip(content.items.iter().zip(&total.items))
        .map(|(index, (item, told))| OrderLine {
            id: OrderLineId::from_uuid(ids()),
            order: order.id,
            line: item.line.clone().into(),
            parent_line: item.parent_line.clone().map(Into::into),
            kind: item.kind,
            product: item.product,
            code: item.code.clone().into(),
            label: item.label.clone().map(Into::into),
            quantity: item.quantity,
            // The price that was agreed, also where the line is a cent more or less than so many of it.
            unit_net: match (item.base_quantity, priced.items.get(index)) {
                (Some(_), Some(agreed)) => agreed.unit_net,
                _ => told.unit_net,
            },
            line_net: told.line_net,
            tax_category: item.tax_category.clone().into(),
            tax_percent: item.tax_percent,
            delivered: Decimal::ZERO,
            adjusts: Some(input.items.get(index).is_some_and(ItemInput::is_adjustment)),
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

/// Decimals of the net amount of a line.
const fn line_digits(minor: u32, rounding: RoundingPolicy) -> u32 {
    match rounding {
        RoundingPolicy::Line => minor,
        RoundingPolicy::Document => minor + DOCUMENT_DIGITS,
    }
}

fn round(amount: Decimal, digits: u32) -> Decimal {
    Rounding::HalfAwayFromZero.apply(amount, digits)
}

/// An item as it is ordered: at the price agreed for one, without steps, as they are in it. Where so many of it are not exactly what the
/// order has to have of the line, that amount is the price for all of them.
#[must_use]
pub fn ordered_item(
    (item, rounding): (&ItemInput, RoundingPolicy),
    quantity: Decimal,
    unit_net: Money,
    amount: Option<Money>,
) -> ItemInput {
    let plain = ItemInput {
        quantity,
        unit_list: unit_net,
        options: Vec::new(),
        steps: Vec::new(),
        unit_cost: item.cost_of_one(),
        ..item.clone()
    };
    let Some(amount) = amount.filter(|_| !item.tax_included) else { return plain };
    let base = item.base_quantity.unwrap_or(Decimal::ONE);
    let digits = line_digits(unit_net.currency().minor_units(), rounding);
    let product = quantity.checked_mul(unit_net.amount()).and_then(|all| all.checked_div(base));
    if product.map(|product| round(product, digits)) == Some(amount.amount()) {
        return plain;
    }
    let for_all = if quantity.is_sign_negative() { -amount.amount() } else { amount.amount() };
    let unit_list = Money::new(for_all, amount.currency());
    let cost = |one: Money| {
        let all = one.amount().checked_mul(quantity.abs()).and_then(|all| all.checked_div(base))?;
        Some(Money::new(all, one.currency()).rounded())
    };
    let unit_cost = plain.unit_cost.and_then(cost);
    ItemInput { unit_list, unit_cost, base_quantity: Some(quantity.abs()), ..plain }
}

/// Without its cost, which an order does not keep, and without the line it belongs to, which may be on another order.
fn bare(item: ItemInput) -> ItemInput {
    ItemInput { unit_cost: None, parent_line: None, ..item }
}

/// The net amount each line taken has to have, so that the lines and the order are what is due with it. Prices with their tax inside stay
/// what the customer was told, and with them the order is what its lines are.
fn amounts(
    (input, priced): (&OfferInput, &Priced),
    before: &Ordered,
    taken: &[(usize, Decimal)],
    shares: &[(usize, Money)],
) -> Result<Vec<Money>, OrderError> {
    let minor = input.currency.minor_units();
    let digits = line_digits(minor, input.rounding);
    let due = |index: usize, now: Decimal| -> Result<Decimal, PricingError> {
        let (Some(item), Some(one)) = (input.items.get(index), priced.items.get(index)) else {
            return Ok(Decimal::ZERO);
        };
        let quantity = before.quantity(&item.line) + now;
        if quantity == item.quantity {
            return Ok(one.line_net.amount());
        }
        let part = one.line_net.amount().checked_mul(quantity).and_then(|all| all.checked_div(item.quantity));
        let overflow = PricingError::Overflow { place: Place::Item(index, "quantity") };
        Ok(round(part.ok_or(overflow)?, digits))
    };
    let mut amounts = Vec::with_capacity(taken.len());
    for (index, quantity) in taken {
        let line = input.items.get(*index).map_or("", |item| &item.line);
        amounts.push(due(*index, *quantity)? - before.net(line));
    }
    let told = |amount| Money::new(amount, input.currency);
    if input.items.iter().any(|item| item.tax_included) {
        return Ok(amounts.into_iter().map(told).collect());
    }
    // The order itself rounds as well: what that leaves goes to its largest line.
    let mut all = Decimal::ZERO;
    for (index, item) in input.items.iter().enumerate() {
        let now = taken.iter().find(|(at, _)| *at == index).map_or(Decimal::ZERO, |(_, quantity)| *quantity);
        all += match shares.iter().find(|(at, _)| *at == index) {
            Some((_, share)) => before.net(&item.line) + share.amount(),
            None if item.is_adjustment() => before.net(&item.line),
            None => due(index, now)?,
        };
    }
    let wanted = round(all, minor) - before.net;
    let shared: Decimal = shares.iter().map(|(_, share)| share.amount()).sum();
    let sum = amounts.iter().sum::<Decimal>() + shared;
    let rest = wanted - round(sum, minor);
    if let Some(largest) = amounts.iter_mut().max_by_key(|amount| amount.abs()) {
        *largest += rest;
    }
    Ok(amounts.into_iter().map(told).collect())
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
