//! Plans of several measures, what persons carry of them, market totals from a table, and forecasts and funnels as columns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, Question, Session};
use network::Network;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn run(session: &Session, command: &Value) -> clientela::Result<clientela::Receipt> {
    session.run(&Command::from_json(&command.to_string())?)
}

fn ask(session: &Session, question: &Value) -> clientela::Result<Value> {
    session.answer(&Question::from_json(&question.to_string())?)
}

fn lines(session: &Session, question: &Value) -> Vec<Value> {
    ask(session, question).unwrap_or_else(|error| panic!("{question}\n{error:?}")).as_array().unwrap().clone()
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is no number")).parse().unwrap()
}

fn admin(network: &Network) -> Session {
    network.crm.session("admin", None).unwrap()
}

/// Units, revenue in whole thousands, and visits, in one plan of a dealer.
fn plan() -> Value {
    json!({"command": "quota_plan.define", "name": "Emilia 2026", "unit": "D-0042", "first_day": "2026-01-01",
        "last_day": "2026-12-31", "currency": "EUR",
        "weights": [{"of": "Trucks Piacenza", "weight": "2"}],
        "measures": [
            {"measure": "units", "total": "90", "weight": "3"},
            {"measure": "revenue", "total": "9000000", "step": "1000",
             "limits": [{"of": "Trucks Parma", "period": "2026-08-15", "maximum": "0"}]},
            {"measure": "visits", "total": "600", "weights": [{"of": "Trucks Piacenza", "weight": "1"}]}]})
}

/// The targets of a measure, by unit or title, over the whole plan.
fn targets(session: &Session, measure: &str) -> Vec<Decimal> {
    let question =
        json!({"question": "quota_plan.reconciliation", "plan": "Emilia 2026", "measure": measure});
    let mut found: Vec<Decimal> =
        lines(session, &question).iter().map(|line| number(&line["target"])).collect();
    found.sort();
    found
}

fn whole(numbers: &[i64]) -> Vec<Decimal> {
    numbers.iter().map(|number| Decimal::from(*number)).collect()
}

fn win(session: &Session, key: &str, vehicles: u32, amount: &str) {
    run(session, &json!({"command": "customer.create", "customer": {"kind": "company", "name": key, "country": "IT", "number": key}})).unwrap();
    run(session, &json!({"command": "opportunity.open", "customer": key, "title": "T", "method": "with-configurator",
        "currency": "EUR", "number": key, "vehicles": vehicles, "amount": {"amount": amount, "currency": "EUR"}}))
    .unwrap();
    run(session, &json!({"command": "opportunity.win", "opportunity": key, "reason": "price"})).unwrap();
}

