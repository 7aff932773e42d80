//! What each customer brings, in columns: one pass over each table, as far as the actor sees them.

mod further;

use crate::error::{CrmError, Result};
use crate::view::{Sight, View};
use chrono::NaiveDate;
use clientela_core::ids::CustomerId;
use clientela_core::party::{Customer, Vehicle};
use clientela_core::sales::{Offer, OfferItem, OfferState, Opportunity, OpportunityState};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Comparison, EntityId, Facet, Field, Predicate, Record, Value};
use clientela_store::RowView;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::ops::ControlFlow;
use uuid::Uuid;

/// What is measured of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Measure {
    /// Net turnover of what was won: its accepted offers, or the amount of the opportunity where there is none.
    Turnover,
    /// Opportunities won.
    Purchases,
    /// Vehicles of what was won.
    VehiclesBought,
    /// Vehicles that stand in the fleet on the last day.
    Fleet,
    /// Turnover less cost of the items of accepted offers whose cost is known. For those who read costs.
    Margin,
    /// Amounts of the opportunities that are open on the last day, each times its probability then.
    Expected,
    /// Different products on the accepted offers of what was won.
    Products,
    /// A field of numbers or amounts that the installation adds to customers, as it is today.
    AddedField,
}

/// Days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
}

impl Period {
    fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Figures of customers, in the order of their ids.
pub(crate) struct Figures {
    customers: Vec<(Uuid, Option<String>)>,
    /// For each period a column.
    pub(crate) values: Vec<Vec<Decimal>>,
    pub(crate) currency: Option<Currency>,
    pub(crate) left_out: u64,
}

impl Figures {
    pub(crate) fn id(&self, at: u32) -> Option<CustomerId> {
        self.customers.get(at as usize).map(|(id, _)| CustomerId::from_uuid(*id))
    }

    /// The sum of the first period over the customers that are meant.
    pub(crate) fn sum_of(&self, meant: impl Fn(CustomerId) -> bool) -> Decimal {
        let values = self.values.first().map_or(&[][..], Vec::as_slice);
        let own = self.customers.iter().zip(values).filter(|((id, _), _)| meant(CustomerId::from_uuid(*id)));
        own.map(|(_, value)| *value).fold(Decimal::ZERO, |sum, value| sum.saturating_add(value))
    }

    /// The customers with their figures of the first period.
    pub(crate) fn each(&self) -> impl Iterator<Item = (CustomerId, Decimal)> + '_ {
        let values = self.values.first().map_or(&[][..], Vec::as_slice);
        self.customers.iter().zip(values).map(|((id, _), value)| (CustomerId::from_uuid(*id), *value))
    }

    pub(crate) fn number(&self, at: u32) -> Option<String> {
        self.customers.get(at as usize).and_then(|(_, number)| number.clone())
    }
}

/// What every visible customer brings in each period.
pub(crate) fn figures(
    view: &View<'_>,
    measure: Measure,
    periods: &[Period],
    currency: Option<Currency>,
) -> Result<Figures> {
    figures_where(view, (measure, None), periods, currency, Predicate::Everything)
}

/// The same, with the name of the added field for [`Measure::AddedField`].
pub(crate) fn figures_by(
    view: &View<'_>,
    measured: (Measure, Option<&str>),
    periods: &[Period],
    currency: Option<Currency>,
) -> Result<Figures> {
    figures_where(view, measured, periods, currency, Predicate::Everything)
}

/// What one customer brings in each period; sales with others are read, and passed over.
pub(crate) fn figures_of(
    view: &View<'_>,
    measure: Measure,
    periods: &[Period],
    currency: Option<Currency>,
    customer: CustomerId,
) -> Result<Figures> {
    let own = Predicate::equals("id", Value::Id(customer.uuid()));
    figures_where(view, (measure, None), periods, currency, own)
}

