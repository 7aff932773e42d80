//! Numbers, days and moments as people of a country write them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use clientela_model::{ClosedList, ValueError, money::parse_decimal};
use rust_decimal::Decimal;

/// What separates whole and fraction; the other sign separates thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum NumberForm {
    /// 1.234,56 as in Italy, Germany and (with blanks for points) France.
    DecimalComma,
    /// 1,234.56 as in Ireland, and (with apostrophes for commas) in Switzerland.
    DecimalPoint,
}

/// Which of day and month comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ClosedList)]
pub enum DateOrder {
    /// 31.12.2026.
    #[default]
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
}

const NUMBER: &str = "number";

/// An exact number.
///
/// # Errors
/// `number.malformed`; `number.ambiguous` when one sign and three digits could be thousands or a fraction.
pub(super) fn decimal(text: &str, form: NumberForm) -> Result<Decimal, ValueError> {
    let malformed = || {
        let expected = match form {
            NumberForm::DecimalComma => "a number such as 1.234,56",
            NumberForm::DecimalPoint => "a number such as 1,234.56",
        };
        ValueError::new("number.malformed", NUMBER, "is not written as in this file", expected)
    };
    let (point, group) = match form {
        NumberForm::DecimalComma => (',', '.'),
        NumberForm::DecimalPoint => ('.', ','),
    };
    let compact: String =
        text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '\'' | '’')).collect();
    let (whole, fraction) = compact.split_once(point).map_or((compact.as_str(), None), |(w, f)| (w, Some(f)));
    if fraction.is_some_and(|digits| digits.len() == 3) && !whole.contains(group) && whole.len() <= 4 {
        return Err(ValueError::new(
            "number.ambiguous",
            NUMBER,
            "could have thousands or a fraction of three digits",
            "the form of numbers to be stated, or no sign for thousands",
        ));
    }
    let mut groups = whole.split(group);
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for part in groups {
        if part.len() != 3 || first.trim_start_matches('-').len() > 3 {
            return Err(malformed());
        }
        digits.push_str(part);
    }
    if let Some(fraction) = fraction {
        digits.push('.');
        digits.push_str(fraction);
    }
    parse_decimal(&digits).map_err(|_| malformed())
}

/// A whole number; a fraction of zeros is none.
///
/// # Errors
/// As [`decimal`], and `number.fraction`.
pub(super) fn whole(text: &str, form: NumberForm) -> Result<i64, ValueError> {
    let number = decimal(text, form)?;
    let fault = || ValueError::new("number.fraction", NUMBER, "is not whole", "a whole number");
    if !number.fract().is_zero() {
        return Err(fault());
    }
    i64::try_from(number.trunc()).map_err(|_| fault())
}

/// A day: 2026-12-31, 20261231, 31.12.2026, 31/12/26; a time after it is passed over when it is midnight.
///
/// Years of two digits are those up to `today`'s and ten more, else of the century before.
///
/// # Errors
/// `date.malformed`; `date.unknown` for a day no calendar has.
pub(super) fn day(text: &str, order: DateOrder, today: NaiveDate) -> Result<NaiveDate, ValueError> {
    let (day, time) = split_moment(text);
    if time.is_some_and(|time| self::time(time) != Some(NaiveTime::MIN)) {
        return Err(malformed_day());
    }
    plain_day(day, order, today)
}

/// A moment: a day, and a time after it when it is given. Times without a zone are those of UTC.
///
/// # Errors
/// As [`day`].
pub(super) fn moment(text: &str, order: DateOrder, today: NaiveDate) -> Result<DateTime<Utc>, ValueError> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    let (day, time) = split_moment(text);
    let time = time.map_or(Some(NaiveTime::MIN), self::time).ok_or_else(malformed_day)?;
    Ok(NaiveDateTime::new(plain_day(day, order, today)?, time).and_utc())
}

fn malformed_day() -> ValueError {
    ValueError::new(
        "date.malformed",
        "date",
        "is not written as a day",
        "a day such as 2026-12-31 or 31.12.2026",
    )
}

fn split_moment(text: &str) -> (&str, Option<&str>) {
    text.split_once([' ', 'T']).map_or((text, None), |(day, time)| (day, Some(time.trim())))
}

fn time(text: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M", "%H.%M"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

fn plain_day(text: &str, order: DateOrder, today: NaiveDate) -> Result<NaiveDate, ValueError> {
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    let number = |part: &str| -> Result<u32, ValueError> {
        let plain = !part.is_empty() && part.len() <= 4 && part.bytes().all(|digit| digit.is_ascii_digit());
        if plain { part.parse().map_err(|_| malformed_day()) } else { Err(malformed_day()) }
    };
    let (year, month, day) = match parts.as_slice() {
        [compact] if compact.len() == 8 && compact.is_ascii() => {
            let (year, rest) = compact.split_at(4);
            let (month, day) = rest.split_at(2);
            (number(year)?, number(month)?, number(day)?)
        }
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [first, second, year] if year.len() == 4 || year.len() == 2 => {
            let (first, second, short) = (number(first)?, number(second)?, year.len() == 2);
            let year = if short { full_year(number(year)?, today) } else { number(year)? };
            match order {
                DateOrder::DayFirst => (year, second, first),
                DateOrder::MonthFirst => (year, first, second),
            }
        }
        _ => return Err(malformed_day()),
    };
    i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day)).ok_or_else(|| {
        ValueError::new(
            "date.unknown",
            "date",
            "is in no calendar",
            "a day of the calendar; is the month first?",
        )
    })
}

