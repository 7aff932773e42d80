//! Commands on offers.

use super::{Key, Outcome, of_offer};
use crate::command::kept_prices::Pricing;
use crate::command::price_desk::PriceDesk;
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::view::View;
use chrono::{Days, NaiveDate};
use clientela_core::ids::{OfferId, PositionId, UnitId};
use clientela_core::organisation::{NumberedDocument, Unit, Verb};
use clientela_core::sales::offer::{self as decision, By, Change, NewOffer, Revision, Version};
use clientela_core::sales::opportunity::check_not_closed;
use clientela_core::sales::waterfall::{
    Discount, ItemInput, ManualDiscount, OfferInput, SettlementInput, SettlementKind, StepInput, Target,
    TradeInPolicy, add_discount, from_records, keep_discounts,
};
use clientela_core::sales::{Authority, Offer, OfferItem, OfferRevision, OfferState, Opportunity, PriceStep};
use clientela_model::{EntityId, Money, Predicate, Record, RoundingPolicy, Value, ValueError, Why};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Days an offer holds when nothing else is said.
const VALID_DAYS: u64 = 30;
/// The longest key of a dossier, in characters.
const DOSSIER_MAX: usize = 64;

/// Makes an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateOffer {
    /// The opportunity.
    pub opportunity: Key,
    /// What is offered.
    pub items: Vec<ItemLine>,
    /// What is settled after tax, such as a trade-in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settlements: Vec<SettlementInput>,
    /// Where it rounds; per line when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingPolicy>,
    /// Day whose prices and taxes hold; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_date: Option<NaiveDate>,
    /// Last day it holds; 30 days from today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A word on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The configurator's key of what is offered. With one, the same opportunity never gets a second offer for it: other
    /// content makes the next version, the same content changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<Key>,
    /// The offer whose place it takes once it is accepted, such as an accepted one to which the customer wants something added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Key>,
    /// Files that belong to it, such as the configurator's own; they are kept with the opportunity, also when the offer says
    /// the same as before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileLine>,
}

/// A file that comes with a command. Its bytes travel beside it; without them only this record of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLine {
    /// Name of the file, without a path.
    pub name: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub digest: String,
}

/// Makes a new version of an offer with other items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviseOffer {
    /// The offer.
    pub offer: Key,
    /// What is offered from now on.
    pub items: Vec<ItemLine>,
    /// What is settled after tax.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settlements: Vec<SettlementInput>,
    /// Day whose prices and taxes hold; as before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_date: Option<NaiveDate>,
    /// Last day it holds; as before when not given, and 30 days from today with a new day of prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Whether discounts on the whole offer, which are no items, go; they stay when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drop_discounts: bool,
    /// What changed and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Expires what is due.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpireDue {
    /// At most so many in one go; a thousand when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
}

/// One item: a product with its options, its price from the lists or as given, and its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemLine {
    /// Code of the product.
    pub product: Key,
    /// How many.
    pub quantity: Decimal,
    /// What stands on the offer; the product's name when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// List price of one; from the price lists when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_list: Option<Money>,
    /// Codes of the options inside its price: products, or options of the product in its catalogue. What comes with a package that is
    /// chosen as well costs nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Key>,
    /// How many of an option are in one of the item, by its code; one where nothing is said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub option_quantities: BTreeMap<Key, Decimal>,
    /// Discounts and surcharges in the order they take effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepInput>,
    /// Tax rate in percent; by country, category and day when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<Decimal>,
    /// Term in months, for contracts; that of the catalogue when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_months: Option<u16>,
    /// Kilometres a year, for contracts that cover so many; those of the catalogue when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mileage: Option<u32>,
    /// Whether its prices have the tax inside, as for consumers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_included: Option<bool>,
    /// Taxes of other kinds on the same amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_taxes: Vec<clientela_core::sales::waterfall::FurtherTax>,
}

/// Makes a new version of an offer with a discount by hand: a percentage or an amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscountOffer {
    /// The offer.
    pub offer: Key,
    /// Place of the item, such as 1; the whole offer when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// So many percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Decimal>,
    /// So much: per unit on an item, in all on an offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why, for the customer and the record.
    pub reason: String,
}

