//! Which price and which tax rate hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use crate::support;

use clientela_core::catalogue::pricing::{CatalogueError, PriceRequest, choose_price, choose_tax_rate};
use clientela_core::catalogue::{Price, PriceBook, PriceList, TaxRate};
use clientela_core::ids::{PriceId, PriceListId, ProductId, TaxRateId};
use clientela_model::identifier::Country;
use clientela_model::money::{Rate, RateTable};
use clientela_model::{Coded, EntityId, Money};
use proptest::prelude::*;
use support::{currency, day, number};
use uuid::Uuid;

/// Code, currency, market or `any`, first and last day, then prices of the tractor as quantity and amount.
const LISTS: &str = "
OLD     EUR any 2025-01-01 -          1=100000
NEW     EUR any 2026-01-01 -          1=104000 5=103000 10=101500.50
IT-OLD  EUR IT  2025-06-01 2026-02-28 1=99000
IT-NEW  EUR IT  2026-03-01 -          1=98500 3=98000
IT-FEW  EUR IT  2026-07-01 -          10=90000
CH      CHF CH  2026-01-01 -          1=109000
NONE    EUR FR  2026-01-01 -
";

/// Market or `any`, currency, day, quantity; then the list and amount, or the code of the refusal; then a reason beneath.
const CASES: &str = "
any EUR 2025-12-31 1      OLD 100000          price_list.not_valid
any EUR 2026-01-01 1      NEW 104000          price_list.older
any EUR 2026-01-01 4.999  NEW 104000          price_list.older
any EUR 2026-01-01 5      NEW 103000          price_list.older
any EUR 2026-01-01 9      NEW 103000          price_list.other_market
any EUR 2026-01-01 10     NEW 101500.50       price_list.older
IT  EUR 2026-02-28 1      IT-OLD 99000        price_list.less_specific
IT  EUR 2026-03-01 1      IT-NEW 98500        price_list.not_valid
IT  EUR 2026-03-01 3      IT-NEW 98000        price_list.less_specific
IT  EUR 2026-07-01 9      IT-NEW 98000        price_list.quantity_too_small
IT  EUR 2026-07-01 10     IT-FEW 90000        price_list.older
FR  EUR 2026-02-01 1      NEW 104000          price_list.no_price
CH  CHF 2026-02-01 1      CH 109000           price_list.other_currency
any EUR 2024-12-31 1      price.not_found -   price_list.not_valid
any EUR 2026-02-01 0.5    price.not_found -   price_list.quantity_too_small
any CHF 2026-02-01 1      price.currency -    price_list.other_currency
any JPY 2026-02-01 1      price.currency -    price_list.other_currency
";

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn product() -> ProductId {
    ProductId::from_uuid(Uuid::from_u128(1))
}

fn catalogue() -> (Vec<PriceList>, Vec<Price>) {
    let (mut lists, mut prices) = (Vec::new(), Vec::new());
    for (index, row) in LISTS.lines().filter(|row| !row.is_empty()).enumerate() {
        let words: Vec<&str> = row.split_whitespace().collect();
        let id = PriceListId::from_uuid(Uuid::from_u128(100 + index as u128));
        let list = PriceList {
            id,
            code: words[0].to_owned(),
            name: words[0].to_owned(),
            currency: currency(words[1]),
            market: (words[2] != "any").then(|| country(words[2])),
            valid_from: day(words[3]),
            valid_to: (words[4] != "-").then(|| day(words[4])),
            price_group: None,
            base_list: None,
            formula_percent: None,
            formula_amount: None,
            formula_step: None,
            least_margin_percent: None,
            tax_included: None,
        };
        for (position, word) in words[5..].iter().enumerate() {
            let (quantity, amount) = word.split_once('=').unwrap();
            prices.push(Price {
                id: PriceId::from_uuid(Uuid::from_u128(1000 * (index as u128 + 1) + position as u128)),
                price_list: id,
                product: product(),
                from_quantity: number(quantity),
                amount: Money::new(number(amount), list.currency),
                cost: None,
            });
        }
        lists.push(list);
    }
    // A price of another product is in every list's way.
    let other = prices[0].clone();
    prices.push(Price { product: ProductId::from_uuid(Uuid::from_u128(2)), ..other });
    (lists, prices)
}

