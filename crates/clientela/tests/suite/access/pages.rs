//! Lists in pages, and who could see what: they agree with what everybody sees.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::Sight;
use super::world::World;
use crate::words::{ask, pages};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn chain(start: usize, above: impl Fn(usize) -> Option<usize>) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(start), move |at| above(*at))
}

/// Ids of lines, which must come in the order of a field and never twice.
fn in_order(lines: &[Value], sort: &str, descending: bool) -> BTreeSet<Uuid> {
    let place = |line: &Value| {
        let text = line[sort].as_str().unwrap_or_default().to_ascii_lowercase();
        (text, line["id"].as_str().unwrap().to_owned())
    };
    for pair in lines.windows(2) {
        let (one, other) = (place(&pair[0]), place(&pair[1]));
        assert!(if descending { one > other } else { one < other }, "{one:?} before {other:?}");
    }
    lines.iter().map(|line| line["id"].as_str().unwrap().parse().unwrap()).collect()
}

/// Every list shows, page by page, the records of its view that are seen otherwise, in order.
pub(crate) fn check(world: &World, seat: usize, sight: &Sight) {
    let session = &world.sessions[seat];
    let me = &world.seats[seat];
    let customers: BTreeMap<Uuid, &super::world::Owned> =
        world.customers.iter().map(|owned| (owned.id, owned)).collect();
    let of_view = |view: &str, owned: &super::world::Owned| match view {
        "mine" => owned.owner == seat,
        "team" => chain(owned.owner, |at| world.seats[at].above).any(|above| above == seat),
        "unit" => chain(owned.unit, |at| world.units[at]).any(|above| above == me.unit),
        _ => true,
    };
    for (round, view) in ["mine", "team", "unit", "all"].into_iter().enumerate() {
        let descending = round % 2 == 1;
        for (word, entity, sort) in [
            ("customer.list", "customer", "name"),
            ("customer.list", "customer", "number"),
            ("opportunity.list", "opportunity", "number"),
            ("contact.list", "contact", "family_name"),
            ("lead.page", "lead", "received_at"),
        ] {
            let question = json!({"question": word, "view": view, "sort": sort, "descending": descending});
            let found = in_order(&pages(session, &question, 1 + round), sort, descending);
            let owner_of: BTreeMap<Uuid, Uuid> = match entity {
                "contact" => {
                    let all = pages(&world.admin, &json!({"question": "contact.list"}), 1_000);
                    let id = |line: &Value, name: &str| line[name].as_str().unwrap().parse::<Uuid>().unwrap();
                    all.iter().map(|line| (id(line, "id"), id(line, "customer"))).collect()
                }
                _ => BTreeMap::new(),
            };
            let expected: BTreeSet<Uuid> = sight[entity]
                .iter()
                .copied()
                .filter(|id| {
                    let owned = match entity {
                        "opportunity" => world.opportunities.iter().find(|owned| owned.id == *id),
                        "contact" => customers.get(&owner_of[id]).copied(),
                        _ => customers.get(id).copied(),
                    };
                    owned.is_some_and(|owned| of_view(view, owned))
                })
                .collect();
            assert_eq!(found, expected, "seat {seat}: {question}");
            let total = json!({"question": word, "view": view, "total": true, "size": 1});
            assert_eq!(ask(session, total)["total"], expected.len(), "seat {seat}: {word} of {view}");
        }
    }
}

/// Who could see a customer today is everybody who sees it.
pub(crate) fn seen_by(world: &World, sights: &[Sight]) {
    // Each asks for every state of the organisation on the day.
    for owned in world.customers.iter().take(2) {
        let question = json!({"question": "access.who_could_see", "entity": "customer", "record": owned.id});
        let answer = ask(&world.admin, question);
        let told: BTreeSet<String> = answer["users"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|user| user["login"] != "admin" && user["until"].is_null())
            .map(|user| user["position"].as_str().unwrap().to_owned())
            .collect();
        let seeing = (0..sights.len()).filter(|seat| sights[*seat]["customer"].contains(&owned.id));
        let seeing: BTreeSet<String> =
            seeing.map(|seat| world.sessions[seat].actor().position.to_string()).collect();
        assert_eq!(told, seeing, "{answer}");
    }
}
