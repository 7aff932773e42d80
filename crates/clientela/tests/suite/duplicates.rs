//! Duplicates as programs of other languages meet them: found on entry and in batch, merged, and taken apart again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::common;
use crate::network;

use chrono::Duration;
use clientela::core::party::{Activity, Contact, Customer};
use clientela::core::sales::Opportunity;
use clientela::model::{EntityId, Record, Value as Stored};
use clientela::{Command, Error, Predicate, Question, Receipt, Session};
use common::{called_for_each, every_record};
use memchr::memmem;
use network::Network;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

fn execute(session: &Session, command: &Value) -> Result<Receipt, Error> {
    session.run(&Command::from_json(&command.to_string()).unwrap())
}

fn run(session: &Session, command: &Value) -> Receipt {
    execute(session, command).unwrap_or_else(|error| panic!("{command}\n{error:?} {:?}", error.issues()))
}

fn refused(session: &Session, command: &Value) -> String {
    execute(session, command).unwrap_err().code().to_owned()
}

fn ask(session: &Session, question: &Value) -> Value {
    session
        .answer(&Question::from_json(&question.to_string()).unwrap())
        .unwrap_or_else(|error| panic!("{question}\n{error:?}"))
}

fn customer(session: &Session, number: &str, more: &Value) {
    let mut new = json!({"kind": "company", "name": number, "country": "IT", "number": number});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    run(session, &json!({"command": "customer.create", "customer": new}));
}

/// Companies that have nothing in common.
const OTHERS: &str = "Abate,Barbieri,Cattaneo,Donati,Esposito,Ferraris,Guidi,Iacono,Lombardo,Marchetti,Negri,Orlando,\
    Pellegrino,Quaranta,Rinaldi,Sartori,Tedesco,Ungaro,Valentini,Zanetti,Amato,Bruno,Costa,\
    De Santis,Fontana,Galli,Leone,Moretti,Neri,Olivieri,Parisi,Ricci,Serra,Testa,Vitale,Basile,\
    Caputo,Damico,Fabbri,Gentile";

fn others(session: &Session) {
    let names: Vec<&str> = OTHERS.split(',').collect();
    for (number, name) in names.iter().enumerate() {
        let (street, town) = (names[(number * 7 + 3) % names.len()], names[(number * 11 + 5) % names.len()]);
        customer(
            session,
            &format!("X-{number}"),
            &json!({"name": name, "street": format!("Via {street} {number}"), "locality": format!("San {town}"),
                "postal_code": format!("{:05}", 10_000 + number * 977)}),
        );
    }
}

fn numbers(told: &Value) -> Vec<&str> {
    told.as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect()
}

#[test]
fn whoever_enters_a_customer_is_shown_who_it_may_be_and_why() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    others(&seller);
    let address = json!({"name": "F.lli Rossi S.n.c.", "street": "Via Garibaldi 12", "postal_code": "29121", "locality": "Piacenza",
        "phone": "+39 0523 123456"});
    customer(&seller, "C-1", &address);
    let draft = json!({"question": "customer.duplicates", "draft":
        {"name": "FRATELLI ROSSI & C. SNC", "street": "via garibaldi, 12", "locality": "PIACENZA", "postal_code": "29121", "country": "IT"}});
    let told = ask(&seller, &draft);
    assert_eq!(numbers(&told), ["C-1"]);
    let found = &told[0];
    assert_eq!((found["name"].as_str(), found["likely"].as_bool()), (Some("F.lli Rossi S.n.c."), Some(true)));
    assert!(found["probability"].as_f64().unwrap() > 0.9, "{found}");
    let why = found["why"].to_string();
    assert!(
        why.contains("duplicate.agrees") && why.contains("\"street\"") && !why.contains("aribaldi"),
        "{why}"
    );
    // Another dealer learns nothing of it, nor does he later when he enters it himself.
    assert_eq!(ask(&rival, &draft), json!([]));
    customer(&rival, "C-1", &address);
    assert_eq!(numbers(&ask(&rival, &draft)), ["C-1"]);
    assert_eq!(ask(&seller, &draft).as_array().unwrap().len(), 1);
    // What is changed is found as it is now.
    let change = json!({"command": "customer.change", "customer": "C-1", "change": {"name": "Bianchi Luigi", "street": "Via Po 1",
        "locality": "Cremona", "postal_code": "26100", "phone": null}});
    run(&seller, &change);
    assert_eq!(ask(&seller, &draft), json!([]));
    // One that is there is not its own duplicate.
    customer(
        &seller,
        "C-2",
        &json!({"name": "BIANCHI LUIGI", "street": "Via Po 1", "locality": "Cremona", "postal_code": "26100"}),
    );
    for (one, other) in [("C-1", "C-2"), ("C-2", "C-1")] {
        assert_eq!(
            numbers(&ask(&seller, &json!({"question": "customer.duplicates", "customer": one}))),
            [other]
        );
    }
    let neither = Question::from_json(r#"{"question": "customer.duplicates"}"#).unwrap();
    assert_eq!(seller.answer(&neither).unwrap_err().code(), "argument.invalid");
}

