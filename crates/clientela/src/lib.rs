//! clientela: a CRM that lives inside other programs.
//!
//! Open a store with [`Crm`], sign in as a user in a position with [`Session`], and ask for changes with [`Command`]s.
//! Every change passes one door, where rights, idempotency, rules and the journal are; every answer passes one way out,
//! where rights are. Each decision says [`Why`].
//!
//! ```
//! use clientela::command::{CreateCustomer, OpenOpportunity};
//! use clientela::{Command, Crm, Founding};
//! # let folder = std::env::temp_dir().join(format!("clientela-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("network.clientela");
//! let crm = Crm::create(path)?;
//! crm.found(&Founding {
//!     unit_code: "HQ".into(),
//!     unit_name: "Headquarters".into(),
//!     country: Some("IT".parse()?),
//!     login: "admin".into(),
//!     user_name: "Ada Bianchi".into(),
//! })?;
//! let session = crm.session("admin", None)?;
//! let receipt = session.run(&Command::from_json(
//!     r#"{"command": "customer.create", "customer": {
//!         "kind": "company", "name": "Autotrasporti Esempio S.r.l.", "country": "IT", "vat_number": "IT00743110157"}}"#,
//! )?)?;
//! let again = session.run(&Command::from_json(
//!     r#"{"command": "customer.create", "customer": {
//!         "kind": "company", "name": "Autotrasporti Esempio", "country": "IT", "vat_number": "00743110157"}}"#,
//! )?);
//! assert_eq!(again.unwrap_err().code(), "customer.duplicate");
//! assert_eq!(session.customer(receipt.key().unwrap())?.customer.name, "Autotrasporti Esempio S.r.l.");
//! # crm.close()?;
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod agenda;
mod attainment;
mod calendar;
mod campaign_list;
mod claims;
pub mod command;
mod condition;
mod configurations;
mod crediting;
mod crm;
mod customer;
mod days;
mod digest;
mod door;
mod draft;
mod duplicates;
mod erased_again;
mod error;
pub mod export;
mod funnel;
mod holders;
pub mod import;
mod lead_conversion;
mod lead_distribution;
mod lead_scoring;
mod lead_territory;
mod margins;
mod measures;
mod merging;
mod mirror;
mod offer;
mod organisation_past;
mod outreach;
mod person;
mod pipeline;
pub mod question;
mod quoting;
mod reading;
mod retention;
mod rule_sets;
pub mod rules;
mod session;
mod setting;
mod standing;
#[cfg(feature = "arrow")]
pub mod table;
mod targeting;
mod territory;
mod texts;
mod turnover;
mod view;
#[cfg(feature = "arrow")]
mod what_if_table;

/// The snippets of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

pub use clientela_core as core;
pub use clientela_core::organisation::{Actor, Verb, Verdict};
pub use clientela_core::performance::Attainment;
pub use clientela_core::sales::FunnelStage;
pub use clientela_model as model;
pub use clientela_model::{Coded, ErrorKind, Issue, Money, Predicate, Record, Why};
pub use clientela_rules::ruleset::Decided;
pub use clientela_store::{
    Anchor, Clock, FieldChange, FixedClock, HistoryEntry, OpenOptions, Random, Report, SeededRandom,
    SteppingClock, StoreInfo, Stored, SystemClock, SystemRandom, Watch,
};
pub use command::{Command, Receipt, RecordRef, Request};
pub use crm::{Crm, CrmOptions, Founding};
pub use customer::{CustomerSearch, CustomerSnapshot};
pub use draft::{Committed, DraftOutcome, OfferDraft, PricedDraft};
pub use error::{CrmError, Error, Result};
pub use mirror::MirrorInfo;
pub use offer::OfferSnapshot;
#[cfg(feature = "arrow")]
pub use pipeline::columns::{ColumnStage, PipelineColumns};
pub use question::{Ask, Question};
pub use quoting::QuotingSession;
pub use rule_sets::{RuleSetAnswer, RuleSetSubject, StoredRuleSet};
pub use rules::{RuleRun, RuleSubject, Selection, StoreRule};
pub use session::Session;
#[cfg(feature = "arrow")]
pub use table::{IdForm, Table, TableQuery};
pub use targeting::{TargetLine, TargetPlan};
pub use turnover::Measure as CustomerMeasure;
pub use view::LIST_MAX;
#[cfg(feature = "arrow")]
pub use what_if_table::{ListChange, what_if_over_table};
