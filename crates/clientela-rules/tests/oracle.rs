//! Random well-typed expressions of what an outside interpreter of CEL has too: both must agree.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use cel::{Context, Program, Value as Outside};
use clientela_rules::{
    Bindings, CelEngine, Datum, Environment, FieldType, Map, Outcome, RecordType, Row, RuleEngine, Type,
};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Text of a rule of whole numbers; `scope` are names of whole numbers.
fn number(depth: u32, scope: &'static [&'static str]) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (-9_i64..10).prop_map(|n| if n < 0 { format!("({n})") } else { n.to_string() }),
        proptest::sample::select(scope).prop_map(str::to_owned),
        Just("9223372036854775807".to_owned()),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let sub = number(depth - 1, scope);
    prop_oneof![
        2 => leaf,
        3 => (sub.clone(), proptest::sample::select(&["+", "-", "*", "/", "%"][..]), sub.clone())
            .prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
        1 => sub.clone().prop_map(|a| format!("-({a})")),
        1 => text(depth - 1).prop_map(|a| format!("size({a})")),
        1 => (condition(depth - 1, scope), sub.clone(), sub.clone()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        1 => list(depth - 1, scope).prop_map(|a| format!("{a}.size()")),
        1 => (list(depth - 1, scope), 0..3).prop_map(|(a, at)| format!("{a}[{at}]")),
        1 => text(depth - 1).prop_map(|key| format!("m[{key}]")),
        1 => double(depth - 1, scope).prop_map(|a| format!("int({a})")),
        1 => unsigned(depth - 1, scope).prop_map(|a| format!("int({a})")),
        1 => Just("n".to_owned()),
    ]
    .boxed()
}

fn unsigned(depth: u32, scope: &'static [&'static str]) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        proptest::sample::select(&["0u", "1u", "7u", "18446744073709551615u", "u"][..])
            .prop_map(str::to_owned),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let sub = unsigned(depth - 1, scope);
    prop_oneof![
        2 => leaf,
        2 => (sub.clone(), proptest::sample::select(&["+", "-", "*", "/", "%"][..]), sub)
            .prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
        1 => number(depth - 1, scope).prop_map(|a| format!("uint({a})")),
    ]
    .boxed()
}

fn double(depth: u32, scope: &'static [&'static str]) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        proptest::sample::select(&["0.0", "1.5", "-2.25", "1e300", "1e-5", "d"][..]).prop_map(str::to_owned),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let sub = double(depth - 1, scope);
    prop_oneof![
        2 => leaf,
        3 => (sub.clone(), proptest::sample::select(&["+", "-", "*", "/"][..]), sub.clone())
            .prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
        1 => sub.prop_map(|a| format!("-({a})")),
        1 => number(depth - 1, scope).prop_map(|a| format!("double({a})")),
    ]
    .boxed()
}

fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = proptest::sample::select(&["'a'", "\"ab\"", "'é'", "t", "''", "r'\\n'", "'\\n'"][..])
        .prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    prop_oneof![2 => leaf, 1 => (text(depth - 1), text(depth - 1)).prop_map(|(a, b)| format!("({a} + {b})"))]
        .boxed()
}

fn list(depth: u32, scope: &'static [&'static str]) -> BoxedStrategy<String> {
    let literal = proptest::collection::vec(number(depth.saturating_sub(1), scope), 1..4)
        .prop_map(|parts| format!("[{}]", parts.join(", ")));
    if depth == 0 {
        return prop_oneof![Just("l".to_owned()), Just("[3, 1, 2]".to_owned())].boxed();
    }
    let inner: &'static [&'static str] = &["x", "y", "e"];
    prop_oneof![
        2 => Just("l".to_owned()),
        2 => literal,
        1 => (list(depth - 1, scope), condition(depth - 1, inner)).prop_map(|(a, c)| format!("{a}.filter(e, {c})")),
        1 => (list(depth - 1, scope), number(depth - 1, inner)).prop_map(|(a, n)| format!("{a}.map(e, {n})")),
        1 => (list(depth - 1, scope), condition(depth - 1, inner), number(depth - 1, inner))
            .prop_map(|(a, c, n)| format!("{a}.map(e, {c}, {n})")),
        1 => (list(depth - 1, scope), list(depth - 1, scope)).prop_map(|(a, b)| format!("({a} + {b})")),
    ]
    .boxed()
}

