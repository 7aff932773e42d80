//! Age, makes, categories and emission classes of a fleet.

use super::months::age_in_months;
use super::records::ParkLine;
use crate::party::Vehicle;
use chrono::NaiveDate;
use clientela_model::Why;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Upper ends of the age bands, in years; what is older stands in a band of its own.
pub const AGE_BANDS: [u32; 5] = [2, 4, 7, 10, 15];

/// Vehicles of one age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeBand {
    /// From this age on, in years.
    pub from_years: u32,
    /// Below this age, in years; none for the last band.
    pub below_years: Option<u32>,
    /// How many.
    pub count: u64,
}

/// How many there are of something, and how many of those are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// What: a make, a category, an emission class; none for those of which it is not known.
    pub of: Option<String>,
    /// How many.
    pub count: u64,
    /// How many of our makes.
    pub ours: u64,
    /// Share of the whole fleet, in percent, to two decimals.
    pub percent: Decimal,
}

/// What a fleet is made of on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetProfile {
    /// The day.
    pub day: NaiveDate,
    /// Vehicles, those counted in park lines included.
    pub vehicles: u64,
    /// Of these, vehicles recorded one by one.
    pub recorded: u64,
    /// Vehicles of our makes.
    pub ours: u64,
    /// Share of our makes, in percent, to two decimals; none for an empty fleet or when our makes are not known.
    pub our_share: Option<Decimal>,
    /// Recorded vehicles by age.
    pub ages: Vec<AgeBand>,
    /// Recorded vehicles whose age is not known.
    pub age_unknown: u64,
    /// Mean age of those whose age is known, in months, to one decimal.
    pub mean_age_months: Option<Decimal>,
    /// Median age of those, in months: of two in the middle their mean.
    pub median_age_months: Option<Decimal>,
    /// By make, the most first.
    pub makes: Vec<Counted>,
    /// By category of the EU type approval.
    pub categories: Vec<Counted>,
    /// Recorded vehicles by Euro class.
    pub euro_classes: Vec<Counted>,
    /// Recorded vehicles by how they are held.
    pub ownership: Vec<Counted>,
    /// What was counted.
    pub why: Why,
}

/// Whether a vehicle stands in its fleet on a day.
#[must_use]
pub fn stands(vehicle: &Vehicle, day: NaiveDate) -> bool {
    vehicle.acquired.or(vehicle.first_registration).is_none_or(|from| from <= day)
        && vehicle.disposed.is_none_or(|until| day < until)
}

/// What a fleet is made of on a day: the vehicles that stand in it, and those of which only the number is known. Makes are compared
/// without regard to the case of their letters.
#[must_use]
pub fn profile(
    vehicles: &[Vehicle],
    park: &[ParkLine],
    our_makes: &[String],
    day: NaiveDate,
) -> FleetProfile {
    let ours =
        |make: &str| our_makes.iter().any(|our| our.trim().to_lowercase() == make.trim().to_lowercase());
    let standing: Vec<&Vehicle> = vehicles.iter().filter(|vehicle| stands(vehicle, day)).collect();
    let known: Vec<&ParkLine> = park.iter().filter(|line| line.day <= day).collect();
    let (mut makes, mut categories) = (Tally::default(), Tally::default());
    let (mut euro_classes, mut ownership) = (Tally::default(), Tally::default());
    for vehicle in &standing {
        let our = ours(&vehicle.make);
        makes.add(Some(vehicle.make.trim()), 1, our);
        categories.add(vehicle.category.as_deref(), 1, our);
        euro_classes.add(vehicle.euro_class.map(|class| class.to_string()).as_deref(), 1, our);
        ownership.add(Some(clientela_model::ClosedList::word(vehicle.ownership)), 1, our);
    }
    for line in &known {
        let our = ours(&line.make);
        makes.add(Some(line.make.trim()), u64::from(line.count), our);
        categories.add(line.category.as_deref(), u64::from(line.count), our);
    }
    let (all, our) = (makes.count(), makes.ours());
    let ages = Ages::of(&standing, day);
    let recorded = standing.len() as u64;
    FleetProfile {
        day,
        vehicles: all,
        recorded,
        ours: our,
        our_share: (all > 0 && !our_makes.is_empty()).then(|| percent(our, all)),
        ages: ages.bands(),
        age_unknown: recorded - ages.0.len() as u64,
        mean_age_months: ages.mean(),
        median_age_months: ages.median(),
        makes: makes.counted(all),
        categories: categories.counted(all),
        euro_classes: euro_classes.counted(recorded),
        ownership: ownership.counted(recorded),
        why: Why::new("fleet.profile")
            .fact("day", day)
            .fact("recorded", recorded)
            .fact("counted_only", all - recorded)
            .fact("our_makes", our_makes.join(", ")),
    }
}

