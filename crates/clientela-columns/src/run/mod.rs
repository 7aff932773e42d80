//! Runs a program over a range of rows.

mod logic;
mod loops;
mod numbers;
mod shared;

use crate::bits::{Bits, test, words_for};
use crate::column::{Column, Values, each_code, each_width};
use crate::kernels::compare::{compare, doubles, words};
use crate::kernels::text::text;
use crate::outcome::{Figures, Outcome, complement, full, or_with, some_if_any, union, without};
use crate::program::{ColumnId, DomainId, Mask, MaskId, Program};
use crate::records::Children;
use crate::segments::{Segments, children_of};
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

/// A range of records being asked.
pub(crate) struct Work<'p> {
    program: &'p Program,
    /// The rows of each domain.
    rows: Vec<Range<usize>>,
    masks: Vec<Option<Rc<Outcome>>>,
    numbers: Vec<Option<Rc<Figures>>>,
    /// From the rows of each domain to those above.
    segments: Vec<OnceCell<Rc<Segments<'p>>>>,
    /// The row above of each row, where somebody asked.
    owners: Vec<OnceCell<Rc<[u32]>>>,
}

impl<'p> Work<'p> {
    pub(crate) fn new(program: &'p Program, records: Range<usize>) -> Self {
        let mut rows: Vec<Range<usize>> = Vec::with_capacity(program.domains.len());
        for domain in &program.domains {
            let range = match &domain.above {
                None => records.clone(),
                Some((above, children)) => {
                    let parents = rows.get(*above).cloned().unwrap_or(0..0);
                    children_of(children.offsets(), &parents)
                }
            };
            rows.push(range);
        }
        Self {
            program,
            rows,
            masks: vec![None; program.masks.len()],
            numbers: vec![None; program.numbers.len()],
            segments: vec![OnceCell::new(); program.domains.len()],
            owners: vec![OnceCell::new(); program.domains.len()],
        }
    }

    /// The outcome of a rule for each record, exact.
    pub(crate) fn rule(&mut self, rule: usize) -> Outcome {
        let Some(mask) = self.program.outcomes.get(rule) else { return Outcome::default() };
        let mut outcome = Rc::unwrap_or_clone(self.mask(*mask));
        if let (Some(escaped), Some(whole)) = (outcome.escaped.take(), self.program.whole.get(rule)) {
            let start = self.range(0).start;
            let exact = self.one_by_one(&escaped, |row| whole.decide(start + row));
            without(&mut outcome.truth, &escaped);
            or_with(&mut outcome.truth, &exact.truth);
            if let Some(unknown) = &mut outcome.unknown {
                without(unknown, &escaped);
            }
            outcome.unknown = union(outcome.unknown, exact.unknown.as_ref());
        }
        if let Some(Some(limit)) = self.program.limits.get(rule) {
            let rows = self.range(0);
            let too_long = Bits::collect(rows.clone().map(|row| limit.is_exceeded(row))).range(0, rows.len());
            without(&mut outcome.truth, &too_long);
            outcome.unknown = union(outcome.unknown, some_if_any(too_long).as_ref());
        }
        outcome
    }

    fn range(&self, domain: DomainId) -> Range<usize> {
        self.rows.get(domain).cloned().unwrap_or(0..0)
    }

