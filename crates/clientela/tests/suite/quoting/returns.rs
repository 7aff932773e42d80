//! What returned dossiers do to offers.

use super::network::Network;
use super::tool::{Tool, all, dossier, inside, item, of_items, offer, receive, results, run};
use clientela::Command;
use clientela::core::sales::{Offer, OfferItem, OfferState};
use serde_json::{Value, json};

fn opened(network: &Network) -> Tool {
    Tool::open(network.seller(), "D-0042", "O-3001")
}

fn issue(tool: &Tool) -> Result<(), clientela::Error> {
    let number = offer(&tool.session, "D-1").unwrap().number;
    let command = json!({"command": "offer.issue", "offer": number});
    tool.session.run(&Command::from_json(&command.to_string()).unwrap()).map(drop)
}

#[test]
fn a_draft_of_the_tool_is_not_issued_before_it_is_complete() {
    let network = Network::new();
    let mut tool = opened(&network);
    let mut draft = dossier("D-1", 1, "100.00");
    draft["status"] = json!("draft");
    assert_eq!(results(&tool.leave(json!([draft]))), ["D-1 created 1 -"]);
    assert_eq!(issue(&tool).unwrap_err().code(), "offer.incomplete");
    // A discount by hand does not complete what the tool still works on.
    let number = offer(&tool.session, "D-1").unwrap().number;
    run(
        &tool.session,
        json!({"command": "offer.discount", "offer": number, "percent": "1", "reason": "haggled"}),
    );
    assert_eq!(issue(&tool).unwrap_err().code(), "offer.incomplete");
    assert_eq!(results(&tool.leave(json!([dossier("D-1", 2, "100.00")]))), ["D-1 revised 3 -"]);
    issue(&tool).unwrap();
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn what_only_the_tool_judges_makes_the_version_the_answer_promises() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 4] = [
        ("completed", |dossier| dossier["status"] = json!("complete")),
        ("delivered later", |dossier| dossier["delivery_weeks"] = json!(20)),
        ("another label", |dossier| dossier["items"][0]["label"] = json!("Tractor")),
        ("another price list", |dossier| dossier["price_list"] = json!("2026-2")),
    ];
    let network = Network::new();
    let mut tool = opened(&network);
    let mut content = dossier("D-1", 1, "100.00");
    content["status"] = json!("draft");
    assert_eq!(results(&tool.leave(json!([content]))), ["D-1 created 1 -"]);
    for (what, change) in cases {
        let revision = content["dossier_revision"].as_u64().unwrap() + 1;
        content["dossier_revision"] = json!(revision);
        change(&mut content);
        assert_eq!(results(&tool.leave(json!([content]))), [format!("D-1 revised {revision} -")], "{what}");
        let kept = offer(&tool.session, "D-1").unwrap();
        assert_eq!(
            (u64::from(kept.revision), kept.dossier_revision.map(u64::from)),
            (revision, Some(revision))
        );
        assert_eq!(results(&tool.leave(json!([content]))), [format!("D-1 unchanged {revision} -")], "{what}");
    }
}

