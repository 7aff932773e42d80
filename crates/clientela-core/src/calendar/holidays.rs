//! Public holidays: fixed days, and days that follow Easter, by country.
//!
//! National holidays that are free of work everywhere in the country; what holds in a region only is added by whoever keeps
//! the calendar. Easter by the anonymous Gregorian algorithm (Meeus/Jones/Butcher; *Astronomical Algorithms*, chapter 8), the
//! Orthodox one by Meeus's Julian algorithm.

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use clientela_model::identifier::Country;

/// When a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// A day of a month.
    Day(u32, u32),
    /// So many days after Easter Sunday.
    Easter(i64),
    /// So many days after Orthodox Easter Sunday.
    Orthodox(i64),
    /// The so-manyth Monday of a month; 0 for the last.
    Monday(u32, u32),
}
use On::{Day, Easter, Monday, Orthodox};

/// A country's holidays.
type Table = (&'static str, &'static [(On, &'static str)]);

const TABLES: &[Table] = &[
    (
        "AT",
        &[
            (Day(1, 1), "Neujahr"),
            (Day(1, 6), "Heilige Drei Könige"),
            (Easter(1), "Ostermontag"),
            (Day(5, 1), "Staatsfeiertag"),
            (Easter(39), "Christi Himmelfahrt"),
            (Easter(50), "Pfingstmontag"),
            (Easter(60), "Fronleichnam"),
            (Day(8, 15), "Mariä Himmelfahrt"),
            (Day(10, 26), "Nationalfeiertag"),
            (Day(11, 1), "Allerheiligen"),
            (Day(12, 8), "Mariä Empfängnis"),
            (Day(12, 25), "Christtag"),
            (Day(12, 26), "Stefanitag"),
        ],
    ),
    (
        "BE",
        &[
            (Day(1, 1), "Nouvel An"),
            (Easter(1), "Lundi de Pâques"),
            (Day(5, 1), "Fête du Travail"),
            (Easter(39), "Ascension"),
            (Easter(50), "Lundi de Pentecôte"),
            (Day(7, 21), "Fête nationale"),
            (Day(8, 15), "Assomption"),
            (Day(11, 1), "Toussaint"),
            (Day(11, 11), "Armistice"),
            (Day(12, 25), "Noël"),
        ],
    ),
    (
        "DE",
        &[
            (Day(1, 1), "Neujahr"),
            (Easter(-2), "Karfreitag"),
            (Easter(1), "Ostermontag"),
            (Day(5, 1), "Tag der Arbeit"),
            (Easter(39), "Christi Himmelfahrt"),
            (Easter(50), "Pfingstmontag"),
            (Day(10, 3), "Tag der Deutschen Einheit"),
            (Day(12, 25), "1. Weihnachtstag"),
            (Day(12, 26), "2. Weihnachtstag"),
        ],
    ),
    (
        "ES",
        &[
            (Day(1, 1), "Año Nuevo"),
            (Day(1, 6), "Epifanía"),
            (Easter(-2), "Viernes Santo"),
            (Day(5, 1), "Fiesta del Trabajo"),
            (Day(8, 15), "Asunción"),
            (Day(10, 12), "Fiesta Nacional"),
            (Day(11, 1), "Todos los Santos"),
            (Day(12, 6), "Constitución"),
            (Day(12, 8), "Inmaculada Concepción"),
            (Day(12, 25), "Navidad"),
        ],
    ),
    (
        "FR",
        &[
            (Day(1, 1), "Jour de l'an"),
            (Easter(1), "Lundi de Pâques"),
            (Day(5, 1), "Fête du Travail"),
            (Day(5, 8), "Victoire 1945"),
            (Easter(39), "Ascension"),
            (Easter(50), "Lundi de Pentecôte"),
            (Day(7, 14), "Fête nationale"),
            (Day(8, 15), "Assomption"),
            (Day(11, 1), "Toussaint"),
            (Day(11, 11), "Armistice 1918"),
            (Day(12, 25), "Noël"),
        ],
    ),
    (
        "GB",
        &[
            (Day(1, 1), "New Year's Day"),
            (Easter(-2), "Good Friday"),
            (Easter(1), "Easter Monday"),
            (Monday(5, 1), "Early May bank holiday"),
            (Monday(5, 0), "Spring bank holiday"),
            (Monday(8, 0), "Summer bank holiday"),
            (Day(12, 25), "Christmas Day"),
            (Day(12, 26), "Boxing Day"),
        ],
    ),
    (
        "IT",
        &[
            (Day(1, 1), "Capodanno"),
            (Day(1, 6), "Epifania"),
            (Easter(1), "Lunedì dell'Angelo"),
            (Day(4, 25), "Liberazione"),
            (Day(5, 1), "Festa del lavoro"),
            (Day(6, 2), "Festa della Repubblica"),
            (Day(8, 15), "Ferragosto"),
            (Day(11, 1), "Ognissanti"),
            (Day(12, 8), "Immacolata Concezione"),
            (Day(12, 25), "Natale"),
            (Day(12, 26), "Santo Stefano"),
        ],
    ),
    (
        "NL",
        &[
            (Day(1, 1), "Nieuwjaarsdag"),
            (Easter(1), "Tweede paasdag"),
            (Day(4, 27), "Koningsdag"),
            (Easter(39), "Hemelvaartsdag"),
            (Easter(50), "Tweede pinksterdag"),
            (Day(12, 25), "Eerste kerstdag"),
            (Day(12, 26), "Tweede kerstdag"),
        ],
    ),
    (
        "PL",
        &[
            (Day(1, 1), "Nowy Rok"),
            (Day(1, 6), "Trzech Króli"),
            (Easter(1), "Poniedziałek Wielkanocny"),
            (Day(5, 1), "Święto Pracy"),
            (Day(5, 3), "Święto Konstytucji"),
            (Easter(60), "Boże Ciało"),
            (Day(8, 15), "Wniebowzięcie"),
            (Day(11, 1), "Wszystkich Świętych"),
            (Day(11, 11), "Święto Niepodległości"),
            (Day(12, 24), "Wigilia"),
            (Day(12, 25), "Boże Narodzenie"),
            (Day(12, 26), "Drugi dzień świąt"),
        ],
    ),
    (
        "RO",
        &[
            (Day(1, 1), "Anul Nou"),
            (Day(1, 2), "Anul Nou"),
            (Day(1, 24), "Unirea Principatelor"),
            (Orthodox(-2), "Vinerea Mare"),
            (Orthodox(1), "Paștele"),
            (Day(5, 1), "Ziua Muncii"),
            (Day(6, 1), "Ziua Copilului"),
            (Orthodox(50), "Rusalii"),
            (Day(8, 15), "Adormirea Maicii Domnului"),
            (Day(11, 30), "Sfântul Andrei"),
            (Day(12, 1), "Ziua Națională"),
            (Day(12, 25), "Crăciunul"),
            (Day(12, 26), "Crăciunul"),
        ],
    ),
    (
        "RU",
        &[
            (Day(1, 1), "Новый год"),
            (Day(1, 2), "Новогодние каникулы"),
            (Day(1, 3), "Новогодние каникулы"),
            (Day(1, 4), "Новогодние каникулы"),
            (Day(1, 5), "Новогодние каникулы"),
            (Day(1, 6), "Новогодние каникулы"),
            (Day(1, 7), "Рождество Христово"),
            (Day(1, 8), "Новогодние каникулы"),
            (Day(2, 23), "День защитника Отечества"),
            (Day(3, 8), "Международный женский день"),
            (Day(5, 1), "Праздник Весны и Труда"),
            (Day(5, 9), "День Победы"),
            (Day(6, 12), "День России"),
            (Day(11, 4), "День народного единства"),
        ],
    ),
];

/// Countries whose holidays are known.
pub fn countries() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(country, _)| *country)
}

/// The name of the public holiday a day is in a country, if it is one and the country's are known.
#[must_use]
pub fn holiday(country: Country, day: NaiveDate) -> Option<&'static str> {
    let (_, table) = TABLES.iter().find(|(code, _)| *code == country.code())?;
    table.iter().find(|(on, _)| falls(*on, day.year()) == Some(day)).map(|(_, name)| *name)
}

