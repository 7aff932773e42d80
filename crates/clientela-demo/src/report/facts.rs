//! The figures of the page, asked of the library as one session sees them.

use super::journal;
use crate::day::examples;
use crate::error::Result;
use crate::history::{CAMPAIGN, quota_plan};
use chrono::{DateTime, NaiveDate, Utc};
use clientela::core::ids::UnitId;
use clientela::core::organisation::Unit;
use clientela::core::party::{Contact, Customer, Vehicle};
use clientela::core::sales::{Offer, OfferState, Opportunity, OpportunityState};
use clientela::model::Field;
use clientela::{Attainment, FunnelStage, LIST_MAX, Money, Predicate, Record, Session, Why};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Everything on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The day.
    pub day: NaiveDate,
    /// Who looks.
    pub reader: String,
    /// The first figures to look at: what, how much.
    pub tiles: Vec<(&'static str, String)>,
    /// Open opportunities by stage, in the order of the stages.
    pub funnel: Vec<FunnelStage>,
    /// Name of the quota plan.
    pub plan: String,
    /// Quotas of the units: each before those below it, and these best first.
    pub quotas: Vec<QuotaFigure>,
    /// The campaign.
    pub campaign: CampaignFigure,
    /// The latest of the journal, newest first.
    pub journal: Vec<JournalLine>,
}

/// How a unit stands against what it should have reached by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// All of it or more.
    Green,
    /// At least 85 percent of it.
    Amber,
    /// Less.
    Red,
}

/// A unit's quota.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaFigure {
    /// Name.
    pub name: String,
    /// How many units of the list stand above it.
    pub depth: usize,
    /// What is to be reached.
    pub target: Decimal,
    /// What has been reached.
    pub reached: Decimal,
    /// Reached in percent of the target.
    pub percent: Option<Decimal>,
    /// What should have been reached by now.
    pub expected: Decimal,
    /// What will be reached at this pace.
    pub projection: Option<Decimal>,
    /// Place among the units beside it.
    pub rank: Option<u32>,
    /// How it stands.
    pub light: Light,
}

/// Whom a campaign reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignFigure {
    /// Name.
    pub name: String,
    /// Its rule.
    pub rule: String,
    /// Customers looked at.
    pub looked_at: usize,
    /// Customers for whom the rule holds.
    pub fitting: usize,
    /// Customers reached.
    pub size: usize,
    /// How many for which reason, most first.
    pub reasons: Vec<(String, usize)>,
    /// One who is in and one who is out, with why.
    pub examples: Vec<(&'static str, Why)>,
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// The command.
    pub command: String,
    /// The record, by the key people use.
    pub record: String,
    /// What changed.
    pub changes: String,
}

/// Asks for all figures as this session sees them.
///
/// # Errors
/// What the library refuses.
pub fn gather(session: &Session) -> Result<Facts> {
    let open = Predicate::equals("state", OpportunityState::Open.to_value());
    let issued = Predicate::equals("state", OfferState::Issued.to_value());
    let funnel = session.funnel(None)?;
    let count = |number| grouped(&format!("{number}"));
    let mut tiles = vec![
        ("customers", count(session.count::<Customer>(&Predicate::Everything)?)),
        ("vehicles in fleets", count(session.count::<Vehicle>(&Predicate::Everything)?)),
        ("contacts", count(session.count::<Contact>(&Predicate::Everything)?)),
        ("open opportunities", count(session.count::<Opportunity>(&open)?)),
        ("offers with customers", count(session.count::<Offer>(&issued)?)),
    ];
    tiles.extend(pipeline(&funnel)?.into_iter().map(|sum| ("expected of what is open", short_amount(sum))));
    let plan = quota_plan(session.today());
    Ok(Facts {
        day: session.today(),
        reader: session.login().to_owned(),
        tiles,
        funnel,
        quotas: quotas(session, &plan)?,
        plan,
        campaign: campaign(session)?,
        journal: journal::latest(session)?,
    })
}

/// What all open opportunities are expected to bring, one sum per currency.
fn pipeline(funnel: &[FunnelStage]) -> Result<Vec<Money>> {
    let mut sums: Vec<Money> = Vec::new();
    for amount in funnel.iter().flat_map(|stage| &stage.amounts) {
        match sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
            Some(sum) => *sum = sum.checked_add(*amount).map_err(clientela::Error::from)?,
            None => sums.push(*amount),
        }
    }
    Ok(sums)
}

