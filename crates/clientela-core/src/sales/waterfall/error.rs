//! What can be wrong with the content of an offer.

use clientela_model::identifier::Currency;
use clientela_model::{Coded, ErrorKind, Why};
use std::fmt;

/// A place in an [`OfferInput`](super::OfferInput), written as a path: `items[2].steps[0].percent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A field of the whole offer.
    Offer(&'static str),
    /// A field of an item.
    Item(usize, &'static str),
    /// A field of an option of an item.
    Option(usize, usize, &'static str),
    /// A field of a step of an item.
    Step(usize, usize, &'static str),
    /// A field of a settlement.
    Settlement(usize, &'static str),
    /// A field of what was asked, such as a discount.
    Request(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offer(field) | Self::Request(field) => f.write_str(field),
            Self::Item(item, field) => write!(f, "items[{item}].{field}"),
            Self::Option(item, option, field) => write!(f, "items[{item}].options[{option}].{field}"),
            Self::Step(item, step, field) => write!(f, "items[{item}].steps[{step}].{field}"),
            Self::Settlement(index, field) => write!(f, "settlements[{index}].{field}"),
        }
    }
}

/// Content that cannot be priced.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PricingError {
    /// More of something than an offer may have.
    #[error("{place} has {found} entries; at most {most} are possible")]
    TooMany {
        /// Where.
        place: Place,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Two lines of the same name.
    #[error("{place} is the same as that of another item; each line needs its own")]
    LineDuplicate {
        /// Where.
        place: Place,
    },
    /// A line that is not there.
    #[error("{place} names a line that is not on the offer; name an item's line")]
    LineUnknown {
        /// Where.
        place: Place,
    },
    /// An amount in another currency.
    #[error("{place} is in {found}, the offer in {expected}; convert it with a rate table first")]
    Currency {
        /// Where.
        place: Place,
        /// Currency found.
        found: Currency,
        /// Currency of the offer.
        expected: Currency,
    },
    /// Too many decimals.
    #[error("{place} has {found} decimals; at most {most} are possible")]
    Precision {
        /// Where.
        place: Place,
        /// Decimals found.
        found: u32,
        /// Decimals possible.
        most: u32,
    },
    /// A price for none, or for less.
    #[error("{place} is not above zero; give a quantity above zero")]
    BaseQuantity {
        /// Where.
        place: Place,
    },
    /// A tax rate below zero, or one where the category has none.
    #[error("{place} does not fit tax category {category}; {expected}")]
    TaxPercent {
        /// Where.
        place: Place,
        /// The category.
        category: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A kind of step that only the computation may make.
    #[error("{place} is computed and cannot be given; use a discount or a surcharge")]
    StepKind {
        /// Where.
        place: Place,
    },
    /// A discount that takes nothing away.
    #[error("{place} is not above zero; give a discount as a number above zero")]
    DiscountNegative {
        /// Where.
        place: Place,
    },
    /// A discount above what may be given, or above the price.
    #[error("{place} takes away more than may be given; lower the discount")]
    DiscountLimit {
        /// Where.
        place: Place,
        /// The figures.
        why: Why,
    },
    /// Nothing to take a discount of.
    #[error(
        "{place} cannot be shared out: the offer has no net amount above zero; give the discount on an item, or none"
    )]
    NothingToShare {
        /// Where.
        place: Place,
    },
    /// Tiers that are not in order.
    #[error("tier {tier} is out of order; tiers begin at rising quantities and take 0 to 100 percent away")]
    Tiers {
        /// Its index, from 0.
        tier: usize,
    },
    /// A number, given or computed, above [`LARGEST`](super::LARGEST).
    #[error(
        "{place} leads to a number above the largest an offer may have (10 to the 15th); use smaller numbers"
    )]
    Overflow {
        /// Where.
        place: Place,
    },
}

impl PricingError {
    fn place(&self) -> Option<Place> {
        match self {
            Self::TooMany { place, .. }
            | Self::LineDuplicate { place }
            | Self::LineUnknown { place }
            | Self::Currency { place, .. }
            | Self::Precision { place, .. }
            | Self::BaseQuantity { place }
            | Self::TaxPercent { place, .. }
            | Self::StepKind { place }
            | Self::DiscountNegative { place }
            | Self::DiscountLimit { place, .. }
            | Self::NothingToShare { place }
            | Self::Overflow { place } => Some(*place),
            Self::Tiers { .. } => None,
        }
    }
}

impl Coded for PricingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooMany { .. } => ErrorKind::Limit,
            Self::Overflow { .. } => ErrorKind::Range,
            Self::DiscountLimit { .. } => ErrorKind::Rule,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "offer.too_many",
            Self::LineDuplicate { .. } => "offer.line_duplicate",
            Self::LineUnknown { .. } => "offer.line_unknown",
            Self::Currency { .. } => "offer.currency",
            Self::Precision { .. } => "offer.precision",
            Self::BaseQuantity { .. } => "offer.base_quantity",
            Self::TaxPercent { .. } => "offer.tax_percent",
            Self::StepKind { .. } => "offer.step_kind",
            Self::DiscountNegative { .. } => "offer.discount_negative",
            Self::DiscountLimit { .. } => "offer.discount_limit",
            Self::NothingToShare { .. } => "offer.nothing_to_share",
            Self::Tiers { .. } => "offer.tiers",
            Self::Overflow { .. } => "offer.overflow",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Tiers { tier } => Some(format!("tiers[{tier}]")),
            other => other.place().map(|place| place.to_string()),
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::DiscountLimit { why, .. } => Some(why),
            _ => None,
        }
    }
}
