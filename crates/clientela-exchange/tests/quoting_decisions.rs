//! The decision table of `offer.return`, row by row.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

use clientela_exchange::quoting::canonical::fingerprint;
use clientela_exchange::quoting::decide::{
    Checks, Decision, Effect, KnownAffair, KnownDossier, KnownOpportunity, KnownState, offer_return,
};
use clientela_exchange::quoting::{
    Body, Digest, Dossier, DossierAction, FileAction, Message, OfferReturn, ProblemCode, QuotingProblem,
    ReturnStatus, Revision,
};
use serde_json::{Value, json};

const OLD: &[u8] = b"old file";
const NEWEST: &[u8] = b"newest file";
const SAVED: &[u8] = b"saved file";

/// Changes made to the usual case.
type Change = fn(&mut KnownState, &mut Value);

fn dossier(id: &str, revision: u32, price: &str) -> Value {
    json!({
        "dossier_id": id, "dossier_revision": revision, "status": "complete",
        "vehicle": {"model_code": "M", "quantity": 1},
        "items": [{"item_id": "1", "kind": "vehicle", "product_code": "M", "quantity": "1", "unit_list": price,
            "unit_net": price, "line_net": price, "vat": {"category": "E", "rate": "0"}}],
        "totals": {"net": price, "vat": "0", "gross": price, "payable": price},
        "valid_until": "2026-01-31"
    })
}

/// A session that started from the newest file, knew D-1 in revision 2 at 100.00, and returns it as it was.
fn usual() -> (KnownState, Value) {
    let content: Dossier = serde_json::from_value(dossier("D-1", 2, "100.00")).unwrap();
    let known = |id: &str, offer: &str| KnownDossier {
        dossier_id: id.parse().unwrap(),
        affair_id: "A-1".parse().unwrap(),
        dossier_revision: Revision::new(2).unwrap(),
        offer_id: offer.parse().unwrap(),
        offer_revision: Revision::new(5).unwrap(),
        fingerprint: fingerprint(&content).unwrap(),
        closed: false,
        withdrawn: false,
    };
    let state = KnownState {
        opportunity: Some(KnownOpportunity { crm_id: "O-1".parse().unwrap(), closed: false }),
        affair: Some(KnownAffair {
            affair_id: "A-1".parse().unwrap(),
            opportunity_crm_id: "O-1".parse().unwrap(),
            revision: Revision::new(3).unwrap(),
            currency: "EUR".parse().unwrap(),
            current_file: Some(Digest::of(NEWEST)),
        }),
        dossiers: vec![known("D-1", "Q-1")],
    };
    let body = json!({
        "exit": "saved", "affair_id": "A-1", "affair_revision": 4, "opportunity_crm_id": "O-1", "currency": "EUR",
        "rounding": "line", "dossiers_complete": true, "dossiers": [dossier("D-1", 2, "100.00")],
        "base_file_digest": Digest::of(NEWEST).to_string(),
        "file": {"filename": "a.rvi", "media_type": "application/octet-stream", "size": SAVED.len(),
            "digest": Digest::of(SAVED).to_string()},
    });
    (state, body)
}

/// The tool gives D-1 up.
fn cancel(body: &mut Value, revision: u32) {
    body["dossiers"][0] = dossier("D-1", revision, "100.00");
    body["dossiers"][0]["status"] = json!("cancelled");
}

fn decide(change: Change) -> (Decision, OfferReturn) {
    let (mut state, mut body) = usual();
    change(&mut state, &mut body);
    let body: OfferReturn = serde_json::from_value(body).unwrap();
    let decision = offer_return(&state, &body, &Checks::of(&body, Some(SAVED))).unwrap();
    (decision, body)
}

/// What each dossier's result says, as `dossier action revision problem`.
fn results(decision: &Decision) -> Vec<String> {
    let answer = decision.acknowledge(|_| "Q-NEW".parse().unwrap());
    answer
        .results
        .iter()
        .map(|result| {
            let revision = result.offer_revision.map_or("-".to_owned(), |revision| revision.to_string());
            let offer = result.offer_id.as_ref().map_or("-".to_owned(), ToString::to_string);
            let problem = result.problem.as_ref().map_or("-".to_owned(), |problem| problem.code.to_string());
            assert_eq!(result.action == DossierAction::Rejected, result.offer_revision.is_none());
            format!("{} {} {offer} {revision} {problem}", result.dossier_id, result.action)
        })
        .collect()
}

