//! Dealers' claims as a session meets them: of which party, for which dealer, and whom to ask.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::view::View;
use chrono::{DateTime, Utc};
use clientela_core::claims::{Claim, ClaimError, ClaimStanding, contenders, standing};
use clientela_core::ids::{PartyId, UnitId};
use clientela_core::organisation::{Unit, UnitTree};
use clientela_core::party::Relationship;
use clientela_model::identifier::VatNumber;
use clientela_model::{EntityId, Predicate, Value, Why};

/// The party that is meant: that of a customer, or of a VAT number with the country's letters, for a party one has no business
/// with yet; none when nobody in the network has entered one of that number.
///
/// # Errors
/// `record.not_found` for the customer, the code of a VAT number that cannot be read, `argument.invalid` unless one of the
/// two is given.
pub(crate) fn party_of(
    view: &View<'_>,
    (customer, vat_number): (Option<&Key>, Option<&str>),
) -> Result<Option<PartyId>> {
    match (customer, vat_number) {
        (Some(key), None) => Ok(Some(view.resolve::<Relationship>(key)?.record.party)),
        (None, Some(text)) => {
            let number = VatNumber::parse(text, None).map_err(|error| error.at("vat_number"))?;
            let known = view.parties_with_vat_number(&number)?;
            Ok(known.iter().map(|known| known.party).min())
        }
        _ => Err(CrmError::Argument {
            field: "customer",
            problem: "names no party, or two".to_owned(),
            hint: "give either a customer or a vat_number",
        }
        .into()),
    }
}

/// The claims on a party, of all dealers: never an answer.
pub(crate) fn on_party(view: &View<'_>, party: PartyId) -> Result<Vec<Claim>> {
    view.unseen(&of_party(party))
}

pub(crate) fn of_party(party: PartyId) -> Predicate {
    Predicate::equals("party", Value::Id(party.uuid()))
}

/// The tree of units, and the dealer of the actor in it.
pub(crate) fn dealer(view: &View<'_>) -> Result<(UnitTree, UnitId)> {
    let tree = UnitTree::new(&view.unseen::<Unit>(&Predicate::Everything)?);
    let dealer = tree.dealer_of(view.actor.unit);
    Ok((tree, dealer))
}

/// Code of the unit whose manager decides between the dealers who claim a party, the asking one included.
pub(crate) fn whom_to_ask(
    view: &View<'_>,
    tree: &UnitTree,
    (dealer, claims): (UnitId, &[Claim]),
    at: DateTime<Utc>,
) -> Result<Option<String>> {
    let dealers = contenders(claims, at).into_iter().chain([dealer]);
    let Some(unit) = tree.lowest_common(dealers) else { return Ok(None) };
    Ok(view.reader.get::<Unit>(unit)?.map(|stored| stored.record.code))
}

/// That another dealer than the unit's is protected with a party, and whom to ask; none when he is free to work on it.
pub(crate) fn contested(
    view: &View<'_>,
    party: PartyId,
    unit: UnitId,
    at: DateTime<Utc>,
) -> Result<Option<Why>> {
    let known = on_party(view, party)?;
    if known.is_empty() {
        return Ok(None);
    }
    let tree = UnitTree::new(&view.unseen::<Unit>(&Predicate::Everything)?);
    let dealer = tree.dealer_of(unit);
    if standing(dealer, &known, at).0 != ClaimStanding::Contested {
        return Ok(None);
    }
    let ask = whom_to_ask(view, &tree, (dealer, &known), at)?;
    Ok(Some(ask.into_iter().fold(Why::new("claim.contested"), |why, unit| why.fact("ask", unit))))
}

/// Refuses new business with a party while another dealer than the unit's is protected with it.
///
/// # Errors
/// `claim.protected`, with whom to ask.
pub(crate) fn check_not_protected(
    view: &View<'_>,
    party: PartyId,
    unit: UnitId,
    at: DateTime<Utc>,
) -> Result<()> {
    match contested(view, party, unit, at)? {
        Some(why) => Err(ClaimError::Protected { why }.into()),
        None => Ok(()),
    }
}
