//! The customer that the tables of cases speak of.

use chrono::{NaiveDate, TimeZone, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{Money, id::parse_uuid};
use clientela_rules::{Bindings, Datum, Environment, FieldType, RecordType, Row, Type};
use std::sync::Arc;

pub(crate) struct World {
    pub(crate) customer: Arc<RecordType>,
    pub(crate) vehicle: Arc<RecordType>,
    pub(crate) environment: Environment,
}

pub(crate) fn world() -> World {
    let vehicle = Arc::new(
        RecordType::new("vehicle")
            .with(FieldType::new("brand", Type::Text.or_null()))
            .with(FieldType::new("axles", Type::Int)),
    );
    let parent = Arc::new(RecordType::new("parent").with(FieldType::new("score", Type::Int)));
    let customer = Arc::new(
        RecordType::new("customer")
            .with(FieldType::new("name", Type::Text).personal())
            .with(FieldType::new("status", Type::words(&["prospect", "active", "lost"])))
            .with(FieldType::new("score", Type::Int))
            .with(FieldType::new("credit_days", Type::Int.or_null()))
            .with(FieldType::new("dormant", Type::Bool))
            .with(FieldType::new("margin", Type::Decimal).confidential())
            .with(FieldType::new("revenue", Type::Record(RecordType::money())))
            .with(FieldType::new("first_contact", Type::Date))
            .with(FieldType::new("last_seen", Type::Timestamp))
            .with(FieldType::new("owner", Type::Id("position".into())))
            .with(FieldType::new("branch", Type::Id("unit".into())))
            .with_record("parent", parent)
            .with_list("fleet", Arc::clone(&vehicle)),
    );
    let environment = Environment::new()
        .variable("customer", Type::Record(Arc::clone(&customer)))
        .variable("today", Type::Date)
        .variable("now", Type::Timestamp);
    World { customer, vehicle, environment }
}

impl World {
    pub(crate) fn facts(&self) -> Bindings<'_> {
        let truck = |brand: Option<&str>, axles: i64| {
            Row::new(&self.vehicle).with("brand", brand).unwrap().with("axles", axles).unwrap()
        };
        let fleet = Datum::rows([truck(Some("Iveco"), 2), truck(Some("Volvo"), 3), truck(None, 2)]);
        let mut customer = Row::new(&self.customer);
        let revenue = Money::parse("98500.50", Currency::parse("EUR").unwrap()).unwrap();
        let values: [(&str, Datum); 10] = [
            ("name", "Rossi".into()),
            ("status", "active".into()),
            ("score", 72_i64.into()),
            ("dormant", false.into()),
            ("margin", rust_decimal::Decimal::new(125, 3).into()),
            ("revenue", revenue.into()),
            ("first_contact", NaiveDate::from_ymd_opt(2020, 2, 29).into()),
            ("last_seen", Utc.with_ymd_and_hms(2026, 6, 30, 8, 0, 0).unwrap().into()),
            ("owner", parse_uuid("01890a5d-ac96-774b-bcce-b302099a8057").unwrap().into()),
            ("fleet", fleet),
        ];
        for (name, value) in values {
            customer.set(name, value).unwrap();
        }
        Bindings::new(&self.environment)
            .with("customer", customer)
            .unwrap()
            .with("today", NaiveDate::from_ymd_opt(2026, 7, 1))
            .unwrap()
            .with("now", Utc.with_ymd_and_hms(2026, 7, 1, 8, 0, 0).unwrap())
            .unwrap()
    }
}
