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
    AskedContact, Channel, Consent, ConsentDecision, LegalBasis, Purpose, Withdrawal, confirm_consent,
    consent_states, may_contact, may_contact_person, permission, withdraw_consents,
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
        contact_point: None,
        expires_at: None,
        awaits_confirmation: None,
        confirms: None,
        wording_shown: None,
        proof_kind: None,
        proof_digest: None,
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

/// The sample record: its events become statements, those that rest on a contract too, and all its cases are asked.
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
    let mut consents: Vec<Consent> = Vec::new();
    for event in sample["record"]["events"].as_array().unwrap() {
        let decision = match event["event_state"].as_str().unwrap() {
            "given" => ConsentDecision::Granted,
            "withdrawn" => ConsentDecision::Withdrawn,
            other => panic!("unknown state {other}"),
        };
        let said = statement(consents.len() as u128, None, decision, 0);
        let at = moment(&event["event_time"]);
        let expires_at = (event["validity_duration"] == "P24M")
            .then(|| at.checked_add_months(chrono::Months::new(24)).unwrap());
        consents.push(Consent { at, expires_at, ..said });
    }
    let contract = statement(99, None, ConsentDecision::Granted, 0);
    let at = consents[0].at;
    consents.push(Consent { purpose: Purpose::OfferFollowUp, basis: LegalBasis::Contract, at, ..contract });
    let cases = sample["state_cases"].as_array().unwrap();
    for case in cases {
        let purpose =
            if case["purpose"] == "marketing" { Purpose::Marketing } else { Purpose::OfferFollowUp };
        let permission = may_contact(&consents, false, purpose, Channel::Email, moment(&case["at"]));
        assert_eq!(Some(permission.allowed), case["may_contact"].as_bool(), "{case}");
    }
    println!("consent cases: {} of {} agree", cases.len(), cases.len());
    assert!(cases.len() >= 4);
}

#[test]
fn a_grant_counts_while_it_lasts_once_confirmed_and_for_its_address() {
    use ConsentDecision::{Granted, Withdrawn};
    let yes = || statement(1, None, Granted, 5);
    let expiring = Consent { expires_at: Some(minutes(8)), ..yes() };
    let awaiting = Consent { awaits_confirmation: Some(true), ..yes() };
    let confirmed = Consent {
        id: statement(2, None, Granted, 6).id,
        at: minutes(6),
        confirms: Some(awaiting.id),
        ..yes()
    };
    let point = |number, decision, minute, at: &str| Consent {
        contact_point: Some(at.to_owned()),
        ..statement(number, None, decision, minute)
    };
    // Statements, address asked, minute asked, whether allowed, reason.
    type Case = (Vec<Consent>, Option<&'static str>, i64, bool, &'static str);
    let cases: Vec<Case> = vec![
        (vec![expiring.clone()], None, 7, true, "consent.granted"),
        (vec![expiring.clone()], None, 8, false, "consent.expired"),
        // An earlier grant that lasts longer is not ended by a shorter one.
        (vec![statement(9, None, Granted, 1), expiring.clone()], None, 20, true, "consent.granted"),
        (vec![awaiting.clone()], None, 7, false, "consent.unconfirmed"),
        (vec![awaiting.clone(), confirmed.clone()], None, 7, true, "consent.granted"),
        (
            vec![awaiting.clone(), confirmed, statement(3, None, Withdrawn, 7)],
            None,
            9,
            false,
            "consent.withdrawn",
        ),
        (vec![statement(3, None, Withdrawn, 1), awaiting], None, 9, false, "consent.withdrawn"),
        (vec![point(1, Granted, 5, "a@b.example")], Some("A@b.example"), 9, true, "consent.granted"),
        (vec![point(1, Granted, 5, "a@b.example")], Some("c@b.example"), 9, false, "consent.missing"),
        (
            vec![yes(), point(2, Withdrawn, 6, "a@b.example")],
            Some("a@b.example"),
            9,
            false,
            "consent.withdrawn",
        ),
        (vec![yes(), point(2, Withdrawn, 6, "a@b.example")], Some("c@b.example"), 9, true, "consent.granted"),
        // Without an address a no to one is a no.
        (vec![yes(), point(2, Withdrawn, 6, "a@b.example")], None, 9, false, "consent.withdrawn"),
    ];
    for (said, contact_point, at, allowed, reason) in cases {
        let asked = AskedContact {
            contact: None,
            purpose: Purpose::Marketing,
            channel: Channel::Email,
            contact_point,
            at: minutes(at),
        };
        let found = permission(&said, false, &asked);
        assert_eq!(found.allowed, allowed, "{said:?} {contact_point:?}: {}", found.why);
        assert!(found.why.mentions(reason), "{said:?}: {}", found.why);
    }
}

