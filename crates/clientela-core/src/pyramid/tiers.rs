//! Sharing customers out to tiers.

use clientela_model::{ClosedList, Coded, ErrorKind, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The most tiers of a pyramid.
pub const TIERS_MAX: usize = 20;

/// What a tier's boundary is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum TierBasis {
    /// Percent of the total of all, from the largest on.
    CumulativeShare,
    /// Place in the order, from 1.
    Rank,
    /// The figure itself.
    Value,
}

/// A tier and where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierLine {
    /// Its name, such as A.
    pub name: String,
    /// Its boundary: cumulative percent, last rank, or least value. The last tier has none and takes the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Decimal>,
}

/// Tiers with their boundaries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierPolicy {
    /// What boundaries are measured by.
    pub by: TierBasis,
    /// From the top down.
    pub tiers: Vec<TierLine>,
}

impl Default for TierPolicy {
    /// A up to 80 percent, B up to 95, C the rest: the usual ABC analysis.
    fn default() -> Self {
        let line = |name: &str, boundary: Option<u32>| TierLine {
            name: name.to_owned(),
            boundary: boundary.map(Decimal::from),
        };
        Self {
            by: TierBasis::CumulativeShare,
            tiers: vec![line("A", Some(80)), line("B", Some(95)), line("C", None)],
        }
    }
}

/// Tiers that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TierError {
    /// Not as many as there may be.
    #[error("a pyramid has {count} tiers; from 1 to {TIERS_MAX} are needed")]
    Count {
        /// How many were given.
        count: usize,
    },
    /// Only the last tier, and it, takes the rest.
    #[error("tier {tier} of the pyramid has no boundary or one too many; each but the last needs one")]
    Boundary {
        /// Which, from 1.
        tier: usize,
    },
    /// A boundary that does not come after the one before it.
    #[error("the boundary of tier {tier} of the pyramid is out of order; shares and ranks rise, values fall")]
    Order {
        /// Which, from 1.
        tier: usize,
    },
    /// A sum that does not fit.
    #[error(
        "the figures of the customers are too large to be added; figures below a billion billion are needed"
    )]
    Overflow,
}

impl Coded for TierError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Count { .. } => "pyramid.tier_count",
            Self::Boundary { .. } => "pyramid.boundary",
            Self::Order { .. } => "pyramid.boundary_order",
            Self::Overflow => "pyramid.overflow",
        }
    }
    fn field(&self) -> Option<String> {
        (!matches!(self, Self::Overflow)).then(|| "tiers".to_owned())
    }
    fn hint(&self) -> Option<String> {
        clientela_model::hint_of(&self.to_string())
    }
}

impl TierPolicy {
    /// Refuses tiers whose boundaries are not in order.
    ///
    /// # Errors
    /// [`TierError`].
    pub fn check(&self) -> Result<(), TierError> {
        let count = self.tiers.len();
        if count == 0 || count > TIERS_MAX {
            return Err(TierError::Count { count });
        }
        if let Some(at) = (0..count).find(|at| self.tiers[*at].boundary.is_none() != (at + 1 == count)) {
            return Err(TierError::Boundary { tier: at + 1 });
        }
        let falls = self.by == TierBasis::Value;
        let boundaries: Vec<Decimal> = self.tiers.iter().filter_map(|tier| tier.boundary).collect();
        let disorder = boundaries
            .windows(2)
            .position(|pair| if falls { pair[1] >= pair[0] } else { pair[1] <= pair[0] });
        disorder.map_or(Ok(()), |at| Err(TierError::Order { tier: at + 2 }))
    }
}

/// Customers in their order, with their tiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pyramid {
    /// Places of the figures, from the largest figure down.
    pub order: Vec<u32>,
    /// The tier of each place of `order`, from 0.
    pub tiers: Vec<u8>,
    /// The sum of the figures above nothing until each place of `order`, that one included.
    pub cumulative: Vec<Decimal>,
    /// The sum of all figures above nothing.
    pub total: Decimal,
}

/// What a tier holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierSummary {
    /// Its name.
    pub name: String,
    /// How many customers.
    pub customers: u64,
    /// Their share of all customers, in percent.
    pub customers_percent: Decimal,
    /// The sum of their figures.
    pub value: Decimal,
    /// Its share of the total, in percent.
    pub value_percent: Decimal,
    /// The smallest figure in it.
    pub least: Option<Decimal>,
}