#[test]
fn a_dossier_that_cannot_be_an_offer_is_rejected_alone() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change, &str, &str); 14] = [
        (
            "ends before it begins",
            |d| d["valid_until"] = json!("2026-01-01"),
            "SCHEMA_INVALID",
            "/valid_until",
        ),
        (
            "goes with what is not there",
            |d| d["items"][0]["parent_item_id"] = json!("7"),
            "SCHEMA_INVALID",
            "",
        ),
        (
            "is inside what is not there",
            |d| d["items"].as_array_mut().unwrap().push(inside("1.1", "7", "1", "5")),
            "SCHEMA_INVALID",
            "/items/1",
        ),
        (
            "is inside nothing",
            |d| {
                let mut lost = inside("1.1", "1", "1", "5");
                lost.as_object_mut().unwrap().remove("parent_item_id");
                d["items"].as_array_mut().unwrap().push(lost);
            },
            "SCHEMA_INVALID",
            "/items/1",
        ),
        (
            "is inside something that is inside what is not there",
            |d| {
                let parts = [inside("1.1", "1.2", "1", "5"), inside("1.2", "7", "1", "5")];
                d["items"].as_array_mut().unwrap().extend(parts);
            },
            "SCHEMA_INVALID",
            "/items/1",
        ),
        (
            "is inside itself",
            |d| {
                let parts = [inside("1.1", "1.2", "1", "5"), inside("1.2", "1.1", "1", "5")];
                d["items"].as_array_mut().unwrap().extend(parts);
            },
            "SCHEMA_INVALID",
            "/items/1",
        ),
        (
            "has an item twice",
            |d| d["items"].as_array_mut().unwrap().push(item("1", "1", "5", "5")),
            "SCHEMA_INVALID",
            "",
        ),
        (
            "takes more than all away",
            |d| {
                d["items"][0]["adjustments"] = json!([{"code": "X", "kind": "manual", "order": 1, "amount": "101",
                    "percent": "101", "basis": "list"}]);
            },
            "TOTALS_MISMATCH",
            "",
        ),
        (
            "has a rate where there is none",
            |d| d["items"][0]["vat"]["rate"] = json!("22"),
            "SCHEMA_INVALID",
            "",
        ),
        ("settles what no coin is for", |d| d["totals"]["deposit"] = json!("0.001"), "SCHEMA_INVALID", ""),
        ("has an endless title", |d| d["title"] = json!("x".repeat(100_000)), "SCHEMA_INVALID", ""),
        ("rings a bell", |d| d["notes"] = json!("\u{7}"), "SCHEMA_INVALID", ""),
        (
            "has too many digits",
            |d| d["totals"]["net"] = json!("99999999999999.999999"),
            "TOTALS_MISMATCH",
            "",
        ),
        (
            "is of the year 0",
            |d| {
                d["price_date"] = json!("0000-01-01");
                d["valid_until"] = json!("0000-01-01");
            },
            "SCHEMA_INVALID",
            "",
        ),
    ];
    let network = Network::new();
    let mut tool = opened(&network);
    assert_eq!(results(&tool.leave(json!([dossier("D-1", 1, "100.00")]))), ["D-1 created 1 -"]);
    let first: u32 = offer(&tool.session, "D-1").unwrap().number.trim_start_matches("Q-").parse().unwrap();
    for (at, (what, change, code, path)) in cases.into_iter().enumerate() {
        // A new dossier and a known one, both of which cannot be; and one that can.
        let (mut new, mut known) = (dossier("D-NEW", 1, "90.00"), dossier("D-1", 2, "90.00"));
        change(&mut new);
        change(&mut known);
        let good = format!("D-{}", at + 2);
        let mut answer_to =
            tool.handed_over(json!([new, known, dossier(&good, 1, "80.00")]), what.as_bytes());
        answer_to["body"]["dossiers_complete"] = json!(false);
        let body = receive(&tool.session, &answer_to, None)["body"].clone();
        let expected = [
            format!("D-NEW rejected - {code}"),
            format!("D-1 rejected - {code}"),
            format!("{good} created 1 -"),
        ];
        assert_eq!(results(&body), expected, "{what}: {body}");
        assert_eq!(body["status"], "partly_accepted", "{what}");
        assert_eq!(body["results"][0]["problem"]["path"], format!("/body/dossiers/0{path}"), "{what}");
        assert!(!body["results"][0]["problem"]["text"].as_str().unwrap().is_empty(), "{what}");
        assert_eq!(body["results"][1]["offer_id"], format!("Q-{first}"), "{what}");
        assert_eq!(offer(&tool.session, "D-1").unwrap().revision, 1, "{what}");
        // What was refused took no number.
        let number = offer(&tool.session, &good).unwrap().number;
        assert_eq!(number, format!("Q-{}", first + 1 + u32::try_from(at).unwrap()), "{what}");
    }
    assert!(offer(&tool.session, "D-NEW").is_none());
    let alone = tool.leave(json!([{"dossier_id": "D-1"}]));
    assert_eq!(alone["code"], "SCHEMA_INVALID");
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn an_option_for_one_vehicle_of_three_is_a_third_in_each() {
    let network = Network::new();
    let mut tool = opened(&network);
    let mut tractors = item("1", "3", "98000.00", "294100.00");
    tractors["unit_net"] = json!("98033.33");
    tractors["line_net"] = json!("294099.99");
    let items = json!([tractors, inside("1.1", "1", "1", "100.00"), inside("1.2", "1", "0", "5000.00")]);
    let answer = tool.leave(json!([of_items("D-1", 1, items, "294099.99")]));
    assert_eq!(results(&answer), ["D-1 created 1 -"]);
    let kept = offer(&tool.session, "D-1").unwrap();
    assert_eq!((kept.net.to_string().as_str(), kept.totals_disputed), ("294099.99 EUR", false));
}

