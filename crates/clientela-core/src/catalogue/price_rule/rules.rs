//! Rules read once.

use super::PriceRule;
use super::places::Places;
use crate::catalogue::schedule::DiscountSchedule;
use crate::catalogue::{Product, ProductKind};
use crate::ids::{CustomerId, ProductId, UnitId};
use crate::sales::Basis;
use crate::sales::waterfall::{StepChange, StepInput, Tier};
use chrono::NaiveDate;
use clientela_model::Money;
use clientela_model::identifier::{Country, Currency};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// The rules of a network, read once for many offers: in the order they take effect, and by the products they are for.
///
/// Every offer asks every rule. What it asks stands close together, apart from the rules' texts.
#[derive(Debug, Clone, Default)]
pub struct PriceRules {
    /// In the order of their sequence, then of their code.
    rules: Vec<PriceRule>,
    /// By place of the rule: which offers it is for.
    audiences: Vec<Audience>,
    /// By place of the rule: what it asks of a line.
    demands: Vec<Demand>,
    /// By place of the rule: the step it makes; its change is that of the rule where the demand is [`Demand::fixed`].
    steps: Vec<StepInput>,
    /// Places of the rules in the order they were given.
    given: Vec<usize>,
    /// Price groups that rules are for.
    price_groups: Vec<String>,
    /// How many exclusive groups there are.
    exclusive_groups: usize,
    /// Those that name neither a product nor a line.
    of_all: Places,
    of_product: HashMap<ProductId, Places>,
    of_line: HashMap<String, Places>,
    nowhere: Places,
    schedules: Vec<(DiscountSchedule, Vec<Tier>)>,
}

/// Which offers a rule is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audience {
    pub(super) unit: UnitId,
    pub(super) customer: Option<CustomerId>,
    /// Place among the price groups that rules are for.
    pub(super) price_group: Option<usize>,
    pub(super) market: Option<Country>,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) conditional: bool,
}

/// What a rule asks of a line, beside the product or line it was found by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    pub(super) least_quantity: Option<Decimal>,
    pub(super) product_kind: Option<ProductKind>,
    /// Whether it names a product and a line: it is found by the product.
    pub(super) names_both: bool,
    /// Whether it changes every price alike: by a percentage or by an amount.
    pub(super) fixed: bool,
    /// Currencies of its amount and of its fixed price.
    pub(super) currencies: [Option<Currency>; 2],
    /// Number of its exclusive group.
    pub(super) exclusive_group: Option<usize>,
}

impl Demand {
    fn new(rule: &PriceRule, exclusive_group: Option<usize>, fixed: bool) -> Self {
        Self {
            least_quantity: rule.least_quantity,
            product_kind: rule.product_kind,
            names_both: rule.product.is_some() && rule.product_line.is_some(),
            fixed,
            currencies: [rule.amount, rule.fixed_price].map(|amount| amount.map(Money::currency)),
            exclusive_group,
        }
    }
}

/// The change of a rule that changes every price alike.
fn fixed_change(rule: &PriceRule) -> Option<StepChange> {
    let plain = rule.schedule.is_none();
    match (rule.percent, rule.amount) {
        (Some(percent), _) if plain && !percent.is_zero() => {
            Some(StepChange::Percent { percent, basis: rule.basis.unwrap_or(Basis::Running) })
        }
        (_, Some(amount)) if plain && !amount.is_zero() => Some(StepChange::Amount(amount)),
        _ => None,
    }
}

impl PriceRules {
    /// Of these rules and schedules, each with its tiers.
    #[must_use]
    pub fn new(rules: Vec<PriceRule>, schedules: Vec<(DiscountSchedule, Vec<Tier>)>) -> Self {
        let count = rules.len();
        let mut ordered: Vec<(usize, PriceRule)> = rules.into_iter().enumerate().collect();
        ordered.sort_by(|(_, left), (_, right)| {
            left.sequence.cmp(&right.sequence).then_with(|| left.code.cmp(&right.code))
        });
        let none = Places::none_of(count);
        let mut made = Self {
            given: vec![0; count],
            of_all: none.clone(),
            nowhere: none.clone(),
            schedules,
            ..Self::default()
        };
        let mut exclusive_groups = Vec::new();
        for (place, (given, rule)) in ordered.into_iter().enumerate() {
            if let Some(of_given) = made.given.get_mut(given) {
                *of_given = place;
            }
            let found_by = match (rule.product, &rule.product_line) {
                (Some(product), _) => made.of_product.entry(product).or_insert_with(|| none.clone()),
                (None, Some(line)) => made.of_line.entry(line.clone()).or_insert_with(|| none.clone()),
                (None, None) => &mut made.of_all,
            };
            found_by.add(place);
            made.put(rule, &mut exclusive_groups);
        }
        made.exclusive_groups = exclusive_groups.len();
        made
    }

    fn put(&mut self, rule: PriceRule, exclusive_groups: &mut Vec<String>) {
        let change = fixed_change(&rule);
        let group = rule.exclusive_group.as_ref().map(|group| number_of(exclusive_groups, group));
        self.demands.push(Demand::new(&rule, group, change.is_some()));
        self.audiences.push(Audience {
            unit: rule.unit,
            customer: rule.customer,
            price_group: rule.price_group.as_ref().map(|group| number_of(&mut self.price_groups, group)),
            market: rule.market,
            valid_from: rule.valid_from,
            valid_to: rule.valid_to,
            conditional: rule.condition.is_some(),
        });
        let nothing = StepChange::Percent { percent: Decimal::ZERO, basis: Basis::Running };
        self.steps.push(StepInput {
            kind: rule.kind,
            code: (&rule.code).into(),
            change: change.unwrap_or(nothing),
            authority: rule.authority,
            label: Some((&rule.name).into()),
        });
        self.rules.push(rule);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The schedules, each with its tiers.
    #[must_use]
    pub fn schedules(&self) -> &[(DiscountSchedule, Vec<Tier>)] {
        &self.schedules
    }

    pub(super) fn rule(&self, place: usize) -> Option<&PriceRule> {
        self.rules.get(place)
    }

    pub(super) fn audiences(&self) -> &[Audience] {
        &self.audiences
    }

    /// What a rule asks of a line, and the step it makes.
    pub(super) fn demand(&self, place: usize) -> Option<(&Demand, &StepInput)> {
        self.demands.get(place).zip(self.steps.get(place))
    }

    /// Places of the rules in the order they were given.
    pub(super) fn given(&self) -> &[usize] {
        &self.given
    }

    /// Place of a price group among those that rules are for; none if no rule is for it.
    pub(super) fn price_group(&self, group: Option<&str>) -> Option<usize> {
        self.price_groups.iter().position(|known| Some(known.as_str()) == group)
    }

    pub(super) fn exclusive_groups(&self) -> usize {
        self.exclusive_groups
    }

    /// Those of these rules that may be for a product: that name it, its line, or neither.
    pub(super) fn for_product(&self, held: &Places, product: &Product) -> Places {
        let of_line = product.line.as_ref().and_then(|line| self.of_line.get(line));
        let of_product = self.of_product.get(&product.id);
        held.among([&self.of_all, of_line.unwrap_or(&self.nowhere), of_product.unwrap_or(&self.nowhere)])
    }
}

/// The place of a name among those known, where it is put if it is new.
fn number_of(known: &mut Vec<String>, name: &String) -> usize {
    known.iter().position(|other| other == name).unwrap_or_else(|| {
        known.push(name.clone());
        known.len() - 1
    })
}
