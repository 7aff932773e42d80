//! What funnels are divided by.

use super::{Book, Pipeline};
use crate::error::Result;
use crate::view::View;
use clientela_core::catalogue::Product;
use clientela_core::ids::{
    CampaignId, CustomerId, OpportunityId, PositionId, ProductId, SalesMethodId, UnitId,
};
use clientela_core::marketing::Campaign;
use clientela_core::organisation::Unit;
use clientela_core::party::{Customer, Relationship};
use clientela_core::sales::pipeline::{History, Passages};
use clientela_core::sales::{Opportunity, OpportunityCompetitor, OpportunityProduct, Standing};
use clientela_model::{ClosedList, Predicate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What a funnel is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Title of the owner's position.
    Seller,
    /// Code of the owner's unit.
    Unit,
    /// Code of the sales method.
    Method,
    /// Code of the campaign it came from, else where the customer came from.
    Source,
    /// Product line of what most is wanted of.
    ProductLine,
    /// Number of vehicles, in bands.
    Size,
    /// Country of the customer.
    Country,
    /// Size of the customer, when classified.
    CustomerSize,
    /// Trade of the customer: the division of its NACE code, which is its first two digits.
    Trade,
    /// Who got it instead; while that is not known, the competitor that stands best.
    Competitor,
}

/// What is not known on an axis.
pub(crate) const UNKNOWN: &str = "unknown";

/// The value of each opportunity on an axis; all alike without one.
pub(crate) fn labels(view: &View<'_>, pipeline: &Pipeline, axis: Option<Axis>) -> Result<Vec<String>> {
    let all = |label: &dyn Fn(&Opportunity) -> Option<String>| {
        let of =
            |one| label(one).filter(|text| !text.trim().is_empty()).unwrap_or_else(|| UNKNOWN.to_owned());
        pipeline.opportunities.iter().map(of).collect()
    };
    Ok(match axis {
        None => all(&|_| Some("all".to_owned())),
        Some(Axis::Seller) => {
            let titles: HashMap<PositionId, &str> =
                pipeline.positions.iter().map(|one| (one.id, one.title.as_str())).collect();
            all(&|one| titles.get(&one.owner).map(|title| (*title).to_owned()))
        }
        Some(Axis::Unit) => {
            let units: Vec<Unit> = view.records(&Predicate::Everything)?;
            let codes: HashMap<UnitId, String> = units.into_iter().map(|unit| (unit.id, unit.code)).collect();
            all(&|one| codes.get(&one.unit).cloned())
        }
        Some(Axis::Method) => {
            let codes: HashMap<SalesMethodId, &str> =
                pipeline.methods.iter().map(|one| (one.id, one.code.as_str())).collect();
            all(&|one| codes.get(&one.method).map(|code| (*code).to_owned()))
        }
        Some(Axis::Source) => {
            let campaigns: Vec<Campaign> = view.records(&Predicate::Everything)?;
            let campaigns: HashMap<CampaignId, String> =
                campaigns.into_iter().map(|one| (one.id, one.code)).collect();
            let customers: Vec<Relationship> = view.records(&Predicate::Everything)?;
            let sources: HashMap<CustomerId, Option<String>> =
                customers.into_iter().map(|one| (one.id, one.source)).collect();
            all(&|one| {
                let campaign = one.campaign.and_then(|id| campaigns.get(&id).cloned());
                campaign.or_else(|| sources.get(&one.customer).cloned().flatten())
            })
        }
        Some(Axis::ProductLine) => {
            let lines = product_lines(view)?;
            all(&|one| lines.get(&one.id).cloned())
        }
        Some(Axis::Size) => all(&|one| one.vehicles.map(|count| size(count).to_owned())),
        Some(Axis::Country) => {
            let of = of_customers(view, |one| Some(one.country.code().to_owned()))?;
            all(&|one| of.get(&one.customer).cloned())
        }
        Some(Axis::CustomerSize) => {
            let of = of_customers(view, |one| one.size.map(|size| size.word().to_owned()))?;
            all(&|one| of.get(&one.customer).cloned())
        }
        Some(Axis::Trade) => {
            let division = |code: &str| code.split('.').next().map(str::to_owned);
            let of = of_customers(view, |one| one.nace.as_deref().and_then(division))?;
            all(&|one| of.get(&one.customer).cloned())
        }
        Some(Axis::Competitor) => {
            let ahead = best_competitors(view)?;
            all(&|one| one.competitor.clone().or_else(|| ahead.get(&one.id).cloned()))
        }
    })
}

/// What is known of customers, where it is.
fn of_customers(
    view: &View<'_>,
    known: impl Fn(&Customer) -> Option<String>,
) -> Result<HashMap<CustomerId, String>> {
    let customers: Vec<Customer> = view.records(&Predicate::Everything)?;
    Ok(customers.iter().filter_map(|one| Some((one.id, known(one)?))).collect())
}

/// For each opportunity the competitor that stands best, of equals the first by name; those that are out of it do not count.
fn best_competitors(view: &View<'_>) -> Result<HashMap<OpportunityId, String>> {
    let mut all: Vec<OpportunityCompetitor> = view.records(&Predicate::Everything)?;
    all.retain(|one| one.standing != Standing::Out);
    let place =
        |one: &OpportunityCompetitor| Standing::ALL.iter().position(|standing| *standing == one.standing);
    all.sort_by_cached_key(|one| (place(one), one.name.clone()));
    let mut best = HashMap::new();
    for one in all {
        best.entry(one.opportunity).or_insert(one.name);
    }
    Ok(best)
}

/// The band of a number of vehicles.
pub(crate) const fn size(vehicles: u32) -> &'static str {
    match vehicles {
        0 => "none",
        1 => "1",
        2..=5 => "2-5",
        6..=20 => "6-20",
        _ => "above 20",
    }
}

/// The line of the product of which most is wanted, for each opportunity that names products.
pub(crate) fn product_lines(view: &View<'_>) -> Result<HashMap<OpportunityId, String>> {
    let products: Vec<Product> = view.records(&Predicate::Everything)?;
    let lines: HashMap<ProductId, Option<String>> =
        products.into_iter().map(|one| (one.id, one.line)).collect();
    let mut most: HashMap<OpportunityId, (Decimal, String)> = HashMap::new();
    for wanted in view.records::<OpportunityProduct>(&Predicate::Everything)? {
        let Some(Some(line)) = lines.get(&wanted.product) else { continue };
        let more = most.get(&wanted.opportunity).is_none_or(|(quantity, _)| *quantity < wanted.quantity);
        if more && !wanted.quantity.is_zero() {
            most.insert(wanted.opportunity, (wanted.quantity, line.clone()));
        }
    }
    Ok(most.into_iter().map(|(id, (_, line))| (id, line)).collect())
}

/// The histories of a book's opportunities by their label; those without one are left out.
pub(crate) fn divided(book: &Book, labels: &[Option<String>]) -> Result<BTreeMap<String, History>> {
    let mut parts: BTreeMap<&str, Passages> = BTreeMap::new();
    for (index, range) in book.history.ranges().enumerate() {
        let Some(label) = labels[Pipeline::place(book, index)].as_deref() else { continue };
        let rows = range.filter_map(|row| book.history.row(u32::try_from(row).ok()?));
        parts.entry(label).or_insert_with(Passages::empty).add(rows);
    }
    let mut divided = BTreeMap::new();
    for (label, passages) in parts {
        let history = History::new(passages, book.history.owners(), book.history.stages())?;
        divided.insert(label.to_owned(), history);
    }
    Ok(divided)
}
