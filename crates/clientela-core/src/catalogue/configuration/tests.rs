//! Against trying everything, on small products; and the published cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;
use clientela_model::Money;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn day() -> chrono::NaiveDate {
    "2026-03-04".parse().unwrap()
}

fn compiled(product: ConfigurableProduct) -> Compiled {
    Compiled::new(product).unwrap()
}

fn codes(mask: u32, count: usize) -> Vec<String> {
    (0..count).filter(|at| mask >> at & 1 == 1).map(|at| format!("o{at}")).collect()
}

const KINDS: [ConfigurationRuleKind; 7] = [
    ConfigurationRuleKind::Requires,
    ConfigurationRuleKind::Excludes,
    ConfigurationRuleKind::OneOf,
    ConfigurationRuleKind::AtMost,
    ConfigurationRuleKind::AtLeast,
    ConfigurationRuleKind::IncludedBy,
    ConfigurationRuleKind::AvailableIf,
];

fn rule(count: usize) -> impl Strategy<Value = ConfigurationRule> {
    let some = move || prop::collection::btree_set(0..count, 1..4);
    (0..KINDS.len(), some(), some(), any::<bool>(), 0_u32..3).prop_map(
        |(kind, options, targets, together, limit)| {
            let kind = KINDS[kind];
            let named =
                |places: &BTreeSet<usize>| places.iter().map(|at| format!("o{at}")).collect::<Vec<_>>();
            use ConfigurationRuleKind::{AtLeast, AtMost, AvailableIf, Excludes, IncludedBy, Requires};
            let options_left: BTreeSet<usize> = options.difference(&targets).copied().collect();
            let with_targets = matches!(kind, Requires | Excludes | IncludedBy);
            let options = if with_targets && !options_left.is_empty() { options_left } else { options };
            let counts = matches!(kind, AtMost | AtLeast);
            ConfigurationRule {
                code: String::new(),
                kind,
                options: named(&options),
                targets: if with_targets { named(&targets) } else { Vec::new() },
                together: together && matches!(kind, Requires | Excludes),
                limit: counts.then_some(limit),
                condition: (kind == AvailableIf).then(|| {
                    if together { "market == 'DE'" } else { "date > date('2020-01-01')" }.to_owned()
                }),
                reason: Default::default(),
            }
        },
    )
}

fn product() -> impl Strategy<Value = ConfigurableProduct> {
    (4_usize..9).prop_flat_map(|count| {
        let rules = prop::collection::vec(rule(count), 1..8);
        let lines = prop::collection::vec((0_i64..40, 0_u8..101, prop::option::of(0_usize..2)), count);
        let groups = prop::collection::vec((0_u32..2, 1_u32..3), 2);
        (rules, lines, groups).prop_map(|(rules, lines, groups)| ConfigurableProduct {
            groups: groups
                .into_iter()
                .enumerate()
                .map(|(at, (minimum, maximum))| OptionGroup {
                    code: format!("g{at}"),
                    minimum,
                    maximum: Some(maximum),
                    ..OptionGroup::default()
                })
                .collect(),
            options: lines
                .into_iter()
                .enumerate()
                .map(|(at, (price, popularity, group))| ProductOption {
                    code: format!("o{at}"),
                    price: Some(Money::from_minor(price * 50 - 200, "EUR".parse().unwrap())),
                    popularity: Some(popularity),
                    group: group.map(|group| format!("g{group}")),
                    ..ProductOption::default()
                })
                .collect(),
            rules: rules
                .into_iter()
                .enumerate()
                .map(|(at, rule)| ConfigurationRule { code: format!("r{at}"), ..rule })
                .collect(),
        })
    })
}

/// A second reading of the rules, straight from their definition.
fn allows(rule: &ConfigurationRule, there: &BTreeSet<String>) -> bool {
    let count = rule.options.iter().filter(|code| there.contains(*code)).count();
    let any_target = rule.targets.iter().any(|code| there.contains(code));
    let limit = rule.limit.unwrap_or(0) as usize;
    let applies = if rule.together { count == rule.options.len() } else { count > 0 };
    match rule.kind {
        ConfigurationRuleKind::Requires => !applies || any_target,
        ConfigurationRuleKind::Excludes => !(applies && any_target),
        ConfigurationRuleKind::OneOf => count == 1,
        ConfigurationRuleKind::AtMost => count <= limit,
        ConfigurationRuleKind::AtLeast => count >= limit,
        ConfigurationRuleKind::IncludedBy => !any_target || count == rule.options.len(),
        ConfigurationRuleKind::AvailableIf => {
            rule.condition.as_deref() != Some("market == 'DE'") || count == 0
        }
    }
}

