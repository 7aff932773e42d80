//! Every price of `cases/prices.txt`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use crate::support;

use clientela_core::sales::waterfall::{OfferInput, Priced, PricingError, add_discount, price};
use clientela_model::{ClosedList, Coded, RoundingPolicy};
use support::{empty_offer, number, read_content, read_discount};

const CASES: &str = include_str!("cases/prices.txt");

#[test]
fn every_case_of_the_table_holds() {
    let mut checked = 0;
    for case in CASES.split("\ncase ").skip(1) {
        let (name, body) = case.split_once('\n').unwrap();
        check(name, body);
        checked += 1;
    }
    assert!(checked >= 48, "only {checked} cases were read");
}

fn check(name: &str, body: &str) {
    let mut offer = empty_offer("EUR", RoundingPolicy::Line);
    let mut refused: Option<PricingError> = None;
    let mut expectations = Vec::new();
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "offer" => offer = empty_offer(words[1], RoundingPolicy::parse(words[2]).unwrap()),
            "discount" => {
                let before = offer.clone();
                if let Err(error) = add_discount(&mut offer, &read_discount(&before, &words)) {
                    assert_eq!(offer, before, "{name}: a refused discount left something behind");
                    refused = Some(error);
                }
            }
            "=" => expectations.push(words[1..].to_vec()),
            _ => assert!(read_content(&mut offer, line), "{name}: {line}"),
        }
    }
    let priced = match refused {
        Some(error) => Err(error),
        None => price(&offer),
    };
    assert!(!expectations.is_empty(), "{name} expects nothing");
    for words in expectations {
        expect(name, &offer, &priced, &words);
    }
}

fn expect(name: &str, offer: &OfferInput, priced: &Result<Priced, PricingError>, words: &[&str]) {
    let said = words.join(" ");
    if words[0] == "refused" {
        let error = priced.as_ref().expect_err(name);
        assert_eq!((error.code(), error.field().as_deref()), (words[1], Some(words[2])), "{name}: {error}");
        let with_reason = error.code() == "offer.discount_limit";
        assert_eq!(error.why().is_some(), with_reason, "{name}: {error}");
        return;
    }
    let priced = priced.as_ref().unwrap_or_else(|error| panic!("{name}: {error}"));
    let index = |line: &str| offer.items.iter().position(|item| item.line == line).unwrap();
    let found = match words[0] {
        "unit" => vec![priced.items[index(words[1])].unit_net.amount()],
        "line" => vec![priced.items[index(words[1])].line_net.amount()],
        "steps" => priced.steps_of(index(words[1])).map(|step| step.amount.amount()).collect(),
        "group" => {
            let percent = number(words[2]);
            let group = priced.tax_groups.iter().find(|g| g.category == words[1] && g.percent == percent);
            let group = group.unwrap_or_else(|| panic!("{name}: no {said}"));
            vec![group.taxable.amount(), group.tax.amount()]
        }
        "net" => vec![priced.net.amount()],
        "tax" => vec![priced.tax.amount()],
        "gross" => vec![priced.gross.amount()],
        "settled" => vec![priced.settled.amount()],
        "payable" => vec![priced.payable.amount()],
        "margin" => priced
            .margin
            .map(|margin| vec![margin.amount.amount(), margin.percent.unwrap()])
            .unwrap_or_default(),
        other => panic!("{name}: {other} is not known"),
    };
    let skip = match words[0] {
        "unit" | "line" | "steps" => 2,
        "group" => 3,
        _ => 1,
    };
    let expected: Vec<_> =
        words[skip..].iter().filter(|word| **word != "-").map(|word| number(word)).collect();
    assert_eq!(found, expected, "{name}: {said}\n{}", priced.why(offer));
}

#[test]
fn amounts_are_written_with_all_decimals_of_their_currency() {
    let priced = price(&support::three_tractors()).unwrap();
    assert_eq!(priced.steps_of(0).nth(2).unwrap().amount.to_string(), "-4262.00 EUR");
    assert_eq!(priced.items[0].unit_net.to_string(), "98753.68 EUR");
    assert_eq!(priced.payable.to_string(), "397031.47 EUR");
}

#[test]
fn the_reason_names_every_step() {
    let offer = support::three_tractors();
    let why = price(&offer).unwrap().why(&offer).to_string();
    for line in [
        "price.campaign (code: CAMPAIGN, amount: -4262.00 EUR, percent: -4, basis: running, running: 102288.00 EUR)",
        "price.manual (code: MANUAL, amount: -2000.00 EUR, authority: salesperson, running: 98753.68 EUR)",
        "price.tax (category: S, percent: 22, taxable: 336911.04 EUR, tax: 74120.43 EUR)",
        "settlement.trade_in (code: REF, amount: 14000.00 EUR)",
    ] {
        assert!(why.contains(line), "{why}");
    }
}

#[test]
fn an_amount_in_another_currency_is_found_wherever_it_stands() {
    use clientela_core::sales::waterfall::StepChange;
    use clientela_model::Money;
    let franc = |text: &str| Money::new(number(text), support::currency("CHF"));
    type Spoil = fn(&mut OfferInput, Money);
    let spoils: [(&str, Spoil); 6] = [
        ("items[0].unit_list", |offer, money| offer.items[0].unit_list = money),
        ("items[0].unit_cost", |offer, money| offer.items[0].unit_cost = Some(money)),
        ("items[0].options[1].unit_list", |offer, money| offer.items[0].options[1].unit_list = money),
        ("items[0].steps[2].change.amount", |offer, money| {
            offer.items[0].steps[2].change = StepChange::Amount(money);
        }),
        ("settlements[0].amount", |offer, money| offer.settlements[0].amount = money),
        ("settlements[0].appraised", |offer, money| offer.settlements[0].appraised = Some(money)),
    ];
    for (field, spoil) in spoils {
        let mut offer = support::three_tractors();
        spoil(&mut offer, franc("1.00"));
        let error = price(&offer).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), ("offer.currency", Some(field)), "{error}");
    }
}

#[test]
fn numbers_of_entries_are_bounded() {
    let mut offer = support::three_tractors();
    let step = offer.items[0].steps[0].clone();
    offer.items[0].steps = vec![step; clientela_core::sales::waterfall::MOST_STEPS + 1];
    assert_eq!(price(&offer).unwrap_err().code(), "offer.too_many");
}
