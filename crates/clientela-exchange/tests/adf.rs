//! Leads in ADF: what is read, what is refused, and that what is kept comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use clientela_exchange::adf::{self, AdfError, AdfMessage, Moment};
use clientela_model::Coded;
use proptest::prelude::*;
use std::path::Path;

fn vector(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/leads/adf");
    let found = std::fs::read(folder.join(name)).ok();
    if found.is_none() {
        println!("skipped: there is no vector {name}");
    }
    found
}

fn read(bytes: &[u8]) -> Result<AdfMessage, AdfError> {
    adf::read(&adf::decode(bytes))
}

fn codes(message: &AdfMessage) -> Vec<(&str, &str)> {
    message.warnings.iter().map(|warning| (warning.code, warning.element.as_str())).collect()
}

#[test]
fn each_vector_is_read_as_its_list_says() {
    for (name, prospects, vehicles, warnings) in [
        ("01_minimal.xml", 1, 1, None),
        ("02_full.xml", 1, 1, Some(("adf.odometer_units", "odometer"))),
        ("03_truck_it_tradein_and_two_vehicles.xml", 1, 3, None),
        ("04_resend_same_id.xml", 1, 3, None),
        ("05_two_prospects.xml", 2, 1, None),
        ("06_pi_first_uppercase.xml", 1, 1, None),
        ("08_empty_vehicle_and_extra_tags.xml", 1, 1, Some(("adf.phone_type", "phone"))),
        ("09_no_vehicle.xml", 1, 0, Some(("adf.no_vehicle", "prospect"))),
        ("11_dates_us_and_rfc2822.xml", 2, 1, Some(("adf.no_time_zone", "requestdate"))),
        ("13_latin1.xml", 1, 1, None),
        ("14_inside_mail_body.txt", 1, 1, None),
    ] {
        let Some(bytes) = vector(name) else { return };
        let message = read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(message.prospects.len(), prospects, "{name}");
        assert_eq!(message.prospects[0].vehicles.len(), vehicles, "{name}");
        assert!(
            warnings.is_none_or(|code| codes(&message).contains(&code)),
            "{name}: {:?}",
            message.warnings
        );
        assert_eq!(
            adf::read(&adf::write(&message.prospects)).unwrap().prospects,
            message.prospects,
            "{name}"
        );
    }
}

#[test]
fn what_the_vectors_say_is_what_is_kept() {
    let Some(bytes) = vector("02_full.xml") else { return };
    let full = &read(&bytes).unwrap().prospects[0];
    let vehicle = &full.vehicles[0];
    assert_eq!(vehicle.vin.as_deref(), Some("2GTEK19R7V1511644"));
    assert_eq!((vehicle.options.len(), vehicle.colours.len()), (2, 2));
    assert_eq!(full.customer.phones[0].number, "393-991-2999");
    assert_eq!(vehicle.odometer.map(|found| (found.distance, found.miles)), Some((90_000, true)));

    let truck = &read(&vector("03_truck_it_tradein_and_two_vehicles.xml").unwrap()).unwrap().prospects[0];
    let interests: Vec<&str> = truck.vehicles.iter().map(|vehicle| vehicle.interest.as_str()).collect();
    assert_eq!(interests, ["buy", "test-drive", "trade-in"]);
    assert_eq!(truck.customer.business.as_deref(), Some("Autotrasporti Esempio S.r.l."));
    assert_eq!(
        (truck.ids[0].source.as_deref(), truck.ids[0].value.as_str()),
        (Some("sito-costruttore"), "IT-2025-000317")
    );
    assert_eq!(truck.customer.ids[0].value, "IT00743110157");
    let window = truck.customer.timeframe.as_ref().unwrap();
    assert_eq!(window.earliest.map(|day| day.to_string()).as_deref(), Some("2025-05-01"));
    assert_eq!(window.latest.map(|day| day.to_string()).as_deref(), Some("2025-06-30"));
    assert!(truck.customer.comments.as_deref().unwrap().ends_with("5 anni & leasing"));
    let again = &read(&vector("04_resend_same_id.xml").unwrap()).unwrap().prospects[0];
    assert!(again.resent && again.ids == truck.ids);

    let odd = read(&vector("08_empty_vehicle_and_extra_tags.xml").unwrap()).unwrap();
    for warning in [
        ("adf.empty_element", "year"),
        ("adf.empty_element", "make"),
        ("adf.unknown_element", "region"),
        ("adf.unknown_element", "vendorid"),
        ("adf.unknown_element", "leadtype"),
    ] {
        assert!(codes(&odd).contains(&warning), "{warning:?}: {:?}", odd.warnings);
    }
    assert_eq!(odd.prospects[0].customer.phones[0].kind.as_deref(), Some("cellphone"));

    let dates = read(&vector("11_dates_us_and_rfc2822.xml").unwrap()).unwrap();
    let written = |place: usize| match dates.prospects[place].requested.unwrap() {
        Moment::Exact(at) => at.to_rfc3339(),
        Moment::Local(at) => at.to_string(),
    };
    assert_eq!(
        (written(0).as_str(), written(1).as_str()),
        ("2000-03-30 15:30:00", "2013-09-25T15:28:57-07:00")
    );

    let western = read(&vector("13_latin1.xml").unwrap()).unwrap();
    assert_eq!(western.prospects[0].customer.full_name.as_deref(), Some("Société Générale Côté"));
}