fn group_allows(product: &ConfigurableProduct, group: &OptionGroup, there: &BTreeSet<String>) -> bool {
    let members = product.options.iter().filter(|option| option.group.as_ref() == Some(&group.code));
    let count = members.filter(|option| there.contains(&option.code)).count() as u32;
    count >= group.minimum && group.maximum.is_none_or(|most| count <= most)
}

/// All sets of options that satisfy the rules and groups of these codes.
fn possible(product: &ConfigurableProduct, named: Option<&BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let count = product.options.len();
    let counts = |code: &String| named.is_none_or(|named| named.contains(code));
    (0..1_u32 << count)
        .map(|mask| codes(mask, count).into_iter().collect::<BTreeSet<String>>())
        .filter(|there| {
            product.rules.iter().filter(|rule| counts(&rule.code)).all(|rule| allows(rule, there))
        })
        .filter(|there| {
            product
                .groups
                .iter()
                .filter(|group| counts(&group.code))
                .all(|group| group_allows(product, group, there))
        })
        .collect()
}

fn fits(there: &BTreeSet<String>, chosen: &[String], refused: &[String]) -> bool {
    chosen.iter().all(|code| there.contains(code)) && !refused.iter().any(|code| there.contains(code))
}

fn cost(product: &ConfigurableProduct, there: &BTreeSet<String>) -> Money {
    let free = |code: &String| {
        product.rules.iter().any(|rule| {
            rule.kind == ConfigurationRuleKind::IncludedBy
                && rule.options.contains(code)
                && rule.targets.iter().any(|target| there.contains(target))
        })
    };
    let paid = product
        .options
        .iter()
        .filter(|option| there.contains(&option.code))
        .filter_map(|option| option.price.filter(|price| price.is_negative() || !free(&option.code)));
    Money::sum(paid, "EUR".parse().unwrap()).unwrap()
}