#[test]
fn an_option_of_an_option_is_part_of_the_vehicle() {
    let network = Network::new();
    let mut tool = opened(&network);
    // Listed from the inside out; the trailer's own price goes with the package, and so with the tractor.
    let mut trailer = item("2", "2", "10.00", "20.00");
    trailer["parent_item_id"] = json!("1.1");
    let mut tractors = item("1", "2", "1000.00", "2220.00");
    tractors["unit_net"] = json!("1110.00");
    let items = json!([
        inside("1.1.1.1", "1.1.1", "2", "3.00"),
        inside("1.1.1", "1.1", "2", "7.00"),
        inside("1.1", "1", "2", "100.00"),
        trailer,
        tractors,
    ]);
    let answer = tool.leave(json!([of_items("D-1", 1, items, "2240.00")]));
    assert_eq!(results(&answer), ["D-1 created 1 -"]);
    let kept = offer(&tool.session, "D-1").unwrap();
    assert_eq!((kept.net.to_string().as_str(), kept.totals_disputed), ("2240.00 EUR", false));
    let mut lines: Vec<(String, Option<String>, bool)> = all::<OfferItem>(&tool.session)
        .into_iter()
        .map(|item| (item.line, item.parent_line, item.included))
        .collect();
    lines.sort();
    let expected = [
        ("1", None, false),
        ("1.1", Some("1"), true),
        ("1.1.1", Some("1"), true),
        ("1.1.1.1", Some("1"), true),
        ("2", Some("1"), false),
    ];
    let expected =
        expected.map(|(line, parent, inside)| (line.to_owned(), parent.map(str::to_owned), inside));
    assert_eq!(lines, expected);
}

#[test]
fn only_a_session_that_knew_of_the_withdrawal_takes_an_offer_up_again() {
    let network = Network::new();
    let mut tool = opened(&network);
    tool.leave(json!([dossier("D-1", 1, "100.00"), dossier("D-2", 1, "90.00")]));
    let (old_base, old_revision) = (tool.base.clone(), tool.revision);
    assert_eq!(results(&tool.leave(json!([dossier("D-2", 1, "90.00")])))[1], "D-1 withdrawn 1 -");
    let state = |tool: &Tool| offer(&tool.session, "D-1").unwrap().state;
    assert_eq!(state(&tool), OfferState::Withdrawn);
    let mut stale = Tool {
        session: network.seller(),
        dealer: tool.dealer,
        opportunity: tool.opportunity.clone(),
        affair: tool.affair.clone(),
        base: old_base,
        revision: old_revision,
    };
    let returned = json!([dossier("D-1", 2, "100.00"), dossier("D-2", 1, "90.00")]);
    let handed_over = stale.handed_over(returned, b"another workstation's");
    let answer = receive(&stale.session, &handed_over, None);
    assert_eq!(results(&answer["body"]), ["D-1 unchanged 1 -", "D-2 unchanged 1 -"]);
    assert_eq!(state(&tool), OfferState::Withdrawn);
    tool.leave(json!([dossier("D-1", 2, "100.00"), dossier("D-2", 1, "90.00")]));
    assert_eq!(state(&tool), OfferState::Draft);
}

