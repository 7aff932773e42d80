//! Runs a plan over one record: no allocation, no names, no values built.

use super::{
    Arithmetic, Comparison, Condition, DatePart, Exact, Expression, Floating, Fold, Folded, Id, Interpreted,
    List, Plan, Quantifier, Text, TextTest, Whole, WholeKind,
};
use crate::limits::{LOOP_NESTING_MAX, STEPS_MAX};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// Where one record's values lie. Fields and lists are numbered as in the [`Plan`].
pub trait Source {
    /// A record or an entry of a list.
    type Row: Copy;
    /// The entries of a list.
    type Entries: Iterator<Item = Self::Row>;

    /// The record itself.
    fn record(&self) -> Self::Row;
    /// The entries of a list of that record; none if the list is missing.
    fn entries(&self, row: Self::Row, table: usize) -> Option<Self::Entries>;
    /// Whether a field has a value.
    fn present(&self, row: Self::Row, field: usize) -> bool;
    /// A field of yes or no.
    fn flag(&self, row: Self::Row, field: usize) -> Option<bool>;
    /// A field of a 64-bit number.
    fn whole(&self, row: Self::Row, field: usize) -> Option<i64>;
    /// A field of a decimal.
    fn decimal(&self, row: Self::Row, field: usize) -> Option<Decimal>;
    /// A field of a double.
    fn double(&self, row: Self::Row, field: usize) -> Option<f64>;
    /// A field of text.
    fn text(&self, row: Self::Row, field: usize) -> Option<&str>;
    /// A field with an id.
    fn id(&self, row: Self::Row, field: usize) -> Option<u128>;
    /// A part that only the interpreter runs.
    fn interpret(&self, part: &Interpreted) -> Option<bool>;
}

/// The record and the entries of the loops being run, the outermost first.
#[derive(Debug, Clone, Copy)]
pub struct Frames<R> {
    rows: [R; LOOP_NESTING_MAX + 1],
}

impl<R: Copy> Frames<R> {
    /// The record, outside all loops.
    pub fn new(record: R) -> Self {
        Self { rows: [record; LOOP_NESTING_MAX + 1] }
    }
}

impl Plan {
    /// Whether the rule holds for a record; none if that is unknown, or if the rule is no condition.
    pub fn decide<S: Source>(&self, source: &S) -> Option<bool> {
        let mut run = Run::new(source);
        let outcome = match &self.root {
            Expression::Condition(condition) => run.condition(condition, 0),
            Expression::Interpreted(part) => source.interpret(part),
            _ => None,
        };
        // When the steps ran out nothing is certain, whatever the operators made of it.
        if run.steps > STEPS_MAX { None } else { outcome }
    }
}

/// One run over one record.
pub struct Run<'s, S: Source> {
    source: &'s S,
    frames: Frames<S::Row>,
    steps: u64,
    /// The last date moved and what it came to: within a loop it is mostly the same day for every entry.
    moved: Option<((i64, i32, i32), Option<i64>)>,
}

/// The entries of a list that a filter keeps; unknown ends it.
type Kept<V> = Result<V, ()>;

impl<'s, S: Source> Run<'s, S> {
    /// A run outside all loops.
    pub fn new(source: &'s S) -> Self {
        Self { source, frames: Frames::new(source.record()), steps: 0, moved: None }
    }

    /// Whether the steps ran out.
    pub const fn exhausted(&self) -> bool {
        self.steps > STEPS_MAX
    }

    fn row(&self, level: u8) -> S::Row {
        // Levels come from the lowering, which nests no deeper than the frames.
        self.frames.rows[usize::from(level).min(LOOP_NESTING_MAX)]
    }

    /// Begins the turn of an entry; false when the steps have run out.
    fn enter(&mut self, depth: usize, entry: S::Row) -> bool {
        self.steps += 1;
        self.frames.rows[(depth + 1).min(LOOP_NESTING_MAX)] = entry;
        self.steps <= STEPS_MAX
    }

