//! A seller's days: what has its time stays, the rest is put into free time, near each other.
//!
//! Tasks are taken in the order given, the most important first. Each goes where the way grows least by it (cheapest
//! insertion; Rosenkrantz, Stearns, Lewis, *An Analysis of Several Heuristics for the Traveling Salesman Problem*, SIAM J.
//! Comput. 6, 1977), of equals to the earliest place; what fits nowhere is left over. The way between two points is their
//! distance along a great circle, longer by the detour of roads; it takes its time at an average speed. The same input gives
//! the same plan.

use crate::time::Span;
use chrono::{DateTime, TimeDelta, Utc};
use clientela_analytics::geography::{Point, great_circle_metres};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// A point on the earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// North of the equator.
    pub latitude: Decimal,
    /// East of Greenwich.
    pub longitude: Decimal,
}

/// How somebody travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Travel {
    /// Where a day starts and ends; unknown when it does not matter.
    pub start: Option<Place>,
    /// Average speed in kilometres an hour, at least 1.
    pub speed_kmh: u32,
    /// How long roads are, in percent of the great circle.
    pub detour_percent: u32,
}

impl Travel {
    /// The way between two points in metres; nothing where one is not known.
    #[must_use]
    pub fn metres(&self, from: Option<Place>, to: Option<Place>) -> u64 {
        let point = |place: Place| {
            Some(Point { latitude: place.latitude.to_f64()?, longitude: place.longitude.to_f64()? })
        };
        let points = from.and_then(point).zip(to.and_then(point));
        let line = points.map_or(0, |(from, to)| great_circle_metres(from, to));
        u64::from(line) * u64::from(self.detour_percent) / 100
    }

    /// The time a way takes, in whole minutes, rounded up.
    #[must_use]
    pub fn time(&self, metres: u64) -> TimeDelta {
        let minutes = (metres * 60).div_ceil(u64::from(self.speed_kmh.max(1)) * 1_000);
        TimeDelta::minutes(i64::try_from(minutes).unwrap_or(i64::MAX / 60_000))
    }
}

/// Something to be done that has no time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Minutes it takes.
    pub minutes: u32,
    /// Where.
    pub place: Option<Place>,
}

/// Something that has its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedTask {
    /// When.
    pub span: Span,
    /// Where.
    pub place: Option<Place>,
}

/// A day to be planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenDay {
    /// Free time, in order: what is open, less everything that has its time.
    pub free: Vec<Span>,
    /// What has its time.
    pub fixed: Vec<FixedTask>,
}

/// One thing of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedLine {
    /// Which of the tasks; none for what has its time.
    pub task: Option<usize>,
    /// Which of those that have their time.
    pub fixed: Option<usize>,
    /// When.
    pub span: Span,
    /// The way there from the stop before, in metres.
    pub metres: u64,
}

/// The plan of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayPlan {
    /// What is to be done, in order of time.
    pub lines: Vec<PlannedLine>,
    /// The whole way, back to the start when that is known, in metres.
    pub metres: u64,
}

/// Where each task goes, and what is left over.
#[must_use]
pub fn plan_days(days: &[OpenDay], tasks: &[Task], travel: Travel) -> (Vec<DayPlan>, Vec<usize>) {
    let mut drafts: Vec<Draft<'_>> = days.iter().map(|day| Draft::new(day, tasks, travel)).collect();
    let mut left = Vec::new();
    for task in 0..tasks.len() {
        if !insert(&mut drafts, task) {
            left.push(task);
        }
    }
    (drafts.iter().map(|draft| draft.plan(&draft.stops).unwrap_or_default()).collect(), left)
}

/// What a place costs, on which day it is, and the stops of that day with it.
type Spot = ((bool, u64), usize, Vec<Vec<usize>>);

/// Puts a task where the way grows least; whether it fits anywhere.
fn insert(drafts: &mut [Draft<'_>], task: usize) -> bool {
    let mut best: Option<Spot> = None;
    for (day, draft) in drafts.iter().enumerate() {
        let before = draft.plan(&draft.stops).map_or(0, |plan| plan.metres);
        // Without a start an empty day is as near as any: days that have begun are filled first.
        let fresh = draft.is_anywhere() && draft.tasks.get(task).is_some_and(|task| task.place.is_some());
        for stops in draft.with(task) {
            let Some(plan) = draft.plan(&stops) else { continue };
            let cost = (fresh, plan.metres.saturating_sub(before));
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, day, stops));
            }
        }
    }
    let Some((_, day, stops)) = best else { return false };
    if let Some(draft) = drafts.get_mut(day) {
        draft.stops = stops;
    }
    true
}

