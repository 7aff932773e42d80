//! Numbers of each row.

use super::{Work, valid};
use crate::column::{Column, Numbers, Values};
use crate::kernels::arithmetic::{applied, chosen, combined, exactly};
use crate::kernels::compare::{compare, judged, pairs};
use crate::outcome::{Figures, Outcome, complement, full, some_if_any};
use crate::program::{Number, NumberId};
use clientela_rules::plan::Comparison;
use clientela_rules::plan::row::{day_of, shifted, start_of};
use std::ops::Range;
use std::rc::Rc;

impl<'p> Work<'p> {
    pub(super) fn figures(&mut self, id: NumberId) -> Rc<Figures> {
        if let Some(Some(known)) = self.numbers.get(id) {
            return Rc::clone(known);
        }
        let made = Rc::new(self.counted(id));
        if let Some(place) = self.numbers.get_mut(id) {
            *place = Some(Rc::clone(&made));
        }
        made
    }

    pub(super) fn counted(&mut self, id: NumberId) -> Figures {
        let program = self.program;
        let Some(operation) = program.numbers.get(id) else { return Figures::default() };
        let range = self.range(operation.domain);
        let rows = range.len();
        match &operation.work {
            Number::Constant(value) => Figures {
                values: vec![value.unwrap_or(0); rows],
                unknown: if value.is_none() { Some(full(rows)) } else { None },
                ..Figures::default()
            },
            Number::Column(column) => {
                let column = self.column(*column);
                let values = match &column.values {
                    Values::Whole(numbers) | Values::Decimals(numbers, _) => {
                        numbers.range(range.start, range.end)
                    }
                    _ => vec![0; rows],
                };
                Figures { values, ..doubts(column, &range) }
            }
            Number::Negate(part) => {
                let part = self.figures(*part);
                applied(&part, |value| value.checked_neg())
            }
            Number::Rescale(part, factor) => {
                let part = self.figures(*part);
                let mut made = exactly(&part, |value| value.checked_mul(*factor));
                // Another scale is the same number: what is missing stays missing.
                (made.null, made.unknown) = (part.null.clone(), part.unknown.clone());
                made
            }
            Number::Calculate(kind, operator, [one, two]) => {
                let (one, two) = (self.figures(*one), self.figures(*two));
                let kind = *kind;
                combined(&one, &two, false, |one, two| {
                    operator.whole(one, two).and_then(|value| kind.bounded(value))
                })
            }
            Number::CalculateExact(operator, [one, two]) => {
                let (one, two) = (self.figures(*one), self.figures(*two));
                combined(&one, &two, true, |one, two| operator.whole(one, two))
            }
            Number::Shift(part, months, days) => {
                let part = self.figures(*part);
                applied(&part, |value| shifted(value, *months, *days))
            }
            Number::Part(which, part) => {
                let part = self.figures(*part);
                applied(&part, |value| which.of(value))
            }
            Number::DayOf(part) => {
                let part = self.figures(*part);
                applied(&part, |value| Some(day_of(value)))
            }
            Number::DayIn(part, zone) => {
                let part = self.figures(*part);
                applied(&part, |value| zone.day_of(value))
            }
            Number::StartOf(part) => {
                let part = self.figures(*part);
                applied(&part, start_of)
            }
            Number::Choice(condition, [yes, no]) => {
                let condition = self.mask(*condition);
                let (yes, no) = (self.figures(*yes), self.figures(*no));
                chosen(&condition, &yes, &no, rows)
            }
            Number::Count(below, filter) => self.count(*below, *filter),
            Number::Fold(folding) => self.fold(folding, None),
            Number::Length(column) => {
                let column = self.column(*column);
                let length = |row: usize| match &column.values {
                    Values::Words(codes, words) => {
                        codes.get(row).and_then(|code| words.get(code)).map_or(0, |word| word.chars().count())
                    }
                    Values::Texts(texts) => texts.get(row).chars().count(),
                    _ => 0,
                };
                let values =
                    range.clone().map(|row| i64::try_from(length(row)).unwrap_or(i64::MAX)).collect();
                let unknown = match &column.values {
                    Values::Missing => Some(full(rows)),
                    _ => valid(column, &range).map(|valid| complement(&valid, rows)).and_then(some_if_any),
                };
                Figures { values, unknown, ..Figures::default() }
            }
            Number::Above(number) => {
                let above = self.figures(*number);
                let segments = self.segments(operation.domain);
                let mut values = vec![0; rows];
                for (value, range) in above.values.iter().zip(segments.each()) {
                    if let Some(part) = values.get_mut(range) {
                        part.fill(*value);
                    }
                }
                let down = |words: &Option<Vec<u64>>| words.as_ref().map(|words| segments.down(words));
                Figures {
                    values,
                    null: down(&above.null),
                    unknown: down(&above.unknown),
                    escaped: down(&above.escaped),
                }
            }
        }
    }

