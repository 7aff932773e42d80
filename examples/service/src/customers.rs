//! The routes of customers.

use crate::problem::Problem;
use crate::record;
use crate::signed_in::{SignedIn, text};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use clientela::command::CreateCustomer;
use clientela::core::ids::CustomerId;
use clientela::model::EntityId;
use clientela::{Command, Crm, CustomerSearch, CustomerSnapshot, Receipt};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Names the request: the same key again gives the same answer and writes nothing.
pub const KEY_HEADER: &str = "idempotency-key";
/// The most customers of one page.
pub const PAGE_MAX: usize = 200;
/// Customers of a page when nothing is said.
pub const PAGE_USUAL: usize = 50;

/// What `GET /customers` is asked. What is given must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    /// Start of the name.
    pub name: Option<String>,
    /// VAT number, with the country's letters.
    pub vat_number: Option<String>,
    /// Customer number.
    pub number: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number, international.
    pub phone: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
    /// Start of the postal code.
    pub postal_code: Option<String>,
    /// Only customers after this one: `next` of the page before.
    pub after: Option<Uuid>,
    /// How many customers at most, 1 to [`PAGE_MAX`].
    pub limit: Option<usize>,
}

/// `GET /customers`.
///
/// # Errors
/// 400 for a query that cannot be read, 401, 422 for an identifier that is none.
pub async fn list(
    State(crm): State<Crm>,
    user: SignedIn,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(query) = query.map_err(|error| Problem::query(&error.body_text()))?;
    let limit = query.limit.unwrap_or(PAGE_USUAL);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Problem::query(&format!("limit is not between 1 and {PAGE_MAX}")));
    }
    let search = CustomerSearch {
        name: query.name,
        vat_number: query.vat_number,
        number: query.number,
        email: query.email,
        phone: query.phone,
        country: query.country,
        postal_code: query.postal_code,
        after: query.after.map(CustomerId::from_uuid),
    };
    // One more than shown: whether there is a next page is known without counting.
    let mut found = user.run(crm, move |session| session.find_customers(&search, limit + 1)).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.record.id.to_string());
    let customers: Vec<_> =
        found.iter().map(|stored| versioned(record::json(&stored.record), stored.version)).collect();
    Ok(Json(json!({ "customers": customers, "next": next })))
}

/// `GET /customers/{key}`: by number or id.
///
/// # Errors
/// 401, 404 when there is none the user may see.
pub async fn show(
    State(crm): State<Crm>,
    user: SignedIn,
    key: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(key) = key.map_err(|error| Problem::query(&error.body_text()))?;
    let CustomerSnapshot { customer, version, contacts, fleet, .. } =
        user.run(crm, move |session| session.customer(&key)).await?;
    let mut shown = versioned(record::json(&customer), version);
    shown.insert("contacts".to_owned(), contacts.iter().map(record::json).collect());
    shown.insert("fleet".to_owned(), fleet.iter().map(record::json).collect());
    Ok(Json(Value::Object(shown)))
}

/// `POST /customers`: enters a customer under the command id of the `Idempotency-Key`.
///
/// # Errors
/// 400 without such a key or with an unreadable body, 401, 403, 409 for a customer that is there already, 413, 415, 422 for
/// what cannot be accepted and for a key used before with another body.
pub async fn create(
    State(crm): State<Crm>,
    user: SignedIn,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let id = command_id(&headers)?;
    let is_json = text(&headers, "content-type")?
        .is_some_and(|kind| kind.split(';').next().map(str::trim) == Some("application/json"));
    if !is_json {
        return Err(Problem::body(StatusCode::UNSUPPORTED_MEDIA_TYPE, "it is not application/json"));
    }
    let body = body.map_err(|error| Problem::body(error.status(), &error.body_text()))?;
    let command: CreateCustomer = serde_json::from_slice(&body)
        .map_err(|error| Problem::body(StatusCode::BAD_REQUEST, &error.to_string()))?;
    let receipt =
        user.run(crm, move |session| session.execute(id, &Command::CustomerCreate(command))).await?;
    Ok(created(&receipt))
}

fn command_id(headers: &HeaderMap) -> Result<Uuid, Problem> {
    // Without it a request whose answer was lost could not be sent again.
    let wrong = |problem| Problem::header(KEY_HEADER, problem, "a UUID made for this request");
    let given = text(headers, KEY_HEADER)?.ok_or_else(|| wrong("is missing"))?;
    // Structured headers write a text in quotation marks; most callers do not.
    Uuid::try_parse(given.trim_matches('"')).map_err(|_| wrong("is not a UUID"))
}

fn created(receipt: &Receipt) -> Response {
    let id = receipt.id_of("relationship").map(|id| id.to_string()).unwrap_or_default();
    (StatusCode::CREATED, [(header::LOCATION, format!("/customers/{id}"))], Json(receipt)).into_response()
}

fn versioned(mut record: Map<String, Value>, version: i64) -> Map<String, Value> {
    record.insert("version".to_owned(), Value::from(version));
    record
}
