//! Entering and changing customers, contacts, vehicles and consents; duplicates; activities.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::party::activities::{self, NewActivity, Report};
use clientela_core::party::*;
use clientela_model::{ClosedList, Coded, EntityId};
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn seat() -> Seat {
    Seat { owner: id(1), unit: id(2) }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Rossi Trasporti with these fields changed, as JSON: what an import or a binding hands in.
fn customer(changes: &str) -> NewCustomer {
    let mut given: serde_json::Value = serde_json::from_str(
        r#"{"kind": "company", "name": "Rossi Trasporti S.r.l.", "country": "IT", "vat_number": "07643520567"}"#,
    )
    .unwrap();
    let changes: serde_json::Map<String, serde_json::Value> = serde_json::from_str(changes).unwrap();
    given.as_object_mut().unwrap().extend(changes);
    serde_json::from_value(given).unwrap()
}

fn enter(new: &NewCustomer) -> Result<EnteredCustomer, Vec<String>> {
    enter_customer(new, id(10), id(11), seat()).map_err(|found| findings(&found))
}

/// Each finding as `field code`.
fn findings(error: &dyn Coded) -> Vec<String> {
    let found: Vec<String> =
        error.issues().iter().map(|issue| format!("{} {}", issue.field, issue.code)).collect();
    // The error as a whole speaks of its first finding.
    assert_eq!(found.first(), Some(&format!("{} {}", error.field().unwrap_or_default(), error.code())));
    found
}

#[test]
fn a_customer_is_written_the_one_way() {
    let new = customer(
        r#"{"name": "  Rossi Trasporti S.r.l. ", "vat_number": "IT 0764352056-7", "street": "Via Emilia 1\r\nScala B",
            "postal_code": " 20121 ", "email": "Info@ROSSI.example", "phone": "02 1234 5678", "language": "it-IT",
            "nace": "4941", "number": "C-1", "do_not_contact": true, "notes": "pays late"}"#,
    );
    let EnteredCustomer { party, relationship, .. } = enter(&new).unwrap();
    assert_eq!(party.name, "Rossi Trasporti S.r.l.");
    assert_eq!(party.vat_number.unwrap().as_str(), "IT07643520567");
    assert_eq!(party.street.as_deref(), Some("Via Emilia 1\nScala B"));
    assert_eq!(party.postal_code.as_deref(), Some("20121"));
    assert_eq!(party.email.unwrap().as_str(), "Info@rossi.example");
    assert_eq!(party.phone.unwrap().e164(), "+390212345678");
    assert_eq!(party.language.unwrap().to_string(), "it");
    assert_eq!(party.nace.as_deref(), Some("49.41"));
    assert_eq!((relationship.party, relationship.owner, relationship.unit), (id(11), id(1), id(2)));
    assert_eq!(relationship.status, CustomerStatus::Prospect);
    assert_eq!(relationship.credit_hold, Some(false));
    assert!(relationship.do_not_contact);
}

