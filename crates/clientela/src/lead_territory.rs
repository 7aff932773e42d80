//! Leads by the rules of a territory model: asked of the prospect as the customer it may become.

use crate::command::{Key, country_of, seat};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::territory::{Sellers, compiled, in_force, rules_of, scored};
use clientela_core::assignment::{Candidate, Seller, best_named};
use clientela_core::ids::PositionId;
use clientela_core::leads::{Lead, as_customer};
use clientela_core::marketing::RuleOutcome;
use clientela_core::rules_environment::{CustomerFacts, ListValues};
use clientela_model::Why;
use clientela_rules::Reveal;
use std::collections::{HashMap, HashSet};

/// Whom a model gives most.
pub(crate) struct ByModel {
    pub(crate) best: HashSet<PositionId>,
    pub(crate) why: Why,
}

/// The sellers a model gives most for a lead, of those that are there today and have room for leads: each with its capacity and
/// the open leads it has, without those that are away.
///
/// # Errors
/// `record.not_found` for the model, `territory_model.state`, `territory_model.not_its_day`; `lead.country_missing` when neither
/// the lead nor the unit says in which country it is.
pub(crate) fn by_model(
    door: &Door<'_, '_>,
    lead: &Lead,
    key: &Key,
    sellers: &[(PositionId, Option<u32>, u32)],
    away: &HashSet<PositionId>,
) -> Result<ByModel> {
    let (view, today) = (door.view(), door.today());
    let model = in_force(&view, key, today)?;
    model.check_applies(today)?;
    let rules = rules_of(&view, &model)?;
    let country = lead.country.or(country_of(door, seat(door, None)?)).ok_or_else(|| CrmError::Setup {
        code: "lead.country_missing",
        problem: "neither the lead nor its unit says in which country it is".to_owned(),
        hint: "give the unit a country",
    })?;
    let customer = as_customer(lead, country);
    let facts = CustomerFacts {
        customer: &customer,
        fleet: &[],
        contacts: &[],
        consents: &[],
        activities: &[],
        opportunities: &[],
        custom: &[],
        added: ListValues::default(),
    };
    let (mut holds, mut why) = (0_u128, Why::new("lead.by_model").fact("model", &model.code));
    for (place, (line, rule)) in rules.iter().zip(&compiled(&view, &rules, door.rules())?).enumerate() {
        let told = rule.vocabulary.ask(&*rule.rule, &facts, today, Reveal::NONE);
        if matches!(told, RuleOutcome::Holds(_)) {
            holds |= 1 << place;
            why = why.because(Why::new("assignment.rule_holds").fact("rule", &line.name));
        }
    }
    let known = Sellers::read(&view, today)?;
    let by_position: HashMap<PositionId, &Seller> =
        known.known.iter().map(|seller| (seller.position, seller)).collect();
    let (mut named, mut candidates): (Vec<Seller>, Vec<Candidate>) = (Vec::new(), Vec::new());
    for (position, capacity, given) in sellers {
        let Some(seller) = by_position.get(position) else { continue };
        named.push((*seller).clone());
        candidates.push(Candidate {
            position: *position,
            title: String::new(),
            capacity: *capacity,
            outside: *given,
            absent: away.contains(position),
        });
    }
    let best = best_named(holds, &scored(&rules, &named)?, &candidates, model.passing_score);
    let best = best.into_iter().filter_map(|place| candidates.get(place as usize));
    Ok(ByModel { best: best.map(|candidate| candidate.position).collect(), why })
}
