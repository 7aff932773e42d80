//! Decisions about approvals: which are needed, who may give them, and whether an offer may be issued.

use super::figures::Taken;
use super::{
    ApprovalError, ApprovalEvent, ApprovalLevel, ApprovalRequest, ApprovalScope, ApprovalState, ApprovalStep,
    DiscountFigures, FundedBy, transition,
};
use crate::ids::{ApprovalRequestId, ApprovalStepId, PositionId};
use crate::sales::offer::By;
use crate::sales::{Offer, OfferRevision};
use clientela_model::{EntityId, Why};
use uuid::Uuid;

/// The levels an offer with these figures needs, each with what calls for it; `condition` says whether that of a level holds. Whoever does
/// not read costs (`costs_told`) is told the level and its limit, and none of the figures that tell a cost or the worth of a vehicle
/// taken in.
pub fn required<'l>(
    levels: &'l [ApprovalLevel],
    figures: &DiscountFigures,
    costs_told: bool,
    mut condition: impl FnMut(&ApprovalLevel) -> bool,
) -> Vec<(&'l ApprovalLevel, Why)> {
    let mut needed: Vec<(&ApprovalLevel, Why)> = levels
        .iter()
        .filter(|level| level.condition.is_none() || condition(level))
        .filter_map(|level| called_for(level, figures).map(|why| (level, why)))
        .map(|(level, why)| (level, if costs_told { why } else { without_costs(why, level, figures) }))
        .collect();
    needed.sort_by(|(left, _), (right, _)| {
        left.sequence.cmp(&right.sequence).then_with(|| left.code.cmp(&right.code))
    });
    needed
}

fn without_costs(mut why: Why, level: &ApprovalLevel, figures: &DiscountFigures) -> Why {
    let tells_worth = level.funded_by == FundedBy::Dealer && figures.dealer_discounts.is_some();
    why.facts.retain(|fact| match &*fact.name {
        "margin_percent" => false,
        "percent" | "amount" => !tells_worth,
        _ => true,
    });
    why
}

fn called_for(level: &ApprovalLevel, figures: &DiscountFigures) -> Option<Why> {
    let over = |taken: Taken, line: Option<&str>| {
        let percent = level.above_percent.filter(|limit| taken.percent > *limit);
        let amount = level.above_amount.filter(|limit| {
            limit.currency() == taken.amount.currency() && taken.amount.amount() > limit.amount()
        });
        let mut why = Why::new("approval.level").fact("level", &level.code).fact("money", level.funded_by);
        if let Some(line) = line {
            why = why.fact("line", line);
        }
        if let Some(limit) = percent {
            why = why.fact("percent", taken.percent).fact("limit_percent", limit.normalize());
        }
        if let Some(limit) = amount {
            why = why.fact("amount", taken.amount).fact("limit_amount", limit);
        }
        (percent.is_some() || amount.is_some()).then_some(why)
    };
    let discount = match level.scope {
        ApprovalScope::Document => over(figures.whole(level.funded_by), None),
        ApprovalScope::Line => figures.lines.iter().find_map(|line| {
            let taken = match level.funded_by {
                FundedBy::Dealer => line.dealer,
                FundedBy::Manufacturer => line.manufacturer,
            };
            over(taken, Some(&line.line))
        }),
    };
    let margin = level.margin_below_percent.and_then(|least| match figures.margin_percent {
        Some(margin) if margin >= least => None,
        margin => Some(
            Why::new("approval.level")
                .fact("level", &level.code)
                .fact(
                    "margin_percent",
                    margin.map_or_else(|| "unknown".to_owned(), |margin| margin.to_string()),
                )
                .fact("least_percent", least.normalize()),
        ),
    });
    discount.or(margin)
}

/// An earlier request with its steps.
pub type Covering<'a> = (&'a ApprovalRequest, &'a [ApprovalStep]);

