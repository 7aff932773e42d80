//! Questions on prices, offers and orders.

use crate::command::{self, ApprovalDesk, ItemLine, Key, PriceDesk};
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::sales::approval::{ApprovalState, DiscountFigures, may_issue};
use clientela_core::sales::financing::{FinancePlan, FinanceSchedule, PlanKind, schedule};
use clientela_core::sales::goal::{Goal, GoalReached, reach};
use clientela_core::sales::offer::{self as decision, OfferDifference};
use clientela_core::sales::order::{Order, ordered_item};
use clientela_core::sales::waterfall::{
    ItemInput, OfferInput, Place, PricingError, StepInput, WholePrice, price, whole_price,
};
use clientela_core::sales::{Offer, OfferRevision, Opportunity};
use clientela_exchange::document::{DocumentLanguage, ToldPart, difference_sentence};
use clientela_model::{
    ClosedList, Coded, EntityId, Money, Predicate, RoundingPolicy, Value, ValueError, Why,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which price a product has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceOf {
    /// The opportunity it is for: its customer, currency and market count.
    pub opportunity: Key,
    /// Code of the product.
    pub product: Key,
    /// How many; one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Codes of options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Key>,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// A price with its steps and reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainedPrice {
    /// List price of one with its options.
    pub unit_list: Money,
    /// Price of one after the rules.
    pub unit_net: Money,
    /// The steps of the rules.
    pub steps: Vec<StepInput>,
    /// What rules take off the whole quantity, such as a scale by slabs.
    pub off_line: Vec<StepInput>,
    /// What the whole quantity comes to.
    pub net: Money,
    /// Which list and which rules, and why not the others.
    pub why: Why,
}

/// What lies between list price and net of an offer, and between net and margin for those who may see costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaterfallOf {
    /// The offer.
    pub offer: Key,
}

/// What differs between two versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferenceOf {
    /// The offer.
    pub offer: Key,
    /// The earlier version; the one before the later when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// The later version; the current one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
    /// Language of the sentences: en, it, fr, de, ru; English when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What was ordered otherwise than offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderDifferenceOf {
    /// The order.
    pub order: Key,
    /// Language of the sentences: en, it, fr, de, ru; English when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Differences, and each in a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldDifference {
    /// The differences.
    pub difference: OfferDifference,
    /// A sentence for each.
    pub sentences: Vec<String>,
}

/// What discount reaches a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalOf {
    /// The offer.
    pub offer: Key,
    /// The goal, such as `{"gross": {"amount": "390000.00", "currency": "EUR"}}` or `{"margin_percent": "12"}`.
    pub goal: Goal,
}

/// What an offer costs a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinancingOf {
    /// The offer.
    pub offer: Key,
    /// What kind of plan.
    pub kind: PlanKind,
    /// Nominal rate a year in percent.
    pub yearly_percent: Decimal,
    /// Monthly payments.
    pub months: u16,
    /// What is paid down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Money>,
    /// What is left at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<Money>,
    /// Whether payments are due at the beginning of their month.
    #[serde(default)]
    pub in_advance: bool,
}

/// Which approvals an offer needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalsOf {
    /// The offer.
    pub offer: Key,
}

/// Approvals of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsOfOffer {
    /// Whether nothing lacks.
    pub may_issue: bool,
    /// The discounts by whose money they are; the margin, and what trade-ins are given above their worth, only for those who may see costs.
    pub figures: DiscountFigures,
    /// Codes of the levels it needs.
    pub levels: Vec<String>,
    /// Codes of the levels of the newest request, with where they stand.
    pub steps: Vec<(String, ApprovalState)>,
    /// Why.
    pub why: Why,
}

