//! The rule set of the installation, asked of all leads at once.

use super::{LeadRules, by_lead, of_leads};
use crate::error::Result;
use crate::mirror::{ids_of, read_with_children};
use crate::rules::{values_read, with_values};
use crate::view::View;
use clientela_columns::{Bits, Population, Query, Running};
use clientela_core::custom::LeadCustomValue;
use clientela_core::ids::LeadId;
use clientela_core::leads::Lead;
use clientela_core::leads::scoring::{LeadAnswer, of_decided, scored};
use clientela_core::rules_environment::{ADDED, AsOf};
use clientela_model::{Entity, EntityId, Predicate, Record, Value};
use clientela_rules::ruleset::{Decided, FlatRow};
use clientela_rules::{Datum, Rule};
use clientela_store::{Order, StoreError, Watch};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// What rules give a lead.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScoredRow {
    /// The lead.
    pub(crate) lead: LeadId,
    /// From 0 to 100; none when it cannot be told.
    pub(crate) score: Option<u32>,
    /// The grade of that score.
    pub(crate) grade: Option<String>,
}

/// The score a lead was given last.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredScore {
    score: Value,
    grade: Value,
    scored_by: Value,
}

impl StoredScore {
    /// Whether it is this score by this version.
    pub(crate) fn is(&self, score: u32, grade: Option<&str>, rule_set: &str) -> bool {
        let text = |value: &Value, text: Option<&str>| match value {
            Value::Text(known) => Some(&**known) == text,
            _ => text.is_none(),
        };
        self.score == Value::Integer(score.into())
            && text(&self.grade, grade)
            && text(&self.scored_by, Some(rule_set))
    }
}

/// The scores the leads that may be seen and satisfy a condition were given last.
pub(crate) fn stored_scores(view: &View<'_>, condition: &Predicate) -> Result<HashMap<LeadId, StoredScore>> {
    let visible = condition.clone().and(view.readable(Lead::ENTITY));
    let columns = ["id", "score", "grade", "scored_by"];
    let rows = view.reader.select(Lead::ENTITY, &columns, &visible, &Order::by_id(), None, 0)?;
    let kept = rows.into_iter().filter_map(|(values, _)| {
        let mut values = values.into_iter();
        let (id, score, grade, scored_by) = (values.next()?, values.next()?, values.next()?, values.next()?);
        let Value::Id(id) = id else { return None };
        Some((LeadId::from_uuid(id), StoredScore { score, grade, scored_by }))
    });
    Ok(kept.collect())
}

/// The scores of all leads that may be seen and satisfy a condition, by id. A rule set of plain rows is asked in columns, each row
/// of all leads at once; another one lead by lead.
pub(crate) fn score_all(view: &View<'_>, rules: &LeadRules, condition: &Predicate) -> Result<Vec<ScoredRow>> {
    match rules.set.rules.flat_rows() {
        Some(rows) => in_columns(view, rules, condition, &rows),
        None => one_by_one(view, rules, condition),
    }
}

fn one_by_one(view: &View<'_>, rules: &LeadRules, condition: &Predicate) -> Result<Vec<ScoredRow>> {
    let answers = by_lead(view.records::<LeadAnswer>(&of_leads(condition))?);
    let leads = view.records::<Lead>(condition)?;
    let mut added: HashMap<LeadId, Vec<LeadCustomValue>> = HashMap::new();
    for value in
        values_read::<LeadCustomValue>(view, &rules.set.vocabulary, rules.set.rules.reads(), condition)?
    {
        added.entry(value.lead).or_default().push(value);
    }
    let row = |lead: Lead| {
        let given = answers.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
        let added = added.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
        let (score, _) = rules.score(&lead, (given, added), LeadRules::kept())?;
        let (score, grade) = score.map_or((None, None), |found| (Some(found.score), found.grade));
        Ok(ScoredRow { lead: lead.id, score, grade })
    };
    leads.into_iter().map(row).collect()
}

fn in_columns(
    view: &View<'_>,
    rules: &LeadRules,
    condition: &Predicate,
    rows: &[FlatRow<'_>],
) -> Result<Vec<ScoredRow>> {
    let visible = condition.clone().and(view.readable(Lead::ENTITY));
    let of = |child: &'static Entity| of_leads(condition).and(view.readable(child));
    let children = [
        ("answers", LeadAnswer::ENTITY, "lead", of(LeadAnswer::ENTITY)),
        (ADDED, LeadCustomValue::ENTITY, "lead", of(LeadCustomValue::ENTITY)),
    ];
    let leads = read_with_children(view.reader, (Lead::ENTITY, &visible), &children)?;
    let ids: Vec<u128> = leads.column("id").map(|column| ids_of(column).to_vec()).unwrap_or_default();
    let count = leads.rows();
    let (vocabulary, reads) = (&rules.set.vocabulary, rules.set.rules.reads());
    let added = values_read::<LeadCustomValue>(view, vocabulary, reads, condition)?;
    let leads = with_values(leads, &ids, vocabulary, ("lead", reads), &added);
    let conditions: Vec<Arc<dyn Rule>> =
        rows.iter().flat_map(|row| row.conditions.iter().map(Arc::clone)).collect();
    let constants = Arc::new(AsOf::from(rules.today));
    let population = Population::named("lead", Arc::new(leads));
    let query = Query::new(&conditions, &population, rules.set.vocabulary.of_lead(), constants)?;
    let running = Running { cancel: view.reader.watch().map(Watch::stopped), ..Running::default() };
    let mut answers = query.answers(running).ok_or(StoreError::Cancelled)?.into_iter();
    let mut points = Points::new(count, rows);
    for row in rows {
        let mut holds = Bits::all(count);
        for answer in answers.by_ref().take(row.conditions.len()) {
            holds = holds.and(&answer.holds);
        }
        points.add(row.output, &holds);
    }
    let row = |(at, id): (usize, u128)| {
        let (score, grade) = points.of(at).map_or((None, None), |points| {
            let (score, grade) = scored(points, &rules.policy);
            (Some(score), grade)
        });
        ScoredRow { lead: LeadId::from_uuid(Uuid::from_u128(id)), score, grade }
    };
    Ok(ids.into_iter().enumerate().map(row).collect())
}

/// Sums of points at one scale; whole numbers while they are added up.
struct Points {
    scale: u32,
    /// None when the sum is too large, or an output no number.
    sums: Vec<Option<i64>>,
}

impl Points {
    fn new(count: usize, rows: &[FlatRow<'_>]) -> Self {
        let scale = rows.iter().filter_map(|row| number(row.output)).map(|points| points.scale()).max();
        Self { scale: scale.unwrap_or(0), sums: vec![Some(0); count] }
    }

    fn add(&mut self, output: &Datum, holds: &Bits) {
        let points = number(output).and_then(|mut points| {
            points.rescale(self.scale);
            i64::try_from(points.mantissa()).ok()
        });
        for row in holds.iter() {
            if let Some(sum) = self.sums.get_mut(row) {
                *sum = sum.zip(points).and_then(|(sum, points)| sum.checked_add(points));
            }
        }
    }

    fn of(&self, row: usize) -> Option<Decimal> {
        let sum = self.sums.get(row).copied().flatten()?;
        Some(Decimal::new(sum, self.scale))
    }
}

fn number(output: &Datum) -> Option<Decimal> {
    of_decided(&Decided::Value(output.clone()))
}
