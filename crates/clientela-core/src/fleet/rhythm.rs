//! How often a customer buys vehicles, and when the next purchase is likely.

use super::profile::median;
use crate::party::Vehicle;
use chrono::{Days, NaiveDate};
use clientela_model::Why;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// Vehicles acquired within so many days of one another are one purchase.
pub const ONE_PURCHASE_DAYS: i64 = 31;
/// Fewer purchases than this tell no rhythm: two gaps are the least that can agree.
pub const PURCHASES_MIN: usize = 3;

/// Purchases of a fleet and the gaps between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// First day of each purchase, oldest first.
    pub purchases: Vec<NaiveDate>,
    /// Vehicles of each purchase.
    pub vehicles: Vec<u64>,
    /// Median of the days between purchases.
    pub median_days: Option<Decimal>,
    /// Shortest and longest gap in days: how far the rhythm can be relied on.
    pub gap_days: Option<(i64, i64)>,
    /// Median of the vehicles of a purchase.
    pub median_vehicles: Option<Decimal>,
    /// Day the next purchase is likely: the last one and the median gap.
    pub next: Option<NaiveDate>,
    /// Whether that day is past.
    pub overdue: bool,
    /// Vehicles whose day of purchase is not known.
    pub undated: u64,
    /// Why so, or why nothing can be said.
    pub why: Why,
}

/// The rhythm of the vehicles a customer acquired until a day, those he no longer has included.
#[must_use]
pub fn rhythm(vehicles: &[Vehicle], day: NaiveDate) -> Rhythm {
    let mut acquired: Vec<NaiveDate> = vehicles.iter().filter_map(|vehicle| vehicle.acquired).collect();
    let undated = (vehicles.len() - acquired.len()) as u64;
    acquired.retain(|at| *at <= day);
    acquired.sort_unstable();
    let (mut purchases, mut counts): (Vec<NaiveDate>, Vec<i64>) = (Vec::new(), Vec::new());
    let mut last: Option<NaiveDate> = None;
    for at in acquired {
        match (last, counts.last_mut()) {
            (Some(before), Some(count)) if (at - before).num_days() <= ONE_PURCHASE_DAYS => *count += 1,
            _ => {
                purchases.push(at);
                counts.push(1);
            }
        }
        last = Some(at);
    }
    let vehicles = counts.iter().map(|count| count.unsigned_abs()).collect();
    let mut gaps: Vec<i64> = purchases.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect();
    gaps.sort_unstable();
    counts.sort_unstable();
    let enough = purchases.len() >= PURCHASES_MIN;
    let median_days = median(&gaps).filter(|_| enough);
    let next = median_days.zip(purchases.last()).and_then(|(gap, last)| {
        last.checked_add_days(Days::new(
            gap.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_u64()?,
        ))
    });
    let why = match (median_days, next) {
        (Some(gap), Some(next)) => Why::new("fleet.rhythm")
            .fact("purchases", purchases.len())
            .fact("median_days", gap)
            .fact("next", next),
        _ => Why::new("fleet.rhythm_unknown")
            .fact("purchases", purchases.len())
            .fact("needed", PURCHASES_MIN)
            .fact("undated", undated),
    };
    Rhythm {
        gap_days: gaps.first().copied().zip(gaps.last().copied()),
        median_vehicles: median(&counts),
        overdue: next.is_some_and(|next| next < day),
        purchases,
        vehicles,
        median_days,
        next,
        undated,
        why,
    }
}