/// Issues, refuses, withdraws, expires or reopens an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideOffer {
    /// The offer.
    pub offer: Key,
}

pub(super) fn create(door: &mut Door<'_, '_>, command: &CreateOffer) -> Result<Outcome> {
    let opportunity = door.resolve::<Opportunity>(&command.opportunity)?.record;
    check_not_closed(&opportunity)?;
    for (index, file) in command.files.iter().enumerate() {
        crate::quoting::attach(door, opportunity.id, file, &format!("files[{index}]"))?;
    }
    let follows = command.follows.as_deref().map(|key| followed(door, &opportunity, key)).transpose()?;
    if let Some(dossier) = &command.dossier {
        check_dossier(dossier)?;
        // The opportunity has one offer for it, whoever sees that offer.
        let known = of_dossier(&door.view().whole(), &opportunity, dossier)?;
        if let Some(stored) = known.filter(|known| follows != Some(known.record.id)) {
            allow_silently(door, &stored.record)?;
            return put(door, &stored, &opportunity, command);
        }
    }
    let price_date = command.price_date.unwrap_or_else(|| door.today());
    let rounding = command.rounding.unwrap_or_default();
    let input = content_of(&door.view(), door.pricing(), &opportunity, command, rounding, price_date)?;
    let new = NewOffer {
        id: door.new_id(),
        number: door.next_number(opportunity.unit, NumberedDocument::Offer)?,
        opportunity: opportunity.id,
        customer: opportunity.customer,
        owner: opportunity.owner,
        unit: opportunity.unit,
        currency: opportunity.currency,
        valid_until: command.valid_until.unwrap_or_else(|| valid_until(door.today(), price_date)),
        affair: None,
        dossier: command.dossier.clone(),
        dossier_revision: None,
        title: command.title.clone(),
        note: command.note.clone(),
        follows,
    };
    let version = decision::draft(new, &input, None, &mut || door.new_uuid(), by(door))?;
    door.create(&version.offer)?;
    keep_parts(door, version)
}

/// Refuses a change of an offer to whoever may not change it, without a word of it.
pub(crate) fn allow_silently(door: &Door<'_, '_>, offer: &Offer) -> Result<()> {
    if door.view().may(Verb::Change, Offer::ENTITY, &offer.to_values()) {
        return Ok(());
    }
    Err(crate::view::not_found(Offer::ENTITY, "of that dossier"))
}

/// The offer of the same opportunity that another follows.
fn followed(door: &Door<'_, '_>, opportunity: &Opportunity, key: &str) -> Result<OfferId> {
    let found = door.resolve::<Offer>(key)?.record;
    if found.opportunity == opportunity.id {
        return Ok(found.id);
    }
    let problem = "is of another opportunity";
    let error = ValueError::new("offer.follows", "offer that is followed", problem, "one of the same");
    Err(error.at("follows").into())
}

/// The next version of the dossier's offer, or nothing when it says the same as before.
fn put(
    door: &mut Door<'_, '_>,
    stored: &Stored<Offer>,
    opportunity: &Opportunity,
    command: &CreateOffer,
) -> Result<Outcome> {
    let current = current_revision(door, &stored.record)?;
    let price_date = command.price_date.unwrap_or(current.price_date);
    let rounding = command.rounding.unwrap_or(stored.record.rounding);
    let input = content_of(&door.view(), door.pricing(), opportunity, command, rounding, price_date)?;
    let valid_until = command.valid_until.unwrap_or(stored.record.valid_until);
    if decision::fingerprint(&input) == current.fingerprint && valid_until == stored.record.valid_until {
        let why = Why::new("offer.unchanged").fact("revision", stored.record.revision);
        return Ok(Outcome::of(&stored.record, Some(&stored.record.number), why));
    }
    let current = OfferRevision { title: command.title.clone().or(current.title), ..current };
    keep_version(door, stored, &current, &input, valid_until, command.note.clone())
}

