//! Whether somebody may be contacted.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

use chrono::{DateTime, TimeDelta, Utc};
use clientela_core::ids::{ConsentId, ContactId};
use clientela_core::party::{
    Channel, Consent, ConsentDecision, LegalBasis, Purpose, may_contact, may_contact_person,
};
use clientela_model::EntityId;
use proptest::prelude::*;
use uuid::Uuid;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn statement(number: u128, contact: Option<u128>, decision: ConsentDecision, minute: i64) -> Consent {
    Consent {
        id: ConsentId::from_uuid(Uuid::from_u128(number)),
        customer: EntityId::from_uuid(Uuid::from_u128(1)),
        contact: contact.map(|number| ContactId::from_uuid(Uuid::from_u128(number))),
        purpose: Purpose::Marketing,
        channel: Channel::Email,
        decision,
        basis: LegalBasis::Consent,
        wording: None,
        source: None,
        proof: None,
        at: minutes(minute),
    }
}

fn minutes(minute: i64) -> DateTime<Utc> {
    START + TimeDelta::minutes(minute)
}

#[test]
fn what_was_said_last_counts() {
    use ConsentDecision::{Granted, Objected, Withdrawn};
    // Who said what when (none: the customer itself), the minute asked, whether allowed and the deciding reason.
    type Case = (&'static [(Option<u128>, ConsentDecision, i64)], i64, bool, &'static str);
    let cases: [Case; 13] = [
        (&[], 10, false, "consent.missing"),
        (&[(None, Granted, 5)], 10, true, "consent.granted"),
        (&[(None, Granted, 5)], 5, true, "consent.granted"),
        (&[(None, Granted, 5)], 4, false, "consent.missing"),
        (&[(None, Granted, 5), (None, Withdrawn, 6)], 10, false, "consent.withdrawn"),
        (&[(None, Withdrawn, 5), (None, Granted, 6)], 10, true, "consent.granted"),
        (&[(None, Granted, 5), (None, Withdrawn, 5)], 10, false, "consent.withdrawn"),
        (&[(None, Objected, 5), (None, Withdrawn, 5), (None, Granted, 5)], 10, false, "consent.objected"),
        // A contact speaks for itself.
        (&[(Some(7), Granted, 5)], 10, true, "consent.granted"),
        (&[(Some(7), Granted, 5), (Some(8), Withdrawn, 6)], 10, true, "consent.granted"),
        (&[(Some(7), Granted, 5), (Some(7), Objected, 6)], 10, false, "consent.objected"),
        // The customer's no holds for its contacts, until one of them says yes later.
        (&[(Some(7), Granted, 5), (None, Objected, 6)], 10, false, "consent.objected"),
        (&[(None, Withdrawn, 5), (Some(7), Granted, 6)], 10, true, "consent.granted"),
    ];
    for (said, at, allowed, reason) in cases {
        let consents: Vec<Consent> = said
            .iter()
            .enumerate()
            .map(|(index, (contact, decision, minute))| {
                statement(100 + index as u128, *contact, *decision, *minute)
            })
            .collect();
        let permission = may_contact(&consents, false, Purpose::Marketing, Channel::Email, minutes(at));
        assert_eq!(permission.allowed, allowed, "{said:?} at {at}");
        assert!(permission.why.mentions(reason), "{said:?} at {at}: {}", permission.why);
        // A yes names the statement it rests on and who said it.
        if allowed {
            let used = consents.iter().find(|consent| Some(consent.id) == permission.consent).unwrap();
            assert_eq!((used.decision, used.contact), (Granted, permission.contact), "{said:?}");
        }
        let never = may_contact(&consents, true, Purpose::Marketing, Channel::Email, minutes(at));
        assert!(!never.allowed && never.why.mentions("consent.do_not_contact"), "{said:?}");
        for (purpose, channel) in [(Purpose::Survey, Channel::Email), (Purpose::Marketing, Channel::Phone)] {
            assert!(!may_contact(&consents, false, purpose, channel, minutes(at)).allowed, "{said:?}");
        }
    }
}

