//! Spreadsheets: the sheet that has something in it, below its title, with the sheet's own line numbers.

use super::{FILE, import_source, network};
use clientela::import::{ImportOptions, ImportSource, ImportTarget};

const BOOKS: [&[u8]; 2] = [include_bytes!("customers.xlsx"), include_bytes!("customers.ods")];

#[test]
fn a_sheet_comes_in_as_a_table_does() {
    for (at, book) in BOOKS.iter().enumerate() {
        let (session, _folder) = network(&format!("sheet-{at}"));
        let source = ImportSource::table(book.to_vec()).unwrap();
        let options = ImportOptions::new(ImportTarget::Customer).default("kind", "company");
        let plan = session.plan_import(source.clone(), options.clone()).unwrap();
        assert_eq!(plan.preview().iter().map(|row| row.line).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(import_source(&session, source, options).added, 2);
        let customer = session.customer("X-1").unwrap().customer;
        assert_eq!(customer.name, "Rossi, \"Bruno\" & figli");
        assert_eq!(customer.since.unwrap().to_string(), "2019-12-31");
        assert_eq!(session.customer("X-2").unwrap().customer.name, "=Bianchi S.n.c.");
    }
}

#[test]
fn what_is_no_sheet_is_refused() {
    let named = |name| ImportSource::spreadsheet(BOOKS[0], Some(name));
    assert!(named("Customers").is_ok());
    for (source, code) in [
        (named("Vehicles"), "import.spreadsheet"),
        (ImportSource::table(b"PK\x03\x04 and nothing more".to_vec()), "import.spreadsheet"),
    ] {
        assert_eq!(source.unwrap_err().code(), code);
    }
    let (session, _folder) = network("no-sheet");
    let bytes = ImportSource::Csv(BOOKS[0].to_vec().into());
    let error = session.plan_import(bytes, ImportOptions::new(ImportTarget::Customer)).unwrap_err();
    assert_eq!(error.code(), "import.spreadsheet");
    assert!(matches!(ImportSource::table(FILE), Ok(ImportSource::Csv(_))));
}
