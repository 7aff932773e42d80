//! Commands on approvals.

use super::{Key, Outcome, of_offer, offers};
use crate::door::Door;
use crate::error::Result;
use crate::rules::RuleCache;
use crate::view::View;
use clientela_core::ids::PositionId;
use clientela_core::organisation::{Holding, Position, Unit};
use clientela_core::sales::approval::{
    self, ApprovalLevel, ApprovalPolicy, ApprovalRequest, ApprovalScope, ApprovalState, ApprovalStep,
    DiscountFigures, FundedBy,
};
use clientela_core::sales::offer::{self as decision, OfferEvent};
use clientela_core::sales::waterfall::price;
use clientela_core::sales::{Offer, OfferItem, OfferRevision, OfferState, Opportunity};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Money, Predicate, Value, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Sets the policy of a unit: which approvals its offers need, and those of the units below without a policy of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineApprovalPolicy {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The unit; the acting one when not given.
    #[serde(default)]
    pub unit: Option<Key>,
    /// Its levels in their order. The policy that held in the unit before holds no longer.
    pub levels: Vec<ApprovalLevelLine>,
}

/// A level of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalLevelLine {
    /// Code; unique in the policy.
    pub code: String,
    /// What it looks at; the whole offer when not given.
    #[serde(default)]
    pub scope: Option<ApprovalScope>,
    /// Whose money; the dealer's when not given.
    #[serde(default)]
    pub funded_by: Option<FundedBy>,
    /// Called for by a discount above this percent.
    #[serde(default)]
    pub above_percent: Option<Decimal>,
    /// Called for by a discount above this amount.
    #[serde(default)]
    pub above_amount: Option<Money>,
    /// Called for by a margin below this percent.
    #[serde(default)]
    pub margin_below_percent: Option<Decimal>,
    /// Called for only where this condition holds.
    #[serde(default)]
    pub condition: Option<String>,
    /// Title of the position that decides.
    pub approver: Key,
    /// Title of the position that decides in its place.
    #[serde(default)]
    pub substitute: Option<Key>,
    /// After so many hours without a decision it passes on.
    #[serde(default)]
    pub escalate_after_hours: Option<u32>,
    /// To the position of this title.
    #[serde(default)]
    pub escalate_to: Option<Key>,
}

/// Asks for the approvals an offer needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestApproval {
    /// The offer.
    pub offer: Key,
    /// Why, for those who decide.
    #[serde(default)]
    pub note: Option<String>,
}

/// Grants or refuses an approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideApproval {
    /// The offer.
    pub offer: Key,
    /// Code of the level; the only open one when not given.
    #[serde(default)]
    pub level: Option<String>,
    /// Whether it is granted.
    pub grant: bool,
    /// What there is to say.
    #[serde(default)]
    pub note: Option<String>,
}

/// Takes a request, or what it was granted, back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawApproval {
    /// The offer.
    pub offer: Key,
}

pub(super) fn define_policy(door: &mut Door<'_, '_>, command: &DefineApprovalPolicy) -> Result<Outcome> {
    door.unused::<ApprovalPolicy>("code", &command.code)?;
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    for mut before in door.all_of::<ApprovalPolicy>(&Predicate::equals("unit", Value::Id(unit.uuid())))? {
        if before.record.active {
            before.record.active = false;
            door.update(&before.record, before.version)?;
        }
    }
    let (code, name) = (command.code.clone(), command.name.clone());
    let policy = ApprovalPolicy { id: door.new_id(), code, name, unit, active: true };
    door.create(&policy)?;
    for (index, line) in command.levels.iter().enumerate() {
        if command.levels[..index].iter().any(|other| other.code == line.code) {
            let problem =
                ValueError::new("approval_level.code", "code", "is used twice", "a code of its own");
            return Err(problem.at(format!("levels[{index}].code")).into());
        }
        if line.above_percent.is_none() && line.above_amount.is_none() && line.margin_below_percent.is_none()
        {
            let expected = "above_percent, above_amount or margin_below_percent";
            let problem = ValueError::new("approval_level.limit", "level", "has no limit", expected);
            return Err(problem.at(format!("levels[{index}].above_percent")).into());
        }
        if let Some(condition) = &line.condition {
            crate::rules::stage::check_opportunity_rule(door, condition)?;
        }
        let position = |key: &Option<Key>| {
            key.as_deref().map(|key| door.resolve::<Position>(key).map(|found| found.record.id)).transpose()
        };
        let level = ApprovalLevel {
            id: door.new_id(),
            policy: policy.id,
            sequence: u16::try_from(index + 1).unwrap_or(u16::MAX),
            code: line.code.clone(),
            scope: line.scope.unwrap_or(ApprovalScope::Document),
            funded_by: line.funded_by.unwrap_or(FundedBy::Dealer),
            above_percent: line.above_percent,
            above_amount: line.above_amount,
            margin_below_percent: line.margin_below_percent,
            condition: line.condition.clone(),
            approver: door.resolve::<Position>(&line.approver)?.record.id,
            substitute: position(&line.substitute)?,
            escalate_after_hours: line.escalate_after_hours,
            escalate_to: position(&line.escalate_to)?,
        };
        door.create(&level)?;
    }
    let why = Why::new("approval_policy.defined").fact("levels", command.levels.len());
    Ok(Outcome::of(&policy, Some(&policy.code), why))
}

