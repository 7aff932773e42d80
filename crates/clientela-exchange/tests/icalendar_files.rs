//! Calendars as other programs really write them, and round trips of our own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

mod common;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use clientela_exchange::icalendar::{
    self, CalendarFileError, CalendarItem, Coordinates, ItemKind, ItemStatus, Recurrence,
};
use clientela_model::identifier::TimeZone;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn rome() -> TimeZone {
    TimeZone::parse("Europe/Rome").unwrap()
}

fn at(year: i32, month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).unwrap()
}

#[test]
fn every_file_and_its_normal_form_say_the_same() {
    let Some(folder) = common::vectors("calendar") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ics"))
        .collect();
    files.sort();
    let (mut count, mut differ) = (0, Vec::new());
    for path in &files {
        let file = icalendar::read(&std::fs::read(path).unwrap(), rome());
        let normal = icalendar::read(&std::fs::read(path.with_extension("ics.out")).unwrap(), rome());
        println!(
            "{}: {:?}",
            path.file_name().unwrap().display(),
            file.as_ref().map(|file| (file.items.len(), file.problems.clone()))
        );
        if file != normal {
            differ.push(format!("{} is not its normal form", path.display()));
        }
        let Ok(file) = file else { continue };
        let written = icalendar::write(&file.items, at(2026, 1, 1, 0));
        let again = icalendar::read(written.as_bytes(), rome()).unwrap();
        for (first, second) in file.items.iter().zip(&again.items).filter(|(first, second)| first != second) {
            differ.push(format!("{}: {first:?} became {second:?}", path.display()));
        }
        assert_eq!(file.items.len(), again.items.len(), "{}", path.display());
        count += file.items.len();
    }
    println!("{} files: {count} items", files.len());
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert_eq!(files.len(), 25);
}

#[test]
fn a_weekly_visit_keeps_its_hour_when_the_clocks_change() {
    let visit = CalendarItem {
        uid: "1".to_owned(),
        summary: "Visit".to_owned(),
        starts: Some(at(2026, 3, 23, 8)),
        ends: Some(at(2026, 3, 23, 9)),
        zone: Some(rome()),
        recurrence: Some("FREQ=WEEKLY;COUNT=3".parse().unwrap()),
        except: vec![at(2026, 4, 6, 7)],
        ..CalendarItem::default()
    };
    let starts: Vec<_> = icalendar::occurrences(&[visit], 100).iter().map(|found| found.starts).collect();
    assert_eq!(starts, [at(2026, 3, 23, 8), at(2026, 3, 30, 7)]);
}

#[test]
fn a_series_without_end_is_bounded() {
    let daily = CalendarItem {
        uid: "1".to_owned(),
        starts: Some(at(2026, 1, 1, 8)),
        recurrence: Some("FREQ=DAILY".parse().unwrap()),
        ..CalendarItem::default()
    };
    let found = icalendar::occurrences(&[daily], 50).len();
    assert!((1..=51).contains(&found), "{found}");
}

#[test]
fn what_is_no_calendar_is_refused() {
    assert_eq!(icalendar::read(b"hello", rome()), Err(CalendarFileError::NotACalendar));
    for text in ["", "WEEKLY", "FREQ=WEEKLY\r\nSUMMARY:x", "FREQ=NEVER"] {
        assert_eq!(text.parse::<Recurrence>(), Err(CalendarFileError::Recurrence), "{text}");
    }
    let file = icalendar::read(
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        rome(),
    );
    assert_eq!(
        file.unwrap().problems,
        [CalendarFileError::WithoutUid { item: 1 }, CalendarFileError::WithoutStart { item: 2 }]
    );
}

fn items() -> impl Strategy<Value = CalendarItem> {
    let words = "[a-zA-Zàèß€,;:\\\\\" 0-9]{0,120}[a-z]";
    let zones =
        prop::option::of(prop::sample::select(vec!["Europe/Rome", "America/New_York", "Europe/London"]));
    (
        (
            any::<bool>(),
            words,
            prop::option::of("[a-zàß€,;:]{0,90}(\n[a-z]{1,90})?x"),
            prop::option::of(words),
        ),
        // Minutes from the summer of 2026 on; the hour that comes twice in autumn is one in a zone's own clock.
        (0_i64..150_000, 1_i64..600, zones),
        (
            prop::collection::vec(-60_i64..3_000, 0..3),
            prop::option::of((-90_000_i64..90_000, -180_000_i64..180_000)),
        ),
        prop::option::of(prop::sample::select(vec![
            "FREQ=WEEKLY;BYDAY=MO,TH",
            "FREQ=MONTHLY;COUNT=5;BYDAY=-1FR",
        ])),
    )
        .prop_map(
            |((task, summary, description, location), (start, length, zone), (reminders, point), rule)| {
                let starts = at(2026, 6, 1, 0) + TimeDelta::minutes(start);
                CalendarItem {
                    kind: if task { ItemKind::Task } else { ItemKind::Event },
                    uid: format!("{start}@example.org"),
                    summary,
                    description,
                    location,
                    coordinates: point.map(|(north, east)| Coordinates {
                        latitude: Decimal::new(north, 3).normalize(),
                        longitude: Decimal::new(east, 3).normalize(),
                    }),
                    starts: Some(starts),
                    ends: Some(starts + TimeDelta::minutes(length)),
                    zone: zone.map(|zone| TimeZone::parse(zone).unwrap()),
                    status: Some(if task { ItemStatus::NeedsAction } else { ItemStatus::Confirmed }),
                    recurrence: rule.map(|rule| rule.parse().unwrap()),
                    reminders,
                    attendees: vec!["mario.rossi@example.org".to_owned()],
                    categories: vec!["visit, first".to_owned(), "b".to_owned()],
                    ..CalendarItem::default()
                }
            },
        )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(items in prop::collection::vec(items(), 0..4)) {
        let written = icalendar::write(&items, at(2026, 1, 1, 0));
        prop_assert!(written.split("\r\n").all(|line| line.len() <= 75), "{written}");
        let file = icalendar::read(written.as_bytes(), rome()).unwrap();
        prop_assert_eq!(file.items, items);
        prop_assert_eq!(file.problems, []);
    }

    #[test]
    fn nothing_makes_it_panic(text in "(BEGIN:VCALENDAR\r\n|BEGIN:VEVENT\r\n|END:VEVENT\r\n|DTSTART:|RRULE:FREQ=|TRIGGER:-P|GEO:|[0-9TZ;:,=]{1,9}|\r\n|.){0,40}") {
        let _ = icalendar::read(text.as_bytes(), rome());
    }
}
