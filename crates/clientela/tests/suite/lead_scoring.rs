//! Leads qualified, scored and foretold, as C and Python send it: JSON in, JSON out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;
use crate::words;

use clientela::{RuleRun, RuleSubject, Session};
use network::Network;
use serde_json::{Value, json};
use words::{ask, refused_at as refused, run, unanswered as not_answered};

/// A lead of the seller of the first dealer.
fn receive(session: &Session, number: usize, source: &str, horizon: &str) -> String {
    let lead = json!({"channel": "web_form", "source": source, "company": format!("Esempio {number}"),
        "email": format!("info{number}@esempio.example"), "horizon": horizon, "country": "IT"});
    let receipt = run(session, json!({"command": "lead.receive", "lead": lead, "owner": "Trucks Piacenza"}));
    receipt.key().unwrap().to_owned()
}

/// Rules on leads, as on customers: one at a time, all of them, and in a funnel.
#[test]
fn leads_are_found_by_rules() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let first = receive(&seller, 1, "fair", "month");
    receive(&seller, 2, "gossip", "year");
    receive(&seller, 3, "fair", "year");
    for (text, expected) in [
        ("lead.horizon == 'month'", 1),
        ("lead.source == 'fair' && lead.horizon == 'year'", 1),
        ("date(lead.received_at) <= today && date(lead.received_at) > today - days(3)", 3),
        ("lead.answers.exists(a, a.question == 'budget')", 0),
        ("lead.custom.size() == 0", 3),
        ("lead.fleet_size > 3", 0),
    ] {
        let rule = seller.rule(text, RuleSubject::Lead).unwrap_or_else(|error| panic!("{text}: {error}"));
        let selected = rule.select(&seller, RuleRun::default()).unwrap();
        assert_eq!((selected.ids.len(), selected.asked), (expected, 3), "{text}");
        let funnel = rule.funnel(&seller, RuleRun::default()).unwrap();
        assert_eq!((funnel.asked, funnel.steps.last().unwrap().left), (3, expected), "{text}");
        for id in &selected.ids {
            assert!(rule.holds(&seller, &id.to_string()).unwrap().holds(), "{text}");
        }
        assert_eq!(rule.select(&rival, RuleRun::default()).unwrap().asked, 0, "they are of another dealer");
    }
    let why =
        seller.rule("lead.horizon == 'month'", RuleSubject::Lead).unwrap().explain(&seller, &first).unwrap();
    assert_eq!(why.value("lead.horizon"), Some("month"));
    let admin = network.crm.session("admin", None).unwrap();
    let document = "name: urgency\nversion: 1\nenvironment: lead\nrule:\n  match:\n    - condition: lead.horizon == 'year'\n      value: low\n    - condition: lead.horizon == 'month'\n      value: high\n";
    run(&admin, json!({"command": "rule_set.save", "document": document}));
    let asked = json!({"question": "rule_set.verdict", "rule_set": "urgency", "about": "lead", "key": first, "passed_over": true});
    let verdict = ask(&seller, &asked);
    assert_eq!((&verdict["outcome"], &verdict["values"]), (&json!("value"), &json!(["high"])));
    assert!(verdict["why"].to_string().contains("lead.horizon == 'year'"), "{verdict}");
    let unseen = seller.rule("lead.horizon == 'month'", RuleSubject::Lead).unwrap().holds(&rival, &first);
    assert_eq!(unseen.unwrap_err().code(), "record.not_found");
}

const RULES: &str = r#"
name: lead_score
version: 1
environment: lead
semantic: all_matches
rule:
  match:
    - condition: lead.horizon == 'month'
      value: 40
      reason: wants it within a month
    - condition: lead.answers.exists(a, a.question == 'budget' && a.word == 'approved')
      value: 30
    - condition: lead.qualification >= 50
      value: 15
    - condition: lead.source == 'gossip'
      value: -20
tests:
  - name: soon
    input: {lead: {horizon: month}}
    value: [40]
"#;