    /// Yes, no or unknown. `depth` is the number of loops around it.
    pub fn condition(&mut self, condition: &Condition, depth: usize) -> Option<bool> {
        match condition {
            Condition::Constant(value) => *value,
            Condition::Field(place) => self.source.flag(self.row(place.level), place.field.into()),
            Condition::Present(place) => Some(self.source.present(self.row(place.level), place.field.into())),
            Condition::Not(part) => self.condition(part, depth).map(|yes| !yes),
            Condition::All(parts) => self.joined(parts, depth, false),
            Condition::Any(parts) => self.joined(parts, depth, true),
            Condition::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.condition(chosen, depth)
            }
            Condition::Same(parts) => {
                let [one, two] = &**parts;
                Side::of(self.flag_side(one, depth)).equals(self.flag_side(two, depth))
            }
            Condition::Whole(comparison, one, two) => match comparison.equality() {
                Some(equal) => {
                    let (one, two) = (self.whole_side(one, depth), self.whole_side(two, depth));
                    Some(Side::of(one).equals(two)? == equal)
                }
                None => {
                    let (one, two) = (self.whole(one, depth)?, self.whole(two, depth)?);
                    Some(comparison.holds(one.cmp(&two)))
                }
            },
            Condition::WholeIn(one, these) => {
                Some(self.whole_side(one, depth)?.is_some_and(|one| these.binary_search(&one).is_ok()))
            }
            Condition::Decimal(comparison, one, two) => match comparison.equality() {
                Some(equal) => {
                    let (one, two) = (self.exact_side(one, depth), self.exact_side(two, depth));
                    Some(Side::of(one).equals(two)? == equal)
                }
                None => {
                    let (one, two) = (self.exact(one, depth)?, self.exact(two, depth)?);
                    Some(comparison.holds(one.cmp(&two)))
                }
            },
            Condition::DecimalIn(one, these) => {
                Some(self.exact_side(one, depth)?.is_some_and(|one| these.contains(&one)))
            }
            Condition::Double(comparison, one, two) => match comparison.equality() {
                Some(equal) => {
                    let (one, two) = (self.floating_side(one, depth), self.floating_side(two, depth));
                    Some(Side::of(one).equals(two)? == equal)
                }
                None => {
                    let (one, two) = (self.floating(one, depth)?, self.floating(two, depth)?);
                    one.partial_cmp(&two).map(|order| comparison.holds(order))
                }
            },
            Condition::Text(comparison, one, two) => match comparison.equality() {
                Some(equal) => Some((self.text(one) == self.text(two)) == equal),
                None => Some(comparison.holds(self.text(one)?.cmp(self.text(two)?))),
            },
            Condition::TextIn(one, these) => Some(
                self.text(one).is_some_and(|one| these.binary_search_by(|word| (**word).cmp(one)).is_ok()),
            ),
            Condition::TextLike(text, test) => self.text(text).map(|text| test.holds(text)),
            Condition::Id(equal, one, two) => Some((self.id(one) == self.id(two)) == *equal),
            Condition::IdIn(one, these) => {
                Some(self.id(one).is_some_and(|one| these.binary_search(&one).is_ok()))
            }
            Condition::Loop(quantifier, list, body) => self.run(*quantifier, *list, body, depth),
            Condition::Interpreted(part) => self.source.interpret(part),
        }
    }

    /// `&&` (`decisive` false) or `||` (`decisive` true).
    fn joined(&mut self, parts: &[Condition], depth: usize, decisive: bool) -> Option<bool> {
        let mut unknown = false;
        for part in parts {
            match self.condition(part, depth) {
                Some(yes) if yes == decisive => return Some(decisive),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(!decisive)
    }

    fn run(&mut self, quantifier: Quantifier, list: List, body: &Condition, depth: usize) -> Option<bool> {
        let entries = self.source.entries(self.row(list.level), list.table.into())?;
        let (mut unknown, mut found) = (false, 0_usize);
        for entry in entries {
            if !self.enter(depth, entry) {
                return None;
            }
            match (quantifier, self.condition(body, depth + 1)) {
                (Quantifier::Some, Some(true)) => return Some(true),
                (Quantifier::Every, Some(false)) => return Some(false),
                (Quantifier::One, None) => return None,
                (_, None) => unknown = true,
                (Quantifier::One, Some(true)) => found += 1,
                (_, Some(_)) => {}
            }
        }
        match quantifier {
            Quantifier::Some => (!unknown).then_some(false),
            Quantifier::Every => (!unknown).then_some(true),
            Quantifier::One => Some(found == 1),
        }
    }

    /// Goes through the entries of a list that a filter keeps.
    fn kept(
        &mut self,
        list: List,
        filter: Option<&Condition>,
        depth: usize,
        mut each: impl FnMut(&mut Self) -> Option<()>,
    ) -> Kept<()> {
        let entries = self.source.entries(self.row(list.level), list.table.into()).ok_or(())?;
        for entry in entries {
            if !self.enter(depth, entry) {
                return Err(());
            }
            let keep = match filter {
                Some(filter) => self.condition(filter, depth + 1).ok_or(())?,
                None => true,
            };
            if keep {
                each(self).ok_or(())?;
            }
        }
        Ok(())
    }

    fn folded<V, N: Copy>(
        &mut self,
        folded: &Folded<V>,
        depth: usize,
        zero: N,
        value: impl Fn(&mut Self, &V, usize) -> Option<N>,
        add: impl Fn(N, N) -> Option<N>,
        order: impl Fn(&N, &N) -> Option<Ordering>,
    ) -> Option<N> {
        let mut result = if folded.fold == Fold::Sum { Some(zero) } else { None };
        self.kept(folded.list, folded.filter.as_ref(), depth, |run| {
            let next = value(run, &folded.value, depth + 1)?;
            result = Some(match (folded.fold, result) {
                (_, None) => next,
                (Fold::Sum, Some(sum)) => add(sum, next)?,
                (Fold::Min, Some(best)) => {
                    if order(&next, &best)?.is_lt() {
                        next
                    } else {
                        best
                    }
                }
                (Fold::Max, Some(best)) => {
                    if order(&next, &best)?.is_gt() {
                        next
                    } else {
                        best
                    }
                }
            });
            Some(())
        })
        .ok()?;
        result
    }

    /// A 64-bit number, or unknown.
    pub fn whole(&mut self, whole: &Whole, depth: usize) -> Option<i64> {
        match whole {
            Whole::Constant(value) => *value,
            Whole::Field(place) => self.source.whole(self.row(place.level), place.field.into()),
            Whole::Negate(part) => self.whole(part, depth)?.checked_neg(),
            Whole::Calculate(kind, operator, parts) => {
                let [one, two] = &**parts;
                let (one, two) = (self.whole(one, depth)?, self.whole(two, depth)?);
                kind.bounded(operator.whole(one, two)?)
            }
            Whole::Shift(part, months, days) => {
                let asked = (self.whole(part, depth)?, *months, *days);
                match self.moved {
                    Some((known, to)) if known == asked => to,
                    _ => {
                        let to = shifted(asked.0, asked.1, asked.2);
                        self.moved = Some((asked, to));
                        to
                    }
                }
            }
            Whole::Part(part, date) => part.of(self.whole(date, depth)?),
            Whole::DayOf(instant) => Some(day_of(self.whole(instant, depth)?)),
            Whole::DayIn(instant, zone) => zone.day_of(self.whole(instant, depth)?),
            Whole::StartOf(date) => start_of(self.whole(date, depth)?),
            Whole::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.whole(chosen, depth)
            }
            Whole::Count(list, None) => {
                let entries = self.source.entries(self.row(list.level), list.table.into())?;
                i64::try_from(entries.count()).ok()
            }
            Whole::Count(list, filter) => {
                let mut count = 0_i64;
                self.kept(*list, filter.as_deref(), depth, |_| {
                    count += 1;
                    Some(())
                })
                .ok()?;
                Some(count)
            }
            Whole::Fold(folded) => {
                self.folded(folded, depth, 0, Self::whole, i64::checked_add, |one, two| Some(one.cmp(two)))
            }
            Whole::Length(text) => i64::try_from(self.text(text)?.chars().count()).ok(),
        }
    }

    /// A decimal, or unknown.
    pub fn exact(&mut self, exact: &Exact, depth: usize) -> Option<Decimal> {
        match exact {
            Exact::Constant(value) => *value,
            Exact::Field(place) => self.source.decimal(self.row(place.level), place.field.into()),
            Exact::Whole(whole) => self.whole(whole, depth).map(Decimal::from),
            Exact::Negate(part) => self.exact(part, depth).map(|number| -number),
            Exact::Calculate(operator, parts) => {
                let [one, two] = &**parts;
                let (one, two) = (self.exact(one, depth)?, self.exact(two, depth)?);
                operator.exact(one, two)
            }
            Exact::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.exact(chosen, depth)
            }
            Exact::Fold(folded) => {
                self.folded(folded, depth, Decimal::ZERO, Self::exact, Decimal::checked_add, |one, two| {
                    Some(one.cmp(two))
                })
            }
        }
    }

    /// A double, or unknown.
    pub fn floating(&mut self, floating: &Floating, depth: usize) -> Option<f64> {
        match floating {
            Floating::Constant(value) => value.map(|bits| bits.0),
            Floating::Field(place) => self.source.double(self.row(place.level), place.field.into()),
            Floating::Whole(whole) => self.whole(whole, depth).map(double_of),
            Floating::Negate(part) => self.floating(part, depth).map(negated),
            Floating::Calculate(operator, parts) => {
                let [one, two] = &**parts;
                let (one, two) = (self.floating(one, depth)?, self.floating(two, depth)?);
                operator.double(one, two)
            }
            Floating::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.floating(chosen, depth)
            }
            Floating::Fold(folded) => self.folded(
                folded,
                depth,
                0.0,
                Self::floating,
                |one, two| Arithmetic::Add.double(one, two),
                f64::partial_cmp,
            ),
        }
    }

    /// One side of `==`: a missing field is null there, which is a value; what cannot be computed stays unknown.
    fn flag_side(&mut self, condition: &Condition, depth: usize) -> Option<Option<bool>> {
        match condition {
            Condition::Field(_) => Some(self.condition(condition, depth)),
            Condition::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.flag_side(chosen, depth)
            }
            other => self.condition(other, depth).map(Some),
        }
    }

    fn whole_side(&mut self, whole: &Whole, depth: usize) -> Option<Option<i64>> {
        match whole {
            Whole::Field(_) => Some(self.whole(whole, depth)),
            Whole::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.whole_side(chosen, depth)
            }
            other => self.whole(other, depth).map(Some),
        }
    }

    fn exact_side(&mut self, exact: &Exact, depth: usize) -> Option<Option<Decimal>> {
        match exact {
            Exact::Field(_) => Some(self.exact(exact, depth)),
            Exact::Whole(whole) => Some(self.whole_side(whole, depth)?.map(Decimal::from)),
            Exact::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.exact_side(chosen, depth)
            }
            other => self.exact(other, depth).map(Some),
        }
    }

    fn floating_side(&mut self, floating: &Floating, depth: usize) -> Option<Option<f64>> {
        match floating {
            Floating::Field(_) => Some(self.floating(floating, depth)),
            Floating::Whole(whole) => Some(self.whole_side(whole, depth)?.map(double_of)),
            Floating::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let chosen = if self.condition(condition, depth)? { yes } else { no };
                self.floating_side(chosen, depth)
            }
            other => self.floating(other, depth).map(Some),
        }
    }

    fn text<'t>(&'t self, text: &'t Text) -> Option<&'t str> {
        match text {
            Text::Constant(text) => Some(text),
            Text::Field(place) => self.source.text(self.row(place.level), place.field.into()),
        }
    }

    fn id(&self, id: &Id) -> Option<u128> {
        match id {
            Id::Constant(id) => Some(*id),
            Id::Field(place) => self.source.id(self.row(place.level), place.field.into()),
        }
    }
}

