//! What an offer's life does beside that of its opportunity: accepted, void, followed by another, handed over, and in the forecast.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use crate::quoting::tool::{Tool, dossier, offer as of_dossier, results};
use crate::words::{ask, refused, refused_at, run};
use clientela::core::sales::{Credit, Opportunity};
use clientela::{Predicate, Session};
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn opened(network: &Network) -> Session {
    let seller = network.seller();
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
    );
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
    seller
}

fn offered(session: &Session, quantity: &str, follows: Option<&str>) -> String {
    let mut made = json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": quantity}]});
    if let Some(follows) = follows {
        made["follows"] = follows.into();
    }
    run(session, made).key().unwrap().to_owned()
}

fn does(session: &Session, command: &str, offer: &str) {
    run(session, json!({"command": command, "offer": offer}));
}

fn accepted(session: &Session, quantity: &str) -> String {
    let number = offered(session, quantity, None);
    does(session, "offer.issue", &number);
    does(session, "offer.accept", &number);
    number
}

fn state(session: &Session, offer: &str) -> String {
    session.offer(offer).unwrap().offer.state.to_string()
}

/// What is credited in units.
fn units(network: &Network) -> Decimal {
    let admin = network.crm.session("admin", None).unwrap();
    let credits = admin.list::<Credit>(&Predicate::Everything, 100, 0).unwrap();
    let units = credits.iter().map(|credit| &credit.record).filter(|one| one.measure.to_string() == "units");
    units.map(|credit| credit.amount).sum()
}

#[test]
fn a_customer_who_backs_out_is_not_counted_beside_what_he_takes_instead() {
    let network = Network::new();
    let seller = opened(&network);
    let first = accepted(&seller, "1");
    run(&seller, json!({"command": "opportunity.win", "opportunity": "O-1"}));
    let reopened = run(
        &seller,
        json!({"command": "opportunity.reopen", "opportunity": "O-1", "reason": "he backs out"}),
    );
    // What becomes of the acceptance is told, and nothing is accepted beside it unawares.
    assert!(reopened.why.to_string().contains("offer.stands"), "{}", reopened.why);
    let second = offered(&seller, "2", None);
    does(&seller, "offer.issue", &second);
    let accept = json!({"command": "offer.accept", "offer": second});
    assert_eq!(refused(&seller, &accept), "offer.other_accepted");
    let void = |reason: &str| json!({"command": "offer.void", "offer": first, "reason": reason});
    assert_eq!(refused_at(&seller, void(" ")), ("offer.void_reason", Some("reason".to_owned())));
    // While something of it is on order, it is no empty word.
    let order = run(&seller, json!({"command": "order.create", "offer": first})).key().unwrap().to_owned();
    assert_eq!(refused(&seller, void("he backs out")), "offer.ordered");
    run(&seller, json!({"command": "order.cancel", "order": order, "reason": "he backs out"}));
    assert_eq!(refused(&network.rival(), void("x")), "record.not_found");
    run(&seller, void("he backs out"));
    assert_eq!(seller.offer(&first).unwrap().offer.void_reason.as_deref(), Some("he backs out"));
    run(&seller, accept);
    run(&seller, json!({"command": "opportunity.win", "opportunity": "O-1"}));
    assert_eq!(units(&network), Decimal::TWO);
    assert_eq!(
        refused(&seller, json!({"command": "offer.void", "offer": second, "reason": "x"})),
        "opportunity.closed"
    );
    // Both in one, with the win.
    let reopen = |reason: Option<&str>| json!({"command": "opportunity.reopen", "opportunity": "O-1", "reason": reason, "void_offers": true});
    assert_eq!(refused(&seller, reopen(None)), "offer.void_reason");
    run(&seller, reopen(Some("that as well")));
    assert_eq!((state(&seller, &second).as_str(), units(&network)), ("voided", Decimal::ZERO));
}

#[test]
fn an_offer_takes_the_place_of_the_one_it_follows() {
    let network = Network::new();
    let seller = opened(&network);
    let first = accepted(&seller, "3");
    let more = offered(&seller, "4", Some(&first));
    does(&seller, "offer.issue", &more);
    does(&seller, "offer.accept", &more);
    assert_eq!((state(&seller, &first).as_str(), state(&seller, &more).as_str()), ("voided", "accepted"));
    // What is meant beside it is said to be.
    let beside = offered(&seller, "1", None);
    does(&seller, "offer.issue", &beside);
    run(&seller, json!({"command": "offer.accept", "offer": beside, "beside": true}));
    run(&seller, json!({"command": "opportunity.win", "opportunity": "O-1"}));
    assert_eq!(units(&network), Decimal::from(5));
}

