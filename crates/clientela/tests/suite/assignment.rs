//! Customers given to sellers by a territory model, and two dealers' claims on one party, as C and Python send them: JSON in, JSON
//! out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;
use crate::words;

use clientela::core::party::Relationship;
use clientela::{Predicate, Question, Receipt, Request, Session};
use network::Network;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use words::{ask, refused_at as refused, run};

/// The whole of Italy: branch manager above both dealers, and customers of both.
struct Italy {
    network: Network,
    admin: Session,
    branch: Session,
}

const EMILIA: [&str; 2] = ["Trucks Piacenza", "Trucks Parma"];

impl Italy {
    fn new() -> Self {
        let network = Network::new();
        let admin = network.crm.session("admin", None).unwrap();
        for command in [
            json!({"command": "position.create", "unit": "IT", "function": "zone_manager", "title": "Manager Italia", "profile": "manager"}),
            json!({"command": "user.create", "login": "u-italia", "name": "Livia Conti", "position": "Manager Italia", "from": "2025-01-01"}),
            json!({"command": "position.create", "unit": "D-0043", "function": "dealer_principal", "title": "Principal Lombardia",
                "profile": "manager"}),
            json!({"command": "user.create", "login": "u-lombardia", "name": "Ugo Riva", "position": "Principal Lombardia", "from": "2025-01-01"}),
        ] {
            run(&admin, command);
        }
        let branch = network.crm.session("u-italia", None).unwrap();
        Self { network, admin, branch }
    }

    fn customer(&self, number: &str, postal_code: &str, owner: &str) -> Receipt {
        run(
            &self.admin,
            json!({"command": "customer.create", "owner": owner, "customer": {"kind": "company", "name": format!("Company {number}"),
                "country": "IT", "postal_code": postal_code, "number": number}}),
        )
    }

    /// So many customers of a postal code, numbered from C-1 on.
    fn customers(&self, postal_code: &str, count: usize, owner: &str) {
        for number in 0..count {
            self.customer(&format!("C-{postal_code}-{number}"), postal_code, owner);
        }
    }

    fn model(&self, name: &str, rules: Value) -> String {
        let defined = run(
            &self.admin,
            json!({"command": "territory_model.define", "name": name, "seed": 7, "rules": rules}),
        );
        let code = defined.key().unwrap().to_owned();
        run(&self.admin, json!({"command": "territory_model.activate", "model": code}));
        code
    }

    /// Who has how many customers.
    fn loads(&self) -> BTreeMap<String, usize> {
        let mut loads = BTreeMap::new();
        for (owner, _) in self.owners().values() {
            *loads.entry(owner.clone()).or_insert(0) += 1;
        }
        loads
    }

    /// Owner and reason of each customer, by number.
    fn owners(&self) -> BTreeMap<String, (String, Option<String>)> {
        let all = self.admin.list::<Relationship>(&Predicate::Everything, 1_000, 0).unwrap();
        let title = |owner: clientela::core::ids::PositionId| {
            self.admin.get::<clientela::core::organisation::Position>(owner).unwrap().record.title
        };
        all.into_iter()
            .map(|stored| stored.record)
            .map(|one| (one.number.unwrap(), (title(one.owner), one.owner_reason)))
            .collect()
    }
}

fn of_emilia() -> Value {
    json!([{"name": "emilia", "rule": "customer.postal_code.startsWith('29')", "score": 10, "units": ["D-0042"]}])
}

