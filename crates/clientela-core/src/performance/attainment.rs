//! What has been reached of a plan: attainment, pace, gap, projection and rank of every unit and position.
//!
//! | figure | how |
//! | --- | --- |
//! | reached | credits of the plan's measure, from its first day to the day asked, rolled up the tree |
//! | percent | reached in percent of the target, to two decimals |
//! | expected by now | periods that are over in full, the running one by its days |
//! | gap | target less reached |
//! | projection | reached, continued at the pace so far: times target over expected, so that the season is in it; by days alone where nothing was expected yet; after the last day what was reached |
//! | projection low, high | the interval around it that holds four of five outcomes, from the size and number of the credits so far |
//! | rank | place by percent among those beside it in the tree, units and positions apart; equals share a place |
//!
//! A unit's figure is that of all credits in it and below, also of positions without a target of their own. What was credited in
//! another currency counts at the rate of its day, and is left out and named where there is none; so is what the plan's credit rule refuses.

use super::cascade::{CascadeError, digits};
use super::credit_rule::Crediting;
use super::quota::{Measure, QuotaPlan, QuotaTarget};
use super::spread;
use crate::ids::{OpportunityId, PositionId, UnitId};
use crate::organisation::{Unit, UnitTree};
use crate::party::Activity;
use crate::sales::{Credit, Offer};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{Coded, EntityId, ErrorKind, Money, MoneyError, RateTable, Rounding, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Most credits one reason lists; the others are counted.
pub const WHY_CREDITS_MAX: usize = 50;

/// Decimals of a percentage.
pub(super) const PERCENT_DIGITS: u32 = 2;

/// What one unit or position has reached of its target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attainment {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// In which measure of the plan.
    pub measure: Measure,
    /// Against which version of the plan.
    pub version: u32,
    /// What is to be reached in the whole plan.
    pub target: Decimal,
    /// What has been reached; below zero when more was taken back than won.
    pub reached: Decimal,
    /// Reached in percent of the target; none when the target is zero.
    pub percent: Option<Decimal>,
    /// What should have been reached by the day asked.
    pub expected_by_now: Decimal,
    /// What is still to be reached; below zero when more was reached.
    pub gap: Decimal,
    /// What will be reached by the last day at the pace so far; none before the first day.
    pub projection: Option<Decimal>,
    /// What four of five such courses would not fall below by the last day; none without a projection.
    pub projection_low: Option<Decimal>,
    /// What four of five such courses would not exceed by the last day; none without a projection.
    pub projection_high: Option<Decimal>,
    /// Place among those beside it, from 1; none without a percentage.
    pub rank: Option<u32>,
    /// The figures, and the credits that counted.
    pub why: Why,
}

/// Figures that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttainmentError {
    /// The plan is not complete.
    #[error(transparent)]
    Plan(#[from] CascadeError),
    /// A number is too large.
    #[error("the figures of the plan have more digits than can be computed with (28)")]
    Overflow,
}

impl Coded for AttainmentError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Plan(error) => error.kind(),
            Self::Overflow => ErrorKind::Range,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Plan(error) => error.code(),
            Self::Overflow => "quota_plan.overflow",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Plan(error) => error.field(),
            Self::Overflow => None,
        }
    }
}

/// Something that counts in a plan: a credit of a win, or what is done and counts by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// In which measure.
    pub measure: Measure,
    /// The position.
    pub owner: PositionId,
    /// The unit.
    pub unit: UnitId,
    /// How much.
    pub amount: Decimal,
    /// Currency, when money is counted.
    pub currency: Option<Currency>,
    /// The day it counts for.
    pub day: NaiveDate,
    /// What it was: the name of its entity and its id.
    pub of: (&'static str, Uuid),
    /// The opportunity it belongs to.
    pub opportunity: Option<OpportunityId>,
    /// By which rate it was brought into the plan's currency, when it was counted in another.
    pub conversion: Option<Why>,
    /// By which credit rule it counts, or does not.
    pub credited: Crediting,
}

impl Counted {
    /// An offer handed to a customer, on the day of its issue.
    #[must_use]
    pub fn of_offer(offer: &Offer, day: NaiveDate) -> Self {
        Self {
            measure: Measure::Offers,
            owner: offer.owner,
            unit: offer.unit,
            amount: Decimal::ONE,
            currency: None,
            day,
            of: ("offer", offer.id.uuid()),
            opportunity: Some(offer.opportunity),
            conversion: None,
            credited: Crediting::AsItHappened,
        }
    }

