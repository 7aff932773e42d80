//! Fleets: a table of vehicles a sales person could extend, and what must hold of any fleet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use chrono::NaiveDate;
use clientela_core::fleet::entry::{NewParkLine, NewVehicleRole, assign_role, enter_reading, set_park_line};
use clientela_core::fleet::{
    ParkLine, ReplacementPolicy, Threshold, VehicleContract, VehicleContractKind, VehicleReading, profile,
    replacements, rhythm,
};
use clientela_core::party::{NewVehicle, Vehicle, enter_vehicle};
use clientela_model::{Coded, EntityId};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn vehicle(number: u128, make: &str, registered: Option<&str>, usage: Option<&str>) -> Vehicle {
    let new = NewVehicle {
        make: Some(make.into()),
        category: Some("N3".into()),
        euro_class: Some(6),
        first_registration: registered.map(day),
        acquired: registered.map(day),
        usage: usage.map(Into::into),
        ..Default::default()
    };
    enter_vehicle(&new, id(number), id(1)).unwrap()
}

fn reading(vehicle: u128, on: &str, km: i64) -> VehicleReading {
    VehicleReading {
        id: id(vehicle * 100),
        party: id(1),
        vehicle: id(vehicle),
        day: day(on),
        km,
        source: None,
    }
}

fn line(make: &str, count: u32) -> ParkLine {
    ParkLine { id: id(900), party: id(1), make: make.into(), category: None, count, day: day("2025-01-01") }
}

#[test]
fn a_profile_counts_what_is_recorded_and_what_is_only_counted() {
    let mut gone = vehicle(4, "Ours", Some("2015-01-01"), None);
    gone.disposed = Some(day("2025-12-31"));
    let fleet = [
        vehicle(1, "Ours", Some("2024-03-04"), None),
        vehicle(2, "OURS", Some("2019-03-05"), None),
        vehicle(3, "Other", None, None),
        gone,
    ];
    let told = profile(&fleet, &[line("Other", 5)], &["ours".to_owned()], day("2026-03-04"));
    assert_eq!((told.vehicles, told.recorded, told.ours), (8, 3, 2));
    assert_eq!(told.our_share, Some(Decimal::new(2500, 2)));
    assert_eq!(
        told.makes.iter().map(|make| (make.of.as_deref(), make.count)).collect::<Vec<_>>(),
        [(Some("Other"), 6), (Some("Ours"), 2)]
    );
    // 24 months and 83 months: the second is one day short of seven years.
    assert_eq!(told.ages.iter().map(|band| band.count).collect::<Vec<_>>(), [0, 1, 1, 0, 0, 0]);
    assert_eq!((told.age_unknown, told.median_age_months), (1, Some(Decimal::new(535, 1))));
    let empty = profile(&[], &[], &["ours".to_owned()], day("2026-03-04"));
    assert_eq!((empty.vehicles, empty.our_share, empty.mean_age_months), (0, None, None));
}

#[test]
fn a_rhythm_needs_three_purchases() {
    let at = |days: &[&str]| -> Vec<Vehicle> {
        days.iter().zip(1..).map(|(on, number)| vehicle(number, "Ours", Some(on), None)).collect()
    };
    for (days, purchases, next, overdue) in [
        (&["2020-01-01"][..], 1, None, false),
        (&["2020-01-01", "2022-01-01"], 2, None, false),
        // Two vehicles within a month are one purchase.
        (&["2020-01-01", "2020-01-20", "2022-01-01"], 2, None, false),
        (&["2020-01-01", "2022-01-01", "2024-01-01"], 3, Some("2026-01-01"), true),
        (&["2021-06-01", "2023-06-01", "2025-06-01"], 3, Some("2027-06-02"), false),
    ] {
        let told = rhythm(&at(days), day("2026-03-04"));
        assert_eq!(
            (told.purchases.len(), told.next, told.overdue),
            (purchases, next.map(day), overdue),
            "{days:?}"
        );
        assert_eq!(told.why.reason == "fleet.rhythm", next.is_some());
    }
}

#[test]
fn a_vehicle_is_replaced_when_the_first_threshold_is_reached() {
    let at = |months, km| Threshold { months, km };
    let policy = ReplacementPolicy {
        uses: [("long_haul".to_owned(), at(Some(60), Some(600_000)))].into(),
        categories: Default::default(),
        otherwise: at(Some(120), None),
    };
    let lease = VehicleContract {
        id: id(50),
        party: id(1),
        vehicle: id(3),
        kind: VehicleContractKind::Lease,
        provider: None,
        reference: None,
        valid_from: None,
        valid_until: Some(day("2026-09-30")),
        km_limit: None,
    };
    let fleet = [
        vehicle(1, "Ours", Some("2023-03-04"), Some("long_haul")),
        vehicle(2, "Ours", Some("2020-01-01"), Some("long_haul")),
        vehicle(3, "Other", Some("2024-01-01"), None),
        vehicle(4, "Other", None, None),
    ];
    // 365,000 km in the last year: 1,000 a day, so 600,000 are reached 100 days after the last reading.
    let readings = [reading(1, "2025-03-04", 135_000), reading(1, "2026-03-04", 500_000)];
    let told = replacements(&fleet, &readings, &[lease], &policy, day("2026-03-04"), day("2027-12-31"));
    let lines: Vec<_> = told
        .iter()
        .map(|line| (line.vehicle, line.day, line.month.to_string(), line.overdue, line.why.reason.as_ref()))
        .collect();
    assert_eq!(
        lines,
        [
            (id(2), day("2025-01-01"), "2026-03".to_owned(), true, "fleet.age"),
            (id(1), day("2026-06-12"), "2026-06".to_owned(), false, "fleet.mileage"),
            (id(3), day("2026-09-30"), "2026-09".to_owned(), false, "fleet.lease_ends"),
        ]
    );
    assert!(told[1].why.mentions("fleet.age"), "the others stand beneath");
    assert_eq!(told[1].km_per_year, Some(Decimal::from(365_000)));
    assert!(replacements(&fleet, &readings, &[], &policy, day("2026-03-04"), day("2024-01-01")).is_empty());
}

