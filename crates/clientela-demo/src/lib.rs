//! A dealer network that never was: an organisation, customers with fleets and consents, two years of visits, offers, wins and
//! losses, drawn from a seed and lived through by commands, so that every record has a true journal.
//!
//! | to | use |
//! | --- | --- |
//! | make the network in a new store | [`Network`] |
//! | write tables as messy as real ones, and import them | [`messy`] |
//! | read cards and documents of the outside world | [`documents`] |
//! | keep documents of the outside world as offers | [`stored_documents`] |
//! | show a day's work from customer to quota | [`day`] |
//! | write what is to be seen on one page | [`report`] |
//!
//! Nothing here is a rule of the business: everything is asked of [`clientela`].
#![forbid(unsafe_code)]

mod catalogue;
pub mod day;
mod dice;
pub mod documents;
mod error;
mod history;
pub mod messy;
mod network;
pub mod report;
pub mod stored_documents;
mod world;

pub use catalogue::{WITH_CONFIGURATOR, WITHOUT_CONFIGURATOR};
pub use error::{DemoError, Result};
pub use history::{CAMPAIGN, CAMPAIGN_RULE, quota_plan};
pub use network::{ADMINISTRATOR, Made, Network};