#[test]
fn what_is_not_seen_changes_nothing_of_an_answer() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    others(&seller);
    let rossi =
        json!({"name": "Rossi Legnami", "street": "Via Roma 5", "locality": "Parma", "postal_code": "43121"});
    customer(&seller, "C-1", &rossi);
    let draft = json!({"question": "customer.duplicates", "least": 0.001, "draft":
        {"name": "Rossi Legnami", "street": "Via Roma 5", "locality": "Parma", "country": "IT"}});
    let clusters = json!({"question": "customer.duplicate_clusters", "least": 0.001});
    let before = (ask(&seller, &draft), ask(&seller, &clusters));
    assert_eq!(numbers(&before.0), ["C-1"]);
    // Neither how often a name occurs elsewhere nor how many customers there are is to be learnt from a weight.
    for number in 0..12 {
        customer(&rival, &format!("R-{number}"), &rossi);
    }
    assert_eq!((ask(&seller, &draft), ask(&seller, &clusters)), before);
    // Who comes into sight is found from then on, and who goes out of it no longer.
    run(
        &rival,
        &json!({"command": "share.grant", "customer": "R-3", "unit": "HQ", "right": "read", "to": "2026-03-04"}),
    );
    assert_eq!(ask(&seller, &draft).as_array().unwrap().len(), 2);
    network.clock.advance(Duration::days(2));
    assert_eq!(ask(&seller, &draft), before.0);
}

#[test]
fn an_installation_sets_its_own_rules() {
    let network = Network::new();
    let (admin, seller) = (network.crm.session("admin", None).unwrap(), network.seller());
    others(&seller);
    customer(&seller, "C-1", &json!({"name": "Rossi"}));
    customer(&seller, "C-2", &json!({"name": "Russo"}));
    let asked = json!({"question": "customer.duplicates", "customer": "C-1"});
    assert_eq!(ask(&seller, &asked), json!([]));
    let rules = json!({"fields": [{"field": "name", "levels": [{"feature": "name_sorted", "test": {"edits": 2}, "same": 0.9, "different": 0.001}]}],
        "keys": [["country"]], "possible": 0.1, "likely": 0.9, "apart": []});
    run(&admin, &json!({"command": "setting.define", "name": "customer.duplicates", "document": rules}));
    assert_eq!(numbers(&ask(&seller, &asked)), ["C-2"]);
    let define = |document: Value| json!({"command": "setting.define", "name": "customer.duplicates", "document": document});
    assert_eq!(refused(&admin, &define(json!({"possible": 1.5}))), "duplicates.share");
    assert_eq!(refused(&admin, &define(json!({"keys": [[]]}))), "duplicates.count");
    assert_eq!(refused(&admin, &define(json!({"fields": 7}))), "setting.malformed");
}