#[test]
fn the_table() {
    use ReturnStatus::{Accepted, PartlyAccepted, Rejected};
    let cases: Vec<(&str, Change, ReturnStatus, Vec<&str>, &str)> = vec![
        ("as it was", |_, _| {}, Accepted, vec!["D-1 unchanged Q-1 5 -"], "quoting.dossier.same_content"),
        (
            "only a title",
            |_, b| b["dossiers"][0]["title"] = json!("x"),
            Accepted,
            vec!["D-1 unchanged Q-1 5 -"],
            "quoting.dossier.same_content",
        ),
        (
            "same content, higher",
            |_, b| b["dossiers"][0]["dossier_revision"] = json!(9),
            Accepted,
            vec!["D-1 unchanged Q-1 5 -"],
            "quoting.dossier.same_content",
        ),
        (
            "same content, lower",
            |_, b| b["dossiers"][0]["dossier_revision"] = json!(1),
            Rejected,
            vec!["D-1 rejected Q-1 - DOSSIER_REVISION_STALE"],
            "quoting.dossier_revision_stale",
        ),
        (
            "new content, higher",
            |_, b| b["dossiers"][0] = dossier("D-1", 3, "90.00"),
            Accepted,
            vec!["D-1 revised Q-1 6 -"],
            "quoting.dossier.new_content",
        ),
        (
            "new content, same",
            |_, b| b["dossiers"][0] = dossier("D-1", 2, "90.00"),
            Rejected,
            vec!["D-1 rejected Q-1 - DOSSIER_REVISION_STALE"],
            "quoting.dossier_revision_stale",
        ),
        (
            "one of two rejected",
            |_, b| b["dossiers"] = json!([dossier("D-1", 2, "90.00"), dossier("D-2", 1, "80.00")]),
            PartlyAccepted,
            vec!["D-1 rejected Q-1 - DOSSIER_REVISION_STALE", "D-2 created Q-NEW 1 -"],
            "quoting.dossier.new",
        ),
        (
            "closed offer",
            |s, b| {
                s.dossiers[0].closed = true;
                b["dossiers"][0] = dossier("D-1", 3, "90.00");
            },
            Rejected,
            vec!["D-1 rejected Q-1 - OFFER_CLOSED"],
            "quoting.offer_closed",
        ),
        (
            "closed offer, new one allowed",
            |s, b| {
                s.dossiers[0].closed = true;
                b["dossiers"][0] = dossier("D-1", 3, "90.00");
                b["allow_new_offer_when_closed"] = json!(true);
            },
            Accepted,
            vec!["D-1 created Q-NEW 1 -"],
            "quoting.dossier.new_after_closed",
        ),
        (
            "closed offer, stale all the same",
            |s, b| {
                s.dossiers[0].closed = true;
                b["dossiers"][0] = dossier("D-1", 2, "90.00");
                b["allow_new_offer_when_closed"] = json!(true);
            },
            Rejected,
            vec!["D-1 rejected Q-1 - DOSSIER_REVISION_STALE"],
            "quoting.dossier_revision_stale",
        ),
        (
            "closed offer, as it was",
            |s, _| s.dossiers[0].closed = true,
            Accepted,
            vec!["D-1 unchanged Q-1 5 -"],
            "quoting.dossier.same_content",
        ),
        (
            "under another affair",
            |s, _| s.dossiers[0].affair_id = "A-2".parse().unwrap(),
            Rejected,
            vec!["D-1 rejected Q-1 - DOSSIER_MOVED"],
            "quoting.dossier_moved",
        ),
        (
            "the same number in this affair and in another",
            |s, _| {
                let mut other = s.dossiers[0].clone();
                other.affair_id = "A-2".parse().unwrap();
                s.dossiers.push(other);
            },
            Accepted,
            vec!["D-1 unchanged Q-1 5 -"],
            "quoting.dossier.same_content",
        ),
        (
            "gone",
            |_, b| b["dossiers"] = json!([]),
            Accepted,
            vec!["D-1 withdrawn Q-1 5 -"],
            "quoting.dossier.gone",
        ),
        (
            "gone, but the list is not complete",
            |_, b| {
                b["dossiers"] = json!([]);
                b["dossiers_complete"] = json!(false);
            },
            Accepted,
            vec![],
            "quoting.file.newer",
        ),
        (
            "gone, but the session started from an older file",
            |_, b| {
                b["dossiers"] = json!([]);
                b["base_file_digest"] = json!(Digest::of(OLD).to_string());
            },
            PartlyAccepted,
            vec![],
            "quoting.return.not_current",
        ),
        (
            "gone, but the message is older than the affair",
            |_, b| {
                b["dossiers"] = json!([]);
                b["affair_revision"] = json!(2);
            },
            Accepted,
            vec![],
            "quoting.return.not_current",
        ),
        (
            "gone, but closed",
            |s, b| {
                s.dossiers[0].closed = true;
                b["dossiers"] = json!([]);
            },
            Accepted,
            vec![],
            "quoting.file.newer",
        ),
        (
            "gone a second time",
            |s, b| {
                s.dossiers[0].withdrawn = true;
                b["dossiers"] = json!([]);
            },
            Accepted,
            vec![],
            "quoting.file.newer",
        ),
        (
            "all rejected, one withdrawn",
            |s, b| {
                let mut other = s.dossiers[0].clone();
                other.dossier_id = "D-2".parse().unwrap();
                other.offer_id = "Q-2".parse().unwrap();
                s.dossiers.push(other);
                b["dossiers"][0] = dossier("D-1", 2, "90.00");
            },
            PartlyAccepted,
            vec!["D-1 rejected Q-1 - DOSSIER_REVISION_STALE", "D-2 withdrawn Q-2 5 -"],
            "quoting.dossier.gone",
        ),
        (
            "twice in one message",
            |_, b| b["dossiers"] = json!([dossier("D-1", 2, "100.00"), dossier("D-1", 3, "90.00")]),
            PartlyAccepted,
            vec!["D-1 unchanged Q-1 5 -", "D-1 rejected Q-1 - SCHEMA_INVALID"],
            "quoting.schema_invalid",
        ),
        (
            "closed opportunity, something new",
            |s, b| {
                s.opportunity.as_mut().unwrap().closed = true;
                b["dossiers"] = json!([dossier("D-1", 3, "90.00"), dossier("D-2", 1, "80.00")]);
            },
            Rejected,
            vec!["D-1 rejected Q-1 - OPPORTUNITY_CLOSED", "D-2 rejected - - OPPORTUNITY_CLOSED"],
            "quoting.opportunity_closed",
        ),
        (
            "closed opportunity, nothing new and nothing withdrawn",
            |s, b| {
                s.opportunity.as_mut().unwrap().closed = true;
                let mut other = s.dossiers[0].clone();
                other.dossier_id = "D-2".parse().unwrap();
                s.dossiers.push(other);
                b["exit"] = json!("recovered");
            },
            Accepted,
            vec!["D-1 unchanged Q-1 5 -"],
            "quoting.dossier.same_content",
        ),
        (
            "figures that do not add up",
            |_, b| {
                b["dossiers"][0] = dossier("D-1", 3, "90.00");
                b["dossiers"][0]["totals"]["net"] = json!("91.00");
            },
            PartlyAccepted,
            vec!["D-1 revised Q-1 6 TOTALS_MISMATCH"],
            "quoting.totals.differs",
        ),
        (
            "cancelled",
            |_, b| cancel(b, 3),
            Accepted,
            vec!["D-1 withdrawn Q-1 5 -"],
            "quoting.dossier.cancelled",
        ),
        (
            "cancelled, with figures nobody will see",
            |_, b| {
                cancel(b, 3);
                b["dossiers"][0]["totals"]["net"] = json!("91.00");
            },
            Accepted,
            vec!["D-1 withdrawn Q-1 5 -"],
            "quoting.dossier.cancelled",
        ),
        (
            "cancelled, but not newer",
            |_, b| cancel(b, 2),
            Rejected,
            vec!["D-1 rejected Q-1 - DOSSIER_REVISION_STALE"],
            "quoting.dossier_revision_stale",
        ),
        (
            "cancelled a second time",
            |s, b| {
                s.dossiers[0].withdrawn = true;
                cancel(b, 2);
            },
            Accepted,
            vec!["D-1 withdrawn Q-1 5 -"],
            "quoting.dossier.cancelled",
        ),
        (
            "cancelled, but answered",
            |s, b| {
                s.dossiers[0].closed = true;
                b["allow_new_offer_when_closed"] = json!(true);
                cancel(b, 3);
            },
            Rejected,
            vec!["D-1 rejected Q-1 - OFFER_CLOSED"],
            "quoting.offer_closed",
        ),
        (
            "cancelled under another affair",
            |s, b| {
                s.dossiers[0].affair_id = "A-2".parse().unwrap();
                cancel(b, 3);
            },
            Rejected,
            vec!["D-1 rejected Q-1 - DOSSIER_MOVED"],
            "quoting.dossier_moved",
        ),
        (
            "cancelled in a closed opportunity",
            |s, b| {
                s.opportunity.as_mut().unwrap().closed = true;
                cancel(b, 3);
            },
            Rejected,
            vec!["D-1 rejected Q-1 - OPPORTUNITY_CLOSED"],
            "quoting.opportunity_closed",
        ),
        (
            "cancelled before it was an offer",
            |s, b| {
                s.dossiers.clear();
                cancel(b, 1);
            },
            Rejected,
            vec!["D-1 rejected - - SCHEMA_INVALID"],
            "quoting.schema_invalid",
        ),
        (
            "discarded",
            |_, b| {
                b["exit"] = json!("discarded");
                b["dossiers"] = json!([]);
            },
            Accepted,
            vec![],
            "quoting.session.discarded",
        ),
    ];
    for (name, change, status, expected, reason) in cases {
        let (decision, _) = decide(change);
        assert_eq!(
            (decision.status, results(&decision)),
            (status, expected.into_iter().map(str::to_owned).collect()),
            "{name}"
        );
        let why = decision.why.mentions(reason)
            || decision.dossiers.iter().any(|dossier| dossier.why.mentions(reason));
        assert!(why, "{name}: {} {:?}", decision.why, decision.dossiers);
    }
}