    /// A visit that was reported, on the day it was made.
    #[must_use]
    pub fn of_visit(visit: &Activity, day: NaiveDate) -> Self {
        Self {
            measure: Measure::Visits,
            owner: visit.owner,
            unit: visit.unit,
            amount: Decimal::ONE,
            currency: None,
            day,
            of: ("activity", visit.id.uuid()),
            opportunity: visit.opportunity,
            conversion: None,
            credited: Crediting::AsItHappened,
        }
    }
}

impl From<&Credit> for Counted {
    fn from(credit: &Credit) -> Self {
        Self {
            measure: credit.measure,
            owner: credit.owner,
            unit: credit.unit,
            amount: credit.amount,
            currency: credit.currency,
            day: credit.day,
            of: ("opportunity", credit.opportunity.uuid()),
            opportunity: Some(credit.opportunity),
            conversion: None,
            credited: Crediting::AsItHappened,
        }
    }
}

impl Counted {
    /// Whether it can be added up with what is counted in this currency: no credit rule refuses it, and it is no money, or money of
    /// that currency.
    #[must_use]
    pub fn is_in(&self, currency: Option<Currency>) -> bool {
        !matches!(self.credited, Crediting::Refused(_))
            && (self.currency.is_none() || self.currency == currency)
    }

    /// Why it is not added up: the credit rule that refuses it, or the currency that no rate is known for.
    #[must_use]
    pub fn left_out(&self) -> Why {
        let currency = self.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
        let told = |reason: &'static str| {
            Why::new(reason)
                .fact(self.of.0, self.of.1)
                .fact("day", self.day)
                .fact("amount", format!("{}{currency}", self.amount))
        };
        match &self.credited {
            Crediting::Refused(why) => told("credit.not_counted").because(why.clone()),
            Crediting::AsItHappened | Crediting::ByRule(_) => told("credit.left_out"),
        }
    }
}