    /// The numbers of the rows that still matter; of the others nothing is said.
    fn figures_needed(&mut self, id: NumberId, need: Option<&[u64]>) -> Rc<Figures> {
        let known = self.numbers.get(id).is_some_and(Option::is_some);
        match (need, self.program.numbers.get(id).map(|operation| &operation.work)) {
            (Some(_), Some(Number::Fold(folding))) if !known => Rc::new(self.fold(folding, need)),
            _ => self.figures(id),
        }
    }

    /// A number that is a column as it lies, and the rows without a value.
    pub(super) fn plain(&self, id: NumberId) -> Option<(&'p Numbers, Figures)> {
        let operation = self.program.numbers.get(id)?;
        let Number::Column(column) = &operation.work else { return None };
        let column = self.column(*column);
        match &column.values {
            Values::Whole(numbers) | Values::Decimals(numbers, _) => {
                Some((numbers, doubts(column, &self.range(operation.domain))))
            }
            _ => None,
        }
    }

    fn constant(&self, id: NumberId) -> Option<i64> {
        match self.program.numbers.get(id)?.work {
            Number::Constant(value) => value,
            _ => None,
        }
    }

    /// Numbers against each other; of rows that are not needed nothing is said.
    pub(super) fn compared(
        &mut self,
        comparison: Comparison,
        [one, two]: [NumberId; 2],
        need: Option<&[u64]>,
    ) -> Outcome {
        if let Some(constant) = self.constant(two) {
            let one = self.figures_needed(one, need);
            return judged(compare(&one.values, comparison, constant), comparison, &one, &Figures::default());
        }
        if let Some(constant) = self.constant(one) {
            let comparison = comparison.mirrored();
            let two = self.figures_needed(two, need);
            return judged(compare(&two.values, comparison, constant), comparison, &two, &Figures::default());
        }
        if let Some(outcome) = self.columns_compared(comparison, [one, two]) {
            return outcome;
        }
        let (one, two) = (self.figures_needed(one, need), self.figures_needed(two, need));
        judged(pairs(&one.values, &two.values, comparison), comparison, &one, &two)
    }

    /// Two columns of the same width against each other, as they lie.
    fn columns_compared(&self, comparison: Comparison, [one, two]: [NumberId; 2]) -> Option<Outcome> {
        let range = self.range(self.program.numbers.get(one)?.domain);
        let ((one, one_doubts), (two, two_doubts)) = (self.plain(one)?, self.plain(two)?);
        let of = |comparison| -> Option<Vec<u64>> {
            Some(match (one, two) {
                (Numbers::Bytes(one), Numbers::Bytes(two)) => {
                    pairs(one.get(range.clone())?, two.get(range)?, comparison)
                }
                (Numbers::Shorts(one), Numbers::Shorts(two)) => {
                    pairs(one.get(range.clone())?, two.get(range)?, comparison)
                }
                (Numbers::Ints(one), Numbers::Ints(two)) => {
                    pairs(one.get(range.clone())?, two.get(range)?, comparison)
                }
                (Numbers::Longs(one), Numbers::Longs(two)) => {
                    pairs(one.get(range.clone())?, two.get(range)?, comparison)
                }
                _ => return None,
            })
        };
        Some(judged(of(comparison)?, comparison, &one_doubts, &two_doubts))
    }
}

/// The rows of a column without a value.
fn doubts(column: &Column, range: &Range<usize>) -> Figures {
    let null = match (&column.values, valid(column, range)) {
        (Values::Missing, _) => Some(full(range.len())),
        (_, valid) => valid.map(|valid| complement(&valid, range.len())).and_then(some_if_any),
    };
    Figures { null, ..Figures::default() }
}
