//! Customers of a clientela store over HTTP: how a service in Rust uses the library.
//!
//! | route | what it does |
//! | --- | --- |
//! | `GET /customers` | customers that fit a search, a page at a time |
//! | `GET /customers/{key}` | one customer by number or id, with contacts and fleet |
//! | `POST /customers` | enters a customer, once for each `Idempotency-Key` |
//! | `GET /openapi.json` | the description of all this |
//!
//! The library is synchronous, so each request does its work on a thread that may wait ([`signed_in`]); the runtime itself needs
//! one thread only. Rights, checks, idempotency and the journal are the library's: no route repeats any of them.
#![forbid(unsafe_code)]

pub mod customers;
pub mod openapi;
pub mod problem;
mod record;
pub mod signed_in;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use clientela::Crm;
use problem::Problem;

/// The longest body that is read, in bytes.
pub const BODY_MAX: usize = 64 * 1024;

/// One operation: method and path as in the description, and what serves it.
pub type Route = (&'static str, &'static str, fn() -> MethodRouter<Crm>);

/// Everything the service answers; the router is made from it, and a test holds the description to it.
pub const ROUTES: &[Route] = &[
    ("get", "/customers", || get(customers::list)),
    ("post", "/customers", || post(customers::create)),
    ("get", "/customers/{key}", || get(customers::show)),
    ("get", "/openapi.json", || get(openapi::show)),
];

/// The service on a store.
pub fn router(crm: Crm) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, (_, path, method)| router.route(path, method()));
    routes
        .fallback(|| async { Problem::no_route() })
        .method_not_allowed_fallback(|| async { Problem::no_method() })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(crm)
}