#[test]
fn what_rests_on_a_contract_survives_what_it_may_survive() {
    use ConsentDecision::{Granted, Objected, Withdrawn};
    let on = |basis, purpose, said: Consent| Consent { basis, purpose, ..said };
    for purpose in [Purpose::OfferFollowUp, Purpose::Marketing] {
        let contract = on(LegalBasis::Contract, purpose, statement(1, None, Granted, 5));
        for decision in [Withdrawn, Objected] {
            let no = on(LegalBasis::Consent, purpose, statement(2, None, decision, 6));
            let both = [contract.clone(), no];
            let stays = purpose == Purpose::OfferFollowUp;
            assert_eq!(may_contact(&both, false, purpose, Channel::Email, minutes(9)).allowed, stays);
        }
        let ended = on(LegalBasis::Contract, purpose, statement(2, None, Withdrawn, 6));
        assert!(!may_contact(&[contract, ended], false, purpose, Channel::Email, minutes(9)).allowed);
    }
}

proptest! {
    #[test]
    fn after_a_withdrawal_of_everything_nothing_is_allowed(consents in statements(), at in 5_i64..9) {
        let mut number = 5_000;
        let new_id = || { number += 1; EntityId::from_uuid(Uuid::from_u128(number)) };
        let customer = EntityId::from_uuid(Uuid::from_u128(1));
        let withdrawn = withdraw_consents(&consents, customer, &Withdrawal::default(), minutes(at), new_id);
        let granted = consents.iter().any(|said| said.decision == ConsentDecision::Granted);
        prop_assert_eq!(withdrawn.is_ok(), granted);
        let mut all = consents.clone();
        all.extend(withdrawn.unwrap_or_default());
        for state in consent_states(&all, false, None, None, minutes(20)) {
            prop_assert!(!state.allowed, "{}", state.why);
        }
        prop_assert!(!may_contact(&all, false, Purpose::Marketing, Channel::Email, minutes(20)).allowed);
    }
}

#[test]
fn a_confirmation_counts_once_and_not_after_a_withdrawal() {
    use ConsentDecision::{Granted, Withdrawn};
    let grant = Consent { awaits_confirmation: Some(true), ..statement(1, None, Granted, 5) };
    let id = EntityId::from_uuid(Uuid::from_u128(7));
    let confirm =
        |others: &[Consent], grant: &Consent, at| confirm_consent(others, grant, None, minutes(at), id);
    let confirmed = confirm(std::slice::from_ref(&grant), &grant, 6).unwrap();
    assert!(
        may_contact(&[grant.clone(), confirmed.clone()], false, grant.purpose, grant.channel, minutes(6))
            .allowed
    );
    let code = |result: Result<Consent, clientela_model::ValueError>| result.unwrap_err().code;
    assert_eq!(code(confirm(&[grant.clone(), confirmed], &grant, 7)), "consent.confirmed");
    assert_eq!(code(confirm(&[statement(2, None, Withdrawn, 6)], &grant, 7)), "consent.withdrawn_meanwhile");
    let short = Consent { expires_at: Some(minutes(6)), ..grant.clone() };
    assert_eq!(code(confirm(&[], &short, 7)), "consent.confirmed_too_late");
    assert_eq!(code(confirm(&[], &statement(3, None, Granted, 5), 7)), "consent.not_awaiting");
}
