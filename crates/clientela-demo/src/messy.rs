//! Tables as people keep them: three separators, three encodings, columns in four languages, and the faults that come with them.

use crate::dice::Dice;
use crate::error::{DemoError, Result};
use crate::world::land::{FRANCE, ITALY, Land};
use crate::world::tables::TableText;
use crate::world::{numbers, slug};
use chrono::{Days, NaiveDate};
use clientela::Session;
use clientela::import::{ImportOptions, ImportReport, ImportSource, ImportTarget};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// A messy table and what its reader has to be told.
#[derive(Debug)]
pub struct MessyFile {
    /// Name of the file.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How it is imported.
    pub options: ImportOptions,
}

/// Rows of the committed sample.
const SAMPLE_ROWS: usize = 199;
/// Serial numbers from here on belong to no customer of a network.
const SERIALS: u64 = 8_000_000;

/// A sample of 200 lines for lessons: the same bytes always.
#[must_use]
pub fn sample() -> Vec<u8> {
    let day = NaiveDate::from_ymd_opt(2026, 1, 15).unwrap_or_default();
    windows_1252(&italian(1, SAMPLE_ROWS, day, &[]).0)
}

/// Three messy tables. `known` are VAT numbers of customers who are there already: some stand in the first table again.
#[must_use]
pub fn files(seed: u64, today: NaiveDate, known: &[String]) -> Vec<MessyFile> {
    let (italian, vat_numbers) = italian(seed, 1_200, today, known);
    vec![
        MessyFile {
            name: "clienti_gestionale.csv",
            about: "customers of an Italian ledger, semicolons, Windows-1252",
            bytes: windows_1252(&italian),
            options: ImportOptions::new(ImportTarget::Customer)
                .default("kind", "company")
                .default("country", "IT")
                .default("language", "it")
                .owner("D-TO Vendite 1"),
        },
        MessyFile {
            name: "clients_export.csv",
            about: "customers of a French export, commas, UTF-8 with byte order mark",
            bytes: french(seed, 500, today),
            options: ImportOptions::new(ImportTarget::Customer)
                .default("kind", "company")
                .default("country", "FR")
                .owner("D-TO Vendite 2"),
        },
        MessyFile {
            name: "fahrzeuge.txt",
            about: "vehicles from a workshop's list, tabs, Windows-1252, customers by VAT number",
            bytes: vehicles(seed, 900, today, &vat_numbers),
            options: ImportOptions::new(ImportTarget::Vehicle),
        },
    ]
}

/// Bytes as western spreadsheets write "CSV". Letters the code page does not have become question marks.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match letter {
            '€' => 0x80,
            '’' => 0x92,
            letter => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
        })
        .collect()
}

