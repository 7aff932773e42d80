//! All parties by the keys of the rules in force: who may be the one that is entered.

use crate::error::{CrmError, Result};
use crate::setting;
use crate::view::View;
use clientela_analytics::linkage::{Blocks, Chance, Evidence, Model, Table, Task, weight_of};
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::organisation::{Position, Unit, Verb};
use clientela_core::party::matching::{Facts, Feature, Features, MatchPolicy, comparison, passes};
use clientela_core::party::{Party, PartyKind, Relationship};
use clientela_model::{ClosedList, EntityId, Predicate, Record};
use clientela_store::{Order, Reader, RowView, StoreError};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

/// Random pairs by which it is known how often any two agree.
const RANDOM_PAIRS: u32 = 100_000;
/// The seed of them: the same store, the same weights.
const SEED: u64 = 1;
/// Commits that are looked through; after more all is read again.
const COMMITS_MAX: u32 = 20_000;
/// As many rows out of use are never worth reading all again.
const FEW: usize = 64;
/// Rows of all tables together, at most, unless one alone has more.
const ROWS_MAX: usize = 4_000_000;
/// Tables, at most.
const TABLES_MAX: usize = 256;
/// Columns of a party that are compared.
const COLUMNS: [&str; 11] = [
    "id",
    "kind",
    "name",
    "name2",
    "vat_number",
    "street",
    "postal_code",
    "locality",
    "country",
    "email",
    "phone",
];

/// The parties, one table for all who see the same; read when it is first asked for. What an actor does not see is in none of
/// his: neither a weight nor a key that is too common tells of it.
#[derive(Debug, Default)]
pub(crate) struct DuplicateIndex(Mutex<Vec<Kept>>);

/// The table of those who see the same.
#[derive(Debug)]
struct Kept {
    /// Which parties they see.
    sight: Predicate,
    rows: usize,
    index: Arc<Mutex<Option<Index>>>,
}

/// A party that may be the one asked about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) party: PartyId,
    /// In bits, the prior included.
    pub(crate) weight: f64,
    pub(crate) evidence: Vec<Evidence>,
}

#[derive(Debug)]
struct Index {
    commit: i64,
    policy: MatchPolicy,
    table: Table,
    blocks: Blocks,
    model: Model,
    rows: Vec<PartyId>,
    row_of: HashMap<PartyId, u32>,
}

impl DuplicateIndex {
    /// Parties that may be the one of these facts, the likeliest first, with the rules they were found by and the prior; `of` is
    /// that party itself when it is known. None when somebody brought the parties to a later state than the view's.
    ///
    /// # Errors
    /// `store.cancelled`, `setting.malformed` and what the store says.
    pub(crate) fn candidates(
        &self,
        view: &View<'_>,
        facts: &Facts,
        of: Option<PartyId>,
        least: Option<f64>,
    ) -> Result<Option<(MatchPolicy, f64, Vec<Found>)>> {
        let policy: MatchPolicy = setting::of(view, setting::DUPLICATES)?;
        let commit = view.reader.version()?;
        let sight = view.readable(Party::ENTITY);
        let kept = self.kept(&sight);
        let mut state = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match state.take() {
            Some(index) if index.commit > commit => {
                *state = Some(index);
                return Ok(None);
            }
            Some(index) if index.policy == policy => index.brought_to(view, commit)?,
            _ => None,
        };
        let index = match known {
            Some(index) => state.insert(index),
            None => state.insert(Index::read(view, policy, commit)?),
        };
        let found = index.candidates(facts, of, least);
        let (rules, prior, rows) = (index.policy.clone(), index.model.prior(), index.table.rows());
        drop(state);
        self.used(&sight, rows);
        Ok(Some((rules, prior, found)))
    }

