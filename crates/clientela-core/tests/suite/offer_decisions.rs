//! Decisions about an offer, from draft to accepted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use crate::support;

use clientela_core::ids::{CustomerId, OfferId, OpportunityId, PositionId, UnitId, UserId};
use clientela_core::sales::offer::{
    By, Change, NewOffer, OfferError, OfferEvent, Revision, Version, accept, draft, expire, in_approval,
    issue, refuse, reopen, revise, transition, void, withdraw,
};
use clientela_core::sales::waterfall::{OfferInput, StatedLine, StatedTotals, Verdict, price};
use clientela_core::sales::{Offer, OfferState, PriceStepKind};
use clientela_model::{ClosedList, Coded, EntityId, Money};
use support::{currency, day, euro, three_tractors};
use uuid::Uuid;

fn ids() -> impl FnMut() -> Uuid {
    let mut next = 0_u128;
    move || {
        next += 1;
        Uuid::from_u128(next)
    }
}

fn on(today: &str) -> By {
    By {
        user: UserId::from_uuid(Uuid::from_u128(7)),
        at: format!("{today}T10:00:00Z").parse().unwrap(),
        today: day(today),
    }
}

fn new_offer() -> NewOffer {
    let id = Uuid::from_u128(1 << 80);
    NewOffer {
        id: OfferId::from_uuid(id),
        number: "O-2026-0001".to_owned(),
        opportunity: OpportunityId::from_uuid(id),
        customer: CustomerId::from_uuid(id),
        owner: PositionId::from_uuid(id),
        unit: UnitId::from_uuid(id),
        currency: currency("EUR"),
        valid_until: day("2026-04-03"),
        affair: None,
        dossier: None,
        dossier_revision: None,
        title: Some("3 tractors".to_owned()),
        note: None,
        follows: None,
    }
}

fn drafted(input: &OfferInput, stated: Option<&StatedTotals>) -> Version {
    draft(new_offer(), input, stated, &mut ids(), on("2026-03-04")).unwrap()
}

fn in_state(state: OfferState) -> Offer {
    Offer { state, ..drafted(&three_tractors(), None).offer }
}

fn revision() -> Revision {
    Revision { valid_until: day("2026-05-01"), dossier_revision: None, title: None, note: None }
}

fn stated() -> StatedTotals {
    StatedTotals {
        net: euro("336911.04"),
        tax: euro("74120.43"),
        gross: euro("411031.47"),
        settled: Some(euro("14000.00")),
        payable: euro("397031.47"),
        lines: vec![
            StatedLine { line: "1".to_owned(), unit_net: euro("98753.68"), line_net: euro("296261.04") },
            StatedLine { line: "1.1".to_owned(), unit_net: euro("0.00"), line_net: euro("0.00") },
        ],
    }
}

#[test]
fn a_draft_has_its_totals_items_and_steps() {
    let version = drafted(&three_tractors(), None);
    let offer = &version.offer;
    assert_eq!((offer.state, offer.revision, offer.totals_disputed), (OfferState::Draft, 1, false));
    assert_eq!(
        [offer.net, offer.tax, offer.gross, offer.payable].map(|amount| amount.amount().to_string()),
        ["336911.04", "74120.43", "411031.47", "397031.47"]
    );
    let lines: Vec<(&str, Option<&str>, String, String, bool)> = version
        .items
        .iter()
        .map(|item| {
            let (quantity, net) = (item.quantity.to_string(), item.line_net.amount().to_string());
            (item.line.as_str(), item.parent_line.as_deref(), quantity, net, item.included)
        })
        .collect();
    let expected = [
        ("1", None, "3", "296261.04", false),
        ("1.1", Some("1"), "3", "0.00", true),
        ("1.2", Some("1"), "3", "0.00", true),
        ("2", None, "3", "2850.00", false),
        ("3", None, "3", "37800.00", false),
    ];
    assert_eq!(lines, expected.map(|row| (row.0, row.1, row.2.to_owned(), row.3.to_owned(), row.4)));
    let steps: Vec<(Option<&str>, u16, PriceStepKind, String, String)> = version
        .steps
        .iter()
        .map(|step| {
            let (amount, running) = (step.amount.amount().to_string(), step.running.amount().to_string());
            (step.line.as_deref(), step.sequence, step.kind, amount, running)
        })
        .collect();
    use PriceStepKind as K;
    let expected = [
        (Some("1"), 1, K::List, "98500.00", "98500.00"),
        (Some("1"), 2, K::Options, "8050.00", "106550.00"),
        (Some("1"), 3, K::Campaign, "-4262.00", "102288.00"),
        (Some("1"), 4, K::Volume, "-1534.32", "100753.68"),
        (Some("1"), 5, K::Manual, "-2000.00", "98753.68"),
        (Some("2"), 1, K::List, "950.00", "950.00"),
        (Some("3"), 1, K::List, "12600.00", "12600.00"),
        (None, 1, K::Tax, "74120.43", "411031.47"),
        (None, 2, K::Settlement, "-14000.00", "397031.47"),
    ];
    assert_eq!(steps, expected.map(|row| (row.0, row.1, row.2, row.3.to_owned(), row.4.to_owned())));
    assert!(version.why.mentions("price.campaign"));
}