fn check_dossier(dossier: &str) -> Result<()> {
    if dossier.trim().is_empty() || dossier.chars().count() > DOSSIER_MAX {
        let problem = ValueError::new(
            "dossier.length",
            "key of the dossier",
            "is empty or too long",
            format!("1 to {DOSSIER_MAX} characters"),
        );
        return Err(problem.at("dossier").into());
    }
    Ok(())
}

/// The offer an opportunity has for a dossier of the configurator: the newest, where one follows another.
pub(crate) fn of_dossier(
    view: &View<'_>,
    opportunity: &Opportunity,
    dossier: &str,
) -> Result<Option<Stored<Offer>>> {
    let keyed = Predicate::equals("dossier", Value::Text(Cow::Owned(dossier.to_owned())));
    let mut found = view.all_of::<Offer>(&super::of_opportunity(opportunity.id).and(keyed))?;
    Ok(found.pop())
}

/// What a command asks to be offered, with products, prices and tax rates looked up.
pub(crate) fn content_of(
    view: &View<'_>,
    pricing: Pricing<'_>,
    opportunity: &Opportunity,
    command: &CreateOffer,
    rounding: RoundingPolicy,
    price_date: NaiveDate,
) -> Result<OfferInput> {
    let mut input = OfferInput {
        currency: opportunity.currency,
        rounding,
        price_date,
        items: items(view, pricing, opportunity, &command.items, price_date)?,
        settlements: command.settlements.clone(),
    };
    as_the_market_sees_it(view, opportunity, &mut input)?;
    Ok(input)
}

/// Makes vehicles taken in payment what the law of the offer's market sees in them.
fn as_the_market_sees_it(view: &View<'_>, opportunity: &Opportunity, input: &mut OfferInput) -> Result<()> {
    if !input.settlements.iter().any(|settlement| settlement.kind == SettlementKind::TradeIn) {
        return Ok(());
    }
    let market = view.get::<Unit>(opportunity.unit)?.record.country;
    let policy: TradeInPolicy = crate::setting::of(view, crate::setting::TRADE_IN)?;
    Ok(policy.apply(market, input)?)
}

pub(super) fn revise(door: &mut Door<'_, '_>, command: &ReviseOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    let opportunity = door.get::<Opportunity>(stored.record.opportunity)?.record;
    check_not_closed(&opportunity)?;
    let current = current_revision(door, &stored.record)?;
    let price_date = command.price_date.unwrap_or(current.price_date);
    let mut input = OfferInput {
        currency: stored.record.currency,
        rounding: stored.record.rounding,
        price_date,
        items: items(&door.view(), door.pricing(), &opportunity, &command.items, price_date)?,
        settlements: command.settlements.clone(),
    };
    as_the_market_sees_it(&door.view(), &opportunity, &mut input)?;
    let mut discounts = Vec::new();
    if !command.drop_discounts {
        discounts = keep_discounts(&mut input, &content(&door.view(), &stored.record, &current)?)?;
    }
    let last_day = command.price_date.map(|day| valid_until(door.today(), day));
    let until = command.valid_until.or(last_day).unwrap_or(stored.record.valid_until);
    let mut outcome = keep_version(door, &stored, &current, &input, until, command.note.clone())?;
    outcome.why.because.extend(discounts);
    Ok(outcome)
}

pub(super) fn discount(door: &mut Door<'_, '_>, command: &DiscountOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    check_not_closed(&door.get::<Opportunity>(stored.record.opportunity)?.record)?;
    let current = current_revision(door, &stored.record)?;
    let mut input = content(&door.view(), &stored.record, &current)?;
    let discount = match (command.percent, command.amount) {
        (Some(percent), None) => Discount::Percent(percent),
        (None, Some(amount)) => Discount::Amount(amount),
        _ => {
            return Err(CrmError::Argument {
                field: "percent",
                problem: "and amount are both given, or neither".to_owned(),
                hint: "give one of the two",
            }
            .into());
        }
    };
    let manual = ManualDiscount {
        discount,
        target: command.line.as_deref().map_or(Target::Offer, Target::Item),
        code: "MANUAL",
        authority: Authority::Salesperson,
        label: Some(&command.reason),
        limit_percent: None,
    };
    let why = add_discount(&mut input, &manual)?;
    let note = Some(command.reason.clone());
    let mut outcome = keep_version(door, &stored, &current, &input, stored.record.valid_until, note)?;
    outcome.why = outcome.why.because(why);
    Ok(outcome)
}

