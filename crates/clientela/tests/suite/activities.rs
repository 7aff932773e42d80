//! Activities and time in a store: reported with their next step, exchanged with other calendars, analysed, planned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, Question, Receipt, Session};
use network::Network;
use serde_json::{Value, json};

/// The network, on the clocks of Rome.
fn in_rome() -> Network {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(&admin, &json!({"command": "unit.change", "unit": "HQ", "time_zone": "Europe/Rome"}));
    network
}

fn try_run(session: &Session, command: &Value) -> clientela::Result<Receipt> {
    session.run(&Command::from_json(&command.to_string())?)
}

fn run(session: &Session, command: &Value) -> Receipt {
    try_run(session, command).unwrap_or_else(|error| panic!("{command}\n{error:?}"))
}

fn ask(session: &Session, question: &Value) -> clientela::Result<Value> {
    session.answer(&Question::from_json(&question.to_string())?)
}

fn told(session: &Session, question: &Value) -> Value {
    ask(session, question).unwrap_or_else(|error| panic!("{question}\n{error:?}"))
}

fn customer(session: &Session, number: &str, more: &Value) {
    let mut given =
        json!({"kind": "company", "name": format!("Esempio {number}"), "country": "IT", "number": number});
    given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    run(session, &json!({"command": "customer.create", "customer": given}));
}

fn visit(session: &Session, number: &str, at: &str, more: &Value) -> String {
    let mut activity = json!({"kind": "visit", "subject": format!("Visit {number}"), "planned_at": at});
    activity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let receipt =
        run(session, &json!({"command": "activity.plan", "customer": number, "activity": activity}));
    receipt.id_of("activity").unwrap().to_string()
}

fn report(session: &Session, activity: &str, report: &Value) -> Receipt {
    run(session, &json!({"command": "activity.report", "activity": activity, "report": report}))
}

