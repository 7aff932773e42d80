//! What a price is computed from: plain values, in the order they take effect.

use crate::catalogue::ProductKind;
use crate::ids::{CatalogueVersionId, PriceListId, ProductId};
use crate::sales::{Authority, Basis, PriceStepKind};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, RoundingPolicy, ShortText};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The commercial content of one version of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferInput {
    /// Currency of every amount below.
    pub currency: Currency,
    /// Where it rounds.
    pub rounding: RoundingPolicy,
    /// Day whose prices and taxes hold.
    pub price_date: NaiveDate,
    /// What is offered.
    pub items: Vec<ItemInput>,
    /// What is settled after tax, such as a trade-in. Not a discount.
    #[serde(default)]
    pub settlements: Vec<SettlementInput>,
}

/// One line of an offer: n identical things.
///
/// An allowance or charge on a whole line, or on the whole offer, is an item of its own with quantity one, a list price
/// of nothing and one step; that of a line names the line as its parent. See [`ItemInput::adjustment`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemInput {
    /// Place on the offer, such as 1 or 1.2; unique.
    pub line: ShortText,
    /// Place of the item it goes with, when it has a price of its own but belongs to one.
    pub parent_line: Option<ShortText>,
    /// What kind.
    pub kind: ProductKind,
    /// The product of our catalogue, when known.
    pub product: Option<ProductId>,
    /// Product code.
    pub code: ShortText,
    /// What stands on the offer.
    pub label: Option<ShortText>,
    /// How many; below nothing when something is taken back.
    pub quantity: Decimal,
    /// The prices are for so many: 12 for a price by the dozen. Empty for one.
    #[serde(default)]
    pub base_quantity: Option<Decimal>,
    /// List price of one, without options.
    pub unit_list: Money,
    /// What is inside its price.
    #[serde(default)]
    pub options: Vec<OptionInput>,
    /// Discounts and surcharges, in the order they take effect.
    #[serde(default)]
    pub steps: Vec<StepInput>,
    /// Tax category, as UNCL 5305.
    pub tax_category: ShortText,
    /// Tax rate in percent.
    pub tax_percent: Decimal,
    /// Term in months, for contracts.
    #[serde(default)]
    pub term_months: Option<u16>,
    /// Why no tax is due, as it must stand on the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<ShortText>,
    /// Kilometres a year, for contracts that cover so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mileage: Option<u32>,
    /// What one costs us, without options.
    #[serde(default)]
    pub unit_cost: Option<Money>,
    /// Where its list price is from.
    #[serde(default, skip_serializing_if = "PriceOrigin::is_unknown")]
    pub origin: PriceOrigin,
    /// Whether list price, options and steps have the tax inside, as prices for consumers do.
    #[serde(default)]
    pub tax_included: bool,
    /// Taxes of other kinds on the same taxable amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_taxes: Vec<FurtherTax>,
}

/// Where a list price and the choice of its product are from. It is no part of what an offer says, and of no fingerprint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceOrigin {
    /// The price list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_list: Option<PriceListId>,
    /// The version of the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<CatalogueVersionId>,
}

impl PriceOrigin {
    /// Whether neither is known.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.price_list.is_none() && self.catalogue.is_none()
    }
}

/// What a further tax does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum FurtherTaxKind {
    /// Added to the tax, such as the Spanish equivalence surcharge.
    Surcharge,
    /// Held back by the buyer and paid for us, such as the Italian and Spanish income tax at source: lowers what is to be paid.
    Withholding,
}

/// A tax beside the tax of the category, on the same taxable amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherTax {
    /// What it does.
    pub kind: FurtherTaxKind,
    /// Its name, such as IRPF.
    pub code: String,
    /// Percent of the taxable amount.
    pub percent: Decimal,
}

/// An option whose price is inside that of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptionInput {
    /// Place on the offer, such as 1.1; unique.
    pub line: ShortText,
    /// What kind.
    pub kind: ProductKind,
    /// The product of our catalogue, when known.
    pub product: Option<ProductId>,
    /// Product code.
    pub code: ShortText,
    /// What stands on the offer.
    pub label: Option<ShortText>,
    /// How many in one of the item.
    pub quantity: Decimal,
    /// List price of one; nothing when a package contains it.
    pub unit_list: Money,
    /// What one costs us.
    #[serde(default)]
    pub unit_cost: Option<Money>,
    /// Where its list price is from.
    #[serde(default, skip_serializing_if = "PriceOrigin::is_unknown")]
    pub origin: PriceOrigin,
}

/// One discount or surcharge, per unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepInput {
    /// What it is. List, options, rounding, tax and settlement are computed and may not be given.
    pub kind: PriceStepKind,
    /// Code, such as that of the campaign.
    pub code: ShortText,
    /// How it changes the price.
    pub change: StepChange,
    /// Who is responsible.
    pub authority: Authority,
    /// Why, for people.
    pub label: Option<ShortText>,
}

