//! Commands on forecasts: figures set beside what was rolled up, and forecasts kept as they were.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::pipeline::{Pipeline, figures};
use chrono::NaiveDate;
use clientela_core::organisation::{Position, Verb};
use clientela_core::sales::opportunity::check_money;
use clientela_core::sales::pipeline::opportunity_cells;
use clientela_core::sales::{ForecastAdjustment, ForecastCategory, ForecastLine, ForecastSnapshot};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, Money, ValueError, Why};
use serde::{Deserialize, Serialize};

/// Sets a figure beside what was rolled up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustForecast {
    /// The position whose figure it is about: one's own or that of a direct report; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period.
    pub last_day: NaiveDate,
    /// Which figure: commit with what is closed, best case with what is committed, pipeline with all.
    pub category: ForecastCategory,
    /// The currency.
    pub currency: Currency,
    /// What is expected instead; none takes an earlier adjustment back.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Keeps a forecast as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotForecast {
    /// Name, such as "2026-03 week 2".
    pub name: String,
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period.
    pub last_day: NaiveDate,
}

pub(super) fn adjust(door: &mut Door<'_, '_>, command: &AdjustForecast) -> Result<Outcome> {
    DateRange::new(command.first_day, Some(command.last_day)).map_err(|error| error.at("last_day"))?;
    let (owner, unit) = (door.actor().position, door.actor().unit);
    let position = match &command.position {
        Some(key) => door.resolve::<Position>(key)?.record,
        None => door.get::<Position>(owner)?.record,
    };
    if position.id != owner && position.reports_to != Some(owner) {
        let why = Why::new("forecast.not_a_report").fact("position", position.id);
        return Err(CrmError::NotAllowed { verb: Verb::Change, entity: "forecast_adjustment", why }.into());
    }
    if command.category == ForecastCategory::Omitted {
        let error = ValueError::new(
            "forecast.category",
            "category",
            "is not forecast",
            "commit, best_case or pipeline",
        );
        return Err(error.at("category").into());
    }
    if command.amount.is_some_and(|amount| amount.currency() != command.currency) {
        let error =
            ValueError::new("forecast.currency", "amount", "is in another currency", "the currency adjusted");
        return Err(error.at("amount").into());
    }
    if let Some(amount) = command.amount {
        check_money(amount, command.currency)?;
    }
    let adjustment = ForecastAdjustment {
        id: door.new_id(),
        owner,
        unit,
        position: position.id,
        first_day: command.first_day,
        last_day: command.last_day,
        category: command.category,
        currency: command.currency,
        amount: command.amount,
        note: command.note.clone(),
        at: door.now(),
        user: door.actor().user,
        day: Some(door.today()),
    };
    door.create(&adjustment)?;
    let why = Why::new("forecast.adjusted").fact("position", position.id).fact("category", command.category);
    Ok(Outcome::of(&adjustment, None, why))
}

pub(super) fn snapshot(door: &mut Door<'_, '_>, command: &SnapshotForecast) -> Result<Outcome> {
    DateRange::new(command.first_day, Some(command.last_day)).map_err(|error| error.at("last_day"))?;
    let own = door.actor().unit;
    door.unused_at_dealer::<ForecastSnapshot>("name", &command.name, own)?;
    let day = door.today();
    let pipeline = door.pipeline()?;
    let period = (command.first_day, command.last_day);
    let answer = figures::rollup(&door.shown(), &pipeline, day, period, figures::By::Position)?;
    let written =
        serde_json::to_string(&answer).map_err(|_| CrmError::Internal { what: "figures are JSON" })?;
    let snapshot = ForecastSnapshot {
        id: door.new_id(),
        name: command.name.clone(),
        owner: door.actor().position,
        unit: door.actor().unit,
        day,
        first_day: command.first_day,
        last_day: command.last_day,
        figures: written,
        at: door.now(),
        user: door.actor().user,
    };
    door.create(&snapshot)?;
    let lines = lines(door, &pipeline, &snapshot)?;
    for line in &lines {
        door.create_derived(line)?;
    }
    let why = Why::new("forecast.snapshot_taken").fact("day", day).fact("opportunities", lines.len());
    Ok(Outcome::of(&snapshot, Some(&snapshot.name), why))
}

/// The opportunities that count in the period, as they stand.
fn lines(door: &Door<'_, '_>, pipeline: &Pipeline, snapshot: &ForecastSnapshot) -> Result<Vec<ForecastLine>> {
    use crate::pipeline::{day_number, day_of_number, money};
    let period = crate::pipeline::period(snapshot.first_day, snapshot.last_day);
    let mut lines = Vec::new();
    for book in &pipeline.books {
        for (index, row, _) in opportunity_cells(&book.history, day_number(snapshot.day), period) {
            let opportunity = pipeline.opportunity(book, index);
            let all = book.history.passages();
            lines.push(ForecastLine {
                id: door.new_id(),
                snapshot: snapshot.id,
                opportunity: opportunity.id,
                number: opportunity.number.clone(),
                position: pipeline.positions[all.owner[row] as usize].id,
                stage: pipeline.stages[all.stage[row] as usize].id,
                state: all.state[row],
                category: all.category[row],
                probability: u16::from(all.probability[row]),
                amount: Some(money(i128::from(all.amount[row]), 0, book.currency)?),
                close: day_of_number(all.close[row]),
            });
        }
    }
    Ok(lines)
}