/// The least numbers of choices that must be taken back, over all subsets.
fn least_repair(all: &[BTreeSet<String>], chosen: &[String], refused: &[String]) -> Option<usize> {
    let missed = |there: &BTreeSet<String>| {
        chosen.iter().filter(|code| !there.contains(*code)).count()
            + refused.iter().filter(|code| there.contains(*code)).count()
    };
    all.iter().map(missed).min()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn all_answers_are_those_of_trying_everything(
        product in product(),
        questions in prop::collection::vec(prop::collection::vec((0_usize..8, prop::bool::weighted(0.8)), 0..5), 1..4),
    ) {
        let mut compiled = compiled(product.clone());
        let availability = compiled.availability(&MarketFacts::on(day()));
        let all = possible(&product, None);
        for question in questions {
            let mut choices = Choices::default();
            for (at, wanted) in question {
                let code = format!("o{}", at % product.options.len());
                let list = if wanted { &mut choices.chosen } else { &mut choices.refused };
                if !list.contains(&code) { list.push(code); }
            }
            let (chosen, refused) = (choices.chosen.clone(), choices.refused.clone());
            let left: Vec<&BTreeSet<String>> = all.iter().filter(|there| fits(there, &chosen, &refused)).collect();

            let exact: BTreeSet<String> = chosen.iter().cloned().collect();
            let check = compiled.check(&availability, &choices).unwrap();
            if !product.rules.iter().any(|rule| rule.kind == ConfigurationRuleKind::IncludedBy) {
                prop_assert_eq!(check.valid, all.contains(&exact));
            }

            let told = compiled.configure(&availability, &choices).unwrap();
            prop_assert_eq!(told.conflict.is_some(), left.is_empty());
            if let Some(conflict) = &told.conflict {
                let names: BTreeSet<String> = conflict.rules.iter().map(|rule| rule.code.clone()).collect();
                let clashes = |names: &BTreeSet<String>, chosen: &[String], refused: &[String]|
                    !possible(&product, Some(names)).iter().any(|there| fits(there, chosen, refused));
                prop_assert!(clashes(&names, &conflict.chosen, &conflict.refused), "no clash: {conflict:?}");
                for name in &names {
                    let fewer = names.iter().filter(|other| *other != name).cloned().collect();
                    prop_assert!(!clashes(&fewer, &conflict.chosen, &conflict.refused), "{name} is not needed");
                }
                for at in 0..conflict.chosen.len() {
                    let mut fewer = conflict.chosen.clone();
                    fewer.remove(at);
                    prop_assert!(!clashes(&names, &fewer, &conflict.refused));
                }
                for at in 0..conflict.refused.len() {
                    let mut fewer = conflict.refused.clone();
                    fewer.remove(at);
                    prop_assert!(!clashes(&names, &conflict.chosen, &fewer));
                }
                prop_assert_eq!(conflict.repairs.is_empty(), all.is_empty());
                for repair in &conflict.repairs {
                    prop_assert_eq!(Some(repair.drop.len() + repair.allow.len()), least_repair(&all, &chosen, &refused));
                    let kept: Vec<String> = chosen.iter().filter(|code| !repair.drop.contains(code)).cloned().collect();
                    let still: Vec<String> = refused.iter().filter(|code| !repair.allow.contains(code)).cloned().collect();
                    prop_assert!(all.iter().any(|there| fits(there, &kept, &still)), "it does not mend: {repair:?}");
                }
            } else {
                prop_assert!(told.settled);
                for state in &told.options {
                    let with = left.iter().filter(|there| there.contains(&state.option)).count();
                    let expected = match with {
                        _ if chosen.contains(&state.option) => Standing::Chosen,
                        _ if refused.contains(&state.option) => Standing::Refused,
                        0 => Standing::RuledOut,
                        with if with == left.len() => Standing::Forced,
                        _ => Standing::Open,
                    };
                    prop_assert_eq!(state.state, expected, "{}", state.option);
                    let why = compiled.explain(&availability, &choices, &state.option).unwrap();
                    prop_assert_eq!(why.is_none(), expected == Standing::Open);
                }
            }

            let cheapest = compiled.complete(&availability, &choices, Objective::Cheapest).unwrap();
            prop_assert_eq!(cheapest.conflict.is_some(), left.is_empty());
            let popular = compiled.complete(&availability, &choices, Objective::MostPopular).unwrap();
            if !left.is_empty() {
                prop_assert!(cheapest.proven && popular.proven);
                let made: BTreeSet<String> = cheapest.options.iter().cloned().collect();
                prop_assert!(left.contains(&&made), "not a configuration: {made:?}");
                let key = |there: &BTreeSet<String>| (cost(&product, there).amount(), there.len());
                prop_assert_eq!(Some(key(&made)), left.iter().map(|there| key(there)).min());
                prop_assert_eq!(cheapest.price, Some(cost(&product, &made)));
                let made: BTreeSet<String> = popular.options.iter().cloned().collect();
                prop_assert!(left.contains(&&made));
                let differs = |there: &BTreeSet<String>| product.options.iter().map(|option| {
                    let percent = u64::from(option.popularity.unwrap());
                    if there.contains(&option.code) { 100 - percent } else { percent }
                }).sum::<u64>();
                prop_assert_eq!(Some(differs(&made)), left.iter().map(|there| differs(there)).min());
            }
        }
    }
}

fn options(codes: &[&str]) -> Vec<ProductOption> {
    codes.iter().map(|code| ProductOption { code: (*code).to_owned(), ..ProductOption::default() }).collect()
}

