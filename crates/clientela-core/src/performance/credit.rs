//! What a win counts, in which measure and for whom, and how it is taken back.
//!
//! | measure | what a win counts |
//! | --- | --- |
//! | units | vehicles on the accepted offers; without an offer the vehicles of the opportunity |
//! | revenue | net totals of the accepted offers; without an offer the amount of the opportunity |
//! | new customers | one, when it is the first win with the customer |
//! | wins | one |
//!
//! Credits are facts. A win that is opened again is not deleted but taken back by credits below zero, on the day it is
//! opened again: what was reported for a period that is over stays true.

use super::quota::Measure;
use crate::catalogue::ProductKind;
use crate::ids::{CreditId, OfferId, OpportunityId, PositionId, UnitId};
use crate::sales::{Credit, Offer, OfferItem, OfferState, Opportunity, OpportunityState};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{
    ClosedList, Coded, EntityId, ErrorKind, Money, MoneyError, RateTable, Why, allocate_units,
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Decimals of a shared count: half a vehicle is 0.50.
pub(super) const COUNT_DIGITS: u32 = 2;

/// A position's part in a win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The position.
    pub owner: PositionId,
    /// The unit that is credited with it.
    pub unit: UnitId,
    /// Its part in percent; all parts are 100 together.
    pub percent: Decimal,
}

/// A won opportunity and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Win<'a> {
    /// The opportunity, won.
    pub opportunity: &'a Opportunity,
    /// Its offers; those that are not accepted do not count.
    pub offers: &'a [Offer],
    /// Their items; those of another version than the current one do not count.
    pub items: &'a [OfferItem],
    /// Whether it is the first win with the customer.
    pub new_customer: bool,
    /// The day it counts for.
    pub day: NaiveDate,
}

/// A win that cannot be credited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditError {
    /// The opportunity is not won.
    #[error("opportunity {number} is {state}; only what is won is credited")]
    NotWon {
        /// Id.
        id: OpportunityId,
        /// Number.
        number: String,
        /// Where it stands.
        state: OpportunityState,
    },
    /// An offer is of another opportunity.
    #[error("an offer is not one of opportunity {number}; leave it out")]
    ForeignOffer {
        /// The offer.
        offer: OfferId,
        /// Number of the opportunity.
        number: String,
    },
    /// The parts are not 100 percent together, or one is not above zero.
    #[error(
        "the parts of the positions are {sum} percent together; parts above zero that make 100 are needed"
    )]
    Splits {
        /// Their sum.
        sum: Decimal,
    },
    /// The amounts cannot be put together.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Coded for CreditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotWon { .. } => ErrorKind::Rule,
            Self::ForeignOffer { .. } | Self::Splits { .. } => ErrorKind::Validation,
            Self::Money(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotWon { .. } => "credit.not_won",
            Self::ForeignOffer { .. } => "credit.foreign_offer",
            Self::Splits { .. } => "credit.splits",
            Self::Money(error) => error.code(),
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::NotWon { .. } => "state",
            Self::ForeignOffer { .. } => "offers",
            Self::Splits { .. } => "splits",
            Self::Money(_) => return None,
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::NotWon { id, .. } => Some(id.uuid()),
            Self::ForeignOffer { offer, .. } => Some(offer.uuid()),
            _ => None,
        }
    }
}

/// What the accepted ones of an opportunity's offers bring together, net; none where none is accepted.
///
/// # Errors
/// `money.currency` for an offer that is not in the opportunity's, `money.overflow`.
pub fn accepted_net(offers: &[Offer], currency: Currency) -> Result<Option<Money>, MoneyError> {
    let mut sum = None;
    for offer in offers.iter().filter(|offer| offer.state == OfferState::Accepted) {
        sum = Some(sum.unwrap_or(Money::zero(currency)).checked_add(offer.net)?);
    }
    Ok(sum)
}

