//! Leads from the first word to the opportunity, as C and Python send them: JSON in, JSON out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;
use crate::words;

use clientela::Session;
use network::Network;
use serde_json::{Value, json};
use words::{ask, refused, run};

fn enquiry(external: &str, email: &str) -> Value {
    json!({"channel": "web_form", "source": "portal", "external": external, "company": "Autotrasporti Esempio S.r.l.",
        "given_name": "Mario", "family_name": "Rossi", "email": email, "phone": "+39 347 0000001", "horizon": "quarter",
        "wish": "Three tractors", "country": "IT", "postal_code": "29122"})
}

fn pass_hours(network: &Network, hours: i64) {
    network.clock.set(network.clock_now() + chrono::TimeDelta::hours(hours));
}

#[test]
fn a_lead_is_distributed_answered_late_and_moves_on() {
    let network = Network::new();
    let (manager, seller, rival) = (network.manager(), network.seller(), network.rival());
    let receipt = run(
        &manager,
        json!({"command": "lead.receive", "lead": enquiry("E-1", "m.rossi@esempio.example"), "distribute": {}, "minutes": 120,
            "consents": [{"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent", "source": "form"}]}),
    );
    assert!(
        receipt.why.mentions("lead.by_territory") && receipt.why.mentions("lead.turn_later"),
        "{}",
        receipt.why
    );
    assert_eq!(receipt.why.value("limit_minutes"), Some("120"));
    let number = receipt.key().unwrap().to_owned();
    assert_eq!(number, "L-D-0042-1");

    // The same again from the same source is the same lead.
    let again =
        run(&manager, json!({"command": "lead.receive", "lead": enquiry("E-1", "m.rossi@esempio.example")}));
    assert_eq!((again.key(), again.why.reason.as_ref()), (Some(number.as_str()), "lead.known_already"));

    assert_eq!(ask(&manager, json!({"question": "lead.overdue"})), json!([]));
    pass_hours(&network, 5);
    let overdue = ask(&manager, json!({"question": "lead.overdue", "unit": "D-0042"}));
    // Received on Wednesday at 10 by the dealer's clock with two hours; at 15 it is three hours late, so once more than its limit.
    assert_eq!(
        (&overdue[0]["minutes_late"], &overdue[0]["escalation"]),
        (&json!(180), &json!(2)),
        "{overdue}"
    );
    let first = overdue[0]["owner"].clone();

    let moved = run(&manager, json!({"command": "lead.reroute_overdue", "distribute": {"unit": "D-0042"}}));
    assert!(moved.why.mentions("lead.gave_it_back"), "{}", moved.why);
    let listed = ask(&manager, json!({"question": "lead.list"}));
    assert_ne!(listed[0]["owner"], first);
    assert_eq!(listed[0]["points"], json!(50), "{listed}");
    // With only two sellers and one who lost it, another passage gives it back to the first: not at once, but in turn.
    assert_eq!(
        refused(&manager, json!({"command": "lead.reroute", "lead": number, "owner": listed[0]["owner"]})),
        "lead.just_returned"
    );

    // The other dealer sees nothing of all this.
    assert_eq!(ask(&rival, json!({"question": "lead.list"})), json!([]));
    assert_eq!(ask(&rival, json!({"question": "lead.overdue"})), json!([]));
    assert_eq!(refused(&rival, json!({"command": "lead.contact", "lead": number})), "record.not_found");
    // A seller gives no lead to a colleague by hand; his house's rule does.
    let own =
        run(&seller, json!({"command": "lead.receive", "lead": enquiry("E-2", "other@esempio.example")}));
    assert_eq!(
        refused(&seller, json!({"command": "lead.assign", "lead": own.key(), "owner": "Trucks Parma"})),
        "access.not_allowed"
    );
    run(
        &seller,
        json!({"command": "lead.assign", "lead": own.key(), "distribute": {"choice": "Trucks Parma"}}),
    );
    assert_eq!(
        ask(&seller, json!({"question": "lead.list", "owner": "Trucks Piacenza"})).as_array().map(Vec::len),
        Some(0)
    );

    pass_hours(&network, 1);
    run(&manager, json!({"command": "lead.contact", "lead": number}));
    let times = ask(&manager, json!({"question": "lead.response_times", "unit": "D-0042"}));
    let answered: u64 = times.as_array().unwrap().iter().map(|line| line["answered"].as_u64().unwrap()).sum();
    assert_eq!(answered, 1, "{times}");
    assert_eq!(
        refused(&manager, json!({"command": "lead.disqualify", "lead": number})),
        "lead.reason_missing"
    );
}

