//! Commands on dealers' claims. Nothing of one dealer comes back to another.

use super::{Key, Outcome};
use crate::claims::{dealer, of_party, on_party, party_of, whom_to_ask};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::setting;
use clientela_core::claims::{
    self, Claim, ClaimPolicy, ClaimStanding, Decided, arbitrate as decide, check_arbiter, contenders,
};
use clientela_core::ids::PartyId;
use clientela_core::organisation::{Unit, Verb};
use clientela_core::party::{Party, Seat};
use clientela_model::Record;
use clientela_store::Stored;
use serde::{Deserialize, Serialize};

/// Claims a party for one's dealer: granted when it is free, else contested until somebody decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeClaim {
    /// A customer of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Instead of it a VAT number with the country's letters, for a party one has no business with yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
}

/// Lets go of what one's dealer claims of a party.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseClaim {
    /// A customer of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Instead of it a VAT number with the country's letters, for a party one has no business with yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
}

/// Decides between dealers who claim one party: for the manager of the lowest unit above them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArbitrateClaim {
    /// A customer of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Instead of it a VAT number with the country's letters, for a party one has no business with yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// Code of the dealer it is granted to.
    pub dealer: Key,
}

pub(super) fn make(door: &mut Door<'_, '_>, command: &MakeClaim) -> Result<Outcome> {
    let party = party(door, command.customer.as_ref(), command.vat_number.as_deref())?;
    let (tree, unit) = dealer(&door.view())?;
    let seat = Seat { owner: door.actor().position, unit };
    let may = door.view().can_of_owner(Verb::Create, Claim::ENTITY, seat.owner, seat.unit);
    if !may.allowed {
        return Err(
            CrmError::NotAllowed { verb: Verb::Create, entity: Claim::ENTITY.name, why: may.why }.into()
        );
    }
    let policy: ClaimPolicy = setting::of(&door.view(), setting::CLAIM_PROTECTION)?;
    let known = on_party(&door.view(), party)?;
    let Decided { claim, standing, known: was_known, mut why } =
        claims::claim((door.new_id(), party), seat, &known, policy, door.now());
    if standing == ClaimStanding::Contested {
        let ask = whom_to_ask(&door.view(), &tree, (unit, &known), door.now())?;
        why = ask.into_iter().fold(why, |why, unit| why.fact("ask", unit));
    }
    if !was_known {
        door.create(&claim)?;
    } else if known.iter().any(|before| before.id == claim.id && *before != claim) {
        // It may be a colleague's: the claim is the dealer's, and its granting follows from the time.
        door.update_derived(&claim, door.version_of::<Claim>(claim.id)?)?;
    }
    Ok(Outcome::of(&claim, None, why))
}

pub(super) fn release(door: &mut Door<'_, '_>, command: &ReleaseClaim) -> Result<Outcome> {
    let party = party(door, command.customer.as_ref(), command.vat_number.as_deref())?;
    let (_, unit) = dealer(&door.view())?;
    let known = on_party(&door.view(), party)?;
    let released = claims::release(unit, &known, door.now())?;
    let why = clientela_model::Why::new("claim.released").fact("claims", released.len());
    let mut outcome = Outcome { records: Vec::new(), why };
    for claim in &released {
        door.update(claim, door.version_of::<Claim>(claim.id)?)?;
        outcome = outcome.and(claim, None);
    }
    Ok(outcome)
}

pub(super) fn arbitrate(door: &mut Door<'_, '_>, command: &ArbitrateClaim) -> Result<Outcome> {
    let party = party(door, command.customer.as_ref(), command.vat_number.as_deref())?;
    let chosen = door.resolve::<Unit>(&command.dealer)?.record.id;
    let (tree, _) = dealer(&door.view())?;
    let stored: Vec<Stored<Claim>> = door.whole_stored(&of_party(party))?;
    let known: Vec<Claim> = stored.iter().map(|stored| stored.record.clone()).collect();
    let now = door.now();
    let view = door.view();
    let may = |claim: &Claim| view.may(Verb::Change, Claim::ENTITY, &claim.to_values());
    let may_change_all = known.iter().filter(|claim| claim.is_open(now)).all(may);
    let dealers = contenders(&known, now);
    // Before anything is said of the claims: whoever does not decide learns nothing, not even whether there are any.
    check_arbiter((door.actor().unit, may_change_all), chosen, &dealers, &tree)?;
    let policy: ClaimPolicy = setting::of(&door.view(), setting::CLAIM_PROTECTION)?;
    let settled = decide(chosen, &known, policy, now)?;
    let why = settled.why.fact("dealer", &command.dealer);
    let mut outcome = Outcome { records: Vec::new(), why };
    for claim in &settled.changed {
        let before = stored.iter().find(|stored| stored.record.id == claim.id);
        let version = before
            .map(|stored| stored.version)
            .ok_or(CrmError::Internal { what: "decided claims are known" })?;
        door.update(claim, version)?;
        outcome = outcome.and(claim, None);
    }
    Ok(outcome)
}

fn party(door: &Door<'_, '_>, customer: Option<&Key>, vat_number: Option<&str>) -> Result<PartyId> {
    let found = party_of(&door.view(), (customer, vat_number))?;
    found.ok_or_else(|| crate::view::not_found(Party::ENTITY, "of that VAT number"))
}