#[test]
fn all_clusters_are_found_and_what_was_learnt_can_be_kept() {
    let network = Network::new();
    let (admin, seller, rival) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.rival());
    others(&seller);
    let rossi = |name: &str, phone: &str| json!({"name": name, "street": "Via Roma 5", "locality": "Parma", "postal_code": "43121", "phone": phone});
    customer(&seller, "C-1", &rossi("Rossi Legnami S.r.l.", "+39 0521 111111"));
    customer(&seller, "C-2", &rossi("ROSSI LEGNAMI SRL", "+39 0521 111111"));
    customer(&seller, "C-3", &rossi("Legnami Rossi", "+39 0521 111111"));
    // Two VAT numbers are two companies, however alike the rest is.
    let vat = |number: &str| json!({"name": "Gemelli srl", "street": "Via Due 2", "locality": "Lodi", "vat_number": number});
    customer(&seller, "C-4", &vat("IT00743110157"));
    customer(&seller, "C-5", &vat("IT02182030391"));
    let asked = json!({"question": "customer.duplicate_clusters"});
    let told = ask(&seller, &asked);
    let members = |told: &Value| -> Vec<Vec<String>> {
        let clusters = told["clusters"].as_array().unwrap().iter();
        let one = |cluster: &Value| numbers(&cluster["customers"]).into_iter().map(str::to_owned).collect();
        clusters.map(one).collect()
    };
    assert_eq!(members(&told), [["C-1", "C-2", "C-3"]]);
    assert_eq!((told["found"].as_u64(), told["parties"].as_u64()), (Some(1), Some(45)));
    assert_eq!(told["clusters"][0]["pairs"].as_array().unwrap().len(), 3);
    assert_eq!(ask(&rival, &asked)["found"], json!(0));
    // The weights go into the setting as they were told, and the same is found.
    let rules = json!({"weights": told["weights"]});
    run(&admin, &json!({"command": "setting.define", "name": "customer.duplicates", "document": rules}));
    let again = ask(&seller, &asked);
    assert_eq!((members(&again), again["steps"].as_u64()), (members(&told), Some(0)));
}

fn added_fields(network: &Network) {
    let admin = network.crm.session("admin", None).unwrap();
    for name in ["dock", "gate"] {
        let field = json!({"name": name, "type": "text", "label": name});
        run(&admin, &json!({"command": "custom_field.define", "field": field}));
    }
}

/// Two customers of one dealer with something of everything.
fn two_customers(network: &Network) -> Session {
    let seller = network.seller();
    added_fields(network);
    customer(&seller, "A", &json!({"name": "Rossi srl", "since": "2020-05-01"}));
    customer(
        &seller,
        "B",
        &json!({"name": "Rossi S.r.l.", "street": "Via Roma 1", "locality": "Parma", "postal_code": "43121", "phone": "+39 0521 999999",
            "since": "2018-01-01", "do_not_contact": true, "notes": "pays late"}),
    );
    for (number, name) in [("A", "dock"), ("B", "dock"), ("B", "gate")] {
        run(
            &seller,
            &json!({"command": "customer.set_field", "customer": number, "field": name, "value": number}),
        );
    }
    for number in ["A", "B"] {
        run(
            &seller,
            &json!({"command": "contact.add", "customer": number, "contact": {"family_name": format!("Bianchi {number}")}}),
        );
        run(&seller, &json!({"command": "vehicle.add", "customer": number, "vehicle": {"make": "Iveco"}}));
        run(
            &seller,
            &json!({"command": "activity.plan", "customer": number, "activity": {"kind": "visit", "subject": number}}),
        );
        run(
            &seller,
            &json!({"command": "opportunity.open", "customer": number, "title": "T", "method": "with-configurator", "currency": "EUR",
                "number": format!("O-{number}")}),
        );
        run(
            &seller,
            &json!({"command": "address.add", "customer": number, "address": {"kind": "delivery", "locality": "Lodi", "country": "IT"}}),
        );
    }
    seller
}

/// Everything stored but what tells of merges, as the administrator sees it.
fn everything(network: &Network) -> Vec<(&'static str, BTreeMap<Uuid, Vec<Stored>>)> {
    fn seen<R: Record>(admin: &Session) -> BTreeMap<Uuid, Vec<Stored>> {
        let all = admin.list::<R>(&Predicate::Everything, 1_000, 0).unwrap();
        let pair = |stored: clientela::Stored<R>| (stored.record.id().uuid(), stored.record.to_values());
        all.into_iter().map(pair).collect()
    }
    let admin = network.crm.session("admin", None).unwrap();
    let mut all = every_record!(seen(&admin)).to_vec();
    all.retain(|(name, _)| *name != "customer_merge");
    all
}

fn count<R: Record>(session: &Session, customer: Uuid) -> u64 {
    session.count::<R>(&Predicate::equals("customer", Stored::Id(customer))).unwrap()
}

