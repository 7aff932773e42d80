//! Sets of rules.

/// Places of rules in their order, a bit for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places(Vec<u64>);

impl Places {
    /// None of so many.
    pub(super) fn none_of(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(super) fn add(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Those of any of these that are here as well.
    pub(super) fn among<const SETS: usize>(&self, sets: [&Self; SETS]) -> Self {
        let words = self.0.iter().enumerate().map(|(at, word)| {
            word & sets.iter().fold(0, |any, set| any | set.0.get(at).copied().unwrap_or(0))
        });
        Self(words.collect())
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                // Takes the lowest bit away.
                left &= left.checked_sub(1)?;
                Some(at * 64 + bit as usize)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_added() {
        let mut places = Places::none_of(130);
        assert!(places.is_empty());
        for place in [129, 3, 64, 3] {
            places.add(place);
        }
        assert_eq!((places.count(), places.in_order().collect::<Vec<_>>()), (3, vec![3, 64, 129]));
        let mut others = Places::none_of(130);
        others.add(64);
        assert_eq!(places.among([&others, &Places::default()]), others);
    }
}
