//! One page to look at: funnel, quotas, campaign, journal. Self-contained, for light and dark, without a network.
//!
//! [`gather`] asks the library for every figure as one session sees it; [`page`] only writes them down.

mod bars;
mod facts;
mod html;
mod journal;
mod page;
mod style;

pub use facts::{CampaignFigure, Facts, JournalLine, Light, QuotaFigure, gather};
pub use page::page;
