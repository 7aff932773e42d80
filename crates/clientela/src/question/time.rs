//! Questions on what working time goes into.

use crate::agenda::{self, bounds, occurrences, of_owners, within};
use crate::calendar;
use crate::command::{Key, of_owner};
use crate::error::{CrmError, Result};
use crate::margins;
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::{CustomerId, PositionId};
use clientela_core::organisation::Position;
use clientela_core::party::{Activity, ActivityState, Relationship};
use clientela_core::performance::Measure;
use clientela_core::sales::{Opportunity, OpportunityState};
use clientela_core::time::{
    self as analysis, Appointment, CustomerValue, PerSale, Sale, Span, TimeAgainstValue, TimeEntry,
    TimeShares, entries_of, entry_of,
};
use clientela_model::identifier::Currency;
use clientela_model::{Comparison, EntityId, Field, Money, MoneyError, Predicate, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a seller's time goes into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeSharesOf {
    /// Title of the seller's position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, less than a year after the first.
    pub last_day: NaiveDate,
    /// The measure by which the best seller is found; opportunities won when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_by: Option<Measure>,
    /// The currency, when the best is found by revenue: what was won in others does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// Visits and hours it takes to sell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimePerSale {
    /// Titles of the sellers' positions; those of the acting position's team when none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<Key>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, less than a year after the first.
    pub last_day: NaiveDate,
}

/// Time against value, by size of customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeValueOf {
    /// Title of the position whose customers are looked at; all that may be seen when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, less than a year after the first.
    pub last_day: NaiveDate,
    /// The currency of what is compared; may be left out when there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

pub(super) fn shares(session: &Session, question: &TimeSharesOf) -> Result<TimeShares> {
    let (first, last) = (question.first_day, question.last_day);
    agenda::check_days(first, last)?;
    let measure = question.best_by.unwrap_or(Measure::Wins);
    session.look(|view| {
        let seller = agenda::position(&view, question.position.as_ref())?;
        let team = team_of(&view, &seller)?;
        let (time, _) = calendar::of_unit(&view, seller.unit)?;
        let span = bounds(&time, first, last);
        let reported = reported(&view, &of_owners(&team).and(within("done_at", span)))?;
        let mut entries: Vec<TimeEntry> = reported.iter().flat_map(entries_of).collect();
        let appointments: Vec<Appointment> = view.records(&of_owners(&team))?;
        let now = session.now();
        for owner in &team {
            let taken = occurrences(&appointments, *owner, span).into_iter();
            let begun = taken.filter(|(time, _)| time.from >= span.from && time.until <= now);
            entries.extend(begun.filter_map(|(time, appointment)| entry_of(appointment, time)));
        }
        let mut results: BTreeMap<PositionId, Decimal> = BTreeMap::new();
        for counted in session.counted(&view, measure, first, last)? {
            if question.currency.is_none_or(|currency| counted.currency.is_none_or(|of| of == currency)) {
                *results.entry(counted.owner).or_default() += counted.amount;
            }
        }
        let mut found = analysis::shares(&entries, seller.id, &team, &results)?;
        let without_minutes = reported.iter().filter(|one| one.minutes.is_none()).count();
        found.why = found
            .why
            .fact("first_day", first)
            .fact("last_day", last)
            .fact("best_by", measure)
            .fact("activities_without_minutes", without_minutes);
        Ok(found)
    })
}

pub(super) fn per_sale(session: &Session, question: &TimePerSale) -> Result<Vec<PerSale>> {
    let (first, last) = (question.first_day, question.last_day);
    agenda::check_days(first, last)?;
    session.look(|view| {
        let own = agenda::position(&view, None)?;
        let mut sellers = Vec::new();
        for key in &question.positions {
            sellers.push(view.resolve::<Position>(key)?.record.id);
        }
        if sellers.is_empty() {
            sellers = team_of(&view, &own)?;
        }
        let (time, _) = calendar::of_unit(&view, own.unit)?;
        let Span { from, until } = bounds(&time, first, last);
        let ever = reported(&view, &of_owners(&sellers))?;
        let in_period = |one: &&Activity| one.done_at.is_some_and(|at| from <= at && at < until);
        let entries: Vec<TimeEntry> = ever.iter().filter(in_period).flat_map(entries_of).collect();
        let ever: Vec<TimeEntry> = ever.iter().flat_map(entries_of).collect();
        let sales: Vec<Sale> = won(&view, first, last)?.iter().map(sale).collect();
        Ok(analysis::per_sale(&entries, &ever, &sales, &sellers))
    })
}