pub(super) fn explain(session: &Session, question: &PriceOf) -> Result<ExplainedPrice> {
    session.look(|view| {
        let opportunity = view.resolve::<Opportunity>(&question.opportunity)?.record;
        let day = question.day.unwrap_or_else(|| session.today());
        let line = ItemLine {
            product: question.product.clone(),
            quantity: question.quantity.unwrap_or(Decimal::ONE),
            label: None,
            unit_list: None,
            options: question.options.clone(),
            steps: Vec::new(),
            tax_percent: Some(Decimal::ZERO),
            term_months: None,
            mileage: None,
            option_quantities: BTreeMap::new(),
            tax_included: None,
            further_taxes: Vec::new(),
        };
        let pricing = session.crm().pricing();
        let desk = PriceDesk::open(&view, pricing, &opportunity, std::slice::from_ref(&line), day)?;
        let (items, why) = desk.explain(&view, pricing.rules, &line)?;
        let untaxed = items.iter().map(|item| ItemInput { tax_category: "O".into(), ..item.clone() });
        let input = OfferInput {
            currency: opportunity.currency,
            rounding: RoundingPolicy::Line,
            price_date: day,
            items: untaxed.collect(),
            settlements: Vec::new(),
        };
        let priced = price(&input)?;
        let first = priced.items.first().ok_or(CrmError::Internal { what: "one item has one price" })?;
        let (unit_list, unit_net, net) = (first.unit_list, first.unit_net, priced.net);
        let mut steps = items.into_iter().map(|item| item.steps);
        let (own, off_line) = (steps.next().unwrap_or_default(), steps.flatten().collect());
        Ok(ExplainedPrice { unit_list, unit_net, steps: own, off_line, net, why })
    })
}

/// The revision of that number of an offer.
pub(super) fn revision_of(view: &View<'_>, offer: &Offer, number: u32) -> Result<OfferRevision> {
    let of_number = Predicate::equals("revision", Value::Integer(i64::from(number)));
    let of_offer = Predicate::equals("offer", Value::Id(offer.id.uuid()));
    let found = view.first_of::<OfferRevision>(&of_offer.and(of_number))?;
    found.map(|stored| stored.record).ok_or_else(|| {
        let expected = format!("1 to {}", offer.revision);
        ValueError::new("offer.version", "version", "is none of the offer's", expected).at("from").into()
    })
}

pub(super) fn language(tag: Option<&str>) -> Result<DocumentLanguage> {
    let Some(tag) = tag else { return Ok(DocumentLanguage::English) };
    DocumentLanguage::of_tag(tag).ok_or_else(|| {
        ValueError::new(
            "document.language",
            "language",
            "is not one documents are written in",
            "en, it, fr, de or ru",
        )
        .at("language")
        .into()
    })
}

fn told(difference: OfferDifference, language: DocumentLanguage) -> ToldDifference {
    let sentences = difference.entries.iter().map(|entry| {
        let sign = |amount: Money| if amount.is_negative() || amount.is_zero() { "" } else { "+" };
        let amount = entry.amount.map(|amount| format!("{}{amount}", sign(amount)));
        let told = ToldPart {
            kind: entry.kind.word(),
            line: entry.line.as_deref(),
            subject: &entry.subject,
            field: entry.field.as_deref(),
            before: entry.before.as_deref(),
            after: entry.after.as_deref(),
            amount: amount.as_deref(),
        };
        difference_sentence(language, told)
    });
    ToldDifference { sentences: sentences.collect(), difference }
}

pub(super) fn difference(session: &Session, question: &DifferenceOf) -> Result<ToldDifference> {
    let language = language(question.language.as_deref())?;
    session.look(|view| {
        let offer = view.resolve::<Offer>(&question.offer)?.record;
        let to = question.to.unwrap_or(offer.revision);
        let from = question.from.unwrap_or_else(|| to.saturating_sub(1).max(1));
        let mut sides = Vec::with_capacity(2);
        for number in [from, to] {
            let revision = revision_of(&view, &offer, number)?;
            let input = command::offer_content(&view, &offer, &revision)?;
            let priced = price(&input)?;
            sides.push((input, priced));
        }
        let [(before, old), (after, new)] = sides.as_slice() else {
            return Err(CrmError::Internal { what: "two versions are compared" }.into());
        };
        Ok(told(decision::difference((before, old), (after, new)), language))
    })
}

