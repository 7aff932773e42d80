//! Fields an installation adds: in rules under their own names, one customer at a time and in columns, and as columns of tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;
use crate::words;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use clientela::{Command, Question, RuleRun, RuleSetSubject, RuleSubject, Session, StoreRule, TableQuery};
use network::Network;
use serde_json::{Value, json};
use words::run;

fn customer(session: &Session, number: &str) {
    run(
        session,
        json!({"command": "customer.create",
            "customer": {"kind": "company", "name": number, "country": "IT", "number": number}}),
    );
}

/// Two customers of the first dealer, one with all fields; the administrator defined them.
fn prepared() -> Network {
    let network = Network::new();
    let (admin, seller, manager) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.manager());
    customer(&seller, "C-1");
    customer(&seller, "C-2");
    for (name, ty, choices, confidential) in [
        ("note", "text", &[][..], false),
        ("rating", "number", &[], false),
        ("docks", "integer", &[], false),
        ("buying_since", "date", &[], false),
        ("tolled", "boolean", &[], false),
        ("cargo", "choice", &["bulk", "cooled"], false),
        ("credit", "money", &[], false),
        ("margin", "number", &[], true),
    ] {
        run(
            &admin,
            json!({"command": "custom_field.define",
                "field": {"name": name, "type": ty, "choices": choices, "confidential": confidential}}),
        );
    }
    let set = |session: &Session, customer: &str, field: &str, value: Value| {
        run(
            session,
            json!({"command": "customer.set_field", "customer": customer, "field": field, "value": value}),
        );
    };
    for (field, value) in [
        ("note", json!("by rail")),
        ("rating", json!("4.25")),
        ("docks", json!(6)),
        ("buying_since", json!("2025-05-01")),
        ("tolled", json!(true)),
        ("cargo", json!("cooled")),
        ("credit", json!({"amount": "50000.00", "currency": "EUR"})),
    ] {
        set(&seller, "C-1", field, value);
    }
    set(&seller, "C-2", "docks", json!(2));
    set(&manager, "C-1", "margin", json!("12.5"));
    network
}

/// What a rule says of both customers: by number, one at a time and in columns, which must agree.
fn told(session: &Session, text: &str) -> Vec<&'static str> {
    let rule = session.rule(text, RuleSubject::Customer).unwrap_or_else(|error| panic!("{text}: {error}"));
    let selected = rule.select(session, RuleRun::default()).unwrap().ids;
    let mut found = Vec::new();
    for number in ["C-1", "C-2"] {
        let id = session.customer(number).unwrap().customer.id;
        let alone = rule.holds(session, number).unwrap().holds();
        let together = selected.contains(&clientela::model::EntityId::uuid(id));
        assert_eq!(alone, together, "{text} {number}");
        if alone {
            found.push(number);
        }
    }
    let funnel = rule.funnel(session, RuleRun::default()).unwrap();
    assert_eq!(funnel.steps.last().map(|step| step.left), Some(found.len()), "{text}");
    found
}

#[test]
fn rules_read_added_fields_by_their_names() {
    let network = prepared();
    let (seller, manager) = (network.seller(), network.manager());
    for (rule, expected) in [
        ("customer.custom.docks >= 4", &["C-1"][..]),
        ("customer.custom.docks < 4 && customer.country == 'IT'", &["C-2"]),
        ("customer.custom.docks * 2 > 3", &["C-1", "C-2"]),
        ("customer.custom.note.startsWith('by')", &["C-1"]),
        ("customer.custom.rating > 4.2", &["C-1"]),
        ("customer.custom.buying_since < today - days(30)", &["C-1"]),
        ("customer.custom.tolled", &["C-1"]),
        ("customer.custom.cargo in ['cooled', 'bulk']", &["C-1"]),
        ("customer.custom.credit.amount >= 50000.00 && customer.custom.credit.currency == 'EUR'", &["C-1"]),
        ("has(customer.custom.rating)", &["C-1"]),
        ("customer.custom.rating == null", &["C-2"]),
        // The list of entries is there as it was.
        ("customer.custom.size() > 3", &["C-1"]),
        ("customer.custom.exists(f, f.name == 'docks' && f.number >= decimal('4'))", &["C-1"]),
    ] {
        assert_eq!(told(&seller, rule), expected, "{rule}");
    }
    // Who does not read confidential fields knows nothing of one, under its name either.
    assert_eq!(told(&manager, "customer.custom.margin > 12.0"), ["C-1"]);
    assert_eq!(told(&seller, "customer.custom.margin > 12.0"), [""; 0]);
    assert_eq!(told(&seller, "customer.custom.margin == null"), ["C-1", "C-2"]);
    // A value that changes is seen by the next question.
    run(&seller, json!({"command": "customer.set_field", "customer": "C-2", "field": "docks", "value": 9}));
    assert_eq!(told(&seller, "customer.custom.docks >= 4"), ["C-1", "C-2"]);
    // The other dealer sees neither customers nor values.
    let rule = network.rival().rule("customer.custom.docks >= 0", RuleSubject::Customer).unwrap();
    assert_eq!(rule.select(&network.rival(), RuleRun::default()).unwrap().asked, 0);
}

