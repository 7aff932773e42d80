//! What if a price list changed: stored offers priced again.

#[cfg(feature = "arrow")]
mod table;

use crate::command::{Key, of_offer_state};
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::pricing::PriceRequest;
use clientela_core::catalogue::{ExchangeRate, PriceBook, PriceList};
use clientela_core::ids::{OfferId, ProductId, UnitId};
use clientela_core::organisation::Unit;
use clientela_core::sales::waterfall::{ItemInput, from_records};
use clientela_core::sales::what_if::{RepricedLine, WhatIf};
use clientela_core::sales::{Offer, OfferItem, OfferRevision, OfferState, PriceStep};
use clientela_model::money::RateTable;
use clientela_model::{ClosedList, Money, Predicate, Record, RoundingPolicy, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Lines told when nothing is said.
const LINES: u32 = 20;

/// What if a price list changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhatIfOf {
    /// The price list. Lists that are made from it by their formula change with it.
    pub list: Key,
    /// Its prices change by so many percent; below nothing they fall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Decimal>,
    /// Or: its prices become those of this list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub becomes: Option<Key>,
    /// Offers in these states; those that are not decided when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<OfferState>,
    /// Offers with prices of this day or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Offers with prices of this day or earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// What the totals are by; by unit when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<WhatIfBy>,
    /// At most so many lines, those that change most; 20 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
}

/// What totals are by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum WhatIfBy {
    /// The unit that makes the offer.
    Unit,
    /// The product of the line.
    Product,
}

/// Lines added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIfTotal {
    /// Code of the unit or product; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Lines whose list price changes.
    pub lines: u64,
    /// Their net amount as it is.
    pub net_before: Money,
    /// Their net amount as it would be.
    pub net_after: Money,
    /// What it would be more.
    pub delta: Money,
    /// What the margin would be more: costs stay, unless the other list has costs of its own and the session may see them.
    pub margin_delta: Money,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIfLine {
    /// Number of the offer.
    pub offer: String,
    /// Place on the offer.
    pub line: String,
    /// Code of the product.
    pub product: String,
    /// How many.
    pub quantity: Decimal,
    /// Net amount as it is.
    pub net_before: Money,
    /// Net amount as it would be.
    pub net_after: Money,
    /// What it would be more.
    pub delta: Money,
    /// What the margin would be more.
    pub margin_delta: Money,
}

/// What would become of the offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIfTold {
    /// All lines that change.
    pub total: WhatIfTotal,
    /// By unit or product, in their order.
    pub groups: Vec<WhatIfTotal>,
    /// The lines that change most.
    pub lines: Vec<WhatIfLine>,
    /// Lines of offers that were looked at.
    pub looked_at: u64,
    /// Lines without a known list whose price is that of the list: taken as its own.
    pub taken_by_price: u64,
    /// Lines that cannot be priced so, such as below nothing.
    pub refused: u64,
    /// Offers in other currencies than the list's, which are not looked at.
    pub other_currency: u64,
    /// How it was found.
    pub why: Why,
}

/// The list as it is and as it would be.
struct Change {
    list: PriceList,
    book: PriceBook,
    changed: PriceBook,
    rates: RateTable,
}

/// Where a repriced line stands.
struct Place {
    offer: usize,
    line: String,
    code: String,
    quantity: Decimal,
}

pub(super) fn what_if(session: &Session, question: &WhatIfOf) -> Result<WhatIfTold> {
    gathered(session, question, |view, run, offers| {
        let all = view.count(Offer::ENTITY, &of_offer_state(&question.states))?;
        let units: HashMap<UnitId, String> = view
            .unseen::<Unit>(&Predicate::Everything)?
            .into_iter()
            .map(|unit| (unit.id, unit.code))
            .collect();
        let mut told = run.told(offers, &units, question)?;
        told.other_currency = all.saturating_sub(offers.len() as u64);
        Ok(told)
    })
}

/// The lines that change, gathered, with the offers they are of.
fn gathered<T>(
    session: &Session,
    question: &WhatIfOf,
    told: impl FnOnce(&View<'_>, Run<'_>, &[Offer]) -> Result<T>,
) -> Result<T> {
    session.look(|view| {
        let change = Change::read(&view, question)?;
        let in_currency =
            Predicate::equals("currency", clientela_model::Field::to_value(&change.list.currency));
        let asked = of_offer_state(&question.states).and(in_currency);
        let offers: Vec<Offer> = view.records(&asked)?;
        let mut run = Run::new(&change);
        run.gather(&view, &asked, &offers, question)?;
        told(&view, run, &offers)
    })
}

#[cfg(feature = "arrow")]
impl Session {
    /// What would become of the stored offers, line by line: the lines whose list price changes as a table of `offer`, `line`, `product`,
    /// `quantity`, `net_before`, `net_after`, `difference`, `margin_difference` and `why`. It holds what the session may see.
    ///
    /// # Errors
    /// As the question [`WhatIfOf`].
    pub fn what_if_table(&self, question: &WhatIfOf) -> Result<crate::table::Table> {
        gathered(self, question, |_, run, offers| {
            let currency = run.change.list.currency;
            table::of_lines(&run.repriced(), offers, currency)
        })
    }
}