#[test]
fn a_version_is_tried_applied_and_explained_and_capacity_holds() {
    let italy = Italy::new();
    italy.customers("29122", 6, EMILIA[0]);
    italy.customers("20100", 2, EMILIA[0]);
    run(&italy.admin, json!({"command": "position.capacity.set", "position": EMILIA[0], "capacity": 4}));
    run(&italy.admin, json!({"command": "position.capacity.set", "position": EMILIA[1], "capacity": 3}));
    let code = italy.model("sales", of_emilia());
    assert_eq!(code, "sales/1");

    // Eight customers, places for seven: two stay that no rule speaks of, and take room; three move.
    let tried = ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"}));
    assert_eq!((&tried["customers"], &tried["model"]), (&json!(8), &json!("sales/1")), "{tried}");
    assert_eq!(tried["staying"][0], json!({"reason": "no_rule", "customers": 2}), "{tried}");
    assert_eq!(tried["moves"][0]["rule"], json!("emilia"), "{tried}");
    assert_eq!(
        (&tried["moves"][0]["from"], &tried["moves"][0]["to"]),
        (&json!(EMILIA[0]), &json!(EMILIA[1]))
    );
    assert_eq!(
        tried,
        ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales/1"})),
        "the same again"
    );
    assert_eq!(italy.loads(), BTreeMap::from([(EMILIA[0].to_owned(), 8)]), "nothing was written");

    let receipt = run(
        &italy.branch,
        json!({"command": "assignment.apply", "model": "sales", "reason": "new territories"}),
    );
    assert_eq!(receipt.why.value("moved"), Some("3"), "{}", receipt.why);
    assert_eq!(tried["moving"], json!(3));
    assert_eq!(italy.loads(), BTreeMap::from([(EMILIA[0].to_owned(), 5), (EMILIA[1].to_owned(), 3)]));
    // What was tried is what was done.
    let owners = italy.owners();
    for moved in tried["moves"].as_array().unwrap() {
        let (owner, reason) = &owners[moved["number"].as_str().unwrap()];
        assert_eq!((owner.as_str(), reason.as_deref()), (EMILIA[1], Some("sales/1, rule emilia, score 10")));
    }
    // Applied again, nothing moves without need.
    let again = run(&italy.branch, json!({"command": "assignment.apply", "model": "sales"}));
    assert_eq!(again.why.value("moved"), Some("0"), "{}", again.why);

    let moved = tried["moves"][0]["number"].as_str().unwrap();
    let told =
        ask(&italy.branch, json!({"question": "assignment.explain", "customer": moved, "model": "sales"}));
    assert_eq!(
        (&told["to"], &told["rule"], &told["kept"]),
        (&json!(EMILIA[1]), &json!("emilia"), &json!("sales/1, rule emilia, score 10"))
    );
    assert_eq!(told["rules"][0]["holds"], json!(true), "{told}");
    let why = told["why"].to_string();
    assert!(why.contains("assignment.given") && why.contains(EMILIA[0]), "{why}");
    let told = ask(
        &italy.branch,
        json!({"question": "assignment.explain", "customer": "C-20100-0", "model": "sales"}),
    );
    assert_eq!((&told["to"], &told["rule"]), (&json!(EMILIA[0]), &Value::Null), "it stays");
    assert!(told["why"].to_string().contains("no_rule"), "{told}");

    // A person who names another owner is the reason from then on.
    run(
        &italy.admin,
        json!({"command": "customer.change", "customer": moved, "owner": EMILIA[0], "change": {}}),
    );
    assert_eq!(italy.owners()[moved].1, None);
}

#[test]
fn skills_leave_and_relations_decide() {
    let italy = Italy::new();
    for number in 0..4 {
        italy.customer(&format!("C-{number}"), "29122", EMILIA[number % 2]);
    }
    run(
        &italy.admin,
        json!({"command": "position.skill.set", "position": EMILIA[1], "skill": "tanker", "level": 3}),
    );
    let wanted = json!([{"skill": "tanker", "at_least": 2, "weight": 5}]);
    italy.model(
        "sales",
        json!([{"name": "all", "rule": "true", "score": 10, "units": ["D-0042"]},
            {"name": "tankers", "rule": "customer.name.contains('C-0')", "score": 1, "skills": wanted}]),
    );
    run(&italy.branch, json!({"command": "assignment.apply", "model": "sales"}));
    let owner = |number: &str| italy.owners()[number].0.clone();
    assert_eq!(
        [owner("C-0"), owner("C-1"), owner("C-2")],
        [EMILIA[1], EMILIA[1], EMILIA[0]].map(str::to_owned)
    );
    assert_eq!(italy.owners()["C-0"].1.as_deref(), Some("sales/1, rule tankers, score 26"));

    // On leave: his customers go to others, and come to nobody who is away.
    run(
        &italy.admin,
        json!({"command": "position.leave.set", "position": EMILIA[1], "from": "2026-03-01", "until": "2026-06-30"}),
    );
    let tried = ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"}));
    assert_eq!((&tried["moving"], &tried["positions"][0]["absent"]), (&json!(3), &json!(true)), "{tried}");
    assert_eq!(
        refused(
            &italy.admin,
            json!({"command": "position.leave.set", "position": EMILIA[1], "from": "2026-03-09", "until": "2026-03-01"})
        ),
        ("seller_capacity.leave", Some("until".to_owned()))
    );
    run(&italy.admin, json!({"command": "position.leave.set", "position": EMILIA[1]}));
    let tried = ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"}));
    assert_eq!(tried["moving"], json!(0), "{tried}");

    // A rule with a relation score and stop keeps what there is, whatever comes after it.
    italy.model(
        "sales",
        json!([{"name": "keep", "rule": "true", "relation_score": 1, "stop": true},
            {"name": "all", "rule": "true", "score": 10, "positions": [EMILIA[0]]}]),
    );
    let tried = ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"}));
    assert_eq!((&tried["moving"], &tried["model"]), (&json!(0), &json!("sales/2")), "{tried}");
}

