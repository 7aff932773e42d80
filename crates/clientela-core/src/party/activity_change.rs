//! Putting an activity right: only what is named changes.

use super::activities::{
    ActivityError, ActivityEvent, ActivityStep, MINUTES_MAX, REMINDER_MAX, at_most, step,
};
use super::activity::{Activity, ActivityState, TimeCategory};
use super::entry::Seat;
use crate::findings::Check;
use crate::party::entry::named;
use clientela_model::{ValueError, Why};
use serde::{Deserialize, Serialize};

/// What is to change of an activity that is planned or reported. A field that is not named stays as it is; one named without a value is
/// emptied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityChange {
    /// What it is about, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What its time is counted as: a word of [`TimeCategory`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Where it takes place.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub place: Option<Option<String>>,
    /// Time planned for it, in minutes, at most [`MINUTES_MAX`].
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub planned_minutes: Option<Option<u32>>,
    /// When to be reminded of it, in minutes before it is planned for, at most [`REMINDER_MAX`].
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub reminder_minutes: Option<Option<u32>>,
    /// Time spent, in minutes, at most [`MINUTES_MAX`]; of what is reported.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Option<u32>>,
    /// Time of travel and waiting besides, in minutes, at most [`MINUTES_MAX`]; of what is reported.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub travel_minutes: Option<Option<u32>>,
    /// What came of it; of what is reported.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub result: Option<Option<String>>,
    /// What is next; of what is reported.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub next_step: Option<Option<String>>,
    /// Who does it, or did it. Given by the one door.
    #[serde(skip)]
    pub seat: Option<Seat>,
}

/// Changes an activity.
///
/// # Errors
/// `activity.illegal_passage` of one that was cancelled; findings in the order of the fields: `field.missing`, `text.*`,
/// `word.unknown`, `activity.minutes`, `activity.not_reported`.
pub fn change(activity: &Activity, change: &ActivityChange) -> Result<ActivityStep, ActivityError> {
    let (mut after, _) = step(activity, ActivityEvent::Change)?;
    let mut check = Check::new("activity");
    if let Some(text) = &change.subject {
        after.subject = check.needed_line("subject", Some(text)).unwrap_or_default();
    }
    if let Some(word) = &change.category {
        after.category = check.needed_word::<TimeCategory>("category", Some(word));
    }
    if let Some(place) = &change.place {
        after.place = check.line("place", place.as_deref());
    }
    for (field, given, most, slot) in [
        ("planned_minutes", change.planned_minutes, MINUTES_MAX, &mut after.planned_minutes),
        ("reminder_minutes", change.reminder_minutes, REMINDER_MAX, &mut after.reminder_minutes),
        ("minutes", change.minutes, MINUTES_MAX, &mut after.minutes),
        ("travel_minutes", change.travel_minutes, MINUTES_MAX, &mut after.travel_minutes),
    ] {
        if let Some(minutes) = given {
            at_most(&mut check, field, minutes, most);
            *slot = minutes;
        }
    }
    if let Some(result) = &change.result {
        after.result = check.paragraph("result", result.as_deref());
    }
    if let Some(next) = &change.next_step {
        after.next_step = check.line("next_step", next.as_deref());
    }
    if activity.state == ActivityState::Planned
        && let Some(field) = of_a_report(change)
    {
        check.refuse(field, not_reported());
    }
    check.finish(Some(()))?;
    if let Some(seat) = change.seat {
        (after.owner, after.unit) = (seat.owner, seat.unit);
    }
    let why = Why::new("activity.changed").fact("state", after.state);
    Ok(ActivityStep { activity: after, why })
}

/// The first field that only a report has.
fn of_a_report(change: &ActivityChange) -> Option<&'static str> {
    let named = [
        ("minutes", change.minutes.is_some()),
        ("travel_minutes", change.travel_minutes.is_some()),
        ("result", change.result.is_some()),
        ("next_step", change.next_step.is_some()),
    ];
    named.into_iter().find(|(_, named)| *named).map(|(field, _)| field)
}

fn not_reported() -> ValueError {
    let (problem, expected) =
        ("is given of an activity that is not reported yet", "its report, with activity.report");
    ValueError::new("activity.not_reported", "report", problem, expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ActivityId, CustomerId, PositionId, UnitId};
    use crate::party::activities::{NewActivity, Report, cancel, plan, report};
    use clientela_model::{Coded, EntityId};
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn what_is_named_changes_and_a_report_only_where_there_is_one() {
        let seat = Seat { owner: id::<PositionId>(1), unit: id::<UnitId>(2) };
        let new = NewActivity {
            kind: Some("visit".into()),
            subject: Some("Fleet".into()),
            planned_minutes: Some(30),
            ..NewActivity::default()
        };
        let planned = plan(&new, id::<ActivityId>(3), id::<CustomerId>(4), seat).unwrap().activity;
        let now = "2026-03-04T09:00:00Z".parse().unwrap();
        let told = Report { minutes: Some(45), ..Report::default() };
        let reported = report(&planned, &told, now).unwrap().activity;
        let cancelled = cancel(&planned, None).unwrap().activity;
        let read = |text: &str| serde_json::from_str::<ActivityChange>(text).unwrap();
        let code = |activity: &Activity, text: &str| {
            change(activity, &read(text)).err().map(|error| (error.code(), error.field().unwrap_or_default()))
        };
        let refused = |code, field: &str| Some((code, field.to_owned()));
        assert_eq!(code(&planned, r#"{"minutes": 50}"#), refused("activity.not_reported", "minutes"));
        assert_eq!(code(&planned, r#"{"subject": " "}"#), refused("field.missing", "subject"));
        assert_eq!(code(&reported, r#"{"minutes": 100000}"#), refused("activity.minutes", "minutes"));
        assert_eq!(code(&cancelled, r#"{"place": "x"}"#), refused("activity.illegal_passage", "state"));
        let changed =
            change(&reported, &read(r#"{"minutes": 50, "planned_minutes": null}"#)).unwrap().activity;
        assert_eq!(changed, Activity { minutes: Some(50), planned_minutes: None, ..reported.clone() });
        let other = Seat { owner: id(9), unit: id(8) };
        let handed = change(&planned, &ActivityChange { seat: Some(other), ..ActivityChange::default() });
        assert_eq!(handed.unwrap().activity, Activity { owner: other.owner, unit: other.unit, ..planned });
    }
}
