//! What customers are worth by other things than what they bought: what is expected of them, how many products they bought, and a
//! figure the installation adds.

use super::{Figures, Measure, Period, add, chosen_of, money, offers, overflow, scan};
use crate::error::{CrmError, Result};
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::custom::{CustomField, CustomType, CustomValue};
use clientela_core::sales::{OfferItem, Opportunity, OpportunityState, Passage};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Predicate, Value};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What was known of an opportunity on a day.
#[derive(Clone, Copy)]
struct Stood {
    since: (NaiveDate, i64),
    open: bool,
    probability: i64,
    amount: Option<(Decimal, Currency)>,
}

/// Adds the amounts of the opportunities that were open on the last day of each period, times their probability then.
pub(super) fn expected(
    view: &View<'_>,
    figures: &mut Figures,
    periods: &[Period],
    places: &HashMap<Uuid, usize>,
    asked: Option<Currency>,
) -> Result<()> {
    let mut customers: HashMap<Uuid, usize> = HashMap::new();
    scan::<Opportunity>(view, &["id", "customer"], Predicate::Everything, |row| {
        if let (Some(id), Some(customer)) = (row.id(0)?, row.id(1)?) {
            customers.extend(places.get(&customer).map(|at| (id, *at)));
        }
        Ok(())
    })?;
    let mut stood: Vec<HashMap<Uuid, Stood>> = vec![HashMap::new(); periods.len()];
    let columns = ["opportunity", "day", "at", "to_state", "probability", "amount"];
    scan::<Passage>(view, &columns, Predicate::Everything, |row| {
        let (Some(opportunity), Value::Instant(at)) = (row.id(0)?, row.value(2)?) else { return Ok(()) };
        let day = row.date(1)?.unwrap_or_else(|| at.date_naive());
        let state = row.text(3)?.unwrap_or_default();
        let known = Stood {
            since: (day, at.timestamp_micros()),
            open: state == OpportunityState::Open.word(),
            probability: row.integer(4)?.unwrap_or_default(),
            amount: money(row, 5)?,
        };
        for (period, stood) in periods.iter().zip(&mut stood) {
            let newer = stood.get(&opportunity).is_none_or(|before| before.since <= known.since);
            if day <= period.until && newer {
                stood.insert(opportunity, known);
            }
        }
        Ok(())
    })?;
    for stood in &mut stood {
        stood.retain(|id, known| known.open && customers.contains_key(id));
    }
    let amounts = || stood.iter().flat_map(HashMap::values).filter_map(|known| known.amount);
    let currency = chosen_of(asked, amounts().map(|(_, currency)| currency))?;
    figures.currency = currency;
    for (stood, values) in stood.iter().zip(&mut figures.values) {
        for (id, known) in stood {
            let Some(at) = customers.get(id) else { continue };
            match known.amount.filter(|(_, of)| Some(*of) == currency) {
                Some((amount, _)) => {
                    let weighted =
                        amount.checked_mul(Decimal::new(known.probability, 2)).ok_or_else(overflow)?;
                    values[*at] = add(values[*at], weighted)?;
                }
                None => figures.left_out += 1,
            }
        }
    }
    Ok(())
}

/// Counts the different products on the accepted offers of what was won in each period: `won` are opportunity, customer's place and day.
pub(super) fn products(
    view: &View<'_>,
    figures: &mut Figures,
    periods: &[Period],
    won: impl Iterator<Item = (Uuid, usize, NaiveDate)>,
) -> Result<()> {
    let (_, accepted) = offers(view)?;
    let won: HashMap<Uuid, (usize, NaiveDate)> = won.map(|(id, at, day)| (id, (at, day))).collect();
    let mut seen: Vec<HashSet<(usize, Uuid)>> = vec![HashSet::new(); periods.len()];
    scan::<OfferItem>(view, &["offer", "revision", "product"], Predicate::Everything, |row| {
        let Some((opportunity, current)) = row.id(0)?.and_then(|offer| accepted.get(&offer)) else {
            return Ok(());
        };
        let (Some((at, day)), Some(product)) = (won.get(opportunity), row.id(2)?) else { return Ok(()) };
        if row.integer(1)? == Some(*current) {
            for (period, seen) in periods.iter().zip(&mut seen) {
                if period.holds(*day) {
                    seen.insert((*at, product));
                }
            }
        }
        Ok(())
    })?;
    for (seen, values) in seen.iter().zip(&mut figures.values) {
        for (at, _) in seen {
            values[*at] += Decimal::ONE;
        }
    }
    Ok(())
}

/// Puts in the values of a field the installation adds to customers, as they are now.
pub(super) fn added_field(
    view: &View<'_>,
    figures: &mut Figures,
    places: &HashMap<Uuid, usize>,
    name: Option<&str>,
    asked: Option<Currency>,
) -> Result<()> {
    let refused = |problem: &str, hint: &'static str| -> crate::Error {
        CrmError::Argument { field: "field", problem: problem.to_owned(), hint }.into()
    };
    let Some(name) = name else {
        return Err(refused("is missing", "name the added field that is measured"));
    };
    let named = Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned())));
    let of_customers = Predicate::equals("entity", Value::Text("customer".into())).and(named.clone());
    let field = view.first_of::<CustomField>(&of_customers)?;
    let field = field
        .ok_or_else(|| crate::view::not_found(<CustomField as clientela_model::Record>::ENTITY, name))?;
    if !matches!(field.record.ty, CustomType::Number | CustomType::Integer | CustomType::Money) {
        return Err(refused("holds no numbers", "name a field of numbers or amounts"));
    }
    if field.record.confidential {
        return Err(refused("is confidential", "name a field whose values may be compared"));
    }
    let mut found: Vec<(usize, Decimal, Option<Currency>)> = Vec::new();
    scan::<CustomValue>(view, &["customer", "number", "amount"], named, |row| {
        let Some(at) = row.id(0)?.and_then(|customer| places.get(&customer)) else { return Ok(()) };
        match (row.value(1)?, money(row, 2)?) {
            (_, Some((amount, currency))) => found.push((*at, amount, Some(currency))),
            (Value::Decimal(number), None) => found.push((*at, number, None)),
            (Value::Integer(number), None) => found.push((*at, Decimal::from(number), None)),
            _ => {}
        }
        Ok(())
    })?;
    let currency = chosen_of(asked, found.iter().filter_map(|(.., currency)| *currency))?;
    figures.currency = currency.filter(|_| field.record.ty == CustomType::Money);
    for (at, value, of) in found {
        if of.is_some() && of != currency {
            figures.left_out += 1;
            continue;
        }
        for values in &mut figures.values {
            values[at] = value;
        }
    }
    Ok(())
}

impl Measure {
    /// Whether it is told of today only, whatever the days asked.
    pub(crate) const fn is_of_today(self) -> bool {
        matches!(self, Self::AddedField)
    }
}
