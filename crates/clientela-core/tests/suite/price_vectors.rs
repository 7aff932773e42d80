//! Prices, taxes and annuities of published cases. Skipped, and said so, where the folder of vectors is not there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what it saw")]

use crate::support;

use clientela_core::catalogue::ProductKind;
use clientela_core::catalogue::schedule::{Counted, ScheduleDiscount, scheduled};
use clientela_core::catalogue::{DiscountSchedule, ScheduleKind, ScheduleScope};
use clientela_core::sales::financing::{Annuity, FinancePlan, PlanKind, schedule};
use clientela_core::sales::tax_stack::{StackedTax, discounted, stacked};
use clientela_core::sales::waterfall::{
    FurtherTax, FurtherTaxKind, ItemInput, OfferInput, SettlementInput, SettlementKind, Tier, price,
    range_percent,
};
use clientela_model::{EntityId, Money, RoundingPolicy};
use rust_decimal::Decimal;
use serde_json::Value;
use support::{currency, euro, number};

fn vectors(name: &str) -> Option<Value> {
    let path = format!("{}/../../../shared/vectors/pricing/{name}", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("skipped: {name} is not there");
            None
        }
    }
}

/// A number, written as text with or without a percent sign, as a plain number, or as a fraction of two.
fn given(value: &Value, key: &str) -> Option<Decimal> {
    plain(value.get(key)?)
}