#[test]
fn a_cancelled_dossier_withdraws_its_offer_and_may_come_back() {
    let network = Network::new();
    let mut tool = opened(&network);
    let cancelled = |id: &str, revision: u32| {
        let mut dossier = dossier(id, revision, "100.00");
        dossier["status"] = json!("cancelled");
        dossier
    };
    let never = tool.leave(json!([cancelled("D-1", 1)]));
    assert_eq!(results(&never), ["D-1 rejected - SCHEMA_INVALID"]);
    assert_eq!(never["results"][0]["problem"]["path"], "/body/dossiers/0/status");
    assert!(all::<Offer>(&tool.session).is_empty());
    tool.leave(json!([dossier("D-1", 1, "100.00")]));
    let state = |tool: &Tool| {
        let offer = offer(&tool.session, "D-1").unwrap();
        (offer.state, offer.revision, offer.dossier_revision)
    };
    let steps = [
        (cancelled("D-1", 2), "D-1 withdrawn 1 -", (OfferState::Withdrawn, 1, Some(2))),
        (cancelled("D-1", 2), "D-1 withdrawn 1 -", (OfferState::Withdrawn, 1, Some(2))),
        (
            dossier("D-1", 1, "100.00"),
            "D-1 rejected - DOSSIER_REVISION_STALE",
            (OfferState::Withdrawn, 1, Some(2)),
        ),
        (dossier("D-1", 3, "100.00"), "D-1 unchanged 1 -", (OfferState::Draft, 1, Some(3))),
        (cancelled("D-1", 4), "D-1 withdrawn 1 -", (OfferState::Withdrawn, 1, Some(4))),
        (dossier("D-1", 5, "90.00"), "D-1 revised 2 -", (OfferState::Draft, 2, Some(5))),
    ];
    for (place, (returned, result, expected)) in steps.into_iter().enumerate() {
        assert_eq!(results(&tool.leave(json!([returned]))), [result], "step {place}");
        assert_eq!(state(&tool), expected, "step {place}");
    }
}

#[test]
fn items_are_the_products_of_the_catalogue_that_have_their_codes() {
    let network = Network::new();
    let mut tool = opened(&network);
    let mut tractor = item("1", "2", "98000.00", "196200.00");
    tractor["product_code"] = json!("T480-4X2");
    tractor["unit_net"] = json!("98100.00");
    let mut retarder = inside("1.1", "1", "2", "100.00");
    retarder["product_code"] = json!("OPT-RETARDER");
    let items = json!([tractor, retarder, item("2", "1", "5.00", "5.00")]);
    let answer = tool.leave(json!([of_items("D-1", 1, items, "196205.00")]));
    assert_eq!(results(&answer), ["D-1 created 1 -"]);
    let warnings = answer["results"][0]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{answer}");
    assert_eq!(warnings[0]["code"], "PRODUCT_UNKNOWN");
    assert_eq!(warnings[0]["path"], "/body/dossiers/0/items/2");

    // The manager sees what they cost us; the prices stay those of the tool.
    let kept: Vec<OfferItem> = all(&network.manager());
    let of = |line: &str| kept.iter().find(|item| item.line == line).unwrap();
    let cost = |line: &str| of(line).unit_cost.map(|cost| cost.to_string());
    assert_eq!((of("1").product.is_some(), cost("1").as_deref()), (true, Some("81200.00 EUR")));
    assert_eq!((of("1.1").product.is_some(), cost("1.1").as_deref()), (true, Some("1210.00 EUR")));
    assert_eq!((of("2").product, cost("2")), (None, None));
    assert_eq!(of("1").unit_list.to_string(), "98000.00 EUR");
    let number = offer(&tool.session, "D-1").unwrap().number;
    let told = crate::words::ask(&tool.session, json!({"question": "offer.catalogue", "offer": number}));
    assert_eq!(told["unknown"], json!(["M"]));
}