/// Whether an offer may be issued: every level it needs was granted for this very content, or for one whose figures were no better.
/// What was refused or withdrawn never counts.
///
/// # Errors
/// `approval.required` with the levels that lack.
pub fn may_issue(
    offer: &Offer,
    fingerprint: &str,
    figures: &DiscountFigures,
    needed: &[(&ApprovalLevel, Why)],
    requests: &[Covering<'_>],
) -> Result<Why, ApprovalError> {
    if needed.is_empty() {
        return Ok(Why::new("approval.not_needed"));
    }
    let covers = |level: &ApprovalLevel| {
        requests.iter().find(|(request, steps)| {
            let for_this = request.fingerprint == fingerprint
                || recorded(request).is_some_and(|recorded| figures.no_worse_than(&recorded));
            request.offer == offer.id
                && request.state == ApprovalState::Granted
                && for_this
                && steps.iter().any(|step| step.level == level.id && step.state == ApprovalState::Granted)
        })
    };
    let mut lacking =
        Why::new("approval.required").fact("offer", &offer.number).fact("revision", offer.revision);
    let mut given = Why::new("approval.given");
    let mut lacks = false;
    for (level, why) in needed {
        match covers(level) {
            Some((request, _)) => {
                let same = request.fingerprint == fingerprint;
                given = given.because(
                    Why::new("approval.granted")
                        .fact("level", &level.code)
                        .fact("revision", request.revision)
                        .fact("content", if same { "the same" } else { "no worse" }),
                );
            }
            None => {
                lacks = true;
                lacking = lacking.because(why.clone());
            }
        }
    }
    if lacks { Err(ApprovalError::Required { offer: offer.number.clone(), why: lacking }) } else { Ok(given) }
}

fn recorded(request: &ApprovalRequest) -> Option<DiscountFigures> {
    serde_json::from_str(request.figures.as_deref()?).ok()
}

/// A request to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Requested {
    /// The request.
    pub request: ApprovalRequest,
    /// The approvals it needs.
    pub steps: Vec<ApprovalStep>,
    /// Why.
    pub why: Why,
}

/// Asks for the approvals an offer needs and does not have.
///
/// # Errors
/// `approval.waiting` while a request for this content is open; `approval.not_needed`.
pub fn request(
    (offer, revision): (&Offer, &OfferRevision),
    figures: &DiscountFigures,
    needed: &[(&ApprovalLevel, Why)],
    requests: &[Covering<'_>],
    reason: Option<String>,
    ids: &mut dyn FnMut() -> Uuid,
    by: By,
) -> Result<Requested, ApprovalError> {
    let open = |(request, _): &Covering<'_>| {
        request.state == ApprovalState::Open && request.fingerprint == revision.fingerprint
    };
    if requests.iter().any(open) {
        return Err(ApprovalError::Waiting { offer: offer.number.clone() });
    }
    if may_issue(offer, &revision.fingerprint, figures, needed, requests).is_ok() {
        return Err(ApprovalError::NotNeeded { offer: offer.number.clone() });
    }
    let request = ApprovalRequest {
        id: ApprovalRequestId::from_uuid(ids()),
        offer: offer.id,
        revision: revision.revision,
        fingerprint: revision.fingerprint.clone(),
        requested_by: by.user,
        requested_at: by.at,
        reason,
        state: ApprovalState::Open,
        decided_at: None,
        figures: serde_json::to_string(figures).ok(),
    };
    let mut why = Why::new("approval.requested").fact("revision", revision.revision);
    let mut steps = Vec::with_capacity(needed.len());
    for (level, because) in needed {
        let escalates_at = level
            .escalate_after_hours
            .filter(|_| level.escalate_to.is_some())
            .and_then(|hours| by.at.checked_add_signed(chrono::TimeDelta::hours(i64::from(hours))));
        steps.push(ApprovalStep {
            id: ApprovalStepId::from_uuid(ids()),
            offer: offer.id,
            request: request.id,
            level: level.id,
            code: level.code.clone(),
            approver: level.approver,
            substitute: level.substitute,
            escalates_at,
            escalates_to: level.escalate_to,
            state: ApprovalState::Open,
            decided_by: None,
            decided_as: None,
            decided_at: None,
            note: None,
        });
        why = why.because(because.clone());
    }
    Ok(Requested { request, steps, why })
}