/// A day while it is being planned: the tasks in each stretch of free time, in their order.
struct Draft<'a> {
    day: &'a OpenDay,
    tasks: &'a [Task],
    travel: Travel,
    /// What happens in order of time.
    events: Vec<Event>,
    stops: Vec<Vec<usize>>,
}

#[derive(Clone, Copy)]
enum Event {
    Free(usize),
    Fixed(usize),
}

/// Somebody on his way.
struct Walk {
    place: Option<Place>,
    /// When he is done where he is; nothing at the start of the day.
    done: Option<DateTime<Utc>>,
    plan: DayPlan,
}

impl<'a> Draft<'a> {
    fn new(day: &'a OpenDay, tasks: &'a [Task], travel: Travel) -> Self {
        let mut events: Vec<Event> = (0..day.free.len()).map(Event::Free).collect();
        events.extend((0..day.fixed.len()).map(Event::Fixed));
        let time = |event: &Event| match event {
            Event::Free(at) => day.free.get(*at).copied(),
            Event::Fixed(at) => day.fixed.get(*at).map(|fixed| fixed.span),
        };
        events.sort_by_key(time);
        Self { day, tasks, travel, events, stops: vec![Vec::new(); day.free.len()] }
    }

    /// Whether nothing says where the day takes place.
    fn is_anywhere(&self) -> bool {
        let placed = |task: &usize| self.tasks.get(*task).is_some_and(|task| task.place.is_some());
        self.travel.start.is_none()
            && self.day.fixed.iter().all(|fixed| fixed.place.is_none())
            && !self.stops.iter().flatten().any(placed)
    }

    /// Every way to put a task between the others, in order of time.
    fn with(&self, task: usize) -> impl Iterator<Item = Vec<Vec<usize>>> + '_ {
        self.stops.iter().enumerate().flat_map(move |(stretch, stops)| {
            (0..=stops.len()).map(move |place| {
                let mut changed = self.stops.clone();
                if let Some(stops) = changed.get_mut(stretch) {
                    stops.insert(place, task);
                }
                changed
            })
        })
    }

    /// The day with these stops; none when they do not fit.
    fn plan(&self, stops: &[Vec<usize>]) -> Option<DayPlan> {
        let mut walk = Walk { place: self.travel.start, done: None, plan: DayPlan::default() };
        for event in &self.events {
            match event {
                Event::Fixed(at) => self.keep(&mut walk, *at)?,
                Event::Free(at) => {
                    let free = self.day.free.get(*at)?;
                    for task in stops.get(*at).into_iter().flatten() {
                        self.stop(&mut walk, *task, *free)?;
                    }
                }
            }
        }
        let back = self.travel.metres(walk.place, self.travel.start);
        walk.plan.metres += back;
        Some(walk.plan)
    }

    /// Goes to what has its time; none when a task before makes that late.
    fn keep(&self, walk: &mut Walk, at: usize) -> Option<()> {
        let fixed = self.day.fixed.get(at)?;
        let metres = self.travel.metres(walk.place, fixed.place);
        let comes_from_task = walk.plan.lines.last().is_some_and(|line| line.task.is_some());
        let arrives = walk.done.map(|done| done + self.travel.time(metres));
        if comes_from_task && arrives.is_some_and(|arrives| arrives > fixed.span.from) {
            return None;
        }
        walk.to(fixed.place, metres, fixed.span);
        walk.plan.lines.push(PlannedLine { task: None, fixed: Some(at), span: fixed.span, metres });
        Some(())
    }

    /// Goes to a task within a free stretch; none when it does not end in it.
    fn stop(&self, walk: &mut Walk, task: usize, free: Span) -> Option<()> {
        let wanted = self.tasks.get(task)?;
        let metres = self.travel.metres(walk.place, wanted.place);
        let way = self.travel.time(metres);
        // A day starts when it opens; between stretches, and after what has its time, the way is gone at once.
        let from = walk.done.map_or(free.from + way, |done| free.from.max(done + way));
        let until = from + TimeDelta::minutes(wanted.minutes.into());
        if until > free.until {
            return None;
        }
        let span = Span { from, until };
        walk.to(wanted.place, metres, span);
        walk.plan.lines.push(PlannedLine { task: Some(task), fixed: None, span, metres });
        Some(())
    }
}

