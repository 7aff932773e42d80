//! Customers who leave: why, to whom, and whether winning them back is worth it.

use super::relationship::{CustomerStatus, Relationship};
use crate::findings::{Check, Findings};
use crate::imports::REVERTED;
use chrono::NaiveDate;
use clientela_model::{Coded, ErrorKind, Money, MoneyError, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customer leaves, with the reason as a code of the installation.
///
/// # Errors
/// [`Findings`]: `customer.left_already`, `customer.left_in_the_future`, `field.missing`, `text.*`.
pub fn lose(
    relationship: &Relationship,
    (reason, competitor, note): (Option<&str>, Option<&str>, Option<&str>),
    day: NaiveDate,
    today: NaiveDate,
) -> Result<(Relationship, Why), Findings> {
    let mut check = Check::new("customer");
    let reason = check.needed_line("reason", reason);
    if relationship.has_left() {
        let error =
            ValueError::new("customer.left_already", "customer", "has left already", "one who has not");
        check.refuse("customer", error);
    }
    if day > today {
        let expected = "today or an earlier day";
        check.refuse(
            "day",
            ValueError::new("customer.left_in_the_future", "day", "is in the future", expected),
        );
    }
    let competitor = check.line("competitor", competitor);
    let note = check.paragraph("note", note);
    let reason = check.finish(reason)?;
    let mut why = Why::new("customer.lost").fact("reason", &reason).fact("day", day);
    if let Some(competitor) = &competitor {
        why = why.fact("competitor", competitor);
    }
    let left = Relationship {
        status: CustomerStatus::Lost,
        left_on: Some(day),
        left_reason: Some(reason),
        left_to: competitor,
        left_note: note,
        won_back_on: None,
        ..relationship.clone()
    };
    Ok((left, why))
}

/// A customer who left is won back. Why and to whom he left stays known.
///
/// # Errors
/// [`Findings`]: `customer.not_left`.
pub fn win_back(relationship: &Relationship, day: NaiveDate) -> Result<(Relationship, Why), Findings> {
    check_left(relationship)?;
    let back =
        Relationship { status: CustomerStatus::Customer, won_back_on: Some(day), ..relationship.clone() };
    Ok((back, Why::new("customer.won_back").fact("day", day)))
}

/// Refuses attempts at a customer who did not leave.
///
/// # Errors
/// [`Findings`]: `customer.not_left`.
pub fn check_left(relationship: &Relationship) -> Result<(), Findings> {
    let mut check = Check::new("customer");
    if !relationship.has_left() {
        let error = ValueError::new("customer.not_left", "customer", "has not left", "one who has");
        check.refuse("customer", error);
    }
    check.finish(Some(()))
}

/// What winning a customer back is reckoned with: the document of the setting `customer.win_back`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WinBackPolicy {
    /// Chance that an attempt succeeds, in percent, by reason of leaving.
    pub percent_by_reason: BTreeMap<String, Decimal>,
    /// Chance for other reasons, in percent.
    pub percent_otherwise: Decimal,
    /// What is kept of a turnover, in percent.
    pub margin_percent: Decimal,
    /// For how many years he is reckoned to stay.
    pub years: Decimal,
    /// What an attempt costs; nothing when not given.
    pub cost: Option<Money>,
}

impl Default for WinBackPolicy {
    /// One in five, ten percent of two years' turnover, for nothing: to be set by whoever knows his customers better.
    fn default() -> Self {
        Self {
            percent_by_reason: BTreeMap::new(),
            percent_otherwise: Decimal::from(20),
            margin_percent: Decimal::TEN,
            years: Decimal::TWO,
            cost: None,
        }
    }
}

/// Figures that cannot be reckoned with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WinBackError {
    /// A percentage outside of its bounds, or years below nothing.
    #[error(
        "{field} of the win-back figures is out of bounds; percent from 0 to 100 and years from 0 are needed"
    )]
    Figure {
        /// Which.
        field: &'static str,
    },
    /// Amounts that do not go together.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Coded for WinBackError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Figure { .. } => ErrorKind::Validation,
            Self::Money(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Figure { .. } => "win_back.figure",
            Self::Money(error) => error.code(),
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Figure { field } => Some((*field).to_owned()),
            Self::Money(error) => error.field(),
        }
    }
    fn hint(&self) -> Option<String> {
        match self {
            Self::Figure { .. } => clientela_model::hint_of(&self.to_string()),
            Self::Money(error) => error.hint(),
        }
    }
}

