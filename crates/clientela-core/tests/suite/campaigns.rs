//! Campaigns: defined, run, and for every customer why in and why out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::marketing::*;
use clientela_core::party::*;
use clientela_core::rules_environment::{CustomerFacts, ListValues, Vocabulary, of_customer, of_opportunity};
use clientela_model::identifier::Country;
use clientela_model::{Coded, EntityId, Why};
use clientela_rules::{CelEngine, Reveal, RuleEngine};
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The spring campaign with these fields changed.
fn new_campaign(changes: &str) -> NewCampaign {
    let mut given: serde_json::Value = serde_json::from_str(
        r#"{"code": "CAMP-2026-Q1", "name": "Spring service", "purpose": "marketing", "channel": "email",
            "first_day": "2026-03-01", "last_day": "2026-03-31", "rule": "customer.status == 'customer'"}"#,
    )
    .unwrap();
    let changes: serde_json::Map<String, serde_json::Value> = serde_json::from_str(changes).unwrap();
    given.as_object_mut().unwrap().extend(changes);
    serde_json::from_value(given).unwrap()
}

fn draft(changes: &str) -> Campaign {
    define(&new_campaign(changes), id(1), Seat { owner: id(2), unit: id(3) }).unwrap().campaign
}

#[test]
fn a_campaign_is_checked_when_it_is_defined() {
    let cases: [(&str, &[&str]); 9] = [
        (r#"{}"#, &[]),
        (r#"{"last_day": "2026-03-01"}"#, &[]),
        (r#"{"last_day": "2026-02-28"}"#, &["last_day campaign.period"]),
        (r#"{"first_day": null, "rule": "  "}"#, &["first_day field.missing", "rule field.missing"]),
        (r#"{"code": "spring 26"}"#, &["code campaign.code"]),
        (r#"{"code": null, "name": ""}"#, &["code field.missing", "name field.missing"]),
        (r#"{"purpose": "fun", "channel": "pigeon"}"#, &["purpose word.unknown", "channel word.unknown"]),
        (r#"{"budget": {"amount": "-1", "currency": "EUR"}}"#, &["budget campaign.budget"]),
        (r#"{"budget": {"amount": "0.00", "currency": "EUR"}}"#, &[]),
    ];
    for (changes, expected) in cases {
        let result = define(&new_campaign(changes), id(1), Seat { owner: id(2), unit: id(3) });
        let found: Vec<String> = result.err().map_or_else(Vec::new, |found| {
            found.issues().iter().map(|issue| format!("{} {}", issue.field, issue.code)).collect()
        });
        assert_eq!(found, expected, "{changes}");
    }
}

#[test]
fn a_campaign_runs_once() {
    let draft = draft("{}");
    let active = activate(&draft, day("2026-03-31")).unwrap().campaign;
    assert_eq!(activate(&draft, day("2026-02-01")).unwrap().campaign.state, CampaignState::Active);
    assert_eq!(activate(&draft, day("2026-04-01")).unwrap_err().code(), "campaign.period_over");
    let again = activate(&active, day("2026-03-31")).unwrap_err();
    assert_eq!((again.code(), again.entity()), ("campaign.illegal_passage", Some(Uuid::from_u128(1))));
    let closed = close(&active).unwrap().campaign;
    assert_eq!(close(&draft).unwrap().campaign.state, CampaignState::Closed);
    assert_eq!(close(&closed).unwrap_err().code(), "campaign.illegal_passage");
}

#[test]
fn for_every_customer_the_whole_reason_is_told() {
    let permission = |allowed, reason: &'static str| Permission {
        allowed,
        consent: allowed.then(|| id(9)),
        contact: None,
        contact_point: None,
        why: Why::new(reason),
    };
    let holds = || RuleOutcome::Holds(Why::new("rule.true"));
    let fails = || RuleOutcome::Fails(Why::new("rule.false"));
    let unknown = || RuleOutcome::Unknown(Why::new("rule.unknown"));
    let closed = close(&draft("{}")).unwrap().campaign;
    let unproved = Permission { consent: None, ..permission(true, "consent.granted") };
    let yes = permission(true, "consent.granted");
    let no = permission(false, "consent.missing");
    // Campaign, rule, permission, day, selected, reasons that must stand in the tree.
    type Case<'a> = (Campaign, RuleOutcome, &'a Permission, &'a str, bool, &'a [&'a str]);
    let cases: Vec<Case<'_>> = vec![
        (
            draft("{}"),
            holds(),
            &yes,
            "2026-03-15",
            true,
            &["campaign.selected", "rule.true", "consent.granted"],
        ),
        (draft("{}"), holds(), &yes, "2026-02-01", true, &["campaign.period_to_come"]),
        (draft("{}"), fails(), &yes, "2026-03-15", false, &["campaign.rule_fails", "consent.granted"]),
        (draft("{}"), unknown(), &yes, "2026-03-15", false, &["campaign.rule_unknown"]),
        (draft("{}"), holds(), &no, "2026-03-15", false, &["campaign.rule_holds", "consent.missing"]),
        (
            draft("{}"),
            fails(),
            &no,
            "2026-04-01",
            false,
            &["campaign.rule_fails", "consent.missing", "campaign.period_over"],
        ),
        (draft("{}"), holds(), &unproved, "2026-03-15", false, &["campaign.excluded"]),
        (closed, holds(), &yes, "2026-03-15", false, &["campaign.closed"]),
    ];
    for (campaign, rule, permission, on, selected, reasons) in cases {
        let membership = target::decide(&campaign, rule, permission, day(on));
        assert_eq!(membership.selected(), selected, "{}", membership.why);
        for reason in reasons {
            assert!(membership.why.mentions(reason), "{reason} in {}", membership.why);
        }
        let member = membership.member(id(5), &campaign, id(6), at("2026-03-15T08:00:00Z"));
        assert_eq!(member.is_some(), selected);
        if let Some(member) = member {
            assert_eq!((member.consent, member.customer), (id(9), id(6)));
            assert_eq!(serde_json::from_str::<Why>(&member.why).unwrap(), membership.why);
        }
    }
}

fn customer() -> Customer {
    Customer {
        id: id(10),
        party: id(11),
        unit: id(3),
        owner: id(2),
        number: Some("C-1".into()),
        kind: PartyKind::Company,
        name: "Rossi Trasporti".into(),
        vat_number: None,
        street: None,
        postal_code: None,
        locality: Some("Milano".into()),
        region: None,
        country: Country::parse("IT").unwrap(),
        email: None,
        phone: None,
        language: None,
        nace: Some("49.41".into()),
        status: CustomerStatus::Customer,
        size: None,
        since: None,
        source: None,
        price_group: None,
        credit_hold: None,
        do_not_contact: false,
        class: None,
        left_on: None,
        left_reason: None,
        won_back_on: None,
        merged_into: None,
    }
}

fn vehicle(make: &str, registered: &str, disposed: bool) -> Vehicle {
    let new = NewVehicle {
        make: Some(make.into()),
        euro_class: Some(5),
        first_registration: Some(day(registered)),
        disposed: disposed.then(|| day("2025-01-01")),
        ..Default::default()
    };
    enter_vehicle(&new, id(20), id(11)).unwrap()
}

#[test]
fn rules_read_customers_as_they_are_declared() {
    let customer = customer();
    let fleet = [vehicle("Iveco", "2018-05-01", false), vehicle("MAN", "2024-05-01", true)];
    let new =
        NewContact { family_name: Some("Bianchi".into()), role: Some("buyer".into()), ..Default::default() };
    let contacts = [enter_contact(&new, id(30), id(10), None).unwrap()];
    let facts = CustomerFacts {
        customer: &customer,
        fleet: &fleet,
        contacts: &contacts,
        consents: &[],
        activities: &[],
        opportunities: &[],
        custom: &[],
        added: ListValues::default(),
    };
    let cases = [
        ("customer.status == 'customer'", Some(true)),
        ("customer.country == 'IT' && customer.nace.startsWith('49')", Some(true)),
        ("customer.fleet.exists(v, v.make == 'Iveco' && v.disposed == null)", Some(true)),
        ("customer.fleet.exists(v, v.first_registration < today - years(5))", Some(true)),
        ("customer.fleet.filter(v, v.disposed == null).size() >= 2", Some(false)),
        ("customer.contacts.exists(c, c.role == 'buyer')", Some(true)),
        ("customer.activities.size() == 0 && customer.consents.size() == 0", Some(true)),
        // Not given, or hidden from the session: null, which equals nothing else; to compute with it is unknown, which is no.
        ("customer.size == 'large'", Some(false)),
        ("customer.size != 'large'", Some(true)),
        ("customer.credit_hold == false", Some(false)),
        ("customer.credit_hold", None),
        ("!customer.credit_hold", None),
    ];
    for (source, expected) in cases {
        let rule =
            CelEngine.compile(source, of_customer()).unwrap_or_else(|error| panic!("{source}: {error}"));
        let outcome = Vocabulary::standard().ask(&*rule, &facts, day("2026-03-15"), Reveal::NONE);
        let found = match outcome {
            RuleOutcome::Holds(_) => Some(true),
            RuleOutcome::Fails(_) => Some(false),
            RuleOutcome::Unknown(_) => None,
        };
        assert_eq!(found, expected, "{source}");
    }
    for wrong in ["customer.nmae == 'x'", "customer.status == 'friend'", "opportunity.vehicles > 1"] {
        assert!(CelEngine.compile(wrong, of_customer()).is_err(), "{wrong}");
    }
    assert!(
        CelEngine.compile("opportunity.vehicles > 1 && customer.country == 'IT'", of_opportunity()).is_ok()
    );
}
