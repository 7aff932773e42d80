//! Commands on what prices are made of: rules, schedules, exchange rates, exemptions.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::catalogue::{
    DiscountSchedule, ExchangeRate, PriceRule, Product, ProductKind, ScheduleKind, ScheduleScope,
    ScheduleTier, TaxExemption,
};
use clientela_core::organisation::{Unit, Verb};
use clientela_core::party::Relationship;
use clientela_core::sales::waterfall::{Tier, range_percent};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_model::identifier::{Country, Currency};
use clientela_model::{DateRange, Money, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Adds a price rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinePriceRule {
    /// Code; it stands at the step.
    pub code: String,
    /// Name; it stands on the offer.
    pub name: String,
    /// The unit whose offers, and those of the units below, it is for; the acting one when not given.
    #[serde(default)]
    pub unit: Option<Key>,
    /// What kind of step it makes: campaign, segment, contract, volume, fleet, dealer_margin, surcharge.
    pub kind: PriceStepKind,
    /// Its place among the rules; smaller ones take effect first. 100 when not given.
    #[serde(default)]
    pub sequence: Option<u32>,
    /// The customer it is for, by contract.
    #[serde(default)]
    pub customer: Option<Key>,
    /// The price group it is for.
    #[serde(default)]
    pub price_group: Option<String>,
    /// The market it is for.
    #[serde(default)]
    pub market: Option<Country>,
    /// Code of the product it is for.
    #[serde(default)]
    pub product: Option<Key>,
    /// The product line it is for.
    #[serde(default)]
    pub product_line: Option<String>,
    /// The kind of product it is for.
    #[serde(default)]
    pub product_kind: Option<ProductKind>,
    /// From this quantity of the line on.
    #[serde(default)]
    pub least_quantity: Option<Decimal>,
    /// A condition over `opportunity`, `customer` and `today`, in the rule language.
    #[serde(default)]
    pub condition: Option<String>,
    /// Percent added; below nothing takes away.
    #[serde(default)]
    pub percent: Option<Decimal>,
    /// Amount added to the price of one; below nothing takes away.
    #[serde(default)]
    pub amount: Option<Money>,
    /// The price of one with its options, whatever the list says.
    #[serde(default)]
    pub fixed_price: Option<Money>,
    /// Code of a quantity schedule.
    #[serde(default)]
    pub schedule: Option<Key>,
    /// What the percent is of; of what is left, when not given.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// Whose money it is; nobody's, when not given.
    #[serde(default)]
    pub authority: Option<Authority>,
    /// Rules of one group do not add up.
    #[serde(default)]
    pub exclusive_group: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

/// Adds a quantity schedule with its tiers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineDiscountSchedule {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// How its tiers are read.
    pub kind: ScheduleKind,
    /// Which quantity counts.
    pub scope: ScheduleScope,
    /// Rate in percent, for compound schedules.
    #[serde(default)]
    pub rate_percent: Option<Decimal>,
    /// Its tiers, for the others.
    #[serde(default)]
    pub tiers: Vec<TierLine>,
    /// How many months back past orders count, where they do; all of them when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past_months: Option<u16>,
}

/// A tier of a schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierLine {
    /// From this quantity on.
    pub from: Decimal,
    /// Percent taken away.
    pub percent: Decimal,
}

/// Adds a dated exchange rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineExchangeRate {
    /// From this currency.
    pub from: Currency,
    /// To this one.
    pub to: Currency,
    /// Units of the second for one of the first.
    pub rate: Decimal,
    /// From this day on.
    pub since: NaiveDate,
}

/// Records a customer's exemption from the standard tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordTaxExemption {
    /// The customer.
    pub customer: Key,
    /// The category instead, as UNCL 5305: E, AE, K, G, O or Z.
    pub category: String,
    /// The reason that must stand on the document.
    pub reason: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

fn bad(
    code: &'static str,
    what: &'static str,
    problem: &str,
    expected: &str,
    field: &'static str,
) -> crate::Error {
    ValueError::new(code, what, problem, expected).at(field).into()
}