/// A part of a whole in percent, to two decimals; nothing of nothing.
pub(crate) fn percent(part: u64, whole: u64) -> Decimal {
    if whole == 0 {
        return Decimal::ZERO;
    }
    (Decimal::from(part) * Decimal::ONE_HUNDRED / Decimal::from(whole)).round_dp(2)
}

/// Ages in months, in order.
struct Ages(Vec<u32>);

impl Ages {
    fn of(vehicles: &[&Vehicle], day: NaiveDate) -> Self {
        let registered = vehicles.iter().filter_map(|vehicle| vehicle.first_registration);
        let mut ages: Vec<u32> = registered.filter_map(|since| age_in_months(since, day)).collect();
        ages.sort_unstable();
        Self(ages)
    }

    fn bands(&self) -> Vec<AgeBand> {
        let starts = std::iter::once(0).chain(AGE_BANDS);
        let ends = AGE_BANDS.into_iter().map(Some).chain([None]);
        let band = |(from_years, below_years): (u32, Option<u32>)| {
            let inside = |months: &&u32| {
                **months >= from_years * 12 && below_years.is_none_or(|below| **months < below * 12)
            };
            AgeBand { from_years, below_years, count: self.0.iter().filter(inside).count() as u64 }
        };
        starts.zip(ends).map(band).collect()
    }

    fn mean(&self) -> Option<Decimal> {
        let sum: u64 = self.0.iter().map(|months| u64::from(*months)).sum();
        (!self.0.is_empty()).then(|| (Decimal::from(sum) / Decimal::from(self.0.len())).round_dp(1))
    }

    fn median(&self) -> Option<Decimal> {
        median(&self.0.iter().map(|months| i64::from(*months)).collect::<Vec<_>>())
    }
}

/// The median of figures in order: of two in the middle their mean.
pub(crate) fn median(ordered: &[i64]) -> Option<Decimal> {
    let middle = ordered.len() / 2;
    let upper = Decimal::from(*ordered.get(middle)?);
    if ordered.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = Decimal::from(*ordered.get(middle.checked_sub(1)?)?);
    Some((lower + upper) / Decimal::TWO)
}

/// Counts by what they are of; names that differ in the case of their letters are one, by its first spelling.
#[derive(Default)]
struct Tally(BTreeMap<Option<String>, (String, u64, u64)>);

impl Tally {
    fn add(&mut self, of: Option<&str>, count: u64, ours: bool) {
        let line = self.0.entry(of.map(str::to_lowercase));
        let (_, all, our) = line.or_insert_with(|| (of.unwrap_or_default().to_owned(), 0, 0));
        *all += count;
        *our += if ours { count } else { 0 };
    }

    fn count(&self) -> u64 {
        self.0.values().map(|(_, all, _)| all).sum()
    }

    fn ours(&self) -> u64 {
        self.0.values().map(|(.., ours)| ours).sum()
    }

    fn counted(self, whole: u64) -> Vec<Counted> {
        let line = |(key, (name, count, ours)): (Option<String>, (String, u64, u64))| Counted {
            of: key.map(|_| name),
            count,
            ours,
            percent: percent(count, whole),
        };
        let mut counted: Vec<Counted> = self.0.into_iter().map(line).collect();
        counted.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.of.cmp(&right.of)));
        counted
    }
}