    fn column(&self, column: ColumnId) -> &'p Column {
        self.program.columns.get(column).map_or(&Column::MISSING, |column| column)
    }

    fn children(&self, domain: DomainId) -> Option<(DomainId, &'p Children)> {
        let (above, children) = self.program.domains.get(domain)?.above.as_ref()?;
        Some((*above, children))
    }

    fn segments(&self, domain: DomainId) -> Rc<Segments<'p>> {
        let made = || match self.children(domain) {
            Some((above, children)) => {
                Segments::new(children.offsets(), children.last_children(), &self.range(above))
            }
            None => Segments::new(&[], &Bits::default(), &(0..0)),
        };
        match self.segments.get(domain) {
            Some(known) => Rc::clone(known.get_or_init(|| Rc::new(made()))),
            None => Rc::new(made()),
        }
    }

    fn owners(&self, domain: DomainId) -> Rc<[u32]> {
        let made = || self.segments(domain).owners().into();
        match self.owners.get(domain) {
            Some(known) => Rc::clone(known.get_or_init(made)),
            None => made(),
        }
    }

    /// The rows of a domain that may be seen; none if all may.
    fn visible(&self, domain: DomainId) -> Option<Vec<u64>> {
        let (_, children) = self.children(domain)?;
        let range = self.range(domain);
        children.visible().map(|visible| visible.range(range.start, range.len()))
    }

    /// The rows above a domain of which the list is missing; none if none is.
    fn unlisted(&self, domain: DomainId) -> Option<Vec<u64>> {
        let (above, children) = self.children(domain)?;
        let range = self.range(above);
        let having = children.having()?.range(range.start, range.len());
        some_if_any(complement(&having, range.len()))
    }

    fn mask(&mut self, id: MaskId) -> Rc<Outcome> {
        if let Some(Some(known)) = self.masks.get(id) {
            return Rc::clone(known);
        }
        let made = Rc::new(self.made(id, None));
        if let Some(place) = self.masks.get_mut(id) {
            *place = Some(Rc::clone(&made));
        }
        made
    }

    /// The outcome for the rows that still matter; of the others nothing is said.
    fn needed(&mut self, id: MaskId, need: &[u64]) -> Rc<Outcome> {
        let known = self.masks.get(id).is_some_and(Option::is_some);
        if known || !self.program.is_dear(id) {
            return self.mask(id);
        }
        Rc::new(self.made(id, Some(need)))
    }

    fn made(&mut self, id: MaskId, need: Option<&[u64]>) -> Outcome {
        let program = self.program;
        let Some(operation) = program.masks.get(id) else { return Outcome::default() };
        let range = self.range(operation.domain);
        let rows = range.len();
        match &operation.work {
            Mask::Constant(value) => Outcome::constant(*value, rows),
            Mask::Flag(column) => {
                let column = self.column(*column);
                match &column.values {
                    Values::Flags(flags) => {
                        let truth = flags.range(range.start, rows);
                        Outcome::of_column(truth, valid(column, &range), None, rows)
                    }
                    _ => Outcome::constant(None, rows),
                }
            }
            Mask::Present(column) => Outcome {
                truth: valid(self.column(*column), &range).unwrap_or_else(|| full(rows)),
                unknown: None,
                escaped: None,
            },
            Mask::Not(part) => match need {
                Some(need) => self.needed(*part, need).not(rows),
                None => self.mask(*part).not(rows),
            },
            Mask::All(parts) => self.all(parts, rows, need),
            Mask::Any(parts) => self.any(parts, rows, need),
            Mask::Choice([condition, yes, no]) => {
                let condition = self.mask(*condition);
                let (yes, no) = (self.mask(*yes), self.mask(*no));
                Outcome::choice(&condition, &yes, &no, rows)
            }
            Mask::Same([one, two]) => self.same(*one, *two, rows),
            Mask::Counted(counted) => self.counted_against(counted, rows),
            Mask::Number(comparison, column, constant) => {
                let column = self.column(*column);
                let truth = match &column.values {
                    Values::Whole(numbers) | Values::Decimals(numbers, _) => {
                        each_width!(numbers, values => {
                            compare(values.get(range.clone()).unwrap_or_default(), *comparison, *constant)
                        })
                    }
                    _ => return Outcome::constant(None, rows),
                };
                let missing = comparison.equality().map(|equal| !equal);
                Outcome::of_column(truth, valid(column, &range), missing, rows)
            }
            Mask::Numbers(comparison, sides) => self.compared(*comparison, *sides, need),
            Mask::NumberIn(number, these) => {
                let figures = self.figures(*number);
                let mut truth = test(&figures.values, |value| these.binary_search(&value).is_ok());
                let nowhere = union(figures.null.clone(), figures.unknown.as_ref());
                if let Some(nowhere) = &nowhere {
                    without(&mut truth, nowhere);
                }
                Outcome { truth, unknown: figures.unknown.clone(), escaped: figures.escaped.clone() }
            }
            Mask::Words(column, truth, missing) => {
                let column = self.column(*column);
                let Values::Words(codes, _) = &column.values else { return Outcome::constant(None, rows) };
                let truth = each_code!(codes, codes => {
                    words(codes.get(range.clone()).unwrap_or_default(), truth)
                });
                Outcome::of_column(truth, valid(column, &range), *missing, rows)
            }
            Mask::Double(comparison, column, bits) => {
                let column = self.column(*column);
                let missing = comparison.equality().map(|equal| !equal);
                let Values::Doubles(values) = &column.values else { return Outcome::constant(missing, rows) };
                let values = values.get(range.clone()).unwrap_or_default();
                doubles(values, *comparison, f64::from_bits(*bits), valid(column, &range))
            }
            Mask::Text(column, check) => {
                let column = self.column(*column);
                text(column, valid(column, &range), &range, check, need)
            }
            Mask::Ids(column, these, equal) => {
                let column = self.column(*column);
                let Values::Ids(ids) = &column.values else {
                    return Outcome::constant(Some(!equal), rows);
                };
                let ids = ids.get(range.clone()).unwrap_or_default();
                let truth = match &**these {
                    [one] => test(ids, |id| (id == *one) == *equal),
                    many => test(ids, |id| many.binary_search(&id).is_ok() == *equal),
                };
                Outcome::of_column(truth, valid(column, &range), Some(!equal), rows)
            }
            Mask::Loop(quantifier, below, body) => self.quantified(*quantifier, *below, *body, rows, need),
            Mask::Above(mask) => {
                let above = self.mask(*mask);
                let segments = self.segments(operation.domain);
                let down = |words: &Vec<u64>| segments.down(words);
                Outcome {
                    truth: segments.down(&above.truth),
                    unknown: above.unknown.as_ref().map(down),
                    escaped: above.escaped.as_ref().map(down),
                }
            }
            Mask::Shared(shared) => self.shared(shared, operation.domain, &range, need),
            Mask::ByRow(number) => {
                let Some(rule) = program.by_row.get(*number) else { return Outcome::constant(None, rows) };
                let all;
                let need = match need {
                    Some(need) => need,
                    None => {
                        all = full(rows);
                        &all
                    }
                };
                self.one_by_one(need, |row| rule.decide(range.start + row))
            }
        }
    }
}

/// The rows of a range that have a value; none if all have.
fn valid(column: &Column, range: &Range<usize>) -> Option<Vec<u64>> {
    match (&column.values, &column.valid) {
        (Values::Missing, _) => Some(vec![0; words_for(range.len())]),
        (_, valid) => valid.as_ref().map(|valid: &Bits| valid.range(range.start, range.len())),
    }
}
