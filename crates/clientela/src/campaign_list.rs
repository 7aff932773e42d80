//! A campaign's list, decided before its command takes the write lock.
//!
//! Deciding for every customer takes long, and nobody else can write meanwhile if it is done inside the command. So it is
//! done on a state of before, and inside the command only for the customers whose records were touched since: the list is
//! the one of the command's moment all the same.
//!
//! | changed meanwhile | what happens |
//! | --- | --- |
//! | a customer, its party, a contact, contact point, consent, activity, opportunity or vehicle | that customer is decided again |
//! | a new customer | it is decided |
//! | the campaign, units, positions, users or profiles, or the day | the whole list is decided again, inside the command |
//! | more than [`COMMITS_MAX`] commits | the list is made anew before the lock, [`ATTEMPTS`] times at most; then inside |

use crate::door::Door;
use crate::error::Result;
use crate::mirror::Snapshot;
use crate::rules::{RuleCache, RuleRun};
use crate::session::Session;
use crate::targeting::{Decider, Reasons};
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::{CampaignId, CustomerId};
use clientela_core::marketing::{Campaign, Membership};
use clientela_core::party::Relationship;
use clientela_model::{Entity, EntityId, ErrorKind, Lookup, Predicate, Value};
use clientela_store::Order;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Commits between the state a list was decided on and its command whose customers are decided again.
const COMMITS_MAX: u32 = 1_000;
/// How often a list is made before it is made inside the command.
const ATTEMPTS: usize = 3;

/// The customers on a campaign's list, as of one state of the store.
#[derive(Debug)]
pub(crate) struct CampaignList {
    campaign: CampaignId,
    /// Version of the campaign that was read.
    campaign_version: i64,
    /// Last commit of the state.
    version: i64,
    today: NaiveDate,
    members: BTreeMap<CustomerId, Membership>,
}

impl Session {
    /// Decides a campaign's list before the lock; none when there is nothing to be decided or too much changes meanwhile.
    pub(crate) fn campaign_list(&self, key: &str) -> Result<Option<CampaignList>> {
        for _ in 0..ATTEMPTS {
            let at = self.now();
            let made = self.look_in_columns(|view, snapshot| {
                CampaignList::make(view, snapshot, &self.crm.rules, key, (at, self.day_of(at)))
            })?;
            let Some(list) = made else { return Ok(None) };
            let few = self.look(|view| Ok(view.reader.touched_since(list.version, COMMITS_MAX / 2)?))?;
            if few.is_some() {
                return Ok(Some(list));
            }
        }
        Ok(None)
    }
}

impl CampaignList {
    fn make(
        view: &View<'_>,
        snapshot: &Snapshot,
        rules: &RuleCache,
        key: &str,
        (at, today): (DateTime<Utc>, NaiveDate),
    ) -> Result<Option<Self>> {
        let stored = match view.resolve::<Campaign>(key) {
            Ok(stored) => stored,
            // Said by the command itself, inside its transaction.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if clientela_core::marketing::activate(&stored.record, today).is_err() {
            return Ok(None);
        }
        let decider = Decider::new(rules, view.reader, &stored.record, at, today)?;
        let members = members(view, snapshot, &decider)?;
        Ok(Some(Self {
            campaign: stored.record.id,
            campaign_version: stored.version,
            version: view.reader.version()?,
            today,
            members,
        }))
    }

    /// The list of the state the door sees.
    pub(crate) fn of_now(
        made: Option<Self>,
        door: &Door<'_, '_>,
        campaign: &Campaign,
        version: i64,
    ) -> Result<BTreeMap<CustomerId, Membership>> {
        // As the list was shown: whoever does not read a field does not choose by it either.
        let view = door.shown();
        let fits = |list: &Self| {
            list.campaign == campaign.id && list.campaign_version == version && list.today == door.today()
        };
        let decider = Decider::new(door.rules(), view.reader, campaign, door.now(), door.today())?;
        if let Some(mut list) = made.filter(fits)
            && let Some(touched) = view.reader.touched_since(list.version, COMMITS_MAX)?
            && let Some(customers) = concerned(&view, &touched)?
        {
            for customer in customers {
                list.members.remove(&customer);
                let decided = decider.decide_one(&view, customer)?;
                list.members.extend(decided.filter(is_member).map(|membership| (customer, membership)));
            }
            return Ok(list.members);
        }
        members(&view, &*door.columns()?, &decider)
    }
}

fn members(
    view: &View<'_>,
    snapshot: &Snapshot,
    decider: &Decider<'_>,
) -> Result<BTreeMap<CustomerId, Membership>> {
    let mut members = BTreeMap::new();
    decider.decide_all(view, snapshot, RuleRun::default(), Reasons::Whole, |customer, membership| {
        if is_member(&membership) {
            members.insert(customer, membership);
        }
        Ok(())
    })?;
    Ok(members)
}

fn is_member(membership: &Membership) -> bool {
    membership.consent().is_some()
}

/// The customers whose place may have changed by changes of these records; none when it may be anybody's.
fn concerned(view: &View<'_>, touched: &[(&'static Entity, Uuid)]) -> Result<Option<BTreeSet<CustomerId>>> {
    let mut customers = BTreeSet::new();
    for (entity, id) in touched {
        let named = |column: &str| {
            let (declared, values) = view.reader.record(entity.name, *id)?;
            match values.get(declared.position(column)?) {
                Some(Value::Id(id)) => Some(*id),
                _ => None,
            }
        };
        match entity.name {
            "unit" | "position" | "user" | "holding" | "profile" | "grant_of_profile" => return Ok(None),
            "relationship" => {
                customers.insert(CustomerId::from_uuid(*id));
            }
            "contact" | "consent" | "activity" | "opportunity" => {
                customers.extend(named("customer").map(CustomerId::from_uuid));
            }
            "party" | "vehicle" | "contact_point" => {
                let party = if entity.name == "party" { Some(*id) } else { named("party") };
                let Some(party) = party else { continue };
                let of_party = Predicate::equals("party", Value::Id(party));
                let all = view.reader.find::<Relationship>(&of_party, &Order::by_id(), None, 0)?;
                customers.extend(all.into_iter().map(|stored| stored.record.id));
            }
            // Rules of campaigns read nothing else.
            _ => {}
        }
    }
    Ok(Some(customers))
}