#[test]
fn what_is_refused_says_where() {
    for (name, code) in [
        ("07_unquoted_attribute.xml", "adf.not_well_formed"),
        ("10_no_contact_channel.xml", "adf.no_contact_point"),
        ("12_doctype_entity.xml", "adf.document_type"),
    ] {
        let Some(bytes) = vector(name) else { return };
        assert_eq!(read(&bytes).unwrap_err().code(), code, "{name}");
    }
}

#[test]
fn faults_have_line_and_column_and_bounds_hold() {
    let unquoted = adf::read("<adf>\n <prospect status=new></prospect></adf>").unwrap_err();
    assert!(matches!(unquoted, AdfError::NotWellFormed { line: 2, column: 19, .. }), "{unquoted:?}");
    let deep = format!("<adf>{}</adf>", "<a>".repeat(1_000));
    assert_eq!(adf::read(&deep).unwrap_err().code(), "adf.too_many_elements");
    let wide = format!("<adf>{}</adf>", "<a/>".repeat(adf::MAX_ELEMENTS + 1));
    assert_eq!(adf::read(&wide).unwrap_err().code(), "adf.too_many_elements");
    let large = " ".repeat(adf::MAX_MESSAGE_BYTES + 1);
    assert_eq!(adf::read(&large).unwrap_err().code(), "adf.too_large");
    for (text, code) in [
        ("a mail", "adf.missing"),
        ("<adfs></adfs>", "adf.missing"),
        ("<adf></adf>", "adf.missing"),
        ("<adf><prospect></adf>", "adf.not_well_formed"),
        ("<adf><prospect>&bomb;</prospect></adf>", "adf.not_well_formed"),
        ("<adf><prospect a=\"&bomb;\"></prospect></adf>", "adf.not_well_formed"),
        ("<!doctype adf><adf></adf>", "adf.document_type"),
        ("<adf><prospect></prospect></adf>", "adf.no_name"),
    ] {
        assert_eq!(adf::read(text).unwrap_err().code(), code, "{text}");
    }
}

proptest! {
    /// Any text is answered, never with a panic, and one that is read comes back the same.
    #[test]
    fn any_text_is_answered(parts in prop::collection::vec("<[/?!]?(adf|prospect|customer|contact|name|email|id)( [a-z]=('[^<]?'|[a-z]))?/?>|[a-z&;é ]{0,3}", 0..30)) {
        let text = format!("<adf>{}</adf>", parts.concat());
        if let Ok(message) = adf::read(&text) {
            prop_assert_eq!(adf::read(&adf::write(&message.prospects)).unwrap().prospects, message.prospects);
        }
    }
}
