//! Rows that say what the market of an area was in a period.

use super::decide::{Decided, Decider, Fault, Ready, fault};
use super::ids::Ids;
use super::known::one_of;
use super::report::RejectedRow;
use super::rows::{Checked, CheckedRow, Market};
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::UnitId;
use clientela_core::organisation::{Unit, Verb};
use clientela_core::performance::MarketTotal;
use clientela_model::{EntityId, Predicate, Record, Value, ValueError};
use clientela_store::Stored;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What is known of an area and a period.
type Known = HashMap<(UnitId, NaiveDate, NaiveDate), Stored<MarketTotal>>;

impl Decider {
    /// Decides a chunk of markets: a number for an area and period that has one takes its place, as the command of the same name
    /// does it.
    pub(super) fn markets(
        &mut self,
        view: &View<'_>,
        rows: Vec<CheckedRow>,
        ids: &Ids<'_>,
    ) -> Result<Vec<Decided>> {
        let units: HashMap<String, UnitId> = view
            .records::<Unit>(&Predicate::Everything)?
            .into_iter()
            .map(|unit| (unit.code, unit.id))
            .collect();
        let named = rows.iter().filter_map(|(_, row)| match row {
            Ok(Checked::Market(market)) => units.get(&market.unit).map(|unit| unit.uuid()),
            _ => None,
        });
        let named: BTreeSet<Uuid> = named.collect();
        let mut known = Known::new();
        if let Some(condition) = one_of("unit", named.into_iter().map(Value::Id)) {
            for stored in view.all_of::<MarketTotal>(&condition)? {
                let total = &stored.record;
                known.insert((total.unit, total.first_day, total.last_day), stored);
            }
        }
        let mut decided = Vec::with_capacity(rows.len());
        for (line, row) in rows {
            let outcome = match row {
                Ok(Checked::Market(market)) => self
                    .market(view, line, *market, (&units, &known), ids.next())
                    .map_err(|error| RejectedRow::new(line, &*error)),
                Ok(_) => continue,
                Err(rejected) => Err(rejected),
            };
            decided.push(Decided { line, outcome });
        }
        Ok(decided)
    }

    fn market(
        &mut self,
        view: &View<'_>,
        line: u64,
        market: Market,
        (units, known): (&HashMap<String, UnitId>, &Known),
        id: Uuid,
    ) -> std::result::Result<Ready, Fault> {
        let unit = *units.get(&market.unit).ok_or_else(|| {
            let problem = "is not the code of a unit you can see";
            fault(ValueError::new("record.not_found", "unit", problem, "the code of a unit").at("unit"))
        })?;
        let days = (market.first_day, market.last_day);
        let before = known.get(&(unit, days.0, days.1));
        let id = before.map_or_else(|| EntityId::from_uuid(id), |before| before.record.id);
        let total = MarketTotal::of(id, unit, days, market.registrations, market.source).map_err(fault)?;
        let verb = if before.is_some() { Verb::Change } else { Verb::Create };
        if !view.may(verb, MarketTotal::ENTITY, &total.to_values()) {
            let problem = "may not be entered by your position";
            let error = ValueError::new("access.not_allowed", "market_total", problem, "an administrator");
            return Err(fault(error.at("unit")));
        }
        let keys = [("unit", Some(format!("{unit} {} {}", days.0, days.1)))];
        self.first_time(line, &keys)?;
        self.note(line, keys);
        Ok(match before {
            None => Ready::Market(Box::new(total)),
            Some(before) if before.record.says(&total) => Ready::Unchanged,
            Some(before) => Ready::Changed(super::existing::Change::Market(Box::new(Stored {
                record: total,
                version: before.version,
            }))),
        })
    }
}
