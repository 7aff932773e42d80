//! From a parsed calendar to items.

use super::item::{CalendarItem, Coordinates, ItemKind, ItemStatus, Recurrence};
use super::{CalendarFile, CalendarFileError};
use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry,
    ICalendarParameterName, ICalendarProperty, ICalendarStatus, ICalendarValue,
};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use clientela_model::identifier::TimeZone;
use rust_decimal::Decimal;
use std::str::FromStr as _;

/// Adds the items of a calendar to the file.
pub(super) fn items(calendar: &ICalendar, zone: TimeZone, file: &mut CalendarFile) {
    let clocks =
        Clocks { zones: calendar.build_tz_resolver(), own: Tz::from_str(zone.name()).unwrap_or(Tz::UTC) };
    for component in &calendar.components {
        let kind = match component.component_type {
            ICalendarComponentType::VEvent => ItemKind::Event,
            ICalendarComponentType::VTodo => ItemKind::Task,
            _ => continue,
        };
        let place =
            file.items.len() + file.problems.iter().filter(|problem| problem.loses_item()).count() + 1;
        match item(calendar, component, kind, &clocks, place, &mut file.problems) {
            Ok(item) => file.items.push(item),
            Err(problem) => file.problems.push(problem),
        }
    }
}

impl CalendarFileError {
    const fn loses_item(&self) -> bool {
        matches!(self, Self::WithoutUid { .. } | Self::WithoutStart { .. })
    }
}

struct Clocks<'a> {
    zones: TzResolver<&'a str>,
    own: Tz,
}

impl Clocks<'_> {
    /// The zone an entry names; none when it names one nobody knows.
    fn named(&self, entry: &ICalendarEntry) -> Option<Option<Tz>> {
        let Some(name) = entry.parameters(&ICalendarParameterName::Tzid).find_map(|value| value.as_text())
        else {
            return Some(None);
        };
        self.zones.resolve(name).map(Some)
    }

    fn moment(&self, at: &PartialDateTime, named: Option<Tz>) -> Option<DateTime<Utc>> {
        let read = at.to_date_time()?;
        if let Some(offset) = read.offset {
            return Some(offset.from_local_datetime(&read.date_time).single()?.to_utc());
        }
        let zone = match named {
            // A day without a time has no zone (RFC 5545, 3.2.19): it is the reader's day.
            _ if at.hour.is_none() => self.own,
            Some(Tz::Floating) | None => self.own,
            Some(zone) => zone,
        };
        // An hour the clocks leave out in spring is read as the one after it, as RFC 5545 says.
        let local = zone.from_local_datetime(&read.date_time).earliest().or_else(|| {
            let later = read.date_time.checked_add_signed(TimeDelta::hours(1))?;
            zone.from_local_datetime(&later).earliest()
        })?;
        Some(local.to_utc())
    }

    fn moments(&self, entry: &ICalendarEntry) -> Vec<DateTime<Utc>> {
        let named = self.named(entry).flatten();
        let dates = entry.values.iter().filter_map(ICalendarValue::as_partial_date_time);
        dates.filter_map(|date| self.moment(date, named)).collect()
    }

    fn of(&self, component: &ICalendarComponent, name: &ICalendarProperty) -> Option<DateTime<Utc>> {
        self.moments(component.property(name)?).first().copied()
    }
}

