//! Commands on products, prices, taxes and sales methods: what others work with.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::catalogue::{Price, PriceList, Product, ProductKind, TaxRate};
use clientela_core::party::ActivityKind;
use clientela_core::sales::ForecastCategory;
use clientela_model::identifier::{Country, Currency};
use clientela_model::{DateRange, Money, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Adds a product to the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineProduct {
    /// Code, the same in the quoting tool.
    pub code: String,
    /// Name.
    pub name: String,
    /// What kind.
    pub kind: ProductKind,
    /// Product line.
    #[serde(default)]
    pub line: Option<String>,
    /// Category of tax, as UNCL 5305; S when not given.
    #[serde(default = "standard")]
    pub tax_category: String,
    /// First day on sale.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// Last day on sale.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

fn standard() -> String {
    "S".to_owned()
}

/// Adds a price list with its prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinePriceList {
    /// Code and version.
    pub code: String,
    /// Name.
    pub name: String,
    /// Currency of its prices.
    pub currency: Currency,
    /// Market it is for; any when not given.
    #[serde(default)]
    pub market: Option<Country>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// Its prices.
    pub prices: Vec<PriceLine>,
    /// Price group of customers it is for; all when not given.
    #[serde(default)]
    pub price_group: Option<String>,
    /// Whether its prices have the tax inside, as those for consumers do; they have not when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tax_included: bool,
    /// How its prices are made from another list, where it has none of its own.
    #[serde(default)]
    pub formula: Option<PriceFormula>,
}

/// How prices are made from those of another list: percent, amount, multiple, least margin, in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceFormula {
    /// Code of the other list.
    pub base_list: Key,
    /// Percent added; below nothing takes away.
    #[serde(default)]
    pub percent: Option<Decimal>,
    /// Amount added after the percent.
    #[serde(default)]
    pub amount: Option<Money>,
    /// The result is rounded to a multiple of this.
    #[serde(default)]
    pub round_to: Option<Money>,
    /// Least margin on the price in percent, where the cost is known.
    #[serde(default)]
    pub least_margin_percent: Option<Decimal>,
}

/// One price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceLine {
    /// Code of the product.
    pub product: Key,
    /// Price of one.
    pub amount: Money,
    /// From this quantity on; 1 when not given.
    #[serde(default)]
    pub from_quantity: Option<Decimal>,
    /// What one costs us.
    #[serde(default)]
    pub cost: Option<Money>,
}

/// Adds a tax rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineTaxRate {
    /// Country.
    pub country: Country,
    /// Category, as UNCL 5305.
    pub category: String,
    /// Percent.
    pub percent: Decimal,
    /// From this day on.
    pub valid_from: NaiveDate,
}

/// Adds a sales method with its stages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineSalesMethod {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Whether offers come from the configurator.
    pub with_configurator: bool,
    /// Its stages in order.
    pub stages: Vec<StageLine>,
    /// Code of the version it replaces, which new opportunities use no longer; `sales_method.move_over` takes the open ones along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Key>,
    /// The questionnaire by which its opportunities are assessed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessment: Vec<AssessmentLine>,
}

/// One question of a questionnaire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentLine {
    /// Code.
    pub code: String,
    /// The question.
    pub text: String,
    /// How much it weighs against the others.
    pub weight: u16,
    /// The answers with their points.
    pub answers: BTreeMap<String, u16>,
}

/// What is to be done when an opportunity comes to a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageActionLine {
    /// What kind of activity.
    pub kind: ActivityKind,
    /// What it is about, in one line.
    pub subject: String,
    /// For how many days later it is planned.
    #[serde(default)]
    pub after_days: u16,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageLine {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Probability of winning from here, in percent.
    pub probability: u16,
    /// Days an opportunity usually stays.
    #[serde(default)]
    pub expected_days: Option<u16>,
    /// What it counts as in a forecast; pipeline when not given.
    #[serde(default)]
    pub forecast: Option<ForecastCategory>,
    /// Condition to come in: a rule over `opportunity`, `customer` and `today`.
    #[serde(default)]
    pub entry_rule: Option<String>,
    /// Condition to go on from here, of the same kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_rule: Option<String>,
    /// Phase it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// What is to be done when an opportunity comes to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<StageActionLine>,
}

pub(super) fn bad(
    code: &'static str,
    what: &'static str,
    problem: &str,
    expected: &str,
    field: String,
) -> crate::Error {
    ValueError::new(code, what, problem, expected).at(field).into()
}