#[test]
fn versions_are_compared_and_switched_over() {
    let italy = Italy::new();
    italy.customers("29122", 4, EMILIA[0]);
    let first =
        italy.model("sales", json!([{"name": "one", "rule": "true", "score": 1, "positions": [EMILIA[0]]}]));
    let defined = run(
        &italy.admin,
        json!({"command": "territory_model.define", "name": "sales",
            "rules": [{"name": "two", "rule": "customer.number != 'C-29122-0'", "score": 1, "positions": [EMILIA[1]]}]}),
    );
    let second = defined.key().unwrap().to_owned();
    run(
        &italy.admin,
        json!({"command": "vehicle.add", "customer": "C-29122-1", "vehicle": {"make": "Orsa"}}),
    );
    let compared = ask(
        &italy.branch,
        json!({"question": "assignment.compare", "from": "sales", "to": second, "measure": "fleet"}),
    );
    assert_eq!((&compared["from"], &compared["to"]), (&json!(first), &json!("sales/2")), "{compared}");
    assert_eq!(compared["differing"]["customers"], json!(3), "{compared}");
    assert_eq!(
        (&compared["flows"][0]["from"], &compared["flows"][0]["to"]),
        (&json!(EMILIA[0]), &json!(EMILIA[1]))
    );
    assert_eq!(compared["flows"][0]["moving"], json!({"customers": 3, "value": "1"}));
    assert_eq!(compared["positions"][0]["title"], json!(EMILIA[1]));
    assert_eq!(compared["positions"][0]["to"]["customers"], json!(3));
    assert_eq!(compared["lines"].as_array().map(Vec::len), Some(3));

    // A draft is tried, and not applied.
    assert_eq!(
        refused(&italy.branch, json!({"command": "assignment.apply", "model": second})),
        ("territory_model.state", Some("state".to_owned()))
    );
    let activated = run(&italy.admin, json!({"command": "territory_model.activate", "model": second}));
    assert!(activated.why.mentions("territory_model.archived"), "{}", activated.why);
    assert_eq!(
        refused(&italy.branch, json!({"command": "assignment.apply", "model": first})).0,
        "territory_model.state"
    );
    let applied = run(&italy.branch, json!({"command": "assignment.apply", "model": "sales"}));
    assert_eq!(applied.why.value("moved"), Some("3"), "{}", applied.why);
    assert_eq!(italy.loads(), BTreeMap::from([(EMILIA[0].to_owned(), 1), (EMILIA[1].to_owned(), 3)]));
    // The same command again gives the same receipt.
    let id = italy.branch.new_command_id();
    let apply =
        Request::from_json(&json!({"command": "assignment.apply", "model": "sales"}).to_string()).unwrap();
    let receipt = italy.branch.execute(id, &apply).unwrap();
    assert_eq!(italy.branch.execute(id, &apply).unwrap(), receipt);

    // One that holds later is not applied today, and leaves the one of today in force.
    let later = run(
        &italy.admin,
        json!({"command": "territory_model.define", "name": "sales", "valid_from": "2026-07-01",
            "rules": [{"name": "one", "rule": "true", "score": 1, "positions": [EMILIA[0]]}]}),
    );
    run(&italy.admin, json!({"command": "territory_model.archive", "model": second}));
    run(&italy.admin, json!({"command": "territory_model.activate", "model": later.key()}));
    assert_eq!(
        refused(&italy.branch, json!({"command": "assignment.apply", "model": later.key()})).0,
        "territory_model.not_its_day"
    );
}

