//! Opportunities over time, read from the store into the columns the core computes on: each table once, one book per currency.

pub(crate) mod axis;
#[cfg(feature = "arrow")]
pub(crate) mod columns;
pub(crate) mod figures;
pub(crate) mod kept;
#[cfg(feature = "arrow")]
mod passages;

use crate::error::Result;
use crate::view::View;
use chrono::{Datelike, NaiveDate};
use clientela_core::ids::{OpportunityId, PositionId, SalesMethodId, StageId};
use clientela_core::organisation::Position;
use clientela_core::sales::pipeline::{History, NO_DAY, Passages, Period, Row, Spells, StageShare};
use clientela_core::sales::stuck::day_of;
use clientela_core::sales::{Opportunity, OpportunityState, Passage, SalesMethod, Stage, pipeline};
use clientela_model::identifier::Currency;
use clientela_model::{Money, MoneyError, Predicate};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};

/// All opportunities of one currency with their passages.
pub(crate) struct Book {
    pub(crate) currency: Currency,
    pub(crate) history: History,
    /// For each opportunity of the history its place among all.
    places: Vec<usize>,
}

/// What a session sees of opportunities over time.
pub(crate) struct Pipeline {
    pub(crate) methods: Vec<SalesMethod>,
    /// In the order of their methods and sequences.
    pub(crate) stages: Vec<Stage>,
    /// For each stage the place of its method.
    pub(crate) stage_methods: Vec<u32>,
    /// Superiors before their reports.
    pub(crate) positions: Vec<Position>,
    pub(crate) opportunities: Vec<Opportunity>,
    /// The passages of each opportunity, in their order.
    pub(crate) passages: Vec<Vec<Passage>>,
    pub(crate) books: Vec<Book>,
}

impl Pipeline {
    /// Reads all that may be seen, each table once.
    fn everything(view: &View<'_>) -> Result<Self> {
        let mut methods: Vec<SalesMethod> = view.records(&Predicate::Everything)?;
        methods.sort_by(|left, right| left.code.cmp(&right.code));
        let place: HashMap<SalesMethodId, u32> = numbered(methods.iter().map(|method| method.id));
        let mut stages: Vec<Stage> = view.records(&Predicate::Everything)?;
        stages.retain(|stage| place.contains_key(&stage.method));
        stages.sort_by_key(|stage| (place.get(&stage.method).copied(), stage.sequence, stage.id));
        let stage_methods = stages.iter().filter_map(|stage| place.get(&stage.method).copied()).collect();
        let positions = figures::superiors_first(view.records(&Predicate::Everything)?);
        let mut opportunities: Vec<Opportunity> = view.records(&Predicate::Everything)?;
        opportunities.sort_by(|left, right| (&left.number, left.id).cmp(&(&right.number, right.id)));
        let at: HashMap<OpportunityId, usize> =
            opportunities.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
        let mut passages: Vec<Vec<Passage>> = vec![Vec::new(); opportunities.len()];
        for passage in view.records::<Passage>(&Predicate::Everything)? {
            if let Some(place) = at.get(&passage.opportunity) {
                passages[*place].push(passage);
            }
        }
        passages.iter_mut().for_each(|passages| in_order(passages));
        let mut read =
            Self { methods, stages, stage_methods, positions, opportunities, passages, books: Vec::new() };
        read.books = read.fill()?;
        Ok(read)
    }

    fn fill(&self) -> Result<Vec<Book>> {
        let stages: HashMap<StageId, u32> = numbered(self.stages.iter().map(|stage| stage.id));
        let owners: HashMap<PositionId, u32> = numbered(self.positions.iter().map(|position| position.id));
        let mut books: BTreeMap<&str, (Currency, Passages, Vec<usize>)> = BTreeMap::new();
        for (place, opportunity) in self.opportunities.iter().enumerate() {
            let currency = opportunity.currency;
            let (_, columns, places) =
                books.entry(currency.code()).or_insert_with(|| (currency, Passages::empty(), Vec::new()));
            let mut rows = Vec::with_capacity(self.passages[place].len());
            let mut latest = i32::MIN;
            for passage in &self.passages[place] {
                let stage = stages.get(&passage.to_stage).copied();
                let owner = owners.get(&passage.owner.unwrap_or(opportunity.owner)).copied();
                let (Some(stage), Some(owner)) = (stage, owner) else { continue };
                let row = self.row(opportunity, passage, stage, owner);
                // Clocks of two stores may differ: a passage is never before the one it follows.
                latest = latest.max(row.day);
                rows.push(Row { day: latest, ..row });
            }
            columns.add(rows);
            places.push(place);
        }
        let mut filled = Vec::with_capacity(books.len());
        for (currency, columns, places) in books.into_values() {
            let history = History::new(columns, self.positions.len(), self.stages.len())?;
            filled.push(Book { currency, history, places });
        }
        Ok(filled)
    }

    fn row(&self, opportunity: &Opportunity, passage: &Passage, stage: u32, owner: u32) -> Row {
        // Before passages kept what they led to: what is known today stands in.
        let kept = passage.day.is_some();
        let amount = if kept { passage.amount } else { opportunity.amount };
        let expected = if kept { passage.expected_close } else { opportunity.expected_close };
        let declared = &self.stages[stage as usize];
        let day = day_number(day_of(passage));
        let close = match passage.to_state {
            OpportunityState::Won | OpportunityState::Lost => day,
            _ => expected.map_or(NO_DAY, day_number),
        };
        Row {
            day,
            state: passage.to_state,
            stage,
            owner,
            category: passage.forecast.unwrap_or(declared.forecast),
            probability: u8::try_from(passage.probability.unwrap_or(declared.probability)).unwrap_or(100),
            amount: amount.map_or(0, minor_units),
            close,
        }
    }

