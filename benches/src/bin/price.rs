//! Pricing an offer of ten items with twelve options each under 200 price rules, from a catalogue of 100,000 prices.
//!
//! Writes the catalogue, the rules and the offer as JSON with the amounts found, for `benches/python/price_peers.py` to do the same
//! and to find the same. Without arguments the files go to `target/benches/price`: `price FOLDER OFFERS`.
#![allow(clippy::print_stdout, reason = "a program that prints what it measured")]

use chrono::NaiveDate;
use clientela_core::catalogue::price_rule::{LineFacts, OfferFacts, RuleBook};
use clientela_core::catalogue::pricing::PriceTerms;
use clientela_core::catalogue::{Price, PriceBook, PriceList, PriceRule, PriceRules, Product, ProductKind};
use clientela_core::ids::PriceRuleId;
use clientela_core::sales::waterfall::{ItemInput, OfferInput, OptionInput, Priced, price};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_model::identifier::{Country, Currency};
use clientela_model::{ClosedList, EntityId, Money, RoundingPolicy, ShortText};
use clientela_rules::{Bindings, CelEngine, Environment, Outcome, Rule, RuleEngine, Type};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PRODUCTS: usize = 25_000;
const LINES: usize = 20;
const RULES: usize = 200;
const ITEMS: usize = 10;
const OPTIONS: usize = 12;
/// Offers that are priced when nothing is said.
const ROUNDS: usize = 5_000;
const VEHICLES: i64 = 37;
const SEGMENT: &str = "fleet";
const GROUP: &str = "KEY";

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }

    fn whole(&mut self, bound: usize) -> i64 {
        i64::try_from(self.below(bound)).unwrap_or(0)
    }
}

fn id<I: EntityId>(kind: u128, at: usize) -> I {
    I::from_uuid(Uuid::from_u128((kind << 64) + at as u128 + 1))
}

/// What prices are made from.
struct Market {
    day: NaiveDate,
    currency: Currency,
    market: Country,
    products: Vec<Product>,
    lists: Vec<PriceList>,
    prices: Vec<Price>,
    rules: Vec<PriceRule>,
    /// The same, read once.
    rules_read: PriceRules,
    conditions: HashMap<PriceRuleId, Arc<dyn Rule>>,
    environment: Environment,
}

impl Market {
    fn new(dice: &mut Dice) -> Fallible<Self> {
        let day = NaiveDate::from_ymd_opt(2026, 3, 4).ok_or("a day")?;
        let (currency, market) = (Currency::parse("EUR")?, "IT".parse()?);
        let products = (0..PRODUCTS).map(|at| product(at, dice)).collect();
        let lists = lists(currency, market)?;
        let mut prices = Vec::new();
        for at in 0..PRODUCTS {
            let base = 5_000 + dice.whole(2_000_000);
            for (place, list) in lists.iter().take(4).enumerate() {
                let amount = Money::from_minor(base * (100 - i64::try_from(place)?) / 100, currency);
                let (id, cost) = (id(3, prices.len()), Some(Money::from_minor(base * 7 / 10, currency)));
                let (price_list, product) = (list.id, self::id(1, at));
                prices.push(Price { id, price_list, product, from_quantity: Decimal::ONE, amount, cost });
            }
        }
        let environment = Environment::new().variable("segment", Type::Text).variable("vehicles", Type::Int);
        let rules = (0..RULES).map(|at| rule(at, dice, day, currency)).collect::<Fallible<Vec<_>>>()?;
        let mut conditions = HashMap::new();
        for rule in &rules {
            if let Some(text) = &rule.condition {
                let compiled = CelEngine.compile(text, &environment).map_err(|found| format!("{found:?}"))?;
                conditions.insert(rule.id, compiled);
            }
        }
        let rules_read = PriceRules::new(rules.clone(), Vec::new());
        Ok(Self {
            day,
            currency,
            market,
            products,
            lists,
            prices,
            rules,
            rules_read,
            conditions,
            environment,
        })
    }
}

fn product(at: usize, dice: &mut Dice) -> Product {
    let kinds = [ProductKind::Vehicle, ProductKind::Option, ProductKind::Option, ProductKind::Body];
    Product {
        id: id(1, at),
        code: format!("P{at:05}"),
        name: format!("Product {at}"),
        kind: kinds[at % kinds.len()],
        line: Some(format!("L{}", dice.below(LINES))),
        tax_category: "S".to_owned(),
        valid_from: None,
        valid_to: None,
    }
}

