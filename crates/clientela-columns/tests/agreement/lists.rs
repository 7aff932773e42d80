//! Lists that are missing, and lists that are long.

use crate::world::{World, today};
use crate::{Today, agree_on, known};
use arrow_array::builder::{BooleanBuilder, ListBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;
use clientela_columns::arrow::environment_of;
use clientela_columns::{Population, Query, Records, Running};
use clientela_rules::plan::Expression;
use clientela_rules::{CelEngine, Datum, Facts, Outcome, Reveal, Rule, RuleEngine, Type};
use std::sync::Arc;

/// A column of lists as their table gives it, for one row.
struct Row(Datum);

impl Facts for Row {
    fn variable(&self, name: &str) -> Option<Datum> {
        if name == "today" { Some(today().into()) } else { Some(self.0.clone()) }
    }
}

#[test]
fn a_missing_list_is_not_an_empty_one() {
    let lists = [Some(vec![true, true]), Some(vec![true, false]), Some(vec![]), None, Some(vec![true])];
    let mut builder = ListBuilder::new(BooleanBuilder::new());
    lists.iter().for_each(|list| match list {
        Some(entries) => {
            entries.iter().for_each(|entry| builder.values().append_value(*entry));
            builder.append(true);
        }
        None => builder.append(false),
    });
    let column: ArrayRef = Arc::new(builder.finish());
    let batch = RecordBatch::try_from_iter_with_nullable([("granted", column, true)]).unwrap();
    let schema: Arc<Schema> = batch.schema();
    let environment = Arc::new(environment_of(&schema));
    // Yes, no or unknown of each.
    for (text, expected) in [
        ("granted.all(g, g)", "ynyuy"),
        ("granted.all(g, true)", "yyyuy"),
        ("granted.exists(g, g)", "yynuy"),
        ("granted.exists(g, false)", "nnnun"),
        ("!granted.exists(g, !g)", "ynyuy"),
        ("granted.exists_one(g, g)", "nynuy"),
        ("granted.size() == 0", "nnyun"),
        ("granted.filter(g, g).size() < 2", "nyyuy"),
        ("granted.size() + 1 > 20", "nnnun"),
        ("granted.map(g, g ? 1 : 0).sum() > 0", "yynuy"),
        ("granted == null", "nnnyn"),
        ("granted != null && granted.all(g, g)", "ynyny"),
        ("granted == null || granted.exists(g, g)", "yynyy"),
    ] {
        let rule: Arc<dyn Rule> = CelEngine.compile(text, &environment).unwrap();
        let records = Records::from_arrow(&schema, std::slice::from_ref(&batch), &|_| true).unwrap();
        let population = Population::of_columns(records);
        let constants = Arc::new(Today(today().into()));
        let query = Query::new(std::slice::from_ref(&rule), &population, &environment, constants).unwrap();
        let answer = query.answers(Running::default()).unwrap().remove(0);
        let word = |outcome: Option<bool>| match outcome {
            Some(true) => 'y',
            Some(false) => 'n',
            None => 'u',
        };
        for (row, list) in lists.iter().enumerate() {
            let in_columns = if answer.unknown.get(row) { None } else { Some(answer.holds.get(row)) };
            let list = list.as_ref().map_or(Datum::Null, |entries| {
                Datum::List(entries.iter().map(|entry| Datum::Bool(*entry)).collect())
            });
            let decided = known(&rule.decide(&Row(list.clone())));
            let interpreted = known(&rule.evaluate(&Row(list), Reveal::ALL).outcome);
            let explained = known(&query.explain(0, row, Reveal::ALL).unwrap().outcome);
            let told: String = [in_columns, decided, interpreted, explained].into_iter().map(word).collect();
            let expected = expected.chars().nth(row).unwrap();
            assert_eq!(told, expected.to_string().repeat(4), "{text} of row {row}");
        }
    }
}

/// What stands in loops in loops is visited very often: all evaluators give up on the same records, and on no others.
#[test]
fn long_lists_are_too_long_for_all_evaluators_or_for_none() {
    let world = World::new();
    let texts = [
        "customer.fleet.exists(v, customer.purchases.exists(p, p.make == v.make && p.units > 100))",
        "customer.fleet.all(v, customer.purchases.exists(p, p.units < v.euro - 100)) || customer.size > -100",
        "customer.purchases.exists(v, customer.purchases.exists(w, w.units == v.units + 100))",
        "customer.fleet.filter(v, v.euro > 100).exists(v, customer.purchases.filter(p, p.units > v.euro).size() > 3)",
    ];
    let rules: Vec<Arc<dyn Rule>> =
        texts.iter().map(|text| CelEngine.compile(text, &world.environment).unwrap()).collect();
    let sizes = [(800, 200), (2, 3), (3_000, 2_000), (0, 5_000)];
    let rows = world.with_lists(&sizes);
    agree_on(&world, &rules, rows.clone()).unwrap();
    let outcomes = |rule: &Arc<dyn Rule>| -> Vec<bool> {
        let told = rows.0.iter().map(|row| rule.decide(&world.facts(row)));
        told.map(|outcome| outcome == Outcome::Unknown).collect()
    };
    assert_eq!(outcomes(&rules[0]), [false, false, true, false]);
    let reason = rules[0].evaluate(&world.facts(&rows.0[2]), Reveal::ALL).why;
    assert!(reason.value("unknown").unwrap().ends_with("takes too many steps"), "{reason}");
}

/// What nobody gave is not missing: it cannot even be told whether it is.
#[test]
fn a_variable_nobody_gave_is_unknown_in_columns_too() {
    let world = World::new();
    let (rows, population) = world.with_lists(&[(1, 0), (2, 3)]);
    let environment = (*world.environment).clone().variable("now", Type::Timestamp.or_null());
    let environment = Arc::new(environment);
    for (text, expected) in [
        ("now == null", None),
        ("now != null", None),
        ("now < timestamp('2026-01-01T00:00:00Z')", None),
        ("date(now, 'Europe/Rome') == today", None),
        ("customer.size == customer.size || now == null", Some(true)),
        ("customer.size != customer.size && now == null", Some(false)),
    ] {
        let rule: Arc<dyn Rule> = CelEngine.compile(text, &environment).unwrap();
        let constants = Arc::new(Today(today().into()));
        let query = Query::new(std::slice::from_ref(&rule), &population, &environment, constants).unwrap();
        let answer = query.answers(Running::default()).unwrap().remove(0);
        for (place, row) in rows.iter().enumerate() {
            let in_columns = (!answer.unknown.get(place)).then(|| answer.holds.get(place));
            assert_eq!(in_columns, expected, "columns: {text}");
            let facts = world.facts(row);
            assert_eq!(known(&rule.decide(&facts)), expected, "one record: {text}");
            assert_eq!(known(&rule.evaluate(&facts, Reveal::ALL).outcome), expected, "explained: {text}");
        }
    }
}

/// The day in a zone that is written in the rule is asked in columns, and not left to the interpreter.
#[test]
fn the_day_in_a_zone_is_asked_in_columns() {
    let world = World::new();
    for (text, lowered) in [
        ("date(customer.seen, 'Europe/Rome') >= today - days(90)", true),
        ("date(customer.seen, '-02:30') >= today - days(90)", true),
        ("date(customer.seen, 'Nowhere') >= today - days(90)", false),
        ("date(customer.seen, customer.town) >= today - days(90)", false),
    ] {
        let rule = CelEngine.compile(text, &world.environment).unwrap();
        let Expression::Condition(condition) = &rule.plan().root else { panic!("{text} is a condition") };
        let left = matches!(condition, clientela_rules::plan::Condition::Interpreted(_));
        assert_eq!(!left, lowered, "{text}");
    }
}
