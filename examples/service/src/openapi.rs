//! The description of the service, as committed.

use axum::http::header;
use axum::response::IntoResponse;

/// `openapi.json`: OpenAPI 3.1.
pub const DESCRIPTION: &str = include_str!("../openapi.json");

/// `GET /openapi.json`.
pub async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}
