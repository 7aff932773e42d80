//! What each person carries of the quotas of the positions he holds, and what he has reached of it.
//!
//! A quota is a position's. Who joins, leaves or moves within a plan carries the part of it that his days are of it:
//!
//! | basis | share |
//! | --- | --- |
//! | working days | the whole quota, by the working days of each one's part of the plan |
//! | season | the quota of each period, by the working days of each one's part of that period: so the season is in it |
//!
//! Shares are rounded by largest remainder, so that those of all holders and of the days on which nobody holds the position add up
//! to its quota exactly. Days on which several hold it count for each in equal parts; a substitute carries nothing. A period
//! without a working day is shared by days. What counts belongs to whoever held the position on its day.

use super::attainment::{AttainmentError, Counted, PERCENT_DIGITS, elapsed};
use super::cascade::digits;
use super::quota::{Measure, QuotaPlan, QuotaTarget};
use crate::ids::{PositionId, UnitId, UserId};
use crate::organisation::Holding;
use chrono::{Days, NaiveDate};
use clientela_model::{ClosedList, Rounding, Why, allocate_units};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// By what the quota of a position is shared among those who hold it in turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, ClosedList)]
pub enum PersonalBasis {
    /// The whole quota by working days.
    #[default]
    WorkingDays,
    /// The quota of each period by its working days.
    Season,
}

/// Somebody's days on a position, inside the plan; nobody's where it is vacant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// Who; none while nobody holds it.
    pub user: Option<UserId>,
    /// From this day.
    pub first_day: NaiveDate,
    /// To this day.
    pub last_day: NaiveDate,
}

/// What a person carries of one position's quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalPart {
    /// The position.
    pub position: PositionId,
    /// Its unit in the plan.
    pub unit: UnitId,
    /// First day on it within the plan.
    pub first_day: NaiveDate,
    /// Last day on it within the plan.
    pub last_day: NaiveDate,
    /// Working days between them.
    pub working_days: u32,
    /// His share of the quota.
    pub target: Decimal,
    /// What counted on these days.
    pub reached: Decimal,
    /// What should have been reached by the day asked.
    pub expected_by_now: Decimal,
}

/// What a person has reached of what he carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalAttainment {
    /// Who; none for the vacant part of all positions.
    pub user: Option<UserId>,
    /// In which measure of the plan.
    pub measure: Measure,
    /// What is to be reached in the whole plan.
    pub target: Decimal,
    /// What has been reached.
    pub reached: Decimal,
    /// Reached in percent of the target; none when the target is zero.
    pub percent: Option<Decimal>,
    /// What should have been reached by the day asked.
    pub expected_by_now: Decimal,
    /// What is still to be reached; below zero when more was reached.
    pub gap: Decimal,
    /// Place by percent among all persons; equals share one. None for the vacant part and without a percentage.
    pub rank: Option<u32>,
    /// Position by position, in the order of their days.
    pub parts: Vec<PersonalPart>,
    /// The shares and what they come from.
    pub why: Why,
}

/// Shares the quotas of positions among those who hold them, and compares with what counted. Persons first, by their ids; the
/// vacant part last.
///
/// `targets` may hold those of units; `holdings` may hold those of other positions. `working_days` counts those of a unit's calendar
/// between two days, both included.
///
/// # Errors
/// `quota_plan.currency_missing`, `quota_plan.overflow`.
pub fn personal_attainment(
    plan: &QuotaPlan,
    targets: &[QuotaTarget],
    holdings: &[Holding],
    counted: &[Counted],
    working_days: &dyn Fn(UnitId, NaiveDate, NaiveDate) -> u32,
    day: NaiveDate,
    basis: PersonalBasis,
) -> Result<Vec<PersonalAttainment>, AttainmentError> {
    let digits = digits(plan)?;
    let mut positions: BTreeMap<(PositionId, UnitId), Vec<&QuotaTarget>> = BTreeMap::new();
    for target in targets.iter().filter(|target| target.belongs_to(plan)) {
        if let Some(position) = target.owner {
            positions.entry((position, target.unit)).or_default().push(target);
        }
    }
    let mut of_position: BTreeMap<PositionId, Vec<&Holding>> = BTreeMap::new();
    for holding in holdings.iter().filter(|holding| !holding.substitute) {
        of_position.entry(holding.position).or_default().push(holding);
    }
    let last = day.min(plan.last_day);
    let mut done: BTreeMap<PositionId, Vec<&Counted>> = BTreeMap::new();
    let mut others: BTreeMap<PositionId, Vec<NaiveDate>> = BTreeMap::new();
    for one in counted {
        if one.measure == plan.measure && (plan.first_day..=last).contains(&one.day) {
            if one.is_in(plan.currency) {
                done.entry(one.owner).or_default().push(one);
            } else {
                others.entry(one.owner).or_default().push(one.day);
            }
        }
    }
    let mut persons: BTreeMap<(bool, Option<UserId>), Carried> = BTreeMap::new();
    for ((position, unit), targets) in positions {
        let held = turns(plan, of_position.get(&position).map_or(&[][..], Vec::as_slice));
        let days = |first, last| working_days(unit, first, last);
        let quota = Quota { digits, basis, day, targets: &targets, held: &held, days: &days };
        let of_turn = quota.shared(done.get(&position).map_or(&[][..], Vec::as_slice))?;
        for (turn, (target, expected_by_now, reached)) in held.iter().zip(of_turn) {
            let person = persons.entry((turn.user.is_none(), turn.user)).or_default();
            let days = turn.first_day..=turn.last_day;
            person.left_out +=
                others.get(&position).into_iter().flatten().filter(|day| days.contains(day)).count();
            person.parts.push(PersonalPart {
                position,
                unit,
                first_day: turn.first_day,
                last_day: turn.last_day,
                working_days: working_days(unit, turn.first_day, turn.last_day),
                target,
                reached,
                expected_by_now,
            });
        }
    }
    let mut answers = Vec::with_capacity(persons.len());
    for ((_, user), carried) in persons {
        answers.push(answer(plan, digits, basis, user, carried)?);
    }
    place(&mut answers);
    Ok(answers)
}