fn plain(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => {
            let text = text.trim_end_matches('%').trim_start_matches('+');
            match text.split_once('/') {
                Some((top, bottom)) => number(top).checked_div(number(bottom)),
                None => Some(number(text)),
            }
        }
        Value::Number(plain) => Some(number(&plain.to_string())),
        _ => None,
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

// ---- small cases ----

fn stack_of(inputs: &Value) -> Vec<StackedTax> {
    let of = |tax: &Value| StackedTax {
        percent: given(tax, "percent").unwrap(),
        enters_later_base: tax["enters_later_base"].as_bool().unwrap_or_default(),
        on_earlier: tax["base_affected"].as_bool().unwrap_or(true),
        division: false,
    };
    let division = list(inputs, "division_tax_percents").iter();
    list(inputs, "taxes")
        .iter()
        .map(of)
        .chain(division.map(|percent| StackedTax::division(plain(percent).unwrap())))
        .collect()
}

fn taxed(case: &Value) -> bool {
    let inputs = &case["inputs"];
    let taxes = stack_of(inputs);
    let lines: Vec<Money> = list(inputs, "lines")
        .iter()
        .filter_map(plain)
        .map(|line| Money::new(line, currency("EUR")))
        .collect();
    if taxes.is_empty() || lines.is_empty() {
        return false;
    }
    let global = inputs["rounding"] == "global";
    let rounding = if global { RoundingPolicy::Document } else { RoundingPolicy::Line };
    let mut total = stacked(&lines, &taxes, rounding).unwrap();
    if let Some(percent) = given(inputs, "document_discount_percent") {
        total = discounted(&total, percent).unwrap();
    }
    let expected = &case["expect"];
    for (key, found) in [("base", total.base), ("tax", total.tax), ("total", total.total)] {
        assert_eq!(given(expected, key), Some(found.amount()), "{} {key}", case["case"]);
    }
    let taxes: Vec<Decimal> = list(expected, "taxes").iter().filter_map(plain).collect();
    let found: Vec<Decimal> = total.taxes.iter().map(|tax| tax.amount()).collect();
    assert!(taxes.is_empty() || taxes == found, "{}: {found:?}", case["case"]);
    true
}

fn tiered(case: &Value) -> bool {
    let inputs = &case["inputs"];
    let tiers: Vec<Tier> = list(inputs, "tiers")
        .iter()
        .map(|tier| Tier { from: plain(&tier[0]).unwrap(), percent: plain(&tier[2]).unwrap() })
        .collect();
    let schedule = |kind, rate: Option<Decimal>| DiscountSchedule {
        id: clientela_core::ids::DiscountScheduleId::from_uuid(uuid::Uuid::nil()),
        code: "S".to_owned(),
        name: "S".to_owned(),
        kind,
        scope: ScheduleScope::Line,
        rate_percent: rate,
        past_months: None,
        valid_to: None,
    };
    let expected = &case["expect"];
    let list_price = given(inputs, "unit_list").map(|unit| Money::new(unit, currency("EUR")));
    let quantity = given(inputs, "quantity");
    match case["case"].as_str().unwrap() {
        "SM-04" => {
            for (quantity, percent) in list(inputs, "quantities").iter().zip(list(expected, "percent")) {
                assert_eq!(
                    range_percent(&tiers, plain(quantity).unwrap()).unwrap(),
                    plain(percent),
                    "{quantity}"
                );
            }
        }
        "SM-05" | "SM-06" => {
            let slab = case["case"] == "SM-06";
            let kind = if slab { ScheduleKind::Slab } else { ScheduleKind::Range };
            let (list, quantity) = (list_price.unwrap(), quantity.unwrap());
            let found = scheduled(&schedule(kind, None), &tiers, quantity, Counted::alone(quantity), list)
                .unwrap()
                .unwrap();
            let whole = list.checked_mul(quantity).unwrap();
            let total = match found {
                ScheduleDiscount::Percent(percent) => whole.percent(Decimal::ONE_HUNDRED - percent).unwrap(),
                ScheduleDiscount::Line(amount) => whole.checked_sub(amount).unwrap(),
            };
            assert_eq!(given(expected, "total"), Some(total.amount().normalize()));
        }
        "SM-07" => {
            let (list, quantity) = (list_price.unwrap(), quantity.unwrap());
            let compound = schedule(ScheduleKind::Compound, given(inputs, "rate_percent"));
            let found = scheduled(&compound, &[], quantity, Counted::alone(quantity), list).unwrap().unwrap();
            let ScheduleDiscount::Percent(percent) = found else { panic!("a percent") };
            let unit = list.percent(Decimal::ONE_HUNDRED - percent).unwrap().rounded();
            assert_eq!(given(expected, "unit"), Some(unit.amount()));
        }
        "SM-11" => {
            let least = given(inputs, "min_quantity").unwrap();
            let tiers = [Tier { from: least, percent: given(inputs, "discount_percent").unwrap() }];
            for (line, discounted) in list(inputs, "lines").iter().zip(list(expected, "discounted")) {
                let units = if line[1] == "dozen" { Decimal::from(12) } else { Decimal::ONE };
                let quantity = plain(&line[0]).unwrap() * units;
                assert_eq!(
                    range_percent(&tiers, quantity).unwrap().is_some(),
                    discounted.as_bool().unwrap(),
                    "{line}"
                );
            }
        }
        _ => return false,
    }
    true
}

/// The cases about days and about option prices.
fn of_days_and_options(case: &Value) -> bool {
    let (inputs, expected) = (&case["inputs"], &case["expect"]);
    match case["case"].as_str().unwrap() {
        "SM-09" => {
            for (extra, unit) in list(inputs, "extras").iter().zip(list(expected, "units")) {
                let base = given(inputs, "base").unwrap().to_string();
                let lines =
                    [format!("item 1 other 1 {base} S 0"), format!("option 1.1 {}", plain(extra).unwrap())];
                assert_eq!(Some(priced_net(&lines)), plain(unit));
            }
        }
        "SM-12" => {
            // A rule of one day, asked on the day the order is for and not on the day it is entered.
            let day = |word: &Value| {
                let today = support::day("2026-03-04");
                if word == "today" { today } else { today.succ_opt().unwrap() }
            };
            let today = support::day("2026-03-04");
            let (mut sum, mut seen) = (Decimal::ZERO, Vec::new());
            for ordered in list(inputs, "order_date") {
                let holds = support::rule_holds_on(today, today, day(ordered));
                seen.push(Value::Bool(holds));
                sum += if holds { Decimal::new(9, 1) } else { Decimal::ONE };
            }
            assert_eq!(Value::Array(seen), expected["discounted"]);
            assert_eq!(given(expected, "sum_of_four_at_list_1_each"), Some(sum));
        }
        "SM-21" => {
            let (quoted, until) = (support::day("2026-03-04"), support::day("2026-03-03"));
            let refused = support::draft_valid_until(quoted, until);
            assert_eq!(refused, Some("offer.validity"), "{expected}");
        }
        "SM-22" => {
            let base = "1000";
            let surcharge = given(inputs, "variant_condition").unwrap();
            let without = priced_net(&[format!("item 1 other 1 {base} S 0")]);
            let with =
                priced_net(&[format!("item 1 other 1 {base} S 0"), format!("step surcharge {surcharge}")]);
            assert_eq!(given(expected, "delta"), Some((with - without).normalize()));
        }
        _ => return false,
    }
    true
}

fn priced_net(lines: &[String]) -> Decimal {
    let mut offer = support::empty_offer("EUR", RoundingPolicy::Line);
    assert!(lines.iter().all(|line| support::read_content(&mut offer, line)), "{lines:?}");
    price(&offer).unwrap().net.amount().normalize()
}

/// The offer the inputs of a small published case describe, in the words of the case tables; none when the case is about
/// something else than a price by steps.
fn small_case(inputs: &Value) -> Option<Vec<String>> {
    let plain = |key: &str| given(inputs, key).map(|number| number.normalize().to_string());
    let item = |price: &str, quantity: &str, tax: &str| format!("item 1 other {quantity} {price} S {tax}");
    if let (Some(list), Some(amount), Some(percent)) =
        (plain("list"), plain("additional_discount_amount"), plain("partner_discount_percent"))
    {
        let basis = text(inputs, "percent_base").unwrap_or_else(|| "running".to_owned());
        let mut steps =
            vec![format!("step manual -{amount}"), format!("step contract -{percent}% of {basis}")];
        if inputs["additional_last"].as_bool() == Some(true) {
            steps.reverse();
        }
        steps.insert(0, item(&list, "1", "0"));
        return Some(steps);
    }
    if let (Some(list), Some(first), Some(second)) =
        (plain("list"), plain("first_discount_percent"), plain("second_discount_percent"))
    {
        let steps = [first, second].map(|percent| format!("step contract -{percent}% of running"));
        return Some([item(&list, "1", "0")].into_iter().chain(steps).collect());
    }
    // A discount below nothing and a margin on the list are surcharges.
    let surcharge =
        given(inputs, "discount_percent").map(|percent| -percent).or(given(inputs, "margin_percent"));
    if let (Some(list), Some(percent)) = (plain("list"), surcharge) {
        return Some(vec![item(&list, "1", "0"), format!("step surcharge {percent}% of list")]);
    }
    if let (Some(list), Some(options)) = (plain("list"), inputs["options"].as_object()) {
        let options = options.values().enumerate().map(|(index, price)| format!("option 1.{index} {price}"));
        return Some([item(&list, "1", "0")].into_iter().chain(options).collect());
    }
    if let (Some(price), Some(quantity), Some(tax)) =
        (plain("price"), plain("quantity"), plain("vat_percent"))
    {
        return Some(vec![item(&price, &quantity, &tax)]);
    }
    if let (Some(quantity), Some(tax)) = (plain("quantity"), plain("vat_percent")) {
        let prices = list(inputs, "unit_prices").iter().enumerate();
        let line = |(index, price)| format!("item {} other {quantity} {price} S {tax}", index + 1);
        return Some(prices.map(line).collect());
    }
    None
}

#[test]
fn small_published_cases_come_out() {
    let Some(vectors) = vectors("published_small_cases.json") else { return };
    let cases = list(&vectors, "cases");
    let mut exact = 0;
    for case in cases {
        let name = text(case, "case").unwrap();
        if taxed(case) || tiered(case) || of_days_and_options(case) {
            exact += 1;
            continue;
        }
        let Some(lines) = small_case(&case["inputs"]) else { panic!("{name} is not understood") };
        let mut offer = support::empty_offer("EUR", RoundingPolicy::Line);
        assert!(lines.iter().all(|line| support::read_content(&mut offer, line)), "{name}: {lines:?}");
        let priced = price(&offer).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = &case["expect"];
        let one_line = expected.get("one_line").unwrap_or(expected);
        // The word for the result differs from source to source.
        let net = ["net", "unit", "rate", "price"].iter().find_map(|word| given(one_line, word));
        assert_eq!(Some(priced.net.amount()), net, "{name}: {lines:?}");
        for (key, found) in [("vat", priced.tax), ("gross", priced.gross)] {
            assert!(given(expected, key).is_none_or(|number| number == found.amount()), "{name}: {found}");
        }
        for (total, item) in list(expected, "line_totals").iter().zip(&priced.items) {
            assert_eq!(plain(total), Some(item.line_net.amount()), "{name}");
        }
        exact += 1;
    }
    println!("{exact} of {} small cases come out exactly", cases.len());
    assert_eq!(exact, cases.len());
}

// ---- annuities ----

fn annuity(case: &Value) -> Annuity {
    let args = &case["args"];
    Annuity {
        rate: given(args, "rate").unwrap_or_default(),
        present: given(args, "pv").unwrap_or_default(),
        future: given(args, "fv").unwrap_or_default(),
        in_advance: args["when"] == "begin",
    }
}

/// Equal to as many decimals as the source prints.
fn agrees(case: &Value, found: Option<Decimal>, expected: &Value) {
    let (found, expected) =
        (found.unwrap_or_else(|| panic!("{} has no answer", case["case"])), plain(expected).unwrap());
    // What a float prints has at most 15 significant digits.
    let digits = expected.scale().min(9);
    let rounded = |number: Decimal| {
        number.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
    };
    assert_eq!(rounded(found), rounded(expected), "{}", case["case"]);
}

#[test]
fn annuities_come_out() {
    let Some(vectors) = vectors("finance_vectors.json") else { return };
    let cases = list(&vectors, "cases");
    for case in cases {
        let (annuity, args, expected) = (annuity(case), &case["args"], &case["expect"]);
        let whole = |key: &str| given(args, key).map(|number| u32::try_from(number).unwrap());
        let periods = whole("nper").unwrap_or_default();
        let payment = given(args, "pmt").unwrap_or_default();
        match case["function"].as_str().unwrap() {
            "pmt" | "pmt zero rate" => agrees(case, annuity.payment(periods), expected),
            "fv" => agrees(case, annuity.future_value(periods, payment), expected),
            "pv" | "pv annuity" => agrees(case, annuity.present_value(periods, payment), expected),
            "nper" => agrees(case, annuity.periods(payment), expected),
            "nper begin/end" => {
                for (in_advance, expected) in [false, true].iter().zip(expected.as_array().unwrap()) {
                    agrees(case, Annuity { in_advance: *in_advance, ..annuity }.periods(payment), expected);
                }
            }
            "rate" => agrees(case, annuity.rate_of(periods, payment), expected),
            "ppmt" => {
                let period = whole("per").unwrap();
                let principal =
                    annuity.payment(periods).unwrap() - annuity.interest(period, periods).unwrap();

                agrees(case, Some(principal), expected);
            }
            "ipmt first period in advance" => {
                agrees(case, annuity.interest(whole("per").unwrap(), periods), expected)
            }
            "amortisation" => schedule_agrees(case, &annuity, periods),
            other => panic!("{other} is not known"),
        }
    }
    println!("{} of {} annuities come out exactly", cases.len(), cases.len());
}

fn schedule_agrees(case: &Value, annuity: &Annuity, periods: u32) {
    let payment = annuity.payment(periods).unwrap();
    let mut sum = Decimal::ZERO;
    for row in list(&case["expect"], "schedule") {
        let period = u32::try_from(plain(&row[0]).unwrap()).unwrap();
        let interest = annuity.interest(period, periods).unwrap();
        sum += interest;
        agrees(case, Some(payment - interest), &row[1]);
        agrees(case, Some(interest), &row[2]);
        let remaining = -annuity.future_value(period, payment).unwrap();
        agrees(case, Some(remaining), &row[3]);
    }
    agrees(case, Some(sum), &case["expect"]["interest_total"]);
    // The schedule a customer is given is rounded row by row and ends at nothing.
    let plan = FinancePlan {
        kind: PlanKind::Loan,
        principal: euro("2500"),
        yearly_percent: number("8.24"),
        months: 12,
        residual: None,
        in_advance: false,
    };
    let printed = schedule(&plan).unwrap();
    assert_eq!(printed.payment, euro("217.75"));
    assert!(printed.instalments.last().unwrap().remaining.is_zero());
    let principal = Money::sum(printed.instalments.iter().map(|row| row.principal), currency("EUR")).unwrap();
    assert_eq!(principal, euro("2500.00"));
}

// ---- documents of another library, under both policies ----

/// The tax of a line, as our category; and the taxes beside it.
fn taxes(value: &Value) -> (String, Decimal, Vec<FurtherTax>) {
    let (mut percent, mut further) = (Decimal::ZERO, Vec::new());
    let mut category = "O".to_owned();
    for tax in list(value, "taxes") {
        let code = text(tax, "cat").unwrap();
        let rate = given(tax, "percent").unwrap_or_default();
        if code.starts_with("IRP") {
            further.push(FurtherTax { kind: FurtherTaxKind::Withholding, code, percent: rate });
            continue;
        }
        if category != "O" {
            // Two taxes on one amount, such as the central and the state tax of India.
            further.push(FurtherTax { kind: FurtherTaxKind::Surcharge, code, percent: rate });
            continue;
        }
        // Keys keep groups apart that have the same rate; a standard rate of nothing is not our category S.
        let key = text(tax, "key").unwrap_or_else(|| "standard".to_owned());
        category = if rate.is_zero() { "Z".to_owned() } else { format!("S {key}") };
        percent = rate;
        if let Some(rate) = given(tax, "surcharge") {
            further.push(FurtherTax {
                kind: FurtherTaxKind::Surcharge,
                code: "eqs".to_owned(),
                percent: rate,
            });
        }
    }
    (category, percent, further)
}

/// Allowances are amounts on the whole line: the source rounds them by themselves under `currency`.
fn document(case: &Value) -> OfferInput {
    let code = currency(&text(case, "currency").unwrap());
    let by_line = case["rounding_rule"] == "currency";
    let rounding = if by_line { RoundingPolicy::Line } else { RoundingPolicy::Document };
    let mut offer = support::empty_offer(code.code(), rounding);
    let included = case.get("prices_include").is_some();
    let mut add = |line: String, quantity: Decimal, price: Decimal, entry: &Value, parent: Option<String>| {
        let (category, percent, further) = taxes(entry);
        let kind = ProductKind::Other;
        let mut item =
            ItemInput::new(line, kind, "X", quantity, Money::new(price, code), (&category, percent));
        item.tax_included = included;
        item.further_taxes = further;
        item.parent_line = parent.map(Into::into);
        offer.items.push(item);
    };
    for (index, line) in list(case, "lines").iter().enumerate() {
        let name = (index + 1).to_string();
        add(name.clone(), given(line, "quantity").unwrap(), given(line, "price").unwrap(), line, None);
        for (position, discount) in list(line, "discounts").iter().enumerate() {
            let amount =
                -amount_of(discount, given(line, "quantity").unwrap() * given(line, "price").unwrap());
            add(format!("{name}.{position}"), Decimal::ONE, amount, line, Some(name.clone()));
        }
    }
    let sum: Decimal = offer_sum(case);
    for (key, sign) in [("discounts", Decimal::NEGATIVE_ONE), ("charges", Decimal::ONE)] {
        for (position, entry) in list(case, key).iter().enumerate() {
            let amount = sign * amount_of(entry, sum);
            let (category, percent, further) = taxes(entry);
            let line = format!("{key}{position}");
            let tax = (category.as_str(), percent);
            let mut item =
                ItemInput::new(line, ProductKind::Fee, "X", Decimal::ONE, Money::new(amount, code), tax);
            item.tax_included = included;
            item.further_taxes = further;
            offer.items.push(item);
        }
    }
    for advance in list(case, "advances") {
        let amount = Money::new(given(advance, "amount").unwrap(), code);
        offer.settlements.push(SettlementInput::new(SettlementKind::Prepaid, "ADVANCE", amount));
    }
    offer
}

fn offer_sum(case: &Value) -> Decimal {
    list(case, "lines").iter().filter_map(|line| given(line, "total")).sum()
}

/// A percentage is computed; what is printed beside it is rounded for the eye.
fn amount_of(entry: &Value, base: Decimal) -> Decimal {
    match given(entry, "percent") {
        Some(percent) => (base * percent / Decimal::ONE_HUNDRED).normalize(),
        None => given(entry, "amount").unwrap(),
    }
}

#[test]
fn documents_of_gobl_come_out() {
    let Some(vectors) = vectors("gobl_cases.json") else { return };
    let cases = list(&vectors, "cases");
    let (mut exact, mut by_policy) = (0, [0, 0]);
    let mut wrong = Vec::new();
    for case in cases {
        let input = document(case);
        let priced = match price(&input) {
            Ok(priced) => priced,
            Err(error) => {
                wrong.push(format!("{}: {error}", case["id"]));
                continue;
            }
        };
        let totals = &case["totals"];
        let zero = Decimal::ZERO;
        let checks = [
            ("total", priced.net.amount()),
            ("tax", priced.tax.amount()),
            ("total_with_tax", priced.gross.amount()),
            ("retained_tax", priced.withheld.amount()),
            ("payable", priced.payable.amount() + given(totals, "advance").unwrap_or(zero)),
        ];
        let bad: Vec<String> = checks
            .iter()
            .filter(|(key, found)| given(totals, key).is_some_and(|stated| stated != *found))
            .map(|(key, found)| format!("{key} {} is {found}", totals[*key]))
            .collect();
        if bad.is_empty() {
            exact += 1;
            by_policy[usize::from(input.rounding == RoundingPolicy::Line)] += 1;
        } else {
            wrong.push(format!("{}: {}", case["id"], bad.join(", ")));
        }
    }
    println!(
        "{exact} of {} documents exact, {} rounding by document, {} by line",
        cases.len(),
        by_policy[0],
        by_policy[1]
    );
    for line in &wrong {
        println!("  {line}");
    }
    assert_eq!(exact, cases.len());
}