fn figures_where(
    view: &View<'_>,
    (measure, field): (Measure, Option<&str>),
    periods: &[Period],
    currency: Option<Currency>,
    among: Predicate,
) -> Result<Figures> {
    let mut customers: Vec<(Uuid, Option<String>)> = Vec::new();
    let mut parties: Vec<(Uuid, Uuid)> = Vec::new();
    scan::<Customer>(view, &["id", "number", "party"], among, |row| {
        let (Some(id), Some(party)) = (row.id(0)?, row.id(2)?) else { return Ok(()) };
        customers.push((id, row.text(1)?.map(str::to_owned)));
        parties.push((party, id));
        Ok(())
    })?;
    customers.sort_unstable_by_key(|(id, _)| *id);
    let places: HashMap<Uuid, usize> = customers.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let values = vec![vec![Decimal::ZERO; customers.len()]; periods.len()];
    let mut figures = Figures { customers, values, currency: None, left_out: 0 };
    match measure {
        Measure::Fleet => {
            let mut of_party: HashMap<Uuid, Vec<usize>> = HashMap::new();
            for (party, id) in parties {
                of_party.entry(party).or_default().extend(places.get(&id));
            }
            fleet(view, &mut figures, periods, &of_party)?;
        }
        Measure::Expected => further::expected(view, &mut figures, periods, &places, currency)?,
        Measure::Products => {
            let won = won(view, periods, &places)?;
            let won = won.iter().map(|sale| (sale.id, sale.at, sale.day));
            further::products(view, &mut figures, periods, won)?;
        }
        Measure::AddedField => further::added_field(view, &mut figures, &places, field, currency)?,
        Measure::Turnover | Measure::Purchases | Measure::VehiclesBought | Measure::Margin => {
            sales(view, &mut figures, periods, &places, measure, currency)?;
        }
    }
    Ok(figures)
}

fn fleet(
    view: &View<'_>,
    figures: &mut Figures,
    periods: &[Period],
    of_party: &HashMap<Uuid, Vec<usize>>,
) -> Result<()> {
    let columns = ["party", "acquired", "first_registration", "disposed"];
    scan::<Vehicle>(view, &columns, Predicate::Everything, |row| {
        let Some(places) = row.id(0)?.and_then(|party| of_party.get(&party)) else { return Ok(()) };
        let (from, until) = (row.date(1)?.or(row.date(2)?), row.date(3)?);
        for (period, values) in periods.iter().zip(&mut figures.values) {
            let day = period.until;
            if from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until) {
                for at in places {
                    values[*at] += Decimal::ONE;
                }
            }
        }
        Ok(())
    })
}

/// A won opportunity.
struct Won {
    id: Uuid,
    at: usize,
    day: NaiveDate,
    amount: Option<(Decimal, Currency)>,
    vehicles: i64,
}

fn sales(
    view: &View<'_>,
    figures: &mut Figures,
    periods: &[Period],
    places: &HashMap<Uuid, usize>,
    measure: Measure,
    asked: Option<Currency>,
) -> Result<()> {
    let mut won = won(view, periods, places)?;
    if matches!(measure, Measure::Turnover | Measure::Margin) {
        let amounts = match measure {
            Measure::Margin => margins(view)?,
            _ => offers(view)?.0,
        };
        for sale in &mut won {
            match amounts.get(&sale.id) {
                Some(amount) => sale.amount = *amount,
                None if measure == Measure::Margin => sale.amount = None,
                None => {}
            }
        }
        let currencies = won.iter().filter_map(|sale| sale.amount.map(|(_, currency)| currency));
        let currency = chosen_of(asked, currencies)?;
        figures.currency = currency;
        let countable = |sale: &Won| sale.amount.is_some_and(|(_, of)| Some(of) == currency);
        figures.left_out = won.iter().filter(|sale| !countable(sale)).count() as u64;
        won.retain(countable);
    }
    for sale in won {
        let value = match measure {
            Measure::Turnover | Measure::Margin => sale.amount.map_or(Decimal::ZERO, |(amount, _)| amount),
            Measure::VehiclesBought => Decimal::from(sale.vehicles),
            Measure::Purchases
            | Measure::Fleet
            | Measure::Expected
            | Measure::Products
            | Measure::AddedField => Decimal::ONE,
        };
        for (period, values) in periods.iter().zip(&mut figures.values) {
            if period.holds(sale.day) {
                values[sale.at] = add(values[sale.at], value)?;
            }
        }
    }
    Ok(())
}

fn won(view: &View<'_>, periods: &[Period], places: &HashMap<Uuid, usize>) -> Result<Vec<Won>> {
    let mut found = Vec::new();
    let columns = ["id", "customer", "closed_on", "amount", "vehicles"];
    let (first, last) =
        (periods.iter().map(|period| period.from).min(), periods.iter().map(|period| period.until).max());
    let bound = |comparison, day: Option<NaiveDate>| match day {
        Some(day) => Predicate::Compare("closed_on".into(), comparison, Value::Date(day)),
        None => Predicate::Nothing,
    };
    let condition = Predicate::equals("state", OpportunityState::Won.to_value())
        .and(bound(Comparison::AtLeast, first))
        .and(bound(Comparison::AtMost, last));
    scan::<Opportunity>(view, &columns, condition, |row| {
        let (Some(id), Some(customer), Some(day)) = (row.id(0)?, row.id(1)?, row.date(2)?) else {
            return Ok(());
        };
        let Some(at) = places.get(&customer) else { return Ok(()) };
        found.push(Won { id, at: *at, day, amount: money(row, 3)?, vehicles: row.integer(4)?.unwrap_or(0) });
        Ok(())
    })?;
    Ok(found)
}