#[test]
fn two_dealers_are_not_given_one_prospect_and_territories_decide() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    for (unit, start) in [("D-0042", "29"), ("D-0043", "20")] {
        run(
            &admin,
            json!({"command": "lead_territory.define", "unit": unit, "country": "IT", "postal_start": start}),
        );
    }
    let first = run(
        &admin,
        json!({"command": "lead.receive", "lead": enquiry("A", "a@esempio.example"), "distribute": {}}),
    );
    assert!(
        first.why.mentions("lead.by_territory") && first.why.mentions("lead.weaker_reason"),
        "{}",
        first.why
    );
    assert_eq!(ask(&network.manager(), json!({"question": "lead.list"})).as_array().map(Vec::len), Some(1));
    // The same person writes to another portal, and wishes the other dealer.
    let mut second = json!({"command": "lead.receive", "lead": enquiry("B", "a@esempio.example"), "distribute": {"choice": "D-0043"}});
    second["lead"]["source"] = json!("other portal");
    let given = run(&admin, second.clone());
    assert!(given.why.mentions("lead.held_by_another_dealer"), "{}", given.why);
    assert_eq!(ask(&network.rival(), json!({"question": "lead.list"})), json!([]));
    second["lead"]["source"] = json!("third portal");
    second["owner"] = json!("Trucks Milano");
    assert_eq!(refused(&admin, second.clone()), "lead.held_by_another_dealer");
    second["distribute"]["shared"] = json!(true);
    run(&admin, second);
    assert_eq!(ask(&network.rival(), json!({"question": "lead.list"})).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_capacity_that_is_used_up_leaves_nobody() {
    let network = Network::new();
    let manager = network.manager();
    let receive = |name: &str| {
        let email = format!("{name}@esempio.example");
        let mut lead = enquiry(name, &email);
        lead["phone"] = Value::Null;
        json!({"command": "lead.receive", "lead": lead, "distribute": {"capacity": 1}})
    };
    let owners: Vec<String> = ["one", "two"]
        .map(|name| run(&manager, receive(name)).why.value("owner").unwrap().to_owned())
        .to_vec();
    assert_ne!(owners[0], owners[1]);
    // It is kept all the same, with who received it.
    let kept = run(&manager, receive("three"));
    assert!(kept.why.mentions("lead.not_given") && kept.why.mentions("lead.no_capacity"), "{}", kept.why);
    let listed = ask(&manager, json!({"question": "lead.list"}));
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    assert!(listed.as_array().unwrap().iter().any(|lead| lead["state"] == "new"), "{listed}");
    assert_eq!(
        refused(
            &manager,
            json!({"command": "lead.assign", "lead": kept.key(), "distribute": {"capacity": 1}})
        ),
        "lead.nobody"
    );
}

#[test]
fn who_is_away_is_given_no_lead_by_choice_relation_or_territory() {
    let network = Network::new();
    let manager = network.manager();
    run(
        &network.seller(),
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Known", "country": "IT",
            "email": "known@esempio.example"}}),
    );
    run(
        &network.seller(),
        json!({"command": "absence.record", "kind": "leave", "first_day": "2026-03-04", "last_day": "2026-03-05"}),
    );
    for (number, by) in [(1, json!({"choice": "Trucks Piacenza"})), (2, json!({})), (3, json!({}))] {
        let email = if number == 2 {
            "known@esempio.example".to_owned()
        } else {
            format!("p{number}@esempio.example")
        };
        let mut lead = enquiry(&format!("E-{number}"), &email);
        lead["phone"] = Value::Null;
        let given = run(&manager, json!({"command": "lead.receive", "lead": lead, "distribute": by}));
        assert!(given.why.mentions("lead.away"), "{}", given.why);
    }
    let listed = ask(&manager, json!({"question": "lead.list", "owner": "Trucks Piacenza"}));
    assert_eq!(listed, json!([]));
    assert_eq!(
        ask(&manager, json!({"question": "lead.list", "owner": "Trucks Parma"})).as_array().map(Vec::len),
        Some(3)
    );
}