/// What approvals of an offer are decided by.
pub(crate) struct ApprovalDesk {
    pub(crate) figures: DiscountFigures,
    pub(crate) levels: Vec<ApprovalLevel>,
    pub(crate) requests: Vec<(ApprovalRequest, Vec<ApprovalStep>)>,
    opportunity: Opportunity,
    /// Whether the actor reads what the offer costs.
    reads_costs: bool,
}

impl ApprovalDesk {
    /// Reads figures, levels and earlier requests of an offer's current version. Costs are looked at whoever asks: a margin
    /// below its limit is below it for those, too, who may not see it.
    pub(crate) fn open(view: &View<'_>, offer: &Offer, revision: &OfferRevision) -> Result<Self> {
        let input = offers::content(&view.unmasked(), offer, revision)?;
        let figures = approval::figures(&input, &price(&input)?)?;
        let mut requests = Vec::new();
        let steps: Vec<ApprovalStep> = view.unseen(&of_offer(offer.id))?;
        for request in view.unseen::<ApprovalRequest>(&of_offer(offer.id))? {
            let own = steps.iter().filter(|step| step.request == request.id).cloned().collect();
            requests.push((request, own));
        }
        requests.sort_by_key(|(request, _)| request.requested_at);
        let item = view.first_of::<OfferItem>(&offers::of_version(offer))?;
        let reads_costs = item.is_some_and(|item| view.reads_confidential(&item.record));
        let opportunity =
            view.unseen::<Opportunity>(&Predicate::equals("id", Value::Id(offer.opportunity.uuid())))?;
        let opportunity = opportunity.into_iter().next();
        let opportunity =
            opportunity.ok_or(crate::error::CrmError::Internal { what: "an offer has its opportunity" })?;
        Ok(Self { figures, levels: levels_for(view, offer)?, requests, opportunity, reads_costs })
    }

    /// The figures as the actor may know them. A margin is a cost by another name: it is shown where the costs are.
    pub(crate) fn told(&self) -> DiscountFigures {
        if self.reads_costs { self.figures.clone() } else { self.figures.without_costs() }
    }

    /// The levels that are called for, each with why, as the actor may know it.
    pub(crate) fn needed(
        &self,
        view: &View<'_>,
        rules: &RuleCache,
        today: chrono::NaiveDate,
    ) -> Vec<(&ApprovalLevel, Why)> {
        approval::required(&self.levels, &self.figures, self.reads_costs, |level| match &level.condition {
            // A condition that cannot be told calls for the approval: the doubt is the approver's to settle.
            Some(rule) => crate::rules::stage::on_opportunity(rules, view, rule, &self.opportunity, today)
                .map_or(true, |outcome| outcome.holds),
            None => true,
        })
    }

    pub(crate) fn covering(&self) -> Vec<approval::Covering<'_>> {
        self.requests.iter().map(|(request, steps)| (request, steps.as_slice())).collect()
    }
}

/// The levels of the nearest active policy above an offer.
fn levels_for(view: &View<'_>, offer: &Offer) -> Result<Vec<ApprovalLevel>> {
    let policies = view.unseen::<ApprovalPolicy>(&Predicate::Everything)?;
    let mut at = Some(offer.unit);
    for _ in 0..TREE_DEPTH_MAX {
        let Some(unit) = at else { break };
        if let Some(policy) = policies.iter().find(|policy| policy.active && policy.unit == unit) {
            return view.unseen(&Predicate::equals("policy", Value::Id(policy.id.uuid())));
        }
        at = view.get::<Unit>(unit)?.record.parent;
    }
    Ok(Vec::new())
}

/// Refuses an offer to be issued that lacks an approval.
pub(super) fn check_issue(door: &Door<'_, '_>, offer: &Offer, revision: &OfferRevision) -> Result<Why> {
    let view = door.view();
    let desk = ApprovalDesk::open(&view, offer, revision)?;
    let needed = desk.needed(&view, door.rules(), door.today());
    Ok(approval::may_issue(offer, &revision.fingerprint, &desk.figures, &needed, &desk.covering())?)
}