#[test]
fn what_cannot_be_carried_out_is_refused_alone() {
    let problem = |code| QuotingProblem::new(code, "cannot be an offer");
    let (mut decision, _) = decide(|_, b| {
        b["dossiers"] = json!([dossier("D-1", 3, "90.00"), dossier("D-2", 1, "80.00")]);
    });
    assert_eq!(decision.status, ReturnStatus::Accepted);
    decision.refuse(9, problem(ProblemCode::SchemaInvalid));
    assert_eq!(decision.status, ReturnStatus::Accepted);
    decision.refuse(1, problem(ProblemCode::SchemaInvalid));
    assert_eq!(decision.status, ReturnStatus::PartlyAccepted);
    assert_eq!(results(&decision), ["D-1 revised Q-1 6 -", "D-2 rejected - - SCHEMA_INVALID"]);
    decision.refuse(0, problem(ProblemCode::TotalsMismatch));
    assert_eq!(decision.status, ReturnStatus::Rejected);
    assert_eq!(results(&decision), ["D-1 rejected Q-1 - TOTALS_MISMATCH", "D-2 rejected - - SCHEMA_INVALID"]);
    assert!(decision.dossiers[0].why.mentions("quoting.totals_mismatch"));
}

#[test]
fn a_whole_message_is_refused_in_a_fixed_order() {
    let cases: Vec<(Change, ProblemCode, &str)> = vec![
        (|s, _| *s = KnownState::default(), ProblemCode::UnknownOpportunity, "/body/opportunity_crm_id"),
        (|s, _| s.affair = None, ProblemCode::UnknownAffair, "/body/affair_id"),
        (
            |s, _| s.affair.as_mut().unwrap().opportunity_crm_id = "O-2".parse().unwrap(),
            ProblemCode::UnknownAffair,
            "/body/opportunity_crm_id",
        ),
        (|_, b| b["currency"] = json!("CHF"), ProblemCode::CurrencyMismatch, "/body/currency"),
        (|_, b| b["file"]["size"] = json!(1), ProblemCode::FileDigestMismatch, "/body/file/size"),
        (
            |_, b| b["file"]["digest"] = json!(Digest::of(OLD).to_string()),
            ProblemCode::FileDigestMismatch,
            "/body/file/digest",
        ),
    ];
    for (change, code, path) in cases {
        let (decision, _) = decide(change);
        let problem = decision.problem.as_ref().unwrap();
        assert_eq!((problem.code, problem.path.as_deref()), (code, Some(path)));
        assert_eq!(
            (decision.status, decision.file_action),
            (ReturnStatus::Rejected, Some(FileAction::Refused))
        );
        assert!(decision.dossiers.is_empty() && decision.affair_revision.is_none());
    }
}

