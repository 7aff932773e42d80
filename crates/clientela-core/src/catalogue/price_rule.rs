//! Prices as rules: campaigns, segments, contracts, volumes and surcharges, each with who it is for and why it holds or does not.
//!
//! A rule of a unit holds for the offers of that unit and those below it. Of the rules that hold for a line, those of one exclusive group
//! do not add up: the one best for the customer holds, then the one of the smaller sequence, then of the smaller code. The others are
//! steps of the waterfall in the order of their sequence, then of their code: the order is data and total.

use super::schedule::{DiscountSchedule, ScheduleDiscount, ScheduleScope, scheduled};
use super::{Product, ProductKind};
use crate::ids::{CustomerId, DiscountScheduleId, PositionId, PriceRuleId, ProductId, UnitId};
use crate::sales::waterfall::{PricingError, StepChange, StepInput, Tier};
use crate::sales::{Authority, Basis, PriceStepKind};
use chrono::NaiveDate;
use clientela_model::identifier::Country;
use clientela_model::{Money, Record, Why};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// A price rule.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 177, name = "price_rule", access = owned, key = code)]
pub struct PriceRule {
    /// Id.
    #[field(number = 1)]
    pub id: PriceRuleId,
    /// Code; it stands at the step.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name; it stands on the offer.
    #[field(number = 3)]
    pub name: String,
    /// The position that keeps it.
    #[field(number = 4, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit whose offers, and those of the units below, it is for.
    #[field(number = 5, merge = central, indexed)]
    pub unit: UnitId,
    /// What kind of step it makes.
    #[field(number = 6)]
    pub kind: PriceStepKind,
    /// Its place among the rules; smaller ones take effect first.
    #[field(number = 7)]
    pub sequence: u32,
    /// The customer it is for, by contract; empty for all.
    #[field(number = 8, indexed)]
    pub customer: Option<CustomerId>,
    /// The price group it is for.
    #[field(number = 9)]
    pub price_group: Option<String>,
    /// The market it is for.
    #[field(number = 10)]
    pub market: Option<Country>,
    /// The product it is for.
    #[field(number = 11)]
    pub product: Option<ProductId>,
    /// The product line it is for.
    #[field(number = 12)]
    pub product_line: Option<String>,
    /// The kind of product it is for.
    #[field(number = 13)]
    pub product_kind: Option<ProductKind>,
    /// From this quantity of the line on.
    #[field(number = 14)]
    pub least_quantity: Option<Decimal>,
    /// A condition over `opportunity`, `customer` and `today`, in the rule language.
    #[field(number = 15)]
    pub condition: Option<String>,
    /// Percent added; below nothing takes away.
    #[field(number = 16, group = "change", label = "Percent (%)")]
    pub percent: Option<Decimal>,
    /// Amount added to the price of one; below nothing takes away.
    #[field(number = 17, group = "change")]
    pub amount: Option<Money>,
    /// The price of one with its options, whatever the list says.
    #[field(number = 18, group = "change")]
    pub fixed_price: Option<Money>,
    /// A quantity schedule.
    #[field(number = 19, group = "change")]
    pub schedule: Option<DiscountScheduleId>,
    /// What the percent is of; of what is left, when empty.
    #[field(number = 20)]
    pub basis: Option<Basis>,
    /// Whose money it is.
    #[field(number = 21)]
    pub authority: Authority,
    /// Rules of one group do not add up.
    #[field(number = 22)]
    pub exclusive_group: Option<String>,
    /// First day.
    #[field(number = 23, group = "validity")]
    pub valid_from: NaiveDate,
    /// Last day, empty while it lasts.
    #[field(number = 24, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}

/// Who and when an offer is for.
#[derive(Debug, Clone, Copy)]
pub struct OfferFacts<'a> {
    /// The customer.
    pub customer: CustomerId,
    /// Its price group.
    pub price_group: Option<&'a str>,
    /// The market.
    pub market: Option<&'a Country>,
    /// The day of its prices.
    pub day: NaiveDate,
}