pub(super) fn request(door: &mut Door<'_, '_>, command: &RequestApproval) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    let revision = offers::current_revision(door, &stored.record)?;
    let by = offers::by(door);
    let requested = {
        let view = door.view();
        let desk = ApprovalDesk::open(&view, &stored.record, &revision)?;
        let needed = desk.needed(&view, door.rules(), door.today());
        let ids = &mut || door.new_uuid();
        let parts = (&stored.record, &revision);
        approval::request(parts, &desk.figures, &needed, &desk.covering(), command.note.clone(), ids, by)?
    };
    let change = decision::in_approval(&stored.record, OfferEvent::Submit, by)?;
    door.update(&change.offer, stored.version)?;
    door.create(&requested.request)?;
    for step in &requested.steps {
        door.create(step)?;
    }
    let outcome = Outcome::of(&change.offer, Some(&change.offer.number), requested.why);
    Ok(outcome.and(&requested.request, None))
}

pub(super) fn decide(door: &mut Door<'_, '_>, command: &DecideApproval) -> Result<Outcome> {
    let stored = door.resolve::<Offer>(&command.offer)?;
    let offer = stored.record.clone();
    let revision = offers::current_revision(door, &offer)?;
    let open = |request: &ApprovalRequest| request.state == ApprovalState::Open;
    let requests = door.all_of::<ApprovalRequest>(&of_offer(offer.id))?;
    let newest = requests.iter().max_by_key(|stored| (open(&stored.record), stored.record.requested_at));
    let request =
        newest.ok_or_else(|| crate::view::not_found(of_entity::<ApprovalRequest>(), &command.offer))?;
    let of_request = Predicate::equals("request", Value::Id(request.record.id.uuid()));
    let steps = door.all_of::<ApprovalStep>(&of_offer(offer.id).and(of_request))?;
    let mut named = steps.iter().filter(|step| match &command.level {
        Some(level) => step.record.code == *level,
        None => step.record.state == ApprovalState::Open,
    });
    let step = named.next().or_else(|| steps.first().filter(|_| command.level.is_none()));
    let step = step.ok_or_else(|| crate::view::not_found(of_entity::<ApprovalStep>(), "of that level"))?;
    if command.level.is_none() && named.next().is_some() {
        let expected = "the code of the level that is decided";
        let problem =
            ValueError::new("approval.level", "level", "is not said and several are open", expected);
        return Err(problem.at("level").into());
    }
    let all: Vec<ApprovalStep> = steps.iter().map(|stored| stored.record.clone()).collect();
    let by = offers::by(door);
    let how = (door.actor().position, command.grant, command.note.clone());
    let (seats, parts) = (seats(door)?, (&offer, &revision));
    let decided = approval::decide(parts, (&request.record, &all), &step.record, how, &seats, by)?;
    // Who may decide is said by the level; the records follow from the decision.
    door.update_derived(&decided.step, step.version)?;
    let mut after = offer.clone();
    if decided.request != request.record {
        door.update_derived(&decided.request, request.version)?;
        let event = if decided.request.state == ApprovalState::Granted {
            OfferEvent::Approve
        } else {
            OfferEvent::SendBack
        };
        if offer.state == OfferState::InApproval {
            after = decision::in_approval(&offer, event, by)?.offer;
            door.update_derived(&after, stored.version)?;
        }
    }
    Ok(Outcome::of(&after, Some(&after.number), decided.why).and(&decided.step, None))
}

/// The positions the actor holds today, also as a substitute, in whichever he acts: two eyes stay two.
fn seats(door: &Door<'_, '_>) -> Result<Vec<PositionId>> {
    let own = Predicate::equals("user", Value::Id(door.actor().user.uuid()));
    let holdings: Vec<Holding> = door.whole(&own)?;
    let today = door.today();
    let held =
        holdings.into_iter().filter(|holding| holding.period().is_ok_and(|period| period.contains(today)));
    Ok(held.map(|holding| holding.position).collect())
}

fn of_entity<R: clientela_model::Record>() -> &'static clientela_model::Entity {
    R::ENTITY
}

pub(super) fn withdraw(door: &mut Door<'_, '_>, command: &WithdrawApproval) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    let by = offers::by(door);
    let requests = door.all_of::<ApprovalRequest>(&of_offer(stored.record.id))?;
    let newest = requests.iter().max_by_key(|request| request.record.requested_at);
    let request =
        newest.ok_or_else(|| crate::view::not_found(of_entity::<ApprovalRequest>(), &command.offer))?;
    let (withdrawn, why) = approval::withdraw(&request.record, by)?;
    door.update(&withdrawn, request.version)?;
    let mut after = stored.record.clone();
    if matches!(after.state, OfferState::InApproval | OfferState::Approved) {
        after = decision::in_approval(&stored.record, OfferEvent::SendBack, by)?.offer;
        door.update(&after, stored.version)?;
    }
    Ok(Outcome::of(&after, Some(&after.number), why).and(&withdrawn, None))
}
