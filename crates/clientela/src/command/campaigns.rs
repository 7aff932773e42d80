//! Commands on campaigns.

use super::{Key, Outcome};
use crate::command::customers::seat;
use crate::door::Door;
use crate::error::Result;
use crate::rules::RuleSubject;
use crate::targeting::{Decider, Reasons};
use clientela_columns::Running;
use clientela_core::marketing::{self as decision, Campaign, CampaignStep, NewCampaign};
use clientela_model::Why;
use serde::{Deserialize, Serialize};

/// Defines a campaign; its rule is checked now, not when it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineCampaign {
    /// What is known of it.
    pub campaign: NewCampaign,
    /// The position that runs it; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
}

/// Names a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignRef {
    /// Code of the campaign.
    pub campaign: Key,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineCampaign) -> Result<Outcome> {
    let seat = seat(door, command.owner.as_deref())?;
    let CampaignStep { campaign, why } = decision::define(&command.campaign, door.new_id(), seat)?;
    door.unused::<Campaign>("code", &campaign.code)?;
    door.rules().compiled(&campaign.rule, RuleSubject::Customer)?;
    door.create(&campaign)?;
    Ok(Outcome::of(&campaign, Some(&campaign.code), why))
}

pub(super) fn activate(door: &mut Door<'_, '_>, command: &CampaignRef) -> Result<Outcome> {
    let stored = door.to_change::<Campaign>(&command.campaign)?;
    let today = door.now().date_naive();
    let CampaignStep { campaign, why } = decision::activate(&stored.record, today)?;
    let mut members = Vec::new();
    let now = door.now();
    // As the list was shown: whoever does not read a field does not choose by it either.
    let snapshot = door.columns()?;
    let decider = Decider::new(door.rules(), &campaign, now)?;
    let running = Running::default();
    decider.decide_all(&door.shown(), &snapshot, running, Reasons::Whole, |customer, membership| {
        members.extend(membership.member(door.new_id(), &campaign, customer, now));
        Ok(())
    })?;
    door.update(&campaign, stored.version)?;
    for member in &members {
        door.create_derived(member)?;
    }
    let why = why.because(Why::new("campaign.list_fixed").fact("customers", members.len()));
    Ok(Outcome::of(&campaign, Some(&campaign.code), why))
}

pub(super) fn close(door: &mut Door<'_, '_>, command: &CampaignRef) -> Result<Outcome> {
    let stored = door.to_change::<Campaign>(&command.campaign)?;
    let CampaignStep { campaign, why } = decision::close(&stored.record)?;
    door.update(&campaign, stored.version)?;
    Ok(Outcome::of(&campaign, Some(&campaign.code), why))
}