/// Four lists with prices of every product, and two that are made from another: of those that count the one for the market and group
/// is chosen.
fn lists(currency: Currency, market: Country) -> Fallible<Vec<PriceList>> {
    let day = |text: &str| text.parse::<NaiveDate>();
    let list = |at: usize, code: &str, market, from: &str| -> Fallible<PriceList> {
        Ok(PriceList {
            id: id(2, at),
            code: code.to_owned(),
            name: code.to_owned(),
            currency,
            market,
            valid_from: day(from)?,
            valid_to: None,
            price_group: None,
            base_list: None,
            formula_percent: None,
            formula_amount: None,
            formula_step: None,
            least_margin_percent: None,
            tax_included: None,
        })
    };
    let mut made = list(4, "KEY-2026", Some(market), "2026-01-01")?;
    made.price_group = Some(GROUP.to_owned());
    made.base_list = Some(id(2, 1));
    made.formula_percent = Some(Decimal::new(-25, 1));
    let mut other = list(5, "SMALL-2026", Some(market), "2026-01-01")?;
    other.price_group = Some("SMALL".to_owned());
    other.base_list = Some(id(2, 1));
    Ok(vec![
        list(0, "ANY-2026", None, "2026-01-01")?,
        list(1, "IT-2026", Some(market), "2026-01-01")?,
        list(2, "IT-2025", Some(market), "2025-01-01")?,
        list(3, "FR-2026", Some("FR".parse()?), "2026-01-01")?,
        made,
        other,
    ])
}

/// A rule for a product line, a product, a kind, a group, another market, another year or a condition.
fn rule(at: usize, dice: &mut Dice, day: NaiveDate, currency: Currency) -> Fallible<PriceRule> {
    let kinds =
        [PriceStepKind::Campaign, PriceStepKind::Segment, PriceStepKind::Contract, PriceStepKind::Fleet];
    let mut rule = PriceRule {
        id: id(4, at),
        code: format!("R{at:03}"),
        name: format!("Rule {at}"),
        owner: id(5, 0),
        unit: id(6, 0),
        kind: kinds[dice.below(kinds.len())],
        sequence: u32::try_from(10 + dice.below(90))?,
        customer: None,
        price_group: None,
        market: None,
        product: None,
        product_line: None,
        product_kind: None,
        least_quantity: (dice.below(4) == 0).then(|| Decimal::from(dice.whole(6) + 1)),
        condition: None,
        percent: None,
        amount: None,
        fixed_price: None,
        schedule: None,
        basis: (dice.below(2) == 0).then_some(Basis::List),
        authority: Authority::Manufacturer,
        exclusive_group: (dice.below(3) == 0).then(|| format!("G{}", dice.below(5))),
        valid_from: day - chrono::TimeDelta::days(60),
        valid_to: None,
    };
    if dice.below(5) == 0 {
        rule.amount = Some(Money::from_minor(-100 - dice.whole(2_000), currency));
    } else {
        rule.percent = Some(Decimal::new(-5 - dice.whole(150), 2));
    }
    match dice.below(10) {
        0..=3 => rule.product_line = Some(format!("L{}", dice.below(LINES))),
        4 | 5 => rule.product = Some(id(1, dice.below(PRODUCTS))),
        6 => rule.price_group = Some([GROUP, "SMALL"][dice.below(2)].to_owned()),
        7 => rule.market = Some(["IT", "FR"][dice.below(2)].parse()?),
        8 => rule.valid_to = Some(day - chrono::TimeDelta::days(dice.whole(30) - 15)),
        _ => {
            let segment = [SEGMENT, "retail"][dice.below(2)];
            rule.condition = Some(format!("segment == '{segment}' && vehicles > {}", dice.below(60)));
        }
    }
    Ok(rule)
}

/// An item as it is asked for: a product, how many, and its options.
struct Asked {
    product: usize,
    quantity: Decimal,
    options: Vec<usize>,
}