#[test]
fn a_protected_prospect_is_distributed_to_its_dealer() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &network.seller(),
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Known", "country": "IT",
            "email": "known@esempio.example", "number": "C-1"}}),
    );
    run(&network.seller(), json!({"command": "claim.make", "customer": "C-1"}));
    let mut lead = enquiry("A", "known@esempio.example");
    lead["phone"] = Value::Null;
    let receive = json!({"command": "lead.receive", "lead": lead, "distribute": {"choice": "D-0043"}});
    let given = run(&admin, &receive);
    assert!(given.why.mentions("lead.held_by_another_dealer"), "{}", given.why);
    assert_eq!(ask(&network.rival(), json!({"question": "lead.list"})), json!([]));
    let number = given.key().unwrap();
    let by_hand = json!({"command": "lead.reroute", "lead": number, "owner": "Trucks Milano"});
    assert_eq!(refused(&admin, by_hand), "lead.held_by_another_dealer");
}

/// What a machine sends twice is one lead, also without a reference; whom it is to be given to being wrong loses none.
#[test]
fn a_message_without_references_comes_once_and_is_kept_whoever_is_to_have_it() {
    let network = Network::new();
    let manager = network.manager();
    let message = |model: &str, email: &str| {
        format!(
            "<adf><prospect><vehicle><make>Marca</make><model>{model}</model></vehicle><customer><contact><name part='last'>Verdi</name>\
             <email>{email}</email></contact></customer><provider><name>portal</name></provider></prospect></adf>"
        )
    };
    let receive = |model: &str, email: &str| json!({"command": "lead.receive_adf", "message": message(model, email), "owner": "Nobody"});
    let first = run(&manager, receive("T 480", "v@esempio.example"));
    assert!(first.why.mentions("lead.not_given"), "{}", first.why);
    assert_eq!(first.records.len(), 1, "it is kept: {}", first.why);
    let again = run(&manager, receive("T 480", "v@esempio.example"));
    assert!(again.why.mentions("lead.sent_again"), "{}", again.why);
    assert_eq!(again.records[0].id, first.records[0].id);
    for (model, email) in [("T 520", "v@esempio.example"), ("T 480", "w@esempio.example")] {
        let other = run(&manager, receive(model, email));
        assert!(!other.why.mentions("lead.known_already"), "{model} {email}: {}", other.why);
    }
    network.clock.advance(chrono::Duration::days(8));
    let later = run(&manager, receive("T 480", "v@esempio.example"));
    assert!(!later.why.mentions("lead.known_already"), "who asks anew has a new lead: {}", later.why);
    assert_eq!(ask(&manager, json!({"question": "lead.list"})).as_array().unwrap().len(), 4);
}

fn worked_on(session: &Session, lead: Value) -> String {
    let receipt = run(
        session,
        json!({"command": "lead.receive", "lead": lead, "owner": "Trucks Piacenza",
        "consents": [{"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent"}]}),
    );
    let number = receipt.key().unwrap().to_owned();
    run(session, json!({"command": "lead.contact", "lead": number}));
    run(session, json!({"command": "lead.qualify", "lead": number}));
    number
}

