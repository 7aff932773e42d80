//! Commands on shares: a customer or an opportunity shown to others for a time.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::organisation::sharing::{SHARES_MAX, lasting_on};
use clientela_core::organisation::{
    CustomerShare, OpportunityShare, Position, Share, ShareRight, ShareTerms, Unit,
};
use clientela_core::party::Relationship;
use clientela_core::sales::Opportunity;
use clientela_model::{EntityId, Predicate, Record, Value, ValueError, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Shares a customer or an opportunity with a position or a unit, for a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantShare {
    /// The customer; it or an opportunity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// The opportunity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Key>,
    /// Title of the position it is shared with; it or a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// Whether the positions that report to that position have it too.
    #[serde(default)]
    pub with_team: bool,
    /// Code of the unit it is shared with, and with all units below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// How far the share reaches.
    pub right: ShareRight,
    /// First day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; until it is ended when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// Ends a share at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndShare {
    /// Id of the share.
    pub share: Uuid,
}

pub(super) fn grant(door: &mut Door<'_, '_>, command: &GrantShare) -> Result<Outcome> {
    let position = command.position.as_ref().map(|key| door.resolve::<Position>(key)).transpose()?;
    let unit = command.unit.as_ref().map(|key| door.resolve::<Unit>(key)).transpose()?;
    let terms = ShareTerms {
        position: position.map(|stored| stored.record.id),
        with_team: command.with_team,
        unit: unit.map(|stored| stored.record.id),
        right: command.right,
        valid_from: command.from.unwrap_or_else(|| door.today()),
        valid_to: command.to,
    };
    terms.check()?;
    match (&command.customer, &command.opportunity) {
        (Some(key), None) => {
            let customer = door.to_share::<Relationship>(key)?.record;
            enter(door, &CustomerShare::new(door.new_id(), customer.id, terms))
        }
        (None, Some(key)) => {
            let opportunity = door.to_share::<Opportunity>(key)?.record;
            enter(door, &OpportunityShare::new(door.new_id(), opportunity.id, terms))
        }
        _ => {
            let error = ValueError::new(
                "share.record",
                "record",
                "is not one customer or one opportunity",
                "a customer or an opportunity, one of the two",
            );
            Err(error.at("customer").into())
        }
    }
}

fn enter<S: Share>(door: &mut Door<'_, '_>, share: &S) -> Result<Outcome> {
    let terms = share.terms();
    let recipient = match (terms.position, terms.unit) {
        (Some(position), _) => Predicate::equals("position", Value::Id(position.uuid())),
        (None, unit) => {
            unit.map_or(Predicate::Nothing, |unit| Predicate::equals("unit", Value::Id(unit.uuid())))
        }
    };
    if door.count_whole(S::ENTITY, &recipient.and(lasting_on(door.today())))? >= SHARES_MAX {
        let error = ValueError::new(
            "share.too_many",
            "recipient",
            "has as many shares as one can have",
            format!("at most {SHARES_MAX} that last; end some, or widen the profile"),
        );
        return Err(error.at("position").into());
    }
    door.create_derived(share)?;
    let why = Why::new("share.granted").fact("right", terms.right).fact("from", terms.valid_from);
    let why = terms.valid_to.into_iter().fold(why, |why, last| why.fact("to", last));
    Ok(Outcome::of(share, None, why))
}

pub(super) fn end(door: &mut Door<'_, '_>, command: &EndShare) -> Result<Outcome> {
    let of_customer = end_one::<CustomerShare, Relationship>(door, command.share)?;
    let ended = match of_customer {
        Some(ended) => Some(ended),
        None => end_one::<OpportunityShare, Opportunity>(door, command.share)?,
    };
    ended.ok_or_else(|| {
        CrmError::NotFound { entity: CustomerShare::ENTITY.name, key: command.share.to_string() }.into()
    })
}

/// Ends a share of that kind, if there is one of that id on a record that is seen.
fn end_one<S: Share + Clone, R: Record>(door: &mut Door<'_, '_>, id: Uuid) -> Result<Option<Outcome>> {
    let named = Predicate::equals("id", Value::Id(id));
    let Some(stored) = door.first_of::<S>(&named)? else { return Ok(None) };
    door.to_share::<R>(&stored.record.shared().to_string())?;
    let why = Why::new("share.ended");
    if stored.record.ended().is_some() {
        return Ok(Some(Outcome::of(&stored.record, None, why.fact("already", true))));
    }
    let ended = stored.record.ended_at(door.now());
    door.update_derived(&ended, stored.version)?;
    Ok(Some(Outcome::of(&ended, None, why)))
}