#[test]
fn a_questionnaire_is_answered_and_totalled_and_versions_stay() {
    let network = Network::new();
    let (admin, seller, rival) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.rival());
    let lead = receive(&seller, 1, "portal", "quarter");
    // What every installation starts with.
    let told = ask(&seller, json!({"question": "lead.questionnaire", "lead": lead}));
    assert_eq!(told["questionnaire"], "bant/0");
    assert_eq!(told["total"]["unanswered"], json!(["budget", "authority", "need", "timing"]));
    let receipt = run(
        &seller,
        json!({"command": "lead.answer", "lead": lead,
        "answers": {"budget": "planned", "timing": "quarter"}}),
    );
    assert_eq!(receipt.why.because[0].value("percent"), Some("32.5"), "{}", receipt.why);

    let own = json!({"command": "lead_questionnaire.define", "name": "bant", "questions": [
        {"code": "budget", "text": "Budget?", "weight": 3, "answers": {"approved": 10, "planned": 5, "none": 0}},
        {"code": "decides", "text": "Does the person decide?", "kind": "yes_no", "weight": 2, "answers": {"yes": 10}},
        {"code": "vehicles", "text": "How many?", "kind": "number", "weight": 1,
            "bands": [{"at_least": "1", "points": 2}, {"at_least": "10", "points": 10}]},
        {"code": "start", "text": "From when?", "kind": "date"},
        {"code": "note", "text": "Anything else?", "kind": "text"}]});
    assert_eq!(refused(&seller, own.clone()).0, "access.not_allowed");
    assert_eq!(run(&admin, own.clone()).key(), Some("bant/1"));
    let mut wrong = own;
    wrong["questions"][2]["bands"][1]["at_least"] = json!("0");
    assert_eq!(refused(&admin, wrong), ("questionnaire.answers", Some("questions[2].bands".into())));

    // An answer to a question of the earlier version counts with the points of its day.
    network.clock.set(network.clock_now() + chrono::TimeDelta::hours(1));
    let receipt = run(
        &seller,
        json!({"command": "lead.answer", "lead": lead,
        "answers": {"decides": true, "vehicles": 12, "start": "2026-09-01", "note": "ask for Ms Neri"}}),
    );
    // 3 x 6 + 2 x 10 + 1 x 10 of 60.
    assert_eq!(receipt.why.because[0].value("percent"), Some("80"), "{}", receipt.why);
    assert!(!receipt.why.to_string().contains("Neri"), "{}", receipt.why);
    for (answers, field) in [
        (json!({"budget": "maybe"}), "answers.budget"),
        (json!({"decides": "perhaps"}), "answers.decides"),
        (json!({"start": "soon"}), "answers.start"),
        (json!({"colour": "red"}), "answers"),
    ] {
        let (code, at) =
            refused(&seller, json!({"command": "lead.answer", "lead": lead, "answers": answers}));
        assert!(code.starts_with("questionnaire."), "{code}");
        assert_eq!(at.as_deref(), Some(field));
    }
    let told = ask(&seller, json!({"question": "lead.questionnaire", "lead": lead}));
    assert_eq!(told["questions"][2]["answer"], "12");
    assert_eq!(told["total"]["unanswered"], json!([]));
    // Given again, nothing is written.
    let again = run(&seller, json!({"command": "lead.answer", "lead": lead, "answers": {"decides": true}}));
    assert_eq!(again.records.len(), 1);

    run(&admin, json!({"command": "lead_questionnaire.retire", "questionnaire": "bant/1"}));
    assert_eq!(ask(&seller, json!({"question": "lead.questionnaire"}))["questionnaire"], "bant/0");
    // The other dealer sees nothing of it.
    for question in ["lead.questionnaire", "lead.score"] {
        assert_eq!(not_answered(&rival, json!({"question": question, "lead": lead})), "record.not_found");
    }
    assert_eq!(
        refused(&rival, json!({"command": "lead.answer", "lead": lead, "answers": {"budget": "none"}})).0,
        "record.not_found"
    );
    assert!(rival.table(&clientela::TableQuery::new("lead_answer")).unwrap().rows() == 0);
    assert!(seller.table(&clientela::TableQuery::new("lead_answer")).unwrap().rows() > 0);
}