pub(super) fn value(session: &Session, question: &TimeValueOf) -> Result<TimeAgainstValue> {
    let (first, last) = (question.first_day, question.last_day);
    agenda::check_days(first, last)?;
    session.look(|view| {
        let asked = match &question.position {
            Some(key) => of_owner(view.resolve::<Position>(key)?.record.id),
            None => Predicate::Everything,
        };
        let customers: Vec<Relationship> = view.records(&asked)?;
        let won = won(&view, first, last)?;
        let open: Vec<Opportunity> =
            view.records(&Predicate::equals("state", OpportunityState::Open.to_value()))?;
        let currency = currency(question.currency, won.iter().chain(&open))?;
        let margins = margins::margins(&view, &won)?;
        let mut of: HashMap<CustomerId, (u64, Decimal, Decimal)> = HashMap::new();
        let mut left: HashMap<CustomerId, (u64, Decimal)> = HashMap::new();
        let mut will_be_left: HashMap<CustomerId, (u64, Decimal)> = HashMap::new();
        for opportunity in &won {
            let sum = of.entry(opportunity.customer).or_default();
            sum.0 += 1;
            sum.1 = add(sum.1, amount(opportunity, currency))?;
            let known = margins.get(&opportunity.id).filter(|(margin, _)| margin.currency() == currency);
            if let Some((margin, _)) = known {
                let sum = left.entry(opportunity.customer).or_default();
                sum.0 += 1;
                sum.1 = add(sum.1, margin.amount())?;
            }
        }
        for opportunity in &open {
            let sum = of.entry(opportunity.customer).or_default();
            let probability = Decimal::new(opportunity.probability.into(), 2);
            let expected = |amount: Decimal| amount.checked_mul(probability).ok_or(MoneyError::Overflow);
            sum.2 = add(sum.2, expected(amount(opportunity, currency))?)?;
            // Who reads no cost is told of no margin: the field comes empty.
            if let Some(margin) = opportunity.margin.filter(|margin| margin.currency() == currency) {
                let sum = will_be_left.entry(opportunity.customer).or_default();
                sum.0 += 1;
                sum.1 = add(sum.1, expected(margin.amount())?)?;
            }
        }
        let values: Vec<CustomerValue> = customers
            .iter()
            .map(|customer| {
                let (sales, amount, potential) = of.get(&customer.id).copied().unwrap_or_default();
                let (margins_known, margin) = left.get(&customer.id).copied().unwrap_or_default();
                let (expected_margins_known, expected_margin) =
                    will_be_left.get(&customer.id).copied().unwrap_or_default();
                CustomerValue {
                    customer: customer.id,
                    size: customer.size,
                    sales,
                    amount,
                    margins_known,
                    margin,
                    potential,
                    expected_margins_known,
                    expected_margin,
                }
            })
            .collect();
        let (time, _) = calendar::of_unit(&view, view.actor.unit)?;
        let reported = reported(&view, &within("done_at", bounds(&time, first, last)))?;
        let entries: Vec<TimeEntry> = reported.iter().flat_map(entries_of).collect();
        let mut found = analysis::against_value(&values, &entries, currency)?;
        found.why = found.why.fact("first_day", first).fact("last_day", last);
        Ok(found)
    })
}

/// Those a seller is compared with: positions of the same function that report to the same one, or that sit in the same unit
/// where nobody is reported to. Who leads a team, without being part of it, is asked about those who report to him.
fn team_of(view: &View<'_>, seller: &Position) -> Result<Vec<PositionId>> {
    let led = Predicate::equals("reports_to", Value::Id(seller.id.uuid()));
    let led: Vec<Position> = view.records(&led)?;
    if !led.is_empty() {
        return Ok(led.iter().map(|position| position.id).collect());
    }
    let beside = match seller.reports_to {
        Some(above) => Predicate::equals("reports_to", Value::Id(above.uuid())),
        None => Predicate::equals("unit", Value::Id(seller.unit.uuid())),
    };
    let team: Vec<Position> = view.records(&beside)?;
    Ok(team.iter().filter(|one| one.function == seller.function).map(|one| one.id).collect())
}

fn reported(view: &View<'_>, condition: &Predicate) -> Result<Vec<Activity>> {
    let reported = Predicate::equals("state", ActivityState::Reported.to_value());
    view.records(&reported.and(condition.clone()))
}

fn won(view: &View<'_>, first: NaiveDate, last: NaiveDate) -> Result<Vec<Opportunity>> {
    let won = Predicate::equals("state", OpportunityState::Won.to_value())
        .and(Predicate::Compare("closed_on".into(), Comparison::AtLeast, first.to_value()))
        .and(Predicate::Compare("closed_on".into(), Comparison::AtMost, last.to_value()));
    view.records(&won)
}

fn sale(won: &Opportunity) -> Sale {
    Sale { owner: won.owner, customer: won.customer, opportunity: won.id, amount: won.amount }
}

fn amount(opportunity: &Opportunity, currency: Currency) -> Decimal {
    opportunity.amount.filter(|amount| amount.currency() == currency).map(Money::amount).unwrap_or_default()
}

fn add(sum: Decimal, more: Decimal) -> Result<Decimal> {
    Ok(sum.checked_add(more).ok_or(MoneyError::Overflow)?)
}

/// The currency asked for, or the only one there is; euros where there is no amount at all.
fn currency<'o>(asked: Option<Currency>, of: impl Iterator<Item = &'o Opportunity>) -> Result<Currency> {
    if let Some(asked) = asked {
        return Ok(asked);
    }
    let found: BTreeSet<&str> =
        of.filter_map(|one| one.amount).map(|amount| amount.currency().code()).collect();
    if found.len() > 1 {
        return Err(CrmError::Argument {
            field: "currency",
            problem: "is missing, and there are several".to_owned(),
            hint: "name the currency that is to be compared",
        }
        .into());
    }
    Ok(Currency::parse(found.first().copied().unwrap_or("EUR"))?)
}
