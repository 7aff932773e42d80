//! Who intends to buy: a seller's leads in the order in which to work on them.
//!
//! | what | points |
//! | --- | --- |
//! | horizon: month, quarter, half_year, year, later, not said | 50, 40, 25, 10, 0, 15 |
//! | qualified; contacted | 20; 10 |
//! | came in within a week; within a month | 10; 5 |
//! | names a product; offers a vehicle in part exchange | 10; 10 |

use super::lead::{Lead, LeadHorizon, LeadState};
use chrono::{DateTime, TimeDelta, Utc};
use clientela_model::Why;

/// How much speaks for a purchase, from 0 to 100, and what of it.
#[must_use]
pub fn intent(lead: &Lead, now: DateTime<Utc>) -> (u32, Why) {
    let horizon = match lead.horizon {
        Some(LeadHorizon::Month) => 50,
        Some(LeadHorizon::Quarter) => 40,
        Some(LeadHorizon::HalfYear) => 25,
        Some(LeadHorizon::Year) => 10,
        Some(LeadHorizon::Later) => 0,
        None => 15,
    };
    let state = match lead.state {
        LeadState::Qualified => 20,
        LeadState::Contacted => 10,
        _ => 0,
    };
    let age = now - lead.received_at;
    let fresh = match age {
        age if age <= TimeDelta::days(7) => 10,
        age if age <= TimeDelta::days(30) => 5,
        _ => 0,
    };
    let product = if lead.product.is_some() { 10 } else { 0 };
    let trade_in = if lead.trade_in.is_some() { 10 } else { 0 };
    let parts = [
        ("horizon", horizon),
        ("state", state),
        ("fresh", fresh),
        ("product", product),
        ("trade_in", trade_in),
    ];
    let points = parts.iter().map(|(_, points)| points).sum();
    let why = Why::new("lead.intent").fact("points", points);
    (points, parts.iter().fold(why, |why, (name, points)| why.fact(*name, points)))
}

/// Whether somebody still works on a lead.
#[must_use]
pub const fn is_open(state: LeadState) -> bool {
    matches!(state, LeadState::New | LeadState::Assigned | LeadState::Contacted | LeadState::Qualified)
}