#[test]
fn a_lead_becomes_a_customer_and_the_next_one_joins_it() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let first = worked_on(&seller, enquiry("E-1", "m.rossi@esempio.example"));
    let preview = ask(&seller, json!({"question": "lead.conversion_preview", "lead": first}));
    assert_eq!((&preview["customer"], &preview["contact"]), (&Value::Null, &Value::Null));
    assert_eq!(refused(&seller, json!({"command": "lead.convert", "lead": first})), "lead.method_missing");
    let convert = json!({"command": "lead.convert", "lead": first, "method": "with-configurator", "currency": "EUR", "vehicles": 3});
    let receipt = run(&seller, convert.clone());
    for entity in ["lead", "relationship", "contact", "consent", "opportunity"] {
        assert!(receipt.id_of(entity).is_some(), "{entity}: {:?}", receipt.records);
    }
    let again = run(&seller, convert);
    assert_eq!(again.why.reason, "lead.converted_already");
    assert_eq!(again.id_of("opportunity"), receipt.id_of("opportunity"));

    // The next lead of the same person brings a VAT number: known by e-mail, its blank is filled, its opportunity joined.
    let mut next = enquiry("E-2", "m.rossi@esempio.example");
    next["vat_number"] = json!("IT00743110157");
    let second = worked_on(&seller, next.clone());
    let preview = ask(&seller, json!({"question": "lead.conversion_preview", "lead": second}));
    assert_eq!(preview["customer"], json!(receipt.id_of("relationship")), "{preview}");
    assert_eq!(preview["contact"], json!(receipt.id_of("contact")));
    let open = preview["opportunities"][0].clone();
    let joined = run(&seller, json!({"command": "lead.convert", "lead": second, "opportunity": open}));
    assert_eq!(joined.id_of("opportunity"), receipt.id_of("opportunity"));
    assert!(
        joined.why.mentions("lead.filled") && joined.why.mentions("lead.opportunity_joined"),
        "{}",
        joined.why
    );
    let customer = seller.customer(&receipt.id_of("relationship").unwrap().to_string()).unwrap();
    assert_eq!(customer.contacts.len(), 1);
    assert_eq!(
        customer.customer.vat_number.map(|number| number.to_string()).as_deref(),
        Some("IT00743110157")
    );

    // Another dealer's lead of the same company is shown nothing of it, and reuses the party in silence.
    let theirs = run(&rival, json!({"command": "lead.receive", "lead": next, "owner": "Trucks Milano"}));
    run(&rival, json!({"command": "lead.contact", "lead": theirs.key()}));
    let preview = ask(&rival, json!({"question": "lead.conversion_preview", "lead": theirs.key()}));
    assert_eq!((&preview["customer"], &preview["opportunities"]), (&Value::Null, &json!([])));
    assert_eq!(preview["why"]["because"][0]["reason"], json!("lead.new_customer"), "{preview}");
    let own = run(
        &rival,
        json!({"command": "lead.convert", "lead": theirs.key(), "method": "with-configurator", "currency": "EUR"}),
    );
    assert_ne!(own.id_of("relationship"), receipt.id_of("relationship"));
    assert_eq!(own.id_of("party"), Some(clientela::model::EntityId::uuid(customer.customer.party)));
}

#[test]
fn an_adf_message_becomes_leads_once() {
    let network = Network::new();
    let manager = network.manager();
    let message = "Subject: new lead\n\n<?xml version='1.0'?><adf><prospect><id sequence='1' source='site'>IT-317</id>\
        <requestdate>2026-03-04T09:12:00+01:00</requestdate>\
        <vehicle interest='buy'><make>Marca</make><model>T 480</model></vehicle>\
        <vehicle interest='trade-in' status='used'><model>Premium 460</model></vehicle>\
        <customer><contact><name part='full' type='business'>C\u{f4}t\u{e9} Trasporti</name><name part='last'>Rossi</name>\
        <email>flotta@esempio.example</email><phone>not a number</phone></contact><id source='vat'>IT00743110157</id>\
        <timeframe><latestdate>2026-05-01</latestdate></timeframe></customer></prospect>\
        <prospect><id source='site'>IT-318</id><customer><contact><name>Nobody</name></contact></customer></prospect></adf>";
    let latin: Vec<u8> = message.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let received = manager.receive_adf(manager.new_command_id(), &latin, Some(Default::default())).unwrap();
    assert!(received.why.mentions("adf.no_contact_point"), "{}", received.why);
    let listed = ask(&manager, json!({"question": "lead.list"}));
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!((&listed[0]["name"], &listed[0]["horizon"]), (&json!("Côté Trasporti"), &json!("quarter")));
    assert_eq!(listed[0]["wish"], json!("Marca T 480\nphone: not a number"));

    let again = run(&manager, json!({"command": "lead.receive_adf", "message": message}));
    assert!(again.why.mentions("lead.known_already"));
    assert_eq!(ask(&manager, json!({"question": "lead.list"})).as_array().map(Vec::len), Some(1));
    // One with nothing but words to be answered by is kept with its words, and nobody free keeps no other.
    let prospect = |number: &str, name: &str, phone: &str| {
        format!(
            "<prospect><id source='site'>{number}</id><customer><contact><name part='last'>{name}</name><phone>{phone}</phone></contact></customer></prospect>"
        )
    };
    let prospects = [
        prospect("IT-320", "Verdi", "ask at the gate"),
        prospect("IT-321", &"x".repeat(300), "+39 347 0000003"),
        prospect("IT-322", "Bo", "+39 347 0000004"),
    ];
    let message = format!("<adf>{}</adf>", prospects.concat());
    let received = run(
        &manager,
        json!({"command": "lead.receive_adf", "message": message, "distribute": {"capacity": 0}}),
    );
    assert!(
        received.why.mentions("lead.prospect_refused") && received.why.mentions("lead.not_given"),
        "{}",
        received.why
    );
    let listed = ask(&manager, json!({"question": "lead.list"}));
    let wishes: Vec<&Value> = listed.as_array().unwrap().iter().map(|lead| &lead["wish"]).collect();
    assert!(
        listed.as_array().unwrap().len() == 3 && wishes.contains(&&json!("phone: ask at the gate")),
        "{listed}"
    );
    let attack = "<!DOCTYPE adf [<!ENTITY a 'b'>]><adf></adf>";
    assert_eq!(
        refused(&manager, json!({"command": "lead.receive_adf", "message": attack})),
        "adf.document_type"
    );
}