fn falls(on: On, year: i32) -> Option<NaiveDate> {
    match on {
        Day(month, day) => NaiveDate::from_ymd_opt(year, month, day),
        Easter(after) => easter(year)?.checked_add_signed(TimeDelta::days(after)),
        Orthodox(after) => orthodox_easter(year)?.checked_add_signed(TimeDelta::days(after)),
        Monday(month, 0) => {
            let last = NaiveDate::from_ymd_opt(year, month, 31)
                .or_else(|| NaiveDate::from_ymd_opt(year, month, 30))?;
            last.checked_sub_days(Days::new(last.weekday().num_days_from_monday().into()))
        }
        Monday(month, nth) => {
            let first = NaiveDate::from_ymd_opt(year, month, 1)?;
            let ahead = (7 - first.weekday().num_days_from_monday()) % 7 + 7 * (nth - 1);
            first.checked_add_days(Days::new(ahead.into()))
        }
    }
}

/// Easter Sunday of the western churches.
#[must_use]
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// Easter Sunday of the eastern churches, as a day of the Gregorian calendar.
#[must_use]
pub fn orthodox_easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 4, year % 7, year % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let (month, day) = ((d + e + 114) / 31, (d + e + 114) % 31 + 1);
    // The Julian calendar is behind by this many days.
    let behind = year / 100 - year / 400 - 2;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?
        .checked_add_signed(TimeDelta::days(behind.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_churches_had_it() {
        // Dates of Easter as published by the U.S. Naval Observatory and the Ecumenical Patriarchate.
        for (year, western, eastern) in [
            (2000, "2000-04-23", "2000-04-30"),
            (2008, "2008-03-23", "2008-04-27"),
            (2019, "2019-04-21", "2019-04-28"),
            (2024, "2024-03-31", "2024-05-05"),
            (2025, "2025-04-20", "2025-04-20"),
            (2026, "2026-04-05", "2026-04-12"),
            (2038, "2038-04-25", "2038-04-25"),
        ] {
            assert_eq!(easter(year), western.parse().ok(), "{year}");
            assert_eq!(orthodox_easter(year), eastern.parse().ok(), "{year}");
        }
    }

    #[test]
    fn holidays_by_country() {
        for (country, day, name) in [
            ("IT", "2026-04-06", Some("Lunedì dell'Angelo")),
            ("IT", "2026-04-03", None),
            ("DE", "2026-04-03", Some("Karfreitag")),
            ("FR", "2026-05-14", Some("Ascension")),
            ("GB", "2026-05-04", Some("Early May bank holiday")),
            ("GB", "2026-05-25", Some("Spring bank holiday")),
            ("GB", "2026-08-31", Some("Summer bank holiday")),
            ("RU", "2026-01-08", Some("Новогодние каникулы")),
            ("RO", "2026-04-13", Some("Paștele")),
            ("JP", "2026-01-01", None),
        ] {
            let (country, day) = (Country::parse(country).unwrap(), day.parse().unwrap());
            assert_eq!(holiday(country, day), name, "{country} {day}");
        }
    }
}