/// One side of `==`; none is unknown, and nothing in it is null.
struct Side<V>(Option<Option<V>>);

impl<V: PartialEq> Side<V> {
    const fn of(value: Option<Option<V>>) -> Self {
        Self(value)
    }

    /// Whether both are the same; null is the same as null alone.
    fn equals(self, other: Option<Option<V>>) -> Option<bool> {
        Some(self.0? == other?)
    }
}

impl Comparison {
    /// Whether it asks for equality, and for which answer.
    #[must_use]
    pub const fn equality(self) -> Option<bool> {
        match self {
            Self::Equal => Some(true),
            Self::NotEqual => Some(false),
            _ => None,
        }
    }

    /// Whether two values in that order satisfy it.
    #[must_use]
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// The comparison with its sides exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
        }
    }
}

impl TextTest {
    /// Whether a text looks like this.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        match self {
            Self::StartsWith(part) => text.starts_with(&**part),
            Self::EndsWith(part) => text.ends_with(&**part),
            Self::Contains(part) => text.contains(&**part),
            Self::Matches(pattern) => pattern.is_match(text),
        }
    }
}

impl Arithmetic {
    /// Two whole numbers; unknown when the result is too large or divided by zero.
    #[must_use]
    pub const fn whole(self, one: i64, two: i64) -> Option<i64> {
        match self {
            Self::Add => one.checked_add(two),
            Self::Subtract => one.checked_sub(two),
            Self::Multiply => one.checked_mul(two),
            Self::Divide => one.checked_div(two),
            Self::Modulo => one.checked_rem(two),
        }
    }

