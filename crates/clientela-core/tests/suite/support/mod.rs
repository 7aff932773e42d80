//! Reading the cases a person writes.
#![allow(dead_code, reason = "each test file uses a part")]

use chrono::NaiveDate;
use clientela_core::catalogue::ProductKind;
use clientela_core::sales::waterfall::{
    Discount, ItemInput, ManualDiscount, OfferInput, OptionInput, SettlementInput, SettlementKind,
    StepChange, StepInput, Target,
};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, RoundingPolicy};
use rust_decimal::Decimal;

/// The number a text says.
pub(crate) fn number(text: &str) -> Decimal {
    clientela_model::money::parse_decimal(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// An amount in euro.
pub(crate) fn euro(text: &str) -> Money {
    Money::new(number(text), currency("EUR"))
}

/// A currency of that code.
pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap_or_else(|error| panic!("{code}: {error}"))
}

/// A day.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// An offer without items.
pub(crate) fn empty_offer(code: &str, rounding: RoundingPolicy) -> OfferInput {
    OfferInput {
        currency: currency(code),
        rounding,
        price_date: day("2026-03-04"),
        items: Vec::new(),
        settlements: Vec::new(),
    }
}

/// The worked example: three tractors with options and discounts, transport, a maintenance contract, a trade-in.
pub(crate) fn three_tractors() -> OfferInput {
    let mut offer = empty_offer("EUR", RoundingPolicy::Line);
    for line in [
        "item 1 vehicle 3 98500.00 S 22",
        "option 1.1 6250.00",
        "option 1.2 1800.00",
        "step campaign -4% of running",
        "step volume -1.5% of running",
        "step manual -2000.00",
        "item 2 transport 3 950.00 S 22",
        "item 3 service_contract 3 12600.00 S 22",
        "settle trade_in 14000.00",
    ] {
        assert!(read_content(&mut offer, line), "{line}");
    }
    offer
}

/// Reads one line of content into the offer; false when it is none.
pub(crate) fn read_content(offer: &mut OfferInput, line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let money = |text: &str| Money::new(number(text), offer.currency);
    let after = |key: &str| words.iter().position(|word| *word == key).map(|index| words[index + 1]);
    match words[0] {
        "item" => {
            let kind = ProductKind::parse(words[2]).unwrap();
            let tax = (words[5], number(words[6]));
            let code = format!("P-{}", words[1]);
            let mut item = ItemInput::new(words[1], kind, code, number(words[3]), money(words[4]), tax);
            item.base_quantity = after("per").map(number);
            item.unit_cost = after("cost").map(money);
            item.parent_line = after("under").map(Into::into);
            offer.items.push(item);
        }
        "option" => {
            let mut option = OptionInput::new(words[1], format!("P-{}", words[1]), money(words[2]));
            option.quantity = after("times").map_or(Decimal::ONE, number);
            option.unit_cost = after("cost").map(money);
            offer.items.last_mut().unwrap().options.push(option);
        }
        "step" => {
            let change = match words[2].strip_suffix('%') {
                Some(percent) => StepChange::Percent {
                    percent: number(percent),
                    basis: Basis::parse(after("of").unwrap()).unwrap(),
                },
                None => StepChange::Amount(money(words[2])),
            };
            let kind = PriceStepKind::parse(words[1]).unwrap();
            let authority =
                if kind == PriceStepKind::Manual { Authority::Salesperson } else { Authority::None };
            let step =
                StepInput { kind, code: words[1].to_uppercase().into(), change, authority, label: None };
            offer.items.last_mut().unwrap().steps.push(step);
        }
        "settle" => {
            let kind = SettlementKind::parse(words[1]).unwrap();
            let mut settlement = SettlementInput::new(kind, "REF", money(words[2]));
            settlement.appraised = after("worth").map(money);
            offer.settlements.push(settlement);
        }
        _ => return false,
    }
    true
}

/// The discount a line asks for.
pub(crate) fn read_discount<'a>(offer: &OfferInput, words: &[&'a str]) -> ManualDiscount<'a> {
    ManualDiscount {
        discount: match words[2].strip_suffix('%') {
            Some(percent) => Discount::Percent(number(percent)),
            None => Discount::Amount(Money::new(number(words[2]), offer.currency)),
        },
        target: if words[1] == "offer" { Target::Offer } else { Target::Item(words[1]) },
        code: "BY-HAND",
        authority: Authority::Salesperson,
        label: None,
        limit_percent: (words.get(3) == Some(&"limit")).then(|| number(words[4])),
    }
}

/// Whether a price rule of these days holds on one.
pub(crate) fn rule_holds_on(from: NaiveDate, to: NaiveDate, day: NaiveDate) -> bool {
    use clientela_core::catalogue::price_rule::{OfferFacts, RuleBook};
    use clientela_core::catalogue::{PriceRule, PriceRules};
    use clientela_model::EntityId;
    let nil = uuid::Uuid::nil();
    let rule = PriceRule {
        id: EntityId::from_uuid(nil),
        code: "R".to_owned(),
        name: "R".to_owned(),
        owner: EntityId::from_uuid(nil),
        unit: EntityId::from_uuid(nil),
        kind: PriceStepKind::Campaign,
        sequence: 1,
        customer: None,
        price_group: None,
        market: None,
        product: None,
        product_line: None,
        product_kind: None,
        least_quantity: None,
        condition: None,
        percent: Some(Decimal::from(-10)),
        amount: None,
        fixed_price: None,
        schedule: None,
        basis: None,
        authority: Authority::None,
        exclusive_group: None,
        valid_from: from,
        valid_to: Some(to),
    };
    let facts =
        OfferFacts { customer: EntityId::from_uuid(nil), price_group: None, market: None, day, units: None };
    let rules = PriceRules::new(vec![rule], Vec::new());
    RuleBook::open(&rules, &[], &facts, |_| (true, None)).holds_any()
}

/// The code of what refuses an offer of these days, if anything does.
pub(crate) fn draft_valid_until(price_date: NaiveDate, valid_until: NaiveDate) -> Option<&'static str> {
    use clientela_core::sales::offer::{By, NewOffer, draft};
    use clientela_model::{Coded, EntityId};
    let nil = uuid::Uuid::nil();
    let new = NewOffer {
        id: EntityId::from_uuid(nil),
        number: "Q".to_owned(),
        opportunity: EntityId::from_uuid(nil),
        customer: EntityId::from_uuid(nil),
        owner: EntityId::from_uuid(nil),
        unit: EntityId::from_uuid(nil),
        currency: currency("EUR"),
        valid_until,
        affair: None,
        dossier: None,
        dossier_revision: None,
        title: None,
        note: None,
        follows: None,
    };
    let at = "2026-03-04T09:00:00Z".parse().unwrap();
    let by = By { user: EntityId::from_uuid(nil), at, today: price_date };
    let mut input = empty_offer("EUR", RoundingPolicy::Line);
    input.price_date = price_date;
    draft(new, &input, None, &mut uuid::Uuid::nil, by).err().map(|error| error.code())
}