/// An amount in millions, or in thousands where it is small: for figures that are glanced at.
pub(super) fn short_amount(amount: Money) -> String {
    let thousands = (amount.amount() / Decimal::ONE_THOUSAND).round();
    let code = amount.currency().code();
    if thousands < Decimal::ONE_THOUSAND {
        return format!("{thousands} k {code}");
    }
    let millions = (thousands / Decimal::ONE_THOUSAND).round_dp(1);
    format!("{} M {code}", grouped(&format!("{millions:.1}")))
}

/// A number with narrow blanks between thousands.
pub(super) fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text + rest
}

/// All records that satisfy a condition, page by page.
pub(super) fn all<R: Record>(session: &Session, condition: &Predicate) -> Result<Vec<R>> {
    let mut all = Vec::new();
    loop {
        let page = session.list::<R>(condition, LIST_MAX, all.len())?;
        let last = page.len() < LIST_MAX;
        all.extend(page.into_iter().map(|stored| stored.record));
        if last {
            return Ok(all);
        }
    }
}

fn quotas(session: &Session, plan: &str) -> Result<Vec<QuotaFigure>> {
    let units: Vec<Unit> = all(session, &Predicate::Everything)?;
    let units: HashMap<UnitId, Unit> = units.into_iter().map(|unit| (unit.id, unit)).collect();
    let lines: Vec<Attainment> =
        session.attainment(plan, None)?.into_iter().filter(|line| line.owner.is_none()).collect();
    let mut figures = Vec::new();
    let listed = |unit: UnitId| lines.iter().any(|line| line.unit == unit);
    let above = |line: &Attainment| units.get(&line.unit)?.parent.filter(|parent| listed(*parent));
    below(None, 0, &lines, &above, &units, &mut figures);
    Ok(figures)
}

/// The units right below one, best first, each followed by those below it.
fn below(
    parent: Option<UnitId>,
    depth: usize,
    lines: &[Attainment],
    above: &impl Fn(&Attainment) -> Option<UnitId>,
    units: &HashMap<UnitId, Unit>,
    figures: &mut Vec<QuotaFigure>,
) {
    let mut here: Vec<&Attainment> = lines.iter().filter(|line| above(line) == parent).collect();
    here.sort_by_key(|line| (std::cmp::Reverse(line.percent), line.unit));
    for line in here {
        figures.push(QuotaFigure {
            name: units.get(&line.unit).map_or_else(String::new, |unit| unit.name.clone()),
            depth,
            light: light(line.reached, line.expected_by_now),
            target: line.target,
            reached: line.reached,
            percent: line.percent,
            expected: line.expected_by_now,
            projection: line.projection,
            rank: line.rank,
        });
        below(Some(line.unit), depth + 1, lines, above, units, figures);
    }
}

fn light(reached: Decimal, expected: Decimal) -> Light {
    if reached >= expected {
        Light::Green
    } else if reached * Decimal::ONE_HUNDRED >= expected * Decimal::from(85) {
        Light::Amber
    } else {
        Light::Red
    }
}

fn campaign(session: &Session) -> Result<CampaignFigure> {
    let target = session.target(CAMPAIGN)?;
    let mut reasons: Vec<(String, usize)> =
        target.reasons().into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
    reasons.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    let fitting =
        reasons.iter().filter(|(reason, _)| !reason.starts_with("campaign.")).map(|(_, count)| count);
    let fitting = target.size() + fitting.sum::<usize>();
    Ok(CampaignFigure {
        name: target.campaign().name.clone(),
        rule: target.campaign().rule.clone(),
        looked_at: target.lines().len(),
        fitting,
        size: target.size(),
        reasons,
        examples: examples(&target)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_to_be_glanced_at() {
        let euro = |amount: i64| Money::new(amount.into(), "EUR".parse().unwrap());
        assert_eq!(grouped("1234567.50"), "1\u{202f}234\u{202f}567.50");
        assert_eq!((grouped("7"), grouped("700")), ("7".to_owned(), "700".to_owned()));
        for (amount, text) in [(0, "0 k EUR"), (999_499, "999 k EUR"), (114_443_000, "114.4 M EUR")] {
            assert_eq!(short_amount(euro(amount)), text);
        }
    }

    #[test]
    fn lights_follow_what_is_expected_by_now() {
        for (reached, expected, wanted) in
            [(10, 10, Light::Green), (0, 0, Light::Green), (85, 100, Light::Amber), (84, 100, Light::Red)]
        {
            assert_eq!(light(reached.into(), expected.into()), wanted, "{reached} of {expected}");
        }
    }
}
