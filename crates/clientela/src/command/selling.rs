//! Commands on what an opportunity is made of: what is known of it, team, products, competitors, decision makers, assessment.

use super::catalogue::bad;
use super::opportunities::{by, keep, stage_of, stages};
use super::{Key, Outcome, of_opportunity};
use crate::door::Door;
use crate::error::{CrmError, Result};
use clientela_core::catalogue::Product;
use clientela_core::marketing::Campaign;
use clientela_core::organisation::Position;
use clientela_core::party::Contact;
use clientela_core::sales::changing::{self, OpportunityChange};
use clientela_core::sales::opportunity::{Move, check_not_closed};
use clientela_core::sales::team::{self, Seat};
use clientela_core::sales::{
    AssessmentAnswer, AssessmentQuestion, Attitude, DecisionMaker, DecisionRole, MemberRole, Opportunity,
    OpportunityCompetitor, OpportunityMember, OpportunityProduct, SalesMethod, Standing, assessment,
};
use clientela_model::{EntityId, Money, Predicate, Record, Value, Why};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Changes what is known of an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeOpportunity {
    /// The opportunity.
    pub opportunity: Key,
    /// What changes.
    pub change: OpportunityChange,
    /// Who works on it from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// Code of the campaign it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Key>,
    /// Why, in the user's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Says who works on an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetTeam {
    /// The opportunity.
    pub opportunity: Key,
    /// The team; the shares are 100 percent together. Empty leaves the opportunity to its owner alone.
    pub team: Vec<TeamLine>,
}

/// A position in a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamLine {
    /// The position.
    pub position: Key,
    /// What it does.
    pub role: MemberRole,
    /// Its part of the credit in percent; none when not given.
    #[serde(default)]
    pub share: Decimal,
}

/// Says what an opportunity is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetProducts {
    /// The opportunity.
    pub opportunity: Key,
    /// The products; those that are not named are no longer wanted.
    pub products: Vec<WantedProduct>,
    /// Whether the opportunity's amount becomes the sum of theirs.
    #[serde(default)]
    pub update_amount: bool,
}

/// A product that is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedProduct {
    /// Code of the product.
    pub product: Key,
    /// How many.
    pub quantity: Decimal,
    /// What they are expected to bring together, net.
    #[serde(default)]
    pub amount: Option<Money>,
}

/// Says who competes for an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetCompetitors {
    /// The opportunity.
    pub opportunity: Key,
    /// The competitors; those that are not named are out of it.
    pub competitors: Vec<CompetitorLine>,
}

/// A competitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompetitorLine {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// What it is known to offer.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says who decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetDecisionMakers {
    /// The opportunity.
    pub opportunity: Key,
    /// The contacts; those that are not named have no say any longer.
    pub decision_makers: Vec<DecisionMakerLine>,
}

/// A contact with a say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionMakerLine {
    /// Id of the contact, one of the customer's.
    pub contact: Key,
    /// What he decides.
    pub role: DecisionRole,
    /// What he thinks of us.
    #[serde(default)]
    pub attitude: Option<Attitude>,
}

/// Answers questions of the method's questionnaire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessOpportunity {
    /// The opportunity.
    pub opportunity: Key,
    /// Answers by the code of their question.
    pub answers: BTreeMap<String, String>,
}

pub(super) fn change(door: &mut Door<'_, '_>, command: &ChangeOpportunity) -> Result<Outcome> {
    let stored = door.to_change::<Opportunity>(&command.opportunity)?;
    if command.version.is_some_and(|read| read != stored.version) {
        let entity = "opportunity";
        return Err(CrmError::ChangedMeanwhile { entity, key: stored.record.id.uuid() }.into());
    }
    if command.change.margin.is_some() {
        door.allow_confidential(&stored.record)?;
    }
    let mut wanted = command.change.clone();
    if let Some(key) = &command.owner {
        let position = door.resolve::<Position>(key)?.record;
        wanted.seat = Some((position.id, position.unit));
    }
    if let Some(key) = &command.campaign {
        wanted.campaign = Some(Some(door.resolve::<Campaign>(key)?.record.id));
    }
    let before = &stored.record;
    let seat = wanted.seat.filter(|seat| *seat != (before.owner, before.unit));
    if let Some((_, unit)) = seat
        && door.dealer_of(unit)? != door.dealer_of(before.unit)?
    {
        door.unused_at_dealer::<Opportunity>("number", &before.number, unit)?;
    }
    let moved = decide(door, &stored, &wanted, command.reason.clone())?;
    let mut outcome = keep(door, &stored, moved)?;
    if let Some(seat) = seat {
        let handed_on = super::offers::hand_on(door, before, seat)?;
        if !handed_on.because.is_empty() {
            outcome.why = outcome.why.because(handed_on);
        }
    }
    Ok(outcome)
}