/// How a step changes a price: above nothing adds to it, below takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    /// So many percent: −4 takes four percent away.
    Percent {
        /// Percent.
        percent: Decimal,
        /// Of what.
        basis: Basis,
    },
    /// So much per unit: −2000.00 takes two thousand away.
    Amount(Money),
}

/// What is settled otherwise than by payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum SettlementKind {
    /// A vehicle we take in payment.
    TradeIn,
    /// Paid on signing.
    Deposit,
    /// Paid by somebody else.
    Subsidy,
    /// Already paid.
    Prepaid,
    /// Rounding of what is to be paid, to whole units for one; below nothing when more is to be paid.
    Rounding,
}

/// One settlement after tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettlementInput {
    /// What it is.
    pub kind: SettlementKind,
    /// Reference, such as that of the vehicle taken in.
    pub code: String,
    /// What stands on the offer.
    pub label: Option<String>,
    /// What is taken off what is to be paid.
    pub amount: Money,
    /// For a vehicle taken in: what it is worth. What is given above that is a hidden discount and lowers the margin.
    #[serde(default)]
    pub appraised: Option<Money>,
}

impl StepInput {
    /// A discount of so many percent, given as a number above zero.
    #[must_use]
    pub fn percent_off(
        kind: PriceStepKind,
        code: impl Into<ShortText>,
        percent: Decimal,
        basis: Basis,
        authority: Authority,
    ) -> Self {
        let change = StepChange::Percent { percent: -percent, basis };
        Self { kind, code: code.into(), change, authority, label: None }
    }

    /// A discount of so much per unit, given as an amount above zero.
    #[must_use]
    pub fn amount_off(
        kind: PriceStepKind,
        code: impl Into<ShortText>,
        amount: Money,
        authority: Authority,
    ) -> Self {
        let change = StepChange::Amount(Money::new(-amount.amount(), amount.currency()));
        Self { kind, code: code.into(), change, authority, label: None }
    }

    /// The same step with words for people.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<ShortText>) -> Self {
        self.label = Some(label.into());
        self
    }
}

impl ItemInput {
    /// A plain item without options and steps.
    #[must_use]
    pub fn new(
        line: impl Into<ShortText>,
        kind: ProductKind,
        code: impl Into<ShortText>,
        quantity: Decimal,
        unit_list: Money,
        tax: (&str, Decimal),
    ) -> Self {
        Self {
            line: line.into(),
            parent_line: None,
            kind,
            product: None,
            code: code.into(),
            label: None,
            quantity,
            base_quantity: None,
            unit_list,
            options: Vec::new(),
            steps: Vec::new(),
            tax_category: tax.0.into(),
            tax_percent: tax.1,
            term_months: None,
            exemption_reason: None,
            mileage: None,
            unit_cost: None,
            origin: PriceOrigin::default(),
            tax_included: false,
            further_taxes: Vec::new(),
        }
    }

    /// What one costs us with its options; none unless all of it is known.
    #[must_use]
    pub fn cost_of_one(&self) -> Option<Money> {
        self.options.iter().try_fold(self.unit_cost?, |sum, option| {
            sum.checked_add(option.unit_cost?.checked_mul(option.quantity).ok()?).ok()
        })
    }

    /// Whether it is an allowance or charge on others, with a price only by its step. See [`adjustment`](Self::adjustment).
    #[must_use]
    pub fn is_adjustment(&self) -> bool {
        self.unit_list.is_zero()
            && self.options.is_empty()
            && self.quantity == Decimal::ONE
            && self.product.is_none()
            && !self.steps.is_empty()
    }

    /// An allowance or charge on a whole line (its parent) or on the whole offer, as an item of its own: quantity one,
    /// list price nothing, one step. It costs us nothing beyond itself.
    #[must_use]
    pub fn adjustment(
        line: impl Into<ShortText>,
        parent_line: Option<ShortText>,
        kind: ProductKind,
        step: StepInput,
        currency: Currency,
        tax: (&str, Decimal),
    ) -> Self {
        let mut item = Self::new(line, kind, step.code.clone(), Decimal::ONE, Money::zero(currency), tax);
        item.parent_line = parent_line;
        item.label.clone_from(&step.label);
        item.steps.push(step);
        item.unit_cost = Some(Money::zero(currency));
        item
    }
}

impl OptionInput {
    /// One option of this price.
    #[must_use]
    pub fn new(line: impl Into<ShortText>, code: impl Into<ShortText>, unit_list: Money) -> Self {
        Self {
            line: line.into(),
            kind: ProductKind::Option,
            product: None,
            code: code.into(),
            label: None,
            quantity: Decimal::ONE,
            unit_list,
            unit_cost: None,
            origin: PriceOrigin::default(),
        }
    }
}

impl SettlementInput {
    /// A settlement of this amount.
    #[must_use]
    pub fn new(kind: SettlementKind, code: impl Into<String>, amount: Money) -> Self {
        Self { kind, code: code.into(), label: None, amount, appraised: None }
    }
}