/// A line, as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct LineFacts<'a> {
    /// The product.
    pub product: &'a Product,
    /// How many.
    pub quantity: Decimal,
    /// List price of one with options.
    pub unit_list: Money,
}

/// Why a rule does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHeld {
    /// It is for another customer.
    OtherCustomer,
    /// It is for another price group.
    OtherGroup,
    /// It is for another market.
    OtherMarket,
    /// Not on this day.
    NotValid,
    /// Its condition does not hold, or cannot be told.
    Condition,
    /// It is for other products.
    OtherProduct,
    /// The quantity is below its least.
    QuantityTooSmall,
    /// Another of its group is better for the customer.
    Beaten,
    /// It takes nothing away and adds nothing.
    NoEffect,
    /// Its amounts are in another currency.
    OtherCurrency,
}

impl NotHeld {
    const fn reason(self) -> &'static str {
        match self {
            Self::OtherCustomer => "price_rule.other_customer",
            Self::OtherGroup => "price_rule.other_group",
            Self::OtherMarket => "price_rule.other_market",
            Self::NotValid => "price_rule.not_valid",
            Self::Condition => "price_rule.condition",
            Self::OtherProduct => "price_rule.other_product",
            Self::QuantityTooSmall => "price_rule.quantity_too_small",
            Self::Beaten => "price_rule.beaten",
            Self::NoEffect => "price_rule.no_effect",
            Self::OtherCurrency => "price_rule.other_currency",
        }
    }
}

/// The rules of one offer: those that are for it, in their order, and why the others are not.
#[derive(Debug)]
pub struct RuleBook<'a> {
    held: Vec<(&'a PriceRule, Option<Why>)>,
    not_held: Vec<(&'a PriceRule, NotHeld, Option<Why>)>,
    schedules: &'a [(DiscountSchedule, Vec<Tier>)],
    /// Units ordered before, by product line.
    ordered_before: &'a HashMap<String, Decimal>,
}

/// What the rules make of a line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuledLine {
    /// Steps of its price, in their order.
    pub steps: Vec<StepInput>,
    /// What is taken off the whole line, each with the rule's place in the book.
    pub off_line: Vec<(StepInput, Money)>,
    /// Places of the rules that hold and do not, in the book.
    verdicts: Vec<(usize, Option<NotHeld>)>,
}

impl<'a> RuleBook<'a> {
    /// The rules for an offer; `condition` says whether that of a rule holds, and why.
    pub fn open(
        rules: &'a [PriceRule],
        schedules: &'a [(DiscountSchedule, Vec<Tier>)],
        ordered_before: &'a HashMap<String, Decimal>,
        facts: &OfferFacts<'_>,
        mut condition: impl FnMut(&PriceRule) -> (bool, Option<Why>),
    ) -> Self {
        let mut book =
            Self { held: Vec::with_capacity(rules.len()), not_held: Vec::new(), schedules, ordered_before };
        for rule in rules {
            if let Some(reason) = not_for(rule, facts) {
                book.not_held.push((rule, reason, None));
                continue;
            }
            let (holds, why) = match rule.condition {
                Some(_) => condition(rule),
                None => (true, None),
            };
            if holds {
                book.held.push((rule, why));
            } else {
                book.not_held.push((rule, NotHeld::Condition, why));
            }
        }
        book.held.sort_by(|(left, _), (right, _)| {
            left.sequence.cmp(&right.sequence).then_with(|| left.code.cmp(&right.code))
        });
        book
    }

