//! The market and its rules: loops written by hand and the interpreter from outside find the customers that polars and DuckDB
//! counted. A change of the generator that moves a count is seen here; the counts are then written anew, see `benches/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::type_complexity,
    clippy::redundant_closure,
    reason = "a test that cannot go on fails; a table of loops is read as a table"
)]

use arrow_array::RecordBatch;
use cel::Env;
use chrono::{Months, NaiveDate};
use clientela_benches::market::record::{Cell, cell};
use clientela_benches::market::rules::{self, COUNTED};
use clientela_benches::market::{Market, SEED, TODAY, outside};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static MARKET: LazyLock<Market> = LazyLock::new(|| Market::make(COUNTED, SEED).unwrap());

/// A row of a table.
#[derive(Clone, Copy)]
struct Row<'m>(&'m RecordBatch, usize);

impl<'m> Row<'m> {
    fn cell(self, column: &str) -> Cell<'m> {
        cell(self.0.column_by_name(column).unwrap(), self.1).unwrap()
    }

    fn text(self, column: &str) -> Option<&'m str> {
        if let Cell::Text(text) = self.cell(column) { Some(text) } else { None }
    }

    fn cents(self, column: &str) -> Option<i128> {
        if let Cell::Cents(cents) = self.cell(column) { Some(cents) } else { None }
    }

    fn number(self, column: &str) -> Option<i64> {
        if let Cell::Int(number) = self.cell(column) { Some(number) } else { None }
    }

    fn day(self, column: &str) -> Option<i32> {
        if let Cell::Day(day) = self.cell(column) { Some(day) } else { None }
    }

    fn yes(self, column: &str) -> bool {
        self.cell(column) == Cell::Bool(true)
    }
}

/// A customer with what hangs on him.
struct Customer {
    row: Row<'static>,
    fleet: Vec<Row<'static>>,
    purchases: Vec<Row<'static>>,
    contacts: Vec<Row<'static>>,
}

fn customers() -> impl Iterator<Item = Customer> {
    (0..COUNTED).map(|place| {
        let [fleet, purchases, contacts] = MARKET.children().map(|(_, children)| {
            children.of(place).map(|child| Row(&children.rows, child)).collect::<Vec<_>>()
        });
        Customer { row: Row(&MARKET.customers, place), fleet, purchases, contacts }
    })
}

fn months_ago(months: u32) -> i32 {
    (NaiveDate::from_epoch_days(TODAY).unwrap() - Months::new(months)).to_epoch_days()
}

/// Rules as loops, by their names.
const LOOPS: &[(&str, fn(&Customer) -> bool)] = &[
    ("credit_outside_c", |customer| {
        let limit = customer.row.cents("credit_limit");
        customer.row.text("segment") != Some("C") && limit.is_some_and(|limit| limit > 5_000_000)
    }),
    ("unknown_or_stale", |customer| customer.row.day("last_contact").is_none_or(|day| day < months_ago(24))),
    ("saints", |customer| {
        customer.row.text("town").unwrap().starts_with("San")
            && customer.row.cents("revenue").unwrap() >= 25_000_000
    }),
    ("over_limit", |customer| {
        let balance = customer.row.cents("open_balance").unwrap();
        let over = customer.row.cents("credit_limit").is_some_and(|limit| balance > limit);
        over || (balance >= 2_000_000 && customer.row.number("complaints").unwrap() > 1)
    }),
    ("all_euro_six", |customer| {
        let six = customer.fleet.iter().filter(|vehicle| vehicle.number("euro_class") == Some(6));
        customer.fleet.len() >= 2 && six.count() == customer.fleet.len()
    }),
    ("parts_spending", |customer| {
        let mut spent = 0;
        for purchase in &customer.purchases {
            if purchase.text("category") == Some("parts") && purchase.day("bought_on") >= Some(months_ago(36))
            {
                spent += purchase.cents("amount").unwrap();
            }
        }
        spent > 300_000
    }),
    ("one_fleet_manager", |customer| {
        let manages =
            |person: &&Row<'_>| person.text("role") == Some("fleet_manager") && !person.yes("opted_out");
        customer.contacts.iter().filter(manages).count() == 1
    }),
    ("parts_for_own_make", |customer| {
        customer.purchases.iter().any(|purchase| {
            let same = |vehicle: &Row<'_>| vehicle.text("make") == purchase.text("make");
            purchase.text("category") == Some("parts") && customer.fleet.iter().any(same)
        })
    }),
    ("lost_to_workshops", |customer| {
        let served = |vehicle: &Row<'_>| {
            let service = |purchase: &Row<'_>| {
                purchase.text("category") == Some("service") && purchase.text("make") == vehicle.text("make")
            };
            customer.purchases.iter().any(service)
        };
        let lost = |vehicle: &Row<'_>| {
            vehicle.day("first_registration").unwrap() < months_ago(60) && !served(vehicle)
        };
        customer.fleet.iter().any(lost)
            && customer.purchases.iter().any(|purchase| purchase.cents("discount") > Some(10_000))
    }),
];

#[test]
fn loops_written_by_hand_find_the_counted_customers() {
    let counts = rules::counts().unwrap();
    for (name, holds) in LOOPS {
        let found = customers().filter(|customer| holds(customer)).count() as u64;
        assert_eq!(Some(&found), counts.get(*name), "{name}");
        assert!((20..COUNTED as u64 - 20).contains(&found), "{name} tells nothing: {found}");
    }
}

#[test]
fn the_interpreter_from_outside_finds_the_counted_customers() {
    let environment = Arc::new(Env::stdlib());
    let programs: Vec<_> = rules::all()
        .unwrap()
        .into_iter()
        .map(|rule| (outside::compile(&rule.cel).unwrap(), rule.name))
        .collect();
    let mut found: BTreeMap<String, u64> = programs.iter().map(|(_, name)| (name.clone(), 0)).collect();
    for customer in 0..COUNTED {
        let context = outside::context(&environment, &MARKET, customer).unwrap();
        for (program, name) in &programs {
            *found.get_mut(name).unwrap() += u64::from(outside::holds(program, &context));
        }
    }
    assert_eq!(found, rules::counts().unwrap());
}

#[test]
fn every_rule_is_checked_and_says_what_it_reads() {
    use clientela_rules::{CelEngine, RuleEngine};
    let environment = rules::environment(&MARKET).unwrap();
    let mut with_children = 0;
    for rule in rules::all().unwrap() {
        let checked = CelEngine
            .compile(&rule.cel, &environment)
            .unwrap_or_else(|errors| panic!("{}: {errors}", rule.name));
        let scope = clientela_benches::market::Scope::of(checked.reads());
        with_children += usize::from(scope.has_children(&MARKET));
        assert!(scope.bytes(&MARKET).unwrap() >= COUNTED as u64 / 8, "{}", rule.name);
    }
    assert_eq!((rules::all().unwrap().len(), with_children), (20, 10));
}