impl Walk {
    fn to(&mut self, place: Option<Place>, metres: u64, span: Span) {
        self.place = place.or(self.place);
        self.done = Some(self.done.map_or(span.until, |done| done.max(span.until)));
        self.plan.metres += metres;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: u32, minute: u32) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes((hour * 60 + minute).into())
    }
    fn span(from: u32, until: u32) -> Span {
        Span { from: at(from, 0), until: at(until, 0) }
    }
    /// So many hundredths of a degree east of Greenwich on the equator: 1,112 m each.
    fn east(hundredths: i64) -> Option<Place> {
        Some(Place { latitude: Decimal::ZERO, longitude: Decimal::new(hundredths, 2) })
    }
    fn travel(start: Option<Place>) -> Travel {
        Travel { start, speed_kmh: 60, detour_percent: 100 }
    }
    fn order(plan: &DayPlan) -> Vec<Option<usize>> {
        plan.lines.iter().map(|line| line.task).collect()
    }

    #[test]
    fn near_ones_come_one_after_the_other() {
        let day = OpenDay { free: vec![span(9, 18)], fixed: Vec::new() };
        // By importance far, near, far: the way goes there and back, near ones together.
        let tasks = [50, 5, 45, 10].map(|place| Task { minutes: 60, place: east(place) });
        let (plans, left) = plan_days(std::slice::from_ref(&day), &tasks, travel(east(0)));
        assert!(left.is_empty());
        let found = order(&plans[0]);
        let forward = [Some(1), Some(3), Some(2), Some(0)];
        let backward = [Some(0), Some(2), Some(3), Some(1)];
        assert!(found == forward || found == backward, "{found:?}");
        assert_eq!(plans[0].metres / 1_000, 111, "fifty hundredths there and back");
    }

    #[test]
    fn what_has_its_time_is_kept_and_the_way_to_it_is_left_free() {
        let fixed = FixedTask { span: span(11, 12), place: east(50) };
        let day = OpenDay { free: vec![span(9, 11), span(12, 13)], fixed: vec![fixed] };
        // 56 minutes there: 60 minutes of visit and the way fit before, 80 do not.
        for (minutes, fits) in [(60, true), (80, false)] {
            let tasks = [Task { minutes, place: east(0) }];
            let (plans, left) = plan_days(std::slice::from_ref(&day), &tasks, travel(None));
            assert_eq!(left.is_empty(), fits, "{minutes} {plans:?}");
            assert!(plans[0].lines.iter().any(|line| line.fixed == Some(0)));
        }
    }

    #[test]
    fn a_week_is_filled_by_neighbourhood() {
        let days = vec![
            OpenDay { free: vec![span(9, 12)], fixed: Vec::new() },
            OpenDay { free: vec![Span { from: at(33, 0), until: at(36, 0) }], fixed: Vec::new() },
        ];
        let tasks = [0, 1_000, 1, 1_001].map(|place| Task { minutes: 60, place: east(place) });
        let (plans, left) = plan_days(&days, &tasks, travel(None));
        assert!(left.is_empty());
        let sorted = |plan: &DayPlan| {
            let mut found = order(plan);
            found.sort_unstable();
            found
        };
        assert_eq!(sorted(&plans[0]), [Some(0), Some(2)]);
        assert_eq!(sorted(&plans[1]), [Some(1), Some(3)]);
    }

    proptest! {
        /// A plan holds: each task at most once, within free time, apart by the way between them; planned again it is the same.
        #[test]
        fn plans_hold(
            given in prop::collection::vec((10_u32..120, prop::option::of(-60_i64..60)), 0..12),
            start in prop::option::of(-30_i64..30),
            fixed_at in prop::option::of(-60_i64..60),
        ) {
            let fixed = FixedTask { span: span(11, 12), place: fixed_at.and_then(east) };
            let day = OpenDay { free: vec![span(9, 11), span(12, 13), span(14, 18)], fixed: vec![fixed] };
            let tasks: Vec<Task> =
                given.iter().map(|(minutes, place)| Task { minutes: *minutes, place: place.and_then(east) }).collect();
            let way = travel(start.and_then(east));
            let (plans, left) = plan_days(std::slice::from_ref(&day), &tasks, way);
            prop_assert_eq!(&(plans.clone(), left.clone()), &plan_days(std::slice::from_ref(&day), &tasks, way));
            let mut seen: Vec<usize> = plans[0].lines.iter().filter_map(|line| line.task).chain(left).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..tasks.len()).collect::<Vec<_>>());
            for pair in plans[0].lines.windows(2) {
                prop_assert!(pair[0].span.until + way.time(pair[1].metres) <= pair[1].span.from);
            }
            for line in plans[0].lines.iter().filter(|line| line.task.is_some()) {
                prop_assert!(day.free.iter().any(|free| free.from <= line.span.from && line.span.until <= free.until));
            }
        }
    }
}
