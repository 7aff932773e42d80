//! Free time: what is open, less what is busy, of one or in common of several.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A stretch of time: from the first moment up to, and without, the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First moment.
    pub from: DateTime<Utc>,
    /// Moment at which it ends.
    pub until: DateTime<Utc>,
}

impl Span {
    /// How long it is.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        self.until - self.from
    }
}

/// Stretches in order, with those that touch or overlap made one and empty ones left out.
#[must_use]
pub fn union(spans: &[Span]) -> Vec<Span> {
    let mut sorted: Vec<Span> = spans.iter().copied().filter(|span| span.from < span.until).collect();
    sorted.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in sorted {
        match joined.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => joined.push(span),
        }
    }
    joined
}

/// What is open and not busy.
#[must_use]
pub fn free(open: &[Span], busy: &[Span]) -> Vec<Span> {
    let busy = union(busy);
    let mut left = Vec::new();
    let mut next = 0;
    for span in union(open) {
        let mut from = span.from;
        // What ended before this stretch ends before all later ones.
        while busy.get(next).is_some_and(|taken| taken.until <= from) {
            next += 1;
        }
        for taken in busy.iter().skip(next).take_while(|taken| taken.from < span.until) {
            if taken.from > from {
                left.push(Span { from, until: taken.from });
            }
            from = from.max(taken.until);
        }
        if from < span.until {
            left.push(Span { from, until: span.until });
        }
    }
    left
}

/// What two have in common.
#[must_use]
pub fn common(one: &[Span], other: &[Span]) -> Vec<Span> {
    let (one, other) = (union(one), union(other));
    let (mut left, mut right) = (0, 0);
    let mut both = Vec::new();
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        let shared = Span { from: a.from.max(b.from), until: a.until.min(b.until) };
        if shared.from < shared.until {
            both.push(shared);
        }
        if a.until <= b.until { left += 1 } else { right += 1 }
    }
    both
}

/// Those that are long enough.
#[must_use]
pub fn at_least(spans: Vec<Span>, length: TimeDelta) -> Vec<Span> {
    spans.into_iter().filter(|span| span.length() >= length && span.from < span.until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: u32) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute.into())
    }
    fn spans(pairs: &[(u32, u32)]) -> Vec<Span> {
        pairs.iter().map(|(from, until)| Span { from: at(*from), until: at(*until) }).collect()
    }
    fn within(spans: &[Span], minute: u32) -> bool {
        spans.iter().any(|span| span.from <= at(minute) && at(minute) < span.until)
    }

    #[test]
    fn what_is_taken_is_cut_out() {
        for (open, busy, left) in [
            (vec![(540, 1080)], vec![(600, 660)], vec![(540, 600), (660, 1080)]),
            (vec![(540, 1080)], vec![(0, 540), (1080, 1200)], vec![(540, 1080)]),
            (vec![(540, 1080)], vec![(500, 1100)], vec![]),
            (vec![(540, 780), (840, 1080)], vec![(700, 900)], vec![(540, 700), (900, 1080)]),
            (vec![(540, 1080)], vec![(600, 600)], vec![(540, 1080)]),
            (vec![(540, 1080)], vec![(600, 700), (650, 800), (800, 810)], vec![(540, 600), (810, 1080)]),
        ] {
            assert_eq!(free(&spans(&open), &spans(&busy)), spans(&left), "{open:?} - {busy:?}");
        }
        let short = at_least(spans(&[(0, 29), (30, 60)]), TimeDelta::minutes(30));
        assert_eq!(short, spans(&[(30, 60)]));
    }

    fn some_spans() -> impl Strategy<Value = Vec<(u32, u32)>> {
        prop::collection::vec((0_u32..120, 0_u32..30).prop_map(|(from, length)| (from, from + length)), 0..8)
    }

    proptest! {
        /// Minute by minute, free is open and not busy, and common is in both; what comes out is in order and apart.
        #[test]
        fn free_and_common_agree_with_each_minute(open in some_spans(), busy in some_spans()) {
            let (open, busy) = (spans(&open), spans(&busy));
            let (left, both) = (free(&open, &busy), common(&open, &busy));
            for minute in 0..160 {
                let (is_open, is_busy) = (within(&open, minute), within(&busy, minute));
                prop_assert_eq!(within(&left, minute), is_open && !is_busy);
                prop_assert_eq!(within(&both, minute), is_open && is_busy);
            }
            for found in [&left, &both] {
                prop_assert!(found.windows(2).all(|pair| pair[0].until <= pair[1].from));
                prop_assert!(found.iter().all(|span| span.from < span.until));
            }
        }
    }
}