#[test]
fn every_case_of_the_table_holds_in_any_order_of_the_lists() {
    let (mut lists, mut prices) = catalogue();
    for _ in 0..2 {
        let book = PriceBook::new(lists.clone(), prices.clone());
        for row in CASES.lines().filter(|row| !row.is_empty()) {
            let words: Vec<&str> = row.split_whitespace().collect();
            let market = (words[0] != "any").then(|| country(words[0]));
            let wanted = PriceRequest {
                product: product(),
                currency: currency(words[1]),
                market: market.as_ref(),
                day: day(words[2]),
                quantity: number(words[3]),
                price_group: None,
                rates: None,
            };
            let plain = book.price(&wanted).map(|found| (found.list.code.clone(), found.amount, found.cost));
            let why = match choose_price(&wanted, &lists, &prices) {
                Ok(chosen) => {
                    let same = (chosen.list.code.clone(), chosen.amount, chosen.cost);
                    assert_eq!(plain.ok(), Some(same), "without the reasons: {row}");
                    let found = (chosen.list.code.as_str(), chosen.amount.amount());
                    assert_eq!(found, (words[4], number(words[5])), "{row}\n{}", chosen.why);
                    chosen.why
                }
                Err(error) => {
                    assert_eq!(plain.as_ref(), Err(&error), "without the reasons: {row}");
                    assert_eq!(error.code(), words[4], "{row}");
                    assert_eq!(error.entity(), Some(product().uuid()));
                    error.why().unwrap().clone()
                }
            };
            assert!(why.mentions(words[6]), "{row}\n{why}");
            // Every list is either the one or has its reason.
            let others = if words[5] == "-" { lists.len() } else { lists.len() - 1 };
            assert_eq!(why.because.len(), others, "{row}\n{why}");
        }
        lists.reverse();
        prices.reverse();
    }
}

#[test]
fn a_price_that_does_not_fit_its_list_is_an_error() {
    let (lists, mut prices) = catalogue();
    prices[0].amount = Money::new(1.into(), currency("CHF"));
    let wanted = PriceRequest {
        product: product(),
        currency: currency("EUR"),
        market: None,
        day: day("2025-02-01"),
        quantity: 1.into(),
        price_group: None,
        rates: None,
    };
    let error = choose_price(&wanted, &lists, &prices).unwrap_err();
    assert!(matches!(error, CatalogueError::ListCurrency { .. }), "{error}");
    assert_eq!(error.code(), "price.list_currency");
}

#[test]
fn the_newest_tax_rate_not_after_the_day_holds() {
    let rates: Vec<TaxRate> = [
        ("DE", "S", "19", "2007-01-01"),
        ("DE", "S", "16", "2020-07-01"),
        ("DE", "S", "19", "2021-01-01"),
        ("DE", "Z", "0", "2023-01-01"),
        ("IT", "S", "22", "2013-10-01"),
    ]
    .iter()
    .enumerate()
    .map(|(index, (market, category, percent, from))| TaxRate {
        id: TaxRateId::from_uuid(Uuid::from_u128(index as u128)),
        country: country(market),
        category: (*category).to_owned(),
        percent: number(percent),
        valid_from: day(from),
    })
    .collect();
    for (market, category, on, percent) in [
        ("DE", "S", "2020-06-30", Some("19")),
        ("DE", "S", "2020-07-01", Some("16")),
        ("DE", "S", "2020-12-31", Some("16")),
        ("DE", "S", "2021-01-01", Some("19")),
        ("IT", "S", "2026-01-01", Some("22")),
        ("DE", "Z", "2022-12-31", None),
        ("IT", "Z", "2026-01-01", None),
        ("FR", "S", "2026-01-01", None),
    ] {
        let found = choose_tax_rate(&country(market), category, day(on), &rates);
        match (found, percent) {
            (Ok(chosen), Some(percent)) => {
                assert_eq!(chosen.rate.percent, number(percent), "{market} {category} {on}");
                assert_eq!(chosen.why.value("percent"), Some(percent));
            }
            (Err(error), None) => assert_eq!(error.code(), "tax_rate.not_found"),
            (found, _) => panic!("{market} {category} {on}: {found:?}"),
        }
    }
}