#[test]
fn what_is_wrong_with_a_product_is_found_with_its_place() {
    let rule = |json: &str| serde_json::from_str::<ConfigurationRule>(json).unwrap();
    for (json, code, field) in [
        (
            r#"{"code": "r", "kind": "requires", "options": ["a"], "targets": ["x"]}"#,
            "catalogue.unknown_code",
            "rules[0].targets[0]",
        ),
        (r#"{"code": "r", "kind": "requires", "options": ["a"]}"#, "field.missing", "rules[0].targets"),
        (
            r#"{"code": "r", "kind": "one_of", "options": ["a", "a"]}"#,
            "catalogue.code_twice",
            "rules[0].options[1]",
        ),
        (r#"{"code": "r", "kind": "at_most", "options": ["a", "b"]}"#, "catalogue.limit", "rules[0].limit"),
        (
            r#"{"code": "r", "kind": "available_if", "options": ["a"], "condition": "markt == 'IT'"}"#,
            "catalogue.condition",
            "rules[0].condition",
        ),
    ] {
        let product = ConfigurableProduct {
            options: options(&["a", "b"]),
            rules: vec![rule(json)],
            ..Default::default()
        };
        let found = Compiled::new(product).unwrap_err();
        assert_eq!((found[0].code, found[0].field.as_deref()), (code, Some(field)), "{json}");
    }
}

#[test]
fn a_product_that_cannot_be_and_an_option_that_cannot_be_are_told() {
    let rule = |json: &str| serde_json::from_str::<ConfigurationRule>(json).unwrap();
    let needs = rule(r#"{"code": "needs", "kind": "requires", "options": ["a"], "targets": ["b"]}"#);
    let never = rule(r#"{"code": "never", "kind": "excludes", "options": ["a"], "targets": ["b"]}"#);
    let must = rule(r#"{"code": "must", "kind": "at_least", "options": ["a"], "limit": 1}"#);
    let mut product = ConfigurableProduct {
        options: options(&["a", "b"]),
        rules: vec![needs, never],
        ..Default::default()
    };
    let found = compiled(product.clone()).findings();
    assert_eq!(
        (found.len(), found[0].code, found[0].field.as_deref()),
        (1, "catalogue.dead_option", Some("options[0]"))
    );
    assert!(found[0].problem.contains("needs, never"), "{}", found[0].problem);
    product.rules.push(must);
    let found = compiled(product).findings();
    assert_eq!((found.len(), found[0].code), (1, "catalogue.contradiction"));
    assert!(found[0].problem.contains("needs, never, must"), "{}", found[0].problem);
}

#[test]
fn ties_keep_the_latest_choice() {
    let rule = r#"{"code": "r", "kind": "excludes", "options": ["a", "b", "c"]}"#;
    let rules = vec![serde_json::from_str::<ConfigurationRule>(rule).unwrap()];
    let mut compiled =
        compiled(ConfigurableProduct { options: options(&["a", "b", "c"]), rules, ..Default::default() });
    let choices = Choices { chosen: ["b", "c", "a"].map(str::to_owned).to_vec(), ..Choices::default() };
    let told = compiled.configure(&Availability::default(), &choices).unwrap().conflict.unwrap();
    let drops: Vec<Vec<String>> = told.repairs.into_iter().map(|repair| repair.drop).collect();
    assert_eq!(drops, [["b", "c"], ["b", "a"], ["c", "a"]].map(|drop| drop.map(str::to_owned).to_vec()));
}

/// The cases of a published configurator, where they are at hand.
#[test]
fn the_published_configurations_are_judged_as_published() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/configuration/option_rules_two_series.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let list = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let euro = "EUR".parse().unwrap();
    let mut product = ConfigurableProduct::default();
    for (code, attribute) in read["attributes"].as_object().unwrap() {
        product.groups.push(OptionGroup {
            code: code.clone(),
            minimum: u32::from(attribute["required"].as_bool().unwrap()),
            maximum: (attribute["multi"].as_bool() != Some(true)).then_some(1),
            ..OptionGroup::default()
        });
        for value in list(&attribute["values"]) {
            let price =
                read["option_prices"][&value].as_i64().map(|price| Money::from_minor(price * 100, euro));
            let group = Some(code.clone());
            product.options.push(ProductOption { code: value, group, price, ..ProductOption::default() });
        }
    }
    for (at, rule) in read["rules"].as_array().unwrap().iter().enumerate() {
        product.rules.push(ConfigurationRule {
            code: format!("rule {at}"),
            kind: ConfigurationRuleKind::Requires,
            options: list(&rule["values"]),
            targets: rule["only_if"].as_array().unwrap().iter().flat_map(|only| list(&only["in"])).collect(),
            together: false,
            limit: None,
            condition: None,
            reason: Default::default(),
        });
    }
    let mut compiled = compiled(product);
    assert!(compiled.findings().is_empty());
    let cases = read["cases"].as_array().unwrap();
    for case in cases {
        let custom = case["custom"].as_object().into_iter().flatten();
        let choices = Choices {
            chosen: list(&case["select"]),
            custom: custom
                .map(|(group, value)| (group.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
            ..Choices::default()
        };
        let availability = Availability::default();
        let check = compiled.check(&availability, &choices);
        let valid = check.as_ref().is_ok_and(|check| check.valid);
        assert_eq!(Some(valid), case["valid"].as_bool(), "{case}: {check:?}");
        if let Some(price) = case["price"].as_i64() {
            let options = check.unwrap().price.unwrap();
            assert_eq!(
                options,
                Money::from_minor((price - read["list_price"].as_i64().unwrap()) * 100, euro)
            );
        }
    }
    println!("{} published configurations", cases.len());
}