impl Change {
    fn read(view: &View<'_>, question: &WhatIfOf) -> Result<Self> {
        let list = view.resolve::<PriceList>(&question.list)?.record;
        let book =
            PriceBook::new(view.records(&Predicate::Everything)?, view.records(&Predicate::Everything)?);
        let rates = ExchangeRate::table(view.unseen(&Predicate::Everything)?);
        let changed = match (question.percent, &question.becomes) {
            (Some(percent), None) if percent > -Decimal::ONE_HUNDRED => {
                book.with_percent(list.id, percent, &rates)
            }
            (Some(_), None) => {
                let problem = "takes away more than there is";
                return Err(ValueError::new("what_if.percent", "percent", problem, "above -100")
                    .at("percent")
                    .into());
            }
            (None, Some(other)) => {
                let other = view.resolve::<PriceList>(other)?.record;
                if other.currency != list.currency {
                    let problem = "is in another currency";
                    let expected = format!("a list in {}", list.currency);
                    return Err(ValueError::new("what_if.currency", "price list", problem, expected)
                        .at("becomes")
                        .into());
                }
                book.with_list(list.id, other.id, &rates)
            }
            _ => {
                return Err(CrmError::Argument {
                    field: "percent",
                    problem: "and becomes are both given, or neither".to_owned(),
                    hint: "give one of the two",
                }
                .into());
            }
        };
        Ok(Self { list, book, changed, rates })
    }

    /// The list price and cost of a product as they would be; nothing when they do not change.
    fn of(
        &self,
        product: Option<ProductId>,
        origin: Option<clientela_core::ids::PriceListId>,
        (unit_list, unit_cost): (Money, Option<Money>),
        quantity: Decimal,
        day: NaiveDate,
        by_price: &mut u64,
    ) -> Option<(Money, Option<Money>)> {
        let wanted = PriceRequest {
            product: product?,
            currency: unit_list.currency(),
            market: None,
            day,
            quantity,
            price_group: None,
            rates: Some(&self.rates),
        };
        let list = origin.unwrap_or(self.list.id);
        let before = self.book.price_in(list, &wanted)?;
        if origin.is_none() && before.amount != unit_list {
            return None;
        }
        let after = self.changed.price_in(list, &wanted)?;
        if after.amount == before.amount && after.cost == before.cost {
            return None;
        }
        *by_price += u64::from(origin.is_none());
        let cost = if after.cost == before.cost { unit_cost } else { unit_cost.and(after.cost) };
        Some((after.amount, cost))
    }
}

/// Lines gathered to be priced again.
struct Run<'a> {
    change: &'a Change,
    by_line: (WhatIf, Vec<Place>),
    by_document: (WhatIf, Vec<Place>),
    looked_at: u64,
    by_price: u64,
}

impl<'a> Run<'a> {
    fn new(change: &'a Change) -> Self {
        let of = |rounding| (WhatIf::new(change.list.currency, rounding), Vec::new());
        let (by_line, by_document) = (of(RoundingPolicy::Line), of(RoundingPolicy::Document));
        Self { change, by_line, by_document, looked_at: 0, by_price: 0 }
    }

    /// Reads versions, items and steps of the offers, each table once.
    fn gather(
        &mut self,
        view: &View<'_>,
        asked: &Predicate,
        offers: &[Offer],
        question: &WhatIfOf,
    ) -> Result<()> {
        let of_asked = Predicate::Refers {
            column: "offer".into(),
            entity: "offer",
            satisfying: Box::new(asked.clone()),
        };
        let places: HashMap<OfferId, usize> =
            offers.iter().enumerate().map(|(place, offer)| (offer.id, place)).collect();
        let current = |offer: OfferId, revision: u32| {
            places.get(&offer).copied().filter(|place| offers[*place].revision == revision)
        };
        let mut parts: Vec<(Option<OfferRevision>, Vec<OfferItem>, Vec<PriceStep>)> = Vec::new();
        parts.resize_with(offers.len(), Default::default);
        for revision in view.records::<OfferRevision>(&of_asked)? {
            if let Some(place) = current(revision.offer, revision.revision) {
                parts[place].0 = Some(revision);
            }
        }
        for item in view.records::<OfferItem>(&of_asked)? {
            if let Some(place) = current(item.offer, item.revision) {
                parts[place].1.push(item);
            }
        }
        for step in view.records::<PriceStep>(&of_asked)? {
            if let Some(place) = current(step.offer, step.revision) {
                parts[place].2.push(step);
            }
        }
        for (place, (offer, (revision, items, steps))) in offers.iter().zip(parts).enumerate() {
            let Some(revision) = revision else { continue };
            let day = revision.price_date;
            if question.from.is_some_and(|from| day < from) || question.to.is_some_and(|to| to < day) {
                continue;
            }
            for item in from_records(offer, &revision, &items, &steps)?.items {
                self.looked_at += 1;
                self.take(place, offer.rounding, item, day);
            }
        }
        Ok(())
    }

