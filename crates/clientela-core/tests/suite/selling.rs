//! Changing, moving over, putting aside and finding what is stuck: decisions on one opportunity and its passages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use chrono::NaiveDate;
use clientela_core::sales::changing::{OpportunityChange, change, move_over};
use clientela_core::sales::opportunity::{By, NewOpportunity, Outcome, change_stage, change_state, open};
use clientela_core::sales::stuck::{StuckLimits, progress, reasons};
use clientela_core::sales::{
    ForecastCategory, Opportunity, OpportunityEvent, OpportunityState, Passage, SalesMethod, Stage,
};
use clientela_model::{Coded, EntityId, Money};
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn by(on: &str) -> By {
    By { user: id(1), at: format!("{on}T09:00:00Z").parse().unwrap(), today: day(on), passage: id(77) }
}

fn euros(amount: &str) -> Money {
    Money::parse(amount, "EUR".parse().unwrap()).unwrap()
}

fn method(number: u128) -> SalesMethod {
    SalesMethod {
        id: id(number),
        code: format!("m{number}"),
        name: "Method".into(),
        with_configurator: false,
        active: true,
        version: Some(1),
        replaces: None,
    }
}

fn stage(number: u128, method: u128, sequence: u16) -> Stage {
    Stage {
        id: id(number),
        method: id(method),
        sequence,
        code: format!("s{number}"),
        name: "Stage".into(),
        probability: sequence * 20,
        expected_days: Some(10),
        forecast: if sequence == 2 { ForecastCategory::Commit } else { ForecastCategory::Pipeline },
        entry_rule: None,
        phase: Some("A".into()),
        exit_rule: None,
    }
}

fn opened() -> (Opportunity, Vec<Passage>) {
    let new = NewOpportunity {
        id: id(5),
        number: "O-1".into(),
        customer: id(1),
        owner: id(21),
        unit: id(2),
        title: "Tractors".into(),
        currency: "EUR".parse().unwrap(),
        amount: Some(euros("100.00")),
        vehicles: Some(1),
        expected_close: Some(day("2026-04-01")),
        campaign: None,
    };
    let step = open(new, &method(1), &[stage(11, 1, 1), stage(12, 1, 2)], by("2026-03-01")).unwrap();
    (step.opportunity, vec![step.passage])
}

#[test]
fn a_passage_keeps_what_it_led_to() {
    let (opportunity, passages) = opened();
    let wanted = OpportunityChange {
        amount: Some(Some(euros("150.00"))),
        expected_close: Some(Some(day("2026-05-01"))),
        seat: Some((id(22), id(3))),
        ..OpportunityChange::default()
    };
    let changed =
        change(&opportunity, &stage(11, 1, 1), &wanted, Some("bigger".into()), by("2026-03-05")).unwrap();
    let kept = &changed.passage;
    assert_eq!(
        (kept.amount, kept.expected_close, kept.owner),
        (Some(euros("150.00")), Some(day("2026-05-01")), Some(id(22)))
    );
    assert_eq!(
        (kept.event, kept.from_stage, kept.to_state),
        (OpportunityEvent::Change, Some(id(11)), OpportunityState::Open)
    );
    assert_eq!(kept.note.as_deref(), Some("bigger"));
    assert!(changed.why.mentions("opportunity.close_date_moved"));
    assert_eq!(passages[0].amount, Some(euros("100.00")));
    let next = change_stage(
        &changed.opportunity,
        &stage(11, 1, 1),
        &stage(12, 1, 2),
        OpportunityEvent::Advance,
        None,
        by("2026-03-06"),
    )
    .unwrap();
    assert_eq!(next.passage.forecast, Some(ForecastCategory::Commit));
    assert_eq!(next.passage.probability, Some(40));
}