#[test]
fn a_dossier_that_comes_back_after_acceptance_follows_its_offer() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-3001");
    let seller = network.seller();
    tool.leave(json!([dossier("D-1", 1, "100.00")]));
    let first = of_dossier(&seller, "D-1").unwrap();
    does(&seller, "offer.issue", &first.number);
    does(&seller, "offer.accept", &first.number);
    let mut message = tool.handed_over(json!([dossier("D-1", 2, "400.00")]), b"second");
    message["body"]["allow_new_offer_when_closed"] = true.into();
    let answer = crate::quoting::tool::receive(&seller, &message, Some(b"second"));
    assert_eq!(results(&answer["body"]), ["D-1 created 1 -"], "{answer}");
    let offers = crate::quoting::tool::all::<clientela::core::sales::Offer>(&seller);
    let second = offers.iter().find(|offer| offer.id != first.id).unwrap();
    assert_eq!(second.follows, Some(first.id));
    does(&seller, "offer.issue", &second.number);
    does(&seller, "offer.accept", &second.number);
    assert_eq!(state(&seller, &first.number), "voided");
}

#[test]
fn offers_go_with_their_opportunity() {
    let network = Network::new();
    let seller = opened(&network);
    let number = offered(&seller, "1", None);
    let dossier = |session: &Session, quantity: &str| {
        let made = json!({"command": "offer.create", "opportunity": "O-1", "dossier": "D-1",
            "items": [{"product": "T480-4X2", "quantity": quantity}]});
        run(session, made).key().unwrap().to_owned()
    };
    let of_tool = dossier(&seller, "1");
    let manager = network.manager();
    let moved =
        json!({"command": "opportunity.change", "opportunity": "O-1", "change": {}, "owner": "Trucks Parma"});
    run(&manager, moved);
    let gallo = network.crm.session("u-gallo", None).unwrap();
    does(&gallo, "offer.issue", &number);
    assert_eq!(dossier(&gallo, "2"), of_tool, "the same offer, and no second one");
    assert_eq!(gallo.offer(&of_tool).unwrap().offer.revision, 2);
}

/// Each dealer numbers by himself: what comes from another takes nobody's number.
#[test]
fn a_deal_given_to_another_dealer_takes_no_number_of_his() {
    let network = Network::new();
    let seller = opened(&network);
    let number = offered(&seller, "1", None);
    let rival = network.rival();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &rival,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Altro", "country": "IT", "number": "C-9"}}),
    );
    let open = |opportunity: &str| {
        run(
            &rival,
            json!({"command": "opportunity.open", "customer": "C-9", "title": "T", "method": "with-configurator", "currency": "EUR", "number": opportunity}),
        )
    };
    open("O-1");
    run(
        &admin,
        json!({"command": "number_series.define", "unit": "D-0043", "document": "offer", "prefix": "Q-", "next": 7001}),
    );
    let theirs = offered(&rival, "1", None);
    assert_eq!(theirs, number, "two dealers, one number");
    let id = seller.find::<Opportunity>("O-1").unwrap().record.id;
    let moved = json!({"command": "opportunity.change", "opportunity": id.to_string(), "change": {}, "owner": "Trucks Milano"});
    assert_eq!(refused_at(&admin, moved), ("key.taken", Some("number".to_owned())));
    // Under a number that is free there it goes, and its offers with it.
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-7"}),
    );
    let made = json!({"command": "offer.create", "opportunity": "O-7", "items": [{"product": "T480-4X2", "quantity": "1"}]});
    let id = run(&seller, made).id_of("offer").unwrap();
    run(
        &admin,
        json!({"command": "opportunity.change", "opportunity": "O-7", "change": {}, "owner": "Trucks Milano"}),
    );
    does(&rival, "offer.issue", &id.to_string());
    assert_eq!(
        rival.offer(&theirs).unwrap().offer.opportunity,
        rival.find::<Opportunity>("O-1").unwrap().record.id
    );
}

#[test]
fn what_has_ended_feeds_no_forecast() {
    let network = Network::new();
    let seller = opened(&network);
    let number = offered(&seller, "1", None);
    let feed = |offer: &str| json!({"command": "offer.feed_forecast", "offer": offer});
    let feeds = |offer: &str| seller.offer(offer).unwrap().offer.feeds_forecast;
    run(&seller, feed(&number));
    does(&seller, "offer.withdraw", &number);
    assert_eq!((feeds(&number), refused(&seller, feed(&number))), (None, "offer.ended"));
    let other = offered(&seller, "1", None);
    run(&seller, feed(&other));
    run(&seller, json!({"command": "opportunity.lose", "opportunity": "O-1", "reason": "price"}));
    let third = json!({"command": "offer.feed_forecast", "offer": other});
    assert_eq!(refused(&seller, third), "opportunity.closed");
}

#[test]
fn the_forecast_follows_what_the_tool_brings() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-3001");
    let seller = network.seller();
    tool.leave(json!([dossier("D-1", 1, "100.00")]));
    let number = of_dossier(&seller, "D-1").unwrap().number;
    run(&seller, json!({"command": "offer.feed_forecast", "offer": number}));
    tool.leave(json!([dossier("D-1", 2, "250.00")]));
    let amount = seller.find::<Opportunity>("O-3001").unwrap().record.amount.unwrap();
    assert_eq!(amount.to_string(), "250.00 EUR");
}