fn decide(
    door: &mut Door<'_, '_>,
    stored: &Stored<Opportunity>,
    wanted: &OpportunityChange,
    reason: Option<String>,
) -> Result<Move> {
    let method = door.get::<SalesMethod>(stored.record.method)?;
    let stages = stages(door, &method.record)?;
    let stage = stage_of(&stages, &stored.record)?;
    Ok(changing::change(&stored.record, stage, wanted, reason, by(door))?)
}

/// Puts what an offer comes to in the place of an opportunity's amount: a change of what is known as any other, with its passage, so
/// that forecasts see it. It follows from the offer, whoever changed that.
pub(super) fn amount_follows(
    door: &mut Door<'_, '_>,
    stored: &Stored<Opportunity>,
    amount: Money,
) -> Result<()> {
    let wanted = OpportunityChange { amount: Some(Some(amount)), ..OpportunityChange::default() };
    let moved = decide(door, stored, &wanted, None)?;
    door.update_derived(&moved.opportunity, stored.version)?;
    door.create_derived(&moved.passage)
}

/// The opportunity a part of which is to change: open or put aside, and the actor's to change.
fn open_to_change(door: &Door<'_, '_>, key: &str) -> Result<Stored<Opportunity>> {
    let stored = door.to_change::<Opportunity>(key)?;
    check_not_closed(&stored.record)?;
    Ok(stored)
}

pub(super) fn set_team(door: &mut Door<'_, '_>, command: &SetTeam) -> Result<Outcome> {
    let opportunity = open_to_change(door, &command.opportunity)?.record;
    let mut seats = Vec::with_capacity(command.team.len());
    for line in &command.team {
        let position = door.resolve::<Position>(&line.position)?.record;
        seats.push(Seat { position: position.id, unit: position.unit, role: line.role, share: line.share });
    }
    let stored = door.all_of::<OpportunityMember>(&of_opportunity(opportunity.id))?;
    let members: Vec<OpportunityMember> = stored.iter().map(|stored| stored.record.clone()).collect();
    let change = team::set(opportunity.id, &members, &seats, || door.new_id())?;
    for member in &change.changed {
        update_part(door, &stored, member)?;
    }
    for member in &change.added {
        door.create(member)?;
    }
    let mut why = Why::new("opportunity.team_set");
    for seat in &seats {
        why = why.because(
            Why::new("credit.split")
                .fact("position", seat.position)
                .fact("role", seat.role)
                .fact("percent", seat.share),
        );
    }
    Ok(Outcome::of(&opportunity, Some(&opportunity.number), why))
}

fn update_part<R: Record>(door: &mut Door<'_, '_>, stored: &[Stored<R>], changed: &R) -> Result<()> {
    match stored.iter().find(|stored| stored.record.id() == changed.id()) {
        Some(stored) => door.update(changed, stored.version),
        None => Ok(()),
    }
}

pub(super) fn set_products(door: &mut Door<'_, '_>, command: &SetProducts) -> Result<Outcome> {
    let opportunity = open_to_change(door, &command.opportunity)?;
    let record = &opportunity.record;
    let stored = door.all_of::<OpportunityProduct>(&of_opportunity(record.id))?;
    let mut named = Vec::with_capacity(command.products.len());
    let mut sum = Money::zero(record.currency);
    for (index, line) in command.products.iter().enumerate() {
        let product = door.resolve::<Product>(&line.product)?.record;
        if line.quantity <= Decimal::ZERO || named.contains(&product.id) {
            let (problem, right) =
                ("is not above zero, or the product stands there twice", "each product once, with how many");
            return Err(bad(
                "opportunity.product",
                "quantity",
                problem,
                right,
                format!("products[{index}].quantity"),
            ));
        }
        named.push(product.id);
        if let Some(amount) = line.amount {
            sum = sum.checked_add(amount)?;
        }
        let before = stored.iter().find(|stored| stored.record.product == product.id);
        let (quantity, amount) = (line.quantity, line.amount);
        match before {
            Some(before) => {
                let after = OpportunityProduct { quantity, amount, ..before.record.clone() };
                if after != before.record {
                    door.update(&after, before.version)?;
                }
            }
            None => door.create(&OpportunityProduct {
                id: door.new_id(),
                opportunity: record.id,
                product: product.id,
                quantity,
                amount,
            })?,
        }
    }
    for gone in stored.iter().filter(|stored| !named.contains(&stored.record.product)) {
        if !gone.record.quantity.is_zero() {
            let after = OpportunityProduct { quantity: Decimal::ZERO, amount: None, ..gone.record.clone() };
            door.update(&after, gone.version)?;
        }
    }
    let why = Why::new("opportunity.products_set").fact("products", named.len()).fact("amount", sum);
    if !command.update_amount {
        return Ok(Outcome::of(record, Some(&record.number), why));
    }
    let wanted = OpportunityChange { amount: Some(Some(sum)), ..OpportunityChange::default() };
    let moved = decide(door, &opportunity, &wanted, None)?;
    let mut outcome = keep(door, &opportunity, moved)?;
    outcome.why = outcome.why.because(why);
    Ok(outcome)
}

