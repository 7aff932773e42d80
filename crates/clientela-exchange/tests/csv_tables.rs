//! Tables of text as other systems export them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

use clientela_exchange::TextEncoding;
use clientela_exchange::csv::{
    Confidence, CsvError, CsvLimits, CsvOptions, CsvReader, Mapping, RejectWriter, Separator, Target,
};
use clientela_model::{Coded, Record, entity_ids};
use proptest::prelude::*;

fn open(text: &str) -> CsvReader<&[u8]> {
    CsvReader::open(text.as_bytes(), &CsvOptions::default()).unwrap()
}

#[test]
fn what_a_table_does_not_say_is_found_out() {
    use Separator::{Bar, Comma, Semicolon, Tab};
    for (text, separator, header, rows, cell) in [
        ("name;amount\nRossi;1,50\nBianchi;2,75\n", Semicolon, true, 2, "1,50"),
        ("name,amount\nRossi,1.50\n", Comma, true, 1, "1.50"),
        ("name\tcity\r\nRossi\tRoma, Lazio\r\n", Tab, true, 1, "Roma, Lazio"),
        ("name|city\nRossi|Roma\n", Bar, true, 1, "Roma"),
        ("sep=|\nname|a;b;c\nRossi|d;e;f\n", Bar, true, 1, "d;e;f"),
        ("\"Rossi; Figli\";12\n\"Verdi\";13\n", Semicolon, false, 2, "12"),
        ("Rossi,a@b.example\nVerdi,c@d.example\n", Comma, false, 2, "a@b.example"),
        ("Rossi,Rossi\nVerdi,Verdi\n", Comma, false, 2, "Rossi"),
        (
            "name;note\nRossi;\"line one\nline two; \"\"quoted\"\"\"\n",
            Semicolon,
            true,
            1,
            "line one\nline two; \"quoted\"",
        ),
    ] {
        let mut reader = open(text);
        assert_eq!((reader.separator(), reader.has_header()), (separator, header), "{text}");
        let all: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!((all.len(), all[0].cells[1].as_str()), (rows, cell), "{text}");
    }
    assert_eq!(open("1,2\n3,4").headers(), ["column 1", "column 2"]);
    let one = open("name\nRossi\n");
    assert_eq!(one.headers(), ["name"]);
}

#[test]
fn encodings_are_found_out() {
    let text = "Città;Straße\nForlì;Große Gasse 1\n";
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let western: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let marked = format!("\u{feff}{text}").into_bytes();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), TextEncoding::Utf8),
        (marked, TextEncoding::Utf8),
        (wide, TextEncoding::Utf16LittleEndian),
        (western, TextEncoding::Windows1252),
    ] {
        let mut reader = CsvReader::open(&bytes, &CsvOptions::default()).unwrap();
        assert_eq!(reader.encoding(), encoding);
        assert_eq!(reader.headers(), ["Città", "Straße"]);
        assert_eq!(reader.next().unwrap().unwrap().cells, ["Forlì", "Große Gasse 1"]);
    }
    let wrong = CsvOptions { encoding: Some(TextEncoding::Utf8), ..CsvOptions::default() };
    assert_eq!(CsvReader::open(b"Citt\xe0", &wrong).unwrap_err().code(), "csv.encoding");
}

#[test]
fn lines_are_those_an_editor_shows() {
    let rows: Vec<_> =
        open("sep=;\nname;city\n\n\nRossi;Roma\n;\n\"two\nlines\";x\r\n\r\nVerdi;Forlì;;\nBianchi\n")
            .map(Result::unwrap)
            .collect();
    let lines: Vec<_> = rows.iter().map(|row| (row.line, row.cells.len())).collect();
    assert_eq!(lines, [(5, 2), (7, 2), (10, 2), (11, 2)]);
}

