//! A guess at a table's columns: by their headers, confirmed or replaced by what stands in them.

use super::local::{self, DateOrder};
use super::options::{ImportOptions, ImportTarget};
use super::{targets, words};
use chrono::NaiveDate;
use clientela_exchange::csv::{Confidence, MappedColumn, Mapping};
use clientela_model::Why;
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber, VatNumber, Vin};
use serde::{Deserialize, Serialize};

/// What a table's columns probably are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// The mapping, to be changed by a person, saved and used.
    pub mapping: Mapping,
    /// The columns one by one.
    pub columns: Vec<GuessedColumn>,
    /// Fields that are required and that no column fills: they need a column or a default.
    pub missing: Vec<String>,
    /// A saved mapping for tables with these headers.
    pub saved: Option<String>,
}

/// A column and why it was given its field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuessedColumn {
    /// Its header.
    pub header: String,
    /// The field; none when nothing fits.
    pub target: Option<String>,
    /// How sure: exact, synonym, similar, or by content alone.
    pub confidence: Option<Confidence>,
    /// Rows with something in the column.
    pub filled: usize,
    /// Of these, rows whose cell can be read as the field, where the field has a form.
    pub readable: Option<usize>,
    /// Why.
    pub why: Why,
}

/// Guesses by the headers, then by the rows.
#[must_use]
pub(crate) fn guess(
    target: ImportTarget,
    headers: &[String],
    rows: &[Vec<String>],
    saved: Option<String>,
) -> Guess {
    let known = targets::targets(&ImportOptions::new(target));
    let mut mapping = Mapping::guess(headers, &known);
    let cells: Vec<Vec<&str>> = (0..headers.len()).map(|at| column(rows, at)).collect();
    let by_header = mapping.clone();
    for (column, cells) in mapping.columns.iter_mut().zip(&cells) {
        // A resemblance is given up for what cannot be read, and a word of several meanings where the cells have another one: Stato is
        // a country and a status. A name is not: then the cells are wrong.
        let gives_way = match column.confidence {
            Some(Confidence::Similar) => true,
            Some(Confidence::Synonym) => content(target, cells).is_some(),
            _ => false,
        };
        if gives_way && readable_of(column, cells) == Some(0) && !cells.is_empty() {
            (column.target, column.confidence) = (None, None);
        }
    }
    for (at, cells) in cells.iter().enumerate() {
        let Some(field) = content(target, cells) else {
            continue;
        };
        let taken = mapping.columns.iter().any(|column| column.target.as_deref() == Some(field));
        if let Some(column) = mapping.columns.get_mut(at)
            && column.target.is_none()
            && !taken
        {
            (column.target, column.confidence) = (Some(field.to_owned()), Some(Confidence::Content));
        }
    }
    let filled = |name: &str| mapping.columns.iter().any(|column| column.target.as_deref() == Some(name));
    let missing = known.iter().filter(|field| field.required && !filled(&field.name));
    let missing = missing.map(|field| field.name.clone()).collect();
    let columns = mapping.columns.iter().zip(&by_header.columns).zip(&cells);
    let columns = columns.map(|((column, before), cells)| told(column, before, cells)).collect();
    Guess { columns, missing, saved, mapping }
}

fn column(rows: &[Vec<String>], at: usize) -> Vec<&str> {
    let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim());
    cells.filter(|cell| !cell.is_empty()).collect()
}

fn told(column: &MappedColumn, before: &MappedColumn, cells: &[&str]) -> GuessedColumn {
    let readable = readable_of(column, cells);
    let word = match column.confidence {
        Some(Confidence::Exact) => "import.guess.name",
        Some(Confidence::Synonym) => "import.guess.synonym",
        Some(Confidence::Similar) => "import.guess.similar",
        Some(Confidence::Content) => "import.guess.content",
        Some(Confidence::Chosen) => "import.guess.chosen",
        None if before.target.is_some() => "import.guess.unreadable",
        None => "import.guess.unknown",
    };
    let mut why = Why::new(word).fact("filled", cells.len());
    if let Some(readable) = readable {
        why = why.fact("readable", readable);
    }
    GuessedColumn {
        header: column.header.clone(),
        target: column.target.clone(),
        confidence: column.confidence,
        filled: cells.len(),
        readable,
        why,
    }
}

fn readable_of(column: &MappedColumn, cells: &[&str]) -> Option<usize> {
    let form = form(column.target.as_deref()?)?;
    Some(cells.iter().filter(|cell| form(cell)).count())
}

type Form = fn(&str) -> bool;

