//! What a fact counts for each, by the shares of a credit rule.

use super::super::attainment::Counted;
use super::super::credit::COUNT_DIGITS;
use super::{CreditHolder, CreditRule, CreditShare, Crediting};
use crate::ids::{PositionId, UnitId};
use crate::sales::OpportunityMember;
use chrono::NaiveDate;
use clientela_model::{MoneyError, Why, allocate_units};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// A position, and the unit that is credited with what it gets.
pub type Holder = (PositionId, UnitId);

/// Who there is to get shares of a fact.
#[derive(Debug, Clone, Copy, Default)]
pub struct CreditPeople<'a> {
    /// The owner of what happened.
    pub owner: Option<Holder>,
    /// The owner of its customer.
    pub customer_owner: Option<Holder>,
    /// The team of its opportunity; who has left it is passed over.
    pub members: &'a [OpportunityMember],
    /// The unit of each position that a rule names.
    pub units: Option<&'a HashMap<PositionId, UnitId>>,
}

/// Shares out by a rule what one fact counts without it: `parts` are all of one fact, of one day, measure, currency and sign. What it
/// counts in all stays what it is.
///
/// # Errors
/// `money.overflow`.
pub fn share_out(
    rule: &CreditRule,
    shares: &[CreditShare],
    parts: &[Counted],
    people: &CreditPeople<'_>,
    day: NaiveDate,
) -> Result<Vec<Counted>, MoneyError> {
    let Some(first) = parts.first() else { return Ok(Vec::new()) };
    let why = || Why::new("credit.by_rule").fact("credit_rule", &rule.code);
    if shares.is_empty() {
        let moved = |part: &Counted| Counted { day, credited: Crediting::ByRule(why()), ..part.clone() };
        return Ok(parts.iter().map(moved).collect());
    }
    let whole = sum(parts.iter().map(|part| part.amount))?;
    let digits = first.currency.map_or(COUNT_DIGITS, |currency| currency.minor_units());
    let percents: Vec<Decimal> = shares.iter().map(|share| share.percent).collect();
    let mut given: Vec<(Holder, Decimal, Why)> = Vec::new();
    // Of what is taken back the same is taken from each: the size is shared, and the sign put back.
    for (share, amount) in shares.iter().zip(allocate_units(whole.abs(), &percents, digits)?) {
        let (holders, weights): (Vec<Holder>, Vec<Decimal>) =
            holders(share, parts, people).into_iter().unzip();
        for (holder, amount) in holders.into_iter().zip(allocate_units(amount, &weights, digits)?) {
            let share = Why::new("credit.share").fact("holder", share.holder).fact("percent", share.percent);
            match given.iter_mut().find(|(known, ..)| *known == holder) {
                Some((_, sum, why)) => {
                    *sum = sum.checked_add(amount).ok_or(MoneyError::Overflow)?;
                    *why = why.clone().because(share);
                }
                None => given.push((holder, amount, why().because(share))),
            }
        }
    }
    let one = |((owner, unit), amount, why): (Holder, Decimal, Why)| Counted {
        owner,
        unit,
        amount: if whole.is_sign_negative() { -amount } else { amount },
        day,
        credited: Crediting::ByRule(why),
        ..first.clone()
    };
    Ok(given.into_iter().filter(|(_, amount, _)| !amount.is_zero()).map(one).collect())
}

/// Who gets a share, and how it is parted among them: at least one, with weights above zero in all.
fn holders(share: &CreditShare, parts: &[Counted], people: &CreditPeople<'_>) -> Vec<(Holder, Decimal)> {
    let one = |holder: Holder| vec![(holder, Decimal::ONE)];
    let found = match share.holder {
        CreditHolder::Credited => None,
        CreditHolder::Owner => people.owner.map(one),
        CreditHolder::CustomerOwner => people.customer_owner.map(one),
        CreditHolder::Position => share.position.and_then(|position| {
            let unit = people.units.and_then(|units| units.get(&position))?;
            Some(one((position, *unit)))
        }),
        CreditHolder::Member => {
            let in_role = |member: &&OpportunityMember| member.active && share.role == Some(member.role);
            let members: Vec<&OpportunityMember> = people.members.iter().filter(in_role).collect();
            let alike = members.iter().all(|member| member.share.is_zero());
            let weight = |member: &OpportunityMember| if alike { Decimal::ONE } else { member.share };
            let holder = |member: &&OpportunityMember| ((member.position, member.unit), weight(member));
            (!members.is_empty()).then(|| members.iter().map(holder).collect())
        }
    };
    found.unwrap_or_else(|| as_it_happened(parts))
}

/// Those it counts for without a rule, by what it counts for each.
fn as_it_happened(parts: &[Counted]) -> Vec<(Holder, Decimal)> {
    let alike = parts.iter().all(|part| part.amount.is_zero());
    let weight = |part: &Counted| if alike { Decimal::ONE } else { part.amount.abs() };
    parts.iter().map(|part| ((part.owner, part.unit), weight(part))).collect()
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Result<Decimal, MoneyError> {
    let mut amounts = amounts;
    amounts.try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount)).ok_or(MoneyError::Overflow)
}