#[test]
fn a_model_names_what_there_is() {
    let italy = Italy::new();
    let define = |rule: Value| json!({"command": "territory_model.define", "name": "sales", "rules": [rule]});
    for (rule, expected) in [
        (
            json!({"name": "a", "rule": "true", "positions": ["Nobody"]}),
            ("territory_model.unknown", "rules[0].positions[0]"),
        ),
        (
            json!({"name": "a", "rule": "true", "units": ["D-0042", "D-9"]}),
            ("territory_model.unknown", "rules[0].units[1]"),
        ),
        (
            json!({"name": "a", "rule": "true", "skills": [{"skill": "tanker", "weight": 1}]}),
            ("territory_model.unknown", "rules[0].skills[0].skill"),
        ),
        (
            json!({"name": "a", "rule": "customer.nme == 'x'", "units": ["IT"]}),
            ("rule.invalid", "rules[0].rule"),
        ),
        (json!({"name": "a", "rule": "true"}), ("territory_model.names_nobody", "rules[0]")),
    ] {
        assert_eq!(
            refused(&italy.admin, define(rule.clone())),
            (expected.0, Some(expected.1.to_owned())),
            "{rule}"
        );
    }
    let fine = define(json!({"name": "a", "rule": "true", "units": ["IT"]}));
    assert_eq!(refused(&italy.network.seller(), fine.clone()).0, "access.not_allowed");
    assert_eq!(run(&italy.admin, fine).key(), Some("sales/1"));
}

#[test]
fn who_does_not_see_learns_nothing_and_gives_nothing() {
    let italy = Italy::new();
    italy.customers("29122", 3, EMILIA[0]);
    italy.customers("20100", 2, "Trucks Milano");
    italy.model("sales", json!([{"name": "all", "rule": "true", "score": 1, "units": ["IT"]}]));
    let rival = italy.network.rival();
    let tried = ask(&rival, json!({"question": "assignment.dry_run", "model": "sales"}));
    assert_eq!((&tried["customers"], &tried["moving"]), (&json!(2), &json!(0)), "only his own: {tried}");
    assert!(!tried.to_string().contains(EMILIA[0]), "{tried}");
    let compared = ask(&rival, json!({"question": "assignment.compare", "from": "sales", "to": "sales/1"}));
    assert_eq!(compared["customers"], json!(2), "{compared}");
    let question = Question::from_json(
        &json!({"question": "assignment.explain", "customer": "C-29122-0", "model": "sales"}).to_string(),
    );
    assert_eq!(rival.answer(&question.unwrap()).unwrap_err().code(), "record.not_found");
    // The manager of a dealer applies it within his dealer.
    let receipt = run(&italy.network.manager(), json!({"command": "assignment.apply", "model": "sales"}));
    assert_eq!(receipt.why.value("customers"), Some("3"), "{}", receipt.why);
    assert_eq!(italy.loads()["Trucks Milano"], 2);
    // An analyst plans over what he sees and applies nothing.
    run(
        &italy.admin,
        json!({"command": "position.create", "unit": "HQ", "function": "analyst", "title": "Analyst", "profile": "analyst"}),
    );
    run(
        &italy.admin,
        json!({"command": "user.create", "login": "u-blu", "name": "Ines Blu", "position": "Analyst", "from": "2025-01-01"}),
    );
    let analyst = italy.network.crm.session("u-blu", None).unwrap();
    italy
        .model("north", json!([{"name": "all", "rule": "true", "score": 1, "positions": ["Trucks Milano"]}]));
    let tried = ask(&analyst, json!({"question": "assignment.dry_run", "model": "north"}));
    assert_eq!((&tried["customers"], &tried["moving"]), (&json!(5), &json!(3)), "{tried}");
    assert_eq!(
        refused(&analyst, json!({"command": "assignment.apply", "model": "north"})).0,
        "access.not_allowed"
    );
}