    fn take(&mut self, offer: usize, rounding: RoundingPolicy, before: ItemInput, day: NaiveDate) {
        let mut after = before.clone();
        let mut changes = false;
        let of = (before.unit_list, before.unit_cost);
        let origin = before.origin.price_list;
        if let Some((list, cost)) =
            self.change.of(before.product, origin, of, before.quantity, day, &mut self.by_price)
        {
            (after.unit_list, after.unit_cost, changes) = (list, cost, true);
        }
        for option in &mut after.options {
            let of = (option.unit_list, option.unit_cost);
            let origin = option.origin.price_list;
            if let Some((list, cost)) =
                self.change.of(option.product, origin, of, Decimal::ONE, day, &mut self.by_price)
            {
                (option.unit_list, option.unit_cost, changes) = (list, cost, true);
            }
        }
        if changes {
            let (line, code) = (before.line.clone().into(), before.code.clone().into());
            let place = Place { offer, line, code, quantity: before.quantity };
            let (what_if, places) = match rounding {
                RoundingPolicy::Line => &mut self.by_line,
                RoundingPolicy::Document => &mut self.by_document,
            };
            what_if.push(before, after);
            places.push(place);
        }
    }

    /// The lines with what becomes of them; none of those whose price is refused.
    fn repriced(self) -> Vec<(Place, Option<RepricedLine>)> {
        let sides = [self.by_line, self.by_document].into_iter();
        sides.flat_map(|(what_if, places)| places.into_iter().zip(what_if.reprice())).collect()
    }

    fn told(
        self,
        offers: &[Offer],
        units: &HashMap<UnitId, String>,
        question: &WhatIfOf,
    ) -> Result<WhatIfTold> {
        let currency = self.change.list.currency;
        let nothing = |key: Option<String>| WhatIfTotal {
            key,
            lines: 0,
            net_before: Money::zero(currency),
            net_after: Money::zero(currency),
            delta: Money::zero(currency),
            margin_delta: Money::zero(currency),
        };
        let (mut total, mut refused) = (nothing(None), 0);
        let mut groups: BTreeMap<String, WhatIfTotal> = BTreeMap::new();
        let mut lines: Vec<(Place, RepricedLine)> = Vec::new();
        let (change, looked_at, taken_by_price) = (self.change, self.looked_at, self.by_price);
        for (place, repriced) in self.repriced() {
            let Some(repriced) = repriced else {
                refused += 1;
                continue;
            };
            let key = match question.by.unwrap_or(WhatIfBy::Unit) {
                WhatIfBy::Unit => units.get(&offers[place.offer].unit).cloned().unwrap_or_default(),
                WhatIfBy::Product => place.code.clone(),
            };
            add(&mut total, &repriced)?;
            add(groups.entry(key.clone()).or_insert_with(|| nothing(Some(key))), &repriced)?;
            lines.push((place, repriced));
        }
        let moved = |line: &RepricedLine| (line.net_after.amount() - line.net_before.amount()).abs();
        lines.sort_by(|(place, line), (other, beside)| {
            let numbers = (&offers[place.offer].number, &offers[other.offer].number);
            moved(beside)
                .cmp(&moved(line))
                .then_with(|| numbers.0.cmp(numbers.1))
                .then_with(|| place.line.cmp(&other.line))
        });
        lines.truncate(question.most.unwrap_or(LINES) as usize);
        let mut why = Why::new("what_if.repriced").fact("price_list", &change.list.code);
        if let Some(percent) = question.percent {
            why = why.fact("percent", percent);
        }
        if let Some(other) = &question.becomes {
            why = why.fact("becomes", other);
        }
        let why = why.fact("looked_at", looked_at).fact("lines", total.lines);
        let lines =
            lines.into_iter().map(|(place, line)| told_line(place, &line, offers)).collect::<Result<_>>()?;
        let groups = groups.into_values().collect();
        Ok(WhatIfTold { total, groups, lines, looked_at, taken_by_price, refused, other_currency: 0, why })
    }
}

fn told_line(place: Place, line: &RepricedLine, offers: &[Offer]) -> Result<WhatIfLine> {
    Ok(WhatIfLine {
        offer: offers[place.offer].number.clone(),
        line: place.line,
        product: place.code,
        quantity: place.quantity,
        net_before: line.net_before,
        net_after: line.net_after,
        delta: line.net_after.checked_sub(line.net_before)?,
        margin_delta: line.margin_delta,
    })
}

fn add(total: &mut WhatIfTotal, line: &RepricedLine) -> Result<()> {
    total.lines += 1;
    total.net_before = total.net_before.checked_add(line.net_before)?;
    total.net_after = total.net_after.checked_add(line.net_after)?;
    total.delta = total.net_after.checked_sub(total.net_before)?;
    total.margin_delta = total.margin_delta.checked_add(line.margin_delta)?;
    Ok(())
}