fn statements() -> impl Strategy<Value = Vec<Consent>> {
    let one = (prop::option::of(1_u128..4), 0_usize..3, 0_i64..6);
    prop::collection::vec(one, 0..12).prop_map(|said| {
        use clientela_model::ClosedList;
        said.into_iter()
            .enumerate()
            .map(|(index, (contact, decision, minute))| {
                statement(100 + index as u128, contact, ConsentDecision::ALL[decision], minute)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_the_statements_does_not_matter(consents in statements(), turn in 0_usize..12) {
        let mut turned = consents.clone();
        turned.rotate_left(turn.min(consents.len()));
        turned.reverse();
        let ask = |consents: &[Consent]| may_contact(consents, false, Purpose::Marketing, Channel::Email, minutes(9));
        prop_assert_eq!(ask(&consents), ask(&turned));
    }

    #[test]
    fn nothing_said_is_no_and_do_not_contact_is_above_all(consents in statements()) {
        let ask = |consents: &[Consent], never| may_contact(consents, never, Purpose::Marketing, Channel::Email, minutes(9));
        prop_assert!(!ask(&consents, true).allowed);
        let refusals: Vec<Consent> =
            consents.iter().filter(|said| said.decision != ConsentDecision::Granted).cloned().collect();
        prop_assert!(!ask(&refusals, false).allowed);
    }

    #[test]
    fn a_refusal_of_the_customer_at_the_last_moment_ends_all(consents in statements(), objected in any::<bool>()) {
        let decision = if objected { ConsentDecision::Objected } else { ConsentDecision::Withdrawn };
        // As late as the latest grant there can be: of the same moment the no counts.
        let mut consents = consents;
        consents.push(statement(999, None, decision, 5));
        prop_assert!(!may_contact(&consents, false, Purpose::Marketing, Channel::Email, minutes(9)).allowed);
    }

    #[test]
    fn what_is_said_later_does_not_change_the_past(consents in statements(), later in statements(), at in 0_i64..6) {
        let mut all = consents.clone();
        all.extend(later.into_iter().map(|said| Consent { at: said.at + TimeDelta::minutes(10), ..said }));
        let ask = |consents: &[Consent]| may_contact(consents, false, Purpose::Marketing, Channel::Email, minutes(at)).allowed;
        prop_assert_eq!(ask(&consents), ask(&all));
    }

    #[test]
    fn one_who_never_said_yes_is_never_contacted(consents in statements(), contact in 1_u128..4) {
        let contact = Some(ContactId::from_uuid(Uuid::from_u128(contact)));
        let silent: Vec<Consent> = consents
            .into_iter()
            .filter(|said| said.contact != contact || said.decision != ConsentDecision::Granted)
            .collect();
        prop_assert!(!may_contact_person(&silent, false, contact, Purpose::Marketing, Channel::Email, minutes(9)).allowed);
    }
}

/// The sample record: its events become statements, its cases are asked. What it has and a consent here has not (an end
/// of validity, purposes besides ours) is said.
#[test]
fn the_sample_consent_record_agrees() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/consent/consent_record_example.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the consent vectors are not there");
        return;
    };
    let sample: serde_json::Value = serde_json::from_str(&text).unwrap();
    let moment = |value: &serde_json::Value| {
        DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap().with_timezone(&Utc)
    };
    let consents: Vec<Consent> = sample["record"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let decision = match event["event_state"].as_str().unwrap() {
                "given" => ConsentDecision::Granted,
                "withdrawn" => ConsentDecision::Withdrawn,
                other => panic!("unknown state {other}"),
            };
            Consent { at: moment(&event["event_time"]), ..statement(index as u128, None, decision, 0) }
        })
        .collect();
    let (mut agreed, mut passed_over) = (0, 0);
    for case in sample["state_cases"].as_array().unwrap() {
        if case["purpose"] != "marketing" {
            passed_over += 1;
            continue;
        }
        let at = moment(&case["at"]);
        let permission = may_contact(&consents, false, Purpose::Marketing, Channel::Email, at);
        assert_eq!(Some(permission.allowed), case["may_contact"].as_bool(), "{case}");
        agreed += 1;
    }
    println!(
        "consent cases: {agreed} agree, {passed_over} passed over (purposes resting on a contract need no consent)"
    );
    assert!(agreed >= 3);
}