#[test]
fn a_selection_moves_and_the_rest_takes_room() {
    let italy = Italy::new();
    italy.customers("29122", 6, EMILIA[0]);
    run(&italy.admin, json!({"command": "position.capacity.set", "position": EMILIA[1], "capacity": 2}));
    italy.model("sales", json!([{"name": "parma", "rule": "true", "score": 1, "positions": [EMILIA[1]]}]));
    let one = json!({"customers": ["C-29122-4"]});
    run(&italy.branch, json!({"command": "assignment.apply", "model": "sales", "among": one}));
    assert_eq!(italy.owners()["C-29122-4"].0, EMILIA[1]);
    let some = json!({"condition": "customer.number in ['C-29122-0', 'C-29122-1']", "unit": "D-0042"});
    let receipt = run(&italy.branch, json!({"command": "assignment.apply", "model": "sales", "among": some}));
    assert_eq!(receipt.why.value("moved"), Some("1"), "one place is left: {}", receipt.why);
    assert_eq!(italy.loads()[EMILIA[1]], 2);
    assert_eq!(
        refused(
            &italy.branch,
            json!({"command": "assignment.apply", "model": "sales", "among": {"customers": ["C-404"]}})
        )
        .0,
        "record.not_found"
    );
}

#[test]
fn a_dealer_gets_no_party_twice_and_numbers_are_his_own() {
    let italy = Italy::new();
    let vat = "IT00743110157";
    let of = |dealer: &str, number: &str, vat: Option<&str>| {
        run(
            &italy.admin,
            json!({"command": "customer.create", "owner": dealer, "customer": {"kind": "company", "name": "Autotrasporti Esempio",
                "country": "IT", "number": number, "vat_number": vat}}),
        )
    };
    of(EMILIA[0], "C-1", Some(vat));
    of(EMILIA[0], "C-2", None);
    of("Trucks Milano", "C-2", Some(vat));
    italy
        .model("sales", json!([{"name": "all", "rule": "true", "score": 1, "positions": ["Trucks Milano"]}]));
    let tried = ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"}));
    assert_eq!(tried["staying"], json!([{"reason": "barred", "customers": 1}]), "{tried}");
    let told =
        ask(&italy.branch, json!({"question": "assignment.explain", "customer": "C-1", "model": "sales"}));
    assert!(told["why"].to_string().contains("assignment.stays"), "{told}");
    let receipt = run(&italy.branch, json!({"command": "assignment.apply", "model": "sales"}));
    assert_eq!(
        (receipt.why.value("moved"), receipt.why.value("renumbered")),
        (Some("1"), Some("1")),
        "{}",
        receipt.why
    );
    let owners = italy.owners();
    assert_eq!(owners["C-1"].0, EMILIA[0]);
    assert_eq!(owners["C-D-0043-1"].0, "Trucks Milano", "{owners:?}");
}

#[test]
fn rebalancing_moves_few_and_within_a_dealer() {
    let italy = Italy::new();
    italy.customers("29122", 9, EMILIA[0]);
    italy.customers("29100", 1, EMILIA[1]);
    italy.model("sales", json!([{"name": "all", "rule": "true", "score": 1, "units": ["IT"]}]));
    let told = ask(
        &italy.branch,
        json!({"question": "assignment.rebalancing", "model": "sales", "evenness": {"tolerance_percent": 0}}),
    );
    assert_eq!(
        (&told["moving"], &told["over_before"], &told["over_after"]),
        (&json!(4), &json!(4), &json!(0)),
        "{told}"
    );
    assert_eq!(
        (&told["positions"][1]["title"], &told["positions"][1]["target"]),
        (&json!(EMILIA[1]), &json!(5)),
        "{told}"
    );
    let receipt = run(
        &italy.branch,
        json!({"command": "assignment.rebalance", "model": "sales", "evenness": {"tolerance_percent": 0}}),
    );
    assert_eq!(receipt.why.value("moved"), Some("4"), "{}", receipt.why);
    assert_eq!(italy.loads(), BTreeMap::from([(EMILIA[0].to_owned(), 5), (EMILIA[1].to_owned(), 5)]));
    let reasons = italy
        .owners()
        .into_values()
        .filter(|(_, reason)| reason.as_deref() == Some("sales/1, re-balanced: 9 of at most 5"));
    assert_eq!(reasons.count(), 4);
    let again = run(&italy.branch, json!({"command": "assignment.rebalance", "model": "sales"}));
    assert_eq!(again.why.value("moved"), Some("0"));
    let why = &told["moves"][0]["why"];
    assert_eq!(why["reason"], json!("assignment.relieved"), "{told}");
    assert!(why.to_string().contains("assignment.has_room") && why.to_string().contains("\"all\""), "{why}");
    let wide =
        json!({"command": "assignment.rebalance", "model": "sales", "evenness": {"tolerance_percent": 2000}});
    assert_eq!(refused(&italy.branch, wide), ("tolerance.range", Some("tolerance_percent".to_owned())));
}