/// Fields of contacts, vehicles and opportunities inside the lists of a customer.
#[test]
fn rules_read_fields_added_to_the_records_of_lists() {
    let network = prepared();
    let (admin, seller, manager) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.manager());
    for (entity, name, ty, confidential) in [
        ("contact", "shoe_size", "integer", false),
        ("contact", "invited", "boolean", false),
        ("contact", "secret", "text", true),
        ("vehicle", "leasing", "money", false),
        ("vehicle", "tested", "date", false),
        ("opportunity", "axles", "number", false),
    ] {
        run(
            &admin,
            json!({"command": "custom_field.define",
                "field": {"entity": entity, "name": name, "type": ty, "confidential": confidential}}),
        );
    }
    let make = |command: Value, entity: &str| run(&seller, command).id_of(entity).unwrap().to_string();
    let set = |session: &Session, entity: &str, id: &str, field: &str, value: Value| {
        run(
            session,
            json!({"command": "custom_field.set", "entity": entity, "record": id, "field": field, "value": value}),
        );
    };
    for (customer, size) in [("C-1", 43), ("C-2", 39)] {
        for (name, more) in [("A", 0), ("B", 1)] {
            let contact =
                json!({"command": "contact.add", "customer": customer, "contact": {"family_name": name}});
            let id = make(contact, "contact");
            set(&seller, "contact", &id, "shoe_size", json!(size + more));
            if name == "A" {
                set(&seller, "contact", &id, "invited", json!(customer == "C-1"));
            }
            set(&manager, "contact", &id, "secret", json!("known"));
        }
        let vehicle = json!({"command": "vehicle.add", "customer": customer, "vehicle": {"make": "Orsa"}});
        let vehicle = make(vehicle, "vehicle");
        let amount = json!({"amount": if size == 43 { "900.00" } else { "100.00" }, "currency": "EUR"});
        set(&seller, "vehicle", &vehicle, "leasing", amount);
    }
    for (rule, expected) in [
        ("customer.contacts.exists(c, c.custom.shoe_size > 43)", &["C-1"][..]),
        ("customer.contacts.all(c, c.custom.shoe_size > 38)", &["C-1", "C-2"]),
        ("customer.contacts.exists(c, c.custom.invited && c.family_name == 'A')", &["C-1"]),
        ("customer.contacts.filter(c, c.custom.shoe_size < 41).size() == 2", &["C-2"]),
        ("customer.contacts.filter(c, c.family_name == 'B').exists(c, c.custom.shoe_size == 40)", &["C-2"]),
        ("customer.contacts.exists(c, c.custom.invited == null)", &["C-1", "C-2"]),
        ("customer.contacts.exists(c, has(c.custom.invited) && !c.custom.invited)", &["C-2"]),
        ("customer.fleet.exists(v, v.custom.leasing.amount > 500.00)", &["C-1"]),
        ("customer.fleet.exists(v, v.custom.tested == null && v.make == 'Orsa')", &["C-1", "C-2"]),
        ("customer.opportunities.exists(o, o.custom.axles > 2.0)", &[]),
        (
            "customer.custom.docks > 4 && customer.contacts.exists(c, c.custom.shoe_size >= customer.custom.docks)",
            &["C-1"],
        ),
    ] {
        assert_eq!(told(&seller, rule), expected, "{rule}");
    }
    // Confidential ones are known to those who read them.
    let secret = "customer.contacts.exists(c, c.custom.secret == 'known')";
    assert_eq!((told(&manager, secret), told(&seller, secret)), (vec!["C-1", "C-2"], vec![]));
    // A value that changes is seen by the next question.
    let contact = seller.customer("C-2").unwrap().contacts[0].id.to_string();
    set(&seller, "contact", &contact, "shoe_size", json!(48));
    assert_eq!(told(&seller, "customer.contacts.exists(c, c.custom.shoe_size > 45)"), ["C-2"]);
    // A slip is found, with what there is.
    for (rule, hint) in [
        ("customer.contacts.exists(c, c.custom.shoe_siez > 3)", "shoe_size"),
        ("customer.fleet.exists(v, v.custom.shoe_size > 3)", ""),
        ("customer.contacts.exists(c, c.custom == 3)", ""),
    ] {
        let found = seller.check_rule(rule, RuleSubject::Customer);
        assert_eq!(found.first().map(|found| found.code), Some("rule.unknown_field"), "{rule} {found:?}");
        assert!(found[0].hint.clone().unwrap_or_default().contains(hint), "{rule} {found:?}");
    }
    assert_eq!(
        seller.check_rule("customer.contacts.exists(c, c.custom.shoe_size == 'x')", RuleSubject::Customer)[0]
            .code,
        "rule.types"
    );
}