#[test]
fn several_customers_that_fit_are_named_and_one_is_chosen() {
    let network = Network::new();
    let seller = network.seller();
    for number in ["C-1", "C-2"] {
        run(
            &seller,
            json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT",
            "number": number, "phone": "+39 347 0000001"}}),
        );
    }
    let lead = worked_on(&seller, enquiry("E-1", "m.rossi@esempio.example"));
    let convert =
        json!({"command": "lead.convert", "lead": lead, "method": "with-configurator", "currency": "EUR"});
    assert_eq!(refused(&seller, convert.clone()), "lead.several_customers");
    let mut named = convert;
    named["customer"] = json!("C-2");
    let receipt = run(&seller, named);
    assert_eq!(
        receipt.records.iter().find(|record| record.entity == "relationship").unwrap().key.as_deref(),
        Some("C-2")
    );
}

/// Somebody says yes after he came in, confirms it, and takes another yes back; all of it goes along when he is a customer.
#[test]
fn a_lead_consents_confirms_and_withdraws() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let mut enquired = enquiry("E-1", "m.rossi@esempio.example");
    enquired["phone"] = Value::Null;
    let lead = worked_on(&seller, enquired);
    let say = |consent: Value| json!({"command": "lead.record_consent", "lead": lead, "consent": consent});
    let yes = json!({"purpose": "survey", "channel": "email", "decision": "granted", "basis": "consent", "awaits_confirmation": true,
        "at": "2026-03-04T08:00:00Z"});
    assert_eq!(refused(&rival, say(yes.clone())), "record.not_found");
    let grant = run(&seller, say(yes)).id_of("lead_consent").unwrap();
    let confirm = json!({"command": "lead.confirm_consent", "consent": grant, "proof": "click 771"});
    run(&seller, &confirm);
    assert_eq!(refused(&seller, &confirm), "consent.confirmed");
    network.clock.set(network.clock_now() + chrono::TimeDelta::hours(1));
    run(
        &seller,
        say(json!({"purpose": "marketing", "channel": "email", "decision": "withdrawn", "basis": "consent"})),
    );
    let receipt = run(
        &seller,
        json!({"command": "lead.convert", "lead": lead, "method": "with-configurator", "currency": "EUR"}),
    );
    let customer = receipt.id_of("relationship").unwrap();
    let contact = receipt.id_of("contact").unwrap();
    let told = ask(&seller, json!({"question": "consent.state", "customer": customer, "contact": contact}));
    let allowed = |purpose: &str| {
        let states = told["states"].as_array().unwrap();
        let of = |state: &&Value| {
            state["purpose"] == purpose && state["channel"] == "email" && state["contact_point"].is_null()
        };
        states.iter().find(of).unwrap()["why"]["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (allowed("survey"), allowed("marketing")),
        ("consent.granted".into(), "consent.withdrawn".into())
    );
    let late =
        say(json!({"purpose": "survey", "channel": "email", "decision": "withdrawn", "basis": "consent"}));
    assert_eq!(refused(&seller, late), "lead.is_customer");
}

