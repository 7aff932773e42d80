//! The customer pyramid and movements in it. Each table is read once, in columns.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::setting;
use crate::turnover::{self, Figures, Measure, Period};
use crate::view::LIST_MAX;
use chrono::{Months, NaiveDate};
use clientela_core::ids::CustomerId;
use clientela_core::pyramid::{self, CurvePoint, Pyramid, TierPolicy, TierSummary};
use clientela_model::Why;
use clientela_model::identifier::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Customers listed when nothing else is said.
const LISTED: usize = 100;
/// Months of turnover looked at when nothing else is said.
const MONTHS: u32 = 12;

/// Customers by what they bring, in tiers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PyramidOf {
    /// What is measured.
    pub measure: Measure,
    /// The added field, where one is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// From which day; twelve months before the last when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Until which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The currency amounts are counted in; needed for turnover and margin when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The tiers; those of the setting `pyramid.tiers` when not given, A to 80 and B to 95 percent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<TierPolicy>,
    /// Only this customer is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Customers listed from the top, at most 1,000; 100 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Customers passed over from the top, for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// A customer in the pyramid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PyramidLine {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Place from the top, from 1.
    pub rank: u64,
    /// What he brings.
    pub value: Decimal,
    /// His tier.
    pub tier: String,
    /// Why that one.
    pub why: Why,
}

/// Customers in tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PyramidTold {
    /// From which day.
    pub from: NaiveDate,
    /// Until which day.
    pub until: NaiveDate,
    /// The currency of the figures, when they are amounts.
    pub currency: Option<Currency>,
    /// The sum of all figures above nothing.
    pub total: Decimal,
    /// What each tier holds, from the top.
    pub tiers: Vec<TierSummary>,
    /// The 80/20 curve, every five percent of the customers.
    pub curve: Vec<CurvePoint>,
    /// Customers, from the top.
    pub customers: Vec<PyramidLine>,
    /// Sales that are not counted because they are in another currency, or their amount is not known.
    pub left_out: u64,
}

/// Who went from which tier to which between two days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PyramidMovementOf {
    /// What is measured.
    pub measure: Measure,
    /// The earlier day.
    pub from: NaiveDate,
    /// The later day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// How many months before each day are counted; 12 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// The currency amounts are counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The tiers, as for the pyramid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<TierPolicy>,
    /// Customers listed, at most 1,000; 100 when not given. Those who fell furthest come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// How many went from one tier to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierMove {
    /// Tier before.
    pub from: String,
    /// Tier after.
    pub to: String,
    /// How many customers.
    pub customers: u64,
}

/// A customer whose tier changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedCustomer {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Tier before.
    pub from: String,
    /// Tier after.
    pub to: String,
    /// What he brought before.
    pub before: Decimal,
    /// What he brings after.
    pub after: Decimal,
}

/// Movements in the pyramid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PyramidMovement {
    /// From which tier to which, those who stayed included.
    pub matrix: Vec<TierMove>,
    /// Customers whose tier changed, those who fell furthest first.
    pub customers: Vec<MovedCustomer>,
    /// How many changed, beyond those listed too.
    pub moved: u64,
}

pub(super) fn pyramid(session: &Session, question: &PyramidOf) -> Result<PyramidTold> {
    let until = question.until.unwrap_or_else(|| session.today());
    let from = question.from.unwrap_or_else(|| year_before(until, MONTHS));
    session.look(|view| {
        let policy = policy(&view, question.tiers.as_ref())?;
        let period = Period { from, until };
        let measured = (question.measure, question.field.as_deref());
        let figures = turnover::figures_by(&view, measured, &[period], question.currency)?;
        let values = figures.values.first().map_or(&[][..], Vec::as_slice);
        let made = pyramid::pyramid(values, &policy)?;
        let line = |place: usize| line(&figures, &made, values, &policy, place);
        let customers = match &question.customer {
            Some(key) => {
                let id = view.resolve::<clientela_core::party::Customer>(key)?.record.id;
                let place = made.order.iter().position(|at| figures.id(*at) == Some(id));
                place.and_then(line).into_iter().collect()
            }
            None => {
                let limit = question.limit.unwrap_or(LISTED).min(LIST_MAX);
                (question.offset.unwrap_or(0)..made.order.len()).take(limit).filter_map(line).collect()
            }
        };
        Ok(PyramidTold {
            from,
            until,
            currency: figures.currency,
            total: made.total,
            tiers: made.summary(values, &policy),
            curve: pyramid::curve(&made, 5),
            customers,
            left_out: figures.left_out,
        })
    })
}