#[test]
fn a_report_makes_the_next_activity() {
    let network = in_rome();
    let seller = network.seller();
    customer(&seller, "C-1", &json!({}));
    let place = json!({"place": "Via Po 1, Torino", "latitude": "45.0703", "longitude": "7.6869", "reminder_minutes": 30,
        "participants": ["Anna Blu"], "planned_minutes": 90});
    let id = visit(&seller, "C-1", "2026-03-04T09:15:00Z", &place);

    let reminders = told(&seller, &json!({"question": "activity.reminders"}));
    assert_eq!(reminders["reminders"][0]["remind_at"], "2026-03-04T08:45:00Z");
    let earlier = json!({"question": "activity.reminders", "until": "2026-03-04T08:44:00Z"});
    assert_eq!(told(&seller, &earlier)["reminders"], json!([]));

    // The seventh is a Saturday: a day chosen by hand is kept.
    let command = json!({"command": "activity.report", "activity": id,
        "report": {"minutes": 80, "travel_minutes": 45, "result": "Wants three", "next_step": "Send the offer"},
        "next": {"day": "2026-03-07", "activity": {"kind": "letter"}}});
    let receipt = run(&seller, &command);
    assert_eq!(receipt.records.len(), 2);
    let next = seller.get::<clientela::core::party::Activity>(clientela::model::EntityId::from_uuid(
        receipt.records[1].id,
    ));
    let next = next.unwrap().record;
    assert_eq!((next.subject.as_str(), next.kind.to_string().as_str()), ("Send the offer", "letter"));
    assert_eq!(next.planned_at.unwrap().to_rfc3339(), "2026-03-07T08:00:00+00:00", "nine in Rome");
    assert_eq!(next.follows.unwrap().to_string(), id);
    assert_eq!(told(&seller, &json!({"question": "activity.reminders"}))["reminders"], json!([]));

    // What an activity is about must be the customer's.
    customer(&seller, "C-2", &json!({}));
    let offer = json!({"command": "opportunity.open", "customer": "C-2", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"});
    let opportunity = run(&seller, &offer).id_of("opportunity").unwrap();
    let foreign = json!({"command": "activity.plan", "customer": "C-1",
        "activity": {"kind": "call", "subject": "x", "opportunity": opportunity}});
    assert_eq!(try_run(&seller, &foreign).unwrap_err().code(), "record.not_found");
    let half = json!({"command": "activity.plan", "customer": "C-1", "activity": {"kind": "call", "subject": "x", "latitude": "1"}});
    let refused = try_run(&seller, &half).unwrap_err();
    assert_eq!((refused.code(), refused.field().as_deref()), ("activity.coordinates", Some("longitude")));
}

#[test]
fn a_calendar_goes_out_and_comes_back() {
    let network = in_rome();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller, "C-1", &json!({}));
    let id =
        visit(&seller, "C-1", "2026-03-05T09:00:00Z", &json!({"planned_minutes": 90, "place": "Torino"}));
    let days = json!({"question": "calendar.export", "first_day": "2026-03-01", "last_day": "2026-03-31"});
    let exported = told(&seller, &days);
    let text = exported["calendar"].as_str().unwrap();
    assert_eq!(exported["activities"], 1);
    for part in ["BEGIN:VEVENT", &format!("UID:{id}@clientela"), "LOCATION:Torino", "C-1"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let import = |session: &Session, text: &str| {
        run(session, &json!({"command": "activity.import", "calendar": text}))
    };
    let again = import(&seller, text);
    assert_eq!((again.records.len(), again.why.value("unchanged")), (0, Some("1")), "{}", again.why);

    // Another program moved it, cancelled nothing, and has meetings of its own.
    let ics = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
         BEGIN:VEVENT\r\nUID:{id}@clientela\r\nSUMMARY:Visit\r\nDTSTART:20260306T100000Z\r\nDTEND:20260306T110000Z\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:team\r\nSUMMARY:Team\r\nCATEGORIES:meetings\r\nDTSTART;TZID=Europe/Rome:20260302T090000\r\n\
         DTEND;TZID=Europe/Rome:20260302T100000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:new\r\nSUMMARY:Demo\r\nCATEGORIES:C-1,test_drive\r\nDTSTART:20260310T100000Z\r\nDTEND:20260310T120000Z\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:doctor\r\nSUMMARY:Doctor\r\nDTSTART:20260309T130000Z\r\nDTEND:20260309T140000Z\r\nEND:VEVENT\r\n\
         END:VCALENDAR\r\n"
    );
    let read = import(&seller, &ics);
    let counts = ["activities_planned", "activities_changed", "appointments"]
        .map(|name| read.why.value(name).unwrap());
    assert_eq!(counts, ["1", "1", "2"]);
    let same = import(&seller, &ics);
    assert_eq!((same.records.len(), same.why.value("unchanged")), (0, Some("4")), "{}", same.why);

    // Monday the ninth: nine to ten is the team's, two to three the doctor's. Rome is an hour ahead.
    let monday = json!({"question": "calendar.free_slots", "minutes": 60, "first_day": "2026-03-09", "last_day": "2026-03-09"});
    let slots = told(&seller, &monday)["slots"].clone();
    assert_eq!(
        slots,
        json!([{"from": "2026-03-09T09:00:00Z", "until": "2026-03-09T13:00:00Z"},
               {"from": "2026-03-09T14:00:00Z", "until": "2026-03-09T17:00:00Z"}])
    );
    let away = json!({"command": "absence.record", "first_day": "2026-03-09", "last_day": "2026-03-10", "kind": "leave"});
    let absence = run(&seller, &away).id_of("absence").unwrap();
    assert_eq!(told(&seller, &monday)["slots"], json!([]));
    run(&seller, &json!({"command": "absence.withdraw", "absence": absence}));
    assert_eq!(told(&seller, &monday)["slots"], slots);

    // The rival's calendar is his own: nothing of it is told, and his file does not touch ours.
    let title = network.crm.session("u-rossi", None).unwrap();
    let position =
        title.get::<clientela::core::organisation::Position>(title.actor().position).unwrap().record.title;
    let mut question = monday.clone();
    question["positions"] = json!([position]);
    assert_eq!(ask(&rival, &question).unwrap_err().kind(), ErrorKind::Rights);
    assert_eq!(told(&seller, &question)["slots"], slots);
    let mut theirs = days.clone();
    theirs["position"] = json!(position);
    assert_eq!(told(&rival, &theirs)["activities"], 0);
    let of_rival = import(&rival, &ics);
    assert_eq!(of_rival.why.value("activities_changed"), Some("0"));
    assert_eq!(of_rival.why.value("activities_planned"), Some("0"), "C-1 is no customer he sees");
}

#[test]
fn time_is_analysed() {
    let network = in_rome();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller, "C-1", &json!({"size": "key"}));
    customer(&seller, "C-2", &json!({"size": "small"}));
    let open = |customer: &str, number: &str, amount: &str| {
        run(&seller, &json!({"command": "opportunity.open", "customer": customer, "title": "T", "method": "with-configurator",
            "currency": "EUR", "number": number, "amount": {"amount": amount, "currency": "EUR"}}))
        .id_of("opportunity")
        .unwrap()
    };
    let sold = open("C-1", "O-1", "100000.00");
    open("C-2", "O-2", "50000.00");
    for (number, minutes, about) in
        [("C-1", 60, json!({"opportunity": sold})), ("C-2", 120, json!({})), ("C-2", 60, json!({}))]
    {
        let id = visit(&seller, number, "2026-03-04T08:00:00Z", &about);
        report(
            &seller,
            &id,
            &json!({"minutes": minutes, "done_at": "2026-03-04T08:00:00Z", "travel_minutes": 30}),
        );
    }
    run(
        &seller,
        &json!({"command": "appointment.plan", "subject": "Weekly report", "starts": "2026-03-04T06:00:00Z",
        "ends": "2026-03-04T06:30:00Z", "category": "reports"}),
    );
    run(&seller, &json!({"command": "opportunity.win", "opportunity": "O-1"}));
    let period = |word: &str| json!({"question": word, "first_day": "2026-03-01", "last_day": "2026-03-31"});

    let shares = told(&seller, &period("time.shares"));
    assert_eq!(shares["seller"]["minutes"], 240 + 90 + 30);
    assert_eq!(shares["seller"]["face_to_face_percent"], "66.67");
    assert_eq!(shares["best"]["position"], shares["seller"]["position"]);
    let line = |word: &str| {
        shares["lines"].as_array().unwrap().iter().find(|line| line["category"] == word).unwrap()["minutes"]
            .clone()
    };
    assert_eq!(
        (line("travel_and_waiting"), line("reports"), line("personal")),
        (json!(90), json!(30), json!(0))
    );

    let lines = told(&seller, &period("time.per_sale"));
    let all = lines.as_array().unwrap().last().unwrap();
    assert_eq!((&all["visits"], &all["sales"], &all["visits_per_won"]), (&json!(3), &json!(1), &json!("1")));
    assert_eq!((&all["hours_per_sale"], &all["hours_per_won"]), (&json!("5.50"), &json!("1.50")));

    let value = told(&seller, &period("time.value"));
    let of = |size: &str| {
        value["lines"].as_array().unwrap().iter().find(|line| line["size"] == size).unwrap().clone()
    };
    assert_eq!(
        (&of("key")["amount_percent"], &of("small")["amount_percent"]),
        (&json!("100.00"), &json!("0.00"))
    );
    assert_eq!(of("key")["amount"], json!({"amount": "100000.00", "currency": "EUR"}));
    assert_eq!(of("small")["customers"], 1);
    assert_ne!(of("small")["potential"]["amount"], "0.00");

    let none = told(&rival, &period("time.value"));
    assert!(none["lines"].as_array().unwrap().iter().all(|line| line["customers"] == 0), "{none}");
    assert_eq!(told(&rival, &period("time.shares"))["team"]["minutes"], 0);
    let bad = json!({"question": "time.value", "first_day": "2026-03-31", "last_day": "2026-03-01"});
    assert_eq!(ask(&seller, &bad).unwrap_err().code(), "argument.invalid");
}