fn full_year(short: u32, today: NaiveDate) -> u32 {
    let now = u32::try_from(today.year()).unwrap_or(2000);
    let near = now - now % 100 + short;
    if near > now + 10 { near - 100 } else { near }
}

/// Yes or no, in the languages of the column words.
///
/// # Errors
/// `yes_no.unknown`.
pub(super) fn yes(text: &str) -> Result<bool, ValueError> {
    match text.to_lowercase().as_str() {
        "1" | "x" | "y" | "yes" | "true" | "s" | "si" | "sì" | "vero" | "o" | "oui" | "vrai" | "j" | "ja"
        | "wahr" => Ok(true),
        "0" | "-" | "n" | "no" | "false" | "falso" | "non" | "faux" | "nein" | "falsch" => Ok(false),
        _ => Err(ValueError::new(
            "yes_no.unknown",
            "answer",
            "is neither yes nor no",
            "yes or no, 1 or 0, true or false",
        )),
    }
}

/// An emission class: 6, Euro 6, EURO VI, Euro 6d.
///
/// # Errors
/// `vehicle.euro_class`.
pub(super) fn euro_class(text: &str) -> Result<u16, ValueError> {
    let upper = text.to_uppercase();
    let class = upper.trim().strip_prefix("EURO").unwrap_or(&upper).trim_matches([' ', '-']);
    let roman: String = class.chars().take_while(|letter| matches!(letter, 'I' | 'V')).collect();
    let found = match roman.as_str() {
        "I" => Some(1),
        "II" => Some(2),
        "III" => Some(3),
        "IV" => Some(4),
        "V" => Some(5),
        "VI" => Some(6),
        "VII" => Some(7),
        _ => class.chars().next().and_then(|digit| digit.to_digit(10)),
    };
    let rest = class.chars().skip(roman.len().max(1)).count();
    found.and_then(|class| u16::try_from(class).ok()).filter(|_| rest <= 2).ok_or_else(|| {
        ValueError::new(
            "vehicle.euro_class",
            "emission class",
            "is not a Euro class",
            "a class such as 6 or Euro VI",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use NumberForm::{DecimalComma, DecimalPoint};

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 6, 30).unwrap()
    }

    #[test]
    fn numbers_are_read_as_their_country_writes_them() {
        for (text, form, expected) in [
            ("1.234,56", DecimalComma, Ok("1234.56")),
            ("1 234,56", DecimalComma, Ok("1234.56")),
            ("1\u{202f}234,5", DecimalComma, Ok("1234.5")),
            ("1,234.56", DecimalPoint, Ok("1234.56")),
            ("1'234.56", DecimalPoint, Ok("1234.56")),
            ("-12.000", DecimalComma, Ok("-12000")),
            ("120.000", DecimalComma, Ok("120000")),
            ("120.000", DecimalPoint, Err("number.ambiguous")),
            ("120,000", DecimalComma, Err("number.ambiguous")),
            ("1234,000", DecimalComma, Err("number.ambiguous")),
            ("1.23,4", DecimalComma, Err("number.malformed")),
            ("1234.567,8", DecimalComma, Err("number.malformed")),
            ("12x", DecimalPoint, Err("number.malformed")),
            ("", DecimalPoint, Err("number.malformed")),
        ] {
            let read = decimal(text, form).map(|number| number.to_string());
            assert_eq!(read.as_deref().map_err(|error| error.code), expected, "{text}");
        }
        assert_eq!(whole("87.500,00", DecimalComma).unwrap(), 87_500);
        assert_eq!(whole("87,5", DecimalComma).unwrap_err().code, "number.fraction");
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        use DateOrder::{DayFirst, MonthFirst};
        for (text, order, expected) in [
            ("2025-12-31", DayFirst, Ok("2025-12-31")),
            ("20251231", DayFirst, Ok("2025-12-31")),
            ("31.12.2025", DayFirst, Ok("2025-12-31")),
            ("31/12/25", DayFirst, Ok("2025-12-31")),
            ("1-2-98", DayFirst, Ok("1998-02-01")),
            ("12/31/2025", MonthFirst, Ok("2025-12-31")),
            ("31/12/2025 00:00:00", DayFirst, Ok("2025-12-31")),
            ("31/12/2025 08:30", DayFirst, Err("date.malformed")),
            ("12/31/2025", DayFirst, Err("date.unknown")),
            ("30.02.2025", DayFirst, Err("date.unknown")),
            ("45291", DayFirst, Err("date.malformed")),
            ("n/d", DayFirst, Err("date.malformed")),
        ] {
            let read = day(text, order, today()).map(|day| day.to_string());
            assert_eq!(read.as_deref().map_err(|error| error.code), expected, "{text}");
        }
        assert_eq!(
            moment("31.12.2025 14:30", DayFirst, today()).unwrap().to_rfc3339(),
            "2025-12-31T14:30:00+00:00"
        );
        assert_eq!(
            moment("2025-12-31T14:30:00+01:00", DayFirst, today()).unwrap().to_rfc3339(),
            "2025-12-31T13:30:00+00:00"
        );
    }

    #[test]
    fn classes_and_answers_have_many_spellings() {
        for (text, expected) in [
            ("6", Some(6)),
            ("Euro 6d", Some(6)),
            ("EURO VI", Some(6)),
            ("euro-iv", Some(4)),
            ("EEV", None),
            ("2019", None),
        ] {
            assert_eq!(euro_class(text).ok(), expected, "{text}");
        }
        assert_eq!((yes("Sì").ok(), yes("non").ok(), yes("forse").ok()), (Some(true), Some(false), None));
    }
}
