//! Where a dealer stands with a party.

use crate::claims::{dealer, of_party, on_party, party_of, whom_to_ask};
use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use chrono::{DateTime, Utc};
use clientela_core::claims::{Claim, ClaimStanding, ClaimState, standing};
use clientela_core::ids::{ClaimId, PartyId, UnitId};
use clientela_core::organisation::Unit;
use clientela_model::Predicate;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Where one's dealer stands with a party.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimStateOf {
    /// A customer of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Instead of it a VAT number with the country's letters, for a party one has no business with yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
}

/// Where a dealer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTold {
    /// Free, yours or contested.
    pub standing: ClaimStanding,
    /// Until when one is protected; empty unless it is one's own.
    pub protected_until: Option<DateTime<Utc>>,
    /// Code of the unit whose manager decides, when it is contested.
    pub ask: Option<String>,
    /// The claims that may be seen: one's own, those of one's units for who is above dealers.
    pub claims: Vec<ClaimLine>,
}

/// A claim that may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimLine {
    /// Its id.
    pub claim: ClaimId,
    /// Code of the dealer.
    pub dealer: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Where it stands.
    pub state: ClaimState,
    /// Until when it protects.
    pub protected_until: Option<DateTime<Utc>>,
}

pub(super) fn state(session: &Session, question: &ClaimStateOf) -> Result<ClaimTold> {
    let now = session.now();
    session.look(|view| {
        let named = (question.customer.as_ref(), question.vat_number.as_deref());
        let Some(party) = party_of(&view, named)? else {
            return Ok(ClaimTold {
                standing: ClaimStanding::Free,
                protected_until: None,
                ask: None,
                claims: Vec::new(),
            });
        };
        let (tree, dealer) = dealer(&view)?;
        let known = on_party(&view, party)?;
        let (standing, protected_until) = standing(dealer, &known, now);
        let ask = match standing {
            ClaimStanding::Contested => whom_to_ask(&view, &tree, (dealer, &known), now)?,
            _ => None,
        };
        Ok(ClaimTold { standing, protected_until, ask, claims: seen(&view, party)? })
    })
}

fn seen(view: &crate::view::View<'_>, party: PartyId) -> Result<Vec<ClaimLine>> {
    let claims: Vec<Claim> = view.records(&of_party(party))?;
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let units: Vec<Unit> = view.records(&Predicate::Everything)?;
    let codes: HashMap<UnitId, &str> = units.iter().map(|unit| (unit.id, unit.code.as_str())).collect();
    let line = |claim: Claim| ClaimLine {
        claim: claim.id,
        dealer: codes.get(&claim.unit).copied().unwrap_or_default().to_owned(),
        at: claim.at,
        state: claim.state,
        protected_until: claim.protected_until,
    };
    Ok(claims.into_iter().map(line).collect())
}