/// What one person carries.
#[derive(Default)]
struct Carried {
    parts: Vec<PersonalPart>,
    /// How much counted on his days in a currency that no rate is known for.
    left_out: usize,
}

/// The days of each holder within a plan, and those of nobody, in the order of their first days.
#[must_use]
pub fn turns(plan: &QuotaPlan, holdings: &[&Holding]) -> Vec<Held> {
    let mut held: Vec<Held> = holdings
        .iter()
        .filter_map(|holding| {
            let first_day = holding.valid_from.max(plan.first_day);
            let last_day = holding.valid_to.map_or(plan.last_day, |last| last.min(plan.last_day));
            (first_day <= last_day).then_some(Held { user: Some(holding.user), first_day, last_day })
        })
        .collect();
    held.sort_by_key(|turn| (turn.first_day, turn.last_day, turn.user));
    let mut vacant = Vec::new();
    let mut free_from = Some(plan.first_day);
    for turn in &held {
        let Some(from) = free_from else { break };
        if let Some(last_day) = turn.first_day.pred_opt().filter(|last| *last >= from) {
            vacant.push(Held { user: None, first_day: from, last_day });
        }
        free_from = turn.last_day.checked_add_days(Days::new(1)).map(|next| next.max(from));
    }
    if let Some(first_day) = free_from.filter(|from| *from <= plan.last_day) {
        vacant.push(Held { user: None, first_day, last_day: plan.last_day });
    }
    held.extend(vacant);
    held.sort_by_key(|turn| (turn.first_day, turn.last_day, turn.user));
    held
}

/// Parts of a day that up to ten holders can share without a rest.
const PARTS: u64 = 2_520;

/// The quota of one position.
struct Quota<'a> {
    digits: u32,
    basis: PersonalBasis,
    day: NaiveDate,
    targets: &'a [&'a QuotaTarget],
    held: &'a [Held],
    days: &'a dyn Fn(NaiveDate, NaiveDate) -> u32,
}

