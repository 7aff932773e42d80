//! The customer that the documents speak of.

use clientela_rules::ruleset::{RuleSet, RuleSetErrors};
use clientela_rules::{Bindings, Environment, FieldType, RecordType, Row, Type};
use std::sync::{Arc, LazyLock};

pub(crate) static CUSTOMER: LazyLock<Arc<RecordType>> = LazyLock::new(|| {
    let vehicle = Arc::new(
        RecordType::new("vehicle")
            .with(FieldType::new("make", Type::Text.or_null()))
            .with(FieldType::new("price", Type::Decimal))
            .with(FieldType::new("first_registration", Type::Date.or_null())),
    );
    Arc::new(
        RecordType::new("customer")
            .with(FieldType::new("name", Type::Text).personal())
            .with(FieldType::new("score", Type::Int.or_null()))
            .with(FieldType::new("segment", Type::words(&["A", "B", "C"])))
            .with(FieldType::new("city", Type::Text.or_null()))
            .with(FieldType::new("discount", Type::Decimal))
            .with(FieldType::new("margin", Type::Decimal.or_null()).confidential())
            .with(FieldType::new("dormant", Type::Bool))
            .with(FieldType::new("since", Type::Date))
            .with(FieldType::new("last_seen", Type::Timestamp.or_null()))
            .with_list("fleet", vehicle),
    )
});

pub(crate) static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| {
    Environment::new().variable("customer", Type::Record(Arc::clone(&CUSTOMER))).variable("today", Type::Date)
});

pub(crate) fn read(document: &str) -> Result<RuleSet, RuleSetErrors> {
    RuleSet::read(document, &[("customer", &ENVIRONMENT)])
}

/// The findings as `line:column code message`, those that refuse or, where nothing does, those that are told.
pub(crate) fn findings(document: &str) -> Vec<String> {
    let told = |errors: &[clientela_rules::RuleError]| {
        errors
            .iter()
            .map(|error| format!("{}:{} {} {}", error.line, error.column, error.code, error.message))
            .collect()
    };
    match read(document) {
        Ok(set) => told(set.warnings()),
        Err(errors) => told(errors.errors()),
    }
}

/// A document with this rule, from line 5 on.
pub(crate) fn with_rule(rule: &str) -> String {
    format!("name: r\nversion: 1\nenvironment: customer\nrule:\n{rule}")
}

pub(crate) fn facts(score: Option<i64>, segment: &str, city: Option<&str>) -> Bindings<'static> {
    let row = Row::new(&CUSTOMER)
        .with("name", "Rossi")
        .unwrap()
        .with("score", score)
        .unwrap()
        .with("segment", segment)
        .unwrap()
        .with("city", city)
        .unwrap();
    Bindings::new(&ENVIRONMENT).with("customer", row).unwrap()
}