#[test]
fn rebalancing_between_dealers_leaves_what_is_worked_on_and_what_is_claimed() {
    let italy = Italy::new();
    italy.customers("29122", 10, EMILIA[0]);
    italy.model("sales", json!([{"name": "all", "rule": "true", "score": 1, "units": ["IT"]}]));
    let seller = italy.network.seller();
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-29122-0", "title": "A tractor", "method": "with-configurator", "currency": "EUR"}),
    );
    run(&seller, json!({"command": "claim.make", "customer": "C-29122-1"}));
    let evenness = json!({"tolerance_percent": 0, "within": "branch"});
    let told = ask(
        &italy.branch,
        json!({"question": "assignment.rebalancing", "model": "sales", "evenness": evenness}),
    );
    let held = json!([{"by": "open_opportunity", "customers": 1}, {"by": "claim", "customers": 1}]);
    assert_eq!(told["held"], held, "{told}");
    let moves = told["moves"].as_array().unwrap();
    assert_eq!(json!(moves.len()), told["over_before"], "no more moves than there is too much: {told}");
    let to_other = |one: &&Value| one["why"]["facts"].to_string().contains("other");
    assert!(moves.iter().any(|one| to_other(&one)), "{told}");
    for one in moves {
        assert_ne!(one["number"], json!("C-29122-0"), "it is worked on");
        assert!(one["number"] != json!("C-29122-1") || !to_other(&one), "it is claimed by its dealer");
    }
    // Within the dealer nobody of another one gets any.
    let within = ask(
        &italy.branch,
        json!({"question": "assignment.rebalancing", "model": "sales", "evenness": {"tolerance_percent": 0}}),
    );
    assert!(within["moves"].as_array().unwrap().iter().all(|one| one["to"] == json!(EMILIA[1])), "{within}");
    let done = run(
        &italy.branch,
        json!({"command": "assignment.rebalance", "model": "sales", "evenness": evenness}),
    );
    assert_eq!(done.why.value("moved"), Some(moves.len().to_string().as_str()), "{}", done.why);
    assert!(italy.loads().len() > 2, "{:?}", italy.loads());
    let again = run(
        &italy.branch,
        json!({"command": "assignment.rebalance", "model": "sales", "evenness": evenness}),
    );
    assert_eq!(again.why.value("moved"), Some("0"), "{}", again.why);
}