    /// Two decimals; unknown when the result is too large. Quotients are left to the interpreter.
    #[must_use]
    pub fn exact(self, one: Decimal, two: Decimal) -> Option<Decimal> {
        match self {
            Self::Add => one.checked_add(two),
            Self::Subtract => one.checked_sub(two),
            Self::Multiply => one.checked_mul(two),
            Self::Divide | Self::Modulo => None,
        }
    }

    /// Two doubles of IEEE 754.
    #[must_use]
    #[expect(clippy::float_arithmetic, reason = "doubles of the rule language; money is decimal")]
    pub fn double(self, one: f64, two: f64) -> Option<f64> {
        match self {
            Self::Add => Some(one + two),
            Self::Subtract => Some(one - two),
            Self::Multiply => Some(one * two),
            Self::Divide => Some(one / two),
            Self::Modulo => None,
        }
    }
}

/// With the other sign.
#[expect(clippy::float_arithmetic, reason = "doubles of the rule language; money is decimal")]
fn negated(number: f64) -> f64 {
    -number
}

/// The nearest double of a whole number, as the language converts.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "the specification rounds to the nearest double")]
pub const fn double_of(number: i64) -> f64 {
    number as f64
}

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z, in microseconds: the instants CEL has.
const INSTANTS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);
/// The longest duration CEL has, in microseconds: 10,000 years of 365.25 days.
const DURATION_MAX: i64 = 315_576_000_000_000_000;