/// What a win counts, all of it for the opportunity's owner, revenue in the opportunity's currency.
///
/// # Errors
/// As [`shared_credits`].
pub fn credits_for_win(
    opportunity: &Opportunity,
    offers: &[Offer],
    items: &[OfferItem],
    new_customer: bool,
    day: NaiveDate,
    next_id: impl FnMut() -> CreditId,
) -> Result<(Vec<Credit>, Why), CreditError> {
    let whole = Split { owner: opportunity.owner, unit: opportunity.unit, percent: Decimal::ONE_HUNDRED };
    let win = Win { opportunity, offers, items, new_customer, day };
    shared_credits(win, &[whole], opportunity.currency, &RateTable::default(), next_id)
}

/// What a win counts, shared among positions, revenue in `currency` by the newest rate of the day.
///
/// The credits come measure by measure, the positions in the order of the splits; `next_id` gives their ids. Nothing is
/// credited with zero.
///
/// # Errors
/// In this order: `credit.not_won`, `credit.foreign_offer`, `credit.splits`, then `money.no_rate` and `money.overflow`.
pub fn shared_credits(
    win: Win<'_>,
    splits: &[Split],
    currency: Currency,
    rates: &RateTable,
    mut next_id: impl FnMut() -> CreditId,
) -> Result<(Vec<Credit>, Why), CreditError> {
    let opportunity = win.opportunity;
    if opportunity.state != OpportunityState::Won {
        return Err(CreditError::NotWon {
            id: opportunity.id,
            number: opportunity.number.clone(),
            state: opportunity.state,
        });
    }
    if let Some(foreign) = win.offers.iter().find(|offer| offer.opportunity != opportunity.id) {
        return Err(CreditError::ForeignOffer { offer: foreign.id, number: opportunity.number.clone() });
    }
    check_splits(splits)?;
    let accepted: Vec<&Offer> =
        win.offers.iter().filter(|offer| offer.state == OfferState::Accepted).collect();
    let percents: Vec<Decimal> = splits.iter().map(|split| split.percent).collect();
    let (revenue, revenue_why) = revenue(&win, &accepted, currency, rates)?;
    let amounts = [
        (Measure::Units, vehicles(&win, &accepted)?, COUNT_DIGITS),
        (Measure::Revenue, revenue, currency.minor_units()),
        (Measure::NewCustomers, Decimal::from(u8::from(win.new_customer)), COUNT_DIGITS),
        (Measure::Wins, Decimal::ONE, COUNT_DIGITS),
    ];
    let mut credits = Vec::new();
    let mut why = Why::new("credit.win")
        .fact("opportunity", &opportunity.number)
        .fact("day", win.day)
        .fact("accepted_offers", accepted.len());
    for (measure, amount, digits) in amounts {
        why = why.fact(measure.word(), amount);
        for (split, share) in splits.iter().zip(allocate_units(amount, &percents, digits)?) {
            let currency = (measure == Measure::Revenue).then_some(currency);
            let one = credit(opportunity, split, measure, (share, currency), win.day);
            credits.extend(one.map(|one| Credit { id: next_id(), ..one }));
        }
    }
    for split in splits {
        why = why
            .because(Why::new("credit.split").fact("position", split.owner).fact("percent", split.percent));
    }
    Ok((credits, why.because(revenue_why)))
}

/// A position's share, without its id; nothing is credited with zero.
fn credit(
    opportunity: &Opportunity,
    split: &Split,
    measure: Measure,
    (amount, currency): (Decimal, Option<Currency>),
    day: NaiveDate,
) -> Option<Credit> {
    let (id, owner, unit) = (CreditId::from_uuid(Uuid::nil()), split.owner, split.unit);
    let credit = Credit { id, opportunity: opportunity.id, owner, unit, measure, amount, day, currency };
    (!amount.is_zero()).then_some(credit)
}

/// Credits a new customer to a win that was not the first with him and has become it: the first one was opened again.
///
/// # Errors
/// `credit.splits`, `money.overflow`.
pub fn becomes_first_win(
    opportunity: &Opportunity,
    splits: &[Split],
    day: NaiveDate,
    mut next_id: impl FnMut() -> CreditId,
) -> Result<(Vec<Credit>, Why), CreditError> {
    check_splits(splits)?;
    let percents: Vec<Decimal> = splits.iter().map(|split| split.percent).collect();
    let mut credits = Vec::new();
    for (split, share) in splits.iter().zip(allocate_units(Decimal::ONE, &percents, COUNT_DIGITS)?) {
        let one = credit(opportunity, split, Measure::NewCustomers, (share, None), day);
        credits.extend(one.map(|one| Credit { id: next_id(), ..one }));
    }
    let why = Why::new("credit.becomes_first_win").fact("opportunity", &opportunity.number).fact("day", day);
    Ok((credits, why))
}