pub(super) fn issue(door: &mut Door<'_, '_>, command: &DecideOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    check_not_closed(&door.get::<Opportunity>(stored.record.opportunity)?.record)?;
    let items = door.all_of::<OfferItem>(&of_version(&stored.record))?.len();
    let mut change = decision::issue(&stored.record, items, by(door))?;
    let revision = current_revision(door, &stored.record)?;
    super::offer_configuration::check(door, &stored.record, &revision)?;
    let approved = super::approvals::check_issue(door, &stored.record, &revision)?;
    if change.offer.issue_number.is_none() {
        change.offer.issue_number = Some(door.next_issue_number(stored.record.unit, 'Q')?);
    }
    if let Some(number) = &change.offer.issue_number {
        let seal = decision::seal(number, &revision.fingerprint, revision.payable);
        change.why = change.why.fact("issue_number", number).fact("seal", seal);
    }
    change.why = change.why.because(approved);
    keep(door, &stored, change)
}

/// The offers of an opportunity go to whoever works on it from now on. A number the new dealer has already is his own: the offer gets one
/// of his series.
pub(super) fn hand_on(
    door: &mut Door<'_, '_>,
    opportunity: &Opportunity,
    seat: (PositionId, UnitId),
) -> Result<Why> {
    let moved = door.dealer_of(opportunity.unit)? != door.dealer_of(seat.1)?;
    let mut why = Why::new("offers.handed_on");
    for stored in door.whole_stored::<Offer>(&super::of_opportunity(opportunity.id))? {
        let Some(mut offer) = decision::hand_on(&stored.record, opportunity.owner, seat) else { continue };
        if moved && let Err(error) = door.unused_at_dealer::<Offer>("number", &offer.number, seat.1) {
            if error.code() != "key.taken" {
                return Err(error);
            }
            offer.number = door.next_number(seat.1, NumberedDocument::Offer)?;
        }
        door.update_derived(&offer, stored.version)?;
        why = why.because(Why::new("offer.handed_on").fact("offer", &offer.number));
    }
    Ok(why)
}

/// Expires what is issued and past its last day, as far as the actor may change it.
pub(super) fn expire_due(door: &mut Door<'_, '_>, command: &ExpireDue) -> Result<Outcome> {
    use clientela_model::{Comparison, Field};
    let due = Predicate::equals("state", OfferState::Issued.to_value()).and(Predicate::Compare(
        "valid_until".into(),
        Comparison::Less,
        Value::Date(door.today()),
    ));
    let most = command.most.unwrap_or(1_000) as usize;
    // Only what he may change is counted among the most: who sees a thousand others still comes to his own.
    let due = due.and(door.view().changeable(Offer::ENTITY));
    let found = door.view().page::<Offer>(&due, &clientela_store::Order::by_id(), Some(most), 0)?;
    let mut why = Why::new("offers.expired");
    let mut records = Vec::new();
    for stored in found {
        let change = decision::expire(&stored.record, by(door))?;
        door.update(&change.offer, stored.version)?;
        let told = Why::new("offer.expired").fact("offer", &change.offer.number);
        why = why.because(told.fact("valid_until", change.offer.valid_until));
        records.push(super::RecordRef {
            entity: Offer::ENTITY.name.to_owned(),
            id: change.offer.id.uuid(),
            key: Some(change.offer.number),
        });
    }
    let why = why.fact("count", records.len());
    Ok(Outcome { records, why })
}

pub(super) fn refuse(door: &mut Door<'_, '_>, command: &DecideOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    keep(door, &stored, decision::refuse(&stored.record, by(door))?)
}

