//! From items to a calendar.

use super::item::{CalendarItem, ItemKind, ItemStatus};
use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarAction, ICalendarComponent, ICalendarComponentType, ICalendarDuration,
    ICalendarEntry, ICalendarParameter, ICalendarProperty, ICalendarStatus, ICalendarValue,
    ICalendarValueType, Uri,
};
use chrono::{DateTime, Utc};
use rust_decimal::prelude::ToPrimitive as _;
use std::str::FromStr as _;

/// Name this library gives itself in the calendars it writes.
const PRODUCT: &str = "-//clientela//CRM//EN";

/// Writes items as one calendar, with the rules of the zones it names; `stamp` is the moment it is written at.
#[must_use]
pub fn write(items: &[CalendarItem], stamp: DateTime<Utc>) -> String {
    let (mut calendar, _) = calendar(items, stamp);
    calendar.add_missing_timezones();
    calendar.to_string()
}

/// The calendar, and for each of its components which item it was made from.
pub(super) fn calendar(items: &[CalendarItem], stamp: DateTime<Utc>) -> (ICalendar, Vec<Option<usize>>) {
    let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    root.add_property(ICalendarProperty::Version, "2.0");
    root.add_property(ICalendarProperty::Prodid, PRODUCT);
    let (mut components, mut origins) = (vec![root], vec![None]);
    for (index, item) in items.iter().enumerate() {
        let place = components.len();
        components.push(component(item, stamp));
        origins.push(Some(index));
        for minutes in &item.reminders {
            attach(&mut components, place, alarm(*minutes, &item.summary));
            origins.push(None);
        }
        if let (Ok(id), Some(root)) = (u32::try_from(place), components.first_mut()) {
            root.component_ids.push(id);
        }
    }
    (ICalendar { components }, origins)
}

fn attach(components: &mut Vec<ICalendarComponent>, parent: usize, child: ICalendarComponent) {
    let id = u32::try_from(components.len());
    components.push(child);
    if let (Ok(id), Some(parent)) = (id, components.get_mut(parent)) {
        parent.component_ids.push(id);
    }
}

fn component(item: &CalendarItem, stamp: DateTime<Utc>) -> ICalendarComponent {
    let (kind, end) = match item.kind {
        ItemKind::Event => (ICalendarComponentType::VEvent, ICalendarProperty::Dtend),
        ItemKind::Task => (ICalendarComponentType::VTodo, ICalendarProperty::Due),
    };
    let mut made = ICalendarComponent::new(kind);
    made.add_uid(&item.uid);
    made.add_dtstamp(PartialDateTime::from_utc_timestamp(stamp.timestamp()));
    made.add_sequence(i64::from(item.sequence));
    texts(&mut made, item);
    let dates = [
        (ICalendarProperty::Dtstart, item.starts),
        (end, item.ends),
        (ICalendarProperty::RecurrenceId, item.replaces),
    ];
    for (name, at) in dates {
        if let Some(at) = at {
            made.entries.push(dated(name, at, item));
        }
    }
    for at in &item.except {
        made.entries.push(dated(ICalendarProperty::Exdate, *at, item));
    }
    if let Some(at) = item.completed {
        made.add_property(ICalendarProperty::Completed, PartialDateTime::from_utc_timestamp(at.timestamp()));
    }
    if let Some(recurrence) = &item.recurrence {
        made.add_property(ICalendarProperty::Rrule, recurrence.rule().clone());
    }
    if let Some(status) = item.status {
        made.add_property(ICalendarProperty::Status, standing(status));
    }
    made
}

fn texts(made: &mut ICalendarComponent, item: &CalendarItem) {
    if !item.summary.is_empty() {
        made.add_property(ICalendarProperty::Summary, item.summary.as_str());
    }
    if let Some(description) = &item.description {
        made.add_property(ICalendarProperty::Description, description.as_str());
    }
    if let Some(location) = &item.location {
        made.add_property(ICalendarProperty::Location, location.as_str());
    }
    if let Some(point) = item.coordinates
        && let (Some(latitude), Some(longitude)) = (point.latitude.to_f64(), point.longitude.to_f64())
    {
        made.entries.push(
            ICalendarEntry::new(ICalendarProperty::Geo)
                .with_values(vec![ICalendarValue::Float(latitude), ICalendarValue::Float(longitude)]),
        );
    }
    for address in &item.attendees {
        made.add_property(ICalendarProperty::Attendee, Uri::Location(format!("mailto:{address}")));
    }
    if !item.categories.is_empty() {
        let values = item.categories.iter().map(|category| ICalendarValue::Text(category.clone())).collect();
        made.entries.push(ICalendarEntry::new(ICalendarProperty::Categories).with_values(values));
    }
}

/// A moment in the item's zone, so that a series keeps its hour when the clocks change; in universal time without one.
fn dated(name: ICalendarProperty, at: DateTime<Utc>, item: &CalendarItem) -> ICalendarEntry {
    let zone = item.zone.and_then(|zone| Some((zone.name(), Tz::from_str(zone.name()).ok()?)));
    let local = |zone: Tz| at.with_timezone(&zone).naive_local().and_utc().timestamp();
    match zone {
        Some((_, zone)) if item.all_day => day(name, local(zone)),
        None if item.all_day => day(name, at.timestamp()),
        Some((named, zone)) => ICalendarEntry::new(name)
            .with_param(ICalendarParameter::tzid(named.to_owned()))
            .with_value(PartialDateTime::from_naive_timestamp(local(zone))),
        None => ICalendarEntry::new(name).with_value(PartialDateTime::from_utc_timestamp(at.timestamp())),
    }
}

fn day(name: ICalendarProperty, at: i64) -> ICalendarEntry {
    ICalendarEntry::new(name)
        .with_param(ICalendarParameter::value(ICalendarValueType::Date))
        .with_value(PartialDateTime::from_date_timestamp(at))
}

fn alarm(minutes: i64, summary: &str) -> ICalendarComponent {
    let mut made = ICalendarComponent::new(ICalendarComponentType::VAlarm);
    made.add_property(ICalendarProperty::Action, ICalendarAction::Display);
    made.add_property(ICalendarProperty::Description, summary);
    let length = u32::try_from(minutes.unsigned_abs()).unwrap_or(u32::MAX);
    let before =
        ICalendarDuration { neg: minutes > 0, weeks: 0, days: 0, hours: 0, minutes: length, seconds: 0 };
    made.add_property(ICalendarProperty::Trigger, before);
    made
}

const fn standing(status: ItemStatus) -> ICalendarStatus {
    match status {
        ItemStatus::Tentative => ICalendarStatus::Tentative,
        ItemStatus::Confirmed => ICalendarStatus::Confirmed,
        ItemStatus::Cancelled => ICalendarStatus::Cancelled,
        ItemStatus::NeedsAction => ICalendarStatus::NeedsAction,
        ItemStatus::InProcess => ICalendarStatus::InProcess,
        ItemStatus::Completed => ICalendarStatus::Completed,
    }
}
