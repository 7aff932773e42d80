//! The funnel counts what is open, where it stands, and adds no two currencies.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use clientela_core::sales::{ForecastCategory, Opportunity, OpportunityState, SalesMethod, Stage, funnel};
use clientela_model::{EntityId, Money};
use proptest::prelude::*;
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn method(number: u128, code: &str) -> SalesMethod {
    SalesMethod {
        id: id(number),
        code: code.into(),
        name: code.to_uppercase(),
        with_configurator: false,
        active: true,
        version: None,
        replaces: None,
    }
}

fn stage(number: u128, method: u128, sequence: u16) -> Stage {
    Stage {
        id: id(number),
        method: id(method),
        sequence,
        code: format!("s{number}"),
        name: format!("Stage {number}"),
        probability: sequence * 10,
        expected_days: None,
        forecast: ForecastCategory::Pipeline,
        entry_rule: None,
        phase: None,
        exit_rule: None,
    }
}

fn opportunity(stage: u128, state: OpportunityState, amount: Option<(i64, &str)>) -> Opportunity {
    let currency = |code: &str| code.parse().unwrap();
    Opportunity {
        id: id(9),
        number: "O-1".into(),
        customer: id(1),
        owner: id(1),
        unit: id(1),
        title: "Trucks".into(),
        method: id(1),
        stage: id(stage),
        state,
        probability: 10,
        currency: currency(amount.map_or("EUR", |(_, code)| code)),
        amount: amount.map(|(number, code)| Money::new(number.into(), currency(code))),
        vehicles: None,
        expected_close: None,
        campaign: None,
        opened_on: "2026-03-04".parse().unwrap(),
        closed_on: None,
        lost_reason: None,
        competitor: None,
        suspended_until: None,
        next_step: None,
        next_step_on: None,
        forecast: None,
        margin: None,
    }
}

#[test]
fn stages_are_in_order_and_each_currency_has_its_sum() {
    use OpportunityState::{Open, Won};
    let methods = [method(2, "b"), method(1, "a")];
    let stages = [stage(12, 1, 2), stage(11, 1, 1), stage(21, 2, 1), stage(31, 3, 1)];
    let opportunities = [
        opportunity(11, Open, Some((100, "EUR"))),
        opportunity(11, Open, Some((5, "CHF"))),
        opportunity(11, Open, Some((20, "EUR"))),
        opportunity(11, Open, None),
        opportunity(11, Won, Some((1_000, "EUR"))),
        opportunity(21, Open, None),
        opportunity(99, Open, None),
    ];
    let lines = funnel(&methods, &stages, &opportunities).unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let amounts: Vec<String> = line.amounts.iter().map(ToString::to_string).collect();
            (line.method.as_str(), line.stage.as_str(), line.count, amounts.join(", "))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("a", "s11", 4, "5 CHF, 120 EUR".to_owned()),
            ("a", "s12", 0, String::new()),
            ("b", "s21", 1, String::new())
        ]
    );
}

proptest! {
    #[test]
    fn every_open_opportunity_of_a_known_stage_is_counted_once(places in prop::collection::vec((10_u128..14, any::<bool>()), 0..40)) {
        let stages = [stage(11, 1, 1), stage(12, 1, 2), stage(13, 1, 3)];
        let opportunities: Vec<Opportunity> = places
            .iter()
            .map(|(place, open)| {
                let state = if *open { OpportunityState::Open } else { OpportunityState::Lost };
                opportunity(*place, state, Some((1, "EUR")))
            })
            .collect();
        let lines = funnel(&[method(1, "a")], &stages, &opportunities).unwrap();
        let expected = places.iter().filter(|(place, open)| *open && *place > 10).count();
        prop_assert_eq!(lines.iter().map(|line| line.count).sum::<u64>(), expected as u64);
        let euros: rust_decimal::Decimal = lines.iter().flat_map(|line| &line.amounts).map(|sum| sum.amount()).sum();
        prop_assert_eq!(euros, rust_decimal::Decimal::from(expected));
    }
}
