//! The tables of cases: rules with their outcomes and reasons, and rules with what is wrong with them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use clientela_model::identifier::Currency;
use clientela_model::{Coded, ErrorKind, Money};
use clientela_rules::{
    Bindings, CelEngine, Datum, Environment, Outcome, RecordType, Reveal, RuleEngine, Type,
};
use serde_json::Value;

fn table(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn texts(case: &Value, key: &str) -> Vec<String> {
    let texts = case[key].as_array().map(Vec::as_slice).unwrap_or_default();
    texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn rules_come_out_as_the_table_says() {
    let world = support::world();
    let facts = world.facts();
    let tables = [include_str!("cases/outcomes.json"), include_str!("cases/cel.json")];
    for case in tables.into_iter().flat_map(table) {
        let source = case["rule"].as_str().unwrap();
        let environment = match case["returning"].as_str() {
            None => world.environment.clone(),
            Some("decimal") => world.environment.clone().returning(Type::Decimal),
            Some("int") => world.environment.clone().returning(Type::Int),
            Some(other) => panic!("no type {other} in this table"),
        };
        let rule =
            CelEngine.compile(source, &environment).unwrap_or_else(|errors| panic!("{source}: {errors:#?}"));
        let verdict = rule.evaluate(&facts, Reveal::NONE);
        let outcome = match &verdict.outcome {
            Outcome::True => "true".to_owned(),
            Outcome::False => "false".to_owned(),
            Outcome::Unknown => "unknown".to_owned(),
            Outcome::Value(value) => value.to_string(),
        };
        assert_eq!(outcome, case["outcome"], "{source}\n{}", verdict.why);
        assert_eq!(rule.decide(&facts), verdict.outcome, "{source}: decided and explained differ");
        let why = texts(&case, "why");
        if !why.is_empty() {
            assert_eq!(verdict.why.to_string(), why.join("\n"), "{source}");
        }
    }
}

#[test]
fn mistakes_are_found_when_a_rule_is_saved() {
    let world = support::world();
    for case in table(include_str!("cases/errors.json")) {
        let source = case["rule"].as_str().unwrap();
        let errors = CelEngine.compile(source, &world.environment).expect_err(source);
        let found: Vec<String> = errors
            .issues()
            .iter()
            .map(|issue| format!("{} {} {}", issue.field, issue.code, issue.message))
            .collect();
        assert_eq!(found, texts(&case, "errors"), "{source}");
        assert_eq!((errors.kind(), errors.code()), (ErrorKind::Rule, "rule.invalid"));
        if let Some(snippet) = case["snippet"].as_str() {
            assert_eq!(errors.errors()[0].snippet, snippet);
        }
    }
}

#[test]
fn reasons_show_personal_values_only_when_asked() {
    let world = support::world();
    let rule = CelEngine
        .compile("customer.name + '!' == 'Rossi!' && customer.margin > 0", &world.environment)
        .unwrap();
    for (reveal, name, margin) in [
        (Reveal::NONE, "(withheld)", "(withheld)"),
        (Reveal { personal: true, confidential: false }, "Rossi", "(withheld)"),
        (Reveal { personal: false, confidential: true }, "(withheld)", "0.125"),
        (Reveal::ALL, "Rossi", "0.125"),
    ] {
        let why = rule.evaluate(&world.facts(), reveal).why;
        assert_eq!((why.value("customer.name"), why.value("customer.margin")), (Some(name), Some(margin)));
        assert_eq!(why.value("customer.name + '!'"), Some(if reveal.personal { "Rossi!" } else { name }));
    }
}

/// A record that passes through something of no declared type takes the marks of all its fields with it.
#[test]
fn reasons_do_not_show_personal_values_by_a_detour() {
    let world = support::world();
    for source in [
        "dyn(customer).name == 'Rossi'",
        "[customer, 1][0].name == 'Rossi'",
        "{'a': dyn(customer)}.a.name == 'Rossi'",
        "[dyn(customer)].exists(c, c.name == 'Rossi')",
        "cel.bind(c, dyn(customer), c.name == 'Rossi')",
        "optional.of(customer).?name.orValue('') == 'Rossi'",
        "customer.?name.optMap(n, n + '').value() == 'Rossi'",
        "cel.bind(n, customer.name, n == 'Rossi')",
        "[customer.name].transformList(i, n, n)[0] == 'Rossi'",
        "{'a': customer.name}.transformMap(k, n, n + '').a == 'Rossi'",
        "'%s'.format([customer.name]) == 'Rossi'",
        "[customer.name].map(n, [n])[0].exists(i, n, n == 'Rossi')",
    ] {
        let checked = CelEngine.compile(source, &world.environment).unwrap();
        let unchecked = CelEngine.compile_unchecked(source, &world.environment).unwrap();
        for rule in [checked, unchecked] {
            let facts = world.facts();
            let hidden = rule.evaluate(&facts, Reveal::NONE);
            assert_eq!(hidden.outcome, Outcome::True, "{source}");
            let reason = hidden.why.to_string().replace("'Rossi'", "");
            assert!(!reason.contains("Rossi"), "{source}: {reason}");
        }
    }
}

#[test]
fn a_rule_names_the_fields_it_reads() {
    let world = support::world();
    for (source, reads) in [
        ("customer.score > 1 || customer.name == 'x'", vec!["customer.name*", "customer.score"]),
        (
            "customer.fleet.filter(v, v.axles > 2).exists(w, w.brand == 'x')",
            vec!["customer.fleet[].axles", "customer.fleet[].brand"],
        ),
        ("customer.fleet.size() > 2 && today > date('2026-01-01')", vec!["customer.fleet", "today"]),
        (
            "customer.revenue.amount > 1 && customer.margin > 0",
            vec!["customer.margin!", "customer.revenue.amount"],
        ),
        ("true", vec![]),
    ] {
        let rule = CelEngine.compile(source, &world.environment).unwrap();
        let mark = |path: &clientela_rules::Path| {
            format!(
                "{}{}{}",
                path.text,
                if path.personal { "*" } else { "" },
                if path.confidential { "!" } else { "" }
            )
        };
        assert_eq!(rule.reads().iter().map(mark).collect::<Vec<_>>(), reads, "{source}");
        assert_eq!(rule.source(), source);
    }
}

#[test]
fn names_are_looked_for_within_the_container_first() {
    use clientela_rules::{Bindings, Environment, Signature};
    let any = || Type::Parameter("A".into());
    let environment = Environment::new()
        .container("crm.sales")
        .variable("crm.sales.limit", Type::Int)
        .variable("crm.limit", Type::Text)
        .variable("limit", Type::Bool)
        .function("crm.first", vec![Signature::plain(vec![any().list()], any())]);
    let facts = Bindings::new(&environment)
        .with("crm.sales.limit", 3_i64)
        .unwrap()
        .with("crm.limit", "three")
        .unwrap()
        .with("limit", true)
        .unwrap();
    for (source, outcome) in [
        ("limit == 3 && crm.limit == 'three' && .limit", Outcome::True),
        ("sales.limit == 3 && crm.sales.limit == 3 && .crm.limit == 'three'", Outcome::True),
        ("[true].exists(limit, limit && .limit)", Outcome::True),
        ("[{'limit': 1}].exists(sales, sales.limit == 1)", Outcome::True),
        ("first([limit]) == 3", Outcome::Unknown),
    ] {
        let rule =
            CelEngine.compile(source, &environment).unwrap_or_else(|errors| panic!("{source}: {errors}"));
        assert_eq!(rule.decide(&facts), outcome, "{source}");
    }
    for (source, code) in [
        ("first([limit]) == 'a'", "rule.types"),
        ("first(limit) == 3", "rule.arguments"),
        ("sales.nothing == 3", "rule.unknown_variable"),
    ] {
        let errors = CelEngine.compile(source, &environment).expect_err(source);
        assert_eq!(errors.errors()[0].code, code, "{source}");
    }
}

#[test]
fn an_entity_becomes_a_record_and_its_rows_facts() {
    use clientela_model::{Record, Value as Column, entity_ids};
    use clientela_rules::{Bindings, Environment, RecordType, Row};
    use std::sync::Arc;
    entity_ids! {
        /// A workshop.
        WorkshopId = "workshop";
    }
    /// A workshop.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 901, name = "workshop", access = public)]
    struct Workshop {
        /// Id.
        #[field(number = 1)]
        id: WorkshopId,
        /// Logo.
        #[field(number = 2, label = "Logo")]
        logo: Vec<u8>,
        /// Bays.
        #[field(number = 3, label = "Bays")]
        bays: i64,
        /// Foreman.
        #[field(number = 4, label = "Foreman", personal)]
        foreman: Option<String>,
    }
    let ty = Arc::new(RecordType::from_entity(Workshop::ENTITY));
    let names: Vec<&str> = ty.fields().iter().map(|field| field.name.as_ref()).collect();
    assert_eq!(names, ["id", "bays", "foreman"], "bytes are nothing a rule can ask about");
    let id = WorkshopId::new(chrono::DateTime::UNIX_EPOCH, [7; 10]);
    let workshop = Workshop { id, logo: vec![1], bays: 6, foreman: None };
    let environment = Environment::new().variable("workshop", Type::Record(Arc::clone(&ty)));
    let row = Row::from_values(&ty, Workshop::ENTITY, workshop.to_values()).unwrap();
    let facts = Bindings::new(&environment).with("workshop", row).unwrap();
    let rule = CelEngine.compile("workshop.bays > 5 && workshop.foreman == null", &environment).unwrap();
    assert!(rule.evaluate(&facts, Reveal::NONE).holds());
    let wrong = vec![Column::Null, Column::Null, Column::Bool(true), Column::Null];
    assert_eq!(Row::from_values(&ty, Workshop::ENTITY, wrong).unwrap_err().code(), "fact.type");
}

#[test]
fn facts_are_checked_when_they_are_set() {
    use clientela_rules::Row;
    let world = support::world();
    let code = |field: &str, value: clientela_rules::Datum| {
        Row::new(&world.customer).with(field, value).map(|_| "fine").unwrap_or_else(|error| error.code())
    };
    for (field, value, expected) in [
        ("score", 1_i64.into(), "fine"),
        ("margin", 1_i64.into(), "fine"),
        ("score", "1".into(), "fact.type"),
        ("status", "active".into(), "fine"),
        ("status", "asleep".into(), "fact.word"),
        ("scoer", 1_i64.into(), "fact.unknown"),
        ("fleet", vec![1_i64.into()].into(), "fact.type"),
    ] {
        assert_eq!(code(field, value), expected, "{field}");
    }
}

/// A field behind the name of a list of the same record: `customer.custom.docks` beside `customer.custom`.
#[test]
fn a_field_may_stand_behind_the_name_of_a_list() {
    use clientela_rules::*;
    use std::sync::Arc;
    let entry = Arc::new(RecordType::new("entry").with(FieldType::new("name", Type::Text)));
    let customer = RecordType::new("customer")
        .with_list("custom", Arc::clone(&entry))
        .with(FieldType::new("custom.docks", Type::Int.or_null()).personal())
        .with_list("plain", entry);
    let customer = Arc::new(customer);
    let environment = Environment::new().variable("customer", Type::Record(Arc::clone(&customer)));
    let facts = Bindings::new(&environment)
        .with("customer", Row::new(&customer).with("custom.docks", 6_i64).unwrap())
        .unwrap();
    let rule = CelEngine.compile("customer.custom.docks > 4", &environment).unwrap();
    assert_eq!(rule.decide(&facts), Outcome::True);
    assert!(rule.reads().iter().any(|path| path.text == "customer.custom.docks" && path.personal));
    let verdict = rule.evaluate(&facts, Reveal::NONE);
    assert!(verdict.holds() && verdict.why.value("customer.custom.docks") != Some("6"), "{}", verdict.why);
    assert_eq!(
        CelEngine.compile("has(customer.custom.docks)", &environment).unwrap().decide(&facts),
        Outcome::True
    );
    assert!(CelEngine.compile("customer.custom.size() == 0", &environment).is_ok());
    let error = CelEngine.compile("customer.custom.dokcs > 4", &environment).unwrap_err();
    assert_eq!(
        (error.errors()[0].code, error.errors()[0].hint.as_deref()),
        ("rule.unknown_field", Some("did you mean docks?"))
    );
    let error = CelEngine.compile("customer.plain.docks > 4", &environment).unwrap_err();
    assert!(error.errors()[0].hint.as_deref().unwrap().contains("entries"));
}

/// Amounts are added in one currency, and never across.
#[test]
fn amounts_of_several_currencies_have_no_sum() {
    let amounts = Type::Record(RecordType::money()).or_null().list();
    let environment = Environment::new().variable("amounts", amounts);
    let rule = CelEngine.compile("amounts.sum().amount > 50000.00", &environment).unwrap();
    let whole = CelEngine.compile("amounts.sum().currency == 'CHF'", &environment).unwrap();
    let money = |text: &str, currency: &str| {
        Datum::from(Money::parse(text, Currency::parse(currency).unwrap()).unwrap())
    };
    for (list, expected, missing) in [
        (vec![money("30000.00", "EUR"), money("20000.01", "EUR")], Outcome::True, None),
        (vec![money("30000.00", "EUR"), money("20000.00", "EUR")], Outcome::False, None),
        (
            vec![money("30000.00", "EUR"), money("30000.00", "CHF")],
            Outcome::Unknown,
            Some("several currencies"),
        ),
        (vec![money("90000.00", "EUR"), Datum::Null], Outcome::Unknown, Some("is missing")),
        (vec![], Outcome::Unknown, Some("is an empty list")),
    ] {
        let facts = Bindings::new(&environment).with("amounts", list).unwrap();
        let verdict = rule.evaluate(&facts, Reveal::ALL);
        assert_eq!((&verdict.outcome, &rule.decide(&facts)), (&expected, &expected), "{}", verdict.why);
        let unknown = verdict.why.value("unknown").unwrap_or_default();
        assert!(missing.is_none_or(|missing| unknown.contains(missing)), "{}", verdict.why);
    }
    let francs = Bindings::new(&environment).with("amounts", vec![money("1.00", "CHF")]).unwrap();
    assert!(whole.decide(&francs).holds());
}