fn asked(dice: &mut Dice) -> Vec<Asked> {
    (0..ITEMS)
        .map(|_| Asked {
            product: dice.below(PRODUCTS / 4) * 4,
            quantity: Decimal::from(dice.whole(5) + 1),
            options: (0..OPTIONS).map(|_| dice.below(PRODUCTS / 4) * 4 + 1).collect(),
        })
        .collect()
}

/// The whole offer: prices looked up, rules asked, the waterfall computed.
fn offer(market: &Market, book: &PriceBook, facts: &Bindings<'_>, asked: &[Asked]) -> Fallible<Priced> {
    let prices = book.for_offer(PriceTerms {
        currency: market.currency,
        market: Some(&market.market),
        day: market.day,
        price_group: Some(GROUP),
        rates: None,
    });
    // Products first, then their codes, then their prices: what is far away in memory is waited for together.
    let mut wanted = Vec::with_capacity(asked.len() * (OPTIONS + 1));
    let mut products = Vec::with_capacity(asked.len() * (OPTIONS + 1));
    for line in asked {
        let options = line.options.iter().map(|option| (*option, Decimal::ONE));
        for (place, quantity) in std::iter::once((line.product, line.quantity)).chain(options) {
            let product = &market.products[place];
            products.push(product);
            wanted.push((product.id, quantity));
        }
    }
    black_box(
        products.iter().filter_map(|product| product.code.bytes().next()).fold(0, |sum, byte| sum ^ byte),
    );
    let mut found = products.iter().zip(prices.prices(&wanted));
    let mut next = || -> Fallible<_> {
        let (product, price) = found.next().ok_or("a price for each product")?;
        Ok((*product, price?))
    };
    let tax = ("S", Decimal::from(22));
    let mut items = Vec::with_capacity(asked.len());
    let mut lines = Vec::with_capacity(asked.len());
    for (place, line) in asked.iter().enumerate() {
        let (product, found) = next()?;
        let number = (place + 1).to_string();
        let mut item = ItemInput::new(number, product.kind, &product.code, line.quantity, found.amount, tax);
        item.product = Some(product.id);
        item.unit_cost = found.cost;
        item.options.reserve(line.options.len());
        let mut list = found.amount.amount();
        for index in 0..line.options.len() {
            let (product, found) = next()?;
            let line = ShortText::of_part(place + 1, index + 1);
            let mut input = OptionInput::new(line, &product.code, found.amount);
            input.product = Some(product.id);
            input.unit_cost = found.cost;
            list += found.amount.amount();
            item.options.push(input);
        }
        let unit_list = Money::new(list, market.currency);
        lines.push(LineFacts { product, quantity: line.quantity, unit_list });
        items.push(item);
    }
    let rules = ruled(market, facts);
    for (index, item) in items.iter_mut().enumerate() {
        item.steps = rules.line(&lines, index)?.steps;
    }
    let (currency, price_date) = (market.currency, market.day);
    let rounding = RoundingPolicy::Line;
    Ok(price(&OfferInput { currency, rounding, price_date, items, settlements: Vec::new() })?)
}

fn ruled<'a>(market: &'a Market, facts: &Bindings<'_>) -> RuleBook<'a> {
    let of_offer = OfferFacts {
        customer: id(7, 0),
        price_group: Some(GROUP),
        market: Some(&market.market),
        day: market.day,
        units: None,
    };
    RuleBook::open(&market.rules_read, &[], &of_offer, |rule| {
        let compiled = market.conditions.get(&rule.id);
        (compiled.is_some_and(|rule| rule.decide(facts) == Outcome::True), None)
    })
}

/// The rules alone: which hold for each line and what they change.
fn rules_alone(market: &Market, facts: &Bindings<'_>, lines: &[LineFacts<'_>]) -> Fallible<usize> {
    let book = ruled(market, facts);
    let mut steps = 0;
    for index in 0..lines.len() {
        steps += book.line(lines, index)?.steps.len();
    }
    Ok(steps)
}

fn told(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default().as_nanos();
    let (median, most) = (at(times.len() / 2), at(times.len() * 95 / 100));
    println!(
        "{name:<44} median {:>6}.{} us, 95 % {:>6}.{} us",
        median / 1_000,
        median % 1_000 / 100,
        most / 1_000,
        most % 1_000 / 100
    );
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    times.push(start.elapsed());
    done
}