#[test]
fn rules_give_points_row_by_row_and_scores_have_a_history() {
    let network = Network::new();
    let (admin, seller, manager) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.manager());
    let soon = receive(&seller, 1, "portal", "month");
    let late = receive(&seller, 2, "gossip", "year");
    assert_eq!(refused(&manager, json!({"command": "lead.score"})).0, "record.not_found");
    run(&admin, json!({"command": "rule_set.save", "document": RULES}));
    let receipt = run(&manager, json!({"command": "lead.score", "unit": "D-0042"}));
    assert_eq!((receipt.why.value("leads"), receipt.why.value("changed")), (Some("2"), Some("2")));
    let again = run(&manager, json!({"command": "lead.score"}));
    assert_eq!(again.why.value("changed"), Some("0"));

    let told = ask(&seller, json!({"question": "lead.score", "lead": soon}));
    assert_eq!((&told["rules"]["score"], &told["rules"]["grade"]), (&json!(40), &json!("C")));
    assert!(told["rules"]["why"].to_string().contains("wants it within a month"), "{told}");
    let told = ask(&seller, json!({"question": "lead.score", "lead": late, "passed_over": true}));
    // Points may fall below nothing, a score does not; every row says why it gave nothing.
    assert_eq!((&told["rules"]["points"], &told["rules"]["score"]), (&json!("-20"), &json!(0)));
    assert!(told["rules"]["why"].to_string().contains("rule_set.passed_over"), "{told}");

    network.clock.set(network.clock_now() + chrono::TimeDelta::hours(1));
    run(
        &seller,
        json!({"command": "lead.answer", "lead": soon, "answers": {"budget": "approved", "authority": "decides"}}),
    );
    network.clock.set(network.clock_now() + chrono::TimeDelta::hours(1));
    let stricter = RULES
        .replace("version: 1", "version: 2")
        .replace("value: 40", "value: 20")
        .replace("value: [40]", "value: [20]");
    run(&admin, json!({"command": "rule_set.save", "document": stricter}));
    run(&seller, json!({"command": "lead.score", "lead": soon}));
    let history = ask(&seller, json!({"question": "lead.score", "lead": soon}))["history"].clone();
    let told: Vec<(Value, Value, Value)> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["score"].clone(), line["grade"].clone(), line["rule_set"].clone()))
        .collect();
    let line = |score: u32, grade: &str, set: &str| (json!(score), json!(grade), json!(set));
    assert_eq!(
        told,
        [line(65, "B", "lead_score/2"), line(85, "A", "lead_score/1"), line(40, "C", "lead_score/1")]
    );

    // Grades are the installation's.
    run(
        &admin,
        json!({"command": "setting.define", "name": "lead.scoring", "document":
        {"grades": [{"grade": "hot", "from": 60}, {"grade": "cold", "from": 0}]}}),
    );
    let receipt = run(&manager, json!({"command": "lead.score"}));
    assert_eq!(receipt.why.value("changed"), Some("2"), "{}", receipt.why);
    let ranking = ask(&manager, json!({"question": "lead.ranking"}));
    assert_eq!((&ranking[0]["number"], &ranking[0]["grade"]), (&json!(soon), &json!("hot")));
    assert_eq!(ask(&network.rival(), json!({"question": "lead.ranking"})), json!([]));
    let refused_grades = json!({"command": "setting.define", "name": "lead.scoring", "document":
        {"grades": [{"grade": "hot", "from": 60}]}});
    assert_eq!(refused(&admin, refused_grades).0, "lead.grades");
    // A lead that came to an end takes neither points nor answers.
    run(&seller, json!({"command": "lead.disqualify", "lead": late, "reason": "gossip"}));
    assert_eq!(refused(&seller, json!({"command": "lead.score", "lead": late})).0, "lead.closed");
    assert_eq!(
        refused(&seller, json!({"command": "lead.answer", "lead": late, "answers": {"budget": "none"}})).0,
        "lead.closed"
    );
}

