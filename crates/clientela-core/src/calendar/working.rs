//! Working time: what is open, and moments and days counted in it.

use super::holidays::holiday;
use super::hours::{Stretch, Week};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use clientela_model::identifier::{Country, TimeZone};
use std::collections::BTreeMap;

/// Days that are looked through for the next open one; a calendar without any in so long is taken to be closed for good.
pub const LOOK_AHEAD_DAYS: u64 = 400;

/// A calendar ready to count with: the week of opening hours, the days that differ from it, and the zone its clocks show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingTime {
    /// Zone of its clocks.
    pub zone: TimeZone,
    /// What is open in a week.
    pub week: Week,
    /// Countries whose public holidays are free.
    pub holidays: Vec<Country>,
    /// Days with hours of their own; without any they are closed. They go before holidays.
    pub days: BTreeMap<NaiveDate, Vec<Stretch>>,
}

impl WorkingTime {
    /// Mondays to Fridays from 9 to 18, without holidays: what is assumed where nobody has set a calendar.
    #[must_use]
    pub fn standard(zone: TimeZone) -> Self {
        let week = "Mo-Fr 09:00-18:00".parse().unwrap_or_default();
        Self { zone, week, holidays: Vec::new(), days: BTreeMap::new() }
    }

    /// What is open on a day, in its own clock.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> &[Stretch] {
        if let Some(own) = self.days.get(&day) {
            return own;
        }
        if self.holiday(day).is_some() { &[] } else { self.week.on(day.weekday()) }
    }

    /// The name of the public holiday a day is.
    #[must_use]
    pub fn holiday(&self, day: NaiveDate) -> Option<&'static str> {
        self.holidays.iter().find_map(|country| holiday(*country, day))
    }

    /// Whether anything is open on a day.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.on(day).is_empty()
    }

    /// Whether it is open at a moment.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.open_on(self.zone.day_of(at)).any(|(from, until)| from <= at && at < until)
    }

    /// The next moment at which it is open: that moment itself when it is. None when it never is.
    #[must_use]
    pub fn next_opening(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.open_since(at).next().map(|(from, _)| from.max(at))
    }

    /// The moment when so much open time has passed. None when it never has.
    ///
    /// Nothing added gives the next opening; what ends with the day ends at its end, not at the next opening.
    #[must_use]
    pub fn add(&self, at: DateTime<Utc>, time: TimeDelta) -> Option<DateTime<Utc>> {
        let mut left = time.max(TimeDelta::zero());
        let mut current: Option<DateTime<Utc>> = None;
        // A long time goes over many days: each stretch found takes the count of days to look ahead up again.
        loop {
            let (from, until) = self.open_since(current.unwrap_or(at)).next()?;
            let from = from.max(at);
            if until - from >= left {
                return Some(from + left);
            }
            left -= until - from;
            current = Some(until);
        }
    }

    /// Open time between two moments; nothing when the second is earlier.
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
        let last = self.zone.day_of(until);
        let mut sum = TimeDelta::zero();
        let mut day = self.zone.day_of(from);
        while day <= last {
            for (opens, closes) in self.open_on(day) {
                sum += (closes.min(until) - opens.max(from)).max(TimeDelta::zero());
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        sum
    }

    /// The working day that is so many working days after a day; with 0 the day itself if it is one, else the next. None when
    /// there are not so many.
    #[must_use]
    pub fn add_days(&self, day: NaiveDate, count: u32) -> Option<NaiveDate> {
        let mut left = count;
        let mut current = self.working_day_from(day)?;
        // A start on a closed day is not counted: one working day after Saturday is Monday.
        if current != day && left > 0 {
            left -= 1;
        }
        while left > 0 {
            current = self.working_day_from(current.succ_opt()?)?;
            left -= 1;
        }
        Some(current)
    }

    /// Working days from the first day to the last, both included.
    #[must_use]
    pub fn days_between(&self, first: NaiveDate, last: NaiveDate) -> u32 {
        let mut count = 0;
        let mut day = first;
        while day <= last {
            count += u32::from(self.is_working_day(day));
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        count
    }

    fn working_day_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        (0..LOOK_AHEAD_DAYS)
            .filter_map(|ahead| day.checked_add_days(Days::new(ahead)))
            .find(|day| self.is_working_day(*day))
    }

    /// What is open on a day, as moments.
    pub fn open_on(&self, day: NaiveDate) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> + '_ {
        self.on(day)
            .iter()
            .map(move |stretch| (self.moment(day, stretch.from), self.moment(day, stretch.until)))
    }

    /// The stretches that have not ended at a moment, in order, over the days that are looked through.
    fn open_since(&self, at: DateTime<Utc>) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> + '_ {
        let first = self.zone.day_of(at);
        (0..LOOK_AHEAD_DAYS)
            .filter_map(move |ahead| first.checked_add_days(Days::new(ahead)))
            .flat_map(|day| self.open_on(day))
            .filter(move |(_, until)| *until > at)
    }

    /// The moment the clocks show a minute of a day. In the hour a clock is put forward by, it is the moment after it; in the hour
    /// that comes twice, the first. At either end of all days it is the moment of that end.
    #[must_use]
    pub fn moment(&self, day: NaiveDate, minute: u16) -> DateTime<Utc> {
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
        let shown = midnight
            .checked_add_signed(TimeDelta::minutes(minute.into()))
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let by = |guess: DateTime<Utc>| {
            let ahead = TimeDelta::seconds(self.zone.offset_at(guess).local_minus_utc().into());
            shown.checked_sub_signed(ahead).unwrap_or(shown)
        };
        // The offset of the day before holds unless the clock is changed in between.
        let before = by(shown.checked_sub_signed(TimeDelta::days(1)).unwrap_or(shown));
        let after = by(before);
        if before == after || by(after) != after { before } else { after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rome() -> WorkingTime {
        WorkingTime {
            zone: TimeZone::parse("Europe/Rome").unwrap(),
            week: "Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00".parse().unwrap(),
            holidays: vec![Country::parse("IT").unwrap()],
            days: [("2026-06-29".parse().unwrap(), Vec::new())].into(),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn time_is_counted_while_it_is_open() {
        let rome = rome();
        for (from, minutes, until) in [
            // A lead on Friday evening is answered on Saturday morning; two hours on a Saturday end on Monday.
            ("2026-11-27T18:00:00Z", 60, "2026-11-28T09:00:00Z"),
            ("2026-11-28T10:30:00Z", 60, "2026-11-30T08:00:00Z"),
            // Over the lunch break, and exactly to its beginning.
            ("2026-11-30T11:00:00Z", 60, "2026-11-30T13:30:00Z"),
            ("2026-11-30T10:30:00Z", 60, "2026-11-30T11:30:00Z"),
            // Easter Monday is free; the clock was put forward a week before.
            ("2026-04-04T10:30:00Z", 0, "2026-04-07T06:30:00Z"),
            ("2026-03-28T10:30:00Z", 60, "2026-03-30T07:00:00Z"),
        ] {
            assert_eq!(
                rome.add(at(from), TimeDelta::minutes(minutes)),
                Some(at(until)),
                "{from} + {minutes}"
            );
        }
    }

    #[test]
    fn days_are_counted_without_those_that_are_closed() {
        let rome = rome();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (from, count, then) in [
            ("2026-12-24", 0, "2026-12-24"),
            ("2026-12-24", 1, "2026-12-28"),
            ("2026-12-25", 1, "2026-12-28"),
            ("2026-12-25", 0, "2026-12-28"),
            ("2026-06-27", 1, "2026-06-30"),
        ] {
            assert_eq!(rome.add_days(day(from), count), Some(day(then)), "{from} + {count}");
        }
        assert_eq!(rome.days_between(day("2026-12-21"), day("2026-12-31")), 8);
        assert_eq!(rome.days_between(day("2026-12-31"), day("2026-12-21")), 0);
        let never = WorkingTime { week: Week::default(), ..rome };
        assert_eq!(never.next_opening(at("2026-11-28T10:30:00Z")), None);
        assert_eq!(never.add_days(day("2026-01-01"), 1), None);
    }

    #[test]
    fn a_night_shift_over_a_change_of_the_clocks_has_its_real_length() {
        let night =
            WorkingTime { week: "Mo-Su 00:00-06:00".parse().unwrap(), holidays: Vec::new(), ..rome() };
        for (day, hours) in [("2026-03-29", 5), ("2026-10-25", 7), ("2026-05-01", 6)] {
            let from = at(&format!("{day}T00:00:00Z")) - TimeDelta::hours(3);
            assert_eq!(night.between(from, from + TimeDelta::hours(14)), TimeDelta::hours(hours), "{day}");
        }
    }

    #[test]
    fn the_first_and_the_last_of_all_days_have_a_moment() {
        let rome = rome();
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            for minute in [0, 720, 1_440] {
                let at = rome.moment(day, minute);
                assert!((rome.zone.day_of(at) - day).num_days().abs() <= 1, "{day} {minute}");
            }
        }
    }

    proptest! {
        /// What was added is what lies between, and more added is never earlier.
        #[test]
        fn adding_and_measuring_agree(start in 0_i64..1_000_000, minutes in 0_i64..20_000, more in 0_i64..5_000) {
            let rome = rome();
            let from = at("2025-12-20T00:00:00Z") + TimeDelta::minutes(start);
            let then = rome.add(from, TimeDelta::minutes(minutes)).unwrap();
            prop_assert_eq!(rome.between(from, then), TimeDelta::minutes(minutes));
            prop_assert!(rome.add(from, TimeDelta::minutes(minutes + more)).unwrap() >= then);
            prop_assert!(rome.is_open(then) || rome.is_open(then - TimeDelta::seconds(1)));
        }
    }
}
