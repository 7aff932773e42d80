//! Which of the customers one actor sees are one.

use crate::error::{CrmError, Result};
use crate::view::View;
use clientela_analytics::linkage::{
    Blocks, Candidates, Chance, Learning, Match, Model, Table, Task, TooLarge, coherent, connected, weight_of,
};
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::party::Customer;
use clientela_core::party::PartyKind;
use clientela_core::party::matching::{Facts, Feature, Features, MatchPolicy, comparison, passes};
use clientela_model::{ClosedList, EntityId, Predicate, Record};
use clientela_store::{Order, RowView, StoreError};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Random pairs by which it is known how often any two agree.
const RANDOM_PAIRS: u32 = 200_000;
const SEED: u64 = 1;
/// Pairs that are compared at most: a rule that asks for more is too wide.
const PAIRS_MAX: usize = 200_000_000;
/// Customers of one cluster at most.
const CLUSTER_MAX: usize = 200;
/// One customer in so many is taken to be a repetition before anything is known.
const REPEATED_ONE_IN: u32 = 20;
/// Columns of a customer that are compared, and whose it is.
const COLUMNS: [&str; 12] = [
    "id",
    "party",
    "number",
    "kind",
    "name",
    "vat_number",
    "street",
    "postal_code",
    "locality",
    "country",
    "email",
    "phone",
];

/// A party with the customers of it that the actor sees.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) party: PartyId,
    pub(crate) name: String,
    pub(crate) customers: Vec<(CustomerId, Option<String>)>,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Clustered {
    pub(crate) parties: Vec<Seen>,
    pub(crate) table: Table,
    pub(crate) model: Model,
    pub(crate) compared: usize,
    pub(crate) cut: bool,
    pub(crate) too_large: Vec<TooLarge>,
    /// Rows that are one, with the matches among them.
    pub(crate) clusters: Vec<(Vec<u32>, Vec<Match>)>,
}

/// All clusters of the customers the actor sees, the surest first.
///
/// # Errors
/// `store.cancelled` and what the store says.
#[allow(clippy::float_arithmetic, reason = "shares of pairs are not money")]
pub(crate) fn clustered(view: &View<'_>, policy: &MatchPolicy, least: Option<f64>) -> Result<Clustered> {
    let (parties, table) = seen(view)?;
    let unfit = || CrmError::Internal { what: "rules of duplicates are checked when they are set" };
    let compared = comparison(policy).ok_or_else(unfit)?;
    let blocks = Blocks::new(&table, &passes(policy), policy.block_max);
    let candidates = Candidates::compare(&table, &blocks, &compared, Task::Within, PAIRS_MAX);
    let records = u32::try_from(table.rows()).unwrap_or(u32::MAX);
    let model = match policy.learnt() {
        Some(model) => model,
        None if records < policy.learn_from => {
            let mut model = super::model_of(policy, &table)?;
            model.set_share_same(policy.expected / f64::from(records.max(1)));
            model
        }
        None => {
            let chance = Chance::of(&table, &compared, Task::Within, RANDOM_PAIRS, SEED);
            let learning = Learning {
                pairs: Task::Within.pairs(&table),
                expected: f64::from(records / REPEATED_ONE_IN).max(0.5),
                firmness: 1.0,
                most: f64::from(records) * 2.0,
            };
            Model::learn(compared, &candidates, &chance, learning)
        }
    };
    let least = weight_of(least.unwrap_or(policy.possible));
    let matches = model.matches(&table, &candidates, least);
    let groups = if policy.coherent {
        coherent(records, &matches, least, CLUSTER_MAX, |one, other| {
            if apart(policy, &table, one, other) {
                f64::NEG_INFINITY
            } else {
                model.weight(&table, one, other)
            }
        })
    } else {
        connected(records, &matches)
    };
    let clusters = with_matches(groups, &matches);
    let (compared, cut) = (candidates.pairs.len(), candidates.cut);
    Ok(Clustered { parties, table, model, compared, cut, too_large: candidates.too_large, clusters })
}

/// Whether two customers are told apart by what no two have.
fn apart(policy: &MatchPolicy, table: &Table, one: u32, other: u32) -> bool {
    policy.apart.iter().any(|feature| table.differs(*feature as usize, one, other))
}

fn with_matches(groups: Vec<Vec<u32>>, matches: &[Match]) -> Vec<(Vec<u32>, Vec<Match>)> {
    let mut place_of: HashMap<u32, usize> = HashMap::new();
    let mut clusters: Vec<(Vec<u32>, Vec<Match>)> = Vec::with_capacity(groups.len());
    for group in groups {
        place_of.extend(group.iter().map(|row| (*row, clusters.len())));
        clusters.push((group, Vec::new()));
    }
    for found in matches {
        if let (Some(one), Some(other)) = (place_of.get(&found.left), place_of.get(&found.right))
            && one == other
        {
            clusters[*one].1.push(*found);
        }
    }
    for (_, matches) in &mut clusters {
        matches.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    }
    let surest = |cluster: &(Vec<u32>, Vec<Match>)| cluster.1.first().map_or(f64::MIN, |found| found.weight);
    clusters.sort_by(|one, other| surest(other).total_cmp(&surest(one)).then(one.0.cmp(&other.0)));
    clusters
}

/// The parties of all customers the actor sees, and what is compared of them.
fn seen(view: &View<'_>) -> Result<(Vec<Seen>, Table)> {
    let mut table = Table::new(Feature::ALL.len());
    let mut parties: Vec<Seen> = Vec::new();
    let mut place_of: HashMap<PartyId, usize> = HashMap::new();
    let total = view.reader.count(Customer::ENTITY, &Predicate::Everything)?;
    let mut done = 0_u64;
    let mut failed = None;
    // By id, so that the same customers always give the same weights.
    let order = Order::by_id();
    view.reader.scan(
        Customer::ENTITY,
        &COLUMNS,
        &view.readable(Customer::ENTITY),
        Some(&order),
        &mut |row| {
            done += 1;
            if done.is_multiple_of(1_024) {
                view.reader.tell("customers", done, total);
            }
            match read(row) {
                Ok(Some((customer, number, party, facts))) => {
                    let place = *place_of.entry(party).or_insert_with(|| {
                        table.push(&Features::of(&facts).cells());
                        parties.push(Seen {
                            party,
                            name: facts.name.unwrap_or_default(),
                            customers: Vec::new(),
                        });
                        parties.len() - 1
                    });
                    if let Some(seen) = parties.get_mut(place) {
                        seen.customers.push((customer, number));
                    }
                    ControlFlow::Continue(())
                }
                Ok(None) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
    )?;
    failed.map_or(Ok((parties, table)), |error| Err(error.into()))
}

type Read = Option<(CustomerId, Option<String>, PartyId, Facts)>;

fn read(row: &RowView<'_>) -> std::result::Result<Read, StoreError> {
    let text = |at: usize| Ok::<_, StoreError>(row.text(at)?.map(str::to_owned));
    let (Some(customer), Some(party)) = (row.id(0)?, row.id(1)?) else { return Ok(None) };
    let facts = Facts {
        kind: row.text(3)?.and_then(|word| PartyKind::parse(word).ok()),
        name: text(4)?,
        name2: None,
        vat_number: text(5)?,
        street: text(6)?,
        postal_code: text(7)?,
        locality: text(8)?,
        country: text(9)?,
        email: text(10)?,
        phone: text(11)?,
    };
    Ok(Some((CustomerId::from_uuid(customer), text(2)?, PartyId::from_uuid(party), facts)))
}