#[test]
fn two_dealers_claim_one_prospect() {
    let italy = Italy::new();
    let (seller, rival) = (italy.network.seller(), italy.network.rival());
    let vat = "IT00743110157";
    let prospect =
        json!({"kind": "company", "name": "Autotrasporti Esempio", "country": "IT", "vat_number": vat});
    let mut first = prospect.clone();
    first["number"] = json!("C-700");
    run(&seller, json!({"command": "customer.create", "customer": first}));
    run(
        &italy.admin,
        json!({"command": "setting.define", "name": "claim.protection", "document": {"protection_days": 60}}),
    );
    let state = |session: &Session| ask(session, json!({"question": "claim.state", "vat_number": vat}));
    assert_eq!(state(&rival)["standing"], json!("free"));

    let made = run(&seller, json!({"command": "claim.make", "customer": "C-700"}));
    assert_eq!(made.why.value("protected_until"), Some("2026-05-03T09:00:00Z"), "{}", made.why);
    let own = state(&seller);
    assert_eq!(
        (&own["standing"], &own["protected_until"]),
        (&json!("yours"), &json!("2026-05-03T09:00:00Z")),
        "{own}"
    );

    // The second dealer learns that it is contested and whom to ask, and nothing of the first.
    let contested = run(&rival, json!({"command": "claim.make", "vat_number": vat}));
    assert_eq!((contested.why.reason.as_ref(), contested.why.value("ask")), ("claim.contested", Some("IT")));
    let told = state(&rival);
    assert_eq!(
        (&told["standing"], &told["protected_until"], &told["ask"]),
        (&json!("contested"), &Value::Null, &json!("IT"))
    );
    assert_eq!(told["claims"].as_array().map(Vec::len), Some(1), "his own: {told}");
    let first_claim = made.id_of("claim").unwrap().to_string();
    for text in [told.to_string(), serde_json::to_string(&contested).unwrap()] {
        assert!(
            !text.contains("D-0042") && !text.contains(&first_claim) && !text.contains("2026-05-03"),
            "{text}"
        );
    }
    assert_eq!(
        rival.get::<clientela::core::claims::Claim>(first_claim.parse().unwrap()).unwrap_err().code(),
        "record.not_found"
    );
    // The first dealer is not told that somebody else asks.
    assert_eq!(state(&seller), own);

    // Only the manager of the lowest unit above both decides: neither of the dealers, nor a unit higher up.
    let decide = |dealer: &str| json!({"command": "claim.arbitrate", "vat_number": vat, "dealer": dealer});
    let lombardia = italy.network.crm.session("u-lombardia", None).unwrap();
    for (wrong, dealer) in [
        (&seller, "D-0042"),
        (&italy.network.manager(), "D-0042"),
        (&lombardia, "D-0043"),
        (&italy.admin, "D-0043"),
    ] {
        assert_eq!(refused(wrong, decide(dealer)).0, "claim.not_arbiter", "{}", wrong.login());
    }
    let seen = state(&italy.branch);
    assert_eq!(seen["claims"].as_array().map(Vec::len), Some(2), "{seen}");
    // What waits for him stands in his list, and in nobody else's.
    let waiting = json!({"question": "claim.contested"});
    let listed = ask(&italy.branch, waiting.clone());
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!((&listed[0]["claims"], &listed[0]["customers"][0][1]), (&seen["claims"], &json!("C-700")));
    for other in [&seller, &rival, &italy.admin] {
        assert_eq!(ask(other, waiting.clone()), json!([]), "{}", other.login());
    }
    // Whoever is not protected enters the party, hears whom to ask, and begins no business with it.
    let mut theirs = prospect.clone();
    theirs["number"] = json!("R-700");
    let entered = run(&rival, json!({"command": "customer.create", "customer": theirs}));
    assert!(entered.why.mentions("claim.contested"), "{}", entered.why);
    let open = |session: &Session, customer: &str| {
        let open = json!({"command": "opportunity.open", "customer": customer, "title": "x", "method": "with-configurator", "currency": "EUR"});
        clientela::Command::from_json(&open.to_string()).and_then(|command| session.run(&command))
    };
    let protected = open(&rival, "R-700").unwrap_err();
    assert_eq!(
        (protected.code(), protected.why().and_then(|why| why.value("ask"))),
        ("claim.protected", Some("IT"))
    );
    open(&seller, "C-700").unwrap();
    let decided = run(&italy.branch, decide("D-0043"));
    assert_eq!(decided.records.len(), 2);
    assert_eq!(ask(&italy.branch, waiting), json!([]));
    open(&rival, "R-700").unwrap();
    assert_eq!(
        (&state(&rival)["standing"], &state(&seller)["standing"]),
        (&json!("yours"), &json!("contested"))
    );
    assert_eq!(refused(&italy.branch, decide("D-0043")).0, "claim.not_contested");

    // Protection ends by the clock; then it is free for whoever asks first.
    italy.network.clock.set(italy.network.clock_now() + chrono::TimeDelta::days(60));
    assert_eq!(state(&seller)["standing"], json!("free"));
    let made = run(&seller, json!({"command": "claim.make", "customer": "C-700"}));
    assert_eq!(made.why.reason.as_ref(), "claim.granted");
    assert_eq!(state(&rival)["standing"], json!("contested"));
    run(&seller, json!({"command": "claim.release", "customer": "C-700"}));
    assert_eq!(state(&rival)["standing"], json!("free"));
    assert_eq!(refused(&seller, json!({"command": "claim.release", "customer": "C-700"})).0, "claim.none");
    assert_eq!(refused(&seller, json!({"command": "claim.make"})).1, Some("customer".to_owned()));
    assert_eq!(
        refused(&italy.admin, json!({"command": "setting.define", "name": "claim.protection", "document": {"protection_days": 0}})).0,
        "claim_policy.days"
    );
}