/// A number with a wrong last digit.
fn spoilt(number: &str) -> String {
    let mut text = number.to_owned();
    let wrong = match text.pop() {
        Some('9') => '0',
        Some(digit) => char::from_digit(digit.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('0'),
        None => '0',
    };
    text.push(wrong);
    text
}

fn company(dice: &mut Dice, land: &Land) -> (String, &'static str) {
    let (trade, nace) = *dice.pick(land.trades);
    (format!("{trade} {} {}", dice.pick(land.family), dice.pick(land.forms)), nace)
}

/// The Italian table, and the VAT numbers of it that are right.
fn italian(seed: u64, rows: usize, today: NaiveDate, known: &[String]) -> (String, Vec<String>) {
    let mut dice = Dice::new(seed, 21);
    let mut table = TableText::new(&[
        "Cod. cliente",
        "Ragione sociale",
        "P. IVA",
        "Via e numero",
        "CAP",
        "Città",
        "Prov.",
        "Nazione",
        "Telefono",
        "E-mail",
        "Cliente dal",
        "ATECO",
        "Non contattare",
    ]);
    let mut written: Vec<String> = Vec::new();
    for row in 0..rows {
        let (mut name, nace) = company(&mut dice, &ITALY);
        let town = dice.pick(ITALY.towns);
        let right = numbers::italian_vat(SERIALS + seed % 1_000 * 1_000 + row as u64, dice.below(95));
        // What goes wrong in ledgers that are kept by hand for years.
        let vat = match dice.below(100) {
            0..=3 => spoilt(&right),
            4..=6 if !written.is_empty() => dice.pick(&written).clone(),
            7 if !known.is_empty() => dice.pick(known).clone(),
            8..=12 => String::new(),
            13..=20 => {
                written.push(right.clone());
                // Numbers grouped for reading are right all the same.
                format!("IT {} {}", &right[2..7], &right[7..])
            }
            21..=50 => {
                written.push(right.clone());
                right.trim_start_matches("IT").to_owned()
            }
            _ => {
                written.push(right.clone());
                right.clone()
            }
        };
        if dice.percent(2) {
            name.clear();
        }
        let postal_code = if dice.percent(2) { &town.postal_code[..4] } else { town.postal_code };
        let since = today - Days::new(30 + dice.below(5_000));
        let since = match dice.below(60) {
            0 => "n/d".to_owned(),
            1 => "31/02/2019".to_owned(),
            2..=12 => since.format("%d-%m-%y").to_string(),
            13..=40 => since.format("%d/%m/%Y").to_string(),
            _ => since.format("%d.%m.%Y").to_string(),
        };
        let country = ["Italia", "IT", "", "ITALIA"][dice.index(4)];
        let email = match dice.below(75) {
            0 => "manca".to_owned(),
            1 => format!("info@@{}.example", slug(&name)),
            2..=14 => String::new(),
            _ => format!("info@{}{row}.example", slug(&name)),
        };
        let phone = format!("{} {}", town.dial.trim_start_matches("+39 "), 100_000 + dice.below(899_999));
        let street = format!("{}, {}", dice.pick(ITALY.streets), dice.between(1, 200));
        let silent = ["", "no", "sì", ""][dice.weighted(&[60, 30, 4, 6])];
        let number = format!("G{:05}", row + 1);
        table.row(&[
            &number,
            &name,
            &vat,
            &street,
            postal_code,
            town.name,
            town.region,
            country,
            &phone,
            &email,
            &since,
            nace,
            silent,
        ]);
        if dice.percent(1) {
            table.row(&["", "", "", "", "", "", "", "", "", "", "", "", ""]);
        }
        if dice.percent(1) {
            table.row(&["totale", "", "", "", "", "", "", "", "", "", "", "", "", "1200", "x"]);
        }
    }
    (String::from_utf8_lossy(&table.into_bytes()).into_owned(), written)
}

fn french(seed: u64, rows: usize, today: NaiveDate) -> Vec<u8> {
    let mut dice = Dice::new(seed, 22);
    let mut text = String::from(
        "\u{feff}N° client,Raison sociale,N° TVA intracommunautaire,Adresse,Code postal,Ville,Téléphone,Courriel,Client depuis\n",
    );
    for row in 0..rows {
        let (name, _) = company(&mut dice, &FRANCE);
        let town = dice.pick(FRANCE.towns);
        let right = numbers::french_vat(SERIALS + seed % 1_000 * 1_000 + row as u64);
        let vat = if dice.percent(4) { spoilt(&right) } else { right };
        let since = (today - Days::new(dice.below(4_000) + 1)).format("%d/%m/%Y");
        let email = slug(&name);
        let street = format!("\"{}, {}\"", dice.between(1, 120), dice.pick(FRANCE.streets));
        let name = if dice.percent(3) { "  ".to_owned() } else { name };
        let name = if dice.percent(5) { format!("\"{name}, succ. de \"\"Bellot\"\"\"") } else { name };
        let phone = format!("{} {}", town.dial, 100_000 + dice.below(899_999));
        let row = format!(
            "FR{:04},{name},{vat},{street},{},{},{phone},contact@{email}-{row}.example,{since}\n",
            row + 1,
            town.postal_code,
            town.name
        );
        text.push_str(&row);
    }
    text.into_bytes()
}

fn vehicles(seed: u64, rows: usize, today: NaiveDate, vat_numbers: &[String]) -> Vec<u8> {
    let mut dice = Dice::new(seed, 23);
    let mut text = String::from(
        "USt-IdNr.\tFahrgestellnummer\tKennzeichen\tHersteller\tModell\tEuronorm\tErstzulassung\tKilometerstand\r\n",
    );
    for row in 0..rows {
        let owner = if dice.percent(3) || vat_numbers.is_empty() {
            numbers::german_vat(SERIALS + row as u64)
        } else {
            dice.pick(vat_numbers).clone()
        };
        let vin = numbers::vin("WMA", "06X", 70_000_000 + row as u64);
        let vin = match dice.below(40) {
            0 => vin[..16].to_owned(),
            1 => vin.replace('0', "O"),
            2 => numbers::vin("WMA", "06X", 70_000_000),
            _ => vin,
        };
        let registered = today - Days::new(200 + dice.below(5_000));
        let registered =
            if dice.percent(3) { "unbekannt".to_owned() } else { registered.format("%d.%m.%Y").to_string() };
        let thousands = dice.between(5, 980);
        let mileage = match dice.below(30) {
            0 => format!("{thousands}.500"),
            1 => String::new(),
            2..=9 => format!("{thousands}000 km"),
            _ => format!("{thousands}000"),
        };
        let make = if dice.percent(2) { "" } else { "MAN" };
        let class = ["Euro VI", "Euro 6", "Euro V", "5", "EURO IV"][dice.index(5)];
        text.push_str(&format!("{owner}\t{vin}\t\t{make}\tTGX\t{class}\t{registered}\t{mileage}\r\n"));
    }
    windows_1252(&text)
}

/// Writes the tables into a folder; gives their paths.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, files: &[MessyFile]) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).map_err(DemoError::io(folder))?;
    let mut paths = Vec::new();
    for file in files {
        let path = folder.join(file.name);
        std::fs::write(&path, &file.bytes).map_err(DemoError::io(&path))?;
        paths.push(path);
    }
    Ok(paths)
}

