//! From an action plan to dated activities.

use super::records::{ActionPlanLine, ActionPlanTemplate};
use crate::calendar::WorkingTime;
use crate::findings::LINE_MAX;
use crate::party::activities::MINUTES_MAX;
use crate::party::{DEFAULT_MINUTES, NewActivity};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_model::{ClosedList, Coded, ErrorKind};
use std::collections::BTreeMap;

/// Most actions of a plan.
pub const LINES_MAX: usize = 100;
/// Most working days an action lies after the start: two years.
pub const LEAD_DAYS_MAX: u32 = 500;

/// A plan that cannot be kept or started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionPlanError {
    /// It has no action, or too many.
    #[error("the plan has {count} actions; give it 1 to {LINES_MAX}")]
    Count {
        /// How many it has.
        count: usize,
    },
    /// An action that cannot be.
    #[error(
        "action {place} has no subject of 1 to {LINE_MAX} characters, or lies beyond {LEAD_DAYS_MAX} working days, or takes more than a day; correct it"
    )]
    Line {
        /// Its place, from 1.
        place: u32,
    },
    /// It is no longer started.
    #[error("action plan {code} was taken back; define it again, or start another")]
    Withdrawn {
        /// Its code.
        code: String,
    },
    /// There are not so many working days.
    #[error("the calendar has no working day for action {place}; set opening hours with calendar.define")]
    NoWorkingDay {
        /// Its place, from 1.
        place: u32,
    },
}

impl Coded for ActionPlanError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Count { .. } | Self::Line { .. } => ErrorKind::Validation,
            Self::Withdrawn { .. } | Self::NoWorkingDay { .. } => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Count { .. } => "action_plan.count",
            Self::Line { .. } => "action_plan.line",
            Self::Withdrawn { .. } => "action_plan.withdrawn",
            Self::NoWorkingDay { .. } => "action_plan.no_working_day",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Count { .. } | Self::Line { .. } => "lines",
            Self::Withdrawn { .. } => "plan",
            Self::NoWorkingDay { .. } => "start",
        };
        Some(field.to_owned())
    }
}

/// Whether the actions of a plan can be kept.
///
/// # Errors
/// `action_plan.count`, `action_plan.line`.
pub fn check_plan(lines: &[ActionPlanLine]) -> Result<(), ActionPlanError> {
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(ActionPlanError::Count { count: lines.len() });
    }
    for line in lines {
        let length = line.subject.trim().chars().count();
        let subject = (1..=LINE_MAX).contains(&length) && !line.subject.chars().any(char::is_control);
        if !subject
            || line.lead_days > LEAD_DAYS_MAX
            || line.minutes.is_some_and(|minutes| minutes > MINUTES_MAX)
        {
            return Err(ActionPlanError::Line { place: line.place });
        }
    }
    Ok(())
}

/// The activities a plan makes when it is started on a day, in the order of its actions.
///
/// An action so many working days after the start is planned for the opening of that day; what falls on the same day is
/// planned one after the other. A start on a day that is closed counts as on the next working day.
///
/// # Errors
/// `action_plan.withdrawn`, `action_plan.no_working_day`.
pub fn dated(
    template: &ActionPlanTemplate,
    lines: &[ActionPlanLine],
    start: NaiveDate,
    time: &WorkingTime,
) -> Result<Vec<NewActivity>, ActionPlanError> {
    if template.withdrawn {
        return Err(ActionPlanError::Withdrawn { code: template.code.clone() });
    }
    let mut standing: Vec<&ActionPlanLine> =
        lines.iter().filter(|line| line.template == template.id && !line.withdrawn).collect();
    standing.sort_by_key(|line| line.place);
    let mut next_on: BTreeMap<NaiveDate, DateTime<Utc>> = BTreeMap::new();
    let first = time.add_days(start, 0);
    standing
        .into_iter()
        .map(|line| {
            let none = || ActionPlanError::NoWorkingDay { place: line.place };
            let day = first.and_then(|first| time.add_days(first, line.lead_days)).ok_or_else(none)?;
            let opening = time.open_on(day).next().ok_or_else(none)?.0;
            let at = next_on.entry(day).or_insert(opening);
            let planned_at = *at;
            *at += TimeDelta::minutes(line.minutes.unwrap_or(DEFAULT_MINUTES).into());
            Ok(NewActivity {
                kind: Some(line.kind.word().to_owned()),
                subject: Some(line.subject.clone()),
                planned_at: Some(planned_at),
                planned_minutes: line.minutes,
                category: line.category.map(|category| category.word().to_owned()),
                ..NewActivity::default()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::ActivityKind;
    use clientela_model::EntityId;
    use clientela_model::identifier::{Country, TimeZone};
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    fn line(place: u32, lead_days: u32, minutes: Option<u32>) -> ActionPlanLine {
        ActionPlanLine {
            id: id(place.into()),
            template: id(100),
            place,
            kind: ActivityKind::Call,
            subject: format!("Action {place}"),
            lead_days,
            minutes,
            category: None,
            withdrawn: false,
        }
    }

    #[test]
    fn actions_fall_on_working_days() {
        let time = WorkingTime {
            zone: TimeZone::parse("Europe/Rome").unwrap(),
            week: "Mo-Fr 08:30-12:30 14:00-18:30".parse().unwrap(),
            holidays: vec![Country::parse("IT").unwrap()],
            days: BTreeMap::new(),
        };
        let mut template = ActionPlanTemplate {
            id: id(100),
            code: "NEW".into(),
            name: "New customers".into(),
            withdrawn: false,
        };
        let taken_back = ActionPlanLine { withdrawn: true, ..line(5, 0, None) };
        let lines = [line(2, 0, None), line(1, 0, Some(30)), line(3, 1, None), line(4, 5, None), taken_back];
        // Maundy Thursday 2026, and Easter Saturday: Monday after is free.
        for (start, expected) in [
            ("2026-04-02", ["2026-04-02T06:30", "2026-04-02T07:00", "2026-04-03T06:30", "2026-04-10T06:30"]),
            ("2026-04-04", ["2026-04-07T06:30", "2026-04-07T07:00", "2026-04-08T06:30", "2026-04-14T06:30"]),
        ] {
            let made = dated(&template, &lines, start.parse().unwrap(), &time).unwrap();
            let at: Vec<String> =
                made.iter().map(|new| new.planned_at.unwrap().format("%Y-%m-%dT%H:%M").to_string()).collect();
            assert_eq!(at, expected, "{start}");
            assert_eq!(made[0].subject.as_deref(), Some("Action 1"));
        }
        template.withdrawn = true;
        let refused = dated(&template, &lines, "2026-04-02".parse().unwrap(), &time).unwrap_err();
        assert_eq!(refused.code(), "action_plan.withdrawn");
    }

    #[test]
    fn a_plan_that_cannot_be_is_refused() {
        for (lines, code) in [
            (vec![], "action_plan.count"),
            (vec![line(1, LEAD_DAYS_MAX + 1, None)], "action_plan.line"),
            (vec![line(1, 0, Some(MINUTES_MAX + 1))], "action_plan.line"),
            (vec![ActionPlanLine { subject: "  ".into(), ..line(1, 0, None) }], "action_plan.line"),
            (vec![line(1, 0, None); LINES_MAX + 1], "action_plan.count"),
        ] {
            assert_eq!(check_plan(&lines).unwrap_err().code(), code);
        }
        check_plan(&[line(1, LEAD_DAYS_MAX, Some(MINUTES_MAX))]).unwrap();
    }
}