/// A decided step and the request it belongs to, as they are to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The request; granted when all its steps are, refused with the first that is.
    pub request: ApprovalRequest,
    /// The step.
    pub step: ApprovalStep,
    /// Why.
    pub why: Why,
}

/// Grants or refuses an approval, from a position.
///
/// The approver's position decides, its substitute, and, once it has waited long enough, the position it passes on to. Whoever asked,
/// whoever made the version that is to be approved, and whoever holds the position that makes the offer (in whichever of his `seats` he
/// decides), decides nothing.
///
/// # Errors
/// In this order: `approval.decided`, `approval.stale` when the content is another by now, `approval.own`,
/// `approval.not_approver`.
pub fn decide(
    (offer, revision): (&Offer, &OfferRevision),
    (request, steps): Covering<'_>,
    step: &ApprovalStep,
    (position, grant, note): (PositionId, bool, Option<String>),
    seats: &[PositionId],
    by: By,
) -> Result<Decided, ApprovalError> {
    let event = if grant { ApprovalEvent::Grant } else { ApprovalEvent::Refuse };
    let state = transition(step.state, event).filter(|_| request.state == ApprovalState::Open);
    let state = state.ok_or_else(|| {
        let state = if request.state == ApprovalState::Open { step.state } else { request.state };
        ApprovalError::Decided { state }
    })?;
    if request.fingerprint != revision.fingerprint {
        return Err(ApprovalError::Stale);
    }
    let own = [request.requested_by, revision.user].contains(&by.user);
    if own || offer.owner == position || seats.contains(&offer.owner) {
        return Err(ApprovalError::Own);
    }
    let escalated = step.escalates_at.is_some_and(|at| at <= by.at) && step.escalates_to == Some(position);
    let role = if step.approver == position {
        "approver"
    } else if step.substitute == Some(position) {
        "substitute"
    } else if escalated {
        "escalation"
    } else {
        let mut why =
            Why::new("approval.not_approver").fact("level", &step.code).fact("approver", step.approver);
        if let Some(substitute) = step.substitute {
            why = why.fact("substitute", substitute);
        }
        if let (Some(at), Some(to)) = (step.escalates_at, step.escalates_to) {
            why = why.fact("passes_on_to", to).fact("from", at.to_rfc3339());
        }
        return Err(ApprovalError::NotApprover { why });
    };
    let mut step = step.clone();
    step.state = state;
    step.decided_by = Some(by.user);
    step.decided_as = Some(position);
    step.decided_at = Some(by.at);
    step.note = note;
    let others = steps.iter().filter(|other| other.id != step.id);
    let mut after = request.clone();
    if state == ApprovalState::Refused || others.clone().all(|other| other.state == ApprovalState::Granted) {
        after.state = state;
        after.decided_at = Some(by.at);
    }
    let why = Why::new("approval.decided")
        .fact("level", &step.code)
        .fact("decision", state)
        .fact("as", role)
        .fact("request", after.state)
        .fact("open", others.filter(|other| other.state == ApprovalState::Open).count());
    Ok(Decided { request: after, step, why })
}

/// Takes a request, or what it was granted, back: it never counts again.
///
/// # Errors
/// `approval.decided` when it was refused or withdrawn.
pub fn withdraw(request: &ApprovalRequest, by: By) -> Result<(ApprovalRequest, Why), ApprovalError> {
    let state = transition(request.state, ApprovalEvent::Withdraw);
    let state = state.ok_or(ApprovalError::Decided { state: request.state })?;
    let after = ApprovalRequest { state, decided_at: Some(by.at), ..request.clone() };
    Ok((after, Why::new("approval.withdrawn").fact("revision", request.revision)))
}