pub(super) fn define_product(door: &mut Door<'_, '_>, command: &DefineProduct) -> Result<Outcome> {
    door.unused::<Product>("code", &command.code)?;
    if let Some(first) = command.valid_from {
        DateRange::new(first, command.valid_to).map_err(|error| error.at("valid_to"))?;
    }
    let product = Product {
        id: door.new_id(),
        code: command.code.clone(),
        name: command.name.clone(),
        kind: command.kind,
        line: command.line.clone(),
        tax_category: command.tax_category.clone(),
        valid_from: command.valid_from,
        valid_to: command.valid_to,
    };
    door.create(&product)?;
    Ok(Outcome::of(&product, Some(&product.code), Why::new("product.defined").fact("kind", product.kind)))
}

pub(super) fn define_price_list(door: &mut Door<'_, '_>, command: &DefinePriceList) -> Result<Outcome> {
    door.unused::<PriceList>("code", &command.code)?;
    DateRange::new(command.valid_from, command.valid_to).map_err(|error| error.at("valid_to"))?;
    let formula = command.formula.as_ref();
    let base = formula.map(|formula| door.resolve::<PriceList>(&formula.base_list)).transpose()?;
    let list = PriceList {
        id: door.new_id(),
        code: command.code.clone(),
        name: command.name.clone(),
        currency: command.currency,
        market: command.market,
        valid_from: command.valid_from,
        valid_to: command.valid_to,
        price_group: command.price_group.clone(),
        base_list: base.as_ref().map(|base| base.record.id),
        formula_percent: formula.and_then(|formula| formula.percent),
        formula_amount: formula.and_then(|formula| formula.amount),
        formula_step: formula.and_then(|formula| formula.round_to),
        least_margin_percent: formula.and_then(|formula| formula.least_margin_percent),
        tax_included: command.tax_included.then_some(true),
    };
    if let Some(base) = base.filter(|base| base.record.tax_included != list.tax_included) {
        return Err(bad(
            "price_list.tax_included",
            "tax_included",
            "is not as in the list its prices are made from",
            if base.record.tax_included == Some(true) {
                "true, as in the other list"
            } else {
                "false, as in the other list"
            },
            "tax_included".to_owned(),
        ));
    }
    if command.tax_included && list.least_margin_percent.is_some() {
        return Err(bad(
            "price_list.margin_with_tax",
            "least margin",
            "is of a list whose prices have the tax inside, which no margin has",
            "none, or a list without tax",
            "formula.least_margin_percent".to_owned(),
        ));
    }
    door.create(&list)?;
    for (index, line) in command.prices.iter().enumerate() {
        let product = door.resolve::<Product>(&line.product)?;
        let foreign = |money: &Money| money.currency() != command.currency;
        if foreign(&line.amount) || line.cost.as_ref().is_some_and(foreign) {
            let field = format!("prices[{index}].amount");
            return Err(bad(
                "price.list_currency",
                "price",
                "is not in the list's currency",
                "the currency of the list",
                field,
            ));
        }
        if line.amount.is_negative() {
            let field = format!("prices[{index}].amount");
            return Err(bad(
                "price.negative",
                "price",
                "is below nothing",
                "a price of nothing or more",
                field,
            ));
        }
        door.create(&Price {
            id: door.new_id(),
            price_list: list.id,
            product: product.record.id,
            from_quantity: line.from_quantity.unwrap_or(Decimal::ONE),
            amount: line.amount,
            cost: line.cost,
        })?;
    }
    let why = Why::new("price_list.defined")
        .fact("prices", command.prices.len())
        .fact("valid_from", list.valid_from);
    Ok(Outcome::of(&list, Some(&list.code), why))
}

pub(super) fn define_tax_rate(door: &mut Door<'_, '_>, command: &DefineTaxRate) -> Result<Outcome> {
    if command.percent.is_sign_negative() || command.percent > Decimal::ONE_HUNDRED {
        return Err(bad(
            "tax_rate.range",
            "tax rate",
            "is out of range",
            "0 to 100 percent",
            "percent".to_owned(),
        ));
    }
    let rate = TaxRate {
        id: door.new_id(),
        country: command.country,
        category: command.category.clone(),
        percent: command.percent,
        valid_from: command.valid_from,
    };
    door.create(&rate)?;
    let why = Why::new("tax_rate.defined").fact("percent", rate.percent).fact("valid_from", rate.valid_from);
    Ok(Outcome::of(&rate, None, why))
}
