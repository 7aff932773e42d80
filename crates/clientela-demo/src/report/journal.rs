//! The latest entries of the journal, of the newest opportunities and offers.

use super::facts::JournalLine;
use crate::day::{short, user_name};
use crate::error::Result;
use clientela::core::organisation::{Position, Unit, User};
use clientela::core::sales::{Offer, Opportunity, Stage};
use clientela::model::{EntityId, Value};
use clientela::{HistoryEntry, Predicate, Record, Session};
use std::collections::HashMap;
use uuid::Uuid;

/// Records looked at, of each kind.
const RECORDS: usize = 12;
/// Entries shown.
const LINES: usize = 20;

pub(super) fn latest(session: &Session) -> Result<Vec<JournalLine>> {
    let mut names = names(session)?;
    let mut entries: Vec<(HistoryEntry, String)> = Vec::new();
    for opportunity in newest::<Opportunity>(session)? {
        names.insert(opportunity.id.uuid(), opportunity.number.clone());
        let history = session.history("opportunity", opportunity.id.uuid())?;
        entries.extend(history.into_iter().map(|entry| (entry, opportunity.number.clone())));
    }
    for offer in newest::<Offer>(session)? {
        names.insert(offer.id.uuid(), offer.number.clone());
        let history = session.history("offer", offer.id.uuid())?;
        entries.extend(history.into_iter().map(|entry| (entry, offer.number.clone())));
    }
    entries.sort_by_key(|(entry, _)| std::cmp::Reverse((entry.time, entry.seq)));
    entries.truncate(LINES);
    let line = |(entry, record): (HistoryEntry, String)| -> Result<JournalLine> {
        Ok(JournalLine {
            at: entry.time,
            who: user_name(session, entry.actor)?,
            changes: changes(&entry, &names),
            command: entry.kind,
            record,
        })
    };
    entries.into_iter().map(line).collect()
}

/// The records entered last: ids sort by time.
fn newest<R: Record>(session: &Session) -> Result<Vec<R>> {
    let count = usize::try_from(session.count::<R>(&Predicate::Everything)?).unwrap_or(0);
    let page = session.list::<R>(&Predicate::Everything, RECORDS, count.saturating_sub(RECORDS))?;
    Ok(page.into_iter().map(|stored| stored.record).collect())
}

/// What people call the records that ids in the journal name.
fn names(session: &Session) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    let everything = &Predicate::Everything;
    names.extend(
        super::facts::all::<Stage>(session, everything)?
            .into_iter()
            .map(|stage| (stage.id.uuid(), stage.name)),
    );
    names.extend(
        super::facts::all::<Position>(session, everything)?.into_iter().map(|one| (one.id.uuid(), one.title)),
    );
    names.extend(
        super::facts::all::<Unit>(session, everything)?.into_iter().map(|unit| (unit.id.uuid(), unit.code)),
    );
    names.extend(
        super::facts::all::<User>(session, everything)?.into_iter().map(|user| (user.id.uuid(), user.name)),
    );
    Ok(names)
}

fn changes(entry: &HistoryEntry, names: &HashMap<Uuid, String>) -> String {
    if entry.created {
        return format!("entered, {} fields", entry.changes.len());
    }
    let shown = |value: &Value| match value {
        Value::Id(id) => names.get(id).cloned().unwrap_or_else(|| short(value)),
        _ => short(value),
    };
    let told = entry.changes.iter().map(|change| {
        format!("{}: {} → {}", change.column.label, shown(&change.before), shown(&change.after))
    });
    told.collect::<Vec<_>>().join("; ")
}