#[test]
fn several_measures_are_shared_out_in_one_command_and_read_one_by_one() {
    let network = Network::new();
    let admin = admin(&network);
    let receipt = run(&admin, &plan()).unwrap();
    assert!(receipt.why.mentions("quota_plan.shared_out"), "{}", receipt.why);
    assert_eq!(targets(&admin, "units"), whole(&[30, 60, 90]));
    assert_eq!(targets(&admin, "revenue"), whole(&[3_000_000, 6_000_000, 9_000_000]));
    assert_eq!(targets(&admin, "visits"), whole(&[300, 300, 600]));
    let by_period =
        json!({"question": "quota_plan.reconciliation", "plan": "Emilia 2026", "by_period": true});
    for line in lines(&admin, &by_period) {
        if line["measure"] == "revenue" {
            assert!((number(&line["target"]) % Decimal::from(1000)).is_zero(), "{line}");
        }
        assert!(line["over_assigned"].is_null() || number(&line["over_assigned"]).is_zero(), "{line}");
    }
    let versions = lines(&admin, &json!({"question": "quota_plan.versions", "plan": "Emilia 2026"}));
    let measures = versions[0]["measures"].as_array().unwrap();
    assert_eq!(
        (measures.len(), &measures[1]["step"], &measures[0]["weight"]),
        (3, &json!("1000"), &json!("3"))
    );
    // A seller sees what is his, in every measure, and no total of the whole.
    let seller = network.seller();
    assert_eq!(targets(&seller, "revenue"), whole(&[6_000_000]));
    let versions = lines(&seller, &json!({"question": "quota_plan.versions", "plan": "Emilia 2026"}));
    assert!(
        versions[0]["measures"].as_array().unwrap().iter().all(|one| one["total"].is_null()),
        "{versions:?}"
    );
    let foreign = ask(&network.rival(), &json!({"question": "quota_plan.overall", "plan": "Emilia 2026"}));
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn what_is_wrong_with_one_measure_says_with_which() {
    let network = Network::new();
    let admin = admin(&network);
    let with = |measures: Value| {
        let mut plan = plan();
        plan["measures"] = measures;
        let error = run(&admin, &plan).unwrap_err();
        (error.code(), error.field().unwrap_or_default(), error.to_string())
    };
    let units = json!({"measure": "units", "total": "90"});
    let (code, field, text) = with(json!([units, {"measure": "revenue", "total": "1500", "step": "1000"}]));
    assert_eq!((code, field.as_str()), ("quota_plan.total_step", "measures[1].total"));
    assert!(text.starts_with("revenue: "), "{text}");
    assert_eq!(with(json!([units, units])).1, "measures");
    let mut both = plan();
    both["measure"] = json!("units");
    assert_eq!(run(&admin, &both).unwrap_err().field().as_deref(), Some("measure"));
    // Limits that clash are named by their places.
    let limits = json!([
        {"of": "Trucks Parma", "maximum": "20"},
        {"of": "Trucks Piacenza", "minimum": "1"},
        {"of": "Trucks Piacenza", "maximum": "30"}]);
    let (code, _, text) = with(
        json!([{"measure": "units", "total": "90", "limits": limits}, {"measure": "visits", "total": "1"}]),
    );
    assert_eq!(code, "quota_plan.limits");
    assert!(
        text.contains("limits 1 and 3 cannot be met together") && text.contains("leave 40 over"),
        "{text}"
    );
}

#[test]
fn one_figure_over_all_and_steps_that_pay_by_it() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &plan()).unwrap();
    win(&network.seller(), "K-1", 6, "300000");
    let attained = |measure: &str| {
        let question =
            json!({"question": "quota_plan.attainment", "plan": "Emilia 2026", "measure": measure});
        lines(&admin, &question)
    };
    assert_eq!(lines(&admin, &json!({"question": "quota_plan.attainment", "plan": "Emilia 2026"})).len(), 9);
    assert_eq!(attained("revenue").len(), 3);
    let question = json!({"question": "quota_plan.attainment", "plan": "Emilia 2026", "measure": "margin"});
    assert_eq!(ask(&admin, &question).unwrap_err().kind(), ErrorKind::NotFound);
    let overall = lines(&admin, &json!({"question": "quota_plan.overall", "plan": "Emilia 2026"}));
    let dealer = overall.iter().find(|line| line["owner"].is_null()).unwrap();
    // 6 of 90 three times, 300,000 of 9,000,000, no visit of 600: (3 · 6.67 + 3.33 + 0) / 5.
    assert_eq!(dealer["percent"], "4.67");
    assert_eq!(dealer["parts"].as_array().unwrap().len(), 3);
    let step = |payout: &str| {
        json!({"command": "quota_plan.set_incentives", "plan": "Emilia 2026", "steps": [
            {"from_percent": "5", "payout": payout, "amount": "500", "currency": "EUR"}]})
    };
    assert_eq!(run(&admin, &step("per_unit")).unwrap_err().field().as_deref(), Some("measure"));
    run(&admin, &step("fixed")).unwrap();
    run(
        &admin,
        &json!({"command": "quota_plan.set_incentives", "plan": "Emilia 2026", "measure": "units", "steps": [
        {"from_percent": "10", "payout": "per_unit", "amount": "100", "currency": "EUR"}]}),
    )
    .unwrap();
    let paid = lines(&admin, &json!({"question": "quota_plan.incentives", "plan": "Emilia 2026"}));
    let earned = |measure: Value| -> Vec<Decimal> {
        let own = paid.iter().filter(|line| line["measure"] == measure);
        let mut earned: Vec<Decimal> = own.map(|line| number(&line["incentive"]["earned"])).collect();
        earned.sort();
        earned
    };
    // Piacenza is at 7.0 over all and at 10 of its units; the dealer and Parma are not there yet.
    assert_eq!((earned(json!(null)), earned(json!("units"))), (whole(&[0, 0, 500]), whole(&[0, 0, 600])));
}