fn item(
    calendar: &ICalendar,
    component: &ICalendarComponent,
    kind: ItemKind,
    clocks: &Clocks<'_>,
    place: usize,
    problems: &mut Vec<CalendarFileError>,
) -> Result<CalendarItem, CalendarFileError> {
    let uid =
        text(component, &ICalendarProperty::Uid).ok_or(CalendarFileError::WithoutUid { item: place })?;
    let starts = clocks.of(component, &ICalendarProperty::Dtstart);
    if kind == ItemKind::Event && starts.is_none() {
        return Err(CalendarFileError::WithoutStart { item: place });
    }
    let dated = component
        .property(&ICalendarProperty::Dtstart)
        .or_else(|| component.property(&ICalendarProperty::Due));
    let named = dated.map_or(Some(None), |entry| clocks.named(entry));
    if named.is_none() {
        problems.push(CalendarFileError::UnknownZone { item: place });
    }
    let all_day = dated.is_some_and(is_day);
    let own = all_day || dated.is_some_and(is_floating);
    let zone = named.flatten().filter(|_| !all_day).or(own.then_some(clocks.own));
    let zone = zone.and_then(|zone| TimeZone::parse(&zone.name()?).ok());
    let end = if kind == ItemKind::Event { ICalendarProperty::Dtend } else { ICalendarProperty::Due };
    let ends = clocks.of(component, &end).or_else(|| {
        let length = component.property(&ICalendarProperty::Duration)?.values.iter().find_map(duration)?;
        starts?.checked_add_signed(length)
    });
    Ok(CalendarItem {
        kind,
        uid,
        summary: text(component, &ICalendarProperty::Summary).unwrap_or_default(),
        description: text(component, &ICalendarProperty::Description),
        location: text(component, &ICalendarProperty::Location),
        coordinates: component.property(&ICalendarProperty::Geo).and_then(coordinates),
        starts,
        ends,
        all_day,
        zone,
        status: component.status().and_then(status),
        completed: clocks.of(component, &ICalendarProperty::Completed),
        sequence: component
            .property(&ICalendarProperty::Sequence)
            .and_then(|entry| u32::try_from(entry.values.first()?.as_integer()?).ok())
            .unwrap_or(0),
        recurrence: recurrence(component),
        except: component
            .properties(&ICalendarProperty::Exdate)
            .flat_map(|entry| clocks.moments(entry))
            .collect(),
        replaces: clocks.of(component, &ICalendarProperty::RecurrenceId),
        reminders: reminders(calendar, component),
        attendees: component
            .properties(&ICalendarProperty::Attendee)
            .filter_map(|entry| entry.calendar_address().map(str::to_owned))
            .collect(),
        categories: component
            .properties(&ICalendarProperty::Categories)
            .flat_map(|entry| &entry.values)
            .filter_map(|value| value.as_text().map(str::to_owned))
            .collect(),
    })
}

fn text(component: &ICalendarComponent, name: &ICalendarProperty) -> Option<String> {
    let value = component.property(name)?.values.first()?.as_text()?;
    (!value.trim().is_empty()).then(|| value.to_owned())
}

fn is_day(entry: &ICalendarEntry) -> bool {
    entry
        .values
        .first()
        .and_then(ICalendarValue::as_partial_date_time)
        .is_some_and(|date| date.hour.is_none())
}

fn is_floating(entry: &ICalendarEntry) -> bool {
    entry
        .values
        .first()
        .and_then(ICalendarValue::as_partial_date_time)
        .is_some_and(|date| date.tz_hour.is_none())
}

fn coordinates(entry: &ICalendarEntry) -> Option<Coordinates> {
    let mut degrees = entry.values.iter().filter_map(ICalendarValue::as_float);
    let (latitude, longitude) = (degrees.next()?, degrees.next()?);
    Some(Coordinates {
        latitude: Decimal::try_from(latitude).ok()?,
        longitude: Decimal::try_from(longitude).ok()?,
    })
}

const fn status(status: &ICalendarStatus) -> Option<ItemStatus> {
    Some(match status {
        ICalendarStatus::Tentative => ItemStatus::Tentative,
        ICalendarStatus::Confirmed => ItemStatus::Confirmed,
        ICalendarStatus::Cancelled => ItemStatus::Cancelled,
        ICalendarStatus::NeedsAction => ItemStatus::NeedsAction,
        ICalendarStatus::InProcess => ItemStatus::InProcess,
        ICalendarStatus::Completed => ItemStatus::Completed,
        _ => return None,
    })
}

fn recurrence(component: &ICalendarComponent) -> Option<Recurrence> {
    component.property(&ICalendarProperty::Rrule)?.values.iter().find_map(|value| match value {
        ICalendarValue::RecurrenceRule(rule) => Some(Recurrence::new(rule.as_ref().clone())),
        _ => None,
    })
}

fn reminders(calendar: &ICalendar, component: &ICalendarComponent) -> Vec<i64> {
    component
        .component_ids
        .iter()
        .filter_map(|id| calendar.component_by_id(*id))
        .filter(|alarm| alarm.component_type == ICalendarComponentType::VAlarm)
        .filter_map(|alarm| alarm.property(&ICalendarProperty::Trigger)?.values.iter().find_map(duration))
        .map(|length| -length.num_minutes())
        .collect()
}

fn duration(value: &ICalendarValue) -> Option<TimeDelta> {
    let ICalendarValue::Duration(ICalendarDuration { neg, weeks, days, hours, minutes, seconds }) = value
    else {
        return None;
    };
    let days = i64::from(*weeks) * 7 + i64::from(*days);
    let seconds = days * 86_400 + i64::from(*hours) * 3_600 + i64::from(*minutes) * 60 + i64::from(*seconds);
    TimeDelta::try_seconds(if *neg { -seconds } else { seconds })
}
