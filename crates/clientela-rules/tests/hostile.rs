//! No text makes the rule layer panic, hang or overflow a small stack.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use clientela_rules::{CelEngine, Outcome, Reveal, RuleEngine, limits};
use proptest::prelude::*;

/// A host's thread may have as little as this.
const SMALL_STACK: usize = 512 * 1024;

/// Compiles and, if it compiles, evaluates, on a small stack; the codes found.
fn on_a_small_stack(source: String) -> Vec<&'static str> {
    let run = move || {
        let world = support::world();
        let environment = world.environment.clone().returning_anything();
        match CelEngine.compile(&source, &environment) {
            Ok(rule) => {
                let verdict = rule.evaluate(&world.facts(), Reveal::ALL);
                assert_eq!(verdict.outcome, rule.decide(&world.facts()), "{source}");
                Vec::new()
            }
            Err(errors) => errors.errors().iter().map(|error| error.code).collect(),
        }
    };
    std::thread::Builder::new().stack_size(SMALL_STACK).spawn(run).unwrap().join().unwrap()
}

#[test]
fn deep_and_long_rules_end_in_a_limit() {
    let repeated =
        |open: &str, core: &str, close: &str, times: usize| open.repeat(times) + core + &close.repeat(times);
    for (open, core, close) in [
        ("(", "1", ")"),
        ("size([", "1", "])"),
        ("[", "1", "]"),
        ("!(", "true", ")"),
        ("-(", "1", ")"),
        ("true ? 1 : ", "1", ""),
        ("1 + ", "1", ""),
        ("1 * (1 + ", "1", ")"),
        ("", "customer", ".parent"),
        ("", "[1]", "[0]"),
        ("", "'a'", ".lower()"),
        ("[1].map(x, ", "1", ")"),
        ("(true ? ", "1", " : 2)"),
        ("{1: ", "1", "}"),
        ("cel.bind(x, 1, ", "x", ")"),
        ("optional.of(", "1", ")"),
        ("optional.of(1).optMap(x, ", "1", ")"),
        ("", "{'a': 1}", ".?a"),
    ] {
        on_a_small_stack(repeated(open, core, close, limits::DEPTH_MAX / 3));
        let found = on_a_small_stack(repeated(open, core, close, 600));
        assert_eq!(found, ["rule.limit"], "{open}{core}{close}");
    }
    assert_eq!(on_a_small_stack("1".repeat(limits::SOURCE_BYTES_MAX + 1)), ["rule.limit"]);
    assert_eq!(on_a_small_stack(format!("[{}]", "1,".repeat(limits::NODES_MAX + 1))), ["rule.limit"]);
    assert!(
        on_a_small_stack("true && ".repeat(limits::NODES_MAX / 2) + "true").is_empty(),
        "a chain is one level"
    );
    assert!(on_a_small_stack("!".repeat(3_001) + "true").is_empty());
    assert_eq!(on_a_small_stack("(".repeat(limits::SOURCE_BYTES_MAX)), ["rule.limit"]);
}

