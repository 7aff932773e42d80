//! What is asked of the children of each record.

use super::Work;
use crate::column::each_width;
use crate::kernels::fold::{folded, running_counts};
use crate::outcome::{Figures, Outcome, and_with, complement, full, some_if_any, union, without};
use crate::program::{Counted, DomainId, Folding, MaskId};
use clientela_rules::plan::{Comparison, Quantifier};
use std::rc::Rc;

impl Work<'_> {
    /// Of rows that are not needed nothing is said.
    pub(super) fn quantified(
        &mut self,
        quantifier: Quantifier,
        below: DomainId,
        body: MaskId,
        rows: usize,
        need: Option<&[u64]>,
    ) -> Outcome {
        let segments = self.segments(below);
        let visible = self.visible(below);
        let body = match need {
            Some(need) => self.needed(body, &segments.down(need)),
            None => self.mask(body),
        };
        let seen = |mut words: Vec<u64>| {
            if let Some(visible) = &visible {
                and_with(&mut words, visible);
            }
            words
        };
        let doubtful = body.unknown.as_ref().map(|unknown| segments.any(&seen(unknown.clone())));
        let unlisted = self.unlisted(below);
        let unknown = union(doubtful, unlisted.as_ref());
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
                let kept = seen(body.truth.clone());
                let mut truth = segments.any(&kept);
                without(&mut truth, &segments.at_least(&kept, 2));
                if let Some(unknown) = &unknown {
                    without(&mut truth, unknown);
                }
                Outcome { truth, unknown: unknown.and_then(some_if_any), escaped }
            }
        }
    }

    /// How many children a filter keeps, against a small number.
    pub(super) fn counted_against(&mut self, counted: &Counted, rows: usize) -> Outcome {
        let (kept, unknown, escaped) = self.kept(counted.below, counted.filter);
        let segments = self.segments(counted.below);
        let at_least = |count: u32| match count {
            0 => full(rows),
            count => segments.at_least(&kept, count),
        };
        let more = || counted.count.saturating_add(1);
        let mut truth = match counted.comparison {
            Comparison::AtLeast => at_least(counted.count),
            Comparison::Greater => at_least(more()),
            Comparison::Less => complement(&at_least(counted.count), rows),
            Comparison::AtMost => complement(&at_least(more()), rows),
            Comparison::Equal | Comparison::NotEqual => {
                let mut equal = at_least(counted.count);
                without(&mut equal, &at_least(more()));
                if counted.comparison == Comparison::Equal { equal } else { complement(&equal, rows) }
            }
        };
        if let Some(unknown) = &unknown {
            without(&mut truth, unknown);
        }
        Outcome { truth, unknown, escaped }
    }

    pub(super) fn count(&mut self, below: DomainId, filter: Option<MaskId>) -> Figures {
        let segments = self.segments(below);
        if filter.is_none() && self.visible(below).is_none() {
            return Figures { values: segments.sizes(), unknown: self.unlisted(below), ..Figures::default() };
        }
        let (kept, unknown, escaped) = self.kept(below, filter);
        let counts = running_counts(&kept, self.range(below).len());
        Figures { values: segments.differences(&counts), null: None, unknown, escaped }
    }

    /// The children that may be seen and that a filter keeps; the parents of those of which that cannot be told; the
    /// parents of those of which 64 bits cannot tell it.
    fn kept(
        &mut self,
        below: DomainId,
        filter: Option<MaskId>,
    ) -> (Vec<u64>, Option<Vec<u64>>, Option<Vec<u64>>) {
        let filter = filter.map(|filter| self.mask(filter));
        let segments = self.segments(below);
        let visible = self.visible(below);
        let seen = |words: &Vec<u64>| {
            let mut words = words.clone();
            if let Some(visible) = &visible {
                and_with(&mut words, visible);
            }
            words
        };
        let unlisted = self.unlisted(below);
        match &filter {
            None => (seen(&full(self.range(below).len())), unlisted, None),
            Some(filter) => {
                let unknown = filter.unknown.as_ref().map(|unknown| segments.any(&seen(unknown)));
                let escaped = filter.escaped.as_ref().map(|escaped| segments.any(escaped));
                (seen(&filter.truth), union(unknown, unlisted.as_ref()).and_then(some_if_any), escaped)
            }
        }
    }

    /// Of rows that are not needed nothing is said.
    pub(super) fn fold(&mut self, folding: &Folding, need: Option<&[u64]>) -> Figures {
        let below = folding.below;
        let (kept, doubtful, lost) = self.kept(below, folding.filter);
        let segments = self.segments(below);
        // A plain column is read as it lies; what is calculated is at hand as 64-bit numbers.
        let (column, figures) = match self.plain(folding.value) {
            Some((column, doubts)) => (Some(column), Rc::new(doubts)),
            None => (None, self.figures(folding.value)),
        };
        // A kept entry without a value, or an entry of which it cannot be told whether it is kept, spoils the whole.
        let nowhere = union(figures.null.clone(), figures.unknown.as_ref());
        let spoilt = nowhere.map(|mut nowhere| {
            and_with(&mut nowhere, &kept);
            segments.any(&nowhere)
        });
        let mut unknown = union(doubtful, spoilt.as_ref());
        let mut escaped = union(lost, figures.escaped.as_ref().map(|escaped| segments.any(escaped)).as_ref());
        let all = folding.filter.is_none() && self.visible(below).is_none();
        let rows = self.range(below);
        let made = match column {
            Some(numbers) => each_width!(numbers, values => {
                let values = values.get(rows.clone()).unwrap_or_default();
                folded(folding.fold, values, (!all).then_some(&*kept), &segments, need)
            }),
            None => folded(folding.fold, &figures.values, (!all).then_some(&*kept), &segments, need),
        };
        unknown = union(unknown, made.empty.as_ref());
        if folding.exact {
            escaped = union(escaped, made.failed.as_ref());
        } else {
            unknown = union(unknown, made.failed.as_ref());
        }
        Figures { values: made.values, null: None, unknown: unknown.and_then(some_if_any), escaped }
    }
}
