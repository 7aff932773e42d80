//! And, or, and two flags against each other.

use super::{Work, valid};
use crate::bits::{Ones, words_for};
use crate::outcome::{Outcome, and_with, complement, full, or_with, some_if_any, union, without};
use crate::program::{Mask, MaskId};

impl Work<'_> {
    pub(super) fn one_by_one(&self, need: &[u64], decide: impl Fn(usize) -> Option<bool>) -> Outcome {
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

    pub(super) fn all(&mut self, parts: &[MaskId], rows: usize, need: Option<&[u64]>) -> Outcome {
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

    pub(super) fn any(&mut self, parts: &[MaskId], rows: usize, need: Option<&[u64]>) -> Outcome {
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
    pub(super) fn same(&mut self, one: MaskId, two: MaskId, rows: usize) -> Outcome {
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
    pub(super) fn null_flag(&mut self, id: MaskId) -> Option<Vec<u64>> {
        let operation = self.program.masks.get(id)?;
        let range = self.range(operation.domain);
        match operation.work {
            Mask::Flag(column) => {
                valid(self.column(column), &range).map(|valid| complement(&valid, range.len()))
            }
            _ => None,
        }
    }
}