#[test]
fn measures_are_answered_changed_locked_and_revised_together() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &plan()).unwrap();
    let seller = network.seller();
    run(&seller, &json!({"command": "quota_target.answer", "plan": "Emilia 2026", "answer": "accepted"}))
        .unwrap();
    let all = json!({"question": "quota_plan.reconciliation", "plan": "Emilia 2026"});
    let accepted =
        |session: &Session| lines(session, &all).iter().filter(|line| line["answer"] == "accepted").count();
    assert_eq!(accepted(&admin), 3);
    let propose = |measure: Value| json!({"command": "quota_target.answer", "plan": "Emilia 2026", "answer": "rejected", "proposed": "50", "measure": measure});
    assert_eq!(run(&seller, &propose(json!(null))).unwrap_err().field().as_deref(), Some("measure"));
    run(&seller, &propose(json!("units"))).unwrap();
    assert_eq!(accepted(&admin), 2);
    let change = |measure: Value, amount: &str| json!({"command": "quota_target.change", "plan": "Emilia 2026", "of": "Trucks Parma", "amount": amount, "measure": measure});
    assert_eq!(run(&admin, &change(json!(null), "7")).unwrap_err().field().as_deref(), Some("measure"));
    assert_eq!(
        run(&admin, &change(json!("revenue"), "2999999")).unwrap_err().code(),
        "quota_plan.total_step"
    );
    run(&admin, &change(json!("revenue"), "2500000")).unwrap();
    assert_eq!(targets(&admin, "revenue"), whole(&[2_500_000, 6_000_000, 9_000_000]));
    assert_eq!(targets(&admin, "units"), whole(&[30, 60, 90]));

    let revise = json!({"command": "quota_plan.revise", "plan": "Emilia 2026", "from_day": "2026-07-01",
        "measures": [{"measure": "units", "total": "105"}]});
    run(&admin, &revise).unwrap();
    assert_eq!(targets(&admin, "units").last(), Some(&Decimal::from(105)));
    assert_eq!(
        targets(&admin, "visits"),
        whole(&[300, 300, 600]),
        "a measure that is not named keeps its total"
    );
    let compared = json!({"question": "quota_plan.compare", "plan": "Emilia 2026", "measure": "units"});
    let differs: Decimal = lines(&admin, &compared).iter().map(|line| number(&line["difference"])).sum();
    assert_eq!(differs, Decimal::from(30), "the dealer's 15, and 15 of its sellers");
    let before =
        json!({"question": "quota_plan.attainment", "plan": "Emilia 2026", "version": 1, "measure": "units"});
    assert!(lines(&admin, &before).iter().any(|line| line["target"] == "90"));
    run(&admin, &json!({"command": "quota_plan.lock", "plan": "Emilia 2026"})).unwrap();
    for measure in ["units", "revenue", "visits"] {
        assert_eq!(run(&admin, &change(json!(measure), "1000")).unwrap_err().code(), "quota_plan.locked");
    }
}

#[test]
fn persons_carry_the_days_they_held_a_position() {
    let network = Network::new();
    let admin = admin(&network);
    run(&admin, &plan()).unwrap();
    win(&network.seller(), "K-1", 6, "300000");
    run(&admin, &json!({"command": "holding.end", "user": "u-gallo", "last_day": "2026-03-31"})).unwrap();
    run(&admin, &json!({"command": "user.create", "login": "u-serra", "name": "Ivo Serra", "position": "Trucks Parma", "from": "2026-05-01"}))
        .unwrap();
    for basis in ["working_days", "season"] {
        let question = json!({"question": "quota_plan.personal", "plan": "Emilia 2026", "measure": "units", "basis": basis});
        let found = lines(&admin, &question);
        let of = |name: Value| found.iter().find(|line| line["name"] == name).unwrap().clone();
        let names: Vec<Value> =
            ["Anna Gallo", "Ivo Serra"].iter().map(|name| json!(name)).chain([json!(null)]).collect();
        let parma: Decimal = names.into_iter().map(|name| number(&of(name)["target"])).sum();
        assert_eq!(
            parma,
            Decimal::from(30),
            "the holders and the vacant month carry the whole quota: {found:?}"
        );
        let rossi = of(json!("Mario Rossi"));
        assert_eq!(
            (&rossi["target"], &rossi["reached"], &rossi["rank"]),
            (&json!("60"), &json!("6"), &json!(1))
        );
        assert!(of(json!(null))["rank"].is_null());
    }
    let own = lines(&network.seller(), &json!({"question": "quota_plan.personal", "plan": "Emilia 2026"}));
    assert!(own.iter().all(|line| line["name"] == "Mario Rossi"), "{own:?}");
    assert_eq!(own.len(), 3);
}