pub(super) fn define_rule(door: &mut Door<'_, '_>, command: &DefinePriceRule) -> Result<Outcome> {
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    // A rule is nobody's own affair: it prices the offers of everybody in the unit and below, and no approval asks after it.
    door.allow_in_unit::<PriceRule>(Verb::Create, unit)?;
    door.unused_at_dealer::<PriceRule>("code", &command.code, unit)?;
    DateRange::new(command.valid_from, command.valid_to).map_err(|error| error.at("valid_to"))?;
    if !command.kind.is_given()
        || command.kind == PriceStepKind::Manual
        || command.kind == PriceStepKind::TradeIn
    {
        let kinds = "campaign, segment, contract, volume, fleet, dealer_margin or surcharge";
        return Err(bad("price_rule.kind", "kind of a price rule", "is not one a rule makes", kinds, "kind"));
    }
    let changes = [
        command.percent.is_some(),
        command.amount.is_some(),
        command.fixed_price.is_some(),
        command.schedule.is_some(),
    ];
    if changes.into_iter().filter(|given| *given).count() != 1 {
        let expected = "one of percent, amount, fixed_price and schedule";
        return Err(bad(
            "price_rule.change",
            "change of a price rule",
            "is missing or given twice",
            expected,
            "percent",
        ));
    }
    if command.percent.is_some_and(|percent| percent < -Decimal::ONE_HUNDRED) {
        return Err(bad(
            "price_rule.percent",
            "percent",
            "takes away more than all",
            "-100 or more",
            "percent",
        ));
    }
    if let Some(condition) = &command.condition {
        crate::rules::stage::check_opportunity_rule(door, condition)?;
    }
    let customer = command.customer.as_deref().map(|key| door.resolve::<Relationship>(key)).transpose()?;
    let product = command.product.as_deref().map(|key| door.resolve::<Product>(key)).transpose()?;
    let schedule =
        command.schedule.as_deref().map(|key| door.resolve::<DiscountSchedule>(key)).transpose()?;
    let rule = PriceRule {
        id: door.new_id(),
        code: command.code.clone(),
        name: command.name.clone(),
        owner: door.actor().position,
        unit,
        kind: command.kind,
        sequence: command.sequence.unwrap_or(100),
        customer: customer.map(|customer| customer.record.id),
        price_group: command.price_group.clone(),
        market: command.market,
        product: product.map(|product| product.record.id),
        product_line: command.product_line.clone(),
        product_kind: command.product_kind,
        least_quantity: command.least_quantity,
        condition: command.condition.clone(),
        percent: command.percent,
        amount: command.amount,
        fixed_price: command.fixed_price,
        schedule: schedule.map(|schedule| schedule.record.id),
        basis: command.basis,
        authority: command.authority.unwrap_or(Authority::None),
        exclusive_group: command.exclusive_group.clone(),
        valid_from: command.valid_from,
        valid_to: command.valid_to,
    };
    door.create(&rule)?;
    let why = Why::new("price_rule.defined").fact("kind", rule.kind).fact("sequence", rule.sequence);
    Ok(Outcome::of(&rule, Some(&rule.code), why))
}

pub(super) fn define_schedule(door: &mut Door<'_, '_>, command: &DefineDiscountSchedule) -> Result<Outcome> {
    door.unused::<DiscountSchedule>("code", &command.code)?;
    let tiers: Vec<Tier> =
        command.tiers.iter().map(|tier| Tier { from: tier.from, percent: tier.percent }).collect();
    range_percent(&tiers, Decimal::ONE)?;
    let compound = command.kind == ScheduleKind::Compound;
    if compound != tiers.is_empty() || compound != command.rate_percent.is_some() {
        let expected = "tiers for range and slab, rate_percent for compound";
        return Err(bad("discount_schedule.kind", "schedule", "does not fit its kind", expected, "kind"));
    }
    if command.past_months.is_some_and(|months| months == 0 || command.scope != ScheduleScope::PastOrders) {
        let expected = "one month or more, of a schedule that counts past orders";
        let problem = "is nothing or of no use";
        return Err(bad(
            "discount_schedule.past_months",
            "period of past orders",
            problem,
            expected,
            "past_months",
        ));
    }
    let schedule = DiscountSchedule {
        id: door.new_id(),
        code: command.code.clone(),
        name: command.name.clone(),
        kind: command.kind,
        scope: command.scope,
        rate_percent: command.rate_percent,
        past_months: command.past_months,
        valid_to: None,
    };
    door.create(&schedule)?;
    for tier in &tiers {
        door.create(&ScheduleTier {
            id: door.new_id(),
            schedule: schedule.id,
            from_quantity: tier.from,
            percent: tier.percent,
        })?;
    }
    let why = Why::new("discount_schedule.defined").fact("kind", schedule.kind).fact("tiers", tiers.len());
    Ok(Outcome::of(&schedule, Some(&schedule.code), why))
}

pub(super) fn define_exchange_rate(door: &mut Door<'_, '_>, command: &DefineExchangeRate) -> Result<Outcome> {
    if command.rate <= Decimal::ZERO || command.from == command.to {
        let expected = "a number above zero between two currencies";
        return Err(bad("exchange_rate.range", "exchange rate", "is not possible", expected, "rate"));
    }
    let rate = ExchangeRate {
        id: door.new_id(),
        from: command.from,
        to: command.to,
        rate: command.rate,
        since: command.since,
    };
    door.create(&rate)?;
    Ok(Outcome::of(
        &rate,
        None,
        Why::new("exchange_rate.defined").fact("rate", rate.rate).fact("since", rate.since),
    ))
}

pub(super) fn record_exemption(door: &mut Door<'_, '_>, command: &RecordTaxExemption) -> Result<Outcome> {
    let customer = door.resolve::<Relationship>(&command.customer)?.record;
    if !matches!(command.category.as_str(), "E" | "AE" | "K" | "G" | "O" | "Z") {
        let expected = "E, AE, K, G, O or Z";
        return Err(bad(
            "tax_exemption.category",
            "category",
            "is not one without tax",
            expected,
            "category",
        ));
    }
    DateRange::new(command.valid_from, command.valid_to).map_err(|error| error.at("valid_to"))?;
    let exemption = TaxExemption {
        id: door.new_id(),
        customer: customer.id,
        category: command.category.clone(),
        reason: command.reason.clone(),
        valid_from: command.valid_from,
        valid_to: command.valid_to,
    };
    door.create(&exemption)?;
    let why = Why::new("tax_exemption.recorded").fact("category", &exemption.category);
    Ok(Outcome::of(&exemption, None, why))
}
