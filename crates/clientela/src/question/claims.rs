//! Where a dealer stands with a party, and what waits for a decision.

use crate::claims::{dealer, of_party, on_party, party_of, whom_to_ask};
use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use crate::view::LIST_MAX;
use chrono::{DateTime, Utc};
use clientela_core::claims::{Claim, ClaimStanding, ClaimState, check_arbiter, contenders, standing};
use clientela_core::ids::{ClaimId, CustomerId, PartyId, UnitId};
use clientela_core::organisation::{Unit, Verb};
use clientela_core::party::{Party, Relationship};
use clientela_model::{EntityId, Field, Predicate, Record, Value};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

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

/// The parties several dealers claim, between whom the asking position decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContestedClaims {
    /// How many at most, up to 1,000, the longest waiting first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A party several dealers claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestedParty {
    /// The party.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// Its customers that may be seen, with their numbers.
    pub customers: Vec<(CustomerId, Option<String>)>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// The claims between which to decide.
    pub claims: Vec<ClaimLine>,
}

pub(super) fn contested(session: &Session, question: &ContestedClaims) -> Result<Vec<ContestedParty>> {
    let now = session.now();
    session.look(|view| {
        let waiting = Predicate::equals("state", ClaimState::Contested.to_value());
        let mut waiting: Vec<Claim> = view.records(&waiting)?;
        waiting.sort_by_key(|claim| (claim.at, claim.id));
        let (tree, _) = dealer(&view)?;
        let mut asked = HashSet::new();
        let mut told = Vec::new();
        for claim in waiting {
            if told.len() == question.limit.unwrap_or(LIST_MAX).min(LIST_MAX) {
                break;
            }
            if !asked.insert(claim.party) {
                continue;
            }
            let known = on_party(&view, claim.party)?;
            let may = |claim: &Claim| view.may(Verb::Change, Claim::ENTITY, &claim.to_values());
            let may_change_all = known.iter().filter(|claim| claim.is_open(now)).all(may);
            let (dealers, here) = (contenders(&known, now), view.actor.unit);
            if dealers.len() < 2 || check_arbiter((here, may_change_all), here, &dealers, &tree).is_err() {
                continue;
            }
            let Ok(party) = view.get::<Party>(claim.party) else { continue };
            let mut claims = seen(&view, claim.party)?;
            claims.retain(|line| known.iter().any(|claim| claim.id == line.claim && claim.is_open(now)));
            let of_party = Predicate::equals("party", Value::Id(claim.party.uuid()));
            let customers: Vec<Relationship> = view.records(&of_party)?;
            told.push(ContestedParty {
                party: claim.party,
                name: party.record.name,
                customers: customers.into_iter().map(|customer| (customer.id, customer.number)).collect(),
                since: claim.at,
                claims,
            });
        }
        Ok(told)
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