#[test]
fn market_totals_come_in_as_a_table_and_go_out_again() {
    use clientela::import::{ImportOptions, ImportSource, ImportTarget};
    use std::ops::ControlFlow;
    let network = Network::new();
    let admin = admin(&network);
    run(
        &admin,
        &json!({"command": "quota_plan.define", "name": "Share", "unit": "HQ", "measure": "market_share",
        "first_day": "2026-01-01", "last_day": "2026-12-31", "total": "20"}),
    )
    .unwrap();
    win(&network.seller(), "K-1", 3, "100000");
    let table = "Concessionario;Mese;Immatricolazioni;Fonte\nD-0042;01/03/2026;30;ACI\nD-0043;01/03/2026;10;ACI\n\
        D-0042;01/03/2026;31;ACI\nD-9;01/03/2026;5;ACI\nD-0042;;5;\n";
    let import = |session: &Session, label: &str, table: &str| {
        let mut options = ImportOptions::new(ImportTarget::MarketTotal);
        options.label = Some(label.to_owned());
        let plan = session.plan_import(ImportSource::Csv(table.into()), options).unwrap();
        let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
        let rejected: Vec<(u64, String)> =
            report.rejected.iter().map(|row| (row.line, row.code.clone())).collect();
        (report.added, rejected, plan.id())
    };
    let (added, rejected, run_id) = import(&admin, "first", table);
    assert_eq!(added, 2);
    let expected = [(4, "import.repeated"), (5, "record.not_found"), (6, "field.missing")];
    assert_eq!(rejected, expected.map(|(line, code)| (line, code.to_owned())));
    let share = || {
        let question = json!({"question": "quota_plan.attainment", "plan": "Share", "day": "2026-04-02"});
        let mut shares: Vec<String> = lines(&admin, &question)
            .iter()
            .map(|line| line["reached"].as_str().unwrap().to_owned())
            .collect();
        shares.sort();
        shares
    };
    assert_eq!(share(), ["0", "10.00", "7.50", "7.50"]);
    // The same area and month again takes the place of the number before; the same number again is nothing new.
    let again = "unit,first_day,last_day,registrations,source\nD-0042,2026-03-01,2026-03-31,15,ACI\nD-0043,2026-03-01,,10,ACI\n";
    assert_eq!(import(&admin, "second", again).0, 2);
    assert_eq!(share(), ["0", "12.00", "12.00", "20.00"]);
    let refused = import(&network.seller(), "third", again);
    assert_eq!(refused.1[0].1, "access.not_allowed");
    // What the first import brought is taken back where nobody said otherwise since.
    run(&admin, &json!({"command": "import_run.revert", "import_run": run_id.to_string()})).unwrap();
    assert_eq!(share(), ["0", "20.00", "20.00", "20.00"]);
}