#[test]
fn action_plans_and_visit_frequencies() {
    let network = in_rome();
    let admin = network.crm.session("admin", None).unwrap();
    let (seller, rival) = (network.seller(), network.rival());
    let define = json!({"command": "action_plan.define", "code": "NEW", "name": "New customers", "lines": [
        {"kind": "letter", "subject": "Brochure"},
        {"kind": "call", "subject": "Did it come?", "lead_days": 3, "minutes": 15},
        {"kind": "visit", "subject": "Introduction", "lead_days": 5, "minutes": 90}]});
    assert_eq!(try_run(&seller, &define).unwrap_err().kind(), ErrorKind::Rights);
    run(&admin, &define);
    run(&admin, &json!({"command": "visit_frequency.set", "unit": "HQ", "visits_a_year": 2}));
    run(&admin, &json!({"command": "visit_frequency.set", "unit": "HQ", "size": "key", "visits_a_year": 12}));
    customer(&seller, "C-1", &json!({"size": "key", "since": "2026-01-01"}));
    customer(&seller, "C-2", &json!({"since": "2025-01-01"}));
    customer(&seller, "C-3", &json!({"since": "2026-02-20"}));

    let due = told(&seller, &json!({"question": "visit.due"}));
    let numbers: Vec<&str> =
        due.as_array().unwrap().iter().map(|line| line["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["C-2", "C-1"]);
    assert_eq!(
        (&due[1]["overdue_days"], &due[1]["why"]["reason"]),
        (&json!(32), &json!("visit.never_since_first_contact"))
    );
    assert_eq!(told(&rival, &json!({"question": "visit.due"})), json!([]));

    let started = run(
        &seller,
        &json!({"command": "action_plan.start", "plan": "NEW", "customer": "C-1", "start": "2026-03-05"}),
    );
    assert_eq!(started.records.len(), 3);
    let due = told(&seller, &json!({"question": "visit.due"}));
    assert_eq!(due.as_array().unwrap().len(), 1, "a visit is planned with C-1 now");
    let week = told(&seller, &json!({"question": "plan.week", "day": "2026-03-12"}));
    let visit = &week["days"][3]["lines"][0];
    assert_eq!((&visit["subject"], &visit["from"]), (&json!("Introduction"), &json!("2026-03-12T08:00:00Z")));

    run(
        &admin,
        &json!({"command": "action_plan.define", "code": "NEW", "name": "New customers", "lines": []}),
    );
    let gone = try_run(&seller, &json!({"command": "action_plan.start", "plan": "NEW", "customer": "C-1"}))
        .unwrap_err();
    assert_eq!(gone.code(), "action_plan.withdrawn");
    let theirs = json!({"command": "action_plan.start", "plan": "NEW", "customer": "C-1"});
    assert_eq!(try_run(&rival, &theirs).unwrap_err().code(), "record.not_found");
}

#[test]
fn a_day_is_planned_near_each_other_and_by_value() {
    let network = in_rome();
    let admin = network.crm.session("admin", None).unwrap();
    let (seller, rival) = (network.seller(), network.rival());
    run(&admin, &json!({"command": "visit_frequency.set", "unit": "HQ", "visits_a_year": 4}));
    // Met long ago, where they are: two in Turin, two in Milan.
    for (number, size, north, east) in [
        ("C-1", "small", "45.07", "7.69"),
        ("C-2", "key", "45.08", "7.68"),
        ("C-3", "large", "45.46", "9.19"),
        ("C-4", "small", "45.47", "9.20"),
    ] {
        customer(&seller, number, &json!({"size": size}));
        let id =
            visit(&seller, number, "2025-06-02T08:00:00Z", &json!({"latitude": north, "longitude": east}));
        report(&seller, &id, &json!({"minutes": 60, "done_at": "2025-06-02T09:00:00Z"}));
    }
    let fixed = visit(&seller, "C-1", "2026-03-05T10:00:00Z", &json!({"planned_minutes": 60}));
    let question = json!({"question": "plan.day", "day": "2026-03-05", "start": {"latitude": "45.06", "longitude": "7.67"}});
    let plan = told(&seller, &question);
    let lines = plan["days"][0]["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["activity"] == json!(fixed) && line["from"] == "2026-03-05T10:00:00Z")
    );
    let order: Vec<&str> = lines.iter().map(|line| line["number"].as_str().unwrap()).collect();
    assert_eq!(order.len(), 4, "{plan:#}");
    let place = |number: &str| order.iter().position(|one| *one == number).unwrap();
    assert_eq!(place("C-3").abs_diff(place("C-4")), 1, "those in Milan one after the other: {order:?}");
    for line in lines.iter().filter(|line| line["activity"].is_null()) {
        assert_eq!(line["why"]["reason"], "plan.visit_due");
        assert!(
            line["why"]["because"][0]["facts"]
                .as_array()
                .unwrap()
                .iter()
                .any(|fact| fact["name"] == "overdue_days")
        );
    }
    assert_eq!(plan, told(&seller, &question), "the same twice");

    // When there is little time, value decides.
    run(
        &seller,
        &json!({"command": "appointment.plan", "subject": "Trade fair", "starts": "2026-03-05T11:00:00Z", "ends": "2026-03-05T17:00:00Z"}),
    );
    let short = told(&seller, &question);
    let order: Vec<&str> = short["days"][0]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["number"].as_str().unwrap())
        .collect();
    assert_eq!(order, ["C-2", "C-1"]);
    assert_eq!(short["left"][0]["number"], "C-3");
    let none = told(&rival, &json!({"question": "plan.day", "day": "2026-03-05"}));
    assert_eq!((&none["days"][0]["lines"], &none["left"]), (&json!([]), &json!([])));
}

/// A weekly meeting is time spent every week, goes out to other calendars as the series it is, and comes back as such.
#[test]
fn a_series_is_planned_counted_and_told_to_other_calendars() {
    let network = in_rome();
    let seller = network.seller();
    let weekly = json!({"command": "appointment.plan", "subject": "Team", "category": "meetings", "recurrence": "FREQ=WEEKLY;BYDAY=MO",
        "starts": "2026-01-12T08:00:00Z", "ends": "2026-01-12T09:00:00Z"});
    run(&seller, &weekly);
    for (wrong, code) in [("every Monday", "recurrence.rule"), ("FREQ=HOURLY", "recurrence.rule")] {
        let mut wrong_one = weekly.clone();
        wrong_one["recurrence"] = json!(wrong);
        let error = try_run(&seller, &wrong_one).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), (code, Some("recurrence")), "{wrong}");
    }
    let shares = |first: &str, last: &str| {
        let found = told(&seller, &json!({"question": "time.shares", "first_day": first, "last_day": last}));
        let lines = found["lines"].as_array().unwrap().clone();
        lines.iter().find(|line| line["category"] == "meetings").unwrap()["minutes"].clone()
    };
    assert_eq!(shares("2026-02-01", "2026-02-28"), 240, "four Mondays, though the series began in January");
    assert_eq!(shares("2026-03-01", "2026-03-31"), 60, "only what is over on the fourth");
    assert_eq!(shares("2025-12-01", "2026-01-11"), 0);

    run(
        &seller,
        &json!({"command": "absence.record", "first_day": "2026-03-26", "last_day": "2026-04-02", "kind": "illness"}),
    );
    let days = json!({"question": "calendar.export", "first_day": "2026-03-01", "last_day": "2026-03-31"});
    let exported = told(&seller, &days);
    assert_eq!((&exported["appointments"], &exported["absences"]), (&json!(1), &json!(1)), "{exported}");
    let text = exported["calendar"].as_str().unwrap();
    for part in [
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "SUMMARY:Team",
        "CATEGORIES:meetings",
        "VALUE=DATE:20260326",
        "VALUE=DATE:20260403",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("illness"), "why somebody is away is nobody else's business");
    let again = run(&seller, &json!({"command": "activity.import", "calendar": text}));
    assert_eq!((again.records.len(), again.why.value("unchanged")), (0, Some("2")), "{}", again.why);

    // What cannot be read is named, with its place and why.
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260310T100000Z\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Rossi\r\nDTSTART:20260310T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let read = run(&seller, &json!({"command": "activity.import", "calendar": ics}));
    let named = read.why.because.iter().find(|why| why.reason == "calendar.unreadable").unwrap();
    assert_eq!((named.value("item"), named.value("problem")), (Some("2"), Some("icalendar.without_uid")));
    assert!(!read.why.to_string().contains("Rossi"));
}