fn condition(depth: u32, scope: &'static [&'static str]) -> BoxedStrategy<String> {
    let leaf = proptest::sample::select(&["true", "false", "b"][..]).prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let sub = condition(depth - 1, scope);
    let comparison = proptest::sample::select(&["==", "!=", "<", "<=", ">", ">="][..]);
    let inner: &'static [&'static str] = &["x", "y", "e"];
    let quantifier = proptest::sample::select(&["exists", "all", "exists_one"][..]);
    let part = proptest::sample::select(&["contains", "startsWith", "endsWith"][..]);
    prop_oneof![
        1 => leaf,
        3 => (number(depth - 1, scope), comparison.clone(), number(depth - 1, scope)).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        1 => (text(depth - 1), comparison.clone(), text(depth - 1)).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        2 => (sub.clone(), proptest::sample::select(&["&&", "||"][..]), sub.clone()).prop_map(|(a, s, b)| format!("({a} {s} {b})")),
        1 => sub.prop_map(|a| format!("!({a})")),
        2 => (list(depth - 1, scope), quantifier, condition(depth - 1, inner)).prop_map(|(l, q, c)| format!("{l}.{q}(e, {c})")),
        1 => (number(depth - 1, scope), list(depth - 1, scope)).prop_map(|(n, l)| format!("{n} in {l}")),
        1 => text(depth - 1).prop_map(|key| format!("{key} in m")),
        1 => (double(depth - 1, scope), comparison.clone(), double(depth - 1, scope)).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        1 => (unsigned(depth - 1, scope), comparison.clone(), unsigned(depth - 1, scope)).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        1 => proptest::sample::select(&["n == null", "n != null", "null == n", "n != 3", "n == 3", "n > 2", "n in [1, 3]",
            "dyn(1) == 1.0", "dyn(1u) == 1", "dyn('a') == 1", "dyn(null) != 'a'", "dyn(x) == d", "[1, 'a'].exists(p, p == 'a')"][..])
            .prop_map(str::to_owned),
        1 => (text(depth - 1), part, text(depth - 1)).prop_map(|(a, f, b)| format!("({a}).{f}({b})")),
        2 => of_records(),
    ]
    .boxed()
}

/// What is asked of one of the records `fleet` has: `v`, with fields of which one may be missing.
fn of_record(depth: u32) -> BoxedStrategy<String> {
    let leaf = proptest::sample::select(
        &[
            "v.axles == 2",
            "v.axles != x",
            "v.axles > 1",
            "v.axles + 1 < y",
            "v.axles == null",
            "v.axles in [1, 3]",
            "v.make == t",
            "v.make.startsWith('a')",
            "v.make != 'ab'",
            "v.leased",
            "fleet.exists(w, w.make == v.make && w.axles == 3)",
            "fleet.all(w, w.axles >= v.axles)",
        ][..],
    )
    .prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let sub = of_record(depth - 1);
    prop_oneof![
        2 => leaf,
        2 => (sub.clone(), proptest::sample::select(&["&&", "||"][..]), sub.clone()).prop_map(|(a, s, b)| format!("({a} {s} {b})")),
        1 => sub.clone().prop_map(|a| format!("!({a})")),
        1 => (sub.clone(), sub.clone(), sub).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
    ]
    .boxed()
}

