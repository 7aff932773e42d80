//! Who could be given a lead: what the distribution of the core is asked with, read once for all candidates.

use crate::command::Key;
use crate::door::Door;
use crate::error::Result;
use crate::holders::{away_on, held_on};
use crate::lead_territory::by_model;
use clientela_core::claims::Claim;
use clientela_core::ids::{CustomerId, PartyId, PositionId, UnitId};
use clientela_core::leads::distribution::{Candidate, Distribution, distribute};
use clientela_core::leads::{Lead, LeadError, LeadState, LeadTerritory, serves};
use clientela_core::organisation::{Function, Position, Unit, UnitTree};
use clientela_core::party::{Contact, Party, Relationship};
use clientela_model::{EntityId, Field, Predicate, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// By what a lead is distributed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Distribute {
    /// Among the sellers of this unit and of those below it; the acting one when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// The customer's own choice: the title of a position, or the code of a unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<Key>,
    /// Open leads a seller can have; without limit when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Name of a territory model, or code of a version: whom its rules give most have the lead's territory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Key>,
    /// Whether a rule lets several dealers work on one prospect.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// The units of the network, to know what lies below what.
fn tree(door: &Door<'_, '_>) -> Result<UnitTree> {
    Ok(UnitTree::new(&door.whole::<Unit>(&Predicate::Everything)?))
}

/// What the customer asked for.
enum Choice {
    Nobody,
    Position(PositionId),
    Unit(UnitId),
}

/// Decides who is given a lead.
///
/// # Errors
/// `lead.nobody` when no candidate is left; `record.not_found` for what is named.
pub(crate) fn among(door: &Door<'_, '_>, lead: &Lead, by: &Distribute) -> Result<Distribution> {
    let root = match &by.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    let choice = match &by.choice {
        None => Choice::Nobody,
        Some(key) => match door.resolve::<Position>(key) {
            Ok(position) => Choice::Position(position.record.id),
            Err(_) => Choice::Unit(door.resolve::<Unit>(key)?.record.id),
        },
    };
    let tree = tree(door)?;
    let sellers = sellers(door, &tree, root)?;
    let (owners, dealers) = related(door, lead, &tree)?;
    let open = open_leads(door, lead, &sellers)?;
    let territories: Vec<LeadTerritory> = door.whole(&Predicate::Everything)?;
    let serving: Vec<LeadTerritory> =
        territories.into_iter().filter(|territory| serves(territory, lead)).collect();
    let given = |seller: PositionId| {
        let own = open.iter().filter(|other| other.owner == seller && other.id != lead.id);
        u32::try_from(own.count()).unwrap_or(u32::MAX)
    };
    let away = away_on(&door.view(), door.today())?;
    let by_model = match &by.model {
        None => None,
        Some(key) => {
            let room = sellers.iter().map(|seller| (seller.id, by.capacity, given(seller.id)));
            Some(by_model(door, lead, key, &room.collect::<Vec<_>>(), &away)?)
        }
    };
    let candidates: Vec<Candidate> = sellers
        .iter()
        .map(|seller| {
            let dealer = tree.dealer_of(seller.unit);
            let own = open.iter().filter(|other| other.owner == seller.id && other.id != lead.id);
            let reaches = |territory: &LeadTerritory| {
                tree.lies_in(seller.unit, territory.unit)
                    && territory.position.is_none_or(|position| position == seller.id)
            };
            Candidate {
                position: seller.id,
                dealer,
                chosen: match choice {
                    Choice::Nobody => false,
                    Choice::Position(position) => position == seller.id,
                    Choice::Unit(unit) => tree.lies_in(seller.unit, unit),
                },
                related: owners.contains(&seller.id),
                dealer_related: dealers.contains(&dealer),
                in_territory: match &by_model {
                    Some(model) => model.best.contains(&seller.id),
                    // An area nobody has is everybody's.
                    None => serving.is_empty() || serving.iter().any(reaches),
                },
                capacity: by.capacity,
                given: given(seller.id),
                last_given: own.filter_map(|other| other.assigned_at).max(),
                returned: lead.returned_by == Some(seller.id),
                absent: away.contains(&seller.id),
            }
        })
        .collect();
    let held_by = holder(door, lead, &open, &candidates, &tree)?;
    let mut distribution = distribute(&candidates, &held_by, by.shared, lead.id.uuid().as_u64_pair().1);
    if let Some(model) = by_model {
        distribution.why = distribution.why.because(model.why);
    }
    if distribution.chosen.is_none() {
        return Err(LeadError::Nobody { id: lead.id, why: distribution.why }.into());
    }
    Ok(distribution)
}

/// The sellers' positions below a unit that somebody holds today.
fn sellers(door: &Door<'_, '_>, tree: &UnitTree, root: UnitId) -> Result<Vec<Position>> {
    let held = held_on(&door.view(), door.today())?;
    let sells = Predicate::equals("function", Function::Seller.to_value());
    let mut sellers: Vec<Position> = door.whole(&sells)?;
    sellers.retain(|seller| held.contains(&seller.id) && tree.lies_in(seller.unit, root));
    Ok(sellers)
}

/// The condition that a record says of itself what the lead says; none when the lead says nothing of the kind.
pub(crate) fn same_as(lead: &Lead, columns: &[&'static str]) -> Option<Predicate> {
    columns
        .iter()
        .filter_map(|column| {
            let value = match *column {
                "email" => lead.email.as_ref().map(Field::to_value),
                "vat_number" => lead.vat_number.as_ref().map(Field::to_value),
                _ => lead.phone.as_ref().map(Field::to_value),
            };
            value.map(|value| Predicate::equals(*column, value))
        })
        .reduce(Predicate::or)
}

/// The positions and dealers that have business with the prospect already.
fn related(
    door: &Door<'_, '_>,
    lead: &Lead,
    tree: &UnitTree,
) -> Result<(HashSet<PositionId>, HashSet<UnitId>)> {
    let mut known = Vec::new();
    if let Some(same) = same_as(lead, &["vat_number", "email", "phone"]) {
        let parties: Vec<PartyId> = door.whole::<Party>(&same)?.iter().map(|party| party.id).collect();
        known.push(one_of("party", parties.iter().map(|party| party.uuid())));
    }
    if let Some(same) = same_as(lead, &["email", "phone", "mobile"]) {
        let customers: Vec<CustomerId> =
            door.whole::<Contact>(&same)?.iter().map(|contact| contact.customer).collect();
        known.push(one_of("id", customers.iter().map(|customer| customer.uuid())));
    }
    let Some(known) = known.into_iter().reduce(Predicate::or) else { return Ok(Default::default()) };
    let relationships: Vec<Relationship> = door.whole(&known)?;
    let owners = relationships.iter().map(|relationship| relationship.owner).collect();
    Ok((owners, relationships.iter().map(|relationship| tree.dealer_of(relationship.unit)).collect()))
}

pub(crate) fn one_of(column: &'static str, ids: impl Iterator<Item = uuid::Uuid>) -> Predicate {
    Predicate::OneOf(column.into(), ids.map(Value::Id).collect())
}

/// The open leads of the candidates, and those of the same prospect whoever works on them.
fn open_leads(door: &Door<'_, '_>, lead: &Lead, sellers: &[Position]) -> Result<Vec<Lead>> {
    let mut of_interest = one_of("owner", sellers.iter().map(|seller| seller.id.uuid()));
    if let Some(same) = same_as(lead, &["vat_number", "email", "phone"]) {
        of_interest = of_interest.or(same);
    }
    let states = [LeadState::New, LeadState::Assigned, LeadState::Contacted, LeadState::Qualified];
    let open = Predicate::OneOf("state".into(), states.iter().map(Field::to_value).collect());
    door.whole(&open.and(of_interest))
}

/// The dealers who are protected with a party of the prospect; where nobody is, the one who works on the same prospect. Within one
/// dealer nobody asks: what others work on is their affair, and a lead that waited for their claim would tell of it.
fn holder(
    door: &Door<'_, '_>,
    lead: &Lead,
    open: &[Lead],
    candidates: &[Candidate],
    tree: &UnitTree,
) -> Result<Vec<UnitId>> {
    let own = tree.dealer_of(door.actor().unit);
    if candidates.iter().all(|candidate| candidate.dealer == own) {
        return Ok(Vec::new());
    }
    let protected = protected(door, lead)?;
    if !protected.is_empty() {
        return Ok(protected);
    }
    let dealers: HashSet<UnitId> = candidates.iter().map(|candidate| candidate.dealer).collect();
    let same = |other: &&Lead| other.id != lead.id && other.state != LeadState::New && is_same(lead, other);
    let held = open.iter().filter(same).map(|other| tree.dealer_of(other.unit));
    // Of several the one among the candidates, then the first by id: the answer never depends on the order of reading.
    Ok(held.min_by_key(|dealer| (!dealers.contains(dealer), *dealer)).into_iter().collect())
}

/// The dealers whose claims protect them with a party that says of itself what the lead says.
fn protected(door: &Door<'_, '_>, lead: &Lead) -> Result<Vec<UnitId>> {
    let Some(same) = same_as(lead, &["vat_number", "email", "phone"]) else { return Ok(Vec::new()) };
    let parties = door.whole::<Party>(&same)?;
    let claims: Vec<Claim> = door.whole(&one_of("party", parties.iter().map(|party| party.id.uuid())))?;
    let protecting = claims.iter().filter(|claim| claim.protects(door.now()));
    Ok(protecting.map(|claim| claim.unit).collect())
}

/// Whether two leads are of one prospect.
pub(crate) fn is_same(lead: &Lead, other: &Lead) -> bool {
    (lead.email.is_some() && lead.email == other.email)
        || (lead.phone.is_some() && lead.phone == other.phone)
        || (lead.vat_number.is_some() && lead.vat_number == other.vat_number)
}

/// Refuses to give a lead by hand to a dealer while another is protected with the prospect or works on it, for whoever works above dealers.
pub(crate) fn check_not_held(door: &Door<'_, '_>, lead: &Lead, unit: UnitId) -> Result<()> {
    let tree = tree(door)?;
    let dealer = tree.dealer_of(unit);
    if dealer == tree.dealer_of(door.actor().unit) {
        return Ok(());
    }
    // Who is protected himself, beside another, may have it.
    let protecting = protected(door, lead)?;
    if protecting.contains(&dealer) {
        return Ok(());
    }
    let open = open_leads(door, lead, &[])?;
    let held = !protecting.is_empty()
        || open.iter().any(|other| {
            other.id != lead.id
                && other.state != LeadState::New
                && is_same(lead, other)
                && tree.dealer_of(other.unit) != dealer
        });
    if held { Err(LeadError::HeldByAnotherDealer { id: lead.id }.into()) } else { Ok(()) }
}