impl WholeKind {
    /// The number, if it is a value of this kind.
    #[must_use]
    pub const fn bounded(self, number: i64) -> Option<i64> {
        let inside = match self {
            Self::Int | Self::Date => true,
            Self::Timestamp => INSTANTS.0 <= number && number <= INSTANTS.1,
            Self::Duration => -DURATION_MAX <= number && number <= DURATION_MAX,
        };
        if inside { Some(number) } else { None }
    }
}

/// 1970-01-01 in the days of the common era.
const EPOCH: i64 = 719_163;

/// Days since 1970-01-01.
#[must_use]
pub fn days_of(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - EPOCH
}

/// The day so many days after 1970-01-01.
#[must_use]
pub fn date_of(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days.checked_add(EPOCH)?).ok()?)
}

/// Microseconds of a day in UTC, which has no leap seconds.
const DAY: i64 = 86_400_000_000;

/// The day, in UTC, of an instant in microseconds.
#[must_use]
pub const fn day_of(instant: i64) -> i64 {
    instant.div_euclid(DAY)
}

/// The first instant of a day, in UTC, in microseconds; none if CEL does not have it.
#[must_use]
pub const fn start_of(days: i64) -> Option<i64> {
    match days.checked_mul(DAY) {
        Some(instant) => WholeKind::Timestamp.bounded(instant),
        None => None,
    }
}

/// A date moved by months, then by days; a day the month does not have becomes its last.
#[must_use]
pub fn shifted(days: i64, months: i32, by: i32) -> Option<i64> {
    crate::datum::Period { months, days: by }.after(date_of(days)?).map(days_of)
}

impl DatePart {
    /// This part of a date given in days.
    #[must_use]
    pub fn of(self, days: i64) -> Option<i64> {
        let date = date_of(days)?;
        Some(match self {
            Self::Year => i64::from(date.year()),
            Self::Month => i64::from(date.month()),
            Self::Day => i64::from(date.day()),
        })
    }
}