/// What is asked of all of them.
fn of_records() -> BoxedStrategy<String> {
    let quantifier = proptest::sample::select(&["exists", "all", "exists_one"][..]);
    prop_oneof![
        3 => (quantifier.clone(), of_record(2)).prop_map(|(q, c)| format!("fleet.{q}(v, {c})")),
        1 => (of_record(1), 0..3).prop_map(|(c, n)| format!("fleet.filter(v, {c}).size() > {n}")),
        1 => (of_record(1), quantifier.clone(), of_record(1)).prop_map(|(f, q, c)| format!("fleet.filter(v, {f}).{q}(v, {c})")),
        1 => (quantifier, of_record(1)).prop_map(|(q, c)| format!("fleet.filter(v, {c}).map(v, v.axles).{q}(e, e > 1)")),
        1 => Just("fleet[1].make == t".to_owned()),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn the_outside_interpreter_agrees(
        source in condition(4, &["x", "y"]),
        x in -5_i64..6,
        y in prop_oneof![-5_i64..6, Just(i64::MIN), Just(i64::MAX)],
        b in any::<bool>(),
        t in proptest::sample::select(&["a", "xab", "é", ""][..]),
        l in proptest::collection::vec(-3_i64..4, 0..4),
        u in prop_oneof![0_u64..5, Just(u64::MAX)],
        d in prop_oneof![-3.0_f64..3.0, Just(f64::NAN), Just(f64::INFINITY), Just(3.0)],
        n in proptest::option::of(0_i64..5),
        fleet in proptest::collection::vec(
            (proptest::sample::select(&["a", "ab", "é"][..]), proptest::option::of(0_i64..4), any::<bool>()),
            0..4,
        ),
    ) {
        let vehicle = Arc::new(
            RecordType::new("vehicle")
                .with(FieldType::new("make", Type::Text))
                .with(FieldType::new("axles", Type::Int.or_null()))
                .with(FieldType::new("leased", Type::Bool)),
        );
        let rows = fleet.iter().map(|(make, axles, leased)| {
            let row = Row::new(&vehicle).with("make", *make).unwrap().with("leased", *leased).unwrap();
            row.with("axles", *axles).unwrap()
        });
        let rows = Datum::rows(rows.collect::<Vec<_>>());
        let environment = Environment::new()
            .variable("x", Type::Int)
            .variable("y", Type::Int)
            .variable("b", Type::Bool)
            .variable("t", Type::Text)
            .variable("l", Type::Int.list())
            .variable("u", Type::Uint)
            .variable("d", Type::Double)
            .variable("n", Type::Int.or_null())
            .variable("m", Type::Text.map_to(Type::Int))
            .variable("fleet", Type::Record(Arc::clone(&vehicle)).list());
        let entries = [("a", 1_i64), ("ab", 2), ("", 3)];
        let map = Map::of(entries.map(|(key, value)| (key.into(), value.into()))).unwrap();
        let list: Vec<Datum> = l.iter().map(|n| Datum::Int(*n)).collect();
        let facts = Bindings::new(&environment)
            .with("x", x).unwrap().with("y", y).unwrap().with("b", b).unwrap().with("t", t).unwrap()
            .with("l", list).unwrap().with("u", u).unwrap().with("d", d).unwrap().with("n", n).unwrap()
            .with("m", map).unwrap().with("fleet", rows).unwrap();
        let ours = match CelEngine.compile(&source, &environment) {
            Ok(rule) => rule.decide(&facts),
            Err(errors) if errors.errors().iter().any(|error| error.code == "rule.limit") => return Ok(()),
            Err(errors) => return Err(TestCaseError::fail(format!("{source}: {errors:#?}"))),
        };
        let mut context = Context::default();
        context.add_variable_from_value("x", x);
        context.add_variable_from_value("y", y);
        context.add_variable_from_value("b", b);
        context.add_variable_from_value("t", t);
        context.add_variable_from_value("l", l);
        context.add_variable_from_value("u", u);
        context.add_variable_from_value("d", d);
        context.add_variable_from_value("n", n.map_or(Outside::Null, Outside::Int));
        context.add_variable_from_value("m", HashMap::from(entries));
        let outside = fleet.iter().map(|(make, axles, leased)| {
            HashMap::from([
                ("make", Outside::from(*make)),
                ("axles", axles.map_or(Outside::Null, Outside::Int)),
                ("leased", Outside::Bool(*leased)),
            ])
        });
        context.add_variable_from_value("fleet", outside.collect::<Vec<_>>());
        let theirs = match Program::compile(&source).unwrap().execute(&context) {
            Ok(Outside::Bool(true)) => Outcome::True,
            Ok(Outside::Bool(false)) => Outcome::False,
            Ok(other) => return Err(TestCaseError::fail(format!("{source} gave {other:?}"))),
            Err(_) => Outcome::Unknown,
        };
        prop_assert_eq!(ours, theirs, "{}", source);
    }
}