#[test]
fn two_become_one_with_all_that_belongs_to_them_and_two_again() {
    let network = Network::new();
    let seller = two_customers(&network);
    let (a, b) = (seller.customer("A").unwrap().customer, seller.customer("B").unwrap().customer);
    let before = everything(&network);
    let preview = json!({"question": "customer.merge_preview", "survivor": "A", "merged": "B", "fields": {"name": "merged"}});
    let told = ask(&seller, &preview);
    let field = |name: &str| {
        let all = told["fields"].as_array().unwrap();
        let line =
            all.iter().find(|line| line["field"] == name).unwrap_or_else(|| panic!("{name} in {told}"));
        (line["taken"].as_str().unwrap().to_owned(), line["reason"].as_str().unwrap().to_owned())
    };
    for (name, taken, reason) in [
        ("name", "merged", "chosen"),
        ("locality", "merged", "filled"),
        ("phone", "merged", "filled"),
        ("since", "merged", "earlier"),
        ("do_not_contact", "merged", "stricter"),
        ("kind", "survivor", "same"),
        ("number", "survivor", "survivor"),
    ] {
        assert_eq!(field(name), (taken.to_owned(), reason.to_owned()), "{name}");
    }
    let relation = |entity: &str| {
        told["relations"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["entity"] == entity && line["records"] == json!(1))
    };
    for entity in ["contact", "vehicle", "activity", "opportunity", "address"] {
        assert!(relation(entity), "{entity} in {told}");
    }
    assert_eq!(field("custom.dock"), ("survivor".to_owned(), "survivor".to_owned()));
    assert_eq!(field("custom.gate"), ("merged".to_owned(), "filled".to_owned()));
    assert!(!relation("relationship") && told["allowed"] == json!(true), "{told}");
    assert_eq!(everything(&network), before, "a preview changes nothing");

    let receipt = run(
        &seller,
        &json!({"command": "customer.merge", "survivor": "A", "merged": "B", "fields": {"name": "merged"}}),
    );
    assert_eq!(receipt.key(), Some("A"));
    let now = seller.customer("A").unwrap();
    assert_eq!(
        (now.customer.name.as_str(), now.customer.locality.as_deref()),
        ("Rossi S.r.l.", Some("Parma"))
    );
    assert!(now.customer.do_not_contact);
    assert_eq!((now.contacts.len(), now.fleet.len()), (2, 2));
    let (a_id, b_id) = (a.id.uuid(), b.id.uuid());
    assert_eq!((count::<Contact>(&seller, a_id), count::<Contact>(&seller, b_id)), (2, 0));
    assert_eq!((count::<Activity>(&seller, a_id), count::<Activity>(&seller, b_id)), (2, 0));
    assert_eq!((count::<Opportunity>(&seller, a_id), count::<Opportunity>(&seller, b_id)), (2, 0));
    // Whoever asks for the one that was merged is given the other, and no list shows it.
    assert_eq!(seller.customer("B").unwrap().customer.id, a.id);
    assert_eq!(seller.customer(&b.id.uuid().to_string()).unwrap().customer.id, a.id);
    assert_eq!(seller.count::<Customer>(&Predicate::Everything).unwrap(), 1);
    assert_eq!(seller.table(&clientela::TableQuery::new("customer")).unwrap().rows(), 1);
    assert_eq!(ask(&seller, &json!({"question": "customer.duplicates", "customer": "A"})), json!([]));
    run(
        &seller,
        &json!({"command": "activity.plan", "customer": "B", "activity": {"kind": "call", "subject": "since"}}),
    );
    assert_eq!(count::<Activity>(&seller, a_id), 3);
    let taken = json!({"command": "customer.create", "customer": {"kind": "company", "name": "x", "country": "IT", "number": "B"}});
    assert_eq!(refused(&seller, &taken), "key.taken");
    assert_eq!(
        refused(&seller, &json!({"command": "customer.merge", "survivor": "A", "merged": "B"})),
        "merge.same"
    );

    let receipt = run(&seller, &json!({"command": "customer.unmerge", "merged": "B"}));
    assert_eq!(receipt.key(), Some("B"));
    let mut after = everything(&network);
    // The activity that came after stays with the one it was planned for.
    let activities = after.iter_mut().find(|(name, _)| *name == "activity").unwrap();
    let old = &before.iter().find(|(name, _)| *name == "activity").unwrap().1;
    activities.1.retain(|id, _| old.contains_key(id));
    assert_eq!(after, before);
    assert_eq!(refused(&seller, &json!({"command": "customer.unmerge", "merged": "B"})), "merge.not_merged");
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn a_withdrawal_wins_whichever_came_later() {
    let network = Network::new();
    let seller = two_customers(&network);
    let said = |customer: &str, decision: &str, channel: &str| {
        network.clock.advance(Duration::minutes(1));
        run(
            &seller,
            &json!({"command": "consent.record", "customer": customer, "consent": {"purpose": "marketing", "channel": channel,
                "decision": decision, "basis": "consent", "wording": "W-1"}}),
        );
    };
    run(
        &seller,
        &json!({"command": "customer.change", "customer": "B", "change": {"do_not_contact": false}}),
    );
    said("B", "withdrawn", "email");
    said("A", "granted", "email");
    said("A", "withdrawn", "phone");
    said("B", "granted", "phone");
    said("B", "granted", "letter");
    let allowed = |customer: &str, channel: &str| {
        let told = ask(&seller, &json!({"question": "consent.state", "customer": customer}));
        let states = told["states"].as_array().unwrap_or_else(|| panic!("{told}"));
        let state =
            states.iter().find(|state| state["purpose"] == "marketing" && state["channel"] == channel);
        state.unwrap()["allowed"].as_bool().unwrap()
    };
    assert!(allowed("A", "email") && allowed("B", "phone"));
    let before = everything(&network);
    let told = ask(&seller, &json!({"question": "customer.merge_preview", "survivor": "A", "merged": "B"}));
    assert_eq!(told["grants_outweighed"], json!(2));
    run(&seller, &json!({"command": "customer.merge", "survivor": "A", "merged": "B"}));
    assert_eq!((allowed("A", "email"), allowed("A", "phone"), allowed("A", "letter")), (false, false, true));
    run(&seller, &json!({"command": "customer.unmerge", "merged": "B"}));
    assert_eq!(everything(&network), before);
    assert!(allowed("A", "email") && allowed("B", "phone"));
}

#[test]
fn what_came_after_can_stand_against_taking_apart() {
    let network = Network::new();
    let seller = two_customers(&network);
    let contact_b = seller.customer("B").unwrap().contacts[0].id;
    let merge = json!({"command": "customer.merge", "survivor": "A", "merged": "B"});
    let unmerge = json!({"command": "customer.unmerge", "merged": "B"});
    run(&seller, &merge);
    // A field the merge filled was changed since.
    run(
        &seller,
        &json!({"command": "customer.change", "customer": "A", "change": {"phone": "+39 0521 888888"}}),
    );
    let error = execute(&seller, &unmerge).unwrap_err();
    assert_eq!((error.code(), error.field().as_deref()), ("merge.changed_since", Some("phone")));
    run(&seller, &json!({"command": "customer.unmerge", "merged": "B", "keep_later": true}));
    assert_eq!(seller.customer("A").unwrap().customer.phone.unwrap().as_str(), "+390521888888");
    assert_eq!(seller.customer("B").unwrap().customer.phone.unwrap().as_str(), "+390521999999");

    // What was made since on what goes back goes with it.
    run(&seller, &merge);
    let visit = json!({"command": "activity.plan", "customer": "A", "activity": {"kind": "visit", "subject": "for her", "contact": contact_b}});
    run(&seller, &visit);
    run(&seller, &unmerge);
    let b = seller.customer("B").unwrap().customer.id;
    assert_eq!(count::<Activity>(&seller, b.uuid()), 2);

    // What was made since of both stands against it.
    let receipt = run(&seller, &merge);
    run(
        &seller,
        &json!({"command": "activity.plan", "customer": "A", "activity": {"kind": "visit", "subject": "of both", "contact": contact_b,
            "opportunity": opportunity(&seller, "O-A")}}),
    );
    assert_eq!(refused(&seller, &unmerge), "merge.mixed");
    // The survivor became another since.
    customer(&seller, "C", &json!({"name": "Rossi"}));
    run(&seller, &json!({"command": "customer.merge", "survivor": "C", "merged": "A"}));
    assert_eq!(seller.customer("B").unwrap().customer.number.as_deref(), Some("C"), "a chain is followed");
    let by_id = receipt.id_of("customer_merge").unwrap().to_string();
    assert_eq!(
        refused(&seller, &json!({"command": "customer.unmerge", "merged": by_id})),
        "merge.moved_since"
    );
    run(&seller, &json!({"command": "customer.unmerge", "merged": "A"}));
    assert_eq!(seller.customer("B").unwrap().customer.number.as_deref(), Some("A"));
}

fn opportunity(session: &Session, number: &str) -> String {
    session.find::<Opportunity>(number).unwrap().record.id.uuid().to_string()
}

#[test]
fn only_who_may_change_both_merges_and_each_dealer_keeps_his_own() {
    let network = Network::new();
    let seller = two_customers(&network);
    let (admin, rival) = (network.crm.session("admin", None).unwrap(), network.rival());
    customer(&rival, "R", &json!({"name": "Rossi", "vat_number": "IT00743110157"}));
    let merge = |survivor: &str, merged: &str| json!({"command": "customer.merge", "survivor": survivor, "merged": merged});
    assert_eq!(refused(&rival, &merge("R", "A")), "record.not_found");
    assert_eq!(refused(&seller, &merge("A", "R")), "record.not_found");
    let preview = json!({"question": "customer.merge_preview", "survivor": "A", "merged": "R"});
    let unseen = seller.answer(&Question::from_json(&preview.to_string()).unwrap()).unwrap_err();
    assert_eq!(unseen.code(), "record.not_found");
    // Of two dealers: the party becomes one, and what was private stays with whose it is.
    let before = everything(&network);
    run(&admin, &merge("A", "R"));
    let (ours, theirs) = (seller.customer("A").unwrap().customer, rival.customer("R").unwrap().customer);
    assert_eq!((ours.party, ours.vat_number.is_some()), (theirs.party, true));
    assert_eq!(seller.customer("R").unwrap_err().code(), "record.not_found");
    assert_eq!(rival.customer("R").unwrap().contacts.len(), 0);
    assert_eq!(rival.customer("R").unwrap().fleet.len(), 1, "the fleet is the party's");
    assert_eq!(refused(&admin, &merge("A", "R")), "merge.two_dealers");
    assert_eq!(refused(&rival, &json!({"command": "customer.unmerge", "merged": "R"})), "merge.not_merged");
    run(&admin, &json!({"command": "customer.unmerge", "merged": theirs.id.uuid()}));
    assert_eq!(everything(&network), before);
    for (fields, code) in [
        (json!({"owner": "merged"}), "merge.field_unknown"),
        (json!({"street": "merged", "locality": "survivor"}), "merge.field_split"),
    ] {
        let command = json!({"command": "customer.merge", "survivor": "A", "merged": "B", "fields": fields});
        assert_eq!(refused(&seller, &command), code);
    }
    run(
        &seller,
        &json!({"command": "customer.join_group", "customer": "B", "parent": "A", "valid_from": "2025-01-01"}),
    );
    assert_eq!(refused(&seller, &merge("A", "B")), "merge.group");
    // It left the group since: it was below the other for a time all the same.
    run(
        &seller,
        &json!({"command": "customer.join_group", "customer": "B", "parent": null, "valid_from": "2026-01-01"}),
    );
    assert_eq!(refused(&seller, &merge("A", "B")), "merge.group");
}

#[test]
fn a_merge_tells_nothing_of_what_is_not_seen() {
    let network = Network::new();
    let seller = two_customers(&network);
    let (manager, rival) = (network.manager(), network.rival());
    // Another dealer has business with the party that goes.
    let vat = json!({"vat_number": "IT00743110157"});
    run(&seller, &json!({"command": "customer.change", "customer": "B", "change": vat}));
    customer(&rival, "R", &json!({"name": "Rossi", "vat_number": "IT00743110157"}));
    let of_rival = || rival.customer("R").unwrap().customer;
    assert_eq!(of_rival().party, seller.customer("B").unwrap().customer.party);
    // Fields and an added field that the seller does not read.
    let limit = json!({"name": "limit", "type": "text", "label": "Limit", "confidential": true});
    let admin = network.crm.session("admin", None).unwrap();
    run(&admin, &json!({"command": "custom_field.define", "field": limit}));
    for (number, value) in [("A", "5"), ("B", "7")] {
        run(
            &manager,
            &json!({"command": "customer.set_field", "customer": number, "field": "limit", "value": value}),
        );
    }
    run(&manager, &json!({"command": "customer.change", "customer": "B", "change": {"credit_hold": true}}));
    let before = everything(&network);
    let choice = json!({"command": "customer.merge", "survivor": "A", "merged": "B", "fields": {"custom.limit": "merged"}});
    assert_eq!(refused(&seller, &choice), "access.not_allowed");
    let preview = json!({"question": "customer.merge_preview", "survivor": "A", "merged": "B"});
    let told = ask(&seller, &preview).to_string();
    assert!(!told.contains("limit") && !told.contains("credit_hold"), "{told}");
    assert!(ask(&manager, &preview).to_string().contains("custom.limit"));
    let receipt = run(&seller, &json!({"command": "customer.merge", "survivor": "A", "merged": "B"}));
    let why = serde_json::to_string(&receipt.why).unwrap();
    let tells = ["limit", "credit_hold", "\"relationship\""].map(|word| why.contains(word));
    assert_eq!(tells, [false; 3], "{why}");
    assert_eq!(of_rival().party, seller.customer("A").unwrap().customer.party);
    assert_eq!(manager.customer("A").unwrap().customer.credit_hold, Some(true), "the stricter holds");
    // Who merged takes apart, although another dealer's customer goes back as well.
    run(&seller, &json!({"command": "customer.unmerge", "merged": "B"}));
    assert_eq!(everything(&network), before);
    // With the choice of one who reads them.
    run(&manager, &choice);
    let custom = |name: &str| {
        let all = manager.customer("A").unwrap().custom;
        all.iter()
            .find(|value| value.name == name)
            .map(|value| (value.text.clone(), value.confidential.clone()))
    };
    assert_eq!(custom("limit"), Some((None, Some("7".into()))));
    assert_eq!(
        (custom("dock"), custom("gate")),
        (Some((Some("A".into()), None)), Some((Some("B".into()), None)))
    );
    run(&manager, &json!({"command": "customer.unmerge", "merged": "B"}));
    assert_eq!(everything(&network), before);
}

#[test]
fn what_is_only_shared_is_not_merged_away() {
    let network = Network::new();
    let (seller, rival) = (two_customers(&network), network.rival());
    customer(&rival, "R", &json!({"name": "Rossi"}));
    customer(&rival, "S", &json!({"name": "Rossi"}));
    let share =
        json!({"command": "share.grant", "customer": "A", "position": "Trucks Milano", "right": "change"});
    run(&seller, &share);
    let source = json!({"command": "customer.change", "customer": "A", "change": {"source": "fair"}});
    run(&rival, &source);
    let before = everything(&network);
    for (survivor, merged) in [("R", "A"), ("A", "R")] {
        let merge = json!({"command": "customer.merge", "survivor": survivor, "merged": merged});
        assert_eq!(refused(&rival, &merge), "access.not_allowed");
        let preview = json!({"question": "customer.merge_preview", "survivor": survivor, "merged": merged});
        assert_eq!(ask(&rival, &preview)["allowed"], json!(false));
    }
    assert_eq!(everything(&network), before);
    run(&rival, &json!({"command": "customer.merge", "survivor": "R", "merged": "S"}));
}

#[test]
fn a_merge_of_two_dealers_parties_is_undone_by_number() {
    let network = Network::new();
    let seller = two_customers(&network);
    let (admin, rival) = (network.crm.session("admin", None).unwrap(), network.rival());
    customer(&rival, "R", &json!({"name": "Rossi", "street": "Via Po 3", "locality": "Lodi"}));
    let before = everything(&network);
    run(&admin, &json!({"command": "customer.merge", "survivor": "A", "merged": "R"}));
    // The address came from the other party; the street was corrected since.
    run(&seller, &json!({"command": "customer.change", "customer": "A", "change": {"street": "Via Po 5"}}));
    let unmerge = json!({"command": "customer.unmerge", "merged": "R"});
    let error = execute(&admin, &unmerge).unwrap_err();
    assert_eq!((error.code(), error.field().as_deref()), ("merge.changed_since", Some("street")));
    let keeping = json!({"command": "customer.unmerge", "merged": "R", "keep_later": true});
    run(&admin, &keeping);
    let kept = seller.customer("A").unwrap().customer;
    // An address is kept as a whole.
    assert_eq!((kept.street.as_deref(), kept.locality.as_deref()), (Some("Via Po 5"), Some("Lodi")));
    let empty = json!({"street": null, "locality": null});
    run(&seller, &json!({"command": "customer.change", "customer": "A", "change": empty}));
    assert_eq!(everything(&network), before);
}

#[test]
fn who_is_erased_is_erased_with_what_was_merged_into_him() {
    let network = Network::new();
    let seller = two_customers(&network);
    let admin = network.crm.session("admin", None).unwrap();
    run(&seller, &json!({"command": "customer.merge", "survivor": "A", "merged": "B"}));
    let told = ask(&admin, &json!({"question": "person.export", "customer": "A"}));
    assert!(told.to_string().contains("0521999999"), "what was merged is held as well");
    run(&admin, &json!({"command": "party.erase", "customer": "A", "reason": "person_asked"}));
    assert_eq!(refused(&admin, &json!({"command": "customer.unmerge", "merged": "B"})), "merge.erased");
    let file = std::fs::read(network.folder.join("network.clientela")).unwrap();
    for text in ["0521999999", "pays late"] {
        assert!(memmem::find(&file, text.as_bytes()).is_none(), "{text} is still there");
    }
}

/// What happens to one of two customers before they are merged.
fn happening() -> impl Strategy<Value = Vec<(bool, u8, u8)>> {
    prop::collection::vec((any::<bool>(), 0_u8..12, 0_u8..6), 0..24)
}

fn happen(network: &Network, seller: &Session, (first, what, with): (bool, u8, u8)) {
    network.clock.advance(Duration::minutes(1));
    let key = if first { "A" } else { "B" };
    let change = |change: Value| json!({"command": "customer.change", "customer": key, "change": change});
    let command = match what {
        0 => change(
            json!({"street": format!("Via {with}"), "locality": "Parma", "country": (["IT", "SM"][usize::from(with % 2)])}),
        ),
        1 => change(json!({"email": format!("a{with}@example.com"), "language": "it"})),
        2 => change(json!({"source": format!("fair {with}"), "do_not_contact": with % 2 == 0})),
        3 => change(json!({"notes": format!("note {with}"), "since": format!("202{with}-01-01")})),
        4 => {
            json!({"command": "contact.add", "customer": key, "contact": {"family_name": format!("C{with}")}})
        }
        5 => json!({"command": "vehicle.add", "customer": key, "vehicle": {"make": format!("M{with}")}}),
        6 => {
            json!({"command": "activity.plan", "customer": key, "activity": {"kind": "visit", "subject": format!("S{with}")}})
        }
        7 => {
            let decision = ["granted", "withdrawn", "objected"][usize::from(with % 3)];
            let channel = ["email", "phone"][usize::from(with % 2)];
            json!({"command": "consent.record", "customer": key, "consent": {"purpose": "marketing", "channel": channel,
                "decision": decision, "basis": "consent"}})
        }
        8 => {
            let value = if with == 0 { Value::Null } else { json!(format!("v{with}")) };
            json!({"command": "customer.set_field", "customer": key, "field": (["dock", "gate"][usize::from(with % 2)]), "value": value})
        }
        9 => {
            let address = json!({"kind": "delivery", "locality": format!("L{}", with % 2), "country": "IT"});
            json!({"command": "address.add", "customer": key, "address": address})
        }
        10 => {
            json!({"command": "share.grant", "customer": key, "position": "Trucks Milano", "right": "read"})
        }
        _ => {
            json!({"command": "opportunity.open", "customer": key, "title": "T", "method": "with-configurator", "currency": "EUR"})
        }
    };
    // What the rules of the business refuse did not happen.
    let _ = execute(seller, &command);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn merging_and_taking_apart_gives_every_field_and_relation_back(
        happenings in happening(),
        choices in prop::collection::btree_map(prop::sample::select(vec!["name", "street", "email", "source", "number", "status"]), any::<bool>(), 0..4),
        swapped in any::<bool>(),
    ) {
        let network = Network::new();
        let seller = network.seller();
        added_fields(&network);
        customer(&seller, "A", &json!({"name": "Rossi"}));
        customer(&seller, "B", &json!({"name": "Russo", "kind": "person"}));
        for one in happenings {
            happen(&network, &seller, one);
        }
        let before = everything(&network);
        let fields: BTreeMap<&str, &str> =
            choices.into_iter().map(|(field, merged)| (field, if merged { "merged" } else { "survivor" })).collect();
        let (survivor, merged) = if swapped { ("B", "A") } else { ("A", "B") };
        network.clock.advance(Duration::minutes(1));
        let receipt = run(&seller, &json!({"command": "customer.merge", "survivor": survivor, "merged": merged, "fields": fields}));
        prop_assert_eq!(seller.count::<Customer>(&Predicate::Everything).unwrap(), 1);
        prop_assert_eq!(seller.customer("A").unwrap().customer.id, seller.customer("B").unwrap().customer.id);
        network.clock.advance(Duration::minutes(1));
        let id = receipt.id_of("customer_merge").unwrap().to_string();
        run(&seller, &json!({"command": "customer.unmerge", "merged": id}));
        prop_assert_eq!(everything(&network), before);
        prop_assert!(network.crm.check().unwrap().is_in_order());
    }
}