/// Many leads in columns have the scores they have one by one.
#[test]
fn all_together_are_scored_as_each_alone() {
    let network = Network::new();
    let (admin, seller, manager) =
        (network.crm.session("admin", None).unwrap(), network.seller(), network.manager());
    run(&admin, json!({"command": "rule_set.save", "document": RULES}));
    let horizons = ["month", "quarter", "half_year", "year", "later"];
    let mut leads = Vec::new();
    for number in 0..40 {
        let source = ["portal", "gossip", "fair"][number % 3];
        let lead = receive(&seller, number, source, horizons[number % 5]);
        if number % 4 == 0 {
            let budget = ["approved", "none"][number / 4 % 2];
            run(
                &seller,
                json!({"command": "lead.answer", "lead": lead, "answers": {"budget": budget, "need": "pressing"}}),
            );
        }
        leads.push(lead);
    }
    run(&manager, json!({"command": "lead.score"}));
    let rule_sets = |variables: &str| {
        RULES.replace("version: 1", "version: 2").replace("rule:\n", &format!("rule:\n{variables}"))
    };
    let stored = |lead: &str| {
        let line = ask(&seller, json!({"question": "lead.score", "lead": lead}));
        (line["rules"]["score"].clone(), line["history"][0]["score"].clone())
    };
    for lead in &leads {
        let (alone, together) = stored(lead);
        assert_eq!(alone, together, "{lead}");
    }
    // With a variable the rows are asked lead by lead; the scores stay.
    let with_variable = rule_sets("  variables:\n    - {name: soon, expression: lead.horizon == 'month'}\n")
        .replace("condition: lead.horizon == 'month'", "condition: soon");
    run(&admin, json!({"command": "rule_set.save", "document": with_variable}));
    let before: Vec<_> = leads.iter().map(|lead| stored(lead).0).collect();
    run(&manager, json!({"command": "lead.score"}));
    let after: Vec<_> = leads.iter().map(|lead| stored(lead).1).collect();
    assert_eq!(before, after);
}

/// The counts of a model, as the administrator reads them.
fn counts(network: &Network, code: &str) -> Vec<(String, String, u32, u32)> {
    use clientela::core::leads::scoring::{LeadScoreCount, LeadScoreModel};
    let admin = network.crm.session("admin", None).unwrap();
    let model = admin.find::<LeadScoreModel>(code).unwrap().record;
    let mut found: Vec<_> = admin
        .list::<LeadScoreCount>(&clientela::Predicate::Everything, 1_000, 0)
        .unwrap()
        .into_iter()
        .map(|stored| stored.record)
        .filter(|count| count.model == model.id && (count.converted, count.disqualified) != (0, 0))
        .map(|count| (count.feature, count.value, count.converted, count.disqualified))
        .collect();
    found.push(("all".into(), String::new(), model.converted, model.disqualified));
    found.sort();
    found
}