/// What credits are summed by: opportunity, measure, position, unit and currency.
type Place = (OpportunityId, usize, PositionId, UnitId, Option<Currency>);

/// Takes back what was credited so far, on the day the opportunity is opened again.
///
/// `credits` are those of the opportunity, earlier reversals included, so that nothing is taken back twice.
///
/// # Errors
/// `money.overflow`.
pub fn reversal(
    credits: &[Credit],
    day: NaiveDate,
    mut next_id: impl FnMut() -> CreditId,
) -> Result<(Vec<Credit>, Why), CreditError> {
    let mut sums: BTreeMap<Place, (Measure, Decimal)> = BTreeMap::new();
    for credit in credits {
        let place = Measure::ALL.iter().position(|measure| *measure == credit.measure).unwrap_or_default();
        let key = (credit.opportunity, place, credit.owner, credit.unit, credit.currency);
        let (_, sum) = sums.entry(key).or_insert((credit.measure, Decimal::ZERO));
        *sum = sum.checked_add(credit.amount).ok_or(MoneyError::Overflow)?;
    }
    let taken_back: Vec<Credit> = sums
        .into_iter()
        .filter(|(_, (_, sum))| !sum.is_zero())
        .map(|((opportunity, _, owner, unit, currency), (measure, sum))| Credit {
            id: next_id(),
            opportunity,
            owner,
            unit,
            measure,
            amount: -sum,
            day,
            currency,
        })
        .collect();
    let why = Why::new("credit.taken_back").fact("day", day).fact("credits", taken_back.len());
    Ok((taken_back, why))
}

/// Checks that the parts are above zero and 100 percent together.
///
/// # Errors
/// `credit.splits`.
pub fn check_splits(splits: &[Split]) -> Result<(), CreditError> {
    check_percents(splits.iter().map(|split| split.percent))
}

/// The same of parts in percent.
pub(super) fn check_percents(percents: impl Iterator<Item = Decimal> + Clone) -> Result<(), CreditError> {
    let sum = percents
        .clone()
        .try_fold(Decimal::ZERO, |sum, percent| sum.checked_add(percent))
        .ok_or(MoneyError::Overflow)?;
    let mut percents = percents;
    if sum != Decimal::ONE_HUNDRED || percents.any(|percent| percent <= Decimal::ZERO) {
        return Err(CreditError::Splits { sum });
    }
    Ok(())
}

fn vehicles(win: &Win<'_>, accepted: &[&Offer]) -> Result<Decimal, MoneyError> {
    if accepted.is_empty() {
        return Ok(Decimal::from(win.opportunity.vehicles.unwrap_or(0)));
    }
    let counts = |item: &&OfferItem| {
        item.kind == ProductKind::Vehicle
            && accepted.iter().any(|offer| offer.id == item.offer && offer.revision == item.revision)
    };
    win.items
        .iter()
        .filter(counts)
        .try_fold(Decimal::ZERO, |sum, item| sum.checked_add(item.quantity))
        .ok_or(MoneyError::Overflow)
}

fn revenue(
    win: &Win<'_>,
    accepted: &[&Offer],
    currency: Currency,
    rates: &RateTable,
) -> Result<(Decimal, Why), MoneyError> {
    let amounts: Vec<Money> = if accepted.is_empty() {
        win.opportunity.amount.into_iter().collect()
    } else {
        accepted.iter().map(|offer| offer.net).collect()
    };
    let mut why = Why::new("credit.revenue").fact("currency", currency);
    let mut sum = Money::zero(currency);
    for amount in amounts {
        let converted = rates.convert(amount, currency, win.day)?;
        sum = sum.checked_add(converted.amount)?;
        why = why.because(converted.why.fact("net", amount));
    }
    Ok((sum.rounded().amount(), why))
}