/// Amounts by the record they belong to; none where they are in several currencies.
type Amounts = HashMap<Uuid, Option<(Decimal, Currency)>>;

/// Opportunity and current version of accepted offers.
type Accepted = HashMap<Uuid, (Uuid, i64)>;

/// Net totals of accepted offers by opportunity, and for each accepted offer its opportunity and current version.
fn offers(view: &View<'_>) -> Result<(Amounts, Accepted)> {
    let (mut amounts, mut accepted) = (Amounts::new(), HashMap::new());
    let condition = Predicate::equals("state", OfferState::Accepted.to_value());
    scan::<Offer>(view, &["id", "opportunity", "net", "revision"], condition, |row| {
        let (Some(id), Some(opportunity)) = (row.id(0)?, row.id(1)?) else { return Ok(()) };
        accepted.insert(id, (opportunity, row.integer(3)?.unwrap_or(0)));
        if let Some(net) = money(row, 2)? {
            put(&mut amounts, opportunity, net)?;
        }
        Ok(())
    })?;
    Ok((amounts, accepted))
}

/// Margins of accepted offers by opportunity: net less cost of the items whose cost is known.
fn margins(view: &View<'_>) -> Result<Amounts> {
    if *view.sights(OfferItem::ENTITY).of(Facet::Confidential) != Sight::Always {
        let why = clientela_model::Why::new("access.confidential").fact("entity", OfferItem::ENTITY.name);
        let verb = clientela_core::organisation::Verb::Read;
        return Err(CrmError::NotAllowed { verb, entity: OfferItem::ENTITY.name, why }.into());
    }
    let (_, accepted) = offers(view)?;
    let mut amounts = Amounts::new();
    let columns = ["offer", "revision", "line_net", "unit_cost", "quantity"];
    scan::<OfferItem>(view, &columns, Predicate::Everything, |row| {
        let Some((opportunity, current)) = row.id(0)?.and_then(|offer| accepted.get(&offer)) else {
            return Ok(());
        };
        let (Some((net, currency)), Some((cost, of))) = (money(row, 2)?, money(row, 3)?) else {
            return Ok(());
        };
        if row.integer(1)? != Some(*current) || currency != of {
            return Ok(());
        }
        let quantity = match row.value(4)? {
            Value::Integer(count) => Decimal::from(count),
            Value::Decimal(count) => count,
            _ => Decimal::ONE,
        };
        let margin =
            cost.checked_mul(quantity).and_then(|cost| net.checked_sub(cost)).ok_or_else(overflow)?;
        put(&mut amounts, *opportunity, (margin, currency))
    })?;
    Ok(amounts)
}

fn put(amounts: &mut Amounts, key: Uuid, (amount, currency): (Decimal, Currency)) -> Result<()> {
    let sum = amounts.entry(key).or_insert(Some((Decimal::ZERO, currency)));
    *sum = match *sum {
        Some((before, of)) if of == currency => Some((add(before, amount)?, of)),
        _ => None,
    };
    Ok(())
}

/// The currency figures are in: the one asked for, or the only one there is.
fn chosen_of(
    asked: Option<Currency>,
    mut currencies: impl Iterator<Item = Currency>,
) -> Result<Option<Currency>> {
    if asked.is_some() {
        return Ok(asked);
    }
    let first = currencies.next();
    if currencies.any(|other| Some(other) != first) {
        let problem = "is needed: there are amounts in several".to_owned();
        return Err(
            CrmError::Argument { field: "currency", problem, hint: "name the one to be counted" }.into()
        );
    }
    Ok(first)
}

fn money(row: &RowView<'_>, at: usize) -> Result<Option<(Decimal, Currency)>> {
    Ok(match row.value(at)? {
        Value::Money(money) => Some((money.amount(), money.currency())),
        _ => None,
    })
}

fn add(left: Decimal, right: Decimal) -> Result<Decimal> {
    Ok(left.checked_add(right).ok_or(clientela_core::pyramid::TierError::Overflow)?)
}

fn overflow() -> crate::Error {
    clientela_core::pyramid::TierError::Overflow.into()
}

/// One pass over the visible rows of an entity.
fn scan<R: Record>(
    view: &View<'_>,
    columns: &[&str],
    condition: Predicate,
    mut take: impl FnMut(&RowView<'_>) -> Result<()>,
) -> Result<()> {
    let mut failed = None;
    let visible = condition.and(view.readable(R::ENTITY));
    view.reader.scan(R::ENTITY, columns, &visible, None, &mut |row| match take(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), Err)
}