#[test]
fn parts_follow_one_another() {
    let truck = vehicle(1, "Ours", Some("2020-01-01"), None);
    let asked = |from: &str| NewVehicleRole {
        part: Some("driver".into()),
        name: Some("Rossi".into()),
        valid_from: Some(day(from)),
        ..Default::default()
    };
    let (first, ended) = assign_role(&asked("2024-01-01"), id(1), &truck, &[], day("2026-03-04")).unwrap();
    assert!(ended.is_empty());
    let (_, ended) =
        assign_role(&asked("2025-01-01"), id(2), &truck, std::slice::from_ref(&first), day("2026-03-04"))
            .unwrap();
    assert_eq!(ended[0].valid_until, Some(day("2024-12-31")));
    let refused = assign_role(&asked("2024-01-01"), id(2), &truck, &[first], day("2026-03-04")).unwrap_err();
    assert_eq!(refused.code(), "vehicle_role.overlaps");
    let nobody = NewVehicleRole { part: Some("owner".into()), ..Default::default() };
    assert_eq!(
        assign_role(&nobody, id(2), &truck, &[], day("2026-03-04")).unwrap_err().code(),
        "field.missing"
    );
}

#[test]
fn readings_fit_those_before_and_after() {
    let truck = vehicle(1, "Ours", Some("2020-01-01"), None);
    let known = [reading(1, "2021-01-01", 100_000), reading(1, "2023-01-01", 300_000)];
    for (on, km, expected) in [
        ("2022-01-01", 200_000, None),
        ("2022-01-01", 99_999, Some("reading.falls")),
        ("2022-01-01", 300_001, Some("reading.falls")),
        ("2024-01-01", 299_999, Some("reading.falls")),
        ("2019-12-31", 0, Some("reading.before_registration")),
        ("2026-03-05", 400_000, Some("reading.in_the_future")),
        ("2024-01-01", -1, Some("vehicle.mileage")),
    ] {
        let read = enter_reading(&truck, (day(on), km), None, id(9), &known, day("2026-03-04"));
        assert_eq!(read.map_err(|found| found.code()).err(), expected, "{on} {km}");
    }
}

#[test]
fn a_count_is_set_again_in_its_own_line() {
    let asked = |make: &str, count| NewParkLine { make: Some(make.into()), count, ..Default::default() };
    let first = set_park_line(&asked("Other", Some(5)), id(1), id(1), &[], day("2026-03-04")).unwrap();
    let again = set_park_line(
        &asked("OTHER", Some(7)),
        id(2),
        id(1),
        std::slice::from_ref(&first),
        day("2026-03-04"),
    )
    .unwrap();
    assert_eq!((again.id, again.count, again.make.as_str()), (first.id, 7, "Other"));
    let missing = set_park_line(&asked("Other", None), id(2), id(1), &[], day("2026-03-04")).unwrap_err();
    assert_eq!((missing.code(), missing.field().as_deref()), ("field.missing", Some("count")));
}

proptest! {
    /// Whatever readings say, no vehicle is told of twice, or after the last day asked for, or out of order.
    #[test]
    fn forecasts_are_in_order(
        readings in prop::collection::vec((0_u128..5, 0_u32..3_000, 0_i64..2_000_000), 0..60),
        ages in prop::collection::vec(0_u32..200, 5),
    ) {
        let today = day("2026-03-04");
        let fleet: Vec<Vehicle> = ages.iter().zip(0..).map(|(months, number)| {
            let registered = today - chrono::Months::new(*months);
            vehicle(number, "Ours", Some(&registered.to_string()), None)
        }).collect();
        let readings: Vec<VehicleReading> = readings.iter().map(|(of, back, km)| {
            let on = today - chrono::Days::new(u64::from(*back));
            reading(*of, &on.to_string(), *km)
        }).collect();
        let until = day("2036-01-01");
        let told = replacements(&fleet, &readings, &[], &ReplacementPolicy::default(), today, until);
        prop_assert!(told.windows(2).all(|pair| (pair[0].day, pair[0].vehicle) < (pair[1].day, pair[1].vehicle)));
        let mut seen: Vec<_> = told.iter().map(|line| line.vehicle).collect();
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen.len(), told.len());
        prop_assert!(told.iter().all(|line| line.day <= until && line.overdue == (line.day < today)));
    }
}