/// Imports a table from its file, says what came of it, and writes what was rejected beside it.
///
/// # Errors
/// What the library or the system refuses; rejected rows are no error.
pub fn import(
    session: &Session,
    path: &Path,
    options: ImportOptions,
    say: &mut dyn FnMut(&str),
) -> Result<ImportReport> {
    let plan = session.plan_import(ImportSource::csv_file(path)?, options)?;
    if let Some(mapping) = plan.mapping() {
        let mapped = mapping.columns.iter().filter_map(|column| {
            let target = column.target.as_deref()?;
            Some(format!("{} → {target}", column.header))
        });
        say(&format!("columns: {}", mapped.collect::<Vec<_>>().join(", ")));
    }
    say(&format!("plan: {} of {} rows would come in", plan.acceptable(), plan.read()));
    let rejected = path.with_extension("rejected.csv");
    let file = std::fs::File::create(&rejected).map_err(DemoError::io(&rejected))?;
    let report = plan.commit_into("", Some(file), &mut |_| ControlFlow::Continue(()))?;
    say(&format!("imported {} rows, rejected {}", report.added, report.rejected_rows));
    for (code, count) in plan.reasons() {
        say(&format!("  {count:4} × {code}"));
    }
    for row in report.rejected.iter().take(3) {
        let field = row.field.as_deref().unwrap_or("row");
        say(&format!("  line {}, {field}: {}", row.line, row.message));
    }
    say(&format!("rejected rows with their reasons: {}", rejected.display()));
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_the_same_for_the_same_seed_and_have_their_encodings() {
        let day = "2026-06-30".parse().unwrap();
        let known = ["IT00743110157".to_owned()];
        let (one, two) = (files(4, day, &known), files(4, day, &known));
        assert!(one.iter().zip(&two).all(|(one, two)| one.bytes == two.bytes));
        assert!(std::str::from_utf8(&one[0].bytes).is_err(), "Windows-1252");
        assert!(one[1].bytes.starts_with(b"\xef\xbb\xbf"));
        assert!(one[2].bytes.contains(&b'\t'));
        assert_ne!(files(5, day, &known)[0].bytes, one[0].bytes);
    }

    #[test]
    fn the_committed_sample_is_this_sample() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/clienti_misti.csv");
        assert!(
            std::fs::read(path).unwrap() == sample(),
            "write it anew with `clientela-demo sample examples/data`"
        );
    }
}
