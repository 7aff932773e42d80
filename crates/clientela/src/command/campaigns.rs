//! Commands on campaigns.

use super::{Key, Outcome};
use crate::campaign_list::CampaignList;
use crate::command::customers::seat;
use crate::door::Door;
use crate::error::Result;
use crate::rules::RuleSubject;
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
    /// Why, for the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineCampaign) -> Result<Outcome> {
    let seat = seat(door, command.owner.as_deref())?;
    let CampaignStep { campaign, why } = decision::define(&command.campaign, door.new_id(), seat)?;
    door.unused_at_dealer::<Campaign>("code", &campaign.code, campaign.unit)?;
    door.rules().compiled(door.view().reader, &campaign.rule, RuleSubject::Customer)?;
    door.create(&campaign)?;
    Ok(Outcome::of(&campaign, Some(&campaign.code), why))
}

pub(super) fn activate(door: &mut Door<'_, '_>, command: &CampaignRef) -> Result<Outcome> {
    let stored = door.to_change::<Campaign>(&command.campaign)?;
    let today = door.today();
    let CampaignStep { campaign, why } = decision::activate(&stored.record, today)?;
    let (list, now) = (door.take_campaign_list(), door.now());
    let chosen = CampaignList::of_now(list, door, &campaign, stored.version)?;
    door.update(&campaign, stored.version)?;
    let mut members = 0;
    for (customer, membership) in &chosen {
        if let Some(member) = membership.member(door.new_id(), &campaign, *customer, now) {
            door.create_derived(&member)?;
            members += 1;
        }
    }
    let why = why.because(Why::new("campaign.list_fixed").fact("customers", members));
    Ok(Outcome::of(&campaign, Some(&campaign.code), why))
}

pub(super) fn close(door: &mut Door<'_, '_>, command: &CampaignRef) -> Result<Outcome> {
    let stored = door.to_change::<Campaign>(&command.campaign)?;
    let CampaignStep { campaign, why } = decision::close(&stored.record)?;
    door.update(&campaign, stored.version)?;
    Ok(Outcome::of(&campaign, Some(&campaign.code), why))
}