    /// The opportunity of an index of a book.
    pub(crate) fn opportunity(&self, book: &Book, index: usize) -> &Opportunity {
        &self.opportunities[book.places[index]]
    }

    /// The place among all of an index of a book.
    pub(crate) fn place(book: &Book, index: usize) -> usize {
        book.places[index]
    }

    /// What share of what came to each stage was won by a day, of all currencies together. A stage of a new version of a method knows what
    /// the one of its code in the versions before knew.
    pub(crate) fn shares(&self, day: i32) -> Vec<StageShare> {
        let mut spells: Vec<Spells> =
            self.books.iter().map(|book| pipeline::win_spells(&book.history, day)).collect();
        let same = self.same_stages();
        if same.iter().any(|same| same.len() > 1) {
            spells.iter_mut().for_each(|spells| *spells = spells.across_versions(&same));
        }
        let percents: Vec<u16> = self.stages.iter().map(|stage| stage.probability).collect();
        pipeline::stage_shares(&spells, &percents, pipeline::DECIDED_LEAST)
    }
}

impl Pipeline {
    /// For each stage those that are the same one in another version of its method, itself among them.
    fn same_stages(&self) -> Vec<Vec<u32>> {
        let before: HashMap<SalesMethodId, Option<SalesMethodId>> =
            self.methods.iter().map(|method| (method.id, method.replaces)).collect();
        let first = |method: SalesMethodId| {
            let up = |at: &SalesMethodId| before.get(at).copied().flatten();
            std::iter::successors(Some(method), up).take(self.methods.len() + 1).last().unwrap_or(method)
        };
        let keys: Vec<(SalesMethodId, &str)> =
            self.stages.iter().map(|stage| (first(stage.method), stage.code.as_str())).collect();
        let mut alike: HashMap<(SalesMethodId, &str), Vec<u32>> = HashMap::new();
        for (key, place) in keys.iter().zip(0_u32..) {
            alike.entry(*key).or_default().push(place);
        }
        keys.iter().map(|key| alike.get(key).cloned().unwrap_or_default()).collect()
    }
}

fn numbered<I: std::hash::Hash + Eq>(ids: impl Iterator<Item = I>) -> HashMap<I, u32> {
    ids.zip(0_u32..).collect()
}

/// Puts passages in the order they happened. Those of one moment follow each other from state to state.
fn in_order(passages: &mut [Passage]) {
    passages.sort_by_key(|passage| (passage.at, passage.from_state.is_some(), passage.id));
    for place in 1..passages.len() {
        let before = &passages[place - 1];
        let (state, stage, at) = (before.to_state, before.to_stage, passages[place].at);
        let fits = |one: &Passage| one.from_state == Some(state) && one.from_stage == Some(stage);
        let stays = |one: &Passage| one.to_state == state && one.to_stage == stage;
        let tied = || passages[place..].iter().take_while(|one| one.at == at);
        // What changed where it stood comes before what took it away from there.
        if let Some(next) = tied().position(|one| fits(one) && stays(one)).or_else(|| tied().position(fits)) {
            passages.swap(place, place + next);
        }
    }
}

/// The number of a day.
pub(crate) fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce()
}

/// The day of a number, if it is one.
pub(crate) fn day_of_number(number: i32) -> Option<NaiveDate> {
    if number == NO_DAY { None } else { NaiveDate::from_num_days_from_ce_opt(number) }
}

/// A period of the columns.
pub(crate) fn period(first: NaiveDate, last: NaiveDate) -> Period {
    Period { first: day_number(first), last: day_number(last) }
}

/// An amount in minor units. Beyond what a column holds it is the most that one holds: such amounts are refused when they are given,
/// and one that came otherwise must not take everybody's forecast with it.
fn minor_units(amount: Money) -> i64 {
    let digits = amount.currency().minor_units();
    let most = if amount.amount().is_sign_negative() { i64::MIN } else { i64::MAX };
    let mut scaled = amount.rounded().amount();
    scaled.rescale(digits);
    // What has no room for its decimals keeps fewer of them.
    if scaled.scale() < digits { most } else { i64::try_from(scaled.mantissa()).unwrap_or(most) }
}

/// An amount from minor units, of which so many more decimals are given; rounded to the minor unit.
pub(crate) fn money(units: i128, digits: u32, currency: Currency) -> Result<Money> {
    let amount = Decimal::try_from_i128_with_scale(units, currency.minor_units() + digits)
        .map_err(|_| MoneyError::Overflow)?;
    Ok(Money::new(amount, currency).rounded())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_beyond_a_column_is_the_most_it_holds() {
        for (amount, currency, units) in [
            ("0.01", "EUR", 1),
            ("-12.345", "EUR", -1_235),
            ("1500", "JPY", 1_500),
            ("92233720368547758.07", "EUR", i64::MAX),
            ("92233720368547758.08", "EUR", i64::MAX),
            ("-100000000000000000", "EUR", i64::MIN),
            ("79228162514264337593543950335", "EUR", i64::MAX),
            ("79228162514264337593543950335", "JPY", i64::MAX),
        ] {
            let amount = Money::new(amount.parse().unwrap(), currency.parse().unwrap());
            assert_eq!(minor_units(amount), units, "{amount}");
        }
    }
}