/// Puts figures in order and shares them out to tiers.
///
/// # Errors
/// [`TierError`].
pub fn pyramid(values: &[Decimal], policy: &TierPolicy) -> Result<Pyramid, TierError> {
    policy.check()?;
    let mut keyed: Vec<(Decimal, u32)> = values.iter().copied().zip(0_u32..).collect();
    keyed.sort_unstable_by(|(left, at), (right, other)| right.cmp(left).then_with(|| at.cmp(other)));
    let mut cumulative = Vec::with_capacity(keyed.len());
    let mut total = Decimal::ZERO;
    for (value, _) in &keyed {
        if *value > Decimal::ZERO {
            total = total.checked_add(*value).ok_or(TierError::Overflow)?;
        }
        cumulative.push(total);
    }
    let tiers = tiers(&keyed, &cumulative, total, policy)?;
    Ok(Pyramid { order: keyed.into_iter().map(|(_, at)| at).collect(), tiers, cumulative, total })
}

/// The tier of each place: figures fall, so tiers only rise along them.
fn tiers(
    keyed: &[(Decimal, u32)],
    cumulative: &[Decimal],
    total: Decimal,
    policy: &TierPolicy,
) -> Result<Vec<u8>, TierError> {
    let last = policy.tiers.len() - 1;
    // Percentages of the total, once: what is compared with them is a sum.
    let ends: Vec<Decimal> = policy
        .tiers
        .iter()
        .filter_map(|tier| tier.boundary)
        .map(|boundary| match policy.by {
            TierBasis::CumulativeShare => {
                (total / Decimal::ONE_HUNDRED).checked_mul(boundary).ok_or(TierError::Overflow)
            }
            TierBasis::Rank | TierBasis::Value => Ok(boundary),
        })
        .collect::<Result<_, _>>()?;
    let mut tier = 0;
    let mut before = Decimal::ZERO;
    let mut found = Vec::with_capacity(keyed.len());
    for (place, (value, _)) in keyed.iter().enumerate() {
        let beyond = |end: &Decimal| match policy.by {
            TierBasis::CumulativeShare => before >= *end,
            TierBasis::Rank => Decimal::from(place + 1) > *end,
            TierBasis::Value => value < end,
        };
        while ends.get(tier).is_some_and(beyond) {
            tier += 1;
        }
        let own = if *value > Decimal::ZERO { tier } else { last };
        // At most `TIERS_MAX` tiers, as was checked.
        found.push(u8::try_from(own).unwrap_or(u8::MAX));
        before = cumulative[place];
    }
    Ok(found)
}

impl Pyramid {
    /// What each tier holds. `values` are the figures the pyramid was made of.
    #[must_use]
    pub fn summary(&self, values: &[Decimal], policy: &TierPolicy) -> Vec<TierSummary> {
        let mut sums = vec![(0_u64, Decimal::ZERO, None); policy.tiers.len()];
        for (at, tier) in self.order.iter().zip(&self.tiers) {
            let Some(value) = values.get(*at as usize) else { continue };
            let Some((count, sum, least)) = sums.get_mut(usize::from(*tier)) else { continue };
            *count += 1;
            *sum += *value;
            *least = Some(*value);
        }
        let lines = policy.tiers.iter().zip(sums);
        let summary =
            |(tier, (customers, value, least)): (&TierLine, (u64, Decimal, Option<Decimal>))| TierSummary {
                name: tier.name.clone(),
                customers,
                customers_percent: percent(Decimal::from(customers), Decimal::from(self.order.len())),
                value,
                value_percent: percent(value, self.total),
                least,
            };
        lines.map(summary).collect()
    }

    /// Why the customer at a place of the order is in his tier.
    #[must_use]
    pub fn why(&self, place: usize, value: Decimal, policy: &TierPolicy) -> Why {
        let tier = self.tiers.get(place).and_then(|tier| policy.tiers.get(usize::from(*tier)));
        let before = place.checked_sub(1).and_then(|before| self.cumulative.get(before)).copied();
        let why = Why::new("pyramid.tier")
            .fact("tier", tier.map_or("", |tier| &tier.name))
            .fact("by", policy.by)
            .fact("value", value)
            .fact("rank", place + 1)
            .fact("percent_before", percent(before.unwrap_or_default(), self.total));
        match tier.and_then(|tier| tier.boundary) {
            Some(boundary) => why.fact("boundary", boundary),
            None => why,
        }
    }
}

/// A part in percent to two decimals; nothing of nothing.
pub(super) fn percent(part: Decimal, whole: Decimal) -> Decimal {
    let share = part.checked_mul(Decimal::ONE_HUNDRED).and_then(|part| part.checked_div(whole));
    share.unwrap_or_default().round_dp(2)
}