pub(super) fn order_difference(session: &Session, question: &OrderDifferenceOf) -> Result<ToldDifference> {
    let language = language(question.language.as_deref())?;
    session.look(|view| {
        let order = view.resolve::<Order>(&question.order)?.record;
        let offer = view.get::<Offer>(order.offer)?.record;
        let revision = revision_of(&view, &offer, order.offer_revision)?;
        let mut before = command::offer_content(&view, &offer, &revision)?;
        let offered = price(&before)?;
        // Prices with their steps inside on both sides: the steps were agreed and are no difference.
        for (item, priced) in before.items.iter_mut().zip(&offered.items) {
            (item.unit_list, item.options, item.steps) = (priced.unit_net, Vec::new(), Vec::new());
        }
        let settlements = if order.settled.is_zero() { Vec::new() } else { before.settlements.clone() };
        let mut after = OfferInput { items: Vec::new(), settlements, ..before.clone() };
        for line in command::order_lines(&view, order.id)? {
            let offered = before.items.iter().find(|item| item.line == line.line);
            if let Some(item) = offered {
                let (part, net) = ((item, before.rounding), Some(line.line_net));
                after.items.push(ordered_item(part, line.quantity, line.unit_net, net));
            }
        }
        let (old, new) = (price(&before)?, price(&after)?);
        Ok(told(decision::difference((&before, &old), (&after, &new)), language))
    })
}

fn current(view: &View<'_>, key: &str) -> Result<(Offer, OfferRevision, OfferInput)> {
    let offer = view.resolve::<Offer>(key)?.record;
    let revision = revision_of(view, &offer, offer.revision)?;
    let input = command::offer_content(view, &offer, &revision)?;
    Ok((offer, revision, input))
}

pub(super) fn goal(session: &Session, question: &GoalOf) -> Result<GoalReached> {
    session.look(|view| {
        let (_, _, input) = current(&view, &question.offer)?;
        Ok(reach(&input, &question.goal)?)
    })
}

pub(super) fn waterfall(session: &Session, question: &WaterfallOf) -> Result<WholePrice> {
    session.look(|view| {
        let (_, _, input) = current(&view, &question.offer)?;
        let priced = price(&input)?;
        let whole = whole_price(&input, &priced);
        Ok(whole.ok_or(PricingError::Overflow { place: Place::Offer("waterfall") })?)
    })
}

pub(super) fn financing(session: &Session, question: &FinancingOf) -> Result<FinanceSchedule> {
    session.look(|view| {
        let offer = view.resolve::<Offer>(&question.offer)?.record;
        let down = question.down.unwrap_or_else(|| Money::zero(offer.currency));
        let plan = FinancePlan {
            kind: question.kind,
            principal: offer.payable.checked_sub(down)?,
            yearly_percent: question.yearly_percent,
            months: question.months,
            residual: question.residual,
            in_advance: question.in_advance,
        };
        Ok(schedule(&plan)?)
    })
}

pub(super) fn approvals(session: &Session, question: &ApprovalsOf) -> Result<ApprovalsOfOffer> {
    session.look(|view| {
        let (offer, revision, _) = current(&view, &question.offer)?;
        let desk = ApprovalDesk::open(&view, &offer, &revision)?;
        let needed = desk.needed(&view, &session.crm().rules, session.today());
        let outcome = may_issue(&offer, &revision.fingerprint, &desk.figures, &needed, &desk.covering());
        let steps = desk
            .requests
            .last()
            .map(|(_, steps)| steps.iter().map(|step| (step.code.clone(), step.state)).collect());
        Ok(ApprovalsOfOffer {
            may_issue: outcome.is_ok(),
            figures: desk.told(),
            levels: needed.iter().map(|(level, _)| level.code.clone()).collect(),
            steps: steps.unwrap_or_default(),
            why: match outcome {
                Ok(why) => why,
                Err(error) => error.why().cloned().unwrap_or_else(|| Why::new(error.code())),
            },
        })
    })
}
