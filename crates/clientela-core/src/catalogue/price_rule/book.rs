//! The rules of one offer.

use super::PriceRule;
use super::places::Places;
use super::rules::{Audience, Demand, PriceRules};
use crate::catalogue::Product;
use crate::catalogue::schedule::{
    Counted, DiscountSchedule, PastUnits, ScheduleDiscount, ScheduleScope, scheduled,
};
use crate::ids::{CustomerId, ProductId, UnitId};
use crate::sales::Basis;
use crate::sales::waterfall::{Place, PricingError, StepChange, StepInput};
use chrono::NaiveDate;
use clientela_model::identifier::{Country, Currency};
use clientela_model::{Money, Why};
use rust_decimal::Decimal;

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
    /// The unit that makes it and those above: rules of others are not asked. All are, when empty.
    pub units: Option<&'a [UnitId]>,
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
    rules: &'a PriceRules,
    /// By place of the rule.
    states: Vec<State>,
    /// Why conditions hold or not, by place.
    conditions: Vec<(usize, Why)>,
    /// Those that are for the offer.
    held: Places,
    /// What the customer ordered before.
    ordered_before: &'a [PastUnits],
    /// The day of the offer's prices.
    day: NaiveDate,
}

/// Where a rule stands to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is for the offer.
    Held,
    /// It is not.
    Not(NotHeld),
    /// It is of a unit the offer has nothing to do with.
    Elsewhere,
}

/// What the rules make of a line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuledLine {
    /// Steps of its price, in their order.
    pub steps: Vec<StepInput>,
    /// What is taken off the whole line, each with its step.
    pub off_line: Vec<(StepInput, Money)>,
    /// Places of the rules that may be for the product, with why they do not hold.
    verdicts: Vec<(usize, Option<NotHeld>)>,
}

impl<'a> RuleBook<'a> {
    /// The rules for an offer; `condition` says whether that of a rule holds, and why.
    pub fn open(
        rules: &'a PriceRules,
        ordered_before: &'a [PastUnits],
        facts: &OfferFacts<'_>,
        mut condition: impl FnMut(&PriceRule) -> (bool, Option<Why>),
    ) -> Self {
        let price_group = rules.price_group(facts.price_group);
        let of_offer = |audience: &Audience| {
            if facts.units.is_some_and(|units| !units.contains(&audience.unit)) {
                return State::Elsewhere;
            }
            not_for(audience, price_group, facts).map_or(State::Held, State::Not)
        };
        let mut states: Vec<State> = rules.audiences().iter().map(of_offer).collect();
        let mut conditions = Vec::new();
        // Conditions are asked in the order the rules were given.
        for place in rules.given() {
            let conditional = rules.audiences().get(*place).is_some_and(|audience| audience.conditional);
            let Some(state) = states.get_mut(*place).filter(|state| conditional && **state == State::Held)
            else {
                continue;
            };
            let Some(rule) = rules.rule(*place) else { continue };
            let (holds, why) = condition(rule);
            conditions.extend(why.map(|why| (*place, why)));
            if !holds {
                *state = State::Not(NotHeld::Condition);
            }
        }
        let mut held = Places::none_of(rules.len());
        for (place, _) in states.iter().enumerate().filter(|(_, state)| **state == State::Held) {
            held.add(place);
        }
        Self { rules, states, conditions, held, ordered_before, day: facts.day }
    }