impl WinBackPolicy {
    /// Refuses figures out of bounds.
    ///
    /// # Errors
    /// `win_back.figure`.
    pub fn check(&self) -> Result<(), WinBackError> {
        let percent = |figure: &Decimal| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(figure);
        for (field, good) in [
            ("percent_by_reason", self.percent_by_reason.values().all(percent)),
            ("percent_otherwise", percent(&self.percent_otherwise)),
            ("margin_percent", percent(&self.margin_percent)),
            ("years", (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&self.years)),
        ] {
            if !good {
                return Err(WinBackError::Figure { field });
            }
        }
        Ok(())
    }
}

/// Whether winning a customer back is worth it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinBackWorth {
    /// Chance times what he would bring, less what the attempt costs.
    pub worth: Money,
    /// Whether that is above nothing.
    pub worth_it: bool,
    /// The figures.
    pub why: Why,
}

/// What an attempt is worth: chance × turnover of a year × years × margin − cost of the attempt. What earlier attempts cost is
/// spent either way, and does not count.
///
/// # Errors
/// `win_back.figure`; the codes of money when the cost is in another currency than the turnover.
pub fn win_back_worth(
    reason: Option<&str>,
    turnover_of_a_year: Money,
    policy: &WinBackPolicy,
) -> Result<WinBackWorth, WinBackError> {
    policy.check()?;
    let own = reason.and_then(|reason| policy.percent_by_reason.get(reason));
    let chance = *own.unwrap_or(&policy.percent_otherwise);
    let value = turnover_of_a_year.checked_mul(policy.years)?.percent(policy.margin_percent)?;
    let cost = policy.cost.unwrap_or_else(|| Money::zero(turnover_of_a_year.currency()));
    let worth = value.percent(chance)?.checked_sub(cost)?.rounded();
    let worth_it = !worth.is_negative() && !worth.is_zero();
    let why = Why::new(if worth_it { "win_back.worth_it" } else { "win_back.not_worth_it" })
        .fact("worth", worth)
        .fact("chance_percent", chance)
        .fact("chance_by", if own.is_some() { "reason" } else { "otherwise" })
        .fact("turnover_of_a_year", turnover_of_a_year)
        .fact("years", policy.years)
        .fact("margin_percent", policy.margin_percent)
        .fact("cost", cost);
    Ok(WinBackWorth { worth, worth_it, why })
}

/// Customers who left for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveReason {
    /// The code.
    pub reason: String,
    /// How many left.
    pub customers: u64,
    /// Of these, how many were won back since.
    pub won_back: u64,
    /// Their share of all who left, in percent, to two decimals.
    pub percent: Decimal,
    /// To whom they went and how many, the most first; those of whom it is not known are not told.
    pub competitors: Vec<(String, u64)>,
}

/// Why customers left from one day to another, the most frequent reason first. Customers who came in by mistake, and whose import
/// was taken back, never left.
#[must_use]
pub fn leave_reasons(relationships: &[Relationship], from: NaiveDate, until: NaiveDate) -> Vec<LeaveReason> {
    let mut lines: BTreeMap<&str, (u64, u64, BTreeMap<&str, u64>)> = BTreeMap::new();
    let left =
        |relationship: &&Relationship| relationship.left_on.is_some_and(|day| from <= day && day <= until);
    let by_mistake = |relationship: &&Relationship| relationship.left_reason.as_deref() == Some(REVERTED);
    for relationship in relationships.iter().filter(left).filter(|one| !by_mistake(one)) {
        let (customers, back, competitors) =
            lines.entry(relationship.left_reason.as_deref().unwrap_or_default()).or_default();
        *customers += 1;
        *back += u64::from(relationship.won_back_on.is_some());
        if let Some(competitor) = &relationship.left_to {
            *competitors.entry(competitor).or_default() += 1;
        }
    }
    let all: u64 = lines.values().map(|(customers, ..)| customers).sum();
    let line = |(reason, (customers, won_back, competitors)): (&str, (u64, u64, BTreeMap<&str, u64>))| {
        let mut competitors: Vec<(String, u64)> =
            competitors.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        competitors.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        let percent = crate::fleet::percent(customers, all);
        LeaveReason { reason: reason.to_owned(), customers, won_back, percent, competitors }
    };
    let mut told: Vec<LeaveReason> = lines.into_iter().map(line).collect();
    told.sort_by(|left, right| {
        right.customers.cmp(&left.customers).then_with(|| left.reason.cmp(&right.reason))
    });
    told
}