/// Brings what is counted in other currencies into one, each by the newest rate not after its day. What no rate is known for stays as
/// it is: it is told as left out by whoever adds up.
///
/// # Errors
/// `money.overflow`.
pub fn in_currency(
    mut counted: Vec<Counted>,
    currency: Option<Currency>,
    rates: &RateTable,
) -> Result<Vec<Counted>, MoneyError> {
    let Some(wanted) = currency else { return Ok(counted) };
    for one in &mut counted {
        let Some(own) = one.currency.filter(|own| *own != wanted) else { continue };
        match rates.convert(Money::new(one.amount, own), wanted, one.day) {
            Ok(converted) => {
                one.amount = converted.amount.amount();
                one.currency = Some(wanted);
                one.conversion = Some(converted.why);
            }
            Err(MoneyError::NoRate { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(counted)
}

pub(super) type Node = (UnitId, Option<PositionId>);

/// Compares the targets of a plan with what was credited, as of a day. One answer per unit and position that has a
/// target, in the order of the targets.
///
/// Only what is passed is counted: pass the credits the reader may see. `units` is the tree to roll up by, today's or
/// an earlier one. Money of another currency than the plan's is not added but named in the reason as left out; [`in_currency`] brings
/// it into the plan's before.
///
/// # Errors
/// `quota_plan.currency_missing`, `quota_plan.overflow`.
pub fn attainment(
    plan: &QuotaPlan,
    targets: &[QuotaTarget],
    credits: &[Counted],
    units: &[Unit],
    day: NaiveDate,
) -> Result<Vec<Attainment>, AttainmentError> {
    let digits = digits(plan)?;
    let mut sums: Vec<Sum> = Vec::new();
    let mut places: HashMap<Node, usize> = HashMap::new();
    for target in targets.iter().filter(|target| target.belongs_to(plan)) {
        let place = *places.entry((target.unit, target.owner)).or_insert_with(|| {
            sums.push(Sum::new((target.unit, target.owner)));
            sums.len() - 1
        });
        if let Some(sum) = sums.get_mut(place) {
            add(&mut sum.target, target.amount)?;
            add(&mut sum.expected, expected(target, day)?)?;
        }
    }
    let tree = UnitTree::new(units);
    let last = day.min(plan.last_day);
    let counted = credits.iter().filter(|credit| {
        credit.measure == plan.measure && credit.day >= plan.first_day && credit.day <= last
    });
    for credit in counted {
        for unit in tree.path(credit.unit) {
            for node in [(unit, None), (unit, Some(credit.owner))] {
                let Some(sum) = places.get(&node).and_then(|place| sums.get_mut(*place)) else { continue };
                // Amounts of another currency are never added.
                if credit.is_in(plan.currency) {
                    add(&mut sum.reached, credit.amount)?;
                    sum.count(credit);
                } else {
                    sum.leave_out(credit);
                }
            }
        }
    }
    let mut answers = Vec::with_capacity(sums.len());
    for sum in sums {
        answers.push(sum.answer(plan, day, digits)?);
    }
    rank(&mut answers, &places, &tree);
    Ok(answers)
}

/// What is added up for one unit or position.
struct Sum {
    node: Node,
    target: Decimal,
    expected: Decimal,
    reached: Decimal,
    /// The credits squared, added up; none when that has too many digits.
    squares: Option<Decimal>,
    counted: usize,
    credits: Vec<Why>,
    left_out: usize,
    others: Vec<Why>,
}

impl Sum {
    const fn new(node: Node) -> Self {
        Self {
            node,
            target: Decimal::ZERO,
            expected: Decimal::ZERO,
            reached: Decimal::ZERO,
            squares: Some(Decimal::ZERO),
            counted: 0,
            credits: Vec::new(),
            left_out: 0,
            others: Vec::new(),
        }
    }

    fn count(&mut self, credit: &Counted) {
        self.counted += 1;
        let square = credit.amount.checked_mul(credit.amount);
        self.squares = self.squares.zip(square).and_then(|(sum, square)| sum.checked_add(square));
        if self.credits.len() < WHY_CREDITS_MAX {
            let why = Why::new("credit.counted")
                .fact(credit.of.0, credit.of.1)
                .fact("day", credit.day)
                .fact("amount", credit.amount);
            let by_rule = match &credit.credited {
                Crediting::ByRule(why) => Some(why),
                Crediting::AsItHappened | Crediting::Refused(_) => None,
            };
            self.credits.push(credit.conversion.iter().chain(by_rule).cloned().fold(why, Why::because));
        }
    }

    /// Takes note of what is not added up.
    fn leave_out(&mut self, credit: &Counted) {
        self.left_out += 1;
        if self.others.len() < WHY_CREDITS_MAX {
            self.others.push(credit.left_out());
        }
    }

    fn answer(self, plan: &QuotaPlan, day: NaiveDate, digits: u32) -> Result<Attainment, AttainmentError> {
        // A whole number of vehicles reads 3, not 3.00; amounts keep their cents.
        let tidy = |number: Decimal| if digits == 0 { number.normalize() } else { number };
        let (target, reached) = (tidy(self.target), tidy(self.reached));
        let percent = if target.is_zero() {
            None
        } else {
            let percent = ratio(reached, Decimal::ONE_HUNDRED, target)?;
            Some(Rounding::HalfAwayFromZero.apply(percent, PERCENT_DIGITS))
        };
        let gap = target.checked_sub(reached).ok_or(AttainmentError::Overflow)?;
        let projection = projection(plan, day, &self)?
            .map(|projection| Rounding::HalfAwayFromZero.apply(projection, digits));
        let half = self.half_width(plan, day);
        let bound = |low: bool| {
            let (projection, half) = projection.zip(half)?;
            // What is reached is reached: only what is taken back could bring it below.
            let bound =
                if low { (projection - half).max(reached.min(projection)) } else { projection + half };
            Some(Rounding::HalfAwayFromZero.apply(bound, digits))
        };
        let (projection_low, projection_high) = (bound(true), bound(false));
        let expected_by_now = Rounding::HalfAwayFromZero.apply(self.expected, digits);
        let (elapsed, days) = elapsed(plan.first_day, plan.last_day, day);
        let mut why = Why::new("quota.attainment")
            .fact("target", target)
            .fact("reached", reached)
            .fact("expected_by_now", expected_by_now)
            .fact("days_elapsed", elapsed)
            .fact("days", days)
            .fact("credits", self.counted);
        let listed = self.credits.len();
        for credit in self.credits {
            why = why.because(credit);
        }
        if self.counted > listed {
            why = why.because(Why::new("credit.more").fact("credits", self.counted - listed));
        }
        if self.left_out > 0 {
            why = self.others.into_iter().fold(why.fact("left_out", self.left_out), Why::because);
        }
        let (unit, owner) = self.node;
        let rank = None;
        Ok(Attainment {
            unit,
            owner,
            measure: plan.measure,
            version: plan.version(),
            target,
            reached,
            percent,
            expected_by_now,
            gap,
            projection,
            projection_low,
            projection_high,
            rank,
            why,
        })
    }

    /// How far the projection may be off: by the season where something was expected, else by days.
    fn half_width(&self, plan: &QuotaPlan, day: NaiveDate) -> Option<Decimal> {
        if day >= plan.last_day {
            return Some(Decimal::ZERO);
        }
        if self.expected > Decimal::ZERO {
            return spread::half_width(self.squares?, self.expected, self.target);
        }
        let (elapsed, days) = elapsed(plan.first_day, plan.last_day, day);
        spread::half_width(self.squares?, Decimal::from(elapsed), Decimal::from(days))
    }
}

fn projection(plan: &QuotaPlan, day: NaiveDate, sum: &Sum) -> Result<Option<Decimal>, AttainmentError> {
    if day >= plan.last_day {
        return Ok(Some(sum.reached));
    }
    if sum.expected > Decimal::ZERO {
        return ratio(sum.reached, sum.target, sum.expected).map(Some);
    }
    let (elapsed, days) = elapsed(plan.first_day, plan.last_day, day);
    if elapsed == 0 {
        return Ok(None);
    }
    ratio(sum.reached, Decimal::from(days), Decimal::from(elapsed)).map(Some)
}

/// What a target expects by the day: all of it when its period is over, its days' share while it runs.
fn expected(target: &QuotaTarget, day: NaiveDate) -> Result<Decimal, AttainmentError> {
    let (elapsed, days) = elapsed(target.first_day, target.last_day, day);
    if elapsed == days {
        return Ok(target.amount);
    }
    ratio(target.amount, Decimal::from(elapsed), Decimal::from(days))
}

/// Days of the period up to the day, that day included, and days of the period.
pub(super) fn elapsed(first: NaiveDate, last: NaiveDate, day: NaiveDate) -> (i64, i64) {
    let days = (last - first).num_days().max(0) + 1;
    let elapsed = ((day - first).num_days() + 1).clamp(0, days);
    (elapsed, days)
}

fn ratio(number: Decimal, times: Decimal, over: Decimal) -> Result<Decimal, AttainmentError> {
    number.checked_mul(times).and_then(|product| product.checked_div(over)).ok_or(AttainmentError::Overflow)
}

fn add(sum: &mut Decimal, amount: Decimal) -> Result<(), AttainmentError> {
    *sum = sum.checked_add(amount).ok_or(AttainmentError::Overflow)?;
    Ok(())
}

/// Puts the places by percent into the answers.
pub(super) fn rank(answers: &mut [Attainment], places: &HashMap<Node, usize>, tree: &UnitTree) {
    let percents: Vec<(Node, Option<Decimal>)> =
        answers.iter().map(|answer| ((answer.unit, answer.owner), answer.percent)).collect();
    let ranks = places_by_percent(&percents, places, tree);
    for (answer, rank) in answers.iter_mut().zip(ranks) {
        answer.rank = rank;
    }
}

/// Places by percent among those that hang below the same unit of the plan, units and positions apart. Equals share a place.
pub(super) fn places_by_percent(
    percents: &[(Node, Option<Decimal>)],
    places: &HashMap<Node, usize>,
    tree: &UnitTree,
) -> Vec<Option<u32>> {
    let group = |(unit, owner): Node| match owner {
        Some(_) => (Some(unit), true),
        None => {
            let mut above = tree.path(unit).skip(1);
            (above.find(|unit| places.contains_key(&(*unit, None))), false)
        }
    };
    let mut groups: HashMap<(Option<UnitId>, bool), Vec<Decimal>> = HashMap::new();
    for (node, percent) in percents {
        if let Some(percent) = percent {
            groups.entry(group(*node)).or_default().push(*percent);
        }
    }
    for beside in groups.values_mut() {
        beside.sort_by(|one, two| two.cmp(one));
    }
    let place = |(node, percent): &(Node, Option<Decimal>)| {
        let (percent, beside) = percent.zip(groups.get(&group(*node)))?;
        u32::try_from(beside.partition_point(|other| *other > percent) + 1).ok()
    };
    percents.iter().map(place).collect()
}