    /// What they make of the line at `index` of an offer's lines.
    ///
    /// # Errors
    /// What a schedule finds wrong with itself.
    pub fn line(&self, lines: &[LineFacts<'_>], index: usize) -> Result<RuledLine, PricingError> {
        let mut ruled = RuledLine::default();
        let Some(line) = lines.get(index) else { return Ok(ruled) };
        let places = self.rules.for_product(&self.held, line.product);
        let count = places.count();
        ruled.verdicts.reserve(count);
        // By exclusive group: where its best change stands among the verdicts, and what it gains.
        let mut best: Vec<Option<(usize, Decimal)>> = vec![None; self.rules.exclusive_groups()];
        // Changes that hang on the line, by place of the verdict.
        let mut made: Vec<(usize, Change)> = Vec::new();
        for place in places.in_order() {
            let Some((demand, step)) = self.rules.demand(place) else { continue };
            let now = ruled.verdicts.len();
            let mut verdict = self.not_of(place, demand, line);
            if verdict.is_none() && !demand.fixed {
                match self.change(place, lines, index)? {
                    Ok(change) => made.push((now, change)),
                    Err(reason) => verdict = Some(reason),
                }
            }
            ruled.verdicts.push((place, verdict));
            let (Some(group), None) = (demand.exclusive_group, verdict) else { continue };
            let Some(best) = best.get_mut(group) else { continue };
            let gain = match made.last() {
                Some((at, change)) if *at == now => change.gain(line),
                _ => gain(&step.change, line),
            };
            let beaten = match best {
                Some((_, most)) if !is_more(gain, *most) => Some(now),
                _ => best.replace((now, gain)).map(|(at, _)| at),
            };
            if let Some((_, verdict)) = beaten.and_then(|beaten| ruled.verdicts.get_mut(beaten)) {
                *verdict = Some(NotHeld::Beaten);
            }
        }
        ruled.steps.reserve(count);
        for (at, (place, verdict)) in ruled.verdicts.iter().enumerate() {
            let (None, Some((_, step))) = (verdict, self.rules.demand(*place)) else { continue };
            let change = made.iter().find(|(of, _)| *of == at).map(|(_, change)| change);
            match change.zip(self.rules.rule(*place)) {
                None => ruled.steps.extend_from_slice(std::slice::from_ref(step)),
                Some((change, rule)) => {
                    let step = StepInput { change: change.of(rule), ..step.clone() };
                    match change {
                        Change::Line(amount) => ruled.off_line.push((step, *amount)),
                        Change::Percent(_) | Change::Amount(_) => ruled.steps.push(step),
                    }
                }
            }
        }
        Ok(ruled)
    }

    /// Whether any rule is for the offer at all.
    #[must_use]
    pub fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// Why these and not the others: those that are for the offer in their order, then the others. Made when asked for, from the verdicts
    /// kept; a rule that is for the offer and has none is for other products.
    ///
    /// Rules that are for all customers of their units are everybody's there. What is agreed with another customer is told only where
    /// `may_read` says that the reader sees that rule.
    #[must_use]
    pub fn why(&self, ruled: &RuledLine, may_read: impl Fn(&PriceRule) -> bool) -> Why {
        let held = ruled.verdicts.iter().filter(|(_, verdict)| verdict.is_none()).count();
        let mut why = Why::new("price.rules").fact("held", held);
        let told = |place: usize, reason: Option<NotHeld>| {
            let secret = reason == Some(NotHeld::OtherCustomer);
            let rule = self.rules.rule(place).filter(|rule| !secret || may_read(rule))?;
            let told = named(reason.map_or("price_rule.held", NotHeld::reason), rule);
            let asked = matches!(reason, None | Some(NotHeld::Condition));
            let condition = self.conditions.iter().find(|(of, _)| *of == place && asked);
            Some(match condition {
                Some((_, condition)) => told.because(condition.clone()),
                None => told,
            })
        };
        let mut verdicts = ruled.verdicts.iter().peekable();
        for place in self.held.in_order() {
            let verdict = verdicts.next_if(|(of, _)| *of == place);
            let verdict = verdict.map_or(Some(NotHeld::OtherProduct), |(_, verdict)| *verdict);
            why.because.extend(told(place, verdict));
        }
        for place in self.rules.given() {
            if let Some(State::Not(reason)) = self.states.get(*place) {
                why.because.extend(told(*place, Some(*reason)));
            }
        }
        why
    }

    /// Why a rule is not for a line that it may be for by the products it names.
    fn not_of(&self, place: usize, demand: &Demand, line: &LineFacts<'_>) -> Option<NotHeld> {
        let of_kind = demand.product_kind.is_none_or(|kind| kind == line.product.kind);
        // A rule that names a product and a line was found by its product.
        let of_line = !demand.names_both
            || self.rules.rule(place).is_some_and(|rule| rule.product_line == line.product.line);
        if !of_kind || !of_line {
            return Some(NotHeld::OtherProduct);
        }
        if demand.least_quantity.is_some_and(|least| is_more(least, line.quantity)) {
            return Some(NotHeld::QuantityTooSmall);
        }
        let currency = line.unit_list.currency();
        let foreign = |of: &Option<Currency>| of.is_some_and(|of| of != currency);
        demand.currencies.iter().any(foreign).then_some(NotHeld::OtherCurrency)
    }

    /// The change of a rule that hangs on the line.
    fn change(
        &self,
        place: usize,
        lines: &[LineFacts<'_>],
        index: usize,
    ) -> Result<Result<Change, NotHeld>, PricingError> {
        let (Some(rule), Some(line)) = (self.rules.rule(place), lines.get(index)) else {
            return Ok(Err(NotHeld::NoEffect));
        };
        let currency = line.unit_list.currency();
        if let Some(id) = rule.schedule {
            let Some((schedule, tiers)) =
                self.rules.schedules().iter().find(|(schedule, _)| schedule.id == id)
            else {
                return Ok(Err(NotHeld::NoEffect));
            };
            if !schedule.holds_on(self.day) {
                return Ok(Err(NotHeld::NotValid));
            }
            let counted = self.counted(schedule, lines, index, line);
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
                let place = Place::Item(index, "unit_list");
                let change = price.amount().checked_sub(line.unit_list.amount());
                let change = change.ok_or(PricingError::Overflow { place })?;
                if change.is_zero() {
                    Err(NotHeld::NoEffect)
                } else {
                    Ok(Change::Amount(Money::new(change, currency)))
                }
            }
            _ => Err(NotHeld::NoEffect),
        })
    }