impl Quota<'_> {
    /// Target, what is expected by now and what was reached, of each turn.
    fn shared(&self, done: &[&Counted]) -> Result<Vec<(Decimal, Decimal, Decimal)>, AttainmentError> {
        let mut of_turn = vec![(Decimal::ZERO, Decimal::ZERO, Decimal::ZERO); self.held.len()];
        let mut share = |first: NaiveDate, last: NaiveDate, amount: Decimal| -> Result<(), AttainmentError> {
            let shares = self.allocated(amount, &self.weights(first, last))?;
            for ((turn, share), sums) in self.held.iter().zip(shares).zip(&mut of_turn) {
                let (from, to) = (turn.first_day.max(first), turn.last_day.min(last));
                let expected = if from > to {
                    Decimal::ZERO
                } else {
                    let (over, all) = elapsed(from, to, self.day);
                    share.checked_mul(over.into()).ok_or(AttainmentError::Overflow)? / Decimal::from(all)
                };
                sums.0 = sums.0.checked_add(share).ok_or(AttainmentError::Overflow)?;
                sums.1 = sums.1.checked_add(expected).ok_or(AttainmentError::Overflow)?;
            }
            Ok(())
        };
        match self.basis {
            PersonalBasis::Season => {
                for target in self.targets {
                    share(target.first_day, target.last_day, target.amount)?;
                }
            }
            PersonalBasis::WorkingDays => {
                let first = self.targets.iter().map(|target| target.first_day).min();
                let last = self.targets.iter().map(|target| target.last_day).max();
                let whole =
                    self.targets.iter().try_fold(Decimal::ZERO, |sum, one| sum.checked_add(one.amount));
                if let Some((first, last)) = first.zip(last) {
                    share(first, last, whole.ok_or(AttainmentError::Overflow)?)?;
                }
            }
        }
        for one in done {
            let on = |turn: &Held| Decimal::from((turn.first_day..=turn.last_day).contains(&one.day) as u8);
            let weights: Vec<Decimal> = self.held.iter().map(on).collect();
            for (part, sums) in self.allocated(one.amount, &weights)?.into_iter().zip(&mut of_turn) {
                sums.2 = sums.2.checked_add(part).ok_or(AttainmentError::Overflow)?;
            }
        }
        Ok(of_turn)
    }

    fn allocated(&self, amount: Decimal, weights: &[Decimal]) -> Result<Vec<Decimal>, AttainmentError> {
        let digits = self.digits.max(amount.normalize().scale());
        allocate_units(amount, weights, digits).map_err(|_| AttainmentError::Overflow)
    }

    /// What each turn weighs between two days: its working days, those held by several in equal parts; days where none of them is
    /// a working day.
    fn weights(&self, first: NaiveDate, last: NaiveDate) -> Vec<Decimal> {
        let by_working_days = self.weighed(first, last, self.days);
        if by_working_days.iter().any(|weight| !weight.is_zero()) {
            return by_working_days;
        }
        let all_days =
            |from: NaiveDate, to: NaiveDate| u32::try_from((to - from).num_days() + 1).unwrap_or(0);
        self.weighed(first, last, &all_days)
    }

    fn weighed(
        &self,
        first: NaiveDate,
        last: NaiveDate,
        days: &dyn Fn(NaiveDate, NaiveDate) -> u32,
    ) -> Vec<Decimal> {
        let mut weights = vec![Decimal::ZERO; self.held.len()];
        // Between two neighbouring changes the holders are the same.
        let next = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
        let starts = self.held.iter().flat_map(|turn| [turn.first_day, next(turn.last_day)]);
        let inside = starts.filter(|day| (first..=last).contains(day));
        let changes: Vec<NaiveDate> = inside.chain([first]).collect::<BTreeSet<_>>().into_iter().collect();
        for (place, from) in changes.iter().enumerate() {
            let to = changes.get(place + 1).and_then(|next| next.pred_opt()).unwrap_or(last);
            let on = |turn: &Held| turn.first_day <= *from && turn.last_day >= to;
            let holders = self.held.iter().filter(|turn| on(turn)).count();
            let each = Decimal::from(u64::from(days(*from, to)) * PARTS) / Decimal::from(holders.max(1));
            for (turn, weight) in self.held.iter().zip(&mut weights) {
                if on(turn) {
                    *weight += each;
                }
            }
        }
        weights
    }
}

fn answer(
    plan: &QuotaPlan,
    digits: u32,
    basis: PersonalBasis,
    user: Option<UserId>,
    Carried { mut parts, left_out }: Carried,
) -> Result<PersonalAttainment, AttainmentError> {
    parts.sort_by_key(|part| (part.first_day, part.position));
    let tidy = |number: Decimal| if digits == 0 { number.normalize() } else { number };
    let sum = |of: fn(&PersonalPart) -> Decimal| {
        parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(of(part)))
    };
    let sum = |of| sum(of).ok_or(AttainmentError::Overflow);
    let (target, reached) = (tidy(sum(|part| part.target)?), tidy(sum(|part| part.reached)?));
    let expected_by_now = Rounding::HalfAwayFromZero.apply(sum(|part| part.expected_by_now)?, digits);
    let hundredfold = reached.checked_mul(Decimal::ONE_HUNDRED).ok_or(AttainmentError::Overflow)?;
    let percent = hundredfold.checked_div(target).filter(|_| !target.is_zero());
    let mut why =
        Why::new("quota.personal").fact("target", target).fact("reached", reached).fact("basis", basis);
    if left_out > 0 {
        why = why.fact("left_out", left_out);
    }
    for part in &mut parts {
        part.expected_by_now = Rounding::HalfAwayFromZero.apply(part.expected_by_now, digits);
        why = why.because(
            Why::new("quota.personal_part")
                .fact("position", part.position)
                .fact("from", part.first_day)
                .fact("to", part.last_day)
                .fact("working_days", part.working_days)
                .fact("target", part.target),
        );
    }
    Ok(PersonalAttainment {
        user,
        measure: plan.measure,
        target,
        reached,
        percent: percent.map(|percent| Rounding::HalfAwayFromZero.apply(percent, PERCENT_DIGITS)),
        expected_by_now,
        gap: target.checked_sub(reached).ok_or(AttainmentError::Overflow)?,
        rank: None,
        parts,
        why,
    })
}

fn place(answers: &mut [PersonalAttainment]) {
    let mut percents: Vec<Decimal> =
        answers.iter().filter(|one| one.user.is_some()).filter_map(|one| one.percent).collect();
    percents.sort_by(|one, two| two.cmp(one));
    for answer in answers.iter_mut().filter(|one| one.user.is_some()) {
        let Some(percent) = answer.percent else { continue };
        answer.rank = u32::try_from(percents.partition_point(|other| *other > percent) + 1).ok();
    }
}