#[test]
fn columns_say_what_the_questions_say() {
    use clientela::question::By;
    let network = Network::new();
    let admin = admin(&network);
    let on = |day: &str| network.clock.set(format!("{day}T09:00:00Z").parse().unwrap());
    let open = |session: &Session, number: &str, amount: &str, close: &str| {
        run(session, &json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT", "number": number}})).unwrap();
        run(session, &json!({"command": "opportunity.open", "customer": number, "title": "T", "method": "with-configurator",
            "currency": "EUR", "number": number, "vehicles": 3, "expected_close": close, "amount": {"amount": amount, "currency": "EUR"}}))
        .unwrap();
    };
    on("2026-03-05");
    open(&network.seller(), "O-1", "100000.50", "2026-06-10");
    open(&network.seller(), "O-2", "50000.25", "2026-06-20");
    open(&network.rival(), "O-3", "70000.00", "2026-06-20");
    on("2026-03-12");
    for stage in ["needs", "offer", "negotiation"] {
        run(&network.seller(), &json!({"command": "opportunity.advance", "opportunity": "O-1", "to": stage}))
            .unwrap();
    }
    run(&network.seller(), &json!({"command": "opportunity.win", "opportunity": "O-2", "reason": "price"}))
        .unwrap();
    on("2026-03-20");
    run(&network.seller(), &json!({"command": "opportunity.change", "opportunity": "O-1", "change": {"amount": {"amount": "120000.00", "currency": "EUR"}}})).unwrap();

    let days = (day("2026-04-01"), day("2026-06-30"));
    for (by, word) in [(By::Position, "position"), (By::Unit, "unit")] {
        let columns = admin.pipeline_columns(by).unwrap();
        assert_eq!((columns.len(), columns[0].opportunities()), (1, 3));
        for as_of in ["2026-03-05", "2026-03-12", "2026-03-20"] {
            let told = ask(&admin, &json!({"question": "forecast.rollup", "first_day": "2026-04-01", "last_day": "2026-06-30", "as_of": as_of, "by": word})).unwrap();
            let table = columns[0].forecast(day(as_of), days, true).unwrap();
            let rows = rows(&table);
            for node in told["currencies"][0]["nodes"].as_array().unwrap() {
                let row = rows.iter().find(|row| row["id"] == node["id"].as_str().unwrap()).unwrap();
                for figure in ["closed", "commit", "best_case", "pipeline", "omitted"] {
                    assert_eq!(
                        amount(&row[figure]),
                        number(&node["amounts"][figure]["amount"]),
                        "{figure} of {row:?}"
                    );
                    assert_eq!(row[&format!("{figure}_count")], node["counts"][figure].to_string());
                }
                for figure in ["weighted", "by_history"] {
                    assert_eq!(
                        amount(&row[figure]).round_dp(2),
                        number(&node[figure]["amount"]),
                        "{figure} of {row:?}"
                    );
                }
            }
        }
    }
    let columns = &admin.pipeline_columns(By::Position).unwrap()[0];
    let change = json!({"question": "forecast.change", "first_day": "2026-04-01", "last_day": "2026-06-30", "from": "2026-03-05", "to": "2026-03-20"});
    let told = &ask(&admin, &change).unwrap()[0];
    let table = rows(&columns.change((day("2026-03-05"), day("2026-03-20")), days, None).unwrap());
    let step = |name: &str| amount(&table.iter().find(|row| row["step"] == name).unwrap()["amount"]);
    assert_eq!(
        (step("start"), step("end")),
        (number(&told["start"]["amount"]), number(&told["end"]["amount"]))
    );
    for part in told["parts"].as_array().unwrap() {
        assert_eq!(step(part["part"].as_str().unwrap()), number(&part["amount"]["amount"]), "{part}");
    }
    let conversion = json!({"question": "funnel.conversion", "from": "2026-03-01", "to": "2026-03-31"});
    let told = lines(&admin, &conversion);
    let table =
        rows(&columns.funnel(&[day("2026-03-01")], day("2026-03-31"), day("2026-03-20"), None).unwrap());
    assert_eq!(table.len(), told.len());
    for line in told {
        let row = table.iter().find(|row| row["stage_code"] == line["stage"].as_str().unwrap()).unwrap();
        for figure in ["reached", "onward", "won", "lost"] {
            assert_eq!(row[figure], line[figure].to_string(), "{line}");
        }
    }
    // Whoever sees less has less in his columns.
    assert_eq!(network.rival().pipeline_columns(By::Position).unwrap()[0].opportunities(), 1);
}

#[test]
fn passages_of_a_table_are_read_or_refused_with_the_column() {
    use arrow_array::{ArrayRef, Decimal128Array, Int32Array, RecordBatch, StringArray, UInt32Array};
    use clientela::{ColumnStage, PipelineColumns};
    use std::sync::Arc;
    let column = |name: &str| -> ArrayRef {
        match name {
            "opportunity" => Arc::new(StringArray::from(vec!["A", "A", "B"])),
            "day" => Arc::new(Int32Array::from(vec![10, 20, 15])),
            "state" => Arc::new(StringArray::from(vec!["open", "won", "open"])),
            "category" => Arc::new(StringArray::from(vec!["commit", "commit", "pipeline"])),
            "stage" => Arc::new(UInt32Array::from(vec![0, 1, 0])),
            "owner" => Arc::new(UInt32Array::from(vec![1, 1, 2])),
            "probability" => Arc::new(Int32Array::from(vec![80, 100, 10])),
            "close" => Arc::new(Int32Array::from(vec![Some(40), Some(20), None])),
            _ => Arc::new(
                Decimal128Array::from(vec![1_000_050, 900_000, 5_000])
                    .with_precision_and_scale(38, 2)
                    .unwrap(),
            ),
        }
    };
    const NAMES: [&str; 9] =
        ["opportunity", "day", "state", "stage", "owner", "category", "probability", "amount", "close"];
    let parents = [None, Some(0), Some(0)];
    let stages = [ColumnStage { method: 0, probability: 10 }; 2];
    let read = |other: Option<(&str, ArrayRef)>| {
        let of = |name: &str| match &other {
            Some((changed, array)) if *changed == name => Arc::clone(array),
            _ => column(name),
        };
        let given = NAMES.iter().filter(|name| {
            other.as_ref().is_none_or(|(changed, _)| !changed.is_empty() || **name != "close")
        });
        let batch = RecordBatch::try_from_iter(given.map(|name| (*name, of(name)))).unwrap();
        PipelineColumns::from_batches(&[batch], &parents, &stages)
    };
    let columns = read(None).unwrap();
    assert_eq!((columns.opportunities(), columns.passages()), (2, 3));
    let epoch = |days: u64| chrono::NaiveDate::default() + chrono::Days::new(days);
    let table = rows(&columns.forecast(epoch(12), (epoch(30), epoch(50)), true).unwrap());
    assert_eq!(amount(&table[0]["commit"]), "10000.50".parse::<Decimal>().unwrap());
    assert_eq!((table[1]["above"].as_str(), table.len()), ("0", 3));
    let texts = |words: &[&str]| -> ArrayRef { Arc::new(StringArray::from(words.to_vec())) };
    for (name, array, field) in [
        ("opportunity", texts(&["B", "B", "A"]), "opportunity"),
        ("state", texts(&["open", "sold", "open"]), "state"),
        ("day", Arc::new(Int32Array::from(vec![Some(1), None, Some(2)])) as ArrayRef, "day"),
        ("owner", Arc::new(UInt32Array::from(vec![0, 1, 9])) as ArrayRef, "owner"),
        ("day", Arc::new(Int32Array::from(vec![20, 10, 15])) as ArrayRef, "day"),
        ("probability", texts(&["1", "2", "3"]), "probability"),
        ("", texts(&[]), "close"),
    ] {
        let error = read(Some((name, array))).err().unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!(error.field().as_deref(), Some(field), "{error}");
    }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The rows of a table, each value as text.
fn rows(table: &clientela::Table) -> Vec<std::collections::HashMap<String, String>> {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Decimal128Type, UInt32Type, UInt64Type};
    use arrow_schema::DataType;
    let mut rows = vec![std::collections::HashMap::new(); table.rows()];
    for (field, array) in table.schema().fields().iter().zip(table.batches()[0].columns()) {
        for (place, row) in rows.iter_mut().enumerate() {
            let text = match field.data_type() {
                DataType::Decimal128(_, scale) => {
                    let number = array.as_primitive::<Decimal128Type>().value(place);
                    Decimal::from_i128_with_scale(number, u32::try_from(*scale).unwrap()).to_string()
                }
                DataType::UInt32 => array.as_primitive::<UInt32Type>().value(place).to_string(),
                DataType::UInt64 => array.as_primitive::<UInt64Type>().value(place).to_string(),
                DataType::Utf8View => array.as_string_view().value(place).to_owned(),
                _ => String::new(),
            };
            row.insert(field.name().clone(), text);
        }
    }
    rows
}
