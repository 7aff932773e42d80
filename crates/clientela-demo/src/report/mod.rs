//! One page to look at: funnel, quotas, campaign, journal. Self-contained, for light and dark, without a network.
//!
//! [`gather`] asks the library for every figure as one session sees it; [`page`] only writes them down.

mod facts;
mod funnel;
mod html;
mod journal;
mod page;
mod style;

pub use facts::{CampaignFigure, DealerFigure, Facts, JournalLine, Light, StageFigure, gather};
pub use page::page;