/// A rule that was made before there was a store learns its fields when it is asked of one.
#[test]
fn a_rule_without_a_store_takes_the_fields_of_the_store_it_is_asked_of() {
    let network = prepared();
    let seller = network.seller();
    for (text, expected) in [
        ("customer.custom.docks >= 4", &["C-1"][..]),
        ("customer.custom.credit.amount > 1000.00 && customer.custom.credit.currency == 'EUR'", &["C-1"]),
        ("customer.custom.tolled", &["C-1"]),
        ("customer.custom.docks == 2 || customer.custom.cargo in ['cooled']", &["C-1", "C-2"]),
        ("customer.country == 'IT'", &["C-1", "C-2"]),
    ] {
        let rule =
            StoreRule::new(text, RuleSubject::Customer).unwrap_or_else(|error| panic!("{text}: {error}"));
        let of_store = seller.rule(text, RuleSubject::Customer).unwrap();
        assert_eq!(rule.conjuncts(), of_store.conjuncts());
        let paths = |rule: &StoreRule| rule.reads().iter().map(|path| path.text.clone()).collect::<Vec<_>>();
        assert_eq!(paths(&rule), paths(&of_store), "{text}");
        assert_eq!(rule.select(&seller, RuleRun::default()).unwrap().ids.len(), expected.len(), "{text}");
        let left = rule.funnel(&seller, RuleRun::default()).unwrap().steps.last().map(|step| step.left);
        assert_eq!(left, Some(expected.len()), "{text}");
        for number in ["C-1", "C-2"] {
            assert_eq!(rule.holds(&seller, number).unwrap().holds(), expected.contains(&number), "{text}");
        }
    }
    // What no store adds is found by the store; what is no added field at once.
    let rule = StoreRule::new("customer.custom.dokcs >= 4", RuleSubject::Customer).unwrap();
    let refused = rule.select(&seller, RuleRun::default()).unwrap_err();
    assert_eq!(refused.issues()[0].code, "rule.unknown_field");
    assert_eq!(rule.holds(&seller, "C-1").unwrap_err().code(), "rule.invalid");
    let slip = StoreRule::new("customer.custm.docks >= 4", RuleSubject::Customer).unwrap_err();
    assert_eq!(slip.code(), "rule.invalid");
}

