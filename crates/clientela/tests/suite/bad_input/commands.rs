//! Commands that name what is not there, ask for what is not possible, or cannot be read.

use crate::common::is_readable;
use crate::network::Network;
use clientela::{Command, ErrorKind, TableQuery};

/// What the tables below work on: a customer, an opportunity in its first stage, an offer in draft, a planned activity.
pub(crate) fn prepared() -> (Network, String) {
    let network = Network::new();
    let seller = network.seller();
    let mut activity = String::new();
    for json in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}"#,
        r#"{"command": "offer.create", "opportunity": "O-1", "items": [{"product": "TRANSPORT", "quantity": "1"}]}"#,
        r#"{"command": "activity.plan", "customer": "C-1", "activity": {"kind": "call", "subject": "Call"}}"#,
    ] {
        let receipt = seller.run(&Command::from_json(json).unwrap()).unwrap();
        activity = receipt.id_of("activity").map(|id| id.to_string()).unwrap_or(activity);
    }
    (network, activity)
}

/// Who, what, the code of the refusal (of the first finding where there are several), and a word the message has.
type Row = (&'static str, &'static str, &'static str, &'static str);

const TABLE: &[Row] = &[
    // Nothing of that name.
    (
        "u-rossi",
        r#"{"command": "customer.change", "customer": "C-404", "change": {}}"#,
        "record.not_found",
        "C-404",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.change", "customer": "01950000-0000-7000-8000-000000000404", "change": {}}"#,
        "record.not_found",
        "customer",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.change", "customer": "", "change": {}}"#,
        "record.not_found",
        "customer",
    ),
    (
        "u-rossi",
        r#"{"command": "contact.add", "customer": "C-404", "contact": {"family_name": "Bianchi"}}"#,
        "record.not_found",
        "C-404",
    ),
    (
        "u-rossi",
        r#"{"command": "vehicle.add", "customer": "C-404", "vehicle": {"make": "Marca"}}"#,
        "record.not_found",
        "C-404",
    ),
    (
        "u-rossi",
        r#"{"command": "consent.record", "customer": "C-1", "consent": {"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent", "contact": "01950000-0000-7000-8000-000000000404"}}"#,
        "record.not_found",
        "contact",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.create", "owner": "Nobody", "customer": {"kind": "company", "name": "Esempio", "country": "IT"}}"#,
        "record.not_found",
        "position",
    ),
    (
        "u-rossi",
        r#"{"command": "activity.plan", "customer": "C-1", "activity": {"kind": "call", "subject": "S", "opportunity": "01950000-0000-7000-8000-000000000404"}}"#,
        "record.not_found",
        "opportunity",
    ),
    (
        "u-rossi",
        r#"{"command": "activity.report", "activity": "01950000-0000-7000-8000-000000000404", "report": {"result": "R"}}"#,
        "record.not_found",
        "activity",
    ),
    ("u-rossi", r#"{"command": "activity.cancel", "activity": "nonsense"}"#, "record.not_found", "activity"),
    (
        "u-rossi",
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "M-404", "currency": "EUR"}"#,
        "record.not_found",
        "M-404",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "campaign": "X-404"}"#,
        "record.not_found",
        "X-404",
    ),
    ("u-rossi", r#"{"command": "opportunity.advance", "opportunity": "O-404"}"#, "record.not_found", "O-404"),
    (
        "u-rossi",
        r#"{"command": "opportunity.advance", "opportunity": "O-1", "to": "nowhere"}"#,
        "opportunity.foreign_stage",
        "nowhere",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.create", "opportunity": "O-404", "items": []}"#,
        "record.not_found",
        "O-404",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.create", "opportunity": "O-1", "items": [{"product": "P-404", "quantity": "1"}]}"#,
        "record.not_found",
        "P-404",
    ),
    ("u-rossi", r#"{"command": "offer.issue", "offer": "Q-404"}"#, "record.not_found", "Q-404"),
    (
        "u-rossi",
        r#"{"command": "offer.discount", "offer": "Q-7001", "line": "9", "percent": "1", "reason": "R"}"#,
        "offer.line_unknown",
        "line",
    ),
    ("u-verdi", r#"{"command": "campaign.activate", "campaign": "X-404"}"#, "record.not_found", "X-404"),
    (
        "admin",
        r#"{"command": "unit.create", "parent": "U-404", "kind": "dealer", "code": "U-1", "name": "N"}"#,
        "record.not_found",
        "U-404",
    ),
    (
        "admin",
        r#"{"command": "position.create", "unit": "IT", "function": "seller", "title": "New", "profile": "wizard"}"#,
        "record.not_found",
        "profile",
    ),
    (
        "admin",
        r#"{"command": "user.create", "login": "u-new", "name": "Rosa Bianchi", "position": "Nobody", "from": "2026-01-01"}"#,
        "record.not_found",
        "position",
    ),
    (
        "admin",
        r#"{"command": "profile.define", "name": "New", "grants": [{"entity": "custmer", "verb": "read", "scope": "mine"}]}"#,
        "grant.unknown_entity",
        "declared",
    ),
    (
        "admin",
        r#"{"command": "quota_plan.define", "name": "New", "unit": "IT", "measure": "units", "first_day": "2026-01-01", "last_day": "2026-12-31", "total": "1", "weights": [{"of": "Nobody", "weight": "1"}]}"#,
        "quota_plan.unknown_weight",
        "weight",
    ),
    // A name or an address in place of a key is not repeated.
    (
        "u-rossi",
        r#"{"command": "customer.change", "customer": "Mario Rossi", "change": {}}"#,
        "record.not_found",
        "customer of that key",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.change", "customer": "mario.rossi1@esempio.example", "change": {}}"#,
        "record.not_found",
        "customer of that key",
    ),
    // Used already.
    (
        "u-rossi",
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Altra", "country": "IT", "number": "C-1"}}"#,
        "key.taken",
        "used",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}"#,
        "key.taken",
        "used",
    ),
    (
        "admin",
        r#"{"command": "unit.create", "parent": "IT", "kind": "dealer", "code": "D-0042", "name": "N"}"#,
        "key.taken",
        "used",
    ),
    (
        "admin",
        r#"{"command": "user.create", "login": "u-rossi", "name": "Rosa Bianchi", "position": "Trucks Parma", "from": "2026-01-01"}"#,
        "key.taken",
        "used",
    ),
    (
        "admin",
        r#"{"command": "number_series.define", "unit": "D-0042", "document": "offer", "prefix": "Q-", "next": 1}"#,
        "number_series.backwards",
        "next",
    ),
    // Another currency.
    (
        "u-rossi",
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "amount": {"amount": "1.00", "currency": "USD"}}"#,
        "opportunity.currency",
        "USD",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.create", "opportunity": "O-1", "items": [{"product": "TRANSPORT", "quantity": "1", "unit_list": {"amount": "1.00", "currency": "CHF"}}]}"#,
        "offer.currency",
        "CHF",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.discount", "offer": "Q-7001", "amount": {"amount": "1.00", "currency": "CHF"}, "reason": "R"}"#,
        "offer.currency",
        "CHF",
    ),
    (
        "admin",
        r#"{"command": "price_list.define", "code": "NEW", "name": "N", "currency": "EUR", "valid_from": "2026-01-01", "prices": [{"product": "TRANSPORT", "amount": {"amount": "1.00", "currency": "CHF"}}]}"#,
        "price.list_currency",
        "currency",
    ),
    // Not from there.
    (
        "u-rossi",
        r#"{"command": "opportunity.go_back", "opportunity": "O-1"}"#,
        "opportunity.wrong_direction",
        "stage",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.resume", "opportunity": "O-1"}"#,
        "opportunity.illegal_passage",
        "O-1",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.reopen", "opportunity": "O-1"}"#,
        "opportunity.illegal_passage",
        "reopen",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.lose", "opportunity": "O-1"}"#,
        "opportunity.reason_missing",
        "reason",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.lose", "opportunity": "O-1", "reason": "  "}"#,
        "opportunity.reason_missing",
        "reason",
    ),
    (
        "u-rossi",
        r#"{"command": "opportunity.advance", "opportunity": "O-1", "to": "negotiation"}"#,
        "opportunity.entry_refused",
        "negotiation",
    ),
    ("u-rossi", r#"{"command": "offer.accept", "offer": "Q-7001"}"#, "offer.illegal_passage", "Q-7001"),
    ("u-rossi", r#"{"command": "offer.reopen", "offer": "Q-7001"}"#, "offer.illegal_passage", "reopen"),
    ("u-rossi", r#"{"command": "offer.expire", "offer": "Q-7001"}"#, "offer.illegal_passage", "Q-7001"),
    // Figures.
    (
        "u-rossi",
        r#"{"command": "offer.discount", "offer": "Q-7001", "percent": "101", "reason": "R"}"#,
        "offer.discount_limit",
        "discount",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.discount", "offer": "Q-7001", "percent": "-1", "reason": "R"}"#,
        "offer.discount_negative",
        "discount",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.discount", "offer": "Q-7001", "reason": "R"}"#,
        "argument.invalid",
        "percent",
    ),
    (
        "u-rossi",
        r#"{"command": "offer.create", "opportunity": "O-1", "items": [{"product": "TRANSPORT", "quantity": "99999999999999999999999"}]}"#,
        "offer.overflow",
        "largest",
    ),
    (
        "admin",
        r#"{"command": "tax_rate.define", "country": "IT", "category": "S", "percent": "101", "valid_from": "2026-01-01"}"#,
        "tax_rate.range",
        "tax",
    ),
    (
        "admin",
        r#"{"command": "price_list.define", "code": "NEW", "name": "N", "currency": "EUR", "valid_from": "2026-01-01", "prices": [{"product": "TRANSPORT", "amount": {"amount": "-1.00", "currency": "EUR"}}]}"#,
        "price.negative",
        "price",
    ),
    (
        "admin",
        r#"{"command": "price_list.define", "code": "NEW", "name": "N", "currency": "EUR", "valid_from": "2026-01-02", "valid_to": "2026-01-01", "prices": []}"#,
        "date_range.reversed",
        "before",
    ),
    (
        "admin",
        r#"{"command": "sales_method.define", "code": "NEW", "name": "N", "with_configurator": false, "stages": []}"#,
        "sales_method.no_stages",
        "stages",
    ),
    (
        "admin",
        r#"{"command": "sales_method.define", "code": "NEW", "name": "N", "with_configurator": false, "stages": [{"code": "a", "name": "A", "probability": 101}]}"#,
        "stage.probability",
        "probability",
    ),
    (
        "admin",
        r#"{"command": "sales_method.define", "code": "NEW", "name": "N", "with_configurator": false, "stages": [{"code": "a", "name": "A", "probability": 1, "entry_rule": "opportunity.vehicels > 1"}]}"#,
        "rule.invalid",
        "vehicels",
    ),
    (
        "admin",
        r#"{"command": "quota_plan.define", "name": "New", "unit": "IT", "measure": "units", "first_day": "2026-01-01", "last_day": "2026-12-31", "total": "-1"}"#,
        "quota_plan.total_range",
        "total",
    ),
    // Identifiers; what was typed is never repeated.
    (
        "u-rossi",
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Altra", "country": "IT", "vat_number": "IT00743110158"}}"#,
        "vat_number.check_digit",
        "vat_number",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Altra", "country": "Rossiland"}}"#,
        "country.unknown",
        "country",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.create", "customer": {"kind": "Rossi", "name": "Altra", "country": "IT"}}"#,
        "word.unknown",
        "kind",
    ),
    (
        "u-rossi",
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Altra", "country": "IT", "email": "mario.rossi@"}}"#,
        "email.domain_dot",
        "email",
    ),
    (
        "u-rossi",
        r#"{"command": "contact.add", "customer": "C-1", "contact": {"family_name": "Rossi", "mobile": "Mario Rossi"}}"#,
        "phone.malformed",
        "mobile",
    ),
    (
        "u-rossi",
        r#"{"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": "Marca", "vin": "MARIO ROSSI"}}"#,
        "vin.letter",
        "vin",
    ),
];

const PERSONAL: &[&str] = &["Mario", "mario", "MARIO", "Rossi", "ROSSI", "rossi@", "Bianchi", "00743110158"];

#[test]
fn a_refused_command_says_its_code_and_what_is_wrong() {
    let (network, _) = prepared();
    let version = network.crm.info().unwrap().version;
    for (login, json, code, word) in TABLE {
        let session = network.crm.session(login, None).unwrap();
        let error = session.run(&Command::from_json(json).unwrap()).expect_err(json);
        assert_eq!(error.code(), *code, "{json}\n{error}");
        let place = error.field().unwrap_or_default();
        assert!(format!("{error} {place}").contains(word), "{json}\nnames no {word}: {error}");
        is_readable(&error, PERSONAL);
    }
    assert_eq!(network.crm.info().unwrap().version, version, "nothing was written");
}

#[test]
fn what_happened_already_does_not_happen_again() {
    let (network, activity) = prepared();
    let seller = network.seller();
    let report =
        format!(r#"{{"command": "activity.report", "activity": "{activity}", "report": {{"result": "R"}}}}"#);
    for (json, code) in [
        (report.as_str(), "activity.illegal_passage"),
        (r#"{"command": "offer.issue", "offer": "Q-7001"}"#, "offer.illegal_passage"),
        (r#"{"command": "opportunity.win", "opportunity": "O-1"}"#, "opportunity.illegal_passage"),
    ] {
        let command = Command::from_json(json).unwrap();
        seller.run(&command).unwrap_or_else(|error| panic!("{json}\n{error:?}"));
        let error = seller.run(&command).expect_err(json);
        assert_eq!((error.kind(), error.code()), (ErrorKind::Rule, code));
        assert!(error.why().is_some(), "{json}: a rule says why");
        is_readable(&error, &[]);
    }
}

#[test]
fn a_text_that_is_no_command_is_not_repeated() {
    for (json, word) in [
        ("", "JSON"),
        ("Mario Rossi", "line 1"),
        ("[]", "command"),
        ("{}", "command"),
        (r#"{"command": "Mario Rossi"}"#, "variant"),
        (r#"{"command": "customer.create"}"#, "customer"),
        (r#"{"command": "customer.create", "customer": "Mario Rossi"}"#, "string"),
        (r#"{"command": "customer.create", "customer": {"name": ["Mario Rossi"]}}"#, "sequence"),
        (r#"{"command": "customer.create", "customer": {"nome": "Mario Rossi"}}"#, "nome"),
        (r#"{"command": "customer.create", "customer": {"Mario Rossi": 1}}"#, "field"),
        (
            r#"{"command": "customer.create", "customer": {"since": "Mario Rossi, expected a date"}}"#,
            "customer.since",
        ),
        (r#"{"command": "contact.add", "customer": 3470000000, "contact": {}}"#, "integer"),
        (
            r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "M", "currency": "Mario Rossi"}"#,
            "currency",
        ),
        (
            r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "M", "currency": "EUR", "vehicles": "Mario Rossi"}"#,
            "u32",
        ),
        (
            r#"{"command": "offer.create", "opportunity": "O-1", "items": [{"product": "P", "quantity": "Mario Rossi"}]}"#,
            "string",
        ),
        (
            r#"{"command": "unit.create", "parent": "HQ", "kind": "Mario Rossi", "code": "C", "name": "N"}"#,
            "word",
        ),
    ] {
        let error = Command::from_json(json).expect_err(json);
        assert_eq!((error.kind(), error.code()), (ErrorKind::Argument, "command.unreadable"), "{json}");
        assert!(error.to_string().contains(word), "{json}\n{error}");
        is_readable(&error, &["Mario", "Rossi", "3470000000"]);
    }
}

#[test]
fn names_that_are_not_declared_are_told_with_those_that_are() {
    let (network, _) = prepared();
    let seller = network.seller();
    let query = |entity: &str, columns: &[&str], filter: Option<&str>| TableQuery {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        filter: filter.map(str::to_owned),
        ..TableQuery::new(entity)
    };
    for (query, code, word) in [
        (query("custmer", &[], None), "name.unknown", "customer"),
        (query("customer", &["nmae"], None), "name.unknown", "name"),
        (query("customer", &[], Some("nmae == 'x'")), "rule.invalid", "nmae"),
        (query("customer", &[], Some("name ==")), "rule.invalid", "line 1"),
        (query("customer", &[], Some("name")), "rule.invalid", "line 1"),
    ] {
        let error = seller.table(&query).unwrap_err();
        assert_eq!(error.code(), code, "{query:?}");
        assert!(error.to_string().contains(word), "{error}");
        is_readable(&error, &[]);
    }
    assert_eq!(seller.history("custmer", uuid::Uuid::nil()).unwrap_err().code(), "name.unknown");
    for (login, position, code) in [
        ("u-nobody", None, "session.unknown_user"),
        ("", None, "session.unknown_user"),
        ("u-rossi", Some("Principal Emilia"), "session.no_position"),
        ("u-rossi", Some("Nowhere"), "session.no_position"),
    ] {
        let error = network.crm.session(login, position).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Rights, code));
        is_readable(&error, &["u-rossi", "u-nobody", "Emilia"]);
    }
}
