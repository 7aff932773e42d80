//! The service in process: requests in, answers out, and both held to `openapi.json`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use clientela::core::party::entry::NewCustomer;
use clientela::core::party::{Contact, Customer, Vehicle};
use clientela::{Command, Crm, Founding, Record};
use clientela_service::{BODY_MAX, ROUTES, openapi, router};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt;

const SETTING_UP: &str = include_str!("../../../tests/scenarios/network.json");
const KEY: &str = "0190b2a4-0000-7000-8000-000000000001";
const OTHER_KEY: &str = "0190b2a4-0000-7000-8000-000000000002";

/// A service on a small network in a folder of its own.
struct Service {
    crm: Crm,
    router: Router,
    folder: PathBuf,
}

impl Service {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("clientela-service-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let crm = Crm::create(folder.join("network.clientela")).unwrap();
        let founding = Founding {
            unit_code: "HQ".into(),
            unit_name: "Headquarters".into(),
            country: None,
            login: "admin".into(),
            user_name: "Ada Bianchi".into(),
        };
        crm.found(&founding).unwrap();
        let admin = crm.session("admin", None).unwrap();
        for command in serde_json::from_str::<Vec<Command>>(SETTING_UP).unwrap() {
            admin.run(&command).unwrap();
        }
        Self { router: router(crm.clone()), crm, folder }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().as_str().to_lowercase(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let header = |name| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let answer = Answer {
            status: parts.status,
            media: header(header::CONTENT_TYPE).unwrap_or_default(),
            location: header(header::LOCATION),
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        };
        answer.is_described(&method, &path);
        answer
    }

    async fn get(&self, user: &str, path: &str) -> Answer {
        self.send(Request::get(path).header("x-clientela-user", user).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, user: &str, key: &str, body: &Value) -> Answer {
        self.send(posting(user, key).body(Body::from(body.to_string())).unwrap()).await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.crm.close();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn posting(user: &str, key: &str) -> axum::http::request::Builder {
    Request::post("/customers")
        .header("x-clientela-user", user)
        .header("idempotency-key", key)
        .header("content-type", "application/json")
}

struct Answer {
    status: StatusCode,
    media: String,
    location: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Status and code of a problem.
    fn problem(&self) -> (u16, String) {
        assert_eq!(self.media, "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], format!("urn:clientela:{}", problem["code"].as_str().unwrap()));
        (self.status.as_u16(), problem["code"].as_str().unwrap().to_owned())
    }

    /// The description of the route lists this status and media type, and the schema the members of the body.
    fn is_described(&self, method: &str, path: &str) {
        let described = described();
        let template = if path.starts_with("/customers/") { "/customers/{key}" } else { path };
        let Some(operation) = described["paths"][template].get(method) else {
            assert!(
                matches!(self.status.as_u16(), 404 | 405),
                "{method} {path} is not described: {}",
                self.status
            );
            return;
        };
        let response = &operation["responses"][self.status.as_str()];
        assert!(response.is_object(), "{method} {path} answers {}, which is not described", self.status);
        let schema = &response["content"][&self.media]["schema"];
        assert!(schema.is_object(), "{method} {path} answers {}, which is not described", self.media);
        conforms(&self.json(), schema, &described, path);
    }
}

fn described() -> Value {
    serde_json::from_str(openapi::DESCRIPTION).unwrap()
}

/// As much of JSON Schema as the description uses.
fn conforms(value: &Value, schema: &Value, described: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let found =
            described.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is missing"));
        return conforms(value, found, described, at);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => panic!("{at} has no type"),
    };
    assert!(allowed.contains(&kind), "{at} is {kind}, described as {allowed:?}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at} is {value}, described as one of {words:?}");
    }
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for needed in schema["required"].as_array().into_iter().flatten() {
            assert!(members.contains_key(needed.as_str().unwrap()), "{at} lacks {needed}");
        }
        for (name, member) in members {
            let described_as = properties.get(name).unwrap_or_else(|| panic!("{at}.{name} is not described"));
            conforms(member, described_as, described, &format!("{at}.{name}"));
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        conforms(item, &schema["items"], described, &format!("{at}[{index}]"));
    }
}

fn company(name: &str) -> Value {
    json!({ "customer": { "kind": "company", "name": name, "country": "IT", "postal_code": "29122", "phone": "0523 123456" } })
}

#[test]
fn the_description_has_the_routes_of_the_router() {
    let described = described();
    let mut there = BTreeSet::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        there.extend(operations.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    let served: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(there, served);
}

#[test]
fn the_description_has_the_fields_of_the_records() {
    let described = described();
    let properties = |name: &str| -> BTreeSet<String> {
        described["components"]["schemas"][name]["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let declared = |entity: &clientela::model::Entity, besides: &[&str]| -> BTreeSet<String> {
        let columns = entity.columns.iter().map(|column| column.name);
        columns.chain(besides.iter().copied()).map(str::to_owned).collect()
    };
    assert_eq!(properties("Customer"), declared(Customer::ENTITY, &["version"]));
    assert_eq!(properties("CustomerDetail"), declared(Customer::ENTITY, &["version", "contacts", "fleet"]));
    assert_eq!(properties("Contact"), declared(Contact::ENTITY, &[]));
    assert_eq!(properties("Vehicle"), declared(Vehicle::ENTITY, &[]));
    let new = serde_json::to_value(NewCustomer::default()).unwrap();
    assert_eq!(properties("NewCustomer"), new.as_object().unwrap().keys().cloned().collect());
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let (described, mut found) = (described(), BTreeSet::new());
    references(&described, &mut found);
    assert!(!found.is_empty());
    for name in found {
        assert!(described.pointer(name.trim_start_matches('#')).is_some(), "{name} leads nowhere");
    }
}

#[tokio::test]
async fn a_customer_is_entered_once_and_found_again() {
    let service = Service::new();
    let body = company("Autotrasporti Esempio S.r.l.");
    let entered = service.post("u-rossi", KEY, &body).await;
    assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.json());
    let again = service.post("u-rossi", KEY, &body).await;
    assert_eq!(
        (again.status, &again.body, &again.location),
        (entered.status, &entered.body, &entered.location)
    );
    let other = service.post("u-rossi", KEY, &company("Somebody else")).await;
    assert_eq!(other.problem(), (422, "command.reused".to_owned()));

    let shown = service.get("u-rossi", entered.location.as_deref().unwrap()).await.json();
    assert_eq!(
        (&shown["name"], &shown["phone"]),
        (&json!("Autotrasporti Esempio S.r.l."), &json!("+390523123456"))
    );
    assert_eq!((&shown["contacts"], &shown["fleet"]), (&json!([]), &json!([])));
    let by_number =
        service.get("u-rossi", &format!("/customers/{}", shown["number"].as_str().unwrap())).await.json();
    assert_eq!(by_number, shown);
    let listed = service.get("u-rossi", "/customers?name=auto&postal_code=29").await.json();
    assert_eq!((listed["customers"][0]["id"].clone(), &listed["next"]), (shown["id"].clone(), &Value::Null));
}

#[tokio::test]
async fn contacts_and_fleet_are_shown_with_the_customer() {
    let service = Service::new();
    let session = service.crm.session("u-rossi", None).unwrap();
    for command in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
        r#"{"command": "contact.add", "customer": "C-1", "contact": {"family_name": "Rossi", "role": "fleet_manager"}}"#,
        r#"{"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": "Marca", "euro_class": 6, "acquired": "2020-02-01"}}"#,
    ] {
        session.run(&Command::from_json(command).unwrap()).unwrap();
    }
    let shown = service.get("u-rossi", "/customers/C-1").await.json();
    assert_eq!(shown["contacts"][0]["role"], "fleet_manager");
    assert_eq!(
        (&shown["fleet"][0]["euro_class"], &shown["fleet"][0]["acquired"]),
        (&json!(6), &json!("2020-02-01"))
    );
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let service = Service::new();
    for number in 0..5 {
        let key = format!("0190b2a4-0000-7000-8000-00000000010{number}");
        service.post("u-rossi", &key, &company(&format!("Customer {number}"))).await;
    }
    let (mut seen, mut path, mut pages) = (BTreeSet::new(), "/customers?limit=2".to_owned(), 0);
    loop {
        let page = service.get("u-rossi", &path).await.json();
        pages += 1;
        for customer in page["customers"].as_array().unwrap() {
            assert!(seen.insert(customer["name"].as_str().unwrap().to_owned()), "{customer} came twice");
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/customers?limit=2&after={next}");
    }
    assert_eq!((seen.len(), pages), (5, 3));
    let exactly = service.get("u-rossi", "/customers?limit=5").await.json();
    assert_eq!((exactly["customers"].as_array().unwrap().len(), &exactly["next"]), (5, &Value::Null));
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_code() {
    let service = Service::new();
    for (user, path, expected) in [
        ("u-rossi", "/customers?limit=0", (400, "query.unreadable")),
        ("u-rossi", "/customers?limit=201", (400, "query.unreadable")),
        ("u-rossi", "/customers?colour=red", (400, "query.unreadable")),
        ("u-rossi", "/customers?vat_number=IT00743110158", (422, "vat_number.check_digit")),
        ("u-rossi", "/customers/C-404", (404, "record.not_found")),
        ("nobody", "/customers", (401, "session.unknown_user")),
        ("u-rossi", "/nowhere", (404, "route.unknown")),
    ] {
        let (status, code) = service.get(user, path).await.problem();
        assert_eq!((status, code.as_str()), expected, "{path}");
    }
    let unnamed = service.send(Request::get("/customers").body(Body::empty()).unwrap()).await;
    assert_eq!(unnamed.problem(), (401, "session.user_missing".to_owned()));
    let deleted = service.send(Request::delete("/customers").body(Body::empty()).unwrap()).await;
    assert_eq!(deleted.problem(), (405, "route.method".to_owned()));
}

#[tokio::test]
async fn a_write_is_refused_with_its_reason() {
    let service = Service::new();
    let send = |request: Request<Body>| service.send(request);
    let text = |builder: axum::http::request::Builder, body: &str| {
        builder.body(Body::from(body.to_owned())).unwrap()
    };
    let whole = company("Esempio").to_string();

    let keyless = Request::post("/customers")
        .header("x-clientela-user", "u-rossi")
        .header("content-type", "application/json");
    assert_eq!(send(text(keyless, &whole)).await.problem(), (400, "header.malformed".to_owned()));
    assert_eq!(
        send(text(posting("u-rossi", "1"), &whole)).await.problem(),
        (400, "header.malformed".to_owned())
    );
    let form =
        Request::post("/customers").header("x-clientela-user", "u-rossi").header("idempotency-key", KEY);
    assert_eq!(send(text(form, &whole)).await.problem(), (415, "body.unreadable".to_owned()));
    for body in ["", "{", "[]", r#"{"customer": {"colour": "red"}}"#] {
        assert_eq!(
            send(text(posting("u-rossi", KEY), body)).await.problem(),
            (400, "body.unreadable".to_owned())
        );
    }
    let long = company(&"x".repeat(BODY_MAX)).to_string();
    assert_eq!(
        send(text(posting("u-rossi", KEY), &long)).await.problem(),
        (413, "body.unreadable".to_owned())
    );

    let missing =
        service.post("u-rossi", KEY, &json!({ "customer": { "kind": "company", "postal_code": "9" } })).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let issues = missing.json()["issues"].as_array().unwrap().len();
    assert_eq!(issues, 2, "name and country: {}", missing.json());
    assert_eq!(missing.json()["field"], "name");

    let known = json!({ "customer": { "kind": "company", "name": "Esempio", "country": "IT", "vat_number": "00743110157" } });
    let entered = service.post("u-rossi", KEY, &known).await.json();
    let twice = service.post("u-rossi", OTHER_KEY, &known).await;
    assert_eq!(twice.problem(), (409, "customer.duplicate".to_owned()));
    assert_eq!(twice.json()["record"], entered["records"][0]["id"]);
}

#[tokio::test]
async fn another_dealer_sees_nothing_of_it() {
    let service = Service::new();
    let entered = service.post("u-rossi", KEY, &company("Esempio")).await;
    let unseen = service.get("u-neri", entered.location.as_deref().unwrap()).await;
    assert_eq!(unseen.problem(), (404, "record.not_found".to_owned()));
    assert_eq!(service.get("u-neri", "/customers").await.json()["customers"], json!([]));
}

#[tokio::test]
async fn the_description_is_served_as_committed() {
    let service = Service::new();
    let answer = service.send(Request::get("/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.json(), described());
}