pub(super) fn withdraw(door: &mut Door<'_, '_>, command: &DecideOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    keep(door, &stored, decision::withdraw(&stored.record, by(door))?)
}

pub(super) fn expire(door: &mut Door<'_, '_>, command: &DecideOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    keep(door, &stored, decision::expire(&stored.record, by(door))?)
}

pub(super) fn reopen(door: &mut Door<'_, '_>, command: &DecideOffer) -> Result<Outcome> {
    let stored = door.to_change::<Offer>(&command.offer)?;
    keep(door, &stored, decision::reopen(&stored.record, by(door))?)
}

pub(super) fn keep(door: &mut Door<'_, '_>, stored: &Stored<Offer>, change: Change) -> Result<Outcome> {
    door.update(&change.offer, stored.version)?;
    Ok(Outcome::of(&change.offer, Some(&change.offer.number), change.why))
}

/// Prices the content as a new version and keeps it.
pub(crate) fn keep_version(
    door: &mut Door<'_, '_>,
    stored: &Stored<Offer>,
    current: &OfferRevision,
    input: &OfferInput,
    valid_until: NaiveDate,
    note: Option<String>,
) -> Result<Outcome> {
    let revision = Revision {
        valid_until,
        dossier_revision: stored.record.dossier_revision,
        title: current.title.clone(),
        note,
    };
    let ids = &mut || door.new_uuid();
    let version = decision::revise(&stored.record, current, input, revision, None, ids, by(door))?;
    door.update(&version.offer, stored.version)?;
    super::offer_forecast::follow_forecast(door, &version.offer)?;
    keep_parts(door, version)
}

/// Keeps what belongs to a version: its revision, items and steps.
pub(crate) fn keep_parts(door: &mut Door<'_, '_>, version: Version) -> Result<Outcome> {
    door.create(&version.revision)?;
    for item in &version.items {
        door.create(item)?;
    }
    for step in &version.steps {
        door.create(step)?;
    }
    Ok(Outcome::of(&version.offer, Some(&version.offer.number), version.why))
}

/// The content of a version, to be changed and priced again.
pub(crate) fn content(view: &View<'_>, offer: &Offer, current: &OfferRevision) -> Result<OfferInput> {
    let of_revision = Predicate::equals("revision", Value::Integer(i64::from(current.revision)));
    let condition = of_offer(offer.id).and(of_revision);
    let items: Vec<OfferItem> = view.all_of(&condition)?.into_iter().map(|stored| stored.record).collect();
    let steps: Vec<PriceStep> = view.all_of(&condition)?.into_iter().map(|stored| stored.record).collect();
    Ok(from_records(offer, current, &items, &steps)?)
}

pub(crate) fn current_revision(door: &Door<'_, '_>, offer: &Offer) -> Result<OfferRevision> {
    let found = door.first_of::<OfferRevision>(&of_version(offer))?;
    Ok(found.ok_or(CrmError::Internal { what: "an offer has its current version" })?.record)
}

/// The condition that a record belongs to the current version of the offer.
pub(crate) fn of_version(offer: &Offer) -> Predicate {
    of_offer(offer.id).and(Predicate::equals("revision", Value::Integer(i64::from(offer.revision))))
}

pub(crate) fn by(door: &Door<'_, '_>) -> By {
    By { user: door.actor().user, at: door.now(), today: door.today() }
}

/// The last day an offer made today holds when nothing is said; never before the day of its prices.
fn valid_until(today: NaiveDate, price_date: NaiveDate) -> NaiveDate {
    in_days(today, VALID_DAYS).max(price_date)
}

fn in_days(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// The items of a command with products, prices, rules and tax rates looked up.
fn items(
    view: &View<'_>,
    pricing: Pricing<'_>,
    opportunity: &Opportunity,
    lines: &[ItemLine],
    day: NaiveDate,
) -> Result<Vec<ItemInput>> {
    let desk = PriceDesk::open(view, pricing, opportunity, lines, day)?;
    desk.items(view, pricing.rules, lines)
}