/// Lists of several markets, groups, currencies and days, some made from others, with prices of three products in some of them.
fn lists_and_prices() -> impl Strategy<Value = (Vec<PriceList>, Vec<Price>)> {
    let list = (
        prop::sample::select(vec!["EUR", "EUR", "CHF"]),
        prop::option::of(prop::sample::select(vec!["IT", "FR"])),
        prop::option::of(prop::sample::select(vec!["KEY", "SMALL"])),
        prop::option::of(0_usize..6),
        0_u32..3,
        prop::option::of(1_u32..3),
        prop::option::of(-30_i64..30),
    );
    let price = (0_usize..6, 1_u128..4, 0_i64..3, 1_i64..1_000_000, any::<bool>());
    (prop::collection::vec(list, 1..7), prop::collection::vec(price, 0..40)).prop_map(|(lists, prices)| {
        let id = |at: usize| PriceListId::from_uuid(Uuid::from_u128(100 + at as u128));
        let lists: Vec<PriceList> = lists
            .into_iter()
            .enumerate()
            .map(|(at, (code, market, group, base, from, to, percent))| PriceList {
                id: id(at),
                code: format!("L{}", at % 4),
                name: String::new(),
                currency: currency(code),
                market: market.map(country),
                valid_from: day(&format!("2026-0{}-01", from + 1)),
                valid_to: to.map(|to| day(&format!("2026-0{}-15", from + to))),
                price_group: group.map(str::to_owned),
                base_list: base.map(id),
                formula_percent: percent.map(Into::into),
                formula_amount: None,
                formula_step: None,
                least_margin_percent: None,
                tax_included: None,
            })
            .collect();
        let prices =
            prices.into_iter().enumerate().filter_map(|(at, (list, product, from, amount, fits))| {
                let own = lists.get(list)?.currency;
                // A price now and then does not fit its list.
                let code = if fits || at % 5 > 0 { own } else { currency("JPY") };
                Some(Price {
                    id: PriceId::from_uuid(Uuid::from_u128(1_000 + at as u128)),
                    price_list: id(list),
                    product: ProductId::from_uuid(Uuid::from_u128(product)),
                    from_quantity: from.into(),
                    amount: Money::from_minor(amount, code),
                    cost: None,
                })
            });
        let prices = prices.collect();
        (lists, prices)
    })
}

proptest! {
    #[test]
    fn a_book_for_an_offer_chooses_what_the_long_way_chooses(
        (lists, prices) in lists_and_prices(),
        market in prop::option::of(prop::sample::select(vec!["IT", "FR"])),
        group in prop::option::of(prop::sample::select(vec!["KEY", "SMALL"])),
        month in 1_u32..6,
        quantity in 0_i64..4,
        with_rates: bool,
    ) {
        let rate = Rate { from: currency("CHF"), to: currency("EUR"), since: day("2026-01-01"), rate: number("1.05") };
        let (rates, market) = (RateTable::new(vec![rate]), market.map(country));
        let on = day(&format!("2026-0{month}-05"));
        let book = PriceBook::new(lists.clone(), prices.clone());
        let mut filled = PriceBook::new(lists.clone(), Vec::new());
        for product in 1..4 {
            let product = ProductId::from_uuid(Uuid::from_u128(product));
            let wanted = PriceRequest {
                product,
                currency: currency("EUR"),
                market: market.as_ref(),
                day: on,
                quantity: quantity.into(),
                price_group: group,
                rates: with_rates.then_some(&rates),
            };
            filled.put(product, prices.clone());
            let long = choose_price(&wanted, &lists, &prices);
            let long = long.map(|chosen| (chosen.list.id, chosen.amount, chosen.cost)).map_err(|error| error.code());
            for book in [&book, &filled] {
                let offer = book.for_offer(wanted.terms());
                let found = offer.price(product, wanted.quantity);
                let found = found.map(|plain| (plain.list.id, plain.amount, plain.cost)).map_err(|error| error.code());
                prop_assert_eq!(&found, &long);
                let each = [(product, wanted.quantity), (product, wanted.quantity)];
                let each: Vec<_> = offer.prices(&each).map(|found| found.map(|plain| plain.amount).ok()).collect();
                prop_assert_eq!(each, vec![found.ok().map(|(_, amount, _)| amount); 2]);
            }
        }
    }
}

#[test]
fn a_list_may_take_the_prices_that_are_made_of_it() {
    let (mut lists, prices) = catalogue();
    let (base, made) = (lists[1].id, PriceListId::from_uuid(Uuid::from_u128(500)));
    let below = |percent: i64| Some(rust_decimal::Decimal::from(percent));
    lists.push(PriceList {
        id: made,
        code: "KEY".to_owned(),
        base_list: Some(base),
        formula_percent: below(-10),
        ..lists[1].clone()
    });
    let rates = RateTable::new(Vec::new());
    let book = PriceBook::new(lists, prices);
    let price = |book: &PriceBook, list, quantity: &str| {
        let wanted = PriceRequest {
            product: product(),
            currency: currency("EUR"),
            market: None,
            day: day("2026-05-01"),
            quantity: number(quantity),
            price_group: None,
            rates: None,
        };
        book.price_in(list, &wanted).map(|found| found.amount.amount().normalize().to_string())
    };
    let becomes = book.with_list(base, made, &rates);
    assert_eq!(price(&becomes, base, "1").as_deref(), Some("93600"));
    assert_eq!(price(&becomes, base, "10").as_deref(), Some("91350.45"));
    // What is made of it is made of its new prices.
    assert_eq!(price(&becomes, made, "1").as_deref(), Some("84240"));
    let dearer = book.with_percent(made, 10.into(), &rates);
    assert_eq!(price(&dearer, made, "1").as_deref(), Some("102960"));
    assert_eq!(price(&dearer, base, "1").as_deref(), Some("104000"));
}