#[test]
fn limits_are_errors_with_a_line_and_the_rest_is_read() {
    let limits = CsvLimits { file_bytes: 200, row_bytes: 20, columns: 3 };
    let options = CsvOptions { limits, separator: Some(Separator::Comma), ..CsvOptions::default() };
    let text = format!("name,city\na,b\na,b,c\n1,2,3,4\n{},b\nlast,row\n", "x".repeat(30));
    let found: Vec<_> = CsvReader::open(text.as_bytes(), &options).unwrap().collect();
    assert_eq!(found.len(), 5);
    assert_eq!(found[1], Err(CsvError::Cells { line: 3, found: 3, expected: 2 }));
    assert_eq!(found[2], Err(CsvError::TooManyColumns { line: 4, found: 4, limit: 3 }));
    assert_eq!(found[3], Err(CsvError::RowTooLong { line: 5, bytes: 31, limit: 20 }));
    assert_eq!(found[4].as_ref().unwrap().cells, ["last", "row"]);
    let code = |bytes: &[u8]| CsvReader::open(bytes, &options).unwrap_err().code();
    assert_eq!(code(&[b'a'; 201]), "csv.file_too_large");
    assert_eq!(code(b""), "csv.empty");
    assert_eq!(code(b"\xef\xbb\xbf\r\n\r\n"), "csv.empty");
    assert_eq!(code(b"a,b,c,d\n"), "csv.too_many_columns");
}

entity_ids! {
    /// A customer of the table.
    TableCustomerId = "table_customer";
}

/// A customer for the test of mappings.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 901, name = "table_customer", access = public)]
struct TableCustomer {
    /// Id.
    #[field(number = 1)]
    id: TableCustomerId,
    /// Name.
    #[field(number = 2, label = "Name")]
    name: String,
    /// VAT number.
    #[field(number = 3, label = "VAT number")]
    vat_number: Option<String>,
    /// Phone.
    #[field(number = 4, label = "Phone", personal)]
    phone: Option<String>,
    /// Mobile.
    #[field(number = 5, label = "Mobile", personal)]
    mobile: Option<String>,
    /// E-mail.
    #[field(number = 6, label = "E-mail", personal)]
    email: Option<String>,
    /// Town.
    #[field(number = 7, label = "Town")]
    locality: Option<String>,
    /// Postal code.
    #[field(number = 8, label = "Postal code")]
    postal_code: Option<String>,
    /// Country.
    #[field(number = 9, label = "Country")]
    country: Option<String>,
}

fn headers(text: &str) -> Vec<String> {
    text.split(';').map(str::to_owned).collect()
}

#[test]
fn headers_of_four_languages_find_their_columns() {
    let targets = Target::of_entity(TableCustomer::ENTITY);
    assert_eq!(
        targets
            .iter()
            .filter(|target| target.required)
            .map(|target| target.name.as_str())
            .collect::<Vec<_>>(),
        ["name"]
    );
    let wanted = ["name", "vat_number", "phone", "mobile", "email", "locality", "postal_code", "country"];
    for table in [
        "name;vat_number;phone;mobile;email;locality;postal_code;country",
        "Company name;VAT No.;Telephone;Cell phone;E-mail address;City;ZIP code;Country",
        "Ragione Sociale;P. IVA;Telefono;Cellulare;Posta elettronica;Città;CAP;Nazione",
        "Raison sociale;N° TVA;Téléphone;Portable;Courriel;Ville;Code postal;Pays",
        "Firma;USt-IdNr.;Telefon;Handy;E-Mail;Ort;PLZ;Land",
        "Kundenname;Ust-ID;Telefonnumer;Mobiltelefon;E-Mail-Adresse;Stadt;Postleitzahl;Staat",
    ] {
        let headers = headers(table);
        let mapping = Mapping::guess(&headers, &targets);
        let found: Vec<_> =
            mapping.columns.iter().map(|column| column.target.as_deref().unwrap_or("-")).collect();
        assert_eq!(found, wanted, "{table}");
        mapping.check(&headers, &targets).unwrap();
    }
}