#[test]
fn what_became_of_leads_foretells_others_and_each_outcome_is_learnt_at_once() {
    let network = Network::new();
    let (seller, manager, rival) = (network.seller(), network.manager(), network.rival());
    let close = |number: usize, source: &str, won: bool| {
        let lead = receive(&seller, number, source, if won { "month" } else { "later" });
        run(
            &seller,
            json!({"command": "lead.answer", "lead": lead, "answers": {"budget": if number.is_multiple_of(3) { "approved" } else { "none" }}}),
        );
        if won {
            run(&seller, json!({"command": "lead.contact", "lead": lead}));
            run(
                &seller,
                json!({"command": "lead.convert", "lead": lead, "method": "with-configurator", "currency": "EUR"}),
            );
        } else {
            run(&seller, json!({"command": "lead.disqualify", "lead": lead, "reason": "no money"}));
        }
        network.clock.set(network.clock_now() + chrono::TimeDelta::minutes(10));
        lead
    };
    // A seller works on his own leads: he does not decide what all are judged by.
    let train = json!({"command": "lead_score.train", "name": "parma", "unit": "D-0042", "minimum": 40});
    assert_eq!(refused(&seller, train.clone()).0, "access.not_allowed");
    assert_eq!(run(&manager, train.clone()).key(), Some("parma/1"));
    run(&manager, json!({"command": "lead_score.activate", "model": "parma/1"}));
    let fresh = receive(&seller, 900, "friend", "month");
    let told = ask(&seller, json!({"question": "lead.score", "lead": fresh}));
    assert_eq!(told["prediction"], Value::Null);
    assert_eq!(told["not_predicted"]["reason"], "lead_score.not_enough", "{told}");

    let mut given_up = Vec::new();
    for number in 0..60 {
        let won = number % 3 == 0 || number % 7 == 0;
        let lead = close(number, if won { "friend" } else { "portal" }, won);
        if !won {
            given_up.push(lead);
        }
    }
    // Some are taken up again, and one of them is won after all.
    for lead in given_up.iter().take(5) {
        run(&manager, json!({"command": "lead.reroute", "lead": lead, "owner": "Trucks Piacenza"}));
    }
    run(&seller, json!({"command": "lead.contact", "lead": given_up[0]}));
    run(
        &seller,
        json!({"command": "lead.convert", "lead": given_up[0], "method": "with-configurator", "currency": "EUR"}),
    );
    // What was learnt one by one is what counting all anew leaves.
    assert_eq!(run(&manager, train).key(), Some("parma/2"));
    let (moving, anew) = (counts(&network, "parma/1"), counts(&network, "parma/2"));
    assert_eq!(moving, anew);
    assert!(
        moving.iter().any(|(feature, value, ..)| feature == "question:budget" && value == "approved"),
        "{moving:?}"
    );

    let told = ask(&seller, json!({"question": "lead.score", "lead": fresh}));
    let prediction = &told["prediction"];
    assert_eq!(told["model"], "parma/1");
    let factors = prediction["factors"].as_array().unwrap();
    let points: i64 = factors.iter().map(|factor| factor["points"].as_i64().unwrap()).sum();
    assert_eq!(prediction["base"].as_i64().unwrap() + points, prediction["score"].as_i64().unwrap());
    assert!(prediction["score"].as_i64() > prediction["base"].as_i64(), "{prediction}");
    assert!(
        factors.iter().any(|factor| factor["feature"] == "unit" && factor["value"] == "D-0042"),
        "{prediction}"
    );
    // The seller is told the reasons, not how many leads his house had; the manager is told both.
    assert_eq!(factors[0].get("converted"), None);
    let managers = ask(&manager, json!({"question": "lead.score", "lead": fresh}));
    assert!(managers["prediction"]["factors"][0]["converted"].as_u64().is_some(), "{managers}");

    let poor = receive(&seller, 901, "portal", "later");
    let ranking = ask(&manager, json!({"question": "lead.ranking", "unit": "D-0042", "limit": 10}));
    let numbers: Vec<&str> =
        ranking.as_array().unwrap().iter().map(|line| line["number"].as_str().unwrap()).collect();
    let place = |number: &str| numbers.iter().position(|known| *known == number).unwrap();
    assert!(place(&fresh) < place(&poor), "{ranking}");
    assert_eq!(ask(&rival, json!({"question": "lead.ranking"})), json!([]));

    let quality = ask(&manager, json!({"question": "lead_score.quality", "model": "parma/1"}));
    assert_eq!(
        quality["learnt_from"].as_u64().unwrap() + quality["judged_by"].as_u64().unwrap(),
        56,
        "{quality}"
    );
    let auc: f64 = quality["auc"].as_str().unwrap().parse().unwrap();
    assert!(auc > 0.9, "{quality}");
    assert!(!quality["reliability"].as_array().unwrap().is_empty());
    assert_eq!(
        not_answered(&rival, json!({"question": "lead_score.quality", "model": "parma/1"})),
        "record.not_found"
    );
    assert_eq!(
        not_answered(&seller, json!({"question": "lead_score.quality", "model": "parma/1"})),
        "record.not_found"
    );

    // The next version takes the place of the first, which learns no more.
    let receipt = run(&manager, json!({"command": "lead_score.activate", "model": "parma/2"}));
    assert!(receipt.why.mentions("lead_score.replaced"), "{}", receipt.why);
    close(902, "portal", false);
    assert_eq!(counts(&network, "parma/1"), moving);
    assert_ne!(counts(&network, "parma/2"), anew);
    assert_eq!(
        refused(&manager, json!({"command": "lead_score.activate", "model": "parma/1"})).0,
        "lead_score.retired"
    );
}
