//! What each candidate is given by which rules, by candidate.

use super::{RULES_MAX, ScoredRule};

/// The rules' names turned round: for each candidate the rules that name it. Sums are of 128 bits, so that their order does not
/// matter, and are cut to what fits at the end.
pub(super) struct Scores {
    /// For each candidate the rules that name it, one bit each.
    by: Vec<u128>,
    /// Where its scores begin; as many as it has bits, in the order of rules.
    starts: Vec<usize>,
    scores: Vec<i64>,
    /// What rules give the present owner.
    relations: Vec<Option<i64>>,
    /// The rules that give the present owner something.
    relating: u128,
    /// The rules after which none is looked at.
    stopping: u128,
}

impl Scores {
    pub(super) fn new(rules: &[ScoredRule], candidates: usize) -> Self {
        let rules = &rules[..rules.len().min(RULES_MAX)];
        let mut by = vec![0_u128; candidates];
        for (place, rule) in rules.iter().enumerate() {
            for (candidate, _) in &rule.named {
                by.get_mut(*candidate as usize).into_iter().for_each(|bits| *bits |= 1 << place);
            }
        }
        let mut starts = Vec::with_capacity(candidates);
        let mut all = 0;
        for bits in &by {
            starts.push(all);
            all += bits.count_ones() as usize;
        }
        let of = |asked: fn(&ScoredRule) -> bool| {
            rules
                .iter()
                .zip(0..)
                .filter(|(rule, _)| asked(rule))
                .fold(0_u128, |bits, (_, place)| bits | 1 << place)
        };
        let (relating, stopping) = (of(|rule| rule.relation.is_some()), of(|rule| rule.stop));
        let relations = rules.iter().map(|rule| rule.relation).collect();
        let mut table = Self { by, starts, scores: vec![0; all], relations, relating, stopping };
        for (place, rule) in rules.iter().enumerate() {
            for (candidate, score) in
                rule.named.iter().filter(|(candidate, _)| (*candidate as usize) < candidates)
            {
                let at = table.at(*candidate, place);
                table.scores[at] = table.scores[at].saturating_add(*score);
            }
        }
        table
    }

    /// The rules of a record that count: those that hold, up to the first that stops.
    pub(super) fn counting(&self, holds: u128) -> u128 {
        match holds & self.stopping {
            0 => holds,
            stops => holds & (u128::MAX >> (127 - stops.trailing_zeros())),
        }
    }

    /// The rules that name a candidate.
    pub(super) fn naming(&self, candidate: u32) -> u128 {
        self.by[candidate as usize]
    }

    fn at(&self, candidate: u32, rule: usize) -> usize {
        let before = self.by[candidate as usize] & ((1_u128 << rule) - 1);
        self.starts[candidate as usize] + before.count_ones() as usize
    }

    /// What a candidate is given by all these rules; none when none of them names it.
    pub(super) fn sum(&self, candidate: u32, rules: u128) -> Option<i128> {
        let naming = self.by[candidate as usize] & rules;
        (naming != 0)
            .then(|| ones(naming).map(|rule| i128::from(self.scores[self.at(candidate, rule)])).sum())
    }

    /// What the present owner is given besides by all these rules; none when none of them looks at that.
    pub(super) fn relation(&self, rules: u128) -> Option<i128> {
        let relating = self.relating & rules;
        let given = ones(relating).filter_map(|rule| self.relations[rule]);
        (relating != 0).then(|| given.map(i128::from).sum())
    }

    /// The one of these rules that gives a candidate most, the first of equals.
    pub(super) fn deciding(&self, candidate: u32, is_owner: bool, rules: u128) -> Option<usize> {
        let naming = self.by[candidate as usize];
        let mut best: Option<(i64, usize)> = None;
        for rule in ones(rules & (naming | if is_owner { self.relating } else { 0 })) {
            let named = if naming >> rule & 1 == 1 { self.scores[self.at(candidate, rule)] } else { 0 };
            let relation = self.relations[rule].filter(|_| is_owner).unwrap_or(0);
            let score = named.saturating_add(relation);
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, rule));
            }
        }
        best.map(|(_, rule)| rule)
    }
}

/// A sum as it is told.
pub(super) fn cut(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// The places of the bits that are set.
pub(super) fn ones(mut bits: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros() as usize;
        (bits != 0).then(|| {
            bits &= bits - 1;
            place
        })
    })
}
