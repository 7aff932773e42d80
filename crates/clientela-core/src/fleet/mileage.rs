//! What a vehicle runs in a day, from its readings.

use super::records::VehicleReading;
use crate::party::Vehicle;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

/// Readings closer together than this many days tell no rate.
pub const SPAN_DAYS_MIN: i64 = 30;
/// The most a vehicle is believed to run in a day, in kilometres: two drivers, day and night.
pub const KM_PER_DAY_MAX: i64 = 2_000;

/// The last reading of a vehicle, and what it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mileage {
    /// Day of the last reading.
    pub day: NaiveDate,
    /// Kilometres then.
    pub km: i64,
    /// The day the rate is measured from.
    pub since: NaiveDate,
    /// Kilometres run since then.
    pub run: i64,
    /// Readings used, the first registration at zero not counted.
    pub readings: usize,
}

impl Mileage {
    /// Days the rate is measured over.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.day - self.since).num_days()
    }

    /// Kilometres a year of 365 days.
    #[must_use]
    pub fn km_per_year(&self) -> Decimal {
        (Decimal::from(self.run) * Decimal::from(365) / Decimal::from(self.days().max(1))).round_dp(0)
    }

    /// The day the odometer is expected to show so many kilometres; none when it does not run, or not within a hundred years.
    #[must_use]
    pub fn day_of(&self, km: i64) -> Option<NaiveDate> {
        let missing = km - self.km;
        if missing <= 0 {
            return Some(self.day);
        }
        if self.run <= 0 {
            return None;
        }
        // Rounded up: on that day it is reached.
        let days = (missing.checked_mul(self.days())? + self.run - 1) / self.run;
        (days <= 36_500).then_some(())?;
        self.day.checked_add_days(Days::new(u64::try_from(days).ok()?))
    }
}

/// What is known of a vehicle's mileage on a day. The rate is that of the last two years of readings, where there are two readings
/// at least [`SPAN_DAYS_MIN`] days apart; else that since the first registration, at zero. Readings that fall, or rise faster than
/// [`KM_PER_DAY_MAX`], are passed over.
#[must_use]
pub fn mileage<'r>(
    vehicle: &Vehicle,
    readings: impl IntoIterator<Item = &'r VehicleReading>,
    day: NaiveDate,
) -> Option<Mileage> {
    let mut points: Vec<(NaiveDate, i64)> = readings
        .into_iter()
        .filter(|reading| reading.vehicle == vehicle.id && reading.day <= day)
        .map(|reading| (reading.day, reading.km))
        .collect();
    points.sort_unstable();
    let mut kept: Vec<(NaiveDate, i64)> = Vec::with_capacity(points.len());
    for (at, km) in points {
        let believed = kept.last().is_none_or(|(before, last)| {
            km >= *last && km - last <= (at - *before).num_days().max(1) * KM_PER_DAY_MAX
        });
        if believed {
            kept.push((at, km));
        }
    }
    let (last_day, last_km) = *kept.last()?;
    let recent = kept.iter().find(|(at, _)| {
        let span = (last_day - *at).num_days();
        (SPAN_DAYS_MIN..=731).contains(&span)
    });
    let start = recent.copied().or_else(|| vehicle.first_registration.map(|registered| (registered, 0)));
    let (since, start_km) = start.filter(|(since, _)| (last_day - *since).num_days() >= SPAN_DAYS_MIN)?;
    let run = last_km - start_km;
    Some(Mileage { day: last_day, km: last_km, since, run, readings: kept.len() })
}