#[test]
fn an_activity_comes_again_and_is_put_right() {
    let network = in_rome();
    let (seller, rival) = (network.seller(), network.rival());
    customer(&seller, "C-1", &json!({}));
    let mut weekly = json!({"command": "activity.plan", "customer": "C-1", "recurrence": "FREQ=WEEKLY;COUNT=4",
        "activity": {"kind": "call", "subject": "How is it going?", "planned_at": "2026-03-12T09:00:00Z"}});
    let planned = run(&seller, &weekly);
    assert_eq!(planned.records.len(), 4, "{planned:?}");
    let last: clientela::core::party::Activity =
        seller.find(&planned.records[3].id.to_string()).unwrap().record;
    // Ten in Rome stays ten in Rome over the change of the clocks.
    assert_eq!(last.planned_at.unwrap().to_rfc3339(), "2026-04-02T08:00:00+00:00");
    for (recurrence, code) in [("FREQ=DAILY", "activity.recurrence"), ("weekly", "recurrence.rule")] {
        weekly["recurrence"] = json!(recurrence);
        assert_eq!(try_run(&seller, &weekly).unwrap_err().code(), code);
    }

    let id = planned.records[0].id.to_string();
    let change = |session: &Session, change: Value| {
        try_run(session, &json!({"command": "activity.change", "activity": id, "change": change}))
    };
    change(&seller, json!({"subject": "Is all well?", "planned_minutes": 20})).unwrap();
    assert_eq!(change(&seller, json!({"minutes": 20})).unwrap_err().code(), "activity.not_reported");
    assert_eq!(change(&rival, json!({"subject": "x"})).unwrap_err().code(), "record.not_found");
    report(&seller, &id, &json!({"done_at": "2026-03-04T08:00:00Z", "minutes": 150}));
    change(&seller, json!({"minutes": 15, "result": "all well"})).unwrap();
    let stale =
        json!({"command": "activity.change", "activity": id, "change": {"minutes": 16}, "version": 1});
    assert_eq!(try_run(&seller, &stale).unwrap_err().code(), "record.changed_meanwhile");
    let found: clientela::core::party::Activity = seller.find(&id).unwrap().record;
    assert_eq!(
        (found.minutes, found.subject.as_str(), found.planned_minutes),
        (Some(15), "Is all well?", Some(20))
    );
}

