//! Two versions of a territory model beside each other: who would go from whom to whom.

use super::assignment::{numbers, title};
use crate::command::{CustomersAmong, Key};
use crate::error::Result;
use crate::session::Session;
use crate::territory::{Decided, Territory, in_force};
use crate::turnover::{self, Measure, Period};
use crate::view::LIST_MAX;
use chrono::Months;
use clientela_core::ids::{CustomerId, PositionId};
use clientela_model::identifier::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Customers listed when nothing else is said.
const LISTED: usize = 100;
/// Months whose value is counted.
const MONTHS: u32 = 12;

/// What two versions of a territory model would make of the same customers now; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionsToCompare {
    /// Code of one version, or name of the model for the one in force.
    pub from: Key,
    /// Code of the other. Drafts can be compared.
    pub to: Key,
    /// Which customers; all that may be changed when not given.
    #[serde(default)]
    pub among: CustomersAmong,
    /// What a customer is worth, in the twelve months up to today; turnover when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// The currency amounts are counted in; needed for turnover and margin when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Customers listed, at most 1,000; 100 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Only customers after this one, for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CustomerId>,
}

/// Customers and what they are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// How many.
    pub customers: u64,
    /// What they are worth.
    pub value: Decimal,
}

impl Holding {
    fn add(&mut self, value: Decimal) {
        self.customers += 1;
        self.value = self.value.saturating_add(value);
    }
}

/// What two versions would make of the same customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedVersions {
    /// Code of one version.
    pub from: String,
    /// Code of the other.
    pub to: String,
    /// Customers looked at.
    pub customers: u64,
    /// Customers that would be with somebody else under the other version.
    pub differing: Holding,
    /// The currency of values, when they are amounts.
    pub currency: Option<Currency>,
    /// What each position would have.
    pub positions: Vec<ComparedPosition>,
    /// Who would go from whom to whom, most customers first.
    pub flows: Vec<Flow>,
    /// The customers that differ, by id.
    pub lines: Vec<ComparedCustomer>,
}

/// What a position has and would have, of the customers looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedPosition {
    /// The position.
    pub position: PositionId,
    /// Its title.
    pub title: String,
    /// Now.
    pub now: Holding,
    /// Under one version.
    pub from: Holding,
    /// Under the other.
    pub to: Holding,
}

/// Customers that one version gives to one position and the other to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Title of the position under one version.
    pub from: String,
    /// Title of the position under the other.
    pub to: String,
    /// How many, and what they are worth.
    pub moving: Holding,
}

/// A customer that is with somebody else under the other version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedCustomer {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Title of the position that has it.
    pub now: String,
    /// Title of the position under one version.
    pub from: String,
    /// Title of the position under the other.
    pub to: String,
    /// What it is worth.
    pub value: Decimal,
}

pub(super) fn compare(session: &Session, question: &VersionsToCompare) -> Result<ComparedVersions> {
    session.look_in_columns(|view, snapshot| {
        let today = session.today();
        let run = |key: &Key| {
            let model = in_force(view, key, today)?;
            let asked = (model, &question.among);
            let territory = Territory::read(view, snapshot, &session.crm.rules, asked, today)?;
            Ok::<_, crate::Error>(Decided::new(territory, snapshot))
        };
        let (one, two) = (run(&question.from)?, run(&question.to)?);
        let period = Period { from: today - Months::new(MONTHS), until: today };
        let measure = question.measure.unwrap_or(Measure::Turnover);
        let figures = turnover::figures(view, measure, &[period], question.currency)?;
        let values: HashMap<CustomerId, Decimal> = figures.each().collect();

        let territory = &one.territory;
        let mut positions: BTreeMap<PositionId, [Holding; 3]> = BTreeMap::new();
        let mut flows: BTreeMap<(PositionId, PositionId), Holding> = BTreeMap::new();
        let (mut differing, mut lines) = (Holding::default(), Vec::new());
        let listed = question.limit.unwrap_or(LISTED).min(LIST_MAX);
        for (place, seat) in territory.customers.iter().enumerate() {
            let value = values.get(&seat.id).copied().unwrap_or_default();
            let (from, to) = (one.owner(place), two.owner(place));
            for (column, position) in [seat.owner, from, to].into_iter().enumerate() {
                positions.entry(position).or_default()[column].add(value);
            }
            if from == to {
                continue;
            }
            differing.add(value);
            flows.entry((from, to)).or_default().add(value);
            if lines.len() < listed && question.after.is_none_or(|after| seat.id > after) {
                lines.push(ComparedCustomer {
                    customer: seat.id,
                    number: None,
                    now: title(territory, seat.owner),
                    from: title(territory, from),
                    to: title(territory, to),
                    value,
                });
            }
        }
        let mut known = numbers(view, lines.iter().map(|line| line.customer))?;
        for line in &mut lines {
            line.number = known.remove(&line.customer).flatten();
        }
        let flow =
            |((from, to), moving)| Flow { from: title(territory, from), to: title(territory, to), moving };
        let mut flows: Vec<Flow> = flows.into_iter().map(flow).collect();
        flows.sort_by(|one, two| {
            two.moving
                .customers
                .cmp(&one.moving.customers)
                .then_with(|| (&one.from, &one.to).cmp(&(&two.from, &two.to)))
        });
        let position = |(position, [now, from, to]): (PositionId, [Holding; 3])| ComparedPosition {
            position,
            title: title(territory, position),
            now,
            from,
            to,
        };
        let mut positions: Vec<ComparedPosition> = positions.into_iter().map(position).collect();
        positions.sort_by(|one, two| (&one.title, one.position).cmp(&(&two.title, two.position)));
        Ok(ComparedVersions {
            from: one.territory.model.code.clone(),
            to: two.territory.model.code.clone(),
            customers: territory.customers.len() as u64,
            differing,
            currency: figures.currency,
            positions,
            flows,
            lines,
        })
    })
}