#[test]
fn files_are_kept_and_never_overwritten() {
    use FileAction::{AlreadyStored, KeptAsConflict, Stored};
    let cases: Vec<(&str, Change, FileAction)> = vec![
        ("from the newest", |_, _| {}, Stored),
        ("the first", |s, _| s.affair.as_mut().unwrap().current_file = None, Stored),
        (
            "the newest itself",
            |s, _| s.affair.as_mut().unwrap().current_file = Some(Digest::of(SAVED)),
            AlreadyStored,
        ),
        ("from an older", |_, b| b["base_file_digest"] = json!(Digest::of(OLD).to_string()), KeptAsConflict),
        (
            "from nothing known",
            |_, b| drop(b.as_object_mut().unwrap().remove("base_file_digest")),
            KeptAsConflict,
        ),
    ];
    for (name, change, action) in cases {
        let (decision, _) = decide(change);
        assert_eq!(decision.file_action, Some(action), "{name}");
        let diverged = decision.problem.is_some_and(|problem| problem.code == ProblemCode::FileDiverged);
        assert_eq!(diverged, action == KeptAsConflict, "{name}");
    }
}

#[test]
fn a_withdrawn_offer_is_taken_up_by_a_session_that_knew_of_it() {
    let reinstated = |change: Change| match &decide(change).0.dossiers[0].effect {
        Effect::Unchanged { reinstated, .. } => *reinstated,
        other => panic!("{other:?}"),
    };
    assert!(reinstated(|s, _| s.dossiers[0].withdrawn = true));
    assert!(!reinstated(|_, _| {}));
    assert!(!reinstated(|s, b| {
        s.dossiers[0].withdrawn = true;
        b["base_file_digest"] = json!(Digest::of(OLD).to_string());
    }));
}

