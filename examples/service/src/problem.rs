//! Errors as `application/problem+json` (RFC 9457), with the library's code, field and hint.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use clientela::{Coded, Error, ErrorKind, Issue, Why};
use serde::Serialize;
use uuid::Uuid;

/// What a caller is told when his request is not done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// Names the kind of problem: `urn:clientela:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// One sentence; never personal data.
    pub detail: String,
    /// Stable dotted word to tell problems apart by.
    pub code: &'static str,
    /// Path of the field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The record concerned, when the caller may know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Uuid>,
    /// All findings of a check.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<Issue>,
    /// Why it was refused, when a rule decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// Whether the same request may succeed a little later.
    #[serde(skip)]
    pub retry: bool,
}

/// The status of each class of error.
#[must_use]
pub const fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Argument | ErrorKind::Utf8 => StatusCode::BAD_REQUEST,
        ErrorKind::Rights => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Exists | ErrorKind::Conflict | ErrorKind::State => StatusCode::CONFLICT,
        ErrorKind::Limit => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Validation | ErrorKind::Rule | ErrorKind::Range => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::Busy | ErrorKind::Storage | ErrorKind::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
        // A fault of this service, of its store, or of a kind that is not known yet.
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:clientela:{code}"),
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            field: None,
            hint: None,
            record: None,
            issues: Vec::new(),
            why: None,
            retry: false,
        }
    }

    fn of(status: StatusCode, error: &dyn Coded) -> Self {
        let mut problem = Self::new(status, error.code(), error.to_string());
        problem.field = error.field();
        problem.hint = error.hint();
        problem.record = error.entity();
        problem.issues = error.issues();
        problem.why = error.why().cloned();
        problem.retry = error.kind().retry();
        if status.is_server_error() {
            // Paths and the like are for the operator, not for callers.
            report(&problem);
            problem.detail = "the service cannot do this at the moment".to_owned();
            (problem.field, problem.hint) = (None, None);
        }
        problem
    }

    fn with(mut self, field: &str, hint: &str) -> Self {
        self.field = Some(field.to_owned());
        self.hint = Some(hint.to_owned());
        self
    }

    /// No user is named.
    #[must_use]
    pub fn nobody() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "session.user_missing", "the request does not say who asks")
            .with(crate::signed_in::USER_HEADER, "the login of a user")
    }

    /// The user or his position is not known.
    #[must_use]
    pub fn not_signed_in(error: &Error) -> Self {
        let status = if error.code().starts_with("session.") {
            StatusCode::UNAUTHORIZED
        } else {
            status(error.kind())
        };
        Self::of(status, error.coded())
    }

    /// A header that cannot be used.
    #[must_use]
    pub fn header(name: &'static str, problem: &str, hint: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "header.malformed",
            format!("the header {name} {problem}; expected {hint}"),
        )
        .with(name, hint)
    }

    /// A query that cannot be read.
    #[must_use]
    pub fn query(problem: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "query.unreadable", format!("the query cannot be read: {problem}"))
    }

    /// A body that cannot be read.
    #[must_use]
    pub fn body(status: StatusCode, problem: &str) -> Self {
        Self::new(status, "body.unreadable", format!("the body cannot be read: {problem}"))
    }

    /// There is nothing at this path.
    #[must_use]
    pub fn no_route() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "route.unknown",
            "there is nothing at this path; /openapi.json says what there is",
        )
    }

    /// The path does not take this method.
    #[must_use]
    pub fn no_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "route.method",
            "this path does not take this method; /openapi.json says which it takes",
        )
    }

    /// A fault of the service itself.
    #[must_use]
    pub fn failed() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the service failed at this request")
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        // One key for two different requests: draft-ietf-httpapi-idempotency-key-header wants 422.
        let status = match error.code() {
            "command.reused" => StatusCode::UNPROCESSABLE_ENTITY,
            _ => status(error.kind()),
        };
        Self::of(status, error.coded())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if self.retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The log of this example.
#[expect(clippy::print_stderr, reason = "a service's log is its standard error")]
fn report(problem: &Problem) {
    eprintln!("{}: {}", problem.code, problem.detail);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_errors_have_their_status() {
        for (kind, expected) in [
            (ErrorKind::Argument, 400),
            (ErrorKind::Rights, 403),
            (ErrorKind::NotFound, 404),
            (ErrorKind::Exists, 409),
            (ErrorKind::Conflict, 409),
            (ErrorKind::State, 409),
            (ErrorKind::Limit, 413),
            (ErrorKind::Validation, 422),
            (ErrorKind::Rule, 422),
            (ErrorKind::Corrupt, 500),
            (ErrorKind::Io, 500),
            (ErrorKind::Internal, 500),
            (ErrorKind::Unsupported, 501),
            (ErrorKind::Busy, 503),
            (ErrorKind::Storage, 503),
        ] {
            assert_eq!(status(kind).as_u16(), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_fault_of_the_store_tells_callers_nothing_of_its_place() {
        let error = clientela::Crm::open("/nowhere/secret.clientela").unwrap_err();
        let problem = Problem::of(StatusCode::INTERNAL_SERVER_ERROR, error.coded());
        assert_eq!(problem.code, "store.not_found");
        assert!(!serde_json::to_string(&problem).unwrap().contains("nowhere"), "{problem:?}");
    }
}