fn line(
    figures: &Figures,
    made: &Pyramid,
    values: &[Decimal],
    policy: &TierPolicy,
    place: usize,
) -> Option<PyramidLine> {
    let at = *made.order.get(place)?;
    let value = *values.get(at as usize)?;
    Some(PyramidLine {
        customer: figures.id(at)?,
        number: figures.number(at),
        rank: place as u64 + 1,
        value,
        tier: name(policy, *made.tiers.get(place)?),
        why: made.why(place, value, policy),
    })
}

pub(super) fn movement(session: &Session, question: &PyramidMovementOf) -> Result<PyramidMovement> {
    let until = question.until.unwrap_or_else(|| session.today());
    let months = question.months.unwrap_or(MONTHS);
    if until < question.from {
        let problem = "is before the earlier day".to_owned();
        return Err(CrmError::Argument { field: "until", problem, hint: "give the later day" }.into());
    }
    if question.measure.is_of_today() {
        let problem = "is told of today only".to_owned();
        let hint = "ask for the pyramid, or for movements by what customers bring";
        return Err(CrmError::Argument { field: "measure", problem, hint }.into());
    }
    let period = |until| Period { from: year_before(until, months), until };
    session.look(|view| {
        let policy = policy(&view, question.tiers.as_ref())?;
        let periods = [period(question.from), period(until)];
        let figures = turnover::figures(&view, question.measure, &periods, question.currency)?;
        let [Some(before), Some(after)] = [figures.values.first(), figures.values.get(1)] else {
            return Err(CrmError::Internal { what: "two periods have two columns" }.into());
        };
        let tiers_before = by_place(&pyramid::pyramid(before, &policy)?);
        let tiers_after = by_place(&pyramid::pyramid(after, &policy)?);
        let pairs: Vec<(Option<u8>, Option<u8>)> =
            tiers_before.iter().zip(&tiers_after).map(|(from, to)| (Some(*from), Some(*to))).collect();
        let matrix = pyramid::movement(&pairs);
        let mut moved: Vec<usize> =
            (0..pairs.len()).filter(|at| tiers_before[*at] != tiers_after[*at]).collect();
        moved.sort_by_key(|at| (i16::from(tiers_before[*at]) - i16::from(tiers_after[*at]), *at));
        let limit = question.limit.unwrap_or(LISTED).min(LIST_MAX);
        let told = |at: &usize| {
            let place = u32::try_from(*at).ok()?;
            Some(MovedCustomer {
                customer: figures.id(place)?,
                number: figures.number(place),
                from: name(&policy, tiers_before[*at]),
                to: name(&policy, tiers_after[*at]),
                before: before[*at],
                after: after[*at],
            })
        };
        let tier = |tier: Option<u8>| tier.map(|tier| name(&policy, tier)).unwrap_or_default();
        Ok(PyramidMovement {
            matrix: matrix
                .into_iter()
                .map(|line| TierMove { from: tier(line.from), to: tier(line.to), customers: line.customers })
                .collect(),
            customers: moved.iter().take(limit).filter_map(told).collect(),
            moved: moved.len() as u64,
        })
    })
}

/// The tier of each figure, in the order of the figures.
fn by_place(made: &Pyramid) -> Vec<u8> {
    let mut tiers = vec![0; made.order.len()];
    for (at, tier) in made.order.iter().zip(&made.tiers) {
        if let Some(place) = tiers.get_mut(*at as usize) {
            *place = *tier;
        }
    }
    tiers
}

fn policy(view: &crate::view::View<'_>, given: Option<&TierPolicy>) -> Result<TierPolicy> {
    match given {
        Some(policy) => Ok(policy.clone()),
        None => setting::of(view, setting::TIERS),
    }
}

fn name(policy: &TierPolicy, tier: u8) -> String {
    policy.tiers.get(usize::from(tier)).map(|tier| tier.name.clone()).unwrap_or_default()
}

/// The first of the days that make so many months until a day.
fn year_before(until: NaiveDate, months: u32) -> NaiveDate {
    let first = until.checked_sub_months(Months::new(months)).and_then(|day| day.succ_opt());
    first.unwrap_or(NaiveDate::MIN)
}