#[test]
fn only_complete_dossiers_that_add_up_may_be_shown() {
    let presentable = |change: Change| match &decide(change).0.dossiers[0].effect {
        Effect::ReviseOffer { presentable, .. } => *presentable,
        other => panic!("{other:?}"),
    };
    assert!(presentable(|_, b| b["dossiers"][0] = dossier("D-1", 3, "90.00")));
    assert!(!presentable(|_, b| {
        b["dossiers"][0] = dossier("D-1", 3, "90.00");
        b["dossiers"][0]["status"] = json!("draft");
    }));
    assert!(!presentable(|_, b| {
        b["dossiers"][0] = dossier("D-1", 3, "90.00");
        b["dossiers"][0]["items"][0]["line_net"] = json!("90.03");
    }));
    let (decision, _) = decide(|_, b| {
        b["dossiers"][0] = dossier("D-1", 3, "90.00");
        b["dossiers"][0]["items"][0]["line_net"] = json!("90.02");
    });
    let answer = decision.acknowledge(|_| unreachable!("nothing is created"));
    let warning = &answer.results[0].warnings.as_ref().unwrap()[0];
    assert_eq!(warning.path.as_ref().unwrap().as_str(), "/body/dossiers/0/items/0/line_net");
    assert_eq!(warning.text.as_str(), "stated 90.02, computed 90.00");
}

#[test]
fn a_file_said_to_be_too_large_is_named_as_such() {
    let (_, mut body) = usual();
    body["file"]["size"] = json!(67_108_865);
    let message = json!({
        "contract": "quoting-exchange/1", "message": "offer.return", "message_id": "ec31682f-de56-4917-852f-f78a7a8adeff",
        "sent_at": "2025-03-04T09:00:00+01:00", "sender": {"system": "quoting", "version": "4"}, "dealer_code": "D-1",
        "body": body,
    });
    let problem = Message::parse(message.to_string().as_bytes()).unwrap_err();
    assert_eq!((problem.code, problem.path.as_deref()), (ProblemCode::FileTooLarge, Some("/body/file/size")));
    let mut fits = message;
    fits["body"]["file"]["size"] = json!(67_108_864);
    assert!(matches!(Message::parse(fits.to_string().as_bytes()).unwrap().body, Body::OfferReturn(_)));
}
