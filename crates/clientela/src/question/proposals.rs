//! What might go with an offer.

use crate::command::{Key, units_above};
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::{CatalogueProduct, CatalogueVersion, Product, check_listed};
use clientela_core::ids::ProductId;
use clientela_core::organisation::Unit;
use clientela_core::sales::proposal::{Proposed, propose};
use clientela_core::sales::proposal_rule::{ProposalRule, beside, propose_by_rules};
use clientela_core::sales::{Offer, OfferItem, OfferState, Opportunity};
use clientela_model::identifier::Country;
use clientela_model::{EntityId, Field, Predicate, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A proposal with its reason.
pub type Proposal = Proposed;

/// What might go with an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalsOf {
    /// The offer.
    pub offer: Key,
    /// Accepted offers that must show a pair; 3 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// At most so many proposals; 5 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
}

pub(super) fn proposals(session: &Session, question: &ProposalsOf) -> Result<Vec<Proposal>> {
    session.look(|view| {
        let asked = view.resolve::<Offer>(&question.offer)?.record;
        let offered = view.records::<OfferItem>(&crate::command::of_version(&asked))?;
        let by_history = by_history(&view, &asked, &offered, question)?;
        let by_rules = by_rules(session, &view, &asked, &offered)?;
        Ok(beside(by_rules, by_history, question.most.unwrap_or(5) as usize))
    })
}

/// What others took with the same.
fn by_history(
    view: &View<'_>,
    asked: &Offer,
    offered: &[OfferItem],
    question: &ProposalsOf,
) -> Result<Vec<Proposal>> {
    let accepted = Predicate::equals("state", OfferState::Accepted.to_value());
    // Only what the session may see teaches it: another dealer's deals stay his own.
    let mut current: HashMap<_, (u32, BTreeSet<String>)> = HashMap::new();
    for offer in view.records::<Offer>(&accepted)? {
        current.insert(offer.id, (offer.revision, BTreeSet::new()));
    }
    let of_accepted =
        Predicate::Refers { column: "offer".into(), entity: "offer", satisfying: Box::new(accepted) };
    for item in view.records::<OfferItem>(&of_accepted)? {
        if let Some((revision, basket)) = current.get_mut(&item.offer)
            && item.revision == *revision
            && item.offer != asked.id
            && item.product.is_some()
        {
            basket.insert(item.code);
        }
    }
    let known = offered.iter().filter(|item| item.product.is_some());
    let offered: BTreeSet<String> = known.map(|item| item.code.clone()).collect();
    let baskets: Vec<BTreeSet<String>> = current.into_values().map(|(_, basket)| basket).collect();
    Ok(propose(&offered, &baskets, question.least.unwrap_or(3), question.most.unwrap_or(5) as usize))
}

/// Those products that are sold in a market on a day.
fn sold(
    view: &View<'_>,
    products: &HashMap<ProductId, Product>,
    market: Option<Country>,
    day: NaiveDate,
) -> Result<HashMap<ProductId, Product>> {
    let versions = view.records::<CatalogueVersion>(&Predicate::Everything)?;
    let ids = products.keys().map(|id| Value::Id(id.uuid())).collect();
    let mut listed: HashMap<ProductId, Vec<CatalogueProduct>> = HashMap::new();
    for entry in view.records::<CatalogueProduct>(&Predicate::OneOf("product".into(), ids))? {
        listed.entry(entry.product).or_default().push(entry);
    }
    let sold = products.iter().filter(|(id, product)| {
        let listed = listed.get(id).map_or(&[][..], Vec::as_slice);
        check_listed(product, &versions, listed, market, day).is_ok()
    });
    Ok(sold.map(|(id, product)| (*id, product.clone())).collect())
}

/// What the rules of the offer's unit and those above it propose.
fn by_rules(
    session: &Session,
    view: &View<'_>,
    asked: &Offer,
    offered: &[OfferItem],
) -> Result<Vec<Proposal>> {
    let mut rules: Vec<ProposalRule> = view.unseen(&Predicate::Everything)?;
    let unit = view.get::<Unit>(asked.unit)?.record;
    let above = units_above(view, &unit)?;
    rules.retain(|rule| above.contains(&rule.unit));
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = offered.iter().filter_map(|item| item.product).chain(rules.iter().map(|rule| rule.product));
    let wanted: BTreeSet<ProductId> = wanted.collect();
    let ids = wanted.into_iter().map(|id| Value::Id(id.uuid())).collect();
    let products: HashMap<ProductId, Product> = view
        .records::<Product>(&Predicate::OneOf("id".into(), ids))?
        .into_iter()
        .map(|product| (product.id, product))
        .collect();
    let on_offer: Vec<&Product> =
        offered.iter().filter_map(|item| item.product.and_then(|id| products.get(&id))).collect();
    let sold = sold(view, &products, unit.country, session.today())?;
    let opportunity = view.get::<Opportunity>(asked.opportunity)?.record;
    let (day, mut failed) = (session.today(), None);
    let told = propose_by_rules(&rules, &on_offer, &sold, day, |rule| {
        let Some(condition) = &rule.condition else { return (true, None) };
        let rules = &session.crm().rules;
        match crate::rules::stage::on_opportunity(rules, view, condition, &opportunity, day) {
            Ok(outcome) => (outcome.holds, Some(outcome.why)),
            Err(error) => {
                failed = Some(error);
                (false, None)
            }
        }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(told),
    }
}