/// Who was handed an opportunity starts a plan on it and is given what is to be done, whosever the customer is.
#[test]
fn a_plan_on_an_opportunity_is_for_who_works_on_it() {
    use clientela::core::party::Activity;
    let network = in_rome();
    let admin = network.crm.session("admin", None).unwrap();
    let (seller, manager) = (network.seller(), network.manager());
    let colleague = network.crm.session("u-gallo", None).unwrap();
    run(
        &admin,
        &json!({"command": "action_plan.define", "code": "NEW", "name": "New", "lines": [{"kind": "call", "subject": "Did it come?"}]}),
    );
    customer(&seller, "C-1", &json!({}));
    run(
        &seller,
        &json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}),
    );
    let start = json!({"command": "action_plan.start", "plan": "NEW", "opportunity": "O-1"});
    assert_eq!(try_run(&colleague, &start).unwrap_err().code(), "record.not_found", "it is not his yet");
    run(
        &manager,
        &json!({"command": "opportunity.change", "opportunity": "O-1", "owner": "Trucks Parma", "change": {}}),
    );
    let started = run(&colleague, &start);
    let id = started.id_of("activity").unwrap().to_string();
    let planned: Activity = manager.find(&id).unwrap().record;
    assert_eq!(planned.owner, colleague.actor().position);
    run(&seller, &json!({"command": "action_plan.start", "plan": "NEW", "customer": "C-1"}));
    assert_eq!(try_run(&network.rival(), &start).unwrap_err().code(), "record.not_found");
}
