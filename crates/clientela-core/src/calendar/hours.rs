//! Opening hours: what is open on each day of a week, written as people write it on a door.

use chrono::Weekday;
use clientela_model::ValueError;
use std::fmt;

/// A stretch of one day, in minutes after midnight: from the first up to, and without, the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// First minute.
    pub from: u16,
    /// Minute at which it ends; 1440 is midnight.
    pub until: u16,
}

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// What is open on each day of a week.
///
/// Written as groups of days with their stretches, separated by semicolons: `Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00`.
/// Days that are not named are closed; a later group replaces an earlier one. The words of days are those of the OpenStreetMap
/// `opening_hours` key (Mo, Tu, We, Th, Fr, Sa, Su).
///
/// ```
/// use clientela_core::calendar::Week;
/// let week: Week = "Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00".parse()?;
/// assert_eq!(week.minutes(chrono::Weekday::Mon), 510);
/// assert_eq!(week.to_string(), "Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Week {
    days: [Vec<Stretch>; 7],
}

/// The days in the order of a week, as they are written.
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

impl Week {
    /// What is open on a day of the week, in order.
    #[must_use]
    pub fn on(&self, day: Weekday) -> &[Stretch] {
        self.days.get(day.num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    /// Minutes open on a day of the week.
    #[must_use]
    pub fn minutes(&self, day: Weekday) -> u32 {
        self.on(day).iter().map(|stretch| u32::from(stretch.until - stretch.from)).sum()
    }

    /// Whether nothing is ever open.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }
}

/// Reads the stretches of one day, such as `08:30-12:30 14:00-18:30`; nothing, or `closed`, is a day that is closed.
///
/// # Errors
/// `opening_hours.malformed`, `opening_hours.order`.
pub fn stretches(text: &str) -> Result<Vec<Stretch>, ValueError> {
    if text.trim() == "closed" {
        return Ok(Vec::new());
    }
    let read: Vec<Stretch> = text.split_whitespace().map(stretch).collect::<Result<_, _>>()?;
    if read.iter().any(|one| one.from >= one.until)
        || read.windows(2).any(|pair| pair[0].until > pair[1].from)
    {
        let expected = "stretches that end after they begin, one after the other";
        return Err(ValueError::new(
            "opening_hours.order",
            "opening hours",
            "overlap or end too early",
            expected,
        ));
    }
    Ok(read)
}

fn stretch(text: &str) -> Result<Stretch, ValueError> {
    let (from, until) = text.split_once('-').ok_or_else(malformed)?;
    Ok(Stretch { from: minute(from)?, until: minute(until)? })
}

fn minute(text: &str) -> Result<u16, ValueError> {
    let two = |part: &str| (part.len() == 2).then(|| part.parse::<u16>().ok()).flatten();
    let (hours, minutes) = text.split_once(':').ok_or_else(malformed)?;
    let (hours, minutes) = two(hours).zip(two(minutes)).ok_or_else(malformed)?;
    let minute = hours * 60 + minutes;
    if minutes < 60 && minute <= DAY_MINUTES { Ok(minute) } else { Err(malformed()) }
}

fn malformed() -> ValueError {
    let expected = "days and times such as Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00";
    ValueError::new("opening_hours.malformed", "opening hours", "cannot be read", expected)
}

fn days(text: &str) -> Option<Vec<usize>> {
    let at = |name: &str| DAYS.iter().position(|day| *day == name);
    let mut named = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => named.push(at(part)?),
            Some((first, last)) => {
                let (first, last) = (at(first)?, at(last)?);
                // Sa-Mo goes over the end of the week.
                let count = (last + 7 - first) % 7;
                named.extend((0..=count).map(|step| (first + step) % 7));
            }
        }
    }
    Some(named)
}

impl std::str::FromStr for Week {
    type Err = ValueError;

    /// # Errors
    /// `opening_hours.malformed`, `opening_hours.order`.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut week = Self::default();
        for group in text.split(';').map(str::trim).filter(|group| !group.is_empty()) {
            let (named, times) = group.split_once(char::is_whitespace).ok_or_else(malformed)?;
            let read = stretches(times)?;
            for day in days(named).ok_or_else(malformed)? {
                if let Some(slot) = week.days.get_mut(day) {
                    slot.clone_from(&read);
                }
            }
        }
        Ok(week)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = 0;
        let mut started = false;
        while let Some(open) = self.days.get(first) {
            let mut last = first;
            while self.days.get(last + 1) == Some(open) {
                last += 1;
            }
            if !open.is_empty() {
                f.write_str(if started { "; " } else { "" })?;
                started = true;
                f.write_str(DAYS[first])?;
                if last > first {
                    write!(f, "-{}", DAYS[last])?;
                }
                for Stretch { from, until } in open {
                    write!(f, " {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)?;
                }
            }
            first = last + 1;
        }
        Ok(())
    }
}