#[test]
fn every_finding_is_listed_in_the_order_of_the_fields() {
    let cases: [(&str, &[&str]); 12] = [
        (r#"{}"#, &[]),
        (r#"{"name": " "}"#, &["name field.missing"]),
        (r#"{"kind": null, "country": null}"#, &["kind field.missing", "country field.missing"]),
        (r#"{"kind": "firm"}"#, &["kind word.unknown"]),
        (r#"{"vat_number": "07643520566"}"#, &["vat_number vat_number.check_digit"]),
        (r#"{"country": "XX", "vat_number": "1", "phone": "x"}"#, &["country country.unknown"]),
        (r#"{"postal_code": "2012"}"#, &["postal_code postal_code.format"]),
        (r#"{"email": "rossi", "nace": "trucks"}"#, &["email email.no_at", "nace nace.malformed"]),
        (r#"{"street": "1\n2\n3\n4\n5"}"#, &["street address.street_lines"]),
        (r#"{"status": "friend", "size": "huge"}"#, &["status word.unknown", "size word.unknown"]),
        (r#"{"name": "a\u0007b"}"#, &["name text.control_character"]),
        (
            r#"{"language": "xx", "vat_number": "12", "name": null}"#,
            &["name field.missing", "vat_number vat_number.length", "language language.unknown"],
        ),
    ];
    for (changes, expected) in cases {
        let found = enter(&customer(changes)).err().unwrap_or_default();
        assert_eq!(found, expected, "{changes}");
    }
}

#[test]
fn an_error_never_repeats_what_was_typed() {
    let new = customer(r#"{"vat_number": "07643520566", "email": "secret-person", "phone": "call me"}"#);
    let error = enter_customer(&new, id(10), id(11), seat()).unwrap_err();
    let told = format!("{error} {error:?} {:?} {:?}", error.issues(), error.hint());
    for secret in ["07643520566", "secret", "call me"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[test]
fn only_what_is_named_changes() {
    let new = customer(r#"{"email": "info@rossi.example", "number": "C-1", "postal_code": "20121"}"#);
    let EnteredCustomer { party, relationship, .. } = enter(&new).unwrap();
    // The change, and the columns of party and relationship it touches, or the findings.
    type Expected = Result<(&'static [&'static str], &'static [&'static str]), &'static [&'static str]>;
    let cases: [(&str, Expected); 10] = [
        (r#"{}"#, Ok((&[], &[]))),
        (r#"{"name": "Rossi"}"#, Ok((&["name"], &[]))),
        (r#"{"name": "Rossi Trasporti S.r.l."}"#, Ok((&[], &[]))),
        (r#"{"email": null}"#, Ok((&["email"], &[]))),
        (r#"{"status": "customer", "credit_hold": true}"#, Ok((&[], &["status", "credit_hold"]))),
        (r#"{"number": null, "since": "2026-01-31"}"#, Ok((&[], &["number", "since"]))),
        (r#"{"name": ""}"#, Err(&["name field.missing"])),
        (r#"{"kind": "", "status": " "}"#, Err(&["kind field.missing", "status field.missing"])),
        (r#"{"country": "DE", "postal_code": "20121"}"#, Ok((&["country"], &[]))),
        (r#"{"country": "PL", "postal_code": "20121x"}"#, Err(&["postal_code postal_code.format"])),
    ];
    for (change, expected) in cases {
        let change: CustomerChange = serde_json::from_str(change).unwrap();
        let result = change_customer(&party, &relationship, &change);
        match (&result, expected) {
            (Ok(changed), Ok((of_party, of_relationship))) => {
                assert_eq!(changed.party_columns, of_party, "{change:?}");
                assert_eq!(changed.relationship_columns, of_relationship, "{change:?}");
                assert_eq!(changed.party == party, of_party.is_empty(), "{change:?}");
            }
            (Err(error), Err(expected)) => assert_eq!(findings(error), expected, "{change:?}"),
            _ => panic!("{change:?}: {result:?}"),
        }
        // What a binding hands on comes back as it was.
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<CustomerChange>(&text).unwrap(), change, "{text}");
    }
    assert!(serde_json::from_str::<CustomerChange>(r#"{"nmae": "x"}"#).is_err());
}

#[test]
fn contacts_vehicles_and_consents_are_checked() {
    let italy = clientela_model::identifier::Country::parse("IT").unwrap();
    let contacts: [(&str, &[&str]); 4] = [
        (r#"{"family_name": "Bianchi", "mobile": "347 123 4567", "role": "buyer"}"#, &[]),
        (r#"{"given_name": "Anna"}"#, &["family_name field.missing"]),
        (
            r#"{"family_name": "B", "role": "boss", "influence": "all"}"#,
            &["role word.unknown", "influence word.unknown"],
        ),
        (r#"{"family_name": "B", "email": "b@"}"#, &["email email.domain"]),
    ];
    for (text, expected) in contacts {
        let new: NewContact = serde_json::from_str(text).unwrap();
        let found = enter_contact(&new, id(20), id(10), Some(&italy))
            .map_err(|found| found.issues().iter().map(|issue| issue.field.clone()).collect::<Vec<_>>());
        let fields: Vec<String> =
            expected.iter().map(|finding| finding.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(found.err().unwrap_or_default(), fields, "{text}");
    }
    let vehicles: [(&str, &[&str]); 9] = [
        (r#"{"make": "Iveco", "category": "n3", "euro_class": 6, "mileage_km": 0}"#, &[]),
        (r#"{"make": "Iveco", "acquired": "2020-01-01", "disposed": "2020-01-01"}"#, &[]),
        (r#"{}"#, &["make field.missing"]),
        (r#"{"make": "Iveco", "category": "N4"}"#, &["category vehicle.category"]),
        (r#"{"make": "Iveco", "euro_class": 0}"#, &["euro_class vehicle.euro_class"]),
        (
            r#"{"make": "Iveco", "euro_class": 8, "mileage_km": -1}"#,
            &["euro_class vehicle.euro_class", "mileage_km vehicle.mileage"],
        ),
        (
            r#"{"make": "Iveco", "acquired": "2020-01-02", "disposed": "2020-01-01"}"#,
            &["disposed vehicle.disposed_before_acquired"],
        ),
        (
            r#"{"make": "Iveco", "first_registration": "2021-01-01", "disposed": "2020-01-01"}"#,
            &["disposed vehicle.disposed_before_registered"],
        ),
        (r#"{"make": "Iveco", "ownership": "stolen"}"#, &["ownership word.unknown"]),
    ];
    for (text, expected) in vehicles {
        let new: NewVehicle = serde_json::from_str(text).unwrap();
        let found = enter_vehicle(&new, id(30), id(11)).map_err(|found| findings(&found));
        assert_eq!(found.err().unwrap_or_default(), expected, "{text}");
    }
    let now = at("2026-03-01T12:00:00Z");
    let granted = r#""purpose": "marketing", "channel": "email", "basis": "consent""#;
    let consents: [(String, &[&str]); 4] = [
        (format!(r#"{{{granted}, "decision": "granted"}}"#), &[]),
        (
            format!(r#"{{{granted}, "decision": "granted", "at": "2026-03-01T12:00:01Z"}}"#),
            &["at consent.in_the_future"],
        ),
        (format!(r#"{{{granted}}}"#), &["decision field.missing"]),
        (
            r#"{}"#.to_owned(),
            &[
                "purpose field.missing",
                "channel field.missing",
                "decision field.missing",
                "basis field.missing",
            ],
        ),
    ];
    for (text, expected) in consents {
        let new: NewConsent = serde_json::from_str(&text).unwrap();
        let found = enter_consent(&new, id(40), id(10), now).map_err(|found| findings(&found));
        assert_eq!(found.err().unwrap_or_default(), expected, "{text}");
    }
}

#[test]
fn joining_a_known_party_fills_what_it_lacks_and_changes_nothing() {
    let known = enter(&customer(r#"{"name": "ROSSI", "email": "info@rossi.example"}"#)).unwrap().party;
    let with_street = enter(&customer(r#"{"street": "Via Emilia 1"}"#)).unwrap().party;
    // Known party, what is entered, what is filled.
    let cases: [(&Party, &str, &[&str]); 5] = [
        (&known, r#"{"name": "ROSSI"}"#, &[]),
        (&known, r#"{"name": "ROSSI", "email": "other@rossi.example", "nace": "49.41"}"#, &["nace"]),
        (&known, r#"{"name": "ROSSI", "street": "Via Po 2", "locality": "Torino"}"#, &["street", "locality"]),
        // An address is never put together from two.
        (&with_street, r#"{"locality": "Torino", "postal_code": "10121"}"#, &[]),
        (&known, r#"{"country": "DE", "vat_number": null, "locality": "Ulm"}"#, &[]),
    ];
    // What was entered and is not kept is named by its column; the rest is told as of a new customer.
    let kept: [&[&str]; 5] =
        [&[], &["email"], &[], &["postal_code", "locality"], &["name", "locality", "country"]];
    for ((known, entered, filled), kept) in cases.into_iter().zip(kept) {
        let entered = enter_customer(&customer(entered), id(50), id(51), seat()).unwrap();
        let joined = join_party(entered.clone(), known);
        assert_eq!(joined.filled, filled);
        assert_eq!(joined.relationship.party, known.id);
        assert_eq!((&joined.party.name, joined.party.id), (&known.name, known.id));
        assert_eq!(joined.party == *known, filled.is_empty());
        assert_eq!(joined.why.reason, entered.why.reason);
        let told: Vec<&str> =
            joined.why.because.iter().flat_map(|why| &why.facts).map(|fact| &*fact.value).collect();
        assert_eq!(told, kept, "{entered:?}");
    }
}

#[test]
fn activities_are_planned_reported_and_cancelled() {
    let now = at("2026-03-01T12:00:00Z");
    let new = NewActivity {
        kind: Some("visit".into()),
        subject: Some("New tractors".into()),
        ..Default::default()
    };
    let planned = activities::plan(&new, id(60), id(10), seat()).unwrap().activity;
    assert_eq!((planned.state, planned.owner), (ActivityState::Planned, id(1)));
    let found = activities::plan(&NewActivity::default(), id(60), id(10), seat()).unwrap_err();
    assert_eq!(findings(&found), ["kind field.missing", "subject field.missing"]);

    let minutes = |minutes| Report { minutes: Some(minutes), ..Default::default() };
    let cases: [(Report, Option<&str>); 5] = [
        (Report::default(), None),
        (minutes(activities::MINUTES_MAX), None),
        (minutes(activities::MINUTES_MAX + 1), Some("activity.minutes")),
        (
            Report { done_at: Some(at("2026-03-01T12:00:01Z")), ..Default::default() },
            Some("activity.done_in_the_future"),
        ),
        (Report { next_step: Some("x".repeat(201)), ..Default::default() }, Some("text.too_long")),
    ];
    for (report, expected) in cases {
        let result = activities::report(&planned, &report, now);
        assert_eq!(result.as_ref().err().map(Coded::code), expected, "{report:?}");
        if let Ok(step) = result {
            assert_eq!((step.activity.state, step.activity.done_at), (ActivityState::Reported, Some(now)));
            let again = activities::report(&step.activity, &report, now).unwrap_err();
            assert_eq!(
                (again.code(), again.entity()),
                ("activity.illegal_passage", Some(Uuid::from_u128(60)))
            );
        }
    }
    let moved = activities::reschedule(&planned, at("2026-04-01T08:00:00Z")).unwrap().activity;
    assert_eq!(moved.planned_at, Some(at("2026-04-01T08:00:00Z")));
    let cancelled = activities::cancel(&moved, Some("customer is ill")).unwrap().activity;
    assert_eq!(cancelled.result.as_deref(), Some("customer is ill"));
    assert_eq!(activities::cancel(&cancelled, None).unwrap_err().code(), "activity.illegal_passage");
    assert_eq!(day("2026-04-01"), moved.planned_at.unwrap().date_naive());
}

#[test]
fn an_activity_says_what_it_is_about_where_and_with_whom() {
    let new = |place: Option<(&str, &str)>| NewActivity {
        kind: Some("visit".into()),
        subject: Some("New tractors".into()),
        latitude: place.map(|(north, _)| north.parse().unwrap()),
        longitude: place.map(|(_, east)| east.parse().unwrap()),
        ..Default::default()
    };
    let cases: [(NewActivity, &[&str]); 9] = [
        (new(Some(("45.4642", "9.19"))), &[]),
        (new(Some(("-90", "180"))), &[]),
        (new(Some(("90.1", "0"))), &["latitude activity.coordinates"]),
        (new(Some(("0", "-181"))), &["latitude activity.coordinates"]),
        (NewActivity { latitude: Some(1.into()), ..new(None) }, &["longitude activity.coordinates"]),
        (NewActivity { longitude: Some(1.into()), ..new(None) }, &["latitude activity.coordinates"]),
        (NewActivity { category: Some("sleep".into()), ..new(None) }, &["category word.unknown"]),
        (
            NewActivity { planned_minutes: Some(1_441), reminder_minutes: Some(40_321), ..new(None) },
            &["planned_minutes activity.minutes", "reminder_minutes activity.minutes"],
        ),
        (
            NewActivity { participants: vec!["one\ntwo".into()], ..new(None) },
            &["participants text.control_character"],
        ),
    ];
    for (given, expected) in cases {
        let result = activities::plan(&given, id(60), id(10), seat());
        let found = result.as_ref().err().map(|found| findings(found)).unwrap_or_default();
        assert_eq!(found, expected, "{given:?}");
    }
    let given = NewActivity {
        participants: vec!["Anna Blu".into(), " Ugo Neri ".into()],
        participant_contacts: vec![id(70), id(71)],
        planned_at: Some(at("2026-03-01T12:00:00Z")),
        planned_minutes: Some(45),
        reminder_minutes: Some(30),
        ..new(None)
    };
    let planned = activities::plan(&given, id(60), id(10), seat()).unwrap().activity;
    assert_eq!(planned.participants.as_deref(), Some("Anna Blu\nUgo Neri"));
    assert_eq!(planned.participant_contacts.unwrap().split(' ').count(), 2);
    let planned = activities::plan(&given, id(60), id(10), seat()).unwrap().activity;
    assert_eq!(planned.planned_end(), Some(at("2026-03-01T12:45:00Z")));
    assert_eq!(planned.remind_at(), Some(at("2026-03-01T11:30:00Z")));
    assert_eq!(planned.calendar_uid(), format!("{}@clientela", planned.id));

    let report = Report {
        next_step: Some("Send the offer".into()),
        category: Some("offers_and_orders".into()),
        travel_minutes: Some(40),
        ..Default::default()
    };
    let reported = activities::report(&planned, &report, at("2026-03-01T13:00:00Z")).unwrap().activity;
    assert_eq!(reported.time_category().word(), "offers_and_orders");
    assert_eq!((reported.travel_minutes, reported.remind_at()), (Some(40), None));
    let next = NewActivity { planned_at: Some(at("2026-03-08T09:00:00Z")), ..Default::default() };
    let next = activities::plan_next(&reported, &next, id(61), seat()).unwrap().activity;
    assert_eq!((next.subject.as_str(), next.kind.word()), ("Send the offer", "call"));
    assert_eq!((next.follows, next.customer, next.state), (Some(id(60)), id(10), ActivityState::Planned));
}

/// What an activity's time is counted as when nobody says so.
#[test]
fn every_kind_has_its_category() {
    use clientela_core::party::{ActivityKind, TimeCategory};
    let told: Vec<String> =
        ActivityKind::ALL.iter().map(|kind| format!("{kind}: {}", TimeCategory::of_kind(*kind))).collect();
    assert_eq!(
        told,
        [
            "visit: face_to_face",
            "call: call_backs",
            "letter: call_backs",
            "email: call_backs",
            "text_message: call_backs",
            "event: face_to_face",
            "test_drive: face_to_face",
            "task: account_planning",
        ]
    );
}
