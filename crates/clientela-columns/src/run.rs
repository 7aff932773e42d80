//! Runs a program over a range of rows.

use crate::bits::{Bits, Ones, test, words_for};
use crate::column::{Column, Values, each_code, each_width};
use crate::outcome::{Figures, Outcome, and_with, complement, full, or_with, some_if_any, union, without};
use crate::program::{ColumnId, DomainId, Mask, MaskId, Number, NumberId, Program, Shared, TextCheck};
use crate::records::Children;
use crate::segments::Segments;
use clientela_rules::plan::row::shifted;
use clientela_rules::plan::{Comparison, Fold, Quantifier};
use std::ops::Range;
use std::rc::Rc;

/// A range of records being asked.
pub(crate) struct Work<'p> {
    program: &'p Program,
    /// The rows of each domain.
    rows: Vec<Range<usize>>,
    masks: Vec<Option<Rc<Outcome>>>,
    numbers: Vec<Option<Rc<Figures>>>,
}

impl<'p> Work<'p> {
    pub(crate) fn new(program: &'p Program, records: Range<usize>) -> Self {
        let mut rows: Vec<Range<usize>> = Vec::with_capacity(program.domains.len());
        for domain in &program.domains {
            let range = match &domain.above {
                None => records.clone(),
                Some((above, children)) => {
                    let parents = rows.get(*above).cloned().unwrap_or(0..0);
                    Segments::new(children.offsets(), &parents).children()
                }
            };
            rows.push(range);
        }
        Self {
            program,
            rows,
            masks: vec![None; program.masks.len()],
            numbers: vec![None; program.numbers.len()],
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

    fn segments(&self, domain: DomainId) -> Segments<'p> {
        match self.children(domain) {
            Some((above, children)) => Segments::new(children.offsets(), &self.range(above)),
            None => Segments::new(&[], &(0..0)),
        }
    }

    /// The rows of a domain that may be seen; none if all may.
    fn visible(&self, domain: DomainId) -> Option<Vec<u64>> {
        let (_, children) = self.children(domain)?;
        let range = self.range(domain);
        children.visible().map(|visible| visible.range(range.start, range.len()))
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
            Mask::Numbers(comparison, [one, two]) => {
                let (one, two) = (self.figures(*one), self.figures(*two));
                compared(*comparison, &one, &two)
            }
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
            Mask::Text(column, check) => text(self.column(*column), &range, check, need),
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
            Mask::Loop(quantifier, below, body) => self.quantified(*quantifier, *below, *body, rows),
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
            Mask::Shared(shared) => self.shared(shared, operation.domain, &range),
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

    fn one_by_one(&self, need: &[u64], decide: impl Fn(usize) -> Option<bool>) -> Outcome {
        let mut truth = vec![0; need.len()];
        let mut unknown = vec![0; need.len()];
        for (number, word) in need.iter().enumerate() {
            for bit in Ones(*word) {
                let place = match decide(number * 64 + bit) {
                    Some(true) => &mut truth,
                    Some(false) => continue,
                    None => &mut unknown,
                };
                if let Some(word) = place.get_mut(number) {
                    *word |= 1 << bit;
                }
            }
        }
        Outcome { truth, unknown: some_if_any(unknown), escaped: None }
    }

    fn all(&mut self, parts: &[MaskId], rows: usize, need: Option<&[u64]>) -> Outcome {
        let mut possible = need.map_or_else(|| full(rows), <[u64]>::to_vec);
        let mut truth = possible.clone();
        let mut escaped = None;
        for part in parts {
            if possible.iter().all(|word| *word == 0) && escaped.is_none() {
                return Outcome { truth: possible, unknown: None, escaped: None };
            }
            let part = self.needed(*part, &possible);
            and_with(&mut truth, &part.truth);
            match &part.unknown {
                None => and_with(&mut possible, &part.truth),
                Some(_) => and_with(&mut possible, &part.possible()),
            }
            escaped = union(escaped, part.escaped.as_ref());
            // A row that could not be told exactly stays in question.
            if let Some(escaped) = &escaped {
                or_with(&mut possible, escaped);
            }
        }
        without(&mut possible, &truth);
        Outcome { truth, unknown: some_if_any(possible), escaped }
    }

    fn any(&mut self, parts: &[MaskId], rows: usize, need: Option<&[u64]>) -> Outcome {
        let mut open = need.map_or_else(|| full(rows), <[u64]>::to_vec);
        let mut truth = vec![0; words_for(rows)];
        let mut unknown: Option<Vec<u64>> = None;
        let mut escaped = None;
        for part in parts {
            if open.iter().all(|word| *word == 0) {
                break;
            }
            let part = self.needed(*part, &open);
            or_with(&mut truth, &part.truth);
            unknown = union(unknown, part.unknown.as_ref());
            escaped = union(escaped, part.escaped.as_ref());
            without(&mut open, &part.truth);
            if let Some(escaped) = &part.escaped {
                or_with(&mut open, escaped);
            }
        }
        if let Some(unknown) = &mut unknown {
            without(unknown, &truth);
        }
        Outcome { truth, unknown, escaped }
    }

    /// Both yes or both no; a missing flag is a value of its own.
    fn same(&mut self, one: MaskId, two: MaskId, rows: usize) -> Outcome {
        let (one_null, two_null) = (self.null_flag(one), self.null_flag(two));
        let (one, two) = (self.mask(one), self.mask(two));
        let cannot = |outcome: &Outcome, null: &Option<Vec<u64>>| match (&outcome.unknown, null) {
            (Some(unknown), Some(null)) => {
                let mut unknown = unknown.clone();
                without(&mut unknown, null);
                Some(unknown)
            }
            (unknown, _) => unknown.clone(),
        };
        let unknown = union(cannot(&one, &one_null), cannot(&two, &two_null).as_ref());
        let none = vec![0; words_for(rows)];
        let (one_null, two_null) = (one_null.unwrap_or_else(|| none.clone()), two_null.unwrap_or(none));
        let both = one.truth.iter().zip(&two.truth).zip(one_null.iter().zip(&two_null));
        let differ: Vec<u64> = both.map(|((one, two), (first, second))| one ^ two | first ^ second).collect();
        let mut truth = complement(&differ, rows);
        if let Some(unknown) = &unknown {
            without(&mut truth, unknown);
        }
        Outcome { truth, unknown, escaped: union(one.escaped.clone(), two.escaped.as_ref()) }
    }

    /// The rows where a flag is missing, if the operation is a plain flag.
    fn null_flag(&mut self, id: MaskId) -> Option<Vec<u64>> {
        let operation = self.program.masks.get(id)?;
        let range = self.range(operation.domain);
        match operation.work {
            Mask::Flag(column) => {
                valid(self.column(column), &range).map(|valid| complement(&valid, range.len()))
            }
            _ => None,
        }
    }

    fn quantified(&mut self, quantifier: Quantifier, below: DomainId, body: MaskId, rows: usize) -> Outcome {
        let body = self.mask(body);
        let segments = self.segments(below);
        let visible = self.visible(below);
        let seen = |mut words: Vec<u64>| {
            if let Some(visible) = &visible {
                and_with(&mut words, visible);
            }
            words
        };
        let unknown = body.unknown.as_ref().map(|unknown| segments.any(&seen(unknown.clone())));
        let escaped = body.escaped.as_ref().map(|escaped| segments.any(escaped)).and_then(some_if_any);
        match quantifier {
            Quantifier::Some => {
                let truth = match &visible {
                    None => segments.any(&body.truth),
                    Some(_) => segments.any(&seen(body.truth.clone())),
                };
                let unknown = unknown.and_then(|mut unknown| {
                    without(&mut unknown, &truth);
                    some_if_any(unknown)
                });
                Outcome { truth, unknown, escaped }
            }
            Quantifier::Every => {
                let refused = complement(&body.possible(), self.range(below).len());
                let refused = segments.any(&seen(refused));
                let mut truth = complement(&refused, rows);
                let unknown = unknown.and_then(|mut unknown| {
                    and_with(&mut unknown, &truth);
                    some_if_any(unknown)
                });
                if let Some(unknown) = &unknown {
                    without(&mut truth, unknown);
                }
                Outcome { truth, unknown, escaped }
            }
            Quantifier::One => {
                let counts = segments.count(&seen(body.truth.clone()));
                let mut truth = test(&counts, |count| count == 1);
                if let Some(unknown) = &unknown {
                    without(&mut truth, unknown);
                }
                Outcome { truth, unknown: unknown.and_then(some_if_any), escaped }
            }
        }
    }

    fn shared(&mut self, shared: &Shared, domain: DomainId, range: &Range<usize>) -> Outcome {
        let filter = shared.filter.map(|filter| self.mask(filter));
        let (word, other_word) = (self.column(shared.word), self.column(shared.other_word));
        let (Values::Words(codes, _), Values::Words(other_codes, _)) = (&word.values, &other_word.values)
        else {
            return Outcome::constant(None, range.len());
        };
        let others = self.range(shared.others);
        let mut usable = filter.as_ref().map_or_else(|| full(others.len()), |filter| filter.truth.clone());
        let mut doubtful = filter.as_ref().and_then(|filter| filter.unknown.clone());
        for words in std::iter::once(&mut usable).chain(doubtful.as_mut()) {
            for limit in [valid(other_word, &others), self.visible(shared.others)].into_iter().flatten() {
                and_with(words, &limit);
            }
        }
        let among = |usable: &[u64]| -> Vec<u64> {
            self.segments(shared.others)
                .each()
                .map(|rows| {
                    rows.filter(|row| usable.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1))
                        .filter_map(|row| other_codes.get(others.start + row))
                        .filter_map(|code| shared.other_bits.get(code))
                        .fold(0, |mask, bit| mask | 1_u64.wrapping_shl(u32::from(*bit)))
                })
                .collect()
        };
        let segments = self.segments(domain);
        let hits = |masks: &[u64]| -> Vec<u64> {
            let mut truth = vec![0; words_for(range.len())];
            for (mask, rows) in masks.iter().zip(segments.each()).filter(|(mask, _)| **mask != 0) {
                for row in rows {
                    let bit = codes.get(range.start + row).and_then(|code| shared.bits.get(code));
                    let hit = bit.is_some_and(|bit| *bit < 64 && mask >> bit & 1 == 1);
                    if let Some(word) = truth.get_mut(row / 64) {
                        *word |= u64::from(hit) << (row % 64);
                    }
                }
            }
            truth
        };
        let mut truth = hits(&among(&usable));
        let mut unknown = doubtful.map(|doubtful| hits(&among(&doubtful)));
        if let Some(valid) = valid(word, range) {
            and_with(&mut truth, &valid);
            if let Some(unknown) = &mut unknown {
                and_with(unknown, &valid);
            }
        }
        if let Some(unknown) = &mut unknown {
            without(unknown, &truth);
        }
        let escaped = filter.as_ref().and_then(|filter| filter.escaped.as_ref());
        let escaped = escaped.map(|escaped| segments.down(&self.segments(shared.others).any(escaped)));
        Outcome { truth, unknown: unknown.and_then(some_if_any), escaped }
    }

    fn figures(&mut self, id: NumberId) -> Rc<Figures> {
        if let Some(Some(known)) = self.numbers.get(id) {
            return Rc::clone(known);
        }
        let made = Rc::new(self.counted(id));
        if let Some(place) = self.numbers.get_mut(id) {
            *place = Some(Rc::clone(&made));
        }
        made
    }

    fn counted(&mut self, id: NumberId) -> Figures {
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
                let null = match (&column.values, valid(column, &range)) {
                    (Values::Missing, _) => Some(full(rows)),
                    (_, valid) => valid.map(|valid| complement(&valid, rows)).and_then(some_if_any),
                };
                Figures { values, null, ..Figures::default() }
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
            Number::Choice(condition, [yes, no]) => {
                let condition = self.mask(*condition);
                let (yes, no) = (self.figures(*yes), self.figures(*no));
                chosen(&condition, &yes, &no, rows)
            }
            Number::Count(below, filter) => self.count(*below, *filter),
            Number::Fold(fold, below, filter, value, exact) => {
                self.fold(*fold, *below, *filter, *value, *exact)
            }
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

    fn count(&mut self, below: DomainId, filter: Option<MaskId>) -> Figures {
        let filter = filter.map(|filter| self.mask(filter));
        let segments = self.segments(below);
        let visible = self.visible(below);
        let (values, unknown, escaped) = match (&filter, &visible) {
            (None, None) => (segments.sizes(), None, None),
            (None, Some(visible)) => (segments.count(visible), None, None),
            (Some(filter), visible) => {
                let seen = |words: &Vec<u64>| {
                    let mut words = words.clone();
                    if let Some(visible) = visible {
                        and_with(&mut words, visible);
                    }
                    words
                };
                let unknown = filter.unknown.as_ref().map(|unknown| segments.any(&seen(unknown)));
                let escaped = filter.escaped.as_ref().map(|escaped| segments.any(escaped));
                (segments.count(&seen(&filter.truth)), unknown.and_then(some_if_any), escaped)
            }
        };
        Figures { values, null: None, unknown, escaped }
    }

    fn fold(
        &mut self,
        fold: Fold,
        below: DomainId,
        filter: Option<MaskId>,
        value: NumberId,
        exact: bool,
    ) -> Figures {
        let filter = filter.map(|filter| self.mask(filter));
        let figures = self.figures(value);
        let segments = self.segments(below);
        let rows = figures.values.len();
        let mut kept = filter.as_ref().map_or_else(|| full(rows), |filter| filter.truth.clone());
        if let Some(visible) = self.visible(below) {
            and_with(&mut kept, &visible);
        }
        // A kept entry without a value, or an entry of which it cannot be told whether it is kept, spoils the whole.
        let nowhere = union(figures.null.clone(), figures.unknown.as_ref());
        let spoilt = nowhere.map(|mut nowhere| {
            and_with(&mut nowhere, &kept);
            nowhere
        });
        let doubtful = filter.as_ref().and_then(|filter| filter.unknown.clone()).map(|mut unknown| {
            if let Some(visible) = self.visible(below) {
                and_with(&mut unknown, &visible);
            }
            unknown
        });
        let spoilt = union(spoilt, doubtful.as_ref());
        let mut unknown = spoilt.map(|spoilt| segments.any(&spoilt));
        let escaped =
            union(figures.escaped.clone(), filter.as_ref().and_then(|filter| filter.escaped.as_ref()));
        let mut escaped = escaped.map(|escaped| segments.any(&escaped));
        let parents = segments.each().count();
        let mut values = Vec::with_capacity(parents);
        let mut failed = vec![0_u64; words_for(parents)];
        let mut empty = vec![0_u64; words_for(parents)];
        let whole = filter.is_none() && self.visible(below).is_none();
        for (parent, range) in segments.each().enumerate() {
            let all = figures.values.get(range.clone()).unwrap_or_default();
            let folded = if whole {
                folded(fold, all.iter().copied())
            } else {
                let bits = all
                    .iter()
                    .zip(range)
                    .filter(|(_, row)| kept.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1));
                folded(fold, bits.map(|(value, _)| *value))
            };
            let bit = 1_u64 << (parent % 64);
            match folded {
                Folding::Value(value) => values.push(value),
                Folding::TooLarge => {
                    values.push(0);
                    if let Some(word) = failed.get_mut(parent / 64) {
                        *word |= bit;
                    }
                }
                Folding::Empty => {
                    values.push(0);
                    if let Some(word) = empty.get_mut(parent / 64) {
                        *word |= bit;
                    }
                }
            }
        }
        unknown = union(unknown, some_if_any(empty).as_ref());
        let failed = some_if_any(failed);
        if exact {
            escaped = union(escaped, failed.as_ref());
        } else {
            unknown = union(unknown, failed.as_ref());
        }
        Figures { values, null: None, unknown: unknown.and_then(some_if_any), escaped }
    }
}

enum Folding {
    Value(i64),
    TooLarge,
    Empty,
}

fn folded(fold: Fold, mut values: impl Iterator<Item = i64>) -> Folding {
    match fold {
        Fold::Sum => match values.try_fold(0_i64, i64::checked_add) {
            Some(sum) => Folding::Value(sum),
            None => Folding::TooLarge,
        },
        Fold::Min => values.min().map_or(Folding::Empty, Folding::Value),
        Fold::Max => values.max().map_or(Folding::Empty, Folding::Value),
    }
}

/// The rows of a range that have a value; none if all have.
fn valid(column: &Column, range: &Range<usize>) -> Option<Vec<u64>> {
    match (&column.values, &column.valid) {
        (Values::Missing, _) => Some(vec![0; words_for(range.len())]),
        (_, valid) => valid.as_ref().map(|valid: &Bits| valid.range(range.start, range.len())),
    }
}

/// The values of a column against a number that may lie beyond all of them.
fn compare<T>(values: &[T], comparison: Comparison, constant: i64) -> Vec<u64>
where
    T: Copy + PartialOrd + TryFrom<i64>,
{
    let Ok(constant) = T::try_from(constant) else {
        // Beyond what the column can hold: the sign decides for all.
        let above = constant > 0;
        let all = match comparison {
            Comparison::Equal => false,
            Comparison::NotEqual => true,
            Comparison::Less | Comparison::AtMost => above,
            Comparison::Greater | Comparison::AtLeast => !above,
        };
        return if all { full(values.len()) } else { vec![0; words_for(values.len())] };
    };
    match comparison {
        Comparison::Equal => test(values, |value| value == constant),
        Comparison::NotEqual => test(values, |value| value != constant),
        Comparison::Less => test(values, |value| value < constant),
        Comparison::AtMost => test(values, |value| value <= constant),
        Comparison::Greater => test(values, |value| value > constant),
        Comparison::AtLeast => test(values, |value| value >= constant),
    }
}

/// Doubles against one. What is not a number has no order.
fn doubles(values: &[f64], comparison: Comparison, constant: f64, valid: Option<Vec<u64>>) -> Outcome {
    let truth = match comparison {
        Comparison::Equal => test(values, |value| value == constant),
        Comparison::NotEqual => test(values, |value| value != constant),
        Comparison::Less => test(values, |value| value < constant),
        Comparison::AtMost => test(values, |value| value <= constant),
        Comparison::Greater => test(values, |value| value > constant),
        Comparison::AtLeast => test(values, |value| value >= constant),
    };
    let missing = comparison.equality().map(|equal| !equal);
    let mut outcome = Outcome::of_column(truth, valid, missing, values.len());
    if missing.is_none() {
        let unordered = test(values, |value| value.is_nan() || constant.is_nan());
        outcome.unknown = union(outcome.unknown, some_if_any(unordered).as_ref());
    }
    outcome
}

/// A code as a place in a list.
trait Code: Copy + PartialEq + TryFrom<usize> {
    fn place(self) -> usize;
}

impl Code for u8 {
    fn place(self) -> usize {
        self.into()
    }
}

impl Code for u16 {
    fn place(self) -> usize {
        self.into()
    }
}

impl Code for u32 {
    fn place(self) -> usize {
        self as usize
    }
}

/// What is said of each word, for each row.
fn words<T: Code>(codes: &[T], truth: &[bool]) -> Vec<u64> {
    let held = truth.iter().filter(|held| **held).count();
    let only =
        |wanted: bool| truth.iter().position(|held| *held == wanted).and_then(|code| T::try_from(code).ok());
    match held {
        0 => vec![0; words_for(codes.len())],
        held if held == truth.len() => full(codes.len()),
        1 => match only(true) {
            Some(code) => test(codes, |value| value == code),
            None => vec![0; words_for(codes.len())],
        },
        held if held + 1 == truth.len() => match only(false) {
            Some(code) => test(codes, |value| value != code),
            None => full(codes.len()),
        },
        _ => test(codes, |code| truth.get(code.place()).copied().unwrap_or(false)),
    }
}

fn text(column: &Column, range: &Range<usize>, check: &TextCheck, need: Option<&[u64]>) -> Outcome {
    let Values::Texts(texts) = &column.values else { return Outcome::constant(None, range.len()) };
    let valid = valid(column, range);
    let mut asked = need.map_or_else(|| full(range.len()), <[u64]>::to_vec);
    if let Some(valid) = &valid {
        and_with(&mut asked, valid);
    }
    let mut truth = vec![0; asked.len()];
    for ((number, word), held) in asked.iter().enumerate().zip(&mut truth) {
        for bit in Ones(*word) {
            let text = texts.get(range.start + number * 64 + bit);
            *held |= u64::from(check.holds(text)) << bit;
        }
    }
    Outcome::of_column(truth, valid, check.missing(), range.len())
}

fn compared(comparison: Comparison, one: &Figures, two: &Figures) -> Outcome {
    let rows = one.values.len();
    let pairs: Vec<(i64, i64)> = one.values.iter().copied().zip(two.values.iter().copied()).collect();
    let mut truth = match comparison {
        Comparison::Equal => test(&pairs, |(one, two)| one == two),
        Comparison::NotEqual => test(&pairs, |(one, two)| one != two),
        Comparison::Less => test(&pairs, |(one, two)| one < two),
        Comparison::AtMost => test(&pairs, |(one, two)| one <= two),
        Comparison::Greater => test(&pairs, |(one, two)| one > two),
        Comparison::AtLeast => test(&pairs, |(one, two)| one >= two),
    };
    let mut unknown = union(one.unknown.clone(), two.unknown.as_ref());
    match comparison.equality() {
        Some(equal) => {
            let none = vec![0; words_for(rows)];
            let first = one.null.as_ref().unwrap_or(&none);
            let second = two.null.as_ref().unwrap_or(&none);
            for ((word, first), second) in truth.iter_mut().zip(first).zip(second) {
                // One is missing: they differ. Both are missing: they are the same.
                let (differ, same) = (first ^ second, first & second);
                *word = if equal { *word & !differ | same } else { (*word | differ) & !same };
            }
        }
        None => {
            unknown = union(unknown, one.null.as_ref());
            unknown = union(unknown, two.null.as_ref());
        }
    }
    if let Some(unknown) = &unknown {
        without(&mut truth, unknown);
    }
    Outcome { truth, unknown, escaped: union(one.escaped.clone(), two.escaped.as_ref()) }
}

/// A calculation with each number; where it cannot be done it is unknown.
fn applied(part: &Figures, work: impl Fn(i64) -> Option<i64>) -> Figures {
    let nowhere = union(part.null.clone(), part.unknown.as_ref());
    let (values, failed) = tried(part.values.iter().map(|value| work(*value)), part.values.len());
    Figures { values, null: None, unknown: union(nowhere, failed.as_ref()), escaped: part.escaped.clone() }
}

/// A calculation that is always possible, but perhaps not in 64 bits.
fn exactly(part: &Figures, work: impl Fn(i64) -> Option<i64>) -> Figures {
    let nowhere = union(part.null.clone(), part.unknown.as_ref());
    let (values, failed) = tried(part.values.iter().map(|value| work(*value)), part.values.len());
    Figures { values, null: None, unknown: nowhere, escaped: union(part.escaped.clone(), failed.as_ref()) }
}

fn combined(one: &Figures, two: &Figures, exact: bool, work: impl Fn(i64, i64) -> Option<i64>) -> Figures {
    let pairs = one.values.iter().zip(&two.values);
    let (values, failed) = tried(pairs.map(|(one, two)| work(*one, *two)), one.values.len());
    let mut unknown = union(one.null.clone(), one.unknown.as_ref());
    unknown = union(unknown, two.null.as_ref());
    unknown = union(unknown, two.unknown.as_ref());
    let mut escaped = union(one.escaped.clone(), two.escaped.as_ref());
    if exact {
        escaped = union(escaped, failed.as_ref());
    } else {
        unknown = union(unknown, failed.as_ref());
    }
    Figures { values, null: None, unknown, escaped }
}

/// Results, and the rows where there is none.
fn tried(results: impl Iterator<Item = Option<i64>>, rows: usize) -> (Vec<i64>, Option<Vec<u64>>) {
    let mut values = Vec::with_capacity(rows);
    let mut failed: Option<Vec<u64>> = None;
    for (row, result) in results.enumerate() {
        if result.is_none() {
            let failed = failed.get_or_insert_with(|| vec![0; words_for(rows)]);
            if let Some(word) = failed.get_mut(row / 64) {
                *word |= 1 << (row % 64);
            }
        }
        values.push(result.unwrap_or(0));
    }
    (values, failed)
}

fn chosen(condition: &Outcome, yes: &Figures, no: &Figures, rows: usize) -> Figures {
    let is = |row: usize| condition.truth.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
    let pairs = yes.values.iter().zip(&no.values);
    let values = pairs.enumerate().map(|(row, (yes, no))| if is(row) { *yes } else { *no }).collect();
    let otherwise = complement(&condition.truth, rows);
    let pick = |yes: &Option<Vec<u64>>, no: &Option<Vec<u64>>| {
        let part = |words: &Option<Vec<u64>>, where_: &[u64]| {
            words.clone().map(|mut words| {
                and_with(&mut words, where_);
                words
            })
        };
        union(part(yes, &condition.truth), part(no, &otherwise).as_ref())
    };
    Figures {
        values,
        null: pick(&yes.null, &no.null),
        unknown: union(pick(&yes.unknown, &no.unknown), condition.unknown.as_ref()),
        escaped: union(union(yes.escaped.clone(), no.escaped.as_ref()), condition.escaped.as_ref()),
    }
}