/// Everything a peer needs, and what was found.
fn written(market: &Market, asked: &[Asked], priced: &Priced) -> Value {
    let list_of = |id| market.lists.iter().find(|list| Some(list.id) == id).map(|list| list.code.clone());
    let code_of: HashMap<_, _> = market.products.iter().map(|product| (product.id, &product.code)).collect();
    let lists = market.lists.iter().map(|list| {
        json!({"code": list.code, "market": list.market.map(|market| market.to_string()), "price_group": list.price_group,
            "valid_from": list.valid_from, "base": list_of(list.base_list), "percent": list.formula_percent})
    });
    let prices = market.prices.iter().map(|price| {
        json!([
            list_of(Some(price.price_list)),
            code_of[&price.product],
            price.from_quantity,
            price.amount.amount()
        ])
    });
    let rules = market.rules.iter().map(|rule| {
        json!({"code": rule.code, "sequence": rule.sequence, "price_group": rule.price_group,
            "market": rule.market.map(|market| market.to_string()),
            "product": rule.product.and_then(|product| code_of.get(&product)), "product_line": rule.product_line,
            "least_quantity": rule.least_quantity, "condition": rule.condition, "percent": rule.percent,
            "amount": rule.amount.map(Money::amount), "of_list": rule.basis == Some(Basis::List),
            "exclusive_group": rule.exclusive_group, "valid_from": rule.valid_from, "valid_to": rule.valid_to})
    });
    let items = asked.iter().map(|line| {
        let product = &market.products[line.product];
        let options: Vec<&String> = line.options.iter().map(|option| &market.products[*option].code).collect();
        json!({"product": product.code, "line": product.line, "kind": product.kind.word(), "quantity": line.quantity, "options": options})
    });
    json!({"day": market.day, "market": market.market.to_string(), "price_group": GROUP, "segment": SEGMENT, "vehicles": VEHICLES,
        "tax_percent": "22", "lists": lists.collect::<Vec<_>>(), "prices": prices.collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(), "items": items.collect::<Vec<_>>(),
        "found": {"net": priced.net.amount(), "gross": priced.gross.amount(),
            "lines": priced.items.iter().map(|item| item.line_net.amount()).collect::<Vec<_>>()}})
}

fn main() -> Fallible<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/benches/price".to_owned());
    let rounds = std::env::args().nth(2).map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    std::fs::create_dir_all(&folder)?;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let market = Market::new(&mut dice)?;
    let mut loading = Vec::new();
    let (lists, prices) = (market.lists.clone(), market.prices.clone());
    let book = timed(&mut loading, || PriceBook::new(lists, prices));
    println!(
        "{} prices in {} lists, {RULES} rules, {ITEMS} items of {OPTIONS} options",
        market.prices.len(),
        market.lists.len()
    );
    told("the catalogue, once", &mut loading);

    let facts = Bindings::new(&market.environment).with("segment", SEGMENT)?.with("vehicles", VEHICLES)?;
    let (mut whole, mut again, mut first) = (Vec::new(), Vec::new(), None);
    for _ in 0..rounds {
        let asked = asked(&mut dice);
        let priced = timed(&mut whole, || offer(&market, &book, &facts, &asked))?;
        timed(&mut again, || offer(&market, &book, &facts, &asked))?;
        first.get_or_insert((asked, priced));
    }
    // Of products drawn from all of the catalogue, whose prices no memory near the processor holds yet; and as a seller has it, who changes
    // something and asks again.
    told("an offer: prices, rules, waterfall", &mut whole);
    told("the same offer priced again", &mut again);
    let (asked, priced) = first.ok_or("one offer")?;
    let unit_list = Money::parse("100000.00", market.currency)?;
    let lines: Vec<LineFacts<'_>> = asked
        .iter()
        .map(|line| LineFacts { product: &market.products[line.product], quantity: line.quantity, unit_list })
        .collect();
    let (mut alone, mut steps) = (Vec::new(), 0);
    for _ in 0..rounds {
        steps = timed(&mut alone, || rules_alone(&market, &facts, &lines))?;
    }
    told("the rules alone", &mut alone);
    println!("{steps} steps of rules, {} steps in all; wanted: an offer in under 50 us", priced.step_count());
    let path = Path::new(&folder).join("price.json");
    std::fs::write(path, serde_json::to_vec(&written(&market, &asked, &priced))?)?;
    Ok(())
}
