//! Who asks, and where his request does its work.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use clientela::{Crm, Session};

/// Names the user. An example's stand-in: a real service puts here who it has authenticated, from a token it has checked.
pub const USER_HEADER: &str = "x-clientela-user";
/// Names the position he acts in, by title or id, when he holds several.
pub const POSITION_HEADER: &str = "x-clientela-position";

/// The user of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    login: String,
    position: Option<String>,
}

impl SignedIn {
    /// Signs the user in and does the work as him, on a thread that may wait for the disk.
    ///
    /// # Errors
    /// 401 when he is unknown or holds no position today; whatever the work says.
    pub async fn run<T, F>(self, crm: Crm, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Session) -> clientela::Result<T> + Send + 'static,
    {
        let working = tokio::task::spawn_blocking(move || {
            let session = crm
                .session(&self.login, self.position.as_deref())
                .map_err(|error| Problem::not_signed_in(&error))?;
            work(&session).map_err(Problem::from)
        });
        // The work panicked, or the runtime is being shut down.
        working.await.unwrap_or_else(|_| Err(Problem::failed()))
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let login = text(&parts.headers, USER_HEADER)?.ok_or_else(Problem::nobody)?;
        Ok(Self { login, position: text(&parts.headers, POSITION_HEADER)? })
    }
}

/// A header's text.
///
/// # Errors
/// 400 when it is not UTF-8.
pub(crate) fn text(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(Problem::header(name, "is not UTF-8", "text in UTF-8")),
    }
}