#[test]
fn every_decision_follows_the_machine() {
    let current = drafted(&three_tractors(), None).revision;
    for state in OfferState::ALL {
        for event in OfferEvent::ALL {
            let offer = in_state(*state);
            let (today, late) = (on("2026-03-10"), on("2026-04-04"));
            let to = |change: Result<Change, OfferError>| {
                change.map(|change| {
                    assert_eq!((change.event, change.from), (*event, *state));
                    change.offer.state
                })
            };
            let outcome = match event {
                OfferEvent::Issue => to(issue(&offer, 3, today)),
                OfferEvent::Accept => to(accept(&offer, today)),
                OfferEvent::Refuse => to(refuse(&offer, today)),
                OfferEvent::Expire => to(expire(&offer, late)),
                OfferEvent::Withdraw => to(withdraw(&offer, today)),
                OfferEvent::Reopen => to(reopen(&offer, today)),
                OfferEvent::Void => to(void(&offer, &[], &|_| true, "he backs out", today)),
                OfferEvent::Submit | OfferEvent::Approve | OfferEvent::SendBack => {
                    to(in_approval(&offer, *event, today))
                }
                OfferEvent::Revise => {
                    revise(&offer, &current, &three_tractors(), revision(), None, &mut ids(), today)
                        .map(|version| version.offer.state)
                }
            };
            match (outcome, transition(*state, *event)) {
                (Ok(reached), Some(expected)) => assert_eq!(reached, expected, "{state} {event}"),
                (Err(error), None) => {
                    assert_eq!(error.code(), "offer.illegal_passage", "{state} {event}");
                    assert_eq!(error.entity(), Some(offer.id.uuid()));
                    assert_eq!(error.why().unwrap().value("event"), Some(event.word()));
                }
                (outcome, expected) => panic!("{state} {event}: {outcome:?} for {expected:?}"),
            }
        }
    }
}

#[test]
fn moments_are_kept_and_voided() {
    let version = drafted(&three_tractors(), None);
    let issued = issue(&version.offer, 3, on("2026-03-05")).unwrap().offer;
    assert_eq!((issued.issued_at, issued.decided_at), (Some(on("2026-03-05").at), None));
    let accepted = accept(&issued, on("2026-04-03")).unwrap().offer;
    assert_eq!((accepted.issued_at, accepted.decided_at), (issued.issued_at, Some(on("2026-04-03").at)));
    let mut input = three_tractors();
    input.items[0].quantity = 4.into();
    let again =
        revise(&issued, &version.revision, &input, revision(), None, &mut ids(), on("2026-03-06")).unwrap();
    assert_eq!((again.offer.revision, again.offer.state), (2, OfferState::Draft));
    assert_eq!((again.offer.issued_at, again.offer.valid_until), (None, day("2026-05-01")));
    assert_eq!((again.revision.revision, again.items[0].revision, again.steps[0].revision), (2, 2, 2));
    assert_ne!(again.revision.fingerprint, version.revision.fingerprint);
    assert!(again.why.mentions("offer.issue_void"));
    let refused = refuse(&issued, on("2026-03-06")).unwrap().offer;
    let reopened = reopen(&refused, on("2026-03-07")).unwrap().offer;
    assert_eq!((reopened.issued_at, reopened.decided_at), (None, None));
}

#[test]
fn what_is_refused_says_so_in_order() {
    let offer = drafted(&three_tractors(), None).offer;
    let issued = Offer { state: OfferState::Issued, ..offer.clone() };
    let disputed = Offer { totals_disputed: true, ..offer.clone() };
    let incomplete = Offer { dossier_complete: Some(false), ..disputed.clone() };
    let (in_time, last_day, late) = (on("2026-03-05"), on("2026-04-03"), on("2026-04-04"));
    let cases: [(&str, Result<Change, OfferError>, &str, &str); 8] = [
        ("no items go before a draft of the tool", issue(&incomplete, 0, late), "offer.empty", "items"),
        (
            "a draft of the tool goes before disputed totals",
            issue(&incomplete, 1, late),
            "offer.incomplete",
            "dossier_complete",
        ),
        ("no items go before disputed totals", issue(&disputed, 0, late), "offer.empty", "items"),
        ("disputed goes before late", issue(&disputed, 1, late), "offer.totals_disputed", "totals_disputed"),
        ("issued late", issue(&offer, 1, late), "offer.expired", "valid_until"),
        ("accepted late", accept(&issued, late), "offer.expired", "valid_until"),
        ("expired early", expire(&issued, last_day), "offer.still_valid", "valid_until"),
        ("not possible goes first", accept(&disputed, late), "offer.illegal_passage", "state"),
    ];
    for (what, outcome, code, field) in cases {
        let error = outcome.expect_err(what);
        assert_eq!((error.code(), error.field().as_deref()), (code, Some(field)), "{what}");
        assert_eq!(error.why().is_some(), code != "offer.empty", "{what}");
    }
    issue(&offer, 1, last_day).unwrap();
    issue(&Offer { dossier_complete: Some(true), ..offer.clone() }, 1, last_day).unwrap();
    accept(&issued, in_time).unwrap();
}