#[test]
fn a_slip_is_found_when_the_rule_is_saved() {
    let network = prepared();
    let (seller, admin) = (network.seller(), network.crm.session("admin", None).unwrap());
    for (rule, code, hint) in [
        ("customer.custom.dokcs > 1", "rule.unknown_field", "docks"),
        ("customer.custom.docks == 'six'", "rule.types", ""),
        ("customer.custom.cargo == 'gold'", "rule.unknown_word", ""),
        ("customer.custom.tolled > 1", "rule.types", ""),
    ] {
        let found = seller.check_rule(rule, RuleSubject::Customer);
        assert_eq!(found.len(), 1, "{rule} {found:?}");
        assert_eq!(found[0].code, code, "{rule} {found:?}");
        assert!(found[0].hint.clone().unwrap_or_default().contains(hint), "{rule} {found:?}");
        assert!(found[0].snippet.contains('^'), "{found:?}");
        assert_eq!(seller.rule(rule, RuleSubject::Customer).unwrap_err().code(), "rule.invalid");
    }
    let document = |field: &str| {
        format!(
            "name: docks\nversion: 1\nenvironment: customer\nrule:\n  match:\n    - condition: customer.custom.{field} >= 4\n      value: large\n  otherwise: {{value: small}}\n"
        )
    };
    let save = |field: &str| {
        let command = json!({"command": "rule_set.save", "document": document(field)});
        admin.run(&Command::from_json(&command.to_string()).unwrap())
    };
    assert_eq!(save("dokcs").unwrap_err().code(), "rule_set.invalid");
    save("docks").unwrap();
    let asked = |number: &str| {
        let subject = RuleSetSubject::Customer(number.to_owned());
        format!("{:?}", seller.evaluate_rule_set("docks", &subject, None, false).unwrap().decided)
    };
    assert!(asked("C-1").contains("large") && asked("C-2").contains("small"));
    // A rule that was checked goes on as it was when a field is added.
    let rule = seller.rule("customer.custom.docks >= 4", RuleSubject::Customer).unwrap();
    run(&admin, json!({"command": "custom_field.define", "field": {"name": "aaa", "type": "text"}}));
    assert_eq!(rule.select(&seller, RuleRun::default()).unwrap().ids.len(), 1);
    assert!(rule.holds(&seller, "C-1").unwrap().holds());
    assert_eq!(told(&seller, "customer.custom.aaa == null"), ["C-1", "C-2"]);
}

fn table(session: &Session, query: &TableQuery) -> RecordBatch {
    session.table(query).unwrap().batches()[0].clone()
}

#[test]
fn added_fields_are_columns_of_the_table_of_customers() {
    let network = prepared();
    let (seller, manager) = (network.seller(), network.manager());
    let names = |query: &TableQuery| {
        let table = seller.table(query).unwrap();
        table.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>()
    };
    let all = names(&TableQuery::new("customer"));
    let added: Vec<&str> = all.iter().filter_map(|name| name.strip_prefix("custom_")).collect();
    assert_eq!(added, ["buying_since", "cargo", "credit", "docks", "margin", "note", "rating", "tolled"]);
    let query = TableQuery {
        columns: [
            "custom_docks",
            "number",
            "custom_rating",
            "custom_buying_since",
            "custom_tolled",
            "custom_cargo",
            "custom_credit",
            "custom_margin",
        ]
        .map(String::from)
        .to_vec(),
        ..TableQuery::new("customer")
    };
    let batch = table(&seller, &query);
    let numbers = batch.column_by_name("number").unwrap().as_string_view();
    let first = (0..batch.num_rows()).find(|row| numbers.value(*row) == "C-1").unwrap();
    let second = (0..batch.num_rows()).find(|row| numbers.value(*row) == "C-2").unwrap();
    let docks = batch.column_by_name("custom_docks").unwrap().as_primitive::<Int64Type>();
    assert_eq!((docks.value(first), docks.value(second)), (6, 2));
    let rating = batch.column_by_name("custom_rating").unwrap().as_primitive::<Decimal128Type>();
    assert_eq!((rating.value(first), rating.scale(), rating.is_null(second)), (425, 2, true));
    let since = batch.column_by_name("custom_buying_since").unwrap().as_primitive::<Date32Type>();
    assert_eq!(since.value(first), 20_209);
    assert!(batch.column_by_name("custom_tolled").unwrap().as_boolean().value(first));
    assert_eq!(batch.column_by_name("custom_cargo").unwrap().as_string_view().value(first), "cooled");
    let schema = batch.schema();
    let credit = schema.field_with_name("custom_credit").unwrap();
    assert_eq!(credit.metadata()["clientela.currency"], "EUR");
    assert_eq!(credit.metadata()["clientela.label"], "credit");
    // A confidential field is a column without values for whoever does not read it.
    assert!(batch.column_by_name("custom_margin").unwrap().is_null(first));
    let managers = table(&manager, &query);
    let margins = managers.column_by_name("custom_margin").unwrap();
    assert_eq!(margins.len() - margins.null_count(), 1);
    // As it was before the values were set, and what is not there.
    let before = TableQuery { as_of: Some(network.clock_now()), ..query.clone() };
    assert_eq!(table(&seller, &before).num_rows(), 2);
    let wrong = TableQuery { columns: vec!["custom_gates".into()], ..TableQuery::new("customer") };
    assert_eq!(seller.table(&wrong).unwrap_err().code(), "name.unknown");
    assert_eq!(network.rival().table(&query).unwrap().rows(), 0);
    // Other tables have their own, and here none.
    assert!(!names(&TableQuery::new("contact")).iter().any(|name| name.starts_with("custom_")));
    // The filter knows them by the same names, whether they are shown or not, as the reader sees them.
    let filtered = |session: &Session, filter: &str| {
        let columns = vec!["number".to_owned()];
        let query = TableQuery { columns, filter: Some(filter.to_owned()), ..TableQuery::new("customer") };
        let table = session.table(&query).unwrap_or_else(|error| panic!("{filter}: {error}"));
        let numbers = table.batches()[0].column(0).as_string_view().clone();
        (0..numbers.len()).map(|row| numbers.value(row).to_owned()).collect::<Vec<_>>()
    };
    for (filter, expected) in [
        ("custom_docks > 4", &["C-1"][..]),
        ("custom_docks < 4 && number == 'C-2'", &["C-2"]),
        ("custom_rating == null", &["C-2"]),
        ("custom_cargo == 'cooled' && custom_tolled", &["C-1"]),
        ("custom_buying_since < today - days(30)", &["C-1"]),
        ("custom_credit.amount >= 50000.00", &["C-1"]),
        ("custom_margin > 1.0", &[]),
    ] {
        assert_eq!(filtered(&seller, filter), expected, "{filter}");
    }
    assert_eq!(filtered(&manager, "custom_margin > 1.0"), ["C-1"]);
    let slip = TableQuery { filter: Some("custom_dokcs > 4".into()), ..TableQuery::new("customer") };
    assert_eq!(seller.table(&slip).unwrap_err().code(), "rule.invalid");
    assert_eq!(filtered(&network.rival(), "custom_docks > 4"), [""; 0]);
}