#[test]
fn a_new_version_has_the_prices_of_its_day_and_the_discounts_it_had() {
    let network = Network::new();
    let seller = opened(&network);
    let number = offered(&seller, "1", None);
    run(
        &seller,
        json!({"command": "offer.discount", "offer": number, "amount": euro("500.00"), "reason": "loyal"}),
    );
    let admin = network.crm.session("admin", None).unwrap();
    let prices = json!([{"product": "T480-4X2", "amount": euro("101455.00")}]);
    run(
        &admin,
        json!({"command": "price_list.define", "code": "IT-2026-02", "name": "n", "currency": "EUR", "market": "IT", "valid_from": "2026-03-20", "prices": prices}),
    );
    network.clock.advance(chrono::TimeDelta::days(40));
    let revise = |more: Value| {
        let mut revise = json!({"command": "offer.revise", "offer": number, "items": [{"product": "T480-4X2", "quantity": "1"}]});
        revise.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run(&seller, revise);
        seller.offer(&number).unwrap().offer
    };
    let today = network.clock_now().date_naive();
    let anew = revise(json!({"price_date": today}));
    assert_eq!(anew.net.to_string(), "100955.00 EUR", "the new price, and 500 off as before");
    assert_eq!(anew.valid_until, today + chrono::Days::new(30));
    does(&seller, "offer.issue", &number);
    let without = revise(json!({"drop_discounts": true}));
    assert_eq!(without.net.to_string(), "101455.00 EUR");
}

/// Who sees many offers that are due, and may change one, comes to his own however few are taken at a time.
#[test]
fn whoever_sees_many_comes_to_his_own() {
    let network = Network::new();
    let seller = opened(&network);
    let admin = network.crm.session("admin", None).unwrap();
    let grants = json!([
        {"entity": "*", "verb": "read", "scope": "my_unit"},
        {"entity": "*", "verb": "create", "scope": "mine"},
        {"entity": "*", "verb": "change", "scope": "mine"}]);
    run(&admin, json!({"command": "profile.define", "name": "careful", "grants": grants}));
    run(
        &admin,
        json!({"command": "position.create", "unit": "D-0042", "function": "seller", "title": "Desk", "profile": "careful"}),
    );
    run(
        &admin,
        json!({"command": "user.create", "login": "u-desk", "name": "Rosa Bianchi", "position": "Desk", "from": "2025-01-01"}),
    );
    for _ in 0..3 {
        let number = offered(&seller, "1", None);
        does(&seller, "offer.issue", &number);
    }
    let desk = network.crm.session("u-desk", None).unwrap();
    run(
        &desk,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-2"}),
    );
    let made = json!({"command": "offer.create", "opportunity": "O-2", "items": [{"product": "T480-4X2", "quantity": "1"}]});
    let own = run(&desk, made).key().unwrap().to_owned();
    does(&desk, "offer.issue", &own);
    network.clock.advance(chrono::TimeDelta::days(60));
    let expired = run(&desk, json!({"command": "offers.expire_due", "most": 2}));
    assert_eq!(
        expired.records.iter().map(|record| record.key.as_deref()).collect::<Vec<_>>(),
        [Some(own.as_str())]
    );
}

#[test]
fn an_opportunity_brings_no_less_than_nothing() {
    let network = Network::new();
    let seller = opened(&network);
    let change = |amount: &str| json!({"command": "opportunity.change", "opportunity": "O-1", "change": {"amount": euro(amount)}});
    assert_eq!(refused_at(&seller, change("-0.01")), ("opportunity.amount", Some("amount".to_owned())));
    run(&seller, change("0.00"));
    let open = json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator",
        "currency": "EUR", "amount": euro("-1.00")});
    assert_eq!(refused(&seller, open), "opportunity.amount");
}

#[test]
fn a_paper_is_checked_by_its_digits_and_its_seal() {
    let network = Network::new();
    let seller = opened(&network);
    let number = offered(&seller, "1", None);
    let issue = || run(&seller, json!({"command": "offer.issue", "offer": number})).why;
    let first = issue();
    let (printed, seal) = (first.value("issue_number").unwrap(), first.value("seal").unwrap());
    let check = |session: &Session, number: &str, seal: Option<&str>| {
        let told = ask(session, json!({"question": "offer.check_copy", "number": number, "seal": seal}));
        (told["sound"] == true, told["offer"].clone(), told["revision"].clone(), told["current"] == true)
    };
    assert_eq!(check(&seller, printed, Some(seal)), (true, json!(number), json!(1), true));
    run(&seller, json!({"command": "offer.discount", "offer": number, "percent": "1", "reason": "loyal"}));
    issue();
    assert_eq!(check(&seller, printed, Some(seal)), (true, json!(number), json!(1), false), "an earlier one");
    assert_eq!(check(&seller, printed, Some("????")), (true, json!(number), Value::Null, false));
    assert_eq!(check(&seller, printed, None), (true, json!(number), Value::Null, false));
    assert_eq!(check(&network.rival(), printed, Some(seal)), (true, Value::Null, Value::Null, false));
    let misread = printed.replace("000001", "000007");
    assert_eq!(check(&seller, &misread, Some(seal)), (false, Value::Null, Value::Null, false));
}