    /// What a schedule counts for the line at `index`. The lines of a group take their units one after the other, in the order of the
    /// offer, so that no unit is counted twice.
    fn counted(
        &self,
        schedule: &DiscountSchedule,
        lines: &[LineFacts<'_>],
        index: usize,
        line: &LineFacts<'_>,
    ) -> Counted {
        let counts = |other: &LineFacts<'_>| match schedule.scope {
            ScheduleScope::Line => false,
            ScheduleScope::Group | ScheduleScope::PastOrders => {
                same_group((other.product.id, other.product.line.as_deref()), line.product)
            }
            ScheduleScope::Document => other.product.kind == line.product.kind,
        };
        let sum = |lines: &[LineFacts<'_>]| {
            total(lines.iter().filter(|other| counts(other)).map(|other| other.quantity))
        };
        let past = if schedule.scope == ScheduleScope::PastOrders {
            self.past(schedule, line)
        } else {
            Decimal::ZERO
        };
        let before = total([past, sum(lines.get(..index).unwrap_or_default())]);
        let after = sum(lines.get(index + 1..).unwrap_or_default());
        Counted { before, all: total([before, line.quantity, after]) }
    }

    /// Units of the line's group the customer ordered before, in the period the schedule looks back.
    fn past(&self, schedule: &DiscountSchedule, line: &LineFacts<'_>) -> Decimal {
        let counts = |past: &&PastUnits| {
            same_group((past.product, past.line.as_deref()), line.product)
                && schedule.looks_back_to(past.day, self.day)
        };
        total(self.ordered_before.iter().filter(counts).map(|past| past.quantity))
    }
}

/// So many units in all, or the most there can be: what is too much is refused where the lines are priced.
fn total(quantities: impl IntoIterator<Item = Decimal>) -> Decimal {
    quantities.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)
}

/// Whether something is of the group of a product: of its line, or the same product where it has none.
fn same_group((id, line): (ProductId, Option<&str>), product: &Product) -> bool {
    match product.line.as_deref() {
        Some(group) => line == Some(group),
        None => id == product.id,
    }
}

/// How a rule changes a price.
enum Change {
    Percent(Decimal),
    Amount(Money),
    Line(Money),
}

impl Change {
    fn of(&self, rule: &PriceRule) -> StepChange {
        match *self {
            Self::Percent(percent) => {
                StepChange::Percent { percent, basis: rule.basis.unwrap_or(Basis::Running) }
            }
            Self::Amount(amount) => StepChange::Amount(amount),
            Self::Line(amount) => {
                StepChange::Amount(Money::new(Decimal::ZERO - amount.amount(), amount.currency()))
            }
        }
    }

    /// A hundred times what the customer gains on one of the line.
    fn gain(&self, line: &LineFacts<'_>) -> Decimal {
        match self {
            Self::Percent(percent) => percentage_gain(*percent, line),
            Self::Amount(amount) => hundredfold(-amount.amount()),
            Self::Line(amount) => {
                amount.amount().checked_div(line.quantity).map(hundredfold).unwrap_or_default()
            }
        }
    }
}

/// A hundred times what the customer gains by a change on one of the line, against the list price: it is only compared.
fn gain(change: &StepChange, line: &LineFacts<'_>) -> Decimal {
    match change {
        StepChange::Percent { percent, .. } => percentage_gain(*percent, line),
        StepChange::Amount(amount) => hundredfold(-amount.amount()),
    }
}

fn percentage_gain(percent: Decimal, line: &LineFacts<'_>) -> Decimal {
    line.unit_list.amount().checked_mul(-percent).unwrap_or_default()
}

fn hundredfold(amount: Decimal) -> Decimal {
    amount.checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default()
}

/// Whether one number is more than another: nearly all have as many decimals, where comparing them is comparing whole numbers.
fn is_more(left: Decimal, right: Decimal) -> bool {
    if left.scale() == right.scale() { left.mantissa() > right.mantissa() } else { left > right }
}

fn not_for(audience: &Audience, price_group: Option<usize>, facts: &OfferFacts<'_>) -> Option<NotHeld> {
    if audience.customer.is_some_and(|customer| customer != facts.customer) {
        return Some(NotHeld::OtherCustomer);
    }
    if audience.price_group.is_some() && audience.price_group != price_group {
        return Some(NotHeld::OtherGroup);
    }
    if audience.market.is_some() && audience.market.as_ref() != facts.market {
        return Some(NotHeld::OtherMarket);
    }
    let valid = audience.valid_from <= facts.day && audience.valid_to.is_none_or(|last| facts.day <= last);
    (!valid).then_some(NotHeld::NotValid)
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