#[test]
fn a_draft_or_version_that_cannot_be_is_refused() {
    let by = on("2026-03-04");
    let franc = NewOffer { currency: currency("CHF"), ..new_offer() };
    let error = draft(franc, &three_tractors(), None, &mut ids(), by).unwrap_err();
    assert_eq!(error.code(), "offer.currency");
    let past = NewOffer { valid_until: day("2026-03-03"), ..new_offer() };
    let error = draft(past, &three_tractors(), None, &mut ids(), by).unwrap_err();
    assert_eq!(error.code(), "offer.validity");
    let mut wrong = three_tractors();
    wrong.items[1].line = "1".into();
    let error = draft(new_offer(), &wrong, None, &mut ids(), by).unwrap_err();
    assert_eq!((error.code(), error.field().as_deref()), ("offer.line_duplicate", Some("items[1].line")));

    let version = drafted(&three_tractors(), None);
    let revised = |input: &OfferInput, valid_until: &str| {
        let revision = Revision { valid_until: day(valid_until), ..revision() };
        revise(&version.offer, &version.revision, input, revision, None, &mut ids(), by)
    };
    let same = three_tractors();
    assert_eq!(revised(&same, "2026-04-03").unwrap_err().code(), "offer.unchanged");
    assert_eq!(revised(&same, "2026-04-04").unwrap().offer.valid_until, day("2026-04-04"));
    let of_tool = Offer { dossier_revision: Some(4), ..version.offer.clone() };
    let returned = |dossier_revision: Option<u32>| {
        let revision = Revision { valid_until: of_tool.valid_until, dossier_revision, ..revision() };
        revise(&of_tool, &version.revision, &same, revision, None, &mut ids(), by)
    };
    assert_eq!(returned(None).unwrap_err().code(), "offer.unchanged");
    assert_eq!(returned(Some(4)).unwrap_err().code(), "offer.unchanged");
    let again = returned(Some(5)).unwrap().offer;
    assert_eq!((again.revision, again.dossier_revision), (2, Some(5)));
    let mut stale = version.revision.clone();
    stale.revision = 0;
    let error = revise(&version.offer, &stale, &same, revision(), None, &mut ids(), by).unwrap_err();
    assert_eq!(error.code(), "offer.stale_revision");
}

#[test]
fn stated_totals_are_kept_compared_and_disputed() {
    type Change = fn(&mut StatedTotals);
    let cases: [(&str, Change, Verdict, usize); 7] = [
        ("the same", |_| {}, Verdict::Equal, 0),
        ("two cents on a line", |t| t.lines[0].line_net = euro("296261.06"), Verdict::Tolerated, 1),
        ("three cents on a line", |t| t.lines[0].line_net = euro("296261.07"), Verdict::Disputed, 1),
        ("a euro of tax", |t| t.tax = euro("74119.43"), Verdict::Tolerated, 1),
        ("a euro and a cent", |t| t.tax = euro("74119.42"), Verdict::Disputed, 1),
        ("another trade-in", |t| t.settled = Some(euro("14000.01")), Verdict::Disputed, 1),
        (
            "a line we do not have",
            |t| t.lines.push(StatedLine { line: "9".to_owned(), unit_net: euro("1"), line_net: euro("1") }),
            Verdict::Disputed,
            1,
        ),
    ];
    for (what, change, verdict, differences) in cases {
        let mut stated = stated();
        change(&mut stated);
        let version = drafted(&three_tractors(), Some(&stated));
        let comparison = version.comparison.as_ref().unwrap();
        assert_eq!((comparison.verdict, comparison.differences.len()), (verdict, differences), "{what}");
        assert_eq!(version.offer.totals_disputed, verdict == Verdict::Disputed, "{what}");
        assert_eq!((version.offer.tax, version.revision.tax), (stated.tax, stated.tax), "{what}");
        assert_eq!(version.items[0].line_net, stated.lines[0].line_net, "{what}");
        assert_eq!(version.why.mentions("offer.totals_differ"), differences > 0, "{what}");
        let issued = issue(&version.offer, 3, on("2026-03-05"));
        assert_eq!(issued.is_err(), verdict == Verdict::Disputed, "{what}");
    }
    let franc = StatedTotals { net: Money::new(1.into(), currency("CHF")), ..stated() };
    assert!(drafted(&three_tractors(), Some(&franc)).offer.totals_disputed);
}

#[test]
fn a_version_states_the_price_it_was_made_of() {
    let input = three_tractors();
    let version = drafted(&input, None);
    assert_eq!(version.priced, price(&input).unwrap());
    assert_eq!(version.revision.title.as_deref(), Some("3 tractors"));
    assert_eq!(version.revision.at, on("2026-03-04").at);
}