    /// What they make of the line at `index` of an offer's lines.
    ///
    /// # Errors
    /// What a schedule finds wrong with itself.
    pub fn line(&self, lines: &[LineFacts<'_>], index: usize) -> Result<RuledLine, PricingError> {
        let mut ruled = RuledLine::default();
        let Some(line) = lines.get(index) else { return Ok(ruled) };
        ruled.verdicts.reserve(self.held.len());
        let mut best: Vec<(&str, usize, Decimal)> = Vec::new();
        let mut made: Vec<(usize, StepInput, Option<Money>)> = Vec::new();
        for (place, (rule, _)) in self.held.iter().enumerate() {
            if let Some(reason) = not_of(rule, line) {
                ruled.verdicts.push((place, Some(reason)));
                continue;
            }
            let change = match self.change(rule, lines, line)? {
                Ok(change) => change,
                Err(reason) => {
                    ruled.verdicts.push((place, Some(reason)));
                    continue;
                }
            };
            if let Some(group) = rule.exclusive_group.as_deref() {
                let gain = gain(&change, line);
                match best.iter_mut().find(|(of, _, _)| *of == group) {
                    Some((_, _, best_gain)) if *best_gain >= gain => {
                        ruled.verdicts.push((place, Some(NotHeld::Beaten)));
                        continue;
                    }
                    Some(entry) => {
                        let beaten = entry.1;
                        made.retain(|(of, _, _)| *of != beaten);
                        ruled.verdicts.iter_mut().filter(|(of, _)| *of == beaten).for_each(|(_, verdict)| {
                            *verdict = Some(NotHeld::Beaten);
                        });
                        *entry = (group, place, gain);
                    }
                    None => best.push((group, place, gain)),
                }
            }
            ruled.verdicts.push((place, None));
            let (step, off_line) = step_of(rule, change);
            made.push((place, step, off_line));
        }
        for (_, step, off_line) in made {
            match off_line {
                Some(amount) => ruled.off_line.push((step, amount)),
                None => ruled.steps.push(step),
            }
        }
        Ok(ruled)
    }

    /// Whether any rule is for the offer at all.
    #[must_use]
    pub fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// Why these and not the others.
    #[must_use]
    pub fn why(&self, ruled: &RuledLine) -> Why {
        let mut why = Why::new("price.rules")
            .fact("held", ruled.verdicts.iter().filter(|(_, verdict)| verdict.is_none()).count());
        for (place, verdict) in &ruled.verdicts {
            let Some((rule, condition)) = self.held.get(*place) else { continue };
            let told = named(verdict.map_or("price_rule.held", NotHeld::reason), rule);
            why = why.because(match condition.clone().filter(|_| verdict.is_none()) {
                Some(condition) => told.because(condition),
                None => told,
            });
        }
        for (rule, reason, condition) in &self.not_held {
            let told = named(reason.reason(), rule);
            why = why.because(match condition.clone() {
                Some(condition) => told.because(condition),
                None => told,
            });
        }
        why
    }

    fn change(
        &self,
        rule: &PriceRule,
        lines: &[LineFacts<'_>],
        line: &LineFacts<'_>,
    ) -> Result<Result<Change, NotHeld>, PricingError> {
        let currency = line.unit_list.currency();
        let foreign = |money: Option<Money>| money.is_some_and(|money| money.currency() != currency);
        if foreign(rule.amount) || foreign(rule.fixed_price) {
            return Ok(Err(NotHeld::OtherCurrency));
        }
        if let Some(id) = rule.schedule {
            let Some((schedule, tiers)) = self.schedules.iter().find(|(schedule, _)| schedule.id == id)
            else {
                return Ok(Err(NotHeld::NoEffect));
            };
            let counted = self.counted(schedule.scope, lines, line);
            return Ok(match scheduled(schedule, tiers, line.quantity, counted, line.unit_list)? {
                Some(ScheduleDiscount::Percent(percent)) => Ok(Change::Percent(-percent)),
                Some(ScheduleDiscount::Line(amount)) => Ok(Change::Line(amount)),
                None => Err(NotHeld::NoEffect),
            });
        }
        Ok(match (rule.percent, rule.amount, rule.fixed_price) {
            (Some(percent), _, _) if !percent.is_zero() => Ok(Change::Percent(percent)),
            (_, Some(amount), _) if !amount.is_zero() => Ok(Change::Amount(amount)),
            (_, _, Some(price)) => {
                let change = price.amount() - line.unit_list.amount();
                if change.is_zero() {
                    Err(NotHeld::NoEffect)
                } else {
                    Ok(Change::Amount(Money::new(change, currency)))
                }
            }
            _ => Err(NotHeld::NoEffect),
        })
    }

    fn counted(&self, scope: ScheduleScope, lines: &[LineFacts<'_>], line: &LineFacts<'_>) -> Decimal {
        let sum = |with: &dyn Fn(&LineFacts<'_>) -> bool| -> Decimal {
            lines.iter().filter(|other| with(other)).map(|other| other.quantity).sum()
        };
        let group = line.product.line.as_deref();
        let of_group = |other: &LineFacts<'_>| match group {
            Some(group) => other.product.line.as_deref() == Some(group),
            None => other.product.id == line.product.id,
        };
        match scope {
            ScheduleScope::Line => line.quantity,
            ScheduleScope::Group => sum(&of_group),
            ScheduleScope::Document => sum(&|other| other.product.kind == line.product.kind),
            ScheduleScope::PastOrders => {
                let before =
                    group.and_then(|group| self.ordered_before.get(group)).copied().unwrap_or_default();
                sum(&of_group) + before
            }
        }
    }
}

/// How a rule changes a price.
enum Change {
    Percent(Decimal),
    Amount(Money),
    Line(Money),
}

/// What the customer gains by a change on one of the line, against the list price.
fn gain(change: &Change, line: &LineFacts<'_>) -> Decimal {
    match change {
        Change::Percent(percent) => -(line.unit_list.amount() * percent / Decimal::ONE_HUNDRED),
        Change::Amount(amount) => -amount.amount(),
        Change::Line(amount) => amount.amount().checked_div(line.quantity).unwrap_or_default(),
    }
}

fn step_of(rule: &PriceRule, change: Change) -> (StepInput, Option<Money>) {
    let (change, off_line) = match change {
        Change::Percent(percent) => {
            (StepChange::Percent { percent, basis: rule.basis.unwrap_or(Basis::Running) }, None)
        }
        Change::Amount(amount) => (StepChange::Amount(amount), None),
        Change::Line(amount) => {
            (StepChange::Amount(Money::new(-amount.amount(), amount.currency())), Some(amount))
        }
    };
    let (code, label) = (rule.code.clone(), Some(rule.name.clone()));
    (StepInput { kind: rule.kind, code, change, authority: rule.authority, label }, off_line)
}

fn not_for(rule: &PriceRule, facts: &OfferFacts<'_>) -> Option<NotHeld> {
    if rule.customer.is_some_and(|customer| customer != facts.customer) {
        return Some(NotHeld::OtherCustomer);
    }
    if rule.price_group.is_some() && rule.price_group.as_deref() != facts.price_group {
        return Some(NotHeld::OtherGroup);
    }
    if rule.market.is_some() && rule.market.as_ref() != facts.market {
        return Some(NotHeld::OtherMarket);
    }
    let valid = rule.valid_from <= facts.day && rule.valid_to.is_none_or(|last| facts.day <= last);
    (!valid).then_some(NotHeld::NotValid)
}

fn not_of(rule: &PriceRule, line: &LineFacts<'_>) -> Option<NotHeld> {
    let of_product = rule.product.is_none_or(|product| product == line.product.id)
        && rule.product_kind.is_none_or(|kind| kind == line.product.kind)
        && (rule.product_line.is_none() || rule.product_line == line.product.line);
    if !of_product {
        return Some(NotHeld::OtherProduct);
    }
    rule.least_quantity.is_some_and(|least| line.quantity < least).then_some(NotHeld::QuantityTooSmall)
}

fn named(reason: &'static str, rule: &PriceRule) -> Why {
    let mut why =
        Why::new(reason).fact("rule", &rule.code).fact("kind", rule.kind).fact("sequence", rule.sequence);
    if let Some(percent) = rule.percent {
        why = why.fact("percent", percent);
    }
    if let Some(amount) = rule.amount.or(rule.fixed_price) {
        why = why.fact("amount", amount);
    }
    if let Some(least) = rule.least_quantity {
        why = why.fact("least_quantity", least);
    }
    why
}