    fn kept(&self, sight: &Predicate) -> Arc<Mutex<Option<Index>>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.iter().find(|kept| kept.sight == *sight) {
            return Arc::clone(&kept.index);
        }
        let index = Arc::default();
        all.push(Kept { sight: sight.clone(), rows: 0, index: Arc::clone(&index) });
        index
    }

    /// Puts the table last, and gives up those that were not asked for longest when all together are too large.
    fn used(&self, sight: &Predicate, rows: usize) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = all.iter().position(|kept| kept.sight == *sight) else { return };
        let mut kept = all.remove(at);
        kept.rows = rows;
        all.push(kept);
        let mut sum: usize = all.iter().map(|kept| kept.rows).sum();
        let mut spare = 0;
        while spare + 1 < all.len() && (sum > ROWS_MAX || all.len() - spare > TABLES_MAX) {
            sum -= all[spare].rows;
            spare += 1;
        }
        all.drain(..spare);
    }

    /// Forgets all.
    pub(crate) fn drop_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Index {
    fn read(view: &View<'_>, policy: MatchPolicy, commit: i64) -> Result<Self> {
        let reader = view.reader;
        let mut table = Table::new(Feature::ALL.len());
        let mut rows = Vec::new();
        let total = reader.count(Party::ENTITY, &Predicate::Everything)?;
        scan(reader, &view.readable(Party::ENTITY), &mut |party, facts| {
            if rows.len().is_multiple_of(1_024) {
                reader.tell("parties", rows.len() as u64, total);
            }
            table.push(&Features::of(facts).cells());
            rows.push(party);
        })?;
        let blocks = Blocks::new(&table, &passes(&policy), policy.block_max);
        let model = model_of(&policy, &table)?;
        let row_of = rows.iter().copied().zip(0_u32..).collect();
        let mut index = Self { commit, policy, table, blocks, model, rows, row_of };
        index.expect_one();
        Ok(index)
    }

    /// The same brought to a later state; none when it is quicker to read all again.
    fn brought_to(mut self, view: &View<'_>, commit: i64) -> Result<Option<Self>> {
        if self.commit == commit {
            return Ok(Some(self));
        }
        let Some(parties) = touched(view.reader, self.commit)? else { return Ok(None) };
        for party in parties {
            if let Some(row) = self.row_of.remove(&party) {
                self.table.drop_row(row);
            }
            let Some(stored) = view.reader.get::<Party>(party)? else { continue };
            if !view.may(Verb::Read, Party::ENTITY, &stored.record.to_values()) {
                continue;
            }
            let row = self.table.push(&Features::of(&Facts::from(&stored.record)).cells());
            self.blocks.add(&self.table, row);
            self.rows.push(party);
            self.row_of.insert(party, row);
        }
        if self.table.rows() - self.table.rows_in_use() > self.table.rows_in_use() / 4 + FEW {
            return Ok(None);
        }
        self.commit = commit;
        self.expect_one();
        Ok(Some(self))
    }

    /// Of all parties at most one is the one that is entered.
    #[allow(clippy::float_arithmetic, reason = "a probability is not money")]
    fn expect_one(&mut self) {
        let parties = u32::try_from(self.table.rows_in_use().max(1)).unwrap_or(u32::MAX);
        self.model.set_share_same(self.policy.expected / f64::from(parties));
    }

    fn candidates(&mut self, facts: &Facts, of: Option<PartyId>, least: Option<f64>) -> Vec<Found> {
        let features = Features::of(facts);
        let probe = self.table.push_probe(&features.cells());
        let itself = of.and_then(|party| self.row_of.get(&party).copied());
        let least = weight_of(least.unwrap_or(self.policy.possible));
        let mut found: Vec<(u32, f64)> = Vec::new();
        self.blocks.candidates(&self.table, probe, |row| {
            if Some(row) != itself {
                let weight = self.model.weight(&self.table, row, probe);
                if weight >= least {
                    found.push((row, weight));
                }
            }
        });
        found.sort_by(|(one, weight), (other, than)| than.total_cmp(weight).then(one.cmp(other)));
        let told = found.into_iter().filter_map(|(row, weight)| {
            let evidence = self.model.explain(&self.table, row, probe);
            Some(Found { party: *self.rows.get(row as usize)?, weight, evidence })
        });
        let told = told.collect();
        self.table.take_probe();
        told
    }
}

/// The parties that were touched since a commit, themselves or by who has business with them; none when that is too much, or
/// when the organisation has changed and with it who sees what.
fn touched(reader: &Reader<'_>, since: i64) -> Result<Option<Vec<PartyId>>> {
    let Some(touched) = reader.touched_since(since, COMMITS_MAX)? else { return Ok(None) };
    let mut parties = Vec::new();
    for (declared, id) in touched {
        if declared.number == Party::ENTITY.number {
            parties.push(PartyId::from_uuid(id));
        } else if declared.number == Relationship::ENTITY.number {
            let stored = reader.get::<Relationship>(CustomerId::from_uuid(id))?;
            parties.extend(stored.map(|stored| stored.record.party));
        } else if [Unit::ENTITY.number, Position::ENTITY.number].contains(&declared.number) {
            return Ok(None);
        }
    }
    parties.sort_unstable();
    parties.dedup();
    Ok(Some(parties))
}

/// What agreement is worth: as it was learnt, or as it is assumed, with what any two of the table agree in.
pub(super) fn model_of(policy: &MatchPolicy, table: &Table) -> Result<Model> {
    let unfit = || CrmError::Internal { what: "rules of duplicates are checked when they are set" };
    if let Some(model) = policy.learnt() {
        return Ok(model);
    }
    let compared = comparison(policy).ok_or_else(unfit)?;
    let chance = Chance::of(table, &compared, Task::Within, RANDOM_PAIRS, SEED);
    let assumed = policy.assumed(policy.expected).ok_or_else(unfit)?;
    let same = assumed.same().to_vec();
    Ok(Model::of_shares(compared, policy.expected, same, chance.shares().to_vec()).ok_or_else(unfit)?)
}

/// Visits what is compared of parties.
fn scan(reader: &Reader<'_>, condition: &Predicate, take: &mut dyn FnMut(PartyId, &Facts)) -> Result<()> {
    let mut failed = None;
    // By id, so that the same store always gives the same weights.
    reader.scan(
        Party::ENTITY,
        &COLUMNS,
        condition,
        Some(&Order::by_id()),
        &mut |row| match facts_of(row) {
            Ok((Some(id), facts)) => {
                take(PartyId::from_uuid(id), &facts);
                ControlFlow::Continue(())
            }
            Ok((None, _)) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        },
    )?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// What is compared of a row of the columns above.
fn facts_of(row: &RowView<'_>) -> std::result::Result<(Option<uuid::Uuid>, Facts), StoreError> {
    let text = |at: usize| Ok::<_, StoreError>(row.text(at)?.map(str::to_owned));
    let facts = Facts {
        kind: row.text(1)?.and_then(|word| PartyKind::parse(word).ok()),
        name: text(2)?,
        name2: text(3)?,
        vat_number: text(4)?,
        street: text(5)?,
        postal_code: text(6)?,
        locality: text(7)?,
        country: text(8)?,
        email: text(9)?,
        phone: text(10)?,
    };
    Ok((row.id(0)?, facts))
}