#[test]
fn a_mapping_is_changed_kept_and_checked() {
    let targets = Target::of_entity(TableCustomer::ENTITY);
    let headers = headers("Cliente;Telefono ufficio;Telefono;Colore;Mail");
    let mut mapping = Mapping::guess(&headers, &targets);
    let found: Vec<_> =
        mapping.columns.iter().map(|column| (column.target.as_deref(), column.confidence)).collect();
    assert_eq!(
        found,
        [
            (Some("name"), Some(Confidence::Synonym)),
            (None, None),
            (Some("phone"), Some(Confidence::Synonym)),
            (None, None),
            (Some("email"), Some(Confidence::Synonym))
        ]
    );
    mapping.assign("Telefono ufficio", Some("phone")).unwrap();
    assert_eq!(
        (mapping.columns[1].confidence, mapping.columns[2].target.as_deref()),
        (Some(Confidence::Chosen), None)
    );
    let kept = serde_json::to_string(&mapping).unwrap();
    assert_eq!(serde_json::from_str::<Mapping>(&kept).unwrap(), mapping);
    assert!(serde_json::from_str::<Mapping>("{\"columns\":[],\"more\":1}").is_err());
    mapping.check(&headers, &targets).unwrap();
    assert_eq!(mapping.assign("Nope", None).unwrap_err().code(), "mapping.no_header");

    mapping.columns[0].target = Some("nonsense".to_owned());
    mapping.columns[3].target = Some("phone".to_owned());
    let other = ["Cliente", "Tel", "Telefono", "Colore", "Mail", "More"].map(str::to_owned);
    let error = mapping.check(&other, &targets).unwrap_err();
    let issues: Vec<_> = error.issues().into_iter().map(|issue| (issue.code, issue.field)).collect();
    let expected = [
        ("mapping.no_header", "Telefono ufficio"),
        ("mapping.more_columns", ""),
        ("mapping.no_target", "nonsense"),
        ("mapping.twice", "phone"),
        ("mapping.required", "name"),
    ];
    assert_eq!(issues, expected.map(|(code, field)| (code.to_owned(), field.to_owned())));
}

#[test]
fn rejected_rows_come_back_with_line_and_reason() {
    let mut reader = open("name;note\nRossi;\"a;b\"\nVerdi;\n");
    let mut writer = RejectWriter::for_table(Vec::new(), &reader).unwrap();
    for row in reader.by_ref() {
        writer.write(&row.unwrap(), "e-mail address lacks an @; expected one").unwrap();
    }
    let bytes = writer.finish().unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbfname;note;line;reason\r\n"));
    let again: Vec<_> =
        CsvReader::open(&bytes, &CsvOptions::default()).unwrap().map(Result::unwrap).collect();
    assert_eq!(again[0].cells, ["Rossi", "a;b", "2", "e-mail address lacks an @; expected one"]);
    assert_eq!(again[1].cells[2], "3");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_fail(bytes in prop::collection::vec(prop_oneof![Just(b';'), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(0), any::<u8>()], 0..300)) {
        if let Ok(reader) = CsvReader::open(&bytes, &CsvOptions::default()) {
            let columns = reader.headers().len();
            for row in reader.flatten() {
                prop_assert_eq!(row.cells.len(), columns);
            }
        }
    }

    #[test]
    fn rows_written_are_the_rows_read(cells in prop::collection::vec(prop::collection::vec("[a-zà-ü;,\"\n|]{1,8}[a-z]", 3), 1..10)) {
        let headers = ["alpha", "beta", "gamma"].map(str::to_owned);
        let mut writer = RejectWriter::new(Vec::new(), &headers, Separator::Semicolon, ["line", "reason"]).unwrap();
        let cells: Vec<Vec<String>> = cells.into_iter().map(|row| row.into_iter().map(|cell| cell.trim().to_owned()).collect()).collect();
        for row in &cells {
            writer.write(&clientela_exchange::csv::Row { line: 1, cells: row.clone() }, "no").unwrap();
        }
        let bytes = writer.finish().unwrap();
        let options = CsvOptions { separator: Some(Separator::Semicolon), header: Some(true), ..CsvOptions::default() };
        let read: Vec<_> = CsvReader::open(&bytes, &options).unwrap().map(|row| row.unwrap().cells[..3].to_vec()).collect();
        prop_assert_eq!(read, cells);
    }
}