pub(super) fn set_competitors(door: &mut Door<'_, '_>, command: &SetCompetitors) -> Result<Outcome> {
    let opportunity = open_to_change(door, &command.opportunity)?.record;
    let stored = door.all_of::<OpportunityCompetitor>(&of_opportunity(opportunity.id))?;
    for (index, line) in command.competitors.iter().enumerate() {
        if line.name.trim().is_empty() || command.competitors[..index].iter().any(|one| one.name == line.name)
        {
            let (problem, right) = ("is empty or stands there twice", "each competitor once, by its name");
            return Err(bad(
                "opportunity.competitor",
                "competitor",
                problem,
                right,
                format!("competitors[{index}].name"),
            ));
        }
        let (standing, note) = (line.standing, line.note.clone());
        match stored.iter().find(|stored| stored.record.name == line.name) {
            Some(before) => {
                let after = OpportunityCompetitor { standing, note, ..before.record.clone() };
                if after != before.record {
                    door.update(&after, before.version)?;
                }
            }
            None => door.create(&OpportunityCompetitor {
                id: door.new_id(),
                opportunity: opportunity.id,
                name: line.name.clone(),
                standing,
                note,
            })?,
        }
    }
    let named = |name: &str| command.competitors.iter().any(|line| line.name == name);
    for gone in stored.iter().filter(|stored| !named(&stored.record.name)) {
        if gone.record.standing != Standing::Out {
            door.update(
                &OpportunityCompetitor { standing: Standing::Out, ..gone.record.clone() },
                gone.version,
            )?;
        }
    }
    let why = Why::new("opportunity.competitors_set").fact("competitors", command.competitors.len());
    Ok(Outcome::of(&opportunity, Some(&opportunity.number), why))
}

pub(super) fn set_decision_makers(door: &mut Door<'_, '_>, command: &SetDecisionMakers) -> Result<Outcome> {
    let opportunity = open_to_change(door, &command.opportunity)?.record;
    let stored = door.all_of::<DecisionMaker>(&of_opportunity(opportunity.id))?;
    let mut named = Vec::with_capacity(command.decision_makers.len());
    for (index, line) in command.decision_makers.iter().enumerate() {
        let contact = door.resolve::<Contact>(&line.contact)?.record;
        if contact.customer != opportunity.customer || named.contains(&contact.id) {
            let (problem, right) =
                ("is another customer's, or stands there twice", "contacts of the customer, each once");
            let field = format!("decision_makers[{index}].contact");
            return Err(bad("opportunity.decision_maker", "contact", problem, right, field));
        }
        named.push(contact.id);
        let (role, attitude) = (line.role, line.attitude);
        match stored.iter().find(|stored| stored.record.contact == contact.id) {
            Some(before) => {
                let after = DecisionMaker { role, attitude, active: true, ..before.record.clone() };
                if after != before.record {
                    door.update(&after, before.version)?;
                }
            }
            None => door.create(&DecisionMaker {
                id: door.new_id(),
                opportunity: opportunity.id,
                contact: contact.id,
                role,
                attitude,
                active: true,
            })?,
        }
    }
    for gone in stored.iter().filter(|stored| stored.record.active && !named.contains(&stored.record.contact))
    {
        door.update(&DecisionMaker { active: false, ..gone.record.clone() }, gone.version)?;
    }
    let why = Why::new("opportunity.decision_makers_set").fact("contacts", named.len());
    Ok(Outcome::of(&opportunity, Some(&opportunity.number), why))
}

pub(super) fn assess(door: &mut Door<'_, '_>, command: &AssessOpportunity) -> Result<Outcome> {
    let opportunity = open_to_change(door, &command.opportunity)?.record;
    let of_method = Predicate::equals("method", Value::Id(opportunity.method.uuid()));
    let questions = door.whole::<AssessmentQuestion>(&of_method)?;
    for (code, answer) in &command.answers {
        let question = questions.iter().find(|question| question.code == *code);
        let points = question.and_then(assessment::answers).and_then(|answers| answers.get(answer).copied());
        let (Some(question), Some(points)) = (question, points) else {
            let (problem, right) =
                ("is not one of the questionnaire", "a question of the method and one of its answers");
            return Err(bad("assessment.answer", "answer", problem, right, "answers".to_owned()));
        };
        door.create(&AssessmentAnswer {
            id: door.new_id(),
            opportunity: opportunity.id,
            question: question.id,
            answer: answer.clone(),
            points,
            at: door.now(),
        })?;
    }
    let given = door.whole::<AssessmentAnswer>(&of_opportunity(opportunity.id))?;
    let why = assessment::assess(&questions, &given).why;
    Ok(Outcome::of(&opportunity, Some(&opportunity.number), why))
}
