//! Rules read once.

use super::PriceRule;
use crate::catalogue::Product;
use crate::catalogue::schedule::DiscountSchedule;
use crate::ids::ProductId;
use crate::sales::Basis;
use crate::sales::waterfall::{StepChange, StepInput, Tier};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// The rules of a network, read once for many offers: in the order they take effect, and by the products they are for.
#[derive(Debug, Clone, Default)]
pub struct PriceRules {
    /// In the order of their sequence, then of their code.
    rules: Vec<Prepared>,
    /// Places of the rules in the order they were given.
    given: Vec<usize>,
    /// Places of those that name neither a product nor a line.
    of_all: Vec<usize>,
    of_product: HashMap<ProductId, Vec<usize>>,
    of_line: HashMap<String, Vec<usize>>,
    schedules: Vec<(DiscountSchedule, Vec<Tier>)>,
}

/// A rule with what can be said of it without a line.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) rule: PriceRule,
    /// The step it makes; its change is the one of the rule where it is [`Self::fixed`].
    pub(super) step: StepInput,
    /// Whether it changes every price alike: by a percentage or by an amount.
    pub(super) fixed: bool,
    /// Number of its exclusive group.
    pub(super) group: Option<usize>,
}

impl Prepared {
    fn new(rule: PriceRule, group: Option<usize>) -> Self {
        let plain = rule.schedule.is_none();
        let change = match (rule.percent, rule.amount) {
            (Some(percent), _) if plain && !percent.is_zero() => {
                Some(StepChange::Percent { percent, basis: rule.basis.unwrap_or(Basis::Running) })
            }
            (_, Some(amount)) if plain && !amount.is_zero() => Some(StepChange::Amount(amount)),
            _ => None,
        };
        let nothing = StepChange::Percent { percent: Decimal::ZERO, basis: Basis::Running };
        let step = StepInput {
            kind: rule.kind,
            code: (&rule.code).into(),
            change: change.unwrap_or(nothing),
            authority: rule.authority,
            label: Some((&rule.name).into()),
        };
        Self { rule, step, fixed: change.is_some(), group }
    }
}

impl PriceRules {
    /// Of these rules and schedules, each with its tiers.
    #[must_use]
    pub fn new(rules: Vec<PriceRule>, schedules: Vec<(DiscountSchedule, Vec<Tier>)>) -> Self {
        let mut ordered: Vec<(usize, PriceRule)> = rules.into_iter().enumerate().collect();
        ordered.sort_by(|(_, left), (_, right)| {
            left.sequence.cmp(&right.sequence).then_with(|| left.code.cmp(&right.code))
        });
        let mut made = Self { given: vec![0; ordered.len()], schedules, ..Self::default() };
        let mut groups: HashMap<String, usize> = HashMap::new();
        for (place, (given, rule)) in ordered.into_iter().enumerate() {
            if let Some(of_given) = made.given.get_mut(given) {
                *of_given = place;
            }
            match (rule.product, &rule.product_line) {
                (Some(product), _) => made.of_product.entry(product).or_default().push(place),
                (None, Some(line)) => made.of_line.entry(line.clone()).or_default().push(place),
                (None, None) => made.of_all.push(place),
            }
            let group = rule.exclusive_group.as_ref().map(|group| {
                let next = groups.len();
                *groups.entry(group.clone()).or_insert(next)
            });
            made.rules.push(Prepared::new(rule, group));
        }
        made
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

    pub(super) fn prepared(&self) -> &[Prepared] {
        &self.rules
    }

    /// Places of the rules in the order they were given.
    pub(super) fn given(&self) -> &[usize] {
        &self.given
    }

    pub(super) fn of_all(&self) -> &[usize] {
        &self.of_all
    }

    /// Places of the rules that name this product, and of those that name its line.
    pub(super) fn naming(&self, product: &Product) -> [&[usize]; 2] {
        let of_line = product.line.as_ref().and_then(|line| self.of_line.get(line));
        [self.of_product.get(&product.id), of_line].map(|places| places.map_or(&[][..], Vec::as_slice))
    }
}
