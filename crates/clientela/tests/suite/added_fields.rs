//! Fields an installation adds: in rules under their own names, one customer at a time and in columns, and as columns of tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use clientela::{Command, RuleRun, RuleSetSubject, RuleSubject, Session, TableQuery};
use network::Network;
use serde_json::{Value, json};

fn run(session: &Session, command: Value) {
    let command = Command::from_json(&command.to_string()).unwrap();
    session.run(&command).unwrap_or_else(|error| panic!("{error:?}\n{:?}", error.issues()));
}

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
    // Other tables have none.
    assert!(!names(&TableQuery::new("contact")).iter().any(|name| name.starts_with("custom_")));
}