/// How a field's cells look, where they have a form.
fn form(field: &str) -> Option<Form> {
    Some(match field {
        "email" => |cell| EmailAddress::parse(cell).is_ok(),
        "vin" => |cell| Vin::parse(cell).is_ok(),
        "vat_number" => vat_number,
        "country" => |cell| Country::parse(words::meaning("country", cell).unwrap_or(cell)).is_ok(),
        "phone" | "mobile" => |cell| phone(cell),
        "since" | "first_registration" | "acquired" | "disposed" | "due" | "done_on" => day,
        "mileage" => |cell| cell.chars().any(|letter| letter.is_ascii_digit()),
        _ => return None,
    })
}

fn vat_number(cell: &str) -> bool {
    VatNumber::parse(cell, None).is_ok()
        || ["IT", "DE", "FR", "AT", "ES"].iter().any(|code| {
            Country::parse(code).is_ok_and(|country| VatNumber::parse(cell, Some(country)).is_ok())
        })
}

fn phone(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    PhoneNumber::parse(cell, None).is_ok()
        || digits >= 6 && cell.chars().all(|letter| letter.is_ascii_digit() || " +-/().".contains(letter))
}

fn day(cell: &str) -> bool {
    // Two digits of a year are read whatever the day.
    let today = NaiveDate::from_ymd_opt(2030, 1, 1).unwrap_or_default();
    [DateOrder::DayFirst, DateOrder::MonthFirst].iter().any(|order| local::day(cell, *order, today).is_ok())
}

/// The field whose form all cells have; only of forms that nothing else has, and of fields the target has.
fn content(target: ImportTarget, cells: &[&str]) -> Option<&'static str> {
    let own = |field: &&str| targets::field(target, field).is_some();
    by_form(cells).filter(own).or_else(|| by_words(target, cells))
}

/// The one field with a closed list whose words all cells are.
fn by_words(target: ImportTarget, cells: &[&str]) -> Option<&'static str> {
    let listed = words::fields().filter(|field| targets::field(target, field).is_some());
    let mut fitting =
        listed.filter(|field| !cells.is_empty() && cells.iter().all(|cell| words::is_word(field, cell)));
    fitting.next().filter(|_| fitting.next().is_none())
}

fn by_form(cells: &[&str]) -> Option<&'static str> {
    let all = |form: &dyn Fn(&str) -> bool| !cells.is_empty() && cells.iter().all(|cell| form(cell));
    let international = |cell: &str| cell.starts_with('+') && PhoneNumber::parse(cell, None).is_ok();
    if all(&|cell| EmailAddress::parse(cell).is_ok()) {
        Some("email")
    } else if all(&|cell| Vin::parse(cell).is_ok()) {
        Some("vin")
    } else if all(&|cell| VatNumber::parse(cell, None).is_ok()) {
        Some("vat_number")
    } else if all(&international) {
        Some("phone")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn columns_are_guessed_by_header_and_by_content() {
        let headers = texts(&["Ragione sociale", "Contatto", "X17", "Foo"]);
        let rows = [
            texts(&["Rossi S.r.l.", "info@example.it", "IT00743110157", "a"]),
            texts(&["Bianchi S.p.A.", "", "IT00488410010", "b"]),
        ];
        let guess = guess(ImportTarget::Customer, &headers, &rows, None);
        let expected = [
            (Some("name"), Some(Confidence::Synonym), 2),
            (Some("email"), Some(Confidence::Content), 1),
            (Some("vat_number"), Some(Confidence::Content), 2),
            (None, None, 2),
        ];
        for (found, expected) in guess.columns.iter().zip(expected) {
            let found = (found.target.as_deref(), found.confidence, found.filled);
            assert_eq!(found, expected);
        }
        assert_eq!(guess.missing, ["kind", "country"]);
    }

    #[test]
    fn a_header_of_two_meanings_is_what_its_cells_are() {
        let headers = texts(&["Ragione sociale", "Stato"]);
        for (cells, expected) in [
            (["Attivo", "potenziale"], Some("status")),
            (["customer", "Perso"], Some("status")),
            (["Italia", "DE"], Some("country")),
            // What cannot be read as anything is said to be wrong.
            (["Xyz", "Attivo"], Some("country")),
            (["", ""], Some("country")),
        ] {
            let rows = cells.map(|cell| texts(&["Rossi", cell]));
            let guess = guess(ImportTarget::Customer, &headers, &rows, None);
            assert_eq!(guess.columns[1].target.as_deref(), expected, "{cells:?}");
        }
    }
}
