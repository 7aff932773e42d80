//! The whole deal: a seller's opportunity from the customer to the quota, told in commands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, TableQuery};
use network::Network;

fn run(session: &clientela::Session, json: &str) -> clientela::Receipt {
    session.run(&Command::from_json(json).unwrap()).unwrap_or_else(|error| panic!("{json}\n{error:?}"))
}

fn refused(session: &clientela::Session, json: &str) -> clientela::Error {
    session.run(&Command::from_json(json).unwrap()).expect_err(json)
}

#[test]
fn a_deal_from_the_customer_to_the_quota() {
    let network = Network::new();
    let seller = network.seller();

    let customer = run(
        &seller,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Autotrasporti Esempio S.r.l.",
            "country": "IT", "vat_number": "IT00743110157", "street": "Via dell'Industria 5", "postal_code": "29122",
            "locality": "Piacenza", "region": "PC", "number": "C-1001"}}"#,
    );
    assert_eq!(customer.key(), Some("C-1001"));
    let twice = refused(
        &seller,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT",
            "vat_number": "00743110157"}}"#,
    );
    assert_eq!((twice.kind(), twice.code()), (ErrorKind::Exists, "customer.duplicate"));
    assert_eq!(twice.entity(), customer.id_of("relationship"));

    run(
        &seller,
        r#"{"command": "contact.add", "customer": "C-1001", "contact": {"given_name": "Mario", "family_name": "Rossi", "role": "fleet_manager", "mobile": "347 0000000"}}"#,
    );
    run(
        &seller,
        r#"{"command": "vehicle.add", "customer": "C-1001", "vehicle": {"make": "Marca", "vin": "VF6BA00A000000001", "first_registration": "2016-05-10", "mileage_km": 812000}}"#,
    );
    run(
        &seller,
        r#"{"command": "consent.record", "customer": "C-1001", "consent": {"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent"}}"#,
    );

    let opportunity = run(
        &seller,
        r#"{"command": "opportunity.open", "customer": "C-1001", "title": "Fleet renewal", "method": "with-configurator",
            "currency": "EUR", "number": "O-3001", "vehicles": 3}"#,
    );
    assert_eq!(opportunity.key(), Some("O-3001"));
    let early = refused(&seller, r#"{"command": "opportunity.go_back", "opportunity": "O-3001"}"#);
    assert_eq!(early.code(), "opportunity.wrong_direction");
    run(
        &seller,
        r#"{"command": "opportunity.advance", "opportunity": "O-3001", "to": "offer", "note": "wants three tractors"}"#,
    );

    let offer = run(
        &seller,
        r#"{"command": "offer.create", "opportunity": "O-3001", "items": [
            {"product": "T480-4X2", "quantity": "3", "options": ["OPT-SLEEPER-XL", "OPT-RETARDER"]},
            {"product": "TRANSPORT", "quantity": "3"}]}"#,
    );
    let number = offer.key().unwrap().to_owned();
    let priced = seller.offer(&number).unwrap();
    assert_eq!(priced.offer.net.to_string(), "322500.00 EUR");
    assert_eq!(priced.offer.gross.to_string(), "393450.00 EUR");
    run(
        &seller,
        &format!(
            r#"{{"command": "offer.discount", "offer": "{number}", "percent": "2", "reason": "three at once"}}"#
        ),
    );
    let discounted = seller.offer(&number).unwrap();
    assert_eq!((discounted.offer.revision, discounted.offer.net.to_string().as_str()), (2, "316050.00 EUR"));
    let too_early = refused(&seller, &format!(r#"{{"command": "offer.accept", "offer": "{number}"}}"#));
    assert_eq!(too_early.code(), "offer.illegal_passage");
    run(&seller, &format!(r#"{{"command": "offer.issue", "offer": "{number}"}}"#));
    run(&seller, &format!(r#"{{"command": "offer.accept", "offer": "{number}"}}"#));
    run(
        &seller,
        r#"{"command": "opportunity.win", "opportunity": "O-3001", "reason": "price and delivery time"}"#,
    );

    let own = seller.attainment("Trucks 2026", None).unwrap();
    assert_eq!(own.len(), 1, "a seller sees his own target only");
    assert_eq!(own[0].reached.to_string(), "3");
    let manager = network.manager();
    let attained = manager.attainment("Trucks 2026", None).unwrap();
    assert!(
        attained.iter().any(|node| node.owner.is_none() && node.reached.to_string() == "3"),
        "{attained:?}"
    );

    run(
        &manager,
        r#"{"command": "campaign.define", "campaign": {"code": "SPRING", "name": "Spring service", "purpose": "marketing",
            "channel": "email", "first_day": "2026-01-01", "last_day": "2026-12-31",
            "rule": "customer.country == 'IT' && customer.fleet.exists(v, v.first_registration < today - years(5))"}}"#,
    );
    let plan = manager.target("SPRING").unwrap();
    assert_eq!(plan.size(), 1, "{:?}", plan.reasons());
    run(
        &seller,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Senza consenso", "country": "IT", "number": "C-1002"}}"#,
    );
    run(
        &seller,
        r#"{"command": "vehicle.add", "customer": "C-1002", "vehicle": {"make": "Marca", "first_registration": "2016-05-10"}}"#,
    );
    run(
        &seller,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Senza parco", "country": "IT", "number": "C-1003"}}"#,
    );
    let reasons = manager.target("SPRING").unwrap();
    let counted: Vec<(&str, usize)> = reasons.reasons().into_iter().collect();
    assert_eq!(counted, [("campaign.rule_fails", 1), ("campaign.selected", 1), ("consent.missing", 1)]);
    let why = plan.explain("C-1001").unwrap();
    assert!(why.mentions("campaign.selected"), "{why}");
    run(&manager, r#"{"command": "campaign.activate", "campaign": "SPRING"}"#);

    let misspelt = refused(
        &manager,
        r#"{"command": "campaign.define", "campaign": {"code": "X", "name": "X", "purpose": "marketing", "channel": "email",
            "first_day": "2026-01-01", "last_day": "2026-12-31", "rule": "customer.contry == 'IT'"}}"#,
    );
    assert_eq!(misspelt.code(), "rule.invalid");

    let history = seller.history("opportunity", opportunity.id_of("opportunity").unwrap()).unwrap();
    let last = history.last().unwrap();
    assert_eq!((last.kind.as_str(), last.reason.as_str()), ("opportunity.win", "price and delivery time"));
    assert!(
        last.changes
            .iter()
            .any(|change| change.column.name == "state" && change.before.to_plain_text() == "open")
    );

    let table = manager
        .table(&TableQuery { filter: Some("status == 'prospect'".into()), ..TableQuery::new("customer") })
        .unwrap();
    assert_eq!(table.rows(), 3);
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn what_may_not_be_seen_does_not_exist() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    run(
        &seller,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
    );
    let unseen = rival.customer("C-1").unwrap_err();
    let missing = rival.customer("C-2").unwrap_err();
    assert_eq!((unseen.kind(), unseen.code()), (missing.kind(), missing.code()));
    assert_eq!(unseen.to_string().replace("C-1", "C-2"), missing.to_string());
    assert_eq!(rival.table(&TableQuery::new("customer")).unwrap().rows(), 0);
    let opened = refused(
        &rival,
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR"}"#,
    );
    assert_eq!(opened.code(), "record.not_found");
}

#[test]
fn a_change_made_meanwhile_is_noticed_in_either_record() {
    let network = Network::new();
    let seller = network.seller();
    run(
        &seller,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-9"}}"#,
    );
    let read = seller.customer("C-9").unwrap().version;
    for (change, fits) in [(r#"{"locality": "Parma"}"#, true), (r#"{"source": "web"}"#, false)] {
        let command = format!(
            r#"{{"command": "customer.change", "customer": "C-9", "change": {change}, "version": {read}}}"#
        );
        match seller.run(&Command::from_json(&command).unwrap()) {
            Ok(_) => assert!(fits, "{change}"),
            Err(error) => assert_eq!((fits, error.code()), (false, "record.changed_meanwhile"), "{change}"),
        }
    }
}