#[test]
fn a_model_says_whose_territory_a_lead_is() {
    let italy = Italy::new();
    let rules = json!([{"name": "parma", "rule": "customer.postal_code.startsWith('43')", "score": 5, "positions": [EMILIA[1]]},
        {"name": "emilia", "rule": "customer.country == 'IT'", "score": 1, "units": ["D-0042"]}]);
    italy.model("leads", rules);
    let manager = italy.network.manager();
    let receive = |external: &str, postal_code: &str| {
        let lead = json!({"channel": "web_form", "source": "portal", "external": external, "company": "Autotrasporti Esempio S.r.l.",
            "family_name": "Rossi", "email": format!("{external}@esempio.example"), "country": "IT", "postal_code": postal_code});
        let receipt =
            run(&manager, json!({"command": "lead.receive", "lead": lead, "distribute": {"model": "leads"}}));
        let listed = ask(&manager, json!({"question": "lead.list"}));
        let own =
            listed.as_array().unwrap().iter().find(|line| line["number"] == json!(receipt.key())).cloned();
        (own.unwrap_or_else(|| panic!("{listed}"))["owner"].clone(), receipt.why)
    };
    let position = |title: &str| {
        italy.admin.find::<clientela::core::organisation::Position>(title).unwrap().record.id.to_string()
    };
    for external in ["a", "b"] {
        let (owner, why) = receive(external, "43121");
        assert_eq!(owner, json!(position(EMILIA[1])), "{why}");
        assert!(why.mentions("lead.by_territory") && why.mentions("lead.by_model"), "{why}");
    }
    // Elsewhere all of the dealer are equal, and it is the other's turn.
    assert_eq!(receive("c", "29122").0, json!(position(EMILIA[0])));
    // Who is away today is not given any.
    let away = json!({"command": "absence.record", "position": EMILIA[1], "first_day": "2026-03-04", "last_day": "2026-03-05", "kind": "illness"});
    run(&manager, away);
    assert_ne!(receive("d", "43121").0, json!(position(EMILIA[1])));
    let unknown = json!({"command": "lead.receive", "lead": {"channel": "web_form", "family_name": "Rossi", "phone": "+39 347 0000001"},
        "distribute": {"model": "nothing"}});
    assert_eq!(refused(&manager, unknown).0, "record.not_found");
}

/// Customers of a region by seller, capacities, what the rules give each, and the seed.
type Plan = (Vec<(usize, usize)>, [Option<u32>; 2], [i64; 2], i64);

fn plan() -> impl Strategy<Value = Plan> {
    let customers = prop::collection::vec((0_usize..2, 0_usize..3), 1..14);
    let capacity = || prop::option::of(0_u32..9);
    (customers, [capacity(), capacity()], [1_i64..4, 1_i64..4], any::<i64>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_tried_is_done_again_and_within_capacity((customers, capacities, scores, seed) in plan()) {
        let italy = Italy::new();
        for (number, (owner, region)) in customers.iter().enumerate() {
            italy.customer(&format!("C-{number}"), ["29122", "43121", "20100"][*region], EMILIA[*owner]);
        }
        for (title, capacity) in EMILIA.iter().zip(capacities) {
            run(&italy.admin, json!({"command": "position.capacity.set", "position": title, "capacity": capacity}));
        }
        let rules = json!([{"name": "a", "rule": "customer.postal_code < '3'", "score": scores[0], "units": ["D-0042"]},
            {"name": "b", "rule": "customer.postal_code > '28'", "score": scores[1], "positions": [EMILIA[0]]}]);
        let defined = json!({"command": "territory_model.define", "name": "sales", "seed": seed, "passing_score": 2, "rules": rules});
        run(&italy.admin, defined);
        run(&italy.admin, json!({"command": "territory_model.activate", "model": "sales/1"}));
        let before = italy.owners();
        let tried = ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"}));
        prop_assert_eq!(&tried, &ask(&italy.branch, json!({"question": "assignment.dry_run", "model": "sales"})));
        for line in tried["positions"].as_array().unwrap() {
            let of = |name: &str| line[name].as_u64().unwrap();
            let capacity = line["capacity"].as_u64().unwrap_or(u64::MAX);
            prop_assert!(of("after") <= capacity.max(of("before")), "{}", line);
        }
        run(&italy.branch, json!({"command": "assignment.apply", "model": "sales"}));
        let after = italy.owners();
        let moves: BTreeMap<&str, &str> = tried["moves"].as_array().unwrap().iter()
            .map(|moved| (moved["number"].as_str().unwrap(), moved["to"].as_str().unwrap())).collect();
        for (number, (owner, _)) in &before {
            let expected = moves.get(number.as_str()).copied().unwrap_or(owner.as_str());
            prop_assert_eq!(after[number].0.as_str(), expected, "{}", number);
        }
    }
}