#[test]
fn a_change_that_makes_no_sense_is_refused() {
    let (opportunity, _) = opened();
    let won = Opportunity { state: OpportunityState::Won, ..opportunity.clone() };
    let none = OpportunityChange::default();
    let foreign = OpportunityChange {
        amount: Some(Some(Money::parse("1", "CHF".parse().unwrap()).unwrap())),
        ..OpportunityChange::default()
    };
    let half = OpportunityChange { next_step: Some(Some("call".into())), ..OpportunityChange::default() };
    for (record, wanted, code) in [
        (&won, &none, "opportunity.illegal_passage"),
        (&opportunity, &foreign, "opportunity.currency"),
        (&opportunity, &half, "opportunity.next_step"),
    ] {
        let error = change(record, &stage(11, 1, 1), wanted, None, by("2026-03-05")).unwrap_err();
        assert_eq!(error.code(), code);
    }
    let early = Outcome { until: Some(day("2026-03-05")), ..Outcome::default() };
    let error =
        change_state(&opportunity, &stage(11, 1, 1), OpportunityEvent::Suspend, early, by("2026-03-05"));
    assert_eq!(error.unwrap_err().code(), "opportunity.until");
}

#[test]
fn a_change_is_read_from_json_and_null_empties() {
    let read: OpportunityChange =
        serde_json::from_str(r#"{"amount": null, "expected_close": "2026-05-01"}"#).unwrap();
    assert_eq!(
        (read.amount, read.expected_close, read.vehicles),
        (Some(None), Some(Some(day("2026-05-01"))), None)
    );
    assert!(serde_json::from_str::<OpportunityChange>(r#"{"state": "won"}"#).is_err());
}

#[test]
fn another_version_takes_over_into_one_of_its_stages() {
    let (opportunity, _) = opened();
    let moved = move_over(&opportunity, id(2), &stage(22, 2, 2), by("2026-03-05")).unwrap();
    assert_eq!((moved.opportunity.method, moved.opportunity.stage), (id(2), id(22)));
    assert_eq!(moved.opportunity.probability, 40);
    let foreign = move_over(&opportunity, id(2), &stage(12, 1, 2), by("2026-03-05"));
    assert_eq!(foreign.unwrap_err().code(), "opportunity.foreign_stage");
}

#[test]
fn what_is_stuck_says_why() {
    let (opportunity, mut passages) = opened();
    let first = stage(11, 1, 1);
    let told = |opportunity: &Opportunity, passages: &[Passage], today: &str| -> Vec<String> {
        let progress = progress(passages, day(today));
        reasons(opportunity, &first, progress, StuckLimits::default(), day(today))
            .into_iter()
            .map(|why| why.reason.into_owned())
            .collect()
    };
    assert_eq!(told(&opportunity, &passages, "2026-03-05"), ["stuck.no_next_step"]);
    let planned = OpportunityChange {
        next_step: Some(Some("call".into())),
        next_step_on: Some(Some(day("2026-03-10"))),
        ..OpportunityChange::default()
    };
    let step = change(&opportunity, &first, &planned, None, by("2026-03-05")).unwrap();
    passages.push(step.passage);
    let mut opportunity = step.opportunity;
    assert!(told(&opportunity, &passages, "2026-03-06").is_empty());
    assert_eq!(told(&opportunity, &passages, "2026-03-12"), ["stuck.next_step_overdue"]);
    // Fifteen days are one and a half times ten; the sixteenth is too long.
    assert_eq!(told(&opportunity, &passages, "2026-03-16").len(), 1);
    assert_eq!(told(&opportunity, &passages, "2026-03-17")[0], "stuck.too_long_in_stage");
    for close in ["2026-04-10", "2026-04-20", "2026-04-30"] {
        let pushed =
            OpportunityChange { expected_close: Some(Some(day(close))), ..OpportunityChange::default() };
        let step = change(&opportunity, &first, &pushed, None, by("2026-03-06")).unwrap();
        passages.push(step.passage);
        opportunity = step.opportunity;
    }
    assert_eq!(told(&opportunity, &passages, "2026-03-06"), ["slipping.pushed"]);
    assert!(told(&opportunity, &passages, "2026-05-02").contains(&"slipping.close_date_past".to_owned()));
    let aside = Outcome { until: Some(day("2026-06-01")), ..Outcome::default() };
    let step =
        change_state(&opportunity, &first, OpportunityEvent::Suspend, aside, by("2026-03-10")).unwrap();
    passages.push(step.passage);
    assert!(told(&step.opportunity, &passages, "2026-05-31").is_empty());
    assert_eq!(told(&step.opportunity, &passages, "2026-06-01"), ["stuck.resume_due"]);
    // Its clock stood still: nine days in the stage, not ninety.
    assert_eq!(progress(&passages, day("2026-06-01")).days_in_stage, 9);
}