#[test]
fn a_costly_rule_is_unknown_and_says_so() {
    let world = support::world();
    let numbers = format!("[{}]", (0..500).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let costly = format!("{numbers}.all(a, {numbers}.all(b, {numbers}.all(c, customer.score > 0)))");
    let environment = &world.environment;
    for source in [costly.clone(), format!("{costly} || true"), format!("!({costly})")] {
        let rule = CelEngine.compile(&source, environment).unwrap();
        let verdict = rule.evaluate(&world.facts(), Reveal::NONE);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(rule.decide(&world.facts()), Outcome::Unknown);
        assert!(verdict.why.value("unknown").unwrap().ends_with("takes too many steps"), "{}", verdict.why);
    }
}

#[test]
fn what_is_too_long_to_explain_is_still_decided() {
    let world = support::world();
    let numbers = format!("[{}]", (0..780).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let costly = format!("{numbers}.exists_one(a, {numbers}.exists(b, a + b == 1558))");
    for (source, outcome, explained) in [
        (costly.clone(), Outcome::True, false),
        (format!("{costly} && customer.dormant"), Outcome::False, false),
        ("[1, 2].all(a, [1, 2].exists(b, a == b))".to_owned(), Outcome::True, true),
    ] {
        let rule = CelEngine.compile(&source, &world.environment).unwrap();
        let verdict = rule.evaluate(&world.facts(), Reveal::NONE);
        assert_eq!(rule.decide(&world.facts()), outcome);
        assert_eq!(verdict.outcome, outcome);
        assert_eq!(verdict.why.mentions("rule.too_long_to_explain"), !explained, "{}", verdict.why);
        assert!(explained || !verdict.why.mentions("rule.one"), "{}", verdict.why);
    }
}

/// What grows with every level costs steps before it is built, and comparing what shares its parts costs what it looks at.
#[test]
fn nothing_is_built_or_compared_without_end() {
    let levels = limits::DEPTH_MAX - 6;
    let names: Vec<String> = (0..levels).map(|level| format!("v{level}")).collect();
    let grown = |first: &str, next: &str, last: &str| {
        let mut source = format!("cel.bind(v0, {first}, ");
        for pair in names.windows(2) {
            source += &format!("cel.bind({}, {}, ", pair[1], next.replace('_', &pair[0]));
        }
        source + &last.replace('_', &names[levels - 1]) + &")".repeat(levels)
    };
    let text = format!("'{}'", "x".repeat(200));
    for (first, next, last) in [
        (text.as_str(), "_ + _", "_.size() > 0"),
        (text.as_str(), "_.replace('x', _)", "_.size() > 0"),
        (text.as_str(), "_.replace('', _)", "_.size() > 0"),
        (text.as_str(), "[_, _].join(_)", "_.size() > 0"),
        (text.as_str(), "'%s%s'.format([_, _])", "_.size() > 0"),
        (text.as_str(), "'%x'.format([_])", "_.size() > 0"),
        ("b'xxxxxxxxxxxxxxxx'", "_ + _", "_.size() > 0"),
        ("[1, 2]", "_ + _", "_.size() > 0"),
        ("[1, 2]", "[_, _]", "_ == _"),
        ("[1, 2]", "[_, _]", "_ in [_]"),
        ("[1, 2]", "[_, _]", "'%s'.format([_]) == ''"),
        ("{'a': 1}", "{'a': _, 'b': _}", "_ == _"),
        ("{'a': 1}", "{'a': _, 'b': _}", "'%s'.format([_]) == ''"),
    ] {
        let source = grown(first, next, last);
        let decide = || {
            let world = support::world();
            let rule = CelEngine.compile(&source, &world.environment).unwrap();
            assert_eq!(rule.decide(&world.facts()), Outcome::Unknown, "{source}");
        };
        std::thread::scope(|scope| {
            let run = std::thread::Builder::new().stack_size(SMALL_STACK).spawn_scoped(scope, decide);
            run.unwrap().join().unwrap();
        });
    }
    assert!(on_a_small_stack("'%.100f'.format([1.5])".to_owned()).is_empty());
    let rule = format!("{}.all(i, 'x'.matches('a' + string(i)) || true)", "[1, 2, 3].map(a, a)");
    assert!(on_a_small_stack(rule).is_empty());
}

#[test]
fn a_pattern_costs_no_more_than_its_text() {
    for pattern in ["(a+)+$", "(a|a)*b", "(x{0,50}){0,50}"] {
        on_a_small_stack(format!("'{}'.matches('{pattern}')", "a".repeat(2_000)));
    }
    assert_eq!(on_a_small_stack("'a'.matches('((a{0,99}){0,99}){0,99}')".to_owned()), ["rule.pattern"]);
}

/// Pieces that make texts which are nearly rules.
const PIECES: [&str; 66] = [
    "{",
    "}",
    "{'a': 1}",
    "b'\\xff'",
    "1u",
    "1e300",
    "optional.of(",
    ".orValue(",
    ".?",
    "[?",
    "cel.bind(v,",
    "transformMap",
    "format",
    "replace",
    "dyn(",
    "type",
    "`a-b`",
    "math.greatest(",
    "customer",
    ".",
    "score",
    "name",
    "fleet",
    "status",
    "parent",
    "today",
    "now",
    "exists",
    "all",
    "map",
    "filter",
    "(",
    ")",
    "[",
    "]",
    ",",
    "v",
    "==",
    "!=",
    "<",
    ">=",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "?",
    ":",
    "in",
    "1",
    "2.5",
    "'a'",
    "null",
    "true",
    "size",
    "sum",
    "has",
    "date('2026-01-31')",
    "days(1)",
    "matches",
    "revenue.amount",
    " ",
    "0",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_text_is_taken_or_refused(source in "\\PC{0,80}") {
        check(&source)?;
    }

    #[test]
    fn any_bytes_that_are_text_are_taken_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_row_of_pieces_is_taken_or_refused(picks in proptest::collection::vec(0..PIECES.len(), 0..25)) {
        check(&picks.into_iter().map(|pick| PIECES[pick]).collect::<String>())?;
    }
}

/// Every finding points into the text, and what compiles comes out the same decided and explained.
fn check(source: &str) -> Result<(), TestCaseError> {
    let world = support::world();
    match CelEngine.compile(source, &world.environment.clone().returning_anything()) {
        Ok(rule) => {
            let facts = world.facts();
            prop_assert_eq!(rule.evaluate(&facts, Reveal::NONE).outcome, rule.decide(&facts));
        }
        Err(errors) => {
            prop_assert!((1..=limits::ERRORS_MAX).contains(&errors.errors().len()));
            for error in errors.errors() {
                prop_assert!(error.line >= 1 && error.line <= source.split('\n').count());
                prop_assert!(error.column >= 1 && error.column <= source.chars().count() + 1, "{:?}", error);
                prop_assert!(!error.message.is_empty() && error.snippet.ends_with('^'));
            }
        }
    }
    Ok(())
}