/// Fields at what is no customer: the same name may be there more than once.
#[test]
fn contacts_vehicles_opportunities_and_leads_have_added_fields_too() {
    let network = prepared();
    let (admin, seller, rival) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.rival());
    for (entity, name, ty) in [
        ("contact", "docks", "boolean"),
        ("vehicle", "axles", "integer"),
        ("opportunity", "axles", "integer"),
        ("opportunity", "urgency", "text"),
        ("lead", "axles", "integer"),
    ] {
        run(
            &admin,
            json!({"command": "custom_field.define", "field": {"entity": entity, "name": name, "type": ty}}),
        );
    }
    let refused = |session: &Session, command: Value| {
        let command = Command::from_json(&command.to_string()).unwrap();
        session.run(&command).unwrap_err().code()
    };
    for (field, code) in [
        (json!({"entity": "offer", "name": "x", "type": "text"}), "custom_field.entity"),
        (json!({"entity": "lead", "name": "horizon", "type": "text"}), "custom_field.name_taken"),
    ] {
        assert_eq!(refused(&admin, json!({"command": "custom_field.define", "field": field})), code);
    }
    let contact = run(
        &seller,
        json!({"command": "contact.add", "customer": "C-1", "contact": {"family_name": "Rossi", "number": "K-1"}}),
    );
    assert!(contact.id_of("contact").is_some());
    let vehicle =
        run(&seller, json!({"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": "Orsa"}}));
    let vehicle = vehicle.id_of("vehicle").unwrap().to_string();
    for number in ["O-1", "O-2"] {
        run(
            &seller,
            json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": number}),
        );
    }
    let lead = run(
        &seller,
        json!({"command": "lead.receive", "owner": "Trucks Piacenza", "lead": {"channel": "web_form", "company": "Esempio", "email": "m@esempio.example",
            "employees": 60, "fleet_size": 12}}),
    );
    let lead = lead.key().unwrap().to_owned();
    let set = |entity: &str, record: &str, field: &str, value: Value| json!({"command": "custom_field.set", "entity": entity, "record": record, "field": field, "value": value});
    run(&seller, set("contact", "K-1", "docks", json!(true)));
    run(&seller, set("vehicle", &vehicle, "axles", json!(3)));
    run(&seller, set("opportunity", "O-1", "axles", json!(5)));
    run(&seller, set("opportunity", "O-2", "urgency", json!("this week")));
    run(&seller, set("lead", &lead, "axles", json!(4)));
    run(&seller, set("customer", "C-2", "docks", json!(8)));
    assert_eq!(refused(&rival, set("opportunity", "O-1", "axles", json!(5))), "record.not_found");
    assert_eq!(refused(&seller, set("opportunity", "O-1", "docks", json!(5))), "name.unknown");
    assert_eq!(refused(&seller, set("lead", &lead, "axles", json!("four"))), "custom_value.type");
    assert_eq!(refused(&seller, set("offer", "Q-1", "axles", json!(4))), "name.unknown");

    // In tables, typed, and in their filters.
    let numbers = |entity: &str, column: &str, filter: Option<&str>| {
        let columns = vec![column.to_owned()];
        let query = TableQuery { columns, filter: filter.map(str::to_owned), ..TableQuery::new(entity) };
        let table = seller.table(&query).unwrap_or_else(|error| panic!("{entity} {filter:?}: {error}"));
        let column = table.batches()[0].column(0).as_primitive::<Int64Type>().clone();
        column.iter().collect::<Vec<_>>()
    };
    assert_eq!(numbers("vehicle", "custom_axles", None), [Some(3)]);
    assert_eq!(numbers("lead", "custom_axles", Some("custom_axles > 3 && employees >= 50")), [Some(4)]);
    assert_eq!(numbers("lead", "fleet_size", Some("custom_axles > 4")), []);
    assert_eq!(numbers("opportunity", "custom_axles", Some("custom_axles == 5")), [Some(5)]);
    assert_eq!(numbers("opportunity", "custom_axles", Some("custom_urgency.startsWith('this')")), [None]);
    let contacts = TableQuery { filter: Some("custom_docks".into()), ..TableQuery::new("contact") };
    assert_eq!(seller.table(&contacts).unwrap().rows(), 1);
    assert_eq!(rival.table(&contacts).unwrap().rows(), 0);

    // In rules on opportunities, one at a time and all together, and in rule sets on leads.
    for (rule, expected) in [
        ("opportunity.custom.axles >= 4", &["O-1"][..]),
        ("opportunity.custom.urgency == 'this week' && customer.custom.docks > 4", &["O-2"]),
        ("opportunity.custom.axles == null", &["O-2"]),
    ] {
        let rule =
            seller.rule(rule, RuleSubject::Opportunity).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let alone: Vec<&str> = ["O-1", "O-2"]
            .into_iter()
            .filter(|number| rule.holds(&seller, number).unwrap().holds())
            .collect();
        assert_eq!(alone, expected, "{}", rule.source());
        assert_eq!(rule.select(&seller, RuleRun::default()).unwrap().ids.len(), expected.len());
    }
    assert!(
        seller.rule("customer.custom.urgency == 'x'", RuleSubject::Customer).is_err(),
        "it is of opportunities"
    );
    let document = "name: lead_score\nversion: 1\nenvironment: lead\nsemantic: all_matches\nrule:\n  match:\n    - condition: lead.custom.axles >= 4\n      value: 30\n    - condition: lead.employees >= 50 && lead.fleet_size > 10\n      value: 25\n";
    run(&admin, json!({"command": "rule_set.save", "document": document}));
    let scored = |command: Value| {
        run(&seller, command);
        let told = Question::from_json(&json!({"question": "lead.score", "lead": lead}).to_string()).unwrap();
        seller.answer(&told).unwrap()["rules"]["score"].clone()
    };
    // All in columns, and one alone.
    assert_eq!(scored(json!({"command": "lead.score", "unit": "D-0042"})), json!(55));
    run(&seller, set("lead", &lead, "axles", json!(2)));
    assert_eq!(scored(json!({"command": "lead.score", "lead": lead})), json!(25));
    // One that only leads have is not found among others, and nothing of another entity is retired for it.
    let elsewhere = json!({"command": "custom_field.retire", "field": "axles"});
    assert_eq!(refused(&admin, elsewhere), "name.unknown");
    run(&admin, json!({"command": "custom_field.retire", "entity": "lead", "field": "axles"}));
    assert_eq!(refused(&seller, set("lead", &lead, "axles", json!(4))), "custom_field.retired");
}