/// What a lead says goes out as a message and comes in as the same lead; what a message says of vehicles is kept.
#[test]
fn a_lead_goes_out_as_adf_and_is_the_same_lead() {
    let network = Network::new();
    let manager = network.manager();
    let message = "<adf><prospect><id source='site'>IT-500</id>\
        <vehicle interest='buy'><make>Marca</make><model>T 480</model><stock>S77</stock><price type='quote' currency='EUR'>98500</price>\
        <colorcombination><exteriorcolor>red</exteriorcolor></colorcombination><option><optionname>Retarder</optionname></option></vehicle>\
        <vehicle interest='trade-in'><model>Premium 460</model><odometer units='km'>640000</odometer></vehicle>\
        <vehicle interest='trade-in'><model>Eurocargo</model></vehicle>\
        <customer><contact><name part='full' type='business'>C\u{f4}t\u{e9} &amp; C.</name><name part='last'>Rossi</name>\
        <email>flotta@esempio.example</email></contact><id source='vat'>IT00743110157</id></customer></prospect></adf>";
    let received = run(&manager, json!({"command": "lead.receive_adf", "message": message}));
    let lead = received.key().unwrap().to_owned();
    let told = ask(&manager, json!({"question": "person.export", "lead": lead}));
    let kept = told["records"]["lead"][0].clone();
    let wish = kept.to_string();
    for word in
        ["stock S77", "price quote 98500 EUR", "outside red", "with Retarder", "640000 km", "Eurocargo"]
    {
        assert!(wish.contains(word), "{word} in {wish}");
    }
    let sent =
        ask(&manager, json!({"question": "lead.adf", "lead": lead}))["message"].as_str().unwrap().to_owned();
    assert!(sent.contains("IT00743110157") && sent.contains("&amp; C.") && sent.contains("D-0042"), "{sent}");
    let again = run(&manager, json!({"command": "lead.receive_adf", "message": sent}));
    assert!(again.why.mentions("lead.known_already"), "{}", again.why);
    let rival = network.rival();
    let there = run(&rival, json!({"command": "lead.receive_adf", "message": sent}));
    assert_eq!(there.records.len(), 1, "another dealer has a lead of his own: {}", there.why);
    assert_eq!(words::unanswered(&rival, json!({"question": "lead.adf", "lead": lead})), "record.not_found");
}

/// A customer whose address stands at a contact point is joined; one that is only alike is told before.
#[test]
fn a_lead_finds_a_customer_by_contact_points_and_is_told_who_is_alike() {
    let network = Network::new();
    let seller = network.seller();
    run(
        &seller,
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Autotrasporti Esempio S.r.l.", "country": "IT",
            "number": "C-1", "postal_code": "29122", "locality": "Piacenza"}}),
    );
    let lead = worked_on(&seller, enquiry("E-1", "other@esempio.example"));
    let preview = json!({"question": "lead.conversion_preview", "lead": lead});
    let told = ask(&seller, &preview);
    assert_eq!((&told["customer"], &told["like"][0]["number"]), (&Value::Null, &json!("C-1")), "{told}");
    let added = run(
        &seller,
        json!({"command": "contact_point.add", "customer": "C-1", "point": {"kind": "email", "value": "other@esempio.example"}}),
    );
    let told = ask(&seller, &preview);
    assert!(told["customer"].is_string() && told.get("like").is_none(), "{told}");
    // Until its last day is over, an address tells whose it is.
    let end = |on: &str| json!({"command": "contact_point.end", "id": added.id_of("contact_point").unwrap(), "day": on});
    run(&seller, end("2026-12-31"));
    assert!(ask(&seller, &preview)["customer"].is_string(), "its last day is still to come");
    network.clock.advance(chrono::Duration::days(400));
    assert_eq!(ask(&network.seller(), &preview)["customer"], Value::Null, "its last day is over");
}
